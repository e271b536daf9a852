#!/usr/bin/env python3
"""Who is who among the processes of the service, and what each may touch: every process tries all that is
listed, from inside (KHIEN_TEST_TRY of the test build), and the table below says what it may."""
import ctypes
import os
import pwd
import re
import shutil
import stat
import subprocess
import time
import unittest

import shard
from flow import BUILD, Server, where_nobody_reaches
from test_intake import Log

LOG = {"read log", "write log", "write wal"}
# Row of src/prog/khien/serve.c: what it may of TRIES. (audit and review read the whole machine, with no stranger's
# byte before them: their user bounds what they write.)
MAY = {
    "web": {"read log", "read trail", "read notes", "write import"},
    "signin": {"read machine"},
    "seal": LOG | {"read key", "write key"},
    "intake": {"write wal"},
    "store": {"read log", "write wal"},
    "verify": {"read log", "read notes", "write notes"},
    "note": {"read log", "read notes", "write notes"},
    "trail": {"read trail", "write trail", "read trail key", "write trail key"},
    "table": {"write import"},
    "import": {"write import"},
    "media": {"read log"},
    "order": {"read log"},
    "duty": {"read log", "read notes", "write notes"},
    "outside": {"read log", "read machine"},
}
USERS = {"khien": 2101, "khien-seal": 2102, "khien-log": 2103, "khien-out": 2104}


def landlock_abi():
    return ctypes.CDLL(None).syscall(444, None, 0, 1)


def children(server):
    """{name: process id}, by what ps shows."""
    found = {}
    for pid in subprocess.run(["ps", "--ppid", str(server.process.pid), "-o", "pid="], stdout=subprocess.PIPE,
                              text=True, check=False).stdout.split():
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as words, open(f"/proc/{pid}/comm", encoding="ascii") as comm:
                word, short = words.read().rstrip(b"\0").decode(), comm.read().strip()
        except OSError:
            continue
        if word.startswith("khien: ") and word == short:
            found[word[7:]] = int(pid)
    return found


