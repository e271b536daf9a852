/* fuzz_letter.c - the text of a letter: from, to, subject a line each, then the body.
 * Whatever they hold, the headers are the same nine in their order, the lines are short, printable
 * and never a dot alone, and subject and body are read back as they were. */
#include "kit/crypto/crypto.h"
#include "kit/mail/mail.h"

#include <stdlib.h>

#define LINE_MAX 998 /* RFC 5322; an address may be long */
#define FOLDED_MAX 78

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is)
{
	if (!is)
		abort();
}

/* The next line without its CRLF. */
static struct str next(struct str *rest)
{
	struct str line;
	int64_t end = str_find(*rest, STR("\r\n"));

	must(end >= 0 && end <= LINE_MAX);
	line = (struct str){ rest->ptr, (size_t)end };
	*rest = str_from(*rest, (size_t)end + 2);
	for (size_t i = 0; i < line.len; i++)
		must(line.ptr[i] >= ' ' && line.ptr[i] < 127);
	must(!str_is(line, "."));
	return line;
}

static void add_base64(struct str text, struct buf *out)
{
	struct arena a;
	struct str bytes;
	struct err e;

	arena_init(&a, 4 * MIB);
	must(base64_to(text, &a, &bytes, &e) == 0);
	buf_add(out, bytes);
	arena_done(&a);
}

/* An encoded word and what it says. */
static void add_word(struct str word, struct buf *out)
{
	must(word.len <= FOLDED_MAX && str_starts(word, "=?UTF-8?B?") && str_ends(word, "?="));
	add_base64((struct str){ word.ptr + 10, word.len - 12 }, out);
}

static struct str headers(struct str rest, struct str subject)
{
	static const char *const before[] = { "From: <", "To: <", "Date: ", "Message-ID: <khien-" };
	static const char *const after[] = { "MIME-Version: 1.0",
		"Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: base64",
		"Auto-Submitted: auto-generated", "" };
	struct buf said;
	struct str line;

	buf_init(&said, 4 * MIB);
	for (size_t i = 0; i < COUNT(before); i++)
		must(str_starts(next(&rest), before[i]));
	line = next(&rest);
	must(str_starts(line, "Subject: "));
	if (subject.len)
		add_word(str_from(line, 9), &said);
	line = next(&rest);
	for (; str_starts(line, " "); line = next(&rest))
		add_word(str_from(line, 1), &said);
	must(str_eq(buf_str(&said), subject));
	buf_done(&said);
	for (size_t i = 0; i < COUNT(after); i++) {
		must(str_is(line, after[i]));
		line = i + 1 < COUNT(after) ? next(&rest) : line;
	}
	return rest;
}

static void body(struct str rest, struct str wanted)
{
	struct buf said;

	buf_init(&said, 4 * MIB);
	while (rest.len) {
		struct str line = next(&rest);

		must(line.len <= FOLDED_MAX);
		add_base64(line, &said);
	}
	must(str_eq(buf_str(&said), wanted));
	buf_done(&said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, line = STR("");
	struct letter l = { .id = STR("12"), .at_s = 1790000000 };
	struct err e = { 0 };
	struct buf out;

	if (size > 256 * KIB)
		return 0;
	l.from = str_next_line(&rest, &line) ? line : STR("");
	l.to = str_next_line(&rest, &line) ? line : STR("");
	l.subject = str_next_line(&rest, &line) ? line : STR("");
	l.body = rest;
	buf_init(&out, MIB);
	if (letter_write(&l, &out, &e) == 0) {
		must(letter_is_address(l.from) && letter_is_address(l.to));
		body(headers(buf_str(&out), l.subject), l.body);
	} else {
		must(e.code == ERR_INPUT || e.code == ERR_LIMIT);
	}
	buf_done(&out);
	return 0;
}
