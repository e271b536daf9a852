/* manifest.c - where the lists of months lie, and what one says. */
#include "core/trail/tree.h"
#include "work/archive/keep_int.h"

#define COUNTS_MAX 65536
#define SEGMENTS_MAX 100000
#define LIST_BYTES ((size_t)8 * MIB) /* of names of a folder */

const char *keep_path(const char *month, const char *kind, char *ret_path)
{
	snprintf(ret_path, KEEP_PATH_SIZE, KEEP_FOLDER "/%s.%s", month, kind);
	return ret_path;
}

bool keep_is_month(struct str s)
{
	struct date d;
	char text[16];

	if (s.len != KEEP_MONTH_SIZE - 1)
		return false;
	snprintf(text, sizeof(text), "%.7s-01", s.ptr);
	return date_parse(str_of(text), &d);
}

void keep_tell(struct keep_done *d, uint64_t bytes)
{
	d->done += bytes;
	if (d->watch)
		d->watch->tell(d->watch->context, d->done, d->all);
}

int keep_hash(struct vfile *file, struct err *e, unsigned char *ret)
{
	struct sha256 *s = sha256_new();
	char *bytes = malloc(COPY_BYTES);
	uint64_t at = 0;
	ssize_t n;

	if (bytes == NULL)
		abort();
	while ((n = vfile_read_at(file, at, bytes, COPY_BYTES, e)) > 0) {
		sha256_add(s, (struct str){ bytes, (size_t)n });
		at += (uint64_t)n;
	}
	free(bytes);
	sha256_end(s, ret);
	return n < 0 ? (int)n : 0;
}

int keep_folder(struct vfile_disk *shard, struct err *e)
{
	return vfile_make_folder(shard, KEEP_FOLDER, e);
}

/* The next word; one blank stands between two. */
static bool take_word(struct str *rest, struct str *ret)
{
	struct str all = *rest;

	if (!str_split(all, ' ', ret, rest)) {
		*ret = all;
		*rest = STR("");
		return all.len > 0;
	}
	return ret->len > 0 && rest->len > 0;
}

/* A decimal number of one spelling. */
static bool take_number(struct str *rest, uint64_t *ret)
{
	struct str word;

	return take_word(rest, &word) && str_to_u64(word, 10, ret) && word.ptr[0] >= '0' &&
		word.ptr[0] <= '9' && (word.ptr[0] != '0' || word.len == 1);
}

static bool take_hash(struct str *rest, unsigned char *ret)
{
	struct str word;

	if (!take_word(rest, &word) || word.len != 2 * SHA256_SIZE)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') :
			c >= 'a' && c <= 'f'          ? (unsigned)(c - 'a') + 10 :
							16;

		if (digit > 15)
			return false;
		ret[i / 2] = (unsigned char)(i % 2 ? ret[i / 2] | digit : digit << 4);
	}
	return true;
}

struct parsing {
	struct arena *arena;
	struct keep_month *month;
	VEC(struct keep_segment) segments;
	VEC(struct keep_count) sources;
	VEC(struct keep_count) kinds;
};

static bool take_count(struct str rest, struct keep_count *ret)
{
	uint64_t what;

	if (!take_number(&rest, &what) || !take_number(&rest, &ret->entries) || rest.len > 0 ||
		what > UINT32_MAX)
		return false;
	ret->what = (uint32_t)what;
	return true;
}

