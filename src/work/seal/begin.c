/* begin.c - a shard begins: its keys, the link that is its first leaf; which shards there are. */
#include "work/seal/seal_int.h"

#include <limits.h>

#define GENESIS "genesis"
#define PUBLIC "keys/public.txt"
#define RECOVERY_PUBLIC "recovery.pub"

/* --- names ------------------------------------------------------------------------------------ */

struct named {
	const char *name;
	int shard;
};

static int by_order(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return (x->shard > y->shard) - (x->shard < y->shard);
}

int seal_shards(struct vfile_disk *log, struct arena *a, const char *const **ret, size_t *ret_count,
	struct err *e)
{
	VEC(struct named) shards = { 0 };
	VEC(const char *) sorted = { 0 };
	struct vfile_names names;
	int shard, rc = vfile_list(log, "", a, &names, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names.len; i++)
		if (names.at[i].is_folder && shard_id_parse(str_of(names.at[i].name), &shard))
			vec_push(a, &shards, ((struct named){ names.at[i].name, shard }));
	if (shards.len > 0)
		qsort(shards.at, shards.len, sizeof(*shards.at), by_order);
	for (size_t i = 0; i < shards.len; i++)
		vec_push(a, &sorted, shards.at[i].name);
	*ret = sorted.at;
	*ret_count = sorted.len;
	return 0;
}

unsigned seal_shard_year(const char *name)
{
	int shard;

	return shard_id_parse(str_of(name), &shard) ? (unsigned)(shard / SHARD_PARTS) : 0;
}

/* The newest shard of the years FROM to UNTIL, else FROM. */
static int newest_of(
	struct vfile_disk *log, unsigned from, unsigned until, char *ret_name, struct err *e)
{
	const char *const *names;
	struct arena a;
	size_t count;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = seal_shards(log, &a, &names, &count, e);
	if (rc == 0)
		snprintf(ret_name, SHARD_ID_SIZE, "%u", from);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		unsigned year = seal_shard_year(names[i]);

		if (year >= from && year <= until)
			snprintf(ret_name, SHARD_ID_SIZE, "%s", names[i]);
	}
	arena_done(&a);
	return rc;
}

int seal_shard_of(struct vfile_disk *log, unsigned year, char *ret_name, struct err *e)
{
	return newest_of(log, year, year, ret_name, e);
}

int seal_shard_now(struct vfile_disk *log, int64_t now_s, char *ret_name, struct err *e)
{
	return newest_of(log, (unsigned)date_at(now_s).year, UINT_MAX, ret_name, e);
}

/* --- keys ------------------------------------------------------------------------------------- */

/* <unit-domain>/khien/<log>, the name of the recovery key, from an origin. */
static struct str log_name(struct str origin)
{
	size_t end = origin.len;

	while (end > 0 && origin.ptr[end - 1] != '/')
		end--;
	return str_until(origin, end ? end - 1 : 0);
}

/* The public recovery key of the log; with the first shard it is made. */
static int recovery_text(
	const struct seal_begin *b, struct arena *a, struct str *ret, struct err *e)
{
	struct seal_key key;
	struct err ignored;
	int rc = vfile_load(b->log, RECOVERY_PUBLIC, 4 * KIB, a, ret, &ignored);

	if (rc == 0) {
		*ret = str_trim(*ret);
		return 0;
	}
	key_make(&key, 0, b->now_s);
	rc = key_store(b->vault, KEY_RECOVERY, &key, e);
	if (rc == 0)
		rc = key_text(&key, NOTE_ED25519, log_name(b->origin), a, ret, e);
	wipe(&key, sizeof(key));
	if (rc == 0)
		rc = vfile_replace(
			b->log, RECOVERY_PUBLIC, arena_fmt(a, "%.*s\n", STR_FMT(*ret)), e);
	return rc;
}

static int make_keys(struct vfile_disk *d, const struct seal_begin *b, struct arena *a,
	struct link_notice *n, struct err *e)
{
	struct seal_key identity, epoch;
	int rc = vfile_make_folder(d, "keys", e);

	key_make(&identity, 0, b->now_s);
	key_make(&epoch, 0, b->now_s);
	if (rc == 0)
		rc = vfile_make_folder(d, "checkpoints", e);
	if (rc == 0)
		rc = key_store(b->keys, KEY_IDENTITY, &identity, e);
	if (rc == 0)
		rc = key_store(b->keys, KEY_EPOCH, &epoch, e);
	if (rc == 0)
		rc = key_text(&identity, NOTE_ED25519, b->origin, a, &n->identity, e);
	if (rc == 0)
		rc = key_text(&epoch, NOTE_OWN, b->origin, a, &n->epoch, e);
	if (rc == 0)
		rc = recovery_text(b, a, &n->recovery, e);
	wipe(&identity, sizeof(identity));
	wipe(&epoch, sizeof(epoch));
	if (rc == 0)
		rc = vfile_replace(d, PUBLIC,
			arena_fmt(a, "%.*s\n%.*s\n%.*s\n", STR_FMT(n->identity), STR_FMT(n->epoch),
				STR_FMT(n->recovery)),
			e);
	return rc;
}

