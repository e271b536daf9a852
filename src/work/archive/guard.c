#include "work/archive/guard.h"

#include "core/trail/wal.h"
#include "work/archive/keep_int.h"

#define POLICY_MAX KIB
#define DEPTH_MAX 5
#define LEVEL_MAX 5
#define LIST_MEMORY ((size_t)16 * MIB)
#define SLACK_BYTES (4 * MIB) /* what the tree and the manifests grow between two looks */
#define WAL_SHARE 8           /* write-ahead files of one year have one part in so many, */
#define YEARS_AT_ONCE 2       /* while those of the year before wait for their last seal; */
#define ANEW_BYTES (WAL_FILE_BYTES + 4 * MIB) /* of a part this, where one is written anew */

static const char first_line[] = "khien log keep 1";

int guard_policy_parse(struct str text, struct guard_policy *ret, struct err *e)
{
	struct guard_policy p = { 0 };
	struct str rest = text, line;
	size_t number = 1;

	if (!str_next_line(&rest, &line) || !str_is(line, first_line))
		return err_set(e, ERR_INPUT, "line 1 is not \"%s\"", first_line);
	while (str_next_line(&rest, &line)) {
		ptrdiff_t space = str_find_char(line, ' ');
		struct str word = str_until(line, space < 0 ? line.len : (size_t)space);
		uint64_t value = 0;
		bool is_good =
			space > 0 && str_to_u64(str_from(line, (size_t)space + 1), 10, &value);

		number++;
		if (is_good && str_is(word, "quota") && value >= GUARD_QUOTA_MIN)
			p.quota_bytes = value;
		else if (is_good && str_is(word, "copies") && value <= 9)
			p.copies = (unsigned)value;
		else if (is_good && str_is(word, "months") && value <= 1200)
			p.months = (unsigned)value;
		else if (is_good && str_is(word, "level") && value >= 1 && value <= LEVEL_MAX)
			p.level = (unsigned)value;
		else
			return err_set(e, ERR_INPUT,
				"line %zu is none of: quota BYTES (%llu at least), copies 0 to 9, "
				"months 0 to 1200, level 1 to 5",
				number, (unsigned long long)GUARD_QUOTA_MIN);
	}
	*ret = p;
	return 0;
}

void guard_policy_write(const struct guard_policy *policy, struct buf *out)
{
	buf_fmt(out, "%s\n", first_line);
	if (policy->quota_bytes)
		buf_fmt(out, "quota %llu\n", (unsigned long long)policy->quota_bytes);
	if (policy->copies)
		buf_fmt(out, "copies %u\n", policy->copies);
	if (policy->months)
		buf_fmt(out, "months %u\n", policy->months);
	if (policy->level)
		buf_fmt(out, "level %u\n", policy->level);
}

int guard_policy_load(struct vfile_disk *log, struct guard_policy *ret, struct err *e)
{
	struct str text;
	struct arena a;
	int rc;

	arena_init(&a, 2 * POLICY_MAX);
	rc = vfile_load(log, GUARD_FILE, POLICY_MAX, &a, &text, e);
	if (rc == 0)
		rc = guard_policy_parse(text, ret, e);
	else if (rc == ERR_ABSENT)
		*ret = (struct guard_policy){ 0 };
	arena_done(&a);
	return rc < 0 && rc != ERR_ABSENT ? err_context(e, "\"log/" GUARD_FILE "\"") : 0;
}

uint64_t guard_wal_bytes(const struct guard_policy *policy)
{
	return policy->quota_bytes ? policy->quota_bytes / WAL_SHARE - ANEW_BYTES : 0;
}

static int add_file(struct vfile_disk *d, const char *path, uint64_t *sum, struct err *e)
{
	struct vfile f;
	int rc = vfile_open(d, path, VFILE_READ, &f, e);

	if (rc == ERR_ABSENT || rc == ERR_INPUT) /* it went meanwhile; or is a socket */
		return 0;
	if (rc < 0)
		return rc;
	*sum += f.size_bytes;
	vfile_close(&f);
	return 0;
}

static int add_folder(
	struct vfile_disk *d, const char *folder, unsigned depth, uint64_t *sum, struct err *e)
{
	struct vfile_names names = { 0 };
	char path[VFILE_NAME_SIZE];
	struct arena a;
	int rc;

	arena_init(&a, LIST_MEMORY);
	rc = vfile_list(d, folder, &a, &names, e);
	for (size_t i = 0; i < names.len && rc == 0; i++) {
		int len = snprintf(
			path, sizeof(path), "%s%s%s", folder, *folder ? "/" : "", names.at[i].name);

		if (len < 0 || (size_t)len >= sizeof(path))
			continue; /* none of ours has such a name */
		if (!names.at[i].is_folder)
			rc = add_file(d, path, sum, e);
		else if (depth < DEPTH_MAX)
			rc = add_folder(d, path, depth + 1, sum, e);
	}
	arena_done(&a);
	return rc == ERR_ABSENT ? 0 : rc;
}

