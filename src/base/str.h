/* str.h - struct str is a borrowed slice of bytes, mostly UTF-8 text. It owns nothing; whoever
 * returns one says how long it lives. It may hold NUL bytes and need not end in one. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *ptr; /* NULL only when nothing is there at all (not the same as "") */
	size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE ((struct str){ 0 })

/* printf("%.*s", STR_FMT(s)); S is taken several times: no call that draws or changes something */
#define STR_FMT(s) (int)(s).len, (s).ptr ? (s).ptr : ""

struct str str_of(const char *cstring); /* NULL gives STR_NONE */
bool str_eq(struct str a, struct str b);
bool str_is(struct str s, const char *cstring);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
bool str_is_nocase(struct str s, const char *cstring);
int str_cmp(struct str a, struct str b); /* byte order, as strcmp */
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
bool str_has(struct str s, char c);

struct str str_trim(struct str s);           /* without blanks, tabs, CR, LF at both ends */
struct str str_from(struct str s, size_t i); /* from byte I on; "" past the end */
struct str str_until(struct str s, size_t i);

/* Offset of the first C, or of the first NEEDLE, or -1. */
ptrdiff_t str_find_char(struct str s, char c);
ptrdiff_t str_find(struct str s, struct str needle);

/* Take the next line off *REST without its LF or CRLF. False when nothing is left. */
bool str_next_line(struct str *rest, struct str *ret_line);
/* Take the next run of characters not in SEPARATORS. False when nothing is left. */
bool str_next_word(struct str *rest, const char *separators, struct str *ret_word);
/* Split at the first C: what stands before and after. False (outputs untouched) without a C. */
bool str_split(struct str s, char c, struct str *ret_before, struct str *ret_after);

/* Whole-string decimal number, optional sign, no blanks. False when it is none or too large. */
bool str_to_i64(struct str s, int64_t *ret);
/* The next word between spaces as such a number, taken off *REST; 0 where it is none. */
int64_t str_next_i64(struct str *rest);
/* Whole-string number in BASE 2..36. */
bool str_to_u64(struct str s, unsigned base, uint64_t *ret);

/* Is it well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF)? */
bool str_is_utf8(struct str s);

#endif
