/* nft_value.c - values of conditions in scripts of nft: would nft take this word here? In doubt no,
 * which makes a script one that was not understood. */
#include <arpa/inet.h>
#include <string.h>

#include "work/hostaudit/firewall/nft_rule.h"

#include "work/hostaudit/resolve/resolve.h"

#define IFNAME_MAX 15

static bool is_number(struct str s, uint64_t most)
{
	uint64_t n;

	if (str_starts(s, "0x"))
		return str_to_u64(str_from(s, 2), 16, &n) && n <= most;
	return str_to_u64(s, 10, &n) && n <= most;
}

static bool is_address(struct str s, int family)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char address[16];

	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return inet_pton(family, text, address) == 1;
}

/* "10.0.0.1", "10.0.0.0/8", "10.0.0.1-10.0.0.9" */
static bool is_address_span(struct str s, int family)
{
	struct str first, last;

	if (str_split(s, '-', &first, &last))
		return is_address(first, family) && is_address(last, family);
	if (str_split(s, '/', &first, &last))
		return is_address(first, family) &&
			(is_number(last, family == AF_INET ? 32 : 128) || is_address(last, family));
	return is_address(s, family);
}

static bool is_number_span(struct str s, uint64_t most)
{
	struct str first, last;
	uint64_t from, to;

	if (str_split(s, '-', &first, &last))
		return str_to_u64(first, 10, &from) && str_to_u64(last, 10, &to) && from <= to &&
			to <= most;
	return is_number(s, most);
}

static bool is_port(struct str s)
{
	static const char *const services[] = { "ftp", "ftp-data", "ssh", "telnet", "smtp",
		"domain", "bootps", "bootpc", "tftp", "http", "kerberos", "pop3", "sunrpc", "nntp",
		"ntp", "imap2", "snmp", "snmp-trap", "bgp", "ldap", "https", "microsoft-ds",
		"submission", "submissions", "ldaps", "imaps", "pop3s", "openvpn", "nfs", "mysql",
		"postgresql", "svn", "mdns", "http-alt", "syslog", "isakmp", "ipsec-nat-t",
		"netbios-ns", "netbios-dgm", "netbios-ssn", "rsync", "radius", "radius-acct", "sip",
		"sip-tls", "x11", "ipp", "printer", "ms-sql-s", "redis", "dhcpv6-client",
		"dhcpv6-server", "ms-wbt-server", NULL };

	return is_number_span(s, 65535) || word_among(s, services);
}

/* Bare names have few letters beside those of the alphabet; in quotes any. */
static bool is_interface(struct str s)
{
	bool is_quoted = str_starts(s, "\"");

	s = str_unquote(s);
	if (s.len == 0 || s.len > IFNAME_MAX)
		return false;
	for (size_t i = 0; i < s.len && !is_quoted; i++) {
		char c = s.ptr[i];
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!is_letter && (i == 0 || (!(c >= '0' && c <= '9') && !str_has(STR(".-/*"), c))))
			return false;
	}
	return true;
}

static bool is_mac(struct str s)
{
	if (s.len != 17)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (i % 3 == 2 ? s.ptr[i] != ':' :
				 !str_has(STR("0123456789abcdefABCDEF"), s.ptr[i]))
			return false;
	return true;
}

static const char *const states[] = { "invalid", "new", "established", "related", "untracked",
	NULL };
static const char *const statuses[] = { "expected", "seen-reply", "assured", "confirmed", "snat",
	"dnat", "dying", NULL };
static const char *const directions[] = { "original", "reply", NULL };
static const char *const protocols[] = { "tcp", "udp", "udplite", "icmp", "icmpv6", "ipv6-icmp",
	"esp", "ah", "comp", "dccp", "sctp", "igmp", "gre", "vrrp", "ospf", "pim", "ipip", "ipv6",
	"ipencap", "l2tp", "hip", NULL };
static const char *const icmp_types[] = { "echo-reply", "destination-unreachable", "source-quench",
	"redirect", "echo-request", "router-advertisement", "router-solicitation", "time-exceeded",
	"parameter-problem", "timestamp-request", "timestamp-reply", "info-request", "info-reply",
	"address-mask-request", "address-mask-reply", NULL };
static const char *const icmp6_types[] = { "destination-unreachable", "packet-too-big",
	"time-exceeded", "parameter-problem", "echo-request", "echo-reply", "mld-listener-query",
	"mld-listener-report", "mld-listener-done", "mld-listener-reduction", "nd-router-solicit",
	"nd-router-advert", "nd-neighbor-solicit", "nd-neighbor-advert", "nd-redirect",
	"router-renumbering", "ind-neighbor-solicit", "ind-neighbor-advert", "mld2-listener-report",
	NULL };
static const char *const codes[] = { "net-unreachable", "host-unreachable", "prot-unreachable",
	"port-unreachable", "net-prohibited", "host-prohibited", "admin-prohibited", "frag-needed",
	"no-route", "addr-unreachable", "policy-fail", "reject-route", NULL };
static const char *const packets[] = { "host", "unicast", "broadcast", "multicast", "other", NULL };
static const char *const families[] = { "ipv4", "ipv6", NULL };
static const char *const ethers[] = { "ip", "ip6", "arp", "vlan", "8021q", "8021ad", NULL };
static const char *const routes[] = { "unspec", "unicast", "local", "broadcast", "anycast",
	"multicast", "blackhole", "unreachable", "prohibit", NULL };
static const char *const cards[] = { "loopback", "ether", "ppp", "ipip", "ipip6", "sit", "ipgre",
	NULL };

bool nft_value_is_sound(enum nft_value kind, struct str s)
{
	static const char *const *const names[NFT_VALUES] = { [NFT_STATE] = states,
		[NFT_STATUS] = statuses,
		[NFT_DIRECTION] = directions,
		[NFT_PROTOCOL] = protocols,
		[NFT_ICMP] = icmp_types,
		[NFT_ICMP6] = icmp6_types,
		[NFT_CODE] = codes,
		[NFT_PACKET] = packets,
		[NFT_FAMILY] = families,
		[NFT_ETHER] = ethers,
		[NFT_ROUTE] = routes,
		[NFT_CARD] = cards };

	switch (kind) {
	case NFT_PORT:
		return is_port(s);
	case NFT_IP4:
		return is_address_span(s, AF_INET);
	case NFT_IP6:
		return is_address_span(s, AF_INET6);
	case NFT_INTERFACE:
		return is_interface(s);
	case NFT_MAC:
		return is_mac(s);
	case NFT_NUMBER:
		return is_number_span(s, UINT32_MAX);
	case NFT_ANY:
		return s.len > 0;
	default:
		return (names[kind] && word_among(s, names[kind])) ||
			(kind != NFT_STATE && is_number_span(s, UINT16_MAX));
	}
}
