/* khien log witness: ask other units to remember our newest checkpoint. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "kit/http/http.h"
#include "work/archive/archive.h"
#include "work/seal/seal.h"
#include "work/witness/witness.h"

#define MEMORY_BYTES (16 * MIB)
#define WAIT_S 20
#define POLICY_FILE "policy"

static const struct command_option options[] = {
	{ "data", OPTION_DIR, "DIR", NULL, T("thư mục dữ liệu") },
	{ 0 },
};

struct asking {
	const struct command_line *line;
	struct entries entries;
	struct arena *a;
	struct str origin;
	const struct policy_node *witness;
	bool is_alarm;
};

/* The size that the witness is known to hold. */
static uint64_t known_size(struct asking *x, const char *path)
{
	struct checkpoint c;
	struct note *n = arena_new(x->a, struct note);
	struct str note;
	struct err e;

	if (vfile_load(x->entries.disk, path, NOTE_BYTES_MAX, x->a, &note, &e) < 0 ||
		note_parse(note, x->a, n, &e) < 0 || checkpoint_parse(n->text, &c, &e) < 0)
		return 0;
	return c.head.size;
}

static int keep(struct asking *x, const char *path, struct str line, struct err *e)
{
	struct str note, whole;
	struct buf b;
	int rc = vfile_load(x->entries.disk, "checkpoint", NOTE_BYTES_MAX, x->a, &note, e);

	buf_init(&b, NOTE_BYTES_MAX);
	if (rc == 0)
		rc = witness_take(note, line, &x->witness->key, &b, e);
	whole = buf_str(&b);
	if (rc == 0 && vfile_mkdir(x->entries.disk, "cosigned", e) == 0)
		rc = vfile_sync_dir(x->entries.disk, "", e);
	if (rc == 0)
		rc = vfile_replace(x->entries.disk, path, whole, e);
	buf_done(&b);
	return rc;
}

/* It holds more than we have: its own copy of our note says so, and stops the sealer. */
static int learn(struct asking *x, struct err *e)
{
	const char *url = arena_fmt(x->a, "%.*s/held?origin=%.*s", STR_FMT(x->witness->url),
		STR_FMT(url_piece(x->origin, x->a)))
				  .ptr;
	struct str note;
	int status = http_ask(&(struct http_ask){ .url = url, .wait_s = WAIT_S }, x->a, &note, e);

	if (status != 200)
		return status < 0 ? status :
				    err_set(e, ERR_ABSENT, "it does not show what it holds");
	return seal_anchor_keep(x->entries.disk, arena_cstr(x->a, x->witness->name), note, e);
}

static void say(struct asking *x, const char *words, const char *detail)
{
	printf("%.*s: %s%s%s\n", STR_FMT(x->witness->name), tr(x->line->lang, words),
		*detail ? ": " : "", detail);
}

static void alarm_of(struct asking *x, const char *words, const char *detail)
{
	x->is_alarm = true;
	say(x, words, detail);
}

static int ask_once(struct asking *x, uint64_t old_size, struct str *ret_body, struct err *e)
{
	struct buf request;
	int rc;

	buf_init(&request, NOTE_BYTES_MAX);
	rc = witness_ask(&x->entries, old_size, &request, e);
	if (rc == 0)
		rc = http_ask(&(struct http_ask){ .url = arena_fmt(x->a, "%.*s/add-checkpoint",
							  STR_FMT(x->witness->url))
								 .ptr,
				      .body = buf_cstr(&request),
				      .body_len = request.len,
				      .wait_s = WAIT_S },
			x->a, ret_body, e);
	buf_done(&request);
	return rc;
}

