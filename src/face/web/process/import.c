/* import.c - the two processes of an import: `table` reads a stranger's file and has neither key
 * nor database; `import` has the database and never meets the file, only the plain cells read of
 * it. */
#include "face/web/import.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/org/unit.h"
#include "face/web/process/serve_int.h"
#include "face/web/web.h"

#define MEMORY_BYTES (256 * MIB)
#define SMALL_MEMORY_BYTES (4 * MIB)
#define SHEET_NAME_BYTES (4 * KIB)
#define FAULT_FILE_BYTES (64 * MIB)
#define FORGOTTEN_AT_ONCE 100

const char *imported_path(const char *data, int64_t id, const char *tail, struct arena *a)
{
	return arena_fmt(a, "%s/" IMPORT_FOLDER "/%lld.%s", data, (long long)id, tail).ptr;
}

int imported_open(
	const char *data, int64_t id, struct arena *a, struct import_grid *ret, struct err *e)
{
	const char *path = imported_path(data, id, "grid", a);
	struct office_row row;
	int rc;

	*ret = (struct import_grid){ .fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) };
	if (ret->fd < 0)
		return err_errno(e, errno, "cannot open \"%s\"", path);
	rc = grid_open(ret->fd, a, &ret->grid, e);
	if (rc < 0) {
		close(ret->fd);
		return rc;
	}
	while ((rc = grid_next(&ret->grid, &row, e)) == 1)
		; /* to its end, where it says whether all is there */
	if (rc < 0)
		imported_close(ret);
	return rc;
}

int imported_map(struct import_grid *g, const struct exchange_job *job,
	const struct pack_register *reg, struct arena *a, struct err *e)
{
	struct str rest = job->map, one;
	int rc = exchange_guess(&g->grid, reg, a, &g->map, e);

	while (rc == 0 && g->map.known > 0 && str_next_word(&rest, ",", &one))
		rc = exchange_set(&g->map, reg, one, e);
	return rc;
}

void imported_close(struct import_grid *g)
{
	grid_close(&g->grid);
	close(g->fd);
}

void imported_remove(const char *data, int64_t id)
{
	static const char *const tails[] = { "file", "ask", "grid", "part", "rows", "xlsx" };
	struct arena a;

	arena_init(&a, SMALL_MEMORY_BYTES);
	for (size_t i = 0; i < COUNT(tails); i++)
		(void)unlink(imported_path(data, id, tails[i], &a));
	arena_done(&a);
}

/* --- table: reads ----------------------------------------------------------------------------- */

