"""house.py - what the house checks share: finding sources, reading C well enough, naming faults.

A check is a program tools/check-NAME [ROOT]: it prints 'file:line: sentence' for each fault and
exits 1, or prints nothing and exits 0. ROOT is the tree to judge (default: this one), so that
tests/house can prove on small bad trees that each check is able to fail.
"""
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def root():
    """The tree to judge: the first argument that is no option, else this repository."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    return os.path.abspath(words[0]) if words else TOP


def read(base, path):
    with open(os.path.join(base, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def read_if(base, path):
    return read(base, path) if os.path.exists(os.path.join(base, path)) else ""


def files(base, *folders, suffixes=(".c", ".h")):
    """Paths below BASE, sorted, of the files in FOLDERS whose name ends so."""
    found = []
    for folder in folders:
        for here, inner, names in os.walk(os.path.join(base, folder)):
            inner[:] = [name for name in inner if name != "node_modules" and name[0] != "."]
            found += [os.path.relpath(os.path.join(here, name), base)
                      for name in names if name.endswith(suffixes)]
    return sorted(found)


def rows(base, path):
    """(line number, words) of a table in a text file; '#' begins a comment."""
    for number, line in enumerate(read_if(base, path).splitlines(), 1):
        words = line.split("#")[0].split()
        if words:
            yield number, words


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text, keep_strings=False):
    """C with comments (and, unless kept, the insides of strings) turned to spaces: same offsets."""
    def spaces(match):
        token = match.group()
        if token[0] != "/":
            if keep_strings:
                return token
            return token[0] + " " * (len(token) - 2) + token[-1]
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(spaces, text)


ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]+)|([0-7]{1,3})|(.))", re.S)
NAMED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def unquote(token):
    """The text of one C string literal."""
    def value(match):
        if match.group(1) or match.group(2):
            number = int(match.group(1), 16) if match.group(1) else int(match.group(2), 8)
            return bytes([number & 255])
        return NAMED.get(match.group(3), match.group(3))
    return ESCAPE.sub(value, token[1:-1].encode()).decode("utf-8", "replace")


STRINGS = re.compile(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*')


def literals(text):
    """(offset, text) of each string literal of C, neighbours joined, in BLANKed-comment TEXT."""
    code = blank(text, keep_strings=True)
    chars = re.compile(r"'(?:\\.|[^'\\\n])'")
    code = chars.sub(lambda match: " " * len(match.group()), code)
    for match in STRINGS.finditer(code):
        parts = re.findall(r'"(?:\\.|[^"\\\n])*"', match.group())
        line_start = code.rfind("\n", 0, match.start()) + 1
        if not code[line_start:match.start()].lstrip().startswith("#"):   # an #include is no words
            yield match.start(), "".join(map(unquote, parts))


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class Faults:
    """Collects faults and ends the program."""

    def __init__(self):
        self.found = []

    def add(self, path, line, sentence):
        self.found.append((path, line, sentence))

    def finish(self):
        for path, line, sentence in sorted(set(self.found)):
            print(f"{path}:{line}: {sentence}")
        sys.exit(1 if self.found else 0)
