/* cover.c - how much of all ports, or of all addresses, the values of a condition hold: a list of
 * them can be as good as no condition. */
#include "work/hostaudit/firewall/cover.h"

#include "work/hostaudit/firewall/firewall.h"

#include <arpa/inet.h>

#include "work/hostaudit/resolve/resolve.h"

#define PORT_LAST 65535
#define PORTS_ALL 65000
#define PORTS_MANY 20000 /* more than the ranges that programs ask for, as 49152-65535 */
/* Of IPv4 in addresses, of IPv6 in networks of 16 bits. What is left out of ALL is multicast and
 * 0.0.0.0/8, and of IPv6 what is not in 2000::/3: nothing else comes from the Internet. */
#define IP4_FIRST 0x01000000u
#define IP4_ALL 0xdf000000u
#define IP4_MANY 0x10000000u
#define IP6_FIRST 0x2000u
#define IP6_ALL 8192u
#define IP6_MANY 4096u
#define IP6_BYTES 16
#define SMALL_PART 256
#define PATTERNS 243u /* 3 to the power of FW_VALUES_MAX */

static enum fw_when when_of(uint64_t held, uint64_t many, uint64_t all)
{
	return held >= all ? FW_ALWAYS : held >= many ? FW_WIDE : FW_NARROW;
}

enum fw_when fw_when_not(enum fw_when when)
{
	return when == FW_NARROW ? FW_ALWAYS : when == FW_ALWAYS ? FW_NARROW : FW_WIDE;
}

struct fw_span fw_network(const unsigned char *address, size_t size, int bits)
{
	int whole = size == 4 ? 32 : 16;
	uint64_t first = 0, others;

	for (int i = 0; i < whole / 8; i++)
		first = first << 8 | address[i];
	if (bits > whole) /* less than one of our networks: nothing */
		return (struct fw_span){ 1, 0 };
	others = (1ull << (whole - (bits > 0 ? bits : 0))) - 1;
	return (struct fw_span){ first & ~others, first | others };
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

/* ---- ranges together ---- */

static void take_out(struct fw_cover *c, unsigned i)
{
	c->at[i] = c->at[--c->count];
}

void fw_cover_add(struct fw_cover *c, struct fw_span span)
{
	static const struct fw_span wholes[FW_WHOLES] = { [FW_PORTS] = { 0, PORT_LAST },
		[FW_IP4] = { IP4_FIRST, IP4_FIRST + IP4_ALL - 1 },
		[FW_IP6] = { IP6_FIRST, IP6_FIRST + IP6_ALL - 1 } };
	const struct fw_span *all = &wholes[c->of];

	if (span.first < all->first)
		span.first = all->first;
	if (span.last > all->last)
		span.last = all->last;
	if (span.last < span.first)
		return;
	if (span.last - span.first < (all->last - all->first) / SMALL_PART) {
		c->rest += span.last - span.first + 1;
		return;
	}
	for (unsigned i = 0; i < c->count;) {
		struct fw_span *s = &c->at[i];

		if (span.first > s->last + 1 || s->first > span.last + 1) {
			i++;
			continue;
		}
		span.first = s->first < span.first ? s->first : span.first;
		span.last = s->last > span.last ? s->last : span.last;
		take_out(c, i);
		i = 0;
	}
	if (c->count < FW_SPANS_MAX)
		c->at[c->count++] = span;
	else
		c->rest += span.last - span.first + 1;
}

enum fw_when fw_cover_when(const struct fw_cover *c)
{
	uint64_t held = c->rest;

