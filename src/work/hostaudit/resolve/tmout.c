/* The walk through start-up scripts. Declared in resolve/tmout.h. */
#include "work/hostaudit/resolve/tmout.h"

#include <string.h>

#define BLOCKS_MAX 64
#define DEPTH_MAX 8
#define FILES_MAX 200
#define GLOBS_MAX 20
#define PROFILE_FOLDER "/etc/profile.d/"
#define USED_MAX (4 * MIB) /* of words of one walk */

enum block_kind { BLOCK_IF, BLOCK_LOOP, BLOCK_CASE, BLOCK_GROUP, BLOCK_SUBSHELL };

struct block {
	enum block_kind kind;
	enum truth outer;     /* does the whole block run */
	enum truth runs;      /* do commands at this point run */
	enum truth taken;     /* of an if: was a branch before this one taken */
	bool is_done_already; /* a loop over profile.d, walked when it was met */
	bool is_body;         /* of a function */
	bool is_of_flags;     /* case $- in: its patterns can be told */
	struct tmout before;  /* what held where it began */
};

struct script {
	struct tmout *t;
	struct str file;
	int depth;
	struct block blocks[BLOCKS_MAX];
	int block_count;
	enum truth list_runs;   /* does the next command of this list run */
	enum truth list_status; /* what the list has come to so far */
	bool is_negated, is_function, is_left;
	bool may_be_left; /* a return was met that runs or not */
	bool is_piped;    /* the command before feeds this one */
	int name_line;    /* of a name alone, which "(" behind it makes a function; 0 */
};

static enum truth both(enum truth a, enum truth b)
{
	return a < b ? a : b;
}

static enum truth either(enum truth a, enum truth b)
{
	return a > b ? a : b;
}

static enum truth opposite(enum truth a)
{
	return (enum truth)(TRUTH_YES - a);
}

void tmout_init(
	struct tmout *t, const struct tmout_world *world, struct arena *a, enum shell_kind kind)
{
	*t = (struct tmout){ .world = world, .arena = a, .kind = kind, .home = STR("/root") };
}

/* ---- assignments ---- */

static void note_conditional(struct tmout *t, struct str file, int line)
{
	if (!t->is_conditional)
		t->conditional_at = arena_fmt(t->arena, "%.*s:%d", STR_FMT(file), line);
	t->is_conditional = true;
}

/* As glibc's atoi, which bash asks: the digits at the head, after blanks and a sign, as a long of
 * which the low 32 bits are taken: 4294967296 is 0. What is below zero is never. */
static int64_t leading_seconds(struct str s)
{
	int64_t value = 0;
	uint32_t low;

	while (s.len > 0 && str_has(STR(" \t"), s.ptr[0]))
		s = str_from(s, 1);
	if (str_starts(s, "+"))
		s = str_from(s, 1);
	for (size_t i = 0; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, s.ptr[i] - '0', &value))
			return 0; /* LONG_MAX, whose low bits are -1 */
	low = (uint32_t)value;
	return low <= INT32_MAX ? low : 0;
}

/* "$((10*60))" and "${TMOUT:-600}" besides what is literal. False when it needs the shell. */
static bool value_of(
	const struct tmout *t, const struct shell_word *word, size_t skip, struct str *ret)
{
	struct str raw = str_unquote(str_from(word->raw, skip));
	struct str inside, a, b;
	int64_t x, y;

	if (word->text.ptr) {
		*ret = str_from(word->text, skip);
		return true;
	}
	if (str_starts(raw, "$((") && str_ends(raw, "))")) {
		inside = (struct str){ raw.ptr + 3, raw.len - 5 };
		if (!str_split(inside, '*', &a, &b) || !str_to_i64(str_trim(a), &x) ||
			!str_to_i64(str_trim(b), &y) || x < 0 || y < 0 || x > 100000 || y > 100000)
			return false;
		*ret = arena_fmt(t->arena, "%lld", (long long)(x * y));
		return true;
	}
	if (str_starts(raw, "${TMOUT:-") || str_starts(raw, "${TMOUT:=")) {
		inside = str_until(str_from(raw, 9), raw.len - 10);
		if (str_has(inside, '$') || str_has(inside, '`') || t->is_conditional)
			return false;
		*ret = t->at.value.len > 0 ? t->at.value : inside;
		return true;
	}
	return false;
}

