/* PAM files: lines, fields, arguments, control fields; and the walk through a stack. */
#include "work/hostaudit/resolve/pam.h"

#include <string.h>

#define JOINED_MAX (4 * KIB) /* of one file; libpam itself stops at 1 KiB a line */

static const char *const type_names[] = { "auth", "account", "password", "session" };

const char *pam_type_name(enum pam_type type)
{
	return type_names[type];
}

void pam_reader_init(struct pam_reader *r, struct str bytes, bool has_service, struct arena *a)
{
	*r = (struct pam_reader){ .rest = bytes, .arena = a, .has_service = has_service };
}

static struct str without_comment(struct str line)
{
	ptrdiff_t at = str_find_char(line, '#');

	return at < 0 ? line : str_until(line, (size_t)at);
}

#define LINE_MAX_BYTES 1022 /* libpam gives up the whole service at a longer one */

/* One logical line: joined at trailing backslashes, ended by the first '#'. After a backslash,
 * lines without a word are passed over; when the file ends there, or the line is too long, libpam
 * gives up. */
static bool assemble(struct pam_reader *r, struct str *ret, int *ret_line)
{
	struct str line;
	struct buf joined;
	bool is_open = true;

	if (!str_next_line(&r->rest, &line))
		return false;
	*ret_line = ++r->line;
	*ret = without_comment(line);
	r->is_cut |= line.len > LINE_MAX_BYTES;
	if (str_has(line, '#') || !str_ends(str_trim(line), "\\"))
		return true;
	buf_init(&joined, JOINED_MAX - r->joined_bytes);
	for (;;) {
		struct str part = str_trim(without_comment(line));

		if (part.len > 0)
			is_open = !str_has(line, '#') && str_ends(part, "\\");
		buf_add(&joined, str_until(part, part.len - (part.len > 0 && is_open)));
		buf_add_char(&joined, ' ');
		if (!is_open)
			break;
		if (!str_next_line(&r->rest, &line)) {
			r->is_cut = true;
			break;
		}
		r->line++;
	}
	r->is_cut |= buf_str(&joined).len > LINE_MAX_BYTES;
	r->joined_bytes += buf_str(&joined).len;
	*ret = arena_str(r->arena, buf_str(&joined));
	buf_done(&joined);
	return true;
}

/* A field: a word, or all up to the ']' that is not behind a backslash. The brackets stay. */
static bool take_field(struct str *rest, struct str *ret)
{
	size_t n = 0;

	*rest = str_trim(*rest);
	if (rest->len == 0)
		return false;
	if (rest->ptr[0] == '[') {
		while (n < rest->len && (rest->ptr[n] != ']' || rest->ptr[n - 1] == '\\'))
			n++;
		n += n < rest->len;
	} else {
		while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t')
			n++;
	}
	*ret = str_until(*rest, n);
	*rest = str_from(*rest, n);
	return true;
}

bool pam_reader_next(struct pam_reader *r, struct pam_line *ret)
{
	struct str rest;
	int line;

	while (assemble(r, &rest, &line)) {
		*ret = (struct pam_line){ .line = line,
			.service = STR(""),
			.control = STR(""),
			.module = STR(""),
			.args = STR("") };
		if (r->has_service && !take_field(&rest, &ret->service))
			continue;
		if (!take_field(&rest, &ret->type)) {
			if (r->has_service && ret->service.len > 0) {
				ret->is_bad = true;
				return true;
			}
			continue;
		}
		if (str_starts(ret->type, "-")) {
			ret->is_silent = true;
			ret->type = str_from(ret->type, 1);
		}
		if (str_is(ret->type, "@include")) {
			ret->is_bad = !take_field(&rest, &ret->module);
			return true;
		}
		ret->is_bad = !take_field(&rest, &ret->control) || !take_field(&rest, &ret->module);
		ret->args = str_trim(rest);
		return true;
	}
	return false;
}

bool pam_next_arg(struct str *args, struct str *ret)
{
	if (!take_field(args, ret))
		return false;
	if (ret->len >= 2 && ret->ptr[0] == '[' && ret->ptr[ret->len - 1] == ']')
		*ret = (struct str){ ret->ptr + 1, ret->len - 2 };
	return true;
}

