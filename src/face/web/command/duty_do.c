/* duty_do.c - khien duty done, skip, delegate: what people do on the pages, from the terminal,
 * in the name of an account that may do it there. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/evidence/doing.h"
#include "core/org/rights.h"
#include "core/org/unit.h"
#include "face/web/process/serve_int.h"
#include "face/web/web.h"
#include "face/web/work.h"
#include "kit/crypto/crypto.h"
#include "work/comply/sweep.h"
#include "work/duty/duty.h"

#define PIECE_BYTES (64 * KIB)

struct job {
	struct own_command *c;
	struct org_tree tree;
	const struct org_unit *unit;
	struct org_user who;
	struct duties list;
	const struct duty *duty;
};

static struct str option(const struct job *j, const char *name)
{
	const char *value = command_value(j->c->line, name);

	return value ? str_trim(str_of(value)) : STR("");
}

static int need(const struct job *j, const char *name, struct str *ret, struct err *e)
{
	*ret = option(j, name);
	return ret->len ? 0 : err_set(e, ERR_INPUT, tr(j->c->line->lang, T("cần --%s")), name);
}

static int account(const struct job *j, struct str login, struct org_user *ret, struct err *e)
{
	int rc = org_user_by_login(j->c->store, login, &j->c->arena, ret, e);

	if (rc == ERR_ABSENT)
		return err_set(e, ERR_ABSENT,
			tr(j->c->line->lang, T("không có tài khoản \"%.*s\"")), STR_FMT(login));
	return rc;
}

static int find_unit(struct job *j, struct err *e)
{
	struct str name = option(j, "unit");
	int64_t id = ORG_UNIT_FIRST;
	int rc = org_tree(
		j->c->store, org_day(j->c->by.now_s, &j->c->arena), &j->c->arena, &j->tree, e);

	if (rc < 0)
		return rc;
	if (name.len && !str_to_i64(name, &id))
		return err_set(e, ERR_INPUT,
			tr(j->c->line->lang, T("--unit \"%.*s\": hãy ghi số của đơn vị")),
			STR_FMT(name));
	j->unit = org_unit_by_id(&j->tree, id);
	if (!j->unit || !j->unit->is_live)
		return err_set(e, ERR_ABSENT, tr(j->c->line->lang, T("không có đơn vị số %lld")),
			(long long)id);
	return 0;
}

/* The duty that the first word names, and who does it: an account that may act in the unit. */
static int find(struct job *j, struct err *e)
{
	struct str key = str_of(j->c->line->args[0]), login;
	struct comply_left_out left_out = { 0 };
	struct duty_left_out left;
	struct comply_query about = { j->c->store, j->c->serve.packs, 0, j->c->by.now_s, NULL };
	struct duty_query q = {
		.store = j->c->store, .packs = j->c->serve.packs, .at_s = j->c->by.now_s
	};
	int rc = find_unit(j, e);

	if (rc == 0)
		rc = need(j, "by", &login, e);
	if (rc == 0)
		rc = account(j, login, &j->who, e);
	if (rc < 0)
		return rc;
	if (!org_may(&j->who, RIGHT_ACT, &j->tree, j->unit->id))
		return err_set(e, ERR_INPUT,
			tr(j->c->line->lang,
				T("tài khoản \"%.*s\" không được làm việc của đơn vị này")),
			STR_FMT(login));
	about.unit_id = j->unit->id;
	if (!duty_key_record(key))
		rc = comply_left_out(&about, &j->c->arena, &left_out, e);
	if (rc < 0)
		return rc;
	q.units = &j->unit;
	q.unit_count = 1;
	q.left_out = &left;
	q.has_turns = duty_key_record(key) != 0;
	q.only_record = duty_key_record(key);
	q.only_host = duty_key_host(key);
	q.until = date_add_days(date_at(j->c->by.now_s), DUTY_RECORD_OUTLOOK_DAYS);
	left.at = left_out.at;
	left.count = left_out.count;
	rc = duty_list(&q, &j->c->arena, &j->list, e);
	if (rc < 0)
		return rc;
	j->duty = duty_of_key(&j->list, key);
	if (!j->duty)
		return err_set(e, ERR_ABSENT,
			tr(j->c->line->lang,
				T("đơn vị không có việc \"%.*s\"; xem khien duty list")),
			STR_FMT(key));
	if (j->duty->is_machine)
		return err_set(e, ERR_DENIED, "%s",
			tr(j->c->line->lang, T("việc này máy tự làm và tự chứng minh")));
	return 0;
}

static struct str name_of(const struct job *j)
{
	const struct obligation *o = j->duty->obligation;

