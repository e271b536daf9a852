#!/usr/bin/env python3
"""bytes-to-c.py OUT.c NAME FILE: the bytes of FILE as const unsigned char NAME[] and const size_t NAME_size."""
import sys

out, name, path = sys.argv[1:4]
data = open(path, "rb").read()
with open(out, "w", encoding="ascii") as c:
    c.write(f"#include <stddef.h>\n\nextern const unsigned char {name}[];\nextern const size_t {name}_size;\n\n")
    c.write(f"const unsigned char {name}[] = {{\n")
    for start in range(0, len(data), 20):
        c.write("\t" + ", ".join(str(byte) for byte in data[start:start + 20]) + ",\n")
    c.write(f"}};\nconst size_t {name}_size = sizeof({name});\n")