/* --- the link --------------------------------------------------------------------------------- */

/* What it goes on from, and who says so. */
static int go_on(const struct seal_begin *b, struct arena *a, struct link_notice *n,
	struct seal_key *ret_by, struct err *e)
{
	int rc;

	if (!b->previous)
		return 0;
	rc = vfile_load(b->previous, "checkpoint", NOTE_BYTES_MAX, a, &n->after, e);
	if (rc < 0)
		return err_context(e, "the shard before");
	if (b->recovery.len == 0) {
		n->by = LINK_IDENTITY;
		return key_load(b->previous_keys, KEY_IDENTITY, ret_by, e);
	}
	assert(b->recovery.len == ED25519_SEED_SIZE);
	n->by = LINK_RECOVERY;
	memcpy(ret_by->seed, b->recovery.ptr, ED25519_SEED_SIZE);
	return 0;
}

int seal_recovery_check(struct vfile_disk *log, const unsigned char *seed, struct err *e)
{
	struct str there, name, rest, given;
	struct seal_key key = { 0 };
	struct arena a;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	memcpy(key.seed, seed, ED25519_SEED_SIZE);
	rc = vfile_load(log, RECOVERY_PUBLIC, 4 * KIB, &a, &there, e);
	if (rc == 0)
		there = str_trim(there);
	if (rc == 0 && !str_split(there, '+', &name, &rest))
		rc = err_set(e, ERR_INPUT, "\"" RECOVERY_PUBLIC "\" is no key");
	if (rc == 0)
		rc = key_text(&key, NOTE_ED25519, name, &a, &given, e);
	if (rc == 0 && !str_eq(there, given))
		rc = err_set(e, ERR_INPUT, "this is not the recovery key of this log");
	wipe(&key, sizeof(key));
	arena_done(&a);
	return rc;
}

/* A recovery key that is not the one of this log would make a link nobody can check. */
static int check_recovery(
	const struct seal_begin *b, const struct seal_key *by, struct arena *a, struct err *e)
{
	struct str there, given;
	int rc = recovery_text(b, a, &there, e);

	if (rc == 0)
		rc = key_text(by, NOTE_ED25519, log_name(b->origin), a, &given, e);
	if (rc == 0 && !str_eq(there, given))
		rc = err_set(e, ERR_INPUT, "this is not the recovery key of this log");
	return rc;
}

static int make(struct vfile_disk *d, const struct seal_begin *b, struct arena *a,
	struct buf *ret_leaf, struct err *e)
{
	struct link_notice n = { .origin = b->origin, .after = STR(""), .reason = b->reason };
	struct seal_key by = { 0 };
	int rc = go_on(b, a, &n, &by, e);

	if (rc == 0 && n.by == LINK_RECOVERY)
		rc = check_recovery(b, &by, a, e);
	if (rc == 0)
		rc = make_keys(d, b, a, &n, e);
	if (rc == 0)
		rc = vfile_replace(d, "origin", arena_fmt(a, "%.*s\n", STR_FMT(b->origin)), e);
	if (rc == 0)
		rc = link_write(&n, n.by == LINK_FIRST ? NULL : by.seed, ret_leaf, e);
	wipe(&by, sizeof(by));
	if (rc == 0)
		rc = vfile_replace(d, GENESIS, buf_str(ret_leaf), e);
	return rc;
}

int seal_first_leaf(struct vfile_disk *d, struct buf *ret_leaf, struct err *e)
{
	struct arena a;
	struct str raw;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = vfile_load(d, GENESIS, NOTICE_BYTES_MAX, &a, &raw, e);
	if (rc == 0)
		buf_add(ret_leaf, raw);
	arena_done(&a);
	return rc;
}

int seal_begin(
	struct vfile_disk *d, const struct seal_begin *b, struct buf *ret_leaf, struct err *e)
{
	struct arena a;
	int rc = seal_first_leaf(d, ret_leaf, e);

	arena_init(&a, SEAL_MEMORY_BYTES);
	if (rc == ERR_ABSENT) {
		buf_clear(ret_leaf);
		rc = make(d, b, &a, ret_leaf, e);
	}
	/* nobody signs in the old shard any more */
	if (rc == 0 && b->previous)
		rc = key_erase(b->previous_keys, KEY_IDENTITY, e);
	if (rc == 0 && b->previous)
		rc = key_erase(b->previous_keys, KEY_EPOCH, e);
	if (rc == 0 && b->previous)
		rc = key_erase(b->previous_keys, KEY_NEXT, e);
	arena_done(&a);
	return rc;
}
