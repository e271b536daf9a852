#!/usr/bin/env python3
"""csv-to-c.py OUT.c NAME=FILE.csv ...: data tables of the packs as constant C rows.

Each file has '#' comments, then a header line; every further line is a row with as many cells. A row of the wrong width, an
unknown escape or an empty file ends the build with file and line. The struct's fields (src/work/hostaudit/data.h) are named by
the header, so that the compiler refuses a column the program does not know."""
import csv
import sys


def fail(path, line, why):
    sys.exit(f"{path}:{line}: {why}")


def c_string(text):
    out = []
    for byte in text.encode():
        if byte in b'"\\':
            out.append("\\" + chr(byte))
        elif 32 <= byte < 127:
            out.append(chr(byte))
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def rows_of(path):
    header, rows = None, []
    with open(path, encoding="utf-8", newline="") as source:
        for number, line in enumerate(source, 1):
            if line.startswith("#") or not line.strip():
                continue
            cells = next(csv.reader([line.rstrip("\n")]))
            if header is None:
                header = cells
                if not all(name.isidentifier() for name in header):
                    fail(path, number, "a column's name is not a word")
                continue
            if len(cells) != len(header):
                fail(path, number, f"{len(cells)} cells where the header has {len(header)}")
            rows.append(cells)
    if not rows:
        fail(path, 1, "no rows")
    return header, rows


def main():
    parts = ['#include "work/hostaudit/data.h"\n']
    for pair in sys.argv[2:]:
        name, path = pair.split("=", 1)
        header, rows = rows_of(path)
        parts.append(f"\nconst struct data_{name} data_{name}[] = {{\n")
        for cells in rows:
            fields = ", ".join(f".{key} = {c_string(cell)}" for key, cell in zip(header, cells))
            parts.append(f"\t{{ {fields} }},\n")
        parts.append(f"}};\nconst size_t data_{name}_count = {len(rows)};\n")
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write("".join(parts))


main()
