/* month_one.c - Biên bản đóng gói: one packed month as a sheet to be signed, and as a file to be
 * fetched. */
#include "face/web/files.h"
#include "face/web/month.h"
#include "face/web/senders.h"

#define FILES_SHOWN 100 /* the manifest in the package names them all */
#define SOURCES_SHOWN 60

struct month_sheet {
	struct keep_month is;
	struct keep_copy *copies;
	size_t copy_count;
	uint64_t entries, gaps, bytes;
};

static void fact(struct view *v, const char *label, const char *value)
{
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, value);
}

/* "2026" or "2026.2", and "2026-10": names that find and keep take, and no others. */
static bool take_names(struct view *v, const char **ret_folder, const char **ret_month)
{
	struct find_place place;
	char name[FIND_PLACE_TEXT_MAX];
	struct str month = v->args[1];

	if (!v->web->log_folder || month.len != KEEP_MONTH_SIZE - 1 ||
		strspn(text_of(v, month), "0123456789-") != month.len ||
		!find_place_parse(arena_fmt(v->a, "%.*s-0", STR_FMT(v->args[0])), &place))
		return false;
	*ret_folder = path_of(v, "%s/%s", v->web->log_folder, shard_id_text(place.shard, name));
	*ret_month = text_of(v, month);
	return true;
}

static int load(struct view *v, const char *folder, const char *month, struct month_sheet *ret)
{
	struct vfile_disk *shard;
	int rc = vfile_disk_open(folder, &shard, v->e);

	if (rc < 0)
		return rc;
	rc = keep_read(shard, month, v->a, &ret->is, v->e);
	if (rc == 0)
		rc = keep_copies(shard, month, v->a, &ret->copies, &ret->copy_count, v->e);
	vfile_disk_close(shard);
	for (size_t i = 0; rc == 0 && i < ret->is.kind_count; i++) {
		ret->entries += ret->is.kinds[i].entries;
		if (ret->is.kinds[i].what == LEAF_GAP)
			ret->gaps = ret->is.kinds[i].entries;
	}
	for (size_t i = 0; rc == 0 && i < ret->is.segment_count; i++)
		ret->bytes += ret->is.segments[i].bytes;
	return rc;
}

static void facts(struct view *v, const struct month_sheet *m)
{
	char hex[SHA256_HEX_SIZE];

	html(v->w, "<dl class=\"facts\">\n");
	fact(v, tr(v->lang, "Số mục"), count_text(v, (int64_t)m->entries));
	fact(v, tr(v->lang, "Lần mất dòng"), count_text(v, (int64_t)m->gaps));
	fact(v, tr(v->lang, "Số tệp"), count_text(v, (int64_t)m->is.segment_count));
	fact(v, tr(v->lang, "Dung lượng"), size_text(v, (int64_t)m->bytes));
	fact(v, tr(v->lang, "In lúc"), time_text(v, v->by.now_s));
	html(v->w, "</dl>\n");
	if (m->is.head.size)
		html(v->w, "<h2>%s</h2>\n<p>%s</p>\n<p class=\"root\"><code>%s</code></p>\n",
			tr(v->lang, "Gốc của cây băm cuối tháng"),
			fill(v, tr(v->lang, "Đến mục {n}:"), "n",
				count_text(v, (int64_t)m->is.head.size), NULL),
			hex_of(m->is.head.root.bytes, SHA256_SIZE, hex));
}

static void media(struct view *v, const struct month_sheet *m)
{
	html(v->w, "<h2>%s</h2>\n", tr(v->lang, "Ổ cứng ngoài giữ tháng này"));
	if (m->copy_count == 0) {
		html(v->w, "<p>%s</p>\n", tr(v->lang, "Chưa có bản nào trên ổ cứng ngoài."));
		return;
	}
	html_table(v, NULL, "", tr(v->lang, "Nhãn"), tr(v->lang, "Đọc lại, đúng từng byte"));
	for (size_t i = 0; i < m->copy_count; i++)
		html(v->w, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n",
			*m->copies[i].label ? m->copies[i].label : m->copies[i].id,
			time_text(v, m->copies[i].checked_at_s));
	html_table_end(v);
}

static void sources(struct view *v, const struct month_sheet *m)
{
	struct err none = { 0 };
	struct senders s = { 0 };
	bool is_known = senders_load(v, 0, &s, &none) == 0;

	html(v->w, "<h2>%s</h2>\n", tr(v->lang, "Dòng theo nguồn"));
	html_table(v, NULL, "", tr(v->lang, "Nguồn"), tr(v->lang, "Số mục"));
	for (size_t i = 0; i < m->is.source_count && i < SOURCES_SHOWN; i++) {
		uint32_t number = m->is.sources[i].what;
		struct str name = number == SENDER_OTHERS ?
			str_of(tr(v->lang, "Khiên và nguồn ngoài danh sách")) :
			is_known && number <= s.count ? sender_shown(v, &s.rows[number - 1]) :
							arena_fmt(v->a, "%u", number);

		html(v->w, "<tr><th scope=\"row\">%.*s</th><td>%s</td></tr>\n", STR_FMT(name),
			count_text(v, (int64_t)m->is.sources[i].entries));
	}
	html_table_end(v);
	if (m->is.source_count > SOURCES_SHOWN)
		html(v->w, "<p>%s</p>\n",
			fill(v, tr(v->lang, "và {n} nguồn nữa"), "n",
				count_text(v, (int64_t)(m->is.source_count - SOURCES_SHOWN)),
				NULL));
	senders_done(&s);
}

