/* papers.h - floor 3, beside pack.h: how a paper is laid out. A kind of paper (papers.yaml of a
 * pack) says which parts it has; a paper of a flow is of one kind and fills them. The format is
 * told in docs/formats/flow.md. */
#ifndef CORE_PACK_PAPERS_H
#define CORE_PACK_PAPERS_H

#include "core/pack/pack.h"

enum paper_part {
	PAPER_ISSUER,   /* who issues it, below the body above */
	PAPER_NUMBER,   /* number and sign */
	PAPER_SUBJECT,  /* what a letter is about, below its number */
	PAPER_MOTTO,    /* the name of the State and its motto */
	PAPER_PLACE,    /* place and day */
	PAPER_TITLE,    /* the kind's name, and what it is about */
	PAPER_TO,       /* whom it is sent to */
	PAPER_GROUNDS,  /* what it rests on */
	PAPER_TEXT,     /* its text in paragraphs, */
	PAPER_ARTICLES, /* or each line an article */
	PAPER_COPIES,   /* who receives it */
	PAPER_DRAFTER,  /* a second place to sign: who drew it up */
	PAPER_SIGNER,   /* who signs, as what */
	PAPER_PART_COUNT,
};

struct paper_kind {
	struct str id;
	struct words name;            /* "Quyết định" */
	struct words decides;         /* "Quyết định:", after the grounds; or nothing */
	struct str symbol;            /* "QĐ", in a number that is not given yet; or STR_NONE */
	struct words copies;          /* a line each; {last} is the number of the last article */
	struct words drafter, signer; /* a line in bold, then how to sign */
	enum paper_part *parts;       /* those it has */
	size_t part_count;
	struct source source;
};

/* A paper of a flow; {field} is filled in, and {about}: what the case is about. */
struct flow_paper {
	struct str id, kind;
	struct str number, day; /* fields that hold its number and its day; or STR_NONE */
	struct words title, to, text, grounds;
	struct words copies, drafter, signer; /* instead of the kind's; or nothing */
	struct source source;
};

/* Of whatever pack comes first; NULL: none. */
const struct paper_kind *pack_paper_kind(const struct pack_set *set, struct str id);
bool paper_has(const struct paper_kind *kind, enum paper_part part);

#endif
