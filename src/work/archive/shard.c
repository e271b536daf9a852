#include <stdio.h>
#include <stdlib.h>

#include "work/archive/shard.h"

#define LIST_MEMORY_BYTES (16 * MIB)
#define DIGITS 20

const char *shard_name(uint64_t first, char *ret_name)
{
	snprintf(ret_name, SHARD_NAME_SIZE, SHARD_FOLDER "/%020llu.seg", (unsigned long long)first);
	return ret_name;
}

static bool is_segment(const struct vfile_name *name, uint64_t *ret_first)
{
	struct str s = str_of(name->name);

	return !name->is_folder && s.len == DIGITS + 4 && str_ends(s, ".seg") && s.ptr[0] >= '0' &&
		s.ptr[0] <= '9' && str_to_u64(str_until(s, DIGITS), 10, ret_first);
}

/* How many entries it holds, from its first and last bytes. */
static int look(struct vfile_disk *d, struct shard_segment *at, struct err *e)
{
	char name[SHARD_NAME_SIZE];
	struct vfile file;
	uint64_t count = 0;
	int rc = vfile_open(d, shard_name(at->first, name), VFILE_READ, &file, e);

	if (rc < 0)
		return rc;
	at->bytes = file.size_bytes;
	rc = segment_peek(&file, e, &count);
	vfile_close(&file);
	if (rc == 0 && (count == 0 || at->first > UINT64_MAX - count))
		rc = err_set(e, ERR_INPUT, "it holds no entry");
	at->end = at->first + count;
	return rc < 0 ? err_context(e, "\"%s\"", name) : 0;
}

static const struct shard_segment *find(const struct shard_segments *in, uint64_t first)
{
	size_t low = 0, high = in->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (in->at[middle].first < first)
			low = middle + 1;
		else
			high = middle;
	}
	return low < in->count && in->at[low].first == first ? &in->at[low] : NULL;
}

static int add(struct vfile_disk *d, const struct shard_segments *known, uint64_t first,
	struct shard_segments *to, struct err *e)
{
	struct shard_segment *at = &to->at[to->count];
	const struct shard_segment *old = find(known, first);
	char name[SHARD_NAME_SIZE];
	int rc = 0;

	at->first = first;
	if (old)
		*at = *old;
	else
		rc = look(d, at, e);
	if (rc == 0 && to->count > 0 && at[-1].end > first)
		rc = err_set(e, ERR_INPUT,
			"\"%s\" begins with an entry that the segment before holds as well",
			shard_name(first, name));
	if (rc == 0)
		to->count++;
	return rc;
}

int shard_list(struct vfile_disk *d, const struct shard_segments *known, struct err *e,
	struct shard_segments *ret)
{
	struct shard_segments found = { 0 };
	struct vfile_names names = { 0 };
	struct arena a;
	int rc;

	arena_init(&a, LIST_MEMORY_BYTES);
	rc = vfile_list(d, SHARD_FOLDER, &a, &names, e);
	if (rc == ERR_ABSENT)
		rc = 0;
	found.at = calloc(names.len + 1, sizeof(*found.at));
	if (found.at == NULL)
		abort();
	/* names of one length stand in order of their numbers */
	for (size_t i = 0; i < names.len && rc == 0; i++) {
		uint64_t first;

		if (is_segment(&names.at[i], &first))
			rc = add(d, known, first, &found, e);
	}
	arena_done(&a);
	if (rc < 0)
		free(found.at);
	else
		*ret = found;
	return rc;
}

int shard_find(struct vfile_disk *d, uint64_t index, struct err *e, struct shard_segment *ret)
{
	struct shard_segments found, none = { 0 };
	int rc = shard_list(d, &none, e, &found);

	if (rc < 0)
		return rc;
	rc = err_set(
		e, ERR_ABSENT, "entry %llu stands in no closed segment", (unsigned long long)index);
	for (size_t i = 0; i < found.count; i++) {
		if (index < found.at[i].first || index >= found.at[i].end)
			continue;
		*ret = found.at[i];
		rc = 0;
	}
	free(found.at);
	return rc;
}
