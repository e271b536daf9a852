#!/usr/bin/env python3
"""No hash, key, passphrase or password that a machine holds is in anything Khiên makes of it: reports, kept facts,
tables, baselines, drafts, and all that a server writes while it audits such a machine - searched as they are, in
Base64, in hexadecimal, and as plain digests that could be tried against a word list.
"""
import base64
import contextlib
import hashlib
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import unittest

from flow import PACKS, khien
from test_live import SECRET, SECRETS, link, tree
from test_review import SmallServer, wait_for_picture

KEY = f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n"
UNIT = "[Service]\nExecStart={}\n[Install]\nWantedBy=multi-user.target\n"
# Beside those of test_live: whatever else on a server holds a password, and is read or lies where something is read.
MORE = {
    "/etc/postgresql/15/main/postgresql.conf": f"listen_addresses = '*'\nprimary_conninfo = 'host=p password={SECRET}'\n",
    "/etc/postgresql/15/main/pg_hba.conf": f"host all all 0.0.0.0/0 ldap ldapserver=l ldapbindpasswd={SECRET}\n",
    "/usr/lib/postgresql/15/bin/postgres": "", "/root/.pgpass": f"*:*:*:*:{SECRET}\n", "/root/.my.cnf": f"[client]\npassword={SECRET}\n",
    "/etc/mongod.conf": f"net:\n  bindIp: 0.0.0.0\nsecurity:\n  keyFile: {SECRET}\nldap: {{bind: {{queryPassword: {SECRET}}}}}\n",
    "/usr/bin/mongod": "", "/var/lib/samba/private/secrets.tdb": SECRET, "/var/lib/samba/private/smbpasswd": f"an:1000:{SECRET}:{SECRET}:[U]:\n",
    "/etc/samba/creds": f"username=an\npassword={SECRET}\n", "/etc/sssd/sssd.conf": f"[domain/x]\nldap_default_authtok = {SECRET}\n",
    "/etc/ssl/private/x.key": KEY, "/root/.ssh/id_ed25519": KEY, "/etc/ssh/ssh_host_rsa_key": KEY, "/etc/pki/tls/private/x.key": KEY,
    "/etc/wireguard/wg0.conf": f"[Interface]\nPrivateKey = {SECRET}\n", "/etc/ppp/chap-secrets": f"an * {SECRET} *\n",
    "/root/.netrc": f"machine m login an password {SECRET}\n", "/root/.docker/config.json": f'{{"auths":{{"r":{{"auth":"{SECRET}"}}}}}}',
    "/etc/apt/auth.conf": f"machine m login an password {SECRET}\n", "/etc/apt/auth.conf.d/x.conf": f"machine m password {SECRET}\n",
    "/etc/yum.repos.d/x.repo": f"[x]\nname=x\nbaseurl=https://an:{SECRET}@m/x\nusername=an\npassword={SECRET}\nproxy_password={SECRET}\n",
    "/etc/dnf/dnf.conf": f"[main]\nproxy=http://an:{SECRET}@p:3128\nproxy_password={SECRET}\n",
    "/etc/dnf/automatic.conf": f"[commands]\napply_updates = yes {SECRET}\n[email]\nemail_host = {SECRET}\n", "/usr/bin/dnf-automatic": "",
    "/etc/default/borg": f"BORG_PASSPHRASE={SECRET}\n", "/etc/restic/password": SECRET, "/etc/restic.env": f"RESTIC_PASSWORD={SECRET}\n",
    "/etc/cron.d/more": f"0 4 * * * root AWS_SECRET_ACCESS_KEY={SECRET} restic -r s3:https://k:{SECRET}@s3/b backup /\n"
                        f"0 5 * * * root PGPASSWORD={SECRET} pg_dump -h db x | gpg --passphrase {SECRET} -c > /srv/x\n"
                        f"0 6 * * * root duplicity --encrypt-sign-key {SECRET} /etc ftp://an:{SECRET}@h/x\n"
                        f"0 7 * * * root sshpass -p {SECRET} rsync -a /etc an@h:/x\n"
                        f"0 8 * * * root curl -u an:{SECRET} -H 'Authorization: Bearer {SECRET}' https://h/x\n",
    "/var/spool/cron/crontabs/root": f"0 9 * * * rclone sync /etc remote:x --password {SECRET}\n",
    "/etc/x11vnc.pass": SECRET, "/etc/tomcat10/tomcat-users.xml": f'<tomcat-users><user password="{SECRET}"/></tomcat-users>',
    "/etc/firewalld/zones/public.xml": f"<zone><short>{SECRET}</short></zone>", "/usr/sbin/firewalld": "",
    "/var/lib/snmp/snmpd.conf": f"usmUser 1 3 0x80 \"an\" \"an\" NULL .1 {SECRET} .1 {SECRET} 0x\n", "/etc/snmp/snmpd.conf.d/x.conf": f"createUser an SHA {SECRET} AES {SECRET}\n",
    "/etc/systemd/system/y.service": UNIT.format(f"/usr/bin/mysqld_exporter --config.my-cnf=/x --mysqld.password={SECRET} --db-url=postgres://an:{SECRET}@h/d"),
    "/etc/systemd/system/multi-user.target.wants/y.service": link("/etc/systemd/system/y.service"),
    "/etc/crypttab": f"data /dev/sda2 {SECRET} luks\n", "/boot/grub/grub.cfg": f"password_pbkdf2 root {SECRET}\n",
    "/etc/exports": f"/srv *(rw,sec=sys,refer={SECRET}@h)\n", "/etc/vsftpd.conf": f"ftp_username=an\nrsa_private_key_file=/x\nemail_password_file={SECRET}\n",
    "/proc/813/stat": "813 (java) S 1 813 813 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 100 1 1\n",
    "/proc/813/exe": link("/opt/java (deleted)"),
    "/proc/813/cmdline": b"java\0-Dspring.datasource.password=" + SECRET.encode() + b"\0--token\0" + SECRET.encode() + b"\0-p" + SECRET.encode() + b"\0",
    "/proc/813/environ": b"SPRING_PASSWORD=" + SECRET.encode() + b"\0", "/proc/813/maps": "",
}
ALL = {**SECRETS, **MORE}


