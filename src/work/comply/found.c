/* found.c - what registers were found to lack: kept when they are weighed, so that a page lists it
 * without weighing anew. */
#include "kit/crypto/crypto.h"
#include "work/comply/comply_int.h"

#define TEXT_BYTES_MAX (4 * MIB)

static const char sql_has[] =
	"SELECT sha256 FROM verdict_found WHERE unit_id = $1 AND register = $2";
static const char sql_put[] =
	"INSERT INTO verdict_found (unit_id, register, sha256, findings, warnings, left_out, at_s)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (unit_id, register) DO UPDATE SET"
	" sha256 = $3, findings = $4, warnings = $5, left_out = $6, at_s = $7";
static const char sql_drop[] = "DELETE FROM verdict_finding WHERE unit_id = $1 AND register = $2";
static const char sql_add[] =
	"INSERT INTO verdict_finding (unit_id, register, place, record_id, field, is_warning,"
	" words_vi, words_en) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char sql_totals[] =
	"SELECT unit_id, register, findings, warnings, left_out, at_s FROM verdict_found"
	" WHERE unit_id IN (SELECT value FROM json_each($1)) AND findings + warnings + left_out > 0"
	" ORDER BY unit_id, findings DESC, warnings DESC, register";
static const char sql_list[] =
	"SELECT register, record_id, field, is_warning, words_vi, words_en FROM verdict_finding"
	" WHERE unit_id = $1 AND register IN (SELECT value FROM json_each($2))"
	" ORDER BY is_warning, register, place LIMIT $3 OFFSET $4";

/* Of what is kept, so that nothing is written where nothing changed. */
static void digest(const struct record_judgement *judged, char hex[SHA256_HEX_SIZE])
{
	struct buf text;

	buf_init(&text, TEXT_BYTES_MAX);
	for (size_t i = 0; i < judged->finding_count; i++) {
		const struct record_finding *f = &judged->findings[i];

		buf_fmt(&text, "%lld %d %.*s %.*s\n", (long long)f->record_id, f->is_warning,
			STR_FMT(f->field ? f->field->id : STR("")), STR_FMT(f->words.vi));
	}
	buf_fmt(&text, "%zu", judged->left_out);
	sha256_hex(buf_str(&text), hex);
	buf_done(&text);
}

static int is_kept(struct store *s, const struct comply_found *about, const char *hex, bool *ret,
	struct err *e)
{
	struct store_query *q = store_query(s, sql_has);
	int rc;

	store_bind_i64(q, 1, about->unit_id);
	store_bind_str(q, 2, about->register_id);
	rc = store_next(q, e);
	*ret = rc == 1 && str_is(store_str(q, 0), hex);
	store_end(q);
	return rc < 0 ? rc : 0;
}

static int add(struct store *s, const struct comply_found *about, size_t place,
	const struct record_finding *f, struct err *e)
{
	struct store_query *q = store_query(s, sql_add);

	store_bind_i64(q, 1, about->unit_id);
	store_bind_str(q, 2, about->register_id);
	store_bind_i64(q, 3, (int64_t)place);
	store_bind_i64(q, 4, f->record_id);
	store_bind_str(q, 5, f->field ? f->field->id : STR(""));
	store_bind_i64(q, 6, f->is_warning);
	store_bind_str(q, 7, f->words.vi);
	store_bind_str(q, 8, words_in(f->words, LANG_EN));
	return store_run(q, e);
}

int found_keep(struct store *s, const struct comply_found *about,
	const struct record_judgement *judged, struct err *e)
{
	char hex[SHA256_HEX_SIZE];
	struct store_query *q;
	int64_t warnings = 0;
	bool is_same = false;
	int rc;

	digest(judged, hex);
	rc = is_kept(s, about, hex, &is_same, e);
	if (rc < 0 || is_same)
		return rc;
	q = store_query(s, sql_drop);
	store_bind_i64(q, 1, about->unit_id);
	store_bind_str(q, 2, about->register_id);
	rc = store_run(q, e);
	for (size_t i = 0; rc == 0 && i < judged->finding_count; i++) {
		warnings += judged->findings[i].is_warning;
		rc = add(s, about, i, &judged->findings[i], e);
	}
	if (rc < 0)
		return rc;
	q = store_query(s, sql_put);
	store_bind_i64(q, 1, about->unit_id);
	store_bind_str(q, 2, about->register_id);
	store_bind_cstr(q, 3, hex);
	store_bind_i64(q, 4, (int64_t)judged->finding_count - warnings);
	store_bind_i64(q, 5, warnings);
	store_bind_i64(q, 6, (int64_t)judged->left_out);
	store_bind_i64(q, 7, about->at_s);
	return store_run(q, e);
}

int comply_found_totals(struct store *s, struct str units_json, struct arena *a,
	struct comply_found_list *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_totals);
	VEC(struct comply_found) list = { 0 };
	int rc;

	store_bind_str(q, 1, units_json);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct comply_found){ .unit_id = store_i64(q, 0),
				.register_id = arena_str(a, store_str(q, 1)),
				.findings = store_i64(q, 2),
				.warnings = store_i64(q, 3),
				.left_out = store_i64(q, 4),
				.at_s = store_i64(q, 5) }));
	if (rc < 0)
		return rc;
	*ret = (struct comply_found_list){ list.at, list.len };
	return 0;
}

int comply_findings(struct store *s, const struct comply_findings_query *about, struct arena *a,
	struct comply_findings *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_list);
	VEC(struct comply_finding) list = { 0 };
	int rc;

	store_bind_i64(q, 1, about->unit_id);
	store_bind_str(q, 2, about->registers_json);
	store_bind_i64(q, 3, about->max);
	store_bind_i64(q, 4, about->from);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct comply_finding){ .register_id = arena_str(a, store_str(q, 0)),
				.record_id = store_i64(q, 1),
				.field = arena_str(a, store_str(q, 2)),
				.is_warning = store_i64(q, 3) != 0,
				.words = { arena_str(a, store_str(q, 4)),
					arena_str(a, store_str(q, 5)) } }));
	if (rc < 0)
		return rc;
	*ret = (struct comply_findings){ list.at, list.len };
	return 0;
}
