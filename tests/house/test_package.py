"""What the package says agrees with what the tree says."""
import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
from flow import SOURCE  # noqa: E402


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def listed(name):
    """The first-named package of each line of tools/packages/NAME.txt."""
    lines = (line.split("#")[0].split() for line in read(f"tools/packages/{name}.txt").splitlines())
    return [words[0] for words in lines if words]


class Package(unittest.TestCase):
    def test_build_depends_are_the_build_packages(self):
        wanted = set(listed("build")) - {"gcc", "libc6-dev"}     # those are build-essential
        field = re.search(r"^Build-Depends:(.*(?:\n .*)*)", read("debian/control"), re.M).group(1)
        named = {re.sub(r"[:(].*", "", word).strip() for word in field.split(",")}
        self.assertEqual(named - {"debhelper-compat"}, wanted)

    def test_one_version(self):
        built = re.search(r"^\s*version: '([^']*)'", read("meson.build"), re.M).group(1)
        packed = re.match(r"khien \(([^)]*)\)", read("debian/changelog")).group(1)
        self.assertEqual(built, packed)
        self.assertIn(f"## {built}", read("CHANGELOG.md"))

    def test_service_starts_the_program_that_is_installed(self):
        start = re.search(r"^ExecStart=(\S+) serve (.*)$", read("debian/khien.service"), re.M)
        self.assertEqual(start.group(1), "/usr/bin/khien")
        self.assertIn("usr/share/khien", read("debian/khien.install"))
        self.assertIn("--packs /usr/share/khien/packs", start.group(2))

    def test_service_leaves_the_powers_that_the_sandbox_keeps(self):
        kept = set(re.findall(r"\bCAP_[A-Z]+_?[A-Z_]*\b", re.search(
            r"keep_capabilities\(.*?^\}", read("src/kit/sandbox/sandbox.c"), re.M | re.S).group()))
        kept -= {"CAP_PERMITTED", "CAP_EFFECTIVE", "CAP_INHERITABLE", "CAP_SET"}
        left = " ".join(re.findall(r"^CapabilityBoundingSet=(.*)$", read("debian/khien.service"), re.M))
        self.assertEqual(set(left.split()), kept)

    def test_browser_tests_run_on_the_node_of_debian_12(self):
        lock = json.loads(read("tests/browser/package-lock.json"))
        for name, package in lock["packages"].items():
            least = re.fullmatch(r">=\s*(\d+).*", package.get("engines", {}).get("node", ">=0"))
            self.assertTrue(least and int(least.group(1)) <= 18, f"{name}: {package.get('engines')}")


if __name__ == "__main__":
    unittest.main()
