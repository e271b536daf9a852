/* sign.c - a statement is signed: the words by their digest, a row for each obligation. */
#include "core/attest/attest_int.h"

#include "core/org/staff.h"
#include "kit/crypto/crypto.h"

static const char sql_sign[] =
	"INSERT INTO attest_signed (statement, version, digest, unit_id, staff_id, name, position,"
	" signed_at_s, how, paper, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
static const char sql_row[] =
	"INSERT INTO attest_row (signed_id, point, obligation) VALUES ($1, $2, $3)";
static const char sql_list[] =
	"SELECT id, unit_id, coalesce(staff_id, 0), signed_at_s, statement, name, position, digest,"
	" made_by, paper, version, how FROM attest_signed WHERE ($1 = 0 OR staff_id = $1)"
	" AND ($2 = 0 OR unit_id = $2) ORDER BY id DESC LIMIT $3";

void attest_digest(const struct statement *s, char *hex)
{
	struct buf text;

	buf_init(&text, MIB);
	buf_fmt(&text, "%.*s\n%d\n%.*s\n%.*s\n", STR_FMT(s->id), s->version, STR_FMT(s->title.vi),
		STR_FMT(s->text.vi));
	for (size_t i = 0; i < s->point_count; i++)
		buf_fmt(&text, "%.*s\n", STR_FMT(s->points[i].text.vi));
	sha256_hex(buf_str(&text), hex);
	buf_done(&text);
}

static bool is_ticked(const struct attest_signing *g, const struct statement_point *p)
{
	if (!p->is_tick)
		return true;
	for (size_t i = 0; i < g->tick_count; i++)
		if (str_eq(g->ticks[i], p->id))
			return true;
	return false;
}

static bool is_self(const struct flow_by *by, const struct attest_signing *g)
{
	return by->user && g->staff_id && by->user->staff_id == g->staff_id;
}

static int check(const struct flow_by *by, const struct attest_signing *g,
	const struct statement_point **ret_against, struct err *e)
{
	const struct statement *s = g->statement;
	int64_t since_s = attest_after_s(by, s, by->now_s);

	if (g->how == ATTEST_SCREEN ?
			!is_self(by, g) :
			!by->user || !org_may(by->user, RIGHT_ACT, by->tree, g->unit_id))
		return err_set(e, ERR_DENIED, "no right to sign this");
	if (str_trim(g->name).len == 0)
		return err_set(e, ERR_INPUT, "who signs has no name");
	if (g->how == ATTEST_PAPER && str_trim(g->paper).len == 0)
		return err_set(e, ERR_INPUT, "it is not said where the signed paper is");
	for (size_t i = 0; i < s->point_count; i++) {
		bool is_against = false;
		int rc = is_ticked(g, &s->points[i]) ?
			attest_is_against(by, &s->points[i], g->unit_id, since_s, &is_against, e) :
			0;

		if (rc < 0)
			return rc;
		if (is_against) {
			if (ret_against)
				*ret_against = &s->points[i];
			return err_set(e, ERR_CONFLICT,
				"cases of the unit contradict point \"%.*s\"",
				STR_FMT(s->points[i].id));
		}
	}
	return 0;
}

static int add(const struct flow_by *by, const struct attest_signing *g, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_sign);
	char digest[ATTEST_DIGEST_SIZE];

	attest_digest(g->statement, digest);
	store_bind_str(q, 1, g->statement->id);
	store_bind_i64(q, 2, g->statement->version);
	store_bind_cstr(q, 3, digest);
	store_bind_i64(q, 4, g->unit_id);
	if (g->staff_id)
		store_bind_i64(q, 5, g->staff_id);
	else
		store_bind_null(q, 5);
	store_bind_str(q, 6, str_trim(g->name));
	store_bind_str(q, 7, g->position.ptr ? g->position : STR(""));
	store_bind_i64(q, 8, by->now_s);
	store_bind_cstr(q, 9, g->how == ATTEST_PAPER ? "paper" : "screen");
	store_bind_str(q, 10, g->paper.ptr ? g->paper : STR(""));
	store_bind_str(q, 11, by->user ? by->user->login : STR(""));
	return store_run(q, e);
}

static int add_rows(
	const struct flow_by *by, const struct attest_signing *g, int64_t id, struct err *e)
{
	const struct statement *s = g->statement;

	for (size_t i = 0; i < s->point_count; i++) {
		const struct statement_point *p = &s->points[i];

		for (size_t n = 0; is_ticked(g, p) && n < p->answer_count; n++) {
			struct store_query *q = store_query(by->store, sql_row);
			int rc;

			store_bind_i64(q, 1, id);
			store_bind_str(q, 2, p->id);
			store_bind_str(q, 3,
				arena_fmt(by->a, "%.*s/%.*s", STR_FMT(s->pack->id),
					STR_FMT(p->answers[n])));
			rc = store_run(q, e);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

int attest_sign(const struct flow_by *by, const struct attest_signing *signing,
	const struct statement_point **ret_against, int64_t *ret_id, struct err *e)
{
	int64_t id = 0;
	int rc = check(by, signing, ret_against, e);

	if (rc == 0)
		rc = store_begin(by->store, e);
	if (rc < 0)
		return rc;
	rc = add(by, signing, e);
	if (rc == 0) {
		id = store_last_id(by->store);
		rc = add_rows(by, signing, id, e);
	}
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0) {
		store_rollback(by->store);
		return rc;
	}
	*ret_id = id;
	return 0;
}

int attest_list(const struct flow_by *by, int64_t staff_id, int64_t unit_id, size_t max,
	struct attest_signeds *ret, struct err *e)
{
	VEC(struct attest_signed) list = { 0 };
	struct store_query *q = store_query(by->store, sql_list);
	int rc;

	store_bind_i64(q, 1, staff_id);
	store_bind_i64(q, 2, unit_id);
	store_bind_i64(q, 3, (int64_t)max);
	while ((rc = store_next(q, e)) == 1) {
		struct attest_signed *x = vec_add(by->a, &list);
		struct str *texts[] = { &x->statement, &x->name, &x->position, &x->digest, &x->by,
			&x->paper };
		const struct statement *s;
		char digest[ATTEST_DIGEST_SIZE];

		x->id = store_i64(q, 0);
		x->unit_id = store_i64(q, 1);
		x->staff_id = store_i64(q, 2);
		x->at_s = store_i64(q, 3);
		for (size_t i = 0; i < COUNT(texts); i++)
			*texts[i] = arena_str(by->a, store_str(q, 4 + (int)i));
		x->version = (int)store_i64(q, 10);
		x->how = str_is(store_str(q, 11), "paper") ? ATTEST_PAPER : ATTEST_SCREEN;
		s = pack_statement(by->packs, x->statement);
		if (s)
			attest_digest(s, digest);
		x->is_same = s && s->version == x->version && str_is(x->digest, digest);
	}
	if (rc < 0)
		return rc;
	*ret = (struct attest_signeds){ list.at, list.len };
	return 0;
}

int attest_points(
	const struct flow_by *by, int64_t signed_id, struct attest_points *ret, struct err *e)
{
	VEC(struct str) list = { 0 };
	struct store_query *q = store_query(
		by->store, "SELECT DISTINCT point FROM attest_row WHERE signed_id = $1");
	int rc;

	store_bind_i64(q, 1, signed_id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(by->a, &list, arena_str(by->a, store_str(q, 0)));
	if (rc < 0)
		return rc;
	*ret = (struct attest_points){ list.at, list.len };
	return 0;
}
