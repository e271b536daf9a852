/* unit_split.c - when a unit splits: which people, machines, registers, units below and exceptions
 * go to which of the new ones. A choice each, named "chia-staff-12". */
#include "core/evidence/evidence.h"
#include "core/org/host.h"
#include "face/web/register_int.h"

#define CHOICE "chia-"
#define PEOPLE_MAX 1000

static const char *const kinds[] = { "staff", "host", "unit", "record", "exception" };

size_t split_news(struct view *v, const struct org_unit *u, struct org_unit_new *news)
{
	size_t count = 0;

	for (int i = 1; i <= SPLIT_MAX; i++) {
		struct str name = form_value(v, path_of(v, "ten%d", i));

		if (name.len)
			news[count++] = (struct org_unit_new){ .kind = u->kind, .name = name };
	}
	return count;
}

bool is_split_choice(struct str name)
{
	return str_starts(name, CHOICE);
}

void split_choices_kept(struct view *v)
{
	for (size_t i = 0; i < v->form.count; i++)
		if (is_split_choice(v->form.at[i].name))
			html(v->w, "<input type=\"hidden\" name=\"%.*s\" value=\"%.*s\">\n",
				STR_FMT(v->form.at[i].name), STR_FMT(v->form.at[i].value));
}

/* "chia-record-wifi" -> "record", "wifi" */
static bool read_choice(struct str name, const char **ret_of, struct str *ret_key)
{
	struct str of, key;

	if (!is_split_choice(name) || !str_split(str_from(name, strlen(CHOICE)), '-', &of, &key))
		return false;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_is(of, kinds[i])) {
			*ret_of = kinds[i];
			*ret_key = key;
			return key.len > 0;
		}
	return false;
}

void split_shares(struct view *v, struct org_split *split)
{
	struct org_share *list = arena_array(v->a, struct org_share, v->form.count + 1);

	for (size_t i = 0; i < v->form.count; i++) {
		struct org_share *x = &list[split->share_count];
		int64_t to;

		if (!read_choice(v->form.at[i].name, &x->of, &x->key) ||
			!str_to_i64(v->form.at[i].value, &to) || to < 0 ||
			(size_t)to >= split->count)
			continue;
		x->to = (size_t)to;
		split->share_count++;
	}
	split->shares = list;
}

/* --- the choices ------------------------------------------------------------------------------ */

struct choosing {
	struct org_unit_new news[SPLIT_MAX];
	size_t count;
	bool is_ended;
	const char *rest; /* what becomes of it when none is chosen */
};

static void one(struct view *v, const struct choosing *c, const char *of, struct str key,
	struct str words)
{
	const char *name = path_of(v, CHOICE "%s-%.*s", of, STR_FMT(key));
	struct str chosen = form_value(v, name);

	html_select(v, name, text_of(v, words));
	html_option(v, "", c->rest, chosen.len == 0);
	for (size_t i = 0; i < c->count; i++) {
		const char *at = number_text(v, (int64_t)i);

		html_option(v, at, text_of(v, c->news[i].name), str_is(chosen, at));
	}
	html_select_end(v);
}

static void begin(struct view *v, const char *title)
{
	html(v->w, "<fieldset class=\"field\">\n<legend>%s</legend>\n", title);
}

static void end(struct view *v)
{
	html(v->w, "</fieldset>\n");
}

static void people(struct view *v, const struct choosing *c, const struct org_unit *u)
{
	struct staff_query q = { .units = unit_json(v, u->id),
		.text = STR(""),
		.state = STR("here"),
		.max = PEOPLE_MAX };
	struct staff *list;
	size_t count;

	if (staff_list(v->web->store, &q, v->a, &list, &count, v->e) < 0 || !count)
		return;
	begin(v, tr(v->lang, "Người, cùng tài khoản, vai trò và hồ sơ về người ấy"));
	for (size_t i = 0; i < count; i++)
		one(v, c, "staff", str_of(number_text(v, list[i].id)),
			list[i].position.len ? arena_fmt(v->a, "%.*s (%.*s)", STR_FMT(list[i].name),
						       STR_FMT(list[i].position)) :
					       list[i].name);
	end(v);
}