static void assign(struct tmout *t, enum truth runs, struct str value, struct str file, int line)
{
	if (runs == TRUTH_NO || t->is_frozen == TRUTH_YES) {
		if (runs != TRUTH_NO)
			setting_lose(&t->at, t->arena, value, file, line);
		return;
	}
	if (runs == TRUTH_MAYBE || t->is_frozen == TRUTH_MAYBE) {
		if (!(t->at.value.ptr && str_eq(t->at.value, value)))
			note_conditional(t, file, line);
		return;
	}
	setting_win(&t->at, t->arena, value, file, line);
	t->seconds = leading_seconds(value);
	t->is_conditional = false;
}

static void unset(struct tmout *t, enum truth runs, struct str file, int line)
{
	if (runs == TRUTH_NO || t->is_frozen == TRUTH_YES || !t->at.value.ptr)
		return;
	if (runs == TRUTH_MAYBE || t->is_frozen == TRUTH_MAYBE) {
		note_conditional(t, file, line);
		return;
	}
	setting_unset(&t->at, t->arena);
	t->seconds = 0;
	t->is_conditional = false;
}

/* "TMOUT=…", "TMOUT+=…" at the head of a word. */
static bool is_assignment(struct str raw)
{
	return str_starts(raw, "TMOUT=") || str_starts(raw, "TMOUT+=");
}

/* What a word that is no assignment by itself says: without its quotes, where it is literal. */
static struct str plain(const struct shell_word *word)
{
	return word->text.ptr ? word->text : word->raw;
}

static void assign_word(struct script *s, enum truth runs, const struct shell_word *word, int line)
{
	bool is_added = str_starts(plain(word), "TMOUT+=");
	struct str value;

	if (value_of(s->t, word, is_added ? 7 : 6, &value) && !(is_added && s->t->is_conditional)) {
		if (is_added && s->t->at.value.ptr)
			value = arena_fmt(
				s->t->arena, "%.*s%.*s", STR_FMT(s->t->at.value), STR_FMT(value));
		assign(s->t, runs, value, s->file, line);
	} else if (runs != TRUTH_NO && s->t->is_frozen != TRUTH_YES) {
		note_conditional(s->t, s->file, line);
	}
}

/* Commands that give a variable a value by its name: "let TMOUT=0", "read TMOUT", "eval …". */
static bool may_set(const struct shell_command *c)
{
	static const char *const names[] = { "let", "read", "printf", "mapfile", "readarray",
		"getopts", "eval", "time" };
	bool is_setter = false;

	if (str_starts(c->words[0].raw, "TMOUT["))
		return true;

	for (size_t i = 0; i < COUNT(names); i++)
		is_setter |= str_is(c->words[0].raw, names[i]);
	for (int i = 1; is_setter && i < c->count; i++)
		if (str_find(c->words[i].raw, STR("TMOUT")) >= 0 &&
			(!str_is(c->words[0].raw, "printf") || str_starts(c->words[1].raw, "-v")))
			return true;
	return false;
}

/* export, readonly, declare, typeset, local */
static void declare(struct script *s, enum truth runs, const struct shell_command *c)
{
	struct str name = plain(&c->words[0]);
	bool is_readonly = str_is(name, "readonly");

	for (int i = 1; i < c->count; i++) {
		struct str raw = plain(&c->words[i]);

		if (str_starts(raw, "-") && str_has(raw, 'r') && !str_starts(raw, "--"))
			is_readonly = !str_is(name, "export");
		if (is_assignment(raw))
			assign_word(s, runs, &c->words[i], c->line);
		else if (!str_is(raw, "TMOUT"))
			continue;
		if (is_readonly && runs != TRUTH_NO)
			s->t->is_frozen = either(s->t->is_frozen, runs);
	}
}

/* ---- conditions ---- */

static bool has(struct str s, const char *needle)
{
	return str_find(s, str_of(needle)) >= 0;
}

static enum truth of_bool(bool b)
{
	return b ? TRUTH_YES : TRUTH_NO;
}

