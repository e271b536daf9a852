/* import_tar.c - files within a tar: headers of 512 bytes, each held against its sum before it is
 * believed, and what pax and GNU put before a header to give a longer name or size. */
#include "face/intake/import.h"

#include <stdio.h>

#define BLOCK 512
#define EXTRA_MAX (64 * KIB) /* of pax records, or of a long name */

/* Where a header has what. */
enum { NAME_AT = 0, SIZE_AT = 124, SUM_AT = 148, TYPE_AT = 156, MAGIC_AT = 257, PREFIX_AT = 345 };

/* What was said before the header it is for. */
struct extra {
	bool has_path, has_size;
	uint64_t size;
};

/* Octal digits between blanks and NULs, or a big-endian number whose first bit is set. */
static bool take_number(const unsigned char *at, size_t len, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i = 0;

	if (at[0] & 0x80) {
		for (i = 1; i + 8 < len; i++)
			if (at[i])
				return false;
		for (; i < len; i++)
			value = value << 8 | at[i];
		*ret = value;
		return value <= INT64_MAX;
	}
	while (i < len && at[i] == ' ')
		i++;
	for (; i < len && at[i] >= '0' && at[i] <= '7'; i++) {
		if (value >> 60)
			return false;
		value = value * 8 + (at[i] - '0');
	}
	for (; i < len; i++)
		if (at[i] != ' ' && at[i] != '\0')
			return false;
	*ret = value;
	return value <= INT64_MAX;
}

/* The sum is of all bytes, those of itself as blanks; old programs took them as signed. */
static bool is_header(const unsigned char *at)
{
	uint64_t said;
	int64_t sum = 0, signed_sum = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		bool is_of_sum = i >= SUM_AT && i < SUM_AT + 8;

		sum += is_of_sum ? ' ' : at[i];
		signed_sum += is_of_sum ? ' ' : (signed char)at[i];
	}
	return take_number(at + SUM_AT, 8, &said) && at[NAME_AT] &&
		((int64_t)said == sum || (int64_t)said == signed_sum);
}

static bool is_empty(const unsigned char *at)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (at[i])
			return false;
	return true;
}

bool import_is_tar(struct str head)
{
	return head.len >= BLOCK && is_header((const unsigned char *)head.ptr);
}

void import_tar_init(struct import_tar *t, import_input *input, void *context)
{
	*t = (struct import_tar){ .input = input, .context = context };
}

static int damaged(struct err *e)
{
	return err_set(e, ERR_INPUT, "the archive is damaged or cut off");
}

/* All of TO, or how much there was before the end. */
static ssize_t read_whole(struct import_tar *t, void *to, size_t size, struct err *e)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < size && n > 0) {
		n = t->input(t->context, (char *)to + len, size - len, e);
		len += n > 0 ? (size_t)n : 0;
	}
	return n < 0 ? n : (ssize_t)len;
}

static int skip(struct import_tar *t, uint64_t size, struct err *e)
{
	char piece[16 * KIB];

	while (size > 0) {
		size_t wanted = size < sizeof(piece) ? (size_t)size : sizeof(piece);
		ssize_t n = read_whole(t, piece, wanted, e);

		if (n < 0)
			return (int)n;
		if ((size_t)n < wanted)
			return damaged(e);
		size -= wanted;
	}
	return 0;
}

static uint64_t padding_of(uint64_t size)
{
	return (BLOCK - size % BLOCK) % BLOCK;
}

/* What cannot be shown in one line is shown as '?'. */
static void set_path(struct import_tar *t, struct str path)
{
	size_t len = 0;

	for (size_t i = 0; i < path.len && len + 1 < sizeof(t->path) && path.ptr[i]; i++)
		t->path[len++] =
			(unsigned char)path.ptr[i] < ' ' || path.ptr[i] == 0x7f ? '?' : path.ptr[i];
	t->path[len] = '\0';
	if (!str_is_utf8((struct str){ t->path, len }))
		for (size_t i = 0; i < len; i++)
			if ((unsigned char)t->path[i] >= 0x80)
				t->path[i] = '?';
}

