/* register.c - what the pages of registers share: who sees what, the query of a list, its links. */
#include "face/web/register_int.h"
#include "work/exchange/exchange.h"

bool register_may_see(struct view *v, const struct pack_register *r)
{
	return r->see == SEE_ALL || org_reach(v->user.role, RIGHT_ACT) > PLACE_SELF ||
		org_reach(v->user.role, RIGHT_AUDIT) > PLACE_SELF;
}

bool field_is_seen(const struct register_page *p, const struct register_field *f)
{
	return f->see == SEE_ALL || p->sees_all;
}

static void begin(struct view *v, const struct pack_register *r, struct register_page *ret)
{
	*ret = (struct register_page){ .at = { .store = v->web->store,
					       .packs = v->web->packs,
					       .reg = r,
					       .a = v->a,
					       .now_s = v->by.now_s,
					       .login = v->user.login },
		.seen = view_units(v, RIGHT_SEE) };
	ret->sees_all = org_reach(v->user.role, RIGHT_ACT) > PLACE_SELF ||
		org_reach(v->user.role, RIGHT_AUDIT) > PLACE_SELF;
}

bool register_of_path(struct view *v, struct register_page *ret)
{
	const struct pack_register *r = pack_register(v->web->packs, v->args[0]);

	if (!r || !register_may_see(v, r)) {
		page_problem(v, 404);
		return false;
	}
	begin(v, r, ret);
	return true;
}

bool import_register_of_path(struct view *v, struct register_page *ret)
{
	if (!str_is(v->args[0], EXCHANGE_PEOPLE))
		return register_of_path(v, ret);
	if (org_reach(v->user.role, RIGHT_PEOPLE) <= PLACE_SELF) {
		page_problem(v, 403);
		return false;
	}
	begin(v, exchange_people(), ret);
	return true;
}

enum org_right import_right(const struct register_page *p)
{
	return p->at.reg == exchange_people() ? RIGHT_PEOPLE : RIGHT_ACT;
}

const char *import_home(struct view *v, const struct register_page *p)
{
	return p->at.reg == exchange_people() ? "/nhan-su" :
						path_of(v, "/so/%.*s", STR_FMT(p->at.reg->id));
}

bool record_of_path(struct view *v, struct register_page *ret)
{
	const struct pack_register *reg;
	struct record r;
	int64_t id = 0;

	(void)str_to_i64(v->args[0], &id);
	if (record_get(v->web->store, id, v->a, &r, v->e) < 0) {
		page_failed(v);
		return false;
	}
	reg = pack_register(v->web->packs, r.register_id);
	if (!reg || !register_may_see(v, reg)) {
		page_problem(v, 404);
		return false;
	}
	begin(v, reg, ret);
	ret->r = r;
	return true;
}

/* --- the list asked for ----------------------------------------------------------------------- */

static struct str asked(struct view *v, const char *name)
{
	struct str s = http_pair(v->query, name);

	return s.ptr ? str_trim(s) : STR("");
}

/* A value of a filter as it is kept; what is none filters nothing. */
static struct str kept(struct view *v, const struct register_field *f, struct str typed)
{
	struct register_field free = *f;
	struct str value = STR("");

	free.is_past = free.has_min = free.has_max = false;
	free.pattern = STR_NONE;
	if (typed.len == 0 || record_value_take(&free, typed, date_at(v->by.now_s), v->a, &value))
		return STR("");
	return value;
}

#define NONE_WORD "-" /* chosen: records without a value */

static void add_filter(struct view *v, const struct register_field *f, struct record_query *q)
{
	const char *name = path_of(v, "l-%.*s", STR_FMT(f->id));
	struct str one = asked(v, name);
	struct str low = kept(v, f, asked(v, path_of(v, "%s-tu", name)));
	struct str high = kept(v, f, asked(v, path_of(v, "%s-den", name)));
	struct record_filter filter = { f, STR(""), STR("") };

	if (q->filter_count == RECORD_FILTERS_MAX || !record_can_filter(f))
		return;
	if (one.len) {
		if (!str_is(one, NONE_WORD)) {
			filter.low = filter.high = kept(v, f, one);
			if (filter.low.len == 0)
				return;
		}
	} else if (low.len || high.len) {
		filter.low = low.len ? low : STR("0");
		filter.high = high.len           ? high :
			f->type == REGISTER_DATE ? STR("9999-12-31") :
						   STR("999999999999999");
	} else {
		return;
	}
	q->filters[q->filter_count++] = filter;
}

