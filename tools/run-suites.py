#!/usr/bin/env python3
"""run-suites.py BUILD SUITE...: run the test suites, say how each went, and sum them up.

Every test program speaks TAP (testanything.org): 'ok 1 - name', 'not ok 2 - name', 'ok 3 - name
# SKIP why'. Suites run one after the other; the programs of a suite side by side.
The whole output of each program is kept in BUILD/logs/SUITE/, and how long each took in its file
`seconds`; what failed is shown here as well.
A program that crashes, times out or runs no case counts as one failed case.
The last line is 'N passed, N failed' with ', N skipped' where some were.
"""
import concurrent.futures
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
JOBS = int(os.environ.get("KHIEN_JOBS") or os.cpu_count() or 1)
# Flow programs that take minutes, the longest first: begun last they would run alone. Some only wait for a service.
LONG = ("test_disk_trouble.py", "test_outsider.py", "test_fixtures.py", "test_fixture_systems.py")
SHOW_LINES = 25     # of a failing program's output on the screen; the log has all of it

TAP = re.compile(r"^\s*(not )?ok\b(?:\s+\d+)?(?:\s+-?\s*(.*))?$")


class Tally:
    def __init__(self):
        self.passed, self.failed, self.skipped, self.notes, self.seconds = 0, 0, 0, [], 0.0

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def words(self):
        out = f"{self.passed} passed, {self.failed} failed"
        return out + (f", {self.skipped} skipped" if self.skipped else "")


class Program:
    """One test program: what to run, where, for how long."""

    def __init__(self, name, command, env=None, timeout_s=300, cwd=TOP):
        self.name, self.command, self.timeout_s, self.cwd = name, command, timeout_s, cwd
        self.env = dict(os.environ, **(env or {}))


def count_tap(text, tally):
    """Count the cases of TAP output; returns the lines that tell of a failed case."""
    bad = []
    for line in text.splitlines():
        match = TAP.match(line)
        if not match:
            continue
        title = match.group(2) or ""
        if re.search(r"#\s*skip", title, re.I):
            tally.skipped += 1
        elif match.group(1):
            tally.failed += 1
            bad.append(line.strip())
        else:
            tally.passed += 1
    return bad


def count_node(text, tally):
    """node --test nests its TAP and sums it up itself: '# pass 3'. Returns failed lines."""
    for word, field in (("pass", "passed"), ("fail", "failed"), ("cancelled", "failed"),
                        ("skipped", "skipped"), ("todo", "skipped")):
        for number in re.findall(rf"^# {word} (\d+)$", text, re.M)[-1:]:
            setattr(tally, field, getattr(tally, field) + int(number))
    return re.findall(r"^\s*not ok .*$", text, re.M)


def run(program, folder, count=count_tap):
    """Run one program; returns its Tally with notes to show."""
    tally, began = Tally(), time.monotonic()
    log = os.path.join(folder, re.sub(r"[^\w.-]", "_", program.name) + ".log")
    with open(log, "w+", encoding="utf-8", errors="replace") as out:
        try:
            status = subprocess.run(program.command, cwd=program.cwd, env=program.env, stdout=out,
                                    stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                    timeout=program.timeout_s, check=False).returncode
            why = "" if status == 0 else f"exit status {status}"
        except subprocess.TimeoutExpired:
            why = f"no end after {program.timeout_s} s"
        except OSError as error:
            why = str(error)
        out.seek(0)
        text = out.read()
    bad, tally.seconds = count(text, tally), time.monotonic() - began
    if why and not tally.failed:
        tally.failed += 1
        bad.append(f"{program.name}: {why}")
    elif not (tally.passed or tally.failed or tally.skipped):
        tally.failed += 1
        bad.append(f"{program.name}: ran no test case")
    if tally.failed:
        lines = [line for line in text.splitlines() if not re.match(r"\s*ok\b|\d+\.\.\d+$", line)]
        tally.notes.append(f"--- {program.name}: {why or 'failed'} ({tally.seconds:.1f} s); "
                           f"all of it: {os.path.relpath(log, TOP)}")
        if len(lines) > SHOW_LINES:
            lines = bad[:SHOW_LINES] + ["..."] + lines[-SHOW_LINES:]
        tally.notes += [f"    {line}" for line in lines or bad]
    return tally


# --- the suites: each a function (build) -> list of programs ---------------------------------------

def meson_programs(build, suite):
    """What meson knows as tests of this suite, to be run by us for the sake of counting."""
    found = subprocess.run(["meson", "introspect", "--tests", build], cwd=TOP, check=True,
                           stdout=subprocess.PIPE, text=True).stdout
    for test in json.loads(found):
        if any(name.split(":")[-1] == suite for name in test["suite"]):
            env = dict(test["env"], CMOCKA_MESSAGE_OUTPUT="TAP")
            yield Program(test["name"], test["cmd"], env, test["timeout"], test["workdir"] or TOP)


def unit(build):
    return list(meson_programs(build, "unit"))


def fuzz(build):
    return list(meson_programs(build, "fuzz"))


