/* verify.c - Kiểm chứng: the whole log proved again, the minutes of it signed, the sheet that
 * carries the seal outside. */
#include "face/web/log_proof.h"
#include "face/web/senders.h"
#include "face/web/verify.h"
#include "kit/merkle/note.h"
#include "kit/process/process.h"
#include "work/hostaudit/hostaudit.h"

#define START_WAIT_MS 1500
#define REFRESH_S 3

/* What the last verification said. */
struct verified {
	int64_t at_s; /* 0: never */
	bool is_fine, has_own_keys;
	int64_t shards, entries, proven, findings;
	struct str text;
};

static int load(struct view *v, struct verified *ret)
{
	struct str row = STR_NONE, text = STR_NONE;
	int rc = org_setting(v->web->store, VERIFY_SETTING, v->a, &row, v->e);

	if (rc == 0)
		rc = org_setting(v->web->store, VERIFY_SETTING_TEXT, v->a, &text, v->e);
	if (rc < 0)
		return rc;
	*ret = (struct verified){ .at_s = str_next_i64(&row), .text = text };
	ret->is_fine = str_next_i64(&row) == 0;
	ret->shards = str_next_i64(&row);
	ret->entries = str_next_i64(&row);
	ret->proven = str_next_i64(&row);
	ret->findings = str_next_i64(&row);
	ret->has_own_keys = str_next_i64(&row) != 0;
	return 0;
}

/* Is it at work, and how far? */
static bool progress(struct view *v, int64_t *ret_done, int64_t *ret_all)
{
	struct str text = STR("");
	struct err none;
	int rc;

	if (!v->web->disk)
		return false;
	rc = vfile_load(v->web->disk, HOSTAUDIT_NOTES "/" VERIFY_PROGRESS, 100, v->a, &text, &none);
	*ret_done = str_next_i64(&text);
	*ret_all = str_next_i64(&text);
	return rc == 0;
}

static void at_work(struct view *v, int64_t done, int64_t all)
{
	html(v->w,
		"<section>\n<h2>%s</h2>\n<p role=\"status\">%s</p>\n"
		"<progress max=\"%lld\" value=\"%lld\">%lld / %lld</progress>\n</section>\n",
		tr(v->lang, "Đang kiểm chứng"),
		fill(v, tr(v->lang, "{n} / {tat-ca} mục; trang tự tải lại."), "n",
			count_text(v, done), "tat-ca", count_text(v, all), NULL),
		(long long)(all ? all : 1), (long long)done, (long long)done, (long long)all);
}

static void fact(struct view *v, const char *label, const char *value)
{
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, value);
}

static void result(struct view *v, const struct verified *r)
{
	html(v->w, "<section class=\"minutes\">\n<h2>%s</h2>\n",
		tr(v->lang, "Biên bản kiểm tra tính toàn vẹn nhật ký"));
	html_outcome(v, r->is_fine ? OUTCOME_PASS : OUTCOME_FAIL);
	html(v->w, "<dl class=\"facts\">\n");
	fact(v, tr(v->lang, "Kiểm tra xong lúc"), time_text(v, r->at_s));
	fact(v, tr(v->lang, "Phần nhật ký"), count_text(v, r->shards));
	fact(v, tr(v->lang, "Mục đã tính lại"), count_text(v, r->entries));
	fact(v, tr(v->lang, "Mục chứng minh được"), count_text(v, r->proven));
	fact(v, tr(v->lang, "Chỗ sai"), count_text(v, r->findings));
	html(v->w, "</dl>\n");
	if (r->has_own_keys)
		html(v->w, "<p>%s</p>\n",
			tr(v->lang,
				"Khóa lấy từ chính nhật ký: kết quả chứng minh nhật ký tự nhất quán. "
				"Để không phải tin máy này, chạy khien-verify với khóa in trên giấy."));
	if (r->text.len)
		html(v->w, "<pre>%.*s</pre>\n", STR_FMT(r->text));
}

/* Who signed these minutes; NULL: nobody yet. A signature is of the verification before it. */
static const struct evidence *signed_by(struct view *v, const struct verified *r)
{
	const struct obligation *o = log_proof_first(v, LOG_PROOF_CHECKED);
	struct evidence_rows words;
	struct org_host here;
	struct err none = { 0 };

	if (!o || org_host_here(v->web->store, v->a, &here, &none) < 0 ||
		evidence_words(v->web->store, here.id, v->by.now_s, v->a, &words, &none) < 0)
		return NULL;
	for (size_t i = 0; i < words.count && words.at[i].at_s >= r->at_s; i++)
		if (str_is(words.at[i].check, obligation_name(v, o)))
			return &words.at[i];
	return NULL;
}

