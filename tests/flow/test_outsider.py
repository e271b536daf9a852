#!/usr/bin/env python3
"""Configurations written by an outsider, who knew the manuals of the real programs and not this code.

tests/truth/outsider/*.yaml: `mixins` are named sets of files, `cases` are trees and the verdicts wanted of them:

    - name: the drop-in is read first          # a sentence
      base: [debian-12, quality]               # bases of tests/fixtures/hostaudit/base, `hardened`, mixins; later wins
      files: {/etc/ssh/…: "…", /etc/x: {remove: true}}
      add: {/etc/fstab: "…"}                   # lines behind what the base has there
      expect: {adm.ssh: fail, "lock.deny service sshd": na}    # CHECK or CHECK SUBJECT; `fail or unknown` allows both
      why: how the real program was asked, or which manual says so

How a file is told: tests/flow/test_fixtures.py.
"""
import glob
import json
import os
import subprocess
import tempfile
import unittest

import test_fixtures
from flow import BIN, PACKS, SOURCE
from pack import load

TRUTH = os.path.join(SOURCE, "tests", "truth")
KEYS = {"name", "base", "files", "add", "expect", "why"}
WORDS = {"not applicable": "na", "not-applicable": "na"}


def pieces(doc):
    """{name: files} of what a case may stand on: bases, mixins of this table and of those it names, the hardened tree."""
    known = {}
    for table in [*(load(os.path.join(TRUTH, "outsider", name + ".yaml")) for name in doc.get("mixins-of", [])), doc]:
        known.update({name: {"files": files.get("files", files)} for name, files in (table.get("mixins") or {}).items()})
    for path in glob.glob(os.path.join(test_fixtures.FIXTURES, "base", "*.yaml")):
        known[os.path.basename(path)[:-5]] = load(path)
    known["hardened"] = load(os.path.join(TRUTH, "hardened.yaml"))
    return {name: what["files"] for name, what in known.items()}


def tree_of(case, known):
    files = {}
    for name in case["base"]:
        files.update(known[name])
    files.update(case.get("files", {}))
    for path, text in case.get("add", {}).items():
        files[path] = files[path] + text
    return files


def audit(files, checks):
    """{check: result} of a tree with these files; one check alone is quicker than all."""
    only = ["--check", *checks] if len(checks) == 1 else []
    root = tempfile.mkdtemp(prefix="khien-outsider-")
    try:
        os.chmod(root, 0o755)
        for path in sorted(files, key=lambda p: (p.count("/"), p)):
            test_fixtures.put(root, path, files[path])
        done = subprocess.run([BIN, "audit", "--root", root, "--format", "json", "--packs", PACKS, *only], timeout=60,
                              capture_output=True, check=False,
                              env={**os.environ, "KHIEN_LANG": "vi", **test_fixtures.clock_for(checks)})
        if done.returncode not in (0, 1):
            raise AssertionError(done.stderr.decode())
        return {result["id"]: result for result in json.loads(done.stdout)["results"]}
    finally:
        test_fixtures.remove(root)


def outcome(results, key):
    """The verdict of CHECK, or of CHECK SUBJECT (the worst where a subject has several rows)."""
    check, _, subject = key.partition(" ")
    result = results[check]
    if not subject:
        return WORDS.get(result["result"], result["result"])
    said = {WORDS.get(row["result"], row["result"]) for row in result["subjects"] if row["subject"] == subject}
    return next((word for word in ("fail", "unknown", "pass", "na") if word in said), "no such subject")


class Outsider(unittest.TestCase):
    def run_case(self, case, known):
        self.assertLessEqual(set(case), KEYS)
        checks, files = {key.split(" ")[0] for key in case["expect"]}, tree_of(case, known)
        results = {}
        for asked in (checks - {"os.eol"}, checks & {"os.eol"}):        # which has a day of its own
            results.update(audit(files, asked) if asked else {})
        for key, wanted in case["expect"].items():
            said = outcome(results, key)
            if said not in wanted.split(" or "):
                with self.subTest(key):
                    rows = json.dumps(results[key.split(" ")[0]]["subjects"], ensure_ascii=False, indent=1)
                    self.fail(f"{key}: {said}, not {wanted}\n{case.get('why', '')}\n{rows}")


def add_cases():
    for path in sorted(glob.glob(os.path.join(TRUTH, "outsider", "*.yaml"))):
        doc = load(path)
        known, subject = pieces(doc), os.path.basename(path)[:-5]
        for number, case in enumerate(doc["cases"], 1):
            setattr(Outsider, f"test_{subject}_{number:03d} {case['name']}",
                    lambda self, case=case, known=known: self.run_case(case, known))


add_cases()
del test_fixtures.Fixtures      # its own program runs them

if __name__ == "__main__":
    unittest.main()
