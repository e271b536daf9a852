"""shard.py - the leaves of a log, read from its write-ahead files without the help of Khiên
(docs/formats/log.md)."""
import collections
import contextlib
import glob
import json
import os
import struct
import tempfile
import time

Leaf = collections.namedtuple("Leaf", "kind flags received boot source sequence transport peer raw")
LINE, EVENT, CHANGE, GAP, CLOCK, KEY, IMPORT, RETENTION, LINK = range(1, 10)
OWN, UDP, TCP, TLS, UNIX, RELP, RELP_TLS, FILE, JOURNAL, HTTP, OLD_FILE = range(11)
TRUNCATED, NOT_UTF8, NO_TIME, UNAUTHENTICATED = 1, 2, 4, 8


def leaves_of(path):
    """The leaves of one file, up to the first record that is none. Who reads while another writes may see half a
    record: it is looked at again before it is called wrong."""
    for _ in range(10):
        try:
            return list(read_leaves(path))
        except AssertionError:
            time.sleep(0.1)
    return list(read_leaves(path))


def read_leaves(path):
    with open(path, "rb") as file:
        data = file.read()
    at = 4096
    while at + 8 <= len(data):
        size, = struct.unpack_from(">I", data, at)
        if size < 53 or at + 8 + size > len(data):
            return
        entry = data[at + 4:at + 4 + size]
        version, kind, flags, received, boot, source, sequence, transport, peer, length = \
            struct.unpack_from(">BBHqqIQB16sI", entry)
        assert version == 1 and length == size - 53, path
        yield Leaf(kind, flags, received, boot, source, sequence, transport, peer, entry[53:])
        at += 8 + size


def leaves(data):
    """All that is in the write-ahead files below DATA/log."""
    out = []
    for path in sorted(glob.glob(os.path.join(data, "log", "*", "wal", "*.wal"))):
        out += leaves_of(path)
    return out


def year_now():
    """Of the shard that is written now: a year in Viet Nam."""
    return time.strftime("%Y", time.gmtime(time.time() + 7 * 3600))


def lines(data, transport=None):
    return [leaf for leaf in leaves(data)
            if leaf.kind == LINE and transport in (None, leaf.transport)]


def lost(data):
    """{source: lines} out of the sealed gaps."""
    out = collections.Counter()
    for leaf in leaves(data):
        if leaf.kind == GAP:
            gap = json.loads(leaf.raw)
            out[leaf.source] += gap["lines"]
    return out


def senders(data):
    """{number: name} out of the leaves."""
    out = {}
    for leaf in leaves(data):
        if leaf.kind == EVENT:
            event = json.loads(leaf.raw)
            out.setdefault(leaf.source, event["name"])
    return out


def wait_for(what, timeout_s=30):
    """What WHAT() gives, once it is true."""
    end = time.monotonic() + timeout_s
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.1)


@contextlib.contextmanager
def failing_disk(env):
    """A disk that does what it is told, for all processes started with ENV: SAY("5 khien: store") and each sync of the
    store fails with EIO, SAY("") and it is mended (src/kit/vfile/vfile_trouble.c)."""
    with tempfile.TemporaryDirectory() as base:
        os.chmod(base, 0o755)
        disk = os.path.join(base, "disk")

        def say(text):
            with open(disk, "w", encoding="ascii") as f:
                f.write(text)
        say("")
        env["KHIEN_TEST_DISK"] = disk
        try:
            yield say
        finally:
            del env["KHIEN_TEST_DISK"]
