#!/usr/bin/env python3
"""khien pack: check, show, diff, param, export, as a person at a terminal runs them."""
import json
import os
import re
import shutil
import unittest

from flow import PACKS, SOURCE, folder, khien

FIXTURES = os.path.join(SOURCE, "tests", "fixtures", "packs")
SCHEMA = "shared/data/oscal/oscal_catalog_schema.json"
# Beside the checkout, or beside the folder of worktrees that the checkout is one of.
OSCAL = next((path for path in (os.path.join(SOURCE, up, SCHEMA) for up in ("..", "../.."))
              if os.path.exists(path)), None)


def fixture(base, name):
    """A folder of packs: the base with the files of NAME over it."""
    shutil.copytree(os.path.join(FIXTURES, "base"), base, dirs_exist_ok=True)
    shutil.copytree(os.path.join(FIXTURES, name), base, dirs_exist_ok=True)
    os.remove(os.path.join(base, "want"))
    return base


class Narrow(unittest.TestCase):
    def assert_narrow(self, text):
        for line in text.splitlines():
            self.assertLessEqual(len(line), 80, line)


class Check(Narrow):
    def test_counts_the_whole_regulation(self):
        done = khien("pack", "check", "packs/tay-son")
        self.assertEqual(done.status, 0, done)
        for row in ("4 chương", "23 điều", "93 khoản", "77 điểm", "228 nghĩa vụ",
                    "9 dòng phân loại", "Không có lỗi."):
            self.assertRegex(done.out, rf"(?m)^ *{re.escape(row)}$")

    def test_all_our_packs_have_no_fault(self):
        done = khien("pack", "check", "packs", "--lang", "en")
        self.assertEqual(done.status, 0, done)
        self.assertIn("checks in use", done.out)
        self.assertIn("No faults.", done.out)

    def test_names_file_line_and_column_in_both_languages(self):
        with folder() as base:
            fixture(base, "obligation-nobody")
            done = khien("pack", "check", base)
            self.assertEqual(done.status, 1)
            self.assertIn(f"{base}/law/obligations/d1.yaml:2:5: nghĩa vụ D1.1#1 không ai trả lời được",
                          done.out)
            self.assertIn(f"{base}/law/obligations/d1.yaml:13:25: không có phép kiểm \"pw.gone\"",
                          done.out)
            self.assertIn("2 lỗi", done.out)
            self.assertIn("nobody can answer obligation D1.1#1",
                          khien("pack", "check", base, "--lang", "en").out)

    def test_one_pack_of_a_folder_answers_for_itself(self):
        with folder() as base:
            fixture(base, "check-cure")
            self.assertEqual(khien("pack", "check", base + "/law").status, 0)
            self.assertEqual(khien("pack", "check", base + "/checks").status, 1)

    def test_no_pack_is_said_in_three_parts(self):
        done = khien("pack", "check", "/nonexistent")
        self.assertEqual(done.status, 2)
        self.assertEqual(done.out, "")
        self.assertIn("/nonexistent", done.err)
        self.assertIn("An toàn:", done.err)
        self.assertIn("Hãy làm:", done.err)

    def test_a_pipe_or_a_device_as_a_file_is_refused_at_once(self):
        with folder() as base:
            fixture(base, "base")
            os.remove(base + "/law/params.yaml")
            os.mkfifo(base + "/law/params.yaml")
            done = khien("pack", "check", base, timeout_s=10)
            self.assertEqual(done.status, 1)
            self.assertIn("law/params.yaml:1:1: không phải một tệp thường", done.out)

    def test_a_huge_file_is_refused(self):
        with folder() as base:
            fixture(base, "base")
            with open(base + "/law/params.yaml", "a", encoding="utf-8") as file:
                file.write("# " + "x" * (5 << 20))
            done = khien("pack", "check", base)
            self.assertEqual(done.status, 1)
            self.assertIn("tệp quá lớn", done.out)

    def test_binary_and_deep_files_are_refused(self):
        with folder() as base:
            fixture(base, "base")
            for content in (os.urandom(4096), b"[" * 100000, b"\xff\xfea\x00", b"a: 1\n" * 2):
                with open(base + "/law/roles.yaml", "wb") as file:
                    file.write(content)
                done = khien("pack", "check", base)
                self.assertEqual(done.status, 1, content[:20])
                self.assertIn("law/roles.yaml:", done.out)


