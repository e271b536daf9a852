#!/usr/bin/env python3
"""The fixture trees that are for several systems (`systems:` of tests/fixtures/hostaudit/*.yaml) give on each of them the
verdict they give on the first: the package manager, the paths and the defaults differ, the law does not.
"""
import unittest

import test_fixtures


class Systems(test_fixtures.Case):
    """Made by add_cases()."""


test_fixtures.add_cases(Systems, True)

if __name__ == "__main__":
    unittest.main()
