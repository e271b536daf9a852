#!/usr/bin/env python3
"""What a server meets in its years, on real processes: a disk that turns read-only at work, a second service on the same
folder. It is told, nothing acknowledged is lost, and it goes on when cured."""
import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
import unittest

import shard
from flow import BUILD, free_port, khien, write_tree
from signed_in import SignedIn
from test_intake import Log, Relp


def run(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def relp_client(log):
    """Once the port is there."""
    def connect():
        with contextlib.suppress(OSError):
            return Relp(log.relp_port)
        return None
    return shard.wait_for(connect, 60)


def verify(case, data, status=0):
    done = subprocess.run([os.path.join(BUILD, "khien-verify"), f"{data}/log"], stdout=subprocess.PIPE, check=False)
    case.assertEqual(done.returncode, status, done.stdout.decode())


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("mkfs.ext4") and shutil.which("losetup"),
                     "only root may mount a disk")
class ReadOnlyDisk(unittest.TestCase):
    """ext4 finds a fault of its own and mounts itself read-only, as it does when a disk begins to die."""

    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="khien-disk-")
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        os.chmod(self.base, 0o755)
        self.image, self.at = os.path.join(self.base, "image"), os.path.join(self.base, "at")
        os.mkdir(self.at)
        with open(self.image, "wb") as f:
            f.truncate(320 << 20)
        run("mkfs.ext4", "-q", "-F", self.image)
        self.mount()
        self.addCleanup(run, "umount", "-l", self.at)

    def mount(self):
        if run("mount", "-o", "loop,errors=remount-ro", self.image, self.at) is None:
            self.skipTest("no loop devices here")
        os.chmod(self.at, 0o755)

    def mend(self):
        """On a copy, as a dying disk is: who copied our mounts meanwhile (unshare) may hold the old one yet, read-only."""
        copy = f"{self.image}.copy"
        self.assertIsNotNone(run("cp", "--sparse=always", self.image, copy))
        done = subprocess.run(["e2fsck", "-fy", copy], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        self.assertLessEqual(done.returncode, 2, done.stdout)   # 1: mended
        self.image = copy

    def fault(self):
        device = os.path.basename(run("findmnt", "-no", "SOURCE", self.at))
        try:
            with open(f"/sys/fs/ext4/{device}/trigger_fs_error", "w", encoding="ascii") as f:
                f.write("khien's test")
        except OSError as e:
            self.skipTest(f"this kernel makes no faults: {e}")

    # EVIDENCE: D11.4
    def test_what_was_acknowledged_is_there_and_it_goes_on(self):
        log = Log.__new__(Log)
        log.__init__()
        data = os.path.join(self.at, "data")
        os.mkdir(data, 0o700)
        log.server.command[log.server.command.index(log.data)] = data
        log.server.data = log.data = data
        log.settings("")
        os.sync()                                   # the settings were there for long
        log.server.start()
        self.addCleanup(log.server.stop)
        log.wait_listening()
        relp = relp_client(log)
        for i in range(500):
            relp.command(b"syslog", b"<13>truoc %d" % i)
            relp.wait(30)
        self.fault()
        relp.socket.settimeout(3)
        with self.assertRaises(OSError):            # no more is acknowledged
            for i in range(500):
                relp.command(b"syslog", b"<13>sau %d" % i)
                relp.wait(3)
        log.server.wait_for("read-only|Read-only|Input/output error")
        log.server.stop()
        shard.wait_for(lambda: run("umount", self.at) is not None)
        self.mend()
        self.mount()
        log.server.start()
        log.wait_listening()
        got = log.raws(shard.RELP)
        self.assertEqual(got[:500], [b"<13>truoc %d" % i for i in range(500)])
        relp = relp_client(log)
        relp.command(b"syslog", b"<13>chua xong")
        relp.wait(30)
        self.assertEqual(log.raws(shard.RELP)[-1], b"<13>chua xong")
        log.server.stop()
        verify(self, data)


class FailedSync(unittest.TestCase):
    """The disk answers a sync with an error, as one that is dying does, or a network volume: every sync of intake, at each
    of its starts, until the disk is mended."""

    # EVIDENCE: D11.4
    def test_nothing_is_acknowledged_and_pages_say_why(self):
        log = Log()
        with shard.failing_disk(log.server.env) as answer, log:
            browser = log.server.set_up()

            def told():
                return "đĩa báo lỗi khi ghi" in browser.get("/").text
            relp = relp_client(log)
            for i in range(200):
                relp.command(b"syslog", b"<13>truoc %d" % i)
                relp.wait(30)
            self.assertFalse(told())
            answer("5 khien: intake")
            relp.socket.settimeout(3)
            before = len(relp.acked)
            with self.assertRaises(OSError):
                for i in range(50):
                    relp.command(b"syslog", b"<13>hong %d" % i)
                relp.wait(3)
            self.assertEqual(len(relp.acked), before)
            log.server.wait_for("Input/output error")
            log.server.wait_for("intake ended")
            shard.wait_for(told, 20)
            page = browser.get("/").text
            self.assertIn("Input/output error", page)
            self.assertIn("smartctl", page)             # what to do
            answer("")
            relp = shard.wait_for(lambda: self.again(log), 90)
            relp.command(b"syslog", b"<13>lanh lai")
            relp.wait(30)
            shard.wait_for(lambda: not told(), 20)
            got = log.raws(shard.RELP)
            self.assertEqual(got[:200], [b"<13>truoc %d" % i for i in range(200)])
            self.assertEqual(len(set(got)), len(got))
            self.assertEqual(got[-1], b"<13>lanh lai")
            log.server.stop()
            verify(self, log.data)

    def trouble(self, who, words, cure):
        """WHO cannot sync, then not read: pages say so, lines are taken all the same, and it goes on by itself."""
        log = Log()
        with shard.failing_disk(log.server.env) as answer, log:
            browser, sent = log.server.set_up(), 0

            def told():
                return words in browser.get("/").text

            def feed():
                nonlocal sent
                with log.tcp() as tcp:
                    tcp.sendall(b"".join(b"<13>dong %d\n" % i for i in range(sent, sent + 10100)))
                sent += 10100
            for how in cure:
                with self.subTest(how or "sync"):
                    self.assertFalse(told())
                    answer(f"{how}5 khien: {who}")
                    feed()                      # so many that a seal is asked for at once
                    shard.wait_for(told, 30)
                    self.assertIn("Input/output error", browser.get("/").text)
                    self.assertIn("smartctl", browser.get("/").text)
                    stat = khien("log", "stat", "--data", log.data).out
                    self.assertIn("Input/output error", " ".join(stat.split()))
                    log.wait_lines(sent, shard.TCP)
                    answer("")
                    feed()
                    shard.wait_for(lambda: not told(), 80)
            log.wait_lines(sent, shard.TCP)
            self.assertEqual(log.raws(shard.TCP), [b"<13>dong %d" % i for i in range(sent)])
            log.server.stop()
            verify(self, log.data)

    # EVIDENCE: D11.4
    def test_seal_says_so_and_goes_on(self):
        self.trouble("seal", "Không niêm phong thêm nhật ký", ("", "read "))

    # EVIDENCE: D11.4
    def test_store_says_so_and_goes_on(self):
        self.trouble("store", "Chưa nén và chuyển nhật ký vào kho", ("read ",))

    # EVIDENCE: D11.4
    def test_a_segment_that_cannot_be_written_loses_nothing(self):
        """Its sync fails; then the disk is full, from its first write, one in its middle, and its last ones on."""
        log, sent = Log(), 0
        # segments so small that one is closed with each feeding, in more writes than fail;
        # so much is taken that no room is held back for a full disk
        write_tree(log.data, {"log/keep": f"khien log keep 1\nquota {1 << 30}\n", "log/other": ""})
        os.truncate(f"{log.data}/log/other", 512 << 20)
        with shard.failing_disk(log.server.env) as answer, log:
            browser = log.server.set_up()
            for how, why in (("5", "Input/output error"), ("write 28", "the disk is full"),
                             ("write 28 2", "the disk is full"), ("write 28 4", "the disk is full")):
                with self.subTest(how):
                    answer(f"{how} khien: store")
                    with log.tcp() as tcp:
                        tcp.sendall(b"".join(b"<13>dong %d %s\n" % (i, hashlib.sha512(b"%d" % i).hexdigest().encode() * 60)
                                             for i in range(sent, sent + 2000)))
                    sent += 2000
                    shard.wait_for(lambda: self.found(log) == sent, 60)
                    done = khien("log", "seal", "--data", log.data, timeout_s=120)   # itself waits 75 s
                    self.assertEqual(done.status, 0, done)

                    def told():
                        return "Chưa nén và chuyển nhật ký vào kho" in browser.get("/").text
                    shard.wait_for(told, 60)
                    self.assertTrue(why in browser.get("/").text)
                    self.assertIn(why, " ".join(khien("log", "stat", "--data", log.data).out.split()))
                    self.assertEqual(self.found(log), sent)
                    answer("")
                    shard.wait_for(lambda: not told(), 120)
                    self.assertEqual(self.found(log), sent)
            segments = os.listdir(f"{log.data}/log/{shard.year_now()}/segments")
            self.assertTrue(any(name[0].isdigit() for name in segments), segments)
            log.server.stop()
            verify(self, log.data)

    @staticmethod
    def found(log):
        return int(khien("log", "search", "--data", log.data, "--count", "transport:tcp").out)

    @staticmethod
    def again(log):
        """The port is the parent's; who connects is answered once intake is back."""
        with contextlib.suppress(OSError):
            return Relp(log.relp_port)
        return None


class FailedDatabase(SignedIn):
    """The disk fails under the database: at a sync, and full at each write of what somebody sends. He is told that it is
    not saved and what to do; nothing of it is there; the same service saves it when the disk is mended."""

    @classmethod
    def setUpClass(cls):
        cls.answer = staticmethod(cls.enterClassContext(shard.failing_disk(os.environ)))
        super().setUpClass()

    def make(self, name):
        return self.admin.post("/api/v1/registers/wifi/records",
                               {"ssid": name, "doi-tuong": "khach", "trang-thai": "dang-phat", "unit": 1},
                               headers={"X-Khien-Mark": self.admin.mark})

    def names(self):
        page = self.admin.get("/api/v1/registers/wifi/records")
        return sorted((r["values"]["ssid"] for r in page.json()["items"]), key=lambda name: int(name.split()[1]))

    def test_what_is_not_saved_is_not_said_to_be(self):
        saved, failed = [], 0
        for number, how in enumerate(["sync"] + [f"write {n}" for n in range(1, 12)]):
            with self.subTest(how):
                name = f"Mạng {number}"
                self.answer(f"database {how} khien: web")
                page = self.make(name)
                self.answer("")
                if page.status in (200, 201):       # it needs fewer writes
                    saved.append(name)
                    self.assertNotEqual(how, "sync")
                    continue
                self.assertEqual(page.status, 507, page.text)
                failed += 1
                self.assertEqual(self.names(), saved)
                self.assertIn(self.make(name).status, (200, 201))
                saved.append(name)
        self.assertGreater(failed, 5)
        self.server.stop()
        self.server.start()
        self.assertEqual(self.names(), saved)
        self.assertRegex(self.server.said(), "database: disk I/O error")
        self.assertRegex(self.server.said(), "database: database or disk is full")


class OneFolder(unittest.TestCase):
    def test_a_second_service_is_told_and_changes_nothing(self):
        with Log() as log:
            with log.tcp() as tcp:
                tcp.sendall(b"<13>mot\n")
            log.wait_lines(1, shard.TCP)
            before = sorted(os.listdir(log.data + "/log"))
            done = khien("serve", "--data", log.data, "--listen", f"127.0.0.1:{free_port()}")
            self.assertEqual(done.status, 2, done)
            self.assertIn("another process writes the log", done.err)
            self.assertEqual(sorted(os.listdir(log.data + "/log")), before)
            with log.tcp() as tcp:
                tcp.sendall(b"<13>hai\n")
            log.wait_lines(2, shard.TCP)


class Clock(unittest.TestCase):
    """The battery of an old machine dies: it wakes years too early, or ahead of time, until somebody sets its clock."""

    def found(self, log, word):
        done = khien("log", "search", "--data", log.data, "--count", word, env={"KHIEN_TEST_CLOCK": log.server.clock})
        return done.out.strip().split("\n")[0]

    def send(self, log, word):
        def connect():
            with contextlib.suppress(OSError):
                return log.tcp()
            return None
        with shard.wait_for(connect) as tcp:
            tcp.sendall(b"<13>dong %s\n" % word.encode())
        shard.wait_for(lambda: self.found(log, word).startswith("1"))

    def sealed(self, log, year):
        with open(f"{log.data}/log/{year}/checkpoint", encoding="utf-8") as f:
            return int(f.read().split("\n")[1])

    def test_a_clock_that_runs_away_and_comes_back(self):
        year = shard.year_now()
        years = {"back": -6 * 366, "ahead": 10 * 366}
        for name, days in years.items():
            with self.subTest(name), Log() as log:
                self.send(log, "truoc")
                log.server.stop()
                log.server.pass_time(days=days)
                log.server.start()
                self.send(log, "lac")
                log.server.stop()
                log.server.pass_time(days=-days)
                log.server.start()
                self.send(log, "sau")
                newest = max(int(x) for x in os.listdir(f"{log.data}/log") if x.isdecimal())
                self.assertEqual(newest == int(year), name == "back")   # no older year is begun
                size = self.sealed(log, newest)
                self.send(log, "cuoi")
                # it can still be sealed: once a minute, if the seal of the start was before that line
                shard.wait_for(lambda: self.sealed(log, newest) > size, 100)
                self.assertNotIn("cannot open", log.server.said())


if __name__ == "__main__":
    unittest.main()
