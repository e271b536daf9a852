#include "work/hostaudit/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/hostaudit/host_int.h"

#define READ_BYTES (64 * KIB)
#define STEP 16         /* files between two words of progress */
#define THREAD_FILES 64 /* fewer are not worth a thread */
#define LARGE_BYTES (256 * KIB)
#define KINDS (DIGEST_SHA512 + 1)
#define SLOTS 1024
#define NS_PER_S 1000000000ll

struct pool {
	struct host *h;
	struct verify_file *files;
	size_t count;
	atomic_size_t next;
};

/* What one thread works with. */
struct worker {
	struct pool *pool;
	const struct verify_progress *progress; /* of the main thread only */
	struct digest *digests[KINDS];
	char *bytes;
};

static enum verify_state state_of(int errno_value)
{
	switch (errno_value) {
	case ENOENT:
	case ENOTDIR:
	case ESRCH:
		return VERIFY_GONE;
	case EACCES:
	case EPERM:
		return VERIFY_DENIED;
	case ELOOP:
		return VERIFY_STRANGE;
	default:
		return VERIFY_UNREADABLE;
	}
}

/* ---- what is known already ---- */

struct kept {
	struct verify_identity identity;
	enum digest_kind kind;
	uint8_t size;
	unsigned char digest[DIGEST_SIZE_MAX];
	size_t next; /* 1 + index of the next in the same slot, or 0 */
};

struct verify_memory {
	size_t slots[SLOTS]; /* 1 + index of the newest, or 0 */
	VEC(struct kept) all;
};

static struct verify_identity identity_of(const struct stat *st)
{
	return (struct verify_identity){ .device = st->st_dev,
		.inode = st->st_ino,
		.size_bytes = st->st_size,
		.modified_ns = st->st_mtim.tv_sec * NS_PER_S + st->st_mtim.tv_nsec,
		.changed_ns = st->st_ctim.tv_sec * NS_PER_S + st->st_ctim.tv_nsec };
}

