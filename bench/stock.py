#!/usr/bin/env python3
"""stock.py [--runs N] [--inside ROOT]: an audit of stock Debian 12, beside its bounds.

Three machines are made of Debian's own packages (tests/truth/trees.py: debootstrap, kept between runs): stock, with the
program inside it, in its own process, network, mount, host name and IPC namespaces, so that what it reads of /proc and of
the kernel is its own; the same with packages up to 1,600 and 100 processes; and minbase, read from outside by --root.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys

import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "truth"))
import trees  # noqa: E402  (found by the line above)

KHIEN = os.path.join(TOP, "build", "khien")
PACKS = os.path.join(TOP, "packs")
INSIDE = "/opt/khien"
MANY_PACKAGES, MANY_PROCESSES = 1600, 100
FILES_OF_A_PACKAGE = 40

# Inside the namespaces: what a machine has besides its files, then the audits; a line of figures for each.
RUN = r"""
import os, subprocess, sys, time
root, runs, crowd = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for kind, where in (("proc", "/proc"), ("sysfs", "/sys"), ("tmpfs", "/run")):
    subprocess.run(["mount", "-t", kind, kind, root + where], check=True)
subprocess.run(["ip", "link", "set", "lo", "up"], check=False)
some = [subprocess.Popen(["chroot", root, "sleep", "600"]) for _ in range(crowd)]
time.sleep(0.3)
for _ in range(runs + 1):
    began = time.monotonic()
    audit = subprocess.Popen(["/usr/bin/time", "-q", "-f", "%M", "-o", root + "/tmp/memory", "chroot", root, "/usr/bin/env",
                              "LD_LIBRARY_PATH=/opt/khien/lib", "/opt/khien/khien", "audit", "--packs", "/opt/khien/packs"],
                             stdin=subprocess.DEVNULL, stdout=open("/dev/null", "w"), stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(audit.pid, 0)
    wall_s = time.monotonic() - began
    print("RUN", wall_s, usage.ru_utime + usage.ru_stime, int(open(root + "/tmp/memory").read().split()[-1]) * 1024,
          os.waitstatus_to_exitcode(status), flush=True)
for one in some:
    one.kill()
"""


def install(root):
    """The program and the libraries a package of it would bring, where no package of the tree lies."""
    os.makedirs(f"{root}{INSIDE}/lib", exist_ok=True)
    shutil.copy(KHIEN, f"{root}{INSIDE}/khien")
    shutil.copytree(PACKS, f"{root}{INSIDE}/packs", dirs_exist_ok=True)
    told = subprocess.run(["ldd", KHIEN], capture_output=True, text=True, check=True).stdout
    for name, path in re.findall(r"(\S+) => (/\S+)", told):
        if not re.match(r"(libc|libm|libpthread|libdl|librt)\.so", name):
            shutil.copy(path, f"{root}{INSIDE}/lib/{name}")


def more_packages(root, total):
    with open(f"{root}/var/lib/dpkg/status", encoding="utf-8") as status:
        have = len(re.findall(r"^Package:", status.read(), re.M))
    with open(f"{root}/var/lib/dpkg/status", "a", encoding="utf-8") as status:
        for i in range(have, total):
            status.write(f"Package: khien-bench-{i}\nStatus: install ok installed\nPriority: optional\nSection: misc\n"
                         f"Maintainer: Bench <bench@example.vn>\nArchitecture: all\nVersion: 1.{i}-1\n"
                         "Depends: libc6 (>= 2.36), zlib1g (>= 1:1.2)\nDescription: one of many\n"
                         " A package like any other, with a few lines\n of words about it.\n\n")
            with open(f"{root}/var/lib/dpkg/info/khien-bench-{i}.list", "w", encoding="ascii") as files:
                files.writelines(f"/usr/share/khien-bench/{i}/file{n}\n" for n in range(FILES_OF_A_PACKAGE))


def live(runs, packages=0, crowd=0):
    """The median cost of an audit inside, the first left out: it brings the files into memory."""
    with trees.writable(trees.base("debian-12")) as root:
        install(root)
        if packages:
            more_packages(root, packages)
        done = subprocess.run(["unshare", "--pid", "--fork", "--mount", "--net", "--uts", "--ipc", sys.executable, "-c", RUN,
                               root, str(runs), str(crowd)], capture_output=True, text=True, check=False)
    costs = [measure.Cost(float(wall), float(cpu), int(rss), int(status)) for wall, cpu, rss, status
             in re.findall(r"^RUN (\S+) (\S+) (\d+) (\d+)", done.stdout, re.M)]
    if len(costs) != runs + 1 or any(cost.status not in (0, 1) for cost in costs):
        sys.exit(f"the audit inside the stock tree did not end well:\n{done.stdout}{done.stderr}")
    return measure.median(costs[1:])


def from_outside(runs):
    command = [KHIEN, "audit", "--packs", PACKS, "--root", trees.base("debian-12", "minbase")]
    measure.run(command)
    return measure.median([measure.run(command) for _ in range(runs)])


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=11)
    given = options.parse_args()
    if os.geteuid() != 0 or trees.can_build():
        print(f"stock Debian 12: not measured, {trees.can_build() or 'only root can'}")
        return
    rows = [["audit with evidence and report, release build", "wall", "CPU", "peak RSS", "bound"]]
    for name, cost, bound in (
            ("stock Debian 12, live in its own namespaces", live(given.runs), "60 ms wall, 40 ms CPU, 12 MiB"),
            (f"the same, {MANY_PACKAGES} packages and {MANY_PROCESSES} processes",
             live(given.runs, MANY_PACKAGES, MANY_PROCESSES), "120 ms wall"),
            ("minbase by --root", from_outside(given.runs), "30 ms wall")):
        rows.append([name, measure.ms(cost.wall_s), measure.ms(cost.cpu_s), measure.mib(cost.rss_bytes), bound])
    measure.table(rows)


main()
