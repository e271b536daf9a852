/* import_job.c - bringing a file to a register, and the steps of an import. */
#include "face/web/import_job.h"

#include <unistd.h>

#include "kit/process/process.h"

#define STEP_WAIT_MS 400 /* small files are done by then, and the next page shows it */
#define READ_PATIENCE_S 90
#define COPY_BYTES (64 * KIB)

const struct http_file *import_file(const struct view *v, const char *name)
{
	for (size_t i = 0; i < v->rq->file_count; i++)
		if (str_is(v->rq->files[i].field, name) && v->rq->files[i].size_bytes > 0)
			return &v->rq->files[i];
	return NULL;
}

/* The file that came, to where the reader may go. */
static int copy_file(struct view *v, const char *from, int64_t id, struct err *e)
{
	struct vfile in, out;
	char piece[COPY_BYTES];
	uint64_t at = 0;
	ssize_t len = 0;
	int rc = vfile_open(v->web->disk, from, VFILE_READ, &in, e);

	if (rc < 0)
		return rc;
	rc = vfile_open(v->web->disk, path_of(v, IMPORT_FOLDER "/%lld.file", (long long)id),
		VFILE_CREATE, &out, e);
	while (rc == 0 && (len = vfile_read_at(&in, at, piece, sizeof(piece), e)) > 0) {
		rc = vfile_append(&out, (struct str){ piece, (size_t)len }, e);
		at += (uint64_t)len;
	}
	vfile_close(&in);
	vfile_close(&out);
	return rc < 0 ? rc : len < 0 ? (int)len : 0;
}

/* Ask the reader for a sheet; "" is the first that is not hidden. */
static int ask_reader(struct view *v, int64_t id, struct str sheet, struct err *e)
{
	int rc;

	(void)unlink(imported_path(v->web->data, id, "grid", v->a));
	(void)unlink(imported_path(v->web->data, id, "xlsx", v->a));
	rc = vfile_replace(
		v->web->disk, path_of(v, IMPORT_FOLDER "/%lld.ask", (long long)id), sheet, e);
	if (rc == 0)
		(void)process_run(v->web->parent_fd, "table", STEP_WAIT_MS);
	return rc;
}

int import_bring(struct view *v, const struct register_page *p, const struct http_file *sent,
	struct exchange_job *job)
{
	int rc;

	*job = (struct exchange_job){ .register_id = p->at.reg->id,
		.unit_id = job->unit_id,
		.lang = v->lang,
		.by = v->user.login,
		.at_s = v->by.now_s,
		.file = sent->name,
		.sha256 = str_of(sent->sha256) };
	rc = exchange_job_add(v->web->store, job, v->e);
	if (rc == 0)
		rc = copy_file(v, sent->path, job->id, v->e);
	return rc < 0 ? rc : ask_reader(v, job->id, STR(""), v->e);
}

bool import_of_path(struct view *v, struct job_page *ret)
{
	int64_t id = 0;

	(void)str_to_i64(v->args[0], &id);
	if (exchange_job_get(v->web->store, id, v->a, &ret->job, v->e) < 0) {
		page_failed(v);
		return false;
	}
	v->args[0] = ret->job.register_id;
	if (!import_register_of_path(v, &ret->p))
		return false;
	if (view_may(v, import_right(&ret->p), ret->job.unit_id))
		return true;
	page_problem(v, 403);
	return false;
}

static int ask(struct view *v, struct job_page *j, enum exchange_state to)
{
	int rc = exchange_job_ask(v->web->store, &j->job, j->job.state, to, v->by.now_s, v->e);

	if (rc == 0 && to != JOB_READ && to != JOB_DROPPED)
		(void)process_run(v->web->parent_fd, "import", STEP_WAIT_MS);
	return rc == 0 ? exchange_job_get(v->web->store, j->job.id, v->a, &j->job, v->e) : rc;
}

/* The reader is done: have its rows checked. It is not, and time is over: say so. */
int import_go_on(struct view *v, struct job_page *j)
{
	if (j->job.state != JOB_READ)
		return 0;
	if (access(imported_path(v->web->data, j->job.id, "grid", v->a), R_OK) == 0)
		return ask(v, j, JOB_CHECK);
	if (v->by.now_s < j->job.asked_at_s + READ_PATIENCE_S)
		return 0;
	j->job.state = JOB_REFUSED;
	j->job.words = str_of(
		T("tệp không đọc xong trong thời gian cho phép; có thể quá lớn hoặc bị hỏng cố ý"));
	return exchange_job_done(v->web->store, &j->job, NULL, v->e);
}

/* "A=ten,B=,C=@unit" of the selects of the form. */
static struct str map_typed(struct view *v)
{
	struct buf out;
	struct str kept;

	buf_init(&out, 64 * KIB);
	for (size_t i = 0; i < v->form.count; i++)
		if (str_starts(v->form.at[i].name, "c-"))
			buf_fmt(&out, "%s%.*s=%.*s", out.len ? "," : "",
				STR_FMT(str_from(v->form.at[i].name, 2)),
				STR_FMT(v->form.at[i].value));
	kept = arena_str(v->a, buf_str(&out));
	buf_done(&out);
	return kept;
}

/* Who takes an import back must reach all units it wrote to. */
static int may_undo(struct view *v, const struct exchange_job *job)
{
	struct view_units may =
		view_units(v, str_is(job->register_id, EXCHANGE_PEOPLE) ? RIGHT_PEOPLE : RIGHT_ACT);
	int64_t outside = 0;
	int rc = exchange_import_outside(v->web->store, job->import_id, may.json, &outside, v->e);

	if (rc == 0 && outside > 0)
		return err_set(v->e, ERR_DENIED, "some records are of other units");
	return rc;
}

int import_act(struct view *v, struct job_page *j, struct str what)
{
	int rc;

	if (str_is(what, "trang") && (j->job.state == JOB_CHECKED || j->job.state == JOB_REFUSED)) {
		j->job.sheet = form_value(v, "trang");
		j->job.map = STR("");
		rc = ask(v, j, JOB_READ);
		return rc == 0 ? ask_reader(v, j->job.id, j->job.sheet, v->e) : rc;
	}
	if (str_is(what, "cot") && j->job.state == JOB_CHECKED) {
		j->job.map = map_typed(v);
		return ask(v, j, JOB_CHECK);
	}
	if (str_is(what, "luu") && j->job.state == JOB_CHECKED)
		return ask(v, j, JOB_SAVE);
	if (str_is(what, "bo") && (j->job.state == JOB_CHECKED || j->job.state == JOB_REFUSED)) {
		rc = ask(v, j, JOB_DROPPED);
		imported_remove(v->web->data, j->job.id);
		return rc;
	}
	if (str_is(what, "hoan-tac") && j->job.state == JOB_SAVED) {
		rc = may_undo(v, &j->job);
		return rc == 0 ? ask(v, j, JOB_UNDO) : rc;
	}
	return err_set(v->e, ERR_CONFLICT, "that cannot be done with this import now");
}
