#!/usr/bin/env python3
"""khien demo: a whole district in a folder of its own, the same from the same seed, marked on every page, gone with
one command, and never where data are."""
import contextlib
import datetime
import glob
import os
import shutil
import sqlite3
import tempfile
import threading
import unittest

from flow import Server, khien
from pack import load

VIET_NAM = datetime.timezone(datetime.timedelta(hours=7))
# Everything that a person did (the program itself begins cases of leavers, and says what it knows of them): what, who, when, in which unit.
DONE = """
SELECT 'case ' || flow, started_by, started_at_s, unit_id FROM flow_case WHERE started_by <> ''
UNION ALL SELECT 'step ' || s.move, s.made_by, s.at_s, c.unit_id FROM flow_step s JOIN flow_case c ON c.id = s.case_id
UNION ALL SELECT 'value ' || v.field, v.made_by, v.at_s, c.unit_id FROM flow_value v JOIN flow_case c ON c.id = v.case_id
 WHERE v.made_by <> ''
UNION ALL SELECT 'task ' || kind, done_by, done_at_s, unit_id FROM flow_task WHERE done_at_s > 0
UNION ALL SELECT 'version ' || version, by, at_s, unit_id FROM record_version
UNION ALL SELECT 'paper ' || name, by, at_s, unit_id FROM attachment
UNION ALL SELECT 'signed ' || statement, made_by, signed_at_s, unit_id FROM attest_signed
UNION ALL SELECT 'session ' || title, made_by, at_s, unit_id FROM attest_session
UNION ALL SELECT 'came', a.made_by, a.at_s, s.unit_id FROM attest_came a JOIN attest_session s ON s.id = a.session_id
UNION ALL SELECT 'duty ' || check_id, person, at_s, unit_id FROM evidence WHERE run_id IS NULL AND person <> ''
"""
DEVICE = ("SELECT r.id FROM record r JOIN record_version v ON v.record_id = r.id AND v.version = 1"
          " WHERE r.register = 'devices' AND")
ADMIN, OFFICER, HEAD = 1, 2, 4