def status(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return re.search(rf"^{key}:\s*(.*)$", f.read(), re.M).group(1).split()


class Tries:
    """What is tried in a data folder, {words: order}."""

    def __init__(self, data):
        year = shard.year_now()
        self.path = data + ".try"
        self.all = {
            "read key": f"read {data}/keys/log/{year}/identity.key",
            "write key": f"write {data}/keys/log/{year}/try",
            "read trail key": f"read {data}/keys/trail/{year}/identity.key",
            "write trail key": f"write {data}/keys/trail/{year}/try",
            "read log": f"read {data}/log/{year}/origin",
            "write log": f"write {data}/log/{year}/try",
            "write wal": f"write {data}/log/{year}/wal/try",
            "read trail": f"read {data}/trail/{year}/origin",
            "write trail": f"write {data}/trail/try",
            "read notes": f"read {data}/notes/seen",
            "write notes": f"write {data}/notes/try",
            "write import": f"write {data}/import/try",
            "write data": f"write {data}/try",
            "read secrets": f"read {data}/secret.key",
            "write database": f"write {data}/khien.db",
            "read machine": "read /etc/passwd",
            "write elsewhere": "write /tmp/khien-is-no-file-of-yours",
        }
        with open(self.path, "w", encoding="ascii") as f:
            f.write("".join(order + "\n" for order in self.all.values()))

    def done(self, said, name):
        """What NAME could; the rest was refused by rights, not because nothing was there."""
        could = set()
        for words, order in self.all.items():
            answers = re.findall(rf"^khien try: {name} {re.escape(order)}: (.*)$", said, re.M)
            if not answers:
                raise AssertionError(f"{name} never tried: {order}\n{said}")
            if answers[-1] == "done":
                could.add(words)
            elif answers[-1] != "Permission denied":
                raise AssertionError(f"{name}: {order}: {answers[-1]}")
        return could


def have_run(server, names):
    return all(f"khien try: {name} " in server.said() for name in names)


class Folders(unittest.TestCase):
    @unittest.skipUnless(landlock_abi() >= 1, "this kernel has no Landlock")
    def test_each_touches_what_it_needs_and_no_more(self):
        with Server() as server:
            server.wait_for("thiet-lap")
            # the trail's keys are made by its first visit
            server.pass_time(minutes=2)
            shard.wait_for(lambda: os.path.exists(f"{server.data}/trail/{shard.year_now()}/checkpoint"), 60)
            server.stop()
            with open(f"{server.data}/notes/seen", "w", encoding="ascii"):
                pass
            tries = Tries(server.data)
            server.env["KHIEN_TEST_TRY"] = tries.path
            server.start()
            shard.wait_for(lambda: have_run(server, ("web", "seal", "store")), 60)
            server.pass_time(days=8)
            shard.wait_for(lambda: have_run(server, MAY), 120)
            could = {name: tries.done(server.said(), name) for name in MAY}
            self.assertEqual(could, MAY)
            if os.geteuid() == 0:       # the rows that may look at all of the machine are not web
                self.assertIn("read key", tries.done(server.said(), "audit"))


class Names(unittest.TestCase):
    def test_ps_tells_them_apart(self):
        with Server() as server:
            found = shard.wait_for(lambda: (lambda c: c if len(c) >= 5 else None)(children(server)))
            self.assertLessEqual({"web", "signin", "seal", "intake", "store"}, set(found))
            with open(f"/proc/{server.process.pid}/cmdline", "rb") as f:
                self.assertEqual(f.read().split(b"\0")[1], b"serve")


class Parent(unittest.TestCase):
    def test_none_outlives_a_parent_that_was_killed(self):
        with Server() as server:
            living = shard.wait_for(lambda: (lambda c: c if len(c) >= 5 else None)(children(server)))
            server.process.kill()
            server.process.wait()
            end = time.monotonic() + 30
            while living and time.monotonic() < end:
                living = {name: pid for name, pid in living.items() if os.path.exists(f"/proc/{pid}")
                          and status(pid, "State")[0] != "Z"}
                time.sleep(0.1)
            self.assertEqual(living, {})


def may_mount():
    return os.geteuid() == 0 and shutil.which("setpriv") and subprocess.run(
        ["unshare", "--mount", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


@unittest.skipUnless(may_mount(), "only root may give each process a user")
class Users(unittest.TestCase):
    """As a package leaves the machine: four users, the service started as root. They are in the table of users of
    a mount namespace and nowhere else."""

    def setUp(self):
        self.log = Log()
        server, self.data = self.log.server, self.log.data
        os.chmod(server.own.name, 0o755)
        passwd = os.path.join(server.own.name, "passwd")
        shutil.copy("/etc/passwd", passwd)
        self.uids = dict(USERS)
        with open(passwd, "a", encoding="ascii") as f:
            for name, uid in USERS.items():
                try:
                    self.uids[name] = pwd.getpwnam(name).pw_uid
                except KeyError:
                    f.write(f"{name}:x:{uid}:{USERS['khien']}::/nonexistent:/usr/sbin/nologin\n")
        program, packs = where_nobody_reaches()
        command = [program if word == server.command[0] else word for word in server.command]
        command[command.index("--packs") + 1] = packs
        server.command = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/passwd && exec "$@"', passwd,
                          *command]
        self.server = server

    def as_user(self, name, path, how="r"):
        """Opening PATH as that user, in the group of all: the error's name, or ''."""
        words = f"import errno\ntry: open({path!r}, {how!r})\nexcept OSError as e: print(errno.errorcode[e.errno])"
        return subprocess.run(["setpriv", "--reuid", str(self.uids[name]), "--regid", str(self.uids["khien"]),
                               "--clear-groups", "/usr/bin/python3", "-c", words],
                              stdout=subprocess.PIPE, text=True, check=True, cwd="/").stdout.strip()

    def owner(self, path):
        return {uid: name for name, uid in self.uids.items()}.get(os.lstat(os.path.join(self.data, path)).st_uid)

    def start_again(self):
        self.server.start()
        shard.wait_for(lambda: "intake" in children(self.server))

    def send_and_wait_for_the_seal(self):
        """So many lines are sealed at once, not at the next minute."""
        before, count = self.sealed(), 12000
        with self.log.tcp() as tcp:
            tcp.sendall(b"".join(b"<13>line %d\n" % i for i in range(count)))
        shard.wait_for(lambda: self.sealed() >= before + 10000, 60)

    def sealed(self):
        year = shard.year_now()
        try:
            with open(f"{self.data}/log/{year}/checkpoint", encoding="utf-8") as f:
                return int(f.read().split("\n")[1])
        except OSError:
            return 0

    def check_users(self):
        running = shard.wait_for(lambda: (lambda c: c if len(c) >= 5 else None)(children(self.server)))
        for name, user in (("web", "khien"), ("signin", "khien"), ("seal", "khien-seal"), ("intake", "khien-log"),
                           ("store", "khien-log")):
            self.assertEqual(set(status(running[name], "Uid")), {str(self.uids[user])}, name)
            self.assertEqual(status(running[name], "NoNewPrivs"), ["1"], name)
        for name in ("web", "signin", "seal"):
            self.assertEqual(status(running[name], "CapEff"), ["0" * 16], name)

    def check_files(self):
        year = shard.year_now()
        for path, user in ((f"keys/log/{year}/identity.key", "khien-seal"), ("keys/log/recovery.key", "khien-seal"),
                           (f"keys/log/{year}/epoch.key", "khien-seal"), (f"log/{year}/checkpoint", "khien-seal"),
                           (f"log/{year}/wal", "khien-log"), (f"log/{year}/segments", "khien-log"),
                           (f"log/{year}/cosigned", "khien-out"), ("log/intake", "khien-log"),
                           ("khien.db", "khien")):
            self.assertEqual(self.owner(path), user, path)
        for path in (f"keys/log/{year}/identity.key", f"keys/log/{year}/epoch.key", "keys/log/recovery.key"):
            full = os.path.join(self.data, path)
            self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(full)).st_mode) & 0o077, 0, path)
            for user in ("khien", "khien-log", "khien-out"):
                self.assertEqual(self.as_user(user, full), "EACCES", (user, path))
        checkpoint = f"{self.data}/log/{year}/checkpoint"
        self.assertEqual(self.as_user("khien", checkpoint), "")         # pages read what is public
        for user in ("khien", "khien-log", "khien-out"):
            self.assertEqual(self.as_user(user, checkpoint, "r+"), "EACCES", user)
        for name in os.listdir(f"{self.data}/log/{year}/wal"):
            for user in ("khien", "khien-seal", "khien-out"):
                self.assertEqual(self.as_user(user, f"{self.data}/log/{year}/wal/{name}", "r+"), "EACCES", user)
        self.assertEqual(self.as_user("khien-seal", f"{self.data}/khien.db"), "EACCES")

    def verify(self):
        done = subprocess.run([os.path.join(BUILD, "khien-verify"), f"{self.data}/log"], stdout=subprocess.PIPE,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode())

    def test_each_has_its_user_and_the_keys_are_the_sealers(self):
        with self.log:
            self.check_users()
            self.send_and_wait_for_the_seal()
            self.check_files()
            self.server.stop()
            self.verify()
            self.start_again()                  # with files that are there
            self.send_and_wait_for_the_seal()
            self.check_files()
            self.assertNotIn(" ended (", self.server.said())

    def test_a_web_process_taken_over_does_not_read_the_key(self):
        with self.log:
            self.server.wait_for("thiet-lap")
            self.server.pass_time(minutes=2)
            shard.wait_for(lambda: os.path.exists(f"{self.data}/trail/{shard.year_now()}/checkpoint"), 60)
            self.server.stop()
            open(f"{self.data}/notes/seen", "w", encoding="ascii").close()
            tries = Tries(self.data)
            self.server.env["KHIEN_TEST_TRY"] = tries.path
            self.server.start()
            shard.wait_for(lambda: have_run(self.server, ("web", "seal", "intake")), 60)
            could = tries.done(self.server.said(), "web")
            self.assertNotIn("read key", could)
            self.assertNotIn("read trail key", could)
            self.assertIn("read log", could)
            self.assertIn("read key", tries.done(self.server.said(), "seal"))
            self.assertNotIn("write log", tries.done(self.server.said(), "intake"))

    def test_a_folder_of_an_earlier_version_is_taken_over(self):
        """Everything was khien's once, and the keys stood in the log."""
        year = shard.year_now()
        with self.log:
            self.send_and_wait_for_the_seal()
            self.server.stop()
            for name in ("identity", "epoch"):
                os.rename(f"{self.data}/keys/log/{year}/{name}.key", f"{self.data}/log/{year}/keys/{name}.key")
            os.rename(f"{self.data}/keys/log/recovery.key", f"{self.data}/log/recovery.key")
            shutil.rmtree(f"{self.data}/keys")
            for folder, _, names in os.walk(self.data):
                for path in [folder, *(os.path.join(folder, name) for name in names)]:
                    if not stat.S_ISSOCK(os.lstat(path).st_mode):
                        os.chown(path, self.uids["khien"], self.uids["khien"])
                        os.chmod(path, 0o700 if os.path.isdir(path) else 0o600)
            self.start_again()
            self.send_and_wait_for_the_seal()
            self.check_users()
            self.check_files()
            self.assertFalse(os.path.exists(f"{self.data}/log/{year}/keys/identity.key"))
            self.assertFalse(os.path.exists(f"{self.data}/log/recovery.key"))
            self.server.stop()
            self.verify()


if __name__ == "__main__":
    unittest.main()
