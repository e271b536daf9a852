/* khien pack diff A B: what an edition changed. Each item is a list of facets, named texts; two
 * items with one id are compared facet by facet, whatever they are. */
#include "face/cli/cli.h"
#include "face/cli/page.h"

#define FACETS_MAX 16

static const struct command_option options[] = { { 0 } };

struct facet {
	const char *label;
	struct str value;
};

/* An item of a pack, ready to be compared. */
struct item {
	struct str id;
	struct str name; /* what people call it */
	struct facet facets[FACETS_MAX];
	size_t count;
};

typedef void take_item(const struct page *p, const struct pack *pack, size_t i, struct item *ret);

static void facet(struct item *item, const char *label, struct str value)
{
	assert(item->count < FACETS_MAX);
	item->facets[item->count++] = (struct facet){ label, value.ptr ? value : STR("") };
}

static void take_clause(const struct page *p, const struct pack *pack, size_t i, struct item *ret)
{
	const struct clause *c = &pack->clauses[i];

	*ret = (struct item){ .id = c->id, .name = clause_cite(c, p->lang, p->arena) };
	facet(ret, T("đơn vị cha"), c->parent ? c->parent->id : STR_NONE);
	facet(ret, T("nhãn"), c->label);
	facet(ret, T("tên"), c->title);
	facet(ret, T("nội dung"), c->text);
}

static struct str proofs(const struct page *p, const struct obligation *o)
{
	static const char *const by[] = { "check", "register", "flow", "document", "attest", "duty",
		"archive" };
	struct str out = STR("");

	for (size_t i = 0; i < o->evidence_count; i++) {
		const struct proof *proof = &o->evidence[i];

		out = arena_fmt(p->arena, "%.*s%s%s %.*s", STR_FMT(out), i > 0 ? "; " : "",
			by[proof->by],
			STR_FMT(proof->check.ptr ? proof->check : words_in(proof->what, p->lang)));
	}
	return out;
}

static struct str period(const struct page *p, const struct obligation *o)
{
	static const char *const words[] = { "continuous", "once", "on-event", "days", "months",
		"param" };

	return arena_fmt(p->arena, "%s%.0d %.*s", words[o->period], o->period_count,
		STR_FMT(o->period_param));
}

static void take_obligation(
	const struct page *p, const struct pack *pack, size_t i, struct item *ret)
{
	static const char *const kinds[] = { "auto", "workflow", "register", "doc", "attest",
		"periodic", "data" };
	const struct obligation *o = &pack->obligations[i];

	*ret = (struct item){ .id = o->id, .name = words_in(o->title, p->lang) };
	facet(ret, T("tên"), words_in(o->title, p->lang));
	facet(ret, T("người thực hiện"), page_ids(p, o->who, o->who_count));
	facet(ret, T("loại"), str_of(kinds[o->kind]));
	facet(ret, T("chu kỳ"), str_trim(period(p, o)));
	facet(ret, T("khi nào"), words_in(o->trigger, p->lang));
	facet(ret, T("tham số"), page_ids(p, o->params, o->param_count));
	facet(ret, T("bằng chứng"), proofs(p, o));
	facet(ret, T("mức quan trọng"), arena_fmt(p->arena, "%d", o->weight));
	facet(ret, T("bắt buộc"), str_of(o->is_mandatory ? "true" : "false"));
}

static void take_param(const struct page *p, const struct pack *pack, size_t i, struct item *ret)
{
	const struct param *param = &pack->params[i];
	struct str values = STR("");

	*ret = (struct item){ .id = param->id, .name = words_in(param->title, p->lang) };
	for (size_t n = 0; n < param->value_count; n++) {
		const struct param_value *v = &param->values[n];

		values = arena_fmt(p->arena, "%.*s%s%.*s (%.*s, %s %d-%d, %s)", STR_FMT(values),
			n > 0 ? "; " : "", STR_FMT(page_value(p, v)), STR_FMT(v->clause),
			page_tr(p, T("cấp độ")), v->level_from, v->level_to,
			page_force(p, v->force));
	}
	facet(ret, T("tên"), words_in(param->title, p->lang));
	facet(ret, T("giá trị"), values);
}

/* One kind of item in the old and the new pack. */
struct side {
	const struct pack *pack;
	size_t count;
};

static bool find_item(
	const struct page *p, struct side in, take_item *take, struct str id, struct item *ret)
{
	for (size_t i = 0; i < in.count; i++) {
		take(p, in.pack, i, ret);
		if (str_eq(ret->id, id))
			return true;
	}
	return false;
}

