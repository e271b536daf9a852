/* The password policy of a service. Declared in resolve/password.h. */
#include <string.h>

#include "work/hostaudit/resolve/password.h"
#include "work/hostaudit/resolve/space.h"

const char *const password_services[] = { "passwd", "chpasswd", "login", "sshd", "gdm-password",
	"lightdm", "sddm", "xrdp-sesman", "system-config-users", NULL };

void option_init(struct option_reader *r, struct str bytes)
{
	*r = (struct option_reader){ .rest = bytes };
}

bool option_next(struct option_reader *r, struct str *ret_name, struct str *ret_value)
{
	struct str line;

	while (str_next_line(&r->rest, &line)) {
		ptrdiff_t hash = str_find_char(line, '#');
		size_t n = 0;

		r->line++;
		line = trim_space(hash < 0 ? line : str_until(line, (size_t)hash));
		while (n < line.len && line.ptr[n] != '=' && !is_space(line.ptr[n]))
			n++;
		if (n == 0)
			continue;
		*ret_name = str_until(line, n);
		*ret_value = trim_space(str_from(line, n));
		if (str_starts(*ret_value, "="))
			*ret_value = trim_space(str_from(*ret_value, 1));
		return true;
	}
	return false;
}

bool passwdqc_min_parse(struct str s, int64_t ret_min[5])
{
	int64_t min[5];
	struct str word;

	for (int i = 0; i < 5; i++) {
		if (!str_next_word(&s, ",", &word))
			return false;
		if (str_is(word, "disabled"))
			min[i] = -1;
		else if (!str_to_i64(word, &min[i]) || min[i] < 0 ||
			(i > 0 && min[i - 1] >= 0 && min[i] > min[i - 1]))
			return false;
	}
	if (s.len > 0)
		return false;
	memcpy(ret_min, min, sizeof(min));
	return true;
}

/* ---- pwquality and cracklib ---- */

/* The numbers both modules know by the same names. */
enum { MINLEN, DCREDIT, UCREDIT, LCREDIT, OCREDIT, MINCLASS, ENFORCING, DICTCHECK, NUMBERS };
static const char *const number_names[NUMBERS] = { "minlen", "dcredit", "ucredit", "lcredit",
	"ocredit", "minclass", "enforcing", "dictcheck" };

#define DICTIONARY_LEAST 6

struct quality {
	struct host *h;
	struct arena *a;
	int64_t number[NUMBERS];
	struct setting at[NUMBERS];
	bool is_for_root;
	struct password_policy *policy;
};

/* What else the file of pwquality may say. */
static const char *const other_names[] = { "difok", "maxrepeat", "maxsequence", "maxclassrepeat",
	"gecoscheck", "usercheck", "usersubstr", "badwords", "dictpath", "retry",
	"enforce_for_root", "local_users_only" };

static bool is_known(struct str name)
{
	for (size_t i = 0; i < COUNT(number_names); i++)
		if (str_is_nocase(name, number_names[i]))
			return true;
	for (size_t i = 0; i < COUNT(other_names); i++)
		if (str_is_nocase(name, other_names[i]))
			return true;
	return false;
}

/* False when NAME or VALUE is none the module knows. */
static bool set_number(
	struct quality *q, struct str name, struct str value, struct str file, int line)
{
	int64_t number;

	if (str_is_nocase(name, "enforce_for_root"))
		q->is_for_root = true;
	for (int i = 0; i < NUMBERS; i++) {
		if (!str_is_nocase(name, number_names[i]))
			continue;
		if (!str_to_i64(value, &number) || number > 100000 || number < -100000)
			return false;
		q->number[i] = number;
		setting_win(&q->at[i], q->a, value, file, line);
	}
	return is_known(name);
}

/* False when a line is not understood: the module reads no further, and keeps what it has. */
static bool read_options(struct quality *q, struct str path)
{
	struct option_reader r;
	struct str name, value;
	struct str file = path;

	option_init(&r, host_bytes(q->h, path, &file));
	while (option_next(&r, &name, &value))
		if (!set_number(q, name, value, file, r.line))
			return false;
	return true;
}

/* Drop-ins come first: the main file wins over them. */
static void read_pwquality_files(struct quality *q)
{
	const struct str *paths;
	size_t count;

	if (host_glob(q->h, "/etc/security/pwquality.conf.d/*.conf", &paths, &count) == 0)
		for (size_t i = 0; i < count; i++)
			if (!read_options(q, paths[i]))
				return;
	(void)read_options(q, STR("/etc/security/pwquality.conf"));
}

