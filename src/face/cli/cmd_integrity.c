/* khien integrity …: files of a machine against what they were. */
#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "face/cli/page.h"
#include "kit/text/text.h"
#include "work/integrity/integrity.h"

#include <stdio.h>

#define DEFAULT_DATA "/var/lib/khien"
#define SHOWN_MAX 200

#define DATA_OPTION \
	{ \
		"data", OPTION_DIR, T("THƯ-MỤC"), NULL, \
			T("thư mục dữ liệu giữ mốc và kết quả, mặc định /var/lib/khien") \
	}
#define ROOT_OPTION \
	{ \
		"root", OPTION_DIR, T("THƯ-MỤC"), NULL, \
			T("xem cây thư mục khác thay cho máy đang chạy; khi đó phải nêu --data") \
	}
#define PERSON_OPTIONS \
	{ "reason", OPTION_TEXT, T("NỘI-DUNG"), NULL, T("lý do") }, \
	{ \
		"by", OPTION_TEXT, T("NỘI-DUNG"), NULL, T("người quyết định") \
	}

/* Open the state of the machine that the options name. */
static int open_state(const struct command_line *line, bool has_root, bool is_reading,
	struct integrity **ret, struct err *e)
{
	const char *data = command_value(line, "data");

	if (has_root && command_value(line, "root") && !data)
		return err_set(
			e, ERR_INPUT, "--root needs --data: where this tree's state is kept");
	return integrity_open(data ? data : DEFAULT_DATA, is_reading, e, ret);
}

/* Before the first file of the machine is read: from here on only the state can be written. */
static int confine(const struct integrity *state, struct err *e)
{
	unsigned owner, group;

	integrity_owner(state, &owner, &group);
	return cli_confine_as(owner, group, e);
}

static struct integrity_note note_of(const struct command_line *line)
{
	const char *by = command_value(line, "by"), *reason = command_value(line, "reason");

	return (struct integrity_note){
		.at_s = clock_now_s(),
		.by = by ? str_of(by) : STR(""),
		.reason = reason ? str_of(reason) : STR(""),
		.mark = STR(""),
		.path = STR(""),
	};
}

static struct integrity_options options_of(const struct command_line *line)
{
	return (struct integrity_options){
		.root = command_value(line, "root") ? command_value(line, "root") : "/",
		.now_s = clock_now_s(),
	};
}

/* ---- what is said ---- */

static struct str change_path(const struct integrity_change *c)
{
	return c->what == INTEGRITY_REMOVED ? c->before.path : c->after.path;
}

static void write_who(const struct page *p, const struct integrity_change *c)
{
	if (c->who.len)
		page_row(p, 4, page_tr(p, T("nhật ký của nhân ghi")), c->who);
	else if (c->what != INTEGRITY_REMOVED)
		page_row(p, 4, page_tr(p, T("chủ của tệp")),
			arena_fmt(p->arena, "uid %u, gid %u", c->after.uid, c->after.gid));
	if (c->package.len)
		page_row(p, 4, page_tr(p, T("gói phần mềm")),
			arena_fmt(p->arena, "%.*s, %s", STR_FMT(c->package),
				page_tr(p,
					c->is_as_packaged ? T("đúng nội dung gói cài") :
							    T("khác nội dung gói cài"))));
	if (c->reason.len)
		page_row(p, 4, page_tr(p, T("lý do")),
			text_clean(p->arena,
				arena_fmt(p->arena, "%.*s (%.*s)", STR_FMT(c->reason),
					STR_FMT(c->by)),
				400));
}

static void write_change(const struct page *p, const struct integrity_change *c)
{
	char when[CLOCK_TEXT_MAX];

	buf_fmt(p->out, "  %s: %.*s\n", page_tr(p, integrity_what_words(c->what)),
		STR_FMT(text_clean(p->arena, change_path(c), 4000)));
	if (c->what != INTEGRITY_REMOVED)
		page_row(p, 4, page_tr(p, T("lúc đổi")),
			str_of(clock_people(c->after.ctime_s, when)));
	if (c->what == INTEGRITY_RIGHTS)
		page_row(p, 4, page_tr(p, T("quyền")),
			arena_fmt(p->arena, "%04o %u:%u → %04o %u:%u", c->before.mode,
				c->before.uid, c->before.gid, c->after.mode, c->after.uid,
				c->after.gid));
	write_who(p, c);
	page_row(p, 4, page_tr(p, T("mã thay đổi")), c->mark);
}

