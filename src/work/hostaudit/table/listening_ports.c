/* listening_ports: every TCP socket that listens and every UDP socket without a peer, with its
 * owner. */
#include <stdlib.h>
#include <string.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/package_of.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/sockets.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/users.h"

enum column {
	FAMILY,
	PROTOCOL,
	ADDRESS,
	PORT,
	SCOPE,
	IS_EXTERNAL,
	IS_DUAL,
	PID,
	PROGRAM,
	EXE,
	UNIT,
	UID,
	USER,
	PACKAGE,
	NAMESPACE
};

static const struct fact_column columns[] = {
	[FAMILY] = { "family", FACT_TEXT, T("ipv4 hoặc ipv6") },
	[PROTOCOL] = { "protocol", FACT_TEXT, T("tcp hoặc udp") },
	[ADDRESS] = { "address", FACT_TEXT, T("địa chỉ đang chờ kết nối") },
	[PORT] = { "port", FACT_INT, T("số cổng") },
	[SCOPE] = { "scope", FACT_TEXT,
		T("tầm với tới: loopback, link, private, public, multicast, any") },
	[IS_EXTERNAL] = { "is_external", FACT_INT, T("1: máy khác có thể gửi tới") },
	[IS_DUAL] = { "is_dual", FACT_INT, T("1: cổng IPv6 này phục vụ cả IPv4") },
	[PID] = { "pid", FACT_INT, T("số tiến trình giữ cổng") },
	[PROGRAM] = { "program", FACT_TEXT, T("tên tiến trình") },
	[EXE] = { "exe", FACT_TEXT, T("tệp chương trình") },
	[UNIT] = { "unit", FACT_TEXT, T("dịch vụ systemd") },
	[UID] = { "uid", FACT_INT, T("số người dùng tạo cổng") },
	[USER] = { "user", FACT_TEXT, T("tên người dùng tạo cổng") },
	[PACKAGE] = { "package", FACT_TEXT, T("gói phần mềm có tệp chương trình") },
	[NAMESPACE] = { "namespace", FACT_TEXT, T("vùng mạng riêng (vùng chứa); trống: của máy") },
	{ 0 },
};

#define NAMESPACES_MAX 256
#define NET_TEXT_BYTES (4 * MIB)
#define LOOPBACK_INTERFACE 1 /* in every network namespace */

struct owner {
	int64_t pid;
	struct str program, exe, unit;
	size_t query; /* of its package */
};

struct listeners {
	struct host *h;
	struct arena *a;
	struct socket_list sockets;
	struct owner *owners; /* parallel to sockets */
	size_t left;          /* sockets without an owner yet */
	struct str pid;       /* whose descriptors are being read */
	VEC(struct package_of) queries;
};

/* ---- the sockets ---- */

static void read_text(struct listeners *l, const char *dir, bool is_v6, bool is_udp)
{
	const char *path =
		arena_fmt(l->a, "%s/%s%s", dir, is_udp ? "udp" : "tcp", is_v6 ? "6" : "").ptr;
	const struct host_file *file;
	struct arena scratch;
	struct str text = STR("");
	size_t strange = 0;

	arena_init(&scratch, NET_TEXT_BYTES + 64 * KIB);
	if (!host_is_live(l->h) && host_read(l->h, path, &file) == 0)
		text = file->bytes;
	else if (host_is_live(l->h))
		host_read_proc(l->h, path, NET_TEXT_BYTES, &scratch, &text);
	if (text.len > 0)
		strange = sock_text_parse(text, is_v6, is_udp, l->a, &l->sockets);
	if (strange > 0)
		host_gap(l->h, GAP_SYNTAX, path);
	if (text.len >= NET_TEXT_BYTES)
		host_gap(l->h, GAP_TOO_LARGE, path);
	arena_done(&scratch);
}

static void read_own(struct listeners *l)
{
	for (int i = 0; i < 4; i++) {
		bool is_v6 = i & 1;
		bool is_udp = i & 2;
		size_t before = l->sockets.len;

		if (host_is_live(l->h) && sock_diag_ask(is_v6, is_udp, l->a, &l->sockets) == 0)
			continue;
		l->sockets.len = before;
		read_text(l, "/proc/net", is_v6, is_udp);
	}
}

