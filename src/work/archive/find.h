/* find.h - a question to a whole log: all its shards, every closed segment and what is not in one
 * yet, newest line first, in steps of bounded time. It writes nothing; any number may look while
 * others write. */
#ifndef ARCHIVE_FIND_H
#define ARCHIVE_FIND_H

#include "core/query/query.h"
#include "core/trail/shard_id.h"
#include "work/archive/archive.h"

/* A line of a log: its shard (core/trail/shard_id.h), its index there. "2026-1234", "2026.2-17". */
struct find_place {
	int shard; /* 0: none */
	uint64_t index;
};
#define FIND_PLACE_TEXT_MAX 48
const char *find_place_text(struct find_place place, char *text);
bool find_place_parse(struct str text, struct find_place *ret);

struct find_line {
	struct find_place place;
	const struct leaf *leaf;
};

/* Takes a line that answers; its bytes live until it returns. Not 0 stops the search behind it. */
typedef int find_hit(void *context, const struct find_line *line);

struct find;

/* The log in FOLDER (DATA/log). A folder that is not there is a log without lines. */
MUST_CHECK int find_open(const char *folder, struct find **ret, struct err *e);
struct find *find_close(struct find *f); /* NULL is fine; returns NULL */
/* See what has come since. */
MUST_CHECK int find_refresh(struct find *f, struct err *e);

/* What of the log cannot be read: the first file that is missing, foreign or damaged, in a
 * sentence; NULL: none that is known. Damage within a segment shows when a search comes there, and
 * is told until the next search. */
const char *find_amiss(const struct find *f);

size_t find_shard_count(const struct find *f); /* oldest first */
int find_shard_at(const struct find *f, size_t i);
void find_shard_stat(const struct find *f, size_t i, struct archive_stat *ret);

/* What the log holds. */
struct find_span {
	struct find_place oldest, newest; /* shard 0: no line */
	int64_t first_ns, last_ns;        /* received, of these two */
	uint64_t lines;
};
MUST_CHECK int find_span(struct find *f, struct find_span *ret, struct err *e);

struct find_ask {
	struct query *query;
	struct find_place before; /* only lines before it; shard 0: from the newest on */
	int64_t until_us;         /* clock_monotonic_us() at which to stop; 0: go on to the end */
	bool is_forward;          /* oldest first; before and until_us are not heeded */
	find_hit *hit;
	void *context;
};

struct find_answer {
	uint64_t hits;
	bool is_whole;          /* all was looked at */
	struct find_place next; /* else: go on before it */
};

/* Newest first. */
MUST_CHECK int find_newest(
	struct find *f, const struct find_ask *ask, struct find_answer *ret, struct err *e);
/* Only how many there are; ASK's hit is not called. */
MUST_CHECK int find_count(
	struct find *f, const struct find_ask *ask, struct find_answer *ret, struct err *e);
/* One line. ERR_ABSENT: there is none at PLACE. The leaf lives until the next call with F. */
MUST_CHECK int find_at(struct find *f, struct find_place place, struct leaf *ret, struct err *e);
/* 1 when the text of the line was redacted by a decision, else 0. */
MUST_CHECK int find_redacted(struct find *f, struct find_place place, struct err *e);

#endif
