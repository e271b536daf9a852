/* text.c - reports and journals as text: one thing a line, fields apart by tabs, \t \n \r \\
 * escaped (docs/formats/integrity.md). */
#include "work/integrity/integrity_int.h"

#include <string.h>

#include "kit/crypto/crypto.h"
#include "kit/text/text.h"

#define FIELDS_MAX 32

static const char *const whats[] = { "added", "removed", "content", "rights", "type" };
static const char *const what_words[] = { T("tệp mới"), T("đã mất"), T("đổi nội dung"),
	T("đổi quyền hoặc chủ"), T("đổi loại") };
static const char *const states[] = { "open", "absorbed", "accepted" };
static const char *const state_words[] = { T("chưa giải thích"), T("do bản vá trong đợt bảo trì"),
	T("đã chấp nhận") };

static const struct {
	const char *name, *words;
} gaps[] = {
	{ "no-rights", T("không đủ quyền đọc") },
	{ "too-large", T("quá lớn, không đọc nội dung") },
	{ "unreadable", T("không đọc được") },
	{ "changing", T("thay đổi trong lúc đọc") },
	{ "other-system", T("thuộc hệ thống tệp khác, bỏ qua") },
};

const char *integrity_what_name(enum integrity_what w)
{
	return whats[w];
}

const char *integrity_what_words(enum integrity_what w)
{
	return what_words[w];
}

const char *integrity_state_name(enum integrity_state s)
{
	return states[s];
}

const char *integrity_state_words(enum integrity_state s)
{
	return state_words[s];
}

static size_t gap_at(struct str why)
{
	for (size_t i = 0; i < COUNT(gaps); i++)
		if (str_is(why, gaps[i].name))
			return i;
	return 2;
}

const char *integrity_gap_words(struct str why)
{
	return gaps[gap_at(why)].words;
}

/* ---- fields ---- */

/* The fields of a line after its first word; how many, 0 of a line that nobody wrote. */
static size_t split(struct str line, struct arena *a, struct str *ret_word, struct str *ret)
{
	struct str all[FIELDS_MAX + 1];
	size_t count;

	*ret_word = STR("");
	if (!text_fields(line, a, all, COUNT(all), &count))
		return 0;
	*ret_word = all[0];
	memcpy(ret, all + 1, (count - 1) * sizeof(*ret));
	return count - 1;
}

static int64_t number(struct str s)
{
	int64_t n = 0;

	(void)str_to_i64(s, &n);
	return n;
}

static size_t word_at(struct str s, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(s, words[i]))
			return i;
	return 0;
}

/* ---- reports ---- */

#define ENTRY_FIELDS 9

static void put_entry(struct buf *out, const struct integrity_entry *e)
{
	char hex[SHA256_HEX_SIZE] = "";

	if (e->flags & INTEGRITY_HASHED)
		hex_of(e->hash, sizeof(e->hash), hex);
	text_field_add(out, e->path);
	text_field_add_i64(out, e->kind);
	text_field_add_i64(out, e->mode);
	text_field_add_i64(out, e->uid);
	text_field_add_i64(out, e->gid);
	text_field_add_i64(out, (int64_t)e->size);
	text_field_add_i64(out, e->mtime_s);
	text_field_add_i64(out, e->ctime_s);
	text_field_add(out, str_of(hex));
}

static void take_hash(struct str hex, struct integrity_entry *e)
{
	if (hex.len != 2 * sizeof(e->hash))
		return;
	for (size_t i = 0; i < sizeof(e->hash); i++) {
		uint64_t byte;

		if (!str_to_u64((struct str){ hex.ptr + 2 * i, 2 }, 16, &byte))
			return;
		e->hash[i] = (unsigned char)byte;
	}
	e->flags |= INTEGRITY_HASHED;
}

static struct integrity_entry take_entry(const struct str *f)
{
	struct integrity_entry e = {
		.path = f[0],
		.kind = (enum integrity_kind)(number(f[1]) & 3),
		.mode = (uint32_t)number(f[2]),
		.uid = (uint32_t)number(f[3]),
		.gid = (uint32_t)number(f[4]),
		.size = (uint64_t)number(f[5]),
		.mtime_s = number(f[6]),
		.ctime_s = number(f[7]),
	};

