/* flow_field.c - fields of cases in forms, and what people type in them. */
#include "face/web/files.h"
#include "face/web/flow_int.h"

/* "8:30", "08h30" as "08:30"; "" when it is none. */
static struct str hour_typed(struct view *v, struct str s)
{
	struct str hour, minute, rest = s;
	int64_t h, m = 0;

	if (!str_next_word(&rest, ":hg", &hour) || !str_to_i64(hour, &h))
		return STR("");
	if (str_next_word(&rest, ":hg", &minute) && !str_to_i64(minute, &m))
		return STR("");
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return STR("");
	return arena_fmt(v->a, "%02d:%02d", (int)h, (int)m);
}

struct str flow_typed(struct view *v, enum flow_field_type type, struct str typed)
{
	struct str day, hour, rest = typed;
	char iso[CLOCK_TEXT_MAX];
	struct date d;

	if (typed.len == 0 || (type != FLOW_DATE && type != FLOW_TIME))
		return typed;
	if (!str_next_word(&rest, " T", &day) || !date_typed(day, &d))
		return typed;
	day = arena_str(v->a, str_of(date_iso(d, iso)));
	if (type == FLOW_DATE)
		return day;
	hour = str_trim(rest).len ? hour_typed(v, str_trim(rest)) : STR("00:00");
	return hour.len ? arena_fmt(v->a, "%.*sT%.*s", STR_FMT(day), STR_FMT(hour)) : typed;
}

static void field_hint(struct view *v, const struct flow_field *f)
{
	if (f->hint.vi.ptr)
		html(v->w, "<p class=\"hint\">%.*s</p>\n", STR_FMT(words_of(v, f->hint)));
}

static void yes_field(struct view *v, const struct flow_field *f, struct str value)
{
	html(v->w, "<div class=\"field\">\n");
	html_fault(v, text_of(v, f->id));
	html(v->w, "<label><input type=\"checkbox\" id=\"%s\" name=\"%.*s\" value=\"yes\"",
		html_id(v, text_of(v, f->id)), STR_FMT(f->id));
	(void)html_invalid(v, text_of(v, f->id));
	if (str_is(value, "yes"))
		html(v->w, " checked");
	html(v->w, "> %.*s</label>\n", STR_FMT(words_of(v, f->title)));
	field_hint(v, f);
	html(v->w, "</div>\n");
}

static void long_field(struct view *v, const struct flow_field *f, struct str value, bool is_needed)
{
	html_area(v,
		&(struct field){ .name = text_of(v, f->id),
			.label = text_of(v, words_of(v, f->title)),
			.hint = f->hint.vi.ptr ? text_of(v, words_of(v, f->hint)) : NULL,
			.value = text_of(v, value),
			.is_required = is_needed });
}

static void chooser(struct view *v, const struct flow_field *f, struct str value)
{
	html_select(v, text_of(v, f->id), text_of(v, words_of(v, f->title)));
	html_option(v, "", tr(v->lang, "– chọn –"), value.len == 0);
}

/* Something with a number of its own: its name is shown, its number sent. */
static void numbered_option(struct view *v, int64_t id, struct str name, struct str value)
{
	const char *number = number_text(v, id);

	html_option(v, number, text_of(v, name), str_is(value, number));
}

static void person_field(
	struct view *v, const struct flow_field *f, struct str value, int64_t unit_id)
{
	struct staff_query q = {
		.units = unit_json(v, unit_id), .text = STR(""), .state = STR("here"), .max = 500
	};
	struct staff *people;
	size_t count;

	if (staff_list(v->web->store, &q, v->a, &people, &count, v->e) < 0)
		count = 0;
	chooser(v, f, value);
	for (size_t i = 0; i < count; i++)
		numbered_option(v, people[i].id, people[i].name, value);
	html_select_end(v);
}

static void host_field(struct view *v, const struct flow_field *f, struct str value)
{
	struct org_host *hosts;
	size_t count;

	if (view_hosts(v, RIGHT_SEE, &(struct org_host_query){ .max = VIEW_HOSTS_MAX }, &hosts,
		    &count) < 0)
		count = 0;
	chooser(v, f, value);
	for (size_t i = 0; i < count; i++)
		numbered_option(v, hosts[i].id, hosts[i].name, value);
	html_select_end(v);
}

static void choice_field(struct view *v, const struct flow_field *f, struct str value)
{
	chooser(v, f, value);
	for (size_t i = 0; i < f->choice_count; i++)
		html_option(v, text_of(v, f->choices[i].id),
			text_of(v, words_of(v, f->choices[i].title)),
			str_eq(value, f->choices[i].id));
	html_select_end(v);
}

