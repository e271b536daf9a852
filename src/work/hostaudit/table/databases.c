/* databases: a row for each address a database server is told to listen on. What really listens is
 * in listening_ports: on a running machine that is the stronger word. */
#include "work/hostaudit/databases.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/served.h"
#include "work/hostaudit/tables.h"

enum column {
	ENGINE,
	INSTANCE,
	IS_RUNNING,
	IS_ENABLED,
	LISTEN,
	PORT,
	SCOPE,
	AUTH,
	FILE_NAME,
	LINE,
	LOST,
	AUTH_FILE,
	AUTH_LINE
};

static const struct fact_column columns[] = {
	[ENGINE] = { "engine", FACT_TEXT, T("hệ quản trị cơ sở dữ liệu") },
	[INSTANCE] = { "instance", FACT_TEXT, T("bản cài (cụm)") },
	[IS_RUNNING] = { "is_running", FACT_INT, T("1: đang chạy") },
	[IS_ENABLED] = { "is_enabled", FACT_INT, T("1: tự chạy khi khởi động") },
	[LISTEN] = { "listen", FACT_TEXT, T("địa chỉ được cấu hình; trống: không mở cổng mạng") },
	[PORT] = { "port", FACT_INT, T("số cổng") },
	[SCOPE] = { "scope", FACT_TEXT,
		T("tầm với tới: none, loopback, link, private, public, any; trống: tên máy chưa rõ") },
	[AUTH] = { "auth", FACT_TEXT,
		T("password: có hỏi; none: không hỏi ai cả; local: không hỏi người trong máy; protected: "
		  "không hỏi nhưng chỉ cho trong máy; trống: chưa rõ") },
	[FILE_NAME] = { "file", FACT_TEXT, T("nơi đặt địa chỉ") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[LOST] = { "lost", FACT_TEXT, T("giá trị bị thay thế") },
	[AUTH_FILE] = { "auth_file", FACT_TEXT, T("nơi quyết định cách xác thực") },
	[AUTH_LINE] = { "auth_line", FACT_INT, T("dòng") },
	{ 0 },
};

static const struct {
	void (*read)(struct database_list *list);
	const char *units[8];
	const char *programs[3];
} engines[] = {
	{ databases_postgres,
		{ "postgresql.service", "postgresql-13.service", "postgresql-14.service",
			"postgresql-15.service", "postgresql-16.service", "postgresql-17.service",
			"postgresql-18.service" },
		{ "postgres" } },
	{ databases_mysql, { "mariadb.service", "mysql.service", "mysqld.service" },
		{ "mariadbd", "mysqld" } },
	{ databases_redis,
		{ "redis-server.service", "redis.service", "valkey-server.service",
			"valkey.service" },
		{ "redis-server", "valkey-server" } },
	{ databases_mongo, { "mongod.service", "mongodb.service" }, { "mongod" } },
	{ databases_search, { "elasticsearch.service", "opensearch.service" }, { NULL } },
	{ databases_memcached, { "memcached.service" }, { "memcached" } },
	{ databases_container, { NULL }, { NULL } },
	{ databases_unread, { NULL }, { NULL } },
};

static void put_row(
	const struct database *d, struct served use, struct str address, struct fact_rows *rows)
{
	enum socket_scope scope;

	fact_row(rows);
	fact_cstr(rows, ENGINE, d->engine);
	fact_text(rows, INSTANCE, d->instance);
	fact_int(rows, IS_RUNNING, use.is_running);
	fact_int(rows, IS_ENABLED, (use.is_enabled || d->is_served) && d->is_started);
	fact_int(rows, PORT, d->port);
	fact_cstr(rows, AUTH, d->auth);
	if (address.len == 0)
		fact_cstr(rows, SCOPE, "none");
	else if (socket_scope_parse(address, &scope))
		fact_cstr(rows, SCOPE, socket_scope_name(scope));
	if (address.len > 0)
		fact_text(rows, LISTEN, address);
	if (d->listen.value.ptr) {
		fact_text(rows, FILE_NAME, d->listen.file);
		fact_int(rows, LINE, d->listen.line);
		fact_text(rows, LOST, d->listen.lost);
	}
	if (d->auth_at.file.len > 0) {
		fact_text(rows, AUTH_FILE, d->auth_at.file);
		fact_int(rows, AUTH_LINE, d->auth_at.line);
	}
}

static void put_rows(const struct database *d, struct served use, struct fact_rows *rows)
{
	struct str list = d->listen.value.ptr ? d->listen.value : d->fallback;
	struct str address;
	bool has_any = false;

	while (d->has_network && str_next_word(&list, ", \t", &address)) {
		if (address.ptr[0] == '/')
			continue; /* a socket of this machine */
		/* Redis: "-" before an address means it may be missing */
		if (address.len > 1 && address.ptr[0] == '-')
			address = str_from(address, 1);
		put_row(d, use, str_is(address, "::*") ? STR("::") : address, rows);
		has_any = true;
	}
	if (!has_any)
		put_row(d, use, STR(""), rows);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct database_list list = { .h = h, .a = host_arena(h) };

	(void)e;
	for (size_t i = 0; i < COUNT(engines); i++) {
		size_t before = list.len;
		struct served use = { 0 };

		engines[i].read(&list);
		if (list.len > before)
			use = served(h, engines[i].units, engines[i].programs);
		for (size_t n = before; n < list.len; n++)
			put_rows(&list.at[n], use, rows);
	}
	return 0;
}

const struct fact_table databases_table = {
	.name = "databases",
	.words = T("Cơ sở dữ liệu theo cấu hình: nơi mở cổng, cách xác thực"),
	.columns = columns,
	.fill = fill,
};
