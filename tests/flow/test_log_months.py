#!/usr/bin/env python3
"""A month of the log from its last line to an external disk: packed, written, read back, damaged, moved away."""
import contextlib
import datetime
import glob
import io
import json
import os
import socket
import sqlite3
import subprocess
import tarfile
import time
import unittest

from flow import BUILD, Server, folder, khien
from range_model import range_holds
from verify_model import Verifier, load_keys, missing, undecided

VIET_NAM = datetime.timezone(datetime.timedelta(hours=7))


def connection(path):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(path)
    return sock


def month_before(days):
    return (datetime.datetime.now(VIET_NAM) - datetime.timedelta(days=days)).strftime("%Y-%m")


def wait_for(is_there, timeout_s=60):
    end = time.monotonic() + timeout_s
    while not (found := is_there()):
        if time.monotonic() > end:
            raise AssertionError("it never came")
        time.sleep(0.2)
    return found


class Redaction(unittest.TestCase):
    # EVIDENCE: D4.3
    def test_a_text_goes_by_decision_and_the_log_still_holds(self):
        secret = "mat-khau-quan-tri=Suoi-nguon-9"
        lines = [f"<86>sshd[{n * 37 % 9999}]: Accepted password for user{n % 50} from 10.0.{n % 256}.{n * 7 % 256} "
                 f"port {1024 + n * 13}" for n in range(700)]
        lines[7] += f" {secret}"
        with folder({"old.log": "\n".join(lines), "disk/.keep": "",
                     "clock": f"{-420 * 86400}\n"}) as base:
            data, env = f"{base}/data", {"KHIEN_TEST_CLOCK": f"{base}/clock"}
            month = month_before(420)

            def log(*words):
                return khien("log", *words[:1], "--data", data, *words[1:])

            def kept():
                """Files of the log in which the secret can be read."""
                found = []
                for path in filter(os.path.isfile, glob.glob(f"{data}/log/**", recursive=True)):
                    with open(path, "rb") as f:
                        found += [path] if secret.encode() in f.read() else []
                return found

            self.assertEqual(khien("log", "import", "--data", data, f"{base}/old.log", env=env).status, 0)
            place = log("search", "Suoi-nguon-9").out.split()[0]
            said = ("--decision", "12/QĐ-UBND ngày 27/11/2026", "--by", "Lê An, văn thư")
            self.assertEqual(log("redact", place).status, 2)                       # by nobody's decision
            self.assertEqual(log("redact", place, "--decision", " ", "--by", "a").status, 2)
            asked = log("redact", place, *said)
            self.assertEqual(asked.status, 1)
            self.assertIn(secret, asked.out)
            self.assertIn("Chưa xóa gì", asked.out)
            own = log("redact", place.split("-")[0] + "-0", *said, "--confirm")
            self.assertIn("Khiên tự ghi", own.err)
            self.assertEqual(log("month", month).status, 0)
            self.assertEqual(log("media", "register", f"{base}/disk", "--label", "Đĩa 1").status, 0)
            self.assertEqual(log("media", "write", f"{base}/disk", month).status, 0)
            done = log("redact", place, *said, "--confirm")
            self.assertEqual(done.status, 0, done)
            self.assertIn("1 ổ cứng ngoài còn giữ nội dung", done.out)
            self.assertEqual(kept(), [])
            self.assertEqual(log("search", "Suoi-nguon-9").out, "")
            self.assertIn("12/QĐ-UBND", log("search", f'"{place}"').out)          # the decision, sealed
            self.assertEqual(log("redact", place, *said, "--confirm").status, 0)  # again is fine
            verified = subprocess.run([os.path.join(BUILD, "khien-verify"), f"{data}/log"], capture_output=True, text=True)
            self.assertEqual(verified.returncode, 0, verified)
            year, index = place.split("-")
            self.assertIn(f"không còn nội dung: 1, đầu tiên là mục {index}", verified.stdout)
            shards = [Verifier(shard, *load_keys(f"{shard}/keys/public.txt"))
                      for shard in sorted(glob.glob(f"{data}/log/2*"))]
            for shard in shards:
                self.assertEqual(shard.run(), [])
            self.assertEqual(undecided(shards), [])
            # a text that nobody decided on: here the year with the decision is not there
            os.rename(f"{data}/log/{shards[-1].shard[-4:]}", f"{base}/away")
            verified = subprocess.run([os.path.join(BUILD, "khien-verify"), f"{data}/log", "--format", "json"],
                                      capture_output=True, text=True)
            self.assertEqual(verified.returncode, 1, verified)
            self.assertEqual([(f["fault"], f["first"]) for f in json.loads(verified.stdout)[0]["findings"]],
                             [("undecided", int(index))])
            self.assertEqual(undecided(shards[:1]), [(year, int(index))])
            os.rename(f"{base}/away", f"{data}/log/{shards[-1].shard[-4:]}")
            self.assertEqual(log("media", "check", f"{base}/disk", month).status, 2)
            self.assertEqual(log("media", "write", f"{base}/disk", month).status, 0)
            self.assertEqual(log("media", "check", f"{base}/disk", month).status, 0)

    # EVIDENCE: D4.3
    def test_what_may_not_go_yet_stays(self):
        with Server() as server:
            wait_for(lambda: os.path.exists(f"{server.data}/log/intake.sock"))
            with connection(f"{server.data}/log/intake.sock") as sock:
                sock.sendall(b"<13>mat khau la 12345\n")
            place = wait_for(lambda: khien("log", "search", "--data", server.data, "12345").out).split()[0]
            words = ("log", "redact", "--data", server.data, place, "--decision", "1", "--by", "An", "--confirm")
            busy = khien(*words)
            self.assertEqual(busy.status, 2)
            self.assertIn("dừng dịch vụ", busy.err)
            server.stop()
            early = khien(*words)
            self.assertEqual(early.status, 2, early)
            self.assertIn("còn nguyên", early.err)
            self.assertIn("12345", khien("log", "search", "--data", server.data, "12345").out)


