/* fuzz_note.c - signed notes and their keys. What is read is written again the same, and no
 * signature holds: nobody gave the fuzzer a private key. */
#include "kit/merkle/note.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text of a key that was read is the text read. */
static void try_key(struct str text, struct arena *a)
{
	struct note_key key;
	struct err e;
	struct buf b;

	if (note_key_parse(text, a, &key, &e) != 0)
		return;
	buf_init(&b, 16 * KIB);
	note_key_text(&key, &b);
	if (!str_eq(buf_str(&b), text))
		abort();
	buf_done(&b);
}

static void write_again(const struct note *n, struct str bytes, struct arena *a)
{
	struct buf b;
	struct err e;

	buf_init(&b, NOTE_BYTES_MAX);
	if (note_begin(&b, n->text, &e) != 0)
		abort();
	for (size_t i = 0; i < n->count; i++) {
		const struct note_signature *s = &n->signatures[i];
		struct str id = { (char[]){ (char)(s->key_id >> 24), (char)(s->key_id >> 16),
					  (char)(s->key_id >> 8), (char)s->key_id },
			4 };
		struct buf raw;

		buf_init(&raw, NOTE_BYTES_MAX);
		buf_add(&raw, id);
		buf_add(&raw, s->bytes);
		buf_add(&b, STR("— "));
		buf_add(&b, s->name);
		buf_add_char(&b, ' ');
		buf_add(&b, base64_of(buf_str(&raw), a));
		buf_add_char(&b, '\n');
		buf_done(&raw);
	}
	if (!str_eq(buf_str(&b), bytes))
		abort();
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct checkpoint c;
	struct arena a;
	struct note n;
	struct err e = { 0 };

	arena_init(&a, 4 * MIB);
	try_key(bytes, &a);
	if (note_parse(bytes, &a, &n, &e) == 0) {
		if (n.count < 1 || n.count > NOTE_SIGNATURES_MAX || !str_ends(n.text, "\n"))
			abort();
		write_again(&n, bytes, &a);
		(void)!checkpoint_parse(n.text, &c, &e);
	} else if (e.code == 0) {
		abort();
	}
	arena_done(&a);
	return 0;
}
