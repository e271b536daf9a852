"""segment_model.py - a second reader of closed segments, for tests: from docs/formats/segment.md, without the
code of Khiên. What it does not know (two times in a line, another version) is
refused as Unread, never guessed: a block has to have the hash that the directory names."""
import datetime
import lzma
import os
import re
import struct
import unicodedata

import xxhash
import zstandard

HEADER, FOOTER = 16, 48
DICTIONARY, ADDRESSES, TEMPLATES, SLOTS, REDACTED, META, RECEIVED, GROUPS, ROWS = 1, 2, 3, 4, 9, 10, 11, 12, 13
TEMPLATE_USES, TEXT_USES, ADDRESS_USES, GRAMS, TIMES, TIMES_OTHER = 5, 6, 7, 8, 14, 15
TEXT_CODES, NUMBER_CODES, ADDRESS_CODES, COLUMN, COLUMNS, RAW, LENGTHS, TEXT = 16, 17, 18, 19, 20, 21, 22, 23
USUAL, FIXED, DIGITS = 0, 24, 25
SLOT_TEXT, SLOT_NUMBER, SLOT_HEX, SLOT_HEX_UPPER, SLOT_IPV4, SLOT_TIME = range(1, 7)
CODES = {TEXT_CODES: (SLOT_TEXT,), NUMBER_CODES: (SLOT_NUMBER, SLOT_HEX, SLOT_HEX_UPPER),
         ADDRESS_CODES: (SLOT_IPV4,)}
FORMS = {SLOT_NUMBER: b"%0*d", SLOT_HEX: b"%0*x", SLOT_HEX_UPPER: b"%0*X"}
ENTRY_NEAR, NUMBER_NEAR, AGAIN, FOLLOWERS = 16, 8, 17, 1024
LZMA = [{"id": lzma.FILTER_LZMA1, "dict_size": 8 << 20, "lc": 3, "lp": 0, "pb": 0}]
HEAD = struct.Struct(">BBHqqIQB16sI")
SENDERS = 1024


class Unread(Exception):
    """Right, as far as can be told, and beyond this reader."""


def hash_of(data):
    return xxhash.xxh3_64_intdigest(data)


def unpack(codec, data, size):
    if codec == 0:
        return data
    if codec == 1:
        try:
            out = zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
        except zstandard.ZstdError as e:
            raise ValueError("no zstd") from e
    elif codec == 2:
        try:
            out = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=LZMA).decompress(data, size)
        except lzma.LZMAError as e:
            raise ValueError("no lzma") from e
    else:
        raise ValueError("no codec")
    if len(out) != size:
        raise ValueError("another length")
    return out


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError("cut short")
        self.at += count
        return self.data[self.at - count:self.at]

    def u8(self):
        return self.take(1)[0]

    def u64(self):
        return struct.unpack("<Q", self.take(8))[0]

    def varint(self):
        value = 0
        for i in range(10):
            byte = self.u8()
            value |= (byte & 127) << 7 * i
            if byte < 128:
                return value & (1 << 64) - 1
        raise ValueError("a long varint")

    def zigzag(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)


def signed(value):
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def front(near, rank, room, value):
    """To the head of those used last."""
    if rank < len(near):
        del near[rank]
    near.insert(0, value)
    del near[room:]


