"""Real senders, each to a running service: what they sent is in the log."""
import collections
import contextlib
import datetime
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

import shard
import syslog_ng
from flow import free_port, write_tree
from test_intake import Log

LINES = 3000
JOURNAL_REMOTE = "/lib/systemd/systemd-journal-remote"
JOURNAL_UPLOAD = "/lib/systemd/systemd-journal-upload"


def need(program):
    return unittest.skipUnless(shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"),
                               f"no {program} here")


class Program:
    """A syslog daemon of its own, fed by a Unix socket; ended with the test."""

    def __init__(self, command, folder, env=None):
        self.process = subprocess.Popen(command, cwd=folder, env={**os.environ, **(env or {})},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.input = os.path.join(folder, "in")

    def __enter__(self):
        shard.wait_for(lambda: os.path.exists(self.input))
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def feed(self, lines):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            shard.wait_for(lambda: out.connect_ex(self.input) == 0)
            for line in lines:
                out.send(line)


def syslog_ng_in(base):
    """With the settings in BASE/c.conf."""
    return Program(syslog_ng.command(base), base, syslog_ng.ENV)


def numbers(raws):
    return sorted(int(m.group(1)) for m in (re.search(rb"number=(\d+)", raw) for raw in raws) if m)


def numbered(count=LINES):
    return [b"<13>Nov 25 10:00:00 app[7]: number=%d of what was sent" % i for i in range(count)]


def certificates(base):
    """An authority, a server's and a client's certificate, and a client's of nobody."""
    def run(*args):
        subprocess.run(["openssl", *args], cwd=base, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    for name in ("ca", "stranger"):
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    for name in ("server", "localhost", "tram-y-te.xa.vn"):
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr")
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "30", "-out", f"{name}.pem")


def dated(base, name, from_days, to_days):
    """A client's certificate of the true authority, with days of its own."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    with open(f"{base}/ca.pem", "rb") as file:
        authority = x509.load_pem_x509_certificate(file.read())
    with open(f"{base}/ca.key", "rb") as file:
        signer = serialization.load_pem_private_key(file.read(), None)
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().issuer_name(authority.subject).public_key(key.public_key())
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .serial_number(x509.random_serial_number()).not_valid_before(now + datetime.timedelta(from_days))
            .not_valid_after(now + datetime.timedelta(to_days)).sign(signer, hashes.SHA256()))
    with open(f"{base}/{name}.pem", "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    with open(f"{base}/{name}.key", "wb") as file:
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption()))


class Daemons(unittest.TestCase):
    # EVIDENCE: D11.4
    @need("rsyslogd")
    def test_rsyslog_by_tcp_and_relp(self):
        with Log() as log, tempfile.TemporaryDirectory(prefix="khien-rsyslog-") as base:
            write_tree(base, {"rsyslog.conf": f"""
global(workDirectory="{base}" maxMessageSize="64k")
module(load="imuxsock" SysSock.Use="off")
module(load="omrelp")
input(type="imuxsock" Socket="{base}/in" RateLimit.Interval="0" UseSpecialParser="off")
action(type="omfwd" target="127.0.0.1" port="{log.port}" protocol="tcp" TCP_Framing="octet-counted")
action(type="omfwd" target="127.0.0.1" port="{log.port}" protocol="tcp")
action(type="omrelp" target="127.0.0.1" port="{log.relp_port}")
action(type="omfwd" target="127.0.0.1" port="{log.port}" protocol="udp")
"""})
            with Program(["rsyslogd", "-n", "-f", f"{base}/rsyslog.conf", "-i", f"{base}/pid"], base) as rsyslog:
                rsyslog.feed(numbered())
                got = log.wait_lines(2 * LINES, shard.TCP)
                self.assertEqual(numbers(got), sorted(2 * list(range(LINES))))
                self.assertEqual(numbers(log.wait_lines(LINES, shard.RELP)), list(range(LINES)))
                shard.wait_for(lambda: len(log.raws(shard.UDP)) + sum(shard.lost(log.data).values()) >= LINES)
                self.assertEqual(len(numbers(log.raws(shard.UDP))) + sum(shard.lost(log.data).values()), LINES)

    @unittest.skipUnless(syslog_ng.IS_HERE, "no syslog-ng here")
    def test_syslog_ng_by_tcp_and_udp(self):
        with Log() as log, tempfile.TemporaryDirectory(prefix="khien-syslog-ng-") as base:
            write_tree(base, {"c.conf": f"""@version: 3.38
options {{ keep-hostname(yes); }};
source s {{ unix-dgram("{base}/in" flags(no-parse)); }};
destination counted {{ syslog("127.0.0.1" port({log.port}) transport("tcp")); }};
destination plain {{ network("127.0.0.1" port({log.port}) transport("tcp") persist-name("plain")); }};
log {{ source(s); destination(counted); destination(plain); }};
"""})
            with syslog_ng_in(base) as sender:
                sender.feed(numbered())
                got = log.wait_lines(2 * LINES, shard.TCP)
                self.assertEqual(numbers(got), sorted(2 * list(range(LINES))))

    @need("logger")
    def test_logger(self):
        with Log() as log:
            where = ["-n", "127.0.0.1", "-P", str(log.port)]
            for args in (["-T", *where], ["-T", "--octet-count", *where], ["-d", *where],
                         ["-d", "--rfc3164", *where], ["-u", f"{log.data}/log/intake.sock.dgram"]):
                subprocess.run(["logger", *args, "number=1"], check=True)
            self.assertEqual(numbers(log.wait_lines(5)), [1] * 5)


class Tls(unittest.TestCase):
    def send(self, log, base, name, extra=(), lines=None, wanted=0):
        """WANTED: so many lines are there afterwards; 0: it is a stranger, who is given a while."""
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{log.tls_port}", "-CAfile", "ca.pem", "-quiet",
                   "-no_ign_eof", *extra]
        if name:
            command += ["-cert", f"{name}.pem", "-key", f"{name}.key"]
        text = b"".join(line + b"\n" for line in lines or numbered(500))
        with subprocess.Popen(command, cwd=base, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE) as client:
            try:
                client.stdin.write(text)
                client.stdin.flush()
                if wanted:
                    log.wait_lines(wanted, shard.TLS)
                else:
                    time.sleep(1.5)
                client.stdin.close()
            except OSError:
                pass
            client.kill()

    @need("openssl")
    def test_the_name_is_the_certificates(self):
        with tempfile.TemporaryDirectory(prefix="khien-tls-") as base:
            os.chmod(base, 0o755)
            certificates(base)
            tls_port = free_port()
            settings = (f"tls: 127.0.0.1:{tls_port}\ncertificate: {base}/server.pem\nkey: {base}/server.key\n"
                        f"authority: {base}/ca.pem\n")
            with Log(settings) as log:
                log.tls_port = tls_port
                for number, version in enumerate(("-tls1_2", "-tls1_3"), 1):
                    self.send(log, base, "tram-y-te.xa.vn", [version], wanted=500 * number)
                self.assertEqual(numbers(log.wait_lines(1000, shard.TLS)), sorted(2 * list(range(500))))
                self.send(log, base, "stranger")
                self.send(log, base, None)
                self.send(log, base, "tram-y-te.xa.vn", ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
                time.sleep(1)
                self.assertEqual(len(log.raws(shard.TLS)), 1000)
                context = ssl.create_default_context(cafile=f"{base}/ca.pem")
                context.check_hostname = False
                context.load_cert_chain(f"{base}/tram-y-te.xa.vn.pem", f"{base}/tram-y-te.xa.vn.key")
                with context.wrap_socket(socket.create_connection(("127.0.0.1", tls_port), 20)) as client:
                    client.sendall(b"".join(b"<13>more %06d %s\n" % (i, b"x" * 100) for i in range(9000)))
                    client.sendall(b"<13>without an end")
                    client.unwrap()                         # the server ends it too, at once
                self.assertEqual(log.wait_lines(10001, shard.TLS, 10)[-1], b"<13>without an end")
                names = shard.senders(log.data)
                sources = {leaf.source for leaf in shard.lines(log.data, shard.TLS)}
                self.assertEqual([names[s] for s in sources], ["tram-y-te.xa.vn"])
                self.assertFalse(any(leaf.flags & shard.UNAUTHENTICATED
                                     for leaf in shard.lines(log.data, shard.TLS)))


def export(first, count, message=b"number=%d"):
    """Entries as the journal exports them."""
    return b"".join(b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%032x\nPRIORITY=6\n"
                    b"MESSAGE=%s\nSYSLOG_IDENTIFIER=test\n\n"
                    % (1795651200000000 + i, i + 1, 7, message % i) for i in range(first, first + count))


def write(base, first, count, part=None):
    """Into a file of its own, or, as journald does, on in the file of PART."""
    subprocess.run([JOURNAL_REMOTE, "-o", os.path.join(base, f"part-{first if part is None else part:06}.journal"), "-"],
                   input=export(first, count), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@unittest.skipUnless(os.path.exists(JOURNAL_UPLOAD), "no systemd-journal-upload here")
class Refused(unittest.TestCase):
    """A certificate that has run out, one of tomorrow, one of another authority, none at all: none of them sends a line,
    each is counted, and the page says whose certificate and why."""

    def knock(self, base, port, name):
        context = ssl.create_default_context(cafile=f"{base}/ca.pem")
        context.check_hostname = False
        if name:
            context.load_cert_chain(f"{base}/{name}.pem", f"{base}/{name}.key")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 20) as plain, \
                context.wrap_socket(plain) as client:
            client.sendall(b"<13>of %s\n" % (name or "nobody").encode())
            if name != "hop-le.xa.vn":
                client.recv(1)                          # in TLS 1.3 the server says no after the handshake

    # EVIDENCE: D11.4
    @need("openssl")
    def test_who_is_not_let_in_is_counted_and_told(self):
        wanted = {"het-han.xa.vn": ("expired", 2, "đã hết hạn"), "chua-den.xa.vn": ("not-yet", 1, "chưa đến ngày"),
                  "stranger": ("authority", 3, "không do nơi cấp"), "": ("absent", 1, "không đưa chứng thư")}
        with tempfile.TemporaryDirectory(prefix="khien-tls-") as base:
            os.chmod(base, 0o755)
            certificates(base)
            dated(base, "het-han.xa.vn", -40, -10)
            dated(base, "chua-den.xa.vn", 10, 40)
            dated(base, "hop-le.xa.vn", -1, 10)
            tls_port = free_port()
            with Log(f"tls: 127.0.0.1:{tls_port}\ncertificate: {base}/server.pem\nkey: {base}/server.key\n"
                     f"authority: {base}/ca.pem\n") as log:
                browser = log.server.set_up()
                for name, (_, count, _) in wanted.items():
                    for _ in range(count):
                        self.knock(base, tls_port, name)
                with socket.create_connection(("127.0.0.1", tls_port), 20) as plain:
                    plain.sendall(b"<13>no TLS at all\n" * 3)
                    plain.recv(100)
                with socket.create_connection(("127.0.0.1", tls_port), 20):
                    pass                                # looked at the port, and is no refusal
                for why in ("expired", "not-yet", "authority", "absent", "handshake"):
                    shard.wait_for(lambda: self.counted(log)[why, None])
                shard.wait_for(lambda: "không phải TLS" in browser.get("/nhat-ky/nguon").text, 40)
                page = browser.get("/nhat-ky/nguon").text
                for name, (_, _, words) in wanted.items():
                    self.assertIn(words, page)
                    self.assertIn(name, page)
                self.knock(base, tls_port, "hop-le.xa.vn")
                self.assertEqual(log.wait_lines(1, shard.TLS), [b"<13>of hop-le.xa.vn"])
                log.server.stop()                       # what was not told yet within its minute is told now
                counted = self.counted(log)
                for name, (why, count, _) in wanted.items():
                    self.assertEqual(counted[why, name], count, counted)
                self.assertEqual(counted["handshake", ""], 1)
                self.assertEqual(log.raws(shard.TLS), [b"<13>of hop-le.xa.vn"])
                with open(f"{log.data}/log/intake/senders", encoding="utf-8") as file:
                    self.assertEqual(file.readline().split("\t")[4].strip(), "8")

    @staticmethod
    def counted(log):
        """{(why, name): how often} out of the leaves; under None of any name."""
        out = collections.Counter()
        for leaf in shard.leaves(log.data):
            event = json.loads(leaf.raw) if leaf.kind == shard.EVENT else {}
            if event.get("event") == "refused":
                out[event["why"], event["name"]] += event["count"]
                out[event["why"], None] += event["count"]
        return out


class Upload(unittest.TestCase):
    """EVIDENCE: D11.4, D14.1"""

    def upload(self, journal, url, *more):
        return subprocess.run([JOURNAL_UPLOAD, f"--directory={journal}", f"--url={url}",
                               f"--save-state={journal}/state", "--follow=no", *more], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, check=False)

    def test_what_was_sent_is_there_once(self):
        port = free_port()
        with tempfile.TemporaryDirectory(prefix="khien-upload-") as base, \
                Log(f"journal-upload: 127.0.0.1:{port}\n") as log:
            for first, expected in ((0, 700), (700, 1200)):
                write(base, first, expected - first, 0)
                done = self.upload(base, f"http://127.0.0.1:{port}")
                self.assertEqual(done.returncode, 0, done.stdout.decode())
                # acknowledged: it is there already
                self.assertEqual(numbers(log.raws(shard.HTTP)), list(range(expected)))
            os.unlink(f"{base}/state")                      # as if no answer had ever come
            self.assertEqual(self.upload(base, f"http://127.0.0.1:{port}").returncode, 0)
            self.assertEqual(numbers(log.raws(shard.HTTP)), list(range(1200)))
            self.assertEqual(sum(shard.lost(log.data).values()), 0)
            self.assertIn(b'"SYSLOG_IDENTIFIER":"test"', log.raws(shard.HTTP)[0])
            os.kill(log.intake(), signal.SIGKILL)
            log.wait_listening()
            time.sleep(2)
            os.unlink(f"{base}/state")                      # nor after intake fell
            self.assertEqual(self.upload(base, f"http://127.0.0.1:{port}").returncode, 0)
            self.assertEqual(numbers(log.raws(shard.HTTP)), list(range(1200)))

    def test_the_name_is_the_certificates(self):
        port = free_port()
        with tempfile.TemporaryDirectory(prefix="khien-upload-") as base:
            os.chmod(base, 0o755)
            certificates(base)
            settings = (f"journal-upload-tls: 127.0.0.1:{port}\ncertificate: {base}/localhost.pem\n"
                        f"key: {base}/localhost.key\nauthority: {base}/ca.pem\n")
            with Log(settings) as log:
                os.mkdir(f"{base}/journal")
                write(f"{base}/journal", 0, 300)
                for name, is_let_in in (("stranger", False), ("tram-y-te.xa.vn", True)):
                    done = self.upload(f"{base}/journal", f"https://localhost:{port}", f"--trust={base}/ca.pem",
                                       f"--key={base}/{name}.key", f"--cert={base}/{name}.pem")
                    self.assertEqual(done.returncode == 0, is_let_in, done.stdout.decode())
                self.assertEqual(numbers(log.raws(shard.HTTP)), list(range(300)))
                names = shard.senders(log.data)
                lines = shard.lines(log.data, shard.HTTP)
                self.assertEqual({names[leaf.source] for leaf in lines}, {"tram-y-te.xa.vn"})
                self.assertFalse(any(leaf.flags & shard.UNAUTHENTICATED for leaf in lines))

    def test_nothing_else_is_spoken(self):
        port = free_port()
        head = b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Type: application/vnd.fdo.journal\r\n"
        body = b"__CURSOR=s=9;i=1;b=1;m=1;t=1;x=1\n" + export(5, 1)
        long = export(6, 1, b"number=%d " + b"x" * 100000)
        with Log(f"journal-upload: 127.0.0.1:{port}\n") as log:
            def ask(request):
                with log.tcp(port) as client:
                    client.sendall(request)
                    client.settimeout(20)
                    return client.recv(1000).split(b"\r\n")[0]

            for request, status in ((b"GET / HTTP/1.1\r\n\r\n", b"405"), (b"POST /x HTTP/1.1\r\n\r\n", b"404"),
                                    (b"POST /upload HTTP/1.1\r\n\r\n", b"411"),
                                    (b"POST /upload HTTP/1.1\r\nContent-Length: 1\r\n\r\n", b"415"),
                                    (head + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
                                    (head + b"Content-Length: 6\r\n\r\nno: x\n", b"400"),
                                    (head + b"Content-Length: 8\r\n\r\nA=1\nB=2\n", b"400"),
                                    (head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
                                    (b"x" * 9000, b"431")):
                self.assertIn(b" " + status + b" ", ask(request), request[:200])
            self.assertEqual(log.raws(shard.HTTP), [])
            self.assertIn(b" 202 ", ask(head + b"Content-Length: %d\r\n\r\n" % len(body) + body))
            self.assertEqual(numbers(log.raws(shard.HTTP)), [5])
            self.assertIn(b" 202 ", ask(head + b"Content-Length: %d\r\n\r\n" % len(long) + long))
            leaf = shard.lines(log.data, shard.HTTP)[-1]
            self.assertTrue(leaf.flags & shard.TRUNCATED)
            json.loads(leaf.raw)


class Journal(unittest.TestCase):
    @unittest.skipUnless(os.path.exists(JOURNAL_REMOTE), "no systemd-journal-remote here")
    def test_entries_once_each_over_a_restart(self):
        with tempfile.TemporaryDirectory(prefix="khien-journal-") as base:
            os.chmod(base, 0o755)
            write(base, 0, 500)
            with Log(f"journal: {base}\n") as log:
                self.assertEqual(numbers(log.wait_lines(500, shard.JOURNAL)), list(range(500)))
                os.kill(log.intake(), signal.SIGKILL)
                time.sleep(4)
                log.server.stop()
                log.server.start()
                write(base, 500, 500)
                got = log.wait_lines(1000, shard.JOURNAL)
                time.sleep(1)
                self.assertEqual(numbers(log.raws(shard.JOURNAL)), list(range(1000)))
                self.assertIn(b'"SYSLOG_IDENTIFIER":"test"', got[0])


if __name__ == "__main__":
    unittest.main()
