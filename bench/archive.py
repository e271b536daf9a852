#!/usr/bin/env python3
"""archive.py [--sizes 100M,1G,5G] [--runs N] [--scratch DIR]: how small the log archive is and how soon it finds, beside
zstd, xz, gzip, ripgrep, zstdgrep and grep, in one run on the same lines.

The logs are those of KHIEN_LOGS, else of ../shared/data/logs beside the checkout. The syslog is SYNTHETIC: a block
bootstrap of real logs. Everything made goes to the scratch folder and is used again. CPU is user + system of the
whole command; search is wall time, the fastest of the runs, page cache warm.
"""
import argparse
import collections
import io
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tarfile

import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DRIVER = os.path.join(TOP, "build", "bench", "bench-archive")
SOURCES = ("linux=Linux.log:3 openssh=OpenSSH_2k.log:3 thunderbird=Thunderbird_2k.log:2 mac=Mac_2k.log:1 "
           "apache=Apache_2k.log:1 access=apache_access.log:2 zeeksyslog=zeek-default_syslog.log:1").split()
MIB = 1 << 20
BASE_BYTES = 1000 ** 3
PEERS = {"clickhouse-local": "ClickHouse", "clp": "CLP", "loggrep": "LogGrep"}
# The goals of the design: ratio, MB of raw text per CPU second.
GOALS = {"syslog": ("C1", 27, 150), "Linux.log": ("C2", 38, 0), "Windows": ("C3", 180, 200), "Zeek": ("C4", 18, 100)}
SEARCHES = [("absent word", ["zzqxabsent"], "zzqxabsent"), ("rare word", ["RARE"], "RARE"),
            ("rare number", ["53028"], "53028"), ("frequent word", ["Failed"], "Failed"),
            ("phrase", ["authentication failure"], "authentication failure"),
            ("no case", ["nocase:FAILED PASSWORD"], "(?i)FAILED PASSWORD"),
            ("regex", [r"regex:Failed password for (root|admin) from 10\.2\d\."],
             r"Failed password for (root|admin) from 10\.2\d\.")]


def logs_folder():
    for folder in (os.environ.get("KHIEN_LOGS"), os.path.join(TOP, "..", "shared", "data", "logs")):
        if folder and os.path.exists(os.path.join(folder, "synth_syslog.py")):
            return folder
    sys.exit("bench archive: no logs; KHIEN_LOGS names their folder")


def unpack(logs, scratch):
    """The real sets, unpacked once."""
    folder = os.path.join(scratch, "real")
    if os.path.exists(os.path.join(folder, "done")):
        return folder
    os.makedirs(folder, exist_ok=True)

    def plain(name):
        return subprocess.run(["zstd", "-dcq", os.path.join(logs, name)], stdout=subprocess.PIPE, check=True).stdout

    def write(name, content):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)

    write("Linux.log", plain("loghub_linux_full.log.zst"))
    write("apache_access.log", plain("elastic_apache_access.log.zst"))
    write("Windows", plain("otrf_windows_events.json.zst")[:64 * MIB])
    zeek = b""
    for name in ("loghub_2k_16sets.tar.zst", "zeek_tsv.tar.zst"):
        with tarfile.open(fileobj=io.BytesIO(plain(name))) as tar:
            for member in sorted(tar.getmembers(), key=lambda m: m.name):
                if not member.isfile():
                    continue
                content = tar.extractfile(member).read()
                base = os.path.basename(member.name).removeprefix("lh_")
                write(base, content)
                zeek += content if base.startswith("zeek-") else b""
    write("Zeek", zeek)
    write("random", random.Random(1).randbytes(16 * MIB))
    write("done", b"")
    return folder


