/* store.c - the process that writes: sealed entries become closed segments. The order of what it
 * does to the disk is the promise: a segment is whole, synced and read back under another name
 * before it gets its own, and the write-ahead files go after that name is synced. */
#include <stdio.h>
#include <stdlib.h>

#include "core/trail/tree.h"
#include "core/trail/wal.h"
#include "kit/merkle/note.h"
#include "work/archive/bytes.h"
#include "work/archive/shard.h"

#define SEGMENT_BYTES_DEFAULT ((uint64_t)64 * MIB)
#define STEP_ENTRIES 50000 /* taken at once, so that who calls hears of other things meanwhile */

struct archive_writer {
	struct vfile_disk *disk;
	struct archive_options options;
	struct wal_reader *reader;
	struct segment_writer *segment; /* NULL: none is begun */
	struct vfile file;
	uint64_t closed; /* the segment in work begins here */
	uint64_t closed_bytes;
	int month; /* in Viet Nam, of the newest entry in work, counted from year 0 */
	uint64_t raw_bytes, wal_bytes;
};

uint64_t archive_writer_closed(const struct archive_writer *w)
{
	return w->closed;
}

/* Bytes are counted before they are written: the quota is not passed by one. */
static int to_file(void *context, const void *bytes, size_t size, struct err *e)
{
	struct archive_writer *w = context;
	uint64_t quota = w->options.quota_bytes;

	if (quota > 0 &&
		(w->closed_bytes + w->file.size_bytes > quota ||
			size > quota - w->closed_bytes - w->file.size_bytes))
		return err_set(e, ERR_LIMIT,
			"the archive may take %llu bytes, and %llu more are needed; nothing was lost, "
			"the entries stay in the write-ahead files",
			(unsigned long long)quota, (unsigned long long)size);
	return vfile_append(&w->file, (struct str){ bytes, size }, e);
}

void archive_writer_bounds(struct archive_writer *w, uint64_t quota_bytes, uint64_t wal_bytes)
{
	w->options.quota_bytes = quota_bytes;
	w->options.wal_bytes = wal_bytes;
}

/* Where the closed segments end. */
static int find_end(struct archive_writer *w, struct err *e)
{
	struct shard_segments found;
	uint64_t oldest = 0;
	int rc = shard_list_to_write(w->disk, e, &found);

	if (rc < 0)
		return rc;
	if (found.count > 0)
		w->closed = found.at[found.count - 1].end;
	for (size_t i = 0; i < found.count; i++)
		w->closed_bytes += found.at[i].bytes;
	free(found.at);
	if (found.count > 0)
		return 0;
	/* a log whose older segments were taken away, or that never had one */
	rc = wal_oldest(w->disk, &oldest, e);
	w->closed = oldest;
	return rc == ERR_ABSENT ? 0 : rc;
}

static int remove_part(struct archive_writer *w, struct err *e)
{
	int rc = vfile_unlink(w->disk, SHARD_PART, e);

	return rc == ERR_ABSENT ? 0 : rc;
}

int archive_writer_open(struct vfile_disk *shard, const struct archive_options *options,
	struct err *e, struct archive_writer **ret)
{
	struct archive_writer *w = calloc(1, sizeof(*w));
	int rc;

	if (w == NULL)
		abort();
	w->disk = shard;
	if (options)
		w->options = *options;
	if (w->options.segment_bytes == 0)
		w->options.segment_bytes = SEGMENT_BYTES_DEFAULT;
	rc = vfile_make_folder(w->disk, SHARD_FOLDER, e);
	if (rc == 0)
		rc = remove_part(w, e);
	if (rc == 0)
		rc = find_end(w, e);
	if (rc < 0) {
		archive_writer_close(w);
		return rc;
	}
	*ret = w;
	return 0;
}

struct archive_writer *archive_writer_close(struct archive_writer *w)
{
	if (w == NULL)
		return NULL;
	segment_writer_free(w->segment);
	vfile_close(&w->file);
	wal_reader_close(w->reader);
	free(w);
	return NULL;
}

/* The file that holds room becomes the part: nobody else can take that room in between. */
static int take_reserve(struct archive_writer *w, struct err *e)
{
	int rc = vfile_rename(w->disk, SHARD_RESERVE, SHARD_PART, e);

	if (rc == 0)
		rc = vfile_open(w->disk, SHARD_PART, VFILE_WRITE, &w->file, e);
	if (rc == 0)
		w->file.size_bytes = 0; /* it is written from its beginning */
	w->options.uses_reserve = false;
	return rc;
}

