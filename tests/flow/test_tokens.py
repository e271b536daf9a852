#!/usr/bin/env python3
"""Tokens of programs: made by a person for themselves, shown once, kept as a hash; never more than that person may; and
gone with whatever ends that person's sessions."""
import hashlib
import os
import re
import shutil
import sqlite3
import tempfile
import time
import unittest

from flow import ADMIN, PACKS, khien, totp
from signed_in import SignedIn, mark_of, send
from test_matrix import account_of

# EVIDENCE: D8.2, D12.1.b#1
DAY_S = 86400


class Tokens(SignedIn):
    made = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin.post("/don-vi/1/them", {"dau": cls.admin.mark, "cap-tren": 1, "ten": "Xã Hai", "loai": "agency",
                                          "so-qd": "1/QĐ", "ngay-ky": "01/01/2020", "hieu-luc": "01/01/2020"})
        cls.admin.post("/so/wifi/moi", {"dau": cls.admin.mark, "t-ssid": "Mang", "t-doi-tuong": "khach",
                                        "t-trang-thai": "dang-phat", "don-vi": 2})

    def person(self, role="officer", unit=2):
        """A new account of UNIT, in its browser."""
        Tokens.made = number = Tokens.made + 1
        page = self.admin.post("/quan-tri/nguoi-dung", {"dau": self.admin.mark, "ten-dang-nhap": f"nguoi.{number}",
                                                        "ho-ten": f"Lê Người {number}", "vai-tro": role, "noi-lam": unit})
        onetime = re.search(r'<code class="key">([^<]+)</code>', page.text).group(1)
        browser = self.server.browser()
        browser.login, browser.password = f"nguoi.{number}", f"Suoi-nguon-Deo-cao-{number}"
        send(browser, "/dang-nhap", {"ten-dang-nhap": browser.login, "mat-khau": onetime})
        send(browser, "/doi-mat-khau", {"mat-khau": onetime, "mat-khau-moi": browser.password,
                                        "nhac-lai": browser.password})
        mark_of(browser)
        listing = self.admin.get("/quan-tri").text
        browser.number = int(re.search(rf'/quan-tri/nguoi-dung/(\d+)">{re.escape(browser.login)}<', listing).group(1))
        return browser

    def make(self, browser, scope="ghi", status=200, **fields):
        page = browser.post("/tai-khoan/ma-api", {"dau": browser.mark, "ten-ma": "Lấy số liệu", "quyen": scope, **fields})
        self.assertEqual(page.status, status, page.text)
        found = re.search(r'<code class="key">(khien_[A-Z0-9]+)</code>', page.text)
        return found and found.group(1)

    def ask(self, token, path="/api/v1/session", fields=None):
        browser, headers = self.server.browser(), {"Authorization": f"Bearer {token}"}
        if fields is None:
            return browser.get(path, headers=headers, follow=False)
        return browser.post(path, fields, headers=headers, follow=False)

    def alive(self, token):
        page = self.ask(token)
        self.assertIn(page.status, (200, 401))
        return page.status == 200

    def tokens(self, browser):
        return browser.get("/api/v1/tokens").json()["items"]

    def test_it_is_shown_once_and_kept_as_a_hash(self):
        browser = self.person()
        token = self.make(browser)
        self.assertEqual(self.ask(token).json()["login"], browser.login)
        self.assertNotIn(token, browser.get("/tai-khoan").text)
        self.assertIn("Lấy số liệu", browser.page.text)
        for name in ("khien.db", "khien.db-wal"):
            with open(f"{self.server.data}/{name}", "rb") as kept:
                self.assertNotIn(token[6:].encode(), kept.read())
        with sqlite3.connect(f"file:{self.server.data}/khien.db?mode=ro", uri=True) as db:
            kept, = db.execute("SELECT count(*) FROM api_token WHERE sha256 = ?",
                               (hashlib.sha256(token.encode()).hexdigest(),)).fetchone()
        self.assertEqual(kept, 1)
        self.assertEqual(self.admin.get("/so-vet?loai=api_token").status, 200)
        self.assertIn("Mã truy cập API", self.admin.page.text)
        self.assertNotIn(token, self.server.said())

    def test_it_reads_or_writes_and_opens_no_page(self):
        browser = self.person()
        reads, writes = self.make(browser, "doc"), self.make(browser)
        form = {"ssid": "Mang-API", "doi-tuong": "khach", "trang-thai": "dang-phat", "unit": 2}
        path = "/api/v1/registers/wifi/records"
        self.assertEqual([r["values"]["ssid"] for r in self.ask(reads, path).json()["items"]], ["Mang"])
        self.assertEqual(self.ask(reads, path, form).status, 403)
        self.assertEqual(self.ask(reads, "/api/v1/session/end", {}).status, 403)
        made = self.ask(writes, path, form)
        self.assertEqual(made.status, 201, made.text)
        for way in ("/hom-nay", "/tai-khoan", "/quan-tri"):
            page = self.ask(writes, way)
            self.assertEqual((page.status, page.headers["Location"]), (303, "/dang-nhap"))
        page = self.ask(writes, "/tai-khoan/ma-api", {"ten-ma": "con", "quyen": "ghi"})
        self.assertEqual((page.status, len(self.tokens(browser))), (303, 2), "no token makes another")
        events = self.admin.get("/quan-tri/nhat-ky").text
        self.assertIn("tạo mã truy cập API", events)
        with sqlite3.connect(f"file:{self.server.data}/khien.db?mode=ro", uri=True) as db:
            peers = {row[0] for row in db.execute("SELECT peer FROM change WHERE login = ?", (browser.login,))}
        self.assertIn(f"127.0.0.1 (API {self.tokens(browser)[0]['id']})", peers)

    def test_what_is_no_token_is_nobody(self):
        browser = self.person()
        token = self.make(browser)
        for wrong in ("", "x", token[:-1], token + "A", token.lower(), token[:-1] + ("A" if token[-1] != "A" else "B"),
                      "khien_" + "A" * 4000):
            page = self.ask(wrong)
            self.assertEqual((page.status, page.headers["WWW-Authenticate"]), (401, "Bearer"), wrong[:80])
        visitor = self.server.browser()
        for header in (f"Basic {token}", token, f"Bearer{token}", "Bearer"):
            self.assertEqual(visitor.get("/api/v1/session", headers={"Authorization": header}).status, 401, header)
        self.assertEqual(visitor.get("/api/v1/session", headers={"Authorization": f"bearer {token}"}).status, 200)
        # a wrong token beside a good session is a wrong token
        self.assertEqual(browser.get("/api/v1/session", headers={"Authorization": "Bearer x"}).status, 401)

    def test_its_end_is_at_most_what_the_pack_says(self):
        browser = self.person()
        def day(days):
            at_s = time.time() + self.server.shift_s + 7 * 3600 + days * DAY_S
            return time.strftime("%d/%m/%Y", time.gmtime(at_s))

        for han, status in ((day(-1), 422), (day(92), 422), ("mai", 422), (day(90), 200), (day(3), 200), ("", 200)):
            self.make(browser, status=status, han=han)
        self.make(browser, status=422, **{"ten-ma": ""})
        self.make(browser, status=422, **{"ten-ma": "x" * 300})
        ends = [t["until"] for t in self.tokens(browser)]
        self.assertEqual(len(ends), 3)
        self.assertEqual(ends[0][:10], ends[2][:10], "the last day allowed is 90 days away")
        short = self.make(browser, han=day(1))
        self.server.pass_time(days=3)
        self.assertFalse(self.alive(short))
        mark_of_again(self.server, self.admin)
        listed = khien("user", "tokens", browser.login, "--data", self.server.data,
                       env={"KHIEN_TEST_CLOCK": self.server.clock}).out.splitlines()
        self.assertEqual([line.split("\t")[3] for line in listed], ["expired", "live", "live", "live"])

    def test_an_administrator_sees_and_revokes(self):
        browser = self.person()
        token, other = self.make(browser), self.make(browser, "doc", **{"ten-ma": "Việc hai"})
        page = self.admin.get(f"/quan-tri/nguoi-dung/{browser.number}")
        self.assertIn("Việc hai", page.text)
        one, two = (t["id"] for t in reversed(self.tokens(browser)))
        form = {"dau": self.admin.mark, "viec": "thu-hoi-ma", "ma-so": one}
        self.assertEqual(self.admin.post(f"/quan-tri/nguoi-dung/{browser.number}", form).status, 200)
        self.assertFalse(self.alive(token))
        self.assertTrue(self.alive(other))
        done = khien("user", "revoke", str(two), "--data", self.server.data)
        self.assertEqual(done.status, 0, done)
        self.assertFalse(self.alive(other))
        self.assertNotEqual(khien("user", "revoke", str(two), "--data", self.server.data).status, 0)

    def test_nobody_ends_another_ones(self):
        browser, other = self.person(), self.person()
        token = self.make(browser)
        number = self.tokens(browser)[0]["id"]
        self.assertEqual(other.post("/tai-khoan/ma-api", {"dau": other.mark, "viec": "thu-hoi-ma", "ma-so": number}).status,
                         404)
        self.assertEqual(self.ask(self.make(other), f"/api/v1/tokens/{number}/end", {}).status, 404)
        self.assertTrue(self.alive(token))
        self.assertEqual(self.ask(token, f"/api/v1/tokens/{number}/end", {}).status, 200)
        self.assertFalse(self.alive(token))

    def test_what_ends_sessions_ends_tokens(self):
        def change(browser):
            send(browser, "/doi-mat-khau", {"mat-khau": browser.password, "mat-khau-moi": browser.password + "x",
                                            "nhac-lai": browser.password + "x"})

        def act(**fields):
            return lambda browser: self.admin.post(f"/quan-tri/nguoi-dung/{browser.number}",
                                                   {"dau": self.admin.mark,
                                                    **{k.replace("_", "-"): v for k, v in fields.items()}})

        for end in (change, act(viec="ngung"), act(viec="cap-lai"), act(viec="vai-tro", vai_tro="staff"),
                    act(viec="noi-lam", noi_lam=1)):
            browser = self.person()
            token = self.make(browser)
            self.assertTrue(self.alive(token))
            end(browser)
            self.assertFalse(self.alive(token), end)
            listed = khien("user", "tokens", browser.login, "--data", self.server.data).out
            self.assertEqual(listed.split("\t")[3], "changed")

    def test_who_leaves_takes_them_along(self):
        for what, why in (({"tinh-trang": "left"}, "left"), ({"tinh-trang": "retired"}, "left"), ({"don-vi": 1}, "changed")):
            browser = self.person()
            self.admin.post("/nhan-su", {"dau": self.admin.mark, "ten": "Lê Nghỉ", "don-vi-moi": 2, "ma": browser.login})
            person = re.search(r"/nhan-su/(\d+)", self.admin.path).group(1)
            self.admin.post(f"/quan-tri/nguoi-dung/{browser.number}", {"dau": self.admin.mark, "viec": "noi-lam",
                                                                       "noi-lam": 2, "nguoi": browser.login})
            browser.cookies.clear()
            send(browser, "/dang-nhap", {"ten-dang-nhap": browser.login, "mat-khau": browser.password})
            mark_of(browser)
            token = self.make(browser)
            page = self.admin.post(f"/nhan-su/{person}/quyet-dinh", {
                "dau": self.admin.mark, "so-qd": "9/QĐ", "ngay-ky": "01/01/2026", "hieu-luc": "01/01/2026",
                "gio": "00:00", **what})
            self.assertEqual(page.status, 200, page.text)
            self.assertFalse(self.alive(token), self.admin.get(f"/nhan-su/{person}").text)
            self.assertEqual(khien("user", "tokens", browser.login, "--data", self.server.data).out.split("\t")[3], why)

    def test_while_the_account_is_locked_it_rests(self):
        browser = self.person()
        token = self.make(browser)
        stranger = self.server.browser()
        for _ in range(5):
            send(stranger, "/dang-nhap", {"ten-dang-nhap": browser.login, "mat-khau": "sai"})
        self.assertFalse(self.alive(token))
        self.admin.post(f"/quan-tri/nguoi-dung/{browser.number}", {"dau": self.admin.mark, "viec": "mo-khoa"})
        self.assertTrue(self.alive(token))


