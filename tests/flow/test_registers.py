#!/usr/bin/env python3
"""The registers of the Quy chế as data: every obligation that accepts a register as proof has one, and
what each register says about itself holds together."""
import unittest

from pack import tay_son

# Proved by what people sign, not by a register of this folder.
BY_STATEMENT = {"D4.1"}


def unanswered(registers, obligations):
    """The obligations that accept a register as proof and that no register answers."""
    answered = {one for register in registers.values() for one in register["answers"]}
    return sorted(one["id"] for one in obligations if one["id"] not in answered and
                  any(proof["by"] == "register" for proof in one["evidence"]))


class Registers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.registers = {register["id"]: register for register in tay_son("registers")}
        cls.obligations = [one for file in tay_son("obligations") for one in file["obligations"]]

    def test_every_obligation_by_register_has_one(self):
        missing = unanswered(self.registers, self.obligations)
        print(f"# {len(self.registers)} registers; not answered by one: {', '.join(missing) or 'none'}")
        self.assertEqual(set(missing) - BY_STATEMENT, set())

    def test_a_lost_register_is_missed(self):
        fewer = {name: one for name, one in self.registers.items() if name != "shares"}
        self.assertIn("D12.8#3", unanswered(fewer, self.obligations))

    def test_all_registers_that_the_articles_name(self):
        wanted = {
            "trials": "D5.3", "vendors": "D6.2.b", "contracts": "D6.1", "secret-machines": "D7.1.c",
            "secret-copies": "D7.1.b", "accounts": "D8.1", "signatures": "D12.1.c", "mailboxes": "D12.1.d",
            "admins": "D12.1.đ", "competence": "D9.1", "training": "D9.4", "devices": "D10.1.g",
            "repairs": "D12.9", "erasures": "D12.9", "network-devices": "D10.1.b",
            "network-configs": "D10.1.đ", "sites": "D10.1.c", "ports": "D11.7", "licences": "D11.2",
            "versions": "D11.6", "backups": "D12.4", "media": "D12.6", "backup-runs": "D12.5",
            "restore-tests": "D12.6", "shares": "D12.8", "domains": "D12.7", "transfers": "D12.8",
            "monitoring": "D11.4", "contacts": "D19.8", "rules": "D19.4", "budget": "D19.7",
            "risks": "D21.1.c", "problems": "D23.3"}
        for name, clause in wanted.items():
            with self.subTest(name):
                self.assertIn(clause, self.registers[name]["clauses"])

    # EVIDENCE: D6.1#1, D6.1#2
    def test_a_contract_lacks_no_mandatory_term_unseen(self):
        contract = self.registers["contracts"]
        found = {rule["field"] for rule in contract["rules"] for when in rule.get("when", ())
                 if when.get("empty") is True}
        self.assertLessEqual({"pham-vi", "trach-nhiem", "quyen-han", "nghia-vu", "vi-pham", "boi-thuong"}, found)

    # EVIDENCE: D11.6#1
    def test_the_version_journal_has_exactly_what_the_clause_lists(self):
        fields = {one["id"]: one for group in self.registers["versions"]["groups"] for one in group["fields"]}
        for name in ("chu-dau-tu", "he-thong", "don-vi-phat-trien", "phien-ban", "chuc-nang", "thay-doi", "ngay"):
            self.assertIn(fields[name]["required"], ("save", "complete"))

    # EVIDENCE: D12.4.a
    def test_the_backup_list_has_the_six_attributes(self):
        fields = {one["id"]: one for group in self.registers["backups"]["groups"] for one in group["fields"]}
        for name in ("tan-suat", "phuong-tien", "thoi-gian-luu", "noi-luu", "phuong-thuc-luu", "lay-ra", "phuc-hoi"):
            self.assertEqual(fields[name]["required"], "complete")

    def test_no_register_asks_for_a_secret(self):
        for name, register in self.registers.items():
            for group in register["groups"]:
                for field in group["fields"]:
                    self.assertNotRegex(field["title"]["vi"].lower(), r"^(mật khẩu|khóa bí mật|mã pin)$", name)

    def test_every_rule_names_where_it_is_mended(self):
        for name, register in self.registers.items():
            for rule in register.get("rules", ()):
                self.assertIn("field", rule, (name, rule["id"]))


if __name__ == "__main__":
    unittest.main()
