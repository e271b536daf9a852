#!/usr/bin/env python3
"""The trail of changes on its page: found, paged, proven to an outsider, and a row altered beside Khiên is told."""
import csv
import io
import os
import re
import sqlite3
import subprocess
import tempfile
import time
import unittest

from flow import BUILD, Server


def wait_for(is_there, timeout_s=60):
    end = time.monotonic() + timeout_s
    while not is_there():
        if time.monotonic() > end:
            raise AssertionError("it never came")
        time.sleep(0.3)


# EVIDENCE: D11.4
class TrailPage(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.start()
        self.addCleanup(self.server.own.cleanup)
        self.addCleanup(self.server.stop)
        self.browser = self.server.set_up()
        self.browser.get("/quan-tri/may/1")
        self.browser.submit({"loai": "server", "cap-do": "3"}, action="/quan-tri/may/1")

    def newest(self, query="loai=host&ai=an.le"):
        page = self.browser.get(f"/so-vet?{query}")
        self.assertEqual(page.status, 200, page.text)
        found = re.search(r'href="/so-vet/(\d+)"', page.text)
        return found and int(found.group(1))

    def test_a_change_is_found_and_proven(self):
        number = self.newest()
        page = self.browser.get(f"/so-vet/{number}")
        for words in ("an.le", "sửa", "Máy", "đúng như mục này ghi", 'href="/may/1"'):
            self.assertIn(words, page.text)
        self.server.pass_time(seconds=120)
        wait_for(lambda: "Tải tệp chứng minh" in self.browser.get(f"/so-vet/{number}").text)
        proof = self.browser.get(f"/so-vet/{number}.tlog-proof")
        self.assertEqual(proof.status, 200)
        year = os.listdir(f"{self.server.data}/trail")
        sheet = next(f"{self.server.data}/trail/{y}/keys/public.txt" for y in year if y.isdigit())
        with tempfile.NamedTemporaryFile(suffix=".tlog-proof") as file:
            file.write(proof.body)
            file.flush()
            done = subprocess.run([os.path.join(BUILD, "khien-verify"), "proof", file.name, "--key", sheet],
                                  stdout=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 0, done.stdout.decode())
            self.assertIn(f'"id":{number},', done.stdout.decode())
            with open(file.name, "r+b") as changed:
                lines = changed.read().split(b"\n")
                longest = max(range(len(lines)), key=lambda i: len(lines[i]))    # the entry, in base64
                at = len(lines[longest]) // 2
                lines[longest] = lines[longest][:at] + (b"B" if lines[longest][at:at + 1] != b"B" else b"C") + \
                    lines[longest][at + 1:]
                changed.seek(0)
                changed.write(b"\n".join(lines))
            done = subprocess.run([os.path.join(BUILD, "khien-verify"), "proof", file.name, "--key", sheet],
                                  stdout=subprocess.PIPE, check=False)
            self.assertNotEqual(done.returncode, 0)
        self.alter(number)

    def alter(self, number):
        """Somebody with the database: the row of the change, then the row it is about."""
        with sqlite3.connect(f"{self.server.data}/khien.db") as db:
            db.execute("DROP TRIGGER change_stays")
            db.execute("UPDATE change SET login = 'x.y' WHERE id = ?", (number,))
        self.assertIn("KHÔNG khớp mục đã niêm phong", self.browser.get(f"/so-vet/{number}").text)
        with sqlite3.connect(f"{self.server.data}/khien.db") as db:
            db.execute("DROP TRIGGER host_change_set")
            db.execute("UPDATE host SET name = 'khac' WHERE id = 1")
        self.assertIn("KHÔNG còn như mục này ghi", self.browser.get(f"/so-vet/{number}").text)

    def test_filters_pages_and_files(self):
        everything = self.browser.get("/so-vet?ca=1").text
        self.assertIn("truoc=", everything)
        first = [int(n) for n in re.findall(r'<th scope="row"><a href="/so-vet/(\d+)"', everything)]
        self.assertEqual(len(first), 50)
        older = self.browser.get("/so-vet?ca=1&truoc=" + re.search(r"truoc=(\d+)", everything).group(1)).text
        second = [int(n) for n in re.findall(r'<th scope="row"><a href="/so-vet/(\d+)"', older)]
        self.assertEqual(first + second, list(range(first[0], second[-1] - 1, -1)))
        self.assertNotIn("Khiên tự làm</td>", self.browser.get("/so-vet").text.replace(" <span", "</td>"))
        self.assertIn("Không có thay đổi nào như vậy", self.browser.get("/so-vet?ai=khong.ai").text)
        self.assertIn("Hãy ghi ngày", self.browser.get("/so-vet?tu=32/13/2026").text)
        self.assertIn("Không có thay đổi", self.browser.get("/so-vet?den=01/01/2020").text)
        self.assertEqual(self.browser.get("/so-vet/999999999").status, 404)
        self.assertEqual(self.browser.get("/so-vet/x").status, 404)
        rows = list(csv.reader(io.StringIO(self.browser.get("/so-vet.csv?loai=host").text.lstrip("\ufeff"))))
        self.assertGreater(len(rows), 1)
        self.assertTrue(all(r[5] == "Máy" and r[2] != "Khiên tự làm" for r in rows[1:]), rows)
        found = self.browser.get("/api/v1/changes?loai=host&so=1&ca=1").json()
        self.assertTrue(found["complete"])
        self.assertTrue(all(c["table"] == "host" and c["key"] == "1" for c in found["items"]))
        self.assertEqual(found["items"][0]["id"], self.newest("loai=host&so=1&ca=1"))
        self.assertEqual(self.browser.get("/api/v1/changes?tu=x").status, 400)


if __name__ == "__main__":
    unittest.main()
