"""measure.py - what the benchmarks share: running a command and asking the kernel what it cost."""
import os
import statistics
import subprocess
import time


class Cost:
    """One run: wall and CPU seconds, the largest resident memory of any of its processes, bytes."""

    def __init__(self, wall_s, cpu_s, rss_bytes, status):
        self.wall_s, self.cpu_s, self.rss_bytes, self.status = wall_s, cpu_s, rss_bytes, status


def run(command, env=None, cwd=None):
    """Run COMMAND to its end, output thrown away; wait4 counts its children as well."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=env, cwd=cwd)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime,
                usage.ru_maxrss * 1024, process.returncode)


def median(runs):
    """The median of each figure by itself."""
    return Cost(*(statistics.median(getattr(one, field) for one in runs)
                  for field in ("wall_s", "cpu_s", "rss_bytes")), runs[0].status)


def percentile(values, share):
    """The value that SHARE (0..1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ms(seconds):
    return f"{seconds * 1000:.1f} ms"


def mib(count):
    return f"{count / 1048576:.1f} MiB"


def table(rows):
    """Rows of words, the first left-aligned, the rest right-aligned under the head."""
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(str(cell).ljust(width) if column == 0 else str(cell).rjust(width)
                        for column, (cell, width) in enumerate(zip(row, widths))))


def processor():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        name = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "?")
    return f"{os.cpu_count()} x {name}"
