"""A unit of 10,000 machines and 1,300 licences that end: every page of its own opens, and says what does not stand on it."""
import contextlib
import csv
import datetime
import io
import json
import os
import re
import sqlite3
import time
import unittest

from flow import PACKS, Server, khien

MACHINES = 10_000
# A sweep may come before the machine's first audit, and knows nothing of it then.
SWEPT_AFTER_ITS_AUDIT = ("SELECT 1 FROM verdict v WHERE v.about = 0 AND v.subject_id = 1"
                         " AND EXISTS (SELECT 1 FROM audit_run WHERE host_id = 1)"
                         " AND NOT EXISTS (SELECT 1 FROM verdict_due)")
LICENCES = 1_300
ENDS = datetime.date.today() - datetime.timedelta(days=50)


def furnish(store, count):
    """So many machines beside this one; what triggers would queue of them is not this test's."""
    for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"
                               " AND tbl_name IN ('host', 'audit_run')").fetchall():
        store.execute(f"DROP TRIGGER {name}")
    store.executemany("INSERT INTO host (id, name, kind, level, unit_id, first_seen_s, last_seen_s)"
                      " SELECT ?, ?, kind, level, 1, 0, 0 FROM host WHERE id = 1",
                      ((i, f"may-{i:05}") for i in range(2, count + 1)))


def license(store, count):
    """So many licences to renew, some on the same day; every tenth is no longer used and brings no work."""
    for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'record'").fetchall():
        store.execute(f"DROP TRIGGER {name}")
    first = store.execute("SELECT coalesce(max(id), 0) + 1 FROM record").fetchone()[0]
    for i in range(first, first + count):
        ends = (ENDS + datetime.timedelta(days=i % 40)).isoformat()
        body = {"ten": f"giay-{i:05}", "het-han": ends, "trang-thai": "thoi-dung" if i % 10 == 0 else "dang-dung"}
        store.execute("INSERT INTO record VALUES (?, 'licences', 1, ?, ?, ?, 0, 1, 1, '', 1, '')",
                      (i, body["ten"], body["ten"], json.dumps(body)))
        store.executemany("INSERT INTO record_index VALUES ('licences', ?, ?, ?, 1)",
                          (("het-han", ends, i), ("trang-thai", body["trang-thai"], i)))
    return {f"giay-{i:05}" for i in range(first, first + count) if i % 10}


def keep_verdicts(store):
    """As a sweep would: this machine and machine 5000 meet nothing, of the others nothing is known.
    What the machine of the tests really meets is another thing on each."""
    marks, = store.execute("SELECT marks FROM verdict WHERE about = 0 AND subject_id = 1").fetchone()
    failed, unknown = re.sub("[^-]", "F", marks), re.sub("[^-]", "N", marks)
    store.execute("UPDATE verdict SET marks = ? WHERE about = 0 AND subject_id = 1", (failed,))
    store.execute("INSERT INTO verdict (about, subject_id, unit_id, marks, until_s, at_s)"
                  " SELECT 0, h.id, 1, iif(h.id = 5000, ?, ?), v.until_s, v.at_s"
                  " FROM host h JOIN verdict v ON v.about = 0 AND v.subject_id = 1 WHERE h.id > 1", (failed, unknown))


class Pages:
    def open(self, path, within=4 << 20):
        page = self.browser.get(path)
        self.assertEqual((page.status, self.browser.path), (200, path))
        self.assertLess(len(page.text), within, path)
        return page.text

    def calendar(self):
        self.browser.get("/viec")
        page = self.browser.submit({"lam": "tao"}, action="/viec/lich")
        return self.open(re.search(r"/lich/[0-9a-f]{48}\.ics", page.text).group(0), 64 << 20).replace("\r\n ", "")