static void signatures(struct view *v, const struct verified *r)
{
	const struct evidence *by = signed_by(v, r);

	html_log_proof(v, LOG_PROOF_CHECKED);
	if (by) {
		html_log_proof_signed(v, by,
			&(struct log_proof_words){ .who = tr(v->lang, "Đã ký"),
				.said = tr(v->lang, "Kết luận của người kiểm tra") });
	} else if (view_may(v, RIGHT_ACT, ORG_UNIT_FIRST)) {
		html_form(v, "/kiem-chung/ky", "card");
		html(v->w, "<input type=\"hidden\" name=\"luc\" value=\"%lld\">\n",
			(long long)r->at_s);
		html_field(v,
			&(struct field){ .name = "ket-luan",
				.label = tr(v->lang, "Kết luận của người kiểm tra"),
				.is_required = true });
		html_form_end(v, tr(v->lang, "Ký biên bản"));
	}
	html(v->w, "</section>\n");
}

static void sheets(struct view *v)
{
	struct find *f = log_of(v);
	char name[FIND_PLACE_TEXT_MAX];

	html(v->w, "<section class=\"pages-list\">\n<h2>%s</h2>\n<ul>\n",
		tr(v->lang, "Biên bản niêm phong để in"));
	for (size_t i = 0; f && i < find_shard_count(f); i++) {
		shard_id_text(find_shard_at(f, i), name);
		html(v->w, "<li><a href=\"/niem-phong/%s\">%s</a></li>\n", name, name);
	}
	html(v->w, "</ul>\n</section>\n");
}

static void show(struct view *v)
{
	struct verified r;
	int64_t done, all;
	bool is_on;

	if (load(v, &r) < 0) {
		page_failed(v);
		return;
	}
	is_on = progress(v, &done, &all);
	v->refresh_s = is_on ? REFRESH_S : 0;
	page_start(v, tr(v->lang, "Kiểm chứng nhật ký"));
	html_log_pages(v);
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Khiên đọc lại mọi mục, tính lại cây băm và đối chiếu với từng tờ niêm phong."));
	if (is_on)
		at_work(v, done, all);
	else if (view_may(v, RIGHT_ACT, ORG_UNIT_FIRST))
		html_button(v, "/kiem-chung", NULL, tr(v->lang, "Kiểm chứng ngay"));
	if (r.at_s) {
		result(v, &r);
		signatures(v, &r);
	} else if (!is_on) {
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Chưa kiểm chứng lần nào."));
	}
	sheets(v);
	page_end(v);
}

void page_verify(struct view *v)
{
	show(v);
}

void page_verify_post(struct view *v)
{
	if (org_note(&v->by, "verify", STR_NONE, v->e) < 0) {
		page_failed(v);
		return;
	}
	(void)process_run(v->web->parent_fd, "verify", START_WAIT_MS);
	redirect(v, "/kiem-chung");
}

static int sign(struct view *v, const struct verified *r, struct str words)
{
	const struct log_proof proof = { .period = LOG_PROOF_CHECKED,
		.event = "verify.sign",
		.outcome = r->is_fine ? OUTCOME_PASS : OUTCOME_FAIL,
		.detail = words,
		.found = arena_fmt(v->a, "%lld/%lld, %lld", (long long)r->proven,
			(long long)r->entries, (long long)r->findings),
		.note = words };

	return log_proof_sign(v, &proof, v->e);
}

void page_verify_sign(struct view *v)
{
	struct str words = form_value(v, "ket-luan");
	struct verified r;
	int64_t at_s;

	if (load(v, &r) < 0) {
		page_failed(v);
		return;
	}
	if (!str_to_i64(form_value(v, "luc"), &at_s) || at_s != r.at_s)
		fault_add(v, "ket-luan",
			tr(v->lang, "Đã có lần kiểm chứng mới hơn; hãy đọc lại rồi ký."));
	else if (words.len == 0)
		fault_add(v, "ket-luan", tr(v->lang, "Hãy ghi kết luận."));
	if (v->fault_count) {
		show(v);
		return;
	}
	if (sign(v, &r, words) < 0)
		page_failed(v);
	else
		redirect(v, "/kiem-chung?bao=da-luu");
}

