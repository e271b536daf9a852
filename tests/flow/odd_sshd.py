"""sshd_config files such as nobody would write and sshd takes all the same: odd quotes, blanks, comments, numbers,
old names, includes within blocks, blocks that hold and blocks that do not."""
import ipaddress
import re

SPANS = ["0", "300", "5m", "1h30m", "10M", "1d", "0010", "2w1s", '"600"', "1h1h"]
FLAGS = ["yes", "no", "YES", "No", '"yes"', "y'e's", '"n"o', "'no'"]
WORDS = {
    "PermitEmptyPasswords": FLAGS,
    "PasswordAuthentication": FLAGS,
    "KbdInteractiveAuthentication": FLAGS,
    "ChallengeResponseAuthentication": FLAGS,
    "X11Forwarding": FLAGS,
    "UsePAM": FLAGS,
    "StrictModes": FLAGS,
    "PubkeyAuthentication": FLAGS,
    "PermitUserEnvironment": ["yes", "no", "LANG,LC_*"],
    "PermitRootLogin": ["yes", "no", "prohibit-password", "without-password", "forced-commands-only", '"Yes"', "NO"],
    "MaxAuthTries": ["3", "6", "9", "006", "1", '"2"', "2147483647"],
    "MaxSessions": ["3", "0", "10", "'7'"],
    "LogLevel": ["INFO", "VERBOSE", "info", "Debug", "DEBUG3", "quiet", "'ERROR'"],
    "LoginGraceTime": SPANS,
    "ClientAliveInterval": SPANS,
    "ClientAliveCountMax": ["0", "3", "03"],
    "ChannelTimeout": ["session:*=600", "agent-connection=5m session:shell=1h", "none", "session:shell=0", '"session:*=1m"',
                       "*=10m", "session:*=3m none:x=4"],
    "IgnoreRhosts": ["yes", "no", "shosts-only"],
    "HostbasedAuthentication": FLAGS,
    "AllowTcpForwarding": ["yes", "no", "local", "all", "remote"],
    "GatewayPorts": ["yes", "no", "clientspecified"],
    "TCPKeepAlive": FLAGS,
    "KeepAlive": FLAGS,
    "Ciphers": ["aes256-ctr,aes128-ctr", "aes256-gcm@openssh.com", '"aes128-ctr"'],
    "MACs": ["hmac-sha2-256", "umac-64-etm@openssh.com,hmac-sha1"],
    "KexAlgorithms": ["curve25519-sha256", "curve25519-sha256,ecdh-sha2-nistp256"],
    "HostKeyAlgorithms": ["ssh-ed25519", "ssh-*", "rsa-*,ssh-r*", "*", "ecdsa-sha2-nistp???"],
    "PubkeyAcceptedAlgorithms": ["ssh-ed25519,rsa-sha2-512", "ssh-*,ssh-*", "*-cert-*", '"sk-*,rsa*"'],
    "AuthorizedKeysFile": [".ssh/authorized_keys", "/etc/keys/%u .ssh/k", '"/srv/k x"', "/srv/a\\ b", "none"],
}
NOISE = ["", "# X11Forwarding yes", "   ", "\t# Match all", "#", "\r", "#StrictModes no \\", "Include d/khong-co-*.conf", "\f",
         "Banner none", "RSAAuthentication yes", "UseLogin no", "KeyRegenerationInterval 3600", 'Subsystem sftp "/usr/lib/x y" -l',
         "AcceptEnv LANG LC_* # x", "PrintMotd no #x", "AllowUsers an\\ b an", 'Banner "/a # b"', "VersionAddendum a b # c",
         "\x0b# tab dọc", "Protocol 2", "ServerKeyBits 1024", "Include", "Include d/không-có", "\u00a0", "\ufeff# x", "SetEnv A=\"b c\" D=e",
         "Port 22 # Match all", "PermitOpen any", "IPQoS lowdelay throughput", "ListenAddress 0.0.0.0", "Foo bar", "Match", "X11Forwarding"]
MATCHES = [("Match User khong-co-ai", 0), ("match user khong-co-ai", 0), ("Match  Group khong-co", 0), ("\tMatch User x # an", 0),
           ("Match Address 192.0.2.0/24", 0), ("Match User an Address 192.0.2.0/24", 0), ('Match User "khong co"', 0),
           ("Match User !an,*", 0), ("Match LocalPort 2222", 0), ("Match all", 1), ("MATCH ALL", 1), ("Match User=khong-co", 0),
           ("Match=User khong-co", 0), ("Match Host *.vn,!x", 0), ("Match User *,!an", 0), ('Match "User" khong-co', 0), ("match all # x", 1)]