/* NAME is "12.ask". The order is taken away first: a file that ends this process does so once. */
static int read_one(const char *data, struct vfile_disk *d, const char *name, struct err *e)
{
	struct str sheet = STR(""), number;
	struct arena a;
	int64_t id = 0;
	int in = -1, out = -1, rc;

	arena_init(&a, SMALL_MEMORY_BYTES);
	if (!str_split(str_of(name), '.', &number, &(struct str){ 0 }) ||
		!str_to_i64(number, &id)) {
		arena_done(&a);
		return vfile_unlink(d, name, e);
	}
	rc = vfile_load(d, name, SHEET_NAME_BYTES, &a, &sheet, e);
	if (rc == 0)
		rc = vfile_unlink(d, name, e);
	if (rc == 0)
		in = open(imported_path(data, id, "file", &a), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in >= 0)
		out = open(imported_path(data, id, "part", &a),
			O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (rc == 0 && (in < 0 || out < 0))
		rc = err_errno(e, errno, "a file to import");
	if (rc == 0)
		rc = grid_make(in, sheet, EXCHANGE_ROWS_MAX, out, e);
	if (rc == 0 &&
		rename(imported_path(data, id, "part", &a), imported_path(data, id, "grid", &a)) !=
			0)
		rc = err_errno(e, errno, "a file to import");
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	arena_done(&a);
	return rc;
}

static int read_all(const char *data, struct vfile_disk *d, struct err *e)
{
	struct vfile_names names = { 0 };
	struct arena a;
	int rc;

	arena_init(&a, SMALL_MEMORY_BYTES);
	rc = vfile_list(d, "", &a, &names, e);
	for (size_t i = 0; rc == 0 && i < names.len; i++)
		if (str_ends(str_of(names.at[i].name), ".ask"))
			rc = read_one(data, d, names.at[i].name, e);
	arena_done(&a);
	return rc;
}

int web_table_start(const struct process *self)
{
	const char *data = self->service->data;
	struct sandbox_level level;
	struct vfile_disk *d = NULL;
	struct err e = { 0 };
	char folder[4096];
	int rc;

	web_forget(self->state);
	snprintf(folder, sizeof(folder), "%s/" IMPORT_FOLDER, data);
	rc = process_confine(self, NULL, &level, &e);
	if (rc == 0)
		rc = vfile_disk_open(folder, &d, &e);
	if (rc == 0)
		rc = read_all(data, d, &e);
	if (rc < 0)
		fprintf(stderr, "khien table: %s\n", e.text);
	vfile_disk_close(d);
	return rc < 0 ? 2 : 0;
}

/* --- import: checks, saves, takes back -------------------------------------------------------- */

struct work {
	const struct serve *s;
	const char *data;
	struct store *store;
	struct exchange_job *job;
	struct arena *a;
	struct record_at at;
	struct org_user user;
	struct org_tree tree;
	struct import_grid g;
	struct exchange x;
	struct exchange_result result;
	int rows_fd;
};

static void refuse(struct work *w, enum exchange_state state, const char *words, struct str about)
{
	w->job->state = state;
	w->job->words = str_of(words);
	w->job->about = about.ptr ? about : STR("");
}

/* For the page that waits. */
static void show_rows(void *context, size_t rows)
{
	struct work *w = context;
	char text[24];

	snprintf(text, sizeof(text), "%-20zu", rows);
	if (w->rows_fd >= 0)
		(void)!pwrite(w->rows_fd, text, strlen(text), 0);
}

/* Who asked, with the rights they have now. */
static int begin(struct work *w, struct err *e)
{
	struct exchange_job *job = w->job;
	int rc;

	w->at = (struct record_at){ .store = w->store,
		.packs = w->s->packs,
		.reg = str_is(job->register_id, EXCHANGE_PEOPLE) ?
			exchange_people() :
			pack_register(w->s->packs, job->register_id),
		.a = w->a,
		.now_s = clock_now_s(),
		.login = job->by };
	if (!w->at.reg)
		return err_set(e, ERR_ABSENT, "no pack has the register any more");
	store_actor(w->store, job->by, "");
	rc = org_user_by_login(w->store, job->by, w->a, &w->user, e);
	if (rc == 0)
		rc = org_tree(w->store, org_day(w->at.now_s, w->a), w->a, &w->tree, e);
	return rc;
}

static int prepare(struct work *w, struct err *e)
{
	int rc = imported_map(&w->g, w->job, w->at.reg, w->a, e);

	w->x = (struct exchange){ .at = &w->at,
		.user = &w->user,
		.tree = &w->tree,
		.unit_id = w->job->unit_id,
		.grid = &w->g.grid,
		.map = w->g.map,
		.file = w->job->file,
		.sha256 = arena_cstr(w->a, w->job->sha256),
		.progress = show_rows,
		.progress_context = w };
	return rc;
}

static void take_result(struct work *w)
{
	const struct exchange_result *r = &w->result;

	w->job->rows = (int64_t)r->rows;
	w->job->added = (int64_t)r->added;
	w->job->changed = (int64_t)r->changed;
	w->job->same = (int64_t)r->same;
	w->job->totals = exchange_totals_words(r, w->a);
	w->job->faults = (int64_t)r->fault_count;
	w->job->has_more_faults = r->has_more_faults;
}

/* The file again with its faults marked, so that it can be mended where it was made. */
static int write_marked(struct work *w, struct err *e)
{
	struct buf out;
	int rc, fd;

	if (w->result.fault_count == 0)
		return 0;
	buf_init(&out, FAULT_FILE_BYTES);
	rc = exchange_fault_file(&w->x, &w->result, w->job->lang, &out, e);
	fd = rc < 0 ? -1 :
		      open(imported_path(w->data, w->job->id, "xlsx", w->a),
			      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (rc == 0 && (fd < 0 || write(fd, out.ptr, out.len) != (ssize_t)out.len))
		rc = err_errno(e, errno, "write the file of faults");
	if (fd >= 0)
		close(fd);
	buf_done(&out);
	return rc;
}

static int check_or_save(struct work *w, struct err *e)
{
	bool is_save = w->job->state == JOB_SAVE;
	int rc = prepare(w, e);

	if (rc < 0)
		return rc;
	w->job->state = JOB_CHECKED;
	if (w->g.grid.fault)
		refuse(w, JOB_REFUSED, w->g.grid.fault, w->g.grid.fault_about);
	else if (w->x.map.known == 0)
		refuse(w, JOB_REFUSED,
			T("không nhận ra tiêu đề nào của sổ trong các dòng đầu; hãy dùng tệp mẫu"),
			STR_NONE);
	if (w->job->state == JOB_REFUSED)
		return 0;
	rc = is_save ? exchange_apply(&w->x, w->job->lang, w->a, &w->result, e) :
		       exchange_check(&w->x, w->job->lang, w->a, &w->result, e);
	take_result(w);
	if (is_save && rc == ERR_CONFLICT)
		refuse(w, JOB_CHECKED,
			T("chính tệp này đã được nhập vào sổ; hãy hoàn tác lần nhập ấy trước"),
			STR_NONE);
	else if (is_save && rc == ERR_INPUT)
		refuse(w, JOB_CHECKED,
			T("dữ liệu của sổ đã thay đổi từ lúc kiểm tra; xem lại các lỗi mới"),
			STR_NONE);
	else if (rc == 0 && is_save) {
		w->job->state = JOB_SAVED;
		w->job->import_id = w->result.import_id;
	} else if (rc < 0)
		return rc;
	return write_marked(w, e);
}

static int undo(struct work *w, struct err *e)
{
	size_t left = 0;
	int rc = exchange_undo(&w->at, w->job->import_id, &left, e);

	w->job->state = JOB_UNDONE;
	w->job->left = (int64_t)left;
	if (rc == ERR_CONFLICT)
		refuse(w, JOB_UNDONE, T("lần nhập này đã được hoàn tác từ trước"), STR_NONE);
	else if (rc == ERR_DENIED)
		refuse(w, JOB_SAVED, T("đã quá 30 ngày, không hoàn tác được nữa"), STR_NONE);
	else if (rc < 0)
		return rc;
	return 0;
}

/* One thing wanted. What fails is told on the page and never tried again by itself. */
static int do_one(struct work *w, struct err *e)
{
	bool needs_file = w->job->state != JOB_UNDO;
	int rc = begin(w, e);

	w->rows_fd = open(imported_path(w->data, w->job->id, "rows", w->a),
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (rc == 0 && needs_file) {
		rc = imported_open(w->data, w->job->id, w->a, &w->g, e);
		if (rc == 0) {
			rc = check_or_save(w, e);
			imported_close(&w->g);
		}
	} else if (rc == 0) {
		rc = undo(w, e);
	}
	if (w->rows_fd >= 0)
		close(w->rows_fd);
	if (rc < 0) {
		fprintf(stderr, "khien import: %s\n", e->text);
		refuse(w, w->job->import_id ? JOB_SAVED : JOB_REFUSED,
			T("việc này không làm xong được; dữ liệu của sổ giữ nguyên như trước"),
			STR_NONE);
	}
	rc = exchange_job_done(w->store, w->job, w->result.faults ? &w->result : NULL, e);
	if (rc == 0 && (w->job->state == JOB_SAVED || w->job->state == JOB_UNDONE))
		imported_remove(w->data, w->job->id);
	return rc;
}

static int forget_old(struct store *store, const char *data, struct err *e)
{
	int64_t ids[FORGOTTEN_AT_ONCE];
	size_t count = 0;
	int rc = exchange_jobs_forget(store, clock_now_s(), ids, COUNT(ids), &count, e);

	for (size_t i = 0; rc == 0 && i < count; i++)
		imported_remove(data, ids[i]);
	return rc;
}

static int do_all(const struct process *self, struct store *store, struct err *e)
{
	int rc = forget_old(store, self->service->data, e);

	while (rc >= 0) {
		struct exchange_job job;
		struct arena a;
		struct work w = { .s = self->state,
			.data = self->service->data,
			.store = store,
			.job = &job,
			.a = &a };

		arena_init(&a, MEMORY_BYTES);
		rc = exchange_job_wanted(store, &a, &job, e);
		if (rc == 1)
			rc = do_one(&w, e) < 0 ? e->code : 1;
		arena_done(&a);
		if (rc == 0)
			break;
	}
	return rc;
}

int web_import_start(const struct process *self)
{
	serve_forget_keys(self->state);
	return web_visit(self, do_all);
}
