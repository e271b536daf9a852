"""attack_table.py - the 24 attacks of the design and one more: what each is called, what is done to the files, in which leaf
the change lies, and which findings must name it. test_attacks.py runs every row on a log whose entries
stand in write-ahead files and on one whose entries stand in closed segments.

What is done is a function of a Stage: a log that may be spoilt, with the outside world beside it. It returns
the index of the first leaf that is wrong, or None when what is wrong is no leaf. A Stage is told how
to be verified by its fields anchors, key, log."""
import collections
import os
import shutil
import subprocess

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from attack import Log, cosign, entry, inclusion, tlog_proof, vkey
from flow import BUILD, khien
from segment_model import DIGITS, TEMPLATE_USES, Segment, varint
from verify_model import root_of, sha, wal_files

EDITED = 150     # a line of the first hour, in the first group, unlike all others
EDITED_WORD = "khuya"
SPLIT = 700      # where one file ends and the next begins
WITNESS = "tinh.vn"

Attack = collections.namedtuple("Attack", "number name do faults")
ATTACKS = []


def attack(number, name, *faults):
    def add(do):
        ATTACKS.append(Attack(number, name, do, faults))
        return do
    return add


def shut(log, split=SPLIT, block_bytes=0):
    """Everything into closed segments, as who owns the machine can do it; the write-ahead files go."""
    files = wal_files(log.path)
    if not files:
        return
    count = len(log.entries())
    ends = [e for e in (split, count) if e <= count]
    subprocess.run([os.path.join(BUILD, "tests", "unit", "close_segments"), log.path]
                   + [str(e) for e in sorted(set(ends))], check=True,
                   env={**os.environ, **({"KHIEN_BLOCK_BYTES": str(block_bytes)} if block_bytes else {})})
    for _, path in wal_files(log.path):
        os.unlink(path)


class Stage:
    def __init__(self, base, folder, outside, is_closed):
        self.folder, self.outside, self.is_closed = folder, outside, is_closed
        self.base, self.log = base, base.copy(os.path.join(folder, "log"))
        self.anchors, self.key = [outside["half"], outside["whole"]], outside["sheet"]
        self.refused = None  # a thing that has no files to verify: did both refuse it?

    def shut(self, log=None):
        if self.is_closed:
            shut(log or self.log)

    def other(self, name, lines):
        log = Log(os.path.join(self.folder, name), start=self.base.start)
        log.seal(0)
        log.add_lines(lines)
        log.seal()
        return log

    def keep(self, log, name):
        """Somebody outside holds the newest checkpoint of LOG."""
        path = os.path.join(self.folder, name)
        shutil.copy(log.name("checkpoint"), path)
        return path

    def edit(self, change, split=SPLIT):
        entries = self.log.entries()
        change(entries)
        self.log.save(entries, split=split)
        return entries

    def file(self, first=0):
        self.shut()
        return self.log.name(*(("segments", f"{first:020}.seg") if self.is_closed else ("wal", f"{first:020}.wal")))

    def resign_all(self, entries):
        """Tree and checkpoints anew, with the keys of today."""
        hashes = self.log.rebuild_tree(entries)
        for name, note in self.log.notes().items():
            forged = self.log.forge(note.size, root_of(hashes[:note.size]))
            self.log.write(forged, "checkpoints", name)
        self.log.write(forged, "checkpoint")

    def policy(self, key):
        path = os.path.join(self.folder, "policy")
        with open(self.key, encoding="ascii") as f:
            lines = [f"log {line}\n" for line in f.read().splitlines()]
        with open(path, "w", encoding="ascii") as f:
            f.writelines(lines + [f"witness ngoai {vkey(WITNESS, bytes([4]), key)}\n", "quorum ngoai\n"])
        return path

    def cosigned(self, key):
        os.makedirs(self.log.name("cosigned"), exist_ok=True)
        self.log.write(cosign(WITNESS, key, self.log.read("checkpoint"), 1790000000), "cosigned", "a")


@attack(1, "a byte is flipped", "entry")
def flip(x):
    path, text = x.file(), b"<13>cron: khach"
    with open(path, "r+b") as f:
        data = f.read()
        # what stands in a closed segment is packed: any byte of its block will do
        at = data.index(text) + 5 if not x.is_closed else Segment(data).blocks[0]["sections"][11, 0]["at"]
        f.seek(at)
        f.write(bytes([data[at] ^ 1]))
    return EDITED if not x.is_closed else 0


@attack(2, "a line is removed", "root")
def remove(x):
    x.edit(lambda e: e.pop(EDITED), split=None)
    return EDITED


@attack(3, "a line is inserted", "root")
def insert(x):
    x.edit(lambda e: e.insert(EDITED, entry(b"<13>mot dong moi", at_ns=x.log.now_ns())), split=None)
    return EDITED


@attack(4, "two lines are swapped", "root")
def swap(x):
    def change(e):
        e[EDITED], e[EDITED + 9] = e[EDITED + 9], e[EDITED]
    x.edit(change)
    return EDITED