/* Is the expansion of RAW something else than ""? */
static enum truth is_filled(const struct tmout *t, const struct shell_word *word)
{
	if (word->text.ptr)
		return word->text.len > 0 ? TRUTH_YES : TRUTH_NO;
	if (has(word->raw, "TMOUT"))
		return t->is_conditional         ? TRUTH_MAYBE :
			has(word->raw, "TMOUT+") ? of_bool(t->at.value.ptr) :
						   of_bool(t->at.value.len > 0);
	if (has(word->raw, "PS1"))
		return TRUTH_YES;
	if (has(word->raw, "BASH_VERSION") || str_is(word->raw, "\"${BASH-}\"") ||
		str_is(word->raw, "\"$BASH\"") || str_is(word->raw, "$BASH"))
		return t->kind == SHELL_BASH || t->kind == SHELL_SH ? TRUTH_YES : TRUTH_NO;
	if (has(word->raw, "ZSH_VERSION"))
		return t->kind == SHELL_ZSH ? TRUTH_YES : TRUTH_NO;
	return TRUTH_MAYBE;
}

/* A literal path, "~/x" or "$HOME/x". */
static struct str path_of(const struct tmout *t, const struct shell_word *word)
{
	struct str raw = str_unquote(word->raw);

	if (str_starts(raw, "$HOME/"))
		return arena_fmt(t->arena, "%.*s%.*s", STR_FMT(t->home), STR_FMT(str_from(raw, 5)));
	if (str_starts(raw, "${HOME}/"))
		return arena_fmt(t->arena, "%.*s%.*s", STR_FMT(t->home), STR_FMT(str_from(raw, 7)));
	if (word->text.ptr && str_starts(word->text, "~/"))
		return arena_fmt(
			t->arena, "%.*s%.*s", STR_FMT(t->home), STR_FMT(str_from(word->text, 1)));
	if (word->text.ptr && str_starts(word->text, "/"))
		return word->text;
	return STR_NONE;
}

static enum truth test_one(const struct tmout *t, struct str op, const struct shell_word *word)
{
	struct str path;

	if (str_is(op, "-n"))
		return is_filled(t, word);
	if (str_is(op, "-z"))
		return opposite(is_filled(t, word));
	if (op.len != 2 || !str_has(STR("frxesd"), op.ptr[1]))
		return TRUTH_MAYBE;
	path = path_of(t, word);
	if (!path.ptr)
		return TRUTH_MAYBE;
	return t->world->exists(t->world->context, path) ? TRUTH_YES : TRUTH_NO;
}

static enum truth compare_uid(const struct tmout *t, struct str op, struct str number)
{
	int64_t n;

	if (!str_to_i64(number, &n))
		return TRUTH_MAYBE;
	if (str_is(op, "-eq") || str_is(op, "=") || str_is(op, "=="))
		return of_bool(t->uid == n);
	if (str_is(op, "-ne") || str_is(op, "!="))
		return of_bool(t->uid != n);
	if (str_is(op, "-gt"))
		return of_bool(t->uid > n);
	if (str_is(op, "-ge"))
		return of_bool(t->uid >= n);
	if (str_is(op, "-lt"))
		return of_bool(t->uid < n);
	return str_is(op, "-le") ? of_bool(t->uid <= n) : TRUTH_MAYBE;
}

static enum truth test_two(const struct tmout *t, const struct shell_word *left, struct str op,
	const struct shell_word *right)
{
	bool is_equal = str_is(op, "=") || str_is(op, "==");
	bool is_unequal = str_is(op, "!=");

	if ((has(left->raw, "id -u") || has(left->raw, "EUID") || has(left->raw, "$UID")) &&
		!has(left->raw, "id -un") && right->text.ptr)
		return compare_uid(t, op, right->text);
	if (!is_equal && !is_unequal)
		return TRUTH_MAYBE;
	if (left->text.ptr && right->text.ptr)
		return of_bool(str_eq(left->text, right->text) == is_equal);
	/* the way Debian's profile tells bash from sh */
	if (has(left->raw, "$BASH") && str_is(right->text, "/bin/sh"))
		return of_bool((t->kind == SHELL_SH) == is_equal);
	if (has(left->raw, "$-") && has(right->raw, "i"))
		return of_bool(is_equal);
	return TRUTH_MAYBE;
}

static enum truth test_truth(const struct tmout *t, const struct shell_command *c)
{
	const struct shell_word *w = c->words + 1;
	int n = c->count - 1;
	bool is_negated = false;
	enum truth truth = TRUTH_MAYBE;

