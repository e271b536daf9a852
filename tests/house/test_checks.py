"""Each house check is able to fail: on a small tree with one fault it names the file, the line and the
fault; on the same tree without the fault it is silent. A row is one test case."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
from flow import SOURCE, folder  # noqa: E402

FLOORS = open(os.path.join(SOURCE, "tools/floors.txt"), encoding="utf-8").read()
LONG_BODY = "int f(void)\n{\n" + "\tg();\n" * 70 + "}\n"
PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
CATALOGUE = ("checks:\n  - {id: pw.len, state: live}\n  - {id: pw.old, state: planned}\n")
DUTY = ("obligations:\n  - id: D8.3\n    clause: D8.3\n"
        "    evidence:\n      - {by: check, id: pw.len}\n")
LAW = {"packs/checks/catalogue.yaml": CATALOGUE, "packs/p/obligations/d08.yaml": DUTY,
       "packs/p/clauses.yaml": "clauses:\n  - {id: D8.4}\n"}


def coverage(cases, debt="", traps=""):
    """A tree with the check pw.len and these fixtures of it; traps.yaml may be empty."""
    return {"packs/checks/catalogue.yaml": "checks:\n  - {id: pw.len, level: A, state: live, ck: [], clauses: [D8.3]}\n",
            "packs/checks/linux/a.yaml": "checks:\n  - {id: pw.len, cures: []}\n",
            "tests/fixtures/traps.yaml": traps or "[]\n", "tools/coverage-debt.txt": debt,
            "tests/fixtures/hostaudit/a.yaml": "base: debian-12\ncases:\n"
            + "".join(f"  - {{name: x, check: pw.len, {case}}}\n" for case in cases)}


SHOWN = ["systems: all, expect: pass", "systems: all, expect: fail", "trap: true, expect: unknown"]


def trail(rows="", reasons="", steps="", made="CREATE TABLE pet (id INTEGER);"):
    return {"src/core/org/schema.c": f'static const char sql[] =\n\t"{made}";\n',
            "src/core/trail/change.c": f"{steps}\n{rows}\n{reasons}\n"}


PET_ROW, PET_STEP, PET_REASON = 'ROWS("pet", "id", PET)', 'WATCH("pet", "id", PET)', '\t{ "pet", "it is made anew" },'


def web(body):
    return {"src/face/web/page_x.c": "void f(void)\n{\n" + body + "\n}\n"}


# name, check, files, what each line printed begins with or holds ([] = silent)
ROWS = [
    # --- reasons
    ("a reason with its words", "reasons",
     {"src/work/hostaudit/words.c": '\t{ "not-running",\n', "src/work/hostaudit/host.h": "",
      "packs/checks/linux/a.yaml": "SELECT CASE WHEN 1 THEN 'not-running' END AS reason\n"},
     []),
    ("a reason without words", "reasons",
     {"src/work/hostaudit/words.c": "", "src/work/hostaudit/host.h": "",
      "packs/checks/linux/a.yaml": "SELECT CASE WHEN 1 THEN 'not-running' END AS reason\n"},
     ["packs/checks/linux/a.yaml:1: the reason not-running has no words"]),
    # --- trail
    ("a table that is watched", "trail", trail(PET_ROW, steps=PET_STEP), []),
    ("a table with a reason", "trail", trail(reasons=PET_REASON), []),
    ("a table without a decision", "trail", trail(), ["src/core/org/schema.c:2: table pet: watch it, or say"]),
    ("a table that no step watches", "trail", trail(PET_ROW),
     ["src/core/org/schema.c:2: table pet is compared with leaves"]),
    ("a table with both", "trail", trail(PET_ROW, PET_REASON, PET_STEP),
     ["src/core/org/schema.c:2: table pet is watched and has"]),
    ("a reason for no table", "trail", trail(PET_ROW, PET_REASON.replace("pet", "cat"), PET_STEP),
     ["src/core/trail/change.c:1: there is no table cat"]),
    # --- coverage
    ("a check that is shown in every way", "coverage", coverage(SHOWN), []),
    ("a check without a trap", "coverage", coverage([*SHOWN[:2], "expect: unknown"]), ["no fixture: pw.len trap"]),
    ("a trap that was tried on the real program", "coverage",
     coverage([*SHOWN[:2], "expect: unknown"], traps="- {area: a, trap: b, proof: ['pw.len: x']}\n"), []),
    ("a check that nothing makes unknown", "coverage", coverage([*SHOWN[:2], "trap: true, expect: pass"]),
     ["no fixture: pw.len unknown"]),
    ("a system on which nothing fails", "coverage",
     coverage([SHOWN[0], "systems: [debian-13, ubuntu-22.04, ubuntu-24.04], expect: fail", SHOWN[2]]),
     ["no fixture: pw.len fail rhel-9"]),
    ("a stated reason", "coverage", coverage([*SHOWN[:2], "expect: unknown"], "pw.len trap - nothing misleads\n"), []),
    ("a reason that is no longer needed", "coverage", coverage(SHOWN, "pw.len trap - nothing misleads\n"),
     ["tools/coverage-debt.txt: 'pw.len trap' has a fixture now"]),
    # --- floors
    ("a lower floor", "floors", {"src/kit/store/a.c": '#include "base/base.h"\n'}, []),
    ("its own private header", "floors", {"src/kit/store/a.c": '#include "kit/store/b.h"\n'}, []),
    ("a room further left", "floors", {"src/kit/http/a.c": '#include "kit/text/text.h"\n'}, []),
    ("an include in a comment", "floors",
     {"src/kit/text/a.c": '/*\n#include "work/duty/duty.h"\n*/\n'}, []),
    ("up a floor", "floors", {"src/kit/store/a.c": '\n#include "core/pack/pack.h"\n'},
     ["src/kit/store/a.c:2: floor 2 (kit) may not look up"]),
    ("a room further right", "floors", {"src/kit/text/a.c": '#include "kit/http/http.h"\n'},
     ["src/kit/text/a.c:1: kit/text stands before kit/http"]),
    ("sideways on floor 4", "floors", {"src/work/duty/a.c": '#include "work/comply/comply.h"\n'},
     ["src/work/duty/a.c:1: rooms of work never include one another"]),
    ("sideways on floor 5", "floors", {"src/face/web/a.h": '#include "face/cli/cli.h"\n'},
     ["src/face/web/a.h:1: rooms of face never"]),
    ("another room's private header", "floors", {"src/core/org/a.c": '#include "kit/store/int.h"\n'},
     ['src/core/org/a.c:1: "kit/store/int.h" is private']),
    ("a path that is not from src/", "floors", {"src/kit/store/a.c": '#include "store.h"\n'},
     ['src/kit/store/a.c:1: "store.h": write the path from src/']),
    ("a source on no floor", "floors", {"src/odd/a.c": "int x;\n"}, ["src/odd/a.c:1: stands on no"]),
    ("a room nobody placed", "floors", {"src/kit/new/a.c": '#include "kit/text/text.h"\n'},
     ["src/kit/new/a.c:1: room kit/new has no place"]),
    # --- headers
    ("a header that stands alone", "headers",
     {"src/kit/a/a.h": "#ifndef A_H\n#define A_H\n#include <stddef.h>\nsize_t a(void);\n#endif\n"}, []),
    ("a header that needs another", "headers",
     {"src/kit/a/a.h": "#ifndef A_H\n#define A_H\nsize_t a(void);\n#endif\n"}, ["src/kit/a/a.h:3: does not"]),
    ("a header without a guard", "headers", {"src/kit/a/a.h": "struct a { int x; };\n"},
     ["src/kit/a/a.h:1: does not compile alone"]),
    # --- banned
    ("a banned name in words only", "banned",
     {"src/kit/a/a.c": '/* strcpy(a, b) */\nconst char *s = "system(x)"; int my_system(int);\n'}, []),
    ("a member that is called alike", "banned", {"src/kit/a/a.c": "int x = ops->time(3);\n"}, []),
    ("strcpy", "banned", {"src/kit/a/a.c": "void f(void)\n{\n\tstrcpy (a, b);\n}\n"},
     ["src/kit/a/a.c:3: strcpy() is banned"]),
    ("a shell", "banned", {"src/kit/a/a_test.c": "int x = system(y);\n"}, ["src/kit/a/a_test.c:1: system()"]),
    ("fork without leave", "banned", {"src/kit/a/a.c": "int x = fork();\n"}, ["src/kit/a/a.c:1: fork() only"]),
    ("fork with leave", "banned", {"src/kit/a/a.c": "int x = fork();\n",
                                   "tools/process-allow.txt": "src/kit/a/a.c fork # why\n"}, []),
    ("a leave nobody uses", "banned", {"src/kit/a/a.c": "int x;\n",
                                       "tools/process-allow.txt": "src/kit/a/a.c fork # why\n"},
     ["tools/process-allow.txt:1: src/kit/a/a.c no longer calls fork()"]),
    # --- size
    ("a function of 70 lines", "size", {"src/kit/a/a.c": LONG_BODY.replace("\tg();\n", "", 3)}, []),
    ("a function of 73 lines", "size", {"src/kit/a/a.c": LONG_BODY}, ["src/kit/a/a.c:1: f() has 73 lines"]),
    ("an old debt", "size", {"src/kit/a/a.c": LONG_BODY,
                             "tools/size-debt.txt": "function src/kit/a/a.c f 73\n"}, []),
    ("a debt that grew", "size", {"src/kit/a/a.c": LONG_BODY,
                                  "tools/size-debt.txt": "function src/kit/a/a.c f 72\n"},
     ["src/kit/a/a.c:1: f() has 73 lines"]),
    ("a debt that shrank", "size", {"src/kit/a/a.c": LONG_BODY,
                                    "tools/size-debt.txt": "function src/kit/a/a.c f 99\n"},
     ["tools/size-debt.txt:1: no longer so large: the list may only shrink: set it to 73"]),
    ("a debt that was paid", "size", {"src/kit/a/a.c": "int x;\n",
                                      "tools/size-debt.txt": "file src/kit/a/a.c - 900\n"},
     ["tools/size-debt.txt:1: no longer so large: the list may only shrink: remove it"]),
    ("a file of 801 lines", "size", {"src/kit/a/a.c": "int x;\n" * 801}, ["src/kit/a/a.c:801: file of 801"]),
    ("a public header of 201 lines", "size", {"src/kit/a/a.h": "\n" * 201}, ["src/kit/a/a.h:201: header of"]),
    ("seven parameters", "size",
     {"src/kit/a/a.c": "int f(int a, int b, int c, int (*d)(int, int), int e, int g, int h)\n{\n}\n"},
     ["src/kit/a/a.c:1: f() takes 7 parameters"]),
    ("101 columns, by tabs", "size", {"src/kit/a/a.c": "\n" + "\t" * 12 + "int x;\n"},
     ["src/kit/a/a.c:2: 1 lines longer than 100"]),
    ("a line that is one long string", "size", {"src/kit/a/a.c": '\tf(\n\t\tT("' + "x" * 100 + '"));\n'}, []),
    # --- words
    ("a word with its English", "words",
     {"src/face/a.c": 'f(T("Máy"));\n', "po/en.po": PO + 'msgid "Máy"\nmsgstr "Host"\n'}, []),
    ("a word without English", "words", {"src/face/a.c": '\nf("Máy");\n', "po/en.po": PO},
     ["src/face/a.c:2: not in po/en.po: 'Máy'"]),
    ("a marked word in plain letters", "words", {"src/face/a.c": 'tr(lang, "Trang");\n', "po/en.po": PO},
     ["src/face/a.c:1: not in po/en.po: 'Trang'"]),
    ("an empty translation", "words", {"src/face/a.c": 'f("Máy");\n', "po/en.po": PO + 'msgid "Máy"\nmsgstr ""\n'},
     ["po/en.po:5: has no English: Máy"]),
    ("a fuzzy translation", "words",
     {"src/face/a.c": 'f("Máy");\n', "po/en.po": PO + '#, fuzzy\nmsgid "Máy"\nmsgstr "Host"\n'},
     ["po/en.po:6: marked fuzzy: Máy"]),
    ("a translation nobody says", "words",
     {"src/face/a.c": "int x;\n", "po/en.po": PO + 'msgid "Máy"\nmsgstr "Host"\n'}, ["po/en.po:5: nothing in src/"]),
    ("a conversion that was lost", "words",
     {"src/face/a.c": 'f("%d máy");\n', "po/en.po": PO + 'msgid "%d máy"\nmsgstr "hosts"\n'},
     ["po/en.po:5: its %"]),
    ("a failure of a command without Vietnamese", "words",
     {"src/core/org/a.c": 'err_set(e, ERR_INPUT, "no such \\"%s\\"", a);\nerr_context(e, "--%s", a);\n', "po/en.po": PO},
     ["src/core/org/a.c:1: not in po/vi.po: 'no such"]),
    ("a failure whose conversions stand in another order", "words",
     {"src/core/org/a.c": 'err_set(e, ERR_INPUT, "%s of %d", a, b);\n', "po/en.po": PO,
      "po/vi.po": PO + 'msgid "%s of %d"\nmsgstr "%d, %s"\n'}, ["po/vi.po:5: its %"]),
    ("a failure that nobody tells any more", "words",
     {"src/core/org/a.c": "int x;\n", "po/en.po": PO, "po/vi.po": PO + 'msgid "gone"\nmsgstr "mất"\nmsgid "Gone"\nmsgstr "Mất"\n'},
     ["po/vi.po:5: nothing in src/"]),
    ("a refused form in a pack", "words",
     {"po/en.po": PO, "tools/words.txt": "# x\nxoá = xóa\n",
      "packs/p/a.yaml": "title: Xóa\ntitle: Xoá tệp\n"}, ["packs/p/a.yaml:2: 'Xoá' is written 'xóa'"]),
    ("a refused form in the program", "words",
     {"tools/words.txt": "xoá = xóa\n", "src/face/a.c": 'f("Xoá");\n',
      "po/en.po": PO + 'msgid "Xoá"\nmsgstr "Erase"\n'}, ["po/en.po:5: 'Xoá' is written 'xóa'"]),
    ("a refused form in the text of a law, or within a word", "words",
     {"po/en.po": PO, "tools/words.txt": "kì = kỳ\n", "packs/p/clauses.yaml": "text: kì hạn\n",
      "packs/p/pack.yaml": "  - quote: kì hạn\n", "docs/guide/vi/a.md": "kìm\n"}, []),
    # --- html
    ("values in text and quoted attributes", "html",
     web('\thtml(w, "<a class=\\"x %s\\" href=\\"/%s\\">%s</a>" "<b>%d%%</b>", a, b, c, d);'), []),
    ("a tag written in pieces", "html",
     web('\thtml(w, "<option value=\\"%s\\"", v);\n\tif (x)\n\t\thtml(w, " selected");\n\thtml(w, ">%s", t);'), []),
    ("a value in a script", "html", web('\thtml(w, "<script>x=\'%s\'</script>", a);'),
     ["src/face/web/page_x.c:3: %s inside <script>"]),
    ("a value in an unquoted attribute", "html", web('\n\thtml(w, "<a href=%s>", a);'),
     ["src/face/web/page_x.c:4: %s in an attribute value without quotes"]),
    ("a value in single quotes", "html", web('\thtml(w, "<a href=\'%s\'>", a);'), ["src/face/web/page_x.c:3: %s inside a single"]),
    ("a value in onclick", "html", web('\thtml(w, "<a onclick=\\"%s\\">", a);'), ["src/face/web/page_x.c:3: %s inside the attribute onclick"]),
    ("a value in style", "html", web('\thtml(w, "<a style=\\"%s\\">", a);'), ["src/face/web/page_x.c:3: %s inside the attribute style"]),
    ("a value as a tag", "html", web('\thtml(w, "<%s>x", a);'), ["src/face/web/page_x.c:3: %s inside a tag"]),
    ("a value in a tag", "html", web('\thtml(w, "<td %s>x", a);'), ["src/face/web/page_x.c:3: %s inside a tag"]),
    ("a value in a comment", "html", web('\thtml(w, "<!-- %s -->", a);'), ["src/face/web/page_x.c:3: %s inside a comment"]),
    ("a tag that is never ended", "html", web('\thtml(w, "<td class=\\"x\\"");'),
     ["src/face/web/page_x.c:3: the function ends inside a tag"]),
    ("a format that is no literal", "html", web("\thtml(w, f);"), ["src/face/web/page_x.c:3: the format of html()"]),
    ("markup by another way", "html", web('\tbuf_add(b, STR("<td>"));'),
     ["src/face/web/page_x.c:3: markup outside html()"]),
    # --- evidence
    ("a mark for an obligation", "evidence", {**LAW, "src/a_test.c": "/* EVIDENCE: D8.3 */\n"}, []),
    ("a mark for another clause", "evidence", {**LAW, "src/a_test.c": "/* EVIDENCE: D8.3, D8.4 */\n"}, []),
    ("a fixture of the check", "evidence",
     {**LAW, "tests/fixtures/hostaudit/pw.yaml": "cases:\n  - {expect: {pw.len: pass}}\n"}, []),
    ("a flow table's key", "evidence", {**LAW, "tests/flow/a.yaml": "- evidence: [p/D8.3]\n"}, []),
    ("an obligation without a test", "evidence", LAW, ["packs/p/obligations/d08.yaml:2: p/D8.3 is answered by pw.len"]),
    ("a mark for no obligation", "evidence", {**LAW, "src/a_test.c": "\n/* EVIDENCE: D8.3 D8.9 */\n"},
     ["src/a_test.c:2: EVIDENCE names D8.9"]),
    ("an obligation of a planned check", "evidence",
     {**LAW, "packs/p/obligations/d08.yaml": DUTY.replace("pw.len", "pw.old")}, []),
]


class Checks(unittest.TestCase):
    def judge(self, check, tree, wanted):
        with folder({"tools/floors.txt": FLOORS, **tree}) as base:
            done = subprocess.run([os.path.join(SOURCE, "tools", f"check-{check}"), base],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), len(wanted), done.stdout)
        for line, start in zip(lines, wanted):
            self.assertTrue(line.startswith(start), f"{line!r} does not begin with {start!r}")
        self.assertEqual(done.returncode, 1 if wanted else 0)


def add_rows():
    for name, check, tree, wanted in ROWS:
        def case(self, row=(check, tree, wanted)):
            self.judge(*row)
        title = f"test_{check}: {name}"
        assert not hasattr(Checks, title), title
        setattr(Checks, title, case)


add_rows()
