/* sweep.c - verdicts that are kept: marks of each subject, the state and the daily score of each
 * unit, and the queue of what to reckon anew. */
#include <string.h>

#include "work/comply/comply_int.h"

#define WHOLE_UNIT 9 /* in the queue: the unit and all in it */

/* clang-format off */
/* The queue is filled where the facts are written, whoever writes them. */
#define DUE(name, event, what) \
	"CREATE TRIGGER verdict_due_" name " AFTER " event " BEGIN INSERT OR IGNORE INTO" \
	" verdict_due (about, subject_id) VALUES " what "; END;"
#define OF_EXCEPTION \
	"(CASE WHEN new.host_id = 0 THEN 9 ELSE 0 END," \
	" CASE WHEN new.host_id = 0 THEN new.unit_id ELSE new.host_id END)"
/* The first machine of a kind changes what the whole unit has. */
#define HAS_ALIKE \
	"EXISTS (SELECT 1 FROM host WHERE unit_id = new.unit_id AND kind = new.kind" \
	" AND first_seen_s <= new.first_seen_s AND id <> new.id)"
#define HOST_OR_ALL \
	"(CASE WHEN " HAS_ALIKE " THEN 0 ELSE 9 END," \
	" CASE WHEN " HAS_ALIKE " THEN new.id ELSE new.unit_id END)"
#define DUE_REGISTER(name, event, what) \
	"CREATE TRIGGER verdict_due_" name " AFTER " event " BEGIN INSERT OR IGNORE INTO" \
	" verdict_due_register (unit_id, register) " what "; END;"
#define OF_FILE "SELECT unit_id, register FROM record WHERE id = CAST(new.key AS INTEGER)"
#define OF_RECORD "SELECT unit_id, register FROM record WHERE id = new.record_id"

