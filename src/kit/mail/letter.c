/* letter.c - the text of a letter. */
#include "kit/crypto/crypto.h"
#include "kit/mail/mail.h"

#define LINE_BYTES 57 /* 76 characters of base64 */
#define WORD_BYTES 39 /* of a header: 52 characters, and what stands around them */

bool letter_is_address(struct str s)
{
	size_t at = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= ' ' || c >= 127 || c == '<' || c == '>' || c == ',' || c == ';' ||
			c == '"' || c == '\\' || c == '(' || c == ')')
			return false;
		at += c == '@';
	}
	return at == 1 && s.ptr[0] != '@' && s.ptr[s.len - 1] != '@' && s.len < 255;
}

/* How many of the bytes from I on, MAX at most, end with a whole character. */
static size_t whole(struct str s, size_t i, size_t max)
{
	size_t n = s.len - i < max ? s.len - i : max;

	while (i + n < s.len && n > 1 && ((unsigned char)s.ptr[i + n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void encoded_words(struct str s, struct arena *a, struct buf *out)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		n = whole(s, i, WORD_BYTES);
		buf_fmt(out, "%s=?UTF-8?B?%.*s?=", i ? "\r\n " : "",
			STR_FMT(base64_of((struct str){ s.ptr + i, n }, a)));
	}
}

/* RFC 5322, in Viet Nam's time. */
static void date(int64_t at_s, struct buf *out)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	struct date d = date_at(at_s);
	int64_t in_day = at_s - date_start_s(d);

	buf_fmt(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0700\r\n",
		days[(date_to_days(d) + 3) % 7], d.day, months[d.month - 1], d.year,
		(int)(in_day / 3600), (int)(in_day / 60 % 60), (int)(in_day % 60));
}

int letter_write(const struct letter *l, struct buf *out, struct err *e)
{
	struct arena a;

	if (!letter_is_address(l->from) || !letter_is_address(l->to))
		return err_set(e, ERR_INPUT, "\"%.*s\" or \"%.*s\" is no address", STR_FMT(l->from),
			STR_FMT(l->to));
	arena_init(&a, 16 * MIB);
	buf_fmt(out, "From: <%.*s>\r\nTo: <%.*s>\r\n", STR_FMT(l->from), STR_FMT(l->to));
	date(l->at_s, out);
	buf_fmt(out, "Message-ID: <khien-%.*s-%lld@%.*s>\r\nSubject: ", STR_FMT(l->id),
		(long long)l->at_s,
		STR_FMT(str_from(l->from, 1 + (size_t)str_find_char(l->from, '@'))));
	encoded_words(l->subject, &a, out);
	buf_add(out,
		STR("\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
		    "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n"));
	for (size_t i = 0; i < l->body.len; i += LINE_BYTES) {
		size_t n = l->body.len - i < LINE_BYTES ? l->body.len - i : LINE_BYTES;

		buf_fmt(out, "%.*s\r\n",
			STR_FMT(base64_of((struct str){ l->body.ptr + i, n }, &a)));
	}
	arena_done(&a);
	return buf_is_full(out) ? err_set(e, ERR_LIMIT, "the letter is too long") : 0;
}
