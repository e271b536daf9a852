#!/usr/bin/env python3
"""Lines of old devices and old Windows programs, in TCVN3, VNI and Windows-1258: their words are found with and without
marks, in what was just taken and in closed segments, and the pages show them readable with their encoding named."""
import glob
import html
import os
import re
import subprocess
import unittest

import shard
import sheets
from flow import BUILD, khien
from test_intake import Log

SAID = "đăng nhập thất bại"
OLD = "tài khoản bị khóa"       # in old encodings alone: no letter of it stands in a line of UTF-8
LINES = 4000                    # so many that a segment has templates, and letters that can say no
NAMES = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI", "cp1258": "Windows-1258"}


def line(number, text):
    return b"<13>Nov 26 10:00:%02d ketoan app: " % number + text + b"\n"


class Encodings(unittest.TestCase):
    def found(self, log, *words):
        done = khien("log", "search", "--data", log.data, "--count", *words)
        self.assertEqual(done.status, 0, str(done))
        return int(done.out)

    def find_all(self, log):
        self.assertEqual(self.found(log, "--fold", '"dang nhap"'), 4)
        self.assertEqual(self.found(log, "--fold", '"đăng nhập"'), 4)
        self.assertEqual(self.found(log, '"đăng nhập"'), 4)
        self.assertEqual(self.found(log, "đăng OR zzq"), 4)                 # each line is asked
        self.assertEqual(self.found(log, "--fold", "transport:tcp -đăng"), LINES + len(NAMES))
        self.assertEqual(self.found(log, "--fold", '"dang xuat"'), 0)
        self.assertEqual(self.found(log, "--fold", '"tai khoan"'), len(NAMES))
        self.assertEqual(self.found(log, '"tài khoản"'), len(NAMES))

    # EVIDENCE: D11.4
    def test_words_are_found_in_open_and_closed_segments(self):
        with Log() as log:
            with log.tcp() as tcp:
                for i in range(LINES):
                    tcp.sendall(line(i % 60, b"gate %d is up after %d ms" % (i % 7, i * i % 1000)))
                for name in NAMES:
                    tcp.sendall(line(1, sheets.encode(SAID, name)))
                    tcp.sendall(line(1, sheets.encode(OLD, name)))
                tcp.sendall(line(1, SAID.encode()))
            log.wait_lines(LINES + 4 + len(NAMES), shard.TCP)
            self.find_all(log)
            browser = log.server.set_up()
            page = html.unescape(browser.get("/nhat-ky?hoi=%22dang%20nhap%22").text)
            self.assertEqual(page.count(SAID), 4)
            said = [html.unescape(browser.get(place).text)
                    for place in dict.fromkeys(re.findall(r'href="(/nhat-ky/dong/[0-9.-]+)', page))]
            for name in NAMES.values():
                self.assertEqual(sum(name + ", đổi sang Unicode" in text for text in said), 1, name)
            log.server.stop()
            path = os.path.join(log.data, "log", shard.year_now())
            subprocess.run([os.path.join(BUILD, "tests", "unit", "close_segments"), path,
                            str(len(shard.leaves(log.data)))], check=True)
            self.assertTrue(glob.glob(os.path.join(path, "segments", "*.seg")))
            self.find_all(log)


if __name__ == "__main__":
    unittest.main()
