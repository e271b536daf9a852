#!/usr/bin/env python3
"""po-to-c.py IN.po OUT.c [NAME]: compile a gettext file to a sorted const table, NAME_table (words_table).

libintl is not used at run time: on a bare Debian there is no vi_VN locale, and the language is one
of each request, not of the process.
"""
import ast
import sys


def entries(path):
    """Yield (msgid, msgstr) of a .po file: plain entries, no plurals, no contexts."""
    field, msgid, msgstr, fuzzy = None, "", "", False
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.strip()
        if line.startswith("#,") and "fuzzy" in line:
            fuzzy = True
        elif line.startswith("msgid "):
            if field == "str" and msgid:
                yield msgid, "" if was_fuzzy else msgstr
            field, msgid, was_fuzzy, fuzzy = "id", ast.literal_eval(line[6:]), fuzzy, False
        elif line.startswith("msgstr "):
            field, msgstr = "str", ast.literal_eval(line[7:])
        elif line.startswith('"'):
            if field == "id":
                msgid += ast.literal_eval(line)
            else:
                msgstr += ast.literal_eval(line)
        elif line and not line.startswith("#"):
            sys.exit(f"{path}:{number}: not understood: {line}")
    if field == "str" and msgid:
        yield msgid, "" if was_fuzzy else msgstr


def c_string(text):
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif 32 <= byte < 127:
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def main():
    table, name = {}, sys.argv[3] if len(sys.argv) > 3 else "words"
    for msgid, msgstr in entries(sys.argv[1]):
        if msgid in table:
            sys.exit(f"{sys.argv[1]}: twice: {msgid}")
        table[msgid] = msgstr
    rows = sorted(table.items(), key=lambda row: row[0].encode("utf-8"))
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write('#include "kit/text/words_table.h"\n\n')
        out.write(f"const struct words_row {name}_table[] = {{\n")
        for msgid, msgstr in rows:
            if msgstr:
                out.write(f"\t{{ {c_string(msgid)},\n\t  {c_string(msgstr)} }},\n")
        out.write("\t{ 0, 0 },\n};\n")
        out.write(f"const unsigned {name}_count = {sum(1 for _, s in rows if s)};\n")


main()
