/* value.c - people write days, telephone numbers and ticks in many ways; here they come nearer
 * to what a register takes. What is still wrong, the register says. */
#include "work/exchange/exchange_int.h"

#define HEADING_BYTES 200

#define SERIAL_MIN 25569 /* 1.1.1970 */
#define SERIAL_MAX 73050 /* 31.12.2099 */
#define SERIAL_EPOCH 25569
#define CENTURY_TURN 70 /* '69 is 2069, '70 is 1970 */
#define VALUES_MAX 500
#define CHOICES_SHOWN 12

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The runs of figures in S, up to three, with nothing between but marks or the words ngày, tháng,
 * năm. How many; 0 when there is anything else. */
static size_t figures(struct str s, struct str part[3], struct arena *a)
{
	struct str rest = text_fold(a, s), word;
	size_t count = 0;

	while (str_next_word(&rest, "/-. ,\\", &word)) {
		if (str_is(word, "ngay") || str_is(word, "thang") || str_is(word, "nam"))
			continue;
		for (size_t i = 0; i < word.len; i++)
			if (!is_digit(word.ptr[i]))
				return 0;
		if (count == 3)
			return 0;
		part[count++] = word;
	}
	return count;
}

/* Programs write the hour behind each day: "05/03/2026 00:00:00", "2026-03-05T08:30". */
static struct str without_hour(struct str text)
{
	struct str rest = text;

	while (rest.len > 0 && rest.ptr[0] != ' ' && rest.ptr[0] != 'T')
		rest = str_from(rest, 1);
	return str_has(rest, ':') && rest.len > 1 && is_digit(rest.ptr[1]) && rest.len < text.len ?
		str_until(text, text.len - rest.len) :
		text;
}

/* "5/3/26", "ngày 5 tháng 3 năm 2026", "2026.03.05", "20260305", "2026-03-05 08:30". */
static struct str day(struct str s, struct arena *a)
{
	struct str part[3], text = str_trim(s);
	int64_t year;
	size_t count;

	text = without_hour(text);
	count = figures(text, part, a);
	if (count == 1 && part[0].len == 8)
		return arena_fmt(
			a, "%.4s-%.2s-%.2s", part[0].ptr, part[0].ptr + 4, part[0].ptr + 6);
	if (count != 3)
		return s;
	if (part[0].len == 4)
		return arena_fmt(
			a, "%.*s/%.*s/%.*s", STR_FMT(part[2]), STR_FMT(part[1]), STR_FMT(part[0]));
	if (part[2].len == 2 && str_to_i64(part[2], &year))
		return arena_fmt(a, "%.*s/%.*s/%d", STR_FMT(part[0]), STR_FMT(part[1]),
			(int)(year < CENTURY_TURN ? 2000 + year : 1900 + year));
	return arena_fmt(a, "%.*s/%.*s/%.*s", STR_FMT(part[0]), STR_FMT(part[1]), STR_FMT(part[2]));
}

/* A day whose cell nobody formatted as one: the number that the spreadsheet keeps. */
static struct str day_of(const struct office_cell *cell, struct arena *a)
{
	char text[CLOCK_TEXT_MAX];
	int64_t serial;

	if (cell->kind == OFFICE_NUMBER && str_to_i64(cell->text, &serial) &&
		serial >= SERIAL_MIN && serial <= SERIAL_MAX)
		return arena_str(a, str_of(date_iso(date_of_days(serial - SERIAL_EPOCH), text)));
	return day(cell->text, a);
}

/* A number cell has lost the 0 that a Vietnamese number begins with. */
static struct str phone_of(const struct office_cell *cell, struct arena *a)
{
	if (cell->kind == OFFICE_NUMBER && (cell->text.len == 9 || cell->text.len == 10) &&
		cell->text.ptr[0] != '0' && !str_starts(cell->text, "1"))
		return arena_fmt(a, "0%.*s", STR_FMT(cell->text));
	return cell->text;
}

static struct str yes_no_of(struct str s)
{
	static const char *const ticks[] = { "✓", "✔", "☑", "v", "V", "√", "+" };
	static const char *const crosses[] = { "✗", "✘", "☐", "-" };

	for (size_t i = 0; i < COUNT(ticks); i++)
		if (str_is(s, ticks[i]))
			return STR("yes");
	for (size_t i = 0; i < COUNT(crosses); i++)
		if (str_is(s, crosses[i]))
			return STR("no");
	return s;
}

static bool is_called(const struct register_choice *c, struct str plain, struct arena *a)
{
	for (size_t i = 0; i < c->also_count; i++)
		if (str_eq(exchange_plain(c->also[i], true, a), plain))
			return true;
	return str_eq(exchange_plain(c->words.vi, true, a), plain) ||
		str_eq(exchange_plain(c->words.en, true, a), plain);
}

