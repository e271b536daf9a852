#!/usr/bin/env python3
"""Logging in by a directory that has the schema of Active Directory, on a real slapd: its names of people, groups by
memberOf, its ways to shut an account, and its referrals to other servers. What only Active Directory itself computes
(rules in chain, passwords in its own form) is not here."""
import time
import unittest

from directory import BASE, READER, SLAPD, Directory
from signed_in import SignedIn
from test_directory import log_in, of_api, stage, waited

# EVIDENCE: D12.1.b, D8.1#1
OIDS = {"sAMAccountName": ("1.2.840.113556.1.4.221", "caseIgnoreMatch", "1.3.6.1.4.1.1466.115.121.1.15"),
        "userPrincipalName": ("1.2.840.113556.1.4.656", "caseIgnoreMatch", "1.3.6.1.4.1.1466.115.121.1.15"),
        "userAccountControl": ("1.2.840.113556.1.4.8", "integerMatch", "1.3.6.1.4.1.1466.115.121.1.27"),
        "accountExpires": ("1.2.840.113556.1.4.159", "integerMatch", "1.3.6.1.4.1.1466.115.121.1.27"),
        "msDS-User-Account-Control-Computed": ("1.2.840.113556.1.4.1460", "integerMatch",
                                               "1.3.6.1.4.1.1466.115.121.1.27"),
        "memberOf": ("1.2.840.113556.1.2.102", "distinguishedNameMatch", "1.3.6.1.4.1.1466.115.121.1.12")}
SCHEMA = "\n".join(f"attributetype ( {oid} NAME '{name}' EQUALITY {rule} SYNTAX {syntax} )"
                   for name, (oid, rule, syntax) in OIDS.items())
SCHEMA += ("\nobjectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson STRUCTURAL MAY ( "
           + " $ ".join(OIDS) + " ) )")
# the number that Active Directory gives for a right password that is of no use, and what is said of it here
USELESS = {"773": "đòi đổi mật khẩu này trước", "532": "đã hết hạn ở danh bạ", "533": "đã bị khóa ở danh bạ",
           "701": "tài khoản của bạn đã hết hạn", "530": "vào giờ này", "775": None}
NEVER = 0x7FFFFFFFFFFFFFFF


def filetime(at_s):
    """Ticks of 100 ns since 1601."""
    return int((at_s + 11644473600) * 10_000_000)


def person(name, password, groups, **more):
    attributes = {"sAMAccountName": name, "userPrincipalName": f"{name}@tay-son.vn", "userAccountControl": 512,
                  "accountExpires": NEVER, **more}
    return (f"dn: cn={name},ou=nguoi,{BASE}\nobjectClass: user\ncn: {name}\nsn: {name}\ndisplayName: Người {name}\n"
            f"userPassword: {password}\n" + "".join(f"{k}: {v}\n" for k, v in attributes.items())
            + "".join(f"memberOf: cn={group},ou=nhom,{BASE}\n" for group in groups))


ROWS = [
    person("anh.ad", "Suoi-1-Nguon", ["Can bo ATTT"]),
    person("tat.ad", "Suoi-2-Nguon", ["Can bo ATTT"], userAccountControl=514),
    person("het.ad", "Suoi-3-Nguon", ["Can bo ATTT"], accountExpires=filetime(time.time() - 3600)),
    person("con.ad", "Suoi-4-Nguon", ["Can bo ATTT"], accountExpires=filetime(time.time() + 86400)),
    person("khoa.ad", "Suoi-5-Nguon", ["Can bo ATTT"], **{"msDS-User-Account-Control-Computed": 16}),
    *(person(f"ma{data}.ad", f"Suoi-{data}-Nguon", ["Can bo ATTT"]) for data in USELESS),
    person("ngoai.ad", "Suoi-6-Nguon", ["Khach"]),
    # the rest of the forest, which the domain names in each answer
    f"dn: ou=mien-khac,{BASE}\nobjectClass: referral\nobjectClass: extensibleObject\nou: mien-khac\n"
    f"ref: ldap://127.0.0.1:1/ou=mien-khac,{BASE}??sub\n",
]


