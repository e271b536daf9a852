#!/usr/bin/env python3
"""Every test that tests/bad-input.md names is there."""
import glob
import os
import re
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return file.read()


def unit_tests():
    """{name of the program: its functions}"""
    found = {}
    for path in glob.glob(os.path.join(TOP, "src/**/meson.build"), recursive=True):
        for name, file in re.findall(r"'(\w+)': \[files\('(\w+_test\.c)'", read(path)):
            text = read(os.path.dirname(path), file)
            found[name] = set(re.findall(r"^static void (\w+)\(void \*\*state\)", text, re.M))
    return found


def flow_tests():
    """{test_NAME: its classes and Class.test_name}"""
    found = {}
    for path in glob.glob(os.path.join(TOP, "tests/flow/test_*.py")):
        owner, names = "", found.setdefault(os.path.basename(path)[:-3], set())
        for kind, name in re.findall(r"^(class|    def) (\w+)", read(path), re.M):
            owner = name if kind == "class" else owner
            names.add(owner if kind == "class" else f"{owner}.{name}")
    return found


def fuzz_targets():
    return {os.path.basename(path)[5:-2] for path in glob.glob(os.path.join(TOP, "fuzz/fuzz_*.c"))}


def is_there(name, names):
    """A name that ends in an ellipsis stands for several."""
    return any(one.startswith(name[:-1]) for one in names) if name.endswith("…") else name in names


def missing(cell, unit, flow, fuzz):
    """What a cell "shown by" names and nobody has."""
    lost = []
    for part in re.split(r"\s*[·;]\s*", cell):
        match = re.match(r"(unit|flow|fuzz) ([\w, ]+?)(?:: (.*))?$", part)
        if not match:
            continue                                    # words, not a name
        kind, files, tests = match.groups()
        for file in files.split(", "):
            known = {"unit": unit, "flow": flow, "fuzz": {name: set() for name in fuzz}}[kind].get(file)
            if known is None:
                lost.append(f"{kind} {file}")
            lost += [f"{kind} {file}: {name}" for name in (tests or "").split(", ")
                     if name and known is not None and not is_there(name.strip(), known)]
    return lost


class BadInput(unittest.TestCase):
    def test_each_named_test_is_there(self):
        rows = [line.strip("|").split("|") for line in read("tests", "bad-input.md").splitlines() if line.startswith("| ")]
        cells = [row[2].strip() for row in rows if row[2].strip() != "shown by"]
        self.assertGreater(len(cells), 30)
        known = unit_tests(), flow_tests(), fuzz_targets()
        self.assertEqual([lost for cell in cells for lost in missing(cell, *known)], [])

    def test_a_test_that_is_not_there_is_missed(self):
        known = unit_tests(), flow_tests(), fuzz_targets()
        self.assertEqual(missing("unit wal: no_such · flow test_quota: Quota.test_no · fuzz wal, never", *known),
                         ["unit wal: no_such", "flow test_quota: Quota.test_no", "fuzz never"])


if __name__ == "__main__":
    unittest.main()
