/* judge.c - the findings of a register in a unit. */
#include "core/record/judge_int.h"

#include <stdlib.h>

#include "core/record/record_words.h"

static const char sql_live[] =
	"SELECT id, title, body, version FROM record WHERE register = $1 AND state = 0"
	" AND unit_id = $2 ORDER BY id";
static const char sql_dangling[] =
	"SELECT l.from_id, l.field, t.title FROM record r JOIN record_link l ON l.from_id = r.id"
	" JOIN record t ON t.id = l.to_id WHERE r.register = $1 AND r.state = 0 AND r.unit_id = $2"
	" AND ($3 IS NULL OR r.id = $3) AND t.state = 1 ORDER BY l.from_id";
static const char sql_pointing[] =
	"SELECT r.id, r.body FROM record_link l JOIN record r ON r.id = l.from_id"
	" WHERE l.to_id = $1 AND l.field = $2 AND r.register = $3 AND r.state = 0";

static int load(struct judging *j, struct err *e)
{
	VEC(struct record) list = { 0 };
	struct store_query *q = store_query(j->at->store, sql_live);
	int rc;

	store_bind_str(q, 1, j->at->reg->id);
	store_bind_i64(q, 2, j->unit_id);
	while ((rc = store_next(q, e)) == 1) {
		struct record *r = vec_add(j->at->a, &list);

		r->id = store_i64(q, 0);
		r->register_id = j->at->reg->id;
		r->unit_id = j->unit_id;
		r->title = arena_str(j->at->a, store_str(q, 1));
		r->version = store_i64(q, 3);
		rc = record_body_read(store_str(q, 2), j->at->a, &r->body, e);
		if (rc < 0)
			break;
	}
	store_end(q);
	j->records = list.at;
	j->count = list.len;
	return rc < 0 ? rc : judge_files(j->at, j->at->reg, j->records, j->count, e);
}

static bool about(void *context, struct str name, struct str *ret_value)
{
	struct str *values = context;

	if (name.len != 1 || name.ptr[0] < 'a' || name.ptr[0] > 'c')
		return false;
	*ret_value = values[name.ptr[0] - 'a'];
	return true;
}

/* A sentence of the program with {a}, {b} and {c} in each language. */
static struct words say(const struct record_at *at, const char *vi, const struct words *a,
	struct str b, struct str c)
{
	struct str in_vi[3] = { a->vi, b, c }, in_en[3] = { words_in(*a, LANG_EN), b, c };

	return (struct words){ text_fill(at->a, str_of(vi), about, in_vi),
		text_fill(at->a, str_of(tr(LANG_EN, vi)), about, in_en) };
}

/* --- what needs no rule ----------------------------------------------------------------------- */

static void find_missing(struct judging *j, int64_t *ret_incomplete)
{
	for (size_t i = 0; i < j->count; i++) {
		const struct record *r = &j->records[i];
		bool is_incomplete = false;

		for (size_t n = 0; n < j->at->reg->field_count; n++) {
			const struct register_field *f = j->at->reg->fields[n];

			if (f->need == NEED_NOTHING || record_value_of(r->body, f->id).ptr)
				continue;
			is_incomplete = true;
			judge_add(j,
				(struct record_finding){ .kind = FINDING_INCOMPLETE,
					.record_id = r->id,
					.title = r->title,
					.field = f,
					.words = say(j->at,
						f->type == REGISTER_FILE ?
							T("“{b}”: chưa đính kèm “{a}”.") :
							T("“{b}”: chưa ghi “{a}”."),
						&f->title, r->title, STR("")) });
		}
		*ret_incomplete += is_incomplete;
	}
}

static const struct record *record_of(const struct judging *j, int64_t id)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->records[i].id == id)
			return &j->records[i];
	return NULL;
}

