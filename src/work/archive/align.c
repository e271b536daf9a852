#include "work/archive/align.h"

#include "kit/office/office.h"
#include "work/archive/seek.h"

#define STEPS_MAX 2000    /* for one template; beyond it, its rows are looked at whole */
#define CONDITIONS_MAX 64 /* of one set */

/* A template under the query. */
struct lay {
	struct search *a;
	const struct template *t;
	const struct slot *slots;
	const uint32_t *piece_from; /* of its t->slots + 1 static texts */
	struct condition set[CONDITIONS_MAX];
	size_t depth;
	uint32_t blocks; /* where some set of conditions may be met */
	bool is_unknown;
};

static inline struct str piece(const struct lay *l, size_t k)
{
	return (struct str){ (const char *)l->a->templates + l->piece_from[k],
		l->piece_from[k + 1] - l->piece_from[k] - 1 };
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

/* Does what was found at HIT stand in its text as OP wants it? A NUL stands between texts. */
static bool is_in_place(
	const struct search *a, enum align_op op, const uint8_t *hit, struct str wanted)
{
	bool begins = hit == a->texts || hit[-1] == 0, ends = hit[wanted.len] == 0;

	return (begins || (op != ALIGN_BEGINS && op != ALIGN_IS)) &&
		(ends || (op != ALIGN_ENDS && op != ALIGN_IS));
}

/* Look for all texts at once: they lie one after the other. */
static void find_texts(const struct search *a, struct entry_set *set, struct str wanted)
{
	const uint8_t *at = a->texts, *end = a->texts + a->texts_len;

	while (at < end) {
		const uint8_t *hit = seek(at, end, wanted);
		uint32_t low = 0, high = a->s->text_count;

		if (hit == NULL)
			break;
		at = hit + 1;
		if (!is_in_place(a, set->op, hit, wanted))
			continue;
		while (high - low > 1) {
			uint32_t middle = low + (high - low) / 2;

			if (a->texts + a->text_from[middle] <= hit)
				low = middle;
			else
				high = middle;
		}
		set_bit(set, low);
		at = a->texts + a->text_from[low + 1];
	}
}

/* Which octets of addresses decide whether they may be WANTED, the first or the last ones, and
 * which of these may be. */
static const uint8_t *find_octets(
	const struct segment *s, enum align_op op, struct str wanted, bool ret_may[256])
{
	bool is_last = op == ALIGN_ENDS;
	ptrdiff_t dot = str_find_char(wanted, '.');
	struct str octet = wanted;

	if (is_last)
		for (; dot >= 0; dot = str_find_char(octet, '.'))
			octet = str_from(octet, (size_t)dot + 1);
	else if (dot >= 0)
		octet = str_until(wanted, (size_t)dot);
	/* without a dot in WANTED there may be more of the octet */
	for (unsigned i = 0; i < 256; i++) {
		char text[TIMEFORM_TEXT_MAX];
		struct str has = { text, decimal_write(i, 0, text) };

		ret_may[i] = op == ALIGN_HOLDS ||
			align_compare(has,
				octet.len < wanted.len ? ALIGN_IS :
					is_last        ? ALIGN_ENDS :
							 ALIGN_BEGINS,
				octet);
	}
	return s->addresses.at + (is_last ? 3 * (size_t)s->address_count : 0);
}

static void find_addresses(const struct search *a, struct entry_set *set, struct str wanted)
{
	bool may[256];
	const uint8_t *octets = find_octets(a->s, set->op, wanted, may);

	for (uint32_t i = 0; i < a->s->address_count; i++) {
		char text[TIMEFORM_TEXT_MAX];
		size_t len;

		if (!may[octets[i]])
			continue;
		len = ipv4_write(address_at(a->s, i), text);
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
	set->blocks = zeroed(s->family_count, sizeof(*set->blocks));
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

	for (uint32_t i = a->set_of_end[c->end]; i > 0; i = sets[i - 1].next)
		if (sets[i - 1].from == c->from && sets[i - 1].op == c->op &&
			sets[i - 1].type == type)
			return (int32_t)i - 1;
	set = (struct entry_set){ .from = c->from,
		.end = c->end,
		.op = c->op,
		.type = (uint8_t)type,
		.is_empty = true,
		.next = a->set_of_end[c->end] };
	if (type == SLOT_TEXT) {
		set.bits = zeroed(a->s->text_count / 64 + 1, 8);
		find_texts(a, &set, wanted);
	} else {
		set.bits = zeroed(a->s->address_count / 64 + 1, 8);
		find_addresses(a, &set, wanted);
	}
	find_blocks(a->s, &set, type == SLOT_TEXT ? a->s->text_count : a->s->address_count);
	bytes_add(&a->sets, &set, sizeof(set));
	a->set_of_end[c->end] = (uint32_t)count + 1;
	return (int32_t)count;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* May byte C stand in such a slot, which is none of a time? */
static bool may_hold(const struct search *a, unsigned type, char c)
{
	switch (type) {
	case SLOT_TEXT:
		return a->is_of_texts[(uint8_t)c];
	case SLOT_IPV4:
		return is_digit(c) || c == '.';
	case SLOT_HEX:
		return is_digit(c) || (c >= 'a' && c <= 'f');
	case SLOT_HEX_UPPER:
		return is_digit(c) || (a->folding ? c >= 'a' && c <= 'f' : c >= 'A' && c <= 'F');
	default:
		return is_digit(c);
	}
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

	for (size_t i = 0; i < l->depth; i++) {
		l->set[i].is_last = i + 1 == l->depth;
		blocks &= l->set[i].blocks;
	}
	if (blocks == 0)
		return;
	l->blocks |= blocks;
	bytes_add(&l->a->conditions, l->set, l->depth * sizeof(l->set[0]));
}

/* No address has four digits without a dot. */
static bool may_be_address(struct str text)
{
	unsigned run = 0;

	for (size_t i = 0; i < text.len && run < 4; i++)
		run = is_digit(text.ptr[i]) ? run + 1 : 0;
	return run < 4;
}

/* May a time of FORM hold these bytes? Whether it holds all of the text is asked of most templates,
 * and told once. */
static bool time_may(struct search *a, unsigned form, enum align_op op, size_t from, size_t end)
{
	enum { UNKNOWN, NO, YES };
	struct wanted *one = a->one;
	bool is_all = op == ALIGN_HOLDS && from == one->from && end == one->end, may;

	if (is_all && one->time_holds[form] != UNKNOWN)
		return one->time_holds[form] == YES;
	may = timeform_may_hold(form, a->text.ptr + from, end - from,
		op == ALIGN_BEGINS || op == ALIGN_IS, op == ALIGN_ENDS || op == ALIGN_IS);
	if (is_all)
		one->time_holds[form] = may ? YES : NO;
	return may;
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
	if (type == SLOT_TIME && !time_may(l->a, l->slots[k].form, op, from, end))
		return false;
	if (type == SLOT_IPV4 && !may_be_address(part(l->a, from, end)))
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
	struct str at = str_from(piece(l, k), offset);
	size_t need = l->a->one->end - q;

	if (memcmp(at.ptr, l->a->text.ptr + q, need < at.len ? need : at.len) != 0)
		return;
	if (need <= at.len)
		emit(l);
	else if (k < l->t->slots)
		lay_slot(l, k, q + at.len);
}

/* May byte N of the text begin what stands behind slot K, and the one before it end that? */
static bool may_end(const struct lay *l, size_t k, size_t n)
{
	return piece(l, k + 1).len > 0 || k + 1 == l->t->slots ||
		l->a->s->version < VERSION_OF_BORDERS ||
		may_part(l->slots[k].type, l->a->text.ptr[n - 1], l->slots[k + 1].type,
			l->a->text.ptr[n]);
}

/* Slot K, which holds the text from byte FROM on to before N, and the static piece behind it. */
static void lay_behind(struct lay *l, size_t k, enum align_op op, size_t from, size_t n)
{
	if (may_end(l, k, n) && demand(l, k, op, from, n)) {
		lay_piece(l, k + 1, 0, n);
		l->depth--;
	}
}

/* The same for each N past FROM, up to MOST bytes: where the piece begins with the text's byte. */
static void lay_over_slot(struct lay *l, size_t k, enum align_op op, size_t from, size_t most)
{
	const struct search *a = l->a;
	struct str next = piece(l, k + 1);
	size_t limit;

	if (next.len > 0 && a->one->place[(uint8_t)next.ptr[0]] == 0)
		return;
	limit = longest(a, l->slots[k]);
	if (most > limit)
		most = limit;
	if (next.len == 0) {
		for (size_t n = 1; n <= most && from + n < a->one->end; n++)
			lay_behind(l, k, op, from, from + n);
		return;
	}
	for (size_t at = a->one->place[(uint8_t)next.ptr[0]]; at > 0; at = a->next_place[at - 1]) {
		size_t n = at - 1, left = a->one->end - n;

		if (n > from && n <= from + most &&
			memcmp(next.ptr, a->text.ptr + n, left < next.len ? left : next.len) == 0)
			lay_behind(l, k, op, from, n);
	}
}

/* Slot K begins at byte FROM of the text: the text ends in it, or goes on behind it. */
static void lay_slot(struct lay *l, size_t k, size_t from)
{
	size_t most = l->a->reach[l->slots[k].type][from], end = l->a->one->end;

	if (from + most == end && most <= longest(l->a, l->slots[k]) &&
		demand(l, k, ALIGN_BEGINS, from, end)) {
		emit(l);
		l->depth--;
	}
	lay_over_slot(l, k, ALIGN_IS, from, most);
}

/* Slot K, of a number, holds all of the text: what most templates end up with when digits are
 * looked for. */
static void lay_in_number(struct lay *l, size_t k)
{
	struct search *a = l->a;
	struct condition *c;

	if (++a->steps > STEPS_MAX) {
		l->is_unknown = true;
		return;
	}
	c = (struct condition *)bytes_more(&a->conditions, sizeof(*c));
	a->conditions.len += sizeof(*c);
	*c = (struct condition){ .slot = (uint16_t)k,
		.from = (uint16_t)a->one->from,
		.end = (uint16_t)a->one->end,
		.op = ALIGN_HOLDS,
		.is_last = true,
		.entries = -1,
		.blocks = UINT32_MAX };
	l->blocks = UINT32_MAX;
}

/* The text begins in slot K. */
static void lay_from_slot(struct lay *l, size_t k)
{
	const struct search *a = l->a;
	const struct wanted *one = a->one;
	struct slot slot = l->slots[k];
	size_t most = a->reach[slot.type][one->from];
	struct str next;

	if (most == 0)
		return;
	if (most == one->end - one->from && most <= longest(a, slot)) {
		if (is_number_type(slot.type)) {
			lay_in_number(l, k);
		} else if ((slot.type != SLOT_TEXT || one->holding[slot.family]) &&
			demand(l, k, ALIGN_HOLDS, one->from, one->end)) {
			emit(l);
			l->depth--;
		}
	}
	next = piece(l, k + 1);
	if (next.len == 0 || one->place[(uint8_t)next.ptr[0]] > 0)
		lay_over_slot(l, k, ALIGN_ENDS, one->from, most);
}

/* The text begins in the static piece K and goes on in the slot behind it: the piece ends as the
 * text begins. */
static void lay_from_piece(struct lay *l, size_t k)
{
	const struct search *a = l->a;
	struct str at = piece(l, k);

	if (at.len == 0 || k == l->t->slots)
		return;
	for (size_t n = a->one->place[(uint8_t)at.ptr[at.len - 1]]; n > 0;
		n = a->next_place[n - 1]) {
		size_t has = n - a->one->from;

		if (has <= at.len && n < a->one->end &&
			memcmp(at.ptr + at.len - has, a->text.ptr + a->one->from, has) == 0)
			lay_slot(l, k, n);
	}
}

/* The one text over the template. */
static void lay_one(struct lay *l)
{
	for (size_t k = 0; k <= l->t->slots && !l->is_unknown; k++) {
		lay_from_piece(l, k);
		if (k < l->t->slots)
			lay_from_slot(l, k);
	}
}

/* Lay the texts over template NUMBER, no piece of which holds all of one. */
static void lay_over(struct lay *l, uint32_t number)
{
	struct search *a = l->a;
	size_t before = a->conditions.len;

	l->t = &a->s->templates[number];
	l->slots = a->s->slots + l->t->slot;
	l->piece_from = a->piece_from + l->t->slot + number - 1;
	l->is_unknown = false;
	l->blocks = 0;
	l->depth = 0;
	a->steps = 0;
	for (size_t i = 0; i < a->wanted_count; i++) {
		a->one = &a->wanted[i];
		lay_one(l);
	}
	a->first[number] = (uint32_t)(before / sizeof(struct condition));
	if (l->is_unknown)
		a->conditions.len = before;
	a->count[number] = (uint32_t)((a->conditions.len - before) / sizeof(struct condition));
	a->fit[number] = l->is_unknown ? FIT_UNKNOWN : a->count[number] > 0 ? FIT_IF : FIT_NEVER;
	a->blocks[number] = l->is_unknown ? UINT32_MAX : l->blocks;
}

/* Templates one of whose pieces holds all of the one text: one look over all of them. */
static void find_always(struct search *a)
{
	const struct segment *s = a->s;
	const uint8_t *at = a->templates, *end;
	struct str text = part(a, a->one->from, a->one->end);
	uint32_t t = 1;

	/* a NUL stands for a slot there */
	if (s->template_count < 2 || memchr(text.ptr, 0, text.len))
		return;
	end = at + a->piece_from[s->slot_count + s->template_count - 1];
	while ((at = seek(at, end, text)) != NULL) {
		size_t offset = (size_t)(at - a->templates);

		while (t + 1 < s->template_count &&
			a->piece_from[s->templates[t + 1].slot + t] <= offset)
			t++;
		a->fit[t] = FIT_ALWAYS;
		a->blocks[t] = UINT32_MAX;
		if (t + 1 == s->template_count)
			return;
		at = a->templates + a->piece_from[s->templates[t + 1].slot + t];
	}
}

/* How many bytes from FROM to END may be in a time: none has four letters one after the other,
 * which rules most words out before a template is asked. */
static size_t reach_of_time(const struct search *a, size_t from, size_t end)
{
	size_t i = from, letters = 0;

	for (; i < end && letters <= TIMEFORM_LETTERS; i++)
		letters = is_letter(a->text.ptr[i]) ? letters + 1 : 0;
	return letters > TIMEFORM_LETTERS ? i - 1 - from : i - from;
}

/* What every template asks of a text, once. */
static void look_at_text(struct search *a, struct wanted *one)
{
	const struct segment *s = a->s;
	const struct condition all = {
		.from = (uint16_t)one->from, .end = (uint16_t)one->end, .op = ALIGN_HOLDS
	};

	for (size_t i = one->end; i-- > one->from;) {
		uint8_t c = (uint8_t)a->text.ptr[i];
		uint16_t *place = &one->place[c];

		if (*place == 0)
			a->is_of_texts[c] =
				c != 0 && a->texts_len > 0 && memchr(a->texts, c, a->texts_len);
		a->next_place[i] = *place;
		*place = (uint16_t)(i + 1);
	}
	for (unsigned type = 1; type < SLOT_TYPES; type++) {
		size_t reach = 0;

		for (size_t i = one->end; i-- > one->from;) {
			reach = type == SLOT_TIME                 ? reach_of_time(a, i, one->end) :
				may_hold(a, type, a->text.ptr[i]) ? reach + 1 :
								    0;
			a->reach[type][i] = (uint16_t)reach;
		}
	}
	one->holding = zeroed(s->family_count, sizeof(*one->holding));
	if (a->reach[SLOT_TEXT][one->from] == one->end - one->from) {
		int32_t number = entries_for(a, SLOT_TEXT, &all);
		const struct entry_set *set = (struct entry_set *)(void *)a->sets.at + number;

		for (uint32_t f = 0; f < s->family_count && !set->is_empty; f++)
			one->holding[f] = set->blocks ? set->blocks[f] : UINT32_MAX;
	}
}

static void look_at_texts(struct search *a, const struct texts *texts)
{
	a->next_place = zeroed(a->text.len, sizeof(*a->next_place));
	for (unsigned type = 1; type < SLOT_TYPES; type++)
		a->reach[type] = zeroed(a->text.len + 1, sizeof(*a->reach[type]));
	a->set_of_end = zeroed(a->text.len + 1, sizeof(*a->set_of_end));
	a->wanted = zeroed(texts->count, sizeof(*a->wanted));
	a->wanted_count = texts->count;
	for (size_t i = 0; i < texts->count; i++) {
		a->one = &a->wanted[i];
		a->one->from = i > 0 ? texts->end[i - 1] : 0;
		a->one->end = texts->end[i];
		look_at_text(a, a->one);
		find_always(a);
	}
}

void align_new(struct search *a, struct segment *s, const struct texts *texts, enum folding folding)
{
	*a = (struct search){ .s = s,
		.text = { (const char *)texts->all.at, texts->all.len },
		.folding = folding,
		.texts = s->texts.at,
		.text_from = s->text_from,
		.texts_len = s->texts.len,
		.templates = s->text.at,
		.piece_from = s->piece_from,
		.run_block = SECTION_NO_BLOCK };
	if (folding != FOLD_NONE) {
		struct folded **folded = &s->folded[folding];

		if (*folded == NULL)
			*folded = folded_new(s, folding);
		a->texts = (*folded)->texts.at;
		a->texts_len = (*folded)->texts.len;
		a->text_from = (*folded)->text_from;
		a->templates = (*folded)->text.at;
		a->piece_from = (*folded)->piece_from;
	}
	a->fit = zeroed(s->template_count, 1);
	a->first = zeroed(s->template_count, sizeof(*a->first));
	a->count = zeroed(s->template_count, sizeof(*a->count));
	a->live_first = zeroed(s->template_count, sizeof(*a->live_first));
	a->live_count = zeroed(s->template_count, sizeof(*a->live_count));
	a->blocks = zeroed(s->template_count, sizeof(*a->blocks));
	a->now = zeroed(s->template_count, 1);
	a->fit[TEMPLATE_RAW] = FIT_UNKNOWN;
	a->blocks[TEMPLATE_RAW] = UINT32_MAX;
	look_at_texts(a, texts);
}

void align(struct search *a, const uint32_t *among)
{
	const struct segment *s = a->s;
	struct lay l = { .a = a };

	for (uint32_t t = 1; t < s->template_count; t++)
		if (a->fit[t] != FIT_ALWAYS && (among == NULL || among[t]))
			lay_over(&l, t);
}

void align_begin(struct search *a)
{
	a->live.len = 0;
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
	bytes_done(&a->live);
	free(a->next_place);
	for (int type = 0; type < SLOT_TYPES; type++)
		free(a->reach[type]);
	free(a->set_of_end);
	for (size_t i = 0; i < a->wanted_count; i++)
		free(a->wanted[i].holding);
	free(a->wanted);
	free(a->fit);
	free(a->first);
	free(a->count);
	free(a->live_first);
	free(a->live_count);
	free(a->now);
	free(a->blocks);
}

bool align_is_met(
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
	for (size_t i = 0; a->folding && i < s.len; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] |= 0x20;
	return align_compare(s, c->op, part(a, c->from, c->end));
}

bool align_meets(const struct search *a, uint32_t position)
{
	const struct view *v = &a->s->view;
	uint32_t t = v->template[position];
	const struct condition *c =
		(const struct condition *)(const void *)a->live.at + a->live_first[t];
	const struct condition *end = c + a->live_count[t];
	const struct slot *slots = a->s->slots + a->s->templates[t].slot;
	bool is_good = true;

	for (; c < end; c++) {
		is_good = is_good &&
			align_is_met(a, c, slots[c->slot], value_at(a->s, position, c->slot));
		if (c->is_last) {
			if (is_good)
				return true;
			is_good = true;
		}
	}
	return false;
}

static bool is_in(const struct search *a, struct str folded, struct str raw, bool is_high)
{
	bool is_there = false;

	for (size_t i = 0; i < a->wanted_count && !is_there; i++) {
		struct str text = part(a, a->wanted[i].from, a->wanted[i].end);

		is_there = (folded.len >= text.len &&
				   memmem(folded.ptr, folded.len, text.ptr, text.len)) ||
			(is_high && office_old_text_holds(raw, text, a->folding == FOLD_MARKS));
	}
	return is_there;
}

bool align_in_text(const struct search *a, struct str text)
{
	struct bytes folded = { 0 };
	bool is_there, is_high;

	if (a->folding == FOLD_NONE)
		return is_in(a, text, text, true);
	is_high = fold_into(&folded, text, a->folding);
	is_there = is_in(a, (struct str){ (const char *)folded.at, folded.len }, text,
		is_high && a->folding == FOLD_MARKS);
	bytes_done(&folded);
	return is_there;
}
