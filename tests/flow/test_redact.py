#!/usr/bin/env python3
"""The text of a line goes by an order given on its page, while the service runs: the decision is sealed first, the
text goes when nothing but a closed segment holds it, and the log still proves itself."""
import glob
import json
import os
import re
import subprocess
import time
import unittest

from flow import BUILD, Server, khien
from shard import year_now
from test_log_months import connection, wait_for
from verify_model import Verifier, load_keys, undecided

SECRET = "mat-khau-quan-tri=Suoi-nguon-9"
MANY = 10000        # lines after which the log is sealed at once


def holding(data, words):
    """Files of the data folder in which WORDS can be read."""
    found = []
    for path in filter(os.path.isfile, glob.glob(f"{data}/**", recursive=True)):
        with open(path, "rb") as f:
            found += [path] if words.encode() in f.read() else []
    return found


class Order(unittest.TestCase):
    def send(self, lines):
        with connection(f"{self.server.data}/log/intake.sock") as sock:
            sock.sendall("".join(f"<13>{line}\n" for line in lines).encode())

    def found(self, words):
        return khien("log", "search", "--data", self.server.data, words).out

    # EVIDENCE: D4.3
    def test_it_waits_until_the_text_can_go_and_then_it_is_gone(self):
        with Server() as self.server:
            data = self.server.data
            browser = self.server.set_up()
            wait_for(lambda: os.path.exists(f"{data}/log/intake.sock"))
            self.send([f"may su: {SECRET}"])
            place = wait_for(lambda: self.found("Suoi-nguon-9")).split()[0]
            page = browser.get(f"/nhat-ky/dong/{place}")
            self.assertIn(f'href="/nhat-ky/dong/{place}/xoa"', page.text)
            where = f"/nhat-ky/dong/{place}/xoa"
            page = browser.get(where)
            self.assertIn(SECRET, page.text)
            self.assertIn("không lấy lại được", page.text)
            said = {"so": "12/QĐ-UBND", "ngay": time.strftime("%d/%m/%Y", time.gmtime(time.time() + 7 * 3600)),
                    "nguoi-ky": "Trần Văn Ký, Chủ tịch", "ly-do": "mật khẩu ghi nhầm vào nhật ký"}
            for wrong in ({}, {"chac": "1", "ngay": "01/01/2999"}, {"chac": "1", "so": ""}):
                browser.get(where)
                page = browser.submit({**said, **wrong}, action=where)
                self.assertEqual(page.status, 422, wrong)
                self.assertIn("Trần Văn Ký", page.text)                     # what was typed stays
            own = f"/nhat-ky/dong/{place.split('-')[0]}-0/xoa"
            self.assertIn("không xóa được", browser.get(own).text)
            self.assertEqual(browser.get(f"/nhat-ky/dong/{year_now()}-99999999/xoa").status, 404)

            browser.get(where)
            browser.submit({**said, "chac": "1"}, action=where)
            self.assertEqual(browser.path, where)
            self.assertIn("Đang chờ", browser.page.text)
            # the decision is in the log and sealed, the text still where it was received
            wait_for(lambda: re.search(r"khi nhật ký có thêm \d+ dòng", browser.get(where).text))
            self.assertIn("12/QĐ-UBND", self.found(f'"{place}"'))
            self.assertIn(SECRET, self.found("Suoi-nguon-9"))
            self.assertEqual(browser.post(where, {**said, "chac": "1", "dau": self.mark(browser)}).status, 409)

            self.send([f"may su: dòng sau {n}" for n in range(MANY + 300)])
            wait_for(lambda: "Đã xóa nội dung" in browser.get(where).text)
            self.assertEqual(holding(data, SECRET), [])
            self.assertEqual(self.found("Suoi-nguon-9"), "")
            self.assertIn("theo quyết định", browser.get(f"/nhat-ky/dong/{place}").text)
            self.assertIn("mật khẩu ghi nhầm", self.found(f'"{place}"'))
            self.server.stop()
            self.verifiers_agree(data, place)

    def mark(self, browser):
        return browser.get("/api/v1/session").json()["mark"]

    def verifiers_agree(self, data, place):
        done = subprocess.run([os.path.join(BUILD, "khien-verify"), f"{data}/log", "--format", "json"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(json.loads(done.stdout)[0]["findings"], [])
        shards = [Verifier(shard, *load_keys(f"{shard}/keys/public.txt")) for shard in sorted(glob.glob(f"{data}/log/2*"))]
        for shard in shards:
            self.assertEqual(shard.run(), [])
        self.assertEqual([int(index) for shard in shards for _, index in shard.redacted], [int(place.split("-")[1])])
        self.assertEqual(undecided(shards), [])


if __name__ == "__main__":
    unittest.main()
