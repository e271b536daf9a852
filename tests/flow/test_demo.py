#!/usr/bin/env python3
"""khien demo: a whole district in a folder of its own, the same from the same seed, marked on every page, gone with
one command, and never where data are."""
import contextlib
import os
import shutil
import sqlite3
import tempfile
import threading
import unittest

from flow import Server, khien


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
        self.assertIn("not empty", refused.err)
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
