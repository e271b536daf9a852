#!/usr/bin/env python3
"""The unit's daily work: every obligation has a verdict for whom it binds and leads to its proof or to the gap;
duties are done, skipped with leave, told by calendar and by mail; the past stays what it was.
"""
import collections
import contextlib
import email
import email.policy
import hashlib
import html
import os
import re
import socket
import sqlite3
import ssl
import sys
import time
import unittest
import urllib.parse


sys.path.append("/usr/lib/python3/dist-packages")   # where another python3 stands before the system's
import icalendar  # noqa: E402
from aiosmtpd.controller import Controller  # noqa: E402
from aiosmtpd.smtp import AuthResult  # noqa: E402

from directory import certificate
from flow import ADMIN, PACKS, Server, folder, khien, totp
from pack import obligations


def piece(text):
    return urllib.parse.quote(text, safe="")


def mark_of(page):
    return re.search(r'name="dau" value="([^"]+)"', page.text).group(1)


def local_day(ahead=0):
    """The day in Viet Nam, or so many later."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600 + ahead * 86400))


def verdicts(server, *args):
    done = khien("verdicts", "--data", server.data, "--format", "json", *args,
                 env={"KHIEN_TEST_CLOCK": server.clock})
    if done.status:
        raise AssertionError(str(done))
    return done.json()


class Walk(unittest.TestCase):
    """Shows 1 of the issue, on one unit with this machine."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.__enter__()
        cls.browser = cls.server.set_up()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    # EVIDENCE: D4.4, D19.4
    def test_all_228_have_a_verdict_and_lead_to_proof_or_gap(self):
        law = obligations()
        self.assertEqual(len(law), 228)
        by = collections.defaultdict(list)
        for row in verdicts(self.server)["verdicts"]:
            pack, _, name = row["obligation"].partition("/")
            if pack == "tay-son":
                by[name].append(row)
        self.assertEqual(set(by), set(law))
        counts = collections.Counter()
        for name, rows in by.items():
            for row in rows:
                counts[law[name]["kind"], row["verdict"]] += 1
                if row["verdict"] not in ("met", "not-applicable"):
                    self.assertTrue(row["because"], row)
        nowhere, papers = [], set()
        for name, one in law.items():
            page = self.browser.get(f"/ket-qua/1/tay-son/{piece(name)}")
            self.assertEqual(page.status, 200, name)
            self.assertIn(one["title"]["vi"].split('"')[0], page.text.replace("&#39;", "'"), name)
            wanted = len(by[name])
            self.assertEqual(page.text.count('<ul class="proofs">'), wanted, name)
            for box in page.text.split('<ul class="proofs">')[1:]:
                self.assertIn("<li>", box.split("</ul>")[0], name)
                for proof in box.split("</ul>")[0].split("<li>")[1:]:
                    if "<strong>đạt</strong>" not in proof and "href=" not in proof:
                        nowhere.append((name, re.sub(r"<[^>]*>", "", proof).strip()))
                    papers.update(re.findall(r'href="(/ket-qua/[^"]*/van-ban[^"]*)"', proof))
        for place in papers:
            self.assertEqual(self.browser.get(html.unescape(place)).status, 200, place)
        self.assertEqual(nowhere, [])       # each gap is one click from where it is mended
        for (kind, verdict), count in sorted(counts.items()):
            print(f"# {kind:10} {verdict:15} {count}")

    # EVIDENCE: D14.4#1
    def test_a_paper_is_attached_where_it_was_missing(self):
        law = obligations()
        wanted = [name for name, o in law.items() if any(e["by"] == "document" for e in o["evidence"])]
        self.assertGreater(len(wanted), 40)
        places = {}
        for name in wanted:
            page = self.browser.get(f"/ket-qua/1/tay-son/{piece(name)}").text
            place = re.search(r'href="(/ket-qua/1/tay-son/[^"]*/van-ban\?[^"]*)"', page)
            if place:
                places[name] = html.unescape(place.group(1))
        bound = {v["obligation"].partition("/")[2] for v in verdicts(self.server)["verdicts"]
                 if v["verdict"] not in ("met", "not-applicable")}
        self.assertEqual(set(places), set(wanted) & bound)
        for name, place in places.items():
            with self.subTest(name):
                form = self.browser.get(place)
                self.assertEqual(form.status, 200, place)
                fields = next(f["fields"] for f in form.forms() if f["action"] == place.split("?")[0])
                del fields["tep"]
                today = time.strftime("%d/%m/%Y", time.gmtime(time.time() + self.server.shift_s + 7 * 3600))
                paper = [("tep", "van-ban.pdf", b"%PDF-1.4\n" + name.encode())]
                none = self.browser.upload(place.split("?")[0], {**fields, "so-hieu": "1/BB", "ngay": today}, [])
                self.assertEqual(none.status, 422)
                old = self.browser.upload(place.split("?")[0], {**fields, "so-hieu": "1/BB", "ngay": "01/02/2003"}, paper)
                self.assertEqual(old.status, 422)
                page = self.browser.upload(place.split("?")[0], {**fields, "so-hieu": f"{name}/BB", "ngay": today}, paper)
                self.assertEqual(page.status, 200, page.text)
                self.assertIn(f"{name}/BB", page.text)
                link = re.search(r'<a href="(/tep/\d+)">van-ban\.pdf</a>', page.text).group(1)
                self.assertEqual(self.browser.get(link + "/tai").body, paper[0][2])
        met = {v["obligation"].partition("/")[2] for v in verdicts(self.server)["verdicts"] if v["verdict"] == "met"}
        alone = {name for name in places if all(e["by"] != "check" for e in law[name]["evidence"])
                 and law[name].get("needs", "one") != "all" and "host" not in str(law[name].get("applies"))}
        print(f"# papers: {len(places)} places, {len(alone & met)} of {len(alone)} obligations met by the paper alone")
        self.assertGreater(len(alone & met), 20)
        self.assertEqual(self.browser.get("/ket-qua/1/tay-son/D8.3/van-ban?ve=don-vi&so=1").status, 404)

    def test_the_unit_page_and_the_map_of_the_year_stand(self):
        for path in ("/viec", "/viec/nam", "/viec/nam-don-vi", "/ket-qua", "/ket-qua/1", "/ket-qua/1/ra-soat"):
            page = self.browser.get(path)
            self.assertEqual(page.status, 200, path)
        for verdict, rest in re.findall(r'<section id="(not-met|overdue|no-evidence)">(.*?)</section>',
                                        self.browser.get("/ket-qua/1").text, re.S):
            self.assertLessEqual(rest.split("<details", 1)[0].count("<li>"), 20, f"{verdict} stands open on a phone")
        self.assertEqual(self.browser.get("/ket-qua/2").status, 404)
        self.assertEqual(self.browser.get("/viec/1/tay-son/D99").status, 404)


