/* khien audit --import FILE: what another tool found, as evidence. The file is a stranger's: it
 * is read in a process that may do nothing but compute, within a bound of memory, and write where
 * it was told to. */
#include "work/foreign/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/org/org.h"
#include "face/cli/page.h"
#include "face/cli/report.h"
#include "kit/sandbox/sandbox.h"
#include "kit/store/store.h"

#define PIECE_BYTES (64 * KIB)
#define MEMORY_BYTES (192 * MIB)
#define SHOWN_UNKNOWN 1000

#ifdef __SANITIZE_ADDRESS__
#define ADDRESS_SPACE_BYTES 0 /* the sanitizer needs terabytes of it */
#else
#define ADDRESS_SPACE_BYTES (512 * MIB)
#endif

struct importing {
	const struct command_line *line;
	const char *path;
	int fd;
	struct pack_set *packs;
	struct store *store; /* NULL: only shown */
	struct arena arena;
	struct imported got;
	struct foreign_row *rows;
	size_t row_count;
};

/* ---- the file ---- */

static int read_file(struct importing *im, struct err *e)
{
	struct foreign *in = foreign_open(&im->arena);
	char *piece = arena_alloc(&im->arena, PIECE_BYTES);
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = read(im->fd, piece, PIECE_BYTES)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		rc = n < 0 ? err_errno(e, errno, "cannot read it") :
			     foreign_feed(in, (struct str){ piece, (size_t)n }, e);
	}
	if (rc == 0)
		rc = foreign_finish(in, &im->got, e);
	foreign_close(in);
	return rc < 0 ? err_context(e, "\"%s\"", im->path) : 0;
}

static int confine(const struct importing *im, struct err *e)
{
	const char *const below[] = { command_value(im->line, "data"), NULL };
	const struct sandbox_rights rights = {
		.may = im->store ? SANDBOX_MAY_FILES : 0,
		.write_below = im->store ? below : NULL,
		.keeps_owning = im->store != NULL,
		.memory_max_bytes = ADDRESS_SPACE_BYTES,
	};
	struct sandbox_level level;

	return sandbox_enter(&rights, &level, e);
}

/* ---- keeping it ---- */

static int open_store(struct importing *im, struct err *e)
{
	return command_value(im->line, "data") ? cli_store(im->line, &im->store, e) : 0;
}

/* The machine that the file, or the person, names: one the service knows. */
static int host_of(const struct importing *im, int64_t *ret, struct err *e)
{
	const char *name = command_value(im->line, "host");
	struct str wanted = name ? str_of(name) : im->got.host;
	struct arena *a = im->line->arena;
	struct org_host *hosts;
	size_t count;
	int rc = org_hosts(im->store, a, &hosts, &count, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (str_eq(hosts[i].name, wanted)) {
			*ret = hosts[i].id;
			return 0;
		}
	}
	return err_set(e, ERR_ABSENT, "no machine is called \"%.*s\" here; name it with --host",
		STR_FMT(wanted));
}

static int keep(struct importing *im, size_t *ret_kept, struct err *e)
{
	VEC(struct evidence) rows = { 0 };
	int64_t host_id = 0;
	int rc;

	if (!im->store)
		return 0;
	rc = host_of(im, &host_id, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < im->row_count; i++)
		if (im->rows[i].check)
			vec_push(&im->arena, &rows, im->rows[i].evidence);
	rc = evidence_add_imports(im->store, host_id, rows.at, rows.len, e);
	if (rc == 0)
		*ret_kept = rows.len;
	return rc;
}

/* ---- showing it ---- */

static size_t unknown_count(const struct importing *im)
{
	size_t count = 0;

	for (size_t i = 0; i < im->row_count; i++)
		count += im->rows[i].check == NULL;
	return count;
}