static void write_head(const struct page *p, const struct integrity_report *r)
{
	char when[CLOCK_TEXT_MAX];

	page_row(p, 0, page_tr(p, T("mốc lập lúc")), str_of(clock_people(r->baseline_at_s, when)));
	page_row(p, 0, page_tr(p, T("so sánh lúc")), str_of(clock_people(r->at_s, when)));
	page_row(p, 0, page_tr(p, T("cách so sánh")),
		str_of(page_tr(p,
			r->is_full ? T("đọc lại nội dung mọi tệp") :
				     T("theo thông tin tệp; đọc lại tệp có dấu hiệu đổi"))));
	buf_fmt(p->out, "%s: %llu, %s: %llu (%lld ms)\n", page_tr(p, T("số tên")),
		(unsigned long long)r->entries, page_tr(p, T("số tệp đã đọc")),
		(unsigned long long)r->hashed, (long long)r->duration_us / 1000);
}

static void write_report(const struct page *p, const struct integrity_report *r)
{
	write_head(p, r);
	for (int s = INTEGRITY_OPEN; s <= INTEGRITY_ACCEPTED; s++) {
		size_t shown = 0;

		buf_fmt(p->out, "%s: %llu\n",
			page_tr(p, integrity_state_words((enum integrity_state)s)),
			(unsigned long long)r->of_state[s]);
		for (size_t i = 0; i < r->change_count; i++)
			if ((int)r->changes[i].state == s && shown++ < SHOWN_MAX)
				write_change(p, &r->changes[i]);
		if (shown > SHOWN_MAX)
			buf_fmt(p->out, "  … %zu\n", shown - SHOWN_MAX);
	}
	if (r->change_count > 0 && !r->has_packages)
		page_text(p, 0,
			str_of(page_tr(p,
				T("Không đọc được kho gói dpkg, nên không thay đổi nào được "
				  "giải thích bằng gói phần mềm."))));
	for (size_t i = 0; i < r->gap_count; i++)
		buf_fmt(p->out, "%s: %.*s\n",
			page_tr(p, integrity_gap_words(str_of(r->gaps[i].why))),
			STR_FMT(text_clean(p->arena, r->gaps[i].path, 4000)));
}

static void json_entry(struct json *j, const char *key, const struct integrity_entry *entry)
{
	char hex[65] = "";

	json_key(j, key);
	if (entry->path.len == 0) {
		json_null(j);
		return;
	}
	if (entry->flags & INTEGRITY_HASHED)
		for (size_t i = 0; i < sizeof(entry->hash); i++)
			snprintf(hex + 2 * i, 3, "%02x", entry->hash[i]);
	json_object(j);
	json_put_i64(j, "mode", entry->mode);
	json_put_i64(j, "uid", entry->uid);
	json_put_i64(j, "gid", entry->gid);
	json_put_i64(j, "size", (int64_t)entry->size);
	json_put_i64(j, "mtime_s", entry->mtime_s);
	json_put_i64(j, "ctime_s", entry->ctime_s);
	json_put(j, "sha256", str_of(hex));
	json_object_end(j);
}

static void json_change(struct json *j, const struct integrity_change *c)
{
	json_object(j);
	json_put(j, "path", change_path(c));
	json_put(j, "what", str_of(integrity_what_name(c->what)));
	json_put(j, "state", str_of(integrity_state_name(c->state)));
	json_put(j, "mark", c->mark);
	json_put(j, "package", c->package);
	json_key(j, "as_packaged");
	json_bool(j, c->is_as_packaged);
	json_put(j, "who", c->who);
	json_put(j, "by", c->by);
	json_put(j, "reason", c->reason);
	json_entry(j, "before", &c->before);
	json_entry(j, "after", &c->after);
	json_object_end(j);
}

