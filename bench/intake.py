#!/usr/bin/env python3
"""intake.py: what it costs to take log lines, beside rsyslog and syslog-ng on the same lines in the same
run. CPU seconds are those of all processes of the receiver, its children included, per million lines;
the sender's are not counted. A line has about 190 bytes.

    ./dev bench intake [--lines N] [--only-ready] [--goals FILE]
"""
import argparse
import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import goals as goal_table
import measure as shared

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests"))
import syslog_ng  # noqa: E402  (found by the line above)

KHIEN = os.path.join(TOP, "build", "khien")
TICKS = os.sysconf("SC_CLK_TCK")
PARTS = ("intake", "seal", "store")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def line(i):
    """Of about 190 bytes, RFC 5424 and RFC 3164 in turn; what varies varies as it does in real logs."""
    head = (f"<{i * 7 % 190}>1 2026-11-26T08:{i // 60 % 60:02}:{i % 60:02}.{i * 7919 % 1000000:06}Z "
            f"may{i % 16:02}.xa.gov.vn dich-vu{i % 7} {i * 31 % 30000} - - " if i % 2 else
            f"<{i * 7 % 190}>Nov 26 08:{i // 60 % 60:02}:{i % 60:02} may{i % 16:02} dich-vu{i % 7}[{i * 31 % 30000}]: ")
    return (head + f"session {i * 2654435761 % 2**32:08x} of user u{i * 13 % 500} from 10.{i % 256}.{i // 256 % 256}."
            f"{i % 251} port {i * 17 % 60000} closed after {i * 101 % 9999} ms, reason=timeout status=ok bytes={i * 97 % 99999} "
            "path=/api/v1/ho-so/danh-sach?trang=1")[:189].encode()


def processes(pid):
    """PID and all that came of it."""
    found, new = {pid}, [pid]
    while new:
        out = subprocess.run(["ps", "--ppid", str(new.pop()), "-o", "pid="], stdout=subprocess.PIPE,
                             text=True, check=False).stdout.split()
        new += [int(word) for word in out if int(word) not in found]
        found |= {int(word) for word in out}
    return found


