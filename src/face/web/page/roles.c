/* roles.c - Vai trò máy: what the unit declares of a machine, and what is approved until when.
 * The record kept here counts where the machine has no /etc/khien/machine.yaml of its own; both are
 * the same text (docs/formats/machine.md), so that one can become the other. */
#include "face/web/org_int.h"
#include "kit/vfile/vfile.h"
#include "work/hostaudit/hostaudit.h"

#define DRAFT_MAX_BYTES (256 * KIB)

struct roles {
	struct facts facts;
	struct str text, draft; /* "" none */
	bool is_from_file;      /* the machine has a file of its own, and that counts */
	bool is_read;
	struct hostaudit_declaration d;
};

static const struct {
	const char *code, *words;
} whats[] = {
	{ "port", T("cổng") },
	{ "service", T("dịch vụ") },
	{ "share", T("thư mục chia sẻ") },
	{ "admin", T("tài khoản quản trị") },
	{ "vendor", T("tài khoản của bên cung cấp") },
	{ "program", T("chương trình") },
};

static const struct {
	const char *code, *words;
} kinds[] = {
	{ "server", T("máy chủ") },
	{ "workstation", T("máy trạm") },
	{ "secret-pc", T("máy soạn thảo tài liệu mật") },
	{ "ordinary", T("dữ liệu thông thường") },
	{ "sensitive", T("dữ liệu nhạy cảm") },
};

const char *declared_key(int64_t host_id, struct arena *a)
{
	return arena_fmt(a, "host.%lld.declared", (long long)host_id).ptr;
}

const char *declared_in_key(int64_t host_id, struct arena *a)
{
	return arena_fmt(a, "host.%lld.declared-in", (long long)host_id).ptr;
}

const char *declared_draft_name(int64_t host_id, struct arena *a)
{
	return arena_fmt(a, "machine-%lld.yaml", (long long)host_id).ptr;
}

static const char *code_words(struct view *v, struct str code)
{
	for (size_t i = 0; i < COUNT(whats); i++)
		if (str_is(code, whats[i].code))
			return tr(v->lang, whats[i].words);
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_is(code, kinds[i].code))
			return tr(v->lang, kinds[i].words);
	return text_of(v, code);
}

/* The draft of the last audit, which lies beside the database. None is no failure. */
static struct str read_draft(struct view *v, int64_t host_id)
{
	struct str text = STR("");
	struct err ignored;

	if (!v->web->disk ||
		vfile_load(v->web->disk,
			path_of(v, HOSTAUDIT_NOTES "/%s", declared_draft_name(host_id, v->a)),
			DRAFT_MAX_BYTES, v->a, &text, &ignored) < 0)
		text = STR("");
	return text;
}

static bool load(struct view *v, struct roles *ret)
{
	int64_t id = 0;
	struct str in = STR_NONE;
	int rc = str_to_i64(v->args[0], &id) ? facts_load(v, id, &ret->facts, v->e) : ERR_ABSENT;

	if (rc == 0)
		rc = org_setting(v->web->store, declared_key(id, v->a), v->a, &ret->text, v->e);
	if (rc == 0)
		rc = org_setting(v->web->store, declared_in_key(id, v->a), v->a, &in, v->e);
	if (rc < 0) {
		page_failed(v);
		return false;
	}
	if (!ret->text.ptr)
		ret->text = STR("");
	ret->draft = read_draft(v, id);
	ret->is_from_file = str_is(in, "file");
	ret->is_read = ret->text.len > 0 && hostaudit_declaration_read(ret->text, v->a, &ret->d);
	return true;
}

static const char *own_path(struct view *v, const struct roles *r)
{
	return path_of(v, "/may/%lld/vai-tro", (long long)r->facts.host.id);
}

/* ---- what is declared ---- */

static void fact(struct view *v, const char *name, const char *value)
{
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n", name,
		*value ? value : tr(v->lang, "chưa khai"));
}

