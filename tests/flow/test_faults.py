#!/usr/bin/env python3
"""A hardened tree passes every check; take one thing away, and the check that guards it fails, and no
other. The tree is tests/truth/hardened.yaml, the faults are tests/truth/faults.yaml."""
import os
import shutil
import unittest

import test_fixtures
from flow import SOURCE, khien
from pack import load

TRUTH = os.path.join(SOURCE, "tests", "truth")


def hardened():
    return {**test_fixtures.base_files("debian-12"),
            **load(os.path.join(TRUTH, "hardened.yaml"))["files"]}


def changed(files, fault):
    """FILES with the fault in them. A text to be swapped that is not there is no fault."""
    files = dict(files)
    for path in fault.get("drop", ()):
        del files[path]
    files.update(fault.get("set", {}))
    for path, (old, new) in fault.get("swap", {}).items():
        if old not in files[path]:
            raise AssertionError(f"{fault['name']}: {old!r} does not stand in {path}")
        files[path] = files[path].replace(old, new)
    for path, lines in fault.get("add", {}).items():
        files[path] += lines
    return files


class Faults(unittest.TestCase):
    def outcomes(self, files):
        """{check: result} of a tree with these files."""
        root = test_fixtures.tempfile.mkdtemp(prefix="khien-fault-")
        try:
            os.chmod(root, 0o755)
            for path in sorted(files, key=lambda p: (p.count("/"), p)):
                test_fixtures.put(root, path, files[path])
            done = khien("audit", "--root", root, "--format", "json")
            self.assertEqual(done.status, 0, done)
            support = test_fixtures.audit(root, "os.eol", False)        # of the day the tree was written on
            return {**{result["id"]: result for result in done.json()["results"]}, "os.eol": support}
        finally:
            shutil.rmtree(root, ignore_errors=True)

    def test_000_the_hardened_tree_passes_everything(self):
        for name, result in self.outcomes(hardened()).items():
            if result["result"] not in ("pass", "not applicable"):
                with self.subTest(name):
                    self.fail(f"{name}: {result['result']}: {result['subjects']}")

    def run_fault(self, fault):
        results = self.outcomes(changed(hardened(), fault))
        failed = {name for name, result in results.items() if result["result"] == "fail"}
        self.assertEqual(failed, set(fault["fails"]),
                         {name: results[name]["subjects"] for name in failed ^ set(fault["fails"])})


def add_faults():
    for number, fault in enumerate(load(os.path.join(TRUTH, "faults.yaml"))["faults"], 1):
        setattr(Faults, f"test_{number:03d} {fault['name']}",
                lambda self, fault=fault: self.run_fault(fault))


add_faults()
del test_fixtures.Fixtures      # its own program runs them

if __name__ == "__main__":
    unittest.main()
