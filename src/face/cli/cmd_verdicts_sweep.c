/* khien verdicts sweep: bring the kept verdicts up to date, as the service does by itself. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/units.h"
#include "work/comply/sweep.h"

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	CLI_PACKS_OPTION,
	{ "again", OPTION_FLAG, NULL, NULL, T("bỏ kết quả đang giữ và tính lại từ đầu") },
	{ 0 },
};

static int sweep(const struct command_line *line, const struct cli_units *u, struct err *e)
{
	int rc = comply_judge(u->store, u->packs, u->at_s, e);
	int64_t begin_us = clock_monotonic_us();

	if (rc == 0 && command_flag(line, "again"))
		rc = comply_forget(u->store, e);
	if (rc == 0)
		rc = comply_refresh(u->store, u->packs, u->at_s, 0, e);
	if (rc < 0)
		return rc;
	printf(tr(line->lang, T("%d đối tượng được tính lại trong %lld ms\n")), rc,
		(long long)(clock_monotonic_us() - begin_us) / 1000);
	return 0;
}

static int run(const struct command_line *line, struct err *e)
{
	struct cli_units u;
	int rc = cli_units_open(line, &u, e);

	if (rc < 0)
		return rc;
	rc = sweep(line, &u, e);
	cli_units_close(&u);
	return rc;
}

const struct command cmd_verdicts_sweep = {
	.name = "verdicts sweep",
	.args = "",
	.words = T("cập nhật kết quả được giữ sẵn cho các trang"),
	.help = T(
		"Dịch vụ tự làm việc này mỗi phút. Kết quả giữ sẵn chỉ để các trang hiện nhanh: tính lại từ "
		"bằng chứng lúc nào cũng ra như nhau."),
	.options = options,
	.run = run,
};
