/* file.c - one attached file: what is known of it, a look at it where that is safe, and its
 * bytes. They are never given to a browser as a page or a drawing with script: a type that it could
 * run is plain bytes to be saved. */
#include "face/web/files.h"
#include "face/web/register_int.h"
#include "face/web/work.h"

#define TEXT_SHOWN_BYTES (64 * KIB)
#define LINE_SHOWN_BYTES 4000

bool file_of_path(struct view *v, struct file *ret)
{
	struct file_at at = view_file_at(v);
	const struct register_field *f;
	struct register_page p;
	int64_t id = 0;

	(void)str_to_i64(v->args[0], &id);
	if (file_get(&at, id, ret, v->e) < 0) {
		page_failed(v);
		return false;
	}
	if (!str_is(ret->of, "record"))
		return true;
	v->args[0] = ret->key;
	if (!record_of_path(v, &p))
		return false;
	f = pack_register_field(p.at.reg, ret->field);
	if (f && !field_is_seen(&p, f)) {
		page_problem(v, 404);
		return false;
	}
	return true;
}

static const char *back_path(struct view *v, const struct file *f)
{
	struct str pack, id;

	if (str_is(f->of, "record"))
		return path_of(v, "/ban-ghi/%.*s", STR_FMT(f->key));
	if (str_is(f->of, "case"))
		return path_of(v, "/ho-so/%.*s", STR_FMT(f->key));
	if (str_is(f->of, "duty"))
		return duty_path_of(v, f->unit_id, f->key);
	if (str_is(f->of, "result") && str_split(f->key, '/', &pack, &id))
		return path_of(v, "/ket-qua/%lld/%.*s/%.*s", (long long)f->unit_id,
			STR_FMT(url_piece(pack, v->a)), STR_FMT(url_piece(id, v->a)));
	return path_of(v, "/tep/%lld", (long long)f->id);
}

/* The first bytes of a text. */
static struct str text_head(struct view *v, const struct file *f)
{
	struct file_reading *r = NULL;
	struct buf out;
	struct str kept;
	int more = 1;

	if (file_open(v->web->disk, f, &r, v->e) < 0)
		return STR_NONE;
	buf_init(&out, TEXT_SHOWN_BYTES + 64 * KIB);
	while (more == 1 && out.len < TEXT_SHOWN_BYTES)
		more = file_next(r, &out, v->e);
	file_close(r);
	kept = more < 0 ? STR_NONE : str_until(arena_str(v->a, buf_str(&out)), TEXT_SHOWN_BYTES);
	buf_done(&out);
	return kept;
}

static void preview(struct view *v, const struct file *f)
{
	struct str text, line;

	if (file_is_picture(f->kind))
		html(v->w, "<p><img class=\"attached\" src=\"/tep/%lld/hinh\" alt=\"%.*s\"></p>\n",
			(long long)f->id, STR_FMT(f->name));
	else if (f->kind == FILE_PDF)
		html(v->w, "<p><a href=\"/tep/%lld/hinh\">%s</a></p>\n", (long long)f->id,
			tr(v->lang, "Xem bằng trình xem PDF của trình duyệt"));
	else if (f->kind == FILE_TEXT) {
		text = text_head(v, f);
		html(v->w, "<pre class=\"attached\" tabindex=\"0\">");
		while (str_next_line(&text, &line))
			html(v->w, "%.*s\n", STR_FMT(text_clean(v->a, line, LINE_SHOWN_BYTES)));
		html(v->w, "</pre>\n");
		if (f->size_bytes > TEXT_SHOWN_BYTES)
			html(v->w, "<p class=\"soft\">%s</p>\n",
				tr(v->lang, "Chỉ hiện phần đầu; tải về để xem hết."));
	} else
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang, "Loại tệp này không xem được ở đây; hãy tải về máy."));
}

void page_file(struct view *v)
{
	struct file f;

	if (!file_of_path(v, &f))
		return;
	page_start(v, text_of(v, f.name));
	html_back(v, back_path(v, &f), tr(v->lang, "Trở lại"));
	if (f.gone_at_s)
		html(v->w, "<p class=\"alarm\">%s</p>\n",
			fill(v, tr(v->lang, "gỡ lúc {luc}, {ai}: {ly}"), "luc",
				time_text(v, f.gone_at_s), "ai", text_of(v, f.gone_by), "ly",
				text_of(v, f.gone_why), NULL));
	html(v->w,
		"<dl class=\"facts\">\n<div><dt>%s</dt><dd>%s</dd></div>\n<div><dt>%s</dt><dd>%s</dd></div>\n"
		"<div><dt>%s</dt><dd>%s, %.*s</dd></div>\n<div class=\"hash\"><dt>SHA-256</dt><dd><code>%.*s</code>"
		"</dd></div>\n</dl>\n",
		tr(v->lang, "Dung lượng"), size_text(v, f.size_bytes), tr(v->lang, "Loại"),
		file_type(f.kind), tr(v->lang, "Đính kèm"), time_text(v, f.at_s), STR_FMT(f.by),
		STR_FMT(f.sha256));
	html(v->w, "<p><a class=\"button\" href=\"/tep/%lld/tai\" download>%s</a></p>\n",
		(long long)f.id, tr(v->lang, "Tải về"));
	preview(v, &f);
	page_end(v);
}

/* DISPOSITION "attachment" or "inline". */
static void send(struct view *v, const struct file *f, const char *type, const char *disposition)
{
	struct file_reading *r = NULL;

	if (file_open(v->web->disk, f, &r, v->e) < 0) {
		page_failed(v);
		return;
	}
	v->rs->content_type = type;
	v->rs->etag = path_of(v, "\"%.*s\"", STR_FMT(f->sha256));
	v->rs->disposition = disposition_of(v, disposition, f->name);
	file_send(v, r, f->size_bytes);
}

void page_file_get(struct view *v)
{
	struct file f;

	if (file_of_path(v, &f))
		send(v, &f, "application/octet-stream", "attachment");
}

/* Only what a browser shows without running anything of it. */
void page_file_show(struct view *v)
{
	struct file f;

	if (!file_of_path(v, &f))
		return;
	if (file_is_picture(f.kind) || f.kind == FILE_PDF)
		send(v, &f, file_type(f.kind), "inline");
	else
		page_problem(v, 404);
}

static void answer(struct view *v, const struct file *f, int rc, const char *notice)
{
	if (rc == 0)
		redirect(v, path_of(v, "%s?bao=%s#tep-dinh-kem", back_path(v, f), notice));
	else if (rc == ERR_DENIED)
		page_problem(v, 409);
	else
		page_failed(v);
}

void page_file_off_post(struct view *v)
{
	struct file_at at = view_file_at(v);
	struct file f;

	if (file_of_path(v, &f))
		answer(v, &f, file_take_off(&at, f.id, form_value(v, "ly-do"), v->e), "da-go-tep");
}

void page_file_back_post(struct view *v)
{
	struct file_at at = view_file_at(v);
	struct file f;

	if (file_of_path(v, &f))
		answer(v, &f, file_put_back(&at, f.id, v->e), "da-hoan-tac");
}
