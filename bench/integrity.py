#!/usr/bin/env python3
"""integrity.py [--runs N] [--tree DIR]: file integrity by khien beside aide, on one tree in one go.

The tree is a copy of the files of this machine's packages, those that every system has first, as many and as large as
the /usr of a stock Debian 12: aide would take hours on the whole of a large machine. aide is measured as fast as it goes
(sha256 alone) and as Debian ships it (group H, all its hashes). Wall, CPU (user + system of all threads) and the largest
resident memory; the median of the runs, taking turns. Then the cost of three sizes, which must grow no faster than the
tree.
"""
import argparse
import os
import shutil
import tempfile

import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KHIEN = os.path.join(TOP, "build", "khien")
STOCK_FILES, STOCK_BYTES = 18771, 593 * 1024 * 1024    # /usr of a stock Debian 12
GROUPS = {"aide, sha256": "p+i+n+u+g+s+m+c+sha256", "aide, Debian's H": "p+i+n+u+g+s+m+c+H"}


def copy_stock(into):
    """Files of packages of this machine, as far as those of a stock /usr."""
    files = [file for _, listed in measure.stock_lists() for file in listed]
    count = content = 0
    for file in files:
        if not file.startswith("/usr/") or os.path.islink(file) or not os.path.isfile(file):
            continue
        size = os.path.getsize(file)
        if count == STOCK_FILES or content + size > STOCK_BYTES:
            continue
        os.makedirs(into + os.path.dirname(file), exist_ok=True)
        shutil.copy2(file, into + file)
        count, content = count + 1, content + size


def size_of(tree):
    names = content = 0
    for base, folders, files in os.walk(tree):
        names += len(folders) + len(files)
        for name in files:
            try:
                content += os.lstat(os.path.join(base, name)).st_size
            except OSError:
                pass
    return names + 1, content


class Khien:
    def __init__(self, base, tree):
        self.data = tempfile.mkdtemp(dir=base)
        self.where = ["--data", self.data]
        self.tree = tree
        self.database = os.path.join(self.data, "integrity", "baseline")

    def take(self):
        return [KHIEN, "integrity", "baseline", self.tree, *self.where, "--reason", "bench", "--by",
                "bench", "--packs", os.path.join(TOP, "packs")]

    def check(self, *words):
        return [KHIEN, "integrity", "check", *words, *self.where]


class Aide:
    def __init__(self, base, tree, group):
        self.folder = tempfile.mkdtemp(dir=base)
        self.database = os.path.join(self.folder, "db.new")
        self.config = os.path.join(self.folder, "conf")
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(f"database_in=file:{self.folder}/db\ndatabase_out=file:{self.database}\n"
                      f"gzip_dbout=no\nreport_url=file:/dev/null\n{tree} {group}\n")

    def take(self):
        return ["aide", "--config", self.config, "--init"]

    def check(self):
        shutil.copy(self.database, os.path.join(self.folder, "db"))
        return ["aide", "--config", self.config, "--check"]


def compare(base, tree, runs):
    """{name: [Cost]} of everything, taking turns."""
    khien = Khien(base, tree)
    rivals = {name: Aide(base, tree, group) for name, group in GROUPS.items()} \
        if shutil.which("aide") else {}
    costs = {}

    def cost(name, command):
        one = measure.run(command)
        if one.status not in (0, 1):
            raise SystemExit(f"{' '.join(command)} ended with {one.status}")
        costs.setdefault(name, []).append(one)
    for number in range(runs):
        cost("khien baseline", khien.take())
        cost("khien check", khien.check())
        cost("khien check --full", khien.check("--full"))
        for name, aide in rivals.items():
            if number < max(1, runs // 3):      # they take long, and do not vary much
                cost(name + " --init", aide.take())
                cost(name + " --check", aide.check())
    databases = {"khien": os.path.getsize(khien.database),
                 **{name: os.path.getsize(aide.database) for name, aide in rivals.items()}}
    return {name: measure.median(all_runs) for name, all_runs in costs.items()}, databases


def show(costs, databases):
    rows = [("", "wall", "CPU", "peak memory")]
    rows += [(name, measure.ms(c.wall_s), measure.ms(c.cpu_s), measure.mib(c.rss_bytes))
             for name, c in costs.items()]
    measure.table(rows)
    print("\ndatabases: " + ", ".join(f"{name} {measure.mib(size)}" for name, size in databases.items()))
    for ours in ("khien check --full", "khien check"):
        for name in GROUPS:
            theirs = costs.get(name + " --check")
            if theirs:
                print(f"{ours}: {theirs.wall_s / costs[ours].wall_s:.1f} x faster than {name} --check, "
                      f"{theirs.cpu_s / costs[ours].cpu_s:.1f} x less CPU")


def three_sizes(base, runs):
    """Trees of 5,000, 10,000 and 20,000 files of 8 KiB."""
    rows = [("files", "check", "per name", "check --full", "per name", "memory")]
    for count in (5000, 10000, 20000):
        tree = tempfile.mkdtemp(dir=base)
        for number in range(count):
            folder = os.path.join(tree, str(number // 100))
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, f"file-{number}"), "wb") as out:
                out.write(f"{number}\n".encode() * 1000)
        khien = Khien(base, tree)
        measure.run(khien.take())
        check = measure.median([measure.run(khien.check()) for _ in range(runs)])
        full = measure.median([measure.run(khien.check("--full")) for _ in range(runs)])
        rows.append((count, measure.ms(check.cpu_s), f"{check.cpu_s / count * 1e6:.1f} us",
                     measure.ms(full.cpu_s), f"{full.cpu_s / count * 1e6:.1f} us",
                     measure.mib(full.rss_bytes)))
        shutil.rmtree(tree)
    print("\nCPU by the count of files:")
    measure.table(rows)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--tree", help="another than that of a stock system, copied from this machine's packages")
    given = options.parse_args()
    base = tempfile.mkdtemp(prefix="khien-bench-")
    try:
        tree = given.tree or os.path.join(base, "stock")
        if not given.tree:
            copy_stock(tree)
        names, content = size_of(tree)
        print(f"file integrity of {given.tree or 'what a stock system has'}: {names} names, {measure.mib(content)}; "
              f"{measure.processor()}\n", flush=True)
        costs, databases = compare(base, tree, given.runs)
        show(costs, databases)
        three_sizes(base, given.runs)
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
