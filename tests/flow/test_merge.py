#!/usr/bin/env python3
"""Units that merge and split: what goes along, what stays as it was on its day, who may see it then, and all of it
back again."""
import datetime
import json
import re
import sqlite3
import time
import unittest

from flow import ADMIN, Server, khien, totp
from signed_in import mark_of
from test_matrix import account_of

# EVIDENCE: D5.1
DECISION = {"so-qd": "9/QĐ", "ngay-ky": "01/01/2025", "hieu-luc": "01/01/2025"}


def local_day(days):
    """So many days from today, where the law is."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7, days=days)).date()


class Merge(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.server = Server()
        self.server.start()
        self.addCleanup(self.server.own.cleanup)
        self.addCleanup(self.server.stop)
        self.admin = self.server.set_up()
        mark_of(self.admin)
        for name in ("Xã Đông", "Xã Tây"):
            self.form("/don-vi/1/them", cap_tren=1, ten=name, loai="agency", so_qd="1/QĐ", ngay_ky="01/01/2020",
                      hieu_luc="01/01/2020")
        self.records = {unit: self.record(unit) for unit in (2, 3)}
        self.admin.get(f"/ban-ghi/{self.records[2]}")
        page = self.admin.upload(f"/ban-ghi/{self.records[2]}/tep", {"dau": self.admin.mark}, [("tep", "a.txt", b"a")])
        self.file = re.search(r'href="/tep/(\d+)"', page.text).group(1)
        self.form("/ho-so", luong="exception", don_vi=2)
        self.case = re.search(r"/ho-so/(\d+)", self.admin.path).group(1)
        self.form("/nhan-su", ten="Trần Đông", don_vi_moi=2)
        self.officers = {unit: account_of(self.server, self.admin, "officer", unit) for unit in (2, 3)}

    def form(self, path, status=200, **fields):
        page = self.admin.post(path, {"dau": self.admin.mark, **{k.replace("_", "-"): v for k, v in fields.items()}})
        self.assertEqual(page.status, status, page.text)
        return page

    def record(self, unit):
        self.form("/so/wifi/moi", t_ssid=f"Mang {unit}", t_doi_tuong="khach", t_trang_thai="dang-phat", don_vi=unit)
        return re.search(r"/ban-ghi/(\d+)", self.admin.path).group(1)

    def merge(self, **more):
        """Xã Đông (2) into Xã Tây (3)."""
        return self.form("/don-vi/3/sap-nhap", u2="1", **{**DECISION, **more})

    @staticmethod
    def told(page):
        """What the preview says of each kind of thing: how many, and what becomes of them."""
        rows = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', page, re.S)
        return {what: tuple(re.findall(r"</span>([^<]*)</td>", cells)) for what, cells in rows}

    def rows(self, sql, *values):
        with sqlite3.connect(f"{self.server.data}/khien.db") as db:
            return db.execute(sql, values).fetchall()

    def tied(self):
        """A role, an exception of the whole unit, a saved view and a token, all of Xã Đông (2)."""
        self.form("/nhan-su/1/vai-tro", vai_tro="IT", vt_so="9/QĐ", vt_ky="01/01/2025", vt_tu="01/01/2024")
        day = (local_day(20)).strftime("%d/%m/%Y")
        head = account_of(self.server, self.admin, "head", 2)
        page = head.post(f"/ho-so/{self.case}/buoc", {
            "dau": head.mark, "buoc": "grant", "obligation": "D12.2", "reason": "máy cũ", "measure": "khóa phòng",
            "from_day": local_day(-1).strftime("%d/%m/%Y"), "until_day": day})
        self.assertEqual(page.status, 200, page.text)
        own = self.officers[2]
        page = own.post("/so/wifi/cach-xem", {"dau": own.mark, "dia-chi": "?don-vi=2&tim=mang", "ten-cach-xem": "Mạng"})
        self.assertEqual(page.status, 200, page.text)
        page = own.post("/tai-khoan/ma-api", {"dau": own.mark, "ten-ma": "Đếm", "quyen": "doc"})
        self.token = re.search(r'<code class="key">(khien_[A-Z0-9]+)</code>', page.text).group(1)

    def alive(self):
        page = self.server.browser().get("/api/v1/session", headers={"Authorization": f"Bearer {self.token}"}, follow=False)
        return page.status == 200

    def test_the_log_of_log_ins_tells_a_role_by_its_name(self):
        self.tied()
        for path in ("/quan-tri/nhat-ky", "/quan-tri/nhat-ky.csv"):
            self.assertIn("Cán bộ chuyên trách công nghệ thông tin", self.admin.get(path).text)

    def test_an_exception_of_a_whole_unit_is_its_own(self):
        """Its officer sees and ends it; who is of another unit knows nothing of it."""
        self.tied()
        number, = self.rows("SELECT id FROM exception")[0]
        own, other = self.officers[2], self.officers[3]
        self.assertIn("máy cũ", own.get("/ngoai-le").text)
        self.assertIn("Ngoại lệ sắp hết hạn", own.get("/hom-nay").text)
        for page in ("/ngoai-le", "/ngoai-le.csv", "/hom-nay"):
            self.assertNotIn("máy cũ", other.get(page).text)
            self.assertNotIn("Ngoại lệ sắp hết hạn", other.get(page).text)
        end = f"/ngoai-le/{number}/ket-thuc"
        self.assertEqual(other.post(end, {"dau": other.mark}).status, 404)
        self.assertEqual(self.rows("SELECT ended_at_s FROM exception"), [(0,)])
        self.assertEqual(own.post(end, {"dau": own.mark}).status, 200)
        self.assertNotEqual(self.rows("SELECT ended_at_s FROM exception"), [(0,)])

    def test_roles_views_tokens_and_exceptions_of_a_unit_that_ends(self):
        self.tied()
        self.assertTrue(self.alive())
        told = self.told(self.merge().text)
        self.assertEqual({what: told[what] for what in ("vai trò theo quy chế", "cách xem đã lưu", "mã truy cập API",
                                                        "ngoại lệ của cả đơn vị")}, {
            "vai trò theo quy chế": ("1", "theo người giữ; vai trò mà đơn vị tiếp nhận đã có người giữ thì kết thúc"),
            "cách xem đã lưu": ("1", "lọc theo đơn vị tiếp nhận"),
            "mã truy cập API": ("1", "hết hiệu lực; chủ của mã tạo mã mới"),
            "ngoại lệ của cả đơn vị": (
                "1", "ở lại với đơn vị cũ, không áp dụng cho đơn vị tiếp nhận; cần thì đề nghị lại")})
        roles = "SELECT unit_id, coalesce(until_day, '') FROM staff_role WHERE role = 'IT' ORDER BY id"
        self.assertEqual(self.rows(roles), [(2, "")])
        self.admin.submit({}, action="/don-vi/3/sap-nhap")
        self.assertEqual(self.rows(roles), [(2, "2025-01-01"), (3, "")])
        self.assertEqual(self.rows("SELECT query FROM record_view"), [("?don-vi=3&tim=mang",)])
        self.assertEqual(self.rows("SELECT unit_id FROM exception"), [(2,)])
        self.assertFalse(self.alive())
        event = re.findall(r'name="su-kien" value="(\d+)"', self.admin.get("/don-vi/2").text)
        self.form("/don-vi/2/hoan-tac", su_kien=event[0])
        self.assertEqual(self.rows(roles), [(2, ""), (3, "2025-01-01")])     # the second was never in force
        self.assertEqual(self.rows("SELECT query FROM record_view"), [("?don-vi=2&tim=mang",)])
        self.assertFalse(self.alive())

    def split(self, **more):
        return self.form("/don-vi/2/tach", ten1="Xã Đông Một", ten2="Xã Đông Hai", ket_thuc="1", **{**DECISION, **more})

    def test_a_split_shares_out_what_was_chosen_and_takes_it_back(self):
        self.tied()
        page = self.split().text
        self.assertIn("Chưa ghi gì", page)
        told = self.told(page)
        self.assertEqual({told[what][1] for what in ("người", "bản ghi trong các sổ", "ngoại lệ của cả đơn vị")},
                         {"chia như chọn dưới đây"})
        self.assertEqual(told["nhóm đăng nhập"][1], "chuyển sang đơn vị tiếp nhận")
        number, = self.rows("SELECT id FROM exception")[0]
        for name in ("chia-staff-1", "chia-record-wifi", f"chia-exception-{number}"):
            self.assertRegex(page, rf'<select[^>]* name="{name}"')
        self.assertIn('<option value="1">Xã Đông Hai</option>', page)
        self.form("/nhan-su", ten="Lý Đông", don_vi_moi=2)
        self.split(xac_nhan="1", chia_staff_1="1", chia_record_wifi="1", **{f"chia_exception_{number}": "0"})
        where = "SELECT unit_id FROM {} WHERE id = {}"
        self.assertEqual([self.rows(where.format(*x))[0][0] for x in (
            ("staff", 1), ("staff", 2), ("record", self.records[2]), ("attachment", self.file),
            ("exception", number))], [5, 4, 5, 5, 2])
        self.assertEqual(self.rows("SELECT unit_id, obligation, reason FROM exception WHERE id <> ?", number),
                         [(4, "tay-son/D12.2", "máy cũ")])
        self.assertEqual(self.rows("SELECT unit_id FROM staff_role WHERE coalesce(until_day, '') = ''"), [(5,)])
        self.assertEqual(self.rows("SELECT unit_id FROM person WHERE login = 'officer.2'"), [(4,)])
        for _ in range(3):                                     # the end, then each share: the newest first
            event = re.findall(r'name="su-kien" value="(\d+)"', self.admin.get("/don-vi/2").text)
            self.form("/don-vi/2/hoan-tac", su_kien=event[0])
        self.assertEqual(self.rows("SELECT DISTINCT unit_id FROM staff"), [(2,)])
        self.assertEqual(self.rows(where.format("record", self.records[2])), [(2,)])
        self.assertEqual(self.rows("SELECT unit_id FROM exception WHERE ended_at_s = 0"), [(2,)])
        self.assertEqual(self.rows("SELECT unit_id FROM staff_role WHERE coalesce(until_day, '') = ''"), [(2,)])

    def test_a_split_that_leaves_the_unit_moves_only_what_was_chosen(self):
        fields = {"ten1": "Trạm Đông", **DECISION}
        page = self.form("/don-vi/2/tach", **fields).text
        self.assertIn("Những gì không chọn thì ở lại", page)
        page = self.form("/don-vi/2/tach", 422, xac_nhan="1", chia_record_wifi="0", **{**fields, "so-qd": ""}).text
        self.assertIn('name="chia-record-wifi" value="0"', page)           # what was chosen is not lost
        self.form("/don-vi/2/tach", xac_nhan="1", chia_record_wifi="0", **fields)
        self.assertEqual(self.rows("SELECT unit_id FROM record WHERE id = ?", self.records[2]), [(4,)])
        self.assertEqual(self.rows("SELECT unit_id FROM staff WHERE id = 1"), [(2,)])

    def statuses(self, browser):
        return [browser.get(path, follow=False).status for path in (
            f"/ban-ghi/{self.records[2]}", f"/tep/{self.file}", f"/ho-so/{self.case}", "/nhan-su/1",
            "/don-vi/2")]                                      # what stays behind is left to the successor

    def of(self, unit, day):
        done = khien("verdicts", "--unit", unit, "--on", day, "--format", "json", "--data", self.server.data,
                     env={"KHIEN_TEST_CLOCK": self.server.clock}, timeout_s=120)
        self.assertEqual(done.status, 0, done)
        # the address of the page is not part of the verdict
        return {(row["obligation"], row["subject"]): (row["verdict"], row["because"])
                for row in json.loads(done.out)["verdicts"]}

    def test_all_goes_along_is_seen_by_the_successor_and_comes_back(self):
        self.assertEqual(self.statuses(self.officers[2]), [200] * 5)
        self.assertEqual(self.statuses(self.officers[3]), [404] * 5)
        page = self.merge()                                     # what would go along, and nothing is done
        self.assertIn("Chưa ghi gì", page.text)
        told = self.told(page.text)
        self.assertEqual({what: told[what][0] for what in (
            "người", "máy", "tài khoản", "bản ghi trong các sổ", "tệp đính kèm bản ghi", "hồ sơ đang mở")}, {
                "người": "1", "máy": "0", "tài khoản": "1", "bản ghi trong các sổ": "1", "tệp đính kèm bản ghi": "1",
                "hồ sơ đang mở": "1"})
        self.assertEqual(self.statuses(self.officers[3]), [404] * 5)
        self.admin.submit({}, action="/don-vi/3/sap-nhap")
        self.assertIn("Đã lưu", self.admin.page.text)
        self.assertEqual(self.statuses(self.officers[3]), [200] * 5)
        page = self.admin.get(f"/ban-ghi/{self.records[2]}")
        self.assertIn("chuyển đơn vị", page.text)
        self.assertIn("9/QĐ", page.text)
        self.assertIn("Mang 2", self.officers[3].get("/so/wifi?don-vi=3").text)
        event = re.findall(r'name="su-kien" value="(\d+)"', self.admin.get("/don-vi/2").text)
        self.form("/don-vi/2/hoan-tac", su_kien=event[0])
        self.assertIn("Đã hoàn tác", self.admin.page.text)
        self.assertEqual(self.statuses(self.officers[3]), [404] * 5)
        self.assertNotIn("Mang 2", self.officers[3].get("/so/wifi").text)
        self.assertEqual([self.admin.get(f"/ban-ghi/{self.records[2]}").status, khien(
            "unit", "show", "2", "--data", self.server.data).out.count("undone")], [200, 1])

    def test_what_was_so_on_a_day_stays_so(self):
        past, later = (local_day(days) for days in (0, 3))
        self.server.pass_time(days=3)
        self.log_in_again()
        before = {unit: self.of(unit, past.isoformat()) for unit in (2, 3)}
        self.assertTrue(any(subject.startswith("record") or "Mang 2" in subject for _, subject in before[2]),
                        sorted({subject for _, subject in before[2]}))
        self.merge(xac_nhan="1", **{"hieu-luc": later.strftime("%d/%m/%Y")})
        for unit in (2, 3):
            after = self.of(unit, past.isoformat())
            self.assertEqual({k: v for k, v in after.items() if before[unit].get(k) != v}, {}, unit)
            self.assertEqual(set(before[unit]) - set(after), set(), unit)
        self.assertEqual(self.admin.get(f"/ho-so/{self.case}").status, 200)

    def log_in_again(self):
        self.admin.get("/dang-nhap")
        self.admin.submit({"ten-dang-nhap": ADMIN[0], "mat-khau": ADMIN[1]}, action="/dang-nhap")
        self.admin.submit({"ma": totp(self.admin.totp_key, time.time() + self.server.shift_s)}, action="/ma-hai-buoc")
        mark_of(self.admin)

    def test_a_cancelled_record_stays_cancelled_and_is_restored_at_the_successor(self):
        record = self.records[2]
        self.admin.get(f"/ban-ghi/{record}")
        self.admin.submit({"ly-do": "trùng"}, action=f"/ban-ghi/{record}/huy")
        self.assertEqual(self.admin.page.status, 200, self.admin.page.text)
        self.merge(xac_nhan="1")
        page = self.admin.get(f"/ban-ghi/{record}")
        self.assertIn("khôi phục", page.text.lower())
        self.admin.submit({}, action=f"/ban-ghi/{record}/hoan-tac")
        self.assertEqual(self.admin.page.status, 200, self.admin.page.text)
        self.assertEqual(self.officers[3].get(f"/ban-ghi/{record}").status, 200)
        self.assertIn("Mang 2", self.officers[3].get("/so/wifi?don-vi=3").text)


if __name__ == "__main__":
    unittest.main()
