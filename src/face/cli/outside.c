/* outside.c - asking witnesses and time-stamp authorities. */
#include "face/cli/outside.h"

#include <stdio.h>

#include "face/cli/cli_int.h"
#include "kit/http/http.h"
#include "kit/merkle/policy.h"
#include "work/archive/archive.h"
#include "work/seal/seal.h"
#include "work/seal/stamped.h"
#include "work/witness/witness.h"

#define WAIT_S 20
#define PEERS_MAX (256 * KIB)

/* One witness that is asked. */
struct asking {
	struct outside *o;
	const struct policy_node *witness;
};

void outside_close(struct outside *o)
{
	vfile_disk_close(o->entries.disk);
	vfile_disk_close(o->log);
	o->entries.disk = o->log = NULL;
}

/* A file that may be absent is "" then. */
static int load_one(
	struct outside *o, const char *name, size_t max_bytes, struct str *ret, struct err *e)
{
	int rc = vfile_load(o->log, name, max_bytes, o->a, ret, e);

	if (rc != ERR_ABSENT)
		return rc;
	*ret = STR("");
	return 0;
}

int outside_open(const char *data, struct arena *a, struct outside *ret, struct err *e)
{
	const char *path = arena_fmt(a, "%s/" SEAL_LOG, data).ptr;
	char name[SHARD_ID_SIZE];
	int rc = vfile_disk_open(path, &ret->log, e);

	ret->a = a;
	ret->entries = (struct entries){ .segments = &archive_entries };
	if (rc == 0)
		rc = seal_shard_now(ret->log, clock_now_s(), name, e);
	if (rc == 0)
		rc = vfile_disk_open(arena_fmt(a, "%s/%s", path, name).ptr, &ret->entries.disk, e);
	if (rc == 0)
		rc = vfile_load(ret->entries.disk, "origin", KIB, a, &ret->origin, e);
	if (rc == 0)
		ret->origin = str_trim(ret->origin);
	return rc == 0 ? load_one(ret, "peers.pem", PEERS_MAX, &ret->peers, e) : rc;
}

int outside_run(const struct command_line *line, outside_work *work, struct err *e)
{
	const char *data;
	struct outside o = { .lang = line->lang };
	struct arena a;
	int rc;

	rc = cli_data(line, &data, e);
	if (rc < 0)
		return rc;
	arena_init(&a, OUTSIDE_MEMORY_BYTES);
	rc = outside_open(data, &a, &o, e);
	if (rc == 0)
		rc = work(&o, line, e);
	outside_close(&o);
	arena_done(&a);
	return rc;
}

/* --- witnesses -------------------------------------------------------------------------------- */

/* The size that the witness is known to hold. */
static uint64_t known_size(struct asking *x, const char *path)
{
	struct checkpoint c;
	struct note *n = arena_new(x->o->a, struct note);
	struct str note;
	struct err e;

	if (vfile_load(x->o->entries.disk, path, NOTE_BYTES_MAX, x->o->a, &note, &e) < 0 ||
		note_parse(note, x->o->a, n, &e) < 0 || checkpoint_parse(n->text, &c, &e) < 0)
		return 0;
	return c.head.size;
}

static int keep(struct asking *x, const char *path, struct str line, struct err *e)
{
	struct str note, whole;
	struct buf b;
	int rc = vfile_load(x->o->entries.disk, "checkpoint", NOTE_BYTES_MAX, x->o->a, &note, e);

	buf_init(&b, NOTE_BYTES_MAX);
	if (rc == 0)
		rc = witness_take(note, line, &x->witness->key, &b, e);
	whole = buf_str(&b);
	if (rc == 0)
		rc = vfile_replace(x->o->entries.disk, path, whole, e);
	if (rc == ERR_ABSENT) { /* its folder is not there yet */
		rc = vfile_make_folder(x->o->entries.disk, "cosigned", e);
		if (rc == 0)
			rc = vfile_replace(x->o->entries.disk, path, whole, e);
	}
	buf_done(&b);
	return rc;
}

/* It holds more than we have: its own copy of our note says so, and stops the sealer. */
static int learn(struct asking *x, struct err *e)
{
	const char *url = arena_fmt(x->o->a, "%.*s/held?origin=%.*s", STR_FMT(x->witness->url),
		STR_FMT(url_piece(x->o->origin, x->o->a)))
				  .ptr;
	struct str note;
	int status = http_ask(&(struct http_ask){ .url = url, .ca = x->o->peers, .wait_s = WAIT_S },
		x->o->a, &note, e);

	if (status != 200)
		return status < 0 ? status :
				    err_set(e, ERR_ABSENT, "it does not show what it holds");
	return seal_anchor_keep(x->o->entries.disk, arena_cstr(x->o->a, x->witness->name), note, e);
}

static void say(const struct outside *o, struct str who, const char *words, const char *detail)
{
	fprintf(o->is_quiet ? stderr : stdout, "%.*s: %s%s%s\n", STR_FMT(who), tr(o->lang, words),
		*detail ? ": " : "", detail);
}