static int ask(struct asking *x, struct err *e)
{
	const char *path = arena_fmt(x->a, "cosigned/%.*s", STR_FMT(x->witness->name)).ptr;
	uint64_t held, ours = known_size(x, "checkpoint");
	struct str body;
	int status = ask_once(x, known_size(x, path), &body, e);

	if (status == 409 && str_to_u64(str_trim(body), 10, &held)) {
		if (held > ours) {
			alarm_of(x,
				T("✗ nhân chứng giữ nhật ký dài hơn: ở đây đã bị đưa về trạng thái cũ"),
				arena_fmt(x->a, "%llu > %llu", (unsigned long long)held,
					(unsigned long long)ours)
					.ptr);
			return learn(x, e);
		}
		status = ask_once(x, held, &body, e);
	}
	if (status == 409 || status == 422) {
		alarm_of(x, T("✗ nhân chứng không nhận: nhật ký không nối tiếp tờ đã giữ"), "");
		return learn(x, e);
	}
	if (status == 200)
		status = keep(x, path, body, e);
	else if (status > 0)
		status = err_set(e, ERR_DENIED, "it answered %d", status);
	if (status == 0)
		say(x, T("✓ đã ký cùng"), arena_fmt(x->a, "%llu", (unsigned long long)ours).ptr);
	return status;
}

static int ask_all(struct asking *x, const struct policy *policy, struct err *e)
{
	unsigned asked = 0, failed = 0;

	for (size_t i = 0; i < policy->node_count; i++) {
		x->witness = &policy->nodes[i];
		if (x->witness->is_group || !x->witness->has_key || x->witness->url.len == 0)
			continue;
		asked++;
		if (ask(x, e) < 0) {
			say(x, T("chưa ký cùng"), e->text);
			failed++;
		}
	}
	if (asked == 0)
		return err_set(
			e, ERR_ABSENT, "\"" POLICY_FILE "\" names no witness with an address");
	return x->is_alarm || failed == asked;
}

static int load(struct asking *x, struct vfile_disk *log, const char *path, struct policy *ret,
	struct err *e)
{
	char name[SEAL_SHARD_SIZE];
	struct str text;
	int rc = vfile_load(log, POLICY_FILE, POLICY_BYTES_MAX, x->a, &text, e);

	if (rc == 0)
		rc = policy_parse(text, x->a, ret, e);
	if (rc == 0)
		rc = seal_shard_now(log, clock_now_s(), name, e);
	if (rc == 0)
		rc = vfile_disk_open(arena_fmt(x->a, "%s/%s", path, name).ptr, &x->entries.disk, e);
	if (rc == 0)
		rc = vfile_load(x->entries.disk, "origin", KIB, x->a, &x->origin, e);
	if (rc == 0)
		x->origin = str_trim(x->origin);
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *data = command_value(line, "data"), *path;
	struct arena a;
	struct asking x = { .line = line, .a = &a, .entries = { .segments = &archive_entries } };
	struct vfile_disk *log;
	struct policy policy;
	int rc;

	if (!data)
		return err_set(e, ERR_INPUT, "%s", tr(line->lang, T("cần --data DIR")));
	path = arena_fmt(line->arena, "%s/" SEAL_LOG, data).ptr;
	rc = vfile_disk_open(path, &log, e);
	if (rc < 0)
		return rc;
	arena_init(&a, MEMORY_BYTES);
	rc = load(&x, log, path, &policy, e);
	if (rc == 0)
		rc = ask_all(&x, &policy, e);
	vfile_disk_close(x.entries.disk);
	vfile_disk_close(log);
	arena_done(&a);
	return rc;
}

const struct command cmd_log_witness = {
	.name = "log witness",
	.args = "",
	.words = T("nhờ các nhân chứng ký cùng tờ niêm phong mới nhất"),
	.help = T(
		"Hỏi từng nhân chứng có địa chỉ trong log/policy (C2SP tlog-policy). Nhân chứng giữ nhật ký "
		"dài hơn hoặc khác thì báo động và dừng ký: thư mục đã bị đưa về trạng thái cũ. Mã kết "
		"thúc: 0 có nhân chứng ký cùng, 1 báo động hoặc không ai ký, 2 lỗi."),
	.options = options,
	.run = run,
};