static void read_arguments(struct quality *q, const struct pam_rule *rule)
{
	struct str args = rule->args;
	struct str arg, name, value;

	while (pam_next_arg(&args, &arg)) {
		if (!str_split(arg, '=', &name, &value)) {
			name = arg;
			value = STR("");
		}
		/* an argument that is not understood is passed over */
		(void)set_number(q, name, value, rule->file, rule->line);
	}
}

static int64_t max_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The shortest password that passes: a positive credit makes one character count twice, up to that
 * many; characters of a class with a negative credit are demanded and give none. minlen itself is
 * never less than FLOOR; the dictionary refuses what is shorter than 6 whatever the credits. */
static int64_t shortest(const struct quality *q, int64_t floor)
{
	int64_t minlen = max_of(q->number[MINLEN], floor);
	int64_t least = q->number[DICTCHECK] ? DICTIONARY_LEAST : 1;
	int64_t credits = 0, demanded = 0;

	for (int i = DCREDIT; i <= OCREDIT; i++) {
		if (q->number[i] > 0)
			credits += q->number[i];
		else
			demanded -= q->number[i];
	}
	if (credits > 0)
		minlen = max_of(minlen - credits, (minlen + demanded + 1) / 2);
	return max_of(max_of(minlen, least), demanded);
}

static void judge_classes(const struct quality *q, struct password_policy *p)
{
	const int64_t *n = q->number;
	bool is_all = n[MINCLASS] >= 4;

	p->needs_lower = n[LCREDIT] < 0 || is_all;
	p->needs_upper = n[UCREDIT] < 0 || is_all;
	p->needs_digit = n[DCREDIT] < 0 || is_all;
	p->needs_other = n[OCREDIT] < 0 || is_all;
	/* of three classes at most two are letters */
	p->needs_digit_or_other = p->needs_digit || p->needs_other || n[MINCLASS] >= 3;
}

/* The setting among those of classes that stands in the most telling place. */
static struct setting classes_at(const struct quality *q, const struct pam_rule *rule)
{
	static const int order[] = { MINCLASS, UCREDIT, LCREDIT, DCREDIT, OCREDIT };

	for (size_t i = 0; i < COUNT(order); i++)
		if (q->at[order[i]].value.ptr)
			return q->at[order[i]];
	return (struct setting){ .file = rule->file, .line = rule->line };
}

static void judge_numbers(struct quality *q, const struct pam_rule *rule, int64_t floor)
{
	struct password_policy *p = q->policy;
	const int64_t *n = q->number;

	p->minlen = shortest(q, floor);
	p->is_for_root = q->is_for_root;
	judge_classes(q, p);
	p->length = q->at[MINLEN];
	if (!p->length.value.ptr)
		p->length = (struct setting){ .file = rule->file, .line = rule->line };
	p->classes = classes_at(q, rule);
	p->found_classes = arena_fmt(q->a,
		"minclass=%lld lcredit=%lld ucredit=%lld dcredit=%lld "
		"ocredit=%lld",
		(long long)n[MINCLASS], (long long)n[LCREDIT], (long long)n[UCREDIT],
		(long long)n[DCREDIT], (long long)n[OCREDIT]);
	p->found_length = p->minlen == n[MINLEN] ?
		arena_fmt(q->a, "minlen=%lld", (long long)n[MINLEN]) :
		arena_fmt(q->a, "minlen=%lld %.*s: %lld", (long long)n[MINLEN],
			STR_FMT(p->found_classes), (long long)p->minlen);
}

static void judge_pwquality(struct host *h, const struct pam_rule *rule, struct password_policy *p)
{
	struct quality q = { .h = h,
		.a = host_arena(h),
		.policy = p,
		.number = { [MINLEN] = 8, [ENFORCING] = 1, [DICTCHECK] = 1 } };

	read_pwquality_files(&q);
	read_arguments(&q, rule);
	judge_numbers(&q, rule, 6);
	if (q.number[ENFORCING] == 0) {
		p->is_enforced = false;
		p->fault = "not-enforcing";
		p->active = q.at[ENFORCING];
	}
}

