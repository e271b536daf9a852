#!/usr/bin/env python3
"""analyse.py BUILD FILE.c...: compile each file once more, as BUILD does, with gcc's own analyzer."""
import json
import os
import shlex
import subprocess
import sys

# Flags that would make a second object, or that the analyzer is better without.
DROP = {"-c", "-MD", "-Winvalid-pch"}
DROP_WITH_VALUE = {"-o", "-MQ", "-MF"}


def command_for(row):
    words, kept = shlex.split(row["command"]), []
    words = words[1:] if words[0].endswith("ccache") else words
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in DROP_WITH_VALUE:
            skip = True
        elif word not in DROP and not word.startswith("-fsanitize"):
            kept.append(word)
    return kept + ["-fdiagnostics-color=never", "-O1", "-fanalyzer", "-Wno-analyzer-too-complex", "-c", "-o", os.devnull]


def main():
    build, wanted = sys.argv[1], {os.path.abspath(path) for path in sys.argv[2:]}
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        rows = {os.path.normpath(os.path.join(row["directory"], row["file"])): row
                for row in json.load(file)}
    bad = 0
    for path in sorted(wanted & rows.keys()):
        done = subprocess.run(command_for(rows[path]), cwd=rows[path]["directory"],
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.stderr:
            print(done.stderr, end="")
            bad = 1
    sys.exit(bad)


main()
