"""Registers as people use them. Nothing of the register used here is known to the program: the test adds it to a
copy of the packs."""
import contextlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import unittest
import urllib.parse

from flow import PACKS, Server, khien

# EVIDENCE: D12.1.b a record asks for what a clause asks; the clause stands beside the form
ROOMS = """
id: phong
title: {vi: "Sổ phòng máy", en: "Machine rooms"}
one: {vi: "phòng máy", en: "machine room"}
about: {vi: "Các phòng đặt máy chủ", en: "Rooms with servers"}
clauses: [D10.1.a]
answers: [D10.1.a#1]
name: ten
list: [ten, khoa, kiem-tra]
groups:
  - title: {vi: "Phòng", en: "Room"}
    clause: D10.1.a
    fields:
      - {id: ten, title: {vi: "Tên phòng", en: "Name"}, type: text, required: save, unique: unit}
      - id: khoa
        title: {vi: "Khóa cửa", en: "Lock"}
        type: choice
        choices: [{id: co, vi: "Có khóa", en: "Locked"}, {id: khong, vi: "Không khóa", en: "Not locked"}]
      - {id: kiem-tra, title: {vi: "Ngày kiểm tra", en: "Checked on"}, type: date, past: true, required: complete}
      - {id: mau, title: {vi: "Màu sơn", en: "Paint"}, type: text}
rules:
  - id: khong-khoa
    words: {vi: "Phòng “{ten}” không khóa cửa.", en: "Room “{ten}” is not locked."}
    field: khoa
    when: [{field: khoa, is: [khong]}]
"""


