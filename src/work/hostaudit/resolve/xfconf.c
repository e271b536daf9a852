#include "work/hostaudit/resolve/xfconf.h"

#include <string.h>

#define DEPTH_MAX 16
#define PATH_BYTES 512

struct walker {
	struct str rest;
	int line;
	char path[PATH_BYTES];
	size_t length;           /* of the path */
	size_t above[DEPTH_MAX]; /* lengths of the paths of the open properties */
	int depth;
	bool is_locked[DEPTH_MAX + 1]; /* [0]: the channel itself */
	struct str who;
};

/* NAME="value" or NAME='value' inside a tag. */
static struct str attribute(struct str tag, const char *name)
{
	struct str rest = tag, before, after;

	while (str_split(rest, '=', &before, &after)) {
		char quote;
		ptrdiff_t end;

		before = str_trim(before);
		after = str_trim(after);
		if (after.len == 0 || (after.ptr[0] != '"' && after.ptr[0] != '\''))
			return STR_NONE;
		quote = after.ptr[0];
		after = str_from(after, 1);
		end = str_find_char(after, quote);
		if (end < 0)
			return STR_NONE;
		if (str_ends(before, name) &&
			(before.len == strlen(name) ||
				str_has(STR(" \t\r\n"), before.ptr[before.len - strlen(name) - 1])))
			return str_until(after, (size_t)end);
		rest = str_from(after, (size_t)end + 1);
	}
	return STR_NONE;
}

static void count_lines(struct walker *w, struct str passed)
{
	for (size_t i = 0; i < passed.len; i++)
		w->line += passed.ptr[i] == '\n';
}

/* What stands between the next '<' and its '>'; comments are stepped over. */
static bool next_tag(struct walker *w, struct str *ret)
{
	for (;;) {
		ptrdiff_t open = str_find_char(w->rest, '<'), close;
		bool is_comment;

		if (open < 0)
			return false;
		count_lines(w, str_until(w->rest, (size_t)open));
		w->rest = str_from(w->rest, (size_t)open + 1);
		is_comment = str_starts(w->rest, "!--");
		close = is_comment ? str_find(w->rest, STR("-->")) : str_find_char(w->rest, '>');
		if (close < 0)
			return false;
		*ret = str_until(w->rest, (size_t)close);
		if (!is_comment)
			return true;
		count_lines(w, *ret);
		w->rest = str_from(w->rest, (size_t)close + 3);
	}
}

static bool is_tag(struct str tag, const char *name)
{
	size_t n = strlen(name);

	return str_starts(tag, name) && (tag.len == n || str_has(STR(" \t\r\n/"), tag.ptr[n]));
}

static bool is_in(struct str list, struct str who)
{
	struct str one, mine, rest;

	while (str_next_word(&list, ";", &one))
		for (rest = who; str_next_word(&rest, ";", &mine);)
			if (str_eq(one, mine))
				return true;
	return false;
}

static bool locks(const struct walker *w, struct str tag)
{
	struct str unlocked = attribute(tag, "unlocked");

	return unlocked.len > 0 ? !is_in(unlocked, w->who) :
				  is_in(attribute(tag, "locked"), w->who);
}

/* False when it goes deeper than any channel does. */
static bool enter(struct walker *w, struct str tag)
{
	struct str name = attribute(tag, "name");

	if (w->depth == DEPTH_MAX || w->length + name.len + 1 >= PATH_BYTES)
		return false;
	w->above[w->depth++] = w->length;
	w->is_locked[w->depth] = w->is_locked[w->depth - 1] || locks(w, tag);
	w->path[w->length++] = '/';
	if (name.len > 0)
		memcpy(w->path + w->length, name.ptr, name.len);
	w->length += name.len;
	return true;
}

static void leave(struct walker *w)
{
	if (w->depth > 0)
		w->length = w->above[--w->depth];
}

struct xfconf_value xfconf_find(struct str bytes, const char *path, struct str who)
{
	struct walker w = { .rest = bytes, .line = 1, .who = who };
	struct xfconf_value found = { 0 };
	struct str tag;

	while (next_tag(&w, &tag)) {
		if (is_tag(tag, "channel"))
			w.is_locked[0] = locks(&w, tag);
		if (is_tag(tag, "/property"))
			leave(&w);
		if (is_tag(tag, "property")) {
			struct str value = attribute(tag, "value");

			if (!enter(&w, tag))
				return found;
			if (value.ptr && str_is((struct str){ w.path, w.length }, path))
				found = (struct xfconf_value){ value, w.line,
					w.is_locked[w.depth] };
			if (str_ends(tag, "/"))
				leave(&w);
		}
		count_lines(&w, tag);
		w.rest = str_from(w.rest, tag.len + 1);
	}
	return found;
}