static void machines(struct view *v, const struct choosing *c, const struct org_unit *u)
{
	struct org_host_query q = { .units = unit_json(v, u->id), .max = VIEW_HOSTS_MAX };
	struct org_host *list;
	size_t count;

	if (org_hosts_of(v->web->store, &q, v->a, &list, &count, v->e) < 0 || !count)
		return;
	begin(v, tr(v->lang, "Máy"));
	for (size_t i = 0; i < count; i++)
		one(v, c, "host", str_of(number_text(v, list[i].id)), list[i].name);
	end(v);
}

static void below(struct view *v, const struct choosing *c, const struct org_unit *u)
{
	const struct org_tree *t = view_tree(v);
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (t->units[i].parent_id != u->id || !t->units[i].is_live)
			continue;
		if (count++ == 0)
			begin(v, tr(v->lang, "Đơn vị trực thuộc"));
		one(v, c, "unit", str_of(number_text(v, t->units[i].id)), t->units[i].name);
	}
	if (count)
		end(v);
}

static void registers(struct view *v, const struct choosing *c, const struct org_unit *u)
{
	const struct pack_set *packs = v->web->packs;
	struct record_total *totals;
	size_t count, shown = 0;

	if (record_totals(
		    v->web->store, unit_json(v, u->id), v->a, &totals, &count, v->e) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct pack_register *reg = pack_register(packs, totals[i].register_id);

		if (!reg)
			continue;
		if (shown++ == 0)
			begin(v, tr(v->lang, "Sổ, cùng tệp và hồ sơ về bản ghi"));
		one(v, c, "record", reg->id,
			arena_fmt(v->a, "%.*s (%lld)", STR_FMT(words_of(v, reg->title)),
				(long long)totals[i].count));
	}
	if (!shown)
		return;
	end(v);
	html(v->w, "<p class=\"soft\">%s</p>\n",
		tr(v->lang,
			"Một sổ có bản ghi của nhiều đơn vị mới: chọn đơn vị có nhiều nhất, rồi vào sổ, lọc theo người giữ và "
			"“Sửa nhiều bản ghi”, “Đơn vị”."));
}

static void exceptions(struct view *v, const struct choosing *c, const struct org_unit *u)
{
	struct choosing own = *c;
	struct exception *list;
	size_t count, shown = 0;

	own.rest = tr(v->lang, "– không áp dụng cho đơn vị mới nào –");
	if (exception_list(v->web->store, v->by.now_s, v->a, &list, &count, v->e) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct exception *x = &list[i];

		if (x->unit_id != u->id || x->host_id || x->record_id)
			continue;
		if (shown++ == 0)
			begin(v, tr(v->lang, "Ngoại lệ của cả đơn vị"));
		one(v, &own, "exception", str_of(number_text(v, x->id)),
			arena_fmt(v->a, "%.*s: %.*s", STR_FMT(x->obligation), STR_FMT(x->reason)));
	}
	if (shown)
		end(v);
}

void split_choices(struct view *v, const struct org_unit *u)
{
	struct choosing c = { .is_ended = form_value(v, "ket-thuc").len > 0 };

	c.count = split_news(v, u, c.news);
	c.rest = c.is_ended && c.count ?
		fill(v, tr(v->lang, "– {ten} –"), "ten", text_of(v, c.news[0].name), NULL) :
		tr(v->lang, "– ở lại –");
	html(v->w, "<h2>%s</h2>\n", tr(v->lang, "Chia cho các đơn vị mới"));
	people(v, &c, u);
	machines(v, &c, u);
	below(v, &c, u);
	registers(v, &c, u);
	exceptions(v, &c, u);
}
