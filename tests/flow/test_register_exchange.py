#!/usr/bin/env python3
"""Registers to and from tables: files as people send them (tests/flow/sheets.py), every fault named by
sheet, row and column, nothing saved before all is right, one import taken back as one, and what goes
out comes back unchanged."""
import io
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest
import zipfile

import sheets
from sheets import Formula, Old, Serial, Sheet, Wrong

from flow import Server, khien

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# The child that reads the file lets no tracer in, and so no search for leaks at its end.
NO_LEAKS = {"ASAN_OPTIONS": "detect_leaks=0"}
HEAD = ["STT", "Tên mạng (SSID)", "Dành cho", "Trạng thái", "Nơi đặt điểm truy cập",
        "Ngày đổi mật khẩu gần nhất", "Ghi chú"]


class Case(unittest.TestCase):
    """A data folder that the service made, for commands."""

    def setUp(self):
        self.own = tempfile.TemporaryDirectory(prefix="khien-exchange-")
        self.addCleanup(self.own.cleanup)
        self.data = os.path.join(self.own.name, "data")
        with Server(data=self.data) as server:
            server.set_up()

    def file(self, name, content):
        path = os.path.join(self.own.name, name)
        with open(path, "wb") as out:
            out.write(content)
        return path

    def bring(self, register, name, content, *words, status=0):
        path = self.file(name, content) if content is not None else name
        done = khien("register", "import", register, path, "--data", self.data, "--format", "json",
                     *words, env=NO_LEAKS)
        self.assertEqual(done.status, status, str(done))
        return done.json() if status < 2 else done

    def send(self, register, *words, as_bytes=False):
        done = khien("register", "export", register, "--data", self.data, *words, env=NO_LEAKS,
                     as_bytes=as_bytes)
        self.assertEqual(done.status, 0, str(done))
        return done.out

    def undo(self, register, number):
        done = khien("register", "import", register, "--data", self.data, "--undo", number, env=NO_LEAKS)
        self.assertEqual(done.status, 0, str(done))
        return done.out

    def titles(self, register, state=0):
        with sqlite3.connect(os.path.join(self.data, "khien.db")) as db:
            return [row[0] for row in db.execute(
                "SELECT title FROM record WHERE register = ? AND state = ? ORDER BY id", (register, state))]


def wifi(rows, **more):
    return sheets.xlsx([Sheet("Wi-Fi", [["THỐNG KÊ MẠNG KHÔNG DÂY"], [], HEAD, *rows],
                              merges=["A1:G1"])], **more)


GOOD = [[1, "UBND-1", "Cán bộ, nối mạng nội bộ", "đang phát", "Tầng 1", Serial(46023), "Sảnh"],
        [2, "UBND-2", "khach", "Đang phát", "Tầng 2", "5/1/26", Formula("A1&B2", "Phòng khách")],
        [3, "UBND-3", "can bo noi mang noi bo", "da tat", "Nhà xe", "ngày 7 tháng 1 năm 2026", ""]]


