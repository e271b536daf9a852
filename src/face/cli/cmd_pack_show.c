/* khien pack show ID: a clause or an obligation with all that the packs know of it. */
#include "face/cli/cli.h"
#include "face/cli/page.h"

static const struct command_option options[] = {
	{ "level", OPTION_NUMBER, "1-5", NULL,
		T("cấp độ của hệ thống thông tin (mặc định: nêu từng cấp độ)") },
	{ "on", OPTION_TEXT, T("NĂM-THÁNG-NGÀY"), NULL,
		T("giá trị vào ngày này (mặc định: hôm nay)") },
	CLI_PACKS_OPTION,
	{ 0 },
};

static struct str who_words(const struct page *p, const struct obligation *o)
{
	struct str out = STR("");

	for (size_t i = 0; i < o->who_count; i++) {
		const struct role *role = pack_role(p->set, o->who[i]);

		out = arena_fmt(p->arena, "%.*s%s%.*s (%.*s)", STR_FMT(out), i > 0 ? "; " : "",
			STR_FMT(role ? words_in(role->title, p->lang) : o->who[i]),
			STR_FMT(o->who[i]));
	}
	return out;
}

static struct str kind_words(const struct page *p, const struct obligation *o)
{
	static const char *const words[] = { T("máy tự kiểm tra"), T("quy trình"), T("sổ theo dõi"),
		T("văn bản"), T("xác nhận của người"), T("việc định kỳ"), T("dòng phân loại") };
	struct str out = str_of(page_tr(p, words[o->kind]));

	for (size_t i = 0; i < o->also_count; i++)
		out = arena_fmt(p->arena, "%.*s + %s", STR_FMT(out), page_tr(p, words[o->also[i]]));
	return out;
}

static struct str period_words(const struct page *p, const struct obligation *o)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", o->period_count);
	switch (o->period) {
	case PERIOD_CONTINUOUS:
		return str_of(page_tr(p, T("liên tục")));
	case PERIOD_ONCE:
		return str_of(page_tr(p, T("một lần")));
	case PERIOD_ON_EVENT:
		return str_of(page_tr(p, T("khi có sự việc")));
	case PERIOD_DAYS:
		return page_say(p, T("mỗi {a} ngày"), number, NULL, NULL);
	case PERIOD_MONTHS:
		return page_say(p, T("mỗi {a} tháng"), number, NULL, NULL);
	case PERIOD_PARAM:
		break;
	}
	return page_say(
		p, T("theo tham số {a}"), arena_cstr(p->arena, o->period_param), NULL, NULL);
}

static void param_row(const struct page *p, struct str id)
{
	struct span spans[PAGE_LEVELS];
	size_t count = page_spans(p, id, spans);

	page_row(p, 2, T("Tham số"), id);
	for (size_t i = 0; i < count; i++) {
		const struct param_value *winner = spans[i].ruling.winner;
		struct str value = str_of(page_tr(p, T("không gói nào đang có hiệu lực quy định")));

		if (winner)
			value = arena_fmt(p->arena, "%.*s; %.*s", STR_FMT(page_value(p, winner)),
				STR_FMT(page_value_source(p, winner)));
		if (count > 1)
			value = arena_fmt(p->arena, "%s %d-%d: %.*s", page_tr(p, T("cấp độ")),
				spans[i].from, spans[i].to, STR_FMT(value));
		page_item(p, 4, value);
	}
}

static struct str age_words(const struct page *p, int days)
{
	if (days == 0)
		return STR("");
	return page_say(
		p, T(" (không quá {a} ngày)"), arena_fmt(p->arena, "%d", days).ptr, NULL, NULL);
}

static void proof_row(const struct page *p, const struct proof *proof)
{
	static const char *const words[] = { T("máy kiểm tra"), T("sổ theo dõi"), T("quy trình"),
		T("văn bản"), T("người xác nhận"), T("việc định kỳ"), T("kho lưu trữ") };
	const char *by = page_tr(p, words[proof->by]);
	const struct check *check = proof->check.ptr ? pack_check(p->set, proof->check) : NULL;
	struct str what = words_in(proof->what, p->lang);

	if (check)
		what = arena_fmt(p->arena, "%.*s: %.*s%s", STR_FMT(check->id),
			STR_FMT(words_in(check->title, p->lang)),
			proof->is ? "" : page_tr(p, T(" (dự kiến, chưa chạy)")));
	page_item(p, 4,
		arena_fmt(p->arena, "%s, %.*s%.*s", by, STR_FMT(what),
			STR_FMT(age_words(p, proof->max_age_days))));
}

