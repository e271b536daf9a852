#!/usr/bin/env python3
"""An export is complete, and an outsider can know it: the proof of a range is checked by khien-verify and by a second
reader in Python, and no entry can be left out, changed or put in."""
import collections
import glob
import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

from attack import Log, entry, july
from flow import BIN, BUILD, SOURCE, folder, khien, write_tree
from range_model import Part, range_holds
from verify_model import HEAD, load_keys, proof_holds, root_of, sha

VERIFY = os.path.join(BUILD, "khien-verify")


class Range:
    """One part, whole in memory, to be changed."""

    def __init__(self, path):
        with open(path, "rb") as file:
            part = Part(file, file.readline())
            self.first, self.end, self.note, self.outside = part.first, part.end, part.note, part.outside
            self.entries = [part.next() for _ in range(self.end - self.first)]
            assert not file.read()

    def bytes(self):
        return b"".join([b"khien-range 2\n%d %d %d %d\n" % (self.first, self.end, len(self.outside), len(self.note)),
                         self.note, *self.outside,
                         *(struct.pack(">H", len(e)) + e if e else bytes(2) + leaf for e, leaf in self.entries)])


# EVIDENCE: D11.4#5
class Export(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.log = Log(os.path.join(self.folder, "xa"), start=july())
        for day in (3, 2, 1):
            self.log.seal(-day * 86400)
            self.log.add_lines(40)
            self.log.seal()
        self.keys, self.proof = self.log.name("keys", "public.txt"), os.path.join(self.folder, "p")

    def export(self, *words, **more):
        return khien("log", "export", "--data", self.log.data, *words, env={"KHIEN_TEST_CLOCK": self.log.clock}, **more)

    def verify(self, *words):
        return subprocess.run([VERIFY, "range", self.proof, "--key", self.keys, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, env={**os.environ, "KHIEN_LANG": "vi"})

    def test_a_false_signature_of_a_known_key_refuses_a_proof(self):
        """C2SP signed-note: of unknown keys it is passed over."""
        with folder({"old.log": "mot\nhai\n"}) as base:
            data, name = f"{base}/data", f"{base}/p"
            self.assertEqual(khien("log", "import", "--data", data, f"{base}/old.log").status, 0)
            line = khien("log", "search", "--data", data, "--format", "json", "hai").json()["line"]
            proof = khien("log", "prove", "--data", data, line, as_bytes=True).out
            public, = glob.glob(f"{data}/log/*/keys/public.txt")
            with open(public, encoding="ascii") as file:
                identity = file.readline()
            write_tree(base, {"identity": identity})
            changed = proof[:-10] + (b"A" if proof[-10:-9] != b"A" else b"B") + proof[-9:]
            for text, keys, status in ((proof, public, 0), (changed, f"{base}/identity", 0), (changed, public, 1)):
                write_tree(base, {"p": text})
                got = subprocess.run([VERIFY, "proof", name, "--key", keys], stdout=subprocess.PIPE, check=False)
                self.assertEqual((got.returncode, proof_holds(text, load_keys(keys)[0])), (status, status == 0))

    def day_before(self):
        """The times of the middle day's lines."""
        times = re.findall(r'"received":\s*"([^"]+)"', self.export("--format", "json").out)
        middle = times[len(times) // 2]
        return ("--from", middle[:10], "--to", middle[:10])

    def test_the_range_holds_all_and_nothing_can_be_left_out(self):
        when = self.day_before()
        done = self.export("--format", "raw", "--proof", self.proof, *when, "kind:line 7")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(range_holds(self.proof), 1)
        proof = Range(self.proof)
        done_verify = self.verify("--print")
        self.assertEqual(done_verify.returncode, 0, done_verify)
        # who has the range filters by himself and finds exactly what was exported
        wanted = [e[HEAD.size:] for e, _ in proof.entries[1:-1] if e[1] == 1 and b"7" in e[HEAD.size:]]
        self.assertTrue(wanted)
        self.assertEqual(done.out.encode().splitlines(), wanted)
        self.assertTrue(set(wanted) <= set(done_verify.stdout.splitlines()))

        def attack(change):
            changed = Range(self.proof)
            change(changed)
            with open(self.proof + ".bad", "wb") as file:
                file.write(changed.bytes())
            bad = subprocess.run([VERIFY, "range", self.proof + ".bad", "--key", self.keys], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, check=False)
            self.assertEqual(bad.returncode, 1, bad)

        def drop(i):
            def change(r):
                del r.entries[i]
                r.end -= 1
            return change

        def flip(r):
            r.entries[5] = (r.entries[5][0][:-1] + bytes([r.entries[5][0][-1] ^ 1]), None)

        def swap(r):
            r.entries[3], r.entries[4] = r.entries[4], r.entries[3]

        def double(r):
            r.entries.insert(2, r.entries[2])
            r.end += 1

        def shift(r):
            r.first, r.end = r.first + 1, r.end + 1

        def lose_hash(r):
            r.outside.pop()

        def more_hash(r):
            r.outside.append(bytes(32))

        def hide(r):
            r.entries[6] = (None, r.entries[6][1])

        def other_note(r):
            r.note = r.note.replace(b"xa.vn", b"ya.vn", 1)
        for change in (drop(0), drop(7), drop(-1), flip, swap, double, shift, lose_hash, more_hash, other_note, hide):
            attack(change)
        # an entry of which only the hash is given may hide anything: who accepts that says so
        changed = Range(self.proof)
        hide(changed)
        with open(self.proof, "wb") as file:
            file.write(changed.bytes())
        self.assertEqual(range_holds(self.proof), 1)
        done_verify = self.verify("--allow-redacted")
        self.assertEqual(done_verify.returncode, 0, done_verify)
        self.assertIn(f"chỉ còn mã băm: 1 mục, mục đầu tiên là {changed.first + 6}", done_verify.stdout.decode())

    def test_each_size_and_place(self):
        self.assertEqual(root_of([sha(b"\0")]), sha(b"\0"))
        for words in ((), ("--from", "30d"), self.day_before()):
            done = self.export("--proof", self.proof, *words)
            self.assertEqual(done.status, 0, done)
            self.assertEqual(self.verify().returncode, 0)
            self.assertEqual(range_holds(self.proof), 1)

    def test_what_cannot_be_proven_is_said(self):
        self.log.add_lines(1)                       # not sealed
        done = self.export("--proof", self.proof)
        self.assertEqual(done.status, 2, done)
        self.assertIn("not sealed yet", done.err)
        self.assertFalse(os.path.exists(self.proof))
        done = self.export("--proof", self.proof, "--from", "01/01/1999", "--to", "02/01/1999")
        self.assertEqual(done.status, 2, done)
        self.assertEqual(self.export("--from", "never").status, 2)
        csv = self.export("--format", "csv")
        self.assertEqual(csv.status, 0, csv)
        self.assertGreater(len(csv.out.splitlines()), 120)


def measured(*words, env=None):
    """(status, what it printed, KiB it had in memory at most)."""
    with tempfile.TemporaryFile() as out, subprocess.Popen(
            words, stdout=out, stderr=subprocess.STDOUT, cwd=SOURCE,
            env={**os.environ, "KHIEN_LANG": "vi", "ASAN_OPTIONS": "quarantine_size_mb=1", **(env or {})}) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return process.returncode, out.read().decode(errors="replace"), usage.ru_maxrss


MEMORY_KIB = 160 * 1024                            # with the sanitizers


class Year(unittest.TestCase):
    """A log of twelve months that began in the year before."""
    lines_a_month, line_bytes = 30, 200

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.log = Log(os.path.join(self.folder, "xa"), start=july())
        years = []
        for month in range(12):
            passed_s = -(360 - 30 * month) * 86400
            self.log.shift = self.log.start + passed_s
            self.log.year = self.log.year_there()
            if self.log.year not in years:
                years.append(self.log.year)
                self.log.seal()
            at = self.log.now_ns() + 10 ** 9
            self.log.append([entry(b"<13>thang %d dong %d " % (month, i) + os.urandom(20) * (self.line_bytes // 20),
                                   at_ns=at + i) for i in range(self.lines_a_month)])
            self.log.seal(passed_s + 60)
        self.assertEqual(len(years), 2)
        self.keys, self.proof = os.path.join(self.folder, "keys"), os.path.join(self.folder, "p")
        with open(self.keys, "w", encoding="utf-8") as out:
            for year in years:
                with open(os.path.join(self.log.data, "log", year, "keys", "public.txt"), encoding="utf-8") as file:
                    out.write(file.read())
        self.export()

    def export(self):
        status, said, kib = measured(BIN, "log", "export", "--data", self.log.data, "--proof", self.proof,
                                     "--format", "raw", "--from", "400d", "khong-co-chu-nay",
                                     env={"KHIEN_TEST_CLOCK": self.log.clock})
        self.assertEqual(status, 0, said)
        self.assertFalse(os.path.exists(self.proof + ".part"))
        self.assertLess(kib, MEMORY_KIB)

    def verify(self, path):
        return measured(VERIFY, "range", path, "--key", self.keys)

    def holds_all(self):
        status, said, kib = self.verify(self.proof)
        self.assertEqual(status, 0, said)
        self.assertLess(kib, MEMORY_KIB)
        told = sum(int(n) for n in re.findall(r"dòng nhật ký: (\d+)", said))
        seen = collections.Counter()
        self.assertEqual(range_holds(self.proof, lambda e: seen.update([e[1]])), 2)
        self.assertEqual((told, seen[1]), (12 * self.lines_a_month, 12 * self.lines_a_month))


# EVIDENCE: D11.4#5
class WholeYear(Year):
    lines_a_month, line_bytes = 1300, 30_000       # 446 MiB: no process may hold it

    def test_it_is_proven_in_little_memory(self):
        self.assertGreater(os.path.getsize(self.proof), 400 << 20)
        self.holds_all()


class TurnOfTheYear(Year):
    def test_two_parts_are_one_whole(self):
        """The year that is left out, a part that ends early, two parts the wrong way round, half of it."""
        self.holds_all()
        with open(self.proof, "rb") as file:
            whole = file.read()
        with open(self.proof, "rb") as file:
            part = Part(file, file.readline())
            entries = file.tell()
            last = []
            self.assertTrue(part.holds(lambda entry: last.__setitem__(slice(None), [entry])))
            second = file.tell()
        # the first part without its last entry is right by itself: the hash of that one stands for it
        outside = [*part.outside, sha(b"\0" + last[0])]
        short = b"".join([b"khien-range 2\n%d %d %d %d\n" % (part.first, part.end - 1, len(outside), len(part.note)),
                          part.note, *outside, whole[entries:second - 2 - len(last[0])]])
        for name, data, status in (("second alone", whole[second:], 0), ("first alone", whole[:second], 0),
                                   ("short alone", short, 0), ("short and second", short + whole[second:], 1),
                                   ("wrong way round", whole[second:] + whole[:second], 1),
                                   ("first twice", whole[:second] * 2, 1),
                                   ("cut off", whole[:-5], 1), ("more behind", whole + b"x", 1)):
            path = os.path.join(self.folder, "changed")
            with open(path, "wb") as file:
                file.write(data)
            got, said, _ = self.verify(path)
            self.assertEqual(got, status, (name, said))


if __name__ == "__main__":
    unittest.main()
