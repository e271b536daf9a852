/* base64.c - RFC 4648 section 4, one spelling for each string of bytes. */
#include "kit/crypto/crypto.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct str base64_of(struct str bytes, struct arena *a)
{
	size_t len = (bytes.len + 2) / 3 * 4;
	char *text = arena_alloc(a, len + 1);

	for (size_t i = 0, at = 0; i < bytes.len; i += 3, at += 4) {
		size_t left = bytes.len - i;
		unsigned group = (unsigned)(unsigned char)bytes.ptr[i] << 16;

		if (left > 1)
			group |= (unsigned)(unsigned char)bytes.ptr[i + 1] << 8;
		if (left > 2)
			group |= (unsigned char)bytes.ptr[i + 2];
		text[at] = alphabet[group >> 18];
		text[at + 1] = alphabet[group >> 12 & 63];
		text[at + 2] = left > 1 ? alphabet[group >> 6 & 63] : '=';
		text[at + 3] = left > 2 ? alphabet[group & 63] : '=';
	}
	return (struct str){ text, len };
}

/* -1 for what is no letter of the alphabet. */
static int letter_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int base64_to(struct str text, struct arena *a, struct str *ret, struct err *e)
{
	size_t padding = str_ends(text, "==") ? 2 : str_ends(text, "=") ? 1 : 0;
	unsigned group = 0;
	char *bytes;
	size_t len = 0;

	if (text.len % 4 != 0 || text.len < padding)
		return err_set(e, ERR_INPUT, "base64 of %zu letters is cut off", text.len);
	bytes = arena_try(a, text.len / 4 * 3 + 1);
	if (!bytes)
		return err_set(e, ERR_LIMIT, "%zu letters of base64 are too many", text.len);
	for (size_t i = 0; i < text.len - padding; i++) {
		int value = letter_value(text.ptr[i]);

		if (value < 0)
			return err_set(e, ERR_INPUT, "letter %zu is not base64", i + 1);
		group = group << 6 | (unsigned)value;
		if (i % 4 != 0)
			bytes[len++] = (char)(group >> (6 - 2 * (i % 4)) & 255);
	}
	/* After one or two spare letters 2 or 4 bits remain; bits set there would be a second
	 * spelling. */
	if (padding > 0 && (group & (padding == 1 ? 3 : 15)) != 0)
		return err_set(e, ERR_INPUT, "base64 with stray bits at its end");
	*ret = (struct str){ bytes, len };
	return 0;
}

int base64url_to(struct str text, struct arena *a, struct str *ret, struct err *e)
{
	size_t padding = (4 - text.len % 4) % 4;
	char *plain = arena_try(a, text.len + padding + 1);

	if (!plain)
		return err_set(e, ERR_LIMIT, "%zu letters of base64 are too many", text.len);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '+' || c == '/' || c == '=')
			return err_set(e, ERR_INPUT, "letter %zu is not base64url", i + 1);
		plain[i] = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
	}
	memset(plain + text.len, '=', padding);
	return base64_to((struct str){ plain, text.len + padding }, a, ret, e);
}

struct str base64url_of(struct str bytes, struct arena *a)
{
	struct str text = base64_of(bytes, a);
	char *letters = (char *)(uintptr_t)text.ptr; /* ours: it was made just now */

	while (str_ends(text, "="))
		text.len--;
	letters[text.len] = '\0';
	for (size_t i = 0; i < text.len; i++)
		letters[i] = (char)(letters[i] == '+' ? '-' : letters[i] == '/' ? '_' : letters[i]);
	return text;
}
