/* The header of an installed package, as rpm writes it into its database: the number of tags and of
 * data bytes, an index of (tag, type, offset, count), the data. All numbers are big endian. */
#include "work/hostaudit/resolve/rpm.h"

#include <string.h>

#define INDEX_MAX 65536
#define INDEX_BYTES 16
#define STRINGS_MAX 2000000

enum type {
	TYPE_CHAR = 1,
	TYPE_INT16 = 3,
	TYPE_INT32 = 4,
	TYPE_STRING = 6,
	TYPE_STRINGS = 8,
	TYPE_WORDS = 9
};

enum tag {
	TAG_NAME = 1000,
	TAG_VERSION = 1001,
	TAG_RELEASE = 1002,
	TAG_EPOCH = 1003,
	TAG_INSTALLED_AT = 1008,
	TAG_GROUP = 1016,
	TAG_ARCH = 1022,
	TAG_STATES = 1029,
	TAG_MODES = 1030,
	TAG_DIGESTS = 1035,
	TAG_FLAGS = 1037,
	TAG_DIR_INDEXES = 1116,
	TAG_BASE_NAMES = 1117,
	TAG_DIR_NAMES = 1118,
	TAG_DIGEST_KIND = 5011,
};

struct header {
	struct str index, data;
};

static uint32_t be32(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool open_header(struct str blob, struct header *ret)
{
	uint64_t entries, bytes;

	if (blob.len < 8)
		return false;
	entries = be32(blob.ptr);
	bytes = be32(blob.ptr + 4);
	if (entries == 0 || entries > INDEX_MAX || 8 + entries * INDEX_BYTES + bytes != blob.len)
		return false;
	ret->index = str_until(str_from(blob, 8), entries * INDEX_BYTES);
	ret->data = str_from(blob, 8 + entries * INDEX_BYTES);
	return true;
}

/* The last entry of TAG: what was added at installation stands behind what the package brought. */
static struct rpm_tag find(const struct header *h, enum tag tag)
{
	struct rpm_tag found = { .bytes = STR("") };

	for (size_t at = 0; at < h->index.len; at += INDEX_BYTES) {
		const char *entry = h->index.ptr + at;
		uint32_t offset = be32(entry + 8);

		if (be32(entry) != (uint32_t)tag || offset >= h->data.len)
			continue;
		found = (struct rpm_tag){ .bytes = str_from(h->data, offset),
			.type = be32(entry + 4),
			.count = be32(entry + 12) };
	}
	return found;
}

/* The next string of TAG's data; false when no whole one is left. */
static bool next_string(struct rpm_tag *tag, struct str *ret)
{
	ptrdiff_t end = tag->count > 0 ? str_find_char(tag->bytes, '\0') : -1;

	if (end < 0)
		return false;
	*ret = str_until(tag->bytes, (size_t)end);
	tag->bytes = str_from(tag->bytes, (size_t)end + 1);
	tag->count--;
	return true;
}

static struct str string_of(const struct header *h, enum tag tag)
{
	struct rpm_tag t = find(h, tag);
	struct str text = STR("");

	if (t.type == TYPE_STRING || t.type == TYPE_STRINGS || t.type == TYPE_WORDS)
		(void)next_string(&t, &text);
	return text;
}

/* Number I of TAG; false when it has none. */
static bool number_of(const struct rpm_tag *t, size_t i, uint32_t *ret)
{
	const unsigned char *b = (const unsigned char *)t->bytes.ptr;

	if (i >= t->count)
		return false;
	if (t->type == TYPE_INT32 && t->bytes.len / 4 > i)
		*ret = be32(t->bytes.ptr + 4 * i);
	else if (t->type == TYPE_INT16 && t->bytes.len / 2 > i)
		*ret = (uint32_t)b[2 * i] << 8 | b[2 * i + 1];
	else if (t->type == TYPE_CHAR && t->bytes.len > i)
		*ret = b[i];
	else
		return false;
	return true;
}

/* The numbers of OpenPGP; without a word it is MD5. */
static bool digest_kind_of(const struct header *h, enum digest_kind *ret)
{
	struct rpm_tag tag = find(h, TAG_DIGEST_KIND);
	uint32_t number = 1;

	(void)number_of(&tag, 0, &number);
	switch (number) {
	case 1:
		*ret = DIGEST_MD5;
		return true;
	case 2:
		*ret = DIGEST_SHA1;
		return true;
	case 8:
		*ret = DIGEST_SHA256;
		return true;
	case 9:
		*ret = DIGEST_SHA384;
		return true;
	case 10:
		*ret = DIGEST_SHA512;
		return true;
	default:
		return false;
	}
}

static struct str version_of(const struct header *h, struct arena *a)
{
	struct str version = string_of(h, TAG_VERSION), release = string_of(h, TAG_RELEASE);
	struct rpm_tag epoch = find(h, TAG_EPOCH);
	uint32_t number;

	if (number_of(&epoch, 0, &number))
		return arena_fmt(a, "%u:%.*s-%.*s", number, STR_FMT(version), STR_FMT(release));
	return arena_fmt(a, "%.*s-%.*s", STR_FMT(version), STR_FMT(release));
}

/* The folders' names side by side, so that a file finds its own by number. */
static bool read_dirs(const struct header *h, struct arena *a, struct rpm_package *p)
{
	struct rpm_tag names = find(h, TAG_DIR_NAMES);
	struct str *dirs;

	if (names.type != TYPE_STRINGS)
		return true;
	/* each takes a byte at least */
	if (names.count > names.bytes.len || names.count > STRINGS_MAX)
		return false;
	dirs = arena_try(a, (names.count + 1) * sizeof(*dirs));
	if (!dirs)
		return false;
	while (next_string(&names, &dirs[p->dir_count]))
		p->dir_count++;
	p->dirs = dirs;
	return true;
}

bool rpm_package_parse(struct str blob, struct arena *a, struct rpm_package *ret)
{
	struct rpm_package p = { 0 };
	struct rpm_tag installed_at;
	struct header h;
	uint32_t number;

	if (!open_header(blob, &h))
		return false;
	p.name = string_of(&h, TAG_NAME);
	if (p.name.len == 0 || p.name.len > 4096 || !read_dirs(&h, a, &p))
		return false;
	p.version = version_of(&h, a);
	p.arch = string_of(&h, TAG_ARCH);
	p.group = string_of(&h, TAG_GROUP);
	installed_at = find(&h, TAG_INSTALLED_AT);
	if (number_of(&installed_at, 0, &number))
		p.installed_at_s = number;
	p.has_digests = digest_kind_of(&h, &p.digest_kind);
	p.base_names = find(&h, TAG_BASE_NAMES);
	p.dir_indexes = find(&h, TAG_DIR_INDEXES);
	p.digests = find(&h, TAG_DIGESTS);
	p.flags = find(&h, TAG_FLAGS);
	p.modes = find(&h, TAG_MODES);
	p.states = find(&h, TAG_STATES);
	if (p.base_names.type != TYPE_STRINGS)
		p.base_names.count = 0;
	p.file_count = p.base_names.count;
	*ret = p;
	return true;
}

bool rpm_next_file(struct rpm_package *p, struct rpm_file *ret)
{
	struct rpm_file f = { .digest = STR("") };
	uint32_t number;

	if (!next_string(&p->base_names, &f.base) ||
		!number_of(&p->dir_indexes, p->next, &number) || number >= p->dir_count)
		return false;
	f.dir = p->dirs[number];
	if (p->digests.type == TYPE_STRINGS)
		(void)next_string(&p->digests, &f.digest);
	if (!p->has_digests)
		f.digest = STR("");
	if (number_of(&p->flags, p->next, &number))
		f.flags = number;
	if (number_of(&p->modes, p->next, &number))
		f.mode = (uint16_t)number;
	f.is_there = !number_of(&p->states, p->next, &number) || number == 0;
	p->next++;
	*ret = f;
	return true;
}
