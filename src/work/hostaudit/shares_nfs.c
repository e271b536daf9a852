/* NFS: /etc/exports and exports.d, and what exportfs handed to the kernel beside them. */
#include "work/hostaudit/shares.h"

#define EXPORTS "/etc/exports"
#define EXPORTS_DIR "/etc/exports.d/*.exports"
#define EXPORTED "/var/lib/nfs/etab"

void exports_init(struct exports_reader *r, struct str bytes, struct arena *a)
{
	*r = (struct exports_reader){ .rest = bytes, .arena = a };
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Blanks within a line; a backslash at the end of a line goes on in the next. */
static void skip_blanks(struct exports_reader *r)
{
	while (r->rest.len > 0) {
		if (is_blank(r->rest.ptr[0])) {
			r->rest = str_from(r->rest, 1);
		} else if (str_starts(r->rest, "\\\n")) {
			r->rest = str_from(r->rest, 2);
			r->line++;
		} else {
			return;
		}
	}
}

/* "\040" within a word. */
static bool octal(struct str s, char *ret)
{
	uint64_t code;

	if (s.len < 4 || s.ptr[0] != '\\' || !str_to_u64((struct str){ s.ptr + 1, 3 }, 8, &code) ||
		code > 255)
		return false;
	*ret = (char)code;
	return true;
}

/* The next word of the line, quotes and octal codes undone; "" at its end. */
static struct str next_word(struct exports_reader *r)
{
	struct buf word;
	struct str copy;
	bool is_quoted = false;
	char c;

	skip_blanks(r);
	buf_init(&word, 8 * KIB);
	while (r->rest.len > 0 && r->rest.ptr[0] != '\n') {
		c = r->rest.ptr[0];
		if (!is_quoted && (is_blank(c) || str_starts(r->rest, "\\\n")))
			break;
		if (c == '"') {
			is_quoted = !is_quoted;
		} else if (octal(r->rest, &c)) {
			buf_add_char(&word, c);
			r->rest = str_from(r->rest, 3);
		} else {
			buf_add_char(&word, c);
		}
		r->rest = str_from(r->rest, 1);
	}
	copy = arena_str(r->arena, buf_str(&word));
	buf_done(&word);
	return copy;
}

static void end_line(struct exports_reader *r)
{
	ptrdiff_t end = str_find_char(r->rest, '\n');

	r->rest = end < 0 ? str_from(r->rest, r->rest.len) : str_from(r->rest, (size_t)end + 1);
	r->is_in_line = false;
}

/* Go to the path of the next line that has one. */
static bool begin_line(struct exports_reader *r)
{
	while (r->rest.len > 0) {
		r->line++;
		skip_blanks(r);
		if (r->rest.len > 0 && r->rest.ptr[0] != '#' && r->rest.ptr[0] != '\n') {
			r->path_line = r->line;
			r->path = next_word(r);
			r->defaults = STR("");
			r->is_in_line = r->is_first = true;
			if (r->path.len > 0)
				return true;
		}
		end_line(r);
	}
	return false;
}

/* "client(options)": a bracket without a client before it stands for everybody, which is what a
 * blank before the bracket makes of "host (rw)". */
static void split_client(struct exports_reader *r, struct str word, struct export *ret)
{
	ptrdiff_t open = str_find_char(word, '(');
	struct str options = STR("");

	ret->client = open < 0 ? word : str_until(word, (size_t)open);
	if (open >= 0) {
		ptrdiff_t close = str_find_char(word, ')');

		options = str_from(word, (size_t)open + 1);
		if (close > open)
			options = str_until(options, (size_t)(close - open) - 1);
	}
	if (ret->client.len == 0)
		ret->client = STR("*");
	ret->options = r->defaults.len == 0 ?
		options :
		arena_fmt(r->arena, "%.*s,%.*s", STR_FMT(r->defaults), STR_FMT(options));
}

bool exports_next(struct exports_reader *r, struct export *ret)
{
	for (;;) {
		struct str word;

		if (!r->is_in_line && !begin_line(r))
			return false;
		word = next_word(r);
		if (r->is_first && word.len > 1 && word.ptr[0] == '-') {
			r->defaults = str_from(word, 1);
			continue;
		}
		*ret = (struct export){ .path = r->path, .line = r->path_line };
		if (word.len > 0 && word.ptr[0] != '#') {
			r->is_first = false;
			split_client(r, word, ret);
			return true;
		}
		end_line(r);
		if (!r->is_first)
			continue;
		/* a path without clients is for everybody */
		split_client(r, STR(""), ret);
		return true;
	}
}

bool exports_is_world(struct str client)
{
	ptrdiff_t slash = str_find_char(client, '/');
	bool is_pattern = client.len > 0;

	if (slash >= 0) {
		struct str bits = str_from(client, (size_t)slash + 1);

		return str_is(bits, "0") || str_is(bits, "0.0.0.0") || str_is(bits, "::");
	}
	for (size_t i = 0; i < client.len; i++)
		is_pattern = is_pattern && (client.ptr[i] == '*' || client.ptr[i] == '.');
	return is_pattern;
}

bool exports_is_unproven(struct str options)
{
	struct str option, flavour;
	bool has_sec = false;

	while (str_next_word(&options, ",", &option)) {
		if (!str_starts(option, "sec="))
			continue;
		has_sec = true;
		option = str_from(option, 4);
		while (str_next_word(&option, ":", &flavour))
			if (!str_starts(flavour, "krb5"))
				return true;
	}
	return !has_sec;
}

static bool has_option(struct str options, const char *name)
{
	struct str option;

	while (str_next_word(&options, ",", &option))
		if (str_is(option, name))
			return true;
	return false;
}

static void add_export(struct share_list *list, const struct export *x, struct str file)
{
	bool is_world = exports_is_world(x->client);
	bool is_unproven = exports_is_unproven(x->options);
	struct share *s = share_add(list, "nfs", file, x->line);

	if (!s)
		return;
	s->name = s->path = x->path;
	s->clients = x->client;
	s->is_open = is_world && is_unproven;
	s->is_guest = !is_unproven ? 0 : is_world ? 1 : SHARE_UNKNOWN;
	if (s->is_guest == SHARE_UNKNOWN)
		s->guest_reason = "host-trust";
	s->is_whole_disk = mounts_is_whole_disk(list->h, &list->mounts, x->path,
		has_option(x->options, "crossmnt") || has_option(x->options, "nohide"));
}

static void read_exports(struct share_list *list, struct str path, size_t known)
{
	struct exports_reader r;
	struct export x;
	struct str file = path;
	size_t before = list->len;

	exports_init(&r, host_bytes(list->h, path, &file), list->a);
	while (exports_next(&r, &x)) {
		bool is_known = false;

		for (size_t i = known; i < before && !is_known; i++)
			is_known = str_eq(list->at[i].path, x.path) &&
				str_eq(list->at[i].clients, x.client);
		if (!is_known)
			add_export(list, &x, file);
		if (list->len >= SHARES_MAX)
			break;
	}
}

void shares_nfs(struct share_list *list)
{
	const struct str *paths;
	size_t count;
	size_t first = list->len;

	read_exports(list, STR(EXPORTS), list->len);
	if (host_glob(list->h, EXPORTS_DIR, &paths, &count) == 0)
		for (size_t i = 0; i < count; i++)
			read_exports(list, paths[i], list->len);
	if (host_has_proc(list->h))
		read_exports(list, STR(EXPORTED), first);
}