	if (!str_is(c->words[0].raw, "test") && n > 0)
		n--; /* the closing bracket */
	if (n > 1 && str_is(w[0].raw, "!")) {
		is_negated = true;
		w++;
		n--;
	}
	if (n == 1)
		truth = is_filled(t, &w[0]);
	else if (n == 2)
		truth = test_one(t, w[0].raw, &w[1]);
	else if (n == 3)
		truth = test_two(t, &w[0], w[1].raw, &w[2]);
	return is_negated ? opposite(truth) : truth;
}

/* ---- commands ---- */

static void run_script(
	struct tmout *t, struct str bytes, struct str file, enum truth runs, int depth);

static void run_path(struct tmout *t, struct str path, enum truth runs, int depth)
{
	struct str bytes;

	if (runs == TRUTH_NO)
		return;
	if (depth > DEPTH_MAX || ++t->files > FILES_MAX || t->used_bytes > USED_MAX) {
		note_conditional(t, path, 0);
		return;
	}
	if (t->world->read(t->world->context, path, &bytes))
		run_script(t, bytes, path, runs, depth);
}

/* ": ${TMOUT:=600}" gives it a value when it has none, whatever the command is. */
static void take_defaults(struct script *s, enum truth runs, const struct shell_command *c)
{
	struct str value;

	for (int i = 1; i < c->count; i++) {
		if (!str_starts(str_unquote(c->words[i].raw), "${TMOUT:=") || runs == TRUTH_NO)
			continue;
		if (!value_of(s->t, &c->words[i], 0, &value))
			note_conditional(s->t, s->file, c->line);
		else if (s->t->at.value.len == 0)
			assign(s->t, runs, value, s->file, c->line);
	}
}

/* zsh of Ubuntu: emulate sh -c 'source /etc/profile' */
static void run_emulated(struct script *s, enum truth runs, const struct shell_command *c)
{
	if (!str_is(c->words[0].raw, "emulate") || runs == TRUTH_NO || s->depth >= DEPTH_MAX)
		return;
	for (int i = 1; i + 1 < c->count; i++)
		if (str_is(c->words[i].raw, "-c") && c->words[i + 1].text.ptr)
			run_script(s->t, c->words[i + 1].text, s->file, runs, s->depth + 1);
}

static bool is_in_function(const struct script *s)
{
	for (int i = 0; i < s->block_count; i++)
		if (s->blocks[i].is_body)
			return true;
	return false;
}

static enum truth run_command(struct script *s, enum truth runs, const struct shell_command *c)
{
	struct tmout *t = s->t;
	struct str name = plain(&c->words[0]);
	bool is_all_assignments = true;

	for (int i = 0; i < c->count; i++)
		is_all_assignments = is_all_assignments && str_has(c->words[i].raw, '=') &&
			!str_starts(c->words[i].raw, "TMOUT[");
	if (is_all_assignments) {
		for (int i = 0; i < c->count; i++)
			if (is_assignment(c->words[i].raw))
				assign_word(s, runs, &c->words[i], c->line);
		return TRUTH_YES;
	}
	take_defaults(s, runs, c);
	if ((str_is(name, "command") || str_is(name, "builtin")) && c->count > 1 &&
		!str_starts(c->words[1].raw, "-")) {
		struct shell_command inner = *c;

		inner.count--;
		memmove(inner.words, inner.words + 1, (size_t)inner.count * sizeof(inner.words[0]));
		return run_command(s, runs, &inner);
	}
	if (str_is(name, "[") || str_is(name, "[[") || str_is(name, "test"))
		return test_truth(t, c);
	if (str_is(name, "true") || str_is(name, ":"))
		return TRUTH_YES;
	if (str_is(name, "false"))
		return TRUTH_NO;
	if (str_is(name, "export") || str_is(name, "readonly") || str_is(name, "declare") ||
		str_is(name, "typeset") || (str_is(name, "local") && t->kind == SHELL_ZSH)) {
		declare(s, runs, c);
		return TRUTH_YES;
	}
	if (str_is(name, "unset")) {
		for (int i = 1; i < c->count && !str_is(c->words[1].raw, "-f"); i++)
			if (str_is(plain(&c->words[i]), "TMOUT"))
				unset(t, runs, s->file, c->line);
		return TRUTH_YES;
	}
	if ((str_is(name, ".") || str_is(name, "source")) && c->count > 1) {
		struct str path = path_of(t, &c->words[1]);

		if (path.ptr)
			run_path(t, path, runs, s->depth + 1);
		return TRUTH_MAYBE;
	}
	run_emulated(s, runs, c);
	if ((str_is(name, "return") || str_is(name, "exit")) && !is_in_function(s)) {
		s->is_left = s->is_left || runs == TRUTH_YES;
		s->may_be_left = s->may_be_left || runs == TRUTH_MAYBE;
	}
	if (runs != TRUTH_NO && t->is_frozen != TRUTH_YES && may_set(c))
		note_conditional(t, s->file, c->line);
	return TRUTH_MAYBE;
}

