"""What goes wrong: files that rotate under one's eyes, full disks, clocks that jump, processes that are
killed. Nothing is lost without a count, and nothing is there twice."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import shard
from flow import BIN, PACKS, free_port, write_tree
from test_intake import Log, Relp


class Follow(unittest.TestCase):
    def test_rotation_truncation_and_kills(self):
        with tempfile.TemporaryDirectory(prefix="khien-tail-") as base:
            os.chmod(base, 0o755)
            path, wanted = os.path.join(base, "app.log"), []

            def write(count, end=b"\n"):
                with open(path, "ab") as out:
                    for _ in range(count):
                        wanted.append(b"line %d" % len(wanted))
                        out.write(wanted[-1] + end)
                os.chmod(path, 0o644)

            write(300)
            with Log(f"files: [{path}]\n") as log:
                log.wait_lines(300, shard.FILE)
                write(100)
                os.rename(path, path + ".1")                # as logrotate does
                with open(path + ".1", "ab") as old:        # and a writer that still has it open
                    wanted.append(b"late")
                    old.write(b"late\n")
                log.wait_lines(401, shard.FILE)
                write(200)
                log.wait_lines(601, shard.FILE)
                os.truncate(path, 0)                        # as copytruncate does
                time.sleep(0.5)
                write(50)
                log.wait_lines(651, shard.FILE)
                os.kill(log.intake(), signal.SIGKILL)
                write(100)
                os.rename(path, path + ".2")                # while nobody looks
                write(70)
                log.wait_lines(821, shard.FILE, 60)
                os.kill(log.intake(), signal.SIGKILL)       # and goes on in the very same file
                write(80)
                log.wait_lines(901, shard.FILE, 60)
                with open(path, "ab") as out:
                    out.write(b"half")
                time.sleep(0.6)
                with open(path, "ab") as out:
                    out.write(b" and half\n" + b"x" * 70000 + b"\n")
                wanted += [b"half and half", b"x" * 65482]
                log.wait_lines(len(wanted), shard.FILE)
                time.sleep(0.5)
                self.assertEqual(log.raws(shard.FILE), wanted)
                last = shard.lines(log.data, shard.FILE)[-1]
                self.assertTrue(last.flags & shard.TRUNCATED)
                self.assertEqual(last.sequence, os.path.getsize(path))


@unittest.skipUnless(os.geteuid() == 0, "only root may mount")
class FullDisk(unittest.TestCase):
    @staticmethod
    def taking(data):
        with open(f"{data}/log/intake/taking", encoding="utf-8") as file:
            return file.read()

    # EVIDENCE: D11.4
    def test_it_waits_and_goes_on(self):
        base = tempfile.mkdtemp(prefix="khien-full-")
        os.chmod(base, 0o755)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=110m,mode=755", "none", base], check=True)
        try:
            data = os.path.join(base, "data")
            os.mkdir(data, 0o700)
            log = Log.__new__(Log)
            log.__init__()
            log.server.data = log.data = data
            log.server.command[log.server.command.index("--data") + 1] = data
            log.settings("")
            with log:
                relp = Relp(log.relp_port)
                with open(os.path.join(base, "filler"), "wb") as filler, contextlib.suppress(OSError):
                    while True:
                        filler.write(b"\0" * 1000000)
                        filler.flush()
                acked, line = 0, b"<13>" + b"y" * 60000
                relp.socket.settimeout(3)
                with self.assertRaises(OSError):
                    for _ in range(3000):                   # no more is acknowledged, and nothing dies
                        relp.command(b"syslog", line)
                        relp.wait(3)
                        acked = relp.number - 1
                self.assertIn("the disk is full", log.server.said())
                self.assertIn("\nfull ", self.taking(data))   # what pages show, told on the full disk itself
                self.assertNotIn("ended", log.server.said())
                pid = log.intake()
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                    for i in range(20000):
                        udp.sendto(b"<13>%d " % i + b"z" * 1000, ("127.0.0.1", log.port))
                os.remove(os.path.join(base, "filler"))
                relp.wait(60)                               # by itself
                shard.wait_for(lambda: len(log.raws(shard.UDP)) + sum(shard.lost(data).values()) >= 20000)
                self.assertEqual(len(log.raws(shard.UDP)) + sum(shard.lost(data).values()), 20000)
                self.assertEqual(len(log.raws(shard.RELP)), relp.number - 1)
                self.assertGreater(acked, 0)
                self.assertEqual(log.intake(), pid)
                self.assertIn("\nwell ", self.taking(data))
        finally:
            subprocess.run(["umount", "-l", base], check=False)
            os.rmdir(base)


class Clock(unittest.TestCase):
    def test_a_jump_leaves_a_leaf_and_order_stays(self):
        with Log() as log:
            with log.tcp() as tcp:
                for i, shift in enumerate((0, -3600, 7200, 1)):
                    log.server.pass_time(seconds=shift)
                    tcp.sendall(b"<13>%d\n" % i)
                    log.wait_lines(i + 1, shard.TCP)        # it has seen this clock
            jumps = [json.loads(leaf.raw) for leaf in shard.leaves(log.data) if leaf.kind == shard.CLOCK]
            by = [jump["by_ms"] for jump in jumps if jump["event"] == "jump"]
            self.assertEqual([round(ms / 1000) for ms in by], [-3600, 7200])
            self.assertEqual(log.raws(shard.TCP), [b"<13>%d" % i for i in range(4)])
            boots = [leaf.boot for leaf in shard.leaves(log.data)]
            self.assertEqual(boots, sorted(boots))


class Silence(unittest.TestCase):
    def test_who_is_silent_is_told_once_and_when_he_is_back(self):
        with Log("silence: 2\n") as log:
            def events():
                return [json.loads(leaf.raw)["event"] for leaf in shard.leaves(log.data)
                        if leaf.kind == shard.EVENT and json.loads(leaf.raw)["name"] == "127.0.0.1"]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                udp.sendto(b"<13>here", ("127.0.0.1", log.port))
                shard.wait_for(lambda: events() == ["first", "silent"])
                time.sleep(2)
                udp.sendto(b"<13>here again", ("127.0.0.1", log.port))
                shard.wait_for(lambda: events()[:3] == ["first", "silent", "back"])


class Kill(unittest.TestCase):
    # EVIDENCE: D11.4
    def test_two_hundred_kills(self):
        program = os.path.join(os.path.dirname(BIN), "tests/unit/test_intake_kill")
        done = subprocess.run([program], env={**os.environ, "KHIEN_KILLS": os.environ.get("KHIEN_KILLS", "200")},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode())
        self.assertIn(b" 0 lost, 0 twice", done.stdout)


class End(unittest.TestCase):
    def test_an_orderly_end_takes_what_was_sent(self):
        with Log() as log:
            with log.tcp() as tcp:
                tcp.sendall(b"".join(b"<13>line %d\n" % i for i in range(20000)))
            log.server.stop()
            self.assertEqual(len(log.raws(shard.TCP)), 20000)


class Seal(unittest.TestCase):
    def test_what_came_is_sealed_and_proved(self):
        with Log() as log:
            with log.tcp() as tcp:
                tcp.sendall(b"".join(b"<13>line %d\n" % i for i in range(30000)))
            log.wait_lines(30000, shard.TCP)

            def signed():
                with open(os.path.join(log.data, "log", shard.year_now(), "checkpoint"),
                          encoding="utf-8") as note:
                    return int(note.read().splitlines()[1])
            shard.wait_for(lambda: signed() > 30000)
            log.server.stop()
            verify = os.path.join(os.path.dirname(BIN), "khien-verify")
            done = subprocess.run([verify, os.path.join(log.data, "log")], stdout=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 0, done.stdout.decode())


if __name__ == "__main__":
    assert PACKS and free_port and write_tree
    unittest.main()
