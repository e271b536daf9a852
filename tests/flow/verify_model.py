#!/usr/bin/env python3
"""verify_model.py SHARD [--key FILE] [ANCHOR...]: a second verifier of sealed logs, for tests.

It shares no code with khien-verify: formats are read from docs/formats, hashes are made by hashlib and
xxhash, signatures checked by python3-cryptography, and the tree is computed whole, by the recursion of
RFC 6962, where khien-verify grows it. Closed segments: segment_model.py.
"""
import base64
import calendar
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import time

import xxhash
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from segment_model import Segment, segment_files

GROUP = 256
HEAD = struct.Struct(">BBHqqIQB16sI")
DASH = "\u2014 "
LABEL = b"khien-epoch"


def sha(data):
    return hashlib.sha256(data).digest()


# --- entries ---------------------------------------------------------------------------------------------

class Leaf:
    def __init__(self, entry):
        (version, self.kind, self.flags, self.received, self.boot, self.source, self.sequence,
         self.transport, self.peer, size) = HEAD.unpack_from(entry)
        self.raw = entry[HEAD.size:]
        if (version != 1 or not 1 <= self.kind <= 9 or self.flags > 15 or self.transport > 10
                or size != len(self.raw)):
            raise ValueError("no leaf")


def check_of(data):
    return struct.pack(">I", xxhash.xxh3_64_intdigest(data) & 0xffffffff)


def record_at(data, at):
    """(entry, next offset) of a whole record, or None."""
    if at + 4 > len(data):
        return None
    size, = struct.unpack_from(">I", data, at)
    end = at + 4 + size
    if not HEAD.size <= size <= 65535 or end + 4 > len(data):
        return None
    if data[end:end + 4] != check_of(data[at:end]):
        return None
    return data[at + 4:end], end + 4


def wal_files(shard):
    folder = os.path.join(shard, "wal")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [(int(n[:20]), os.path.join(folder, n)) for n in names if re.fullmatch(r"\d{20}\.wal", n)]


def header_is_right(data, first):
    return (len(data) >= 4096 and data[:8] == b"KHIENWAL" and data[8:12] == b"\0\0\0\1"
            and data[4092:4096] == check_of(data[:4092])
            and struct.unpack(">IQ", data[12:24]) == (bin(first).count("1"), first))


def read_wal(shard, index, signed, stop=None):
    """Yield (what, first, end, entry) from the write-ahead files on, and holes as ranges; of those before a
    closed segment at STOP the hole is its reader's to tell."""
    files = wal_files(shard)
    while True:
        here = [f for f in files if f[0] <= index]
        if here:
            first, path = here[-1]
            with open(path, "rb") as f:
                data = f.read()
            at, number = 4096, first
            while header_is_right(data, first):
                if stop is not None and number >= stop:
                    return
                found = record_at(data, at)
                if found is None and index < signed and number >= index and at + 4 <= len(data):
                    size, = struct.unpack_from(">I", data, at)
                    if record_at(data, at + size + 8):
                        yield "entry", number, number + 1, None
                        at, number, index = at + size + 8, number + 1, number + 1
                        continue
                if found is None:
                    break
                if number >= index:
                    yield "leaf", number, number + 1, found[0]
                    index = number + 1
                at, number = found[1], number + 1
            if number in [f[0] for f in files] and number > first:
                continue
        later = [f for f in files if f[0] > index]
        if not later or stop is not None:
            return
        yield "missing", index, later[0][0], None
        index = later[0][0]


# --- tree ------------------------------------------------------------------------------------------------

def node(left, right):
    return sha(b"\1" + left + right)


