#!/usr/bin/env python3
"""The audit of this very machine: it agrees with the machine's own tools, finds what the test plants,
never says pass where it has no right to look, runs no program, and leaks no secret.

A tool or right that is not there skips its test by name.
"""
import contextlib
import fcntl
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from flow import BIN, PACKS, Server, where_nobody_reaches
from shard import wait_for

IS_ROOT = os.geteuid() == 0
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
ENV = {**os.environ, "KHIEN_LANG": "vi", "ASAN_OPTIONS": "detect_leaks=0", "LC_ALL": "C"}


def run(*words, before=(), check=True, timeout=60):
    done = subprocess.run([*before, *words], capture_output=True, env=ENV, timeout=timeout,
                          check=False)
    if check and done.returncode not in (0, 1):
        raise AssertionError(f"{words}: {done.returncode}\n{done.stderr.decode()}")
    return done.stdout.decode("utf-8", "replace")


def ask(sql, *options, before=()):
    return json.loads(run(BIN, "ask", sql, "--format", "json", *options, before=before))


def audit(*options, before=()):
    """{check id: result}"""
    text = run(BIN, "audit", "--format", "json", "--packs", PACKS, *options, before=before)
    return {result["id"]: result for result in json.loads(text)["results"]}


def has(*programs):
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return all(shutil.which(program, path=path) for program in programs)


def rows_of(result, outcome):
    return {row["subject"] for row in result["subjects"] if row["result"] == outcome}


@contextlib.contextmanager
def running(*words, **options):
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, **options)
    try:
        time.sleep(0.3)
        yield child
    finally:
        child.kill()
        child.wait()


LISTENERS = """
import socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
keep = []
def listen(family, kind, address, port, v6only=None):
    s = socket.socket(family, kind)
    if v6only is not None:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    s.bind((address, port))
    if kind == socket.SOCK_STREAM:
        s.listen()
    keep.append(s)
T, U = socket.SOCK_STREAM, socket.SOCK_DGRAM
listen(socket.AF_INET, T, "0.0.0.0", 2301)
listen(socket.AF_INET, T, "127.0.0.1", 2302)
listen(socket.AF_INET6, T, "::", 2303, 0)
listen(socket.AF_INET6, T, "::", 2304, 1)
listen(socket.AF_INET6, T, "::1", 2305)
listen(socket.AF_INET, U, "0.0.0.0", 2306)
listen(socket.AF_INET6, U, "::", 2307, 1)
connected = socket.socket(socket.AF_INET, U); connected.connect(("127.0.0.1", 2306)); keep.append(connected)
bound = socket.socket(socket.AF_INET, T)
bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
bound.bind(("0.0.0.0", 2308)); bound.listen(); keep.append(bound)
ours = subprocess.run(sys.argv[1:], capture_output=True, text=True)
theirs = subprocess.run(["ss", "-tulpnH"], capture_output=True, text=True)
sys.stderr.write(ours.stderr)
print(ours.stdout, "=====", theirs.stdout, sep="\\n")
"""


