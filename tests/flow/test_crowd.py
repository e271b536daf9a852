#!/usr/bin/env python3
"""Many log in at once, and one of them means harm: the count of wrong tries stays exact, and no address takes the door
from all others, whether passwords are looked at here or asked of a directory that does not answer."""
import concurrent.futures
import re
import socket
import threading
import time
import unittest

from directory import SLAPD, Directory, READER, certificate
from flow import folder
from signed_in import SignedIn, send
from test_directory import stage, waited

# EVIDENCE: D12.1.b#1


class Flood:
    """Logs in from ADDRESS under names that nobody has, without a pause, until it is left."""

    def __init__(self, server, address, threads=12):
        self.server, self.address, self.ends, self.answers = server, address, False, []
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(threads)]

    def run(self, number):
        count = 0
        while not self.ends:
            count += 1
            browser = self.server.browser(self.address)
            try:
                page = browser.post("/dang-nhap", {"ten-dang-nhap": f"ai.do.{number}.{count}", "mat-khau": "x"},
                                    follow=False)
                self.answers.append(page.status)
            except OSError:
                self.answers.append(0)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        end = time.monotonic() + 20
        while len(self.answers) < 60 and time.monotonic() < end:
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.ends = True
        for thread in self.threads:
            thread.join()


def person(server, admin, login):
    """A new account with its own password."""
    page = admin.post("/quan-tri/nguoi-dung", {"dau": admin.mark, "ten-dang-nhap": login, "ho-ten": "Lê Người",
                                               "vai-tro": "staff", "noi-lam": 1})
    onetime = re.search(r'<code class="key">([^<]+)</code>', page.text).group(1)
    browser = server.browser()
    send(browser, "/dang-nhap", {"ten-dang-nhap": login, "mat-khau": onetime})
    password = f"Suoi-nguon-{login}-7A"
    send(browser, "/doi-mat-khau", {"mat-khau": onetime, "mat-khau-moi": password, "nhac-lai": password})
    return password


class Here(SignedIn):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.password = person(cls.server, cls.admin, "binh.tran")

    def test_fifty_wrong_tries_at_once_are_five(self):
        person(self.server, self.admin, "nam.muoi")

        def one(number):
            """Until it is looked at."""
            browser = self.server.browser(f"127.0.1.{number + 1}")
            send(browser, "/dang-nhap", {"ten-dang-nhap": "nam.muoi", "mat-khau": f"sai-{number}"})
            return re.search(r'class="faults".*?<li>(.*?)</li>', browser.page.text, re.S).group(1)

        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            said = list(pool.map(one, range(50)))
        self.assertEqual(sorted(int(found.group(1)) for found in (re.search(r"Còn (\d)", text) for text in said) if found),
                         [1, 2, 3, 4])
        self.assertEqual(sum("đã bị khóa" in text for text in said), 46)

    def test_one_address_leaves_room_for_others(self):
        time.sleep(1.1)         # a second has ten for all: those of the test before are not this flood's
        with Flood(self.server, "127.0.0.66") as flood:
            waits = []
            for number in range(3):
                browser, began = self.server.browser(f"127.0.2.{number + 1}"), time.monotonic()
                browser.get("/dang-nhap")
                page = browser.submit({"ten-dang-nhap": "binh.tran", "mat-khau": self.password}, action="/dang-nhap")
                waits.append((page.status, stage(browser), time.monotonic() - began))
        if 429 not in flood.answers:
            self.skipTest("this machine looks at fewer passwords a second than one address may ask for")
        self.assertEqual([(status, state) for status, state, _ in waits], [(200, "full")] * 3, waits)


@unittest.skipUnless(SLAPD, "no slapd")
class Elsewhere(SignedIn):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.password = person(cls.server, cls.admin, "binh.tran")

    def settings(self, url, ca, base="dc=tay-son,dc=vn"):
        page = self.admin.post("/quan-tri/danh-ba", {
            "dau": self.admin.mark, "dung": "1", "dia-chi": url, "chung-thu": ca, "tai-khoan-doc": READER[0],
            "mat-khau-doc": READER[1], "goc": base, "thuoc-tinh": "uid", "loc": "(objectClass=inetOrgPerson)"})
        self.assertEqual(page.status, 200, page.text)

    def test_a_directory_that_is_silent_is_no_way_to_take_every_place(self):
        silent = socket.create_server(("127.0.0.1", 0), backlog=200)
        with folder() as here:
            with open(certificate(here, "im")[0], encoding="ascii") as text:
                self.settings(f"ldaps://127.0.0.1:{silent.getsockname()[1]}", text.read())
        with Flood(self.server, "127.0.0.66") as flood:
            end = time.monotonic() + 20
            while flood.answers.count(503) == 0 and time.monotonic() < end:
                time.sleep(0.1)
            honest = [self.server.browser(f"127.0.3.{n + 1}") for n in range(20)]
            asked = [b.post("/dang-nhap", {"ten-dang-nhap": f"that.{n}", "mat-khau": "x"}, follow=False).status
                     for n, b in enumerate(honest)]
            here = self.server.browser("127.0.3.99")
            here.get("/dang-nhap")
            here.submit({"ten-dang-nhap": "binh.tran", "mat-khau": self.password}, action="/dang-nhap")
        silent.close()
        self.assertIn(503, flood.answers)
        self.assertLessEqual(flood.answers.count(303), 24)
        self.assertEqual(asked, [303] * 20, "each has a place to wait in")
        self.assertEqual(stage(here), "full", "who has a password here needs no directory")

    def test_two_hundred_people_of_a_directory_come_in_together(self):
        people = [f"nguoi.{n}" for n in range(200)]
        with Directory() as ldap:
            ldap.modify("\n".join(f"dn: uid={uid},ou=nguoi,{ldap.base}\nchangetype: add\nobjectClass: inetOrgPerson\n"
                                  f"uid: {uid}\ncn: Lê {uid}\nsn: Lê\nuserPassword: Mat-khau-{uid}\n" for uid in people))
            ldap.set_members("can-bo", people)
            self.settings(ldap.url, ldap.ca)
            self.admin.post("/quan-tri/danh-ba/nhom", {"dau": self.admin.mark, "nhom": "can-bo", "vai-tro": "officer",
                                                       "noi-lam": 1})

            def one(number):
                browser, tries = self.server.browser(f"127.0.4.{number + 1}"), 0
                while True:
                    tries += 1
                    browser.get("/dang-nhap")
                    page = browser.submit({"ten-dang-nhap": people[number], "mat-khau": f"Mat-khau-{people[number]}"},
                                          action="/dang-nhap")
                    if page.status not in (429, 503):
                        break
                    time.sleep(1)
                page = waited(browser, "/dang-nhap/cho", time.monotonic() + 60)
                return stage(browser) or (page.status, re.findall("<li>(.*?)</li>", page.text)), tries

            began = time.monotonic()
            with concurrent.futures.ThreadPoolExecutor(200) as pool:
                said = list(pool.map(one, range(200)))
            took = time.monotonic() - began
        self.assertEqual([state for state, _ in said if state != "full"], [])
        print(f"# 200 at once: {took:.1f} s, {max(tries for _, tries in said)} tries at most")


if __name__ == "__main__":
    unittest.main()
