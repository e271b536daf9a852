/* month.c - where the months of a log stand: shared by `khien log month` and `khien log media`. */
#include "face/cli/month.h"

#include "work/seal/seal.h"

static bool is_month(struct str s)
{
	uint64_t year, month;

	return s.len == 7 && s.ptr[4] == '-' && str_to_u64(str_until(s, 4), 10, &year) &&
		str_to_u64(str_from(s, 5), 10, &month) && month >= 1 && month <= 12;
}

int cli_month_check(const struct command_line *line, const char *month, struct err *e)
{
	if (is_month(str_of(month)))
		return 0;
	return err_set(e, ERR_INPUT,
		tr(line->lang, T("\"%s\" không phải là tháng; viết như 2026-10")), month);
}

/* The newest shard of a year: after a restore there are several. */
int cli_month_shard(const struct command_line *line, const char *folder, const char *month,
	struct vfile_disk **ret, const char **ret_name, struct err *e)
{
	const char *const *names, *found = NULL;
	struct vfile_disk *log;
	size_t count = 0;
	int rc = vfile_disk_open(folder, &log, e);

	if (rc < 0)
		return rc;
	rc = seal_shards(log, line->arena, &names, &count, e);
	vfile_disk_close(log);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (strncmp(names[i], month, 4) == 0)
			found = names[i];
	if (rc == 0 && !found)
		rc = err_set(e, ERR_ABSENT, tr(line->lang, T("nhật ký không có năm %.4s")), month);
	if (rc == 0)
		*ret_name = found;
	return rc < 0 ? rc :
			vfile_disk_open(arena_fmt(line->arena, "%s/%s", folder, found).ptr, ret, e);
}

void cli_month_tell(void *context, uint64_t done, uint64_t all)
{
	cli_progress(context, T("Đã xong, MB"), (size_t)(done / 1000000),
		(size_t)(all / 1000000 ? all / 1000000 : 1));
}

int cli_month_law(
	const struct command_line *line, unsigned level, struct guard_law *ret, struct err *e)
{
	struct pack_set *packs = NULL;
	int rc = cli_packs_load(line, e, &packs);

	if (rc < 0)
		return rc;
	guard_law_of(packs, level, clock_now_s(), ret);
	pack_set_free(packs);
	return 0;
}

int cli_month_policy(const struct command_line *line, const struct guard_policy *policy,
	const struct guard_law *law, struct err *e)
{
	if (policy->copies == 0 || guard_law_check(policy, law, e) == 0)
		return 0;
	if (!law->is_known)
		return err_set(e, ERR_INPUT, "%s",
			tr(line->lang,
				T("không gói quy định nào nói phải giữ mấy tháng, mấy đĩa; chưa tháng "
				  "nào được tự rời máy")));
	if (policy->months < law->months)
		return err_set(e, ERR_INPUT,
			tr(line->lang,
				T("quy chế đòi giữ trên máy ít nhất %u tháng, không đặt %u được; "
				  "không có gì thay đổi")),
			law->months, policy->months);
	return err_set(e, ERR_INPUT,
		tr(line->lang,
			T("quy chế đòi ít nhất %u ổ cứng ngoài, không đặt %u được; không có gì thay "
			  "đổi")),
		law->copies, policy->copies);
}
