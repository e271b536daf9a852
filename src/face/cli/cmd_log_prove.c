/* khien log prove LINE: the proof of one line, a file that khien-verify checks. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/log.h"
#include "work/archive/prove.h"

#define PROOF_BYTES_MAX (1 * MIB)

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	{ 0 },
};

static int run(const struct command_line *line, struct err *e)
{
	struct find_place place = { 0 };
	struct find *f = NULL;
	struct buf out;
	int rc = cli_log_open(line, e, &f);

	if (rc < 0)
		return rc;
	buf_init(&out, PROOF_BYTES_MAX);
	rc = cli_log_place(line->args[0], f, &place, e);
	if (rc == 0)
		rc = prove_line(f, place, &out, e);
	if (rc == 0)
		fwrite(out.ptr, 1, out.len, stdout);
	buf_done(&out);
	find_close(f);
	return rc;
}

const struct command cmd_log_prove = {
	.name = "log prove",
	.args = T("DÒNG"),
	.words = T("chứng minh một dòng: tệp để người ngoài tự kiểm tra"),
	.help = T(
		"DÒNG là số hiệu mà khien log search in ra ở đầu mỗi dòng. Ghi ra tệp rồi giao cùng "
		"khóa công khai của nhật ký: khien log prove --data THƯ-MỤC 2026-1234 > "
		"dong.tlog-proof; người nhận chạy khien-verify proof dong.tlog-proof."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
};
