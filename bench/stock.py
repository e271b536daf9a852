#!/usr/bin/env python3
"""stock.py [--runs N] [--peers] [--peer-limit S] [--oscap-content FILE]: an audit of stock Debian 12, beside its bounds.

Three machines are made of Debian's own packages (tests/truth/trees.py: debootstrap, kept between runs): stock, with the
program inside it, in its own process, network, mount, host name and IPC namespaces, so that what it reads of /proc and of
the kernel is its own; the same with packages up to 1,600 and 100 processes; and minbase, read from outside by --root.
With --peers: once more with lynis and oscap in the stock tree, all three in the same namespaces, and with a kernel and
sshd, without which two thirds of oscap's rules do not apply. oscap, with content for Debian 12 (--oscap-content, see
audit.py), goes through the whole of one profile twice: as it is cheapest, rule and result on the screen, and with what an
audit of khien gives too, its evidence and a report. How its rules ended is printed.
"""
import argparse
import collections
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

# Inside the namespaces: what a machine has besides its files, then the audits; a line of figures for each. The audit is
# started by this process itself, which has its root there by then, so that wall and CPU are the audit's alone; its
# memory is told by time(1) in runs of their own, because a child of an interpreter is charged with the interpreter's.
RUN = r"""
import os, resource, subprocess, sys, time  # resource: what wait4 gives, before the root is another
root, runs, crowd, peers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
for kind, where in (("proc", "/proc"), ("sysfs", "/sys"), ("tmpfs", "/run")):
    subprocess.run(["mount", "-t", kind, kind, root + where], check=True)
for words in ("link set lo up", "link add veth0 type veth peer name veth1", "addr add 192.0.2.1/24 dev veth0",
              "link set veth0 up", "link set veth1 up"):   # without an address oscap gives up
    subprocess.run(["ip", *words.split()], check=False)
some = [subprocess.Popen(["chroot", root, "sleep", "600"]) for _ in range(crowd)]
time.sleep(0.3)
audit = ["/opt/khien/khien", "audit", "--packs", "/opt/khien/packs"]
quiet = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
         (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
for _ in range(3):
    told = subprocess.run(["/usr/bin/time", "-q", "-f", "MEMORY %M", "chroot", root, *audit], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)
    print(told.stderr.splitlines()[-1], flush=True)
for words in peers:
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(["sh", "-c", "exec /usr/bin/time -q -f 'MEMORY %M' chroot " + root + " " + words + " >/dev/null"],
                          stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print("PEER", time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
          told.stderr.splitlines()[-1].split()[-1], told.returncode, flush=True)
os.chroot(root)
os.chdir("/")
for _ in range(runs):
    began = time.monotonic()
    _, status, usage = os.wait4(os.posix_spawn(audit[0], audit, dict(os.environ), file_actions=quiet), 0)
    print("RUN", time.monotonic() - began, usage.ru_utime + usage.ru_stime, os.waitstatus_to_exitcode(status), flush=True)
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
    with open(f"{root}/etc/ld.so.conf.d/khien.conf", "w", encoding="ascii") as conf:
        conf.write(f"{INSIDE}/lib\n")
    subprocess.run(["chroot", root, "/sbin/ldconfig"], check=True)


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


def inside(root, runs, crowd=0, peers=()):
    """What stands in ROOT, as a machine: the median cost of an audit and its greatest memory, whose runs go first and warm
    the files; then what RUN told of the PEERS."""
    done = subprocess.run(["unshare", "--pid", "--fork", "--mount", "--net", "--uts", "--ipc", sys.executable, "-c", RUN,
                           root, str(runs), str(crowd), *peers], capture_output=True, text=True, check=False)
    memory = [int(kib) * 1024 for kib in re.findall(r"^MEMORY (\d+)", done.stdout, re.M)]
    costs = [measure.Cost(float(wall), float(cpu), max(memory, default=0), int(status)) for wall, cpu, status
             in re.findall(r"^RUN (\S+) (\S+) (\d+)", done.stdout, re.M)]
    if len(costs) != runs or len(memory) != 3 or any(cost.status not in (0, 1) for cost in costs):
        sys.exit(f"the audit inside the stock tree did not end well:\n{done.stdout}{done.stderr}")
    return measure.median(costs), [
        measure.Cost(float(wall), float(cpu), int(kib) * 1024, int(status), int(status) in measure.STOPPED)
        for wall, cpu, kib, status in re.findall(r"^PEER (\S+) (\S+) (\d+) (\d+)", done.stdout, re.M)]


def live(runs, packages=0, crowd=0):
    with trees.writable(trees.base("debian-12")) as root:
        install(root)
        if packages:
            more_packages(root, packages)
        return inside(root, runs, crowd)[0]


OSCAP, OSCAP_REPORT, RESULTS = "oscap, screen only", "oscap, evidence and report", "/tmp/results.xml"


def peers_of(content):
    told = {"lynis": "lynis audit system --quick --no-colors --quiet --logfile /dev/null --report-file /dev/null"}
    if content:
        profile = f"oscap xccdf eval --profile {measure.OSCAP_PROFILE}"
        told[OSCAP] = f"{profile} {INSIDE}/content.xml"
        told[OSCAP_REPORT] = f"{profile} --results {RESULTS} --report /tmp/report.html {INSIDE}/content.xml"
    return told


def rules_of(root):
    """How oscap's rules ended, as words."""
    try:
        with open(root + RESULTS, encoding="utf-8") as results:
            ended = collections.Counter(re.findall(r"<result>(\w+)</result>", results.read()))
    except OSError:
        return "oscap wrote no results"
    del ended["notselected"]
    return (f"oscap: profile {measure.OSCAP_PROFILE.rsplit('_profile_', 1)[1]} whole, {sum(ended.values())} rules: "
            + ", ".join(f"{count} {how}" for how, count in ended.most_common()))