class Agrees(unittest.TestCase):
    """With the machine's own tools."""

    # EVIDENCE: D10.1.c#3, D11.7#1
    @unittest.skipUnless(IS_ROOT and has("ss", "unshare", "ip"), "needs root, ss, unshare and ip")
    def test_listening_ports_with_ss(self):
        sql = "SELECT * FROM listening_ports WHERE namespace = ''"
        out = run("unshare", "-n", sys.executable, "-c", LISTENERS, BIN, "ask", sql, "--format", "json")
        ours, theirs = out.split("=====")
        ours = json.loads(ours)
        mine = {(r["protocol"], r["address"], r["port"], r["pid"]) for r in ours}
        said = set()
        for line in theirs.strip().splitlines():
            words = line.split()
            address, port = words[4].rsplit(":", 1)
            address = address.strip("[]").split("%")[0]
            address = {"*": "::"}.get(address, address)
            pid = re.search(r"pid=(\d+)", line)
            said.add((words[0], address, int(port), int(pid.group(1)) if pid else None))
        self.assertEqual(mine, said)
        by_port = {r["port"]: r for r in ours}
        self.assertEqual({p: r["is_external"] for p, r in by_port.items()},
                         {2301: 1, 2302: 0, 2303: 1, 2304: 1, 2305: 0, 2306: 1, 2307: 1, 2308: 0})
        self.assertEqual([by_port[p]["is_dual"] for p in (2303, 2304)], [1, 0])
        self.assertTrue(all(r["program"].startswith("python") for r in ours), ours)

    # EVIDENCE: D12.8#2
    @unittest.skipUnless(has("findmnt"), "needs findmnt")
    def test_mounts_with_findmnt(self):
        for _ in range(3):      # somebody may mount in between
            before = run("findmnt", "-rno", "TARGET,FSTYPE,MAJ:MIN")
            mine = sorted((r["path"], r["type"], r["major_minor"])
                          for r in ask("SELECT path, type, major_minor FROM mounts"))
            if before == run("findmnt", "-rno", "TARGET,FSTYPE,MAJ:MIN"):
                break
        # the raw form writes blanks as \\x20
        said = sorted(tuple(re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(int(m.group(1), 16)), word)
                            for word in line.split(" ")) for line in before.splitlines())
        self.assertEqual(mine, said)

    # EVIDENCE: D12.2
    @unittest.skipUnless(has("lsblk"), "needs lsblk")
    def test_disks_below_file_systems_with_lsblk(self):
        rows = [r for r in ask("SELECT path, device, disks, is_encrypted FROM storage") if r["device"]]
        devices = {r["device"]: r for r in rows if os.path.exists(f"/dev/{r['device']}")}
        if not devices:
            self.skipTest("no file system of this machine is on a block device")
        for device, row in devices.items():
            below = [line.split() for line in run("lsblk", "-nrso", "NAME,TYPE", f"/dev/{device}").splitlines()]
            self.assertEqual(sorted(row["disks"].replace(",", " ").split()), sorted({name for name, kind in below if kind == "disk"}), row)
            self.assertEqual(bool(row["is_encrypted"]), any(kind == "crypt" for _, kind in below), row)

    # EVIDENCE: D11.3
    @unittest.skipUnless(has("lsmod") and os.path.exists("/proc/modules"), "needs lsmod and a kernel with modules")
    def test_modules_with_lsmod(self):
        said = sorted(line.split()[0] for line in run("lsmod").splitlines()[1:])
        self.assertEqual(sorted(r["name"] for r in ask("SELECT name FROM kernel_modules WHERE NOT is_hidden")), said)

    # EVIDENCE: D7.1.c
    @unittest.skipUnless(has("ip"), "needs ip")
    def test_links_with_ip(self):
        links = {link["ifname"]: link for link in json.loads(run("ip", "-j", "link"))}
        mine = {r["name"]: r["state"] for r in ask("SELECT name, state FROM net_links WHERE state IN ('up', 'down')")}
        self.assertEqual(set(mine), {name for name in links if os.path.exists(f"/sys/class/net/{name}/device")})
        for name, state in mine.items():
            self.assertEqual(state == "up", links[name]["operstate"] == "UP" or
                             (links[name]["operstate"] == "UNKNOWN" and "UP" in links[name]["flags"]), links[name])
        addresses = [a for link in json.loads(run("ip", "-j", "-6", "addr")) for a in link["addr_info"] if a["scope"] != "host"]
        said = ask("SELECT has_ip6 FROM host_profile")[0]["has_ip6"]
        self.assertEqual(bool(said), bool(addresses))

    # EVIDENCE: D11.4
    @unittest.skipUnless(has("df"), "needs df")
    def test_free_space_with_df(self):
        for row in ask("SELECT * FROM log_space"):
            size, free, used, inodes, inodes_used = map(int, run(
                "df", "-B1", "--output=size,avail,used,iavail,iused", row["path"]).splitlines()[1].split())
            self.assertEqual(row["size_bytes"], size)
            self.assertAlmostEqual(row["free_bytes"] / size, free / size, delta=0.02)     # others write meanwhile
            self.assertAlmostEqual(row["free_percent"], 100 * free / (used + free), delta=2)
            self.assertAlmostEqual(row["free_inodes_percent"], 100 * inodes / (inodes + inodes_used), delta=2)

    # EVIDENCE: D8.1#1
    @unittest.skipUnless(has("getent"), "needs getent")
    def test_accounts_with_getent(self):
        mine = sorted((r["name"], r["uid"], r["shell"]) for r in ask("SELECT name, uid, shell FROM users"))
        lines = [line.split(":") for line in run("getent", "-s", "files", "passwd").splitlines()]
        self.assertEqual(mine, sorted((w[0], int(w[2]), w[6]) for w in lines))
        mine = sorted(r["name"] for r in ask("SELECT name FROM groups"))
        self.assertEqual(mine, sorted(line.split(":")[0]
                                      for line in run("getent", "-s", "files", "group").splitlines()))

    @unittest.skipUnless(IS_ROOT and has("unshare", "ip"), "needs root, unshare and ip")
    def test_another_network_namespace_is_seen(self):
        code = ("import socket, subprocess, time; subprocess.run(['ip','link','set','lo','up']);"
                "s = socket.socket(); s.bind(('0.0.0.0', 2399)); s.listen(); time.sleep(60)")
        with running("unshare", "-n", sys.executable, "-c", code) as child:
            rows = wait_for(lambda: ask("SELECT pid, namespace, is_external FROM listening_ports WHERE port = 2399"))
        self.assertEqual(len(rows), 1, rows)
        self.assertTrue(rows[0]["namespace"].startswith("net:["))
        self.assertEqual(rows[0]["pid"], child.pid)
        self.assertEqual(rows[0]["is_external"], 0, "a namespace with nothing but lo reaches nobody")

    @unittest.skipUnless(IS_ROOT and has("unshare", "ip"), "needs root, unshare and ip")
    def test_who_holds_the_port_of_rsh(self):
        """Syslog is taken there as often; only in.rshd and the like are remote control."""
        code = ("import os, socket, subprocess, sys; subprocess.run(['ip','link','set','lo','up']);"
                "s = socket.socket(); s.bind(('0.0.0.0', 514)); s.listen(); subprocess.run(sys.argv[1:])")
        words = (BIN, "audit", "--check", "adm.plain", "--format", "json", "--packs", PACKS)
        with Server() as server:    # which is another program than the one people type
            ours = os.path.basename(os.readlink(f"/proc/{server.process.pid}/exe"))
        for name, wanted in (("rsyslogd", "not applicable"), (ours, "not applicable"), ("in.rshd", "fail"),
                             ("anything", "unknown")):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                program = os.path.join(folder, name)
                shutil.copy(os.path.realpath(sys.executable), program)
                told = json.loads(run("unshare", "-n", program, "-c", code, *words))["results"][0]["subjects"]
                self.assertEqual([row["result"] for row in told if row["subject"] == "tcp 0.0.0.0:514"], [wanted], told)

    @unittest.skipUnless(IS_ROOT and has("sshd"), "needs root and sshd")
    def test_sshd_with_sshd_T(self):
        os.makedirs("/run/sshd", exist_ok=True)
        done = subprocess.run(["/usr/sbin/sshd", "-T"], capture_output=True, text=True, env=ENV, check=False)
        if done.returncode != 0:
            self.skipTest("sshd -T: " + done.stderr.strip())
        said = {}
        for line in done.stdout.splitlines():
            key, _, value = line.partition(" ")
            said.setdefault(key.lower(), value)
        ours = {r["keyword"]: r["value"] for r in ask("SELECT keyword, value FROM sshd_config WHERE match = ''")}
        same = [k for k in ("permitrootlogin", "permitemptypasswords", "passwordauthentication", "maxauthtries",
                            "clientaliveinterval", "clientalivecountmax", "x11forwarding", "loglevel")
                if k in ours and k in said]
        self.assertGreater(len(same), 2, ours)
        for key in same:
            ok = {said[key].lower()}
            if key == "permitrootlogin" and "without-password" in ok:
                ok.add("prohibit-password")
            self.assertIn(ours[key].lower(), ok, key)

    @unittest.skipUnless(has("systemctl"), "needs systemctl")
    def test_units_with_systemctl(self):
        done = subprocess.run(["systemctl", "--root=/", "list-unit-files", "--no-legend", "--no-pager",
                               "--type=service,timer,socket"], capture_output=True, text=True, env=ENV, check=False)
        if done.returncode != 0 or not done.stdout:
            self.skipTest("systemctl --root=/: " + done.stderr.strip())
        said = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines() if line.split()}
        ours = {r["name"]: r["state"] for r in ask("SELECT name, state FROM systemd_units")}
        self.assertGreater(len(set(ours) & set(said)), 20)
        for name in set(ours) & set(said):
            if "@." in name:
                continue  # a template by itself starts nothing
            if said[name] in ("enabled", "masked"):
                self.assertEqual(ours[name], said[name], name)
            elif said[name] == "disabled":
                self.assertNotEqual(ours[name], "enabled", name)

    @unittest.skipUnless(IS_ROOT and has("chage"), "needs root and chage")
    def test_password_ages_with_chage(self):
        ours = {r["name"]: r for r in ask("SELECT * FROM shadow")}
        self.assertIn("root", ours)
        for name in list(ours)[:5]:
            said = run("chage", "-i", "-l", name, check=False)
            match = re.search(r"Maximum number of days[^:]*:\s*(-?\d+)", said)
            if match:
                self.assertEqual(ours[name]["max_days"] if ours[name]["max_days"] is not None else -1,
                                 int(match.group(1)), name)

    @unittest.skipUnless(has("apt-config"), "needs apt-config")
    def test_updates_with_apt_config(self):
        said = dict(re.findall(r'^APT::Periodic::([\w-]+) "(.*)";$', run("apt-config", "dump"), re.M))
        rows = ask("SELECT lists_days, upgrade_days FROM auto_updates WHERE mechanism LIKE '%unattended%'")
        if not rows:
            self.skipTest("no unattended-upgrades here")

        def days(text):
            return int(text) if (text or "").isdigit() else None
        for row in rows:
            self.assertEqual(row["lists_days"] or 0, days(said.get("Update-Package-Lists")) or 0)
            self.assertEqual(row["upgrade_days"] or 0, days(said.get("Unattended-Upgrade")) or 0)

    @unittest.skipUnless(IS_ROOT and has("nft", "unshare"), "needs root, nft and unshare")
    def test_firewall_with_nft(self):
        ruleset = ("table inet f { chain input { type filter hook input priority 0; policy drop; "
                   "ct state established accept; iif lo accept; }; }")
        script = f"nft '{ruleset}' && {BIN} ask 'SELECT family, state FROM firewall' --format json " \
                 "&& echo ===== && nft -j list ruleset"
        done = subprocess.run(["unshare", "-n", "sh", "-c", script], capture_output=True, text=True, env=ENV,
                              check=False)
        if "=====" not in done.stdout:
            self.skipTest("nft: " + done.stderr.strip()[:200])
        ours, theirs = done.stdout.split("=====")
        chains = [x["chain"] for x in json.loads(theirs)["nftables"] if "chain" in x]
        self.assertEqual([c["policy"] for c in chains], ["drop"])
        self.assertEqual({r["family"]: r["state"] for r in json.loads(ours)}, {"ip4": "closed", "ip6": "closed"})
        empty = ask("SELECT state FROM firewall", before=["unshare", "-n"])
        self.assertTrue(empty and all(r["state"] in ("none", "open") for r in empty), empty)