	for (unsigned i = 0; i < c->count; i++)
		held += c->at[i].last - c->at[i].first + 1;
	return c->of == FW_PORTS ? when_of(held, PORTS_MANY, PORTS_ALL) :
		c->of == FW_IP4  ? when_of(held, IP4_MANY, IP4_ALL) :
				   when_of(held, IP6_MANY, IP6_ALL);
}

/* ---- values together ---- */

void fw_pattern_add(struct fw_patterns *p, const enum fw_when values[FW_VALUES_MAX])
{
	unsigned n = 0;

	for (size_t i = 0; i < FW_VALUES_MAX; i++)
		n = n * 3 + (unsigned)values[i];
	p->seen[n / 8] |= (unsigned char)(1u << n % 8);
}

enum fw_when fw_patterns_when(
	const struct fw_patterns *p, size_t count, const bool is_loose[FW_VALUES_MAX])
{
	enum fw_when widest = FW_NARROW;

	for (unsigned n = 0; n < PATTERNS; n++) {
		enum fw_when narrowest = FW_ALWAYS;
		unsigned left = n;

		if ((p->seen[n / 8] >> n % 8 & 1) == 0)
			continue;
		for (size_t i = FW_VALUES_MAX; i > 0; i--, left /= 3) {
			enum fw_when when = (enum fw_when)(left % 3);

			if (i > count)
				continue;
			if (is_loose[i - 1] && when == FW_NARROW)
				when = FW_WIDE;
			narrowest = when > narrowest ? when : narrowest;
		}
		widest = narrowest < widest ? narrowest : widest;
	}
	return widest;
}

/* ---- lists ---- */

static bool port_number(struct str s, uint64_t fallback, uint64_t *ret)
{
	if (s.len == 0)
		*ret = fallback;
	return s.len == 0 || (str_to_u64(s, 10, ret) && *ret <= 65535);
}

void fw_cover_ports(struct fw_cover *c, struct str list)
{
	struct str value, first, last;
	uint64_t from, to;

	while (str_next_word(&list, "{}, \t\n\"", &value)) {
		if (!str_split(value, '-', &first, &last) && !str_split(value, ':', &first, &last))
			first = last = value;
		if (port_number(first, 0, &from) && port_number(last, PORT_LAST, &to))
			fw_cover_add(c, (struct fw_span){ from, to });
		else if (first.ptr == last.ptr)
			c->rest++; /* "ssh" */
	}
}

enum fw_when fw_ports_when(struct str list)
{
	struct fw_cover c = { .of = FW_PORTS };

	fw_cover_ports(&c, list);
	return fw_cover_when(&c);
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

/* "10.0.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.1-10.0.0.9", "10.0.0.1" */
static bool ip4_span(struct str value, struct fw_span *ret)
{
	struct str first = value, last = value;
	uint32_t from, to, mask = UINT32_MAX;
	uint64_t bits;

	if (str_split(value, '-', &first, &last)) {
		if (!ip4_of(first, &from) || !ip4_of(last, &to))
			return false;
		*ret = (struct fw_span){ from, to };
		return true;
	}
	if (!str_split(value, '/', &first, &last))
		first = value;
	else if (str_to_u64(last, 10, &bits) && bits <= 32)
		mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
	else if (!ip4_of(last, &mask))
		return false;
	if (!ip4_of(first, &from))
		return false;
	*ret = (struct fw_span){ from & mask, from | ~mask };
	return true;
}

static bool ip6_of(struct str s, unsigned char *ret)
{
	char text[INET6_ADDRSTRLEN];

	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return inet_pton(AF_INET6, text, ret) == 1;
}

/* Ranges as nft writes them too. */
static bool ip6_span(struct str value, struct fw_span *ret)
{
	unsigned char from[IP6_BYTES], to[IP6_BYTES];
	struct str first = value, last = value;
	uint64_t bits = 128;

	if (str_split(value, '-', &first, &last)) {
		if (!ip6_of(first, from) || !ip6_of(last, to))
			return false;
		*ret = (struct fw_span){ fw_network(from, sizeof(from), 16).first,
			fw_network(to, sizeof(to), 16).last };
		return ret->last > ret->first;
	}
	if (str_split(value, '/', &first, &last) && (!str_to_u64(last, 10, &bits) || bits > 128))
		return false;
	if (!ip6_of(first, from))
		return false;
	*ret = fw_network(from, sizeof(from), (int)bits);
	return true;
}

void fw_cover_addresses(struct fw_cover *four, struct fw_cover *six, struct str list)
{
	struct fw_span span;
	struct str value;

	while (str_next_word(&list, "{}, \t\n\"", &value)) {
		if (str_is(value, "0/0") || str_is(value, "0"))
			fw_cover_add(four, (struct fw_span){ 0, UINT32_MAX });
		else if (str_find_char(value, ':') >= 0 && ip6_span(value, &span))
			fw_cover_add(six, span);
		else if (str_find_char(value, ':') < 0 && ip4_span(value, &span))
			fw_cover_add(four, span);
	}
}

enum fw_when fw_addresses_when(struct str list)
{
	struct fw_cover four = { .of = FW_IP4 }, six = { .of = FW_IP6 };
	enum fw_when by4, by6;

	fw_cover_addresses(&four, &six, list);
	by4 = fw_cover_when(&four);
	by6 = fw_cover_when(&six);
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