	if (j->duty->record.id)
		return duty_key(j->duty, &j->c->arena);
	return arena_fmt(&j->c->arena, "%.*s/%.*s", STR_FMT(o->pack->id), STR_FMT(o->id));
}

/* --- done ------------------------------------------------------------------------------------- */

static int digest(const struct job *j, const char *path, char hex[SHA256_HEX_SIZE], struct err *e)
{
	struct sha256 *sum = sha256_new();
	char *piece = arena_alloc(&j->c->arena, PIECE_BYTES);
	unsigned char bytes[SHA256_SIZE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : 1;

	while (len > 0 && (len = read(fd, piece, PIECE_BYTES)) > 0)
		sha256_add(sum, (struct str){ piece, (size_t)len });
	if (fd >= 0)
		close(fd);
	sha256_end(sum, bytes);
	hex_of(bytes, SHA256_SIZE, hex);
	return len < 0 ? err_set(e, ERR_SYSTEM, "cannot read \"%s\"", path) : 0;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The day in the record moves: to today for what was done, to the new end that --day says. */
static int done_in_record(struct job *j, struct evidence *row, struct err *e)
{
	const struct duty_record *r = &j->duty->record;
	const struct record_at at = { .store = j->c->store,
		.packs = j->c->serve.packs,
		.reg = r->reg,
		.a = &j->c->arena,
		.now_s = j->c->by.now_s,
		.login = j->who.login };
	struct record_faults faults = { 0 };
	struct str day = option(j, "day");
	char today[CLOCK_TEXT_MAX];
	struct date to;
	int rc;

	if (!day.len && !r->duty->is_before)
		day = str_of(date_iso(date_at(at.now_s), today));
	if (!date_parse(day, &to) || date_to_days(to) <= date_to_days(r->day))
		return err_set(e, ERR_INPUT,
			tr(j->c->line->lang, T("cần --day NĂM-THÁNG-NGÀY, một ngày sau %s")),
			date_iso(r->day, today));
	rc = work_record_done(&at, j->duty, day, row, &faults, e);
	if (rc == ERR_INPUT && faults.count)
		return err_set(e, ERR_INPUT, "%s", tr(j->c->line->lang, faults.at[0].words));
	return rc;
}

static int done(struct own_command *c, struct err *e)
{
	struct job j = { .c = c };
	struct evidence row = { .by = EVIDENCE_DUTY, .outcome = OUTCOME_PASS, .at_s = c->by.now_s };
	const char *file = command_value(c->line, "file");
	char hex[SHA256_HEX_SIZE];
	int rc = find(&j, e);

	if (rc == 0)
		rc = need(&j, "did", &row.found, e);
	if (rc == 0 && file)
		rc = digest(&j, file, hex, e);
	if (rc < 0)
		return rc;
	row.file = option(&j, "paper");
	if (file) {
		row.extract_sha256 = str_of(hex);
		row.file = row.file.len ? row.file : str_of(last_part(file));
	}
	row.check = name_of(&j);
	row.unit_id = j.unit->id;
	row.host_id = j.duty->host_id;
	row.person = j.who.login;
	rc = j.duty->record.id ? done_in_record(&j, &row, e) : evidence_add_word(c->store, &row, e);
	return rc < 0 ? rc : org_note(&c->by, "duty.done", duty_key(j.duty, &c->arena), e);
}

/* --- skip ------------------------------------------------------------------------------------- */

static int skip(struct own_command *c, struct err *e)
{
	struct job j = { .c = c };
	char day[CLOCK_TEXT_MAX];
	struct duty_skip asked = { .asked_at_s = c->by.now_s };
	int rc = find(&j, e);

	if (rc == 0)
		rc = need(&j, "why", &asked.reason, e);
	if (rc < 0)
		return rc;
	asked.obligation = name_of(&j);
	asked.unit_id = j.unit->id;
	asked.host_id = j.duty->host_id;
	asked.due_day = str_of(date_iso(j.duty->open.due_by_law, day));
	asked.asked_by = j.who.login;
	rc = duty_skip_ask(c->store, &asked, e);
	if (rc == 0)
		printf("%s\n",
			tr(c->line->lang,
				T("Đã xin; kỳ này chỉ được bỏ khi thủ trưởng đồng ý trên trang Công việc.")));
	return rc;
}

/* --- delegate --------------------------------------------------------------------------------- */

static int need_day(const struct job *j, const char *name, struct str *ret, struct err *e)
{
	struct date day;
	int rc = need(j, name, ret, e);

	if (rc == 0 && !date_parse(*ret, &day))
		return err_set(
			e, ERR_INPUT, "--%s \"%.*s\": a day is YYYY-MM-DD", name, STR_FMT(*ret));
	return rc;
}

static int delegate(struct own_command *c, struct err *e)
{
	struct job j = { .c = c };
	struct org_user from, to;
	struct duty_delegation d = { .made_by = c->by.login, .made_at_s = c->by.now_s };
	int rc = need_day(&j, "from", &d.from_day, e);

	if (rc == 0)
		rc = need_day(&j, "until", &d.until_day, e);
	if (rc == 0)
		rc = account(&j, str_of(c->line->args[0]), &from, e);
	if (rc == 0)
		rc = account(&j, str_of(c->line->args[1]), &to, e);
	if (rc < 0)
		return rc;
	if (from.unit_id != to.unit_id)
		return err_set(e, ERR_INPUT, "%s",
			tr(c->line->lang, T("người làm thay phải ở cùng đơn vị")));
	d.from_id = from.id;
	d.to_id = to.id;
	d.reason = option(&j, "why");
	rc = duty_delegate(c->store, &d, e);
	return rc < 0 ? rc : org_note(&c->by, "duty.delegate", to.login, e);
}

/* --- commands --------------------------------------------------------------------------------- */

static int run_done(const struct command_line *line, struct err *e)
{
	return own_run(line, done, e);
}

static int run_skip(const struct command_line *line, struct err *e)
{
	return own_run(line, skip, e);
}

static int run_delegate(const struct command_line *line, struct err *e)
{
	return own_run(line, delegate, e);
}

#define BY_OPTIONS \
	OWN_OPTIONS, { "unit", OPTION_TEXT, T("ĐƠN-VỊ"), NULL, T("số của đơn vị, mặc định 1") }, \
	{ \
		"by", OPTION_TEXT, T("TÀI-KHOẢN"), NULL, T("tài khoản của người làm việc này") \
	}

static const struct command_option done_options[] = { BY_OPTIONS,
	{ "did", OPTION_TEXT, T("NỘI-DUNG"), NULL, T("đã làm gì, kết quả ra sao") },
	{ "day", OPTION_TEXT, T("NGÀY"), NULL,
		T("việc của một bản ghi: ngày mới ghi vào sổ, NĂM-THÁNG-NGÀY") },
	{ "paper", OPTION_TEXT, T("NỘI-DUNG"), NULL,
		T("văn bản, biên bản làm chứng: số, ngày, nơi lưu") },
	{ "file", OPTION_FILE, T("TỆP"), NULL,
		T("tệp làm chứng: ghi tên và SHA-256, không giữ tệp") },
	{ 0 } };
static const struct command_option skip_options[] = { BY_OPTIONS,
	{ "why", OPTION_TEXT, T("NỘI-DUNG"), NULL, T("lý do") }, { 0 } };
static const struct command_option delegate_options[] = { OWN_OPTIONS,
	{ "from", OPTION_TEXT, T("NGÀY"), NULL, T("từ ngày, NĂM-THÁNG-NGÀY") },
	{ "until", OPTION_TEXT, T("NGÀY"), NULL, T("đến hết ngày, NĂM-THÁNG-NGÀY") },
	{ "why", OPTION_TEXT, T("NỘI-DUNG"), NULL, T("lý do") }, { 0 } };

const struct command web_duty_done = {
	.name = "duty done",
	.args = T("KHÓA"),
	.words = T("ghi nhận một việc định kỳ đã làm"),
	.help = T(
		"KHÓA như khien duty list in ra, ví dụ tay-son/D19.3#4, với máy thì thêm @SỐ, với bản ghi "
		"của sổ là wifi/doi-mat-khau@rSỐ. Ghi thành bằng chứng của người có tài khoản nêu ở --by; "
		"hạn sau tính từ hôm nay, của bản ghi thì từ ngày mới trong sổ."),
	.options = done_options,
	.args_min = 1,
	.args_max = 1,
	.run = run_done,
};

const struct command web_duty_skip = {
	.name = "duty skip",
	.args = T("KHÓA"),
	.words = T("xin bỏ qua một kỳ của một việc, có lý do"),
	.help = T(
		"Chỉ kỳ đang mở được bỏ, và chỉ khi thủ trưởng đồng ý; người xin không tự đồng ý được."),
	.options = skip_options,
	.args_min = 1,
	.args_max = 1,
	.run = run_skip,
};

const struct command web_duty_delegate = {
	.name = "duty delegate",
	.args = T("TÀI-KHOẢN TÀI-KHOẢN"),
	.words = T("người thứ nhất vắng mặt, người thứ hai làm thay trong một thời gian"),
	.options = delegate_options,
	.args_min = 2,
	.args_max = 2,
	.run = run_delegate,
};
