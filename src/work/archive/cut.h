/* cut.h - private to work/archive: a line being cut into static text and slots. What is static is
 * only hashed; what is a value becomes a slot. */
#ifndef ARCHIVE_CUT_H
#define ARCHIVE_CUT_H

#include "work/archive/scan.h"
#include "work/archive/table.h"

/* After so many different words at one place, what stands there is a value and not a word. */
#define BRANCHES_MAX 40

/* A word with digits that is not cut at them. */
#define TEXT_IS_WHOLE 0x80000000u

/* What is known of the words of all lines. */
struct words {
	uint64_t seed;
	struct table texts_by_hash;
	struct bytes texts;     /* each ended by NUL */
	struct bytes text_from; /* uint32_t offset of each, and TEXT_IS_WHOLE */
	struct table addresses_by_hash;
	struct bytes addresses; /* uint32_t of each */
	struct table contexts;  /* places where words stand: to a number */
	struct bytes branches;  /* of each context: how many different words were there, one byte */
	struct table follows;   /* a word in its context: to the number of the context */
	uint32_t turns;         /* how often words at a place became values */
	bool has_tabs;          /* a line was cut behind the t of a written tab */
	/* of the line in work */
	struct scan scan;
	struct slot slots[LIMIT_SEGMENT_SLOTS];
	struct span {
		uint32_t from;
		uint32_t end;
	} spans[LIMIT_SEGMENT_SLOTS]; /* of its slots */
};

void words_done(struct words *w);

static inline struct str words_text(const struct words *w, uint32_t number)
{
	const uint32_t *from = (const uint32_t *)(const void *)w->text_from.at;
	size_t at = from[number] & ~TEXT_IS_WHOLE;
	size_t end = (number + 1) * sizeof(*from) < w->text_from.len ?
		from[number + 1] & ~TEXT_IS_WHOLE :
		w->texts.len;

	return (struct str){ (const char *)w->texts.at + at, end - at - 1 };
}

static inline uint32_t words_address(const struct words *w, uint32_t number)
{
	return ((const uint32_t *)(const void *)w->addresses.at)[number];
}

struct cut {
	struct words *w;
	const char *s;
	size_t len;     /* up to here it is cut */
	uint64_t hash;  /* of the static text behind the last slot */
	uint64_t total; /* of what came before; both are the template's, in the end */
	uint64_t tag;   /* stands for what came just before */
	struct value *values;
	uint32_t slots;
	uint64_t group;
	uint64_t open; /* what stands in this context is a value, or 0 */
	bool is_full;  /* too many slots, or a table is full: no template */
};

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a ^ (b * 0x9E3779B97F4A7C15u)) * 0xD6E8FEB86659FD93u;

	return x ^ x >> 32;
}

/* Could a time begin at AT? */
static inline bool cut_may_be_time(const struct cut *c, size_t at)
{
	const char *s = c->s + at;

	if (c->len - at < 8)
		return false;
	if (s[0] >= 'A' && s[0] <= 'Z')
		return s[3] == ' ';
	return class_of(s[0]) == IS_DIGIT &&
		(s[2] == ':' || s[2] == '/' || s[4] == '-' ||
			(s[0] == '1' && c->len - at > 11 && s[10] == '.'));
}

/* Bytes FROM to END are a slot, a number, a word behind CONTEXT. Letters that stand together must
 * stay together: the index of letters looks at static text and at texts, not over their borders,
 * but where words.has_tabs says so. */
void cut_slot(struct cut *c, size_t from, size_t end, struct slot slot, struct value value);
void cut_number(struct cut *c, size_t from, size_t end);
void cut_word(struct cut *c, size_t from, size_t end, uint64_t context);
/* The word with digits from FROM to END, none of whose bytes is between words. */
void cut_chunk(struct cut *c, size_t from, size_t end, uint64_t context);
/* An IPv4 address begins at FROM: false when none does. */
bool cut_ipv4(struct cut *c, size_t from, size_t *ret_end);
void cut_static(struct cut *c, size_t from, size_t end);
/* Classes of the bytes from FROM on that are of KINDS, and their end. */
unsigned cut_run(const struct cut *c, size_t from, size_t end, unsigned kinds, size_t *ret_end);
/* Words and what stands between them, from AT to the end of the line. */
void cut_words(struct cut *c, size_t at);
/* What stands between words from AT on: where it ends, and a number that stands for it. */
size_t cut_between(struct cut *c, size_t at, uint64_t *ret_between);
/* The word or time at AT; returns where it ends. */
size_t cut_token(struct cut *c, size_t at, uint64_t context);
/* Where the words that stood in CONTEXT are counted, plus one, or 0; and were there so many that
 * each is a value? */
uint32_t cut_branch(const struct words *w, uint64_t context);
static inline bool cut_is_open(const struct words *w, uint32_t branch)
{
	return w->branches.at[branch - 1] > BRANCHES_MAX;
}

#endif
