"""PAM stacks and faillock.conf as nobody should write them, and libpam itself to try them: in a mount namespace of its
own, the calls that pamtester makes, without a process for each try.

    python3 odd_pam.py FOLDER    reads lines of JSON, [root, wrong tries that lock or 0], and answers each with a line
"""
import ctypes
import json
import os
import shutil
import sys

MODULES = "/lib/x86_64-linux-gnu/security"
RIGHT, WRONG = "Song-dai-7", "sai"
NEVER_TRIES = 9     # so many wrong tries that do not lock are called never
CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 4096, 16384, 1 << 18
AROUND = ["pam_permit.so"] * 3 + [
    "pam_nologin.so", "pam_env.so", "pam_warn.so", "pam_faildelay.so delay=0", "pam_succeed_if.so uid >= 1000 quiet",
    "pam_succeed_if.so user != root", "pam_succeed_if.so uid < 1000", "pam_localuser.so", "pam_usertype.so isregular",
    "pam_usertype.so issystem", "pam_rootok.so", "pam_wheel.so", "pam_deny.so", "pam_shells.so", "pam_group.so", "pam_mail.so",
    "pam_securetty.so", "pam_succeed_if.so user = root", "pam_succeed_if.so quiet user ingroup root", "pam_issue.so noesc",
    "pam_succeed_if.so uid = 1234", "pam_succeed_if.so user in an:binh", "pam_succeed_if.so shell = /bin/sh uid > 0"]
BRACKETS = ["[success=1 default=ignore]", "[success=2 default=ignore]", "[default=die]", "[success=ok default=bad]",
            "[success = 1  default= ignore]", "[success=done new_authtok_reqd=done default=ignore]", "[success=ok ignore=ignore default=die]",
            "[auth_err=die default=ok]", "[default=ignore success=1]", "[success=reset default=bad]", "[default=ok]", "[default=1]",
            "[success=done default=die]", "[success=3 default=bad]", "[success=ok new_authtok_reqd=ok ignore=ignore user_unknown=bad default=die]",
            "[success=bad default=ignore]", "[\tsuccess=1\tdefault=ignore ]", "[user_unknown=ignore success=ok auth_err=1 default=bad]"]
WORDS = ["required", "requisite", "sufficient", "optional", "REQUIRED", "Sufficient"]


def faillock(chance, what, counters):
    words = [what] + [chance.choice([f"deny={chance.randrange(7)}"] * 8 + ["deny=", "deny=x", "deny=+2", "deny=65538", "deny=3x", "deny=-1"])] \
        * (chance.random() < 0.4)
    for odd in ("silent", "audit", "even_deny_root", "no_log_info", "unlock_time=600", "local_users_only", "fail_interval=900", "x=y"):
        words += [odd] * (chance.random() < 0.08)
    chance.shuffle(words)
    return " ".join(["pam_faillock.so", *words, f"dir={counters}"])


def sound(chance, counters):
    """Usually a sound lock-out, with something of it changed."""
    lines = []
    if chance.random() < 0.85:
        lines.append(("auth", chance.choice(["required", "requisite"]), faillock(chance, "preauth", counters)))
    unix = chance.choice(["[success=1 default=ignore]", "sufficient", "[success=2 default=ignore]", "required"])
    lines.append(("auth", unix, "pam_unix.so nodelay" + chance.choice(["", " nullok", " try_first_pass", " likeauth"])))
    if chance.random() < 0.8:
        lines.append(("auth", chance.choice(["[default=die]", "required", "requisite"]), faillock(chance, "authfail", counters)))
    if "success=2" in unix or chance.random() < 0.2:
        lines.append(("auth", "requisite", "pam_deny.so"))
    if chance.random() < 0.5:
        lines.append(("auth", chance.choice(["sufficient", "required"]), faillock(chance, "authsucc", counters)))
    if chance.random() < 0.6:
        lines.append(("auth", "required", "pam_permit.so"))
    for _ in range(chance.choice([0, 0, 0, 1, 1, 2])):
        lines.insert(chance.randrange(len(lines) + 1), ("auth", chance.choice(WORDS + BRACKETS), chance.choice(AROUND)))
    return lines


def wild(chance, counters):
    """Anything at all."""
    pool = AROUND + ["pam_unix.so nodelay"] * 12 + [None] * 14
    return [("auth", chance.choice(WORDS * 2 + BRACKETS),
             chance.choice(pool) or faillock(chance, chance.choice(["preauth", "authfail", "authsucc"]), counters))
            for _ in range(chance.randint(1, 7))]


