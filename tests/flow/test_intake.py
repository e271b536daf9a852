"""Lines come in: over each transport, in each framing, out of files and old files. What was sent is
in the log, byte for byte, and what is lost is counted."""
import contextlib
import glob
import gzip
import hashlib
import io
import json
import lzma
import os
import random
import shutil
import signal
import socket
import subprocess
import tarfile
import time
import unittest

import shard
from flow import BIN, Server, folder, free_port, khien, totp, write_tree

assert totp


class Log:
    """A service with an intake of its own ports."""

    def __init__(self, settings="", args=()):
        self.server = Server(args=args)
        self.data = self.server.data
        self.port, self.relp_port = free_port(), free_port()
        self.settings(settings)

    def settings(self, more):
        base = "" if "udp:" in more else f"udp: 127.0.0.1:{self.port}\ntcp: 127.0.0.1:{self.port}\n" \
                                         f"relp: 127.0.0.1:{self.relp_port}\n"
        write_tree(self.data, {"intake.yaml": base + more})

    def __enter__(self):
        self.server.start()
        self.wait_listening()
        return self

    def __exit__(self, *_):
        self.server.stop()
        self.server.own.cleanup()

    def wait_listening(self):
        """The ports are the parent's; the process behind them has written the first leaves."""
        shard.wait_for(lambda: shard.leaves(self.data), 60)

    def intake(self):
        """Its process id."""
        for line in subprocess.run(["ps", "--ppid", str(self.server.process.pid), "-o", "pid="],
                                   stdout=subprocess.PIPE, text=True, check=False).stdout.split():
            with contextlib.suppress(OSError), open(f"/proc/{line}/net/udp", encoding="ascii"), \
                    open(f"/proc/{line}/maps", encoding="ascii") as maps:
                if "libzstd" in maps.read() and self.holds_wal(line):
                    return int(line)
        raise AssertionError("no intake")

    def holds_wal(self, pid):
        for fd in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{pid}/fd/{fd}").endswith(".wal"):
                    return True
        return False

    def tcp(self, port=None):
        return socket.create_connection(("127.0.0.1", port or self.port), 10)

    def raws(self, transport=None):
        return [leaf.raw for leaf in shard.lines(self.data, transport)]

    def wait_lines(self, count, transport=None, timeout_s=30):
        return shard.wait_for(lambda: (lambda got: got if len(got) >= count else None)(
            self.raws(transport)), timeout_s)


