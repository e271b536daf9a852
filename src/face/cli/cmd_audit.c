#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <string.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "face/cli/report.h"

#define REPORT_MAX_BYTES (64 * MIB)

static const struct command_option options[] = {
	{ "root", OPTION_DIR, T("THƯ-MỤC"), NULL,
		T("kiểm tra cây thư mục khác thay cho máy đang chạy") },
	{ "check", OPTION_TEXT, "ID", NULL, T("chỉ chạy một phép kiểm") },
	{ "format", OPTION_CHOICE, NULL, "text|json|html", T("dạng kết quả") },
	{ "level", OPTION_NUMBER, "1-5", NULL, T("cấp độ của hệ thống thông tin") },
	{ "strict", OPTION_FLAG, NULL, NULL, T("mã kết thúc là 1 khi có phép kiểm không đạt") },
	{ "deep", OPTION_FLAG, NULL, NULL,
		T("kiểm tra sâu: so mọi tệp của các gói phần mềm, hỏi từng số tiến trình") },
	{ "propose", OPTION_FLAG, NULL, NULL,
		T("thay cho kết quả: in bản khai nháp của máy (/etc/khien/machine.yaml)") },
	{ "declared", OPTION_FILE, T("TỆP"), NULL,
		T("đối chiếu với bản khai này thay cho /etc/khien/machine.yaml") },
	{ "save", OPTION_FILE, T("TỆP"), NULL, T("giữ lại mọi dữ kiện đã đọc vào tệp") },
	{ "import", OPTION_FILE, T("TỆP"), NULL,
		T("thay cho kiểm tra: đọc kết quả của công cụ khác (XCCDF, ARF, lynis-report.dat)") },
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL,
		T("với --import: ghi vào thư mục dữ liệu của dịch vụ làm bằng chứng") },
	{ "host", OPTION_TEXT, T("TÊN"), NULL, T("với --import: tên máy, khi tệp không ghi đúng") },
	{ "replay", OPTION_FILE, T("TỆP"), NULL,
		T("hỏi lại các dữ kiện đã giữ trong tệp, không đọc máy nào") },
	CLI_PACKS_OPTION,
	{ 0 },
};

static report_writer *writer_of(const char *format)
{
	if (format && strcmp(format, "json") == 0)
		return report_json;
	if (format && strcmp(format, "html") == 0)
		return report_html;
	return report_text;
}

static int print(struct buf *out, struct err *e)
{
	struct str rest = buf_str(out);

	if (buf_is_full(out))
		return err_set(
			e, ERR_LIMIT, "the report is larger than %u bytes", REPORT_MAX_BYTES);
	while (rest.len > 0) {
		ssize_t n = write(STDOUT_FILENO, rest.ptr, rest.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, errno, "cannot write the report");
		rest = str_from(rest, (size_t)n);
	}
	return 0;
}

static int run_checks(
	const struct command_line *line, struct hostaudit *audit, struct report *r, struct err *e)
{
	const char *id = command_value(line, "check");
	const struct check *check;
	struct hostaudit_result *results;
	int rc;

	if (!id) {
		rc = hostaudit_run(audit, e, &results, &r->count);
	} else {
		check = pack_check(r->packs, str_of(id));
		if (!check)
			return err_set(e, ERR_INPUT, "no check is called \"%s\"", id);
		if (!check->is_live)
			return err_set(
				e, ERR_INPUT, "the check \"%s\" is planned, not built yet", id);
		results = arena_new(line->arena, struct hostaudit_result);
		r->count = 1;
		rc = hostaudit_check(audit, check, e, results);
	}
	if (rc < 0)
		return rc;
	r->results = results;
	for (size_t i = 0; i < r->count; i++)
		r->of_outcome[results[i].outcome]++;
	return 0;
}

/* Ask and write, as the options say, into OUT. */
static int fill(const struct command_line *line, struct hostaudit *audit, struct report *r,
	struct buf *out, struct err *e)
{
	int64_t start_us = clock_monotonic_us();
	int rc;

	r->host = hostaudit_profile(audit);
	r->at_s = r->host.at_s;
	r->level = r->host.level;
	if (command_flag(line, "propose"))
		return hostaudit_propose(audit, r->lang, out, e);
	rc = run_checks(line, audit, r, e);
	if (rc < 0)
		return rc;
	r->duration_us = clock_monotonic_us() - start_us;
	writer_of(command_value(line, "format"))(r, out);
	return 0;
}

