#include "kit/office/office.h"
#include "kit/text/text.h"
#include "test/unit.h"

/* The first sentences of Điều 12, as programs of that time wrote them. */
static const char *const sentence =
	"Các cơ quan, đơn vị khi triển khai dịch vụ sao lưu dự phòng ở mức vật lý cần thiết lập chức năng "
	"RAID để tăng tốc độ đọc ghi; Nguyễn Thị Hằng, Trưởng phòng Kỹ thuật, Ủy ban nhân dân huyện";
static const char *const cp1258 = "C\xe1"
				  "c c\xf5 quan, \xf0\xf5n vi\xf2 khi tri\xea\xd2n khai di\xf2"
				  "ch vu\xf2";
static const char *const tcvn3 = "C\xb8"
				 "c c\xac quan, \xae\xac"
				 "n v\xde khi tri\xd3n khai d\xde"
				 "ch v\xf4 sao l\xad"
				 "u d\xf9 ph\xdfng";
static const char *const vni = "Ca\xf9"
			       "c c\xf4 quan, \xf1\xf4n v\xf2 khi trie\xe5n khai d\xf2"
			       "ch vu\xef sao l\xf6u d\xf6\xef pho\xf8ng";

static void decodes(enum office_encoding encoding, const char *bytes, const char *wanted)
{
	struct office_guess guess = office_recognise(str_of(bytes));
	struct buf out;

	buf_init(&out, MIB);
	office_decode(guess, str_of(bytes), &out);
	assert_string_equal(buf_cstr(&out), wanted);
	assert_string_equal(office_encoding_name(guess.encoding), office_encoding_name(encoding));
	assert_true(guess.sure_percent > 90);
	buf_done(&out);
}

static void old_encodings_are_recognised(void **state)
{
	(void)state;
	decodes(OFFICE_UTF8, sentence, sentence);
	decodes(OFFICE_CP1258, cp1258, "Các cơ quan, đơn vị khi triển khai dịch vụ");
	decodes(OFFICE_TCVN3, tcvn3, "Các cơ quan, đơn vị khi triển khai dịch vụ sao lưu dự phòng");
	decodes(OFFICE_VNI, vni, "Các cơ quan, đơn vị khi triển khai dịch vụ sao lưu dự phòng");
	decodes(OFFICE_UTF8, "plain words only", "plain words only");
}

static struct str read_corpus(const char *name, char *bytes, size_t size)
{
	char path[4096];
	struct str text;
	FILE *f;

	snprintf(path, sizeof(path), "%s/fuzz/corpus/encoding/%s", getenv("KHIEN_SOURCE"), name);
	f = fopen(path, "rb");
	assert_non_null(f);
	text = str_from((struct str){ bytes, fread(bytes, 1, size, f) }, 1);
	fclose(f);
	return text;
}

/* tests/flow/sheets.py wrote the same sentence, with every vowel in every tone, in each; its tables
 * were made apart from ours. */
static void a_sentence_comes_out_of_every_encoding(void **state)
{
	static const struct {
		const char *name;
		enum office_encoding encoding;
	} rows[] = { { "utf-16", OFFICE_UTF16LE }, { "cp1258", OFFICE_CP1258 },
		{ "tcvn3", OFFICE_TCVN3 }, { "vni", OFFICE_VNI }, { "twice", OFFICE_TCVN3 } };
	char wanted[4096], bytes[4096];
	struct str whole = read_corpus("utf-8", wanted, sizeof(wanted));

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str text = read_corpus(rows[i].name, bytes, sizeof(bytes));
		struct office_guess guess = office_recognise(text);
		struct buf out;

		assert_int_equal(guess.encoding, rows[i].encoding);
		buf_init(&out, MIB);
		office_decode(guess, text, &out);
		text = buf_str(&out);
		if (str_starts(text, "\xEF\xBB\xBF"))
			text = str_from(text, 3);
		for (size_t c = 0; c < whole.len || c < text.len; c++)
			if (c >= text.len || c >= whole.len || whole.ptr[c] != text.ptr[c])
				fail_msg("%s differs at \"%.*s\"", rows[i].name,
					STR_FMT(str_from(text, c)));
		buf_done(&out);
	}
}

