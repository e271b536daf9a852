#!/usr/bin/env python3
"""After how many wrong tries an account locks: real log-ins through PAM, by pamtester, on generated stacks of
pam_faillock, pam_unix and the modules around them, against what the table lock_policy says of the same files.

PAM gets the files in a mount namespace of its own; the counters are in a folder of the test."""
import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest

from flow import BIN, rounds, write_tree

KHIEN = os.environ.get("KHIEN_BIN", BIN)
MODULES = "/lib/x86_64-linux-gnu/security"
RIGHT, WRONG = "Song-dai-7", "sai"
NEVER_TRIES = 9     # so many wrong tries that do not lock are called never

# $1 the tree, $2 how many wrong tries lock (0: never). Says "ok", or what was different.
SCRIPT = r"""
set -e
for f in pam.d passwd shadow group security/faillock.conf; do mount --bind "$1/etc/$f" "/etc/$f"; done
try() { printf '%s\n' "$1" | pamtester sshd an authenticate acct_mgmt >/dev/null 2>&1; }
forget() { rm -rf "$0"; mkdir -p "$0"; }
wrong() { i=0; while [ $i -lt "$1" ]; do try sai && { echo "a wrong password was taken"; exit 0; }; i=$((i + 1)); done; }
forget
try Song-dai-7 || { echo broken; exit 0; }
forget
if [ "$2" -eq 0 ]; then
	wrong 9
	try Song-dai-7 && echo ok || echo "it locked"
	exit 0
fi
wrong $(($2 - 1))
try Song-dai-7 || { echo "it locked before"; exit 0; }
forget
wrong "$2"
try Song-dai-7 && echo "it is open still" || echo ok
"""


def can_try():
    return (os.geteuid() == 0 and shutil.which("pamtester") and os.path.exists(f"{MODULES}/pam_faillock.so")
            and os.path.exists("/etc/security/faillock.conf")
            and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0)


def stack(chance, counters):
    """The lines of one service: usually a sound lock-out, with something of it changed."""
    def faillock(what):
        words = [what] + [f"deny={chance.randrange(7)}"] * (chance.random() < 0.4)
        words += ["silent"] * (chance.random() < 0.3)
        return " ".join(["pam_faillock.so", *words, f"dir={counters}"])

    lines = []
    if chance.random() < 0.85:
        lines.append(("auth", chance.choice(["required", "requisite"]), faillock("preauth")))
    unix = chance.choice(["[success=1 default=ignore]", "sufficient", "[success=2 default=ignore]", "required"])
    lines.append(("auth", unix, "pam_unix.so nodelay"))
    if chance.random() < 0.8:
        lines.append(("auth", chance.choice(["[default=die]", "required", "requisite"]), faillock("authfail")))
    if "success=2" in unix or chance.random() < 0.2:
        lines.append(("auth", "requisite", "pam_deny.so"))
    if chance.random() < 0.5:
        lines.append(("auth", chance.choice(["sufficient", "required"]), faillock("authsucc")))
    if chance.random() < 0.6:
        lines.append(("auth", "required", "pam_permit.so"))
    if chance.random() < 0.15:
        lines.insert(chance.randrange(len(lines) + 1), ("auth", "optional", "pam_permit.so"))
    if chance.random() < 0.7:
        lines.append(("account", "required", f"pam_faillock.so dir={counters}"))
    lines.append(("account", "required", "pam_unix.so"))
    return lines


def service(chance, lines):
    """As the text of files: in one, or partly included."""
    texts = [f"{chance.choice(['', '-'])}{kind}{chance.choice([' ', '	'])}{control} {rest}"
             for kind, control, rest in lines]
    cut = next(i for i, line in enumerate(lines) if line[0] == "account")
    files = {}
    how = chance.choice(["flat", "flat", "@include", "include", "substack"])
    if how == "flat":
        files["sshd"] = texts
    elif how == "@include":
        files["sshd"] = ["@include common-auth", *texts[cut:]]
        files["common-auth"] = texts[:cut]
    else:
        files["sshd"] = [f"auth {how} common-auth", *texts[cut:]]
        files["common-auth"] = texts[:cut]
    return {f"/etc/pam.d/{name}": "\n".join(body) + "\n" for name, body in files.items()}


class Logins(unittest.TestCase):
    # EVIDENCE: D12.1.b
    @unittest.skipUnless(can_try(), "needs root, namespaces, pamtester and pam_faillock")
    def test_random_stacks(self):
        chance = random.Random(121)
        salted = subprocess.run(["openssl", "passwd", "-1", RIGHT], capture_output=True, text=True,
                                check=True).stdout.strip()
        said, compared = {}, 0
        for _ in range(rounds(60)):
            with tempfile.TemporaryDirectory(prefix="khien-pam-") as root:
                counters = os.path.join(root, "counters")
                tree = service(chance, stack(chance, counters))
                tree["/etc/security/faillock.conf"] = "".join(
                    chance.choice(["deny = {}\n", "deny={}\n", "# deny = {}\n", "silent\n", "deny = 5 {}\n", ""])
                    .format(chance.randrange(6)) for _ in range(3)) + chance.choice(["", "even_deny_root\n"]) + "nodelay\n"
                tree["/etc/passwd"] = "root:x:0:0::/root:/bin/sh\nan:x:1234:1234::/tmp:/bin/sh\n"
                tree["/etc/shadow"] = f"root:*:19000:0:99999:7:::\nan:{salted}:19000:0:99999:7:::\n"
                tree["/etc/group"] = "root:x:0:\nan:x:1234:\n"
                for name in ("faillock", "unix", "deny", "permit"):
                    tree[f"{MODULES}/pam_{name}.so"] = ""
                write_tree(root, tree)
                os.chmod(os.path.join(root, "etc/shadow"), 0o600)
                outcome = self.one(root, counters, tree)
            said[outcome] = said.get(outcome, 0) + 1
            compared += outcome != "broken"
        self.assertGreater(compared, rounds(60) // 2, said)

    def one(self, root, counters, tree):
        asked = subprocess.run([KHIEN, "ask", "--root", root, "--format", "json",
                                "SELECT deny, is_counted, is_refused, is_for_root, reason, detail FROM lock_policy "
                                "WHERE service = 'sshd'"], capture_output=True, text=True, timeout=60, check=True)
        row = json.loads(asked.stdout)[0]
        if row["reason"]:
            return f"unknown: {row['reason']}"
        locks = int(row["deny"] or 0) if int(row["is_counted"]) and int(row["is_refused"]) else 0
        done = subprocess.run(["unshare", "-m", "sh", "-c", SCRIPT, counters, root, str(locks)],
                              capture_output=True, text=True, timeout=120)
        outcome = done.stdout.strip()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(outcome, ("ok", "broken", *["a wrong password was taken"] * (not locks)), f"we say {row}\n" + "\n".join(
            f"--- {path}\n{text}" for path, text in tree.items() if "pam.d" in path or "faillock" in path))
        return outcome


if __name__ == "__main__":
    unittest.main()
