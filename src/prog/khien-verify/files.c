/* files.c - what comes from the verifier's side. */
#include "prog/khien-verify/verify_int.h"

int file_load(const char *path, size_t max_bytes, struct arena *a, struct str *ret, struct err *e)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct vfile_disk *d;
	int rc;

	if (*name == '\0')
		return err_set(e, ERR_INPUT, "\"%s\" is no file", path);
	rc = vfile_disk_open(slash == path ? "/" :
			slash              ? arena_fmt(a, "%.*s", (int)(slash - path), path).ptr :
					     ".",
		&d, e);
	if (rc < 0)
		return rc;
	rc = vfile_load(d, name, max_bytes, a, ret, e);
	vfile_disk_close(d);
	return rc;
}

int keys_load(
	const struct command_line *line, struct arena *a, struct verify_job *job, struct err *e)
{
	const char *path = command_value(line, "key");
	struct str text;
	int rc;

	if (!path)
		return 0;
	rc = file_load(path, POLICY_BYTES_MAX, a, &text, e);
	if (rc == 0)
		rc = verify_keys(text, a, job, e);
	return rc < 0 ? err_context(e, "\"%s\"", path) : 0;
}
