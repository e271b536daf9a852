/* logins: when each account last came in, by lastlog, wtmp and their successors lastlog2 and
 * wtmpdb; and since when a log-in of it could not have gone unseen. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/os.h"
#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/resolve/login.h"
#include "work/hostaudit/tables.h"

enum { NAME, LAST_AT, FIRST_AT, SEEN_SINCE, FIRST_SINCE, ALIVE_AT, FILE_PATH };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên tài khoản") },
	[LAST_AT] = { "last_at_s", FACT_INT,
		T("lần đăng nhập gần nhất, giây UTC; trống: không thấy") },
	[FIRST_AT] = { "first_at_s", FACT_INT,
		T("lần đăng nhập sớm nhất còn ghi lại, giây UTC; trống: không thấy") },
	[SEEN_SINCE] = { "seen_since_s", FACT_INT,
		T("từ lúc này mọi lần đăng nhập đều được ghi, giây UTC; trống: không chắc") },
	[FIRST_SINCE] = { "first_since_s", FACT_INT,
		T("lần sớm nhất được biết kể từ lúc này, giây UTC; trống: không biết") },
	[ALIVE_AT] = { "alive_at_s", FACT_INT,
		T("lần gần nhất nơi ghi đó ghi nhận bất kỳ ai, giây UTC; trống: không biết") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp ghi lần gần nhất") },
	{ 0 },
};

#define LOGINS_MAX 4000
#define FIRST_WITHOUT_LASTLOG 13

struct login {
	struct str name;
	int64_t uid, last_s, first_s;
	const char *file;
};

struct logins {
	struct host *h;
	VEC(struct login) all;
	int64_t wtmp_since_s, lastlog_since_s; /* INT64_MAX: no record of that kind */
	int64_t wtmp_alive_s, lastlog_alive_s; /* the newest log-in of anybody in it */
};

static struct login *login_of(struct logins *l, struct str name)
{
	for (size_t i = 0; i < l->all.len; i++)
		if (str_eq(l->all.at[i].name, name))
			return &l->all.at[i];
	return NULL;
}

static void note(struct logins *l, struct str name, int64_t at_s, const char *file)
{
	struct login *login = login_of(l, name);

	if (!login)
		return;
	if (at_s > login->last_s) {
		login->last_s = at_s;
		login->file = file;
	}
	if (login->first_s == 0 || at_s < login->first_s)
		login->first_s = at_s;
}

/* ---- wtmp: the newest records, in pieces ---- */

#define WTMP_RECORDS_MAX 8000
#define PIECE_RECORDS 64

static void read_wtmp(struct logins *l, const char *path)
{
	char bytes[PIECE_RECORDS * WTMP_RECORD_MAX];
	struct login_record record;
	struct host_stat st;
	size_t got, size;
	int64_t at;

	if (host_stat(l->h, path, &st) != 0 || st.size == 0 ||
		host_read_at(l->h, path, 0, bytes, WTMP_RECORD_MAX, &got) != 0)
		return;
	size = wtmp_record_size((struct str){ bytes, got }, st.size);
	if (size == 0) {
		host_gap(l->h, GAP_SYNTAX, path);
		return;
	}
	at = st.size - (int64_t)size * WTMP_RECORDS_MAX;
	for (at = at > 0 ? at : 0; at < st.size; at += (int64_t)(size * PIECE_RECORDS)) {
		if (host_read_at(l->h, path, at, bytes, size * PIECE_RECORDS, &got) != 0)
			return;
		for (size_t i = 0; i + size <= got; i += size) {
			if (!wtmp_parse((struct str){ bytes + i, size }, &record))
				continue;
			if (record.at_s < l->wtmp_since_s)
				l->wtmp_since_s = record.at_s;
			if (!record.is_login)
				continue;
			note(l, record.user, record.at_s, path);
			if (record.at_s > l->wtmp_alive_s)
				l->wtmp_alive_s = record.at_s;
		}
	}
}

/* ---- lastlog: a record at the place of each user number ---- */

static void read_lastlog(struct logins *l)
{
	static const char path[] = "/var/log/lastlog";
	char bytes[LASTLOG_RECORD_MAX];
	struct host_stat st;
	size_t got, size;
	int64_t at_s;

	if (host_stat(l->h, path, &st) != 0 || st.size == 0)
		return;
	size = lastlog_record_size(st.size);
	if (size == 0)
		host_gap(l->h, GAP_SYNTAX, path);
	for (size_t i = 0; size > 0 && i < l->all.len; i++) {
		struct login *login = &l->all.at[i];

		if (login->uid < 0 || (login->uid + 1) * (int64_t)size > st.size ||
			host_read_at(l->h, path, login->uid * (int64_t)size, bytes, size, &got) !=
				0)
			continue;
		at_s = lastlog_parse((struct str){ bytes, got });
		if (at_s < 0)
			host_gap(l->h, GAP_SYNTAX, path);
		if (at_s <= 0)
			continue;
		note(l, login->name, at_s, path);
		l->lastlog_since_s = 0; /* it forgets nobody */
		if (at_s > l->lastlog_alive_s)
			l->lastlog_alive_s = at_s;
	}
}

/* ---- lastlog2 and wtmpdb: databases of SQLite, read from a copy in memory ---- */

#define DATABASE_STEPS 100000
#define DATABASE_TURNS_MAX 100

/* A crafted database may hold a view that never ends. */
static int has_taken_too_long(void *context)
{
	int *turns = context;

	return ++*turns > DATABASE_TURNS_MAX;
}

