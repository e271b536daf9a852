/* map.c - which column is which field. A heading is taken apart into folded words; the field whose
 * title, other words or id come nearest gets the column, the best pair first. */
#include "work/exchange/exchange_int.h"

const char exchange_record_heading[] = T("Mã bản ghi");
const char exchange_unit_heading[] = T("Đơn vị");

#define LOOKED_AT 40 /* rows: titles, names of units and blank ones stand before the headings */
#define SCORE_MIN 50
#define HEADING_MAX 200 /* bytes; a longer text is no word for a sum */

static size_t words_in_common(struct str a, struct str b, size_t *ret_in_a)
{
	size_t common = 0;
	struct str word, rest, other;

	*ret_in_a = 0;
	while (str_next_word(&a, " ", &word)) {
		++*ret_in_a;
		rest = b;
		while (str_next_word(&rest, " ", &other))
			if (str_eq(word, other)) {
				common++;
				break;
			}
	}
	return common;
}

/* How near HEADING comes to NAME: 100 the same, 0 nothing in common. */
static int nearness(struct str heading, struct str name, struct arena *a)
{
	struct str h = exchange_plain(heading, true, a), n = exchange_plain(name, true, a), hb, nb;
	size_t in_heading, in_name, common;

	if (h.len == 0 || n.len == 0)
		return 0;
	if (str_eq(h, n))
		return 100;
	hb = exchange_plain(heading, false, a);
	nb = exchange_plain(name, false, a);
	if (hb.len > 0 && str_eq(hb, nb))
		return 95;
	common = words_in_common(h, n, &in_heading);
	(void)words_in_common(n, h, &in_name);
	if (common == 0)
		return 0;
	return (int)(180 * common / (in_heading + in_name));
}

static int field_score(const struct register_field *f, struct str heading, struct arena *a)
{
	int best = nearness(heading, f->title.vi, a), score = nearness(heading, f->title.en, a);

	best = score > best ? score : best;
	for (size_t i = 0; i < f->also_count; i++) {
		score = nearness(heading, f->also[i], a) - 1;
		best = score > best ? score : best;
	}
	return str_eq(heading, f->id) ? 100 : best;
}

/* Is the heading one of ours that is no field? */
static enum exchange_meaning own_meaning(struct str heading, struct arena *a)
{
	struct str h = exchange_plain(heading, true, a);

	for (enum lang lang = LANG_VI; lang <= LANG_EN; lang++) {
		if (str_eq(h, exchange_plain(str_of(tr(lang, exchange_record_heading)), true, a)))
			return COLUMN_RECORD;
		if (str_eq(h, exchange_plain(str_of(tr(lang, exchange_unit_heading)), true, a)))
			return COLUMN_UNIT;
	}
	return COLUMN_UNKNOWN;
}

/* What rosters call the unit. */
static bool is_unit_of_people(struct str heading, struct arena *a)
{
	static const char *const names[] = { "ma don vi", "ten don vi", "don vi cong tac",
		"phong ban" };
	struct str h = exchange_plain(heading, true, a);

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(h, names[i]))
			return true;
	return false;
}

struct pair {
	size_t column;
	const struct register_field *field;
	int score;
};

static int by_score(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->score != y->score)
		return y->score - x->score;
	return (x->column > y->column) - (x->column < y->column);
}

static bool is_given(const struct exchange_map *map, const struct register_field *f)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->columns[i].field == f)
			return true;
	return false;
}

/* The columns of ROW as headings; what they come to in all. */
static int match(const struct office_row *row, const struct pack_register *reg, struct arena *a,
	struct exchange_map *map)
{
	VEC(struct pair) pairs = { 0 };
	int sum = 0;

	*map = (struct exchange_map){ .head_row = row->number,
		.count = row->count,
		.columns = arena_array(a, struct exchange_column, row->count + 1) };
	for (size_t c = 0; c < row->count; c++) {
		struct str heading = row->cells[c].text;

		map->columns[c].heading = arena_str(a, heading);
		map->columns[c].meaning =
			reg == exchange_people() && is_unit_of_people(heading, a) ?
			COLUMN_UNIT :
			own_meaning(heading, a);
		map->known += map->columns[c].meaning != COLUMN_UNKNOWN;
		for (size_t f = 0; f < reg->field_count && heading.len > 0; f++) {
			int score = field_score(reg->fields[f], heading, a);

			if (score >= SCORE_MIN && reg->fields[f]->type != REGISTER_FILE)
				vec_push(a, &pairs, ((struct pair){ c, reg->fields[f], score }));
		}
	}
	if (pairs.len > 1)
		qsort(pairs.at, pairs.len, sizeof(*pairs.at), by_score);
	for (size_t i = 0; i < pairs.len; i++) {
		struct exchange_column *column = &map->columns[pairs.at[i].column];

		if (column->meaning != COLUMN_UNKNOWN || is_given(map, pairs.at[i].field))
			continue;
		column->meaning = COLUMN_FIELD;
		column->field = pairs.at[i].field;
		map->known++;
		sum += pairs.at[i].score;
	}
	return sum;
}

int exchange_guess(struct grid *grid, const struct pack_register *reg, struct arena *a,
	struct exchange_map *ret, struct err *e)
{
	struct exchange_map best = { 0 }, map;
	struct office_row row;
	int best_sum = 0, rc = 0;

	grid_rewind(grid);
	for (int i = 0; i < LOOKED_AT && (rc = grid_next(grid, &row, e)) == 1; i++) {
		int sum = match(&row, reg, a, &map);

		if (sum > best_sum) {
			best_sum = sum;
			best = map;
		}
	}
	grid_rewind(grid);
	if (rc < 0)
		return rc;
	*ret = best;
	return 0;
}