class ManyUnits(unittest.TestCase):
    def test_the_year_of_all_units_is_paged_and_searched(self):
        """25 communes with 4 schools each: 40 columns a page, and one name finds a commune with what is below it."""
        rows = ["Mã,Mã cấp trên,Tên đầy đủ,Tên viết tắt,Loại,Quyết định số,Ngày ký,Có hiệu lực từ ngày"]
        for i in range(25):
            name = f"Bình {chr(65 + i)}"
            rows.append(f"x{i},,Ủy ban nhân dân xã {name},,agency,1/QĐ,01/02/2020,01/03/2020")
            rows += [f"x{i}t{k},x{i},Trường số {k},,school,1/QĐ,01/02/2020,01/03/2020" for k in range(4)]
        with Server(env={"KHIEN_TEST_STATEMENTS": "1"}) as server, contextlib.ExitStack() as stack:
            browser = server.set_up()
            for page in ("/viec", "/viec/nam"):             # one unit: there is nothing to compare
                self.assertNotIn("/viec/nam-don-vi", browser.get(page).text)
            path = os.path.join(stack.enter_context(folder()), "don-vi.csv")
            with open(path, "w", encoding="utf-8") as out:
                out.write("\n".join(rows) + "\n")
            self.assertEqual(khien("unit", "import", path, "--data", server.data, "--packs", PACKS).status, 0)
            for page in ("/viec", "/viec/nam"):
                self.assertIn("/viec/nam-don-vi", browser.get(page).text)
            before = len(server.said())
            first = browser.get("/viec/nam-don-vi").text
            self.assertIn("Đơn vị 1–40 trong 126", first)
            self.assertEqual(first.count('class="upright"'), 40)
            last = browser.get("/viec/nam-don-vi?trang=4").text
            self.assertIn("Đơn vị 121–126 trong 126", last)
            found = browser.get("/viec/nam-don-vi?q=binh+c").text
            self.assertEqual(found.count('class="upright"'), 5)
            self.assertEqual(found.count("Trường số"), 4)
            schools = browser.get("/viec/nam-don-vi?q=truong").text
            self.assertIn("Đơn vị 1–40 trong 100", schools)
            self.assertIn('?q=truong&amp;trang=2"', schools)
            self.assertIn("Không có đơn vị nào khớp", browser.get("/viec/nam-don-vi?q=khong-co").text)
            told = [int(n) for n in re.findall(r"khien web: (\d+) statements, 200: GET /viec/nam-don-vi",
                                               server.said()[before:])]
            self.assertEqual((len(told), max(told) <= 20), (5, True), told)
            self.many_machines(server, browser)
            self.assertEqual(khien("verdicts", "sweep", "--data", server.data, "--packs", PACKS).status, 0)
            best = [self.ranks(browser, f"/ket-qua?trang={n}") for n in range(1, 6)]
            worst = [self.ranks(browser, f"/ket-qua?xep=kem&trang={n}") for n in range(1, 6)]
            self.assertEqual([len(page) for page in best], [30, 30, 30, 30, 6])
            best, worst = sum(best, []), sum(worst, [])
            self.assertEqual([rank for rank, _ in best], list(range(1, 127)))
            self.assertEqual(len({unit for _, unit in best}), 126)
            self.assertEqual(worst, best[::-1])

    def many_machines(self, server, browser):
        """250 in each commune, more than one request could hold: a page has fewer columns then, and none is lost."""
        with writing(server) as db:
            xa, = zip(*db.execute("SELECT id FROM unit WHERE code GLOB 'x[0-9]*' AND code NOT GLOB '*t*'"))
            self.assertEqual(len(xa), 25)
            db.executemany("INSERT INTO host (name, kind, level, first_seen_s, last_seen_s, unit_id)"
                           " VALUES (?, 'workstation', 1, 1, 1, ?)", [(f"may-{u}-{i}", u) for u in xa for i in range(250)])
        seen, page = [], 1
        while page:
            text = browser.get(f"/viec/nam-don-vi?q=xa+binh&trang={page}").text
            first, last, all_of = map(int, re.search(r"Đơn vị (\d+)–(\d+) trong (\d+)", text).groups())
            # five communes, of each the work of 200 machines, and their twenty schools
            self.assertLessEqual(last - first + 1, 25)
            seen += range(first, last + 1)
            page = page + 1 if f"trang={page + 1}" in text else 0
        self.assertEqual(seen, list(range(1, all_of + 1)))
        self.assertEqual(all_of, 125)
        with writing(server) as db:
            db.execute("DELETE FROM host WHERE name GLOB 'may-*'")

    def ranks(self, browser, path):
        """[(rank, unit)] of a page of Kết quả."""
        rows = re.findall(r'<td class="rank">(?:<input[^>]*> )?(\d+)</td>\s*<th scope="row"><a href="/ket-qua/(\d+)"',
                          browser.get(path).text)
        return [(int(rank), int(unit)) for rank, unit in rows]