/* A namespace whose only interface is the loopback reaches nobody. */
static bool is_cut_off(struct listeners *l, const char *net_dir)
{
	struct arena scratch;
	struct str text, line, name, rest;
	bool has_other = true;

	arena_init(&scratch, 128 * KIB);
	if (host_read_proc(l->h, arena_fmt(&scratch, "%s/dev", net_dir).ptr, 64 * KIB, &scratch,
		    &text) == 0) {
		has_other = false;
		while (str_next_line(&text, &line))
			if (str_split(line, ':', &name, &rest) && !str_is(str_trim(name), "lo"))
				has_other = true;
	}
	arena_done(&scratch);
	return !has_other;
}

static void read_namespace(struct listeners *l, struct str pid, struct str name)
{
	const char *dir = proc_path(l->a, pid, "net");
	size_t before = l->sockets.len;
	bool is_alone = is_cut_off(l, dir);
	int64_t number = 0;

	for (int i = 0; i < 4; i++)
		read_text(l, dir, i & 1, i & 2);
	str_to_i64(pid, &number);
	for (size_t i = before; i < l->sockets.len; i++) {
		l->sockets.at[i].namespace = name;
		l->sockets.at[i].pid = number;
		if (is_alone)
			l->sockets.at[i].interface = LOOPBACK_INTERFACE;
	}
}

/* Containers have listeners of their own: one look into each network namespace but ours. */
static void read_others(struct listeners *l, const struct str *pids, size_t count)
{
	struct str seen[NAMESPACES_MAX];
	size_t seen_count = 0;
	struct str name;

	if (host_readlink(l->h, "/proc/self/ns/net", &name) != 0)
		return;
	seen[seen_count++] = name;
	for (size_t i = 0; i < count; i++) {
		bool is_seen = false;

		if (proc_is_kernel(l->h, pids[i]) ||
			host_readlink(l->h, proc_path(l->a, pids[i], "ns/net"), &name) != 0)
			continue;
		for (size_t n = 0; n < seen_count && !is_seen; n++)
			is_seen = str_eq(seen[n], name);
		if (is_seen)
			continue;
		if (seen_count >= NAMESPACES_MAX) {
			host_gap(l->h, GAP_LIMIT, "/proc/*/ns/net");
			return;
		}
		seen[seen_count++] = name;
		read_namespace(l, pids[i], name);
	}
}

/* ---- their owners ---- */

static bool take_link(void *context, struct str link)
{
	struct listeners *l = context;
	uint64_t inode;

	if (!str_starts(link, "socket:[") || !str_ends(link, "]") ||
		!str_to_u64((struct str){ link.ptr + 8, link.len - 9 }, 10, &inode))
		return true;
	for (size_t i = 0; i < l->sockets.len; i++) {
		if (l->sockets.at[i].inode != inode || l->owners[i].pid > 0 || inode == 0)
			continue;
		str_to_i64(l->pid, &l->owners[i].pid);
		l->left--;
	}
	return l->left > 0;
}

static void find_owners(struct listeners *l, const struct str *pids, size_t count)
{
	l->left = l->sockets.len;
	for (size_t i = 0; i < count && l->left > 0; i++) {
		l->pid = pids[i];
		if (!proc_is_kernel(l->h, pids[i]))
			proc_each_fd(l->h, pids[i], take_link, l);
	}
}

static void describe_owner(struct listeners *l, struct owner *o)
{
	struct str pid = arena_fmt(l->a, "%lld", (long long)o->pid);
	const struct proc_stat *stat = proc_stat_of(l->h, pid);
	struct proc_exe exe;
	struct arena scratch;
	struct str text;

	if (stat)
		o->program = stat->name;
	arena_init(&scratch, 64 * KIB);
	if (host_read_proc(l->h, proc_path(&scratch, pid, "cgroup"), PROC_SMALL_BYTES, &scratch,
		    &text) == 0)
		o->unit = arena_str(l->a, proc_cgroup_unit(text));
	arena_done(&scratch);
	if (proc_exe(l->h, pid, &exe) == 0) {
		o->exe = exe.path;
		o->query = l->queries.len;
		*vec_add(l->a, &l->queries) = (struct package_of){ .path = exe.path };
	}
}

static void describe_owners(struct listeners *l)
{
	for (size_t i = 0; i < l->sockets.len; i++) {
		struct owner *o = &l->owners[i];
		size_t same = 0;

		while (same < i && l->owners[same].pid != o->pid)
			same++;
		if (same < i)
			*o = l->owners[same];
		else if (o->pid > 0)
			describe_owner(l, o);
	}
	package_of(l->h, l->queries.at, l->queries.len);
}

