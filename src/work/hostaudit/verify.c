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

/* ---- reading ---- */

/* A pipe or device is found out without touching it. Sets the state, and the descriptor when the
 * file can be read. */
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
