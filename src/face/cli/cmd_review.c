/* khien review: a deep look at the processes, and what is not as it was at the last signed one. */
#include <string.h>

#include "core/evidence/review.h"
#include "core/org/org.h"
#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "face/cli/report.h"
#include "kit/store/store.h"
#include "kit/vfile/vfile.h"

static const struct command_option options[] = {
	{ "root", OPTION_DIR, T("THƯ-MỤC"), NULL,
		T("xem cây thư mục khác thay cho máy đang chạy") },
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL,
		T("so với lần rà soát đã ký trong thư mục dữ liệu của khien serve") },
	{ "against", OPTION_FILE, T("TỆP"), NULL, T("so với ảnh chụp đã lưu trong tệp") },
	{ "save", OPTION_FILE, T("TỆP"), NULL, T("lưu ảnh chụp tiến trình vào tệp") },
	{ "all", OPTION_FLAG, NULL, NULL, T("in cả những gì đã biết, không đổi") },
	{ 0 },
};

struct look {
	const struct command_line *line;
	struct str text; /* the picture taken now */
	struct review_picture now;
	struct review_picture before;
	struct review_mark *marks;
	size_t mark_count;
	const char *base; /* what it is compared with, in words; NULL: nothing */
};

static int take_picture(struct look *l, struct err *e)
{
	struct cli_waiting waiting = { .lang = l->line->lang, .since_us = clock_monotonic_us() };
	struct hostaudit_options o = { .root = command_value(l->line, "root"),
		.now_s = clock_now_s(),
		.is_deep = true,
		.progress = cli_progress,
		.progress_context = &waiting };
	struct hostaudit *audit = NULL;
	struct buf out;
	int rc;

	buf_init(&out, LIMIT_REVIEW_BYTES);
	rc = hostaudit_open(&o, e, &audit);
	if (rc == 0)
		rc = hostaudit_review(audit, &out, e);
	cli_progress_end(&waiting);
	hostaudit_close(audit);
	l->text = arena_str(l->line->arena, buf_str(&out));
	buf_done(&out);
	return rc < 0 ? rc : review_picture_parse(l->text, l->line->arena, &l->now, e);
}

/* ---- what to compare with ---- */

static int read_file(struct look *l, const char *path, struct err *e)
{
	struct str text;
	int rc = snapshot_read(path, l->line->arena, &text, e);

	if (rc == 0)
		rc = review_picture_parse(text, l->line->arena, &l->before, e);
	if (rc == 0)
		l->base = path;
	return rc < 0 ? err_context(e, "\"%s\"", path) : 0;
}

static int read_review(struct look *l, struct store *store, struct err *e)
{
	struct review_snapshot snapshot;
	struct org_host here;
	struct reviews last = { 0 };
	char when[CLOCK_TEXT_MAX];
	struct arena *a = l->line->arena;
	int rc = org_host_here(store, a, &here, e);

	if (rc == 0)
		rc = review_list(store, here.id, 1, a, &last, e);
	if (rc == ERR_ABSENT)
		return 0;
	if (rc < 0 || last.len == 0)
		return rc;
	rc = review_snapshot_by_id(store, last.at[0].snapshot_id, a, &snapshot, e);
	if (rc == 0)
		rc = review_picture_parse(snapshot.text, a, &l->before, e);
	if (rc == 0)
		rc = review_marks(store, last.at[0].id, a, &l->marks, &l->mark_count, e);
	if (rc == 0)
		l->base = arena_fmt(a, "%s, %.*s", clock_people(last.at[0].at_s, when),
			STR_FMT(last.at[0].person))
				  .ptr;
	return rc;
}

static int read_data(struct look *l, struct err *e)
{
	struct store *store = NULL;
	int rc = cli_store(l->line, &store, e);

	if (rc == 0)
		rc = read_review(l, store, e);
	store_close(store);
	return rc;
}

/* ---- words ---- */

