#!/usr/bin/env python3
"""The .deb on a stock Debian 12: installed with what it depends on, started as its unit would, upgraded from an older
version with all data kept, removed, purged. The tree is that of tests/truth; ./dev test package builds the .deb first."""
import contextlib
import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests", "truth"), os.path.join(TOP, "tests", "flow")]
import trees    # noqa: E402
from flow import free_port    # noqa: E402

DEB = os.environ.get("KHIEN_DEB") or (glob.glob(os.path.join(TOP, "build-deb", "khien_*.deb")) or [None])[0]
USERS = ("khien", "khien-seal", "khien-log", "khien-out")
ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def why_not():
    if os.geteuid() != 0:
        return "only root may make a system"
    return trees.can_build() or (None if DEB else "no .deb in build-deb/")


def older(deb, folder):
    """The same package with a lower version: what an older one looks like to dpkg."""
    tree, path = os.path.join(folder, "tree"), os.path.join(folder, "khien-older.deb")
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
    control = os.path.join(tree, "DEBIAN", "control")
    with open(control, encoding="utf-8") as file:
        text = file.read()
    with open(control, "w", encoding="utf-8") as out:
        out.write(re.sub(r"(?m)^Version: .*$", "Version: 0.0.1", text))
    subprocess.run(["dpkg-deb", "-b", "--root-owner-group", tree, path], check=True, stdout=subprocess.DEVNULL)
    return path


@unittest.skipIf(why_not(), why_not())
class Package(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="khien-package-", dir="/var/tmp")
        self.addCleanup(shutil.rmtree, self.folder)
        upper, work = os.path.join(self.folder, "upper"), os.path.join(self.folder, "work")
        os.mkdir(upper)
        os.mkdir(work)
        try:
            lower = trees.base("debian-12")
        except trees.Missing as error:
            self.skipTest(str(error))
        mounted = trees.overlay([lower], upper, work)
        self.root = mounted.__enter__()
        self.addCleanup(mounted.__exit__, None, None, None)
        for words in (["-t", "proc", "proc"], ["--bind", "/dev"]):
            where = os.path.join(self.root, words[-1] if words[0] == "-t" else "dev")
            trees.run(["mount", *words, where])
            self.addCleanup(subprocess.run, ["umount", "--lazy", where], check=False)
        self.services = []
        self.addCleanup(lambda: [self.stop(service) for service in self.services if service.poll() is None])

    def run_in(self, *words, status=0):
        done = subprocess.run(["chroot", self.root, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, env=ENV, timeout=300)
        self.assertEqual(done.returncode, status, f"{words}: {done.stdout}")
        return done.stdout

    def path(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def installed(self, name):
        shutil.copy(name, self.path("/tmp/khien.deb"))
        trees.install(self.root, "/tmp/khien.deb")

    def unit_words(self):
        with open(self.path("/lib/systemd/system/khien.service"), encoding="utf-8") as file:
            return re.search(r"(?m)^ExecStart=(.*)$", file.read()).group(1).split()

    def serve(self):
        """As the unit does, its StateDirectory made before; the tree has no service manager that runs."""
        data = self.path("/var/lib/khien")
        os.makedirs(data, mode=0o700, exist_ok=True)
        log = open(os.path.join(self.folder, "said"), "a+b")
        self.addCleanup(log.close)
        words = self.unit_words()
        at = words.index("--listen") + 1
        port = free_port()                          # the host of the test may serve at the other
        words[at] = f"127.0.0.1:{port}"
        service = subprocess.Popen(["chroot", self.root, *words], env=ENV, stdout=log, stderr=log)
        self.services.append(service)
        for _ in range(300):
            log.seek(0)
            said = log.read().decode(errors="replace")
            self.assertIsNone(service.poll(), said)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as web:
                web.sendall(b"GET /dang-nhap HTTP/1.0\r\n\r\n")
                if web.recv(100).startswith(b"HTTP/1.") and os.path.exists(os.path.join(data, "log", "intake.sock")):
                    return service
            time.sleep(0.1)
        self.fail(said)

    def stop(self, service):
        service.terminate()
        self.assertEqual(service.wait(30), 0)

    def test_installed_upgraded_removed_purged(self):
        self.installed(older(DEB, self.folder))
        self.assertIn("0.0.1", self.run_in("dpkg-query", "-W", "-f", "${Version}", "khien"))
        passwd = self.run_in("getent", "passwd")
        for user in USERS:
            self.assertRegex(passwd, rf"(?m)^{user}:.*nologin$")
        for program in ("khien", "khien-verify"):
            self.assertIn(program, self.run_in(program, "--help"))
            for lang in ("", "vi/"):
                self.assertTrue(os.path.exists(self.path(f"/usr/share/man/{lang}man1/{program}.1.gz")), program + lang)
            self.assertTrue(os.path.exists(self.path(f"/usr/share/bash-completion/completions/{program}")), program)
        self.assertTrue(os.path.islink(self.path("/etc/systemd/system/multi-user.target.wants/khien.service")))

        service = self.serve()
        self.run_in("sh", "-c", "printf '<13>truoc khi nang cap\\n' > /tmp/old.log")
        self.run_in("khien", "log", "import", "--data", "/var/lib/khien", "/tmp/old.log")
        names = {os.stat(f"/proc/{pid}").st_uid for pid in os.listdir("/proc")
                 if pid.isdigit() and self.is_below(pid, service.pid)}
        self.assertGreaterEqual(len(names), 3, "web, seal and intake have users of their own")
        self.stop(service)

        self.installed(DEB)
        self.assertNotIn("0.0.1", self.run_in("dpkg-query", "-W", "-f", "${Version}", "khien"))
        service = self.serve()
        self.assertEqual(self.run_in("khien", "log", "search", "--count", "--data", "/var/lib/khien", "nang").strip(), "1")
        self.run_in("khien-verify", "/var/lib/khien")
        self.stop(service)

        self.run_in("dpkg", "--remove", "khien")
        self.assertFalse(os.path.exists(self.path("/usr/bin/khien")))
        self.assertTrue(os.path.exists(self.path("/var/lib/khien/khien.db")))       # remove keeps what people wrote
        self.assertIn("rm -r /var/lib/khien", self.run_in("dpkg", "--purge", "khien"))  # logs are kept for years
        self.assertTrue(os.path.exists(self.path("/var/lib/khien/khien.db")))
        shutil.rmtree(self.path("/var/lib/khien"))
        self.assertEqual(self.run_in("sh", "-c", "dpkg-query -W khien 2>/dev/null || true"), "")
        left = [path for path in self.run_in("find", "/usr", "/etc", "/lib", "/var/lib", "-xdev", "-name", "*khien*").split()
                if "/khien.conf" not in path]
        self.assertEqual(left, [])

    @staticmethod
    def is_below(pid, parent):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                return int(file.read().rsplit(")", 1)[1].split()[1]) == parent
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()
