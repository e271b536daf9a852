/* review.c - Rà soát tiến trình: what is not as it was at the last signed look, to be judged
 * and signed; and a new look on demand. */
#include "face/web/review_int.h"

#define ASKED_MAX 400 /* things with fields of their own: what one form may send */
#define HISTORY_MAX 20
#define KNOWN_SHOWN_MAX 2000

/* The newest picture against the last signed review. */
static bool load_newest(struct view *v, struct looked *l)
{
	struct review_snapshot snapshot;
	struct review none = { 0 };
	struct reviews last;

	if (!review_host(v, l))
		return false;
	if (review_snapshot_newest(v->web->store, l->host.id, v->by.now_s, v->a, &snapshot, v->e) <
			0 ||
		review_list(v->web->store, l->host.id, 1, v->a, &last, v->e) < 0 ||
		review_load(v, &snapshot, last.len ? &last.at[0] : &none, l) < 0) {
		page_failed(v);
		return false;
	}
	return true;
}

static bool is_signed(const struct looked *l)
{
	return l->snapshot.id && l->base.snapshot_id == l->snapshot.id;
}

static bool is_stale(const struct view *v, const struct looked *l)
{
	return l->period_days > 0 && v->by.now_s - l->snapshot.at_s > l->period_days * CLOCK_DAY_S;
}

/* --- the head --------------------------------------------------------------------------------- */

static void fact(struct view *v, const char *label, const char *value)
{
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, value);
}

static void take_button(struct view *v, const struct looked *l, const char *words)
{
	if (view_may(v, RIGHT_ACT, l->host.unit_id))
		html_button(v, path_of(v, "/may/%lld/tien-trinh/chup", (long long)l->host.id), NULL,
			words);
}

static void head(struct view *v, const struct looked *l)
{
	int64_t due_s = l->base.at_s + l->period_days * CLOCK_DAY_S;

	html_back_host(v, &l->host);
	html(v->w, "<div class=\"bar\">\n<dl class=\"facts\">\n");
	fact(v, tr(v->lang, "Ký lần cuối"),
		l->base.id ? text_of(v,
				     arena_fmt(v->a, "%s, %.*s", time_text(v, l->base.at_s),
					     STR_FMT(l->base.person))) :
			     tr(v->lang, "chưa lần nào"));
	if (l->base.id && l->period_days)
		fact(v, tr(v->lang, "Hạn ký tiếp theo"), time_text(v, due_s));
	if (l->snapshot.id)
		fact(v, tr(v->lang, "Ảnh chụp tiến trình"),
			text_of(v,
				arena_fmt(v->a, "%s (%lld ms)", time_text(v, l->snapshot.at_s),
					(long long)l->snapshot.duration_us / 1000)));
	html(v->w, "</dl>\n");
	if (l->snapshot.id)
		take_button(v, l, tr(v->lang, "Chụp lại ngay"));
	html(v->w, "</div>\n");
	if (l->base.id && l->period_days && due_s < v->by.now_s)
		html(v->w,
			"<p><span class=\"chip overdue\"><span aria-hidden=\"true\">!</span> %s</span></p>\n",
			tr(v->lang, "quá hạn"));
}

/* --- the differences -------------------------------------------------------------------------- */

static bool is_chosen(struct view *v, const char *name, const char *value)
{
	return str_is(form_value(v, name), value);
}

/* Nothing is chosen beforehand for a sign: it wants a decision. */
static void marks(struct view *v, const struct looked *l, size_t i)
{
	const struct review_difference *d = &l->list[i];
	const char *kind = path_of(v, "k%zu", i), *note = path_of(v, "g%zu", i);
	bool is_suspect = is_chosen(v, kind, "nghi");
	bool is_known = is_chosen(v, kind, "biet") ||
		(!is_suspect && d->change != REVIEW_SUSPECT && d->item->level != REVIEW_SIGN);

	html(v->w,
		"<fieldset class=\"marks\" id=\"%s\">\n<legend class=\"hidden\">%.*s</legend>\n"
		"<label><input type=\"radio\" name=\"%s\" value=\"biet\"",
		kind, STR_FMT(d->item->name), kind);
	if (is_known)
		html(v->w, " checked");
	html(v->w, "> %s</label>\n<label><input type=\"radio\" name=\"%s\" value=\"nghi\"",
		tr(v->lang, "đã biết, chấp nhận"), kind);
	if (is_suspect)
		html(v->w, " checked");
	html(v->w,
		"> %s</label>\n<label class=\"hidden\" for=\"%s\">%s</label>\n"
		"<input id=\"%s\" name=\"%s\" placeholder=\"%s\" maxlength=\"500\" value=\"%.*s\">\n"
		"</fieldset>\n",
		tr(v->lang, "khả nghi"), note, tr(v->lang, "Ghi chú"), note, note,
		tr(v->lang, "Ghi chú"), STR_FMT(form_value(v, note)));
}

