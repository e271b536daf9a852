#!/usr/bin/env python3
"""The files of packages against their checksums: what differs is named, whatever its size and however many there are.
EVIDENCE: D11.3"""
import csv
import hashlib
import os
import unittest

from flow import folder, khien, write_tree

SMALL, LARGE = 3000, 300_000        # beyond LARGE_BYTES of verify.c they wait for each other
MANY = 1100                         # more than may wait (LATE_FILES)


class Altered(unittest.TestCase):
    def differ(self, root):
        done = khien("ask", "SELECT path, state FROM package_files ORDER BY path", "--root", root, "--deep",
                     "--format", "csv")
        self.assertEqual(done.status, 0, done)
        return list(csv.reader(done.out.splitlines()))[1:]

    def make(self, root, sizes):
        """A package of files f0, f1, ... of these sizes (holes, which take no room), each with what it should be."""
        sums, known = [], {size: hashlib.md5(bytes(size)).hexdigest() for size in set(sizes)}
        write_tree(root, {f"usr/lib/p/f{number}": "" for number in range(len(sizes))})
        for number, size in enumerate(sizes):
            os.truncate(os.path.join(root, "usr/lib/p", f"f{number}"), size)
            sums.append(f"{known[size]}  usr/lib/p/f{number}\n")
        write_tree(root, {"var/lib/dpkg/info/p.md5sums": "".join(sums), "var/lib/dpkg/status": "",
                          "var/lib/dpkg/info/p.list": "".join(f"/usr/lib/p/f{n}\n" for n in range(len(sizes))),
                          "etc/os-release": "ID=debian\n"})

    def change(self, root, number, how):
        path = os.path.join(root, "usr/lib/p", f"f{number}")
        if how == "gone":
            os.remove(path)
            return
        with open(path, "r+b") as file:
            if how == "longer":
                file.seek(0, os.SEEK_END)
            else:
                file.seek(2000)
            file.write(b"x")

    def test_small_and_large_ones_are_named(self):
        with folder() as root:
            self.make(root, [SMALL + n if n % 3 else LARGE + 50_000 * n for n in range(80)])
            self.assertEqual(self.differ(root), [])
            for number, how in ((0, "other"), (3, "longer"), (6, "gone"), (7, "other"), (8, "gone"), (78, "other")):
                self.change(root, number, how)
            self.assertEqual(self.differ(root), [["/usr/lib/p/f0", "altered"], ["/usr/lib/p/f3", "altered"],
                                                 ["/usr/lib/p/f6", "gone"], ["/usr/lib/p/f7", "altered"],
                                                 ["/usr/lib/p/f78", "altered"], ["/usr/lib/p/f8", "gone"]])

    def test_more_large_ones_than_may_wait(self):
        with folder() as root:
            self.make(root, [LARGE] * MANY)
            for number in (0, 1023, 1024, MANY - 1):
                self.change(root, number, "other")
            self.assertEqual([path for path, _ in self.differ(root)],
                             ["/usr/lib/p/f0", "/usr/lib/p/f1023", "/usr/lib/p/f1024", "/usr/lib/p/f1099"])


if __name__ == "__main__":
    unittest.main()
