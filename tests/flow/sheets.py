"""sheets.py - makes tables as people send them: XLSX written by hand (so that each oddity is there on
purpose) and CSV in the encodings of the years before Unicode.

    sheets.xlsx([Sheet("Wi-Fi", [["SSID", "Ngày"], ["UBND", sheets.Serial(46084)]], merges=["A1:B1"])])
    sheets.encode("đơn vị", "vni")

Run as a program it writes the corpora of the fuzz targets xlsx, csv, grid and encoding.
"""
import io
import os
import unicodedata
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# --- old encodings: what a typist of 1998 stored -----------------------------------------------

TCVN3 = dict(zip("ĂÂÊÔƠƯĐăâêôơưđ", range(0xA1, 0xAF)))
for pair in ("B5à B6ả B7ã B8á B9ạ BBằ BCẳ BDẵ BEắ C6ặ C7ầ C8ẩ C9ẫ CAấ CBậ CCè CEẻ CFẽ D0é D1ẹ D2ề D3ể "
             "D4ễ D5ế D6ệ D7ì D8ỉ DCĩ DDí DEị DFò E1ỏ E2õ E3ó E4ọ E5ồ E6ổ E7ỗ E8ố E9ộ EAờ EBở ECỡ EDớ "
             "EEợ EFù F1ủ F2ũ F3ú F4ụ F5ừ F6ử F7ữ F8ứ F9ự FAỳ FBỷ FCỹ FDý FEỵ").split():
    TCVN3[pair[2:]] = int(pair[:2], 16)

VNI_MARKS = {"\u0301": 0xF9, "\u0300": 0xF8, "\u0309": 0xFB, "\u0303": 0xF5, "\u0323": 0xEF}
VNI_BREVE = {"": 0xEA, "\u0301": 0xE9, "\u0300": 0xE8, "\u0309": 0xFA, "\u0303": 0xFC, "\u0323": 0xEB}
VNI_ROOF = {"": 0xE2, "\u0301": 0xE1, "\u0300": 0xE0, "\u0309": 0xE5, "\u0303": 0xE3, "\u0323": 0xE4}
VNI_WHOLE = {"đ": 0xF1, "í": 0xED, "ì": 0xEC, "ỉ": 0xE6, "ĩ": 0xF3, "ị": 0xF2, "ỵ": 0xEE}


def vni(text):
    out = bytearray()
    for char in text:
        low, up = char.lower(), 0x20 if char != char.lower() else 0
        if low in VNI_WHOLE:
            out.append(VNI_WHOLE[low] - up)
            continue
        base, *marks = unicodedata.normalize("NFD", low)
        tone = next((m for m in marks if m in VNI_MARKS), "")
        if base in "aeouy" and marks:
            if "\u031b" in marks:
                out.append((0xF4 if base == "o" else 0xF6) - up)
                out += bytes([VNI_MARKS[tone] - up]) if tone else b""
            else:
                table = VNI_BREVE if "\u0306" in marks else VNI_ROOF if "\u0302" in marks else VNI_MARKS
                out += bytes([ord(base) - up, table[tone] - up])
        else:
            out += char.encode("cp1252", "replace")
    return bytes(out)


def cp1258(text):
    """Windows keeps the letter whole and the tone behind it."""
    out = ""
    for char in text:
        marks = unicodedata.normalize("NFD", char)
        tone = next((m for m in marks if m in VNI_MARKS), "")
        out += unicodedata.normalize("NFC", marks.replace(tone, "")) + tone if tone else char
    return out.encode("cp1258", "replace")


def encode(text, name):
    if name == "vni":
        return vni(text)
    if name == "tcvn3":
        return b"".join(bytes([TCVN3[c]]) if c in TCVN3 else bytes([TCVN3[c.lower()]])
                        if c.lower() in TCVN3 else c.encode("ascii", "replace") for c in text)
    if name == "cp1258":
        return cp1258(text)
    return text.encode(name)


# --- XLSX --------------------------------------------------------------------------------------

class Serial(float):
    """A date as Excel keeps it."""


class Formula(str):
    """A formula whose last value was CACHED."""
    def __new__(cls, text, cached=""):
        self = super().__new__(cls, text)
        self.cached = cached
        return self


class Wrong(str):
    """#REF! and kin."""


