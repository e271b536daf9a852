/* match.h - private to work/archive: a query made ready: its words folded, its patterns compiled.
 * It is the same for every segment and for the write-ahead files. */
#ifndef ARCHIVE_MATCH_H
#define ARCHIVE_MATCH_H

#include "work/archive/archive.h"
#include "work/archive/bytes.h"

#define PATTERN_LITERALS 4
#define TEXTS_MAX 8

/* How texts are compared: as they are; without marks and case; without regard to case. */
enum folding { FOLD_NONE, FOLD_MARKS, FOLD_CASE, FOLDINGS };

/* Texts, one after the other in ALL, of which one must stand. */
struct texts {
	struct bytes all;
	size_t count;
	uint16_t end[TEXTS_MAX]; /* of each, in ALL */
};

static inline struct str texts_at(const struct texts *t, size_t i)
{
	size_t from = i > 0 ? t->end[i - 1] : 0;

	return (struct str){ (const char *)t->all.at + from, t->end[i] - from };
}

struct term {
	/* The texts one of which must stand in the record, mostly one, folded so; empty when none
	 * is known. */
	struct texts text;
	enum folding folding;
	bool is_not;
	bool is_ascii; /* the text */
	bool is_part;  /* of all texts of another term: where that is found, this stands too */
	/* Of patterns: the text alone does not decide. */
	struct pattern *pattern;
};

/* A pattern may come as several terms: itself, and further texts that stand in what it matches. */
struct matcher {
	const struct archive_query *query;
	struct term terms[ARCHIVE_TERMS_MAX * (PATTERN_LITERALS + 1)];
	size_t count;
	bool has_patterns;
	bool has_meta;                 /* times, sources or kinds are asked for */
	struct bytes folded[FOLDINGS]; /* of the record in work */
	bool is_high;                  /* it holds bytes beyond ASCII, as far as one was folded */
};

/* QUERY is borrowed. *RET is yours. */
MUST_CHECK int matcher_new(const struct archive_query *query, struct err *e, struct matcher **ret);
struct matcher *matcher_free(struct matcher *m); /* NULL is fine */

/* Do the time, the source and the kind fit? RAW is not looked at: whether the time does that stands
 * in it is for matcher_written(), if matcher_needs_raw(). */
bool matcher_meta(const struct matcher *m, const struct leaf *leaf);
bool matcher_needs_raw(const struct matcher *m, const struct leaf *leaf);
bool matcher_written(const struct matcher *m, const struct leaf *leaf);
/* Do the patterns hold? 1, 0 or <0. */
MUST_CHECK int matcher_patterns(struct matcher *m, struct str raw, struct err *e);
/* Do all terms hold? 1, 0 or <0. */
MUST_CHECK int matcher_text(struct matcher *m, struct str raw, struct err *e);

/* Does the text of T stand in a line of an old encoding? RAW is the line's bytes. */
bool term_is_old(const struct term *t, struct str raw);

struct pattern *pattern_new(struct str text, bool is_regex, bool is_nocase, struct err *e);
struct pattern *pattern_free(struct pattern *p);
/* 1, 0 or <0. */
MUST_CHECK int pattern_match(struct pattern *p, struct str raw, struct err *e);
/* The longest texts that stand in all that REGEX matches, longest first, into the
 * PATTERN_LITERALS of TO, which are empty; those beyond what is certain stay so. Into ANY the
 * longest ones of which any must stand, as "a(b|c)d" has "abd" and "acd"; or none. */
void pattern_literals(struct str regex, struct bytes *to, struct texts *any);

/* S folded, behind what is in TO. FOLD_CASE makes the same only of what a pattern without regard to
 * case takes for ASCII letters, so it decides for texts of ASCII alone. False: S is ASCII. */
bool fold_into(struct bytes *to, struct str s, enum folding folding);

#endif