def cpu_s(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def parts(pids):
    """{name: CPU seconds} of those of Khiên's processes that take, seal and compress."""
    found = {}
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/comm", encoding="ascii") as comm:
            name = comm.read().strip().replace("khien: ", "")
            if name in PARTS:
                found[name] = cpu_s({pid})
    return found


def rss_kib(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii") as status:
            total += sum(int(text.split()[1]) for text in status if text.startswith("RssAnon"))
    return total


class Receiver:
    """A receiver in a folder of its own. count() tells how many lines it has kept."""

    name, ways = "", ("TCP", "TLS", "UDP 100k/s", "UDP 160k/s", "RELP")

    def __init__(self, base):
        self.base, self.port, self.relp, self.tls = base, free_port(), free_port(), free_port()
        self.process = subprocess.Popen(self.command(), cwd=base, stdout=subprocess.DEVNULL,
                                        stderr=open(os.path.join(base, "err"), "wb"), env=self.env())
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                break
            time.sleep(0.1)
        time.sleep(2)

    def env(self):
        return dict(os.environ)

    def measured(self):
        return processes(self.process.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait()


class Khien(Receiver):
    name = "Khiên"

    def command(self):
        self.data = os.path.join(self.base, "data")
        os.mkdir(self.data, 0o700)
        with open(os.path.join(self.data, "intake.yaml"), "w", encoding="utf-8") as out:
            out.write(f"udp: 127.0.0.1:{self.port}\ntcp: 127.0.0.1:{self.port}\nrelp: 127.0.0.1:{self.relp}\n"
                      f"tls: 127.0.0.1:{self.tls}\ncertificate: {self.base}/s.pem\nkey: {self.base}/s.key\n")
        return [KHIEN, "serve", "--data", self.data, "--packs", os.path.join(TOP, "packs"),
                "--listen", f"127.0.0.1:{free_port()}"]

    def measured(self):
        """Once the three that work are there."""
        end = time.monotonic() + 60
        while time.monotonic() < end and len(parts(processes(self.process.pid))) < len(PARTS):
            time.sleep(0.2)
        return processes(self.process.pid)

    def senders(self):
        with contextlib.suppress(OSError), open(os.path.join(self.data, "log/intake/senders"),
                                                encoding="utf-8") as file:
            rows = [row.split("\t") for row in file.read().splitlines()[1:-1]]
            return sum(int(row[6]) for row in rows), sum(int(row[8]) for row in rows)
        return 0, 0

    def count(self):
        return self.senders()[0]

    def lost(self):
        return self.senders()[1]


class Rsyslog(Receiver):
    name, sink = "rsyslog, text", 'action(type="omfile" file="{base}/out")'

    def command(self):
        conf = os.path.join(self.base, "c.conf")
        with open(conf, "w", encoding="utf-8") as out:
            out.write(f'global(workDirectory="{self.base}" defaultNetstreamDriverCAFile="{self.base}/s.pem" '
                      f'defaultNetstreamDriverCertFile="{self.base}/s.pem" defaultNetstreamDriverKeyFile="{self.base}/s.key")\n'
                      f'module(load="imtcp")\nmodule(load="imudp" TimeRequery="8" batchSize="128")\nmodule(load="imrelp")\n'
                      f'input(type="imtcp" port="{self.port}" address="127.0.0.1")\n'
                      f'input(type="imudp" port="{self.port}" address="127.0.0.1" rcvbufSize="8m")\n'
                      f'input(type="imrelp" port="{self.relp}")\n'
                      f'input(type="imtcp" port="{self.tls}" address="127.0.0.1" StreamDriver.Name="ossl" '
                      f'StreamDriver.Mode="1" StreamDriver.AuthMode="anon")\n' + self.sink.format(base=self.base) + "\n")
        return [shutil.which("rsyslogd") or "/usr/sbin/rsyslogd", "-n", "-f", conf, "-i", self.base + "/pid"]

    def count(self):
        with contextlib.suppress(OSError), open(os.path.join(self.base, "out"), "rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
        return 0

    def lost(self):
        return -1


class RsyslogZstd(Rsyslog):
    name, ways = "rsyslog, zstd", ("TCP",)
    sink = 'action(type="omfile" file="{base}/out" zipLevel="3" compression.driver="zstd" ioBufferSize="64k")'

    def count(self):
        """What the file gives back; its end is still open while rsyslog runs."""
        with contextlib.suppress(OSError):
            return subprocess.run(["zstd", "-dcq", os.path.join(self.base, "out")], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, check=False).stdout.count(b"\n")
        return 0


class RsyslogSync(Rsyslog):
    """Each batch is written and synced before the next: the nearest it has to acknowledged means durable."""

    name, ways = "rsyslog, synced", ("RELP",)
    sink = 'action(type="omfile" file="{base}/out" sync="on" flushOnTXEnd="on" asyncWriting="off")'


class SyslogNg(Rsyslog):
    name, ways = "syslog-ng, text", ("TCP", "UDP 100k/s", "UDP 160k/s")

    def command(self):
        with open(os.path.join(self.base, "c.conf"), "w", encoding="utf-8") as out:
            out.write(f'@version: 3.38\nsource s {{ network(ip("127.0.0.1") port({self.port}) transport("tcp") '
                      f'log-iw-size(10000)); network(ip("127.0.0.1") port({self.port}) transport("udp") '
                      f'so-rcvbuf(8388608)); }};\ndestination d {{ file("{self.base}/out"); }};\n'
                      'log { source(s); destination(d); flags(flow-control); };\n')
        return syslog_ng.command(self.base)

    def env(self):
        return {**os.environ, **syslog_ng.ENV}


# --- senders -------------------------------------------------------------------------------------------

def by_tcp(receiver, blob, count, per_blob):
    with socket.create_connection(("127.0.0.1", receiver.port)) as out:
        for _ in range(count // per_blob):
            out.sendall(blob)


def by_tls(receiver, blob, count, per_blob):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", receiver.tls))) as out:
        for _ in range(count // per_blob):
            out.sendall(blob)
        with contextlib.suppress(OSError):
            out.unwrap()


UDP_SEGMENT, SEGMENTS = 103, 32     # the kernel parts what is sent into datagrams of one length: so many a call


def by_udp(rate):
    """At a steady rate. Loopback hands over each datagram by itself, as a network card does."""
    def send(receiver, blob, count, _per_blob):
        lines = blob.split(b"\n")[:-1]
        size = max(len(one) for one in lines)           # nearly all are that long
        text = b"".join(one for one in lines if len(one) == size)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, size)
            out.connect(("127.0.0.1", receiver.port))
            began, piece = time.monotonic(), SEGMENTS * size
            for i in range(0, count, SEGMENTS):
                at = i % (len(text) // size - SEGMENTS) * size
                out.send(text[at:at + min(piece, (count - i) * size)])
                ahead = i / rate - (time.monotonic() - began)
                if ahead > 0.001:
                    time.sleep(ahead)
    return send


ACK_EVERY = 500     # of so many lines the last one is timed


def by_relp(receiver, blob, count, _per_blob, window=4000):
    """Keeps so many lines on their way; returns when the last one is acknowledged. RECEIVER learns how long that took."""
    lines, acked, sent = blob.split(b"\n")[:-1], [0], {}
    receiver.ack_s = []
    with socket.create_connection(("127.0.0.1", receiver.relp)) as out:
        offer = b"relp_version=0\nrelp_software=bench\ncommands=syslog"
        out.sendall(b"1 open %d %s\n" % (len(offer), offer))
        out.recv(4096)

        def read():
            while acked[0] < count:
                chunk = out.recv(1 << 18)
                if not chunk:
                    return
                before, now = acked[0], time.monotonic()
                acked[0] += chunk.count(b"\n")      # each answer is one line
                for at in range(before // ACK_EVERY + 1, acked[0] // ACK_EVERY + 1):
                    receiver.ack_s.append(now - sent[at * ACK_EVERY])
        reader = threading.Thread(target=read)
        reader.start()
        number = 2
        for at in range(0, count, ACK_EVERY):
            while at - acked[0] > window and reader.is_alive():
                time.sleep(0.0002)
            some = min(ACK_EVERY, count - at)
            batch = b"".join(b"%d syslog %d %s\n" % ((number + k) % 999999999, len(text), text) for k, text in
                             ((k, lines[(at + k) % len(lines)]) for k in range(some)))
            sent[at + some] = time.monotonic()
            out.sendall(batch)
            number += ACK_EVERY
        reader.join(60)


def wait_quiet(pids):
    """Until hardly any CPU is used any more: Khiên compresses and compares behind the acknowledgement."""
    end, last = time.monotonic() + 120, cpu_s(pids)
    while time.monotonic() < end:
        time.sleep(2)
        now = cpu_s(pids)
        if now - last < 0.05:
            return
        last = now


def measure(receiver, send, count, blob, per_blob, is_lossy=False):
    """(CPU seconds a million until the last line is taken, and until all work on them is done, the same of each
    of Khiên's processes, lines a second, lines that arrived, lines lost and counted, RssAnon)"""
    pids = receiver.measured()
    before, before_cpu, before_lost, peak = receiver.count(), cpu_s(pids), receiver.lost(), [0]
    before_parts, receiver.idle_kib = parts(pids), rss_kib(pids)
    stop = threading.Event()

    def watch():
        while not stop.wait(0.2):
            peak[0] = max(peak[0], rss_kib(pids))
    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    send(receiver, blob, count, per_blob)
    sent_s = time.monotonic() - began
    end = time.monotonic() + (15 if is_lossy else 60)
    while time.monotonic() < end:
        arrived = receiver.count() - before
        lost = receiver.lost() - before_lost if receiver.lost() >= 0 else 0
        if arrived + lost >= count:
            break
        time.sleep(0.5)
    taken_cpu = cpu_s(pids)
    wait_quiet(pids)
    stop.set()
    watcher.join()
    each = {name: (s - before_parts[name]) / count * 1e6 for name, s in parts(pids).items() if name in before_parts}
    return ((taken_cpu - before_cpu) / count * 1e6, (cpu_s(pids) - before_cpu) / count * 1e6, each, count / sent_s,
            arrived, lost, peak[0])


# --- ready again -----------------------------------------------------------------------------------------

def acknowledged_s(port, since):
    """How long after SINCE a line is acknowledged: connected to, taken, on the disk, answered."""
    end, offer = time.monotonic() + 60, b"relp_version=0\nrelp_software=bench\ncommands=syslog"
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as out:
            out.settimeout(60)
            out.sendall(b"1 open %d %s\n2 syslog 8 <13>back\n" % (len(offer), offer))
            answers = b""
            while b"2 rsp " not in answers:
                chunk = out.recv(4096)
                if not chunk:
                    raise ConnectionError("it went again")
                answers += chunk
            return time.monotonic() - since
        time.sleep(0.005)
    return float("nan")


def is_alive(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    return False


def again_s(receiver, is_whole):
    """Killed at work, one process or all of them: the seconds until a line is acknowledged again."""
    with socket.create_connection(("127.0.0.1", receiver.port)) as out:
        stop = threading.Event()

        def feed():
            with contextlib.suppress(OSError):
                while not stop.is_set():
                    out.sendall(b"<13>Nov 26 08:00:00 may h: under way\n" * 1000)
        feeder = threading.Thread(target=feed)
        feeder.start()
        time.sleep(11)                                  # who falls within ten seconds waits before it starts again
        pids = processes(receiver.process.pid)
        taking = [pid for pid in pids if parts({pid}).get("intake") is not None]
        stop.set()
        began = time.monotonic()
        for pid in sorted(pids) if is_whole else taking:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        feeder.join()
    if is_whole:
        receiver.process.wait()
        while any(is_alive(pid) for pid in pids):       # a killed process holds its ports until it comes to its end
            time.sleep(0.002)
        began = time.monotonic()
        with open(os.path.join(receiver.base, "err"), "ab") as err:
            receiver.process = subprocess.Popen(receiver.again, stdout=subprocess.DEVNULL, stderr=err)
    return acknowledged_s(receiver.relp, began)


def ready(sizes, kills=3):
    blob, per_blob = b"".join(line(i) + b"\n" for i in range(20000)), 20000
    print(f"\nready again after kill -9 while lines come, {kills} kills each, load {os.getloadavg()[0]:.1f}: seconds until a "
          "line is acknowledged, the median and the worst (bounds: 0.3 of intake, 2 of the whole service)")
    print(f"{'lines before':>12} {'archive MiB':>12} {'intake':>15} {'whole service':>15}")
    worst = 0
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="khien-bench-") as base:
            os.chmod(base, 0o755)
            certificate(base)
            receiver = Khien(base)
            receiver.again = receiver.process.args
            try:
                pids = receiver.measured()
                by_tcp(receiver, blob, size, per_blob)
                wait_quiet(pids)
                stored = sum(os.path.getsize(os.path.join(at, name)) for at, _, names in
                             os.walk(os.path.join(receiver.data, "log")) for name in names)
                times = [sorted(again_s(receiver, is_whole) for _ in range(kills)) for is_whole in (False, True)]
            finally:
                receiver.stop()
        print(f"{size:12} {stored / 2 ** 20:12.1f} " + " ".join(
            f"{each[len(each) // 2]:7.3f} {each[-1]:7.3f}" for each in times), flush=True)
        worst = max(worst, times[0][-1])
    return worst


def certificate(base):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=bench",
                    "-keyout", "s.key", "-out", "s.pem"], cwd=base, check=True, stderr=subprocess.DEVNULL)


def found_goals(rows, worst_s):
    """Of what was measured: ROWS are {(receiver, way): figures}."""
    goals = goal_table.Goals()

    def peer(way, name="rsyslog, text", field="cpu"):
        return (name, rows[name, way][field]) if (name, way) in rows else None

    def beside(goal, what, figure, other, bound):
        if other:
            goals.beside(goal, what, figure, other, bound)
        else:
            goals.absent(goal, what, "that peer is not on this machine")

    if ("Khiên", "TCP") in rows:
        mine = rows["Khiên", "TCP"]
        accept = mine["parts"].get("intake", 0) + mine["parts"].get("seal", 0)
        goals.figure("I1", "CPU s per million lines, taken, written, hashed (the seal too)", accept, ("<=", 0.5))
        beside("I1", "the same beside plain text", accept, peer("TCP"), ("<=", 0.25))
        goals.figure("I2", "CPU s per million lines", mine["cpu"], ("<=", 1.5))
        for name, bound in (("rsyslog, text", 0.75), ("rsyslog, zstd", 0.37), ("syslog-ng, text", 0.3)):
            beside("I2", f"the same beside {name.replace(',', ' to')}", mine["cpu"], peer("TCP", name), ("<=", bound))
        goals.figure("M1", f"MiB at {mine['rate'] / 1000:.0f} k lines/s, all processes", mine["rss"], ("<=", 48))
        goals.figure("M1", "MiB before any line came, all processes", mine["idle"], ("<=", 16))
    if ("Khiên", "RELP") in rows:
        mine = rows["Khiên", "RELP"]
        goals.figure("I3", "lines/s acknowledged", mine["rate"], (">=", 250000))
        goals.figure("I3", "ms until 99 of 100 are acknowledged", mine["ack_ms"], ("<=", 15))
        beside("I3", "lines/s beside one that syncs each batch", mine["rate"], peer("RELP", "rsyslog, synced", "rate"), (">=", 300))
        beside("I3", "lines/s beside one that never syncs", mine["rate"], peer("RELP", field="rate"), (">=", 3))
    if ("Khiên", "UDP 160k/s") in rows:
        mine = rows["Khiên", "UDP 160k/s"]
        goals.figure("I4", f"lines lost of those offered at {mine['rate'] / 1000:.0f} k/s", mine["missing"], ("<=", 0))
        goals.figure("I4", "CPU s per million lines", mine["cpu"], ("<=", 1.6))
        beside("I4", "the same beside plain text", mine["cpu"], peer("UDP 160k/s"), ("<=", 0.5))
    if ("Khiên", "TLS") in rows and ("Khiên", "TCP") in rows:
        tls, tcp = rows["Khiên", "TLS"]["parts"].get("intake", 0), rows["Khiên", "TCP"]["parts"].get("intake", 0)
        goals.figure("I5", "CPU s per million lines more than TCP, of what takes them", tls - tcp, ("<=", 0.35))
        beside("I5", "taking them, beside all of plain text", tls, peer("TLS"), ("<=", 0.35))
    if worst_s is not None:
        goals.figure("R2", "s from kill -9 of what takes lines to a line acknowledged, the worst", worst_s, ("<=", 0.3))
    return goals


def measure_all(kinds, count, blob, per_blob):
    """{(receiver, way): figures}; a row is printed for each."""
    sends = [("TCP", by_tcp), ("TLS", by_tls), ("UDP 100k/s", by_udp(100000)), ("UDP 160k/s", by_udp(160000)),
             ("RELP", by_relp)]
    base_cost, rows = {}, {}
    for kind in kinds:
        for name, send in sends:
            if name not in kind.ways:
                continue
            shared.tell(f"{kind.name}, by {name}")
            with tempfile.TemporaryDirectory(prefix="khien-bench-") as base:
                os.chmod(base, 0o755)
                certificate(base)
                receiver = kind(base)
                try:
                    taken, cost, each, rate, kept, lost, rss = measure(receiver, send, count, blob, per_blob, name.startswith("UDP"))
                finally:
                    receiver.stop()
            base_cost.setdefault(name, cost)
            acks = getattr(receiver, "ack_s", None)
            rows[kind.name, name] = {"cpu": cost, "parts": each, "rate": rate, "rss": rss / 1024, "idle": receiver.idle_kib / 1024,
                                     "missing": count - kept, "ack_ms": shared.percentile(acks, 0.99) * 1000 if acks else None}
            print(f"{kind.name:18} {name:11} {taken:6.2f} {cost:6.2f} "
                  + " ".join(f"{each[part]:6.2f}" if part in each else f"{'-':>6}" for part in PARTS)
                  + f" {cost / base_cost[name]:8.2f}x {rate:9.0f} {kept:9} {lost if kind is Khien else '-':>8} "
                  f"{rss / 1024:8.1f}", flush=True)
    return rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--lines", type=int, default=1000000)
    arguments.add_argument("--only-ready", action="store_true", help="only how soon it is ready again after a crash")
    arguments.add_argument("--goals", metavar="FILE", help="what was found of the goals goes there, for bench archive")
    given = arguments.parse_args()
    count = given.lines
    per_blob = 20000
    count -= count % per_blob
    if given.only_ready:
        ready((count // 10 // per_blob * per_blob, count, 4 * count))
        return
    blob = b"".join(line(i) + b"\n" for i in range(per_blob))
    kinds = [Khien]
    if shutil.which("rsyslogd", path=os.environ["PATH"] + ":/usr/sbin"):
        kinds += [Rsyslog, RsyslogZstd, RsyslogSync]
    else:
        print("rsyslogd: not on this machine")
    if syslog_ng.IS_HERE:
        kinds.append(SyslogNg)
    else:
        print("syslog-ng: not on this machine")
    print(f"{count} lines of {len(blob) / per_blob - 1:.0f} bytes; load {os.getloadavg()[0]:.1f}; "
          "CPU s per million lines of all processes of the receiver: until the last line is taken (what Khiên compresses "
          "by then depends on how long that takes), until all work is done, and of that what takes, seals and compresses; "
          "lines/s by RELP are acknowledged ones")
    print(f"{'receiver':18} {'by':11} {'taken':>6} {'all':>6} " + " ".join(f"{name:>6}" for name in PARTS)
          + f" {'of Khiên':>9} {'lines/s':>9} {'kept':>9} {'counted':>8} {'RSS MiB':>8}")
    rows = measure_all(kinds, count, blob, per_blob)
    goals = found_goals(rows, ready((count // 10 // per_blob * per_blob, count, 4 * count)))
    if given.goals:
        goals.save(given.goals)
    print("\nthe goals of design/archive.md that this shows")
    goals.table(("I1", "I2", "I3", "I4", "I5", "R2", "M1"))


if __name__ == "__main__":
    main()
