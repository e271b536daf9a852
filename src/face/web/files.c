/* files.c - the files of something on its page, and those that a form brings. */
#include "face/web/files.h"

struct file_at view_file_at(struct view *v)
{
	return (struct file_at){ .store = v->web->store,
		.disk = v->web->disk,
		.a = v->a,
		.now_s = v->by.now_s,
		.login = v->user.login };
}

const char *size_text(struct view *v, int64_t bytes)
{
	static const char *const units[] = { "B", "KB", "MB", "GB" };
	int64_t tenths = bytes * 10;
	size_t unit = 0;

	while (tenths >= 10240 && unit + 1 < COUNT(units)) {
		tenths /= 1024;
		unit++;
	}
	if (unit == 0)
		return path_of(v, "%lld B", (long long)bytes);
	return path_of(v, "%lld%c%lld %s", (long long)(tenths / 10), v->lang == LANG_VI ? ',' : '.',
		(long long)(tenths % 10), units[unit]);
}

/* The plain form for old programs, the true name for all others (RFC 6266). */
const char *disposition_of(struct view *v, const char *kind, struct str name)
{
	struct str folded = text_fold(v->a, name);
	char *plain = arena_alloc(v->a, folded.len + 1);

	for (size_t i = 0; i < folded.len; i++) {
		char c = folded.ptr[i];
		bool is_safe = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
			c == '-' || c == '_';

		plain[i] = c;
		if (!is_safe)
			plain[i] = '_';
	}
	return path_of(v, "%s; filename=\"%s\"; filename*=UTF-8''%.*s", kind, plain,
		STR_FMT(url_piece(name, v->a)));
}

/* --- the list --------------------------------------------------------------------------------- */

static const char *kind_words(struct view *v, const struct file *f)
{
	static const char *const words[] = { [FILE_OTHER] = T("tệp"),
		[FILE_TEXT] = T("văn bản thuần"),
		[FILE_PDF] = "PDF",
		[FILE_PNG] = "PNG",
		[FILE_JPEG] = "JPEG",
		[FILE_GIF] = "GIF",
		[FILE_WEBP] = "WebP",
		[FILE_HEIC] = "HEIC" };
	const char *known = words[f->kind < COUNT(words) ? f->kind : FILE_OTHER];

	return f->kind <= FILE_TEXT ? tr(v->lang, known) : known;
}

static void off_form(struct view *v, const struct file *f)
{
	html(v->w, "<details class=\"cancel\"><summary>%s</summary>\n", tr(v->lang, "Gỡ tệp"));
	html_form(v, path_of(v, "/tep/%lld/go", (long long)f->id), "cancel");
	html(v->w,
		"<div class=\"field\"><label for=\"ly-do-%lld\">%s</label><input id=\"ly-do-%lld\" "
		"name=\"ly-do\" required></div>\n",
		(long long)f->id, tr(v->lang, "Lý do"), (long long)f->id);
	html_form_end(v, tr(v->lang, "Gỡ tệp"));
	html(v->w, "</details>\n");
}

static void back_form(struct view *v, const struct file *f)
{
	if (f->gone_at_s >= v->by.now_s - FILE_UNDO_DAYS * CLOCK_DAY_S)
		html_button(v, path_of(v, "/tep/%lld/lai", (long long)f->id), NULL,
			tr(v->lang, "Đưa lại"));
}

static struct str field_words(const struct files_of *x, struct str id)
{
	for (size_t i = 0; i < x->field_count; i++)
		if (str_eq(x->fields[i].id, id))
			return x->fields[i].words;
	return id;
}

static void file_row(struct view *v, const struct files_of *x, const struct file *f)
{
	html(v->w, "<tr><th scope=\"row\">");
	if (f->gone_at_s)
		html(v->w, "<del>%.*s</del>", STR_FMT(f->name));
	else
		html(v->w, "<a href=\"/tep/%lld\">%.*s</a>", (long long)f->id, STR_FMT(f->name));
	if (f->field.len)
		html(v->w, " <span class=\"soft\">%.*s</span>", STR_FMT(field_words(x, f->field)));
	html(v->w,
		"</th>\n<td>%s, %s</td>\n<td class=\"hash\"><span class=\"name-of\">SHA-256: "
		"</span><code>%.*s</code></td>\n<td>%s %.*s",
		size_text(v, f->size_bytes), kind_words(v, f), STR_FMT(f->sha256),
		time_text(v, f->at_s), STR_FMT(f->by));
	if (f->gone_at_s)
		html(v->w, "<div><em>%s</em></div>\n",
			fill(v, tr(v->lang, "gỡ lúc {luc}, {ai}: {ly}"), "luc",
				time_text(v, f->gone_at_s), "ai", text_of(v, f->gone_by), "ly",
				text_of(v, f->gone_why), NULL));
	html(v->w, "</td>\n<td>");
	if (x->may_act && f->gone_at_s)
		back_form(v, f);
	else if (x->may_act)
		off_form(v, f);
	html(v->w, "</td></tr>\n");
}

