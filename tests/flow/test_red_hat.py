#!/usr/bin/env python3
"""What the programs of the RHEL family make of their files, and what khien makes of them: dnf-automatic's own
reader of automatic.conf, firewalld's own readers of firewalld.conf and zones, on generated texts, many of them odd.
KHIEN_ROUNDS=10000 tries that many. Both programs are packaged in Debian, too.
"""
import json
import os
import random
import subprocess
import tempfile
import unittest

from flow import rounds, write_tree, khien

DNF = """
import json, sys, logging
import dnf.automatic.main as main
for line in sys.stdin:
    try:
        print(json.dumps(bool(main.AutomaticConfig(json.loads(line)).commands.apply_updates)))
    except Exception:
        print(json.dumps("refused"))
"""
FIREWALLD = """
import json, sys, os
from firewall.core.io.zone import zone_reader
from firewall.core.io.firewalld_conf import firewalld_conf
for line in sys.stdin:
    conf, zone = json.loads(line)
    if conf:
        read = firewalld_conf(conf)
        try:
            read.read()
            print(json.dumps(read.get("DefaultZone")))
        except Exception:
            print(json.dumps("refused"))
    else:
        try:
            print(json.dumps(zone_reader(os.path.basename(zone), os.path.dirname(zone)).target))
        except Exception:
            print(json.dumps("refused"))
"""
PYTHON = "/usr/bin/python3"     # the one whose packages are Debian's
TIMERS = {
    "/etc/os-release": 'ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n',
    "/usr/bin/dnf-automatic": "",
    "/usr/lib/systemd/system/dnf-automatic.timer": "[Timer]\nOnCalendar=*-*-* 6:00\n",
    "/usr/lib/systemd/system/dnf-automatic.service":
        "[Service]\nExecStart=/usr/bin/dnf-automatic /etc/dnf/automatic.conf --timer\n",
    "/usr/sbin/firewalld": "",
    "/usr/lib/systemd/system/firewalld.service": "[Service]\n",
}


def can(program):
    return subprocess.run([PYTHON, "-c", program.split("for line")[0]], capture_output=True, check=False).returncode == 0


def ask(program, lines):
    done = subprocess.run([PYTHON, "-c", program], input="".join(json.dumps(line) + "\n" for line in lines),
                          capture_output=True, text=True, timeout=600, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line[:1] in '"tfn']


def root_of(base, number, files):
    root = os.path.join(base, str(number))
    write_tree(root, {**TIMERS, **files})
    for folder, unit in (("timers", "dnf-automatic.timer"), ("multi-user", "firewalld.service")):
        wants = f"{root}/etc/systemd/system/{folder}.target.wants"
        os.makedirs(wants)
        os.symlink(f"/usr/lib/systemd/system/{unit}", f"{wants}/{unit}")
    return root


