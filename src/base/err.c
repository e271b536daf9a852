#include "base/base.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *(*words_of)(const char *english);

void err_words(const char *(*words)(const char *english))
{
	words_of = words;
}

/* The same sentence in the words of the one who reads it. */
static const char *said(const char *english)
{
	return words_of ? words_of(english) : english;
}

/* A sentence cut in the middle of a UTF-8 character must not reach a page. */
static void cut_at_character(char *text)
{
	size_t len = strlen(text);

	if (len + 1 < ERR_TEXT_MAX)
		return;
	while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
		len--;
	if (len > 0 && (unsigned char)text[len - 1] >= 0xC0)
		len--;
	text[len] = '\0';
}

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list args;

	e->code = code;
	va_start(args, fmt);
	vsnprintf(e->text, sizeof(e->text), said(fmt), args);
	va_end(args);
	cut_at_character(e->text);
	return code;
}

int err_errno(struct err *e, int errno_value, const char *fmt, ...)
{
	va_list args;
	size_t len;

	e->code = ERR_SYSTEM;
	if (errno_value == EACCES || errno_value == EPERM)
		e->code = ERR_DENIED;
	if (errno_value == ENOENT || errno_value == ENOTDIR)
		e->code = ERR_ABSENT;
	va_start(args, fmt);
	vsnprintf(e->text, sizeof(e->text), said(fmt), args);
	va_end(args);
	len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len, ": %s", said(strerror(errno_value)));
	cut_at_character(e->text);
	return e->code;
}

int err_context(struct err *e, const char *fmt, ...)
{
	char was[ERR_TEXT_MAX];
	va_list args;
	size_t len;

	memcpy(was, e->text, sizeof(was));
	va_start(args, fmt);
	vsnprintf(e->text, sizeof(e->text), said(fmt), args);
	va_end(args);
	len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len, ": %.*s", (int)(sizeof(was) - 1), was);
	cut_at_character(e->text);
	return e->code;
}
