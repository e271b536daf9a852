#!/usr/bin/env python3
"""The recovery key on paper, and the legitimate tiếp nối: an old copy of a log is put back, the sealer refuses, two
people type their halves, the log goes on in a new part, and who verifies is told what happened."""
import datetime
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from flow import BUILD, khien
from test_witness import Witness, ask, make

VERIFY = os.path.join(BUILD, "khien-verify")


def halves_of(printed):
    return re.findall(r"^  [12]  ((?:[A-Z2-7]{4} ?){14})$", printed, re.M)


# EVIDENCE: D11.4#5
class Recovery(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.log = make(self.folder, "xa")
        self.key = os.path.join(self.log.data, "keys", "log", "recovery.key")

    def recovery(self, *words, typed="", env=None):
        return khien("log", "recovery", *words, "--data", self.log.data, stdin=typed,
                     env={"KHIEN_TEST_CLOCK": self.log.clock, **(env or {})})

    def printed(self):
        done = self.recovery("print")
        self.assertEqual(done.status, 0, done)
        halves = halves_of(done.out)
        self.assertEqual(len(halves), 2, done.out)
        return halves

    def test_the_key_leaves_only_when_the_paper_is_right(self):
        one, two = self.printed()
        typo = one[:5] + ("A" if one[5] != "A" else "B") + one[6:]
        for typed in (f"{typo}\n{two}\n", f"{two}\n{one}\n", f"{one}\n", "", f"{one}\n{self.printed()[1]}\n"):
            done = self.recovery("forget", typed=typed)
            self.assertEqual(done.status, 2, done)
            self.assertTrue(os.path.exists(self.key))
        done = self.recovery("forget", typed=f"{one.lower()}\n{two.replace(' ', '-')}\n")
        self.assertEqual(done.status, 0, done)
        self.assertFalse(os.path.exists(self.key))
        done = self.recovery("print")
        self.assertEqual(done.status, 2, done)
        self.assertIn("đã in ra giấy", done.err)
        self.log.add_lines(5)
        self.log.seal()          # and sealing never needed it

    def verify(self, *words):
        return subprocess.run([VERIFY, os.path.join(self.log.data, "log"), *words], stdout=subprocess.PIPE, text=True,
                              check=False, env={**os.environ, "KHIEN_LANG": "vi", "KHIEN_TEST_CLOCK": self.log.clock})

    def put_back(self):
        """A witness saw 500 lines more than the copy that is put back; it says so and sealing stops."""
        old = self.log.copy(os.path.join(self.folder, "old"))
        witness = Witness(os.path.join(self.folder, "tinh"), "tinh.vn/nhan-chung")
        witness.knows(self.log)
        with witness as w:
            self.log.add_lines(500)
            self.log.seal()
            self.assertEqual(ask(self.log, w).returncode, 0)
            shutil.rmtree(self.log.data)
            shutil.copytree(old.data, self.log.data)
            self.assertEqual(ask(self.log, w).returncode, 1)
        refused = self.log.seal(status=1)
        self.assertIn("ngoai", refused.out)

    def shards(self):
        return sorted(name for name in os.listdir(os.path.join(self.log.data, "log")) if name[:2] == "20")

    def test_a_restored_log_goes_on_with_the_key_on_paper(self):
        sheet = os.path.join(self.folder, "sheet")          # the keys as they were printed in time
        shutil.copy(self.log.name("keys", "public.txt"), sheet)
        one, two = self.printed()
        self.assertEqual(self.recovery("forget", typed=f"{one}\n{two}\n").status, 0)
        self.put_back()
        before = self.shards()
        stranger = make(self.folder, "khac")
        other = halves_of(khien("log", "recovery", "print", "--data", stranger.data).out)
        for typed, words in ((f"{one}\n{two}\n", ()), (f"{one}\n{two}\n", ("--reason", " ")),
                             (f"{two}\n{one}\n", ("--reason", "phục hồi")),
                             (f"{other[0]}\n{other[1]}\n", ("--reason", "phục hồi"))):
            done = self.recovery("continue", *words, typed=typed)
            self.assertEqual(done.status, 2, done)
            self.assertEqual(self.shards(), before)
        done = self.recovery("continue", "--reason", "phục hồi từ bản sao ngày 25", typed=f"{one}\n{two}\n")
        self.assertEqual(done.status, 0, done)
        self.assertIn(f"{self.log.year}.2", done.out)
        self.assertEqual(self.shards(), before + [f"{self.log.year}.2"])
        self.log.seal()                                     # the new part is sealed again
        self.assertFalse(os.path.exists(self.log.secret("identity")))  # and the old one never more

        # a stranger with the keys on paper is told, and finds nothing else wrong
        done = self.verify("--key", sheet)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("tiếp nối bằng khóa khôi phục từ mục 303: phục hồi từ bản sao ngày 25", done.stdout)
        # what the witness saw beyond the copy is missing, and that is said too
        shutil.copytree(self.log.name("anchors"), os.path.join(self.folder, "anchors"))
        seen = [os.path.join(self.folder, "anchors", name) for name in os.listdir(os.path.join(self.folder, "anchors"))]
        done = self.verify("--key", sheet, *(word for path in seen for word in ("--anchor", path)))
        self.assertEqual(done.returncode, 1, done.stdout)

    def test_the_year_turns(self):
        year, sheet = int(self.log.year), os.path.join(self.folder, "sheet")
        shutil.copy(self.log.name("keys", "public.txt"), sheet)
        middle = datetime.datetime(year + 1, 7, 1, tzinfo=datetime.timezone.utc)     # whatever the day of this run
        self.log.seal(shift=int((middle - datetime.datetime.now(datetime.timezone.utc)).total_seconds()))
        self.assertEqual(self.shards(), [str(year), str(year + 1)])
        self.assertFalse(os.path.exists(self.log.secret("identity")))
        done = self.verify("--key", sheet)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("tiếp nối", done.stdout)
        # a first leaf of the new year that another key vouches for is none
        path = os.path.join(self.log.data, "log", str(year + 1), "origin")
        with open(path, "w", encoding="ascii") as out:
            out.write(f"la.vn/khien/nhat-ky/{year + 1}\n")
        self.assertEqual(self.verify("--key", sheet).returncode, 1)


if __name__ == "__main__":
    unittest.main()