/* A choice by its words, whatever marks stand between them. */
static struct str choice_of(const struct register_field *f, struct str text, struct arena *a)
{
	struct str wanted = exchange_plain(text, true, a);

	for (size_t i = 0; i < f->choice_count && wanted.len > 0; i++)
		if (is_called(&f->choices[i], wanted, a))
			return f->choices[i].id;
	return text;
}

static struct str nearer(const struct register_field *f, const struct office_cell *cell,
	struct str text, struct arena *a)
{
	struct office_cell one = *cell;

	one.text = text;
	switch (f->type) {
	case REGISTER_DATE:
		return day_of(&one, a);
	case REGISTER_PHONE:
		return phone_of(&one, a);
	case REGISTER_YES_NO:
		return yes_no_of(text);
	case REGISTER_CHOICE:
	case REGISTER_CHOICES:
		return choice_of(f, text, a);
	default:
		return text;
	}
}

/* In a text of one line a line feed of the cell is a blank. */
static struct str one_line(struct str s, struct arena *a)
{
	char *out = arena_cstr(a, s);

	for (size_t i = 0; i < s.len; i++)
		if (out[i] == '\n' || out[i] == '\r' || out[i] == '\t')
			out[i] = ' ';
	return str_trim((struct str){ out, s.len });
}

void exchange_values(const struct register_field *f, const struct office_cell *cell,
	struct arena *a, struct str **ret, size_t *ret_count)
{
	VEC(struct str) values = { 0 };
	struct str rest = cell->text, value;

	if (f->type == REGISTER_LONG_TEXT) {
		vec_push(a, &values, str_trim(rest));
	} else if (!f->is_many && f->type != REGISTER_CHOICES) {
		vec_push(a, &values, nearer(f, cell, one_line(rest, a), a));
	} else {
		while (values.len < VALUES_MAX && str_next_word(&rest, ";\n\r", &value))
			if (str_trim(value).len > 0)
				vec_push(a, &values, nearer(f, cell, str_trim(value), a));
		if (values.len == 0)
			vec_push(a, &values, STR(""));
	}
	*ret = values.at;
	*ret_count = values.len;
}

static struct str choices(const struct register_field *f, enum lang lang, struct arena *a)
{
	struct str list = STR("");

	for (size_t i = 0; i < f->choice_count && i < CHOICES_SHOWN; i++)
		list = arena_fmt(a, "%.*s%s%.*s", STR_FMT(list), i > 0 ? "; " : "",
			STR_FMT(words_in(f->choices[i].words, lang)));
	return arena_fmt(a, tr(lang, "Ghi một trong: %.*s."), STR_FMT(list));
}

struct str exchange_mend(const struct register_field *f, enum lang lang, struct arena *a)
{
	switch (f->type) {
	case REGISTER_DATE:
		return str_of(tr(lang, "Ghi ngày/tháng/năm, ví dụ 05/03/2026."));
	case REGISTER_YES_NO:
		return str_of(tr(lang, "Ghi “có” hoặc “không”."));
	case REGISTER_CHOICE:
	case REGISTER_CHOICES:
		return choices(f, lang, a);
	case REGISTER_PERSON:
		return str_of(tr(lang,
			"Ghi đúng họ tên, hoặc mã, như trong danh sách nhân sự; người chưa có thì thêm ở "
			"trang Nhân sự trước."));
	case REGISTER_UNIT:
		return str_of(tr(lang, "Ghi đúng tên, tên ngắn hoặc mã của đơn vị."));
	case REGISTER_HOST:
		return str_of(tr(lang, "Ghi đúng tên máy như ở trang Máy."));
	case REGISTER_RECORD:
		return arena_fmt(a,
			tr(lang, "Ghi đúng tên như trong “%.*s”, hoặc nhập sổ đó trước."),
			STR_FMT(words_in(f->to_is ? f->to_is->title : f->title, lang)));
	case REGISTER_NUMBER:
	case REGISTER_PERCENT:
	case REGISTER_MONEY:
		return str_of(tr(lang, "Chỉ ghi chữ số."));
	default:
		return str_of(tr(lang, "Sửa ô này rồi nhập lại."));
	}
}

/* Folded, letters and figures only, one blank between words, without what stands in brackets. */
struct str exchange_plain(struct str s, bool with_brackets, struct arena *a)
{
	struct str folded =
		text_fold(a, str_until(s, s.len < HEADING_BYTES ? s.len : HEADING_BYTES));
	char *out = arena_alloc(a, folded.len + 1);
	size_t n = 0;
	int depth = 0;

	for (size_t i = 0; i < folded.len; i++) {
		unsigned char c = (unsigned char)folded.ptr[i];

		depth += c == '(';
		if ((depth == 0 || with_brackets) &&
			((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80))
			out[n++] = (char)c;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
		depth -= c == ')' && depth > 0;
	}
	return str_trim((struct str){ out, n });
}
