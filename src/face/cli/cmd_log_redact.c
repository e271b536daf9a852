/* khien log redact LINE: the text of one line goes, by a written decision; its leaf hash stays. */
#include <stdio.h>
#include <string.h>

#include "core/trail/order.h"
#include "face/cli/cli.h"
#include "face/cli/log.h"
#include "work/archive/guard.h"
#include "work/archive/show.h"
#include "work/seal/seal.h"

#define SHOWN_BYTES (256 * KIB)

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	{ "decision", OPTION_TEXT, T("QUYẾT-ĐỊNH"), NULL,
		T("số, ngày, nơi ban hành của văn bản cho phép xóa") },
	{ "by", OPTION_TEXT, T("NGƯỜI"), NULL, T("họ tên, chức vụ người thực hiện") },
	{ "reason", OPTION_TEXT, T("LÝ-DO"), NULL, T("vì sao phải xóa; không nhắc lại nội dung") },
	{ "confirm", OPTION_FLAG, NULL, NULL, T("xóa thật; không có thì chỉ cho xem dòng sẽ xóa") },
	{ 0 },
};

struct redaction_job {
	const struct command_line *line;
	const char *folder, *decision, *by, *reason;
	struct find_place place;
	struct seal_place log;
	struct vfile_disk *shard; /* that of the line */
	struct seal_answer sealed;
	struct keep_redacted done;
};

static bool is_said(const char *text)
{
	return text && redaction_is_said(str_of(text));
}

/* Shows the line. ERR_ABSENT: none is there; ERR_INPUT: it is one of Khiên's own. */
static int look(struct redaction_job *r, struct err *e)
{
	char place[FIND_PLACE_TEXT_MAX], at[CLOCK_TEXT_MAX];
	struct find *f = NULL;
	struct leaf leaf = { 0 };
	struct buf out;
	int rc = cli_log_open(r->line, e, &f);

	if (rc < 0)
		return rc;
	rc = cli_log_place(r->line->args[0], f, &r->place, e);
	if (rc == 0)
		rc = find_at(f, r->place, &leaf, e);
	if (rc == 0 && leaf.kind != LEAF_LINE)
		rc = err_set(e, ERR_INPUT, "%s",
			tr(r->line->lang,
				T("đây là mục Khiên tự ghi, không phải dòng máy khác gửi về; "
				  "không xóa được")));
	if (rc == 0) {
		buf_init(&out, SHOWN_BYTES);
		show_visible(&out, leaf.raw);
		printf("%s  %s  %.*s\n", find_place_text(r->place, place),
			clock_people(leaf.received_ns / 1000000000, at), (int)out.len, out.ptr);
		buf_done(&out);
	}
	find_close(f);
	return rc;
}

/* All below SEALED stands in closed segments. */
static int close_segments(const struct redaction_job *r, uint64_t sealed, struct err *e)
{
	struct archive_options within = { 0 };
	struct guard_policy policy;
	int rc = guard_policy_load(r->log.log, &policy, e);

	if (rc == 0)
		rc = guard_segment_bytes(r->log.log, r->log.shard, &policy, &within.quota_bytes, e);
	return rc == 0 ? archive_close_segments(r->log.shard, &within, sealed, e) : rc;
}

/* Lines of a year that is over need not stand where they were written first. */
static int empty_old_wal(const struct redaction_job *r, struct err *e)
{
	struct archive_options within = { 0 };
	struct guard_policy policy;
	int rc = guard_policy_load(r->log.log, &policy, e);

	if (rc == 0)
		rc = guard_segment_bytes(r->log.log, r->shard, &policy, &within.quota_bytes, e);
	return rc == 0 ? keep_empty_wal(r->shard, &within, e) : rc;
}

/* The decision, in the log before anything goes. */
static int seal_decision(struct redaction_job *r, struct err *e)
{
	char place[FIND_PLACE_TEXT_MAX];
	const struct redaction of = { .line = find_place_text(r->place, place),
		.decision = str_of(r->decision),
		.by = str_of(r->by),
		.reason = str_of(r->reason ? r->reason : "") };
	struct buf b;
	int rc;

	buf_init(&b, 4 * KIB);
	redaction_leaf(&of, &b);
	rc = cli_log_seal(r->line, &r->log, buf_str(&b), &r->sealed, e);
	buf_done(&b);
	return rc;
}