static int find_dangling(struct judging *j, struct err *e)
{
	struct store_query *q = store_query(j->at->store, sql_dangling);
	int rc;

	store_bind_str(q, 1, j->at->reg->id);
	store_bind_i64(q, 2, j->unit_id);
	if (j->count == 1)
		store_bind_i64(q, 3, j->records[0].id);
	while ((rc = store_next(q, e)) == 1) {
		const struct record *r = record_of(j, store_i64(q, 0));
		const struct register_field *f = pack_register_field(j->at->reg, store_str(q, 1));

		if (!r || !f)
			continue;
		judge_add(j,
			(struct record_finding){ .kind = FINDING_DANGLING,
				.record_id = r->id,
				.title = r->title,
				.field = f,
				.words = say(j->at,
					T("“{c}”: {a} ghi “{b}”, bản ghi ấy đã bị hủy."),
					&f->title, arena_str(j->at->a, store_str(q, 2)),
					r->title) });
	}
	return rc;
}

/* --- rules ------------------------------------------------------------------------------------ */

/* 1 a live record of LACK's register points to R, 0 none. */
static int is_pointed_to(struct judging *j, const struct register_linked *lack,
	const struct record *r, struct err *e)
{
	struct store_query *q = store_query(j->at->store, sql_pointing);
	VEC(struct record) list = { 0 };
	int rc;

	store_bind_i64(q, 1, r->id);
	store_bind_str(q, 2, lack->field);
	store_bind_str(q, 3, lack->register_id);
	while ((rc = store_next(q, e)) == 1) {
		struct record *other = vec_add(j->at->a, &list);

		other->id = store_i64(q, 0);
		rc = record_body_read(store_str(q, 1), j->at->a, &other->body, e);
		if (rc < 0)
			break;
	}
	store_end(q);
	for (size_t i = 0; rc == 0 && i < list.len; i++)
		rc = judge_files(j->at, lack->is, &list.at[i], 1, e);
	for (size_t i = 0; rc == 0 && i < list.len; i++)
		rc = judge_holds(j, lack->is, &list.at[i], lack->when, lack->when_count, e);
	return rc;
}

struct twin {
	struct str key;
	size_t at;
};

