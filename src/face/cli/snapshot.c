/* Snapshots of an audit on the disk: all or nothing, for their owner only. */
#include <string.h>

#include "face/cli/report.h"
#include "kit/vfile/vfile.h"

/* Open the folder of PATH; *RET_NAME is the rest. */
static int open_folder(const char *path, struct arena *a, struct vfile_disk **ret,
	const char **ret_name, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct str folder = slash ? (struct str){ path, (size_t)(slash - path) } : STR(".");

	*ret_name = slash ? slash + 1 : path;
	return vfile_disk_open(folder.len > 0 ? arena_cstr(a, folder) : "/", ret, e);
}

int snapshot_write(const char *path, struct hostaudit *audit, struct arena *a, struct err *e)
{
	struct vfile_disk *disk;
	struct buf text;
	const char *name;
	int rc = open_folder(path, a, &disk, &name, e);

	if (rc < 0)
		return err_context(e, "\"%s\"", path);
	buf_init(&text, LIMIT_SNAPSHOT_BYTES);
	hostaudit_save(audit, &text);
	rc = buf_is_full(&text) ?
		     err_set(e, ERR_LIMIT, "larger than %u bytes", LIMIT_SNAPSHOT_BYTES) :
		     vfile_replace(disk, name, buf_str(&text), e);
	buf_done(&text);
	vfile_disk_close(disk);
	return rc < 0 ? err_context(e, "\"%s\"", path) : 0;
}

int text_file_read(const char *path, size_t max_bytes, struct arena *a, struct str *ret,
	struct err *e)
{
	struct vfile_disk *disk;
	const char *name;
	int rc = open_folder(path, a, &disk, &name, e);

	if (rc == 0) {
		rc = vfile_load(disk, name, max_bytes, a, ret, e);
		vfile_disk_close(disk);
	}
	return rc < 0 ? err_context(e, "\"%s\"", path) : 0;
}

int snapshot_read(const char *path, struct arena *a, struct str *ret, struct err *e)
{
	return text_file_read(path, LIMIT_SNAPSHOT_BYTES, a, ret, e);
}
