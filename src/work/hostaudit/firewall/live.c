/* live.c - asks the kernel: an nfnetlink dump of chains and rules, and getsockopt for the
 * tables of the older iptables. Nothing is changed, and no module is loaded that was not there. */
#include "work/hostaudit/firewall/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netlink.h>

#define REPLY_BYTES (64 * KIB)
#define REPLIES_MAX 100000
#define LEGACY_MAX_BYTES (16 * MIB)

static void gap_of_errno(struct host *h, int errno_value, const char *what)
{
	host_gap(h, errno_value == EPERM || errno_value == EACCES ? GAP_RIGHTS : GAP_UNREADABLE,
		what);
}

/* ---- nftables ---- */

/* What is asked for: of every table, or the elements of one set; or all sets of ipset. */
struct question {
	int type;
	unsigned space;
	struct str table, name;
	bool is_ipset;
};

#define NAME_BYTES_MAX 256       /* NFT_NAME_MAXLEN */
#define IPSET_PROTOCOL_INDEXED 7 /* the first that tells the numbers rules name */

static size_t put_name(unsigned char *at, uint16_t type, struct str name)
{
	struct nlattr head = { .nla_len = (uint16_t)(sizeof(head) + name.len + 1),
		.nla_type = type };

	memcpy(at, &head, sizeof(head));
	memcpy(at + sizeof(head), name.ptr, name.len);
	return NLA_ALIGN(head.nla_len);
}

static size_t put_protocol(unsigned char *at)
{
	struct nlattr head = { .nla_len = sizeof(head) + 1, .nla_type = IPSET_ATTR_PROTOCOL };

	memcpy(at, &head, sizeof(head));
	at[sizeof(head)] = IPSET_PROTOCOL_INDEXED;
	return NLA_ALIGN(head.nla_len);
}

static bool ask(int fd, const struct question *q)
{
	unsigned subsystem = q->is_ipset ? NFNL_SUBSYS_IPSET : NFNL_SUBSYS_NFTABLES;
	struct nlmsghdr head = { .nlmsg_type = (uint16_t)(subsystem << 8 | (unsigned)q->type),
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.nlmsg_seq = (uint32_t)q->type };
	struct nfgenmsg family = { .nfgen_family = (uint8_t)q->space, .version = NFNETLINK_V0 };
	unsigned char message[NLMSG_HDRLEN + sizeof(family) + 2 * (NAME_BYTES_MAX + 8)] = { 0 };
	size_t size = NLMSG_HDRLEN + sizeof(family);

	if (q->table.len >= NAME_BYTES_MAX || q->name.len >= NAME_BYTES_MAX) {
		errno = EINVAL;
		return false;
	}
	memcpy(message + NLMSG_HDRLEN, &family, sizeof(family));
	if (q->name.len > 0) {
		size += put_name(message + size, NFTA_SET_ELEM_LIST_TABLE, q->table);
		size += put_name(message + size, NFTA_SET_ELEM_LIST_SET, q->name);
	}
	if (q->is_ipset)
		size += put_protocol(message + size);
	head.nlmsg_len = (uint32_t)size;
	memcpy(message, &head, sizeof(head));
	return send(fd, message, size, 0) == (ssize_t)size;
}

enum heard { HEARD_MORE, HEARD_END, HEARD_AGAIN, HEARD_FAILED };

/* Who listens: a message of the dump, false where it is not understood. */
typedef bool take(void *context, struct arena *a, const unsigned char *message, size_t size);

static bool take_nft(void *context, struct arena *a, const unsigned char *message, size_t size)
{
	return fw_add_netlink(context, message, size);
}

static bool take_ipset(void *context, struct arena *a, const unsigned char *message, size_t size)
{
	return fw_add_ipset(context, a, message, size);
}

struct listener {
	int fd;
	unsigned char *buffer;
	struct arena *a;
	take *take;
	void *context;
};

