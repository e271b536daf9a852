#include "kit/syslog/export.h"

#define VALUE_MAX (32 * KIB) /* of one field; the rest of it is passed over */
#define ESCAPED 6            /* bytes of JSON for one of a value, at most */
#define ROOM 256             /* names, quotes */
#define SIZE_BYTES 8

void export_init(struct export *x, size_t max_bytes)
{
	*x = (struct export){ .max_bytes = max_bytes };
	buf_init(&x->value, VALUE_MAX);
	buf_init(&x->line, max_bytes + ESCAPED * VALUE_MAX + ROOM);
}

void export_done(struct export *x)
{
	buf_done(&x->value);
	buf_done(&x->line);
}

size_t export_bytes(const struct export *x)
{
	return x->value.room + x->line.room;
}

bool export_is_between(const struct export *x)
{
	return x->state == EXPORT_NAME && x->name_len == 0 && !x->is_begun;
}

/* What only says where the entry stood. */
static bool is_address(struct str name)
{
	return str_is(name, "__MONOTONIC_TIMESTAMP") || str_is(name, "__SEQNUM") ||
		str_is(name, "__SEQNUM_ID");
}

static void add_value(struct export *x, struct str piece)
{
	size_t room = VALUE_MAX - x->value.len;

	if (piece.len > room)
		x->is_value_cut = true;
	buf_add(&x->value, str_until(piece, room));
}

/* NAME and VALUE are whole. A field that has no room any more is left out as a whole, so that what
 * stands there stays JSON. */
static void end_field(struct export *x)
{
	struct str name = { x->name, x->name_len }, value = buf_str(&x->value);
	struct json was;
	size_t len;

	if (!x->is_begun) {
		buf_clear(&x->line);
		json_init(&x->json, &x->line, false);
		json_object(&x->json);
		x->is_begun = true;
	}
	was = x->json;
	len = x->line.len;
	if (str_is(name, "__CURSOR")) {
		x->cursor_len = value.len < EXPORT_CURSOR_MAX ? value.len : 0;
		memcpy(x->cursor, value.ptr ? value.ptr : "", x->cursor_len);
	} else if (!is_address(name)) {
		json_key_str(&x->json, name);
		json_str(&x->json, value.ptr ? value : STR(""));
		if (x->line.len + 1 > x->max_bytes) {
			x->json = was;
			x->line.len = len;
			x->is_cut = true;
		}
		x->is_cut |= x->is_value_cut;
	}
	x->name_len = 0;
	x->is_value_cut = false;
	buf_clear(&x->value);
	x->state = EXPORT_NAME;
}

/* The entry goes, and the next begins. */
static bool end_entry(struct export *x, export_take *take, void *context)
{
	struct export_entry entry;

	if (!x->is_begun)
		return true; /* one more empty line */
	if (!x->is_closed)
		json_object_end(&x->json);
	x->is_closed = true;
	entry = (struct export_entry){ .json = str_trim(buf_str(&x->line)),
		.cursor = { x->cursor, x->cursor_len },
		.is_cut = x->is_cut };
	if (entry.json.len > 2 && !take(context, &entry))
		return false;
	x->is_begun = x->is_closed = x->is_cut = false;
	x->cursor_len = 0;
	buf_clear(&x->line);
	return true;
}

static bool is_name(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* One byte where a name or the end of the entry is expected: 1, 0 when it was not taken, or
 * ERR_INPUT. */
static int feed_name(struct export *x, char c, export_take *take, void *context)
{
	if (c == '\n' && x->name_len == 0)
		return end_entry(x, take, context) ? 1 : 0;
	if (c == '\n') {
		x->state = EXPORT_SIZE;
		x->size_digits = 0;
		x->left = 0;
	} else if (c == '=' && x->name_len > 0) {
		x->state = EXPORT_TEXT;
	} else if (is_name(c) && x->name_len < EXPORT_NAME_MAX) {
		x->name[x->name_len++] = c;
	} else {
		return ERR_INPUT;
	}
	return 1;
}

/* Bytes of a value off REST; how many. */
static size_t feed_value(struct export *x, struct str rest)
{
	const char *end = x->state == EXPORT_TEXT ? memchr(rest.ptr, '\n', rest.len) : NULL;
	size_t len = rest.len;

	if (x->state == EXPORT_TEXT) {
		len = end ? (size_t)(end - rest.ptr) : rest.len;
		add_value(x, str_until(rest, len));
		if (end)
			end_field(x);
		return end ? len + 1 : len;
	}
	if (len > x->left)
		len = (size_t)x->left;
	add_value(x, str_until(rest, len));
	x->left -= len;
	if (x->left == 0)
		x->state = EXPORT_LF;
	return len;
}

static void feed_size(struct export *x, unsigned char byte)
{
	x->left |= (uint64_t)byte << (8 * x->size_digits++);
	if (x->size_digits == SIZE_BYTES)
		x->state = x->left ? EXPORT_BYTES : EXPORT_LF;
}

ssize_t export_feed(
	struct export *x, struct str chunk, export_take *take, void *context, struct err *e)
{
	size_t at = 0;
	int rc = 1;

	while (at < chunk.len && rc > 0) {
		char c = chunk.ptr[at];

		if (x->state == EXPORT_NAME) {
			rc = feed_name(x, c, take, context);
			at += rc > 0;
		} else if (x->state == EXPORT_SIZE) {
			feed_size(x, (unsigned char)c);
			at++;
		} else if (x->state == EXPORT_LF) {
			rc = c == '\n' ? 1 : ERR_INPUT;
			if (rc > 0)
				end_field(x);
			at++;
		} else {
			at += feed_value(x, str_from(chunk, at));
		}
	}
	return rc < 0 ? err_set(e, ERR_INPUT, "no export of a journal") : (ssize_t)at;
}

bool export_cursor(struct str cursor, struct str *ret_which, uint64_t *ret_number)
{
	struct str rest = cursor, part;
	bool has_which = false, has_number = false;

	while (rest.len) {
		if (!str_split(rest, ';', &part, &rest)) {
			part = rest;
			rest = STR_NONE;
		}
		if (str_starts(part, "s=")) {
			*ret_which = str_from(part, 2);
			has_which = ret_which->len > 0;
		} else if (str_starts(part, "i=")) {
			has_number = str_to_u64(str_from(part, 2), 16, ret_number);
		}
	}
	return has_which && has_number;
}
