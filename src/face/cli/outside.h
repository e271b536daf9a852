/* outside.h - private to cli: the memory outside of a log: witnesses that cosign its checkpoints,
 * and authorities that stamp them. It reads what is public, writes cosigned/, anchors/ and
 * stamps/ of the shard, and has no key. In the folder of the log stand: "policy" (who, where),
 * "peers.pem" (the certificates of their servers, when this machine does not know them), "tsa" (the
 * address of an authority), "tsa.pem" (its certificates). */
#ifndef FACE_CLI_OUTSIDE_H
#define FACE_CLI_OUTSIDE_H

#include "core/trail/entries.h"
#include "kit/command/command.h"
#include "kit/crypto/stamp.h"
#include "kit/text/text.h"

#define OUTSIDE_MEMORY_BYTES (16 * MIB) /* of all that one run keeps */

struct outside {
	enum lang lang;
	bool is_quiet; /* only what is wrong is said, on stderr */
	bool is_alarm;
	struct vfile_disk *log;
	struct entries entries; /* of the shard of now */
	struct arena *a;
	struct str origin;
	struct str peers; /* certificates; "" */
};

/* Of the data folder DATA; close it also after a failure. ERR_ABSENT: there is no log. */
MUST_CHECK int outside_open(const char *data, struct arena *a, struct outside *ret, struct err *e);
void outside_close(struct outside *o);
/* A command on the log of --data: opens it, does WORK, closes it. */
typedef int outside_work(struct outside *o, const struct command_line *line, struct err *e);
int outside_run(const struct command_line *line, outside_work *work, struct err *e);
/* Ask each witness of the policy that has an address. 1: an alarm, or nobody cosigned. ERR_ABSENT:
 * none is named. */
MUST_CHECK int outside_witnesses(struct outside *o, struct err *e);
/* Have the newest checkpoint stamped by the authority at URL; CA "": the pinned certificates. */
MUST_CHECK int outside_stamp(struct outside *o, const char *url, struct str ca, struct err *e);
MUST_CHECK int outside_ca(struct outside *o, struct str *ret, struct err *e); /* "tsa.pem" */
/* A reply, from wherever it came. */
MUST_CHECK int outside_reply(struct outside *o, struct str reply, struct str ca, struct err *e);

#endif
