/* One audit: a host, its tables, the questions of the packs, and the answers as evidence. */
#include "work/hostaudit/hostaudit.h"

#include <stdlib.h>
#include <string.h>

#include "kit/crypto/crypto.h"
#include "work/hostaudit/audit_int.h"
#include "work/hostaudit/resolve/declared.h"
#include "work/hostaudit/snapshot.h"

bool hostaudit_declaration_read(struct str text, struct arena *a, struct hostaudit_declaration *ret)
{
	struct declared_fault fault;
	struct declaration d;
	const struct str nothing = STR("");

	if (declaration_parse(text, a, &fault, &d) < 0)
		return false;
	*ret = (struct hostaudit_declaration){ .kind = d.kind.ptr ? d.kind : nothing,
		.purpose = d.purpose.ptr ? d.purpose : nothing,
		.data = d.data.ptr ? d.data : nothing,
		.level = d.level,
		.roles = d.roles.at,
		.role_count = d.roles.len,
		.approved = arena_array(a, struct hostaudit_approval, d.approved.len + 1),
		.approved_count = d.approved.len,
		.backup_count = d.backups.len };
	for (size_t i = 0; i < d.approved.len; i++) {
		const struct approval *from = &d.approved.at[i];

		ret->approved[i] = (struct hostaudit_approval){ .what = from->what,
			.name = from->name,
			.why = from->why,
			.by = from->by,
			.until = from->until,
			.is_draft = from->is_draft,
			.line = from->line };
	}
	return true;
}

bool hostaudit_declaration_is_sound(
	struct str text, enum lang lang, struct arena *a, struct str *ret_fault)
{
	struct declared_fault fault;
	struct declaration ignored;

	if (declaration_parse(text, a, &fault, &ignored) == 0)
		return true;
	*ret_fault = declared_fault_text(&fault, lang, a);
	return false;
}

/* 1 when nobody has declared another; a faulty declaration is told by the checks that need it. */
static int declared_level(struct hostaudit *audit)
{
	const struct host_file *file;
	struct declared_fault fault;
	struct declaration d;

	if (host_read(audit->host, declared_path(audit->host), &file) != 0 ||
		declaration_parse(file->bytes, audit->arena, &fault, &d) < 0 || d.level == 0)
		return 1;
	return (int)d.level;
}

static void put_record(struct hostaudit *audit, struct str text)
{
	audit->host->declared_as = DECLARED_RECORD;
	host_put(audit->host, DECLARED_RECORD, text);
	audit->declared_in = "record";
}

int hostaudit_open(const struct hostaudit_options *options, struct err *e, struct hostaudit **ret)
{
	struct hostaudit *audit = calloc(1, sizeof(*audit));
	int rc = 0;

	if (!audit)
		abort();
	audit->packs = options->packs;
	audit->on = date_at(options->now_s);
	if (options->replay.ptr)
		audit->host = host_of_nothing(options->now_s);
	else
		rc = host_open(
			options->root ? options->root : "/", options->now_s, e, &audit->host);
	if (rc == 0) {
		audit->host->is_deep = options->is_deep;
		audit->host->service_data = options->service_data;
		audit->host->progress = options->progress;
		audit->host->progress_context = options->progress_context;
		rc = facts_open(audit->host, fact_tables, &audit->facts, e);
	}
	if (rc == 0) {
		audit->arena = host_arena(audit->host);
		if (options->declared.ptr)
			host_put(audit->host, DECLARED_FILE, options->declared);
		else if (host_exists(audit->host, DECLARED_FILE))
			audit->declared_in = "file";
		else if (options->recorded.ptr && !options->replay.ptr)
			put_record(audit, options->recorded);
		audit->level = options->level > 0 ? options->level : declared_level(audit);
		if (options->replay.ptr)
			rc = snapshot_load(audit, options->replay, e);
	}
	if (rc < 0) {
		hostaudit_close(audit);
		return rc;
	}
	*ret = audit;
	return 0;
}

struct hostaudit *hostaudit_close(struct hostaudit *audit)
{
	if (!audit)
		return NULL;
	facts_close(audit->facts);
	host_close(audit->host);
	free(audit);
	return NULL;
}

/* ---- running SQL with the parameters of the law ---- */

static struct str param_text(struct hostaudit *audit, const struct param_value *v)
{
	struct str text = STR("");

	for (size_t i = 0; i < v->item_count; i++)
		text = arena_fmt(audit->arena, "%.*s%s%.*s", STR_FMT(text), i ? "," : "",
			STR_FMT(v->items[i]));
	return text;
}

