"""Scripts of nft as people write them, and the slips of those who type: nft takes a script whole or not at all."""
import random  # noqa: F401  (of those who call)
import re

HEAD = ["#!/usr/sbin/nft -f\n", ""]
FLUSH = ["flush ruleset\n", "", "table inet filter\ndelete table inet filter\n", "flush ruleset;\n"]
BASE = ["type filter hook input priority filter; policy drop;", "type filter hook input priority 0; policy drop;",
        "type filter hook input priority filter - 5; policy drop;", "type filter hook input priority -10\n  policy drop",
        'comment "cửa vào"\n  type filter hook input priority filter\n  policy drop']
RULES = ["iif lo accept", 'iifname "lo" accept', 'iifname lo counter accept', "ct state established,related accept",
         "ct state { established, related } accept", "ct state vmap { established : accept, related : accept, invalid : drop }",
         "ct state invalid drop", "tcp dport 22 accept", "tcp dport { 22, 80, 443 } accept", "tcp dport ssh accept",
         "udp dport 123 counter accept", "tcp dport 8000-8080 accept", "ip saddr 10.0.0.0/8 tcp dport 22 accept",
         "ip saddr { 10.1.2.3, 10.2.0.0/16 } accept", "ip6 saddr fe80::/10 accept", "ip6 saddr 2001:db8::1 tcp dport 22 accept",
         "icmp type echo-request limit rate 5/second accept", "icmp type { echo-request, destination-unreachable } accept",
         "icmpv6 type { nd-neighbor-solicit, nd-router-advert, nd-neighbor-advert } accept", "ip protocol icmp accept",
         "meta l4proto { icmp, ipv6-icmp } accept", "meta l4proto ipv6-icmp accept", 'log prefix "chặn: " level info drop',
         "counter drop", "reject with icmpx type port-unreachable", "reject with tcp reset", "reject", "ip protocol vrrp accept",
         "tcp flags & (fin|syn|rst|ack) == syn ct state new accept", "tcp flags syn tcp option maxseg size 1-500 drop",
         "fib daddr type { broadcast, anycast, multicast } drop", "meta pkttype multicast accept", "udp sport 67 udp dport 68 accept",
         "tcp dport @cong accept", "ip saddr @quen accept", "jump them", "tcp dport 3306 jump them", "tcp dport $QUANLY accept",
         "ip saddr $MANG tcp dport 22 accept", 'iifname { "lo", "docker0" } accept', "ct state new tcp dport 22 limit rate 3/minute burst 5 packets accept",
         'tcp dport 22 accept comment "quản trị"', "udp dport mdns ip daddr 224.0.0.251 accept", "meta mark 0x1 accept",
         "ip saddr . tcp dport { 10.0.0.1 . 22, 10.0.0.2 . 80 } accept", "ether saddr 00:11:22:33:44:55 accept",
         "ip daddr 192.0.2.1 tcp dport 443 accept", "ct status dnat accept", "meta iifname lo accept", "th dport 53 accept",
         "tcp dport vmap { 22 : accept, 25 : drop }", "ip saddr != 10.0.0.0/8 drop", "tcp dport != 22 drop", "log", "counter",
         "udp length 8 drop", "ip ttl 1 drop", "meta length > 1400 drop", "ip dscp cs1 accept", "ct count over 20 drop",
         "tcp dport 22 ct count over 20 reject", "quota over 100 mbytes drop", "add @gap { ip saddr timeout 60s }", "return"]
SETS = ["set cong { type inet_service; elements = { 22, 80 } }", "set quen { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 } }",
        "set gap { type ipv4_addr; flags dynamic,timeout; timeout 5m; }", "set cong {\n  type inet_service\n  flags interval\n  elements = { 22,\n 8000-8080 }\n }"]
NEEDS = {"@cong": 0, "@quen": 1, "@gap": 2}


def script(chance):
    """One that nft takes."""
    rules = [chance.choice(RULES) for _ in range(chance.randint(1, 6))]
    text = "\n".join(rules)
    sets = [SETS[0 if chance.random() < 0.5 else 3] if number == 0 else SETS[number]
            for name, number in NEEDS.items() if name in text]
    order = [*(f" {one}\n" for one in sets)]
    if "jump them" in text:
        order.append(" chain them {\n  tcp dport 9 accept\n }\n")
    body = "".join(order) + " chain input {\n  " + chance.choice(BASE) + "\n" + "".join(f"  {rule}\n" for rule in rules) + " }\n"
    if chance.random() < 0.3:
        body += " chain forward {\n  type filter hook forward priority filter; policy drop;\n }\n"
    defines = ("define QUANLY = 22\n" if "$QUANLY" in text else "") + ("define MANG = { 10.0.0.0/8, 192.168.0.0/16 }\n" if "$MANG" in text else "")
    return chance.choice(HEAD) + chance.choice(FLUSH) + defines + "table inet filter {\n" + body + "}\n"


def slip(chance, text):
    """TEXT with one slip: a letter too few, too many, another, two changed; a word left out, twice, or for another."""
    words = list(re.finditer(r"[^\s]+", text))
    word = chance.choice(words)
    kind = chance.randint(0, 7)
    old = word.group()
    at = chance.randrange(len(old))
    if kind == 0:
        new = old[:at] + old[at + 1:]
    elif kind == 1:
        new = old[:at] + old[at] + old[at:]
    elif kind == 2:
        new = old[:at] + chance.choice("aeiouxs019.,:;{}/-") + old[at + 1:]
    elif kind == 3 and len(old) > 1:
        at = min(at, len(old) - 2)
        new = old[:at] + old[at + 1] + old[at] + old[at + 2:]
    elif kind == 4:
        new = ""
    elif kind == 5:
        new = old + " " + old
    elif kind == 6:
        new = chance.choice(words).group()
    else:
        new = old[:at] + " " + old[at:]
    return text[:word.start()] + new + text[word.end():]