	take_hash(f[8], &e);
	return e;
}

static void put_change(struct buf *out, const struct integrity_change *c)
{
	buf_add(out, STR("change"));
	text_field_add(out, str_of(whats[c->what]));
	text_field_add(out, str_of(states[c->state]));
	text_field_add(out, c->mark);
	text_field_add(out, c->package);
	text_field_add_i64(out, c->is_as_packaged);
	text_field_add(out, c->who);
	text_field_add(out, c->by);
	text_field_add(out, c->reason);
	put_entry(out, &c->before);
	put_entry(out, &c->after);
	buf_add_char(out, '\n');
}

void report_write(const struct integrity_report *r, struct buf *out)
{
	buf_fmt(out,
		"khien-integrity-report 1\nrun\t%lld\t%lld\t%d\t%d\t%d\nbaseline\t%lld\t%.*s\n",
		(long long)r->at_s, (long long)r->duration_us, r->is_full, r->has_packages,
		r->has_audit_log, (long long)r->baseline_at_s, STR_FMT(r->baseline_sha256));
	buf_fmt(out, "names\t%llu\t%llu\t%llu\n", (unsigned long long)r->entries,
		(unsigned long long)r->hashed, (unsigned long long)r->touched);
	buf_add(out, STR("states"));
	for (size_t i = 0; i < COUNT(r->of_state); i++)
		text_field_add_i64(out, (int64_t)r->of_state[i]);
	buf_add(out, STR("\nopen"));
	for (size_t i = 0; i < COUNT(r->of_what); i++)
		text_field_add_i64(out, (int64_t)r->of_what[i]);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < r->gap_count; i++) {
		buf_add(out, STR("gap"));
		text_field_add(out, str_of(r->gaps[i].why));
		text_field_add(out, r->gaps[i].path);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < r->change_count; i++)
		put_change(out, &r->changes[i]);
}

struct reading {
	struct arena *a;
	struct integrity_report *r;
	VEC(struct integrity_change) changes;
	gap_vec gaps;
};

static void take_change(struct reading *in, const struct str *f)
{
	struct integrity_change *c = vec_add(in->a, &in->changes);

	*c = (struct integrity_change){
		.what = (enum integrity_what)word_at(f[0], whats, COUNT(whats)),
		.state = (enum integrity_state)word_at(f[1], states, COUNT(states)),
		.mark = f[2],
		.package = f[3],
		.is_as_packaged = number(f[4]) != 0,
		.who = f[5],
		.by = f[6],
		.reason = f[7],
		.before = take_entry(f + 8),
		.after = take_entry(f + 8 + ENTRY_FIELDS),
	};
}

static void take_counts(uint64_t *to, size_t count, const struct str *f)
{
	for (size_t i = 0; i < count; i++)
		to[i] = (uint64_t)number(f[i]);
}

static bool is_sha256(struct str hex)
{
	size_t n = 0;

	while (n < hex.len && strchr("0123456789abcdef", hex.ptr[n]) && hex.ptr[n])
		n++;
	return n == hex.len && (n == 64 || n == 0);
}

/* False: a line that nobody wrote. */
static bool take_line(struct reading *in, struct str word, const struct str *f, size_t count)
{
	struct integrity_report *r = in->r;

	if (str_is(word, "run") && count == 5) {
		r->at_s = number(f[0]);
		r->duration_us = number(f[1]);
		r->is_full = number(f[2]) != 0;
		r->has_packages = number(f[3]) != 0;
		r->has_audit_log = number(f[4]) != 0;
	} else if (str_is(word, "baseline") && count == 2 && is_sha256(f[1])) {
		r->baseline_at_s = number(f[0]);
		r->baseline_sha256 = f[1];
	} else if (str_is(word, "names") && count == 3) {
		r->entries = (uint64_t)number(f[0]);
		r->hashed = (uint64_t)number(f[1]);
		r->touched = (uint64_t)number(f[2]);
	} else if (str_is(word, "states") && count == COUNT(r->of_state)) {
		take_counts(r->of_state, count, f);
	} else if (str_is(word, "open") && count == COUNT(r->of_what)) {
		take_counts(r->of_what, count, f);
	} else if (str_is(word, "gap") && count == 2) {
		vec_push(in->a, &in->gaps,
			((struct integrity_gap){ f[1], gaps[gap_at(f[0])].name }));
	} else if (str_is(word, "change") && count == 8 + 2 * ENTRY_FIELDS) {
		take_change(in, f);
	} else {
		return false;
	}
	return true;
}

