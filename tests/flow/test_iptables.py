#!/usr/bin/env python3
"""Random rules of iptables against the kernel, in both makes of it: what Khiên makes of the file (firewall_boot), what it
makes of the rules the kernel then holds (firewall), and whether packets from outside that no rule names come in.
EVIDENCE: D10.1.b"""
import random
import shutil
import unittest

import test_nft
from flow import folder, rounds
from test_nft import PROBES, run

NARROW = ["-p tcp --dport 22", "-p udp -m multiport --dports 53,67:68", "-m conntrack --ctstate RELATED,ESTABLISHED", "-i lo",
          "-m conntrack ! --ctstate NEW", "-m state --state ESTABLISHED", "-p tcp -m tcp --tcp-flags SYN,ACK ACK",
          "-m addrtype --dst-type MULTICAST", "-m pkttype --pkt-type broadcast", "-m mac --mac-source 02:00:00:00:00:99",
          "-p tcp --sport 1:1023", "-m conntrack --ctdir REPLY", "-m recent --rcheck --name x", "-m policy --dir in --pol ipsec",
          "-m addrtype --src-type LOCAL", "-p tcp -m tcp --tcp-flags RST RST"]
NARROW_4 = ["-s 203.0.113.0/24", "-m iprange --src-range 203.0.113.1-203.0.113.9", "-p icmp", "-p icmp --icmp-type 8", "-f",
            "-m set --match-set few src", "-p tcp -m set --match-set ssh src,dst", "-m set --match-set lo src,src"]
NARROW_6 = ["-s 2001:db8:9::/64", "-p ipv6-icmp"]
WIDE = ["-i eth0", "-i eth+", "! -i lo", "-p tcp", "-p udp", "-m conntrack --ctstate NEW", "-m limit --limit 1000/sec",
        "-p tcp ! --dport 22", "-p tcp --dport 1:65535", "-m state --state NEW,ESTABLISHED", "-m addrtype --dst-type LOCAL",
        "-m pkttype --pkt-type unicast", "! -m mac --mac-source 02:00:00:00:00:99", "-m mark --mark 0", "-m mark ! --mark 7",
        "-m length --length 20:1500", "-m addrtype --src-type UNICAST", "-p tcp --syn", "-m conntrack --ctdir ORIGINAL",
        "-p tcp -m multiport ! --dports 22,80", "-p udp -m multiport --ports 1:40000", "-m recent --set --name x",
        "-m policy --dir in --pol none", "-m statistic --mode nth --every 1 --packet 0", "-m connmark --mark 0",
        "-m tos ! --tos 4", "-m comment --comment x", "-p tcp -m tcp --tcp-flags ACK,RST NONE", "-m connlimit --connlimit-upto 900"]
WIDE_4 = ["! -s 203.0.113.5", "-s 128.0.0.0/1", "-d 192.0.2.1", "-m iprange --src-range 1.0.0.0-223.255.255.255", "! -p icmp",
          "-m iprange ! --src-range 203.0.113.1-203.0.113.9", "-m ttl --ttl-gt 5", "! -f", "! -d 203.0.113.5",
          "-s 0.0.0.0/1", "-m set --match-set many src", "-m set ! --match-set few src", "-m set --match-set many dst",
          "-m set --match-set wire src,src", "-m set --match-set all src"]
SETS = """create few hash:net
add few 203.0.113.0/24
create many hash:net
add many 0.0.0.0/1
add many 128.0.0.0/1
create ssh hash:net,port
add ssh 0.0.0.0/1,tcp:22
add ssh 128.0.0.0/1,tcp:22
create lo hash:net,iface
add lo 0.0.0.0/0,lo
create wire hash:net,iface
add wire 0.0.0.0/0,eth0
add wire 0.0.0.0/0,eth1
create all list:set
add all few
add all many
"""
WIDE_6 = ["! -s 2001:db8:9::5", "-s 2000::/3", "-d 2001:db8::1", "! -p ipv6-icmp", "-m hl --hl-gt 5"]
BOOT = {"/usr/sbin/netfilter-persistent": "", "/usr/share/netfilter-persistent/plugins.d/15-ip4tables": "",
        "/usr/share/netfilter-persistent/plugins.d/25-ip6tables": "",
        "/usr/lib/systemd/system/netfilter-persistent.service": "[Service]\nExecStart=/usr/sbin/netfilter-persistent start\n",
        "/etc/systemd/system/multi-user.target.wants/netfilter-persistent.service": ""}


