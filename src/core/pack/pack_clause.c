/* The tree of clauses: its rules, and how people cite one. */
#include "core/pack/pack_int.h"

/* Letters of điểm in the order of Vietnamese drafting. */
/* clang-format off */
static const char *const letters[] = {
	"a", "b", "c", "d", "đ", "e", "g", "h", "i", "k", "l", "m", /* no words */
	"n", "o", "p", "q", "r", "s", "t", "u", "v", "x", "y",
};
/* clang-format on */

static size_t digits(struct str s)
{
	size_t len = 0;

	while (len < s.len && s.ptr[len] >= '0' && s.ptr[len] <= '9')
		len++;
	return len;
}

static struct str after(struct str s, const char *prefix)
{
	return str_starts(s, prefix) ? str_from(s, str_of(prefix).len) : STR("");
}

struct str clause_label_core(enum clause_kind kind, struct str label)
{
	struct str core = label;

	switch (kind) {
	case CLAUSE_CHUONG:
		return after(label, "Chương "); /* no words */
	case CLAUSE_DIEU:
		core = after(label, "Điều "); /* no words */
		break;
	case CLAUSE_KHOAN:
		break;
	case CLAUSE_DIEM:
		if (str_starts(label, "- "))
			core = str_from(label, 2);
		return str_find_char(core, ')') > 0 ?
			str_until(core, (size_t)str_find_char(core, ')')) :
			STR("");
	case CLAUSE_DOAN:
		return STR("");
	}
	return str_is(str_from(core, digits(core)), ".") ? str_until(core, digits(core)) : STR("");
}

/* I, II, III, IV … to XXXIX; 0 when it is none. */
static int roman(struct str s)
{
	int total = 0, last = 0;

	for (size_t i = s.len; i-- > 0;) {
		int value = s.ptr[i] == 'X' ? 10 : s.ptr[i] == 'V' ? 5 : s.ptr[i] == 'I' ? 1 : 0;

		if (value == 0)
			return 0;
		total += value < last ? -value : value;
		last = value;
	}
	return total;
}

/* The place of a clause among its siblings by its own label; 0: the label has not the form. */
static int ordinal(const struct clause *clause)
{
	struct str core = clause_label_core(clause->kind, clause->label);
	int64_t number = 0;

	if (clause->kind == CLAUSE_CHUONG)
		return roman(core);
	if (clause->kind != CLAUSE_DIEM)
		return str_to_i64(core, &number) && number < 10000 ? (int)number : 0;
	for (size_t i = 0; i < COUNT(letters); i++)
		if (str_is(core, letters[i]))
			return (int)i + 1;
	return 0;
}

static void clause_fault(
	struct pack_load *load, const struct clause *clause, const char *words, struct str b)
{
	pack_fault_add(load, clause->source, words, clause->id, b, STR_NONE);
}

static bool is_below_itself(const struct clause *clause, size_t steps)
{
	const struct clause *up = clause->parent;

	for (; up && steps > 0 && up != clause; steps--)
		up = up->parent;
	return up == clause;
}

/* STEPS bounds the walk: the tree may yet prove to be none. */
static bool is_ancestor(const struct clause *clause, const struct clause *of, size_t steps)
{
	for (; of && of != clause && steps > 0; steps--)
		of = of->parent;
	return of == clause;
}

/* Does the chain of parents end at a name that is none? Then nothing is known of the order. */
static bool is_adrift(const struct clause *clause, const struct pack_rows *rows)
{
	for (size_t steps = rows->clauses.len; clause->parent && steps > 0; steps--)
		clause = clause->parent;
	return rows->clauses.at[clause->index].parent.ptr != NULL;
}

/* The parent is of a higher kind, stands before, and no other branch was begun since. */
static bool check_parent(
	struct pack_load *load, const struct pack *pack, size_t i, const struct pack_rows *rows)
{
	const struct clause_row *row = &rows->clauses.at[i];
	const struct clause *clause = &pack->clauses[i];
	const struct clause *parent = clause->parent;
	bool is_top = clause->kind == CLAUSE_CHUONG;
	bool is_wrong;

