#!/usr/bin/env python3
"""Logging in at an OpenID Connect provider: a real one, with its groups, its keys that change and its log-out; and a
hostile one, of which nothing is believed that is not signed, for us, of this log-in and of now."""
import hmac
import re
import shutil
import time
import unittest
import urllib.parse

from flow import ADMIN, Server, khien
from oidc import CLIENT, SECRET, Hostile, Provider, new_key
from test_directory import stage, waited

# EVIDENCE: D12.1.b, D8.1#1
PEOPLE = {
    "u-1": {"preferred_username": "binh.tran", "name": "Trần Bình", "email": "binh@xa.vn", "email_verified": True,
            "groups": ["can-bo", "khac"], "so": "CB-1"},
    "u-2": {"preferred_username": "chi.pham", "name": "Phạm Chi", "email": "binh@xa.vn", "email_verified": True,
            "groups": ["van-thu"]},
    "u-3": {"preferred_username": "dung.vo", "name": "Võ Dũng", "groups": []},
    "u-4": {"preferred_username": "le.quan", "name": "Lê Quân", "groups": ["quan-tri"]},
    # the same name as an account that is here, and as another of the provider
    "u-5": {"preferred_username": ADMIN[0], "name": "Kẻ Giả", "groups": ["quan-tri"]},
    "u-6": {"preferred_username": "binh.tran", "name": "Trần Bình khác", "email": "binh@xa.vn",
            "email_verified": True, "groups": ["can-bo"]},
}


def submit(browser, fields, action):
    """A form of the page of logging in, again while too many log in in this second."""
    while True:
        browser.get("/dang-nhap")
        page = browser.submit(fields, action=action)
        if page.status != 429:
            return page
        time.sleep(0.3)


def leave(browser, act="vao"):
    """The URL that the browser is sent to."""
    submit(browser, {"viec": act}, "/dang-nhap/oidc")
    end = time.monotonic() + 40
    while browser.page.status == 200 and 'http-equiv="refresh"' in browser.page.text:
        if time.monotonic() > end:
            raise AssertionError("no answer at /dang-nhap/oidc")
        time.sleep(0.1)
        browser.get("/dang-nhap/oidc", follow=False)
    return browser.page.headers.get("Location")


def arrive(browser, url):
    """The page after the provider has sent the browser to URL."""
    parts = urllib.parse.urlsplit(url)
    while browser.get(f"{parts.path}?{parts.query}").status == 429:
        time.sleep(0.3)
    return waited(browser, "/dang-nhap/cho", time.monotonic() + 40)