class Duties(unittest.TestCase):
    # EVIDENCE: D19.3#4, D10.2.b
    def test_done_moves_the_date_and_is_evidence(self):
        with Server() as server:
            browser = set_up = server.set_up()
            row = next(r for r in khien("duty", "list", "--data", server.data).out.splitlines()
                       if "tay-son/D19.3#4 " in r)
            due = row.split()[2]
            page = browser.get("/viec/1/tay-son/D19.3%234")
            self.assertIn("Ghi nhận đã làm", page.text)
            refused = browser.submit({"ket-qua": ""}, action="/viec/1/tay-son/D19.3%234/xong")
            self.assertEqual(refused.status, 400)
            yesterday = local_day()
            server.pass_time(days=1)
            page = browser.get("/viec/1/tay-son/D19.3%234")
            if browser.path != "/viec/1/tay-son/D19.3%234":     # the session grew old with the day
                browser = sign_in(server, browser)
                browser.get("/viec/1/tay-son/D19.3%234")
            page = browser.submit({"ket-qua": "Quán triệt trong họp giao ban", "ho-so": "Biên bản 12/BB"},
                                  action="/viec/1/tay-son/D19.3%234/xong")
            self.assertIn("Biên bản 12/BB", page.text)
            row = next(r for r in khien("duty", "list", "--data", server.data,
                                        env={"KHIEN_TEST_CLOCK": server.clock}).out.splitlines()
                       if "tay-son/D19.3#4 " in r)
            self.assertGreater(row.split()[2], due)
            now = {v["obligation"]: v["verdict"] for v in verdicts(server)["verdicts"]}
            self.assertEqual(now["tay-son/D19.3#4"], "met")
            # of yesterday it says what was true yesterday
            then = {v["obligation"]: v["verdict"] for v in verdicts(server, "--on", yesterday)["verdicts"]}
            self.assertEqual(then["tay-son/D19.3#4"], "no-evidence")
            # and so does the unit's column of the map, which is no machine's
            done_on = local_day(1)
            server.pass_time(days=1)
            browser = sign_in(server, set_up)
            for day, wanted in ((yesterday, "chưa có bằng chứng"), (done_on, "đạt")):
                table = browser.get(f"/ban-do.csv?ngay={day}").text
                of_unit = [r for r in table.splitlines() if "tay-son/D19.3#4" in r and "Đơn vị" in r]
                self.assertEqual([r.split(",")[-1].strip('"') for r in of_unit], [wanted], day)

    # EVIDENCE: D19.3#4
    def test_done_skipped_and_delegated_from_the_terminal(self):
        with Server() as server:
            browser = server.set_up()
            key, who = "tay-son/D19.3#4", ADMIN[0]
            common = ("--data", server.data, "--by", who)
            paper = os.path.join(server.own.name, "Biên bản.txt")
            with open(paper, "w", encoding="utf-8") as out:
                out.write("quán triệt")
            self.assertEqual(khien("duty", "done", "tay-son/D99", *common, "--did", "x").status, 2)
            self.assertNotEqual(khien("duty", "done", key, *common).status, 0)
            nobody = khien("duty", "done", key, "--data", server.data, "--by", "khong.co", "--did", "x")
            self.assertNotEqual(nobody.status, 0)
            self.assertIn("khong.co", nobody.err)
            looker = khien("user", "add", "xem", "--data", server.data, "--name", "Lê Xem", "--role", "auditor")
            self.assertEqual(looker.status, 0, looker)
            may_not = khien("duty", "done", key, "--data", server.data, "--by", "xem", "--did", "x")
            self.assertEqual(may_not.status, 2, may_not)
            self.assertNotIn("sudo", may_not.err)
            done = khien("duty", "done", key, *common, "--did", "Quán triệt ở giao ban", "--file", paper)
            self.assertEqual(done.status, 0, done.err)
            page = browser.get("/viec/1/tay-son/D19.3%234")
            self.assertIn("Biên bản.txt", page.text)
            self.assertIn(hashlib.sha256("quán triệt".encode()).hexdigest(), page.text)
            now = {v["obligation"]: v["verdict"] for v in verdicts(server)["verdicts"]}
            self.assertEqual(now[key], "met")
            skip = "tay-son/D15.6.d"
            self.assertNotEqual(khien("duty", "skip", skip, *common).status, 0)
            self.assertEqual(khien("duty", "skip", skip, *common, "--why", "đang thiên tai").status, 0)
            self.assertNotEqual(khien("duty", "skip", skip, *common, "--why", "lại").status, 0)
            self.assertIn("đang thiên tai", browser.get("/viec/1/tay-son/D15.6.d").text)
            self.assertNotEqual(khien("duty", "delegate", who, who, "--data", server.data, "--from", "2026-01-01",
                                      "--until", "2026-01-02").status, 0)
            unreal = khien("duty", "delegate", who, who, "--data", server.data, "--from", "2026-02-30",
                           "--until", "2026-03-02")
            self.assertIn('--from "2026-02-30": ngày phải có thật', unreal.err)
            made = khien("user", "add", "binh", "--data", server.data, "--name", "Lê Bình", "--role", "officer")
            self.assertEqual(made.status, 0, made.err)
            self.assertEqual(khien("duty", "delegate", who, "binh", "--data", server.data, "--from", local_day(),
                                   "--until", local_day(1)).status, 0)
            self.assertIn("Lê Bình", browser.get("/viec").text)

    # EVIDENCE: D19.3#4
    def test_a_file_proves_a_duty(self):
        with Server() as server:
            browser = server.set_up()
            where = "/viec/1/tay-son/D19.3%234"
            fields = next(f["fields"] for f in browser.get(where).forms() if f["action"] == where + "/xong")
            edge, body = "khien-thu", b""
            for name, value in {**fields, "ket-qua": "Đã quán triệt"}.items():
                if name != "tep":
                    body += (f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n').encode()
            body += (f'--{edge}\r\nContent-Disposition: form-data; name="tep"; filename="bb.txt"\r\n'
                     f'Content-Type: text/plain\r\n\r\nbien ban\r\n--{edge}--\r\n').encode()
            page = browser.request("POST", where + "/xong", body, {
                "Content-Type": f"multipart/form-data; boundary={edge}", "Origin": f"http://127.0.0.1:{server.port}"})
            self.assertEqual(page.status, 200, page.text)
            link = re.search(r'<a href="(/tep/\d+)">bb\.txt</a>', page.text).group(1)
            self.assertEqual(browser.get(link + "/tai").body, b"bien ban")
            self.assertIn(where, browser.get(link).text)
            self.assertIn(hashlib.sha256(b"bien ban").hexdigest(), browser.get(link).text)
            with contextlib.closing(sqlite3.connect(os.path.join(server.data, "khien.db"))) as db:
                by, sha = db.execute("SELECT by_person, extract_sha256 FROM evidence WHERE check_id ="
                                     " 'tay-son/D19.3#4'").fetchone()
            self.assertEqual((by, sha), (4, hashlib.sha256(b"bien ban").hexdigest()))

    # EVIDENCE: D6.1#1
    def test_none_of_it_is_a_signed_statement(self):
        with Server() as server:
            browser = server.set_up()
            self.assertEqual({v["obligation"]: v for v in verdicts(server)["verdicts"]}
                             ["tay-son/D6.1#1"]["verdict"], "no-evidence")
            page = browser.get("/ket-qua/1/ra-soat")
            browser.post("/ket-qua/1/ra-soat", {"dau": mark_of(page), "khong": "vendor"})
            self.assertEqual({v["obligation"]: v for v in verdicts(server)["verdicts"]}
                             ["tay-son/D6.1#1"]["verdict"], "not-applicable")
            self.assertNotIn("tay-son/D6.2.b#2", khien("duty", "list", "--data", server.data).out)
            refused = browser.post("/ket-qua/1/ra-soat", {"dau": mark_of(page), "khong": "everything"})
            self.assertEqual(refused.status, 400)

    def test_a_skip_needs_somebody_else_to_allow_it(self):
        with Server() as server:
            browser = server.set_up()
            where = "/viec/1/tay-son/D15.6.d"
            page = browser.get(where)
            page = browser.submit({"ly-do": "Đang chuyển trụ sở"}, action=where + "/bo-qua")
            number = re.search(r"/viec/bo-qua/(\d+)", page.text).group(1)
            own = browser.post(f"/viec/bo-qua/{number}", {"dau": mark_of(page), "y": "dong-y"})
            self.assertEqual(own.status, 403)
            store = sqlite3.connect(os.path.join(server.data, "khien.db"))
            self.assertEqual(store.execute("SELECT decided_at_s, is_approved FROM duty_skip").fetchall(), [(0, 0)])
            store.close()

    def test_the_calendar_is_one_and_can_be_taken_back(self):
        with Server() as server:
            browser = server.set_up()
            page = browser.get("/viec")
            page = browser.post("/viec/lich", {"dau": mark_of(page), "lam": "tao"})
            path = re.search(r"/lich/[0-9a-f]{48}\.ics", page.text).group(0)
            answer = server.browser().get(path)         # nobody is signed in
            self.assertEqual(answer.headers["Content-Type"], "text/calendar; charset=utf-8")
            for line in answer.body.split(b"\r\n"):
                self.assertLessEqual(len(line), 75)
            calendar = icalendar.Calendar.from_ical(answer.body)
            events = calendar.walk("VEVENT")
            self.assertGreater(len(events), 20)
            self.assertEqual(len({str(e["UID"]) for e in events}), len(events))
            self.assertIn("Quy chế", "".join(str(e["SUMMARY"]) for e in events))
            browser.post("/viec/lich", {"dau": mark_of(page), "lam": "thu-hoi"})
            self.assertEqual(server.browser().get(path).status, 404)


def sign_in(server, old):
    """Signed in anew as the administrator."""
    browser = server.browser()
    browser.get("/dang-nhap")
    browser.submit({"ten-dang-nhap": ADMIN[0], "mat-khau": ADMIN[1]}, action="/dang-nhap")
    browser.submit({"ma": totp(old.totp_key, time.time() + server.shift_s)}, action="/ma-hai-buoc")
    return browser


@contextlib.contextmanager
def writing(server):
    """The database of a server that stands still, for rows that pages would write with many clicks."""
    with contextlib.closing(sqlite3.connect(os.path.join(server.data, "khien.db"))) as store:
        for name in ("row_hash", "row_login", "row_peer"):
            store.create_function(name, -1, lambda *_: "by the test")
        store.create_function("row_now", 0, lambda: int(time.time()))
        yield store
        store.commit()


class Box:
    """What a real SMTP server was given."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, _server, _session, envelope):
        self.letters.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content,
                                                                         policy=email.policy.default)))
        return "250 kept"


@contextlib.contextmanager
def mail_server(port, auth=None, tls=None):
    """AUTH (account, password): it takes letters from that account alone, and passwords under TLS alone."""
    def check(_server, _session, _envelope, _mechanism, said):
        return AuthResult(success=(said.login.decode(), said.password.decode()) == auth)

    box = Box()
    more = {"authenticator": check, "auth_required": True, "require_starttls": True} if auth else {}
    controller = Controller(box, hostname="127.0.0.1", port=port, tls_context=tls, **more)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


class Mail(unittest.TestCase):
    def test_a_week_without_a_mail_server_brings_one_digest(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with Server() as server:
            browser = server.set_up()
            page = browser.get("/viec/thu")
            page = browser.post("/viec/thu", {"dau": mark_of(page), "may-chu": f"smtp://127.0.0.1:{port}",
                                              "tu": "khien@tayson.example"})
            self.assertIn("Đã lưu", page.text)
            server.stop()
            with writing(server) as store:
                store.execute("INSERT INTO staff (id, unit_id, name, folded, sort_key, position, email, phone, state,"
                              " made_by, made_at_s) VALUES (1, 1, 'Lê An', 'le an', 'an', 'cán bộ',"
                              " 'an.le@tayson.example', '', 'working', 'test', 1)")
                store.execute("UPDATE person SET staff_id = 1, role = 2")
                store.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('duty.from', '2025-01-01')")
            local_s = (time.time() + server.shift_s + 7 * 3600) % 86400
            server.pass_time(seconds=int(86400 + 9 * 3600 - local_s))       # nine in the morning
            server.start()
            for day in range(1, 8):                     # nobody listens
                if day > 1:
                    server.pass_time(days=1)
                self.until(server, "SELECT count(*) FROM setting s JOIN mail m ON s.value = m.day"
                                   f" WHERE s.name = 'duty.digest' AND m.tries >= {day} AND m.sent_at_s = 0", 1)
            self.assertEqual(self.ask(server, "SELECT count(*) FROM mail"), 1)
            server.stop()
            with writing(server) as store:              # the next try comes this day: tomorrow has a digest of its own
                store.execute("UPDATE mail SET try_at_s = 1")
            with mail_server(port) as box:
                server.start()
                self.until(server, "SELECT count(*) FROM mail WHERE sent_at_s > 0", 1)
            self.assertEqual(len(box.letters), 1)
            to, letter = box.letters[0]
            self.assertEqual(to, ["an.le@tayson.example"])
            self.assertIn("việc đến hạn hoặc quá hạn", letter["Subject"])
            self.assertIn("quá hạn: Kiểm tra phục hồi từ bản sao lưu", letter.get_content())
            # what the head does is told to the head
            self.assertNotIn("Thường xuyên quán triệt quy định", letter.get_content())

    def test_a_server_that_wants_a_password_gets_it_under_tls_alone(self):
        with folder() as base, socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            probe.close()
            ca, cert, key = certificate(base, "thu")
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(cert, key)
            with open(ca, encoding="ascii") as text, Server() as server:
                browser = server.set_up()
                form = {"dau": mark_of(browser.get("/viec/thu")), "may-chu": f"smtp://127.0.0.1:{port}",
                        "tu": "khien@tayson.example", "tai-khoan": "khien", "mat-khau": "Gui-Thu-2026",
                        "chung-thu": text.read()}
                self.assertIn("Đã lưu", browser.post("/viec/thu", form).text)
                self.assertNotIn("Gui-Thu-2026", browser.get("/viec/thu").text)
                server.stop()
                self.put_letter(server)
                server.start()
                with mail_server(port):                 # offers no TLS: it is not told the password
                    self.until(server, "SELECT count(*) FROM mail WHERE tries >= 1 AND sent_at_s = 0", 1)
                with mail_server(port, auth=("khien", "khac"), tls=context) as box:
                    self.until(server, "SELECT count(*) FROM mail WHERE tries >= 2 AND sent_at_s = 0", 1)
                self.assertEqual(box.letters, [])
                with mail_server(port, auth=("khien", "Gui-Thu-2026"), tls=context) as box:
                    self.until(server, "SELECT count(*) FROM mail WHERE sent_at_s > 0", 1)
                self.assertEqual(len(box.letters), 1)
                for name in os.listdir(server.data):
                    if name.startswith("khien.db"):
                        with open(os.path.join(server.data, name), "rb") as kept:
                            self.assertNotIn(b"Gui-Thu-2026", kept.read())

    @staticmethod
    def put_letter(server):
        with writing(server) as store:
            store.execute("INSERT INTO mail (person_id, address, subject, body, day, made_at_s, try_at_s)"
                          " VALUES (1, 'an.le@tayson.example', 'Việc', 'Kính gửi', '2026-01-01', 1, 1)")

    @staticmethod
    def ask(server, sql):
        store = sqlite3.connect(os.path.join(server.data, "khien.db"))
        value, = store.execute(sql).fetchone()
        store.close()
        return value

    def until(self, server, sql, wanted, timeout_s=90):
        end = time.monotonic() + timeout_s
        while self.ask(server, sql) < wanted:
            if time.monotonic() > end:
                raise AssertionError(f"{sql}\n{server.said()}")
            server.pass_time(seconds=61)                # each process comes every minute
            time.sleep(1.5)


if __name__ == "__main__":
    sys.exit(unittest.main())
