/* log_space.c - free space where logs are written, of the running machine. */
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/host_int.h"
#include "work/hostaudit/tables.h"

enum { PATH, SIZE, FREE, FREE_PERCENT, FREE_INODES };

static const struct fact_column columns[] = {
	[PATH] = { "path", FACT_TEXT, T("thư mục nhật ký") },
	[SIZE] = { "size_bytes", FACT_INT, T("dung lượng ổ, byte") },
	[FREE] = { "free_bytes", FACT_INT, T("còn trống cho chương trình, byte") },
	[FREE_PERCENT] = { "free_percent", FACT_INT, T("còn trống, phần trăm") },
	[FREE_INODES] = { "free_inodes_percent", FACT_INT, T("số tệp còn tạo được, phần trăm") },
	{ 0 },
};

static void show(struct host *h, struct fact_rows *rows, const char *path)
{
	int fd = host_fd(h, path, O_RDONLY | O_DIRECTORY);
	struct statvfs fs;

	if (fd < 0)
		return;
	if (fstatvfs(fd, &fs) != 0 || fs.f_blocks == 0) {
		close(fd);
		host_gap(h, GAP_UNREADABLE, path);
		return;
	}
	close(fd);
	fact_row(rows);
	fact_cstr(rows, PATH, path);
	fact_int(rows, SIZE, (int64_t)(fs.f_blocks * fs.f_frsize));
	fact_int(rows, FREE, (int64_t)(fs.f_bavail * fs.f_frsize));
	/* as df: of what ordinary programs may use */
	fact_int(rows, FREE_PERCENT,
		(int64_t)((uint64_t)fs.f_bavail * 100 /
			(fs.f_blocks - fs.f_bfree + fs.f_bavail > 0 ?
					fs.f_blocks - fs.f_bfree + fs.f_bavail :
					1)));
	if (fs.f_files > 0)
		fact_int(rows, FREE_INODES, (int64_t)((uint64_t)fs.f_favail * 100 / fs.f_files));
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	if (!host_is_live(h)) { /* the disk of an image says nothing of its machine */
		host_gap(h, GAP_NOT_LIVE, "/var/log");
		return 0;
	}
	show(h, rows, "/var/log");
	return 0;
}

const struct fact_table log_space_table = {
	.name = "log_space",
	.words = T("chỗ trống cho nhật ký"),
	.flags = FACT_LIVE,
	.columns = columns,
	.fill = fill,
};