static void summary(struct view *v, const struct roles *r)
{
	const struct hostaudit_declaration *d = &r->d;
	struct str roles = STR("");

	for (size_t i = 0; i < d->role_count; i++)
		roles = arena_fmt(
			v->a, "%.*s%s%.*s", STR_FMT(roles), i ? ", " : "", STR_FMT(d->roles[i]));
	html(v->w, "<dl class=\"facts\">\n");
	fact(v, tr(v->lang, "loại máy"), code_words(v, d->kind));
	fact(v, tr(v->lang, "vai trò"), text_of(v, roles));
	fact(v, tr(v->lang, "cấp độ hệ thống"), d->level ? count_text(v, d->level) : "");
	fact(v, tr(v->lang, "dữ liệu trên máy"), code_words(v, d->data));
	fact(v, tr(v->lang, "dùng để"), text_of(v, d->purpose));
	fact(v, tr(v->lang, "việc sao lưu đã khai"), count_text(v, (int64_t)d->backup_count));
	html(v->w, "</dl>\n");
}

/* ---- what is approved ---- */

static const char *state_words(struct view *v, const struct hostaudit_approval *p)
{
	if (p->is_draft)
		return tr(v->lang, "bản nháp, chưa phê duyệt gì");
	if (date_start_s(p->until) + CLOCK_DAY_S <= v->by.now_s)
		return tr(v->lang, "đã hết hạn");
	return tr(v->lang, "đang có hiệu lực");
}

static void approval(struct view *v, const struct roles *r, const struct hostaudit_approval *p)
{
	char date[CLOCK_TEXT_MAX];

	html(v->w,
		"<tr>\n<td>%s</td>\n<th scope=\"row\"><code class=\"path\">%.*s</code></th>\n<td>%.*s</td>\n"
		"<td>%.*s</td>\n<td>%s</td>\n<td>%s",
		code_words(v, p->what), STR_FMT(text_clean(v->a, p->name, 400)),
		STR_FMT(text_clean(v->a, p->why, 400)), STR_FMT(text_clean(v->a, p->by, 200)),
		p->until.year ? date_people(p->until, date) : "", state_words(v, p));
	if (view_may(v, RIGHT_ACT, r->facts.host.unit_id)) {
		const char *line[2] = { "bo", text_of(v, arena_fmt(v->a, "%d", p->line)) };

		html(v->w, "<br>");
		html_button(v, own_path(v, r), line, tr(v->lang, "Bỏ"));
	}
	html(v->w, "</td>\n</tr>\n");
}

