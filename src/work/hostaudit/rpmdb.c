/* rpmdb.c - SQLite reads the database of rpm through the one file that was opened below the root,
 * and can neither open another nor write: a file system of its own of five calls. */
#include "work/hostaudit/rpmdb.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/hostaudit/host_int.h"

#define HEADER_BYTES_MAX (32 * MIB)
#define PACKAGES_MAX 100000
#define STEPS_PER_CALL 1000
#define CALLS_MAX 20000 /* a table of 100,000 rows takes a few hundred; a trap takes for ever */

static const char *const databases[] = { "/usr/lib/sysimage/rpm/rpmdb.sqlite",
	"/var/lib/rpm/rpmdb.sqlite" };
/* Kinds that are not read: Berkeley DB up to RHEL 8, ndb of SUSE. */
static const char *const others[] = { "/var/lib/rpm/Packages", "/usr/lib/sysimage/rpm/Packages",
	"/var/lib/rpm/Packages.db", "/usr/lib/sysimage/rpm/Packages.db" };

/* ---- one file for SQLite ---- */

struct one_file {
	sqlite3_file base;
	int fd;
};

static int file_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK; /* the descriptor belongs to rpmdb_each() */
}

static int file_read(sqlite3_file *file, void *into, int size, sqlite3_int64 offset)
{
	ssize_t n;

	do
		n = pread(((struct one_file *)file)->fd, into, (size_t)size, offset);
	while (n < 0 && errno == EINTR);
	if (n == size)
		return SQLITE_OK;
	if (n < 0)
		return SQLITE_IOERR_READ;
	memset((char *)into + n, 0, (size_t)(size - n));
	return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset)
{
	(void)file, (void)from, (void)size, (void)offset;
	return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	(void)file, (void)size;
	return SQLITE_READONLY;
}

static int file_flags(sqlite3_file *file, int flags)
{
	(void)file, (void)flags;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	struct stat st;

	if (fstat(((struct one_file *)file)->fd, &st) != 0)
		return SQLITE_IOERR_FSTAT;
	*ret = st.st_size;
	return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *file, int *ret)
{
	(void)file;
	*ret = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int order, void *argument)
{
	(void)file, (void)order, (void)argument;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
	(void)file;
	return 4096;
}

/* Nobody changes it: no lock is taken and no journal looked for. */
static int file_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods file_methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_flags,
	.xFileSize = file_size,
	.xLock = file_flags,
	.xUnlock = file_flags,
	.xCheckReservedLock = file_is_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

