#!/usr/bin/env python3
"""Logging in by LDAP, against a real slapd with its own certificate: groups give roles and units, the rules of
wrong tries and idle time hold, and whatever happens to the directory, who has a password here comes in."""
import concurrent.futures
import os
import re
import socket
import time
import unittest

from directory import PEOPLE, READER, SLAPD, Directory, certificate
from flow import ADMIN, Server, folder, khien, totp

# EVIDENCE: D12.1.b, D8.1#1


def log_in(browser, login, password, timeout_s=40):
    """The page after the directory has answered."""
    end = time.monotonic() + timeout_s
    while True:
        browser.get("/dang-nhap")
        page = browser.submit({"ten-dang-nhap": login, "mat-khau": password}, action="/dang-nhap")
        if page.status != 429:
            break
        time.sleep(0.3)
    return waited(browser, "/dang-nhap/cho", end)


def waited(browser, path, end):
    while browser.path == path and browser.page.status == 200 and 'http-equiv="refresh"' in browser.page.text:
        if time.monotonic() > end:
            raise AssertionError(f"no answer at {path}")
        time.sleep(0.1)
        browser.get(path)
    return browser.page


def stage(browser):
    page = browser.get("/api/v1/session")
    return page.json()["stage"] if page.status == 200 else None


def of_api(server, login, password, end_s=40):
    """(status, answer) of logging in by the API, and the browser that did."""
    browser, end = server.browser(), time.monotonic() + end_s
    while True:
        page = browser.post("/api/v1/session", {"login": login, "password": password})
        if page.status not in (202, 429) or time.monotonic() > end:
            return page.status, page.json(), browser
        time.sleep(0.1)