static void alarm_of(struct asking *x, const char *words, const char *detail)
{
	x->o->is_alarm = true;
	say(x->o, x->witness->name, words, detail);
}

static int ask_once(struct asking *x, uint64_t old_size, struct str *ret_body, struct err *e)
{
	struct buf request;
	int rc;

	buf_init(&request, NOTE_BYTES_MAX);
	rc = witness_ask(&x->o->entries, old_size, &request, e);
	if (rc == 0)
		rc = http_ask(&(struct http_ask){ .url = arena_fmt(x->o->a, "%.*s/add-checkpoint",
							  STR_FMT(x->witness->url))
								 .ptr,
				      .body = buf_cstr(&request),
				      .body_len = request.len,
				      .ca = x->o->peers,
				      .wait_s = WAIT_S },
			x->o->a, ret_body, e);
	buf_done(&request);
	return rc;
}

static int ask(struct asking *x, struct err *e)
{
	const char *path = arena_fmt(x->o->a, "cosigned/%.*s", STR_FMT(x->witness->name)).ptr;
	uint64_t held, ours = known_size(x, "checkpoint");
	struct str body;
	int status = ask_once(x, known_size(x, path), &body, e);

	if (status == 409 && str_to_u64(str_trim(body), 10, &held)) {
		if (held > ours) {
			alarm_of(x,
				T("✗ bên chứng kiến giữ nhật ký dài hơn: ở đây đã bị đưa về trạng thái cũ"),
				arena_fmt(x->o->a, "%llu > %llu", (unsigned long long)held,
					(unsigned long long)ours)
					.ptr);
			return learn(x, e);
		}
		status = ask_once(x, held, &body, e);
	}
	if (status == 409 || status == 422) {
		alarm_of(x, T("✗ bên chứng kiến không nhận: nhật ký không nối tiếp tờ đã giữ"), "");
		return learn(x, e);
	}
	if (status == 200)
		status = keep(x, path, body, e);
	else if (status > 0)
		status = err_set(e, ERR_DENIED, "it answered %d", status);
	if (status == 0 && !x->o->is_quiet)
		say(x->o, x->witness->name, T("✓ đã ký cùng"),
			arena_fmt(x->o->a, "%llu", (unsigned long long)ours).ptr);
	return status;
}

int outside_witnesses(struct outside *o, struct err *e)
{
	struct asking x = { .o = o };
	unsigned asked = 0, failed = 0;
	struct policy policy;
	struct str text;
	int rc = vfile_load(o->log, "policy", POLICY_BYTES_MAX, o->a, &text, e);

	if (rc == 0)
		rc = policy_parse(text, o->a, &policy, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < policy.node_count; i++) {
		x.witness = &policy.nodes[i];
		if (x.witness->is_group || !x.witness->has_key || x.witness->url.len == 0)
			continue;
		asked++;
		if (ask(&x, e) < 0) {
			say(o, x.witness->name, T("chưa ký cùng"), e->text);
			failed++;
		}
	}
	if (asked == 0)
		return err_set(e, ERR_ABSENT, "\"policy\" names no witness with an address");
	return o->is_alarm || failed == asked;
}

/* --- time stamps ------------------------------------------------------------------------------ */

int outside_ca(struct outside *o, struct str *ret, struct err *e)
{
	int rc = vfile_load(o->log, "tsa.pem", STAMP_CA_MAX, o->a, ret, e);

	return rc == ERR_ABSENT ?
		err_set(e, ERR_ABSENT,
			"the certificates of the time-stamp authority are not known: put them into "
			"\"%s/tsa.pem\", or give --ca FILE",
			SEAL_LOG) :
		rc;
}

int outside_reply(struct outside *o, struct str reply, struct str ca, struct err *e)
{
	char at[CLOCK_TEXT_MAX];
	struct seal_stamp kept = { 0 };
	int rc = seal_stamp_keep(o->entries.disk, reply, ca, &kept, e);

	if (rc == 0 && !o->is_quiet)
		printf(tr(o->lang, T("✓ đã đóng dấu thời gian đến mục %llu, lúc %s, số %s\n")),
			(unsigned long long)kept.size, clock_people(kept.stamp.at_s, at),
			kept.stamp.serial);
	return rc;
}

int outside_stamp(struct outside *o, const char *url, struct str ca, struct err *e)
{
	struct buf question;
	struct str reply;
	uint64_t size;
	int status, rc;

	buf_init(&question, STAMP_REQUEST_MAX);
	rc = seal_stamp_ask(o->entries.disk, &question, &size, e);
	if (rc == 0) {
		status = http_ask(&(struct http_ask){ .url = url,
					  .body = buf_cstr(&question),
					  .body_len = question.len,
					  .type = "application/timestamp-query",
					  .ca = o->peers,
					  .wait_s = WAIT_S },
			o->a, &reply, e);
		rc = status < 0       ? status :
			status != 200 ? err_set(e, ERR_DENIED, "it answered %d", status) :
					outside_reply(o, reply, ca, e);
	}
	buf_done(&question);
	return rc;
}