def tap_wrap(name, *command):
    """A check that prints faults and exits 1, as one TAP case."""
    return Program(name, ["sh", "-c", '"$@" && echo "ok - $0" || { echo "not ok - $0"; exit 1; }',
                          name, *command])


def house(_build):
    checks = sorted(glob.glob(os.path.join(TOP, "tools", "check-*")))
    selftests = sorted(glob.glob(os.path.join(TOP, "tests", "house", "test_*.py")))
    return ([tap_wrap(os.path.basename(path), path) for path in checks if os.access(path, os.X_OK)]
            + [Program(os.path.basename(path), ["python3", "tests/tap.py", path])
               for path in selftests])


def flow(build):
    files = sorted(glob.glob(os.path.join(TOP, "tests", "flow", "test_*.py"))
                   + glob.glob(os.path.join(TOP, "tests", "flow", "*.yaml")))
    files.sort(key=lambda path: LONG.index(os.path.basename(path)) if os.path.basename(path) in LONG else len(LONG))
    if shutil.which("npm"):
        install_modules(os.path.join(TOP, "tests", "oidc"))     # the provider of test_oidc.py
    return [Program(os.path.basename(path), ["python3", "tests/run-flows.py", "--build", build, path],
                    timeout_s=900) for path in files]


def truth(build):
    """Stock Debian systems, alone and with one server package each; hours the first time, kept after."""
    return [Program(os.path.basename(path), ["python3", "tests/tap.py", path], {"KHIEN_BUILD": build}, 14400)
            for path in sorted(glob.glob(os.path.join(TOP, "tests", "truth", "test_*.py")))]


def package(build):
    """The .deb, installed into a stock Debian; ./dev package made it."""
    return [Program(os.path.basename(path), ["python3", "tests/tap.py", path], {"KHIEN_BUILD": build}, 900)
            for path in sorted(glob.glob(os.path.join(TOP, "tests", "package", "test_*.py")))]


def in_browser(build, specs, timeout_s):
    folder = os.path.join(TOP, "tests", "browser")
    specs = sorted(glob.glob(os.path.join(folder, specs)))
    if not specs:
        return []
    chromium = next((path for path in map(shutil.which, ("chromium-headless-shell", "chromium"))
                     if path), "")
    env = {"KHIEN_BIN": os.path.join(TOP, build, "khien"), "KHIEN_CHROMIUM": chromium,
           "KHIEN_SOURCE": TOP}
    if os.path.exists(os.path.join(folder, "package.json")):
        install_modules(folder)
        install_modules(os.path.join(TOP, "tests", "oidc"))     # the provider of oidc.test.js
    return [Program(os.path.basename(path), ["node", "--test", "--test-reporter=tap", path], env, timeout_s,
                    folder) for path in specs]


def browser(build):
    return in_browser(build, "*.test.*js", 600)


def pages(build):
    """Every page at two widths, in two languages, on paper; with a picture of each: the sample, the empty service."""
    programs = []
    for kind in ("mau", "trong"):
        for program in in_browser(build, "every.js", 7200):
            program.name = f"{program.name} {kind}"
            program.env["KHIEN_KINDS"] = kind
            programs.append(program)
    return programs


def install_modules(folder):
    """npm ci, once for each package-lock.json."""
    lock, stamp = (os.path.join(folder, *names) for names in
                   (("package-lock.json",), ("node_modules", ".lock-installed")))
    wanted = open(lock, encoding="utf-8").read()
    if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == wanted:
        return
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(done.stdout)      # the specs will fail and be counted
        return
    with open(stamp, "w", encoding="utf-8") as out:
        out.write(wanted)


SUITES = {"unit": (unit, count_tap, JOBS), "fuzz": (fuzz, count_tap, JOBS),
          "house": (house, count_tap, JOBS), "flow": (flow, count_tap, JOBS + 1),     # many wait
          "browser": (browser, count_node, JOBS), "truth": (truth, count_tap, 1),
          "pages": (pages, count_node, 1), "package": (package, count_tap, 1)}


def run_suite(name, build):
    began = time.monotonic()
    plan, count, jobs = SUITES[name]
    folder = os.path.join(TOP, build, "logs", name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    programs = plan(build)
    sum_up = Tally()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        tallies = list(pool.map(lambda program: run(program, folder, count), programs))
    with open(os.path.join(folder, "seconds"), "w", encoding="utf-8") as out:
        for program, tally in sorted(zip(programs, tallies), key=lambda pair: -pair[1].seconds):
            out.write(f"{tally.seconds:8.1f} {program.name}\n")
    for tally in tallies:
        sum_up.add(tally)
    print(f"{name:8} {sum_up.words()}; {len(programs)} programs, {time.monotonic() - began:.1f} s",
          flush=True)
    for tally in tallies:
        if tally.notes:
            print("\n".join(tally.notes), flush=True)
    return sum_up


def main():
    build, names = sys.argv[1], sys.argv[2:]
    total = Tally()
    for name in names:
        total.add(run_suite(name, build))
    print(total.words())
    sys.exit(1 if total.failed or not total.passed else 0)


if __name__ == "__main__":
    main()
