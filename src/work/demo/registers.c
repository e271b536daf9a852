/* registers.c - records of every register, made from the types of its fields. */
#include "core/file/file.h"
#include "work/demo/demo_int.h"

#define RECORDS_EACH 2
#define PASSES 4

/* Records made so far, for others to refer to. */
struct made {
	const struct pack_register *reg;
	int64_t unit_id, id, at_s;
};

struct filling {
	struct making *m;
	const struct demo_unit *unit;
	const struct pack_register *reg;
	size_t number;        /* of the record, over all registers */
	size_t place;         /* of the record in its register and unit */
	int64_t at_s;         /* when it is written down */
	int64_t not_before_s; /* what it refers to stands there first */
	VEC(struct made) made;
	VEC(struct record_value) values;
	bool is_lacking; /* a field that must stand there could not be filled yet */
};

static struct str number_text(struct filling *f, int64_t n)
{
	return arena_fmt(&f->m->piece, "%lld", (long long)n);
}

static struct str other_record(struct filling *f, const struct pack_register *to)
{
	size_t count = 0, want;

	for (size_t i = 0; i < f->made.len; i++)
		count += f->made.at[i].reg == to && f->made.at[i].unit_id == f->unit->id;
	if (count == 0)
		return STR("");
	want = demo_random(f->m, count);
	for (size_t i = 0; i < f->made.len; i++)
		if (f->made.at[i].reg == to && f->made.at[i].unit_id == f->unit->id &&
			want-- == 0) {
			if (f->made.at[i].at_s >= f->not_before_s)
				f->not_before_s = f->made.at[i].at_s + 60;
			return number_text(f, f->made.at[i].id);
		}
	return STR("");
}

static bool is_ahead(const struct register_field *field)
{
	return !field->is_past &&
		(str_starts(field->id, "het") || str_starts(field->id, "den") ||
			str_starts(field->id, "han") || str_starts(field->id, "phuc-hoi"));
}

/* What has been was so when it was written down, a few days before at most. */
static struct str day(struct filling *f, const struct register_field *field)
{
	char text[CLOCK_TEXT_MAX];

	if (is_ahead(field))
		return demo_day(f->m, 30 + (int64_t)demo_random(f->m, 400));
	return arena_str(&f->m->piece,
		str_of(date_iso(
			date_at(f->at_s - (int64_t)demo_random(f->m, 4) * CLOCK_DAY_S), text)));
}

/* What a text of a pattern looks like; "" when any text will do. */
static struct str of_pattern(struct filling *f, struct str pattern)
{
	struct arena *a = &f->m->piece;

	if (str_is(pattern, "port"))
		return number_text(f, 443);
	if (str_is(pattern, "url"))
		return arena_fmt(a, "https://mau.example/%zu", f->number);
	if (str_is(pattern, "network"))
		return arena_fmt(a, "10.%zu.0.0/24", f->number % 250);
	if (str_is(pattern, "version"))
		return arena_fmt(a, "1.%zu", f->number % 40);
	if (str_is(pattern, "sha256"))
		return arena_fmt(a, "%064zx", f->number);
	return STR("");
}

/* The words for this field: those for units of this kind before those for all. */
static const struct yaml_node *list_of(
	struct filling *f, const char *key, const struct register_field *field)
{
	struct arena *a = &f->m->piece;
	struct str name = arena_fmt(a, "%.*s.%.*s", STR_FMT(f->reg->id), STR_FMT(field->id));
	struct str own = arena_fmt(a, "%s-%.*s", key, STR_FMT(f->unit->kind));
	const struct yaml_node *list = demo_list(f->m, own.ptr, name.ptr);

	return list ? list : demo_list(f->m, key, name.ptr);
}

/* The one of the list that goes with the record's place in its unit, so that a name and a kind that
 * stand at the same place of their lists go together. Each unit begins elsewhere in the list. */
static struct str in_turn(struct filling *f, const struct yaml_node *list)
{
	size_t first = (size_t)(f->unit - f->m->units);

	return demo_fill(f->m, demo_turn(list, first + f->place), f->unit, f->at_s);
}

/* A list as long as that of the names is of the same things. */
static bool goes_with_name(struct filling *f, const struct yaml_node *list)
{
	const struct yaml_node *names =
		list_of(f, "values", pack_register_field(f->reg, f->reg->name));

	return names && names->count == list->count;
}

