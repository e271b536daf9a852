#include "work/hostaudit/host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kit/crypto/crypto.h"
#include "work/hostaudit/host_int.h"

#define PATH_MAX_BYTES 4096
#define OPEN_TRIES_MAX 1000
#define STATS_MAX 2000 /* remembered */

/* ---- opening ---- */

/* A path below the root. On the live machine plain openat does, and reads what magic links of /proc
 * name; below another root every link is resolved inside it. */
static int open_below(const struct host *h, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	const char *relative = path + strspn(path, "/");
	int fd, tries = 0;

	if (*relative == '\0')
		relative = ".";
	if (strlen(path) >= PATH_MAX_BYTES) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (h->is_live)
		return openat(h->root_fd, relative, flags | O_CLOEXEC);
	/* The kernel answers EAGAIN when anything on the machine is renamed or mounted while it
	 * follows a "..": that says nothing of this path. */
	do
		fd = (int)syscall(SYS_openat2, h->root_fd, relative, &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN && ++tries < OPEN_TRIES_MAX);
	return fd;
}

/* FLAGS: 0 or O_NOFOLLOW. As stat(2), with errno. The live machine is asked in one call. */
static int stat_below(const struct host *h, const char *path, int flags, struct stat *ret)
{
	const char *relative = path + strspn(path, "/");
	int fd, rc, errno_value;

	if (h->is_live)
		return fstatat(h->root_fd, *relative ? relative : ".", ret,
			flags & O_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0);
	fd = open_below(h, path, O_PATH | flags);
	if (fd < 0)
		return -1;
	rc = fstat(fd, ret);
	errno_value = errno;
	close(fd);
	errno = errno_value;
	return rc;
}

/* As readlink(2), with errno: ENOENT or EINVAL when PATH is no link. */
static ssize_t readlink_below(const struct host *h, const char *path, char *text, size_t size)
{
	const char *relative = path + strspn(path, "/");
	int fd, errno_value;
	ssize_t n;

	if (h->is_live && *relative)
		return readlinkat(h->root_fd, relative, text, size);
	fd = open_below(h, path, O_PATH | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	n = readlinkat(fd, "", text, size);
	errno_value = errno;
	close(fd);
	errno = errno_value;
	return n;
}

struct host *host_of_nothing(int64_t now_s)
{
	struct host *h = calloc(1, sizeof(*h));

	if (!h)
		abort();
	arena_init(&h->arena, LIMIT_HOST_MEMORY_BYTES);
	arena_init(&h->files, LIMIT_HOST_FILES_BYTES);
	h->now_s = now_s;
	h->root_fd = -1;
	return h;
}

int host_open(const char *root, int64_t now_s, struct err *e, struct host **ret)
{
	struct host *h = host_of_nothing(now_s);
	struct stat here, top;
	int rc = 0;

	h->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (h->root_fd < 0 || fstat(h->root_fd, &here) != 0) {
		rc = err_errno(e, errno, "cannot open the root \"%s\"", root);
		host_close(h);
		return rc;
	}
	h->is_live = stat("/", &top) == 0 && top.st_dev == here.st_dev && top.st_ino == here.st_ino;
	h->has_proc = h->is_live || host_exists(h, "/proc/self") || host_exists(h, "/proc/1") ||
		host_exists(h, "/proc/net") || host_exists(h, "/proc/stat");
	*ret = h;
	return 0;
}

struct host *host_close(struct host *h)
{
	if (!h)
		return NULL;
	if (h->root_fd >= 0)
		close(h->root_fd);
	arena_done(&h->arena);
	arena_done(&h->files);
	free(h);
	return NULL;
}

bool host_is_live(const struct host *h)
{
	return h->is_live;
}

bool host_has_proc(const struct host *h)
{
	return h->has_proc;
}

bool host_is_deep(const struct host *h)
{
	return h->is_deep;
}

void host_progress(struct host *h, const char *what, size_t done, size_t total)
{
	if (h->progress)
		h->progress(h->progress_context, what, done, total);
}

int64_t host_now_s(const struct host *h)
{
	return h->now_s;
}

struct arena *host_arena(struct host *h)
{
	return &h->arena;
}

/* ---- gaps ---- */

void host_gap(struct host *h, const char *reason, const char *path)
{
	bool is_first = true;
	struct gap *gap;

	for (size_t i = 0; i < h->gaps.len; i++) {
		gap = &h->gaps.at[i];
		if (gap->table != h->filling)
			continue;
		is_first = false;
		if (str_is(gap->reason, reason) && str_is(gap->path, path))
			return;
	}
	/* without its first gap a table would pass that was not read */
	if (h->gaps.len >= GAPS_MAX && !is_first)
		return;
	gap = vec_add(&h->arena, &h->gaps);
	*gap = (struct gap){
		.table = h->filling,
		.reason = str_of(reason),
		.path = arena_str(&h->arena, str_of(path)),
	};
}

static const char *gap_of_errno(int errno_value)
{
	switch (errno_value) {
	case EACCES:
	case EPERM:
		return GAP_RIGHTS;
	case ELOOP:
		return GAP_LOOP;
	default:
		return GAP_UNREADABLE;
	}
}

static bool is_absent(int errno_value)
{
	return errno_value == ENOENT || errno_value == ENOTDIR || errno_value == ESRCH;
}

int host_failed(struct host *h, int errno_value, const char *path)
{
	if (is_absent(errno_value))
		return ERR_ABSENT;
	host_gap(h, gap_of_errno(errno_value), path);
	return errno_value == EACCES || errno_value == EPERM ? ERR_DENIED : ERR_SYSTEM;
}

/* ---- the cache of files ---- */

uint32_t host_hash(struct str s)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.ptr[i]) * 16777619u;
	return hash;
}