static int vfs_open(
	sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
	(void)name;
	file->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	((struct one_file *)file)->fd = *(int *)vfs->pAppData;
	file->pMethods = &file_methods;
	if (ret_flags)
		*ret_flags = SQLITE_OPEN_READONLY;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int do_sync)
{
	(void)vfs, (void)name, (void)do_sync;
	return SQLITE_READONLY;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs, (void)name, (void)flags;
	*ret = 0;
	return SQLITE_OK;
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int size, char *into)
{
	(void)vfs;
	sqlite3_snprintf(size, into, "%s", name);
	return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *into)
{
	(void)vfs;
	memset(into, 0, (size_t)size);
	return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int vfs_time(sqlite3_vfs *vfs, double *ret)
{
	(void)vfs;
	*ret = 0;
	return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *vfs, int size, char *into)
{
	(void)vfs, (void)size, (void)into;
	return 0;
}

/* ---- packages ---- */

/* Whoever wrote the file wrote its schema, too: what is called Packages must be a table. */
static int authorize(
	void *context, int action, const char *a, const char *b, const char *c, const char *trigger)
{
	(void)context, (void)b, (void)c;
	if (action == SQLITE_SELECT)
		return SQLITE_OK;
	return action == SQLITE_READ && !trigger && a && strcmp(a, "Packages") == 0 ? SQLITE_OK :
										      SQLITE_DENY;
}

static int count_calls(void *context)
{
	size_t *calls = context;

	return ++*calls > CALLS_MAX;
}

/* Headers of the table until EACH has enough. */
static int each_header(
	struct host *h, sqlite3 *db, const char *path, rpmdb_each_package *each, void *context)
{
	sqlite3_stmt *stmt = NULL;
	struct rpm_package p;
	struct arena a;
	bool wants_more = true;
	size_t calls = 0;
	int rc;

	sqlite3_set_authorizer(db, authorize, NULL);
	sqlite3_progress_handler(db, STEPS_PER_CALL, count_calls, &calls);
	rc = sqlite3_prepare_v2(db, "SELECT blob FROM Packages", -1, &stmt, NULL);
	for (size_t n = 0; rc == SQLITE_OK && wants_more; n++) {
		struct str blob;

		rc = n < PACKAGES_MAX ? sqlite3_step(stmt) : SQLITE_FULL;
		if (rc != SQLITE_ROW)
			break;
		rc = SQLITE_OK;
		blob = (struct str){ sqlite3_column_blob(stmt, 0),
			(size_t)sqlite3_column_bytes(stmt, 0) };
		arena_init(&a, HEADER_BYTES_MAX);
		if (blob.ptr && rpm_package_parse(blob, &a, &p))
			wants_more = each(context, &p);
		else
			host_gap(h, GAP_SYNTAX, path);
		arena_done(&a);
	}
	sqlite3_finalize(stmt);
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return 0;
	host_gap(h, rc == SQLITE_FULL ? GAP_LIMIT : GAP_SYNTAX, path);
	return ERR_INPUT;
}

static int read_database(
	struct host *h, int fd, const char *path, rpmdb_each_package *each, void *context)
{
	sqlite3_vfs vfs = {
		.iVersion = 1,
		.szOsFile = sizeof(struct one_file),
		.mxPathname = 64,
		.zName = "khien-rpm",
		.pAppData = &fd,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_name,
		.xRandomness = vfs_random,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_error,
	};
	sqlite3 *db = NULL;
	int rc = ERR_INPUT;

	sqlite3_vfs_register(&vfs, 0);
	if (sqlite3_open_v2("rpmdb", &db, SQLITE_OPEN_READONLY, vfs.zName) == SQLITE_OK) {
		sqlite3_limit(db, SQLITE_LIMIT_LENGTH, HEADER_BYTES_MAX);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		rc = each_header(h, db, path, each, context);
	} else {
		host_gap(h, GAP_SYNTAX, path);
	}
	sqlite3_close(db);
	sqlite3_vfs_unregister(&vfs);
	return rc;
}

/* What rpm is writing just now stands in a second file until it is done; that is not read. */
static void look_at_log(struct host *h, const char *path)
{
	const char *log = arena_fmt(host_arena(h), "%s-wal", path).ptr;
	struct host_stat st;

	if (host_lstat(h, log, &st) == 0 && st.size > 0)
		host_gap(h, GAP_UNREADABLE, log);
}

bool rpmdb_is_there(struct host *h)
{
	for (size_t i = 0; i < COUNT(databases); i++)
		if (host_exists(h, databases[i]))
			return true;
	return false;
}

int rpmdb_each(struct host *h, rpmdb_each_package *each, void *context)
{
	for (size_t i = 0; i < COUNT(databases); i++) {
		struct host_stat st;
		int fd, rc;

		if (host_stat(h, databases[i], &st) != 0)
			continue;
		if (!S_ISREG(st.mode)) {
			host_gap(h, GAP_NOT_REGULAR, databases[i]);
			return ERR_INPUT;
		}
		fd = host_fd(h, databases[i], O_RDONLY | O_NONBLOCK | O_NOCTTY);
		if (fd < 0) {
			host_gap(h, errno == EACCES || errno == EPERM ? GAP_RIGHTS : GAP_UNREADABLE,
				databases[i]);
			return ERR_DENIED;
		}
		look_at_log(h, databases[i]);
		rc = read_database(h, fd, databases[i], each, context);
		close(fd);
		return rc;
	}
	for (size_t i = 0; i < COUNT(others); i++)
		if (host_exists(h, others[i])) {
			host_gap(h, GAP_FOREIGN, others[i]);
			return ERR_INPUT;
		}
	return ERR_ABSENT;
}