int report_parse(struct str text, struct arena *a, struct integrity_report *ret, struct err *e)
{
	struct integrity_report r = { .baseline_sha256 = STR("") };
	struct reading in = { .a = a, .r = &r };
	struct str line, word, fields[FIELDS_MAX];
	int number_of_line = 1;

	if (!str_next_line(&text, &line) || !str_is(line, "khien-integrity-report 1"))
		return err_set(e, ERR_INPUT, "line 1: not a report of this version");
	while (str_next_line(&text, &line)) {
		size_t count = split(line, a, &word, fields);

		number_of_line++;
		if (!take_line(&in, word, fields, count))
			return err_set(e, ERR_INPUT, "line %d: not understood", number_of_line);
	}
	r.changes = in.changes.at;
	r.change_count = in.changes.len;
	r.gaps = in.gaps.at;
	r.gap_count = in.gaps.len;
	*ret = r;
	return 0;
}

void summary_write(const struct integrity_report *r, struct buf *out)
{
	buf_fmt(out,
		"khien-integrity-summary 1\nat\t%lld\nbaseline\t%lld\nfull\t%d\nnames\t%llu\n"
		"open\t%llu\nabsorbed\t%llu\naccepted\t%llu\ngaps\t%zu\n",
		(long long)r->at_s, (long long)r->baseline_at_s, r->is_full,
		(unsigned long long)r->entries, (unsigned long long)r->of_state[INTEGRITY_OPEN],
		(unsigned long long)r->of_state[INTEGRITY_ABSORBED],
		(unsigned long long)r->of_state[INTEGRITY_ACCEPTED], r->gap_count);
	for (size_t i = 0; i < r->change_count && i < 20; i++) {
		const struct integrity_change *c = &r->changes[i];

		if (c->state != INTEGRITY_OPEN)
			continue;
		buf_add(out, STR("change"));
		text_field_add(out, str_of(whats[c->what]));
		text_field_add(out, c->what == INTEGRITY_REMOVED ? c->before.path : c->after.path);
		buf_add_char(out, '\n');
	}
}

/* ---- the journal ---- */

static const char *const acts[] = { "baseline", "window", "accept" };

void note_write(const struct integrity_note *n, struct buf *out)
{
	buf_add(out, str_of(acts[n->act]));
	text_field_add_i64(out, n->at_s);
	text_field_add(out, n->by);
	text_field_add(out, n->reason);
	text_field_add_i64(out, n->from_s);
	text_field_add_i64(out, n->until_s);
	text_field_add(out, n->mark);
	text_field_add(out, n->path);
	buf_add_char(out, '\n');
}

int journal_parse(struct str text, struct arena *a, struct integrity_note **ret, size_t *ret_count,
	struct err *e)
{
	VEC(struct integrity_note) notes = { 0 };
	struct str line, word, f[FIELDS_MAX];

	while (str_next_line(&text, &line)) {
		size_t count = split(line, a, &word, f);

		if (count != 7 || !str_is(word, acts[word_at(word, acts, COUNT(acts))]))
			return err_set(e, ERR_INPUT, "line %zu: not understood", notes.len + 1);
		vec_push(a, &notes,
			((struct integrity_note){
				.act = (enum integrity_act)word_at(word, acts, COUNT(acts)),
				.at_s = number(f[0]),
				.by = f[1],
				.reason = f[2],
				.from_s = number(f[3]),
				.until_s = number(f[4]),
				.mark = f[5],
				.path = f[6],
			}));
	}
	*ret = notes.at;
	*ret_count = notes.len;
	return 0;
}
