#!/usr/bin/env python3
"""The system's facts against the machine's own tools: the firewall of a network of its own, apt-config, dpkg,
modprobe, logrotate and systemctl on generated configurations. A tool that is not there is skipped."""
import json
import os
import random
import re
import shutil
import subprocess
import unittest
from urllib.parse import unquote

import odd_apt
from flow import BIN, PACKS, folder, khien, rounds, write_tree

IS_ROOT = os.geteuid() == 0
ENV = dict(os.environ, KHIEN_LANG="vi", ASAN_OPTIONS="detect_leaks=0")


def need(*tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    return unittest.skipIf(missing, f"not here: {' '.join(missing)}")


def ask(root, sql):
    """Rows of a question to a tree, as lists of text."""
    done = khien("ask", "--root", root, "--format", "json", sql)
    if done.status != 0:
        raise AssertionError(str(done))
    rows = done.json()
    return [list(row.values()) for row in rows]


def can_unshare():
    return IS_ROOT and subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0


@unittest.skipUnless(can_unshare(), "no network of its own without root")
class Firewall(unittest.TestCase):
    """EVIDENCE: D10.1.b - the running firewall, asked in a network namespace."""

    def judge(self, commands, family="4"):
        words = f"{commands}\nexec {BIN} audit --check fw.input{family} --format json --packs {PACKS}"
        done = subprocess.run(["unshare", "-n", "sh", "-ec", "ip link set lo up 2>/dev/null || true\n" + words],
                              capture_output=True, env=ENV, timeout=60)
        if done.returncode != 0:
            raise AssertionError(done.stderr.decode())
        return json.loads(done.stdout)["results"][0]["result"]

    def nft(self, rules, policy="accept", family="inet"):
        return (f"nft -f - <<'END'\ntable {family} t {{\n chain input {{\n  type filter hook input priority 0; "
                f"policy {policy};\n{rules}\n }}\n chain web {{\n  tcp dport 80 accept\n }}\n"
                f" chain every {{\n  accept\n }}\n chain shut {{\n  drop\n }}\n}}\nEND\n")

    def test_without_rules_everything_is_let_in(self):
        self.assertEqual(self.judge(""), "fail")

    @need("nft")
    def test_nft(self):
        rows = [
            ("policy drop", "pass", self.nft("tcp dport 22 accept", "drop")),
            ("established and lo do not open it", "pass",
             self.nft('ct state established,related accept\niifname "lo" accept', "drop")),
            ("a last drop", "pass", self.nft("tcp dport 22 accept\ncounter drop")),
            ("a last reject, as firewalld", "pass", self.nft("tcp dport 22 accept\nreject with icmpx admin-prohibited")),
            ("chains without rules, as after ufw disable", "fail", self.nft("")),
            ("a conditional drop only", "fail", self.nft("tcp dport 23 drop")),
            ("accept before the drop", "fail", self.nft("accept", "drop")),
            ("accept of everybody", "fail", self.nft("ip saddr 0.0.0.0/0 accept", "drop", "ip")),
            ("a chain that accepts all", "fail", self.nft("jump every", "drop")),
            ("a chain that accepts a port", "pass", self.nft("jump web", "drop")),
            ("goto a chain that drops", "pass", self.nft("goto shut")),
            ("new connections let in", "fail", self.nft("ct state new accept", "drop")),
            ("new connections dropped", "pass", self.nft("ct state new drop")),
            ("one interface let in whole", "unknown", self.nft('iifname "eth0" accept', "drop")),
            ("all but lo dropped", "pass", self.nft('iifname != "lo" drop')),
            ("the other family only", "fail", self.nft("meta nfproto ipv6 drop")),
            ("its own family only", "pass", self.nft("meta nfproto ipv4 drop")),
        ]
        for name, wanted, commands in rows:
            with self.subTest(name):
                self.assertEqual(self.judge(commands), wanted)

    @need("nft")
    def test_ip6_is_a_family_of_its_own(self):
        self.assertEqual(self.judge(self.nft("", "drop", "ip"), "6"), "fail")
        self.assertEqual(self.judge(self.nft("", "drop", "ip6"), "6"), "pass")
        self.assertEqual(self.judge(self.nft("", "drop", "inet"), "6"), "pass")

    def test_iptables_of_both_kinds(self):
        rows = [("policy", "pass", "-P INPUT DROP; $I -A INPUT -i lo -j ACCEPT; $I -A INPUT -p tcp --dport 22 -j ACCEPT"),
                ("reject last", "pass", "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; $I -A INPUT -j REJECT"),
                ("open", "fail", "-A INPUT -p tcp --dport 22 -j ACCEPT"),
                ("a chain lets all in", "fail", "-P INPUT DROP; $I -N a; $I -A a -j ACCEPT; $I -A INPUT -j a")]
        for tool in ("iptables-nft", "iptables-legacy"):
            if not shutil.which(tool):
                self.skipTest(f"not here: {tool}")
            for name, wanted, words in rows:
                with self.subTest(f"{tool}: {name}"):
                    self.assertEqual(self.judge(f"I={tool}; $I {words}"), wanted)


@unittest.skipUnless(IS_ROOT and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0,
                     "no mounts of its own without root")
class LogSpace(unittest.TestCase):
    """EVIDENCE: D11.4 - free space where logs are written, on a small file system of its own."""

    def judge(self, kib):
        script = (f"mount -t tmpfs -o size=1024k tmpfs /var/log\ndd if=/dev/zero of=/var/log/x bs=1k count={kib} 2>/dev/null\n"
                  f"exec {BIN} audit --check log.overflow --format json --packs {PACKS}")
        done = subprocess.run(["unshare", "-m", "sh", "-ec", script], capture_output=True, env=ENV, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        rows = json.loads(done.stdout)["results"][0]["subjects"]
        return next(row for row in rows if row["subject"] == "/var/log")["result"]

    def test_full_and_empty(self):
        self.assertEqual(self.judge(100), "pass")
        self.assertEqual(self.judge(1000), "fail")


class Differential(unittest.TestCase):
    """Generated configurations: we say what the real program says."""

    @need("dpkg")
    def test_versions_as_dpkg_orders_them(self):
        rng = random.Random(20261124)
        pieces = ["0", "1", "01", "10", "2", "~", "~rc", "+", "a", "b", ".", "deb12u", "-", "+b1", "z", "9"]

        def version():
            text = rng.choice(["", "", "", "1:", "2:"]) + rng.choice("0123456789")
            return text + "".join(rng.choice(pieces) for _ in range(rng.randint(0, 6))) + rng.choice(["", "-1", "-0", "1"])

        for _ in range(rounds(120)):
            a, b = version(), version()
            if subprocess.run(["dpkg", "--validate-version", a], capture_output=True).returncode or \
                    subprocess.run(["dpkg", "--validate-version", b], capture_output=True).returncode:
                continue
            newer = subprocess.run(["dpkg", "--compare-versions", b, "gt", a]).returncode == 0
            with folder({"/var/lib/dpkg/status": f"Package: x\nStatus: install ok installed\nArchitecture: all\nVersion: {a}\n",
                         "/var/lib/apt/lists/s_dists_x-security_main_binary-amd64_Packages":
                             f"Package: x\nArchitecture: all\nVersion: {b}\n"}) as root:
                said = len(ask(root, "SELECT name FROM pending_updates")) == 1
            self.assertEqual(said, newer, f"{a} -> {b}")

    # one of each fault that generated files have found
    KEPT_APT = ['Zz::A "%41%42";\nZz::B %41%42;\n', 'Zz::::C "1";\nZz::::C "2";\n', 'Zz { ::D 23; B "a" "b"; };\n', 'Zz::A "a\tb";\n',
                "Zz::A\v\f1;\n", '#include-x Zz { "1"; };\nZz::A "2";\n', 'Zz { "x"; #include-x; #include; };\n', '#include;\nZz::A "1";\n',
                'Zz { "x"; #clear; };\n']

    @need("apt-config")
    def test_apt_config(self):
        rng = random.Random(20261125)
        trees = [{"/etc/apt/apt.conf.d/10a": text} for text in self.KEPT_APT]
        trees += [odd_apt.configuration(rng) for _ in range(rounds(60))]

        def mine(name):
            return re.match(r"(zz|apt::periodic::enable)(::|$)", name, re.I)

        for tree in trees:
            with folder(tree) as root:
                os.makedirs(f"{root}/etc/apt/apt.conf.d", exist_ok=True)
                with open(f"{root}/conf", "w", encoding="ascii") as out:
                    out.write(f'Dir "{root}";\nDir::Etc "etc/apt";\nDir::State::status "/dev/null";\n')
                real = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, encoding="utf-8",
                                      env=dict(os.environ, APT_CONFIG=f"{root}/conf"))
                if real.returncode != 0:
                    continue  # apt stops; so do we, as a gap
                gaps = khien("ask", "--root", root, "SELECT 1 FROM apt_config WHERE 0")
                said = sorted((row[0].lower(), row[1] or "") for row in ask(root, "SELECT name, value FROM apt_config") if mine(row[0]))
            wanted = re.findall(r'^(\S*) "(.*?)";$', real.stdout, re.M | re.S)
            wanted = sorted((name.lower(), value) for name, value in ((unquote(name), value) for name, value in wanted) if mine(name))
            self.assertEqual(said, wanted, f"{json.dumps(tree, indent=1)}\n{gaps}")

    @need("modprobe")
    def test_modprobe(self):
        rng = random.Random(20261126)
        lines = ["install usb-storage /bin/false", "install usb_storage /bin/true", "blacklist usb-storage",
                 "install usb-storage /sbin/modprobe --ignore-install usb-storage", "# install usb-storage /bin/false",
                 "install uas /bin/false", "options usb-storage quirks=x", "install \\\nusb-storage /bin/true",
                 "  install\tusb-storage\t/bin/false", "install usb-storage /bin/\\\nfalse", "install usb-storage /bin/true # tắt",
                 "# chú thích \\\ninstall usb-storage /bin/false", "INSTALL usb-storage /bin/false", "install usb-storage",
                 "install  usb-storage   /bin/false  ", "install usb-stor* /bin/false", "softdep uas pre: usb-storage",
                 "alias x usb-storage", "install usb-storage /bin/false\\", "\tblacklist usb_storage", "install usb--storage /bin/x"]
        for _ in range(rounds(60)):
            tree = {f"/etc/modprobe.d/{name}": "\n".join(rng.sample(lines, rng.randint(0, 3))) + "\n"
                    for name in rng.sample(["b.conf", "a.conf", "c.conf", "d.txt"], rng.randint(1, 3))}
            with folder({**tree, "/usr/lib/modules/x/kernel/drivers/usb/storage/usb-storage.ko": ""}) as root:
                real = subprocess.run(["modprobe", "-C", f"{root}/etc/modprobe.d", "--showconfig"],
                                      capture_output=True, text=True)
                first = re.search(r"^install usb_storage (.*)$", real.stdout, re.M)
                said = ask(root, "SELECT how, found FROM usb_storage")[0]
            if first:
                command = first.group(1).strip()
                how = ("install-loads" if "modprobe" in command else
                       "install" if command.split()[0] in ("/bin/true", "/bin/false") else "install-other")
                self.assertEqual(said, [how, "install usb-storage " + command], json.dumps(tree))
            else:
                self.assertFalse((said[0] or "").startswith("install"), json.dumps(tree))

    @need("logrotate")
    def test_logrotate(self):
        rng = random.Random(20261127)
        words = ["weekly", "daily", "monthly", "rotate 4", "rotate 12", "rotate 30", "missingok", "compress", "notifempty"]
        more = ["  weekly  ", "rotate=7", "rotate\t9", "# rotate 99", "maxage 400", "dateext", "delaycompress", "create 640 root adm",
                "postrotate\n    daily\n    rotate 1\n  endscript", "", "nocompress", "sharedscripts", "rotate 0", "rotate   3"]
        for _ in range(rounds(40)):
            body = "\n".join("  " + w for w in rng.sample(words + more, rng.randint(0, 6)))
            conf = "\n".join(rng.sample(words[:6], rng.randint(1, 3)))
            with folder({"/var/log/a.log": "x\n", "/usr/sbin/logrotate": "",
                         "/etc/cron.daily/logrotate": ""}) as root:
                write_tree(root, {"/etc/logrotate.conf": f"{conf}\nROOT/var/log/a.log {{\n{body}\n}}\n".replace("ROOT", "")})
                with open(f"{root}/real.conf", "w", encoding="ascii") as out:
                    out.write(f"{conf}\n{root}/var/log/a.log {{\n{body}\n}}\n")
                os.chmod(f"{root}/real.conf", 0o644)
                real = subprocess.run(["logrotate", "-d", "-s", f"{root}/state", f"{root}/real.conf"], capture_output=True,
                                      text=True)
                match = re.search(r"rotating pattern: \S+ +(?:after|.*?)(\d+ bytes|1 days|weekly|monthly|daily)?.*\((.*)rotations",
                                  real.stderr) or re.search(r"rotating pattern: \S+\s+(.*) \((.*) rotations\)", real.stderr)
                count = re.search(r"\((\d+) rotations\)|\(no old logs will be kept\)", real.stderr)
                said = ask(root, "SELECT period, kept FROM log_policies WHERE keeper = 'logrotate'")[0]
            self.assertIsNotNone(count, real.stderr)
            self.assertEqual(said[1], int(count.group(1) or 0), f"{conf}\n{body}\n{real.stderr}")
            line = re.search(r"rotating pattern:.*", real.stderr).group(0)
            shown = "daily" if "after 1 days" in line else "weekly" if "weekly" in line else \
                "monthly" if "monthly" in line else "size" if "bytes" in line else "?"
            self.assertEqual(said[0], shown, f"{conf}\n{body}\n{line}\n{match}")

    @need("systemctl")
    def test_units_as_systemctl_sees_them(self):
        rng = random.Random(20261128)
        tree, links = {}, {}
        for n in range(24):
            name = f"u{n}.service"
            tree[f"/usr/lib/systemd/system/{name}"] = "[Service]\nExecStart=/bin/true\n" + \
                rng.choice(["", "[Install]\nWantedBy=multi-user.target\n"])
            kind = rng.choice(["", "", "enabled", "masked"])
            if kind == "enabled":
                links[f"/etc/systemd/system/multi-user.target.wants/{name}"] = f"/usr/lib/systemd/system/{name}"
            elif kind == "masked":
                links[f"/etc/systemd/system/{name}"] = "/dev/null"
        with folder(tree) as root:
            for path, target in links.items():
                os.makedirs(os.path.dirname(root + path), exist_ok=True)
                os.symlink(target, root + path)
            said = dict(ask(root, "SELECT name, state FROM systemd_units"))
            for name, state in said.items():
                real = subprocess.run(["systemctl", f"--root={root}", "is-enabled", name], capture_output=True, text=True)
                real = real.stdout.strip()
                if real in ("static", "disabled", "indirect"):
                    real = "off"
                self.assertEqual(state, real, name)


if __name__ == "__main__":
    unittest.main()