static struct str text(struct filling *f, const struct register_field *field)
{
	const struct yaml_node *list = list_of(f, "values", field);
	struct str formed = field->pattern.ptr ? of_pattern(f, field->pattern) : STR("");
	bool is_name = str_eq(field->id, f->reg->name) || field->unique != UNIQUE_NOT;
	struct arena *a = &f->m->piece;

	if (formed.len)
		return formed;
	if (list && !is_name)
		return goes_with_name(f, list) ?
			in_turn(f, list) :
			demo_fill(f->m, demo_word(f->m, list), f->unit, f->at_s);
	if (list && field->unique != UNIQUE_EVERYWHERE) {
		formed = in_turn(f, list);
		return f->place < list->count ?
			formed :
			arena_fmt(a, "%.*s %zu", STR_FMT(formed), f->place / list->count + 1);
	}
	if (list)
		return arena_fmt(a, "%.*s %zu", STR_FMT(in_turn(f, list)), f->number);
	formed = demo_said(f->m, "mark");
	if (is_name)
		return arena_fmt(
			a, "%.*s (%.*s %zu)", STR_FMT(field->title.vi), STR_FMT(formed), f->number);
	return arena_fmt(a, "%.*s (%.*s)", STR_FMT(field->title.vi), STR_FMT(formed));
}

/* A choice that goes with the name, else mostly the first. */
static struct str choice(struct filling *f, const struct register_field *field)
{
	const struct yaml_node *list = list_of(f, "choices", field);

	if (list)
		return in_turn(f, list);
	return field
		->choices[demo_cares(f->m, f->unit, 30) ? 0 :
							  demo_random(f->m, field->choice_count)]
		.id;
}

static struct str of_number(struct filling *f, const struct register_field *field)
{
	int64_t low = field->has_min ? field->min : 1;
	int64_t high = field->has_max ? field->max : low + 20;

	return number_text(f, low + (int64_t)demo_random(f->m, (uint64_t)(high - low + 1)));
}

static struct str value(struct filling *f, const struct register_field *field)
{
	struct arena *a = &f->m->piece;
	int n = (int)f->number;

	switch (field->type) {
	case REGISTER_NUMBER:
	case REGISTER_PERCENT:
		return of_number(f, field);
	case REGISTER_MONEY:
		return number_text(f, 1000000 * (1 + (int64_t)demo_random(f->m, 90)));
	case REGISTER_DATE:
		return day(f, field);
	case REGISTER_YES_NO:
		return demo_cares(f->m, f->unit, 55) ? STR("yes") : STR("no");
	case REGISTER_CHOICE:
	case REGISTER_CHOICES:
		return choice(f, field);
	case REGISTER_PERSON:
		return number_text(f, demo_person(f->m, f->unit)->id);
	case REGISTER_UNIT:
		return number_text(f, f->unit->id);
	case REGISTER_RECORD:
		return other_record(f, field->to_is);
	case REGISTER_ID:
		if (field->pattern.ptr && of_pattern(f, field->pattern).len)
			return of_pattern(f, field->pattern);
		return arena_fmt(a, "MAU-%05d", n);
	case REGISTER_IP:
		return arena_fmt(a, "10.%d.%d.%d", n / 60000 + 1, n / 240 % 250, n % 240 + 1);
	case REGISTER_MAC:
		return arena_fmt(
			a, "02:00:00:%02X:%02X:%02X", n >> 16 & 255, n >> 8 & 255, n & 255);
	case REGISTER_DOMAIN:
		return arena_fmt(a, "m%d.mau.example", n);
	case REGISTER_EMAIL:
		return arena_fmt(a, "hop%d@mau.example", n);
	case REGISTER_PHONE:
		return arena_fmt(a, "02560%06d", n);
	case REGISTER_TEXT:
	case REGISTER_LONG_TEXT:
		return text(f, field);
	case REGISTER_HOST:
	case REGISTER_FILE:
	case REGISTER_TYPE_COUNT:
		break;
	}
	return STR("");
}

static struct str value_of(const struct filling *f, struct str field)
{
	for (size_t i = 0; i < f->values.len; i++)
		if (str_eq(f->values.at[i].field, field))
			return f->values.at[i].text;
	return STR("");
}

/* Has the field something to say in the state that the record has already? */
static bool is_said(struct filling *f, const struct register_field *field)
{
	const struct yaml_node *only = list_of(f, "only", field);
	const struct yaml_node *one = only ? only->first->first : NULL;

	while (one && !str_eq(one->text, value_of(f, only->first->key)))
		one = one->next;
	return !only || one;
}

