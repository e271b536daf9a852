#!/usr/bin/env python3
"""Files attached to records: what came in is what lies on the disk and what goes out; nothing of it runs in a
browser; taken off with a reason, put back; in the trail and in the backup."""
import hashlib
import os
import re
import unittest

from flow import Server, khien

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40        # what the bytes begin with decides
HTML = b"<html><script>alert(document.cookie)</script>"


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.browser = cls.server.set_up()
        page = cls.browser.get("/api/v1/session")
        cls.mark = page.json()["mark"]
        cls.browser.post("/so/wifi/moi", {"dau": cls.mark, "t-ssid": "Mang khach", "t-doi-tuong": "khach",
                                          "t-trang-thai": "dang-phat"})
        cls.record = int(re.search(r"/ban-ghi/(\d+)", cls.browser.path).group(1))

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.own.cleanup()

    def attach(self, name, content, record=None, **fields):
        page = self.browser.upload(f"/ban-ghi/{record or self.record}/tep", {"dau": self.mark, **fields},
                                   [("tep", name, content)])
        self.assertEqual(page.status, 200, page.text)
        return int(re.search(r'href="/tep/(\d+)">', page.text).group(1))

    def test_what_came_goes_out_again(self):
        content = os.urandom(3 << 20)
        number = self.attach("Biên bản “số 1”.docx", content)
        digest = hashlib.sha256(content).hexdigest()
        self.assertIn(digest, self.browser.page.text)
        self.assertIn("3,0 MB", self.browser.page.text)
        page = self.browser.get(f"/tep/{number}/tai")
        self.assertEqual(page.body, content)
        self.assertEqual(page.headers["Content-Type"], "application/octet-stream")
        self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
        self.assertRegex(page.headers["Content-Disposition"], r'^attachment; filename="bien_ban_[a-z0-9_]*\.docx"')
        self.assertIn("filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n", page.headers["Content-Disposition"])
        with open(os.path.join(self.server.data, "files", digest), "rb") as kept:
            self.assertEqual(kept.read(), content)
        self.assertEqual(os.listdir(os.path.join(self.server.data, "incoming")), [])

    def test_nothing_of_it_runs_in_a_browser(self):
        for name, content in (("a.html", HTML), ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"),
                              ("a.pdf", HTML)):
            number = self.attach(name, content)
            page = self.browser.get(f"/tep/{number}/tai")
            self.assertEqual(page.headers["Content-Type"], "application/octet-stream")
            self.assertTrue(page.headers["Content-Disposition"].startswith("attachment"))
            self.assertEqual(self.browser.get(f"/tep/{number}/hinh").status, 404, name)
            look = self.browser.get(f"/tep/{number}").text
            self.assertNotIn("<script>alert", look)
            self.assertNotIn("<svg xmlns=&apos;", look)
        number = self.attach("x.png", PNG)
        page = self.browser.get(f"/tep/{number}/hinh")
        self.assertEqual((page.status, page.headers["Content-Type"], page.body), (200, "image/png", PNG))
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])

    def test_names_do_no_harm(self):
        for name in ('../../khien.db', 'a%22; filename=evil.exe', "x" * 300 + ".txt", "tệp\u202egpj.exe"):
            number = self.attach(name, b"x" + name.encode())
            head = self.browser.get(f"/tep/{number}/tai").headers["Content-Disposition"]
            self.assertRegex(head, r'^attachment; filename="[a-z0-9._-]+"; filename\*=UTF-8\'\'[A-Za-z0-9%._~-]+$')
        self.assertFalse([n for n in os.listdir(os.path.join(self.server.data, "files")) if len(n) != 64])

    def test_off_with_a_reason_and_back(self):
        number = self.attach("nham.txt", b"nham")
        page = self.browser.post(f"/tep/{number}/go", {"dau": self.mark, "ly-do": ""})
        self.assertEqual(page.status, 400)
        page = self.browser.post(f"/tep/{number}/go", {"dau": self.mark, "ly-do": "nhầm bản ghi"})
        self.assertIn("<del>nham.txt</del>", page.text)
        self.assertIn("nhầm bản ghi", page.text)
        page = self.browser.post(f"/tep/{number}/lai", {"dau": self.mark})
        self.assertNotIn("<del>nham.txt</del>", page.text)
        self.browser.post(f"/tep/{number}/go", {"dau": self.mark, "ly-do": "nhầm"})
        self.assertEqual(self.browser.get(f"/tep/{number}/tai").body, b"nham", "history can still be read")

    def test_too_much_is_said_in_words(self):
        page = self.browser.upload(f"/ban-ghi/{self.record}/tep", {"dau": self.mark},
                                   [("tep", "lon.bin", b"x" * (65 << 20))])
        self.assertEqual(page.status, 413)
        self.assertIn("Tệp quá lớn", page.text)
        self.assertIn("Không có gì bị thay đổi", page.text)
        self.assertEqual(os.listdir(os.path.join(self.server.data, "incoming")), [])
        stranger = self.server.browser()
        page = stranger.upload(f"/ban-ghi/{self.record}/tep", {}, [("tep", "a", b"x" * 1000)], follow=False)
        self.assertEqual(page.status, 303, "whoever is not logged in brings nothing")
        page = stranger.upload(f"/ban-ghi/{self.record}/tep", {}, [("tep", "a", b"x" * (65 << 20))], follow=False)
        self.assertEqual(page.status, 413, "nor would logging in help")
        self.assertIn("nhiều nhất 64 MB", page.text)
        self.assertEqual(os.listdir(os.path.join(self.server.data, "incoming")), [])
        page = self.browser.upload(f"/ban-ghi/{self.record}/tep", {"dau": "wrong"}, [("tep", "a", b"x")])
        self.assertEqual(page.status, 403)
        page = self.browser.upload(f"/ban-ghi/{self.record}/tep", {"dau": self.mark}, [])
        self.assertIn("Chưa chọn tệp nào", page.text)

    def test_altered_bytes_are_not_given_out(self):
        content = os.urandom(200000)
        number = self.attach("goc.bin", content)
        path = os.path.join(self.server.data, "files", hashlib.sha256(content).hexdigest())
        with open(path, "r+b") as kept:
            kept.seek(100000)
            kept.write(b"sai")
        with self.assertRaises(Exception) as broken:      # the answer breaks off: fewer bytes than announced
            self.browser.get(f"/tep/{number}/tai")
        self.assertRegex(type(broken.exception).__name__, "IncompleteRead|ConnectionReset|RemoteDisconnected")
        self.server.wait_for("is not what was kept")

    # EVIDENCE: D12.9#2
    def test_a_field_that_asks_for_a_file_is_judged_by_the_file(self):
        self.browser.post("/so/erasures/moi", {"dau": self.mark, "t-so-se-ri": "SN-1234", "t-ngay": "01/02/2026",
                                               "t-cach": "pha-huy", "t-ket-qua": "dat", "t-chung-nhan": "12/GCN"})
        self.assertRegex(self.browser.path, r"^/ban-ghi/\d+", self.browser.page.text)
        record = int(re.search(r"/ban-ghi/(\d+)", self.browser.path).group(1))
        lacks = "chưa đính kèm “Giấy chứng nhận (tệp)”"
        self.assertIn(lacks, self.browser.get(f"/ban-ghi/{record}").text, "its number is typed, the paper is not there")
        self.attach("khac.pdf", b"%PDF-1.4 khac", record)
        self.assertIn(lacks, self.browser.get(f"/ban-ghi/{record}").text, "another file is not the certificate")
        number = self.attach("giay.pdf", b"%PDF-1.4 giay", record, truong="tep")
        self.assertNotIn(lacks, self.browser.get(f"/ban-ghi/{record}").text)
        self.browser.post(f"/tep/{number}/go", {"dau": self.mark, "ly-do": "nhầm"})
        self.assertIn(lacks, self.browser.get(f"/ban-ghi/{record}").text)
        self.browser.post(f"/tep/{number}/lai", {"dau": self.mark})
        self.assertNotIn(lacks, self.browser.get(f"/ban-ghi/{record}").text)

    def test_a_full_quota_refuses_and_says_so(self):
        page = self.browser.get("/quan-tri/tep")
        self.assertIn("10,0 GB", page.text)
        self.assertEqual(self.browser.post("/quan-tri/tep", {"dau": self.mark, "han-muc": "0"}).status, 422)
        content = os.urandom(1 << 20)
        number = self.attach("mot.bin", content)
        self.assertEqual(self.browser.post("/quan-tri/tep", {"dau": self.mark, "han-muc": "1"}).status, 200)
        try:
            self.assertIn("Gần đầy hoặc đã đầy", self.browser.get("/quan-tri/tep").text)
            page = self.browser.upload(f"/ban-ghi/{self.record}/tep", {"dau": self.mark}, [("tep", "hai.bin", b"hai")])
            self.assertEqual(page.status, 507)
            self.assertIn("hết hạn mức", page.text)
            self.assertIn("Không có gì bị thay đổi", page.text)
            self.assertNotIn("hai.bin", self.browser.get(f"/ban-ghi/{self.record}").text)
            self.assertEqual(self.browser.get(f"/tep/{number}/tai").body, content, "what is there stays")
            self.assertEqual(os.listdir(os.path.join(self.server.data, "incoming")), [])
        finally:
            self.browser.post("/quan-tri/tep", {"dau": self.mark, "han-muc": "10240"})
        self.assertIn("Đang dùng", self.browser.get("/quan-tri/tep").text)
        self.attach("hai.bin", b"hai")

    def test_they_are_in_the_backup(self):
        content = os.urandom(50000)
        self.attach("sao-luu.bin", content)
        with open(os.path.join(self.server.own.name, "mat-khau"), "w", encoding="utf-8") as out:
            out.write("mot cau mat khau dai\n")
        backup, into = (os.path.join(self.server.own.name, n) for n in ("sao.khien", "tra-lai"))
        done = khien("backup", backup, "--data", self.server.data, "--passphrase-file", out.name)
        self.assertEqual(done.status, 0, done)
        done = khien("restore", backup, "--data", into, "--passphrase-file", out.name)
        self.assertEqual(done.status, 0, done)
        with open(os.path.join(into, "files", hashlib.sha256(content).hexdigest()), "rb") as kept:
            self.assertEqual(kept.read(), content)


if __name__ == "__main__":
    unittest.main()