def rule(chance, family, targets):
    narrow = NARROW + (NARROW_4 if family == 4 else NARROW_6)
    wide = WIDE + (WIDE_4 if family == 4 else WIDE_6)
    words = [] if chance.random() < 0.1 else [chance.choice(narrow if chance.random() < 0.5 else wide)]
    if words and " -m " not in words[0] and chance.random() < 0.15:
        words.append(chance.choice(["-m conntrack --ctstate NEW", "-m comment --comment y", "-m limit --limit 900/sec"]))
    verdict = chance.choice(["-j ACCEPT", "-j DROP", "-j ACCEPT", "-j DROP", "-j REJECT", "-j RETURN", "", "-j LOG",
                             *(f"{how} {name}" for how in ("-j", "-g") for name in targets)])
    return " ".join([*words, verdict])


def table(chance, family):
    """A chain jumps only to those before it: iptables takes no loop."""
    names = ["A", "B", "C"][:chance.randint(0, 3)]
    lines = ["*filter", f":INPUT {chance.choice(['ACCEPT', 'DROP', 'DROP'])} [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]",
             *(f":{name} - [0:0]" for name in names)]
    for number, name in enumerate(names):
        lines += [f"-A {name} {rule(chance, family, names[:number])}" for _ in range(chance.randint(0, 3))]
    lines += [f"-A INPUT {rule(chance, family, names)}" for _ in range(chance.randint(1, 5))]
    return "\n".join([*lines, "COMMIT", ""])


@unittest.skipUnless(test_nft.can_try() and shutil.which("iptables-nft-restore") and shutil.which("iptables-legacy-restore")
                     and shutil.which("ipset"), "needs root, nft, iptables, ipset and a network of its own")
class Iptables(test_nft.Nft):
    test_what_nft_refuses_is_told = test_joined_keys_are_as_wide_as_their_widest_element = None
    test_a_set_of_interfaces_is_no_joined_key = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run("ipset", "restore", text=SETS)

    def empty(self):
        run("nft", "flush", "ruleset")
        for words in ("iptables-legacy", "ip6tables-legacy"):
            run(words, "-F")
            run(words, "-X")
            run(words, "-P", "INPUT", "ACCEPT")

    def meets(self, make):
        tried = compared = unclear = wrong = 0
        for number in range(rounds(8)):
            chance = random.Random(20261129 + number)
            for family, name, program in ((4, "ip4", "iptables"), (6, "ip6", "ip6tables")):
                text = table(chance, family)
                self.empty()
                tried += 1
                if run(f"{program}-{make}-restore", text=text).returncode:
                    continue
                with folder({**BOOT, f"/etc/iptables/rules.v{family}": text}) as root:
                    boot, gaps = self.states("firewall_boot", "--root", root)
                live, _ = self.states("firewall")
                run("nft", "-f", "-", text=PROBES)
                came = self.comes_in(family)
                compared += 1
                told = f"round {number}, {name}\n{text}\nboot {boot}, live {live}, came in {came}\n{gaps}"
                if "closed" in (live[name], boot[name]):
                    self.assertFalse(any(came[:4]), told)
                unclear += live[name] == "unclear"
                wrong += live[name] == "open" and not any(came)
        self.assertGreater(compared, tried // 2)
        self.assertLess(unclear, compared * 0.7)
        self.assertLess(wrong, 1 + compared / 4)

    def test_a_list_is_as_wide_as_what_is_in_it(self):
        for make, *rows in (("nft", ("few src", "closed"), ("many src", "open"), ("ssh src,dst", "closed"), ("lo src,src", "closed"),
                             ("wire src,src", "unclear"), ("all src", "open"), ("few dst", "unclear")),
                            ("legacy", ("few src", "closed"), ("many src", "open"), ("all src", "open"))):
            for named, wanted in rows:
                self.empty()
                loaded = run(f"iptables-{make}-restore", text="*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                             f"-A INPUT -p tcp -m set --match-set {named} -j ACCEPT\nCOMMIT\n")
                self.assertEqual(loaded.returncode, 0, loaded.stderr)
                self.is_told(f"{make}: {named}", wanted)
        self.empty()

    def test_packets_meet_what_is_told(self):
        self.meets("nft")

    def test_packets_meet_what_the_older_tables_tell(self):
        self.meets("legacy")
        self.empty()


del test_nft.Nft        # its own program runs it

if __name__ == "__main__":
    unittest.main()
