/* words.c - what was found, in words and as JSON. */
#include "work/verify/verify_int.h"

static const struct {
	const char *code, *words;
} rows[] = {
	[VERIFY_ENTRY] = { "entry", T("mục bị hỏng hoặc bị sửa") },
	[VERIFY_MISSING] = { "missing", T("mục đã niêm phong nay không còn") },
	[VERIFY_ROOT] = { "root",
		T("mục không phải là mục đã niêm phong: bị sửa, xóa, chèn hoặc đổi chỗ") },
	[VERIFY_TREE] = { "tree", T("mã băm lưu kèm bị sửa; chính các mục thì còn nguyên") },
	[VERIFY_NOTE] = { "note", T("tờ niêm phong bị hỏng hoặc không đúng mẫu") },
	[VERIFY_SIGNATURE] = { "signature", T("chữ ký trên tờ niêm phong thiếu hoặc sai") },
	[VERIFY_UNSIGNED] = { "unsigned", T("không có tờ niêm phong nào") },
	[VERIFY_EPOCH_ORDER] = { "epoch-order",
		T("tờ niêm phong ký bằng khóa của giờ khác: ký lại sau này") },
	[VERIFY_EPOCH_GAP] = { "epoch-gap",
		T("một giờ không còn tờ niêm phong nào của chính giờ đó") },
	[VERIFY_EPOCH_KEY] = { "epoch-key",
		T("khóa của giờ không được khóa của giờ trước xác nhận") },
	[VERIFY_LINK] = { "link", T("nhật ký không mở đầu bằng mục nối đúng") },
	[VERIFY_ORIGIN] = { "origin", T("không có khóa công khai nào của nhật ký này") },
	[VERIFY_QUORUM] = { "quorum", T("chưa đủ bên chứng kiến ký cùng") },
	[VERIFY_ANCHOR_ROOT] = { "anchor-root",
		T("bên ngoài đã thấy một nhật ký khác: lịch sử bị viết lại") },
	[VERIFY_ANCHOR_SIZE] = { "anchor-size",
		T("bên ngoài đã thấy nhật ký dài hơn: bị cắt đuôi hoặc bị đưa về trạng thái cũ") },
	[VERIFY_SEQUENCE] = { "sequence",
		T("số thứ tự của nguồn bị nhảy mà không có mục báo mất") },
	[VERIFY_TIME] = { "time",
		T("giờ nhận ở tương lai, hoặc đồng hồ lùi mà không có mục ghi nhận") },
	[VERIFY_STAMP] = { "stamp",
		T("dấu thời gian không đúng, hoặc cũ hơn chính mục mà nó đóng dấu") },
	[VERIFY_UNDECIDED] = { "undecided",
		T("nội dung mất mà không quyết định nào đã niêm phong nêu đến") },
	[VERIFY_HIDDEN] = { "hidden", T("mục còn đó nhưng chỉ mục bị sửa để tìm kiếm không thấy") },
};

const char *verify_fault_code(enum verify_fault fault)
{
	return rows[fault].code;
}

static size_t kept(const struct verify_report *r)
{
	return r->finding_count < VERIFY_FINDINGS_MAX ? r->finding_count : VERIFY_FINDINGS_MAX;
}

static void put(struct buf *out, const char *label, uint64_t value)
{
	buf_fmt(out, "  %s %llu\n", label, (unsigned long long)value);
}

static void put_finding(const struct verify_finding *f, enum lang lang, struct buf *out)
{
	buf_fmt(out, "  ✗ %s\n", tr(lang, rows[f->fault].words));
	if (f->end == f->first + 1)
		buf_fmt(out, tr(lang, T("    mục số %llu")), (unsigned long long)f->first);
	else if (f->end > 0)
		buf_fmt(out, tr(lang, T("    trong các mục từ %llu đến %llu")),
			(unsigned long long)f->first, (unsigned long long)f->end - 1);
	if (f->end > 0 && f->likely != f->first)
		buf_fmt(out, tr(lang, T(", có lẽ bắt đầu từ mục %llu")),
			(unsigned long long)f->likely);
	if (f->end > 0)
		buf_add_char(out, '\n');
	if (f->file[0] || f->about[0])
		buf_fmt(out, tr(lang, T("    tệp: %s\n")), f->file[0] ? f->file : f->about);
	if (f->file[0] && f->about[0])
		buf_fmt(out, "    %s\n", f->about);
}