const struct store_step comply_steps[] = {
	{ 700, "kept verdicts",
		"CREATE TABLE verdict ("
		" about INTEGER NOT NULL, subject_id INTEGER NOT NULL, unit_id INTEGER NOT NULL,"
		" marks TEXT NOT NULL, until_s INTEGER NOT NULL, at_s INTEGER NOT NULL,"
		" PRIMARY KEY (about, subject_id)) WITHOUT ROWID;"
		"CREATE INDEX verdict_of_unit ON verdict (unit_id);"
		"CREATE INDEX verdict_until ON verdict (until_s);"
		"CREATE TABLE verdict_unit ("
		" unit_id INTEGER PRIMARY KEY, law TEXT NOT NULL, marks TEXT NOT NULL,"
		" subjects INTEGER NOT NULL, permille INTEGER NOT NULL, at_s INTEGER NOT NULL);"
		"CREATE TABLE verdict_day ("
		" unit_id INTEGER NOT NULL, day TEXT NOT NULL, permille INTEGER NOT NULL,"
		" PRIMARY KEY (unit_id, day)) WITHOUT ROWID;"
		"CREATE TABLE verdict_due ("
		" about INTEGER NOT NULL, subject_id INTEGER NOT NULL,"
		" PRIMARY KEY (about, subject_id)) WITHOUT ROWID;"
		"CREATE TABLE verdict_word ("
		" unit_id INTEGER NOT NULL, check_id TEXT NOT NULL, subject TEXT NOT NULL,"
		" PRIMARY KEY (unit_id, check_id, subject)) WITHOUT ROWID;"
		"CREATE TRIGGER verdict_due_unit_word AFTER INSERT ON evidence"
		" WHEN new.run_id IS NULL AND new.host_id = 0 BEGIN"
		" INSERT OR IGNORE INTO verdict_word (unit_id, check_id, subject)"
		" VALUES (new.unit_id, new.check_id, new.subject); END;"
		DUE("run", "INSERT ON audit_run", "(0, new.host_id)")
		DUE("word", "INSERT ON evidence WHEN new.run_id IS NULL AND new.host_id <> 0",
			"(0, new.host_id)")
		DUE("exception", "INSERT ON exception", OF_EXCEPTION)
		DUE("exception_end", "UPDATE ON exception", OF_EXCEPTION)
		DUE("host", "INSERT ON host", "(9, new.unit_id)")
		DUE("host_set", "UPDATE OF name, kind, level ON host", "(9, new.unit_id)")
		DUE("host_move", "UPDATE OF unit_id ON host", "(9, new.unit_id), (9, old.unit_id)")
		DUE("unit", "INSERT ON unit", "(9, new.id)")
		DUE("unit_set", "UPDATE ON unit", "(9, new.id)")
		DUE("staff", "INSERT ON staff", "(9, new.unit_id)")
		DUE("staff_set", "UPDATE ON staff", "(9, new.unit_id), (9, old.unit_id)") },
	{ 701, "kept verdicts of records, a register of a unit in one row",
		"CREATE TABLE verdict_register ("
		" unit_id INTEGER NOT NULL, register TEXT NOT NULL, marks TEXT NOT NULL,"
		" subjects INTEGER NOT NULL, until_s INTEGER NOT NULL, at_s INTEGER NOT NULL,"
		" PRIMARY KEY (unit_id, register)) WITHOUT ROWID;"
		"CREATE INDEX verdict_register_until ON verdict_register (until_s);"
		"CREATE TABLE verdict_due_register ("
		" unit_id INTEGER NOT NULL, register TEXT NOT NULL,"
		" PRIMARY KEY (unit_id, register)) WITHOUT ROWID;"
		DUE_REGISTER("record", "INSERT ON record", "VALUES (new.unit_id, new.register)")
		DUE_REGISTER("record_set", "UPDATE OF unit_id, body, state, title ON record",
			"VALUES (new.unit_id, new.register), (old.unit_id, new.register)")
		DUE_REGISTER("weighed", "INSERT ON evidence WHEN new.run_id IS NULL"
			" AND new.subject LIKE 'register:%'",
			"VALUES (new.unit_id, substr(new.subject, 10))")
		DUE_REGISTER("record_word", "INSERT ON evidence WHEN new.record_id <> 0"
			" AND new.subject LIKE 'record:%'", OF_RECORD)
		DUE_REGISTER("record_exception", "INSERT ON exception WHEN new.record_id <> 0",
			OF_RECORD)
		DUE_REGISTER("record_exception_end", "UPDATE ON exception WHEN new.record_id <> 0",
			OF_RECORD) },
	{ 702, "what registers were found to lack when they were weighed last",
		"CREATE TABLE verdict_found ("
		" unit_id INTEGER NOT NULL, register TEXT NOT NULL, sha256 TEXT NOT NULL,"
		" findings INTEGER NOT NULL, warnings INTEGER NOT NULL, left_out INTEGER NOT NULL,"
		" at_s INTEGER NOT NULL, PRIMARY KEY (unit_id, register)) WITHOUT ROWID;"
		"CREATE TABLE verdict_finding ("
		" unit_id INTEGER NOT NULL, register TEXT NOT NULL, place INTEGER NOT NULL,"
		" record_id INTEGER NOT NULL, field TEXT NOT NULL, is_warning INTEGER NOT NULL,"
		" words_vi TEXT NOT NULL, words_en TEXT NOT NULL,"
		" PRIMARY KEY (unit_id, register, place)) WITHOUT ROWID;" },
	{ 703, "a file attached or taken off is weighed",
		DUE_REGISTER("file", "INSERT ON attachment WHEN new.of = 'record'", OF_FILE)
		DUE_REGISTER("file_set", "UPDATE ON attachment WHEN new.of = 'record'", OF_FILE) },
	{ 704, "under which law and on which day all units were looked at last",
		"CREATE TABLE verdict_filled (id INTEGER PRIMARY KEY CHECK (id = 1),"
		" law TEXT NOT NULL, day TEXT NOT NULL);" },
	{ 705, "one more machine of a kind that the unit has leaves the others as they are",
		"DROP TRIGGER verdict_due_host; DROP TRIGGER verdict_due_host_set;"
		DUE("host", "INSERT ON host", HOST_OR_ALL ", (1, new.unit_id)")
		DUE("host_set", "UPDATE OF name, level ON host", "(0, new.id), (1, new.unit_id)")
		DUE("host_kind", "UPDATE OF kind ON host WHEN new.kind <> old.kind",
			"(9, new.unit_id)") },
};
/* clang-format on */
const size_t comply_step_count = COUNT(comply_steps);

