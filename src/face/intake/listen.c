/* listen.c - before the process starts: the settings, the ports, and what only root may open. */
#include "face/intake/intake_int.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "face/intake/journal.h"

#define BACKLOG 1024

/* As much as may be: more than the system's bound only with rights of root. */
static void enlarge(int fd)
{
	int bytes = UDP_BUFFER_BYTES;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

/* "514" is all addresses; "192.0.2.1:514", "[::1]:514". */
static int resolve(
	const char *address, bool is_stream, int family, struct addrinfo **ret, struct err *e)
{
	struct addrinfo hints = { .ai_family = family,
		.ai_socktype = is_stream ? SOCK_STREAM : SOCK_DGRAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	const char *colon = strrchr(address, ':');
	struct str host = { address, colon ? (size_t)(colon - address) : 0 };
	char text[64];

	if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
		host = (struct str){ host.ptr + 1, host.len - 2 };
	snprintf(text, sizeof(text), "%.*s", STR_FMT(host));
	if (getaddrinfo(colon ? text : NULL, colon ? colon + 1 : address, &hints, ret) != 0)
		return err_set(e, ERR_INPUT, "\"%s\" is no address of this machine", address);
	return 0;
}

static int bind_to(int fd, const struct addrinfo *at, bool is_stream, bool is_shared)
{
	int one = 1, zero = 0;

	if (at->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if ((is_stream || is_shared) &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0)
		return -1;
	return bind(fd, at->ai_addr, at->ai_addrlen);
}

/* A UDP port is shared with the sockets of single senders later on; that nobody else has it is
 * tried first, for two who share one would take each other's datagrams. */
static int open_at(const struct addrinfo *at, bool is_stream)
{
	int type = (is_stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
	int fd = socket(at->ai_family, type, 0);

	if (fd >= 0 && !is_stream) {
		if (bind_to(fd, at, false, false) != 0) {
			close(fd);
			return -1;
		}
		close(fd);
		fd = socket(at->ai_family, type, 0);
	}
	if (fd < 0)
		return -1;
	if (bind_to(fd, at, is_stream, true) != 0 || (is_stream && listen(fd, BACKLOG) != 0)) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	if (!is_stream)
		enlarge(fd);
	return fd;
}

static int open_port(const char *address, bool is_stream, int *ret_fd, struct err *e)
{
	static const int families[] = { AF_INET6, AF_INET };
	bool is_any = !strchr(address, ':');
	int rc = 0;

	for (size_t i = 0; i < (is_any ? COUNT(families) : 1); i++) {
		struct addrinfo *at = NULL;

		rc = resolve(address, is_stream, is_any ? families[i] : AF_UNSPEC, &at, e);
		if (rc < 0)
			continue;
		*ret_fd = open_at(at, is_stream);
		rc = *ret_fd < 0 ? err_errno(e, errno, "listen on \"%s\"", address) : 0;
		freeaddrinfo(at);
		if (rc == 0)
			return 0;
	}
	return rc;
}

static struct listener *add_listener(
	struct setup *s, enum leaf_transport transport, bool is_datagram, int fd)
{
	struct listener *l = arena_new(s->service->arena, struct listener);

	*l = (struct listener){ .watch = { .fd = fd },
		.transport = transport,
		.is_datagram = is_datagram,
		.next = s->listeners };
	s->listeners = l;
	return l;
}

/* Programs of this machine: both kinds of socket at one path cannot be, so the stream is PATH and
 * the datagrams, as on /dev/log, are PATH.dgram. */
static int open_unix(struct setup *s, const char *path, bool is_datagram, struct err *e)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX,
		(is_datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct stat st;

	if (fd < 0)
		return err_errno(e, errno, "a socket");
	if (strlen(path) >= sizeof(at.sun_path)) {
		close(fd);
		return err_set(e, ERR_INPUT, "\"%s\" is too long for a socket", path);
	}
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || chmod(path, 0666) != 0 ||
		(!is_datagram && listen(fd, BACKLOG) != 0)) {
		int rc = err_errno(e, errno, "listen on \"%s\"", path);

		close(fd);
		return rc;
	}
	enlarge(fd);
	add_listener(s, LEAF_UNIX, is_datagram, fd)->path = path;
	return process_hand_over(s->service, path, e);
}

static int open_pair(struct setup *s, const char *path, struct err *e)
{
	int rc = open_unix(s, path, false, e);

	if (rc == 0)
		rc = open_unix(s, arena_fmt(s->service->arena, "%s.dgram", path).ptr, true, e);
	return rc;
}

static int open_one(struct setup *s, const struct listen_at *at, struct err *e)
{
	bool is_stream = at->transport != LEAF_UDP;
	int fd = -1, rc;

	if (at->transport == LEAF_UNIX)
		return open_pair(s, at->address, e);
	rc = open_port(at->address, is_stream, &fd, e);
	if (rc < 0 && at->instead)
		rc = open_port(at->instead, is_stream, &fd, e);
	if (rc < 0 && at->line == 0) {
		intake_warn("%s (%s)", e->text, leaf_transport_name(at->transport));
		*e = (struct err){ 0 };
		return 0;
	}
	if (rc < 0)
		return err_context(e, INTAKE_FILE ":%d", at->line);
	add_listener(s, at->transport, !is_stream, fd)->is_tls = at->is_tls;
	return 0;
}

/* Where senders get sockets of their own they are made here: large buffers need rights. */
static void open_own(struct setup *s)
{
	int family = -1;

	for (const struct listener *l = s->listeners; l; l = l->next) {
		struct sockaddr_storage sa;
		socklen_t len = sizeof(sa);

		if (l->transport == LEAF_UDP &&
			getsockname(l->watch.fd, (struct sockaddr *)&sa, &len) == 0)
			family = sa.ss_family;
	}
	while (family >= 0 && s->own_count < UDP_OWN_MAX) {
		int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

		if (fd < 0)
			return;
		enlarge(fd);
		s->own_fds[s->own_count++] = fd;
	}
}

static int read_config(struct setup *s, struct err *e)
{
	struct process_service *service = s->service;
	const char *path = arena_fmt(service->arena, "%s/" INTAKE_FILE, service->data).ptr;
	struct vfile_disk *d = NULL;
	struct str text = STR_NONE;
	int rc = vfile_disk_open(service->data, &d, e);

	if (rc < 0)
		return rc;
	rc = vfile_load(d, INTAKE_FILE, 256 * KIB, service->arena, &text, e);
	vfile_disk_close(d);
	if (rc == ERR_ABSENT)
		rc = 0;
	if (rc < 0)
		return err_context(e, "\"%s\"", path);
	return config_parse(
		text, service->data, service->line->lang, service->arena, &s->config, e);
}

static void read_boot_id(struct setup *s)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, s->boot_id, 36);

	if (fd >= 0)
		close(fd);
	s->boot_id[len > 0 ? len : 0] = '\0';
}

/* The folders of files that are followed: a rotated one lies beside. */
static void list_folders(struct setup *s)
{
	size_t len = 0;

	for (size_t i = 0; i < s->config.file_count; i++) {
		const char *slash = strrchr(s->config.files[i], '/');
		struct str folder = { s->config.files[i], (size_t)(slash - s->config.files[i]) };

		s->files_below[len++] =
			arena_cstr(s->service->arena, folder.len ? folder : STR("/"));
	}
	s->files_below[len++] =
		arena_fmt(s->service->arena, "%s/" SILENCE_FOLDER, s->service->data).ptr;
	if (s->config.has_journal)
		s->files_below[len++] = s->config.journal ? s->config.journal : "/var/log/journal";
	s->files_below[len] = NULL;
}

int intake_prepare(struct process_service *service, void **ret_state, struct err *e)
{
	struct setup *s = arena_new(service->arena, struct setup);
	int rc = process_folder(service, e);

	s->service = service;
	*ret_state = s;
	if (rc == 0)
		rc = read_config(s, e);
	if (rc == 0 && s->config.certificate && s->config.key)
		rc = tls_open(&s->config, &s->tls, e);
	for (size_t i = 0; i < s->config.listen_count && rc == 0; i++)
		rc = open_one(s, &s->config.listens[i], e);
	if (rc < 0)
		return rc;
	if (s->config.has_journal)
		s->journal = journal_library();
	open_own(s);
	read_boot_id(s);
	list_folders(s);
	return 0;
}

/* DATA/log is there by now. */
int intake_ready(struct process_service *service, void *state, struct err *e)
{
	struct setup *s = state;
	const char *path = arena_fmt(service->arena, "%s/" INTAKE_SOCKET, service->data).ptr,
		   *alarm = arena_fmt(service->arena, "%s/" SILENCE_FOLDER, service->data).ptr;

	if (mkdir(alarm, 0750) != 0 && errno != EEXIST)
		return err_errno(e, errno, "make \"%s\"", alarm);
	if (process_hand_over(service, alarm, e) < 0)
		return e->code;
	if (strlen(path) + sizeof(".dgram") > sizeof(((struct sockaddr_un *)0)->sun_path)) {
		intake_warn("\"%s\" is too long for a socket: nothing is received there", path);
		return 0;
	}
	return open_pair(s, path, e);
}

void intake_release(void *state)
{
	struct setup *s = state;

	tls_close(s->tls);
	for (struct listener *l = s->listeners; l; l = l->next)
		close(l->watch.fd);
	for (size_t i = 0; i < s->own_count; i++)
		close(s->own_fds[i]);
}
