/* review.c - signed reviews of a machine's processes: only ever added. */
#include "core/evidence/review.h"

#include "kit/crypto/crypto.h"

static const char add_snapshot_sql[] =
	"INSERT INTO process_snapshot (host_id, at_s, duration_us, sha256, text)"
	" VALUES ($1, $2, $3, $4, $5)";
#define SNAPSHOT_COLUMNS "id, host_id, at_s, duration_us, sha256, text"
static const char newest_snapshot_sql[] =
	"SELECT " SNAPSHOT_COLUMNS " FROM process_snapshot WHERE host_id = $1 AND at_s <= $2"
	" ORDER BY at_s DESC, id DESC LIMIT 1";
static const char snapshot_by_id_sql[] =
	"SELECT " SNAPSHOT_COLUMNS " FROM process_snapshot WHERE id = $1";

static const char add_review_sql[] =
	"INSERT INTO process_review (host_id, at_s, snapshot_id, base_id, person, note, sha256,"
	" suspicious, differences) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
static const char add_mark_sql[] =
	"INSERT INTO process_mark (review_id, kind, name, suspicious, note)"
	" VALUES ($1, $2, $3, $4, $5)";
#define REVIEW_COLUMNS \
	"id, host_id, at_s, snapshot_id, base_id, person, note, sha256, suspicious, differences"
static const char list_sql[] =
	"SELECT " REVIEW_COLUMNS " FROM process_review WHERE host_id = $1"
	" ORDER BY at_s DESC, id DESC LIMIT $2";
static const char marks_sql[] =
	"SELECT kind, name, suspicious, note FROM process_mark WHERE review_id = $1"
	" ORDER BY suspicious DESC, kind, name";

int review_snapshot_add(
	struct store *s, struct review_snapshot *snapshot, struct arena *a, struct err *e)
{
	char hex[SHA256_HEX_SIZE];
	struct store_query *q;
	int rc;

	snapshot->sha256 = arena_str(a, str_of(sha256_hex(snapshot->text, hex)));
	q = store_query(s, add_snapshot_sql);
	store_bind_i64(q, 1, snapshot->host_id);
	store_bind_i64(q, 2, snapshot->at_s);
	store_bind_i64(q, 3, snapshot->duration_us);
	store_bind_str(q, 4, snapshot->sha256);
	store_bind_str(q, 5, snapshot->text);
	rc = store_run(q, e);
	if (rc == 0)
		snapshot->id = store_last_id(s);
	return rc;
}

static int take_snapshot(
	struct store_query *q, struct arena *a, struct review_snapshot *ret, struct err *e)
{
	int rc = store_next(q, e);

	*ret = (struct review_snapshot){ 0 };
	if (rc != 1)
		return rc;
	*ret = (struct review_snapshot){ .id = store_i64(q, 0),
		.host_id = store_i64(q, 1),
		.at_s = store_i64(q, 2),
		.duration_us = store_i64(q, 3),
		.sha256 = arena_str(a, store_str(q, 4)),
		.text = arena_str(a, store_str(q, 5)) };
	store_end(q);
	return 0;
}

int review_snapshot_newest(struct store *s, int64_t host_id, int64_t at_s, struct arena *a,
	struct review_snapshot *ret, struct err *e)
{
	struct store_query *q = store_query(s, newest_snapshot_sql);

	store_bind_i64(q, 1, host_id);
	store_bind_i64(q, 2, at_s);
	return take_snapshot(q, a, ret, e);
}

int review_snapshot_by_id(
	struct store *s, int64_t id, struct arena *a, struct review_snapshot *ret, struct err *e)
{
	struct store_query *q = store_query(s, snapshot_by_id_sql);

	store_bind_i64(q, 1, id);
	return take_snapshot(q, a, ret, e);
}

/* ---- signing ---- */

static int check_marks(
	struct review *review, const struct review_mark *marks, size_t count, struct err *e)
{
	review->suspicious = 0;
	for (size_t i = 0; i < count; i++) {
		if (marks[i].is_suspicious && str_trim(marks[i].note).len == 0)
			return err_set(e, ERR_INPUT, "what is suspicious needs a note");
		review->suspicious += marks[i].is_suspicious;
	}
	return 0;
}