static void asked(struct view *v, const struct looked *l, bool has_form)
{
	size_t given = 0;

	html(v->w, "<ul class=\"items\">\n");
	for (size_t i = 0; i < l->count; i++) {
		if (!review_is_asked(&l->list[i]))
			continue;
		html(v->w, "<li class=\"item\">\n<div class=\"what\">\n");
		html_review_thing(v, &l->list[i]);
		html(v->w, "</div>\n");
		if (has_form && given++ < ASKED_MAX)
			marks(v, l, i);
		html(v->w, "</li>\n");
	}
	html(v->w, "</ul>\n");
	if (has_form && given > ASKED_MAX)
		html(v->w, "<p class=\"hint\">%s</p>\n",
			fill(v,
				tr(v->lang,
					"{n} mục cuối không có ô chọn riêng: ký là xác nhận đã xem và chấp "
					"nhận chúng."),
				"n", count_text(v, (int64_t)(given - ASKED_MAX)), NULL));
}

/* A folded list of what needs no answer. */
static void folded(struct view *v, const struct looked *l, enum review_change change,
	const char *words, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < l->count; i++)
		count += l->list[i].change == change && !review_is_asked(&l->list[i]);
	if (count == 0)
		return;
	html(v->w, "<details>\n<summary>%s (%s)</summary>\n<ul class=\"items\">\n", words,
		count_text(v, (int64_t)count));
	for (size_t i = 0; i < l->count && max > 0; i++) {
		if (l->list[i].change != change || review_is_asked(&l->list[i]))
			continue;
		max--;
		html(v->w, "<li class=\"item\"><div class=\"what\">\n");
		html_review_thing(v, &l->list[i]);
		html(v->w, "</div></li>\n");
	}
	html(v->w, "</ul>\n</details>\n");
}

static size_t asked_count(const struct looked *l)
{
	size_t count = 0;

	for (size_t i = 0; i < l->count; i++)
		count += review_is_asked(&l->list[i]);
	return count;
}

static void differences(struct view *v, const struct looked *l, bool has_form)
{
	size_t count = asked_count(l);

	html(v->w, "<h2>%s</h2>\n", tr(v->lang, "Cần xem"));
	if (!l->base.id)
		html(v->w, "<p>%s</p>\n",
			tr(v->lang,
				"Đây là lần đầu: mọi thứ đều mới. Xem kỹ một lần; những lần sau chỉ hiện phần "
				"khác đi."));
	if (count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Không có gì lạ: mọi thứ mới đều do gói phần mềm đã cài bảo đảm, hoặc không "
				"có gì mới."));
	else
		asked(v, l, has_form);
	html(v->w, "<h2>%s</h2>\n", tr(v->lang, "Không cần trả lời"));
	folded(v, l, REVIEW_NEW, tr(v->lang, "Mới, gói phần mềm đã cài bảo đảm"), SIZE_MAX);
	folded(v, l, REVIEW_CHANGED, tr(v->lang, "Đã đổi, gói phần mềm đã cài bảo đảm"), SIZE_MAX);
	folded(v, l, REVIEW_GONE, tr(v->lang, "Không còn"), SIZE_MAX);
	folded(v, l, REVIEW_KNOWN, tr(v->lang, "Như lần đã ký"), KNOWN_SHOWN_MAX);
}

static void sign_form(struct view *v, const struct looked *l)
{
	html_form(v, path_of(v, "/may/%lld/tien-trinh", (long long)l->host.id), "review");
	html(v->w,
		"<input type=\"hidden\" name=\"anh\" value=\"%lld\">\n"
		"<input type=\"hidden\" name=\"goc\" value=\"%lld\">\n<section>\n",
		(long long)l->snapshot.id, (long long)l->base.id);
	differences(v, l, true);
	html(v->w, "</section>\n<section class=\"signing\">\n<h2>%s</h2>\n", tr(v->lang, "Ký"));
	html_field(v, &(struct field){ .name = "ghi-chu", .label = tr(v->lang, "Nhận xét chung") });
	html(v->w, "<p>%s</p>\n<p class=\"sha\">SHA-256 %.*s</p>\n",
		fill(v,
			tr(v->lang,
				"Tôi, {ten}, đã xem ảnh chụp này và xác nhận các lựa chọn ở trên."),
			"ten", text_of(v, v->user.name), NULL),
		STR_FMT(l->snapshot.sha256));
	html_form_end(v, tr(v->lang, "Ký lần rà soát này"));
	html(v->w, "</section>\n");
}

