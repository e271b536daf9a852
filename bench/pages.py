#!/usr/bin/env python3
"""pages.py [--requests N] [--days N]: how long the pages take and what the idle server holds.

Starts build/khien on a data folder of its own, sets it up, gives it a year of daily audits of this
machine, asks each page N times over one connection that is kept alive, and prints p50, p95 and the
size; then the memory of each of the server's processes at rest, from /proc.
"""
import argparse
import http.client
import os
import re
import sqlite3
import sys
import time

import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "flow"))
os.environ["KHIEN_BUILD"] = "build"
import flow  # noqa: E402  (after the build folder is said)

PAGES = ["/hom-nay", "/quy-che", "/ban-do", "{host}", "{check}", "/tim?q=mat+khau", "/ngoai-le", "/goi",
         "/quan-tri", "{host}.csv"]
BOUND_P95_S, BOUND_RSS = 0.020, 32 * 1048576


def seed(data, days):
    """Give the stopped server DAYS of daily audits: the newest run, copied back day by day as the
    service would have added it. Returns how many rows of evidence there are then."""
    store = sqlite3.connect(os.path.join(data, "khien.db"))
    run_id, = store.execute("SELECT max(id) FROM audit_run").fetchone()
    runs, rows = (", ".join(name for _, name, *_ in store.execute(f"PRAGMA table_info({table})")
                            if name not in ("id", "run_id", "at_s"))
                  for table in ("audit_run", "evidence"))
    for day in range(days, 0, -1):
        done = store.execute(f"INSERT INTO audit_run (at_s, {runs}) SELECT at_s - ?, {runs} "
                             "FROM audit_run WHERE id = ?", (86400 * day, run_id))
        store.execute(f"INSERT INTO evidence (run_id, at_s, {rows}) SELECT ?, at_s - ?, {rows} "
                      "FROM evidence WHERE run_id = ?", (done.lastrowid, 86400 * day, run_id))
    store.commit()
    store.execute("ANALYZE")
    count, = store.execute("SELECT count(*) FROM evidence").fetchone()
    store.close()
    return count


def sign_in(server, days):
    """A browser signed in to a server with DAYS of history."""
    browser = server.set_up()
    server.stop()
    count = seed(server.data, days)
    server.start()
    if browser.get("/hom-nay").status != 200 or browser.path != "/hom-nay":
        sys.exit("the session did not outlive the restart; sign_in() in bench/pages.py must log in anew")
    return browser, count


def time_page(server, browser, path, count):
    """Seconds of each of COUNT requests over one connection, the size and the status of the last."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
    seconds, size, status = [], 0, 0
    for _ in range(count):
        began = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        size, status = len(answer.read()), answer.status
        seconds.append(time.perf_counter() - began)
    connection.close()
    return seconds, size, status


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--requests", type=int, default=200)
    options.add_argument("--days", type=int, default=365)
    given = options.parse_args()

    with flow.Server() as server:
        browser, count = sign_in(server, given.days)
        browser.get("/may")
        host = browser.path
        check = re.search(rf'href="({host}/[a-z0-9._]+)"', browser.page.text).group(1)
        print(f"pages ({measure.processor()}): one host, {given.days + 1} daily audits, {count} rows of "
              f"evidence; {given.requests} requests a page over one connection\n")
        rows, worst = [["page", "status", "p50", "p95", "size"]], 0.0
        for path in PAGES:
            path = path.format(host=host, check=check)
            seconds, size, status = time_page(server, browser, path, given.requests)
            p95 = measure.percentile(seconds, 0.95)
            worst = max(worst, p95)
            rows.append([path, status, measure.ms(measure.percentile(seconds, 0.5)), measure.ms(p95),
                         f"{size / 1024:.1f} KB"])
        measure.table(rows)
        time.sleep(2)
        print()
        total = 0
        for pid in measure.processes_of(server.process.pid):
            rss, pss = measure.resident(pid)
            total += pss
            print(f"process {pid}: resident {measure.mib(rss)}, its share {measure.mib(pss)}")
        print(f"server at rest: {measure.mib(total)} (bound {measure.mib(BOUND_RSS)}); "
              f"slowest p95 {measure.ms(worst)} (bound {measure.ms(BOUND_P95_S)})")


main()