struct record_query register_query(struct view *v, const struct register_page *p)
{
	struct record_query q = { .units = p->seen.is_all ? STR_NONE : p->seen.json,
		.text = str_until(asked(v, "tim"), 200),
		.is_down = str_is(asked(v, "giam"), "1"),
		.is_cancelled = str_is(asked(v, "da-huy"), "1"),
		.max = VIEW_ROWS };
	struct str sort = asked(v, "xep");
	const struct register_field *f = pack_register_field(p->at.reg, sort);
	int64_t unit = 0;

	if (str_to_i64(asked(v, "don-vi"), &unit) && view_may(v, RIGHT_SEE, unit))
		q.units = unit_json(v, unit);
	if (f && !f->is_many && f->type != REGISTER_CHOICES && record_can_filter(f) &&
		field_is_seen(p, f))
		q.sort = f->id;
	if (str_is(sort, RECORD_SORT_CHANGED))
		q.sort = sort;
	for (size_t i = 0; i < p->at.reg->field_count; i++)
		if (field_is_seen(p, p->at.reg->fields[i]))
			add_filter(v, p->at.reg->fields[i], &q);
	if (str_to_i64(asked(v, "sau-so"), &q.after_id))
		q.after_key = http_pair(v->query, "sau").ptr ? http_pair(v->query, "sau") : STR("");
	return q;
}

static bool is_of_place(struct str name)
{
	return str_is(name, "sau") || str_is(name, "sau-so") || str_is(name, "bao");
}

const char *register_link(struct view *v, const char *name, const char *value)
{
	bool is_sort = strcmp(name, "xep") == 0;
	struct buf out;
	const char *link;

	buf_init(&out, LIMIT_HTTP_TARGET_BYTES / 2);
	buf_fmt(&out, "?");
	for (size_t i = 0; i < v->query.count; i++) {
		const struct http_pair *pair = &v->query.at[i];

		if (is_of_place(pair->name) || str_is(pair->name, name) || pair->value.len == 0 ||
			(is_sort && str_is(pair->name, "giam")))
			continue;
		buf_fmt(&out, "%.*s=%.*s&", STR_FMT(url_piece(pair->name, v->a)),
			STR_FMT(url_piece(pair->value, v->a)));
	}
	if (value)
		buf_fmt(&out, "%s=%.*s", name, STR_FMT(url_piece(str_of(value), v->a)));
	link = text_of(v, buf_is_full(&out) ? STR("?") : buf_str(&out));
	buf_done(&out);
	return link;
}

static bool is_wanted(struct view *v, struct str id)
{
	for (size_t i = 0; i < v->query.count; i++)
		if (str_is(v->query.at[i].name, "cot") && str_eq(v->query.at[i].value, id))
			return true;
	return false;
}

size_t register_columns(struct view *v, const struct register_page *p,
	const struct register_field **ret, size_t max)
{
	bool is_chosen = http_pair(v->query, "cot").ptr != NULL;
	size_t count = 0;

	for (size_t i = 0; !is_chosen && i < p->at.reg->list_count && count < max; i++) {
		const struct register_field *f = pack_register_field(p->at.reg, p->at.reg->list[i]);

		if (f && field_is_seen(p, f) && f->type != REGISTER_FILE)
			ret[count++] = f;
	}
	for (size_t i = 0; is_chosen && i < p->at.reg->field_count && count < max; i++) {
		const struct register_field *f = p->at.reg->fields[i];

		if (field_is_seen(p, f) && f->type != REGISTER_FILE &&
			(is_wanted(v, f->id) || str_eq(f->id, p->at.reg->name)))
			ret[count++] = f;
	}
	return count;
}