static void ask_copy(struct logins *l, const struct host_file *file, const char *sql, bool is_wtmp)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	unsigned char *copy = sqlite3_malloc64(file->bytes.len + 1);
	int turns = 0;
	int rc;

	if (!copy)
		abort();
	memcpy(copy, file->bytes.ptr, file->bytes.len);
	if (file->bytes.len > 19)
		copy[18] = copy[19] =
			1; /* a log beside it is not read: what is in the file counts */
	if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL) !=
		SQLITE_OK)
		abort();
	rc = sqlite3_deserialize(db, "main", copy, (sqlite3_int64)file->bytes.len,
		(sqlite3_int64)file->bytes.len,
		SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 * MIB);
	sqlite3_progress_handler(db, DATABASE_STEPS, has_taken_too_long, &turns);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		int64_t at_s = sqlite3_column_int64(stmt, 1);
		int64_t *since = is_wtmp ? &l->wtmp_since_s : &l->lastlog_since_s;
		int64_t *alive = is_wtmp ? &l->wtmp_alive_s : &l->lastlog_alive_s;

		rc = SQLITE_OK;
		if (!name || at_s <= 0)
			continue;
		note(l, str_of(name), at_s, file->path.ptr);
		/* lastlog2 is an option of the system: it saw nobody before its first record */
		if (at_s < *since)
			*since = at_s;
		if (at_s > *alive)
			*alive = at_s;
	}
	if (rc != SQLITE_DONE)
		host_gap(l->h, GAP_SYNTAX, file->path.ptr);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void read_databases(struct logins *l)
{
	const struct host_file *file;

	if (host_read(l->h, "/var/lib/lastlog/lastlog2.db", &file) == 0 && file->bytes.len > 0)
		ask_copy(l, file, "SELECT Name, Time FROM Lastlog2 LIMIT 20000", false);
	if (host_read(l->h, "/var/lib/wtmpdb/wtmp.db", &file) == 0 && file->bytes.len > 0)
		ask_copy(l, file,
			"SELECT User, Login / 1000000 FROM wtmp WHERE Type IN (1, 3) "
			"ORDER BY Login DESC LIMIT 20000",
			true);
}

/* ---- since when nobody came in unseen ---- */

/* Services that let accounts of the machine in without writing any of these records. */
static bool has_silent_door(struct host *h)
{
	static const char *const pam[] = { "/etc/pam.d/dovecot", "/etc/pam.d/imap",
		"/etc/pam.d/vsftpd", "/etc/pam.d/proftpd", "/etc/pam.d/pure-ftpd",
		"/etc/pam.d/xrdp-sesman", "/etc/pam.d/cockpit", "/etc/pam.d/rstudio" };

	for (size_t i = 0; i < COUNT(pam); i++)
		if (host_exists(h, pam[i]))
			return true;
	return false;
}

static bool has_display_manager(struct host *h)
{
	struct host_stat st;

	return host_lstat(h, "/etc/systemd/system/display-manager.service", &st) == 0;
}

/* Debian 13 left the old files behind: what is in them is true, what is not proves nothing. */
static void distrust_old_files(struct logins *l)
{
	struct os_release os = os_release_read(l->h);
	int64_t version;

	if (!str_is(os.id, "debian") || !str_to_i64(os.version_id, &version) ||
		version < FIRST_WITHOUT_LASTLOG)
		return;
	l->lastlog_since_s = l->wtmp_since_s = INT64_MAX;
}

/* Since when; *RET_ALIVE: until when that record is known to be kept. */
static int64_t seen_since_s(const struct logins *l, int64_t *ret_alive)
{
	*ret_alive = l->wtmp_alive_s;
	if (has_silent_door(l->h))
		return INT64_MAX;
	/* Graphical log-ins are in wtmp only. */
	if (has_display_manager(l->h) || l->wtmp_since_s < l->lastlog_since_s)
		return l->wtmp_since_s;
	*ret_alive = l->lastlog_alive_s;
	return l->lastlog_since_s;
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct logins l = { .h = h, .wtmp_since_s = INT64_MAX, .lastlog_since_s = INT64_MAX };
	struct account_reader r;
	struct account_line a;
	int64_t since_s, alive_s;

	(void)e;
	account_init(&r, host_bytes(h, STR("/etc/passwd"), NULL));
	while (l.all.len < LOGINS_MAX && account_next(&r, 7, &a))
		if (account_shell_is_login(a.field[6]))
			*vec_add(host_arena(h), &l.all) =
				(struct login){ .name = a.field[0], .uid = account_id(a.field[2]) };
	if (l.all.len == LOGINS_MAX)
		host_gap(h, GAP_LIMIT, "/etc/passwd");
	read_lastlog(&l);
	read_wtmp(&l, "/var/log/wtmp.1");
	read_wtmp(&l, "/var/log/wtmp");
	distrust_old_files(&l);
	read_databases(&l);
	since_s = seen_since_s(&l, &alive_s);
	for (size_t i = 0; i < l.all.len; i++) {
		const struct login *login = &l.all.at[i];

		fact_row(rows);
		fact_text(rows, NAME, login->name);
		if (login->last_s > 0) {
			fact_int(rows, LAST_AT, login->last_s);
			fact_int(rows, FIRST_AT, login->first_s);
			fact_cstr(rows, FILE_PATH, login->file);
		}
		if (since_s != INT64_MAX) {
			fact_int(rows, SEEN_SINCE, since_s);
			fact_int(rows, ALIVE_AT, alive_s);
		}
		if (l.wtmp_since_s != INT64_MAX && since_s != INT64_MAX)
			fact_int(rows, FIRST_SINCE, l.wtmp_since_s);
	}
	return 0;
}

const struct fact_table logins_table = {
	.name = "logins",
	.words = T("lần đăng nhập gần nhất của từng tài khoản có dòng lệnh"),
	.columns = columns,
	.fill = fill,
};