def enlarge(base, path, size):
    """The base over and over, each time with the hosts of another agency: what lies in different segments, and
    beyond every codec's window, need not be new. Drawing 5 GB takes half an hour."""
    with open(path + ".part", "wb") as out:
        while out.tell() < size:
            agency = b".agency%d." % (out.tell() // BASE_BYTES)
            with open(base, "rb") as lines:
                while (piece := lines.readlines(1 << 24)) and out.tell() < size:
                    out.write(b"".join(piece).replace(b".agency.", agency))
    os.rename(path + ".part", path)


def synthetic(logs, real, scratch, size):
    path = os.path.join(scratch, f"syslog-{size}.log")
    if not os.path.exists(path) and size > BASE_BYTES:
        enlarge(synthetic(logs, real, scratch, BASE_BYTES), path, size)
    if not os.path.exists(path):
        with open(path + ".part", "wb") as out:
            subprocess.run([sys.executable, os.path.join(logs, "synth_syslog.py"), "--bytes", str(size), *SOURCES],
                           cwd=real, stdout=out, stderr=subprocess.DEVNULL, check=True)
        os.rename(path + ".part", path)
    return path


def driver(*words):
    done = subprocess.run([DRIVER, *words], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def pack(path, folder, *options):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "segments"))
    return driver("pack", folder, path, *options)


def codecs(scratch):
    out = os.path.join(scratch, "packed")
    rows = [("zstd -3", "zstd -3 -T1 -qf {} -o " + out), ("zstd -9", "zstd -9 -T1 -qf {} -o " + out),
            ("zstd -19 --long=27", "zstd -19 --long=27 -T1 -qf {} -o " + out), ("xz -6", "xz -6 -T1 -qkc {}"),
            ("gzip -6", "gzip -6 -qkc {}")]
    return out, [row for row in rows if shutil.which(row[1].split()[0])]


def size_table(name, path, scratch):
    """Every codec on one set; returns khien's figures and the ratio of each peer."""
    raw = os.path.getsize(path)
    mine = pack(path, os.path.join(scratch, "archive-" + name), "check")
    small = pack(path, os.path.join(scratch, "archive-small"), "small", "check")
    rows = [[name, "ratio", "MB / CPU s", "with check", "peak MiB", "khien is"]]
    ratio = raw / mine["stored"]

    def row(label, stored, cpu_s, check_s, rss):
        rows.append([label, f"{raw / stored:.2f}", f"{raw / 1e6 / cpu_s:.1f}",
                     f"{raw / 1e6 / (cpu_s + check_s):.1f}" if check_s else "", rss, f"{stored / mine['stored']:.2f}x"])

    row("khien", mine["stored"], mine["cpu_s"], mine["check_cpu_s"], f"{mine['anon_kib'] / 1024:.0f}")
    row("khien, cold", small["stored"], small["cpu_s"], small["check_cpu_s"], f"{small['anon_kib'] / 1024:.0f}")
    peers = {}
    out, commands = codecs(scratch)
    for label, command in commands:
        words = command.format(path).split()
        if "-o" in words:
            cost = measure.run(words)
        else:
            cost = measure.run(["sh", "-c", f"{' '.join(words)} > {out}"])
        stored = os.path.getsize(out)
        peers[label] = (raw / stored, raw / 1e6 / cost.cpu_s)
        row(label, stored, cost.cpu_s, 0, f"{cost.rss_bytes / MIB:.0f}")
    measure.table(rows)
    print()
    return {"ratio": ratio, "speed": raw / 1e6 / mine["cpu_s"], "peers": peers, "mine": mine}


def goal_lines(name, figures):
    goal, ratio, speed = GOALS[name]
    peers = figures["peers"]
    beside = ", ".join(f"{figures['ratio'] / peer[0]:.2f}x {label} at {figures['speed'] / peer[1]:.1f}x its speed"
                       for label, peer in peers.items())
    print(f"{goal} {name}: {figures['ratio']:.1f}:1 ({figures['ratio'] / ratio:.2f} of the goal {ratio}), "
          f"{figures['speed']:.0f} MB per CPU s" + (f" ({figures['speed'] / speed:.2f} of {speed})" if speed else ""))
    print(f"   smaller than its peers by {beside}")


def rarest_user(path):
    """Of the users named in the log one that is named least."""
    names = subprocess.run(["rg", "-oN", "user=[a-z]{7,}", path], stdout=subprocess.PIPE, check=True).stdout
    counts = collections.Counter(names.split())
    return min(counts, key=lambda name: (counts[name], name)).decode().removeprefix("user=")


def fastest(command, runs, scratch):
    """Into a file: grep looks no further than the first line when its output goes nowhere."""
    words = " ".join(shlex.quote(word) for word in command) + " > " + os.path.join(scratch, "found")
    return min(measure.run(["sh", "-c", words]).wall_s for _ in range(runs)) * 1000


