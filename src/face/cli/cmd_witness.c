/* khien witness: remember the checkpoints of other units, and show one's own to agents. */
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "kit/crypto/crypto.h"
#include "kit/http/http.h"
#include "kit/process/process.h"
#include "kit/sandbox/sandbox.h"
#include "work/archive/archive.h"
#include "work/seal/seal.h"
#include "work/witness/witness.h"

#define TLS_KEY "tls-key.pem"
#define TLS_CERTIFICATE "tls-certificate.pem"
#define TLS_MAX (64 * KIB)
#define CERTIFICATE_DAYS 3650
#define ANSWER_TYPE "text/plain; charset=utf-8"

static const struct command_option options[] = {
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu") },
	{ "listen", OPTION_TEXT, T("ĐỊA-CHỈ:CỔNG"), NULL,
		T("địa chỉ phục vụ, mặc định 127.0.0.1:8514") },
	{ "tls", OPTION_FLAG, NULL, NULL,
		T("TLS cả trên địa chỉ của chính máy này; địa chỉ khác thì luôn dùng TLS") },
	{ "name", OPTION_TEXT, T("TÊN"), NULL,
		T("tên bên chứng kiến, ví dụ tinh.vn/khien/nhan-chung") },
	{ 0 },
};

struct server {
	struct witness *witness;
	const char *log; /* folder of the log */
	struct vfile_disk *d;
};

/* The shard of now, as it stands on the disk. */
static int open_shard(
	const struct server *s, struct vfile_disk **ret, struct arena *a, struct err *e)
{
	char name[SHARD_ID_SIZE];
	struct vfile_disk *log;
	int rc = vfile_disk_open(s->log, &log, e);

	if (rc < 0)
		return rc;
	rc = seal_shard_now(log, clock_now_s(), name, e);
	vfile_disk_close(log);
	return rc < 0 ? rc : vfile_disk_open(arena_fmt(a, "%s/%s", s->log, name).ptr, ret, e);
}

static int show_checkpoint(const struct server *s, const struct http_request *rq, struct buf *out)
{
	struct vfile_disk *d;
	struct str note;
	struct err e;
	int rc = open_shard(s, &d, rq->arena, &e);

	if (rc < 0)
		return 404;
	rc = vfile_load(d, "checkpoint", NOTE_BYTES_MAX, rq->arena, &note, &e);
	vfile_disk_close(d);
	if (rc == 0)
		buf_add(out, note);
	return rc == 0 ? 200 : 404;
}

static int show_growth(const struct server *s, const struct http_request *rq, struct buf *out)
{
	struct entries entries = { .segments = &archive_entries };
	struct http_pairs pairs;
	uint64_t from;
	struct err e;
	int rc;

	if (http_form_parse(rq->query, rq->arena, &pairs, &e) < 0 ||
		!str_to_u64(http_pair(pairs, "from"), 10, &from))
		return 400;
	if (open_shard(s, &entries.disk, rq->arena, &e) < 0)
		return 404;
	rc = witness_ask(&entries, from, out, &e);
	vfile_disk_close(entries.disk);
	return rc == 0 ? 200 : rc == ERR_INPUT ? 409 : 404;
}

static int show_held(const struct server *s, const struct http_request *rq, struct buf *out)
{
	struct http_pairs pairs;
	struct err e;

	if (http_form_parse(rq->query, rq->arena, &pairs, &e) < 0 ||
		http_pair(pairs, "origin").len == 0)
		return 400;
	return witness_held(s->witness, http_pair(pairs, "origin"), out);
}

static void handle(void *context, const struct http_request *rq, struct http_response *rs)
{
	struct server *s = context;

	rs->content_type = ANSWER_TYPE;
	if (rq->method == HTTP_POST) {
		rs->status = str_is(rq->path, "/add-checkpoint") ?
			witness_add(s->witness, rq->body, clock_now_s(), &rs->body) :
			404;
		if (rs->status == 409)
			rs->content_type = "text/x.tlog.size";
		return;
	}
	if (str_is(rq->path, "/held"))
		rs->status = show_held(s, rq, &rs->body);
	else if (str_is(rq->path, "/log/checkpoint"))
		rs->status = show_checkpoint(s, rq, &rs->body);
	else if (str_is(rq->path, "/log/growth"))
		rs->status = show_growth(s, rq, &rs->body);
	else
		rs->status = 404;
}

static void loop(struct http_server *http, int end_fd)
{
	struct pollfd wait[2] = { { .fd = http_fd(http), .events = POLLIN },
		{ .fd = end_fd, .events = POLLIN } };

	while (wait[1].revents == 0) {
		(void)poll(wait, 2, http_timeout_ms(http));
		http_turn(http);
	}
}

