/* When wrong passwords lock an account, and where users come from. Declared in resolve/password.h.
 */
#include <string.h>

#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/resolve/ini.h"
#include "work/hostaudit/resolve/password.h"

const char *const login_services[] = { "login", "sshd", "su", "sudo", "gdm-password", "lightdm",
	"sddm", "lxdm", "xdm", "xrdp-sesman", "cockpit", NULL };

#define FAILLOCK "pam_faillock.so"
#define FAILLOCK_CONF "/etc/security/faillock.conf"
#define FAILLOCK_DENY 3 /* the module's own, where nothing is set */
#define FAILLOCK_UNLOCK_S 600
#define FAILLOCK_INTERVAL_S 900

/* What the modules of an auth stack are to a trial. */
enum role {
	ROLE_OTHER,   /* agrees */
	ROLE_ABSTAIN, /* has no say: PAM_IGNORE */
	ROLE_DENY,
	ROLE_CREDENTIAL, /* checks a password */
	ROLE_PROOF,      /* checks what one has or is: no password is guessed there */
	ROLE_PREAUTH,    /* refuses a locked account */
	ROLE_AUTHFAIL,   /* counts */
	ROLE_AUTHSUCC,   /* refuses a locked account, takes the count back */
	ROLE_TALLY,      /* pam_tally2: counts and refuses in one */
	ROLE_CONDITION,  /* true or false, by what cannot be told */
	ROLE_ROOT,       /* does the program that asks run as root: all do but su and sudo */
	ROLE_NO,         /* a condition that does not hold for an ordinary user at a prompt */
};

static const char *const credentials[] = { "pam_unix.so", "pam_sss.so", "pam_ldap.so",
	"pam_krb5.so", "pam_winbind.so", "pam_tcb.so", "pam_userdb.so", "pam_radius_auth.so",
	"pam_unix2.so", "pam_unix_auth.so", "pam_systemd_home.so", "pam_lsass.so",
	"pam_ecryptfs_auth.so", "pam_mysql.so", "pam_pwdfile.so", "pam_exec.so" };

static const char *const proofs[] = { "pam_fprintd.so", "pam_fprint.so", "pam_howdy.so",
	"pam_u2f.so", "pam_google_authenticator.so", "pam_oath.so", "pam_yubico.so", "pam_duo.so",
	"pam_pkcs11.so", "pam_p11.so", "pam_ssh_agent_auth.so" };

/* They do their work and leave the decision to others. */
static const char *const abstainers[] = { "pam_env.so", "pam_warn.so", "pam_faildelay.so",
	"pam_group.so", "pam_mail.so", "pam_issue.so", "pam_echo.so" };

/* succeed_if for an ordinary user in no special group: "uid >= 1000", "user != root", "user ingroup
 * x". */
static enum role condition_role(const struct pam_rule *rule)
{
	struct str args = rule->args;
	struct str word[3] = { STR(""), STR(""), STR("") };
	struct str arg;
	int n = 0;
	int64_t uid;

	while (pam_next_arg(&args, &arg)) {
		if (str_starts(arg, "quiet") || str_is(arg, "debug") || str_is(arg, "use_uid") ||
			str_is(arg, "audit"))
			continue;
		if (n == 3)
			return ROLE_CONDITION;
		word[n++] = arg;
	}
	if (n != 3)
		return ROLE_CONDITION;
	if (str_is(word[0], "uid") && str_to_i64(word[2], &uid) && uid > 0 && uid <= 1000) {
		if (str_is(word[1], ">=") || str_is(word[1], "gt") || str_is(word[1], "ge"))
			return ROLE_OTHER;
		if (str_is(word[1], "<") || str_is(word[1], "lt"))
			return ROLE_NO;
	}
	if (str_is(word[0], "user") && str_is(word[1], "!=") && str_is(word[2], "root"))
		return ROLE_OTHER;
	if (str_is(word[0], "user") &&
		(str_is(word[1], "ingroup") || (str_is(word[1], "=") && str_is(word[2], "root"))))
		return ROLE_NO;
	return ROLE_CONDITION;
}

static enum role faillock_role(const struct pam_rule *rule)
{
	if (pam_has_flag(rule, "preauth"))
		return ROLE_PREAUTH;
	if (pam_has_flag(rule, "authfail"))
		return ROLE_AUTHFAIL;
	return pam_has_flag(rule, "authsucc") ? ROLE_AUTHSUCC : ROLE_DENY;
}