static void form(struct view *v, const struct files_of *x)
{
	html(v->w,
		"<form method=\"post\" action=\"%s\" class=\"upload\" enctype=\"multipart/form-data\">\n"
		"<input type=\"hidden\" name=\"dau\" value=\"%.*s\">\n",
		x->action, STR_FMT(v->session.csrf));
	if (x->field_count) {
		html_select(v, "truong", tr(v->lang, "Tệp này là"));
		for (size_t i = 0; i < x->field_count; i++)
			html_option(v, text_of(v, x->fields[i].id), text_of(v, x->fields[i].words),
				false);
		html_option(v, "", tr(v->lang, "tệp khác"), false);
		html_select_end(v);
	}
	html(v->w,
		"<div class=\"field\"><label for=\"tep\">%s</label>\n<p class=\"hint\" "
		"id=\"tep-goi-y\">%s</p>\n"
		"<label class=\"button plain pick\" for=\"tep\">%s</label>\n"
		"<input id=\"tep\" name=\"tep\" type=\"file\" multiple required aria-describedby=\"tep-goi-y\">\n<span class=\"no-file soft\">%s</span></div>\n",
		tr(v->lang, "Thêm tệp"),
		fill(v, tr(v->lang, "Mỗi lần nhiều nhất {n}, tệp nào cũng được; không mở tại đây."),
			"n", size_text(v, FILE_BYTES_MAX), NULL),
		tr(v->lang, "Chọn tệp…"), tr(v->lang, "chưa chọn tệp"));
	html_form_end(v, tr(v->lang, "Tải lên"));
}

/* The pictures themselves, for who must see at once what was sent. */
static void views(struct view *v, const struct files_of *x, const struct file *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!list[i].gone_at_s && file_is_picture(list[i].kind) &&
			(!x->is_seen || x->is_seen(x->context, list[i].field)))
			html(v->w,
				"<p><a href=\"/tep/%lld\"><img class=\"attached\" loading=\"lazy\" "
				"src=\"/tep/%lld/hinh\" alt=\"%.*s\"></a></p>\n",
				(long long)list[i].id, (long long)list[i].id,
				STR_FMT(list[i].name));
}

void html_files(struct view *v, const struct files_of *x)
{
	struct file_at at = view_file_at(v);
	struct file *list;
	size_t count, shown = 0;

	if (file_list(&at, str_of(x->of), x->key, &list, &count, v->e) < 0)
		return;
	html(v->w, "<section id=\"tep-dinh-kem\">\n<h2>%s</h2>\n", tr(v->lang, "Tệp đính kèm"));
	for (size_t i = 0; i < count; i++) {
		if (x->is_seen && !x->is_seen(x->context, list[i].field))
			continue;
		if (shown++ == 0)
			html_table(v, NULL, "stack", tr(v->lang, "Tệp"),
				tr(v->lang, "Dung lượng, loại"), "SHA-256", tr(v->lang, "Đính kèm"),
				"");
		file_row(v, x, &list[i]);
	}
	if (shown)
		html_table_end(v);
	else
		html(v->w, "<p class=\"soft\">%s</p>\n", tr(v->lang, "Chưa có tệp nào."));
	if (x->has_views)
		views(v, x, list, count);
	if (x->may_act && x->action)
		form(v, x);
	html(v->w, "</section>\n");
}

/* --- taking ----------------------------------------------------------------------------------- */

static bool is_field(const struct files_of *x, struct str id)
{
	for (size_t i = 0; i < x->field_count; i++)
		if (str_eq(x->fields[i].id, id))
			return true;
	return id.len == 0;
}

void files_take(struct view *v, const struct files_of *x, const char *back)
{
	struct file_at at = view_file_at(v);
	struct str field = form_value(v, "truong");
	size_t taken = 0;

	if (!is_field(x, field)) {
		page_problem(v, 400);
		return;
	}
	for (size_t i = 0; i < v->rq->file_count; i++) {
		const struct http_file *sent = &v->rq->files[i];
		struct file f = { .of = str_of(x->of),
			.key = x->key,
			.unit_id = x->unit_id,
			.field = field,
			.name = sent->name };

		if (!str_is(sent->field, "tep") || sent->size_bytes == 0)
			continue;
		if (file_attach(&at, sent->path, &f, v->e) < 0) {
			if (v->e->code == ERR_LIMIT)
				page_problem(v, 507);
			else
				page_failed(v);
			return;
		}
		taken++;
	}
	redirect(v,
		path_of(v, "%s?bao=%s#tep-dinh-kem", back,
			taken ? "da-dinh-kem" : "chua-chon-tep"));
}

/* --- giving ----------------------------------------------------------------------------------- */

static int stream_next(void *context, struct buf *out, struct err *e)
{
	return file_next(context, out, e);
}

static void stream_end(void *context)
{
	file_close(context);
}

void file_send(struct view *v, struct file_reading *r, int64_t size_bytes)
{
	v->rs->stream = (struct http_stream){ r, stream_next, stream_end, size_bytes };
}

int file_sent(struct view *v, struct file *f)
{
	struct file_at at = view_file_at(v);

	for (size_t i = 0; i < v->rq->file_count; i++) {
		const struct http_file *sent = &v->rq->files[i];
		int rc;

		if (!str_is(sent->field, "tep") || sent->size_bytes == 0)
			continue;
		f->field = STR("");
		f->name = sent->name;
		rc = file_attach(&at, sent->path, f, v->e);
		return rc < 0 ? rc : 1;
	}
	return 0;
}

void file_prove(struct view *v, const struct file *f, struct evidence *row)
{
	row->detail = arena_fmt(v->a, "file %lld", (long long)f->id);
	row->extract_sha256 = arena_str(v->a, f->sha256);
	row->file = row->file.len ?
		arena_fmt(v->a, "%.*s (%.*s)", STR_FMT(row->file), STR_FMT(f->name)) :
		arena_str(v->a, f->name);
}
