#!/usr/bin/env python3
"""archive.py [--sizes 100M,1G,5G] [--set SIZE] [--runs N] [--[no-]intake] [--scratch DIR]: how small the log archive is
and how soon it finds, beside zstd, xz, gzip, ripgrep, zstdgrep, grep and DuckDB, in one run on the same lines; at last each
goal of the archive, I1 to D1, met or missed.

The logs are those of KHIEN_LOGS, else of ../shared/data/logs beside the checkout. The syslog is SYNTHETIC
(loglines.py says how). Everything made goes to the scratch folder and is used again. CPU is user + system of the
whole command; of searches the fastest of the runs, page cache warm. DuckDB comes by npm into the scratch folder.

Of more than 2 GB only ripgrep on the raw text is searched beside it, or 5 GB took a quarter of an hour for peers that are
far behind at 1 GB; --all-peers asks all of them. How long a run may take, and the disk it needs, is told before it begins.

--sizes 100M alone is a quick look: its codecs get the first 4 MiB of each set (zstd -19 does 1 MB a second) and the goals
of intake are not measured; larger sizes get 64 MiB and run intake.py as well. What takes long is told on stderr.
"""
import argparse
import collections
import concurrent.futures
import contextlib
import json
import math
import os
import shlex
import shutil
import subprocess
import sys
import time

import goals as goal_table
import loglines
import measure

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DRIVER = os.path.join(TOP, "build", "bench", "bench-archive")
MIB = 1 << 20
DUCKDB = "@duckdb/node-api@1.5.6-r.1"  # npm counts such names as pre-releases: no range finds them
# What others published, and what was measured once for design/archive.md: not run here.
NOT_RUN = {"syslog": "ClickHouse 9.5 to 14.5:1, CLP 15.8:1 at 59 MB per CPU s, LogGrep with LZMA 26.4:1 at 9.6 (design)",
           "Linux.log": "LogGrep 19.8 (published) and 21.2 (design), LogReducer 25.2, LogShrink 29.3:1 at 1.3 MB/s"}
# The goals of the design: ratio, MB of raw text per CPU second; and by peer how much smaller, how much faster.
GOALS = {"syslog": ("C1", 27, 150, {"zstd -3": (2.2, 0.5), "zstd -9": (1.55, 2), "zstd -19 --long=27": (1.2, 130)}),
         "Linux.log": ("C2", 38, 0, {}),
         "Windows": ("C3", 180, 200, {"zstd -9": (1.8, 1), "brotli -9": (1.5, 0)}),
         "Zeek": ("C4", 18, 100, {"zstd -19 --long=27": (1.08, 65)})}
SEARCHES = [("absent word", ["zzqxabsent"], "zzqxabsent"), ("rare word", ["RARE"], "RARE"),
            ("rare number", ["53028"], "53028"), ("frequent word", ["Failed"], "Failed"),
            ("phrase", ["authentication failure"], "authentication failure"),
            ("no case", ["nocase:FAILED PASSWORD"], "(?i)FAILED PASSWORD"),
            ("regex", [r"regex:Failed password for (root|admin) from 10\.2\d\."],
             r"Failed password for (root|admin) from 10\.2\d\."),
            ("regex without a word", [r"regex:\d{5}[ a-z]{3,}\d{2,}"], r"\d{5}[ a-z]{3,}\d{2,}")]
LONG_S = 3  # what takes longer is not run again
LARGE_BYTES = 2 * 1000 ** 3  # of more only the nearest peer is searched, and the lines are not kept
NEAREST = "rg raw"
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
            ("gzip -6", "gzip -6 -qkc {}"), ("brotli -9", "brotli -9 -w 24 -fk {} -o " + out)]
    return out, [row for row in rows if shutil.which(row[1].split()[0])]


def size_table(name, path, scratch):
    """Every codec on one set; returns khien's figures and the ratio of each peer."""
    raw = os.path.getsize(path)
    measure.tell(f"{name}, {raw / 1e6:.0f} MB: khien")
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
        measure.tell(f"{name}: {label}")
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


