#!/usr/bin/env python3
"""Every paper of every flow of every pack, printed from a case of the sample district: it has the parts that the
decree on paperwork (Nghị định 30/2020/NĐ-CP, Điều 8 and its annexes) asks of its kind, filled in."""
import glob
import html
import os
import re
import shutil
import sqlite3
import tempfile
import unittest

from flow import PACKS, Server, khien
from pack import load
from signed_in import first_log_in

HEAD = {"issuer", "motto", "place"}
# What the decree asks of each kind; a table of this test, not the pack's. A slip stays in the house and has no number.
DEMANDED = {
    "decision": HEAD | {"number", "title", "grounds", "articles", "copies", "signer"},
    "letter": HEAD | {"number", "subject", "to", "text", "copies", "signer"},
    "notice": HEAD | {"number", "title", "to", "text", "copies", "signer"},
    "report": HEAD | {"number", "title", "to", "text", "copies", "signer"},
    "minutes": HEAD | {"number", "title", "text", "copies", "drafter", "signer"},
    "certificate": HEAD | {"number", "title", "text", "copies", "signer"},
    "slip": HEAD | {"title", "text", "drafter", "signer"},
}
# What stands in a part, whatever the case.
SAYS = {
    "motto": r"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc$", "number": r"^Số: \S",
    "place": r"ngày (\d\d|\.+) tháng (\d+|\.+) năm (\d{4}|\.+)$", "subject": r"^V/v \S", "to": r"^Kính gửi: \S",
    "grounds": r"Căn cứ \S", "articles": r"^Điều 1\. .+Điều 2\. .+/$", "copies": r"^Nơi nhận: - .+ - Lưu: ",
    "signer": r"\(chữ ký, ", "drafter": r"\(chữ ký, ", "text": r"\S", "title": r"\S \S", "issuer": r"\S",
}


def part(page, name):
    """The words of a part as they stand on the page; None: it has none."""
    found = re.search(rf'<(\w+) class="(?:[^"]* )?part-{name}"[^>]*>(.*?)</\1>', page, re.S)
    return found and " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.group(2))).split()).replace("./.", "/")


def lacking(page, kind):
    """The parts that the kind demands and that the page has not, or has without its words."""
    return {name for name in DEMANDED[kind] if not re.search(SAYS[name], part(page, name) or "", re.S)}


def flows():
    return [load(path) for path in sorted(glob.glob(os.path.join(PACKS, "*", "flows", "*.yaml")))]


