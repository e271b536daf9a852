/* session.c - awareness sessions: who came, and the short quiz. */
#include "core/attest/attest_int.h"

#include "kit/crypto/crypto.h"

static const char sql_open[] =
	"INSERT INTO attest_session (unit_id, title, place, content, at_s, quiz, token, made_by,"
	" made_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
static const char sql_close[] = "UPDATE attest_session SET is_closed = 1 WHERE id = $1";

#define SESSION \
	"SELECT s.id, s.unit_id, s.title, s.place, s.content, s.at_s, s.quiz, s.token," \
	" s.is_closed, s.made_by, s.made_at_s," \
	" (SELECT count(*) FROM attest_came c WHERE c.session_id = s.id)," \
	" (SELECT count(*) FROM attest_came c WHERE c.session_id = s.id AND c.has_passed)" \
	" FROM attest_session s"
static const char sql_get[] = SESSION " WHERE s.id = $1";
static const char sql_token[] = SESSION " WHERE s.token = $1 AND s.is_closed = 0";
static const char sql_list[] = SESSION
	" WHERE s.unit_id IN (SELECT value FROM json_each($1)) ORDER BY s.at_s DESC, s.id DESC LIMIT $2";
static const char sql_come[] =
	"INSERT INTO attest_came (session_id, staff_id, at_s, made_by) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT DO NOTHING";
static const char sql_quiz[] = "UPDATE attest_came SET right = $3, of = $4, has_passed = $5"
			       " WHERE session_id = $1 AND staff_id = $2 AND of = 0";
static const char sql_guests[] =
	"SELECT c.staff_id, p.unit_id, c.at_s, p.name, p.position, c.right, c.of, c.has_passed"
	" FROM attest_came c JOIN staff p ON p.id = c.staff_id WHERE c.session_id = $1 ORDER BY c.id";

static struct attest_session take(struct store_query *q, struct arena *a)
{
	return (struct attest_session){
		.id = store_i64(q, 0),
		.unit_id = store_i64(q, 1),
		.title = arena_str(a, store_str(q, 2)),
		.place = arena_str(a, store_str(q, 3)),
		.content = arena_str(a, store_str(q, 4)),
		.at_s = store_i64(q, 5),
		.quiz = arena_str(a, store_str(q, 6)),
		.token = arena_str(a, store_str(q, 7)),
		.is_closed = store_i64(q, 8) != 0,
		.made_by = arena_str(a, store_str(q, 9)),
		.made_at_s = store_i64(q, 10),
		.came = store_i64(q, 11),
		.passed = store_i64(q, 12),
	};
}

int attest_session_open(
	const struct flow_by *by, const struct attest_session *x, int64_t *ret_id, struct err *e)
{
	unsigned char bytes[ATTEST_TOKEN_SIZE];
	char token[ATTEST_TOKEN_SIZE];
	struct store_query *q;
	int rc;

	if (!by->user || !org_may(by->user, RIGHT_ACT, by->tree, x->unit_id))
		return err_set(e, ERR_DENIED, "no right to hold a session in this unit");
	if (str_trim(x->title).len == 0 || x->at_s <= 0)
		return err_set(e, ERR_INPUT, "a session needs its title and its time");
	if (x->quiz.len && !pack_quiz(by->packs, x->quiz))
		return err_set(e, ERR_INPUT, "no quiz is called \"%.*s\"", STR_FMT(x->quiz));
	random_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < ATTEST_TOKEN_SIZE - 1; i++)
		token[i] = "abcdefghijkmnpqrstuvwxyz23456789"[bytes[i] & 31];
	token[ATTEST_TOKEN_SIZE - 1] = 0;
	q = store_query(by->store, sql_open);
	store_bind_i64(q, 1, x->unit_id);
	store_bind_str(q, 2, str_trim(x->title));
	store_bind_str(q, 3, x->place.ptr ? x->place : STR(""));
	store_bind_str(q, 4, x->content.ptr ? x->content : STR(""));
	store_bind_i64(q, 5, x->at_s);
	store_bind_str(q, 6, x->quiz.ptr ? x->quiz : STR(""));
	store_bind_cstr(q, 7, token);
	store_bind_str(q, 8, by->user->login);
	store_bind_i64(q, 9, by->now_s);
	rc = store_run(q, e);
	if (rc == 0)
		*ret_id = store_last_id(by->store);
	return rc;
}

int attest_session_get(
	const struct flow_by *by, int64_t id, struct attest_session *ret, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_get);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_one(q, e, "there is no session %lld", (long long)id);
	if (rc < 0)
		return rc;
	*ret = take(q, by->a);
	store_end(q);
	return 0;
}

