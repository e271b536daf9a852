/* raw_sockets: programs that see packets without having opened a port for them: sniffers, and back
 * doors that wait for a magic packet; also ping, dhclient and their like. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/sockets.h"
#include "work/hostaudit/tables.h"

enum column { KIND, PROTOCOL, PID, NAME, EXE };

static const struct fact_column columns[] = {
	[KIND] = { "kind", FACT_TEXT,
		T("packet: mọi gói tin của cạc mạng; raw, raw6: gói IP thô") },
	[PROTOCOL] = { "protocol", FACT_INT, T("số giao thức") },
	[PID] = { "pid", FACT_INT, T("số tiến trình giữ ổ cắm") },
	[NAME] = { "name", FACT_TEXT, T("tên tiến trình tự khai") },
	[EXE] = { "exe", FACT_TEXT, T("tệp chương trình") },
	{ 0 },
};

#define TEXT_BYTES (256 * KIB)
#define RAW_MAX 2000

struct raw {
	const char *kind;
	uint64_t inode, protocol;
	struct str pid; /* "" not found yet */
};

struct search {
	struct host *h;
	struct arena *a;
	VEC(struct raw) sockets;
	struct str pid; /* whose descriptors are being read */
	size_t left;
};

static void read_kind(struct search *s, const char *kind)
{
	struct arena scratch;
	struct raw raw = { .kind = kind, .pid = STR("") };
	struct str text, line;

	arena_init(&scratch, 2 * TEXT_BYTES);
	if (host_read_proc(s->h, arena_fmt(&scratch, "/proc/net/%s", kind).ptr, TEXT_BYTES,
		    &scratch, &text) == 0)
		while (str_next_line(&text, &line))
			if (sock_raw_line(line, str_is(str_of(kind), "packet"), &raw.inode,
				    &raw.protocol) &&
				s->sockets.len < RAW_MAX)
				vec_push(s->a, &s->sockets, raw);
	arena_done(&scratch);
}

static bool take_link(void *context, struct str link)
{
	struct search *s = context;
	uint64_t inode;

	if (!str_starts(link, "socket:[") || !str_ends(link, "]") ||
		!str_to_u64((struct str){ link.ptr + 8, link.len - 9 }, 10, &inode))
		return true;
	for (size_t i = 0; i < s->sockets.len; i++)
		if (s->sockets.at[i].inode == inode && s->sockets.at[i].pid.len == 0) {
			s->sockets.at[i].pid = s->pid;
			s->left--;
		}
	return s->left > 0;
}

static void put(struct search *s, const struct raw *raw, struct fact_rows *rows)
{
	const struct proc_stat *stat;
	struct proc_exe exe;
	int64_t pid = 0;

	fact_row(rows);
	fact_cstr(rows, KIND, raw->kind);
	fact_int(rows, PROTOCOL, (int64_t)raw->protocol);
	if (!str_to_i64(raw->pid, &pid))
		return;
	fact_int(rows, PID, pid);
	stat = proc_stat_of(s->h, raw->pid);
	if (stat)
		fact_text(rows, NAME, stat->name);
	if (proc_exe(s->h, raw->pid, &exe) == 0)
		fact_text(rows, EXE, exe.path);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct search s = { .h = h, .a = host_arena(h) };
	const struct str *pids = NULL;
	size_t count = 0;

	(void)e;
	read_kind(&s, "packet");
	read_kind(&s, "raw");
	read_kind(&s, "raw6");
	s.left = s.sockets.len;
	if (s.left > 0)
		proc_list(h, &pids, &count);
	for (size_t i = 0; i < count && s.left > 0; i++) {
		s.pid = pids[i];
		if (!proc_is_kernel(h, pids[i]))
			proc_each_fd(h, pids[i], take_link, &s);
	}
	for (size_t i = 0; i < s.sockets.len; i++)
		put(&s, &s.sockets.at[i], rows);
	return 0;
}

const struct fact_table raw_sockets_table = {
	.name = "raw_sockets",
	.words = T("Chương trình đọc gói tin thô"),
	.flags = FACT_LIVE | FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
