/* html.c - the only way HTML leaves the program. */
#include "kit/http/http.h"

static void escape(struct buf *w, struct str s)
{
	size_t plain = 0;

	for (size_t i = 0; i < s.len; i++) {
		struct str entity;

		switch (s.ptr[i]) {
		case '&':
			entity = STR("&amp;");
			break;
		case '<':
			entity = STR("&lt;");
			break;
		case '>':
			entity = STR("&gt;");
			break;
		case '"':
			entity = STR("&quot;");
			break;
		case '\'':
			entity = STR("&#39;");
			break;
		case '\0':
			entity = STR("\xEF\xBF\xBD");
			break;
		default:
			continue;
		}
		buf_add(w, (struct str){ s.ptr + plain, i - plain });
		buf_add(w, entity);
		plain = i + 1;
	}
	if (plain < s.len)
		buf_add(w, (struct str){ s.ptr + plain, s.len - plain });
}

/* What stands between '%' and the letter: "02", ".*", "ll". */
struct directive {
	const char *start;
	bool has_precision; /* ".*" */
	char size;          /* 0, 'l', 'L' for ll, 'z' */
	char letter;
};

static const char *read_directive(const char *p, struct directive *d)
{
	*d = (struct directive){ .start = p };
	p++;
	while (*p == '0' || (*p >= '1' && *p <= '9') || *p == '-')
		p++;
	if (p[0] == '.' && p[1] == '*') {
		d->has_precision = true;
		p += 2;
	}
	if (p[0] == 'l')
		d->size = p[1] == 'l' ? 'L' : 'l';
	else if (p[0] == 'z')
		d->size = 'z';
	p += d->size == 'L' ? 2 : d->size ? 1 : 0;
	d->letter = *p;
	return p + 1;
}

/* Numbers need no escaping; flags and width are taken over. */
static void number(struct buf *w, const struct directive *d, long long value)
{
	char fmt[16];
	size_t len = strspn(d->start + 1, "0123456789-");

	assert(len < sizeof(fmt) - 5);
	snprintf(fmt, sizeof(fmt), "%%%.*slld", (int)len, d->start + 1);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	buf_fmt(w, fmt, value);
#pragma GCC diagnostic pop
}

static void text(struct buf *w, const struct directive *d, va_list *args)
{
	int len = d->has_precision ? va_arg(*args, int) : -1;
	const char *s = va_arg(*args, const char *);

	assert(d->letter == 's' && !d->size);
	if (s)
		escape(w, (struct str){ s, len >= 0 ? strnlen(s, (size_t)len) : strlen(s) });
}

void html_fmt(struct buf *w, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	while (*fmt) {
		size_t plain = strcspn(fmt, "%");
		struct directive d;

		buf_add(w, (struct str){ fmt, plain });
		fmt += plain;
		if (!*fmt)
			break;
		fmt = read_directive(fmt, &d);
		if (d.letter == '%')
			buf_add_char(w, '%');
		else if (d.letter == 'd' && d.size == 'L')
			number(w, &d, va_arg(args, long long));
		else if (d.letter == 'd' && d.size == 'l')
			number(w, &d, va_arg(args, long));
		else if (d.letter == 'd')
			number(w, &d, va_arg(args, int));
		else if (d.letter == 'u' && d.size == 'z')
			number(w, &d, (long long)va_arg(args, size_t));
		else if (d.letter == 'u')
			number(w, &d, va_arg(args, unsigned));
		else
			text(w, &d, &args);
	}
	va_end(args);
}
