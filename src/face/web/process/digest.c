/* digest.c - once a day a letter to each person: what is due or overdue for them. The duties of one
 * unit at a time are in memory, however many units there are; those who hear of one unit have
 * their letter then, those above many when the last of theirs was looked at. */
#include "core/evidence/doing.h"
#include "core/org/staff.h"
#include "face/web/process/serve_int.h"
#include "kit/mail/mail.h"
#include "work/comply/sweep.h"
#include "work/duty/duty.h"

#define DIGEST_HOUR_S (6 * 3600)
#define READERS_MEMORY_BYTES (64 * MIB)
#define UNIT_MEMORY_BYTES (64 * MIB)
#define ABOVE_MAX 16       /* letters that grow side by side; for more the units come again */
#define PART_LINES_MAX 200 /* of one reason; how many more there are is said */
#define PART_BYTES_MAX (192 * KIB)
#define LINE_BYTES_MAX (8 * KIB)

struct reader {
	int64_t id, unit_id;
	enum user_role role;
	unsigned stands_in; /* for these roles */
	struct str name, email;
};

struct digest {
	struct store *store;
	const struct pack_set *packs;
	struct arena *a;
	int64_t now_s;
	struct str today;
	struct org_tree tree;
	VEC(struct reader) readers; /* who has no letter of today, by unit */
	struct org_roles_in *roles; /* who is there at all */
	size_t role_count;
};

/* Why somebody is told of a duty, in the order of the letter. */
enum why { WHY_OWN, WHY_STANDS_IN, WHY_NOBODY, WHY_UP, WHY_COUNT, WHY_NOT = WHY_COUNT };
static const char *const why_words[WHY_COUNT] = {
	[WHY_OWN] = T("Những việc định kỳ đến hạn hoặc quá hạn:"),
	[WHY_STANDS_IN] = T("Việc của người mà ông, bà đang làm thay:"),
	[WHY_NOBODY] = T("Việc mà đơn vị không còn ai có vai trò phải làm:"),
	[WHY_UP] = T("Việc quá hạn đã lâu, báo lên để đôn đốc:"),
};

struct draft {
	const struct reader *reader;
	struct buf lines[WHY_COUNT];
	size_t listed[WHY_COUNT], more[WHY_COUNT];
	size_t hosts_left_out; /* of the units whose machines it tells of */
	size_t records_left_out;
};

/* A unit while it is looked at. */
struct looked_at {
	const struct org_unit *unit;
	struct duties list;
};

static int load_readers(struct digest *g, struct err *e)
{
	struct staff_readers all = { 0 };
	int rc = staff_readers(g->store, 0, g->a, &all, e);

	for (size_t i = 0; rc == 0 && i < all.count; i++) {
		struct reader r = { .id = all.at[i].id,
			.unit_id = all.at[i].unit_id,
			.role = all.at[i].role,
			.name = all.at[i].name,
			.email = all.at[i].email };
		struct mail last = { 0 };

		rc = mail_of_day(g->store, r.id, g->today, g->a, &last, e);
		if (rc < 0 || last.id || !letter_is_address(r.email))
			continue;
		rc = duty_stands_in(g->store, r.id, g->today, &r.stands_in, e);
		vec_push(g->a, &g->readers, r);
	}
	return rc == 0 ? org_roles_by_unit(g->store, g->a, &g->roles, &g->role_count, e) : rc;
}

static bool does(const struct digest *g, unsigned roles, const struct duty *d)
{
	for (size_t i = 0; i < USER_ROLE_COUNT; i++)
		if ((roles & (unsigned)org_roles[i]) &&
			duty_is_for(g->packs, duty_who(d), org_role_id(org_roles[i])))
			return true;
	return false;
}

static unsigned roles_in(const struct digest *g, int64_t unit_id)
{
	for (size_t i = 0; i < g->role_count; i++)
		if (g->roles[i].unit_id == unit_id)
			return g->roles[i].roles;
	return 0;
}

static int duties_of(struct digest *g, struct arena *a, struct looked_at *at, struct err *e)
{
	struct comply_query about = { g->store, g->packs, at->unit->id, g->now_s, NULL };
	struct comply_left_out left_out;
	struct duty_left_out left;
	struct duty_query q = { .store = g->store,
		.packs = g->packs,
		.units = &at->unit,
		.unit_count = 1,
		.left_out = &left,
		.at_s = g->now_s };
	int rc = comply_left_out(&about, a, &left_out, e);

	if (rc < 0)
		return rc;
	left = (struct duty_left_out){ left_out.at, left_out.count };
	return duty_list(&q, a, &at->list, e);
}

/* Is it work of theirs, or of one for whom they stand in? */
static bool is_own(const struct digest *g, const struct reader *r, const struct duty *d)
{
	return d->unit_id == r->unit_id && does(g, (unsigned)r->role | r->stands_in, d);
}

