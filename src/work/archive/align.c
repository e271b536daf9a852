#include "work/archive/align.h"

#define STEPS_MAX 2000    /* for one template; beyond it, its rows are looked at whole */
#define CONDITIONS_MAX 64 /* of one set */

/* A template under the query. */
struct lay {
	struct search *a;
	const struct template *t;
	const struct slot *slots;
	const uint8_t **piece; /* t->slots + 1 static texts */
	size_t *piece_len;
	struct condition set[CONDITIONS_MAX];
	size_t depth;
	uint32_t blocks; /* where some set of conditions may be met */
	bool is_always;
	bool is_unknown;
};

static void *get(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);

	if (p == NULL)
		abort();
	return p;
}

bool align_compare(struct str value, enum align_op op, struct str wanted)
{
	if (value.len < wanted.len || (op == ALIGN_IS && value.len != wanted.len))
		return false;
	switch (op) {
	case ALIGN_HOLDS:
		return memmem(value.ptr, value.len, wanted.ptr, wanted.len) != NULL;
	case ALIGN_ENDS:
		return memcmp(value.ptr + value.len - wanted.len, wanted.ptr, wanted.len) == 0;
	default:
		return memcmp(value.ptr, wanted.ptr, wanted.len) == 0;
	}
}

static struct str part(const struct search *a, size_t from, size_t end)
{
	return (struct str){ a->text.ptr + from, end - from };
}

static void set_bit(struct entry_set *set, uint32_t i)
{
	set->bits[i / 64] |= (uint64_t)1 << i % 64;
	set->is_empty = false;
}

/* Look for all texts at once: they lie one after the other. */
static void find_texts(const struct search *a, struct entry_set *set, struct str wanted)
{
	const uint8_t *at = a->texts, *end = a->texts + a->texts_len;

	while (at < end) {
		const uint8_t *hit = memmem(at, (size_t)(end - at), wanted.ptr, wanted.len);
		uint32_t low = 0, high = a->s->text_count;
		struct str value;

		if (hit == NULL)
			break;
		while (high - low > 1) {
			uint32_t middle = low + (high - low) / 2;

			if (a->texts + a->text_from[middle] <= hit)
				low = middle;
			else
				high = middle;
		}
		value = (struct str){ (const char *)a->texts + a->text_from[low],
			a->text_from[low + 1] - a->text_from[low] - 1 };
		if (align_compare(value, set->op, wanted)) {
			set_bit(set, low);
			at = a->texts + a->text_from[low + 1];
		} else {
			at = hit + 1;
		}
	}
}

static void find_addresses(const struct search *a, struct entry_set *set, struct str wanted)
{
	for (uint32_t i = 0; i < a->s->address_count; i++) {
		char text[TIMEFORM_TEXT_MAX];
		size_t len = ipv4_write(address_at(a->s, i), text);

		if (align_compare((struct str){ text, len }, set->op, wanted))
			set_bit(set, i);
	}
}

/* Where the entries of SET stand, by family. */
static void find_blocks(const struct segment *s, struct entry_set *set, uint32_t count)
{
	const struct use_list *uses = &s->uses[set->type];

	if (uses->from == NULL)
		return;
	set->blocks = get(s->family_count, sizeof(*set->blocks));
	for (uint32_t word = 0; word <= count / 64; word++) {
		for (uint64_t left = set->bits[word]; left; left &= left - 1) {
			uint32_t i = word * 64 + (uint32_t)__builtin_ctzll(left);

			for (uint32_t k = uses->from[i]; k < uses->from[i + 1]; k++)
				set->blocks[uses->at[k].family] |= uses->at[k].blocks;
		}
	}
}