static const char sql_put[] =
	"INSERT INTO verdict (about, subject_id, unit_id, marks, until_s, at_s)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (about, subject_id) DO UPDATE SET"
	" unit_id = $3, marks = $4, until_s = $5, at_s = $6";
static const char sql_marks[] =
	"SELECT marks, 1 FROM verdict WHERE unit_id = $1"
	" UNION ALL SELECT marks, subjects FROM verdict_register WHERE unit_id = $1";
static const char sql_drop_unit[] = "DELETE FROM verdict WHERE unit_id = $1";
static const char sql_drop_registers[] = "DELETE FROM verdict_register WHERE unit_id = $1";
static const char sql_drop_register[] =
	"DELETE FROM verdict_register WHERE unit_id = $1 AND register = $2";
static const char sql_put_register[] =
	"INSERT INTO verdict_register (unit_id, register, marks, subjects, until_s, at_s)"
	" VALUES ($1, $2, $3, $4, $5, $6)";
static const char sql_put_unit[] =
	"INSERT INTO verdict_unit (unit_id, law, marks, subjects, permille, at_s)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (unit_id) DO UPDATE SET law = $2, marks = $3,"
	" subjects = $4, permille = $5, at_s = $6";
static const char sql_put_day[] =
	"INSERT INTO verdict_day (unit_id, day, permille) VALUES ($1, $2, $3)"
	" ON CONFLICT (unit_id, day) DO UPDATE SET permille = $3";
static const char sql_gone[] = "DELETE FROM verdict_unit WHERE unit_id = $1";
/* Was the queue filled under this law on this day? Then triggers queued all that came since. */
#define FILLED "EXISTS (SELECT 1 FROM verdict_filled WHERE law = $1 AND day = $2)"
static const char sql_is_filled[] = "SELECT " FILLED;
static const char sql_put_filled[] = "INSERT INTO verdict_filled (id, law, day) VALUES (1, $1, $2)"
				     " ON CONFLICT (id) DO UPDATE SET law = $1, day = $2";
static const char sql_not_filled[] = "DELETE FROM verdict_filled";
/* Is there anything of what fill_queue() looks for? Most pages find nothing, and need not write. */
static const char sql_is_due[] =
	"SELECT EXISTS (SELECT 1 FROM verdict_due) OR EXISTS (SELECT 1 FROM verdict_due_register)"
	" OR EXISTS (SELECT 1 FROM verdict_word)"
	" OR EXISTS (SELECT 1 FROM verdict WHERE until_s <= $3)"
	" OR EXISTS (SELECT 1 FROM verdict_register WHERE until_s <= $3)"
	" OR NOT " FILLED;
/* NOT IN looks through the units once, whatever a database believes of their number. */
static const char sql_stale[] =
	"INSERT OR IGNORE INTO verdict_due (about, subject_id) SELECT 9, id FROM unit"
	" WHERE id NOT IN (SELECT unit_id FROM verdict_unit WHERE law = $1)"
	" AND from_day <= $2 AND (until_day IS NULL OR until_day > $2)";
static const char sql_timely[] = "INSERT OR IGNORE INTO verdict_due (about, subject_id)"
				 " SELECT about, subject_id FROM verdict WHERE until_s <= $1";
static const char sql_days[] = "INSERT OR IGNORE INTO verdict_day (unit_id, day, permille)"
			       " SELECT unit_id, $1, permille FROM verdict_unit";
static const char sql_timely_registers[] =
	"INSERT OR IGNORE INTO verdict_due_register (unit_id, register)"
	" SELECT unit_id, register FROM verdict_register WHERE until_s <= $1";
static const char sql_due[] =
	"SELECT d.about, d.subject_id, CASE WHEN d.about IN (1, 9) THEN d.subject_id"
	" WHEN d.about = 0 THEN h.unit_id ELSE s.unit_id END AS u, '' AS reg FROM verdict_due d"
	" LEFT JOIN host h ON d.about = 0 AND h.id = d.subject_id"
	" LEFT JOIN staff s ON d.about = 2 AND s.id = d.subject_id"
	" UNION ALL SELECT 3, 0, unit_id, register FROM verdict_due_register"
	" ORDER BY 3, 1 DESC, 2, 4 LIMIT $1";
static const char sql_due_done[] = "DELETE FROM verdict_due WHERE about = $1 AND subject_id = $2";
static const char sql_due_register_done[] =
	"DELETE FROM verdict_due_register WHERE unit_id = $1 AND register = $2";
