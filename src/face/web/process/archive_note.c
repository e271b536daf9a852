/* archive_note.c - the process that notes, every hour, what can be said of the log archive, so that
 * the audit of this machine can judge it: months and their media, how far back it reaches, when it
 * was verified, how full the disk is, who sends. */
#include "face/web/process/archive_note.h"

#include "face/web/senders.h"
#include "face/web/verify.h"
#include "work/hostaudit/hostaudit.h"
#include "work/seal/seal.h"

#define NOTE_BYTES (4 * MIB)
#define NOTE_MEMORY (256 * MIB)
#define LATE_S 3600 /* a month is packed by then, when it is over */
#define MONTHS_MAX 1200

/* What is noted, and by whom: pages' ways of reading the log, without a page. */
struct noting {
	struct view v;
	struct find *f;
	struct buf out;
	struct find_span span;
	int64_t began_s;
	int first_month; /* with a list, counted from year 0; 0: none */
	struct str packed[MONTHS_MAX];
	size_t packed_count;
};

static void put(
	struct noting *n, const char *fact, struct str subject, int64_t number, int64_t at_s)
{
	hostaudit_log_fact(&n->out, &(struct hostaudit_log_fact){ fact, subject, number, at_s });
}

/* --- months ----------------------------------------------------------------------------------- */

static int month_number(struct str name)
{
	int64_t year = 0, month = 0;

	(void)str_to_i64(str_until(name, 4), &year);
	(void)str_to_i64(str_from(name, 5), &month);
	return (int)(year * 12 + month - 1);
}

static int put_month(struct noting *n, struct vfile_disk *shard, const char *name)
{
	struct keep_copy *copies;
	size_t count;
	int64_t checked_s = 0;
	int rc = keep_copies(shard, name, n->v.a, &copies, &count, n->v.e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (copies[i].checked_at_s > checked_s)
			checked_s = copies[i].checked_at_s;
	put(n, "month", str_of(name), (int64_t)count, checked_s);
	if (n->packed_count < MONTHS_MAX)
		n->packed[n->packed_count++] = str_of(name);
	if (n->first_month == 0 || month_number(str_of(name)) < n->first_month)
		n->first_month = month_number(str_of(name));
	return 0;
}

static int put_shard(struct noting *n, int number)
{
	char name[FIND_PLACE_TEXT_MAX];
	struct vfile_disk *shard;
	const char *const *months = NULL;
	size_t count = 0;
	int rc = vfile_disk_open(
		path_of(&n->v, "%s/%s", n->v.web->log_folder, shard_id_text(number, name)), &shard,
		n->v.e);

	if (rc < 0)
		return rc;
	rc = keep_months(shard, n->v.a, &months, &count, n->v.e);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = put_month(n, shard, months[i]);
	vfile_disk_close(shard);
	return rc;
}

static bool has_lines(struct noting *n, int month)
{
	const struct query_options how = { .now_s = n->v.by.now_s };
	const struct date next = { month / 12 + (month % 12 == 11), (month + 1) % 12 + 1, 1 };
	struct date last = date_at(date_start_s(next) - 1);
	struct find_answer answer = { 0 };
	struct find_ask ask = { 0 };
	struct parse_fault fault;
	struct str text = arena_fmt(n->v.a, "from:01/%02d/%04d to:%02d/%02d/%04d", month % 12 + 1,
		month / 12, last.day, last.month, last.year);
	int rc = query_parse(text, &how, n->v.a, &fault, &ask.query);

	if (rc == 0)
		rc = find_count(n->f, &ask, &answer, n->v.e);
	query_free(ask.query);
	return rc == 0 && answer.hits > 0;
}

/* Months that are over, hold lines, and have no list. */
static void put_missing(struct noting *n)
{
	struct date now = date_at(n->v.by.now_s - LATE_S), first = date_at(n->began_s);
	int end = now.year * 12 + now.month - 1;

	for (int month = first.year * 12 + first.month - 1; month < end; month++) {
		struct str name = arena_fmt(n->v.a, "%04d-%02d", month / 12, month % 12 + 1);
		bool is_packed = false;

		for (size_t i = 0; i < n->packed_count; i++)
			is_packed |= str_eq(n->packed[i], name);
		if (!is_packed && has_lines(n, month))
			put(n, "month", name, -1, 0);
	}
}

static int put_months(struct noting *n)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < find_shard_count(n->f); i++)
		rc = put_shard(n, find_shard_at(n->f, i));
	if (rc == 0)
		rc = find_span(n->f, &n->span, n->v.e);
	if (rc < 0 || n->span.lines == 0)
		return rc;
	n->began_s = n->span.first_ns / LOG_NS;
	if (n->span.oldest.index > 0 && n->first_month) {
		const struct date d = { n->first_month / 12, n->first_month % 12 + 1, 1 };

		n->began_s = date_start_s(d); /* of what has left */
	}
	put(n, "oldest", STR(""), 0, n->span.first_ns / LOG_NS);
	put(n, "began", STR(""), 0, n->began_s);
	put_missing(n);
	return 0;
}