class Relp:
    """A client that knows what was acknowledged."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.number, self.rest, self.acked = 0, b"", set()
        self.command(b"open", b"relp_version=0\ncommands=syslog")
        self.wait()

    def command(self, name, data=b""):
        self.number += 1
        self.socket.sendall(b"%d %s %d%s\n" % (self.number, name, len(data), b" " + data if data else b""))
        return self.number

    def wait(self, timeout_s=20):
        """Until all is answered."""
        self.socket.settimeout(timeout_s)
        while len(self.acked) < self.number:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise ConnectionError("closed")
            self.take(chunk)

    def take(self, chunk):
        self.rest += chunk
        while True:
            head = self.rest.split(b" ", 2)
            if len(head) < 3:
                return
            size = head[2].replace(b"\n", b" ").split(b" ", 1)[0]
            begin = len(head[0]) + len(head[1]) + 2 + len(size)
            end = begin + (1 + int(size) if int(size) else 0) + 1
            if len(self.rest) < end or not size.isdigit():
                return
            if head[1] == b"rsp":
                self.acked.add(int(head[0]))
            self.rest = self.rest[end:]


class Transports(unittest.TestCase):
    # EVIDENCE: D11.4
    def test_each_line_arrives_as_it_was_sent(self):
        odd = [b"<13>Nov 25 10:00:00 h p: plain", b"<13>1 - - - - - - nothing", b"no pri",
               "<13>Nov 25 10:00:00 máy-chủ p: tiếng Việt".encode(), b"<13>\xff\xfe not UTF-8",
               b"<13>tab\tand \x01 control \x7f"]
        with Log() as log:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                for line in odd:
                    udp.sendto(line, ("127.0.0.1", log.port))
                udp.sendto(b"<13>with a line feed\n", ("127.0.0.1", log.port))
                udp.sendto(b"", ("127.0.0.1", log.port))
            self.assertEqual(log.wait_lines(7, shard.UDP), odd + [b"<13>with a line feed"])
            with log.tcp() as tcp:
                tcp.sendall(b"\n".join(odd) + b"\r\n" +
                            b"".join(b"%d %s" % (len(x), x) for x in (b"<1>a\nb", b"<2>\0")) +
                            b"<13>without an end")
            self.assertEqual(log.wait_lines(9, shard.TCP),
                             odd + [b"<1>a\nb", b"<2>\0", b"<13>without an end"])
            path = os.path.join(log.data, "log/intake.sock")
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
                stream.connect(path)
                stream.sendall(b"<13>to the stream\n")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram:
                datagram.connect(path + ".dgram")
                datagram.send(b"<13>as to /dev/log")
            self.assertCountEqual(log.wait_lines(2, shard.UNIX),
                                  [b"<13>to the stream", b"<13>as to /dev/log"])
            relp = Relp(log.relp_port)
            relp.command(b"syslog", b"<13>acknowledged")
            relp.wait()
            self.assertEqual(log.raws(shard.RELP), [b"<13>acknowledged"])
            by_raw = {leaf.raw: leaf for leaf in shard.lines(log.data)}
            self.assertTrue(by_raw[odd[4]].flags & shard.NOT_UTF8)
            self.assertFalse(by_raw[odd[3]].flags & shard.NOT_UTF8)
            self.assertTrue(by_raw[odd[2]].flags & shard.NO_TIME)
            self.assertFalse(by_raw[odd[0]].flags & shard.NO_TIME)
            self.assertTrue(by_raw[odd[0]].flags & shard.UNAUTHENTICATED)
            self.assertEqual(by_raw[odd[0]].peer[-4:], b"\x7f\0\0\1")
            self.assertIn("127.0.0.1", shard.senders(log.data).values())

    def test_a_line_too_long_is_cut_and_says_so(self):
        with Log() as log:
            with log.tcp() as tcp:
                tcp.sendall(b"<13>" + b"x" * 200000 + b"\n<13>next\n")
                tcp.sendall(b"100000 <13>" + b"y" * 99996 + b"9 <13>after")
            got = shard.wait_for(lambda: (lambda x: x if len(x) == 4 else None)(
                shard.lines(log.data, shard.TCP)))
            self.assertEqual([len(leaf.raw) for leaf in got], [65482, 8, 65482, 9])
            self.assertEqual([leaf.flags & shard.TRUNCATED for leaf in got], [1, 0, 1, 0])

    def test_a_thousand_slow_peers_harm_nobody(self):
        with Log("connections: 1200\n") as log:
            slow = [log.tcp() for _ in range(1000)]
            for i, peer in enumerate(slow):
                peer.sendall(b"<13>slow %d" % i)
            with log.tcp() as quick:
                quick.sendall(b"".join(b"<13>quick %d\n" % i for i in range(1000)))
            log.wait_lines(1000, shard.TCP, 10)
            for peer in slow:
                peer.sendall(b" ends\n")
                peer.close()
            got = set(log.wait_lines(2000, shard.TCP))
            self.assertEqual(len(got), 2000)
            self.assertIn(b"<13>slow 999 ends", got)


class Overload(unittest.TestCase):
    def stored_and_lost(self, log):
        """By the search: so much closes segments, which the reader of write-ahead files does not know."""
        def search(*words):
            return khien("log", "search", "--data", log.data, *words).out

        gaps = [json.loads(line) for line in search("--format", "json", "kind:gap").splitlines()]
        return (int(search("--count", "transport:udp", "kind:line")),
                sum(json.loads(gap["raw"])["lines"] for gap in gaps))

    # EVIDENCE: D11.4
    def test_datagrams_stored_and_lost_are_those_sent(self):
        with Log() as log:
            os.kill(log.intake(), signal.SIGSTOP)      # nobody reads: the buffer must overflow
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                count = 30000
                for i in range(count):
                    udp.sendto(b"<13>Nov 25 10:00:00 h p: %08d " % i + b"x" * 8000, ("127.0.0.1", log.port))
            os.kill(log.intake(), signal.SIGCONT)
            told = []

            def are_all_told():
                told[:] = self.stored_and_lost(log)
                return sum(told) >= count
            shard.wait_for(are_all_told)
            stored, lost = told
            self.assertEqual(stored + lost, count)
            self.assertGreater(lost, 0)

    # EVIDENCE: D11.4
    def test_a_socket_of_ones_own_takes_nobody_elses(self):
        """Who sends much gets a socket of his own, and is no longer asked who he is; another who sends from the
        same port of another address, meanwhile, stays another."""
        with Log() as log, contextlib.ExitStack() as stack:
            senders = {}
            for address in ("127.0.0.1", "127.0.0.2"):
                senders[address] = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            senders["127.0.0.1"].bind(("127.0.0.1", 0))
            senders["127.0.0.2"].bind(("127.0.0.2", senders["127.0.0.1"].getsockname()[1]))
            end, count = time.monotonic() + 4, 0
            while time.monotonic() < end:
                for i in range(100):
                    senders["127.0.0.1"].sendto(b"<13>127.0.0.1 %d" % (count + i), ("127.0.0.1", log.port))
                senders["127.0.0.2"].sendto(b"<13>127.0.0.2 %d" % count, ("127.0.0.1", log.port))
                count += 100
                time.sleep(0.05)
            shard.wait_for(lambda: len(log.raws(shard.UDP)) == count + count // 100)
            names = shard.senders(log.data)
            for leaf in shard.lines(log.data, shard.UDP):
                address = leaf.raw[4:].split()[0].decode()
                self.assertEqual(names[leaf.source], address)
                self.assertEqual(leaf.peer, bytes(10) + b"\xff\xff" + socket.inet_aton(address))

    def test_the_list_keeps_up_while_lines_come_without_a_pause(self):
        with Log() as log, log.tcp() as tcp:
            piece = b"".join(b"<13>Nov 25 10:00:00 h p: no pause %06d\n" % i for i in range(2000))
            sent = [0]

            def listed():
                tcp.sendall(piece)
                sent[0] += 2000
                with contextlib.suppress(OSError), open(f"{log.data}/log/intake/senders", encoding="utf-8") as file:
                    return sum(int(row.split("\t")[6]) for row in file.read().splitlines()[1:-1])
                return 0
            tcp.settimeout(60)
            end = time.monotonic() + 40
            while listed() < 1000 and time.monotonic() < end:
                pass
            self.assertGreaterEqual(listed(), 1000)
            log.wait_lines(sent[0], shard.TCP, 120)

    def test_a_budget_is_kept(self):
        with Log("lines: 100\nsenders:\n  - name: 127.0.0.1\n    lines: 500\n") as log:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                for i in range(3000):
                    udp.sendto(b"<13>%d" % i, ("127.0.0.1", log.port))
            shard.wait_for(lambda: len(log.raws(shard.UDP)) + sum(shard.lost(log.data).values()) == 3000)
            self.assertGreater(sum(shard.lost(log.data).values()), 1000)
            began = time.monotonic()
            with log.tcp() as tcp:
                tcp.sendall(b"".join(b"<13>%d %s\n" % (i, b"x" * 2000) for i in range(2000)))
            self.assertEqual(len(set(log.wait_lines(2000, shard.TCP, 60))), 2000)
            self.assertGreater(time.monotonic() - began, 1.5)


class Import(unittest.TestCase):
    TEXT = b"".join(b"Nov 25 10:00:%02d h p: line %d\n" % (i % 60, i) for i in range(5000))
    EXPORT = (b"__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=1795651200000000\nMESSAGE=one\n_PID=7\n\n"
              b"__CURSOR=s=1;i=2\nMESSAGE\n" + (5).to_bytes(8, "little") + b"a\nb=c\nPRIORITY=3\n\n")
    XML = (b"<?xml version='1.0'?>\n<Events><Event xmlns='x'>\n <System>\n  <EventID>4625</EventID>\n"
           b" </System>\n</Event><Event xmlns='x'><System/></Event></Events>")

    def files(self, base):
        write_tree(base, {"a.log": self.TEXT, "b.log.gz": gzip.compress(self.TEXT, mtime=0),
                          "c.log.xz": lzma.compress(self.TEXT), "e.export": self.EXPORT,
                          "w.xml": self.XML})
        return [os.path.join(base, name) for name in sorted(os.listdir(base))]

    def check(self, data):
        old = [leaf for leaf in shard.leaves(data) if leaf.transport == shard.OLD_FILE]
        wanted = self.TEXT.splitlines()
        self.assertEqual([leaf.raw for leaf in old], wanted * 3 + [
            b'{"__REALTIME_TIMESTAMP":"1795651200000000","MESSAGE":"one","_PID":"7"}',
            b'{"MESSAGE":"a\\nb=c","PRIORITY":"3"}',
            b"<Event xmlns='x'> <System> <EventID>4625</EventID> </System> </Event>",
            b"<Event xmlns='x'><System/></Event>"])
        self.assertEqual([leaf.sequence for leaf in old][:5000], list(range(1, 5001)))
        origin = [json.loads(leaf.raw) for leaf in shard.leaves(data) if leaf.kind == shard.IMPORT]
        self.assertEqual([(o["lines"], o["sha256"]) for o in origin][:1],
                         [(5000, hashlib.sha256(self.TEXT).hexdigest())])
        self.assertEqual([o["lines"] for o in origin], [5000, 5000, 5000, 2, 2])

    # EVIDENCE: D11.4
    def test_old_files_with_and_without_the_service(self):
        with folder() as base, Log() as log:
            done = khien("log", "import", "--data", log.data, *self.files(base))
            self.assertEqual(done.status, 0, done)
            self.check(log.data)
            again = khien("log", "import", "--data", log.data, *self.files(base))
            self.assertIn("5000 dòng, 0 dòng mới", again.out)
            self.check(log.data)
        with folder() as base, folder() as data:
            os.chmod(data, 0o700)
            for _ in range(2):
                done = khien("log", "import", "--data", data, *self.files(base))
                self.assertEqual(done.status, 0, done)
                self.check(data)

    # EVIDENCE: D11.4
    def test_what_windows_saved_as_unicode(self):
        """UTF-16 either way round, packed or within a tar; half a character is named by its line and takes nothing in."""
        text = "Error\t25/11/2026 08:00:00\tĐăng nhập thất bại\r\nInformation\t\U0001F512 khóa\r\n"
        wanted = [line.encode() for line in text.splitlines()]
        files = {"le.txt": b"\xff\xfe" + text.encode("utf-16-le"), "be.txt": b"\xfe\xff" + text.encode("utf-16-be"),
                 "le.gz": gzip.compress(b"\xff\xfe" + text.encode("utf-16-le")),
                 "w.xml": b"\xff\xfe" + self.XML.decode().replace("4625", "4625 Đ").encode("utf-16-le")}
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as out:
            member = tarfile.TarInfo("logs/app.txt")
            member.size = len(files["be.txt"])
            out.addfile(member, io.BytesIO(files["be.txt"]))
        files["x.tar"] = tar.getvalue()
        bad = {"high.txt": "một\nhai ".encode("utf-16-le") + b"\x3d\xd8" + "x\nba\n".encode("utf-16-le"),
               "low.txt": "một\n".encode("utf-16-le") + b"\x00\xdc" + "\n".encode("utf-16-le"),
               "end.txt": "một\nhai".encode("utf-16-le") + b"\x3d\xd8", "odd.txt": "một\nhai".encode("utf-16-le") + b"\x41"}
        with folder() as base, folder() as data:
            os.chmod(data, 0o700)
            write_tree(base, {**files, **{name: b"\xff\xfe" + body for name, body in bad.items()}})
            for name in bad:
                done = khien("log", "import", "--data", data, f"{base}/{name}")
                self.assertEqual(done.status, 2, done)
                self.assertIn(name, done.err)
                self.assertIn("line 2: ", done.err)
            self.assertEqual(khien("log", "search", "--data", data, "--count", "một").out.strip(), "0")
            for _ in range(2):
                done = khien("log", "import", "--data", data, *(f"{base}/{name}" for name in files))
                self.assertEqual(done.status, 0, done)
            old = [leaf.raw for leaf in shard.leaves(data) if leaf.transport == shard.OLD_FILE]
            self.assertEqual(old[:6], wanted * 3)
            self.assertIn("<EventID>4625 Đ</EventID>".encode(), old[6])
            self.assertEqual(old[8:], wanted)
            origin = [json.loads(leaf.raw) for leaf in shard.leaves(data) if leaf.kind == shard.IMPORT]
            self.assertEqual([o["encoding"] for o in origin], ["UTF-16LE", "UTF-16BE", "UTF-16LE", "UTF-16LE", "UTF-16BE"])
            self.assertEqual(origin[0]["sha256"], hashlib.sha256(files["le.txt"]).hexdigest())
            self.assertEqual(khien("log", "search", "--data", data, "--count", "thất bại").out.strip(), "4")

    # EVIDENCE: D11.4
    def test_a_range_of_time_is_that_of_the_lines(self):
        """Of an old file nobody asks when it was imported."""
        web = '10.0.0.9 - - [%02d/Mar/2024:10:00:00 +0700] "GET /%d HTTP/1.1" 200 1\n'
        clock = "2024-02-%02dT08:00:00+07:00 may1 sshd[7]: Failed password %d\n"
        with folder({"web.log": "".join(web % (d, d) for d in range(1, 31)),
                     "ssh.log": "".join(clock % (d, d) for d in range(1, 30)),
                     "app.log": "dòng không có giờ\n"}) as base, folder() as data:
            os.chmod(data, 0o700)
            files = [f"{base}/{name}.log" for name in ("web", "ssh", "app")]
            self.assertEqual(khien("log", "import", "--data", data, *files).status, 0)

            def count(*words):
                return int(khien("log", "search", "--data", data, "--count", *words).out)

            for where in ("closed", "open"):
                self.assertEqual(count("--from", "10/03/2024", "--to", "12/03/2024"), 3, where)
                self.assertEqual(count("--to", "29/02/2024 07:00", "Failed"), 28)
                self.assertEqual(count("--from", "25/02/2024", "--to", "05/03/2024"), 10)
                self.assertEqual(count("--from", "1h", "dòng"), 1)
                self.assertEqual(count("--from", "1h", "password"), 0)
                found = khien("log", "search", "--data", data, "--from", "10/03/2024", "--to", "10/03/2024")
                self.assertIn("10/03/2024 10:00", found.out)
                # the proof that nothing is missing is of the order in which lines came
                proof = khien("log", "export", "--data", data, "--from", "1h", "--proof", f"{base}/proof", "password")
                self.assertEqual((proof.status, proof.out.count("Failed password")), (0, 29), proof)
                for path in glob.glob(f"{data}/log/*/segments/*.seg"):
                    os.remove(path)             # the write-ahead file has these lines as well

    def tar(self, members, how="w:gz", kind=tarfile.GNU_FORMAT):
        """Of {path: content}; None is a folder."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=how, format=kind) as tar:
            for path, content in members.items():
                info = tarfile.TarInfo(path)
                if content is None:
                    info.type = tarfile.DIRTYPE
                else:
                    info.size = len(content)
                tar.addfile(info, io.BytesIO(content) if content is not None else None)
            link = tarfile.TarInfo("var/log/link")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link)
        return out.getvalue()

    # EVIDENCE: D11.4
    def test_an_archive_is_walked_and_each_line_knows_its_file(self):
        long = "var/log/" + "d" * 120 + "/máy chủ.log"
        members = {"var/log": None, "var/log/auth.log": self.TEXT, "var/log/auth.log.1.gz": gzip.compress(self.TEXT, mtime=0),
                   long: b"mot\nhai\n", "../../etc/khien-thoat": b"no path\n", "var/log/empty": b"",
                   "var/log/wtmp": b"\1\0\0\0" * 96, "logs.zip": b"PK\3\4" + b"x" * 50, "journal": self.EXPORT}
        members["old.tar"] = self.tar({"x.log": b"x\n"}, "w")
        text = self.TEXT.splitlines()
        wanted = text * 2 + [b"mot", b"hai", b"no path"]
        for how, kind, name in (("w:gz", tarfile.GNU_FORMAT, "k.tar.gz"), ("w:xz", tarfile.PAX_FORMAT, "k.txz"),
                                ("w", tarfile.GNU_FORMAT, "k.tar")):
            archive = self.tar(members, how, kind)
            with folder({name: archive}) as base, folder() as data:
                os.chmod(data, 0o700)
                done = khien("log", "import", "--data", data, f"{base}/{name}")
                self.assertEqual(done.status, 0, done)
                old = shard.lines(data, shard.OLD_FILE)
                self.assertEqual([leaf.raw for leaf in old][:10003], wanted)
                self.assertEqual(len(old), 10005)
                names = shard.senders(data)
                self.assertTrue(names[old[0].source].startswith(f"{name}!var/log/auth.log "))
                origin = {o["file"].split("!")[1]: o for o in
                          (json.loads(leaf.raw) for leaf in shard.leaves(data) if leaf.kind == shard.IMPORT)}
                self.assertEqual(origin[long]["lines"], 2)
                self.assertEqual(origin["var/log/auth.log.1.gz"]["sha256"],
                                 hashlib.sha256(members["var/log/auth.log.1.gz"]).hexdigest())
                self.assertEqual({o["archive_sha256"] for o in origin.values()}, {hashlib.sha256(archive).hexdigest()})
                for path, why in (("wtmp", "tệp nhị phân"), ("logs.zip", "giải nén"), ("old.tar", "giải nén")):
                    self.assertRegex(done.out, f"{path}: bỏ qua, .*{why}")
                self.assertEqual(os.listdir(base), [name])
                again = khien("log", "import", "--data", data, f"{base}/{name}")
                self.assertIn("auth.log: 5000 dòng, 0 dòng mới", again.out)
                self.assertEqual(len(shard.lines(data, shard.OLD_FILE)), 10005)

    def test_an_archive_cut_off_or_changed_is_told(self):
        archive = self.tar({"a.log": self.TEXT, "b.log": self.TEXT}, "w")
        begins_b = 512 + (len(self.TEXT) + 511) // 512 * 512
        changed = archive[:begins_b] + b"X" + archive[begins_b + 1:]
        for content, lines in ((archive[:-20000], None), (changed, 5000)):
            with folder({"k.tar": content, "win.evtx": b"ElfFile\0" + b"x" * 600}) as base, folder() as data:
                os.chmod(data, 0o700)
                done = khien("log", "import", "--data", data, f"{base}/k.tar")
                self.assertEqual(done.status, 2)
                self.assertIn("k.tar", done.err)
                got = [leaf.raw for leaf in shard.lines(data, shard.OLD_FILE)]
                self.assertEqual(got[:5000], self.TEXT.splitlines())
                self.assertIn(len(got), [lines] if lines else range(5000, 10000))
                refused = khien("log", "import", "--data", data, f"{base}/win.evtx")
                self.assertEqual(refused.status, 2)
                self.assertIn("wevtutil", refused.err)

    # EVIDENCE: D11.4
    def test_events_are_found_by_what_their_bodies_tell(self):
        xml = ("<Events>" + "".join(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
            f"<Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>{4624 + i % 2}</EventID><Level>0</Level>"
            f"<Keywords>0x80{10 if i % 2 else 20}000000000000</Keywords>"
            f"<TimeCreated SystemTime='2024-03-{i + 1:02}T03:00:00.5Z'/><Computer>dc{i % 3}.xa.vn</Computer></System>"
            "<EventData><Data Name='IpAddress'>10.0.0.9</Data></EventData></Event>\n" for i in range(30)) + "</Events>")
        journal = "".join(f"__CURSOR=s=1;i={i}\n__REALTIME_TIMESTAMP={1709262000000000 + i * 86400000000}\n_HOSTNAME=web{i % 2}\n"
                          f"SYSLOG_IDENTIFIER=sshd\nPRIORITY={3 + i % 4}\nMESSAGE=line {i}\n\n" for i in range(20))
        with folder({"win.xml": xml, "j.export": journal}) as base, folder() as data:
            os.chmod(data, 0o700)
            done = khien("log", "import", "--data", data, f"{base}/win.xml", f"{base}/j.export")
            self.assertEqual(done.status, 0, done)

            def count(*words):
                return int(khien("log", "search", "--data", data, "--count", *words).out)

            for where in ("closed", "open"):
                self.assertEqual(count("--host", "dc1.xa.vn"), 10, where)
                self.assertEqual(count("event:4625"), 15)
                self.assertEqual(count("sựkiện:4625", "host:dc0*"), 5)
                self.assertEqual(count("--program", "Microsoft-Windows-Security-Auditing"), 30)
                self.assertEqual(count("--severity", "warning", "event:46*"), 15)   # failed audits
                self.assertEqual(count("--from", "10/03/2024", "--to", "12/03/2024", "event:46*"), 3)
                self.assertEqual(count("--host", "web1", "--program", "sshd"), 10)
                self.assertEqual(count("--severity", "err", "--host", "web*"), 5)
                self.assertEqual(count("--from", "01/03/2024", "--to", "02/03/2024", "host:web*"), 2)
                for path in glob.glob(f"{data}/log/*/segments/*.seg"):
                    os.remove(path)             # the write-ahead file has these lines as well

    def test_what_is_damaged_is_told_and_what_is_whole_is_kept(self):
        packed = gzip.compress(bytes(random.Random(7).choices(b"ab\n", k=200000)))
        with folder({"cut.gz": packed[:-100], "bomb.xz": lzma.compress(b"\0" * 900000000)}) as base, \
                folder() as data:
            for name, word in (("cut.gz", "cut.gz"), ("bomb.xz", "bomb.xz")):
                done = khien("log", "import", "--data", data, os.path.join(base, name))
                self.assertEqual(done.status, 2)
                self.assertIn(word, done.err)
            self.assertEqual(khien("log", "import", "--data", data, "/nowhere").status, 2)

    def test_a_failure_says_what_was_taken_before_it(self):
        xml = "<Events><Event><a>1</a></Event>\n<Event><a>2</a></Ev"
        journal = b"__CURSOR=s=1;i=1\nMESSAGE=one\n\n__CURSOR=s=1;i=2\nMESSAGE\n" + (9).to_bytes(8, "little") + b"hai"
        packed = gzip.compress(b"".join(b"line %d\n" % i for i in range(30000)))
        files = {"cut.xml": xml, "cut.export": journal, "cut.gz": packed[:-2000], "whole.log": b"mot\nhai\n"}
        with folder(files) as base:
            for name, before in (("cut.xml", 1), ("cut.export", 1), ("cut.gz", None)):
                with folder() as data:
                    os.chmod(data, 0o700)
                    done = khien("log", "import", "--data", data, f"{base}/{name}")
                    self.assertEqual(done.status, 2, done)
                    self.assertNotIn("Chưa có gì bị thay đổi", done.err)
                    lines = len(shard.lines(data, shard.OLD_FILE))
                    self.assertIn(lines, [before] if before else range(1, 30000))
                    self.assertIn(f"{lines} dòng mới trước chỗ lỗi đã vào nhật ký", done.err)
            # what cannot be opened is told before anything is taken, or made
            os.mkfifo(f"{base}/pipe")
            for wrong in ("none", "pipe", ""):
                done = khien("log", "import", "--data", f"{base}/data", f"{base}/whole.log", f"{base}/{wrong}", timeout_s=10)
                self.assertEqual(done.status, 2, done)
                self.assertIn("Chưa có gì bị thay đổi", done.err)
                self.assertFalse(os.path.exists(f"{base}/data"), wrong)

    def test_lines_too_long_are_told_and_names_steer_no_terminal(self):
        long = b"dau " + b"x" * 100000 + b"\nngan\n"
        with folder({"k.tar": self.tar({"a\x1b[2Jb.log": long}, "w")}) as base, folder() as data:
            os.chmod(data, 0o700)
            done = khien("log", "import", "--data", data, f"{base}/k.tar")
            self.assertEqual(done.status, 0, done)
            self.assertNotIn("\x1b", done.out)
            self.assertIn("a?[2Jb.log: 2 dòng, 2 dòng mới", done.out)
            self.assertRegex(done.out, "1 dòng quá dài, mỗi dòng chỉ giữ [0-9]+ byte đầu")


class Settings(unittest.TestCase):
    def test_a_fault_is_named_with_line_and_field(self):
        rows = [("udp: x\n", "intake.yaml:2: udp: phải là"), ("\nfoo: 1\n", "intake.yaml:2: foo: không có"),
                ("files: [a]\n", "intake.yaml:1: a: phải là"), ("tls: 6514\n", "certificate"),
                ("senders:\n  - lines: 5\n", "thiếu name"), ("lines: -1\n", "lines: phải là"),
                ("udp: [", "intake.yaml:3: sai cú pháp"), ("certificate: a\nkey: b\ntls: 0\n", "No such file")]
        for text, wanted in rows:
            with folder({"intake.yaml": "tcp: no\n" + text if "udp" in text else text}) as data:
                os.chmod(data, 0o700)
                done = khien("serve", "--data", data, "--packs", "packs", "--listen",
                             f"127.0.0.1:{free_port()}")
                self.assertEqual(done.status, 2, text)
                self.assertIn(wanted, done.err)


if __name__ == "__main__":
    assert BIN and shutil
    unittest.main()
