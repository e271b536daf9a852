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
    with open(full, "w", encoding="utf-8") as out:
        out.write(text)


class Differential(unittest.TestCase):
    def rounds(self):
        for number in range(ROUNDS):
            chance = random.Random(SEED * 1000 + number)
            with tempfile.TemporaryDirectory(prefix="khien-diff-") as root:
                os.chmod(root, 0o755)
                yield chance, root

    # ---- Samba ----

    NAMES = {"guest ok": ["guest ok", "Guest OK", "guestok", "public", "PUB lic"],
             "available": ["available", "avail able"], "path": ["path", "directory", "Path"],
             "read only": ["read only", "writable", "write ok"]}

    def smb_conf(self, chance):
        lines = []
        for _ in range(chance.randint(6, 16)):
            kind = chance.random()
            if kind < 0.3:
                section = chance.choice(["global", "a", "A", "b", "c d", "Global"])
                lines.append(f"[{section}]" + chance.choice(["", "  "]))
            elif kind < 0.4:
                lines.append(chance.choice(["# guest ok = yes", "; path = /x", "", "   "]))
            else:
                key = chance.choice(list(self.NAMES))
                value = chance.choice(["/srv/x", '"/srv/y"', "/srv/a b", "/srv/\\\nz"]) if key == "path" else \
                    chance.choice(["yes", "no", "True", "FALSE", "1", "0"])
                lines.append(chance.choice(["", "\t"]) + chance.choice(self.NAMES[key]) + chance.choice([" = ", "="]) + value)
        return "\n".join(lines) + "\n"

    @unittest.skipUnless(tool("testparm"), "needs testparm")
    def test_samba_with_testparm(self):
        compared = 0
        for chance, root in self.rounds():
            text = self.smb_conf(chance)
            put(root, "/etc/samba/smb.conf", text)
            done = subprocess.run([tool("testparm"), "-s", "-v", "--suppress-prompt", root + "/etc/samba/smb.conf"],
                                  capture_output=True, text=True, env=ENV, check=False)
            if done.returncode != 0:
                continue
            theirs, section = {}, None
            for line in done.stdout.splitlines():
                if line.startswith("["):
                    section = line.strip()[1:-1]
                    theirs.setdefault(section, {})
                elif section and "=" in line:
                    key, _, value = line.strip().partition(" = ")
                    theirs.setdefault(section, {})[key.rstrip(" =")] = value
            default = theirs.pop("global", {})
            said = {}
            for name, values in theirs.items():
                def value(key, values=values):
                    return values.get(key, default.get(key, ""))
                if value("available") != "No" and value("path"):
                    said[name.lower()] = (value("guest ok") == "Yes", value("path").strip('"'))
            ours = {r["name"].lower(): (bool(r["is_guest"]), r["path"])
                    for r in ask(root, "SELECT name, path, is_guest FROM shares WHERE kind = 'samba'")}
            self.assertEqual(ours, said, text)
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
