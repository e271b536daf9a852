/* duty.c - one duty: what to do, what the law says, what proves it, and doing it. */
#include "core/pack/flows.h"
#include "face/web/files.h"
#include "face/web/register_int.h"
#include "face/web/work.h"

#define HISTORY_MAX 20
#define FOUND_MAX 2000

struct here {
	const struct org_unit *unit;
	struct duties list;
	const struct duty *duty;
};

static struct str asked(struct view *v, const char *name)
{
	return v->rq->method == HTTP_POST ? http_pair(v->form, name) : http_pair(v->query, name);
}

static struct str asked_key(struct view *v)
{
	struct str host = asked(v, "may"), record = asked(v, "ban-ghi");
	struct str thing = record.len ? record : host;

	return arena_fmt(v->a, "%.*s/%.*s%s%s%.*s", STR_FMT(v->args[1]), STR_FMT(v->args[2]),
		thing.len ? "@" : "", record.len ? "r" : "", STR_FMT(thing.len ? thing : STR("")));
}

/* /viec/UNIT/PACK/OBLIGATION?may=HOST or /viec/UNIT/REGISTER/DUTY?ban-ghi=RECORD. False after an
 * answer. */
static bool find(struct view *v, struct here *ret)
{
	struct str key = asked_key(v);
	struct duty_query like = { .only_record = duty_key_record(key),
		.only_host = duty_key_host(key),
		.has_turns = duty_key_record(key) != 0,
		.until = date_add_days(date_at(v->by.now_s), DUTY_RECORD_OUTLOOK_DAYS) };
	struct here h = { 0 };
	int64_t id;

	if (str_to_i64(v->args[0], &id))
		h.unit = org_unit_by_id(view_tree(v), id);
	if (h.unit && h.unit->is_live) {
		if (work_duties_like(v, &like, h.unit, &h.list) < 0) {
			page_failed(v);
			return false;
		}
		h.duty = duty_of_key(&h.list, key);
	}
	if (!h.duty) {
		page_problem(v, 404);
		return false;
	}
	*ret = h;
	return true;
}

static bool may_do(struct view *v, const struct here *h)
{
	return !h->duty->is_machine &&
		(view_may(v, RIGHT_ACT, h->unit->id) ||
			work_may_own(v, RIGHT_ACT, h->unit->id, duty_who(h->duty)));
}

/* --- what is known ---------------------------------------------------------------------------- */

/* "hằng tháng", "6 tháng một lần" */
static const char *every(struct view *v, int64_t count, bool is_months)
{
	if (count == 1)
		return is_months ? tr(v->lang, "hằng tháng") : tr(v->lang, "hằng ngày");
	if (count == (is_months ? 12 : 7))
		return is_months ? tr(v->lang, "hằng năm") : tr(v->lang, "hằng tuần");
	return fill(v,
		is_months ? tr(v->lang, "{n} tháng một lần") : tr(v->lang, "{n} ngày một lần"), "n",
		count_text(v, count), NULL);
}

static const char *period_text(struct view *v, const struct duty *d)
{
	const char *n = count_text(v, d->schedule.period.count);
	bool is_months = d->schedule.period.is_months;
	const struct register_field *f;

	if (!d->record.id || !d->record.duty->is_before)
		return every(v, d->schedule.period.count, is_months);
	f = pack_register_field(d->record.reg, d->record.duty->field);
	return fill(v,
		is_months ? tr(v->lang, "{n} tháng trước “{truong}”, {ngay}") :
			    tr(v->lang, "{n} ngày trước “{truong}”, {ngay}"),
		"n", n, "truong", text_of(v, words_of(v, f->title)), "ngay",
		date_text(v, d->record.day), NULL);
}