@attack(5, "the tail is cut off", "missing")
def cut(x):
    end = len(x.base.entries()) - 40
    x.edit(lambda e: e.__delitem__(slice(end, None)))
    return end


@attack(6, "the tail is cut off and the log goes on (CVE-2023-31438)", "anchor-root")
def cut_and_go_on(x):
    end = list(x.log.notes().values())[-3].size
    entries = x.edit(lambda e: e.__delitem__(slice(end, None)))
    entries += [entry(b"<13>khong co gi", at_ns=x.log.now_ns() + i) for i in range(900)]
    x.log.save(entries)
    hashes = x.log.rebuild_tree(entries)
    for name, note in x.log.notes().items():
        if note.size > end:
            os.unlink(x.log.name("checkpoints", name))
    forged = x.log.forge(len(entries), root_of(hashes))
    x.log.write(forged, "checkpoint")
    x.log.write(forged, "checkpoints", f"00000002-{len(entries):020}")
    return end


@attack(7, "old lines are sealed anew with the key of today (CVE-2023-31439)", "anchor-root", "epoch-order")
def seal_anew(x):
    x.resign_all(x.edit(lambda e: e.__setitem__(EDITED, e[EDITED][:-1] + b"X")))
    return EDITED


@attack(8, "a line is taken out of what a search goes by (CVE-2023-31437)")
def hide(x):
    """In a closed segment its index; write-ahead files have none: there the record is made unreadable, so that
    a search leaves it out."""
    path = x.file()
    with open(path, "rb") as f:
        data = f.read()
    if x.is_closed:
        segment = Segment(data)
        list(segment.rows())
        templates = [t for t, _, _ in segment.texts_of(segment.blocks[0])]
        assert templates.count(templates[EDITED]) == 1, "it is not unlike all others"
        uses = [0 if t == templates[EDITED] else u for t, u in enumerate(segment.template_uses)]
        data = segment.rewritten({TEMPLATE_USES: b"".join(varint(u) for u in uses)})
    else:
        at = data.index(EDITED_WORD.encode()) + len(EDITED_WORD)
        data = data[:at] + bytes(4) + data[at + 4:]  # its check
    with open(path, "wb") as f:
        f.write(data)
    found = khien("log", "search", "--data", x.log.data, EDITED_WORD)
    assert EDITED_WORD not in found.out, found
    return EDITED


@attack(9, "a new beginning under the same name", "link", "anchor-size")
def begin_anew(x):
    other = x.other("other", 600)
    # even with the identity key of the true one, its first hour's key cannot be had again
    shutil.copy(x.log.secret("identity"), other.secret("identity"))
    hashes = [sha(b"\0" + e) for e in other.entries()]
    other.write(other.forge(len(hashes), root_of(hashes)), "checkpoint")
    for name in list(other.notes()):
        os.unlink(other.name("checkpoints", name))
    x.log = other
    return 0


@attack(10, "the machine is put back in time", "anchor-size")
def put_back(x):
    old = x.other("old", 300)
    x.key = os.path.join(x.folder, "sheet")
    shutil.copy(old.name("keys", "public.txt"), x.key)
    x.log = old.copy(os.path.join(x.folder, "back"))
    old.add_lines(20)
    old.seal()
    x.anchors = [x.keep(old, "anchor")]
    return len(x.log.entries())


@attack(11, "a copy of the machine goes on with the same key", "anchor-root")
def clone(x):
    end = len(x.base.entries())
    twin = x.log.copy(os.path.join(x.folder, "twin"))
    for log, count in ((x.log, 30), (twin, 40)):
        log.add_lines(count)
        log.seal()
    x.anchors = [x.outside["whole"], x.keep(twin, "anchor")]
    x.log.add_lines(30)
    x.log.seal()
    return end


@attack(12, "the policy in the archive is swapped for one that asks nobody", "quorum")
def swap_policy(x):
    x.key = x.policy(Ed25519PrivateKey.generate())
    x.log.write(b"quorum none\n", "policy")
    with open(os.path.join(x.log.data, "log", "policy"), "wb") as f:
        f.write(b"quorum none\n")


@attack(13, "the keys of the witnesses are swapped", "quorum")
def swap_witnesses(x):
    wrong = Ed25519PrivateKey.generate()
    x.key = x.policy(Ed25519PrivateKey.generate())
    with open(x.log.name("policy"), "w", encoding="ascii") as f:
        f.write(f"witness ngoai {vkey(WITNESS, bytes([4]), wrong)}\nquorum ngoai\n")
    x.cosigned(wrong)


@attack(14, "the name of the log is changed", "origin")
def rename(x):
    origin = "xa.vn/khien/nhat-ky/khac"
    hashes = [sha(b"\0" + e) for e in x.log.entries()]
    x.log.write(origin.encode() + b"\n", "origin")
    for name, note in x.log.notes().items():
        x.log.write(x.log.forge(note.size, root_of(hashes[:note.size]), origin), "checkpoints", name)


