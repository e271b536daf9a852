/* quota.c - how much room attached files take, who uses it, and how much they may. */
#include "face/web/files.h"
#include "face/web/org_int.h"

#define QUOTA_MIB_MAX (16 * 1024 * 1024) /* 16 TiB: a slip of the finger is more */

static void rows(struct view *v, const struct file_uses *u)
{
	html_table(v, NULL, "stack flowing", tr(v->lang, "Đơn vị"), tr(v->lang, "Ai"),
		tr(v->lang, "Số tệp"), tr(v->lang, "Dung lượng"));
	for (size_t i = 0; i < u->len; i++) {
		html(v->w, "<tr><th scope=\"row\">%.*s</th>",
			STR_FMT(unit_name(v, u->at[i].unit_id)));
		html_table_cell(v, tr(v->lang, "Ai"), text_of(v, u->at[i].by));
		html_table_cell(v, tr(v->lang, "Số tệp"), count_text(v, u->at[i].count));
		html_table_cell(v, tr(v->lang, "Dung lượng"), size_text(v, u->at[i].bytes));
		html(v->w, "</tr>\n");
	}
	html_table_end(v);
}

static void form(struct view *v, const struct file_uses *u)
{
	html_form(v, "/quan-tri/tep", "plain");
	html_field(v,
		&(struct field){ .name = "han-muc",
			.label = tr(v->lang, "Hạn mức của tất cả các tệp (MB)"),
			.hint = tr(v->lang,
				"Đầy hạn mức thì tệp mới bị từ chối và được báo rõ; tệp đã có không mất, "
				"các việc khác vẫn làm được."),
			.value = number_text(v, u->quota_bytes / (int64_t)MIB),
			.is_required = true });
	html_form_end(v, tr(v->lang, "Lưu"));
}

void page_quota(struct view *v)
{
	struct file_at at = view_file_at(v);
	struct file_uses u;
	bool is_full;

	if (file_uses(&at, &u, v->e) < 0) {
		page_failed(v);
		return;
	}
	is_full = u.used_bytes >= u.quota_bytes / 10 * 9;
	page_start(v, tr(v->lang, "Tệp đính kèm và hạn mức"));
	html_back(v, "/quan-tri", tr(v->lang, "Quản trị"));
	html(v->w, "<p class=\"%s\" role=\"status\">%s</p>\n", is_full ? "alarm" : "notice",
		fill(v,
			is_full ? tr(v->lang,
					  "Gần đầy hoặc đã đầy: đang dùng {dung} trên {muc}. "
					  "Hãy tăng hạn mức hoặc thêm đĩa.") :
				  tr(v->lang, "Đang dùng {dung} trên {muc}."),
			"dung", size_text(v, u.used_bytes), "muc", size_text(v, u.quota_bytes),
			NULL));
	form(v, &u);
	html(v->w, "<section>\n<h2>%s</h2>\n<p class=\"soft\">%s</p>\n",
		tr(v->lang, "Ai dùng bao nhiêu"),
		tr(v->lang,
			"Tính cả tệp đã gỡ, vì chúng còn được giữ; tệp giống hệt nhau chỉ chiếm chỗ một lần."));
	if (u.len)
		rows(v, &u);
	else
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Chưa có tệp nào."));
	html(v->w, "</section>\n");
	page_end(v);
}

void page_quota_post(struct view *v)
{
	int64_t mib;

	if (!str_to_i64(form_value(v, "han-muc"), &mib) || mib < 1 || mib > QUOTA_MIB_MAX) {
		fault_add(v, "han-muc", tr(v->lang, "Hạn mức là một số MB từ 1 trở lên."));
		v->rs->status = 422;
		page_quota(v);
		return;
	}
	if (org_set(v->web->store, FILE_QUOTA_SETTING, str_of(number_text(v, mib)), v->e) < 0 ||
		org_note(&v->by, "files-quota", str_of(number_text(v, mib)), v->e) < 0)
		page_failed(v);
	else
		redirect(v, "/quan-tri/tep?bao=da-luu");
}