int guard_used(struct vfile_disk *log, uint64_t *ret, struct err *e)
{
	uint64_t sum = 0;
	int rc = add_folder(log, "", 0, &sum, e);

	if (rc == 0)
		*ret = sum;
	return rc;
}

/* What is held for the write-ahead files, and for what grows between two looks. */
static uint64_t held_bytes(const struct guard_policy *policy)
{
	return YEARS_AT_ONCE * (policy->quota_bytes / WAL_SHARE) + SLACK_BYTES;
}

int guard_taken(struct vfile_disk *log, const struct guard_policy *policy, uint64_t *ret_taken,
	uint64_t *ret_room, struct err *e)
{
	uint64_t used = 0, wal = 0, held = held_bytes(policy);
	struct vfile_names names = { 0 };
	char path[VFILE_NAME_SIZE];
	struct arena a;
	int rc;

	*ret_taken = *ret_room = 0;
	if (policy->quota_bytes == 0)
		return 0;
	arena_init(&a, LIST_MEMORY);
	rc = guard_used(log, &used, e);
	if (rc == 0)
		rc = vfile_list(log, "", &a, &names, e);
	for (size_t i = 0; i < names.len && rc == 0; i++) {
		int len = snprintf(path, sizeof(path), "%s/wal", names.at[i].name);

		if (names.at[i].is_folder && len > 0 && (size_t)len < sizeof(path))
			rc = add_folder(log, path, DEPTH_MAX, &wal, e);
	}
	arena_done(&a);
	if (rc < 0)
		return rc;
	*ret_taken = used - (wal < used ? wal : used);
	*ret_room = policy->quota_bytes > held ? policy->quota_bytes - held : 1;
	return 0;
}

/* Bytes of the closed segments alone. */
static int closed_bytes(struct vfile_disk *shard, uint64_t *ret, struct err *e)
{
	struct shard_segments found, none = { 0 };
	uint64_t sum = 0;
	int rc = shard_list(shard, &none, e, &found);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < found.count; i++)
		sum += found.at[i].bytes;
	free(found.at);
	*ret = sum;
	return 0;
}

int guard_segment_bytes(struct vfile_disk *log, struct vfile_disk *shard,
	const struct guard_policy *policy, uint64_t *ret, struct err *e)
{
	uint64_t used = 0, wal = 0, closed = 0, part = 0, other;
	int rc = 0;

	if (policy->quota_bytes == 0) {
		*ret = 0;
		return 0;
	}
	rc = guard_used(log, &used, e);
	if (rc == 0)
		rc = wal_bytes(shard, &wal, e);
	if (rc == 0)
		rc = closed_bytes(shard, &closed, e);
	if (rc == 0)
		rc = add_file(shard, SHARD_PART, &part, e);
	if (rc < 0)
		return rc;
	/* what the write-ahead files take is in their parts, whatever it is now */
	other = used - (wal < used ? wal : used);
	other -= closed + part < other ? closed + part : other;
	other += held_bytes(policy);
	*ret = policy->quota_bytes > other ? policy->quota_bytes - other : 1;
	return 0;
}

int guard_reserve(struct vfile_disk *shard, uint64_t bytes, struct err *e)
{
	struct vfile f;
	struct err ignored;
	int rc = vfile_open(shard, SHARD_RESERVE, VFILE_WRITE, &f, e);

	/* there may be one: what a power cut left of it is made whole */
	if (rc == ERR_ABSENT)
		rc = vfile_open(shard, SHARD_RESERVE, VFILE_CREATE, &f, e);
	if (rc < 0)
		return rc;
	if (f.size_bytes != bytes) {
		rc = vfile_allocate(&f, GUARD_PLENTY * bytes, e);
		if (rc == 0)
			rc = vfile_truncate(&f, bytes, e);
	}
	if (rc == 0)
		rc = vfile_sync(&f, e);
	vfile_close(&f);
	if (rc == 0)
		rc = vfile_sync_dir(shard, SHARD_FOLDER, e);
	if (rc < 0)
		(void)!vfile_unlink(shard, SHARD_RESERVE, &ignored);
	return rc;
}

/* --- what leaves ----------------------------------------------------------------------------- */

static bool take_number(
	const struct pack_set *packs, const char *id, unsigned level, struct date on, unsigned *ret)
{
	int64_t n = pack_param_number(packs, str_of(id), (int)level, on, -1);

	if (n < 0 || n > 1200)
		return false;
	*ret = (unsigned)n;
	return true;
}

/* The packs say how much is to be free. */
static bool take_levels(
	const struct pack_set *packs, unsigned level, struct date on, struct keep_levels *ret)
{
	static const char *const free_percent[] = { [KEEP_WARN] = "log_free_percent",
		[KEEP_PACK] = "log_free_copy_percent",
		[KEEP_RETIRE] = "log_free_leave_percent",
		[KEEP_LAST] = "log_free_last_percent" };
	struct keep_levels levels = { 0 };
	unsigned n;

	for (enum keep_level i = KEEP_WARN; i <= KEEP_LAST; i++) {
		if (!take_number(packs, free_percent[i], level, on, &n) || n >= 100)
			return false;
		levels.percent[i] = 100 - n;
		if (levels.percent[i] < levels.percent[i - 1])
			return false;
	}
	*ret = levels;
	return true;
}