static struct cached *cache_find(const struct host *h, struct str path)
{
	struct cached *c = h->cache[host_hash(path) % CACHE_SLOTS];

	while (c && !str_eq(c->file.path, path))
		c = c->next;
	return c;
}

static struct cached *cache_add(struct host *h, struct str path)
{
	struct cached **slot = &h->cache[host_hash(path) % CACHE_SLOTS];
	struct cached *c = arena_new(&h->arena, struct cached);

	c->file.path = arena_str(&h->arena, path);
	c->next = *slot;
	*slot = c;
	return c;
}

const char *host_sha256(struct host *h, struct str path)
{
	struct cached *c = cache_find(h, path);

	/* What not everybody may read may hold a passphrase: of a small file the hash would let one
	 * be found by trying. */
	if (!c || c->rc != 0 || !(c->file.mode & S_IROTH))
		return "";
	if (!c->sha256[0])
		sha256_hex(c->file.bytes, c->sha256);
	return c->sha256;
}

void host_remember(struct host *h, struct str path, struct str sha256_text)
{
	struct cached *c = cache_find(h, path);

	if (!c)
		c = cache_add(h, path);
	if (sha256_text.len != sizeof(c->sha256) - 1)
		return;
	memcpy(c->sha256, sha256_text.ptr, sha256_text.len);
	c->file.mode = S_IFREG | 0644; /* its hash was kept: everybody may read it */
}

/* ---- reading ---- */

/* Open a regular file for reading. A FIFO or device is found out first, without touching it, and
 * refused. */