static void judge_cracklib(struct host *h, const struct pam_rule *rule, struct password_policy *p)
{
	struct quality q = { .h = h,
		.a = host_arena(h),
		.policy = p,
		.number = { [MINLEN] = 9,
			[DCREDIT] = 1,
			[UCREDIT] = 1,
			[LCREDIT] = 1,
			[OCREDIT] = 1,
			[ENFORCING] = 1,
			[DICTCHECK] = 1 } };

	read_arguments(&q, rule);
	judge_numbers(&q, rule, 5);
}

/* ---- passwdqc ---- */

struct passwdqc {
	struct arena *a;
	struct setting min, enforce;
};

static void set_passwdqc(struct passwdqc *q, struct str option, struct str file, int line)
{
	struct str name, value;

	if (!str_split(option, '=', &name, &value))
		return;
	if (str_is(name, "min"))
		setting_win(&q->min, q->a, value, file, line);
	else if (str_is(name, "enforce"))
		setting_win(&q->enforce, q->a, value, file, line);
}

/* config=FILE is read where it stands among the arguments; later ones win. */
static void read_passwdqc(struct host *h, struct passwdqc *q, const struct pam_rule *rule)
{
	struct str args = rule->args;
	struct str arg, line;

	while (pam_next_arg(&args, &arg)) {
		struct str file, rest;
		int number = 0;

		set_passwdqc(q, arg, rule->file, rule->line);
		if (!str_starts(arg, "config=/"))
			continue;
		rest = host_bytes(h, str_from(arg, 7), &file);
		while (str_next_line(&rest, &line)) {
			number++;
			line = str_trim(line);
			if (line.len > 0 && line.ptr[0] != '#')
				set_passwdqc(q, line, file, number);
		}
	}
}

/* N0 one class, N1 two classes, N2 phrases, N3 three classes, N4 all four. Only when nothing but
 * the last is allowed does a password need every class. */
static void judge_passwdqc(struct host *h, const struct pam_rule *rule, struct password_policy *p)
{
	struct passwdqc q = { .a = host_arena(h) };
	struct str value = STR("disabled,24,11,8,7");
	int64_t min[5];
	bool is_all;

	read_passwdqc(h, &q, rule);
	if (q.min.value.ptr)
		value = q.min.value;
	else
		q.min = (struct setting){ .file = rule->file, .line = rule->line };
	if (!passwdqc_min_parse(value, min)) {
		p->reason = GAP_SYNTAX;
		p->detail = arena_fmt(q.a, "%.*s:%d", STR_FMT(q.min.file), q.min.line);
		return;
	}
	p->minlen = INT32_MAX;
	for (int i = 0; i < 5; i++)
		if (min[i] >= 0 && min[i] < p->minlen)
			p->minlen = min[i];
	is_all = min[0] < 0 && min[1] < 0 && min[2] < 0 && min[3] < 0;
	p->needs_lower = p->needs_upper = p->needs_digit = p->needs_other = is_all;
	p->needs_digit_or_other = is_all;
	p->length = p->classes = q.min;
	p->found_length = p->found_classes = arena_fmt(q.a, "min=%.*s", STR_FMT(value));
	p->is_for_root = !str_is(q.enforce.value, "users");
	if (str_is(q.enforce.value, "none")) {
		p->is_enforced = false;
		p->fault = "not-enforcing";
		p->active = q.enforce;
	}
}

/* ---- which module, and does it bind ---- */

static enum quality_kind kind_of(const struct pam_rule *rule)
{
	if (rule->is_missing || rule->is_substack)
		return QUALITY_NONE;
	if (str_is(rule->name, "pam_pwquality.so"))
		return QUALITY_PWQUALITY;
	if (str_is(rule->name, "pam_cracklib.so"))
		return QUALITY_CRACKLIB;
	return str_is(rule->name, "pam_passwdqc.so") ? QUALITY_PASSWDQC : QUALITY_NONE;
}

static bool sets_password(const struct pam_rule *rule)
{
	return str_is(rule->name, "pam_unix.so") || str_is(rule->name, "pam_unix_passwd.so") ||
		str_is(rule->name, "pam_unix2.so") || str_is(rule->name, "pam_tcb.so");
}

/* Keeps the passwords of a directory or of systemd-homed: of an account of this machine it knows
 * nothing, and of theirs they judge themselves. */
