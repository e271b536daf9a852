#!/usr/bin/env python3
"""What people read and choose: marks of thousands, words in place of codes, long lists that can be searched, and the
first half hour of a new unit."""
import csv
import io
import json
import os
import re
import unittest

from flow import khien
from signed_in import SignedIn, first_log_in


class Reading(SignedIn):
    def english(self, path):
        self.admin.get("/ngon-ngu/en?ve=/")
        try:
            return self.admin.get(path).text
        finally:
            self.admin.get("/ngon-ngu/vi?ve=/")

    def imported(self, register, heads, rows):
        path = os.path.join(self.server.own.name, f"{register}.csv")
        with open(path, "w", encoding="utf-8") as out:
            csv.writer(out).writerows([heads, *rows])
        done = khien("register", "import", register, path, "--data", self.server.data, "--unit", "1")
        self.assertEqual(done.status, 0, f"{done.out}{done.err}")

    def test_counts_have_marks_of_thousands_where_people_read_them_and_nowhere_else(self):
        self.imported("domains", ["Tên miền", "Tình trạng"],
                      [[f"m{i}.tayson.example", "Đang sử dụng"] for i in range(1234)])
        shelf = self.admin.get("/so").text
        self.assertIn("1.234", shelf)
        self.assertNotIn("1234", shelf)
        self.assertIn("1,234", self.english("/so"))
        self.assertIn("1.234", self.admin.get("/so/domains").text)
        rows = list(csv.reader(io.StringIO(self.admin.get("/so/domains/xuat?dang=csv").text)))
        self.assertGreater(len(rows), 1234)
        self.assertNotIn("1.234", self.admin.get("/api/v1/registers/domains").text)

    def test_registers_are_found_by_words(self):
        links = lambda page: re.findall(r'<th scope="row"><a href="/so/([a-z-]+)">', page)  # noqa: E731
        everything = links(self.admin.get("/so").text)
        self.assertGreater(len(everything), 40)
        self.assertIn("wifi", links(self.admin.get("/so?q=KHONG+day").text))
        few = links(self.admin.get("/so?q=ten+mien").text)          # without marks
        self.assertIn("domains", few)
        self.assertLess(len(few), 10)
        self.assertEqual(few, [r for r in everything if r in few])   # in the same order
        self.assertIn("erasures", links(self.admin.get("/so?q=khoan+9+dieu+12").text))
        empty = links(self.admin.get("/so?xem=trong").text)
        self.assertTrue(empty and len(empty) < len(everything))
        self.assertNotIn("erasures", empty)                          # which may be empty
        page = self.admin.get("/so?q=khongcosonaynhuvay").text
        self.assertIn("Không có sổ nào như vậy", page)
        self.assertIn(f"{len(everything)} sổ; Quy chế buộc", page)

    def test_what_a_case_is_about_is_chosen_and_not_typed(self):
        self.imported("devices", ["Tên thiết bị", "Loại", "Trạng thái"],
                      [["Máy quét phòng Văn thư", "Máy trạm", "Lưu kho"], ["Máy chủ cũ", "Máy trạm", "Lưu kho"]])
        page = self.admin.get("/ho-so/moi?luong=device-disposal&tim=quet+van+thu").text
        found = re.findall(r'name="ban-ghi" value="(\d+)" required> ([^<]+)<', page)
        self.assertEqual([words for _, words in found], ["Máy quét phòng Văn thư"])
        self.assertEqual(len(re.findall(r'type="radio" name="ban-ghi"', self.admin.get(
            "/ho-so/moi?luong=device-disposal").text)), 2)
        self.assertIn("Không tìm thấy gì để chọn",
                      self.admin.get("/ho-so/moi?luong=device-disposal&tim=khongco").text)
        self.admin.get("/ho-so/moi?luong=device-disposal&tim=quet")
        page = self.admin.submit({"ban-ghi": found[0][0]}, action="/ho-so")
        self.assertEqual(page.status, 200)
        self.assertIn("<h1>Máy quét phòng Văn thư</h1>", page.text)
        # who comes from the record has it chosen
        page = self.admin.get(f"/ho-so/moi?luong=device-disposal&ban-ghi={found[0][0]}").text
        self.assertIn(f'type="hidden" name="ban-ghi" value="{found[0][0]}"', page)
        self.assertIn("<strong>Máy quét phòng Văn thư</strong>", page)
        self.admin.post("/nhan-su", {"dau": self.admin.mark, "ten": "Đặng Thị Chuyển", "don-vi-moi": 1})
        page = self.admin.get("/ho-so/moi?luong=personnel&tim=thi+chuyen").text
        self.assertRegex(page, r'name="nguoi" value="\d+" required> Đặng Thị Chuyển<')

    def test_duties_ahead_are_folded_and_have_words(self):
        page = self.admin.get("/viec").text
        self.assertRegex(page, r'<details class="fold whole">\s*<summary><h2 class="state"><span class="chip duty-ahead">')
        for item in re.findall(r'<li class="item brief">.*?</li>', page, re.S):
            self.assertNotIn("chip", item)              # its heading tells the state, once
        self.assertRegex(page, r'<details class="fold">\s*<summary><h2>Ủy quyền khi vắng mặt')
        if 'action="/viec/uy-quyen"' not in page:
            self.assertIn("chưa có ai khác dùng Khiên để làm thay", page)
            khien("user", "add", "lam.thay", "--name", "Người Thay", "--role", "staff", "--data", self.server.data)
            self.admin.get("/viec")
        refused = self.admin.submit({"ly-do": "Đi học", "tu": "31/02/2027", "den": "01/03/2027"},
                                    action="/viec/uy-quyen")
        self.assertEqual(refused.status, 400)           # what was wrong stands open, with what was typed
        self.assertRegex(refused.text, r'<details class="fold" open>\s*<summary><h2>Ủy quyền khi vắng mặt')
        self.assertIn('value="31/02/2027"', refused.text)
        said = khien("duty", "list", "--data", self.server.data).out
        self.assertIn("chưa đến hạn", said)
        self.assertNotIn("  ahead  ", said)
        said = khien("duty", "list", "--data", self.server.data, env={"KHIEN_LANG": "en"}).out
        self.assertIn("not due yet", said)
        told = json.loads(khien("duty", "list", "--data", self.server.data, "--format", "json").out)["duties"]
        self.assertLessEqual({d["state"] for d in told}, {"overdue", "due-today", "due-soon", "ahead"})
        rows = list(csv.DictReader(io.StringIO(
            khien("duty", "list", "--data", self.server.data, "--format", "csv").out.lstrip("\ufeff"))))
        self.assertEqual([(r["duty"], r["state"], r["due"]) for r in rows],
                         [(d["duty"], d["state"], d["due"]) for d in told])

    def test_statements_cite_articles(self):
        for path in set(re.findall(r'href="(/xac-nhan/[a-z-]+)"', self.admin.get("/xac-nhan").text)):
            page = self.admin.get(path).text
            points = page[page.index('<ol class="points">'):page.index("</ol>")]
            self.assertNotRegex(points, r">[^<]*\bD\d+\.", path)
            self.assertRegex(points, r">[^<]*Điều \d+</a>", path)

    def test_machines_are_listed_once(self):
        page = self.admin.get("/quan-tri").text
        self.assertNotIn("/quan-tri/may/", page)
        self.assertIn('href="/may"', page)
        self.assertIn('href="/quan-tri/may/1"', self.admin.get("/may/1").text)

    def test_the_first_half_hour_counts_down(self):
        def steps():
            page = self.admin.get("/hom-nay").text
            if "Ba mươi phút đầu tiên" not in page:
                return None
            part = page[page.index("Ba mươi phút đầu tiên"):]
            return tuple(map(int, re.search(r'<span class="count">(\d+)/(\d+)</span>', part).groups()))

        before = steps()
        self.assertIsNotNone(before)
        self.assertLess(before[0], before[1])
        if not self.admin.get("/nhan-su").text.count('href="/nhan-su/'):
            self.admin.post("/nhan-su", {"dau": self.admin.mark, "ten": "Lê Thị Đầu", "don-vi-moi": 1})
            self.assertGreaterEqual(steps()[0], before[0])

    def test_a_saved_step_leads_to_the_next(self):
        self.admin.get("/don-vi/1/loai")
        page = self.admin.submit({"loai": "agency"}, action="/don-vi/1/loai").text   # no role ticked
        self.assertIn("Chưa chọn vai trò nào", page)
        self.assertNotIn("Đã lưu.", page)
        self.assertRegex(page, r'Bước tiếp theo: <a class="button" href="/don-vi/1/loai">')
        roles = re.findall(r'name="vai-tro" value="([A-Z ]+)"', self.admin.get("/don-vi/1/loai").text)
        self.admin.submit({"loai": "agency", "vai-tro": " ".join(roles)}, action="/don-vi/1/loai")
        page = self.admin.get("/don-vi/1?bao=da-luu").text
        self.assertIn("Đã lưu.", page)
        self.assertRegex(page, r'Bước tiếp theo: <a class="button" href="/')
        self.assertNotIn('href="/don-vi/1/loai">Chọn vai trò', page)
        self.assertNotIn("Bước tiếp theo", self.admin.get("/don-vi/1").text)

    def test_an_empty_register_tells_how_it_begins(self):
        page = self.admin.get("/so/vendors").text
        for way in ("moi", "nhap", "mau"):
            self.assertIn(f'<a href="/so/vendors/{way}">', page)
        self.assertRegex(page, r'ký “không có” một lần; \d+ nghĩa vụ[^<]*<a href="/ket-qua/1/ra-soat#co-vendor">')
        self.assertIn('id="co-vendor"', self.admin.get("/ket-qua/1/ra-soat").text)
        self.assertIn("Sổ chưa có bản ghi nào. Để trống là đúng nếu", re.sub("<[^>]+>", "", page))
        self.assertIn("nghĩa vụ lấy sổ này làm bằng chứng", self.admin.get("/so/systems").text)
        shelf = self.admin.get("/so").text
        told = re.search(r"(\d+) sổ; Quy chế buộc (\d+) sổ phải có bản ghi", shelf)
        self.assertLess(int(told.group(2)), int(told.group(1)))
        onetime = khien("user", "add", "doc", "--name", "Người Đọc", "--role", "auditor", "--data", self.server.data)
        reader = first_log_in(self.server, "doc", re.search(r"\S+-\S+-\S+", onetime.out).group())
        page = reader.get("/so/vendors").text
        self.assertIn("Sổ chưa có bản ghi nào", page)
        self.assertNotIn("/so/vendors/moi", page)
        self.assertNotIn("ra-soat#co-vendor", page)

    def test_pages_tell_what_is_not_linked_yet(self):
        self.assertIn("chưa gắn với người nào", self.admin.get("/xac-nhan").text)
        self.assertIn("chưa gắn với ai trong danh sách", self.admin.get("/quan-tri/nguoi-dung/1").text)
        self.admin.post("/nhan-su", {"dau": self.admin.mark, "ten": "Phạm Thị Mới", "don-vi-moi": 1})
        page = self.admin.get(re.search(r'href="(/nhan-su/\d+)">Phạm Thị Mới', self.admin.get("/nhan-su").text).group(1)).text
        self.assertIn('<a href="#m-vt-so">Giao một vai trò</a>', page)
        path = re.search(r'href="(/quan-tri\?ten=[^"#]+)#them"', page).group(1)
        self.assertIn('value="Phạm Thị Mới"', self.admin.get(path).text)
        self.assertIn("Không có ai khớp", self.admin.get("/nhan-su?q=khongaitenvay").text)
        self.admin.post("/don-vi/1/them", {"dau": self.admin.mark, "cap-tren": 1, "ten": "Trạm Trống", "loai": "agency",
                                           "so-qd": "1/QĐ", "ngay-ky": "01/01/2026", "hieu-luc": "01/01/2026"})
        unit = re.search(r'href="/don-vi/(\d+)">Trạm Trống', self.admin.get("/don-vi").text).group(1)
        page = self.admin.get(f"/nhan-su?don-vi={unit}").text
        self.assertIn("Đơn vị này chưa có ai", page)
        self.assertNotIn("Không có ai khớp", page)

    def test_the_log_of_log_ins_has_pages(self):
        for i in range(120):
            khien("user", "add", f"nguoi.{i}", "--name", f"Người {i}", "--role", "staff", "--data", self.server.data)
        seen, path, pages = [], "/quan-tri/nhat-ky", 0
        while path and pages < 20:
            page = self.admin.get(path).text
            seen += re.findall(r"nguoi\.\d+", page)
            found = re.search(r'href="(/quan-tri/nhat-ky\?[^"]+)"[^>]*>Cũ hơn', page)
            path, pages = found and found.group(1).replace("&amp;", "&"), pages + 1
        self.assertGreater(pages, 1)
        self.assertEqual(len(set(seen)), 120)


if __name__ == "__main__":
    unittest.main()
