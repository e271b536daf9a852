/* record_form.c - the fields of a record as a form, and what comes back from it. */
#include "face/web/register_int.h"

#define CHOICES_MAX 500

static const char sql_staff[] =
	"SELECT id, name, position FROM staff WHERE state <> 'left'"
	" AND unit_id IN (SELECT value FROM json_each($1)) ORDER BY sort_key LIMIT $2";
static const char sql_records[] =
	"SELECT i.record_id, r.title FROM record_index i JOIN record r ON r.id = i.record_id"
	" WHERE i.register = $1 AND i.field = $2 AND i.unit_id IN (SELECT value FROM json_each($3))"
	" ORDER BY i.key LIMIT $4";

static bool has(struct record_body values, const struct register_field *f, struct str value)
{
	for (size_t i = 0; i < values.count; i++)
		if (str_eq(values.at[i].field, f->id) && str_eq(values.at[i].text, value))
			return true;
	return false;
}

static const char *fault_of(struct view *v, const char *name)
{
	for (size_t i = 0; i < v->fault_count; i++)
		if (strcmp(v->faults[i].field, name) == 0)
			return v->faults[i].words;
	return NULL;
}

/* The name of its input: "t-ssid". */
static const char *name_of(struct view *v, const struct register_field *f)
{
	return path_of(v, "t-%.*s", STR_FMT(f->id));
}

static const char *hint_of(struct view *v, const struct register_field *f)
{
	struct str help = words_of(v, f->help);

	if (help.len)
		return text_of(v, help);
	if (f->type == REGISTER_DATE)
		return tr(v->lang, "Ngày/tháng/năm, ví dụ 31/12/2026");
	if (f->is_many && f->type != REGISTER_PERSON && f->type != REGISTER_HOST &&
		f->type != REGISTER_UNIT && f->type != REGISTER_RECORD)
		return tr(v->lang, "mỗi dòng một giá trị");
	return NULL;
}

static void label(struct view *v, const struct register_field *f, const char *name)
{
	const char *hint = hint_of(v, f), *fault = fault_of(v, name);

	html(v->w, "<label for=\"%s\">%.*s", name, STR_FMT(words_of(v, f->title)));
	if (f->need == NEED_TO_SAVE)
		html(v->w, " <span class=\"must\">%s</span>", tr(v->lang, "(bắt buộc)"));
	else if (f->need == NEED_TO_COMPLETE)
		html(v->w, " <span class=\"soft\">%s</span>",
			tr(v->lang, "(cần có để bản ghi đầy đủ)"));
	html(v->w, "</label>\n");
	if (hint)
		html(v->w, "<p class=\"hint\" id=\"%s-goi-y\">%s</p>\n", name, hint);
	if (fault)
		html(v->w, "<p class=\"fault\" id=\"%s-loi\">%s</p>\n", name, fault);
}

static void described(struct view *v, const struct register_field *f, const char *name)
{
	if (!html_invalid(v, name) && hint_of(v, f))
		html(v->w, " aria-describedby=\"%s-goi-y\"", name);
	if (f->need == NEED_TO_SAVE)
		html(v->w, " required");
}

static void text_input(struct view *v, const struct register_page *p,
	const struct register_field *f, struct record_body values)
{
	const char *name = name_of(v, f);
	struct str value = record_value_of(values, f->id), words = value;
	struct date d;

	if (f->type == REGISTER_DATE && date_parse(value, &d))
		words = record_words(&p->at, v->lang, NULL, f, value);
	html(v->w,
		"<input id=\"%s\" name=\"%s\" spellcheck=\"false\" inputmode=\"%s\" value=\"%.*s\"",
		name, name,
		f->type == REGISTER_NUMBER || f->type == REGISTER_MONEY ||
				f->type == REGISTER_PERCENT ?
			"numeric" :
			"text",
		STR_FMT(words));
	described(v, f, name);
	html(v->w, ">\n");
}

static void area(struct view *v, const struct register_field *f, struct record_body values)
{
	const char *name = name_of(v, f);
	bool is_first = true;

	html(v->w, "<textarea id=\"%s\" name=\"%s\" rows=\"4\"", name, name);
	described(v, f, name);
	html(v->w, ">\n");
	for (size_t i = 0; i < values.count; i++) {
		if (!str_eq(values.at[i].field, f->id))
			continue;
		html(v->w, "%s%.*s", is_first ? "" : "\n", STR_FMT(values.at[i].text));
		is_first = false;
	}
	html(v->w, "</textarea>\n");
}