static enum role role_of(const struct pam_rule *rule)
{
	if (str_is(rule->name, FAILLOCK))
		return faillock_role(rule);
	if (str_is(rule->name, "pam_tally2.so") || str_is(rule->name, "pam_tally.so"))
		return ROLE_TALLY;
	if (str_is(rule->name, "pam_deny.so"))
		return ROLE_DENY;
	for (size_t i = 0; i < COUNT(abstainers); i++)
		if (str_is(rule->name, abstainers[i]))
			return ROLE_ABSTAIN;
	if (str_is(rule->name, "pam_nologin.so") && !pam_has_flag(rule, "successok"))
		return ROLE_ABSTAIN;
	if (str_is(rule->name, "pam_rootok.so"))
		return ROLE_ROOT;
	if (str_is(rule->name, "pam_wheel.so") && pam_has_flag(rule, "trust"))
		return ROLE_NO;
	if (str_is(rule->name, "pam_succeed_if.so"))
		return condition_role(rule);
	if (str_is(rule->name, "pam_usertype.so"))
		return pam_has_flag(rule, "issystem") ? ROLE_NO : ROLE_OTHER;
	if (str_is(rule->name, "pam_wheel.so"))
		return ROLE_CONDITION;
	for (size_t i = 0; i < COUNT(proofs); i++)
		if (str_is(rule->name, proofs[i]))
			return ROLE_PROOF;
	if (str_is(rule->name, "pam_sss.so") &&
		(pam_has_flag(rule, "try_cert_auth") || pam_has_flag(rule, "require_cert_auth")))
		return ROLE_PROOF;
	for (size_t i = 0; i < COUNT(credentials); i++)
		if (str_is(rule->name, credentials[i]))
			return ROLE_CREDENTIAL;
	return ROLE_OTHER;
}

/* One trial: nobody's password is right (winner NULL), or that of one module, wherever it stands,
 * after FAILURES wrong ones; the conditions that cannot be told hold or do not. */
struct trial {
	const struct pam_stack *stack;
	const int64_t *deny; /* of each rule; 0: never */
	const struct pam_rule *winner;
	bool is_condition_true, met_condition;
	bool is_for_root; /* the program that asks runs as root */
	int64_t failures; /* counted before, and after */
};

/* Every line of the module has a number of its own, and looks at the count by it. */
static bool is_locked(const struct trial *t, const struct pam_rule *rule)
{
	int64_t deny = t->deny[rule - t->stack->rules];

	return deny != 0 && t->failures >= deny;
}

/* authfail counts no further once its own number is reached: a smaller number there than in
 * preauth keeps the account open for ever. */
static enum pam_code count_failure(struct trial *t, const struct pam_rule *rule)
{
	if (is_locked(t, rule))
		return PAM_CODE_AUTH_ERR;
	t->failures++;
	return PAM_CODE_IGNORE;
}

/* authsucc takes the count back, wherever the stack comes by it. */
static enum pam_code forget_failures(struct trial *t, const struct pam_rule *rule)
{
	if (is_locked(t, rule))
		return PAM_CODE_AUTH_ERR;
	t->failures = 0;
	return PAM_CODE_SUCCESS;
}

static enum pam_code tally(struct trial *t, const struct pam_rule *rule)
{
	bool was_locked = is_locked(t, rule);

	t->failures++;
	return was_locked ? PAM_CODE_AUTH_ERR : PAM_CODE_SUCCESS;
}

/* A second factor is given, or the right password would open nothing; what stands in the place of
 * the password (a finger, a card, a key of the agent) is not at hand. */
static enum pam_code prove(const struct pam_rule *rule)
{
	return rule->action[PAM_CODE_SUCCESS] == PAM_ACTION_OK &&
			rule->action[PAM_CODE_AUTH_ERR] < PAM_ACTION_IGNORE ?
		PAM_CODE_SUCCESS :
		PAM_CODE_AUTHINFO_UNAVAIL;
}

static enum pam_code act(void *context, const struct pam_rule *rule)
{
	struct trial *t = context;

	switch (role_of(rule)) {
	case ROLE_CREDENTIAL:
		return t->winner && str_eq(rule->name, t->winner->name) ? PAM_CODE_SUCCESS :
									  PAM_CODE_AUTH_ERR;
	case ROLE_PROOF:
		return prove(rule);
	case ROLE_PREAUTH:
		return is_locked(t, rule) ? PAM_CODE_AUTH_ERR : PAM_CODE_SUCCESS;
	case ROLE_AUTHFAIL:
		return count_failure(t, rule);
	case ROLE_AUTHSUCC:
		return forget_failures(t, rule);
	case ROLE_TALLY:
		return tally(t, rule);
	case ROLE_ABSTAIN:
		return PAM_CODE_IGNORE;
	case ROLE_ROOT:
		return t->is_for_root ? PAM_CODE_SUCCESS : PAM_CODE_AUTH_ERR;
	case ROLE_DENY:
	case ROLE_NO:
		return PAM_CODE_AUTH_ERR;
	case ROLE_CONDITION:
		t->met_condition = true;
		return t->is_condition_true ? PAM_CODE_SUCCESS : PAM_CODE_AUTH_ERR;
	default:
		return PAM_CODE_SUCCESS;
	}
}

