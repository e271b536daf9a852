#!/usr/bin/env python3
"""Files of a machine against what they were: `khien integrity` on trees of its own."""
import hashlib
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
import unittest

from flow import PACKS, Server, folder, khien, write_tree

SAYS = ("--reason", "lập mốc", "--by", "Lê An")
DPKG = "var/lib/dpkg/"


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


class Integrity(unittest.TestCase):
    """A tree with two packages, a baseline of it, and one thing done to it in each test."""

    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="khien-integrity-")
        self.addCleanup(shutil.rmtree, self.top, True)
        self.root, self.data = self.top + "/root", self.top + "/data"
        os.makedirs(self.data)
        write_tree(self.root, {
            "usr/bin/tool": "one", "usr/bin/other": "two", "usr/lib/x/y": "three", "etc/conf": "c",
            "etc/mtab": "left out",
            DPKG + "status": "Package: tool\nStatus: install ok installed\nConffiles:\n"
                             f" /etc/conf {md5('c')}\n\n",
            DPKG + "info/tool.list": "/.\n/usr\n/usr/bin\n/usr/bin/tool\n/etc/conf\n/bin/old\n",
            DPKG + "info/tool.md5sums": f"{md5('one')}  usr/bin/tool\n"})
        os.symlink("tool", self.root + "/usr/bin/link")
        self.say("baseline", "/usr", "/etc", *SAYS)

    def say(self, order, *words, status=0):
        more = ["--root", self.root] if order in ("baseline", "check") else []
        done = khien("integrity", order, *words, "--data", self.data, *more)
        self.assertEqual(done.status, status, done)
        return done

    def changes(self, *words):
        """{path: change} of a comparison."""
        done = khien("integrity", "check", "--root", self.root, "--data", self.data, "--format", "json",
                     *words)
        self.assertIn(done.status, (0, 1), done)
        report = done.json()
        self.assertEqual(done.status, 1 if report["open"] else 0)
        return {change["path"]: change for change in report["changes"]}

    def write(self, path, text):
        write_tree(self.root, {path: text})

    def test_nothing_changed(self):
        self.assertEqual(self.changes(), {})
        self.assertEqual(self.changes("--full"), {})

    # EVIDENCE: D10.1.g#1
    def test_each_kind_of_change_is_named(self):
        self.write("usr/bin/tool", "ONE")
        self.write("usr/bin/new", "n")
        os.unlink(self.root + "/usr/bin/other")
        os.chmod(self.root + "/etc/conf", 0o666)
        os.unlink(self.root + "/usr/bin/link")
        os.symlink("/tmp/evil", self.root + "/usr/bin/link")
        shutil.rmtree(self.root + "/usr/lib/x")
        self.write("usr/lib/x", "a file now")
        self.write("etc/mtab", "changed, and left out")
        found = {path: change["what"] for path, change in self.changes().items()}
        self.assertEqual(found, {"/usr/bin/tool": "content", "/usr/bin/new": "added",
                                 "/usr/bin/other": "removed", "/etc/conf": "rights",
                                 "/usr/bin/link": "content", "/usr/lib/x": "type",
                                 "/usr/lib/x/y": "removed"})

    def test_touching_a_file_is_no_change(self):
        os.utime(self.root + "/usr/bin/tool")
        self.assertEqual(self.changes(), {})

    def test_times_may_lie_but_not_to_full(self):
        """Same size, same times set back: ctime tells; were it forged too, --full reads."""
        path = self.root + "/usr/bin/tool"
        before = os.stat(path)
        self.write("usr/bin/tool", "ONE")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.assertEqual(set(self.changes()), {"/usr/bin/tool"})
        self.assertEqual(set(self.changes("--full")), {"/usr/bin/tool"})

    def test_acceptance_holds_for_that_content_alone(self):
        self.write("usr/bin/tool", "ONE")
        self.write("etc/conf", "mine")
        self.changes()
        refused = khien("integrity", "accept", "/etc", "--data", self.data, "--by", "An")
        self.assertEqual(refused.status, 2, refused)
        self.say("accept", "/etc", "--reason", "đổi cấu hình", "--by", "Lê An")
        found = self.changes()
        self.assertEqual((found["/etc/conf"]["state"], found["/etc/conf"]["reason"]),
                         ("accepted", "đổi cấu hình"))
        self.assertEqual(found["/usr/bin/tool"]["state"], "open")
        self.write("etc/conf", "mimi")     # as long as before
        self.assertEqual(self.changes()["/etc/conf"]["state"], "open")
        self.assertIn("đổi cấu hình (Lê An)", self.say("show").out)

    def patch_day(self, text, sums):
        self.write("usr/bin/tool", text)
        self.write("usr/bin/other", "not of a package")
        write_tree(self.root, {DPKG + "info/tool.md5sums": f"{md5(sums)}  usr/bin/tool\n"})
        os.utime(self.root + "/" + DPKG + "info/tool.list")

    def window(self, start, end):
        clock = [time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 7 * 3600 + shift))
                 for shift in (start, end)]
        self.say("window", "--from", clock[0], "--until", clock[1], "--reason", "vá lỗi tháng",
                 "--by", "Lê An")

    def test_a_window_absorbs_what_the_package_says(self):
        self.window(-600, 600)
        self.patch_day("1.1", "1.1")
        found = self.changes()
        self.assertEqual((found["/usr/bin/tool"]["state"], found["/usr/bin/tool"]["reason"]),
                         ("absorbed", "vá lỗi tháng"))
        self.assertEqual(found["/usr/bin/other"]["state"], "open")

    def test_a_window_is_as_long_as_the_packs_allow(self):
        long = ("--from", "2026-11-01", "--until", "2026-11-04", "--reason", "vá lỗi", "--by", "Lê An")
        packs = self.top + "/packs"
        shutil.copytree(PACKS, packs)
        with open(packs + "/tay-son/params.yaml", encoding="utf-8") as file:
            text = file.read()
        self.assertIn("{value: 31, clause: D11.3", text)
        with open(packs + "/tay-son/params.yaml", "w", encoding="utf-8") as file:
            file.write(text.replace("{value: 31, clause: D11.3", "{value: 2, clause: D11.3"))
        self.assertIn("2 days", self.say("window", *long, "--packs", packs, status=2).err)
        self.say("window", *long)

    def test_a_window_absorbs_no_other_content(self):
        self.window(-600, 600)
        self.patch_day("1.1 with a back door", "1.1")
        self.assertEqual(self.changes()["/usr/bin/tool"]["state"], "open")

    def test_outside_the_window_nothing_is_absorbed(self):
        self.window(-7200, -3600)
        self.patch_day("1.1", "1.1")
        tool = self.changes()["/usr/bin/tool"]
        self.assertEqual((tool["state"], tool["as_packaged"], tool["package"]), ("open", True, "tool"))

    def test_the_kernels_log_tells_who(self):
        self.write("etc/conf", "mine")
        at = int(os.stat(self.root + "/etc/conf").st_ctime)
        write_tree(self.root, {"var/log/audit/audit.log":
                               f'type=SYSCALL msg=audit({at}.1:7): success=yes pid=9 auid=1000 uid=0 '
                               'exe="/usr/bin/vim"\n'
                               f'type=PATH msg=audit({at}.1:7): item=0 name="/etc/conf" nametype=NORMAL\n'})
        self.assertEqual(self.changes()["/etc/conf"]["who"], "auid=1000 uid=0 pid=9 /usr/bin/vim")
        self.write("usr/bin/tool", "ONE")
        self.assertEqual(self.changes()["/usr/bin/tool"]["who"], "")

    def test_hostile_trees_end_soon(self):
        """FIFOs, a huge sparse file, loops of links, odd names; and no path leads out of the root."""
        os.mkfifo(self.root + "/usr/bin/fifo")
        with open(self.root + "/usr/bin/sparse", "wb") as out:
            out.truncate(10 << 30)
        os.symlink("loop", self.root + "/usr/lib/loop")
        os.symlink("/../../../../../../etc", self.root + "/usr/lib/out")
        self.write("usr/lib/two\nlines\ttab", "x")
        os.symlink("/", self.root + "/opt")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = self.changes("--full")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # of the processor: on a busy machine all takes long
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 10)
        self.assertEqual(set(found), {"/usr/bin/fifo", "/usr/bin/sparse", "/usr/lib/loop", "/usr/lib/out",
                                      "/usr/lib/two\nlines\ttab"})
        self.say("accept", "/usr", "--reason", "thử", "--by", "An")
        self.assertEqual({c["state"] for c in self.changes("--full").values()}, {"accepted"})

    @unittest.skipIf(not shutil.which("strace"), "no strace")
    def test_nothing_outside_the_root_is_opened(self):
        secret = self.top + "/secret"
        os.makedirs(secret)
        write_tree(secret, {"key": "x"})
        os.symlink(secret, self.root + "/etc/away")
        from flow import BIN, PACKS
        log = self.top + "/strace"
        subprocess.run(["strace", "-f", "-e", "trace=open,openat,openat2,execve", "-o", log, BIN,
                        "integrity", "check", "--full", "--root", self.root, "--data", self.data],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                       env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        with open(log, encoding="utf-8", errors="replace") as text:
            said = text.read()
        self.assertIn("openat2", said)
        self.assertNotIn("secret", said)
        # khien becomes khien-all, and starts nothing
        self.assertEqual([os.path.basename(path) for path in re.findall(r'execve\("([^"]*)"', said)], ["khien", "khien-all"])
        self.assertTrue(PACKS)

    def test_a_damaged_baseline_is_refused(self):
        path = self.data + "/integrity/baseline"
        with open(path, "r+b") as file:
            file.seek(40)
            byte = file.read(1)
            file.seek(40)
            file.write(bytes([byte[0] ^ 1]))
        done = khien("integrity", "check", "--root", self.root, "--data", self.data)
        self.assertEqual(done.status, 2, done)
        self.assertIn("digest", done.err)

    def test_without_a_baseline_it_says_so(self):
        with folder() as data:
            done = khien("integrity", "check", "--root", self.root, "--data", data)
            self.assertEqual(done.status, 2, done)
            self.assertIn("khien integrity baseline", done.err)

    # EVIDENCE: D10.1.g#1
    def test_the_check_of_the_packs(self):
        """What the comparison came to is what `khien audit` tells."""
        self.data = self.root + "/var/lib/khien"
        os.makedirs(self.data)

        def result():
            return khien("audit", "--root", self.root, "--check", "file.changed", "--format",
                         "json").json()["results"][0]
        self.assertEqual(result()["result"], "unknown")
        self.say("baseline", "/usr", "/etc", *SAYS)
        self.assertEqual(result()["result"], "pass")
        self.write("usr/bin/tool", "ONE")
        self.changes()
        self.assertEqual(result()["result"], "fail")
        self.assertIn("/usr/bin/tool (content)", result()["found"])
        self.say("accept", "/usr/bin/tool", "--reason", "thử", "--by", "An")
        self.assertEqual(result()["result"], "pass")


class Page(unittest.TestCase):
    """What the browser shows of the same folder."""

    # EVIDENCE: D10.1.g#1
    def test_from_nothing_to_accepted(self):
        with folder({"root/etc/conf": "c", "root/etc/gone": "g"}) as here, Server() as server:
            browser = server.set_up()
            self.assertIn("Chưa có lần so sánh nào", browser.get("/toan-ven").text)

            def say(order, *words):
                done = khien("integrity", order, *words, "--data", server.data, "--root", here + "/root")
                self.assertIn(done.status, (0, 1), done)
            say("baseline", "/etc", *SAYS)
            say("check")
            self.assertIn("Không tệp nào khác với mốc", browser.get("/toan-ven").text)
            write_tree(here, {"root/etc/conf": "<b>mine</b>", "root/etc/<i>new": "n"})
            os.unlink(here + "/root/etc/gone")
            say("check")
            page = browser.get("/toan-ven").text
            for word in ("/etc/conf", "/etc/&lt;i&gt;new", "/etc/gone", "đổi nội dung", "tệp mới", "đã mất"):
                self.assertIn(word, page)
            self.assertIn("Hãy ghi lý do", browser.submit({"duong-dan": "/etc/conf", "ly-do": ""},
                                                          action="/toan-ven").text)
            browser.get("/toan-ven")
            page = browser.submit({"duong-dan": "/etc/conf", "ly-do": "đổi cấu hình"}, action="/toan-ven").text
            self.assertIn("Đã chấp nhận", page)
            self.assertIn("đổi cấu hình (Lê An)", page)
            page = browser.submit({"duong-dan": "/usr", "ly-do": "x"}, action="/toan-ven").text
            self.assertIn("Không có thay đổi nào chưa giải thích", page)
            rows = browser.get("/toan-ven.csv").text.splitlines()
            self.assertEqual(len(rows), 4)
            self.assertEqual(len([row for row in rows if "đã chấp nhận" in row]), 1)


if __name__ == "__main__":
    unittest.main()
