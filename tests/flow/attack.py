"""attack.py - a sealed log for tests, and what somebody who owns the machine can do to its files: read
and write entries with right checks, sign with the keys that lie there. Formats from docs/formats."""
import base64
import calendar
import os
import shutil
import struct
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from flow import khien
from verify_model import (DASH, GROUP, HEAD, LABEL, Note, check_of, node, record_at, root_of, sha,
                          wal_files)

UNIT = "xa.vn"


def entry(raw, kind=1, at_ns=0, source=1, sequence=0):
    return HEAD.pack(1, kind, 0, at_ns, at_ns, source, sequence, 2, bytes(16), len(raw)) + raw


def header(first, edges):
    """EDGES: roots of the complete subtrees before the first entry, lowest first."""
    data = b"KHIENWAL" + struct.pack(">IIQ", 1, len(edges), first) + b"".join(edges)
    data = data.ljust(4092, b"\0")
    return data + check_of(data)


def edges_of(hashes):
    """The right edge of the tree over HASHES, lowest first."""
    found, at = [], 0
    for height in reversed(range(len(hashes).bit_length())):
        if len(hashes) >> height & 1:
            found.append(root_of(hashes[at:at + (1 << height)]))
            at += 1 << height
    return found[::-1]


def records(entries):
    out = []
    for e in entries:
        data = struct.pack(">I", len(e)) + e
        out.append(data + check_of(data))
    return b"".join(out)


def july():
    """The clock's shift to the last first of July: around it no year turns, whatever the day of this run."""
    now = time.time()
    year = time.gmtime(now).tm_year
    first, before = (calendar.timegm((y, 7, 1, 5, 0, 0)) for y in (year, year - 1))
    return int((first if first <= now else before) - now)


class Log:
    """One shard of a data folder. Its shifts of the clock count from START, a shift itself."""

    def __init__(self, data, log="log", start=0):
        self.data, self.shift, self.start = str(data), start, start
        self.log = log
        self.year = self.year_there()
        self.clock = self.data + ".clock"

    def year_there(self):
        return time.strftime("%Y", time.gmtime(self.now_ns() / 1e9 + 7 * 3600))

    @property
    def path(self):
        return os.path.join(self.data, self.log, self.year)

    def seal(self, shift=None, status=0):
        self.shift = self.shift if shift is None else self.start + shift
        with open(self.clock, "w", encoding="ascii") as f:
            f.write(str(self.shift))
        os.makedirs(self.data, exist_ok=True)
        done = khien("log", "seal", "--data", self.data, "--unit", UNIT, "--log", self.log,
                     env={"KHIEN_TEST_CLOCK": self.clock})
        assert done.status == status, done
        return done

    def now_ns(self):
        return int((time.time() + self.shift) * 1e9)

    def name(self, *parts):
        return os.path.join(self.path, *parts)

    def secret(self, name):
        """The file of a key, which stands beside the log."""
        return os.path.join(self.data, "keys", self.log, self.year, name + ".key")

    def read(self, *parts):
        with open(self.name(*parts), "rb") as f:
            return f.read()

    def write(self, data, *parts):
        with open(self.name(*parts), "wb") as f:
            f.write(data)

    # entries
    def entries(self):
        found = []
        for first, path in wal_files(self.path):
            with open(path, "rb") as f:
                data = f.read()
            at = 4096
            while True:
                record = record_at(data, at)
                if record is None:
                    break
                found.append(record[0])
                at = record[1]
        return found

    def save(self, entries, split=None):
        """The entries with right checks, as one file or as two."""
        for _, path in wal_files(self.path):
            os.unlink(path)
        cuts = [0] + ([split] if split else []) + [len(entries)]
        for first, end in zip(cuts, cuts[1:]):
            edges = edges_of([sha(b"\0" + e) for e in entries[:first]])
            self.write(header(first, edges) + records(entries[first:end]), "wal", f"{first:020}.wal")

    def append(self, entries):
        """As intake does: behind the last record of the newest file."""
        first, path = wal_files(self.path)[-1]
        with open(path, "rb") as f:
            data = f.read()
        at = 4096
        while (record := record_at(data, at)) is not None:
            at = record[1]
        with open(path, "wb") as f:
            f.write(data[:at] + records(entries))

    def add_lines(self, count, **more):
        at = self.now_ns()
        self.append([entry(b"<13>dong so %d" % i, at_ns=at + i, **more) for i in range(count)])

    # signing
    def key(self, name):
        with open(self.secret(name), "rb") as f:
            seed = f.read()[24:56]
        return Ed25519PrivateKey.from_private_bytes(seed)

    def forge(self, size, root, origin=None, epoch=None):
        """A checkpoint with the keys that lie there now."""
        origin = origin or self.read("origin").decode().strip()
        text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        lines = [signature(origin, b"\1", self.key("identity"), text),
                 signature(origin, b"\xff" + LABEL, epoch or self.key("epoch"), text)]
        return (text + "\n" + "".join(lines)).encode()

    def notes(self):
        """{name: note} of the history, oldest first."""
        folder = self.name("checkpoints")
        return {n: Note(self.read("checkpoints", n)) for n in sorted(os.listdir(folder))}

    def rebuild_tree(self, entries):
        hashes = [sha(b"\0" + e) for e in entries]
        groups = [root_of(hashes[i:i + GROUP]) for i in range(0, len(hashes) - GROUP + 1, GROUP)]
        self.write(b"".join(groups), "tree", "1")
        return hashes

    def copy(self, to):
        shutil.copytree(self.data, to)
        other = Log(to, self.log, self.start)
        other.shift = self.shift
        return other


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def signature(name, material, key, text):
    number = sha(name.encode() + b"\n" + material + public(key))[:4]
    return f"{DASH}{name} {base64.b64encode(number + key.sign(text.encode())).decode()}\n"


def vkey(name, material, key):
    raw = material + public(key)
    return f"{name}+{sha(name.encode() + bytes([10]) + raw)[:4].hex()}+{base64.b64encode(raw).decode()}"


def cosign(name, key, note_bytes, at_s):
    """NOTE with a witness's cosignature behind it."""
    text = note_bytes.decode().rpartition("\n\n")[0] + "\n"
    message = f"cosignature/v1\ntime {at_s}\n{text}".encode()
    number = sha(name.encode() + b"\n\4" + public(key))[:4]
    blob = number + struct.pack(">Q", at_s) + key.sign(message)
    return note_bytes + f"{DASH}{name} {base64.b64encode(blob).decode()}\n".encode()


def inclusion(hashes, index):
    """RFC 6962, 2.1.1."""
    if len(hashes) == 1:
        return []
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if index < k:
        return inclusion(hashes[:k], index) + [root_of(hashes[k:])]
    return inclusion(hashes[k:], index - k) + [root_of(hashes[:k])]


def tlog_proof(entry_bytes, index, path, note):
    lines = ["c2sp.org/tlog-proof@v1", "extra " + base64.b64encode(entry_bytes).decode(), f"index {index}"]
    return ("\n".join(lines + [base64.b64encode(p).decode() for p in path]) + "\n\n").encode() + note


__all__ = ["Log", "node", "entry", "vkey", "cosign", "inclusion", "tlog_proof", "signature"]
