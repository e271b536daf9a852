#!/usr/bin/env python3
"""What the tables say is what the real programs do: sshd -T, pwscore, systemd-analyze, dconf, bash.

Each case makes settings by chance (always the same chance), asks `khien ask --root` about them, and the
program itself. A program that is not here skips its cases.
"""
import contextlib
import fnmatch
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest

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
    WORDS = {
        "PermitEmptyPasswords": ["yes", "no"],
        "PasswordAuthentication": ["yes", "no"],
        "X11Forwarding": ["yes", "no"],
        "MaxAuthTries": ["3", "6", "9"],
        "LogLevel": ["INFO", "VERBOSE"],
        "ClientAliveInterval": ["0", "300"],
        "ClientAliveCountMax": ["0", "3"],
        "ChannelTimeout": ["session:*=600", "agent-connection=300 session:shell=60"],
        "Ciphers": ["aes256-ctr,aes128-ctr", "aes256-gcm@openssh.com"],
        "KexAlgorithms": ["curve25519-sha256", "curve25519-sha256,ecdh-sha2-nistp256"],
        "StrictModes": ["yes", "no"],
    }

    # none of them is the user an from the host x at 10.0.0.1
    MATCHES = ["Match User khong-co-ai", "match user khong-co-ai", "Match  Group khong-co", "\tMatch User khong-co-ai # an",
               "Match Address 192.0.2.0/24", "Match User an Address 192.0.2.0/24", 'Match User "khong co"',
               "Match User !an,*", "Match LocalPort 2222"]

    def in_match(self, chance):
        return [f"  {word} {chance.choice(self.WORDS[word])}" for word in
                chance.sample(["PermitEmptyPasswords", "PasswordAuthentication", "X11Forwarding", "MaxAuthTries"], 2)]

    def lines(self, chance, count):
        out = []
        for _ in range(count):
            word = chance.choice(sorted(self.WORDS))
            value = chance.choice(self.WORDS[word])
            word = chance.choice([word, word.lower(), word.upper()])
            if " " not in value:
                value = chance.choice([value, f'"{value}"'])
            between = chance.choice([" ", "\t", "=", " = ", "  ", "\t= ", " \t "])
            out.append(chance.choice(["", "  ", "\t", " \t "]) + word + between + value
                       + chance.choice(["", " ", " # nhận xét", "\t#x", "\r", " \f", "\t\r"]))
            if chance.random() < 0.2:
                out.append(chance.choice(["", "# X11Forwarding yes", "   ", "\t# Match all", "#", "\r",
                                          "#StrictModes no \\", "Include d/khong-co-*.conf"]))
        return out

    # EVIDENCE: D10.1.d
    @unittest.skipUnless(SSHD, "no sshd here")
    def test_random_settings(self):
        chance = random.Random(20260909)
        with tempfile.TemporaryDirectory() as keys:
            key = os.path.join(keys, "key")
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
            for _ in range(rounds(40)):
                self.one(chance, key)

    def one(self, chance, key):
        names = [f"{chance.randrange(90):02d}-{i}.conf" for i in range(3)]
        files = {f"/etc/ssh/d/{name}": "\n".join(self.lines(chance, 3)
                 + ([chance.choice(self.MATCHES), "X11Forwarding yes", "MaxAuthTries 1"]
                    if chance.random() < 0.3 else [])) + chance.choice(["\n", "", "\n\n"]) for name in names}
        main = self.lines(chance, 4)
        for _ in range(chance.choice([1, 1, 2])):
            main.insert(chance.randrange(len(main) + 1), chance.choice(
                ["Include d/*.conf", "include\td/*.conf", 'Include "d/*.conf"', "INCLUDE=d/*.conf",
                 f"Include d/{names[1]} d/{names[0]}", "Include d/[0-4]*.conf d/[5-9]*.conf"]))
        if chance.random() < 0.3:
            main += [chance.choice(self.MATCHES), *self.in_match(chance)]
        files["/etc/ssh/sshd_config"] = "\n".join(main) + "\n"
        files["/usr/sbin/sshd"] = "OpenSSH_9.2p1"
        with tree(files) as root:
            mine = {row["keyword"]: row["value"] for row in
                    ask(root, "SELECT keyword, value FROM sshd_config WHERE match = ''")}
            # sshd takes relative includes from /etc/ssh: give it the same files by absolute path
            path = os.path.join(root, "etc/ssh/real")
            text = re.sub(r'(?im)^(include.*)$', lambda line: line.group(1).replace("d/", f"{root}/etc/ssh/d/"),
                          files["/etc/ssh/sshd_config"])
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = run(SSHD, "-T", "-f", path, "-h", key, "-C", "user=an,host=x,addr=10.0.0.1,lport=22")
        self.assertEqual(done.returncode, 0, done.stderr + text)
        real = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
        for word in self.WORDS:
            word = word.lower()
            if mine[word] == "default":
                continue
            self.assertEqual(mine[word].lower(), real.get(word, "none").lower(), f"{word}\n{json.dumps(files, indent=1)}")


