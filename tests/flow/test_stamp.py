#!/usr/bin/env python3
"""Time stamps of RFC 3161 by a real authority (openssl ts -reply), carried by files or asked over HTTP and HTTPS,
kept beside the checkpoints, and checked by khien-verify and by the second verifier."""
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

from attack import Log, entry
from flow import BUILD, Server, khien
from tsa import HAS_OPENSSL, Authority, self_signed
from verify_model import Verifier, load_keys, root_of

VERIFY = os.path.join(BUILD, "khien-verify")


# EVIDENCE: D11.4
@unittest.skipUnless(HAS_OPENSSL, "needs openssl")
class Stamps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.whole)
        cls.tsa = Authority(os.path.join(cls.whole, "tsa"))
        cls.base = Log(os.path.join(cls.whole, "base"))
        cls.base.seal(0)
        cls.base.add_lines(300)
        cls.base.seal()

    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=self.whole)
        self.log = self.base.copy(os.path.join(self.folder, "log"))
        self.sheet = os.path.join(self.folder, "public.txt")
        shutil.copy(self.log.name("keys", "public.txt"), self.sheet)

    def path(self, name):
        return os.path.join(self.folder, name)

    def stamp(self, *words, status=0):
        done = khien("log", "stamp", "--data", self.log.data, *words)
        self.assertEqual(done.status, status, done)
        return done.out + done.err

    def carry(self):
        self.stamp("--request", self.path("q.tsq"))
        self.tsa.reply(self.path("q.tsq"), self.path("r.tsr"))
        return self.stamp("--reply", self.path("r.tsr"), "--ca", self.tsa.ca)

    def verify(self, ca=None, shift=0):
        clock = self.path("now")
        with open(clock, "w", encoding="ascii") as f:
            f.write(str(shift))
        done = subprocess.run([VERIFY, self.log.path, "--key", self.sheet, "--tsa", ca or self.tsa.ca,
                               "--format", "json"], stdout=subprocess.PIPE, check=False,
                              env={**os.environ, "KHIEN_TEST_CLOCK": clock})
        self.report, = json.loads(done.stdout)
        mine = sorted((f["fault"], f["first"], f["end"]) for f in self.report["findings"])
        keys, _ = load_keys(self.sheet)
        theirs = Verifier(self.log.path, keys, tsa=ca or self.tsa.ca, now=time.time() + shift).run()
        self.assertEqual(mine, sorted((f["fault"], f["first"], f["end"]) for f in theirs))
        self.assertEqual(done.returncode, 1 if mine else 0)
        return mine

    def test_carried_by_files(self):
        said = self.carry()
        size = len(self.log.entries())
        self.assertIn(f"đến mục {size}", said)
        self.assertEqual(self.verify(), [])
        self.assertEqual((self.report["stamps"], self.report["stamped"]), (1, size))
        self.assertLess(abs(self.report["stamped_at"] - time.time()), 120)
        # the question is answered: it waits for nothing any more
        self.assertIn("ask first", self.stamp("--reply", self.path("r.tsr"), "--ca", self.tsa.ca, status=2))
        self.assertEqual(sorted(os.listdir(self.log.name("stamps"))), [f"{size:020}.note", f"{size:020}.tsr"])

    def test_the_same_question_until_it_is_answered(self):
        self.stamp("--request", self.path("a"))
        self.stamp("--request", self.path("b"))
        self.log.add_lines(20)
        self.log.seal()
        self.stamp("--request", self.path("c"))
        with open(self.path("a"), "rb") as a, open(self.path("b"), "rb") as b, open(self.path("c"), "rb") as c:
            one, two, three = a.read(), b.read(), c.read()
        self.assertEqual(one, two)
        self.assertNotEqual(one, three)
        # replies may come in any order
        for name in ("c", "a"):
            self.tsa.reply(self.path(name), self.path("r.tsr"))
            self.stamp("--reply", self.path("r.tsr"), "--ca", self.tsa.ca)
        self.assertEqual(self.verify(), [])
        self.assertEqual(self.report["stamps"], 2)

    def test_what_does_not_hold_is_refused_and_nothing_is_kept(self):
        other = Authority(self.path("other"))
        self.stamp("--request", self.path("q.tsq"))
        self.tsa.reply(self.path("q.tsq"), self.path("r.tsr"))
        with open(self.path("r.tsr"), "rb") as f:
            right = f.read()
        for name, wrong in (("cut", right[:-1]), ("longer", right + b"\0"), ("empty", b""), ("text", b"x" * 40000),
                            ("flipped", right[:-30] + bytes([right[-30] ^ 1]) + right[-29:])):
            with open(self.path(name), "wb") as f:
                f.write(wrong)
            self.stamp("--reply", self.path(name), "--ca", self.tsa.ca, status=2)
        # of another authority, of other bytes, to another question about the same bytes
        self.stamp("--reply", self.path("r.tsr"), "--ca", other.ca, status=2)
        with open(self.path("data"), "wb") as f:
            f.write(b"other bytes")
        for name, data in (("p", self.path("data")), ("s", self.log.name("checkpoint"))):
            subprocess.run(["openssl", "ts", "-query", "-data", data, "-sha256", "-cert", "-out", self.path(name)],
                           check=True, capture_output=True)
            self.tsa.reply(self.path(name), self.path("w.tsr"))
            self.stamp("--reply", self.path("w.tsr"), "--ca", self.tsa.ca, status=2)
        self.assertFalse([n for n in os.listdir(self.log.name("stamps")) if n.endswith(".tsr")])
        self.stamp("--reply", self.path("r.tsr"), "--ca", self.tsa.ca)

    def test_a_log_written_anew_meets_its_stamp(self):
        self.carry()
        at = 150
        entries = self.log.entries()
        entries[at] = entries[at][:-1] + b"X"
        self.log.save(entries)
        hashes = self.log.rebuild_tree(entries)
        for name, note in self.log.notes().items():
            forged = self.log.forge(note.size, root_of(hashes[:note.size]))
            self.log.write(forged, "checkpoints", name)
        self.log.write(forged, "checkpoint")
        found = self.verify()
        self.assertIn("anchor-root", [f[0] for f in found])
        self.assertTrue(any(first <= at < end for fault, first, end in found if fault == "anchor-root"))
        # and one who puts another paper under the stamp does not get far
        shutil.copy(self.log.name("checkpoint"), self.log.name("stamps", f"{len(entries):020}.note"))
        self.assertIn(("stamp", 0, 0), self.verify())

    def test_a_stamp_older_than_its_lines(self):
        """Who sets the clock forward cannot have yesterday's stamp for tomorrow's lines."""
        self.log.append([entry(b"<13>mai", at_ns=self.log.now_ns() + 3600 * 10 ** 9)])
        self.log.seal(3600)
        self.carry()
        size = len(self.log.entries())
        self.assertIn(("stamp", size - 1, size), self.verify(shift=3600))

    def test_asked_over_the_network(self):
        server = self.tsa.serve()
        self.addCleanup(server.shutdown)
        self.assertIn("đã đóng dấu", self.stamp("--tsa", server.url, "--ca", self.tsa.ca))
        self.assertEqual(self.verify(), [])
        self.stamp("--tsa", server.url, status=2)  # nobody said whom to believe

    def test_asked_over_tls_by_a_certificate_that_is_pinned(self):
        right = self_signed(self.folder, "right", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
        wrong = self_signed(self.folder, "wrong", "/CN=tsa.vn", "-addext", "subjectAltName=DNS:tsa.vn")
        server, misnamed = self.tsa.serve(right), self.tsa.serve(wrong)
        for s in (server, misnamed):
            self.addCleanup(s.shutdown)
        ask = lambda s, status: self.stamp("--tsa", s.url, "--ca", self.tsa.ca, status=status)
        ask(server, 2)  # this machine does not know it
        peers = os.path.join(self.log.data, "log", "peers.pem")
        shutil.copy(wrong[1], peers)
        ask(server, 2)  # another one is pinned
        ask(misnamed, 2)  # it is pinned, and of another name
        shutil.copy(right[1], peers)
        self.assertIn("đã đóng dấu", ask(server, 0))
        self.assertEqual(self.verify(), [])

    def test_the_service_asks_by_itself(self):
        authority = self.tsa.serve()
        self.addCleanup(authority.shutdown)
        with Server(data=self.log.data) as server:
            log = Log(server.data)
            while not os.path.exists(log.name("checkpoint")):
                time.sleep(0.1)
            with open(os.path.join(server.data, "log", "tsa"), "w", encoding="ascii") as f:
                f.write(authority.url + "\n")
            shutil.copy(self.tsa.ca, os.path.join(server.data, "log", "tsa.pem"))
            end = time.monotonic() + 90
            while time.monotonic() < end:
                if os.path.isdir(log.name("stamps")) and any(
                        n.endswith(".tsr") for n in os.listdir(log.name("stamps"))):
                    break
                time.sleep(0.5)
            else:
                self.fail(server.said())
            browser = server.set_up()
            server.pass_time(seconds=120)  # the strip is looked at now and then
            self.assertIn("Đóng dấu thời gian", browser.get("/").text)


if __name__ == "__main__":
    unittest.main()
