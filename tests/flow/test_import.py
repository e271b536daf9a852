#!/usr/bin/env python3
"""`khien audit --import`: what oscap and Lynis wrote on a real machine (tests/fixtures/import; of the
ARF only what repeats without end was taken out) becomes evidence that our own checks outrank."""
import os
import re
import sqlite3
import subprocess
import unittest

from flow import BIN, SOURCE, Server, folder, khien

FIXTURES = os.path.join(SOURCE, "tests", "fixtures", "import")
ARF, LYNIS = os.path.join(FIXTURES, "oscap-arf.xml"), os.path.join(FIXTURES, "lynis-report.dat")
# The sandbox lets no tracer in, and so no search for leaks at the end.
NO_LEAKS = {"ASAN_OPTIONS": "detect_leaks=0"}


def bring(path, *words, status=0):
    done = khien("audit", "--import", path, *words, env=NO_LEAKS)
    if done.status != status:
        raise AssertionError(str(done))
    return done


class Import(unittest.TestCase):
    def test_oscap(self):
        got = bring(ARF, "--format", "json").json()
        self.assertEqual((got["tool"], got["host"]), ("xccdf", "vm"))
        self.assertIn("anssi_np_nt28_high", got["origin"])
        with open(ARF, encoding="utf-8") as file:
            said = re.findall(r"<result>(\w+)</result>", file.read())
        self.assertEqual(got["findings"] + got["unchecked"], len(said))
        of = {(row["check"], row["rule"].split("_rule_")[1]): row for row in got["results"]}
        # oscap says pass, but the rule looks at less than the check does
        self.assertEqual(of["adm.plain", "package_telnetd_removed"]["said"], "pass")
        self.assertEqual(of["adm.plain", "package_telnetd_removed"]["result"], "unknown")
        self.assertEqual(of["log.keep", "ensure_logrotate_activated"]["result"], "not applicable")
        self.assertTrue(all(row["at_s"] == got["at_s"] or row["at_s"] > 1700000000
                            for row in got["results"]))
        self.assertIn("xccdf_org.ssgproject.content_rule_partition_for_tmp", got["unknown_rules"])

    def test_lynis(self):
        got = bring(LYNIS, "--format", "json").json()
        self.assertEqual((got["tool"], got["host"]), ("lynis", "vm"))
        with open(LYNIS, encoding="utf-8") as file:
            text = file.read()
        ran = set(re.search(r"^tests_executed=(.*)$", text, re.M).group(1).strip("|").split("|"))
        warned = set(re.findall(r"^(?:warning|suggestion)\[\]=([A-Z0-9-]+)\|", text, re.M))
        self.assertEqual({row["rule"] for row in got["results"]} | set(got["unknown_rules"]), ran | warned)
        of = {(row["check"], row["rule"]): row["result"] for row in got["results"]}
        self.assertEqual(of["acct.uid_dup", "AUTH-9208"], "pass")
        self.assertEqual(of["pw.active", "AUTH-9262"], "unknown")
        self.assertEqual(of["usb.storage", "USB-1000"], "fail")
        self.assertEqual(of["upd.os", "PKGS-7420"], "unknown")

    def test_lynis_is_not_believed_about_aide(self):
        """FINT-4402: "no SHA256 or SHA512" of a configuration that says "Checksums = H", which holds both."""
        with open(LYNIS, encoding="utf-8") as file:
            text = file.read() + "suggestion[]=FINT-4402|Use SHA256 or SHA512 to create checksums in AIDE|-|-|\n"
        with folder({"lynis-report.dat": text}) as here:
            got = bring(f"{here}/lynis-report.dat", "--format", "json").json()
        self.assertEqual([row for row in got["results"] if row["rule"] == "FINT-4402"], [])
        self.assertIn("FINT-4402", got["unknown_rules"])

    def test_what_is_refused(self):
        cases = {"empty": "", "text": "hello\n", "dtd": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
                 "cut": open(ARF, encoding="utf-8").read()[:4000], "html": "<html><body/></html>"}
        with folder(cases) as here:
            for name in cases:
                with self.subTest(name):
                    done = bring(f"{here}/{name}", status=2)
                    self.assertIn(name, done.err)

    def test_fifteen_megabytes_in_little_memory(self):
        """The XCCDF content that an ARF carries is 15 MB of what nobody needs here."""
        with open(ARF, encoding="utf-8") as file:
            head, tail = file.read().split("<arf:reports>")
        with folder() as here:
            path = f"{here}/large.xml"
            with open(path, "w", encoding="utf-8") as out:
                out.write(head + "<arf:content>")
                for number in range(120000):
                    out.write(f'<Rule id="r{number}" weight="10.0"><title xml:lang="en">Words about a rule'
                              "</title><description>More &amp; more words that are not kept</description></Rule>\n")
                out.write("</arf:content><arf:reports>" + tail)
            self.assertGreater(os.path.getsize(path), 15 << 20)
            done = bring(path, "--format", "json").json()
            self.assertEqual(done["findings"], bring(ARF, "--format", "json").json()["findings"])
            grown = subprocess.run(["/usr/bin/env", "python3", "-c", PEAK, BIN, path, ARF], text=True,
                                   stdout=subprocess.PIPE, env={**os.environ, **NO_LEAKS}, check=True)
            large, small = map(int, grown.stdout.split())
            self.assertLess(large - small, 24 << 10, f"{large} {small} KiB")

    # EVIDENCE: D11.1.b#1
    def test_it_is_kept_and_never_outranks_our_own_check(self):
        with Server() as server:
            server.set_up()
            name = sqlite3.connect(f"{server.data}/khien.db").execute("SELECT name FROM host").fetchone()[0]
            self.assertIn("bằng chứng đã ghi", bring(LYNIS, "--data", server.data, "--host", name).out)
            self.assertIn("đã nhập rồi", bring(LYNIS, "--data", server.data, "--host", name, status=2).err)
            self.assertIn("--host", bring(ARF, "--data", server.data, "--host", "no-such", status=2).err)
            rows = sqlite3.connect(f"{server.data}/khien.db").execute(
                "SELECT check_id, person, at_s, outcome FROM evidence WHERE by_person = 2").fetchall()
            self.assertTrue(any(row[0] == "acct.uid_dup" for row in rows))
            self.assertTrue(all(row[1].startswith("Lynis 3.") for row in rows))
            self.assertTrue(all(row[2] < 1900000000 for row in rows))
            # usb.storage: our own check answers, whatever Lynis says
            own = sqlite3.connect(f"{server.data}/khien.db").execute(
                "SELECT count(*) FROM evidence WHERE by_person = 0 AND check_id = 'usb.storage'").fetchone()
            self.assertGreater(own[0], 0)


PEAK = """
import resource, subprocess, sys
peaks = []
for path in sys.argv[3:1:-1]:
    subprocess.run([sys.argv[1], "audit", "--import", path], stdout=subprocess.DEVNULL, check=True)
    peaks.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(peaks[1], peaks[0])
"""

if __name__ == "__main__":
    unittest.main()
