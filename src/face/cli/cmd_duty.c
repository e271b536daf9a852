/* khien duty list: what is due, in the order of the clock. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/units.h"
#include "work/comply/sweep.h"
#include "work/duty/duty.h"

#define UNIT_MEMORY_BYTES (64 * MIB)

static const struct command_option list_options[] = {
	CLI_DATA_OPTION,
	CLI_PACKS_OPTION,
	CLI_UNIT_OPTION,
	CLI_ON_OPTION,
	{ 0 },
};

static void row(
	const struct command_line *line, const struct duties *list, size_t i, struct arena *a)
{
	const struct duty *d = &list->at[i];
	struct str thing = d->record.id ? d->record.title : d->host_name;
	struct date unsure;
	char due[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	printf("%lld  %.*s  %s  %s  %s  %.*s%s%.*s%s\n", (long long)d->unit_id,
		STR_FMT(duty_key(d, a)), date_iso(d->open.due, due), duty_state_name(d->open.state),
		d->last.id ? date_iso(d->last.day, last) : "-",
		STR_FMT(words_in(d->title, line->lang)), thing.len ? " – " : "", STR_FMT(thing),
		duty_is_unsure(d, &d->open, &list->rules, &unsure) ?
			tr(line->lang, " (hạn dự kiến)") :
			"");
}

static int list_unit(const struct command_line *line, const struct cli_units *u,
	const struct org_unit *unit, struct err *e)
{
	struct comply_left_out left_out;
	struct duty_left_out left;
	struct duty_query q = { .store = u->store,
		.packs = u->packs,
		.units = &unit,
		.unit_count = 1,
		.left_out = &left,
		.at_s = u->at_s };
	struct duties list;
	struct arena a;
	int rc;

	arena_init(&a, UNIT_MEMORY_BYTES);
	rc = comply_left_out(&(struct comply_query){ u->store, u->packs, unit->id, u->at_s, NULL },
		&a, &left_out, e);
	if (rc == 0) {
		left = (struct duty_left_out){ left_out.at, left_out.count };
		rc = duty_list(&q, &a, &list, e);
	}
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		row(line, &list, i, &a);
	arena_done(&a);
	return rc;
}

static int run_list(const struct command_line *line, struct err *e)
{
	struct cli_units u;
	int rc = cli_units_open(line, &u, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < u.tree.count; i++) {
		const struct org_unit *unit = &u.tree.units[i];

		if (unit->is_live && (!u.only || u.only == unit))
			rc = list_unit(line, &u, unit, e);
	}
	cli_units_close(&u);
	return rc;
}

const struct command cmd_duty_list = {
	.name = "duty list",
	.args = "",
	.words = T("việc định kỳ của các đơn vị, việc gấp trước"),
	.help = T(
		"Mỗi dòng một việc: số đơn vị, mã việc, hạn, tình trạng (overdue, due-today, due-soon, "
		"ahead), lần làm trước, tên. Hạn rơi vào ngày nghỉ thì dời theo gói quy định."),
	.options = list_options,
	.run = run_list,
};