class Old(str):
    """Text typed in a font of TCVN3 or VNI: its bytes, taken for Latin."""
    def __new__(cls, text, name="tcvn3"):
        raw = encode(text, name)
        self = super().__new__(cls, "".join(
            bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b) for b in raw))
        self.style = 2 if name == "tcvn3" else 3
        return self


class Sheet:
    def __init__(self, name, rows, merges=(), state="visible", hidden_rows=()):
        self.name, self.rows, self.merges = name, rows, merges
        self.state, self.hidden_rows = state, hidden_rows


def column(number):
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


class Texts:
    """The shared strings: programs keep each text once."""
    def __init__(self):
        self.rows = {}

    def number(self, text):
        return self.rows.setdefault(text, len(self.rows))

    def xml(self):
        rows = "".join(f'<si><t xml:space="preserve">{escape(t)}</t></si>' for t in self.rows)
        return f'{HEAD}<sst xmlns="{MAIN}" count="{len(self.rows)}" uniqueCount="{len(self.rows)}">{rows}</sst>'


def cell(place, value, texts):
    if value is None or value == "":
        return ""
    if isinstance(value, Serial):
        return f'<c r="{place}" s="1"><v>{float(value):g}</v></c>'
    if isinstance(value, Formula):
        kept = f"<v>{escape(value.cached)}</v>" if value.cached else ""
        return f'<c r="{place}" t="str"><f>{escape(value)}</f>{kept}</c>'
    if isinstance(value, Wrong):
        return f'<c r="{place}" t="e"><v>{value}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value}</v></c>'
    style = f' s="{value.style}"' if isinstance(value, Old) else ""
    return f'<c r="{place}"{style} t="s"><v>{texts.number(str(value))}</v></c>'


STYLES = f"""{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="165"
formatCode="[$-42A]dd\\/mm\\/yyyy;@"/></numFmts><fonts count="3"><font><name val="Calibri"/></font><font>
<name val=".VnTime"/></font><font><name val="VNI-Times"/></font></fonts><cellXfs count="4">
<xf numFmtId="0" fontId="0"/><xf numFmtId="165" fontId="0"/><xf numFmtId="0" fontId="1"/>
<xf numFmtId="0" fontId="2"/></cellXfs></styleSheet>"""


def sheet_xml(sheet, texts):
    rows = []
    for number, row in enumerate(sheet.rows, 1):
        cells = "".join(cell(f"{column(i)}{number}", value, texts) for i, value in enumerate(row))
        hidden = ' hidden="1"' if number in sheet.hidden_rows else ""
        if cells:
            rows.append(f'<row r="{number}"{hidden}>{cells}</row>')
    merges = "".join(f'<mergeCell ref="{m}"/>' for m in sheet.merges)
    merges = f'<mergeCells count="{len(sheet.merges)}">{merges}</mergeCells>' if merges else ""
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData>{merges}</worksheet>'


def xlsx(sheets, epoch_1904=False, macros=False, replace=None):
    """The bytes. REPLACE: {part: bytes} instead of, or beside, what would be written."""
    texts, parts = Texts(), {}
    for number, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet_xml(sheet, texts)
    rels = "".join(f'<Relationship Id="rId{i}" Type="{REL}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                   for i in range(1, len(sheets) + 1))
    if macros:
        rels += ('<Relationship Id="rIdM" Type="http://schemas.microsoft.com/office/2006/relationships/'
                 'vbaProject" Target="vbaProject.bin"/>')
        parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 Sub Workbook_Open"
    names = "".join(f'<sheet name="{escape(s.name)}" sheetId="{i}" state="{s.state}" r:id="rId{i}"/>'
                    for i, s in enumerate(sheets, 1))
    parts["xl/workbook.xml"] = (f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><workbookPr '
                                f'date1904="{int(epoch_1904)}"/><sheets>{names}</sheets></workbook>')
    parts["xl/_rels/workbook.xml.rels"] = f'{HEAD}<Relationships xmlns="{PACKAGE}">{rels}</Relationships>'
    parts["xl/styles.xml"] = STYLES
    parts["xl/sharedStrings.xml"] = texts.xml()
    parts["_rels/.rels"] = (f'{HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
                            f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml" if macros else \
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    sheet_kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    parts["[Content_Types].xml"] = (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
        f'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
        f'Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{kind}"/>' + "".join(
            f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{sheet_kind}"/>'
            for i in range(1, len(sheets) + 1)) + "</Types>")
    parts.update(replace or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts[name])
    return out.getvalue()


def zip_bomb(mib):
    """A sheet that a few KiB unpack to MIB MiB of blanks."""
    return xlsx([Sheet("S", [["a"]])], replace={
        "xl/worksheets/sheet1.xml": HEAD.encode() + b" " * (mib << 20)})


def xml_bomb():
    """A thousand million laughs."""
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return xlsx([Sheet("S", [["a"]])], replace={"xl/sharedStrings.xml": (
        f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "ha">{laughs}]><sst xmlns="{MAIN}"><si><t>&l9;</t>'
        f'</si></sst>')})