static bool is_credential(const struct pam_rule *rule)
{
	return !rule->is_substack && !rule->is_missing && role_of(rule) == ROLE_CREDENTIAL;
}

/* Does no right password open the account after T's failures? */
static bool is_shut(struct trial *t)
{
	bool is_open = false;

	for (size_t i = 0; i < t->stack->count; i++) {
		struct trial right = *t;

		right.winner = &t->stack->rules[i];
		if (!is_credential(right.winner))
			continue;
		if (pam_stack_run(t->stack, act, &right) == PAM_CODE_SUCCESS)
			is_open = true;
		t->met_condition = t->met_condition || right.met_condition;
	}
	return !is_open;
}

#define TRIES_MAX 64 /* beyond it nobody asks how many there are exactly */

/* What becomes of one wrong password after the other. */
struct lock_course {
	bool is_counted, is_refused, met_condition;
	bool opens;          /* the right password, before any wrong one */
	int64_t locks_after; /* tries; 0: never */
};

static struct lock_course try_stack(
	const struct pam_stack *s, const int64_t *deny, int64_t most, bool is_condition_true)
{
	struct trial t = { .stack = s,
		.deny = deny,
		.is_for_root = !str_starts(s->asked, "su"),
		.is_condition_true = is_condition_true };
	struct trial beyond = t, first = t, right = t;
	struct lock_course c = { 0 };
	int64_t before = -1;

	beyond.failures = INT32_MAX;
	c.opens = !is_shut(&right);
	/* a stack that lets wrong passwords in shuts nobody out */
	c.is_refused = pam_stack_run(s, act, &first) != PAM_CODE_SUCCESS && is_shut(&beyond);
	for (int64_t tries = 0; c.is_refused && tries <= TRIES_MAX && t.failures != before;
		tries++) {
		if (tries > 0 && is_shut(&t)) {
			c.locks_after = tries;
			break;
		}
		before = t.failures;
		(void)pam_stack_run(s, act, &t);
		c.is_counted = c.is_counted || t.failures > before;
	}
	if (c.locks_after == 0 && t.failures > TRIES_MAX)
		c.locks_after = most;
	if (!c.is_refused) {
		(void)pam_stack_run(s, act, &t);
		c.is_counted = t.failures > 0;
	} else if (c.locks_after == 0) {
		c.is_counted = false; /* or never so far that it would lock */
	}
	c.met_condition = t.met_condition || beyond.met_condition;
	return c;
}

/* ---- the numbers ---- */

/* A sign and digits at the head, as sscanf reads them. */
static bool leading_number(struct str s, int64_t *ret)
{
	size_t n = str_starts(s, "-") || str_starts(s, "+");

	while (n < s.len && n < 18 && s.ptr[n] >= '0' && s.ptr[n] <= '9')
		n++;
	return str_to_i64(str_until(s, n), ret);
}

static void set_number(struct host *h, struct lock_policy *p, struct str name, struct str value,
	struct str file, int line)
{
	int64_t number;

	if (str_is(name, "even_deny_root"))
		p->is_for_root = true;
	if (str_is(name, "admin_group"))
		p->spared_group = value;
	if (str_is(name, "unlock_time")) {
		if (str_is(value, "never"))
			p->unlock_s = 0;
		else if (leading_number(value, &number))
			p->unlock_s = number;
	}
	if (str_is(name, "fail_interval") && leading_number(value, &number)) {
		p->interval_s = number;
		p->interval_at = (struct setting){ 0 };
		setting_win(&p->interval_at, host_arena(h), STR("fail_interval=0"), file, line);
	}
	if (str_is(name, "deny") && leading_number(value, &number)) {
		p->deny = number & 0xFFFF; /* the module keeps 16 bits */
		setting_win(&p->deny_at, host_arena(h), value, file, line);
	}
}

static void read_arguments(struct host *h, const struct pam_rule *rule, struct lock_policy *p)
{
	struct str args = rule->args;
	struct str arg, name, value;

	while (pam_next_arg(&args, &arg)) {
		if (!str_split(arg, '=', &name, &value)) {
			name = arg;
			value = STR("");
		}
		set_number(h, p, name, value, rule->file, rule->line);
	}
}

