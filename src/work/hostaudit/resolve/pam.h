/* pam.h - private to hostaudit: PAM stacks as libpam builds and runs them.
 *
 * pam_stack_read() flattens one type of one service (include, substack, @include, the "other"
 * service, pam.d in /etc and /usr/lib, or pam.conf); pam_stack_run() walks it as libpam's
 * dispatcher would, with an oracle in place of the modules. So "would a wrong password be counted"
 * is answered by trying. */
#ifndef WORK_RESOLVE_PAM_H
#define WORK_RESOLVE_PAM_H

#include "work/hostaudit/resolve/resolve.h"

enum pam_type { PAM_TYPE_AUTH, PAM_TYPE_ACCOUNT, PAM_TYPE_PASSWORD, PAM_TYPE_SESSION };
const char *pam_type_name(enum pam_type type);

/* ---- one file ---- */

struct pam_reader {
	struct str rest;
	struct arena *arena;
	bool has_service; /* pam.conf: each line begins with the service */
	int line;
	size_t joined_bytes;
	bool is_cut; /* a line without an end, or too long for libpam */
};
struct pam_line {
	struct str service; /* "" without has_service */
	struct str type;    /* as written, without the leading '-'; "@include" for that */
	struct str control; /* a word, or all between [ and ] with the brackets; "" for @include */
	struct str
		module; /* file of the module; for include, substack and @include the file's name */
	struct str args;
	int line;
	bool is_silent; /* a leading '-' */
	bool is_bad;    /* fields are missing: libpam makes a rule that always fails of it */
};
void pam_reader_init(struct pam_reader *r, struct str bytes, bool has_service, struct arena *a);
bool pam_reader_next(struct pam_reader *r, struct pam_line *ret);

/* ---- a stack ---- */

/* Return values of modules that matter here, with libpam's own numbers. */
#define PAM_RETURNS 32
enum pam_code {
	PAM_CODE_SUCCESS = 0,
	PAM_CODE_PERM_DENIED = 6,
	PAM_CODE_AUTH_ERR = 7,
	PAM_CODE_AUTHINFO_UNAVAIL = 9,
	PAM_CODE_USER_UNKNOWN = 10,
	PAM_CODE_MAXTRIES = 11,
	PAM_CODE_AUTHTOK_ERR = 20,
	PAM_CODE_IGNORE = 25,
	PAM_CODE_MODULE_UNKNOWN = 28,
};

/* Jumps are the positive numbers. */
enum pam_action {
	PAM_ACTION_IGNORE = 0,
	PAM_ACTION_OK = -1,
	PAM_ACTION_DONE = -2,
	PAM_ACTION_BAD = -3,
	PAM_ACTION_DIE = -4,
	PAM_ACTION_RESET = -5
};

struct pam_rule {
	struct str control, module, args;
	struct str name; /* the module's file name without folder: "pam_unix.so" */
	struct str file;
	int line;
	int level;        /* depth of substacks */
	bool is_substack; /* the line that opens one; no module */
	bool is_missing;  /* the module's file is not there */
	int16_t action[PAM_RETURNS];
};

#define PAM_RULES_MAX 512
struct pam_stack {
	struct pam_rule *rules;
	size_t count;
	struct str asked, service; /* the service asked for, and the one found: may be "other" */
	const char *broken; /* NULL, or a GAP_ code: nothing certain can be said */
	struct str broken_path;
};

/* Is PAM set up below this root at all? */
bool pam_is_present(struct host *h);
/* Is there an own file (or pam.conf lines) for SERVICE? */
bool pam_has_service(struct host *h, const char *service);
void pam_stack_read(struct host *h, const char *service, enum pam_type type, struct pam_stack *ret);
/* Actions of a control field: a word or [value=action …]. False when libpam would call it an error.
 */
bool pam_control_parse(struct str control, int16_t action[PAM_RETURNS]);

/* Walk; ORACLE says what the module of a rule returns. The result is what the application gets. */
typedef enum pam_code pam_oracle(void *context, const struct pam_rule *rule);
enum pam_code pam_stack_run(const struct pam_stack *s, pam_oracle *oracle, void *context);

/* Next argument of a rule ("a=b", or the inside of "[a=b c]"). */
bool pam_next_arg(struct str *args, struct str *ret);
/* The value of NAME=value, the last one given; false without one. */
bool pam_arg(const struct pam_rule *rule, const char *name, struct str *ret_value);
bool pam_has_flag(const struct pam_rule *rule, const char *name);

#endif