/* ---- blocks ---- */

static enum truth here(const struct script *s)
{
	enum truth runs = s->block_count > 0 ? s->blocks[s->block_count - 1].runs : TRUTH_YES;

	return s->may_be_left ? both(runs, TRUTH_MAYBE) : runs;
}

static struct block *push(struct script *s, enum block_kind kind, enum truth runs)
{
	struct block *b;

	if (s->block_count == BLOCKS_MAX) {
		s->is_left = true;
		return NULL;
	}
	b = &s->blocks[s->block_count++];
	*b = (struct block){ .kind = kind, .outer = runs, .runs = runs, .before = *s->t };
	return b;
}

/* What a block that feeds a pipe or runs aside has set is lost with its shell. */
static void forget_block(struct script *s, const struct shell_command *c)
{
	struct tmout now = *s->t;

	if (s->block_count == 0 || (c->end != SHELL_END_PIPE && c->end != SHELL_END_BACKGROUND))
		return;
	*s->t = s->blocks[s->block_count - 1].before;
	s->t->files = now.files;
	s->t->globs = now.globs;
	s->t->used_bytes = now.used_bytes;
}

static void pop(struct script *s)
{
	s->block_count -= s->block_count > 0;
}

static struct block *top(struct script *s, enum block_kind kind)
{
	struct block *b = s->block_count > 0 ? &s->blocks[s->block_count - 1] : NULL;

	return b && b->kind == kind ? b : NULL;
}

static void begin_list(struct script *s)
{
	s->list_runs = TRUTH_YES;
	s->list_status = TRUTH_YES;
}

/* The files of /etc/profile.d that match PATTERN run here; with PLAIN names only those that begin
 * with a letter, a digit or '_' and go on with these, '.' or '-'. */
static void run_folder(struct script *s, struct str pattern, bool is_plain, enum truth runs)
{
	const struct str *paths;
	size_t count = s->t->world->glob(s->t->world->context, pattern, &paths);

	for (size_t p = 0; p < count; p++) {
		struct str name = str_from(paths[p], strlen(PROFILE_FOLDER));
		bool is_taken = name.len > 0 && name.ptr[0] != '.' && name.ptr[0] != '-';

		for (size_t i = 0; i < name.len; i++)
			is_taken = is_taken &&
				(shell_is_name_char(name.ptr[i]) || name.ptr[i] == '.' ||
					name.ptr[i] == '-');
		if (is_taken || !is_plain)
			run_path(s->t, paths[p], runs, s->depth + 1);
	}
}

/* "$(run-parts --list --regex '…\.sh$' /etc/profile.d)", as Debian 13 has it. */
static bool is_run_parts(struct str raw)
{
	return str_starts(raw, "$(run-parts ") && has(raw, " --list") &&
		has(raw, "'^[a-zA-Z0-9_][a-zA-Z0-9._-]*\\.sh$'") &&
		(has(raw, " /etc/profile.d)") || has(raw, " /etc/profile.d/)"));
}

/* for NAME in /etc/profile.d/…: the files run here, the body is passed over. */
static void begin_loop(struct script *s, const struct shell_command *c)
{
	enum truth runs = both(here(s), s->list_runs);
	struct block *b = push(s, BLOCK_LOOP, runs);

	if (!b)
		return;
	if (c->count > 2 && str_is(c->words[1].raw, "TMOUT") && runs != TRUTH_NO &&
		s->t->is_frozen != TRUTH_YES)
		note_conditional(s->t, s->file, c->line);
	for (int i = 1; i < c->count; i++) {
		struct str raw = c->words[i].raw;
		bool is_listed = is_run_parts(raw);

		if ((!is_listed && !str_starts(raw, PROFILE_FOLDER)) || ++s->t->globs > GLOBS_MAX)
			continue;
		b->is_done_already = true;
		run_folder(s, is_listed ? STR(PROFILE_FOLDER "*.sh") : raw, is_listed, runs);
	}
}