/* The entries that meet a condition, found once for the segment. */
static int32_t entries_for(struct search *a, unsigned type, const struct condition *c)
{
	struct entry_set *sets = (struct entry_set *)(void *)a->sets.at, set;
	size_t count = a->sets.len / sizeof(set);
	struct str wanted = part(a, c->from, c->end);

	for (size_t i = 0; i < count; i++)
		if (sets[i].from == c->from && sets[i].end == c->end && sets[i].op == c->op &&
			sets[i].type == type)
			return (int32_t)i;
	set = (struct entry_set){
		.from = c->from, .end = c->end, .op = c->op, .type = (uint8_t)type, .is_empty = true
	};
	if (type == SLOT_TEXT) {
		set.bits = get(a->s->text_count / 64 + 1, 8);
		find_texts(a, &set, wanted);
	} else {
		set.bits = get(a->s->address_count / 64 + 1, 8);
		find_addresses(a, &set, wanted);
	}
	find_blocks(a->s, &set, type == SLOT_TEXT ? a->s->text_count : a->s->address_count);
	bytes_add(&a->sets, &set, sizeof(set));
	return (int32_t)count;
}

/* How many bytes from FROM on may be in such a slot. */
static size_t reach(const struct search *a, struct slot slot, size_t from)
{
	size_t at = from;

	for (; at < a->text.len; at++) {
		char c = a->text.ptr[at];
		bool is_digit = c >= '0' && c <= '9', may = is_digit;

		switch (slot.type) {
		case SLOT_TEXT:
			may = a->is_of_texts[(uint8_t)c];
			break;
		case SLOT_IPV4:
			may = is_digit || c == '.';
			break;
		case SLOT_HEX:
			may = is_digit || (c >= 'a' && c <= 'f');
			break;
		case SLOT_HEX_UPPER:
			may = is_digit ||
				(a->is_fold ? c >= 'a' && c <= 'f' : c >= 'A' && c <= 'F');
			break;
		case SLOT_TIME:
			may = true; /* demand() looks closer */
			break;
		}
		if (!may)
			break;
	}
	return at - from;
}

static size_t longest(const struct search *a, struct slot slot)
{
	switch (slot.type) {
	case SLOT_NUMBER:
		return NUMBER_DIGITS_MAX + 1;
	case SLOT_IPV4:
		return 15;
	case SLOT_TEXT:
		return a->text.len;
	case SLOT_TIME:
		return TIMEFORM_TEXT_MAX;
	default:
		return HEX_DIGITS_MAX;
	}
}

/* The set of conditions is complete: all met, the text is there. */
static void emit(struct lay *l)
{
	uint32_t blocks = UINT32_MAX;

	if (l->depth == 0) {
		l->is_always = true;
		return;
	}
	for (size_t i = 0; i < l->depth; i++) {
		l->set[i].is_last = i + 1 == l->depth;
		blocks &= l->set[i].blocks;
	}
	if (blocks == 0)
		return;
	l->blocks |= blocks;
	bytes_add(&l->a->conditions, l->set, l->depth * sizeof(l->set[0]));
}

/* Add a condition on slot K; false when nothing can meet it. */
static bool demand(struct lay *l, size_t k, enum align_op op, size_t from, size_t end)
{
	struct condition *c = &l->set[l->depth];
	unsigned type = l->slots[k].type;
	const struct entry_set *set;

	if (l->depth == CONDITIONS_MAX || ++l->a->steps > STEPS_MAX) {
		l->is_unknown = true;
		return false;
	}
	*c = (struct condition){ .slot = (uint16_t)k,
		.from = (uint16_t)from,
		.end = (uint16_t)end,
		.op = (uint8_t)op,
		.entries = -1,
		.blocks = UINT32_MAX };
	if (type == SLOT_TIME &&
		!timeform_may_hold(l->slots[k].form, l->a->text.ptr + from, end - from,
			op == ALIGN_BEGINS || op == ALIGN_IS, op == ALIGN_ENDS || op == ALIGN_IS))
		return false;
	if (type == SLOT_TEXT || type == SLOT_IPV4) {
		c->entries = entries_for(l->a, type, c);
		set = (struct entry_set *)(void *)l->a->sets.at + c->entries;
		if (set->blocks)
			c->blocks = set->blocks[l->slots[k].family];
		if (set->is_empty || c->blocks == 0)
			return false;
	}
	l->depth++;
	return true;
}

