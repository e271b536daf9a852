/* words.c - what a case holds, as people read it. */
#include "core/flow/flow_int.h"

#include "core/flow/refer.h"
#include "core/org/staff.h"

static struct str moment_words(struct str value, struct arena *a)
{
	char text[CLOCK_TEXT_MAX];
	int64_t at_s;

	if (!flow_moment(value, &at_s))
		return value;
	if (value.len == 10)
		return arena_str(a, str_of(date_people(date_at(at_s), text)));
	return arena_str(a, str_of(clock_people(at_s, text)));
}

static struct str name_of(const struct flow_reader *r, enum flow_field_type type, struct str value)
{
	struct org_host host;
	struct staff person;
	struct err e;
	int64_t id;

	if (!str_to_i64(value, &id))
		return value;
	if (type == FLOW_HOST)
		return org_host(r->store, id, r->a, &host, &e) == 0 ? host.name : value;
	return staff_get(r->store, id, r->a, &person, &e) == 0 ? person.name : value;
}

static struct str obligation_words(const struct flow_reader *r, struct str id)
{
	const struct obligation *o = r->packs ? pack_obligation(r->packs, id) : NULL;

	return o ? flow_obligation_words(o, r->lang, r->a) : id;
}

struct str flow_obligation_words(const struct obligation *o, enum lang lang, struct arena *a)
{
	return arena_fmt(a, "%.*s (%.*s)", STR_FMT(words_in(o->title, lang)),
		STR_FMT(clause_cite(o->clause, lang, a)));
}

struct str flow_words(const struct flow_reader *r, const struct flow_field *field, struct str value)
{
	int64_t id;

	if (value.len == 0)
		return STR("");
	switch (field->type) {
	case FLOW_RECORD:
		return flow_record_words(r, field, value, &id);
	case FLOW_DATE:
	case FLOW_TIME:
		return moment_words(value, r->a);
	case FLOW_YES:
		return str_of(tr(r->lang, T("có")));
	case FLOW_CHOICE:
		for (size_t i = 0; i < field->choice_count; i++)
			if (str_eq(field->choices[i].id, value))
				return words_in(field->choices[i].title, r->lang);
		return value;
	case FLOW_HOST:
	case FLOW_STAFF:
		return name_of(r, field->type, value);
	case FLOW_OBLIGATION:
		return obligation_words(r, value);
	case FLOW_TEXT:
	case FLOW_LONG:
	case FLOW_NUMBER:
		break;
	}
	return value;
}

struct filling {
	const struct flow_reader *r;
	const struct flow *f;
	const struct flow_history *h;
};

static bool fill_field(void *context, struct str name, struct str *ret_value)
{
	const struct filling *x = context;
	const struct flow_field *field = flow_field_of(x->f, name);

	if (!field)
		return false;
	*ret_value = flow_words(x->r, field, flow_value_of(x->h, name));
	if (ret_value->len == 0)
		*ret_value = STR("…");
	return true;
}

struct str flow_fill(const struct flow_reader *r, const struct flow *f,
	const struct flow_history *h, struct words text)
{
	struct filling x = { r, f, h };

	return text_fill(r->a, words_in(text, r->lang), fill_field, &x);
}

static bool fill_thing(void *context, struct str name, struct str *ret_value)
{
	if (!str_is(name, "thing"))
		return false;
	*ret_value = *(const struct str *)context;
	return true;
}

struct str flow_task_words(
	const struct flow_reader *r, const struct flow_task_kind *kind, struct str thing)
{
	return text_fill(r->a, words_in(kind->title, r->lang), fill_thing, &thing);
}