static size_t place_of(const struct filling *f)
{
	size_t place = 0;

	for (size_t i = 0; i < f->made.len; i++)
		place += f->made.at[i].reg == f->reg && f->made.at[i].unit_id == f->unit->id;
	return place;
}

static void fill_body(struct filling *f)
{
	f->values.len = 0;
	f->is_lacking = false;
	f->place = place_of(f);
	for (size_t i = 0; i < f->reg->field_count; i++) {
		const struct register_field *field = f->reg->fields[i];
		struct str v;

		if (field->need == NEED_NOTHING && !demo_chance(f->m, 60))
			continue;
		if (field->need == NEED_TO_COMPLETE && !demo_cares(f->m, f->unit, 88))
			continue; /* what an X-ray finds */
		if (!is_said(f, field))
			continue;
		v = value(f, field);
		if (v.len)
			vec_push(&f->m->piece, &f->values, ((struct record_value){ field->id, v }));
		else if (field->need == NEED_TO_SAVE && field->type == REGISTER_RECORD)
			f->is_lacking = true;
	}
}

/* Without the values that have a fault. */
static void leave_out(struct filling *f, const struct record_faults *faults)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->values.len; i++) {
		bool is_bad = false;

		for (size_t n = 0; n < faults->count; n++)
			is_bad = is_bad ||
				(faults->at[n].field &&
					str_eq(faults->at[n].field->id, f->values.at[i].field));
		if (!is_bad)
			f->values.at[kept++] = f->values.at[i];
	}
	f->values.len = kept;
}

static bool is_flow_of(const struct flow *f, const struct pack_register *reg)
{
	for (size_t i = 0; i < f->register_count; i++)
		if (str_eq(f->registers[i], reg->id))
			return true;
	for (size_t i = 0; i < f->task_count; i++)
		if (f->tasks[i].each.ptr && str_eq(f->tasks[i].each, reg->id))
			return true;
	return false;
}

/* Do cases begin with its records, or change them? Those stand there before any does. */
static bool has_cases(const struct making *m, const struct pack_register *reg)
{
	for (size_t i = 0; i < pack_count(m->d->packs); i++) {
		const struct pack *p = pack_at(m->d->packs, i);

		for (size_t n = 0; p->work && n < p->work->flow_count; n++)
			if (is_flow_of(&p->work->flows[n], reg))
				return true;
	}
	return false;
}

#define CASES_DAYS 300 /* so long ago the first case begins, at most */

static int one(struct filling *f, struct err *e)
{
	struct making *m = f->m;
	struct record_at at = { m->d->store, m->d->packs, f->reg, &m->piece, 0,
		f->unit->officer.login };
	int rc = ERR_INPUT;

	f->at_s = demo_ago_s(m,
		has_cases(m, f->reg) ? CASES_DAYS + 15 + (int64_t)demo_random(m, 30) :
				       demo_lately_days(m, f->unit));
	f->not_before_s = f->at_s;
	f->number++;
	for (int i = 0; i < 3 && rc == ERR_INPUT; i++) {
		struct record r = { .unit_id = f->unit->id };
		struct record_faults faults = { 0 };

		if (i != 1)
			fill_body(f);
		if (f->is_lacking)
			break;
		at.now_s = demo_work_s(m, f->not_before_s);
		if (at.now_s >= m->last_s)
			at.now_s = f->not_before_s;
		rc = record_put(&at, &r, (struct record_body){ f->values.at, f->values.len },
			STR(""), &faults, e);
		if (rc == ERR_INPUT)
			leave_out(f, &faults);
		else if (rc == 0)
			vec_push(m->a, &f->made,
				((struct made){ f->reg, f->unit->id, r.id, at.now_s }));
	}
	m->done.records += rc == 0;
	m->done.skipped += rc == ERR_INPUT;
	return rc == ERR_INPUT ? 0 : rc;
}

