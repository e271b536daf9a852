/* data.c - the data folder that a command was given, and the database in it. */
#include "face/cli/cli_int.h"

#include <unistd.h>

#include "kit/store/store.h"

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
	return store_open_current(path, e, ret);
}
