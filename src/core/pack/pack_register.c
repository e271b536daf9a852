/* Registers as a whole: their fields in one row, what they name, and the faults that only the whole
 * register shows. */
#include "core/pack/pack_int.h"

#include <string.h>

size_t pack_register_count(const struct pack_set *set)
{
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += set->packs[i].register_count;
	return count;
}

const struct pack_register *pack_register_at(const struct pack_set *set, size_t i)
{
	for (size_t n = 0; n < set->count; n++) {
		if (i < set->ranked[n]->register_count)
			return &set->ranked[n]->registers[i];
		i -= set->ranked[n]->register_count;
	}
	assert(false);
	return NULL;
}

const struct register_field *pack_register_field(const struct pack_register *r, struct str id)
{
	for (size_t i = 0; i < r->field_count; i++)
		if (str_eq(r->fields[i]->id, id))
			return r->fields[i];
	return NULL;
}

/* --- linking ---------------------------------------------------------------------------------- */

static void link_fields(struct pack_set *set, struct pack_register *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->group_count; i++)
		count += r->groups[i].field_count;
	r->fields = arena_array(&set->arena, struct register_field *, count);
	for (size_t i = 0; i < r->group_count; i++) {
		struct register_group *g = &r->groups[i];

		g->is = pack_find(set, ITEM_CLAUSE, r->pack, g->clause);
		for (size_t n = 0; n < g->field_count; n++) {
			g->fields[n].group = g;
			g->fields[n].to_is =
				pack_find(set, ITEM_REGISTER, r->pack, g->fields[n].to);
			r->fields[r->field_count++] = &g->fields[n];
		}
	}
}

static const struct obligation **obligations(
	struct pack_set *set, const struct pack *pack, const struct str *ids, size_t *count)
{
	const struct obligation **all = arena_array(&set->arena, const struct obligation *, *count);
	size_t found = 0;

	for (size_t i = 0; i < *count; i++) {
		all[found] = pack_find(set, ITEM_OBLIGATION, pack, ids[i]);
		if (all[found])
			found++;
	}
	*count = found;
	return all;
}

static void link_one(struct pack_set *set, struct pack_register *r)
{
	size_t found = 0;

	link_fields(set, r);
	r->clauses_are = arena_array(&set->arena, const struct clause *, r->clause_count);
	for (size_t i = 0; i < r->clause_count; i++) {
		r->clauses_are[found] = pack_find(set, ITEM_CLAUSE, r->pack, r->clauses[i]);
		if (r->clauses_are[found])
			found++;
	}
	r->clause_count = found;
	r->answers_are = obligations(set, r->pack, r->answers, &r->answer_count);
	for (size_t i = 0; i < r->rule_count; i++) {
		struct register_rule *rule = &r->rules[i];

		rule->answers_are = obligations(set, r->pack, rule->answers, &rule->answer_count);
		for (size_t n = 0; n < rule->lack_count; n++)
			rule->lacks[n].is =
				pack_find(set, ITEM_REGISTER, r->pack, rule->lacks[n].register_id);
	}
	for (size_t i = 0; i < r->duty_count; i++)
		r->duties[i].answers_are =
			obligations(set, r->pack, r->duties[i].answers, &r->duties[i].answer_count);
	for (size_t i = 0; i < r->bind_count; i++)
		r->binds[i].obligations_are = obligations(
			set, r->pack, r->binds[i].obligations, &r->binds[i].obligation_count);
}

void pack_link_registers(struct pack_load *load, struct pack *pack)
{
	for (size_t i = 0; i < pack->register_count; i++) {
		pack->registers[i].pack = pack;
		link_one(load->set, &pack->registers[i]);
	}
}

/* --- faults ----------------------------------------------------------------------------------- */

struct checking {
	struct pack_load *load;
	const struct pack_register *r;
};

static void fault(
	const struct checking *c, struct source at, const char *words, struct str a, struct str b)
{
	pack_fault_add(c->load, at, words, a, b, STR_NONE);
}

static bool is_word_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!(id.ptr[i] >= 'a' && id.ptr[i] <= 'z') &&
			!(id.ptr[i] >= '0' && id.ptr[i] <= '9') && id.ptr[i] != '-')
			return false;
	return id.len > 0 && id.len <= 40;
}

static bool is_in(const enum register_type *list, size_t count, enum register_type type)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == type)
			return true;
	return false;
}

