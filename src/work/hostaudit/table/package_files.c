/* package_files: every file that dpkg or rpm brought, compared with its checksum; only those that
 * are not as they came become rows. A deep audit fills it: it reads the whole of /usr. */
#include <stdlib.h>
#include <string.h>

#include "work/hostaudit/dpkg.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/package_of.h"
#include "work/hostaudit/rpmdb.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/verify.h"

enum column { PATH, PACKAGE, STATE, REASON, IS_PROGRAM, IS_EXTRA, WANTED, FOUND };

static const struct fact_column columns[] = {
	[PATH] = { "path", FACT_TEXT, T("tệp") },
	[PACKAGE] = { "package", FACT_TEXT, T("gói phần mềm có tệp này") },
	[STATE] = { "state", FACT_TEXT, T("altered, gone hoặc unreadable") },
	[REASON] = { "reason", FACT_TEXT, T("vì sao không đọc được") },
	[IS_PROGRAM] = { "is_program", FACT_INT, T("1: chương trình, thư viện hoặc mô-đun") },
	[IS_EXTRA] = { "is_extra", FACT_INT,
		T("1: tài liệu, bản dịch: thường được bỏ đi cho gọn") },
	[WANTED] = { "wanted", FACT_TEXT,
		T("giá trị băm theo gói (MD5 ở Debian, SHA-256 ở RHEL)") },
	[FOUND] = { "found", FACT_TEXT, T("giá trị băm của tệp trên đĩa") },
	{ 0 },
};

#define BATCH_FILES 4096
#define BATCH_BYTES (4 * MIB)
#define LATE_FILES 1024
#define LATE_BYTES (2 * MIB)

struct expected {
	struct str package, path, hex;
};

/* A large file begun last would be hashed alone, at a sixth of the speed of sixteen together: they
 * wait for the end, and then the largest goes first. */
struct late {
	struct expected file;
	int64_t size;
};

struct batch {
	struct host *h;
	struct fact_rows *rows;
	struct arena a; /* the paths and sums of this batch */
	struct expected *files;
	struct verify_file *verify;
	size_t count, done, total;
	struct arena late_a;
	struct late *late;
	struct verify_file *late_verify;
	size_t late_count;
	struct str package; /* whose list is being read */
	const struct dpkg_diversion *diversions;
	size_t diversion_count;
};

static bool is_below(struct str path, const char *const *folders)
{
	for (; *folders; folders++)
		if (str_starts(path, *folders))
			return true;
	return false;
}

static bool is_program(struct str path, uint32_t mode)
{
	static const char *const folders[] = { "/bin/", "/sbin/", "/lib/modules/", "/usr/bin/",
		"/usr/sbin/", "/usr/lib/modules/", "/usr/libexec/", "/usr/lib/systemd/",
		"/lib/systemd/", "/usr/lib/udev/", "/lib/udev/", NULL };
	static const char *const ends[] = { ".so", ".ko", ".py", ".pl", ".pm", ".js", ".rb", ".php",
		".sh", ".jar", ".lua", ".el", ".elc" };

	for (size_t i = 0; i < COUNT(ends); i++)
		if (str_ends(path, ends[i]))
			return true;
	return (mode & 0111) != 0 || is_below(path, folders) || str_find(path, STR(".so.")) >= 0;
}

static bool is_extra(struct str path)
{
	static const char *const folders[] = { "/usr/share/doc/", "/usr/share/man/",
		"/usr/share/info/", "/usr/share/locale/", "/usr/share/help/", "/usr/share/lintian/",
		"/usr/share/gnome/help/", "/usr/share/groff/", "/usr/share/linda/", NULL };

	return is_below(path, folders);
}