def exec_from_memory(seconds):
    """Run sleep from a memfd; the child's pid."""
    fd = os.memfd_create("planted", 0)
    with open(shutil.which("sleep"), "rb") as program:
        os.write(fd, program.read())
    pid = os.fork()
    if pid == 0:
        os.execve(f"/proc/self/fd/{fd}", ["sleep", str(seconds)], {})
    os.close(fd)
    time.sleep(0.3)
    return pid


@unittest.skipUnless(IS_ROOT, "needs root")
class Finds(unittest.TestCase):
    """What the test plants."""

    def subjects(self, check, outcome="fail"):
        return rows_of(audit("--check", check)[check], outcome)

    # EVIDENCE: D11.3
    def test_a_process_from_a_deleted_file(self):
        with tempfile.TemporaryDirectory() as base:
            program = os.path.join(base, "planted")
            shutil.copy(shutil.which("sleep"), program)
            with running(program, "60") as child:
                self.assertNotIn(f"pid {child.pid} planted", self.subjects("proc.deleted"))
                os.unlink(program)
                self.assertIn(f"pid {child.pid} planted", self.subjects("proc.deleted"))

    # EVIDENCE: D11.3
    def test_a_library_from_a_deleted_file(self):
        with tempfile.TemporaryDirectory() as base:
            library = os.path.join(base, "planted.so")
            shutil.copy(os.path.realpath(self.some_library()), library)
            code = f"import ctypes, time; ctypes.CDLL({library!r}); time.sleep(60)"
            with running(sys.executable, "-c", code) as child:
                wait_for(lambda: library in open(f"/proc/{child.pid}/maps", encoding="utf-8").read())
                os.unlink(library)
                self.assertTrue(any(s.startswith(f"pid {child.pid} ") for s in self.subjects("proc.deleted")))

    def some_library(self):
        with open("/proc/self/maps", encoding="utf-8") as maps:
            for line in maps:
                path = line.split()[-1]
                if re.search(r"/lib(m|z|util|dl|expat|crypt)[-.\d]*\.so", path):
                    return path
        self.skipTest("no small library to copy")

    # EVIDENCE: D11.3
    def test_a_program_in_memory_only(self):
        pid = exec_from_memory(60)
        try:
            self.assertTrue(any(s.startswith(f"pid {pid} ") for s in self.subjects("proc.memfd")))
        finally:
            os.kill(pid, 9)
            os.waitpid(pid, 0)

    # EVIDENCE: D11.3
    def test_a_preloaded_library(self):
        with tempfile.TemporaryDirectory() as base:
            library = os.path.join(base, "planted.so")
            shutil.copy(os.path.realpath(self.some_library()), library)
            with running("sleep", "60", env={**os.environ, "LD_PRELOAD": library}) as child:
                self.assertIn(f"pid {child.pid} sleep", self.subjects("proc.preload"))


