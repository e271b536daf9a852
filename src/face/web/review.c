/* review.c - the review of processes: which obligations a signature answers and how often it is
 * due, loading one, and its words. */
#include "face/web/review_int.h"

#include "work/hostaudit/hostaudit.h"

static bool is_answered(const struct obligation *o)
{
	for (size_t i = 0; i < o->evidence_count; i++)
		if (str_is(o->evidence[i].review, "processes"))
			return true;
	return false;
}

const struct obligation *review_obligation(const struct pack_set *packs, struct date on, size_t i)
{
	for (size_t p = 0; p < pack_count(packs); p++) {
		const struct pack *pack = pack_at(packs, p);

		if (!pack_in_force(pack, on))
			continue;
		for (size_t k = 0; k < pack->obligation_count; k++)
			if (is_answered(&pack->obligations[k]) && i-- == 0)
				return &pack->obligations[k];
	}
	return NULL;
}

int64_t review_period_days(const struct pack_set *packs, int level, struct date on, struct arena *a)
{
	const struct obligation *o;
	int64_t period = 0;

	for (size_t i = 0; (o = review_obligation(packs, on, i)); i++) {
		int64_t days = o->period == PERIOD_DAYS ? o->period_count : 0;

		if (o->period == PERIOD_PARAM) {
			struct param_ruling ruling =
				pack_param(packs, o->period_param, level, on, a);

			days = ruling.winner && ruling.winner->is_number ? ruling.winner->number :
									   0;
		}
		if (days > 0 && (period == 0 || days < period))
			period = days;
	}
	return period;
}

const char *review_asked_key(int64_t host_id, struct arena *a)
{
	return arena_fmt(a, "host.%lld.review-asked", (long long)host_id).ptr;
}

/* --- loading ---------------------------------------------------------------------------------- */

bool review_host(struct view *v, struct looked *l)
{
	int64_t id;

	*l = (struct looked){ 0 };
	if (!str_to_i64(v->args[0], &id)) {
		page_problem(v, 404);
		return false;
	}
	if (org_host(v->web->store, id, v->a, &l->host, v->e) < 0) {
		page_failed(v);
		return false;
	}
	l->period_days =
		review_period_days(v->web->packs, l->host.level, date_at(v->by.now_s), v->a);
	return true;
}

static int load_base(struct view *v, struct looked *l)
{
	struct review_snapshot then;
	int rc = review_snapshot_by_id(v->web->store, l->base.snapshot_id, v->a, &then, v->e);

	if (rc == 0 && then.id == 0)
		return err_set(v->e, ERR_STORE, "the snapshot of a signed review is gone");
	if (rc == 0)
		rc = review_picture_parse(then.text, v->a, &l->before, v->e);
	return rc < 0 ?
		rc :
		review_marks(v->web->store, l->base.id, v->a, &l->marks, &l->mark_count, v->e);
}

int review_load(struct view *v, const struct review_snapshot *snapshot, const struct review *base,
	struct looked *l)
{
	int rc = 0;

	l->snapshot = *snapshot;
	l->base = *base;
	if (snapshot->id == 0)
		return 0;
	rc = review_picture_parse(snapshot->text, v->a, &l->now, v->e);
	if (rc == 0 && base->id)
		rc = load_base(v, l);
	if (rc < 0)
		return rc;
	review_compare(&(struct review_base){ base->id ? &l->before : NULL, l->marks,
				l->mark_count },
		&l->now, v->a, &l->list, &l->count);
	for (size_t i = 0; i < l->count; i++)
		l->of_change[l->list[i].change]++;
	return 0;
}

bool review_is_asked(const struct review_difference *d)
{
	return d->change == REVIEW_SUSPECT ||
		((d->change == REVIEW_NEW || d->change == REVIEW_CHANGED) &&
			d->item->level != REVIEW_VOUCHED);
}

/* --- words ------------------------------------------------------------------------------------ */

struct code_word {
	const char *code, *words;
};

/* The words for the longest code that S begins with, and what follows it. */
static const char *words_for(
	const struct code_word *list, size_t count, struct str s, struct str *ret_rest)
{
	const struct code_word *best = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(list[i].code);

		if (str_starts(s, list[i].code) && (s.len == len || s.ptr[len] == ' ') &&
			(!best || len > strlen(best->code)))
			best = &list[i];
	}
	if (!best)
		return NULL;
	*ret_rest = str_trim(str_from(s, strlen(best->code)));
	return best->words;
}

const char *review_kind_words(struct view *v, struct str kind)
{
	static const struct code_word kinds[] = { { "sign", T("dấu hiệu xâm nhập") },
		{ "run", T("đang chạy") }, { "code", T("mã được nạp") },
		{ "listen", T("chờ kết nối") }, { "packet", T("đọc gói tin thô") },
		{ "start", T("tự khởi động") }, { "module", T("mô-đun nhân") } };
	struct str rest;
	const char *words = words_for(kinds, COUNT(kinds), kind, &rest);

	return words ? tr(v->lang, words) : text_of(v, kind);
}