static int report(
	const struct command_line *line, struct hostaudit *audit, struct report *r, struct err *e)
{
	struct buf out;
	int rc;

	buf_init(&out, REPORT_MAX_BYTES);
	rc = fill(line, audit, r, &out, e);
	if (rc == 0)
		rc = print(&out, e);
	buf_done(&out);
	if (rc == 0 && command_value(line, "save"))
		rc = snapshot_write(command_value(line, "save"), audit, line->arena, e);
	if (rc < 0)
		return rc;
	return command_flag(line, "strict") && r->of_outcome[OUTCOME_FAIL] > 0 ? 1 : 0;
}

/* --declared FILE; a file that is not sound ends it here, before anything is asked. */
static int declaration_read(const struct command_line *line, struct str *ret, struct err *e)
{
	const char *path = command_value(line, "declared");
	struct str text, fault;
	int rc;

	if (!path)
		return 0;
	rc = text_file_read(path, LIMIT_HOST_FILE_BYTES, line->arena, &text, e);
	if (rc < 0)
		return rc;
	if (!hostaudit_declaration_is_sound(text, line->lang, line->arena, &fault))
		return err_set(e, ERR_INPUT, "%s: %.*s", path, STR_FMT(fault));
	*ret = text;
	return 0;
}

/* An audit takes this much memory in small pieces, of which the system would be asked page by page,
 * when each is first touched: it costs less to ask once. Where the kernel knows no such order it
 * goes on as ever. */
static void ask_memory_ahead(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = 1792 * KIB;
	char *memory;

	mallopt(M_MMAP_THRESHOLD, 4 * MIB); /* all in one place, and nothing of it given back */
	mallopt(M_TRIM_THRESHOLD, 64 * MIB);
	memory = malloc(size);
	if (memory)
		(void)madvise((char *)(((uintptr_t)memory + page - 1) & ~(page - 1)), size - page,
			MADV_POPULATE_WRITE);
	free(memory);
}

static int run(const struct command_line *line, struct err *e)
{
	const char *level = command_value(line, "level");
	int64_t level_number = 0;
	struct hostaudit_options audit_options = {
		.root = command_value(line, "root"),
		.now_s = clock_now_s(),
		.is_deep = command_flag(line, "deep"),
		.progress = cli_progress,
	};
	struct cli_waiting waiting = { .lang = line->lang, .since_us = clock_monotonic_us() };
	struct report r = {
		.root = audit_options.root ? audit_options.root : "/",
		.at_s = audit_options.now_s,
		.lang = line->lang,
		.arena = line->arena,
	};
	struct pack_set *packs = NULL;
	struct hostaudit *audit = NULL;
	int rc;

	ask_memory_ahead();
	if (level &&
		(!str_to_i64(str_of(level), &level_number) || level_number < 1 || level_number > 5))
		return err_set(
			e, ERR_INPUT, "the level is a number from 1 to 5, not \"%s\"", level);
	r.level = audit_options.level = (int)level_number;
	audit_options.progress_context = &waiting;
	if (command_value(line, "import"))
		return report_foreign(line, e);
	if (command_value(line, "replay")) {
		rc = snapshot_read(
			command_value(line, "replay"), line->arena, &audit_options.replay, e);
		if (rc < 0)
			return rc;
	}
	rc = declaration_read(line, &audit_options.declared, e);
	if (rc == 0)
		rc = cli_packs_load_checks(line, e, &packs);
	if (rc < 0)
		return rc;
	r.packs = audit_options.packs = packs;
	rc = cli_confine(command_value(line, "save") != NULL, e);
	if (rc == 0)
		rc = hostaudit_open(&audit_options, e, &audit);
	if (rc == 0)
		rc = report(line, audit, &r, e);
	cli_progress_end(&waiting);
	hostaudit_close(audit);
	pack_set_free(packs);
	return rc;
}

const struct command cmd_audit = {
	.name = "audit",
	.args = "",
	.words = T("kiểm tra máy này theo Quy chế"),
	.help = T(
		"Đọc cấu hình và trạng thái của máy, không sửa gì, không chạy chương trình nào, rồi nêu "
		"từng phép kiểm đạt, không đạt hay chưa xác định, kèm bằng chứng, căn cứ và cách khắc phục. "
		"Nên chạy với quyền root: điều gì không đọc được thì ghi là chưa xác định."),
	.options = options,
	.is_confined = true,
	.run = run,
};