static void history(struct view *v, const struct looked *l)
{
	struct reviews list;

	if (review_list(v->web->store, l->host.id, HISTORY_MAX, v->a, &list, v->e) < 0 ||
		list.len == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Các lần đã ký"));
	html_table(v, NULL, "stack", tr(v->lang, "Lúc"), tr(v->lang, "Người ký"),
		tr(v->lang, "Khác trước"), tr(v->lang, "Khả nghi"), "SHA-256");
	for (size_t i = 0; i < list.len; i++) {
		const struct review *r = &list.at[i];

		html(v->w,
			"<tr><th scope=\"row\"><a href=\"/may/%lld/tien-trinh/%lld\">%s</a></th><td>%.*s</td>"
			"<td>%s</td><td>%s</td><td class=\"sha\">%.*s</td></tr>\n",
			(long long)l->host.id, (long long)r->id, time_text(v, r->at_s),
			STR_FMT(r->person), count_text(v, r->differences),
			count_text(v, r->suspicious),
			STR_FMT(str_until(r->sha256, 16)));
	}
	html_table_end(v);
	html(v->w, "</section>\n");
}

static void show(struct view *v, const struct looked *l)
{
	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Rà soát tiến trình"),
				STR_FMT(l->host.name))));
	head(v, l);
	html_review_gaps(v, &l->now);
	if (!l->snapshot.id) {
		html(v->w, "<section>\n<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Chưa có ảnh chụp tiến trình nào. Khiên tự chụp mỗi tuần."));
		take_button(v, l, tr(v->lang, "Chụp ngay"));
		html(v->w, "</section>\n");
	} else if (is_signed(l)) {
		html(v->w, "<section>\n<p>%s <a href=\"/may/%lld/tien-trinh/%lld\">%s</a></p>\n",
			tr(v->lang, "Ảnh chụp mới nhất đã được ký."), (long long)l->host.id,
			(long long)l->base.id, tr(v->lang, "Xem biên bản"));
		folded(v, l, REVIEW_KNOWN, tr(v->lang, "Như lần đã ký"), KNOWN_SHOWN_MAX);
		html(v->w, "</section>\n");
	} else if (is_stale(v, l) || !view_may(v, RIGHT_ACT, l->host.unit_id)) {
		html(v->w, "<section>\n");
		if (is_stale(v, l))
			html(v->w, "<p class=\"fault\">%s</p>\n",
				tr(v->lang,
					"Ảnh chụp này đã cũ nên không ký được nữa. Hãy chụp lại."));
		differences(v, l, false);
		html(v->w, "</section>\n");
	} else {
		sign_form(v, l);
	}
	history(v, l);
	if (l->snapshot.id)
		html(v->w, "<p class=\"export\"><a href=\"/may/%lld/tien-trinh.csv\">%s</a></p>\n",
			(long long)l->host.id, tr(v->lang, "Tải danh sách này (CSV)"));
	page_end(v);
}

void page_review(struct view *v)
{
	struct looked l;

	if (load_newest(v, &l))
		show(v, &l);
}

void page_review_csv(struct view *v)
{
	struct looked l;

	if (!load_newest(v, &l))
		return;
	csv_page(v, path_of(v, "tien-trinh-%lld.csv", (long long)l.host.id));
	csv_words(v, T("Thay đổi"));
	csv_words(v, T("Loại"));
	csv_words(v, T("Tên"));
	csv_words(v, T("Tình trạng"));
	csv_words(v, T("Trước"));
	csv_end_row(v->w);
	for (size_t i = 0; i < l.count; i++) {
		const struct review_difference *d = &l.list[i];

		csv_text(v, review_change_words(v, d->change));
		csv_text(v, review_kind_words(v, d->item->kind));
		csv_cell(v->w, review_name_words(v, d->item));
		csv_cell(v->w, review_value_words(v, d->item->value));
		csv_cell(v->w, d->was ? review_value_words(v, d->was->value) : STR(""));
		csv_end_row(v->w);
	}
}

/* --- signing ---------------------------------------------------------------------------------- */

/* What the form says of each thing that was asked; faults tell what is missing. */
static void take_marks(
	struct view *v, const struct looked *l, struct review_mark *ret, size_t *ret_count)
{
	size_t count = 0, given = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct review_difference *d = &l->list[i];
		const char *kind = path_of(v, "k%zu", i), *note = path_of(v, "g%zu", i);
		struct review_mark mark = { .kind = d->item->kind,
			.name = d->item->name,
			.note = form_value(v, note),
			.is_suspicious = is_chosen(v, kind, "nghi") };