def size_goals_of(name, figures, goals, is_part):
    goal, ratio, speed, beside = GOALS[name]
    of = f"the first {figures['mine']['raw'] / MIB:.0f} MiB" if is_part else ""
    goals.figure(goal, "raw by stored", figures["ratio"], (">=", ratio), of)
    if speed:
        goals.figure(goal, "MB per CPU s", figures["speed"], (">=", speed), of)
    for label, (smaller, faster) in beside.items():
        if label not in figures["peers"]:
            goals.absent(goal, f"beside {label}", f"there is no {label.split()[0]} here")
            continue
        peer = figures["peers"][label]
        goals.beside(goal, "raw by stored", figures["ratio"], (label, peer[0]), (">=", smaller), of)
        if faster:
            goals.beside(goal, "MB per CPU s", figures["speed"], (label, peer[1]), (">=", faster), of)
    if name in NOT_RUN:
        print(f"{goal} {name}, not run here: {NOT_RUN[name]}")


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
        measure.tell("npm fetches DuckDB, for two minutes at most")
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, DUCKDB],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=120)
    measure.tell("DuckDB takes and searches the lines")
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
    measure.tell(f"{os.path.getsize(path) / 1e6:.0f} MB of syslog: khien packs them")
    figures = pack(path, folder)
    figures["index"] = driver("index", folder)["index"]
    packed = path + ".zst"
    raw = figures["raw"]
    print(f"{raw / 1e6:.0f} MB, {figures['lines']} lines: {raw / figures['stored']:.1f}:1 in "
          f"{figures['segments']} segments, {raw / 1e6 / figures['cpu_s']:.0f} MB per CPU s, "
          f"{figures['anon_kib'] / 1024:.0f} MiB; load {os.getloadavg()[0]:.1f}")
    for label, words in (("zstd -3", ["zstd", "-3", "-T1", "-qf", path, "-o", packed]),
                         ("gzip -6", ["sh", "-c", f"gzip -6 -c {path} > {path}.gz"])):
        if (label == "gzip -6" and raw > 1.1e9) or not shutil.which(label.split()[0]):
            continue
        measure.tell(label)
        cost = measure.run(words)
        size = os.path.getsize(packed if label == "zstd -3" else path + ".gz")
        print(f"   {label}: {raw / size:.1f}:1 at {raw / 1e6 / cost.cpu_s:.0f} MB per CPU s")
    return figures, packed


def repeated(run, count):
    """What RUN returns, up to COUNT times; what takes long, once."""
    found, began = [], time.monotonic()
    while len(found) < count and (not found or time.monotonic() - began < LONG_S):
        found.append(run())
    return found