static int begin(struct archive_writer *w, struct err *e)
{
	struct segment_options options = { .block_bytes = w->options.block_bytes,
		.is_small = w->options.is_small };
	int rc = remove_part(w, e);

	if (rc == 0)
		rc = w->options.uses_reserve ? take_reserve(w, e) : ERR_ABSENT;
	if (rc == ERR_ABSENT)
		rc = vfile_open(w->disk, SHARD_PART, VFILE_CREATE, &w->file, e);
	if (rc < 0)
		return rc;
	w->segment = segment_writer_new(&options, to_file, w);
	w->raw_bytes = w->wal_bytes = 0;
	w->month = 0;
	return 0;
}

/* Is ENTRY what record I of S gives back? */
static int compare(struct segment *s, uint64_t i, struct str entry, struct err *e)
{
	unsigned char head[LEAF_HEAD_BYTES];
	struct leaf leaf;
	int rc = segment_read(s, i, e, &leaf);

	if (rc < 0)
		return rc;
	leaf_head(&leaf, head);
	if (entry.len != sizeof(head) + leaf.raw.len ||
		memcmp(entry.ptr, head, sizeof(head)) != 0 ||
		memcmp(entry.ptr + sizeof(head), leaf.raw.ptr, leaf.raw.len) != 0)
		return err_set(e, ERR_INPUT, "record %llu of the new segment is not what was taken",
			(unsigned long long)i);
	return 0;
}

/* Read the new segment back from the disk and hold it against the write-ahead files. */
static int verify(struct archive_writer *w, uint64_t end, struct err *e)
{
	struct wal_reader *r = NULL;
	struct segment *s = NULL;
	struct vfile file;
	struct str entry;
	int rc = vfile_open(w->disk, SHARD_PART, VFILE_READ, &file, e);

	if (rc < 0)
		return rc;
	rc = segment_open_file(&file, e, &s);
	if (rc == 0 && segment_count(s) != end - w->closed)
		rc = err_set(e, ERR_INPUT, "the new segment does not hold all that was taken");
	if (rc == 0)
		rc = segment_check_sections(s, e);
	if (rc == 0)
		rc = wal_reader_open(w->disk, w->closed, &r, e);
	for (uint64_t i = w->closed; i < end && rc == 0; i++) {
		rc = wal_read(r, end, &entry, e);
		if (rc == 0)
			rc = err_set(e, ERR_INPUT, "a write-ahead file became shorter");
		if (rc > 0)
			rc = compare(s, i - w->closed, entry, e);
	}
	wal_reader_close(r);
	segment_close(s);
	vfile_close(&file);
	return rc;
}

/* The part is whole on the disk. */
static int finish(struct archive_writer *w, struct err *e, uint64_t *ret_bytes)
{
	int rc = segment_finish(w->segment, e, NULL);

	w->segment = segment_writer_free(w->segment);
	if (rc == 0) /* it may have had more room than it took */
		rc = vfile_truncate(&w->file, w->file.size_bytes, e);
	if (rc == 0)
		rc = vfile_sync(&w->file, e);
	*ret_bytes = w->file.size_bytes;
	vfile_close(&w->file);
	return rc;
}

/* The segment in work, which holds the entries up to END, is put in its place. */
static int end_at(struct archive_writer *w, uint64_t end, struct err *e)
{
	uint64_t bytes;
	char name[SHARD_NAME_SIZE];
	int rc;

	if (w->segment == NULL)
		return 0;
	rc = finish(w, e, &bytes);
	if (rc == 0)
		rc = verify(w, end, e);
	if (rc == 0)
		rc = vfile_rename(w->disk, SHARD_PART, shard_name(w->closed, name), e);
	if (rc == 0)
		rc = vfile_sync_dir(w->disk, SHARD_FOLDER, e);
	if (rc < 0)
		return rc;
	w->closed = end;
	w->closed_bytes += bytes;
	/* the sealer begins again after the last whole group before its checkpoint */
	return wal_drop(w->disk, w->closed > TREE_GROUP ? w->closed - TREE_GROUP : 0, e);
}

