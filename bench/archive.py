#!/usr/bin/env python3
"""archive.py [--sizes 100M,1G,5G] [--runs N] [--scratch DIR]: how small the log archive is and how soon it finds, beside
zstd, xz, gzip, ripgrep, zstdgrep, grep and DuckDB, in one run on the same lines.

The logs are those of KHIEN_LOGS, else of ../shared/data/logs beside the checkout. The syslog is SYNTHETIC
(loglines.py says how). Everything made goes to the scratch folder and is used again. CPU is user + system of the
whole command; of searches the fastest of the runs, page cache warm. DuckDB comes by npm into the scratch folder.
"""
import argparse
import collections
import json
import os
import shlex
import shutil
import subprocess
import sys

import loglines
import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DRIVER = os.path.join(TOP, "build", "bench", "bench-archive")
MIB = 1 << 20
DUCKDB = "@duckdb/node-api@1.5.6-r.1"  # npm counts such names as pre-releases: no range finds them
# What others published, and what was measured once for design/archive.md: not run here.
NOT_RUN = {"syslog": "ClickHouse 9.5 to 14.5:1, CLP 15.8:1 at 59 MB per CPU s, LogGrep with LZMA 26.4:1 at 9.6 (design)",
           "Linux.log": "LogGrep 19.8 (published) and 21.2 (design), LogReducer 25.2, LogShrink 29.3:1 at 1.3 MB/s"}
# The goals of the design: ratio, MB of raw text per CPU second.
GOALS = {"syslog": ("C1", 27, 150), "Linux.log": ("C2", 38, 0), "Windows": ("C3", 180, 200), "Zeek": ("C4", 18, 100)}
SEARCHES = [("absent word", ["zzqxabsent"], "zzqxabsent"), ("rare word", ["RARE"], "RARE"),
            ("rare number", ["53028"], "53028"), ("frequent word", ["Failed"], "Failed"),
            ("phrase", ["authentication failure"], "authentication failure"),
            ("no case", ["nocase:FAILED PASSWORD"], "(?i)FAILED PASSWORD"),
            ("regex", [r"regex:Failed password for (root|admin) from 10\.2\d\."],
             r"Failed password for (root|admin) from 10\.2\d\.")]
# Of 1 GB, wall: to the whole count, and to the first lines.
BOUNDS_MS = {"absent word": ("count", 20), "rare word": ("count", 60), "rare number": ("count", 60),
             "frequent word": ("first", 50)}


def logs_folder():
    for folder in (os.environ.get("KHIEN_LOGS"), os.path.join(TOP, "..", "shared", "data", "logs")):
        if folder and os.path.exists(os.path.join(folder, "synth_syslog.py")):
            return folder
    sys.exit("bench archive: no logs; KHIEN_LOGS names their folder")


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
    return {"ratio": ratio, "raw_ratio": raw / (mine["stored"] - mine["meta"]), "speed": raw / 1e6 / mine["cpu_s"],
            "peers": peers, "mine": mine}


def goal_lines(name, figures):
    goal, ratio, speed = GOALS[name]
    peers = figures["peers"]
    beside = ", ".join(f"{figures['ratio'] / peer[0]:.2f}x {label} at {figures['speed'] / peer[1]:.1f}x its speed"
                       for label, peer in peers.items())
    print(f"{goal} {name}: {figures['ratio']:.1f}:1 ({figures['ratio'] / ratio:.2f} of the goal {ratio}), "
          f"{figures['speed']:.0f} MB per CPU s" + (f" ({figures['speed'] / speed:.2f} of {speed})" if speed else ""))
    print(f"   smaller than its peers by {beside}")
    if name in NOT_RUN:
        print(f"   not run here: {NOT_RUN[name]}")


def rarest_user(path):
    """Of the users named in the log one that is named least."""
    names = subprocess.run(["grep", "-oE", "user=[a-z]{7,}", path], env={**os.environ, "LC_ALL": "C"},
                           stdout=subprocess.PIPE, check=True).stdout
    counts = collections.Counter(names.split())
    return min(counts, key=lambda name: (counts[name], name)).decode().removeprefix("user=")