ODD = """
import os, shutil, subprocess, sys, time
subprocess.run(["mount", "-t", "tmpfs", "none", "/opt"], check=True)
sleep = shutil.which("sleep")
shutil.copy(sleep, "/opt/copied")
shutil.copy("/usr/bin/shuf", "/opt/shuf")
with open("/opt/shuf", "ab") as program:
    program.write(b"x")
subprocess.run(["mount", "--bind", "/opt/shuf", "/usr/bin/shuf"], check=True)
crowd = [subprocess.Popen(["[kworker/7:7]", "60"], executable="/opt/copied"),
         subprocess.Popen(["/opt/copied", "60"]),
         subprocess.Popen(["/usr/bin/shuf", "/dev/stdin"], stdin=subprocess.PIPE)]
time.sleep(0.5)
print(*(one.pid for one in crowd), flush=True)
subprocess.run(sys.argv[1:], check=False)
for one in crowd:
    one.kill()
"""


COVERED = """
import subprocess, sys
child = subprocess.Popen(["sleep", "60"])
subprocess.run(["mount", "-t", "tmpfs", "none", f"/proc/{child.pid}"], check=True)
print(child.pid, flush=True)
subprocess.run(sys.argv[1:], check=False)
child.kill()
"""


@unittest.skipUnless(IS_ROOT and has("unshare", "mount") and os.path.isdir("/var/lib/dpkg/info"),
                     "needs root, unshare, mount and dpkg")
class FindsAmongProcesses(unittest.TestCase):
    """What is planted in a process and mount namespace of its own: there even process 1 may be read."""

    def look(self, *check):
        words = [BIN, "audit", "--format", "json", "--packs", PACKS, *check]
        out = run("unshare", "--pid", "--fork", "--mount-proc", "--mount", sys.executable, "-c", ODD, *words)
        pids, text = out.split("\n", 1)
        return pids.split(), {result["id"]: result for result in json.loads(text)["results"]}

    # EVIDENCE: D11.3
    def test_altered_copied_and_masked_programs(self):
        pids, found = self.look("--check", "proc.masked")
        self.assertEqual(rows_of(found["proc.masked"], "fail"), {f"pid {pids[0]} copied"})
        _, found = self.look("--check", "proc.unpackaged")
        self.assertIn("/opt/copied", rows_of(found["proc.unpackaged"], "fail"))
        self.assertNotIn("/usr/bin/shuf", rows_of(found["proc.unpackaged"], "fail"))
        _, found = self.look("--check", "proc.altered")
        self.assertIn("/usr/bin/shuf", rows_of(found["proc.altered"], "fail"))

    # EVIDENCE: D11.3
    def test_nothing_is_hidden(self):
        _, found = self.look("--check", "proc.hidden")
        self.assertEqual(found["proc.hidden"]["result"], "pass", found)
        self.assertRegex(found["proc.hidden"]["found"], r"listed=\d+ asked=1\.\.\d+")

    # EVIDENCE: D11.3
    def test_a_process_with_its_folder_covered_up(self):
        """An empty folder over /proc/PID: ps and top see nothing, the kernel still answers to the number."""
        words = [BIN, "audit", "--format", "json", "--packs", PACKS, "--check", "proc.hidden"]
        out = run("unshare", "--pid", "--fork", "--mount-proc", "--mount", sys.executable, "-c", COVERED, *words)
        pid, text = out.split("\n", 1)
        found = json.loads(text)["results"][0]
        self.assertEqual(rows_of(found, "fail"), {f"pid {pid} ?"}, found)

    # EVIDENCE: D11.3
    def test_a_deep_audit_asks_every_number_unless_the_counts_agree(self):
        """Among the machine's own numbers: the kernel counts the covered one, so the counts differ and all are asked."""
        words = [BIN, "ask", "--deep", "--format", "json", "SELECT *, (SELECT group_concat(pid) FROM hidden_processes) AS "
                 "hidden FROM process_sweep"]
        pid, text = run("unshare", "--mount", sys.executable, "-c", COVERED, *words).split("\n", 1)
        row = json.loads(text)[0]
        self.assertIn(pid, (row["hidden"] or "").split(","), row)
        self.assertGreaterEqual(row["swept_to"], min(row["number_max"], 4194303), row)
        self.assertEqual(row["is_complete"], 1, row)
        row = json.loads(run(*words))[0]
        self.assertEqual((row["hidden"], row["is_complete"]), (None, 1), row)
        self.assertGreaterEqual(row["swept_to"], os.getpid(), row)
        if row["tasks"] != row["tasks_all"]:
            self.assertGreaterEqual(row["swept_to"], min(row["number_max"], 4194303), row)


