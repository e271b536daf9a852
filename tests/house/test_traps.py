#!/usr/bin/env python3
"""Every trap of tests/fixtures/traps.yaml has its proof, and every check its fixtures."""
import glob
import os
import re
import unittest

import yaml

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return yaml.load(file, yaml.CSafeLoader)


def fixture_names():
    names = set()
    for path in glob.glob(os.path.join(TOP, "tests/fixtures/hostaudit/*.yaml")):
        names.update(f"{case['check']}: {case['name']}" for case in load(path)["cases"])
    return names


def test_names():
    names = set()
    for path in glob.glob(os.path.join(TOP, "tests/flow/test_*.py")):
        owner, name = "", os.path.basename(path)
        names.add(f"{name}: *")
        with open(path, encoding="utf-8") as file:
            for line in file:
                if match := re.match(r"class (\w+)", line):
                    owner = match.group(1)
                elif match := re.match(r"\s+def (test_\w+)", line):
                    names.add(f"{name}: {owner}.{match.group(1)}")
    return names


class Traps(unittest.TestCase):
    def test_each_has_its_proof(self):
        there = fixture_names() | test_names()
        traps = load("tests/fixtures/traps.yaml")
        self.assertGreaterEqual(len(traps), 30)
        missing = [f"{trap['area']}: {proof}" for trap in traps for proof in trap["proof"] if proof not in there]
        self.assertEqual(missing, [])

    def test_a_proof_that_is_not_there_is_found(self):
        self.assertNotIn("pw.len: no such case", fixture_names() | test_names())
        self.assertIn("lock.deny: zero never locks", fixture_names())


if __name__ == "__main__":
    unittest.main()