static int by_key(const void *a, const void *b)
{
	const struct twin *x = a, *y = b;
	int order = str_cmp(x->key, y->key);

	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

/* Which records have a twin in the fields of RULE. */
static bool *twins_of(struct judging *j, const struct register_rule *rule)
{
	struct twin *all = arena_array(j->at->a, struct twin, j->count + 1);
	bool *is_twin = arena_array(j->at->a, bool, j->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < j->count; i++) {
		struct str key = STR("");
		size_t filled = 0;

		for (size_t n = 0; n < rule->twice_count; n++) {
			const struct register_field *f =
				pack_register_field(j->at->reg, rule->twice[n]);
			struct str value = record_value_of(j->records[i].body, f->id);

			filled += value.ptr != NULL;
			key = arena_fmt(j->at->a, "%.*s\x1f%.*s", STR_FMT(key),
				STR_FMT(record_key(f, value, j->at->a)));
		}
		if (filled == rule->twice_count)
			all[count++] = (struct twin){ key, i };
	}
	if (count > 1)
		qsort(all, count, sizeof(*all), by_key);
	for (size_t i = 1; i < count; i++)
		if (str_eq(all[i].key, all[i - 1].key))
			is_twin[all[i].at] = is_twin[all[i - 1].at] = true;
	return is_twin;
}

/* 1 RULE finds something in R. */
static int finds(
	struct judging *j, const struct register_rule *rule, const struct record *r, struct err *e)
{
	int rc = judge_holds(j, j->at->reg, r, rule->when, rule->when_count, e);

	for (size_t i = 0; rc == 1 && i < rule->lack_count; i++) {
		rc = is_pointed_to(j, &rule->lacks[i], r, e);
		rc = rc < 0 ? rc : !rc;
	}
	return rc;
}

static int apply(struct judging *j, const struct register_rule *rule, struct err *e)
{
	const bool *is_twin = rule->twice_count ? twins_of(j, rule) : NULL;
	int rc = 0;

	if (rule->machine.check.ptr)
		return judge_machine(j, rule, e);
	for (size_t i = 0; rc >= 0 && i < j->count; i++) {
		if (is_twin && !is_twin[i])
			continue;
		rc = finds(j, rule, &j->records[i], e);
		if (rc == 1)
			rc = judge_find(j, rule, &j->records[i], STR_NONE, e);
	}
	return rc;
}

static int by_record(const void *a, const void *b)
{
	const struct record_finding *x = a, *y = b;

	if (x->record_id != y->record_id)
		return x->record_id < y->record_id ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->field < y->field ? -1 : x->field > y->field;
}

static void find_empty(struct judging *j)
{
	const struct pack_register *r = j->at->reg;
	struct words said = r->nothing.vi.ptr && !r->is_nothing_fine ?
		r->nothing :
		say(j->at, T("{a}: chưa có bản ghi nào."), &r->title, STR(""), STR(""));

	if (j->count == 0 && !r->is_nothing_fine)
		judge_add(j,
			(struct record_finding){
				.kind = FINDING_EMPTY, .title = STR(""), .words = said });
}

int record_judge(
	const struct record_at *at, int64_t unit_id, struct record_judgement *ret, struct err *e)
{
	struct judging j = { .at = at, .unit_id = unit_id, .today = date_at(at->now_s) };
	struct record_judgement made = { 0 };
	int rc = load(&j, e);

	if (rc == 0) {
		find_empty(&j);
		find_missing(&j, &made.incomplete);
		rc = find_dangling(&j, e);
	}
	for (size_t i = 0; rc >= 0 && i < at->reg->rule_count; i++)
		rc = apply(&j, &at->reg->rules[i], e);
	if (rc < 0)
		return rc;
	if (j.findings.len > 1)
		qsort(j.findings.at, j.findings.len, sizeof(*j.findings.at), by_record);
	made.live = (int64_t)j.count;
	made.findings = j.findings.at;
	made.finding_count = j.findings.len;
	made.left_out = j.left_out;
	made.outcome = j.has_fail ? OUTCOME_FAIL : OUTCOME_PASS;
	if (j.count == 0 && !j.has_fail)
		made.outcome = OUTCOME_NA;
	*ret = made;
	return 0;
}

int record_judge_one(const struct record_at *at, const struct record *r,
	struct record_judgement *ret, struct err *e)
{
	struct record one = *r;
	struct judging j = { .at = at,
		.unit_id = r->unit_id,
		.today = date_at(at->now_s),
		.records = &one,
		.count = 1 };
	struct record_judgement made = { .live = 1 };
	int rc = judge_files(at, at->reg, &one, 1, e);

	if (rc < 0)
		return rc;
	find_missing(&j, &made.incomplete);
	rc = find_dangling(&j, e);
	for (size_t i = 0; rc >= 0 && i < at->reg->rule_count; i++)
		if (at->reg->rules[i].twice_count == 0 && !at->reg->rules[i].machine.check.ptr)
			rc = apply(&j, &at->reg->rules[i], e);
	if (rc < 0)
		return rc;
	made.findings = j.findings.at;
	made.finding_count = j.findings.len;
	made.outcome = j.has_fail ? OUTCOME_FAIL : OUTCOME_PASS;
	*ret = made;
	return 0;
}

static bool is_in(const struct obligation *const *list, size_t count, const struct obligation *o)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == o)
			return true;
	return false;
}

bool record_finding_is_about(
	const struct pack_register *r, const struct record_finding *f, const struct obligation *o)
{
	if (f->rule && f->rule->answer_count > 0)
		return is_in(f->rule->answers_are, f->rule->answer_count, o);
	return is_in(r->answers_are, r->answer_count, o);
}

bool record_answers(const struct pack_register *r, const struct obligation *o)
{
	for (size_t i = 0; i < r->rule_count; i++)
		if (is_in(r->rules[i].answers_are, r->rules[i].answer_count, o))
			return true;
	return is_in(r->answers_are, r->answer_count, o);
}

enum outcome record_outcome(
	const struct pack_register *r, const struct record_judgement *j, const struct obligation *o)
{
	if (j->outcome != OUTCOME_FAIL)
		return j->outcome;
	for (size_t i = 0; i < j->finding_count; i++)
		if (!j->findings[i].is_warning && record_finding_is_about(r, &j->findings[i], o))
			return OUTCOME_FAIL;
	/* what was left out may be about it too */
	return j->left_out > 0 ? OUTCOME_FAIL : OUTCOME_PASS;
}