static const struct register_choice *choice(const struct register_field *f, struct str id)
{
	for (size_t i = 0; i < f->choice_count; i++)
		if (str_eq(f->choices[i].id, id))
			return &f->choices[i];
	return NULL;
}

static void check_choices(const struct checking *c, const struct register_field *f)
{
	bool has = f->type == REGISTER_CHOICE || f->type == REGISTER_CHOICES;

	if (has != (f->choice_count > 0))
		fault(c, f->source,
			has ? T("trường \"{a}\" kiểu choice phải có \"choices\"") :
			      T("chỉ kiểu choice, choices mang \"choices\": \"{a}\""),
			f->id, STR_NONE);
	for (size_t i = 0; i < f->choice_count; i++)
		if (choice(f, f->choices[i].id) != &f->choices[i])
			fault(c, f->source, T("trường \"{a}\" có lựa chọn \"{b}\" hai lần"), f->id,
				f->choices[i].id);
}

static bool is_first_fit(const struct register_field *f)
{
	struct date d;
	int64_t n;

	switch (f->type) {
	case REGISTER_CHOICE:
		return choice(f, f->first) != NULL;
	case REGISTER_YES_NO:
		return str_is(f->first, "yes") || str_is(f->first, "no");
	case REGISTER_DATE:
		return str_is(f->first, "today") || date_parse(f->first, &d);
	case REGISTER_PERSON:
		return str_is(f->first, "me");
	case REGISTER_UNIT:
		return str_is(f->first, "my-unit");
	case REGISTER_NUMBER:
	case REGISTER_PERCENT:
	case REGISTER_MONEY:
		return str_to_i64(f->first, &n);
	default:
		return f->type == REGISTER_TEXT || f->type == REGISTER_LONG_TEXT;
	}
}

/* What goes with which type. */
static void check_field(const struct checking *c, const struct register_field *f)
{
	static const enum register_type bounded[] = { REGISTER_TEXT, REGISTER_LONG_TEXT,
		REGISTER_ID, REGISTER_NUMBER, REGISTER_PERCENT, REGISTER_MONEY };
	static const enum register_type single[] = { REGISTER_LONG_TEXT, REGISTER_NUMBER,
		REGISTER_PERCENT, REGISTER_MONEY, REGISTER_DATE, REGISTER_YES_NO, REGISTER_CHOICE,
		REGISTER_CHOICES, REGISTER_FILE };
	static const enum register_type worded[] = { REGISTER_TEXT, REGISTER_ID };

	if (!is_word_id(f->id))
		fault(c, f->source, T("id \"{a}\" chỉ gồm a-z, 0-9 và dấu -, nhiều nhất 40 chữ"),
			f->id, STR_NONE);
	if (pack_register_field(c->r, f->id) != f)
		fault(c, f->source, T("sổ có hai trường \"{a}\""), f->id, STR_NONE);
	check_choices(c, f);
	if ((f->type == REGISTER_RECORD) != (f->to.ptr != NULL))
		fault(c, f->source, T("kiểu record, và chỉ kiểu đó, nêu sổ ở \"to\": \"{a}\""),
			f->id, STR_NONE);
	if ((f->has_min || f->has_max) && !is_in(bounded, COUNT(bounded), f->type))
		fault(c, f->source, T("kiểu này không có min, max: \"{a}\""), f->id, STR_NONE);
	if (f->has_min && f->has_max && f->min > f->max)
		fault(c, f->source, T("\"{a}\": min lớn hơn max"), f->id, STR_NONE);
	if (f->pattern.ptr && !is_in(worded, COUNT(worded), f->type))
		fault(c, f->source, T("chỉ kiểu text, id có \"pattern\": \"{a}\""), f->id,
			STR_NONE);
	if (f->is_many && is_in(single, COUNT(single), f->type))
		fault(c, f->source, T("kiểu này không có \"many\": \"{a}\""), f->id, STR_NONE);
	if (f->is_past && f->type != REGISTER_DATE)
		fault(c, f->source, T("chỉ kiểu date có \"past\": \"{a}\""), f->id, STR_NONE);
	if (f->unique != UNIQUE_NOT && (f->type == REGISTER_FILE || f->type == REGISTER_LONG_TEXT))
		fault(c, f->source, T("kiểu này không có \"unique\": \"{a}\""), f->id, STR_NONE);
	if (f->first.ptr && !is_first_fit(f))
		fault(c, f->source, T("\"{a}\" không nhận giá trị đầu \"{b}\""), f->id, f->first);
}

