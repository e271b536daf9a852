#include <stdio.h>
#include <stdlib.h>

#include "core/trail/taking.h"
#include "core/trail/wal.h"
#include "work/archive/keep_int.h"
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

/* How many entries it holds, from its first and last bytes; of a file of the same size as OLD,
 * which may be NULL, that is known. */
static int look(struct vfile_disk *d, struct shard_segment *at, const struct shard_segment *old,
	struct err *e)
{
	char name[SHARD_NAME_SIZE];
	struct vfile file;
	uint64_t count = 0;
	int rc = vfile_open(d, shard_name(at->first, name), VFILE_READ, &file, e);

	if (rc < 0)
		return rc;
	at->bytes = file.size_bytes;
	if (old && old->bytes == at->bytes)
		count = old->end - old->first;
	else
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

/* A listing under way. */
struct listing {
	struct vfile_disk *d;
	const struct shard_segments *known;
	struct shard_segments to;
	char *told; /* NULL: the first fault ends it */
	bool is_writer;
	struct err *e;
};

/* E's sentence is told, where somebody listens, and the listing goes on. */
static int amiss(struct listing *l)
{
	if (!l->told)
		return l->e->code;
	if (!*l->told)
		snprintf(l->told, ARCHIVE_TOLD_SIZE, "%s", l->e->text);
	return 0;
}

/* Did all entries before FIRST leave, in months that are packed? */
static bool has_left(struct listing *l, uint64_t first)
{
	const char *const *months = NULL;
	struct keep_month m;
	struct arena a;
	struct err none;
	size_t count = 0;
	bool is_left = l->known->led == first;

	arena_init(&a, 8 * KEEP_MANIFEST_MAX);
	if (!is_left && keep_months(l->d, &a, &months, &count, &none) < 0)
		count = 0;
	for (size_t i = 0; i < count && !is_left; i++)
		is_left = keep_read(l->d, months[i], &a, &m, &none) == 0 && m.segment_count > 0 &&
			m.segments[m.segment_count - 1].end == first;
	arena_done(&a);
	if (is_left)
		l->to.led = first;
	return is_left;
}

/* Entries FROM to UNTIL stand in no file; that they are not here is no failure to who writes. */
static int hole(struct listing *l, uint64_t from, uint64_t until)
{
	char name[SHARD_NAME_SIZE];

	if (!l->told || (from == 0 && has_left(l, until)))
		return 0;
	(void)err_set(l->e, ERR_ABSENT, "\"%s\" is missing: entries %llu to %llu",
		shard_name(from, name), (unsigned long long)from, (unsigned long long)until - 1);
	return amiss(l);
}

/* May it stand behind the one before? */
static int check_place(struct listing *l, const struct shard_segment *at, bool *ret_is_ours)
{
	uint64_t end = l->to.count > 0 ? at[-1].end : 0;
	char name[SHARD_NAME_SIZE];

	*ret_is_ours = false;
	if (end > at->first) {
		(void)err_set(l->e, ERR_INPUT,
			"\"%s\" begins with an entry that the segment before holds as well",
			shard_name(at->first, name));
		return amiss(l);
	}
	if (end < at->first && l->to.oldest <= end && (l->told || l->is_writer) &&
		!(end == 0 && has_left(l, at->first))) {
		(void)err_set(l->e, ERR_INPUT,
			"\"%s\" stands behind entries that are in no segment: it is none of this "
			"log's, or the one before it is missing",
			shard_name(at->first, name));
		return amiss(l);
	}
	*ret_is_ours = true;
	return end < at->first ? hole(l, end, at->first) : 0;
}

static int add(struct listing *l, uint64_t first)
{
	struct shard_segment *at = &l->to.at[l->to.count];
	const struct shard_segment *old = find(l->known, first);
	bool is_ours;
	int rc = 0;

	at->first = first;
	rc = look(l->d, at, old, l->e);
	if (rc == ERR_ABSENT) /* it has left meanwhile */
		return l->told ? 0 : rc;
	if (rc < 0)
		return amiss(l);
	rc = check_place(l, at, &is_ours);
	l->to.count += rc == 0 && is_ours;
	return rc;
}

static bool is_ours(const struct vfile_name *name)
{
	struct str s = str_of(name->name);
	static const char *const others[] = { SHARD_PART, SHARD_RESERVE, TAKING_STORES };

	for (size_t i = 0; i < COUNT(others); i++)
		if (strcmp(others[i] + strlen(SHARD_FOLDER "/"), name->name) == 0)
			return true;
	return str_ends(s, ".tmp"); /* one is being replaced */
}

static int add_all(struct listing *l, const struct vfile_names *names)
{
	int rc = 0;

	/* names of one length stand in order of their numbers */
	for (size_t i = 0; i < names->len && rc == 0; i++) {
		uint64_t first;

		if (is_segment(&names->at[i], &first)) {
			rc = add(l, first);
		} else if (l->told && !is_ours(&names->at[i])) {
			(void)err_set(l->e, ERR_INPUT,
				"\"" SHARD_FOLDER "/%s\" is none of this log's files",
				names->at[i].name);
			rc = amiss(l);
		}
	}
	return rc;
}

static int list(struct listing *l, struct shard_segments *ret)
{
	struct vfile_names names = { 0 };
	struct err none;
	struct arena a;
	uint64_t end;
	int rc;

	/* before the names: what leaves the write-ahead files meanwhile has a segment then */
	if (wal_oldest(l->d, &l->to.oldest, &none) < 0)
		l->to.oldest = UINT64_MAX;
	arena_init(&a, LIST_MEMORY_BYTES);
	rc = vfile_list(l->d, SHARD_FOLDER, &a, &names, l->e);
	if (rc == ERR_ABSENT)
		rc = 0;
	l->to.at = calloc(names.len + 1, sizeof(*l->to.at));
	if (l->to.at == NULL)
		abort();
	if (rc == 0)
		rc = add_all(l, &names);
	end = l->to.count > 0 ? l->to.at[l->to.count - 1].end : 0;
	if (rc == 0 && l->to.oldest != UINT64_MAX && l->to.oldest > end)
		rc = hole(l, end, l->to.oldest);
	arena_done(&a);
	if (rc < 0)
		free(l->to.at);
	else
		*ret = l->to;
	return rc;
}

int shard_list(struct vfile_disk *d, const struct shard_segments *known, struct err *e,
	struct shard_segments *ret)
{
	return list(&(struct listing){ .d = d, .known = known, .e = e }, ret);
}

int shard_list_to_write(struct vfile_disk *d, struct err *e, struct shard_segments *ret)
{
	const struct shard_segments none = { 0 };

	return list(&(struct listing){ .d = d, .known = &none, .is_writer = true, .e = e }, ret);
}

int shard_look(struct vfile_disk *d, const struct shard_segments *known, char *told, struct err *e,
	struct shard_segments *ret)
{
	*told = '\0';
	return list(&(struct listing){ .d = d, .known = known, .told = told, .e = e }, ret);
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
