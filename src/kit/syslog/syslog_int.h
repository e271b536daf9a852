/* syslog_int.h - private to kit/syslog. */
#ifndef KIT_SYSLOG_INT_H
#define KIT_SYSLOG_INT_H

#include "kit/syslog/syslog.h"

/* Where a parser stands in its line. Reading beyond the end gives 0. */
struct cursor {
	struct str line;
	size_t at;
	int64_t received_s;
};

static inline char peek(const struct cursor *c, size_t ahead)
{
	return c->at + ahead < c->line.len ? c->line.ptr[c->at + ahead] : '\0';
}

static inline bool take(struct cursor *c, char wanted)
{
	if (c->at >= c->line.len || c->line.ptr[c->at] != wanted)
		return false;
	c->at++;
	return true;
}

static inline bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static inline bool is_alpha(char ch)
{
	return (ch | 32) >= 'a' && (ch | 32) <= 'z';
}

static inline struct syslog_part part_of(size_t from, size_t to)
{
	return (struct syslog_part){ (uint32_t)from, (uint32_t)(to - from) };
}

/* Up to the next blank or the end. */
static inline struct syslog_part take_word(struct cursor *c)
{
	size_t from = c->at;

	while (c->at < c->line.len && c->line.ptr[c->at] != ' ')
		c->at++;
	return part_of(from, c->at);
}

static inline void skip_blanks(struct cursor *c)
{
	while (peek(c, 0) == ' ' || peek(c, 0) == '\t')
		c->at++;
}

/* --- what a body tells (syslog_fields.c) ------------------------------------------------------ */

#define FIELD_PATH_SIZE 96 /* no key of ours is longer */

enum body_field {
	F_TIME,
	F_TIME_US, /* microseconds since 1970 */
	F_HOST,
	F_PROGRAM,
	F_PID,
	F_CHANNEL,
	F_EVENT,
	F_SEVERITY,
	F_FACILITY,
	F_LEVEL, /* Windows': 1 critical, 2 error, 3 warning, 4 information, 5 verbose, 0 always */
	F_KEYWORDS, /* Windows': whether an audit failed, where the level is 0 */
	F_VALUE,    /* NXLog's: 1 debug to 5 critical */
	F_MESSAGE,
	F_COUNT,
};

struct body_fields {
	char path[FIELD_PATH_SIZE];
	size_t path_len; /* who leaves a key puts back what it was; beyond PATH: no key of ours */
	size_t rank[F_COUNT];
	struct syslog_part found[F_COUNT];
};

void fields_push(struct body_fields *f, struct str key);
struct str fields_path(const struct body_fields *f);
void fields_value(struct body_fields *f, struct str path, struct syslog_part value);
/* What was found goes into L. */
void fields_take(
	struct str line, int64_t received_s, const struct body_fields *f, struct syslog_line *l);

/* syslog_time.c: a time in any of the known forms; the cursor stays when there is none. */
bool time_take_iso(struct cursor *c, struct syslog_line *l);
bool time_take_legacy(struct cursor *c, struct syslog_line *l);
/* Of a line of a file: the time in the first brackets, as web servers and Java's loggers write. */
void time_find_bracketed(const struct cursor *c, struct syslog_line *l);
/* syslog_legacy.c: all after the PRI. */
void legacy_parse(struct cursor *c, struct syslog_line *l);
/* syslog_body.c, syslog_json.c, syslog_xml.c: what the message is, and what it tells. */
void body_parse(struct str line, int64_t received_s, struct syslog_line *l);
bool body_starts(struct str text);
void xml_read(struct str line, int64_t received_s, struct syslog_line *l);
void json_read(struct str line, int64_t received_s, struct syslog_line *l);

#endif
