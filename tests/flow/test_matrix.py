#!/usr/bin/env python3
"""Who may do what, where: every role × every route × an object of one's own unit, of one below, of the one
above, of another, and one's own, asked of the real server. What is asked and what must come back are made
from the program's two tables (build-test/tests/unit/route_table), so a route added tomorrow is in the matrix
tomorrow."""
import html
import json
import os
import re
import subprocess
import time
import unittest
import urllib.parse

from flow import BUILD, PACKS, totp
from pack import load, tay_son
from signed_in import SignedIn, mark_of, send

# EVIDENCE: D8.1#1, D8.2
TABLES = json.loads(subprocess.run([os.path.join(BUILD, "tests/unit/route_table")], check=True,
                                   capture_output=True).stdout)
ROLES = list(TABLES["roles"])
UNITS = {"root": 1, "own": 2, "below": 3, "other": 4}       # 2 and 4 stand below 1, 3 below 2
PASSWORD = "Suoi-nguon-Deo-cao-{}"
# what the second and third {} of a path may be, where the page would otherwise know nothing of it
SECOND = {"/may/{}/{}": "lock.deny", "/may/{}/{}/ngoai-le": "lock.deny", "/don-vi/{}/{}": "doi-ten"}
# answers of these cannot be told from a refusal, or they end the session that the next cell needs
LEFT_OUT = {("POST", "/dang-xuat"), ("POST", "/api/v1/session/end")}


def account_of(server, browser, role, unit):
    """A new account's browser, all log-in steps done."""
    login = f"{role}.{unit}"
    page = browser.post("/quan-tri/nguoi-dung", {"dau": browser.mark, "ten-dang-nhap": login, "ho-ten": f"Lê {role}",
                                                 "vai-tro": role, "noi-lam": unit})
    onetime = re.search(r'<code class="key">([^<]+)</code>', page.text).group(1)
    other = server.browser()
    send(other, "/dang-nhap", {"ten-dang-nhap": login, "mat-khau": onetime})
    send(other, "/doi-mat-khau", {"mat-khau": onetime, "mat-khau-moi": PASSWORD.format(unit * 7),
                                  "nhac-lai": PASSWORD.format(unit * 7)})
    if "/dang-nhap" in other.path:
        send(other, "/dang-nhap", {"ten-dang-nhap": login, "mat-khau": PASSWORD.format(unit * 7)})
    if "/bat-ma-hai-buoc" in other.path:
        key = re.search(r'<code class="key">([A-Z2-7]+)</code>', other.page.text).group(1)
        other.submit({"ma": totp(key, time.time() + server.shift_s)}, action="/bat-ma-hai-buoc")
    mark_of(other)
    return other


class Program:
    """Asks as a browser does, with a token of BROWSER's account instead of its cookies."""
    mark = ""

    def __init__(self, server, browser, scope):
        page = browser.post("/tai-khoan/ma-api", {"dau": browser.mark, "ten-ma": "ma trận", "quyen": scope})
        self.browser, self.scope = server.browser(), scope
        self.headers = {"Authorization": "Bearer " + re.search(r'<code class="key">(khien_[A-Z0-9]+)</code>',
                                                               page.text).group(1)}

    def get(self, path, headers=None, **more):
        return self.browser.get(path, headers={**(headers or {}), **self.headers}, **more)

    def post(self, path, fields, headers=None, **more):
        return self.browser.post(path, fields, headers={**(headers or {}), **self.headers}, **more)


def doers():
    """{obligation: the roles of accounts that do it}, as the pack says. What everybody has for himself is no duty
    where another answers for the unit."""
    roles = {role["id"]: role for role in load(os.path.join(PACKS, "tay-son", "roles.yaml"))["roles"]}
    return {o["id"]: {account for i, who in enumerate(o["who"]) if i == 0 or not roles[who].get("each")
                      for account in roles[who].get("accounts") or []}
            for file in tay_son("obligations") for o in file["obligations"]}


def covers(unit, other):
    return other in {1: {1, 2, 3, 4}, 2: {2, 3}, 3: {3}, 4: {4}}[unit]


def reaches(place, unit, other):
    return place == "all" or place == "below" and covers(unit, other) or place == "own" and unit == other