def shapes():
    """The bytes to look for: the secret, its Base64 in each of three places, hexadecimal, digests of it and of its files."""
    word = SECRET.encode()
    yield "plain", word
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + word)
        yield "base64", text[(4 if shift else 0):-4]
    yield "hex", word.hex().encode()
    yield "HEX", word.hex().upper().encode()
    for name in ("md5", "sha1", "sha256", "sha512"):
        yield name, hashlib.new(name, word).hexdigest().encode()
        yield name, hashlib.new(name, word + b"\n").hexdigest().encode()
        yield name + " of a key", hashlib.new(name, KEY.encode()).hexdigest().encode()
        yield name + " raw", hashlib.new(name, word).digest()


SHAPES = list(shapes())


def leaks(data):
    return [name for name, shape in SHAPES if shape in data]


def files_below(folder):
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                yield path


def private(full):
    """Most files with a secret are for root only; Khiên keeps no digest of those."""
    for path in files_below(full):
        os.chmod(path, 0o600)


class Secrets(unittest.TestCase):
    def clean(self, what, data, besides=()):
        data = data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")
        found = [name for name in leaks(data) if name not in besides]
        at = data.find(SECRET.encode())
        self.assertFalse(found, f"{what}: {found} …{data[max(0, at - 200):at + 60]!r}")

    def clean_folder(self, what, folder):
        """A baseline is made of digests, so those stand in it; only root may read it, as the files themselves."""
        count = 0
        for path in files_below(folder):
            is_baseline = path.endswith("integrity/baseline")
            self.assertFalse(is_baseline and os.stat(path).st_mode & 0o077, path)
            with open(path, "rb") as file:
                self.clean(f"{what}: {os.path.relpath(path, folder)}", file.read(), ["sha256 raw"] if is_baseline else [])
            count += 1
        return count

    def test_search_finds_each_shape(self):
        """The net itself: what it must hold back it does hold back."""
        word = SECRET.encode()
        for made in (b"x" + word, base64.b64encode(b"ab" + word + b"cd"), base64.b64encode(b"a" + word + b"cde"),
                     word.hex().encode(), hashlib.sha256(word).hexdigest().encode(), hashlib.md5(word + b"\n").hexdigest().encode()):
            self.assertTrue(leaks(b".." + made + b".."), made)

    # EVIDENCE: D12.1.đ
    def test_reports_facts_and_drafts(self):
        with tree(ALL) as (base, root):
            private(root)
            kept = os.path.join(base, "facts")
            for words in (["--format", "text"], ["--format", "json"], ["--format", "html"], ["--format", "text", "--lang", "en"],
                          ["--format", "json", "--deep"], ["--propose"]):
                done = khien("audit", "--root", root, "--packs", PACKS, *words)
                self.assertIn(done.status, (0, 1), done.err)
                self.clean("audit " + " ".join(words), done.out + done.err)
            khien("audit", "--root", root, "--packs", PACKS, "--format", "json", "--save", kept)
            with open(kept, "rb") as file:
                facts = file.read()
            self.assertGreater(len(facts), 10000)
            self.clean("kept facts", facts)
            for form in ("text", "json", "html"):
                self.clean(f"replay {form}", khien("audit", "--replay", kept, "--packs", PACKS, "--format", form).out)

    def test_tables(self):
        tables = [line.split()[0] for line in khien("tables").out.splitlines() if line[:1].strip()]
        self.assertGreater(len(tables), 10)
        with tree(ALL) as (_, root):
            private(root)
            for table in tables:
                with self.subTest(table=table):
                    self.clean(table, khien("ask", f"SELECT * FROM {table}", "--root", root, "--format", "json").out)

    # EVIDENCE: D10.1.g
    def test_baselines(self):
        with tree(ALL) as (base, root):
            private(root)
            data = os.path.join(base, "data")
            os.makedirs(data)
            say = ["--reason", "x", "--by", "An"]
            self.clean("baseline", str(khien("integrity", "baseline", "/etc", "/root", "--root", root, "--data", data, *say)))
            with open(root + "/etc/redis/redis.conf", "a", encoding="utf-8") as out:
                out.write(f"masterauth {SECRET}\n")
            for form in ("text", "json"):
                said = khien("integrity", "check", "--root", root, "--data", data, "--format", form)
                self.assertIn("redis.conf", said.out)
                self.clean("integrity check", str(said))
            self.assertGreater(self.clean_folder("integrity", data), 0)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare") and os.path.isdir("/var/lib/dpkg/info"),
                         "needs root, unshare and dpkg")
    def test_all_that_a_server_writes(self):
        """The server audits a machine of which /etc holds the secrets, beside a process that has one on its command
        line and in its environment; afterwards every file of its data folder is searched, and its sealed log."""
        words = [sys.executable, "-c", "import time; time.sleep(600)", f"--password={SECRET}", f"-p{SECRET}", f"postgres://an:{SECRET}@h/d"]
        decoy = subprocess.Popen(words, env={**os.environ, "PGPASSWORD": SECRET}, stdin=subprocess.DEVNULL)
        self.addCleanup(decoy.wait)
        self.addCleanup(decoy.kill)
        skipped = ("/etc/passwd", "/etc/group", "/etc/ssl", "/etc/systemd/system/multi-user")
        with tree({path: what for path, what in ALL.items()
                   if path.startswith("/etc/") and not path.startswith(skipped)}) as (_, root), SmallServer() as started:
            started.stop()
            etc = root + "/etc"
            with open("/etc/shadow", encoding="utf-8") as now, open(etc + "/shadow", "w", encoding="utf-8") as out:
                out.write(now.read() + f"khien-planted:$6${SECRET}$x:19700::::::\n")
            private(root)
            over = ("mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w && cp -a \"$0\"/. /mnt/u/ && "
                    "mount -t overlay o -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /etc && exec \"$@\"")
            started.command = ["unshare", "--mount", "sh", "-c", over, etc, *started.command]
            try:
                started.start()
            except AssertionError as failure:
                self.skipTest(f"no overlay here: {str(failure)[:200]}")
            browser = started.set_up()
            browser.get("/may")
            host = re.search(r"/may/(\d+)", browser.path + browser.page.text).group(1)
            for _ in range(9):
                started.pass_time(minutes=7)
                browser.get("/may")
            page, _ = wait_for_picture(browser, host)
            self.clean("page of the review", page.text)
            for path in (f"/may/{host}", f"/may/{host}/vai-tro", f"/may/{host}/wifi.psk", f"/may/{host}.csv", f"/may/{host}/tien-trinh.csv",
                         f"/api/v1/hosts/{host}/verdicts", "/so-vet"):
                self.clean(path, browser.get(path).text)
            with contextlib.closing(sqlite3.connect(f"file:{started.data}/khien.db?mode=ro", uri=True)) as db:
                judged = db.execute("SELECT count(*) FROM evidence WHERE check_id = 'wifi.psk' AND file LIKE '/etc/%'").fetchone()
            self.assertGreaterEqual(judged[0], 4)       # the planted files were read, and judged
            if os.path.isdir(os.path.join(started.data, "log")):
                self.clean("sealed log", khien("log", "export", "--data", started.data, "--format", "json").out)
            self.assertGreater(self.clean_folder("data, running", started.data), 3)
            started.stop()
            self.clean_folder("data, stopped", started.data)
            self.clean("what the server said", started.said())


if __name__ == "__main__":
    unittest.main()