		if (!review_is_asked(d) || given++ >= ASKED_MAX)
			continue;
		if (!mark.is_suspicious && !is_chosen(v, kind, "biet"))
			fault_add(v, kind,
				text_of(v,
					arena_fmt(v->a, "%s: %.*s",
						tr(v->lang, "Hãy chọn đã biết hay khả nghi"),
						STR_FMT(d->item->name))));
		if (mark.is_suspicious && mark.note.len == 0)
			fault_add(v, note,
				text_of(v,
					arena_fmt(v->a, "%s: %.*s",
						tr(v->lang, "Hãy ghi vì sao khả nghi"),
						STR_FMT(d->item->name))));
		ret[count++] = mark;
	}
	*ret_count = count;
}

static int keep(struct view *v, const struct looked *l, struct review *review,
	const struct review_mark *marks, size_t count)
{
	VEC(struct evidence) words = { 0 };
	const struct obligation *o;
	bool is_clean = true;
	int rc;

	for (size_t i = 0; i < count; i++)
		is_clean &= !marks[i].is_suspicious;
	for (size_t i = 0; (o = review_obligation(v->web->packs, date_at(v->by.now_s), i)); i++)
		vec_push(v->a, &words,
			((struct evidence){ .host_id = l->host.id,
				.at_s = v->by.now_s,
				.by = EVIDENCE_PERSON,
				.check = str_of(obligation_name(v, o)),
				.outcome = is_clean ? OUTCOME_PASS : OUTCOME_FAIL,
				.found = arena_fmt(v->a, "differences=%lld snapshot=%lld",
					(long long)review->differences,
					(long long)review->snapshot_id),
				.file = STR("#process_review"),
				.detail = review->note,
				.person = v->user.login }));
	rc = review_sign(v->web->store,
		&(struct review_signing){ review, marks, count, words.at, words.len }, v->a, v->e);
	return rc < 0 ? rc : org_note(&v->by, "review-sign", review->sha256, v->e);
}

/* The picture and the base that the form was made from; false when the answer is given already. */
static bool load_posted(struct view *v, struct looked *l)
{
	struct review_snapshot snapshot;
	struct review none = { 0 };
	struct reviews last;
	int64_t snapshot_id, base_id;

	if (!review_host(v, l))
		return false;
	if (!str_to_i64(form_value(v, "anh"), &snapshot_id) ||
		!str_to_i64(form_value(v, "goc"), &base_id)) {
		page_problem(v, 400);
		return false;
	}
	if (review_snapshot_by_id(v->web->store, snapshot_id, v->a, &snapshot, v->e) < 0 ||
		review_list(v->web->store, l->host.id, 1, v->a, &last, v->e) < 0) {
		page_failed(v);
		return false;
	}
	if (snapshot.id == 0 || snapshot.host_id != l->host.id ||
		(last.len ? last.at[0].id : 0) != base_id) {
		page_problem(v, 409);
		return false;
	}
	if (review_load(v, &snapshot, last.len ? &last.at[0] : &none, l) < 0) {
		page_failed(v);
		return false;
	}
	return true;
}

void page_review_post(struct view *v)
{
	struct review_mark *marks;
	struct review review;
	struct looked l;
	size_t count;

	if (!load_posted(v, &l))
		return;
	marks = arena_array(v->a, struct review_mark, l.count + 1);
	take_marks(v, &l, marks, &count);
	if (v->fault_count || is_stale(v, &l) || is_signed(&l)) {
		v->rs->status = 422;
		show(v, &l);
		return;
	}
	review = (struct review){ .host_id = l.host.id,
		.at_s = v->by.now_s,
		.snapshot_id = l.snapshot.id,
		.base_id = l.base.id,
		.person = v->user.login,
		.note = form_value(v, "ghi-chu"),
		.differences = (int64_t)(l.count - l.of_change[REVIEW_KNOWN]) };
	if (keep(v, &l, &review, marks, count) < 0)
		page_failed(v);
	else
		redirect(v,
			path_of(v, "/may/%lld/tien-trinh/%lld?bao=da-ky", (long long)l.host.id,
				(long long)review.id));
}

void page_review_take(struct view *v)
{
	struct looked l;

	if (!review_host(v, &l))
		return;
	if (!review_now(v, l.host.id))
		page_failed(v);
	else
		redirect(v, path_of(v, "/may/%lld/tien-trinh?bao=dang-chup", (long long)l.host.id));
}
