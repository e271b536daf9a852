/* pack_words.c - values and units of parameters as people read them. */
#include "core/pack/pack_int.h"
#include "kit/text/text.h"

/* What the program itself can count in a password; the pack says which of them are asked. */
static const struct {
	const char *id, *words;
} items[] = {
	{ "lower", T("chữ thường") },
	{ "upper", T("chữ hoa") },
	{ "digit", T("chữ số") },
	{ "special", T("ký tự đặc biệt") },
	{ "digit-or-special", T("chữ số hoặc ký tự đặc biệt") },
};

struct str pack_value_words(const struct param_value *v, enum lang lang, struct arena *a)
{
	struct str text = STR("");

	for (size_t i = 0; i < v->item_count; i++) {
		struct str item = v->items[i];

		for (size_t k = 0; k < COUNT(items); k++)
			if (str_is(item, items[k].id))
				item = str_of(tr(lang, items[k].words));
		text = arena_fmt(a, "%.*s%s%.*s", STR_FMT(text), i ? ", " : "", STR_FMT(item));
	}
	return text;
}

const char *pack_unit_words(struct str unit, enum lang lang)
{
	static const char *const units[][2] = {
		{ "min", T("phút") },
		{ "h", T("giờ") },
		{ "day", T("ngày") },
		{ "month", T("tháng") },
		{ "year", T("năm") },
		{ "char", T("ký tự") },
		{ "try", T("lần") },
		{ "percent", "%" },
	};

	for (size_t i = 0; i < COUNT(units); i++)
		if (str_is(unit, units[i][0]))
			return tr(lang, units[i][1]);
	return "";
}
