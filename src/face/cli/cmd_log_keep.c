/* khien log keep: how much of the disk the log may take and when its months leave; told, and set
 * within what the packs ask. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/log.h"
#include "face/cli/month.h"
#include "face/cli/page.h"
#include "work/archive/guard.h"

#define GB 1000000000ULL
#define QUOTA_MAX_GB 1000000

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	CLI_PACKS_OPTION,
	{ "quota", OPTION_NUMBER, "GB", NULL,
		T("nhật ký được chiếm nhiều nhất bao nhiêu GB đĩa; 0: đến khi đầy đĩa") },
	{ "copies", OPTION_NUMBER, "N", NULL,
		T("số ổ cứng ngoài phải giữ một tháng trước khi tháng đó tự rời máy; 0: không tự rời") },
	{ "months", OPTION_NUMBER, "N", NULL,
		T("số tháng ở lại máy sau khi kết thúc, dù đĩa đầy") },
	{ "level", OPTION_NUMBER, "1-5", NULL,
		T("cấp độ của hệ thống thông tin, để biết quy chế đòi mấy tháng; chưa nêu thì lấy mức "
		  "nghiêm nhất") },
	{ 0 },
};

static void put(
	const struct page *p, const struct guard_policy *policy, const struct guard_law *law)
{
	struct arena *a = p->arena;

	page_row(p, 0, page_tr(p, T("Nhật ký được chiếm")),
		policy->quota_bytes ? arena_fmt(a, "%.1f GB", (double)policy->quota_bytes / GB) :
				      str_of(page_tr(p, T("đến khi đầy đĩa"))));
	page_row(p, 0, page_tr(p, T("Tháng tự rời máy khi")),
		policy->copies ?
			arena_fmt(a,
				tr(p->lang,
					T("phần của các tháng trong hạn mức đã dùng trên %u phần trăm và tháng đó đã có trên %u ổ cứng ngoài")),
				law->levels.percent[KEEP_RETIRE], policy->copies) :
			str_of(page_tr(p, T("không bao giờ, chỉ khi có lệnh"))));
	page_row(p, 0, page_tr(p, T("Ở lại máy ít nhất")),
		arena_fmt(a, tr(p->lang, T("%u tháng sau khi kết thúc")),
			policy->copies ? policy->months : law->months));
	if (law->is_known)
		page_row(p, 0, page_tr(p, T("Quy chế đòi hỏi")),
			arena_fmt(a,
				tr(p->lang,
					T("cấp độ %s: ít nhất %u tháng trên máy, %u ổ cứng ngoài đã đọc lại trong "
					  "%u tháng gần nhất")),
				policy->level ? arena_fmt(a, "%u", policy->level).ptr :
						page_tr(p, T("bất kỳ")),
				law->months, law->copies, law->checked_months));
}

/* What was given takes the place of what stood there. */
static int change(
	const struct command_line *line, struct guard_policy *policy, bool *ret_is, struct err *e)
{
	const char *quota = command_value(line, "quota"), *copies = command_value(line, "copies"),
		   *months = command_value(line, "months"), *level = command_value(line, "level");
	int64_t n[4] = { 0 };

	if ((quota && (!str_to_i64(str_of(quota), &n[0]) || n[0] < 0 || n[0] > QUOTA_MAX_GB)) ||
		(copies && (!str_to_i64(str_of(copies), &n[1]) || n[1] < 0 || n[1] > 9)) ||
		(months && (!str_to_i64(str_of(months), &n[2]) || n[2] < 0 || n[2] > 1200)) ||
		(level && (!str_to_i64(str_of(level), &n[3]) || n[3] < 1 || n[3] > 5)))
		return err_set(e, ERR_INPUT, "%s",
			tr(line->lang,
				T("--quota từ 0 đến 1000000, --copies từ 0 đến 9, --months từ "
				  "0 đến 1200, --level từ 1 đến 5")));
	if (quota)
		policy->quota_bytes = (uint64_t)n[0] * GB;
	if (copies)
		policy->copies = (unsigned)n[1];
	if (months)
		policy->months = (unsigned)n[2];
	if (level)
		policy->level = (unsigned)n[3];
	*ret_is = quota || copies || months || level;
	return 0;
}

static int save(struct vfile_disk *log, const struct guard_policy *policy, struct err *e)
{
	struct buf text;
	int rc;

	buf_init(&text, KIB);
	guard_policy_write(policy, &text);
	rc = vfile_replace(log, GUARD_FILE, buf_str(&text), e);
	buf_done(&text);
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct page p = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	struct guard_policy policy;
	struct guard_law law;
	struct vfile_disk *log = NULL;
	const char *folder;
	bool is_change = false;
	int rc = cli_log_folder(line, e, &folder);

	if (rc == 0)
		rc = vfile_disk_open(folder, &log, e);
	if (rc == 0)
		rc = guard_policy_load(log, &policy, e);
	if (rc == 0)
		rc = change(line, &policy, &is_change, e);
	if (rc == 0)
		rc = cli_month_law(line, policy.level, &law, e);
	if (rc == 0 && is_change)
		rc = cli_month_policy(line, &policy, &law, e);
	if (rc == 0 && is_change)
		rc = save(log, &policy, e);
	vfile_disk_close(log);
	if (rc < 0)
		return rc;
	buf_init(&out, PAGE_MAX_BYTES);
	put(&p, &policy, &law);
	return page_print(&out, e);
}

const struct command cmd_log_keep = {
	.name = "log keep",
	.args = "",
	.words = T("nhật ký được chiếm bao nhiêu đĩa, tháng nào được rời máy; xem hoặc đặt lại"),
	.help = T(
		"Không nêu gì thì chỉ cho xem. Đặt thấp hơn quy chế đang có hiệu lực thì bị từ chối và "
		"không có gì thay đổi. Tháng chỉ rời máy khi hạn mức đã dùng gần hết, tháng cũ nhất đi "
		"trước."),
	.options = options,
	.run = run,
};