static void applies_row(const struct page *p, const struct applies *applies)
{
	struct str out = STR("");
	const struct {
		const char *label;
		const struct str *items;
		size_t count;
	} lists[] = {
		{ "host", applies->host, applies->host_count },
		{ "has", applies->has, applies->has_count },
		{ "unit", applies->unit, applies->unit_count },
		{ "hosting", &applies->hosting, applies->hosting.ptr ? 1 : 0 },
	};

	for (size_t i = 0; i < COUNT(lists); i++)
		if (lists[i].count > 0)
			out = arena_fmt(p->arena, "%.*s%s%s: %.*s", STR_FMT(out),
				out.len > 0 ? "; " : "", lists[i].label,
				STR_FMT(page_ids(p, lists[i].items, lists[i].count)));
	if (applies->level_min > 0)
		out = arena_fmt(p->arena, "%.*s%slevel-min: %d", STR_FMT(out),
			out.len > 0 ? "; " : "", applies->level_min);
	if (out.len == 0)
		out = str_of(page_tr(p, T("cả đơn vị")));
	page_row(p, 2, T("Áp dụng cho"), out);
}

static void evidence_rows(const struct page *p, const struct obligation *o)
{
	static const char *const needs[] = { T("mọi phép kiểm áp dụng được đều phải đạt"),
		T("một bằng chứng là đủ"), T("cần cả phép kiểm lẫn bằng chứng của người") };

	if (o->evidence_count == 0)
		return;
	page_row(p, 2, T("Bằng chứng"), str_of(page_tr(p, needs[o->needs])));
	for (size_t i = 0; i < o->evidence_count; i++)
		proof_row(p, &o->evidence[i]);
	page_row(p, 2, T("Kết quả máy kiểm tra còn giá trị"),
		page_say(p, T("{a} ngày"), arena_fmt(p->arena, "%d", o->max_age_days).ptr, NULL,
			NULL));
}

static void show_obligation(const struct page *p, const struct obligation *o)
{
	page_text(p, 0,
		arena_fmt(p->arena, "%.*s  %.*s", STR_FMT(o->id),
			STR_FMT(words_in(o->title, p->lang))));
	page_row(p, 2, T("Người thực hiện"), who_words(p, o));
	page_row(p, 2, T("Loại"), kind_words(p, o));
	page_row(p, 2, T("Chu kỳ"), period_words(p, o));
	if (o->trigger.vi.ptr)
		page_row(p, 2, T("Khi nào"), words_in(o->trigger, p->lang));
	if (o->period == PERIOD_PARAM)
		param_row(p, o->period_param);
	for (size_t i = 0; i < o->param_count; i++)
		if (o->period != PERIOD_PARAM || !str_eq(o->params[i], o->period_param))
			param_row(p, o->params[i]);
	applies_row(p, &o->applies);
	evidence_rows(p, o);
	page_row(p, 2, T("Mức quan trọng"),
		arena_fmt(p->arena, "%d/5%s", o->weight,
			o->is_mandatory ? "" : page_tr(p, T(" (khuyến khích)"))));
	if (o->same_proof_count > 0)
		page_row(p, 2, T("Cùng bằng chứng với"),
			page_ids(p, o->same_proof, o->same_proof_count));
	page_row(p, 2, T("Khiên làm gì"), words_in(o->software, p->lang));
	buf_add_char(p->out, '\n');
}

static struct str clause_line(const struct page *p, const struct clause *c)
{
	struct str text = c->text.ptr ? c->text : STR("");

	return arena_fmt(p->arena, "%.*s%s%.*s%s%.*s", STR_FMT(c->label),
		c->label.len > 0 ? " " : "", STR_FMT(c->title),
		c->title.ptr && text.len > 0 ? ". " : "", STR_FMT(text));
}

/* The clauses above, the clause itself, and all below it; the depth is that of the kinds. */
static void show_tree(const struct page *p, const struct clause *c)
{
	const struct clause *above[CLAUSE_DOAN + 1];
	size_t count = 0, depth;

	for (const struct clause *up = c->parent; up && count < COUNT(above); up = up->parent)
		above[count++] = up;
	for (depth = 0; depth < count; depth++) {
		const struct clause *up = above[count - 1 - depth];

		page_text(p, 2 * depth,
			arena_fmt(p->arena, "%.*s %.*s", STR_FMT(up->label),
				STR_FMT(up->title.ptr ? up->title : up->text)));
	}
	page_text(p, 2 * depth, clause_line(p, c));
	for (size_t i = c->index + 1; i < c->pack->clause_count; i++) {
		const struct clause *below = &c->pack->clauses[i];
		size_t steps = 0;
		const struct clause *up = below;

		for (; up && up != c; up = up->parent)
			steps++;
		if (!up)
			break;
		page_text(p, 2 * (depth + steps), clause_line(p, below));
	}
}