def counts(data):
    with sqlite3.connect(os.path.join(data, "khien.db")) as db:
        ask = lambda sql: db.execute(sql).fetchall()
        return {
            "units": ask("SELECT count(*) FROM unit")[0][0],
            "people": ask("SELECT count(*) FROM staff")[0][0],
            "registers": ask("SELECT register, count(*) FROM record GROUP BY 1 ORDER BY 1"),
            "titles": ask("SELECT title FROM record ORDER BY id LIMIT 500"),
            "names": ask("SELECT name FROM staff ORDER BY id"),
            "cases": ask("SELECT flow, state, count(*) FROM flow_case GROUP BY 1, 2 ORDER BY 1, 2"),
            "signed": ask("SELECT statement, count(*) FROM attest_signed GROUP BY 1 ORDER BY 1"),
            "duties": ask("SELECT count(*) FROM evidence WHERE run_id IS NULL")[0][0],
        }


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = tempfile.TemporaryDirectory()
        cls.data = os.path.join(cls.own.name, "mau")
        cls.done = khien("demo", "--data", cls.data, timeout_s=300)

    @classmethod
    def tearDownClass(cls):
        cls.own.cleanup()

    def test_a_district_lives(self):
        self.assertEqual(self.done.status, 0, self.done.err)
        self.assertNotIn("không lập được", self.done.out)
        c = counts(self.data)
        self.assertEqual((c["units"], c["people"]), (30, 800))
        registers = dict(c["registers"])
        self.assertEqual(registers["devices"], 1500)
        self.assertGreaterEqual(len(registers), 44)
        self.assertGreaterEqual(min(registers.values()), 10)
        flows = {flow for flow, _, _ in c["cases"]}
        self.assertEqual(flows, {name[:-5] for name in os.listdir("packs/tay-son/flows")})
        self.assertGreater(len(c["cases"]), 20)              # many states
        self.assertGreater(dict(c["signed"])["user"], 600)
        self.assertGreater(c["duties"], 5000)

    # EVIDENCE: D11.4
    def test_a_check_of_the_trail_while_others_write(self):
        data, ended, added = os.path.join(self.own.name, "viet"), threading.Event(), []
        shutil.copytree(self.data, data)
        self.assertEqual(khien("log", "seal", "--data", data, "--log", "trail", timeout_s=300).status, 0)

        def write():
            while not ended.is_set():
                n = len(added) + 1
                added.append(khien("unit", "add", "--data", data, "--parent", "1", "--code", f"THU-{n}", "--name",
                                   f"Đơn vị thử {n}", "--kind", "agency", "--number", f"{n}/QĐ",
                                   "--signed", "01/01/2026", "--from", "01/01/2026"))

        writers = [threading.Thread(target=write)]
        writers[0].start()
        try:
            checks = [khien("trail", "check", "--data", data, timeout_s=300) for _ in range(3)]
        finally:
            ended.set()
            writers[0].join()
        self.assertEqual({done.status for done in added}, {0}, added[:1])
        self.assertGreater(len(added), 3)
        for done in checks:
            self.assertEqual(done.status, 0, done)

    def ask(self, sql):
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "khien.db"))) as store:
            return store.execute(sql).fetchall()

    def test_each_thing_is_done_by_one_of_the_unit_when_people_work(self):
        people = {login: (unit, made) for login, unit, made in self.ask(
            "SELECT p.login, p.unit_id, p.created_at_s FROM person p JOIN staff s ON s.id = p.staff_id"
            " AND s.unit_id = p.unit_id AND s.name = p.name")}
        years = [load(path) for path in glob.glob("packs/calendar/20*.yaml")]
        made_up = {day["day"] for year in years for day in year.get("work-days", ())}
        off = [(day["from"], day["to"]) for year in years for day in year["days-off"]]
        now = datetime.datetime.now(VIET_NAM)
        done = self.ask(DONE)
        self.assertGreater(len(done), 20_000)
        for what, who, at_s, unit in done:
            at = datetime.datetime.fromtimestamp(at_s, VIET_NAM)
            self.assertIn(who, people, what)
            # what is begun for all units is begun by one above them
            self.assertIn(people[who][0], (1, unit) if what == "case access-review" else (unit,), (what, who))
            self.assertLess(people[who][1], at_s, (what, who))
            self.assertLess(at, now, what)
            self.assertTrue(at.weekday() < 5 or at.date() in made_up, (what, at))
            self.assertFalse(any(first <= at.date() <= last for first, last in off), (what, at))
            self.assertTrue((7, 30) <= (at.hour, at.minute) <= (17, 2), (what, at))

    def test_each_step_is_made_by_the_role_that_may(self):
        who = {(flow["id"], move["id"]): move["who"] for path in glob.glob("packs/tay-son/flows/*.yaml")
               for flow in [load(path)] for move in flow["moves"]}
        for flow, move, role in self.ask("SELECT c.flow, s.move, p.role FROM flow_step s JOIN flow_case c ON c.id = s.case_id"
                                         " JOIN person p ON p.login = s.made_by"):
            self.assertIn(role, (ADMIN, OFFICER) if who[flow, move] == "act" else (HEAD,), (flow, move))

    def test_exceptions_name_obligations_of_the_packs(self):
        known = {f"tay-son/{o['id']}" for path in glob.glob("packs/tay-son/obligations/*.yaml") for o in load(path)["obligations"]}
        named = [value for value, in self.ask("SELECT value FROM flow_value WHERE field = 'obligation'")]
        self.assertGreater(len(named), 10)
        self.assertLessEqual(set(named), known)

    def test_open_cases_are_mostly_of_these_weeks_and_a_few_are_late(self):
        now = int(datetime.datetime.now().timestamp())
        open_cases = self.ask("SELECT state_at_s, coalesce(due_at_s, 0) FROM flow_case WHERE ended_at_s IS NULL OR ended_at_s = 0")
        late = [due for _, due in open_cases if 0 < due < now]
        self.assertGreater(len(open_cases), 60)
        self.assertGreater(len(late), 3)
        self.assertLess(len(late), len(open_cases) / 4)
        self.assertLess(sum(now - due > 90 * 86400 for due in late), 12)
        self.assertGreater(sum(now - since < 30 * 86400 for since, _ in open_cases), len(open_cases) / 2)
        void, = self.ask("SELECT count(*) FROM flow_case WHERE state = 'void'")[0]
        self.assertLess(void, 60)
        # a contract that is in force stays so
        self.assertGreater(self.ask("SELECT count(*) FROM flow_case WHERE flow = 'vendor' AND state = 'in-use'")[0][0], 5)

    def test_units_differ_and_nothing_is_of_a_level_nobody_gives(self):
        fields = lambda register, field: self.ask(
            f"SELECT r.unit_id, v.body ->> '$.{field}' FROM record r JOIN record_version v ON v.record_id = r.id"
            f" AND v.version = 1 WHERE r.register = '{register}' AND v.body ->> '$.{field}' <> '' ORDER BY r.id")
        self.assertEqual({level for _, level in fields("systems", "cap-do")} - {"1", "2", "3"}, set())
        wifi = fields("wifi", "ssid")
        self.assertEqual(len(set(name for _, name in wifi)), len(wifi))
        numbers = [number for _, number in fields("contracts", "so")]
        self.assertGreater(len(set(numbers)), len(numbers) * 0.8)
        first = {}
        for unit, title in self.ask("SELECT unit_id, title FROM record WHERE register = 'systems' ORDER BY id"):
            first.setdefault(unit, title)
        self.assertGreater(len(set(first.values())), 12)
        kinds = dict(self.ask("SELECT id, kind FROM unit"))
        heads = {(kinds[unit], position) for unit, position in self.ask(
            "SELECT unit_id, position FROM staff GROUP BY unit_id HAVING id = min(id)")}
        self.assertIn(("agency", "Chủ tịch UBND xã"), heads)
        self.assertIn(("school", "Hiệu trưởng"), heads)
        texts = self.ask("SELECT value FROM flow_value UNION ALL SELECT body FROM record_version")
        self.assertEqual([t for t, in texts if "{so}" in t or "{nam}" in t or "{dv}" in t][:3], [])

    # What may be left for a time, and nothing that the law leaves to nobody.
    def test_exceptions_are_of_what_may_have_one_each_with_its_own_reason(self):
        asked = self.ask("SELECT o.value, r.value, m.value FROM flow_value o JOIN flow_value r ON r.case_id = o.case_id"
                         " AND r.field = 'reason' JOIN flow_value m ON m.case_id = o.case_id AND m.field = 'measure'"
                         " JOIN flow_case c ON c.id = o.case_id AND c.flow = 'exception' WHERE o.field = 'obligation'")
        self.assertGreater(len(asked), 10)
        self.assertLess(len(set(asked)), 6)
        self.assertEqual(len({o for o, _, _ in asked}), len(set(asked)))

    def test_nothing_comes_before_what_it_follows(self):
        for words, sql in (
                ("versions", "SELECT a.record_id FROM record_version a JOIN record_version b ON b.record_id = a.record_id"
                             " AND b.version > a.version AND b.at_s < a.at_s"),
                ("steps", "SELECT a.case_id FROM flow_step a JOIN flow_step b ON b.case_id = a.case_id AND b.id > a.id"
                          " AND b.at_s < a.at_s"),
                ("a device disposed of before a case says so", f"{DEVICE} v.body ->> '$.trang-thai' <> 'thanh-ly'"
                                                               " AND v.body ->> '$.thanh-ly' <> ''"),
                ("a device of another make", f"{DEVICE} v.body ->> '$.nhan-hieu' <> ''"
                                             " AND NOT instr(v.body ->> '$.ten', v.body ->> '$.nhan-hieu')"),
                ("a step before its case", "SELECT c.id FROM flow_case c JOIN flow_step s ON s.case_id = c.id"
                                           " AND s.at_s < c.started_at_s"),
                ("a case before its record", "SELECT c.id FROM flow_case c JOIN record r ON r.id = c.record_id"
                                             " AND r.made_at_s >= c.started_at_s"),
                ("a task before it was given", "SELECT id FROM flow_task WHERE done_at_s > 0 AND done_at_s < made_at_s"),
                ("a paper before its record", "SELECT a.id FROM attachment a JOIN record r ON a.of = 'record' AND r.id = a.key"
                                              " AND a.at_s < r.made_at_s"),
                ("an effect before its decision", "SELECT id FROM staff_event WHERE decision_day > date(effective_s + 25200,"
                                                  " 'unixepoch') OR effective_s > made_at_s"),
                ("a role before its decision", "SELECT id FROM staff_role WHERE decision_day > from_day"),
                ("a decision that a step tells before it is taken",
                 "SELECT id FROM flow_value WHERE field LIKE '%decision_day' AND value > date(at_s + 25200, 'unixepoch')")):
            with self.subTest(words):
                self.assertEqual(self.ask(sql)[:3], [])

    def test_the_same_seed_gives_the_same(self):
        again, other = (os.path.join(self.own.name, n) for n in ("lai", "khac"))
        self.assertEqual(khien("demo", "--data", again, timeout_s=300).status, 0)
        first, second = counts(self.data), counts(again)
        for key in ("units", "people", "registers", "titles", "names"):
            self.assertEqual(first[key], second[key], key)
        self.assertEqual(khien("demo", "--data", other, "--seed", "7", timeout_s=300).status, 0)
        self.assertNotEqual(first["names"], counts(other)["names"])

    def test_it_goes_nowhere_where_data_are_and_takes_away_only_itself(self):
        full = os.path.join(self.own.name, "that")
        os.mkdir(full)
        kept = os.path.join(full, "khien.db")
        with open(kept, "w", encoding="ascii") as out:
            out.write("real")
        refused = khien("demo", "--data", full)
        self.assertNotEqual(refused.status, 0)
        self.assertIn("không rỗng", refused.err)
        self.assertNotEqual(khien("demo", "--data", full, "--remove").status, 0)
        with open(kept, encoding="ascii") as back:
            self.assertEqual(back.read(), "real")
        gone = os.path.join(self.own.name, "gone")
        self.assertEqual(khien("demo", "--data", gone, timeout_s=300).status, 0)
        self.assertEqual(khien("demo", "--data", gone, "--remove").status, 0)
        self.assertFalse(os.path.exists(gone))

    def test_cases_are_listed_and_every_page_says_sample(self):
        listed = khien("flow", "list", "--data", self.data, "--show", "all")
        self.assertEqual(listed.status, 0, listed.err)
        lines = listed.out.splitlines()
        self.assertGreater(len(lines), 150)
        one = khien("flow", "show", "--data", self.data, lines[-1].split()[0])
        self.assertEqual(one.status, 0, one.err)
        self.assertIn("step  ", one.out)
        for line in lines[::40]:  # a reason reads as a reason, not as the title of its field
            shown = khien("flow", "show", "--data", self.data, line.split()[0])
            self.assertNotIn("(mẫu", shown.out)
        self.assertNotEqual(khien("flow", "show", "--data", self.data, "999999").status, 0)
        with Server(data=self.data) as server:
            self.assertIn("DỮ LIỆU MẪU", server.browser().get("/dang-nhap").text)

    def test_the_told_incident_has_its_photo(self):
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "khien.db"))) as store:
            (digest, title), = store.execute("SELECT f.sha256, c.title FROM attachment f JOIN flow_case c ON c.id = f.key"
                                             " WHERE f.of = 'case'").fetchall()
        self.assertIn("Mã độc tống tiền", title)
        with open(os.path.join(self.data, "files", digest), "rb") as photo:
            self.assertTrue(photo.read().startswith(b"\x89PNG"))


if __name__ == "__main__":
    unittest.main()