static void facts_box(struct view *v, const struct here *h)
{
	const struct duty *d = h->duty;
	const struct role *role = duty_role(v->web->packs, d);
	struct date unsure;

	html(v->w, "<dl class=\"facts\">\n<div><dt>%s</dt><dd>", tr(v->lang, "Tình trạng"));
	html_duty_state(v, d->open.state);
	html(v->w, "</dd></div>\n<div><dt>%s</dt><dd>%s", tr(v->lang, "Hạn"),
		date_text(v, d->open.due));
	if (date_to_days(d->open.due) != date_to_days(d->open.due_by_law))
		html(v->w, " <span class=\"soft\">(%s)</span>",
			fill(v, tr(v->lang, "{ngay} là ngày nghỉ, nên dời"), "ngay",
				date_text(v, d->open.due_by_law), NULL));
	if (duty_is_unsure(d, &d->open, &h->list.rules, &unsure))
		html_expected_long(v, unsure);
	html(v->w, "</dd></div>\n<div><dt>%s</dt><dd>%s</dd></div>\n", tr(v->lang, "Kỳ hạn"),
		period_text(v, d));
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n", tr(v->lang, "Lần làm trước"),
		d->last.id ? date_text(v, d->last.day) : tr(v->lang, "chưa có"));
	html(v->w, "<div><dt>%s</dt><dd>%.*s</dd></div>\n", tr(v->lang, "Đơn vị"),
		STR_FMT(h->unit->name));
	if (d->record.id)
		html(v->w, "<div><dt>%.*s</dt><dd><a href=\"/ban-ghi/%lld\">%.*s</a></dd></div>\n",
			STR_FMT(words_of(v, d->record.reg->one)), (long long)d->record.id,
			STR_FMT(d->record.title));
	if (d->host_id && !view_may(v, RIGHT_SEE, d->unit_id))
		html(v->w, "<div><dt>%s</dt><dd>%.*s</dd></div>\n", tr(v->lang, "Máy"),
			STR_FMT(d->host_name));
	else if (d->host_id)
		html(v->w, "<div><dt>%s</dt><dd><a href=\"/may/%lld\">%.*s</a></dd></div>\n",
			tr(v->lang, "Máy"), (long long)d->host_id, STR_FMT(d->host_name));
	if (role)
		html(v->w, "<div><dt>%s</dt><dd>%.*s</dd></div>\n",
			tr(v->lang, "Người chịu trách nhiệm"), STR_FMT(words_of(v, role->title)));
	html(v->w, "</dl>\n");
}

static void law_box(struct view *v, const struct obligation *o)
{
	html(v->w,
		"<section>\n<h2>%s</h2>\n<blockquote lang=\"vi\"><p>%.*s</p></blockquote>\n"
		"<p><a href=\"%s\">%.*s</a></p>\n</section>\n",
		tr(v->lang, "Quy chế ghi"),
		STR_FMT(o->clause->text.ptr ? o->clause->text : o->clause->title),
		clause_path(v, o->clause), STR_FMT(clause_cite(o->clause, v->lang, v->a)));
}

static void machine_fact(struct view *v, const struct facts *f, const struct comply_proof *p)
{
	const struct check *check = pack_check(v->web->packs, p->asked->check);

	html(v->w, "<li><a href=\"/may/%lld/%.*s\">%.*s</a> – <strong>%s</strong>",
		(long long)f->host.id, STR_FMT(url_piece(p->asked->check, v->a)),
		STR_FMT(check ? words_of(v, check->title) : p->asked->check),
		tr(v->lang, proof_words(p->state)));
	if (p->at_s)
		html(v->w, " <span class=\"soft\">(%s)</span>", time_text(v, p->at_s));
	html(v->w, "</li>\n");
}

/* What proves it: what people sign, and what the machine says by itself. */
static void proofs_box(struct view *v, const struct here *h)
{
	const struct obligation *o = h->duty->obligation;
	const struct comply_verdict *cv = NULL;
	struct facts f;

	html(v->w, "<section>\n<h2>%s</h2>\n<ul class=\"proofs\">\n",
		tr(v->lang, "Bằng chứng cần có"));
	for (size_t i = 0; i < o->evidence_count; i++)
		if (o->evidence[i].by != BY_CHECK)
			html(v->w, "<li>%.*s</li>\n", STR_FMT(words_of(v, o->evidence[i].what)));
	if (h->duty->host_id && view_may(v, RIGHT_SEE, h->unit->id) &&
		facts_load(v, h->duty->host_id, &f, v->e) == 0)
		cv = facts_verdict(&f, o);
	for (size_t i = 0; cv && i < cv->proof_count; i++)
		if (cv->proofs[i].asked->by == BY_CHECK)
			machine_fact(v, &f, &cv->proofs[i]);
	html(v->w, "</ul>\n");
	for (size_t i = 0; i < o->evidence_count; i++)
		if (o->evidence[i].review.ptr && h->duty->host_id &&
			view_may(v, RIGHT_SEE, h->unit->id))
			html(v->w,
				"<p><a class=\"button\" href=\"/may/%lld/tien-trinh\">%s</a></p>\n",
				(long long)h->duty->host_id, tr(v->lang, "Mở trang rà soát để ký"));
	html(v->w, "</section>\n");
}