static void lay_slot(struct lay *l, size_t k, size_t from);

/* The text from Q on begins at OFFSET of the static piece K. Recursion goes a slot further each
 * time and at least a byte of the text, and demand() bounds its depth. */
static void lay_piece(struct lay *l, size_t k, size_t offset, size_t q)
{
	size_t left = l->piece_len[k] - offset, need = l->a->text.len - q;

	if (memcmp(l->piece[k] + offset, l->a->text.ptr + q, need < left ? need : left) != 0)
		return;
	if (need <= left)
		emit(l);
	else if (k < l->t->slots)
		lay_slot(l, k, q + left);
}

/* Slot K begins at byte FROM of the text: the text ends in it, or goes on behind it. */
static void lay_slot(struct lay *l, size_t k, size_t from)
{
	size_t most = reach(l->a, l->slots[k], from), limit = longest(l->a, l->slots[k]);

	if (from + most == l->a->text.len && most <= limit &&
		demand(l, k, ALIGN_BEGINS, from, l->a->text.len)) {
		emit(l);
		l->depth--;
	}
	for (size_t n = 1; n <= most && n <= limit && from + n < l->a->text.len; n++) {
		/* look at the next byte before asking the dictionary */
		if (l->piece_len[k + 1] > 0 &&
			l->piece[k + 1][0] != (uint8_t)l->a->text.ptr[from + n])
			continue;
		if (demand(l, k, ALIGN_IS, from, from + n)) {
			lay_piece(l, k + 1, 0, from + n);
			l->depth--;
		}
	}
}

/* The text begins in slot K. */
static void lay_from_slot(struct lay *l, size_t k)
{
	size_t most = reach(l->a, l->slots[k], 0), limit = longest(l->a, l->slots[k]);

	if (most == l->a->text.len && most <= limit && demand(l, k, ALIGN_HOLDS, 0, most)) {
		emit(l);
		l->depth--;
	}
	for (size_t n = 1; n <= most && n <= limit && n < l->a->text.len; n++) {
		size_t left = l->a->text.len - n, next = l->piece_len[k + 1];

		if (memcmp(l->piece[k + 1], l->a->text.ptr + n, left < next ? left : next) != 0)
			continue;
		if (demand(l, k, ALIGN_ENDS, 0, n)) {
			lay_piece(l, k + 1, 0, n);
			l->depth--;
		}
	}
}

static void lay_from_piece(struct lay *l, size_t k)
{
	const uint8_t *at = l->piece[k], *end = at + l->piece_len[k];

	while (at < end && !l->is_always) {
		at = memchr(at, l->a->text.ptr[0], (size_t)(end - at));
		if (at == NULL)
			break;
		lay_piece(l, k, (size_t)(at - l->piece[k]), 0);
		at++;
	}
}

/* Lay the text over template T, whose static text begins at AT; returns where it ends. */
static const uint8_t *lay_over(struct lay *l, uint32_t number, const uint8_t *at)
{
	struct search *a = l->a;
	size_t before = a->conditions.len;

	l->t = &a->s->templates[number];
	l->slots = a->s->slots + l->t->slot;
	l->is_always = l->is_unknown = false;
	l->blocks = 0;
	l->depth = 0;
	a->steps = 0;
	for (size_t k = 0; k <= l->t->slots; k++) {
		l->piece[k] = at;
		l->piece_len[k] = strlen((const char *)at);
		at += l->piece_len[k] + 1;
	}
	for (size_t k = 0; k <= l->t->slots && !l->is_always && !l->is_unknown; k++) {
		lay_from_piece(l, k);
		if (k < l->t->slots && !l->is_always)
			lay_from_slot(l, k);
	}
	a->first[number] = (uint32_t)(before / sizeof(struct condition));
	if (l->is_always || l->is_unknown)
		a->conditions.len = before;
	a->count[number] = (uint32_t)((a->conditions.len - before) / sizeof(struct condition));
	a->fit[number] = l->is_always ? FIT_ALWAYS :
		l->is_unknown         ? FIT_UNKNOWN :
		a->count[number] > 0  ? FIT_IF :
					FIT_NEVER;
	a->blocks[number] = l->is_always || l->is_unknown ? UINT32_MAX : l->blocks;
	return at;
}

