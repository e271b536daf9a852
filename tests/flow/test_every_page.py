#!/usr/bin/env python3
"""Every page of the program, opened on the sample district: each is reached by links, answers, and asks the database
at most 20 times."""
import collections
import html
import os
import re
import tempfile
import time
import unittest

import every_page
from flow import Server, khien
from test_whole_district import first_log_in

STATEMENTS_MAX = 20
STRIP_S = 5     # so old may be what each page tells of the log


class EveryPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.own.cleanup)
        data = os.path.join(cls.own.name, "mau")
        made = khien("demo", "--data", data, timeout_s=300)
        assert made.status == 0, made
        assert khien("verdicts", "sweep", "--data", data, timeout_s=300).status == 0
        line = os.path.join(cls.own.name, "line.log")           # whose text may be taken: Khiên's own lines stay
        with open(line, "w", encoding="ascii") as out:
            out.write("Nov 27 12:00:00 may-01 sshd[1]: Accepted password for an\n")
        assert khien("log", "import", line, "--data", data).status == 0
        looks = khien("user", "add", "chi.doc", "--name", "Người chỉ đọc", "--role", "auditor", "--unit", "1", "--data", data)
        cls.onetime = re.search(r"(\w+(?:-\w+)+)\s*$", looks.out).group(1)
        cls.server = Server(data=data, env={"KHIEN_TEST_STATEMENTS": "1"})
        cls.addClassCleanup(cls.server.own.cleanup)
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.browser = first_log_in(cls.server, "quan.tri", re.search(r"^\s+quan\.tri\s+(\S+)$", made.out, re.M).group(1))
        cls.found, cls.opened = every_page.crawl(
            cls.browser, ("/hom-nay", "/dang-nhap", "/tai-khoan", *every_page.furnish(cls.browser)))

    def test_every_route_is_reached_by_links(self):
        missing = {r["path"] for r in every_page.routes()} - set(self.found)
        self.assertEqual(missing - set(every_page.UNLINKED), set())
        self.assertEqual(set(every_page.UNLINKED) & set(self.found), set(), "there is a link after all")

    def test_every_page_answers(self):
        wrong = [(a, p.status) for a, p in self.opened.items() if p.status not in (200, 303)]
        self.assertEqual(wrong, [])

    def test_a_page_asks_the_database_at_most_20_times(self):
        before = len(self.server.said())    # what was queued is reckoned by now: what follows is the page alone
        for address, page in self.opened.items():
            if page.status == 200:
                self.browser.get(address)
        told = re.findall(r"khien web: (\d+) statements, (\d+): GET (\S+) (\S+)", self.server.said()[before:])
        self.assertGreater(len(told), 100)
        most = {}
        for count, status, route, path in told:
            if status == "200" and (route not in most or int(count) > most[route][0]):
                most[route] = (int(count), path)
        for route, (count, path) in sorted(most.items(), key=lambda item: -item[1][0])[:15]:
            print(f"# {count:4} statements: {route} ({path})")
        over = {route: count for route, count in most.items() if count[0] > STATEMENTS_MAX}
        self.assertEqual(over, {})

    def test_no_page_shows_the_tags_it_is_made_of(self):
        wrong = [a for a, p in self.opened.items()
                 if re.search(r"&lt;/?(section|ul|li|p|h[1-6]|t[drh]|div|table|form|span|a)\b", p.text)]
        self.assertEqual(wrong, [])

    def test_no_two_things_of_a_page_have_one_name(self):
        """The frame has names too: a label must lead to its field, not to the page."""
        wrong = {a: [name for name, n in collections.Counter(re.findall(r'\sid="([^"]+)"', p.text)).items() if n > 1]
                 for a, p in self.opened.items() if p.headers.get("Content-Type", "").startswith("text/html")}
        self.assertEqual({a: names for a, names in wrong.items() if names}, {})

    def test_no_heading_stands_over_an_empty_list(self):
        wrong = [a for a, p in self.opened.items() if re.search(r"</h\d>\s*<ul[^>]*>\s*</ul>", p.text)]
        self.assertEqual(wrong, [])

    def test_who_may_only_look_is_offered_nothing_that_is_refused(self):
        _, opened = every_page.crawl(first_log_in(self.server, "chi.doc", self.onetime), ("/hom-nay", "/tai-khoan"))
        refused = {a for a, p in opened.items() if p.status == 403}
        offered = {a: refused & set(map(html.unescape, re.findall(r'href="(/[^"#]*)', p.text))) for a, p in opened.items()
                   if p.status == 200 and not a.startswith("/huong-dan")}    # the guide is for all
        self.assertGreater(len(opened), 60)
        self.assertEqual({a: links for a, links in offered.items() if links}, {})

    def test_who_is_logged_in_keeps_the_way_to_all_pages_where_there_is_none(self):
        lost = self.browser.get("/khong-co-trang-nay")
        self.assertEqual(lost.status, 404)
        self.assertIn('<a href="/so"', lost.text)
        self.assertNotIn('<a href="/so"', self.server.browser().get("/khong-co-trang-nay").text)

    def test_a_line_is_shown_while_the_frame_of_the_page_reads_the_log_anew(self):
        address = self.found["/nhat-ky/dong/{}"][0]
        for _ in range(2):
            time.sleep(STRIP_S + 0.5)
            page = self.browser.get(address)
            self.assertEqual(page.status, 200)
            self.assertRegex(page.text, r"<pre>[^<]")
        self.assertNotIn("web ended", self.server.said())


if __name__ == "__main__":
    unittest.main()
