"""range_model.py - reads a proof that nothing is missing (docs/formats/range.md) without the help of Khiên, an entry at
a time."""
import json
import struct

from verify_model import HEAD, Note, decode, node, sha


class Part:
    """The entries of one shard."""

    def __init__(self, file, head):
        assert head == b"khien-range 2\n", head
        self.first, self.end, hashes, note = (int(word) for word in file.readline().split())
        self.note = file.read(note)
        self.outside = [file.read(32) for _ in range(hashes)]
        self.file, self.link = file, None

    def next(self):
        """(entry, leaf) of the one that comes; None for the entry of which only the hash is left."""
        size, = struct.unpack(">H", self.file.read(2))
        if size == 0:
            return None, self.file.read(32)
        entry = self.file.read(size)
        assert len(entry) == size
        return entry, sha(b"\0" + entry)

    def holds(self, each=None):
        """Read on to its end, an entry at a time."""
        left = list(self.outside)

        def leaf(i):
            entry, hash_ = self.next()
            if i == 0 and entry and entry[1] == 9:
                self.link = json.loads(entry[HEAD.size:])
            if each:
                each(entry)
            return hash_

        def walk(lo, hi):
            n = hi - lo
            if (hi <= self.first or lo >= self.end) and n & (n - 1) == 0:
                return left.pop(0)
            if n == 1:
                return leaf(lo)
            k = 1 << (n - 1).bit_length() - 1
            return node(walk(lo, lo + k), walk(lo + k, hi))
        note = Note(self.note)
        return self.first < self.end <= note.size and walk(0, note.size) == note.root and not left

    def goes_on(self, before):
        """Does it begin where the part before it, told to the end of its shard, ended?"""
        old, after = Note(before.note), Note(decode(self.link["after"]))
        return (self.first == 0 and before.end == old.size
                and (after.origin, after.size, after.root) == (old.origin, old.size, old.root))


def range_holds(path, each=None):
    """What docs/formats/range.md says, read by another program; the number of its parts."""
    before, parts = None, 0
    with open(path, "rb") as file:
        while head := file.readline():
            part = Part(file, head)
            if not part.holds(each) or (before and not part.goes_on(before)):
                return 0
            before, parts = part, parts + 1
    return parts