/* "ten" of R, or "he-thong.ten" of the register that he-thong refers to. */
static const struct register_field *find_field(const struct pack_register *r, struct str path)
{
	struct str first, rest;
	const struct register_field *f;

	if (!str_split(path, '.', &first, &rest))
		return pack_register_field(r, path);
	f = pack_register_field(r, first);
	if (!f || f->type != REGISTER_RECORD || f->is_many || !f->to_is)
		return NULL;
	return pack_register_field(f->to_is, rest);
}

static bool is_numeric(const struct register_field *f)
{
	return f->type == REGISTER_NUMBER || f->type == REGISTER_PERCENT ||
		f->type == REGISTER_MONEY;
}

static bool does_fit(
	enum register_op op, const struct register_field *f, const struct register_field *other)
{
	bool is_day = f->type == REGISTER_DATE;

	switch (op) {
	case OP_PAST:
	case OP_WITHIN:
	case OP_OLDER:
		return is_day;
	case OP_AT_LEAST:
	case OP_AT_MOST:
		return is_numeric(f) || f->is_many || f->type == REGISTER_CHOICES;
	case OP_BEFORE:
	case OP_AFTER:
		return (is_day && other->type == REGISTER_DATE) ||
			(is_numeric(f) && is_numeric(other));
	case OP_SAME:
	case OP_DIFFERS:
		return f->type == other->type;
	case OP_GONE:
		return f->type == REGISTER_PERSON && !f->is_many;
	default:
		return f->type != REGISTER_FILE || op == OP_EMPTY;
	}
}

static void check_condition(
	const struct checking *c, const struct pack_register *r, const struct register_condition *w)
{
	const struct register_field *f = find_field(r, w->field), *other = f;

	if (w->other.ptr)
		other = find_field(r, w->other);
	if (!f || !other) {
		fault(c, w->source, T("sổ \"{a}\" không có trường \"{b}\""), r->id,
			f ? w->other : w->field);
		return;
	}
	if (w->op == OP_NONE)
		fault(c, w->source, T("điều kiện về \"{a}\" không có phép so nào"), w->field,
			STR_NONE);
	else if (!does_fit(w->op, f, other))
		fault(c, w->source, T("phép so này không dùng được cho trường \"{a}\" kiểu {b}"),
			w->field, str_of(register_types[f->type]));
	for (size_t i = 0; i < w->text_count && f->choice_count > 0; i++)
		if (!choice(f, w->texts[i]))
			fault(c, w->source, T("trường \"{a}\" không có lựa chọn \"{b}\""), w->field,
				w->texts[i]);
}

static void check_conditions(const struct checking *c, const struct pack_register *r,
	const struct register_condition *when, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_condition(c, r, &when[i]);
}

static void need_field(const struct checking *c, struct source at, struct str id)
{
	if (!pack_register_field(c->r, id))
		fault(c, at, T("sổ \"{a}\" không có trường \"{b}\""), c->r->id, id);
}

/* {name} in the words of a rule is a field of it. */
static void check_words(const struct checking *c, struct source at, struct str words)
{
	ptrdiff_t open, close;

	while ((open = str_find_char(words, '{')) >= 0) {
		words = str_from(words, (size_t)open + 1);
		close = str_find_char(words, '}');
		if (close < 0)
			return;
		need_field(c, at, str_until(words, (size_t)close));
	}
}

static void check_lack(
	const struct checking *c, struct source at, const struct register_linked *lack)
{
	const struct register_field *f =
		lack->is ? pack_register_field(lack->is, lack->field) : NULL;

	if (!lack->is)
		return; /* told with what is named and not there */
	if (!f || f->to_is != c->r)
		fault(c, at, T("trường \"{a}\" của sổ \"{b}\" không trỏ về sổ này"), lack->field,
			lack->register_id);
	check_conditions(c, lack->is, lack->when, lack->when_count);
}

static void check_machine(
	const struct checking *c, struct source at, const struct register_machine *m)
{
	const struct register_field *host = pack_register_field(c->r, m->host);

	need_field(c, at, m->field);
	if (!host || host->type != REGISTER_HOST)
		fault(c, at, T("\"host\" phải là một trường kiểu host: \"{a}\""), m->host,
			STR_NONE);
}

