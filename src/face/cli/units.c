#include "face/cli/units.h"

#include <string.h>

/* command_value() asserts that a command has the option. */
static bool has_option(const struct command_line *line, const char *name)
{
	for (const struct command_option *o = line->command->options; o->name; o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return false;
}

/* The end of that day, or now when it has not ended yet. */
static int find_moment(const struct command_line *line, int64_t *ret, struct err *e)
{
	const char *on = has_option(line, "on") ? command_value(line, "on") : NULL;
	int64_t now_s = clock_now_s(), end_s;
	struct date day;

	*ret = now_s;
	if (!on)
		return 0;
	if (!date_parse(str_of(on), &day))
		return err_set(e, ERR_INPUT, "--on \"%s\": a day is YYYY-MM-DD", on);
	end_s = date_start_s(day) + CLOCK_DAY_S - 1;
	*ret = end_s < now_s ? end_s : now_s;
	return 0;
}

static int find_unit(const struct command_line *line, struct cli_units *u, struct err *e)
{
	const char *name = has_option(line, "unit") ? command_value(line, "unit") : NULL;
	int64_t id;

	if (!name)
		return 0;
	u->only = org_unit_by_code(&u->tree, str_of(name));
	if (!u->only && str_to_i64(str_of(name), &id))
		u->only = org_unit_by_id(&u->tree, id);
	if (!u->only || !u->only->is_live)
		return err_set(
			e, ERR_ABSENT, "--unit \"%s\": there is no such unit on that day", name);
	return 0;
}

int cli_units_open(const struct command_line *line, struct cli_units *ret, struct err *e)
{
	struct cli_units u = { 0 };
	int rc = find_moment(line, &u.at_s, e);

	if (rc == 0)
		rc = cli_store(line, &u.store, e);
	if (rc == 0)
		rc = cli_packs_load(line, e, &u.packs);
	if (rc == 0)
		rc = org_tree(u.store, org_day(u.at_s, line->arena), line->arena, &u.tree, e);
	if (rc == 0)
		rc = find_unit(line, &u, e);
	if (rc < 0) {
		cli_units_close(&u);
		return rc;
	}
	*ret = u;
	return 0;
}

void cli_units_close(struct cli_units *u)
{
	store_close(u->store);
	pack_set_free(u->packs);
}