@attack(15, "lines of the future", "time")
def future(x):
    index = len(x.base.entries())
    x.log.append([entry(b"<13>mai sau", at_ns=x.log.now_ns() + 10 ** 13)])
    x.log.seal()
    return index


@attack(16, "the clock goes back and nobody noted it", "time")
def clock_back(x):
    x.log.append([entry(b"<13>a", at_ns=x.log.now_ns()),
                  entry(b"<13>b", at_ns=x.log.now_ns() - 10 ** 13)])
    index = len(x.log.entries()) - 1
    x.log.seal()
    return index


@attack(17, "a file is missing", "missing")
def lose_file(x):
    os.unlink(x.file())
    return 0


@attack(18, "a file of another log")
def foreign_file(x):
    other = x.other("other", 1300)
    other.save(other.entries(), split=SPLIT)
    path = x.file(SPLIT)
    x.shut(other)
    shutil.copy(other.name(*path.split(os.sep)[-2:]), path)
    return SPLIT


@attack(19, "a checkpoint is damaged", "note")
def damage_note(x):
    right = x.log.read("checkpoint")
    x.log.write(right[:len(right) - 5], "checkpoint")


@attack(20, "a signature stands twice", "note")
def double_signature(x):
    head, _, lines = x.log.read("checkpoint").decode().rpartition("\n\n")
    first, second = lines.splitlines()
    x.log.write((head + "\n\n" + "\n".join([first, first, second]) + "\n").encode(), "checkpoint")


@attack(21, "a proof that is empty or too short")
def short_proof(x):
    entries = x.log.entries()
    hashes, note = [sha(b"\0" + e) for e in entries], x.log.read("checkpoint")
    path = inclusion(hashes, EDITED)
    if x.is_closed:  # the true proof is what Khiên itself makes of a closed segment
        x.shut()
        year = os.path.basename(x.log.path)
        true = khien("log", "prove", "--data", x.log.data, f"{year}-{EDITED}").out.encode()
    else:
        true = tlog_proof(entries[EDITED], EDITED, path, note)
    x.refused = (true, [tlog_proof(entries[EDITED], EDITED, wrong, note)
                        for wrong in ([], path[:-1], path[1:], path + path[-1:], path[::-1])]
                 + [tlog_proof(entries[EDITED], EDITED + 1, path, note),
                    tlog_proof(entries[EDITED + 1], EDITED, path, note)])
    return EDITED


@attack(22, "a tree of nothing with a root of its own", "note")
def empty_tree(x):
    x.log.write(x.log.forge(0, bytes(32)), "checkpoints", "00000000-" + "0" * 20)


@attack(23, "an old size beyond the new one")
def old_beyond_new(x):
    """Asked of a witness: see test_attacks.py."""


@attack(24, "a row of the database is edited")
def edit_row(x):
    """In the trail, whose entries always stand in write-ahead files: see test_attacks.py."""


@attack(25, "a number is taken out of the digits that a search goes by", "hidden")
def hide_number(x):
    """Small blocks have no such index, so these are cut small: see test_attacks.py, which asks for it in vain."""
    texts = [b"<13>sshd: phien %d cua may %d" % (7000000 + 7919 * i, 30000 + i) for i in range(400)]
    return hide_digits(x, texts, 150, str(7000000 + 7919 * 150))


def hide_digits(x, texts, at, number, most=None):
    """X.log has TEXTS, and NUMBER in the one AT is no digit of its block any more; MOST digits have times that are not
    told. The index of that entry."""
    x.log, x.anchors = x.other("numbers", 0), []
    x.key = os.path.join(x.folder, "sheet")
    shutil.copy(x.log.name("keys", "public.txt"), x.key)
    now = x.log.now_ns()
    x.log.append([entry(text, at_ns=now + i) for i, text in enumerate(texts)])
    x.log.seal()
    index = next(i for i, e in enumerate(x.log.entries()) if e.endswith(texts[at]))
    shut(x.log, split=0, block_bytes=12000)

    def without(old):
        new = bytearray(old)
        for g in gone:
            for at in range(1 + g // 8, len(new), 12500):  # of numbers, of times
                new[at] &= ~(1 << g % 8)
        if most is not None:
            new[0] = new[0] & 15 | most << 4
        seen.append(new != old)
        return bytes(new)
    def runs(text):
        return {int(text[i:i + 5]) for i in range(len(text) - 4) if text[i:i + 5].isdigit()}
    gone = runs(number) - set().union(*(runs(t.decode()) for i, t in enumerate(texts) if i != at))
    seen = []
    path = x.log.name("segments", f"{0:020}.seg")
    with open(path, "rb") as f:
        segment = Segment(f.read())
    with open(path, "wb") as f:
        f.write(segment.rewritten({DIGITS: without}))
    assert any(seen), "no block has these digits"
    return index