class Rights(unittest.TestCase):
    @unittest.skipUnless(IS_ROOT and has("setpriv"), "needs root and setpriv")
    def test_a_plain_user_never_passes_more_than_root(self):
        program, packs = where_nobody_reaches()
        text = run(program, "audit", "--format", "json", "--packs", packs, before=NOBODY)
        plain = {result["id"]: result for result in json.loads(text)["results"]}
        full = audit()
        for check, result in plain.items():
            if result["result"] == "pass":
                self.assertEqual(full[check]["result"], "pass", check)
        for check in ("proc.deleted", "proc.memfd", "proc.preload", "acct.empty"):
            self.assertEqual(plain[check]["result"], "unknown", check)
            reasons = {row["reason"] for row in plain[check]["subjects"]}
            self.assertIn("no-rights", reasons, check)

    @unittest.skipUnless(has("strace"), "needs strace")
    def test_no_program_is_started_and_nothing_sent(self):
        with tempfile.NamedTemporaryFile() as log:
            done = subprocess.run(["strace", "-f", "-o", log.name, "-e", "trace=execve,execveat,socket,connect,listen,sendto,sendmsg,fork,vfork",
                                   BIN, "audit", "--format", "json", "--packs", PACKS],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENV, check=False, timeout=120)
            text = log.read().decode("utf-8", "replace")
        if "ptrace" in done.stderr.decode() or "execve" not in text:
            self.skipTest("strace does not work here")
        self.assertEqual(text.count("execve"), 1, text)
        # the rules of the old iptables are asked for by a TCP socket, which meets nobody
        sockets = re.findall(r"socket\((\w+, \w+)", text)
        self.assertLessEqual({s for s in sockets if not s.startswith("AF_NETLINK")},
                             {"AF_INET, SOCK_STREAM", "AF_INET6, SOCK_STREAM"}, text)
        self.assertNotRegex(text, r"\b(connect|listen)\(")
        for line in re.findall(r".*\bsend(?:to|msg)\(.*", text):
            self.assertIn("nlmsg", line)

    @unittest.skipUnless(IS_ROOT, "root alone has something to give up")
    def test_root_gives_up_all_but_reading(self):
        """Seen from outside while it waits to write its report into a full pipe."""
        read_end, write_end = os.pipe()
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
        process = subprocess.Popen([BIN, "audit", "--format", "json", "--packs", PACKS], stdout=write_end, env=ENV)
        os.close(write_end)
        try:
            status, end = "", time.monotonic() + 60
            while "Seccomp:\t2" not in status and time.monotonic() < end:
                with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                    status = file.read()
            said = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            self.assertEqual(said["NoNewPrivs"], "1")
            self.assertNotIn("0", said["Uid"].split("\t"))
            # CAP_DAC_READ_SEARCH, CAP_NET_ADMIN, CAP_SYS_PTRACE
            self.assertEqual(int(said["CapEff"], 16), 1 << 2 | 1 << 12 | 1 << 19)
        finally:
            os.close(read_end)
            process.kill()
            process.wait()


@contextlib.contextmanager
def tree(files):
    """A root below a folder that also holds something outside of it."""
    with tempfile.TemporaryDirectory(prefix="khien-live-") as base:
        root = os.path.join(base, "root")
        os.makedirs(root)
        os.chmod(base, 0o755)
        with open(os.path.join(base, "outside"), "w", encoding="utf-8") as out:
            out.write("outside:x:0:0:canary-outside:/:/bin/sh\n[canary-outside]\npath=/\nguest ok = yes\n")
        for path, what in files.items():
            full = root + path
            os.makedirs(os.path.dirname(full), exist_ok=True)
            if callable(what):
                what(full)
            else:
                with open(full, "wb") as out:
                    out.write(what if isinstance(what, bytes) else what.encode())
        yield base, root


def link(target):
    return lambda full: os.symlink(target, full)


def sparse(size):
    def make(full):
        with open(full, "wb") as out:
            out.truncate(size)
    return make


def device(full):
    os.mknod(full, 0o666 | 0o020000, os.makedev(1, 5))  # /dev/zero: endless


READ_BY_CHECKS = ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/ssh/sshd_config", "/etc/samba/smb.conf", "/etc/exports",
                  "/etc/rsyncd.conf", "/etc/vsftpd.conf", "/etc/fstab", "/etc/ld.so.preload", "/etc/mysql/my.cnf",
                  "/etc/redis/redis.conf", "/etc/mongod.conf", "/etc/postgresql/15/main/postgresql.conf",
                  "/etc/pam.d/common-password", "/etc/pam.d/common-auth", "/etc/login.defs", "/etc/security/pwquality.conf",
                  "/etc/security/faillock.conf", "/etc/profile", "/etc/apt/apt.conf", "/etc/logrotate.conf", "/etc/crontab",
                  "/etc/systemd/logind.conf", "/etc/systemd/journald.conf", "/etc/os-release", "/etc/nftables.conf",
                  "/var/lib/dpkg/status", "/proc/net/tcp", "/proc/stat", "/proc/self/mountinfo", "/proc/812/stat",
                  "/proc/812/maps", "/proc/812/environ", "/proc/812/status"]


