#!/usr/bin/env python3
"""No false alarm: stock Debian 12 and 13, and each with one popular server package, fail what
tests/truth/expected.yaml says they truly fail, and nothing else. Trees: tests/truth/trees.py."""
import json
import os
import subprocess
import sys
import unittest

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import trees    # noqa: E402

TOP = os.path.dirname(os.path.dirname(HERE))
KHIEN = os.path.join(TOP, os.environ.get("KHIEN_BUILD", "build-test"), "khien")
with open(os.path.join(HERE, "expected.yaml"), encoding="utf-8") as file:
    EXPECTED = yaml.load(file, yaml.CSafeLoader)


def audit(root):
    done = subprocess.run([KHIEN, "audit", "--root", root, "--format", "json", "--packs",
                           os.path.join(TOP, "packs")], stdout=subprocess.PIPE, check=True, timeout=120)
    return json.loads(done.stdout)["results"]


def failed(results):
    """{(check, subject): found} of what fails."""
    return {(result["id"], row["subject"]): row["found"] for result in results
            for row in result["subjects"] if row["result"] == "fail"}


def named(release):
    """debian-13 as a reason in expected.yaml begins, where it holds there alone."""
    return release.replace("debian-", "Debian ") + " "


class Stock(unittest.TestCase):
    def run_tree(self, release, package):
        try:
            with trees.mounted(release, package) as root:
                results = audit(root)
        except (trees.Missing, subprocess.TimeoutExpired) as error:
            self.skipTest(str(error))
        expected = {**EXPECTED["stock"], **EXPECTED["packages"].get(package, {})}
        alarms = {f"{check} {subject}": found for (check, subject), found in failed(results).items()
                  if check not in expected and f"{check} {subject}" not in expected}
        self.assertEqual(alarms, {}, "false alarms, or true ones nobody has looked at")
        said = {key for check, subject in failed(results) for key in (check, f"{check} {subject}")}
        missing = {key for key, why in EXPECTED["packages"].get(package, {}).items()
                   if key not in said and (not why.startswith("Debian ") or why.startswith(named(release)))}
        self.assertEqual(missing, set(), "the package truly fails these: false passes")
        shaky = [(result["id"], row["subject"], row["reason"]) for result in results
                 for row in result["subjects"] if row["reason"] in ("unreadable", "not-understood")]
        self.assertEqual(shaky, [], "parts of a stock tree that could not be read")
        if package is None:
            missing = {name for name in EXPECTED["stock"] if " " not in name} - \
                {check for check, _ in failed(results)}
            self.assertEqual(missing, set(), "a stock tree truly fails these: false passes")


for release_name in trees.RELEASES:
    for package_name in [None, *trees.PACKAGES]:
        setattr(Stock, f"test_{release_name} {package_name or 'stock'}",
                lambda self, r=release_name, p=package_name: self.run_tree(r, p))

if __name__ == "__main__":
    unittest.main()