/* Bind :now_s and every :param of the packs that the statement names. */
static int bind_params(struct hostaudit *audit, sqlite3_stmt *stmt, struct err *e)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) {
		const char *name = sqlite3_bind_parameter_name(stmt, i);
		struct param_ruling ruling = { 0 };

		if (name && strcmp(name, ":now_s") == 0) {
			sqlite3_bind_int64(stmt, i, host_now_s(audit->host));
			continue;
		}
		if (name && audit->packs)
			ruling = pack_param(audit->packs, str_of(name + 1), audit->level, audit->on,
				audit->arena);
		if (!ruling.winner)
			return err_set(e, ERR_INPUT, "no pack in force gives the parameter \"%s\"",
				name ? name : "?");
		if (ruling.winner->is_number) {
			sqlite3_bind_int64(stmt, i, ruling.winner->number);
		} else {
			struct str text = param_text(audit, ruling.winner);

			sqlite3_bind_text(stmt, i, text.ptr, (int)text.len, SQLITE_STATIC);
		}
	}
	return 0;
}

/* ---- from rows to evidence ---- */

struct columns {
	int subject, ok, found, file, line, lost, reason, detail;
};

static struct columns columns_of(sqlite3_stmt *stmt)
{
	struct columns c = { -1, -1, -1, -1, -1, -1, -1, -1 };
	const struct {
		const char *name;
		int *at;
	} names[] = {
		{ "subject", &c.subject },
		{ "ok", &c.ok },
		{ "found", &c.found },
		{ "file", &c.file },
		{ "line", &c.line },
		{ "lost", &c.lost },
		{ "reason", &c.reason },
		{ "detail", &c.detail },
	};

	for (int i = 0; i < sqlite3_column_count(stmt); i++)
		for (size_t n = 0; n < COUNT(names); n++)
			if (strcmp(sqlite3_column_name(stmt, i), names[n].name) == 0)
				*names[n].at = i;
	return c;
}

#define FOUND_MAX_BYTES 600

static struct str column_text(struct hostaudit *audit, sqlite3_stmt *stmt, int column)
{
	const char *text;

	if (column < 0 || sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return STR("");
	text = (const char *)sqlite3_column_text(stmt, column);
	return text_clean(audit->arena,
		(struct str){ text, (size_t)sqlite3_column_bytes(stmt, column) }, FOUND_MAX_BYTES);
}

static enum outcome outcome_of(sqlite3_stmt *stmt, int column)
{
	if (column < 0 || sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return OUTCOME_UNKNOWN;
	if (sqlite3_column_type(stmt, column) == SQLITE_TEXT)
		return OUTCOME_NA;
	return sqlite3_column_int(stmt, column) ? OUTCOME_PASS : OUTCOME_FAIL;
}

/* The whole row as text, to hash what no file holds. */
static struct str row_text(struct hostaudit *audit, sqlite3_stmt *stmt)
{
	struct buf text;
	struct str copy;

	buf_init(&text, LIMIT_ASK_CELL_BYTES);
	for (int i = 0; i < sqlite3_column_count(stmt); i++) {
		const char *value = (const char *)sqlite3_column_text(stmt, i);

		buf_fmt(&text, "%s=%s\n", sqlite3_column_name(stmt, i), value ? value : "NULL");
	}
	copy = arena_str(audit->arena, buf_str(&text));
	buf_done(&text);
	return copy;
}

/* The first table the check read, for rows that stand in no file. */
static const char *first_table(const struct hostaudit *audit)
{
	for (size_t i = 0; i < audit->facts->count; i++)
		if (audit->facts->rows[i].is_scanned)
			return audit->facts->rows[i].table->name;
	return "";
}

static void locate(
	struct hostaudit *audit, sqlite3_stmt *stmt, struct columns c, struct evidence *row)
{
	char hex[65];
	struct str sha;

	row->file = column_text(audit, stmt, c.file);
	row->line = c.line >= 0 ? sqlite3_column_int64(stmt, c.line) : 0;
	sha = row->file.len ? str_of(host_sha256(audit->host, row->file)) : STR("");
	if (sha.len == 0) {
		sha256_hex(row_text(audit, stmt), hex);
		sha = str_of(hex);
	}
	if (row->file.len == 0)
		row->file = arena_fmt(audit->arena, "#%s", first_table(audit));
	row->extract_sha256 = arena_str(audit->arena, sha);
}

static struct str wanted_params(struct hostaudit *audit, const struct check *check)
{
	struct str text = STR("");