class Papers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.own.cleanup)
        data = os.path.join(cls.own.name, "mau")
        made = khien("demo", "--data", data, timeout_s=300)
        assert made.status == 0, made
        cls.server = Server(data=data)
        cls.addClassCleanup(cls.server.own.cleanup)
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.browser, cls.head = (first_log_in(cls.server, login, re.search(
            rf"^\s+{login}\s+(\S+)$", made.out, re.M).group(1)) for login in ("quan.tri", "thu.truong"))
        cls.db = sqlite3.connect(f"file:{data}/khien.db?mode=ro", uri=True)
        cls.addClassCleanup(cls.db.close)
        cls.papers = list(cls.every_paper())

    @classmethod
    def every_paper(cls):
        """(flow, paper, case, values of the case, page) of each paper, in a case where it exists."""
        for flow in flows():
            for paper in flow.get("papers", []):
                moves = [m["id"] for m in flow["moves"] if paper["id"] in m.get("papers", [])]
                row = cls.db.execute(
                    "SELECT c.id FROM flow_case c JOIN flow_step s ON s.case_id = c.id WHERE c.flow = ? AND s.move IN"
                    f" ({','.join('?' * len(moves))}) ORDER BY c.ended_at_s DESC LIMIT 1", (flow["id"], *moves)).fetchone()
                assert row, f"no case of the sample has {flow['id']}/{paper['id']}"
                values = dict(cls.db.execute("SELECT field, value FROM flow_value WHERE case_id = ? ORDER BY id", row))
                page = cls.browser.get(f"/ho-so/{row[0]}/giay/{paper['id']}")
                assert page.status == 200, f"{flow['id']}/{paper['id']}: {page.status}"
                yield flow, paper, row[0], values, page.text

    def test_each_paper_has_the_parts_of_its_kind(self):
        self.assertGreaterEqual(len(self.papers), 20)
        for flow, paper, case, _, page in self.papers:
            with self.subTest(f"{flow['id']}/{paper['id']} of case {case}"):
                self.assertEqual(lacking(page, paper["kind"]), set())
                self.assertNotRegex(re.sub(r"<[^>]+>", "", page), r"\{\w+\}|Người lập \(ký|Về:")
        print(f"# {len(self.papers)} papers of {len({p['kind'] for _, p, _, _, _ in self.papers})} kinds")

    def test_a_part_taken_away_is_missed(self):
        """The test above can fail: each part of each paper, cut out of its page, is missed, and no other."""
        cuts = 0
        for _, paper, _, _, page in self.papers:
            for name in DEMANDED[paper["kind"]]:
                cut = re.sub(rf'<(\w+) class="(?:[^"]* )?part-{name}"[^>]*>.*?</\1>', "", page, count=1, flags=re.S)
                self.assertEqual(lacking(cut, paper["kind"]), {name}, paper["id"])
                cuts += 1
        self.assertGreater(cuts, 150)

    def test_what_the_case_knows_stands_on_the_paper(self):
        """The number and the day that were written into the case, and whom and what it is about."""
        numbered = 0
        for flow, paper, case, values, page in self.papers:
            with self.subTest(f"{flow['id']}/{paper['id']} of case {case}"):
                given = values.get(paper.get("number"))
                if given:
                    numbered += 1
                    self.assertEqual(part(page, "number"), f"Số: {given}")
                day = values.get(paper.get("day"))
                if day:
                    year, month, of_month = day[:10].split("-")
                    self.assertIn(f"ngày {of_month} tháng {month if month < '03' else int(month)} năm {year}",
                                  part(page, "place"))
                about, unit = self.db.execute(
                    "SELECT c.title, (SELECT name FROM unit_name WHERE unit_id = c.unit_id ORDER BY from_day DESC LIMIT 1)"
                    " FROM flow_case c WHERE c.id = ?", (case,)).fetchone()
                self.assertIn(unit, part(page, "issuer"))
                if flow["about"] != "unit" and "{about}" in paper["text"]["vi"]:
                    self.assertIn(about, html.unescape(page))
        self.assertGreaterEqual(numbered, 8)

    def test_a_statement_is_signed_on_paper_or_tells_who_signed_what(self):
        """Unsigned: boxes to tick and a place to sign. Signed: who, when, which words; and a box that was left empty is
        no sentence that was affirmed."""
        with open(os.path.join(PACKS, "tay-son", "statements", "head.yaml"), encoding="utf-8") as text:
            boxes = re.findall(r"\{id: ([\w-]+), .*tick: true", text.read())
        place = 'class="on-paper"'
        blank = self.browser.get("/xac-nhan/head").text         # of one who is no head: a form to print
        printed = blank.split("</details>")[0].split("<details>")[0]
        self.assertEqual(printed.count('class="box" aria-hidden="true">☐'), len(boxes))
        self.assertIn(place, printed)
        self.assertRegex(printed, r"ngày \.+ tháng \.+ năm")
        mark = self.head.get("/api/v1/session").json()["mark"]
        page = self.head.post("/xac-nhan/head", {"dau": mark, "diem-no-vuong-mac": "yes"}).text    # newer than the sample's
        signed = page.split("<details>")[0]
        affirmed, left = signed.count("☑"), signed.count("<strong>(không xác nhận)</strong>")
        self.assertEqual(affirmed + left, len(boxes))
        self.assertEqual(affirmed, 1)
        self.assertNotIn(place, signed)
        facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", signed.split("facts signed")[1], re.S))
        self.assertRegex(facts["Mã băm của lời văn đã ký"], r"[0-9a-f]{64}")
        digest = re.search("[0-9a-f]{64}", facts["Mã băm của lời văn đã ký"]).group(0)
        self.assertIn(digest, signed.split("facts signed")[0], "it is that of the words above")
        self.assertEqual(facts["Lời văn trên trang này"], "đúng là lời văn đã ký")
        for name in ("Người ký", "Đơn vị", "Ký lúc", "Phiên bản đã ký", "Cách ký"):
            self.assertTrue(facts[name].strip(), name)

    def test_a_pack_whose_paper_lacks_a_part_is_refused(self):
        where = os.path.join(self.own.name, "packs")
        shutil.copytree(PACKS, where)
        path = os.path.join(where, "tay-son", "flows", "level-dossier.yaml")
        with open(path, encoding="utf-8") as text:
            whole = text.read()
        for gone, said in ((r'    to: \{vi: "Đơn vị chuyên trách.*\n', '"to"'), (r"    grounds:\n.*\n.*\n", '"grounds"')):
            with open(path, "w", encoding="utf-8") as out:
                out.write(re.sub(gone, "", whole, count=1))
            told = khien("pack", "check", where)
            self.assertNotEqual(told.status, 0)
            self.assertIn(said, told.out + told.err)

    def test_the_kinds_of_the_pack_are_those_of_the_decree(self):
        kinds = {k["id"]: set(k["parts"]) for k in load(os.path.join(PACKS, "tay-son", "papers.yaml"))["papers"]}
        self.assertEqual(kinds, DEMANDED)


if __name__ == "__main__":
    unittest.main()