class Messy(Case):
    # EVIDENCE: D10.2.a#1
    def test_every_fault_is_named_and_nothing_is_saved(self):
        rows = [GOOD[0],
                [2, "", "khach", "Đang phát", "Tầng 2", "31/02/2026", Wrong("#REF!")],
                [3, "UBND-3", "ai cũng được", "Đang phát", "Tầng 3", "3/25/2026", Formula("1+1")],
                [4, "UBND-1", "khach", "Đang phát", "Tầng 4", Serial(46023), ""]]
        got = self.bring("wifi", "messy.xlsx", wifi(rows), status=1)
        faults = {(f["row"], f["column"]): f for f in got["faults"]}
        self.assertEqual(set(faults), {(5, "B"), (5, "F"), (5, "G"), (6, "C"), (6, "F"), (6, "G"), (7, "B")})
        self.assertEqual({f["sheet"] for f in got["faults"]}, {"Wi-Fi"})
        self.assertIn("Cán bộ, nối mạng nội bộ", faults[6, "C"]["mend"])
        self.assertIn("05/03/2026", faults[6, "F"]["mend"])
        self.assertIn("ngày trước tháng", faults[6, "F"]["words"])      # 3/25/2026
        self.assertNotIn("ngày trước tháng", faults[5, "F"]["words"])   # 31/02/2026 is none either way
        self.assertIn("dòng 4", faults[7, "B"]["words"])
        self.assertIn("#REF!", faults[5, "G"]["words"])
        self.assertEqual((got["import"], self.titles("wifi")), (0, []))

    def test_found_mended_and_undone(self):
        marked = os.path.join(self.own.name, "loi.xlsx")
        bad = [GOOD[0], [2, "UBND-2", "khach", "Đang phát", "Tầng 2", "31/02/2026", ""]]
        self.bring("wifi", "sai.xlsx", wifi(bad), "--errors", marked, status=1)
        with zipfile.ZipFile(marked) as archive:
            self.assertIn("Lỗi và cách sửa", archive.read("xl/worksheets/sheet1.xml").decode())
        # the same file with its faults marked is refused for the same reason, at the same place
        again = self.bring("wifi", marked, None, status=1)
        self.assertEqual([(f["row"], f["column"]) for f in again["faults"]], [(5, "F")])
        got = self.bring("wifi", "dung.xlsx", wifi(GOOD))
        self.assertEqual((got["added"], got["import"] > 0), (3, True))
        self.assertEqual(self.titles("wifi"), ["UBND-1", "UBND-2", "UBND-3"])
        self.undo("wifi", got["import"])
        self.assertEqual((self.titles("wifi"), len(self.titles("wifi", 1))), ([], 3))

    def test_rows_of_sums_are_no_records(self):
        rows = [GOOD[0], ["", "Cộng tầng 1", "", "", "", "", ""], GOOD[1], [2, "Cổng", "khach", "Đang phát", "Cổng", "5/1/26", ""],
                ["Tổng cộng: 3 mạng", "", "", "", "", 3, ""], ["CỘNG", "CỘNG", "CỘNG", 3, Formula("A1", "3"), "", ""]]
        got = self.bring("wifi", "tong.xlsx", wifi(rows), status=1)
        self.assertEqual(({f["row"] for f in got["faults"]}, got["totals"]), ({5}, "8, 9"))  # a word more, and it is a name
        del rows[1]
        got = self.bring("wifi", "tong-2.xlsx", wifi(rows))
        self.assertEqual((got["rows"], got["added"], got["totals"]), (3, 3, "7, 8"))
        self.assertEqual(self.titles("wifi"), ["UBND-1", "UBND-2", "Cổng"])
        done = khien("register", "import", "wifi", self.file("tong-3.xlsx", wifi([GOOD[2], ["", "tổng", 1]])), "--data",
                     self.data, "--dry-run", env=NO_LEAKS)
        self.assertIn("dòng tổng cộng được bỏ qua: dòng 5\n", done.out)

    def test_kinds_and_states_as_offices_call_them(self):
        head = ["Tên thiết bị", "Mã TS", "Loại", "Trạng thái"]
        rows = [["Dell OptiPlex", "TS-1", "Máy tính để bàn", "Đang sử dụng"], ["HP 15s", "TS-2", "Laptop", "không dùng"],
                ["Canon LBP", "TS-3", "máy IN", ""], ["Fujitsu", "TS-4", "Máy scan", "Thanh lý"]]
        self.bring("devices", "thiet-bi.xlsx", sheets.xlsx([Sheet("TB", [head, *rows])]))
        csv = self.send("devices", "--fields", "loai,trang-thai")
        for kind, state in (("Máy trạm", "Đang dùng"), ("Máy xách tay", "Lưu kho"), ("Máy in, máy quét", "Đang dùng"),
                            ("Máy in, máy quét", "Đã thanh lý")):
            self.assertIn(f'"{kind}","{state}"', csv)

    def test_dry_run_saves_nothing(self):
        self.assertEqual(self.bring("wifi", "thu.xlsx", wifi(GOOD), "--dry-run")["added"], 3)
        self.assertEqual(self.titles("wifi"), [])

    def test_days_as_people_type_them(self):
        days = ["5/1/2026", "05-01-2026", "5.1.2026", "5/1/26", "2026-01-05", "2026/1/5", "20260105",
                "ngày 5 tháng 1 năm 2026", "2026-01-05 08:30", "2026-01-05T00:00:00", "05/01/2026 00:00:00",
                "5/1/2026 8:30", Serial(46027), 46027]
        rows = [[i, f"M-{i}", "khach", "Đang phát", "T", day, ""] for i, day in enumerate(days)]
        self.assertEqual(self.bring("wifi", "ngay.xlsx", wifi(rows))["added"], len(days))
        self.assertEqual(self.send("wifi", "--fields", "doi-mat-khau").count("05/01/2026"), len(days))

    def test_epoch_of_1904(self):
        rows = [[1, "M-1", "khach", "Đang phát", "T", Serial(46027 - 1462), ""]]
        self.bring("wifi", "mac.xlsx", wifi(rows, epoch_1904=True))
        self.assertIn("05/01/2026", self.send("wifi", "--fields", "doi-mat-khau"))

    def test_merged_cells_go_on_below(self):
        rows = [[1, "M-1", "khach", "Đang phát", "Nhà A", Serial(46027), ""],
                [2, "M-2", "khach", "Đang phát", None, Serial(46027), ""]]
        content = sheets.xlsx([Sheet("S", [HEAD, *rows], merges=["E2:E3"])])
        self.bring("wifi", "gop.xlsx", content)
        self.assertEqual(self.send("wifi", "--fields", "noi-dat").count("Nhà A"), 2)

    def test_rows_of_blanks_are_empty(self):
        rows = [GOOD[0], [" "] * 7, ["\u00a0", "", " \u00a0 "], GOOD[1]]
        self.assertEqual(self.bring("wifi", "trang.xlsx", wifi(rows))["rows"], 2)

    def test_hidden_sheets_macros_and_width(self):
        content = sheets.xlsx([Sheet("Ẩn", [HEAD, *GOOD], state="hidden"),
                               Sheet("Hiện", [HEAD + [f"thêm {i}" for i in range(200)],
                                              GOOD[0] + ["x"] * 200])], macros=True)
        got = self.bring("wifi", "rong.xlsm", content, "--dry-run")
        self.assertEqual((got["rows"], got["macros"]), (1, True))
        self.bring("wifi", "an.xlsx", content, "--sheet", "Ẩn", "--dry-run", status=0)
        text = khien("register", "import", "wifi", os.path.join(self.own.name, "rong.xlsm"), "--data",
                     self.data, "--dry-run", env=NO_LEAKS)
        self.assertIn("trang tính ẩn, không nhập: Ẩn", text.out)

    def test_bombs_are_refused(self):
        for name, content, words in (("zip", sheets.zip_bomb(200), "bom nén"),
                                     ("xml", sheets.xml_bomb(), "bom XML"),
                                     ("old", b"\xd0\xcf\x11\xe0" + bytes(600), "XLS kiểu cũ"),
                                     ("web", b"<html><table><tr><td>SSID</td></tr></table></html>", "trang web"),
                                     ("mark", b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "trang web"),
                                     ("quote", "SSID,Nơi đặt\nA,B\n\"C,D\n".encode(), "dòng 3: dấu nháy kép"),
                                     ("cut", wifi(GOOD)[:1500], "hỏng")):
            with self.subTest(name):
                begun = time.monotonic()
                done = self.bring("wifi", name + ".xlsx", content, status=2)
                self.assertIn(words, done.err)
                self.assertLess(time.monotonic() - begun, 30)
        self.assertEqual(self.titles("wifi"), [])

    def test_a_file_is_imported_once(self):
        content = sheets.xlsx([Sheet("S", [["Rủi ro", "Khả năng xảy ra (1–5)", "Mức ảnh hưởng (1–5)"],
                                           ["Mất điện", 2, 4]])])
        first = self.bring("risks", "r.xlsx", content)
        self.assertIn("hãy hoàn tác", self.bring("risks", "r2.xlsx", content, status=2).err)
        self.undo("risks", first["import"])
        self.assertEqual(self.bring("risks", "r3.xlsx", content)["added"], 1)

    def test_a_column_by_hand(self):
        content = sheets.xlsx([Sheet("S", [["Tên mạng (SSID)", "Cho ai?", "Trạng thái", "Lạ"],
                                           ["M-1", "khach", "Đang phát", "Nhà B"]])])
        got = self.bring("wifi", "tay.xlsx", content, "--map", "B=doi-tuong,D=noi-dat")
        self.assertEqual(got["columns"]["D"], "noi-dat")
        self.assertIn("Nhà B", self.send("wifi"))