const char *review_change_words(struct view *v, enum review_change change)
{
	static const char *const words[] = {
		[REVIEW_NEW] = T("mới"),
		[REVIEW_CHANGED] = T("đã đổi"),
		[REVIEW_GONE] = T("không còn"),
		[REVIEW_SUSPECT] = T("vẫn khả nghi"),
		[REVIEW_KNOWN] = T("như trước"),
	};

	return tr(v->lang, words[change]);
}

struct str review_name_words(struct view *v, const struct review_item *item)
{
	static const struct code_word signs[] = {
		{ "hidden", T("tiến trình bị giấu") },
		{ "hidden module", T("mô-đun nhân bị giấu") },
		{ "masked", T("mang tên giả") },
		{ "deleted", T("chạy từ tệp đã bị xóa") },
		{ "memory only", T("chạy mã chỉ có trong bộ nhớ") },
		{ "temporary", T("nạp mã từ thư mục tạm") },
		{ "preload", T("thư viện bị ép nạp") },
		{ "altered", T("tệp của gói bị sửa") },
		{ "altered files of the package", T("nhiều tệp bị sửa của gói") },
		{ "altered data of the package", T("tệp dữ liệu bị sửa của gói") },
		{ "gone", T("tệp của gói bị mất") },
		{ "gone files of the package", T("nhiều tệp bị mất của gói") },
		{ "writable memory in", T("vùng nhớ vừa ghi vừa chạy của") },
	};
	struct str rest;
	const char *words = words_for(signs, COUNT(signs), item->name, &rest);

	return words ? arena_fmt(v->a, "%s: %.*s", tr(v->lang, words), STR_FMT(rest)) : item->name;
}

struct str review_value_words(struct view *v, struct str value)
{
	static const struct code_word states[] = {
		{ "intact", T("nguyên vẹn, gói") },
		{ "altered", T("bị sửa, gói") },
		{ "config", T("cấu hình của gói, đã được sửa:") },
		{ "no-sum", T("gói không kèm mã kiểm:") },
		{ "unpackaged", T("không thuộc gói nào") },
		{ "no-database", T("không có cơ sở dữ liệu gói") },
		{ "unreadable", T("không đọc được") },
		{ "gone", T("không thấy tệp") },
		{ "unchecked", T("chưa so") },
		{ "kernel-name", T("tên luồng của nhân") },
		{ "system-name", T("tên dịch vụ hệ thống") },
		{ "no-title", T("xóa dòng lệnh") },
	};
	struct str rest;
	const char *words = words_for(states, COUNT(states), value, &rest);

	return words ? arena_fmt(v->a, "%s %.*s", tr(v->lang, words), STR_FMT(rest)) : value;
}

void html_review_thing(struct view *v, const struct review_difference *d)
{
	static const char *const classes[] = { "not-applicable", "no-evidence", "not-met" };
	static const char *const shapes[] = { "●", "?", "✕" };
	bool is_gone = d->change == REVIEW_GONE;

	html(v->w,
		"<p class=\"title\"><span class=\"chip %s\"><span aria-hidden=\"true\">%s</span> %s</span> "
		"%s</p>\n<p><code>%.*s</code></p>\n",
		classes[is_gone ? REVIEW_VOUCHED : d->item->level],
		is_gone ? "–" : shapes[d->item->level], review_change_words(v, d->change),
		review_kind_words(v, d->item->kind), STR_FMT(review_name_words(v, d->item)));
	if (d->change == REVIEW_CHANGED)
		html(v->w, "<p class=\"soft\">%s: %.*s</p>\n", tr(v->lang, "Trước"),
			STR_FMT(review_value_words(v, d->was->value)));
	if (d->item->value.len)
		html(v->w, "<p class=\"soft\">%.*s</p>\n",
			STR_FMT(review_value_words(v, d->item->value)));
}

void html_review_gaps(struct view *v, const struct review_picture *p)
{
	if (p->gap_count == 0)
		return;
	html(v->w, "<details>\n<summary>%s</summary>\n<ul>\n",
		fill(v, tr(v->lang, "Không xem được {n} chỗ trên máy này"), "n",
			count_text(v, (int64_t)p->gap_count), NULL));
	for (size_t i = 0; i < p->gap_count; i++)
		html(v->w, "<li><code>%.*s</code> %.*s</li>\n", STR_FMT(p->gaps[i].path),
			STR_FMT(hostaudit_reason(p->gaps[i].reason, STR(""), NULL, v->lang, v->a)));
	html(v->w, "</ul>\n</details>\n");
}
