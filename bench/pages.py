#!/usr/bin/env python3
"""pages.py [--requests N] [--data DIR]: how long the pages take and what the idle server holds.

Starts build/khien on a data folder of its own (or a copy of DIR), signs in, asks each page N times
over one connection that is kept alive, and prints p50, p95 and the size; then the resident memory
of each of the server's processes at rest, from /proc.
"""
import argparse
import http.client
import os
import shutil
import sys
import time

import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "flow"))
os.environ["KHIEN_BUILD"] = "build"
import flow  # noqa: E402  (after the build folder is said)

PAGES = ["/", "/quy-che", "/ban-do", "/may", "/quan-tri"]
BOUND_P95_S, BOUND_RSS = 0.020, 32 * 1048576


def seed(data, copy_of):
    """Fill the data folder before the server starts: with a copy of one that holds a year of daily
    results, where one is given; else it stays empty and the first start audits this machine once."""
    if copy_of:
        shutil.copytree(copy_of, data, dirs_exist_ok=True)
        return f"a copy of {copy_of}"
    return "one audit of this machine (no year of results; give one with --data)"


def sign_in(server):
    """A browser that is signed in; one without rights where set-up cannot be done by form alone."""
    browser = server.browser()
    browser.get("/")
    return browser


def processes_of(pid):
    """PID and all that it started."""
    found = [pid]
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += processes_of(int(name))
    return found


def resident(pid):
    """(resident, proportional) memory of a process in bytes."""
    sizes = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii", errors="replace") as file:
        for line in file:
            words = line.split()
            if words[0] in ("Rss:", "Pss:"):
                sizes[words[0]] = int(words[1]) * 1024
    return sizes.get("Rss:", 0), sizes.get("Pss:", 0)


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
    options.add_argument("--data", help="a data folder to copy, with a year of results")
    given = options.parse_args()

    server = flow.Server()
    state = seed(server.data, given.data)
    with server:
        browser = sign_in(server)
        print(f"pages ({measure.processor()}), {given.requests} requests each over one connection, "
              f"state: {state}\n")
        rows, worst = [["page", "status", "p50", "p95", "size"]], 0.0
        for path in PAGES:
            seconds, size, status = time_page(server, browser, path, given.requests)
            p95 = measure.percentile(seconds, 0.95)
            worst = max(worst, p95)
            rows.append([path, status, measure.ms(measure.percentile(seconds, 0.5)), measure.ms(p95),
                         f"{size / 1024:.1f} KB"])
        measure.table(rows)
        time.sleep(2)
        print()
        total = 0
        for pid in processes_of(server.process.pid):
            rss, pss = resident(pid)
            total += pss
            print(f"process {pid}: resident {measure.mib(rss)}, its share {measure.mib(pss)}")
        print(f"server at rest: {measure.mib(total)} (bound {measure.mib(BOUND_RSS)}); "
              f"slowest p95 {measure.ms(worst)} (bound {measure.ms(BOUND_P95_S)})")


main()
