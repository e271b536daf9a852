/* Listening sockets from the kernel's own dump: a tenth of the time of /proc/net/tcp, and it tells
 * what the text does not: the bound interface and whether [::] also serves IPv4. */
#include "work/hostaudit/sockets.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STATE_CLOSE 7 /* a UDP socket without a peer */
#define STATE_LISTEN 10
#define DATAGRAM_BYTES (32 * KIB)
#define DATAGRAMS_MAX 4096

static int v6only_of(const char *attributes, size_t size)
{
	struct rtattr attribute;

	while (size >= sizeof(attribute)) {
		memcpy(&attribute, attributes, sizeof(attribute));
		if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > size)
			break;
		if (attribute.rta_type == INET_DIAG_SKV6ONLY &&
			attribute.rta_len > sizeof(attribute))
			return attributes[sizeof(attribute)] != 0;
		if (RTA_ALIGN(attribute.rta_len) >= size)
			break;
		attributes += RTA_ALIGN(attribute.rta_len);
		size -= RTA_ALIGN(attribute.rta_len);
	}
	return -1;
}

static void add_socket(const struct inet_diag_msg *m, int v6only, bool is_udp, struct arena *a,
	struct socket_list *list)
{
	struct socket_entry *s;

	if (m->idiag_state != (is_udp ? STATE_CLOSE : STATE_LISTEN) || m->id.idiag_sport == 0)
		return;
	if (list->len >= SOCKETS_MAX) {
		list->is_cut = true;
		return;
	}
	s = vec_add(a, list);
	*s = (struct socket_entry){
		.is_v6 = m->idiag_family == AF_INET6,
		.is_udp = is_udp,
		.port = ntohs(m->id.idiag_sport),
		.interface = m->id.idiag_if,
		.uid = m->idiag_uid,
		.inode = m->idiag_inode,
		.v6only = m->idiag_family == AF_INET6 ? v6only : 1,
		.namespace = STR(""),
	};
	memcpy(s->address, m->id.idiag_src, sizeof(s->address));
}

int sock_diag_parse(struct str datagram, bool is_udp, struct arena *a, struct socket_list *list)
{
	struct nlmsghdr head;
	struct inet_diag_msg m;

	while (datagram.len >= sizeof(head)) {
		memcpy(&head, datagram.ptr, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > datagram.len)
			return ERR_INPUT;
		if (head.nlmsg_type == NLMSG_DONE)
			return 1;
		if (head.nlmsg_type == NLMSG_ERROR)
			return ERR_SYSTEM;
		if (head.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
			head.nlmsg_len >= NLMSG_HDRLEN + sizeof(m)) {
			const char *rest = datagram.ptr + NLMSG_HDRLEN + sizeof(m);

			memcpy(&m, datagram.ptr + NLMSG_HDRLEN, sizeof(m));
			if (m.idiag_family == AF_INET || m.idiag_family == AF_INET6)
				add_socket(&m,
					v6only_of(rest, head.nlmsg_len - NLMSG_HDRLEN - sizeof(m)),
					is_udp, a, list);
		}
		datagram = str_from(datagram, NLMSG_ALIGN(head.nlmsg_len));
	}
	return datagram.len == 0 ? 0 : ERR_INPUT;
}

static int send_request(int fd, bool is_v6, bool is_udp)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 ask;
	} request = {
		.head = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.ask = {
			.sdiag_family = is_v6 ? AF_INET6 : AF_INET,
			.sdiag_protocol = is_udp ? IPPROTO_UDP : IPPROTO_TCP,
			.idiag_states = 1u << (is_udp ? STATE_CLOSE : STATE_LISTEN),
		},
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(fd, &request, sizeof(request), 0, (struct sockaddr *)&kernel,
		       sizeof(kernel)) == (ssize_t)sizeof(request) ?
		0 :
		ERR_SYSTEM;
}

int sock_diag_ask(bool is_v6, bool is_udp, struct arena *a, struct socket_list *list)
{
	struct timeval patience = { .tv_sec = 1 };
	char bytes[DATAGRAM_BYTES];
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	int rc;

	if (fd < 0)
		return ERR_SYSTEM;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	rc = send_request(fd, is_v6, is_udp);
	for (int i = 0; rc == 0; i++) {
		ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

		if (n < 0 && errno == EINTR && i < DATAGRAMS_MAX)
			continue;
		if (n <= 0 || i >= DATAGRAMS_MAX)
			rc = ERR_SYSTEM;
		else
			rc = sock_diag_parse((struct str){ bytes, (size_t)n }, is_udp, a, list);
	}
	close(fd);
	return rc < 0 ? rc : 0;
}