IN_BLOCKS = ["PermitEmptyPasswords", "PasswordAuthentication", "X11Forwarding", "MaxAuthTries", "PermitRootLogin", "LogLevel",
             "ClientAliveInterval", "PubkeyAcceptedAlgorithms"]


def blank(chance):
    return chance.choice(["", "", "  ", "\t", " \t "])


def line(chance, words=None):
    word = chance.choice(sorted(words or WORDS))
    value = chance.choice(WORDS[word])
    word = chance.choice([word, word, word.lower(), word.upper(), f'"{word}"'])
    between = chance.choice([" ", "\t", "  ", " \t "] if word[0] == '"' else [" ", "\t", "=", " = ", "\t= ", "= ", " =", "  "])
    after = chance.choice(["", "", " ", " # nhận xét", "\t#x", "\r", " \f", "\t\r", ' # "', " #", " \\" if chance.random() < 0.05 else ""])
    return blank(chance) + word + between + value + after


def lines(chance, count):
    out = []
    for _ in range(count):
        out.append(line(chance))
        if chance.random() < 0.2:
            out.append(blank(chance) + chance.choice(NOISE[:-8] if chance.random() < 0.9 else NOISE))
    return out


def block(chance, include):
    """A Match block, often with an Include of its own."""
    head, _ = chance.choice(MATCHES)
    out = [head] + [line(chance, IN_BLOCKS) for _ in range(chance.randrange(3))]
    if chance.random() < 0.3:
        out.insert(chance.randrange(1, len(out) + 1), f"  Include d/{include}")
    return out


def seconds(text):
    unit = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
    return str(sum(int(number) * unit[letter] for number, letter in re.findall(r"(\d+)([smhdw]?)", text.lower())))


def same(word, value):
    """VALUE of WORD in one spelling of the several that mean the same."""
    value = value.lower()
    if word in ("clientaliveinterval", "logingracetime"):
        return seconds(value)
    if word in ("maxauthtries", "maxsessions", "clientalivecountmax"):
        return str(int(value))
    if word == "channeltimeout":
        return re.sub(r"=(\w+)", lambda span: "=" + seconds(span.group(1)), value)
    return {"allowtcpforwarding": {"all": "yes"}, "loglevel": {"quiet": "silent"},
            "permitrootlogin": {"prohibit-password": "without-password"}}.get(word, {}).get(value, value)


def configuration(chance):
    """The files of one sshd, their names from /etc/ssh on."""
    names = [f"{chance.randrange(90):02d}-{i}.conf" for i in range(3)] + [chance.choice([".an.conf", "sâu.conf", "a b.conf", "Z.conf"])]
    files = {}
    for name in names:
        text = lines(chance, chance.randrange(4))
        if chance.random() < 0.3:
            text += block(chance, "inner")
        files[f"d/{name}"] = chance.choice(["\n", "\n", "\n", "\r\n"]).join(text) + chance.choice(["\n", "", "\n\n"])
    files["d/inner"] = "\n".join(lines(chance, 2) if chance.random() < 0.2 else
                                 [line(chance, IN_BLOCKS) for _ in range(2)]) + "\n"
    main = lines(chance, 4)
    for _ in range(chance.choice([1, 1, 2])):
        main.insert(chance.randrange(len(main) + 1), chance.choice(
            ["Include d/*.conf", "include\td/*.conf", 'Include "d/*.conf"', "INCLUDE=d/*.conf", f"Include d/{names[1]} d/{names[0]}",
             "Include d/[0-4]*.conf d/[5-9]*.conf", "Include d/?[!5]-*.conf", 'Include "d/a b.conf"', "Include d/a\\ b.conf",
             f"Include d/{names[0]} # d/{names[1]}", "Include d/[[:digit:]]*.conf", "Include d/.*.conf", "Include d/inner d/*.conf"]))
    for _ in range(chance.choice([0, 0, 1, 2])):
        main += block(chance, chance.choice(["inner", "*.conf", "khong-co"]))
    files["sshd_config"] = "\n".join(main) + chance.choice(["\n", ""])
    return files


# ---- whether root comes in ----

PLACES = [(address, host, port) for address in ("10.0.0.1", "192.168.1.5", "203.0.113.9") for host in ("a.vn", "c.com")
          for port in (22, 2222)]
