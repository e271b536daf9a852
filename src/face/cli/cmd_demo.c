/* khien demo: a sample district in a folder of its own, or that folder away again. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/units.h"
#include "work/demo/demo.h"

#define SEED_FIRST 1
#define REMOVE_FILES_OPEN 16

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	CLI_PACKS_OPTION,
	{ "seed", OPTION_NUMBER, "N", NULL, T("số để sinh dữ liệu; cùng số thì cùng dữ liệu") },
	{ "remove", OPTION_FLAG, NULL, NULL, T("xóa thư mục dữ liệu mẫu") },
	{ 0 },
};

static const char *in_data(const struct command_line *line, const char *name)
{
	return arena_fmt(line->arena, "%s/%s", command_value(line, "data"), name).ptr;
}

/* --- making ----------------------------------------------------------------------------------- */

/* A new folder, or one with nothing in it. */
static int take_folder(const struct command_line *line, struct err *e)
{
	const char *path = command_value(line, "data");
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;
	int fd;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_errno(e, errno, "cannot make folder \"%s\"", path);
	dir = opendir(path);
	if (!dir)
		return err_errno(e, errno, "cannot open folder \"%s\"", path);
	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	if (count > 0)
		return err_set(e, ERR_CONFLICT,
			"folder \"%s\" is not empty: the sample goes into a "
			"folder of its own",
			path);
	fd = open(in_data(line, DEMO_MARK), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, errno, "cannot write into folder \"%s\"", path);
	close(fd);
	return 0;
}

static void tell(const struct command_line *line, const struct demo_done *done)
{
	printf("%s\n", tr(line->lang, T("Đã tạo dữ liệu mẫu. Đây không phải số liệu thật.")));
	printf("%s: %lld\n", tr(line->lang, T("đơn vị")), (long long)done->units);
	printf("%s: %lld\n", tr(line->lang, T("người")), (long long)done->people);
	printf("%s: %lld\n", tr(line->lang, T("máy được kiểm tra")), (long long)done->machines);
	printf("%s: %lld\n", tr(line->lang, T("bản ghi trong sổ")), (long long)done->records);
	if (done->skipped)
		printf("%s: %lld\n", tr(line->lang, T("bản ghi không lập được")),
			(long long)done->skipped);
	printf("%s: %lld\n", tr(line->lang, T("hồ sơ xử lý")), (long long)done->cases);
	printf("%s: %lld\n", tr(line->lang, T("lượt ký")), (long long)done->signings);
	printf("%s: %lld\n", tr(line->lang, T("lần làm việc định kỳ")), (long long)done->duties);
	printf("%s\n", tr(line->lang, T("Tài khoản và mật khẩu dùng một lần:")));
	for (size_t i = 0; i < DEMO_ACCOUNTS; i++)
		printf("  %.*s  %.*s\n", STR_FMT(done->accounts[i].login),
			STR_FMT(done->accounts[i].onetime));
	printf("khien serve --data %s\n", command_value(line, "data"));
}

static int make(const struct command_line *line, struct err *e)
{
	struct cli_waiting waiting = { .lang = line->lang, .since_us = clock_monotonic_us() };
	struct demo d = { .a = line->arena,
		.seed = SEED_FIRST,
		.now_s = clock_now_s(),
		.progress = cli_progress,
		.context = &waiting };
	const char *seed = command_value(line, "seed");
	struct demo_done done = { 0 };
	struct pack_set *packs;
	struct store *store;
	int rc = cli_packs_load(line, e, &packs);

	if (rc < 0)
		return rc;
	if (seed)
		(void)str_to_u64(str_of(seed), 10, &d.seed);
	d.packs = packs;
	rc = take_folder(line, e);
	if (rc == 0)
		rc = store_open_current(in_data(line, "khien.db"), e, &store);
	if (rc == 0) {
		d.store = store;
		store_actor(store, STR("mau"), "");
		rc = vfile_disk_open(command_value(line, "data"), &d.disk, e);
		if (rc == 0)
			rc = demo_make(&d, &done, e);
		vfile_disk_close(d.disk);
		store_close(store);
	}
	cli_progress_end(&waiting);
	pack_set_free(packs);
	if (rc == 0)
		tell(line, &done);
	return rc;
}

/* --- removing --------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int take_away(const struct command_line *line, struct err *e)
{
	const char *path = command_value(line, "data");
	struct stat st;

	if (lstat(in_data(line, DEMO_MARK), &st) != 0)
		return err_set(e, ERR_CONFLICT,
			"folder \"%s\" was not made by khien demo: nothing is removed", path);
	if (nftw(path, remove_one, REMOVE_FILES_OPEN, FTW_DEPTH | FTW_PHYS) != 0)
		return err_errno(e, errno, "cannot remove all of \"%s\"", path);
	printf("%s\n", tr(line->lang, T("Đã xóa dữ liệu mẫu.")));
	return 0;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *data;
	int rc = cli_data(line, &data, e);

	if (rc < 0)
		return rc;
	return command_flag(line, "remove") ? take_away(line, e) : make(line, e);
}

const struct command cmd_demo = {
	.name = "demo",
	.args = "",
	.words = T("một huyện mẫu để xem thử, trong thư mục riêng"),
	.help = T(
		"Tạo dữ liệu mẫu: 30 đơn vị, 800 người, thiết bị, sổ, hồ sơ, cam kết, một năm việc định kỳ. "
		"Thư mục phải trống; mọi trang ghi rõ đây là dữ liệu mẫu. --remove xóa cả thư mục mẫu."),
	.options = options,
	.run = run,
};
