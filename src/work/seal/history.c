/* history.c - the checkpoints that stay, and those that others are known to hold. */
#include "core/trail/entries.h"
#include "work/seal/seal_int.h"

#define HISTORY "checkpoints"
#define ANCHORS "anchors"

const char *history_name(struct history_row row, char *name)
{
	snprintf(name, HISTORY_NAME_SIZE, HISTORY "/%08llu-%020llu", (unsigned long long)row.epoch,
		(unsigned long long)row.size);
	return name;
}

static bool parse_name(const char *name, struct history_row *ret)
{
	struct str s = str_of(name);

	return s.len == 29 && s.ptr[8] == '-' && str_to_u64(str_until(s, 8), 10, &ret->epoch) &&
		str_to_u64(str_from(s, 9), 10, &ret->size);
}

/* Names sort by epoch, then size; both only grow, so the last is the newest. */
int history_list(struct vfile_disk *d, struct arena *a, struct history_row **ret, size_t *ret_count,
	struct err *e)
{
	VEC(struct history_row) rows = { 0 };
	struct history_row row;
	struct vfile_names names;
	int rc = vfile_list(d, HISTORY, a, &names, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names.len; i++)
		if (parse_name(names.at[i].name, &row))
			vec_push(a, &rows, row);
	*ret = rows.at;
	*ret_count = rows.len;
	return 0;
}

int history_thin(struct vfile_disk *d, struct err *e)
{
	char name[HISTORY_NAME_SIZE];
	struct history_row *rows;
	struct arena a;
	size_t count = 0, gone = 0;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = history_list(d, &a, &rows, &count, e);
	for (size_t i = 0; rc == 0 && i + 1 < count; i++) {
		bool is_last = rows[i].epoch != rows[i + 1].epoch;

		if (is_last || rows[i].epoch + SEAL_EPOCHS_WHOLE > rows[count - 1].epoch)
			continue;
		rc = vfile_unlink(d, history_name(rows[i], name), e);
		gone++;
	}
	if (rc == 0 && gone > 0)
		rc = vfile_sync_dir(d, HISTORY, e);
	arena_done(&a);
	return rc;
}

/* --- anchors ---------------------------------------------------------------------------------- */

/* A checkpoint of this shard, signed by it. */
static bool is_ours(struct str bytes, const struct note_key *identity, struct str origin,
	struct arena *a, struct merkle_head *ret)
{
	struct checkpoint c;
	struct note n;
	struct err e;

	if (note_parse(bytes, a, &n, &e) < 0 || checkpoint_parse(n.text, &c, &e) < 0 ||
		!str_eq(c.origin, origin) || note_verify(&n, identity, NULL, &e) != 1)
		return false;
	*ret = c.head;
	return true;
}

int anchors_load(const struct seal *s, struct arena *a, struct seal_anchor **ret, size_t *ret_count,
	struct err *e)
{
	VEC(struct seal_anchor) anchors = { 0 };
	struct seal_anchor anchor = { 0 };
	char path[VFILE_NAME_SIZE + sizeof(ANCHORS)];
	struct vfile_names names = { 0 };
	struct str bytes;
	int rc = vfile_list(s->d, ANCHORS, a, &names, e);

	if (rc < 0 && rc != ERR_ABSENT)
		return rc;
	for (size_t i = 0; i < names.len; i++) {
		snprintf(path, sizeof(path), ANCHORS "/%s", names.at[i].name);
		/* what is no checkpoint of ours says nothing: anybody could stop the log else */
		if (names.at[i].is_folder ||
			vfile_load(s->d, path, NOTE_BYTES_MAX, a, &bytes, e) < 0 ||
			!is_ours(bytes, &s->identity_key, s->origin, a, &anchor.head))
			continue;
		snprintf(anchor.name, sizeof(anchor.name), "%s", names.at[i].name);
		vec_push(a, &anchors, anchor);
	}
	*ret = anchors.at;
	*ret_count = anchors.len;
	return 0;
}

/* Where entries stand that have left the write-ahead files. */
static const struct trail_segments *segments;

void seal_segments(const struct trail_segments *s)
{
	segments = s;
}

const struct trail_segments *seal_segments_now(void)
{
	return segments;
}

/* The root of our first SIZE leaves, as they lie on the disk. */
static int own_head(struct seal *s, uint64_t size, struct merkle_head *ret)
{
	struct entries entries = { .disk = s->d, .segments = segments };
	struct tree_source source = { .leaves = { entries_hash, &entries } };
	struct merkle_reader reader = { tree_hash, &source };
	struct err none;
	int rc = tree_read(s->d, size, &source.tree, &none);

	if (rc == 0)
		rc = merkle_head_at(&reader, size, ret, &none);
	tree_close(source.tree);
	return rc;
}

static bool was_met(const struct seal *s, const struct merkle_head *head)
{
	for (size_t i = 0; i < COUNT(s->met); i++)
		if (s->met[i].size == head->size && merkle_equal(&s->met[i].root, &head->root))
			return true;
	return false;
}

int anchors_meet(struct seal *s, const struct seal_anchor *anchors, size_t count, struct err *e)
{
	struct merkle_head own;

	for (size_t i = 0; i < count; i++) {
		const struct merkle_head *head = &anchors[i].head;

		/* what left for a disk outside cannot be judged here; khien-verify does */
		if (head->size == 0 || head->size > s->head.size || was_met(s, head) ||
			own_head(s, head->size, &own) < 0)
			continue;
		if (!merkle_equal(&own.root, &head->root))
			return err_set(e, ERR_CONFLICT,
				"\"%s\" holds another checkpoint of %llu leaves: this log was "
				"written twice",
				anchors[i].name, (unsigned long long)head->size);
		s->met[s->met_next++ % COUNT(s->met)] = *head;
	}
	return 0;
}

static int load_identity(struct vfile_disk *d, struct arena *a, struct str *ret_origin,
	struct note_key *ret, struct err *e)
{
	struct str text, line;
	int rc = vfile_load(d, "origin", KIB, a, ret_origin, e);

	if (rc == 0)
		rc = vfile_load(d, "keys/public.txt", 4 * KIB, a, &text, e);
	if (rc < 0)
		return rc;
	*ret_origin = str_trim(*ret_origin);
	if (!str_next_line(&text, &line))
		return err_set(e, ERR_INPUT, "\"keys/public.txt\" is empty");
	return note_key_parse(line, a, ret, e);
}

static int keep(
	struct vfile_disk *d, const char *name, struct str note, struct arena *a, struct err *e)
{
	char path[VFILE_NAME_SIZE];
	struct merkle_head head, old;
	struct note_key identity;
	struct str origin, bytes;
	int rc = load_identity(d, a, &origin, &identity, e);

	if (rc < 0)
		return rc;
	if (!is_ours(note, &identity, origin, a, &head))
		return err_set(e, ERR_INPUT, "the note is no checkpoint of this log");
	snprintf(path, sizeof(path), ANCHORS "/%s", name);
	if (vfile_load(d, path, NOTE_BYTES_MAX, a, &bytes, e) == 0 &&
		is_ours(bytes, &identity, origin, a, &old) && old.size > head.size)
		return 0;
	rc = vfile_replace(d, path, note, e);
	if (rc != ERR_ABSENT)
		return rc;
	rc = vfile_make_folder(d, ANCHORS, e);
	return rc == 0 ? vfile_replace(d, path, note, e) : rc;
}

int seal_anchor_keep(struct vfile_disk *d, const char *name, struct str note, struct err *e)
{
	struct arena a;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = keep(d, name, note, &a, e);
	arena_done(&a);
	return rc;
}