static void write_text(const struct page *p, const struct importing *im)
{
	struct report r = { .lang = p->lang };
	size_t shown = 0;
	char when[CLOCK_TEXT_MAX];

	page_row(p, 0, page_tr(p, T("nguồn")), im->got.origin);
	page_row(p, 0, page_tr(p, T("máy")), im->got.host);
	page_row(p, 0, page_tr(p, T("kết quả lúc")), str_of(clock_people(im->got.at_s, when)));
	page_row(p, 0, "SHA-256", str_of(im->got.sha256));
	for (size_t i = 0; i < im->row_count; i++) {
		const struct foreign_row *row = &im->rows[i];

		if (row->check)
			buf_fmt(p->out, "  %s: %.*s (%.*s): %.*s\n",
				report_outcome(&r, row->evidence.outcome), STR_FMT(row->check->id),
				STR_FMT(row->evidence.subject), STR_FMT(row->evidence.found));
	}
	buf_fmt(p->out, "%s: %zu\n",
		page_tr(p, T("quy tắc không gắn với phép kiểm nào của gói quy định")),
		unknown_count(im));
	for (size_t i = 0; i < im->row_count && shown < SHOWN_UNKNOWN; i++)
		if (!im->rows[i].check && ++shown)
			buf_fmt(p->out, "  %.*s: %.*s\n", STR_FMT(im->rows[i].finding->rule),
				STR_FMT(im->rows[i].finding->said));
	buf_fmt(p->out, "%s: %zu\n", page_tr(p, T("quy tắc công cụ ấy không xem")),
		im->got.unchecked);
}

static void json_row(struct json *j, const struct foreign_row *row)
{
	json_object(j);
	json_put(j, "check", row->check->id);
	json_put(j, "rule", row->finding->rule);
	json_put(j, "result", str_of(outcome_name(row->evidence.outcome)));
	json_put(j, "said", row->finding->said);
	json_put(j, "found", row->evidence.found);
	json_put_i64(j, "at_s", row->evidence.at_s);
	json_object_end(j);
}

static void write_json(const struct page *p, const struct importing *im)
{
	struct json j;

	json_init(&j, p->out, true);
	json_object(&j);
	json_put(&j, "tool", im->got.tool);
	json_put(&j, "origin", im->got.origin);
	json_put(&j, "host", im->got.host);
	json_put_i64(&j, "at_s", im->got.at_s);
	json_put(&j, "sha256", str_of(im->got.sha256));
	json_put_i64(&j, "findings", (int64_t)im->got.count);
	json_put_i64(&j, "unchecked", (int64_t)im->got.unchecked);
	json_key(&j, "results");
	json_array(&j);
	for (size_t i = 0; i < im->row_count; i++)
		if (im->rows[i].check)
			json_row(&j, &im->rows[i]);
	json_array_end(&j);
	json_key(&j, "unknown_rules");
	json_array(&j);
	for (size_t i = 0; i < im->row_count; i++)
		if (!im->rows[i].check)
			json_str(&j, im->rows[i].finding->rule);
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(p->out, '\n');
}

static int show(const struct importing *im, size_t kept, struct err *e)
{
	const char *format = command_value(im->line, "format");
	struct buf out;
	struct page p = {
		.line = im->line, .out = &out, .lang = im->line->lang, .arena = im->line->arena
	};

	buf_init(&out, PAGE_MAX_BYTES);
	if (format && strcmp(format, "json") == 0) {
		write_json(&p, im);
	} else {
		write_text(&p, im);
		if (im->store)
			buf_fmt(&out, "%s: %zu\n", page_tr(&p, T("bằng chứng đã ghi")), kept);
	}
	return page_print(&out, e);
}

static int run(struct importing *im, struct err *e)
{
	size_t kept = 0;
	int rc = open_store(im, e);

	if (rc == 0)
		rc = confine(im, e);
	if (rc == 0)
		rc = read_file(im, e);
	if (rc < 0)
		return rc;
	foreign_map(&im->got, im->packs, &im->arena, &im->rows, &im->row_count);
	rc = keep(im, &kept, e);
	return rc < 0 ? rc : show(im, kept, e);
}

int report_foreign(const struct command_line *line, struct err *e)
{
	struct importing im = { .line = line, .path = command_value(line, "import"), .fd = -1 };
	int rc;

	arena_init(&im.arena, MEMORY_BYTES);
	im.fd = open(im.path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	rc = im.fd < 0 ? err_errno(e, errno, "cannot open \"%s\"", im.path) :
			 cli_packs_load(line, e, &im.packs);
	if (rc == 0)
		rc = run(&im, e);
	store_close(im.store);
	pack_set_free(im.packs);
	if (im.fd >= 0)
		close(im.fd);
	arena_done(&im.arena);
	return rc;
}
