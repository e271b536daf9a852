/* khien flow list, khien flow show: cases, one a line; one with all that happened in it. */
#include <stdio.h>

#include "core/flow/flow.h"
#include "core/record/record.h"
#include "face/cli/cli.h"
#include "face/cli/units.h"

#define LIST_MAX 100000

static const struct command_option list_options[] = {
	CLI_DATA_OPTION,
	CLI_PACKS_OPTION,
	CLI_UNIT_OPTION,
	{ "show", OPTION_CHOICE, "WHICH", "open|late|ended|all", T("hồ sơ nào; mặc định open") },
	{ "flow", OPTION_TEXT, "ID", NULL, T("chỉ loại hồ sơ này, ví dụ personnel") },
	{ 0 },
};
static const struct command_option show_options[] = {
	CLI_DATA_OPTION,
	CLI_PACKS_OPTION,
	{ 0 },
};

static struct str units_of(const struct command_line *line, const struct cli_units *u)
{
	struct buf b;
	struct str kept;

	buf_init(&b, MIB);
	for (size_t i = 0; i < u->tree.count; i++)
		if (!u->only || u->only == &u->tree.units[i])
			buf_fmt(&b, "%s%lld", b.len ? "," : "[", (long long)u->tree.units[i].id);
	buf_fmt(&b, "]");
	kept = arena_str(line->arena, buf_str(&b));
	buf_done(&b);
	return kept;
}

static const char *day_text(int64_t at_s, char *text)
{
	return at_s ? clock_iso(at_s, text) : "-";
}

static int run_list(const struct command_line *line, struct err *e)
{
	static const char *const shows[] = { "open", "late", "ended", "all" };
	const char *show = command_value(line, "show"), *flow = command_value(line, "flow");
	struct flow_query q = {
		.text = STR(""), .flow = str_of(flow ? flow : ""), .max = LIST_MAX
	};
	struct flow_cases list = { 0 };
	struct cli_units u;
	int rc = cli_units_open(line, &u, e);

	if (rc < 0)
		return rc;
	q.units = units_of(line, &u);
	q.now_s = u.at_s;
	for (size_t i = 0; show && i < COUNT(shows); i++)
		if (str_is(str_of(show), shows[i]))
			q.show = (enum flow_show)i;
	rc = flow_list(u.store, &q, line->arena, &list, e);
	for (size_t i = 0; rc == 0 && i < list.count; i++) {
		const struct flow_case *c = &list.at[i];
		char due[CLOCK_TEXT_MAX];

		printf("%lld  %lld  %.*s  %.*s  %s  %zu/%zu  %.*s\n", (long long)c->id,
			(long long)c->unit_id, STR_FMT(c->flow), STR_FMT(c->state),
			day_text(c->due_at_s, due), c->tasks_all - c->tasks_open, c->tasks_all,
			STR_FMT(c->title));
	}
	cli_units_close(&u);
	return rc;
}

/* F: NULL when no pack has the flow any more. */
static void show_values(
	const struct flow_history *h, const struct flow *f, const struct flow_reader *r)
{
	char at[CLOCK_TEXT_MAX];

	for (size_t i = 0; i < h->value_count; i++) {
		const struct flow_value *v = &h->values[i];
		const struct flow_field *field = f ? flow_field_of(f, v->field) : NULL;

		printf("value  %s  %.*s  %.*s = %.*s", clock_iso(v->at_s, at), STR_FMT(v->by),
			STR_FMT(v->field), STR_FMT(v->value));
		if (field && field->type == FLOW_RECORD && v->value.len)
			printf("  %.*s", STR_FMT(flow_words(r, field, v->value)));
		printf("\n");
	}
}

static void show_steps(const struct flow_history *h)
{
	char at[CLOCK_TEXT_MAX], due[CLOCK_TEXT_MAX];

	for (size_t i = 0; i < h->step_count; i++)
		printf("step  %s  %.*s  %.*s  %.*s -> %.*s  due %s\n",
			clock_iso(h->steps[i].at_s, at), STR_FMT(h->steps[i].by),
			STR_FMT(h->steps[i].move), STR_FMT(h->steps[i].from),
			STR_FMT(h->steps[i].to), day_text(h->steps[i].due_at_s, due));
	for (size_t i = 0; i < h->task_count; i++)
		printf("task  %lld  %.*s  due %s  done %s  %.*s  %.*s\n", (long long)h->tasks[i].id,
			STR_FMT(h->tasks[i].kind), day_text(h->tasks[i].due_at_s, due),
			day_text(h->tasks[i].done_at_s, at), STR_FMT(h->tasks[i].choice),
			STR_FMT(h->tasks[i].thing));
}

static int run_show(const struct command_line *line, struct err *e)
{
	struct flow_reader r = { .lang = line->lang, .a = line->arena };
	struct flow_history h;
	struct flow_case c;
	struct cli_units u;
	int64_t id;
	int rc;

	if (line->arg_count != 1 || !str_to_i64(str_of(line->args[0]), &id))
		return err_set(e, ERR_INPUT, "%s", tr(line->lang, T("cần số của một hồ sơ")));
	rc = cli_units_open(line, &u, e);
	if (rc < 0)
		return rc;
	rc = flow_get(u.store, id, u.at_s, line->arena, &c, e);
	if (rc == 0)
		rc = flow_history(u.store, id, line->arena, &h, e);
	if (rc == 0) {
		printf("%lld  %lld  %.*s  %.*s  %.*s\n", (long long)c.id, (long long)c.unit_id,
			STR_FMT(c.flow), STR_FMT(c.state), STR_FMT(c.title));
		r.store = u.store;
		show_values(&h, pack_flow(u.packs, c.flow), &r);
		show_steps(&h);
	}
	cli_units_close(&u);
	return rc;
}

const struct command cmd_flow_list = {
	.name = "flow list",
	.args = "",
	.words = T("hồ sơ xử lý của các đơn vị, mỗi hồ sơ một dòng"),
	.help = T(
		"Mỗi dòng: số hồ sơ, số đơn vị, loại, trạng thái, hạn của bước tiếp theo, việc đã xong/tất cả, "
		"tên. Hồ sơ quá hạn đứng trước."),
	.options = list_options,
	.run = run_list,
};

const struct command cmd_flow_show = {
	.name = "flow show",
	.args = "ID",
	.args_min = 1,
	.args_max = 1,
	.words = T("một hồ sơ: nội dung đã ghi, các bước, các việc"),
	.help = T("In mọi điều đã ghi trong hồ sơ số ID, ai ghi và lúc nào."),
	.options = show_options,
	.run = run_show,
};