/* ---- socket units: systemd itself holds the socket until somebody calls ---- */

static bool is_port_of(struct str value, uint16_t port)
{
	ptrdiff_t at = -1;
	uint64_t number;

	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] == ':')
			at = (ptrdiff_t)i;
	return str_to_u64(str_from(value, (size_t)(at + 1)), 10, &number) && number == port;
}

static bool unit_listens(struct str text, const struct socket_entry *s)
{
	struct str line, key, value;

	while (str_next_line(&text, &line))
		if (str_split(line, '=', &key, &value) &&
			str_is(str_trim(key), s->is_udp ? "ListenDatagram" : "ListenStream") &&
			is_port_of(str_trim(value), s->port))
			return true;
	return false;
}

static struct str socket_unit(struct listeners *l, const struct socket_entry *s)
{
	static const char dir[] = "/etc/systemd/system/sockets.target.wants";
	const struct host_file *file;
	const struct str *names;
	size_t count;

	if (host_list(l->h, dir, &names, &count) < 0)
		return STR("");
	for (size_t i = 0; i < count; i++)
		if (host_read(l->h, arena_fmt(l->a, "%s/%s", dir, names[i].ptr).ptr, &file) == 0 &&
			unit_listens(file->bytes, s))
			return names[i];
	return STR("");
}

/* ---- rows ---- */

static void put_owner(struct listeners *l, size_t i, struct fact_rows *rows)
{
	const struct socket_entry *s = &l->sockets.at[i];
	const struct owner *o = &l->owners[i];
	struct str unit = o->unit;

	if (o->pid > 0) {
		fact_int(rows, PID, o->pid);
		fact_text(rows, PROGRAM, o->program);
	}
	if (o->exe.len > 0) {
		fact_text(rows, EXE, o->exe);
		if (l->queries.at[o->query].package.len > 0)
			fact_text(rows, PACKAGE, l->queries.at[o->query].package);
	}
	if (o->pid == 1) {
		struct str socket = socket_unit(l, s);

		unit = socket.len > 0 ? socket : unit;
	}
	if (unit.len > 0)
		fact_text(rows, UNIT, unit);
}

static void put_row(struct listeners *l, size_t i, struct fact_rows *rows)
{
	const struct socket_entry *s = &l->sockets.at[i];
	enum socket_scope scope = s->interface == LOOPBACK_INTERFACE ?
		SCOPE_LOOPBACK :
		socket_scope_of(s->address, s->is_v6);
	struct str user = user_name(l->h, s->uid);

	fact_row(rows);
	fact_cstr(rows, FAMILY, s->is_v6 ? "ipv6" : "ipv4");
	fact_cstr(rows, PROTOCOL, s->is_udp ? "udp" : "tcp");
	fact_text(rows, ADDRESS, socket_address_text(l->a, s));
	fact_int(rows, PORT, s->port);
	fact_cstr(rows, SCOPE, socket_scope_name(scope));
	fact_int(rows, IS_EXTERNAL, scope != SCOPE_LOOPBACK);
	if (s->v6only >= 0)
		fact_int(rows, IS_DUAL, !s->v6only && scope == SCOPE_ANY);
	fact_int(rows, UID, s->uid);
	if (user.len > 0)
		fact_text(rows, USER, user);
	fact_text(rows, NAMESPACE, s->namespace);
	put_owner(l, i, rows);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct listeners l = { .h = h, .a = host_arena(h) };
	const struct str *pids = NULL;
	size_t count = 0;

	(void)e;
	proc_list(h, &pids, &count);
	read_own(&l);
	read_others(&l, pids, count);
	if (l.sockets.is_cut)
		host_gap(h, GAP_LIMIT, "/proc/net");
	l.owners = arena_array(l.a, struct owner, l.sockets.len + 1);
	find_owners(&l, pids, count);
	describe_owners(&l);
	for (size_t i = 0; i < l.sockets.len; i++)
		put_row(&l, i, rows);
	return 0;
}

const struct fact_table listening_ports_table = {
	.name = "listening_ports",
	.words = T("Cổng mạng đang chờ kết nối và chương trình giữ cổng"),
	.flags = FACT_LIVE | FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
