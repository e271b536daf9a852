#!/usr/bin/env python3
"""crash.py [--kills N] [--states N]: what a crash may cost, at length: the receiver killed N times while lines
come (none that was acknowledged may be lost or doubled), and every power cut of the log's files
replayed with N disks at each point. Run by ./dev bench crash; the short form is in ./dev test."""
import argparse
import os
import re
import resource
import subprocess
import sys
import time

BUILD = os.environ.get("KHIEN_BUILD", "build-test")
REPLAYED = ("test_wal", "test_seal_crash", "test_archive")


def run(name, env):
    """Its output; ends the run when it failed."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([os.path.join(BUILD, "tests", "unit", name)], env={**os.environ, **env}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stdout}")
    print(f"{name}: 0 faults, {time.monotonic() - began:.0f} s, {cpu:.0f} s of CPU")
    for line in re.findall(r"^# (.*)$", done.stdout, re.M)[-3:]:
        print("   ", line)
    sys.stdout.flush()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=5000)
    options.add_argument("--states", type=int, default=100000)
    given = options.parse_args()
    names = ["test_intake_kill", *REPLAYED]
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        sys.exit(f"crash.py: no {BUILD}: run ./dev test unit first")
    subprocess.run(["ninja", "-C", BUILD] + [f"tests/unit/{n}" for n in names], check=True,
                   stdout=subprocess.DEVNULL)
    if given.kills:
        run("test_intake_kill", {"KHIEN_KILLS": str(given.kills)})
    for name in REPLAYED if given.states else ():
        run(name, {"KHIEN_CRASH_STATES": str(given.states)})


main()