def stack(chance, counters):
    lines = sound(chance, counters) if chance.random() < 0.7 else wild(chance, counters)
    if chance.random() < 0.7:
        lines.append(("account", "required", f"pam_faillock.so dir={counters}"))
    lines.append(("account", "required", "pam_unix.so"))
    return lines


def text_of(chance, line):
    kind, control, rest = line
    module, _, words = rest.partition(" ")
    if chance.random() < 0.06:
        module = f"{MODULES}/{module}"
    blank = chance.choice([" ", " ", "\t", "  \t "])
    if chance.random() < 0.06:
        blank = " \\\n" + chance.choice(["", " ", "\t", "# x\n", "\n"] if chance.random() < 0.5 else ["\t"])
    kind = chance.choice([kind] * 6 + [kind.upper(), kind.capitalize()])
    if chance.random() < 0.05 and words:
        words = " ".join(f"[{word}]" for word in words.split(" "))
    return (chance.choice(["", "", "", " ", "\t"]) + chance.choice(["", "", "-"]) + kind + blank + control + chance.choice([" ", "\t"]) + module
            + blank + words + chance.choice(["", "", " ", " # chú thích", " # \\", "\t"]))


NOISE = ["# auth sufficient pam_permit.so", "", "  ", "\t# x \\", "session optional pam_permit.so", "password required pam_deny.so",
         "auth optional pam_permit.so # " + "x" * 300, "-auth optional pam_khong_co.so", "#", "-session required pam_khong_co.so",
         "account optional pam_permit.so", "# \u00e0 \u1ecb"]
ODD = ["auth", "auth required", "auht required pam_permit.so", "auth requird pam_permit.so", "auth required pam_khong_co.so",
       "auth sufficient pam_khong_co.so", "auth required pam_permit.so\r", "\ufeff# x", "auth optional pam_permit.so " + "y" * 1100,
       "auth include khong-co", "@include khong-co", "auth required pam_permit.so \\", "auth [success=0 default=ok] pam_permit.so",
       "auth [success=ok default=bad pam_permit.so", "auth optional pam_permit.so [x", "x", "session", "auth\u00a0required pam_permit.so"]


def service(chance, lines):
    """As the text of files: in one, or partly included."""
    texts = [text_of(chance, line) for line in lines]
    cut = next(i for i, line in enumerate(lines) if line[0] == "account")
    auth = texts[:cut]
    for _ in range(chance.choice([0, 0, 1, 2])):
        auth.insert(chance.randrange(len(auth) + 1), chance.choice(NOISE if chance.random() < 0.9 else ODD))
    files = {}
    how = chance.choice(["flat", "flat", "@include", "include", "substack", "split"])
    if how == "flat":
        files["sshd"] = auth + texts[cut:]
    elif how == "split":
        at = chance.randrange(len(auth) + 1)
        inner = chance.choice(["@include common-auth", "auth include common-auth", "auth substack common-auth", "AUTH\tInclude common-auth"])
        files["sshd"] = [*auth[:at], inner, *texts[cut:]]
        files["common-auth"] = auth[at:] + chance.choice([[], ["session optional pam_permit.so"]])
    else:
        files["sshd"] = ["@include common-auth" if how[0] == "@" else f"auth {how} common-auth", *texts[cut:]]
        files["common-auth"] = auth
    return {f"/etc/pam.d/{name}": "\n".join(body) + chance.choice(["\n"] * 9 + [""]) for name, body in files.items()}


def faillock_conf(chance):
    return "".join(chance.choice(["deny = {}\n"] * 4 + ["deny={}\n", "# deny = {}\n", "silent\n", "deny = 5 {}\n", "", "deny\t{}\n", "deny {}\n",
                                                  "  deny  =  {}  \n", "deny=={}\n", "deny = {} # x\n", "deny={}#x\n", "Deny = {}\n", "deny:{}\n",
                                                  "deny = \"{}\"\n", "deny = {}\r\n", "= {}\n", "deny =\n", "deny\n", "fail_interval = 90{}\n",
                                                  "unlock_time = never\n", "audit\n", "dir = x\n", "deny\v= {}\n", "\f\n", "deny = 6553{}\n",
                                                  "deny = 0x{}\n", "x" * 1100 + "\n" if chance.random() < 0.2 else "\n", "deny = -{}\n",
                                                  "unlock_time = 9{}0\n", "no_log_info = {}\n", "deny = {}"])
                   .format(chance.randrange(6)) for _ in range(3)) + chance.choice(["", "even_deny_root\n"]) + "\nnodelay\n"


