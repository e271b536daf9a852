"""measure.py - what the benchmarks share: running a command and asking the kernel what it cost."""
import glob
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time


OSCAP_PROFILE = "xccdf_org.ssgproject.content_profile_cis_level2_server"
STOPPED = (128 + signal.SIGXCPU, 128 + signal.SIGKILL)  # as time(1) tells them


class Cost:
    """One run: wall and CPU seconds, the largest resident memory of any of its processes, bytes. One that was stopped
    would have cost at least that."""

    def __init__(self, wall_s, cpu_s, rss_bytes, status, is_stopped=False):
        self.wall_s, self.cpu_s, self.rss_bytes, self.status = wall_s, cpu_s, rss_bytes, status
        self.is_stopped = is_stopped


def run(command, env=None, cwd=None, cpu_limit_s=None):
    """Run COMMAND to its end, output thrown away; wait4 counts its children as well. A process of it that has used
    CPU_LIMIT_S seconds is ended by the kernel.

    The memory comes from time(1), a small program: a child of this interpreter would be charged with
    the interpreter's own memory, which it has between fork and exec."""
    limit = ["prlimit", f"--cpu={cpu_limit_s}:{cpu_limit_s + 5}"] if cpu_limit_s else []
    with tempfile.NamedTemporaryFile("r") as told:
        began = time.monotonic()
        process = subprocess.Popen([*limit, "/usr/bin/time", "-q", "-f", "%M", "-o", told.name, *command],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=env, cwd=cwd)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        return Cost(wall_s, usage.ru_utime + usage.ru_stime, int(told.read()) * 1024, process.returncode,
                    bool(cpu_limit_s) and process.returncode in STOPPED)


QUIET = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]


def alone(command):
    """Run COMMAND as run() does, for what is told in milliseconds: without time(1) around it, whose own start and end
    would be counted, and so without its memory."""
    began = time.monotonic()
    _, status, usage = os.wait4(os.posix_spawn(command[0], command, dict(os.environ), file_actions=QUIET), 0)
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime, 0, os.waitstatus_to_exitcode(status))


PRIORITIES = ("required", "important", "standard", "optional")


def stock_lists():
    """The lists of checksums of this machine's packages, those that every system has first; and the files of each."""
    names, fields = [], {}
    with open("/var/lib/dpkg/status", encoding="utf-8", errors="replace") as status:
        for line in [*status, "\n"]:
            if line.strip():
                key, _, value = line.partition(":")
                fields.setdefault(key, value.strip())
                continue
            priority = fields.get("Priority")
            names.append((PRIORITIES.index(priority) if priority in PRIORITIES else len(PRIORITIES),
                          fields.get("Package", "")))
            fields = {}
    for _, name in sorted(names):
        for path in glob.glob(f"/var/lib/dpkg/info/{name}.md5sums") + glob.glob(f"/var/lib/dpkg/info/{name}:*.md5sums"):
            with open(path, encoding="utf-8", errors="replace") as sums:
                yield path, ["/" + line.rstrip("\n")[34:] for line in sums]


def processes_of(pid):
    """PID and all that it started."""
    found = [pid]
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += processes_of(int(name))
    return found


def resident(pid):
    """(resident, proportional) memory of a process in bytes."""
    sizes = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii", errors="replace") as file:
        for line in file:
            words = line.split()
            if words[0] in ("Rss:", "Pss:"):
                sizes[words[0]] = int(words[1]) * 1024
    return sizes.get("Rss:", 0), sizes.get("Pss:", 0)


def median(runs):
    """The median of each figure by itself."""
    return Cost(*(statistics.median(getattr(one, field) for one in runs)
                  for field in ("wall_s", "cpu_s", "rss_bytes")), runs[0].status,
                any(one.is_stopped for one in runs))


BEGAN_S = time.monotonic()


def tell(what):
    """What is done now, for who waits: on stderr, with the seconds since the start."""
    print(f"[{time.monotonic() - BEGAN_S:4.0f} s] {what}", file=sys.stderr, flush=True)


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


HEAD = ["wall", "CPU", "peak RSS", "wall", "CPU", "RSS", "runs"]


def row(name, cost, base, runs):
    least = "≥ " if cost.is_stopped else ""
    return [name, *(least + text for text in (
        ms(cost.wall_s), ms(cost.cpu_s), mib(cost.rss_bytes),
        f"{cost.wall_s / base.wall_s:.0f}x", f"{cost.cpu_s / base.cpu_s:.0f}x",
        f"{cost.rss_bytes / base.rss_bytes:.1f}x")), runs]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        name = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "?")
    return f"{os.cpu_count()} x {name}"