def search_one(label, words, pattern, place, given):
    """One row: khien and its peers; and what says whether its bound holds."""
    path, packed, folder, scratch, store = place
    measure.tell(f"searching: {label}")
    mine = min(repeated(lambda: driver("count", folder, *words), given.runs), key=lambda one: one["wall_ms"])
    first = min(repeated(lambda: driver("first", folder, *words), given.runs), key=lambda one: one["wall_ms"])
    perl = pattern.replace("(?i)", "")
    options = ["-i"] if pattern != perl else []
    commands = {"rg raw": ["rg", "-c", *options, perl, path], "rg -z": ["rg", "-zc", *options, perl, packed],
                "zstdgrep": ["zstdgrep", "-cP", *options, perl, packed], "grep raw": ["grep", "-cP", *options, perl, path]}
    commands = {name: command for name, command in commands.items() if shutil.which(command[0])}
    plain = commands.get(NEAREST) or commands["grep raw"]
    if os.path.getsize(path) > LARGE_BYTES and not given.all_peers:
        commands = {name: command for name, command in commands.items() if name == NEAREST}
    count = subprocess.run(plain, stdout=subprocess.PIPE, check=False, text=True).stdout
    if int(count or 0) != mine["found"]:
        sys.exit(f"bench archive: '{label}': a plain search finds {count.strip() or 0}, the archive {mine['found']}")
    if store and store["found"] != mine["found"]:
        sys.exit(f"bench archive: '{label}': DuckDB finds {store['found']}, the archive {mine['found']}")
    costs = {name: quickest(repeated(lambda command=command: run_to(command, scratch), given.runs if name == "rg raw" else 1))
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
    return row, {"count": mine["wall_ms"], "first": first["wall_ms"], "hit": first["first_ms"], "cpu": mine["cpu_ms"],
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
    if figures["raw"] > LARGE_BYTES and not given.all_peers:
        print(f"of more than 2 GB only {NEAREST} is run beside it; all of them with --all-peers")
    class_lines(times)
    print()
    return figures, times


def class_lines(times):
    """Each kind of question beside its peers: more than 1 is ahead."""
    for label, one in times.items():
        print(f"S {label}, all counted: "
              + ", ".join(f"{peer / one['count']:.1f}x {name}" for name, peer in one["peers"].items())
              + (f"; CPU {one['rg_cpu'] / max(one['cpu'], 0.1):.1f}x rg raw" if one["rg_cpu"] else "")
              + ("" if min(one["peers"].values(), default=one["count"]) >= one["count"] else "  BEHIND"))


def bound_lines(figures, times):
    """The bounds are told for 1 GB; of fewer lines the figures are beside them all the same."""
    of = "" if figures["raw"] > 0.99e9 else f" of 1 GB, in {figures['raw'] / 1e6:.0f} MB"
    for label, (which, bound) in BOUNDS_MS.items():
        took = times[label][which]
        print(f"S {label}, {'all counted' if which == 'count' else 'the first 50'}: {took:.1f} ms "
              f"({took / bound:.2f} of the bound {bound} ms{of})")
    print(f"M the writer of segments: {figures['anon_kib'] / 1024:.0f} MiB ({figures['anon_kib'] / 1024 / 64:.2f} of 64)")


def growth(found):
    """What more lines cost: by what power of their number each cost grew from the smallest size to the largest, and how
    many times it is when they are doubled. Nothing should grow faster than the log."""
    sizes = [figures["raw"] / 1e6 for figures, _ in found]

    def costs(name, unit, values, places=1):
        grown = ["-", "-"]
        if len(values) > 1 and min(values) > 0:
            power = math.log(values[-1] / values[0]) / math.log(sizes[-1] / sizes[0])
            grown = [f"n^{power:.2f}", f"{2 ** power:.2f}x"]
        return [f"{name}, {unit}", *(f"{one:.{places}f}" for one in values), *grown]

    rows = [["how costs grow", *(f"{size:.0f} MB" for size in sizes), "grows as", "doubled"],
            costs("stored", "MB", [figures["stored"] / 1e6 for figures, _ in found]),
            costs("packing", "CPU s", [figures["cpu_s"] for figures, _ in found], 2),
            costs("its memory", "MiB", [figures["anon_kib"] / 1024 for figures, _ in found])]
    for label in found[0][1]:
        for field, what in (("cpu", "all counted, CPU ms"), ("first", "the first 50, ms")):
            rows.append(costs(label, what, [times[label][field] for _, times in found]))
    measure.table(rows)
    if len(found) == 1:
        print("one size alone shows no growth: --sizes 100M,1G,5G")
    print()


def imported(path, count, scratch, runs, goals):
    """khien log import of COUNT lines: one process takes, seals and closes them. Then they are verified as an
    outsider would, and one of them is proved."""
    lines, data = os.path.join(scratch, "million.log"), os.path.join(scratch, "import")
    build = os.path.join(TOP, "build")
    subprocess.run(["sh", "-c", f"head -n {count} {path} > {lines}"], check=True)
    shutil.rmtree(data, ignore_errors=True)
    measure.tell(f"khien log import of {count:,} lines, then khien-verify, then a proof")
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
    raw = os.path.getsize(lines)
    goals.figure("V2", "MB of raw text per CPU s", raw / 1e6 / check.cpu_s, (">=", 200))
    goals.absent("V2", "beside journalctl --verify and slogverify", "not run here; 19-21 and 9.5 MB/s in design/archive.md")
    goals.figure("V3", "ms to make one", proof.wall_s * 1000, ("<=", 20))
    goals.figure("V3", "bytes beside the line", proof_bytes(data, f"{year}-{count // 2}"), ("<=", 1024))
    shutil.rmtree(data, ignore_errors=True)


def proof_bytes(data, number):
    """How long a proof is without its line, which stands in it in base64 with what was noted when it came."""
    binary = os.path.join(TOP, "build", "khien")
    proof = subprocess.run([binary, "log", "prove", "--data", data, number], stdout=subprocess.PIPE, check=True).stdout
    return len(proof) - len(next(line for line in proof.split(b"\n") if line.startswith(b"extra ")))


def fresh(folder):
    """The files of FOLDER out of the page cache."""
    for name in os.listdir(folder):
        fd = os.open(os.path.join(folder, name), os.O_RDONLY)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def ten_times(figures, times, scratch, runs, goals):
    """An archive ten times as large: ten copies of each segment of the one searched. Its peers would take ten times what
    they take for one: they read all lines."""
    small, large = os.path.join(scratch, "archive-search", "segments"), os.path.join(scratch, "archive-large")
    shutil.rmtree(large, ignore_errors=True)
    os.makedirs(os.path.join(large, "segments"))
    measure.tell("an archive ten times as large")
    for copy in range(10):
        for name in os.listdir(small):
            number = int(name.removesuffix(".seg")) + copy * figures["lines"]
            shutil.copy(os.path.join(small, name), os.path.join(large, "segments", f"{number:020}.seg"))
    raw = 10 * figures["raw"] / 1e9
    of = "" if raw > 9.9 else f"{raw:.1f} GB"

    def best(*words):
        return min(repeated(lambda: driver("count", large, *words), runs), key=lambda one: one["wall_ms"])

    absent = best("zzqxabsent")
    print(f"O {raw:.1f} GB raw in {10 * figures['segments']} segments: open in {absent['open_ms']:.1f} ms "
          f"({absent['open_ms'] / 1000:.4f} of the bound 1 s), an absent word counted {absent['wall_ms']:.1f} ms after the start")
    rare = rarest_user(os.path.join(scratch, f"syslog-{figures['size']}.log"))
    fresh(os.path.join(large, "segments"))
    cold = driver("count", large, "zzqxabsent")["wall_ms"]
    for label, bound, goal, took in (("absent word", 30, "S1", absent["wall_ms"]), ("rare word", 30, "S1", best(rare)["wall_ms"]),
                                     ("frequent word", 400, "S2", best("Failed")["wall_ms"]),
                                     ("regex", 500, "S3", best(SEARCHES[6][1][0])["wall_ms"])):
        goals.figure(goal, f"ms, {label} in 10 GB, warm", took, ("<=", bound), of)
        for peer, ratio in (("zstdgrep", {"S1": 300, "S2": 24, "S3": 20}[goal]), ("rg raw", {"S1": 25, "S2": 3}.get(goal))):
            if ratio and peer in times[label]["peers"]:
                goals.beside(goal, f"ms, {label}, ten times what its peer takes for one", took,
                             (peer, 10 * times[label]["peers"][peer]), (">=", ratio), of, is_quicker=True)
    goals.figure("S1", "ms, absent word in 10 GB, cold", cold, ("<=", 500), of)
    goals.figure("S3", "GB of raw text per CPU s, regex without a word",
                 figures["raw"] / 1e6 / times["regex without a word"]["cpu"], (">=", 1))
    hits = {label: one["hit"] for label, one in times.items() if one["hit"] > 0}
    slowest = max(hits, key=hits.get)
    goals.figure("S4", f"ms to the first hit, the slowest ({slowest})", hits[slowest], ("<=", 20))
    goals.figure("S4", "index, % of what is stored", 100 * figures["index"] / figures["stored"], ("<=", 10))
    shutil.rmtree(large)


def bytes_of(text):
    units = {"M": 1000 ** 2, "G": 1000 ** 3}
    return int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text)


def size_goals(figures, goals, part):
    for name in GOALS:
        size_goals_of(name, figures[name], goals, part is not None and figures[name]["mine"]["raw"] >= part - 4096)
    worst = min((one["raw_ratio"] / one["peers"]["zstd -3"][0], name) for name, one in figures.items())
    lines = figures["syslog"]["mine"]
    both = lines["cpu_s"] + lines["check_cpu_s"]
    print(f"never worse than zstd -3, times and senders aside: at worst {worst[0]:.4f}x as small ({worst[1]})")
    print(f"encode: {lines['cpu_s'] / lines['lines'] * 1e6:.2f} CPU s per million lines of "
          f"{lines['raw'] / lines['lines']:.0f} bytes, and {lines['check_cpu_s'] / lines['lines'] * 1e6:.2f} to check: "
          f"{lines['raw'] / 1e6 / both:.0f} MB per CPU s with its check, of {lines['raw'] / 1e6:.0f} MB "
          "(bound 100, of 67 MB, where zstd -19 makes 1.1)\n")


def beginning(real, scratch, name, size):
    """The first SIZE bytes of a set, cut behind a line where it has lines; the set itself when it is no longer."""
    whole, path = os.path.join(real, name), os.path.join(scratch, f"{name}-{size}")
    if os.path.getsize(whole) <= size:
        return whole
    with open(whole, "rb") as source, open(path, "wb") as out:
        content = source.read(size)
        out.write(content[:content.rfind(b"\n") + 1] if name != "random" else content)
    return path


def searched(given, logs, real, scratch, goals):
    """The tables of all sizes; the bounds and the goals of that which is nearest to 1 GB."""
    found, bounded = [], max((size for size in given.sizes.split(",") if bytes_of(size) <= 1000 ** 3), key=bytes_of,
                             default=None)
    for size in given.sizes.split(","):
        path = loglines.synthetic(logs, real, scratch, bytes_of(size))
        figures, times = search_table(path, scratch, given)
        figures["size"] = bytes_of(size)
        found.append((figures, times))
        if bytes_of(size) > LARGE_BYTES:  # made again when it is asked for again
            for name in (path, path + ".zst"):
                if os.path.exists(name):
                    os.remove(name)
        if size == bounded:
            bound_lines(figures, times)
            ten_times(figures, times, scratch, given.runs, goals)
            imported(path, min(figures["lines"], 1000000), scratch, given.runs, goals)
    return found


def foresee(sizes, is_quick, is_all, scratch):
    """Told before it begins: what it may take on a quiet machine of two cores, and the disk it needs; ends where that is
    not there. Seconds a GB are estimates: making 60, packing twice 40, one peer 20, all peers 110."""
    alike = [size / 1e9 for size in sizes if size <= LARGE_BYTES or is_all]
    large = [size / 1e9 for size in sizes if size > LARGE_BYTES and not is_all]
    minutes = ((120 if is_quick else 900) + 210 * sum(alike) + 120 * sum(large)) / 60
    need = 1.2 * (sum(size for size in sizes if size <= LARGE_BYTES) + max(sizes)) + 1e9
    measure.tell(f"some {minutes:.0f} minutes on a quiet machine of two cores, {need / 1e9:.0f} GB of disk in {scratch}")
    free = shutil.disk_usage(scratch).free
    if free < need:
        sys.exit(f"bench archive: {free / 1e9:.0f} GB are free there; smaller --sizes, or --scratch elsewhere")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", default="100M,1G,5G", help="of syslog to search in")
    options.add_argument("--set", help="how much of each set the codecs get: 64M, or 4M with nothing larger than 200M to search")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--intake", action=argparse.BooleanOptionalAction, default=None, help="run intake.py for its goals")
    options.add_argument("--all-peers", action="store_true", help="search with all peers in more than 2 GB too")
    options.add_argument("--scratch", default=os.environ.get("KHIEN_SCRATCH", "/var/tmp/khien-bench"))
    given = options.parse_args()
    scratch, largest = given.scratch, max(bytes_of(size) for size in given.sizes.split(","))
    is_quick = largest <= 200 * 1000 ** 2
    part = bytes_of(given.set) if given.set else (4 if is_quick else 64) * MIB
    os.makedirs(scratch, exist_ok=True)
    foresee([bytes_of(size) for size in given.sizes.split(",")], is_quick, given.all_peers, scratch)
    goals, logs = goal_table.Goals(), logs_folder()
    real = loglines.unpack(logs, scratch)
    print(f"the log archive on {measure.processor()}, load {os.getloadavg()[0]:.1f}; syslog is synthetic\n")
    with concurrent.futures.ThreadPoolExecutor(1) as beside:  # the other core makes the syslog meanwhile
        base = beside.submit(loglines.base_of, logs, real, scratch, max(largest, part))
        figures = {name: size_table(name, beginning(real, scratch, name, part), scratch)
                   for name in ("Linux.log", "Windows", "Zeek", "random")}
        base.result()
    figures["syslog"] = size_table("syslog", loglines.synthetic(logs, real, scratch, part), scratch)
    size_goals(figures, goals, part if part < 64 * MIB else None)
    growth(searched(given, logs, real, scratch, goals))
    if given.intake if given.intake is not None else not is_quick:
        told = os.path.join(scratch, "intake-goals.json")
        subprocess.run([sys.executable, os.path.join(TOP, "bench", "intake.py"), "--goals", told], check=True)
        goals.take(told)
    print(f"the goals of design/archive.md; load {os.getloadavg()[0]:.1f}")
    goals.table()
    measure.tell("done")


main()