static void put(struct batch *b, const struct expected *file, const struct verify_file *v)
{
	char hex[2 * DIGEST_SIZE_MAX + 1];

	fact_row(b->rows);
	fact_text(b->rows, PATH, file->path);
	fact_text(b->rows, PACKAGE, file->package);
	fact_cstr(b->rows, STATE,
		v->state == VERIFY_GONE         ? "gone" :
			v->state == VERIFY_DONE ? "altered" :
						  "unreadable");
	fact_int(b->rows, IS_PROGRAM, is_program(file->path, v->mode));
	fact_int(b->rows, IS_EXTRA, is_extra(file->path));
	fact_text(b->rows, WANTED, file->hex);
	if (v->state == VERIFY_DONE)
		fact_cstr(b->rows, FOUND, hex_of(v->got, v->got_size, hex));
	else if (v->state != VERIFY_GONE)
		fact_cstr(b->rows, REASON, verify_gap(v->state));
}

static void judge(struct batch *b, const struct expected *file, const struct verify_file *v)
{
	if (v->state != VERIFY_DONE || !verify_is(v, file->hex))
		put(b, file, v);
}

static int by_size(const void *a, const void *b)
{
	int64_t x = ((const struct late *)a)->size, y = ((const struct late *)b)->size;

	return x > y ? -1 : x < y;
}

static void verify_late(struct batch *b)
{
	const struct verify_progress progress = { T("so tệp với gói phần mềm"), b->done, b->total };

	if (b->late_count > 0)
		qsort(b->late, b->late_count, sizeof(*b->late), by_size);
	for (size_t i = 0; i < b->late_count; i++)
		b->late_verify[i] = (struct verify_file){ .path = b->late[i].file.path.ptr,
			.kind = DIGEST_MD5 };
	verify_files(b->h, b->late_verify, b->late_count, &progress);
	for (size_t i = 0; i < b->late_count; i++)
		judge(b, &b->late[i].file, &b->late_verify[i]);
	b->done += b->late_count;
	b->late_count = 0;
	arena_done(&b->late_a);
	arena_init(&b->late_a, LATE_BYTES);
}

static void keep_late(struct batch *b, const struct expected *file, int64_t size)
{
	struct late *late;

	if (b->late_count == LATE_FILES ||
		b->late_a.used_bytes + file->package.len + file->path.len + file->hex.len + 64 >
			LATE_BYTES)
		verify_late(b);
	late = &b->late[b->late_count++];
	late->file.package = arena_str(&b->late_a, file->package);
	late->file.path = arena_str(&b->late_a, file->path);
	late->file.hex = arena_str(&b->late_a, file->hex);
	late->size = size;
}

static void verify_batch(struct batch *b)
{
	const struct verify_progress progress = { T("so tệp với gói phần mềm"), b->done, b->total };

	verify_files(b->h, b->verify, b->count, &progress);
	for (size_t i = 0; i < b->count; i++) {
		const struct verify_file *v = &b->verify[i];

		if (v->state == VERIFY_LATER) {
			keep_late(b, &b->files[i], v->expected);
			continue;
		}
		judge(b, &b->files[i], v);
		b->done++;
	}
}

static void flush(struct batch *b)
{
	verify_batch(b);
	b->count = 0;
	arena_done(&b->a);
	arena_init(&b->a, BATCH_BYTES);
}

/* Where the file that PACKAGE calls PATH lies. */
static struct str place_of(const struct batch *b, struct str path)
{
	for (size_t i = 0; i < b->diversion_count; i++)
		if (!str_eq(b->diversions[i].by, b->package) &&
			str_eq(dpkg_without_usr(path), dpkg_without_usr(b->diversions[i].from)))
			return b->diversions[i].to;
	return path;
}

static struct expected *next_file(struct batch *b, size_t path_bytes)
{
	if (b->count >= BATCH_FILES || b->a.used_bytes + 3 * path_bytes + 4096 > BATCH_BYTES)
		flush(b);
	return &b->files[b->count];
}

static bool take_line(void *context, struct str line)
{
	struct batch *b = context;
	struct expected *file;
	struct str hex, path;

	if (!dpkg_sum_line(line, &hex, &path) || path.len > 4000 || str_starts(path, "etc/"))
		return true;
	file = next_file(b, path.len);
	file->package = b->package;
	file->hex = arena_str(&b->a, hex);
	file->path = arena_str(&b->a, place_of(b, arena_fmt(&b->a, "/%.*s", STR_FMT(path))));
	b->verify[b->count++] = (struct verify_file){
		.path = file->path.ptr, .kind = DIGEST_MD5, .may_wait = true
	};
	return true;
}

