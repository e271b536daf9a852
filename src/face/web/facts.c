/* facts.c - what is known of a machine: its newest run, the exceptions, and the verdicts on
 * them. */
#include "face/web/web_int.h"

#include <stdlib.h>

#include "work/hostaudit/hostaudit.h"

/* ?ngay=22/11/2026 asks how things stood at the end of that day; anything else is now. */
int64_t facts_as_of_s(const struct view *v)
{
	struct date day;
	int64_t end_s;

	if (!date_typed(http_pair(v->query, "ngay"), &day))
		return v->by.now_s;
	end_s = date_start_s(day) + CLOCK_DAY_S - 1;
	return end_s < v->by.now_s ? end_s : v->by.now_s;
}

static int load_rows(struct view *v, struct facts *f, struct err *e)
{
	struct store *s = v->web->store;
	struct evidence_run newest;
	int rc = evidence_newest_run(s, f->host.id, facts_as_of_s(v), v->a, &newest, e);

	f->run = newest.run;
	f->rows = newest.rows.at;
	f->row_count = newest.rows.count;
	if (rc == 0)
		rc = exception_list(
			s, facts_as_of_s(v), v->a, &f->exceptions, &f->exception_count, e);
	return rc;
}

static int load_of(struct view *v, const struct org_host *host, struct facts *ret, struct err *e)
{
	struct facts f = { .host = *host };
	int64_t host_id = host->id;
	struct evidence_said said = { 0 };
	int rc = load_rows(v, &f, e);

	if (rc == 0)
		rc = evidence_said(v->web->store, host_id, facts_as_of_s(v), v->a, &said, e);
	if (rc < 0)
		return rc;
	comply_verdicts(&(struct comply_input){ .packs = v->web->packs,
				.at_s = facts_as_of_s(v),
				.host_id = host_id,
				.host_kind = f.host.kind,
				.level = f.host.level,
				.rows = f.rows,
				.row_count = f.row_count,
				.words = said.words.at,
				.word_count = said.words.count,
				.imports = said.imports.at,
				.import_count = said.imports.count,
				.exceptions = f.exceptions,
				.exception_count = f.exception_count },
		v->a, &f.verdicts, &f.verdict_count);
	*ret = f;
	return 0;
}

int facts_load(struct view *v, int64_t host_id, struct facts *ret, struct err *e)
{
	struct org_host host;
	int rc = org_host(v->web->store, host_id, v->a, &host, e);

	return rc < 0 ? rc : load_of(v, &host, ret, e);
}

int facts_here(struct view *v, struct facts *ret, struct err *e)
{
	struct org_host *hosts, here;
	size_t count = 1;
	int rc = org_host_here(v->web->store, v->a, &here, e);

	hosts = &here;
	if (rc == 0 && !view_may(v, RIGHT_SEE, here.unit_id))
		rc = view_hosts(v, RIGHT_SEE, &(struct org_host_query){ .max = 1 }, &hosts, &count);
	if (rc == ERR_ABSENT || (rc == 0 && count == 0)) {
		*ret = (struct facts){ 0 };
		return 0;
	}
	return rc < 0 ? rc : load_of(v, &hosts[0], ret, e);
}

static int by_weight(const void *a, const void *b)
{
	const struct check_facts *x = a, *y = b;

	if (x->weight != y->weight)
		return y->weight - x->weight;
	return str_cmp(x->id, y->id);
}

int check_weight(const struct check *c)
{
	int weight = 0;

	for (size_t i = 0; c && i < c->answer_count; i++)
		weight = c->answers[i]->weight > weight ? c->answers[i]->weight : weight;
	return weight;
}

