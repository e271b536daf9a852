/* khien-verify proof FILE: one line, by itself. */
#include "prog/khien-verify/verify_int.h"

#include <stdio.h>

#define PROOF_BYTES_MAX (512 * KIB)

static const struct command_option options[] = {
	{ "key", OPTION_FILE, T("TỆP"), NULL,
		T("khóa công khai hoặc chính sách chứng kiến, lấy từ giấy hay USB") },
	{ 0 },
};

static void say(const struct command_line *line, const struct verify_proof *p)
{
	char at[CLOCK_TEXT_MAX];
	enum lang lang = line->lang;
	struct str text = text_clean(line->arena, p->leaf.raw, LEAF_BYTES_MAX);

	printf("%s\n", tr(lang, T("✓ mục này có trong nhật ký đã niêm phong, đúng từng byte")));
	printf("  %s %s\n", tr(lang, T("nhật ký:")), p->origin);
	printf("  %s %llu / %llu\n", tr(lang, T("mục số:")), (unsigned long long)p->index,
		(unsigned long long)p->head.size);
	printf("  %s %s\n", tr(lang, T("nhận lúc:")),
		clock_people(p->leaf.received_ns / 1000000000, at));
	if (p->witnesses > 0)
		printf("  %s %zu\n", tr(lang, T("bên chứng kiến ký cùng:")), p->witnesses);
	printf("  %s %.*s\n", tr(lang, T("nội dung:")), STR_FMT(text));
}

static int run(const struct command_line *line, struct err *e)
{
	struct verify_job job = { .now_s = clock_now_s() };
	struct verify_proof proof;
	struct str text;
	int rc = keys_load(line, line->arena, &job, e);

	if (rc == 0 && job.key_count == 0)
		rc = err_set(e, ERR_INPUT, "%s",
			tr(line->lang, T("cần khóa công khai của nhật ký: --key TỆP")));
	if (rc == 0)
		rc = file_load(line->args[0], PROOF_BYTES_MAX, line->arena, &text, e);
	if (rc == 0)
		rc = verify_proof(text, &job, line->arena, &proof, e);
	if (rc == 0)
		say(line, &proof);
	if (rc == ERR_CRYPTO || rc == ERR_INPUT) {
		printf("%s\n  %s\n", tr(line->lang, T("✗ không chứng minh được")), e->text);
		return 1;
	}
	return rc;
}

const struct command verify_proof_command = {
	.name = "proof",
	.args = T("TỆP"),
	.words = T("kiểm chứng bằng chứng của một dòng, không cần kho"),
	.help = T(
		"TỆP là tệp tlog-proof mà lệnh khien log prove đã ghi. Mã kết thúc: 0 đúng, 1 không "
		"chứng minh được, 2 không đọc được."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
};
