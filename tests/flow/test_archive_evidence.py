#!/usr/bin/env python3
"""What the service knows of its own log archive becomes evidence: packed months, disks, verification, senders.
The bounds come from the packs: a tree of packs with another bound gives another verdict on the same archive."""
import glob
import os
import re
import shutil
import socket
import tempfile
import time
import unittest

from flow import PACKS, Server, folder, khien

OLD_DAYS = 100


def old_archive(base):
    """A log whose only lines came OLD_DAYS ago; its month."""
    with open(f"{base}/then", "w", encoding="ascii") as out:
        out.write(f"{-OLD_DAYS * 86400}\n")
    with open(f"{base}/old.log", "w", encoding="utf-8") as out:
        out.writelines(f"<13>Jan  1 00:00:00 may su[{n}]: dòng {n}\n" for n in range(300))
    done = khien("log", "import", "--data", f"{base}/data", f"{base}/old.log", env={"KHIEN_TEST_CLOCK": f"{base}/then"})
    assert done.status == 0, done
    line = khien("log", "search", "--data", f"{base}/data", "--limit", 1, "--format", "json", "may").out
    return re.search(r'"received":"(\d{4}-\d\d)', line).group(1)


class Watched(Server):
    """A service whose own audit and note are asked for at will."""

    def look(self, browser):
        """Outcomes of the checks of the archive, and the verdicts, as of now."""
        note = f"{self.data}/notes/log-facts"
        before = os.path.exists(note) and os.stat(note).st_mtime_ns
        browser.get("/kiem-chung")
        browser.submit({}, action="/kiem-chung")
        self.wait(lambda: os.path.exists(note) and os.stat(note).st_mtime_ns != before)
        runs = len(browser.get("/api/v1/hosts/1/runs").json()["items"])
        browser.get("/hom-nay")
        browser.submit({}, action="/kiem-tra-lai")
        self.wait(lambda: len(browser.get("/api/v1/hosts/1/runs").json()["items"]) > runs)
        rows = {}
        for row in browser.get("/api/v1/hosts/1/results").json()["items"]:
            if row["check"].startswith("arc."):
                rows.setdefault(row["check"], set()).add((row["outcome"], row["found"]))
        verdicts = {row["obligation"].split("/")[1]: row["verdict"]
                    for row in browser.get("/api/v1/hosts/1/verdicts").json()["items"]}
        return rows, verdicts

    def wait(self, is_there, timeout_s=90):
        end = time.monotonic() + timeout_s
        while not is_there():
            if time.monotonic() > end:
                raise AssertionError(self.said())
            time.sleep(0.2)


def outcomes(rows, check):
    return {outcome for outcome, _ in rows[check]}


class Evidence(unittest.TestCase):
    # EVIDENCE: D11.4#2, D11.4#3, D11.4#4, D11.4#5, D11.4#6, D10.1.b#4, D14.1, D14.3
    def test_verdicts_follow_the_archive(self):
        with folder({"disk/.keep": ""}) as base:
            os.makedirs(f"{base}/data", mode=0o700)
            month = old_archive(base)
            with Watched(data=f"{base}/data") as server:
                browser = server.set_up()
                browser.get("/quan-tri/may/1")
                browser.submit({"loai": "server", "cap-do": "1"}, action="/quan-tri/may/1")
                rows, verdicts = server.look(browser)
                self.assertEqual(outcomes(rows, "arc.month"), {"fail"})     # packed by now or not: on no disk
                self.assertEqual(outcomes(rows, "arc.verify"), {"pass"})
                self.assertEqual(outcomes(rows, "arc.keep"), {"not applicable"})     # young: not judged
                self.assertEqual(outcomes(rows, "arc.media"), {"not applicable"})
                self.assertEqual(verdicts["D11.4#2"], "not-met")
                self.assertEqual(verdicts["D11.4#4"], "no-evidence")
                # nobody sends yet: the server itself is a blind spot
                self.assertIn(("fail", "0/1 hosts"), rows["arc.sources"])
                self.assertEqual((verdicts["D10.1.b#4"], verdicts["D14.1"]), ("not-met", "not-met"))

                self.media(base, month)
                with socket.socket(socket.AF_UNIX) as own:
                    own.connect(f"{base}/data/log/intake.sock")
                    own.sendall(b"<13>1 - may su - - - gui\n")
                server.wait(lambda: "local" in open(f"{base}/data/log/intake/senders", encoding="utf-8").read())
                rows, verdicts = server.look(browser)
                self.assertEqual(rows["arc.month"], {("pass", "1 media")})
                self.assertIn(("pass", "1/1 hosts"), rows["arc.sources"])
                self.assertEqual(verdicts["D11.4#4"], "met")
                self.assertNotEqual(verdicts["D14.3"], "not-met")

                self.damage(base)
                rows, verdicts = server.look(browser)
                self.assertEqual(outcomes(rows, "arc.verify"), {"fail"})
                self.assertEqual(verdicts["D11.4#5"], "not-met")

    def media(self, base, month):
        for words in (("month", month), ("media", "register", f"{base}/disk", "--label", "Đĩa 1"),
                      ("media", "write", f"{base}/disk", month)):
            done = khien("log", *words, "--data", f"{base}/data")
            self.assertEqual(done.status, 0, done)

    def damage(self, base):
        path = sorted(glob.glob(f"{base}/data/log/*/segments/*.seg"))[0]
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))

    def test_the_bounds_are_the_packs(self):
        with folder({}) as base, tempfile.TemporaryDirectory() as own:
            packs = shutil.copytree(PACKS, f"{own}/packs")
            path = f"{packs}/tay-son/params.yaml"
            with open(path, encoding="utf-8") as file:
                text = file.read()
            # a law that wants three months on the server at least instead of six, and months gone at 88 in 100
            changed = re.sub(r"(id: log_local_months_min.*?value: )6", r"\g<1>3", text, count=1, flags=re.S)
            changed = re.sub(r"(id: log_free_leave_percent.*?value: )10", r"\g<1>12", changed, count=1, flags=re.S)
            self.assertIn("value: 12, clause: D11.4, levels: [1, 5], force: default}", changed)
            with open(path, "w", encoding="utf-8") as file:
                file.write(changed)
            os.makedirs(f"{base}/data/log", mode=0o700)
            for of, percent in ((PACKS, 90), (packs, 88)):
                kept = khien("log", "keep", "--data", f"{base}/data", "--packs", of, "--copies", 1, "--months", 12)
                self.assertIn(f"đã dùng trên {percent} phần trăm", " ".join(kept.out.split()))
            old_archive(base)
            with Watched(data=f"{base}/data", packs=packs) as server:
                rows, _ = server.look(server.set_up())
                self.assertEqual(outcomes(rows, "arc.keep"), {"pass"})


if __name__ == "__main__":
    unittest.main()