class Show(Narrow):
    # EVIDENCE: D11.4
    def test_a_clause_shows_text_and_six_obligations_with_their_evidence(self):
        done = khien("pack", "show", "D11.4")
        self.assertEqual(done.status, 0, done)
        flat = " ".join(done.out.split())
        self.assertIn("định kỳ 06 tháng kiểm tra, bảo đảm tính toàn vẹn của các logfile", flat)
        self.assertIn("khoản 4 Điều 11", flat)
        self.assertIn("Lỗi của bản gốc:", flat)
        self.assertEqual(len(re.findall(r"(?m)^D11\.4#\d ", done.out)), 6)
        self.assertGreaterEqual(done.out.count("Bằng chứng:"), 6)
        self.assert_narrow(done.out)

    # EVIDENCE: D12.1.b
    def test_an_obligation_shows_its_bound_with_the_law_it_comes_from(self):
        flat = " ".join(khien("pack", "show", "D12.1.b#2", "--level", "2", "--on", "2026-11-22").out.split())
        self.assertIn("không quá 05 lần", flat)
        self.assertIn("nhiều nhất 10 phút; tay-son/D12.1.b (điểm b khoản 1 Điều 12)", flat)
        self.assertIn("idle.ssh", flat)

    def test_english_cites_the_english_way(self):
        self.assertIn("point b, clause 1, Article 12", khien("pack", "show", "D12.1.b", "--lang", "en").out)

    def test_the_other_pack_is_asked_by_its_name(self):
        self.assertIn("TCVN 14423", khien("pack", "show", "tcvn-14423/T5").out)

    def test_an_unknown_id_is_no_guess(self):
        done = khien("pack", "show", "D99")
        self.assertEqual((done.status, done.out), (2, ""))
        self.assertIn('"D99"', done.err)

    def test_every_clause_and_obligation_can_be_shown(self):
        ids = khien("complete", "--", "pack", "show", "").out.split()
        self.assertGreater(len(ids), 400)
        for one in ids[::23]:
            done = khien("pack", "show", one)
            self.assertEqual(done.status, 0, one)
            self.assert_narrow(done.out)


class Param(Narrow):
    # EVIDENCE: D12.1.b
    def test_the_strictest_wins_and_the_losers_are_shown(self):
        done = khien("pack", "param", "session_idle_min", "--level", "2", "--on", "2026-11-22")
        lines = [line.strip() for line in done.out.splitlines()]
        winner = lines.index("Áp dụng: nhiều nhất 10 phút")
        self.assertTrue(lines[winner + 1].startswith("tay-son/D12.1.b (điểm b khoản 1 Điều 12)"))
        loser = lines.index("Không áp dụng: nhiều nhất 15 phút")
        self.assertTrue(lines[loser + 1].startswith("tcvn-14423/T5"))
        self.assertGreater(loser, winner)

    def test_before_the_standard_was_in_force_it_does_not_speak(self):
        out = khien("pack", "param", "session_idle_min", "--on", "2026-07-23").out
        self.assertIn("tay-son/D12.1.b", out)
        self.assertNotIn("tcvn-14423", out)

    def test_before_every_pack_nothing_holds(self):
        self.assertIn("Không gói nào", khien("pack", "param", "pw_min_len", "--on", "2019-01-01").out)

    def test_levels_with_other_bounds_are_named_apart(self):
        out = khien("pack", "param", "level_check_months", "--on", "2021-01-01").out
        for level in ("cấp độ 1-2", "cấp độ 3-4", "cấp độ 5"):
            self.assertIn(level, out)

    def test_all_are_listed(self):
        done = khien("pack", "param")
        self.assertGreater(len(done.out.splitlines()), 60)
        self.assert_narrow(done.out)

    def test_wrong_day_or_level_is_refused(self):
        for words in (("--on", "2026-02-30"), ("--level", "6"), ("--level", "x")):
            done = khien("pack", "param", "pw_min_len", *words)
            self.assertEqual((done.status, done.out), (2, ""), words)


class Diff(Narrow):
    def test_a_pack_does_not_differ_from_itself(self):
        done = khien("pack", "diff", "packs/tay-son", "packs/tay-son")
        self.assertEqual((done.status, done.out), (0, "Không có gì khác nhau.\n"))

    def test_an_edition_shows_what_it_added_removed_and_changed(self):
        with folder() as old, folder() as new:
            for base in (old, new):
                fixture(base, "base")
            self.edit(new + "/law/params.yaml", "value: 8", "value: 12")
            self.edit(new + "/law/clauses.yaml", 'text: "Người dùng"', 'text: "Mọi người"')
            with open(new + "/law/clauses.yaml", "a", encoding="utf-8") as file:
                file.write('  - {id: D2.1, parent: D2, kind: khoan, label: "1.", text: "Mới"}\n')
            self.edit(old + "/law/clauses.yaml", "  - {id: C2,",
                      '  - {id: D1.3, parent: D1, kind: khoan, label: "3.", text: "Cũ"}\n  - {id: C2,')
            self.edit(new + "/law/obligations/d1.yaml", "weight: 1", "weight: 5")
            done = khien("pack", "diff", old + "/law", new + "/law")
            self.assertEqual(done.status, 1, done)
            self.assertIn("+ D2.1 khoản 1 Điều 2", done.out)
            self.assertIn("- D1.3 khoản 3 Điều 1", done.out)
            self.assertRegex(done.out, r"~ D1\.2 khoản 2 Điều 1\n    nội dung:\n      - Người dùng\n      \+ Mọi người\n")
            self.assertRegex(done.out, r"~ D1\.2 Cam kết\n    mức quan trọng:\n      - 1\n      \+ 5\n")
            self.assertRegex(done.out, r"~ min_len Độ dài\n    giá trị:\n      - ít nhất 8 ký tự .*\n      \+ ít nhất 12 ký tự ")

    @staticmethod
    def edit(path, old, new):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert old in text, (path, old)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new, 1))


