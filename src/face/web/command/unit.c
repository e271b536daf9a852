/* unit.c - khien unit …: the tree of units from the terminal. */
#include "face/web/org_int.h"
#include "face/web/process/serve_int.h"

#define UNITS_MAX 64

/* One run: the tree of the day asked for, and what the options say. */
struct job {
	struct own_command *c;
	struct org_tree tree;
	const struct org_unit *unit; /* of the second word, when the action wants one */
	struct org_decision d;
	struct org_unit_new new;
	struct org_faults faults;
};

static struct str option(struct job *j, const char *name)
{
	const char *value = command_value(j->c->line, name);

	return value ? str_of(value) : STR("");
}

static int unit_of(struct job *j, struct str name, int64_t *ret, struct err *e)
{
	const struct org_unit *u = unit_named(&j->tree, name);

	if (!u)
		return err_set(e, ERR_ABSENT, tr(j->c->line->lang, T("không có đơn vị \"%.*s\"")),
			STR_FMT(name));
	*ret = u->id;
	return 0;
}

/* --- actions ---------------------------------------------------------------------------------- */

static void print_unit(const struct org_unit *u)
{
	printf("%lld\t%*s%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", (long long)u->id, 2 * u->depth, "",
		STR_FMT(u->name), STR_FMT(u->code), STR_FMT(u->kind), STR_FMT(u->from),
		STR_FMT(u->until));
}

static int do_list(struct job *j, struct err *e)
{
	for (size_t i = 0; i < j->tree.count; i++) {
		if (j->tree.units[i].is_live)
			print_unit(&j->tree.units[i]);
	}
	return 0;
}

static int do_show(struct job *j, struct err *e)
{
	struct org_unit_events events;
	int rc = org_unit_events(j->c->store, j->unit->id, 1000, &j->c->arena, &events, e);

	if (rc < 0)
		return rc;
	print_unit(j->unit);
	for (size_t i = events.count; i-- > 0;) {
		const struct org_unit_event *x = &events.at[i];

		printf("%lld\t%.*s\t%.*s\t%.*s\t%.*s → %.*s%s\n", (long long)x->id,
			STR_FMT(x->decision.from), STR_FMT(x->what), STR_FMT(x->decision.number),
			STR_FMT(x->before), STR_FMT(x->after), x->undone_at_s ? "\tundone" : "");
	}
	return 0;
}

static int do_add(struct job *j, struct err *e)
{
	struct str parent = option(j, "parent");
	int64_t id;
	int rc = unit_of(j, parent.len ? parent : STR("1"), &j->new.parent_id, e);

	if (rc == 0)
		rc = org_unit_add(&j->c->by, &j->new, &j->d, &id, &j->faults, e);
	if (rc == 0)
		printf("%lld\n", (long long)id);
	return rc;
}

static int do_rename(struct job *j, struct err *e)
{
	return org_unit_rename(&j->c->by, &j->new, j->unit->id, &j->d, &j->faults, e);
}

static int do_move(struct job *j, struct err *e)
{
	int64_t parent = 0;
	int rc = unit_of(j, option(j, "parent"), &parent, e);

	return rc < 0 ? rc : org_unit_move(&j->c->by, j->unit->id, parent, &j->d, &j->faults, e);
}

static int do_end(struct job *j, struct err *e)
{
	struct str into = option(j, "into");
	int64_t successor = 0;
	int rc = into.len ? unit_of(j, into, &successor, e) : 0;

	return rc < 0 ? rc : org_unit_end(&j->c->by, j->unit->id, successor, &j->d, &j->faults, e);
}

/* The first unit and those after it, into --into or into a new one of --name. */
static int do_merge(struct job *j, struct err *e)
{
	int64_t ids[UNITS_MAX];
	struct org_merger m = { .ids = ids, .new = j->new };
	struct str into = option(j, "into");
	int rc = 0;

	for (size_t i = 1; rc == 0 && i < j->c->line->arg_count && m.count < UNITS_MAX; i++)
		rc = unit_of(j, str_of(j->c->line->args[i]), &ids[m.count++], e);
	if (rc == 0 && into.len)
		rc = unit_of(j, into, &m.into_id, e);
	m.new.parent_id = j->unit->parent_id;
	return rc < 0 ? rc : org_unit_merge(&j->c->by, &m, &j->d, &j->faults, e);
}

/* The unit, then the names of the new ones. */
static int do_split(struct job *j, struct err *e)
{
	struct org_unit_new news[UNITS_MAX];
	struct org_split s = {
		.id = j->unit->id, .news = news, .is_ended = command_flag(j->c->line, "ends")
	};

	for (size_t i = 2; i < j->c->line->arg_count && s.count < UNITS_MAX; i++)
		news[s.count++] = (struct org_unit_new){ .kind = j->unit->kind,
			.name = str_of(j->c->line->args[i]) };
	return org_unit_split(&j->c->by, &s, &j->d, &j->faults, e);
}

static int do_undo(struct job *j, struct err *e)
{
	int64_t id = 0;

	(void)str_to_i64(str_of(j->c->line->args[1]), &id);
	return org_unit_undo(&j->c->by, id, &j->faults, e);
}

static int do_import(struct job *j, struct err *e)
{
	return unit_import(j->c, j->c->line->args[1], command_flag(j->c->line, "dry-run"), e);
}

static const struct action {
	const char *name;
	size_t args_min;
	bool has_unit;
	int (*run)(struct job *j, struct err *e);
	bool is_triable; /* it knows --dry-run */
} actions[] = {
	{ "list", 1, false, do_list, false },
	{ "show", 2, true, do_show, false },
	{ "add", 1, false, do_add, false },
	{ "rename", 2, true, do_rename, false },
	{ "move", 2, true, do_move, false },
	{ "merge", 2, true, do_merge, false },
	{ "split", 3, true, do_split, false },
	{ "end", 2, true, do_end, false },
	{ "undo", 2, false, do_undo, false },
	{ "import", 2, false, do_import, true },
};

