#!/usr/bin/env python3
"""Registers out of and into the pages: what is exported is what the filter shows, an import names every fault
and saves nothing until it is confirmed, many records are changed at once and undone at once."""
import csv
import io
import os
import re
import sqlite3
import unittest
import zipfile

from flow import Server

class Web(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.own.cleanup)
        self.server.start()
        self.addCleanup(self.server.stop)
        self.browser = self.server.set_up()
        self.mark = self.browser.get("/api/v1/session").json()["mark"]

    def add(self, name, **values):
        page = self.browser.post("/so/wifi/moi", {"dau": self.mark, "t-ssid": name, "t-doi-tuong": "khach",
                                                  "t-trang-thai": "dang-phat",
                                                  **{f"t-{k}".replace("_", "-"): v for k, v in values.items()}})
        self.assertRegex(self.browser.path, r"^/ban-ghi/\d+", page.text)
        return int(re.search(r"/ban-ghi/(\d+)", self.browser.path).group(1))

    def post(self, path, **fields):
        return self.browser.post(path, {"dau": self.mark, **{k.replace("_", "-"): v for k, v in fields.items()}})

    def database(self, sql, *values):
        with sqlite3.connect(os.path.join(self.server.data, "khien.db"), timeout=30) as db:
            rows = db.execute(sql, values).fetchall()
        db.close()
        return rows

    def titles(self):
        return [row[0] for row in self.database("SELECT title FROM record WHERE state = 0 ORDER BY id")]


class Export(Web):
    def test_what_is_exported_is_what_the_filter_shows(self):
        for i in range(450):       # more than two pages of the list
            self.add(f"Mạng {i:03}", trang_thai="da-tat" if i % 3 == 0 else "dang-phat")
        page = self.browser.get("/so/wifi/xuat?dang=csv")
        self.assertEqual(page.headers["Content-Type"], "text/csv; charset=utf-8")
        self.assertRegex(page.headers["Content-Disposition"], r'attachment; filename="wifi-\d{4}-\d\d-\d\d\.csv"')
        rows = list(csv.reader(io.StringIO(page.text.lstrip("\ufeff"))))
        self.assertEqual(len(rows), 451)
        self.assertEqual(len({row[0] for row in rows}), 451)
        rows = list(csv.reader(io.StringIO(
            self.browser.get("/so/wifi/xuat?dang=csv&l-trang-thai=da-tat&cot=trang-thai&tim=mang").text.lstrip("\ufeff"))))
        self.assertEqual(rows[0][2:], ["Tên mạng (SSID)", "Trạng thái"])
        self.assertEqual([row[2] for row in rows[1:]], [f"Mạng {i:03}" for i in range(0, 450, 3)])
        self.assertEqual({row[3] for row in rows[1:]}, {"Đã tắt"})
        with zipfile.ZipFile(io.BytesIO(self.browser.get("/so/wifi/xuat?dang=xlsx").body)) as book:
            self.assertIsNone(book.testzip())
            sheet = next(book.read(n).decode() for n in book.namelist() if "worksheets/" in n)
            self.assertEqual(sheet.count("<row "), 451)
        self.assertEqual(self.browser.get("/so/wifi/xuat").status, 400)
        page = self.browser.get("/so/wifi/in?l-trang-thai=da-tat").text
        self.assertIn("Tổng cộng 150 dòng.", page)
        self.assertNotIn("Mạng 001", page)
        template = self.browser.get("/so/wifi/mau").body
        self.assertTrue(template.startswith(b"PK"))
        self.assertIn("Tên mạng (SSID)", self.browser.get("/so/wifi/mau?dang=csv").text)


if __name__ == "__main__":
    unittest.main()
