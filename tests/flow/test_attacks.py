#!/usr/bin/env python3
"""The 24 attacks of the design on a sealed log (attack_table.py), in write-ahead files and in closed segments:
each is found by khien-verify and by the second verifier, with the same findings, and the change lies in the
first leaves they name. Then variants of some of them."""
import base64
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest

from attack import Log, entry, july
from attack_table import ATTACKS, EDITED, EDITED_WORD, SPLIT, Stage, hide_digits, shut
from flow import BUILD, Server, khien
from segment_model import segment_files
from verify_model import Verifier, changed_rows, extends, load_keys, proof_holds, root_of, sha

VERIFY = os.path.join(BUILD, "khien-verify")
# new memory as a build without the sanitizers has it: theirs is full of 0xbe, which once hid a number never set
PLAIN_MEMORY = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":malloc_fill_byte=0"}
NAMED = {a.number: a for a in ATTACKS}


def setUpModule():
    """The log all attacks begin with: three hours, two files, a sheet kept outside."""
    global FOLDER, BASE, OUTSIDE
    FOLDER = tempfile.mkdtemp()
    unittest.addModuleCleanup(shutil.rmtree, FOLDER)
    BASE = Log(os.path.join(FOLDER, "base"), start=july())
    BASE.seal(0)
    OUTSIDE = {name: os.path.join(FOLDER, name) for name in ("sheet", "half", "whole")}
    shutil.copy(BASE.name("keys", "public.txt"), OUTSIDE["sheet"])
    BASE.seal(10)
    BASE.add_lines(EDITED - len(BASE.entries()))
    BASE.append([entry(b"<13>cron: khach la vao luc " + EDITED_WORD.encode(), at_ns=BASE.now_ns() + 10 ** 6)])
    BASE.add_lines(150)
    BASE.seal()
    for shift, count in ((600, 300), (3700, 300), (3900, 200), (7400, 250), (7500, 250)):
        BASE.seal(shift)
        BASE.add_lines(count)
        BASE.seal()
        if shift == 3900:
            shutil.copy(BASE.name("checkpoint"), OUTSIDE["half"])
    shutil.copy(BASE.name("checkpoint"), OUTSIDE["whole"])
    BASE.save(BASE.entries(), split=SPLIT)


def order(finding):
    return finding["first"], finding["end"], finding["fault"]


class Both(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=FOLDER)
        self.stage = self.make()

    def make(self, is_closed=False):
        return Stage(BASE, tempfile.mkdtemp(dir=self.folder), OUTSIDE, is_closed)

    def verify(self, x, log=None):
        """What both find, which must be the same."""
        log = log or x.log
        clock = log.data + ".now"
        with open(clock, "w", encoding="ascii") as f:
            f.write(str(log.shift))
        done = subprocess.run([VERIFY, log.path, "--key", x.key, "--format", "json",
                               *(["--anchor"] + x.anchors if x.anchors else [])], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**os.environ, "KHIEN_TEST_CLOCK": clock, **PLAIN_MEMORY},
                              timeout=120, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr.decode())
        self.report, = json.loads(done.stdout)
        mine = [{k: f[k] for k in ("fault", "first", "end")} for f in self.report["findings"]]
        keys, policy = load_keys(x.key)
        theirs = Verifier(log.path, keys, policy, x.anchors, now=time.time() + log.shift).run()
        self.assertEqual(sorted(mine, key=order), sorted(theirs, key=order))
        self.assertEqual(done.returncode, 1 if mine else 0)
        return mine

    def assert_found(self, x, index=None, faults=(), log=None):
        found = self.verify(x, log)
        self.assertTrue(found, "nothing was found")
        self.assertLessEqual(set(faults), {f["fault"] for f in found}, found)
        if index is not None:
            named = [f for f in found if f["end"] > 0]
            self.assertTrue(named, found)
            first = min(named, key=order)
            self.assertTrue(first["first"] <= index < first["end"], (index, found))
        return found


