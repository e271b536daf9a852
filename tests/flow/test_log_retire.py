#!/usr/bin/env python3
"""A month leaves by itself while the service runs: the log is nearly full, a disk holds the month, the law lets it go.
The log says so first, sealed; then it stands nowhere here, not where its lines were written first either."""
import datetime
import glob
import json
import os
import socket
import subprocess
import unittest

import shard
from flow import BUILD, Server, folder, khien
from shard import wait_for

ROOM = 10**9 * 3 // 4 - (4 << 20)  # what a quota of 1 GB leaves for months
LINES = 400
MANY = 10000        # lines after which the log is sealed at once
YEAR = datetime.date.today().year + 1       # one that is written from January to November, whatever day it is


def seconds_until(month, day):
    return int((datetime.datetime(YEAR, month, day, 9) - datetime.datetime.now()).total_seconds())


class Retire(unittest.TestCase):
    def found(self, words):
        done = khien("log", "search", "--data", self.data, "--count", words)
        return int(done.out) if done.status == 0 else -1

    def january(self):
        """A month of YEAR with its copy on a disk, and a log nine parts in ten full."""
        def log(*words, shift_s=seconds_until(11, 20)):
            with open(f"{self.base}/clock", "w", encoding="ascii") as out:
                out.write(f"{shift_s}\n")
            done = khien("log", words[0], "--data", self.data, *words[1:], env={"KHIEN_TEST_CLOCK": f"{self.base}/clock"})
            self.assertEqual(done.status, 0, done)
        log("import", f"{self.base}/old.log", shift_s=seconds_until(1, 15))
        log("month", f"{YEAR}-01")
        log("media", "register", f"{self.base}/disk", "--label", "Đĩa 1")
        log("media", "write", f"{self.base}/disk", f"{YEAR}-01")
        log("keep", "--quota", 1, "--copies", 1, "--months", 6, "--level", 2)
        with open(f"{self.data}/log/other", "wb") as f:
            f.truncate(ROOM * 88 // 100)

    def send(self, count):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.connect(f"{self.data}/log/intake.sock")
            sock.sendall("".join(f"<13>may su: sau {n}\n" for n in range(count)).encode())

    # EVIDENCE: D11.4#6 D11.4#3
    def test_a_month_leaves_when_the_log_is_nearly_full(self):
        with folder({"old.log": "".join(f"<13>Jan 15 00:00:00 may su[{n}]: giêng {n}\n" for n in range(LINES)),
                     "disk/.keep": ""}) as self.base:
            self.data = f"{self.base}/data"
            self.january()
            first, = glob.glob(f"{self.data}/log/{YEAR}/segments/*.seg")
            with Server(data=self.data) as server:
                server.pass_time(seconds=seconds_until(11, 20))
                wait_for(lambda: os.path.exists(f"{self.data}/log/intake.sock"))
                self.assertEqual(self.found("giêng"), LINES)        # 88 in 100: it may stay
                self.assertNotIn("left", server.said())
                with open(f"{self.data}/log/other", "r+b") as f:
                    f.truncate(ROOM * 92 // 100)
                server.stop()                                       # it looks at once when it begins
                server.start()
                wait_for(lambda: not os.path.exists(first))
                self.assertTrue(glob.glob(f"{self.data}/log/{YEAR}/segments/*.seg"))      # what goes on after it
                self.assertIn("1 months left", server.said())
                # where its lines came first they go with the next that are sealed
                self.assertTrue(any("giêng".encode() in leaf.raw for leaf in shard.lines(self.data)))
                wait_for(lambda: os.path.exists(f"{self.data}/log/intake.sock"))
                self.send(MANY + 300)
                wait_for(lambda: glob.glob(f"{self.data}/log/orders/leave-{YEAR}-{YEAR}-01.done"))
                self.assertFalse(any("giêng".encode() in leaf.raw for leaf in shard.lines(self.data)))
                self.assertEqual(self.found("giêng"), 0)
                server.stop()
                server.start()                                      # it does not come back
                wait_for(lambda: self.found("sau") == MANY + 300)
                self.assertEqual(self.found("giêng"), 0)
                self.assertFalse(os.path.exists(first))
                done = subprocess.run([os.path.join(BUILD, "khien-verify"), f"{self.data}/log", "--format", "json"],
                                      capture_output=True, text=True, env=server.env)
            self.assertEqual(done.returncode, 0, done)
            report, = json.loads(done.stdout)
            self.assertEqual(report["findings"], [])
            self.assertGreaterEqual(report["left"], LINES)

    # EVIDENCE: D11.4#3
    def test_what_leaves_by_hand_leaves_where_it_was_written_first(self):
        """While nothing runs; the write-ahead file goes when the service does."""
        with folder({"old.log": "".join(f"<13>Jan 15 00:00:00 may su[{n}]: giêng {n}\n" for n in range(LINES)),
                     "disk/.keep": ""}) as self.base:
            self.data = f"{self.base}/data"
            self.january()
            os.unlink(f"{self.data}/log/other")
            done = khien("log", "media", "retire", f"{YEAR}-01", "--copies", 1, "--data", self.data,
                         env={"KHIEN_TEST_CLOCK": f"{self.base}/clock"})
            self.assertEqual(done.status, 0, done)
            self.assertEqual(self.found("giêng"), 0)
            self.assertTrue(any("giêng".encode() in leaf.raw for leaf in shard.lines(self.data)))
            self.assertIn("dịch vụ tự bỏ nốt", done.out)
            with Server(data=self.data) as server:
                server.pass_time(seconds=seconds_until(11, 20))
                wait_for(lambda: os.path.exists(f"{self.data}/log/intake.sock"))
                self.send(MANY + 300)
                wait_for(lambda: glob.glob(f"{self.data}/log/orders/leave-{YEAR}-{YEAR}-01.done"))
                self.assertFalse(any("giêng".encode() in leaf.raw for leaf in shard.lines(self.data)))
                self.assertEqual((self.found("giêng"), self.found("sau")), (0, MANY + 300))


if __name__ == "__main__":
    unittest.main()
