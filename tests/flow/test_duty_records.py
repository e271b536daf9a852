#!/usr/bin/env python3
"""Work that records bring: a contract that ends, a password that gets old. Of the register used in the first class
nothing is known to the program: the test adds it to a copy of the packs."""
import contextlib
import csv
import datetime
import io
import json
import os
import re
import shutil
import sqlite3
import sys
import time
import unittest

sys.path.append("/usr/lib/python3/dist-packages")   # where another python3 stands before the system's
import icalendar  # noqa: E402

from flow import ADMIN, PACKS, Server, folder, khien, totp

# EVIDENCE: D10.1.a#1 a register of a pack brings list, form, history, import, API, duty and finding, with no C changed
DOORS = """
id: cua
title: {vi: "Sổ cửa phòng máy", en: "Doors"}
one: {vi: "cửa", en: "door"}
about: {vi: "Các cửa vào phòng máy", en: "Doors to the machine room"}
clauses: [D10.1.a]
answers: [D10.1.a#1]
name: ten
list: [ten, tinh-trang, kiem-tra, thue-den]
groups:
  - title: {vi: "Cửa", en: "Door"}
    clause: D10.1.a
    fields:
      - {id: ten, title: {vi: "Tên cửa", en: "Name"}, type: text, required: save, unique: unit}
      - id: tinh-trang
        title: {vi: "Tình trạng", en: "State"}
        type: choice
        first: dung
        choices: [{id: dung, vi: "Đang dùng", en: "Used"}, {id: bo, vi: "Đã bỏ", en: "Gone"}]
      - {id: kiem-tra, title: {vi: "Ngày kiểm tra khóa", en: "Lock checked on"}, type: date, past: true}
      - {id: thue-den, title: {vi: "Thuê khóa đến", en: "Lock hired until"}, type: date}
rules:
  - id: chua-kiem-tra
    words: {vi: "Khóa của cửa “{ten}” chưa kiểm tra lần nào.", en: "The lock of “{ten}” was never checked."}
    field: kiem-tra
    when: [{field: tinh-trang, is: [dung]}, {field: kiem-tra, empty: true}]
duties:
  - id: kiem-tra
    title: {vi: "Kiểm tra khóa cửa phòng máy", en: "Check the lock"}
    who: IT
    field: kiem-tra
    after: {months: 6}
    when: [{field: tinh-trang, is: [dung]}]
    answers: [D10.1.a#1]
  - id: gia-han
    title: {vi: "Gia hạn thuê khóa", en: "Renew the hire of the lock"}
    who: HEAD
    field: thue-den
    before: {days: 30}
    when: [{field: tinh-trang, is: [dung]}]
"""
DAY = datetime.timedelta(days=1)


def mark_of(page):
    return re.search(r'name="dau" value="([^"]+)"', page.text).group(1)


def today(server):
    return datetime.datetime.fromtimestamp(time.time() + server.shift_s, datetime.timezone(datetime.timedelta(hours=7))).date()


def people(day):
    return day.strftime("%d/%m/%Y")


def months_after(day, months):
    """The law's months: a day that the month lacks becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (datetime.date(year + month // 11, (month + 1) % 12 + 1, 1) - DAY).day
    return datetime.date(year, month + 1, min(day.day, last))


def in_terminal(server, *args):
    return khien(*args, "--data", server.data, env={"KHIEN_TEST_CLOCK": server.clock})


def duties(server, packs=PACKS):
    """{key: (due, state, last)} as the terminal tells."""
    said = in_terminal(server, "duty", "list", "--packs", packs, "--format", "json").out
    return {row["duty"]: (row["due"], row["state"], row.get("last", "-")) for row in json.loads(said)["duties"]}


def database(server, sql, *values):
    with contextlib.closing(sqlite3.connect(f"file:{server.data}/khien.db?mode=ro", uri=True)) as db:
        return db.execute(sql, values).fetchall()


def add(browser, register, **values):
    browser.get(f"/so/{register}/moi")
    browser.submit({f"t-{k}".replace("_", "-"): v for k, v in values.items()}, action=f"/so/{register}/moi")
    return int(re.search(r"^/ban-ghi/(\d+)", browser.path).group(1))


def checked(browser, where):
    """The page of an import when nothing runs any more."""
    end = time.monotonic() + 60
    while 'http-equiv="refresh"' in browser.get(where).text:
        if time.monotonic() > end:
            raise AssertionError(browser.page.text)
        time.sleep(0.2)
    return browser.page


def sign(browser, where, record, file=None, **fields):
    """Fill in the form of the duty's page and send it."""
    page = browser.get(f"{where}?ban-ghi={record}")
    form = next(f["fields"] for f in page.forms() if f["action"] == where + "/xong")
    form = {**{k: v for k, v in form.items() if k != "tep"}, **{k.replace("_", "-"): v for k, v in fields.items()}}
    return browser.upload(where + "/xong", form, [("tep", *file)] if file else [])


