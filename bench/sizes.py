#!/usr/bin/env python3
"""sizes.py: is the cost of an audit linear in packages, processes and files? Three sizes of each, as recorded trees
that `khien audit --root` reads; the cost of the empty tree is taken off, and the cost of one more thing is shown."""
import os
import shutil
import tempfile

import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SIZES = (500, 1000, 2000)
RUNS = 9


def put(root, path, text):
    full = root + path
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as out:
        out.write(text)


def base(root):
    put(root, "/etc/os-release", 'ID=debian\nVERSION_ID="12"\n')
    put(root, "/proc/stat", "btime 1700000000\n")


def packages(root, count):
    put(root, "/var/lib/dpkg/status", "".join(
        f"Package: p{i}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{i}\nDescription: x\n\n"
        for i in range(count)))
    for i in range(count):
        put(root, f"/var/lib/dpkg/info/p{i}.list", "".join(f"/usr/share/p{i}/file{n}\n" for n in range(100)))
    processes(root, 1)      # of no package: every list is looked through


def processes(root, count):
    for pid in range(100, 100 + count):
        put(root, f"/proc/{pid}/stat", f"{pid} (p{pid}) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 100 1 1\n")
        put(root, f"/proc/{pid}/cmdline", f"/usr/bin/p{pid}\0-x\0")
        put(root, f"/proc/{pid}/maps", "".join(
            f"7f{n:04x}000-7f{n:04x}fff r-xp 00000000 fd:01 {n} /usr/lib/lib{n}.so\n" for n in range(40)))
        os.symlink(f"/usr/bin/p{pid}", f"{root}/proc/{pid}/exe")


def files(root, count):
    put(root, "/usr/sbin/cron", "")
    for i in range(count):
        put(root, f"/etc/cron.daily/job{i}", "#!/bin/sh\nexit 0\n")
        os.chmod(f"{root}/etc/cron.daily/job{i}", 0o755)


def cost_of(fill, count):
    root = tempfile.mkdtemp(prefix="khien-sizes-")
    try:
        base(root)
        if fill:
            fill(root, count)
        command = [os.path.join(TOP, "build", "khien"), "audit", "--root", root, "--format", "json",
                   "--packs", os.path.join(TOP, "packs")]
        return measure.median([measure.run(command) for _ in range(RUNS)])
    finally:
        shutil.rmtree(root, ignore_errors=True)


def main():
    empty = cost_of(None, 0)
    rows = [["", "how many", "CPU", "CPU of one", "peak RSS"]]
    for fill in (packages, processes, files):
        for count in SIZES:
            cost = cost_of(fill, count)
            one_us = (cost.cpu_s - empty.cpu_s) / count * 1e6
            rows.append([fill.__name__, str(count), measure.ms(cost.cpu_s), f"{one_us:.1f} us",
                         measure.mib(cost.rss_bytes)])
    print(f"the empty tree: {measure.ms(empty.cpu_s)} CPU; linear when the cost of one does not grow\n")
    measure.table(rows)


if __name__ == "__main__":
    main()
