/* words.c - records as people read them, and as a search finds them. */
#include "core/record/record_words.h"

#include <stdlib.h>

#include "core/record/record_int.h"

#define FOLDED_MAX (16 * KIB)

/* Of enum named, a list of ids each. */
static const char sql_names[] =
	"SELECT 0, id, name FROM staff WHERE id IN (SELECT value FROM json_each($1)) UNION ALL"
	" SELECT 1, unit_id, name FROM (SELECT unit_id, name, max(from_day) FROM unit_name"
	" WHERE unit_id IN (SELECT value FROM json_each($2)) GROUP BY unit_id) AS units UNION ALL"
	" SELECT 2, id, name FROM host WHERE id IN (SELECT value FROM json_each($3)) UNION ALL"
	" SELECT 3, id, title FROM record WHERE id IN (SELECT value FROM json_each($4))"
	" ORDER BY 1, 2";

/* What kind of thing a type names. */
enum named { NAMED_STAFF, NAMED_UNIT, NAMED_HOST, NAMED_RECORD, NAMED_COUNT };

struct name {
	int64_t id;
	struct str name;
};
struct record_names {
	struct name *at[NAMED_COUNT];
	size_t count[NAMED_COUNT];
};

static enum named named_by(enum register_type type)
{
	switch (type) {
	case REGISTER_PERSON:
		return NAMED_STAFF;
	case REGISTER_UNIT:
		return NAMED_UNIT;
	case REGISTER_HOST:
		return NAMED_HOST;
	case REGISTER_RECORD:
		return NAMED_RECORD;
	default:
		return NAMED_COUNT;
	}
}

/* The ids that RECORDS name of KIND, as JSON, "[]" when there are none. */
static struct str ids_of(
	const struct record_at *at, const struct record *records, size_t count, enum named kind)
{
	struct buf out;
	struct str kept = STR("[]");
	size_t found = 0;

	buf_init(&out, MIB);
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < records[i].body.count; n++) {
			const struct record_value *v = &records[i].body.at[n];
			const struct register_field *f = pack_register_field(at->reg, v->field);
			int64_t id;

			if (f && named_by(f->type) == kind && str_to_i64(v->text, &id))
				buf_fmt(&out, "%s%lld", found++ ? "," : "[", (long long)id);
		}
	buf_add_char(&out, ']');
	if (found > 0 && !buf_is_full(&out))
		kept = arena_str(at->a, buf_str(&out));
	buf_done(&out);
	return kept;
}

int record_names(const struct record_at *at, const struct record *records, size_t count,
	struct record_names **ret, struct err *e)
{
	struct record_names *names = arena_new(at->a, struct record_names);
	struct store_query *q = store_query(at->store, sql_names);
	VEC(struct name) list = { 0 };
	size_t named = 0;
	int rc = 0;

	for (int kind = 0; kind < NAMED_COUNT; kind++) {
		struct str ids = ids_of(at, records, count, (enum named)kind);

		store_bind_str(q, kind + 1, ids);
		named += ids.len > 2;
	}
	*ret = names;
	if (named == 0)
		return 0;
	while ((rc = store_next(q, e)) == 1) {
		names->count[store_i64(q, 0)]++;
		vec_push(at->a, &list,
			((struct name){ store_i64(q, 1), arena_str(at->a, store_str(q, 2)) }));
	}
	for (size_t kind = 0, from = 0; kind < NAMED_COUNT; from += names->count[kind++])
		names->at[kind] = list.len ? list.at + from : NULL;
	return rc;
}

static int by_id(const void *key, const void *row)
{
	int64_t id = *(const int64_t *)key, other = ((const struct name *)row)->id;

	return id < other ? -1 : id > other;
}

struct str record_name(
	const struct record_names *n, const struct register_field *f, struct str value)
{
	enum named kind = named_by(f->type);
	const struct name *found;
	int64_t id;

	if (!n || kind == NAMED_COUNT || n->count[kind] == 0 || !str_to_i64(value, &id))
		return STR_NONE;
	found = bsearch(&id, n->at[kind], n->count[kind], sizeof(*found), by_id);
	return found ? found->name : STR_NONE;
}

static struct str grouped(struct arena *a, enum lang lang, struct str digits)
{
	char text[TEXT_COUNT_SIZE];
	int64_t n;

	return str_to_i64(digits, &n) ? arena_str(a, str_of(text_count(lang, n, text))) : digits;
}

static struct str choice_words(const struct register_field *f, enum lang lang, struct str value)
{
	for (size_t i = 0; i < f->choice_count; i++)
		if (str_eq(f->choices[i].id, value))
			return words_in(f->choices[i].words, lang);
	return value;
}

struct str record_words(const struct record_at *at, enum lang lang, const struct record_names *n,
	const struct register_field *f, struct str value)
{
	char text[CLOCK_TEXT_MAX];
	struct str name;
	struct date d;

	switch (f->type) {
	case REGISTER_DATE:
		return date_parse(value, &d) ? arena_str(at->a, str_of(date_people(d, text))) :
					       value;
	case REGISTER_YES_NO:
		return str_of(tr(lang, str_is(value, "yes") ? T("có") : T("không")));
	case REGISTER_CHOICE:
	case REGISTER_CHOICES:
		return choice_words(f, lang, value);
	case REGISTER_PERCENT:
		return arena_fmt(at->a, "%.*s%%", STR_FMT(value));
	case REGISTER_MONEY:
		return arena_fmt(at->a, "%.*s %s", STR_FMT(grouped(at->a, lang, value)),
			tr(lang, "đ"));
	case REGISTER_NUMBER:
		return grouped(at->a, lang, value);
	default:
		name = record_name(n, f, value);
		if (name.ptr)
			return name;
		return named_by(f->type) == NAMED_COUNT ? value :
							  arena_fmt(at->a, "#%.*s", STR_FMT(value));
	}
}

struct str record_field_words(const struct record_at *at, enum lang lang,
	const struct record_names *n, const struct register_field *f, struct record_body body)
{
	struct str all = STR("");

	for (size_t i = 0; i < body.count; i++) {
		struct str one;

		if (!str_eq(body.at[i].field, f->id))
			continue;
		one = record_words(at, lang, n, f, body.at[i].text);
		all = all.len ? arena_fmt(at->a, "%.*s; %.*s", STR_FMT(all), STR_FMT(one)) : one;
	}
	return all;
}

int record_fold(const struct record_at *at, const struct record *r, struct str *ret, struct err *e)
{
	struct record_names *names;
	struct buf out;
	int rc = record_names(at, r, 1, &names, e);

	if (rc < 0)
		return rc;
	buf_init(&out, FOLDED_MAX);
	for (size_t i = 0; i < r->body.count; i++) {
		const struct register_field *f = pack_register_field(at->reg, r->body.at[i].field);

		if (!f || f->see != SEE_ALL)
			continue;
		buf_add(&out, record_words(at, LANG_VI, names, f, r->body.at[i].text));
		buf_add_char(&out, '\n');
	}
	*ret = text_fold(at->a, text_clean(at->a, buf_str(&out), FOLDED_MAX));
	buf_done(&out);
	return 0;
}
