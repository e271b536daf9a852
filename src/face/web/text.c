/* text.c - what is told, as C strings that live as long as the answer. */
#include "face/web/web_int.h"

const char *path_of(struct view *v, const char *fmt, ...)
{
	char text[LIMIT_HTTP_TARGET_BYTES];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	assert(len >= 0 && (size_t)len < sizeof(text));
	return arena_cstr(v->a, (struct str){ text, (size_t)len });
}

const char *text_of(struct view *v, struct str s)
{
	return arena_cstr(v->a, s.ptr ? s : STR(""));
}

const char *who_text(struct view *v, struct str login, struct str name)
{
	if (login.len == 0)
		return tr(v->lang, "Khiên");
	return name.len ? arena_fmt(v->a, "%.*s (%.*s)", STR_FMT(name), STR_FMT(login)).ptr :
			  text_of(v, login);
}

const char *number_text(struct view *v, int64_t n)
{
	return path_of(v, "%lld", (long long)n);
}

const char *count_text(struct view *v, int64_t n)
{
	char text[TEXT_COUNT_SIZE];

	return text_of(v, str_of(text_count(v->lang, n, text)));
}

const char *cite_text(struct view *v, const struct param_value *value)
{
	struct str pack = value->param ? value->param->pack->id : STR("");
	const struct clause *c = pack_clause(
		v->web->packs, arena_fmt(v->a, "%.*s/%.*s", STR_FMT(pack), STR_FMT(value->clause)));

	return text_of(v, c ? clause_cite(c, v->lang, v->a) : value->clause);
}

const char *time_text(struct view *v, int64_t at_s)
{
	char text[CLOCK_TEXT_MAX];

	return at_s ? text_of(v, str_of(clock_people(at_s, text))) : "";
}

const char *second_text(struct view *v, int64_t at_s)
{
	return at_s ? arena_fmt(v->a, "%s:%02d", time_text(v, at_s), (int)(at_s % 60)).ptr : "";
}

struct str words_of(const struct view *v, struct words w)
{
	return words_in(w, v->lang);
}

#define FILL_MAX 8 /* names in one sentence */

struct fill_pairs {
	const char *name[FILL_MAX], *value[FILL_MAX];
	size_t count;
};

static bool fill_one(void *context, struct str name, struct str *ret_value)
{
	struct fill_pairs *p = context;

	for (size_t i = 0; i < p->count; i++) {
		if (!str_is(name, p->name[i]))
			continue;
		*ret_value = str_of(p->value[i]);
		return true;
	}
	return false;
}

const char *fill(struct view *v, const char *words, ...)
{
	struct fill_pairs p = { 0 };
	const char *name;
	va_list args;

	va_start(args, words);
	while ((name = va_arg(args, const char *)) != NULL) {
		assert(p.count < COUNT(p.name));
		p.name[p.count] = name;
		p.value[p.count++] = va_arg(args, const char *);
	}
	va_end(args);
	return text_of(v, text_fill(v->a, str_of(words), fill_one, &p));
}

const char *sure_words(enum sure s)
{
	static const char *const words[] = { [SURE_HIGH] = T("chắc chắn"),
		[SURE_MEDIUM] = T("khá chắc"),
		[SURE_LOW] = T("chưa chắc") };

	return words[s];
}

const char *date_text(struct view *v, struct date d)
{
	char text[CLOCK_TEXT_MAX];

	return arena_cstr(v->a, str_of(date_people(d, text)));
}
