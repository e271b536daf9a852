/* duty.c - two processes that come every minute: one brings the kept verdicts up to date and once a
 * day has each person's digest written; the other hands what waits to the mail server. */
#include <stdio.h>

#include "core/evidence/doing.h"
#include "core/org/outside.h"
#include "face/web/process/archive_note.h"
#include "face/web/process/serve_int.h"
#include "kit/mail/mail.h"
#include "work/comply/sweep.h"

#define MAIL_MEMORY_BYTES (256 * MIB) /* AT_ONCE letters */
#define AT_ONCE 50                    /* messages a visit */

static int bring_up_to_date(const struct process *self, struct store *store, struct err *e)
{
	const struct serve *s = self->state;
	int rc = silence_tend(self, store, e);

	if (rc == 0)
		rc = comply_judge(store, s->packs, clock_now_s(), e);
	if (rc == 0)
		rc = comply_refresh(store, s->packs, clock_now_s(), 0, e);
	return rc < 0 ? rc : digest_write(store, s->packs, e);
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
	buf_init(&text, 2 * DIGEST_BYTES_MAX);
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

	arena_init(&a, MAIL_MEMORY_BYTES);
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