static void in_if(struct script *s, struct str word)
{
	struct block *b = top(s, BLOCK_IF);

	if (!b)
		return;
	if (str_is(word, "then")) {
		enum truth holds = s->list_status;

		b->runs = both(b->outer, both(opposite(b->taken), holds));
		b->taken = either(b->taken, holds);
	} else { /* elif, else */
		b->runs = both(b->outer, opposite(b->taken));
	}
}

/* A pattern of "case $- in": the flags of a log-in shell with a prompt have an "i". */
static void in_case(struct block *b, struct str pattern)
{
	enum truth fits = str_is(pattern, "*i*") || str_is(pattern, "*") ? TRUTH_YES : TRUTH_MAYBE;

	b->runs = both(b->outer, both(opposite(b->taken), fits));
	b->taken = either(b->taken, fits);
}

static void begin_case(struct script *s, const struct shell_command *c)
{
	enum truth outer = both(here(s), s->list_runs);
	struct block *b = push(s, BLOCK_CASE, both(outer, TRUTH_MAYBE));

	if (!b || c->count < 3 || !str_is(str_unquote(c->words[1].raw), "$-"))
		return;
	b->is_of_flags = true;
	b->outer = outer;
	if (c->count == 4)
		in_case(b, c->words[3].raw);
}

static void push_body(struct script *s, enum truth runs)
{
	struct block *b = push(s, BLOCK_GROUP, both(runs, TRUTH_MAYBE));

	if (b)
		b->is_body = true;
}

/* What a block comes to is not told: what hangs on it behind "&&" or "||" runs or does not. */
static void end_block(struct script *s, const struct shell_command *c)
{
	begin_list(s);
	s->list_status = TRUTH_MAYBE;
	if (c->end == SHELL_END_AND || c->end == SHELL_END_OR)
		s->list_runs = TRUTH_MAYBE;
}

/* True when the word was one of those that make blocks. */
static bool take_reserved(struct script *s, const struct shell_command *c)
{
	struct str word = c->words[0].raw;
	enum truth runs = both(here(s), s->list_runs);
	struct block *b;

	if (str_is(word, "if")) {
		push(s, BLOCK_IF, runs);
	} else if (str_is(word, "then") || str_is(word, "elif") || str_is(word, "else")) {
		in_if(s, word);
	} else if (str_is(word, "while") || str_is(word, "until")) {
		push(s, BLOCK_LOOP, runs);
	} else if (str_is(word, "for") || str_is(word, "select")) {
		begin_loop(s, c);
	} else if (str_is(word, "do")) {
		b = top(s, BLOCK_LOOP);
		if (b)
			b->runs = b->is_done_already ? TRUTH_NO : both(b->outer, TRUTH_MAYBE);
	} else if (str_is(word, "case")) {
		begin_case(s, c);
	} else if (str_is(word, "fi") || str_is(word, "done") || str_is(word, "esac") ||
		str_is(word, "}")) {
		forget_block(s, c);
		pop(s);
		end_block(s, c);
		return true;
	} else if (str_is(word, "{")) {
		b = push(s, BLOCK_GROUP, s->is_function ? both(runs, TRUTH_MAYBE) : runs);
		if (b)
			b->is_body = s->is_function;
		s->is_function = false;
	} else if (str_is(word, "(")) {
		s->is_function = s->name_line == c->line && s->name_line > 0;
		push(s, BLOCK_SUBSHELL, TRUTH_NO);
	} else if (str_is(word, ")")) {
		if (top(s, BLOCK_SUBSHELL)) {
			pop(s);
			end_block(s, c);
			return true;
		}
	} else if (str_is(word, "function")) {
		s->is_function = true;
		if (str_is(c->words[c->count - 1].raw, "{"))
			push_body(s, runs);
	} else if (str_is(word, "!")) {
		s->is_negated = true;
		return true;
	} else if (str_is(word, "time") && c->count == 1) {
		return true;
	} else {
		return false;
	}
	begin_list(s);
	return true;
}

