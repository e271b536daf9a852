/* khien register list, khien register show: the registers of the packs and what stands in them. */
#include <stdio.h>

#include "core/record/record_judge.h"
#include "core/record/record_words.h"
#include "core/org/unit.h"
#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "face/cli/page.h"

#define MEMORY_BYTES (512 * MIB)

static const struct command_option options[] = {
	CLI_PACKS_OPTION,
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu") },
	{ 0 },
};

/* What both need: packs, and the database when a data folder was given. */
struct opened {
	struct pack_set *packs;
	struct store *store;
};

static int open_all(
	const struct command_line *line, bool needs_data, struct opened *o, struct err *e)
{
	int rc = cli_packs_load(line, e, &o->packs);

	if (rc < 0)
		return rc;
	if (!needs_data && !command_value(line, "data"))
		return 0;
	return cli_store(line, &o->store, e);
}

static void close_all(struct opened *o)
{
	store_close(o->store);
	pack_set_free(o->packs);
}

/* --- list ------------------------------------------------------------------------------------- */

static int64_t count_of(const struct record_total *totals, size_t count, struct str id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(totals[i].register_id, id))
			return totals[i].count;
	return 0;
}

static void list_row(
	const struct page *p, const struct pack_register *r, const struct opened *o, int64_t count)
{
	text_pad(p->out, r->id, 22);
	if (o->store)
		buf_fmt(p->out, " %7lld", (long long)count);
	buf_fmt(p->out, "  %.*s [", STR_FMT(words_in(r->title, p->lang)));
	for (size_t i = 0; i < r->clause_count; i++)
		buf_fmt(p->out, "%s%.*s", i ? " " : "", STR_FMT(r->clauses_are[i]->id));
	buf_fmt(p->out, "]%s%s\n", o->store && count == 0 && !r->is_nothing_fine ? " " : "",
		o->store && count == 0 && !r->is_nothing_fine ? page_tr(p, T("còn trống")) : "");
}

static int run_list(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct page p = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	struct opened o = { 0 };
	struct record_total *totals = NULL;
	size_t count = 0;
	int rc = open_all(line, false, &o, e);

	if (rc == 0 && o.store)
		rc = record_totals(o.store, STR_NONE, line->arena, &totals, &count, e);
	buf_init(&out, PAGE_MAX_BYTES);
	for (size_t i = 0; rc == 0 && i < pack_register_count(o.packs); i++) {
		const struct pack_register *r = pack_register_at(o.packs, i);

		list_row(&p, r, &o, count_of(totals, count, r->id));
	}
	close_all(&o);
	if (rc == 0)
		return page_print(&out, e);
	buf_done(&out);
	return rc;
}

const struct command cmd_register_list = {
	.name = "register list",
	.args = "",
	.words = T("các sổ mà quy định đòi hỏi; với --data: số bản ghi của mỗi sổ"),
	.options = options,
	.run = run_list,
};

/* --- show ------------------------------------------------------------------------------------- */

static void show_page(
	const struct page *p, const struct record_at *at, const struct record_page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		const struct record *r = &page->at[i];

		buf_fmt(p->out, "%lld\t%.*s", (long long)r->id, STR_FMT(r->title));
		for (size_t n = 0; n < at->reg->list_count; n++) {
			const struct register_field *f =
				pack_register_field(at->reg, at->reg->list[n]);

			if (f && !str_eq(f->id, at->reg->name))
				buf_fmt(p->out, "\t%.*s",
					STR_FMT(record_field_words(at, p->lang, NULL, f, r->body)));
		}
		buf_add_char(p->out, '\n');
	}
}

/* The findings of every unit that exists today. */
static int show_findings(const struct page *p, struct record_at *at, struct err *e)
{
	struct org_unit *units;
	size_t count;
	int rc = org_units(at->store, org_day(at->now_s, at->a), at->a, &units, &count, e);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct record_judgement j;

		rc = record_judge(at, units[i].id, &j, e);
		for (size_t n = 0; rc == 0 && n < j.finding_count; n++)
			buf_fmt(p->out, "! %.*s: %.*s\n", STR_FMT(units[i].name),
				STR_FMT(words_in(j.findings[n].words, p->lang)));
	}
	return rc;
}

static int show(const struct page *p, struct record_at *at, struct err *e)
{
	struct record_query q = { .max = RECORD_PAGE_MAX };
	struct record_page page;
	int rc;

	do {
		rc = record_list(at, &q, &page, e);
		if (rc < 0)
			return rc;
		show_page(p, at, &page);
		q.after_key = page.next_key;
		q.after_id = page.next_id;
	} while (page.has_more);
	return show_findings(p, at, e);
}

static int run_show(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct page p = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	struct opened o = { 0 };
	struct arena a;
	int rc = open_all(line, true, &o, e);

	arena_init(&a, MEMORY_BYTES);
	buf_init(&out, PAGE_MAX_BYTES);
	if (rc == 0) {
		struct record_at at = { .store = o.store,
			.packs = o.packs,
			.reg = pack_register(o.packs, str_of(line->args[0])),
			.a = &a,
			.now_s = clock_now_s(),
			.login = STR("") };

		rc = at.reg ? show(&p, &at, e) :
			      err_set(e, ERR_ABSENT, "no register is called \"%s\"", line->args[0]);
	}
	close_all(&o);
	arena_done(&a);
	if (rc == 0)
		return page_print(&out, e);
	buf_done(&out);
	return rc;
}

const struct command cmd_register_show = {
	.name = "register show",
	.args = "ID",
	.words = T("bản ghi của một sổ, mỗi bản ghi một dòng, rồi những chỗ cần sửa"),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run_show,
};