static void approvals(struct view *v, const struct roles *r)
{
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Được phê duyệt"));
	if (r->d.approved_count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Chưa cổng, dịch vụ, tài khoản nào được phê duyệt."));
	else
		html_table(v, tr(v->lang, "Được phê duyệt"), "stack", tr(v->lang, "Loại"),
			tr(v->lang, "Tên"), tr(v->lang, "Lý do"), tr(v->lang, "Người duyệt"),
			tr(v->lang, "Đến hết ngày"), tr(v->lang, "Tình trạng"));
	for (size_t i = 0; i < r->d.approved_count; i++)
		approval(v, r, &r->d.approved[i]);
	if (r->d.approved_count > 0)
		html_table_end(v);
	html(v->w, "</section>\n");
}

/* ---- forms ---- */

static void approve_form(struct view *v, const struct roles *r)
{
	const struct field fields[] = {
		{ .name = "ten",
			.label = tr(v->lang, "Tên"),
			.hint = tr(v->lang, "ví dụ tcp/443, cups.service, tên tài khoản"),
			.is_required = true },
		{ .name = "ly-do", .label = tr(v->lang, "Lý do"), .is_required = true },
		{ .name = "nguoi-duyet",
			.label = tr(v->lang, "Người phê duyệt"),
			.value = text_of(v, v->user.name),
			.is_required = true },
		{ .name = "den-ngay",
			.label = tr(v->lang, "Đến hết ngày"),
			.hint = tr(v->lang, "Ngày/tháng/năm, ví dụ 31/12/2026"),
			.is_required = true },
	};

	html(v->w, "<section id=\"phe-duyet\" class=\"act\">\n<h2>%s</h2>\n",
		tr(v->lang, "Phê duyệt thêm"));
	html_form(v, own_path(v, r), "");
	html_select(v, "loai", tr(v->lang, "Loại"));
	for (size_t i = 0; i < COUNT(whats); i++)
		html_option(v, whats[i].code, tr(v->lang, whats[i].words),
			str_is(form_value(v, "loai"), whats[i].code));
	html_select_end(v);
	for (size_t i = 0; i < COUNT(fields); i++)
		html_field(v, &fields[i]);
	html_form_end(v, tr(v->lang, "Phê duyệt"));
	html(v->w, "</section>\n");
}

/* ---- what the last audit proposes ---- */

static bool is_draft_asked(struct view *v)
{
	return http_pair(v->query, "de-xuat").ptr != NULL ||
		http_pair(v->form, "de-xuat").ptr != NULL;
}

static bool is_declared(const struct roles *r, const struct hostaudit_approval *p)
{
	for (size_t i = 0; i < r->d.approved_count; i++)
		if (str_eq(r->d.approved[i].what, p->what) &&
			str_eq(r->d.approved[i].name, p->name))
			return true;
	return false;
}

/* The fields of the form are called by the line of the draft that they are about. */
static const char *line_name(struct view *v, const char *name, int line)
{
	return path_of(v, "%s-%d", name, line);
}

static void kind_choice(struct view *v, const char *name, size_t from, size_t count, struct str now)
{
	if (form_value(v, name).len)
		now = form_value(v, name);
	html_option(v, "", tr(v->lang, "chưa khai"), !now.len);
	for (size_t i = from; i < from + count; i++)
		html_option(
			v, kinds[i].code, tr(v->lang, kinds[i].words), str_is(now, kinds[i].code));
	html_select_end(v);
}

/* What the machine is; asked only of one of which nothing is declared yet. */
static void proposed_machine(struct view *v, const struct hostaudit_declaration *d)
{
	html_select(v, "kieu", tr(v->lang, "Loại máy"));
	kind_choice(v, "kieu", 0, 3, d->kind);
	html_field(v,
		&(struct field){ .name = "cap-do",
			.label = tr(v->lang, "Cấp độ hệ thống"),
			.hint = tr(v->lang, "Từ 1 đến 5"),
			.value = number_text(v, d->level ? d->level : 1) });
	html_select(v, "du-lieu", tr(v->lang, "Dữ liệu trên máy"));
	kind_choice(v, "du-lieu", 3, 2, d->data);
	html_field(v,
		&(struct field){ .name = "dung-de",
			.label = tr(v->lang, "Máy dùng để"),
			.value = text_of(v, d->purpose) });
	if (!d->role_count)
		return;
	html(v->w, "<fieldset class=\"boxes\"><legend>%s</legend>\n",
		tr(v->lang, "Vai trò thấy trên máy; bỏ dấu những gì không đúng"));
	for (size_t i = 0; i < d->role_count; i++)
		html_box(v, "vai", d->roles[i], d->roles[i], true);
	html(v->w, "</fieldset>\n");
}

static void proposed_row(struct view *v, const struct hostaudit_approval *p)
{
	const char *tick = line_name(v, "muc", p->line), *why = line_name(v, "vi", p->line);

	html(v->w, "<tr>\n<td>");
	html_box(v, tick, STR("1"), str_of(tr(v->lang, "Duyệt")), form_value(v, tick).len > 0);
	html(v->w,
		"</td>\n<td>%s</td>\n<th scope=\"row\"><code class=\"path\">%.*s</code></th>\n"
		"<td><span class=\"name-of\">%s: </span>"
		"<input name=\"%s\" value=\"%.*s\" aria-label=\"%s: %.*s\"></td>\n</tr>\n",
		code_words(v, p->what), STR_FMT(text_clean(v->a, p->name, 400)),
		tr(v->lang, "Lý do"), why, STR_FMT(form_value(v, why)), tr(v->lang, "Lý do"),
		STR_FMT(p->name));
}

static void proposed_rows(
	struct view *v, const struct roles *r, const struct hostaudit_declaration *d)
{
	html_table(v, tr(v->lang, "Mục đề xuất"), "stack", tr(v->lang, "Duyệt"),
		tr(v->lang, "Loại"), tr(v->lang, "Tên"), tr(v->lang, "Lý do"));
	for (size_t i = 0; i < d->approved_count; i++)
		if (!is_declared(r, &d->approved[i]))
			proposed_row(v, &d->approved[i]);
	html_table_end(v);
	html_fault(v, "muc");
	html_field(v,
		&(struct field){ .name = "nguoi-duyet-chung",
			.label = tr(v->lang, "Người phê duyệt"),
			.value = text_of(v, v->user.name) });
	html_field(v,
		&(struct field){ .name = "den-ngay-chung",
			.label = tr(v->lang, "Phê duyệt đến hết ngày"),
			.hint = tr(v->lang,
				"Cần khi có mục được duyệt. Ngày/tháng/năm, ví dụ 31/12/2026") });
}

static size_t new_count(const struct roles *r, const struct hostaudit_declaration *d)
{
	size_t count = 0;

	for (size_t i = 0; i < d->approved_count; i++)
		count += !is_declared(r, &d->approved[i]);
	return count;
}

static void propose_form(struct view *v, const struct roles *r)
{
	struct hostaudit_declaration d;

	if (!r->draft.len || !hostaudit_declaration_read(r->draft, v->a, &d) ||
		(r->text.len && !new_count(r, &d)))
		return;
	html(v->w, "<section id=\"de-xuat\" class=\"act\">\n<h2>%s</h2>\n",
		tr(v->lang, "Đề xuất từ những gì đang có trên máy"));
	if (!is_draft_asked(v)) {
		html(v->w,
			"<p>%s</p>\n<p><a class=\"button\" href=\"%s?de-xuat=1#de-xuat\">%s</a></p>\n"
			"</section>\n",
			tr(v->lang,
				"Lần kiểm tra gần nhất đã liệt kê sẵn cổng, dịch vụ, tài khoản thấy trên máy: "
				"xem từng mục rồi duyệt, không phải gõ lại."),
			own_path(v, r), tr(v->lang, "Xem đề xuất"));
		return;
	}
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Đánh dấu mục được duyệt và ghi lý do; mục không đánh dấu thì không vào bản khai. "
			"Chưa lưu thì chưa có gì thay đổi."));
	html_form(v, own_path(v, r), "");
	html(v->w, "<input type=\"hidden\" name=\"de-xuat\" value=\"1\">\n");
	if (!r->text.len)
		proposed_machine(v, &d);
	if (new_count(r, &d))
		proposed_rows(v, r, &d);
	html_form_end(v, tr(v->lang, "Lưu đề xuất đã chọn"));
	html(v->w,
		"<p class=\"soft\"><a href=\"%s?van-ban=1#ban-khai-may\">%s</a></p>\n</section>\n",
		own_path(v, r), tr(v->lang, "Sửa đề xuất này dưới dạng tệp YAML (cho người quen)"));
}

