/* http_upload_test.c - forms with files, and answers made while they are sent. */
#include "kit/http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/crypto/crypto.h"
#include "kit/http/http_test.h"
#include "kit/http/multipart.h"
#include "test/unit.h"

/* --- the parser ------------------------------------------------------------------------------- */

struct seen {
	char text[4096];
};

static int saw_begin(void *context, struct str field, struct str name, struct err *e)
{
	struct seen *s = context;
	size_t len = strlen(s->text);

	snprintf(
		s->text + len, sizeof(s->text) - len, "[%.*s|%.*s|", STR_FMT(field), STR_FMT(name));
	return 0;
}

static int saw_put(void *context, struct str bytes, struct err *e)
{
	struct seen *s = context;
	size_t len = strlen(s->text);

	snprintf(s->text + len, sizeof(s->text) - len, "%.*s", STR_FMT(bytes));
	return 0;
}

static int saw_end(void *context, struct err *e)
{
	return saw_put(context, STR("]"), e);
}

static int read_parts(const char *type, const char *body, size_t piece, struct arena *a,
	struct seen *s, struct http_pairs *ret)
{
	const struct multipart_sink sink = { s, saw_begin, saw_put, saw_end };
	struct http_multipart *m = NULL;
	struct str rest = str_of(body);
	struct err e = { 0 };
	int rc = multipart_new(str_of(type), &sink, a, &m, &e);

	s->text[0] = '\0';
	while (rc == 0 && rest.len > 0) {
		rc = multipart_add(m, str_until(rest, piece), &e);
		rest = str_from(rest, piece);
	}
	if (rc == 0)
		rc = multipart_end(m, &e);
	if (rc == 0)
		*ret = multipart_pairs(m);
	multipart_free(m);
	return rc;
}

#define TYPE "multipart/form-data; boundary=XyZ"
#define PART(head, body) "--XyZ\r\nContent-Disposition: form-data; " head "\r\n\r\n" body "\r\n"

void parts_are_read_in_any_pieces(void **state)
{
	static const char body[] = PART("name=\"dau\"", "abc")
		PART("name=\"tep\"; filename=\"C:\\\\so\\\\Máy 1.csv\"", "x\r\n--Xy\r\n--\r\ny")
			PART("name=\"khac\"; filename=\"\"", "")
				PART("name=\"rong\"", "") "--XyZ--\r\n";
	struct arena a;

	arena_init(&a, MIB);
	for (size_t piece = 1; piece < sizeof(body); piece++) {
		struct http_pairs pairs = { 0 };
		struct seen s;

		assert_int_equal(read_parts(TYPE, body, piece, &a, &s, &pairs), 0);
		assert_string_equal(s.text, "[tep|Máy 1.csv|x\r\n--Xy\r\n--\r\ny]");
		assert_int_equal(pairs.count, 2);
		assert_true(str_is(http_pair(pairs, "dau"), "abc"));
		assert_true(str_is(http_pair(pairs, "rong"), ""));
	}
	arena_done(&a);
}

void wrong_parts_are_refused(void **state)
{
	static const struct {
		const char *type, *body;
	} wrong[] = {
		{ "multipart/form-data", "" },
		{ "multipart/form-data; boundary=a; boundary=b", "" },
		{ "multipart/form-data; boundary=a b", "" },
		{ TYPE, "" },
		{ TYPE, PART("name=\"a\"", "b") },
		{ TYPE, "x" PART("name=\"a\"", "b") "--XyZ--" },
		{ TYPE, PART("name=\"a\"; name=\"c\"", "b") "--XyZ--" },
		{ TYPE, PART("filename=\"c\"", "b") "--XyZ--" },
		{ TYPE, PART("name=\"a\"; filename*=utf-8''c", "b") "--XyZ--" },
		{ TYPE, PART("name=\"a\"; filename=\"\x01\"", "b") "--XyZ--" },
		{ TYPE, PART("name=\"a\"; filename=\"\xff\"", "b") "--XyZ--" },
		{ TYPE, PART("name=\"a\"", "\xff") "--XyZ--" },
		{ TYPE, PART("name=\"a\"\r\nContent-Transfer-Encoding: base64", "YQ==") "--XyZ--" },
		{ TYPE, "--XyZ\r\nContent-Type: text/plain\r\n\r\nb\r\n--XyZ--" },
		{ TYPE, PART("name=\"a\"", "b") "--XyZz\r\n" },
	};
	struct http_pairs pairs;
	struct seen s;
	struct arena a;

	arena_init(&a, MIB);
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (read_parts(wrong[i].type, wrong[i].body, 5, &a, &s, &pairs) == 0)
			fail_msg("taken: %zu %s", i, wrong[i].body);
	arena_done(&a);
}

