"""smb.conf files of odd spacing, names, quotes, includes, copies and sections met again; and what testparm prints."""
NAMES = {"guest ok": ["guest ok", "Guest OK", "guestok", "public", "PUB lic", "guest  ok", "g u e s t o k", "guest\tok"],
         "guest only": ["guest only", "only guest", "GuestOnly"],
         "available": ["available", "avail able", "AVAILABLE"],
         "path": ["path", "directory", "Path", " path", "p ath"],
         "read only": ["read only", "writable", "write ok", "writeable"],
         "printable": ["printable", "print ok"],
         "hosts allow": ["hosts allow", "allow hosts", "hostsallow"],
         "valid users": ["valid users"], "browseable": ["browseable", "browsable"], "comment": ["comment"], "copy": ["copy"],
         "-valid": ["-valid"]}
BOOLS = ["yes", "no", "True", "FALSE", "1", "0", "on", "Off", "YES", "yes", "no", "y", "2", "", '"yes"', "yes # x", "no ; x", "yes no", "enable"]
PATHS = ["/srv/x", '"/srv/y"', "/srv/a b", "/srv/\\\nz", "/srv/a  b", "/srv/x/", "/srv/x # y", "/srv/đ", "'/srv/q'", "/srv/%u", "/srv/a=b",
         "/srv/x ; y", "/srv/[x]", "", "/srv/./x", "/", "//srv", '"/srv/a" "b"', "/srv/x\\", "/srv/\\\n  z", "/tmp", "/srv/\\\\x", '""']
HOSTS = ["10.0.0.0/8", "ALL", "10. EXCEPT 10.0.0.1", "127.0.0.1, 192.168.1.", "0.0.0.0/0", "", "@x", "localhost"]
SECTIONS = ["global", "a", "A", "b", "c d", "Global", "a", "b", "homes", "printers", "print$", "ipc$", " a", "c  d", "b ", "đ", "[x", "c\td", "GLOBALS",
            "IPC$", "a\\\nb", "c=d", "#x", "a;b", "x" * 90]
NOISE = ["# guest ok = yes", "; path = /x", "", "   ", "\t# [b]", " ; x", "# x \\", "nonsense", "guest ok", "= yes", "[unclosed", "x = \\", "]", "\ufeff",
         "vfs:opt = yes", "unknown key = yes", "path == /srv/e", "guest ok : yes", "\f", "[ ]", "[]", ";[a]", "store dos attributes = no",
         "map to guest = Bad User", "include = /etc/samba/more.conf", "include = /etc/samba/none.conf", "\tinclude=/etc/samba/more.conf",
         "include = \"/etc/samba/more.conf\"", "guest account = nobody", "[a] guest ok = yes", "[b] ; x", "[a] # x", "server role = standalone"]


def parameter(chance):
    key = chance.choice(["guest ok"] * 4 + ["path"] * 5 + ["available", "read only", "guest only", "hosts allow"] + sorted(set(NAMES) - {"copy"} if chance.random() < 0.9 else NAMES))
    value = chance.choice(PATHS[:4] + PATHS) if key == "path" else chance.choice(HOSTS) if key == "hosts allow" else \
        chance.choice(["an", "@x an", ""]) if key == "valid users" else chance.choice(["x", "a # b", "x \\\ny"]) if key == "comment" else \
        chance.choice(["a", "b", "A", "none", "global", "c d"]) if key == "copy" else chance.choice(BOOLS[:9] if chance.random() < 0.998 else BOOLS)
    return chance.choice(["", "", "\t", "   ", "\v"]) + chance.choice(NAMES[key]) + chance.choice([" = ", "=", " =", "= ", "\t=\t", " =   "]) + value \
        + chance.choice(["", "", "", " ", "\t", "\r"])


def lines(chance, count):
    out = []
    for _ in range(count):
        kind = chance.random()
        if kind < 0.25:
            out.append(chance.choice(["", "", " "]) + f"[{chance.choice(SECTIONS[:10] if chance.random() < 0.85 else SECTIONS)}]" + chance.choice(["", "", "  "]))
        elif kind < 0.35:
            out.append(chance.choice(NOISE[:8] if chance.random() < 0.5 else NOISE))
        else:
            out.append(parameter(chance))
    return out


def configuration(chance):
    end = chance.choice(["\n"] * 9 + ["\r\n"])
    return {"/etc/samba/smb.conf": end.join(lines(chance, chance.randint(6, 18))) + chance.choice(["\n", "\n", ""]),
            "/etc/samba/more.conf": "\n".join(lines(chance, chance.randint(0, 6))) + "\n"}


def shares(printed):
    """What `testparm -s -v` prints: of each share of folders its name, whether guests come in, its path."""
    values, section = {}, None
    for line in printed.split("\n"):
        if line.startswith("["):
            section = values.setdefault(line.strip()[1:-1], {})
        elif section is not None and "=" in line:
            key, _, value = line.lstrip("\t").partition(" = ")
            inside = value[1:-1]        # smbd takes the quotes off, testparm shows them
            section[key.rstrip(" =")] = inside if value == f'"{inside}"' and '"' not in inside else value
    default, said = values.pop("global", {}), {}
    for name, own in values.items():
        def value(key, own=own):
            return own.get(key, default.get(key, ""))
        if value("available") != "No" and value("-valid") != "No" and value("printable") != "Yes" and \
                name.lower() not in ("printers", "print$", "ipc$"):
            said[name.lower()] = (value("guest ok") == "Yes", value("path") or "%H")
    return said
