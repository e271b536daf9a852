/* order.h - floor 3: what somebody ordered of a log that runs: that the text of a line goes, by a
 * written decision. Who orders leaves a file; seal hands the leaf of it (kind 8) to intake, so that
 * it is sealed before anything goes; store then does it and says so in the file, for pages. Files
 * stand in DATA/log/orders, those that are done under the name NAME.done:
 *
 *	khien order 1
 *	asked 1790000000 0 why it is not done yet
 *	{"event":"redact","line":"2026-1234",…} */
#ifndef CORE_TRAIL_ORDER_H
#define CORE_TRAIL_ORDER_H

#include "kit/vfile/vfile.h"

#define ORDER_FOLDER "orders"  /* below DATA/log */
#define ORDER_REDACT "redact-" /* names begin so; the line follows: "redact-2026-1234" */
#define ORDER_LEAVE "leave-"   /* the shard and the month follow: "leave-2026-2026-01" */
#define ORDER_NAME_SIZE 64
#define ORDER_WHY_MAX 300
#define ORDER_BYTES_MAX (10 * KIB)

enum order_state {
	ORDER_ASKED,  /* its leaf is not sealed yet */
	ORDER_SEALED, /* it is; what it asks for is to be done */
	ORDER_DONE,   /* why says what came of it */
};

struct order {
	enum order_state is;
	int64_t at_s;   /* when it was asked for */
	uint64_t until; /* sealed: the log must have so many entries first; 0: it need not wait */
	char why[ORDER_WHY_MAX + 1];
	struct str leaf; /* one line of JSON */
};

/* Instead of what the order was. */
MUST_CHECK int order_save(
	struct vfile_disk *log, const char *name, const struct order *o, struct err *e);
/* Lives in A. ERR_ABSENT: there is none; ERR_INPUT: it is no order. */
MUST_CHECK int order_load(struct vfile_disk *log, const char *name, struct arena *a,
	struct order *ret, struct err *e);
/* Names of those that are not done. Lives in A. No folder is no order. */
MUST_CHECK int order_list(
	struct vfile_disk *log, struct arena *a, struct vfile_names *ret, struct err *e);

/* A month leaves the disk of the log, for the media hold it. */
struct leaving {
	const char *shard, *month;
	uint64_t first, end; /* its entries */
	unsigned copies;     /* media that hold it, read back in time */
};
#define LEAVING_BEGINS "{\"event\":\"leave\",\"shard\":\""
void leaving_leaf(const struct leaving *l, struct buf *ret);

/* The decision by which the text of a line goes. */
struct redaction {
	const char *line;    /* "2026-1234" */
	struct str decision; /* number, date, who signed it */
	struct str by;       /* who does it */
	struct str reason;   /* "": none is given */
};
/* What each of its texts may be: one line, not empty, not too long. */
#define REDACTION_TEXT_MAX 400
#define REDACTION_BEGINS "{\"event\":\"redact\","
bool redaction_is_said(struct str text);
/* As a leaf: sealed before the text goes. */
void redaction_leaf(const struct redaction *r, struct buf *ret);

#endif