static void line_of(const struct page *p, char sign, const struct item *item)
{
	buf_fmt(p->out, "%c ", sign);
	text_wrap(p->out, arena_fmt(p->arena, "%.*s  %.*s", STR_FMT(item->id), STR_FMT(item->name)),
		2, 4, TEXT_COLUMNS);
}

/* How many items are not the same. */
static size_t compare(const struct page *p, struct side old, struct side new, take_item *take)
{
	size_t differ = 0;
	struct item before, after;

	for (size_t i = 0; i < old.count; i++) {
		take(p, old.pack, i, &before);
		if (find_item(p, new, take, before.id, &after))
			continue;
		line_of(p, '-', &before);
		differ++;
	}
	for (size_t i = 0; i < new.count; i++) {
		size_t changed = 0;

		take(p, new.pack, i, &after);
		if (!find_item(p, old, take, after.id, &before)) {
			line_of(p, '+', &after);
			differ++;
			continue;
		}
		for (size_t n = 0; n < after.count; n++) {
			if (str_eq(before.facets[n].value, after.facets[n].value))
				continue;
			if (changed++ == 0)
				line_of(p, '~', &after);
			page_text(p, 4,
				arena_fmt(p->arena, "%s:", page_tr(p, after.facets[n].label)));
			page_text(p, 6,
				arena_fmt(p->arena, "- %.*s", STR_FMT(before.facets[n].value)));
			page_text(p, 6,
				arena_fmt(p->arena, "+ %.*s", STR_FMT(after.facets[n].value)));
		}
		differ += changed > 0;
	}
	return differ;
}

static size_t section(
	const struct page *p, const char *title, struct side old, struct side new, take_item *take)
{
	struct page inner = *p;
	struct buf out;
	size_t differ;

	buf_init(&out, PAGE_MAX_BYTES);
	inner.out = &out;
	differ = compare(&inner, old, new, take);
	if (differ > 0)
		buf_fmt(p->out, "%s\n%s\n", page_tr(p, title), buf_cstr(&out));
	buf_done(&out);
	return differ;
}

static size_t diff(const struct page *p, const struct pack *old, const struct pack *new)
{
	size_t differ = 0;

	differ += section(p, T("Điều khoản:"), (struct side){ old, old->clause_count },
		(struct side){ new, new->clause_count }, take_clause);
	differ += section(p, T("Nghĩa vụ:"), (struct side){ old, old->obligation_count },
		(struct side){ new, new->obligation_count }, take_obligation);
	differ += section(p, T("Tham số:"), (struct side){ old, old->param_count },
		(struct side){ new, new->param_count }, take_param);
	if (differ == 0)
		buf_fmt(p->out, "%s\n", page_tr(p, T("Không có gì khác nhau.")));
	return differ;
}

/* Load the packs DIR stands among and find the one it is. */
static int load_one(const struct command_line *line, const char *dir, struct err *e,
	struct pack_set **ret_set, const struct pack **ret)
{
	const char *packs, *name;
	int status = page_split_dir(line, dir, e, &packs, &name);

	if (status < 0)
		return status;
	if (!name)
		return err_set(e, ERR_ABSENT, "folder \"%s\" is no pack: it has no pack.yaml", dir);
	status = pack_set_load(packs, e, ret_set);
	if (status == 0)
		*ret = pack_by_id(*ret_set, str_of(name));
	return status;
}

static int run(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct page page = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	struct pack_set *old_set = NULL, *new_set = NULL;
	const struct pack *old = NULL, *new = NULL;
	size_t differ;
	int status = load_one(line, line->args[0], e, &old_set, &old);

	if (status == 0)
		status = load_one(line, line->args[1], e, &new_set, &new);
	if (status == 0) {
		buf_init(&out, PAGE_MAX_BYTES);
		differ = diff(&page, old, new);
		status = page_print(&out, e);
		if (status == 0)
			status = differ > 0;
	}
	pack_set_free(old_set);
	pack_set_free(new_set);
	return status;
}

const struct command cmd_pack_diff = {
	.name = "pack diff",
	.args = "A B",
	.words = T("so sánh hai gói: điều khoản, nghĩa vụ, tham số nào thêm (+), bỏ (-), đổi (~)"),
	.help = T("A và B là thư mục của hai gói, mỗi gói đứng cạnh các gói mà nó viện dẫn. "
		  "Mã kết thúc: 0 giống nhau, 1 khác nhau."),
	.options = options,
	.args_min = 2,
	.args_max = 2,
	.run = run,
};