void verify_text(const struct verify_report *r, enum lang lang, struct buf *out)
{
	char at[CLOCK_TEXT_MAX];

	buf_fmt(out, "%s\n", r->origin);
	put(out, tr(lang, T("số mục đã đọc:")), r->entries);
	put(out, tr(lang, T("đã niêm phong đến:")), r->signed_size);
	put(out, tr(lang, T("chứng minh được:")), r->proven);
	if (r->redacted > 0)
		buf_fmt(out,
			tr(lang,
				T("  chỉ còn mã băm, không còn nội dung: %llu, đầu tiên là mục "
				  "%llu\n")),
			(unsigned long long)r->redacted, (unsigned long long)r->redacted_at[0]);
	if (r->left > 0)
		put(out, tr(lang, T("đã rời máy sang ổ cứng ngoài, có niêm phong:")), r->left);
	put(out, tr(lang, T("tờ niêm phong:")), r->checkpoints);
	if (r->entries > 0) {
		buf_fmt(out, "  %s %s", tr(lang, T("từ")), clock_people(r->first_s, at));
		buf_fmt(out, " %s %s\n", tr(lang, T("đến")), clock_people(r->last_s, at));
	}
	if (r->anchors_met > 0)
		put(out, tr(lang, T("mốc bên ngoài khớp:")), r->anchors_met);
	if (r->stamps > 0) {
		put(out, tr(lang, T("dấu thời gian đúng:")), r->stamps);
		buf_fmt(out, "  %s %llu, %s\n", tr(lang, T("đóng dấu thời gian đến mục:")),
			(unsigned long long)r->stamped_size, clock_people(r->stamped_s, at));
	}
	if (r->quorum_size > 0)
		put(out, tr(lang, T("đủ bên chứng kiến đến:")), r->quorum_size);
	if (r->restored[0])
		buf_fmt(out, tr(lang, T("  tiếp nối bằng khóa khôi phục từ mục %llu: %s\n")),
			(unsigned long long)r->restored_from, r->restored);
	if (r->is_self_signed)
		buf_fmt(out, "  %s\n",
			tr(lang,
				T("khóa lấy từ chính kho: chỉ chứng minh kho tự khớp với mình. Hãy "
				  "đưa khóa in trên giấy bằng --key.")));
	for (size_t i = 0; i < kept(r); i++)
		put_finding(&r->findings[i], lang, out);
	if (r->is_stopped)
		buf_fmt(out, "  %s\n", tr(lang, T("dừng giữa chừng; phần sau chưa kiểm")));
	else if (r->finding_count == 0)
		buf_fmt(out, "  %s\n",
			tr(lang, T("✓ không mục nào bị sửa, xóa, chèn hay đổi chỗ")));
}

void verify_json(const struct verify_report *r, struct json *j)
{
	json_object(j);
	json_put(j, "origin", str_of(r->origin));
	json_put_i64(j, "entries", (int64_t)r->entries);
	json_put_i64(j, "signed", (int64_t)r->signed_size);
	json_put_i64(j, "proven", (int64_t)r->proven);
	json_put_i64(j, "redacted", (int64_t)r->redacted);
	json_put_i64(j, "left", (int64_t)r->left);
	json_put_i64(j, "checkpoints", (int64_t)r->checkpoints);
	json_put_i64(j, "epochs", (int64_t)r->epochs);
	json_put_i64(j, "anchors", (int64_t)r->anchors_met);
	json_put_i64(j, "stamps", (int64_t)r->stamps);
	json_put_i64(j, "stamped", (int64_t)r->stamped_size);
	json_put_i64(j, "stamped_at", r->stamped_s);
	json_put_i64(j, "quorum", (int64_t)r->quorum_size);
	json_key(j, "self_signed");
	json_bool(j, r->is_self_signed);
	if (r->restored[0]) {
		json_put(j, "restored", str_of(r->restored));
		json_put_i64(j, "restored_from", (int64_t)r->restored_from);
	}
	json_put_i64(j, "found", (int64_t)r->finding_count);
	json_key(j, "findings");
	json_array(j);
	for (size_t i = 0; i < kept(r); i++) {
		const struct verify_finding *f = &r->findings[i];

		json_object(j);
		json_put(j, "fault", str_of(rows[f->fault].code));
		json_put_i64(j, "first", (int64_t)f->first);
		json_put_i64(j, "end", (int64_t)f->end);
		json_put_i64(j, "likely", (int64_t)f->likely);
		json_put(j, "file", str_of(f->file));
		json_put(j, "about", str_of(f->about));
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}
