#!/usr/bin/env python3
"""Units and accounts from the terminal, wrong log-ins from fifty sides at once, and a backup taken while the
service runs that comes back on another machine."""
import concurrent.futures
import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
import unittest
import urllib.parse

from flow import ADMIN, PACKS, Server, khien
from signed_in import SignedIn

HEAD = "Mã,Mã cấp trên,Tên đầy đủ,Tên viết tắt,Loại,Quyết định số,Ngày ký,Có hiệu lực từ ngày\n"
GOOD = HEAD + ("xa-a,,Ủy ban nhân dân xã A,UBND xã A,agency,1/QĐ,01/02/2020,01/03/2020\n"
               "th-a,xa-a,Trường Tiểu học A,,trường học,2/QĐ,2020-02-01,1-4-2020\n")
BAD = HEAD + ("xa-a,,Ủy ban nhân dân xã A,,agency,1/QĐ,01/02/2020,01/03/2020\n"
              "th-b,khong-co,Trường B,,school,2/QĐ,01/02/2020,01/03/2020\n"
              "có dấu,,Trường C,,school,2/QĐ,01/02/2020,01/03/2020\n"
              "d,,,,school,2/QĐ,01/02/2020,01/03/2020\n"
              "e,,Trường E,,lâu đài,2/QĐ,01/02/2020,01/03/2020\n"
              "f,,Trường F,,school,,01/02/2020,01/03/2020\n"
              "g,,Trường G,,school,2/QĐ,31/02/2020,01/03/2020\n"
              "xa-a,,Trường H,,school,2/QĐ,01/02/2020,01/03/2020\n")


