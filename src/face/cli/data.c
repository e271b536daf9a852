/* data.c - the data folder that a command was given, and the database in it, with the schema that
 * the service knows: whichever of the two is the first after an upgrade brings all of it. */
#include "face/cli/cli_int.h"

#include <unistd.h>

#include "core/attest/attest.h"
#include "core/file/file.h"
#include "core/record/record.h"
#include "core/trail/change.h"
#include "kit/store/store.h"
#include "work/comply/sweep.h"
#include "work/exchange/exchange.h"

static const struct store_room rooms[] = {
	{ org_steps, &org_step_count },
	{ evidence_steps, &evidence_step_count },
	{ record_steps, &record_step_count },
	{ file_steps, &file_step_count },
	{ exchange_steps, &exchange_step_count },
	{ flow_steps, &flow_step_count },
	{ attest_steps, &attest_step_count },
	{ comply_steps, &comply_step_count },
	{ change_steps, &change_step_count },
};

int cli_data(const struct command_line *line, const char **ret, struct err *e)
{
	const char *data = command_value(line, "data");

	if (!data)
		return err_set(e, ERR_INPUT, "%s", tr(line->lang, T("cần --data THƯ-MỤC")));
	*ret = data;
	return 0;
}

int cli_store(const struct command_line *line, struct store **ret, struct err *e)
{
	const char *data, *path;
	int rc = cli_data(line, &data, e);

	if (rc < 0)
		return rc;
	path = arena_fmt(line->arena, "%s/khien.db", data).ptr;
	if (access(path, F_OK) != 0)
		return err_set(e, ERR_ABSENT, "\"%s\" is no data folder of khien serve", data);
	if (access(path, R_OK | W_OK) != 0)
		return err_set(e, ERR_DENIED, "\"%s\" is not yours to read and change", path);
	return cli_store_at(path, ret, e);
}

int cli_store_at(const char *path, struct store **ret, struct err *e)
{
	struct store *s;
	int rc = store_open(path, e, &s);

	if (rc < 0)
		return rc;
	rc = store_migrate_rooms(s, rooms, COUNT(rooms), e);
	if (rc < 0)
		store_close(s);
	else
		*ret = s;
	return rc;
}
