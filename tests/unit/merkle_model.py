#!/usr/bin/env python3
"""merkle_model.py OUTPUT: the tree of RFC 6962, a second time, straight from its definitions (MTH, PATH and
PROOF of section 2.1), and from them a C header for merkle_test.c: for each tree of up to 64 leaves its
root, and one digest over all its inclusion proofs and one over all its consistency proofs. Leaf I is
the decimal text of I."""
import functools
import hashlib
import sys

SIZES = 64


def leaf(index):
    return hashlib.sha256(b"\0" + str(index).encode()).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(count):
    """The largest power of two smaller than COUNT."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


@functools.lru_cache(maxsize=None)
def tree(start, end):
    if start == end:
        return hashlib.sha256(b"").digest()
    if end - start == 1:
        return leaf(start)
    middle = start + split(end - start)
    return node(tree(start, middle), tree(middle, end))


def path(index, start, end):
    if end - start == 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return path(index, start, middle) + [tree(middle, end)]
    return path(index, middle, end) + [tree(start, middle)]


def subproof(size, start, end, is_known):
    if size == end:
        return [] if is_known else [tree(start, end)]
    middle = start + split(end - start)
    if size <= middle:
        return subproof(size, start, middle, is_known) + [tree(middle, end)]
    return subproof(size, middle, end, False) + [tree(start, middle)]


def digest(proofs):
    """Over all proofs of a tree, each with its count of hashes before it."""
    total = hashlib.sha256()
    for proof in proofs:
        total.update(bytes([len(proof)]) + b"".join(proof))
    return total.hexdigest()


def main():
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("static const struct { const char *root, *inclusion, *consistency; } "
                  "model[] = {\n")
        for size in range(SIZES + 1):
            included = digest(path(index, 0, size) for index in range(size))
            extended = digest(subproof(old, 0, size, True) for old in range(1, size + 1))
            out.write(f'\t{{ "{tree(0, size).hex()}", "{included}", "{extended}" }},\n')
        out.write("};\n")


main()