ROOT_LINES = [["PermitRootLogin yes"] * 6 + ["PermitRootLogin no", 'PermitRootLogin "without-password"', "permitrootlogin=YES",
                                             "PermitRootLogin forced-commands-only", "PERMITROOTLOGIN prohibit-password"],
              ["PasswordAuthentication yes", "PasswordAuthentication no", "passwordauthentication = No"],
              ["KbdInteractiveAuthentication yes", "ChallengeResponseAuthentication no", "SkeyAuthentication yes"],
              ["AuthenticationMethods publickey", "AuthenticationMethods publickey,password password", "AuthenticationMethods any",
               "AuthenticationMethods publickey,keyboard-interactive", 'AuthenticationMethods "password,publickey" password',
               "AuthenticationMethods keyboard-interactive:pam", "AuthenticationMethods password,keyboard-interactive"],
              ["DenyUsers root", "AllowUsers an", "AllowUsers r*t", "DenyUsers an", "AllowUsers root@10.0.0.*", "DenyUsers *@192.168.*",
               "AllowUsers an root", "AllowUsers ro?t an", "DenyUsers root@203.0.113.0/24", "AllowUsers *@10.0.0.0/8 *@192.168.*",
               "AllowUsers *@*.vn", "AllowUsers *", "DenyUsers root@!10.0.0.1,*", "AllowUsers ROOT"],
              ["AllowGroups root", "DenyGroups r*", "AllowGroups an *", "AllowGroups wheel", "DenyGroups wheel root2", "AllowGroups an,root"]]
ROOT_MATCHES = ["User root", "User an,root", "User *,!root", "User an", "Group root", "Group khong-co", "all", "User r*", "user=ROOT",
                'User "root"', "User ro?t", "Host *", "Address *", "Group !root,*", "User !an,*", "Group *"]
ROOT_PLACES = ["Address 10.0.0.0/8", "Address *,!10.0.0.0/8", "User root Address 192.168.1.0/24", "LocalPort 2222", "Host a.vn",
               "Host *.vn", "Host *,!a.vn", "Address 10.0.0.1,203.0.113.9 LocalPort 2222", "User r* LocalPort 2222 Host c.com"]


def root_text(chance):
    out = ["UsePAM yes"] * (chance.random() < 0.7)
    out += [chance.choice(choice) for choice in ROOT_LINES if choice is ROOT_LINES[0] or chance.random() < 0.4]
    blocks = chance.sample(ROOT_MATCHES, chance.randrange(4))
    if chance.random() < 0.6:       # one alone: of two that depend on the place it is not told whether both hold at once
        blocks.insert(chance.randrange(len(blocks) + 1), chance.choice(ROOT_PLACES))
    for block_ in blocks:
        out.append(f"Match {block_}")
        out += ["  " + chance.choice(choice) for choice in chance.sample(ROOT_LINES, chance.randrange(1, 3))]
    return "\n".join(out) + "\n"


def pattern(text):
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in text), re.S)


def from_here(patterns, address, host):
    """A list after '@': a '!' that fits refuses."""
    fits = False
    for one in patterns.split(","):
        word = one.lstrip("!")
        if "/" in word:
            here = ipaddress.ip_address(address) in ipaddress.ip_network(word)
        else:
            here = any(pattern(word.lower()).fullmatch(name) for name in (address, host))
        if here and one.startswith("!"):
            return False
        fits = fits or here
    return fits


def is_named(values, word, address, host):
    for value in values.get(word, []):
        user, at, where = value.partition("@")
        if pattern(user).fullmatch("root") and (not at or from_here(where, address, host)):
            return True
    return False


def takes_password(said, address, host):
    """SAID: the lines of sshd -T for root, who is in the group root alone, from one place."""
    values = {}
    for text in said.splitlines():
        word, _, value = text.partition(" ")
        values.setdefault(word, []).append(value)
    one = {word: of[0] for word, of in values.items()}
    named = {word: is_named(values, word, address, host) for word in ("denyusers", "allowusers", "denygroups", "allowgroups")}
    if one["permitrootlogin"] != "yes" or named["denyusers"] or named["denygroups"] or \
            any(word in values and not named[word] for word in ("allowusers", "allowgroups")):
        return False
    can = {"password": one["passwordauthentication"] == "yes",
           "keyboard-interactive": one["kbdinteractiveauthentication"] == "yes" and one["usepam"] == "yes"}
    if one["authenticationmethods"] == "any":
        return any(can.values())
    return any(all(can.get(way.split(":")[0]) for way in chain.split(",")) for chain in one["authenticationmethods"].split())