/* Who may not see the unit sees what they did themselves. */
static bool is_shown(struct view *v, const struct here *h, const struct evidence *row)
{
	return view_may(v, RIGHT_SEE, h->unit->id) || str_eq(row->person, v->user.login);
}

/* A file, a register or a statement, whichever shows it. */
static void history_proof(struct view *v, const struct evidence *row)
{
	const struct pack_register *reg = pack_register(v->web->packs, row->file);
	const struct statement *signed_one = pack_statement(v->web->packs, row->file);
	int64_t file_id = 0;

	if (str_starts(row->detail, "file ") && str_to_i64(str_from(row->detail, 5), &file_id))
		html(v->w, " · <a href=\"/tep/%lld\">%.*s</a>", (long long)file_id,
			STR_FMT(row->file));
	else if (reg)
		html(v->w, " · <a href=\"/so/%.*s\">%.*s</a>", STR_FMT(reg->id),
			STR_FMT(words_of(v, reg->title)));
	else if (signed_one)
		html(v->w, " · <a href=\"/xac-nhan/%.*s\">%.*s</a>", STR_FMT(signed_one->id),
			STR_FMT(words_of(v, signed_one->title)));
	else if (row->file.len)
		html(v->w, " · %.*s", STR_FMT(row->file));
}

static void history_row(struct view *v, const struct evidence *row)
{
	html(v->w, "<li><time>%s</time> ", time_text(v, row->at_s));
	html_outcome(v, row->outcome);
	if (!html_weighed(v, row)) {
		html(v->w, " %.*s",
			STR_FMT(row->found.len ?
					found_words(v, pack_check(v->web->packs, row->check), row) :
					row->detail));
		history_proof(v, row);
	}
	if (row->extract_sha256.len &&
		!str_starts(row->detail, "file ")) /* the page of a kept file tells its own */
		html(v->w, " · SHA-256 <code class=\"path\">%.*s</code>",
			STR_FMT(row->extract_sha256));
	html(v->w, " <span class=\"soft\">%.*s</span></li>\n", STR_FMT(row->person));
}

/* The days that stood in the record, the newest first. */
static void turns_box(struct view *v, const struct duty *d)
{
	const struct register_field *f = pack_register_field(d->record.reg, d->record.duty->field);

	html(v->w, "<section>\n<h2>%s</h2>\n<ul>\n", tr(v->lang, "Những lần trước"));
	for (size_t i = d->record.turn_count; i-- > 0;) {
		const struct record_turn *t = &d->record.turns[i];

		html(v->w, "<li><time>%s</time> %.*s: %s", time_text(v, t->at_s),
			STR_FMT(words_of(v, f->title)), date_text(v, t->day));
		if (t->why.len)
			html(v->w, " – %.*s", STR_FMT(t->why));
		html(v->w, " <span class=\"soft\">%.*s</span></li>\n", STR_FMT(t->by));
	}
	html(v->w, "</ul>\n<p><a href=\"/ban-ghi/%lld\">%s</a></p>\n</section>\n",
		(long long)d->record.id, tr(v->lang, "Bản ghi, tệp và lịch sử đầy đủ"));
}

static void history_box(struct view *v, const struct here *h)
{
	const struct duty *d = h->duty;
	struct evidence about = { .check = str_of(obligation_name(v, d->obligation)),
		.unit_id = d->unit_id,
		.host_id = d->host_id,
		.at_s = v->by.now_s };
	struct evidence_rows rows;
	size_t count = 0;

	if (evidence_of_obligation(v->web->store, &about, HISTORY_MAX, v->a, &rows, v->e) < 0)
		return;
	for (size_t i = 0; i < rows.count; i++)
		count += is_shown(v, h, &rows.at[i]);
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Những lần trước"));
	if (count) {
		html(v->w, "<ul>\n");
		for (size_t i = 0; i < rows.count; i++)
			if (is_shown(v, h, &rows.at[i]))
				history_row(v, &rows.at[i]);
		html(v->w, "</ul>\n");
	} else {
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Chưa có lần nào được ghi."));
	}
	html(v->w, "</section>\n");
}

/* --- doing ------------------------------------------------------------------------------------ */

static void hidden_host(struct view *v, const struct duty *d)
{
	if (d->record.id)
		html(v->w,
			"<input type=\"hidden\" name=\"ban-ghi\" value=\"%lld\">\n"
			"<input type=\"hidden\" name=\"phien-ban\" value=\"%lld\">\n",
			(long long)d->record.id, (long long)d->record.version);
	if (d->host_id)
		html(v->w, "<input type=\"hidden\" name=\"may\" value=\"%lld\">\n",
			(long long)d->host_id);
}

