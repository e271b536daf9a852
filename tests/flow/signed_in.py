"""One server for all tests of a class, its administrator signed in: what most tests of pages begin with."""
import time
import unittest

from flow import PACKS, Server


def send(browser, path, fields):
    """The form of PATH, again while the server looks at too many passwords in this second."""
    while True:
        browser.get(path)
        if browser.submit(fields, action=path).status != 429:
            return
        time.sleep(0.3)


def mark_of(browser):
    page = browser.get("/api/v1/session")
    if page.status != 200 or page.json()["stage"] != "full":
        raise AssertionError(f"not logged in: {page.text}")
    browser.mark = page.json()["mark"]


class SignedIn(unittest.TestCase):
    packs = PACKS

    @classmethod
    def setUpClass(cls):
        cls.server = Server(packs=cls.packs)
        cls.addClassCleanup(cls.server.own.cleanup)
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.admin = cls.server.set_up()
        mark_of(cls.admin)