/* The file (conf= or the usual one) first, the arguments of the same line over it. */
static void read_faillock(struct host *h, const struct pam_rule *rule, struct lock_policy *p)
{
	struct option_reader r;
	struct str name, value;
	struct str path = STR(FAILLOCK_CONF);
	struct str file = STR("");

	p->interval_s = FAILLOCK_INTERVAL_S;
	if (pam_arg(rule, "conf", &value) && str_starts(value, "/"))
		path = value;
	option_init(&r, host_bytes(h, path, &file));
	while (option_next(&r, &name, &value))
		set_number(h, p, name, value, file, r.line);
	read_arguments(h, rule, p);
	if (p->interval_s == 0) { /* the module counts failures younger than that: none */
		p->deny = 0;
		p->deny_at = p->interval_at;
	}
}

static const struct pam_rule *first_of(const struct pam_stack *s, enum role role)
{
	for (size_t i = 0; i < s->count; i++)
		if (!s->rules[i].is_missing && !s->rules[i].is_substack &&
			role_of(&s->rules[i]) == role)
			return &s->rules[i];
	return NULL;
}

static bool account_resets(struct host *h, const char *service)
{
	struct pam_stack s;

	pam_stack_read(h, service, PAM_TYPE_ACCOUNT, &s);
	for (size_t i = 0; i < s.count; i++)
		if (!s.rules[i].is_missing &&
			(str_is(s.rules[i].name, FAILLOCK) ||
				str_starts(s.rules[i].name, "pam_tally")))
			return true;
	return false;
}

/* The line that decides how many tries there are. */
static const struct pam_rule *deciding(const struct pam_stack *s, struct lock_policy *p)
{
	static const enum role order[] = { ROLE_PREAUTH, ROLE_TALLY, ROLE_AUTHFAIL, ROLE_AUTHSUCC };

	for (size_t i = 0; i < COUNT(order); i++) {
		const struct pam_rule *rule = first_of(s, order[i]);

		if (!rule)
			continue;
		p->module = rule->name;
		p->deny_at = (struct setting){ .file = rule->file, .line = rule->line };
		return rule;
	}
	return NULL;
}

/* The number of each line of the stack; how many of them there are is *RET_MOST's. */
static int64_t *deny_of_rules(
	struct host *h, const struct pam_stack *s, int64_t usual, int64_t *ret_most)
{
	int64_t *deny = arena_array(host_arena(h), int64_t, s->count ? s->count : 1);

	*ret_most = 0;
	for (size_t i = 0; i < s->count; i++) {
		struct lock_policy p = { .deny = usual };
		enum role role = s->rules[i].is_substack ? ROLE_OTHER : role_of(&s->rules[i]);

		if (role == ROLE_TALLY) {
			p.deny = 0;
			read_arguments(h, &s->rules[i], &p);
		} else if (role == ROLE_PREAUTH || role == ROLE_AUTHFAIL || role == ROLE_AUTHSUCC) {
			read_faillock(h, &s->rules[i], &p);
		} else {
			continue;
		}
		deny[i] = p.deny;
		if (p.deny > *ret_most)
			*ret_most = p.deny;
	}
	return deny;
}

/* Give wrong passwords until the account locks, for both answers of the conditions. */
static void take_course(struct host *h, const struct pam_stack *s, struct lock_policy *p)
{
	struct lock_course c[2];
	int64_t most, *deny = deny_of_rules(h, s, FAILLOCK_DENY, &most);

	for (int i = 0; i < 2; i++)
		c[i] = try_stack(s, deny, most, i == 1);
	/* where nobody gets in, there is nothing to lock */
	if (c[0].opens != c[1].opens)
		c[c[0].opens] = c[!c[0].opens];
	p->is_counted = c[0].is_counted && c[1].is_counted;
	p->is_refused = c[0].is_refused && c[1].is_refused;
	p->is_uncertain = (c[0].met_condition || c[1].met_condition) &&
		(c[0].is_counted != c[1].is_counted || c[0].is_refused != c[1].is_refused ||
			c[0].locks_after != c[1].locks_after);
	if (c[0].locks_after && c[1].locks_after)
		p->deny = c[0].locks_after > c[1].locks_after ? c[0].locks_after : c[1].locks_after;
	else if (p->deny == 0) /* which says all there is to say */
		p->is_counted = p->is_refused = true;
}

