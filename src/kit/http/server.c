/* server.c - libmicrohttpd behind http.h. Everything runs on the owner's thread. */
#include "kit/http/http_int.h"
#include "kit/http/mhd.h"
#include "kit/http/multipart.h"
#include "kit/http/upload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTION_MEMORY_BYTES (32 * KIB)
#define STREAM_BLOCK_BYTES (16 * KIB)

/* A connection and, between its first line and its end, its request. */
struct connection {
	struct connection *next, **to_me;
	int fd;
	int64_t since_us; /* start, or end of the last answer */
	bool is_busy;     /* a request has begun */
	bool has_files;   /* it brings files, which takes longer */
};

struct exchange {
	struct arena arena;
	struct http_request rq;
	struct str target;
	struct buf body;
	struct http_admit admit;
	struct upload *upload;     /* of a form with files, else NULL */
	uint64_t body_bytes;       /* that came */
	struct http_stream stream; /* of the answer */
	struct buf piece;          /* of it, sent up to piece_at */
	size_t piece_at;
	bool is_begun, is_streamed_out;
};

struct http_server {
	struct mhd mhd;
	struct MHD_Daemon *daemon;
	struct http_options options;
	struct connection *connections;
	int64_t swept_us;
	int quiesced_fd;
	bool is_draining;
};

/* --- listening -------------------------------------------------------------------------------- */

/* "host:port" or "[host]:port" */
static bool split_address(struct str address, struct str *ret_host, struct str *ret_port)
{
	struct str rest;

	if (str_starts(address, "[")) {
		if (!str_split(str_from(address, 1), ']', ret_host, &rest) ||
			!str_starts(rest, ":"))
			return false;
		*ret_port = str_from(rest, 1);
		return true;
	}
	return str_split(address, ':', ret_host, ret_port) && !str_has(*ret_port, ':');
}

static bool is_loopback(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(
			&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr);
	return ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr) >> 24 == 127;
}

int http_listen(const char *address, bool *ret_is_loopback, int *ret_fd, struct err *e)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *found = NULL;
	struct str host, port;
	char host_text[64], port_text[8];
	int fd, one = 1, rc = 0;

	if (!split_address(str_of(address), &host, &port) || host.len == 0 ||
		host.len >= sizeof(host_text) || port.len == 0 || port.len >= sizeof(port_text))
		return err_set(e, ERR_INPUT,
			"\"%s\" is no address like 127.0.0.1:8080 or [::1]:8080", address);
	snprintf(host_text, sizeof(host_text), "%.*s", STR_FMT(host));
	snprintf(port_text, sizeof(port_text), "%.*s", STR_FMT(port));
	if (str_is(host, "localhost"))
		snprintf(host_text, sizeof(host_text), "127.0.0.1");
	if (getaddrinfo(host_text, port_text, &hints, &found) != 0)
		return err_set(e, ERR_INPUT, "\"%s\" is no address of this machine", address);
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
		bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 128) != 0) {
		rc = err_errno(e, errno, "listen on \"%s\"", address);
		if (fd >= 0)
			close(fd);
	} else {
		*ret_is_loopback = is_loopback(found->ai_addr);
		*ret_fd = fd;
	}
	freeaddrinfo(found);
	return rc;
}

/* --- connections ------------------------------------------------------------------------------ */

static void on_connection(void *cls, struct MHD_Connection *c, void **socket_context,
	enum MHD_ConnectionNotificationCode code)
{
	struct http_server *s = cls;
	struct connection *conn = *socket_context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
			s->mhd.get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);

		conn = calloc(1, sizeof(*conn));
		if (!conn)
			abort();
		conn->fd = info ? info->connect_fd : -1;
		conn->since_us = clock_monotonic_us();
		conn->next = s->connections;
		conn->to_me = &s->connections;
		if (conn->next)
			conn->next->to_me = &conn->next;
		s->connections = conn;
		*socket_context = conn;
	} else if (conn) {
		*conn->to_me = conn->next;
		if (conn->next)
			conn->next->to_me = conn->to_me;
		free(conn);
		*socket_context = NULL;
	}
}

/* A client that sends a byte now and then never looks idle; this bounds it all the same. */
static void end_the_slow(struct http_server *s)
{
	int64_t now_us = clock_monotonic_us();

	if (now_us - s->swept_us < 1000000)
		return;
	s->swept_us = now_us;
	for (struct connection *c = s->connections; c; c = c->next) {
		int64_t patience_s = c->has_files ? LIMIT_HTTP_UPLOAD_S : LIMIT_HTTP_TOTAL_S;

		if (now_us - c->since_us > patience_s * 1000000 && c->fd >= 0)
			shutdown(c->fd, SHUT_RDWR);
	}
}