/* The base is what the officer saw it against: no review may have been signed since. */
static int check_base(struct store *s, struct review *review, struct arena *a, struct err *e)
{
	struct review_snapshot snapshot;
	struct reviews last;
	int rc = review_list(s, review->host_id, 1, a, &last, e);

	if (rc == 0 && (last.len ? last.at[0].id : 0) != review->base_id)
		return err_set(e, ERR_CONFLICT, "another review was signed meanwhile");
	if (rc == 0)
		rc = review_snapshot_by_id(s, review->snapshot_id, a, &snapshot, e);
	if (rc < 0)
		return rc;
	if (snapshot.id == 0 || snapshot.host_id != review->host_id)
		return err_set(e, ERR_ABSENT, "this machine has no such snapshot");
	review->sha256 = snapshot.sha256;
	return 0;
}

static int add_review(struct store *s, struct review *review, struct err *e)
{
	struct store_query *q = store_query(s, add_review_sql);
	int rc;

	store_bind_i64(q, 1, review->host_id);
	store_bind_i64(q, 2, review->at_s);
	store_bind_i64(q, 3, review->snapshot_id);
	store_bind_i64(q, 4, review->base_id);
	store_bind_str(q, 5, review->person);
	store_bind_str(q, 6, review->note.ptr ? review->note : STR(""));
	store_bind_str(q, 7, review->sha256);
	store_bind_i64(q, 8, review->suspicious);
	store_bind_i64(q, 9, review->differences);
	rc = store_run(q, e);
	if (rc == 0)
		review->id = store_last_id(s);
	return rc;
}

static int add_mark(
	struct store *s, int64_t review_id, const struct review_mark *mark, struct err *e)
{
	struct store_query *q = store_query(s, add_mark_sql);

	store_bind_i64(q, 1, review_id);
	store_bind_str(q, 2, mark->kind);
	store_bind_str(q, 3, mark->name);
	store_bind_i64(q, 4, mark->is_suspicious);
	store_bind_str(q, 5, mark->note.ptr ? str_trim(mark->note) : STR(""));
	return store_run(q, e);
}

int review_sign(
	struct store *s, const struct review_signing *signing, struct arena *a, struct err *e)
{
	struct review *review = signing->review;
	int rc = check_marks(review, signing->marks, signing->mark_count, e);

	if (rc == 0)
		rc = store_begin(s, e);
	if (rc < 0)
		return rc;
	rc = check_base(s, review, a, e);
	if (rc == 0)
		rc = add_review(s, review, e);
	for (size_t i = 0; rc == 0 && i < signing->mark_count; i++)
		rc = add_mark(s, review->id, &signing->marks[i], e);
	for (size_t i = 0; rc == 0 && i < signing->word_count; i++) {
		struct evidence word = signing->words[i];

		word.extract_sha256 = review->sha256;
		rc = evidence_add_word(s, &word, e);
	}
	if (rc == 0)
		rc = store_commit(s, e);
	if (rc < 0)
		store_rollback(s);
	return rc;
}

int review_list(struct store *s, int64_t host_id, size_t max, struct arena *a,
	struct reviews *ret, struct err *e)
{
	struct store_query *q = store_query(s, list_sql);
	VEC(struct review) list = { 0 };
	int rc;

	store_bind_i64(q, 1, host_id);
	store_bind_i64(q, 2, (int64_t)max);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct review){ .id = store_i64(q, 0),
				.host_id = store_i64(q, 1),
				.at_s = store_i64(q, 2),
				.snapshot_id = store_i64(q, 3),
				.base_id = store_i64(q, 4),
				.person = arena_str(a, store_str(q, 5)),
				.note = arena_str(a, store_str(q, 6)),
				.sha256 = arena_str(a, store_str(q, 7)),
				.suspicious = store_i64(q, 8),
				.differences = store_i64(q, 9) }));
	if (rc < 0)
		return rc;
	ret->at = list.at;
	ret->len = list.len;
	return 0;
}

int review_marks(struct store *s, int64_t review_id, struct arena *a, struct review_mark **ret,
	size_t *ret_count, struct err *e)
{
	struct store_query *q = store_query(s, marks_sql);
	VEC(struct review_mark) list = { 0 };
	int rc;

	store_bind_i64(q, 1, review_id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct review_mark){ .kind = arena_str(a, store_str(q, 0)),
				.name = arena_str(a, store_str(q, 1)),
				.is_suspicious = store_i64(q, 2) != 0,
				.note = arena_str(a, store_str(q, 3)) }));
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}
