#!/usr/bin/env python3
"""The quota of a running service is not passed by one byte, whoever writes and whatever fails; what has no room is
refused, told, and taken when there is room again, by itself; nothing acknowledged is lost, and what is lost of UDP is
counted."""
import base64
import contextlib
import glob
import json
import os
import random
import socket
import threading
import unittest

import shard
from flow import khien, write_tree
from test_intake import Log, Relp

MIB = 1 << 20
QUOTA = 10**9                           # the least there is
ANEW = 36 * MIB                         # for a file that is written anew when a service starts again
SHARE = QUOTA // 8 - ANEW               # of the write-ahead files of a year, while none is


def lengths(folder):
    """Of all files below."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += os.lstat(os.path.join(path, name)).st_size
    return total


class Watch(threading.Thread):
    """How much the folders took at the most."""

    def __init__(self, data):
        super().__init__(daemon=True)
        self.data, self.most, self.most_wal, self.is_over = data, 0, 0, threading.Event()

    def run(self):
        while not self.is_over.wait(0.02):
            self.most = max(self.most, lengths(f"{self.data}/log"))
            self.most_wal = max(self.most_wal, *(lengths(wal) for wal in glob.glob(f"{self.data}/log/*/wal")))


class Sender(threading.Thread):
    """Sends lines of its own by RELP, some ahead of their answers, until it is told to stop; it waits as long as it takes,
    as rsyslog does, and stops only when all is answered."""

    def __init__(self, log, number, make):
        super().__init__(daemon=True)
        self.relp, self.number, self.make = Relp(log.relp_port), number, make
        self.sent, self.is_over, self.failure = 0, threading.Event(), None

    def run(self):
        try:
            while not self.is_over.is_set():
                for _ in range(8):
                    self.relp.command(b"syslog", self.make(self.number, self.sent))
                    self.sent += 1
                self.relp.wait(300)
        except OSError as e:
            self.failure = e

    @property
    def acked(self):
        return len(self.relp.acked) - 1         # the open has no line


def long_line(number, count):
    return b"<13>Nov 26 10:00:00 web app: nguoigui%d-%d " % (number, count) + b"dong dai " * 6000


def random_line(number, count):
    noise = base64.b64encode(random.Random(number * 1000003 + count).randbytes(36 * 1024))
    return b"<13>Nov 26 10:00:00 web app: nguoigui%d-%d " % (number, count) + noise


def is_full(path):
    """Does that process say that it has no room?"""
    with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as file:
        return file.read().splitlines()[1].startswith("full ")
    return False


@contextlib.contextmanager
def service():
    """(log, say to its disk)"""
    log = Log()
    write_tree(log.data, {"log/keep": f"khien log keep 1\nquota {QUOTA}\n"})
    with shard.failing_disk(log.server.env) as answer, log:
        yield log, answer


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
        return True
    return False


def count(log, words):
    done = khien("log", "search", "--data", log.data, "--count", words)
    return int(done.out) if done.status == 0 else -1


class Quota(unittest.TestCase):
    def finish(self, log, watch, senders, anew=0):
        """All is answered, each line is there once, and no folder took a byte too many."""
        for sender in senders:
            sender.is_over.set()
        for sender in senders:
            sender.join(300)
            self.assertIsNone(sender.failure)
            self.assertEqual(sender.acked, sender.sent)
            self.assertEqual(count(log, f"nguoigui{sender.number}"), sender.sent)
        watch.is_over.set()
        watch.join()
        self.assertLessEqual(watch.most, QUOTA)
        self.assertLessEqual(watch.most_wal, SHARE + anew)

    # EVIDENCE: D11.4
    def test_a_share_that_fills_before_anything_is_sealed_goes_on_by_itself(self):
        """Long lines, fewer than a seal is asked for, fill the write-ahead files again and again."""
        with service() as (log, _):
            watch = Watch(log.data)
            watch.start()
            senders = [Sender(log, i, long_line) for i in range(4)]
            for sender in senders:
                sender.start()
            shard.wait_for(lambda: sum(s.sent for s in senders) > 6000, 240)        # 330 MB in a share of 92
            self.assertIn("no room", log.server.said())                            # it was full, not only near it
            self.finish(log, watch, senders)

    # EVIDENCE: D11.4
    def test_short_lines_fill_the_share_long_before_a_segment(self):
        """They take twelve times their length there, so that it is full when a segment of the usual size has begun."""
        with service() as (log, _):
            watch, lines = Watch(log.data), 2_000_000                               # 132 MB in a share of 92
            watch.start()
            with log.tcp() as tcp:
                tcp.settimeout(300)
                tcp.sendall(b"<13>x\n" * lines)
            shard.wait_for(lambda: count(log, "transport:tcp") >= lines, 240)
            self.finish(log, watch, [])
            self.assertEqual(count(log, "transport:tcp"), lines)

    # EVIDENCE: D11.4
    def test_full_is_told_and_what_is_lost_is_counted(self):
        """Nothing can be closed: every sender waits. The disk is mended, and all goes on."""
        with service() as (log, answer):
            browser, watch = log.server.set_up(), Watch(log.data)
            answer("read 5 khien: store")
            watch.start()
            senders = [Sender(log, i, long_line) for i in range(4)]
            for sender in senders:
                sender.start()

            def told():
                return "Không nhận thêm dòng nhật ký nào" in browser.get("/hom-nay").text
            shard.wait_for(told, 120)
            page = browser.get("/hom-nay").text
            self.assertRegex(page, "the write-ahead files may take [0-9]+ bytes")
            self.assertIn("Các dòng đã xác nhận còn nguyên", page)                  # what is safe
            self.assertIn("nâng hạn mức: Khiên tự nhận tiếp", page)                 # what to do
            stat = " ".join(khien("log", "stat", "--data", log.data).out.split())
            self.assertRegex(stat, "Không nhận dòng: .*the write-ahead files may take [0-9]+ bytes")
            before = [s.acked for s in senders]
            sent_udp = 3000
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:           # more than the buffers take
                for i in range(sent_udp):
                    udp.sendto(b"<13>Nov 26 10:00:00 web app: goi-udp %d " % i + b"x" * 40000,
                               ("127.0.0.1", log.port))
            self.assertEqual([s.acked for s in senders], before)                    # nobody is told it is safe
            answer("")
            shard.wait_for(lambda: all(s.acked > b for s, b in zip(senders, before)), 120)
            shard.wait_for(lambda: not told(), 30)
            self.finish(log, watch, senders)
            self.assertGreater(watch.most_wal, SHARE // 2)

            def lost():
                done = khien("log", "search", "--data", log.data, "--format", "json", "kind:gap")
                return sum(json.loads(json.loads(line)["raw"])["lines"] for line in done.out.splitlines())
            shard.wait_for(lambda: count(log, "goi-udp") + lost() == sent_udp, 60)
            self.assertGreater(lost(), 0)

    # EVIDENCE: D11.4
    def test_lines_that_do_not_shrink_fill_the_whole_quota_and_no_more(self):
        """Segments and write-ahead files are full; nothing may leave. A larger quota, and it goes on."""
        with service() as (log, _):
            watch, year = Watch(log.data), f"{log.data}/log/{shard.year_now()}"
            with open(f"{log.data}/log/other", "wb") as f:      # most is taken: it need not be written
                f.truncate(QUOTA * 3 // 4 - 40 * MIB)
            watch.start()
            senders = [Sender(log, i, random_line) for i in range(4)]
            for sender in senders:
                sender.start()
            shard.wait_for(lambda: is_full(f"{year}/segments/storing") and is_full(f"{log.data}/log/intake/taking"), 240)
            self.assertGreater(watch.most, QUOTA // 100 * 80)
            before = sum(s.acked for s in senders)
            self.assertIn("may take", khien("log", "stat", "--data", log.data).out)
            watch.is_over.set()                                 # the quota that it watches ends here
            watch.join()
            done = khien("log", "keep", "--data", log.data, "--quota", "2")
            self.assertEqual(done.status, 0, done)
            shard.wait_for(lambda: sum(s.acked for s in senders) > before + 100, 120)
            self.finish(log, watch, senders)

    # EVIDENCE: D11.4
    def test_a_years_turn_takes_no_more(self):
        """All but the write-ahead files' part is taken; those of one year fill theirs, then those of the next."""
        with service() as (log, answer):
            watch, other = Watch(log.data), f"{log.data}/log/other"
            answer("read 5 khien: store")                                           # it closes nothing meanwhile
            with open(other, "wb") as f:
                f.truncate(QUOTA * 3 // 4 - 8 * MIB)
            watch.start()
            for number in range(2):
                shard.wait_for(lambda: listens(log.relp_port), 60)
                senders = [Sender(log, 4 * number + i, long_line) for i in range(4)]
                for sender in senders:
                    sender.start()
                shard.wait_for(lambda: log.server.said().count("no room") > number, 120)
                if number == 0:
                    old = {s.number: s.acked for s in senders}
                    log.server.stop()
                    log.server.pass_time(days=366)
                    log.server.start()
            self.assertGreater(len(glob.glob(f"{log.data}/log/*/wal/*")), 4)
            os.unlink(other)
            answer("")
            shard.wait_for(lambda: all(s.acked > 0 for s in senders) and "there is room again" in log.server.said(), 120)
            self.finish(log, watch, senders, ANEW)
            for number, acked in old.items():
                self.assertGreaterEqual(count(log, f"nguoigui{number}"), acked)


if __name__ == "__main__":
    unittest.main()