class Encodings(Case):
    def test_old_encodings_of_csv(self):
        names = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16 LE", "cp1258": "Windows-1258",
                 "tcvn3": "TCVN3 (ABC)", "vni": "VNI"}
        for encoding, said in names.items():
            with self.subTest(encoding):
                text = ("Tên mạng (SSID);Dành cho;Trạng thái;Nơi đặt điểm truy cập\r\n"
                        f"{encoding};Khách, người ngoài;đang phát;phòng họp tầng hai nhà làm việc\r\n")
                got = self.bring("wifi", f"{encoding}.csv", sheets.encode(text, encoding))
                self.assertEqual((got["encoding"], got["added"]), (said, 1))
        out = self.send("wifi", "--fields", "noi-dat")
        self.assertEqual(out.count("phòng họp tầng hai nhà làm việc"), len(names))

    def test_cells_in_old_fonts(self):
        rows = [[1, "M-1", "khach", "Đang phát", Old("phòng họp tầng hai"), Serial(46027), ""],
                [2, "M-2", "khach", "Đang phát", Old("nhà để xe cũ", "vni"), Serial(46027), ""]]
        self.bring("wifi", "phong.xlsx", wifi(rows))
        out = self.send("wifi", "--fields", "noi-dat")
        self.assertIn("phòng họp tầng hai", out)
        self.assertIn("nhà để xe cũ", out)


