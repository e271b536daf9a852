#!/usr/bin/env python3
"""Random files of logrotate, with includes, scripts, names in quotes, logs named twice and what it refuses: which log is
rotated how often and how many are kept, as `logrotate -d` tells it. What it refuses must be a gap of ours, or give the same.
EVIDENCE: D11.4"""
import fnmatch
import os
import random
import re
import shutil
import subprocess
import unittest

from flow import folder, khien, rounds, write_tree

PERIODS = ["hourly", "daily", "weekly", "monthly", "yearly"]
LOGS = ["a.log", "b.log", "c1.log", "d/1.log", "e.log", "f/1.log", "i1.log", "j", "k.log", "l.log", "m.log"]
PATTERNS = ["a.log", "b.log", "c*.log", "d/*.log", "e.{log,err}", "f/?.log", "i[0-9].log", "j", "k.log", "l.log", "m.log"]
WORDS = ["rotate 0", "rotate 1", "rotate 12", "rotate=24", "rotate\t7", "rotate = 30", "maxage 30", "size 100k", "size=10M", "maxsize 5k",
         "minsize 1M", "missingok", "# rotate 99", "dateext", "dateformat -%Y%m%d", "create 640 root adm", "su root root", "shred",
         "postrotate\n  weekly\n  rotate 1\n endscript", "prerotate\n  }\n  rotate 2\nendscript", "", "minage 3", "start 0", "weekly 5",
         "extension .log", "sharedscripts", "copytruncate", "ignoreduplicates", "tabooext + .tam, .off", "taboopat + a*", "tabooext .tam"]
REFUSED = ["weekly # x", "rotate 5 # x", "monthly soon", "dai,ly", "maxage x"]


@unittest.skipUnless(shutil.which("logrotate", path="/usr/sbin:/usr/bin"), "no logrotate here")
class Logrotate(unittest.TestCase):

    def directive(self, chance):
        kind = chance.random()
        return chance.choice(PERIODS if kind < 0.3 else REFUSED if kind < 0.32 else WORDS)

    def block(self, chance, names):
        some = chance.sample(names, chance.choice([1, 1, 2, 3]))
        if chance.random() < 0.9:       # else a later block may name them once more
            for name in some:
                names.remove(name)
        head = chance.choice([" ", "\n", "\n  ", " \t"]).join(chance.choice(["R/%s", "R/%s", '"R/%s"', "'R/%s'"]) % name for name in some)
        body = [chance.choice(["  ", "\t", ""]) + self.directive(chance) for _ in range(chance.randint(0, 5))]
        if chance.random() < 0.08 and body and "\n" not in body[0]:
            return head + " { " + body[0].strip() + " }"
        return head + chance.choice([" {\n", "{\n", "\n{\n", " { \n", " {# x\n"]) + "\n".join(body) + chance.choice(["\n}", "\n  }\n"])

    def text(self, chance, names):
        return "\n".join(self.directive(chance) if chance.random() < 0.5 or len(names) < 3 else self.block(chance, names)
                         for _ in range(chance.randint(0, 4))) + chance.choice(["\n", "\n\n"])

    def files(self, chance):
        names = list(PATTERNS) if chance.random() < 0.2 else [name for name in PATTERNS if "{" not in name]
        main = [self.text(chance, names), chance.choice(["include D/d", "include D/d/", "include D/x.conf", ""]), self.text(chance, names)]
        return {"x.conf": self.text(chance, names), "d/10-a": self.text(chance, names),
                "d/" + chance.choice(["B", "b.conf", "a", ".h"]): self.text(chance, names),
                "d/" + chance.choice(["x.dpkg-old", "y~", "q.rpmsave", "w.swp", "v.disabled", "t.tam", "a.off"]): self.text(chance, names),
                "logrotate.conf": "\n".join(main) + "\n"}

    def real(self, root, files):
        """{log: (period, kept)} as logrotate tells it, and all it said."""
        write_tree(root, {f"/real/{name}": text.replace("R/", f"{root}/var/log/").replace("D/", f"{root}/real/")
                          for name, text in files.items()})
        subprocess.run(["chmod", "-R", "go-w", f"{root}/real"], check=True)
        said = subprocess.run(["logrotate", "-d", "-s", f"{root}/state", f"{root}/real/logrotate.conf"], capture_output=True,
                              text=True, check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}).stderr
        found = {}
        for block in re.split(r"^rotating pattern: ", said, flags=re.M)[1:]:
            how, kept = re.search(r"\s(\d+ bytes|after 1 days|hourly|weekly|monthly|yearly)"
                                  r"[^\n]*?\((\d+ rotations|no old logs will be kept)\)", block, re.S).groups()
            period = "size" if "bytes" in how else "daily" if "days" in how else how
            for path in re.findall(r"^considering log (\S+)", block, re.M):
                found[path.replace(f"{root}/var/log/", "")] = (period, int(kept.split()[0]) if kept[0].isdigit() else 0)
        return {name: found[name] for name in LOGS if name in found}, said

    def test_as_logrotate_reads_them(self):
        compared = 0
        for number in range(rounds(40)):
            chance = random.Random(20261128 + number)
            files = self.files(chance)
            with folder({f"/var/log/{name}": "x\n" for name in LOGS}) as root:
                os.chmod(root, 0o755)
                write_tree(root, {"/usr/sbin/logrotate": "", "/etc/cron.daily/logrotate": "", **{
                    f"/etc/{name}": text.replace("R/", "/var/log/").replace("D/", "/etc/") for name, text in files.items()}})
                wanted, said = self.real(root, files)
                done = khien("ask", "--root", root, "--format", "json",
                             "SELECT s.path, pattern, period, kept FROM log_spans s JOIN log_policies p USING (keeper)")
            found = {}
            for row in done.json():         # of a log named twice the first block counts
                name, pattern = row["path"].replace("/var/log/", ""), row["pattern"].replace("/var/log/", "")
                if any(fnmatch.fnmatchcase(name, one) for one in (pattern, pattern.replace("{log,err}", "log"))):
                    found.setdefault(name, (row["period"], row["kept"]))
            if done.err.strip():                # a gap: what is not told is unknown
                continue
            self.assertEqual(found, wanted, f"round {number}\n{files}\n{said}")
            compared += 1
        self.assertGreater(compared, rounds(40) // 4)


if __name__ == "__main__":
    unittest.main()
