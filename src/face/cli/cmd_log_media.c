/* khien log media: months of the log on external disks, written, read back, verified. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "face/cli/cli.h"
#include "face/cli/log.h"
#include "face/cli/month.h"
#include "work/archive/keep.h"
#include "work/seal/seal.h"

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	CLI_PACKS_OPTION,
	{ "label", OPTION_TEXT, T("CHỮ"), NULL, T("nhãn dán trên đĩa, khi đăng ký") },
	{ "copies", OPTION_NUMBER, "N", NULL,
		T("số đĩa phải giữ tháng đó trước khi xóa, khi chuyển đi") },
	{ 0 },
};

/* What is done, and with what. */
struct job {
	const struct command_line *line;
	const char *folder; /* of the log */
	const char *month, *shard_name;
	struct vfile_disk *log, *medium, *shard;
	int64_t copies;
	struct cli_waiting waiting;
};

static int do_register(struct job *j, struct err *e)
{
	const char *label = command_value(j->line, "label");

	return label ?
		keep_register(j->medium, str_of(label), e) :
		err_set(e, ERR_INPUT, "%s", tr(j->line->lang, T("cần --label \"nhãn đĩa\"")));
}

static int do_write(struct job *j, struct err *e)
{
	const struct keep_watch watch = { cli_month_tell, &j->waiting };

	return keep_export(j->shard, j->month, j->medium, clock_now_s(), &watch, e);
}

static int do_check(struct job *j, struct err *e)
{
	const struct keep_watch watch = { cli_month_tell, &j->waiting };

	return keep_check(j->shard, j->month, j->medium, clock_now_s(), &watch, e);
}

/* Why a month stays, for people. */
static int stays(const struct job *j, const struct keep_rule *rule, enum keep_leave why,
	unsigned good, struct err *e)
{
	if (why == KEEP_TOO_YOUNG)
		return err_set(e, ERR_INPUT,
			tr(j->line->lang,
				T("quy chế đòi giữ trên máy ít nhất %u tháng sau khi tháng kết thúc; "
				  "tháng %s ở lại")),
			rule->months, j->month);
	return err_set(e, ERR_INPUT,
		tr(j->line->lang,
			T("mới có %u ổ cứng ngoài giữ tháng %s và đã đọc lại trong %u tháng gần nhất, "
			  "cần %u; tháng ở lại")),
		good, j->month, rule->checked_months, rule->copies);
}

#define SEAL_WAIT_S 60

/* The service seals it. 0: it is sealed. */
static int wait_sealed(const struct keep_order *order, enum lang lang, struct err *e)
{
	const struct timespec tick = { .tv_nsec = 200000000 };
	int64_t until_us = clock_monotonic_us() + SEAL_WAIT_S * INT64_C(1000000);
	int rc;

	while ((rc = keep_order_leave(order, e)) == 0 && clock_monotonic_us() < until_us)
		nanosleep(&tick, NULL);
	if (rc == 0)
		rc = err_set(e, ERR_CONFLICT, "%s",
			tr(lang,
				T("dịch vụ chưa niêm phong được việc chuyển tháng đi; tháng còn nguyên. "
				  "Xem dịch vụ có báo lỗi niêm phong không rồi chạy lại lệnh")));
	return rc < 0 ? rc : 0;
}

/* Its lines may stand in write-ahead files too: what can go goes now, the rest when the service
 * runs. */
static int leave_wal(const struct job *j, const struct keep_order *order, bool is_current,
	struct str leaf, uint64_t size, struct err *e)
{
	int rc = is_current ? archive_close_segments(j->shard, NULL, size, e) :
			      keep_empty_wal(j->shard, &(struct archive_options){ 0 }, e);

	if (rc == 0)
		rc = keep_in_wal(j->shard, j->month, e);
	return rc > 0 ? keep_order_rest(order, leaf, size, e) : rc;
}

/* The log says so, sealed, before it does. */
static int leave(struct job *j, const struct keep_rule *rule, struct err *e)
{
	const char *data = command_value(j->line, "data");
	const struct keep_order order = { j->log, j->shard, j->shard_name, j->month, rule };
	struct seal_answer answer;
	struct seal_place place;
	struct buf leaf;
	int rc = seal_place_open(data, SEAL_LOG, STR(""), clock_now_s(), &place, e);

	if (rc == ERR_CONFLICT && place.lock_fd < 0) {
		rc = wait_sealed(&order, j->line->lang, e);
		if (rc == 0)
			rc = keep_retire(j->shard, j->month, rule, e);
		seal_place_close(&place);
		return rc;
	}
	buf_init(&leaf, 4 * KIB);
	if (rc == 0)
		rc = keep_leaving(j->shard, j->shard_name, j->month, rule, &leaf, e);
	if (rc == 0)
		rc = cli_log_seal(j->line, &place, buf_str(&leaf), &answer, e);
	if (rc == 0)
		rc = leave_wal(j, &order, strcmp(place.name, j->shard_name) == 0, buf_str(&leaf),
			answer.size, e);
	buf_done(&leaf);
	if (rc == 0)
		rc = keep_retire(j->shard, j->month, rule, e);
	seal_place_close(&place);
	return rc;
}

