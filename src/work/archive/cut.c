#define XXH_INLINE_ALL
#include <xxhash.h>

#include "work/archive/cut.h"

#define STATIC_WORD_MAX 64 /* a longer word is a value: templates stay short */
#define CONTEXTS_MAX 50000
#define FOLLOWS_MAX 200000
#define NUMBER_RUN_MIN 4 /* fewer digits inside a word do not cut it */
#define HEX_RUN_MIN 6
#define HEX_CHUNK_MAX 128

/* Most words are short: one multiplication, seeded, so that nobody can aim at a chain. */
static inline uint64_t hash_word(const char *from, size_t len, uint64_t seed)
{
	uint64_t a, b = 0;
	__uint128_t product;

	if (len > 16)
		return XXH3_64bits_withSeed(from, len, seed);
	if (len >= 8) {
		a = word_at(from);
		b = word_at(from + len - 8);
	} else if (len >= 4) {
		a = half_at(from) | (uint64_t)half_at(from + len - 4) << 32;
	} else {
		a = (uint8_t)from[0] | (uint64_t)(uint8_t)from[len / 2] << 8 |
			(uint64_t)(uint8_t)from[len - 1] << 16;
	}
	product = (__uint128_t)(a ^ seed) * (b ^ (seed >> 7 | 1) ^ len * 0x9E3779B97F4A7C15u);
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

void words_done(struct words *w)
{
	table_done(&w->texts_by_hash);
	table_done(&w->addresses_by_hash);
	table_done(&w->contexts);
	table_done(&w->follows);
	bytes_done(&w->texts);
	bytes_done(&w->text_from);
	bytes_done(&w->addresses);
	bytes_done(&w->branches);
}

/* Bytes FROM to END of the line become a slot. */
void cut_slot(struct cut *c, size_t from, size_t end, struct slot slot, struct value value)
{
	if (c->slots == LIMIT_SEGMENT_SLOTS) {
		c->is_full = true;
		return;
	}
	c->w->spans[c->slots] = (struct span){ (uint32_t)from, (uint32_t)end };
	c->w->slots[c->slots] = slot;
	c->values[c->slots++] = value;
	c->total = mix(mix(c->total, c->hash), (uint64_t)(slot.type << 8 | slot.form));
	c->hash = 0;
}

void cut_number(struct cut *c, size_t from, size_t end)
{
	uint64_t value = 0;

	for (size_t i = from; i < end; i++)
		value = value * 10 + (uint64_t)(c->s[i] - '0');
	cut_slot(c, from, end, (struct slot){ .type = SLOT_NUMBER },
		(struct value){
			value, c->s[from] == '0' && end - from > 1 ? (uint8_t)(end - from) : 0 });
}

static void add_hex(struct cut *c, size_t from, size_t end, unsigned classes)
{
	unsigned type = classes & IS_HEX_UPPER ? SLOT_HEX_UPPER : SLOT_HEX;

	while (from < end) {
		size_t stop = end - from > HEX_DIGITS_MAX ? from + HEX_DIGITS_MAX : end;
		uint64_t value = 0;

		for (size_t i = from; i < stop; i++)
			value = value << 4 |
				(uint64_t)(c->s[i] <= '9' ? c->s[i] - '0' : (c->s[i] & 7) + 9);
		cut_slot(c, from, stop, (struct slot){ .type = (uint8_t)type },
			(struct value){ value,
				c->s[from] == '0' && stop - from > 1 ? (uint8_t)(stop - from) :
								       0 });
		from = stop;
	}
}

/* Have too many words stood at this place for WORD to be one of the template? */
static bool is_value(struct words *w, uint64_t context, uint64_t word)
{
	uint64_t follow = mix(context, word);
	int64_t number = table_get(&w->follows, follow);

	if (number >= 0)
		return w->branches.at[number] > BRANCHES_MAX;
	number = table_get(&w->contexts, context);
	if (number >= 0 && w->branches.at[number] > BRANCHES_MAX)
		return true;
	if (number < 0) {
		number = (int64_t)w->branches.len;
		if (!table_put(&w->contexts, context, (uint32_t)number, CONTEXTS_MAX))
			return true;
		bytes_u8(&w->branches, 0);
	}
	if (!table_put(&w->follows, follow, (uint32_t)number, FOLLOWS_MAX))
		return true;
	if (++w->branches.at[number] <= BRANCHES_MAX)
		return false;
	w->turns++;
	return true;
}

uint32_t cut_branch(const struct words *w, uint64_t context)
{
	return (uint32_t)(table_get(&w->contexts, context) + 1);
}

static int64_t intern_text(struct words *w, struct str text, uint64_t hash)
{
	int64_t found = table_get(&w->texts_by_hash, hash);
	uint32_t from = (uint32_t)w->texts.len;

	if (found >= 0) {
		struct str known = words_text(w, (uint32_t)found);

		return known.len == text.len && same_bytes(known.ptr, text.ptr, text.len) ? found :
											    -1;
	}
	if (w->texts.len + text.len + 1 > LIMIT_SEGMENT_TEXT_BYTES)
		return -1;
	found = (int64_t)(w->text_from.len / sizeof(from));
	if (!table_put(&w->texts_by_hash, hash, (uint32_t)found, LIMIT_SEGMENT_TEXTS))
		return -1;
	bytes_add(&w->text_from, &from, sizeof(from));
	bytes_add(&w->texts, text.ptr, text.len);
	bytes_u8(&w->texts, 0);
	return found;
}

/* A word whose hash is known, or part of one: static text, or a value of the dictionary. */
static void add_word(struct cut *c, size_t from, size_t end, uint64_t context, uint64_t word)
{
	struct str text = { c->s + from, end - from };
	int64_t number;

	if (c->group == 0 && text.len > 1)
		c->group = word;
	if (text.len <= STATIC_WORD_MAX && context != c->open && !is_value(c->w, context, word)) {
		c->hash = mix(c->hash, word);
		c->tag = mix(word, 9);
		return;
	}
	c->tag = mix(context, 1);
	number = intern_text(c->w, text, word);
	if (number < 0) {
		c->is_full = true;
		return;
	}
	cut_slot(c, from, end, (struct slot){ .type = SLOT_TEXT },
		(struct value){ (uint64_t)number, 0 });
}

void cut_word(struct cut *c, size_t from, size_t end, uint64_t context)
{
	add_word(c, from, end, context, hash_word(c->s + from, end - from, c->w->seed));
}

/* A dotted quad as people write it: where it ends, or 0. */
static size_t ipv4_at(const struct cut *c, size_t at, uint32_t *ret)
{
	uint32_t address = 0;

	for (int part = 0; part < 4; part++) {
		unsigned octet = 0;
		size_t from = at;

		while (at < c->len && at - from < 4 && class_of(c->s[at]) == IS_DIGIT)
			octet = octet * 10 + (unsigned)(c->s[at++] - '0');
		if (at == from || octet > 255 || (c->s[from] == '0' && at - from > 1) ||
			(part < 3 && (at >= c->len || c->s[at++] != '.')))
			return 0;
		address = address << 8 | octet;
	}
	if (at < c->len && (class_of(c->s[at]) & (IS_ALNUM | IS_HIGH) || c->s[at] == '.'))
		return 0;
	*ret = address;
	return at;
}

bool cut_ipv4(struct cut *c, size_t from, size_t *ret_end)
{
	struct words *w = c->w;
	uint32_t address;
	size_t end = ipv4_at(c, from, &address);
	uint64_t hash;
	int64_t number;

	if (end == 0)
		return false;
	hash = mix(w->seed, address);
	number = table_get(&w->addresses_by_hash, hash);
	if (number < 0) {
		number = (int64_t)(w->addresses.len / sizeof(address));
		if (!table_put(&w->addresses_by_hash, hash, (uint32_t)number, LIMIT_SEGMENT_TEXTS))
			c->is_full = true;
		bytes_add(&w->addresses, &address, sizeof(address));
	} else if (words_address(w, (uint32_t)number) != address) {
		return false;
	}
	cut_slot(c, from, end, (struct slot){ .type = SLOT_IPV4 },
		(struct value){ (uint64_t)number, 0 });
	*ret_end = end;
	return true;
}

/* Classes of the run of letters and digits at FROM, and its end. */
unsigned cut_run(const struct cut *c, size_t from, size_t end, unsigned kinds, size_t *ret_end)
{
	unsigned classes = 0;

	while (from < end && class_of(c->s[from]) & kinds)
		classes |= class_of(c->s[from++]);
	*ret_end = from;
	return classes;
}

static bool is_hex(unsigned classes)
{
	return classes == (IS_DIGIT | IS_HEX_LOWER) || classes == (IS_DIGIT | IS_HEX_UPPER);
}

/* A word with numbers in it, such as blk_-1608999687919862906 or a UUID: cut at long numbers. */
static void cut_mixed(struct cut *c, size_t from, size_t end, uint64_t context)
{
	size_t text = from; /* not yet given away */

	while (from < end) {
		size_t run, digits;
		unsigned classes = cut_run(c, from, end, IS_ALNUM, &run);
		bool has_hex = is_hex(classes) && run - from >= HEX_RUN_MIN;
		bool has_number;

		if (run == from) {
			from++;
			continue;
		}
		digits = from;
		if (class_of(c->s[from]) == IS_DIGIT)
			cut_run(c, from, run, IS_DIGIT, &digits);
		has_number = !has_hex && digits - from >= NUMBER_RUN_MIN &&
			digits - from <= NUMBER_DIGITS_MAX;
		if (has_hex || has_number) {
			if (text < from) {
				cut_word(c, text, from, context);
				context = c->tag;
			}
			if (has_hex)
				add_hex(c, from, run, classes);
			else
				cut_number(c, from, digits);
			c->tag = context = mix(context, has_hex ? 3 : 2);
			text = from = has_hex ? run : digits;
		} else {
			/* to the next digit that may begin a number */
			do
				from++;
			while (from < run &&
				!(class_of(c->s[from]) == IS_DIGIT &&
					class_of(c->s[from - 1]) != IS_DIGIT));
		}
	}
	if (text < end)
		cut_word(c, text, end, context);
}

/* The word with digits from FROM to END, none of whose bytes is between words. */
void cut_chunk(struct cut *c, size_t from, size_t end, uint64_t context)
{
	size_t len = end - from, stop;
	unsigned classes = cut_run(c, from, end, IS_ALNUM | IS_MARK | IS_HIGH, &stop);

	if (is_hex(classes) && len >= HEX_RUN_MIN && len <= HEX_CHUNK_MAX) {
		add_hex(c, from, end, classes);
		c->tag = mix(context, 3);
	} else if (len > 2 && c->s[from] == '0' && c->s[from + 1] == 'x') {
		unsigned figures =
			cut_run(c, from + 2, end, IS_DIGIT | IS_HEX_LOWER | IS_HEX_UPPER, &stop);

		if (stop == end && figures != 0 &&
			(figures == IS_DIGIT || is_hex(figures) || figures == IS_HEX_LOWER ||
				figures == IS_HEX_UPPER)) {
			c->hash = mix(c->hash, 'x');
			add_hex(c, from + 2, end, figures);
			c->tag = mix(context, 4);
		} else {
			cut_word(c, from, end, context);
		}
	} else if (!(classes & IS_HIGH)) {
		cut_mixed(c, from, end, context);
	} else {
		cut_word(c, from, end, context);
	}
}

/* A word with digits: what is known of those that are not cut is kept with their text. */
static void add_chunk(struct cut *c, size_t from, size_t end, uint64_t context)
{
	struct words *w = c->w;
	uint64_t word = hash_word(c->s + from, end - from, w->seed);
	int64_t number = table_get(&w->texts_by_hash, word);
	uint32_t *texts = (uint32_t *)(void *)w->text_from.at, slots = c->slots;

	/* the words of one hash are one word, or intern_text() finds out */
	if (number >= 0 && texts[number] & TEXT_IS_WHOLE) {
		add_word(c, from, end, context, word);
		return;
	}
	cut_chunk(c, from, end, context);
	if (c->slots == slots + 1 && w->slots[slots].type == SLOT_TEXT &&
		w->spans[slots].from == from && w->spans[slots].end == end)
		((uint32_t *)(void *)w->text_from.at)[c->values[slots].number] |= TEXT_IS_WHOLE;
}

size_t cut_token(struct cut *c, size_t at, uint64_t context)
{
	size_t end, taken;
	enum scan_digits digits;
	int64_t time;
	uint8_t form;

	if (cut_may_be_time(c, at)) {
		taken = timeform_parse(c->s + at, c->len - at, &form, &time);
		if (taken > 0) {
			cut_slot(c, at, at + taken,
				(struct slot){ .type = SLOT_TIME, .form = form },
				(struct value){ (uint64_t)time, 0 });
			c->tag = mix(context, 5);
			return at + taken;
		}
	}
	end = scan_end(&c->w->scan, at);
	if (end > c->len)
		end = c->len;
	digits = scan_digits(&c->w->scan, at, end);
	if (digits == NO_DIGIT) {
		cut_word(c, at, end, context);
	} else if (digits == ALL_DIGITS && end - at <= NUMBER_DIGITS_MAX) {
		cut_number(c, at, end);
		c->tag = mix(context, 2);
	} else if (class_of(c->s[at]) == IS_DIGIT && cut_ipv4(c, at, &taken)) {
		c->tag = mix(context, 6);
		return taken;
	} else {
		add_chunk(c, at, end, context);
	}
	return end;
}

/* Bytes that are the same in all lines of the template. */
void cut_static(struct cut *c, size_t from, size_t end)
{
	uint64_t word;

	if (from == end)
		return;
	word = hash_word(c->s + from, end - from, c->w->seed);
	c->hash = mix(c->hash, word);
	c->tag = mix(word, 9);
}

size_t cut_between(struct cut *c, size_t at, uint64_t *ret_between)
{
	uint64_t between = 0;

	while (at < c->len && class_of(c->s[at]) & IS_BETWEEN)
		between = (between ^ (uint64_t)(uint8_t)c->s[at++]) * 0x9E3779B97F4A7C15u;
	c->hash = mix(c->hash, between);
	*ret_between = between;
	return at;
}

void cut_words(struct cut *c, size_t at)
{
	while (at < c->len && !c->is_full) {
		uint64_t between;

		at = cut_between(c, at, &between);
		if (at < c->len)
			at = cut_token(c, at, mix(c->tag, between));
	}
}
