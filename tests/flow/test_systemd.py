#!/usr/bin/env python3
"""What systemd makes of random files and drop-ins, as its own programs tell it without a service manager: which files
count and in which order (systemd-analyze cat-config), and what a unit would run (systemd-analyze verify, which names
each command that is not there), and when a timer would start (systemd-analyze calendar)."""
import datetime
import os
import random
import re
import shutil
import subprocess
import unittest

from flow import folder, khien, rounds

ROOTS = ["/etc", "/run", "/usr/local/lib", "/usr/lib"]
TEMPLATES = {"x@1.service": "x@.service"}


def ask(root, sql):
    done = khien("ask", "--root", root, "--format", "json", sql)
    if done.status != 0:
        raise AssertionError(str(done))
    return done.json()


def write(root, path, text):
    """TEXT at PATH; None: a link to /dev/null, which masks."""
    os.makedirs(os.path.dirname(root + path), exist_ok=True)
    if text is None:
        os.symlink("/dev/null", root + path)
    else:
        with open(root + path, "w", encoding="utf-8") as out:
            out.write(text)


@unittest.skipUnless(shutil.which("systemd-analyze"), "not here: systemd-analyze")
class Random(unittest.TestCase):

    def rounds(self, quick):
        for number in range(rounds(quick)):
            with folder() as root:
                yield number, random.Random(20261126 + number), root

    # ---- a daemon's settings ----

    SPANS = ["1day", "30 days", "2 weeks 1h", "0", "infinity", "90d"]
    REFUSED = ["", "soon", "-1", "3 parsecs"]
    STORAGES = ["volatile", "persistent", "none"]

    def conf(self, chance):
        lines = []
        for _ in range(chance.randint(0, 5)):
            lines.append(chance.choice([
                f"[{chance.choice(['Journal', 'Journal', 'journal', 'Upload'])}]",
                "MaxRetentionSec" + chance.choice(["=", " = "]) + chance.choice(self.SPANS + self.REFUSED),
                "Storage=" + chance.choice(self.STORAGES + self.REFUSED),
                chance.choice(["# Storage=none", "; MaxRetentionSec=3d", "", "Unknown=1"]),
                "MaxRetentionSec=\\\n" + chance.choice(self.SPANS)]))
        return "[Journal]\n" * chance.choice([0, 1, 1, 1]) + "\n".join(lines) + "\n"

    def effective(self, shown):
        """What the files in this order give; a value that is refused leaves the former one."""
        found, section = {"Storage": "volatile", "MaxRetentionSec": "0"}, ""
        for line in re.sub(r"\\\n", " ", shown).splitlines():
            line = line.strip()
            if line.startswith("# /"):     # another file begins without a section
                section = ""
            elif line.startswith("["):
                section = line
            elif section == "[Journal]" and "=" in line and line[0] not in "#;":
                key, value = (part.strip() for part in line.split("=", 1))
                if key == "MaxRetentionSec" and value in self.SPANS or key == "Storage" and value in self.STORAGES:
                    found[key] = value
        return f"Storage: {found['Storage']}; MaxRetentionSec: {found['MaxRetentionSec']}"

    def test_conf_files(self):
        for number, chance, root in self.rounds(12):
            write(root, "/usr/lib/systemd/systemd-journald", "")
            if chance.random() < 0.8:
                write(root, "/etc/systemd/journald.conf", self.conf(chance))
            for name in ("10-a.conf", "20-b.conf", "B.conf", "z.conf", "z.off"):
                for where in ROOTS:
                    if chance.random() < 0.3:
                        write(root, f"{where}/systemd/journald.conf.d/{name}",
                              chance.choice([None, "", *[self.conf(chance)] * 6]))
            real = subprocess.run(["systemd-analyze", "cat-config", "--root", root, "systemd/journald.conf"],
                                  capture_output=True, text=True, timeout=60)
            rows = ask(root, "SELECT found FROM log_policies WHERE keeper = 'journald'")
            with self.subTest(number):
                self.assertEqual(rows[0]["found"], self.effective(real.stdout), real.stdout)

    # ---- what a unit runs ----

    def unit(self, chance, is_dropin):
        """Each command takes the former back: of several, verify tells the first only."""
        lines = []
        for _ in range(chance.randint(1, 5)):
            command = f"/nowhere/{chance.randint(1, 9999)}" + chance.choice(["", " -x", " a b"])
            lines.append(chance.choice([
                "ExecStart=", "ExecStart=\nExecStart=" + command, "ExecStart = \nExecStart = " + command,
                "ExecStart=\nExecStart=\\\n" + command,
                "# ExecStart=" + command, "[Unit]", "[Service]", "[service]", "ExecStartPre=/bin/true", "Unknown=1"]))
        return "[Service]\n" * chance.choice([0, 1, 1, 1]) + "\n".join(lines) + "\n" + \
            ("" if is_dropin else "[Service]\nType=oneshot\n")

    def test_commands(self):
        compared = 0
        for number, chance, root in self.rounds(16):
            name = chance.choice(["x.service", "x@1.service", "x-y.service"])
            shared = TEMPLATES.get(name, name)
            for where in ROOTS:
                if chance.random() < (0.6 if where == "/usr/lib" else 0.2):
                    write(root, f"{where}/systemd/system/{shared}",
                          chance.choice([None, *[self.unit(chance, False)] * 6]))
                for dropins in {f"{name}.d", f"{shared}.d", "service.d", "x-.service.d"}:
                    for file in ("1.conf", "b.conf", "c.off"):
                        if chance.random() < 0.15:
                            write(root, f"{where}/systemd/system/{dropins}/{file}",
                                  chance.choice([None, *[self.unit(chance, True)] * 6]))
            write(root, "/usr/lib/systemd/system/multi-user.target", "[Unit]\n")     # a whole machine
            os.makedirs(root + "/etc/systemd/system/multi-user.target.wants", exist_ok=True)
            os.symlink(f"/usr/lib/systemd/system/{shared}", f"{root}/etc/systemd/system/multi-user.target.wants/{name}")
            path = ":".join(f"{root}{where}/systemd/system" for where in ROOTS)
            real = subprocess.run(["systemd-analyze", "verify", "--man=no", name], capture_output=True, text=True,
                                  timeout=60, env={**os.environ, "SYSTEMD_UNIT_PATH": path, "LC_ALL": "C"})
            theirs = re.findall(r"Command (\S+) is not executable", real.stderr)
            rows = ask(root, f"SELECT command FROM systemd_units WHERE name = '{name}'")
            ours = (rows[0]["command"] or "").split()[:1]
            with self.subTest(number, name=name):
                self.assertEqual(ours, theirs[-1:], f"{real.stderr}\n{rows}")
            compared += bool(theirs)
        self.assertGreater(compared, 0)

    # ---- when a timer starts ----

    WEEKDAYS = ["Mon", "sat", "SUN", "Mon..Fri", "Sat..Mon", "Mon-Fri", "Tue,Thu", "Mon,Wed..Fri", "Fri..Sun", "Mon.."]
    DAYS = ["*-*-*", "*-*-1", "*-*-*/2", "*-*/3-1", "*-01,07-1", "*-13-1", "*-*-32", "*-*~1", "1..3-15", "*-*-8..14", "2-30",
            "*-02-29", "*-*~7/1", "*-*~02", "2027-1-2", "2027/2-3-4", "*-*-1,,2"]
    HOURS = ["03:00", "*:0/15", "*:*/15", "25:00", "12:60", "3", "03:00:00", "2,14:30", "22..23:15", "3:00:00.5", "00/6:00", "1:2:3:4"]
    ZONES = ["UTC", "khi", "Asia/Ho_Chi_Minh", "Asia/Hanoi", "EST", "Asia", "utc", "VN", "03:00"]
    NAMES = ["daily", "Weekly", "monthly", "hourly", "semi-annually", "biannually", "bi-weekly", "everyday", "weekly UTC", "daily khi"]

    def calendar(self, chance):
        if chance.random() < 0.15:
            return chance.choice(self.NAMES)
        parts = [chance.choice(of) for of, often in ((self.WEEKDAYS, 0.4), (self.DAYS, 0.5), (self.HOURS, 0.7), (self.ZONES, 0.2))
                 if chance.random() < often]
        return " ".join(parts) or "03:00"

    def longest(self, text):
        """The most days between two of the next starts, 0 where they are too near to show it; None for what systemd does not
        understand or what does not come twice."""
        done = subprocess.run(["systemd-analyze", "calendar", "--iterations=60", text], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"})
        days = [datetime.date.fromisoformat(day) for day in
                re.findall(r"(?:Next elapse|Iter(?:ation|\.) #\d+): \w{3} (\S+) \S+ UTC", done.stdout)]
        if done.returncode or len(set(days)) < 2 and len(days) < 60:
            return None
        return max((b - a).days for a, b in zip(days, days[1:])) if (days[-1] - days[0]).days >= 50 else 0

    def test_calendars(self):
        chance = random.Random(20261129)
        texts = sorted({self.calendar(chance) for _ in range(rounds(60))})
        with folder() as root:
            for number, text in enumerate(texts):
                write(root, f"/etc/systemd/system/t{number}.timer", f"[Timer]\nOnCalendar={text}\n")
                write(root, f"/etc/systemd/system/timers.target.wants/t{number}.timer", "")
            told = {row["name"]: row for row in ask(root, "SELECT name, period_days, why_off FROM jobs WHERE kind = 'timer'")}
        for number, text in enumerate(texts):
            row, real = told[f"t{number}.timer"], self.longest(text)
            with self.subTest(text):
                if real is None:
                    self.assertIsNone(row["period_days"])
                elif real > 31:     # which may come to more in other years
                    self.assertNotIn(row["period_days"], range(1, 32))
                else:
                    self.assertGreaterEqual(row["period_days"] or 0, real or 1)
                    self.assertLessEqual(row["period_days"], real * 2 if real > 7 else real or row["period_days"])


if __name__ == "__main__":
    unittest.main()