def beside_peers(runs, limit_s, content):
    """Each of them once, in the same tree, where they are installed; the audit of khien RUNS times, at the end."""
    told = peers_of(content)
    with trees.writable(trees.base("debian-12")) as root:
        for package in ("lynis", "openscap-scanner", "openssh-server", "linux-image-cloud-amd64"):
            trees.install(root, package)
        install(root)
        if content:
            shutil.copy(content, f"{root}{INSIDE}/content.xml")
        limit = f"prlimit --cpu={limit_s}:{limit_s + 5} "
        ours, costs = inside(root, runs, peers=[limit + words for words in told.values()])
        rules = rules_of(root) if content else "oscap was given no content for Debian 12 (--oscap-content)"
    rows = [["stock Debian 12 with lynis and oscap, live", *measure.HEAD], measure.row("khien", ours, ours, runs)]
    rows += [measure.row(name, cost, ours, 1) for name, cost in zip(told, costs)]
    print()
    measure.table(rows)
    print(rules)
    for name, cost in zip(told, costs):
        if cost.is_stopped:
            print(f"{name}: not done after {limit_s} s of CPU and stopped; it costs at least what is shown.")
        elif name != "lynis" and cost.status == 1:
            print(f"{name}: ended with an error of its own, its figures are worth nothing.")
    print("bound: 500x the CPU of lynis and of oscap, 40x the memory of oscap")


def from_outside(runs):
    command = [KHIEN, "audit", "--packs", PACKS, "--root", trees.base("debian-12", "minbase")]
    memory = max(measure.run(command).rss_bytes for _ in range(3))
    cost = measure.median([measure.alone(command) for _ in range(runs)])
    return measure.Cost(cost.wall_s, cost.cpu_s, memory, cost.status)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=11)
    options.add_argument("--peers", action="store_true", help="lynis and oscap in the same tree: minutes")
    options.add_argument("--peer-limit", metavar="S", type=int, default=60, help="seconds of CPU for a run of another")
    options.add_argument("--oscap-content", metavar="FILE", type=os.path.abspath, help="a data stream for Debian 12")
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
    if given.peers:
        beside_peers(given.runs, given.peer_limit, given.oscap_content)


main()