void guard_law_of(
	const struct pack_set *packs, unsigned level, int64_t now_s, struct guard_law *ret)
{
	struct date on = date_at(now_s);
	struct guard_law law = { 0 };

	law.is_known = packs &&
		take_number(packs, "log_local_months_min", level, on, &law.months) &&
		take_number(packs, "log_copies_min", level, on, &law.copies) &&
		take_number(packs, "log_integrity_months", level, on, &law.checked_months) &&
		take_levels(packs, level, on, &law.levels);
	*ret = law;
}

int guard_law_check(const struct guard_policy *policy, const struct guard_law *law, struct err *e)
{
	if (policy->copies == 0)
		return 0;
	if (!law->is_known)
		return err_set(
			e, ERR_CONFLICT, "no pack says how long months must stay, so none leaves");
	if (policy->months < law->months)
		return err_set(e, ERR_CONFLICT,
			"the law keeps months here for %u months, the setting only %u: none leaves",
			law->months, policy->months);
	if (policy->copies < law->copies)
		return err_set(e, ERR_CONFLICT,
			"the law asks for %u media, the setting for %u: no month leaves",
			law->copies, policy->copies);
	return 0;
}

static int level_now(const struct guard_log *g, enum keep_level *ret, struct err *e)
{
	struct keep_forecast forecast;
	uint64_t taken, room;
	int rc = guard_taken(g->log, g->policy, &taken, &room, e);

	if (rc < 0)
		return rc;
	keep_forecast(&g->law->levels, taken, room, 0, 0, &forecast);
	*ret = forecast.level;
	return 0;
}

static int empty_wal(const struct guard_log *g, struct vfile_disk *shard, struct err *e)
{
	struct archive_options within = { 0 };
	int rc = guard_segment_bytes(g->log, shard, g->policy, &within.quota_bytes, e);

	return rc == 0 ? keep_empty_wal(shard, &within, e) : rc;
}

/* Before it goes the log says so, sealed. */
static int leave(const struct guard_log *g, size_t i, const char *month,
	const struct keep_rule *rule, struct err *why)
{
	const struct keep_order order = { g->log, g->shards[i], g->names[i], month, rule };
	int rc = keep_order_leave(&order, why);

	if (rc == 0)
		rc = err_set(why, ERR_CONFLICT, "%s leaves when the log says so, sealed", month);
	/* of a year that is over its last lines stand in the write-ahead files too */
	if (rc > 0 && i + 1 < g->shard_count)
		rc = empty_wal(g, g->shards[i], why);
	if (rc >= 0)
		rc = keep_retire(g->shards[i], month, rule, why);
	return rc;
}

/* Of one shard; *WHY has a code when the next month must stay. */
static int retire(const struct guard_log *g, size_t at, struct guard_report *report,
	struct err *why, struct err *e)
{
	struct vfile_disk *shard = g->shards[at];
	const struct keep_rule rule = { .now_s = g->now_s,
		.months = g->policy->months,
		.copies = g->policy->copies,
		.checked_months = g->law->checked_months };
	const char *const *months = NULL;
	struct arena a;
	size_t count = 0;
	int rc;

	arena_init(&a, LIST_MEMORY);
	rc = keep_months(shard, &a, &months, &count, e);
	for (size_t i = 0; i < count && rc == 0 && report->level >= KEEP_RETIRE && !why->code;
		i++) {
		int here = keep_is_here(shard, months[i], e);

		if (here <= 0) {
			rc = here;
			continue;
		}
		if (leave(g, at, months[i], &rule, why) == 0)
			report->left++;
		rc = level_now(g, &report->level, e);
	}
	arena_done(&a);
	return rc;
}

int guard_retire(const struct guard_log *g, struct guard_report *ret, struct err *e)
{
	struct guard_report report = { 0 };
	struct err why = { 0 };
	int rc = level_now(g, &report.level, e);

	if (g->policy->copies == 0)
		err_set(&why, ERR_CONFLICT, "no month may leave by itself (copies 0)");
	else
		(void)!guard_law_check(g->policy, g->law, &why);
	for (size_t i = 0; i < g->shard_count && rc == 0 && !why.code; i++)
		rc = retire(g, i, &report, &why, e);
	if (rc == 0 && report.level >= KEEP_RETIRE && !why.code)
		err_set(&why, ERR_CONFLICT, "no closed month is left to go");
	snprintf(report.why, sizeof(report.why), "%s", report.level >= KEEP_RETIRE ? why.text : "");
	if (rc == 0)
		*ret = report;
	return rc;
}