/* The whole text: what was typed and refused, the draft when it was asked for, or what is kept. */
static void text_form(struct view *v, const struct roles *r)
{
	struct str typed = http_pair(v->form, "ban-khai");
	bool is_draft = http_pair(v->query, "van-ban").ptr != NULL && r->draft.len > 0;
	struct str text = typed.ptr ? typed : is_draft ? r->draft : r->text;

	html(v->w, "<section id=\"ban-khai-may\" class=\"act\">\n<details");
	if (typed.ptr || is_draft)
		html(v->w, " open");
	html(v->w, ">\n<summary>%s</summary>\n<p>%s</p>\n",
		tr(v->lang, "Toàn bộ bản khai dưới dạng tệp (cho người quen YAML)"),
		tr(v->lang,
			"Viết như tệp /etc/khien/machine.yaml. Mục thiếu lý do, người duyệt hoặc ngày hết "
			"hạn chỉ là bản nháp, chưa phê duyệt gì."));
	if (is_draft)
		html(v->w, "<p class=\"notice\">%s</p>\n",
			tr(v->lang,
				"Đây là bản nháp lập từ lần kiểm tra gần nhất. Bỏ những gì không cần, ghi "
				"đủ phần còn lại rồi lưu; chưa lưu thì chưa có gì thay đổi."));
	html_form(v, own_path(v, r), "");
	html(v->w,
		"<div class=\"field\">\n<label for=\"ban-khai\">%s</label>\n"
		"<textarea id=\"ban-khai\" name=\"ban-khai\" rows=\"18\" spellcheck=\"false\" required>\n"
		"%.*s</textarea>\n</div>\n",
		tr(v->lang, "Bản khai"), STR_FMT(text));
	html_form_end(v, tr(v->lang, "Lưu bản khai"));
	html(v->w, "</details>\n</section>\n");
}

