#!/usr/bin/env python3
"""Two servers with one key: a copy of the data folder is started on a second machine while the first goes on. The witness
that both ask signs for one of them; the other signs nothing more, and says on every page and on the command line who holds
what and what to do. What both took stays, and the cure that is told cures."""
import contextlib
import ctypes
import os
import shutil
import subprocess
import tempfile
import unittest

import shard
from attack import Log as Files
from flow import khien
from test_intake import Log
from test_recovery import halves_of
from test_witness import Witness, has_namespaces, make, name_witness
from verify_model import Note

ONE_CHECK = 10100       # so many lines make intake ask for a seal at once
CLONE_NEWNET = 0x40000000


def run(*words):
    return subprocess.run(words, stderr=subprocess.DEVNULL, check=False).returncode == 0


@contextlib.contextmanager
def inside(netns):
    """This thread, and what it starts, on another machine."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{netns}", os.O_RDONLY)
    assert libc.setns(there, CLONE_NEWNET) == 0
    try:
        yield
    finally:
        assert libc.setns(home, CLONE_NEWNET) == 0
        os.close(home)
        os.close(there)


class Machine(Log):
    """A service on a copy of DATA, on a machine of its own; its lines stand in a file."""

    def __init__(self, netns, data):
        super().__init__()
        self.netns, self.browser = netns, None
        shutil.rmtree(self.data)
        shutil.copytree(data, self.data)
        self.lines = os.path.join(self.server.own.name, "app.log")
        os.chmod(self.server.own.name, 0o755)
        self.feed(0)
        self.settings(f"udp: no\ntcp: no\nfiles: [{self.lines}]\n")
        self.files = Files(self.data)

    def feed(self, count):
        with open(self.lines, "a", encoding="ascii") as out:
            out.writelines(f"Nov 26 10:00:00 {self.netns} app: dong {i}\n" for i in range(count))
        os.chmod(self.lines, 0o644)

    def start(self):
        with inside(self.netns):
            self.server.start()
            self.wait_listening()

    def size(self):
        return Note(self.files.read("checkpoint")).size

    def is_cosigned(self, beyond):
        return os.path.exists(self.files.name("cosigned", "ngoai")) and \
            Note(self.files.read("cosigned", "ngoai")).size > beyond

    def is_refused(self):
        return os.path.exists(self.files.name("anchors", "ngoai"))

    def page(self):
        with inside(self.netns):
            self.browser = self.browser or self.server.set_up()
            return self.browser.get("/").text

    def said(self):
        return " ".join(khien("log", "stat", "--data", self.data).out.split())


@unittest.skipUnless(has_namespaces(), "no network namespaces here")
class Clone(unittest.TestCase):
    def network(self):
        """The machines of the unit, of its copy and of the witness, at one switch."""
        names = [f"k{who}{os.getpid()}" for who in "abw"]
        for name in names:
            self.assertTrue(run("ip", "netns", "add", name))
            self.addCleanup(run, "ip", "netns", "del", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        if not run("ip", "-n", names[2], "link", "add", "br0", "type", "bridge"):
            self.skipTest("no bridges here")
        for i, name in enumerate(names[:2]):
            port = f"p{i}"
            run("ip", "-n", names[2], "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name)
            run("ip", "-n", names[2], "link", "set", port, "master", "br0", "up")
            run("ip", "-n", name, "addr", "add", f"10.99.8.{i + 1}/24", "dev", "eth0")
            run("ip", "-n", name, "link", "set", "eth0", "up")
        run("ip", "-n", names[2], "addr", "add", "10.99.8.9/24", "dev", "br0")
        run("ip", "-n", names[2], "link", "set", "br0", "up")
        return names

    # EVIDENCE: D11.4
    def test_one_of_them_stops_signing_and_says_why(self):
        names = self.network()
        folder = tempfile.mkdtemp(prefix="khien-clone-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o755)
        first = make(folder, "xa")
        recovery = khien("log", "recovery", "print", "--data", first.data).out
        witness = Witness(os.path.join(folder, "tinh"), "tinh.vn/nhan-chung", "10.99.8.9", names[2])
        witness.knows(first)
        with witness:
            name_witness(first.data, witness)
            sides = [Machine(name, first.data) for name in names[:2]]
            for side in sides:
                self.addCleanup(side.server.own.cleanup)
                self.addCleanup(side.server.stop)
                side.start()
                side.feed(ONE_CHECK)
            shard.wait_for(lambda: any(side.is_refused() for side in sides), 60)
            stopped, other = sides if sides[0].is_refused() else sides[::-1]
            shard.wait_for(lambda: other.is_cosigned(ONE_CHECK), 60)
            self.assertFalse(other.is_refused())
            before = stopped.size()
            for side in sides:
                side.feed(ONE_CHECK)
            # the one whose lines were cosigned goes on, the other signs nothing more
            shard.wait_for(lambda: other.size() > 2 * ONE_CHECK, 60)
            shard.wait_for(lambda: os.path.exists(stopped.files.name("alarm")), 60)
            self.assertLessEqual(stopped.size(), before)
            shard.wait_for(lambda: "bên chứng kiến giữ tờ niêm phong khác" in stopped.page(), 30)
            page = stopped.page()
            self.assertIn("&quot;ngoai&quot; holds", page)                      # who
            self.assertIn("log recovery continue", page)                        # the cure
            self.assertRegex(stopped.said(), 'Ngừng niêm phong.*witness.*"ngoai" holds')
            self.assertNotIn("bên chứng kiến giữ", other.page())
            self.assertNotIn("Ngừng niêm phong", other.said())
            # lines are taken and kept all the same
            stopped.feed(10)
            shard.wait_for(lambda: len(shard.lines(stopped.data, shard.FILE)) == 2 * ONE_CHECK + 10)
            self.cure(stopped, recovery)
        self.assertRegex(witness.said, "put back in time|another checkpoint of the same size|does not go on")

    def cure(self, side, recovery):
        side.server.stop()
        halves = halves_of(recovery)
        done = khien("log", "recovery", "continue", "--data", side.data, "--reason", "bản sao chạy ở hai máy",
                     stdin="\n".join(halves) + "\n")
        self.assertEqual(done.status, 0, done)
        side.start()
        side.feed(ONE_CHECK)
        note = os.path.join(side.data, "log", side.files.year + ".2", "checkpoint")

        def signed():
            with contextlib.suppress(OSError), open(note, "rb") as f:
                return Note(f.read()).size > ONE_CHECK
            return False
        shard.wait_for(signed, 60)
        shard.wait_for(lambda: "bên chứng kiến giữ" not in side.page(), 30)


if __name__ == "__main__":
    unittest.main()