@unittest.skipUnless(SLAPD, "no slapd")
class Ldap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ldap = Directory()
        cls.ldap.__enter__()
        cls.server = Server()
        cls.server.start()
        cls.admin = cls.server.set_up()
        cls.mark = cls.admin.get("/api/v1/session").json()["mark"]
        cls.post("/don-vi/1/them", **{"cap-tren": 1, "ten": "Trường Hai", "loai": "school", "so-qd": "1/QĐ",
                                      "ngay-ky": "01/01/2020", "hieu-luc": "01/01/2020"})
        cls.settings()
        for group, role, unit in (("quan-tri", "admin", 1), ("can-bo", "officer", 2), ("van-thu", "staff", 1)):
            cls.post("/quan-tri/danh-ba/nhom", nhom=group, **{"vai-tro": role, "noi-lam": unit})

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.own.cleanup()
        cls.ldap.__exit__()

    @classmethod
    def post(cls, path, status=200, **fields):
        page = cls.admin.post(path, {"dau": cls.mark, **fields})
        if page.status != status:
            raise AssertionError(f"{path}: {page.status}\n{page.text}\n{cls.server.said()}")
        return page

    @classmethod
    def settings(cls, **changed):
        fields = {"dung": "1", "dia-chi": cls.ldap.url, "chung-thu": cls.ldap.ca, "tai-khoan-doc": READER[0],
                  "mat-khau-doc": READER[1], "goc": cls.ldap.base, "thuoc-tinh": "uid", "loc": "",
                  **{name.replace("_", "-"): value for name, value in changed.items()}}
        return cls.post("/quan-tri/danh-ba", **fields)

    def setUp(self):
        self.settings()

    def unlock(self, login):
        listing = self.admin.get("/quan-tri").text
        found = re.search(rf'/quan-tri/nguoi-dung/(\d+)">{login}<', listing)
        if found:
            self.post(f"/quan-tri/nguoi-dung/{found.group(1)}", viec="mo-khoa")

    def tried(self, login="binh.tran"):
        self.post("/quan-tri/danh-ba/thu", **{"ten-dang-nhap": login})
        page = waited(self.admin, "/quan-tri/danh-ba/thu", time.monotonic() + 40)
        self.assertEqual(page.status, 200)
        return page.text

    def test_a_group_gives_role_and_unit(self):
        for url in (self.ldap.url, self.ldap.starttls_url):
            self.settings(dia_chi=url)
            browser = self.server.browser()
            page = log_in(browser, "binh.tran", PEOPLE["binh.tran"][1])
            self.assertEqual((page.status, browser.path), (200, "/hom-nay"), page.text)
            self.assertEqual(stage(browser), "full")
            self.assertIn("Trần Bình", browser.get("/tai-khoan").text)
            self.assertEqual(browser.get("/don-vi/2").status, 200)
            self.assertEqual(browser.get("/don-vi/1").status, 404)     # an officer of unit 2, not of 1
            self.assertEqual(browser.get("/quan-tri").status, 403)
            self.assertIn("ở danh bạ", browser.get("/doi-mat-khau").text)

    def test_an_administrator_of_the_directory_needs_the_second_step_too(self):
        browser = self.server.browser()
        log_in(browser, "le.quan", PEOPLE["le.quan"][1])
        self.assertEqual(browser.path, "/bat-ma-hai-buoc")
        self.assertEqual(stage(browser), "turn-on-second-step")

    def test_a_lost_phone_costs_the_second_step_and_not_the_password(self):
        browser = self.server.browser()
        log_in(browser, "chi.pham", PEOPLE["chi.pham"][1])
        said = khien("user", "reset", "chi.pham", "--data", self.server.data)
        self.assertEqual(said.status, 0, said)
        self.assertIn("giữ nguyên", said.out)
        self.assertIsNone(stage(browser))
        log_in(browser, "chi.pham", PEOPLE["chi.pham"][1])
        self.assertEqual(stage(browser), "full")

    def test_who_is_in_no_group_does_not_come_in(self):
        page = log_in(self.server.browser(), "dung.vo", PEOPLE["dung.vo"][1])
        self.assertEqual(page.status, 403)
        self.assertIn("không thuộc nhóm nào", page.text)

    def test_a_group_within_a_group_counts_however_deep(self):
        name = "cn={},ou=nhom," + self.ldap.base
        made = []
        try:
            # to-1 in to-2 in to-3 in can-bo, and a ring that must not hold it up
            for level, member in ((1, "uid=dung.vo,ou=nguoi," + self.ldap.base), (2, name.format("to-1")),
                                  (3, name.format("to-2"))):
                self.ldap.modify(f"dn: {name.format(f'to-{level}')}\nchangetype: add\nobjectClass: groupOfNames\n"
                                 f"cn: to-{level}\nmember: {member}\n")
                made.append(f"to-{level}")
            self.ldap.modify(f"dn: {name.format('can-bo')}\nchangetype: modify\nadd: member\n"
                             f"member: {name.format('to-3')}\n")
            self.ldap.modify(f"dn: {name.format('to-1')}\nchangetype: modify\nadd: member\n"
                             f"member: {name.format('can-bo')}\n")
            self.assertIn("cn=can-bo", self.tried("dung.vo"))
            browser = self.server.browser()
            log_in(browser, "dung.vo", PEOPLE["dung.vo"][1])
            self.assertEqual(stage(browser), "full")
            self.assertEqual(browser.get("/don-vi/2").status, 200)
        finally:
            self.ldap.set_members("can-bo", ["binh.tran"])
            for group in made:
                self.ldap.modify(f"dn: {name.format(group)}\nchangetype: delete\n")

    def test_more_groups_than_a_server_tells_at_once(self):
        name = "cn={},ou=nhom," + self.ldap.base
        many = [f"nhieu-{i}" for i in range(150)]            # slapd of the test tells 60 at most in one answer
        self.ldap.modify("\n".join(
            f"dn: {name.format(group)}\nchangetype: add\nobjectClass: groupOfNames\ncn: {group}\n"
            f"member: uid=chi.pham,ou=nguoi,{self.ldap.base}\n" for group in many))
        try:
            told = self.tried("chi.pham")
            self.assertEqual([group for group in many if f"cn={group}," not in told], [])
        finally:
            self.ldap.modify("\n".join(f"dn: {name.format(group)}\nchangetype: delete\n" for group in many))

    def test_the_api_logs_in_by_the_directory_too(self):
        status, answer, browser = of_api(self.server, "binh.tran", PEOPLE["binh.tran"][1])
        self.assertEqual((status, answer.get("stage"), answer.get("login")), (200, "full", "binh.tran"))
        self.assertEqual(browser.get("/api/v1/session").json()["mark"], answer["mark"])
        self.assertEqual(of_api(self.server, "dung.vo", PEOPLE["dung.vo"][1])[0], 403)        # in no group
        for tries in range(5):
            status, answer, browser = of_api(self.server, "chi.pham", "sai")
            self.assertEqual(status, 401)
        self.assertEqual(of_api(self.server, "chi.pham", PEOPLE["chi.pham"][1])[:1], (401,))    # locked
        self.assertEqual(browser.get("/api/v1/session").status, 401)
        self.unlock("chi.pham")
        self.ldap.stop()
        try:
            self.assertEqual(of_api(self.server, "binh.tran", "x")[0], 503)
        finally:
            self.ldap.start()

    def test_an_empty_password_is_never_right(self):
        browser = self.server.browser()
        page = log_in(browser, "chi.pham", "")
        self.assertEqual(page.status, 422)
        self.assertIsNone(stage(browser))
        self.unlock("chi.pham")

    def test_wrong_settings_are_told_apart(self):
        self.assertIn("đều tốt", self.tried())
        self.assertIn("cn=can-bo", self.tried())
        self.assertIn("không tìm thấy", self.tried("khong.ai"))
        self.assertIn("không nhóm nào có vai trò", self.tried("dung.vo"))
        with folder() as base, open(certificate(base, "sai")[0], encoding="ascii") as other:
            wrong_ca = other.read()
        for url in (self.ldap.url, self.ldap.starttls_url):
            self.settings(dia_chi=url, chung_thu=wrong_ca)
            self.assertIn("không do CA đã khai cấp", self.tried())
        # the certificate is of 127.0.0.1 and localhost
        self.settings(dia_chi=self.ldap.url.replace("127.0.0.1", "ip6-localhost"))
        self.assertNotIn("đều tốt", self.tried())
        self.settings(mat_khau_doc="khong-phai")
        self.assertIn("từ chối tài khoản đọc", self.tried())
        self.settings(goc="dc=khac,dc=vn")
        self.assertIn("từ chối tìm kiếm", self.tried())
        for wrong in ({"dia-chi": "http://x"}, {"chung-thu": "x"}, {"thuoc-tinh": "u)("}, {"loc": "x"}, {"goc": ""}):
            page = self.admin.post("/quan-tri/danh-ba", {
                "dau": self.mark, "dung": "1", "dia-chi": self.ldap.url, "goc": self.ldap.base, "thuoc-tinh": "uid",
                **wrong})
            self.assertEqual(page.status, 422, wrong)

    def test_the_password_that_reads_is_kept_sealed(self):
        with open(os.path.join(self.server.data, "khien.db"), "rb") as db:
            kept = db.read()
        with open(os.path.join(self.server.data, "khien.db-wal"), "rb") as wal:
            kept += wal.read()
        self.assertIn(READER[0].encode(), kept)
        self.assertNotIn(READER[1].encode(), kept)
        self.assertNotIn(READER[1], self.admin.get("/quan-tri/danh-ba").text)
        for _, password in PEOPLE.values():
            self.assertNotIn(password.encode(), kept)

    def test_five_wrong_tries_lock_and_the_right_password_does_not_open(self):
        browser = self.server.browser()
        said = [log_in(browser, "chi.pham", "sai").text for _ in range(5)]
        self.assertIn("Còn 4 lần", said[0])
        self.assertIn("Còn 1 lần", said[3])
        self.assertIn("đã bị khóa", said[4])
        self.assertIn("đã bị khóa", log_in(browser, "chi.pham", PEOPLE["chi.pham"][1]).text)
        self.unlock("chi.pham")

    def test_fifty_tries_at_once_are_five(self):
        log_in(self.server.browser(), "chi.pham", PEOPLE["chi.pham"][1])
        before = self.ldap.refused()

        def one(_):
            return log_in(self.server.browser(), "chi.pham", "sai-song-song").text

        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            said = list(pool.map(one, range(50)))
        self.assertEqual(sum("Không đúng" not in text and "đã bị khóa" not in text for text in said), 0)
        self.assertEqual(self.ldap.refused() - before, 5)
        self.assertIn("đã bị khóa", log_in(self.server.browser(), "chi.pham", PEOPLE["chi.pham"][1]).text)
        self.unlock("chi.pham")
        log_in(self.server.browser(), "chi.pham", PEOPLE["chi.pham"][1])

    def test_twenty_right_ones_at_once_lock_nobody(self):
        def one(number):
            if number % 4 == 3:                      # by the API, which waits in the same line
                return of_api(self.server, "chi.pham", PEOPLE["chi.pham"][1], 120)[1].get("stage")
            browser = self.server.browser()
            page = log_in(browser, "chi.pham", PEOPLE["chi.pham"][1], 120)
            return stage(browser) or page.text

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            self.assertEqual(set(pool.map(one, range(40))), {"full"})
        self.assertIn("Còn 4 lần", log_in(self.server.browser(), "chi.pham", "sai").text)   # none was counted
        self.unlock("chi.pham")

    def test_who_does_not_wait_for_a_right_answer_has_not_tried(self):
        for _ in range(7):
            browser, page = self.server.browser(), None
            while page is None or page.status == 429:
                page = browser.post("/dang-nhap", {"ten-dang-nhap": "chi.pham", "mat-khau": PEOPLE["chi.pham"][1]},
                                    follow=False)
            self.assertEqual(page.status, 303)
        self.assertIn("Còn 4 lần", log_in(self.server.browser(), "chi.pham", "sai").text)
        self.unlock("chi.pham")

    def test_who_leaves_the_directory_or_changes_group_loses_the_session(self):
        browser = self.server.browser()
        log_in(browser, "binh.tran", PEOPLE["binh.tran"][1])
        self.assertEqual(stage(browser), "full")
        self.ldap.set_members("can-bo", ["le.quan"])
        try:
            self.until_out(browser)
            page = log_in(browser, "binh.tran", PEOPLE["binh.tran"][1])
            self.assertIn("không thuộc nhóm nào", page.text)
            self.ldap.set_members("van-thu", ["chi.pham", "binh.tran"])
            log_in(browser, "binh.tran", PEOPLE["binh.tran"][1])
            self.assertEqual(browser.get("/don-vi/2").status, 404)         # staff of unit 1 now
            self.ldap.set_members("can-bo", ["binh.tran"])                 # the earlier row counts
            self.until_out(browser)
        finally:
            self.ldap.set_members("can-bo", ["binh.tran"])
            self.ldap.set_members("van-thu", ["chi.pham"])

    def until_out(self, browser):
        self.server.pass_time(minutes=6)
        end = time.monotonic() + 30
        while stage(browser):
            self.assertLess(time.monotonic(), end, "the session goes on")
            time.sleep(0.2)
        self.log_in_again()

    def log_in_again(self):
        """The administrator, whose session may have grown old with the clock."""
        if stage(self.admin) != "full":
            self.admin.get("/dang-nhap")
            self.admin.submit({"ten-dang-nhap": ADMIN[0], "mat-khau": ADMIN[1]}, action="/dang-nhap")
            self.admin.submit({"ma": totp(self.admin.totp_key, time.time() + self.server.shift_s)},
                              action="/ma-hai-buoc")
        type(self).mark = self.admin.get("/api/v1/session").json()["mark"]

    def test_idle_time_ends_the_session(self):
        browser = self.server.browser()
        log_in(browser, "chi.pham", PEOPLE["chi.pham"][1])
        self.server.pass_time(minutes=16)
        self.assertIsNone(stage(browser))
        self.log_in_again()

    def test_a_directory_that_is_down_or_hangs_holds_up_nobody_else(self):
        with socket.socket() as tar:                   # takes connections and says nothing
            tar.bind(("127.0.0.1", 0))
            tar.listen(64)
            for url in (f"ldaps://127.0.0.1:{tar.getsockname()[1]}", f"ldap://127.0.0.1:{tar.getsockname()[1]}"):
                self.settings(dia_chi=url)
                waiting = self.server.browser()
                waiting.get("/dang-nhap")
                waiting.submit({"ten-dang-nhap": "binh.tran", "mat-khau": "x"}, action="/dang-nhap")
                self.assertIn("Đang hỏi danh bạ", waiting.page.text)
                started = time.monotonic()
                for _ in range(10):
                    self.assertEqual(self.admin.get("/hom-nay").status, 200)
                self.assertLess(time.monotonic() - started, 5)
                page = waited(waiting, "/dang-nhap/cho", time.monotonic() + 60)
                self.assertEqual(page.status, 503)
                self.assertIn("Lần thử này không tính", page.text)

    def test_the_emergency_account_opens_while_the_directory_is_down(self):
        self.ldap.stop()
        try:
            page = log_in(self.server.browser(), "binh.tran", PEOPLE["binh.tran"][1])
            self.assertEqual(page.status, 503)
            own = self.server.browser()
            own.get("/dang-nhap")
            own.submit({"ten-dang-nhap": ADMIN[0], "mat-khau": ADMIN[1]}, action="/dang-nhap")
            self.assertEqual(own.path, "/ma-hai-buoc")           # at once, without asking anybody
        finally:
            self.ldap.start()

    def test_a_name_with_a_password_here_is_never_the_directorys(self):
        self.ldap.modify(f"dn: uid={ADMIN[0]},ou=nguoi,{self.ldap.base}\nchangetype: add\nobjectClass: inetOrgPerson\n"
                         f"uid: {ADMIN[0]}\ncn: Kẻ Giả\nsn: Kẻ\nuserPassword: Mao-Danh-2026\n")
        browser = self.server.browser()
        browser.get("/dang-nhap")
        page = browser.submit({"ten-dang-nhap": ADMIN[0], "mat-khau": "Mao-Danh-2026"}, action="/dang-nhap")
        self.assertEqual(page.status, 422)
        self.log_in_again()


if __name__ == "__main__":
    unittest.main()
