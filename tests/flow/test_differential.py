#!/usr/bin/env python3
"""Effective settings of random configurations, as Khiên reads them and as the real programs do: testparm
for Samba, postgres -C, mariadbd --help. A program that is not there skips its test.
"""
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest

import odd_samba
from flow import BIN, rounds

ENV = {**os.environ, "LC_ALL": "C", "ASAN_OPTIONS": "detect_leaks=0"}
ROUNDS = rounds(12)
SEED = int(os.environ.get("KHIEN_SEED", "14423"))


def tool(name, *more):
    return next((p for p in (shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin"), *more)
                 if p and os.path.exists(p)), None)


def ask(root, sql):
    done = subprocess.run([BIN, "ask", sql, "--root", root, "--format", "json"], capture_output=True, env=ENV,
                          check=True, timeout=60)
    return json.loads(done.stdout)


def put(root, path, text):
    full = root + path
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8", newline="") as out:
        out.write(text)


class Differential(unittest.TestCase):
    def rounds(self, more=0):
        for number in range(ROUNDS + more):
            chance = random.Random(SEED * 1000 + number)
            with tempfile.TemporaryDirectory(prefix="khien-diff-") as root:
                os.chmod(root, 0o755)
                yield chance, root

    # ---- Samba ----

    # one of each fault that generated files have found
    KEPT_SAMBA = [
        "[a]\npath = /srv/a   b\n# x \\\n[b]\npath = /srv/\\  \n  c\n",              # blanks in a row; a comment goes on in no line
        '[a]\npath = /srv\ninclude = "/etc/samba/more.conf"\n',                          # no such file, with its quotes
        "[a]\npath = /srv\nguest ok = no\n[b]\nguest ok = yes\ncopy = a\n",             # what was said stays
        '[global]\npath = ""\n[a]\n[ a]\npath = /x\n[a]\nguest ok = yes\npath = /srv\n',  # "" is no path, and yet one
        "[a]\npath = /srv\\",
        "[a]\npath = /srv\\\r",                                                          # nor before a carriage return at the end
    ]

    @unittest.skipUnless(tool("testparm"), "needs testparm")
    def test_samba_with_testparm(self):
        kept = [{"/etc/samba/smb.conf": text, "/etc/samba/more.conf": "[b]\npath = /y\n"} for text in self.KEPT_SAMBA]
        compared = 0
        for number, (chance, root) in enumerate(self.rounds(len(kept))):
            conf = kept[number] if number < len(kept) else odd_samba.configuration(chance)
            for path, text in conf.items():
                put(root, path, text)
                put(root, f"/real{path}", text.replace("/etc/samba/", f"{root}/real/etc/samba/"))
            done = subprocess.run([tool("testparm"), "-s", "-v", "--suppress-prompt", root + "/real/etc/samba/smb.conf"],
                                  capture_output=True, env={**ENV, "LC_ALL": "C.UTF-8"}, check=False)
            if b"Error loading services" in done.stderr:
                continue        # smbd does not start with it
            said = odd_samba.shares(done.stdout.decode(errors="replace").replace(f"{root}/real", ""))
            ours = {r["name"].lower(): (bool(r["is_guest"]), r["path"])
                    for r in ask(root, "SELECT name, path, is_guest FROM shares WHERE kind = 'samba'")}
            self.assertEqual(ours, said, json.dumps(conf, indent=1))
            compared += 1
        self.assertGreater(compared, ROUNDS // 2)

    # ---- PostgreSQL ----

    POSTGRES = tool("postgres", *(f"/usr/lib/postgresql/{v}/bin/postgres" for v in range(13, 20)))

    def postgres_lines(self, chance, depth=0):
        values = ["'*'", "'localhost'", "'0.0.0.0'", "'10.0.0.5, ::1'", "''", "'it''s'", "localhost"]
        lines = []
        for _ in range(chance.randint(0, 4)):
            name = chance.choice(["listen_addresses", "LISTEN_addresses", "#listen_addresses", "port"])
            value = str(chance.randint(5000, 6000)) if name == "port" else chance.choice(values)
            lines.append(f"{name}{chance.choice([' = ', '=', ' ', '	'])}{value}{chance.choice(['', ' # x', '#y'])}")
        if depth == 0 and chance.random() < 0.7:
            lines.insert(chance.randint(0, len(lines)), "include_dir 'conf.d'")
        if depth == 0 and chance.random() < 0.5:
            lines.insert(chance.randint(0, len(lines)), "include_if_exists = 'more'")
        return "\n".join(lines) + "\n"

    @unittest.skipUnless(POSTGRES and os.geteuid() == 0 and tool("setpriv"), "needs postgres, setpriv and root")
    def test_postgresql_with_postgres_C(self):
        compared = 0
        for chance, root in self.rounds():
            dir_ = "/etc/postgresql/15/main"
            for path in (f"{dir_}/postgresql.conf", f"{dir_}/more", f"{dir_}/conf.d/1.conf", f"{dir_}/conf.d/a.conf",
                         f"{dir_}/conf.d/.b.conf", f"{dir_}/conf.d/c.conf.bak", "/data/postgresql.auto.conf"):
                put(root, path, self.postgres_lines(chance, path.count("/") - 4 + path.endswith("more") + ("data" in path)))
            put(root, "/data/PG_VERSION", "15\n")
            conf = f"{root}{dir_}/postgresql.conf"
            with open(conf, "a", encoding="utf-8") as out:
                out.write("data_directory = '/data'\n")
            subprocess.run(["cp", "-a", root + dir_, root + "/theirs"], check=True)
            real = f"{root}/theirs/postgresql.conf"
            subprocess.run(["sed", "-i", f"s|'/data'|'{root}/data'|", real], check=True)
            subprocess.run(["chown", "-R", "65534:65534", root], check=True)
            os.chmod(root + "/data", 0o700)
            said = {}
            for name in ("listen_addresses", "port"):
                done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", self.POSTGRES,
                                       "-C", name, f"--config_file={real}", "-c", "hba_file=/x",
                                       "-c", "ident_file=/x"], capture_output=True, text=True, env=ENV, check=False)
                said[name] = done.stdout.strip() if done.returncode == 0 else None
            if None in said.values():
                continue
            rows = ask(root, "SELECT listen, port FROM databases WHERE engine = 'postgresql'")
            self.assertEqual([r["listen"] for r in rows if r["listen"]],
                             [w for w in re.split(r"[,\s]+", said["listen_addresses"]) if w])
            self.assertEqual({str(r["port"]) for r in rows}, {said["port"]})
            compared += 1
        self.assertGreater(compared, ROUNDS // 3, "postgres -C answered too seldom")

    # ---- MariaDB ----

    MARIADB = tool("mariadbd")

    @unittest.skipUnless(MARIADB, "needs mariadbd")
    def test_mariadb_with_its_help(self):
        compared = 0
        for chance, root in self.rounds():
            groups = ["mysqld", "server", "mariadb", "client", "mysql", "client-server"]
            names = ["bind-address", "bind_address", "loose-bind_address", "bind-addr"]
            files = []
            for path in ("/etc/mysql/my.cnf", "/etc/mysql/conf.d/1.cnf", "/etc/mysql/conf.d/2.cnf"):
                lines = []
                for _ in range(chance.randint(1, 5)):
                    group = chance.choice(groups)
                    if group.startswith("client") or group == "mysql":
                        lines.append("[mysqldump]" if group == "client-server" else f"[{group}]")
                        lines.append("bind-address=9.9.9.9")
                        continue
                    lines.append(f"[{group}]")
                    lines.append(f"{chance.choice(names)}{chance.choice(['=', ' = '])}"
                                 f"{chance.choice(['127.0.0.1', '0.0.0.0', chr(39) + '10.0.0.5' + chr(39), '* # x', '::'])}")
                if path.endswith("my.cnf"):
                    lines.insert(0, "!includedir " + root + "/etc/mysql/conf.d/")
                files.append((path, "\n".join(lines) + "\n"))
            for path, text in files:
                put(root, path, text)
            done = subprocess.run([self.MARIADB, f"--defaults-file={root}/etc/mysql/my.cnf", "--user=nobody", "--verbose",
                                   "--help"], capture_output=True, text=True, env=ENV, check=False)
            match = re.search(r"^bind-address\s+(.*)$", done.stdout, re.M)
            if not match:
                continue  # it refuses to start with these
            put(root, "/usr/sbin/mariadbd", "")
            put(root, "/etc/mysql/my.cnf", files[0][1].replace(root, ""))
            rows = ask(root, "SELECT listen FROM databases WHERE engine = 'mariadb'")
            said = match.group(1).strip()
            said = "*" if said in ("(No default value)", "") else said
            self.assertEqual([r["listen"] for r in rows], [said], "\n".join(t for _, t in files))
            compared += 1
        self.assertGreater(compared, ROUNDS // 3, "mariadbd --help answered too seldom")


if __name__ == "__main__":
    unittest.main()