static struct connection *connection_of(const struct http_server *s, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
		s->mhd.get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* --- requests --------------------------------------------------------------------------------- */

static void *on_target(void *cls, const char *uri, struct MHD_Connection *c)
{
	struct connection *conn = connection_of(cls, c);
	struct exchange *x = calloc(1, sizeof(*x));

	if (!x)
		abort();
	if (conn)
		conn->is_busy = true;
	arena_init(&x->arena, LIMIT_REQUEST_MEMORY_BYTES);
	buf_init(&x->body, LIMIT_HTTP_BODY_BYTES);
	x->target = arena_str(&x->arena, str_of(uri));
	return x;
}

static void on_completed(
	void *cls, struct MHD_Connection *c, void **req_cls, enum MHD_RequestTerminationCode why)
{
	struct http_server *s = cls;
	struct connection *conn = connection_of(s, c);
	struct exchange *x = *req_cls;

	if (conn) {
		conn->since_us = clock_monotonic_us();
		conn->is_busy = conn->has_files = false;
		if (s->is_draining)
			shutdown(conn->fd, SHUT_RD);
	}
	if (!x)
		return;
	upload_end(x->upload);
	if (x->stream.end)
		x->stream.end(x->stream.context);
	if (x->stream.next)
		buf_done(&x->piece);
	buf_done(&x->body);
	arena_done(&x->arena);
	free(x);
	*req_cls = NULL;
}

struct header_sink {
	struct exchange *x;
	VEC(struct http_pair) pairs;
};

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *key,
	size_t key_len, const char *value, size_t value_len)
{
	struct header_sink *sink = cls;
	struct http_pair *pair = vec_add(&sink->x->arena, &sink->pairs);

	pair->name = arena_str(&sink->x->arena, (struct str){ key, key_len });
	pair->value = arena_str(
		&sink->x->arena, (struct str){ value ? value : "", value ? value_len : 0 });
	return MHD_YES;
}