/* One datagram of messages. errno is set for HEARD_FAILED. */
static enum heard hear(const struct listener *l, const unsigned char *bytes, size_t size)
{
	while (size >= NLMSG_HDRLEN) {
		struct nlmsghdr head;
		size_t step;
		int code = 0;

		memcpy(&head, bytes, sizeof(head));
		if (head.nlmsg_len < NLMSG_HDRLEN || head.nlmsg_len > size)
			break;
		if (head.nlmsg_flags & NLM_F_DUMP_INTR)
			return HEARD_AGAIN;
		if (head.nlmsg_type == NLMSG_DONE)
			return HEARD_END;
		if (head.nlmsg_type == NLMSG_ERROR) {
			if (head.nlmsg_len >= NLMSG_HDRLEN + sizeof(code))
				memcpy(&code, bytes + NLMSG_HDRLEN, sizeof(code));
			errno = -code;
			return code == 0 ? HEARD_END : HEARD_FAILED;
		}
		if (!l->take(l->context, l->a, bytes, head.nlmsg_len))
			break;
		step = NLMSG_ALIGN(head.nlmsg_len);
		if (step > size)
			step = size;
		bytes += step;
		size -= step;
	}
	errno = EBADMSG;
	return size == 0 ? HEARD_MORE : HEARD_FAILED;
}

static enum heard dump(const struct listener *l, const struct question *q)
{
	enum heard heard = HEARD_MORE;

	if (!ask(l->fd, q))
		return HEARD_FAILED;
	for (int i = 0; heard == HEARD_MORE && i < REPLIES_MAX; i++) {
		ssize_t n = recv(l->fd, l->buffer, REPLY_BYTES, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return HEARD_FAILED;
		heard = hear(l, l->buffer, (size_t)n);
	}
	return heard;
}

/* Chains, the sets that tell something and their elements, rules. */
static enum heard dump_nft(const struct listener *l)
{
	const struct fw_ruleset *set = l->context;
	enum heard heard = dump(l, &(struct question){ .type = NFT_MSG_GETCHAIN });

	if (heard == HEARD_END)
		heard = dump(l, &(struct question){ .type = NFT_MSG_GETSET });
	for (size_t i = 0; heard == HEARD_END && i < set->members.len; i++) {
		const struct fw_members *m = &set->members.at[i];

		heard = dump(l,
			&(struct question){ .type = NFT_MSG_GETSETELEM,
				.space = m->space,
				.table = m->table,
				.name = m->name });
	}
	if (heard == HEARD_END)
		heard = dump(l, &(struct question){ .type = NFT_MSG_GETRULE });
	return heard;
}

static enum heard dump_ipsets(const struct listener *l)
{
	return dump(l, &(struct question){ .type = IPSET_CMD_LIST, .is_ipset = true });
}

/* A kernel without nftables has none of its rules. */
static bool means_none(int errno_value)
{
	return errno_value == EPROTONOSUPPORT || errno_value == EOPNOTSUPP ||
		errno_value == EINVAL || errno_value == ENOENT || errno_value == EAFNOSUPPORT;
}

/* A socket for questions. Negative: there is none. */
static int listener_open(struct host *h, struct listener *l)
{
	struct timeval patience = { .tv_sec = 2 };

	l->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (l->fd < 0) {
		if (!means_none(errno))
			gap_of_errno(h, errno, "nftables");
		return -1;
	}
	l->buffer = malloc(REPLY_BYTES);
	if (l->buffer == NULL)
		abort();
	setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return 0;
}

static void listener_close(struct listener *l)
{
	free(l->buffer);
	close(l->fd);
}

static void live_nft(struct host *h, struct fw_ruleset *set)
{
	struct listener l = { .a = set->a, .take = take_nft, .context = set };
	const struct fw_ipsets *ipsets = set->ipsets;
	enum heard heard = HEARD_AGAIN;

	if (listener_open(h, &l) < 0)
		return;
	for (int tries = 0; heard == HEARD_AGAIN && tries < 3; tries++) {
		fw_init(set, set->a); /* a change in between: all again */
		set->ipsets = ipsets;
		heard = dump_nft(&l);
	}
	if (heard != HEARD_END && !(heard == HEARD_FAILED && means_none(errno)))
		gap_of_errno(h, errno, "nftables");
	listener_close(&l);
}

/* What is in the lists that rules name. Those of a kernel that refuses are as wide as may be. */
static const struct fw_ipsets *live_ipsets(struct host *h, struct arena *a)
{
	struct fw_ipsets *sets = arena_new(a, struct fw_ipsets);
	struct listener l = { .a = a, .take = take_ipset, .context = sets };
	enum heard heard = HEARD_AGAIN;

	if (listener_open(h, &l) < 0)
		return sets;
	for (int tries = 0; heard == HEARD_AGAIN && tries < 3; tries++) {
		*sets = (struct fw_ipsets){ 0 };
		heard = dump_ipsets(&l);
	}
	sets->is_full |= heard != HEARD_END;
	listener_close(&l);
	return sets;
}

/* ---- the older iptables ---- */

static bool has_filter(struct host *h, const char *names)
{
	struct str text, line;

	if (host_read_proc(h, names, 4096, host_arena(h), &text) < 0)
		return false;
	while (str_next_line(&text, &line))
		if (str_is(line, "filter"))
			return true;
	return false;
}

struct legacy_socket {
	int domain, level, get_info, get_entries, family;
	const char *names;
};

/* struct ip6t_getinfo and ip6t_get_entries have the same shape as these. */
static void read_legacy(
	struct host *h, struct fw_ruleset *set, const struct legacy_socket *s, int fd)
{
	struct ipt_getinfo info = { .name = "filter" };
	struct ipt_get_entries *entries;
	socklen_t size = sizeof(info);
	struct fw_legacy table;

