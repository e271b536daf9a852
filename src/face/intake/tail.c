/* tail.c - files that are followed across rotation and truncation. Each line's leaf carries, as
 * its sequence, where the line ended in the file; so line and place are on the disk in one and the
 * same moment, and after a kill nothing is read twice and nothing is passed over. Which file that
 * is (device, inode, hash of its beginning) stands in a leaf before its first line. */
#include "face/intake/intake_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVERY_US 200000
#define HEAD_BYTES 1024
#define PATH_SIZE 512

/* Which file: "dev:ino:bytes:hash". */
struct which {
	uint64_t device, inode;
	size_t head_bytes; /* how much of its beginning was hashed */
	unsigned char head[SHA256_SIZE];
};

struct tail {
	const char *path;
	uint32_t source;
	int fd; /* -1: not there */
	struct which which;
	uint64_t offset;  /* where what was taken ends */
	uint64_t read_at; /* where what was read ends: PART lies between */
	struct buf part;  /* a line without its end, cut when it is too long */
	struct tail *next;
};

static bool hash_head(int fd, size_t bytes, unsigned char *ret)
{
	char head[HEAD_BYTES];
	ssize_t n = pread(fd, head, bytes, 0);

	if (n != (ssize_t)bytes)
		return false;
	sha256((struct str){ head, bytes }, ret);
	return true;
}

static bool look_at(int fd, struct which *ret)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	*ret = (struct which){ .device = st.st_dev, .inode = st.st_ino };
	ret->head_bytes = st.st_size < HEAD_BYTES ? (size_t)st.st_size : HEAD_BYTES;
	return hash_head(fd, ret->head_bytes, ret->head);
}

static void write_place(const struct which *w, char *ret, size_t size)
{
	char hex[SHA256_HEX_SIZE];

	snprintf(ret, size, "%llx:%llx:%zx:%s", (unsigned long long)w->device,
		(unsigned long long)w->inode, w->head_bytes, hex_of(w->head, sizeof(w->head), hex));
}

static bool read_place(const char *place, struct which *ret)
{
	struct str rest = str_of(place), part[3];
	uint64_t value[3];

	for (size_t i = 0; i < COUNT(part); i++)
		if (!str_split(rest, ':', &part[i], &rest) || !str_to_u64(part[i], 16, &value[i]))
			return false;
	if (value[2] > HEAD_BYTES || rest.len != SHA256_HEX_SIZE - 1)
		return false;
	*ret = (struct which){ value[0], value[1], (size_t)value[2], { 0 } };
	for (size_t i = 0; i < SHA256_SIZE; i++) {
		uint64_t byte;

		if (!str_to_u64(str_until(str_from(rest, 2 * i), 2), 16, &byte))
			return false;
		ret->head[i] = (unsigned char)byte;
	}
	return true;
}

/* Is FD the file that W was? */
static bool is_same(int fd, const struct which *w)
{
	unsigned char head[SHA256_SIZE];
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_dev == w->device &&
		st.st_ino == w->inode && hash_head(fd, w->head_bytes, head) &&
		memcmp(head, w->head, sizeof(head)) == 0;
}

static int open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* A leaf says which file it is from now on, and from where. False: not now. */
static bool begin_file(struct intake *in, struct tail *t, const struct which *w, uint64_t offset)
{
	struct sender *s = sender_by_number(&in->senders, t->source);
	struct origin *o = origin_of(in, t->source);
	char before[SENDER_PLACE_MAX + 1];
	struct buf json;
	bool is_done;

	if (!s)
		return false;
	memcpy(before, s->place, sizeof(before));
	write_place(w, s->place, sizeof(s->place));
	buf_init(&json, LEAF_RAW_MAX);
	sender_event(s, s->first_s == 0 ? "first" : o->is_told ? "place" : "known", &json);
	is_done = pen_leaf(in, LEAF_EVENT, t->source, offset, buf_str(&json));
	buf_done(&json);
	if (!is_done) {
		memcpy(s->place, before, sizeof(before));
		return false;
	}
	s->sequence = offset;
	s->first_s = s->first_s ? s->first_s : in->now_ns / 1000000000;
	o->is_told = true;
	t->which = *w;
	t->offset = t->read_at = offset;
	buf_clear(&t->part);
	return true;
}

static bool take_line(struct intake *in, struct tail *t, struct str raw, uint64_t end)
{
	struct pen_line line = { .source = t->source,
		.transport = LEAF_FILE,
		.flags = t->part.is_full ? LEAF_TRUNCATED : 0,
		.sequence = end,
		.raw = raw };

	if (raw.len && raw.ptr[raw.len - 1] == '\r')
		line.raw.len--;
	if (raw.len && !pen_line(in, &line))
		return false;
	sender_sent(in, t->source, 1, raw.len);
	t->offset = end;
	return true;
}

/* As much of a line as a leaf has room for. */
static void add_part(struct tail *t, struct str line)
{
	size_t room = LEAF_RAW_MAX - t->part.len;

	buf_add(&t->part, str_until(line, room));
	if (line.len > room)
		t->part.is_full = true;
}

/* The lines of a piece that stands at t->read_at in the file. False: not now; what was not taken is
 * read again. */
static bool take_piece(struct intake *in, struct tail *t, struct str piece)
{
	while (piece.len) {
		const char *feed = memchr(piece.ptr, '\n', piece.len);
		struct str line = str_until(piece, feed ? (size_t)(feed - piece.ptr) : piece.len);
		uint64_t end = t->read_at + line.len + (feed ? 1 : 0);

		if (!feed || t->part.len) {
			add_part(t, line);
			if (feed)
				line = buf_str(&t->part);
		}
		if (feed && !take_line(in, t, line, end)) {
			buf_clear(&t->part);
			t->read_at = t->offset;
			return false;
		}
		if (feed)
			buf_clear(&t->part);
		piece = str_from(piece, (size_t)(end - t->read_at));
		t->read_at = end;
	}
	return true;
}