static int tell_rest(const struct job *j, struct err *e)
{
	int rc = keep_in_wal(j->shard, j->month, e);

	if (rc > 0)
		printf("%s\n",
			tr(j->line->lang,
				T("Dòng của tháng còn nằm trong tệp ghi trước đến khi có thêm dòng mới; dịch vụ "
				  "tự bỏ nốt.")));
	return rc < 0 ? rc : 0;
}

/* By hand too nothing leaves before the law lets it. */
static int do_retire(struct job *j, struct err *e)
{
	struct keep_rule rule = { .now_s = clock_now_s(), .copies = (unsigned)j->copies };
	struct guard_policy policy;
	struct guard_law law;
	struct keep_copy *copies;
	enum keep_leave why;
	unsigned good;
	size_t count;
	int rc;

	if (j->copies < 1 || j->copies > 9)
		return err_set(
			e, ERR_INPUT, "%s", tr(j->line->lang, T("cần --copies N, từ 1 đến 9")));
	rc = guard_policy_load(j->log, &policy, e);
	if (rc == 0)
		rc = cli_month_law(j->line, policy.level, &law, e);
	if (rc == 0)
		rc = cli_month_policy(j->line,
			&(struct guard_policy){ .copies = rule.copies, .months = law.months }, &law,
			e);
	if (rc == 0)
		rc = keep_copies(j->shard, j->month, j->line->arena, &copies, &count, e);
	if (rc < 0)
		return rc;
	rule.months = law.months;
	rule.checked_months = law.checked_months;
	why = keep_may_leave(&rule, j->month, copies, count, &good);
	if (why != KEEP_MAY_LEAVE)
		return stays(j, &rule, why, good, e);
	rc = leave(j, &rule, e);
	return rc < 0 ? rc : tell_rest(j, e);
}

static const struct action {
	const char *name;
	bool has_medium, has_month;
	int (*run)(struct job *j, struct err *e);
	const char *done;
} actions[] = {
	{ "register", true, false, do_register, T("✓ đã đăng ký đĩa") },
	{ "write", true, true, do_write, T("✓ đã ghi, đọc lại và đối chiếu") },
	{ "check", true, true, do_check, T("✓ tháng trên đĩa đúng từng byte") },
	{ "retire", false, true, do_retire,
		T("✓ tháng đã rời máy này; bản kê và biên nhận ở lại") },
};

static const struct action *action_of(const char *name)
{
	for (size_t i = 0; i < COUNT(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

static int open_places(struct job *j, const struct action *a, struct err *e)
{
	const char *const *args = j->line->args + 1;
	int rc = cli_log_folder(j->line, e, &j->folder);

	if (rc == 0)
		rc = vfile_disk_open(j->folder, &j->log, e);
	if (rc == 0 && a->has_medium)
		rc = vfile_disk_open(*args++, &j->medium, e);
	if (rc < 0 || !a->has_month)
		return rc;
	j->month = *args;
	rc = cli_month_check(j->line, j->month, e);
	return rc < 0 ? rc :
			cli_month_shard(j->line, j->folder, j->month, &j->shard, &j->shard_name, e);
}

static int run(const struct command_line *line, struct err *e)
{
	const struct action *a = action_of(line->args[0]);
	const char *copies = command_value(line, "copies");
	struct job j = { .line = line,
		.waiting = { .lang = line->lang, .since_us = clock_monotonic_us() } };
	int rc;

	if (!a)
		return err_set(e, ERR_INPUT,
			tr(line->lang,
				T("không có việc \"%s\"; có: register, write, check, retire")),
			line->args[0]);
	if (line->arg_count != 1u + a->has_medium + a->has_month ||
		(copies && !str_to_i64(str_of(copies), &j.copies)))
		return err_set(e, ERR_INPUT, "%s",
			tr(line->lang,
				T("viết: register THƯ-MỤC · write THƯ-MỤC THÁNG · check THƯ-MỤC THÁNG · "
				  "retire THÁNG")));
	rc = open_places(&j, a, e);
	if (rc == 0)
		rc = a->run(&j, e);
	cli_progress_end(&j.waiting);
	if (rc == 0)
		printf("%s\n", tr(line->lang, a->done));
	vfile_disk_close(j.shard);
	vfile_disk_close(j.medium);
	vfile_disk_close(j.log);
	return rc;
}

const struct command cmd_log_media = {
	.name = "log media",
	.args = T("VIỆC …"),
	.words = T(
		"chép tháng nhật ký ra ổ cứng ngoài đã đăng ký, đọc lại, đối chiếu, chuyển khỏi máy"),
	.help = T(
		"register THƯ-MỤC --label CHỮ: nhận một đĩa. write THƯ-MỤC THÁNG: chép, đọc lại, ghi biên "
		"nhận. check THƯ-MỤC THÁNG: đối chiếu đĩa với bản kê. retire THÁNG --copies N: xóa khỏi máy "
		"tháng cũ nhất khi đã có trên N đĩa."),
	.options = options,
	.args_min = 1,
	.args_max = 3,
	.run = run,
};
