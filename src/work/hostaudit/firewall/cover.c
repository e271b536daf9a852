/* cover.c - how much of all ports, or of all addresses, the values of a condition hold: a list of
 * them can be as good as no condition. */
#include "work/hostaudit/firewall/firewall.h"

#include <arpa/inet.h>

#include "work/hostaudit/resolve/resolve.h"

#define PORTS_ALL 65000
#define PORTS_MANY 32768
/* Of IPv4 in addresses, of IPv6 in networks of 16 bits. What is left out of ALL is
 * multicast, and of IPv6 all that is not in 2000::/3: nothing else comes from the Internet. */
#define IP4_ALL 0xdf000000u
#define IP4_MANY 0x10000000u
#define IP6_ALL 8192u
#define IP6_MANY 4096u

static enum fw_when when_of(uint64_t held, uint64_t many, uint64_t all)
{
	return held >= all ? FW_ALWAYS : held >= many ? FW_WIDE : FW_NARROW;
}

enum fw_when fw_when_ports(uint64_t held)
{
	return when_of(held, PORTS_MANY, PORTS_ALL);
}

enum fw_when fw_when_ip4(uint64_t held)
{
	return when_of(held, IP4_MANY, IP4_ALL);
}

enum fw_when fw_when_ip6(uint64_t held)
{
	return when_of(held, IP6_MANY, IP6_ALL);
}

enum fw_when fw_when_not(enum fw_when when)
{
	return when == FW_NARROW ? FW_ALWAYS : when == FW_ALWAYS ? FW_NARROW : FW_WIDE;
}

enum fw_when fw_when_prefix(int family, int bits)
{
	if (bits < 0)
		return FW_WIDE;
	if (family == 4)
		return fw_when_ip4(1ull << (32 - (bits < 32 ? bits : 32)));
	return bits > 16 ? FW_NARROW : fw_when_ip6(1ull << (16 - bits));
}

int fw_prefix_of(const unsigned char *mask, size_t size)
{
	int bits = 0;

	for (int i = 0; i < (int)size * 8; i++) {
		bool is_set = (mask[i / 8] >> (7 - i % 8) & 1) != 0;

		if (is_set && bits != i)
			return -1;
		bits += is_set;
	}
	return bits;
}

static bool port_number(struct str s, uint64_t fallback, uint64_t *ret)
{
	if (s.len == 0)
		*ret = fallback;
	return s.len == 0 || (str_to_u64(s, 10, ret) && *ret <= 65535);
}

enum fw_when fw_ports_when(struct str list)
{
	uint64_t held = 0, from, to;
	struct str value, first, last;

	while (str_next_word(&list, "{}, \t\n\"", &value)) {
		if (!str_split(value, '-', &first, &last) && !str_split(value, ':', &first, &last))
			held++;
		else if (port_number(first, 0, &from) && port_number(last, 65535, &to) &&
			from <= to)
			held += to - from + 1;
	}
	return fw_when_ports(held);
}

static bool ip4_of(struct str s, uint32_t *ret)
{
	char text[INET_ADDRSTRLEN];
	uint32_t net;

	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	if (inet_pton(AF_INET, text, &net) != 1)
		return false;
	*ret = ntohl(net);
	return true;
}

/* "10.0.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.1-10.0.0.9", "10.0.0.1": the number of addresses. */
static uint64_t ip4_held(struct str value)
{
	struct str first, last;
	uint32_t from, to;
	uint64_t bits;

	if (str_split(value, '-', &first, &last))
		return ip4_of(first, &from) && ip4_of(last, &to) && from <= to ?
			(uint64_t)to - from + 1 :
			0;
	if (!str_split(value, '/', &first, &last))
		return 1;
	if (str_to_u64(last, 10, &bits) && bits <= 32)
		return 1ull << (32 - bits);
	return ip4_of(last, &to) ? (uint64_t)~to + 1 : 0;
}

static uint64_t ip6_held(struct str value)
{
	struct str first, last;
	uint64_t bits;

	if (!str_split(value, '/', &first, &last) || !str_to_u64(last, 10, &bits) || bits > 16)
		return 0;
	return 1ull << (16 - bits);
}

enum fw_when fw_addresses_when(struct str list)
{
	uint64_t four = 0, six = 0;
	struct str value;
	enum fw_when by4, by6;

	while (str_next_word(&list, "{}, \t\n\"", &value)) {
		if (str_is(value, "0/0") || str_is(value, "0"))
			four += IP4_ALL;
		else if (str_find_char(value, ':') >= 0)
			six += ip6_held(value);
		else
			four += ip4_held(value);
	}
	by4 = fw_when_ip4(four);
	by6 = fw_when_ip6(six);
	return by4 < by6 ? by4 : by6;
}

bool fw_is_group_address(struct str list)
{
	static const char *const groups[] = { "224.*", "239.*", "255.255.255.255*", "127.*",
		"ff*:*", "fe80:*", "::1", "::1/128" };
	struct str value;
	bool is_group = false;

	while (str_next_word(&list, "{}, \t\n\"", &value)) {
		is_group = false;
		for (size_t i = 0; i < COUNT(groups); i++)
			is_group |= str_glob(str_of(groups[i]), value);
		if (!is_group)
			return false;
	}
	return is_group;
}
