/* baseline.c - a baseline as bytes (docs/formats/integrity.md): columns that compress well
 * together, the hashes, which do not, as they are, and a digest over all of it. */
#include "work/integrity/integrity_int.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "kit/crypto/crypto.h"

#define MAGIC "khien-integrity\n"
#define VERSION 1
#define ZSTD_LEVEL 6
#define COLUMN_MAX_BYTES (512 * MIB)

/* ---- numbers ---- */

static void put_u64(struct buf *b, uint64_t n)
{
	for (; n > 0x7f; n >>= 7)
		buf_add_char(b, (char)(n | 0x80));
	buf_add_char(b, (char)n);
}

/* The difference from what stood before, small either way. */
static void put_step(struct buf *b, uint64_t from, uint64_t to)
{
	int64_t step = (int64_t)(to - from);

	put_u64(b, ((uint64_t)step << 1) ^ (uint64_t)(step >> 63));
}

static void put_u32(struct buf *b, uint32_t n)
{
	char bytes[4] = { (char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24) };

	buf_add(b, (struct str){ bytes, 4 });
}

static bool take_bytes(struct str *from, size_t len, struct str *ret)
{
	if (from->len < len)
		return false;
	*ret = (struct str){ from->ptr, len };
	*from = str_from(*from, len);
	return true;
}

static bool take_u64(struct str *from, uint64_t *ret)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < 10 && i < from->len; i++) {
		unsigned char c = (unsigned char)from->ptr[i];

		n |= (uint64_t)(c & 0x7f) << (7 * i);
		if (c < 0x80) {
			*from = str_from(*from, i + 1);
			*ret = n;
			return true;
		}
	}
	return false;
}

static bool take_step(struct str *from, uint64_t before, uint64_t *ret)
{
	uint64_t n;

	if (!take_u64(from, &n))
		return false;
	*ret = before + ((n >> 1) ^ (0 - (n & 1)));
	return true;
}

static bool take_u32(struct str *from, uint32_t *ret)
{
	struct str b;

	if (!take_bytes(from, 4, &b))
		return false;
	*ret = 0;
	for (int i = 3; i >= 0; i--)
		*ret = *ret << 8 | (unsigned char)b.ptr[i];
	return true;
}

static bool take_id(struct str *from, uint32_t *ret)
{
	uint64_t n;

	if (!take_u64(from, &n) || n > UINT32_MAX)
		return false;
	*ret = (uint32_t)n;
	return true;
}

/* ---- writing ---- */

void baseline_start(struct baseline_writer *w)
{
	*w = (struct baseline_writer){ 0 };
	buf_init(&w->rules, MIB);
	buf_init(&w->names, COLUMN_MAX_BYTES);
	buf_init(&w->facts, COLUMN_MAX_BYTES);
	buf_init(&w->times, COLUMN_MAX_BYTES);
	buf_init(&w->hashes, COLUMN_MAX_BYTES);
}

void baseline_drop(struct baseline_writer *w)
{
	buf_done(&w->rules);
	buf_done(&w->names);
	buf_done(&w->facts);
	buf_done(&w->times);
	buf_done(&w->hashes);
}

static void put_name(struct baseline_writer *w, struct str path)
{
	size_t same = 0;

	while (same < path.len && same < w->last_len && path.ptr[same] == w->last[same])
		same++;
	put_u64(&w->names, same);
	put_u64(&w->names, path.len - same);
	buf_add(&w->names, str_from(path, same));
	memcpy(w->last, path.ptr, path.len);
	w->last_len = path.len;
}

void baseline_add(struct baseline_writer *w, const struct integrity_entry *e)
{
	const struct integrity_entry *b = &w->before;

	if (e->path.len >= sizeof(w->last))
		return; /* a scan has none so long */
	put_name(w, e->path);
	buf_add_char(&w->facts, (char)((unsigned)e->kind | e->flags << 2));
	put_u64(&w->facts, e->mode);
	put_u64(&w->facts, e->uid);
	put_u64(&w->facts, e->gid);
	put_step(&w->facts, b->dev, e->dev);
	put_u64(&w->facts, e->size);
	put_step(&w->times, b->ino, e->ino);
	put_step(&w->times, (uint64_t)b->mtime_s, (uint64_t)e->mtime_s);
	put_u64(&w->times, e->mtime_ns);
	put_step(&w->times, (uint64_t)b->ctime_s, (uint64_t)e->ctime_s);
	put_u32(&w->times, e->ctime_ns ^ b->ctime_ns);
	if (e->flags & INTEGRITY_HASHED)
		buf_add(&w->hashes, (struct str){ (const char *)e->hash, sizeof(e->hash) });
	w->before = *e;
	w->count++;
}

