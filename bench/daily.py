#!/usr/bin/env python3
"""daily.py [--quick] [NAME...]: what the unit's daily work costs, each at three sizes.

Rows are functions marked @row(NAME, BOUND): they get a size factor (1/16, 1/4, 1 of the bound's own size)
and return a figure; the table says by what power of the size the cost grew, and whether the bound is met. --quick
stops at 1/16 and holds its figures against no bound. A row that fails is told and the next one is measured.
"""
import argparse
import atexit
import contextlib
import functools
import math
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "flow"))
os.environ["KHIEN_BUILD"] = os.environ.get("KHIEN_BUILD", "build")
import flow  # noqa: E402  (after the build folder is said)
import goals  # noqa: E402
import measure  # noqa: E402
import sheets  # noqa: E402

ROWS = []
SIZES = (1 / 16, 1 / 4, 1)
UNITS, HOSTS = 500, 50_000


def row(name, unit, bound):
    """A measured row: NAME, what its figure is in, and the bound of the issue at full size."""
    def keep(function):
        ROWS.append((name, unit, bound, function))
        return function
    return keep


def quiet(store):
    """Seeding leaves no leaves: the triggers of the trail are taken away in this copy."""
    for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        if "_change_" in name or name.startswith("verdict_due"):
            store.execute(f"DROP TRIGGER {name}")


def rss_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


class District:
    """A data folder with so many units and machines; each machine has one run like that of this machine."""

    def __init__(self, share):
        self.units, self.hosts = max(1, int(UNITS * share)), max(1, int(HOSTS * share))
        self.server = flow.Server()
        self.server.start()
        self.cookies = self.server.set_up().cookies
        self.server.stop()
        store = sqlite3.connect(os.path.join(self.server.data, "khien.db"))
        store.execute("PRAGMA synchronous = OFF")
        quiet(store)
        store.executemany("INSERT INTO unit (id, kind, from_day) VALUES (?, 'agency', '0001-01-01')",
                          [(i,) for i in range(2, self.units + 1)])
        store.executemany("INSERT INTO unit_name (unit_id, from_day, name, short_name)"
                          " VALUES (?, '0001-01-01', ?, '')",
                          [(i, f"Đơn vị {i}") for i in range(2, self.units + 1)])
        run, = store.execute("SELECT max(id) FROM audit_run").fetchone()
        for table, keys in (("audit_run", "id, host_id"), ("evidence", "id, run_id, host_id")):
            columns = ", ".join(c for _, c, *_ in store.execute(f"PRAGMA table_info({table})")
                                if c not in keys.split(", "))
            if table == "audit_run":
                store.executemany(
                    "INSERT INTO host (id, name, kind, level, unit_id, first_seen_s, last_seen_s)"
                    " SELECT ?, 'may-' || ?, kind, level, ?, first_seen_s, last_seen_s FROM host WHERE id = 1",
                    [(i, i, i % self.units + 1) for i in range(2, self.hosts + 1)])
                store.executemany(f"INSERT INTO audit_run (id, host_id, {columns}) SELECT ? + 1000, ?, {columns}"
                                  " FROM audit_run WHERE id = ?", [(i, i, run) for i in range(2, self.hosts + 1)])
            else:
                store.executemany(f"INSERT INTO evidence (run_id, host_id, {columns}) SELECT ? + 1000, ?, {columns}"
                                  " FROM evidence WHERE run_id = ?",
                                  [(i, i, run) for i in range(2, self.hosts + 1)])
        store.commit()
        store.execute("ANALYZE")
        store.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop()
        self.server.own.cleanup()


def khien(*args):
    """(what it printed, how the system saw it) of a command that must end well."""
    done = subprocess.Popen([flow.BIN, *args], stdout=subprocess.PIPE, text=True)
    said = done.stdout.read()
    _, status, usage = os.wait4(done.pid, 0)
    done.returncode = status
    if status:
        sys.exit(f"khien {' '.join(args)} failed")
    return said, usage


def sweep(district, *more):
    """Milliseconds of a sweep, as it says itself: the packs are loaded already."""
    said, usage = khien("verdicts", "sweep", "--data", district.server.data, "--packs", flow.PACKS, *more)
    return int(re.search(r"(\d+) ms", said).group(1)), usage


def cpu_ms(usage):
    return (usage.ru_utime + usage.ru_stime) * 1000


@functools.lru_cache(None)
def district_of(share):
    """One district a size, for all rows; gone at the end of the program."""
    district = District(share)
    atexit.register(district.__exit__)
    return district