int attest_session_of_token(
	const struct flow_by *by, struct str token, struct attest_session *ret, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_token);
	int rc;

	store_bind_str(q, 1, token);
	rc = store_one(q, e, "no open session has this mark");
	if (rc < 0)
		return rc;
	*ret = take(q, by->a);
	store_end(q);
	return 0;
}

int attest_session_list(const struct flow_by *by, struct str units, size_t max,
	struct attest_sessions *ret, struct err *e)
{
	VEC(struct attest_session) list = { 0 };
	struct store_query *q = store_query(by->store, sql_list);
	int rc;

	store_bind_str(q, 1, units);
	store_bind_i64(q, 2, (int64_t)max);
	while ((rc = store_next(q, e)) == 1)
		vec_push(by->a, &list, take(q, by->a));
	if (rc < 0)
		return rc;
	*ret = (struct attest_sessions){ list.at, list.len };
	return 0;
}

int attest_session_close(const struct flow_by *by, int64_t id, struct err *e)
{
	struct attest_session x;
	struct store_query *q;
	int rc = attest_session_get(by, id, &x, e);

	if (rc < 0)
		return rc;
	if (!by->user || !org_may(by->user, RIGHT_ACT, by->tree, x.unit_id))
		return err_set(e, ERR_DENIED, "no right to close this session");
	q = store_query(by->store, sql_close);
	store_bind_i64(q, 1, id);
	return store_run(q, e);
}

int attest_come(const struct flow_by *by, int64_t session_id, int64_t staff_id, struct err *e)
{
	struct attest_session x;
	struct store_query *q;
	int rc = attest_session_get(by, session_id, &x, e);

	if (rc < 0)
		return rc;
	if (!by->user || !staff_id ||
		(by->user->staff_id != staff_id &&
			!org_may(by->user, RIGHT_ACT, by->tree, x.unit_id)))
		return err_set(e, ERR_DENIED, "no right to sign in for somebody else");
	if (x.is_closed)
		return err_set(e, ERR_CONFLICT, "the session is closed");
	q = store_query(by->store, sql_come);
	store_bind_i64(q, 1, session_id);
	store_bind_i64(q, 2, staff_id);
	store_bind_i64(q, 3, by->now_s);
	store_bind_str(q, 4, by->user->login);
	return store_run(q, e);
}

static void mark(const struct quiz *quiz, const int *answers, size_t count, int64_t *ret_right)
{
	for (size_t i = 0; i < quiz->question_count && i < count; i++) {
		const struct quiz_question *x = &quiz->questions[i];

		if (answers[i] >= 0 && (size_t)answers[i] < x->answer_count &&
			x->answers[answers[i]].is_right)
			(*ret_right)++;
	}
}

int attest_quiz(const struct flow_by *by, int64_t session_id, const int *answers, size_t count,
	struct attest_guest *ret, struct err *e)
{
	struct attest_guest g = { .staff_id = by->user ? by->user->staff_id : 0 };
	struct attest_session x;
	const struct quiz *quiz;
	struct store_query *q;
	int rc = attest_session_get(by, session_id, &x, e);

	if (rc < 0)
		return rc;
	quiz = pack_quiz(by->packs, x.quiz);
	if (!quiz || !g.staff_id)
		return err_set(e, ERR_INPUT, "there is no quiz for this person");
	mark(quiz, answers, count, &g.right);
	g.of = (int64_t)quiz->question_count;
	g.has_passed = g.right * 100 >=
		g.of * pack_param_number(by->packs, quiz->pass_param, 0, date_at(by->now_s), 100);
	q = store_query(by->store, sql_quiz);
	store_bind_i64(q, 1, session_id);
	store_bind_i64(q, 2, g.staff_id);
	store_bind_i64(q, 3, g.right);
	store_bind_i64(q, 4, g.of);
	store_bind_i64(q, 5, g.has_passed);
	rc = store_run(q, e);
	if (rc == 0 && store_changes(by->store) == 0)
		return err_set(e, ERR_CONFLICT, "not signed in, or the quiz was taken already");
	if (rc == 0)
		*ret = g;
	return rc;
}

int attest_guests(
	const struct flow_by *by, int64_t session_id, struct attest_guests *ret, struct err *e)
{
	VEC(struct attest_guest) list = { 0 };
	struct store_query *q = store_query(by->store, sql_guests);
	int rc;

	store_bind_i64(q, 1, session_id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(by->a, &list,
			((struct attest_guest){ store_i64(q, 0), store_i64(q, 1), store_i64(q, 2),
				arena_str(by->a, store_str(q, 3)),
				arena_str(by->a, store_str(q, 4)), store_i64(q, 5), store_i64(q, 6),
				store_i64(q, 7) != 0 }));
	if (rc < 0)
		return rc;
	*ret = (struct attest_guests){ list.at, list.len };
	return 0;
}