def tree_of(chance, counters, salted):
    tree = service(chance, stack(chance, counters))
    tree["/etc/security/faillock.conf"] = faillock_conf(chance)
    tree["/etc/passwd"] = "root:x:0:0::/root:/bin/sh\nan:x:1234:1234::/tmp:/bin/sh\n"
    tree["/etc/shadow"] = f"root:*:19000:0:99999:7:::\nan:{salted}:19000:0:99999:7:::\n"
    tree["/etc/group"] = "root:x:0:\nan:x:1234:\n"
    for name in sorted({line.split()[0] for line in AROUND} | {"pam_faillock.so", "pam_unix.so"}):
        tree[f"{MODULES}/{name}"] = ""
    return tree


# ---- libpam ----

class Message(ctypes.Structure):
    _fields_ = [("style", ctypes.c_int), ("text", ctypes.c_char_p)]


class Response(ctypes.Structure):
    _fields_ = [("text", ctypes.c_void_p), ("code", ctypes.c_int)]


CONVERSE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.POINTER(Message)),
                            ctypes.POINTER(ctypes.POINTER(Response)), ctypes.c_void_p)


class Conversation(ctypes.Structure):
    _fields_ = [("converse", CONVERSE), ("data", ctypes.c_void_p)]


class Pam:
    NO_DELAY = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p)(lambda *_: None)

    def __init__(self):
        self.pam, self.libc = ctypes.CDLL("libpam.so.0"), ctypes.CDLL(None, use_errno=True)
        self.libc.calloc.restype = ctypes.c_void_p
        self.libc.strdup.restype = ctypes.c_void_p
        self.password = b""
        self.talk = Conversation(CONVERSE(self.converse), None)
        # kept in memory, they are not loaded anew for each try
        self.kept = [ctypes.CDLL(f"{MODULES}/{name}") for name in ("pam_unix.so", "pam_faillock.so", "pam_permit.so")]

    def converse(self, count, messages, ret, _data):
        answers = ctypes.cast(self.libc.calloc(count, ctypes.sizeof(Response)), ctypes.POINTER(Response))
        for i in range(count):
            if messages[i].contents.style in (1, 2):
                answers[i].text = self.libc.strdup(self.password)
        ret[0] = answers
        return 0

    def tries(self, password):
        """Authentication and account of the user an, as pamtester asks for them."""
        self.password = password.encode()
        handle = ctypes.c_void_p()
        if self.pam.pam_start(b"sshd", b"an", ctypes.byref(self.talk), ctypes.byref(handle)):
            return False
        self.pam.pam_set_item(handle, 10, self.NO_DELAY)
        code = self.pam.pam_authenticate(handle, 0) or self.pam.pam_acct_mgmt(handle, 0)
        self.pam.pam_end(handle, code)
        return code == 0


def outcome(pam, root, locks):
    counters = os.path.join(root, "counters")

    def after(count):
        """Does the right password open after COUNT wrong ones; None when a wrong one does."""
        shutil.rmtree(counters, ignore_errors=True)
        os.makedirs(counters)
        if any(pam.tries(WRONG) for _ in range(count)):
            return None
        return pam.tries(RIGHT)

    if not after(0):
        return "broken"
    if locks == 0 or locks > NEVER_TRIES:
        return {None: "a wrong password was taken", True: "ok", False: "it locked"}[after(NEVER_TRIES)]
    opens = after(locks - 1)
    if opens is not True:
        return "a wrong password was taken" if opens is None else "it locked before"
    return {None: "a wrong password was taken", True: "it is open still", False: "ok"}[after(locks)]


def main(base):
    pam = Pam()
    if pam.libc.unshare(CLONE_NEWNS) or pam.libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None):
        raise OSError(ctypes.get_errno(), "no namespace")
    def bind(source, target):
        if pam.libc.mount(source.encode(), target.encode(), None, MS_BIND, None):
            raise OSError(ctypes.get_errno(), target)

    names = ["passwd", "shadow", "group", "security/faillock.conf"]
    for name in names:
        mine = os.path.join(base, os.path.basename(name))
        with open(mine, "wb"):
            pass
        bind(mine, f"/etc/{name}")
    os.mkdir(f"{base}/pam.d")
    bind(f"{base}/pam.d", "/etc/pam.d")
    for line in sys.stdin:
        root, locks = json.loads(line)
        for name in os.listdir("/etc/pam.d"):
            os.unlink(f"/etc/pam.d/{name}")
        for name in names + [f"pam.d/{name}" for name in os.listdir(f"{root}/etc/pam.d")]:
            with open(f"{root}/etc/{name}", "rb") as file, open(f"/etc/{name}", "wb") as out:
                out.write(file.read())
        print(json.dumps(outcome(pam, root, locks)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
