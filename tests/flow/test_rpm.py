#!/usr/bin/env python3
"""Packages of rpm: what khien reads out of rpmdb.sqlite is what rpm itself says of the same tree, file by
file, and what was changed behind its back is what rpm -V finds.
"""
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest

from flow import BIN, rounds, write_tree

ENV = {**os.environ, "KHIEN_LANG": "vi", "ASAN_OPTIONS": "detect_leaks=0", "LC_ALL": "C.UTF-8"}
CONFIG, GHOST = 1, 64
WORDS = ["alpha", "beta", "core", "data", "extra", "fonts", "gate", "httpd", "init", "kernel"]


def run(*words, check=True):
    done = subprocess.run(words, capture_output=True, env=ENV, timeout=120, check=False)
    if check and done.returncode not in (0, 1):
        raise AssertionError(f"{words}: {done.returncode}\n{done.stderr.decode()}")
    return done.stdout.decode("utf-8", "replace")


def khien(root, sql, *options):
    return json.loads(run(BIN, "ask", sql, "--format", "json", "--root", root, *options))


class Tree:
    """A root with packages that rpmbuild made and rpm installed."""

    def __init__(self, base, chance, count):
        self.base, self.chance, self.root = base, chance, os.path.join(base, "root")
        os.makedirs(os.path.join(self.root, "etc"))
        with open(os.path.join(self.root, "etc/os-release"), "w", encoding="utf-8") as out:
            out.write('ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="AlmaLinux 9.4"\n')
        for number in range(count):
            self.install(self.build(f"{chance.choice(WORDS)}-{number}"))

    def build(self, name):
        chance, files, lines = self.chance, [], []
        for _ in range(chance.randint(0, 12)):
            path = "/".join(["", chance.choice(["usr/bin", "usr/lib64", "etc", "usr/share/doc", "opt/a b", "usr/sbin"]),
                             *(f"{name}.d" for _ in range(chance.randint(0, 1))),
                             f"{name}-{len(files)}" + chance.choice(["", ".so.1", ".conf", " two words", ".tiếng"])])
            files.append(path)
            lines.append(f"mkdir -p \"%{{buildroot}}{os.path.dirname(path)}\"; printf %s "
                         f"{chance.randint(0, 1 << 60)} > \"%{{buildroot}}{path}\"")
        algorithm = chance.choice([1, 8, 8, 8, 10])
        kinds = ["%config ", "%config(noreplace) ", "%doc ", "", "", "", "", "%attr(4755,root,root) "]
        spec = [f"Name: {name}", f"Version: {chance.randint(0, 9)}.{chance.randint(0, 20)}~rc{chance.randint(0, 3)}",
                f"Release: {chance.randint(1, 300)}.el9", "Summary: x", "License: x", "BuildArch: noarch",
                *([f"Epoch: {chance.randint(0, 4)}"] if chance.random() < 0.4 else []),
                *(["Group: System/Base"] if chance.random() < 0.5 else []),
                "%description", "x", "%install", *lines, "%files", "%dir /",
                *(f'{"%ghost " if chance.random() < 0.1 else chance.choice(kinds)}"{path}"' for path in files)]
        path = os.path.join(self.base, name + ".spec")
        with open(path, "w", encoding="utf-8") as out:
            out.write("\n".join(line for line in spec if line != "%dir /") + "\n")
        run("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {self.base}/build", "--define",
            f"_binary_filedigest_algorithm {algorithm}", "--define", "__os_install_post %{nil}",
            "--define", "_build_id_links none", path)
        return os.path.join(self.base, "build/RPMS/noarch",
                            next(one for one in os.listdir(f"{self.base}/build/RPMS/noarch")
                                 if one.startswith(name + "-")))

    def install(self, package):
        self.rpm("-i", "--nodeps", "--nosignature", "--ignoreos", package)

    def rpm(self, *words):
        done = subprocess.run(["rpm", "--root", self.root, "--dbpath", "/var/lib/rpm", *words],
                              capture_output=True, env=ENV, timeout=120, check=False)
        return done.stdout.decode("utf-8", "replace")


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("rpmbuild") and shutil.which("rpm"), "needs root and rpmbuild")
class Rpm(unittest.TestCase):
    maxDiff = None
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="khien-rpm-")
        cls.tree = Tree(cls.base, random.Random(1126), rounds(12))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.base, ignore_errors=True)

    def test_1_packages_as_rpm_lists_them(self):
        told = self.tree.rpm("-qa", "--qf", "%{NAME}|%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}|%{ARCH}\\n")
        wanted = sorted(tuple(line.split("|")) for line in told.splitlines())
        found = khien(self.tree.root, "SELECT name, version, arch FROM packages WHERE is_installed")
        self.assertGreater(len(wanted), 10)
        self.assertEqual(sorted((row["name"], row["version"], row["arch"]) for row in found), wanted)

    def test_2_nothing_is_altered_before_it_is(self):
        self.assertEqual(khien(self.tree.root, "SELECT * FROM package_files", "--deep"), [])

    # EVIDENCE: D11.3
    def test_3_what_runs_belongs_to_a_package_or_not(self):
        root = self.tree.root
        told = self.tree.rpm("-qa", "--qf", "[%{FILENAMES}|%{=NAME}|%{FILEFLAGS}\\n]").splitlines()
        owner = {path: name for path, name, flags in (line.split("|") for line in told) if int(flags) == 0 and path.startswith("/usr/")}
        mine, other = sorted(owner)[:2]
        os.makedirs(os.path.join(root, "srv"), exist_ok=True)
        for path, content in (("/srv/planted", b"x"), (other, b"changed")):
            with open(root + path, "wb") as out:
                out.write(content)
        write_tree(root, {"/proc/stat": "btime 1700000000\n"})
        for pid, path in (("71", mine), ("72", other), ("73", "/srv/planted")):
            write_tree(root, {f"/proc/{pid}/stat": f"{pid} (x) S 1 {pid} {pid} 0 -1 4194560 " + "0 " * 40,
                              f"/proc/{pid}/maps": f"00400000-00452000 r-xp 00000000 08:02 17 {path}\n"})
            os.symlink(path, f"{root}/proc/{pid}/exe")
        found = khien(root, "SELECT path, package, state, proof FROM running_files", "--deep")
        shutil.rmtree(root + "/proc")
        self.assertEqual({row["path"]: (row["package"], row["state"], row["proof"] or "") for row in found}, {
            mine: (owner[mine], "intact", self.kind(mine)), other: (owner[other], "altered", self.kind(other)),
            "/srv/planted": (None, "unpackaged", "")})

    def kind(self, path):
        number = self.tree.rpm("-qf", "--qf", "%{FILEDIGESTALGO}", path)
        return {"(none)": "md5", "1": "md5", "8": "sha256", "10": "sha512"}[number]

    # EVIDENCE: D11.3
    def test_4_altered_and_lost_files_as_rpm_verifies(self):
        """rpm -Va: '5' in the third place of the marks, or 'missing'; configuration is the administrator's."""
        paths = [line for line in self.tree.rpm("-qal").splitlines()]
        for path in self.tree.chance.sample(paths, len(paths) // 2):
            full = self.tree.root + path
            if not os.path.isfile(full):
                continue
            if self.tree.chance.random() < 0.3:
                os.unlink(full)
            else:
                with open(full, "ab") as out:
                    out.write(b"x")
        wanted = {}
        flags = dict(line.rsplit("|", 1) for line in self.tree.rpm("-qa", "--qf", "[%{FILENAMES}|%{FILEFLAGS}\\n]").splitlines())
        flags = {path: int(number) for path, number in flags.items()}
        for line in self.tree.rpm("-Va", "--nodeps").splitlines():
            marks, path = re.match(r"(\S+) +(?:[cdglr] )? *(/.*)", line).groups()
            if flags[path] & (CONFIG | GHOST):
                continue
            if marks.startswith("missing"):
                wanted[path] = "gone"
            elif marks[2] == "5":
                wanted[path] = "altered"
        self.assertGreater(len(wanted), 10)
        found = khien(self.tree.root, "SELECT path, state FROM package_files", "--deep")
        self.assertEqual({row["path"]: row["state"] for row in found}, wanted)

    def test_5_a_cut_database_is_a_gap_and_no_empty_list(self):
        broken = os.path.join(self.base, "broken")
        os.makedirs(os.path.join(broken, "var/lib/rpm"))
        with open(os.path.join(self.tree.root, "var/lib/rpm/rpmdb.sqlite"), "rb") as whole:
            data = whole.read()
        for size in (0, 100, 4096, len(data) // 2, len(data) - 4096):
            with open(os.path.join(broken, "var/lib/rpm/rpmdb.sqlite"), "wb") as out:
                out.write(data[:size])
            done = subprocess.run([BIN, "ask", "SELECT count(*) AS n FROM packages", "--root", broken],
                                  capture_output=True, env=ENV, timeout=60, check=False)
            self.assertIn("rpmdb.sqlite", done.stdout.decode() + done.stderr.decode(), size)

    def test_6_a_view_in_place_of_the_table(self):
        import sqlite3
        trap = os.path.join(self.base, "trap")
        os.makedirs(os.path.join(trap, "var/lib/rpm"))
        db = sqlite3.connect(os.path.join(trap, "var/lib/rpm/rpmdb.sqlite"))
        db.execute("CREATE VIEW Packages(hnum, blob) AS WITH RECURSIVE n(i) AS "
                   "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'x' FROM n")
        db.commit()
        db.close()
        done = subprocess.run([BIN, "ask", "SELECT count(*) AS n FROM packages", "--root", trap],
                              capture_output=True, env=ENV, timeout=20, check=False)
        self.assertIn("rpmdb.sqlite", done.stdout.decode() + done.stderr.decode())


class Older(unittest.TestCase):
    """Before RHEL 9 rpm kept Berkeley DB, SUSE keeps ndb: neither is read, and the words say so."""

    def test_is_told(self):
        for path in ("var/lib/rpm/Packages", "usr/lib/sysimage/rpm/Packages.db"):
            with self.subTest(path), tempfile.TemporaryDirectory() as root:
                os.makedirs(os.path.dirname(os.path.join(root, path)))
                with open(os.path.join(root, path), "wb") as out:
                    out.write(b"x")
                done = subprocess.run([BIN, "ask", "SELECT name FROM packages", "--root", root],
                                      capture_output=True, text=True, check=False)
                self.assertIn("rpm trước RHEL 9", done.stderr)


if __name__ == "__main__":
    unittest.main()