/* --- the server ------------------------------------------------------------------------------- */

#define ROUTE_MAX (300 * KIB)

struct server {
	struct http_server *http;
	struct vfile_disk *disk;
	struct sockaddr_in at;
	char folder[64], sha256[65];
	uint64_t size_bytes;
	enum http_body_fault fault;
	int asked, ended;
	size_t pieces_left, largest;
	bool is_breaking;
};

static int next_piece(void *context, struct buf *out, struct err *e)
{
	struct server *s = context;

	if (s->is_breaking && s->pieces_left < 10)
		return err_set(e, ERR_SYSTEM, "broken on purpose");
	for (int i = 0; i < 1000; i++)
		buf_add(out, STR("0123456789"));
	s->largest = out->len > s->largest ? out->len : s->largest;
	return --s->pieces_left > 0;
}

static void stream_ended(void *context)
{
	((struct server *)context)->ended++;
}

static void take(void *context, const struct http_request *rq, struct http_response *rs)
{
	struct server *s = context;

	s->asked++;
	s->fault = rq->fault;
	if (rq->method == HTTP_GET) {
		rs->stream = (struct http_stream){ s, next_piece, stream_ended, -1 };
		return;
	}
	if (rq->fault != HTTP_BODY_FINE)
		rs->status = rq->fault == HTTP_BODY_LARGE ? 413 : 400;
	for (size_t i = 0; i < rq->file_count; i++) {
		memcpy(s->sha256, rq->files[i].sha256, sizeof(s->sha256));
		s->size_bytes = rq->files[i].size_bytes;
	}
	html(&rs->body, "%zu files, %.*s.", rq->file_count, STR_FMT(http_pair(rq->parts, "dau")));
}

static void admit(void *context, const struct http_request *rq, struct http_admit *admit)
{
	if (str_is(rq->path, "/nhap"))
		*admit = (struct http_admit){ .body_max_bytes = ROUTE_MAX, .folder = "tep" };
	if (str_is(rq->path, "/tu-choi"))
		*admit = (struct http_admit){ .body_max_bytes = ROUTE_MAX, .is_refused = true };
}