class Months(unittest.TestCase):
    # EVIDENCE: D11.4
    def test_a_month_goes_to_a_disk(self):
        with folder({"old.log": "".join(f"<13>Jan  1 00:00:00 may su[{n}]: dòng {n}\n" for n in range(400)),
                     "clock": f"{-420 * 86400}\n", "disk/.keep": ""}) as base:
            data, disk = f"{base}/data", f"{base}/disk"
            done = khien("log", "import", "--data", data, f"{base}/old.log", env={"KHIEN_TEST_CLOCK": f"{base}/clock"})
            self.assertEqual(done.status, 0, done)
            month = month_before(420)

            def media(*words):
                return khien("log", "media", "--data", data, *words)

            self.assertIn("Chưa có tháng nào", khien("log", "month", "--data", data).out)
            self.assertEqual(media("write", disk, month).status, 2)             # not registered, not packed
            packed = khien("log", "month", "--data", data, month)
            self.assertEqual(packed.status, 0, packed)
            self.assertIn("chưa có bản nào", packed.out)
            self.assertEqual(media("register", disk, "--label", "Đĩa 1").status, 0)
            self.assertEqual(media("register", disk, "--label", "Đĩa 1").status, 2)
            self.assertEqual(media("retire", month, "--copies", 1).status, 2)   # no disk has it yet
            self.assertEqual(media("write", disk, month).status, 0)
            self.assertEqual(media("check", disk, month).status, 0)
            self.assertNotIn("chưa có bản nào", khien("log", "month", "--data", data).out)
            self.damage(disk)
            bad = media("check", disk, month)
            self.assertEqual(bad.status, 2, bad)
            self.assertIn(".seg", bad.err)
            self.assertEqual(media("retire", month, "--copies", 1).status, 2)   # its receipt is gone
            self.assertEqual(media("write", disk, month).status, 0)
            self.assertEqual(media("retire", month, "--copies", 1).status, 0)
            self.assertEqual(glob.glob(f"{data}/log/*/segments/{0:020}.seg"), [])
            self.assertIn(month, khien("log", "month", "--data", data).out)     # the list stays
            self.told_apart(base, data, month)

    def told_apart(self, base, data, month):
        """What left is no finding while a sealed leaf says that it did; without that leaf it is missing."""
        def both():
            done = subprocess.run([os.path.join(BUILD, "khien-verify"), f"{data}/log", "--format", "json"],
                                  capture_output=True, text=True)
            shards = [Verifier(shard, *load_keys(f"{shard}/keys/public.txt"))
                      for shard in sorted(glob.glob(f"{data}/log/2*"))]
            for shard in shards:
                shard.run()
            return done.returncode, json.loads(done.stdout)[0], shards
        status, report, shards = both()
        self.assertEqual((status, report["findings"]), (0, []), report)
        self.assertGreaterEqual(report["left"], 400)
        self.assertEqual(missing(shards), {})
        self.assertEqual(set(f["fault"] for s in shards for f in s.findings), {"missing"})
        year = month[:4]
        os.rename(f"{data}/log/{os.path.basename(shards[-1].shard)}", f"{base}/away")
        status, report, shards = both()
        self.assertEqual((status, report["left"]), (1, 0))
        self.assertEqual([f["fault"] for f in report["findings"]], ["missing"])
        self.assertEqual(missing(shards), {year: [(0, report["findings"][0]["end"])]})

    # EVIDENCE: D11.4#3
    def test_a_month_stays_as_long_as_the_law_says(self):
        with folder({"old.log": "<13>Jan  1 00:00:00 may su: dòng\n" * 20, "disk/.keep": "",
                     "clock": f"{-100 * 86400}\n"}) as base:
            data = f"{base}/data"
            done = khien("log", "import", "--data", data, f"{base}/old.log", env={"KHIEN_TEST_CLOCK": f"{base}/clock"})
            self.assertEqual(done.status, 0, done)
            month = month_before(100)

            with open(f"{data}/log/keep", "w", encoding="ascii") as out:
                out.write("khien log keep 1\nlevel 1\n")

            def log(*words, days=0):
                with open(f"{base}/clock", "w", encoding="ascii") as out:
                    out.write(f"{days * 86400}\n")
                return khien("log", *words, "--data", data, env={"KHIEN_TEST_CLOCK": f"{base}/clock"})

            self.assertEqual(log("month", month).status, 0)
            self.assertEqual(log("media", "register", f"{base}/disk", "--label", "Đĩa 1").status, 0)
            self.assertEqual(log("media", "write", f"{base}/disk", month).status, 0)
            young = log("media", "retire", month, "--copies", 1)
            self.assertEqual(young.status, 2, young)
            self.assertIn("quy chế đòi giữ trên máy ít nhất 6 tháng", young.err)
            stale = log("media", "retire", month, "--copies", 1, days=300)      # read back ten months ago
            self.assertEqual(stale.status, 2, stale)
            self.assertIn("mới có 0 ổ cứng ngoài", stale.err)
            self.assertTrue(glob.glob(f"{data}/log/*/segments/*.seg"))
            self.assertEqual(log("media", "check", f"{base}/disk", month, days=300).status, 0)
            self.assertEqual(log("media", "retire", month, "--copies", 1, days=300).status, 0)
            self.assertFalse(glob.glob(f"{data}/log/*/segments/{0:020}.seg"))

    # EVIDENCE: D11.4#3
    def test_a_setting_below_the_law_is_refused(self):
        with folder({"data/log/.keep": ""}) as base:
            def keep(*words):
                return khien("log", "keep", "--data", f"{base}/data", *words)

            self.assertIn("không bao giờ", keep().out)
            self.assertIn("ít nhất 12 tháng", keep("--copies", 1, "--months", 6).err)    # of any level
            self.assertFalse(os.path.exists(f"{base}/data/log/keep"))
            for words, text in ((("--copies", 1, "--months", 5, "--level", 2), "ít nhất 6 tháng"),
                                (("--copies", 1, "--level", 3), "ít nhất 6 tháng"),
                                (("--level", 6), "--level"),
                                (("--quota", -1), "--quota"),
                                (("--copies", 10), "--copies")):
                done = keep(*words)
                self.assertEqual(done.status, 2, done)
                self.assertIn(text, done.err)
                self.assertFalse(os.path.exists(f"{base}/data/log/keep"))
            self.assertEqual(keep("--quota", 1).status, 0)                              # the least there is
            self.assertIn("1.0 GB", keep().out)
            done = keep("--quota", 20, "--copies", 2, "--months", 8, "--level", 2)
            self.assertEqual(done.status, 0, done)
            self.assertIn("20.0 GB", done.out)
            with open(f"{base}/data/log/keep", encoding="ascii") as file:
                self.assertEqual(file.read(), "khien log keep 1\nquota 20000000000\ncopies 2\nmonths 8\nlevel 2\n")
            self.assertEqual(keep("--months", 3).status, 2)
            self.assertIn("8 tháng", keep().out)

    # EVIDENCE: D11.4#3
    def test_the_page_tells_the_law_and_what_was_set(self):
        with Server() as server:
            browser = server.set_up()
            page = browser.get("/nhat-ky/thang").text
            self.assertIn("ở lại máy 12 tháng, rồi 1 ổ cứng ngoài", page)       # of any level
            for text, words in (("quota 20000000000\ncopies 2\nmonths 8\nlevel 2\n", "sau 8 tháng, khi 2 ổ cứng ngoài"),
                                ("copies 1\nmonths 2\nlevel 2\n", "thấp hơn quy chế"),
                                ("level 2\n", "ở lại máy 6 tháng")):
                with open(f"{server.data}/log/keep", "w", encoding="ascii") as out:
                    out.write("khien log keep 1\n" + text)
                self.assertIn(words, browser.get("/nhat-ky/thang").text)

    # EVIDENCE: D11.4#3
    def test_the_page_takes_a_disk_writes_months_and_reads_them_back(self):
        with folder({"old.log": "".join(f"<13>Jan  1 00:00:00 may su[{n}]: dòng {n}\n" for n in range(400)),
                     "clock": f"{-420 * 86400}\n", "disks/một/.keep": "", "disks/hai/.keep": ""}) as base:
            os.chmod(base, 0o755)
            for path in ("disks", "disks/một", "disks/hai"):
                os.chmod(f"{base}/{path}", 0o777)
            data, month = f"{base}/data", month_before(420)
            done = khien("log", "import", "--data", data, f"{base}/old.log", env={"KHIEN_TEST_CLOCK": f"{base}/clock"})
            self.assertEqual(done.status, 0, done)
            with Server(data=data, args=("--media", f"{base}/disks")) as server:
                browser = server.set_up()
                where = "/nhat-ky/dia-ngoai"
                wait_for(lambda: f"{month[5:]}/{month[:4]}<br>" in browser.get("/nhat-ky/thang").text)     # packed by itself

                def result(fields, words):
                    browser.get(where)
                    mark = next(form["fields"]["dau"] for form in browser.page.forms() if form["action"] == where)
                    answer = browser.post(where, {"dau": mark, **fields})
                    if answer.status != 200 or "aria-invalid" in answer.text:
                        return answer.text
                    wait_for(lambda: words in browser.get(where).text)
                    return browser.page.text

                self.assertIn("Chưa thấy ổ cứng ngoài nào", browser.get(where).text)
                self.assertIn(f"{base}/disks/một", result({"viec": "look"}, "đĩa chưa nhận"))
                self.assertIn("Hãy ghi nhãn", result({"viec": "register", "dia": f"{base}/disks/một", "nhan": ""}, ""))
                result({"viec": "register", "dia": f"{base}/disks/một", "nhan": "Đĩa <b>1</b>"}, "đã nhận đĩa")
                self.assertIn("Đĩa &lt;b&gt;1&lt;/b&gt;", browser.page.text)
                # only what was found may be named
                self.assertIn("không còn được gắn", result({"viec": "write", "dia": base, "thang": "all"}, "không còn được gắn"))
                result({"viec": "write", "dia": f"{base}/disks/một", "thang": "all"}, "đã chép 1 tháng")
                self.assertTrue(glob.glob(f"{base}/disks/một/{month}/*.seg"))
                self.assertIn(month, browser.page.text)
                result({"viec": "check", "dia": f"{base}/disks/một", "thang": month}, "đã đọc lại 1 tháng")
                self.damage(f"{base}/disks/một")
                self.assertIn("không xong", result({"viec": "check", "dia": f"{base}/disks/một", "thang": month}, ".seg"))
                # the disk is taken out: it is still known by its receipts, none of which it has now
                result({"viec": "write", "dia": f"{base}/disks/một", "thang": month}, "đã chép 1 tháng")
                os.rename(f"{base}/disks/một", f"{base}/taken")
                result({"viec": "look"}, "không cắm")
                self.assertIn("Đĩa &lt;b&gt;1&lt;/b&gt;", browser.page.text)
                self.assertIn("Đĩa &lt;b&gt;1", browser.get("/nhat-ky/thang").text)

    # EVIDENCE: D11.4
    def test_a_month_is_packed_by_a_button_signed_and_fetched(self):
        with folder({"old.log": "".join(f"<13>Jan  1 00:00:00 may su[{n}]: dòng {n}\n" for n in range(400)),
                     "clock": f"{-420 * 86400}\n", "disk/.keep": ""}) as base:
            data, month = f"{base}/data", month_before(420)
            shown = f"{month[5:]}/{month[:4]}"
            done = khien("log", "import", "--data", data, f"{base}/old.log", env={"KHIEN_TEST_CLOCK": f"{base}/clock"})
            self.assertEqual(done.status, 0, done)
            with Server(data=data) as server:
                browser, where = server.set_up(), "/nhat-ky/thang"
                wait_for(lambda: f"{shown}<br>" in browser.get(where).text)       # packed by itself
                manifest, = glob.glob(f"{data}/log/*/months/{month}.month")
                with open(manifest, encoding="ascii") as file:
                    wanted = file.read()
                os.unlink(manifest)                                               # as if the service had been off
                page = browser.get(where).text
                self.assertIn("Đã kết thúc, chưa đóng gói", page)
                self.assertIn(f"Đóng gói tháng {shown}", page)
                browser.submit({"thang": month}, action=where)
                wait_for(lambda: f"đã đóng gói tháng {month}" in browser.get(where).text)
                with open(manifest, encoding="ascii") as file:
                    self.assertEqual(file.read(), wanted)
                # a month in which nothing came is named, with what is safe
                mark = next(form["fields"]["dau"] for form in browser.page.forms() if form["fields"].get("dau"))
                browser.post(where, {"dau": mark, "thang": "1999-01"})
                wait_for(lambda: "Tháng này không có mục nào đã vào kho" in browser.get(where).text)
                # the minutes name every file, and the file that is fetched is what a disk would hold
                sheet = f"{where}/{manifest.split('/')[-3]}/{month}"
                page = browser.get(sheet).text
                for line in wanted.splitlines():
                    if line.startswith("segment "):
                        self.assertIn(line.split()[4], page)
                self.assertIn("Người lập (ký, ghi rõ họ tên)", page)
                self.assertIn("Chỉ biên bản của tháng vừa qua được ký ở đây", page)
                self.assertNotIn(sheet + "/ky", page)
                fetched = browser.get(sheet + ".tar")
                self.assertEqual(fetched.status, 200)
                with tarfile.open(fileobj=io.BytesIO(fetched.body)) as tar:
                    tar.extractall(f"{base}/disk")
                for bad in ("2026/2026-99", "1999/1999-01", "..%2F2026/2026-01", "2026/2026-01x"):
                    self.assertEqual(browser.get(f"{where}/{bad}").status, 404, bad)
                    self.assertEqual(browser.get(f"{where}/{bad}.tar").status, 404, bad)
            self.assertEqual(khien("log", "media", "--data", data, "register", f"{base}/disk", "--label", "Đĩa").status, 0)
            done = khien("log", "media", "--data", data, "check", f"{base}/disk", month)
            self.assertEqual(done.status, 0, done)

    # EVIDENCE: D11.4#2
    def test_the_sheet_of_last_month_is_signed_once(self):
        """By who packed it, naming who took it; as it stands, and no other month's."""
        now = datetime.datetime.now(VIET_NAM)
        middle = now.replace(day=15, hour=12)                                   # of this month, whatever today is
        shift_s = int((middle - now).total_seconds())
        month = (middle - datetime.timedelta(days=30)).strftime("%Y-%m")
        with folder({"old.log": "<13>Jan  1 00:00:00 may su: dòng\n" * 50,
                     "clock": f"{shift_s - 30 * 86400}\n"}) as base:
            data = f"{base}/data"
            done = khien("log", "import", "--data", data, f"{base}/old.log", env={"KHIEN_TEST_CLOCK": f"{base}/clock"})
            self.assertEqual(done.status, 0, done)
            server = Server(data=data)
            server.pass_time(seconds=shift_s)
            with server:
                browser = server.set_up()
                manifest, = wait_for(lambda: glob.glob(f"{data}/log/*/months/{month}.month"))
                sheet = f"/nhat-ky/thang/{manifest.split('/')[-3]}/{month}"
                page = browser.get(sheet)
                form, = (f["fields"] for f in page.forms() if f["action"] == sheet + "/ky")
                self.assertIn("Người nhận gói và đĩa", page.text)
                for wrong, status in (({"nguoi-nhan": ""}, 200), ({"nguoi-nhan": "x" * 201}, 200),
                                      ({"nguoi-nhan": "Trần Bình", "to": form["to"][:-1] + "?"}, 409)):
                    browser.get(sheet)
                    page = browser.submit(wrong, action=sheet + "/ky")
                    self.assertEqual(page.status, status, page.text)
                self.assertNotIn("Người đóng gói đã ký", browser.get(sheet).text)
                page = browser.submit({"nguoi-nhan": "Trần <b>Bình, văn thư"}, action=sheet + "/ky")
                self.assertIn("Người đóng gói đã ký", page.text)
                self.assertIn("Trần &lt;b&gt;Bình, văn thư", page.text)
                self.assertIn("an.le", page.text)
                self.assertRegex(page.text, r"Trả lời cho nghĩa vụ: <a href=\"[^\"]+\">khoản 4 Điều 11</a></p>")
                self.assertNotIn(sheet + "/ky", page.text)                      # once
                self.assertEqual(browser.post(sheet + "/ky", {**form, "nguoi-nhan": "ai"}).status, 409)
                with sqlite3.connect(f"file:{data}/khien.db?mode=ro", uri=True) as db:
                    said = db.execute("SELECT detail, person, found FROM evidence WHERE check_id = 'tay-son/D11.4#2' "
                                      "AND by_person = 1").fetchall()
                self.assertEqual(said, [("Trần <b>Bình, văn thư", "an.le", form["to"])])    # evidence for the law

    # EVIDENCE: D11.4
    @unittest.skipUnless(os.geteuid() == 0, "only root makes files for others")
    def test_what_root_does_leaves_nothing_that_the_service_cannot_write(self):
        nobody = 65534
        with folder({"old.log": "".join(f"<13>Jan  1 00:00:00 may su[{n}]: dòng {n}\n" for n in range(40)),
                     "clock": f"{-420 * 86400}\n", "data/.keep": "", "disk/.keep": "", "pass": "một câu mật khẩu dài\n"}) as base:
            data, disk, month = f"{base}/data", f"{base}/disk", month_before(420)
            os.chown(data, nobody, nobody)
            os.chown(disk, nobody, nobody)
            for words, env in ((("log", "import", "--data", data, f"{base}/old.log"), {"KHIEN_TEST_CLOCK": f"{base}/clock"}),
                               (("log", "seal", "--data", data), None),
                               (("log", "month", "--data", data, month), None),
                               (("log", "media", "--data", data, "register", disk, "--label", "Đĩa 1"), None),
                               (("log", "media", "--data", data, "write", disk, month), None),
                               (("log", "media", "--data", data, "check", disk, month), None),
                               (("log", "keep", "--data", data, "--quota", 20), None)):
                done = khien(*words, env=env)
                self.assertEqual(done.status, 0, done)
            self.assertTrue(glob.glob(f"{data}/log/*/months/*.copies"))
            for place in (data, disk):
                for path in [place, *glob.glob(f"{place}/**", recursive=True)]:
                    if not path.endswith("/.keep"):
                        self.assertEqual(os.stat(path).st_uid, nobody, path)

    # EVIDENCE: D11.4
    def test_december_is_packed_when_the_year_has_turned(self):
        with Server() as server:
            now = datetime.datetime.now(datetime.timezone.utc)
            turn = datetime.datetime(now.year + 1, 1, 1, tzinfo=VIET_NAM)
            server.stop()
            server.pass_time(seconds=int((turn - now).total_seconds()) - 120)
            server.start()
            old, new = f"{server.data}/log/{turn.year - 1}", f"{server.data}/log/{turn.year}"
            wait_for(lambda: os.path.exists(f"{server.data}/log/intake.sock"))
            with connection(f"{server.data}/log/intake.sock") as sock:
                sock.sendall(b"".join(b"<13>tin thang chap %d\n" % n for n in range(300)))
            wait_for(lambda: "300" in khien("log", "search", "--count", "--data", server.data, "chap").out)
            server.pass_time(seconds=180)                      # a minute into January
            wait_for(lambda: os.path.exists(f"{new}/genesis"))
            wait_for(lambda: self.say(server, b"<13>tin thang gieng\n", "gieng"))
            self.assertFalse(os.path.exists(f"{old}/months/{turn.year - 1}-12.month"))
            server.pass_time(minutes=20)
            wait_for(lambda: os.path.exists(f"{old}/months/{turn.year - 1}-12.month"), 90)
            with open(f"{old}/months/{turn.year - 1}-12.month", encoding="ascii") as file:
                entries = sum(int(line.split()[2]) for line in file if line.startswith("kind 1 "))
            self.assertEqual(entries, 300)
            self.assertFalse(glob.glob(f"{new}/months/*.month"))
            # the proof that nothing is missing goes over the turn of the year
            browser = server.set_up()
            page = wait_for(lambda: (got := browser.get("/nhat-ky.khien-range")).status == 200 and got)
            proof = os.path.join(server.own.name, "khoang")
            with open(proof, "wb") as file:
                file.write(page.body)
            self.assertEqual(range_holds(proof), 2)
            self.assertNotRegex(server.said(), r"another process|khien store: cannot")
            self.assertIn("300", khien("log", "search", "--count", "--data", server.data, "chap").out)

    def say(self, server, line, word):
        with contextlib.suppress(OSError), connection(f"{server.data}/log/intake.sock") as sock:
            sock.sendall(line)
        return khien("log", "search", "--count", "--data", server.data, word).out.strip() not in ("", "0")

    def damage(self, disk):
        path = glob.glob(f"{disk}/**/*.seg", recursive=True)[0]
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))

    def test_what_is_wrong_is_said(self):
        with folder({"data/log/.keep": ""}) as base:
            for words, text in ((("log", "month", "--data", f"{base}/data", "2026-13"), "không phải là tháng"),
                                (("log", "month", "--data", f"{base}/data", "9999-01"), "chưa kết thúc"),
                                (("log", "month", "--data", f"{base}/none"), "không có thư mục"),
                                (("log", "media", "--data", f"{base}/data", "burn"), "không có việc"),
                                (("log", "media", "--data", f"{base}/data", "write", base), "viết: register")):
                done = khien(*words)
                self.assertEqual(done.status, 2, done)
                self.assertIn(text, done.err)


if __name__ == "__main__":
    unittest.main()