static const char *peer_text(const struct mhd *m, struct MHD_Connection *c, struct arena *a)
{
	const union MHD_ConnectionInfo *info =
		m->get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char *text = arena_alloc(a, INET6_ADDRSTRLEN);

	if (info && info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET,
			&((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr,
			text, INET6_ADDRSTRLEN);
	else if (info && info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6,
			&((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr,
			text, INET6_ADDRSTRLEN);
	return text;
}

struct str http_header(const struct http_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->header_count; i++) {
		if (str_is_nocase(rq->headers[i].name, name))
			return rq->headers[i].value;
	}
	return STR_NONE;
}

static void add_header(
	const struct mhd *m, struct MHD_Response *r, const char *name, const char *value)
{
	if (value && m->add_response_header(r, name, value) != MHD_YES)
		abort(); /* a control byte in a header of our own making */
}

static void add_security_headers(const struct mhd *m, struct MHD_Response *r, bool is_tls)
{
	add_header(m, r, "Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
		"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
	add_header(m, r, "X-Content-Type-Options", "nosniff");
	add_header(m, r, "Referrer-Policy", "no-referrer");
	add_header(m, r, "Cross-Origin-Opener-Policy", "same-origin");
	add_header(m, r, "Cross-Origin-Resource-Policy", "same-origin");
	add_header(m, r, "Permissions-Policy",
		"camera=(), microphone=(), geolocation=(), payment=(), usb=()");
	if (is_tls)
		add_header(m, r, "Strict-Transport-Security", "max-age=31536000");
}

/* --- answers that are made while they are sent ------------------------------------------------ */

struct streaming {
	struct http_server *server;
	struct MHD_Connection *connection;
	struct exchange *x;
};

/* The library asks for the next bytes. Who takes them is alive: their time begins anew. */
static ssize_t next_bytes(void *cls, uint64_t pos, char *to, size_t max)
{
	struct streaming *t = cls;
	struct exchange *x = t->x;
	struct connection *conn = connection_of(t->server, t->connection);
	struct err e = { 0 };
	size_t len;

	if (conn)
		conn->since_us = clock_monotonic_us();
	while (x->piece_at == x->piece.len) {
		int more;

		if (x->is_streamed_out)
			return MHD_CONTENT_READER_END_OF_STREAM;
		buf_clear(&x->piece);
		x->piece_at = 0;
		more = x->stream.next(x->stream.context, &x->piece, &e);
		x->is_streamed_out = more == 0;
		if (more < 0 || buf_is_full(&x->piece)) {
			fprintf(stderr, "khien web: an answer broke off: %s\n", e.text);
			return MHD_CONTENT_READER_END_WITH_ERROR;
		}
	}
	len = x->piece.len - x->piece_at;
	len = len < max ? len : max;
	memcpy(to, x->piece.ptr + x->piece_at, len);
	x->piece_at += len;
	return (ssize_t)len;
}

static struct MHD_Response *stream_response(struct http_server *s, struct MHD_Connection *c,
	struct exchange *x, const struct http_response *rs)
{
	struct streaming *t = arena_new(&x->arena, struct streaming);

	*t = (struct streaming){ s, c, x };
	x->stream = rs->stream;
	buf_init(&x->piece, LIMIT_HTTP_PAGE_BYTES);
	return s->mhd.create_response_from_callback(
		x->stream.size_bytes < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)x->stream.size_bytes,
		STREAM_BLOCK_BYTES, next_bytes, t, NULL);
}

static struct MHD_Response *whole_response(const struct mhd *m, struct http_response *rs)
{
	if (rs->still.ptr)
		return m->create_response_from_buffer(
			rs->still.len, (void *)(uintptr_t)rs->still.ptr, MHD_RESPMEM_PERSISTENT);
	return m->create_response_from_buffer(
		rs->body.len, (void *)(uintptr_t)buf_cstr(&rs->body), MHD_RESPMEM_MUST_COPY);
}

/* X is NULL of a refusal, which is never streamed. */
static enum MHD_Result answer(struct http_server *s, struct MHD_Connection *c, struct exchange *x,
	struct http_response *rs, bool is_last)
{
	const struct mhd *m = &s->mhd;
	struct MHD_Response *r;
	enum MHD_Result queued;

	if (buf_is_full(&rs->body)) {
		rs->status = 500;
		buf_clear(&rs->body);
	}
	r = x && rs->stream.next ? stream_response(s, c, x, rs) : whole_response(m, rs);
	if (!r)
		abort();
	add_security_headers(m, r, s->options.tls_key != NULL);
	add_header(m, r, "Content-Type", rs->content_type);
	add_header(m, r, "Cache-Control", rs->cache ? rs->cache : "no-store");
	add_header(m, r, "Location", rs->location);
	add_header(m, r, "Content-Disposition", rs->disposition);
	add_header(m, r, "ETag", rs->etag);
	add_header(m, r, "Retry-After", rs->retry_after);
	add_header(m, r, "WWW-Authenticate", rs->authenticate);
	for (size_t i = 0; i < COUNT(rs->cookies); i++)
		add_header(m, r, "Set-Cookie", rs->cookies[i]);
	if (is_last)
		add_header(m, r, "Connection", "close");
	queued = m->queue_response(c, (unsigned)rs->status, r);
	m->destroy_response(r);
	return queued;
}

static enum MHD_Result refuse(struct http_server *s, struct MHD_Connection *c, int status)
{
	struct http_response rs = { .status = status, .content_type = "text/plain; charset=utf-8" };
	enum MHD_Result rc;

	buf_init(&rs.body, KIB);
	buf_fmt(&rs.body, "%d\n", status);
	rc = answer(s, c, NULL, &rs, true);
	buf_done(&rs.body);
	return rc;
}

/* How much of a body may come, and where its files go. */
static int admit(
	struct http_server *s, struct MHD_Connection *c, struct exchange *x, const struct gate *g)
{
	struct connection *conn = connection_of(s, c);
	struct str type = http_header(&x->rq, "content-type");
	int64_t declared = gate_content_length(g);
	struct err e = { 0 };

	x->admit = (struct http_admit){ .body_max_bytes = LIMIT_HTTP_BODY_BYTES };
	if (s->options.admit && x->rq.method == HTTP_POST && multipart_is(type))
		s->options.admit(s->options.context, &x->rq, &x->admit);
	if (declared > (int64_t)x->admit.body_max_bytes &&
		((!x->admit.folder && !x->admit.is_refused) ||
			declared > (int64_t)LIMIT_HTTP_DISCARD_BYTES))
		return 413;
	if (!x->admit.folder)
		return 0;
	if (upload_begin(type, s->options.disk, x->admit.folder, &x->arena, &x->upload, &e) < 0)
		return 400;
	if (conn)
		conn->has_files = true;
	return 0;
}

/* The first call of a request: its line and headers are there, its body is not. */
static enum MHD_Result begin(struct http_server *s, struct MHD_Connection *c, struct exchange *x,
	const char *method, const char *version)
{
	struct header_sink sink = { .x = x };
	struct gate g = {
		.method = str_of(method), .version = str_of(version), .target = x->target
	};
	struct str path = x->target, query = STR_NONE;
	int status;

	x->is_begun = true;
	s->mhd.get_connection_values_n(c, MHD_HEADER_KIND, take_header, &sink);
	g.headers = sink.pairs.at;
	g.header_count = sink.pairs.len;
	status = gate_status(&g);
	if (status != 0)
		return refuse(s, c, status);
	(void)str_split(x->target, '?', &path, &query);
	x->rq = (struct http_request){ .arena = &x->arena,
		.path = path,
		.query = query,
		.method = str_is(g.method, "POST") ? HTTP_POST : HTTP_GET,
		.peer = peer_text(&s->mhd, c, &x->arena),
		.is_tls = s->options.tls_key != NULL,
		.headers = g.headers,
		.header_count = g.header_count };
	status = admit(s, c, x, &g);
	return status ? refuse(s, c, status) : MHD_YES;
}

/* A piece of the body. What is too much of a form with files is thrown away, so that the answer
 * can say so; of anything else the connection is cut. */
static enum MHD_Result take_body(struct exchange *x, struct str bytes)
{
	x->body_bytes += bytes.len;
	if (x->admit.is_refused) {
		x->rq.fault = HTTP_BODY_LARGE;
		return x->body_bytes > LIMIT_HTTP_DISCARD_BYTES ? MHD_NO : MHD_YES;
	}
	if (!x->upload) {
		buf_add(&x->body, bytes);
		return buf_is_full(&x->body) ? MHD_NO : MHD_YES;
	}
	if (x->body_bytes > LIMIT_HTTP_DISCARD_BYTES)
		return MHD_NO;
	if (x->body_bytes > x->admit.body_max_bytes)
		x->rq.fault = HTTP_BODY_LARGE;
	else
		upload_add(x->upload, bytes);
	return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
	const char *method, const char *version, const char *upload_data, size_t *upload_size,
	void **req_cls)
{
	struct http_server *s = cls;
	struct exchange *x = *req_cls;
	struct http_response rs = { .status = 200, .content_type = "text/html; charset=utf-8" };
	enum MHD_Result rc;

	if (!x->is_begun)
		return begin(s, c, x, method, version);
	if (*upload_size > 0) {
		rc = take_body(x, (struct str){ upload_data, *upload_size });
		*upload_size = 0;
		return rc;
	}
	if (x->upload && x->rq.fault == HTTP_BODY_FINE)
		upload_take(x->upload, &x->rq);
	else if (!x->upload)
		x->rq.body = buf_str(&x->body);
	buf_init(&rs.body, LIMIT_HTTP_PAGE_BYTES);
	s->options.handle(s->options.context, &x->rq, &rs);
	rc = answer(s, c, x, &rs, s->is_draining);
	buf_done(&rs.body);
	return rc;
}

/* Targets are decoded by us, after routing, never by the library. */
static size_t leave_escaped(void *cls, struct MHD_Connection *c, char *text)
{
	return strlen(text);
}

static void say_nothing(void *cls, const char *fmt, va_list args)
{
}

int http_start(const struct http_options *options, struct http_server **ret, struct err *e)
{
	struct http_server *s = calloc(1, sizeof(*s));
	static const char priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->tls_key },
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->tls_certificate },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities },
		{ MHD_OPTION_END, 0, NULL },
	};
	unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG | (options->tls_key ? MHD_USE_TLS : 0u);

	if (!s)
		abort();
	if (mhd_open(&s->mhd, e) < 0) {
		free(s);
		return e->code;
	}
	s->options = *options;
	s->quiesced_fd = -1;
	s->daemon = s->mhd.start_daemon(flags, 0, NULL, NULL, on_request, s,
		MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, MHD_OPTION_LISTEN_SOCKET,
		options->listen_fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_HTTP_CONNECTIONS,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)LIMIT_HTTP_CONNECTIONS_PER_IP,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)LIMIT_HTTP_IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, s, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_ARRAY,
		options->tls_key ? tls : &tls[3], MHD_OPTION_END);
	if (!s->daemon) {
		mhd_close(&s->mhd);
		free(s);
		return err_set(e, ERR_SYSTEM, "the web server does not start");
	}
	*ret = s;
	return 0;
}

int http_fd(const struct http_server *s)
{
	return s->mhd.get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int http_timeout_ms(const struct http_server *s)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (s->connections == NULL)
		return -1;
	if (s->mhd.get_timeout(s->daemon, &ms) != MHD_YES || ms > 1000)
		return 1000; /* the slow are looked for each second */
	return (int)ms;
}

void http_turn(struct http_server *s)
{
	(void)s->mhd.run(s->daemon);
	end_the_slow(s);
}

void http_drain(struct http_server *s)
{
	if (s->is_draining)
		return;
	s->is_draining = true;
	s->quiesced_fd = s->mhd.quiesce_daemon(s->daemon);
	for (struct connection *c = s->connections; c; c = c->next) {
		if (!c->is_busy)
			shutdown(c->fd, SHUT_RDWR);
	}
}

unsigned http_connections(const struct http_server *s)
{
	return s->mhd.get_daemon_info(s->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
		->num_connections;
}

struct http_server *http_stop(struct http_server *s)
{
	if (!s)
		return NULL;
	s->mhd.stop_daemon(s->daemon);
	if (s->quiesced_fd >= 0)
		close(s->quiesced_fd);
	mhd_close(&s->mhd);
	free(s);
	return NULL;
}