/* --- the sheet -------------------------------------------------------------------------------- */

static void grouped(struct view *v, struct str text)
{
	html(v->w, "<p class=\"root\"><code>");
	for (size_t i = 0; i < text.len; i += 4)
		html(v->w, "%.*s ", STR_FMT(str_until(str_from(text, i), 4)));
	html(v->w, "</code></p>\n");
}

/* Who signed: names and the first bytes of the keys, to be held against keys on paper. */
static void key_ids(struct view *v, struct str text)
{
	struct note *n = arena_new(v->a, struct note);
	struct err none;

	if (note_parse(text, v->a, n, &none) < 0)
		return;
	html(v->w, "<h2>%s</h2>\n<ul class=\"keys\">\n", tr(v->lang, "Khóa đã ký"));
	for (size_t i = 0; i < n->count; i++)
		html(v->w, "<li><code>%.*s</code> <code>%s</code></li>\n",
			STR_FMT(n->signatures[i].name),
			path_of(v, "%08x", n->signatures[i].key_id));
	html(v->w, "</ul>\n");
}

#define SHEET_SENDERS 40

/* What each sender sent, and lost, until now. */
static void sender_lines(struct view *v)
{
	struct senders s;
	struct err none = { 0 };

	if (senders_load(v, 0, &s, &none) < 0 || s.count == 0)
		return;
	html(v->w, "<h2>%s</h2>\n", tr(v->lang, "Dòng theo nguồn, đến lúc in"));
	html_table(v, NULL, "", tr(v->lang, "Nguồn"), tr(v->lang, "Tất cả"), tr(v->lang, "Mất"));
	for (size_t i = 0; i < s.count && i < SHEET_SENDERS; i++)
		html(v->w, "<tr><th scope=\"row\">%.*s</th><td>%llu</td><td>%llu</td></tr>\n",
			STR_FMT(sender_shown(v, &s.rows[i])),
			(unsigned long long)s.rows[i].is->lines,
			(unsigned long long)s.rows[i].is->dropped);
	html_table_end(v);
	if (s.count > SHEET_SENDERS)
		html(v->w, "<p>%s</p>\n",
			fill(v, tr(v->lang, "và {n} nguồn nữa"), "n",
				count_text(v, (int64_t)(s.count - SHEET_SENDERS)), NULL));
	senders_done(&s);
}

void page_seal_sheet(struct view *v)
{
	struct find_place place = { 0 };
	struct find *f = log_of(v);
	struct str note, origin, size, root, rest;

	if (!f || !find_place_parse(arena_fmt(v->a, "%.*s-0", STR_FMT(v->args[0])), &place)) {
		page_problem(v, 404);
		return;
	}
	if (prove_note(f, place.shard, v->a, &note, v->e) < 0) {
		page_failed(v);
		return;
	}
	rest = note;
	if (!str_next_line(&rest, &origin) || !str_next_line(&rest, &size) ||
		!str_next_line(&rest, &root)) {
		page_problem(v, 500);
		return;
	}
	page_start(v, tr(v->lang, "Biên bản niêm phong nhật ký"));
	html_back(v, "/kiem-chung", tr(v->lang, "Kiểm chứng nhật ký"));
	html(v->w, "<section class=\"sheet\">\n<dl class=\"facts\">\n");
	fact(v, tr(v->lang, "Tên nhật ký"), text_of(v, origin));
	fact(v, tr(v->lang, "Số mục được niêm phong"), text_of(v, size));
	fact(v, tr(v->lang, "In lúc"), time_text(v, v->by.now_s));
	html(v->w, "</dl>\n<h2>%s</h2>\n", tr(v->lang, "Gốc của cây băm"));
	grouped(v, root);
	key_ids(v, note);
	sender_lines(v);
	html_qr(v, text_of(v, note));
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Mã QR chứa toàn văn tờ niêm phong. Giữ tờ giấy này ngoài máy chủ: lần "
			"kiểm tra sau, nhật ký phải còn đúng gốc này."));
	html_signs(v, tr(v->lang, "Người chứng kiến (ký, ghi rõ họ tên)"));
	html(v->w, "</section>\n");
	page_end(v);
}
