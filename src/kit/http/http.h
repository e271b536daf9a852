/* http.h - floor 2: an HTTP/1.1 server that reads strictly, the parsers of what browsers send, and
 * the writer of HTML. The server has no thread of its own: the owner calls http_turn() in a loop.
 *
 * Every request passes a gate before anybody sees it: one Host, one Content-Length, no
 * Content-Length beside Transfer-Encoding, only chunked, token names, no control bytes, origin-form
 * targets, GET HEAD POST, the ceilings of base/limits.h. What fails it is answered 400 and closed.
 * Every answer carries the security headers; a handler cannot forget them. Forms
 * with files are read as they come, the files go to a disk: memory stays the same. */
#ifndef KIT_HTTP_H
#define KIT_HTTP_H

#include "base/base.h"
#include "kit/vfile/vfile.h"

/* Names with their values, decoded, in the order sent. Live in the arena they were parsed into. */
struct http_pair {
	struct str name;
	struct str value;
};

struct http_pairs {
	const struct http_pair *at;
	size_t count;
};

/* "a=1&b=x+y%20z" of a query or a form. ERR_INPUT for a broken escape, a NUL byte or text that is
 * not UTF-8; ERR_LIMIT for more than LIMIT_HTTP_FIELDS. */
MUST_CHECK int http_form_parse(
	struct str text, struct arena *a, struct http_pairs *ret, struct err *e);
/* The value of the first NAME, or STR_NONE. */
struct str http_pair(struct http_pairs pairs, const char *name);
/* A Cookie header: "a=1; b=2". The value of NAME as sent, or STR_NONE; one name twice is STR_NONE,
 * since nobody can say which is meant. Borrowed from HEADER. */
struct str http_cookie(struct str header, const char *name);
/* %XX of a path decoded; STR_NONE when it is broken, not UTF-8 or holds a control byte. */
struct str http_path_decode(struct str path, struct arena *a);
/* As one segment of a path or one value of a query: all but A-Z a-z 0-9 - . _ ~ as %XX. */
struct str url_piece(struct str s, struct arena *a);

enum http_method { HTTP_GET, HTTP_POST }; /* HEAD comes as GET */

/* A file that came in a form. It lies on the disk of http_options, not synced, and is removed when
 * the request ends, unless the handler has renamed it by then. */
struct http_file {
	struct str field,
		name; /* NAME without folders and control bytes; what it says is a claim */
	const char *path;
	uint64_t size_bytes;
	char sha256[65];
};

/* What is wrong with the body of a request; the handler says it in words. */
enum http_body_fault {
	HTTP_BODY_FINE,
	HTTP_BODY_LARGE,  /* more than the route takes: thrown away */
	HTTP_BODY_WRONG,  /* not the form it says it is */
	HTTP_BODY_UNKEPT, /* the disk did not take it */
};

/* A request that passed the gate. All of it lives until the handler has returned. */
struct http_request {
	struct arena *arena; /* of this request, LIMIT_REQUEST_MEMORY_BYTES */
	enum http_method method;
	struct str path;  /* as sent, begins with "/" */
	struct str query; /* after the '?', or STR_NONE */
	struct str body;  /* STR_NONE of a form with files, which is in the two below */
	struct http_pairs parts;
	const struct http_file *files;
	size_t file_count;
	enum http_body_fault fault;
	const char *peer; /* address without port */
	bool is_tls;
	const struct http_pair *headers;
	size_t header_count;
};
/* A header by its name, whatever its case; STR_NONE when absent. */
struct str http_header(const struct http_request *rq, const char *name);

/* An answer that is made while it is sent, in pieces of bounded memory. */
struct http_stream {
	void *context; /* lives until end() */
	/* More bytes into OUT, which is empty: 1 go on, 0 that was all, <0 break the answer off:
	 * the other side sees that it is not whole. */
	int (*next)(void *context, struct buf *out, struct err *e);
	void (*end)(void *context); /* always, once; before the request's arena ends. May be NULL */
	int64_t size_bytes;         /* of all of it; -1: not known beforehand, sent in chunks */
};

