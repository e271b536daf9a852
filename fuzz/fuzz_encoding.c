#include "kit/office/office.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever the bytes, what is decoded is UTF-8: in the encoding guessed, and in the one that the
 * first byte names. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct office_guess guess;
	struct buf out;

	if (size < 1 || size > 64 * KIB)
		return 0;
	buf_init(&out, MIB);
	guess = office_recognise(str_from(text, 1));
	office_decode(guess, str_from(text, 1), &out);
	assert(str_is_utf8(buf_str(&out)));
	buf_clear(&out);
	guess.encoding = (enum office_encoding)(data[0] % (OFFICE_CP1252 + 1));
	guess.is_twice = data[0] >= 128;
	office_decode(guess, str_from(text, 1), &out);
	assert(str_is_utf8(buf_str(&out)));
	buf_done(&out);
	return 0;
}