def root_of(hashes):
    """RFC 6962, 2.1, over leaves or over equally high subtrees."""
    if not hashes:
        return sha(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node(root_of(hashes[:k]), root_of(hashes[k:]))


def root_of_groups(groups, tail):
    """Of whole groups with the leaves of the open one behind them."""
    if not tail:
        return root_of(groups)
    if not groups:
        return root_of(tail)
    k = 1
    while k * 2 < len(groups) + 1:
        k *= 2
    return node(root_of(groups[:k]), root_of_groups(groups[k:], tail))


# --- notes -----------------------------------------------------------------------------------------------

class Key:
    def __init__(self, vkey):
        name, number, material = vkey.split("+", 2)
        raw = base64.b64decode(material, validate=True)
        self.name, self.type, self.public = name, raw[0], raw[-32:]
        self.label = raw[1:-32]
        self.id = sha(name.encode() + b"\n" + raw)[:4]
        if self.id.hex() != number or self.type not in (1, 4, 255):
            raise ValueError("no key")

    def __eq__(self, other):
        return (self.name, self.type, self.public) == (other.name, other.type, other.public)

    def verify(self, signature, message):
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            return True
        except InvalidSignature:
            return False


class Note:
    def __init__(self, data, where=""):
        self.where = where
        text, _, lines = data.decode().rpartition("\n\n")
        self.text = text + "\n"
        if not lines.endswith("\n") or not text:
            raise ValueError("no note")
        self.signatures = []
        for line in lines[:-1].split("\n"):
            if not line.startswith(DASH):
                raise ValueError("no signature")
            name, blob = line[len(DASH):].split(" ")
            blob = decode(blob)
            if len(blob) < 5:
                raise ValueError("no signature")
            self.signatures.append((name, blob[:4], blob[4:]))
        if len({s[:2] for s in self.signatures}) != len(self.signatures):
            raise ValueError("a signature twice")
        origin, size, root, *rest = self.text.split("\n")
        if rest != [""] or not re.fullmatch(r"0|[1-9]\d*", size) or not origin:
            raise ValueError("no checkpoint")
        self.origin, self.size, self.root = origin, int(size), decode(root)
        if len(self.root) != 32 or (self.size == 0 and self.root != sha(b"")):
            raise ValueError("no root")

    def signed_by(self, key):
        """True, None when no signature claims to be the key's, False when one is false."""
        mine = [s[2] for s in self.signatures if s[:2] == (key.name, key.id)]
        if not mine:
            return None
        text = self.text.encode()
        for blob in mine:
            if key.type == 4:
                at, = struct.unpack(">Q", blob[:8])
                good = key.verify(blob[8:], f"cosignature/v1\ntime {at}\n".encode() + text)
            else:
                good = key.verify(blob, text)
            if not good:
                return False
        return True


def decode(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 of another spelling")
    return data


class Policy:
    def __init__(self, text):
        self.logs, self.nodes, self.quorum = [], {}, None
        for line in text.splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "log":
                self.logs.append(Key(words[1]))
            elif words[0] == "witness":
                self.nodes[words[1]] = Key(words[2])
            elif words[0] == "group":
                need = {"any": 1, "all": len(words) - 3}.get(words[2]) or int(words[2])
                self.nodes[words[1]] = (need, words[3:])
            elif words[0] == "quorum":
                self.quorum = words[1]

    def met(self, note, name=None):
        name = name or self.quorum
        if name == "none":
            return True
        at = self.nodes[name]
        if isinstance(at, Key):
            return note.signed_by(at) is True
        return sum(self.met(note, m) for m in at[1]) >= at[0]


def stamped_at(path):
    """Seconds since 1970 of a reply's time, as openssl prints it."""
    done = subprocess.run(["openssl", "ts", "-reply", "-in", path, "-text"], capture_output=True, text=True,
                          check=False)
    found = re.search(r"^Time stamp: (.*) GMT$", done.stdout, re.M)
    if not found:
        return None
    text = re.sub(r"\.\d+", "", found.group(1))
    return calendar.timegm(time.strptime(text, "%b %d %H:%M:%S %Y"))


# --- the walk --------------------------------------------------------------------------------------------

class Verifier:
    def __init__(self, shard, keys=(), policy=None, anchors=(), now=None, tsa=None):
        self.shard, self.keys, self.policy, self.anchors = shard, list(keys), policy, anchors
        self.now = time.time() if now is None else now
        self.tsa = tsa
        self.findings = []
        self.groups, self.stored, self.tail, self.whole = [], [], [], True
        self.index = self.good = self.anchor_good = 0
        self.diffs, self.broken = [], None
        self.epoch, self.number, self.checks = None, 0, 0
        self.last, self.noted = 0, False
        self.sequences, self.gaps = {}, set()
        self.redacted, self.decided = [], []    # lines: (name of the shard, index)
        self.leaving = []                       # (name of the shard, first, end)

    def found(self, fault, first=0, end=0):
        self.findings.append({"fault": fault, "first": first, "end": end})
        return self.findings[-1]

    def run_of(self, fault, first, end):
        last = self.findings[-1] if self.findings else None
        if last and last["fault"] == fault and last["end"] == first:
            last["end"] = end
        else:
            self.found(fault, first, end)

    def read(self, name):
        with open(os.path.join(self.shard, name), "rb") as f:
            return f.read()

    # notes
    def load_note(self, data, where, is_anchor):
        try:
            note = Note(data, where)
        except ValueError:
            self.found("note")
            return
        note.is_anchor = is_anchor
        if note.origin != self.origin:
            if not is_anchor:
                self.found("note")
            return
        if note.signed_by(self.identity) is not True:
            self.found("signature")
            return
        if self.policy and self.policy.quorum != "none" and self.policy.met(note):
            self.has_quorum = True
        self.notes.append(note)

    def load_notes(self):
        self.notes, self.has_quorum = [], False
        names = ["checkpoint"] if os.path.exists(os.path.join(self.shard, "checkpoint")) else []
        for folder in ("checkpoints", "cosigned"):
            path = os.path.join(self.shard, folder)
            if os.path.isdir(path):
                names += [f"{folder}/{n}" for n in sorted(os.listdir(path)) if not n.endswith(".tmp")]
        for name in names:
            self.load_note(self.read(name), name, False)
        self.signed = max([n.size for n in self.notes], default=0)
        if not self.notes:
            self.found("unsigned")
        for name in self.anchors:
            with open(name, "rb") as f:
                self.load_note(f.read(), name, True)
        self.load_stamps()
        if self.policy and self.policy.quorum != "none" and not self.has_quorum:
            self.found("quorum")
        self.notes.sort(key=lambda n: (n.size, n.is_anchor))

    def load_stamps(self):
        """By the openssl program, as anybody can."""
        folder = os.path.join(self.shard, "stamps")
        if not self.tsa or not os.path.isdir(folder):
            return
        for name in sorted(n for n in os.listdir(folder) if n.endswith(".tsr")):
            reply, note = os.path.join(folder, name), os.path.join(folder, name[:-4] + ".note")
            at = stamped_at(reply)
            done = at and subprocess.run(["openssl", "ts", "-verify", "-in", reply, "-data", note, "-CAfile", self.tsa,
                                          "-attime", str(at)], capture_output=True, check=False).returncode == 0
            if not done:
                self.found("stamp")
                continue
            count = len(self.notes)
            self.load_note(self.read(f"stamps/{name[:-4]}.note"), name, False)
            for n in self.notes[count:]:
                n.is_anchor, n.stamped = True, at

    def load_identity(self):
        self.origin = self.read("origin").decode().strip()
        mine = [k for k in self.keys if k.type == 1 and k.name == self.origin]
        if mine:
            self.identity = mine[0]
            return True
        try:
            self.identity = Key(self.read("keys/public.txt").decode().split("\n")[0])
        except (ValueError, OSError):
            self.identity = None
        if self.identity is None or self.identity.name != self.origin:
            self.found("origin")
            return False
        return True

    # what leaves say
    def trusted(self, key):
        same = [k for k in self.keys if k.type == key.type and k.name == key.name]
        return not same or key in same

    def link(self, raw):
        o = json.loads(raw)
        if list(o) != ["origin", "identity", "epoch", "recovery", "after", "reason", "by", "signature"]:
            return False
        identity, self.epoch = Key(o["identity"]), Key(o["epoch"])
        if (o["origin"] != self.origin or identity.id != self.identity.id
                or not self.trusted(identity) or not self.trusted(self.epoch)):
            return False
        if o["by"] == "":
            return o["after"] == ""
        vouchers = [k for k in self.keys if k.type == 1 and self.origin.startswith(k.name)
                    and k.name != self.origin] if o["by"] == "recovery" else []
        signed = b"khien-link/v1\n" + raw[:raw.index(b',"signature":"')]
        return not vouchers or vouchers[0].verify(decode(o["signature"]), signed)

    def key_leaf(self, raw):
        o = json.loads(raw)
        key = Key(o["key"])
        if list(o) != ["epoch", "key", "signature"] or key.type != 255 or key.name != self.origin:
            return False
        if self.epoch:
            text = f"khien-epoch/v1\n{self.origin}\n{o['epoch']}\n{o['key']}\n".encode()
            if o["epoch"] != self.number + 1 or not self.epoch.verify(decode(o["signature"]), text):
                return False
            if self.checks == 0:
                self.found("epoch-gap", self.good, self.index + 1)
        self.epoch, self.number, self.checks = key, o["epoch"], 0
        return True

    def judge_sequence(self, leaf):
        if leaf.kind == 4:
            self.gaps.add(leaf.source)
        elif leaf.sequence and leaf.kind in (1, 2, 3):
            old = self.sequences.get(leaf.source, 0)
            if old and leaf.sequence != old + 1 and (leaf.sequence <= old
                                                     or leaf.source not in self.gaps):
                self.found("sequence", self.index, self.index + 1)
            self.sequences[leaf.source] = leaf.sequence
            self.gaps.discard(leaf.source)

    def judge(self, leaf):
        i, back = self.index, leaf.received < self.last - 2_000_000_000
        if leaf.kind in (5, 9):
            self.noted = True
        if leaf.received > (self.now + 300) * 1e9 or (back and not self.noted):
            self.run_of("time", i, i + 1)
        if back:
            self.last = leaf.received
        if leaf.kind not in (5, 9):
            self.noted = False
        self.last = max(self.last, leaf.received)
        self.judge_sequence(leaf)
        if leaf.kind == 8 and json.loads(leaf.raw).get("event") == "leave" and self.index < self.signed:
            said = json.loads(leaf.raw)
            self.leaving.append((said["shard"], said["first"], said["end"]))
        if leaf.kind == 8 and json.loads(leaf.raw).get("event") == "redact":
            name, _, index = json.loads(leaf.raw)["line"].partition("-")
            self.decided.append((name, int(index)))
        try:
            if i == 0 and not (leaf.kind == 9 and self.link(leaf.raw)):
                raise ValueError
        except (ValueError, KeyError):
            self.found("link", 0, 1)
        if i > 0 and leaf.kind == 9:
            self.found("link", i, i + 1)
        if i > 0 and leaf.kind == 6:
            try:
                good = self.key_leaf(leaf.raw)
            except (ValueError, KeyError):
                good = False
            if not good:
                self.found("epoch-key", i, i + 1)
                self.epoch = None

    # the tree
    def close_group(self):
        g = self.index // GROUP - 1
        kept = self.tree[g * 32:g * 32 + 32]
        kept = kept if len(kept) == 32 else None
        mine = root_of(self.tail) if self.whole else kept
        if mine is None or self.groups is None:
            self.groups = self.stored = None
        else:
            if self.whole and kept and kept != mine:
                self.diffs.append(g)
            self.groups.append(mine)
            self.stored.append(kept or mine)
        self.tail, self.whole = [], True

    def step(self, hash_):
        if self.whole and hash_:
            self.tail.append(hash_)
        else:
            self.whole = False
        self.index += 1
        if self.index % GROUP == 0:
            self.close_group()
        while self.notes and self.notes[0].size <= self.index:
            self.meet(self.notes.pop(0))

    def meet(self, note):
        if getattr(note, "stamped", None) and self.last // 10 ** 9 > note.stamped + 300:
            self.found("stamp", note.size - 1, note.size)
        if self.epoch:
            if note.signed_by(self.epoch) is True:
                self.checks += 1
            else:
                self.found("epoch-order", max(note.size - 1, 0), note.size)
        if self.groups is None or not self.whole:
            return
        if root_of_groups(self.groups, self.tail) == note.root:
            if self.diffs:
                self.found("tree", self.diffs[0] * GROUP, (self.diffs[0] + 1) * GROUP)
            self.stored = list(self.groups)
        elif root_of_groups(self.stored, self.tail) == note.root:
            for g in self.diffs:
                b = self.broken
                if b and b["first"] < (g + 1) * GROUP and b["end"] > g * GROUP:
                    b["first"] = max(b["first"], g * GROUP)
                    b["end"] = min(b["end"], (g + 1) * GROUP)
                    self.broken = None
                else:
                    self.found("root", g * GROUP, (g + 1) * GROUP)
            self.groups = list(self.stored)
        else:
            if self.broken and not note.is_anchor:
                return
            good = self.anchor_good if note.is_anchor else self.good
            f = self.found("anchor-root" if note.is_anchor else "root", good, max(note.size, good + 1))
            self.broken = self.broken or f
            return
        if note.is_anchor:
            self.anchor_good = note.size
        self.broken, self.diffs, self.good = None, [], note.size

    def hole(self, fault, first, end):
        self.run_of(fault, first, end)
        self.epoch = None
        while self.index < end:
            self.step(None)

    def check_levels(self):
        for level in range(2, 8):
            path = os.path.join(self.shard, f"tree/{level}")
            if not os.path.exists(path):
                continue
            below, here = self.read(f"tree/{level - 1}"), self.read(f"tree/{level}")
            span = GROUP ** level
            for n in range(self.signed // span):
                children = below[n * 8192:(n + 1) * 8192]
                if root_of([children[i:i + 32] for i in range(0, 8192, 32)]) != here[n * 32:n * 32 + 32]:
                    self.found("tree", n * span, (n + 1) * span)

    def run(self):
        if not self.load_identity():
            return self.findings
        self.load_notes()
        path = os.path.join(self.shard, "tree/1")
        self.tree = self.read("tree/1") if os.path.exists(path) else b""
        for what, first, end, entry in self.all_entries():
            if what != "leaf":
                self.hole(what, first, end)
                continue
            if isinstance(entry, tuple):    # without its text: where it stood among those of its source
                self.redacted.append((os.path.basename(self.shard), self.index))
                self.judge_sequence(Leaf(entry[0]))
                self.step(entry[1])
                continue
            try:
                self.judge(Leaf(entry))
            except (ValueError, struct.error):
                self.found("entry", first, end)
            self.step(sha(b"\0" + entry))
        told = False
        for n in self.notes:
            if not n.is_anchor and (told or n.size < self.signed):
                continue
            told = told or not n.is_anchor
            self.found("anchor-size" if n.is_anchor else "missing", self.index, n.size)
        self.check_levels()
        return self.findings

    def all_entries(self):
        """(what, first, end, entry); the walk is at FIRST when it asks for the next."""
        for first, path in segment_files(self.shard):
            if first > self.index:
                yield from read_wal(self.shard, self.index, self.signed, first)
            if first > self.index:
                yield "missing", self.index, first, None
            try:
                with open(path, "rb") as f:
                    segment = Segment(f.read())
                segment.check_sections()
            except (ValueError, LookupError, struct.error):
                self.found("entry", self.index, self.index + 1)
                continue
            skip = self.index - first
            for i, (entry, is_hidden) in enumerate(segment.rows()):
                if i < skip:
                    continue
                if is_hidden:
                    self.run_of("hidden", self.index, self.index + 1)
                if entry and i in segment.redacted:
                    entry = entry, segment.redacted[i]
                yield "leaf" if entry else "entry", self.index, self.index + 1, entry
        yield from read_wal(self.shard, self.index, self.signed)


def undecided(shards):
    """Lines of a whole log, verified already, whose text went by nobody's decision."""
    decided = {line for s in shards for line in s.decided}
    return [line for s in shards for line in s.redacted if line not in decided]


def missing(shards):
    """{name of the shard: [(first, end)]}: entries of a whole log, verified already, that are not there although no
    sealed leaf says that they left with their month."""
    found = {}
    for shard in shards:
        name = os.path.basename(shard.shard)
        left = [(first, end) for s in shards for who, first, end in s.leaving if who == name]
        for finding in shard.findings:
            if finding["fault"] != "missing":
                continue
            at = finding["first"]
            while ends := [end for first, end in left if first <= at < end]:
                at = max(ends)
            if at < finding["end"]:
                found.setdefault(name, []).append((at, finding["end"]))
    return found


# --- single proofs ---------------------------------------------------------------------------------------

def proof_holds(text, keys):
    """C2SP tlog-proof, whose extra data is the entry."""
    head, _, note_bytes = text.partition(b"\n\n")
    lines = head.decode().split("\n")
    try:
        if lines[0] != "c2sp.org/tlog-proof@v1" or lines[1][:6] != "extra " or lines[2][:6] != "index ":
            return False
        at, path, note = int(lines[2][6:]), [decode(x) for x in lines[3:]], Note(note_bytes)
        hash_, last = sha(b"\0" + decode(lines[1][6:])), note.size - 1
        # RFC 9162, 2.1.3.2
        if at > last:
            return False
        for p in path:
            if last == 0:
                return False
            if at & 1 or at == last:
                hash_ = node(p, hash_)
                while at and not at & 1:
                    at, last = at >> 1, last >> 1
            else:
                hash_ = node(hash_, p)
            at, last = at >> 1, last >> 1
    except (ValueError, IndexError):
        return False
    signed = [(k.type, note.signed_by(k)) for k in keys]
    return last == 0 and hash_ == note.root and (1, True) in signed and all(
        is_good is not False for kind, is_good in signed if kind != 4)


def extends(old_size, old_root, size, root, path):
    """RFC 9162, 2.1.4.2: does a tree of SIZE leaves begin with one of OLD_SIZE?"""
    if old_size > size:
        return False
    if old_size in (0, size):
        return not path and (old_size == 0 or old_root == root)
    if not path:
        return False
    path = ([old_root] if old_size & (old_size - 1) == 0 else []) + path
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == root


# --- rows of the database --------------------------------------------------------------------------------

def row_hash(values):
    out = hashlib.sha256()
    for v in values:
        kind, data = ((b"N", b"") if v is None else (b"I", struct.pack(">q", v)) if isinstance(v, int)
                      else (b"R", struct.pack(">d", v)) if isinstance(v, float)
                      else (b"T", v.encode()) if isinstance(v, str) else (b"B", v))
        out.update(kind + struct.pack(">Q", len(data)) + data)
    return out.hexdigest()


def changed_rows(db, entries):
    """[(leaf, table, key)] of rows that are not what their last leaf says; what is watched stands in the
    triggers."""
    last = {}
    for index, e in enumerate(entries):
        leaf = Leaf(e)
        if leaf.kind == 3:
            o = json.loads(leaf.raw)
            last[o["table"], o["key"]] = (index, o["after"])
    found, seen = [], set()
    for (sql,) in db.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%!_change!_add'"
                             " ESCAPE '!'").fetchall():
        table = re.search(r"INSERT ON (\w+)", sql).group(1)
        columns = re.search(r"row_hash\(([^)]*)\)", sql).group(1).replace("new.", "")
        key = re.search(r"'" + table + r"',\s*new\.(\w+)", sql).group(1)
        for row in db.execute(f"SELECT {key}, {columns} FROM {table}"):
            at, after = last.get((table, str(row[0])), (None, ""))
            seen.add((table, str(row[0])))
            if after != row_hash(row[1:]):
                found.append((at, table, str(row[0])))
    found += [(at, *name) for name, (at, after) in last.items() if after and name not in seen]
    return sorted(found, key=lambda f: -1 if f[0] is None else f[0])


def load_keys(path):
    """(keys, policy or None)"""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    lines = [l for l in text.splitlines() if l.strip() and not l.strip().startswith("#")]
    if lines[0].split()[0] in ("log", "witness", "group", "quorum"):
        policy = Policy(text)
        return policy.logs, policy
    return [Key(l.strip()) for l in lines], None


def main(words):
    keys, policy = [], None
    if "--key" in words:
        at = words.index("--key")
        keys, policy = load_keys(words[at + 1])
        del words[at:at + 2]
    print(json.dumps(Verifier(words[0], keys, policy, words[1:]).run(), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
