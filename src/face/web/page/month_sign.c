/* month_sign.c - the signature under a month's packing sheet: who packed it signs, and names who
 * took the package and its disks. It becomes evidence for what the law asks of each month. */
#include "face/web/month.h"

#include "face/web/org_int.h"

#define SIGNED_MAX 240 /* months looked through for the one shown */
#define NAME_MAX_BYTES 200

/* The obligations that such a sheet proves: those with a period of log_backup_months that a signed
 * record answers. The Nth of them, or NULL. */
static const struct obligation *proved(const struct view *v, size_t n)
{
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t k = 0; k < p->obligation_count; k++) {
			const struct obligation *o = &p->obligations[k];
			bool is_ours = false;

			for (size_t m = 0; m < o->evidence_count; m++)
				is_ours |= o->evidence[m].by == BY_DUTY;
			if (is_ours && str_is(o->period_param, "log_backup_months") && n-- == 0)
				return o;
		}
	}
	return NULL;
}

/* A sheet is signed as it stands: with another root it is another one. */
static struct str mark_of(struct view *v, const char *month, const struct merkle_head *head)
{
	char hex[SHA256_HEX_SIZE];

	return arena_fmt(v->a, "%s %llu %s", month, (unsigned long long)head->size,
		hex_of(head->root.bytes, SHA256_SIZE, hex));
}

static const struct evidence *signed_by(struct view *v, struct str mark)
{
	const struct obligation *o = proved(v, 0);
	struct evidence about = { .at_s = v->by.now_s };
	struct evidence_rows rows;
	struct org_host here;
	struct err none = { 0 };

	if (!o || org_host_here(v->web->store, v->a, &here, &none) < 0)
		return NULL;
	about.check = str_of(obligation_name(v, o));
	about.host_id = here.id;
	if (evidence_of_obligation(v->web->store, &about, SIGNED_MAX, v->a, &rows, &none) < 0)
		return NULL;
	for (size_t i = 0; i < rows.count; i++)
		if (str_eq(rows.at[i].found, mark))
			return &rows.at[i];
	return NULL;
}

/* The record the law asks for is of the month before; an older one proves nothing of it. */
static bool is_month_before(const struct view *v, const char *month)
{
	struct date today = date_at(v->by.now_s);
	int64_t year = 0, number = 0;

	return str_to_i64(str_until(str_of(month), 4), &year) &&
		str_to_i64(str_from(str_of(month), 5), &number) &&
		year * 12 + number == today.year * 12 + today.month - 1;
}

void html_month_signature(struct view *v, const char *month, const struct merkle_head *head)
{
	struct str mark = mark_of(v, month, head);
	const struct evidence *by = signed_by(v, mark);
	const struct obligation *o;

	if (by) {
		html(v->w, "<p>%s", tr(v->lang, "Trả lời cho nghĩa vụ:"));
		for (size_t i = 0; (o = proved(v, i)) != NULL; i++)
			html(v->w, " <a href=\"%s\">%s</a>", clause_path(v, o->clause),
				obligation_name(v, o));
		html(v->w, "</p>\n<dl class=\"facts signed\">\n");
		html_fact(v, tr(v->lang, "Người đóng gói đã ký"), by->person);
		html_fact(v, tr(v->lang, "Lúc"), str_of(time_text(v, by->at_s)));
		html_fact(v, tr(v->lang, "Người nhận gói và đĩa"), by->detail);
		html(v->w, "</dl>\n");
	} else if (!is_month_before(v, month)) {
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang,
				"Chỉ biên bản của tháng vừa qua được ký ở đây; tờ của tháng khác "
				"thì in ra ký tay."));
	} else if (proved(v, 0) && view_may(v, RIGHT_ACT, ORG_UNIT_FIRST)) {
		html_form(v, path_of(v, "/nhat-ky/thang/%.*s/%s/ky", STR_FMT(v->args[0]), month),
			"card");
		html(v->w, "<input type=\"hidden\" name=\"to\" value=\"%.*s\">\n", STR_FMT(mark));
		html_field(v,
			&(struct field){ .name = "nguoi-nhan",
				.label = tr(v->lang, "Người nhận gói và đĩa (họ tên, chức vụ)"),
				.is_required = true });
		html_form_end(v, tr(v->lang, "Ký biên bản"));
	}
}

static int sign(struct view *v, struct str mark, struct str who)
{
	const struct obligation *o;
	struct org_host here;
	int rc = org_host_here(v->web->store, v->a, &here, v->e);

	for (size_t i = 0; rc == 0 && (o = proved(v, i)) != NULL; i++) {
		const struct evidence row = { .host_id = here.id,
			.at_s = v->by.now_s,
			.by = EVIDENCE_PERSON,
			.check = str_of(obligation_name(v, o)),
			.subject = STR(""),
			.outcome = OUTCOME_PASS,
			.reason = STR(""),
			.detail = who,
			.found = mark,
			.wanted = STR(""),
			.file = STR(""),
			.lost = STR(""),
			.extract_sha256 = STR(""),
			.person = v->user.login };

		rc = evidence_add_word(v->web->store, &row, v->e);
	}
	return rc == 0 ? org_note(&v->by, "month.sign", mark, v->e) : rc;
}

void month_sign(struct view *v, const char *month, const struct merkle_head *head)
{
	struct str mark = mark_of(v, month, head), who = form_value(v, "nguoi-nhan");

	if (!is_month_before(v, month) || !str_eq(form_value(v, "to"), mark) ||
		signed_by(v, mark)) {
		page_problem(v, 409);
		return;
	}
	if (who.len == 0 || who.len > NAME_MAX_BYTES)
		fault_add(v, "nguoi-nhan",
			tr(v->lang, "Hãy ghi họ tên, chức vụ người nhận, không quá 200 byte."));
	if (v->fault_count)
		page_month(v);
	else if (sign(v, mark, who) < 0)
		page_failed(v);
	else
		redirect(v,
			path_of(v, "/nhat-ky/thang/%.*s/%s?bao=da-luu", STR_FMT(v->args[0]),
				month));
}