int demo_record(struct making *m, const struct demo_wanted *w, int64_t *ret_id, struct err *e)
{
	struct filling f = { .m = m,
		.unit = w->unit,
		.reg = w->reg,
		.number = m->done.records + 1,
		.at_s = w->at_s };
	struct record_at at = { m->d->store, m->d->packs, w->reg, &m->piece, w->at_s,
		w->unit->officer.login };
	struct record_body preset = w->preset;
	struct record_faults faults = { 0 };
	struct record r = { .unit_id = w->unit->id };
	int rc;

	fill_body(&f);
	for (size_t i = 0; i < preset.count; i++) {
		size_t n = 0;

		while (n < f.values.len && !str_eq(f.values.at[n].field, preset.at[i].field))
			n++;
		if (n < f.values.len)
			f.values.at[n] = preset.at[i];
		else
			vec_push(&m->piece, &f.values, preset.at[i]);
	}
	rc = record_save(
		&at, &r, (struct record_body){ f.values.at, f.values.len }, STR(""), &faults, e);
	m->done.records += rc == 0;
	*ret_id = rc == 0 ? r.id : 0;
	return rc == ERR_INPUT ? 0 : rc;
}

static int64_t wanted(const struct making *m, const struct pack_register *r)
{
	const struct yaml_node *node = demo_list(m, "counts", arena_cstr(m->a, r->id));
	int64_t n;

	return node && str_to_i64(node->text, &n) ? n : RECORDS_EACH;
}

/* A register whose records must refer to another comes after it. */
static bool is_ready(
	const struct pack_register *r, const bool *is_done, const struct pack_register *first)
{
	for (size_t i = 0; i < r->field_count; i++) {
		const struct register_field *field = r->fields[i];

		if (field->type == REGISTER_RECORD && field->to_is && field->to_is != r &&
			!is_done[field->to_is - first])
			return false;
	}
	return true;
}

/* A register that the words count is one that every unit keeps; of the others a careless one has
 * not even begun some. */
static bool is_kept(struct filling *f)
{
	return demo_list(f->m, "counts", arena_cstr(f->m->a, f->reg->id)) ||
		demo_cares(f->m, f->unit, 40);
}

static int fill_register(struct filling *f, struct err *e)
{
	int64_t want = wanted(f->m, f->reg);
	int rc = store_begin(f->m->d->store, e);

	for (size_t u = 0; rc == 0 && u < f->m->unit_count; u++) {
		f->unit = &f->m->units[u];
		bool keeps = is_kept(f);

		for (int64_t i = 0; rc == 0 && keeps && i < want; i++)
			rc = one(f, e);
		f->values.at = NULL;
		f->values.room = f->values.len = 0;
		demo_clear(f->m);
	}
	if (rc == 0)
		rc = store_commit(f->m->d->store, e);
	if (rc < 0)
		store_rollback(f->m->d->store);
	return rc;
}

static int fill_pack(struct filling *f, const struct pack *p, struct err *e)
{
	bool *is_done = arena_array(f->m->a, bool, p->register_count + 1);
	size_t done = 0;
	int rc = 0;

	for (int pass = 0; rc == 0 && pass < PASSES; pass++)
		for (size_t i = 0; rc == 0 && i < p->register_count; i++) {
			f->reg = &p->registers[i];
			if (is_done[i] ||
				(pass < PASSES - 1 && !is_ready(f->reg, is_done, p->registers)))
				continue;
			rc = fill_register(f, e);
			is_done[i] = true;
			demo_tell(f->m, T("sổ"), ++done, p->register_count);
		}
	return rc;
}

/* Records that others point to, cancelled all the same. */
static int withdraw(struct making *m, const struct filling *f, struct err *e)
{
	const struct yaml_node *said = yaml_get(m->words, "withdrawn");
	int64_t each = 0;
	int rc = 0;

	(void)str_to_i64(yaml_get(said, "each")->text, &each);
	for (const struct yaml_node *n = yaml_get(said, "registers")->first; rc == 0 && n;
		n = n->next) {
		int64_t left = each;

		for (size_t i = 0; rc == 0 && i < f->made.len && left > 0; i += 7) {
			struct record_at at = { m->d->store, m->d->packs, f->made.at[i].reg,
				&m->piece, demo_work_s(m, f->made.at[i].at_s + 3600),
				demo_unit_of(m, f->made.at[i].unit_id)->officer.login };

			if (!str_eq(at.reg->id, n->text) || at.now_s >= m->last_s)
				continue;
			rc = record_cancel(
				&at, f->made.at[i].id, 1, yaml_get(said, "why")->text, e);
			left--;
		}
	}
	return rc;
}