class Registers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.TemporaryDirectory(prefix="khien-packs-")
        cls.packs = os.path.join(cls.base.name, "packs")
        shutil.copytree(PACKS, cls.packs)
        cls.write(ROOMS)
        cls.server = Server(packs=cls.packs)
        cls.server.start()
        cls.browser = cls.server.set_up()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.own.cleanup()
        cls.base.cleanup()

    @classmethod
    def write(cls, text):
        with open(os.path.join(cls.packs, "tay-son", "registers", "phong.yaml"), "w", encoding="utf-8") as out:
            out.write(text)

    def add(self, **values):
        self.browser.get("/so/phong/moi")
        self.browser.submit({f"t-{k}".replace("_", "-"): v for k, v in values.items()}, action="/so/phong/moi")
        self.assertRegex(self.browser.path, r"^/ban-ghi/\d+\?bao=da-luu", self.browser.page.text)
        return int(re.search(r"/ban-ghi/(\d+)", self.browser.path).group(1))

    def mark(self):
        return self.browser.get("/api/v1/session").json()["mark"]

    def send(self, path, **fields):
        return self.browser.post(path, fields, headers={"X-Khien-Mark": self.mark()})

    def test_a_register_of_a_pack_has_its_pages(self):
        self.assertEqual(khien("pack", "check", self.packs).status, 0)
        self.assertIn("Sổ phòng máy", self.browser.get("/so").text)
        self.assertIn("còn trống", self.browser.page.text)
        form = self.browser.get("/so/phong/moi").text
        self.assertIn("Tên phòng", form)
        self.assertIn('class="law"', form)              # the clause beside the fields
        record = self.add(ten="Phòng máy chủ Đông", khoa="khong")
        page = self.browser.get(f"/ban-ghi/{record}").text
        self.assertIn("Phòng “Phòng máy chủ Đông” không khóa cửa.", page)
        self.assertIn("chưa ghi “Ngày kiểm tra”", page)   # incomplete
        self.browser.get(f"/ban-ghi/{record}/sua")
        self.browser.submit({"t-khoa": "co", "t-ten": "Phòng máy chủ Đông", "t-kiem-tra": "1/2/2026",
                             "ly-do": "đã lắp khóa"}, action=f"/ban-ghi/{record}/sua")
        page = self.browser.get(f"/ban-ghi/{record}").text
        self.assertNotIn("không khóa cửa.", page)
        self.assertRegex(page, r"<del>Không khóa</del> → <ins>Có khóa</ins>")
        self.assertIn("đã lắp khóa", page)
        self.assertIn("01/02/2026", page)
        for text in ("phong dong", "ĐÔNG", "may chu"):
            found = self.browser.get("/so/phong?" + urllib.parse.urlencode({"tim": text})).text
            self.assertIn(f"/ban-ghi/{record}", found, text)
        self.assertNotIn(f"/ban-ghi/{record}", self.browser.get("/so/phong?tim=tay").text)
        self.assertNotIn(f"/ban-ghi/{record}", self.browser.get("/so/phong?l-khoa=khong").text)
        self.assertIn(f"/ban-ghi/{record}", self.browser.get("/so/phong?l-khoa=co&l-kiem-tra-tu=1/1/2026").text)

    def test_a_way_to_look_is_kept(self):
        self.browser.get("/so/phong?l-khoa=khong&tim=phong")
        self.browser.submit({"ten-cach-xem": "Chưa khóa"}, action="/so/phong/cach-xem")
        page = self.browser.get("/so/phong").text
        self.assertRegex(page, r'href="/so/phong\?l-khoa=khong&amp;tim=phong&amp;">Chưa khóa<')

    def test_faults_are_named_and_what_was_typed_stays(self):
        self.browser.get("/so/phong/moi")
        page = self.browser.submit({"t-ten": "", "t-kiem-tra": "31/2/2026", "t-mau": "xanh <b>"},
                                   action="/so/phong/moi")
        self.assertEqual(page.status, 422)
        self.assertIn("Tên phòng: phải ghi", page.text)
        self.assertEqual(page.text.count("Chưa thực hiện được"), 1)
        self.assertIn("Ngày kiểm tra: phải là một ngày có thật", page.text)
        self.assertIn('value="31/2/2026"', page.text)
        self.assertIn("xanh &lt;b&gt;", page.text)
        self.assertNotIn("xanh <b>", page.text)

    def test_two_editors_get_both_values(self):
        record = self.add(ten="Phòng hai người")
        self.browser.get(f"/ban-ghi/{record}/sua")
        mine = self.browser.page.forms()[-1]["fields"]
        other = self.send(f"/api/v1/records/{record}", version="1", mau="vàng")
        self.assertEqual(other.status, 200, other.text)
        page = self.browser.post(f"/ban-ghi/{record}/sua", {**mine, "t-ten": "Phòng hai người", "t-mau": "đỏ"})
        self.assertEqual(page.status, 409)
        self.assertRegex(page.text, r"Màu sơn</th><td>vàng</td><td>đỏ</td>")
        self.assertEqual(self.browser.get(f"/api/v1/records/{record}").json()["values"]["mau"], "vàng")
        self.browser.page = page
        page = self.browser.submit({"t-ten": "Phòng hai người", "t-mau": "đỏ"}, action=f"/ban-ghi/{record}/sua")
        self.assertEqual(self.browser.get(f"/api/v1/records/{record}").json()["values"]["mau"], "đỏ")

    def test_cancelled_with_a_reason_and_brought_back(self):
        record = self.add(ten="Phòng sẽ hủy")
        self.browser.get(f"/ban-ghi/{record}")
        self.assertEqual(self.browser.submit({"ly-do": ""}, action=f"/ban-ghi/{record}/huy").status, 422)
        self.browser.get(f"/ban-ghi/{record}")
        self.browser.submit({"ly-do": "đã phá"}, action=f"/ban-ghi/{record}/huy")
        self.assertIn("đã phá", self.browser.page.text)
        self.assertNotIn("Phòng sẽ hủy", self.browser.get("/so/phong").text)
        self.assertIn("Phòng sẽ hủy", self.browser.get("/so/phong?da-huy=1").text)
        self.browser.get(f"/ban-ghi/{record}")
        self.browser.submit({}, action=f"/ban-ghi/{record}/hoan-tac")
        self.assertIn("Phòng sẽ hủy", self.browser.get("/so/phong").text)
        self.browser.get(f"/ban-ghi/{record}")
        self.browser.submit({"gop-y": "Đã hỏi văn thư."}, action=f"/ban-ghi/{record}/gop-y")
        self.assertIn("Đã hỏi văn thư.", self.browser.page.text)

    def test_programs_read_and_write(self):
        registers = {r["id"]: r for r in self.browser.get("/api/v1/registers").json()["items"]}
        self.assertEqual([f["id"] for f in registers["phong"]["fields"]], ["ten", "khoa", "kiem-tra", "mau"])
        made = self.send("/api/v1/registers/phong/records", ten="Phòng API", khoa="Có khóa")
        self.assertEqual(made.status, 201, made.text)
        self.assertEqual(made.json()["values"], {"ten": "Phòng API", "khoa": "co"})
        record = made.json()["id"]
        bad = self.send("/api/v1/registers/phong/records", ten="Phòng API", chieu="4")
        self.assertEqual(bad.status, 422)
        self.assertEqual({f["field"] for f in bad.json()["faults"]}, {None, "ten"})
        stale = self.send(f"/api/v1/records/{record}", version="9", mau="đỏ")
        self.assertEqual(stale.status, 409)
        kept = self.send(f"/api/v1/records/{record}", version="1", mau="đỏ").json()
        self.assertEqual(kept["values"], {"ten": "Phòng API", "khoa": "co", "mau": "đỏ"})
        gone = self.send(f"/api/v1/records/{record}/cancel", version="2", why="thử").json()
        self.assertTrue(gone["cancelled"])
        with self.subTest("in the terminal"):
            self.add(ten="Phòng dòng lệnh", khoa="khong")
            shown = khien("register", "show", "phong", "--data", self.server.data, "--packs", self.packs)
            self.assertRegex(shown.out, r"(?m)^\d+\tPhòng dòng lệnh\tKhông khóa\t$")
            self.assertIn("! Xã Tây Sơn: Phòng “Phòng dòng lệnh” không khóa cửa.", shown.out)
            listed = khien("register", "list", "--data", self.server.data, "--packs", self.packs)
            self.assertRegex(listed.out, r"(?m)^phong\s+[1-9]\d*  Sổ phòng máy \[D10\.1\.a\]$")

    def test_z_a_field_that_is_taken_out_loses_nothing(self):
        record = self.add(ten="Phòng màu", mau="tím")
        self.server.stop()
        self.write("\n".join(line for line in ROOMS.split("\n") if "id: mau" not in line))
        self.server.start()
        self.server.wait_for('the register "phong" no longer has mau: the values there stay')
        page = self.browser.get(f"/ban-ghi/{record}").text
        self.assertIn("Trường đã bỏ", page)
        self.assertIn("tím", page)
        self.send(f"/api/v1/records/{record}", version="1", khoa="co")
        with contextlib.closing(sqlite3.connect(f"file:{self.server.data}/khien.db?mode=ro", uri=True)) as db:
            body, = db.execute("SELECT body FROM record WHERE id = ?", (record,)).fetchone()
        self.assertEqual(json.loads(body), {"ten": "Phòng màu", "khoa": "co", "mau": "tím"})


if __name__ == "__main__":
    unittest.main()