def search_table(path, scratch, runs):
    folder = os.path.join(scratch, "archive-search")
    packed = path + ".zst"
    figures = pack(path, folder)
    if not os.path.exists(packed):
        subprocess.run(["zstd", "-3", "-qf", path, "-o", packed], check=True)
    rows = [[f"{figures['raw'] / 1e6:.0f} MB, wall ms", "found", "count", "first 50", "rg raw", "rg -z", "zstdgrep",
             "grep raw", "count is", "peak MiB"]]
    print(f"{figures['raw'] / 1e6:.0f} MB, {figures['lines']} lines: {figures['raw'] / figures['stored']:.1f}:1 in "
          f"{figures['segments']} segments, {figures['raw'] / 1e6 / figures['cpu_s']:.0f} MB per CPU s, "
          f"{figures['anon_kib'] / 1024:.0f} MiB; load {os.getloadavg()[0]:.1f}")
    rare = rarest_user(path)
    for label, words, pattern in SEARCHES:
        words, pattern = [word.replace("RARE", rare) for word in words], pattern.replace("RARE", rare)
        mine = min((driver("count", folder, *words) for _ in range(runs)), key=lambda one: one["wall_ms"])
        first = min((driver("first", folder, *words) for _ in range(runs)), key=lambda one: one["wall_ms"])
        perl = pattern.replace("(?i)", "")
        options = ["-i"] if pattern != perl else []
        raw_ms = fastest(["rg", "-c", *options, perl, path], runs, scratch)
        rows.append([label, mine["found"], f"{mine['wall_ms']:.1f}", f"{first['wall_ms']:.1f}", f"{raw_ms:.0f}",
                     f"{fastest(['rg', '-zc', *options, perl, packed], 1, scratch):.0f}",
                     f"{fastest(['zstdgrep', '-cP', *options, perl, packed], 1, scratch):.0f}",
                     f"{fastest(['grep', '-cP', *options, perl, path], 1, scratch):.0f}",
                     f"{raw_ms / mine['wall_ms']:.1f}x rg raw", f"{max(mine['anon_kib'], first['anon_kib']) / 1024:.0f}"])
        count = subprocess.run(["rg", "-c", *options, perl, path], stdout=subprocess.PIPE, check=False, text=True).stdout
        if int(count or 0) != mine["found"]:
            sys.exit(f"bench archive: '{label}': rg finds {count.strip() or 0}, the archive {mine['found']}")
    measure.table(rows)
    print()


def bytes_of(text):
    units = {"M": 1000 ** 2, "G": 1000 ** 3}
    return int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", default="100M,1G,5G", help="of syslog to search in")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--scratch", default=os.environ.get("KHIEN_SCRATCH", "/var/tmp/khien-bench"))
    given = options.parse_args()
    os.makedirs(given.scratch, exist_ok=True)
    logs = logs_folder()
    real = unpack(logs, given.scratch)
    print(f"the log archive on {measure.processor()}; syslog is synthetic\n")
    sets = {"syslog": synthetic(logs, real, given.scratch, 64 * MIB),
            **{name: os.path.join(real, name) for name in ("Linux.log", "Windows", "Zeek", "random")}}
    figures = {name: size_table(name, path, given.scratch) for name, path in sets.items()}
    for name in GOALS:
        goal_lines(name, figures[name])
    worst = min((one["ratio"] / one["peers"]["zstd -3"][0], name) for name, one in figures.items())
    lines = figures["syslog"]["mine"]
    print(f"never worse than zstd -3: at worst {worst[0]:.3f}x as small ({worst[1]})")
    print(f"encode: {lines['cpu_s'] / lines['lines'] * 1e6:.2f} CPU s per million lines of "
          f"{lines['raw'] / lines['lines']:.0f} bytes, and {lines['check_cpu_s'] / lines['lines'] * 1e6:.2f} to check\n")
    for program, name in PEERS.items():
        if not shutil.which(program):
            print(f"{name}: not on this machine")
    for size in given.sizes.split(","):
        search_table(synthetic(logs, real, given.scratch, bytes_of(size)), given.scratch, given.runs)


main()