	if (getsockopt(fd, s->level, s->get_info, &info, &size) != 0 ||
		info.size > LEGACY_MAX_BYTES) {
		gap_of_errno(h, errno, s->names);
		return;
	}
	size = (socklen_t)(sizeof(*entries) + info.size);
	entries = calloc(1, size);
	if (entries == NULL)
		abort();
	memcpy(entries->name, info.name, sizeof(info.name));
	entries->size = info.size;
	table = (struct fw_legacy){ .entries = (const unsigned char *)entries->entrytable,
		.size = info.size,
		.hook_entry = info.hook_entry[NF_INET_LOCAL_IN],
		.underflow = info.underflow[NF_INET_LOCAL_IN],
		.family = s->family };
	if (getsockopt(fd, s->level, s->get_entries, entries, &size) != 0)
		gap_of_errno(h, errno, s->names);
	else if (!fw_add_legacy(set, &table))
		host_gap(h, GAP_SYNTAX, s->names);
	free(entries);
}

static void live_legacy(struct host *h, struct fw_ruleset *set)
{
	static const struct legacy_socket sockets[] = {
		{ AF_INET, IPPROTO_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES, 4,
			"/proc/net/ip_tables_names" },
		{ AF_INET6, IPPROTO_IPV6, IP6T_SO_GET_INFO, IP6T_SO_GET_ENTRIES, 6,
			"/proc/net/ip6_tables_names" },
	};

	for (size_t i = 0; i < COUNT(sockets); i++) {
		int fd;

		if (!has_filter(h, sockets[i].names))
			continue;
		fd = socket(sockets[i].domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0) {
			gap_of_errno(h, errno, sockets[i].names);
			continue;
		}
		read_legacy(h, set, &sockets[i], fd);
		close(fd);
	}
}

void fw_live(struct host *h, struct fw_ruleset *set)
{
	live_nft(h, set);
	live_legacy(h, set);
	if (!set->names_ipset)
		return;
	/* asked only now: the question alone would load what a kernel without lists lacks */
	set->ipsets = live_ipsets(h, set->a);
	live_nft(h, set);
	live_legacy(h, set);
}