	for (size_t i = 0; i < check->param_count; i++) {
		struct param_ruling r = pack_param(
			audit->packs, check->params[i], audit->level, audit->on, audit->arena);

		if (r.winner)
			text = arena_fmt(audit->arena, "%.*s%s%.*s=%.*s %.*s/%.*s", STR_FMT(text),
				i ? "; " : "", STR_FMT(check->params[i]),
				STR_FMT(param_text(audit, r.winner)),
				STR_FMT(r.winner->param->pack->id), STR_FMT(r.winner->clause));
	}
	return text;
}

typedef VEC(struct evidence) evidence_vec;

static struct evidence *add_row(
	struct hostaudit *audit, const struct check *check, evidence_vec *rows)
{
	struct evidence *row = vec_add(audit->arena, rows);

	*row = (struct evidence){
		.at_s = host_now_s(audit->host),
		.by = EVIDENCE_CHECK,
		.check = check->id,
		.subject = STR(""),
		.reason = STR(""),
		.detail = STR(""),
		.found = STR(""),
		.wanted = wanted_params(audit, check),
		.file = STR(""),
		.lost = STR(""),
		.extract_sha256 = STR(""),
		.person = STR(""),
	};
	return row;
}

/* The first gap of a table that the question scanned, or NULL. A table it names but never came to
 * cannot have changed the answer. */
static const struct gap *first_gap_at(const struct hostaudit *audit, const char *path)
{
	const struct host *h = audit->host;

	for (size_t i = 0; i < h->gaps.len; i++)
		for (size_t t = 0; t < audit->facts->count; t++)
			if (audit->facts->rows[t].is_scanned &&
				audit->facts->rows[t].table == h->gaps.at[i].table &&
				str_starts(h->gaps.at[i].path, path))
				return &h->gaps.at[i];
	return NULL;
}

static const struct gap *first_gap(const struct hostaudit *audit)
{
	return first_gap_at(audit, "");
}

static void single(struct hostaudit *audit, const struct check *check, enum outcome outcome,
	struct str reason, struct str detail, evidence_vec *rows)
{
	struct evidence *row = add_row(audit, check, rows);
	char hex[65];

	row->outcome = outcome;
	row->reason = reason;
	row->detail = detail;
	row->file = arena_fmt(audit->arena, "#%s", first_table(audit));
	sha256_hex(row->file, hex);
	row->extract_sha256 = arena_str(audit->arena, str_of(hex));
}

/* 1 applicable, 0 not, -1 cannot be told (a gap), <-1 an error. */
static int is_applicable(struct hostaudit *audit, const struct check *check, struct err *e)
{
	sqlite3_stmt *stmt;
	int answer = 1;
	int rc;

	if (!check->applies.ptr)
		return 1;
	rc = audit_prepare(audit, check->applies, &stmt, e);
	if (rc == 0)
		rc = bind_params(audit, stmt, e);
	else
		return rc - 1;
	if (rc == 0)
		rc = audit_step(audit, stmt, e);
	if (rc == 1)
		answer = sqlite3_column_int(stmt, 0) != 0;
	sqlite3_finalize(stmt);
	if (rc < 0)
		return rc - 1;
	if (answer == 0 && first_gap(audit))
		return -1;
	return answer;
}

static int collect_rows(struct hostaudit *audit, const struct check *check, sqlite3_stmt *stmt,
	evidence_vec *rows, struct err *e)
{
	struct columns c = columns_of(stmt);
	int rc;

	if (c.ok < 0)
		return err_set(e, ERR_INPUT, "the query has no column \"ok\"");
	while ((rc = audit_step(audit, stmt, e)) == 1) {
		struct evidence *row = add_row(audit, check, rows);

		row->outcome = outcome_of(stmt, c.ok);
		row->subject = column_text(audit, stmt, c.subject);
		row->found = column_text(audit, stmt, c.found);
		row->lost = column_text(audit, stmt, c.lost);
		row->reason = column_text(audit, stmt, c.reason);
		row->detail = column_text(audit, stmt, c.detail);
		locate(audit, stmt, c, row);
		if (rows->len >= SUBJECTS_MAX)
			break;
	}
	return rc < 0 ? rc : 0;
}

/* The gap that explains an unknown ROW better than its own reason does: nothing was seen because
 * something could not be read; or NULL. */
static const struct gap *gap_behind(
	const struct evidence *row, const struct gap *first, const struct gap *declaration)
{
	static const char *const unseen[] = { "", "backup-not-seen", "firmware-silent",
		"device-not-seen", "no-restore-record" };

	for (size_t i = 0; i < COUNT(unseen); i++)
		if (str_is(row->reason, unseen[i]))
			return declaration ? declaration : first;
	return str_starts(row->reason, "needs-declared") ? declaration : NULL;
}

/* Unknown is contagious: what could not be read may hold what overrides the rest. */
static void spread_gap(const struct hostaudit *audit, const struct check *check,
	const struct gap *first, evidence_vec *rows)
{
	const struct gap *declaration = first_gap_at(audit, DECLARED_FILE);

	if (!declaration)
		declaration = first_gap_at(audit, DECLARED_RECORD);

	for (size_t i = 0; i < rows->len; i++) {
		struct evidence *row = &rows->at[i];
		const struct gap *gap = first;

		if (row->outcome == OUTCOME_NA ||
			(row->outcome == OUTCOME_FAIL && check->do_violations_stand))
			continue;
		if (row->outcome == OUTCOME_UNKNOWN)
			gap = gap_behind(row, first, declaration);
		if (!gap)
			continue;
		row->outcome = OUTCOME_UNKNOWN;
		row->reason = gap->reason;
		row->detail = gap->path;
	}
}

static void answer_none(struct hostaudit *audit, const struct check *check, evidence_vec *rows)
{
	enum outcome outcome = str_is(check->none, "pass") ? OUTCOME_PASS :
		str_is(check->none, "fail")                ? OUTCOME_FAIL :
		str_is(check->none, "na")                  ? OUTCOME_NA :
							     OUTCOME_UNKNOWN;

	single(audit, check, outcome, STR("none"), STR(""), rows);
}

static int judge(
	struct hostaudit *audit, const struct check *check, evidence_vec *rows, struct err *e)
{
	const struct gap *gap;
	sqlite3_stmt *stmt;
	int rc;

