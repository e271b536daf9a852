/* shell_reach.c - what "a && b", "a || b" and "exit" leave out, where it is known beforehand what
 * becomes of a: "true", "false", a test for a program. In doubt a command stays. */
#include "work/hostaudit/resolve/shell_text.h"

#include "work/hostaudit/resolve/resolve.h"

enum outcome { OUTCOME_UNKNOWN, OUTCOME_TRUE, OUTCOME_FALSE };
enum joint { JOINT_NEXT, JOINT_AND, JOINT_OR };

struct reach {
	struct str rest;
	int (*is_there)(void *context, struct str path);
	void *context;
	int depth;          /* of if, for, while, case, { before the piece at hand */
	enum outcome state; /* of the list so far */
	bool is_certain;    /* the piece at hand is run for sure */
	bool is_over;
};

/* Length of the piece up to ';', a newline, '&&', '||' or '&' outside of quotes and brackets; a
 * pipe belongs to its piece. */
static size_t piece_len(struct str s)
{
	char quote = 0;
	int brackets = 0;
	size_t i = 0;

	for (; i < s.len; i++) {
		char c = s.ptr[i], next = i + 1 < s.len ? s.ptr[i + 1] : '\0';

		if (c == '\\' && quote != '\'') {
			i++;
		} else if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'' || c == '`') {
			quote = c;
		} else if (c == '(' || c == ')') {
			brackets += c == '(' ? 1 : -1;
		} else if (brackets > 0) {
			continue;
		} else if (c == ';' || c == '\n' || (c == '|' && next == '|')) {
			break;
		} else if (c == '&' && next != '>' && !(i > 0 && s.ptr[i - 1] == '>')) {
			break;
		}
	}
	return i < s.len ? i : s.len;
}

static enum joint joint_at(struct str s, size_t *ret_len)
{
	*ret_len = str_starts(s, "&&") || str_starts(s, "||") || str_starts(s, ";;") ? 2 :
		s.len > 0                                                            ? 1 :
										       0;
	return str_starts(s, "&&") ? JOINT_AND : str_starts(s, "||") ? JOINT_OR : JOINT_NEXT;
}

static enum outcome outcome_of_path(struct reach *r, struct str path)
{
	int is_there;

	path = str_unquote(path);
	if (!str_starts(path, "/") || str_has(path, '$') || str_has(path, '*'))
		return OUTCOME_UNKNOWN;
	is_there = r->is_there(r->context, path);
	return is_there > 0 ? OUTCOME_TRUE : is_there == 0 ? OUTCOME_FALSE : OUTCOME_UNKNOWN;
}

/* "-x /usr/bin/borg ]", "! -x /usr/bin/borg ]": other tests tell nothing beforehand. */
static enum outcome outcome_of_test(struct reach *r, struct str rest)
{
	enum outcome found;
	struct str word, path;
	bool is_not = false;

	if (!str_next_word(&rest, " \t", &word))
		return OUTCOME_UNKNOWN;
	is_not = str_is(word, "!");
	if (is_not && !str_next_word(&rest, " \t", &word))
		return OUTCOME_UNKNOWN;
	if (!str_is(word, "-x") || !str_next_word(&rest, " \t", &path))
		return OUTCOME_UNKNOWN;
	if (str_next_word(&rest, " \t", &word) && !str_is(word, "]") && !str_is(word, "]]"))
		return OUTCOME_UNKNOWN;
	if (str_next_word(&rest, " \t", &word))
		return OUTCOME_UNKNOWN;
	found = outcome_of_path(r, path);
	if (!is_not || found == OUTCOME_UNKNOWN)
		return found;
	return found == OUTCOME_TRUE ? OUTCOME_FALSE : OUTCOME_TRUE;
}

static enum outcome outcome_of(struct reach *r, struct str piece)
{
	struct str rest = piece, word;

	if (str_has(piece, '|') || !str_next_word(&rest, " \t", &word))
		return OUTCOME_UNKNOWN;
	if (str_is(word, "true") || str_is(word, ":"))
		return OUTCOME_TRUE;
	if (str_is(word, "false"))
		return OUTCOME_FALSE;
	if (str_is(word, "test") || str_is(word, "[") || str_is(word, "[["))
		return outcome_of_test(r, rest);
	return OUTCOME_UNKNOWN;
}

/* What the head of PIECE opens less what it closes: "then {", "f() { exit 1", "done". */
static int blocks_of(struct str piece)
{
	static const char *const opens[] = { "if", "for", "while", "until", "case", "select", "{",
		NULL };
	static const char *const closes[] = { "fi", "done", "esac", "}", NULL };
	static const char *const leads[] = { "then", "do", "else", "elif", "!", "()", NULL };
	bool is_function = str_ends(str_trim(piece), "{");
	struct str word, rest = piece;
	int opened = 0;

	while (str_next_word(&rest, " \t", &word)) {
		if (word_among(word, opens)) {
			opened++;
			is_function = false;
		} else if (word_among(word, closes)) {
			opened--;
		} else if (str_is(word, "function")) {
			(void)str_next_word(&rest, " \t", &word);
		} else if (!word_among(word, leads) && !str_ends(word, "()") &&
			!str_starts(str_trim(rest), "()")) {
			break;
		}
	}
	return opened + is_function;
}

/* Is the piece behind JOINT run? */
static bool is_run(struct reach *r, enum joint joint)
{
	if (joint == JOINT_NEXT) {
		r->is_certain = true;
		r->state = OUTCOME_UNKNOWN;
		return true;
	}
	r->is_certain = r->state == (joint == JOINT_AND ? OUTCOME_TRUE : OUTCOME_FALSE);
	return r->is_certain || r->state == OUTCOME_UNKNOWN;
}

static bool is_exit(struct str piece)
{
	struct str word;

	return !str_has(piece, '|') && str_next_word(&piece, " \t", &word) && str_is(word, "exit");
}

struct str shell_text_reached(struct str text, int (*is_there)(void *context, struct str path),
	void *context, struct arena *a)
{
	struct reach r = { .rest = text, .is_there = is_there, .context = context };
	enum joint joint = JOINT_NEXT;
	struct str out;
	struct buf b;

	if (str_find(text, STR("<<")) >= 0)
		return text; /* what is handed to a command looks like commands */
	buf_init(&b, text.len + 1);
	while (r.rest.len > 0 && !r.is_over) {
		size_t len = piece_len(r.rest), joint_len;
		struct str piece = str_until(r.rest, len);
		enum joint next = joint_at(str_from(r.rest, len), &joint_len);
		int blocks = blocks_of(piece);
		/* a block is longer than its first piece: it stays */
		bool runs = is_run(&r, joint) || blocks != 0 || str_trim(piece).len == 0;

		if (runs) {
			buf_add(&b, piece);
			r.depth += blocks;
			r.is_over = r.is_certain && r.depth == 0 && is_exit(piece);
			r.state = outcome_of(&r, piece);
		}
		if (next == JOINT_NEXT || runs)
			buf_add(&b, str_until(str_from(r.rest, len), joint_len));
		r.rest = str_from(r.rest, len + joint_len);
		joint = next;
	}
	out = arena_str(a, buf_str(&b));
	buf_done(&b);
	return out;
}
