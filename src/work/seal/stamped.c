/* stamped.c - questions that wait, and replies that hold. */
#include "work/seal/stamped.h"

#include "work/seal/seal_int.h"

#define NAME_DIGITS 20
#define PENDING_MAX 1000

static const char *path_of(uint64_t size, const char *ending, char *path)
{
	snprintf(path, VFILE_NAME_SIZE, SEAL_STAMPS "/%020llu%s", (unsigned long long)size, ending);
	return path;
}

static int size_of(struct str note_bytes, struct arena *a, uint64_t *ret, struct err *e)
{
	struct checkpoint c;
	struct note n;
	int rc = note_parse(note_bytes, a, &n, e);

	if (rc == 0)
		rc = checkpoint_parse(n.text, &c, e);
	if (rc == 0)
		*ret = c.head.size;
	return rc;
}

/* The question that waits for this very note, or a new one. */
static int question_of(struct vfile_disk *d, uint64_t size, struct str note, struct arena *a,
	struct buf *ret, struct err *e)
{
	char path[VFILE_NAME_SIZE];
	struct str before, asked;
	struct err none;
	int rc;

	if (vfile_load(d, path_of(size, ".note", path), NOTE_BYTES_MAX, a, &before, &none) == 0 &&
		str_eq(before, note) &&
		vfile_load(d, path_of(size, ".tsq", path), STAMP_REQUEST_MAX, a, &asked, &none) ==
			0) {
		buf_add(ret, asked);
		return 0;
	}
	rc = stamp_request(note, ret, e);
	if (rc == 0)
		rc = vfile_replace(d, path_of(size, ".note", path), note, e);
	if (rc == ERR_ABSENT) {
		rc = vfile_make_folder(d, SEAL_STAMPS, e);
		if (rc == 0)
			rc = vfile_replace(d, path, note, e);
	}
	return rc == 0 ? vfile_replace(d, path_of(size, ".tsq", path), buf_str(ret), e) : rc;
}

int seal_stamp_ask(
	struct vfile_disk *d, struct buf *ret_question, uint64_t *ret_size, struct err *e)
{
	uint64_t size = 0;
	struct arena a;
	struct str note;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = vfile_load(d, "checkpoint", NOTE_BYTES_MAX, &a, &note, e);
	if (rc == 0)
		rc = size_of(note, &a, &size, e);
	if (rc == 0)
		rc = question_of(d, size, note, &a, ret_question, e);
	if (rc == 0)
		*ret_size = size;
	arena_done(&a);
	return rc;
}

static bool parse_name(const char *name, const char *ending, uint64_t *ret)
{
	struct str s = str_of(name);

	return s.len == NAME_DIGITS + strlen(ending) && str_ends(s, ending) &&
		str_to_u64(str_until(s, NAME_DIGITS), 10, ret);
}

/* Does the reply hold for the question of SIZE? Then it is kept. */
static int try_one(struct vfile_disk *d, uint64_t size, struct str reply, struct str ca,
	struct seal_stamp *ret, struct err *e)
{
	char path[VFILE_NAME_SIZE];
	struct str note, question;
	struct arena a;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = vfile_load(d, path_of(size, ".note", path), NOTE_BYTES_MAX, &a, &note, e);
	if (rc == 0)
		rc = vfile_load(
			d, path_of(size, ".tsq", path), STAMP_REQUEST_MAX, &a, &question, e);
	if (rc == 0)
		rc = stamp_check(reply, note, question, ca, &ret->stamp, e);
	if (rc == 0)
		rc = vfile_replace(d, path_of(size, ".tsr", path), reply, e);
	if (rc == 0)
		rc = vfile_unlink(d, path_of(size, ".tsq", path), e);
	if (rc == 0)
		rc = vfile_sync_dir(d, SEAL_STAMPS, e);
	if (rc == 0)
		ret->size = size;
	arena_done(&a);
	return rc;
}

int seal_stamp_keep(struct vfile_disk *d, struct str reply, struct str ca, struct seal_stamp *ret,
	struct err *e)
{
	struct vfile_names names = { 0 };
	struct arena a;
	uint64_t size;
	unsigned tried = 0;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = vfile_list(d, SEAL_STAMPS, &a, &names, e);
	for (size_t i = names.len; i-- > 0 && tried < PENDING_MAX;) {
		if (!parse_name(names.at[i].name, ".tsq", &size))
			continue;
		tried++;
		rc = try_one(d, size, reply, ca, ret, e);
		if (rc == 0)
			break;
	}
	arena_done(&a);
	if (tried == 0 && (rc == 0 || rc == ERR_ABSENT))
		return err_set(e, ERR_ABSENT, "no question waits for a reply: ask first");
	return rc;
}

int seal_stamp_newest(struct vfile_disk *d, struct seal_stamp *ret, struct err *e)
{
	char path[VFILE_NAME_SIZE];
	struct vfile_names names = { 0 };
	uint64_t size, newest = 0;
	struct arena a;
	struct str reply;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = vfile_list(d, SEAL_STAMPS, &a, &names, e);
	for (size_t i = 0; i < names.len; i++)
		if (parse_name(names.at[i].name, ".tsr", &size) && size > newest)
			newest = size;
	if (rc == 0 && newest == 0)
		rc = err_set(e, ERR_ABSENT, "there is no time stamp");
	if (rc == 0)
		rc = vfile_load(d, path_of(newest, ".tsr", path), STAMP_REPLY_MAX, &a, &reply, e);
	if (rc == 0)
		rc = stamp_read(reply, &ret->stamp, e);
	if (rc == 0)
		ret->size = newest;
	arena_done(&a);
	return rc;
}
