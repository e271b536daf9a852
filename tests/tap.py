#!/usr/bin/env python3
"""tap.py FILE.py...: run unittest modules and print TAP, one line a test case."""
import importlib.util
import os
import sys
import unittest


class TapResult(unittest.TestResult):
    count = 0

    def say(self, word, test, note=""):
        self.count += 1
        name = test.id().split(".", 1)[-1]
        print(f"{word} {self.count} - {name}{note}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say("ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say("ok", test, f" # SKIP {reason}")

    def fault(self, test, err):
        for line in self._exc_info_to_string(err, test).splitlines():
            print(f"  # {line}")
        self.say("not ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.fault(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.fault(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:     # a passing subtest is part of its case, a failing one stands alone
            self.fault(subtest, err)


def load(path):
    folder, name = os.path.split(os.path.abspath(path))
    sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(name[:-3], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def run(paths):
    """Run the modules; returns the exit status."""
    result = TapResult()
    unittest.TestSuite(load(path) for path in paths).run(result)
    print(f"1..{result.count}")
    return 0 if result.wasSuccessful() and result.count else 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
