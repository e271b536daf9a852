#!/usr/bin/env python3
"""Who runs the log is written to when it is nearly full, when it takes no lines, when a sender is silent: once when it
begins, once when it gets worse, once when it is over; through a real mail server, and on their Hôm nay."""
import collections
import contextlib
import os
import re
import time
import unittest

import shard
from flow import ADMIN, free_port, khien, totp, write_tree
from test_daily import mail_server, mark_of, writing
from test_every_page import STATEMENTS_MAX
from test_intake import Log, Relp
from test_silence import send

QUOTA = 10**9
# login, role, its word: who runs the log, whose officer, and who is not told
PEOPLE = [("an.le", 2, None), ("binh", 32, "operator"), ("head", 4, "head"), ("cuong", 16, "staff")]


class LogLetters(unittest.TestCase):
    def begin(self, log, people=PEOPLE):
        """A unit with these people, whose letters go to a port of ours; the browser of the first."""
        browser, port = log.server.set_up(), free_port()
        page = browser.get("/viec/thu")
        browser.post("/viec/thu", {"dau": mark_of(page), "may-chu": f"smtp://127.0.0.1:{port}", "tu": "khien@tayson.example"})
        for login, _, word in people[1:]:
            made = khien("user", "add", login, "--data", log.data, "--name", login, "--role", word)
            self.assertEqual(made.status, 0, str(made))
        log.server.stop()
        with writing(log.server) as db:
            for number, (login, role, _) in enumerate(people, 1):
                db.execute("INSERT INTO staff (id, unit_id, name, folded, sort_key, position, email, phone, state, made_by,"
                           " made_at_s) VALUES (?, 1, ?, ?, ?, '', ?, '', 'working', 'test', 1)",
                           (number, login, login, login, f"{login}@tayson.example"))
                db.execute("UPDATE person SET staff_id = ?, role = ? WHERE login = ?", (number, role, login))
        log.server.start()
        return browser, port

    def letters(self, box):
        """{subject: {login}}; each once for each of them."""
        got = collections.defaultdict(list)
        for to, letter in box.letters:
            if "việc đến hạn" not in letter["subject"]:
                got[letter["subject"]] += [address.split("@")[0] for address in to]
        for subject, whom in got.items():
            self.assertEqual(len(set(whom)), len(whom), f"{subject}: {whom}")
        return {subject: set(whom) for subject, whom in got.items()}

    def wait_letter(self, log, box, part, seconds=20):
        """Time passes until the letter is there; (who has it, what it says)."""
        def found():
            log.server.pass_time(seconds=seconds)
            return [whom for subject, whom in self.letters(box).items() if part in subject and len(whom) >= 2]
        whom = shard.wait_for(found, 60)[0]
        return whom, next(letter.get_content() for _, letter in box.letters if part in letter["subject"])

    # EVIDENCE: D11.4#6
    def test_nearly_full_then_full_then_over(self):
        log = Log()
        write_tree(log.data, {"log/keep": f"khien log keep 1\nquota {QUOTA}\n"})
        with shard.failing_disk(log.server.env) as answer, log:
            browser, port = self.begin(log)
            with mail_server(port) as box:
                with open(f"{log.data}/log/other", "wb") as f:
                    f.truncate(QUOTA * 85 // 100)
                whom, text = self.wait_letter(log, box, "nhật ký sắp đầy")
                self.assertEqual(whom, {"an.le", "binh"})
                self.assertRegex(text, "hạn mức của nhật ký còn [0-9]+ %, phải còn ít nhất 20 %")
                self.assertIn("các dòng đã xác nhận còn nguyên", text)      # what is safe
                self.assertIn("chép các tháng cũ ra ổ cứng ngoài", text)       # what to do
                self.assertIn("Nhật ký sắp đầy", self.today(log, browser))
                relp = shard.wait_for(lambda: self.relp(log))
                answer("28 khien: intake")                                  # ENOSPC
                with contextlib.suppress(OSError):
                    relp.command(b"syslog", b"<13>khong con cho")
                    relp.wait(2)
                whom, text = self.wait_letter(log, box, "nhật ký không nhận thêm dòng")
                self.assertEqual(whom, {"an.le", "binh"})
                self.assertIn("hết chỗ trên đĩa hoặc trong hạn mức", text)
                self.assertIn("Nhật ký không nhận thêm dòng", self.today(log, browser))
                answer("")
                os.unlink(f"{log.data}/log/other")
                whom, text = self.wait_letter(log, box, "nhật ký đã đủ chỗ", 120)
                self.assertEqual(whom, {"an.le", "binh"})
                self.assertIn("Không đếm thấy dòng nào bị mất", text)
                self.assertNotIn("Nhật ký cần xử lý ngay", self.today(log, browser))
                self.assertEqual(len(self.letters(box)), 3, self.letters(box))

    # EVIDENCE: D11.4#6
    def test_what_cannot_be_stored_is_told(self):
        """With that the log is nearly full, and a sender is silent: Hôm nay asks no more for it."""
        log = Log("silence: 4\n")
        log.server.env["KHIEN_TEST_STATEMENTS"] = "1"
        write_tree(log.data, {"log/keep": f"khien log keep 1\nquota {QUOTA}\n"})
        with log:
            browser, port = self.begin(log)
            log.server.stop()
            foreign = f"{log.data}/log/{shard.year_now()}/segments/{99:020}.seg"
            write_tree(log.data, {os.path.relpath(foreign, log.data): "none of ours"})
            log.server.start()
            with open(f"{log.data}/log/other", "wb") as f:
                f.truncate(QUOTA * 85 // 100)
            with mail_server(port) as box:
                shard.wait_for(lambda: self.relp(log))
                send(log)
                whom, text = self.wait_letter(log, box, "nhật ký không chuyển được vào kho")
                self.assertEqual(whom, {"an.le", "binh"})
                self.assertIn("Không dòng nào mất", text)                   # what is safe
                self.wait_letter(log, box, "nhật ký sắp đầy")
                self.wait_letter(log, box, "có nguồn nhật ký im lặng")
                log.server.pass_time(seconds=60)
                page = shard.wait_for(lambda: (lambda text: "nguồn nhật ký im lặng" in text and text)(
                    self.today(log, browser)))
                self.assertIn("Nhật ký không niêm phong hoặc không chuyển được vào kho", page)
                self.assertIn("Nhật ký sắp đầy", page)
                asked = re.findall(r"khien web: (\d+) statements, 200: GET /hom-nay", log.server.said())
                self.assertLessEqual(int(asked[-1]), STATEMENTS_MAX)
                os.unlink(foreign)
                self.wait_letter(log, box, "lại được niêm phong và chuyển vào kho", 120)

    def today(self, log, admin):
        """Hôm nay of the first, whose session has ended in the time that passed."""
        log.server.pass_time(seconds=60)        # a figure of the second step counts once
        browser = log.server.browser()
        browser.get("/dang-nhap")
        browser.submit({"ten-dang-nhap": ADMIN[0], "mat-khau": ADMIN[1]}, action="/dang-nhap")
        browser.submit({"ma": totp(admin.totp_key, time.time() + log.server.shift_s)}, action="/ma-hai-buoc")
        return browser.get("/hom-nay").text

    def relp(self, log):
        with contextlib.suppress(OSError):
            return Relp(log.relp_port)
        return None

    # EVIDENCE: D10.1.b#4
    def test_a_silent_sender_is_told_to_the_officer_where_nobody_else_is(self):
        """Here the operator has no account; the officer and the head are there."""
        with Log("silence: 4\n") as log:
            browser, port = self.begin(log, [PEOPLE[0], PEOPLE[2]])
            with mail_server(port) as box:
                shard.wait_for(lambda: self.relp(log))
                send(log)
                whom, text = self.wait_letter(log, box, "có nguồn nhật ký im lặng")
                self.assertEqual(whom, {"an.le", "head"})                   # the unit's duty as well
                self.assertIn("127.0.0.1: dòng mới nhất lúc", text)
                self.assertIn("nguồn nhật ký im lặng", self.today(log, browser))


if __name__ == "__main__":
    unittest.main()
