#!/usr/bin/env python3
"""run-flows.py [--build DIR] FILE...: run flow tests on the whole program, speaking TAP.

FILE is a unittest module (tests/flow/test_NAME.py, helpers in tests/flow/flow.py) or a table of
commands (tests/flow/NAME.yaml):

    - name: the regulation is counted           # a sentence
      evidence: [D12.1.b]                       # obligations it shows, optional
      files: {pack/pack.yaml: "id: x\\n"}        # written below the case's own folder, optional
      run: [pack, check, packs/tay-son]         # words after `khien`; {here} is the case's own folder
      env: {KHIEN_LANG: en}                     # optional
      stdin: "text"                             # optional
      status: 0                                 # exit status wanted, 0 when left out
      out: ["23 điều", "228"]                   # each stands in the output, in this order
      out-not: ["root:x"]                       # none of these does
      err: ["pack.yaml:1:1: "]                  # the same for the error output
      json: {results: list}                     # the output is JSON with these keys of these types
      seconds: 5                                # ceiling of time, 60 when left out
      unchanged: true                           # the files written above are the same afterwards
"""
import argparse
import os
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "flow"))

KEYS = {"name", "evidence", "files", "run", "env", "stdin", "status", "out", "out-not", "err", "json",
        "seconds", "unchanged"}
TYPES = {"list": list, "object": dict, "text": str, "number": (int, float), "bool": bool}


def in_order(case, parts, text, whole):
    at = 0
    for part in parts:
        found = text.find(part, at)
        case.assertGreaterEqual(found, 0, f"not there (in this order): {part!r}\n{whole}")
        at = found + len(part)


def run_row(case, row):
    from flow import folder, khien
    with folder(row.get("files")) as here:
        words = [str(word).replace("{here}", here) for word in row["run"]]
        seconds, began = row.get("seconds", 60), time.monotonic()
        try:
            done = khien(*words, env=row.get("env"), stdin=row.get("stdin"), timeout_s=seconds)
        except subprocess.TimeoutExpired:
            case.fail(f"no end after {seconds} s: khien {' '.join(words)}")
        case.assertLessEqual(time.monotonic() - began, seconds)
        case.assertEqual(done.status, row.get("status", 0), f"khien {' '.join(words)}\n{done}")
        in_order(case, row.get("out", ()), done.out, done)
        in_order(case, row.get("err", ()), done.err, done)
        for part in row.get("out-not", ()):
            case.assertNotIn(part, done.out + done.err)
        for key, kind in row.get("json", {}).items():
            case.assertIsInstance(done.json().get(key), TYPES[kind], key)
        if row.get("unchanged"):
            for path, text in row.get("files", {}).items():
                with open(os.path.join(here, path), encoding="utf-8") as file:
                    case.assertEqual(file.read(), text, f"{path} was changed")


def table_case(path):
    """A TestCase class with one test for each row of the table."""
    from pack import load
    rows = load(path) or []
    methods = {}
    for number, row in enumerate(rows, 1):
        unknown = set(row) - KEYS
        if unknown or not {"name", "run"} <= set(row):
            sys.exit(f"{path}: row {number}: unknown or missing keys: {unknown or 'name, run'}")
        name = f"test_{number:03d} {row['name']}"
        if name in methods:
            sys.exit(f"{path}: row {number}: this name is taken")
        methods[name] = lambda case, row=row: run_row(case, row)
    return type(os.path.basename(path)[:-5], (unittest.TestCase,), methods)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build", default="build-test")
    options.add_argument("files", nargs="+")
    given = options.parse_args()
    os.environ["KHIEN_BUILD"] = given.build
    import tap
    result = tap.TapResult()
    for path in given.files:
        if path.endswith(".yaml"):
            suite = unittest.defaultTestLoader.loadTestsFromTestCase(table_case(path))
        else:
            suite = tap.load(path)
        suite.run(result)
    print(f"1..{result.count}")
    sys.exit(0 if result.wasSuccessful() and result.count else 1)


main()