static void write_json(const struct page *p, const struct integrity_report *r)
{
	struct json j;

	json_init(&j, p->out, true);
	json_object(&j);
	json_put_i64(&j, "at_s", r->at_s);
	json_put_i64(&j, "baseline_at_s", r->baseline_at_s);
	json_put(&j, "baseline_sha256", r->baseline_sha256);
	json_key(&j, "full");
	json_bool(&j, r->is_full);
	json_put_i64(&j, "duration_us", r->duration_us);
	json_put_i64(&j, "names", (int64_t)r->entries);
	json_put_i64(&j, "read", (int64_t)r->hashed);
	for (int s = INTEGRITY_OPEN; s <= INTEGRITY_ACCEPTED; s++)
		json_put_i64(
			&j, integrity_state_name((enum integrity_state)s), (int64_t)r->of_state[s]);
	json_key(&j, "changes");
	json_array(&j);
	for (size_t i = 0; i < r->change_count; i++)
		json_change(&j, &r->changes[i]);
	json_array_end(&j);
	json_key(&j, "gaps");
	json_array(&j);
	for (size_t i = 0; i < r->gap_count; i++) {
		json_object(&j);
		json_put(&j, "path", r->gaps[i].path);
		json_put(&j, "why", str_of(r->gaps[i].why));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(p->out, '\n');
}

static int say_report(
	const struct command_line *line, const struct integrity_report *r, struct err *e)
{
	struct buf out;
	struct page p = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	const char *format = command_value(line, "format");

	buf_init(&out, LIMIT_INTEGRITY_TEXT_BYTES);
	if (format && str_is(str_of(format), "json"))
		write_json(&p, r);
	else
		write_report(&p, r);
	return page_print(&out, e);
}

/* ---- baseline ---- */

/* The trees of the command line, else those of the packs. */
static int rules_of(const struct command_line *line, const struct pack_set *packs,
	struct integrity_options *o, struct err *e)
{
	VEC(struct integrity_rule) rules = { 0 };
	bool has_look = line->arg_count > 0;

	for (size_t i = 0; i < line->arg_count; i++) {
		struct str path = str_of(line->args[i]);

		while (path.len > 1 && str_ends(path, "/"))
			path = str_until(path, path.len - 1);
		if (!str_starts(path, "/"))
			return err_set(e, ERR_INPUT, "\"%s\": a tree is a path from the root",
				line->args[i]);
		vec_push(line->arena, &rules, ((struct integrity_rule){ path, false }));
	}
	for (size_t i = 0; i < pack_count(packs); i++) {
		const struct pack *pack = pack_at(packs, i);

		for (size_t n = 0; n < pack->watched_count; n++)
			if (pack->watched[n].is_left_out || !has_look)
				vec_push(line->arena, &rules,
					((struct integrity_rule){ pack->watched[n].path,
						pack->watched[n].is_left_out }));
	}
	if (rules.len > LIMIT_INTEGRITY_RULES)
		return err_set(e, ERR_LIMIT, "more than %d trees", LIMIT_INTEGRITY_RULES);
	o->rules = rules.at;
	o->rule_count = rules.len;
	return 0;
}

static int run_baseline(const struct command_line *line, struct err *e)
{
	struct integrity_options o = options_of(line);
	struct integrity_note note = note_of(line);
	struct integrity_report r;
	struct integrity *state = NULL;
	struct pack_set *packs = NULL;
	int rc = cli_packs_load(line, e, &packs);

	if (rc == 0)
		rc = rules_of(line, packs, &o, e);
	if (rc == 0)
		rc = open_state(line, true, false, &state, e);
	if (rc == 0)
		rc = confine(state, e);
	if (rc == 0)
		rc = integrity_take(state, &o, &note, &r, e);
	if (rc == 0)
		rc = say_report(line, &r, e);
	integrity_close(state);
	pack_set_free(packs);
	return rc;
}

static const struct command_option baseline_options[] = {
	PERSON_OPTIONS,
	DATA_OPTION,
	ROOT_OPTION,
	{ "format", OPTION_CHOICE, NULL, "text|json", T("dạng kết quả") },
	CLI_PACKS_OPTION,
	{ 0 },
};

const struct command cmd_integrity_baseline = {
	.name = "integrity baseline",
	.args = T("[CÂY-THƯ-MỤC…]"),
	.words = T("lập mốc: đọc mọi tệp của các cây thư mục và ghi lại"),
	.help = T(
		"Không nêu cây nào thì lấy danh sách của gói quy định (packs/checks/integrity.yaml). Mốc "
		"mới thay mốc cũ; lý do và tên người quyết định được giữ trong sổ."),
	.options = baseline_options,
	.args_max = 100,
	.is_confined = true,
	.run = run_baseline,
};

/* ---- check ---- */

static int run_check(const struct command_line *line, struct err *e)
{
	struct integrity_options o = options_of(line);
	struct integrity_report r;
	struct integrity *state = NULL;
	int rc = open_state(line, true, false, &state, e);

	o.is_full = command_flag(line, "full");
	if (rc == 0)
		rc = confine(state, e);
	if (rc == 0)
		rc = integrity_compare(state, &o, &r, e);
	if (rc == 0)
		rc = say_report(line, &r, e);
	integrity_close(state);
	if (rc < 0)
		return rc;
	return r.of_state[INTEGRITY_OPEN] > 0;
}

static const struct command_option check_options[] = {
	{ "full", OPTION_FLAG, NULL, NULL,
		T("đọc lại nội dung mọi tệp, không tin ngày giờ của tệp") },
	DATA_OPTION,
	ROOT_OPTION,
	{ "format", OPTION_CHOICE, NULL, "text|json", T("dạng kết quả") },
	{ 0 },
};

const struct command cmd_integrity_check = {
	.name = "integrity check",
	.args = "",
	.words = T("so sánh tệp của máy với mốc, nêu từng thay đổi"),
	.help = T(
		"Mã kết thúc là 1 khi có thay đổi chưa được giải thích. Ai đã đổi thì chỉ nêu khi nhật "
		"ký kiểm toán của nhân (auditd) có ghi; không thì nêu chủ của tệp."),
	.options = check_options,
	.is_confined = true,
	.run = run_check,
};

/* ---- show ---- */

static void write_note(const struct page *p, const struct integrity_note *n)
{
	static const char *const acts[] = { T("lập mốc"), T("đợt bảo trì"), T("chấp nhận") };
	char at[CLOCK_TEXT_MAX], from[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX];

	buf_fmt(p->out, "  %s, %s: %.*s (%.*s)\n", clock_people(n->at_s, at),
		page_tr(p, acts[n->act]), STR_FMT(text_clean(p->arena, n->reason, 400)),
		STR_FMT(text_clean(p->arena, n->by, 200)));
	if (n->act == INTEGRITY_WINDOW)
		buf_fmt(p->out, "    %s – %s\n", clock_people(n->from_s, from),
			clock_people(n->until_s, until));
	if (n->act == INTEGRITY_ACCEPT)
		buf_fmt(p->out, "    %.*s\n", STR_FMT(text_clean(p->arena, n->path, 4000)));
}

static int run_show(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct page p = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	struct integrity_note *notes = NULL;
	struct integrity_report r;
	struct integrity *state = NULL;
	size_t count = 0;
	int rc = open_state(line, false, true, &state, e);

	buf_init(&out, LIMIT_INTEGRITY_TEXT_BYTES);
	if (rc == 0)
		rc = integrity_last(state, line->arena, &r, e);
	if (rc == 0)
		rc = integrity_journal(state, line->arena, &notes, &count, e);
	if (rc == 0) {
		write_report(&p, &r);
		buf_fmt(&out, "%s:\n", page_tr(&p, T("Sổ quyết định")));
		for (size_t i = 0; i < count; i++)
			write_note(&p, &notes[i]);
		rc = page_print(&out, e);
	} else {
		buf_done(&out);
	}
	integrity_close(state);
	return rc;
}

static const struct command_option show_options[] = { DATA_OPTION, { 0 } };

const struct command cmd_integrity_show = {
	.name = "integrity show",
	.args = "",
	.words = T("lần so sánh gần nhất, và sổ quyết định"),
	.options = show_options,
	.run = run_show,
};

/* ---- accept ---- */

static int run_accept(const struct command_line *line, struct err *e)
{
	struct integrity_note note = note_of(line);
	struct integrity *state = NULL;
	int rc = open_state(line, false, false, &state, e);

	if (rc == 0)
		rc = integrity_accept(state, str_of(line->args[0]), &note, e);
	integrity_close(state);
	if (rc < 0)
		return rc;
	printf("%s: %d\n", tr(line->lang, T("đã chấp nhận")), rc);
	return 0;
}

static const struct command_option accept_options[] = { PERSON_OPTIONS, DATA_OPTION, { 0 } };

const struct command cmd_integrity_accept = {
	.name = "integrity accept",
	.args = T("ĐƯỜNG-DẪN"),
	.words = T("chấp nhận thay đổi ở một đường dẫn và dưới nó, có lý do và tên người"),
	.help = T(
		"ĐƯỜNG-DẪN là một tệp, một thư mục hoặc mã của một thay đổi. Chấp nhận chỉ có hiệu lực với đúng "
		"nội dung đó: tệp đổi lần nữa thì lại phải giải thích. Mốc không thay đổi."),
	.options = accept_options,
	.args_min = 1,
	.args_max = 1,
	.run = run_accept,
};

/* ---- window ---- */

/* "2026-11-26" or "2026-11-26T18:30", local time of Viet Nam. */
static bool time_of(const char *text, int64_t *ret)
{
	struct str day = str_of(text), clock, hour, minute;
	int64_t h = 0, m = 0;
	struct date date;

	if (!text)
		return false;
	if (str_split(day, 'T', &day, &clock) &&
		(!str_split(clock, ':', &hour, &minute) || !str_to_i64(hour, &h) ||
			!str_to_i64(minute, &m) || h < 0 || h > 23 || m < 0 || m > 59))
		return false;
	if (!date_parse(day, &date))
		return false;
	*ret = date_start_s(date) + h * 3600 + m * 60;
	return true;
}

static int run_window(const struct command_line *line, struct err *e)
{
	struct integrity_note note = note_of(line);
	struct integrity *state = NULL;
	struct param_ruling longest = { 0 };
	struct pack_set *packs = NULL;
	int rc;

	if (!time_of(command_value(line, "from"), &note.from_s) ||
		!time_of(command_value(line, "until"), &note.until_s))
		return err_set(e, ERR_INPUT,
			"--from and --until are times like 2026-11-26T18:30 or days like 2026-11-26");
	rc = cli_packs_load(line, e, &packs);
	if (rc == 0)
		longest = pack_param(
			packs, STR("file_window_days"), 1, date_at(clock_now_s()), line->arena);
	if (rc == 0 && !longest.winner)
		rc = err_set(e, ERR_INPUT, "no pack in force says how long a window may last");
	if (rc == 0)
		rc = open_state(line, false, false, &state, e);
	if (rc == 0)
		rc = integrity_window(state, &note, longest.winner->number, e);
	integrity_close(state);
	pack_set_free(packs);
	return rc;
}

static const struct command_option window_options[] = {
	{ "from", OPTION_TEXT, T("LÚC"), NULL, T("bắt đầu, giờ Việt Nam: 2026-11-26T18:30") },
	{ "until", OPTION_TEXT, T("LÚC"), NULL, T("kết thúc") },
	PERSON_OPTIONS,
	DATA_OPTION,
	CLI_PACKS_OPTION,
	{ 0 },
};

const struct command cmd_integrity_window = {
	.name = "integrity window",
	.args = "",
	.words = T("khai một đợt bảo trì: thay đổi đúng như gói phần mềm ghi thì được bỏ qua"),
	.help = T(
		"Chỉ tệp có nội dung đúng như gói đã cài trong đợt ấy được bỏ qua, và vẫn được nêu tên. "
		"Tệp khác đổi trong đợt vẫn phải giải thích."),
	.options = window_options,
	.run = run_window,
};
