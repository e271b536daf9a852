/* khien pack param [NAME]: which bound holds, and which ones lost to it. */
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

static const struct param *param_named(const struct pack_set *set, struct str id)
{
	for (size_t i = 0; i < pack_count(set); i++) {
		const struct pack *pack = pack_at(set, i);

		for (size_t n = 0; n < pack->param_count; n++)
			if (str_eq(pack->params[n].id, id))
				return &pack->params[n];
	}
	return NULL;
}

static void show_value(const struct page *p, const char *label, const struct param_value *value)
{
	page_row(p, 2, label, page_value(p, value));
	page_text(p, 6, page_value_source(p, value));
}

static void show_span(const struct page *p, const struct span *span)
{
	char day[CLOCK_TEXT_MAX], level[32];

	if (span->from == span->to)
		snprintf(level, sizeof(level), "%d", span->from);
	else
		snprintf(level, sizeof(level), "%d-%d", span->from, span->to);
	page_text(
		p, 0, page_say(p, T("Ngày {a}, cấp độ {b}"), date_people(p->on, day), level, NULL));
	if (!span->ruling.winner) {
		page_text(p, 2,
			str_of(page_tr(
				p, T("Không gói nào có hiệu lực vào ngày này cho giá trị."))));
		return;
	}
	show_value(p, T("Áp dụng"), span->ruling.winner);
	for (size_t i = 0; i < span->ruling.loser_count; i++)
		show_value(p, T("Không áp dụng"), span->ruling.losers[i]);
}

static void show_one(const struct page *p, const struct param *param)
{
	struct span spans[PAGE_LEVELS];
	size_t count = page_spans(p, param->id, spans);

	page_text(p, 0,
		arena_fmt(p->arena, "%.*s: %.*s", STR_FMT(param->id),
			STR_FMT(words_in(param->title, p->lang))));
	for (size_t i = 0; i < count; i++)
		show_span(p, &spans[i]);
}

static bool is_first_of_name(const struct page *p, const struct param *param)
{
	return param_named(p->set, param->id) == param;
}

#define NAME_COLUMNS 29

/* One row for each span of levels; the name stands before the first. */
static void list_one(const struct page *p, const struct param *param)
{
	struct span spans[PAGE_LEVELS];
	size_t count = page_spans(p, param->id, spans);

	for (size_t i = 0; i < count; i++) {
		const struct param_value *winner = spans[i].ruling.winner;
		struct str levels = STR("");
		const char *force = "";

		if (!winner)
			continue;
		if (count > 1)
			levels = arena_fmt(p->arena, "%s %d-%d: ", page_tr(p, T("cấp độ")),
				spans[i].from, spans[i].to);
		if (winner->force == FORCE_ADVICE)
			force = page_tr(p, T(", khuyến nghị"));
		else if (winner->force == FORCE_DEFAULT)
			force = page_tr(p, T(", mặc định"));
		text_pad(p->out, i == 0 ? param->id : STR(""), NAME_COLUMNS);
		text_wrap(p->out,
			arena_fmt(p->arena, "%.*s%.*s (%.*s/%.*s%s)", STR_FMT(levels),
				STR_FMT(page_value(p, winner)), STR_FMT(winner->param->pack->id),
				STR_FMT(winner->clause), force),
			NAME_COLUMNS, NAME_COLUMNS + 2, TEXT_COLUMNS);
	}
}

static void show_all(const struct page *p)
{
	for (size_t i = 0; i < pack_count(p->set); i++) {
		const struct pack *pack = pack_at(p->set, i);

		for (size_t n = 0; n < pack->param_count; n++)
			if (is_first_of_name(p, &pack->params[n]))
				list_one(p, &pack->params[n]);
	}
}

static int run(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct pack_set *set = NULL;
	struct page page = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	const struct param *param;
	int status = page_when(&page, e);

	if (status < 0)
		return status;
	status = cli_packs_load(line, e, &set);
	if (status < 0)
		return status;
	page.set = set;
	buf_init(&out, PAGE_MAX_BYTES);
	param = line->arg_count > 0 ? param_named(set, str_of(line->args[0])) : NULL;
	if (param)
		show_one(&page, param);
	else if (line->arg_count == 0)
		show_all(&page);
	else
		status = err_set(e, ERR_ABSENT, "%.*s",
			STR_FMT(page_say(&page, T("không có tham số nào tên \"{a}\""),
				line->args[0], NULL, NULL)));
	if (status < 0)
		buf_done(&out);
	else
		status = page_print(&out, e);
	pack_set_free(set);
	return status;
}

static void complete(const struct command_line *line, size_t i)
{
	page_complete_params(line);
}

const struct command cmd_pack_param = {
	.name = "pack param",
	.args = T("[TÊN]"),
	.words = T(
		"xem giá trị nào của một tham số được áp dụng và vì sao; không có TÊN thì liệt kê tất cả"),
	.help = T(
		"Trong các gói có hiệu lực vào ngày hỏi, giá trị bắt buộc chặt nhất được áp dụng; không có giá trị "
		"bắt buộc thì đến khuyến nghị, rồi mặc định của Khiên. Các giá trị thua cũng được nêu kèm nguồn."),
	.options = options,
	.args_min = 0,
	.args_max = 1,
	.run = run,
	.complete = complete,
};
