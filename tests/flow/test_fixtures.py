#!/usr/bin/env python3
"""Fixture trees give exactly the verdicts they are made for.

tests/fixtures/hostaudit/SUBJECT.yaml holds the cases; each is built in a folder of its own and audited
with `khien audit --root`. Files may be text, or {fifo: true}, {link: TARGET}, {dir: true}, {size: N},
{base64: "…"}, {remove: true} (of the base), each with {mode: "0644"} and {mtime-days-ago: N}; text goes
with a mode as {text: "…", mode: "0600"}. {lastlog: {UID: DAYS_AGO}} and {wtmp: [[USER, DAYS_AGO], …]} make the
binary records of log-ins, {lastlog2: {USER: DAYS_AGO}} the database that follows them, {rpm: {NAME: [PATH, …]}} rpm's
list of packages with their files ({PATH: TEXT} where their sums count). In a text %DAY-90% is the
day 90 days ago as shadow counts it, "@days-ago 30@" that day as YYYY-MM-DD, "@now@" this second, "@now-7@" that of a
week ago, "@month-3@" the month three before this one as YYYY-MM. A case with a
mode that shuts others out runs as nobody; one with deep: true as `khien audit --deep`. `trap: true` marks a tree that
says something else than it seems to; `systems:` names the systems beside the first it is tried on, or `all`.
"""
import atexit
import base64
import calendar
import functools
import glob
import hashlib
import json
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import time
import unittest

from flow import BIN, PACKS, SOURCE, where_nobody_reaches
from pack import load

FIXTURES = os.path.join(SOURCE, "tests", "fixtures", "hostaudit")
KHIEN = os.environ.get("KHIEN_BIN", BIN)
WORDS = {"not applicable": ("na", "not-applicable", "not applicable")}
CASE_KEYS = {"name", "check", "expect", "subjects", "found", "reason", "file", "line", "lost", "files",
             "base", "systems", "trap", "evidence", "deep"}
SYSTEMS = ["debian-12", "debian-13", "ubuntu-22.04", "ubuntu-24.04", "rhel-9"]


@functools.lru_cache(None)
def base_files(name):
    return load(os.path.join(FIXTURES, "base", name + ".yaml"))["files"] if name else {}


def dated(text):
    def day(match):
        return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600 - 86400 * int(match.group(1))))

    def shadow_day(match):
        return str(int(time.time()) // 86400 + int(match.group(1)))
    def seconds(match):
        return str(int(time.time()) - 86400 * int(match.group(1) or 0))

    def month(match):
        today = time.gmtime(time.time() + 7 * 3600)
        at = today.tm_year * 12 + today.tm_mon - 1 - int(match.group(1))
        return f"{at // 12:04}-{at % 12 + 1:02}"
    text = re.sub(r"@month-(\d+)@", month, re.sub(r"@now(?:-(\d+))?@", seconds, text))
    return re.sub(r"%DAY([+-]\d+)%", shadow_day, re.sub(r"@days-ago (-?[0-9]+)@", day, text))


def lastlog(days_ago):
    records = bytearray(292 * (max(days_ago) + 1))
    for uid, days in days_ago.items():
        struct.pack_into("<i", records, 292 * uid, int(time.time() - 86400 * days))
    return bytes(records)


def wtmp(logins):
    """Records of a user's coming in; the user "reboot" is a start of the machine."""
    out = b""
    for user, days in logins:
        record = bytearray(384)
        struct.pack_into("<h", record, 0, 2 if user == "reboot" else 7)
        record[44:44 + len(user)] = user.encode()
        struct.pack_into("<i", record, 340, int(time.time() - 86400 * days))
        out += bytes(record)
    return out


def lastlog2(days_ago):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "db")
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT)")
        db.executemany("INSERT INTO Lastlog2 VALUES(?, ?, 'pts/0', '', 'sshd')",
                       [(name, int(time.time() - 86400 * days)) for name, days in days_ago.items()])
        db.commit()
        db.close()
        with open(path, "rb") as file:
            return file.read()


def rpm_header(name, paths):
    """A header as rpm keeps it: tag, type, offset, count of each value, then the values."""
    folders = sorted({os.path.dirname(path) + "/" for path in paths})
    def text(*words):
        return b"".join(word.encode() + b"\0" for word in words)
    def numbers(*values):
        return struct.pack(f">{len(values)}I", *values)
    values = [(1000, 6, 1, text(name)), (1001, 6, 1, text("1.0")), (1002, 6, 1, text("1.el9")), (1022, 6, 1, text("x86_64"))]
    if paths:
        values += [(1116, 4, len(paths), numbers(*(folders.index(os.path.dirname(path) + "/") for path in paths))),
                   (1117, 8, len(paths), text(*map(os.path.basename, paths))), (1118, 8, len(folders), text(*folders))]
    if isinstance(paths, dict):
        values += [(1035, 8, len(paths), text(*(hashlib.sha256(c.encode()).hexdigest() for c in paths.values()))),
                   (5011, 4, 1, numbers(8))]
    index, store = b"", b""
    for tag, kind, count, data in values:
        store += b"\0" * (-len(store) % 4 if kind == 4 else 0)
        index += struct.pack(">4I", tag, kind, len(store), count)
        store += data
    return struct.pack(">2I", len(values), len(store)) + index + store


