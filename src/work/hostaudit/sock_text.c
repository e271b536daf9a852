/* Addresses and what they mean, and the text form of the kernel's socket tables. */
#include "work/hostaudit/sockets.h"

#include <arpa/inet.h>
#include <string.h>

#define STATE_CLOSE 7
#define STATE_LISTEN 10

const char *socket_scope_name(enum socket_scope scope)
{
	static const char *const names[] = {
		[SCOPE_LOOPBACK] = "loopback",
		[SCOPE_LINK] = "link",
		[SCOPE_PRIVATE] = "private",
		[SCOPE_PUBLIC] = "public",
		[SCOPE_GROUP] = "multicast",
		[SCOPE_ANY] = "any",
	};

	return names[scope];
}

static enum socket_scope scope_of_v4(const uint8_t *a)
{
	if ((a[0] | a[1] | a[2] | a[3]) == 0)
		return SCOPE_ANY;
	if (a[0] == 127)
		return SCOPE_LOOPBACK;
	if (a[0] == 169 && a[1] == 254)
		return SCOPE_LINK;
	if (a[0] >= 224 && a[0] < 240)
		return SCOPE_GROUP;
	if (a[0] == 10 || (a[0] == 172 && (a[1] & 0xF0) == 16) || (a[0] == 192 && a[1] == 168) ||
		(a[0] == 100 && (a[1] & 0xC0) == 64))
		return SCOPE_PRIVATE;
	return SCOPE_PUBLIC;
}

enum socket_scope socket_scope_of(const uint8_t *address, bool is_v6)
{
	static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	static const uint8_t zero[15];

	if (!is_v6)
		return scope_of_v4(address);
	if (memcmp(address, mapped, sizeof(mapped)) == 0)
		return scope_of_v4(address + 12);
	if (memcmp(address, zero, sizeof(zero)) == 0 && address[15] <= 1)
		return address[15] ? SCOPE_LOOPBACK : SCOPE_ANY;
	if (address[0] == 0xFF)
		return SCOPE_GROUP;
	if (address[0] == 0xFE && (address[1] & 0xC0) == 0x80)
		return SCOPE_LINK;
	if ((address[0] & 0xFE) == 0xFC)
		return SCOPE_PRIVATE;
	return SCOPE_PUBLIC;
}

bool socket_scope_parse(struct str text, enum socket_scope *ret)
{
	char copy[INET6_ADDRSTRLEN + 1];
	uint8_t address[16];
	ptrdiff_t zone;

	text = str_trim(text);
	if (str_starts(text, "[") && str_ends(text, "]"))
		text = (struct str){ text.ptr + 1, text.len - 2 };
	zone = str_find_char(text, '%');
	if (zone >= 0)
		text = str_until(text, (size_t)zone);
	if (str_is(text, "*")) {
		*ret = SCOPE_ANY;
		return true;
	}
	if (str_is_nocase(text, "localhost") || str_is_nocase(text, "localhost.localdomain") ||
		str_is_nocase(text, "ip6-localhost") || str_is_nocase(text, "ip6-loopback")) {
		*ret = SCOPE_LOOPBACK;
		return true;
	}
	if (text.len == 0 || text.len >= sizeof(copy) || str_has(text, '\0'))
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET, copy, address) == 1)
		*ret = socket_scope_of(address, false);
	else if (inet_pton(AF_INET6, copy, address) == 1)
		*ret = socket_scope_of(address, true);
	else
		return false;
	return true;
}

struct str socket_address_text(struct arena *a, const struct socket_entry *s)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(s->is_v6 ? AF_INET6 : AF_INET, s->address, text, sizeof(text));
	return arena_str(a, str_of(text));
}

/* "0100007F": words of 32 bits, each printed as the machine's own byte order has it. The machine
 * that wrote a recorded text is taken to be little-endian, as this one must be. */
static bool address_parse(struct str hex, bool is_v6, uint8_t *ret)
{
	size_t words = is_v6 ? 4 : 1;
	uint64_t value;

	if (hex.len != words * 8)
		return false;
	for (size_t i = 0; i < words; i++) {
		if (!str_to_u64((struct str){ hex.ptr + i * 8, 8 }, 16, &value))
			return false;
		for (size_t byte = 0; byte < 4; byte++)
			ret[i * 4 + byte] = (uint8_t)(value >> (8 * byte));
	}
	return true;
}

/* "sl local remote st tx:rx tr:when retrnsmt uid timeout inode …". 1 a listener, 0 another state,
 * <0 no such line. */
static int line_parse(struct str line, bool is_v6, bool is_udp, struct socket_entry *ret)
{
	struct str words[10];
	struct str hex, port;
	uint64_t number;
	size_t count = 0;

	while (count < COUNT(words) && str_next_word(&line, " \t", &words[count]))
		count++;
	if (count < COUNT(words) || !str_split(words[1], ':', &hex, &port))
		return ERR_INPUT;
	*ret = (struct socket_entry){ .is_v6 = is_v6, .is_udp = is_udp, .v6only = is_v6 ? -1 : 1 };
	if (!address_parse(hex, is_v6, ret->address) || !str_to_u64(port, 16, &number) ||
		number > UINT16_MAX)
		return ERR_INPUT;
	ret->port = (uint16_t)number;
	if (!str_to_u64(words[9], 10, &ret->inode) || !str_to_i64(words[7], &ret->uid) ||
		!str_to_u64(words[3], 16, &number))
		return ERR_INPUT;
	return number == (is_udp ? STATE_CLOSE : STATE_LISTEN) && ret->port != 0;
}

size_t sock_text_parse(
	struct str text, bool is_v6, bool is_udp, struct arena *a, struct socket_list *list)
{
	struct socket_entry s;
	struct str line;
	size_t strange = 0;

	str_next_line(&text, &line); /* the heading */
	while (str_next_line(&text, &line)) {
		int rc = line_parse(line, is_v6, is_udp, &s);

		strange += rc < 0;
		if (rc != 1)
			continue;
		s.namespace = STR("");
		if (list->len < SOCKETS_MAX)
			vec_push(a, list, s);
		else
			list->is_cut = true;
	}
	return strange;
}

/* "sk RefCnt Type Proto Iface R Rmem User Inode", and for raw ones the columns of line_parse() with
 * the protocol where others have the port. */
bool sock_raw_line(struct str line, bool is_packet, uint64_t *ret_inode, uint64_t *ret_protocol)
{
	size_t wanted = is_packet ? 9 : 10, count = 0;
	struct str words[10], address, port;
	uint64_t inode, protocol;

	while (count < wanted && str_next_word(&line, " \t", &words[count]))
		count++;
	if (count < wanted || !str_to_u64(words[wanted - 1], 10, &inode))
		return false;
	if (!is_packet && !str_split(words[1], ':', &address, &port))
		return false;
	if (!str_to_u64(is_packet ? words[3] : port, 16, &protocol))
		return false;
	*ret_inode = inode;
	*ret_protocol = protocol;
	return true;
}
