#!/usr/bin/env python3
"""What the tables say is what the real programs do: sshd -T, pwscore, systemd-analyze, dconf, bash.

Each case makes settings by chance (always the same chance), asks `khien ask --root` about them, and the
program itself. A program that is not here skips its cases.
"""
import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest

import odd_shell
import odd_sshd
from flow import BIN, rounds

KHIEN = os.environ.get("KHIEN_BIN", BIN)
SSHD = shutil.which("sshd", path="/usr/sbin:/usr/bin")


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=60, **more)


def ask(root, sql):
    done = run(KHIEN, "ask", "--root", root, "--format", "json", sql)
    if done.returncode:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


@contextlib.contextmanager
def tree(files):
    root = tempfile.mkdtemp(prefix="khien-same-")
    try:
        for path, text in files.items():
            full = os.path.join(root, path.lstrip("/"))
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode())
        yield root
    finally:
        shutil.rmtree(root)


class Sshd(unittest.TestCase):
    # one of each fault that generated files have found
    KEPT = [
        {"sshd_config": "MACs umac-64-etm@openssh.com\nMatch all\n  Include d/inner\n", "d/inner": "MACs hmac-sha2-256\n"},
        {"sshd_config": "Match all\n  MaxAuthTries 3\nMATCH ALL\n  MaxAuthTries 9\n"},
        {"sshd_config": "HostKeyAlgorithms ssh-r*\nPubkeyAcceptedAlgorithms rsa-*,*-cert-*,ssh-?s?\n"},
        # a yes or no, and a list of names apart from it: the list is the last one's, the yes or no the first one's
        {"sshd_config": "PermitUserEnvironment no\nMatch all\n  PermitUserEnvironment LANG,LC_*\n"},
        {"sshd_config": "PermitUserEnvironment yes\nMatch all\n  PermitUserEnvironment LANG,LC_*\n  PermitUserEnvironment A\n"},
        {"sshd_config": "PermitUserEnvironment A\nMatch all\n  PermitUserEnvironment no\n  PermitUserEnvironment LANG,LC_*\n"},
    ]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.key = os.path.join(folder.name, "key")
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key)

    def sshd(self, path, **connection):
        return run(SSHD, "-T", "-f", path, "-h", self.key, "-C", ",".join(f"{k}={v}" for k, v in connection.items()))

    # EVIDENCE: D10.1.d
    @unittest.skipUnless(SSHD, "no sshd here")
    def test_random_settings(self):
        chance, taken = random.Random(20260909), 0
        for files in self.KEPT:
            self.assertTrue(self.one(files), files)
        for _ in range(rounds(60)):
            taken += self.one(odd_sshd.configuration(chance))
        self.assertGreater(taken, rounds(60) // 3)

    def one(self, conf):
        """False when sshd does not start with these files: there is nothing to compare then."""
        with tree({**{f"/etc/ssh/{name}": text for name, text in conf.items()}, "/usr/sbin/sshd": "OpenSSH_9.2p1 x"}) as root:
            # sshd takes relative includes from /etc/ssh: give it the same files by absolute path
            for name, text in conf.items():
                path = os.path.join(root, "real", name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8", newline="") as file:
                    file.write(re.sub(r"(?im)^(\s*include.*)$", lambda line: line.group(1).replace("d/", f"{root}/real/d/"), text))
            done = self.sshd(f"{root}/real/sshd_config", user="an", host="x", addr="10.0.0.1", lport=22)
            if done.returncode:
                return False
            lets_environment = self.lets_environment(root, conf, done.stdout)
            mine = {row["keyword"]: row for row in ask(root, "SELECT keyword, value, is_default FROM sshd_config WHERE match = ''")}
        real = {}
        for line in done.stdout.splitlines():
            word, _, value = line.partition(" ")
            real[word] = f"{real[word]} {value}" if word in real else value
        if not lets_environment:
            real["permituserenvironment"] = "no"
        for word in mine.keys() & {word.lower() for word in odd_sshd.WORDS}:
            value, theirs = mine[word]["value"], real.get(word, "none")
            if value != "default" and not value.startswith("-"):
                self.assertEqual(odd_sshd.same(word, value), odd_sshd.same(word, theirs), f"{word}\n{json.dumps(conf, indent=1)}")
        return True

    def lets_environment(self, root, conf, said):
        """sshd -T shows a list of PermitUserEnvironment beside a "no", to which it is nothing: with a "yes" for
        each list it shows which of the two sshd goes by."""
        if re.search("^permituserenvironment (yes|no)$", said, re.M):
            return "permituserenvironment yes" in said
        for name in conf:
            path = os.path.join(root, "real", name)
            with open(path, encoding="utf-8", newline="") as file:
                text = file.read()
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(re.sub(r"(?im)^([ \t]*\"?PermitUserEnvironment\"?[ \t]*=?[ \t]*)(LANG,LC_\*|A\b)", r"\1yes", text))
        done = self.sshd(f"{root}/real/sshd_config", user="an", host="x", addr="10.0.0.1", lport=22)
        return "permituserenvironment yes" in done.stdout

    # EVIDENCE: D10.1.d
    @unittest.skipUnless(SSHD, "no sshd here")
    def test_root_by_password(self):
        """Whether root comes in by a password, from any of several places, by what sshd says of each."""
        chance, tried = random.Random(20261127), 0
        kept = ["UsePAM yes\nPermitRootLogin yes\nAllowGroups an,root\n"]
        for number in range(len(kept) + rounds(16)):
            text = kept[number] if number < len(kept) else odd_sshd.root_text(chance)
            with tree({"/etc/ssh/sshd_config": text, "/usr/sbin/sshd": "OpenSSH_9.2p1 x", "/etc/group": "root:x:0:\n"}) as root:
                ways = {row["way"] for row in ask(root, "SELECT way FROM sshd_root_logins")}
                real = []
                for address, host, port in odd_sshd.PLACES:
                    done = self.sshd(f"{root}/etc/ssh/sshd_config", user="root", host=host, addr=address, laddr="10.0.0.2", lport=port)
                    if done.returncode:
                        break       # a way that is switched off, in AuthenticationMethods
                    real.append(odd_sshd.takes_password(done.stdout, address, host))
            if done.returncode:
                continue
            tried += 1
            self.assertEqual("password" in ways, any(real), text)
        self.assertGreater(tried, rounds(16) // 2)


class Span(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze here")
    def test_spans(self):
        pam = "session optional pam_systemd.so\n"
        for text in ("600", "10min", "1h 30s", "5 min 20s", "\"10min\"", "10 parsec", "1.5h", "90s", "1h30min",
                     "2days", "500ms 2s", "9m59s", ".5min", "10M", "-5", "1w", "0x10", "3 hours 4"):
            done = run("systemd-analyze", "timespan", text)
            real = None
            for line in done.stdout.splitlines():
                if "s:" in line:
                    real = -(-int(line.split(":")[1]) // 1000000)
            with tree({"/etc/systemd/logind.conf": f"[Login]\nStopIdleSessionSec={text}\n",
                       "/usr/lib/systemd/systemd-logind": "StopIdleSessionSec utmp",
                       "/etc/pam.d/login": pam, "/etc/pam.d/sshd": pam}) as root:
                mine = ask(root, "SELECT seconds FROM session_limits WHERE name = 'logind'")[0]["seconds"]
            self.assertEqual(int(mine), real or 0, text)


class Shell(unittest.TestCase):
    """TMOUT after the start-up files, told by bash itself."""

    PIECES = [
        "TMOUT=300", "export TMOUT=600", "readonly TMOUT=450", "unset TMOUT", "TMOUT=0", "# TMOUT=1",
        "if [ -n \"${PS1-x}\" ]; then TMOUT=120; fi", "if [ ! -d / ]; then TMOUT=7; else TMOUT=8; fi",
        "f() { :; }", "( TMOUT=5 )", "true && TMOUT=60 || TMOUT=61", "false || TMOUT=62",
        "[ -d / ] && export TMOUT=63", "cat > /dev/null <<EOF\nTMOUT=9\nEOF", "declare -x TMOUT=64",
        "TMOUT=$((10*60))", "TMOUT=${TMOUT:-66}", "echo x | TMOUT=67 cat > /dev/null", "TMOUT=68 true",
        "if false; then TMOUT=1; elif true; then TMOUT=69; else TMOUT=2; fi", "TMOUT='70'; export TMOUT",
        "TMOUT=71 # giây", "TMOUT=72; export TMOUT # TMOUT=1", "  TMOUT=73", "TM\\\nOUT=74", "TMOUT=7\\\n5", "TMOUT=\"76\"", 
        "export TMOUT=78 X=1", "typeset -x TMOUT=79", ": ${TMOUT:=80}", "TMOUT=81 TMOUT=82", 
        "[[ -d / ]] && TMOUT=87", "test -f /khong-co || TMOUT=88", "{ TMOUT=89; }", "! false && TMOUT=90",
        "export TMOUT; TMOUT=91", "unset -v TMOUT", "TMOUT=92&&true", "if [ -z \"$TMOUT\" ]; then TMOUT=93; fi", "TMOUT=0094",
    ]

    # what needs the shell itself may stay unknown; what is told is right all the same
    HARD = ["X=77; TMOUT=$X", "for i in 85 86; do TMOUT=$i; done", "case x in x) TMOUT=83 ;; *) TMOUT=84 ;; esac",
            "TMOUT=$(echo 95)", "eval TMOUT=96", "while :; do TMOUT=97; break; done"]

    # EVIDENCE: D12.1.b
    @unittest.skipUnless(shutil.which("bash"), "no bash here")
    def test_random_profiles(self):
        chance = random.Random(1201)
        for _ in range(rounds(60)):
            pieces = [chance.choice(self.PIECES) for _ in range(chance.randrange(1, 6))]
            is_hard = chance.random() < 0.1
            if is_hard:
                pieces.insert(chance.randrange(len(pieces) + 1), chance.choice(self.HARD))
            # bash gives up a script at the first assignment to a readonly variable
            if any("readonly" in piece for piece in pieces):
                pieces = pieces[:[i for i, p in enumerate(pieces) if "readonly" in p][0] + 1]
            script = "\n".join(pieces) + "\n"
            with tree({"/etc/profile": script, "/etc/passwd": "root:x:0:0::/root:/bin/bash\n"}) as root:
                mine = ask(root, "SELECT seconds, reason FROM shell_timeouts")[0]
            real = run("bash", "--norc", "-c", f"PS1=x; {script}\necho \"=${{TMOUT-}}\"",
                       env={"PATH": os.environ["PATH"], "HOME": "/root"})
            value = real.stdout.rsplit("=", 1)[1].strip() or "0"
            if is_hard and mine["reason"]:
                continue
            self.assertIsNone(mine["reason"], script)
            self.assertEqual(int(mine["seconds"]), int(value), script)


    # one of each fault that generated scripts have found
    KEPT = ["TMOUT=5\nfalse && { TMOUT=93; }\n", "TMOUT=5\ncommand export TMOUT=8\n", "TMOUT=5\nunset 'TMOUT'\n", "export 'TMOUT=6'\n",
            '[ "$X" ] || return 0\nTMOUT=5\n', "TMOUT=5\n{ TMOUT=6; } 2>&1 | cat\n", "TMOUT=5\nunset -f TMOUT\n", "TMOUT[0]=5\n",
            "TMOUT=4\n{ true; } || TMOUT=3\n", "TMOUT=5\nlocal TMOUT=7 2>/dev/null\n", "\\export TMOUT=9\n", "time { TMOUT=3; } 2>/dev/null\n",
            "TMOUT=5\nf() { TMOUT=0; }; f\n", 'TMOUT=\nif [ -n "$TMOUT" ]; then TMOUT=3; fi\n: ${TMOUT:=7}\n', "if (false); then TMOUT=3; else TMOUT=4; fi\n",
            "TMOUT=1234567890123\n", "TMOUT=00000000000000000012\n", "TMOUT=4294967296\n", "TMOUT=99999999999999999999\n"]

    # EVIDENCE: D12.1.b
    @unittest.skipUnless(shutil.which("bash"), "no bash here")
    def test_nested_profiles(self):
        """What is told is right; much that needs the shell itself stays unknown."""
        chance, told = random.Random(1202), 0
        for script in self.KEPT + [odd_shell.script(chance) for _ in range(rounds(60))]:
            with tree({"/etc/profile": script, "/etc/passwd": "root:x:0:0::/root:/bin/bash\n"}) as root:
                mine = ask(root, "SELECT seconds, reason FROM shell_timeouts")[0]
                real = run("bash", "--norc", "-c", 'PS1=x; . "$1"; echo "=${TMOUT-}"', "bash", f"{root}/etc/profile",
                           env={"PATH": os.environ["PATH"], "HOME": "/root", "USER": "root", "TERM": "xterm"}, stdin=subprocess.DEVNULL)
            if mine["reason"] or "=" not in real.stdout or "$-" in script:
                continue        # not told; the script ends the shell; bash -c has no flag i
            told += 1
            self.assertEqual(int(mine["seconds"]), odd_shell.seconds(real.stdout.rsplit("=", 1)[1].strip()), script)
        self.assertGreater(told, rounds(60) // 3)


class Quality(unittest.TestCase):
    """The shortest password: pwscore reads /etc/security/pwquality.conf, so it gets one in a namespace
    of its own."""

    def score(self, conf, password):
        script = 'mount --bind "$1" /etc/security/pwquality.conf && printf "%s\\n" "$2" | pwscore'
        return run("unshare", "-m", "sh", "-c", script, "sh", conf, password).returncode == 0

    def can_try(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write("dictcheck = 0\n")     # the dictionary is another package
            file.flush()
            return self.score(file.name, "Kz7#wm4X%bt9J&vd")

    # EVIDENCE: D8.3
    @unittest.skipUnless(shutil.which("pwscore") and os.path.exists("/etc/security/pwquality.conf"),
                         "no pwscore here")
    def test_shortest(self):
        if not self.can_try():
            self.skipTest("no namespace to give pwscore its file in")
        pam = ("password requisite pam_pwquality.so\npassword required pam_unix.so use_authtok\n")
        chance = random.Random(83)
        for _ in range(rounds(40)):
            minlen = chance.randrange(4, 18)
            credits = {n: chance.choice([-1, 0, 0, 1, 2]) for n in ("dcredit", "ucredit", "lcredit", "ocredit")}
            conf = f"minlen = {minlen}\ndictcheck = 0\n" + "".join(f"{k} = {v}\n" for k, v in credits.items())
            with tree({"/etc/pam.d/passwd": pam, "/etc/security/pwquality.conf": conf}) as root:
                mine = int(ask(root, "SELECT minlen FROM pw_policy WHERE service = 'passwd'")[0]["minlen"])
                path = os.path.join(root, "etc/security/pwquality.conf")
                enough = self.best(mine, credits)
                self.assertTrue(self.score(path, enough), f"{conf}\n{enough} should pass")
                if mine > 1:
                    self.assertFalse(any(self.score(path, self.best(mine - 1, credits, turn))
                                         for turn in range(4)), f"{conf}\nshorter than {mine} passed")

    def best(self, length, credits, turn=0):
        """A password of LENGTH that earns every credit it can."""
        kinds = {"dcredit": "7492851", "ucredit": "QXJHWMT", "lcredit": "kzwmbtv", "ocredit": "#%&!?*+"}
        order = sorted(kinds, key=lambda k: -credits[k])
        order = order[turn:] + order[:turn]
        want = [k for k in order if credits[k] < 0]
        for k in order:
            want += [k] * max(0, credits[k])
        while len(want) < length:
            want += order
        used, out = dict.fromkeys(kinds, 0), []
        for k in want[:length]:
            out.append(kinds[k][used[k] % 7])
            used[k] += 1
        return "".join(out)


class Dconf(unittest.TestCase):
    BASE = {"/etc/passwd": "an:x:1000:1000::/home/an:/bin/bash\n",
            "/usr/lib/systemd/system/gdm.service": "[Service]\nExecStart=/x\n[Install]\nAlias=display-manager.service\n",
            "/etc/systemd/system/display-manager.service": "[Service]\nExecStart=/x\n",
            "/usr/share/xsessions/gnome.desktop": "x\n"}

    # EVIDENCE: D11.1.b
    @unittest.skipUnless(shutil.which("dconf"), "no dconf here")
    def test_compiled(self):
        chance = random.Random(11)
        base = {**self.BASE, "/etc/dconf/profile/user": "user-db:user\nsystem-db:local\n"}
        for _ in range(rounds(12)):
            idle, delay = chance.randrange(1, 900), chance.randrange(0, 90)
            noise = "".join(f"[org/x{i}/{chance.randrange(99)}]\na{i}={i}\n" for i in range(chance.randrange(30)))
            with tempfile.TemporaryDirectory() as folder:
                os.mkdir(os.path.join(folder, "keys"))
                with open(os.path.join(folder, "keys", "10"), "w", encoding="utf-8") as file:
                    file.write(f"{noise}[org/gnome/desktop/session]\nidle-delay=uint32 {idle}\n"
                               f"[org/gnome/desktop/screensaver]\nlock-delay=uint32 {delay}\n")
                out = os.path.join(folder, "db")
                done = run("dconf", "compile", out, os.path.join(folder, "keys"))
                self.assertEqual(done.returncode, 0, done.stderr)
                with open(out, "rb") as file:
                    compiled = file.read()
            with tree({**base, "/etc/dconf/db/local": compiled}) as root:
                row = ask(root, "SELECT seconds, reason FROM screen_locks WHERE desktop = 'gnome'")[0]
            self.assertEqual(int(row["seconds"]), idle + delay)

    KEYS = {"org/gnome/desktop/session": {"idle-delay": lambda c: f"uint32 {c.choice([0, 60, 300, 601, 900])}"},
            "org/gnome/desktop/screensaver": {"lock-enabled": lambda c: c.choice(["true", "false"]),
                                              "lock-delay": lambda c: f"uint32 {c.choice([0, 30, 120])}",
                                              "idle-activation-enabled": lambda c: c.choice(["true", "false"])},
            "org/gnome/desktop/lockdown": {"disable-lock-screen": lambda c: c.choice(["true", "false"])}}

    def key_file(self, chance):
        text = ""
        for path, keys in self.KEYS.items():
            lines = [f"{name}={value(chance)}\n" for name, value in keys.items() if chance.random() < 0.5]
            text += f"[{path}]\n{''.join(lines)}" if lines else ""
        return text

    def lock_file(self, chance):
        return "".join(f"/{path}/{name}\n" for path, keys in self.KEYS.items() for name in keys
                       if chance.random() < 0.25)

    def compiled(self, chance, has_locks):
        """A database of one or two key files, as dconf itself writes it."""
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "keys/locks"))
            for name in chance.sample(["10", "9x", "a"], chance.randrange(1, 3)):
                with open(os.path.join(folder, "keys", name), "w", encoding="utf-8") as file:
                    file.write(self.key_file(chance))
            if has_locks:
                with open(os.path.join(folder, "keys/locks/l"), "w", encoding="utf-8") as file:
                    file.write(self.lock_file(chance))
            done = run("dconf", "compile", os.path.join(folder, "db"), os.path.join(folder, "keys"))
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(os.path.join(folder, "db"), "rb") as file:
                return file.read()

    def gsettings(self, root):
        """Effective values and whether each may be changed, told by gsettings for the user of the tree."""
        script = 'mkdir -p /etc/dconf && mount --bind "$1/etc/dconf" /etc/dconf && shift && "$@"'
        pieces = [f"{what} org.gnome.desktop.{schema} {key}" for schema, key in (
            ("session", "idle-delay"), ("screensaver", "lock-enabled"), ("screensaver", "lock-delay"),
            ("screensaver", "idle-activation-enabled"), ("lockdown", "disable-lock-screen"))
            for what in ("get", "writable")]
        words = "; ".join(f"gsettings {piece}" for piece in pieces)
        env = {**os.environ, "GSETTINGS_BACKEND": "dconf", "DCONF_PROFILE": "user", "HOME": root + "/home/an",
               "XDG_CONFIG_HOME": root + "/home/an/.config", "XDG_RUNTIME_DIR": root + "/run"}
        done = run("unshare", "-m", "sh", "-ec", script, "sh", root, "sh", "-c", words, env=env)
        lines = done.stdout.split("\n")[:10]
        self.assertEqual(len(lines), 10, done.stderr)
        return [line.replace("uint32 ", "") for line in lines]

    # EVIDENCE: D11.1.b
    @unittest.skipUnless(shutil.which("gsettings") and shutil.which("dconf") and os.geteuid() == 0
                         and os.path.exists("/usr/share/glib-2.0/schemas/org.gnome.desktop.session.gschema.xml")
                         and run("unshare", "-m", "true").returncode == 0, "needs root, gsettings and GNOME's schemas")
    def test_as_gsettings(self):
        chance = random.Random(1101)
        for _ in range(rounds(25)):
            profile = chance.choice(["user-db:user\nsystem-db:local\n", "user-db:user\nsystem-db:local\nsystem-db:site\n",
                                     "user-db:user\n", "system-db:site\nsystem-db:local\n"])
            files = {**self.BASE, "/etc/dconf/profile/user": profile, "/run/.keep": "", "/home/an/.keep": "",
                     "/etc/dconf/db/local": self.compiled(chance, True), "/etc/dconf/db/site": self.compiled(chance, True)}
            if chance.random() < 0.7:
                files["/home/an/.config/dconf/user"] = self.compiled(chance, False)
            with tree(files) as root:
                row = next(r for r in ask(root, "SELECT user, seconds, is_enforced, reason FROM screen_locks "
                                                "WHERE desktop = 'gnome'") if r["user"] == "an")
                said = self.gsettings(root)
                idle, lock, delay, _, off = said[::2]
                can_write = said[1::2]
                del can_write[3]                 # GNOME ignores idle-activation-enabled by now
            real = int(idle) + int(delay) if lock != "false" and off != "true" and int(idle) > 0 else 0
            self.assertIsNone(row["reason"], files)
            self.assertEqual(int(row["seconds"]), real, f"{profile}{said}")
            if real:
                self.assertEqual(bool(row["is_enforced"]), "true" not in can_write, f"{profile}{said}")


if __name__ == "__main__":
    unittest.main()