/* Papers where a field asks for them, as often as the unit takes care. */
static int attach(struct making *m, const struct filling *f, struct err *e)
{
	struct file_at at = { m->d->store, m->d->disk, &m->piece, 0, STR("") };
	int rc = vfile_replace(m->d->disk, DEMO_PAPER, yaml_get(m->words, "paper")->text, e);

	for (size_t i = 0; rc == 0 && i < f->made.len; i++) {
		const struct pack_register *reg = f->made.at[i].reg;

		for (size_t n = 0; rc == 0 && n < reg->field_count; n++) {
			const struct register_field *field = reg->fields[n];
			const struct demo_unit *u = demo_unit_of(m, f->made.at[i].unit_id);
			struct file paper = { .of = STR("record"),
				.key = arena_fmt(&m->piece, "%lld", (long long)f->made.at[i].id),
				.unit_id = u->id,
				.field = field->id,
				.name = STR("ban-chup-mau.txt") };

			at.now_s = f->made.at[i].at_s + 60;
			at.login = u->officer.login;

			if (field->type == REGISTER_FILE && field->need != NEED_NOTHING &&
				demo_cares(m, u, 50))
				rc = file_attach(&at, DEMO_PAPER, &paper, e);
		}
	}
	return rc == 0 ? vfile_unlink(m->d->disk, DEMO_PAPER, e) : rc;
}

int demo_registers(struct making *m, struct err *e)
{
	struct filling f = { .m = m };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < pack_count(m->d->packs); i++)
		rc = fill_pack(&f, pack_at(m->d->packs, i), e);
	if (rc == 0)
		rc = withdraw(m, &f, e);
	return rc == 0 ? attach(m, &f, e) : rc;
}

/* --- looked at again -------------------------------------------------------------------------- */

/* Does work, or a finding, come of the age of this day? */
static bool has_age(const struct pack_register *reg, const struct register_field *field)
{
	for (size_t i = 0; i < reg->duty_count; i++)
		if (str_eq(reg->duties[i].field, field->id))
			return true;
	for (size_t i = 0; i < reg->rule_count; i++)
		for (size_t n = 0; n < reg->rules[i].when_count; n++)
			if (reg->rules[i].when[n].op == OP_OLDER &&
				str_eq(reg->rules[i].when[n].field, field->id))
				return true;
	return false;
}

static int look_at(struct making *m, int64_t id, struct err *e)
{
	VEC(struct record_value) values = { 0 };
	struct record_faults faults = { 0 };
	struct record_at at = { m->d->store, m->d->packs, NULL, &m->piece, 0, STR("") };
	const struct demo_unit *u;
	char day[CLOCK_TEXT_MAX];
	struct record r;
	size_t changed = 0;
	int rc = record_get(m->d->store, id, &m->piece, &r, e);

	if (rc < 0)
		return rc;
	u = demo_unit_of(m, r.unit_id);
	at.reg = pack_register(m->d->packs, r.register_id);
	at.now_s = demo_ago_s(m, demo_lately_days(m, u));
	at.login = u->officer.login;
	if (!at.reg || !has_cases(m, at.reg) || at.now_s <= r.changed_at_s)
		return 0;
	for (size_t i = 0; i < r.body.count; i++) {
		struct record_value v = r.body.at[i];
		const struct register_field *field = pack_register_field(at.reg, v.field);

		if (field && field->type == REGISTER_DATE && !is_ahead(field) && v.text.len &&
			has_age(at.reg, field)) {
			v.text = arena_str(&m->piece, str_of(date_iso(date_at(at.now_s), day)));
			changed++;
		}
		vec_push(&m->piece, &values, v);
	}
	if (!changed)
		return 0;
	rc = record_put(&at, &r, (struct record_body){ values.at, values.len },
		demo_said(m, "again"), &faults, e);
	return rc == ERR_INPUT ? 0 : rc;
}

int demo_look_again(struct making *m, struct err *e)
{
	struct store_query *q =
		store_query(m->d->store, "SELECT id FROM record WHERE state = 0 ORDER BY id");
	VEC(int64_t) ids = { 0 };
	int rc;

	while ((rc = store_next(q, e)) == 1)
		vec_push(m->a, &ids, store_i64(q, 0));
	if (rc == 0)
		rc = store_begin(m->d->store, e);
	for (size_t i = 0; rc == 0 && i < ids.len; i++) {
		rc = look_at(m, ids.at[i], e);
		demo_clear(m);
	}
	if (rc == 0)
		rc = store_commit(m->d->store, e);
	if (rc < 0)
		store_rollback(m->d->store);
	return rc;
}