bool pam_arg(const struct pam_rule *rule, const char *name, struct str *ret_value)
{
	struct str args = rule->args;
	struct str arg, key, value;
	bool is_found = false;

	while (pam_next_arg(&args, &arg))
		if (str_split(arg, '=', &key, &value) && str_is(key, name)) {
			*ret_value = value;
			is_found = true;
		}
	return is_found;
}

bool pam_has_flag(const struct pam_rule *rule, const char *name)
{
	struct str args = rule->args;
	struct str arg;

	while (pam_next_arg(&args, &arg))
		if (str_is(arg, name))
			return true;
	return false;
}

/* ---- control ---- */

static const char *const return_names[PAM_RETURNS] = { "success", "open_err", "symbol_err",
	"service_err", "system_err", "buf_err", "perm_denied", "auth_err", "cred_insufficient",
	"authinfo_unavail", "user_unknown", "maxtries", "new_authtok_reqd", "acct_expired",
	"session_err", "cred_unavail", "cred_expired", "cred_err", "no_module_data", "conv_err",
	"authtok_err", "authtok_recover_err", "authtok_lock_busy", "authtok_disable_aging",
	"try_again", "ignore", "abort", "authtok_expired", "module_unknown", "bad_item",
	"conv_again", "incomplete" };

#define NEW_AUTHTOK_REQD 12
#define ACTION_UNSET INT16_MIN

static void set_all(int16_t action[PAM_RETURNS], int16_t value)
{
	for (int i = 0; i < PAM_RETURNS; i++)
		action[i] = value;
}

static bool parse_word(struct str control, int16_t action[PAM_RETURNS])
{
	static const struct {
		const char *word;
		int16_t success, otherwise;
		bool ignores;
	} words[] = {
		{ "required", PAM_ACTION_OK, PAM_ACTION_BAD, true },
		{ "requisite", PAM_ACTION_OK, PAM_ACTION_DIE, true },
		{ "sufficient", PAM_ACTION_DONE, PAM_ACTION_IGNORE, false },
		{ "optional", PAM_ACTION_OK, PAM_ACTION_IGNORE, false },
	};

	for (size_t i = 0; i < COUNT(words); i++) {
		if (!str_is_nocase(control, words[i].word))
			continue;
		set_all(action, words[i].otherwise);
		action[PAM_CODE_SUCCESS] = words[i].success;
		action[NEW_AUTHTOK_REQD] = words[i].success;
		if (words[i].ignores)
			action[PAM_CODE_IGNORE] = PAM_ACTION_IGNORE;
		return true;
	}
	return false;
}

/* Blanks off the head of S. */
static void skip_blanks(struct str *s)
{
	while (s->len > 0 && str_has(STR(" \t\r\n\v\f"), s->ptr[0]))
		*s = str_from(*s, 1);
}

/* An action at the head of S, taken off: a word or the number of modules to jump over. */
static bool take_action(struct str *s, int16_t *ret)
{
	static const struct {
		const char *word;
		int16_t action;
	} words[] = { { "ignore", PAM_ACTION_IGNORE }, { "ok", PAM_ACTION_OK },
		{ "done", PAM_ACTION_DONE }, { "bad", PAM_ACTION_BAD }, { "die", PAM_ACTION_DIE },
		{ "reset", PAM_ACTION_RESET } };
	size_t n = 0;
	uint64_t jump;

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_starts(*s, words[i].word)) {
			*s = str_from(*s, strlen(words[i].word));
			*ret = words[i].action;
			return true;
		}
	while (n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9')
		n++;
	if (!str_to_u64(str_until(*s, n), 10, &jump) || jump == 0 || jump > PAM_RULES_MAX)
		return false;
	*s = str_from(*s, n);
	*ret = (int16_t)jump;
	return true;
}

/* A return value by name at the head of S, taken off; PAM_RETURNS for "default", -1 for none. */
static int take_return(struct str *s)
{
	for (int i = 0; i <= PAM_RETURNS; i++) {
		const char *name = i < PAM_RETURNS ? return_names[i] : "default";

		if (!str_starts(*s, name))
			continue;
		*s = str_from(*s, strlen(name));
		return i;
	}
	return -1;
}

