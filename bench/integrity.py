#!/usr/bin/env python3
"""integrity.py [--runs N] [--tree DIR]: file integrity by khien beside aide, on one tree in one go.

aide is measured as fast as it goes (sha256 alone) and as Debian ships it (group H, all its hashes). Wall, CPU
(user + system of all threads) and the largest resident memory; the median of the runs, taking turns. Then the
cost of three sizes, which must grow no faster than the tree.
"""
import argparse
import os
import shutil
import tempfile

import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KHIEN = os.path.join(TOP, "build", "khien")
GROUPS = {"aide, sha256": "p+i+n+u+g+s+m+c+sha256", "aide, Debian's H": "p+i+n+u+g+s+m+c+H"}


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
    def __init__(self, base, root, tree):
        self.data = tempfile.mkdtemp(dir=base)
        self.where = ["--data", self.data, "--root", root]
        self.tree = tree
        self.database = os.path.join(self.data, "integrity", "baseline")

    def take(self):
        return [KHIEN, "integrity", "baseline", self.tree, *self.where, "--reason", "bench", "--by",
                "bench", "--packs", os.path.join(TOP, "packs")]

    def check(self, *words):
        return [KHIEN, "integrity", "check", *words, *self.where]


class Aide:
    def __init__(self, base, root, tree, group):
        self.folder = tempfile.mkdtemp(dir=base)
        self.database = os.path.join(self.folder, "db.new")
        path = (root.rstrip("/") + tree)
        self.config = os.path.join(self.folder, "conf")
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(f"database_in=file:{self.folder}/db\ndatabase_out=file:{self.database}\n"
                      f"gzip_dbout=no\nreport_url=file:/dev/null\n{path} {group}\n")

    def take(self):
        return ["aide", "--config", self.config, "--init"]

    def check(self):
        shutil.copy(self.database, os.path.join(self.folder, "db"))
        return ["aide", "--config", self.config, "--check"]


def compare(base, root, tree, runs):
    """{name: [Cost]} of everything, taking turns."""
    khien = Khien(base, root, tree)
    rivals = {name: Aide(base, root, tree, group) for name, group in GROUPS.items()} \
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
        root = tempfile.mkdtemp(dir=base)
        for number in range(count):
            folder = os.path.join(root, "t", str(number // 100))
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, f"file-{number}"), "wb") as out:
                out.write(f"{number}\n".encode() * 1000)
        khien = Khien(base, root, "/t")
        measure.run(khien.take())
        check = measure.median([measure.run(khien.check()) for _ in range(runs)])
        full = measure.median([measure.run(khien.check("--full")) for _ in range(runs)])
        rows.append((count, measure.ms(check.cpu_s), f"{check.cpu_s / count * 1e6:.1f} us",
                     measure.ms(full.cpu_s), f"{full.cpu_s / count * 1e6:.1f} us",
                     measure.mib(full.rss_bytes)))
        shutil.rmtree(root)
    print("\nCPU by the count of files:")
    measure.table(rows)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--root", default="/", help="the root of another tree")
    options.add_argument("--tree", default="/usr")
    given = options.parse_args()
    names, content = size_of(given.root.rstrip("/") + given.tree)
    print(f"file integrity of {given.tree} below {given.root}: {names} names, {measure.mib(content)}; "
          f"{measure.processor()}\n")
    base = tempfile.mkdtemp(prefix="khien-bench-")
    try:
        costs, databases = compare(base, given.root, given.tree, given.runs)
        show(costs, databases)
        three_sizes(base, given.runs)
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
