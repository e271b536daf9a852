#!/usr/bin/env python3
"""Who is told of what is due, and when: a reminder before, those who do it when it is late, then the head, then the
authority above; each by one letter through a real mail server and on the screen. Who is away has a stand-in until a
day; where nobody is left who does it, the head hears at once."""
import contextlib
import datetime
import re
import socket
import sqlite3
import time
import unittest

from flow import ADMIN, Server, khien, totp
from test_daily import mail_server, mark_of, writing
from test_duty_records import DAY, add, duties, people, sign, today

PEOPLE = [("an.le", 2, "Lê An"), ("binh", 16, "Trần Bình"), ("head", 4, "Võ Chủ Tịch"), ("above", 128, "Sở Ở Trên")]
LINE = "Đổi mật khẩu mạng không dây – UBND-xa"
MORNING_S = 9 * 3600


# EVIDENCE: D10.2.b
class Ladder(unittest.TestCase):
    def setUp(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.server = Server()
        self.addCleanup(self.server.own.cleanup)
        self.server.start()
        self.addCleanup(self.server.stop)
        self.admin = self.server.set_up()
        page = self.admin.get("/viec/thu")
        self.admin.post("/viec/thu", {"dau": mark_of(page), "may-chu": f"smtp://127.0.0.1:{self.port}",
                                      "tu": "khien@tayson.example"})
        self.record = add(self.admin, "wifi", ssid="UBND-xa", doi_tuong="khach", trang_thai="dang-phat",
                          doi_mat_khau=people(today(self.server) - 157 * DAY))
        due = duties(self.server)[f"wifi/doi-mat-khau@r{self.record}"][0]
        self.due = datetime.date.fromisoformat(due)

    def ask(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.server.data}/khien.db?mode=ro", uri=True)) as db:
            return db.execute(sql, values).fetchall()

    def write(self, *statements):
        """Rows that pages would write with more clicks than the test is about."""
        self.server.stop()
        with writing(self.server) as db:
            for sql, values in statements:
                db.execute(sql, values)
        self.server.start()

    def accounts(self):
        for login, role, name in PEOPLE[1:]:
            word = {16: "staff", 4: "head", 128: "authority"}[role]
            made = khien("user", "add", login, "--data", self.server.data, "--name", name, "--role", word)
            self.assertEqual(made.status, 0, str(made))
        rows = []
        for number, (login, role, name) in enumerate(PEOPLE, 1):
            rows.append(("INSERT INTO staff (id, unit_id, name, folded, sort_key, position, email, phone, state, made_by,"
                         " made_at_s) VALUES (?, 1, ?, ?, ?, '', ?, '', 'working', 'test', 1)",
                         (number, name, login, login, f"{login}@tayson.example")))
            rows.append(("UPDATE person SET staff_id = ?, role = ? WHERE login = ?", (number, role, login)))
        self.write(*rows)

    def told_on(self, day, box):
        """{login: text} of the letters of that morning."""
        local_s = (time.time() + self.server.shift_s + 7 * 3600) % 86400
        before = len(box.letters)
        self.server.pass_time(days=(day - today(self.server)).days, seconds=int(MORNING_S - local_s))
        end = time.monotonic() + 120
        while (self.ask("SELECT value FROM setting WHERE name = 'duty.digest'") != [(day.isoformat(),)]
               or self.ask("SELECT count(*) FROM mail WHERE sent_at_s = 0") != [(0,)]):
            self.assertLess(time.monotonic(), end, self.server.said())
            time.sleep(0.5)
            self.server.pass_time(seconds=5)    # those who come every minute come
        letters = box.letters[before:]
        to = [address.split("@")[0] for addresses, _ in letters for address in addresses]
        self.assertEqual(len(set(to)), len(to), f"one letter each: {to}")
        return {who: letter.get_content() for who, (_, letter) in zip(to, letters)}

    def who_hears(self, day, box):
        return {who for who, text in self.told_on(day, box).items() if LINE in text}

    def sign_in(self, login=ADMIN[0], password=ADMIN[1], key=None):
        self.server.pass_time(seconds=60)       # a figure of the second step counts once
        browser = self.server.browser()
        browser.get("/dang-nhap")
        browser.submit({"ten-dang-nhap": login, "mat-khau": password}, action="/dang-nhap")
        browser.submit({"ma": totp(key or self.admin.totp_key, time.time() + self.server.shift_s)}, action="/ma-hai-buoc")
        return browser

    def test_each_step_has_its_letter(self):
        self.accounts()
        with mail_server(self.port) as box:
            self.assertEqual(self.who_hears(self.due - 14 * DAY, box), {"an.le"})
            self.assertEqual(self.who_hears(self.due - 10 * DAY, box), set())       # between two reminders: nobody
            self.assertEqual(self.who_hears(self.due - 7 * DAY, box), {"an.le"})
            self.assertEqual(self.who_hears(self.due, box), {"an.le"})
            text = self.told_on(self.due + 1 * DAY, box)
            self.assertEqual({who for who in text if LINE in text[who]}, {"an.le", "head"})
            self.assertIn("quá hạn: " + LINE, text["head"])
            self.assertLess(text["head"].index("báo lên để đôn đốc"), text["head"].index(LINE))
            self.assertEqual(self.who_hears(self.due + 6 * DAY, box), {"an.le", "head"})
            self.assertEqual(self.who_hears(self.due + 7 * DAY, box), {"an.le", "head", "above"})
            with self.subTest("done: nobody hears of it again"):
                page = sign(self.sign_in(), "/viec/1/wifi/doi-mat-khau", self.record, ket_qua="Đã đổi",
                            ngay=people(today(self.server)))
                self.assertEqual(page.status, 200, page.text)
                self.assertEqual(self.who_hears(self.due + 8 * DAY, box), set())
            with self.subTest("the clock set back: who comes every minute still comes, and no letter is doubled"):
                self.assertEqual(self.told_on(self.due + 7 * DAY, box), {})

    def test_who_stands_in_hears_until_the_day_it_ends(self):
        self.accounts()
        first, last = self.due - 20 * DAY, self.due - 8 * DAY
        done = khien("duty", "delegate", "an.le", "binh", "--data", self.server.data, "--from", first.isoformat(),
                     "--until", last.isoformat(), "--why", "nghỉ phép", env={"KHIEN_TEST_CLOCK": self.server.clock})
        self.assertEqual(done.status, 0, str(done))
        with mail_server(self.port) as box:
            text = self.told_on(self.due - 14 * DAY, box)
            self.assertEqual({who for who in text if LINE in text[who]}, {"an.le", "binh"})
            self.assertLess(text["binh"].index("đang làm thay"), text["binh"].index(LINE))
            self.assertEqual(self.who_hears(self.due - 7 * DAY, box), {"an.le"})    # it came back

    def test_nobody_left_is_told_to_the_head_until_somebody_new_is_there(self):
        self.accounts()
        self.write(("UPDATE person SET disabled_at_s = 1 WHERE login = 'an.le'", ()))
        with mail_server(self.port) as box:
            text = self.told_on(self.due - 14 * DAY, box)
            self.assertEqual({who for who in text if LINE in text[who]}, {"head"})
            self.assertLess(text["head"].index("không còn ai"), text["head"].index(LINE))
            self.write(("UPDATE person SET role = 2 WHERE login = 'binh'", ()))
            self.assertEqual(self.who_hears(self.due - 7 * DAY, box), {"binh"})

    def test_a_skip_that_the_head_allowed_is_quiet_and_the_next_comes_due(self):
        self.accounts()
        key = f"wifi/doi-mat-khau@r{self.record}"
        asked = khien("duty", "skip", key, "--data", self.server.data, "--by", "an.le", "--why", "Đang sửa trụ sở",
                      env={"KHIEN_TEST_CLOCK": self.server.clock})
        self.assertEqual(asked.status, 0, str(asked))
        self.assertIn("đang xin bỏ qua", self.sign_in().get(f"/ban-ghi/{self.record}").text)
        self.write(("UPDATE duty_skip SET decided_by = 'head', decided_at_s = 1, is_approved = 1", ()))
        with mail_server(self.port) as box:
            self.assertEqual(self.who_hears(self.due, box), set())
            self.assertNotIn(key, duties(self.server))
            self.assertEqual(self.who_hears(self.due + 7 * DAY, box), set())
        page = self.sign_in().get(f"/viec/1/wifi/doi-mat-khau?ban-ghi={self.record}").text
        after = datetime.datetime.strptime(re.search(r"<dt>Hạn</dt><dd>(\d\d/\d\d/\d{4})", page).group(1), "%d/%m/%Y").date()
        self.assertGreater((after - self.due).days, 150)


if __name__ == "__main__":
    unittest.main()