static void set_action(int code, int16_t value, int16_t action[PAM_RETURNS])
{
	if (code < PAM_RETURNS)
		action[code] = value;
	for (int i = 0; code == PAM_RETURNS && i < PAM_RETURNS; i++)
		if (action[i] == ACTION_UNSET)
			action[i] = value;
}

/* One "value = action" off the head of S, with blanks or none between its parts. */
static bool take_pair(struct str *s, int16_t action[PAM_RETURNS])
{
	int code = take_return(s);
	int16_t value;

	skip_blanks(s);
	if (code < 0 || !str_starts(*s, "="))
		return false;
	*s = str_from(*s, 1);
	skip_blanks(s);
	if (!take_action(s, &value))
		return false;
	set_action(code, value, action);
	skip_blanks(s);
	return true;
}

bool pam_control_parse(struct str control, int16_t action[PAM_RETURNS])
{
	struct str inside;
	bool is_good = true;

	if (control.len < 2 || control.ptr[0] != '[' || control.ptr[control.len - 1] != ']') {
		set_all(action, PAM_ACTION_BAD);
		return parse_word(control, action);
	}
	inside = (struct str){ control.ptr + 1, control.len - 2 };
	set_all(action, ACTION_UNSET);
	skip_blanks(&inside);
	while (is_good && inside.len > 0)
		is_good = take_pair(&inside, action);
	for (int i = 0; i < PAM_RETURNS; i++)
		if (!is_good || action[i] == ACTION_UNSET)
			action[i] = PAM_ACTION_BAD;
	return is_good;
}

/* ---- the walk ---- */

struct walk {
	enum { UNDECIDED, POSITIVE, NEGATIVE } impression;
	enum pam_code status;
};

static void judge(struct walk *w, int action, enum pam_code code)
{
	if (action == PAM_ACTION_OK || action == PAM_ACTION_DONE) {
		if (w->impression == UNDECIDED ||
			(w->impression == POSITIVE && w->status == PAM_CODE_SUCCESS)) {
			/* PAM_IGNORE too: it is no success then */
			w->impression = POSITIVE;
			w->status = code;
		}
	} else if (action == PAM_ACTION_BAD || action == PAM_ACTION_DIE) {
		if (w->impression != NEGATIVE) {
			w->impression = NEGATIVE;
			w->status = code == PAM_CODE_IGNORE ? PAM_CODE_PERM_DENIED : code;
		}
	}
}

/* Step *I past JUMP modules of the level of its rule; a substack counts as one. False when there
 * are not so many. */
static bool jump_over(const struct pam_stack *s, size_t *i, int jump)
{
	int level = s->rules[*i].level;

	for (; jump > 0 && *i + 1 < s->count && s->rules[*i + 1].level >= level; jump--) {
		do
			++*i;
		while (*i + 1 < s->count && s->rules[*i + 1].level > level);
	}
	++*i;
	return jump == 0;
}

enum pam_code pam_stack_run(const struct pam_stack *s, pam_oracle *oracle, void *context)
{
	struct walk w = { UNDECIDED, PAM_CODE_PERM_DENIED };
	struct walk start[LIMIT_HOST_INCLUDE_DEPTH + 2] = { w };

	for (size_t i = 0; i < s->count;) {
		const struct pam_rule *rule = &s->rules[i];
		enum pam_code code;
		int action;

		if (rule->is_substack) {
			start[rule->level + 1] = w;
			i++;
			continue;
		}
		code = rule->is_missing ? PAM_CODE_MODULE_UNKNOWN : oracle(context, rule);
		action = rule->action[code];
		if (action > 0) {
			if (!jump_over(s, &i, action))
				w = (struct walk){ NEGATIVE, PAM_CODE_PERM_DENIED };
			continue;
		}
		if (action == PAM_ACTION_RESET)
			w = start[rule->level];
		judge(&w, action, code);
		i++;
		if (action == PAM_ACTION_DIE ||
			(action == PAM_ACTION_DONE && w.impression == POSITIVE))
			while (i < s->count && s->rules[i].level >= rule->level)
				i++;
	}
	if (w.impression != POSITIVE && w.status == PAM_CODE_SUCCESS)
		w.status = PAM_CODE_PERM_DENIED;
	return w.status;
}