class Data(unittest.TestCase):
    """A data folder that was set up, and no service running on it."""

    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="khien-org-")
        cls.master = os.path.join(cls.base, "master")
        with Server() as server:
            server.set_up()
            server.stop()
            shutil.copytree(server.data, cls.master, ignore=shutil.ignore_patterns("intake.sock*"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.base)

    def setUp(self):
        self.data = os.path.join(tempfile.mkdtemp(dir=self.base), "data")
        shutil.copytree(self.master, self.data)

    def run_khien(self, *args, **more):
        return khien(*args, "--data", self.data, "--packs", PACKS, **more)

    def file(self, name, content):
        path = os.path.join(os.path.dirname(self.data), name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(content)
        return path


class Units(Data):
    def test_all_faults_of_a_file_are_named_and_nothing_is_saved(self):
        done = self.run_khien("unit", "import", self.file("b.csv", BAD))
        self.assertEqual(done.status, 1, done)
        for row in (3, 4, 5, 6, 7, 8, 9):
            self.assertIn(f"dòng {row}:", done.out)
        self.assertNotIn("dòng 2:", done.out)
        self.assertIn("7 lỗi; không ghi gì", done.out)
        self.assertEqual(len(self.run_khien("unit", "list").out.splitlines()), 1)

    def test_what_cannot_be_tried_is_not_done(self):
        done = self.run_khien("unit", "add", "--name", "Xã Thử", "--number", "1/QĐ", "--signed", "01/01/2026", "--from", "01/01/2026",
                              "--dry-run")
        self.assertEqual(done.status, 2, done)
        self.assertIn("chỉ dùng với import", done.err)
        self.assertNotIn("Xã Thử", self.run_khien("unit", "list").out)

    def test_all_that_is_wrong_with_one_unit_is_told(self):
        done = self.run_khien("unit", "add", "--code", "có dấu", "--signed", "x", "--from", "01/01/2026")
        self.assertEqual(done.status, 2, done)
        for words in ("Hãy ghi số của quyết định.", "Hãy ghi ngày ký", "Hãy nhập tên đơn vị", "Mã đơn vị chỉ gồm"):
            self.assertIn(words, done.err)

    def test_a_file_is_looked_at_first_and_saved_once(self):
        path = self.file("g.csv", GOOD)
        done = self.run_khien("unit", "import", path, "--dry-run")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(len(self.run_khien("unit", "list").out.splitlines()), 1)
        self.assertEqual(self.run_khien("unit", "import", path).status, 0)
        lines = self.run_khien("unit", "list").out.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("    Trường Tiểu học A\tth-a\tschool\t2020-04-01", lines[2])
        again = self.run_khien("unit", "import", path)
        self.assertIn("0 đơn vị mới", again.out)

    def test_a_decision_changes_the_tree_from_its_day(self):
        self.run_khien("unit", "import", self.file("g.csv", GOOD))
        paper = ("--number", "9/NQ", "--signed", "1/6/2025", "--from", "1/7/2025")
        done = self.run_khien("unit", "rename", "xa-a", "--name", "Phường A", *paper)
        self.assertEqual(done.status, 0, done)
        self.assertIn("Phường A", self.run_khien("unit", "list").out)
        self.assertIn("xã A", self.run_khien("unit", "list", "--on", "30/06/2025").out)
        done = self.run_khien("unit", "move", "xa-a", "--parent", "th-a", *paper)
        self.assertEqual(done.status, 2, done)
        self.assertIn("dưới chính nó", done.err)
        self.assertEqual(self.run_khien("unit", "end", "xa-a", "--into", "th-a", *paper).status, 0)
        self.assertNotIn("Phường A", self.run_khien("unit", "list").out)
        shown = self.run_khien("unit", "show", "xa-a").out
        event = shown.splitlines()[-1].split("\t")[0]
        self.assertEqual(self.run_khien("unit", "undo", event).status, 0)
        self.assertIn("Phường A", self.run_khien("unit", "list").out)

    def test_accounts(self):
        done = self.run_khien("user", "add", "binh.tran", "--name", "Trần Bình", "--role", "officer")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.run_khien("user", "add", "binh.tran", "--name", "X", "--role", "staff").status, 2)
        self.assertEqual(self.run_khien("user", "role", "binh.tran", "vua").status, 2)
        self.assertEqual(self.run_khien("user", "role", "binh.tran", "head").status, 0)
        self.assertEqual(self.run_khien("user", "disable", "binh.tran").status, 0)
        self.assertIn("binh.tran\thead\tdisabled", self.run_khien("user", "list").out)
        self.assertEqual(self.run_khien("user", "disable", ADMIN[0]).status, 2, "the last administrator")


class Locked(unittest.TestCase):
    # EVIDENCE: D12.1.b
    def test_fifty_at_once_get_five_tries(self):
        with Server() as server:
            server.set_up()

            def one(number, password=None):
                while True:
                    page = server.browser().post("/dang-nhap", {"ten-dang-nhap": ADMIN[0],
                                                                "mat-khau": password or f"sai {number}"})
                    if page.status != 429:
                        return page.text

            with concurrent.futures.ThreadPoolExecutor(50) as pool:
                texts = list(pool.map(one, range(50)))
            self.assertIn("đã bị khóa", one(50, ADMIN[1]))
            server.stop()
            with contextlib.closing(sqlite3.connect(f"file:{server.data}/khien.db?mode=ro", uri=True)) as db:
                counts = dict(db.execute("SELECT what, count(*) FROM event WHERE what LIKE 'login-%' GROUP BY what"))
            self.assertEqual(counts["login-wrong"], 4)
            self.assertEqual(counts["login-locked"], 1)
            self.assertEqual(counts["login-while-locked"], 46)
            self.assertEqual(sum("đã bị khóa" in text for text in texts), 46)


class Forms(SignedIn):
    """What is wrong with a form is told at once: in the order of its fields, each at its field."""

    def faults(self, path, **fields):
        """The fields that the list at the top leads to; each of them says itself what is wrong with it."""
        page = self.form(path, **fields)
        self.assertEqual(page.status, 422, page.text)
        found = re.findall(r'<li><a href="#([^"]+)">', page.text)
        for name in found:
            self.assertEqual(len(re.findall(f'id="{name}"', page.text)), 1, name)
            self.assertEqual(len(re.findall(f'<p class="fault" id="{name}-loi">', page.text)), 1, name)
        return found

    def form(self, path, **fields):
        return self.admin.post(path, {"dau": self.admin.mark, **{k.replace("_", "-"): v for k, v in fields.items()}})

    def test_units_and_people_tell_all_that_is_wrong_at_once(self):
        nothing = {"so_qd": "", "ngay_ky": "31/02/2026", "hieu_luc": "mai"}
        decision = ["so-qd", "ngay-ky", "hieu-luc"]
        self.assertEqual(self.faults("/don-vi/1/them", cap_tren="99", ten="", viet_tat="",
                                     ma="có dấu", loai="lâu đài", **nothing),
                         ["cap-tren", "ten", "ma", "loai", *decision])
        self.assertEqual(self.faults("/don-vi/1/doi-ten", ten="", viet_tat="x" * 400, **nothing),
                         ["ten", "viet-tat", *decision])
        self.assertEqual(self.faults("/don-vi/1/chuyen", cap_tren="1", **nothing),
                         ["cap-tren", *decision])
        self.assertEqual(self.faults("/don-vi/1/tach", ten1="", xac_nhan="1", **nothing),
                         ["ten1", *decision])
        self.assertEqual(self.faults("/don-vi/1/sap-nhap", sap_nhap="", xac_nhan="1", **nothing),
                         ["sap-nhap", *decision])
        self.assertEqual(self.faults("/nhan-su", ten="", don_vi_moi="99", chuc_vu="x" * 400, ma="",
                                     thu="khong-co", dien_thoai="", so_qd="1", ngay_ky="", hieu_luc="mai"),
                         ["ten", "don-vi-moi", "chuc-vu", "thu", "ngay-ky", "hieu-luc"])
        self.form("/nhan-su", ten="Lê Văn Một", don_vi_moi=1, ma="CB1")
        self.form("/nhan-su", ten="Lê Văn Hai", don_vi_moi=1, ma="CB2")
        self.assertEqual(self.faults("/nhan-su/1", ten="", ma="CB2", thu="x", dien_thoai=""),
                         ["ten", "ma", "thu"])
        self.assertEqual(self.faults("/nhan-su/1/quyet-dinh", tinh_trang="", don_vi="", chuc_vu="", **nothing,
                                     gio="25 giờ", ghi_chu=""),
                         ["tinh-trang", *decision, "gio"])
        self.assertEqual(self.faults("/nhan-su/1/vai-tro", vai_tro="", vt_so="", vt_ky="", vt_tu=""),
                         ["vai-tro", "vt-so", "vt-ky", "vt-tu"])
        with sqlite3.connect(os.path.join(self.server.data, "khien.db")) as db:
            self.assertEqual(db.execute("SELECT (SELECT count(*) FROM unit), (SELECT count(*) FROM staff_role)")
                             .fetchone(), (1, 0))


class Words(SignedIn):
    """What people read is in their words: no codes of the packs, no counts of nothing, no word of the browser."""

    def test_the_law_is_cited_and_nothing_is_not_counted(self):
        page = self.admin.get("/quy-che/tay-son/D12").text
        self.assertNotRegex(re.sub(r"<[^>]*>", " ", page), r"D12\.[0-9a-zđ.]*#\d")
        self.assertIn("điểm b khoản 1 Điều 12</span>", page)
        self.assertNotRegex(self.admin.get("/ban-do").text, r'(title|aria-label)="D\d')
        page = self.admin.get("/goi").text
        self.assertRegex(page, r"\d+ câu của văn bản, \d+ nghĩa vụ")
        self.assertNotRegex(page, r"[ >]0 (câu|nghĩa vụ|ngưỡng|sổ)")

    def test_an_account_is_found_by_name_or_unit(self):
        self.admin.post("/quan-tri/nguoi-dung", {"dau": self.admin.mark, "ten-dang-nhap": "binh.do",
                                                 "ho-ten": "Đỗ Thị Bình", "vai-tro": "officer", "noi-lam": 1})
        for sought, found in (("do thi", ["binh.do"]), ("BÌNH.DO", ["binh.do"]), ("khong-co-ai", [])):
            page = self.admin.get("/quan-tri?q=" + urllib.parse.quote(sought))
            self.assertEqual(re.findall(r'href="/quan-tri/nguoi-dung/\d+">([^<]+)<', page.text), found)
        self.assertGreater(len(re.findall(r'href="/quan-tri/nguoi-dung/\d+">', self.admin.get("/quan-tri").text)), 1)

    def test_the_button_of_a_file_speaks_the_language_of_the_page(self):
        self.assertIn('for="tep">Chọn tệp…', self.admin.get("/so/nhan-su/nhap").text)


class Backup(Data):
    # EVIDENCE: D12.4, D12.6
    def keys(self):
        return ("--passphrase-file", self.file("pass", "mat khau that dai cua xa\n"),
                "--recovery-file", os.path.join(os.path.dirname(self.data), "recovery"))

    def restore(self, file, *keys):
        into = os.path.join(os.path.dirname(self.data), "back")
        return into, khien("restore", file, "--data", into, *keys)

    def test_while_it_serves_and_back_on_another_folder(self):
        with Server(data=self.data) as server:
            file = os.path.join(os.path.dirname(self.data), "b.khien")
            keys = self.keys()
            self.assertEqual(khien("log", "seal", "--data", self.data, "--log", "trail").status, 0)
            done = khien("backup", file, "--data", self.data, *keys, timeout_s=300)
            self.assertEqual(done.status, 0, done)
            self.assertIn("giải thử", done.out)
            self.assertEqual(server.browser().get("/dang-nhap").status, 200)
        self.assertFalse(os.path.exists(file + ".thu"))
        self.assertEqual(khien("backup", file, "--data", self.data, *keys).status, 2, "never overwritten")
        for key in (keys[:2], keys[2:]):
            into, done = self.restore(file, *key)
            self.assertEqual(done.status, 0, done)
            rows, leaves = re.search(r"✓ (\d+) dòng khớp sổ vết, (\d+) mục", done.out).groups()
            self.assertGreater(int(rows), 10)
            self.assertGreater(int(leaves), 10)
            with Server(data=into) as server:
                page = server.browser().post("/dang-nhap", {"ten-dang-nhap": ADMIN[0], "mat-khau": ADMIN[1]})
                self.assertIn("/ma-hai-buoc", page.text)
            shutil.rmtree(into)

    def test_what_is_wrong_is_named_and_changes_nothing(self):
        file, keys = os.path.join(os.path.dirname(self.data), "b.khien"), self.keys()
        self.assertEqual(khien("backup", file, "--data", self.data, *keys, timeout_s=300).status, 0)
        into, done = self.restore(file, "--passphrase-file", self.file("other", "mat khau khac han day\n"))
        self.assertEqual(done.status, 2)
        self.assertIn("không mở được", done.err)
        self.assertNotIn("sudo", done.err)      # the words are wrong, not who types them
        with open(file, "r+b") as backup:
            backup.seek(os.path.getsize(file) // 2)
            backup.write(b"X")
        into, done = self.restore(file, *keys)
        self.assertIn("bị hỏng hoặc thiếu", done.err)
        os.truncate(file, os.path.getsize(file) // 2 - 100)
        into, done = self.restore(file, *keys)
        self.assertIn("bị hỏng hoặc thiếu", done.err)
        self.assertFalse(os.path.exists(into))
        self.assertFalse(os.path.exists(into + ".dang-khoi-phuc"))
        _, done = self.restore(self.file("x", "not a backup"), *keys)
        self.assertEqual(done.status, 2)
        done = khien("restore", file, "--data", self.data, *keys)
        self.assertIn("đã có dữ liệu", done.err)
        self.assertTrue(os.path.exists(os.path.join(self.data, "khien.db")))


if __name__ == "__main__":
    unittest.main()