def column_store(path, scratch, patterns):
    """DuckDB on the same lines: its size and what it takes to count; None, and why, when it cannot be had."""
    folder = os.path.join(scratch, "duckdb")
    if not shutil.which("npm"):
        print("   DuckDB: not run, there is no npm")
        return None
    if not os.path.exists(os.path.join(folder, "node_modules", "@duckdb")):
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, DUCKDB],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wheres = [f"regexp_matches(line, '{pattern}')" if "\\" in pattern else
              f"line ILIKE '%{pattern.removeprefix('(?i)')}%'" if pattern.startswith("(?i)") else
              f"line LIKE '%{pattern}%'" for pattern in patterns]
    done = subprocess.run(["node", os.path.join(TOP, "bench", "column_store.js"), path, os.path.join(scratch, "log.duckdb"),
                           *wheres], env={**os.environ, "NODE_PATH": os.path.join(folder, "node_modules")},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, text=True)
    if done.returncode != 0:
        print(f"   DuckDB: not run: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
        return None
    return json.loads(done.stdout)


def quickest(costs):
    return min(costs, key=lambda cost: cost.wall_s)


def run_to(command, scratch):
    """Into a file: grep looks no further than the first line when its output goes nowhere."""
    words = " ".join(shlex.quote(word) for word in command) + " > " + os.path.join(scratch, "found")
    return measure.run(["sh", "-c", words])


def grown(path, folder, scratch):
    """The archive of PATH, and the peers fast enough for any size."""
    figures = pack(path, folder)
    packed = path + ".zst"
    raw = figures["raw"]
    print(f"{raw / 1e6:.0f} MB, {figures['lines']} lines: {raw / figures['stored']:.1f}:1 in "
          f"{figures['segments']} segments, {raw / 1e6 / figures['cpu_s']:.0f} MB per CPU s, "
          f"{figures['anon_kib'] / 1024:.0f} MiB; load {os.getloadavg()[0]:.1f}")
    for label, words in (("zstd -3", ["zstd", "-3", "-T1", "-qf", path, "-o", packed]),
                         ("gzip -6", ["sh", "-c", f"gzip -6 -c {path} > {path}.gz"])):
        if (label == "gzip -6" and raw > 1.1e9) or not shutil.which(label.split()[0]):
            continue
        cost = measure.run(words)
        size = os.path.getsize(packed if label == "zstd -3" else path + ".gz")
        print(f"   {label}: {raw / size:.1f}:1 at {raw / 1e6 / cost.cpu_s:.0f} MB per CPU s")
    return figures, packed


def search_one(label, words, pattern, place, given):
    """One row: khien and its peers; and what says whether its bound holds."""
    path, packed, folder, scratch, store = place
    mine = min((driver("count", folder, *words) for _ in range(given.runs)), key=lambda one: one["wall_ms"])
    first = min((driver("first", folder, *words) for _ in range(given.runs)), key=lambda one: one["wall_ms"])
    perl = pattern.replace("(?i)", "")
    options = ["-i"] if pattern != perl else []
    commands = {"rg raw": ["rg", "-c", *options, perl, path], "rg -z": ["rg", "-zc", *options, perl, packed],
                "zstdgrep": ["zstdgrep", "-cP", *options, perl, packed], "grep raw": ["grep", "-cP", *options, perl, path]}
    commands = {name: command for name, command in commands.items() if shutil.which(command[0])}
    count = subprocess.run(commands.get("rg raw", commands["grep raw"]), stdout=subprocess.PIPE, check=False,
                           text=True).stdout
    if int(count or 0) != mine["found"]:
        sys.exit(f"bench archive: '{label}': a plain search finds {count.strip() or 0}, the archive {mine['found']}")
    if store and store["found"] != mine["found"]:
        sys.exit(f"bench archive: '{label}': DuckDB finds {store['found']}, the archive {mine['found']}")
    costs = {name: quickest([run_to(command, scratch) for _ in range(given.runs if name == "rg raw" else 1)])
             for name, command in commands.items()}
    peers = {name: cost.wall_s * 1000 for name, cost in costs.items()}
    raw = costs.get("rg raw")

    def told(name):
        return f"{peers[name]:.0f}" if name in peers else "-"

    row = [label, mine["found"], f"{mine['wall_ms']:.1f}", f"{mine['cpu_ms']:.0f}", f"{first['wall_ms']:.1f}",
           told("rg raw"), f"{raw.cpu_s * 1000:.0f}" if raw else "-", told("rg -z"), told("zstdgrep"), told("grep raw"),
           f"{store['wall_ms']:.0f} / {store['cpu_ms']:.0f}" if store else "-",
           f"{raw.wall_s * 1000 / mine['wall_ms']:.1f}x / {raw.cpu_s * 1000 / max(mine['cpu_ms'], 0.1):.1f}x"
           if raw else "-", f"{max(mine['anon_kib'], first['anon_kib']) / 1024:.0f}"]
    if store:
        peers["DuckDB"] = store["wall_ms"]
    return row, {"count": mine["wall_ms"], "first": first["wall_ms"], "cpu": mine["cpu_ms"],
                 "rg_cpu": raw.cpu_s * 1000 if raw else None, "peers": peers}


def search_table(path, scratch, given):
    folder = os.path.join(scratch, "archive-search")
    figures, packed = grown(path, folder, scratch)
    rare = rarest_user(path)
    searches = [(label, [word.replace("RARE", rare) for word in words], pattern.replace("RARE", rare))
                for label, words, pattern in SEARCHES]
    store = column_store(path, scratch, [one[2] for one in searches]) if figures["raw"] < 1.1e9 else None
    if store:
        print(f"   DuckDB (zstd): {figures['raw'] / store['stored']:.1f}:1 at "
              f"{figures['raw'] / 1e6 / store['cpu_s']:.0f} MB per CPU s")
    rows = [[f"{figures['raw'] / 1e6:.0f} MB, ms", "found", "count", "CPU", "first 50", "rg raw", "CPU", "rg -z", "zstdgrep",
             "grep raw", "DuckDB / CPU", "before rg raw: wall / CPU", "peak MiB"]]
    times = {}
    for i, search in enumerate(searches):
        row, times[search[0]] = search_one(*search, (path, packed, folder, scratch, store and store["counts"][i]), given)
        rows.append(row)
    measure.table(rows)
    class_lines(times)
    print()
    return figures, times


def class_lines(times):
    """Each kind of question beside its peers: more than 1 is ahead."""
    for label, one in times.items():
        print(f"S {label}, all counted: "
              + ", ".join(f"{peer / one['count']:.1f}x {name}" for name, peer in one["peers"].items())
              + (f"; CPU {one['rg_cpu'] / max(one['cpu'], 0.1):.1f}x rg raw" if one["rg_cpu"] else "")
              + ("" if min(one["peers"].values()) >= one["count"] else "  BEHIND"))


def bound_lines(figures, times):
    """The bounds are told for 1 GB; of fewer lines the figures are beside them all the same."""
    of = "" if figures["raw"] > 0.99e9 else f" of 1 GB, in {figures['raw'] / 1e6:.0f} MB"
    for label, (which, bound) in BOUNDS_MS.items():
        took = times[label][which]
        print(f"S {label}, {'all counted' if which == 'count' else 'the first 50'}: {took:.1f} ms "
              f"({took / bound:.2f} of the bound {bound} ms{of})")
    print(f"M the writer of segments: {figures['anon_kib'] / 1024:.0f} MiB ({figures['anon_kib'] / 1024 / 64:.2f} of 64)")


def growth(found):
    """What ten times the lines cost: nothing should grow faster than the log."""
    for (small, few), (large, many) in zip(found, found[1:]):
        times = large["raw"] / small["raw"]
        print(f"{small['raw'] / 1e6:.0f} MB to {large['raw'] / 1e6:.0f} MB, {times:.1f} times the lines: stored "
              f"{large['stored'] / small['stored']:.1f}, CPU {large['cpu_s'] / small['cpu_s']:.1f}, memory "
              f"{large['anon_kib'] / small['anon_kib']:.1f}; counting "
              + ", ".join(f"{label} {many[label]['count'] / few[label]['count']:.1f}" for label in few))


def imported(path, count, scratch, runs):
    """khien log import of COUNT lines: one process takes, seals and closes them. Then they are verified as an
    outsider would, and one of them is proved."""
    lines, data = os.path.join(scratch, "million.log"), os.path.join(scratch, "import")
    build = os.path.join(TOP, "build")
    subprocess.run(["sh", "-c", f"head -n {count} {path} > {lines}"], check=True)
    shutil.rmtree(data, ignore_errors=True)
    cost = measure.run([os.path.join(build, "khien"), "log", "import", "--data", data, lines])
    print(f"M khien log import of {count:,} lines: {cost.rss_bytes / MIB:.0f} MiB at most "
          f"({cost.rss_bytes / MIB / 64:.2f} of 64), {cost.cpu_s:.2f} CPU s")
    year = next(name for name in sorted(os.listdir(os.path.join(data, "log"))) if name.isdigit())
    checks = [measure.run([os.path.join(build, "khien-verify"), os.path.join(data, "log")]) for _ in range(runs)]
    proofs = [measure.run([os.path.join(build, "khien"), "log", "prove", "--data", data, f"{year}-{count // 2 + i}"])
              for i in range(runs)]
    if any(one.status != 0 for one in (cost, *checks, *proofs)):
        sys.exit(f"bench archive: {count} lines were not imported, verified or proved")
    check, proof = min(checks, key=lambda one: one.cpu_s), quickest(proofs)
    print(f"V khien-verify, all entries decoded, all leaves hashed: {count / check.cpu_s:.0f} lines/s per core "
          f"({count / check.cpu_s / 900000:.2f} of the bound 900,000), {check.rss_bytes / MIB:.0f} MiB")
    print(f"V khien log prove, one line of them: {proof.wall_s * 1000:.0f} ms ({proof.wall_s * 10:.2f} of the bound "
          f"100 ms), CPU {proof.cpu_s * 1000:.0f} ms\n")
    shutil.rmtree(data, ignore_errors=True)


def ten_times(figures, scratch, runs):
    """An archive ten times as large is opened: each segment of the one searched, under ten names."""
    small, large = os.path.join(scratch, "archive-search", "segments"), os.path.join(scratch, "archive-large")
    shutil.rmtree(large, ignore_errors=True)
    os.makedirs(os.path.join(large, "segments"))
    for copy in range(10):
        for name in os.listdir(small):
            number = int(name.removesuffix(".seg")) + copy * figures["lines"]
            os.link(os.path.join(small, name), os.path.join(large, "segments", f"{number:020}.seg"))
    best = min((driver("count", large, "zzqxabsent") for _ in range(runs)), key=lambda one: one["wall_ms"])
    print(f"O {10 * figures['raw'] / 1e9:.1f} GB raw in {10 * figures['segments']} segments: open in {best['open_ms']:.1f} ms "
          f"({best['open_ms'] / 1000:.4f} of the bound 1 s), an absent word counted {best['wall_ms']:.1f} ms after the start")
    shutil.rmtree(large)


def bytes_of(text):
    units = {"M": 1000 ** 2, "G": 1000 ** 3}
    return int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text)