static const char *change_words(const struct review_difference *d)
{
	switch (d->change) {
	case REVIEW_NEW:
		return T("mới");
	case REVIEW_CHANGED:
		return T("đã đổi");
	case REVIEW_GONE:
		return T("không còn");
	case REVIEW_SUSPECT:
		return T("vẫn khả nghi");
	case REVIEW_KNOWN:
		break;
	}
	return T("như trước");
}

static void print_one(const struct look *l, const struct review_difference *d)
{
	static const char *const levels[] = { "", "?", "!" };

	printf("%-2s %s: %.*s %.*s\n", d->change == REVIEW_GONE ? "-" : levels[d->item->level],
		tr(l->line->lang, change_words(d)), STR_FMT(d->item->kind), STR_FMT(d->item->name));
	if (d->change == REVIEW_CHANGED)
		printf("     %.*s → %.*s\n", STR_FMT(d->was->value), STR_FMT(d->item->value));
	else if (d->item->value.len > 0)
		printf("     %.*s\n", STR_FMT(d->item->value));
}

static void print(const struct look *l)
{
	const struct review_base base = { l->base ? &l->before : NULL, l->marks, l->mark_count };
	enum lang lang = l->line->lang;
	struct review_difference *list;
	size_t count, shown = 0, signs = 0;

	review_compare(&base, &l->now, l->line->arena, &list, &count);
	if (l->base)
		printf("%s: %s\n", tr(lang, "So với lần rà soát"), l->base);
	else
		printf("%s\n", tr(lang, "Chưa có lần rà soát nào để so: mọi thứ đều mới."));
	for (size_t i = 0; i < l->now.gap_count; i++)
		printf("%s: %.*s (%.*s)\n", tr(lang, "Không xem được"),
			STR_FMT(l->now.gaps[i].path), STR_FMT(l->now.gaps[i].reason));
	for (size_t i = 0; i < count; i++) {
		signs += list[i].item->level == REVIEW_SIGN && list[i].change != REVIEW_GONE;
		shown += list[i].change != REVIEW_KNOWN;
		if (list[i].change != REVIEW_KNOWN || command_flag(l->line, "all"))
			print_one(l, &list[i]);
	}
	printf("%s: %zu · %s: %zu · %s: %zu\n", tr(lang, "Khác trước"), shown,
		tr(lang, "dấu hiệu xâm nhập"), signs, tr(lang, "như trước"), count - shown);
}

static int save(const struct look *l, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct str folder = slash ? (struct str){ path, (size_t)(slash - path) } : STR(".");
	struct vfile_disk *disk;
	int rc = vfile_disk_open(
		folder.len > 0 ? arena_cstr(l->line->arena, folder) : "/", &disk, e);

	if (rc < 0)
		return err_context(e, "\"%s\"", path);
	rc = vfile_replace(disk, slash ? slash + 1 : path, l->text, e);
	vfile_disk_close(disk);
	return rc < 0 ? err_context(e, "\"%s\"", path) : 0;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *data = command_value(line, "data"), *against = command_value(line, "against");
	struct look l = { .line = line };
	int rc = 0;

	if (data && against)
		return err_set(e, ERR_INPUT, "--data or --against, not both");
	if (against)
		rc = read_file(&l, against, e);
	else if (data)
		rc = read_data(&l, e);
	if (rc == 0)
		rc = cli_confine(command_value(line, "save") != NULL, e);
	if (rc == 0)
		rc = take_picture(&l, e);
	if (rc < 0)
		return rc;
	print(&l);
	return command_value(line, "save") ? save(&l, command_value(line, "save"), e) : 0;
}

const struct command cmd_review = {
	.name = "review",
	.args = "",
	.words = T("rà soát tiến trình: những gì khác với lần đã ký"),
	.help = T(
		"Xem sâu những gì đang chạy, đang chờ kết nối, tự khởi động và đang nạp trên máy, rồi chỉ "
		"in những gì khác với lần rà soát trước. Không sửa gì, không chạy chương trình nào. Người "
		"chịu trách nhiệm ký ở trang Máy, mục Rà soát tiến trình."),
	.options = options,
	.is_confined = true,
	.run = run,
};