class RoundTrip(Case):
    def fill(self):
        self.bring("vendors", "ncc.csv", (
            "Tên bên cung cấp,Dịch vụ cung cấp,Điện thoại,Mã số thuế\n"
            "\"Công ty \"\"Sao\"\" Mai, CN\",Đường truyền,0256 3 123 456,4100\n"
            "=Viễn thông,Lưu ký,1800 1166,\n").encode())
        self.bring("contracts", "hd.xlsx", sheets.xlsx([Sheet("HĐ", [
            ["Số HĐ", "Nhà cung cấp", "Nội dung dịch vụ", "Loại dịch vụ", "Ngày hết hạn", "Giá trị (đồng)"],
            ["01/HĐ", "=viễn thông", "Thuê chỗ", "Lưu ký máy chủ; Sao lưu", Serial(46387), 125000000]])]))

    def test_out_and_in_changes_nothing(self):
        self.fill()
        for register in ("vendors", "contracts"):
            for form in ("csv", "xlsx"):
                with self.subTest(register=register, form=form):
                    out = self.send(register, "--format", form, as_bytes=True)
                    got = self.bring(register, f"{register}.{form}", out)
                    self.assertEqual((got["added"], got["changed"], got["faults"]), (0, 0, []))
                    self.assertGreater(got["same"], 0)

    def test_one_cell_changed_out_there(self):
        self.fill()
        out = self.send("vendors", as_bytes=True).decode("utf-8-sig")
        got = self.bring("vendors", "sua.csv", out.replace("Đường truyền", "Đường truyền số").encode())
        self.assertEqual((got["added"], got["changed"], got["same"]), (0, 1, 1))
        self.assertIn("Đường truyền số", self.send("vendors"))
        self.undo("vendors", got["import"])
        self.assertNotIn("Đường truyền số", self.send("vendors"))

    def test_what_a_record_names_may_be_gone(self):
        self.fill()
        out = self.send("contracts", as_bytes=True)
        with sqlite3.connect(os.path.join(self.data, "khien.db")) as db:
            number = db.execute("SELECT id FROM exchange_import WHERE register = 'vendors'").fetchone()[0]
        self.undo("vendors", number)
        got = self.bring("contracts", "lai.csv", out)
        self.assertEqual((got["changed"], got["same"], got["faults"]), (0, 1, []))

    def test_formulas_are_disarmed(self):
        self.fill()
        self.assertIn("\"'=Viễn thông\"", self.send("vendors"))

    def test_columns_and_words_as_asked(self):
        self.fill()
        lines = self.send("vendors", "--fields", "dien-thoai,ten", "--text", "sao mai").splitlines()
        self.assertEqual(len(lines), 2)
        self.assertLess(lines[0].index("Điện thoại"), lines[0].index("Tên bên cung cấp"))