class RedHat(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(2109)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def automatic_conf(self):
        pick = self.chance.choice
        values = ["yes", "no", "YES", "On", "1", "0", "true", "'yes'", '"yes"', "'yes", "yes # x", "yes no", "", "enabled", "yes=no"]
        lines = [pick(["", "", "# x", "[commands]"])] if self.chance.random() < 0.3 else []
        lines.append(pick(["[commands]"] * 8 + ["[Commands]", "[ commands ]", "[commands] # x", "[commands", "[commands];", "[]"]))
        for _ in range(self.chance.randint(0, 5)):
            lines.append(pick([f"apply_updates{pick([' = ', '=', ' =', '  =  '])}{pick(values)}"] * 6
                              + ["upgrade_type = security", "", "   ", "# apply_updates = yes", "; x", "[emitters]",
                                 "[commands]", "emit_via = stdio"] * 2
                              + ["  more", "\tno", "apply now", "= yes", " # x", "Apply_updates = yes"]))
        return "\n".join(lines) + pick(["\n", "\n", "", "\r\n"])

    # one in a thousand: a line of spaces alone ends no value
    KEPT = ["[commands]\napply_updates = yes\n   \n  more\n", "[commands]\napply_updates = yes\n   \n"]

    # EVIDENCE: D11.1.b, D13.1
    @unittest.skipUnless(can(DNF), "needs dnf")
    def test_automatic_conf_as_dnf_automatic_reads_it(self):
        texts = self.KEPT + [self.automatic_conf() for _ in range(rounds(60))]
        roots = [root_of(self.folder.name, n, {"/etc/dnf/automatic.conf": text}) for n, text in enumerate(texts)]
        told = ask(DNF, [root + "/etc/dnf/automatic.conf" for root in roots])
        self.assertEqual(len(told), len(texts))
        self.assertGreater(len(set(map(str, told))), 2)
        for text, root, wanted in zip(texts, roots, told):
            row = json.loads(khien("ask", "SELECT problem FROM auto_updates", "--format", "json", "--root", root).out)[0]
            found = {None: True, "": True, "upgrade-off": False, "dnf-refuses": "refused"}.get(row["problem"], row["problem"])
            self.assertEqual(found, wanted, repr(text))

    def conf(self):
        pick = self.chance.choice
        return "".join(pick([f"DefaultZone{pick(['=', ' = '])}{pick(['public', 'drop', 'work', '', 'home=x', 'block # x'])}\n"] * 4
                            + ["# DefaultZone=drop\n", "; x\n", "\n", "LogDenied=off\n", "nonsense\n", " DefaultZone=dmz\n"])
                       for _ in range(self.chance.randint(0, 5)))

    def zone(self):
        pick = self.chance.choice
        target = pick(["", "", ' target="ACCEPT"', " target='DROP'", ' target="default"', ' target="%%REJECT%%"', ' target="accept"',
                       ' target="ALLOW"', ' target="REJECT"', ' target=""', " target=DROP"])
        inner = pick(["", "<short>a</short>", "<!-- <zone target=\"ACCEPT\"/> -->", '<service name="ssh"/>', "<short>a&amp;b</short>", "<a", "</zone>"])
        return pick(["", '<?xml version="1.0" encoding="utf-8"?>\n', "<!-- x -->\n", "x"]) + f"<zone{target}>\n{inner}</zone>" + pick(["", "\n", "\n<x>"])

    # EVIDENCE: D10.1.b
    @unittest.skipUnless(can(FIREWALLD), "needs firewalld")
    def test_zones_as_firewalld_reads_them(self):
        zones = "<zone><short>x</short></zone>\n"
        made = [(self.conf(), self.zone()) for _ in range(rounds(60))]
        roots = [root_of(self.folder.name, n, {
            **{f"/usr/lib/firewalld/zones/{name}.xml": zones for name in ("public", "drop", "work", "dmz", "home", "block")},
            "/etc/firewalld/firewalld.conf": conf, "/srv/mine.xml": zone})
            for n, (conf, zone) in enumerate(made)]
        names = ask(FIREWALLD, [(root + "/etc/firewalld/firewalld.conf", None) for root in roots])
        targets = ask(FIREWALLD, [(None, root + "/srv/mine.xml") for root in roots])
        self.assertEqual((len(names), len(targets)), (len(made), len(made)))
        self.assertGreater(len(set(targets)), 3)
        for (conf, zone), root, name, target in zip(made, roots, names, targets):
            self.assertEqual(self.found(root), f"DefaultZone={name if name in ('public', 'drop', 'work', 'dmz') else 'public'}", repr(conf))
            write_tree(root, {"/etc/firewalld/firewalld.conf": "DefaultZone=mine\n", "/etc/firewalld/zones/mine.xml": zone})
            wanted = {"refused": ": refused", "ACCEPT": " target=ACCEPT"}.get(target, " target=")
            said = self.found(root, whole=True)
            self.assertTrue(said.startswith(f"DefaultZone=mine{wanted}"), f"{target} {said} {zone!r}")
            if target not in ("refused", "ACCEPT"):
                self.assertEqual(said.split("target=")[1], {"{chain}_{zone}": "default"}.get(target, target), repr(zone))

    @staticmethod
    def found(root, whole=False):
        rows = json.loads(khien("ask", "SELECT found FROM firewall_boot WHERE mechanism = 'firewalld'", "--format", "json",
                                "--root", root).out)
        return rows[0]["found"] if whole else rows[0]["found"].split()[0].rstrip(":")


if __name__ == "__main__":
    unittest.main()
