#!/usr/bin/env python3
"""The leaver's journey from the decision to the printed proof, a vendor in breach, a device that is not disposed
of without its certificate, a campaign over all units, statements and a session with its quiz, through the pages."""
import contextlib
import html
import json
import os
import re
import sqlite3
import time
import unittest

from flow import ADMIN, Server, free_port, khien
from shard import wait_for
from signed_in import first_log_in
from test_daily import mail_server, writing

DAY_S = 86400


def people_day(at_s):
    return time.strftime("%d/%m/%Y", time.gmtime(at_s + 7 * 3600))


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.admin = cls.server.set_up()
        cls.admin.mark = cls.admin.get("/api/v1/session").json()["mark"]
        cls.today = people_day(time.time())

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.own.cleanup()

    def form(self, path, status=200, **fields):
        page = self.admin.post(path, {"dau": self.admin.mark,
                                      **{k.rstrip("_").replace("__", "-"): v for k, v in fields.items()}})
        self.assertEqual(page.status, status, f"{path}: {page.text}")
        return page

    def person(self, name):
        self.form("/nhan-su", ten=name, don__vi__moi=1)
        return int(re.search(r"/nhan-su/(\d+)", self.admin.path).group(1))

    def imported(self, register, heads, row):
        """A record made from a table; its number."""
        path = os.path.join(self.server.own.name, f"{register}-{abs(hash(row))}.csv")
        with open(path, "w", encoding="utf-8") as out:
            out.write(",".join(heads) + "\n" + row + "\n")
        done = khien("register", "import", register, path, "--data", self.server.data, "--unit", "1")
        self.assertEqual(done.status, 0, f"{done.out}{done.err}")
        with sqlite3.connect(os.path.join(self.server.data, "khien.db")) as db:
            return db.execute("SELECT max(id) FROM record WHERE register = ?", (register,)).fetchone()[0]

    def erasure(self, serial, device, unit=1, **changed):
        """A row of the register of erasures; its number."""
        fields = {"so-se-ri": serial, "thiet-bi": device, "cach": "phan-mem", "ngay": self.today, "ket-qua": "dat",
                  "chung-nhan": "07/XD", **{name.replace("__", "-"): value for name, value in changed.items()}}
        self.form("/so/erasures/moi", don__vi=unit, **{f"t-{name}": value for name, value in fields.items()})
        return int(re.search(r"/ban-ghi/(\d+)", self.admin.path).group(1))

    def newest(self, table):
        with sqlite3.connect(os.path.join(self.server.data, "khien.db")) as db:
            return db.execute(f"SELECT max(id) FROM {table}").fetchone()[0]

    def says(self, record, field):
        with sqlite3.connect(os.path.join(self.server.data, "khien.db")) as db:
            return json.loads(db.execute("SELECT body FROM record WHERE id = ?", (record,)).fetchone()[0])[field]

    # EVIDENCE: D7.3, D12.9#2
    def test_a_device_is_not_disposed_of_without_its_certificate(self):
        device = self.imported("devices", ("Tên thiết bị", "Loại", "Trạng thái"), "Máy cũ,Máy trạm,Lưu kho")
        person = self.person("Đỗ Thị Kiểm")
        page = self.admin.get(f"/ban-ghi/{device}").text
        self.assertIn(f"/ho-so/moi?luong=device-disposal&amp;ban-ghi={device}", page)
        self.assertNotIn("luong=vendor", page)      # which is about no device
        case = self.case("device-disposal", ban__ghi=device)
        self.assertIn(f"/ho-so/{case}", self.admin.get(f"/ban-ghi/{device}").text)
        erased = {"disk_serial": "WD-1", "method": "software", "erased_day": self.today, "tool": "nwipe"}
        decided = {"verified": "yes", "verified_by": person, "decision": "9/QĐ", "decision_day": self.today}
        self.move(case, "dispose", 422, **erased, **decided)
        self.move(case, "accept", proposal="hỏng")
        page = self.move(case, "dispose", 422, **erased, **decided).text
        self.assertLess(page.index('value="dispose"'), page.index('value="erase"'))   # the links lead into it
        self.move(case, "erase", **erased)
        page = self.move(case, "dispose", 422, **erased, **decided)
        self.assertIn("(bản ghi trong Sổ xóa dữ liệu): chưa chọn.", page.text)
        self.assertIn('href="#certificate"', page.text)
        self.assertLess(page.text.index('id="certificate"'), page.text.index('id="disk_serial"'))   # before typing
        # the certificate is a row of the register of erasures, of this very device, good and with its number
        other = self.imported("devices", ("Tên thiết bị", "Loại", "Trạng thái"), "Máy khác,Máy trạm,Lưu kho")
        self.form("/don-vi/1/them", cap__tren=1, ten="Trường Xa", loai="school", so__qd="1/QĐ", ngay__ky="01/01/2020",
                  hieu__luc="01/01/2020")
        away = self.erasure("WD-6", device, unit=self.newest("unit"))
        page = self.admin.get(f"/ho-so/{case}").text
        self.assertIn("Chưa có bản ghi nào để chọn", page)
        self.assertIn(f"/so/erasures/moi?thiet-bi={device}&amp;don-vi=1&amp;ve-ho-so={case}", page)
        self.assertIn(f'value="{device}" selected', self.admin.get(f"/so/erasures/moi?thiet-bi={device}").text)
        bad = self.erasure("WD-2", device, ket__qua="khong-dat")
        bare = self.erasure("WD-3", device, chung__nhan="")
        page = self.admin.get(f"/ho-so/{case}").text
        self.assertIn(f'<option value="{bad}">WD-2', page)
        self.assertNotIn(f'<option value="{away}">', page)
        for wrong, words in (("07/XD", "Sổ của đơn vị không có bản ghi này"), (device, "Sổ của đơn vị không có bản ghi này"),
                             (away, "Sổ của đơn vị không có bản ghi này"), (999999, "Sổ của đơn vị không có bản ghi này"),
                             (self.erasure("WD-4", other), "không nói về đối tượng của hồ sơ"),
                             (bad, "chưa cho phép bước này"), (bare, "chưa ghi số giấy tờ")):
            page = self.move(case, "dispose", 422, **erased, **decided, certificate=wrong)
            self.assertIn(words, page.text)
            self.assertIn('href="#certificate"', page.text)
        good = self.erasure("WD-1", device)
        page = self.move(case, "dispose", 422, **erased, **{**decided, "verified": ""}, certificate=good)
        self.assertIn(f'<option value="{good}" selected>WD-1 (07/XD)', page.text)
        self.assertIn("Chưa kiểm tra rằng dữ liệu không đọc lại được", page.text)
        self.assertEqual(self.says(device, "trang-thai"), "luu-kho")
        page = self.move(case, "dispose", **erased, **decided, certificate=good)
        self.assertIn("Đã thanh lý", page.text)
        self.assertIn(f'<a href="/ban-ghi/{good}">WD-1 (07/XD)</a>', page.text)
        said = khien("flow", "show", case, "--data", self.server.data)
        self.assertIn(f"certificate = {good}  WD-1 (07/XD)", said.out)
        self.assertEqual(self.says(device, "trang-thai"), "thanh-ly")
        self.assertIn("07/XD", self.admin.get(f"/ho-so/{case}/giay/erasure").text)

    def test_who_writes_a_record_for_a_case_comes_back_to_it(self):
        device = self.imported("devices", ("Tên thiết bị", "Loại", "Trạng thái"), "Máy về,Máy trạm,Lưu kho")
        case = self.case("device-disposal", ban__ghi=device)
        self.move(case, "accept", proposal="hỏng")
        page = self.admin.get(f"/ho-so/{case}")
        page = self.admin.get(html.unescape(re.search(r'/so/erasures/moi\?[^"]*', page.text).group()))
        self.assertIn(f'<a href="/ho-so/{case}">← Máy về</a>', page.text)
        self.assertIn("Lưu xong sẽ trở lại hồ sơ “Máy về”.", page.text)
        good = {"t-so-se-ri": "WD-V", "t-thiet-bi": device, "t-cach": "phan-mem", "t-ngay": self.today, "t-ket-qua": "dat",
                "t-chung-nhan": "07/XD"}
        page = self.admin.submit({**good, "t-so-se-ri": ""}, action="/so/erasures/moi")
        self.assertEqual(page.status, 422)
        self.assertIn("Lưu xong sẽ trở lại hồ sơ “Máy về”.", page.text)     # a fault forgets nothing
        page = self.admin.submit(good, action="/so/erasures/moi")
        record = self.newest("record")
        self.assertEqual(self.admin.path, f"/ho-so/{case}?bao=da-luu&ban-ghi={record}")
        self.assertIn(f'<option value="{record}" selected>', page.text)
        self.assertRegex(page.text, rf'<details class="card" open>(?:(?!</details>).)*<option value="{record}" selected>'
                         .replace(".)*", r"[\s\S])*"))

    def test_no_link_leads_from_a_register_to_elsewhere(self):
        for hostile in ("//evil.example", "https://evil.example/", "1@evil.example", "1/../../xac-nhan", "%0d%0aLocation:x", "-1",
                        "0", "999999", "9" * 40, "1 ", "javascript:alert(1)", ""):
            with self.subTest(hostile):
                page = self.admin.get(f"/so/erasures/moi?ve-ho-so={hostile.replace(' ', '%20')}")
                self.assertEqual(page.status, 200)
                self.assertNotIn('name="ve-ho-so"', page.text)
                self.assertNotIn("evil", page.text[page.text.index("<main"):])
                self.form("/so/erasures/moi", don__vi=1, ve__ho__so=hostile,
                          **{"t-so-se-ri": "WD-H", "t-cach": "phan-mem", "t-ngay": self.today, "t-ket-qua": "dat"})
                self.assertRegex(self.admin.path, r"^/ban-ghi/\d+\?bao=da-luu$")

    def test_a_certificate_that_was_withdrawn_is_none(self):
        device = self.imported("devices", ("Tên thiết bị", "Loại", "Trạng thái"), "Máy rút,Máy trạm,Lưu kho")
        case = self.case("device-disposal", ban__ghi=device)
        good, person = self.erasure("WD-9", device), self.person("Võ Kiểm")
        erased = {"disk_serial": "WD-9", "method": "software", "erased_day": self.today, "tool": "nwipe"}
        self.move(case, "accept", proposal="hỏng")
        self.move(case, "erase", **erased, certificate=good)
        self.form(f"/ban-ghi/{good}/huy", ly__do="ghi nhầm", phien__ban=1)
        page = self.move(case, "dispose", 422, **erased, certificate=good, verified="yes", verified_by=person,
                         decision="9/QĐ", decision_day=self.today)
        self.assertIn("Sổ của đơn vị không có bản ghi này", page.text)
        # a case from the time when the certificate was words keeps them, and goes no further with them
        with sqlite3.connect(os.path.join(self.server.data, "khien.db")) as db:
            for name, value in (("row_now", 1), ("row_login", ""), ("row_peer", ""), ("row_hash", "")):
                db.create_function(name, -1, lambda *_, value=value: value)   # what the trail's triggers ask of Khiên
            db.execute("INSERT INTO flow_value (case_id, field, value, at_s, made_by) VALUES (?, 'certificate', '05/GXN', 1, '')",
                       (case,))
        self.assertIn("05/GXN", self.admin.get(f"/ho-so/{case}").text)
        page = self.move(case, "dispose", 422, **erased, certificate="05/GXN", verified="yes", verified_by=person,
                         decision="9/QĐ", decision_day=self.today)
        self.assertIn("Sổ của đơn vị không có bản ghi này", page.text)

    def test_what_is_wrong_is_told_in_the_order_of_the_form(self):
        """A day that is none and a field that is empty are found by others; people go through the form from above."""
        device = self.imported("devices", ("Tên thiết bị", "Loại", "Trạng thái"), "Máy thứ tự,Máy trạm,Lưu kho")
        case = self.case("device-disposal", ban__ghi=device)
        self.move(case, "accept", proposal="hỏng")
        for page, action, fields, wrong in (
                ("/so/licences/moi", None, {"t-tu-ngay": "hôm qua", "t-so-luong": "nhiều"}, ["t-ten", "t-loai", "t-so-luong", "t-tu-ngay"]),
                (f"/ho-so/{case}", f"/ho-so/{case}/buoc", {"erased_day": "hôm qua"}, ["disk_serial", "method", "tool", "erased_day"]),
                ("/quan-tri", "/quan-tri/nguoi-dung", {}, [])):
            with self.subTest(page):
                self.admin.get(page)
                told = self.admin.submit(fields, action=action or page)
                self.assertEqual(told.status, 422)
                named = re.findall(r'href="#([^"]+)"', re.search(r'<div class="faults".*?</div>', told.text, re.S).group())
                places = [told.text.index(f'id="{name}"') for name in named]
                self.assertEqual(places, sorted(places), named)
                self.assertLessEqual(set(wrong), set(named))
                self.assertGreater(len(named), 1)

    def test_what_was_typed_for_a_refused_step_is_still_there(self):
        device = self.imported("devices", ("Tên thiết bị", "Loại", "Trạng thái"), "Máy giữ chữ,Máy trạm,Lưu kho")
        case = self.case("device-disposal", ban__ghi=device)
        self.move(case, "accept", proposal="hỏng\nkhông sửa được")
        page = self.move(case, "erase", 422, disk_serial="WD-77", method="equipment", tool="", erased_day="31/02/2026",
                         verified="yes").text
        self.assertRegex(page, r'name="disk_serial"[^>]* value="WD-77"')
        self.assertIn('value="equipment" selected', page)
        self.assertRegex(page, r'name="erased_day"[^>]* value="31/02/2026"')
        self.assertRegex(page, r'name="verified" value="yes" checked')
        typed = {"disk_serial": "WD-78", "method": "software", "erased_day": self.today, "tool": "nwipe"}
        self.move(case, "erase", **typed, verified="yes")
        page = self.move(case, "dispose", 422, disk_serial="WD-79").text
        self.assertNotIn(" checked", page)                      # a tick that was taken out stays out
        # somebody else has taken the step meanwhile: its form is gone, what was typed is not
        page = self.move(case, "erase", 422, **{**typed, "tool": "nwipe 0.34 của phòng máy"}).text
        self.assertIn("Nội dung bạn vừa nhập", page)
        self.assertIn("nwipe 0.34 của phòng máy", page)

    def test_a_request_is_written_before_somebody_decides(self):
        device = {"ban__ghi": self.imported("devices", ("Tên thiết bị", "Loại", "Trạng thái"), "Máy hỏng,Máy trạm,Đang dùng")}
        away = {"ban__ghi": self.imported("devices", ("Tên thiết bị", "Loại", "Trạng thái"), "Máy mang đi,Máy trạm,Đang dùng")}
        vendor = {"ban__ghi": self.imported("vendors", ("Tên bên cung cấp", "Trạng thái"), "Công ty Dự Thảo,Đang cung cấp")}
        for flow, about, fields, writes, decides in (
                ("device-disposal", device, {"proposal": "hỏng bo"}, "Ghi đề nghị thanh lý", "Đồng ý cho thanh lý"),
                ("device-exit", away, {"fault": "hỏng bo", "repairer": "Hãng", "secret": "no"}, "Ghi nội dung đề nghị",
                 "Duyệt cho sửa chữa"),
                ("connect-machine", {"don__vi": 1}, {"host": "1", "system": "hỏng bo", "level": "2", "purpose": "thay máy"}, "Ghi nội dung đề nghị",
                 "Ghi kết quả kiểm tra máy"),
                ("vendor", vendor, {"end_day": "01/01/2099", "term_scope": "yes"}, "Ghi dự thảo hợp đồng",
                 "Ký, đưa hợp đồng vào hiệu lực"),
                ("inspection", {"don__vi": 1}, {"inspected": "Trường Xa", "kind": "plan", "grounds": "hỏng bo", "content": "cả",
                                    "visit_day": self.today}, "Ghi dự thảo quyết định kiểm tra", "Ký quyết định kiểm tra")):
            with self.subTest(flow):
                case, opened = self.case(flow, **about), r'<details class="card" open>\n<summary>([^\n<]*) '
                self.assertEqual(re.findall(opened, self.admin.get(f"/ho-so/{case}").text), [writes])
                self.move(case, "write", **fields)
                page = self.admin.get(f"/ho-so/{case}").text
                self.assertEqual(re.findall(opened, page), [decides])
                card = page[page.index('class="card" open'):]
                card = card[:card.index("</details>")]
                for name, value in fields.items():              # who decides finds it there
                    if f'name="{name}"' in card:
                        self.assertRegex(card, rf'name="{name}"[^>]*>\n?{value}<|name="{name}"[^>]* value="{value}"'
                                         rf'|name="{name}"[^§]*?<option value="{value}" selected>')

    # EVIDENCE: D6.1#1, D6.3.a, D6.3.c, D6.3.d#1
    def test_two_steps_that_ask_the_same_have_fields_of_their_own(self):
        """Who may write a request and decide it sees both forms: a label leads to the field of its form."""
        case = self.case("exception", don__vi=1)
        for page in (self.admin.get(f"/ho-so/{case}"), self.move(case, "write", 422, reason="máy cũ")):
            ids, labels = re.findall(r' id="([^"]+)"', page.text), re.findall(r'<label for="([^"]+)"', page.text)
            self.assertEqual(sorted(set(ids)), sorted(ids))
            self.assertEqual([name for name in labels if name not in ids], [])
            self.assertIn('name="reason"', page.text)
        self.assertIn('id="obligation-loi"', page.text)    # in the form that was sent, and there alone

    def test_a_step_taken_again_asks_for_its_day_again(self):
        """Its clock runs from that day: with the old one a dossier that is sent again would be late at once."""
        system = self.imported("systems", ("Tên hệ thống", "Trạng thái"), "Hệ thống gửi lại,Đang vận hành")
        case = self.case("level-dossier", ban__ghi=system)
        sent = {"level": "2", "reason": "r", "describes": "yes", "design": "yes", "measures": "yes", "request_no": "1/CV"}
        self.move(case, "send", request_day="01/01/2026", **sent)
        page = self.move(case, "back")
        self.assertIn('value="1/CV"', page.text)
        self.assertNotIn("01/01/2026", re.search(r'<input id="request_day"[^>]*>', page.text).group(0))
        self.assertIn('id="request_day-loi"', self.move(case, "send", 422, request_day="", **sent).text)

    def test_a_vendor_in_breach_loses_its_access_at_once(self):
        vendor = self.imported("vendors", ("Tên bên cung cấp", "Trạng thái"), "Công ty Thử,Đang cung cấp")
        case = self.case("vendor", ban__ghi=vendor)
        terms = {f"term_{t}": "yes" for t in ("scope", "breach", "damage", "secret", "measures", "data")}
        paper = {"contract_no": "1/HĐ", "signed_day": "01/01/2026", "end_day": "01/01/2099"}
        page = self.move(case, "sign", 422, **paper, **{**terms, "term_damage": ""})
        self.assertIn("Hợp đồng còn thiếu điều khoản bắt buộc của Điều 6", page.text)
        self.move(case, "sign", **paper, **terms)
        now = time.strftime("%d/%m/%Y %H:%M", time.gmtime(time.time() + 7 * 3600))
        page = self.move(case, "suspect", found_at=now, breach="chép dữ liệu")
        self.assertIn("Ngắt mọi phiên và kết nối từ xa", page.text)
        self.assertRegex(page.text, r"còn (\d+ phút|1 giờ)")              # vendor_revoke_h
        self.move(case, "revoke", 422, degree="serious", measure="stop")
        self.tasks(case, {})
        self.move(case, "revoke", degree="serious", measure="stop")
        self.assertIn("chép dữ liệu", self.admin.get(f"/ho-so/{case}/giay/notice").text)
        self.move(case, "report", notice_no="2/TB", notice_day=self.today, damage="không", report_no="3/BC")
        self.move(case, "end-for-breach", settlement="chấm dứt", ended_at=now)
        self.move(case, "close", 422, handed_over="mã nguồn")
        self.tasks(case, {})
        page = self.move(case, "close", handed_over="mã nguồn")
        self.assertIn("Đã kết thúc", page.text)

    def case(self, flow, **about):
        self.form("/ho-so", luong=flow, **about)
        return self.here()

    def here(self):
        return int(re.search(r"/ho-so/(\d+)", self.admin.path).group(1))

    def move(self, case, move, status=200, **fields):
        return self.form(f"/ho-so/{case}/buoc", status, buoc=move, **fields)

    def tasks(self, case, choose):
        """Do each open task as CHOOSE(title) says."""
        page = self.admin.get(f"/ho-so/{case}").text
        chosen = {}
        for name in re.findall(r'name="(v\d+)"', page):
            chosen.setdefault(name, re.search(rf'name="{name}" value="([a-z]+)"', page).group(1))
        self.form(f"/ho-so/{case}/viec", **{**chosen, **choose})
        return chosen

    # EVIDENCE: D12.1.e, D8.2#3, D8.2#4
    def test_a_leaver_from_decision_to_printed_proof(self):
        leaver, receiver = self.person("Lê Văn Nghỉ"), self.person("Trần Thị Nhận")
        self.form(f"/nhan-su/{leaver}/quyet-dinh", tinh__trang="retired", so__qd="15/QĐ-UBND", ngay__ky=self.today,
                  hieu__luc=self.today, gio="00:00")
        page = self.admin.get("/ho-so?q=nghi").text
        self.assertIn("Lê Văn Nghỉ", page)
        case = int(re.search(r"/ho-so/(\d+)\">Lê Văn Nghỉ", page).group(1))
        page = self.admin.get(f"/ho-so/{case}").text
        self.assertIn("15/QĐ-UBND", page)                    # taken from the decision
        self.assertIn("nghỉ hưu", page)
        self.assertIn(self.today + " 23:59", page)     # the clock: 0 days after the effective hour
        self.move(case, "revoked", 422)                       # not in the table from here
        self.move(case, "notify", 422, decision="15/QĐ-UBND", decision_day=self.today,
                  effective=f"{self.today} 00:00", reason="retired", notified_to="Trung tâm")
        page = self.move(case, "notify", decision="15/QĐ-UBND", decision_day=self.today,
                         effective=f"{self.today} 00:00", reason="retired", notified_to="Trung tâm CNTT",
                         notified_at=f"{self.today} 00:30")
        self.assertIn("VPN", page.text)
        self.assertIn('<details class="card">\n<summary>Đã thu hồi xong', page.text)   # not before them
        page = self.form(f"/ho-so/{case}/viec", 422)
        self.assertIn("Chưa chọn kết quả của việc nào", page.text)     # not "saved"
        self.move(case, "revoked", 422)                       # tasks stand open
        self.tasks(case, {})
        self.move(case, "revoked")
        page = self.admin.get(f"/ho-so/{case}").text          # the one step that leads on stands open
        self.assertEqual(re.findall(r'<details class="card" open>\n<summary>([^\n<]*)', page),
                         ["Xác nhận và kết thúc hồ sơ "])
        page = self.move(case, "confirm", 422, receiver=receiver, handed_over="Hồ sơ một cửa 2026")
        self.assertIn('<a href="#opened">', page.text)        # the receiver has not opened them
        self.assertIn(": chưa đánh dấu.", page.text)
        self.assertRegex(page.text, r'<p class="fault" id="opened-loi">.*\n<label><input type="checkbox" id="opened"')
        page = self.move(case, "confirm", receiver=receiver, handed_over="Hồ sơ một cửa 2026", opened="yes")
        self.assertIn("Đã xác nhận", page.text)
        proof = self.admin.get(f"/ho-so/{case}/giay/proof")
        self.assertEqual(proof.status, 200)
        for words in ("Giấy xác nhận", "15/QĐ-UBND", "Trung tâm CNTT", "Trần Thị Nhận", "Hồ sơ một cửa 2026", "VPN"):
            self.assertIn(words, proof.text)
        self.assertIn("<td>Lê An</td>", proof.text)           # who did it, by name
        self.assertIn(f"Lê An ({ADMIN[0]}), ", page.text)
        self.assertEqual(self.admin.get(f"/ho-so/{case}/giay/none").status, 404)

    # EVIDENCE: D8.1#3
    # EVIDENCE: D13.4.c, D15.4.a
    def test_whoever_works_there_reports_and_the_officer_takes_it_in(self):
        made = khien("user", "add", "lan.vu", "--data", self.server.data, "--name", "Vũ Thị Lan", "--role", "staff",
                     "--unit", "1")
        self.assertEqual(made.status, 0, made.err)
        staff = first_log_in(self.server, "lan.vu", re.search(r"\S+-\S+-\S+", made.out).group(0))
        staff.mark = staff.get("/api/v1/session").json()["mark"]
        self.assertIn('href="/bao"', staff.get("/hom-nay").text)
        self.assertEqual(staff.get("/ho-so/moi").status, 403)       # other cases are not for everybody
        self.assertEqual(staff.post("/ho-so", {"dau": staff.mark, "luong": "incident", "don-vi": "1"}).status, 403)
        before = self.newest("flow_case")
        seen = "Máy phòng một cửa tự mở trang lạ, đòi tiền"
        later = people_day(time.time() + 2 * DAY_S)
        for fields, said in (({"seen_at": f"{self.today} 00:01", "seen": ""}, ": chưa điền."),
                             ({"seen_at": "hôm qua", "seen": seen}, ": phải là ngày và giờ có thật"),
                             ({"seen_at": f"{later} 08:00", "seen": seen}, ": lúc này chưa tới.")):
            page = staff.post("/bao", {"dau": staff.mark, **fields})
            self.assertEqual((page.status, said in page.text), (422, True), page.text)
            self.assertIn(fields["seen"], page.text)                # what was typed stands there still
        self.assertEqual(self.newest("flow_case"), before)
        page = staff.post("/bao", {"dau": staff.mark, "seen_at": f"{self.today} 00:01", "seen": seen})
        self.assertEqual(page.status, 200, page.text)
        case = self.newest("flow_case")
        self.assertNotEqual(case, before)
        self.assertRegex(page.text, rf'(?s)Đã báo\..*<th scope="row">{case}</th>.*{seen}.*Mới báo')
        self.assertEqual(staff.get(f"/ho-so/{case}").status, 404)   # who reported has no right to the case itself
        today = self.admin.get("/hom-nay").text
        self.assertRegex(today, rf'(?s)Sự cố vừa được báo.*/ho-so/{case}".*lan\.vu')
        self.assertIn(seen, self.admin.get(f"/ho-so/{case}").text)
        self.move(case, "sort", seen_at=f"{self.today} 00:01", told_at=f"{self.today} 00:02", seen=seen, group="attack",
                  degree="low", managed_by="unit")
        self.assertNotIn("Sự cố vừa được báo", self.admin.get("/hom-nay").text)
        self.assertIn("Đang xử lý tại chỗ", staff.get("/bao").text)

    # EVIDENCE: D15.4.a
    def test_photos_come_with_the_report(self):
        """They are kept as sent and seen by who sees the case; what is no picture, too large or too many is refused
        with the words kept, and makes no case."""
        made = khien("user", "add", "hoa.do", "--data", self.server.data, "--name", "Đỗ Thị Hoa", "--role", "staff",
                     "--unit", "1")
        staff = first_log_in(self.server, "hoa.do", re.search(r"\S+-\S+-\S+", made.out).group(0))
        fields = {"dau": staff.get("/api/v1/session").json()["mark"], "seen_at": f"{self.today} 00:01",
                  "seen": "Thư lạ đòi mật khẩu"}
        png, jpeg, heic = b"\x89PNG\r\n\x1a\n" + b"\1" * 90, b"\xff\xd8\xff\xe1Exif", b"\0\0\0\x18ftypheic"
        before = self.newest("flow_case")
        self.addCleanup(self.write, "UPDATE flow_case SET state = 'void', ended_at_s = 1 WHERE id > ?",
                        before or 0)
        for files, said in (([("anh", "a.jpg", png), ("anh", "b.jpg", b"<svg onload='x'/>")], "b.jpg\" không phải ảnh"),
                            ([("anh", "phim.heic", b"\0\0\0\x18ftypisom")], "không phải ảnh"),
                            ([("anh", "to.png", png + bytes(16 << 20))], "to.png\" quá lớn"),
                            ([("anh", "n.png", png)] * 6, "nhiều nhất 5 ảnh")):
            page = staff.upload("/bao", fields, files)
            self.assertEqual((page.status, said in html.unescape(page.text)), (422, True), page.text)
            self.assertIn(fields["seen"], page.text)
        self.assertEqual(staff.upload("/bao", fields, [("anh", "rat-to.png", png + bytes(129 << 20))]).status, 413)
        self.assertEqual(self.newest("flow_case"), before)
        page = staff.upload("/bao", fields, [("anh", "a.png", png), ("anh", "", b""), ("anh", "b.jpg", jpeg),
                                             ("anh", "c.heic", heic)])
        case = self.newest("flow_case")
        self.assertRegex(page.text, rf'(?s)<th scope="row">{case}</th>.*?Ảnh: </span>3<')
        page = self.admin.get(f"/ho-so/{case}")
        numbers = re.findall(r'href="/tep/(\d+)">[abc]\.', page.text)
        shown = re.findall(r'<img class="attached" loading="lazy" src="/tep/(\d+)/hinh"', page.text)
        self.assertEqual((len(numbers), shown), (3, numbers[1:]))     # the newest first; a browser shows no HEIC
        self.assertEqual(self.admin.get(f"/tep/{numbers[1]}/tai").body, jpeg)
        self.assertEqual(self.admin.get(f"/tep/{numbers[1]}/hinh").headers["Content-Type"], "image/jpeg")
        for path in ("", "/tai", "/hinh"):      # who reported has no right to the case, so none to its photos
            self.assertEqual(staff.get(f"/tep/{numbers[1]}{path}").status, 404)
        for size in (0, 2 << 20):               # whose session ended while the words were typed
            stranger = self.server.browser()
            page = stranger.upload("/bao", fields, [("anh", "a.png", png + bytes(size))])
            self.assertEqual((page.status, stranger.path), (200, "/dang-nhap?bao=chua-luu"))
            self.assertIn("chưa được lưu. Hãy đăng nhập rồi gửi lại", page.text)
        self.assertEqual(self.newest("flow_case"), case)
        for _ in range(3):
            self.assertIn("Đã báo.", staff.upload("/bao", fields, [("anh", "a.png", png)] * 5).text)
        page = staff.upload("/bao", fields, [("anh", "a.png", png)] * 3)        # 21 in a day
        self.assertEqual((page.status, "Hôm nay bạn đã gửi nhiều ảnh" in page.text), (422, True))
        self.assertIn("Đã báo.", staff.upload("/bao", fields, [("anh", "", b"")]).text)     # without, as ever

    # EVIDENCE: D15.4.a
    def test_the_officer_has_a_letter_at_once(self):
        """One for each incident, beside the daily one; where the unit has no officer, who decides there, or above."""
        port = free_port()
        self.form("/don-vi/1/them", cap__tren=1, ten="Xã Thư", loai="agency", so__qd="1/QĐ", ngay__ky="01/01/2020",
                  hieu__luc="01/01/2020")
        unit = self.newest("unit")
        people = [("thu.can-bo", 2, unit), ("thu.dau", 4, unit), ("thu.lan", 16, unit), ("tren.can-bo", 2, 1)]
        words = {2: "officer", 4: "head", 16: "staff"}
        once = {}
        for login, role, of in people:
            made = khien("user", "add", login, "--data", self.server.data, "--name", login, "--role", words[role],
                         "--unit", str(of))
            self.assertEqual(made.status, 0, made.err)
            once[login] = re.search(r"\S+-\S+-\S+", made.out).group(0)
        page = self.admin.get("/viec/thu")
        self.form("/viec/thu", may__chu=f"smtp://127.0.0.1:{port}", tu="khien@tayson.example")
        self.assertEqual(page.status, 200)
        for login, _, of in people:
            self.person(f"Người {login}")
            self.write("UPDATE staff SET email = ?, unit_id = ? WHERE id = (SELECT max(id) FROM staff)",
                       f"{login}@tayson.example", of)
            self.write("UPDATE person SET staff_id = (SELECT max(id) FROM staff) WHERE login = ?", login)
        with writing(self.server) as db:    # the day's own letters are out: the one that waits is ours
            db.execute("INSERT INTO setting VALUES ('duty.digest', ?) ON CONFLICT (name) DO UPDATE SET value = ?2",
                       (time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600)),) * 2)
            db.execute("DELETE FROM mail WHERE about = ''")
        self.write("INSERT INTO mail (person_id, address, subject, body, day, made_at_s, try_at_s) SELECT id,"
                   " 'thu.can-bo@tayson.example', 'hằng ngày', 'b', '2020-01-01', 1, 1 FROM person"
                   " WHERE login = 'thu.can-bo'")
        staff = first_log_in(self.server, "thu.lan", once["thu.lan"])
        staff.mark = staff.get("/api/v1/session").json()["mark"]
        with mail_server(port) as box:
            def hears(gone):
                """Who has a letter of the incident that is reported when these accounts are shut."""
                for login in gone:
                    self.write("UPDATE person SET disabled_at_s = 1 WHERE login = ?", login)
                before = len(box.letters)
                page = staff.post("/bao", {"dau": staff.mark, "seen_at": f"{self.today} 00:01", "seen": "Màn hình đen"})
                self.assertIn("Đã báo", page.text)
                case = self.newest("flow_case")
                wait_for(lambda: self.waiting(f"case {case}") == 0)
                mine = [(to, letter) for to, letter in box.letters[before:] if f"hồ sơ số {case}" in letter["Subject"]]
                for _, letter in mine:
                    self.assertIn("thu.lan vừa báo lúc", letter.get_content())
                    self.assertIn("Đơn vị: Xã Thư.", letter.get_content())
                    self.assertNotIn("Màn hình đen", letter.get_content())      # what was seen stays in Khiên
                return sorted(who.split("@")[0] for to, _ in mine for who in to)
            self.assertEqual(hears([]), ["thu.can-bo"])
            def daily():
                return [letter for _, letter in box.letters if letter["Subject"] == "hằng ngày"]
            wait_for(lambda: len(daily()) > 0)                  # after the urgent one, which took no other's place
            self.assertEqual([letter.get_content().strip() for letter in daily()], ["b"])
            self.assertEqual(hears(["thu.can-bo"]), ["thu.dau"])
            self.assertEqual(hears(["thu.dau"]), ["tren.can-bo"])

    # EVIDENCE: D15.4.a
    def test_what_was_typed_is_kept_when_the_database_is_busy(self):
        """Somebody else writes for longer than a page waits: the words come back, one button sends them again."""
        seen = "Máy in <in> giấy \"lạ\" liên tục"
        before = self.newest("flow_case")
        with contextlib.closing(sqlite3.connect(os.path.join(self.server.data, "khien.db"), timeout=30)) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            unit = self.admin.post("/don-vi/1/them", {"dau": self.admin.mark, "ten": "Phòng Bận", "ma": "PB", "so-qd": "1",
                                                      "ngay-ky": "01/01/2020", "hieu-luc": "01/01/2020", "loai": "agency"})
            page = self.admin.post("/bao", {"dau": self.admin.mark, "seen_at": f"{self.today} 00:01", "seen": seen})
            other.execute("ROLLBACK")
        self.assertEqual(unit.status, 503)
        self.assertIn('name="ma" value="PB"', unit.text)        # a code of a unit is no secret
        self.assertIn("Gửi lại", unit.text)
        self.assertRegex(unit.text, r"<blockquote[^>]*>Phòng Bận<")
        self.assertEqual(page.status, 503)
        self.assertIn("bận một việc khác lâu hơn 5 giây", page.text)
        self.assertIn(f"{html.escape(seen, quote=False)}</blockquote>".replace('"', "&quot;"), page.text)
        self.assertEqual(self.newest("flow_case"), before)
        page = self.admin.submit({}, action="/bao")
        self.assertIn("Đã báo.", page.text)
        case = self.newest("flow_case")
        self.assertNotEqual(case, before)
        self.assertIn(html.escape(seen), self.admin.get(f"/ho-so/{case}").text)
        self.move(case, "none")         # no incident: Hôm nay is quiet for whoever comes next

    def waiting(self, about):
        with sqlite3.connect(os.path.join(self.server.data, "khien.db")) as db:
            made, sent = db.execute("SELECT count(*), count(nullif(sent_at_s, 0)) FROM mail WHERE about = ?",
                                    (about,)).fetchone()
        return made - sent if made else None

    def write(self, sql, *values):
        """Rows that pages would write with more clicks than the test is about."""
        with writing(self.server) as db:
            db.execute(sql, values)

    def test_a_campaign_reaches_all_units(self):
        for parent, name in ((1, "Xã Hai"), (1, "Xã Ba")):
            self.form(f"/don-vi/{parent}/them", cap__tren=parent, ten=name, loai="agency", so__qd="1/QĐ",
                      ngay__ky="01/01/2020", hieu__luc="01/01/2020")
        self.person("Võ Thị Soát")
        self.imported("accounts", ("Tên đăng nhập", "Loại tài khoản", "Người sử dụng"),
                      "soat.vo,Cá nhân,Võ Thị Soát")
        case = self.case("access-review", don__vi=1)
        page = self.admin.get(f"/ho-so/{case}").text           # whose it is: what else would one decide by?
        self.assertRegex(page, r'Tài khoản soat\.vo [^\n]*<br><span class="soft">Cá nhân · Võ Thị Soát</span>')
        page = self.admin.get(f"/ho-so?xem=tat-ca&dot={case}").text
        self.assertEqual(len(re.findall(r'<th scope="row"><a href="/ho-so/', page)), 2)
        self.assertIn("Xã Hai", page)
        # a name that is only the kind says it once on a phone; a term that is days away needs no hour
        self.assertEqual(len(re.findall(r'<td class="blank">Đợt rà soát quyền truy cập</td>', page)), 2)
        self.assertRegex(page, r'hạn \d\d/\d\d/\d{4}</span>')

    def test_bad_input_is_named_and_changes_nothing(self):
        page = self.form("/ho-so", 422, luong="personnel", nguoi="99999")
        self.assertIn("Không có người hoặc bản ghi mang số này", page.text)
        case = self.case("exception", don__vi=1)
        self.assertRegex(self.admin.get(f"/ho-so/{case}").text, r'<option value="tay-son/D8.3">[^<]+ \(khoản 3 Điều 8\)<')
        page = self.move(case, "grant", 422, obligation="D8.3", reason="chờ máy mới", measure="khóa",
                         from_day="31/02/2026", until_day="1/1/2026")
        self.assertIn(": phải là một ngày có thật", page.text)
        self.assertIn("31/02/2026", page.text)                # what was typed stays
        self.assertIn("chờ máy mới", page.text)
        page = self.move(case, "grant", 422, reason="x")      # each kind of field is marked, not its words alone
        for field in ('<select id="obligation"', '<textarea id="measure"', '<input id="from_day"'):
            self.assertRegex(page.text, field + "[^>]* aria-invalid")
        page = self.move(case, "grant", 422, obligation="D8.3", reason="x", measure="x", from_day="2/2/2026",
                         until_day="1/1/2026")
        self.assertIn("Người đề nghị không tự duyệt", page.text)
        self.assertIn("Ngoại lệ phải kết thúc sau khi bắt đầu", page.text)
        page = self.admin.get(f"/ho-so/{case}").text
        self.assertNotIn("Nội dung đã ghi", page)
        self.assertEqual(re.findall(r'<details class="card" open>\n<summary>([^\n<]*)', page), ["Ghi nội dung đề nghị "])
        self.move(case, "write", obligation="tay-son/D8.3", reason="chờ máy mới", measure="khóa", from_day="1/1/2026",
                  until_day="2/2/2026")
        page = self.admin.get(f"/ho-so/{case}").text          # who approves finds it written
        self.assertIn('<option value="tay-son/D8.3" selected>', page)
        self.assertEqual(re.findall(r'<details class="card" open>\n<summary>([^\n<]*)', page), ["Duyệt ngoại lệ "])
        self.assertEqual(self.admin.get("/ho-so/99999").status, 404)
        self.assertEqual(self.admin.get("/ho-so?q=%27%25&trang=-5&xem=x&luong=y&dot=z").status, 200)

    # EVIDENCE: D9.4, D4.1
    def test_a_session_is_held_and_statements_are_listed(self):
        self.form("/pho-bien", 422, ten="", don__vi=1, luc=f"{self.today} 08:00")
        page = self.form("/pho-bien", ten="Phổ biến Quy chế", don__vi=1, luc=f"{self.today} 08:00",
                         noi="Hội trường", kiem__tra="awareness")
        self.assertIn("<svg", page.text)                      # the QR code of its door
        door = re.search(r'href="(/du/[a-z0-9]+)"', page.text).group(1)
        self.assertIn("chưa gắn với người nào", self.admin.get(door).text)
        who = self.person("Vũ Có Mặt")
        session = re.search(r"/pho-bien/(\d+)", self.admin.get("/pho-bien").text).group(1)
        page = self.form(f"/pho-bien/{session}", nguoi=who)
        self.assertIn("Vũ Có Mặt", page.text)
        page = self.form(f"/pho-bien/{session}", khoa="co")
        self.assertNotIn("<svg", page.text)
        self.assertEqual(self.admin.get(door).status, 404)
        page = self.admin.get("/xac-nhan").text
        self.assertIn("Cam kết bảo đảm an toàn thông tin mạng của người sử dụng", page)
        page = self.admin.get("/xac-nhan/user?don-vi=1").text
        self.assertIn("Vũ Có Mặt", page)
        self.assertIn("chưa ký", page)
        self.form("/xac-nhan/user", giay="co", don__vi=1, ten="Vũ Có Mặt", noi__luu="Tủ 2", nguoi=who)
        page = self.admin.get("/xac-nhan/user").text
        self.assertRegex(page, r"<td>1/\d+</td>")


if __name__ == "__main__":
    unittest.main()
