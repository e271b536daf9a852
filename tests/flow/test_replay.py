#!/usr/bin/env python3
"""What an audit saw, asked again, gives the same answers; a damaged snapshot is refused by line."""
import os
import tempfile
import unittest

from flow import khien


def audit(*options):
    return khien("audit", "--format", "json", *options)


def verdicts(done):
    report = done.json()
    report.pop("duration_us")
    report["host"].pop("root")
    return report


class Replay(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = os.path.join(self.folder.name, "seen.khien")

    def test_the_live_machine_answers_the_same_again(self):
        seen = audit("--save", self.file)
        again = audit("--replay", self.file)
        self.assertEqual(again.status, 0, again.err)
        self.assertEqual(verdicts(seen), verdicts(again))

    def test_another_root_answers_the_same_again(self):
        root = os.path.join(self.folder.name, "root")
        os.makedirs(os.path.join(root, "etc", "pam.d"))
        with open(os.path.join(root, "etc", "passwd"), "w", encoding="utf-8") as file:
            file.write("root:x:0:0::/root:/bin/bash\ntoor:x:0:0::/root:/bin/bash\n")
        seen = audit("--root", root, "--save", self.file)
        again = audit("--replay", self.file)
        self.assertEqual(verdicts(seen), verdicts(again))
        self.assertIn('"fail"', again.out)

    def test_nobody_else_may_read_a_snapshot(self):
        audit("--save", self.file)
        self.assertEqual(os.stat(self.file).st_mode & 0o077, 0)

    def test_a_damaged_snapshot_is_refused_by_its_line(self):
        audit("--save", self.file)
        with open(self.file, encoding="utf-8") as file:
            lines = file.read().split("\n")
        lines[1] = "at\tyesterday\t1"
        with open(self.file, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        done = audit("--replay", self.file)
        self.assertEqual(done.status, 2)
        self.assertIn("dòng 2", done.err)


if __name__ == "__main__":
    unittest.main()
