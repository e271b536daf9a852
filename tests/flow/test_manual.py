"""The manual and the program name the same commands."""
import os
import re
import unittest

from flow import SOURCE, folder, khien


def helped():
    """The commands `khien help` lists: rows of two blanks, the name, its arguments in capitals."""
    text = khien("help", env={"KHIEN_LANG": "en"}).out
    # help and completion are described as well, in the rows below the commands
    return set(re.findall(r"^  ([a-z]+(?: [a-z]+)?)(?=  |$| [\[A-Z]| [a-z]+\|)", text, re.M))


def page(name):
    with open(os.path.join(SOURCE, "docs/man", name), encoding="utf-8") as file:
        return file.read()


def described():
    return set(re.findall(r"^\.It Cm ([a-z]+(?: [a-z]+)?)", page("khien.1"), re.M))


def skeleton(text):
    """Commands, options and cross-references in their order: what is the same in every language."""
    return re.findall(r"^\.It Cm [a-z]+(?: [a-z]+)?|\bFl -\w[\w-]*|^\.(?:Xr|Pa) \S+", text, re.M)


VIETNAMESE = re.compile("[\u00c0-\u024f\u1ea0-\u1ef9]")


class Failures(unittest.TestCase):
    """What a command fails with is said in the language of its caller."""

    def test_in_both_languages(self):
        with folder({"file": "x", "none/.keep": "", "one.csv": "a,b\n1,2\n"}) as base:
            for words in (["demo", "--data", f"{base}/file"], ["demo", "--data", f"{base}/none"],
                          ["demo", "--remove", "--data", f"{base}/none"], ["verdicts", "--data", f"{base}/none"],
                          ["verdicts", "--data", f"{base}/none", "--on", "31/02/2026"],
                          ["register", "list", "--data", f"{base}/file"], ["register", "list", "--packs", f"{base}/none"],
                          ["register", "show", "zz", "--data", f"{base}/none"],
                          ["register", "import", "zz", f"{base}/one.csv", "--data", f"{base}/none"],
                          ["register", "import", "devices", "--data", f"{base}/none"],
                          ["duty", "list", "--data", f"{base}/no"], ["user", "list"], ["user", "list", "--data", f"{base}/file"],
                          ["user", "import", "--data", f"{base}/none"], ["user", "import", f"{base}/no", "--data", f"{base}/none"],
                          ["unit", "list", "--data", f"{base}/file"], ["unit", "import", "--data", f"{base}/none", f"{base}/no"],
                          ["backup", f"{base}/b", "--data", f"{base}/none", "--passphrase-file", f"{base}/no"],
                          ["restore", f"{base}/file", "--data", f"{base}/new", "--passphrase-file", f"{base}/no"],
                          ["serve"], ["log", "search", "--data", f"{base}/file"], ["log", "stamp", "--data", f"{base}/file"],
                          ["log", "witness", "--data", f"{base}/none"], ["integrity", "show", "--data", f"{base}/no"],
                          ["integrity", "window", "--data", f"{base}/none", "--from", "x", "--until", "y", "--reason", "z", "--by", "z"],
                          ["tables", "x"], ["checks", "x"], ["audit", "--root", f"{base}/no"], ["trail", "check", "--data", f"{base}/no"]):
                with self.subTest(" ".join(words).replace(base, "")):
                    for lang in ("vi", "en"):
                        done = khien(*words, env={"KHIEN_LANG": lang})
                        self.assertEqual(done.status, 2, done)
                        told = re.sub(r'"[^"]*"', "", done.err.splitlines()[0].split(":", 1)[1])
                        (self.assertRegex if lang == "vi" else self.assertNotRegex)(told, VIETNAMESE)
                        if lang == "vi":
                            self.assertNotRegex(told, r"\b(?:the|is|no|not|cannot|such|file|folder|needs)\b")

    def test_of_the_option_not_of_the_place(self):
        done = khien("verdicts", "--data", "/nonexistent", "--lang", "en")
        self.assertIn("is no data folder of khien serve", done.err)
        self.assertIn("không phải thư mục dữ liệu", khien("verdicts", "--data", "/nonexistent", "--lang", "vi",
                                                            env={"KHIEN_LANG": "en"}).err)


class Manual(unittest.TestCase):
    def test_the_manual_has_every_command_and_no_other(self):
        self.assertTrue(helped())
        self.assertEqual(helped(), described())

    def test_the_manual_is_the_same_in_vietnamese(self):
        for name in ("khien", "khien-verify"):
            with self.subTest(name):
                english = skeleton(page(f"{name}.1"))
                self.assertGreater(len(english), 5)
                self.assertEqual(skeleton(page(f"{name}.vi.1")), english)

    def test_every_command_explains_itself_in_both_languages(self):
        for command in sorted(helped() - {"help", "completion bash"}):
            for lang in ("vi", "en"):
                with self.subTest(command=command, lang=lang):
                    done = khien("help", *command.split(), env={"KHIEN_LANG": lang})
                    self.assertEqual(done.status, 0, done)
                    self.assertIn(f"khien {command}", done.out)
                    words = done.out.split("\n\n")[1]
                    self.assertTrue(words[0].islower() or words.startswith("API"), words)  # all begin alike
                    if lang == "vi":    # what stands for a word of one's own is said in Vietnamese
                        self.assertNotRegex(done.out, r"(?<![\w-])(NAME|LOGIN|UNIT|DATE|TEXT|KEY|PATH|ROLE|DIR|FILE"
                                            r"|LINE|QUERY|ACTION|TREE|SUBJECT)(?![\w-])")


if __name__ == "__main__":
    unittest.main()
