/* query.h - floor 3: a question to the log. It is parsed once and held against any number of lines.
 *
 *   failed password         both words stand in the line, anywhere
 *   "failed password"       this text, blanks included
 *   -cron                   not that
 *   ssh OR telnet           one of the two; (a OR b) c
 *   /user=\w+/  /loi/i      a regular expression (PCRE2)
 *   ~loi  =Loi              this word without, with regard to case and Vietnamese marks
 *   may:web01  host:web*    and the other fields that query_fields() names
 *   tu:25/11/2026 den:26/11/2026   from, to: days of Viet Nam, both included; 2h, 7d: so long
 *                                  ago; held against query_line_ns()
 *
 * A word with a colon whose beginning is no name of a field is text. What cannot be understood is
 * refused with its column; nothing is guessed. */
#ifndef CORE_QUERY_H
#define CORE_QUERY_H

#include "core/trail/leaf.h"
#include "kit/parse/parse.h"

#define QUERY_BYTES_MAX (4 * KIB)

/* What a line is asked about. Texts are borrowed. */
struct query_line {
	struct str raw;
	int64_t received_ns;
	uint32_t source;
	uint8_t kind, transport;
	const uint8_t *peer; /* 16 bytes, IPv4 mapped */
};

/* The time of a line, UTC: when it was received; of one out of an old file what is written in it,
 * where that can be read. Without a year it is the newest one that is not after the import. */
int64_t query_line_ns(const struct query_line *line);
int64_t query_leaf_ns(const struct leaf *leaf);

enum query_field {
	QUERY_HOST,
	QUERY_PROGRAM,
	QUERY_SEVERITY,
	QUERY_FACILITY,
	QUERY_EVENT,  /* 4625, 302013: which kind of event it is */
	QUERY_SOURCE, /* its number */
	QUERY_PEER,   /* the address it came from */
	QUERY_KIND,
	QUERY_TRANSPORT,
	QUERY_FROM,
	QUERY_TO,
	QUERY_REGEX,
	QUERY_FIELDS
};

struct query_options {
	bool is_fold;       /* words are looked for without regard to case and marks */
	bool is_fixed;      /* the whole text is one text to look for, byte for byte */
	bool is_by_receipt; /* its times are those of receiving, of every line */
	int64_t now_s;      /* what "2h" is counted from */
};

struct query;

/* "" asks for every line. *RET lives in A and is ended with query_free() before A is. ERR_INPUT:
 * *RET_FAULT says where and why. */
MUST_CHECK int query_parse(struct str text, const struct query_options *options, struct arena *a,
	struct parse_fault *ret_fault, struct query **ret);
/* As FIELD:VALUE were added to the question. */
MUST_CHECK int query_narrow(
	struct query *q, enum query_field field, struct str value, struct parse_fault *ret_fault);
struct query *query_free(struct query *q); /* NULL is fine; returns NULL */

bool query_matches(struct query *q, const struct query_line *line);
/* Lines whose regular expression was given up after LIMIT_QUERY_STEPS: they count as no match, and
 * who shows the answer says how many there were. */
uint64_t query_given_up(const struct query *q);

/* What any line that answers must meet; who searches narrows by it before asking
 * query_matches(). */
#define QUERY_TERMS_MAX 16
#define QUERY_TERM_BYTES_MAX 4096
struct query_term {
	struct str text; /* never empty */
	bool is_fold;    /* both folded (text_fold) */
	bool is_not;     /* does not stand in the line */
};
struct query_need {
	struct query_term terms[QUERY_TERMS_MAX];
	size_t term_count;
	bool is_all;             /* and these, within the times, are the whole question */
	int64_t from_ns, end_ns; /* its time is in [from, end) */
	bool is_by_receipt;      /* and that is when it was received */
};
void query_need(const struct query *q, struct query_need *ret);

/* What is read out of a raw line: an index, no evidence. Absent: "" and -1. Borrowed from RAW. */
struct query_parts {
	struct str host, program;
	struct str event; /* of Windows, Cisco, CEF: "4625" */
	int severity, facility;
	struct str message;
};
void query_parts(struct str raw, int64_t received_ns, struct query_parts *ret);

/* What values are called. */
const char *query_severity_name(int severity);  /* "err", "" for none */
const char *query_severity_words(int severity); /* "lỗi", to be looked up with tr() */
const char *query_facility_name(int facility);

/* A moment: 25/11/2026, 25/11/2026 08:30[:15], 2026-11-25[T08:30[:15]][Z|+07:00], today,
 * yesterday, 2h. *RET_NS is its beginning, or with IS_END the end of the day, minute, second. */
bool query_time(struct str text, int64_t now_s, bool is_end, int64_t *ret_ns);

#endif
