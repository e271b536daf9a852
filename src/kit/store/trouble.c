/* trouble.c - the test build's disk under the database: what the file named by the environment
 * variable KHIEN_TEST_DISK says fails. "database sync khien: web" is EIO for each sync of that
 * process, "database write khien: web" ENOSPC for each write, "database write 3 khien: web" for
 * each from the third on. Never linked into a product. */
#include "kit/store/trouble.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/base.h"

#define NAME "khien-trouble"

static int fd = -1;
static sqlite3_vfs *below, own;
/* Of a database and of its write-ahead file, which needs no locks. */
static struct {
	const sqlite3_io_methods *below;
	sqlite3_io_methods own;
} calls[4];
static uint64_t writes; /* since they began to fail */

/* Does the next ACT fail? */
static bool fails(const char *act)
{
	char text[64], name[17] = "";
	struct str word, number, who;
	uint64_t from = 0;
	ssize_t len = pread(fd, text, sizeof(text), 0);

	if (len <= 0 || prctl(PR_GET_NAME, name, 0, 0, 0) != 0)
		return false;
	who = str_trim((struct str){ text, (size_t)len });
	if (!str_split(who, ' ', &word, &who) || !str_is(word, "database") ||
		!str_split(who, ' ', &word, &who) || !str_is(word, act)) {
		writes = 0;
		return false;
	}
	if (str_split(who, ' ', &number, &word) && str_to_u64(number, 10, &from))
		who = word;
	return str_is(who, name) && ++writes >= from;
}

static const sqlite3_io_methods *below_of(const sqlite3_file *file)
{
	size_t i = 0;

	while (file->pMethods != &calls[i].own)
		i++;
	return calls[i].below;
}

static int sync_file(sqlite3_file *file, int flags)
{
	return fails("sync") ? SQLITE_IOERR_FSYNC : below_of(file)->xSync(file, flags);
}

static int write_file(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
	return fails("write") ? SQLITE_FULL : below_of(file)->xWrite(file, bytes, size, at);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret)
{
	int rc = below->xOpen(below, name, file, flags, ret);

	for (size_t i = 0; rc == SQLITE_OK && name && i < COUNT(calls); i++) {
		if (calls[i].below && calls[i].below != file->pMethods)
			continue;
		calls[i].below = file->pMethods;
		calls[i].own = *file->pMethods;
		calls[i].own.xSync = sync_file;
		calls[i].own.xWrite = write_file;
		file->pMethods = &calls[i].own;
		break;
	}
	return rc;
}

const char *store_trouble_vfs(void)
{
	const char *path = getenv("KHIEN_TEST_DISK");

	if (!path)
		return NULL;
	if (fd >= 0)
		return NAME;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	below = sqlite3_vfs_find(NULL);
	own = *below;
	own.zName = NAME;
	own.xOpen = open_file;
	return fd >= 0 && sqlite3_vfs_register(&own, 0) == SQLITE_OK ? NAME : NULL;
}