struct http_response {
	int status;                /* 200 */
	const char *content_type;  /* "text/html; charset=utf-8" */
	struct buf body;           /* HTTP_PAGE_BYTES at most */
	struct str still;          /* instead of body: bytes that live as long as the program */
	struct http_stream stream; /* instead of body, when it has a next() */
	const char *cache;         /* Cache-Control: "no-store" unless the handler says better */
	const char *location;      /* in the request's arena, like all below; NULL: none */
	const char *cookies[4];    /* whole Set-Cookie values */
	const char *disposition;   /* Content-Disposition */
	const char *etag;
	const char *retry_after;
	const char *authenticate; /* WWW-Authenticate of a 401 */
};

/* What a request may bring, asked when its head is there and its body is not. */
struct http_admit {
	size_t body_max_bytes; /* LIMIT_HTTP_BODY_BYTES unless the owner says more */
	const char *folder;    /* of the disk, where the files of a form go; NULL: no such form */
	bool is_refused; /* read so far and thrown away: the handler says why, by HTTP_BODY_LARGE */
};

struct http_options {
	int listen_fd;       /* from http_listen(); closed by http_stop() */
	const char *tls_key; /* PEM; NULL: plain HTTP */
	const char *tls_certificate;
	void (*handle)(void *context, const struct http_request *rq, struct http_response *rs);
	/* May be NULL: nobody may bring files. RQ has no body yet. */
	void (*admit)(void *context, const struct http_request *rq, struct http_admit *admit);
	struct vfile_disk *disk; /* for files; outlives the server */
	void *context;
};

struct http_server;

/* Listen on "127.0.0.1:8080" or "[::1]:8080". *RET_IS_LOOPBACK tells whether only this machine can
 * come, *RET_FD is yours. */
MUST_CHECK int http_listen(const char *address, bool *ret_is_loopback, int *ret_fd, struct err *e);
MUST_CHECK int http_start(
	const struct http_options *options, struct http_server **ret, struct err *e);
/* To wait on together with other descriptors, and for how long at most. */
int http_fd(const struct http_server *s);
int http_timeout_ms(const struct http_server *s);
/* Serve what is there, without waiting. */
void http_turn(struct http_server *s);
/* Take no new connection; http_turn() on until http_connections() is 0 or patience ends. */
void http_drain(struct http_server *s);
unsigned http_connections(const struct http_server *s);
struct http_server *http_stop(struct http_server *s); /* NULL is fine; returns NULL */

/* Asking another server, in a process that may open connections, one question a connection. Over
 * https:// libcurl is used; who is confined has called curl_open() (kit/http/curl.h) before. */
struct http_ask {
	const char *url;  /* "http://host:port/path" or "https://…" */
	const char *body; /* NULL: GET; else POST, BODY_LEN bytes of it */
	size_t body_len;
	const char *type;          /* of the body; NULL: application/octet-stream */
	const char *authorization; /* under TLS alone: "Bearer …"; NULL: none */
	struct str ca;             /* PEM: the certificates to believe; "": those of this machine */
	unsigned wait_s;           /* for all of it */
};

#define HTTP_ANSWER_BYTES_MAX (512 * KIB)

/* The status; the body in A. ERR_SYSTEM: nobody answers; ERR_CRYPTO: TLS failed, its
 * certificate is not in order; ERR_INPUT: what came is no answer. */
MUST_CHECK int http_ask(
	const struct http_ask *ask, struct arena *a, struct str *ret_body, struct err *e);
/* The bytes of a whole answer: its status, its body borrowed. */
MUST_CHECK int http_answer_parse(
	struct str bytes, int *ret_status, struct str *ret_body, struct err *e);
/* "http://host:port/path" in its parts, in A; PORT "80" and PATH "/" when they are not there. */
struct http_url {
	const char *host, *port, *path;
};
MUST_CHECK int http_url_parse(struct str url, struct arena *a, struct http_url *ret, struct err *e);

/* HTML. The format must be a literal; every %s and %.*s is escaped so that it is text wherever it
 * stands between tags or inside a double-quoted attribute. There is no way to write a value raw.
 * Known: %s %.*s %d %u %ld %lld %zu with flags and width, and %%. */
#define html(w, fmt, ...) html_fmt((w), "" fmt, ##__VA_ARGS__)
void html_fmt(struct buf *w, const char *fmt, ...) PRINTF(2, 3);

#endif
