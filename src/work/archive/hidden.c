#include "work/archive/hidden.h"

#include "work/archive/digits.h"
#include "work/archive/grams.h"

struct hiding {
	struct segment *s;
	struct bytes grams; /* len 0: no such section, which hides nothing */
	uint8_t *template;  /* of each: 1 when its static text is not among the letters */
	uint8_t *text;      /* the same of each entry of the dictionary */
	uint8_t *crosses;   /* of a template: digits of its rows stand not only in single slots */
	uint8_t *has_run;   /* of an entry: it has digits that its block has to tell of */
	uint32_t *last;     /* of a family: the entry whose use was found last, plus one */
	uint32_t block;     /* of which last tells */
	struct bytes folded;
};

static struct str text_of(const struct segment *s, uint32_t entry)
{
	return (struct str){ (const char *)s->texts.at + s->text_from[entry],
		s->text_from[entry + 1] - s->text_from[entry] };
}

static bool has_letters(struct hiding *h, struct str s)
{
	if (h->grams.len == 0)
		return true;
	h->folded.len = 0;
	fold_into(&h->folded, s, FOLD_MARKS);
	return grams_may_hold(h->grams.at, h->grams.len,
		(struct str){ (const char *)h->folded.at, h->folded.len });
}

/* Static text and dictionary are looked at once. */
static void judge_texts(struct hiding *h)
{
	const struct segment *s = h->s;

	for (uint32_t t = 1; t < s->template_count; t++) {
		const char *text = (const char *)s->text.at + s->templates[t].text;

		h->template[t] = !has_letters(h, (struct str){ text, s->templates[t].text_len });
		h->crosses[t] = digits_may_cross(text, s->templates[t].slots);
	}
	for (uint32_t i = 0; i < s->text_count; i++) {
		h->text[i] = !has_letters(h, text_of(s, i));
		h->has_run[i] = digits_in_text(text_of(s, i));
	}
}

static int load_grams(struct hiding *h, struct err *e)
{
	const struct section *section = section_find(h->s, SECTION_NO_BLOCK, SECTION_GRAMS, 0);
	int rc = section ? section_load(h->s, section, &h->grams, e) : 0;

	/* the place of a bit is found by a mask */
	if (rc == 0 && section &&
		(h->grams.len < GRAMS_BYTES_MIN || (h->grams.len & (h->grams.len - 1)) != 0))
		rc = err_set(e, ERR_INPUT, "damaged segment: its letters");
	return rc;
}

int hiding_new(struct segment *s, struct err *e, struct hiding **ret)
{
	struct hiding *h = calloc(1, sizeof(*h));
	int rc = load_tables(s, e);

	if (!h)
		abort();
	h->s = s;
	h->block = SECTION_NO_BLOCK;
	if (rc == 0)
		rc = load_index(s, e);
	if (rc == 0)
		rc = load_grams(h, e);
	if (rc < 0) {
		hiding_free(h);
		return rc;
	}
	h->template = calloc((size_t)s->template_count + 1, 1);
	h->text = calloc((size_t)s->text_count + 1, 1);
	h->last = calloc((size_t)s->family_count + 1, sizeof(*h->last));
	h->crosses = calloc((size_t)s->template_count + 1, 1);
	h->has_run = calloc((size_t)s->text_count + 1, 1);
	if (!h->template || !h->text || !h->last || !h->crosses || !h->has_run)
		abort();
	judge_texts(h);
	*ret = h;
	return 0;
}

struct hiding *hiding_free(struct hiding *h)
{
	if (!h)
		return NULL;
	bytes_done(&h->grams);
	bytes_done(&h->folded);
	free(h->template);
	free(h->text);
	free(h->last);
	free(h->crosses);
	free(h->has_run);
	free(h);
	return NULL;
}

/* Does the dictionary say that the entry stands in this family of this block? */
static bool has_use(struct hiding *h, struct slot slot, uint32_t entry)
{
	const struct use_list *uses = &h->s->uses[slot.type];

	if (!uses->from || h->last[slot.family] == entry + 1)
		return true;
	for (uint32_t i = uses->from[entry]; i < uses->from[entry + 1]; i++)
		if (uses->at[i].family == slot.family && uses->at[i].blocks & uses_bit(h->block)) {
			h->last[slot.family] = entry + 1;
			return true;
		}
	return false;
}