@row("verdicts of 500 units, 50,000 hosts, from nothing", "s", 60)
def verdicts_from_nothing(share):
    district = district_of(share)
    taken_ms, usage = sweep(district, "--again")
    print(f"    {district.units} units, {district.hosts} hosts: {usage.ru_maxrss >> 10} MiB resident, CPU "
          f"{cpu_ms(usage) / 1000:.1f} s", file=sys.stderr)
    return taken_ms / 1000


@row("the same after one evidence of a unit", "ms", 10)
def verdicts_after_one(share):
    """The median of sweeps that find one word each, by their own clock: loading the packs takes twenty times as long. This
    connection stays open, as the service's does: nothing is waited for that only a first writer waits for."""
    district = district_of(share)
    store = sqlite3.connect(os.path.join(district.server.data, "khien.db"))
    sweep(district)
    columns = [c for _, c, *_ in store.execute("PRAGMA table_info(evidence)")]
    taken = []
    for second in range(9):
        values = {"host_id": 0, "at_s": int(time.time()) + second, "by_person": 4, "check_id": "tay-son/D19.3#4",
                  "outcome": 0, "person": "an.le", "line": 0, "unit_id": 1, "record_id": 0, "run_id": None, "id": None}
        store.execute(f"INSERT INTO evidence ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                      [values.get(c, "") for c in columns])
        store.execute("INSERT OR IGNORE INTO verdict_word VALUES (1, 'tay-son/D19.3#4', '')")
        store.commit()
        taken.append(sweep(district)[0])
    store.close()
    print(f"    {min(taken)} to {max(taken)} ms", file=sys.stderr)
    return sorted(taken)[len(taken) // 2]


def p95_ms(share, path):
    """Of 40 requests to a server on that district, signed in; and what the server holds then."""
    district = district_of(share)
    server = district.server
    server.start()
    browser = flow.Browser(server.port)
    browser.cookies = dict(district.cookies)
    taken = []
    for _ in range(40):
        begin = time.monotonic()
        if browser.get(path).status != 200 or "dang-nhap" in browser.path:
            sys.exit(f"{path}: {browser.page.status} at {browser.path}")
        taken.append(time.monotonic() - begin)
    processes = measure.processes_of(server.process.pid)
    peaks = sum(rss_bytes(pid) for pid in processes)
    share = sum(measure.resident(pid)[1] for pid in processes)
    print(f"    {path}: the peaks of the server's {len(processes)} processes together {peaks >> 20} MiB, now in memory "
          f"{share >> 20} MiB, shared pages counted once", file=sys.stderr)
    server.stop()
    return sorted(taken)[37] * 1000


@row("page of all units with score and trend, p95", "ms", 150)
def page_units(share):
    return p95_ms(share, "/ket-qua")


@row("page of one unit's duties, p95", "ms", 150)
def page_duties(share):
    return p95_ms(share, "/viec")


@row("page of one unit's state, p95", "ms", 150)
def page_state(share):
    return p95_ms(share, "/ket-qua/1")


@row("page of one obligation of a unit, p95", "ms", 150)
def page_obligation(share):
    return p95_ms(share, "/ket-qua/1/tay-son/D11.3")


@row("page of the year of all units, p95", "ms", 150)
def page_year_units(share):
    return p95_ms(share, "/viec/nam-don-vi")


LISTS = ("/hom-nay", "/viec", "/viec/nam", "/viec/nam-don-vi", "/ket-qua", "/ket-qua/1", "/ban-do", "/may", "/may.csv",
         "/ngoai-le", "/so", "/don-vi", "/nhan-su", "/ho-so", "/quan-tri", "/quan-tri/tep", "/kiem-chung", "/api/v1/hosts")


@row("the peaks of all server processes together, all lists", "MiB", 128)
def server_memory(share):
    """From the start over every list, with the verdicts brought up to date meanwhile."""
    district = district_of(share)
    server, peaks = district.server, {}
    server.start()
    browser = flow.Browser(server.port)
    browser.cookies = dict(district.cookies)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for path in LISTS:
            if browser.get(path).status != 200:
                sys.exit(f"{path}: {browser.page.status}")
        for pid in measure.processes_of(server.process.pid):
            with contextlib.suppress(OSError, StopIteration):
                peaks[pid] = max(peaks.get(pid, 0), rss_bytes(pid))
    now = sum(measure.resident(pid)[1] for pid in measure.processes_of(server.process.pid))
    print(f"    {len(peaks)} processes, those that came and went too; now in memory {now >> 20} MiB, shared pages counted "
          "once", file=sys.stderr)
    server.stop()
    return sum(peaks.values()) / (1 << 20)


@row("statements of the list that asks most", "", 20)
def statements(share):
    """The test build tells them; without one there is nothing to ask."""
    tested = os.path.join(TOP, "build-test", "khien")
    if not os.path.exists(tested):
        print("    build-test/khien is not there: ./dev test makes it", file=sys.stderr)
        return 0
    district = district_of(share)
    server = flow.Server(data=district.server.data, env={"KHIEN_TEST_STATEMENTS": "1"})
    server.command[0] = tested
    server.start()
    browser = flow.Browser(server.port)
    browser.cookies = dict(district.cookies)
    for path in LISTS:
        browser.get(path)           # what was queued is reckoned by now
    before = len(server.said())
    for path in LISTS:
        browser.get(path)
    told = re.findall(r"(\d+) statements, 200: GET (\S+)", server.said()[before:])
    server.stop()
    most, path = max((int(count), path) for count, path in told)
    print(f"    {path} of {len(told)}", file=sys.stderr)
    return most


# --- registers on the pages ---------------------------------------------------------------------

RECORDS = 100_000


def letters(number):
    """A word for a number: words that few records have."""
    return "b" + "".join("zyxwvutsrq"[int(c)] for c in str(number))


class Register:
    """A district with so many records of the register of risks, in all its units."""

    def __init__(self, share):
        self.district, self.records = district_of(share), int(RECORDS * share)
        store = sqlite3.connect(os.path.join(self.district.server.data, "khien.db"))
        store.execute("PRAGMA synchronous = OFF")
        quiet(store)
        store.executemany(
            "INSERT INTO record (register, unit_id, title, folded, body, version, made_at_s, made_by,"
            " changed_at_s, changed_by) VALUES ('risks', ?2, 'Rủi ro ' || ?1, 'rui ro ' || ?1 || ' sao luu hang ngay"
            " thu phuc hoi ' || ?3, json_object('ten', 'Rủi ro ' || ?1, 'kha-nang', ?4, 'anh-huong', '4',"
            " 'bien-phap', 'Sao lưu hằng ngày, thử phục hồi', 'danh-gia', '2026-01-05', 'trang-thai', ?5),"
            " 1, 0, '', ?1, '')",
            ((i, i % self.district.units + 1, letters(i), str(i % 5 + 1), "mo" if i % 3 else "dong")
             for i in range(1, self.records + 1)))
        store.execute("INSERT INTO record_version (record_id, version, at_s, by, what, why, unit_id, body)"
                      " SELECT id, 1, 0, '', 'add', '', unit_id, body FROM record WHERE register = 'risks'")
        store.execute("INSERT INTO record_words (record_words) VALUES ('rebuild')")
        store.execute("DELETE FROM record_shape WHERE register = 'risks'")
        self.some, = store.execute("SELECT max(id) FROM record").fetchone()
        store.commit()
        begin = time.monotonic()
        khien("register", "export", "risks", "--data", self.district.server.data, "--packs", flow.PACKS,
              "--text", "khongcotunay")
        self.indexed_s = time.monotonic() - begin
        store.execute("ANALYZE")
        store.close()


@functools.lru_cache(None)
def register_of(share):
    return Register(share)


def page_of_register(share, path):
    register = register_of(share)
    return p95_ms(share, path.format(letters(register.records // 2), register.some))


@row("100,000 records indexed anew after a field changed", "s", 30)
def register_indexed(share):
    return register_of(share).indexed_s


@row("list of a register of 100,000, p95", "ms", 150)
def register_list(share):
    return page_of_register(share, "/so/risks")


@row("the same, sorted by another field, p95", "ms", 150)
def register_sorted(share):
    return page_of_register(share, "/so/risks?xep=kha-nang&giam=1")


@row("the same, two filters and a common word, p95", "ms", 150)
def register_filtered(share):
    return page_of_register(share, "/so/risks?tim=sao+luu&l-trang-thai=mo&l-kha-nang-tu=2&l-kha-nang-den=4")


@row("the same, a common word, p95", "ms", 150)
def register_common(share):
    return page_of_register(share, "/so/risks?tim=sao")


@row("the same, a rare word, p95", "ms", 150)
def register_rare(share):
    return page_of_register(share, "/so/risks?tim={0}")


@row("the page of one record, p95", "ms", 150)
def register_record(share):
    return page_of_register(share, "/ban-ghi/{1}")


# --- registers to and from tables ---------------------------------------------------------------

class Registers:
    """A data folder with so many records of the register of risks."""

    def __init__(self, records):
        self.server = flow.Server()
        self.server.start()
        self.server.set_up()
        self.server.stop()
        if not records:
            return
        self.run("export", "risks")     # so that the rows below are not indexed anew at the first look
        store = sqlite3.connect(os.path.join(self.server.data, "khien.db"))
        store.execute("PRAGMA synchronous = OFF")
        quiet(store)
        for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND"
                                   " tbl_name = 'record' AND name LIKE 'record_words%'").fetchall():
            store.execute(f"DROP TRIGGER {name}")
        store.executemany(
            "INSERT INTO record (id, register, unit_id, title, folded, body, version, made_at_s, made_by,"
            " changed_at_s, changed_by) VALUES (?1, 'risks', 1, 'Rủi ro ' || ?1, '', json_object('ten',"
            " 'Rủi ro ' || ?1, 'kha-nang', '3', 'anh-huong', '4', 'bien-phap', 'Sao lưu hằng ngày, thử phục hồi',"
            " 'danh-gia', '2026-01-05', 'trang-thai', 'mo'), 1, 0, '', 0, '')",
            ((i,) for i in range(1, records + 1)))
        store.executemany("INSERT INTO record_index VALUES ('risks', 'ten', printf('%08d', ?1), ?1, 1)",
                          ((i,) for i in range(1, records + 1)))
        store.commit()
        store.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.own.cleanup()

    def run(self, *words):
        """(seconds, peak resident bytes) of `khien register WORDS`."""
        begin = time.monotonic()
        done = subprocess.Popen([flow.BIN, "register", *words, "--data", self.server.data, "--packs", flow.PACKS],
                                stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(done.pid, 0)
        if status:
            sys.exit(f"khien register {words[0]} failed")
        return time.monotonic() - begin, usage.ru_maxrss * 1024


def table(rows):
    head = ["Rủi ro", "Khả năng xảy ra (1–5)", "Mức ảnh hưởng (1–5)", "Biện pháp xử lý", "Ngày đánh giá gần nhất"]
    return sheets.xlsx([sheets.Sheet("Rủi ro", [head] + [
        [f"Rủi ro {i}", i % 5 + 1, i % 4 + 1, "Sao lưu hằng ngày, thử phục hồi", sheets.Serial(46027 + i % 300)]
        for i in range(rows)])])


def with_table(share, *words):
    with Registers(0) as registers:
        path = os.path.join(registers.server.own.name, "bang.xlsx")
        with open(path, "wb") as out:
            out.write(table(int(10_000 * share)))
        return registers.run("import", "risks", path, *words)[0]


@row("10,000-row XLSX: every row checked", "s", 10)
def import_checked(share):
    return with_table(share, "--dry-run")


@row("10,000-row XLSX: checked and saved", "s", 30)
def import_saved(share):
    return with_table(share)


def export_mib(share, form):
    with Registers(int(1_000_000 * share)) as registers:
        path = os.path.join(registers.server.own.name, "ra")
        seconds, peak = registers.run("export", "risks", "--format", form, "-o", path)
        print(f"    {seconds:.1f} s, {os.path.getsize(path) >> 20} MiB of {form}", file=sys.stderr)
        return peak / (1 << 20)


@row("1,000,000 records as CSV: peak memory", "MiB", 128)
def export_csv(share):
    return export_mib(share, "csv")


@row("1,000,000 records as XLSX: peak memory", "MiB", 128)
def export_xlsx(share):
    return export_mib(share, "xlsx")


def measured(function, sizes):
    """Its figures at these sizes; or what went wrong, as text."""
    try:
        return [function(size) for size in sizes], ""
    except SystemExit as end:
        return [], str(end.code)
    except Exception as fault:      # pylint: disable=broad-except
        traceback.print_exc()
        return [], repr(fault)


def line_of(name, unit, bound, figures, fault, sizes):
    """A row of the table; "" for what was not measured."""
    if fault:
        return [name, *[""] * len(sizes), f"<= {bound} {unit}", "", f"FAILED: {fault}"]
    power = (math.log(figures[-1] / figures[0]) / math.log(sizes[-1] / sizes[0])
             if len(figures) > 1 and min(figures) > 0 else None)
    verdict = f"of {sizes[-1]:.4g}" if sizes[-1] < 1 else "OK" if figures[-1] <= bound else "MISSED"
    return [name, *map(goals.plain, figures), f"<= {bound} {unit}", "" if power is None else f"n^{power:.2f}", verdict]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    sizes = SIZES[:1] if args.quick else SIZES
    lines = []
    for name, unit, bound, function in ROWS:
        if args.names and not any(word in name for word in args.names):
            continue
        lines.append(line_of(name, unit, bound, *measured(function, sizes), sizes))
        print("  ".join(cell for cell in lines[-1] if cell), file=sys.stderr, flush=True)
    goals.show([["bound", *(f"{s:.4g}" for s in sizes), "", "grows as", ""], *lines])
    told = [line[-1].partition(":")[0] for line in lines]
    print(f"bounds met: {told.count('OK')}; missed: {told.count('MISSED')}; failed: {told.count('FAILED')}; of {len(told)}")
    return 1 if "MISSED" in told or "FAILED" in told else 0


if __name__ == "__main__":
    sys.exit(main())
