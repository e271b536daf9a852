#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "face/cli/cli_int.h"

/* DIR/tay-son and its like have a pack.yaml; the checks always come along. */
static bool holds_packs(struct arena *a, const char *dir)
{
	return access(arena_fmt(a, "%s/checks/pack.yaml", dir).ptr, R_OK) == 0;
}

/* "…/build/khien" -> "…/packs" */
static const char *beside_program(struct arena *a)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	for (int up = 0; n > 0 && up < 2; up++) {
		path[n] = '\0';
		slash = strrchr(path, '/');
		if (!slash)
			return NULL;
		n = slash - path;
	}
	return n > 0 ? arena_fmt(a, "%.*s/packs", (int)n, path).ptr : NULL;
}

static const char *packs_dir(const struct command_line *line)
{
	const char *dir = command_value(line, "packs");

	if (!dir)
		dir = getenv("KHIEN_PACKS");
	if (dir)
		return dir;
	dir = beside_program(line->arena);
	if (dir && holds_packs(line->arena, dir))
		return dir;
	return holds_packs(line->arena, "packs") ? "packs" : "/usr/share/khien/packs";
}

int cli_packs_load(const struct command_line *line, struct err *e, struct pack_set **ret)
{
	return pack_set_load(packs_dir(line), e, ret);
}

int cli_packs_load_checks(const struct command_line *line, struct err *e, struct pack_set **ret)
{
	return pack_set_load_checks(packs_dir(line), e, ret);
}