static void show_defects(const struct page *p, const struct clause *c)
{
	size_t shown = 0;

	for (size_t i = 0; i < c->pack->defect_count; i++) {
		const struct text_defect *defect = &c->pack->defects[i];

		if (!str_eq(defect->clause, c->id))
			continue;
		if (shown++ == 0)
			buf_add_char(p->out, '\n');
		page_row(p, 0, T("Lỗi của bản gốc"),
			arena_fmt(p->arena, "\"%.*s\": %.*s", STR_FMT(defect->quote),
				STR_FMT(words_in(defect->note, p->lang))));
	}
}

static bool is_below(const struct clause *c, const struct clause *top)
{
	while (c && c != top)
		c = c->parent;
	return c == top;
}

/* Its own obligations in full; of the clauses below only their titles. */
static void show_obligations(const struct page *p, const struct clause *c)
{
	size_t own = 0, below = 0;

	for (size_t i = 0; i < c->pack->obligation_count; i++)
		if (c->pack->obligations[i].clause == c && own++ == 0)
			buf_fmt(p->out, "\n%s\n\n", page_tr(p, T("Nghĩa vụ:")));
	for (size_t i = 0; i < c->pack->obligation_count; i++)
		if (c->pack->obligations[i].clause == c)
			show_obligation(p, &c->pack->obligations[i]);
	for (size_t i = 0; i < c->pack->obligation_count; i++) {
		const struct obligation *o = &c->pack->obligations[i];

		if (o->clause == c || !is_below(o->clause, c))
			continue;
		if (below++ == 0)
			buf_fmt(p->out, "\n%s\n",
				page_tr(p, T("Nghĩa vụ của các đơn vị bên dưới:")));
		page_text(p, 2,
			arena_fmt(p->arena, "%.*s  %.*s", STR_FMT(o->id),
				STR_FMT(words_in(o->title, p->lang))));
	}
}

static void show_clause(const struct page *p, const struct clause *c)
{
	buf_fmt(p->out, "%.*s/%.*s  %.*s, %.*s\n\n", STR_FMT(c->pack->id), STR_FMT(c->id),
		STR_FMT(clause_cite(c, p->lang, p->arena)),
		STR_FMT(words_in(c->pack->short_title, p->lang)));
	show_tree(p, c);
	show_defects(p, c);
	show_obligations(p, c);
}

static int run(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct pack_set *set = NULL;
	struct page page = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	struct str id = str_of(line->args[0]);
	const struct clause *clause;
	const struct obligation *obligation;
	int status = page_when(&page, e);

	if (status < 0)
		return status;
	status = cli_packs_load(line, e, &set);
	if (status < 0)
		return status;
	page.set = set;
	buf_init(&out, PAGE_MAX_BYTES);
	clause = pack_clause(set, id);
	obligation = pack_obligation(set, id);
	if (clause) {
		show_clause(&page, clause);
	} else if (obligation) {
		buf_fmt(&out, "%.*s/%.*s  %.*s\n\n", STR_FMT(obligation->pack->id),
			STR_FMT(obligation->id),
			STR_FMT(clause_cite(obligation->clause, line->lang, line->arena)));
		show_tree(&page, obligation->clause);
		buf_add_char(&out, '\n');
		show_obligation(&page, obligation);
	} else {
		status = err_set(e, ERR_ABSENT, "%.*s",
			STR_FMT(page_say(&page,
				T("không có điều khoản hay nghĩa vụ nào mang id \"{a}\""),
				line->args[0], NULL, NULL)));
	}
	if (status < 0)
		buf_done(&out);
	else
		status = page_print(&out, e);
	pack_set_free(set);
	return status;
}

static void complete(const struct command_line *line, size_t i)
{
	page_complete_ids(line);
}

const struct command cmd_pack_show = {
	.name = "pack show",
	.args = "ID",
	.words = T(
		"xem một điều khoản hoặc nghĩa vụ: nguyên văn, vị trí, ai làm, khi nào, bằng chứng"),
	.help = T(
		"ID như D12.1.b, D11.4#2 hoặc tcvn-14423/T5. Tham số hiện giá trị chặt nhất của các gói "
		"có hiệu lực vào ngày hỏi."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
	.complete = complete,
};
