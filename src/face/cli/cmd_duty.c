/* khien duty list: what is due, in the order of the clock. */
#include <stdio.h>
#include <string.h>

#include "face/cli/cli.h"
#include "face/cli/units.h"
#include "work/comply/sweep.h"
#include "work/duty/duty.h"

#define UNIT_MEMORY_BYTES (64 * MIB)

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };
static const char *const formats[] = { "text", "json", "csv" };

static const struct command_option list_options[] = {
	CLI_DATA_OPTION,
	CLI_PACKS_OPTION,
	CLI_UNIT_OPTION,
	CLI_ON_OPTION,
	{ "format", OPTION_CHOICE, "text|json|csv", "text|json|csv",
		T("dạng in ra; mặc định là text") },
	{ 0 },
};

struct printing {
	const struct command_line *line;
	enum format format;
	struct buf out;
	struct json json;
};

static struct str thing_of(const struct duty *d)
{
	return d->record.id ? d->record.title : d->host_name;
}

static void text_row(struct printing *p, const struct duty *d, struct str key, bool is_unsure)
{
	struct str thing = thing_of(d);
	char due[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	buf_fmt(&p->out, "%lld  %.*s  %s  %s  %s  %.*s%s%.*s%s\n", (long long)d->unit_id,
		STR_FMT(key), date_iso(d->open.due, due),
		d->last.id ? date_iso(d->last.day, last) : "-",
		tr(p->line->lang, duty_state_words(d->open.state)),
		STR_FMT(words_in(d->title, p->line->lang)), thing.len ? " – " : "", STR_FMT(thing),
		is_unsure ? tr(p->line->lang, " (hạn dự kiến)") : "");
}

static void csv_row(struct printing *p, const struct duty *d, struct str key, bool is_unsure)
{
	char text[CLOCK_TEXT_MAX];

	csv_i64(&p->out, d->unit_id);
	csv_cell(&p->out, key);
	csv_cell(&p->out, str_of(date_iso(d->open.due, text)));
	csv_cell(&p->out, str_of(duty_state_name(d->open.state)));
	csv_cell(&p->out, str_of(d->last.id ? date_iso(d->last.day, text) : ""));
	csv_cell(&p->out, words_in(d->title, p->line->lang));
	csv_cell(&p->out, thing_of(d));
	csv_cell(&p->out, str_of(is_unsure ? "expected" : ""));
	csv_end_row(&p->out);
}

static void json_row(struct printing *p, const struct duty *d, struct str key, bool is_unsure)
{
	char text[CLOCK_TEXT_MAX];

	json_object(&p->json);
	json_put_i64(&p->json, "unit", d->unit_id);
	json_put(&p->json, "duty", key);
	json_put(&p->json, "due", str_of(date_iso(d->open.due, text)));
	json_put(&p->json, "state", str_of(duty_state_name(d->open.state)));
	if (d->last.id)
		json_put(&p->json, "last", str_of(date_iso(d->last.day, text)));
	json_put(&p->json, "title", words_in(d->title, p->line->lang));
	if (thing_of(d).len)
		json_put(&p->json, "about", thing_of(d));
	if (is_unsure)
		json_put(&p->json, "day", STR("expected"));
	json_object_end(&p->json);
}

static void row(struct printing *p, const struct duties *list, size_t i, struct arena *a)
{
	static void (*const rows[])(struct printing *, const struct duty *, struct str, bool) = {
		[FORMAT_TEXT] = text_row, [FORMAT_JSON] = json_row, [FORMAT_CSV] = csv_row
	};
	const struct duty *d = &list->at[i];
	struct date unsure;

	rows[p->format](p, d, duty_key(d, a), duty_is_unsure(d, &d->open, &list->rules, &unsure));
}

static int flush_out(struct printing *p, struct err *e)
{
	if (fwrite(p->out.ptr, 1, p->out.len, stdout) != p->out.len)
		return err_set(e, ERR_SYSTEM, "cannot write the duties");
	buf_clear(&p->out);
	return 0;
}

/* One part of the unit's duties; Q then asks for the next. 1: there may be more. */
static int list_part(struct printing *p, struct duty_query *q, struct err *e)
{
	struct duties list;
	struct arena a;
	int rc;

	arena_init(&a, UNIT_MEMORY_BYTES);
	rc = duty_list(q, &a, &list, e);
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		row(p, &list, i, &a);
	if (rc == 0)
		rc = flush_out(p, e);
	arena_done(&a);
	if (rc < 0)
		return rc;
	q->part = list.next;
	return q->part.of != DUTY_PART_NONE;
}

/* However many machines and records it has: in parts. */
static int list_unit(
	struct printing *p, const struct cli_units *u, const struct org_unit *unit, struct err *e)
{
	struct comply_left_out left_out;
	struct duty_left_out left;
	struct duty_query q = { .store = u->store,
		.packs = u->packs,
		.units = &unit,
		.unit_count = 1,
		.left_out = &left,
		.at_s = u->at_s,
		.part = { .of = DUTY_PART_UNIT } };
	struct arena a;
	int rc;

	arena_init(&a, UNIT_MEMORY_BYTES);
	rc = comply_left_out(&(struct comply_query){ u->store, u->packs, unit->id, u->at_s, NULL },
		&a, &left_out, e);
	if (rc == 0) {
		left = (struct duty_left_out){ left_out.at, left_out.count };
		do
			rc = list_part(p, &q, e);
		while (rc == 1);
	}
	arena_done(&a);
	return rc;
}

static void begin(struct printing *p)
{
	static const char *const heads[] = { "unit", "duty", "due", "state", "last", "title",
		"about", "day" };

	if (p->format == FORMAT_JSON) {
		json_init(&p->json, &p->out, true);
		json_object(&p->json);
		json_key(&p->json, "duties");
		json_array(&p->json);
	}
	if (p->format != FORMAT_CSV)
		return;
	csv_start(&p->out);
	for (size_t i = 0; i < COUNT(heads); i++)
		csv_cell(&p->out, str_of(heads[i]));
	csv_end_row(&p->out);
}

static int end(struct printing *p, struct err *e)
{
	if (p->format == FORMAT_JSON) {
		json_array_end(&p->json);
		json_object_end(&p->json);
		buf_add_char(&p->out, '\n');
	}
	return flush_out(p, e);
}

static int run_list(const struct command_line *line, struct err *e)
{
	const char *format = command_value(line, "format");
	struct printing p = { .line = line };
	struct cli_units u;
	int rc = cli_units_open(line, &u, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; format && i < COUNT(formats); i++)
		if (strcmp(format, formats[i]) == 0)
			p.format = (enum format)i;
	buf_init(&p.out, UNIT_MEMORY_BYTES);
	begin(&p);
	for (size_t i = 0; rc == 0 && i < u.tree.count; i++) {
		const struct org_unit *unit = &u.tree.units[i];

		if (unit->is_live && (!u.only || u.only == unit))
			rc = list_unit(&p, &u, unit, e);
	}
	if (rc == 0)
		rc = end(&p, e);
	buf_done(&p.out);
	cli_units_close(&u);
	return rc;
}

const struct command cmd_duty_list = {
	.name = "duty list",
	.args = "",
	.words = T("việc định kỳ của các đơn vị, việc gấp trước"),
	.help = T(
		"Mỗi dòng một việc: số đơn vị, mã việc, hạn, lần làm trước, tình trạng, tên. Hạn rơi vào ngày "
		"nghỉ thì dời theo gói quy định. csv và json ghi tình trạng bằng mã: overdue, due-today, "
		"due-soon, ahead."),
	.options = list_options,
	.run = run_list,
};
