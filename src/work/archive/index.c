#include "work/archive/digits.h"
#include "work/archive/grams.h"
#include "work/archive/read.h"

/* 1, or 0 without such a section. */
static int load(struct segment *s, enum section_kind kind, struct bytes *to, struct err *e)
{
	const struct section *section = section_find(s, SECTION_NO_BLOCK, kind, 0);
	int result = section ? section_load(s, section, to, e) : 0;

	return result < 0 ? result : section != NULL;
}

int load_template_uses(struct segment *s, struct err *e)
{
	struct bytes content = { 0 };
	struct reader r;
	int result;

	if (s->has_template_uses)
		return 0;
	result = load(s, SECTION_TEMPLATE_USES, &content, e);
	r = reader_of(content.at, content.len);
	free(s->template_blocks);
	s->template_blocks = NULL;
	if (result > 0) {
		s->template_blocks = calloc(s->template_count + 1, sizeof(*s->template_blocks));
		if (s->template_blocks == NULL)
			abort();
		/* those after the last in use are not told */
		for (uint32_t t = 0; reader_left(&r) > 0 && t < s->template_count; t++)
			s->template_blocks[t] = (uint32_t)read_varint(&r);
		if (r.is_bad || reader_left(&r) > 0)
			result = segment_bad(e, "the blocks of its templates");
	}
	bytes_done(&content);
	s->has_template_uses = result >= 0;
	return result < 0 ? result : 0;
}

static int load_uses(struct segment *s, enum section_kind kind, uint32_t count, struct err *e,
	struct use_list *ret)
{
	struct bytes content = { 0 };
	int result = load(s, kind, &content, e);

	if (result > 0 && !uses_read(&content, count, s->family_count, ret))
		result = segment_bad(e, "the uses of its dictionaries");
	bytes_done(&content);
	return result < 0 ? result : 0;
}

int load_index(struct segment *s, struct err *e)
{
	int result;

	if (s->has_index)
		return 0;
	use_list_done(&s->uses[SLOT_TEXT]);
	use_list_done(&s->uses[SLOT_IPV4]);
	result = load_template_uses(s, e);
	if (result == 0)
		result = load_uses(s, SECTION_TEXT_USES, s->text_count, e, &s->uses[SLOT_TEXT]);
	if (result == 0)
		result = load_uses(
			s, SECTION_ADDRESS_USES, s->address_count, e, &s->uses[SLOT_IPV4]);
	s->has_index = result == 0;
	return result;
}

int block_has_old(struct segment *s, uint32_t block, struct err *e, bool *ret)
{
	const struct section *section = section_find(s, block, SECTION_RAW, 0);
	struct bytes content = { 0 };
	int result = section ? section_load(s, section, &content, e) : 0;
	struct reader r = reader_of(content.at, content.len);

	*ret = false;
	while (result == 0 && !*ret && reader_left(&r) > 0) {
		uint64_t len = read_varint(&r);
		const char *raw = (const char *)read_bytes(&r, len);

		if (r.is_bad)
			result = segment_bad(e, "its raw records");
		else
			*ret = !str_is_utf8((struct str){ raw, len });
	}
	bytes_done(&content);
	return result;
}

/* What it may be for a term whose letters the segment has not. */
static enum may_hold without_letters(const struct term *t)
{
	return t->folding == FOLD_MARKS && t->pattern == NULL ? MAY_OLD : MAY_NOT;
}

int segment_may_hold(struct segment *s, const struct matcher *m, struct err *e, enum may_hold *ret)
{
	struct bytes bits = { 0 };
	int result = load(s, SECTION_GRAMS, &bits, e);

	*ret = MAY_ANY;
	/* the place of a bit is found by a mask */
	if (result > 0 && (bits.len < GRAMS_BYTES_MIN || (bits.len & (bits.len - 1)) != 0))
		result = segment_bad(e, "its letters");
	for (size_t i = 0; result > 0 && i < m->count; i++) {
		const struct term *t = &m->terms[i];
		bool may_hold = false;

		for (size_t k = 0; k < t->text.count && !may_hold; k++)
			may_hold = grams_may_hold(bits.at, bits.len, texts_at(&t->text, k));
		if (!t->is_not && without_letters(t) < *ret && !may_hold)
			*ret = without_letters(t);
	}
	bytes_done(&bits);
	return result < 0 ? result : 0;
}

int block_may_hold(
	struct segment *s, uint32_t block, const struct matcher *m, struct err *e, bool *ret)
{
	int result = load_digits(s, block, e);

	*ret = true;
	for (size_t i = 0; i < m->count && result == 0 && s->digits.len > 0 && *ret; i++) {
		const struct texts *texts = &m->terms[i].text;

		*ret = m->terms[i].is_not;
		for (size_t k = 0; k < texts->count && !*ret; k++)
			*ret = digits_may_stand(s->digits.at, texts_at(texts, k));
	}
	return result;
}
