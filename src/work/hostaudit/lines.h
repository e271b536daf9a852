/* lines.h - private to hostaudit: lines out of bytes that come in pieces, plain or packed by LZ4.
 * Pure; host_lines.c reads the file. */
#ifndef WORK_HOSTAUDIT_LINES_H
#define WORK_HOSTAUDIT_LINES_H

#include "base/base.h"

/* What one piece may have. */
#define LINES_PIECE_BYTES (64 * KIB)

typedef bool line_fn(void *context, struct str line);

struct line_reader {
	line_fn *line; /* false: it has enough */
	void *context;
	char *bytes; /* LIMIT_HOST_LINE_BYTES and one piece more */
	size_t have, total;
	bool is_skipping; /* the rest of a line that was cut */
	bool has_enough;
};

void line_reader_init(struct line_reader *r, line_fn *line, void *context);
/* Where the next piece goes, of at most LINES_PIECE_BYTES; then tell how much came. 0, or
 * ERR_LIMIT over LIMIT_HOST_STREAM_BYTES in all. */
char *line_reader_room(struct line_reader *r);
int line_reader_take(struct line_reader *r, size_t n);
/* The last line, which no line feed ends. */
void line_reader_end(struct line_reader *r);
void line_reader_done(struct line_reader *r);

/* Frames of LZ4, unpacked into a reader. */
struct unpacker {
	struct line_reader *lines;
	void *state;   /* the library's */
	bool is_whole; /* what came ends with a frame's end */
};
void unpacker_init(struct unpacker *u, struct line_reader *lines);
/* 0; ERR_INPUT: this is no frame; ERR_LIMIT. Stops early where the reader has enough. */
int unpacker_take(struct unpacker *u, struct str piece);
/* ERR_INPUT when a frame has no end, or none came. */
int unpacker_end(const struct unpacker *u);
void unpacker_done(struct unpacker *u);

#endif
