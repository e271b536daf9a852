/* khien-verify range FILE: all entries of a time, and that none is missing. */
#include "prog/khien-verify/verify_int.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define OUT_MAX_BYTES (4 * MIB)
#define QUIET_US 1000000
#define AGAIN_US 200000

static const struct command_option options[] = {
	{ "key", OPTION_FILE, T("TỆP"), NULL,
		T("khóa công khai hoặc chính sách chứng kiến, lấy từ giấy hay USB; khoảng qua năm "
		  "mới cần khóa của cả hai năm trong một tệp") },
	{ "print", OPTION_FLAG, NULL, NULL,
		T("ghi mọi dòng nhật ký trong khoảng ra đầu ra, để tự lọc và so") },
	{ "allow-redacted", OPTION_FLAG, NULL, NULL,
		T("chấp nhận mục chỉ còn mã băm: nội dung đã xóa theo quyết định mà bạn đã "
		  "xem") },
	{ 0 },
};

struct answer {
	const struct command_line *line;
	FILE *file;
	uint64_t done, all; /* bytes */
	int64_t since_us, told_us;
	struct buf out;
	uint64_t redacted;
};

static void tell(struct answer *x)
{
	int64_t now_us = clock_monotonic_us();

	if (now_us - x->since_us < QUIET_US || now_us - x->told_us < AGAIN_US ||
		!isatty(STDERR_FILENO))
		return;
	x->told_us = now_us;
	fprintf(stderr, "\r\033[K%llu / %llu MiB", (unsigned long long)(x->done / MIB),
		(unsigned long long)(x->all / MIB));
}

static int read_file(void *context, void *to, size_t room, size_t *ret_len, struct err *e)
{
	struct answer *x = context;

	*ret_len = fread(to, 1, room, x->file);
	x->done += *ret_len;
	tell(x);
	return ferror(x->file) ? err_errno(e, errno, "read \"%s\"", x->line->args[0]) : 0;
}

static void say_part(void *context, const struct verify_part *p)
{
	struct answer *x = context;
	enum lang lang = x->line->lang;
	char at[CLOCK_TEXT_MAX];

	x->redacted += p->redacted;
	buf_fmt(&x->out, "  %s %s\n", tr(lang, T("nhật ký:")), p->origin);
	if (*p->restored)
		buf_fmt(&x->out, tr(lang, T("  tiếp nối sau phục hồi, từ mục %llu: %s\n")),
			(unsigned long long)p->restored_from, p->restored);
	buf_fmt(&x->out, "  %s %llu – %llu / %llu\n", tr(lang, T("mục số:")),
		(unsigned long long)p->first, (unsigned long long)p->end - 1,
		(unsigned long long)p->size);
	buf_fmt(&x->out, "  %s %llu\n", tr(lang, T("dòng nhật ký:")), (unsigned long long)p->lines);
	if (p->redacted)
		buf_fmt(&x->out, tr(lang, T("  chỉ còn mã băm: %llu mục, mục đầu tiên là %llu\n")),
			(unsigned long long)p->redacted, (unsigned long long)p->first_redacted);
	buf_fmt(&x->out, "  %s %s", tr(lang, T("từ")), clock_people(p->first_ns / 1000000000, at));
	buf_fmt(&x->out, " %s %s\n", tr(lang, T("đến")), clock_people(p->last_ns / 1000000000, at));
}

static void say_nothing(void *context, const struct verify_part *p)
{
	(void)context, (void)p;
}

static void print(void *context, const struct leaf *leaf)
{
	(void)context;
	if (leaf->kind != LEAF_LINE)
		return;
	fwrite(leaf->raw.ptr, 1, leaf->raw.len, stdout);
	putchar('\n');
}

/* Nothing is printed before all of it is proven; and what is printed is proven once more. */
static int check(struct answer *x, const struct verify_job *job, struct err *e)
{
	struct verify_stream stream = { .read = read_file, .context = x };
	bool is_print = command_flag(x->line, "print");
	int rc = verify_range(&stream, job, say_part, x, e);

	if (rc == 0 && x->redacted > 0 && !command_flag(x->line, "allow-redacted"))
		rc = err_set(e, ERR_CRYPTO,
			tr(x->line->lang,
				T("%llu mục chỉ còn mã băm, nên không biết trong đó có gì. Hãy xem quyết "
				  "định xóa nội dung, rồi chạy lại với --allow-redacted")),
			(unsigned long long)x->redacted);
	if (rc < 0 || !is_print)
		return rc;
	if (fseeko(x->file, 0, SEEK_SET) < 0)
		return err_errno(e, errno, "read \"%s\" again", x->line->args[0]);
	x->done = 0;
	stream.entry = print;
	return verify_range(&stream, job, say_nothing, x, e);
}

static int open_and_check(struct answer *x, const struct verify_job *job, struct err *e)
{
	const char *path = x->line->args[0];
	int rc;

	x->file = fopen(path, "rbe");
	if (!x->file || fseeko(x->file, 0, SEEK_END) < 0)
		rc = err_errno(e, errno, "open \"%s\"", path);
	else {
		x->all = (uint64_t)ftello(x->file);
		rewind(x->file);
		rc = check(x, job, e);
	}
	if (x->file)
		fclose(x->file);
	if (x->told_us)
		fputs("\r\033[K", stderr);
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	struct answer x = { .line = line, .since_us = clock_monotonic_us() };
	struct verify_job job = { .now_s = clock_now_s() };
	struct arena a;
	int rc;

	arena_init(&a, VERIFY_MEMORY_BYTES);
	buf_init(&x.out, OUT_MAX_BYTES);
	rc = keys_load(line, &a, &job, e);
	if (rc == 0 && job.key_count == 0)
		rc = err_set(e, ERR_INPUT, "%s",
			tr(line->lang, T("cần khóa công khai của nhật ký: --key TỆP")));
	else if (rc == 0 && (rc = open_and_check(&x, &job, e)) == 0)
		fprintf(command_flag(line, "print") ? stderr : stdout, "%s\n%s",
			tr(line->lang,
				x.redacted ?
					T("✓ đủ chỗ của mọi mục trong khoảng; một số mục đã xóa nội "
					  "dung") :
					T("✓ đủ mọi mục trong khoảng, đúng từng byte, không thiếu mục "
					  "nào")),
			buf_cstr(&x.out));
	else if (rc == ERR_CRYPTO || rc == ERR_INPUT) {
		printf("%s\n  %s\n", tr(line->lang, T("✗ không chứng minh được")), e->text);
		rc = 1;
	}
	buf_done(&x.out);
	arena_done(&a);
	return rc;
}

const struct command verify_range_command = {
	.name = "range",
	.args = T("TỆP"),
	.words = T("kiểm chứng rằng một khoảng nhật ký đủ mọi mục, không cần kho"),
	.help = T(
		"TỆP là tệp mà lệnh khien log export --proof đã ghi, dài bao nhiêu cũng được: đọc một "
		"lượt, không giữ trong bộ nhớ. Muốn biết kết quả tìm kiếm có đủ không: --print ghi ra "
		"mọi dòng của khoảng, rồi tự lọc và so với tệp kết quả. Mã kết thúc: 0 đúng, 1 không "
		"chứng minh được, 2 không đọc được."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
};