size_t facts_checks(struct view *v, const struct facts *f, struct check_facts **ret)
{
	VEC(struct check_facts) checks = { 0 };

	for (size_t i = 0; i < f->row_count; i++) {
		struct check_facts *c = checks.len ? &checks.at[checks.len - 1] : NULL;

		if (!c || !str_eq(c->id, f->rows[i].check)) {
			c = vec_add(v->a, &checks);
			c->id = f->rows[i].check;
			c->check = pack_check(v->web->packs, c->id);
			c->rows = &f->rows[i];
			c->outcome = f->rows[i].outcome;
			c->weight = check_weight(c->check);
		}
		c->row_count++;
		c->outcome = outcome_worst(c->outcome, f->rows[i].outcome);
	}
	if (checks.len)
		qsort(checks.at, checks.len, sizeof(*checks.at), by_weight);
	*ret = checks.at;
	return checks.len;
}

const struct comply_verdict *facts_verdict(const struct facts *f, const struct obligation *o)
{
	for (size_t i = 0; i < f->verdict_count; i++) {
		if (f->verdicts[i].obligation == o)
			return &f->verdicts[i];
	}
	return NULL;
}

const struct clause *clause_article(const struct clause *c)
{
	while (c && c->kind != CLAUSE_DIEU)
		c = c->parent;
	return c;
}

const char *clause_path(struct view *v, const struct clause *c)
{
	const struct clause *article = clause_article(c);

	if (!article)
		article = c;
	return path_of(v, "/quy-che/%.*s/%.*s#%.*s", STR_FMT(url_piece(c->pack->id, v->a)),
		STR_FMT(url_piece(article->id, v->a)), STR_FMT(url_piece(c->id, v->a)));
}

const char *obligation_name(struct view *v, const struct obligation *o)
{
	return path_of(v, "%.*s/%.*s", STR_FMT(o->pack->id), STR_FMT(o->id));
}

static struct hostaudit_about about(const struct view *v, const struct facts *f)
{
	return (struct hostaudit_about){ .packs = v->web->packs,
		.level = f->host.level,
		.on = date_at(v->by.now_s),
		.family = f->host.family,
		.lang = v->lang };
}

struct str wanted_words(struct view *v, const struct facts *f, const struct check *c)
{
	struct hostaudit_about here = about(v, f);

	return c ? hostaudit_wanted(c, &here, v->a) : STR("");
}

struct str cure_words(
	struct view *v, const struct facts *f, const struct check *c, const struct evidence *row)
{
	struct hostaudit_about here = about(v, f);

	return c ? hostaudit_cure(c, row, &here, v->a) : STR("");
}

struct str reason_words(struct view *v, const struct check *c, const struct evidence *row)
{
	return hostaudit_reason(row->reason.ptr ? row->reason : STR(""),
		row->detail.ptr ? row->detail : STR(""), c, v->lang, v->a);
}

struct str found_words(struct view *v, const struct check *c, const struct evidence *row)
{
	return hostaudit_found(c, row->found.ptr ? row->found : STR(""), v->lang, v->a);
}

bool html_weighed(struct view *v, const struct evidence *row)
{
	int64_t id;

	if (row->by == EVIDENCE_FLOW && str_starts(row->detail, "case ") &&
		str_to_i64(str_from(row->detail, 5), &id)) {
		html(v->w, " · <a href=\"/ho-so/%lld\">%s</a>", (long long)id,
			tr(v->lang, "Mở hồ sơ"));
		return true;
	}
	if (row->by == EVIDENCE_ATTEST && row->subject.len == 0) {
		html(v->w, " <span class=\"soft\">%s %.*s</span>", tr(v->lang, "đã ký"),
			STR_FMT(row->found));
		return true;
	}
	return false;
}

struct str subject_words(struct view *v, const struct evidence *row)
{
	return hostaudit_subject(row->subject.ptr ? row->subject : STR(""), v->lang, v->a);
}

const char *weight_words(struct view *v, int weight)
{
	static const char *const words[] = { T("chưa xếp mức"), T("nhẹ"), T("vừa"), T("đáng kể"),
		T("nặng"), T("rất nặng") };

	return tr(v->lang, words[weight >= 0 && weight < (int)COUNT(words) ? weight : 0]);
}