def wanted(route, role, unit, other, is_self):
    """"in", 403 or 404."""
    if route["open"]:
        return "in"
    places = TABLES["roles"][role]
    place, kind = places[route["right"]], route["object"]
    if place == "none" or place == "self" and kind in ("list", "whole"):
        return 403
    if kind == "whole":
        return "in" if reaches(place, unit, 1) else 403
    if other is None:
        return "in"
    if not (reaches(places["see"], unit, other) or is_self is True and places["see"] != "none"):
        return 404
    return "in" if reaches(place, unit, other) or is_self is True else 403


class Matrix(SignedIn):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_units()
        cls.make_objects()
        cls.browsers = {(role, unit): account_of(cls.server, cls.admin, role, unit)
                        for role in ROLES for unit in (1, 2)}
        cls.own = cls.people_of_accounts()
        cls.make_programs()
        cls.duties = cls.duties_of_roles()

    @classmethod
    def make_programs(cls):
        """A token that reads and one that writes for each account of unit 2, and the administrator of unit 1. What
        the routes call number 1 is nobody's any more."""
        cls.programs = {}
        Program(cls.server, cls.admin, "ghi")
        cls.form("/tai-khoan/ma-api", viec="thu-hoi-ma", ma_so=1)
        for (role, unit), browser in cls.browsers.items():
            if browser and (unit == 2 or role == "admin"):
                cls.programs[role, unit] = [Program(cls.server, browser, scope) for scope in ("doc", "ghi")]

    @classmethod
    def duties_of_roles(cls):
        """{role: (a duty that it does, one that it does not)}; None where there is no such duty."""
        who, listed = doers(), [urllib.parse.unquote(found) for found in re.findall(
            r'href="/viec/2/tay-son/([^"?/]+)"', cls.admin.get("/viec?don-vi=2&xem=tat-ca").text)]
        return {role: (next((o for o in listed if role in who[o]), None),
                       next((o for o in listed if role not in who[o]), None)) for role in ROLES}

    @classmethod
    def form(cls, path, **fields):
        page = cls.admin.post(path, {"dau": cls.admin.mark, **{k.replace("_", "-"): v for k, v in fields.items()}})
        if page.status != 200:
            raise AssertionError(f"{path}: {page.status}\n{page.text}")
        return page

    @classmethod
    def make_units(cls):
        for parent, name in ((1, "Xã Hai"), (2, "Trường Ba"), (1, "Xã Bốn")):
            cls.form(f"/don-vi/{parent}/them", cap_tren=parent, ten=name, loai="agency", so_qd="1/QĐ",
                     ngay_ky="01/01/2020", hieu_luc="01/01/2020")

    @classmethod
    def make_objects(cls):
        """An object of each kind in each unit: {kind: {unit: id}}. There is one machine; it is put where it is
        asked for, with its exceptions."""
        cls.objects = {"unit": {u: u for u in UNITS.values()}, "staff": {}, "account": {}, "record": {}}
        for unit in UNITS.values():
            cls.form("/nhan-su", ten=f"Trần Người {unit}", don_vi_moi=unit)
            cls.objects["staff"][unit] = int(re.search(r"/nhan-su/(\d+)", cls.admin.path).group(1))
            cls.form("/so/wifi/moi", t_ssid=f"Mang {unit}", t_doi_tuong="khach", t_trang_thai="dang-phat",
                     don_vi=unit)
            cls.objects["record"][unit] = int(re.search(r"/ban-ghi/(\d+)", cls.admin.path).group(1))
            page = cls.form("/quan-tri/nguoi-dung", ten_dang_nhap=f"x{unit}", ho_ten="X", vai_tro="staff",
                            noi_lam=unit)
            assert page.status == 200
        cls.objects.update(case={}, session={}, file={}, **{"import": {}})
        for unit in UNITS.values():
            record = cls.objects["record"][unit]
            page = cls.admin.upload(f"/ban-ghi/{record}/tep", {"dau": cls.admin.mark}, [("tep", "a.txt", b"a")])
            cls.objects["file"][unit] = int(re.search(r'href="/tep/(\d+)"', page.text).group(1))
            page = cls.admin.upload("/so/wifi/nhap", {"dau": cls.admin.mark, "don-vi": unit}, [("tep", "a.csv", b"a")])
            cls.objects["import"][unit] = int(re.search(r"/nhap/(\d+)", cls.admin.path).group(1))
            cls.form("/ho-so", luong="exception", don_vi=unit)
            cls.objects["case"][unit] = int(re.search(r"/ho-so/(\d+)", cls.admin.path).group(1))
            cls.form("/pho-bien", ten="Phổ biến", don_vi=unit, luc="01/01/2026 08:00")
            cls.objects["session"][unit] = int(re.search(r"/pho-bien/(\d+)", cls.admin.path).group(1))
        listing = cls.admin.get("/quan-tri").text
        for unit in UNITS.values():
            cls.objects["account"][unit] = int(
                re.search(rf'/quan-tri/nguoi-dung/(\d+)">x{unit}<', listing).group(1))

    @classmethod
    def people_of_accounts(cls):
        """Each account of unit 2 belongs to a person of unit 4: what is about oneself, elsewhere."""
        own, listing = {}, cls.admin.get("/quan-tri").text
        for role in ROLES:
            cls.form("/nhan-su", ten=f"Phạm Mình {role}", don_vi_moi=4, ma=f"M-{role}")
            own[role] = int(re.search(r"/nhan-su/(\d+)", cls.admin.path).group(1))
            account = int(re.search(rf'/quan-tri/nguoi-dung/(\d+)">{role}.2<', listing).group(1))
            cls.form(f"/quan-tri/nguoi-dung/{account}", viec="noi-lam", noi_lam=2, nguoi=f"M-{role}")
            cls.browsers[role, 2] = cls.log_in_again(role)
        return own

    @classmethod
    def log_in_again(cls, role):
        browser = cls.browsers[role, 2]
        browser.cookies.clear()
        send(browser, "/dang-nhap", {"ten-dang-nhap": f"{role}.2", "mat-khau": PASSWORD.format(14)})
        if "/ma-hai-buoc" in browser.path:
            return None      # an administrator reaches all from anywhere: the one of unit 1 is enough
        mark_of(browser)
        return browser

    def put_host(self, unit):
        """The one machine, in UNIT, and a new exception on it."""
        self.form("/quan-tri/may/1", loai="server", cap_do="1", noi_lam=unit)
        page = self.admin.post("/api/v1/exceptions", {"host": 1, "nghia-vu": "tay-son/D12.1.b#1", "ly-do": "x",
                               "nguoi-duyet": "y", "den-ngay": "31/12/2099"},
                               headers={"X-Khien-Mark": self.admin.mark})
        self.assertEqual(page.status, 201, page.text)
        listing = self.admin.get("/api/v1/exceptions").json()
        self.exception = max(x["id"] for x in listing["items"])

    def cells(self, route):
        """(role, unit of the account, unit of the object or None, is it about oneself)"""
        is_object = route.get("object") in ("host", "exception", "unit", "staff", "account", "case", "record",
                                             "session", "file", "import")
        for role in ROLES:
            for unit in (1, 2):
                if self.browsers[role, unit] is None or route.get("object") == "duty":
                    continue
                if not is_object:
                    yield role, unit, None, False
                    continue
                for other in UNITS.values():
                    yield role, unit, other, False
            yield from self.duty_cells(route, role)
            if route.get("object") == "staff" and self.browsers[role, 2]:
                yield role, 2, 4, True

    def duty_cells(self, route, role):
        """A duty in each unit that the role does not do, and one that it does: theirs in their own unit alone."""
        for unit in (1, 2):
            if route.get("object") != "duty" or self.browsers[role, unit] is None:
                continue
            for other in UNITS.values():
                if self.duties[role][1]:
                    yield role, unit, other, False
                if self.duties[role][0]:
                    yield role, unit, other, True if other == unit or role == "admin" else "elsewhere"

    def path_of(self, route, role, other, is_self):
        kind, path = route.get("object"), route["path"]
        if kind == "duty":
            duty = urllib.parse.quote(self.duties[role][0 if is_self else 1], safe="")
            return path.replace("{}", str(other), 1).replace("{}", "tay-son", 1).replace("{}", duty)
        if kind == "host":
            first = 1
        elif kind == "exception":
            first = self.exception
        elif is_self:
            first = self.own[role]
        elif other is not None:
            first = self.objects[kind][other]
        else:
            first = "tay-son" if kind == "law" else "1"
        path = path.replace("{}", str(first), 1)
        return path.replace("{}", SECOND.get(route["path"], "1"))

    def ask(self, browser, route, path):
        if route["method"] == "GET":
            return browser.get(path, follow=False)
        return browser.post(path, {"dau": browser.mark}, follow=False,
                            headers={"X-Khien-Mark": browser.mark})

    def test_every_cell(self):
        kinds = {route.get("object", "none") for route in TABLES["routes"]}
        self.assertEqual(kinds - {"none", "law", "list", "mine", "whole", "host", "exception", "unit", "staff",
                                  "account", "case", "record", "session", "file", "import", "duty"},
                         set(), "teach this test how to make such an object")
        wrong, counts, place = [], {"in": 0, 403: 0, 404: 0, "programs": 0}, None
        routes = [r for r in TABLES["routes"] if (r["method"], r["path"]) not in LEFT_OUT]
        plan = sorted(((other or 0, i, role, unit, is_self) for i, r in enumerate(routes)
                       for role, unit, other, is_self in self.cells(r)),
                      key=lambda cell: (cell[0], cell[1]))
        for other, i, role, unit, is_self in plan:
            route, browser = routes[i], self.browsers[role, unit]
            if route.get("object") == "host" and other != place or route.get("object") == "exception":
                self.put_host(other)
                place = other
            expected = wanted(route, role, unit, other or None, is_self)
            path = self.path_of(route, role, other or None, is_self)
            got = self.ask(browser, route, path).status
            counts[expected] += 1
            if expected == "in":
                # what the path names beyond its object may be missing: a 404 of the page, not of the door
                is_right = got != 403 and (got != 404 or self.admin_finds_none(route, path))
            else:
                is_right = got == expected
            if not is_right:
                wrong.append(f"{role}@{unit} {route['method']} {path} ({other or '-'}): {got}, not {expected}")
            for program in self.programs.get((role, unit), ()):
                counts["programs"] += 1
                told, is_right = self.as_program(program, route, path, expected)
                if not is_right:
                    wrong.append(f"token {program.scope} of {role}@{unit} {route['method']} {path}: {told}, {expected}")
        total = sum(counts.values())
        print(f"# {total} cells: {len(routes)} routes, {len(ROLES)} roles; {counts['in']} may, "
              f"{counts[403]} refused, {counts[404]} not told that it is there; {counts['programs']} of them with a token")
        self.assertEqual(wrong, [], "\n".join(wrong[:40]))
        self.assertGreater(total, 2000)

    def as_program(self, program, route, path, expected):
        """A token opens what its owner opens, of the API alone; and one that reads changes nothing."""
        page = self.ask(program, route, path)
        got = page.status
        if not path.startswith("/api/"):
            is_nobody = got == 303 and page.headers["Location"].startswith("/dang-nhap")
            return got, is_nobody or route["open"] == "anyone" and got != 500
        if route["open"] == "anyone":
            return got, got != 500
        if route["method"] == "POST" and (program.scope == "doc" or route["open"] == "half"):
            return got, got == 403
        if expected == "in":
            return got, got not in (401, 403, 429) and (got != 404 or self.admin_finds_none(route, path))
        return got, got == expected

    def admin_finds_none(self, route, path):
        """An administrator, who may all, meets the same with the same request."""
        return self.ask(self.admin, route, path).status == 404

    def test_people_open_and_do_their_own_duties(self):
        mine, other = self.duties["staff"]
        path = f"/viec/2/tay-son/{urllib.parse.quote(mine, safe='')}"
        staff, officer = self.browsers["staff", 2], self.browsers["officer", 2]
        self.assertIn(f'href="{path}"', staff.get("/viec").text)
        self.assertEqual(staff.get(f"/viec/2/tay-son/{urllib.parse.quote(other, safe='')}").status, 404)
        self.assertEqual(staff.get(path.replace("/viec/2/", "/viec/4/")).status, 404)
        self.assertEqual(staff.get(path).status, 200)
        page = staff.submit({"ket-qua": "Tôi đã đọc"}, action=f"{path}/xong")
        self.assertIn("Đã lưu", page.text)
        self.assertIn("Tôi đã đọc", page.text)
        officer.get(path)
        officer.submit({"ket-qua": "Việc của cán bộ"}, action=f"{path}/xong")
        self.assertIn("Tôi đã đọc", officer.get(path).text)
        self.assertIn("Việc của cán bộ", officer.page.text)
        self.assertIn("Tôi đã đọc", staff.get(path).text)
        self.assertNotIn("Việc của cán bộ", staff.page.text)

    def test_what_the_unit_answers_for_is_no_duty_of_each_employee(self):
        """EVIDENCE: D12.10"""
        roles = doers()
        self.assertEqual(roles["D12.10"], {"officer", "head"})
        path = "/viec/2/tay-son/D12.10"
        for role in ("staff", "operator"):
            browser = self.browsers[role, 2]
            self.assertNotIn(path, browser.get("/viec").text, role)
            self.assertNotIn(path, browser.get("/hom-nay").text, role)
        self.assertEqual(self.browsers["staff", 2].get(path).status, 404)
        for role in ("officer", "head"):
            self.assertIn(f'action="{path}/xong"', self.browsers[role, 2].get(path).text, role)

    def test_the_authority_reminds_and_decides_nothing(self):
        """Whoever is asked for a step sees its form, and nobody else: what a head decides the authority watches."""
        case = f"/ho-so/{self.objects['case'][2]}"
        for (role, unit), browser in self.browsers.items():
            if browser is None:
                continue
            page = browser.get(case)
            places = TABLES["roles"][role]
            reached = {right: reaches(places[right], unit, 2) for right in ("see", "act", "approve", "remind")}
            self.assertEqual(page.status == 200, reached["see"], f"{role}@{unit}")
            if not reached["see"]:
                continue
            self.assertEqual(f'action="{case}/buoc"' in page.text, reached["act"] or reached["approve"], role)
            moved = browser.post(f"{case}/buoc", {"dau": browser.mark, "buoc": "grant"}, follow=False)
            self.assertEqual(moved.status == 403, not (reached["act"] and reached["approve"]), f"{role}@{unit}")
            letters = browser.post("/ket-qua/thu-nhac", {"dau": browser.mark, "don-vi": 2}, follow=False)
            self.assertEqual(letters.status == 403, not reached["remind"], f"{role}@{unit}: {letters.status}")
        self.assertEqual([role for role in ROLES if TABLES["roles"][role]["approve"] != "none"], ["head", "admin"])
        self.assertEqual(TABLES["roles"]["authority"]["remind"], "below")

    def test_no_page_sends_its_visitor_to_a_refusal(self):
        self.put_host(2)
        for (role, unit), browser in self.browsers.items():
            if unit != 2 or browser is None:
                continue
            seen = set()
            for path in ("/hom-nay", "/viec", "/viec/nam", "/ho-so", "/xac-nhan", "/don-vi/2", "/may/1"):
                page = browser.get(path)
                links = re.findall(r'href="(/[^"#]*)', page.text) if page.status == 200 else []
                for link in map(html.unescape, links):
                    alike = re.sub(r"\d+", "N", link.split("?")[0])
                    if alike in seen or link.startswith(("/ngon-ngu/", "/huong-dan", "/tinh/")):
                        continue
                    seen.add(alike)
                    answer = browser.get(link, follow=False)
                    self.assertNotIn(answer.status, (403, 404), f"{role}: {path} leads to {link}")
            self.assertGreater(len(seen), 8, role)

    def test_without_a_session_only_the_open_doors(self):
        for route in TABLES["routes"]:
            if route["open"] == "anyone":
                continue
            stranger = self.server.browser()
            path = route["path"].replace("{}", "1")
            if route["method"] == "GET":
                page = stranger.get(path, follow=False)
            else:
                page = stranger.post(path, {}, follow=False)
            self.assertIn(page.status, (303, 401), path)


if __name__ == "__main__":
    unittest.main()
