/* serve_int.h - private to face/web: the processes web and audit of `khien serve`. */
#ifndef FACE_WEB_PROCESS_SERVE_INT_H
#define FACE_WEB_PROCESS_SERVE_INT_H

#include "face/web/web.h"
#include "face/web/web_int.h"

struct serve {
	struct process_service *service;
	const char *listen;
	int listen_fd;
	bool is_tls;
	struct str tls_key, tls_certificate;
	struct str key; /* of the secret columns */
	struct pack_set *packs;
	struct arena *arena; /* the service's */
};

#define SERVE_PROGRAM "khien 0.1.0"

/* data.c: the folder with what must be in it. */
MUST_CHECK int data_open(struct serve *s, struct err *e);
MUST_CHECK int data_store(const struct serve *s, struct store **ret, struct err *e);
/* process/serve.c: what the parent had in its memory when this process was made. */
void serve_forget_keys(struct serve *s);
/* The files belong to whom web becomes. */
MUST_CHECK int data_hand_over(const struct serve *s, struct err *e);

/* The folder of what processes tell the pages beside the database; made where it is not there. */
MUST_CHECK int data_notes(const char *data, struct vfile_disk **ret, struct err *e);

/* process/visit.c: the whole of a process that comes and goes: it opens the database, confines
 * itself, does WORK, and says what failed. Its exit status. */
typedef int web_visit_work(const struct process *self, struct store *store, struct err *e);
int web_visit(const struct process *self, web_visit_work *work);
/* The same of one that may write below OUTSIDE too, absolute folders. */
int web_visit_outside(const struct process *self, const char *const *outside, web_visit_work *work);

/* command/own.c: a command of one who owns the data folder: its store, its rules, who does it. */
struct own_command {
	const struct command_line *line;
	struct process_service service;
	struct serve serve;
	struct arena arena;
	struct store *store;
	struct org_rules rules;
	struct org_actor by;
};
#define OWN_OPTIONS \
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu của dịch vụ") }, \
	{ \
		"packs", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục các gói quy định") \
	}
/* Opens, runs, hands the files over to the service when it ended well, closes. */
MUST_CHECK int own_run(const struct command_line *line,
	int (*run)(struct own_command *c, struct err *e), struct err *e);

/* process/digest.c: once a day each person's letter, into the queue of mail. */
#define DIGEST_BYTES_MAX MIB
MUST_CHECK int digest_write(struct store *store, const struct pack_set *packs, struct err *e);

/* process/audit.c: an audit of this machine, kept; with a DUTY a deep one, and the picture of the
 * processes for the review. */
struct review_duty {
	bool is_due;
	int64_t period_days; /* 0: no obligation asks for it */
};
MUST_CHECK int audit_store(
	const struct serve *s, struct store *store, const struct review_duty *duty, struct err *e);
/* Seconds since the newest run of this machine; INT64_MAX when there is none. */
MUST_CHECK int audit_age_s(const struct serve *s, int64_t *ret, struct err *e);

#endif
