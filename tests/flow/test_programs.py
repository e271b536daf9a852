#!/usr/bin/env python3
"""The programs as such: help, versions, the shell's completion, what is not built yet says so."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from flow import BIN, BUILD, PACKS, SOURCE, khien


def program(name, *words, lang="vi"):
    return subprocess.run([os.path.join(BUILD, name), *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60, check=False,
                          env={**os.environ, "KHIEN_LANG": lang})


class Programs(unittest.TestCase):
    def test_each_tells_its_version_and_its_commands(self):
        for name in ("khien", "khien-all", "khien-agent", "khien-verify"):
            self.assertRegex(program(name, "--version").stdout, rf"^{name} \d+\.\d+\.\d+\n$")
            self.assertIn("Lệnh:", program(name).stdout)
            self.assertIn("Commands:", program(name, "help", "--lang", "en").stdout)

    def test_an_audit_loads_no_library_of_the_pages(self):
        loads = {name: set(re.findall(r"^\s*(lib\w+)", subprocess.run(
            ["ldd", os.path.join(BUILD, name)], stdout=subprocess.PIPE, text=True, check=True).stdout, re.M))
                 for name in ("khien", "khien-all")}
        others = {"libcrypto", "libssl", "libzip", "libsodium", "libqrencode", "libzstd"}
        self.assertEqual(loads["khien-all"] & others, others)
        self.assertEqual(loads["khien"] & others, set())

    def test_khien_alone_audits_and_says_what_it_misses(self):
        with tempfile.TemporaryDirectory() as base:
            alone = shutil.copy(BIN, base)
            done = subprocess.run([alone, "pack", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(f"{base}/khien-all: No such file", done.stderr)
            self.assertIn("Hãy cài lại khien", done.stderr)
            os.mkdir(f"{base}/root")
            told = [subprocess.run([one, "audit", "--packs", PACKS, "--root", f"{base}/root", "--format", "json"],
                                   stdout=subprocess.PIPE, text=True, check=True).stdout
                    for one in (alone, os.path.join(BUILD, "khien-all"))]
            self.assertEqual(*([(one["id"], one["result"], one["reason"]) for one in json.loads(text)["results"]]
                               for text in told))

    def test_the_agent_audits_and_claims_no_more(self):
        names = program("khien-agent", "complete", "--", "").stdout.split()
        self.assertEqual(names[:1], ["audit"])
        self.assertNotIn("pack", names)

    def test_the_verifier_says_when_there_is_nothing_to_verify(self):
        done = program("khien-verify", os.path.join(SOURCE, "docs"), lang="en")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("no sealed log", done.stderr)

    def test_every_help_fits_a_terminal(self):
        names = [line.strip() for line in khien("complete", "--", "").out.split()
                 if not line.startswith("-") and line not in ("help", "completion")]
        pages = [(one,) for one in names] + [("pack", two) for two in
                                             khien("complete", "--", "pack", "").out.split()]
        for page in pages:
            for lang in ("vi", "en"):
                done = khien("help", *page, "--lang", lang)
                self.assertEqual(done.status, 0, page)
                for line in done.out.splitlines():
                    self.assertLessEqual(len(line), 80, line)
                if lang == "vi":
                    self.assertNotRegex(done.out, r"\b(DIR|FILE)\b", page)

    def test_a_wrong_word_is_told_in_three_parts_and_nothing_is_printed(self):
        done = khien("pack", "chek", "packs")
        self.assertEqual((done.status, done.out), (2, ""))
        self.assertEqual(len(done.err.splitlines()), 3)

    @unittest.skipUnless(shutil.which("bash"), "bash is not installed")
    def test_bash_completes(self):
        script = (f'source <({BIN} completion bash); COMP_WORDS=(khien pack param session_); COMP_CWORD=3; '
                  f'_khien {BIN}; printf "%s\\n" "${{COMPREPLY[@]}}"')
        done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, text=True, cwd=SOURCE,
                              timeout=60, check=True)
        self.assertEqual(set(done.stdout.split()), {"session_idle_min"})

    def test_a_full_disk_is_no_success(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        with open("/dev/full", "w") as full:
            done = subprocess.run([BIN, "pack", "param"], stdout=full, stderr=subprocess.PIPE,
                                  cwd=SOURCE, timeout=60, check=False)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
