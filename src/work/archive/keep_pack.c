/* keep_pack.c - a month as one file to be fetched: a tar (POSIX ustar) of what would stand on a
 * medium, given piece by piece. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work/archive/keep_int.h"

#define BLOCK 512
#define END_BYTES (2 * BLOCK)
#define PIECE_BYTES ((size_t)128 * KIB)
#define FILE_BYTES_MAX UINT64_C(0x1FFFFFFFF) /* eleven octal digits */

struct keep_pack {
	struct vfile_disk *shard;
	struct keep_month month;
	struct str manifest;
	size_t file; /* 0: the manifest; then the segments; behind them the end */
	uint64_t at; /* of the file */
	struct vfile open;
	int64_t made_at_s;
	struct arena a;
};

struct keep_pack *keep_pack_close(struct keep_pack *p)
{
	if (p) {
		vfile_close(&p->open);
		vfile_disk_close(p->shard);
		arena_done(&p->a);
	}
	free(p);
	return NULL;
}

int keep_pack_open(
	const char *shard, const char *month, int64_t now_s, struct keep_pack **ret, struct err *e)
{
	struct keep_pack *p = calloc(1, sizeof(*p));
	char path[KEEP_PATH_SIZE];
	int rc;

	if (!p)
		abort();
	arena_init(&p->a, 8 * KEEP_MANIFEST_MAX);
	p->made_at_s = now_s;
	rc = vfile_disk_open(shard, &p->shard, e);
	if (rc == 0)
		rc = keep_read(p->shard, month, &p->a, &p->month, e);
	if (rc == 0)
		rc = vfile_load(p->shard, keep_path(month, "month", path), KEEP_MANIFEST_MAX, &p->a,
			&p->manifest, e);
	if (rc < 0)
		keep_pack_close(p);
	else
		*ret = p;
	return rc;
}

static uint64_t padded(uint64_t bytes)
{
	return (bytes + BLOCK - 1) / BLOCK * BLOCK;
}

uint64_t keep_pack_bytes(const struct keep_pack *p)
{
	uint64_t sum = END_BYTES + BLOCK + padded(p->manifest.len);

	for (size_t i = 0; i < p->month.segment_count; i++)
		sum += BLOCK + padded(p->month.segments[i].bytes);
	return sum;
}

static int put_header(
	const struct keep_pack *p, const char *name, uint64_t bytes, struct buf *out, struct err *e)
{
	char h[BLOCK] = { 0 };
	unsigned sum = 0;

	if (bytes > FILE_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "\"%s\" is too large for a tar", name);
	snprintf(h, 100, "%s", name);
	memcpy(h + 100, "0000640\0000000000\0000000000\0", 24);
	snprintf(h + 124, 12, "%011llo", (unsigned long long)bytes);
	snprintf(h + 136, 12, "%011llo", (unsigned long long)p->made_at_s);
	memset(h + 148, ' ', 8);
	h[156] = '0';
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	buf_add(out, (struct str){ h, BLOCK });
	return 0;
}

static const char zeros[END_BYTES] = { 0 };

static void pad(uint64_t bytes, struct buf *out)
{
	buf_add(out, (struct str){ zeros, (size_t)(padded(bytes) - bytes) });
}

static int put_manifest(struct keep_pack *p, struct buf *out, struct err *e)
{
	struct str rest = str_from(p->manifest, p->at);
	char name[KEEP_PATH_SIZE];
	int rc = 0;

	if (p->at == 0) {
		snprintf(name, sizeof(name), "%s/manifest", p->month.name);
		rc = put_header(p, name, p->manifest.len, out, e);
	}
	buf_add(out, str_until(rest, PIECE_BYTES));
	p->at += PIECE_BYTES;
	if (p->at >= p->manifest.len) {
		pad(p->manifest.len, out);
		p->file++;
	}
	return rc;
}

/* The segment must be as long as the manifest says: a tar cannot tell later that it is not. */
static int begin_segment(
	struct keep_pack *p, const struct keep_segment *s, struct buf *out, struct err *e)
{
	char name[SHARD_NAME_SIZE], path[KEEP_PATH_SIZE];
	int rc = vfile_open(p->shard, shard_name(s->first, name), VFILE_READ, &p->open, e);

	if (rc < 0)
		return rc;
	if (p->open.size_bytes != s->bytes)
		return err_set(e, ERR_INPUT, "\"%s\" is not what the manifest says", name);
	p->at = 0;
	snprintf(path, sizeof(path), "%s/%020llu.seg", p->month.name, (unsigned long long)s->first);
	return put_header(p, path, s->bytes, out, e);
}

static int put_segment(
	struct keep_pack *p, const struct keep_segment *s, struct buf *out, struct err *e)
{
	char bytes[16 * KIB];
	ssize_t n = 0;
	int rc = p->open.disk ? 0 : begin_segment(p, s, out, e);

	while (rc == 0 && p->at < s->bytes && out->len < PIECE_BYTES) {
		n = vfile_read_at(&p->open, p->at, bytes, sizeof(bytes), e);
		if (n <= 0)
			return n < 0 ? (int)n : err_set(e, ERR_INPUT, "a segment became shorter");
		buf_add(out, (struct str){ bytes, (size_t)n });
		p->at += (uint64_t)n;
	}
	if (rc < 0 || p->at < s->bytes)
		return rc;
	pad(s->bytes, out);
	vfile_close(&p->open);
	p->file++;
	return 0;
}

int keep_pack_next(struct keep_pack *p, struct buf *out, struct err *e)
{
	int rc = 0;

	if (p->file > p->month.segment_count) {
		buf_add(out, (struct str){ zeros, END_BYTES });
		return 0;
	}
	if (p->file == 0)
		rc = put_manifest(p, out, e);
	else
		rc = put_segment(p, &p->month.segments[p->file - 1], out, e);
	return rc < 0 ? rc : 1;
}