static void show(struct view *v, const struct roles *r)
{
	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%s %.*s", tr(v->lang, "Vai trò máy"),
				STR_FMT(r->facts.host.name))));
	html_back_host(v, &r->facts.host);
	if (r->is_from_file)
		html(v->w, "<p class=\"notice\">%s</p>\n",
			tr(v->lang,
				"Máy có tệp /etc/khien/machine.yaml của riêng nó, và tệp đó đang có hiệu "
				"lực. Bản khai ở đây chỉ được dùng khi máy không có tệp ấy."));
	if (r->is_read)
		summary(v, r);
	else
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Chưa khai máy này là gì. Chưa khai thì các phép kiểm cần bản khai trả lời "
				"“chưa xác định”."));
	if (r->is_read)
		approvals(v, r);
	if (view_may(v, RIGHT_ACT, r->facts.host.unit_id)) {
		propose_form(v, r);
		approve_form(v, r);
		text_form(v, r);
	}
	page_end(v);
}

void page_roles(struct view *v)
{
	struct roles r = { 0 };

	if (load(v, &r))
		show(v, &r);
}

/* ---- changes ---- */

/* CHANGED, which could not be made where it is STR_NONE. */
static struct str edited(struct view *v, struct str changed)
{
	if (!changed.ptr)
		fault_add(v, "ban-khai",
			tr(v->lang,
				"Bản khai viết theo cách không thêm bớt từng mục được; hãy sửa cả bản "
				"khai."));
	return changed;
}

/* TEXT with the approval that the form holds; STR_NONE with a fault when it holds none. */
static struct str with_approval(struct view *v, struct str text)
{
	struct hostaudit_approval p = { .what = form_value(v, "loai"),
		.name = form_value(v, "ten"),
		.why = form_value(v, "ly-do"),
		.by = form_value(v, "nguoi-duyet") };
	struct str changed;

	if (!p.name.len)
		fault_add(v, "ten", tr(v->lang, "Hãy ghi tên của thứ được phê duyệt."));
	if (!p.why.len)
		fault_add(v, "ly-do", tr(v->lang, "Hãy ghi lý do."));
	if (!p.by.len)
		fault_add(v, "nguoi-duyet", tr(v->lang, "Hãy ghi ai phê duyệt."));
	if (!date_typed(form_value(v, "den-ngay"), &p.until))
		fault_add(
			v, "den-ngay", tr(v->lang, "Hãy nhập một ngày có thật, ví dụ 31/12/2026."));
	else if (date_start_s(p.until) + CLOCK_DAY_S <= v->by.now_s)
		fault_add(v, "den-ngay", tr(v->lang, "Ngày hết hạn phải sau hôm nay."));
	if (v->fault_count)
		return STR_NONE;
	changed = hostaudit_approval_add(text, &p, v->a);
	return edited(v, changed);
}

/* A code of the lists above, or "". */
static struct str known_kind(struct view *v, const char *name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_is(form_value(v, name), kinds[i].code))
			return form_value(v, name);
	return STR("");
}

/* What the machine is, as the form says it, before anything is approved; what the draft says of
 * backups stays. */
static struct str machine_typed(
	struct view *v, const struct hostaudit_declaration *d, struct str draft)
{
	ptrdiff_t tail = str_find(draft, STR("\nbackups:"));
	struct str roles = STR("");
	struct buf out;
	struct json j;

	for (size_t i = 0; i < d->role_count; i++)
		for (size_t n = 0; n < v->form.count; n++)
			if (str_is(v->form.at[n].name, "vai") &&
				str_eq(v->form.at[n].value, d->roles[i]))
				roles = arena_fmt(v->a, "%.*s%s%.*s", STR_FMT(roles),
					roles.len ? ", " : "", STR_FMT(d->roles[i]));
	buf_init(&out, DRAFT_MAX_BYTES);
	buf_fmt(&out, "kind: %.*s\nroles: [%.*s]\nlevel: %lld\ndata: %.*s\npurpose: ",
		STR_FMT(known_kind(v, "kieu")), STR_FMT(roles), (long long)form_number(v, "cap-do"),
		STR_FMT(known_kind(v, "du-lieu")));
	json_init(&j, &out, false);
	json_str(&j, form_value(v, "dung-de")); /* a string of JSON is one of YAML */
	buf_fmt(&out, "\napproved:\n  []\n");
	buf_add(&out, tail < 0 ? STR("backups:\n  []\n") : str_from(draft, (size_t)tail + 1));
	roles = arena_str(v->a, buf_str(&out));
	buf_done(&out);
	return roles;
}

