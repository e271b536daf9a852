#!/usr/bin/env python3
"""The weekly review of processes: the picture that khien serve takes by itself, the page that shows only what
differs from the last signed one, the signature, and what it proves.

The server runs in a mount namespace of its own with a small package database, so that a deep look takes a
moment instead of reading the whole disk of the machine that runs the tests.
"""
import contextlib
import glob
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import shard
from flow import BIN, Server, khien

IS_ROOT = os.geteuid() == 0
PACKAGES = ("coreutils", "libc6", "dpkg", "bash", "base-files")
CAN_UNSHARE = IS_ROOT and shutil.which("unshare") and os.path.isdir("/var/lib/dpkg/info")


def small_database():
    """A folder with the lists of a few packages."""
    folder = tempfile.mkdtemp(prefix="khien-dpkg-")
    os.chmod(folder, 0o755)
    for name in PACKAGES:
        for path in glob.glob(f"/var/lib/dpkg/info/{name}[.:]*"):
            if path.endswith((".list", ".md5sums")):
                shutil.copy2(path, folder)
    return folder


class SmallServer(Server):
    """A server that sees only that database."""

    def __init__(self, **more):
        super().__init__(**more)
        self.database = small_database()
        script = f"mount --bind {self.database} /var/lib/dpkg/info && exec \"$@\""
        self.command = ["unshare", "--mount", "sh", "-c", script, "sh", *self.command]

    def __exit__(self, *what):
        super().__exit__(*what)
        shutil.rmtree(self.database, ignore_errors=True)


