#!/usr/bin/env python3
"""guide-to-c.py OUT.c FILE.md...: the user guide as const tables (struct guide_page in
src/face/web/web_int.h). FILE is .../LANG/NN-slug.md; pages are in the order of their names.

The Markdown subset, and nothing else: '# title' once, first; '## ', '### ' headings; paragraphs;
'- ' bullets; '1. ' steps; blocks fenced by ```; inside a line **bold**, `code`, [text](/path). A line
that begins with two blanks belongs to the bullet or step above. Anything else that looks like
Markdown is refused, with file and line.
"""
import os
import re
import sys

INLINE = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*|`(?P<code>[^`]+)`|\[(?P<text>[^\]]+)\]\((?P<to>[^)]+)\)")


def refuse(path, number, why):
    sys.exit(f"{path}:{number}: {why}")


def c_string(text):
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        out.append("\\" + char if char in '"\\' else char if 32 <= byte < 127 else f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def spans(text, path, number):
    """The inline parts of a block as C initialisers."""
    found, at = [], 0
    for match in INLINE.finditer(text):
        if match.start() > at:
            found.append(("GUIDE_TEXT", text[at:match.start()], None))
        if match.group("bold"):
            found.append(("GUIDE_BOLD", match.group("bold"), None))
        elif match.group("em"):
            found.append(("GUIDE_EM", match.group("em"), None))
        elif match.group("code"):
            found.append(("GUIDE_CODE", match.group("code"), None))
        else:
            if not match.group("to").startswith("/"):
                refuse(path, number, f"a link of the offline guide stays inside: {match.group('to')}")
            found.append(("GUIDE_LINK", match.group("text"), match.group("to")))
        at = match.end()
    if at < len(text):
        found.append(("GUIDE_TEXT", text[at:], None))
    for kind, part, _ in found:
        if kind == "GUIDE_TEXT" and re.search(r"\*|`|\]\(|^#|<\w", part):
            refuse(path, number, f"not understood: {part.strip()[:40]}")
    return found


def blocks(path):
    """(title, [(kind, spans)]) of one file."""
    title, found, fence = None, [], None
    lines = open(path, encoding="utf-8").read().splitlines()
    for number, line in enumerate(lines, 1):
        if fence is not None:
            if line == "```":
                found.append(["GUIDE_PRE", [("GUIDE_TEXT", "\n".join(fence), None)]])
                fence = None
            else:
                fence.append(line)
            continue
        if line.startswith("```"):
            fence = []
        elif line.startswith("# "):
            if title:
                refuse(path, number, "a second title")
            title = line[2:].strip()
        elif not line.strip():
            found.append(None)
        else:
            match = re.match(r"(### |## |- |\d+\. )?(.*)$", line)
            mark, text = match.group(1), match.group(2)
            kind = {"## ": "GUIDE_H2", "### ": "GUIDE_H3", "- ": "GUIDE_LI", None: "GUIDE_P"}.get(
                mark, "GUIDE_STEP")
            last = found[-1] if found else None
            if kind == "GUIDE_P" and last and last[0] in ("GUIDE_P", "GUIDE_LI", "GUIDE_STEP"):
                last[1] += " " + text.strip()
                continue
            found.append([kind, text.strip(), number])
    if not title:
        refuse(path, 1, "no title")
    if fence is not None:
        refuse(path, len(lines), "the block is not closed")
    return title, [[b[0], b[1] if isinstance(b[1], list) else spans(b[1], path, b[2])]
                   for b in found if b]


def main():
    table = []
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write('#include "face/web/web_int.h"\n\n')
        for page, path in enumerate(sys.argv[2:]):
            lang = os.path.basename(os.path.dirname(path))
            slug = re.sub(r"^\d+-", "", os.path.basename(path)[:-3])
            title, content = blocks(path)
            for number, (_, parts) in enumerate(content):
                out.write(f"static const struct guide_span p{page}_{number}[] = {{\n")
                for kind, text, to in parts:
                    out.write(f"\t{{ {kind}, {c_string(text)}, {c_string(to) if to else 'NULL'} }},\n")
                out.write("\t{ GUIDE_TEXT, NULL, NULL },\n};\n")
            out.write(f"static const struct guide_block p{page}[] = {{\n")
            for number, (kind, _) in enumerate(content):
                out.write(f"\t{{ {kind}, p{page}_{number} }},\n")
            out.write("};\n\n")
            table.append(f"\t{{ LANG_{lang.upper()}, {c_string(slug)}, {c_string(title)}, p{page}, "
                         f"COUNT(p{page}) }},\n")
        out.write("const struct guide_page guide_pages[] = {\n" + "".join(table) + "};\n")
        out.write("const size_t guide_page_count = COUNT(guide_pages);\n")


main()