class ManyMachines(Pages, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(env={"KHIEN_TEST_STATEMENTS": "1"})
        cls.addClassCleanup(cls.server.own.cleanup)
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.browser = cls.server.set_up()
        with contextlib.closing(sqlite3.connect(os.path.join(cls.server.data, "khien.db"), timeout=60)) as store, store:
            while not store.execute(SWEPT_AFTER_ITS_AUDIT).fetchone():
                time.sleep(0.1)
            furnish(store, MACHINES)
            keep_verdicts(store)
            # one was asked today, all others never: it waits its turn
            store.execute("INSERT INTO audit_run (host_id, at_s, duration_us, pass, fail, unknown, na, program)"
                          " VALUES (2, ?, 0, 0, 0, 0, 0, '')", (int(time.time()),))

    def test_every_page_opens(self):
        for path in ("/hom-nay", "/hom-nay.csv", "/viec", "/viec/nam", "/viec/nam-don-vi", "/ket-qua", "/ket-qua/1",
                     "/ket-qua/1/ra-soat", "/ban-do", "/ban-do.csv", "/may", "/ngoai-le", "/don-vi/1", "/ho-so/moi",
                     "/tim?q=may", "/so", "/may/9999", "/so/devices/moi"):
            with self.subTest(path):
                self.open(path)

    def test_the_list_of_machines_comes_whole(self):
        self.assertEqual(self.open("/may.csv").count("\n"), MACHINES + 1)

    def test_the_duties_of_all_machines_come_whole(self):
        """D11.3 of each, whether a page or a command lists them; 200 at a time."""
        told = [name for duty, _, name, *_ in csv.reader(io.StringIO(self.open("/viec.csv", 64 << 20).lstrip("\ufeff")))
                if duty == "tay-son/D11.3"]
        self.assertEqual((len(told), len(set(told))), (MACHINES, MACHINES))
        listed = khien("duty", "list", "--data", self.server.data, "--packs", PACKS, "--format", "csv")
        self.assertEqual(listed.status, 0, listed.err)
        keys = [row[1] for row in csv.reader(io.StringIO(listed.out.lstrip("\ufeff"))) if row[1].startswith("tay-son/D11.3@")]
        self.assertEqual((len(keys), len(set(keys))), (MACHINES, MACHINES))

    def test_the_calendar_says_how_many_machines_it_has_not(self):
        self.assertIn("SUMMARY:Lịch chỉ có việc của 200 máy\\, còn 9800 máy nữa", self.calendar())

    def test_duties_tell_of_those_left_alone_for_longest(self):
        page = self.open("/viec?don-vi=1&xem=tat-ca&viec=tay-son/D11.3")
        self.assertIn("còn 9.800 máy nữa", page)
        listed = set(re.findall(r"may-\d+", page))
        self.assertEqual(len(listed), 200)
        self.assertNotIn("may-00002", listed)           # asked today
        self.assertIn("may-00003", listed)

    def test_the_duty_of_any_machine_opens(self):
        self.assertIn("may-09999", self.open("/viec/1/tay-son/D11.3?may=9999"))

    def test_one_obligation_of_all_machines_shows_the_worst_first(self):
        path = "/ket-qua/1/tay-son/D11.3"
        first, second = self.open(path), self.open(path + "?trang=2")
        told = re.findall(r"(\d+) statements, 200: GET /ket-qua/\{\}/\{\}/\{\} ", self.server.said())
        self.assertEqual(len(told), 2)
        self.assertLessEqual(max(map(int, told)), 20)
        self.assertEqual(re.findall(r'loc=([a-z-]+)"><strong>([\d.]+)</strong>', first),
                         [("not-met", "2"), ("no-evidence", "9.998")])
        self.assertIn(f"1/{(MACHINES + 29) // 30}", first)
        of_page = [[int(n) for n in re.findall(r"Máy may-(\d{5})", page)] for page in (first, second)]
        self.assertEqual(sorted(of_page[0]), [*range(2, 30), 5000])     # and this one
        self.assertEqual(of_page[1], [*range(30, 60)])
        self.assertEqual(re.findall(r"Máy may-(\d{5})", self.open(path + "?loc=not-met")), ["05000"])

    def test_hom_nay_says_that_it_has_not_looked_at_all(self):
        self.assertIn("trong hơn 200 máy", self.open("/hom-nay"))


class ManyRecords(Pages, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.own.cleanup)
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.browser = cls.server.set_up()
        with contextlib.closing(sqlite3.connect(os.path.join(cls.server.data, "khien.db"), timeout=60)) as store, store:
            cls.licences = license(store, LICENCES)

    def test_the_duties_of_all_records_come_whole(self):
        told = [name for _, what, name, *_ in csv.reader(io.StringIO(self.open("/viec.csv", 64 << 20).lstrip("\ufeff")))
                if what == "Gia hạn bản quyền phần mềm"]
        self.assertEqual((len(told), set(told)), (len(self.licences), self.licences))
        listed = khien("duty", "list", "--data", self.server.data, "--packs", PACKS, "--format", "json")
        self.assertEqual(listed.status, 0, listed.err)
        keys = [row["about"] for row in json.loads(listed.out)["duties"] if row["duty"].startswith("licences/gia-han@r")]
        self.assertEqual((len(keys), set(keys)), (len(self.licences), self.licences))

    def test_pages_say_how_many_records_they_have_not_looked_at(self):
        for path, looked, left in (("/viec?don-vi=1&xem=tat-ca", "500", "670"), ("/viec/nam-don-vi", "500", "670")):
            self.assertIn(f"mỗi việc chỉ xét {looked} bản ghi đến hạn sớm nhất của đơn vị, còn {left} bản ghi nữa", self.open(path))
        self.assertNotIn("chỉ xét", self.open("/viec/nam"))     # looks at 5,000

    def test_the_calendar_says_how_many_records_it_has_not_looked_at(self):
        text = self.calendar()
        self.assertIn("SUMMARY:Lịch chỉ xét 500 bản ghi đến hạn sớm nhất của mỗi việc\\, còn 670 bản ghi nữa", text)
        self.assertTrue(text.endswith("END:VCALENDAR\r\n"))

    def test_those_that_are_looked_at_bring_work(self):
        """Every tenth licence is no longer used: before, they took 50 of the 500 places."""
        page = self.open("/viec?don-vi=1&xem=tat-ca&viec=licences/gia-han")
        listed = set(re.findall(r"giay-\d+", page))
        self.assertEqual(len(listed), 500)
        self.assertLessEqual(listed, self.licences)

    def test_a_calendar_longer_than_a_page_may_be_comes_whole(self):
        """Before, more than 8 MiB were refused."""
        long = " của phần mềm rất dài" * 800
        with contextlib.closing(sqlite3.connect(os.path.join(self.server.data, "khien.db"), timeout=60)) as store:
            with store:
                store.execute("UPDATE record SET title = title || ? WHERE register = 'licences'", (long,))
            try:
                text = self.calendar()
            finally:
                with store:
                    store.execute("UPDATE record SET title = substr(title, 1, 10) WHERE register = 'licences'")
        self.assertGreater(len(text.encode()), 8 << 20)
        events = text.count("BEGIN:VEVENT\r\n")
        self.assertEqual(events, text.count("END:VEVENT\r\n"))
        self.assertGreaterEqual(text.count(long), 500)
        self.assertTrue(text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n"))


class TheLetterOfManyMachines(unittest.TestCase):
    def test_it_says_how_much_it_leaves_out(self):
        """One who does the work of 10,000 machines: 200 are looked at, so many duties listed, the rest is counted."""
        with Server() as server:
            server.set_up()
            server.stop()
            with contextlib.closing(sqlite3.connect(os.path.join(server.data, "khien.db"))) as store, store:
                for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                    store.execute(f"DROP TRIGGER {name}")
                furnish(store, MACHINES)
                license(store, LICENCES)
                store.execute("INSERT INTO staff (id, unit_id, name, folded, sort_key, position, email, phone, state, made_by,"
                              " made_at_s) VALUES (1, 1, 'Lê An', 'le an', 'an', '', 'an.le@tayson.example', '', 'working', '', 1)")
                store.execute("UPDATE person SET staff_id = 1, role = 2")
                store.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('duty.from', '2025-01-01')")
                store.execute("DELETE FROM setting WHERE name = 'duty.digest'")
                store.execute("DELETE FROM mail")
            server.pass_time(seconds=int(86400 + 9 * 3600 - (time.time() + server.shift_s + 7 * 3600) % 86400))
            server.start()
            end, letter = time.monotonic() + 120, None
            with contextlib.closing(sqlite3.connect(os.path.join(server.data, "khien.db"))) as store:
                while not letter:
                    self.assertLess(time.monotonic(), end, server.said())
                    time.sleep(0.2)
                    letter = store.execute("SELECT subject, body FROM mail").fetchone()
        subject, body = letter
        listed, more = body.count("\n- "), sum(map(int, re.findall(r"Còn (\d+) việc nữa", body)))
        self.assertEqual(int(re.search(r"(\d+) việc", subject).group(1)), listed + more)
        self.assertGreater(more, 0)
        self.assertIn("chỉ xét 200 máy", body)
        self.assertIn("còn 9800 máy nữa", body)
        self.assertIn("chỉ xét 500 bản ghi đến hạn sớm nhất của mỗi việc, còn 670 bản ghi nữa", body)


if __name__ == "__main__":
    unittest.main()
