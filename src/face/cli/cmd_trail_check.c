/* khien trail check: does the database still say what was sealed? */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "kit/store/store.h"
#include "work/seal/trail.h"

#define MEMORY_BYTES (512 * MIB)

static const struct command_option options[] = {
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu") },
	{ 0 },
};

static int check(const struct command_line *line, const char *data, struct store *s,
	struct arena *a, struct err *e)
{
	struct trail_check c;
	int rc = seal_trail_check(data, s, a, &c, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < c.finding_count; i++) {
		const struct trail_finding *f = &c.findings[i];

		printf("✗ %s: %.*s %.*s", tr(line->lang, trail_fault_words(f->fault)),
			STR_FMT(f->table), STR_FMT(f->key));
		if (f->change > 0)
			printf(tr(line->lang, T(" (thay đổi số %lld của sổ vết)")),
				(long long)f->change);
		putchar('\n');
	}
	printf(tr(line->lang, T("%lld dòng, %lld thay đổi, %lld mục đã ghi vào sổ vết\n")),
		(long long)c.rows, (long long)c.changes, (long long)c.leaves);
	if (c.finding_count == 0)
		printf("%s\n", tr(line->lang, T("✓ cơ sở dữ liệu khớp sổ vết")));
	return c.finding_count > 0;
}

static int run(const struct command_line *line, struct err *e)
{
	struct store *s;
	struct arena a;
	int rc = cli_store(line, &s, e);

	if (rc < 0)
		return rc;
	arena_init(&a, MEMORY_BYTES);
	rc = check(line, command_value(line, "data"), s, &a, e);
	arena_done(&a);
	store_close(s);
	return rc;
}

const struct command cmd_trail_check = {
	.name = "trail check",
	.args = "",
	.words = T("so cơ sở dữ liệu với sổ vết đã niêm phong"),
	.help = T(
		"Mỗi dòng được theo dõi phải khớp mục cuối cùng về nó trong sổ vết; nêu bảng và khóa của "
		"dòng bị sửa, xóa hay thêm mà không qua Khiên. Bản thân sổ vết thì kiểm bằng "
		"khien-verify. Mã kết thúc: 0 khớp, 1 có chỗ lệch, 2 lỗi."),
	.options = options,
	.run = run,
};
