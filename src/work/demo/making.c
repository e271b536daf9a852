/* making.c - what those who make a part of the sample share: chance, words, days. */
#include "core/pack/calendar.h"
#include "work/demo/demo_int.h"

/* splitmix64: small, and the same everywhere. */
uint64_t demo_random(struct making *m, uint64_t limit)
{
	uint64_t x = m->random += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return limit ? (x ^ x >> 31) % limit : 0;
}

bool demo_chance(struct making *m, uint64_t percent)
{
	return demo_random(m, 100) < percent;
}

bool demo_cares(struct making *m, const struct demo_unit *u, uint64_t worst)
{
	return demo_chance(m, worst + (100 - worst) * u->care / 100);
}

const struct demo_unit *demo_unit_of(const struct making *m, int64_t id)
{
	for (size_t i = 0; i < m->unit_count; i++)
		if (m->units[i].id == id)
			return &m->units[i];
	return &m->units[0];
}

struct str demo_word(struct making *m, const struct yaml_node *list)
{
	const struct yaml_node *node = list ? list->first : NULL;

	for (uint64_t n = list ? demo_random(m, list->count) : 0; node && n > 0; n--)
		node = node->next;
	return node ? node->text : STR("");
}

const struct yaml_node *demo_list(const struct making *m, const char *key, const char *name)
{
	const struct yaml_node *map = yaml_get(m->words, key);

	return map && name ? yaml_get(map, name) : map;
}

struct str demo_turn(const struct yaml_node *list, size_t place)
{
	const struct yaml_node *node = list->first;

	for (size_t n = list->count ? place % list->count : 0; node && n > 0; n--)
		node = node->next;
	return node ? node->text : STR("");
}

#define WORD_BYTES_MAX 4096
#define PAPERS_A_YEAR 180

struct str demo_fill(struct making *m, struct str word, const struct demo_unit *u, int64_t at_s)
{
	char text[CLOCK_TEXT_MAX];
	struct str filled;
	struct buf b;

	if (!str_has(word, '{'))
		return word;
	buf_init(&b, WORD_BYTES_MAX);
	while (word.len) {
		size_t used = 1;

		if (str_starts(word, "{so}")) {
			buf_fmt(&b, "%02d", (int)demo_random(m, PAPERS_A_YEAR) + 1);
			used = 4;
		} else if (str_starts(word, "{nam}")) {
			buf_add(&b, str_until(str_of(date_iso(date_at(at_s), text)), 4));
			used = 5;
		} else if (str_starts(word, "{dv}")) {
			buf_add(&b, u->code);
			used = 4;
		} else {
			buf_add_char(&b, word.ptr[0]);
		}
		word = str_from(word, used);
	}
	filled = arena_str(&m->piece, buf_str(&b));
	buf_done(&b);
	return filled;
}

struct str demo_said(const struct making *m, const char *name)
{
	const struct yaml_node *node = demo_list(m, "said", name);

	return node ? node->text : STR("");
}

struct str demo_day(struct making *m, int64_t days_from_now)
{
	char text[CLOCK_TEXT_MAX];

	return arena_str(
		m->a, str_of(date_iso(date_at(m->d->now_s + days_from_now * CLOCK_DAY_S), text)));
}

void demo_tell(struct making *m, const char *what, size_t done, size_t total)
{
	if (m->d->progress)
		m->d->progress(m->d->context, what, done, total);
}

void demo_clear(struct making *m)
{
	arena_done(&m->piece);
	arena_init(&m->piece, PIECE_BYTES);
}

const struct staff *demo_person(struct making *m, const struct demo_unit *u)
{
	return &u->people[demo_random(m, u->count)];
}

#define MORNING_S (7 * 3600 + 1800)
#define NOON_S (11 * 3600 + 1800)
#define AFTERNOON_S (13 * 3600 + 1800)
#define EVENING_S (17 * 3600)

int64_t demo_last_s(const struct demo *d)
{
	struct date day = date_add_days(date_at(d->now_s), -1);

	return date_start_s(pack_work_day_until(d->packs, day)) + EVENING_S;
}

int64_t demo_work_s(struct making *m, int64_t near_s)
{
	struct date day = date_at(near_s), first = day;
	int64_t in_day = near_s - date_start_s(day);

	if (in_day > EVENING_S)
		first = date_add_days(day, 1);
	first = pack_work_day_from(m->d->packs, first);
	if (date_to_days(first) != date_to_days(day))
		in_day = 0;
	if (in_day < MORNING_S)
		in_day = MORNING_S + (int64_t)demo_random(m, 5400);
	else if (in_day > NOON_S && in_day < AFTERNOON_S)
		in_day = AFTERNOON_S + (int64_t)demo_random(m, 1800);
	return date_start_s(first) + in_day;
}

int64_t demo_ago_s(struct making *m, int64_t days)
{
	int64_t at_s;

	for (;; days += 7) {
		at_s = m->last_s - days * CLOCK_DAY_S - (int64_t)demo_random(m, CLOCK_DAY_S);
		at_s = demo_work_s(m, at_s);
		if (at_s < m->last_s)
			return at_s;
	}
}

int64_t demo_lately_days(struct making *m, const struct demo_unit *u)
{
	return 5 + (int64_t)demo_random(m, 20 + 4 * (100 - u->care));
}

int64_t demo_begin_s(const struct making *m)
{
	return m->d->now_s - (int64_t)DEMO_YEAR_DAYS * CLOCK_DAY_S;
}

struct flow_by demo_by(struct making *m, const struct org_user *user, int64_t now_s)
{
	return (struct flow_by){ m->d->store, m->d->packs, user, &m->tree, now_s, &m->piece };
}