/* --- the rest --------------------------------------------------------------------------------- */

/* "at status shards entries proven findings own-keys" */
static int put_verified(struct noting *n)
{
	struct str text = STR_NONE, word;
	int64_t numbers[6] = { 0 };
	int rc = org_setting(n->v.web->store, VERIFY_SETTING, n->v.a, &text, n->v.e);

	for (size_t i = 0; rc == 0 && i < COUNT(numbers); i++)
		if (!text.ptr || !str_next_word(&text, " ", &word) ||
			!str_to_i64(word, &numbers[i]))
			return rc;
	if (rc == 0)
		put(n, "verified", STR(""), numbers[1] ? numbers[5] + (numbers[5] == 0) : 0,
			numbers[0]);
	return rc;
}

static bool is_here(const struct sender *s)
{
	return s->kind == SENDER_UNIX || s->kind == SENDER_JOURNAL || s->kind == SENDER_FILE_TAIL;
}

/* Does this sender speak for that machine? IS_OURS: Khiên runs on it. */
static bool speaks_for(const struct sender_row *r, const struct org_host *h, bool is_ours)
{
	return (is_ours && is_here(r->is)) || str_eq(r->name, h->name) ||
		str_is(h->name, r->is->name);
}

static int put_senders(struct noting *n)
{
	struct org_host *hosts, here = { 0 };
	struct senders s;
	size_t count;
	int rc = org_hosts(n->v.web->store, n->v.a, &hosts, &count, n->v.e);

	if (rc == 0 && count)
		rc = org_host_here(n->v.web->store, n->v.a, &here, n->v.e);
	if (rc == 0)
		rc = senders_load(&n->v, 0, &s, n->v.e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < s.count; i++)
		if (s.rows[i].silence_s)
			put(n, "source", sender_shown(&n->v, &s.rows[i]), !s.rows[i].is->is_silent,
				s.rows[i].is->last_s);
	for (size_t i = 0; i < count; i++) {
		int64_t last_s = 0;

		if (!str_is(hosts[i].kind, "server"))
			continue;
		for (size_t k = 0; k < s.count; k++)
			if (speaks_for(&s.rows[k], &hosts[i], hosts[i].id == here.id) &&
				s.rows[k].is->last_s > last_s)
				last_s = s.rows[k].is->last_s;
		put(n, "host", hosts[i].name, n->v.by.now_s - last_s <= CLOCK_DAY_S, last_s);
	}
	senders_done(&s);
	return 0;
}

static void put_disk(struct noting *n)
{
	struct log_disk d;

	log_disk(&n->v, n->f, &d);
	if (d.free_percent >= 0)
		put(n, "disk", STR(""), d.free_percent, n->v.by.now_s);
}

static int write_note(struct noting *n, const char *data)
{
	struct vfile_disk *d;
	int rc = data_notes(data, &d, n->v.e);

	if (rc < 0)
		return rc;
	rc = buf_is_full(&n->out) ?
		err_set(n->v.e, ERR_LIMIT, "the note of the archive is too long") :
		vfile_replace(d, HOSTAUDIT_LOG_NOTE, buf_str(&n->out), n->v.e);
	vfile_disk_close(d);
	return rc;
}

int archive_note(const char *data, struct store *store, struct err *e)
{
	struct web w = { .store = store, .data = data, .parent_fd = -1 };
	struct noting *n;
	struct arena a;
	int rc = 0;

	arena_init(&a, NOTE_MEMORY);
	n = arena_new(&a, struct noting);
	*n = (struct noting){ .v = { .web = &w,
				      .a = &a,
				      .e = e,
				      .by = { .store = store, .now_s = clock_now_s() } } };
	w.log_folder = arena_fmt(&a, "%s/" SEAL_LOG, data).ptr;
	buf_init(&n->out, NOTE_BYTES);
	hostaudit_log_note(&n->out, n->v.by.now_s);
	n->f = log_of(&n->v);
	rc = n->f ? put_months(n) : e->code;
	if (rc == ERR_INPUT) { /* a damaged log: what is known all the same is told */
		put(n, "unread", str_of(e->text), 0, 0);
		rc = 0;
	}
	if (rc == 0)
		rc = put_verified(n);
	if (rc == 0)
		rc = put_senders(n);
	if (rc == 0 && n->f)
		put_disk(n);
	if (rc == 0)
		rc = write_note(n, data);
	buf_done(&n->out);
	find_close(w.log);
	arena_done(&a);
	return rc;
}

static int note(const struct process *self, struct store *store, struct err *e)
{
	return archive_note(self->service->data, store, e);
}

int web_note_start(const struct process *self)
{
	return web_visit(self, note);
}