class Oidc(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.home = f"http://127.0.0.1:{cls.server.port}"
        cls.admin = cls.server.set_up()
        cls.mark = cls.admin.get("/api/v1/session").json()["mark"]
        cls.post("/don-vi/1/them", **{"cap-tren": 1, "ten": "Trường Hai", "loai": "school", "so-qd": "1/QĐ",
                                      "ngay-ky": "01/01/2020", "hieu-luc": "01/01/2020"})
        for group, role, unit in (("quan-tri", "admin", 1), ("can-bo", "officer", 2), ("van-thu", "staff", 1)):
            cls.post("/quan-tri/oidc/nhom", nhom=group, **{"vai-tro": role, "noi-lam": unit})

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.own.cleanup()

    @classmethod
    def post(cls, path, status=200, **fields):
        page = cls.admin.post(path, {"dau": cls.mark, **fields})
        if page.status != status:
            raise AssertionError(f"{path}: {page.status}\n{page.text}\n{cls.server.said()}")
        return page

    @classmethod
    def settings(cls, provider, status=200, **changed):
        fields = {"dung": "1", "dia-chi-khien": cls.home, "noi-cap": provider.issuer, "chung-thu": provider.ca,
                  "ma-ung-dung": CLIENT, "bi-mat": SECRET, "pham-vi": "openid profile email",
                  "muc-ten": "preferred_username", "muc-nhom": "groups", "muc-ma": "so",
                  **{name.replace("_", "-"): value for name, value in changed.items()}}
        return cls.post("/quan-tri/oidc", status, **fields)

    def tried(self):
        self.post("/quan-tri/oidc/thu")
        return waited(self.admin, "/quan-tri/oidc/thu", time.monotonic() + 40).text


@unittest.skipUnless(shutil.which("node"), "no node")
class Real(Oidc):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = Provider(f"{cls.home}/dang-nhap/oidc/ve", PEOPLE)
        cls.provider.start()
        cls.settings(cls.provider)

    @classmethod
    def tearDownClass(cls):
        cls.provider.__exit__()
        super().tearDownClass()

    def log_in(self, who, browser=None):
        browser = browser or self.server.browser()
        return browser, arrive(browser, self.provider.log_in(leave(browser), who))

    def test_a_group_gives_role_and_unit(self):
        browser, page = self.log_in("u-1")
        self.assertEqual((page.status, browser.path), (200, "/hom-nay"), page.text)
        self.assertEqual(stage(browser), "full")
        self.assertIn("Trần Bình", browser.get("/tai-khoan").text)
        self.assertEqual(browser.get("/don-vi/2").status, 200)
        self.assertEqual(browser.get("/don-vi/1").status, 404)
        self.assertEqual(browser.get("/quan-tri").status, 403)
        self.assertIn("ở nơi đăng nhập chung", browser.get("/doi-mat-khau").text)

    def test_who_is_in_no_group_does_not_come_in(self):
        browser, page = self.log_in("u-3")
        self.assertEqual(page.status, 403)
        self.assertIn("không thuộc nhóm nào", page.text)
        self.assertIsNone(stage(browser))

    def test_an_administrator_needs_the_second_step_too(self):
        browser, _ = self.log_in("u-4")
        self.assertEqual(stage(browser), "turn-on-second-step")

    def test_neither_a_name_nor_an_address_is_a_person(self):
        self.log_in("u-1")
        for who in ("u-5", "u-6"):                        # the names of accounts that are there
            browser, page = self.log_in(who)
            self.assertEqual(page.status, 403, page.text)
            self.assertIn(who, page.text)                 # what to tell the administrator
            self.assertIsNone(stage(browser))
        self.post("/nhan-su", ten="Trần Bình", **{"don-vi-moi": 1, "thu-dien-tu": "binh@xa.vn"})
        browser, _ = self.log_in("u-2")                   # the e-mail of that person, verified or not
        self.assertEqual(stage(browser), "full")
        listing = khien("user", "list", "--data", self.server.data).out
        self.assertRegex(listing, r"chi\.pham\tstaff\tactive\t.*\toidc")
        found = re.search(r'/quan-tri/nguoi-dung/(\d+)">chi\.pham<', self.admin.get("/quan-tri").text).group(1)
        self.assertNotIn("/nhan-su/", self.admin.get(f"/quan-tri/nguoi-dung/{found}").text.split("<main")[1]
                         .split("<form")[0])

    def test_an_administrator_says_who_somebody_is(self):
        made = khien("user", "add", "mai.ho", "--name", "Hồ Mai", "--role", "staff", "--data", self.server.data)
        self.assertEqual(made.status, 0, made)
        self.assertEqual(khien("user", "link", "mai.ho", "u-7", "--data", self.server.data).status, 0)
        taken = khien("user", "link", ADMIN[0], "u-7", "--data", self.server.data)
        self.assertNotEqual(taken.status, 0)
        self.provider.people["u-7"] = {"preferred_username": "gi.cung.duoc", "groups": ["van-thu"]}
        self.restart()
        browser, _ = self.log_in("u-7")
        self.assertEqual(browser.get("/api/v1/session").json()["login"], "mai.ho")
        onetime = made.out.split()[-1]
        stranger = self.server.browser()
        submit(stranger, {"ten-dang-nhap": "mai.ho", "mat-khau": onetime}, "/dang-nhap")
        self.assertIsNone(stage(stranger))                # the password here is no more

    def test_a_number_of_the_roster_finds_its_person(self):
        self.post("/nhan-su", ten="Trần Thị Bình", ma="CB-1", **{"don-vi-moi": 2})
        person = re.search(r"/nhan-su/(\d+)", self.admin.path).group(1)
        self.log_in("u-1")
        found = re.search(r'/quan-tri/nguoi-dung/(\d+)">binh\.tran<', self.admin.get("/quan-tri").text).group(1)
        self.assertIn(f"/nhan-su/{person}", self.admin.get(f"/quan-tri/nguoi-dung/{found}").text)

    def restart(self):
        self.provider.stop()
        self.provider.start()

    def test_keys_that_change_are_known_at_once(self):
        self.log_in("u-1")
        for kind, algorithm in (("EC", "ES256"), ("RSA", "PS256"), ("RSA", "RS256")):
            self.provider.kind, self.provider.algorithm = kind, algorithm
            self.provider.turn_keys()
            self.provider.in_token = algorithm == "PS256"
            self.restart()
            browser, page = self.log_in("u-1")
            self.assertEqual(stage(browser), "full", page.text)

    def test_a_code_works_once(self):
        browser = self.server.browser()
        url = self.provider.log_in(leave(browser), "u-1")
        trip = dict(browser.cookies)
        arrive(browser, url)
        self.assertEqual(stage(browser), "full")
        browser.cookies = dict(trip)                      # a browser that kept what it should have lost
        page = arrive(browser, url)
        self.assertEqual(page.status, 403)
        self.assertIn("đã dùng rồi", page.text)
        self.assertIsNone(stage(browser))

    def test_another_browser_does_not_come_in_with_it(self):
        victim, thief = self.server.browser(), self.server.browser()
        url = self.provider.log_in(leave(victim), "u-1")
        leave(thief)                                      # has a log-in of its own on the way
        for browser in (thief, self.server.browser()):
            page = arrive(browser, url)
            self.assertEqual(page.status, 403)
            self.assertIn("không bắt đầu ở trình duyệt này", page.text)
            self.assertIsNone(stage(browser))

    def test_logging_out_here_and_there(self):
        browser, _ = self.log_in("u-1")
        browser.get("/hom-nay")
        page = browser.submit({}, action="/dang-xuat")
        self.assertIn("có thể vẫn còn mở", page.text)
        self.assertIsNone(stage(browser))
        browser.get("/dang-nhap?bao=da-dang-xuat-oidc")
        while browser.submit({"viec": "ra"}, action="/dang-nhap/oidc").status == 429:
            time.sleep(0.3)
            browser.get("/dang-nhap?bao=da-dang-xuat-oidc")
        end = time.monotonic() + 40
        while browser.page.status == 200 and time.monotonic() < end:
            time.sleep(0.1)
            browser.get("/dang-nhap/oidc", follow=False)
        where = browser.page.headers["Location"]
        self.assertTrue(where.startswith(f"{self.provider.issuer}/session/end"), where)
        with self.provider.visitor().open(where, None, 20) as page:
            self.assertEqual(page.status, 200)            # it knows the client and the way back

    def test_a_clock_that_is_wrong_is_told(self):
        for minutes, words in ((1, None), (30, "lệch nhau"), (-30, "lệch nhau")):
            browser = self.server.browser()
            self.server.pass_time(minutes=minutes)
            try:
                url = self.provider.log_in(leave(browser), "u-1")
                page = arrive(browser, url)
                self.assertEqual(stage(browser), None if words else "full")
                self.assertIn(words or "", page.text)
            finally:
                self.server.pass_time(minutes=-minutes)

    def test_wrong_settings_are_told_apart(self):
        self.assertIn("đúng là nơi đã khai", self.tried())
        try:
            self.settings(self.provider, noi_cap=self.provider.issuer + "/")
            self.assertIn("không đúng nơi đã khai ở đây", self.tried())
            self.settings(self.provider, noi_cap=self.provider.issuer.replace("127.0.0.1", "ip6-localhost"))
            self.assertNotIn("đúng là nơi", self.tried())
            with Hostile() as other:
                self.settings(self.provider, chung_thu=other.ca)
                self.assertIn("không do CA đã khai cấp", self.tried())
            self.settings(self.provider, bi_mat="khong-phai")
            browser, page = self.log_in("u-1")
            self.assertEqual((page.status, stage(browser)), (503, None))
            for wrong in ({"noi_cap": "http://x"}, {"chung_thu": "x"}, {"ma_ung_dung": ""}, {"pham_vi": "profile"},
                          {"dia_chi_khien": "http://khien.vn"}, {"muc_nhom": ""}):
                self.settings(self.provider, 422, **wrong)
        finally:
            self.settings(self.provider)

    def test_a_provider_that_is_down_and_the_emergency_account(self):
        self.provider.stop()
        try:
            browser = self.server.browser()
            self.assertIsNone(leave(browser))
            self.assertEqual(browser.page.status, 503)
            self.assertIn("tài khoản khẩn cấp", browser.page.text)
            submit(browser, {"ten-dang-nhap": ADMIN[0], "mat-khau": ADMIN[1]}, "/dang-nhap")
            self.assertEqual(browser.path, "/ma-hai-buoc")
            self.assertIn("không trả lời", self.tried())
        finally:
            self.provider.start()

    def test_the_secret_is_kept_sealed_and_shown_nowhere(self):
        for name in ("khien.db", "khien.db-wal"):
            with open(f"{self.server.data}/{name}", "rb") as kept:
                self.assertNotIn(SECRET.encode(), kept.read())
        self.assertNotIn(SECRET, self.admin.get("/quan-tri/oidc").text)
        self.assertNotIn(SECRET, khien("signin", "show", "--data", self.server.data).out)


class Lies(Oidc):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.liar = Hostile()
        cls.liar.__enter__()
        cls.settings(cls.liar)

    @classmethod
    def tearDownClass(cls):
        cls.liar.__exit__()
        super().tearDownClass()

    def setUp(self):
        self.liar.reset()

    def come(self, **back):
        browser = self.server.browser()
        page = arrive(browser, self.liar.come_back(leave(browser), **back))
        return page, stage(browser)

    def test_the_truth_is_believed(self):
        self.assertEqual(self.come()[1], "full")

    def test_tokens_that_are_not_ours(self):
        now, other = int(time.time()), new_key("h1")[0]
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding
        pem = self.liar.jwk["n"].encode()
        for change, header, sign in (
                ({"nonce": "khac"}, {}, None), ({"nonce": None}, {}, None), ({"aud": "khac"}, {}, None),
                ({"aud": [CLIENT, "khac"]}, {}, None), ({"azp": "khac"}, {}, None),
                ({"iss": "https://127.0.0.1:1"}, {}, None), ({"sub": None}, {}, None), ({"sub": ""}, {}, None),
                ({"exp": now - 200, "iat": now - 400}, {}, None), ({"iat": now + 400, "exp": now + 900}, {}, None),
                ({"exp": None}, {}, None), ({}, {"alg": "none"}, lambda text: b""), ({}, {"alg": "None"}, None),
                ({}, {"alg": "HS256"}, lambda text: hmac.digest(pem, text, "sha256")), ({}, {"kid": "h2"}, None),
                ({}, {"crit": ["exp"]}, None), ({}, {"alg": "ES256"}, lambda text: bytes(64)),
                ({}, {}, lambda text: other.sign(text, padding.PKCS1v15(), hashes.SHA256())),
                ({}, {"jwk": {k: new_key("h1")[1][k] for k in ("kty", "n", "e")}},
                 lambda text: other.sign(text, padding.PKCS1v15(), hashes.SHA256()))):
            self.liar.change, self.liar.header, self.liar.sign = change, header, sign
            page, state = self.come()
            self.assertEqual((page.status, state), (403, None), f"{change} {header}: {page.text}")
        self.assertIn("nơi đăng nhập một lần không xác nhận được", self.admin.get("/quan-tri/nhat-ky").text)

    def test_an_unknown_key_is_known_when_it_is_published(self):
        key, jwk = new_key("h2")
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding
        self.liar.header = {"kid": "h2"}
        self.liar.sign = lambda text: key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        self.assertIsNone(self.come()[1])
        self.liar.keys.append({k: jwk[k] for k in ("kty", "kid", "use", "n", "e")})
        self.assertEqual(self.come()[1], "full")
        self.liar.keys = self.liar.keys[:1]               # taken back: good no more
        self.assertIsNone(self.come()[1])

    def test_states_and_issuers_that_are_mixed_up(self):
        for back, words in (({"state": "khac"}, "không bắt đầu"), ({"state": None}, "không bắt đầu"),
                            ({"iss": "https://noi-khac.vn"}, "không đến từ"), ({"iss": None}, "không đến từ"),
                            ({"code": None, "error": "access_denied"}, "không cho vào")):
            before = self.liar.asked.count("/t")
            page, state = self.come(**back)
            self.assertEqual((page.status, state), (403, None), f"{back}: {page.text}")
            self.assertIn(words, page.text)
            self.assertEqual(self.liar.asked.count("/t"), before, "the code was sent")

    def test_a_description_of_somebody_else(self):
        for change in ({"issuer": "https://noi-khac.vn"}, {"token_endpoint": "http://127.0.0.1/t"},
                       {"code_challenge_methods_supported": ["plain"]}, {"jwks_uri": None}):
            self.liar.describe = change
            browser = self.server.browser()
            self.assertIsNone(leave(browser))
            self.assertEqual(browser.page.status, 503)

    def test_the_commands_do_what_the_page_does(self):
        data = ("--data", self.server.data)
        shown = khien("signin", "show", *data)
        self.assertIn(f"oidc.issuer\t{self.liar.issuer}", shown.out)
        self.assertIn("oidc group\tcan-bo\tofficer\t2", shown.out)
        self.assertNotEqual(khien("signin", "set", "oidc.issuer", "http://x", *data).status, 0)
        self.assertNotEqual(khien("signin", "set", "oidc.khac", "x", *data).status, 0)
        self.assertEqual(khien("signin", "set", "oidc.scope", "openid groups", *data).status, 0)
        self.assertEqual(khien("signin", "set", "oidc.secret", "-", *data, stdin="bi-mat-khac\n").status, 0)
        self.assertIn("oidc.scope\topenid groups", khien("signin", "show", *data).out)
        self.assertEqual(khien("signin", "group", "oidc", "moi", "--role", "head", "--unit", "2", *data).status, 0)
        self.assertIn("moi", self.admin.get("/quan-tri/oidc").text)
        self.assertEqual(khien("signin", "group", "oidc", "moi", "--remove", *data).status, 0)
        self.assertEqual(khien("signin", "set", "oidc.on", "0", *data).status, 0)
        browser = self.server.browser()
        self.assertNotIn("/dang-nhap/oidc", browser.get("/dang-nhap").text)
        self.assertEqual(browser.post("/dang-nhap/oidc", {"viec": "vao"}).status, 404)
        self.assertEqual(khien("signin", "set", "oidc.on", "1", *data).status, 0)
        self.settings(self.liar)


class Hours(Oidc):
    def test_a_session_ends_after_eight_hours_whatever_is_done(self):
        with Hostile() as honest:
            self.settings(honest)
            browser = self.server.browser()
            page = arrive(browser, honest.come_back(leave(browser)))
            self.assertEqual(stage(browser), "full", page.text)
            for step in range(53):
                self.server.pass_time(minutes=9)
                self.assertEqual(stage(browser), "full", f"{step * 9} min")
            self.server.pass_time(minutes=2)
            self.assertEqual(stage(browser), "full")
            self.server.pass_time(minutes=2)
            self.assertIsNone(stage(browser))


del Oidc

if __name__ == "__main__":
    unittest.main()
