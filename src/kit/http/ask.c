/* ask.c - one question to another server. What comes back is bounded in size and in time. */
#include "kit/http/http_int.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] >= 0x7f)
			return false;
	return s.len > 0;
}

int http_url_parse(struct str url, struct arena *a, struct http_url *ret, struct err *e)
{
	struct str rest = str_from(url, strlen("http://")), host = rest, path = STR("");
	struct str port = STR("80");
	ptrdiff_t slash;

	if (!str_starts(url, "http://") || !is_plain(url) || url.len > KIB)
		return err_set(
			e, ERR_INPUT, "\"%.*s\" is no address http://host:port/…", STR_FMT(url));
	slash = str_find_char(rest, '/');
	if (slash >= 0) {
		host = str_until(rest, (size_t)slash);
		path = str_from(rest, (size_t)slash);
	}
	if (str_starts(host, "[")) {
		if (!str_split(str_from(host, 1), ']', &host, &rest))
			return err_set(e, ERR_INPUT, "\"%.*s\" has no whole host", STR_FMT(url));
		if (str_starts(rest, ":"))
			port = str_from(rest, 1);
	} else if (str_find_char(host, ':') >= 0) {
		(void)str_split(host, ':', &host, &port);
	}
	if (host.len == 0 || port.len == 0 || port.len > 5)
		return err_set(e, ERR_INPUT, "\"%.*s\" has no host or port", STR_FMT(url));
	for (size_t i = 0; i < port.len; i++)
		if (port.ptr[i] < '0' || port.ptr[i] > '9')
			return err_set(e, ERR_INPUT, "\"%.*s\" has no right port", STR_FMT(url));
	ret->host = arena_cstr(a, host);
	ret->port = arena_cstr(a, port);
	ret->path = path.len > 0 ? arena_cstr(a, path) : "/";
	return 0;
}

static bool is_in_pieces(struct str head)
{
	struct str line, name, value;

	while (str_next_line(&head, &line))
		if (str_split(line, ':', &name, &value) && str_is_nocase(name, "Transfer-Encoding"))
			return true;
	return false;
}

int http_answer_parse(struct str bytes, int *ret_status, struct str *ret_body, struct err *e)
{
	ptrdiff_t head = str_find(bytes, STR("\r\n\r\n"));
	struct str version, rest, status;
	uint64_t number;

	if (head < 0 || !str_split(bytes, ' ', &version, &rest) ||
		(!str_is(version, "HTTP/1.1") && !str_is(version, "HTTP/1.0")))
		return err_set(e, ERR_INPUT, "what came is no answer of HTTP");
	status = str_until(rest, 3);
	if (status.len != 3 || !str_to_u64(status, 10, &number) || number < 100 || number > 599 ||
		(rest.len > 3 && rest.ptr[3] != ' ' && rest.ptr[3] != '\r'))
		return err_set(e, ERR_INPUT, "the answer has no status");
	if (is_in_pieces(str_until(bytes, (size_t)head)))
		return err_set(e, ERR_INPUT, "the answer comes in pieces, which is not read here");
	*ret_status = (int)number;
	*ret_body = str_from(bytes, (size_t)head + 4);
	return 0;
}

/* --- the connection --------------------------------------------------------------------------- */

static int left_ms(int64_t end_us)
{
	int64_t left = (end_us - clock_monotonic_us()) / 1000;

	return left > 0 ? (int)left : 0;
}

static bool wait_for(int fd, short events, int64_t end_us)
{
	struct pollfd wait = { .fd = fd, .events = events };

	return poll(&wait, 1, left_ms(end_us)) == 1;
}

static int try_one(const struct addrinfo *at, int64_t end_us)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), failed = 0;
	socklen_t size = sizeof(failed);

	if (fd < 0)
		return -1;
	if (connect(fd, at->ai_addr, at->ai_addrlen) != 0 &&
		(errno != EINPROGRESS || !wait_for(fd, POLLOUT, end_us) ||
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) != 0 || failed)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int open_connection(const struct http_url *url, int64_t end_us, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found, *at;
	int fd = -1;

	if (getaddrinfo(url->host, url->port, &hints, &found) != 0)
		return err_set(e, ERR_SYSTEM, "\"%s\" has no address", url->host);
	for (at = found; at && fd < 0; at = at->ai_next)
		fd = try_one(at, end_us);
	freeaddrinfo(found);
	return fd >= 0 ?
		fd :
		err_set(e, ERR_SYSTEM, "\"%s\" port %s does not answer", url->host, url->port);
}

static int send_all(int fd, struct str bytes, int64_t end_us, struct err *e)
{
	while (bytes.len > 0) {
		ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return err_errno(e, errno, "send the question");
		if (n > 0)
			bytes = str_from(bytes, (size_t)n);
		else if (!wait_for(fd, POLLOUT, end_us))
			return err_set(e, ERR_SYSTEM, "the other server is too slow");
	}
	return 0;
}

static int receive_all(int fd, struct buf *out, int64_t end_us, struct err *e)
{
	char bytes[8 * KIB];

	for (;;) {
		ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

		if (n == 0)
			return 0;
		if (n > 0)
			buf_add(out, (struct str){ bytes, (size_t)n });
		else if (errno != EAGAIN && errno != EINTR)
			return err_errno(e, errno, "receive the answer");
		else if (!wait_for(fd, POLLIN, end_us))
			return err_set(e, ERR_SYSTEM, "the other server is too slow");
		if (buf_is_full(out))
			return err_set(e, ERR_INPUT, "the answer is too long");
	}
}

static void write_question(const struct http_ask *ask, const struct http_url *url, struct buf *out)
{
	bool is_v6 = strchr(url->host, ':') != NULL;

	buf_fmt(out, "%s %s HTTP/1.1\r\nHost: %s%s%s:%s\r\nConnection: close\r\n",
		ask->body ? "POST" : "GET", url->path, is_v6 ? "[" : "", url->host,
		is_v6 ? "]" : "", url->port);
	if (ask->body)
		buf_fmt(out, "Content-Type: %s\r\nContent-Length: %zu\r\n",
			ask->type ? ask->type : "application/octet-stream", ask->body_len);
	buf_add(out, STR("\r\n"));
	if (ask->body)
		buf_add(out, (struct str){ ask->body, ask->body_len });
}

int http_ask(const struct http_ask *ask, struct arena *a, struct str *ret_body, struct err *e)
{
	int64_t end_us = clock_monotonic_us() + (int64_t)ask->wait_s * 1000000;
	struct http_url url;
	struct buf question, answer;
	struct str body;
	int status = 0, fd, rc;

	if (str_starts(str_of(ask->url), "https://"))
		return ask_tls(ask, a, ret_body, e);
	if (ask->authorization)
		return err_set(e, ERR_INPUT, "\"%s\": no secret goes there in the clear", ask->url);
	rc = http_url_parse(str_of(ask->url), a, &url, e);
	if (rc < 0)
		return rc;
	fd = open_connection(&url, end_us, e);
	if (fd < 0)
		return fd;
	buf_init(&question, HTTP_ANSWER_BYTES_MAX);
	buf_init(&answer, HTTP_ANSWER_BYTES_MAX);
	write_question(ask, &url, &question);
	rc = send_all(fd, buf_str(&question), end_us, e);
	if (rc == 0)
		rc = receive_all(fd, &answer, end_us, e);
	close(fd);
	if (rc == 0)
		rc = http_answer_parse(buf_str(&answer), &status, &body, e);
	if (rc == 0)
		*ret_body = arena_str(a, body);
	buf_done(&question);
	buf_done(&answer);
	return rc < 0 ? rc : status;
}