/* Is this reader to be told of it today: they do it, nobody is left who does, or it is so late that
 * it came up to them? Where there is no head it comes to the authority a step sooner. */
static enum why why_told(const struct digest *g, const struct reader *r, const struct duty *d,
	const struct duty_rules *rules)
{
	enum duty_told told = duty_told(d, rules);
	unsigned there = roles_in(g, d->unit_id);
	bool is_own_unit = d->unit_id == r->unit_id;

	if (told == DUTY_TOLD_NOBODY)
		return WHY_NOT;
	if (is_own_unit && does(g, (unsigned)r->role, d))
		return WHY_OWN;
	if (is_own_unit && does(g, r->stands_in, d))
		return WHY_STANDS_IN;
	if (is_own_unit && (r->role == USER_HEAD || r->role == USER_ADMIN) && !does(g, there, d))
		return WHY_NOBODY;
	if (told >= DUTY_TOLD_HEAD && r->role == USER_HEAD && is_own_unit)
		return WHY_UP;
	if (r->role == USER_AUTHORITY && org_unit_covers(&g->tree, r->unit_id, d->unit_id) &&
		(told >= DUTY_TOLD_AUTHORITY || (told >= DUTY_TOLD_HEAD && !(there & USER_HEAD))))
		return WHY_UP;
	return WHY_NOT;
}

/* --- a letter --------------------------------------------------------------------------------- */

static void begin_draft(struct draft *d, const struct reader *r)
{
	*d = (struct draft){ .reader = r };
	for (int why = 0; why < WHY_COUNT; why++)
		buf_init(&d->lines[why], PART_BYTES_MAX);
}

static void end_draft(struct draft *d)
{
	for (int why = 0; why < WHY_COUNT; why++)
		buf_done(&d->lines[why]);
}

static void write_line(const struct looked_at *at, const struct duty *d, struct buf *out)
{
	struct date unsure;
	struct str thing = d->record.id ? d->record.title : d->host_name;
	char day[CLOCK_TEXT_MAX];

	buf_fmt(out, "- %s%s, %s: %.*s%s%.*s (%.*s)\n", date_people(d->open.due, day),
		duty_is_unsure(d, &d->open, &at->list.rules, &unsure) ?
			tr(LANG_VI, " (hạn dự kiến)") :
			"",
		duty_state_words(d->open.state), STR_FMT(d->title.vi), thing.len ? " – " : "",
		STR_FMT(thing), STR_FMT(at->unit->name));
}

/* What the reader hears of the unit. */
static void add_unit(const struct digest *g, const struct looked_at *at, struct draft *draft)
{
	bool has_host = false;

	for (size_t i = 0; i < at->list.count; i++) {
		const struct duty *d = &at->list.at[i];
		enum why why =
			d->is_machine ? WHY_NOT : why_told(g, draft->reader, d, &at->list.rules);

		if (why == WHY_NOT)
			continue;
		has_host = has_host || d->host_id;
		if (draft->listed[why] == PART_LINES_MAX ||
			draft->lines[why].len + LINE_BYTES_MAX > PART_BYTES_MAX) {
			draft->more[why]++;
			continue;
		}
		write_line(at, d, &draft->lines[why]);
		draft->listed[why]++;
	}
	if (has_host)
		draft->hosts_left_out += at->list.hosts_left_out;
	for (size_t i = 0; i < at->list.rest_count; i++)
		if (is_own(g, draft->reader, at->list.rests[i].like))
			draft->records_left_out += at->list.rests[i].count;
}

static void write_body(struct draft *d, struct buf *out)
{
	size_t parts = 0;

	buf_fmt(out, "%s %.*s,\n\n", tr(LANG_VI, T("Kính gửi")), STR_FMT(d->reader->name));
	for (int why = 0; why < WHY_COUNT; why++) {
		if (!d->listed[why])
			continue;
		buf_fmt(out, "%s%s\n\n", parts++ ? "\n" : "", tr(LANG_VI, why_words[why]));
		buf_add(out, buf_str(&d->lines[why]));
		if (d->more[why])
			buf_fmt(out, tr(LANG_VI, T("Còn %zu việc nữa: xem ở trang Công việc.\n")),
				d->more[why]);
	}
	if (d->hosts_left_out)
		buf_fmt(out,
			tr(LANG_VI,
				T("\nĐơn vị có nhiều máy: thư chỉ xét %d máy đã lâu nhất không có ai làm "
				  "hay kiểm tra, còn %zu máy nữa. Việc của mọi máy ở trang Công việc, "
				  "phần tải danh sách (CSV).\n")),
			DUTY_HOSTS_MAX, d->hosts_left_out);
	if (d->records_left_out)
		buf_fmt(out,
			tr(LANG_VI,
				T("\nSổ có nhiều bản ghi: thư chỉ xét %d bản ghi đến hạn sớm nhất của mỗi việc, "
				  "còn %zu bản ghi nữa. Việc của mọi bản ghi ở trang Công việc, phần tải "
				  "danh sách (CSV).\n")),
			DUTY_RECORDS_MAX, d->records_left_out);
	buf_fmt(out, "\n%s\n", tr(LANG_VI, T("Thư do Khiên tự soạn mỗi ngày một lần.")));
}

