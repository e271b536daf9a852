/* month_sign.c - the signature under a month's packing sheet: who packed it signs, and names who
 * took the package and its disks. It becomes evidence for what the law asks of each month. */
#include "face/web/month.h"

#include "face/web/log_proof.h"

#define SIGNED_MAX 240 /* months looked through for the one shown */
#define NAME_MAX_BYTES 200

/* A sheet is signed as it stands: with another root it is another one. */
static struct str mark_of(struct view *v, const char *month, const struct merkle_head *head)
{
	char hex[SHA256_HEX_SIZE];

	return arena_fmt(v->a, "%s %llu %s", month, (unsigned long long)head->size,
		hex_of(head->root.bytes, SHA256_SIZE, hex));
}

static const struct evidence *signed_by(struct view *v, struct str mark)
{
	const struct obligation *o = log_proof_first(v, LOG_PROOF_PACKED);
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

	if (by) {
		html_log_proof(v, LOG_PROOF_PACKED);
		html_log_proof_signed(v, by,
			&(struct log_proof_words){ .who = tr(v->lang, "Người đóng gói đã ký"),
				.said = tr(v->lang, "Người nhận gói và đĩa") });
	} else if (!is_month_before(v, month)) {
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang,
				"Chỉ biên bản của tháng vừa qua được ký ở đây; tờ của tháng khác "
				"thì in ra ký tay."));
	} else if (log_proof_first(v, LOG_PROOF_PACKED) && view_may(v, RIGHT_ACT, ORG_UNIT_FIRST)) {
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

bool month_sign(struct view *v, const char *month, const struct merkle_head *head)
{
	struct str mark = mark_of(v, month, head), who = form_value(v, "nguoi-nhan");
	const struct log_proof proof = { .period = LOG_PROOF_PACKED,
		.event = "month.sign",
		.outcome = OUTCOME_PASS,
		.detail = who,
		.found = mark,
		.note = mark };

	if (!is_month_before(v, month) || !str_eq(form_value(v, "to"), mark) ||
		signed_by(v, mark)) {
		page_problem(v, 409);
		return true;
	}
	if (who.len == 0 || who.len > NAME_MAX_BYTES)
		fault_add(v, "nguoi-nhan",
			tr(v->lang, "Hãy ghi họ tên, chức vụ người nhận, gọn trong một dòng."));
	if (v->fault_count)
		return false;
	if (log_proof_sign(v, &proof, v->e) < 0)
		page_failed(v);
	else
		redirect(v,
			path_of(v, "/nhat-ky/thang/%.*s/%s?bao=da-luu", STR_FMT(v->args[0]),
				month));
	return true;
}