def rpm(packages):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "db")
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE Packages(hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        db.executemany("INSERT INTO Packages(blob) VALUES(?)",
                       [(rpm_header(name, paths),) for name, paths in packages.items()])
        db.commit()
        db.close()
        with open(path, "rb") as file:
            return file.read()


RECORDS = {"lastlog": lastlog, "wtmp": wtmp, "lastlog2": lastlog2, "rpm": rpm}


def put(root, path, what):
    """One file below ROOT, as its description says."""
    full = os.path.join(root, path.lstrip("/"))
    os.makedirs(os.path.dirname(full), exist_ok=True)
    what = {"text": what} if isinstance(what, str) else dict(what)
    if what.get("remove"):
        return
    if "link" in what:
        os.symlink(what["link"], full)
        return
    if what.get("fifo"):
        os.mkfifo(full)
    elif what.get("dir"):
        os.makedirs(full, exist_ok=True)
    else:
        with open(full, "wb") as file:
            if "size" in what:
                file.truncate(what["size"])
            elif "base64" in what:
                file.write(base64.b64decode(what["base64"]))
            elif set(RECORDS) & set(what):
                make, of = next((m, what[n]) for n, m in RECORDS.items() if n in what)
                file.write(make(of))
            else:
                file.write(dated(what.get("text", "")).encode("utf-8", "surrogateescape"))
    if "mtime-days-ago" in what:
        then = time.time() - 86400 * what["mtime-days-ago"]
        os.utime(full, (then, then))
    if "mode" in what:
        os.chmod(full, int(str(what["mode"]), 8))


def remove(root):
    """A tree with folders that are shut is opened first; for root none is."""
    if os.geteuid():
        subprocess.run(["chmod", "-R", "u+rwX", root], check=False, capture_output=True)
    shutil.rmtree(root, ignore_errors=True)


def is_shut(what):
    return isinstance(what, dict) and "mode" in what and not int(str(what["mode"]), 8) & 0o4


@functools.lru_cache(None)
def day_of_writing():
    """The clock of os.eol: support of every system ends some day, and whether it has is asked of the day the cases
    were written on."""
    base = tempfile.mkdtemp(prefix="khien-clock-")
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    os.chmod(base, 0o755)
    path = os.path.join(base, "clock")
    with open(path, "w", encoding="ascii") as out:
        out.write(f"{calendar.timegm((2026, 11, 26, 5, 0, 0)) - int(time.time())}\n")
    return path


def clock_for(checks):
    return {"KHIEN_TEST_CLOCK": day_of_writing()} if set(checks) == {"os.eol"} else {}


def audit(root, check, as_nobody, is_deep=False):
    program, packs, becomes = KHIEN, PACKS, []
    if as_nobody and os.geteuid() == 0:
        program, packs = where_nobody_reaches()
        becomes = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    words = [*becomes, program, "audit", "--root", root, "--check", check, "--format", "json",
             "--packs", packs, *(["--deep"] if is_deep else [])]
    env = dict(os.environ, KHIEN_LANG="vi", **clock_for([check]))
    done = subprocess.run(words, capture_output=True, env=env, timeout=60)
    if done.returncode not in (0, 1):
        raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stderr.decode()}")
    return json.loads(done.stdout)["results"][0]


def is_outcome(said, wanted):
    return said in WORDS.get(wanted, (wanted,))


class Case(unittest.TestCase):
    def run_case(self, case, base):
        unknown = set(case) - CASE_KEYS
        self.assertFalse(unknown, f"unknown keys {unknown}")
        files = {**base_files(base), **case.get("files", {})}
        root = tempfile.mkdtemp(prefix="khien-fixture-")
        try:
            os.chmod(root, 0o755)
            # a link in the way must stand before what is below it
            for path in sorted(files, key=lambda p: (p.count("/"), p)):
                put(root, path, files[path])
            result = audit(root, case["check"], any(is_shut(w) for w in files.values()), case.get("deep", False))
            self.judge(case, result)
        finally:
            remove(root)

    def judge(self, case, result):
        text = json.dumps(result, ensure_ascii=False, indent=1)
        rows = result["subjects"]
        self.assertTrue(is_outcome(result["result"], case["expect"]),
                        f"{result['result']}, not {case['expect']}\n{text}")
        for subject, wanted in case.get("subjects", {}).items():
            mine = [row for row in rows if row["subject"] == subject]
            self.assertTrue(mine, f"no subject {subject!r}\n{text}")
            self.assertTrue(all(is_outcome(row["result"], str(wanted)) for row in mine),
                            f"{subject}: not {wanted}\n{text}")
        for key in ("found", "reason", "file", "lost"):
            name = {"lost": "overrode"}.get(key, key)
            if key in case:
                self.assertTrue(any(str(case[key]) in (row[name] or "") for row in rows),
                                f"no {key} with {case[key]!r}\n{text}")
        if "line" in case:
            self.assertTrue(any(row.get("line") == case["line"] for row in rows),
                            f"no line {case['line']}\n{text}")


class Fixtures(Case):
    """Each case on its own system; tests/flow/test_fixture_systems.py tries it on the others it is for."""


def bases_of(case, doc):
    """The systems a case is tried on: `systems` names `all`, or some beside the one of the file."""
    if case.get("systems") == "all":
        return SYSTEMS
    return [case.get("base", doc.get("base")), *case.get("systems", [])]


def add_cases(into, is_others):
    for path in sorted(glob.glob(os.path.join(FIXTURES, "*.yaml"))):
        doc = load(path)
        subject = os.path.basename(path)[:-5]
        for number, case in enumerate(doc["cases"], 1):
            for base in bases_of(case, doc)[1:] if is_others else bases_of(case, doc)[:1]:
                name = f"test_{subject}_{number:03d} {case['check']}: {case['name']}" + (f" [{base}]" if "systems" in case else "")
                setattr(into, name, lambda self, case=case, base=base: self.run_case(case, base))


add_cases(Fixtures, False)

if __name__ == "__main__":
    unittest.main()
