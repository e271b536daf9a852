"""loglines.py - the logs the archive is measured on: real ones unpacked, and a large synthetic syslog made from them.

A block bootstrap draws BASE_BYTES (synth_syslog.py beside the real logs: real lines in real order within a block,
identifiers redrawn, a new clock, 16 hosts interleaved). What is larger is that base again and again, each copy another
day of another agency: hosts renamed, and every address, process number, port and number of four digits or more sent
through a permutation of its own, so that it stays the same within a session and is new in the log. Words and the order
of lines repeat, as they do in real logs, 200 MB apart: no codec's window reaches that far."""
import io
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tarfile

import measure

SOURCES = ("linux=Linux.log:3 openssh=OpenSSH_2k.log:3 thunderbird=Thunderbird_2k.log:2 mac=Mac_2k.log:1 "
           "apache=Apache_2k.log:1 access=apache_access.log:2 zeeksyslog=zeek-default_syslog.log:1").split()
MIB = 1 << 20
BASE_BYTES = 200 * 1000 ** 2
NUMBERS = re.compile(rb"(?<![\w.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w.])|(?<![\w.:/-])(?!(?:19|20)\d\d\b)"
                     rb"(\d{4,9})(?![\w.:/-])")


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


def permutation(copy):
    """What becomes of the numbers in copy COPY: an affine map of those with as many digits."""
    def new(match):
        octets = match.group(1, 2, 3, 4)
        if octets[0] is not None:
            first, *rest = (int(octet) for octet in octets)
            return b"%d.%d.%d.%d" % (first, *((octet * 77 + copy * 31 + 5 * place) % 256
                                              for place, octet in enumerate(rest)))
        text = match.group(5)
        low = 10 ** (len(text) - 1)
        if text[0] == 48:
            return text
        # 7 and 13 do not divide 9, nor 10
        return b"%d" % (low + ((int(text) - low) * 7 ** (copy % 5 + 1) + copy * 7919) % (9 * low))
    return new


def varied(job):
    copy, piece = job
    if copy == 0:
        return piece
    piece = NUMBERS.sub(permutation(copy), piece).replace(b".agency.", b".agency%d." % copy)
    return piece.replace(b"Jan  1 ", b"Jan %2d " % (copy % 31 + 1))


def pieces(base, size):
    """Of the base over and over, somewhat more than SIZE bytes; each with the number of its copy."""
    copy = 0
    while size > 0:
        with open(base, "rb") as lines:
            while size > 0 and (piece := b"".join(lines.readlines(1 << 22))):
                yield copy, piece
                size -= len(piece)
        copy += 1


def enlarge(base, path, size):
    with open(path + ".part", "wb") as out, multiprocessing.Pool() as pool:
        for piece in pool.imap(varied, pieces(base, size), 1):
            left = size - out.tell()
            out.write(piece if len(piece) <= left else piece[:piece.rfind(b"\n", 0, left) + 1])
    os.rename(path + ".part", path)


def base_of(logs, real, scratch, size):
    """The bootstrap, of at most SIZE bytes: what is longer begins with what is shorter, so no more is made than is needed."""
    path, need = os.path.join(scratch, "syslog-base.log"), min(size, BASE_BYTES)
    if os.path.exists(path) and os.path.getsize(path) >= need:
        return path
    measure.tell(f"making {need / 1e6:.0f} MB of synthetic syslog, some {need / 2e6:.0f} s of CPU")
    with open(path + ".part", "wb") as out:
        subprocess.run([sys.executable, os.path.join(logs, "synth_syslog.py"), "--bytes", str(need), *SOURCES],
                       cwd=real, stdout=out, stderr=subprocess.DEVNULL, check=True)
    os.rename(path + ".part", path)
    return path


def synthetic(logs, real, scratch, size):
    """A syslog of SIZE bytes, made once."""
    path = os.path.join(scratch, f"syslog-{size}.log")
    if not os.path.exists(path):
        base = base_of(logs, real, scratch, size)
        measure.tell(f"writing {size / 1e6:.0f} MB of syslog")
        enlarge(base, path, size)
    return path