class Root(unittest.TestCase):
    """Whether root comes in by a password, from any of three places, by what sshd says of each."""
    PLACES = ["10.0.0.1", "192.168.1.5", "203.0.113.9"]
    LINES = [["PermitRootLogin yes"] * 6 + ["PermitRootLogin no", "PermitRootLogin without-password",
                                         "PermitRootLogin forced-commands-only"],
             ["PasswordAuthentication yes", "PasswordAuthentication no"],
             ["KbdInteractiveAuthentication yes", "ChallengeResponseAuthentication no"],
             ["AuthenticationMethods publickey", "AuthenticationMethods publickey,password password",
              "AuthenticationMethods publickey,keyboard-interactive"],
             ["DenyUsers root", "AllowUsers an", "AllowUsers r*t", "DenyUsers an"]]
    MATCHES = ["User root", "User an,root", "User *,!root", "User an", "Address 10.0.0.0/8", "Address *,!10.0.0.0/8",
               "Group root", "Group khong-co", "User root Address 192.168.1.0/24", "LocalPort 22", "all", "Host x", "User r*"]

    def text(self, chance):
        out = ["UsePAM yes"] * (chance.random() < 0.7)
        out += [chance.choice(lines) for lines in self.LINES if lines is self.LINES[0] or chance.random() < 0.5]
        for _ in range(chance.randrange(3)):
            out.append("Match " + chance.choice(self.MATCHES))
            out += ["  " + chance.choice(lines) for lines in chance.sample(self.LINES, chance.randrange(1, 3))]
        return "\n".join(out) + "\n"

    @staticmethod
    def takes_password(said):
        """SAID: the lines of sshd -T for root from one place."""
        values = {}
        for line in said.splitlines():
            word, _, value = line.partition(" ")
            values.setdefault(word, []).append(value)
        one = {word: of[0] for word, of in values.items()}
        names_root = {word: any(fnmatch.fnmatchcase("root", name) for name in values.get(word, []))
                      for word in ("allowusers", "denyusers")}
        if one["permitrootlogin"] != "yes" or names_root["denyusers"] or ("allowusers" in values and not names_root["allowusers"]):
            return False
        can = {"password": one["passwordauthentication"] == "yes",
               "keyboard-interactive": one["kbdinteractiveauthentication"] == "yes" and one["usepam"] == "yes"}
        if one["authenticationmethods"] == "any":
            return any(can.values())
        return any(all(can.get(way) for way in chain.split(",")) for chain in one["authenticationmethods"].split())

    # EVIDENCE: D10.1.d
    @unittest.skipUnless(SSHD, "no sshd here")
    def test_root_by_password(self):
        chance, tried = random.Random(20261127), 0
        with tempfile.TemporaryDirectory() as keys:
            key = os.path.join(keys, "key")
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
            for _ in range(rounds(40)):
                text = self.text(chance)
                with tree({"/etc/ssh/sshd_config": text, "/usr/sbin/sshd": "OpenSSH_9.2p1 x"}) as root:
                    ways = {row["way"] for row in ask(root, "SELECT way FROM sshd_root_logins")}
                    real = [run(SSHD, "-T", "-f", os.path.join(root, "etc/ssh/sshd_config"), "-h", key, "-C",
                                f"user=root,host=x,addr={place},laddr=10.0.0.2,lport=22") for place in self.PLACES]
                if any(done.returncode for done in real):
                    continue        # a way that is switched off, in AuthenticationMethods
                tried += 1
                self.assertEqual("password" in ways, any(self.takes_password(done.stdout) for done in real), text)
        self.assertGreater(tried, 20)


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
