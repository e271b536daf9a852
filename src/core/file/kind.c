/* kind.c - what a file is by its first bytes. */
#include "core/file/file_int.h"

static const struct {
	enum file_kind kind;
	const char *type;
	struct str begin;
	size_t also_at; /* a second mark, when also is there */
	struct str also;
} kinds[] = {
	{ FILE_PDF, "application/pdf", STR("%PDF-"), 0, STR_NONE },
	{ FILE_PNG, "image/png", STR("\x89PNG\r\n\x1a\n"), 0, STR_NONE },
	{ FILE_JPEG, "image/jpeg", STR("\xff\xd8\xff"), 0, STR_NONE },
	{ FILE_GIF, "image/gif", STR("GIF8"), 0, STR_NONE },
	{ FILE_WEBP, "image/webp", STR("RIFF"), 8, STR("WEBP") },
	{ FILE_HEIC, "image/heic", STR("\0\0\0"), 4, STR("ftyphei") },
	{ FILE_HEIC, "image/heic", STR("\0\0\0"), 4, STR("ftypmif1") },
};

static bool has_at(struct str head, size_t at, struct str mark)
{
	return head.len >= at + mark.len && memcmp(head.ptr + at, mark.ptr, mark.len) == 0;
}

/* Text that a page may show: UTF-8, no control bytes but the ends of lines and tabs. The head may
 * end within a character. */
static bool is_text(struct str head)
{
	for (size_t i = 0; i < head.len; i++) {
		unsigned char c = (unsigned char)head.ptr[i];

		if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
			return false;
	}
	for (size_t cut = 0; cut < 4 && cut <= head.len; cut++)
		if (str_is_utf8(str_until(head, head.len - cut)))
			return true;
	return false;
}

enum file_kind file_kind_of(struct str head)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (has_at(head, 0, kinds[i].begin) &&
			(!kinds[i].also.ptr || has_at(head, kinds[i].also_at, kinds[i].also)))
			return kinds[i].kind;
	return head.len > 0 && is_text(head) ? FILE_TEXT : FILE_OTHER;
}

const char *file_type(enum file_kind kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].type;
	return kind == FILE_TEXT ? "text/plain; charset=utf-8" : "application/octet-stream";
}

bool file_is_picture(enum file_kind kind)
{
	return kind >= FILE_PNG && kind <= FILE_WEBP;
}

bool file_is_photo(enum file_kind kind)
{
	return file_is_picture(kind) || kind == FILE_HEIC;
}
