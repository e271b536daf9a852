#!/usr/bin/env python3
"""An export is complete, and an outsider can know it: the proof of a range is checked by khien-verify and by a second
reader in Python, and no entry can be left out, changed or put in."""
import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

from attack import Log
from flow import BUILD, khien
from verify_model import HEAD, Note, node, root_of, sha

VERIFY = os.path.join(BUILD, "khien-verify")


class Range:
    """What docs/formats/range.md says, read by another program."""

    def __init__(self, data):
        head, numbers, rest = data.split(b"\n", 2)
        assert head == b"khien-range 1"
        self.first, self.end, hashes, note = (int(word) for word in numbers.split())
        self.note, rest = rest[:note], rest[note:]
        self.outside = [rest[32 * i:32 * i + 32] for i in range(hashes)]
        self.entries, rest = [], rest[32 * hashes:]
        while rest:
            size = struct.unpack(">H", rest[:2])[0]
            self.entries.append(rest[2:2 + size])
            rest = rest[2 + size:]

    def bytes(self):
        return b"".join([b"khien-range 1\n%d %d %d %d\n" % (self.first, self.end, len(self.outside), len(self.note)),
                         self.note, *self.outside,
                         *(struct.pack(">H", len(e)) + e for e in self.entries)])

    def holds(self):
        left = list(self.outside)
        leaves = [sha(b"\0" + e) for e in self.entries]

        def walk(lo, hi):
            n = hi - lo
            if (hi <= self.first or lo >= self.end) and n & (n - 1) == 0:
                return left.pop(0)
            if n == 1:
                return leaves[lo - self.first]
            k = 1
            while k * 2 < n:
                k *= 2
            return node(walk(lo, lo + k), walk(lo + k, hi))
        note = Note(self.note)
        return walk(0, note.size) == note.root and not left


# EVIDENCE: D11.4#5
class Export(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.log = Log(os.path.join(self.folder, "xa"))
        self.log.seal(-3 * 86400)
        for day in (3, 2, 1):
            self.log.shift = -day * 86400
            self.log.add_lines(40)
            self.log.seal(-day * 86400)
        self.keys, self.proof = self.log.name("keys", "public.txt"), os.path.join(self.folder, "p")

    def export(self, *words, **more):
        return khien("log", "export", "--data", self.log.data, *words, **more)

    def verify(self, *words):
        return subprocess.run([VERIFY, "range", self.proof, "--key", self.keys, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, env={**os.environ, "KHIEN_LANG": "vi"})

    def day_before(self):
        """The times of the middle day's lines."""
        times = re.findall(r'"received":\s*"([^"]+)"', self.export("--format", "json").out)
        middle = times[len(times) // 2]
        return ("--from", middle[:10], "--to", middle[:10])

    def test_the_range_holds_all_and_nothing_can_be_left_out(self):
        when = self.day_before()
        done = self.export("--format", "raw", "--proof", self.proof, *when, "kind:line 7")
        self.assertEqual(done.status, 0, done)
        with open(self.proof, "rb") as file:
            proof = Range(file.read())
        self.assertTrue(proof.holds())
        done_verify = self.verify("--print")
        self.assertEqual(done_verify.returncode, 0, done_verify)
        # who has the range filters by himself and finds exactly what was exported
        wanted = [e[HEAD.size:] for e in proof.entries[1:-1] if e[1] == 1 and b"7" in e[HEAD.size:]]
        self.assertTrue(wanted)
        self.assertEqual(done.out.encode().splitlines(), wanted)
        self.assertTrue(set(wanted) <= set(done_verify.stdout.splitlines()))

        def attack(change):
            with open(self.proof, "rb") as file:
                changed = Range(file.read())
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
            r.entries[5] = r.entries[5][:-1] + bytes([r.entries[5][-1] ^ 1])

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

        def other_note(r):
            r.note = r.note.replace(b"xa.vn", b"ya.vn", 1)
        for change in (drop(0), drop(7), drop(-1), flip, swap, double, shift, lose_hash, more_hash, other_note):
            attack(change)

    def test_each_size_and_place(self):
        self.assertEqual(root_of([sha(b"\0")]), sha(b"\0"))
        for words in ((), ("--from", "30d"), self.day_before()):
            done = self.export("--proof", self.proof, *words)
            self.assertEqual(done.status, 0, done)
            self.assertEqual(self.verify().returncode, 0)
            with open(self.proof, "rb") as file:
                self.assertTrue(Range(file.read()).holds())

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


if __name__ == "__main__":
    unittest.main()
