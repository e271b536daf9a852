/* What is a fault only against the rest: an id twice, a name of nothing, a pack's own dates. */
#include "core/pack/pack_int.h"

#include <stdlib.h>

static int by_name(const void *a, const void *b)
{
	const struct pack_name *x = a, *y = b;
	int order = (int)x->item - (int)y->item;

	if (order == 0 && x->pack != y->pack)
		order = x->pack < y->pack ? -1 : 1;
	if (order == 0)
		order = str_cmp(x->id, y->id);
	if (order == 0)
		order = str_cmp(str_of(x->source.file), str_of(y->source.file));
	return order != 0 ? order : x->source.line - y->source.line;
}

static void check_twice(struct pack_load *load)
{
	if (load->names.len > 0)
		qsort(load->names.at, load->names.len, sizeof(*load->names.at), by_name);
	for (size_t i = 1; i < load->names.len; i++) {
		const struct pack_name *first = &load->names.at[i - 1];
		const struct pack_name *second = &load->names.at[i];

		if (first->item == second->item && first->pack == second->pack &&
			str_eq(first->id, second->id))
			pack_fault_add(load, second->source, T("id \"{a}\" đã có ở {b}"),
				second->id,
				arena_fmt(&load->work, "%s:%d", first->source.file,
					first->source.line),
				STR_NONE);
	}
}

static void check_uses(struct pack_load *load)
{
	static const char *const words[ITEM_COUNT] = {
		[ITEM_CLAUSE] = T("không có điều khoản \"{a}\""),
		[ITEM_OBLIGATION] = T("không có nghĩa vụ \"{a}\""),
		[ITEM_PARAM] = T("không có tham số \"{a}\""),
		[ITEM_ROLE] = T("không có vai trò \"{a}\""),
		[ITEM_CHECK] = T("không có phép kiểm \"{a}\" trong danh mục"),
		[ITEM_REGISTER] = T("không có sổ \"{a}\""),
		[ITEM_PAPER] = T("không có loại giấy tờ \"{a}\""),
	};

	for (size_t i = 0; i < load->uses.len; i++) {
		const struct pack_name *use = &load->uses.at[i];

		if (!pack_find(load->set, use->item, use->pack, use->id))
			pack_fault_add(
				load, use->source, words[use->item], use->id, STR_NONE, STR_NONE);
	}
}

static void check_dates(struct pack_load *load, struct source at, struct date from, struct date to)
{
	char from_text[CLOCK_TEXT_MAX], to_text[CLOCK_TEXT_MAX];

	if (date_to_days(from) <= date_to_days(to))
		return;
	pack_fault_add(load, at, T("ngày bắt đầu {a} sau ngày kết thúc {b}"),
		str_of(date_iso(from, from_text)), str_of(date_iso(to, to_text)), STR_NONE);
}

static bool is_pack_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!(id.ptr[i] >= 'a' && id.ptr[i] <= 'z') &&
			!(id.ptr[i] >= '0' && id.ptr[i] <= '9') && id.ptr[i] != '-')
			return false;
	return id.len > 0;
}

static void check_header(struct pack_load *load, const struct pack *pack)
{
	if (!is_pack_id(pack->id))
		pack_fault_add(load, pack->source,
			T("id của gói chỉ gồm a-z, 0-9 và dấu -: \"{a}\""), pack->id, STR_NONE,
			STR_NONE);
	if (pack->has_to && pack->from.year > 0)
		check_dates(load, pack->dates, pack->from, pack->to);
	for (size_t i = 0; i < pack->transition_count; i++) {
		const struct transition *t = &pack->transitions[i];

		if (t->has_from && t->has_to)
			check_dates(load, t->source, t->from, t->to);
	}
}

static bool holds(struct str text, struct str quote)
{
	return text.ptr && str_find(text, quote) >= 0;
}

/* A quote that does not stand in the text proves that one of the two was changed. */
static void check_quotes(struct pack_load *load, const struct pack *pack)
{
	for (size_t i = 0; i < pack->defect_count; i++) {
		const struct text_defect *defect = &pack->defects[i];
		const struct clause *clause =
			pack_find(load->set, ITEM_CLAUSE, pack, defect->clause);

		if (clause && defect->quote.ptr && !holds(clause->label, defect->quote) &&
			!holds(clause->title, defect->quote) && !holds(clause->text, defect->quote))
			pack_fault_add(load, defect->source,
				T("lời dẫn \"{a}\" không có trong {b}"), defect->quote, clause->id,
				STR_NONE);
	}
}

void pack_check_all(struct pack_load *load)
{
	check_twice(load);
	if (!load->is_partial)
		check_uses(load);
	for (size_t i = 0; i < load->set->count; i++) {
		const struct pack *pack = &load->set->packs[i];

		check_header(load, pack);
		check_quotes(load, pack);
		if (!load->is_partial)
			pack_check_clauses(load, pack, &load->rows[i]);
		if (!load->is_narrow)
			pack_check_obligations(load, pack);
		pack_check_papers(load, pack);
		pack_check_flows(load, pack);
		pack_check_params(load, pack);
		pack_check_checks(load, pack, &load->rows[i]);
		if (!load->is_partial)
			pack_check_registers(load, pack);
	}
}