static const char sql_queue[] =
	"INSERT OR IGNORE INTO verdict_due (about, subject_id) VALUES ($1, $2)";
static const char sql_words[] = "SELECT unit_id, check_id, subject FROM verdict_word";
static const char sql_words_done[] = "DELETE FROM verdict_word";
static const char sql_forget[] = "DELETE FROM verdict_unit";

/* --- one subject, one unit -------------------------------------------------------------------- */

static int bound_run(struct store *s, const char *sql, int64_t a, struct err *e)
{
	struct store_query *q = store_query(s, sql);

	store_bind_i64(q, 1, a);
	return store_run(q, e);
}

static int keep_subject(const struct unit_facts *f, const struct comply_subject *subject,
	const struct unit_host *host, struct err *e)
{
	struct verdict_list list;
	struct store_query *q;
	int64_t until_s = INT64_MAX;
	struct arena a;
	char *marks;
	int rc;

	arena_init(&a, COMPLY_UNIT_MEMORY_BYTES);
	marks = marks_new(f->law, &a);
	rc = unit_verdicts(f, subject, host, &a, &list, e);
	if (rc == 0)
		marks_add(f->law, marks, list.at, list.count);
	for (size_t i = 0; rc == 0 && i < list.count; i++) {
		if (list.at[i].until_s < until_s)
			until_s = list.at[i].until_s;
	}
	if (rc == 0) {
		q = store_query(f->store, sql_put);
		store_bind_i64(q, 1, subject->about);
		store_bind_i64(q, 2, subject->id);
		store_bind_i64(q, 3, f->unit.id);
		store_bind_str(q, 4, (struct str){ marks, f->law->count });
		store_bind_i64(q, 5, until_s);
		store_bind_i64(q, 6, f->at_s);
		rc = store_run(q, e);
	}
	arena_done(&a);
	return rc;
}

struct register_sum {
	const struct comply_law *law;
	char *marks;
	int64_t subjects, until_s;
};

static int add_record(void *context, const struct comply_subject *subject,
	const struct comply_verdict *verdicts, size_t count, struct err *e)
{
	struct register_sum *sum = context;

	marks_add(sum->law, sum->marks, verdicts, count);
	for (size_t i = 0; i < count; i++)
		if (verdicts[i].until_s < sum->until_s)
			sum->until_s = verdicts[i].until_s;
	sum->subjects++;
	return 0;
}

/* The records of a register in the unit, as one row: they may be many. */
static int64_t keep_register(const struct unit_facts *f, struct str register_id, struct err *e)
{
	struct store_query *q = store_query(f->store, sql_drop_register);
	struct register_sum sum = { .law = f->law, .until_s = INT64_MAX };
	struct record_walk w = { { .facts = f, .each = add_record, .context = &sum },
		pack_register(f->packs, register_id) };
	struct arena a;
	int rc;

	store_bind_i64(q, 1, f->unit.id);
	store_bind_str(q, 2, register_id);
	rc = store_run(q, e);
	if (rc < 0 || !w.reg || !pack_in_force(w.reg->pack, date_at(f->at_s)))
		return rc;
	arena_init(&a, MIB);
	sum.marks = marks_new(f->law, &a);
	rc = unit_records(&w, e);
	if (rc == 0 && sum.subjects) {
		q = store_query(f->store, sql_put_register);
		store_bind_i64(q, 1, f->unit.id);
		store_bind_str(q, 2, register_id);
		store_bind_str(q, 3, (struct str){ sum.marks, f->law->count });
		store_bind_i64(q, 4, sum.subjects);
		store_bind_i64(q, 5, sum.until_s);
		store_bind_i64(q, 6, f->at_s);
		rc = store_run(q, e);
	}
	arena_done(&a);
	return rc < 0 ? rc : sum.subjects;
}