@unittest.skipUnless(SOFFICE, "LibreOffice (libreoffice-calc) is not here")
class LibreOffice(Case):
    def convert(self, path, form, *words):
        """PATH by a real LibreOffice as FORM; returns the new file."""
        folder = os.path.join(self.own.name, "lo")
        subprocess.run([SOFFICE, f"-env:UserInstallation=file://{self.own.name}/profile", "--headless", *words,
                        "--convert-to", form, "--outdir", folder, path], check=True, timeout=180,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        name = os.path.splitext(os.path.basename(path))[0]
        return os.path.join(folder, f"{name}.{form.split(':')[0]}")

    def test_reads_what_we_write(self):
        self.bring("wifi", "dung.xlsx", wifi(GOOD))
        path = self.file("ra.xlsx", self.send("wifi", "--format", "xlsx", as_bytes=True))
        with open(self.convert(path, "csv:Text - txt - csv (StarCalc):44,34,76"), encoding="utf-8") as file:
            text = file.read()
        for word in ("Tên mạng (SSID)", "UBND-2", "Khách, người ngoài", "05/01/2026", "Phòng khách"):
            self.assertIn(word, text)
        template = self.file("mau.xlsx", self.send("wifi", "--template", as_bytes=True))
        with open(self.convert(template, "csv:Text - txt - csv (StarCalc):44,34,76"), encoding="utf-8") as file:
            self.assertIn("Tên mạng (SSID)", file.read())

    def test_writes_what_we_read(self):
        rows = ["Tên mạng (SSID),Dành cho,Trạng thái,Nơi đặt điểm truy cập,Ngày đổi mật khẩu gần nhất"]
        rows += [f"LO-{i},khach,đang phát,Tầng {i},2026-01-0{i}" for i in range(1, 6)]
        path = self.convert(self.file("lo.csv", "\n".join(rows).encode()), "xlsx",
                            "--infilter=CSV:44,34,76")
        self.assertEqual(self.bring("wifi", path, None)["added"], 5)
        self.assertIn("05/01/2026", self.send("wifi", "--fields", "doi-mat-khau"))


class Template(unittest.TestCase):
    def test_has_headings_choices_and_a_guide(self):
        done = khien("register", "export", "devices", "--template", as_bytes=True, env=NO_LEAKS)
        self.assertEqual(done.status, 0, str(done))
        with zipfile.ZipFile(io.BytesIO(done.out)) as archive:
            self.assertIsNone(archive.testzip())
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()
            choices = archive.read("xl/worksheets/sheet3.xml").decode()
        self.assertIn("Số tài sản", sheet)
        self.assertIn("dataValidation type=\"list\"", sheet)
        self.assertIn("Máy xách tay", choices)


if __name__ == "__main__":
    unittest.main()
