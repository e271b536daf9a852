"""Start-up scripts that set TMOUT in ways of every kind, nested in one another."""
import re

SETS = ["TMOUT={}", "export TMOUT={}", "TMOUT={}; export TMOUT", "declare -x TMOUT={}", "typeset TMOUT={}", "unset TMOUT", "TMOUT=", "TMOUT+={}",
        "TMOUT='{}'", 'TMOUT="{}"', "TMOUT=$'{}'", "TMOUT={} true", "TMOUT={} :", "TMOUT={}x", "TMOUT=\\{}", "TMOUT={}''", "TMOUT=$(({}*2))",
        "TMOUT=${{TMOUT:-{}}}", ": ${{TMOUT:={}}}", "TMOUT={} X=1", "X=1 TMOUT={}", "export X=1 TMOUT={}", "export -n TMOUT", "readonly X TMOUT={}",
        "X={}; TMOUT=$X", "eval TMOUT={}", "let TMOUT={}", "((TMOUT={}))", "read TMOUT <<< {}", "printf -v TMOUT %s {}", "TMOUT=$(echo {})",
        "TMOUT=`echo {}`", "TMOUT[0]={}", "set -- TMOUT={}", "echo TMOUT={} >/dev/null", "TMOUT=0{}", "TMOUT={}\\\n", "export TMOUT={} # x", ": # TMOUT={}",
        "TMOUT={}#x", "local TMOUT={} 2>/dev/null", "env TMOUT={} true", "export 'TMOUT={}'", "\\export TMOUT={}", "command export TMOUT={}",
        "builtin export TMOUT={}", "TMOUT={} >/dev/null", ">/dev/null TMOUT={}", "export -p >/dev/null; TMOUT={}", "TMOUT= {} 2>/dev/null", "X=TMOUT={}",
        "declare TMOUT={}", "TMOUT={};", "unset -f TMOUT", "unset X TMOUT", "alias TMOUT={}", "cat >/dev/null <<'E'\nTMOUT={}\nE", "cat >/dev/null <<-E\n\tTMOUT={}\n\tE",
        "true <<< TMOUT={}", "for TMOUT in {} 2; do :; done", "getopts a TMOUT 2>/dev/null", "unset 'TMOUT'", "export \"TMOUT\"={}", "trap 'TMOUT={}' EXIT"]
WRAPS = ["{}", "{}", "{}", "if true; then\n{}\nfi", "if false; then\n{}\nfi", "if [ -d / ]; then {}\nfi", "if [ ! -e /khong ]\nthen\n{}\nelse TMOUT=1\nfi",
         "true && {{ {}\n}}", "false || {{ {}\n}}", "false && {{ {}\n}}", "{{ {}\n}}", "( {}\n)", "f() {{ {}\n}}", "f() {{\n{}\n}}; f", "function g {{\n{}\n}}\ng", "h() (\n{}\n)\nh",
         "for i in 1 2; do\n{}\ndone", "for i in; do\n{}\ndone", "while false; do\n{}\ndone", "until true; do {}\ndone", "case x in\nx) {}\n;;\nesac",
         "case y in x) {}\n;; esac", "case $- in *i*) {}\n;; esac", "if [ -n \"$TMOUT\" ]; then\n{}\nfi", "if [ -z \"$TMOUT\" ]; then\n{}\nfi", "{{ {}\n}} | cat",
         "if ! true; then :; else\n{}\nfi", "[ 1 -eq 1 ] && {{ {}\n}}", "[ a = b ] || {{ {}\n}}", "! false && {{ {}\n}}", "true || false && {{ {}\n}}", "if [ x = x -a y = z ]; then\n{}\nfi",
         "if [[ -d / && ! -d /khong ]]; then\n{}\nfi", "if test 3 -gt 2; then {}\nfi", "if [ $(id -u) -eq 0 ]; then {}\nfi", "if [ \"$USER\" = root ]; then\n{}\nelse\n:\nfi",
         "if (true); then\n{}\nfi", "if {{ false; }}; then\n{}\nfi", "if true; false; then\n{}\nfi", "if ((1)); then\n{}\nfi", "{}\nset --", "time {{ {}\n}} 2>/dev/null"]
OTHER = ["X=1", "export PATH", "umask 022", "f() { :; }", "[ -d /khong ] && return 0 2>/dev/null", "if false; then return; fi", "set +e", "unset X", "# x", "",
         "echo '\nTMOUT=1\n' >/dev/null", "X=\"\nTMOUT=2\n\"", "f() { return 1; }; f", "alias ll='ls -l'", "PS1='\\u$ '", "shopt -s extglob", "[ \"$X\" = 1 ] && return",
         "[ -z \"$X\" ] && return", "test -n \"$USER\" || return 0", "if [ -e /etc/passwd ]; then :; fi", "case $TERM in xterm) X=2 ;; esac", ": TMOUT=3",
         "X=$(cat <<E\nTMOUT=4\nE\n)", "[ \"$X\" ] || return 0", "while read -r l; do X=$l; done < /etc/passwd", "for f in /khong/*; do X=$f; done", "if [ \"$X\" != 1 ]; then return; fi"]


def piece(chance, depth=0):
    text = chance.choice(SETS[:9] if chance.random() < 0.5 else SETS).format(chance.randrange(1, 900))
    while chance.random() < (0.45 if depth == 0 else 0.2):
        text = chance.choice(WRAPS).format(text)
        depth += 1
    return text


def script(chance):
    pieces = [piece(chance) if chance.random() < 0.7 else chance.choice(OTHER) for _ in range(chance.randint(1, 6))]
    return "\n".join(pieces) + "\n"


def seconds(value):
    """As bash takes it, by atoi: the digits at the head, as a long of which the low 32 bits are taken; nothing below zero."""
    match = re.match(r"\s*\+?(\d+)", value)
    low = min(int(match.group(1)), 2 ** 63 - 1) & 0xffffffff if match else 0
    return low if low < 2 ** 31 else 0