/* The worst of all its subjects, obligation by obligation. */
static int keep_unit(const struct unit_facts *f, struct err *e)
{
	struct store_query *q = store_query(f->store, sql_marks);
	char day[CLOCK_TEXT_MAX];
	int64_t subjects = 0;
	struct arena a;
	char *marks, *last;
	int rc;

	arena_init(&a, MIB);
	marks = marks_new(f->law, &a);
	last = marks_new(f->law, &a);
	store_bind_i64(q, 1, f->unit.id);
	while ((rc = store_next(q, e)) == 1) {
		struct str one = store_str(q, 0);
		enum verdict v;

		/* of ten thousand machines most say what the one before them said */
		for (size_t i = 0; i < f->law->count && i < one.len; i++)
			if (one.ptr[i] != last[i] && comply_mark_verdict(one.ptr[i], &v)) {
				marks_worsen(&marks[i], v);
				last[i] = one.ptr[i];
			}
		subjects += store_i64(q, 1);
	}
	if (rc == 0) {
		struct comply_score score =
			comply_score_of(f->law, (struct str){ marks, f->law->count }, NULL);

		q = store_query(f->store, sql_put_unit);
		store_bind_i64(q, 1, f->unit.id);
		store_bind_cstr(q, 2, f->law->key);
		store_bind_str(q, 3, (struct str){ marks, f->law->count });
		store_bind_i64(q, 4, subjects);
		store_bind_i64(q, 5, score.permille);
		store_bind_i64(q, 6, f->at_s);
		rc = store_run(q, e);
		q = store_query(f->store, sql_put_day);
		store_bind_i64(q, 1, f->unit.id);
		store_bind_cstr(q, 2, date_iso(date_at(f->at_s), day));
		store_bind_i64(q, 3, score.permille);
		if (rc == 0)
			rc = store_run(q, e);
	}
	arena_done(&a);
	return rc;
}

static struct comply_subject subject_of(
	const struct unit_facts *f, enum comply_about about, int64_t id)
{
	return (struct comply_subject){ .about = about, .id = id, .unit_id = f->unit.id };
}

static int64_t keep_whole(const struct unit_facts *f, struct err *e)
{
	struct comply_subject unit = subject_of(f, COMPLY_UNIT, f->unit.id);
	int64_t records = 0, n;
	int rc = bound_run(f->store, sql_drop_unit, f->unit.id, e);

	if (rc == 0)
		rc = bound_run(f->store, sql_drop_registers, f->unit.id, e);
	if (rc == 0)
		rc = keep_subject(f, &unit, NULL, e);
	for (size_t i = 0; rc == 0 && i < f->host_count; i++) {
		struct comply_subject host = subject_of(f, COMPLY_HOST, f->hosts[i].id);

		rc = keep_subject(f, &host, &f->hosts[i], e);
	}
	for (size_t i = 0; rc == 0 && i < f->person_count; i++)
		rc = keep_subject(f, &f->people[i], NULL, e);
	for (size_t i = 0; rc == 0 && i < pack_register_count(f->packs); i++) {
		n = keep_register(f, pack_register_at(f->packs, i)->id, e);
		rc = n < 0 ? (int)n : 0;
		records += n > 0 ? n : 0;
	}
	return rc < 0 ? rc : (int64_t)(1 + f->host_count + f->person_count) + records;
}

/* --- the queue -------------------------------------------------------------------------------- */

struct due {
	int about;
	int64_t id, unit_id;
	struct str register_id; /* COMPLY_RECORD */
};

struct dues {
	struct due *at;
	size_t count;
};

static int take_dues(struct store *s, size_t max, struct arena *a, struct dues *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_due);
	VEC(struct due) list = { 0 };
	int rc;

	store_bind_i64(q, 1, max ? (int64_t)max : -1);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct due){ (int)store_i64(q, 0), store_i64(q, 1), store_i64(q, 2),
				arena_str(a, store_str(q, 3)) }));
	if (rc < 0)
		return rc;
	*ret = (struct dues){ list.at, list.len };
	return 0;
}

static int64_t keep_one(const struct unit_facts *f, const struct due *d, struct err *e)
{
	struct comply_subject subject = subject_of(f, (enum comply_about)d->about, d->id);
	const struct unit_host *host = NULL;

	if (d->about == COMPLY_RECORD)
		return keep_register(f, d->register_id, e);
	for (size_t i = 0; d->about == COMPLY_HOST && i < f->host_count; i++)
		if (f->hosts[i].id == d->id)
			host = &f->hosts[i];
	if (d->about == COMPLY_HOST && !host)
		return 0; /* it is not there any more */
	int rc = keep_subject(f, &subject, host, e);

	return rc < 0 ? rc : 1;
}