static const char *post_path(struct view *v, const struct duty *d, const char *what)
{
	struct str address = duty_address(d, v->a), path = address, query;

	(void)str_split(address, '?', &path, &query);
	return path_of(v, "%.*s/%s", STR_FMT(path), what);
}

/* What the record is to have in its field: today for what was done, a new end to be found out. */
static void day_field(struct view *v, const struct duty *d)
{
	const struct register_field *f = pack_register_field(d->record.reg, d->record.duty->field);
	char today[CLOCK_TEXT_MAX];

	html_field(v,
		&(struct field){ .name = "ngay",
			.label = text_of(v, words_of(v, f->title)),
			.value = d->record.duty->is_before ?
				NULL :
				date_people(date_at(v->by.now_s), today),
			.hint = tr(v->lang,
				"Ngày/tháng/năm, được lưu vào bản ghi; ghi ngày mới hơn ngày "
				"đang có thì việc này xong."),
			.is_required = true });
}

static void do_box(struct view *v, const struct here *h)
{
	html(v->w, "<section id=\"lam\">\n<h2>%s</h2>\n", tr(v->lang, "Ghi nhận đã làm"));
	html(v->w,
		"<form method=\"post\" action=\"%s\" enctype=\"multipart/form-data\">\n"
		"<input type=\"hidden\" name=\"dau\" value=\"%.*s\">\n",
		post_path(v, h->duty, "xong"), STR_FMT(v->session.csrf));
	hidden_host(v, h->duty);
	if (h->duty->record.id)
		day_field(v, h->duty);
	html_field(v,
		&(struct field){ .name = "ket-qua",
			.label = tr(v->lang, "Đã làm gì, kết quả ra sao"),
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "ho-so",
			.label = tr(v->lang, "Văn bản, biên bản làm chứng"),
			.hint = tr(v->lang, "Số, ký hiệu, ngày và nơi lưu") });
	html(v->w,
		"<div class=\"field\"><label for=\"tep\">%s</label>\n<p class=\"hint\" id=\"tep-goi-y\">%s"
		"</p>\n<label class=\"button plain pick\" for=\"tep\">%s</label>\n"
		"<input id=\"tep\" name=\"tep\" type=\"file\" aria-describedby=\"tep-goi-y\">\n<span class=\"no-file soft\">%s</span></div>\n",
		tr(v->lang, "Tệp làm chứng"),
		fill(v,
			tr(v->lang,
				"Ảnh chụp, bản quét, nhiều nhất {n}. Khiên giữ tệp; sau này chứng minh "
				"được tệp không bị sửa."),
			"n", size_text(v, FILE_BYTES_MAX), NULL),
		tr(v->lang, "Chọn tệp…"), tr(v->lang, "chưa chọn tệp"));
	html(v->w, "<details");
	if (http_pair(v->form, "sha256").len)
		html(v->w, " open");
	html(v->w, "><summary>%s</summary>\n", tr(v->lang, "Tệp làm chứng cất ở nơi khác"));
	html_field(v,
		&(struct field){ .name = "sha256",
			.label = tr(v->lang, "Mã SHA-256 của tệp ấy"),
			.hint = tr(v->lang,
				"64 chữ số hệ 16, để sau này chứng minh tệp không bị sửa") });
	html(v->w, "</details>\n");
	html_form_end(v, tr(v->lang, "Ký: tôi đã làm việc này"));
	html(v->w, "</section>\n");
}

static void skip_box(struct view *v, const struct here *h)
{
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Bỏ qua kỳ này"));
	if (h->duty->asked) {
		html(v->w, "<p>%s: %.*s <span class=\"soft\">(%.*s)</span></p>\n",
			tr(v->lang, "Đang chờ thủ trưởng quyết định"),
			STR_FMT(h->duty->asked->reason), STR_FMT(h->duty->asked->asked_by));
		if (view_may(v, RIGHT_APPROVE, h->unit->id)) {
			const char *path =
				path_of(v, "/viec/bo-qua/%lld", (long long)h->duty->asked->id);

			html_button(v, path, (const char *[]){ "y", "dong-y" },
				tr(v->lang, "Đồng ý cho bỏ qua"));
			html_button(v, path, (const char *[]){ "y", "khong" },
				tr(v->lang, "Không đồng ý"));
		}
	} else {
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang,
				"Chỉ kỳ này được bỏ, và chỉ khi thủ trưởng đồng ý; kỳ sau vẫn đến hạn."));
		html_form(v, post_path(v, h->duty, "bo-qua"), "ask");
		hidden_host(v, h->duty);
		html_field(v,
			&(struct field){ .name = "ly-do",
				.label = tr(v->lang, "Lý do"),
				.is_required = true });
		html_form_end(v, tr(v->lang, "Xin bỏ qua kỳ này"));
	}
	html(v->w, "</section>\n");
}

