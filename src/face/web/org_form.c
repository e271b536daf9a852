/* org_form.c - the fields that the forms of units and people have in common. */
#include "core/attest/attest.h"
#include "core/evidence/goods.h"
#include "core/file/file.h"
#include "core/flow/flow.h"
#include "core/record/record_judge.h"
#include "face/web/org_int.h"

const struct org_goods *const unit_goods[] = { record_goods, file_goods, flow_goods, evidence_goods,
	attest_goods, NULL };

struct str typed_day(struct str s, struct arena *a)
{
	char text[CLOCK_TEXT_MAX];
	struct date day;

	return date_typed(str_trim(s), &day) ? arena_str(a, str_of(date_iso(day, text))) : STR("");
}

struct str form_day(struct view *v, const char *name)
{
	return typed_day(form_value(v, name), v->a);
}

const struct org_unit *unit_named(const struct org_tree *t, struct str name)
{
	const struct org_unit *u = org_unit_by_code(t, name);
	int64_t id;

	return u || !str_to_i64(name, &id) ? u : org_unit_by_id(t, id);
}

const char *day_text(struct view *v, struct str day)
{
	char text[CLOCK_TEXT_MAX];
	struct date d;

	if (str_is(day, ORG_DAY_FIRST))
		return tr(v->lang, "từ trước khi dùng Khiên");
	return date_parse(day, &d) ? text_of(v, str_of(date_people(d, text))) : "";
}

int64_t form_number(const struct view *v, const char *name)
{
	int64_t n = 0;

	return str_to_i64(form_value(v, name), &n) ? n : 0;
}

struct str unit_name(struct view *v, int64_t id)
{
	const struct org_unit *u = org_unit_by_id(view_tree(v), id);

	return u ? u->name : STR("");
}

struct str unit_json(struct view *v, int64_t id)
{
	return arena_fmt(v->a, "[%lld]", (long long)id);
}

const struct org_unit *unit_of_path(struct view *v)
{
	int64_t id = 0;

	return str_to_i64(v->args[0], &id) ? org_unit_by_id(view_tree(v), id) : NULL;
}

void html_unit_link(struct view *v, int64_t id)
{
	if (id && view_may(v, RIGHT_SEE, id))
		html(v->w, "<a href=\"/don-vi/%lld\">%.*s</a>", (long long)id,
			STR_FMT(unit_name(v, id)));
	else
		html(v->w, "%.*s", STR_FMT(unit_name(v, id)));
}

void html_fact(struct view *v, const char *label, struct str value)
{
	if (value.len)
		html(v->w, "<div><dt>%s</dt><dd>%.*s</dd></div>\n", label, STR_FMT(value));
}

void html_pages(struct view *v, const char *path, int64_t page, int64_t pages)
{
	if (pages < 2)
		return;
	html(v->w, "<nav class=\"pages\" aria-label=\"%s\"><span>", tr(v->lang, "Chuyển trang"));
	if (page > 1)
		html(v->w, "<a href=\"%strang=%lld\">%s</a>", path, (long long)page - 1,
			tr(v->lang, "‹ Trước"));
	html(v->w, "</span><span>%s %s/%s</span><span>", tr(v->lang, "Trang"), count_text(v, page),
		count_text(v, pages));
	if (page < pages)
		html(v->w, "<a href=\"%strang=%lld\">%s</a>", path, (long long)page + 1,
			tr(v->lang, "Sau ›"));
	html(v->w, "</span></nav>\n");
}

void html_unit_select(struct view *v, const struct unit_choice *c)
{
	const struct org_tree *t = view_tree(v);
	struct str typed = form_value(v, c->name);
	int64_t chosen = c->chosen;

	if (typed.len)
		chosen = form_number(v, c->name);
	html_select(v, c->name, c->label);
	if (c->first)
		html_option(v, "", c->first, chosen == 0);
	for (size_t i = 0; i < t->count; i++) {
		const struct org_unit *u = &t->units[i];
		static const char *const indents[] = { "", "– ", "– – ", "– – – " };
		size_t depth = (size_t)u->depth < COUNT(indents) ? (size_t)u->depth : 3;

		if (!u->is_live || !org_may(&v->user, c->right, t, u->id) ||
			(c->without && org_unit_covers(t, c->without, u->id)))
			continue;
		html_option(v, number_text(v, u->id),
			path_of(v, "%s%.*s", indents[depth], STR_FMT(u->name)), u->id == chosen);
	}
	html_select_end(v);
}

void html_decision(struct view *v)
{
	html_decision_named(v, "so-qd", "ngay-ky", "hieu-luc");
}

void html_decision_named(
	struct view *v, const char *number, const char *signed_on, const char *from)
{
	const char *hint = tr(v->lang, "Ngày/tháng/năm, ví dụ 31/12/2026");

