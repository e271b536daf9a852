/* tile.c - C2SP tlog-tiles: where the hashes of a tree lie in files, and bundles of entries. */
#include "kit/merkle/merkle.h"

#define TILE_HEIGHT 8
#define LEVEL_MAX 63
#define GROUPS_MAX 7 /* of three digits; 2^62 has 19 */
#define ENTRY_MAX 65535

const char *tile_path(const struct tile *t, char *text)
{
	unsigned groups[GROUPS_MAX];
	size_t count = 0, len = 0;

	assert(t->index <= MERKLE_SIZE_MAX && t->width >= 1 && t->width <= TILE_WIDTH);
	for (uint64_t rest = t->index; rest > 0 || count == 0; rest /= 1000)
		groups[count++] = (unsigned)(rest % 1000);
	if (t->level == TILE_ENTRIES)
		len += (size_t)snprintf(text, TILE_PATH_SIZE, "tile/entries");
	else
		len += (size_t)snprintf(text, TILE_PATH_SIZE, "tile/%u", t->level);
	while (count-- > 0)
		len += (size_t)snprintf(text + len, TILE_PATH_SIZE - len, "/%s%03u",
			count > 0 ? "x" : "", groups[count]);
	if (t->width < TILE_WIDTH)
		snprintf(text + len, TILE_PATH_SIZE - len, ".p/%u", t->width);
	return text;
}

/* Take the part before the next slash off *REST. */
static struct str take_part(struct str *rest)
{
	struct str part = *rest;

	if (!str_split(*rest, '/', &part, rest))
		*rest = STR("");
	return part;
}

/* What is read is written again and compared, so that there is one spelling. */
bool tile_parse(struct str path, struct tile *ret)
{
	struct tile t = { .width = TILE_WIDTH };
	struct str rest = path, part;
	uint64_t level = TILE_ENTRIES, group, width = TILE_WIDTH;
	char text[TILE_PATH_SIZE];
	bool is_last = false;

	if (path.len >= sizeof(text) || !str_is(take_part(&rest), "tile"))
		return false;
	part = take_part(&rest);
	if (!str_is(part, "entries") && (!str_to_u64(part, 10, &level) || level > LEVEL_MAX))
		return false;
	t.level = (unsigned)level;
	while (!is_last) {
		part = take_part(&rest);
		is_last = !str_starts(part, "x");
		part = str_from(part, is_last ? 0 : 1);
		if (str_ends(part, ".p")) {
			part.len -= 2;
			if (!is_last || !str_to_u64(take_part(&rest), 10, &width))
				return false;
		}
		if (part.len != 3 || !str_to_u64(part, 10, &group))
			return false;
		if (t.index > MERKLE_SIZE_MAX / 1000)
			return false;
		t.index = t.index * 1000 + group;
	}
	if (t.index > MERKLE_SIZE_MAX || width < 1 || width > TILE_WIDTH)
		return false;
	t.width = (unsigned)width;
	if (!str_eq(str_of(tile_path(&t, text)), path))
		return false;
	*ret = t;
	return true;
}

unsigned tile_width(unsigned level, uint64_t index, uint64_t size)
{
	uint64_t hashes = level == TILE_ENTRIES ? size :
		level < TILE_LEVELS             ? size >> (TILE_HEIGHT * level) :
						  0;

	if (index > hashes / TILE_WIDTH)
		return 0;
	hashes -= index * TILE_WIDTH;
	return hashes < TILE_WIDTH ? (unsigned)hashes : TILE_WIDTH;
}

int tile_read(void *tiles, unsigned height, uint64_t index, struct merkle_hash *ret, struct err *e)
{
	struct tile_reader *r = tiles;
	unsigned char bytes[TILE_BYTES];
	struct merkle_frontier f = { 0 };
	struct merkle_head head;
	unsigned inside = height % TILE_HEIGHT, count = 1u << inside, skip;
	struct tile t = { .level = height / TILE_HEIGHT };
	int rc;

	if (height > 62 || index > MERKLE_SIZE_MAX >> inside)
		return err_set(e, ERR_INPUT, "no tree is that large");
	t.index = (index << inside) / TILE_WIDTH;
	skip = (unsigned)((index << inside) % TILE_WIDTH);
	t.width = tile_width(t.level, t.index, r->size);
	if (skip + count > t.width)
		return err_set(e, ERR_INPUT, "the subtree is not complete in this tree");
	rc = r->load(r->context, &t, bytes, e);
	if (rc != 0)
		return rc;
	for (unsigned i = 0; i < count; i++) {
		struct merkle_hash hash;

		memcpy(hash.bytes, bytes + (skip + i) * SHA256_SIZE, SHA256_SIZE);
		if (!merkle_append(r->sha256, &f, &hash))
			return err_set(e, ERR_INPUT, "no tree is that large");
	}
	merkle_frontier_head(r->sha256, &f, &head);
	*ret = head.root;
	return 0;
}

int bundle_add(struct buf *out, struct str entry, struct err *e)
{
	char length[2] = { (char)(entry.len >> 8), (char)entry.len };

	if (entry.len > ENTRY_MAX)
		return err_set(e, ERR_LIMIT, "an entry of %zu bytes is too long", entry.len);
	buf_add(out, (struct str){ length, 2 });
	buf_add(out, entry);
	return 0;
}

int bundle_next(struct str *rest, struct str *ret, struct err *e)
{
	size_t len;

	if (rest->len == 0)
		return 0;
	if (rest->len < 2)
		return err_set(e, ERR_INPUT, "the bundle is cut off in a length");
	len = (size_t)(unsigned char)rest->ptr[0] << 8 | (unsigned char)rest->ptr[1];
	if (rest->len - 2 < len)
		return err_set(e, ERR_INPUT, "the bundle is cut off in an entry");
	*ret = str_until(str_from(*rest, 2), len);
	*rest = str_from(*rest, 2 + len);
	return 1;
}
