/* wal_file.c - names, headers and records of write-ahead files; which of them there are. */
#include "core/trail/wal_int.h"

#define LIST_MEMORY_BYTES (8 * MIB)

static const char magic[8] = { 'K', 'H', 'I', 'E', 'N', 'W', 'A', 'L' };

const char *wal_name(uint64_t first, char *ret_name)
{
	snprintf(ret_name, WAL_NAME_SIZE, WAL_FOLDER "/%020llu.wal", (unsigned long long)first);
	return ret_name;
}

static bool parse_name(const char *name, uint64_t *ret_first)
{
	struct str s = str_of(name);

	return s.len == 24 && str_ends(s, ".wal") && str_to_u64(str_until(s, 20), 10, ret_first);
}

int wal_list(struct vfile_disk *d, struct arena *a, uint64_t **ret_first, size_t *ret_count,
	struct err *e)
{
	VEC(uint64_t) first = { 0 };
	struct vfile_names names;
	uint64_t index;
	int rc = vfile_list(d, WAL_FOLDER, a, &names, e);

	if (rc == ERR_ABSENT)
		names.len = 0;
	else if (rc < 0)
		return rc;
	for (size_t i = 0; i < names.len; i++)
		if (!names.at[i].is_folder && parse_name(names.at[i].name, &index))
			vec_push(a, &first, index);
	*ret_first = first.at;
	*ret_count = first.len;
	return 0;
}

/* --- bytes ------------------------------------------------------------------------------------ */

void wal_header_write(const struct merkle_frontier *edge, unsigned char *ret)
{
	uint32_t count = 0;
	unsigned char *to = ret + 24;

	memset(ret, 0, WAL_HEADER_BYTES);
	memcpy(ret, magic, sizeof(magic));
	put_u32(ret + 8, 1);
	put_u64(ret + 16, edge->size);
	for (unsigned h = 0; h < COUNT(edge->at); h++)
		if (edge->size >> h & 1) {
			memcpy(to, edge->at[h].bytes, SHA256_SIZE);
			to += SHA256_SIZE;
			count++;
		}
	put_u32(ret + 12, count);
	put_u32(ret + WAL_HEADER_BYTES - 4, check_of(ret, WAL_HEADER_BYTES - 4));
}

int wal_header_read(
	const unsigned char *bytes, uint64_t first, struct merkle_frontier *ret, struct err *e)
{
	const unsigned char *from = bytes + 24;

	if (memcmp(bytes, magic, sizeof(magic)) != 0 || get_u32(bytes + 8) != 1)
		return err_set(e, ERR_INPUT, "this is no write-ahead file of this program");
	if (get_u32(bytes + WAL_HEADER_BYTES - 4) != check_of(bytes, WAL_HEADER_BYTES - 4))
		return err_set(e, ERR_INPUT, "its header is damaged");
	if (get_u64(bytes + 16) != first || first > MERKLE_SIZE_MAX ||
		get_u32(bytes + 12) != (uint32_t)__builtin_popcountll(first))
		return err_set(e, ERR_INPUT, "its name is not that of its header");
	memset(ret, 0, sizeof(*ret));
	ret->size = first;
	for (unsigned h = 0; h < COUNT(ret->at); h++)
		if (first >> h & 1) {
			memcpy(ret->at[h].bytes, from, SHA256_SIZE);
			from += SHA256_SIZE;
		}
	return 0;
}

bool wal_is_unborn(struct vfile *f)
{
	unsigned char first[512];
	struct err e;
	ssize_t n = vfile_read_at(f, WAL_HEADER_BYTES, first, sizeof(first), &e);

	for (ssize_t i = 0; i < n; i++)
		if (first[i])
			return false;
	return n >= 0;
}

size_t wal_record(struct str bytes, struct str *ret_entry)
{
	const unsigned char *at = (const unsigned char *)bytes.ptr;
	size_t len;

	if (bytes.len < WAL_FRAME_BYTES + LEAF_HEAD_BYTES)
		return 0;
	len = get_u32(at);
	if (len < LEAF_HEAD_BYTES || len > LEAF_BYTES_MAX || len > bytes.len - WAL_FRAME_BYTES ||
		get_u32(at + 4 + len) != check_of(at, 4 + len))
		return 0;
	*ret_entry = (struct str){ bytes.ptr + 4, len };
	return len + WAL_FRAME_BYTES;
}

/* --- what there is ---------------------------------------------------------------------------- */

int wal_oldest(struct vfile_disk *d, uint64_t *ret, struct err *e)
{
	struct arena a;
	uint64_t *first;
	size_t count;
	int rc;

	arena_init(&a, LIST_MEMORY_BYTES);
	rc = wal_list(d, &a, &first, &count, e);
	if (rc == 0 && count == 0)
		rc = err_set(e, ERR_ABSENT, "there is no write-ahead file");
	if (rc == 0)
		*ret = first[0];
	arena_done(&a);
	return rc;
}

int wal_after(struct vfile_disk *d, uint64_t index, uint64_t *ret, struct err *e)
{
	struct arena a;
	uint64_t *first;
	size_t count, i = 0;
	int rc;

	arena_init(&a, LIST_MEMORY_BYTES);
	rc = wal_list(d, &a, &first, &count, e);
	while (rc == 0 && i < count && first[i] <= index)
		i++;
	if (rc == 0 && i == count)
		rc = err_set(e, ERR_ABSENT, "the newest write-ahead file holds entry %llu",
			(unsigned long long)index);
	if (rc == 0)
		*ret = first[i];
	arena_done(&a);
	return rc;
}

int wal_drop(struct vfile_disk *d, uint64_t keep, struct err *e)
{
	char name[WAL_NAME_SIZE];
	struct arena a;
	uint64_t *first;
	size_t count, dropped = 0;
	int rc;

	arena_init(&a, LIST_MEMORY_BYTES);
	rc = wal_list(d, &a, &first, &count, e);
	/* the oldest first: what is left has no hole whenever the power goes */
	while (rc == 0 && dropped + 1 < count && first[dropped + 1] <= keep) {
		rc = vfile_unlink(d, wal_name(first[dropped], name), e);
		if (rc == 0)
			rc = vfile_sync_dir(d, WAL_FOLDER, e);
		dropped++;
	}
	arena_done(&a);
	return rc;
}

int wal_bytes(struct vfile_disk *d, uint64_t *ret, struct err *e)
{
	char name[WAL_NAME_SIZE];
	uint64_t sum = 0, *first;
	struct vfile f;
	struct arena a;
	size_t count;
	int rc;

	arena_init(&a, LIST_MEMORY_BYTES);
	rc = wal_list(d, &a, &first, &count, e);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = vfile_open(d, wal_name(first[i], name), VFILE_READ, &f, e);
		if (rc == ERR_ABSENT) { /* dropped meanwhile */
			rc = 0;
		} else if (rc == 0) {
			sum += f.size_bytes;
			vfile_close(&f);
		}
	}
	arena_done(&a);
	if (rc == 0)
		*ret = sum;
	return rc;
}
