"""The manual and the program name the same commands."""
import os
import re
import unittest

from flow import SOURCE, khien


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