	if (check->is_live_only && !host_has_proc(audit->host)) {
		single(audit, check, OUTCOME_NA, STR(GAP_NOT_LIVE), STR(""), rows);
		return 0;
	}
	rc = is_applicable(audit, check, e);
	if (rc < -1)
		return rc + 1;
	if (rc == 0) {
		single(audit, check, OUTCOME_NA, STR("not-applicable"), STR(""), rows);
		return 0;
	}
	if (rc == -1) {
		gap = first_gap(audit);
		single(audit, check, OUTCOME_UNKNOWN, gap->reason, gap->path, rows);
		return 0;
	}
	rc = audit_prepare(audit, check->query, &stmt, e);
	if (rc < 0)
		return rc;
	rc = bind_params(audit, stmt, e);
	if (rc == 0)
		rc = collect_rows(audit, check, stmt, rows, e);
	sqlite3_finalize(stmt);
	if (rc < 0)
		return rc;
	gap = first_gap(audit);
	if (gap && rows->len > 0)
		spread_gap(audit, check, gap, rows);
	else if (gap)
		single(audit, check, OUTCOME_UNKNOWN, gap->reason, gap->path, rows);
	else if (rows->len == 0)
		answer_none(audit, check, rows);
	return 0;
}

int hostaudit_check(struct hostaudit *audit, const struct check *check, struct err *e,
	struct hostaudit_result *ret)
{
	evidence_vec rows = { 0 };
	enum outcome worst = OUTCOME_NA;
	int rc;

	for (size_t i = 0; i < audit->facts->count; i++)
		audit->facts->rows[i].is_scanned = false;
	rc = judge(audit, check, &rows, e);
	if (rc < 0) {
		err_context(e, "%.*s", STR_FMT(check->id));
		return rc;
	}
	for (size_t i = 0; i < rows.len; i++)
		worst = outcome_worst(worst, rows.at[i].outcome);
	*ret = (struct hostaudit_result){
		.check = check, .outcome = worst, .rows = rows.at, .row_count = rows.len
	};
	return 0;
}

int hostaudit_run(struct hostaudit *audit, struct err *e, struct hostaudit_result **ret_results,
	size_t *ret_count)
{
	VEC(struct hostaudit_result) results = { 0 };

	for (size_t i = 0; i < pack_check_count(audit->packs); i++) {
		const struct check *check = pack_check_at(audit->packs, i);
		struct hostaudit_result result;
		int rc;

		if (!check->is_live)
			continue;
		rc = hostaudit_check(audit, check, e, &result);
		if (rc < 0)
			return rc;
		vec_push(audit->arena, &results, result);
	}
	*ret_results = results.at;
	*ret_count = results.len;
	return 0;
}