static void put_rules(struct buf *out, const struct integrity_options *o)
{
	put_u64(out, o->rule_count);
	for (size_t i = 0; i < o->rule_count; i++) {
		buf_add_char(out, o->rules[i].is_left_out ? '-' : '+');
		put_u64(out, o->rules[i].path.len);
		buf_add(out, o->rules[i].path);
	}
}

static int put_packed(struct buf *out, struct str column, struct err *e)
{
	size_t room = ZSTD_compressBound(column.len), len;
	char *packed = malloc(room);

	if (!packed)
		abort();
	len = ZSTD_compress(packed, room, column.ptr, column.len, ZSTD_LEVEL);
	if (ZSTD_isError(len)) {
		free(packed);
		return err_set(e, ERR_SYSTEM, "zstd: %s", ZSTD_getErrorName(len));
	}
	put_u64(out, column.len);
	put_u64(out, len);
	buf_add(out, (struct str){ packed, len });
	free(packed);
	return 0;
}

int baseline_finish(struct baseline_writer *w, const struct integrity_options *o, struct buf *out,
	struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	int rc;

	buf_add(out, STR(MAGIC));
	put_u64(out, VERSION);
	put_u64(out, (uint64_t)o->now_s);
	put_rules(out, o);
	put_u64(out, w->count);
	rc = put_packed(out, buf_str(&w->names), e);
	if (rc == 0)
		rc = put_packed(out, buf_str(&w->facts), e);
	if (rc == 0)
		rc = put_packed(out, buf_str(&w->times), e);
	put_u64(out, w->hashes.len);
	buf_add(out, buf_str(&w->hashes));
	if (rc == 0 &&
		(buf_is_full(out) || buf_is_full(&w->names) || buf_is_full(&w->facts) ||
			buf_is_full(&w->times) || buf_is_full(&w->hashes)))
		rc = err_set(e, ERR_LIMIT, "the baseline is larger than %u bytes",
			LIMIT_INTEGRITY_BASELINE_BYTES);
	sha256(buf_str(out), digest);
	buf_add(out, (struct str){ (const char *)digest, sizeof(digest) });
	return rc;
}

/* ---- reading ---- */

static int damaged(struct err *e, const char *where)
{
	return err_set(e, ERR_INPUT, "the baseline is damaged: %s", where);
}

static bool take_rules(struct str *from, struct baseline *b)
{
	uint64_t count, len;

	if (!take_u64(from, &count) || count > LIMIT_INTEGRITY_RULES)
		return false;
	b->rules = arena_array(&b->arena, struct integrity_rule, count ? count : 1);
	for (b->rule_count = 0; b->rule_count < count; b->rule_count++) {
		struct integrity_rule *rule = &b->rules[b->rule_count];
		struct str sign, path;

		if (!take_bytes(from, 1, &sign) || !take_u64(from, &len) ||
			len >= sizeof(b->path) || !take_bytes(from, len, &path) ||
			!str_starts(path, "/") || (sign.ptr[0] != '+' && sign.ptr[0] != '-'))
			return false;
		rule->path = arena_str(&b->arena, path);
		rule->is_left_out = sign.ptr[0] == '-';
	}
	return true;
}

/* What a column of COUNT entries may come to, whatever its head says. */
static bool take_packed(struct str *from, struct baseline *b, size_t entry_max, struct str *ret)
{
	uint64_t len, packed_len;
	struct str packed;
	char *bytes;

	if (!take_u64(from, &len) || !take_u64(from, &packed_len) ||
		!take_bytes(from, packed_len, &packed) || len > COLUMN_MAX_BYTES ||
		len > b->count * entry_max || len / 64000 > packed.len)
		return false;
	bytes = arena_try(&b->arena, len + 1);
	if (!bytes || ZSTD_decompress(bytes, len, packed.ptr, packed.len) != len)
		return false;
	*ret = (struct str){ bytes, len };
	return true;
}