def messy():
    """What arrives when a unit is asked for its list of Wi-Fi."""
    title = ["BẢNG THỐNG KÊ MẠNG KHÔNG DÂY NĂM 2026"]
    rows = [title, [], ["STT", "Tên mạng (SSID)", "Ngày đổi mật khẩu", "Ghi chú"],
            [1, "UBND-1", Serial(46084), Old("Phòng họp tầng hai")], [2, "UBND-2", "5/3/2026", Wrong("#REF!")],
            ["3", "UBND-3", "2026.03.07", Formula("A1&B2", "Khách")], [4, "", "31/02/2026", Formula("1+1")]]
    return [Sheet("Wi-Fi", rows, merges=["A1:D1", "D4:D5"], hidden_rows=(5,)),
            Sheet("Nháp", [["x"] * 200], state="hidden"), Sheet("Ẩn kỹ", [["y"]], state="veryHidden")]


SENTENCE = ("Các cơ quan, đơn vị khi triển khai dịch vụ sao lưu dự phòng ở mức vật lý cần thiết lập chức năng "
            "để tăng tốc độ đọc ghi; Nguyễn Thị Hằng, trưởng phòng kỹ thuật")


# Every vowel with every tone, as syllables of the right shape.
SENTENCE += "; đ " + " ".join(
    f"b{vowel}n" for vowel in "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ")


def grid():
    """What kit/office/grid.c hands over, made apart from it: two sheets, one row, the end."""
    def number(n, size):
        return n.to_bytes(size, "little")

    def record(kind, content):
        return kind + number(len(content), 4) + content

    cells = [(1, 0, "Tên"), (2, 1, "12"), (3, 2, "2026-01-05"), (0, 0, "")]
    row = number(4, 4) + b"\0" + number(len(cells), 2) + b"".join(
        number(kind, 1) + number(flags, 1) + number(i, 2) + number(len(text.encode()), 4) + text.encode()
        for i, (kind, flags, text) in enumerate(cells))
    return (b"khien grid 1\n" + record(b"S", b"\x02" + "Sổ".encode()) + record(b"S", b"\x01An") +
            record(b"R", row) + record(b"E", bytes([1, 59, 4, 97]) + bytes(12)))


def corpora(folder):
    files = {
        "xlsx": {"messy": xlsx(messy()), "macros": xlsx(messy(), macros=True), "1904": xlsx(messy(), True),
                 "xml-bomb": xml_bomb(), "empty": xlsx([Sheet("S", [])]), "cut": xlsx(messy())[:900],
                 "wide": xlsx([Sheet("S", [list(range(700))])]),
                 "no-sheet": xlsx([]), "old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)},
        "csv": {"comma": "\ufeffTên,Số\r\n\"a \"\"b\"\"\",2\r\n".encode(), "semicolon": b"a;b\n1,5;2\n",
                "tab": b"a\tb\n\"x\ny\"\t2", "open": b"a,b\n\"x,2\n3,4\n", "one": b"\n\n,,,\nx\n",
                **{n: encode(SENTENCE + "\n" + SENTENCE, n) for n in ("utf-16", "cp1258", "tcvn3", "vni")}},
        "grid": {"whole": grid(), "cut": grid()[:60], "fault": b"khien grid 1\nF\x0a\0\0\0\1\0\0\0h\xe1\xbb\x8fng",
                 "none": b"khien"},
        "encoding": {n: b"\x00" + encode(SENTENCE, n) for n in ("utf-8", "utf-16", "cp1258", "tcvn3", "vni")},
    }
    files["encoding"]["twice"] = b"\x85" + Old(SENTENCE).encode()
    for target, inputs in files.items():
        os.makedirs(os.path.join(folder, target), exist_ok=True)
        for name, content in inputs.items():
            with open(os.path.join(folder, target, name), "wb") as out:
                out.write(content)


if __name__ == "__main__":
    corpora(os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                         "fuzz", "corpus"))