/* The words behind the first of a line; lines come in this order alone. */
static bool take_line(struct parsing *p, struct str word, struct str rest)
{
	struct keep_segment segment;
	struct keep_count one;

	if (p->month->head.size > 0)
		return false;
	if (str_is(word, "segment")) {
		if (!take_number(&rest, &segment.first) || !take_number(&rest, &segment.end) ||
			!take_number(&rest, &segment.bytes) || !take_hash(&rest, segment.sha256) ||
			rest.len > 0 || segment.end <= segment.first ||
			p->segments.len == SEGMENTS_MAX || p->sources.len + p->kinds.len > 0 ||
			(p->segments.len > 0 &&
				p->segments.at[p->segments.len - 1].end > segment.first))
			return false;
		vec_push(p->arena, &p->segments, segment);
	} else if (str_is(word, "source")) {
		if (!take_count(rest, &one) || p->kinds.len > 0 || p->sources.len == COUNTS_MAX)
			return false;
		vec_push(p->arena, &p->sources, one);
	} else if (str_is(word, "kind")) {
		if (!take_count(rest, &one) || p->kinds.len == COUNTS_MAX)
			return false;
		vec_push(p->arena, &p->kinds, one);
	} else if (str_is(word, "root")) {
		return take_number(&rest, &p->month->head.size) && p->month->head.size > 0 &&
			take_hash(&rest, p->month->head.root.bytes) && rest.len == 0;
	} else {
		return false;
	}
	return true;
}

int keep_month_parse(struct str text, struct arena *a, struct keep_month *ret, struct err *e)
{
	struct keep_month month = { 0 };
	struct parsing p = { .arena = a, .month = &month };
	struct str rest = text, line, name;
	int number = 2;

	if (!str_next_line(&rest, &line) || !str_is(line, "khien-month 1") ||
		!str_next_line(&rest, &line) || !str_starts(line, "month "))
		return err_set(e, ERR_INPUT, "line 1: this is no manifest of a month");
	name = str_from(line, strlen("month "));
	if (!keep_is_month(name))
		return err_set(e, ERR_INPUT, "line 2: this is no month");
	memcpy(month.name, name.ptr, name.len);
	while (str_next_line(&rest, &line)) {
		struct str word;

		number++;
		if (!take_word(&line, &word) || !take_line(&p, word, line))
			return err_set(e, ERR_INPUT, "line %d is not what may stand there", number);
	}
	if (text.len == 0 || text.ptr[text.len - 1] != '\n' || p.segments.len == 0)
		return err_set(e, ERR_INPUT, "the manifest was cut short");
	month.segments = p.segments.at;
	month.segment_count = p.segments.len;
	month.sources = p.sources.at;
	month.source_count = p.sources.len;
	month.kinds = p.kinds.at;
	month.kind_count = p.kinds.len;
	*ret = month;
	return 0;
}

int keep_read(struct vfile_disk *shard, const char *month, struct arena *a, struct keep_month *ret,
	struct err *e)
{
	char path[KEEP_PATH_SIZE];
	struct str text;
	int rc = vfile_load(shard, keep_path(month, "month", path), KEEP_MANIFEST_MAX, a, &text, e);

	if (rc == 0)
		rc = keep_month_parse(text, a, ret, e);
	if (rc == 0 && strcmp(ret->name, month) != 0)
		rc = err_set(e, ERR_INPUT, "it is that of another month");
	return rc < 0 ? err_context(e, "\"%s\"", path) : 0;
}

int keep_months(struct vfile_disk *shard, struct arena *a, const char *const **ret,
	size_t *ret_count, struct err *e)
{
	VEC(const char *) months = { 0 };
	struct vfile_names names = { 0 };
	int rc = vfile_list(shard, KEEP_FOLDER, a, &names, e);

	if (rc < 0 && rc != ERR_ABSENT)
		return rc;
	for (size_t i = 0; i < names.len; i++) {
		struct str name = str_of(names.at[i].name);

		if (str_ends(name, ".month") &&
			keep_is_month(str_until(name, KEEP_MONTH_SIZE - 1)) &&
			name.len == KEEP_MONTH_SIZE - 1 + strlen(".month"))
			vec_push(a, &months, arena_cstr(a, str_until(name, KEEP_MONTH_SIZE - 1)));
	}
	*ret = months.at;
	*ret_count = months.len;
	return 0;
}
