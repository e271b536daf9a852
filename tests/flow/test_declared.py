#!/usr/bin/env python3
"""What a unit declares of a machine: the draft parses and approves nothing, a filled one approves until
its day, a faulty one is refused with line and field. EVIDENCE: D10.1.c#2, D11.7#1"""
import os
import tempfile
import unittest

from flow import khien, write_tree

TREE = {
    "etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nan:x:1000:1000::/home/an:/bin/bash\n",
    "etc/group": "root:x:0:\nsudo:x:27:an\n",
    "etc/shells": "/bin/bash\n",
    "etc/cron.d/sao-luu": "0 1 * * * root restic -r sftp:b@nas:/kho backup /etc\n",
    "usr/sbin/cron": "",
    "usr/lib/systemd/system/cron.service": "[Service]\n",
    "etc/systemd/system/multi-user.target.wants/cron.service": "[Service]\n",
    "usr/lib/systemd/system/nginx.service": "[Service]\n",
    "etc/systemd/system/multi-user.target.wants/nginx.service": "[Service]\n",
    "proc/stat": "btime 1700000000\n",
    "proc/net/tcp": "head\n   0: 0500000A:0050 00000000:0000 0A 0:0 0:0 0 33 0 77 1\n",
}


class Declared(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.join(folder.name, "root")
        self.file = os.path.join(folder.name, "machine.yaml")
        write_tree(self.root, TREE)

    def draft(self):
        done = khien("audit", "--root", self.root, "--propose")
        self.assertEqual(done.status, 0, done.err)
        return done.out

    def ask(self, text, check="net.external"):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text)
        done = khien("audit", "--root", self.root, "--declared", self.file, "--check", check,
                     "--format", "json")
        self.assertEqual(done.status, 0, done.err)
        return done.json()

    def row(self, text, check="net.external"):
        return self.ask(text, check)["results"][0]["subjects"][0]

    def test_the_draft_names_what_is_there(self):
        draft = self.draft()
        for line in ("kind: server", "roles: [web]", 'name: "tcp/80"', 'name: "root"', 'name: "an"',
                     "tool: \"restic\"", "where: elsewhere", "every-days: 1"):
            self.assertIn(line, draft)

    def test_the_draft_decides_nothing(self):
        row = self.row(self.draft())
        self.assertEqual((row["result"], row["reason"]), ("unknown", "draft"))
        self.assertIn("bản nháp", row["reason_text"])

    def test_filled_in_it_approves_until_its_day(self):
        filled = self.draft().replace('why: ""', "why: web").replace('by: ""', "by: An")
        self.assertEqual(self.row(filled.replace("until: ", "until: 2099-01-01"))["result"], "pass")
        row = self.row(filled.replace("until: ", "until: 2020-01-01"))
        self.assertEqual((row["result"], row["reason"]), ("fail", "approval-over"))
        self.assertIn("approved until 2020-01-01 /etc/khien/machine.yaml:", row["overrode"])

    def test_the_level_is_the_declared_one(self):
        self.assertEqual(self.ask("level: 3\n")["host"]["level"], 3)
        self.assertEqual(self.ask("kind: server\n")["host"]["level"], 1)

    def test_a_fault_is_refused_by_line_and_field(self):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write("kind: server\napproved:\n  - {what: port, name: tcp/80, until: mai}\n")
        done = khien("audit", "--root", self.root, "--declared", self.file)
        self.assertNotEqual(done.status, 0)
        self.assertEqual(done.out, "")
        self.assertIn(f"{self.file}: dòng 3, cột 39, mục approved.until: ngày phải viết", done.err)
        done = khien("audit", "--root", self.root, "--declared", self.file,
                     env={"KHIEN_LANG": "en"})
        self.assertIn("line 3, column 39, field approved.until: a date is written", done.err)


if __name__ == "__main__":
    unittest.main()