int baseline_parse(struct str body, struct baseline *ret, struct err *e)
{
	uint64_t version, at_s, len;
	struct str magic;

	*ret = (struct baseline){ 0 };
	arena_init(&ret->arena, 2 * (size_t)COLUMN_MAX_BYTES);
	if (!take_bytes(&body, sizeof(MAGIC) - 1, &magic) || !str_eq(magic, STR(MAGIC)))
		return damaged(e, "its first line");
	if (!take_u64(&body, &version) || version != VERSION)
		return err_set(
			e, ERR_INPUT, "the baseline is of a version this program cannot read");
	if (!take_u64(&body, &at_s) || at_s > INT64_MAX || !take_rules(&body, ret) ||
		!take_u64(&body, &ret->count) || ret->count > LIMIT_INTEGRITY_ENTRIES)
		return damaged(e, "its head");
	ret->at_s = (int64_t)at_s;
	ret->left = ret->count;
	if (!take_packed(&body, ret, sizeof(ret->path) + 20, &ret->names) ||
		!take_packed(&body, ret, 64, &ret->facts) ||
		!take_packed(&body, ret, 64, &ret->times))
		return damaged(e, "a column");
	if (!take_u64(&body, &len) || len % SHA256_SIZE != 0 || len > COLUMN_MAX_BYTES ||
		!take_bytes(&body, len, &magic) || body.len > 0)
		return damaged(e, "its hashes");
	ret->hashes = arena_str(&ret->arena, magic);
	return 0;
}

int baseline_open(struct str bytes, struct baseline *ret, struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	struct str body = str_until(bytes, bytes.len - SHA256_SIZE);
	int rc;

	*ret = (struct baseline){ 0 };
	if (bytes.len < SHA256_SIZE)
		return damaged(e, "too short");
	sha256(body, digest);
	if (memcmp(digest, bytes.ptr + body.len, sizeof(digest)) != 0)
		return damaged(e, "its digest differs, somebody or something changed it");
	rc = baseline_parse(body, ret, e);
	hex_of(digest, sizeof(digest), ret->sha256);
	return rc;
}

void baseline_close(struct baseline *b)
{
	arena_done(&b->arena);
}

/* The next path, which must come after the one before. */
static bool take_name(struct baseline *b)
{
	uint64_t same, len;
	struct str rest, path;
	char last[sizeof(b->path)];
	size_t last_len = b->path_len;

	if (!take_u64(&b->names, &same) || same > b->path_len || !take_u64(&b->names, &len) ||
		len >= sizeof(b->path) - same || !take_bytes(&b->names, len, &rest))
		return false;
	memcpy(last, b->path, last_len);
	if (rest.len > 0)
		memcpy(b->path + same, rest.ptr, rest.len);
	b->path_len = same + rest.len;
	b->path[b->path_len] = '\0';
	path = (struct str){ b->path, b->path_len };
	return str_starts(path, "/") && memchr(path.ptr, '\0', path.len) == NULL &&
		path_cmp((struct str){ last, last_len }, path) < 0;
}

int baseline_next(struct baseline *b, struct integrity_entry *ret, struct err *e)
{
	struct integrity_entry entry = b->before;
	uint64_t mtime, ctime, mtime_ns;
	uint32_t ctime_ns = 0;
	struct str head, hash;

	if (b->left == 0)
		return b->names.len + b->facts.len + b->times.len + b->hashes.len > 0 ?
			damaged(e, "more than it says") :
			0;
	if (!take_name(b) || !take_bytes(&b->facts, 1, &head) || !take_id(&b->facts, &entry.mode) ||
		!take_id(&b->facts, &entry.uid) || !take_id(&b->facts, &entry.gid) ||
		!take_step(&b->facts, entry.dev, &entry.dev) || !take_u64(&b->facts, &entry.size) ||
		!take_step(&b->times, entry.ino, &entry.ino) ||
		!take_step(&b->times, (uint64_t)entry.mtime_s, &mtime) ||
		!take_u64(&b->times, &mtime_ns) || mtime_ns >= 1000000000u ||
		!take_step(&b->times, (uint64_t)entry.ctime_s, &ctime) ||
		!take_u32(&b->times, &ctime_ns))
		return damaged(e, "an entry");
	entry.path = (struct str){ b->path, b->path_len };
	entry.kind = (enum integrity_kind)((unsigned char)head.ptr[0] & 3u);
	entry.flags = (unsigned char)head.ptr[0] >> 2;
	entry.mtime_s = (int64_t)mtime;
	entry.mtime_ns = (uint32_t)mtime_ns;
	entry.ctime_s = (int64_t)ctime;
	entry.ctime_ns = ctime_ns ^ entry.ctime_ns;
	memset(entry.hash, 0, sizeof(entry.hash));
	if (entry.flags & INTEGRITY_HASHED) {
		if (!take_bytes(&b->hashes, SHA256_SIZE, &hash))
			return damaged(e, "its hashes");
		memcpy(entry.hash, hash.ptr, SHA256_SIZE);
	}
	b->before = entry;
	b->left--;
	*ret = entry;
	return 1;
}