static int due_done(struct store *s, const struct due *d, struct err *e)
{
	bool is_register = d->about == COMPLY_RECORD;
	struct store_query *q = store_query(s, is_register ? sql_due_register_done : sql_due_done);

	store_bind_i64(q, 1, is_register ? d->unit_id : d->about);
	if (is_register)
		store_bind_str(q, 2, d->register_id);
	else
		store_bind_i64(q, 2, d->id);
	return store_run(q, e);
}

/* The dues of one unit, the whole of it first: the rest is then done with it. */
static int64_t keep_dues(
	struct unit_facts *about, const struct due *dues, size_t count, struct err *e)
{
	struct unit_facts f;
	struct arena a;
	int64_t done = 0, rc;

	arena_init(&a, COMPLY_UNIT_MEMORY_BYTES);
	about->unit.id = dues[0].unit_id;
	rc = unit_facts_load(about, &a, &f, e);
	if (rc == ERR_ABSENT) { /* ended, or never was */
		rc = bound_run(about->store, sql_drop_unit, dues[0].unit_id, e);
		if (rc == 0)
			rc = bound_run(about->store, sql_drop_registers, dues[0].unit_id, e);
		if (rc == 0)
			rc = bound_run(about->store, sql_gone, dues[0].unit_id, e);
	} else if (rc == 0) {
		if (dues[0].about == WHOLE_UNIT)
			rc = done = keep_whole(&f, e);
		for (size_t i = 0; rc >= 0 && dues[0].about != WHOLE_UNIT && i < count; i++) {
			rc = keep_one(&f, &dues[i], e);
			done += rc > 0 ? rc : 0;
		}
		if (rc >= 0)
			rc = keep_unit(&f, e);
	}
	for (size_t i = 0; rc >= 0 && i < count; i++)
		rc = due_done(about->store, &dues[i], e);
	arena_done(&a);
	return rc < 0 ? rc : done;
}

/* Whose verdicts a word about the unit may change. */
static struct due due_of_word(
	const struct comply_law *law, int64_t unit, struct str name, struct str subject)
{
	struct due d = { .about = WHOLE_UNIT, .id = unit };
	struct str pack, id;

	for (size_t i = 0; str_split(name, '/', &pack, &id) && i < law->count; i++) {
		if (!str_eq(law->at[i]->id, id) || !str_eq(law->at[i]->pack->id, pack))
			continue;
		if (law->about[i] == COMPLY_UNIT)
			d.about = COMPLY_UNIT;
		else if (law->about[i] == COMPLY_PERSON && str_starts(subject, "staff:") &&
			str_to_i64(str_from(subject, 6), &d.id))
			d.about = COMPLY_PERSON;
		break;
	}
	return d;
}

/* Each word about a unit becomes a due of whom it concerns. */
static int queue_words(struct store *s, const struct comply_law *law, struct err *e)
{
	VEC(struct due) list = { 0 };
	struct store_query *q = store_query(s, sql_words);
	struct arena a;
	int rc;

	arena_init(&a, COMPLY_UNIT_MEMORY_BYTES);
	while ((rc = store_next(q, e)) == 1)
		if (!str_starts(store_str(q, 2), "record:")) /* in a queue of their own */
			vec_push(&a, &list,
				due_of_word(
					law, store_i64(q, 0), store_str(q, 1), store_str(q, 2)));
	for (size_t i = 0; rc == 0 && i < list.len; i++) {
		q = store_query(s, sql_queue);
		store_bind_i64(q, 1, list.at[i].about);
		store_bind_i64(q, 2, list.at[i].id);
		rc = store_run(q, e);
	}
	if (rc == 0)
		rc = store_run(store_query(s, sql_words_done), e);
	arena_done(&a);
	return rc;
}

/* B may be NULL. */
static int run_texts(struct store *s, const char *sql, const char *a, const char *b, struct err *e)
{
	struct store_query *q = store_query(s, sql);

	store_bind_cstr(q, 1, a);
	if (b)
		store_bind_cstr(q, 2, b);
	return store_run(q, e);
}

/* Once a day and law: the units without verdicts under it are queued, and the score of each unit is
 * that of a new day. 1 when it was done already. */
