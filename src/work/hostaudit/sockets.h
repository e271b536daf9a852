/* sockets.h - private to hostaudit: sockets that wait for strangers, as the kernel tells them. */
#ifndef WORK_SOCKETS_H
#define WORK_SOCKETS_H

#include "base/base.h"
#include "work/hostaudit/host.h"

#define SOCKETS_MAX 16384

struct socket_entry {
	bool is_v6;
	bool is_udp;
	uint8_t address[16]; /* network order; the first 4 bytes when not is_v6 */
	uint16_t port;
	uint32_t interface; /* 0: all */
	int64_t uid;
	uint64_t inode;
	int v6only;           /* 1 yes, 0 no, -1 the source does not tell */
	struct str namespace; /* "" the one looked from, else "net:[4026532281]" */
	int64_t pid;          /* a member of the other namespace; 0 in our own */
};

struct socket_list {
	struct socket_entry *at;
	size_t len, room;
	bool is_cut; /* at SOCKETS_MAX */
};

enum socket_scope {
	SCOPE_LOOPBACK, /* this machine only */
	SCOPE_LINK,     /* neighbours on one cable */
	SCOPE_PRIVATE,  /* an address of a private network */
	SCOPE_PUBLIC,
	SCOPE_GROUP, /* multicast */
	SCOPE_ANY,   /* every address of the machine */
};

const char *socket_scope_name(enum socket_scope scope);
enum socket_scope socket_scope_of(const uint8_t *address, bool is_v6);
/* What a configuration writes: "*", "0.0.0.0", "::", "localhost", "10.0.0.5", "[::1]", "%eth0" cut
 * off. False for a host name, which only the machine's resolver could tell. */
bool socket_scope_parse(struct str text, enum socket_scope *ret);
/* "0.0.0.0", "::1"; lives in A. */
struct str socket_address_text(struct arena *a, const struct socket_entry *s);

/* Add the listeners of one datagram of a NETLINK_SOCK_DIAG dump. 1: the dump is done, 0: more
 * comes, <0 the kernel refused or the bytes make no sense. */
int sock_diag_parse(struct str datagram, bool is_udp, struct arena *a, struct socket_list *list);
/* Add the listeners of a text like /proc/net/tcp; lines that make no sense are passed over and
 * counted. */
size_t sock_text_parse(
	struct str text, bool is_v6, bool is_udp, struct arena *a, struct socket_list *list);
/* A socket that sees packets no port was opened for: a line of /proc/net/packet (IS_PACKET) or of
 * /proc/net/raw and raw6. PROTOCOL is the number the kernel gives. False for the heading. */
bool sock_raw_line(struct str line, bool is_packet, uint64_t *ret_inode, uint64_t *ret_protocol);
/* Ask the running kernel. 0, or <0 when it does not answer: then read the texts. */
int sock_diag_ask(bool is_v6, bool is_udp, struct arena *a, struct socket_list *list);

#endif
