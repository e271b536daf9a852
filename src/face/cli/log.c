#include "face/cli/log.h"

#include <stdio.h>
#include <sys/stat.h>

#include "core/trail/wal.h"
#include "work/archive/guard.h"

int cli_log_folder(const struct command_line *line, struct err *e, const char **ret)
{
	const char *data = command_value(line, "data");
	struct stat st;

	if (!data)
		return err_set(e, ERR_INPUT, "--data DIR: %s",
			tr(line->lang, "thư mục dữ liệu của dịch vụ"));
	if (stat(data, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_ABSENT, "there is no folder \"%s\"", data);
	*ret = arena_fmt(line->arena, "%s/log", data).ptr;
	return 0;
}

int cli_log_open(const struct command_line *line, struct err *e, struct find **ret)
{
	const char *folder;
	int rc = cli_log_folder(line, e, &folder);

	return rc < 0 ? rc : find_open(folder, ret, e);
}

int cli_log_place(const char *text, const struct find *f, struct find_place *ret, struct err *e)
{
	size_t count = find_shard_count(f);

	if (find_place_parse(str_of(text), ret))
		return 0;
	if (!str_to_u64(str_of(text), 10, &ret->index))
		return err_set(
			e, ERR_INPUT, "\"%s\" is no line: write 2026-1234 or its index", text);
	if (count == 0)
		return err_set(e, ERR_ABSENT, "the log has no line yet");
	ret->shard = find_shard_at(f, count - 1);
	return 0;
}

int cli_log_amiss(const struct command_line *line, const struct find *f)
{
	const char *amiss = find_amiss(f);

	if (!amiss)
		return 0;
	fprintf(stderr,
		tr(line->lang,
			T("Kết quả có thể thiếu: %s. Các phần khác vẫn đọc được, không tệp nào bị "
			  "đổi. Hãy chạy khien-verify để biết hết các chỗ sai, đưa tệp lạ ra khỏi "
			  "kho, chép lại tệp thiếu hay hỏng từ ổ cứng ngoài hoặc bản sao lưu.\n")),
		amiss);
	return 1;
}

int cli_log_fault(const struct command_line *line, struct str text, const struct parse_fault *fault,
	struct err *e)
{
	struct str words = parse_fault_text(fault, line->lang, line->arena);

	return err_set(e, ERR_INPUT, "%s %d: %.*s\n  %.*s\n  %*s", tr(line->lang, "cột"),
		fault->column, STR_FMT(words), STR_FMT(text_clean(line->arena, text, 400)),
		fault->column < 400 ? fault->column : 400, "^");
}

int cli_log_seal(const struct command_line *line, const struct seal_place *p, struct str json,
	struct seal_answer *ret, struct err *e)
{
	const struct leaf leaf = { .kind = LEAF_RETENTION,
		.transport = LEAF_OWN,
		.received_ns = clock_now_s() * 1000000000,
		.boot_ns = clock_monotonic_us() * 1000,
		.raw = json };
	struct guard_policy policy;
	struct wal *w = NULL;
	int rc = guard_policy_load(p->log, &policy, e);

	if (rc == 0)
		rc = wal_open(p->shard, &w, e);
	if (rc < 0)
		return rc;
	wal_limit(w, guard_wal_bytes(&policy));
	rc = wal_room(w, e);
	if (rc == 0) /* a year that begins now has its first entry then */
		rc = seal_now(p->shard, p->keys, w, clock_now_s(), ret, e);
	if (rc == 0)
		rc = wal_add(w, &leaf, e);
	if (rc == 0)
		rc = seal_now(p->shard, p->keys, w, clock_now_s(), ret, e);
	if (rc == 0 && !ret->is_sealed)
		rc = err_set(e, ERR_CONFLICT,
			tr(line->lang, T("không niêm phong được quyết định, chưa xóa gì: %s")),
			ret->reason);
	if (rc == 0)
		rc = wal_turn(w, e);
	wal_close(w);
	return rc;
}
