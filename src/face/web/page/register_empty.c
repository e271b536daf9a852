/* register_empty.c - a register without a record: what that means, and how it begins. */
#include "face/web/register_int.h"
#include "face/web/work.h"

#define WHATS_MAX 16

/* What the law of an obligation speaks of, "wifi": its I-th; STR_NONE: no more. One of several
 * kinds of machine is none. */
static struct str what_at(const struct obligation *o, size_t i)
{
	const struct applies *ap = &o->applies;

	if (i < ap->has_count)
		return ap->has[i];
	return i == ap->has_count && ap->host_count == 1 ? ap->host[0] : STR_NONE;
}

/* How many of the obligations that R answers bind only who has WHAT. */
static size_t bound_by(const struct pack_register *r, struct str what)
{
	size_t count = 0;

	for (size_t k = 0; k < r->answer_count; k++)
		for (size_t i = 0; what_at(r->answers_are[k], i).ptr; i++)
			count += str_eq(what_at(r->answers_are[k], i), what);
	return count;
}

/* What has to be there for most of them to bind: who has none of it signs so. Or STR_NONE. */
static struct str what_of(const struct pack_register *r)
{
	struct str best = STR_NONE, what;
	size_t most = r->answer_count / 2;

	for (size_t k = 0; k < r->answer_count; k++)
		for (size_t i = 0; (what = what_at(r->answers_are[k], i)).ptr; i++)
			if (bound_by(r, what) > most) {
				best = what;
				most = bound_by(r, what);
			}
	return best;
}

/* The unit that the list is of. */
static int64_t unit_of(struct view *v)
{
	int64_t id = view_home(v);

	(void)str_to_i64(http_pair(v->query, "don-vi"), &id);
	return view_may(v, RIGHT_SEE, id) ? id : view_home(v);
}

/* "No Wi-Fi" is signed once, in another place: there, or by whom. */
static void none_signed(struct view *v, struct str what)
{
	int64_t unit_id = unit_of(v);
	const char *words = thing_words(v, what);

	html(v->w, "<p>%s ",
		fill(v,
			tr(v->lang,
				"Đơn vị không có {gi} thì ký “không có” một lần; {n} nghĩa vụ về "
				"thứ đó không tính nữa."),
			"gi", words, "n", count_text(v, (int64_t)thing_obligations(v, what)),
			NULL));
	if (view_may(v, RIGHT_ACT, unit_id))
		html(v->w, "<a href=\"/ket-qua/%lld/ra-soat#co-%.*s\">%s</a></p>\n",
			(long long)unit_id, STR_FMT(what), tr(v->lang, "Ký “không có”"));
	else
		html(v->w, "%s</p>\n",
			tr(v->lang, "Thủ trưởng hoặc cán bộ chuyên trách ký ở trang Rà soát."));
}

static void way(struct view *v, const struct pack_register *r, const char *path, const char *words,
	const char *told)
{
	html(v->w, "<li><a href=\"/so/%.*s/%s\">%s</a>: %s</li>\n", STR_FMT(r->id), path, words,
		told);
}

static void ways(struct view *v, const struct pack_register *r)
{
	html(v->w, "<p>%s</p>\n<ul>\n", tr(v->lang, "Bắt đầu bằng một trong ba cách:"));
	way(v, r, "moi", tr(v->lang, "Điền bản ghi đầu tiên"),
		tr(v->lang, "điền từng ô, có câu của Quy chế giải thích bên cạnh."));
	way(v, r, "nhap", tr(v->lang, "Nhập bảng đang có"),
		tr(v->lang,
			"tệp Excel hoặc CSV; Khiên chỉ từng lỗi trước khi lưu, hoàn tác được."));
	way(v, r, "mau", tr(v->lang, "Tải bảng mẫu"),
		tr(v->lang, "đủ cột của sổ này; điền rồi nhập vào."));
	html(v->w, "</ul>\n");
}

void html_register_empty(struct view *v, const struct register_page *p)
{
	const struct pack_register *r = p->at.reg;
	const char *nothing = r->nothing.vi.ptr ? text_of(v, words_of(v, r->nothing)) : NULL;
	struct str what = what_of(r);

	html(v->w, "<section class=\"begin\">\n<p role=\"status\"><strong>%s</strong>",
		nothing && !r->is_nothing_fine ? nothing : tr(v->lang, "Sổ chưa có bản ghi nào."));
	if (nothing && r->is_nothing_fine)
		html(v->w, " %s",
			fill(v, tr(v->lang, "Để trống là đúng nếu: “{cau}”"), "cau", nothing,
				NULL));
	else if (r->answer_count && !r->is_nothing_fine)
		html(v->w, " %s",
			fill(v,
				tr(v->lang,
					"{n} nghĩa vụ lấy sổ này làm bằng chứng, nên không để trống được."),
				"n", count_text(v, (int64_t)r->answer_count), NULL));
	html(v->w, "</p>\n");
	if (org_reach(v->user.role, RIGHT_ACT) > PLACE_SELF)
		ways(v, r);
	if (what.ptr)
		none_signed(v, what);
	html(v->w, "</section>\n");
}
