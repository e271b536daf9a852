/* How people write a clause. */
#include "core/pack/pack_int.h"

static bool core_word(void *context, struct str name, struct str *ret_value)
{
	if (!str_is(name, "a"))
		return false;
	*ret_value = *(const struct str *)context;
	return true;
}

/* "điểm b", "clause 1"; a clause whose label has not the form of its kind goes by its label. */
static struct str step(const struct clause *c, enum lang lang, struct arena *a)
{
	static const char *const names[] = {
		[CLAUSE_CHUONG] = T("Chương {a}"),
		[CLAUSE_DIEU] = T("Điều {a}"),
		[CLAUSE_KHOAN] = T("khoản {a}"),
		[CLAUSE_DIEM] = T("điểm {a}"),
		[CLAUSE_DOAN] = T("đoạn {a}"),
	};
	struct str core = clause_label_core(c->kind, c->label);

	if (core.len > 0)
		return text_fill(a, str_of(tr(lang, names[c->kind])), core_word, &core);
	core = str_ends(c->label, ".") ? str_until(c->label, c->label.len - 1) : c->label;
	if (str_starts(core, "Nhóm ")) { /* no words */
		core = str_from(core, sizeof "Nhóm " - 1); /* no words */
		return text_fill(a, str_of(tr(lang, T("Nhóm {a}"))), core_word, &core);
	}
	return core.len > 0 ? core : c->id;
}

/* The clause that a paragraph without a label stands after: the one before it in reading order. */
static const struct clause *before_paragraph(const struct clause *c)
{
	while (c->kind == CLAUSE_DOAN && c->index > 0)
		c--;
	return c;
}

struct str clause_cite(const struct clause *c, enum lang lang, struct arena *a)
{
	const struct clause *from = before_paragraph(c);
	struct str out = step(from, lang, a);

	if (from != c)
		out = arena_fmt(a, "%s %.*s", tr(lang, T("đoạn sau")), STR_FMT(out));
	c = from;
	for (c = c->kind == CLAUSE_CHUONG || c->kind == CLAUSE_DIEU ? NULL : c->parent; c;
		c = c->kind == CLAUSE_DIEU ? NULL : c->parent)
		out = arena_fmt(a, "%.*s%s %.*s", STR_FMT(out), lang == LANG_EN ? "," : "",
			STR_FMT(step(c, lang, a)));
	return out;
}
