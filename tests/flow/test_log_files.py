#!/usr/bin/env python3
"""Files of the log that are taken away, put in, renamed or cut under a running service: each is named on the pages, by the
search and by khien-verify; what can be read is found, new lines are taken and kept, and all is well again when the file is
back."""
import glob
import html
import os
import shutil
import subprocess
import tempfile
import unittest

import shard
from attack import Log as Made
from flow import BUILD, khien
from test_intake import Log

ENDS = (300, 500, 900, 1290)    # of segments, each of another length, so that none can stand for another
SPLIT = 1000                    # where the second write-ahead file begins; the first one has gone
AMISS = "Kho nhật ký có tệp thiếu, lạ hay hỏng"


def segment(first):
    return f"segments/{first:020}.seg"


class Files(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="khien-files-")
        self.addCleanup(shutil.rmtree, self.base)
        made = Made(os.path.join(self.base, "data"))
        made.seal(0)
        made.add_lines(1300)
        made.seal()
        made.save(made.entries(), split=SPLIT)
        subprocess.run([os.path.join(BUILD, "tests", "unit", "close_segments"), made.path, *map(str, ENDS)], check=True)
        self.assertEqual(len(glob.glob(made.name("wal", "*.wal"))), 1)
        self.log = Log()
        shutil.rmtree(self.log.data)
        shutil.copytree(made.data, self.log.data)
        self.log.settings("")
        self.path = Made(self.log.data).path
        self.addCleanup(self.log.server.own.cleanup)
        self.addCleanup(self.log.server.stop)
        self.log.server.start()
        self.log.wait_listening()
        self.browser = self.log.server.set_up()
        self.sent = 0

    def file(self, name):
        return os.path.join(self.path, name)

    def strip(self):
        return html.unescape(self.browser.get("/hom-nay").text)

    def search(self):
        return khien("log", "search", "--data", self.log.data, "--count", "")

    def stat(self):
        return " ".join(khien("log", "stat", "--data", self.log.data).out.split())

    def verify(self):
        done = subprocess.run([os.path.join(BUILD, "khien-verify"), f"{self.log.data}/log"],
                              stdout=subprocess.PIPE, check=False)
        return done.returncode, done.stdout.decode()

    def takes_lines(self):
        self.sent += 1
        with self.log.tcp() as tcp:
            tcp.sendall(b"<13>dong moi %d\n" % self.sent)
        shard.wait_for(lambda: b"<13>dong moi %d" % self.sent in self.log.raws())

    def is_told(self, words, name, lost=None):
        """Named by the search and on its page, and the rest is found."""
        done = self.search()
        self.assertEqual(done.status, 1, done)
        self.assertIn(words, done.err)
        self.assertIn(name, done.err)
        if lost is not None:
            self.assertEqual(int(done.out), self.whole - lost, done)
        page = ""

        def shown():
            nonlocal page
            page = html.unescape(self.browser.get("/nhat-ky?hoi=").text)
            return "không đọc được hết nhật ký" in page and name in page
        shard.wait_for(shown, 15)       # the page tells what the store saw some seconds ago
        self.takes_lines()
        self.whole += 1

    def is_well(self):
        done = self.search()
        self.assertEqual((done.status, int(done.out)), (0, self.whole), done)

    # EVIDENCE: D11.4
    def test_each_is_named_and_the_rest_goes_on(self):
        self.takes_lines()
        self.whole = int(self.search().out)
        aside = os.path.join(self.base, "aside")
        with self.subTest("missing"):
            os.rename(self.file(segment(500)), aside)
            self.is_told("is missing: entries 500 to 899", segment(500), 400)
            shard.wait_for(lambda: AMISS in self.strip(), 15)       # on every page
            self.assertIn(segment(500), self.strip())
            status, said = self.verify()
            self.assertEqual(status, 1)
            self.assertIn("500", said)
            os.rename(aside, self.file(segment(500)))
            self.is_well()
            shard.wait_for(lambda: AMISS not in self.strip(), 15)
        with self.subTest("the oldest"):
            os.rename(self.file(segment(0)), aside)
            self.is_told("is missing: entries 0 to 299", segment(0))
            os.rename(aside, self.file(segment(0)))
            self.is_well()
        with self.subTest("the newest"):
            os.rename(self.file(segment(900)), aside)
            self.is_told("is missing: entries 900 to 999", segment(900), SPLIT - 900)
            os.rename(aside, self.file(segment(900)))
            self.is_well()
        with self.subTest("cut short"):
            shutil.copy2(self.file(segment(300)), aside)
            os.truncate(self.file(segment(300)), 1000)
            self.is_told("cut short", segment(300), 200)
            self.assertEqual(self.verify()[0], 1)
            shutil.copy2(aside, self.file(segment(300)))
            self.is_well()
        with self.subTest("two renamed"):
            self.swap(0, 300)
            self.is_told("is missing: entries 200 to 299", segment(200))
            self.assertEqual(self.verify()[0], 1)
            self.swap(0, 300)
            self.is_well()

    def swap(self, one, two):
        names = self.file(segment(one)), self.file(segment(two))
        os.rename(names[0], self.file("aside"))
        os.rename(names[1], names[0])
        os.rename(self.file("aside"), names[1])

    # EVIDENCE: D11.4
    def test_what_is_foreign_hides_nothing(self):
        self.takes_lines()
        self.whole = int(self.search().out)
        with self.subTest("behind all others"):
            shutil.copy2(self.file(segment(300)), self.file(segment(9000)))
            self.is_told("none of this log's", segment(9000), 0)
            os.unlink(self.file(segment(9000)))
            self.is_well()
        with self.subTest("no segment at all"):
            with open(self.file(segment(1290)), "wb") as out:
                out.write(b"\x7fELF" + bytes(5000))
            self.is_told("not a segment", segment(1290), 0)
            os.unlink(self.file(segment(1290)))
            self.is_well()
        with self.subTest("another name"):
            with open(self.file("segments/readme.txt"), "wb") as out:
                out.write(b"x")
            self.is_told("is none of this log's files", "segments/readme.txt", 0)
            os.unlink(self.file("segments/readme.txt"))
            self.is_well()

    # EVIDENCE: D11.4
    def test_a_store_that_starts_beside_a_foreign_segment_closes_nothing(self):
        """Going on behind it would lose what only the write-ahead files hold."""
        self.log.server.stop()
        shutil.copy2(self.file(segment(300)), self.file(segment(9000)))
        self.log.server.start()
        self.log.wait_listening()
        shard.wait_for(lambda: "Chưa nén và chuyển nhật ký vào kho" in self.strip(), 20)
        self.assertRegex(self.stat(), "Chưa nén được.*" + segment(9000))
        self.takes_lines()
        os.unlink(self.file(segment(9000)))
        shard.wait_for(lambda: "Chưa nén" not in self.strip(), 30)

    def sealed(self):
        with open(self.file("checkpoint"), "rb") as note:
            return int(note.read().split(b"\n")[1])

    def many(self):
        """So many lines that intake asks for a seal at once."""
        with self.log.tcp() as tcp:
            tcp.sendall(b"".join(b"<13>nhieu %d\n" % i for i in range(10100)))

    # EVIDENCE: D11.4
    def test_hashes_that_are_gone_are_made_again(self):
        """From the entries, closed segments among them; and not before all of these are here."""
        tree = [self.file(f"tree/{level}") for level in (1, 2) if os.path.exists(self.file(f"tree/{level}"))]
        first = tree[0]
        os.unlink(first)
        aside = os.path.join(self.base, "aside")
        os.rename(self.file(segment(500)), aside)
        before = self.sealed()
        self.many()
        shard.wait_for(lambda: "copy them back from a backup" in self.strip(), 30)
        self.assertIn("thiếu tệp của cây băm", self.strip())
        self.takes_lines()
        os.rename(aside, self.file(segment(500)))
        self.log.server.wait_for("made again")
        self.many()
        shard.wait_for(lambda: self.sealed() > before, 80)
        shard.wait_for(lambda: "niêm phong thêm" not in self.strip(), 20)
        self.log.server.stop()
        status, said = self.verify()
        self.assertEqual(status, 0, said)

    # EVIDENCE: D11.4
    def test_keys_that_are_gone(self):
        key = os.path.join(self.log.data, "keys", "log", os.path.basename(self.path), "identity.key")
        self.log.server.stop()
        os.rename(key, key + ".aside")
        self.log.server.start()
        self.log.wait_listening()
        shard.wait_for(lambda: "không mở được khóa niêm phong" in self.strip(), 20)
        self.assertIn("identity.key", self.strip())
        self.assertRegex(self.stat(), "Ngừng niêm phong.*identity.key")
        self.takes_lines()
        before = self.sealed()
        os.rename(key + ".aside", key)
        self.many()
        shard.wait_for(lambda: self.sealed() > before, 80)
        shard.wait_for(lambda: "niêm phong thêm" not in self.strip(), 20)


if __name__ == "__main__":
    unittest.main()
