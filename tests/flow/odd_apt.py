"""Files of apt.conf.d of odd names, quotes, comments, blocks, lists, clears and case."""
TAGS = ["APT::Periodic::Enable", "apt::periodic::enable", "Zz::A", "Zz::A::B", "Zz", "Zz::L::", "zZ::a", "Zz::A::", "Zz::L::x", "Zz::A::b", "Zz::::C",
        "Zz::D-e", "Zz::p/q", "Zz::%41", "Zz::L::y.z", "Zz::\u0111", "Zz::A:B", "Zz::L", "Zz:: ", "Zz::A::B::"]
VALUES = ["0", "1", "a b", "x//y", "p#q", "", "a;b", "{", "}", "a\\b", "%41%42", "100%", "%zz", "'q'", "\u0111\u1ecf", "a\\\\", "/* x */", "  y  ",
          "a\tb", "\\\"", "[x]", "[", "x=y", "a::b"]
BARE = ["0", "1", "yes", "a_b", "x/y", "'q'", "6h", "a=b", "%41", "[x y]", "[a]b", "x\"y z\"", "\"a\"b", "a]"]
NOISE = ["// c \"\n", "/* a\n b; */\n", "# x { y\n", "\t \n", 'Zz::A "1"; // cu\u1ed1i\n', 'Zz::A "2";# x\n', 'Zz::A\n  "3"\n;\n',
         'Zz::A "4" ; Zz::B "5";\n', "Zz::C 6;\n", 'Zz { A "7"; B { "8"; }; };\n', 'Zz::A "9"; /* x */\n', '/* x */ Zz::B "10";\n',
         'Zz::A "1\\"2";\n', "Zz::D yes;\r\n", '/**/Zz::A "11";\n', 'Zz::A /* x */ "12";\n', 'Zz::A "13" /* x */;\n', "//\n", "#\n", ";\n", ";;\n",
         'Zz::A "14"; } \n', "Zz {};\n", "Zz { A { } };\n", 'Zz { "a" "b"; };\n', 'Zz::L { "x"; y; "z w"; };\n', "#clear Zz::A;\n", "#clear Zz;\n",
         "#clear Zz::L Zz::A;\n", "#clear;\n", "#cleared Zz;\n", "#include-x\n", "#Clear Zz;\n", " #clear Zz::B;\n", 'Zz::A "x"\n"y";\n', 'Zz::A "15',
         'Zz::A "a\nb";\n', "Zz { # x\n A \"16\"; // y\n };\n", "Zz::A {\n\"17\";\n}\n", "Zz::A{B\"18\";};\n", 'Zz::A"19";\n', "\ufeff", "\x0b\n",
         'Zz { A "20" };\n', "Zz { A 21; B::C 22; ::D 23; };\n", 'Zz "24" { B "25"; };\n', "/* open\n", "Zz::A 1 2;\n", "Zz::A;\n", "Zz::E \"x\";;\n",
         'Zz::A "27"; //x\\\nZz::B "28";\n', "a", "Zz::A \"" + "y" * 1500 + "\";\n", "/ x\n", 'Zz::A http://x/y;\n', 'Zz::A "30" // x\n;\n', "Zz::A \\\n31;\n"]


def piece(chance, depth=0):
    kind = chance.random()
    if kind < 0.45 or depth > 2:
        value = f'"{chance.choice(VALUES[:6] if chance.random() < 0.6 else VALUES)}"' if chance.random() < 0.8 else chance.choice(BARE)
        return (chance.choice(["", "", " ", "\t"]) + chance.choice(TAGS[:8] if chance.random() < 0.7 else TAGS) + chance.choice([" ", " ", "\t", "  ", "\n"])
                + value + chance.choice(["", "", " "]) + ";" + chance.choice(["\n", "\n", " ", "", "\r\n", " // x\n", " # y\n"]))
    if kind < 0.58:
        return f'Zz::{chance.choice("LMN")} {{ "{chance.randint(0, 9)}"; "{chance.choice(VALUES[:6])}"; }};\n'
    if kind < 0.72:
        return (f"{chance.choice(['Zz', 'Zz::Q', 'Zz', 'zz::a', 'APT'])} {chance.choice(['', '', '7 '])}{{{chance.choice([chr(10), ' ', ''])}"
                f"{piece(chance, depth + 1)}{piece(chance, depth + 1)}}}{chance.choice([';', ';', ''])}\n")
    if kind < 0.8 and depth == 0:
        return f"#clear {chance.choice(['Zz::A', 'Zz', 'APT::Periodic::Enable', 'zz::l', 'Zz::L::'])};\n"
    return chance.choice(NOISE[:20] if chance.random() < 0.8 else NOISE)


NAMES = ["10a", "20b.conf", "30c.bak", "05d", "z~", "Z9", "a_b", "a-b.conf", ".h", "a.b.conf", "a b", "40x.dpkg-dist", "\u0111", "x.conf.conf", "10A", "9", "_c", "-d", "10a.conf", "UP.CONF", "e+f"]


def configuration(chance):
    tree = {f"/etc/apt/apt.conf.d/{name}": "".join(piece(chance) for _ in range(chance.randint(0, 4)))
            for name in chance.sample(NAMES, chance.randint(1, 4))}
    if chance.random() < 0.4:
        tree["/etc/apt/apt.conf"] = piece(chance)
    return tree
