/* roles.c - Vai trò máy: what the unit declares of a machine, and what is approved until when.
 * The record kept here counts where the machine has no /etc/khien/machine.yaml of its own; both are
 * the same text (docs/formats/machine.md), so that one can become the other. */
#include "face/web/web_int.h"
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

/* The whole text: what was typed and refused, the draft when it was asked for, or what is kept. */
static void text_form(struct view *v, const struct roles *r)
{
	struct str typed = http_pair(v->form, "ban-khai");
	bool is_draft = http_pair(v->query, "de-xuat").ptr != NULL;
	struct str text = typed.ptr ? typed : is_draft ? r->draft : r->text;

	html(v->w, "<section id=\"ban-khai-may\" class=\"act\">\n<h2>%s</h2>\n<p>%s</p>\n",
		tr(v->lang, "Toàn bộ bản khai"),
		tr(v->lang,
			"Viết như tệp /etc/khien/machine.yaml. Mục thiếu lý do, người duyệt hoặc ngày hết "
			"hạn chỉ là bản nháp, chưa phê duyệt gì."));
	if (r->draft.len > 0 && !is_draft)
		html(v->w,
			"<p><a class=\"button plain\" href=\"%s?de-xuat=1#ban-khai-may\">%s</a></p>\n",
			own_path(v, r), tr(v->lang, "Đề xuất từ những gì đang có trên máy"));
	else if (is_draft && r->draft.len > 0)
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
	html(v->w, "</section>\n");
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
