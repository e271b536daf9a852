/* khien checks [ID]: what is asked of a machine, why, from which clause, how to mend. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/page.h"

static const struct command_option options[] = {
	{ "level", OPTION_NUMBER, "1-5", NULL, T("cấp độ của hệ thống thông tin") },
	CLI_PACKS_OPTION,
	{ 0 },
};

static void write_all(const struct page *p)
{
	for (size_t i = 0; i < pack_check_count(p->set); i++) {
		const struct check *check = pack_check_at(p->set, i);

		text_pad(p->out, check->id, 20);
		buf_fmt(p->out, " %.*s%s%s\n", STR_FMT(words_in(check->title, p->lang)),
			check->is_live ? "" : " ",
			check->is_live ? "" : page_tr(p, T("(dự kiến)")));
	}
}

/* The clauses it comes from, each once, by way of the obligations it helps to answer. */
static void write_clauses(const struct page *p, const struct check *check)
{
	const struct clause *last = NULL;

	for (size_t i = 0; i < check->answer_count; i++) {
		const struct obligation *o = check->answers[i];

		if (o->clause != last)
			page_row(p, 2, T("Căn cứ"),
				arena_fmt(p->arena, "%.*s (%.*s)",
					STR_FMT(clause_cite(o->clause, p->lang, p->arena)),
					STR_FMT(words_in(o->pack->short_title, p->lang))));
		page_row(p, 4, T("Nghĩa vụ"),
			arena_fmt(p->arena, "%.*s/%.*s %.*s", STR_FMT(o->pack->id), STR_FMT(o->id),
				STR_FMT(words_in(o->title, p->lang))));
		last = o->clause;
	}
}

static void write_params(const struct page *p, const struct check *check, int level)
{
	struct date today = date_at(clock_now_s());

	for (size_t i = 0; i < check->param_count; i++) {
		struct param_ruling r =
			pack_param(p->set, check->params[i], level, today, p->arena);

		if (!r.winner) {
			page_row(p, 2, T("Tham số"), check->params[i]);
			continue;
		}
		page_row(p, 2, T("Tham số"),
			arena_fmt(p->arena, "%.*s: %.*s; %.*s", STR_FMT(check->params[i]),
				STR_FMT(page_value(p, r.winner)),
				STR_FMT(page_value_source(p, r.winner))));
	}
}

static void write_sql(const struct page *p, const char *label, struct str sql)
{
	struct str line;

	if (sql.len == 0)
		return;
	buf_fmt(p->out, "  %s:\n", page_tr(p, label));
	while (str_next_line(&sql, &line))
		buf_fmt(p->out, "    %.*s\n", STR_FMT(line));
}

static void write_cures(const struct page *p, const struct check *check)
{
	for (size_t i = 0; i < check->cure_count; i++) {
		struct str text = words_in(check->cures[i].text, p->lang);
		struct str line;

		buf_fmt(p->out, "  %s (%.*s):\n", page_tr(p, T("Cách khắc phục")),
			STR_FMT(check->cures[i].family));
		while (str_next_line(&text, &line))
			buf_fmt(p->out, "    %.*s\n", STR_FMT(line));
	}
}

static void write_one(const struct page *p, const struct check *check, int level)
{
	buf_fmt(p->out, "%.*s: %.*s\n", STR_FMT(check->id),
		STR_FMT(words_in(check->title, p->lang)));
	if (check->is_live) {
		page_row(p, 2, T("Câu hỏi"), words_in(check->asks, p->lang));
		page_row(p, 2, T("Vì sao"), words_in(check->why, p->lang));
	} else {
		page_text(p, 2,
			str_of(page_tr(p,
				T("Dự kiến: chưa được hỏi, nên chưa làm bằng "
				  "chứng cho điều nào."))));
	}
	write_clauses(p, check);
	if (!check->is_live)
		return;
	write_params(p, check, level);
	if (check->wanted.vi.len > 0)
		page_row(p, 2, T("Yêu cầu"), words_in(check->wanted, p->lang));
	write_sql(p, T("Áp dụng khi"), check->applies);
	write_sql(p, T("Câu truy vấn"), check->query);
	write_cures(p, check);
}

static int run(const struct command_line *line, struct err *e)
{
	const char *level_text = command_value(line, "level");
	struct pack_set *set = NULL;
	const struct check *check;
	int64_t level = 1;
	struct buf out;
	int rc;

	if (level_text && (!str_to_i64(str_of(level_text), &level) || level < 1 || level > 5))
		return err_set(
			e, ERR_INPUT, "the level is a number from 1 to 5, not \"%s\"", level_text);
	rc = cli_packs_load(line, e, &set);
	if (rc < 0)
		return rc;
	struct page p = {
		.line = line, .set = set, .out = &out, .lang = line->lang, .arena = line->arena
	};

	buf_init(&out, PAGE_MAX_BYTES);
	check = line->arg_count > 0 ? pack_check(set, str_of(line->args[0])) : NULL;
	if (check)
		write_one(&p, check, (int)level);
	else if (line->arg_count == 0)
		write_all(&p);
	if (check || line->arg_count == 0) {
		rc = page_print(&out, e);
	} else {
		buf_done(&out);
		rc = err_set(e, ERR_INPUT, "no check is called \"%s\"", line->args[0]);
	}
	pack_set_free(set);
	return rc;
}

static void complete(const struct command_line *line, size_t i)
{
	struct pack_set *set;
	struct err e;

	if (i > 0 || cli_packs_load(line, &e, &set) < 0)
		return;
	for (size_t n = 0; n < pack_check_count(set); n++)
		printf("%.*s\n", STR_FMT(pack_check_at(set, n)->id));
	pack_set_free(set);
}

const struct command cmd_checks = {
	.name = "checks",
	.args = "[ID]",
	.words = T("các phép kiểm: hỏi gì, vì sao, căn cứ vào điều nào, khắc phục thế nào"),
	.options = options,
	.args_max = 1,
	.run = run,
	.complete = complete,
};