int host_open_regular(struct host *h, const char *path, struct stat *ret_stat)
{
	struct stat now;
	int fd;

	if (stat_below(h, path, 0, ret_stat) != 0)
		return host_failed(h, errno, path);
	if (!S_ISREG(ret_stat->st_mode)) {
		host_gap(h, GAP_NOT_REGULAR, path);
		return ERR_INPUT;
	}
	fd = open_below(h, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return host_failed(h, errno, path);
	if (fstat(fd, &now) != 0 || now.st_ino != ret_stat->st_ino ||
		now.st_dev != ret_stat->st_dev) {
		close(fd);
		host_gap(h, GAP_UNREADABLE, path);
		return ERR_SYSTEM;
	}
	*ret_stat = now;
	return fd;
}

/* Read until the end or SIZE bytes. Returns what was read, or -errno. */
static ssize_t read_all(int fd, char *into, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, into + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static int read_into_cache(struct host *h, struct cached *c, int fd, const struct stat *st)
{
	size_t size = (size_t)st->st_size;
	const char *path = c->file.path.ptr;
	char *bytes;
	ssize_t n;

	if (size > LIMIT_HOST_FILE_BYTES) {
		c->gap = GAP_TOO_LARGE;
		return ERR_LIMIT;
	}
	if (size == 0) /* as files of /proc say of themselves */
		size = 64 * KIB;
	bytes = arena_try(&h->files, size + 1);
	if (!bytes) {
		c->gap = GAP_LIMIT;
		return ERR_LIMIT;
	}
	n = read_all(fd, bytes, size);
	if (n < 0) {
		c->gap = gap_of_errno((int)-n);
		return host_failed(h, (int)-n, path);
	}
	c->file.bytes = (struct str){ bytes, (size_t)n };
	c->file.mtime_s = st->st_mtim.tv_sec;
	c->file.mode = st->st_mode;
	c->file.uid = st->st_uid;
	return 0;
}

/* The reason noted last, if this call noted one: so that a cached failure can be told again. */
static const char *last_reason(const struct host *h, size_t gaps_before)
{
	return h->gaps.len > gaps_before ? h->gaps.at[h->gaps.len - 1].reason.ptr : NULL;
}

int host_read(struct host *h, const char *path, const struct host_file **ret)
{
	struct cached *c = cache_find(h, str_of(path));
	size_t gaps_before = h->gaps.len;
	struct stat st;
	int fd;

	if (!c) {
		c = cache_add(h, str_of(path));
		fd = host_open_regular(h, c->file.path.ptr, &st);
		c->rc = fd < 0 ? fd : read_into_cache(h, c, fd, &st);
		if (fd >= 0)
			close(fd);
		if (c->rc != 0 && !c->gap)
			c->gap = last_reason(h, gaps_before);
	}
	if (c->rc != 0) {
		if (c->gap)
			host_gap(h, c->gap, path);
		return c->rc;
	}
	h->budget_used += c->file.bytes.len + 256;
	if (h->budget_used > LIMIT_HOST_BUDGET_BYTES ||
		h->arena.used_bytes > LIMIT_HOST_MADE_BYTES) {
		host_gap(h, GAP_LIMIT, path);
		return ERR_LIMIT;
	}
	*ret = &c->file;
	return 0;
}

void host_put(struct host *h, const char *path, struct str bytes)
{
	struct cached *c = cache_add(h, str_of(path));

	c->file.bytes = arena_str(&h->arena, bytes);
	c->file.mtime_s = h->now_s;
	c->file.mode = S_IFREG | 0644;
}

#define PIECE_BYTES (8 * KIB)

/* What comes from FD, at most MAX_BYTES, into A, which pays for no more than that. Closes FD. */
static int take_up_to(struct host *h, int fd, const char *path, size_t max_bytes, struct arena *a,
	struct str *ret)
{
	char piece[PIECE_BYTES];
	char *bytes = max_bytes > sizeof(piece) ? malloc(max_bytes) : piece;
	char *copy = NULL;
	ssize_t n;

	if (!bytes)
		abort();
	n = read_all(fd, bytes, max_bytes);
	close(fd);
	if (n >= 0)
		copy = arena_try(a, (size_t)n + 1);
	if (copy && n > 0)
		memcpy(copy, bytes, (size_t)n);
	if (bytes != piece)
		free(bytes);
	if (n < 0)
		return host_failed(h, (int)-n, path);
	if (!copy) {
		host_gap(h, GAP_LIMIT, path);
		return ERR_LIMIT;
	}
	*ret = (struct str){ copy, (size_t)n };
	return 0;
}

int host_read_head(struct host *h, const char *path, size_t max_bytes, struct str *ret)
{
	struct stat st;
	int fd = host_open_regular(h, path, &st);

	return fd < 0 ? fd : take_up_to(h, fd, path, max_bytes, &h->files, ret);
}

int host_read_at(
	struct host *h, const char *path, int64_t offset, char *into, size_t size, size_t *ret_size)
{
	struct stat st;
	ssize_t n;
	int fd = host_open_regular(h, path, &st);
	int errno_value;

	if (fd < 0)
		return fd;
	do
		n = pread(fd, into, size, offset);
	while (n < 0 && errno == EINTR);
	errno_value = errno;
	close(fd);
	if (n < 0)
		return host_failed(h, errno_value, path);
	*ret_size = (size_t)n;
	return 0;
}

int host_read_proc(
	struct host *h, const char *path, size_t max_bytes, struct arena *a, struct str *ret)
{
	int fd = open_below(h, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return host_failed(h, errno, path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		host_gap(h, GAP_NOT_REGULAR, path);
		return ERR_INPUT;
	}
	return take_up_to(h, fd, path, max_bytes, a, ret);
}

/* ---- names, links, stats ---- */

int host_fd(const struct host *h, const char *path, int flags)
{
	return open_below(h, path, flags);
}

int host_fstat_at(const struct host *h, const char *path, struct stat *ret)
{
	return stat_below(h, path, 0, ret);
}

int host_readlink(struct host *h, const char *path, struct str *ret)
{
	char text[PATH_MAX_BYTES];
	ssize_t n = readlink_below(h, path, text, sizeof(text));

	if (n < 0)
		return errno == EINVAL ? ERR_INPUT : host_failed(h, errno, path);
	*ret = arena_str(&h->arena, (struct str){ text, (size_t)n });
	return 0;
}

static struct host_stat stat_of(const struct stat *st)
{
	return (struct host_stat){
		.mode = st->st_mode,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.size = st->st_size,
		.mtime_s = st->st_mtim.tv_sec,
		.ctime_s = st->st_ctim.tv_sec,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.rdev_major = (uint32_t)(st->st_rdev >> 8 & 0xFFF),
		.rdev_minor = (uint32_t)(st->st_rdev & 0xFF),
	};
}

/* What the kernel makes up as it is asked changes from one question to the next. */
static bool is_fleeting(const char *path)
{
	return str_starts(str_of(path), "/proc/") || str_starts(str_of(path), "/sys/");
}

/* As stat(2), or lstat(2), when it was first asked: 0 or the errno. */
static int seen_stat(struct host *h, const char *path, bool is_of_link, struct host_stat *ret)
{
	struct str wanted = str_of(path);
	struct seen_stat **slot = &h->stats[host_hash(wanted) % STAT_SLOTS], *seen = *slot;
	struct stat st = { 0 };
	int errno_value;

	while (seen && (seen->is_of_link != is_of_link || !str_eq(seen->path, wanted)))
		seen = seen->next;
	if (seen) {
		*ret = seen->stat;
		return seen->errno_value;
	}
	errno_value = stat_below(h, path, is_of_link ? O_NOFOLLOW : 0, &st) == 0 ? 0 : errno;
	*ret = stat_of(&st);
	if (h->stat_count < STATS_MAX && !is_fleeting(path)) {
		seen = arena_new(&h->arena, struct seen_stat);
		*seen = (struct seen_stat){ .next = *slot,
			.path = arena_str(&h->arena, wanted),
			.is_of_link = is_of_link,
			.errno_value = errno_value,
			.stat = *ret };
		*slot = seen;
		h->stat_count++;
	}
	return errno_value;
}

static int stat_with(struct host *h, const char *path, bool is_of_link, struct host_stat *ret)
{
	struct host_stat st;
	int errno_value = seen_stat(h, path, is_of_link, &st);

	if (errno_value != 0)
		return host_failed(h, errno_value, path);
	*ret = st;
	return 0;
}

int host_stat(struct host *h, const char *path, struct host_stat *ret)
{
	return stat_with(h, path, false, ret);
}

int host_lstat(struct host *h, const char *path, struct host_stat *ret)
{
	return stat_with(h, path, true, ret);
}

bool host_exists(struct host *h, const char *path)
{
	struct host_stat st;

	return seen_stat(h, path, false, &st) == 0;
}

bool host_is_loose(struct host *h, uint32_t mode, uint32_t uid)
{
	struct host_stat etc = { 0 };

	(void)host_stat(h, "/etc", &etc);
	return (mode & ~etc.mode & 022) != 0 || (uid != 0 && uid != etc.uid);
}