/* "27 path=var/log/x" LF …; each says its own length. */
static int take_pax(struct import_tar *t, struct str text, struct extra *x, struct err *e)
{
	while (text.len) {
		struct str digits, rest, record, key, value;
		uint64_t len;

		if (!str_split(text, ' ', &digits, &rest) || !str_to_u64(digits, 10, &len) ||
			len > text.len || len < digits.len + 2 || text.ptr[len - 1] != '\n')
			return damaged(e);
		record = (struct str){ text.ptr + digits.len + 1, len - digits.len - 2 };
		text = str_from(text, len);
		if (!str_split(record, '=', &key, &value))
			return damaged(e);
		if (str_is(key, "path")) {
			set_path(t, value);
			x->has_path = true;
		} else if (str_is(key, "size")) {
			if (!str_to_u64(value, 10, &x->size) || x->size > INT64_MAX)
				return damaged(e);
			x->has_size = true;
		}
	}
	return 0;
}

/* What stands before a header, SIZE bytes of it. */
static int take_extra(
	struct import_tar *t, char type, uint64_t size, struct extra *x, struct err *e)
{
	char text[EXTRA_MAX];
	uint64_t whole = size + padding_of(size);
	ssize_t n;

	if (type == 'g' || type == 'K') /* of all members; of a link */
		return skip(t, whole, e);
	if (whole > sizeof(text))
		return damaged(e);
	n = read_whole(t, text, (size_t)whole, e);
	if (n < 0)
		return (int)n;
	if ((uint64_t)n < whole)
		return damaged(e);
	if (type == 'x')
		return take_pax(t, (struct str){ text, (size_t)size }, x, e);
	set_path(t, (struct str){ text, (size_t)size });
	x->has_path = true;
	return 0;
}

/* Of a field that need not end with NUL. */
static struct str field(const unsigned char *at, size_t size)
{
	const unsigned char *end = memchr(at, '\0', size);

	return (struct str){ (const char *)at, end ? (size_t)(end - at) : size };
}

static void own_path(struct import_tar *t, const unsigned char *header)
{
	struct str name = field(header + NAME_AT, 100), prefix = field(header + PREFIX_AT, 155);
	char path[300];

	if (memcmp(header + MAGIC_AT, "ustar\0", 6) != 0 || prefix.len == 0)
		snprintf(path, sizeof(path), "%.*s", STR_FMT(name));
	else
		snprintf(path, sizeof(path), "%.*s/%.*s", STR_FMT(prefix), STR_FMT(name));
	set_path(t, str_of(path));
}

/* 1: a header; 0: the end. */
static int read_header(struct import_tar *t, unsigned char *header, struct err *e)
{
	ssize_t n = read_whole(t, header, BLOCK, e);

	if (n < 0)
		return (int)n;
	if (n == 0 || (n == BLOCK && is_empty(header)))
		return 0;
	return n == BLOCK && is_header(header) ? 1 : damaged(e);
}

int import_tar_next(struct import_tar *t, struct err *e)
{
	unsigned char header[BLOCK];
	struct extra x = { 0 };
	int rc = skip(t, t->left + t->padding, e);

	t->left = t->padding = 0;
	while (rc == 0 && (rc = read_header(t, header, e)) > 0) {
		char type = (char)header[TYPE_AT];
		uint64_t size;

		if (!take_number(header + SIZE_AT, 12, &size))
			return damaged(e);
		if (strchr("xgLK", type) && type) {
			rc = take_extra(t, type, size, &x, e);
			continue;
		}
		size = x.has_size ? x.size : size;
		if (!x.has_path)
			own_path(t, header);
		x = (struct extra){ 0 };
		if (type == '0' || type == '7' || type == '\0') {
			t->number++;
			t->left = size;
			t->padding = padding_of(size);
			return 1;
		}
		/* folders, links and devices hold nothing, but what is unknown may */
		rc = strchr("123456", type) ? 0 : skip(t, size + padding_of(size), e);
	}
	return rc;
}

ssize_t import_tar_read(void *tar, void *to, size_t size, struct err *e)
{
	struct import_tar *t = tar;
	ssize_t n;

	if (t->left == 0)
		return 0;
	n = t->input(t->context, to, size < t->left ? size : (size_t)t->left, e);
	if (n == 0)
		return damaged(e);
	if (n > 0)
		t->left -= (uint64_t)n;
	return n;
}