class NewRegister(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = folder()
        cls.packs = os.path.join(cls.base.__enter__(), "packs")
        shutil.copytree(PACKS, cls.packs)
        with open(os.path.join(cls.packs, "tay-son", "registers", "cua.yaml"), "w", encoding="utf-8") as out:
            out.write(DOORS)
        cls.server = Server(packs=cls.packs)
        cls.server.start()
        cls.browser = cls.server.set_up()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.own.cleanup()
        cls.base.__exit__(None, None, None)

    def test_no_c_was_changed(self):
        self.assertEqual(khien("pack", "check", self.packs).status, 0)
        server, browser, now = self.server, self.browser, today(self.server)
        with self.subTest("list, form, finding, history"):
            self.assertIn("Sổ cửa phòng máy", browser.get("/so").text)
            front = add(browser, "cua", ten="Cửa chính", tinh_trang="dung", kiem_tra="", thue_den=people(now + 40 * DAY))
            self.assertIn("chưa kiểm tra lần nào", browser.get(f"/ban-ghi/{front}").text)
            self.assertIn("Cửa chính", browser.get("/so/cua").text)
        with self.subTest("import"):
            table = f"Tên cửa,Tình trạng,Ngày kiểm tra khóa\nCửa sau,Đang dùng,{people(now - 170 * DAY)}\n"
            page = browser.upload("/so/cua/nhap", {"dau": mark_of(browser.get("/so/cua/nhap"))},
                                  [("tep", "cua.csv", table.encode())])
            where = browser.path
            page = checked(browser, where)
            self.assertIn("1 thêm mới", page.text)
            browser.post(where, {"dau": mark_of(page), "viec": "luu"})
            checked(browser, where)
            back = database(server, "SELECT id FROM record WHERE title = 'Cửa sau'")[0][0]
        with self.subTest("API"):
            mark = browser.get("/api/v1/session").json()["mark"]
            made = browser.post("/api/v1/registers/cua/records",
                                {"ten": "Cửa API", "tinh-trang": "dung", "kiem-tra": people(now - 400 * DAY)}, headers={"X-Khien-Mark": mark})
            self.assertEqual(made.status, 201, made.text)
            side = made.json()["id"]
        self.the_duties(front, back, side)

    def the_duties(self, front, back, side):
        server, browser, now = self.server, self.browser, today(self.server)
        found = duties(server, self.packs)
        due = months_after(now - 170 * DAY, 6)
        self.assertLessEqual(due.isoformat(), found[f"cua/kiem-tra@r{back}"][0])    # a day off moves it on
        self.assertEqual(found[f"cua/kiem-tra@r{side}"][1], "overdue")
        self.assertNotIn(f"cua/kiem-tra@r{front}", found)       # never checked: nothing to reckon from, but a finding
        self.assertIn(f"cua/gia-han@r{front}", found)
        with self.subTest("the lists"):
            page = browser.get("/viec?xem=tat-ca").text
            for title in ("Cửa sau", "Cửa API", "Cửa chính"):
                self.assertIn(title, page)
            self.assertIn("Kiểm tra khóa cửa phòng máy", browser.get("/viec/nam").text)
            self.assertIn("Kiểm tra khóa cửa phòng máy", browser.get("/viec/nam-don-vi").text)
            self.assertIn("Cửa API", browser.get("/viec.csv").text)
            page = browser.get(f"/ban-ghi/{side}").text
            self.assertIn("Việc phải làm với bản ghi này", page)
            self.assertIn(f"/viec/1/cua/kiem-tra?ban-ghi={side}", page)
        with self.subTest("iCalendar"):
            page = browser.post("/viec/lich", {"dau": mark_of(browser.get("/viec")), "lam": "tao"})
            text = browser.get(re.search(r"/lich/[0-9a-f]{48}\.ics", page.text).group(0)).text
            names = [str(e["SUMMARY"]) for e in icalendar.Calendar.from_ical(text).walk("VEVENT")]
            self.assertIn("quá hạn: Kiểm tra khóa cửa phòng máy (Cửa API)", names)
        self.done(back, side)

    def done(self, back, side):
        server, browser, now = self.server, self.browser, today(self.server)
        where = "/viec/1/cua/kiem-tra"
        with self.subTest("a day that does not move on changes nothing"):
            page = sign(browser, where, side, ket_qua="xong", ngay=people(now - 400 * DAY))
            self.assertEqual(page.status, 400)
            self.assertIn("Hãy ghi một ngày sau", page.text)
        with self.subTest("by a file"):
            page = sign(browser, where, side, ("bien-ban.txt", b"khoa tot"), ket_qua="Khóa tốt", ngay=people(now))
            self.assertEqual(page.status, 200, page.text)
            self.assertIn("Khóa tốt", page.text)
            page = browser.get(f"/ban-ghi/{side}").text
            self.assertIn("bien-ban.txt", page)
            self.assertIn(people(now), page)
            self.assertRegex(page, "<del>.*</del> → <ins>" + people(now))
            self.assertNotEqual(duties(server, self.packs).get(f"cua/kiem-tra@r{side}", ("", ""))[1], "overdue")
            row = database(server, "SELECT check_id, by_person, outcome, found, file FROM evidence WHERE record_id = ?"
                           " AND by_person = 4", side)
            self.assertEqual(row, [("tay-son/D10.1.a#1", 4, 0, "Khóa tốt", "bien-ban.txt")])
        with self.subTest("by a change of the register"):
            browser.get(f"/ban-ghi/{back}/sua")
            browser.submit({"t-kiem-tra": people(now)}, action=f"/ban-ghi/{back}/sua")
            self.assertNotIn(f"cua/kiem-tra@r{back}", duties(server, self.packs))
            self.assertIn(people(now), browser.get(f"{where}?ban-ghi={back}").text)
        with self.subTest("no more due of what is gone"):
            browser.get(f"/ban-ghi/{back}/sua")
            browser.submit({"t-tinh-trang": "bo"}, action=f"/ban-ghi/{back}/sua")
            self.assertEqual(browser.get(f"{where}?ban-ghi={back}").status, 404)


class ExpectedDay(unittest.TestCase):
    """A term that falls on a day off which no notice has confirmed says so in the table and on the map, too."""

    def test_the_table_and_the_map_say_so(self):
        begun, off = datetime.date(2026, 6, 10), "2026-07-08"
        with folder() as base:
            packs = os.path.join(base, "packs")
            shutil.copytree(PACKS, packs)
            with open(os.path.join(packs, "tay-son", "registers", "cua.yaml"), "w", encoding="utf-8") as out:
                out.write(DOORS)
            path = os.path.join(packs, "calendar", "2026.yaml")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            after = "  - {from: 2026-08-31,"
            self.assertIn(after, text)
            with open(path, "w", encoding="utf-8") as out:
                out.write(text.replace(after, f'  - {{from: {off}, to: {off}, sure: expected, by: "80-NQ/TW", '
                                              f'name: {{vi: "Ngày thử", en: "Trial"}}}}\n{after}', 1))
            server = Server(packs=packs)
            self.addCleanup(server.own.cleanup)
            server.pass_time(days=(begun - today(server)).days)
            server.start()
            self.addCleanup(server.stop)
            browser = server.set_up()
            add(browser, "cua", ten="Cửa dự kiến", tinh_trang="dung", kiem_tra="", thue_den="07/08/2026")
            add(browser, "cua", ten="Cửa chắc chắn", tinh_trang="dung", kiem_tra="", thue_den="25/07/2026")
            table = {row[2]: row for row in csv.reader(io.StringIO(browser.get("/viec.csv").text.lstrip("\ufeff")))}
            self.assertEqual(table["Máy, bản ghi"][4], "Hạn dự kiến")
            self.assertEqual(table["Cửa dự kiến"][3:5],
                             ["09/07/2026", "chưa có thông báo chính thức về lịch nghỉ ngày 08/07/2026"])
            self.assertEqual(table["Cửa chắc chắn"][4], "")
            row = re.search(r"Gia hạn thuê khóa.*?</tr>", browser.get("/viec/nam?nam=2026").text, re.S).group(0)
            cells = re.split(r"<td[^>]*>", row)[1:]
            self.assertIn("≈", cells[6])
            self.assertIn("hạn dự kiến", cells[6])
            self.assertEqual([n for n, cell in enumerate(cells) if "≈" in cell], [6])
            self.assertIn("≈ hạn dự kiến", browser.get("/viec/nam-don-vi").text)


class WifiPassword(unittest.TestCase):
    # EVIDENCE: D10.2.b the password of a Wi-Fi is changed every six months, and each time leaves its proof
    def test_a_year(self):
        with Server() as server:
            browser, begun = server.set_up(), today(server)
            record = add(browser, "wifi", ssid="UBND-xa", doi_tuong="khach", trang_thai="dang-phat",
                         doi_mat_khau=people(begun))
            key, where = f"wifi/doi-mat-khau@r{record}", "/viec/1/wifi/doi-mat-khau"
            self.assertNotIn(key, duties(server))           # not soon
            self.assertIn("chưa đến hạn", browser.get(f"{where}?ban-ghi={record}").text)
            self.pass_until(server, months_after(begun, 6) - 20 * DAY)
            browser = self.again(server, browser)
            due, state, _ = duties(server)[key]
            self.assertEqual(state, "due-soon")
            self.assertGreaterEqual(due, months_after(begun, 6).isoformat())
            self.assertLessEqual(due, (months_after(begun, 6) + 12 * DAY).isoformat())
            self.pass_until(server, datetime.date.fromisoformat(due) + DAY)
            browser = self.again(server, browser)
            self.assertEqual(duties(server)[key][1], "overdue")
            late = today(server)
            page = sign(browser, where, record, ket_qua="Đã đổi, báo từng người", ngay=people(late))
            self.assertEqual(page.status, 200, page.text)
            self.assertNotIn(key, duties(server))
            done = in_terminal(server, "duty", "done", key, "--by", ADMIN[0], "--did", "x", "--day", people(late))
            self.assertNotEqual(done.status, 0)             # it is done already
            self.pass_until(server, months_after(late, 6) - 5 * DAY)
            self.assertEqual(duties(server)[key][1], "due-soon")
            done = in_terminal(server, "duty", "done", key, "--by", ADMIN[0], "--did", "Đã đổi trước hạn")
            self.assertEqual(done.status, 0, str(done))
            browser = self.again(server, browser)
            self.the_year(server, browser, record, late)

    def the_year(self, server, browser, record, late):
        months = re.search(r"Đổi mật khẩu mạng không dây.*?</tr>",
                           browser.get(f"/viec/nam?nam={late.year}").text, re.S).group(0)
        self.assertIn("đã làm, trễ hạn", months)
        with self.subTest("the clock set back doubles nothing and loses nothing"):
            rows = database(server, "SELECT count(*) FROM record_version WHERE record_id = ?", record)
            kept = database(server, "SELECT count(*) FROM evidence WHERE record_id = ? AND by_person = 4", record)
            self.assertEqual((rows, kept), ([(3,)], [(2,)]))
            server.pass_time(days=-90)
            browser.cookies.clear()
            self.assertNotIn(f"wifi/doi-mat-khau@r{record}", duties(server))
            self.assertEqual(database(server, "SELECT count(*) FROM record_version WHERE record_id = ?", record), rows)

    @staticmethod
    def pass_until(server, day):
        server.pass_time(days=(day - today(server)).days)

    @staticmethod
    def again(server, old):
        """Signed in again: months have passed."""
        browser = server.browser()
        browser.get("/dang-nhap")
        browser.submit({"ten-dang-nhap": ADMIN[0], "mat-khau": ADMIN[1]}, action="/dang-nhap")
        browser.submit({"ma": totp(old.totp_key, time.time() + server.shift_s)}, action="/ma-hai-buoc")
        browser.totp_key = old.totp_key
        return browser


if __name__ == "__main__":
    unittest.main()