def write_time(form, value):
    """Kinds of time that Khiên's own leaves and the lines of the tests hold."""
    kind, digits = form & 15, form >> 4
    seconds, part = divmod(value, 10 ** digits)
    days, seconds = divmod(seconds, 86400)
    clock = "%02d:%02d:%02d" % (seconds // 3600, seconds // 60 % 60, seconds % 60)
    fraction = ".%0*d" % (digits, part) if digits else ""
    if kind in (0, 1):
        month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[days // 31]
        return ("%s %*s %s%s" % (month, 2, days % 31 + 1, clock, fraction)).encode() if kind == 0 else \
            ("%s %02d %s%s" % (month, days % 31 + 1, clock, fraction)).encode()
    if kind in (2, 3, 4):
        day = datetime.date(1970, 1, 1) + datetime.timedelta(days)
        return f"{day}{'T  '[kind - 2]}{clock}{fraction.replace('.', ',') if kind == 4 else fraction}".encode()
    if kind == 9:
        return b"%d.%0*d" % (days * 86400 + seconds, digits, part)
    if kind == 6:
        return (clock + fraction).encode()
    raise Unread("a form of time")


def fold(text):
    wide = unicodedata.normalize("NFD", text.decode("utf-8", "replace"))
    return "".join(c for c in wide if unicodedata.category(c) != "Mn").lower().replace("đ", "d").encode()


def grams(text):
    """The numbers of four letters that stand together."""
    run = []
    for c in fold(text):
        run = run + [c] if 97 <= c <= 122 else []
        if len(run) >= 4 and any(x not in b"abcdefx" for x in run[-4:]):
            number = 0
            for x in run[-4:]:
                number = number << 5 | x - 96
            yield number


def parts_digits(type_, left, next_, right):
    """Slots of these types, one right behind the other, must not part digits."""
    if type_ == SLOT_TEXT and next_ in FORMS:
        return left.isdigit()
    return right.isdigit() and ((type_ in FORMS and next_ == SLOT_TEXT) or
                                (type_ == SLOT_NUMBER and next_ in (SLOT_HEX, SLOT_HEX_UPPER)))


class Column:
    def __init__(self, count, form):
        self.count, self.width = count, form >> 2
        self.is_own, self.is_delta = form & 2, form & 1
        self.data, self.at, self.last = b"", 0, 0

    def next(self):
        if self.at >= self.count:
            raise ValueError("a column runs out")
        value = sum(self.data[plane * self.count + self.at] << 8 * plane for plane in range(self.width))
        self.at += 1
        if self.is_delta:
            value = self.last + (value >> 1 ^ -(value & 1)) & (1 << 64) - 1
        self.last = value
        return value


class Segment:
    def __init__(self, data):
        if len(data) < HEADER + FOOTER or data[:8] != b"KHIENSEG" or data[-8:] != b"GESNEIHK":
            raise ValueError("no segment")
        foot = data[-FOOTER:]
        at, stored, size, check, self.count, ends = struct.unpack("<QIIQQQ", foot[:40])
        if hash_of(data[:HEADER] + foot[:32]) != ends or HEADER > at or at + stored != len(data) - FOOTER:
            raise ValueError("a damaged frame")
        self.version = struct.unpack("<Q", data[8:16])[0]
        if self.version not in (1, 2, 3, 4, 5):
            raise Unread("another version")
        packed = data[at:at + stored]
        if hash_of(packed) != check:
            raise ValueError("a damaged directory")
        self.data, self.sections = data, {}
        self.read_directory(Bytes(unpack(1, packed, size)), at)

    def read_directory(self, r, end):
        blocks, sections = r.varint(), r.varint()
        self.blocks, first, from_ = [], 0, r.at
        for _ in range(blocks):
            rows, _raw, flags = r.varint(), r.varint(), r.u8()
            first += r.zigzag()
            self.blocks.append({"rows": rows, "is_text": flags & 1, "first_ns": signed(first),
                                "last_ns": signed(first + r.varint()), "hash": r.u64(), "sections": {}})
        self.blocks_bytes = r.data[from_:r.at]
        found, block, offset = [], 0, HEADER
        for _ in range(sections):
            kind = r.u8()
            kind, codec, at, step = kind >> 2, kind & 3, self.sections, 0
            if kind >= META:
                step = r.varint()
                block += step
                at = self.blocks[block]["sections"]
            family = r.varint() if kind == COLUMN else 0
            size = r.varint()
            stored = size if codec == 0 else r.varint()
            found.append({"at": offset, "stored": stored, "size": size, "codec": codec, "kind": kind,
                          "step": step, "family": family})
            offset += stored
            at[kind, family] = found[-1]
        for section in found:
            section["hash"] = r.u64()
        self.found = found
        if r.at != len(r.data) or offset != end or sum(b["rows"] for b in self.blocks) != self.count:
            raise ValueError("a directory that does not fit")
        r, row, self.redacted = Bytes(self.section(self.sections, REDACTED)), 0, {}
        while r.at < len(r.data):
            row += r.varint()
            self.redacted[row] = r.take(32)

    def section(self, sections, kind, family=0):
        """One that is not there is empty."""
        s = sections.get((kind, family))
        if s is None:
            return b""
        data = self.data[s["at"]:s["at"] + s["stored"]]
        if hash_of(data) != s["hash"]:
            raise ValueError("a damaged section")
        return unpack(s["codec"], data, s["size"])

    def load_tables(self):
        self.texts = self.section(self.sections, DICTIONARY).split(b"\0")[:-1]
        planes = self.section(self.sections, ADDRESSES)
        count = len(planes) // 4
        self.addresses = [b"%d.%d.%d.%d" % tuple(planes[p * count + i] for p in range(4)) for i in range(count)]
        pieces = self.section(self.sections, TEMPLATES).split(b"\0")
        r, self.templates = Bytes(self.section(self.sections, SLOTS)), [None]
        while r.at < len(r.data):
            slots = []
            for _ in range(r.varint()):
                kind = r.u8()
                slots.append((kind, r.u8() if kind == SLOT_TIME else r.varint()))
            self.templates.append((pieces[:len(slots) + 1], slots))
            del pieces[:len(slots) + 1]

        self.load_usual()

    def load_usual(self):
        """The texts that slots have in whole blocks, by template and slot."""
        r, self.usual = Bytes(self.section(self.sections, USUAL)), {}
        all_ = [(t, k) for t in range(1, len(self.templates)) for k in range(len(self.templates[t][1]))]
        at, found, last, numbers = 0, [], {}, {}
        for _ in range(r.varint() if r.data else 0):
            at += r.varint()
            found.append(all_[at])
            at += 1
        entries = [(t, k) for t, k in found if self.templates[t][1][k][0] in (SLOT_TEXT, SLOT_IPV4)]
        for t, k in entries:
            type_ = self.templates[t][1][k][0]
            last[type_] = last.get(type_, 0) + r.zigzag()
            self.usual[t, k] = (self.texts if type_ == SLOT_TEXT else self.addresses)[last[type_]]
        for place in found:
            if place not in self.usual:
                numbers[place] = r.varint()
        for (t, k), number in numbers.items():
            self.usual[t, k] = FORMS[self.templates[t][1][k][0]] % (r.u8(), number)
        if r.at != len(r.data):
            raise ValueError("usual values are left")

    def fixed(self, block, templates):
        """The slots that have their usual value in all rows."""
        r, out = Bytes(self.section(block["sections"], FIXED)), set()
        for t in sorted(set(templates) - {0}) if r.data else []:
            count = len(self.templates[t][1])
            bits = int.from_bytes(r.take((count + 7) // 8), "little")
            out.update((t, k) for k in range(count) if bits >> k & 1)
        if r.at != len(r.data):
            raise ValueError("bits are left")
        return out

    def load_index(self):
        """What a search goes by; None where the segment does not tell."""
        def uses(kind, count):
            if (kind, 0) not in self.sections:
                return None
            r, out = Bytes(self.section(self.sections, kind)), []
            for _ in range(count):
                family, of = 0, {}
                for _ in range(r.varint()):
                    family += r.varint()
                    of[family] = r.varint()
                out.append(of)
            return out

        r = Bytes(self.section(self.sections, TEMPLATE_USES))
        self.template_uses = None if (TEMPLATE_USES, 0) not in self.sections else []
        while r.at < len(r.data):
            self.template_uses.append(r.varint())
        self.uses = {SLOT_TEXT: uses(TEXT_USES, len(self.texts)),
                     SLOT_IPV4: uses(ADDRESS_USES, len(self.addresses))}
        self.letters = self.section(self.sections, GRAMS)

    def has_letters(self, text):
        bits = len(self.letters) * 8
        return not bits or all(self.letters[at // 8] >> at % 8 & 1 for at in
                               ((g * 0x9E3779B1 & 0xffffffff) >> 7 & bits - 1 for g in grams(text)))

    def has_digits(self, number, type_, text):
        bits = self.section(self.blocks[number]["sections"], DIGITS)
        if not bits or (type_ == SLOT_TIME and not bits[0] & 3):
            return True
        if type_ == SLOT_TIME and bits[0] & 2:
            bits = bits[12500:]
        return all(bits[1 + g // 8] >> g % 8 & 1 for g in
                               (int(text[i:i + 5]) for i in range(len(text) - 4) if text[i:i + 5].isdigit()))

    def has_all_digits(self, number, raw):
        """Where the block says so, all digits of its rows are told, with what is beyond ASCII passed over."""
        bits = self.section(self.blocks[number]["sections"], DIGITS)
        if not bits or not bits[0] & 4 or not (bits[0] & 2 or bits[0] >> 4 >= 5):
            return True
        runs = (run for run in re.findall(rb"[0-9]{5,}", bytes(c for c in raw if c < 0x80)) if len(run) > bits[0] >> 4)
        return all(any(bits[at + g // 8] >> g % 8 & 1 for at in range(1, len(bits), 12500))
                   for run in runs for g in (int(run[i:i + 5]) for i in range(len(run) - 4)))

    def is_hidden(self, number, template, raw, found):
        """Would a search pass over a row of block NUMBER with this text, whose slots are FOUND?"""
        bit = 1 << min(number, 31)
        if template is None:
            return not self.has_letters(raw)
        if not self.has_all_digits(number, raw):
            return True
        if self.template_uses is not None and not (self.template_uses + [0] * template + [0])[template] & bit:
            return True
        if template == 0:
            return not self.has_letters(raw)
        pieces, slots = self.templates[template]
        if not all(self.has_letters(p) for p in pieces):
            return True
        for k, (type_, family) in enumerate(slots):
            if type_ == SLOT_TEXT and not self.has_letters(found[k]):
                return True
            if self.version > 2 and k + 1 < len(slots) and not pieces[k + 1] and parts_digits(
                    type_, found[k][-1:], slots[k + 1][0], found[k + 1][:1]):
                return True
            if type_ not in (SLOT_TEXT, SLOT_IPV4) and not self.has_digits(number, type_, found[k]):
                return True
            if type_ in (SLOT_TEXT, SLOT_IPV4) and self.uses[type_] is not None:
                known = self.texts if type_ == SLOT_TEXT else self.addresses
                if not self.uses[type_][known.index(found[k])].get(family, 0) & bit:
                    return True
        return False

    def heads(self, block):
        """Of each row what stands before its text."""
        rows, last, of = block["rows"], [0, 0, 0], {}
        received = Bytes(self.section(block["sections"], RECEIVED))
        r = Bytes(self.section(block["sections"], META))
        columns = [[r.varint() for _ in range(rows)] for _ in range(4)]
        out, at = [], 0
        for source, packed, lag, sequence in zip(*columns):
            at += received.zigzag()
            last[0] ^= source
            last[1] ^= packed
            last[2] += lag >> 1 ^ -(lag & 1)
            slot = of.setdefault(last[0] % SENDERS, [0, bytes(16)])
            slot[0] = (slot[0] + 1 if slot[0] else 0) + (sequence >> 1 ^ -(sequence & 1))
            if r.u8():
                slot[1] = r.take(16)
            out.append((last[1] & 255, last[1] >> 16, signed(at), signed(at + last[2]), last[0],
                        slot[0] & (1 << 64) - 1, last[1] >> 8 & 255, slot[1]))
        return out

    def order(self, block):
        """Of each row where it stands among rows sorted by group."""
        r, recent, groups = Bytes(self.section(block["sections"], GROUPS)), [], []
        for _ in range(block["rows"]):
            rank = r.varint() if r.data else 0
            if rank > len(recent):
                raise ValueError("a group")
            group = recent.pop(rank) if rank < len(recent) else len(recent)
            recent.insert(0, group)
            groups.append(group)
        place = [0] * len(groups)
        for position, row in enumerate(sorted(range(len(groups)), key=lambda i: (groups[i], i))):
            place[row] = position
        return place

    def columns(self, block):
        r = Bytes(self.section(block["sections"], COLUMNS))
        family, out = 0, {}
        for _ in range(r.varint() if r.data else 0):
            family += r.varint()
            out[family] = Column(r.varint(), r.u8())
        for family, c in out.items():
            c.data = (self.section(block["sections"], COLUMN, family) if c.is_own
                      else r.take(c.count * c.width))
            if len(c.data) != c.count * c.width:
                raise ValueError("a column")
        return out

    def decode(self, block, templates, kind, columns, values, fixed):
        """The slots of one stream of codes, row after row, into VALUES[position][slot]."""
        codes = Bytes(self.section(block["sections"], kind))
        uses, streams, near, followers = {}, {}, {}, {}
        for t in templates:
            uses[t] = uses.get(t, 0) + 1
        for t in sorted(uses):
            for k, slot in enumerate(self.templates[t][1] if t else []):
                if slot[0] in CODES[kind] and (t, k) not in fixed:
                    streams[t, k] = Bytes(codes.take(uses[t]))
        if codes.at != len(codes.data):
            raise ValueError("codes are left")
        for position, t in enumerate(templates):
            for k, (type_, family) in enumerate(self.templates[t][1] if t else []):
                if type_ not in CODES[kind]:
                    continue
                if (t, k) in fixed:
                    values[position][k] = self.usual[t, k]
                    continue
                known, column = near.setdefault(family, []), columns.get(family)
                after = followers.setdefault(family, {})
                values[position][k] = self.value(type_, streams[t, k].u8(), known, column, after)

    def times(self, block, templates, place, values):
        """The first time of each row, in order of arrival; further ones are not read."""
        if self.section(block["sections"], TIMES_OTHER):
            raise Unread("two times in a line")
        r, last = Bytes(self.section(block["sections"], TIMES)), {}
        for position in place:
            for k, (type_, form) in enumerate(self.templates[templates[position]][1]
                                              if templates[position] else []):
                if type_ == SLOT_TIME:
                    last[form] = last.get(form, 0) + r.zigzag()
                    values[position][k] = write_time(form, last[form])

    def value(self, type_, code, near, column, after):
        """AFTER: of a family, what came behind each entry last, and under None the entry before."""
        if type_ in (SLOT_TEXT, SLOT_IPV4):
            last = after.get(None)
            at = (near[code] if code < ENTRY_NEAR else after[last % FOLLOWERS] if code == AGAIN
                  else column.next())
            front(near, near.index(at) if at in near else len(near), ENTRY_NEAR, at)
            if last is not None and last != at:
                after[last % FOLLOWERS] = at
            after[None] = at
            return (self.texts if type_ == SLOT_TEXT else self.addresses)[at]
        if code < NUMBER_NEAR:
            at = near[code]
            front(near, code, NUMBER_NEAR, at)
        else:
            at = (column.next(), code - NUMBER_NEAR)
            front(near, len(near), NUMBER_NEAR, at)
        return FORMS[type_] % (at[1], at[0])

    def texts_of_columns(self, block):
        """(template, text, slots) of each row."""
        place, rows = self.order(block), self.section(block["sections"], ROWS)
        templates = [struct.unpack_from("<H", rows, 2 * i)[0] for i in range(block["rows"])]
        values, columns = [{} for _ in templates], self.columns(block)
        fixed = self.fixed(block, templates)
        for kind in CODES:
            self.decode(block, templates, kind, columns, values, fixed)
        self.times(block, templates, place, values)
        raw = Bytes(self.section(block["sections"], RAW))
        out = []
        for position in place:
            if templates[position] == 0:
                out.append((0, raw.take(raw.varint()), {}))
                continue
            pieces, slots = self.templates[templates[position]]
            text = pieces[0] + b"".join(values[position][k] + pieces[k + 1] for k in range(len(slots)))
            out.append((templates[position], text, values[position]))
        return out

    def texts_of(self, block):
        if not block["is_text"]:
            return self.texts_of_columns(block)
        text = Bytes(self.section(block["sections"], TEXT))
        if (LENGTHS, 0) not in block["sections"]:
            return [(None, line, {}) for line in text.data.split(b"\n")[:-1]]
        lengths = Bytes(self.section(block["sections"], LENGTHS))
        return [(None, text.take(lengths.varint()), {}) for _ in range(block["rows"])]

    def rows(self):
        """(entry as it was hashed, is it hidden from a search) of each; (None, False) of a damaged block. Of a redacted
        one the entry has no text: self.redacted has its leaf hash."""
        self.load_tables()
        self.load_index()
        for number, block in enumerate(self.blocks):
            try:
                texts, heads = self.texts_of(block), self.heads(block)
            except (ValueError, LookupError, struct.error):
                yield from [(None, False)] * block["rows"]
                continue
            lengths = b"".join(varint(len(t)) for _, t, _ in texts)
            if xxhash.xxh3_64_intdigest(b"".join(t for _, t, _ in texts), hash_of(lengths)) != block["hash"]:
                raise Unread("a block that is coded otherwise")
            for head, (template, raw, found) in zip(heads, texts):
                hidden = (not block["first_ns"] <= head[2] <= block["last_ns"]
                          or self.is_hidden(number, template, raw, found))
                yield HEAD.pack(1, *head, len(raw)) + raw, hidden

    def check_sections(self):
        """Every checksum, as a search looks into sections that an entry does not need."""
        for s in self.found:
            if hash_of(self.data[s["at"]:s["at"] + s["stored"]]) != s["hash"]:
                raise ValueError("a damaged section")

    def rewritten(self, change):
        """The segment with {kind: content} of its own sections in place of those that are there, or what a function
        makes of each, and right checks: what an attacker can do."""
        data, list_, hashes = self.data[:HEADER], b"", b""
        for s in self.found:
            stored, codec, size = self.data[s["at"]:s["at"] + s["stored"]], s["codec"], s["size"]
            if s["kind"] in change:
                new = change[s["kind"]]
                stored = new(unpack(codec, stored, size)) if callable(new) else new
                codec, size = 0, len(stored)
            list_ += bytes([s["kind"] << 2 | codec]) + (varint(s["step"]) if s["kind"] >= META else b"")
            list_ += (varint(s["family"]) if s["kind"] == COLUMN else b"") + varint(size)
            list_ += varint(len(stored)) if codec else b""
            hashes += struct.pack("<Q", hash_of(stored))
            data += stored
        raw = varint(len(self.blocks)) + varint(len(self.found)) + self.blocks_bytes + list_ + hashes
        packed = zstandard.ZstdCompressor().compress(raw)
        foot = struct.pack("<QIIQQ", len(data), len(packed), len(raw), hash_of(packed), self.count)
        return data + packed + foot + struct.pack("<Q", hash_of(data[:HEADER] + foot)) + b"GESNEIHK"


def segment_files(shard):
    folder = os.path.join(shard, "segments")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [(int(n[:20]), os.path.join(folder, n)) for n in names if re.fullmatch(r"\d{20}\.seg", n)]
