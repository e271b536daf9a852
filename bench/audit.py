#!/usr/bin/env python3
"""audit.py [--runs N] [--slow-runs N] [--light] [--here] [--peer-limit S] [--oscap-content FILE]: an audit by khien,
beside lynis and oscap.

All in one go on one machine, taking turns, so that the ratios mean something. Wall, CPU (user + system,
children included) come from wait4(2), peak resident memory of the largest process from time(1); the median of
the runs is shown. Then strace counts what khien started: an audit executes nothing. Unless --light there follow three sizes
of everything (sizes.py), the deep audit beside rkhunter, unhide, debsums and dpkg -V (deep.py --slow) and the integrity of
files beside aide (integrity.py); at last stock Debian 12 against its bounds (stock.py). Where that can be made, which root
can, lynis and oscap are measured in it, and on this machine only with --here. All of it is under ten minutes of CPU, nearly
all of them the others'.

No package has oscap's content for Debian 12: --oscap-content takes one built from upstream's sources (cmake
-DSSG_PRODUCT_DEFAULT=OFF -DSSG_PRODUCT_DEBIAN12=ON, target generate-ssg-debian12-ds.xml); one that lies where a package
would have put it is taken as well. On a machine with many files oscap can take hours: a peer one of whose programs has
used --peer-limit seconds of CPU is ended, is not run again, and its figures and ratios say "at least".
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import time

import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "truth"))
import trees  # noqa: E402  (found by the line above)

KHIEN = os.path.join(TOP, "build", "khien")
CONTENT = "/usr/share/xml/scap/ssg/content/ssg-debian1*-ds.xml"
CONTENT_12 = CONTENT.replace("1*", "12")
PROFILE = "xccdf_org.ssgproject.content_profile_standard"


def khien_command():
    return [KHIEN, "audit", "--format", "json", "--packs", os.path.join(TOP, "packs")]


def rivals(own_content):
    """(name, command, what to know about it) of those that are installed. OWN_CONTENT: a data stream to give oscap."""
    found = []
    if shutil.which("lynis"):
        found.append(("lynis", ["lynis", "audit", "system", "--quick", "--no-colors", "--quiet",
                                "--logfile", "/dev/null", "--report-file", "/dev/null"], ""))
    content = sorted(glob.glob(CONTENT))
    if shutil.which("oscap") and own_content:
        return found + [("oscap", ["oscap", "xccdf", "eval", "--profile", measure.OSCAP_PROFILE, own_content],
                         f"with {os.path.basename(own_content)}, {measure.OSCAP_PROFILE.rsplit('_profile_', 1)[1]}")]
    if shutil.which("oscap") and content:
        mine = [path for path in content if f"debian{debian_release()}-" in path]
        note = "" if mine else (
            f"Debian has no content for Debian {debian_release()} in any package (put an upstream "
            f"ssg-debian{debian_release()}-ds.xml beside it and it is taken); with {os.path.basename(content[-1])} "
            "most rules end as 'not applicable', so oscap's figures are a lower bound of its cost")
        found.append(("oscap", ["oscap", "xccdf", "eval", "--profile", PROFILE,
                                (mine or content)[-1]], note))
    return found


def debian_release():
    with open("/etc/os-release", encoding="utf-8") as file:
        match = re.search(r'^VERSION_ID="?(\d+)', file.read(), re.M)
    return match.group(1) if match else "?"


def count_execs():
    """How many execve calls succeed or fail after the program has started; None without strace."""
    if not shutil.which("strace"):
        return None
    done = subprocess.run(["strace", "-f", "-qq", "-e", "trace=execve,execveat", "-o", "/dev/stderr",
                           *khien_command()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False)
    calls = [line for line in done.stderr.splitlines() if re.search(r"\bexecve(at)?\(", line)]
    return len(calls) - 1 if calls else None


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=21, help="of khien")
    options.add_argument("--slow-runs", type=int, default=1, help="of each of the others")
    options.add_argument("--peer-limit", metavar="S", type=int, default=60, help="seconds of CPU for a run of another")
    options.add_argument("--light", action="store_true", help="only the audit, lynis and oscap")
    options.add_argument("--here", action="store_true", help="lynis and oscap on this machine as well")
    options.add_argument("--oscap-content", metavar="FILE", type=os.path.abspath,
                         default=CONTENT_12 if os.path.exists(CONTENT_12) else None,
                         help="an ssg-debian12-ds.xml built from ComplianceAsCode's sources, for its CIS level 2 server profile")
    given = options.parse_args()
    if given.oscap_content and not os.path.isfile(given.oscap_content):
        sys.exit(f"--oscap-content {given.oscap_content}: there is no such file")

    began_s = time.monotonic()
    first = measure.run(khien_command())
    if first.status not in (0, 1):
        sys.exit(f"khien audit ended with status {first.status}: {' '.join(khien_command())}")
    found = rivals(given.oscap_content) if given.here or trees.can_build() else []
    runs = {"khien": [], **{name: [] for name, _, _ in found}}
    for turn in range(max(given.runs, given.slow_runs)):
        if turn < given.runs:
            runs["khien"].append(measure.run(khien_command()))
        for name, command, _ in found:
            if turn < given.slow_runs and not (runs[name] and runs[name][-1].is_stopped):
                runs[name].append(measure.run(command, cwd="/tmp", cpu_limit_s=given.peer_limit))

    base = measure.median(runs["khien"])
    who = "root" if os.geteuid() == 0 else "a plain user"
    print(f"audit of this machine (Debian {debian_release()}, {measure.processor()}), as {who}, "
          "median of the runs\n")
    measure.table([["", *measure.HEAD]]
                  + [measure.row(name, measure.median(costs), base, len(costs))
                     for name, costs in runs.items()])
    print()
    for name, _, note in found:
        if note:
            print(f"{name}: {note}.")
        if runs[name] and runs[name][-1].is_stopped:
            print(f"{name}: not done after {given.peer_limit} s of CPU and stopped; it costs at least what is shown.")
    for name in ("lynis", "oscap"):
        if not shutil.which(name):
            print(f"{name}: not installed here, not measured.")
    execs = count_execs()
    print("programs started by khien audit: "
          + ("not counted (no strace)" if execs is None else str(execs)))
    worst = max(cost.wall_s for cost in runs["khien"])
    print(f"khien: slowest of {given.runs} runs {measure.ms(worst)}; "
          "bounds: 0 programs started; 500x the CPU of lynis and of oscap, 40x the memory of oscap")
    parts = [] if given.light else [["sizes.py"], ["deep.py", "--slow"], ["integrity.py"]]
    parts.append(["stock.py", "--peers", "--peer-limit", str(given.peer_limit),
                  *(["--oscap-content", given.oscap_content] if given.oscap_content else [])])
    for words in parts:
        print(f"\n{' '.join(words)}\n", flush=True)
        subprocess.run([sys.executable, os.path.join(TOP, "bench", words[0]), *words[1:]], check=True)
    print(f"\nall of it: {(time.monotonic() - began_s) / 60:.0f} minutes")


main()
