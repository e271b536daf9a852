#!/usr/bin/env python3
"""deep.py [--slow] [--signs]: the deep audit: what it costs, how that grows, and what it finds beside its peers.

Three tables. Cost of `khien audit --deep` by number of package files, in trees made for it; by number of processes, in a
process namespace of its own. Then six signs of an intrusion are planted in private namespaces, and every tool looks for
them: rkhunter (with --slow: it takes minutes), unhide, debsums, dpkg -V, khien. khien looks among all the processes of the
machine; the others have the planted ones alone in a process namespace, where they cost least (unhide follows new processes
and comes to no end where many begin). Of the machine only the greatest process number is changed while khien looks, to the
one Debian's systemd sets.
"""
import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KHIEN = os.path.join(TOP, "build", "khien")
PACKS = ["--packs", os.path.join(TOP, "packs")]
FILES_PER_PACKAGE = 60
FILE_BYTES = 32 * 1024          # 593 MiB in 18,771 files is what a stock Debian 12 has
SIZES = (5000, 10000, 20000)
STOCK_FILES = 20000             # of this machine's packages, for the comparison with the peers
PROCESSES = (100, 400, 1600)


def make_tree(root, count):
    """COUNT files of packages with their checksums, as dpkg would have left them."""
    info = os.path.join(root, "var/lib/dpkg/info")
    os.makedirs(info)
    os.makedirs(os.path.join(root, "etc"))
    with open(os.path.join(root, "etc/os-release"), "w", encoding="ascii") as out:
        out.write("ID=debian\nVERSION_ID=12\n")
    block = os.urandom(FILE_BYTES)
    for first in range(0, count, FILES_PER_PACKAGE):
        name, folder = f"package{first}", f"usr/lib/package{first}"
        os.makedirs(os.path.join(root, folder))
        paths, sums = [f"/{folder}"], []
        for number in range(first, min(first + FILES_PER_PACKAGE, count)):
            content = number.to_bytes(8, "big") + block
            with open(os.path.join(root, folder, f"file{number}.so"), "wb") as out:
                out.write(content)
            paths.append(f"/{folder}/file{number}.so")
            sums.append(f"{hashlib.md5(content).hexdigest()}  {folder}/file{number}.so")
        for end, lines in (("list", paths), ("md5sums", sums)):
            with open(os.path.join(info, f"{name}.{end}"), "w", encoding="ascii") as out:
                out.write("\n".join(lines) + "\n")
    with open(os.path.join(root, "var/lib/dpkg/status"), "w", encoding="ascii") as out:
        out.write("")


def by_files(runs):
    rows = [["package files", "MiB", "wall", "CPU", "CPU a file", "peak RSS"]]
    for count in SIZES:
        with tempfile.TemporaryDirectory(prefix="khien-bench-") as root:
            make_tree(root, count)
            command = [KHIEN, "ask", "SELECT count(*) FROM package_files", "--root", root, "--deep"]
            measure.run(command)
            cost = measure.median([measure.run(command) for _ in range(runs)])
            if cost.status:
                sys.exit(f"{' '.join(command)}: {cost.status}")
            rows.append([f"{count}", f"{count * FILE_BYTES / 1048576:.0f}", measure.ms(cost.wall_s), measure.ms(cost.cpu_s),
                         f"{cost.cpu_s / count * 1e6:.1f} us", measure.mib(cost.rss_bytes)])
    print("deep audit by package files, all of them whole\n")
    measure.table(rows)
    print(f"bound: 1500 ms CPU for 20,000 files of {FILE_BYTES // 1024} KiB\n")


CROWD = """
import subprocess, sys, time
crowd = [subprocess.Popen(["sleep", "600"]) for _ in range(int(sys.argv[1]))]
time.sleep(0.5)
done = subprocess.run(["/usr/bin/time", "-q", "-f", "%e %U %S %M", *sys.argv[2:]], stdout=subprocess.DEVNULL,
                      stderr=subprocess.PIPE, text=True)
print(done.stderr.splitlines()[-1])
for one in crowd:
    one.kill()
"""


def in_own_namespace(*words):
    return ["unshare", "--pid", "--fork", "--mount-proc", "--mount", *words]


def by_processes(checks):
    rows = [["processes", "wall", "CPU", "CPU a process"]]
    for count in PROCESSES:
        command = in_own_namespace(sys.executable, "-c", CROWD, str(count), KHIEN, "ask", checks)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        wall, user, system, _ = (float(word) for word in done.stdout.split())
        rows.append([count, measure.ms(wall), measure.ms(user + system),
                     f"{(user + system) / count * 1e6:.0f} us"])
    print("what runs, from which files, and hidden processes, by processes (an ordinary audit's part)\n")
    measure.table(rows)
    print()