/* faillock's admin_group: whoever is in it is never shut out, as root is not. */
static bool has_members(struct host *h, struct str group)
{
	struct account_reader r;
	struct account_line a;

	if (group.len == 0)
		return false;
	account_init(&r, host_bytes(h, STR("/etc/group"), NULL));
	while (account_next(&r, 4, &a))
		if (str_eq(a.field[0], group) && str_trim(a.field[3]).len > 0)
			return true;
	return false;
}

void lock_policy(struct host *h, const char *service, struct lock_policy *ret)
{
	struct pam_stack s;
	const struct pam_rule *rule;

	*ret = (struct lock_policy){ .module = STR("") };
	pam_stack_read(h, service, PAM_TYPE_AUTH, &s);
	if (s.broken) {
		ret->reason = s.broken;
		ret->detail = s.broken_path;
		return;
	}
	if (s.count > 0)
		ret->deny_at = (struct setting){ .file = s.rules[0].file };
	rule = deciding(&s, ret);
	if (!rule)
		return;
	if (role_of(rule) == ROLE_TALLY) {
		read_arguments(h, rule, ret);
	} else {
		ret->deny = FAILLOCK_DENY;
		ret->unlock_s = FAILLOCK_UNLOCK_S;
		read_faillock(h, rule, ret);
	}
	take_course(h, &s, ret);
	if (!ret->is_for_root && has_members(h, ret->spared_group))
		ret->is_refused = false;
	ret->is_reset = first_of(&s, ROLE_AUTHSUCC) || account_resets(h, service);
}

/* ---- where users come from ---- */

/* Is every domain of sssd one of the machine's own files? Its pieces in conf.d count as well. */
static bool is_sssd_local(struct host *h, const struct str *paths, size_t count)
{
	bool is_local = false;

	for (size_t i = 0; i < count; i++) {
		struct ini ini;
		struct ini_entry entry;

		ini_init(&ini, host_bytes(h, paths[i], NULL), 0, host_arena(h));
		while (ini_next(&ini, &entry)) {
			if (!str_is(entry.key, "id_provider"))
				continue;
			if (!str_is(entry.value, "files"))
				return false;
			is_local = true;
		}
	}
	return is_local;
}

static struct str sssd_file(struct host *h)
{
	struct str main = STR("/etc/sssd/sssd.conf");
	const struct str *paths;
	size_t count;

	if (host_exists(h, main.ptr) && !is_sssd_local(h, &main, 1))
		return main;
	if (host_glob(h, "/etc/sssd/conf.d/*.conf", &paths, &count) == 0 && count > 0 &&
		!is_sssd_local(h, paths, count))
		return paths[0];
	return STR_NONE;
}

/* "+" and "+@group" lines of passwd: all of NIS, or some. */
static bool has_compat_lines(struct host *h)
{
	struct str rest = host_bytes(h, STR("/etc/passwd"), NULL), line;

	while (str_next_line(&rest, &line))
		if (str_starts(line, "+"))
			return true;
	return false;
}

static struct str set_up_file(struct host *h, struct str source)
{
	static const struct {
		const char *source, *file;
	} files[] = {
		{ "ldap", "/etc/nslcd.conf" },
		{ "ldap", "/etc/libnss-ldap.conf" },
		{ "ldap", "/etc/ldap.conf" },
		{ "winbind", "/etc/samba/smb.conf" },
		{ "nis", "/etc/yp.conf" },
		{ "nisplus", "/etc/yp.conf" },
	};

	if (str_is(source, "sss"))
		return sssd_file(h);
	if (str_is(source, "compat"))
		return has_compat_lines(h) ? STR("/etc/passwd") : STR_NONE;
	for (size_t i = 0; i < COUNT(files); i++)
		if (str_is(source, files[i].source) && host_exists(h, files[i].file))
			return str_of(files[i].file);
	return STR_NONE;
}

size_t remote_sources(struct host *h, struct remote_source *ret, size_t max)
{
	struct str rest = host_bytes(h, STR("/etc/nsswitch.conf"), NULL);
	struct str line, name, sources, word;
	size_t count = 0;

	for (int number = 1; str_next_line(&rest, &line); number++) {
		if (!str_split(line, ':', &name, &sources) || !str_is(str_trim(name), "passwd"))
			continue;
		if (str_has(sources, '#'))
			sources = str_until(sources, (size_t)str_find_char(sources, '#'));
		while (count < max && str_next_word(&sources, " \t", &word)) {
			struct str file = set_up_file(h, word);

			if (file.ptr)
				ret[count++] = (struct remote_source){ word, file, number };
		}
	}
	return count;
}
