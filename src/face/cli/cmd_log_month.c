/* khien log month: the months of the log that are over, what they hold, on which media they are. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/log.h"
#include "face/cli/month.h"
#include "face/cli/page.h"
#include "work/archive/keep.h"
#include "work/seal/seal.h"

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	{ 0 },
};

static uint64_t entries_of(const struct keep_month *m)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->kind_count; i++)
		sum += m->kinds[i].entries;
	return sum;
}

static uint64_t gaps_of(const struct keep_month *m)
{
	for (size_t i = 0; i < m->kind_count; i++)
		if (m->kinds[i].what == LEAF_GAP)
			return m->kinds[i].entries;
	return 0;
}

static int put_copies(
	const struct page *p, struct vfile_disk *shard, const char *month, struct err *e)
{
	struct arena *a = p->line->arena;
	struct keep_copy *copies;
	char text[CLOCK_TEXT_MAX];
	size_t count;
	int rc = keep_copies(shard, month, a, &copies, &count, e);

	if (rc == 0 && count == 0)
		page_row(p, 2, page_tr(p, T("Ổ cứng ngoài")),
			str_of(page_tr(p, T("chưa có bản nào"))));
	for (size_t i = 0; rc == 0 && i < count; i++)
		page_row(p, 2, page_tr(p, T("Ổ cứng ngoài")),
			arena_fmt(a, "%s, %s", *copies[i].label ? copies[i].label : copies[i].id,
				clock_people(copies[i].checked_at_s, text)));
	return rc;
}

static int put_month(
	const struct page *p, struct vfile_disk *shard, const char *month, struct err *e)
{
	struct arena *a = p->line->arena;
	struct keep_month m;
	uint64_t bytes = 0;
	int rc = keep_read(shard, month, a, &m, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < m.segment_count; i++)
		bytes += m.segments[i].bytes;
	page_row(p, 0, page_tr(p, T("Tháng")), str_of(m.name));
	page_row(p, 2, page_tr(p, T("Mục")),
		arena_fmt(a, "%llu", (unsigned long long)entries_of(&m)));
	page_row(p, 2, page_tr(p, T("Lần mất dòng")),
		arena_fmt(a, "%llu", (unsigned long long)gaps_of(&m)));
	page_row(p, 2, page_tr(p, T("Đã nén")),
		arena_fmt(a, "%zu, %llu B", m.segment_count, (unsigned long long)bytes));
	page_row(p, 2, page_tr(p, T("Niêm phong")),
		arena_fmt(a, "%llu", (unsigned long long)m.head.size));
	return put_copies(p, shard, month, e);
}

/* All months of one shard; how many went to *RET_COUNT. */
static int put_shard(
	const struct page *p, struct vfile_disk *shard, size_t *ret_count, struct err *e)
{
	const char *const *months;
	size_t count;
	int rc = keep_months(shard, p->line->arena, &months, &count, e);

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = put_month(p, shard, months[i], e);
	*ret_count += rc == 0 ? count : 0;
	return rc;
}

static int put_all(const struct page *p, const char *folder, struct err *e)
{
	const char *const *names;
	struct vfile_disk *log, *shard;
	size_t count = 0, months = 0;
	int rc = vfile_disk_open(folder, &log, e);

	if (rc < 0)
		return rc;
	rc = seal_shards(log, p->line->arena, &names, &count, e);
	vfile_disk_close(log);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = vfile_disk_open(
			arena_fmt(p->line->arena, "%s/%s", folder, names[i]).ptr, &shard, e);
		if (rc < 0)
			break;
		rc = put_shard(p, shard, &months, e);
		vfile_disk_close(shard);
	}
	if (rc == 0 && months == 0)
		buf_fmt(p->out, "%s\n", page_tr(p, T("Chưa có tháng nào được đóng gói.")));
	return rc;
}

static int pack(
	const struct command_line *line, struct vfile_disk *shard, const char *month, struct err *e)
{
	struct cli_waiting waiting = { .lang = line->lang, .since_us = clock_monotonic_us() };
	int rc = keep_close(shard, month, &(struct keep_watch){ cli_month_tell, &waiting }, e);

	cli_progress_end(&waiting);
	if (rc != ERR_CONFLICT)
		return rc;
	return err_set(e, ERR_INPUT,
		tr(line->lang,
			T("những dòng cuối của tháng %s chưa vào kho; hãy để dịch vụ chạy ít phút rồi "
			  "làm lại")),
		month);
}

/* A month is packed when it is over, and no line can come into it any more. */
static int close_month(const struct page *p, const char *folder, const char *month, struct err *e)
{
	struct date today = date_at(clock_now_s());
	struct vfile_disk *shard;
	const char *name;
	char now[KEEP_MONTH_SIZE + 16];
	int rc = cli_month_check(p->line, month, e);

	snprintf(now, sizeof(now), "%04d-%02d", today.year, today.month);
	if (rc == 0 && strcmp(month, now) >= 0)
		rc = err_set(e, ERR_INPUT, tr(p->lang, T("tháng %s chưa kết thúc")), month);
	if (rc == 0)
		rc = cli_month_shard(p->line, folder, month, &shard, &name, e);
	if (rc < 0)
		return rc;
	rc = pack(p->line, shard, month, e);
	if (rc == 0)
		rc = put_month(p, shard, month, e);
	vfile_disk_close(shard);
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct page p = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	const char *folder;
	int rc = cli_log_folder(line, e, &folder);

	if (rc < 0)
		return rc;
	buf_init(&out, PAGE_MAX_BYTES);
	rc = line->arg_count ? close_month(&p, folder, line->args[0], e) : put_all(&p, folder, e);
	if (rc == 0)
		return page_print(&out, e);
	buf_done(&out);
	return rc;
}

const struct command cmd_log_month = {
	.name = "log month",
	.args = T("[THÁNG]"),
	.words = T("các tháng nhật ký đã đóng gói, hoặc đóng gói một tháng đã kết thúc"),
	.help = T(
		"Mỗi gói tháng có danh sách tệp kèm mã băm, số dòng theo nguồn, số lần mất dòng và gốc "
		"cây băm cuối tháng. Dịch vụ tự đóng gói khi sang tháng; nêu tháng (2026-10) để làm ngay."),
	.options = options,
	.args_max = 1,
	.run = run,
};
