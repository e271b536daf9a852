/* Rows of text that the pack commands print. */
#include "face/cli/page.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *page_tr(const struct page *p, const char *vi)
{
	return tr(p->lang, vi);
}

void page_text(const struct page *p, size_t indent, struct str text)
{
	text_pad(p->out, STR(""), indent);
	text_wrap(p->out, text, indent, indent, TEXT_COLUMNS);
}

void page_item(const struct page *p, size_t indent, struct str text)
{
	text_pad(p->out, STR(""), indent);
	buf_add(p->out, STR("- "));
	text_wrap(p->out, text, indent + 2, indent + 2, TEXT_COLUMNS);
}

void page_row(const struct page *p, size_t indent, const char *label, struct str value)
{
	struct str head = arena_fmt(p->arena, "%s: ", page_tr(p, label));

	text_pad(p->out, STR(""), indent);
	buf_add(p->out, head);
	text_wrap(p->out, value, indent + text_width(head), indent + 2, TEXT_COLUMNS);
}

const char *page_unit(const struct page *p, struct str unit)
{
	return pack_unit_words(unit, p->lang);
}

const char *page_force(const struct page *p, enum force force)
{
	static const char *const words[] = {
		[FORCE_BINDING] = T("bắt buộc"),
		[FORCE_ADVICE] = T("khuyến nghị"),
		[FORCE_DEFAULT] = T("mặc định của Khiên, đơn vị sửa được"),
	};

	return page_tr(p, words[force]);
}

const char *page_direction(const struct page *p, enum direction direction)
{
	static const char *const words[] = {
		[AT_LEAST] = T("ít nhất"),
		[AT_MOST] = T("nhiều nhất"),
		[EQUAL] = T("đúng bằng"),
		[ONE_OF] = T("một trong"),
		[ALL_OF] = T("đủ cả"),
	};

	return page_tr(p, words[direction]);
}

struct str page_ids(const struct page *p, const struct str *ids, size_t count)
{
	struct buf out;
	struct str kept;

	buf_init(&out, 64 * KIB);
	for (size_t i = 0; i < count; i++)
		buf_fmt(&out, "%s%.*s", i > 0 ? ", " : "", STR_FMT(ids[i]));
	kept = arena_str(p->arena, buf_str(&out));
	buf_done(&out);
	return kept;
}

struct str page_value(const struct page *p, const struct param_value *value)
{
	struct str items = pack_value_words(value, p->lang, p->arena);
	const char *unit = page_unit(p, value->param->unit);

	return arena_fmt(p->arena, "%s %.*s%s%s", page_direction(p, value->param->direction),
		STR_FMT(items), *unit && *unit != '%' ? " " : "", unit);
}

struct str page_value_source(const struct page *p, const struct param_value *value)
{
	const struct pack *pack = value->param->pack;
	struct str id = arena_fmt(p->arena, "%.*s/%.*s", STR_FMT(pack->id), STR_FMT(value->clause));
	const struct clause *clause = pack_clause(p->set, id);
	struct str cite = clause ? clause_cite(clause, p->lang, p->arena) : STR("");

	return arena_fmt(p->arena, "%.*s (%.*s), %s %d-%d, %s", STR_FMT(id), STR_FMT(cite),
		page_tr(p, T("cấp độ")), value->level_from, value->level_to,
		page_force(p, value->force));
}

int page_print(struct buf *out, struct err *e)
{
	bool is_full = buf_is_full(out);

	if (!is_full)
		fwrite(buf_cstr(out), 1, out->len, stdout);
	buf_done(out);
	return is_full ?
		err_set(e, ERR_LIMIT, "the output is larger than %u bytes", PAGE_MAX_BYTES) :
		0;
}

static bool is_same_ruling(struct param_ruling a, struct param_ruling b)
{
	if (a.winner != b.winner || a.loser_count != b.loser_count)
		return false;
	for (size_t i = 0; i < a.loser_count; i++)
		if (a.losers[i] != b.losers[i])
			return false;
	return true;
}

size_t page_spans(const struct page *p, struct str id, struct span ret[PAGE_LEVELS])
{
	int first = p->level > 0 ? p->level : 1;
	int last = p->level > 0 ? p->level : PAGE_LEVELS;
	size_t count = 0;

	for (int level = first; level <= last; level++) {
		struct param_ruling ruling = pack_param(p->set, id, level, p->on, p->arena);

		if (count > 0 && is_same_ruling(ret[count - 1].ruling, ruling))
			ret[count - 1].to = level;
		else
			ret[count++] = (struct span){ level, level, ruling };
	}
	return count;
}

struct said {
	const char *words[3];
};

static bool said_word(void *context, struct str name, struct str *ret_value)
{
	const struct said *said = context;

	if (name.len != 1 || name.ptr[0] < 'a' || name.ptr[0] > 'c')
		return false;
	*ret_value = str_of(said->words[name.ptr[0] - 'a']);
	return true;
}

struct str page_say(
	const struct page *p, const char *vi, const char *a, const char *b, const char *c)
{
	struct said said = { { a, b, c } };

	return text_fill(p->arena, str_of(tr(p->lang, vi)), said_word, &said);
}

int page_split_dir(const struct command_line *line, const char *dir, struct err *e,
	const char **ret_packs, const char **ret_pack)
{
	char path[PATH_MAX];
	char *slash;

	if (access(arena_fmt(line->arena, "%s/pack.yaml", dir).ptr, F_OK) != 0) {
		*ret_packs = dir;
		*ret_pack = NULL;
		return 0;
	}
	if (!realpath(dir, path))
		return err_errno(e, errno, "cannot find \"%s\"", dir);
	slash = strrchr(path, '/');
	*ret_pack = arena_cstr(line->arena, str_of(slash + 1));
	*slash = '\0';
	*ret_packs = *path ? arena_cstr(line->arena, str_of(path)) : "/";
	return 0;
}

int page_when(struct page *p, struct err *e)
{
	const char *on = command_value(p->line, "on");
	const char *level = command_value(p->line, "level");
	int64_t number = 0;

	p->on = date_at(clock_now_s());
	if (on && !date_parse(str_of(on), &p->on))
		return err_set(e, ERR_INPUT, "%.*s",
			STR_FMT(page_say(p,
				T("\"{a}\" không phải một ngày có thật dạng NĂM-THÁNG-NGÀY"), on,
				NULL, NULL)));
	if (level && (!str_to_i64(str_of(level), &number) || number < 1 || number > 5))
		return err_set(e, ERR_INPUT, "%.*s",
			STR_FMT(page_say(p, T("cấp độ là một số từ 1 đến 5, không phải \"{a}\""),
				level, NULL, NULL)));
	p->level = (int)number;
	return 0;
}

static void print_ids(const struct command_line *line, bool is_params)
{
	struct pack_set *set;
	struct err e;

	if (cli_packs_load(line, &e, &set) < 0)
		return;
	for (size_t i = 0; i < pack_count(set); i++) {
		const struct pack *pack = pack_at(set, i);

		for (size_t n = 0; is_params && n < pack->param_count; n++)
			printf("%.*s\n", STR_FMT(pack->params[n].id));
		for (size_t n = 0; !is_params && n < pack->clause_count; n++)
			printf("%.*s\n", STR_FMT(pack->clauses[n].id));
		for (size_t n = 0; !is_params && n < pack->obligation_count; n++)
			printf("%.*s\n", STR_FMT(pack->obligations[n].id));
	}
	pack_set_free(set);
}

void page_complete_ids(const struct command_line *line)
{
	print_ids(line, false);
}

void page_complete_params(const struct command_line *line)
{
	print_ids(line, true);
}