def wait_for_picture(browser, host, before=None, timeout_s=180):
    """The page, once it shows a picture that is not the one BEFORE."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        page = browser.get(f"/may/{host}/tien-trinh")
        found = re.search(r'name="anh" value="(\d+)"', page.text)
        if found and found.group(1) != before:
            return page, found.group(1)
        time.sleep(0.5)
    raise AssertionError(f"no new picture:\n{page.text[-3000:]}")


@contextlib.contextmanager
def planted_program(name, place="/opt"):
    """The path of a running program that belongs to no package. From /tmp it is a sign of intrusion."""
    with tempfile.TemporaryDirectory(dir=place) as folder:
        program = os.path.join(folder, name)
        shutil.copy(shutil.which("sleep"), program)
        child = subprocess.Popen([program, "600"])
        try:
            yield program
        finally:
            child.kill()
            child.wait()


def choices(page, suspicious=None):
    """The fields of the form with every thing known, but the one whose text has SUSPICIOUS."""
    fields = {}
    for name, text in re.findall(r'<fieldset class="marks" id="(k\d+)">\s*<legend class="hidden">([^<]*)', page.text):
        is_odd = suspicious is not None and suspicious in text
        fields[name] = "nghi" if is_odd else "biet"
        if is_odd:
            fields["g" + name[1:]] = "không ai biết nó là gì"
    return fields


def verdict(browser, host):
    rows = browser.get(f"/api/v1/hosts/{host}/verdicts").json()["items"]
    return next(row["verdict"] for row in rows if row["obligation"] == "tay-son/D11.3")


def duty_proof(browser):
    """What the page of the result says of the signature."""
    page = browser.get("/ket-qua/1/tay-son/D11.3")
    text = page.text[page.text.index("Người vận hành ký kết quả kiểm tra tiến trình"):][:600]
    return re.sub(r"<[^>]+>", " ", text)


@unittest.skipUnless(CAN_UNSHARE, "needs root, unshare and dpkg")
class Review(unittest.TestCase):
    def some_minutes(self, server, browser):
        """So long that the first picture is due, never so long idle that the session ends."""
        for _ in range(9):
            server.pass_time(minutes=7)
            browser.get("/may")

    def host(self, browser):
        browser.get("/may")
        return re.search(r"/may/(\d+)", browser.path + browser.page.text).group(1)

    # EVIDENCE: D11.3
    def test_from_the_first_picture_to_a_suspicion(self):
        with SmallServer() as server:
            browser = server.set_up()
            host = self.host(browser)
            empty = browser.get(f"/may/{host}/tien-trinh")
            self.assertIn("Chưa có ảnh chụp tiến trình nào", empty.text)

            # by itself, a while after the start; what runs from /tmp is a sign on any machine
            planted = self.enterContext(planted_program("first-program", "/tmp"))
            self.some_minutes(server, browser)
            page, first = wait_for_picture(browser, host)
            self.assertIn(planted, page.text)
            self.assertIn("Đây là lần đầu", page.text)
            shard.wait_for(lambda: "process-review" in os.listdir(server.data))    # noted behind the picture

            # a sign asks for a decision: nothing is chosen beforehand, nothing is signed without one
            self.assertRegex(page.text, re.escape(planted) + r'</legend>\s*<label><input type="radio"[^>]*value="biet">')
            answer = browser.submit({}, action=f"/may/{host}/tien-trinh")
            self.assertEqual(answer.status, 422)
            self.assertIn("Hãy chọn đã biết hay khả nghi", answer.text)
            page, first = wait_for_picture(browser, host)
            answer = browser.submit({**choices(page), "ghi-chu": "lần đầu"}, action=f"/may/{host}/tien-trinh")
            self.assertEqual(answer.status, 200)
            self.assertRegex(browser.path, rf"/may/{host}/tien-trinh/\d+")
            self.assertIn("Biên bản rà soát tiến trình", answer.text)
            self.assertIn("an.le", answer.text)
            self.assertRegex(duty_proof(browser), r"^[^\n]*–\s+đạt\s")

            # something new: only that is shown, and it stays until somebody explains it
            with planted_program("planted-program") as program:
                browser.get(f"/may/{host}/tien-trinh")
                browser.submit({}, action=f"/may/{host}/tien-trinh/chup")
                page, second = wait_for_picture(browser, host, first)
                self.assertIn(program, page.text)
                self.assertNotIn("Đây là lần đầu", page.text)
                fields = choices(page, "planted-program")
                self.assertIn("nghi", fields.values())
                without = {k: v for k, v in fields.items() if k[0] == "k"}
                answer = browser.submit(without, action=f"/may/{host}/tien-trinh")
                self.assertEqual(answer.status, 422, "a suspicion without a note")
                answer = browser.submit(fields, action=f"/may/{host}/tien-trinh")
                self.assertIn("không ai biết nó là gì", answer.text)
                self.assertEqual(verdict(browser, host), "not-met")
                browser.get(f"/may/{host}/tien-trinh")
                browser.submit({}, action=f"/may/{host}/tien-trinh/chup")
                page, _ = wait_for_picture(browser, host, second)
                self.assertRegex(page.text, r"vẫn khả nghi</span>[^<]*</p>\s*<p><code>" + re.escape(program))
            done = khien("review", "--data", server.data, timeout_s=240)
            self.assertEqual(done.status, 0, done)
            self.assertIn("So với lần rà soát", done.out)
            self.assertIn(f"không còn: run {program}", done.out)

    # EVIDENCE: D11.3
    def test_two_officers_at_once(self):
        with SmallServer() as server:
            browser = server.set_up()
            host = self.host(browser)
            self.some_minutes(server, browser)
            page, _ = wait_for_picture(browser, host)
            form = next(f for f in page.forms() if f["action"] == f"/may/{host}/tien-trinh")
            fields = {**form["fields"], **choices(page)}
            self.assertEqual(browser.post(f"/may/{host}/tien-trinh", fields, follow=False).status, 303)
            again = browser.post(f"/may/{host}/tien-trinh", fields, follow=False)
            self.assertEqual(again.status, 409, "the second signs what the first has signed already")


class CommandLine(unittest.TestCase):
    def test_a_file_that_is_no_picture(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as wrong:
            wrong.write("khien-review 1\nitem\trun\t9\tx\ty\n")
            wrong.flush()
            done = subprocess.run([BIN, "review", "--against", wrong.name], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("dòng 2", done.stderr)
        self.assertEqual(done.stdout, "")


@unittest.skipUnless(CAN_UNSHARE, "needs root, unshare and dpkg")
class ByItself(unittest.TestCase):
    """What the service does without being asked, and what it judges by."""

    # EVIDENCE: D11.3
    def test_files_are_compared_every_day(self):
        with SmallServer() as server, tempfile.TemporaryDirectory() as tree:
            os.chmod(tree, 0o755)
            path = os.path.join(tree, "tool")
            with open(path, "w", encoding="utf-8") as out:
                out.write("one")
            done = khien("integrity", "baseline", tree, "--data", server.data, "--reason", "máy sạch", "--by", "An")
            self.assertEqual(done.status, 0, done)
            with open(path, "w", encoding="utf-8") as out:
                out.write("another")
            server.pass_time(hours=25)
            end = time.monotonic() + 120
            while "tool" not in (said := khien("integrity", "show", "--data", server.data).out):
                self.assertLess(time.monotonic(), end, said + server.said())
                time.sleep(0.5)

    # EVIDENCE: D10.1.c
    def test_the_record_counts_where_the_machine_has_no_file(self):
        if os.path.exists("/etc/khien/machine.yaml"):
            self.skipTest("this machine has a declaration of its own")
        with SmallServer() as server:
            browser = server.set_up()
            browser.get("/may")
            host = re.search(r"/may/(\d+)", browser.path + browser.page.text).group(1)
            self.assertFalse(self.declared_backup(server))
            self.assertRegex(self.declare(browser, host, "kind: [\n").text, r"dòng \d")
            self.declare(browser, host, "kind: workstation\nroles: [workstation]\nlevel: 1\ndata: ordinary\n"
                                        "approved: []\nbackups:\n  - name: Chụp cả máy ảo\n    tool: x\n"
                                        "    target: máy lưu trữ\n    where: elsewhere\n    encrypted: yes\n"
                                        "    every-days: 1\n    by: An\n    until: 2099-12-31\n")
            browser.get("/hom-nay")
            browser.submit({}, action="/kiem-tra-lai")
            end = time.monotonic() + 120  # the page waits a few seconds for the audit, a busy machine longer
            while not self.declared_backup(server):
                self.assertLess(time.monotonic(), end, server.said())
                time.sleep(0.5)
            self.assertIn("machine-" + host + ".yaml", os.listdir(f"{server.data}/notes"))

    def declare(self, browser, host, text):
        path = f"/may/{host}/vai-tro"
        form = next(one for one in browser.get(path).forms() if one["action"] == path)
        return browser.post(path, {"dau": form["fields"]["dau"], "ban-khai": text})

    def declared_backup(self, server):
        """What the newest audit says of the backup that only the declaration knows."""
        with contextlib.closing(sqlite3.connect(f"file:{server.data}/khien.db?mode=ro", uri=True)) as db:
            return [row for row in db.execute(
                "SELECT subject, found FROM evidence WHERE check_id = 'bak.job' AND run_id = (SELECT max(id) FROM audit_run)")
                    if "Chụp cả máy ảo" in f"{row}"]


if __name__ == "__main__":
    sys.exit(unittest.main())