static int take_out(struct redaction_job *r, struct err *e)
{
	int rc = keep_redact(r->shard, r->place.index, &r->done, e);

	return rc != ERR_CONFLICT ?
		rc :
		err_set(e, ERR_CONFLICT, "%s",
			tr(r->line->lang,
				T("dòng này còn nằm trong tệp nhận gần đây nên chưa xóa được, nội "
				  "dung còn nguyên; quyết định đã vào nhật ký. Hãy chạy lại lệnh "
				  "khi nhật ký đã có thêm vài trăm dòng")));
}

static int redact(struct redaction_job *r, struct err *e)
{
	char name[FIND_PLACE_TEXT_MAX];
	const char *path =
		arena_fmt(r->line->arena, "%s/%s", r->folder, shard_id_text(r->place.shard, name))
			.ptr;
	int rc = vfile_disk_open(path, &r->shard, e);

	if (rc == 0)
		rc = seal_decision(r, e);
	if (rc == 0)
		rc = close_segments(r, r->sealed.size, e);
	if (rc == 0 && strcmp(name, r->log.name) != 0)
		rc = empty_old_wal(r, e);
	if (rc == 0)
		rc = take_out(r, e);
	vfile_disk_close(r->shard);
	return rc;
}

static int say(const struct redaction_job *r)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_of(r->done.leaf.bytes, SHA256_SIZE, hex);
	printf("%s\n",
		tr(r->line->lang,
			T("✓ đã xóa nội dung; quyết định nằm trong nhật ký, mọi phép kiểm chứng vẫn đúng")));
	printf("  %s %s\n", tr(r->line->lang, T("Mã băm được giữ lại:")), hex);
	if (r->done.copies > 0)
		printf("  %s\n",
			arena_fmt(r->line->arena,
				tr(r->line->lang,
					T("%zu ổ cứng ngoài còn giữ nội dung ở tháng %s. Cắm từng đĩa rồi chạy "
					  "khien log media write để thay; đến lúc đó tháng này không rời máy.")),
				r->done.copies, r->done.month)
				.ptr);
	printf("  %s\n",
		tr(r->line->lang,
			T("Bản sao lưu, bản kết xuất, đĩa không đăng ký làm trước lúc này còn nội dung.")));
	return 0;
}

static int run(const struct command_line *line, struct err *e)
{
	struct redaction_job r = { .line = line,
		.decision = command_value(line, "decision"),
		.by = command_value(line, "by"),
		.reason = command_value(line, "reason") };
	const char *data = command_value(line, "data");
	int rc = cli_log_folder(line, e, &r.folder);

	if (rc == 0 && (!is_said(r.decision) || !is_said(r.by) || (r.reason && !is_said(r.reason))))
		rc = err_set(e, ERR_INPUT, "%s",
			tr(line->lang,
				T("cần --decision và --by, mỗi mục một dòng không quá 400 byte: ai cho phép, "
				  "ai làm sẽ được niêm phong cùng nhật ký")));
	if (rc == 0)
		rc = look(&r, e);
	if (rc < 0)
		return rc;
	if (!command_flag(line, "confirm")) {
		printf("%s\n",
			tr(line->lang,
				T("Chưa xóa gì. Nội dung đã xóa thì không lấy lại được; chắc chắn thì chạy lại "
				  "với --confirm.")));
		return 1;
	}
	rc = seal_place_open(data, SEAL_LOG, STR(""), clock_now_s(), &r.log, e);
	if (rc == 0)
		rc = redact(&r, e);
	else if (rc == ERR_CONFLICT && r.log.lock_fd < 0)
		rc = err_set(e, ERR_CONFLICT, "%s",
			tr(line->lang,
				T("dịch vụ đang ghi nhật ký: dừng dịch vụ, chạy lại lệnh này, rồi cho "
				  "dịch vụ chạy tiếp; chưa xóa gì")));
	seal_place_close(&r.log);
	return rc < 0 ? rc : say(&r);
}

const struct command cmd_log_redact = {
	.name = "log redact",
	.args = T("DÒNG"),
	.words = T("xóa nội dung một dòng theo quyết định; mã băm của dòng được giữ lại"),
	.help = T(
		"Dành cho dòng có bí mật nhà nước, mật khẩu hay dữ liệu cá nhân lẽ ra không được có trong "
		"nhật ký. Quyết định được niêm phong trước, nội dung bị xóa sau; người ngoài vẫn kiểm "
		"chứng được cả nhật ký và thấy dòng nào đã xóa, theo quyết định nào. DÒNG là số hiệu mà "
		"khien log search in ra. Dịch vụ phải dừng trong lúc xóa."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
};