/* False: there is no more now. */
static bool read_more(struct intake *in, struct tail *t)
{
	ssize_t n;

	if (!sender_may(in, t->source))
		return false;
	n = pread(t->fd, in->chunk, INTAKE_CHUNK_BYTES, (off_t)t->read_at);
	if (n <= 0 || !take_piece(in, t, (struct str){ in->chunk, (size_t)n }))
		return false;
	return n == INTAKE_CHUNK_BYTES && in->turn_bytes < 4 * INTAKE_CHUNK_BYTES;
}

/* Nothing more will come to it. */
static bool finish(struct intake *in, struct tail *t)
{
	if (t->part.len && !take_line(in, t, buf_str(&t->part), t->read_at))
		return false;
	buf_clear(&t->part);
	close(t->fd);
	t->fd = -1;
	return true;
}

/* The same inode, but its beginning is another one, or it is shorter: emptied and written anew. */
static bool was_emptied(const struct tail *t, const struct stat *st)
{
	unsigned char head[SHA256_SIZE];

	return (uint64_t)st->st_size < t->offset || (size_t)st->st_size < t->which.head_bytes ||
		!hash_head(t->fd, t->which.head_bytes, head) ||
		memcmp(head, t->which.head, sizeof(head)) != 0;
}

static void open_anew(struct intake *in, struct tail *t)
{
	struct which w;
	int fd = open_file(t->path);

	if (fd < 0)
		return;
	if (!look_at(fd, &w) || !begin_file(in, t, &w, 0)) {
		close(fd);
		return;
	}
	t->fd = fd;
}

static void follow(struct intake *in, struct tail *t)
{
	struct stat st, named;
	struct which w;

	if (t->fd < 0)
		open_anew(in, t);
	if (t->fd < 0 || fstat(t->fd, &st) != 0)
		return;
	if (was_emptied(t, &st)) {
		if (!look_at(t->fd, &w) || !begin_file(in, t, &w, 0))
			return;
	} else if (t->which.head_bytes < HEAD_BYTES && t->offset > 0 &&
		(t->which.head_bytes == 0 || st.st_size >= HEAD_BYTES)) {
		/* more of its beginning is there to know it by */
		if (look_at(t->fd, &w))
			(void)begin_file(in, t, &w, t->offset);
	}
	while (!in->is_full && read_more(in, t))
		;
	if (t->read_at < (uint64_t)st.st_size)
		return;
	/* all is read: is it still the one of that name? */
	if (stat(t->path, &named) != 0 ? errno == ENOENT :
					 named.st_ino != st.st_ino || named.st_dev != st.st_dev) {
		if (fstat(t->fd, &st) == 0 && (uint64_t)st.st_size == t->read_at)
			(void)finish(in, t);
	}
}

void tails_read(struct intake *in)
{
	if (in->now_us < in->tails_us)
		return;
	in->tails_us = in->now_us + EVERY_US;
	for (struct tail *t = in->tails; t && !in->is_full && !in->is_broken; t = t->next) {
		follow(in, t);
		if (t->fd >= 0 && in->turn_bytes >= 4 * INTAKE_CHUNK_BYTES)
			in->tails_us = in->now_us; /* there may be more */
	}
}

/* The file that was read last, under whatever name it goes now in its folder. -1: it is gone. */
static int find_again(const struct tail *t, const struct which *w)
{
	const char *slash = strrchr(t->path, '/');
	char folder[PATH_SIZE], path[PATH_SIZE * 2];
	int fd = open_file(t->path);
	struct dirent *entry;
	DIR *dir;

	if (fd >= 0 && is_same(fd, w))
		return fd;
	if (fd >= 0)
		close(fd);
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - t->path + 1), t->path);
	dir = opendir(folder);
	for (fd = -1; dir && fd < 0 && (entry = readdir(dir));) {
		if (entry->d_ino != w->inode)
			continue;
		snprintf(path, sizeof(path), "%s%s", folder, entry->d_name);
		fd = open_file(path);
		if (fd >= 0 && !is_same(fd, w)) {
			close(fd);
			fd = -1;
		}
	}
	if (dir)
		closedir(dir);
	return fd;
}

/* Where it was left, when it was read before; a file seen for the first time is read whole. */
static void resume(struct intake *in, struct tail *t)
{
	const struct sender *s = sender_by_number(&in->senders, t->source);
	struct which w;

	if (!s || !*s->place || !read_place(s->place, &w))
		return;
	t->fd = find_again(t, &w);
	if (t->fd < 0)
		return;
	t->which = w;
	t->offset = t->read_at = s->sequence;
}

int tails_open(struct intake *in, struct err *e)
{
	const struct config *c = &in->setup->config;

	for (size_t i = 0; i < c->file_count; i++) {
		struct tail *t = calloc(1, sizeof(*t));

		if (!t)
			abort();
		*t = (struct tail){ .path = c->files[i], .fd = -1, .next = in->tails };
		t->source = sender_find(in, SENDER_FILE_TAIL, str_of(t->path));
		buf_init(&t->part, LEAF_RAW_MAX);
		in->tails = t;
		if (t->source == SENDER_OTHERS)
			return err_set(e, ERR_LIMIT, "too many senders to follow a file");
		resume(in, t);
	}
	return 0;
}

void tails_close(struct intake *in)
{
	for (struct tail *t = in->tails, *next; t; t = next) {
		next = t->next;
		if (t->fd >= 0)
			close(t->fd);
		buf_done(&t->part);
		free(t);
	}
	in->tails = NULL;
}