static void start(struct server *s)
{
	struct err e = { 0 };
	struct http_options o = { .handle = take, .admit = admit, .context = s };
	socklen_t len = sizeof(s->at);
	bool is_loopback = false;

	memset(s, 0, sizeof(*s));
	snprintf(s->folder, sizeof(s->folder), "/tmp/khien-upload-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	assert_int_equal(vfile_disk_open(s->folder, &s->disk, &e), 0);
	assert_int_equal(vfile_mkdir(s->disk, "tep", &e), 0);
	o.disk = s->disk;
	assert_int_equal(http_listen("127.0.0.1:0", &is_loopback, &o.listen_fd, &e), 0);
	assert_int_equal(getsockname(o.listen_fd, (struct sockaddr *)&s->at, &len), 0);
	assert_int_equal(http_start(&o, &s->http, &e), 0);
}

static void stop(struct server *s)
{
	struct err e = { 0 };
	struct vfile_names names;
	struct arena a;

	http_stop(s->http);
	arena_init(&a, MIB);
	assert_int_equal(vfile_list(s->disk, "tep", &a, &names, &e), 0);
	assert_int_equal(names.len, 0); /* what nobody took is gone */
	assert_int_equal(vfile_rmdir(s->disk, "tep", &e), 0);
	vfile_disk_close(s->disk);
	assert_int_equal(rmdir(s->folder), 0);
	arena_done(&a);
}

/* Send TEXT and turn the server until the peer closes or 5 s are over; what came goes to ANSWER. */
static void exchange(struct server *s, struct str text, struct buf *answer)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int64_t end_us = clock_monotonic_us() + 5000000;
	static char bytes[65536];

	assert_int_equal(connect(fd, (struct sockaddr *)&s->at, sizeof(s->at)), 0);
	while (clock_monotonic_us() < end_us) {
		ssize_t sent =
			text.len ? send(fd, text.ptr, text.len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
		ssize_t len;

		if (sent > 0)
			text = str_from(text, (size_t)sent);
		http_turn(s->http);
		len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (len == 0 || (len < 0 && errno == ECONNRESET))
			break;
		if (len > 0)
			buf_add(answer, (struct str){ bytes, (size_t)len });
		else if (sent <= 0)
			poll(NULL, 0, 1);
	}
	close(fd);
	for (int i = 0; i < 20; i++)
		http_turn(s->http);
}

/* A form with one file of SIZE bytes. */
static void form(struct buf *out, const char *path, size_t size)
{
	struct buf body;

	buf_init(&body, 8 * MIB);
	buf_fmt(&body, PART("name=\"dau\"", "mark"));
	buf_fmt(&body,
		"--XyZ\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"a.bin\"\r\n\r\n");
	for (size_t i = 0; i < size; i++)
		buf_add_char(&body, (char)('a' + i % 26));
	buf_fmt(&body, "\r\n--XyZ--\r\n");
	buf_fmt(out,
		"POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: " TYPE
		"\r\nContent-Length: %zu\r\n\r\n",
		path, body.len);
	buf_add(out, buf_str(&body));
	buf_done(&body);
}

static void expect_form(struct server *s, const char *path, size_t size, const char *wanted)
{
	struct buf asked, answer;

	buf_init(&asked, 8 * MIB);
	buf_init(&answer, MIB);
	form(&asked, path, size);
	exchange(s, buf_str(&asked), &answer);
	if (!strstr(buf_cstr(&answer), wanted))
		fail_msg("%s, %zu bytes: %s", path, size, buf_cstr(&answer));
	buf_done(&asked);
	buf_done(&answer);
}

void files_go_to_the_disk(void **state)
{
	struct server s;
	struct buf whole;
	char hex[65];

	start(&s);
	buf_init(&whole, MIB);
	for (size_t i = 0; i < 270000; i++)
		buf_add_char(&whole, (char)('a' + i % 26));
	expect_form(&s, "/nhap", 270000, "1 files, mark.");
	assert_int_equal(s.fault, HTTP_BODY_FINE);
	assert_int_equal(s.size_bytes, 270000);
	assert_string_equal(s.sha256, sha256_hex(buf_str(&whole), hex));
	/* more than the route takes: all of it is read, and the handler says so */
	expect_form(&s, "/nhap", 2 * MIB, "HTTP/1.1 413");
	assert_int_equal(s.fault, HTTP_BODY_LARGE);
	assert_int_equal(s.asked, 2);
	/* another route takes no files: the form is a body like any other, and bounded as one */
	expect_form(&s, "/khac", 100, "0 files");
	assert_int_equal(s.asked, 3);
	expect_form(&s, "/khac", 270000, "HTTP/1.1 413");
	assert_int_equal(s.asked, 3);
	/* who is refused is told so by the handler, and more than the route takes too */
	expect_form(&s, "/tu-choi", 270000, "0 files, .");
	assert_int_equal(s.fault, HTTP_BODY_LARGE);
	assert_int_equal(s.asked, 4);
	expect_form(&s, "/tu-choi", 2 * MIB, "0 files, .");
	assert_int_equal(s.fault, HTTP_BODY_LARGE);
	assert_int_equal(s.asked, 5);
	buf_done(&whole);
	stop(&s);
}

void answers_are_made_while_they_are_sent(void **state)
{
	const struct str asked = STR("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	struct server s;
	struct buf answer;
	ptrdiff_t digits = 0;

	start(&s);
	buf_init(&answer, 16 * MIB);
	s.pieces_left = 400;
	exchange(&s, asked, &answer);
	assert_non_null(strstr(buf_cstr(&answer), "Transfer-Encoding: chunked"));
	assert_true(str_ends(buf_str(&answer), "\r\n0\r\n\r\n"));
	for (size_t i = (size_t)str_find(buf_str(&answer), STR("\r\n\r\n")); i < answer.len; i++)
		digits += answer.ptr[i] == '9';
	assert_in_range(digits, 400 * 1000, 400 * 1000 + 900); /* lengths of chunks have some too */
	assert_int_equal(s.ended, 1);
	assert_int_equal(s.largest, 10000);
	buf_clear(&answer);
	s.pieces_left = 400;
	s.is_breaking = true;
	exchange(&s, asked, &answer);
	assert_false(str_ends(buf_str(&answer), "\r\n0\r\n\r\n")); /* seen to be not whole */
	assert_int_equal(s.ended, 2);
	buf_done(&answer);
	stop(&s);
}
