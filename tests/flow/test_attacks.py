#!/usr/bin/env python3
"""The attacks of the design on a sealed log: each is found by khien-verify and by the second verifier, with
the same findings, and the change lies in the leaves they name."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from attack import Log, cosign, entry, inclusion, tlog_proof, vkey
from flow import BUILD
from verify_model import Verifier, load_keys, root_of, sha

VERIFY = os.path.join(BUILD, "khien-verify")
EDITED = 150  # a line of the first hour, in the first group


def setUpModule():
    """The log all attacks begin with: three hours, two write-ahead files, a sheet kept outside."""
    global FOLDER, BASE, SHEET
    FOLDER = tempfile.mkdtemp()
    BASE = Log(os.path.join(FOLDER, "base"))
    BASE.seal(0)
    SHEET = os.path.join(FOLDER, "public.txt")
    shutil.copy(BASE.name("keys", "public.txt"), SHEET)
    for shift, count in ((10, 300), (600, 300), (3700, 300), (3900, 200), (7400, 250), (7500, 250)):
        BASE.seal(shift)
        BASE.add_lines(count)
        BASE.seal()
        if shift == 3900:
            shutil.copy(BASE.name("checkpoint"), os.path.join(FOLDER, "half"))
    shutil.copy(BASE.name("checkpoint"), os.path.join(FOLDER, "whole"))
    BASE.save(BASE.entries(), split=700)


def tearDownModule():
    shutil.rmtree(FOLDER)


class Attacks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=FOLDER)
        self.log = BASE.copy(os.path.join(self.folder, "log"))

    def verify(self, log=None, anchors=("half", "whole"), key=None):
        """What both find, which must be the same."""
        log = log or self.log
        paths = [a if "/" in a else os.path.join(FOLDER, a) for a in anchors]
        key = key or SHEET
        clock = log.data + ".now"
        with open(clock, "w", encoding="ascii") as f:
            f.write(str(log.shift))
        done = subprocess.run([VERIFY, log.path, "--key", key, "--format", "json",
                               *(["--anchor"] + paths if paths else [])], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**os.environ, "KHIEN_TEST_CLOCK": clock},
                              timeout=120, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr.decode())
        report, = json.loads(done.stdout)
        mine = [{k: f[k] for k in ("fault", "first", "end")} for f in report["findings"]]
        keys, policy = load_keys(key)
        theirs = Verifier(log.path, keys, policy, paths, now=time.time() + log.shift).run()
        order = lambda f: (f["first"], f["end"], f["fault"])
        self.assertEqual(sorted(mine, key=order), sorted(theirs, key=order))
        self.assertEqual(done.returncode, 1 if mine else 0)
        self.report = report
        return mine

    def assert_found(self, index=None, faults=None, **how):
        found = self.verify(**how)
        self.assertTrue(found, "nothing was found")
        if faults:
            self.assertLessEqual(set(faults), {f["fault"] for f in found}, found)
        if index is not None:
            named = [f for f in found if f["end"] > 0]
            self.assertTrue(named, found)
            first = min(named, key=lambda f: f["first"])
            self.assertTrue(first["first"] <= index < first["end"], (index, found))
        return found

    def edit(self, change, **how):
        entries = self.log.entries()
        change(entries)
        self.log.save(entries, **how)
        return entries

    def resign_all(self, entries):
        """Tree and checkpoints anew, with the keys of today."""
        hashes = self.log.rebuild_tree(entries)
        for name, note in self.log.notes().items():
            forged = self.log.forge(note.size, root_of(hashes[:note.size]))
            self.log.write(forged, "checkpoints", name)
        self.log.write(forged, "checkpoint")

    def test_00_the_log_itself_is_right(self):
        self.assertEqual(self.verify(), [])
        self.assertEqual(self.report["anchors"], 2)
        self.assertEqual(self.report["epochs"], 3)
        self.assertEqual(self.report["proven"], self.report["entries"])
        self.assertEqual(self.verify(anchors=()), [])

    def test_01_a_byte_is_flipped(self):
        path = self.log.name("wal", "0" * 20 + ".wal")
        with open(path, "r+b") as f:
            data = f.read()
            at = data.index(b"<13>dong so 77")
            f.seek(at + 5)
            f.write(bytes([data[at + 5] ^ 1]))
        index = [i for i, e in enumerate(BASE.entries()) if e.endswith(b"<13>dong so 77")][0]
        found = self.assert_found(index, ["entry"])
        self.assertEqual((found[0]["first"], found[0]["end"]), (index, index + 1))

    def test_01_a_byte_is_flipped_and_its_check_mended(self):
        self.edit(lambda e: e.__setitem__(EDITED, e[EDITED][:-1] + b"X"), split=700)
        found = self.assert_found(EDITED, ["root"])
        self.assertEqual([(f["first"], f["end"]) for f in found], [(0, 256)])
        self.assertEqual(self.report["proven"], self.report["entries"] - 256)

    def test_02_a_line_is_removed(self):
        self.edit(lambda e: e.pop(EDITED))
        self.assert_found(EDITED, ["root"])
        self.assertLessEqual(self.report["findings"][0]["likely"], EDITED)

    def test_03_a_line_is_inserted(self):
        self.edit(lambda e: e.insert(EDITED, entry(b"<13>mot dong moi", at_ns=self.log.now_ns())))
        self.assert_found(EDITED)

    def test_04_two_lines_are_swapped(self):
        def swap(e):
            e[EDITED], e[EDITED + 9] = e[EDITED + 9], e[EDITED]
        self.edit(swap, split=700)
        self.assert_found(EDITED, ["root"])

    def test_05_the_tail_is_cut_off(self):
        end = len(BASE.entries()) - 40
        self.edit(lambda e: e.__delitem__(slice(end, None)), split=700)
        found = self.assert_found(end, ["missing"])
        self.assertEqual(min(f["first"] for f in found), end)
        self.assertTrue(self.assert_found(anchors=()))

    def test_06_the_tail_is_cut_off_and_the_log_goes_on(self):
        end = list(self.log.notes().values())[-3].size
        entries = self.edit(lambda e: e.__delitem__(slice(end, None)))
        entries += [entry(b"<13>khong co gi", at_ns=self.log.now_ns() + i) for i in range(900)]
        self.log.save(entries)
        hashes = self.log.rebuild_tree(entries)
        for name, note in self.log.notes().items():
            if note.size > end:
                os.unlink(self.log.name("checkpoints", name))
        forged = self.log.forge(len(entries), root_of(hashes))
        self.log.write(forged, "checkpoint")
        self.log.write(forged, "checkpoints", f"00000002-{len(entries):020}")
        self.assert_found(end, ["anchor-root"])

    def test_07_old_lines_are_sealed_anew_with_the_key_of_today(self):
        entries = self.edit(lambda e: e.__setitem__(EDITED, e[EDITED][:-1] + b"X"), split=700)
        self.resign_all(entries)
        # nothing outside is needed: the keys of the past hours are gone
        found = self.assert_found(faults=["epoch-order", "epoch-gap"], anchors=())
        self.assertLessEqual(min(f["first"] for f in found), EDITED)
        self.assert_found(EDITED, ["anchor-root"], anchors=("half",))

    def test_07_the_sheets_of_past_hours_are_left_out(self):
        entries = self.edit(lambda e: e.__setitem__(EDITED, e[EDITED][:-1] + b"X"), split=700)
        self.resign_all(entries)
        for name in list(self.log.notes())[:-1]:
            os.unlink(self.log.name("checkpoints", name))
        self.assert_found(EDITED, ["epoch-gap"], anchors=())

    def test_09_a_new_beginning_under_the_same_name(self):
        other = Log(os.path.join(self.folder, "other"))
        other.seal(0)
        other.add_lines(600)
        other.seal()
        found = self.assert_found(faults=["signature"], log=other, anchors=())
        # even with the identity key of the true one, its first hour's key cannot be had again
        shutil.copy(self.log.name("keys", "identity.key"), other.name("keys", "identity.key"))
        entries = other.entries()
        hashes = [sha(b"\0" + e) for e in entries]
        forged = other.forge(len(entries), root_of(hashes))
        other.write(forged, "checkpoint")
        for name in list(other.notes()):
            os.unlink(other.name("checkpoints", name))
        self.assert_found(0, ["link"], log=other, anchors=())
        self.assert_found(0, ["link", "anchor-size"], log=other)

    def test_10_the_machine_is_put_back_in_time(self):
        old = Log(os.path.join(self.folder, "old"))
        old.seal(0)
        shutil.copy(old.name("keys", "public.txt"), os.path.join(self.folder, "sheet"))
        old.add_lines(300)
        old.seal()
        back = old.copy(os.path.join(self.folder, "back"))
        old.add_lines(20)
        old.seal()
        anchor = os.path.join(self.folder, "anchor")
        shutil.copy(old.name("checkpoint"), anchor)
        size = len(back.entries())
        self.assert_found(size, ["anchor-size"], log=back, anchors=(anchor,),
                          key=os.path.join(self.folder, "sheet"))
        # the sealer that is told of it does not sign again under this name
        os.makedirs(back.name("anchors"))
        shutil.copy(anchor, back.name("anchors", "tinh"))
        back.add_lines(5)
        self.assertIn("tinh", back.seal(status=1).out)
        os.unlink(back.name("alarm"))
        back.add_lines(50)
        self.assertIn("tinh", back.seal(status=1).out)

    def test_11_a_copy_of_the_machine_goes_on_with_the_same_key(self):
        twin = self.log.copy(os.path.join(self.folder, "twin"))
        for log, count in ((self.log, 30), (twin, 40)):
            log.add_lines(count)
            log.seal()
        anchor = os.path.join(self.folder, "anchor")
        shutil.copy(twin.name("checkpoint"), anchor)
        self.log.add_lines(30)
        self.log.seal()
        self.assert_found(len(BASE.entries()), ["anchor-root"], anchors=("whole", anchor))

    def policy(self, name, key, quorum="ngoai"):
        path = os.path.join(self.folder, name)
        with open(SHEET, encoding="ascii") as f:
            lines = [f"log {line}\n" for line in f.read().splitlines()]
        with open(path, "w", encoding="ascii") as f:
            f.writelines(lines + [f"witness ngoai {vkey('tinh.vn', bytes([4]), key)}\n",
                                  f"quorum {quorum}\n"])
        return path

    def test_12_13_the_policy_or_the_witnesses_are_swapped(self):
        right, wrong = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        os.makedirs(self.log.name("cosigned"))
        self.log.write(cosign("tinh.vn", right, self.log.read("checkpoint"), 1790000000), "cosigned", "a")
        mine = self.policy("mine", right)
        self.assertEqual(self.verify(key=mine), [])
        self.assertGreater(self.report["quorum"], 0)
        # the archive may hold any policy: the verifier's own counts
        self.log.write(b"quorum none\n", "policy")
        self.log.write(cosign("tinh.vn", wrong, self.log.read("checkpoint"), 1790000000), "cosigned", "a")
        self.assert_found(faults=["quorum"], key=mine)

    def test_14_the_name_of_the_log_is_changed(self):
        origin = "xa.vn/khien/nhat-ky/khac"
        self.log.write(origin.encode() + b"\n", "origin")
        self.assert_found(faults=["origin"])
        hashes = [sha(b"\0" + e) for e in self.log.entries()]
        for name, note in self.log.notes().items():
            self.log.write(self.log.forge(note.size, root_of(hashes[:note.size]), origin),
                           "checkpoints", name)
        self.assert_found(faults=["origin"])
        self.log.write(BASE.read("origin"), "origin")
        self.assert_found(faults=["note"])

    def test_15_lines_of_the_future(self):
        index = len(BASE.entries())
        self.log.append([entry(b"<13>mai sau", at_ns=self.log.now_ns() + 10 ** 13)])
        self.log.seal()
        self.assert_found(index, ["time"])

    def test_16_the_clock_goes_back_and_nobody_noted_it(self):
        index = len(BASE.entries())
        self.log.append([entry(b"<13>hom qua", at_ns=self.log.now_ns() - 10 ** 13)])
        self.log.add_lines(3)
        self.log.seal()
        # after a checkpoint's own clock leaf the first line may be of another time; the second not
        self.log.append([entry(b"<13>a", at_ns=self.log.now_ns()),
                         entry(b"<13>b", at_ns=self.log.now_ns() - 10 ** 13)])
        index = len(self.log.entries()) - 1
        self.log.seal()
        self.assert_found(index, ["time"])

    def test_17_a_file_is_missing(self):
        os.unlink(self.log.name("wal", "0" * 20 + ".wal"))
        found = self.assert_found(0, ["missing"])
        self.assertIn((0, 700), [(f["first"], f["end"]) for f in found])
        self.assertEqual(self.report["proven"], self.report["signed"] - 700)

    def test_18_a_file_of_another_log(self):
        other = Log(os.path.join(self.folder, "other"))
        other.seal(0)
        other.add_lines(1300)
        other.seal()
        other.save(other.entries(), split=700)
        shutil.copy(other.name("wal", f"{700:020}.wal"), self.log.name("wal", f"{700:020}.wal"))
        self.assert_found(700)

    def test_19_a_checkpoint_is_damaged(self):
        right = self.log.read("checkpoint")
        for at in range(0, len(right), 7):  # each of them: verify_test.c
            self.log.write(right[:at] + bytes([right[at] ^ 1]) + right[at + 1:], "checkpoint")
            found = subprocess.run([VERIFY, self.log.path, "--key", SHEET], stdout=subprocess.PIPE,
                                   check=False).returncode
            self.assertEqual(found, 1, f"byte {at}")
        for at in (0, 30, len(right) // 2, len(right) - 5):
            self.log.write(right[:at], "checkpoint")
            self.assert_found()

    def test_20_signatures_twice_or_in_another_spelling(self):
        right = self.log.read("checkpoint").decode()
        head, _, lines = right.rpartition("\n\n")
        first, second = lines.splitlines()
        self.log.write((head + "\n\n" + first + "\n" + first + "\n" + second + "\n").encode(), "checkpoint")
        self.assert_found(faults=["note"])
        # S + L signs the same and must not be taken
        name, blob = first[2:].split(" ")
        raw = bytearray(base64.b64decode(blob))
        s = int.from_bytes(raw[36:], "little") + 2 ** 252 + 27742317777372353535851937790883648493
        raw[36:] = s.to_bytes(32, "little")
        other = f"\u2014 {name} {base64.b64encode(bytes(raw)).decode()}"
        self.log.write((head + "\n\n" + other + "\n" + second + "\n").encode(), "checkpoint")
        self.assert_found(faults=["signature"])

    def test_21_proofs_that_are_empty_or_short(self):
        entries = self.log.entries()
        hashes = [sha(b"\0" + e) for e in entries]
        note, path = self.log.read("checkpoint"), inclusion(hashes, EDITED)

        def status(proof):
            name = os.path.join(self.folder, "proof")
            with open(name, "wb") as f:
                f.write(proof)
            return subprocess.run([VERIFY, "proof", name, "--key", SHEET], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, check=False).returncode

        self.assertEqual(status(tlog_proof(entries[EDITED], EDITED, path, note)), 0)
        for wrong in ([], path[:-1], path[1:], path + path[-1:], path[::-1]):
            self.assertEqual(status(tlog_proof(entries[EDITED], EDITED, wrong, note)), 1)
        self.assertEqual(status(tlog_proof(entries[EDITED], EDITED + 1, path, note)), 1)
        self.assertEqual(status(tlog_proof(entries[EDITED + 1], EDITED, path, note)), 1)

    def test_22_a_tree_of_nothing_with_a_root(self):
        self.log.write(self.log.forge(0, bytes(32)), "checkpoints", "00000000-" + "0" * 20)
        self.assert_found(faults=["note"])

    def test_25_bits_of_a_write_ahead_file(self):  # each of them: verify_test.c
        small = Log(os.path.join(self.folder, "small"))
        small.seal(0)
        small.add_lines(3)
        small.seal()
        sheet, path = small.name("keys", "public.txt"), small.name("wal", "0" * 20 + ".wal")
        with open(path, "rb") as f:
            right = f.read()
        for at in [0, 9, 40, 4000] + list(range(4090, len(right), 41)):
            with open(path, "wb") as f:
                f.write(right[:at] + bytes([right[at] ^ 1 << at % 8]) + right[at + 1:])
            self.assert_found(log=small, anchors=(), key=sheet)


if __name__ == "__main__":
    unittest.main()
