#include <sys/random.h>

#include "work/archive/json.h"
#include "work/archive/lines.h"

#define JSON_MIN 300 /* bytes: shorter ones are cut into words like any line */

void lines_init(struct lines *l)
{
	*l = (struct lines){ 0 };
	if (getrandom(&l->words.seed, sizeof(l->words.seed), 0) != sizeof(l->words.seed))
		abort();
	/* number 0, TEMPLATE_RAW, is nobody's */
	memset(bytes_more(&l->templates, sizeof(struct template)), 0, sizeof(struct template));
	l->templates.len = sizeof(struct template);
	l->families = SLOT_TYPES; /* the first of each type serve when no more can be had */
}

void lines_done(struct lines *l)
{
	table_done(&l->templates_by_hash);
	table_done(&l->families_by_hash);
	bytes_done(&l->templates);
	bytes_done(&l->text);
	bytes_done(&l->slots);
	words_done(&l->words);
	paths_done(&l->paths);
}

/* What stands just before slot K: the slot there, or the last bytes, any digit for any other. */
static uint64_t before(const struct cut *c, uint32_t k)
{
	size_t from = c->w->spans[k].from, end = k > 0 ? c->w->spans[k - 1].end : 0;
	size_t i = from < 3 ? 0 : from - 3;
	uint64_t context = 0;

	if (from - end < 3 && k > 0) {
		context = c->w->slots[k - 1].type;
		i = end;
	}
	for (; i < from; i++)
		context = context << 8 | (uint8_t)(class_of(c->s[i]) == IS_DIGIT ? '0' : c->s[i]);
	return context;
}

/* Which column of a table with tabs, such as Zeek's, begins at END. */
static uint64_t tabs_before(const struct cut *c, size_t end)
{
	uint64_t count = 0;

	for (size_t i = 0; i < end; i++)
		count += c->s[i] == '\t';
	return count;
}

/* Slots with the same before and behind them share a column; those of a table have their own. */
static uint16_t family_of(struct lines *l, const struct cut *c, uint32_t k)
{
	size_t end = c->w->spans[k].end;
	bool is_next = k + 1 < c->slots && c->w->spans[k + 1].from == end;
	uint8_t after = end < c->len && !is_next ? (uint8_t)c->s[end] : 0;
	unsigned type = c->w->slots[k].type;
	uint64_t context = before(c, k), hash;
	int64_t found;

	if ((context & 255) == '\t')
		context = mix('\t', tabs_before(c, c->w->spans[k].from));
	/* process numbers of one host are one column, whatever program they belong to */
	if (type == SLOT_NUMBER && (context & 255) == '[' && after == ']')
		context = '[';
	hash = mix(context, mix(type, type == SLOT_TEXT ? 0 : after));
	found = table_get(&l->families_by_hash, hash);
	if (found >= 0)
		return (uint16_t)found;
	if (l->families >= LIMIT_SEGMENT_FAMILIES ||
		!table_put(&l->families_by_hash, hash, l->families, LIMIT_SEGMENT_FAMILIES))
		return (uint16_t)type;
	return (uint16_t)l->families++;
}

/* Is T the template of the line that was cut? */
static bool is_same(const struct lines *l, const struct cut *c, const struct template *t)
{
	const struct slot *slots = lines_slots(l, t);
	const char *at = (const char *)l->text.at + t->text, *end = at + t->text_len;
	size_t from = 0;

	if (t->slots != c->slots)
		return false;
	for (uint32_t k = 0; k <= c->slots; k++) {
		size_t len = (k < c->slots ? c->w->spans[k].from : c->len) - from;

		if ((size_t)(end - at) <= len || !same_bytes(at, c->s + from, len) || at[len] != 0)
			return false;
		at += len + 1;
		if (k == c->slots)
			break;
		if (slots[k].type != c->w->slots[k].type || slots[k].form != c->w->slots[k].form)
			return false;
		from = c->w->spans[k].end;
	}
	return at == end;
}

/* A value that stands in the line a second time shares the column of the first. */
static uint16_t slot_family(struct lines *l, const struct cut *c, uint32_t k)
{
	const struct slot *slots = c->w->slots;
	uint32_t first = k > 64 ? k - 64 : 0;

	if (slots[k].type == SLOT_TIME)
		return 0;
	if (slots[k].type == SLOT_NUMBER && c->values[k].number < 1000)
		return family_of(l, c, k);
	for (uint32_t i = first; i < k; i++)
		if (slots[i].type == slots[k].type && c->values[i].number == c->values[k].number &&
			c->values[i].digits == c->values[k].digits)
			return slots[i].family;
	return family_of(l, c, k);
}

static uint32_t new_template(struct lines *l, struct cut *c)
{
	struct template t = { .text = (uint32_t)l->text.len,
		.slot = (uint32_t)(l->slots.len / sizeof(struct slot)),
		.slots = c->slots };
	uint32_t number = lines_templates(l);
	size_t from = 0;

	if (l->text.len + c->len + c->slots + 1 > LIMIT_SEGMENT_TEMPLATE_BYTES ||
		number >= LIMIT_SEGMENT_TEMPLATES ||
		!table_put(&l->templates_by_hash, c->hash, number, LIMIT_SEGMENT_TEMPLATES))
		return TEMPLATE_RAW;
	for (uint32_t k = 0; k < c->slots; k++) {
		bytes_add(&l->text, c->s + from, c->w->spans[k].from - from);
		bytes_u8(&l->text, 0);
		from = c->w->spans[k].end;
		c->w->slots[k].family = slot_family(l, c, k);
		if (c->w->slots[k].type == SLOT_TIME && t.time == 0)
			t.time = (uint16_t)(k + 1);
	}
	bytes_add(&l->text, c->s + from, c->len - from);
	bytes_u8(&l->text, 0);
	t.text_len = (uint32_t)l->text.len - t.text;
	bytes_add(&l->slots, c->w->slots, c->slots * sizeof(struct slot));
	bytes_add(&l->templates, &t, sizeof(t));
	return number;
}
/* NUL is the mark of a slot, and folding for search needs whole characters. */
static bool is_fit(struct lines *l, struct str raw)
{
	if (raw.len == 0 || raw.len > LIMIT_SEGMENT_LINE_BYTES)
		return false;
	scan_line(&l->words.scan, raw);
	return !l->words.scan.has_nul && (!l->words.scan.has_high || str_is_utf8(raw));
}

uint32_t lines_parse(struct lines *l, struct str raw, struct value *values, uint64_t *ret_group)
{
	struct cut c = {
		.w = &l->words, .s = raw.ptr, .len = raw.len, .tag = l->words.seed, .values = values
	};
	bool is_json = raw.len >= JSON_MIN && raw.ptr[0] == '{' && raw.ptr[1] == '"';
	size_t at = raw.len;
	int64_t found;

	*ret_group = 0;
	if (!is_fit(l, raw))
		return TEMPLATE_RAW;
	if (is_json)
		cut_json(&c);
	else
		at = path_follow(&l->paths, &c);
	if (at < raw.len)
		path_look(&l->paths, &c, at);
	if (c.is_full)
		return TEMPLATE_RAW;
	*ret_group = c.group;
	c.hash = mix(c.total, c.hash);
	found = table_get(&l->templates_by_hash, c.hash);
	if (found < 0)
		return new_template(l, &c);
	if (!is_same(l, &c, lines_template(l, (uint32_t)found)))
		return TEMPLATE_RAW;
	if (at < raw.len)
		path_learn(&l->paths, &c);
	return (uint32_t)found;
}