/* One ticked line of the proposal, with who approves until when: what lacks is a fault. */
static struct str with_proposed(
	struct view *v, struct str text, const struct hostaudit_approval *proposed)
{
	struct hostaudit_approval p = { .what = proposed->what,
		.name = proposed->name,
		.why = form_value(v, line_name(v, "vi", proposed->line)),
		.by = form_value(v, "nguoi-duyet-chung") };

	if (!p.why.len)
		fault_add(v, "muc",
			fill(v, tr(v->lang, "Hãy ghi lý do của {ten}."), "ten", text_of(v, p.name),
				NULL));
	if (!p.by.len)
		fault_add(v, "nguoi-duyet-chung", tr(v->lang, "Hãy ghi ai phê duyệt."));
	if (!date_typed(form_value(v, "den-ngay-chung"), &p.until))
		fault_add(v, "den-ngay-chung",
			tr(v->lang, "Hãy nhập một ngày có thật, ví dụ 31/12/2026."));
	else if (date_start_s(p.until) + CLOCK_DAY_S <= v->by.now_s)
		fault_add(v, "den-ngay-chung", tr(v->lang, "Ngày hết hạn phải sau hôm nay."));
	return v->fault_count ? text : edited(v, hostaudit_approval_add(text, &p, v->a));
}

/* What the proposal becomes by the form: each ticked line is approved. */
static struct str with_proposal(struct view *v, const struct roles *r)
{
	struct hostaudit_declaration d;
	struct str text = r->text;
	int64_t level = form_number(v, "cap-do");

	if (!r->draft.len || !hostaudit_declaration_read(r->draft, v->a, &d)) {
		fault_add(v, "muc", tr(v->lang, "Đề xuất không còn nữa; hãy kiểm tra lại máy."));
		return STR_NONE;
	}
	if (!text.len && (level < 1 || level > 5))
		fault_add(v, "cap-do", tr(v->lang, "Cấp độ là một số từ 1 đến 5."));
	if (!text.len)
		text = machine_typed(v, &d, r->draft);
	for (size_t i = 0; i < d.approved_count && text.ptr; i++)
		if (!is_declared(r, &d.approved[i]) &&
			form_value(v, line_name(v, "muc", d.approved[i].line)).len)
			text = with_proposed(v, text, &d.approved[i]);
	return text;
}

static struct str without_approval(struct view *v, struct str text)
{
	struct str changed = STR_NONE;
	int64_t line = 0;

	if (str_to_i64(form_value(v, "bo"), &line) && line > 0 && line < INT32_MAX)
		changed = hostaudit_approval_remove(text, (int)line, v->a);
	return edited(v, changed);
}

static int keep(struct view *v, const struct roles *r, struct str text)
{
	int64_t id = r->facts.host.id;
	int rc = org_set(v->web->store, declared_key(id, v->a), text, v->e);

	return rc < 0 ? rc : org_note(&v->by, "declare", r->facts.host.name, v->e);
}

void page_roles_post(struct view *v)
{
	struct roles r = { 0 };
	struct str text, fault;
	int rc = 0;

	if (!load(v, &r))
		return;
	if (http_pair(v->form, "bo").ptr)
		text = without_approval(v, r.text);
	else if (http_pair(v->form, "de-xuat").ptr)
		text = with_proposal(v, &r);
	else if (http_pair(v->form, "loai").ptr)
		text = with_approval(v, r.text);
	else
		text = http_pair(v->form, "ban-khai");
	if (!v->fault_count && !hostaudit_declaration_is_sound(text, v->lang, v->a, &fault))
		fault_add(v, "ban-khai", text_of(v, fault));
	if (!v->fault_count)
		rc = keep(v, &r, text);
	if (v->fault_count)
		show(v, &r);
	else if (rc < 0)
		page_failed(v);
	else
		redirect(
			v, path_of(v, "/may/%lld/vai-tro?bao=da-khai", (long long)r.facts.host.id));
}