/* Its own certificate, made when there is none: who asks pins it (log/peers.pem). */
static int load_tls(struct server *s, const char *listen, struct arena *a, struct http_options *ret,
	struct err *e)
{
	struct str key, certificate, host, port;
	struct certificate made = { 0 };
	int rc = vfile_load(s->d, TLS_KEY, TLS_MAX, a, &key, e);

	if (rc == 0)
		rc = vfile_load(s->d, TLS_CERTIFICATE, TLS_MAX, a, &certificate, e);
	if (rc == ERR_ABSENT) {
		if (listen[0] == '[')
			(void)str_split(str_of(listen + 1), ']', &host, &port);
		else
			(void)str_split(str_of(listen), ':', &host, &port);
		rc = certificate_make(
			arena_cstr(a, host), clock_now_s(), CERTIFICATE_DAYS, a, &made, e);
		key = made.key;
		certificate = made.certificate;
		if (rc == 0)
			rc = vfile_replace(s->d, TLS_KEY, key, e);
		if (rc == 0)
			rc = vfile_replace(s->d, TLS_CERTIFICATE, certificate, e);
	}
	if (rc == 0) {
		ret->tls_key = arena_cstr(a, key);
		ret->tls_certificate = arena_cstr(a, certificate);
	}
	return rc;
}

static int serve(
	const struct command_line *line, struct server *s, const char *folder, struct err *e)
{
	const char *listen = command_value(line, "listen");
	const char *const write_below[] = { folder, NULL }, *const read_below[] = { s->log, NULL };
	struct http_options http_options = { .handle = handle, .context = s };
	struct http_server *http;
	struct sandbox_level level;
	bool is_loopback;
	int end_fd = process_end_fd(e), rc = end_fd < 0 ? end_fd : 0;

	listen = listen ? listen : "127.0.0.1:8514";
	if (rc == 0)
		rc = http_listen(listen, &is_loopback, &http_options.listen_fd, e);
	if (rc == 0 && (!is_loopback || command_flag(line, "tls")))
		rc = load_tls(s, listen, line->arena, &http_options, e);
	if (rc == 0)
		rc = http_start(&http_options, &http, e);
	if (rc < 0)
		return rc;
	rc = sandbox_enter(&(struct sandbox_rights){ .may = SANDBOX_MAY_FILES | SANDBOX_MAY_ACCEPT,
				   .write_below = write_below,
				   .read_below = access(s->log, R_OK) == 0 ? read_below : NULL },
		&level, e);
	if (rc == 0) {
		printf(tr(line->lang, T("bên chứng kiến phục vụ tại %s://%s\n")),
			http_options.tls_key ? "https" : "http", listen);
		if (http_options.tls_key)
			printf(tr(line->lang, T("  chứng thư để các đơn vị ghim: %s\n")),
				arena_fmt(line->arena, "%s/" TLS_CERTIFICATE, folder).ptr);
		printf(tr(line->lang, T("  khóa: %.*s\n")), STR_FMT(witness_key_text(s->witness)));
		fflush(stdout);
		loop(http, end_fd);
	}
	http_stop(http);
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *data, *name = command_value(line, "name");
	const char *folder;
	struct server s = { 0 };
	int rc;

	rc = cli_data(line, &data, e);
	if (rc < 0)
		return rc;
	(void)clock_now_s(); /* the test clock's file is opened before the doors close */
	folder = arena_fmt(line->arena, "%s/witness", data).ptr;
	s.log = arena_fmt(line->arena, "%s/" SEAL_LOG, data).ptr;
	if (mkdir(folder, 0700) != 0 && access(folder, W_OK) != 0)
		return err_set(e, ERR_ABSENT, "\"%s\" cannot be made", folder);
	rc = vfile_disk_open(folder, &s.d, e);
	if (rc == 0)
		rc = witness_open(s.d, str_of(name ? name : "khien/nhan-chung"), &s.witness, e);
	if (rc == 0)
		rc = serve(line, &s, folder, e);
	witness_close(s.witness);
	vfile_disk_close(s.d);
	return rc;
}

const struct command cmd_witness = {
	.name = "witness",
	.args = "",
	.words = T("làm bên chứng kiến cho nhật ký của đơn vị khác"),
	.help = T(
		"Giữ tờ niêm phong mới nhất của mỗi nhật ký có khóa trong witness/policy và chỉ ký cùng tờ "
		"nối tiếp tờ đã giữ (C2SP tlog-witness: POST /add-checkpoint). Cũng cho máy trạm xem tờ "
		"niêm phong của chính mình: GET /log/checkpoint, /log/growth?from=N. Chỉ biết mã băm, "
		"không thấy nội dung."),
	.options = options,
	.run = run,
};