int archive_writer_end(struct archive_writer *w, struct err *e)
{
	return end_at(w, w->reader ? wal_reader_next(w->reader) : w->closed, e);
}

static int month_of(int64_t received_ns)
{
	struct date d = date_at(received_ns / 1000000000);

	return d.year * 12 + d.month - 1;
}

int archive_writer_end_month(struct archive_writer *w, int64_t now_s, struct err *e)
{
	struct archive_stat stat;
	struct archive *all = NULL;
	int rc = 0;

	if (w->segment && w->month >= month_of(now_s * 1000000000))
		return 1; /* what came before it is closed */
	if (w->segment)
		rc = archive_writer_end(w, e);
	if (rc == 0)
		rc = archive_open(w->disk, e, &all);
	if (rc < 0)
		return rc;
	archive_stat(all, &stat);
	archive_close(all);
	return w->closed == stat.next; /* else something waits for its seal */
}

static int take(struct archive_writer *w, struct str entry, struct err *e)
{
	struct leaf leaf;
	int rc = leaf_parse(entry, &leaf, e), month = rc == 0 ? month_of(leaf.received_ns) : 0;

	/* months are taken away as a whole: no segment holds the end of one and the next */
	if (rc == 0 && w->segment && month > w->month)
		rc = end_at(w, wal_reader_next(w->reader) - 1, e);
	if (rc == 0 && w->segment == NULL)
		rc = begin(w, e);
	if (rc == 0)
		rc = segment_add(w->segment, &leaf, e);
	if (rc < 0)
		return rc;
	w->raw_bytes += leaf.raw.len + 1;
	w->wal_bytes += entry.len;
	if (w->month < month)
		w->month = month;
	return 0;
}

static bool is_whole(const struct archive_writer *w)
{
	const struct archive_options *o = &w->options;

	return w->raw_bytes >= o->segment_bytes ||
		(o->wal_bytes > 0 && w->wal_bytes >= o->wal_bytes);
}

int archive_writer_step(struct archive_writer *w, uint64_t sealed, struct err *e)
{
	struct str entry;
	int rc = 0;

	if (sealed <= w->closed)
		return 0;
	if (w->reader == NULL)
		rc = wal_reader_open(w->disk, w->closed, &w->reader, e);
	for (int n = 0; n < STEP_ENTRIES && rc == 0; n++) {
		rc = wal_read(w->reader, sealed, &entry, e);
		if (rc <= 0)
			return rc;
		rc = take(w, entry, e);
		if (rc == 0 && is_whole(w)) {
			rc = archive_writer_end(w, e);
			break;
		}
	}
	return rc < 0 ? rc : wal_reader_next(w->reader) < sealed;
}

/* Its signature is the sealer's business: who could write here could as well write segments. */
int shard_sealed(struct vfile_disk *d, struct err *e, uint64_t *ret_size)
{
	struct checkpoint checkpoint;
	struct arena a;
	struct note note;
	struct str bytes;
	int rc;

	arena_init(&a, 4 * (size_t)NOTE_BYTES_MAX);
	rc = vfile_load(d, "checkpoint", NOTE_BYTES_MAX, &a, &bytes, e);
	if (rc == 0)
		rc = note_parse(bytes, &a, &note, e);
	if (rc == 0)
		rc = checkpoint_parse(note.text, &checkpoint, e);
	if (rc == 0)
		*ret_size = checkpoint.head.size;
	arena_done(&a);
	if (rc == ERR_ABSENT) {
		*ret_size = 0;
		return 0;
	}
	return rc < 0 ? err_context(e, "\"checkpoint\"") : 0;
}

int archive_writer_tend(struct archive_writer *w, struct err *e)
{
	uint64_t sealed;
	int rc = shard_sealed(w->disk, e, &sealed);

	return rc < 0 ? rc : archive_writer_step(w, sealed, e);
}

int archive_close_segments(struct vfile_disk *shard, const struct archive_options *options,
	uint64_t sealed, struct err *e)
{
	struct archive_writer *w = NULL;
	int rc = archive_writer_open(shard, options, e, &w);

	if (rc == 0)
		do
			rc = archive_writer_step(w, sealed, e);
		while (rc > 0);
	if (rc == 0)
		rc = archive_writer_end(w, e);
	archive_writer_close(w);
	return rc;
}