class Hostile(unittest.TestCase):
    """Trees made to hurt: bounded time and memory, nothing outside the root."""

    BOUND_S = 1.0
    BOUND_KIB = 32 * 1024

    def is_sanitised(self):
        with open(BIN, "rb") as program:
            return b"__asan_init" in program.read()

    def audit_tree(self, files):
        with tree(files) as (base, root):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            child = subprocess.Popen([BIN, "audit", "--root", root, "--format", "json", "--packs", PACKS],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV)
            text, errors = child.communicate(timeout=60)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            # processor time: a machine that is busy with other things says nothing about us
            took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            self.assertIn(child.returncode, (0, 1), errors.decode()[-2000:])
            results = json.loads(text)["results"]
        self.assertNotIn(b"canary", text)
        scale = 6 if self.is_sanitised() else 1
        self.assertLess(took, self.BOUND_S * scale)
        return {r["id"]: r["result"] for r in results}

    def all_are(self, what):
        return self.audit_tree({path: what for path in READ_BY_CHECKS})

    def test_fifos(self):
        results = self.all_are(os.mkfifo)
        for check in ("acct.empty", "share.guest", "proc.deleted", "net.external"):
            self.assertEqual(results[check], "unknown", check)

    @unittest.skipUnless(IS_ROOT, "needs root")
    def test_devices(self):
        try:
            results = self.all_are(device)
        except PermissionError:
            self.skipTest("no device can be made here")
        self.assertEqual(results["acct.empty"], "unknown")

    def test_lines_of_ten_megabytes(self):
        results = self.all_are(b"guest ok = yes " * 700000)
        self.assertNotEqual(results["acct.empty"], "pass")

    def test_ten_gigabytes_of_nothing(self):
        results = self.all_are(sparse(10 << 30))
        self.assertNotEqual(results["acct.empty"], "pass")

    def test_binary_garbage(self):
        self.all_are(bytes(range(256)) * 4000)

    def test_nul_bytes(self):
        self.all_are(b"\0" * 500000)

    def test_links_that_loop(self):
        results = self.audit_tree({path: link(path) for path in READ_BY_CHECKS})
        self.assertEqual(results["share.guest"], "unknown")

    def test_includes_that_loop(self):
        loop = {
            "/etc/samba/smb.conf": "[a]\npath=/a\ninclude = /etc/samba/smb.conf\ninclude = /etc/samba/b\n",
            "/etc/samba/b": "include = /etc/samba/smb.conf\n" * 200,
            "/etc/postgresql/15/main/postgresql.conf": "include 'postgresql.conf'\n" * 200,
            "/usr/sbin/mariadbd": "", "/etc/mysql/my.cnf": "!include /etc/mysql/my.cnf\n!includedir /etc/mysql\n" * 50,
            "/etc/mysql/x.cnf": "!include /etc/mysql/x.cnf\n" * 50,
            "/etc/redis/redis.conf": "include /etc/redis/redis.conf\n" * 200,
            "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config\n" * 200,
            "/etc/pam.d/login": "@include login\n" * 200, "/etc/pam.d/passwd": "password include passwd\n" * 200,
        }
        self.audit_tree(loop)

    def test_ten_thousand_includes(self):
        files = {f"/etc/mysql/conf.d/{i:05}.cnf": "[mysqld]\nbind-address=0.0.0.0\n" for i in range(3000)}
        files |= {"/usr/sbin/mariadbd": "", "/etc/mysql/my.cnf": "!includedir /etc/mysql/conf.d\n"}
        self.audit_tree(files)

    def test_names_with_line_feeds(self):
        self.audit_tree({"/etc/exports.d/a\nb.exports": "/ *(rw)\n", "/etc/pam.d/x\ny": "auth required x\n",
                         "/proc/812/stat": "812 (a\nb) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 100 1 1\n",
                         "/proc/812/exe": link("/tmp/a\nb (deleted)")})

    def test_links_out_of_the_root(self):
        outside = {path: lambda full: os.symlink(os.path.join(full.split("/root/")[0], "outside"), full)
                   for path in READ_BY_CHECKS if not path.startswith("/proc/812")}
        upward = {path: link("../" * 20 + "outside") for path in ("/etc/samba/smb.conf", "/etc/passwd")}
        with tree({**outside, "/etc/samba": lambda full: None}) as _:
            pass
        self.audit_tree(outside)
        self.audit_tree(upward)
        self.audit_tree({"/etc": link("/../../../../../../../../etc"), "/var": link("/proc/1/root")})

    @unittest.skipUnless(has("strace"), "needs strace")
    def test_no_path_outside_is_opened(self):
        files = {path: link("/etc/hostname") for path in READ_BY_CHECKS if not path.startswith("/proc")}
        with tree(files) as (_, root), tempfile.NamedTemporaryFile() as log:
            subprocess.run(["strace", "-f", "-y", "-o", log.name, "-e", "trace=open,openat,openat2,readlink,stat,access",
                            BIN, "audit", "--root", root, "--format", "json", "--packs", PACKS],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV, check=False, timeout=120)
            lines = log.read().decode("utf-8", "replace").splitlines()
        begun = [i for i, line in enumerate(lines) if f'"{root}"' in line]
        if not begun:
            self.skipTest("strace does not work here")
        for line in lines[begun[0] + 1:]:
            if "openat2(" in line:
                self.assertIn("RESOLVE_IN_ROOT", line)
                self.assertNotIn("AT_FDCWD", line)
            elif re.search(r"\b(open|openat|readlink|stat|access)\(", line):
                self.assertIn(root, line, "opened outside")

    # a megabyte of each, in every file: what makes most of least
    HOGS = [b"guest ok = yes\n", b"a=b\n", b" a a a a a\n", b"{ ", b"a { b } ", b"- a\n", b"x:1\n", b"0 0 * * * root a\n",
            b"a:x:0:0::/:/bin/sh\n", b"A::B \"c\";\n", b"network={\n}\n", b"@include common-auth\n", b"include = /etc/samba/smb.conf\n",
            b"table ip a { chain b { type filter hook input priority 0; } }\n", b"21 1 0:50 / /mnt/x rw - ext4 /dev/a rw\n"]
    HOGGED = READ_BY_CHECKS + ["/etc/khien/machine.yaml", "/etc/netplan/x.yaml", "/etc/cron.d/x", "/etc/pam.d/login",
                               "/etc/wpa_supplicant/wpa_supplicant.conf", "/etc/ufw/user.rules", "/usr/sbin/mariadbd"]

    def release(self):
        """The program as it is given out; a sanitised build takes more memory. None: not built here."""
        if not self.is_sanitised():
            return BIN
        built = os.path.join(os.path.dirname(PACKS), "build", "khien")
        return built if os.path.exists(built) else None

    def test_memory(self):
        program = self.release()
        if not program:
            self.skipTest("no release build here")
        for hog in self.HOGS:
            with self.subTest(hog), tree({path: hog * (1000000 // len(hog)) for path in self.HOGGED}) as (_, root):
                done = subprocess.run([sys.executable, "-c", MEASURE, program, "audit", "--root", root, "--packs", PACKS],
                                      capture_output=True, text=True, env=ENV, check=False)
                status, kib = map(int, done.stdout.split())
                self.assertIn(status, (0, 1))
                self.assertLessEqual(kib, self.BOUND_KIB)

    def test_much_of_little_is_told(self):
        results = self.audit_tree({"/etc/passwd": "root:x:0:0::/root:/bin/bash\n",
                                   "/etc/crontab": "0 0 * * * root a\n" * 50000, "/usr/sbin/cron": ""})
        self.assertEqual(results["av.fullscan"], "unknown")


MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""

SECRET = "Planted7Secret"
UNIT = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
SECRETS = {
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nan:$6$Planted7Secret$abc:1000:1000::/home/an:/bin/bash\n",
    "/etc/shadow": "root:$y$j9T$Planted7Secret$Planted7Secretabcdefghijkl:19700:0:99999:7:::\n"
                   "an:Planted7Secret:19700:0:99999:7:::\n",
    "/etc/group": "root:Planted7Secret:0:\n",
    "/etc/samba/smb.conf": "[global]\nunix password sync = yes\npasswd program = /x Planted7Secret\n"
                           "ldap admin password = Planted7Secret\n[a]\npath = /a\nroot preexec = mount -o pass=Planted7Secret\n"
                           "vfs_x:secret = Planted7Secret\n",
    "/etc/redis/redis.conf": "requirepass Planted7Secret\nuser default on >Planted7Secret ~* +@all\n",
    "/usr/sbin/mariadbd": "", "/etc/mysql/my.cnf": "[client]\npassword=Planted7Secret\n[mysqld]\ninit-connect='Planted7Secret'\n",
    "/etc/fstab": "//srv/x /mnt/x cifs user=a,password=Planted7Secret,credentials=/x 0 0\n",
    "/etc/rsyncd.conf": "[m]\npath=/m\nauth users = an:Planted7Secret\n",
    "/etc/rsyncd.secrets": "an:Planted7Secret\n",
    "/etc/snmp/snmpd.conf": "rocommunity Planted7Secret\n",
    "/etc/wpa_supplicant/wpa_supplicant.conf": "network={\nssid=\"x\"\npsk=\"Planted7Secret\"\n}\n",
    "/etc/NetworkManager/system-connections/x.nmconnection": "[connection]\nid=x\ntype=wifi\n[wifi]\nssid=x\n"
                                                             "[wifi-security]\nkey-mgmt=wpa-psk\npsk=Planted7Secret\n",
    "/etc/hostapd/hostapd.conf": "interface=w\nssid=x\nwpa=2\nwpa_passphrase=Planted7Secret\nsae_password=Planted7Secret|mac=x\n",
    "/var/lib/iwd/x.psk": "[Security]\nPassphrase=Planted7Secret\n",
    "/etc/netplan/x.yaml": "network:\n  wifis:\n    w:\n      access-points:\n        x:\n          password: Planted7Secret\n",
    "/etc/network/interfaces": "iface w inet dhcp\n  wpa-ssid x\n  wpa-psk Planted7Secret\n",
    "/etc/sysconfig/network-scripts/ifcfg-x": "TYPE=Wireless\nESSID=x\nKEY_MGMT=WPA-PSK\n",
    "/etc/sysconfig/network-scripts/keys-x": "WPA_PSK=Planted7Secret\n",
    "/usr/lib/systemd/system/snmpd.service": UNIT,
    "/etc/systemd/system/multi-user.target.wants/snmpd.service": link("/usr/lib/systemd/system/snmpd.service"),
    "/usr/lib/systemd/system/rsyslog.service": UNIT,
    "/etc/systemd/system/multi-user.target.wants/rsyslog.service": link("/usr/lib/systemd/system/rsyslog.service"),
    "/usr/lib/systemd/system/filebeat.service": UNIT,
    "/etc/filebeat/filebeat.yml": "output.elasticsearch:\n  hosts: ['https://an:Planted7Secret@e:9200']\n  password: Planted7Secret\n",
    "/usr/lib/systemd/system/fluent-bit.service": UNIT,
    "/etc/fluent-bit/fluent-bit.conf": "[OUTPUT]\n  Name http\n  Host h\n  HTTP_Passwd Planted7Secret\n",
    "/usr/lib/systemd/system/syslog-ng.service": UNIT,
    "/etc/syslog-ng/syslog-ng.conf": "destination d { http(url('https://an:Planted7Secret@h/') password('Planted7Secret')); };\n"
                                     "log { destination(d); };\n",
    "/etc/systemd/journal-upload.conf": "[Upload]\nURL=https://an:Planted7Secret@h\n",
    "/etc/redis/users.acl": "user default on >Planted7Secret ~* +@all\n",
    "/etc/redis/second.conf": "aclfile /etc/redis/users.acl\n",
    "/var/lib/snapd/snaps/x_1.snap": "",
    "/var/lib/snapd/state.json": '{"data":{"auth":{"macaroon":"Planted7Secret"},"config":{"core":{"refresh":{"hold":"forever"}}}}}',
    "/root/.ssh/authorized_keys": "command=\"TOKEN=Planted7Secret x\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMotHai\n",
    "/etc/ssh/ssh_host_ed25519_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nPlanted7Secret\n",
    "/etc/crontab": "0 3 * * * root /usr/bin/mysqldump -pPlanted7Secret --password=Planted7Secret all\n",
    "/etc/apt/sources.list": "deb https://an:Planted7Secret@mirror.example/debian bookworm main\n",
    "/etc/apt/apt.conf.d/99proxy": "Acquire::http::Proxy \"http://an:Planted7Secret@proxy:3128\";\n",
    "/etc/systemd/system/x.service": "[Service]\nEnvironment=TOKEN=Planted7Secret\n"
                                     "ExecStart=/usr/bin/x --token=Planted7Secret -pPlanted7Secret\n"
                                     "[Install]\nWantedBy=multi-user.target\n",
    "/etc/systemd/system/multi-user.target.wants/x.service": link("/etc/systemd/system/x.service"),
    "/etc/rsyslog.conf": "action(type=\"omfwd\" target=\"log\" password=\"Planted7Secret\")\n",
    "/etc/cron.d/backup": "RESTIC_PASSWORD=Planted7Secret\n0 1 * * * root restic -r rest:https://b:Planted7Secret@nas/ backup /\n"
    "0 2 * * * root mysqldump -uroot -pPlanted7Secret --all-databases | openssl enc -aes-256-cbc -k Planted7Secret > /srv/a\n"
    "0 3 * * * root sh -c 'borg create ssh://b:Planted7Secret@nas/./r::x /etc'\n",
    "/etc/systemd/system/borg.timer": "[Timer]\nOnCalendar=daily\n",
    "/etc/systemd/system/borg.service": "[Service]\nEnvironment=BORG_PASSPHRASE=Planted7Secret BORG_REPO=ssh://b:Planted7Secret@n/r\n"
    "EnvironmentFile=/etc/borg.env\nExecStart=/usr/bin/borg create ::x /etc\n",
    "/etc/systemd/system/timers.target.wants/borg.timer": link("/etc/systemd/system/borg.timer"),
    "/etc/borg.env": "BORG_PASSPHRASE=Planted7Secret\n",
    "/etc/borgmatic/config.yaml": "encryption_passphrase: Planted7Secret\nrepositories:\n  - ssh://b:Planted7Secret@n/r\n",
    "/etc/cron.daily/borgmatic": "#!/bin/sh\nborgmatic\n",
    "/proc/stat": "btime 1700000000\n",
    "/proc/812/stat": "812 (mysql) S 1 812 812 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 100 1 1\n",
    "/proc/812/exe": link("/usr/bin/mysql (deleted)"),
    "/proc/812/cmdline": b"mysql\0-pPlanted7Secret\0--password=Planted7Secret\0Planted7Secret\0",
    "/proc/812/environ": b"MYSQL_PWD=Planted7Secret\0LD_PRELOAD=/x.so\0",
    "/proc/self/mountinfo": "21 1 0:50 / /mnt/x rw,pass=Planted7Secret - cifs //s/x rw,password=Planted7Secret\n",
}


class Secrets(unittest.TestCase):
    """No planted hash, key, password or community string in any output."""

    def test_not_in_the_audit(self):
        with tree(SECRETS) as (_, root):
            for form in ("text", "json", "html"):
                text = run(BIN, "audit", "--root", root, "--packs", PACKS, "--format", form)
                self.assertNotIn(SECRET, text, form)
                if form == "json":
                    said = {row["id"]: row for row in json.loads(text)["results"]}
        # the files that hold them were read and judged
        self.assertGreaterEqual(len(said["wifi.psk"]["subjects"]), 6)
        for check in ("wifi.psk", "adm.snmp", "log.remote"):
            self.assertNotEqual(said[check]["result"], "not applicable", check)

    def test_not_in_any_table(self):
        tables = [line.split()[0] for line in run(BIN, "tables").splitlines()
                  if line[:1].strip()]
        self.assertGreater(len(tables), 10)
        self.assertEqual(len(tables), len(set(tables)), "a table twice")
        with tree(SECRETS) as (_, root):
            for table in tables:
                text = run(BIN, "ask", f"SELECT * FROM {table}", "--root", root, "--format", "json")
                with self.subTest(table=table):
                    self.assertNotIn(SECRET, text)


class Ask(unittest.TestCase):
    """Questions that try more than to ask."""

    REFUSED = ["DELETE FROM users", "INSERT INTO users VALUES (1)", "UPDATE users SET uid = 0", "DROP TABLE users",
               "CREATE TABLE t(x)", "CREATE VIEW v AS SELECT 1", "ATTACH '/tmp/x' AS y", "DETACH main", "PRAGMA user_version",
               "PRAGMA writable_schema = 1", "VACUUM INTO '/tmp/x'", "SELECT load_extension('/tmp/x')", "SELECT 1; SELECT 2",
               "BEGIN", "REINDEX", "ANALYZE", "SELECT * FROM sqlite_master", "SELECT * FROM nothing", "SELEC", "",
               "UPDATE sqlite_master SET sql = ''", "EXPLAIN DELETE FROM users", "CREATE VIRTUAL TABLE x USING users",
               "SELECT writefile('/tmp/khien-x', 'x')", "SELECT * FROM pragma_database_list", "SELECT readfile('/etc/shadow')"]

    def test_are_refused(self):
        before = set(os.listdir("/tmp"))
        for sql in self.REFUSED:
            with self.subTest(sql=sql):
                done = subprocess.run([BIN, "ask", sql], capture_output=True, env=ENV, check=False, timeout=30)
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertEqual(done.stdout, b"")
                self.assertIn("Hãy làm", done.stderr.decode())
        self.assertFalse({n for n in set(os.listdir("/tmp")) - before if n in ("x", "khien-x")})

    def test_endless_ones_end(self):
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "
        for sql in (endless + "count(*) FROM n", endless + "i FROM n", "SELECT length(hex(randomblob(900000000)))",
                    "SELECT replace(printf('%.*c', 900000, 'x'), 'x', 'xxxxxxxxxxxxxxxxxxxxxxxx')"):
            with self.subTest(sql=sql):
                start = time.monotonic()
                done = subprocess.run([BIN, "ask", sql], capture_output=True, env=ENV, check=False, timeout=60)
                self.assertEqual(done.returncode, 2, done.stdout[:200])
                self.assertLess(time.monotonic() - start, 20)


if __name__ == "__main__":
    unittest.main()
