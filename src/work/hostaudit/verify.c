#include "work/hostaudit/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/hostaudit/host_int.h"

#define READ_BYTES (64 * KIB)
#define STEP 16         /* files a thread takes at once */
#define THREAD_FILES 64 /* fewer are not worth a thread */
#define KINDS (DIGEST_SHA512 + 1)

struct pool {
	const struct host *h;
	struct verify_file *files;
	size_t count;
	atomic_size_t next;
};

/* What one thread works with. */
struct worker {
	struct pool *pool;
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

static enum verify_state hash(struct worker *w, int fd, struct verify_file *file)
{
	struct digest **digest = &w->digests[file->kind];
	enum verify_state state = VERIFY_DONE;
	size_t total = 0;
	ssize_t n;

	if (!*digest)
		*digest = digest_new(file->kind);
	while ((n = read(fd, w->bytes, READ_BYTES)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			state = state_of(errno);
			break;
		}
		total += (size_t)n;
		if (total > LIMIT_VERIFY_FILE_BYTES) { /* it grows while it is read */
			state = VERIFY_TOO_LARGE;
			break;
		}
		digest_add(*digest, (struct str){ w->bytes, (size_t)n });
	}
	file->got_size = (uint8_t)digest_next(*digest, file->got);
	return state;
}

/* A pipe or device is found out through O_PATH, which does not touch it. */
static enum verify_state verify(struct worker *w, struct verify_file *file)
{
	int fd = host_fd(w->pool->h, file->path, O_PATH);
	enum verify_state state;
	struct stat st;

	if (fd < 0)
		return state_of(errno);
	state = fstat(fd, &st) != 0                         ? VERIFY_UNREADABLE :
		!S_ISREG(st.st_mode)                        ? VERIFY_STRANGE :
		st.st_size > (off_t)LIMIT_VERIFY_FILE_BYTES ? VERIFY_TOO_LARGE :
							      VERIFY_DONE;
	close(fd);
	if (state != VERIFY_DONE)
		return state;
	file->mode = st.st_mode;
	fd = host_fd(w->pool->h, file->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return state_of(errno);
	state = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? hash(w, fd, file) : VERIFY_STRANGE;
	close(fd);
	return state;
}

/* Take the next few files until none is left. False when that was the end. */
static bool work_on(struct worker *w)
{
	size_t from = atomic_fetch_add(&w->pool->next, STEP);

	for (size_t i = from; i < from + STEP && i < w->pool->count; i++)
		w->pool->files[i].state = verify(w, &w->pool->files[i]);
	return from + STEP < w->pool->count;
}

static void worker_begin(struct worker *w, struct pool *pool)
{
	*w = (struct worker){ .pool = pool, .bytes = malloc(READ_BYTES) };
	if (!w->bytes)
		abort();
}

static void worker_end(struct worker *w)
{
	for (size_t i = 0; i < KINDS; i++)
		digest_free(w->digests[i]);
	free(w->bytes);
}

static void *second_thread(void *pool)
{
	struct worker w;

	worker_begin(&w, pool);
	while (work_on(&w))
		;
	worker_end(&w);
	return NULL;
}

void verify_files(struct host *h, struct verify_file *files, size_t count,
	const struct verify_progress *progress)
{
	struct pool pool = { .h = h, .files = files, .count = count };
	bool has_second;
	pthread_t second;
	struct worker w;

	atomic_init(&pool.next, 0);
	/* a confined process may not start a thread: then this one does it all */
	has_second =
		count >= THREAD_FILES && pthread_create(&second, NULL, second_thread, &pool) == 0;
	worker_begin(&w, &pool);
	while (work_on(&w))
		if (progress)
			host_progress(h, progress->what, progress->base + atomic_load(&pool.next),
				progress->total);
	worker_end(&w);
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