static void show(struct view *v, const struct here *h)
{
	const struct obligation *o = h->duty->obligation;
	struct str software = words_of(v, o->software);

	page_start(v,
		h->duty->record.id ?
			text_of(v,
				arena_fmt(v->a, "%.*s: %.*s", STR_FMT(words_of(v, h->duty->title)),
					STR_FMT(h->duty->record.title))) :
			text_of(v, words_of(v, h->duty->title)));
	html_back(v, path_of(v, "/viec?don-vi=%lld", (long long)h->unit->id),
		tr(v->lang, "Việc định kỳ"));
	facts_box(v, h);
	law_box(v, o);
	if (software.len)
		html(v->w, "<p class=\"soft\">%.*s</p>\n", STR_FMT(software));
	if (!h->duty->record.id)
		proofs_box(v, h);
	if (may_do(v, h)) {
		do_box(v, h);
		skip_box(v, h);
	} else if (h->duty->is_machine) {
		html(v->w, "<p>%s</p>\n",
			tr(v->lang,
				"Máy tự làm và tự ghi bằng chứng; cán bộ chỉ xem lại khi máy "
				"báo."));
	} else if (h->duty->asked) {
		skip_box(v, h);
	}
	if (h->duty->record.id)
		turns_box(v, h->duty);
	else
		history_box(v, h);
	page_end(v);
}

void page_duty(struct view *v)
{
	struct here h;

	if (find(v, &h))
		show(v, &h);
}

static bool is_sha256(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!str_has(STR("0123456789abcdefABCDEF"), s.ptr[i]))
			return false;
	return s.len == 64;
}

/* The file that the form brings is kept, and the evidence names it with its digest. */
static int keep_file(struct view *v, const struct here *h, struct evidence *row)
{
	bool is_record = h->duty->record.id != 0;
	struct file f = { .of = is_record ? STR("record") : STR("duty"),
		.key = is_record ? str_of(number_text(v, h->duty->record.id)) :
				   duty_key(h->duty, v->a),
		.unit_id = h->unit->id };
	int rc = file_sent(v, &f);

	if (rc == 1)
		file_prove(v, &f, row);
	return rc < 0 ? rc : 0;
}

static void go_back(struct view *v, const struct duty *d)
{
	redirect(v,
		path_of(v, "%s%sbao=da-luu", duty_path(v, d),
			d->host_id || d->record.id ? "&" : "?"));
}

/* A day as people write it that is later than what stands in the record. */
static bool moves_on(struct view *v, const struct duty *d)
{
	const struct register_field *f = pack_register_field(d->record.reg, d->record.duty->field);
	struct str day;
	struct date to;

	return !record_value_take(f, form_value(v, "ngay"), date_at(v->by.now_s), v->a, &day) &&
		date_parse(day, &to) && date_to_days(to) > date_to_days(d->record.day);
}

static void done_in_record(struct view *v, const struct here *h, struct evidence *row)
{
	const struct duty *d = h->duty;
	struct record_at at = { .store = v->web->store,
		.packs = v->web->packs,
		.reg = d->record.reg,
		.a = v->a,
		.now_s = v->by.now_s,
		.login = v->user.login };
	struct record_faults faults = { 0 };
	struct duty seen = *d;
	int rc;

	seen.record.version = form_number(v, "phien-ban");
	rc = work_record_done(&at, &seen, form_value(v, "ngay"), row, &faults, v->e);
	if (rc == 0 && org_note(&v->by, "duty.done", duty_key(d, v->a), v->e) == 0) {
		go_back(v, d);
		return;
	}
	if (rc != ERR_INPUT && rc != ERR_CONFLICT) {
		page_failed(v);
		return;
	}
	if (rc == ERR_CONFLICT)
		fault_add(v, "ngay",
			tr(v->lang,
				"Bản ghi vừa được người khác sửa: hãy xem lại rồi ký lần nữa."));
	for (size_t i = 0; i < faults.count; i++)
		fault_add(v, "ngay", tr(v->lang, faults.at[i].words));
	v->rs->status = rc == ERR_CONFLICT ? 409 : 422;
	show(v, h);
}