def size_goals(sets, scratch):
    figures = {name: size_table(name, path, scratch) for name, path in sets.items()}
    for name in GOALS:
        goal_lines(name, figures[name])
    worst = min((one["raw_ratio"] / one["peers"]["zstd -3"][0], name) for name, one in figures.items())
    lines = figures["syslog"]["mine"]
    both = lines["cpu_s"] + lines["check_cpu_s"]
    print(f"never worse than zstd -3, times and senders aside: at worst {worst[0]:.4f}x as small ({worst[1]})")
    print(f"encode: {lines['cpu_s'] / lines['lines'] * 1e6:.2f} CPU s per million lines of "
          f"{lines['raw'] / lines['lines']:.0f} bytes, and {lines['check_cpu_s'] / lines['lines'] * 1e6:.2f} to check: "
          f"{lines['raw'] / 1e6 / both:.0f} MB per CPU s with its check (bound 100)\n")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", default="100M,1G,5G", help="of syslog to search in")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--scratch", default=os.environ.get("KHIEN_SCRATCH", "/var/tmp/khien-bench"))
    given = options.parse_args()
    scratch = given.scratch
    os.makedirs(scratch, exist_ok=True)
    logs = logs_folder()
    real = loglines.unpack(logs, scratch)
    print(f"the log archive on {measure.processor()}; syslog is synthetic\n")
    size_goals({"syslog": loglines.synthetic(logs, real, scratch, 64 * MIB),
                **{name: os.path.join(real, name) for name in ("Linux.log", "Windows", "Zeek", "random")}}, scratch)
    found, bounded = [], max((size for size in given.sizes.split(",") if bytes_of(size) <= 1000 ** 3), key=bytes_of,
                             default=None)
    for size in given.sizes.split(","):
        path = loglines.synthetic(logs, real, scratch, bytes_of(size))
        found.append(search_table(path, scratch, given))
        if bytes_of(size) > 2 * 1000 ** 3:  # made again when it is asked for again
            for name in (path, path + ".zst"):
                if os.path.exists(name):
                    os.remove(name)
        if size == bounded:
            bound_lines(*found[-1])
            ten_times(found[-1][0], scratch, given.runs)
            imported(path, min(found[-1][0]["lines"], 1000000), scratch, given.runs)
    growth(found)


main()
