/* khien pack check DIR: the faults of packs, or what they hold. */
#include "face/cli/cli.h"
#include "face/cli/page.h"

static const struct command_option options[] = { { 0 } };

/* Does the fault belong to the pack asked about? */
static bool is_of_pack(const struct pack_fault *fault, const char *pack)
{
	struct str folder = STR_NONE, rest;

	if (!pack)
		return true;
	return str_split(str_of(fault->source.file), '/', &folder, &rest) && str_is(folder, pack);
}

static int print_faults(const struct page *p, const struct pack_fault *faults, int count,
	const char *packs, const char *pack)
{
	int shown = 0;

	for (int i = 0; i < count; i++) {
		if (!is_of_pack(&faults[i], pack))
			continue;
		buf_fmt(p->out, "%s/%.*s\n", packs,
			STR_FMT(pack_fault_text(&faults[i], p->lang, p->arena)));
		shown++;
	}
	if (shown > 0)
		buf_fmt(p->out, "%.*s\n",
			STR_FMT(page_say(p, T("{a} lỗi"), arena_fmt(p->arena, "%d", shown).ptr,
				NULL, NULL)));
	return shown;
}

static void count_row(const struct page *p, size_t count, const char *vi)
{
	buf_fmt(p->out, "  %5zu %s\n", count, page_tr(p, vi));
}

static void print_counts(const struct page *p, const struct pack *pack)
{
	size_t clauses[CLAUSE_DOAN + 1] = { 0 };
	size_t data = 0, live = 0;

	for (size_t i = 0; i < pack->clause_count; i++)
		clauses[pack->clauses[i].kind]++;
	for (size_t i = 0; i < pack->obligation_count; i++)
		data += pack->obligations[i].kind == KIND_DATA;
	for (size_t i = 0; i < pack->check_count; i++)
		live += pack->checks[i].is_live;
	buf_fmt(p->out, "%.*s: %.*s\n", STR_FMT(pack->id),
		STR_FMT(words_in(pack->short_title, p->lang)));
	if (pack->kind == PACK_CALENDAR)
		return;
	if (pack->kind == PACK_CHECKS) {
		count_row(p, live, T("phép kiểm đang chạy"));
		count_row(p, pack->check_count - live, T("phép kiểm dự kiến"));
		return;
	}
	count_row(p, clauses[CLAUSE_CHUONG], T("chương"));
	count_row(p, clauses[CLAUSE_DIEU], T("điều"));
	count_row(p, clauses[CLAUSE_KHOAN], T("khoản"));
	count_row(p, clauses[CLAUSE_DIEM], T("điểm"));
	count_row(p, clauses[CLAUSE_DOAN], T("đoạn không có nhãn"));
	count_row(p, pack->obligation_count - data, T("nghĩa vụ"));
	count_row(p, data, T("dòng phân loại"));
	count_row(p, pack->param_count, T("tham số"));
	count_row(p, pack->role_count, T("vai trò"));
	if (pack->register_count > 0)
		count_row(p, pack->register_count, T("sổ"));
	count_row(p, pack->defect_count, T("lỗi của bản gốc được ghi lại"));
}

/* PACK NULL: all of them. */
static int print_all_counts(struct page *p, const char *packs, const char *pack, struct err *e)
{
	struct pack_set *set = NULL;
	int status = pack_set_load(packs, e, &set);

	if (status < 0)
		return status;
	for (size_t i = 0; i < pack_count(set); i++)
		if (!pack || str_is(pack_at(set, i)->id, pack))
			print_counts(p, pack_at(set, i));
	buf_fmt(p->out, "%s\n", page_tr(p, T("Không có lỗi.")));
	pack_set_free(set);
	return 0;
}

static int run(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct page page = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	struct pack_fault *faults = NULL;
	const char *packs, *pack;
	int status = page_split_dir(line, line->args[0], e, &packs, &pack);
	int count, shown;

	if (status < 0)
		return status;
	count = pack_lint(packs, line->arena, e, &faults);
	if (count < 0)
		return count;
	buf_init(&out, PAGE_MAX_BYTES);
	shown = print_faults(&page, faults, count, packs, pack);
	if (shown == 0)
		status = print_all_counts(&page, packs, pack, e);
	if (status == ERR_INPUT && pack) {
		buf_fmt(&out, "%.*s\n",
			STR_FMT(page_say(&page,
				T("Gói {a} không có lỗi, nhưng gói khác trong cùng thư mục có lỗi "
				  "nên chưa đếm được."),
				pack, NULL, NULL)));
		status = 0;
	}
	if (status < 0) {
		buf_done(&out);
		return status;
	}
	status = page_print(&out, e);
	return status < 0 ? status : shown > 0;
}

const struct command cmd_pack_check = {
	.name = "pack check",
	.args = T("THƯ-MỤC"),
	.words = T("tìm mọi lỗi của một gói quy định, hoặc của mọi gói trong một thư mục"),
	.help = T(
		"THƯ-MỤC là thư mục của một gói (có pack.yaml) hoặc thư mục chứa các gói. Mỗi lỗi ghi tệp:dòng:cột. "
		"Không có lỗi thì in số điều, khoản, điểm, nghĩa vụ, tham số, vai trò, phép kiểm. "
		"Mã kết thúc: 0 không lỗi, 1 có lỗi."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
};