void page_duty_post(struct view *v)
{
	struct str found = form_value(v, "ket-qua"), sha256 = form_value(v, "sha256");
	struct evidence row = { .by = EVIDENCE_DUTY,
		.outcome = OUTCOME_PASS,
		.at_s = v->by.now_s,
		.found = found,
		.file = form_value(v, "ho-so"),
		.extract_sha256 = sha256,
		.person = v->user.login };
	struct here h;

	if (!find(v, &h))
		return;
	if (!may_do(v, &h)) {
		page_problem(v, 403);
		return;
	}
	if (found.len == 0)
		fault_add(v, "ket-qua", tr(v->lang, "Hãy ghi đã làm gì."));
	if (found.len > FOUND_MAX)
		fault_add(v, "ket-qua", tr(v->lang, "Nội dung quá dài."));
	if (sha256.len && !is_sha256(sha256))
		fault_add(v, "sha256", tr(v->lang, "SHA-256 là 64 chữ số hệ 16."));
	if (h.duty->record.id && !moves_on(v, h.duty))
		fault_add(v, "ngay",
			fill(v, tr(v->lang, "Hãy ghi một ngày sau {ngay}."), "ngay",
				date_text(v, h.duty->record.day), NULL));
	if (v->fault_count) {
		v->rs->status = 400;
		show(v, &h);
		return;
	}
	row.check = str_of(obligation_name(v, h.duty->obligation));
	row.unit_id = h.unit->id;
	row.host_id = h.duty->host_id;
	if (keep_file(v, &h, &row) < 0) {
		if (v->e->code == ERR_LIMIT)
			page_problem(v, 507);
		else
			page_failed(v);
		return;
	}
	if (h.duty->record.id)
		done_in_record(v, &h, &row);
	else if (evidence_add_word(v->web->store, &row, v->e) < 0 ||
		org_note(&v->by, "duty.done", duty_key(h.duty, v->a), v->e) < 0)
		page_failed(v);
	else
		go_back(v, h.duty);
}

void page_duty_skip_post(struct view *v)
{
	char day[CLOCK_TEXT_MAX];
	struct duty_skip skip = { .reason = form_value(v, "ly-do"),
		.asked_by = v->user.login,
		.asked_at_s = v->by.now_s };
	struct here h;
	int rc;

	if (!find(v, &h))
		return;
	if (!may_do(v, &h)) {
		page_problem(v, 403);
		return;
	}
	skip.obligation = h.duty->record.id ? duty_key(h.duty, v->a) :
					      str_of(obligation_name(v, h.duty->obligation));
	skip.unit_id = h.unit->id;
	skip.host_id = h.duty->host_id;
	skip.due_day = str_of(date_iso(h.duty->open.due_by_law, day));
	rc = duty_skip_ask(v->web->store, &skip, v->e);
	if (rc == ERR_INPUT) {
		fault_add(v, "ly-do", tr(v->lang, "Hãy ghi lý do."));
		v->rs->status = 400;
		show(v, &h);
	} else if (rc < 0 && rc != ERR_CONFLICT) {
		page_failed(v);
	} else {
		go_back(v, h.duty);
	}
}

/* /viec/bo-qua/SKIP: the head decides. */
void page_duty_decide_post(struct view *v)
{
	struct duty_skip decision = { .decided_by = v->user.login,
		.decided_at_s = v->by.now_s,
		.is_approved = str_is(form_value(v, "y"), "dong-y") };
	struct duty_skip asked;
	int rc;

	if (!str_to_i64(v->args[0], &decision.id) ||
		duty_skip_by_id(v->web->store, decision.id, v->a, &asked, v->e) < 0 ||
		!view_may(v, RIGHT_SEE, asked.unit_id)) {
		page_problem(v, 404);
		return;
	}
	if (!view_may(v, RIGHT_APPROVE, asked.unit_id)) {
		page_problem(v, 403);
		return;
	}
	rc = duty_skip_decide(v->web->store, &decision, v->e);
	if (rc == 0)
		rc = org_note(&v->by, "duty.skip", asked.obligation, v->e);
	if (rc < 0)
		page_failed(v);
	else
		redirect(v, path_of(v, "/viec?don-vi=%lld&bao=da-luu", (long long)asked.unit_id));
}
