#!/usr/bin/env python3
"""A month of the log from its last line to an external disk: packed, written, read back, damaged, moved away."""
import glob
import os
import re
import unittest

from flow import folder, khien


class Months(unittest.TestCase):
    # EVIDENCE: D11.4
    def test_a_month_goes_to_a_disk(self):
        with folder({"old.log": "".join(f"<13>Jan  1 00:00:00 may su[{n}]: dòng {n}\n" for n in range(400)),
                     "clock": f"{-45 * 86400}\n", "disk/.keep": ""}) as base:
            data, disk = f"{base}/data", f"{base}/disk"
            done = khien("log", "import", "--data", data, f"{base}/old.log", env={"KHIEN_TEST_CLOCK": f"{base}/clock"})
            self.assertEqual(done.status, 0, done)
            month = re.search(r"(\d\d)/(\d{4})", khien("log", "search", "--data", data, "--limit", 1, "may").out)
            month = f"{month.group(2)}-{month.group(1)}"

            def media(*words):
                return khien("log", "media", "--data", data, *words)

            self.assertIn("Chưa có tháng nào", khien("log", "month", "--data", data).out)
            self.assertEqual(media("write", disk, month).status, 2)             # not registered, not packed
            packed = khien("log", "month", "--data", data, month)
            self.assertEqual(packed.status, 0, packed)
            self.assertIn("chưa có bản nào", packed.out)
            self.assertEqual(media("register", disk, "--label", "Đĩa 1").status, 0)
            self.assertEqual(media("register", disk, "--label", "Đĩa 1").status, 2)
            self.assertEqual(media("retire", month, "--copies", 1).status, 2)   # no disk has it yet
            self.assertEqual(media("write", disk, month).status, 0)
            self.assertEqual(media("check", disk, month).status, 0)
            self.assertNotIn("chưa có bản nào", khien("log", "month", "--data", data).out)
            self.damage(disk)
            bad = media("check", disk, month)
            self.assertEqual(bad.status, 2, bad)
            self.assertIn(".seg", bad.err)
            self.assertEqual(media("retire", month, "--copies", 1).status, 2)   # its receipt is gone
            self.assertEqual(media("write", disk, month).status, 0)
            self.assertEqual(media("retire", month, "--copies", 1).status, 0)
            self.assertEqual(glob.glob(f"{data}/log/*/segments/*.seg"), [])
            self.assertIn(month, khien("log", "month", "--data", data).out)     # the list stays

    def damage(self, disk):
        path = glob.glob(f"{disk}/**/*.seg", recursive=True)[0]
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))

    def test_what_is_wrong_is_said(self):
        with folder({"data/log/.keep": ""}) as base:
            for words, text in ((("log", "month", "--data", f"{base}/data", "2026-13"), "không phải là tháng"),
                                (("log", "month", "--data", f"{base}/data", "9999-01"), "chưa kết thúc"),
                                (("log", "month", "--data", f"{base}/none"), "there is no folder"),
                                (("log", "media", "--data", f"{base}/data", "burn"), "không có việc"),
                                (("log", "media", "--data", f"{base}/data", "write", base), "viết: register")):
                done = khien(*words)
                self.assertEqual(done.status, 2, done)
                self.assertIn(text, done.err)


if __name__ == "__main__":
    unittest.main()
