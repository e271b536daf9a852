/* host_lines.c - files too large to be kept, read line by line. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "work/hostaudit/host_int.h"
#include "work/hostaudit/lines.h"

/* A piece at most; -1 with errno. */
static ssize_t read_piece(int fd, char *into)
{
	ssize_t n;

	do
		n = read(fd, into, LINES_PIECE_BYTES);
	while (n < 0 && errno == EINTR);
	return n;
}

/* 0, ERR_LIMIT or ERR_INPUT; ERR_SYSTEM: errno tells. */
typedef int stream_fn(int fd, struct line_reader *r);

static int stream(int fd, struct line_reader *r)
{
	ssize_t n = 0;
	int rc = 0;

	while (rc == 0 && !r->has_enough && (n = read_piece(fd, line_reader_room(r))) > 0)
		rc = line_reader_take(r, (size_t)n);
	return n < 0 ? ERR_SYSTEM : rc;
}

static int stream_lz4(int fd, struct line_reader *r)
{
	struct unpacker u;
	char *piece = malloc(LINES_PIECE_BYTES);
	ssize_t n = 0;
	int rc = 0;

	if (!piece)
		abort();
	unpacker_init(&u, r);
	while (rc == 0 && !r->has_enough && (n = read_piece(fd, piece)) > 0)
		rc = unpacker_take(&u, (struct str){ piece, (size_t)n });
	if (rc == 0 && n == 0)
		rc = unpacker_end(&u);
	unpacker_done(&u);
	free(piece);
	return n < 0 ? ERR_SYSTEM : rc;
}

static int read_lines(
	struct host *h, const char *path, stream_fn *how, line_fn *line, void *context)
{
	struct line_reader r;
	struct stat st;
	int fd = host_open_regular(h, path, &st);
	int rc = ERR_LIMIT, errno_value = 0;

	if (fd < 0)
		return fd;
	line_reader_init(&r, line, context);
	if ((uint64_t)st.st_size <= LIMIT_HOST_STREAM_BYTES)
		rc = how(fd, &r);
	if (rc == ERR_SYSTEM)
		errno_value = errno;
	close(fd);
	if (rc == 0)
		line_reader_end(&r);
	line_reader_done(&r);
	if (rc == ERR_SYSTEM)
		return host_failed(h, errno_value, path);
	if (rc != 0)
		host_gap(h, rc == ERR_LIMIT ? GAP_TOO_LARGE : GAP_SYNTAX, path);
	return rc;
}

int host_read_lines(struct host *h, const char *path, line_fn *line, void *context)
{
	return read_lines(h, path, stream, line, context);
}

int host_read_lz4_lines(struct host *h, const char *path, line_fn *line, void *context)
{
	return read_lines(h, path, stream_lz4, line, context);
}
