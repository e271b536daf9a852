#!/usr/bin/env python3
"""A program that gets no more memory ends at once and says so; what it did again afterwards is whole. The n-th allocation
fails, and all after it (src/base/memory_trouble.h); tests/unit/memory_test.c does the same within the rooms, for every n."""
import contextlib
import os
import shutil
import signal
import tempfile
import unittest

from flow import khien
from test_disk_trouble import relp_client
from test_intake import Log

LINES = 1500
ENDED = "khien: hết bộ nhớ, phải dừng giữa chừng\n"
FIRST = 20  # before it the words of the command line are copied, and no language is known yet


def struck(nth, *args):
    return khien(*args, env={"KHIEN_TEST_MEMORY": str(nth)})


class Memory(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="khien-memory-")
        self.addCleanup(shutil.rmtree, self.base)
        self.data = os.path.join(self.base, "data")
        self.lines = os.path.join(self.base, "may.log")
        with open(self.lines, "w", encoding="utf-8") as out:
            out.writelines(f"Nov 27 10:{i // 60 % 60:02}:{i % 60:02} may1 sshd[{50000 + i}]: so {i}\n" for i in range(LINES))

    def ended_well(self, done, nth):
        """Not without a word, and by nothing else; True when an allocation did fail."""
        if done.status == 0:
            return False
        self.assertEqual((done.status, done.err[-len(ENDED):]), (-signal.SIGABRT, ENDED), f"allocation {nth}: {done}")
        return True

    def test_an_import_that_broke_off_is_done_again_whole(self):
        nth, times = FIRST, 0
        while True:
            shutil.rmtree(self.data, ignore_errors=True)
            if not self.ended_well(struck(nth, "log", "import", "--data", self.data, self.lines), nth):
                break
            again = khien("log", "import", "--data", self.data, self.lines)
            self.assertEqual(again.status, 0, again)
            found = khien("log", "search", "--data", self.data, "--count", "sshd")
            self.assertIn(str(LINES), found.out.split(), f"allocation {nth}: {found}")
            nth, times = nth * 2, times + 1
        self.assertGreater(times, 3)

    def test_a_search_says_that_it_did_not_end(self):
        self.assertEqual(khien("log", "import", "--data", self.data, self.lines).status, 0)
        nth, times = FIRST, 0
        while self.ended_well(done := struck(nth, "log", "search", "--data", self.data, "--count", "51499"), nth):
            self.assertNotIn("1", done.out.split())
            nth, times = nth * 2, times + 1
        self.assertIn("1", done.out.split())
        self.assertGreater(times, 1)

    def test_what_a_receiver_acknowledged_before_it_ended_is_kept(self):
        """After some thirty allocations at its start, each connection takes a few."""
        log, acknowledged, ends = Log(), [], 0
        log.server.env["KHIEN_TEST_MEMORY"] = "50 khien: intake"
        with log:
            for connection in range(100):
                relp = relp_client(log)
                with contextlib.suppress(OSError), contextlib.closing(relp.socket):
                    for line in range(5):
                        raw = b"<13>may %d %d" % (connection, line)
                        relp.command(b"syslog", raw)
                        relp.wait()
                        acknowledged.append(raw)
                ends = log.server.said().count("intake ended (signal 6)")
                if ends > 1:
                    break
            self.assertEqual((ends, log.server.said().count(ENDED)), (2, 2), log.server.said())
            kept = log.wait_lines(len(acknowledged))
        self.assertEqual([raw for raw in acknowledged if kept.count(raw) != 1], [])


if __name__ == "__main__":
    unittest.main()