static int send_draft(const struct digest *g, struct draft *d, struct err *e)
{
	struct mail m = { .person_id = d->reader->id,
		.address = d->reader->email,
		.day = g->today,
		.made_at_s = g->now_s };
	struct arena a;
	struct buf body;
	size_t count = 0;
	int rc;

	for (int why = 0; why < WHY_COUNT; why++)
		count += d->listed[why] + d->more[why];
	if (!count)
		return 0;
	arena_init(&a, MIB);
	buf_init(&body, DIGEST_BYTES_MAX);
	write_body(d, &body);
	m.subject = arena_fmt(&a, tr(LANG_VI, T("Khiên: %zu việc đến hạn hoặc quá hạn, %s")), count,
		g->today.ptr);
	m.body = buf_str(&body);
	rc = mail_put(g->store, &m, e);
	buf_done(&body);
	arena_done(&a);
	return rc;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* The letters that grow while the units are looked at. */
struct above {
	struct draft at[ABOVE_MAX];
	size_t count;
	bool has_own; /* those of one unit have theirs in this round */
};

static bool is_of(const struct reader *r, const struct org_unit *unit)
{
	return r->role != USER_AUTHORITY && r->unit_id == unit->id;
}

static bool is_wanted(const struct digest *g, const struct above *above, const struct org_unit *u)
{
	for (size_t i = 0; i < above->count; i++)
		if (org_unit_covers(&g->tree, above->at[i].reader->unit_id, u->id))
			return true;
	for (size_t i = 0; above->has_own && i < g->readers.len; i++)
		if (is_of(&g->readers.at[i], u))
			return true;
	return false;
}

static int tell_of_unit(
	struct digest *g, struct above *above, const struct looked_at *at, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < above->count; i++)
		if (org_unit_covers(&g->tree, above->at[i].reader->unit_id, at->unit->id))
			add_unit(g, at, &above->at[i]);
	for (size_t i = 0; above->has_own && rc == 0 && i < g->readers.len; i++) {
		struct draft d;

		if (!is_of(&g->readers.at[i], at->unit))
			continue;
		begin_draft(&d, &g->readers.at[i]);
		add_unit(g, at, &d);
		rc = send_draft(g, &d, e);
		end_draft(&d);
	}
	return rc;
}

static int look_at_units(struct digest *g, struct above *above, struct err *e)
{
	int rc = 0;

	for (size_t u = 0; rc == 0 && u < g->tree.count; u++) {
		struct looked_at at = { .unit = &g->tree.units[u] };
		struct arena a;

		if (!at.unit->is_live || !is_wanted(g, above, at.unit))
			continue;
		arena_init(&a, UNIT_MEMORY_BYTES);
		rc = duties_of(g, &a, &at, e);
		if (rc == 0)
			rc = tell_of_unit(g, above, &at, e);
		arena_done(&a);
	}
	return rc;
}

static int tell_all(struct digest *g, struct err *e)
{
	struct above above = { .has_own = true };
	size_t next = 0;
	int rc = 0;

	do {
		above.count = 0;
		for (; next < g->readers.len && above.count < ABOVE_MAX; next++)
			if (g->readers.at[next].role == USER_AUTHORITY)
				begin_draft(&above.at[above.count++], &g->readers.at[next]);
		if (above.count || above.has_own)
			rc = look_at_units(g, &above, e);
		for (size_t i = 0; i < above.count; i++) {
			if (rc == 0)
				rc = send_draft(g, &above.at[i], e);
			end_draft(&above.at[i]);
		}
		above.has_own = false;
	} while (rc == 0 && next < g->readers.len);
	return rc;
}

/* In the morning; the setting says for which day it was done. */
int digest_write(struct store *store, const struct pack_set *packs, struct err *e)
{
	int64_t now_s = clock_now_s();
	struct str done = STR_NONE;
	struct arena a;
	struct digest g = { .store = store, .packs = packs, .a = &a, .now_s = now_s };
	int rc;

	arena_init(&a, READERS_MEMORY_BYTES);
	g.today = org_day(now_s, &a);
	rc = org_setting(store, "duty.digest", &a, &done, e);
	if (rc == 0 && !str_eq(done, g.today) &&
		now_s - date_start_s(date_at(now_s)) >= DIGEST_HOUR_S) {
		rc = org_tree(store, g.today, &a, &g.tree, e);
		if (rc == 0)
			rc = load_readers(&g, e);
		if (rc == 0)
			rc = tell_all(&g, e);
		if (rc == 0)
			rc = org_set(store, "duty.digest", g.today, e);
	}
	arena_done(&a);
	return rc;
}