static bool count_line(void *context, struct str line)
{
	size_t *count = context;

	(void)line;
	(*count)++;
	return true;
}

static const char *list_path(struct batch *b, struct str name)
{
	return arena_fmt(host_arena(b->h), "%s/%.*s", DPKG_INFO, STR_FMT(name)).ptr;
}

static void read_all(struct batch *b, const struct str *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_ends(names[i], ".md5sums"))
			host_read_lines(b->h, list_path(b, names[i]), count_line, &b->total);
	for (size_t i = 0; i < count; i++) {
		struct str package = names[i], architecture;

		if (!str_ends(names[i], ".md5sums"))
			continue;
		package.len -= strlen(".md5sums");
		(void)str_split(package, ':', &package, &architecture);
		b->package = package;
		host_read_lines(b->h, list_path(b, names[i]), take_line, b);
	}
	flush(b);
	verify_late(b);
}

/* ---- rpm ---- */

static bool count_files(void *context, struct rpm_package *p)
{
	size_t *total = context;

	*total += p->file_count;
	return true;
}

static bool take_package(void *context, struct rpm_package *p)
{
	struct batch *b = context;
	struct str package = arena_str(host_arena(b->h), p->name);
	struct rpm_file f;

	while (rpm_next_file(p, &f)) {
		struct expected *file;

		if (f.digest.len == 0 || !f.is_there || f.dir.len + f.base.len > 4000 ||
			(f.flags & (RPM_FILE_CONFIG | RPM_FILE_GHOST)) != 0)
			continue;
		file = next_file(b, f.dir.len + f.base.len);
		file->package = package;
		file->hex = arena_str(&b->a, f.digest);
		file->path = arena_fmt(&b->a, "%.*s%.*s", STR_FMT(f.dir), STR_FMT(f.base));
		b->verify[b->count++] =
			(struct verify_file){ .path = file->path.ptr, .kind = p->digest_kind };
	}
	return true;
}

static void read_rpm(struct batch *b)
{
	if (rpmdb_each(b->h, count_files, &b->total) == 0)
		rpmdb_each(b->h, take_package, b);
	flush(b);
}

/* ---- both ---- */

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct batch b = { .h = h, .rows = rows };
	const struct str *names;
	size_t count;
	bool is_dpkg;

	(void)e;
	if (!host_is_deep(h))
		return 0;
	if (package_manager_of(h) == PACKAGES_UNREAD) {
		host_gap(h, GAP_UNREADABLE, DPKG_INFO);
		return 0;
	}
	is_dpkg = package_manager_of(h) == PACKAGES_DPKG;
	if (is_dpkg && host_list(h, DPKG_INFO, &names, &count) < 0)
		return 0;
	dpkg_diversions(h, &b.diversions, &b.diversion_count);
	b.files = calloc(BATCH_FILES, sizeof(*b.files));
	b.verify = calloc(BATCH_FILES, sizeof(*b.verify));
	b.late = calloc(LATE_FILES, sizeof(*b.late));
	b.late_verify = calloc(LATE_FILES, sizeof(*b.late_verify));
	if (!b.files || !b.verify || !b.late || !b.late_verify)
		abort();
	arena_init(&b.a, BATCH_BYTES);
	arena_init(&b.late_a, LATE_BYTES);
	if (is_dpkg)
		read_all(&b, names, count);
	else
		read_rpm(&b);
	arena_done(&b.a);
	arena_done(&b.late_a);
	free(b.late_verify);
	free(b.late);
	free(b.files);
	free(b.verify);
	return 0;
}

const struct fact_table package_files_table = {
	.name = "package_files",
	.words =
		T("Tệp của gói phần mềm đã bị sửa, mất hoặc không đọc được (chỉ khi kiểm tra sâu)"),
	.flags = FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
