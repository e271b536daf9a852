/* cli_int.h - private to cli: what several commands share. */
#ifndef FACE_CLI_INT_H
#define FACE_CLI_INT_H

#include "core/pack/pack.h"
#include "kit/command/command.h"

struct store;

/* The option every command with packs has, and what it means: --packs DIR, else $KHIEN_PACKS, else
 * "packs" beside the program's build folder or in the working folder, else /usr/share/khien/packs.
 */
#define CLI_PACKS_OPTION \
	{ \
		"packs", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục gói quy định") \
	}

MUST_CHECK int cli_packs_load(
	const struct command_line *line, struct err *e, struct pack_set **ret);
/* Only what asking a machine needs: pack_set_load_checks(). */
MUST_CHECK int cli_packs_load_checks(
	const struct command_line *line, struct err *e, struct pack_set **ret);
/* data.c: the folder of --data, ERR_INPUT when it was not given; and the database in it, ERR_ABSENT
 * when nothing was ever served from it. Whoever opened it closes it with store_close(). */
MUST_CHECK int cli_data(const struct command_line *line, const char **ret, struct err *e);
MUST_CHECK int cli_store(const struct command_line *line, struct store **ret, struct err *e);
/* Before an audit reads its first file: from here on this process only reads, writes what is open
 * already, and asks the kernel; as root it becomes a user without rights who may read all. With
 * IS_WRITTEN it stays able to write a file. */
MUST_CHECK int cli_confine(bool is_written, struct err *e);
/* The same for one that writes files of OWNER: as root it becomes that user. */
MUST_CHECK int cli_confine_as(unsigned owner, unsigned group, struct err *e);

/* What takes over two seconds says on a terminal how far it is: a line on stderr that is taken away
 * again. For hostaudit_options.progress; CONTEXT is a struct cli_waiting. */
struct cli_waiting {
	enum lang lang;
	int64_t since_us, shown_us;
};
void cli_progress(void *context, const char *what, size_t done, size_t total);
void cli_progress_end(struct cli_waiting *waiting);

#endif
