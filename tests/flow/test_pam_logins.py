#!/usr/bin/env python3
"""After how many wrong tries an account locks: real log-ins through PAM, by libpam itself and by pamtester, on
generated stacks of pam_faillock, pam_unix and the modules around them (odd_pam.py), against what the table lock_policy
says of the same files.

PAM gets the files in a mount namespace of its own; the counters are in a folder of the test."""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

import odd_pam
from flow import BIN, rounds, write_tree
from odd_pam import MODULES

KHIEN = os.environ.get("KHIEN_BIN", BIN)
PAMTESTER_TOO = 2   # so many rounds are tried by pamtester as well

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


class Logins(unittest.TestCase):
    # one of each fault that generated stacks have found: /etc/pam.d/sshd, faillock.conf
    KEPT = [
        # nologin has no say: nothing is jumped over
        ("auth [success=2 default=ignore] U\nauth requisite F authfail\nauth requisite pam_deny.so\nauth [success=1 default=ignore] pam_nologin.so\n"
         "auth required pam_permit.so\n", "deny = 2\n"),
        # a jump beyond the end refuses
        ("auth requisite F preauth\nauth sufficient U\nauth required F authfail\nauth [default=1] pam_deny.so\n", "deny = 2\n"),
        # after a backslash, lines without a word are passed over
        ("auth requisite F preauth\nauth sufficient U\nauth optional pam_permit.so \\\n \n# x\nauth [default=die] F authfail\n"
         "auth requisite pam_deny.so\n", "deny = 2\n"),
        # the right password is right for each pam_unix
        ("auth requisite F preauth\nauth required U\nauth [success=1 default=ignore] U\nauth [default=die] F authfail\n", "deny = 2\n"),
        # blanks in the brackets, none between the pairs
        ("auth requisite F preauth\nauth [ success = 1default= ignore] U\nauth [default=die] F authfail\nauth required F authsucc\n", ""),
        # sshd runs as root
        ("auth sufficient pam_rootok.so\nauth requisite F preauth\nauth sufficient U\nauth [default=die] F authfail\n", "deny = 2\n"),
        # an, who is no system user
        ("auth requisite F preauth\nauth sufficient U\nauth [success=1 default=ignore] pam_usertype.so issystem\n"
         "auth [default=die] F authfail\n", "deny\v=\f2\r\n"),
    ]

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="khien-pam-")
        self.addCleanup(folder.cleanup)
        self.base = folder.name
        self.salted = subprocess.run(["openssl", "passwd", "-1", odd_pam.RIGHT], capture_output=True, text=True,
                                     check=True).stdout.strip()
        self.libpam = subprocess.Popen([sys.executable, odd_pam.__file__, self.base], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.libpam.wait)
        self.addCleanup(self.libpam.stdout.close)
        self.addCleanup(self.libpam.stdin.close)

    def trees(self, counters):
        chance = random.Random(121)
        for number in range(len(self.KEPT) + rounds(120)):
            tree = odd_pam.tree_of(chance, counters, self.salted)
            if number < len(self.KEPT):
                for path in [path for path in tree if path.startswith("/etc/pam.d/")]:
                    del tree[path]
                stack, tree["/etc/security/faillock.conf"] = self.KEPT[number]
                tree["/etc/pam.d/sshd"] = stack.replace("F ", f"pam_faillock.so dir={counters} ").replace("U\n", "pam_unix.so\n") \
                    + f"account required pam_faillock.so dir={counters}\naccount required pam_unix.so\n"
            yield number, tree

    # EVIDENCE: D12.1.b
    @unittest.skipUnless(can_try(), "needs root, namespaces, pamtester and pam_faillock")
    def test_random_stacks(self):
        said = {}
        root = os.path.join(self.base, "root")
        for number, tree in self.trees(f"{root}/counters"):
            write_tree(root, tree)
            os.chmod(f"{root}/etc/shadow", 0o600)
            outcome = self.one(root, tree, by_pamtester=number < PAMTESTER_TOO)
            self.assertTrue(number >= len(self.KEPT) or outcome in ("ok", "a wrong password was taken"), f"{number} {outcome}")
            said[outcome] = said.get(outcome, 0) + 1
            shutil.rmtree(root)
        self.assertGreater(said["ok"], rounds(120) // 5, said)

    def one(self, root, tree, by_pamtester):
        asked = subprocess.run([KHIEN, "ask", "--root", root, "--format", "json",
                                "SELECT deny, is_counted, is_refused, is_for_root, reason, detail FROM lock_policy "
                                "WHERE service = 'sshd'"], capture_output=True, text=True, timeout=60, check=True)
        row = json.loads(asked.stdout)[0]
        if row["reason"]:
            return f"unknown: {row['reason']}"
        locks = int(row["deny"] or 0) if int(row["is_counted"]) and int(row["is_refused"]) else 0
        self.libpam.stdin.write(json.dumps([root, locks]) + "\n")
        self.libpam.stdin.flush()
        outcome = json.loads(self.libpam.stdout.readline())
        self.assertIn(outcome, ("ok", "broken", *["a wrong password was taken"] * (not locks)), f"we say {row}\n" + "\n".join(
            f"--- {path}\n{text}" for path, text in tree.items() if "pam.d" in path or "faillock.conf" in path))
        if by_pamtester and outcome in ("ok", "broken"):
            done = subprocess.run(["unshare", "-m", "sh", "-c", SCRIPT, f"{root}/counters", root, str(locks)],
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual((done.stdout.strip(), done.returncode), (outcome, 0), done.stderr)
        return outcome


if __name__ == "__main__":
    unittest.main()
