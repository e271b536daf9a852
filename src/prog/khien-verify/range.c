/* khien-verify range FILE: all entries of a time, and that none is missing. */
#include "prog/khien-verify/verify_int.h"

#include <stdio.h>

#define RANGE_BYTES_MAX (512 * MIB)

static const struct command_option options[] = {
	{ "key", OPTION_FILE, "FILE", NULL,
		T("khóa công khai hoặc chính sách nhân chứng, lấy từ giấy hay USB") },
	{ "print", OPTION_FLAG, NULL, NULL,
		T("ghi mọi dòng nhật ký trong khoảng ra đầu ra, để tự lọc và so") },
	{ 0 },
};

static void say(const struct command_line *line, const struct verify_range *r, FILE *to)
{
	char at[CLOCK_TEXT_MAX];
	enum lang lang = line->lang;

	fprintf(to, "%s\n",
		tr(lang, T("✓ đủ mọi mục trong khoảng, đúng từng byte, không thiếu mục nào")));
	fprintf(to, "  %s %s\n", tr(lang, T("nhật ký:")), r->origin);
	fprintf(to, "  %s %llu – %llu / %llu\n", tr(lang, T("mục số:")),
		(unsigned long long)r->first, (unsigned long long)r->end - 1,
		(unsigned long long)r->size);
	fprintf(to, "  %s %llu\n", tr(lang, T("dòng nhật ký:")), (unsigned long long)r->lines);
	fprintf(to, "  %s %s", tr(lang, T("từ")), clock_people(r->first_ns / 1000000000, at));
	fprintf(to, " %s %s\n", tr(lang, T("đến")), clock_people(r->last_ns / 1000000000, at));
}

static void print(const struct verify_range *r)
{
	struct str rest = r->entries, entry;
	struct leaf leaf;
	struct err e;

	while (bundle_next(&rest, &entry, &e) == 1)
		if (leaf_parse(entry, &leaf, &e) == 0 && leaf.kind == LEAF_LINE) {
			fwrite(leaf.raw.ptr, 1, leaf.raw.len, stdout);
			putchar('\n');
		}
}

static int run(const struct command_line *line, struct err *e)
{
	struct verify_job job = { .now_s = clock_now_s() };
	bool is_print = command_flag(line, "print");
	struct verify_range r;
	struct str text;
	struct arena a;
	int rc;

	arena_init(&a, RANGE_BYTES_MAX + VERIFY_MEMORY_BYTES);
	rc = keys_load(line, &a, &job, e);
	if (rc == 0 && job.key_count == 0)
		rc = err_set(e, ERR_INPUT, "%s",
			tr(line->lang, T("cần khóa công khai của nhật ký: --key FILE")));
	if (rc == 0)
		rc = file_load(line->args[0], RANGE_BYTES_MAX, &a, &text, e);
	if (rc == 0 && (rc = verify_range(text, &job, &a, &r, e)) == 0) {
		say(line, &r, is_print ? stderr : stdout);
		if (is_print)
			print(&r);
	} else if (rc == ERR_CRYPTO || rc == ERR_INPUT) {
		printf("%s\n  %s\n", tr(line->lang, T("✗ không chứng minh được")), e->text);
		rc = 1;
	}
	arena_done(&a);
	return rc;
}

const struct command verify_range_command = {
	.name = "range",
	.args = "FILE",
	.words = T("kiểm chứng rằng một khoảng nhật ký đủ mọi mục, không cần kho"),
	.help = T(
		"FILE là tệp mà lệnh khien log export --proof đã ghi. Muốn biết kết quả tìm kiếm có đủ "
		"không: --print ghi ra mọi dòng của khoảng, rồi tự lọc và so với tệp kết quả. Mã kết "
		"thúc: 0 đúng, 1 không chứng minh được, 2 không đọc được."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
};