static void option(struct view *v, const struct register_field *f, struct record_body values,
	struct str id, struct str words)
{
	html(v->w, "<option value=\"%.*s\"", STR_FMT(id));
	if (has(values, f, id))
		html(v->w, " selected");
	html(v->w, ">%.*s</option>\n", STR_FMT(words));
}

static void select_start(struct view *v, const struct register_field *f)
{
	const char *name = name_of(v, f);

	html(v->w, "<select id=\"%s\" name=\"%s\"", name, name);
	if (f->is_many)
		html(v->w, " multiple size=\"6\"");
	described(v, f, name);
	html(v->w, ">\n");
	if (!f->is_many)
		html_option(v, "", "", false);
}

static void select_choice(struct view *v, const struct register_field *f, struct record_body values)
{
	select_start(v, f);
	if (f->type == REGISTER_YES_NO) {
		option(v, f, values, STR("yes"), str_of(tr(v->lang, "có")));
		option(v, f, values, STR("no"), str_of(tr(v->lang, "không")));
	}
	for (size_t i = 0; i < f->choice_count; i++)
		option(v, f, values, f->choices[i].id, words_of(v, f->choices[i].words));
	html(v->w, "</select>\n");
}

static void boxes(struct view *v, const struct register_field *f, struct record_body values)
{
	const char *name = name_of(v, f);

	html(v->w, "<div class=\"boxes\" id=\"%s\" role=\"group\" aria-label=\"%.*s\">\n", name,
		STR_FMT(words_of(v, f->title)));
	for (size_t i = 0; i < f->choice_count; i++)
		html_box(v, name, f->choices[i].id, words_of(v, f->choices[i].words),
			has(values, f, f->choices[i].id));
	html(v->w, "</div>\n");
}

/* --- things that have numbers ----------------------------------------------------------------- */

struct offered {
	struct view *v;
	const struct register_field *f;
	struct record_body values;
	size_t chosen, count; /* of the values, and of all, offered so far */
};

static void offer(struct offered *o, int64_t id, struct str words)
{
	struct str number = arena_fmt(o->v->a, "%lld", (long long)id);

	o->count++;
	o->chosen += has(o->values, o->f, number);
	option(o->v, o->f, o->values, number, words);
}

static void offer_rows(struct offered *o, const struct register_page *p, bool is_staff)
{
	struct view *v = o->v;
	struct store_query *q = store_query(v->web->store, is_staff ? sql_staff : sql_records);
	struct err e = { 0 };

	if (is_staff) {
		store_bind_str(q, 1, p->seen.json);
		store_bind_i64(q, 2, CHOICES_MAX);
	} else {
		store_bind_str(q, 1, o->f->to_is->id);
		store_bind_str(q, 2, o->f->to_is->name);
		store_bind_str(q, 3, p->seen.json);
		store_bind_i64(q, 4, CHOICES_MAX);
	}
	while (store_next(q, &e) == 1) {
		struct str name = arena_str(v->a, store_str(q, 1));

		if (is_staff && store_str(q, 2).len)
			name = arena_fmt(
				v->a, "%.*s, %.*s", STR_FMT(name), STR_FMT(store_str(q, 2)));
		offer(o, store_i64(q, 0), name);
	}
	store_end(q);
}

static void offer_units(struct offered *o)
{
	const struct org_tree *t = view_tree(o->v);

	for (size_t i = 0; i < t->count; i++)
		if (view_may(o->v, RIGHT_SEE, t->units[i].id))
			offer(o, t->units[i].id, t->units[i].name);
}