static void check_rule(const struct checking *c, size_t at)
{
	const struct register_rule *rule = &c->r->rules[at];

	if (!is_word_id(rule->id))
		fault(c, rule->source, T("id \"{a}\" chỉ gồm a-z, 0-9 và dấu -, nhiều nhất 40 chữ"),
			rule->id, STR_NONE);
	for (size_t i = 0; i < at; i++)
		if (str_eq(c->r->rules[i].id, rule->id))
			fault(c, rule->source, T("sổ có hai quy tắc \"{a}\""), rule->id, STR_NONE);
	if (rule->when_count + rule->lack_count + rule->twice_count == 0 &&
		!rule->machine.check.ptr)
		fault(c, rule->source, T("quy tắc \"{a}\" không nêu điều kiện nào"), rule->id,
			STR_NONE);
	if (rule->field.ptr)
		need_field(c, rule->source, rule->field);
	check_words(c, rule->source, rule->words.vi);
	check_words(c, rule->source, rule->words.en);
	check_conditions(c, c->r, rule->when, rule->when_count);
	for (size_t i = 0; i < rule->twice_count; i++)
		need_field(c, rule->source, rule->twice[i]);
	for (size_t i = 0; i < rule->lack_count; i++)
		check_lack(c, rule->source, &rule->lacks[i]);
	if (rule->machine.check.ptr)
		check_machine(c, rule->source, &rule->machine);
}

static void check_duty(const struct checking *c, size_t at)
{
	const struct register_duty *d = &c->r->duties[at];
	const struct register_field *f = pack_register_field(c->r, d->field);

	for (size_t i = 0; i < at; i++)
		if (str_eq(c->r->duties[i].id, d->id))
			fault(c, d->source, T("sổ có hai việc \"{a}\""), d->id, STR_NONE);
	if (!f || f->type != REGISTER_DATE)
		fault(c, d->source,
			T("\"field\" của một việc phải là một trường kiểu date: \"{a}\""), d->field,
			STR_NONE);
	if (!d->span.days && !d->span.months && !d->span.param.ptr)
		fault(c, d->source, T("việc \"{a}\" thiếu \"after\" hoặc \"before\""), d->id,
			STR_NONE);
	check_conditions(c, c->r, d->when, d->when_count);
}

static void check_identity(const struct checking *c)
{
	const struct pack_register *r = c->r, *first = pack_register(c->load->set, r->id);
	struct str file = str_of(r->source.file);

	if (!is_word_id(r->id))
		fault(c, r->source, T("id \"{a}\" chỉ gồm a-z, 0-9 và dấu -, nhiều nhất 40 chữ"),
			r->id, STR_NONE);
	if (!str_ends(file, arena_fmt(&c->load->work, "/%.*s.yaml", STR_FMT(r->id)).ptr))
		fault(c, r->source, T("sổ mang id \"{a}\" phải nằm trong tệp cùng tên"), r->id,
			STR_NONE);
	if (first != r && first && first->pack != r->pack)
		fault(c, r->source, T("id \"{a}\" đã có ở {b}"), r->id, str_of(first->source.file));
}

static void check_columns(const struct checking *c)
{
	const struct pack_register *r = c->r;
	const struct register_field *name = pack_register_field(r, r->name);

	need_field(c, r->source, r->name);
	if (name &&
		(name->type != REGISTER_TEXT && name->type != REGISTER_ID &&
			name->type != REGISTER_DOMAIN && name->type != REGISTER_EMAIL))
		fault(c, r->source,
			T("trường tên \"{a}\" phải có kiểu text, id, domain hoặc email"), r->name,
			STR_NONE);
	if (name && (name->is_many || name->need != NEED_TO_SAVE))
		fault(c, r->source,
			T("trường tên \"{a}\" phải có \"required: save\" và chỉ một giá trị"),
			r->name, STR_NONE);
	for (size_t i = 0; i < r->list_count; i++)
		need_field(c, r->source, r->list[i]);
}

void pack_check_registers(struct pack_load *load, const struct pack *pack)
{
	for (size_t i = 0; i < pack->register_count; i++) {
		const struct pack_register *r = &pack->registers[i];
		struct checking c = { load, r };

		if (!r->id.ptr || !r->name.ptr)
			continue; /* told as missing */
		check_identity(&c);
		check_columns(&c);
		for (size_t n = 0; n < r->field_count; n++)
			check_field(&c, r->fields[n]);
		for (size_t n = 0; n < r->rule_count; n++)
			check_rule(&c, n);
		for (size_t n = 0; n < r->duty_count; n++)
			check_duty(&c, n);
		for (size_t n = 0; n < r->bind_count; n++)
			check_conditions(&c, r, r->binds[n].when, r->binds[n].when_count);
	}
}