	if (row->parent.ptr && !parent)
		return false; /* told as an orphan */
	if (is_below_itself(clause, pack->clause_count)) {
		pack_fault_add(load, row->parent_source, T("{a} nằm dưới chính nó"), clause->id,
			STR_NONE, STR_NONE);
		return false;
	}
	if (!parent) {
		if (!is_top && pack->kind == PACK_REGULATION)
			clause_fault(load, clause, T("{a} không có \"parent\""), STR_NONE);
		return is_top || pack->kind != PACK_REGULATION;
	}
	is_wrong = clause->kind <= parent->kind || parent->kind == CLAUSE_DOAN;
	if (pack->kind == PACK_REGULATION && clause->kind != CLAUSE_DOAN)
		is_wrong = clause->kind != parent->kind + 1;
	if (is_wrong)
		pack_fault_add(load, row->parent_source, T("{a} không thể nằm ngay dưới {b}"),
			clause->id, parent->id, STR_NONE);
	else if (parent->index >= i ||
		(!is_ancestor(parent, &pack->clauses[i - 1], i) &&
			!is_adrift(&pack->clauses[i - 1], rows)))
		pack_fault_add(load, row->parent_source,
			T("{a} không đứng theo thứ tự đọc sau {b}"), clause->id, parent->id,
			STR_NONE);
	else
		return true;
	return false;
}

/* The id a clause of a regulation must have by its kind, parent and label. */
static struct str id_by_label(struct pack_load *load, const struct pack *pack, size_t i)
{
	const struct clause *clause = &pack->clauses[i];
	struct str core = clause_label_core(clause->kind, clause->label);

	switch (clause->kind) {
	case CLAUSE_CHUONG:
		return arena_fmt(&load->work, "C%d", roman(core));
	case CLAUSE_DIEU:
		return arena_fmt(&load->work, "D%.*s", STR_FMT(core));
	case CLAUSE_DOAN:
		return arena_fmt(&load->work, "%.*s*", STR_FMT(pack->clauses[i - 1].id));
	default:
		return arena_fmt(
			&load->work, "%.*s.%.*s", STR_FMT(clause->parent->id), STR_FMT(core));
	}
}

/* The sibling before, by kind; điều are numbered through all chương. */
static const struct clause *sibling_before(const struct pack *pack, size_t i)
{
	const struct clause *clause = &pack->clauses[i];

	while (i-- > 0) {
		const struct clause *other = &pack->clauses[i];

		if (other->kind == clause->kind &&
			(clause->kind == CLAUSE_DIEU || other->parent == clause->parent))
			return other;
		if (other == clause->parent && clause->kind != CLAUSE_DIEU)
			return NULL;
	}
	return NULL;
}

static void check_label(struct pack_load *load, const struct pack *pack, size_t i)
{
	const struct clause *clause = &pack->clauses[i];
	const struct clause *before = sibling_before(pack, i);
	struct str wanted;

	if (clause->kind == CLAUSE_DOAN ? clause->label.len > 0 || i == 0 : ordinal(clause) == 0) {
		clause_fault(load, clause, T("{a}: nhãn \"{b}\" không có dạng của loại này"),
			clause->label);
		return;
	}
	wanted = id_by_label(load, pack, i);
	if (!str_eq(clause->id, wanted))
		clause_fault(
			load, clause, T("{a}: theo nhãn và vị trí thì id phải là \"{b}\""), wanted);
	else if (clause->kind != CLAUSE_DOAN && before && ordinal(clause) <= ordinal(before))
		clause_fault(
			load, clause, T("{a} đứng sau {b}: nhãn không theo thứ tự"), before->id);
}

static void check_content(
	struct pack_load *load, const struct pack *pack, const struct clause *clause)
{
	bool is_titled = clause->kind == CLAUSE_CHUONG || clause->kind == CLAUSE_DIEU;

	if (!clause->title.ptr && !clause->text.ptr)
		clause_fault(
			load, clause, T("{a} không có \"title\" cũng không có \"text\""), STR_NONE);
	else if (pack->kind == PACK_REGULATION && is_titled != (clause->title.ptr != NULL))
		clause_fault(load, clause,
			T("{a}: chương và điều mang \"title\", khoản, điểm và đoạn mang \"text\""),
			STR_NONE);
}

void pack_check_clauses(
	struct pack_load *load, const struct pack *pack, const struct pack_rows *rows)
{
	for (size_t i = 0; i < pack->clause_count; i++) {
		if (!pack->clauses[i].id.ptr || !pack->clauses[i].label.ptr)
			continue;
		check_content(load, pack, &pack->clauses[i]);
		if (check_parent(load, pack, i, rows) && pack->kind == PACK_REGULATION)
			check_label(load, pack, i);
	}
}