/* Are the digits of the number among those of its block? */
static bool has_digits(const struct hiding *h, struct slot slot, struct value value)
{
	char text[TIMEFORM_TEXT_MAX];
	struct str digits;

	if (h->s->digits.len == 0 ||
		(slot.type == SLOT_TIME ? !digits_in_time(slot.form) :
					  value.number < 10000 && value.digits < 5))
		return true;
	digits = slot_text(h->s, slot, value, text);
	if (slot.type == SLOT_TIME && digits_are_whole(h->s->digits.at) &&
		!digits_have_text(h->s->digits.at, digits))
		return false;
	return digits_may_hold(h->s->digits.at, slot.type, digits);
}

/* Does slot K part digits from those of the slot right behind it? */
static bool parts_digits(const struct hiding *h, uint32_t position, uint32_t t, uint32_t k)
{
	const struct segment *s = h->s;
	const struct template *m = &s->templates[t];
	const struct slot *slots = s->slots + m->slot + k;
	const uint32_t *piece = s->piece_from + m->slot + t - 1 + k;
	char text[2][TIMEFORM_TEXT_MAX];
	struct str left, right;

	if (s->version < VERSION_OF_BORDERS || k + 1 == m->slots || piece[2] - piece[1] > 1)
		return false;
	left = slot_text(s, slots[0], value_at(s, position, k), text[0]);
	right = slot_text(s, slots[1], value_at(s, position, k + 1), text[1]);
	return left.len > 0 && right.len > 0 &&
		!may_part(slots[0].type, left.ptr[left.len - 1], slots[1].type, right.ptr[0]);
}

/* Are the digits of the whole row, wherever they stand, those of its block? */
static bool has_all_digits(const struct hiding *h, uint32_t position)
{
	struct str text;

	return position_text(h->s, position, &(struct err){ 0 }, &text) == 0 &&
		digits_have_text(h->s->digits.at, text);
}

static bool is_position_hidden(struct hiding *h, uint32_t position)
{
	const struct segment *s = h->s;
	unsigned number = s->view.template[position];
	const struct template *t = &s->templates[number];
	bool is_whole = s->digits.len > 0 && digits_are_whole(s->digits.at);

	if (s->template_blocks && !(s->template_blocks[number] & uses_bit(h->block)))
		return true;
	if (is_whole && (number == TEMPLATE_RAW || h->crosses[number]) &&
		!has_all_digits(h, position))
		return true;
	if (number == TEMPLATE_RAW)
		return !has_letters(h, s->view.raw[s->view.first[position]]);
	if (h->template[number])
		return true;
	for (uint32_t k = 0; k < t->slots; k++) {
		struct slot slot = s->slots[t->slot + k];
		uint32_t entry = (uint32_t)value_at(s, position, k).number;

		if (parts_digits(h, position, number, k))
			return true;
		if (slot.type != SLOT_TEXT && slot.type != SLOT_IPV4) {
			if (!has_digits(h, slot, value_at(s, position, k)))
				return true;
			continue;
		}
		if ((slot.type == SLOT_TEXT && h->text[entry]) || !has_use(h, slot, entry))
			return true;
		if (is_whole && slot.type == SLOT_TEXT && h->has_run[entry] &&
			!digits_have_text(s->digits.at, text_of(s, entry)))
			return true;
	}
	return false;
}

bool hiding_row(struct hiding *h, uint64_t i, int64_t received_ns)
{
	const struct segment *s = h->s;
	const struct block_entry *b = &s->blocks[s->view.block];
	uint32_t row = (uint32_t)(i - b->first_row);

	if (h->block != s->view.block) {
		memset(h->last, 0, ((size_t)s->family_count + 1) * sizeof(*h->last));
		h->block = s->view.block;
		/* digits that cannot be read hide whatever is there */
		if (load_digits(h->s, h->block, &(struct err){ 0 }) < 0)
			h->block = SECTION_NO_BLOCK;
	}
	if (h->block == SECTION_NO_BLOCK)
		return true;
	if (received_ns < b->first_ns || received_ns > b->last_ns)
		return true;
	if (b->is_text)
		return !has_letters(h, s->view.raw[row]);
	return is_position_hidden(h, s->view.position[row]);
}
