/* pack_papers.c - papers.yaml, the kinds of papers; and the papers of flows, which are of them. */
#include "core/pack/pack_int.h"

#define NEEDED FIELD_NEEDED

static const char *const part_words[PAPER_PART_COUNT + 1] = {
	[PAPER_ISSUER] = "issuer",
	[PAPER_NUMBER] = "number",
	[PAPER_SUBJECT] = "subject",
	[PAPER_MOTTO] = "motto",
	[PAPER_PLACE] = "place",
	[PAPER_TITLE] = "title",
	[PAPER_TO] = "to",
	[PAPER_GROUNDS] = "grounds",
	[PAPER_TEXT] = "text",
	[PAPER_ARTICLES] = "articles",
	[PAPER_COPIES] = "copies",
	[PAPER_DRAFTER] = "drafter",
	[PAPER_SIGNER] = "signer",
};

#define AT(member) offsetof(struct paper_kind, member)
static const struct field kind_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_PAPER),
	FIELD("name", WORDS, NEEDED, AT(name)),
	FIELD("decides", WORDS, 0, AT(decides)),
	FIELD("symbol", TEXT, 0, AT(symbol)),
	FIELD("copies", WORDS, 0, AT(copies)),
	FIELD("drafter", WORDS, 0, AT(drafter)),
	FIELD("signer", WORDS, NEEDED, AT(signer)),
	FIELD("parts", ENUMS, NEEDED, AT(parts), .count_at = AT(part_count), .choices = part_words),
	{ 0 },
};
static const struct shape kind_shape = { kind_fields, sizeof(struct paper_kind), AT(source) };
#undef AT

#define AT(member) offsetof(struct flow_paper, member)
static const struct field paper_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("kind", TEXT, NEEDED | FIELD_USE, AT(kind), .item = ITEM_PAPER),
	FIELD("number", TEXT, 0, AT(number)),
	FIELD("day", TEXT, 0, AT(day)),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("to", WORDS, 0, AT(to)),
	FIELD("grounds", WORDS, 0, AT(grounds)),
	FIELD("text", WORDS, NEEDED, AT(text)),
	FIELD("copies", WORDS, 0, AT(copies)),
	FIELD("drafter", WORDS, 0, AT(drafter)),
	FIELD("signer", WORDS, 0, AT(signer)),
	{ 0 },
};
const struct shape pack_paper_shape = { paper_fields, sizeof(struct flow_paper), AT(source) };
#undef AT

void pack_load_papers(struct pack_load *load, const struct yaml_node *root)
{
	const struct yaml_node *list = pack_only_list(load, root, "papers");

	for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next)
		pack_read_map(load, node, &kind_shape, vec_add(&load->work, &load->rows->papers));
}

bool paper_has(const struct paper_kind *kind, enum paper_part part)
{
	for (size_t i = 0; i < kind->part_count; i++)
		if (kind->parts[i] == part)
			return true;
	return false;
}

static void fault(struct pack_load *load, struct source at, const char *words, struct str a)
{
	pack_fault_add(load, at, words, a, STR_NONE, STR_NONE);
}

static void check_kind(struct pack_load *load, const struct paper_kind *kind)
{
	const struct {
		enum paper_part part;
		bool is_there;
	} own[] = {
		{ PAPER_COPIES, kind->copies.vi.ptr != NULL },
		{ PAPER_DRAFTER, kind->drafter.vi.ptr != NULL },
		{ PAPER_SIGNER, true },
	};

	for (size_t i = 0; i < COUNT(own); i++)
		if (paper_has(kind, own[i].part) != own[i].is_there)
			fault(load, kind->source, T("\"{a}\" phải vừa có trong parts vừa có lời"),
				str_of(part_words[own[i].part]));
	if (paper_has(kind, PAPER_TEXT) == paper_has(kind, PAPER_ARTICLES))
		fault(load, kind->source, T("parts cần đúng một trong hai: text, articles"),
			STR_NONE);
	if (paper_has(kind, PAPER_TITLE) == paper_has(kind, PAPER_SUBJECT))
		fault(load, kind->source, T("parts cần đúng một trong hai: title, subject"),
			STR_NONE);
}

void pack_check_papers(struct pack_load *load, const struct pack *pack)
{
	const struct pack_work *work = pack->work;

	for (size_t i = 0; work && i < work->paper_kind_count; i++)
		check_kind(load, &work->paper_kinds[i]);
}

static void check_field(struct pack_load *load, const struct flow *f, const struct flow_paper *p,
	struct str id, bool is_day)
{
	const struct flow_field *field = flow_field_of(f, id);

	if (!field || (field->type == FLOW_DATE || field->type == FLOW_TIME) != is_day)
		fault(load, p->source,
			is_day ? T("ngày của giấy tờ phải là trường kiểu date hoặc time: \"{a}\"") :
				 T("số của giấy tờ phải là trường kiểu text: \"{a}\""),
			id);
}

static bool has_lines(struct str text, size_t wanted)
{
	struct str line;
	size_t count = 0;

	while (str_next_line(&text, &line))
		count += line.len > 0;
	return count >= wanted;
}

void pack_check_paper(struct pack_load *load, const struct flow *f, const struct flow_paper *p)
{
	const struct paper_kind *kind = pack_find(load->set, ITEM_PAPER, f->pack, p->kind);

	if (p->number.ptr)
		check_field(load, f, p, p->number, false);
	if (p->day.ptr)
		check_field(load, f, p, p->day, true);
	if (!kind)
		return; /* a reference that leads nowhere is told where it stands */
	if (paper_has(kind, PAPER_TO) != (p->to.vi.ptr != NULL))
		fault(load, p->source, T("\"to\" đi với loại giấy tờ có phần ấy, và phải có"),
			STR_NONE);
	if (paper_has(kind, PAPER_GROUNDS) != (p->grounds.vi.ptr != NULL))
		fault(load, p->source, T("\"grounds\" đi với loại giấy tờ có phần ấy, và phải có"),
			STR_NONE);
	if (paper_has(kind, PAPER_ARTICLES) && p->text.vi.ptr && !has_lines(p->text.vi, 2))
		fault(load, p->source,
			T("giấy tờ có điều khoản cần ít nhất hai dòng, mỗi dòng một điều"),
			STR_NONE);
	if ((p->number.ptr || p->day.ptr) && !paper_has(kind, PAPER_NUMBER))
		fault(load, p->source, T("loại giấy tờ này không có số"), STR_NONE);
}
