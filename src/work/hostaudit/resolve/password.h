/* password.h - private to hostaudit: what a new password must be like, and when a wrong one
 * locks the account, for one service. */
#ifndef WORK_RESOLVE_PASSWORD_H
#define WORK_RESOLVE_PASSWORD_H

#include "work/hostaudit/resolve/pam.h"

/* ---- configuration files of the modules ---- */

/* "name = value", "name value" or "name", '#' begins a comment anywhere: pwquality.conf,
 * faillock.conf. */
struct option_reader {
	struct str rest;
	int line;
};
void option_init(struct option_reader *r, struct str bytes);
bool option_next(struct option_reader *r, struct str *ret_name, struct str *ret_value);

/* passwdqc's min=N0,N1,N2,N3,N4 ("disabled" is -1). False when it is none. */
bool passwdqc_min_parse(struct str s, int64_t ret_min[5]);

/* ---- quality ---- */

enum quality_kind { QUALITY_NONE, QUALITY_PWQUALITY, QUALITY_CRACKLIB, QUALITY_PASSWDQC };

struct password_policy {
	enum quality_kind kind;
	struct str module; /* "pam_pwquality.so" or what else sets the length; "" for none */
	bool is_enforced;  /* a password the module refuses cannot be set */
	bool is_for_root;  /* nor by root */
	int64_t minlen;    /* shortest password that can be accepted */
	bool needs_lower, needs_upper, needs_digit, needs_other;
	bool needs_digit_or_other;
	struct setting active; /* the line that decides whether a module binds */
	struct setting
		length; /* where the length comes from; file and line of the module at least */
	struct setting classes;  /* where the classes come from */
	struct str found_length; /* "minlen=8 lcredit=1: 7" */
	struct str found_classes;
	const char *reason; /* NULL, or why nothing certain can be said */
	struct str detail;
	const char *fault; /* NULL, or why a module that is there enforces nothing */
};

void password_policy(struct host *h, const char *service, struct password_policy *ret);

/* The services whose password stack counts here, ended by NULL. */
extern const char *const password_services[];
/* The services people log in by, ended by NULL. */
extern const char *const login_services[];

/* ---- lock-out ---- */

struct lock_policy {
	struct str module; /* "pam_faillock.so", "pam_tally2.so" or "" */
	int64_t deny;      /* 0: never */
	int64_t unlock_s;  /* 0: until an administrator unlocks */
	bool is_counted;   /* a wrong password reaches the counter */
	bool is_refused;   /* a locked account is refused even with the right password */
	bool is_uncertain; /* it depends on a condition that cannot be told */
	bool is_reset;     /* a right password takes the count back */
	bool is_for_root;
	struct str spared_group; /* faillock: its members are treated as root is; "" for none */
	struct setting deny_at;
	int64_t interval_s; /* faillock: older failures are forgotten; 0: each one at once */
	struct setting interval_at;
	const char *reason;
	struct str detail;
};

void lock_policy(struct host *h, const char *service, struct lock_policy *ret);

/* ---- where users come from ---- */

/* Directory services that are named in nsswitch.conf and set up: "sss", "ldap", "winbind", "nis".
 * The LINE is nsswitch's. */
struct remote_source {
	struct str name;
	struct str file; /* its own configuration */
	int line;
};
size_t remote_sources(struct host *h, struct remote_source *ret, size_t max);

#endif
