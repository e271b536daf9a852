#!/usr/bin/env python3
"""daily.py [--quick] [NAME...]: what the unit's daily work costs, each at three sizes.

Rows are functions marked @row(NAME, BOUND): they get a size factor (1/16, 1/4, 1 of the bound's own size)
and return a figure; the last column says by what power of the size the cost grew. --quick stops at 1/16.
"""
import argparse
import math
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "flow"))
os.environ["KHIEN_BUILD"] = os.environ.get("KHIEN_BUILD", "build")
import flow  # noqa: E402  (after the build folder is said)

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
        self.server.set_up()
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


@row("verdicts of 500 units, 50,000 hosts, from nothing", "s", 60)
def verdicts_from_nothing(share):
    with District(share) as district:
        begin = time.monotonic()
        done = subprocess.Popen([flow.BIN, "verdicts", "sweep", "--data", district.server.data,
                                 "--packs", flow.PACKS], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(done.pid, 0)
        if status:
            sys.exit("khien verdicts sweep failed")
        print(f"    {district.units} units, {district.hosts} hosts, {usage.ru_maxrss // 1024} MiB resident",
              file=sys.stderr)
        return time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    sizes = SIZES[:1] if args.quick else SIZES
    missed = 0
    print(f"{'':52} {' '.join(f'{s:>9.4g}' for s in sizes)}  bound    grows as")
    for name, unit, bound, measure in ROWS:
        if args.names and not any(word in name for word in args.names):
            continue
        figures = [measure(size) for size in sizes]
        power = (math.log(figures[-1] / figures[0]) / math.log(sizes[-1] / sizes[0])
                 if len(figures) > 1 and min(figures) > 0 else float("nan"))
        fits = args.quick or figures[-1] <= bound
        missed += not fits
        print(f"{name:52} {' '.join(f'{f:>9.3f}' for f in figures)}  {bound} {unit:5} n^{power:.2f}"
              f"{'' if fits else '  MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