static void take_simple(struct script *s, const struct shell_command *c)
{
	enum truth runs = both(here(s), s->list_runs);
	enum truth status;

	/* each command of a pipe runs in a shell of its own, but for the last one of zsh and ksh */
	if (c->end == SHELL_END_PIPE || c->end == SHELL_END_BACKGROUND ||
		(s->is_piped && s->t->kind != SHELL_ZSH && s->t->kind != SHELL_KSH))
		runs = TRUTH_NO;
	s->is_piped = c->end == SHELL_END_PIPE;
	status = run_command(s, runs, c);
	if (s->is_negated)
		status = opposite(status);
	s->is_negated = false;
	if (s->list_runs == TRUTH_YES)
		s->list_status = status;
	else if (s->list_runs == TRUTH_MAYBE && status != s->list_status)
		s->list_status = TRUTH_MAYBE;
	if (c->end == SHELL_END_AND)
		s->list_runs = s->list_status;
	else if (c->end == SHELL_END_OR)
		s->list_runs = opposite(s->list_status);
	else
		s->list_runs = TRUTH_YES;
}

/* "(( TMOUT = 0 ))": the first bracket was read, the second is at the head of REST. */
static bool is_arithmetic(const struct shell_command *c, struct str rest)
{
	ptrdiff_t end = str_find(rest, STR("))")), at = str_find(rest, STR("TMOUT"));

	return c->count == 1 && str_is(c->words[0].raw, "(") && str_starts(rest, "(") && at >= 0 &&
		at < end;
}

static void run_script(
	struct tmout *t, struct str bytes, struct str file, enum truth runs, int depth)
{
	struct script s = { .t = t, .file = file, .depth = depth };
	struct shell_script reader;
	struct shell_command c;

	push(&s, BLOCK_GROUP, runs);
	begin_list(&s);
	shell_script_init(&reader, bytes, t->arena);
	while (!s.is_left && shell_script_next(&reader, &c)) {
		struct block *flags = top(&s, BLOCK_CASE);
		bool is_name =
			c.count == 1 && c.end == SHELL_END_LINE && !str_has(c.words[0].raw, '=');

		if (flags && flags->is_of_flags && is_name && str_starts(reader.rest, ")")) {
			in_case(flags, c.words[0].raw);
			continue;
		}

		if (is_arithmetic(&c, reader.rest) && both(here(&s), s.list_runs) != TRUTH_NO &&
			t->is_frozen != TRUTH_YES)
			note_conditional(t, file, c.line);
		if (!take_reserved(&s, &c))
			take_simple(&s, &c);
		s.name_line = is_name ? c.line : 0; /* "name ()" stands on one line */
	}
	t->used_bytes += reader.used_bytes;
	if (reader.is_broken && has(bytes, "TMOUT") && t->is_frozen != TRUTH_YES)
		note_conditional(t, file, reader.line);
}

void tmout_environment(struct tmout *t, struct str value, struct str file, int line)
{
	assign(t, TRUTH_YES, value, file, line);
}

void tmout_run_file(struct tmout *t, struct str path)
{
	run_path(t, path, TRUTH_YES, 0);
}

void tmout_run(struct tmout *t, struct str bytes, struct str file)
{
	run_script(t, bytes, file, TRUTH_YES, 0);
}

/* ---- the C shells ---- */

void tmout_run_csh(struct tmout *t, struct str bytes, struct str file)
{
	struct str line, word;
	int depth = 0;

	for (int number = 1; str_next_line(&bytes, &line); number++) {
		struct str rest = line;
		bool is_set = false;

		if (!str_next_word(&rest, " \t", &word))
			continue;
		if (str_is(word, "endif") || str_is(word, "end") || str_is(word, "endsw"))
			depth -= depth > 0;
		if (str_is(word, "foreach") || str_is(word, "while") || str_is(word, "switch") ||
			(str_is(word, "if") && str_ends(str_trim(line), "then")))
			depth++;
		if (!str_is(word, "set") && !str_is(word, "if"))
			continue;
		is_set = str_is(word, "set");
		while (str_next_word(&rest, " \t=()", &word)) {
			struct str value;

			if (str_is(word, "set"))
				is_set = true;
			if (!is_set || !str_is(word, "autologout"))
				continue;
			if (!str_next_word(&rest, " \t=()", &value))
				value = STR("0");
			assign(t,
				depth > 0 || str_starts(str_trim(line), "if") ? TRUTH_MAYBE :
										TRUTH_YES,
				value, file, number);
			t->is_frozen =
				either(t->is_frozen, has(line, " -r ") ? TRUTH_YES : TRUTH_NO);
			t->seconds = leading_seconds(t->at.value) * 60;
		}
	}
}
