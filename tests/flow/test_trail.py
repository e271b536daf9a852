#!/usr/bin/env python3
"""Every change in Khiên is sealed, and whoever edits the database beside it is named."""
import os
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

from attack import HEAD, Log
from flow import BUILD, Server, khien
from verify_model import Verifier, load_keys


def changes_of(log):
    return [e for e in log.entries() if e[1] == 3]


# EVIDENCE: D11.4
class Trail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.base = os.path.join(cls.folder, "base")
        with Server() as server:
            server.set_up()
            server.stop()
            shutil.copytree(server.data, cls.base, ignore=shutil.ignore_patterns("intake.sock*"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.data = os.path.join(tempfile.mkdtemp(dir=self.folder), "data")
        shutil.copytree(self.base, self.data)
        self.log = Log(self.data, "trail")
        self.seal()

    def seal(self):
        done = khien("log", "seal", "--data", self.data, "--log", "trail")
        self.assertEqual(done.status, 0, done)

    def edit(self, *statements):
        """As somebody with sqlite3 and the file: triggers are dropped and put back."""
        with sqlite3.connect(os.path.join(self.data, "khien.db")) as db:
            triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                db.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                db.execute(statement)
            for _, sql in triggers:
                db.execute(sql)

    def check(self, status):
        done = khien("trail", "check", "--data", self.data)
        self.assertEqual(done.status, status, done)
        return done.out

    def test_what_happened_is_in_the_trail_and_proven(self):
        self.assertIn("khớp", self.check(0))
        entries = changes_of(self.log)
        raws = [e[HEAD.size:].decode() for e in entries]
        for table in ("setting", "host", "person", "event", "audit_run", "evidence"):
            self.assertTrue(any(f'"table":"{table}"' in r for r in raws), table)
        self.assertTrue(any('"login":"' in r and '"login":""' not in r for r in raws))
        # in order, each once
        self.assertEqual([HEAD.unpack_from(e)[6] for e in entries], list(range(1, len(entries) + 1)))
        self.seal()
        self.assertEqual(changes_of(self.log), entries)
        sheet = self.log.name("keys", "public.txt")
        done = subprocess.run([os.path.join(BUILD, "khien-verify"), self.log.path, "--key", sheet],
                              stdout=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode())
        keys, _ = load_keys(sheet)
        self.assertEqual(Verifier(self.log.path, keys).run(), [])

    def test_24_a_row_is_edited_in_the_database(self):
        self.edit("UPDATE person SET role = 8 WHERE id = 1")
        out = self.check(1)
        self.assertIn("person 1", out)
        self.assertEqual(out.count("✗"), 1)

    def test_24_a_row_is_removed_or_added(self):
        self.edit("DELETE FROM event WHERE id = 2")
        self.assertIn("event 2", self.check(1))
        self.edit("INSERT INTO setting (name, value) VALUES ('x.name', 'khác')"
                  " ON CONFLICT (name) DO UPDATE SET value = 'khác'",
                  "INSERT INTO event SELECT 9999, at_s, login, what, about, peer FROM event LIMIT 1")
        out = self.check(1)
        self.assertIn("event 9999", out)
        self.assertIn("setting x.name", out)

    def test_24_evidence_is_mended(self):
        self.edit("UPDATE evidence SET outcome = 0 WHERE id ="
                  " (SELECT min(id) FROM evidence WHERE outcome <> 0)")
        self.assertIn("evidence ", self.check(1))

    def test_24_a_signed_review_of_processes_is_put_in(self):
        self.edit("INSERT INTO process_snapshot VALUES (1, 1, 1, 1, '', '')",
                  "INSERT INTO process_review VALUES (7, 1, 1, 1, 0, 'an.le', '', '', 0, 0)",
                  "INSERT INTO process_mark VALUES (7, 'program', '/opt/la', 0, '')")
        out = self.check(1)
        self.assertIn("process_review 7", out)
        self.assertIn("process_mark 1", out)

    def test_24_the_note_of_the_change_is_edited_too(self):
        self.edit("UPDATE person SET role = 8 WHERE id = 1",
                  "UPDATE change SET login = 'nguoi.khac' WHERE id = 2")
        out = self.check(1)
        self.assertIn("person 1", out)
        self.assertIn("change 2", out)
        self.edit("DELETE FROM change WHERE id = 3")
        self.assertIn("change 3", self.check(1))

    def test_without_khien_a_watched_row_cannot_be_written(self):
        with sqlite3.connect(os.path.join(self.data, "khien.db")) as db:
            with self.assertRaises(sqlite3.OperationalError):
                db.execute("UPDATE person SET role = 8 WHERE id = 1")
            with self.assertRaises(sqlite3.DatabaseError):
                db.execute("DELETE FROM change")


if __name__ == "__main__":
    unittest.main()
