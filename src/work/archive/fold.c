#include "kit/text/text.h"
#include "work/archive/read.h"

void fold_into(struct bytes *to, struct str s)
{
	uint8_t *at = bytes_more(to, s.len + 1), high = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.ptr[i];

		high |= c;
		at[i] = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
	}
	if (high < 0x80) {
		to->len += s.len;
	} else {
		struct arena a;
		struct str folded;

		/* NFD makes at most three times of it, arena_alloc rounds up */
		arena_init(&a, 20 * (s.len + KIB));
		folded = text_fold(&a, s);
		bytes_add(to, folded.ptr, folded.len);
		arena_done(&a);
	}
}

/* COUNT texts ended by NUL, folded one by one. */
static void fold_texts(const uint8_t *at, uint32_t count, struct bytes *to, uint32_t *from)
{
	for (uint32_t i = 0; i < count; i++) {
		size_t len = strlen((const char *)at);

		from[i] = (uint32_t)to->len;
		fold_into(to, (struct str){ (const char *)at, len });
		bytes_u8(to, 0);
		at += len + 1;
	}
	from[count] = (uint32_t)to->len;
}

struct folded *folded_new(struct segment *s)
{
	struct folded *f = calloc(1, sizeof(*f));
	uint32_t *from = calloc((size_t)s->slot_count + s->template_count + 1, sizeof(*from));
	uint32_t pieces = 0;

	if (f == NULL || from == NULL)
		abort();
	f->text_from = calloc((size_t)s->text_count + 1, sizeof(*f->text_from));
	f->template_from = calloc((size_t)s->template_count + 1, sizeof(*f->template_from));
	if (f->text_from == NULL || f->template_from == NULL)
		abort();
	fold_texts(s->texts.at, s->text_count, &f->texts, f->text_from);
	/* a template has one piece more than slots */
	fold_texts(s->text.at, s->slot_count + s->template_count - 1, &f->text, from);
	for (uint32_t t = 1; t < s->template_count; t++) {
		f->template_from[t] = from[pieces];
		pieces += s->templates[t].slots + 1;
	}
	f->template_from[s->template_count] = (uint32_t)f->text.len;
	free(from);
	return f;
}

struct folded *folded_free(struct folded *f)
{
	if (f) {
		bytes_done(&f->text);
		bytes_done(&f->texts);
		free(f->template_from);
		free(f->text_from);
		free(f);
	}
	return NULL;
}