static void files(struct view *v, const struct month_sheet *m)
{
	char hex[SHA256_HEX_SIZE];

	html(v->w, "<h2>%s</h2>\n", tr(v->lang, "Tệp và mã băm SHA-256"));
	html_table(v, NULL, "stack", tr(v->lang, "Tệp"), tr(v->lang, "Dung lượng"), "SHA-256");
	for (size_t i = 0; i < m->is.segment_count && i < FILES_SHOWN; i++) {
		const struct keep_segment *s = &m->is.segments[i];

		html(v->w, "<tr><th scope=\"row\">%020llu.seg</th>", (unsigned long long)s->first);
		html_table_cell(v, tr(v->lang, "Dung lượng"), size_text(v, (int64_t)s->bytes));
		html(v->w, "<td class=\"hash\"><code>%s</code></td></tr>\n",
			hex_of(s->sha256, SHA256_SIZE, hex));
	}
	html_table_end(v);
	if (m->is.segment_count > FILES_SHOWN)
		html(v->w, "<p>%s</p>\n",
			fill(v, tr(v->lang, "và {n} tệp nữa; bản kê trong gói ghi đủ."), "n",
				count_text(v, (int64_t)(m->is.segment_count - FILES_SHOWN)), NULL));
}

void page_month(struct view *v)
{
	struct month_sheet m = { 0 };
	const char *folder, *month;
	int rc;

	if (!take_names(v, &folder, &month)) {
		page_problem(v, 404);
		return;
	}
	rc = load(v, folder, month, &m);
	if (rc == ERR_ABSENT)
		page_problem(v, 404);
	else if (rc < 0)
		page_failed(v);
	if (rc < 0)
		return;
	page_start(v,
		fill(v, tr(v->lang, "Biên bản đóng gói nhật ký tháng {thang}"), "thang",
			month_shown(v, month), NULL));
	html_log_pages(v);
	html(v->w,
		"<p class=\"act\"><a class=\"button plain\" href=\"/nhat-ky/thang/%.*s/%s.tar\">%s</a> "
		"<a href=\"/nhat-ky/dia-ngoai\">%s</a></p>\n<section class=\"sheet\">\n",
		STR_FMT(v->args[0]), month, tr(v->lang, "Tải gói của tháng"),
		tr(v->lang, "Chép ra ổ cứng ngoài"));
	facts(v, &m);
	media(v, &m);
	sources(v, &m);
	files(v, &m);
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Gói đúng khi mọi tệp còn đúng mã băm trên tờ này; nhật ký đúng khi cây băm của nó còn "
			"đúng gốc trên tờ này."));
	html_month_signature(v, month, &m.is.head);
	html_signs(v, tr(v->lang, "Người nhận gói và đĩa (ký, ghi rõ họ tên)"));
	html(v->w, "</section>\n");
	page_end(v);
}

void page_month_sign(struct view *v)
{
	struct month_sheet m = { 0 };
	const char *folder, *month;
	int rc = take_names(v, &folder, &month) ? load(v, folder, month, &m) : ERR_ABSENT;

	if (rc == ERR_ABSENT)
		page_problem(v, 404);
	else if (rc < 0)
		page_failed(v);
	else if (!month_sign(v, month, &m.is.head))
		page_month(v);
}

static int next_bytes(void *context, struct buf *out, struct err *e)
{
	return keep_pack_next(context, out, e);
}

static void end_bytes(void *context)
{
	keep_pack_close(context);
}

void page_month_tar(struct view *v)
{
	const char *folder, *month;
	struct keep_pack *p = NULL;
	int rc;

	if (!take_names(v, &folder, &month)) {
		page_problem(v, 404);
		return;
	}
	rc = keep_pack_open(folder, month, v->by.now_s, &p, v->e);
	if (rc == ERR_ABSENT)
		page_problem(v, 404);
	else if (rc < 0)
		page_failed(v);
	if (rc < 0)
		return;
	v->rs->stream =
		(struct http_stream){ p, next_bytes, end_bytes, (int64_t)keep_pack_bytes(p) };
	v->rs->content_type = "application/x-tar";
	v->rs->disposition = path_of(v, "attachment; filename=\"nhat-ky-%s.tar\"", month);
}
