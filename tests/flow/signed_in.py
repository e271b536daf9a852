"""One server for all tests of a class, its administrator signed in: what most tests of pages begin with."""
import re
import time
import unittest

from flow import PACKS, Server, totp

PASSWORD = "Chuong-Dong-Ruong-2026"   # of accounts that log in first in a test


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


def first_log_in(server, login, onetime):
    """A browser of an account with its one-time password, all log-in steps done."""
    browser = server.browser()
    send(browser, "/dang-nhap", {"ten-dang-nhap": login, "mat-khau": onetime})
    browser.submit({"mat-khau": onetime, "mat-khau-moi": PASSWORD, "nhac-lai": PASSWORD}, action="/doi-mat-khau")
    if "/dang-nhap" in browser.path:
        browser.submit({"ten-dang-nhap": login, "mat-khau": PASSWORD}, action="/dang-nhap")
    if "/bat-ma-hai-buoc" in browser.path:
        key = re.search(r'<code class="key">([A-Z2-7]+)</code>', browser.page.text).group(1)
        browser.submit({"ma": totp(key, time.time())}, action="/bat-ma-hai-buoc")
    if browser.get("/hom-nay").status != 200 or browser.path != "/hom-nay":
        raise AssertionError(f"not signed in, at {browser.path}:\n{browser.page.text}")
    return browser


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