class FewCalls(SignedIn):
    """How often a token may ask in a minute is a number of the packs."""

    @classmethod
    def setUpClass(cls):
        base = tempfile.TemporaryDirectory(prefix="khien-packs-")
        cls.addClassCleanup(base.cleanup)
        cls.packs = os.path.join(base.name, "packs")
        shutil.copytree(PACKS, cls.packs)
        path = os.path.join(cls.packs, "tay-son/params.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        before, after = text.split("- id: api_calls_per_min", 1)
        with open(path, "w", encoding="utf-8") as file:
            file.write(before + "- id: api_calls_per_min" + after.replace("value: 600", "value: 5", 1))
        super().setUpClass()

    person, make, ask, alive = Tokens.person, Tokens.make, Tokens.ask, Tokens.alive

    def test_one_that_asks_too_often_waits_and_others_do_not(self):
        browser, other = self.person(unit=1), self.person(unit=1)
        token, quiet = self.make(browser), self.make(other)
        pages = [self.ask(token) for _ in range(30)]   # of two minutes at most, five each
        answers = [page.status for page in pages]
        self.assertIn(answers.count(200), range(5, 21), answers)
        self.assertGreaterEqual(answers.count(429), 10)
        for page in pages:
            if page.status == 429:
                self.assertIn(int(page.headers["Retry-After"]), range(1, 61))
        self.assertTrue(self.alive(quiet))
        self.server.pass_time(minutes=1)
        self.assertTrue(self.alive(token))


class OneAdministrator(SignedIn):
    """Who alone administers says by password whom of the staff the account is; another one changes that of others."""

    def link(self, status, **more):
        fields = {"dau": self.admin.mark, "viec": "nguoi-minh", "nguoi": "Lê An", "mat-khau": ADMIN[1], **more}
        while True:
            page = self.admin.post("/quan-tri/nguoi-dung/1", fields)
            if page.status != 429:
                break
            time.sleep(0.3)
        self.assertEqual(page.status, status, page.text)
        return page.text

    def whose(self):
        with sqlite3.connect(f"{self.server.data}/khien.db") as db:
            return db.execute("SELECT staff_id FROM person WHERE id = 1").fetchone()[0]

    def test_the_only_one_links_by_password_and_no_other_way(self):
        self.admin.post("/nhan-su", {"dau": self.admin.mark, "ten": "Lê An", "don-vi-moi": 1})
        self.assertIn("Gắn với người này", self.admin.get("/quan-tri/nguoi-dung/1").text)
        self.assertIn("Mật khẩu hiện tại không đúng", self.link(422, **{"mat-khau": "sai"}))
        self.assertIn("Không có ai trong danh sách như vậy", self.link(422, nguoi="Ai Đó"))
        self.link(403, viec="vai-tro", **{"vai-tro": "officer"})         # nothing else of one's own
        self.link(403, viec="noi-lam", **{"noi-lam": "1"})
        self.assertIsNone(self.whose())
        account_of(self.server, self.admin, "admin", 1)
        second = re.search(r'/quan-tri/nguoi-dung/(\d+)">admin\.1<', self.admin.get("/quan-tri").text).group(1)
        self.link(403)                                                    # another administrator does it now
        self.assertIn("người quản trị khác mới đổi được", self.admin.get("/quan-tri/nguoi-dung/1").text)
        self.admin.post(f"/quan-tri/nguoi-dung/{second}", {"dau": self.admin.mark, "viec": "ngung"})
        self.link(200)
        self.assertEqual(self.whose(), 1)
        self.assertEqual(self.admin.get("/api/v1/session").status, 401)   # log in anew
        with sqlite3.connect(f"{self.server.data}/khien.db") as db:
            told = db.execute("SELECT login, about FROM event WHERE what = 'user-self-link'").fetchall()
        self.assertEqual(told, [(ADMIN[0], ADMIN[0])])


def mark_of_again(server, admin):
    """Days have passed: the administrator logs in anew."""
    admin.cookies.clear()
    send(admin, "/dang-nhap", {"ten-dang-nhap": ADMIN[0], "mat-khau": ADMIN[1]})
    admin.submit({"ma": totp(admin.totp_key, time.time() + server.shift_s)}, action="/ma-hai-buoc")
    mark_of(admin)


if __name__ == "__main__":
    unittest.main()