def stock_packages(folder, most):
    """The lists of the packages of a stock system, as far as MOST files, in FOLDER; how many files they have, and how many
    bytes."""
    count = size = 0
    for path, files in measure.stock_lists():
        if count + len(files) > most:
            continue
        count += len(files)
        size += sum(os.path.getsize(file) for file in files if os.path.isfile(file))
        for end in ("md5sums", "list"):
            shutil.copy2(path[:-len("md5sums")] + end, folder)
    return count, size


PLANT = r"""
import os, shutil, socket, subprocess, sys, time
base = "/opt/khien-bench"
# every number a 64-bit machine can give, as Debian's systemd sets it; put back below
LIMIT = "/proc/sys/kernel/pid_max"
limit = open(LIMIT).read()
try:
    with open(LIMIT, "w") as out:
        out.write("4194304")
except OSError as e:
    print("LIMIT not set:", e, flush=True)
subprocess.run(["ip", "link", "set", "lo", "up"], check=False)
subprocess.run(["mount", "-t", "tmpfs", "none", "/opt"], check=True)
subprocess.run(["mount", "--bind", sys.argv[2], "/var/lib/dpkg/info"], check=True)
os.makedirs(base)
sleep = shutil.which("sleep")
def copy(name):
    path = os.path.join(base, name)
    shutil.copy(sleep, path)
    return path
crowd = {}
gone = copy("deleted-sign"); crowd["deleted exe"] = subprocess.Popen([gone, "6000"]); time.sleep(0.2); os.unlink(gone)
fd = os.memfd_create("memfd-sign"); os.write(fd, open(sleep, "rb").read()); pid = os.fork()
if pid == 0:
    os.execve(f"/proc/self/fd/{fd}", ["memfd-sign", "6000"], {})
os.close(fd)
library = os.path.join(base, "preload-sign.so")
shutil.copy(sys.argv[1], library)
crowd["preload"] = subprocess.Popen([sleep, "6000"], env={"LD_PRELOAD": library})
crowd["masked name"] = subprocess.Popen(["[kworker/7:7]", "6000"], executable=copy("masked-sign"))
# a packaged program with one byte more, over the true one in this namespace only
altered = os.path.join(base, "altered-sign")
shutil.copy("/usr/bin/shuf", altered); open(altered, "ab").write(b"x")
subprocess.run(["mount", "--bind", altered, "/usr/bin/shuf"], check=True)
crowd["altered binary"] = subprocess.Popen(["/usr/bin/shuf", "/dev/stdin"], stdin=subprocess.PIPE)
listener = copy("listener-sign")
s = socket.socket(); s.bind(("0.0.0.0", 4444)); s.listen()
crowd["unpackaged listener"] = subprocess.Popen([listener, "6000"], pass_fds=[s.fileno()]); s.close()
time.sleep(0.5)
pids = {name: one.pid for name, one in crowd.items()} | {"memfd": pid}
print("PIDS", pids, flush=True)
print("LIMIT", open(LIMIT).read().strip(), flush=True)
subprocess.run(["sh", "-c", sys.argv[3]], capture_output=True)   # so that the files are in memory for the first, too
try:
    for words in sys.argv[3:]:
        began = os.times()
        done = subprocess.run(["sh", "-c", words], capture_output=True, text=True, errors="replace")
        ended = os.times()
        cpu = ended.children_user + ended.children_system - began.children_user - began.children_system
        print("TOOL", cpu, words, flush=True)
        print(done.stdout, done.stderr, flush=True)
        print("END", flush=True)
finally:
    for one in crowd.values():
        one.kill()
    os.kill(pid, 9)
    try:
        with open(LIMIT, "w") as out:
            out.write(limit)
    except OSError:
        pass
"""

# How each tool would name the sign: the process number, or the file.
MARKS = {"deleted exe": ("deleted-sign",), "memfd": ("memfd-sign", "/memfd:"), "preload": ("preload-sign",),
         "masked name": ("masked-sign",), "altered binary": ("/usr/bin/shuf",), "unpackaged listener": ("listener-sign", ":4444")}


OUR_FILES, OUR_PROCESSES = "khien, package files only", "khien, processes only"
OUR_NUMBERS = "khien, every number asked"   # in a process namespace nothing else tells that none is hidden
# (peer, ours, bound): the bounds are of the whole deep audit against the whole peer
AGAINST = [("rkhunter", "khien", "bound 100 x"), ("unhide quick", "khien", "bound 35 x"), ("unhide quick", OUR_PROCESSES, ""),
           ("unhide quick", OUR_NUMBERS, ""), ("debsums -s", OUR_FILES, ""), ("dpkg -V", OUR_FILES, "bound 1 x"),
           ("dpkg -V", "khien", "")]