def python_patterns(node):
    """The schema with \\p{L} and \\p{N}, which Python's re does not know, said its way."""
    if isinstance(node, dict):
        return {key: value.replace(r"\p{L}", r"[^\W\d_]").replace(r"\p{N}", r"\d")
                if key == "pattern" else python_patterns(value) for key, value in node.items()}
    return [python_patterns(one) for one in node] if isinstance(node, list) else node


class Export(unittest.TestCase):
    def validator(self):
        if OSCAL is None:
            self.skipTest("the OSCAL schema is not beside this checkout")
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        with open(OSCAL, encoding="utf-8") as file:
            return jsonschema.Draft7Validator(python_patterns(json.load(file)))

    def test_every_law_is_a_valid_oscal_catalog(self):
        validator = self.validator()
        for pack in ("tay-son", "tcvn-14423"):
            catalog = khien("pack", "export", "--oscal", os.path.join(PACKS, pack)).json()
            self.assertEqual([error.message for error in validator.iter_errors(catalog)], [])

    def test_the_schema_test_can_fail(self):
        validator = self.validator()
        catalog = khien("pack", "export", "--oscal", "packs/tay-son").json()
        catalog["catalog"]["groups"][0]["groups"][0]["id"] = "D1#1"
        self.assertNotEqual(list(validator.iter_errors(catalog)), [])

    def test_every_clause_and_obligation_is_there_under_an_id_of_its_own(self):
        text = khien("pack", "export", "--oscal", "packs/tay-son").out
        ids = re.findall(r'"id": "([^"]+)"', text)
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(sum(one.startswith("obligation_") for one in ids), 237)
        self.assertIn("D15.1.a_p", ids)
        self.assertIn("D15.4.đ", ids)

    def test_the_same_pack_gives_the_same_file_and_none_is_overwritten(self):
        with folder() as base:
            path = base + "/catalog.json"
            self.assertEqual(khien("pack", "export", "--oscal", "packs/tay-son", "-o", path).status, 0)
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), khien("pack", "export", "--oscal", "packs/tay-son").out)
            done = khien("pack", "export", "--oscal", "packs/tcvn-14423", "-o", path)
            self.assertEqual(done.status, 2)
            with open(path, encoding="utf-8") as file:
                self.assertIn("Tây Sơn", file.read())


class OnTheDisk(unittest.TestCase):
    """The program carries what its build read of packs/: only while a file is what it was then."""

    TREE = {"etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n", "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
            "etc/pam.d/common-password": "password requisite pam_pwquality.so minlen=8\n"}

    def audit(self, base, old, new, *more):
        """The check of a password's length by our packs, OLD there made NEW; the same file with as many bytes."""
        with folder(self.TREE) as root:
            packs = os.path.join(base, "packs")
            shutil.copytree(PACKS, packs, dirs_exist_ok=True)
            path = os.path.join(packs, "tay-son", "params.yaml")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertEqual(len(old), len(new))
            self.assertIn(old, text)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace(old, new, 1))
            return khien("audit", "--root", root, "--packs", packs, "--check", "pw.len", "--format", "json", *more)

    def test_a_changed_value_is_what_is_asked(self):
        for value in "89":
            with folder() as base:
                done = self.audit(base, "{value: 8, clause: D8.3,", f"{{value: {value}, clause: D8.3,")
                rows = done.json()["results"]
                self.assertTrue(rows)
                for row in rows:
                    self.assertEqual([(bound["id"], str(bound["value"])) for bound in row["params"]],
                                     [("pw_min_len", value)])

    def test_a_fault_is_told_with_its_place(self):
        with folder() as base:
            done = self.audit(base, "direction: at-least", "direction: at-worst")
            self.assertEqual(done.status, 2, done)
            self.assertIn("tay-son/params.yaml:8:16", done.err)


class Shell(unittest.TestCase):
    def test_packs_come_from_the_option_then_the_environment(self):
        with folder() as base:
            fixture(base, "base")
            self.assertIn("Đủ dài", khien("pack", "show", "D1.1", "--packs", base).out)
            self.assertIn("Đủ dài", khien("pack", "show", "D1.1", env={"KHIEN_PACKS": base}).out)
            self.assertIn("Đủ dài", khien("pack", "show", "D1.1", "--packs", base,
                                          env={"KHIEN_PACKS": "/nonexistent"}).out)

    def test_bash_completes_from_the_packs(self):
        ask = lambda *words: khien("complete", "--", *words).out.split()
        self.assertIn("pack", ask(""))
        self.assertEqual(sorted(ask("pack", "")), ["check", "diff", "export", "param", "show"])
        self.assertIn("session_idle_min", ask("pack", "param", ""))
        self.assertIn("D12.1.b#2", ask("pack", "show", "D12"))
        self.assertEqual(ask("pack", "show", "--lang", ""), ["vi", "en"])


if __name__ == "__main__":
    unittest.main()