/* Those in force, in the order of the law. */
static void obligation_field(struct view *v, const struct flow_field *f, struct str value)
{
	const struct pack_set *packs = v->web->packs;

	chooser(v, f, value);
	for (size_t i = 0; i < pack_count(packs); i++) {
		const struct pack *p = pack_at(packs, i);

		for (size_t n = 0;
			pack_in_force(p, date_at(v->by.now_s)) && n < p->obligation_count; n++) {
			const struct obligation *o = &p->obligations[n];
			const char *name = obligation_name(v, o);

			html_option(v, name, text_of(v, flow_obligation_words(o, v->lang, v->a)),
				str_is(value, name));
		}
	}
	html_select_end(v);
	field_hint(v, f);
}

/* Its register must have it first: from here one comes to write it down, about this very thing. */
static void record_field(
	struct view *v, const struct flow_field *f, struct str value, const struct flow_case *c)
{
	const struct pack_register *reg = pack_register(v->web->packs, f->of);
	struct flow_by by = view_flow_by(v);
	struct flow_record *list;
	size_t count;

	if (!value.len && http_pair(v->query, CASE_RECORD).ptr)
		value = http_pair(v->query, CASE_RECORD); /* it was just written down */
	if (flow_records(&by, c, f, &list, &count, v->e) < 0)
		count = 0;
	chooser(v, f, value);
	for (size_t i = 0; i < count; i++)
		numbered_option(v, list[i].id, list[i].words, value);
	html_select_end(v);
	if (!reg)
		return;
	html(v->w, "<p class=\"hint\">");
	if (f->hint.vi.ptr)
		html(v->w, "%.*s ", STR_FMT(words_of(v, f->hint)));
	if (count == 0)
		html(v->w, "%s ", tr(v->lang, "Chưa có bản ghi nào để chọn."));
	if (!view_may_put(v, c->unit_id)) { /* who approves may not be who writes it down */
		html(v->w, "</p>\n");
		return;
	}
	html(v->w, "<a href=\"/so/%.*s/moi?", STR_FMT(reg->id));
	if (f->by.ptr)
		html(v->w, "%.*s=%lld&amp;", STR_FMT(f->by), (long long)c->record_id);
	html(v->w, "don-vi=%lld&amp;" CASE_BACK "=%lld", (long long)c->unit_id, (long long)c->id);
	html(v->w, "\">%s</a></p>\n",
		fill(v, tr(v->lang, "Ghi vào {so}"), "so", text_of(v, words_of(v, reg->title)),
			NULL));
}

static void line_field(struct view *v, const struct flow_field *f, struct str value, bool is_needed)
{
	struct flow_reader r = view_flow_reader(v);
	const char *hint = f->hint.vi.ptr ? text_of(v, words_of(v, f->hint)) :
		f->type == FLOW_DATE      ? tr(v->lang, "Ví dụ 31/12/2026") :
		f->type == FLOW_TIME      ? tr(v->lang, "Ví dụ 31/12/2026 08:30") :
					    NULL;

	html_field(v,
		&(struct field){ .name = text_of(v, f->id),
			.label = text_of(v, words_of(v, f->title)),
			.hint = hint,
			.value = text_of(v, flow_words(&r, f, value)),
			.autocomplete = "off",
			.is_required = is_needed });
}

void html_flow_field(struct view *v, const struct flow_case *c, const struct flow_field *f,
	struct str value, bool is_needed)
{
	struct str typed = http_pair(v->form, text_of(v, f->id));

	if (typed.ptr)
		value = typed;
	else if (f->type == FLOW_YES && v->form.count)
		value = STR(""); /* a box that is not ticked is not sent */
	switch (f->type) {
	case FLOW_YES:
		yes_field(v, f, value);
		break;
	case FLOW_LONG:
		long_field(v, f, value, is_needed);
		break;
	case FLOW_CHOICE:
		choice_field(v, f, value);
		break;
	case FLOW_HOST:
		host_field(v, f, value);
		break;
	case FLOW_STAFF:
		person_field(v, f, value, c->unit_id);
		break;
	case FLOW_RECORD:
		record_field(v, f, value, c);
		break;
	case FLOW_OBLIGATION:
		obligation_field(v, f, value);
		break;
	case FLOW_TEXT:
	case FLOW_NUMBER:
	case FLOW_DATE:
	case FLOW_TIME:
		line_field(v, f, value, is_needed);
		break;
	}
}
