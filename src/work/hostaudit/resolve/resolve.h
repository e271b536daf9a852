/* resolve.h - private to hostaudit: what every resolver shares. A resolver computes from the
 * machine's files the value the real program would use, and remembers where it stands and whom it
 * overrode. Parsers are pure functions over bytes; only the functions that take a struct host read
 * files. */
#ifndef WORK_RESOLVE_H
#define WORK_RESOLVE_H

#include "work/hostaudit/host.h"

/* The effective value of one setting. value.ptr NULL: nobody set it. */
struct setting {
	struct str value;
	struct str file;
	int line;
	struct str lost; /* "path:line=value; path:line=value", newest first */
	int lost_count;
};

/* A later place wins: what S held moves to the losers. Nothing is copied: VALUE and FILE must live
 * as long as S. At most SETTING_LOST_MAX losers are told. */
#define SETTING_LOST_MAX 8
void setting_win(struct setting *s, struct arena *a, struct str value, struct str file, int line);
/* The first place won already: VALUE joins the losers (or becomes the value of an unset S). */
void setting_lose(struct setting *s, struct arena *a, struct str value, struct str file, int line);
/* As setting_win for programs in which an empty assignment takes the setting back. */
void setting_unset(struct setting *s, struct arena *a);

/* Bytes of a file, "" when it is absent or unreadable (then the gap is noted). RET_FILE may be
 * NULL. */
struct str host_bytes(struct host *h, struct str path, struct str *ret_file);

/* The GAP_ code of what host_read() returned: for rows that tell their own reason. */
const char *gap_of(int rc);

/* The first of yes/true/on/1 (true) and no/false/off/0 (false) that S is; else OTHERWISE. */
bool str_bool(struct str s, bool otherwise);
/* "value" and 'value' without their quotes. */
struct str str_unquote(struct str s);
/* The last part of a path. */
struct str path_base(struct str path);
/* Shell pattern match of the whole NAME, * and ? only; bounded work. */
bool str_glob(struct str pattern, struct str name);

/* Is S one of WORDS, which NULL ends? */
bool word_among(struct str s, const char *const *words);

#endif
