/* khien register import: a table into a register, all of it or nothing. The file is a
 * stranger's: it is read by a child that may do nothing but compute. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/page.h"
#include "face/cli/register.h"
#include "kit/crypto/crypto.h"
#include "kit/sandbox/sandbox.h"
#include "work/exchange/exchange.h"

#define READ_TIME_S 60
#define MEMORY_BYTES (256 * MIB)
#define FILE_BYTES (64 * MIB)
#define FAULT_FILE_BYTES (64 * MIB)
#define SHOWN_FAULTS 1000

#ifdef __SANITIZE_ADDRESS__
#define ADDRESS_SPACE_BYTES 0 /* the sanitizer needs terabytes of it */
#else
#define ADDRESS_SPACE_BYTES (768 * MIB)
#endif

#define IMPORT_OPTIONS \
	CLI_PACKS_OPTION, \
		{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu của khien serve") }, \
		{ "unit", OPTION_TEXT, T("ĐƠN-VỊ"), NULL, \
			T("đơn vị của các dòng không ghi đơn vị: mã hoặc số") }, \
		{ "sheet", OPTION_TEXT, T("TÊN"), NULL, \
			T("trang tính: tên hoặc số thứ tự; mặc định trang đầu") }, \
		{ "map", OPTION_TEXT, "C=FIELD,…", NULL, \
			T("cột nào là trường nào, khi tiêu đề không nói rõ; C= thì bỏ qua cột") }, \
		{ "dry-run", OPTION_FLAG, NULL, NULL, T("chỉ xem mọi lỗi, không lưu gì") }, \
		{ "errors", OPTION_FILE, T("TỆP"), NULL, \
			T("ghi tệp XLSX cùng bố cục với lỗi được đánh dấu") }, \
		{ "undo", OPTION_NUMBER, "N", NULL, T("hoàn tác lần nhập số N thay cho nhập") }, \
	{ \
		"format", OPTION_CHOICE, "F", "text|json", T("dạng kết quả") \
	}

static const struct command_option options[] = { IMPORT_OPTIONS, { 0 } };
static const struct command_option people_options[] = { IMPORT_OPTIONS,
	{ "template", OPTION_FILE, T("TỆP"), NULL, T("ghi bảng mẫu để điền thay cho nhập") },
	{ 0 } };

struct job {
	const struct command_line *line;
	const char *path;
	struct registers r;
	struct exchange x;
	struct exchange_result result;
	struct grid grid;
	struct arena arena;
	char sha256[65];
	int in_fd, grid_fd;
	bool is_grid_open;
	struct buf out;
};

/* --- reading the file apart ------------------------------------------------------------------ */

static int read_apart(void *context, struct err *e)
{
	struct job *j = context;
	const char *sheet = command_value(j->line, "sheet");

	return grid_make(j->in_fd, str_of(sheet ? sheet : ""), EXCHANGE_ROWS_MAX, j->grid_fd, e);
}

static int hash_file(struct job *j, struct err *e)
{
	struct sha256 *sum = sha256_new();
	unsigned char digest[SHA256_SIZE];
	char piece[16 * KIB];
	ssize_t n;

	while ((n = read(j->in_fd, piece, sizeof(piece))) > 0)
		sha256_add(sum, (struct str){ piece, (size_t)n });
	sha256_end(sum, digest);
	for (size_t i = 0; i < SHA256_SIZE; i++)
		snprintf(j->sha256 + 2 * i, 3, "%02x", digest[i]);
	return n < 0 ? err_errno(e, errno, "cannot read the file") : 0;
}

static int open_file(struct job *j, const char *path, struct err *e)
{
	struct stat st;

	j->in_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (j->in_fd < 0 || fstat(j->in_fd, &st) != 0)
		return err_errno(e, errno, "cannot open \"%s\"", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "\"%s\" is no file", path);
	if (st.st_size > FILE_BYTES)
		return err_set(
			e, ERR_LIMIT, "\"%s\" is larger than %u MiB", path, FILE_BYTES / MIB);
	j->grid_fd = memfd_create("grid", MFD_CLOEXEC);
	if (j->grid_fd < 0)
		return err_errno(e, errno, "no memory file");
	return hash_file(j, e);
}

static int read_file(struct job *j, const char *path, struct err *e)
{
	const struct sandbox_rights rights = { .memory_max_bytes = ADDRESS_SPACE_BYTES };
	struct parse_fault fault;
	struct office_row row;
	int rc = open_file(j, path, e);

	if (rc == 0)
		rc = sandbox_apart(&rights, READ_TIME_S, read_apart, j, e);
	if (rc == 0)
		rc = grid_open(j->grid_fd, &j->arena, &j->grid, e);
	if (rc < 0)
		return err_context(e, "\"%s\"", path);
	j->is_grid_open = true;
	while ((rc = grid_next(&j->grid, &row, e)) == 1)
		; /* to its end, where it says whether all is there */
	if (rc < 0)
		return rc;
	if (j->grid.fault) {
		fault = (struct parse_fault){ 0, 0, j->grid.fault, j->grid.fault_about };
		return err_set(e, ERR_INPUT, "\"%s\": %.*s", path,
			STR_FMT(parse_fault_text(&fault, j->line->lang, &j->arena)));
	}
	return 0;
}

static int map_columns(struct job *j, struct err *e)
{
	const char *text = command_value(j->line, "map");
	struct str rest = str_of(text ? text : ""), one;
	int rc = exchange_guess(&j->grid, j->r.at.reg, &j->arena, &j->x.map, e);

	while (rc == 0 && str_next_word(&rest, ",", &one))
		rc = exchange_set(&j->x.map, j->r.at.reg, one, e);
	if (rc == 0 && j->x.map.known == 0)
		return err_set(e, ERR_INPUT, "%s",
			tr(j->line->lang,
				T("không nhận ra tiêu đề nào của sổ trong các dòng đầu; lấy mẫu bằng "
				  "khien register export ID --template -o TỆP")));
	return rc;
}

/* --- saying what was found ------------------------------------------------------------------- */

static void say_notes(struct job *j)
{
	const struct office_notes *n = &j->grid.notes;
	enum lang lang = j->line->lang;

	for (size_t i = 0; i < j->grid.sheet_count; i++)
		if (j->grid.sheets[i].is_hidden)
			buf_fmt(&j->out, tr(lang, "trang tính ẩn, không nhập: %.*s\n"),
				STR_FMT(j->grid.sheets[i].name));
	if (n->has_macros)
		buf_fmt(&j->out, "%s\n", tr(lang, "tệp có macro; macro không được đọc"));
	if (n->is_csv || n->text.is_twice)
		buf_fmt(&j->out, tr(lang, "bảng mã: %s (chắc %d%%)\n"),
			office_encoding_name(n->text.encoding), n->text.sure_percent);
	if (n->columns_dropped)
		buf_fmt(&j->out, "%s\n",
			tr(lang, "có ô nằm quá cột thứ 512; các ô ấy không được đọc"));
	if (j->grid.is_cut)
		buf_fmt(&j->out, tr(lang, "chỉ đọc %d dòng đầu\n"), EXCHANGE_ROWS_MAX);
	for (size_t i = 0; i < j->x.map.count; i++) {
		const struct exchange_column *c = &j->x.map.columns[i];
		char name[8];

		if (c->heading.len > 0)
			buf_fmt(&j->out, "%s  %.*s → %.*s\n", office_column_name(i, name),
				STR_FMT(text_clean(&j->arena, c->heading, 60)),
				STR_FMT(c->field                            ? c->field->id :
						c->meaning == COLUMN_UNIT   ? STR("@unit") :
						c->meaning == COLUMN_RECORD ? STR("@record") :
									      STR("-")));
	}
}

static void say_text(struct job *j)
{
	const struct exchange_result *r = &j->result;
	struct str sheet = j->grid.sheets[j->grid.sheet].name;
	enum lang lang = j->line->lang;

	say_notes(j);
	for (size_t i = 0; i < r->fault_count && i < SHOWN_FAULTS; i++) {
		const struct exchange_fault *f = &r->faults[i];
		char name[8];

		buf_fmt(&j->out, "%.*s%s%s%u: %.*s%s%.*s%s %.*s\n", STR_FMT(sheet),
			sheet.len ? "!" : "",
			f->column == SIZE_MAX ? "" : office_column_name(f->column, name), f->row,
			STR_FMT(f->heading), f->heading.len ? ": " : "", STR_FMT(f->words),
			f->mend.len ? "." : "", STR_FMT(f->mend));
	}
	if (r->total_count)
		buf_fmt(&j->out, tr(lang, "dòng tổng cộng được bỏ qua: dòng %.*s\n"),
			STR_FMT(exchange_totals_words(r, &j->arena)));
	buf_fmt(&j->out, tr(lang, "%zu dòng: %zu thêm, %zu sửa, %zu như cũ; %zu lỗi\n"), r->rows,
		r->added, r->changed, r->same, r->fault_count);
	if (r->import_id)
		buf_fmt(&j->out, tr(lang, "✓ đã lưu, lần nhập số %lld (hoàn tác: --undo %lld)\n"),
			(long long)r->import_id, (long long)r->import_id);
	else
		buf_fmt(&j->out, "%s\n", tr(lang, "chưa lưu gì"));
}

static void json_faults(struct json *j, const struct exchange_result *r, struct str sheet)
{
	char name[8];

	json_key(j, "faults");
	json_array(j);
	for (size_t i = 0; i < r->fault_count; i++) {
		const struct exchange_fault *f = &r->faults[i];

		json_object(j);
		json_put(j, "sheet", sheet);
		json_put_i64(j, "row", f->row);
		json_key(j, "column");
		if (f->column == SIZE_MAX)
			json_null(j);
		else
			json_cstr(j, office_column_name(f->column, name));
		json_put(j, "heading", f->heading);
		json_put(j, "value", f->value);
		json_put(j, "words", f->words);
		json_put(j, "mend", f->mend);
		json_object_end(j);
	}
	json_array_end(j);
}

static void say_json(struct job *job)
{
	const struct exchange_result *r = &job->result;
	struct json j;

	json_init(&j, &job->out, true);
	json_object(&j);
	json_put(&j, "register", job->r.at.reg->id);
	json_put_i64(&j, "rows", (int64_t)r->rows);
	json_put_i64(&j, "added", (int64_t)r->added);
	json_put_i64(&j, "changed", (int64_t)r->changed);
	json_put_i64(&j, "same", (int64_t)r->same);
	json_put(&j, "totals", exchange_totals_words(r, &job->arena));
	json_put_i64(&j, "import", r->import_id);
	json_put(&j, "encoding", str_of(office_encoding_name(job->grid.notes.text.encoding)));
	json_key(&j, "macros");
	json_bool(&j, job->grid.notes.has_macros);
	json_key(&j, "columns");
	json_object(&j);
	for (size_t i = 0; i < job->x.map.count; i++) {
		char name[8];

		if (job->x.map.columns[i].field)
			json_put(&j, office_column_name(i, name), job->x.map.columns[i].field->id);
	}
	json_object_end(&j);
	json_faults(&j, r, job->grid.sheets[job->grid.sheet].name);
	json_object_end(&j);
	buf_add_char(&job->out, '\n');
}

static int write_errors(struct job *j, struct err *e)
{
	const char *path = command_value(j->line, "errors");
	struct buf out;
	int rc, fd;

	if (!path || j->result.fault_count == 0)
		return 0;
	buf_init(&out, FAULT_FILE_BYTES);
	rc = exchange_fault_file(&j->x, &j->result, j->line->lang, &out, e);
	fd = rc < 0 ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (rc == 0 && (fd < 0 || write(fd, out.ptr, out.len) != (ssize_t)out.len))
		rc = err_errno(e, errno, "cannot write \"%s\"", path);
	if (fd >= 0)
		close(fd);
	buf_done(&out);
	return rc;
}

/* --- the command ----------------------------------------------------------------------------- */

static int run_import(struct job *j, struct err *e)
{
	const char *format = command_value(j->line, "format");
	const char *path = j->path, *name = strrchr(path, '/');
	int rc = read_file(j, path, e);

	j->x = (struct exchange){ .at = &j->r.at,
		.tree = &j->r.tree,
		.unit_id = j->r.unit_id,
		.grid = &j->grid,
		.file = str_of(name ? name + 1 : path),
		.sha256 = j->sha256 };
	if (rc == 0)
		rc = map_columns(j, e);
	if (rc == 0)
		rc = exchange_check(&j->x, j->line->lang, &j->arena, &j->result, e);
	if (rc == 0 && j->result.fault_count == 0 && !command_flag(j->line, "dry-run"))
		rc = exchange_apply(&j->x, j->line->lang, &j->arena, &j->result, e);
	if (rc == 0)
		rc = write_errors(j, e);
	if (rc < 0)
		return rc;
	if (format && strcmp(format, "json") == 0)
		say_json(j);
	else
		say_text(j);
	rc = page_print(&j->out, e);
	return rc < 0 ? rc : j->result.fault_count > 0;
}

static int run_undo(struct job *j, struct err *e)
{
	size_t left = 0;
	int64_t id;
	int rc;

	if (!str_to_i64(str_of(command_value(j->line, "undo")), &id))
		return err_set(e, ERR_INPUT, "--undo N");
	rc = exchange_undo(&j->r.at, id, &left, e);
	if (rc < 0)
		return rc;
	buf_fmt(&j->out,
		tr(j->line->lang,
			"✓ đã hoàn tác lần nhập số %lld; %zu bản ghi có người sửa sau đó được để nguyên\n"),
		(long long)id, left);
	return page_print(&j->out, e);
}

/* An empty table to fill in. */
static int write_template(struct job *j, struct err *e)
{
	int fd = open(
		command_value(j->line, "template"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int rc = fd < 0 ? err_errno(e, errno, "cannot write the template") :
			  exchange_template(j->r.at.reg, j->line->lang, &j->out, e);

	if (rc == 0 && write(fd, j->out.ptr, j->out.len) != (ssize_t)j->out.len)
		rc = err_errno(e, errno, "cannot write the template");
	if (fd >= 0)
		close(fd);
	buf_done(&j->out);
	return rc;
}

/* Of the register ID, or the roster. */
static int import(const struct command_line *line, const char *id, const char *path, struct err *e)
{
	struct job j = { .line = line, .path = path, .in_fd = -1, .grid_fd = -1 };
	bool is_template = !id && command_value(line, "template");
	int rc;

	if (!command_value(line, "undo") && !path && !is_template)
		return err_set(e, ERR_INPUT, "name the file to import");
	arena_init(&j.arena, MEMORY_BYTES);
	buf_init(&j.out, PAGE_MAX_BYTES);
	rc = registers_open(line, id, is_template, &j.r, e);
	if (rc == 0)
		rc = is_template                    ? write_template(&j, e) :
			command_value(line, "undo") ? run_undo(&j, e) :
						      run_import(&j, e);
	else
		buf_done(&j.out);
	if (j.is_grid_open)
		grid_close(&j.grid);
	if (j.in_fd >= 0)
		close(j.in_fd);
	if (j.grid_fd >= 0)
		close(j.grid_fd);
	registers_close(&j.r);
	arena_done(&j.arena);
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	return import(line, line->args[0], line->arg_count > 1 ? line->args[1] : NULL, e);
}

static int run_people(const struct command_line *line, struct err *e)
{
	return import(line, NULL, line->arg_count > 0 ? line->args[0] : NULL, e);
}

const struct command cmd_people_import = {
	.name = "user import",
	.args = T("[TỆP]"),
	.words = T(
		"nhập danh sách nhân sự từ bảng XLSX hoặc CSV; mọi lỗi được nêu, có lỗi thì không lưu gì"),
	.options = people_options,
	.args_max = 1,
	.run = run_people,
};

const struct command cmd_register_import = {
	.name = "register import",
	.args = T("ID [TỆP]"),
	.words = T("nhập bảng XLSX hoặc CSV vào một sổ; mọi lỗi được nêu, có lỗi thì không lưu gì"),
	.options = options,
	.args_min = 1,
	.args_max = 2,
	.run = run,
	.complete = registers_complete,
};
