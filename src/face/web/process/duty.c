/* duty.c - two processes that come every minute: one brings the kept verdicts up to date and once a
 * day writes each person's digest; the other hands what waits to the mail server. */
#include <stdio.h>

#include "core/evidence/doing.h"
#include "core/org/outside.h"
#include "core/org/staff.h"
#include "face/web/process/archive_note.h"
#include "face/web/process/serve_int.h"
#include "kit/mail/mail.h"
#include "work/comply/sweep.h"
#include "work/duty/duty.h"

#define DIGEST_HOUR_S (6 * 3600)
#define DIGEST_MEMORY_BYTES (256 * MIB)
#define DIGEST_LINES_MAX 200
#define LETTER_BYTES_MAX MIB
#define AT_ONCE 50 /* messages a visit */

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
	struct duties *of_unit; /* beside tree.units; at NULL: not asked yet */
	bool *is_loaded;
	VEC(struct reader) readers;
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

static int duties_of(struct digest *g, size_t unit, struct err *e)
{
	const struct org_unit *u = &g->tree.units[unit];
	struct comply_query about = { g->store, g->packs, u->id, g->now_s, NULL };
	struct comply_left_out left_out;
	struct duty_left_out left;
	struct duty_query q = { .store = g->store,
		.packs = g->packs,
		.units = &u,
		.unit_count = 1,
		.left_out = &left,
		.at_s = g->now_s };
	int rc;

	if (g->is_loaded[unit])
		return 0;
	rc = comply_left_out(&about, g->a, &left_out, e);
	if (rc < 0)
		return rc;
	left = (struct duty_left_out){ left_out.at, left_out.count };
	rc = duty_list(&q, g->a, &g->of_unit[unit], e);
	g->is_loaded[unit] = rc == 0;
	return rc;
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

static void write_line(const struct digest *g, const struct duty *d, size_t unit, struct buf *out)
{
	struct date unsure;
	struct str thing = d->record.id ? d->record.title : d->host_name;
	char day[CLOCK_TEXT_MAX];

	buf_fmt(out, "- %s%s, %s: %.*s%s%.*s (%.*s)\n", date_people(d->open.due, day),
		duty_is_unsure(d, &d->open, &g->of_unit[unit].rules, &unsure) ?
			tr(LANG_VI, " (hạn dự kiến)") :
			"",
		duty_state_words(d->open.state), STR_FMT(d->title.vi), thing.len ? " – " : "",
		STR_FMT(thing), STR_FMT(g->tree.units[unit].name));
}

/* The part of the letter about duties told for one reason. */
static void write_part(
	struct digest *g, const struct reader *r, enum why why, struct buf *out, size_t *lines)
{
	size_t before = *lines;

	for (size_t u = 0; u < g->tree.count; u++) {
		const struct duties *list = &g->of_unit[u];

		if (!g->is_loaded[u])
			continue;
		for (size_t i = 0; i < list->count && *lines < DIGEST_LINES_MAX; i++) {
			const struct duty *d = &list->at[i];

			if (d->is_machine || why_told(g, r, d, &list->rules) != why)
				continue;
			if (*lines == before)
				buf_fmt(out, "%s%s\n\n", before ? "\n" : "",
					tr(LANG_VI, why_words[why]));
			write_line(g, d, u, out);
			(*lines)++;
		}
	}
}

static int write_digest(
	struct digest *g, const struct reader *r, struct buf *out, size_t *ret, struct err *e)
{
	for (size_t u = 0; u < g->tree.count; u++) {
		const struct org_unit *unit = &g->tree.units[u];
		int rc;

		if (!unit->is_live || !org_unit_covers(&g->tree, r->unit_id, unit->id) ||
			(r->role != USER_AUTHORITY && unit->id != r->unit_id))
			continue;
		rc = duties_of(g, u, e);
		if (rc < 0)
			return rc;
	}
	for (int why = 0; why < WHY_COUNT; why++)
		write_part(g, r, (enum why)why, out, ret);
	return 0;
}

static int tell(struct digest *g, const struct reader *r, struct err *e)
{
	struct mail last,
		m = { .person_id = r->id,
			.address = r->email,
			.day = g->today,
			.made_at_s = g->now_s };
	struct buf body;
	size_t lines = 0;
	int rc = mail_of_day(g->store, r->id, g->today, g->a, &last, e);

	if (rc < 0 || last.id || !letter_is_address(r->email))
		return rc;
	buf_init(&body, LETTER_BYTES_MAX);
	buf_fmt(&body, "%s %.*s,\n\n", tr(LANG_VI, T("Kính gửi")), STR_FMT(r->name));
	rc = write_digest(g, r, &body, &lines, e);
	buf_fmt(&body, "\n%s\n", tr(LANG_VI, T("Thư do Khiên tự soạn mỗi ngày một lần.")));
	m.subject = arena_fmt(g->a, tr(LANG_VI, T("Khiên: %zu việc đến hạn hoặc quá hạn, %s")),
		lines, g->today.ptr);
	m.body = buf_str(&body);
	if (rc == 0 && lines)
		rc = mail_put(g->store, &m, e);
	buf_done(&body);
	return rc;
}

/* Once a day, in the morning; the setting says for which day it was done. */
static int write_digests(struct store *store, const struct pack_set *packs, struct err *e)
{
	int64_t now_s = clock_now_s();
	struct str done = STR_NONE;
	struct arena a;
	struct digest g = { .store = store, .packs = packs, .a = &a, .now_s = now_s };
	int rc;

	arena_init(&a, DIGEST_MEMORY_BYTES);
	g.today = org_day(now_s, &a);
	rc = org_setting(store, "duty.digest", &a, &done, e);
	if (rc == 0 && !str_eq(done, g.today) &&
		now_s - date_start_s(date_at(now_s)) >= DIGEST_HOUR_S) {
		rc = org_tree(store, g.today, &a, &g.tree, e);
		if (rc == 0)
			rc = load_readers(&g, e);
		g.of_unit = arena_array(&a, struct duties, g.tree.count + 1);
		g.is_loaded = arena_array(&a, bool, g.tree.count + 1);
		for (size_t i = 0; rc == 0 && i < g.readers.len; i++)
			rc = tell(&g, &g.readers.at[i], e);
		if (rc == 0)
			rc = org_set(store, "duty.digest", g.today, e);
	}
	arena_done(&a);
	return rc;
}

static int bring_up_to_date(const struct process *self, struct store *store, struct err *e)
{
	const struct serve *s = self->state;
	int rc = silence_tend(self, store, e);

	if (rc == 0)
		rc = comply_judge(store, s->packs, clock_now_s(), e);
	if (rc == 0)
		rc = comply_refresh(store, s->packs, clock_now_s(), 0, e);
	return rc < 0 ? rc : write_digests(store, s->packs, e);
}

int web_duty_start(const struct process *self)
{
	return web_visit(self, bring_up_to_date);
}

/* --- the other -------------------------------------------------------------------------------- */

static int send_one(struct store *store, const struct letter_server *server, struct str from,
	const struct mail *m, struct err *e)
{
	char id[32];
	int64_t now_s = clock_now_s();
	struct letter l = { .from = from,
		.to = m->address,
		.subject = m->subject,
		.body = m->body,
		.at_s = now_s };
	struct err fault = { 0 };
	struct buf text;
	int rc;

	snprintf(id, sizeof(id), "%lld", (long long)m->id);
	l.id = str_of(id);
	buf_init(&text, 2 * LETTER_BYTES_MAX);
	rc = letter_write(&l, &text, &fault);
	if (rc == 0)
		rc = letter_send(server, &l, buf_str(&text), &fault);
	buf_done(&text);
	if (rc == 0)
		return mail_sent(store, m, now_s, e);
	fprintf(stderr, "khien mail: %s\n", fault.text);
	return mail_failed(store, m, str_of(fault.text), now_s, e);
}

static const char *text_or_none(struct str s, struct arena *a)
{
	return s.len ? arena_cstr(a, s) : "";
}

/* The settings of the page of mail. */
static int load_server(struct store *store, struct str key, struct arena *a,
	struct letter_server *ret, struct err *e)
{
	struct str url = STR_NONE, login = STR_NONE, password = STR_NONE, ca = STR_NONE;
	int rc = org_setting(store, "mail.server", a, &url, e);

	if (rc == 0)
		rc = org_setting(store, "mail.login", a, &login, e);
	if (rc == 0)
		rc = org_setting(store, "mail.ca", a, &ca, e);
	if (rc == 0 && login.len)
		rc = org_secret(store, key, "mail.secret", a, &password, e);
	if (rc == 0)
		*ret = (struct letter_server){ text_or_none(url, a), text_or_none(login, a),
			text_or_none(password, a), text_or_none(ca, a) };
	return rc;
}

static int send_waiting(struct store *store, struct str key, struct err *e)
{
	struct letter_server server = { "", "", "", "" };
	struct str from = STR_NONE;
	struct mails list = { 0 };
	struct arena a;
	int rc;

	arena_init(&a, DIGEST_MEMORY_BYTES);
	rc = load_server(store, key, &a, &server, e);
	if (rc == 0)
		rc = org_setting(store, "mail.from", &a, &from, e);
	if (rc == 0 && *server.url && from.len)
		rc = mail_waiting(store, clock_now_s(), AT_ONCE, &a, &list, e);
	for (size_t i = 0; rc == 0 && i < list.len; i++)
		rc = send_one(store, &server, from, &list.at[i], e);
	arena_done(&a);
	return rc;
}

static int send_mail(const struct process *self, struct store *store, struct err *e)
{
	const struct serve *s = self->state;

	return send_waiting(store, s->key, e);
}

int web_mail_start(const struct process *self)
{
	struct err absent = { 0 };

	return letter_open(&absent) < 0 ? 0 : web_visit(self, send_mail);
}