static void text_saved_twice_is_mended(void **state)
{
	struct office_guess guess = office_recognise(STR("\xc3\x90\xc2\xac n v\xc3\x9e C\xc2\xb8"
							 "c "
							 "tri\xc3\x93n d\xc3\x9e"
							 "ch v\xc3\xb4 l\xc2\xad"
							 "u d\xc3\xb9 ph\xc3\x9fng"));
	struct buf out;

	(void)state;
	assert_int_equal(guess.encoding, OFFICE_TCVN3);
	assert_true(guess.is_twice);
	buf_init(&out, MIB);
	office_decode(guess,
		STR("tri\xc3\x93n d\xc3\x9e"
		    "ch v\xc3\xb4"),
		&out);
	assert_string_equal(buf_cstr(&out), "triển dịch vụ");
	/* a cell that is Unicode already is left alone */
	buf_clear(&out);
	office_decode(guess, STR("triển dịch vụ"), &out);
	assert_string_equal(buf_cstr(&out), "triển dịch vụ");
	buf_done(&out);
}

static void utf16_is_read_with_and_without_its_mark(void **state)
{
	struct buf out;

	(void)state;
	assert_int_equal(office_recognise(STR("\xff\xfe"
					      "a\0b\0"))
				 .encoding,
		OFFICE_UTF16LE);
	assert_int_equal(office_recognise(STR("\0a\0b\0,\0c")).encoding, OFFICE_UTF16BE);
	buf_init(&out, MIB);
	office_decode((struct office_guess){ .encoding = OFFICE_UTF16LE },
		STR("\xe1\x00\xd1\x1e\x3d\xd8\x00\xde\x00\xd8"), &out);
	assert_string_equal(buf_cstr(&out), "áố\xF0\x9F\x98\x80\xEF\xBF\xBD");
	buf_done(&out);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* What a decoded line holds, whatever was looked at before it was decoded. */
static bool holds(struct str raw, struct str text, bool is_folded, struct arena *a)
{
	struct office_guess guess;
	struct buf out;
	struct str in;
	bool is_there;

	if (!office_old_text(raw, &guess))
		return false;
	buf_init(&out, MIB);
	office_decode(guess, raw, &out);
	in = is_folded ? text_fold(a, buf_str(&out)) : buf_str(&out);
	is_there = str_find(in, text) >= 0;
	buf_done(&out);
	return is_there;
}

static void what_stands_in_an_old_line_is_found(void **state)
{
	const char *const lines[] = { cp1258, tcvn3, vni };
	size_t found = 0, old = 0;
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		const char *line = lines[next(&seed) % 3];
		char raw[200], text[40];
		size_t len = strlen(line), from, end;
		struct office_guess guess;
		struct str in, at;
		struct arena a;
		struct buf out;

		/* some bytes more, so that some are no text, or hold what is no Vietnamese */
		memcpy(raw, line, len);
		for (uint32_t k = next(&seed) % 3; k > 0; k--)
			raw[next(&seed) % len] = (char)(next(&seed) % 4 ? next(&seed) | 0x80 : 'A');
		arena_init(&a, MIB);
		buf_init(&out, MIB);
		in = (struct str){ raw, len };
		if (office_old_text(in, &guess)) {
			office_decode(guess, in, &out);
			at = next(&seed) % 2 ? text_fold(&a, buf_str(&out)) : buf_str(&out);
			old++;
		} else {
			at = in;
		}
		from = next(&seed) % at.len;
		end = from + 1 + next(&seed) % 12;
		at = str_from(str_until(at, end < at.len ? end : at.len), from);
		memcpy(text, at.ptr, at.len);
		if (next(&seed) % 4 == 0)
			text[next(&seed) % at.len] = 'n';
		for (int is_folded = 0; is_folded < 2; is_folded++) {
			struct str asked = { text, at.len };
			bool is_there, is_plain = true;

			for (size_t k = 0; k < asked.len; k++)
				is_plain &= (unsigned char)text[k] < 0x80;
			/* text of ASCII that is not folded stands there byte for byte */
			if (!is_folded && (is_plain || !str_is_utf8(asked)))
				continue;
			if (is_folded) /* as who asks makes it */
				asked = text_fold(&a, asked);
			is_there = holds(in, asked, is_folded, &a);
			assert_int_equal(office_old_text_holds(in, asked, is_folded), is_there);
			found += is_there;
		}
		buf_done(&out);
		arena_done(&a);
	}
	assert_true(old > 1000 && found > 1000);
	assert_false(office_old_text_holds(STR("đăng nhập"), STR("dang"), true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_encodings_are_recognised),
		cmocka_unit_test(a_sentence_comes_out_of_every_encoding),
		cmocka_unit_test(text_saved_twice_is_mended),
		cmocka_unit_test(utf16_is_read_with_and_without_its_mark),
		cmocka_unit_test(what_stands_in_an_old_line_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
