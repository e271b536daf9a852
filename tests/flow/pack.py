"""pack.py - YAML as the tests read it: their own tables, and the regulation's files.

By libyaml, which reads the thousands of cases in a tenth of the time that the reader in Python takes.
"""
import os

import yaml

from flow import PACKS


def load(path):
    with open(path, encoding="utf-8") as text:
        return yaml.load(text, yaml.CSafeLoader)


def tay_son(folder):
    """What each file of a folder of the pack holds, in the order of their names."""
    where = os.path.join(PACKS, "tay-son", folder)
    return [load(os.path.join(where, name)) for name in sorted(os.listdir(where))]


def obligations():
    """{id: row} of the regulation, classification rows left out."""
    return {row["id"]: row for file in tay_son("obligations") for row in file["obligations"] if row["kind"] != "data"}