void align(struct search *a, struct segment *s, struct str text, bool is_fold)
{
	struct lay l = { .a = a };
	const uint8_t *at;

	*a = (struct search){ .s = s,
		.text = text,
		.is_fold = is_fold,
		.texts = s->texts.at,
		.text_from = s->text_from,
		.texts_len = s->texts.len,
		.templates = s->text.at };
	if (is_fold) {
		if (s->folded == NULL)
			s->folded = folded_new(s);
		a->texts = s->folded->texts.at;
		a->texts_len = s->folded->texts.len;
		a->text_from = s->folded->text_from;
		a->templates = s->folded->text.at;
	}
	for (size_t i = 0; i < a->texts_len; i++)
		a->is_of_texts[a->texts[i]] = true;
	a->is_of_texts[0] = false;
	a->fit = get(s->template_count, 1);
	a->first = get(s->template_count, sizeof(*a->first));
	a->count = get(s->template_count, sizeof(*a->count));
	a->blocks = get(s->template_count, sizeof(*a->blocks));
	l.piece = get(LIMIT_SEGMENT_SLOTS + 1, sizeof(*l.piece));
	l.piece_len = get(LIMIT_SEGMENT_SLOTS + 1, sizeof(*l.piece_len));
	a->fit[TEMPLATE_RAW] = FIT_UNKNOWN;
	a->blocks[TEMPLATE_RAW] = UINT32_MAX;
	at = a->templates;
	for (uint32_t t = 1; t < s->template_count; t++)
		at = lay_over(&l, t, at);
	free(l.piece);
	free(l.piece_len);
}

void align_done(struct search *a)
{
	struct entry_set *sets = (struct entry_set *)(void *)a->sets.at;

	for (size_t i = 0; i < a->sets.len / sizeof(*sets); i++) {
		free(sets[i].bits);
		free(sets[i].blocks);
	}
	bytes_done(&a->sets);
	bytes_done(&a->conditions);
	free(a->fit);
	free(a->first);
	free(a->count);
	free(a->blocks);
}

static bool is_met(
	const struct search *a, const struct condition *c, struct slot slot, struct value value)
{
	char text[TIMEFORM_TEXT_MAX];
	struct str s;

	if (c->entries >= 0) {
		const struct entry_set *set =
			(const struct entry_set *)(const void *)a->sets.at + c->entries;

		return set->bits[value.number / 64] >> value.number % 64 & 1;
	}
	s = slot_text(a->s, slot, value, text);
	for (size_t i = 0; a->is_fold && i < s.len; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] |= 0x20;
	return align_compare(s, c->op, part(a, c->from, c->end));
}

bool align_meets(const struct search *a, uint32_t position)
{
	const struct view *v = &a->s->view;
	uint32_t t = v->template[position];
	const struct condition *c =
		(const struct condition *)(const void *)a->conditions.at + a->first[t];
	const struct condition *end = c + a->count[t];
	const struct slot *slots = a->s->slots + a->s->templates[t].slot;
	const struct value *values = v->values + v->first[position];
	bool is_good = true;

	for (; c < end; c++) {
		is_good = is_good && !c->is_dead && is_met(a, c, slots[c->slot], values[c->slot]);
		if (c->is_last) {
			if (is_good)
				return true;
			is_good = true;
		}
	}
	return false;
}

bool align_in_text(const struct search *a, struct str text)
{
	struct bytes folded = { 0 };
	bool is_there;

	if (!a->is_fold)
		return text.len >= a->text.len &&
			memmem(text.ptr, text.len, a->text.ptr, a->text.len);
	fold_into(&folded, text);
	is_there = folded.len >= a->text.len &&
		memmem(folded.at, folded.len, a->text.ptr, a->text.len) != NULL;
	bytes_done(&folded);
	return is_there;
}