static bool is_of_others(const struct pam_rule *rule)
{
	static const char *const names[] = { "pam_sss.so", "pam_ldap.so", "pam_winbind.so",
		"pam_systemd_home.so" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(rule->name, names[i]))
			return true;
	return false;
}

/* Try: the quality module refuses, everything else agrees. Was the password set all the same? */
struct trial {
	const struct pam_rule *quality;
	bool is_refused, is_set;
};

static enum pam_code refuse_quality(void *context, const struct pam_rule *rule)
{
	struct trial *t = context;

	if (rule == t->quality) {
		t->is_refused = true;
		return PAM_CODE_MAXTRIES;
	}
	if (str_is(rule->name, "pam_deny.so"))
		return PAM_CODE_AUTHTOK_ERR;
	if (is_of_others(rule))
		return PAM_CODE_USER_UNKNOWN;
	if (sets_password(rule)) {
		/* after a refusal there is no password left to take: use_authtok then fails,
		 * without it the module asks for another that nobody checks */
		if (t->is_refused &&
			(pam_has_flag(rule, "use_authtok") || pam_has_flag(rule, "use_first_pass")))
			return PAM_CODE_AUTHTOK_ERR;
		t->is_set = true;
	}
	return PAM_CODE_SUCCESS;
}

static bool binds(const struct pam_stack *s, const struct pam_rule *quality)
{
	struct trial t = { .quality = quality };

	(void)pam_stack_run(s, refuse_quality, &t);
	return t.is_refused && !t.is_set;
}

/* Debian builds pam_unix with a least length of 6, others with none. */
static int64_t unix_default(struct host *h)
{
	return host_exists(h, "/etc/debian_version") ? 6 : 0;
}

/* Without a quality module pam_unix alone checks the length, and no class. */
static void judge_unix(struct host *h, const struct pam_stack *s, struct password_policy *p)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct pam_rule *rule = &s->rules[i];
		struct str value;
		int64_t minlen = unix_default(h);
		int64_t asked;

		if (rule->is_missing || rule->is_substack || !sets_password(rule))
			continue;
		if (pam_arg(rule, "minlen", &value) && str_to_i64(value, &asked) && asked >= 0)
			minlen = asked;
		if (p->kind != QUALITY_NONE && p->is_enforced && minlen <= p->minlen)
			return;
		if (p->kind == QUALITY_NONE)
			p->module = rule->name;
		p->minlen = minlen;
		p->found_length = arena_fmt(
			host_arena(h), "%.*s minlen=%lld", STR_FMT(rule->name), (long long)minlen);
		p->length = (struct setting){
			.value = p->found_length, .file = rule->file, .line = rule->line
		};
		if (!p->classes.file.ptr)
			p->classes = p->length;
		if (!p->active.file.ptr)
			p->active = p->length;
		return;
	}
}

static void judge_quality(struct host *h, const struct pam_stack *s, const struct pam_rule *rule,
	struct password_policy *p)
{
	p->kind = kind_of(rule);
	p->module = rule->name;
	p->is_enforced = true;
	p->active = (struct setting){ .value = rule->name, .file = rule->file, .line = rule->line };
	if (p->kind == QUALITY_PWQUALITY)
		judge_pwquality(h, rule, p);
	else if (p->kind == QUALITY_CRACKLIB)
		judge_cracklib(h, rule, p);
	else
		judge_passwdqc(h, rule, p);
	if (p->is_enforced && !binds(s, rule)) {
		p->is_enforced = false;
		p->fault = "can-be-passed-by";
	}
}

void password_policy(struct host *h, const char *service, struct password_policy *ret)
{
	struct pam_stack s;

	*ret = (struct password_policy){
		.module = STR(""), .found_length = STR(""), .found_classes = STR("")
	};
	pam_stack_read(h, service, PAM_TYPE_PASSWORD, &s);
	if (s.broken) {
		ret->reason = s.broken;
		ret->detail = s.broken_path;
		return;
	}
	for (size_t i = 0; i < s.count; i++) {
		struct password_policy one = { .module = STR("") };

		if (kind_of(&s.rules[i]) == QUALITY_NONE)
			continue;
		judge_quality(h, &s, &s.rules[i], &one);
		/* of several modules the first that binds speaks; else the first */
		if (ret->kind == QUALITY_NONE || (!ret->is_enforced && one.is_enforced))
			*ret = one;
	}
	judge_unix(h, &s, ret);
}