static bool is_same(const struct verify_identity *a, const struct verify_identity *b)
{
	return a->inode == b->inode && a->device == b->device && a->size_bytes == b->size_bytes &&
		a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

/* Threads look here at once: nothing is added while files are read. */
static bool recall(const struct verify_memory *m, struct verify_file *file)
{
	for (size_t at = m ? m->slots[file->identity.inode % SLOTS] : 0; at > 0;) {
		const struct kept *k = &m->all.at[at - 1];

		if (k->kind == file->kind && is_same(&k->identity, &file->identity)) {
			memcpy(file->got, k->digest, k->size);
			file->got_size = k->size;
			return true;
		}
		at = k->next;
	}
	return false;
}

/* A file changed since the audit began may change again within one tick of the file system's clock,
 * which nothing would tell. */
static void keep(struct host *h, const struct verify_file *file)
{
	size_t *slot;
	struct kept *k;

	if (!file->is_kept || file->state != VERIFY_DONE ||
		file->size != file->identity.size_bytes ||
		file->identity.changed_ns >= h->now_s * NS_PER_S)
		return;
	if (!h->verified)
		h->verified = arena_new(host_arena(h), struct verify_memory);
	slot = &h->verified->slots[file->identity.inode % SLOTS];
	k = vec_add(host_arena(h), &h->verified->all);
	*k = (struct kept){ .identity = file->identity,
		.kind = file->kind,
		.size = file->got_size,
		.next = *slot };
	memcpy(k->digest, file->got, file->got_size);
	*slot = h->verified->all.len;
}

/* ---- reading ---- */

/* A pipe or device is found out without touching it. Sets the state; false when nothing is to be
 * read, because it cannot be or because its digest is known; else sets the descriptor. */
static bool begin_file(const struct host *h, struct verify_file *file)
{
	struct stat st;

	file->fd = -1;
	file->size = 0;
	if (host_fstat_at(h, file->path, &st) != 0) {
		file->state = state_of(errno);
		return false;
	}
	file->state = !S_ISREG(st.st_mode)                  ? VERIFY_STRANGE :
		st.st_size > (off_t)LIMIT_VERIFY_FILE_BYTES ? VERIFY_TOO_LARGE :
							      VERIFY_DONE;
	file->identity = identity_of(&st);
	if (file->state == VERIFY_DONE && recall(h->verified, file)) {
		file->mode = st.st_mode;
		return false;
	}
	if (file->state == VERIFY_DONE && file->may_wait && st.st_size > (off_t)LARGE_BYTES) {
		file->state = VERIFY_LATER;
		file->expected = st.st_size;
	}
	if (file->state != VERIFY_DONE)
		return false;
	file->fd = host_fd(h, file->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (file->fd < 0) {
		file->state = state_of(errno);
		return false;
	}
	if (fstat(file->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		file->state = VERIFY_STRANGE;
		close(file->fd);
		return false;
	}
	file->mode = st.st_mode;
	file->identity = identity_of(&st);
	file->expected = st.st_size;
	return true;
}

/* The next SIZE bytes; fewer at the end, which is where the file was said to end, if nothing more
 * comes at once, or where reading fails. */
static size_t read_file(void *stream, char *into, size_t size)
{
	struct verify_file *file = stream;
	size_t have = 0;

	while (have < size && file->state == VERIFY_DONE) {
		ssize_t n = read(file->fd, into + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			file->state = state_of(errno);
		if (n <= 0)
			break;
		have += (size_t)n;
		file->size += n;
		if (file->size > (int64_t)LIMIT_VERIFY_FILE_BYTES) /* it grows while it is read */
			file->state = VERIFY_TOO_LARGE;
		if (have < size && file->size >= file->expected)
			break;
	}
	return have;
}

static void end_file(void *stream, const unsigned char *digest)
{
	struct verify_file *file = stream;

	close(file->fd);
	memcpy(file->got, digest, MD5_SIZE);
	file->got_size = MD5_SIZE;
}

/* A digest of which only one at a time is taken. */
static void hash(struct worker *w, struct verify_file *file)
{
	struct digest **digest = &w->digests[file->kind];
	size_t n;

	if (!*digest)
		*digest = digest_new(file->kind);
	if (!w->bytes && !(w->bytes = malloc(READ_BYTES)))
		abort();
	do {
		n = read_file(file, w->bytes, READ_BYTES);
		digest_add(*digest, (struct str){ w->bytes, n });
	} while (n == READ_BYTES);
	file->got_size = (uint8_t)digest_next(*digest, file->got);
	close(file->fd);
}

/* ---- the work ---- */

/* The next file whose MD5 is wanted; what comes before it is done here. */
static void *next_file(void *context)
{
	struct worker *w = context;
	struct pool *pool = w->pool;
	size_t i;

	while ((i = atomic_fetch_add(&pool->next, 1)) < pool->count) {
		struct verify_file *file = &pool->files[i];

		if (w->progress && i % STEP == 0)
			host_progress(pool->h, w->progress->what, w->progress->base + i,
				w->progress->total);
		if (!begin_file(pool->h, file))
			continue;
		if (file->kind == DIGEST_MD5)
			return file;
		hash(w, file);
	}
	return NULL;
}

static void work(struct pool *pool, const struct verify_progress *progress)
{
	struct worker w = { .pool = pool, .progress = progress };

	md5_streams(&(struct md5_feed){ next_file, read_file, end_file, &w });
	for (size_t i = 0; i < KINDS; i++)
		digest_free(w.digests[i]);
	free(w.bytes);
}

static void *second_thread(void *pool)
{
	work(pool, NULL);
	return NULL;
}

void verify_files(struct host *h, struct verify_file *files, size_t count,
	const struct verify_progress *progress)
{
	struct pool pool = { .h = h, .files = files, .count = count };
	bool has_second;
	pthread_t second;

	atomic_init(&pool.next, 0);
	/* a confined process may not start a thread: then this one does it all */
	has_second =
		count >= THREAD_FILES && pthread_create(&second, NULL, second_thread, &pool) == 0;
	work(&pool, progress);
	if (has_second)
		pthread_join(second, NULL);
	for (size_t i = 0; i < count; i++)
		keep(h, &files[i]);
}

bool verify_is(const struct verify_file *file, struct str hex)
{
	char mine[2 * DIGEST_SIZE_MAX + 1];

	return str_is(hex, hex_of(file->got, file->got_size, mine));
}

const char *verify_gap(enum verify_state state)
{
	switch (state) {
	case VERIFY_DENIED:
		return GAP_RIGHTS;
	case VERIFY_STRANGE:
		return GAP_NOT_REGULAR;
	case VERIFY_TOO_LARGE:
		return GAP_TOO_LARGE;
	default:
		return GAP_UNREADABLE;
	}
}