static int fill_units(struct store *s, const struct comply_law *law, const char *day, struct err *e)
{
	struct store_query *q = store_query(s, sql_is_filled);
	int rc;

	store_bind_cstr(q, 1, law->key);
	store_bind_cstr(q, 2, day);
	rc = store_next(q, e);
	if (rc == 1)
		rc = store_i64(q, 0) != 0;
	store_end(q);
	if (rc != 0)
		return rc;
	rc = run_texts(s, sql_stale, law->key, day, e);
	if (rc == 0)
		rc = run_texts(s, sql_days, day, NULL, e);
	return rc == 0 ? run_texts(s, sql_put_filled, law->key, day, e) : rc;
}

/* What the law or time has made stale goes into the queue. */
static int fill_queue(struct store *s, const struct comply_law *law, int64_t at_s, struct err *e)
{
	char day[CLOCK_TEXT_MAX];
	int rc = fill_units(s, law, date_iso(date_at(at_s), day), e);

	if (rc >= 0)
		rc = queue_words(s, law, e);
	if (rc >= 0)
		rc = bound_run(s, sql_timely, at_s, e);
	if (rc >= 0)
		rc = bound_run(s, sql_timely_registers, at_s, e);
	return rc;
}

/* Reckon the dues. Each unit ends a transaction, so that others may write between; the first is
 * that of the queue itself: one evidence costs one write to the disk. */
static int64_t keep_all(struct unit_facts *about, const struct dues *dues, struct err *e)
{
	int64_t rc = 0, done = 0;

	for (size_t i = 0, n; rc >= 0 && i < dues->count; i += n) {
		for (n = 1; i + n < dues->count && dues->at[i + n].unit_id == dues->at[i].unit_id;)
			n++;
		rc = i ? store_begin(about->store, e) : 0;
		if (rc == 0)
			rc = keep_dues(about, &dues->at[i], n, e);
		done += rc > 0 ? rc : 0;
		if (rc >= 0)
			rc = store_commit(about->store, e);
	}
	if (rc == 0 && dues->count == 0)
		rc = store_commit(about->store, e);
	if (rc < 0)
		store_rollback(about->store);
	return rc < 0 ? rc : done;
}

/* 1 yes, 0 no, <0. */
static int is_due(struct store *s, const struct comply_law *law, int64_t at_s, struct err *e)
{
	char day[CLOCK_TEXT_MAX];
	struct store_query *q = store_query(s, sql_is_due);
	int rc;

	date_iso(date_at(at_s), day);
	store_bind_cstr(q, 1, law->key);
	store_bind_cstr(q, 2, day);
	store_bind_i64(q, 3, at_s);
	rc = store_next(q, e);
	if (rc == 1)
		rc = (int)store_i64(q, 0);
	store_end(q);
	return rc;
}

static int64_t refresh(const struct unit_facts *like, size_t max, struct arena *a, struct err *e)
{
	struct unit_facts about = *like;
	struct dues dues = { 0 };
	int64_t rc = store_begin(about.store, e);

	if (rc < 0)
		return rc;
	rc = fill_queue(about.store, about.law, about.at_s, e);
	if (rc == 0)
		rc = take_dues(about.store, max, a, &dues, e);
	if (rc == 0)
		return keep_all(&about, &dues, e);
	store_rollback(about.store);
	return rc;
}

int comply_refresh(
	struct store *s, const struct pack_set *packs, int64_t at_s, size_t max, struct err *e)
{
	struct comply_law law;
	struct unit_facts about = { .store = s, .packs = packs, .law = &law, .at_s = at_s };
	struct arena a;
	int64_t rc;

	arena_init(&a, COMPLY_UNIT_MEMORY_BYTES);
	comply_law_of(packs, date_at(at_s), &a, &law);
	rc = is_due(s, &law, at_s, e);
	if (rc > 0) {
		/* the queue loses a subject with the same stroke that keeps its verdicts */
		store_lasting(s, false);
		rc = refresh(&about, max, &a, e);
		store_lasting(s, true);
	}
	arena_done(&a);
	return (int)rc;
}

int comply_forget(struct store *s, struct err *e)
{
	int rc = store_run(store_query(s, sql_not_filled), e);

	return rc < 0 ? rc : store_run(store_query(s, sql_forget), e);
}