static bool column_number(struct str name, size_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i] & (char)~0x20;

		if (c < 'A' || c > 'Z' || n > OFFICE_COLUMNS_MAX)
			return false;
		n = n * 26 + (size_t)(c - 'A') + 1;
	}
	*ret = n - 1;
	return n > 0;
}

int exchange_set(
	struct exchange_map *map, const struct pack_register *reg, struct str text, struct err *e)
{
	struct exchange_column *column;
	const struct register_field *f = NULL;
	struct str name, field;
	size_t at;

	if (!str_split(text, '=', &name, &field) || !column_number(name, &at))
		return err_set(
			e, ERR_INPUT, "\"%.*s\" is not COLUMN=FIELD, as in C=ten", STR_FMT(text));
	if (at >= map->count)
		return err_set(e, ERR_INPUT, "the heading has no column \"%.*s\"", STR_FMT(name));
	if (field.len > 0 && field.ptr[0] != '@' && !(f = pack_register_field(reg, field)))
		return err_set(e, ERR_INPUT, "register \"%.*s\" has no field \"%.*s\"",
			STR_FMT(reg->id), STR_FMT(field));
	for (size_t i = 0; f && i < map->count; i++)
		if (map->columns[i].field == f)
			map->columns[i] =
				(struct exchange_column){ .heading = map->columns[i].heading };
	column = &map->columns[at];
	column->field = f;
	column->meaning = f              ? COLUMN_FIELD :
		str_is(field, "@unit")   ? COLUMN_UNIT :
		str_is(field, "@record") ? COLUMN_RECORD :
					   COLUMN_UNKNOWN;
	map->known = 0;
	for (size_t i = 0; i < map->count; i++)
		map->known += map->columns[i].meaning != COLUMN_UNKNOWN;
	return 0;
}

/* "(1) (2) (3)": the row of numbers that forms have under their headings. */
static bool is_numbering(const struct office_row *row)
{
	int64_t wanted = 0, n;

	for (size_t i = 0; i < row->count; i++) {
		struct str s = row->cells[i].text;

		if (s.len == 0)
			continue;
		if (s.len > 2 && s.ptr[0] == '(' && s.ptr[s.len - 1] == ')')
			s = (struct str){ s.ptr + 1, s.len - 2 };
		if (!str_to_i64(s, &n) || n != ++wanted)
			return false;
	}
	return wanted > 2;
}

bool exchange_is_data(const struct exchange *x, const struct office_row *row)
{
	if (row->number <= x->map.head_row)
		return false;
	if (row->number == x->map.head_row + 1 && is_numbering(row))
		return false;
	for (size_t i = 0; i < row->count && i < x->map.count; i++)
		if (x->map.columns[i].meaning == COLUMN_FIELD && !row->cells[i].is_filled &&
			(row->cells[i].kind != OFFICE_EMPTY || row->cells[i].is_formula))
			return true;
	return false;
}

/* --- rows of sums ----------------------------------------------------------------------------- */

/* "12", "1.200,5": a figure, whatever kind of cell holds it. */
static bool is_figure(const struct office_cell *c)
{
	if (c->kind == OFFICE_NUMBER || c->kind == OFFICE_WRONG)
		return true;
	for (size_t i = 0; i < c->text.len; i++)
		if (!strchr("0123456789., ", c->text.ptr[i]))
			return false;
	return true;
}

/* What stands before a colon, a bracket or a figure: "Tổng cộng" of "Tổng cộng: 12 máy". */
static struct str before_figure(struct str s)
{
	size_t n = 0;

	while (n < s.len && !strchr(":(=0123456789", s.ptr[n]))
		n++;
	return str_trim(str_until(s, n));
}

/* The one text of a row that is figures besides, its merged copies aside; "": there is none, or
 * several. */
static struct str only_text(const struct office_row *row)
{
	struct str only = STR("");

	for (size_t i = 0; i < row->count; i++) {
		struct str s = str_trim(row->cells[i].text);

		if (s.len == 0 || is_figure(&row->cells[i]) || str_eq(s, only))
			continue;
		if (only.len)
			return STR("");
		only = s;
	}
	return only;
}

bool exchange_is_total(
	const struct exchange *x, const struct office_row *row, struct exchange_result *ret)
{
	struct str text = row->number > x->map.head_row ? before_figure(only_text(row)) : STR("");
	const struct param_value *words;
	struct arena a;
	bool is = false;

	if (text.len == 0 || text.len > HEADING_MAX)
		return false;
	arena_init(&a, MIB);
	words = pack_param(x->at->packs, STR("table_total_words"), 0, date_at(x->at->now_s), &a)
			.winner;
	/* marks count: a gate, "cổng", is no sum */
	for (size_t i = 0; words && i < words->item_count && !is; i++)
		is = str_eq(text_sort_key(&a, text), text_sort_key(&a, words->items[i]));
	arena_done(&a);
	if (is && ret->total_count++ < EXCHANGE_TOTALS_MAX)
		ret->totals[ret->total_count - 1] = row->number;
	return is;
}

struct str exchange_totals_words(const struct exchange_result *r, struct arena *a)
{
	struct str words = STR("");

	for (size_t i = 0; i < r->total_count && i < EXCHANGE_TOTALS_MAX; i++)
		words = arena_fmt(
			a, "%.*s%s%u", STR_FMT(words), words.len ? ", " : "", r->totals[i]);
	if (r->total_count > EXCHANGE_TOTALS_MAX)
		words = arena_fmt(a, "%.*s, …", STR_FMT(words));
	return words;
}
