#!/usr/bin/env python3
"""The roster from a table, at the terminal and on the pages: every fault by row and column, nothing saved before
all is right, taken back whole, and no more rights than the one who brings it has."""
import csv
import io
import os
import re
import time
import unittest
import urllib.parse
import zipfile

from flow import folder, khien
from signed_in import SignedIn
from test_matrix import account_of

# EVIDENCE: D9.1
HEAD = "STT,Họ tên,Mã,Chức danh,Phòng ban,Email,Số điện thoại,Trạng thái\n"
GOOD = HEAD + ("1,Đặng Văn Ánh,CB-1,Chuyên viên,,anh@xa.vn,0912,đang làm việc\n"
               "2,Lê Thị Bình,CB-2,,T2,binh@xa.vn,,\n"
               "3,Trần Cường,,Văn thư,Trường Hai,,,nghi dai ngay\n")
BAD = HEAD + ("1,,CB-9,x,,khong-phai-thu,,bay mất\n"          # no name, no address, no state
              "2,Lê An,CB-2,,Không Có,,,\n"                   # no such unit
              "3,Võ Hai,CB-7,,,,,\n"
              "4,Võ Ba,cb-7,,,,,\n")                          # the same number


class People(SignedIn):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        page = cls.admin.post("/don-vi/1/them", {
            "dau": cls.admin.mark, "cap-tren": 1, "ten": "Trường Hai", "ma": "T2", "loai": "school", "so-qd": "1/QĐ",
            "ngay-ky": "01/01/2020", "hieu-luc": "01/01/2020"})
        assert page.status == 200, page.text
        cls.reader = account_of(cls.server, cls.admin, "auditor", 1)

    def people(self, text=""):
        page = self.reader.get(f"/nhan-su.csv?tinh-trang=&q={urllib.parse.quote(text)}").text
        return list(csv.reader(io.StringIO(page)))[1:]

    def command(self, text, *more):
        with folder({"nguoi.csv": text}) as here:
            return khien("user", "import", os.path.join(here, "nguoi.csv"), "--data", self.server.data, *more)

    def test_a_name_of_two_units_is_none(self):
        def add(name, code, short=""):
            self.admin.post("/don-vi/1/them", {
                "dau": self.admin.mark, "cap-tren": 1, "ten": name, "ma": code, "viet-tat": short, "loai": "school",
                "so-qd": "1/QĐ", "ngay-ky": "01/01/2020", "hieu-luc": "01/01/2020"})

        add("Trạm Sáu", "S6", "Trạm")
        add("Trạm Bảy", "S7", "Trạm")
        row = "1,Lý Sáu,CB-66,,{},,,\n"
        for called, known in (("trạm sáu", True), ("TRAM BAY", True), ("s6", True), ("S7", True), ("S8", False),
                              ("Trạm", False), ("Trạm Tám", False)):
            done = self.command(HEAD + row.format(called), "--dry-run")
            self.assertEqual(done.status == 0, known, f"{called}: {done}")

    def bring(self, browser, text):
        """The page of the import when it has been read and checked."""
        browser.get("/so/nhan-su/nhap")
        page = browser.upload("/so/nhan-su/nhap", {"dau": browser.mark, "don-vi": 1},
                              [("tep", "nguoi.csv", text.encode())])
        return self.waited(browser, page)

    def waited(self, browser, page):
        end = time.monotonic() + 60
        while page.status == 200 and 'http-equiv="refresh"' in page.text:
            self.assertLess(time.monotonic(), end, page.text)
            time.sleep(0.2)
            page = browser.get(browser.path)
        return page

    def test_at_the_terminal(self):
        before = self.people()
        done = self.command(BAD, "--dry-run")
        self.assertEqual(done.status, 1, done)
        for fault in ("B2: Họ tên: Hãy nhập họ và tên", "F2: Email: Địa chỉ thư không có ký tự @",
                      "H2: Trạng thái: không có tình trạng này", "E3: Phòng ban: không có đơn vị mang tên này",
                      "C5: Mã: mã này đã có ở một dòng khác của tệp"):
            self.assertIn(fault, done.out)
        self.assertIn("5 lỗi", done.out)
        self.assertEqual(self.command(BAD).status, 1)
        done = self.command(GOOD, "--dry-run")
        self.assertEqual(done.status, 0, done)
        self.assertIn("3 dòng: 3 thêm", done.out)
        self.assertEqual(self.people(), before)
        done = self.command(GOOD)
        self.assertEqual(done.status, 0, done)
        number = re.search(r"--undo (\d+)", done.out).group(1)
        self.assertEqual([row[:3] for row in self.people("CB-")], [["CB-1", "Đặng Văn Ánh", ""],
                                                                   ["CB-2", "Lê Thị Bình", "T2"]])
        self.assertIn("nghỉ dài ngày", str(self.people("Cường")))
        self.assertNotEqual(self.command(GOOD).status, 0)                      # this very file
        done = self.command(HEAD + "1,Đặng Ánh,CB-1,,,moi@xa.vn,,\n")          # mends who is there
        self.assertIn("1 sửa", done.out)
        mended = re.search(r"--undo (\d+)", done.out).group(1)
        self.assertIn("moi@xa.vn", str(self.people("CB-1")))
        done = self.command(HEAD + "1,Đặng Ánh,CB-1,Trưởng phòng,,,,\n")       # that takes a decision
        self.assertEqual(done.status, 1)
        self.assertIn("đổi theo quyết định", done.out)
        for undo in (mended, number):
            done = khien("user", "import", "--undo", undo, "--data", self.server.data)
            self.assertEqual(done.status, 0, done)
        self.assertEqual(self.people(), before)
        self.assertNotEqual(khien("user", "import", "--undo", number, "--data", self.server.data).status, 0)

    def test_a_template_can_be_filled_in(self):
        with folder() as here:
            path = os.path.join(here, "mau.xlsx")
            done = khien("user", "import", "--template", path, "--data", self.server.data)
            self.assertEqual(done.status, 0, done)
            with zipfile.ZipFile(path) as book:
                words = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
            for head in ("Mã cán bộ", "Họ và tên", "Chức vụ", "Thư điện tử", "Tình trạng", "nghỉ hưu"):
                self.assertIn(head, words)

    def test_on_the_pages(self):
        before = self.people()
        page = self.bring(self.admin, BAD)
        self.assertIn("Chưa lưu gì", page.text)
        for words in ("Hãy nhập họ và tên", "không có đơn vị mang tên này", "không có tình trạng này"):
            self.assertIn(words, page.text)
        self.assertNotIn("Lưu 4 người", page.text)
        page = self.bring(self.admin, GOOD.replace("CB-", "P-"))
        self.assertIn("Lưu 3 người vào danh sách", page.text)
        self.assertEqual(self.people(), before)
        self.admin.submit({"viec": "luu"}, action=self.admin.path)
        page = self.waited(self.admin, self.admin.page)
        self.assertIn("Đã lưu, lần nhập số", page.text)
        self.assertEqual(len(self.people()), len(before) + 3)
        self.admin.submit({"viec": "hoan-tac"}, action=self.admin.path)
        page = self.waited(self.admin, self.admin.page)
        self.assertIn("Đã hoàn tác", page.text)
        self.assertEqual(self.people(), before)

    def test_rights_are_those_of_the_roster(self):
        officer = account_of(self.server, self.admin, "officer", 2)
        page = self.bring(officer, GOOD.replace("CB-", "Q-"))
        self.assertEqual(page.status, 422)                                     # not of unit 1
        officer.get("/so/nhan-su/nhap")
        page = self.waited(officer, officer.upload("/so/nhan-su/nhap", {"dau": officer.mark, "don-vi": 2},
                                                   [("tep", "a.csv", (HEAD + f"1,Hồ Xa,Q-9,,{'Xã Tây Sơn'},,,\n")
                                                     .encode())]))
        self.assertIn("không được sửa danh sách nhân sự", page.text)
        operator = account_of(self.server, self.admin, "operator", 2)
        self.assertEqual(operator.get("/so/nhan-su/nhap").status, 403)
        self.assertEqual(operator.get("/so/nhan-su").status, 404)


if __name__ == "__main__":
    unittest.main()
