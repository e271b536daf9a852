/* http_server_test.c - the server itself over a real socket. */
#include "kit/http/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/http/http_test.h"
#include "test/unit.h"

struct server {
	struct http_server *http;
	struct sockaddr_in at;
	int asked;
};

static void echo(void *context, const struct http_request *rq, struct http_response *rs)
{
	struct server *s = context;

	s->asked++;
	html(&rs->body, "%s %.*s ? %.*s = %.*s", rq->method == HTTP_POST ? "POST" : "GET",
		STR_FMT(rq->path), STR_FMT(rq->query), STR_FMT(rq->body));
	rs->cookies[0] = "a=1; HttpOnly";
	rs->cookies[1] = "b=2; HttpOnly";
}

static void start(struct server *s)
{
	struct err e = { 0 };
	struct http_options o = { .handle = echo, .context = s };
	socklen_t len = sizeof(s->at);
	bool is_loopback = false;

	memset(s, 0, sizeof(*s));
	assert_int_equal(http_listen("127.0.0.1:0", &is_loopback, &o.listen_fd, &e), 0);
	assert_true(is_loopback);
	assert_int_equal(getsockname(o.listen_fd, (struct sockaddr *)&s->at, &len), 0);
	assert_int_equal(http_start(&o, &s->http, &e), 0);
}

static int dial(struct server *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&s->at, sizeof(s->at)), 0);
	return fd;
}

/* Turn the server until the peer closes, the answer holds UNTIL, or 2 s are over; 1 when closed. */
static int talk(struct server *s, int fd, struct buf *answer, const char *until)
{
	int64_t end_us = clock_monotonic_us() + 2000000;

	while (clock_monotonic_us() < end_us) {
		char bytes[4096];
		ssize_t len;

		http_turn(s->http);
		len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (len == 0)
			return 1;
		if (len > 0)
			buf_add(answer, (struct str){ bytes, (size_t)len });
		if (until && strstr(buf_cstr(answer), until))
			return 0;
		if (len < 0)
			poll(NULL, 0, 1);
	}
	return 0;
}

#define LINE "GET / HTTP/1.1\r\n"

void hostile_requests_are_answered_and_closed(void **state)
{
	static const char *const hostile[] = {
		LINE "\r\n",
		LINE "Host: a\r\nHost: b\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\n"
		"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x10\r\n\r\n",
		"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
		LINE "Host: a\r\nX Y: 1\r\n\r\n",
		LINE "Host: a\r\nX: \x01\r\n\r\n",
		"GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
		"GET / HTTP/3.0\r\nHost: a\r\n\r\n",
		"nonsense\r\n\r\n",
	};
	struct server s;

	start(&s);
	for (size_t i = 0; i < COUNT(hostile); i++) {
		int fd = dial(&s);
		struct buf answer;

		buf_init(&answer, 64 * KIB);
		assert_int_equal(
			send(fd, hostile[i], strlen(hostile[i]), 0), (ssize_t)strlen(hostile[i]));
		if (!talk(&s, fd, &answer, NULL))
			fail_msg("not closed: %s", hostile[i]);
		if (answer.len && !strstr(buf_cstr(&answer), "HTTP/1.1 4") &&
			!strstr(buf_cstr(&answer), "HTTP/1.1 5"))
			fail_msg("answered: %s -> %s", hostile[i], buf_cstr(&answer));
		buf_done(&answer);
		close(fd);
	}
	assert_int_equal(s.asked, 0);
	http_stop(s.http);
}

void an_ordinary_exchange(void **state)
{
	const char *asked = "POST /a%20b?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
	struct server s;
	struct buf answer;
	int fd;

	start(&s);
	fd = dial(&s);
	buf_init(&answer, 64 * KIB);
	assert_int_equal(send(fd, asked, strlen(asked), 0), (ssize_t)strlen(asked));
	assert_int_equal(talk(&s, fd, &answer, "= abc"), 0);
	assert_non_null(strstr(buf_cstr(&answer), "HTTP/1.1 200"));
	assert_non_null(strstr(buf_cstr(&answer), "POST /a%20b ? x=1 = abc"));
	assert_non_null(strstr(buf_cstr(&answer), "Content-Security-Policy: default-src 'none'"));
	assert_non_null(strstr(buf_cstr(&answer), "X-Content-Type-Options: nosniff"));
	assert_non_null(strstr(buf_cstr(&answer), "Cache-Control: no-store"));
	assert_non_null(strstr(buf_cstr(&answer), "Set-Cookie: a=1; HttpOnly"));
	assert_non_null(strstr(buf_cstr(&answer), "Set-Cookie: b=2; HttpOnly"));
	buf_done(&answer);
	close(fd);
	http_stop(s.http);
}

void large_bodies_are_refused(void **state)
{
	char asked[128];
	struct server s;
	struct buf answer;
	int fd;

	start(&s);
	fd = dial(&s);
	buf_init(&answer, 64 * KIB);
	snprintf(asked, sizeof(asked), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %u\r\n\r\n",
		LIMIT_HTTP_BODY_BYTES + 1);
	assert_int_equal(send(fd, asked, strlen(asked), 0), (ssize_t)strlen(asked));
	assert_int_equal(talk(&s, fd, &answer, NULL), 1);
	assert_non_null(strstr(buf_cstr(&answer), "HTTP/1.1 413"));
	buf_done(&answer);
	close(fd);
	fd = dial(&s);
	buf_init(&answer, 64 * KIB);
	snprintf(asked, sizeof(asked),
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
	assert_int_equal(send(fd, asked, strlen(asked), 0), (ssize_t)strlen(asked));
	for (unsigned sent = 0; sent <= LIMIT_HTTP_BODY_BYTES + 64 * KIB; sent += 1024) {
		static const char head[] = "400\r\n";
		char block[1024 + 2] = { 0 };

		memcpy(block + 1024, "\r\n", 2);
		if (send(fd, head, 5, MSG_NOSIGNAL) < 0 ||
			send(fd, block, sizeof(block), MSG_NOSIGNAL) < 0)
			break;
		http_turn(s.http);
	}
	(void)!send(fd, "0\r\n\r\n", 5, MSG_NOSIGNAL);
	(void)talk(&s, fd, &answer, NULL);
	assert_null(strstr(buf_cstr(&answer), "HTTP/1.1 200"));
	assert_int_equal(s.asked, 0);
	buf_done(&answer);
	close(fd);
	http_stop(s.http);
}

void draining_ends_what_runs(void **state)
{
	const char *first = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na",
		   *rest = "bc";
	struct server s;
	struct buf answer;
	int fd, late;

	start(&s);
	fd = dial(&s);
	buf_init(&answer, 64 * KIB);
	assert_int_equal(send(fd, first, strlen(first), 0), (ssize_t)strlen(first));
	for (int i = 0; i < 20; i++)
		http_turn(s.http);
	assert_int_equal(http_connections(s.http), 1);
	http_drain(s.http);
	late = dial(
		&s); /* waits in the queue of the socket, which another process may still hold */
	assert_int_equal(send(fd, rest, strlen(rest), 0), (ssize_t)strlen(rest));
	assert_int_equal(talk(&s, fd, &answer, NULL), 1);
	assert_non_null(strstr(buf_cstr(&answer), "HTTP/1.1 200"));
	assert_int_equal(http_connections(s.http), 0);
	buf_done(&answer);
	close(late);
	close(fd);
	http_stop(s.http);
}
