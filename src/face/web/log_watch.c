#include "face/web/log_watch.h"

/* --- room ------------------------------------------------------------------------------------- */

unsigned log_room_near(const struct log_room_facts *f, const struct log_room_bounds *b)
{
	unsigned why = 0;

	if (f->free_percent >= 0 && f->free_percent < b->free_percent)
		why |= LOG_NEAR_DISK;
	if (f->quota_free_percent >= 0 && f->quota_free_percent < b->free_percent)
		why |= LOG_NEAR_QUOTA;
	if (f->days_left >= 0 && f->days_left < b->days_left)
		why |= LOG_NEAR_DAYS;
	if (f->storing.is == TAKING_FULL)
		why |= LOG_NEAR_STORE;
	return why;
}

enum log_room log_room_of(
	const struct log_room_facts *f, const struct log_room_bounds *b, int64_t now_s)
{
	if (f->taking.is != TAKING_WELL && b->full_s > 0 && now_s - f->taking.since_s >= b->full_s)
		return LOG_ROOM_STOPPED;
	return log_room_near(f, b) ? LOG_ROOM_NEAR : LOG_ROOM_WELL;
}

static bool is_long(const struct taking_state *s, int64_t full_s, int64_t now_s)
{
	return full_s > 0 && now_s - s->since_s >= full_s;
}

enum log_room log_work_of(const struct taking_state *sealing, const struct taking_state *storing,
	int64_t full_s, int64_t now_s)
{
	if (sealing->is != TAKING_WELL && is_long(sealing, full_s, now_s))
		return LOG_ROOM_NEAR;
	return storing->is == TAKING_FAILED && is_long(storing, full_s, now_s) ? LOG_ROOM_NEAR :
										 LOG_ROOM_WELL;
}

static const char *const room_words[] = {
	[LOG_ROOM_WELL] = "well",
	[LOG_ROOM_NEAR] = "near",
	[LOG_ROOM_STOPPED] = "stopped",
};

bool log_room_parse(struct str text, struct log_room_told *ret)
{
	struct log_room_told t = { 0 };
	struct str word, since, better, dropped;
	int64_t lines;
	size_t i = 0;

	if (!str_split(text, ' ', &word, &text) || !str_split(text, ' ', &since, &text) ||
		!str_split(text, ' ', &better, &dropped) || !str_to_i64(since, &t.since_s) ||
		!str_to_i64(better, &t.better_s) || !str_to_i64(dropped, &lines) || lines < 0)
		return false;
	while (i < COUNT(room_words) && !str_is(word, room_words[i]))
		i++;
	if (i == COUNT(room_words))
		return false;
	t.is = (enum log_room)i;
	t.dropped = (uint64_t)lines;
	*ret = t;
	return true;
}

struct str log_room_print(const struct log_room_told *t, struct arena *a)
{
	return arena_fmt(a, "%s %lld %lld %llu", room_words[t->is], (long long)t->since_s,
		(long long)t->better_s, (unsigned long long)t->dropped);
}

/* Since when, kept while it lasts; a clock that was set back begins anew. */
static void begin_at(int64_t *at_s, int64_t now_s)
{
	if (*at_s == 0 || *at_s > now_s)
		*at_s = now_s;
}

enum log_letter log_room_step(
	struct log_room_told *t, enum log_room now, int64_t now_s, int64_t relief_s)
{
	if (now >= t->is) {
		enum log_letter letter = now > t->is ? LOG_LETTER_WORSE : LOG_LETTER_NONE;

		if (t->is == LOG_ROOM_WELL)
			t->since_s = now_s;
		t->is = now;
		t->better_s = 0;
		return letter;
	}
	begin_at(&t->better_s, now_s);
	if (now_s - t->better_s < relief_s)
		return LOG_LETTER_NONE;
	t->is = now;
	t->better_s = 0;
	return LOG_LETTER_BETTER;
}

/* --- who is silent ---------------------------------------------------------------------------- */

void log_silent_parse(struct str text, struct arena *a, struct log_silents *ret)
{
	struct str line, since, back;

	*ret = (struct log_silents){ arena_array(a, struct log_silent, LOG_SILENT_MAX), 0 };
	while (ret->count < LOG_SILENT_MAX && str_next_line(&text, &line)) {
		struct log_silent s;

		if (str_split(line, ' ', &since, &line) && str_split(line, ' ', &back, &s.key) &&
			str_to_i64(since, &s.since_s) && str_to_i64(back, &s.back_s))
			ret->at[ret->count++] = s;
	}
}

struct str log_silent_print(const struct log_silents *told, struct arena *a)
{
	struct str text;
	struct buf out;

	buf_init(&out, MIB);
	for (size_t i = 0; i < told->count; i++)
		buf_fmt(&out, "%lld %lld %.*s\n", (long long)told->at[i].since_s,
			(long long)told->at[i].back_s, STR_FMT(told->at[i].key));
	text = arena_str(a, buf_str(&out));
	buf_done(&out);
	return text;
}

static bool is_among(struct str key, const struct str *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(key, keys[i]))
			return true;
	return false;
}

static bool is_told(const struct log_silents *told, struct str key)
{
	for (size_t i = 0; i < told->count; i++)
		if (str_eq(told->at[i].key, key))
			return true;
	return false;
}

enum log_letter log_silent_step(struct log_silents *told, const struct str *keys, size_t count,
	int64_t now_s, int64_t relief_s, struct arena *a)
{
	struct log_silents next = { arena_array(a, struct log_silent, LOG_SILENT_MAX), 0 };
	bool is_new = false;

	for (size_t i = 0; i < told->count; i++) {
		struct log_silent s = told->at[i];

		if (is_among(s.key, keys, count))
			s.back_s = 0;
		else
			begin_at(&s.back_s, now_s);
		if (s.back_s == 0 || now_s - s.back_s < relief_s)
			next.at[next.count++] = s;
	}
	for (size_t i = 0; i < count && next.count < LOG_SILENT_MAX; i++) {
		if (is_told(&next, keys[i]))
			continue;
		next.at[next.count++] = (struct log_silent){ keys[i], now_s, 0 };
		is_new = true;
	}
	count = told->count;
	*told = next;
	if (is_new)
		return LOG_LETTER_WORSE;
	return count && !next.count ? LOG_LETTER_BETTER : LOG_LETTER_NONE;
}