	html_field(v,
		&(struct field){ .name = number,
			.label = tr(v->lang, "Quyết định số"),
			.hint = tr(v->lang, "Ví dụ: 12/QĐ-UBND"),
			.is_required = true });
	html_field(v,
		&(struct field){ .name = signed_on,
			.label = tr(v->lang, "Ngày ký"),
			.hint = hint,
			.is_required = true });
	html_field(v,
		&(struct field){ .name = from,
			.label = tr(v->lang, "Có hiệu lực từ ngày"),
			.hint = hint,
			.is_required = true });
}

struct org_decision form_decision(struct view *v)
{
	return (struct org_decision){ form_value(v, "so-qd"), form_day(v, "ngay-ky"),
		form_day(v, "hieu-luc") };
}

/* What core/org calls a field, in the form that was sent: that one of them which it has, else the
 * last. */
static const char *field_of(const struct view *v, const char *of)
{
	static const char *const fields[][2] = { { "number", "vt-so" }, { "number", "so-qd" },
		{ "signed_on", "vt-ky" }, { "signed_on", "ngay-ky" }, { "from", "vt-tu" },
		{ "from", "hieu-luc" }, { "parent", "cap-tren" }, { "code", "ma" },
		{ "name", "ten1" }, { "name", "ten" }, { "short_name", "viet-tat" },
		{ "successor", "tiep-nhan" }, { "unit", "don-vi-moi" }, { "unit", "don-vi" },
		{ "unit", "sap-nhap" }, { "kind", "loai" }, { "position", "chuc-vu" },
		{ "email", "thu" }, { "phone", "dien-thoai" }, { "state", "tinh-trang" },
		{ "role", "vai-tro" }, { "note", "ghi-chu" }, { "time", "gio" } };
	const char *found = "noi-dung";

	for (size_t i = 0; i < COUNT(fields); i++) {
		if (strcmp(fields[i][0], of) != 0)
			continue;
		found = fields[i][1];
		if (http_pair(v->form, found).ptr)
			break;
	}
	return found;
}

void fault_org(struct view *v, const struct org_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		fault_add(v, field_of(v, faults->at[i].field), tr(v->lang, faults->at[i].words));
}

/* --- the roles of the law --------------------------------------------------------------------- */

bool is_law_role(const struct view *v, struct str id)
{
	return pack_role(v->web->packs, id) != NULL;
}

struct str law_role_title(struct view *v, struct str id)
{
	const struct role *r = pack_role(v->web->packs, id);

	return r ? words_of(v, r->title) : id;
}

/* Several packs may speak of the same role. */
static bool is_first_of_id(const struct view *v, const struct role *r)
{
	return pack_role(v->web->packs, r->id) == r;
}

void html_law_roles(struct view *v, const char *name, const char *label)
{
	html_select(v, name, label);
	html_option(v, "", tr(v->lang, "– chọn –"), false);
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t k = 0; k < p->role_count; k++)
			if (is_first_of_id(v, &p->roles[k]))
				html_option(v, text_of(v, p->roles[k].id),
					text_of(v, words_of(v, p->roles[k].title)),
					str_eq(form_value(v, name), p->roles[k].id));
	}
	html_select_end(v);
}

static bool has_role(struct str roles, struct str id)
{
	struct str rest = roles, one;

	while (str_next_word(&rest, " ,", &one))
		if (str_eq(one, id))
			return true;
	return false;
}

/* Those that decide what binds a unit, or the others. */
static void role_boxes(struct view *v, const char *name, struct str chosen, bool is_binding)
{
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t k = 0; k < p->role_count; k++) {
			const struct role *r = &p->roles[k];
			const struct clause *c = pack_clause(v->web->packs, r->clause);
			struct str words = words_of(v, r->title);

			if ((r->unit.len > 0) != is_binding || !is_first_of_id(v, r))
				continue;
			if (c)
				words = arena_fmt(v->a, "%.*s (%.*s)", STR_FMT(words),
					STR_FMT(clause_cite(c, v->lang, v->a)));
			html_box(v, name, r->id, words, has_role(chosen, r->id));
		}
	}
}

void html_law_role_boxes(struct view *v, const char *name, struct str chosen)
{
	html(v->w,
		"<fieldset class=\"field roles\" id=\"%s\" tabindex=\"-1\">\n<legend>%s</legend>\n"
		"<p class=\"hint\">%s</p>\n",
		name, tr(v->lang, "Vai trò theo quy chế"),
		tr(v->lang,
			"Đơn vị giữ vai trò nào thì nghĩa vụ của vai trò ấy ràng buộc đơn vị; chọn được nhiều vai trò."));
	html_fault(v, name);
	role_boxes(v, name, chosen, true);
	html(v->w, "<details");
	if (chosen.len)
		html(v->w, " open");
	html(v->w, ">\n<summary>%s</summary>\n", tr(v->lang, "Vai trò khác trong quy chế"));
	role_boxes(v, name, chosen, false);
	html(v->w, "</details>\n</fieldset>\n");
}