static void offer_hosts(struct offered *o)
{
	struct org_host *hosts;
	size_t count;

	if (view_hosts(o->v, RIGHT_SEE, &(struct org_host_query){ .max = VIEW_HOSTS_MAX }, &hosts,
		    &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		offer(o, hosts[i].id, hosts[i].name);
}

/* What is chosen already and out of the offer stays chosen. */
static void offer_kept(struct offered *o, const struct register_page *p)
{
	struct record_names *names = NULL;
	struct record r = { .body = o->values };
	struct err e = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < o->values.count; i++)
		count += str_eq(o->values.at[i].field, o->f->id) && o->values.at[i].text.len > 0;
	if (count == o->chosen || record_names(&p->at, &r, 1, &names, &e) < 0)
		return;
	for (size_t i = 0; i < o->values.count; i++) {
		struct str value = o->values.at[i].text;

		if (str_eq(o->values.at[i].field, o->f->id) && value.len > 0)
			html(o->v->w, "<option value=\"%.*s\" selected>%.*s</option>\n",
				STR_FMT(value),
				STR_FMT(record_words(&p->at, o->v->lang, names, o->f, value)));
	}
}

/* A list without anything to choose: where that is to be written first. */
static void nothing_offered(struct view *v, const struct register_field *f)
{
	if (f->type == REGISTER_PERSON)
		html(v->w, "<p class=\"hint\">%s <a href=\"/nhan-su\">%s</a></p>\n",
			tr(v->lang, "Chưa có ai để chọn."), tr(v->lang, "Nhân sự"));
	else if (f->type == REGISTER_RECORD)
		html(v->w, "<p class=\"hint\">%s <a href=\"/so/%.*s\">%.*s</a></p>\n",
			tr(v->lang, "Chưa có bản ghi nào để chọn."), STR_FMT(f->to_is->id),
			STR_FMT(words_of(v, f->to_is->title)));
}

static void select_thing(struct view *v, const struct register_page *p,
	const struct register_field *f, struct record_body values)
{
	struct offered o = { v, f, values, 0, 0 };

	select_start(v, f);
	if (f->type == REGISTER_UNIT)
		offer_units(&o);
	else if (f->type == REGISTER_HOST)
		offer_hosts(&o);
	else
		offer_rows(&o, p, f->type == REGISTER_PERSON);
	offer_kept(&o, p);
	html(v->w, "</select>\n");
	if (o.count == 0)
		nothing_offered(v, f);
}

bool record_field_speaks(struct view *v, const struct register_field *f, struct record_body values)
{
	if (fault_of(v, name_of(v, f)))
		return true;
	for (size_t i = 0; i < values.count; i++)
		if (str_eq(values.at[i].field, f->id) && values.at[i].text.len)
			return true;
	return false;
}

void html_record_field(struct view *v, const struct register_page *p,
	const struct register_field *f, struct record_body values)
{
	html(v->w, "<div class=\"field\">\n");
	label(v, f, name_of(v, f));
	switch (f->type) {
	case REGISTER_CHOICE:
	case REGISTER_YES_NO:
		select_choice(v, f, values);
		break;
	case REGISTER_CHOICES:
		boxes(v, f, values);
		break;
	case REGISTER_PERSON:
	case REGISTER_UNIT:
	case REGISTER_HOST:
	case REGISTER_RECORD:
		select_thing(v, p, f, values);
		break;
	default:
		if (f->is_many || f->type == REGISTER_LONG_TEXT)
			area(v, f, values);
		else
			text_input(v, p, f, values);
	}
	html(v->w, "</div>\n");
}

/* --- back ------------------------------------------------------------------------------------- */

struct typed {
	VEC(struct record_value) values;
};

static void take(struct view *v, const struct register_field *f, struct str text, struct typed *t)
{
	struct str rest = text, line;
	bool is_lines = f->is_many && f->type != REGISTER_LONG_TEXT;

	if (!is_lines) {
		vec_push(v->a, &t->values, ((struct record_value){ f->id, text }));
		return;
	}
	while (str_next_line(&rest, &line))
		if (str_trim(line).len)
			vec_push(
				v->a, &t->values, ((struct record_value){ f->id, str_trim(line) }));
}

struct record_body record_typed(struct view *v, const struct register_page *p)
{
	struct typed t = { 0 };

	for (size_t i = 0; i < p->at.reg->field_count; i++) {
		const struct register_field *f = p->at.reg->fields[i];
		const char *name = name_of(v, f);
		size_t before = t.values.len;

		if (!field_is_seen(p, f) || f->type == REGISTER_FILE)
			continue;
		for (size_t n = 0; n < v->form.count; n++)
			if (str_is(v->form.at[n].name, name))
				take(v, f, v->form.at[n].value, &t);
		if (t.values.len == before)
			vec_push(v->a, &t.values, ((struct record_value){ f->id, STR("") }));
	}
	return (struct record_body){ t.values.at, t.values.len };
}

void fault_record(struct view *v, const struct record_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct record_fault *x = &faults->at[i];
		const char *words = fill(v, tr(v->lang, x->words), "a", text_of(v, x->about), NULL);

		if (!x->field)
			fault_add(v, "don-vi", words);
		else
			fault_add(v, name_of(v, x->field),
				path_of(v, "%.*s: %s", STR_FMT(words_of(v, x->field->title)),
					words));
	}
}

void html_clause_help(struct view *v, const struct clause *c)
{
	if (!c)
		return;
	html(v->w,
		"<div class=\"law\" role=\"note\" lang=\"vi\"><a href=\"%s\">%.*s</a>\n<p>%.*s</p></div>\n",
		clause_path(v, c), STR_FMT(clause_cite(c, LANG_VI, v->a)),
		STR_FMT(c->text.ptr ? c->text : c->title));
}