class Table(Both):
    """Rows of attack_table.py, each in both shapes: made below."""

    def test_00_the_table_is_whole(self):
        self.assertEqual([a.number for a in ATTACKS], list(range(1, 26)))

    def test_00_the_log_itself_is_right(self):
        for is_closed in (False, True):
            x = self.make(is_closed)
            x.shut()
            self.assertEqual(len(segment_files(x.log.path)), 2 if is_closed else 0)
            self.assertEqual(self.verify(x), [])
            self.assertEqual(self.report["anchors"], 2)
            self.assertEqual(self.report["epochs"], 3)
            self.assertEqual(self.report["proven"], self.report["entries"])
            found = khien("log", "search", "--data", x.log.data, EDITED_WORD)
            self.assertIn(EDITED_WORD, found.out)
            x.anchors = []
            self.assertEqual(self.verify(x), [])

    def run_row(self, number, is_closed):
        x = self.make(is_closed)
        index = NAMED[number].do(x)
        x.shut()
        if x.refused:
            self.both_refuse(x)
        else:
            self.assert_found(x, index, NAMED[number].faults)

    def both_refuse(self, x):
        true, wrong = x.refused
        keys, _ = load_keys(x.key)
        name = os.path.join(x.folder, "proof")

        def status(proof):
            with open(name, "wb") as f:
                f.write(proof)
            return subprocess.run([VERIFY, "proof", name, "--key", x.key], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, check=False).returncode

        self.assertEqual((status(true), proof_holds(true, keys)), (0, True))
        for proof in wrong:
            self.assertEqual((status(proof), proof_holds(proof, keys)), (1, False), proof)

    def row_23(self, _is_closed):
        """A witness is asked to go on from more leaves than the checkpoint has: by test_witness.py of the real
        one; here both checks of growth, each pair of sizes."""
        hashes = [sha(b"\0%d" % i) for i in range(12)]
        for old in range(13):
            for new in range(13):
                path = growth(hashes[:new], old) if old <= new else growth(hashes[:old], new)
                holds = extends(old, root_of(hashes[:old]), new, root_of(hashes[:new]), path)
                self.assertEqual(holds, old <= new, (old, new))

    def row_25(self, _is_closed):
        """In closed segments alone; and who exports with a proof is told, as the proof asks no index."""
        x = self.stage
        index = NAMED[25].do(x)
        number = str(7000000 + 7919 * 150)

        def search(word, *more):
            return khien("log", *more or ("search",), "--data", x.log.data, word,
                         env={"KHIEN_TEST_CLOCK": x.log.clock})
        self.assertNotIn(number, search(number).out)
        found = self.assert_found(x, index, ["hidden"])
        self.assertIn((index, index + 1), [(f["first"], f["end"]) for f in found])
        proof = os.path.join(x.folder, "proof")
        said = search(number, "export", "--proof", proof, "--format", "raw")
        self.assertEqual(said.status, 1, said)
        self.assertIn("khien-verify", said.err)
        held = subprocess.run([VERIFY, "range", proof, "--key", x.key, "--print"], stdout=subprocess.PIPE, check=False)
        self.assertEqual(held.returncode, 0)
        self.assertIn(number.encode(), held.stdout)
        said = search("phien", "export", "--proof", proof, "--format", "raw")
        self.assertEqual((said.status, said.out.count("\n")), (0, 400), said.err)

    def row_24(self, _is_closed):
        """The trail has no closed segments: khien trail check, and the second one from the leaves."""
        with Server() as server:
            server.set_up()
            server.stop()
            log = Log(server.data, "trail")
            self.assertEqual(khien("log", "seal", "--data", server.data, "--log", "trail").status, 0)
            with sqlite3.connect(os.path.join(server.data, "khien.db")) as db:
                self.assertEqual(changed_rows(db, log.entries()), [])
                triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
                for name, _ in triggers:
                    db.execute(f"DROP TRIGGER {name}")
                db.execute("UPDATE person SET role = 8 WHERE id = 1")
                for _, sql in triggers:
                    db.execute(sql)
                found = changed_rows(db, log.entries())
            self.assertEqual([f[1:] for f in found], [("person", "1")])
            leaf = json.loads(log.entries()[found[0][0]][53:])
            said = khien("trail", "check", "--data", server.data)
            self.assertEqual(said.status, 1, said)
            self.assertIn(f"person 1 (thay đổi số {leaf['id']} của sổ vết)", said.out)


