#!/usr/bin/env python3
"""embed-to-c.py OUT.c FILE...: the files as a const table of struct asset (src/face/web/web_int.h).

The path of each holds the start of its SHA-256, so a browser may keep it for ever.
"""
import hashlib
import os
import sys

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".svg": "image/svg+xml", ".json": "application/json"}


def rows(data):
    for start in range(0, len(data), 20):
        yield "\t" + ", ".join(f"{byte}" for byte in data[start:start + 20]) + ","


def main():
    names = sys.argv[2:]
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write('#include "face/web/web_int.h"\n\n')
        table = []
        for number, path in enumerate(names):
            data = open(path, "rb").read()
            name = os.path.basename(path)
            stem, kind = os.path.splitext(name)
            digest = hashlib.sha256(data).hexdigest()[:12]
            out.write(f"static const unsigned char bytes_{number}[] = {{\n")
            out.write("\n".join(rows(data)) + "\n};\n\n")
            table.append(f'\t{{ "{name}", "{TYPES[kind]}", "/tinh/{stem}.{digest}{kind}",\n'
                         f"\t\t{{ (const char *)bytes_{number}, sizeof(bytes_{number}) }} }},\n")
        out.write("const struct asset web_assets[] = {\n" + "".join(table) + "};\n")
        out.write("const size_t web_asset_count = COUNT(web_assets);\n")


main()
