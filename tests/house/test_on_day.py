"""tests/on-day: a program it runs, and the files that one makes, live on the day that was asked for."""
import os
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ASK = """
import os, time
now, before = time.time(), time.monotonic()
print(time.strftime("%Y-%m-%d", time.gmtime(now)))
open("made", "w").close()
print(abs(os.stat("made").st_mtime - now) < 600)
os.utime("made", (now - 86400, now - 86400))
print(int(now - os.stat("made").st_mtime))
time.sleep(0.01)
print(time.monotonic() > before)
"""


class OnDay(unittest.TestCase):
    def test_the_clock_and_the_files_agree(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([os.path.join(SOURCE, "tests", "on-day"), "2028-02-29 12:00", sys.executable, "-c", ASK],
                                  cwd=folder, capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout.split(), ["2028-02-29", "True", "86400", "True"], done.stderr)


if __name__ == "__main__":
    unittest.main()