def growth(hashes, old):
    """RFC 6962, 2.1.2."""
    def sub(m, d, whole):
        if m == len(d):
            return [] if whole else [root_of(d)]
        k = 1
        while k * 2 < len(d):
            k *= 2
        if m <= k:
            return sub(m, d[:k], whole) + [root_of(d[k:])]
        return sub(m - k, d[k:], False) + [root_of(d[:k])]
    return sub(old, hashes, True) if 0 < old < len(hashes) else []


def add_rows():
    for row in ATTACKS:
        for shape in ("active", "closed"):
            own = getattr(Table, f"row_{row.number}", None)
            if own and shape == "closed":
                continue
            name = f"test_{row.number:02}_{row.name.split(' (')[0].replace(' ', '_')}__{shape}"
            run = own or (lambda self, is_closed, number=row.number: self.run_row(number, is_closed))
            setattr(Table, name, lambda self, run=run, closed=shape == "closed": run(self, closed))


add_rows()


class Variants(Both):
    def test_01_a_byte_is_flipped_and_its_check_mended(self):
        x = self.stage
        x.edit(lambda e: e.__setitem__(EDITED, e[EDITED][:-1] + b"X"))
        found = self.assert_found(x, EDITED, ["root"])
        self.assertEqual([(f["first"], f["end"]) for f in found], [(0, 256)])
        self.assertEqual(self.report["proven"], self.report["entries"] - 256)

    def test_01_a_flipped_record_is_named_alone(self):
        NAMED[1].do(self.stage)
        found = self.assert_found(self.stage, EDITED, ["entry"])
        self.assertEqual((found[0]["first"], found[0]["end"]), (EDITED, EDITED + 1))

    def test_05_the_tail_is_cut_off_and_nobody_outside_knows(self):
        x = self.stage
        end = NAMED[5].do(x)
        found = self.assert_found(x, end, ["missing"])
        self.assertEqual(min(f["first"] for f in found), end)
        x.anchors = []
        self.assert_found(x)

    def test_07_nothing_outside_is_needed_as_the_keys_of_past_hours_are_gone(self):
        for is_closed in (False, True):
            x = self.make(is_closed)
            NAMED[7].do(x)
            x.shut()
            x.anchors = []
            found = self.assert_found(x, faults=["epoch-order", "epoch-gap"])
            self.assertLessEqual(min(f["first"] for f in found), EDITED)

    def test_07_the_sheets_of_past_hours_are_left_out(self):
        x = self.stage
        NAMED[7].do(x)
        for name in list(x.log.notes())[:-1]:
            os.unlink(x.log.name("checkpoints", name))
        x.anchors = []
        self.assert_found(x, EDITED, ["epoch-gap"])

    def test_09_another_identity_key(self):
        x = self.stage
        x.anchors, x.log = [], x.other("other", 600)
        self.assert_found(x, faults=["signature"])

    def test_10_the_sealer_that_is_told_of_it_does_not_sign_again(self):
        x = self.stage
        NAMED[10].do(x)
        back = x.log
        os.makedirs(back.name("anchors"))
        shutil.copy(x.anchors[0], back.name("anchors", "tinh"))
        back.add_lines(5)
        self.assertIn("tinh", back.seal(status=1).out)
        os.unlink(back.name("alarm"))
        back.add_lines(50)
        self.assertIn("tinh", back.seal(status=1).out)

    def test_12_the_right_policy_and_the_right_witness(self):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        x, right = self.stage, Ed25519PrivateKey.generate()
        x.key = x.policy(right)
        x.cosigned(right)
        self.assertEqual(self.verify(x), [])
        self.assertGreater(self.report["quorum"], 0)

    def test_14_only_the_notes_are_renamed(self):
        x = self.stage
        NAMED[14].do(x)
        x.log.write(BASE.read("origin"), "origin")
        self.assert_found(x, faults=["note"])

    def test_17_what_lies_beside_a_hole_is_proven(self):
        for is_closed in (False, True):
            x = self.make(is_closed)
            NAMED[17].do(x)
            found = self.assert_found(x, 0, ["missing"])
            self.assertIn((0, SPLIT), [(f["first"], f["end"]) for f in found])
            self.assertEqual(self.report["proven"], self.report["signed"] - SPLIT)

    def test_19_a_checkpoint_is_damaged_anywhere(self):
        x = self.stage
        right = x.log.read("checkpoint")
        for at in range(0, len(right), 7):  # each of them: verify_test.c
            x.log.write(right[:at] + bytes([right[at] ^ 1]) + right[at + 1:], "checkpoint")
            found = subprocess.run([VERIFY, x.log.path, "--key", x.key], stdout=subprocess.PIPE,
                                   check=False).returncode
            self.assertEqual(found, 1, f"byte {at}")
        for at in (0, 30, len(right) // 2, len(right) - 5):
            x.log.write(right[:at], "checkpoint")
            self.assert_found(x)

    def test_20_a_signature_in_another_spelling(self):
        """S + L signs the same and must not be taken."""
        x = self.stage
        head, _, lines = x.log.read("checkpoint").decode().rpartition("\n\n")
        first, second = lines.splitlines()
        name, blob = first[2:].split(" ")
        raw = bytearray(base64.b64decode(blob))
        s = int.from_bytes(raw[36:], "little") + 2 ** 252 + 27742317777372353535851937790883648493
        raw[36:] = s.to_bytes(32, "little")
        other = f"\u2014 {name} {base64.b64encode(bytes(raw)).decode()}"
        x.log.write((head + "\n\n" + other + "\n" + second + "\n").encode(), "checkpoint")
        self.assert_found(x, faults=["signature"])

    def test_25_the_digits_of_a_time_of_a_small_value(self):
        x = self.stage
        texts = [b"<13>cron: viec so %d xong" % i for i in range(400)]
        texts[77] = b"<13>cron: luc 00:00:00.004567 viec khuya xong"
        index = hide_digits(x, texts, 77, "004567")
        found = self.assert_found(x, index, ["hidden"])
        self.assertIn((index, index + 1), [(f["first"], f["end"]) for f in found])

    def test_25_digits_that_stand_in_no_single_number(self):
        """In two halves of a long hexadecimal number, in a text of the dictionary, in a record of no template."""
        for text, number in ((b"khoa aaaaaaaaaaa1234567890bbbbbbbbbbb xong", "3456789"),
                             (b"dai 9988776655443322110099887 xong", "88776655"),
                             (b"m\xe3 7319\xe44 xong", "73194")):
            with self.subTest(number):
                texts = [b"<13>cron: viec so %d xong" % i for i in range(400)]
                texts[77] = b"<13>cron: " + text
                x = self.make()
                index = hide_digits(x, texts, 77, number)
                found = self.assert_found(x, index, ["hidden"])
                self.assertIn((index, index + 1), [(f["first"], f["end"]) for f in found])

    def test_25_digits_where_all_rows_have_them_in_times(self):
        """Then more digits than a time has are told all the same; and who says that times have fewer hides times."""
        texts = [b"2026-07-01T12:00:00.%06d may cron: viec xong" % (i * 7919 % 10 ** 6) for i in range(400)]
        texts[77] += b", khoa aaaaaaaaaaa1234567890bbbbbbbbbbb"
        for at, number, most in ((77, "3456789", None), (0, "0", 5)):
            with self.subTest(number):
                x = self.make()
                index = hide_digits(x, texts, at, number, most)
                self.assert_found(x, index, ["hidden"])

    def bits(self, is_closed, step):
        small = Log(os.path.join(self.folder, "small"), start=BASE.start)
        small.seal(0)
        small.add_lines(3)
        small.seal()
        x = self.stage
        x.anchors, x.key = [], os.path.join(self.folder, "small-sheet")
        shutil.copy(small.name("keys", "public.txt"), x.key)
        if is_closed:
            shut(small)
            path, places = segment_files(small.path)[0][1], ()
        else:
            path, places = small.name("wal", "0" * 20 + ".wal"), [0, 9, 40, 4000]
        with open(path, "rb") as f:
            right = f.read()
        for at in list(places) + list(range(0 if is_closed else 4090, len(right), step)):
            with open(path, "wb") as f:
                f.write(right[:at] + bytes([right[at] ^ 1 << at % 8]) + right[at + 1:])
            self.assert_found(x, log=small)

    def test_25_bits_of_a_write_ahead_file(self):  # each of them: verify_test.c
        self.bits(False, 41)

    def test_25_bits_of_a_closed_segment(self):  # each of them: verify_test.c
        self.bits(True, 37)


if __name__ == "__main__":
    unittest.main()