PROCESSES_ONLY = f"{KHIEN} ask --deep 'SELECT (SELECT count(*) FROM hidden_processes), (SELECT count(*) FROM running_files), " \
    "(SELECT swept_to FROM process_sweep)'"
OURS = [("khien", f"{KHIEN} audit --deep --format json {' '.join(PACKS)}"),
        (OUR_FILES, f"{KHIEN} ask --deep 'SELECT count(*) FROM package_files'"), (OUR_PROCESSES, PROCESSES_ONLY)]


def peers(with_slow):
    found = [(OUR_NUMBERS, PROCESSES_ONLY)]
    if shutil.which("unhide"):
        found.append(("unhide quick", "unhide quick"))
    if shutil.which("debsums"):
        found.append(("debsums -s", "debsums -s"))
    found.append(("dpkg -V", "dpkg -V"))
    if with_slow and shutil.which("rkhunter"):
        found.append(("rkhunter", "rkhunter --check --sk --nocolors --rwo --logfile /opt/rkhunter.log; "
                                  "grep -i warning /opt/rkhunter.log"))
    return found


def some_library():
    for line in open("/proc/self/maps", encoding="utf-8"):
        path = line.split()[-1]
        if re.search(r"/lib(m|z|expat|util)[-.\d]*\.so", path):
            return path
    return "/lib/x86_64-linux-gnu/libm.so.6"


def look(namespaces, chosen, folder):
    """What TOOLS say with the signs planted in new NAMESPACES: ({tool: CPU}, {tool: what it printed}, {sign: pid}, limit)."""
    command = ["unshare", *namespaces, sys.executable, "-c", PLANT, some_library(), folder, *(words for _, words in chosen)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if "PIDS" not in done.stdout:
        sys.exit(f"nothing could be planted:\n{done.stderr}")
    cpu, told = {}, {}
    for name, words in chosen:
        part = re.search(rf"^TOOL ([\d.]+) {re.escape(words)}\n(.*?)\nEND", done.stdout, re.S | re.M)
        cpu[name], told[name] = float(part.group(1)), part.group(2)
    limit = "?" if "LIMIT not set" in done.stdout else re.search(r"^LIMIT (\d+)", done.stdout, re.M).group(1)
    return cpu, told, eval(re.search(r"PIDS (.*)", done.stdout).group(1)), limit  # our own words, above


def swept_to(told):
    return re.search(r"^\d+ +\d+ +(\d+) *$", told, re.M).group(1)


def signs_in(name, told, pids):
    if name.startswith("khien,"):   # parts of it, for their cost
        return ["" for _ in MARKS]
    if name == "khien":   # what it calls a fail, not what it lists
        told = "\n".join(re.findall(r'"subject": "[^"]*",\s*"result": "fail"[^}]*', told))
    return ["yes" if any(mark in told for mark in marks) or re.search(rf"\b(pid|PID:?) ?{pids.get(sign, -1)}\b", told)
            else "-" for sign, marks in MARKS.items()]


def planted(with_slow):
    folder = tempfile.mkdtemp(prefix="khien-bench-")
    count, size = stock_packages(folder, STOCK_FILES)
    rows, cpu = [["", "CPU", *MARKS]], {}
    for namespaces, chosen in ((["--mount", "--net"], OURS),
                               (["--pid", "--fork", "--mount-proc", "--mount", "--net"], peers(with_slow))):
        spent, told, pids, limit = look(namespaces, chosen, folder)
        cpu |= spent
        rows += [[name, measure.ms(spent[name]), *signs_in(name, told[name], pids)] for name in spent]
        for name in (OUR_PROCESSES, OUR_NUMBERS):
            if name in told:
                rows[-len(spent) + list(spent).index(name)][0] += f" (1 to {swept_to(told[name])} of {limit})"
    shutil.rmtree(folder)
    print(f"six signs planted, {count} package files of {size / 1048576:.0f} MiB: which tool names them\n")
    measure.table(rows)
    print()
    for peer, ours, bound in AGAINST:
        if peer in cpu:
            print(f"{peer}: {cpu[peer] / cpu[ours]:.1f} x the CPU of "
                  f"{'the whole deep audit' if ours == 'khien' else ours}{' (' + bound + ')' if bound else ''}")
    print()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--slow", action="store_true", help="rkhunter as well: minutes")
    options.add_argument("--signs", action="store_true", help="only the planted signs")
    given = options.parse_args()

    if not given.signs:
        by_files(given.runs)
    if os.geteuid() != 0 or not shutil.which("unshare"):
        print("processes and planted signs: only as root with unshare")
        return
    if not given.signs:
        by_processes("SELECT (SELECT count(*) FROM running_files), (SELECT count(*) FROM hidden_processes)")
    planted(given.slow)


main()