@unittest.skipUnless(SLAPD, "no slapd")
class ActiveDirectory(SignedIn):
    @classmethod
    def setUpClass(cls):
        cls.ldap = Directory(SCHEMA, ROWS, {f"cn=ma{data}.ad,ou=nguoi,{BASE}": (f"Suoi-{data}-Nguon", data)
                                            for data in USELESS})
        cls.ldap.__enter__()
        cls.addClassCleanup(cls.ldap.__exit__)
        super().setUpClass()
        cls.settings()
        cls.admin.post("/quan-tri/danh-ba/nhom", {"dau": cls.admin.mark, "nhom": "Can bo ATTT", "vai-tro": "officer",
                                                  "noi-lam": 1})

    @classmethod
    def settings(cls, **changed):
        fields = {"dung": "1", "dia-chi": cls.ldap.url, "chung-thu": cls.ldap.ca, "tai-khoan-doc": READER[0],
                  "mat-khau-doc": READER[1], "goc": BASE, "thuoc-tinh": "sAMAccountName", "loc": "(objectClass=user)",
                  **{name.replace("_", "-"): value for name, value in changed.items()}}
        page = cls.admin.post("/quan-tri/danh-ba", {"dau": cls.admin.mark, **fields})
        if page.status != 200:
            raise AssertionError(page.text)

    def come(self, login, password):
        browser = self.server.browser()
        page = log_in(browser, login, password)
        return page, stage(browser)

    def tried(self, login="anh.ad"):
        self.admin.post("/quan-tri/danh-ba/thu", {"dau": self.admin.mark, "ten-dang-nhap": login})
        return waited(self.admin, "/quan-tri/danh-ba/thu", time.monotonic() + 40).text

    def test_by_either_name_and_by_memberOf(self):
        self.assertEqual(self.come("anh.ad", "Suoi-1-Nguon")[1], "full")
        page, state = self.come("ngoai.ad", "Suoi-6-Nguon")
        self.assertEqual((page.status, state), (403, None))
        try:
            self.settings(thuoc_tinh="userPrincipalName")
            self.assertEqual(self.come("con.ad@tay-son.vn", "Suoi-4-Nguon")[1], "full")
        finally:
            self.settings()

    def test_who_is_shut_there_is_shut_here(self):
        self.assertEqual(self.come("con.ad", "Suoi-4-Nguon")[1], "full")
        for login, password in (("tat.ad", "Suoi-2-Nguon"), ("het.ad", "Suoi-3-Nguon"), ("khoa.ad", "Suoi-5-Nguon")):
            page, state = self.come(login, password)
            self.assertEqual((page.status, state), (403, None), login)
            self.assertIn("Mật khẩu đúng, nhưng tài khoản của bạn đã bị khóa", page.text)
            page, state = self.come(login, "sai")            # a stranger is told what everybody is
            self.assertEqual((page.status, state), (422, None), login)
            self.assertIn("Không đúng", page.text)
            self.assertNotIn("danh bạ", page.text)
            self.assertIn("đã bị khóa ở đó", self.tried(login))

    def test_a_right_password_that_is_of_no_use_is_told_why(self):
        for data, words in USELESS.items():
            login, password = f"ma{data}.ad", f"Suoi-{data}-Nguon"
            page, state = self.come(login, "sai")
            self.assertEqual((page.status, state), (422, None), data)
            self.assertIn("Không đúng. Còn 4", page.text)
            self.assertNotIn("danh bạ", page.text)
            for _ in range(6 if data == "773" else 1):            # what is right locks nobody
                page, state = self.come(login, password)
                self.assertEqual((page.status, state), (403 if words else 422, None), data)
                self.assertIn(words or "Không đúng. Còn 3", page.text)   # 775 is told to strangers too: so it tells nothing
        status, answer, _ = of_api(self.server, "ma532.ad", "Suoi-532-Nguon")
        self.assertEqual((status, answer["title"]), (403, "the password has expired in the directory"), answer)

    def test_a_session_ends_when_the_account_expires(self):
        browser = self.server.browser()
        log_in(browser, "anh.ad", "Suoi-1-Nguon")
        self.assertEqual(stage(browser), "full")
        entry = f"dn: cn=anh.ad,ou=nguoi,{BASE}\nchangetype: modify\nreplace: accountExpires\naccountExpires: "
        self.ldap.modify(f"{entry}{filetime(time.time() - 60)}\n")
        try:
            self.server.pass_time(minutes=6)
            end = time.monotonic() + 30
            while stage(browser) and time.monotonic() < end:
                time.sleep(0.2)
            self.assertIsNone(stage(browser))
        finally:
            self.ldap.modify(f"{entry}{NEVER}\n")
            self.server.pass_time(minutes=-6)

    def test_referrals_are_not_followed_and_are_told(self):
        self.assertIn("đều tốt", self.tried())             # the base names another server in its answer
        try:
            self.settings(goc=f"ou=mien-khac,{BASE}")
            text = self.tried()
            self.assertIn("Danh bạ từ chối tìm kiếm", text)
            self.assertIn("Referral", text)
            self.assertIn("khai chính máy chủ đó", text)
        finally:
            self.settings()


if __name__ == "__main__":
    unittest.main()
