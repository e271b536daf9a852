"""More comes in than may be taken: what was sent is what is stored and what is counted as lost, for each sender and
on each way in, and who floods harms only himself. With real clients."""
import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import shard
import syslog_ng
from flow import free_port, write_tree
from test_intake import Log
from test_intake_clients import (JOURNAL_REMOTE, JOURNAL_UPLOAD, Program, certificates, need, numbered,
                                 numbers, syslog_ng_in, write)

UDP_LINES, LINES = 20000, 4000


@contextlib.contextmanager
def stopped(log, seconds):
    """Intake reads nothing for so long, and what comes waits or is lost."""
    pid = log.intake()
    os.kill(pid, signal.SIGSTOP)
    timer = threading.Timer(seconds, os.kill, (pid, signal.SIGCONT))
    timer.start()
    try:
        yield
    finally:
        timer.join()


class Overload(unittest.TestCase):
    # EVIDENCE: D11.4
    def test_who_floods_harms_nobody_else(self):
        with Log() as log, contextlib.ExitStack() as stack:
            udp = {}
            for address in ("127.0.0.1", "127.0.0.2"):
                udp[address] = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                udp[address].bind((address, 0))
            flood, quiet = udp.values()

            def send(count, size):
                for i in range(count):
                    flood.sendto(b"<13>flood %06d " % i + b"x" * size, ("127.0.0.1", log.port))
            send(500, 10)                               # enough to get a socket of its own
            shard.wait_for(lambda: len(log.raws(shard.UDP)) == 500)
            with stopped(log, 3):
                for i in range(200):
                    send(100, 4000)
                    quiet.sendto(b"<13>quiet %d" % i, ("127.0.0.1", log.port))
            shard.wait_for(lambda: len(log.raws(shard.UDP)) + sum(shard.lost(log.data).values()) >= 20700)
            names = {name: number for number, name in shard.senders(log.data).items()}
            stored = [leaf.source for leaf in shard.lines(log.data, shard.UDP)]
            lost = shard.lost(log.data)
            self.assertEqual(stored.count(names["127.0.0.2"]), 200)
            self.assertEqual(lost[names["127.0.0.2"]], 0)
            self.assertGreater(lost[names["127.0.0.1"]], 0)
            self.assertEqual(stored.count(names["127.0.0.1"]) + lost[names["127.0.0.1"]], 20500)

    # EVIDENCE: D11.4
    @need("rsyslogd")
    @need("logger")
    @need("openssl")
    def test_real_clients_all_at_once_beyond_their_budget(self):
        with tempfile.TemporaryDirectory(prefix="khien-overload-") as base:
            os.chmod(base, 0o755)
            certificates(base)
            tls_port = free_port()
            text = b"".join(line + b"\n" for line in numbered(LINES))
            write_tree(base, {"udp.txt": "".join(f"number={i} by logger\n" for i in range(UDP_LINES))})
            with Log(f"tls: 127.0.0.1:{tls_port}\ncertificate: {base}/server.pem\nkey: {base}/server.key\n"
                     f"authority: {base}/ca.pem\nlines: 4000\n") as log:
                write_tree(base, {"rsyslog.conf": f"""
global(workDirectory="{base}" maxMessageSize="64k")
module(load="imuxsock" SysSock.Use="off")
module(load="omrelp")
input(type="imuxsock" Socket="{base}/in" RateLimit.Interval="0" UseSpecialParser="off")
action(type="omfwd" target="127.0.0.1" port="{log.port}" protocol="tcp" TCP_Framing="octet-counted"
       queue.type="LinkedList" queue.size="100000")
action(type="omrelp" target="127.0.0.1" port="{log.relp_port}" queue.type="LinkedList" queue.size="100000")
"""})
                s_client = ["openssl", "s_client", "-connect", f"127.0.0.1:{tls_port}", "-CAfile", "ca.pem", "-quiet",
                            "-no_ign_eof", "-cert", "tram-y-te.xa.vn.pem", "-key", "tram-y-te.xa.vn.key"]
                with Program(["rsyslogd", "-n", "-f", f"{base}/rsyslog.conf", "-i", f"{base}/pid"], base) as rsyslog, \
                        subprocess.Popen(s_client, cwd=base, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL) as tls:
                    with stopped(log, 2):
                        logger = subprocess.Popen(["logger", "-d", "-n", "127.0.0.1", "-P", str(log.port),
                                                   "-f", f"{base}/udp.txt"])
                        writer = threading.Thread(target=lambda: (tls.stdin.write(text), tls.stdin.flush()))
                        writer.start()
                        rsyslog.feed(numbered(LINES))
                    for way in (shard.TCP, shard.RELP, shard.TLS):
                        self.assertEqual(numbers(log.wait_lines(LINES, way, 60)), list(range(LINES)), way)
                    self.assertEqual(logger.wait(60), 0)
                    writer.join()
                    shard.wait_for(lambda: len(log.raws(shard.UDP)) + sum(shard.lost(log.data).values()) >= UDP_LINES)
                    time.sleep(1.5)                     # a gap told twice would come by then
                    got = numbers(log.raws(shard.UDP))
                    self.assertLess(len(got), UDP_LINES)
                    self.assertEqual(len(got), len(set(got)))
                    self.assertEqual(len(got) + sum(shard.lost(log.data).values()), UDP_LINES)
                    tls.kill()

    # EVIDENCE: D11.4
    @unittest.skipUnless(syslog_ng.IS_HERE, "no syslog-ng here")
    def test_syslog_ng_beyond_its_budget(self):
        """By TCP it waits and nothing is lost; by UDP what does not fit is counted, to the line."""
        with tempfile.TemporaryDirectory(prefix="khien-overload-") as base, Log("lines: 1000\n") as log:
            write_tree(base, {"c.conf": f"""@version: 3.38
options {{ keep-hostname(yes); log-fifo-size(100000); }};
source s {{ unix-dgram("{base}/in" flags(no-parse)); }};
destination tcp {{ syslog("127.0.0.1" port({log.port}) transport("tcp")); }};
destination udp {{ network("127.0.0.1" port({log.port}) transport("udp") persist-name("udp")); }};
log {{ source(s); destination(tcp); destination(udp); flags(flow-control); }};
"""})
            with syslog_ng_in(base) as sender:
                with stopped(log, 2):
                    sender.feed(line + b" " + b"x" * 900 for line in numbered(LINES))
                self.assertEqual(numbers(log.wait_lines(LINES, shard.TCP, 60)), list(range(LINES)))
                shard.wait_for(lambda: len(log.raws(shard.UDP)) + sum(shard.lost(log.data).values()) >= LINES)
                time.sleep(1.5)                         # a gap told twice would come by then
                got = numbers(log.raws(shard.UDP))
                self.assertLess(len(got), LINES)
                self.assertEqual(len(got), len(set(got)))
                self.assertEqual(len(got) + sum(shard.lost(log.data).values()), LINES)

    # EVIDENCE: D11.4
    @unittest.skipUnless(os.path.exists(JOURNAL_UPLOAD) and os.path.exists(JOURNAL_REMOTE), "no systemd-journal-upload here")
    def test_journal_upload_while_others_flood(self):
        """It waits for its answer: every entry once, whatever comes in beside it."""
        port = free_port()
        with tempfile.TemporaryDirectory(prefix="khien-overload-") as base, \
                Log(f"journal-upload: 127.0.0.1:{port}\nlines: 4000\n") as log:
            write(base, 0, LINES)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
                with stopped(log, 2):
                    upload = subprocess.Popen([JOURNAL_UPLOAD, f"--directory={base}", f"--url=http://127.0.0.1:{port}",
                                               f"--save-state={base}/state", "--follow=no"], stdout=subprocess.DEVNULL,
                                              stderr=subprocess.DEVNULL)
                    for i in range(UDP_LINES):
                        flood.sendto(b"<13>flood number=%d" % i, ("127.0.0.1", log.port))
                self.assertEqual(upload.wait(60), 0)
                self.assertEqual(numbers(log.raws(shard.HTTP)), list(range(LINES)))     # acknowledged: it is there
                shard.wait_for(lambda: len(log.raws(shard.UDP)) + sum(shard.lost(log.data).values()) >= UDP_LINES)
                time.sleep(1.5)
                got = len(log.raws(shard.UDP))
                self.assertLess(got, UDP_LINES)
                self.assertEqual(got + sum(shard.lost(log.data).values()), UDP_LINES)