/* --- the command ------------------------------------------------------------------------------ */

static int prepare(struct job *j, const struct action *a, struct err *e)
{
	struct str on = option(j, "on"), kind = option(j, "kind"), name;
	struct str day =
		on.len ? typed_day(on, &j->c->arena) : org_day(j->c->by.now_s, &j->c->arena);
	int rc;

	if (!day.len)
		return err_set(e, ERR_INPUT,
			tr(j->c->line->lang, T("\"%.*s\" không phải một ngày")), STR_FMT(on));
	j->d = (struct org_decision){ option(j, "number"),
		typed_day(option(j, "signed"), &j->c->arena),
		typed_day(option(j, "from"), &j->c->arena) };
	j->new = (struct org_unit_new){ .code = option(j, "code"),
		.kind = kind.len ? kind : STR("agency"),
		.name = option(j, "name"),
		.short_name = option(j, "short") };
	rc = org_tree(j->c->store, day, &j->c->arena, &j->tree, e);
	if (rc < 0 || !a->has_unit)
		return rc;
	name = str_of(j->c->line->args[1]);
	j->unit = unit_named(&j->tree, name);
	return j->unit ? 0 :
			 err_set(e, ERR_ABSENT, tr(j->c->line->lang, T("không có đơn vị \"%.*s\"")),
				 STR_FMT(name));
}

/* All that is wrong, in the order of looking. */
static int refused(struct job *j, struct err *e)
{
	struct str all = STR("");

	for (size_t i = 0; i < j->faults.count; i++)
		all = arena_fmt(&j->c->arena, "%.*s%s%s", STR_FMT(all), i ? " " : "",
			tr(j->c->line->lang, j->faults.at[i].words));
	return err_set(e, ERR_INPUT, "%.*s", STR_FMT(all));
}

static int act(struct own_command *c, struct err *e)
{
	struct job j = { .c = c };
	int rc;

	c->by.goods = unit_goods;
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (strcmp(actions[i].name, c->line->args[0]) != 0 ||
			c->line->arg_count < actions[i].args_min)
			continue;
		if (command_flag(c->line, "dry-run") && !actions[i].is_triable)
			return err_set(e, ERR_INPUT, "%s",
				tr(c->line->lang,
					T("--dry-run chỉ dùng với import; việc khác được ghi ngay, hoàn tác bằng "
					  "undo")));
		rc = prepare(&j, &actions[i], e);
		if (rc == 0)
			rc = actions[i].run(&j, e);
		if (rc < 0 && j.faults.count)
			rc = refused(&j, e);
		return rc;
	}
	return err_set(e, ERR_INPUT, "%s",
		tr(c->line->lang,
			T("viết: list · show ĐƠN-VỊ · add --name TÊN --parent ĐƠN-VỊ · rename ĐƠN-VỊ --name TÊN · move ĐƠN-VỊ "
			  "--parent ĐƠN-VỊ · merge ĐƠN-VỊ… --into ĐƠN-VỊ · split ĐƠN-VỊ TÊN… · end ĐƠN-VỊ --into ĐƠN-VỊ · undo "
			  "ID · import TỆP")));
}

static int run(const struct command_line *line, struct err *e)
{
	return own_run(line, act, e);
}

static const struct command_option options[] = { OWN_OPTIONS,
	{ "number", OPTION_TEXT, T("NỘI-DUNG"), NULL, T("số quyết định") },
	{ "signed", OPTION_TEXT, T("NGÀY"), NULL, T("ngày ký, ví dụ 31/12/2026") },
	{ "from", OPTION_TEXT, T("NGÀY"), NULL, T("có hiệu lực từ ngày") },
	{ "name", OPTION_TEXT, T("TÊN"), NULL, T("tên đầy đủ") },
	{ "short", OPTION_TEXT, T("TÊN"), NULL, T("tên viết tắt") },
	{ "code", OPTION_TEXT, "CODE", NULL, T("mã đơn vị") },
	{ "kind", OPTION_CHOICE, T("LOẠI"), "agency|department|school|station|body",
		T("loại đơn vị") },
	{ "parent", OPTION_TEXT, T("ĐƠN-VỊ"), NULL, T("đơn vị cấp trên") },
	{ "into", OPTION_TEXT, T("ĐƠN-VỊ"), NULL, T("đơn vị tiếp nhận") },
	{ "on", OPTION_TEXT, T("NGÀY"), NULL, T("cây đơn vị vào ngày này") },
	{ "ends", OPTION_FLAG, NULL, NULL, T("đơn vị được tách kết thúc") },
	{ "dry-run", OPTION_FLAG, NULL, NULL,
		T("với import: chỉ kiểm tra và nói sẽ làm gì") },
	{ 0 } };

const struct command web_unit = {
	.name = "unit",
	.args = T("VIỆC …"),
	.words = T(
		"cây đơn vị: xem, lập, đổi tên, chuyển, sáp nhập, tách, kết thúc, hoàn tác, nhập tệp"),
	.help = T(
		"Mỗi thay đổi cần --number, --signed, --from của quyết định. Đơn vị gọi bằng mã hoặc số. import "
		"đọc CSV hoặc XLSX có các cột như tệp tải từ trang Đơn vị; mọi lỗi được nêu theo dòng, chưa đúng "
		"hết thì không ghi gì."),
	.options = options,
	.args_min = 1,
	.args_max = UNITS_MAX,
	.run = run,
};
