"""The runner of the suites counts what there is and hides nothing that went wrong."""
import importlib.util
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
from flow import SOURCE  # noqa: E402

SPEC = importlib.util.spec_from_file_location("suites", os.path.join(SOURCE, "tools", "run-suites.py"))
suites = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(suites)

# name, what the program does (shell), passed, failed, skipped, what the notes must hold
ROWS = [
    ("cases are counted", "echo 1..3; echo ok 1 - a; echo 'ok 2 - b # SKIP no c'; echo ok 3", 2, 0, 1, ""),
    ("a failed case is shown with its words",
     "echo '# wanted 3'; echo 'not ok 1 - a'; echo ok 2 - b; exit 1", 1, 1, 0, "wanted 3"),
    ("a crash after good cases is a failure", "echo ok 1 - a; kill -SEGV $$", 1, 1, 0, "exit status -11"),
    ("a report of a sanitizer at the end is a failure", "echo ok 1 - a; echo LEAK; exit 23", 1, 1, 0, "LEAK"),
    ("a program without a case is a failure", "echo hello", 0, 1, 0, "hello"),
    ("a program that hangs is a failure", "echo ok 1 - a; exec sleep 30", 1, 1, 0, "no end after 1 s"),
    ("words that only look like TAP are not counted", "echo okay; echo 'not okay'; echo ok 1", 1, 0, 0, ""),
]


class Runner(unittest.TestCase):
    def judge(self, script, passed, failed, skipped, words):
        with tempfile.TemporaryDirectory() as folder:
            limit_s = 1 if "sleep" in script else 60        # a slow machine may take a second to say a word
            tally = suites.run(suites.Program("p", ["sh", "-c", script], timeout_s=limit_s), folder)
        self.assertEqual((tally.passed, tally.failed, tally.skipped), (passed, failed, skipped))
        self.assertIn(words, "\n".join(tally.notes))
        self.assertEqual(bool(tally.notes), failed > 0)

    def test_node_sums_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            script = "echo '# pass 4'; echo '# fail 1'; echo '# cancelled 1'; echo '# skipped 2'; exit 1"
            tally = suites.run(suites.Program("p", ["sh", "-c", script]), folder, suites.count_node)
        self.assertEqual(tally.words(), "4 passed, 2 failed, 2 skipped")


def add_rows():
    for name, *row in ROWS:
        def case(self, row=tuple(row)):
            self.judge(*row)
        setattr(Runner, f"test_{name}", case)


add_rows()
