/* months.c - Kho nhật ký theo tháng: what each month holds and of whom, its seal, who saw it,
 * on which disks it is, when it was proved last; and how long the disk will do. */
#include "face/web/files.h"
#include "face/web/process/media.h"
#include "face/web/senders.h"
#include "face/web/verify.h"
#include "work/archive/guard.h"

#define HOSTS_SHOWN 200
#define REFRESH_S 3

/* Of one month. */
struct month_row {
	struct keep_month is;
	uint64_t entries, bytes, gaps;
	struct keep_copy *copies;
	size_t copy_count;
	bool has_left; /* its segments are on media alone */
};

/* How long months stay: what was set, and what the law asks. */
struct keeping {
	struct guard_policy policy;
	struct guard_law law;
	struct keep_rule rule; /* the stricter of both */
	uint64_t taken_bytes;  /* of the room that the quota leaves for months; 0: not known */
	uint64_t room_bytes;
	bool is_refused; /* the setting is below the law */
};

/* --- the disk --------------------------------------------------------------------------------- */

static void fact(struct view *v, const char *label, const char *value)
{
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, value);
}

static void load_keeping(struct view *v, struct keeping *ret)
{
	struct keeping k = { 0 };
	struct vfile_disk *log = NULL;
	struct err none;

	if (vfile_disk_open(v->web->log_folder, &log, &none) == 0) {
		if (guard_policy_load(log, &k.policy, &none) < 0)
			k.policy = (struct guard_policy){ 0 };
		if (guard_taken(log, &k.policy, &k.taken_bytes, &k.room_bytes, &none) < 0)
			k.taken_bytes = 0;
	}
	vfile_disk_close(log);
	guard_law_of(v->web->packs, k.policy.level, v->by.now_s, &k.law);
	k.is_refused = guard_law_check(&k.policy, &k.law, &none) < 0;
	k.rule = (struct keep_rule){ .now_s = v->by.now_s,
		.months = k.policy.months > k.law.months ? k.policy.months : k.law.months,
		.copies = k.policy.copies > k.law.copies ? k.policy.copies : k.law.copies,
		.checked_months = k.law.checked_months };
	*ret = k;
}

/* The quota, and when months leave. */
static void keeping_facts(struct view *v, const struct keeping *k)
{
	if (k->room_bytes)
		fact(v, tr(v->lang, "Hạn mức của nhật ký"),
			fill(v,
				tr(v->lang,
					"{h}; phần cho các tháng là {c}, đã dùng {d} ({n} phần trăm)"),
				"h", size_text(v, (int64_t)k->policy.quota_bytes), "c",
				size_text(v, (int64_t)k->room_bytes), "d",
				size_text(v, (int64_t)k->taken_bytes), "n",
				count_text(v, (int64_t)(k->taken_bytes * 100 / k->room_bytes)),
				NULL));
	else
		fact(v, tr(v->lang, "Hạn mức của nhật ký"),
			tr(v->lang, "không đặt, đến khi đầy đĩa"));
	if (k->law.is_known)
		fact(v, tr(v->lang, "Quy chế đòi hỏi"),
			fill(v,
				tr(v->lang,
					"ở lại máy {n} tháng, rồi {d} ổ cứng ngoài đã đọc lại trong {k} "
					"tháng"),
				"n", count_text(v, k->law.months), "d",
				count_text(v, k->law.copies), "k",
				count_text(v, k->law.checked_months), NULL));
	fact(v, tr(v->lang, "Tháng tự rời máy khi đầy"),
		k->policy.copies && !k->is_refused ?
			fill(v, tr(v->lang, "sau {n} tháng, khi {d} ổ cứng ngoài đã giữ"), "n",
				count_text(v, k->policy.months), "d",
				count_text(v, k->policy.copies), NULL) :
			tr(v->lang, "không, chỉ khi có lệnh"));
}

static void disk(struct view *v, struct find *f, const struct keeping *k)
{
	static const char *const levels[] = {
		[KEEP_ROOM] = T("Còn đủ chỗ, chưa phải làm gì."),
		[KEEP_WARN] = T("Đã dùng trên {n} phần trăm: hãy chuẩn bị ổ cứng ngoài."),
		[KEEP_PACK] = T("Đã dùng trên {n} phần trăm: hãy chép các tháng cũ ra ổ cứng ngoài "
				"ngay."),
		[KEEP_RETIRE] = T("Đã dùng trên {n} phần trăm: hãy chuyển các tháng đã có trên "
				  "ổ cứng ngoài đi."),
		[KEEP_LAST] = T("Đã dùng trên {n} phần trăm: Khiên sắp phải bắt bên gửi chờ."),
	};
	struct log_disk d;

	log_disk(v, f, &d);
	html(v->w, "<section>\n<h2>%s</h2>\n<dl class=\"facts\">\n", tr(v->lang, "Dự báo đĩa"));
	fact(v, tr(v->lang, "Kho nhật ký đang chiếm"), size_text(v, (int64_t)d.used_bytes));
	fact(v, tr(v->lang, "Đĩa còn trống"),
		d.free_percent < 0 ? tr(v->lang, "chưa rõ") :
				     path_of(v, "%s (%d %%)", size_text(v, (int64_t)d.free_bytes),
					     d.free_percent));
	fact(v, tr(v->lang, "Mỗi ngày thêm"),
		d.forecast.bytes_a_day ? size_text(v, (int64_t)d.forecast.bytes_a_day) :
					 tr(v->lang, "chưa rõ"));
	if (k->room_bytes) { /* it is reached before the end of the disk is */
		struct keep_forecast by_quota;

		keep_forecast(&k->law.levels, k->taken_bytes, k->room_bytes, d.forecast.bytes_a_day,
			CLOCK_DAY_S, &by_quota);
		if (by_quota.level > d.forecast.level)
			d.forecast.level = by_quota.level;
		if (by_quota.days_left >= 0 &&
			(d.forecast.days_left < 0 || by_quota.days_left < d.forecast.days_left))
			d.forecast.days_left = by_quota.days_left;
	}
	fact(v, tr(v->lang, "Đủ chỗ trong"), log_days(v, d.forecast.days_left));
	keeping_facts(v, k);
	html(v->w, "</dl>\n<p>%s</p>\n",
		d.free_percent < 0 ?
			tr(v->lang, "Không đọc được chỗ trống của đĩa.") :
			fill(v, tr(v->lang, levels[d.forecast.level]), "n",
				count_text(v, k->law.levels.percent[d.forecast.level]), NULL));
	if (k->is_refused)
		html(v->w, "<p class=\"fault\">%s</p>\n",
			tr(v->lang,
				"Thiết lập lưu nhật ký thấp hơn quy chế, hoặc không đọc được quy chế: "
				"không tháng nào được rời máy cho đến khi đặt lại bằng khien log keep."));
	html(v->w, "</section>\n");
}

/* --- one month -------------------------------------------------------------------------------- */

static int load_month(
	struct view *v, struct vfile_disk *shard, const char *name, struct month_row *ret)
{
	struct vfile first;
	char path[64];
	struct err none;
	int rc = keep_read(shard, name, v->a, &ret->is, v->e);

	if (rc == 0)
		rc = keep_copies(shard, name, v->a, &ret->copies, &ret->copy_count, v->e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ret->is.kind_count; i++) {
		ret->entries += ret->is.kinds[i].entries;
		if (ret->is.kinds[i].what == LEAF_GAP)
			ret->gaps = ret->is.kinds[i].entries;
	}
	for (size_t i = 0; i < ret->is.segment_count; i++)
		ret->bytes += ret->is.segments[i].bytes;
	snprintf(path, sizeof(path), "segments/%020llu.seg",
		(unsigned long long)ret->is.segments[0].first);
	ret->has_left = vfile_open(shard, path, VFILE_READ, &first, &none) == ERR_ABSENT;
	if (!ret->has_left)
		vfile_close(&first);
	return 0;
}

static void hosts(struct view *v, const struct month_row *m, const struct senders *s)
{
	html(v->w, "<details><summary>%s</summary>\n",
		fill(v, tr(v->lang, "{n} nguồn"), "n", count_text(v, (int64_t)m->is.source_count),
			NULL));
	html_table(v, NULL, "", tr(v->lang, "Nguồn"), tr(v->lang, "Số mục"));
	for (size_t i = 0; i < m->is.source_count && i < HOSTS_SHOWN; i++) {
		uint32_t number = m->is.sources[i].what;
		struct str name = number == SENDER_OTHERS ?
			str_of(tr(v->lang, "Khiên và nguồn ngoài danh sách")) :
			number <= s->count ? sender_shown(v, &s->rows[number - 1]) :
					     arena_fmt(v->a, "%u", number);

		html(v->w, "<tr><th scope=\"row\">%.*s</th><td>%s</td></tr>\n", STR_FMT(name),
			count_text(v, (int64_t)m->is.sources[i].entries));
	}
	html_table_end(v);
	html(v->w, "</details>");
}

static void media(struct view *v, const struct month_row *m)
{
	if (m->copy_count == 0)
		html(v->w, "<span class=\"chip no-evidence\">%s</span>",
			tr(v->lang, "chưa có bản nào"));
	for (size_t i = 0; i < m->copy_count; i++) {
		html(v->w, "%s%s", i ? "<br>" : "",
			*m->copies[i].label ? m->copies[i].label : m->copies[i].id);
		html(v->w, " <span class=\"soft\">%s %s</span>", tr(v->lang, "đọc lại"),
			time_text(v, m->copies[i].checked_at_s));
	}
}

/* What is to be done with a month now, and the command for it. */
static void next_step(struct view *v, const struct month_row *m, const struct keeping *k)
{
	const char *data = v->web->data ? v->web->data : "DIR";
	unsigned good = 0;
	enum keep_leave leave =
		keep_may_leave(&k->rule, m->is.name, m->copies, m->copy_count, &good);

	if (m->has_left)
		html(v->w, "<p class=\"soft\">%s</p>", tr(v->lang, "đã rời máy này"));
	else if (leave == KEEP_TOO_YOUNG)
		html(v->w, "<p class=\"soft\">%s</p>",
			fill(v, tr(v->lang, "ở lại máy {n} tháng sau khi kết thúc"), "n",
				count_text(v, k->rule.months), NULL));
	else if (leave == KEEP_MAY_LEAVE)
		html(v->w,
			"<p class=\"soft\">%s</p><details><summary>%s</summary><pre><code>khien log "
			"media retire %s --copies %u --data %s</code></pre></details>",
			tr(v->lang, "được phép rời máy"), tr(v->lang, "Lệnh"), m->is.name,
			k->rule.copies, data);
	else
		html(v->w, "<p class=\"soft\">%s</p>",
			fill(v, tr(v->lang, "đủ tuổi rời máy, còn thiếu {n} đĩa đã đọc lại"), "n",
				count_text(v, k->rule.copies - good), NULL));
	if (good < k->rule.copies || m->copy_count == 0)
		html(v->w, "<p><a href=\"/nhat-ky/dia-ngoai\">%s</a></p>",
			m->copy_count ? tr(v->lang, "Đọc lại đĩa") : tr(v->lang, "Chép ra đĩa"));
}

static void row(struct view *v, const char *shard, const struct month_row *m,
	const struct senders *s, const struct keeping *k)
{
	html(v->w,
		"<tr><th scope=\"row\">%s<br><a class=\"soft\" "
		"href=\"/nhat-ky/thang/%s/%s\">%s</a></th><td>",
		month_shown(v, m->is.name), shard, m->is.name, tr(v->lang, "Biên bản, tải gói"));
	hosts(v, m, s);
	html(v->w, "</td><td><span class=\"name-of\">%s: </span>%s", tr(v->lang, "Số mục"),
		count_text(v, (int64_t)m->entries));
	if (m->gaps)
		html(v->w, "<br><span class=\"soft\">%s</span>",
			fill(v, tr(v->lang, "{n} lần mất dòng"), "n",
				count_text(v, (int64_t)m->gaps), NULL));
	html(v->w, "</td><td><span class=\"name-of\">%s: </span>%s", tr(v->lang, "Đã nén"),
		size_text(v, (int64_t)m->bytes));
	if (m->has_left)
		html(v->w, "<br><span class=\"soft\">%s</span>",
			tr(v->lang, "chỉ còn trên ổ cứng ngoài"));
	html(v->w, "</td><td><span class=\"name-of\">%s: </span>%s</td><td>",
		tr(v->lang, "Niêm phong"),
		m->is.head.size ? fill(v, tr(v->lang, "đến mục {n}"), "n",
					  count_text(v, (int64_t)m->is.head.size), NULL) :
				  tr(v->lang, "chưa có"));
	media(v, m);
	next_step(v, m, k);
	html(v->w, "</td></tr>\n");
}

static void table_head(struct view *v)
{
	html_table(v, tr(v->lang, "Các tháng"), "stack", tr(v->lang, "Tháng"),
		tr(v->lang, "Máy gửi"), tr(v->lang, "Số mục"), tr(v->lang, "Đã nén"),
		tr(v->lang, "Niêm phong"), tr(v->lang, "Ổ cứng ngoài"));
}

/* --- a year ----------------------------------------------------------------------------------- */

static void seal(struct view *v, struct find *f, int number)
{
	struct prove_seal seal;
	struct archive_stat stat = { 0 };
	struct err none = { 0 };
	char name[FIND_PLACE_TEXT_MAX];
	int64_t stamped_s;

	for (size_t i = 0; i < find_shard_count(f); i++)
		if (find_shard_at(f, i) == number)
			find_shard_stat(f, i, &stat);
	html(v->w, "<dl class=\"facts\">\n");
	fact(v, tr(v->lang, "Mục đang giữ"), count_text(v, (int64_t)(stat.next - stat.first)));
	if (prove_seal(f, number, &seal, &none) == 0) {
		fact(v, tr(v->lang, "Niêm phong đến"), time_text(v, seal.last_ns / LOG_NS));
		fact(v, tr(v->lang, "Bên chứng kiến"), count_text(v, (int64_t)seal.cosignatures));
	} else {
		fact(v, tr(v->lang, "Niêm phong đến"), tr(v->lang, "chưa có"));
	}
	stamped_s = log_stamped_at(v, number);
	fact(v, tr(v->lang, "Đóng dấu thời gian"),
		stamped_s ? time_text(v, stamped_s) : tr(v->lang, "chưa có"));
	html(v->w, "</dl>\n<p><a href=\"/niem-phong/%s\">%s</a></p>\n", shard_id_text(number, name),
		tr(v->lang, "Biên bản niêm phong để in"));
}

/* The month an entry was received in, counted from 0; -1: it cannot be read. */
static int64_t month_at(struct find *f, int number, uint64_t index)
{
	struct err none = { 0 };
	struct leaf leaf;
	struct date d;

	if (find_at(f, (struct find_place){ number, index }, &leaf, &none) < 0)
		return -1;
	d = date_at(leaf.received_ns / LOG_NS);
	return (int64_t)d.year * 12 + d.month - 1;
}

static bool has_list(const char *const *months, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(months[i], name) == 0)
			return true;
	return false;
}

/* Months that are over and not packed: the service does it by itself a while after their end, and
 * whoever may act does it now. */
static void without_list(
	struct view *v, struct find *f, int number, const char *const *months, size_t count)
{
	struct date today = date_at(v->by.now_s);
	int64_t now = (int64_t)today.year * 12 + today.month - 1, first, last;
	struct archive_stat stat = { 0 };
	bool is_any = false;

	for (size_t i = 0; i < find_shard_count(f); i++)
		if (find_shard_at(f, i) == number)
			find_shard_stat(f, i, &stat);
	if (stat.next == stat.first || (first = month_at(f, number, stat.first)) < 0 ||
		first >= now)
		return;
	last = month_at(f, number, stat.next - 1);
	for (int64_t m = first; m <= last && m < now; m++) {
		const char *name = path_of(v, "%04d-%02d", (int)(m / 12), (int)(m % 12) + 1);

		if (has_list(months, count, name))
			continue;
		if (!is_any)
			html(v->w, "<h3>%s</h3>\n<p>%s</p>\n",
				tr(v->lang, "Đã kết thúc, chưa đóng gói"),
				tr(v->lang,
					"Khiên tự đóng gói khoảng 15 phút sau khi tháng kết thúc, nếu dịch vụ "
					"đang chạy."));
		is_any = true;
		if (view_may(v, RIGHT_ACT, ORG_UNIT_FIRST))
			html_button(v, "/nhat-ky/thang", (const char *[2]){ "thang", name },
				fill(v, tr(v->lang, "Đóng gói tháng {thang}"), "thang",
					month_shown(v, name), NULL));
		else
			html(v->w, "<p>%s</p>\n", month_shown(v, name));
	}
}

static int year(struct view *v, struct find *f, int number, const struct senders *s,
	const struct keeping *k)
{
	char name[FIND_PLACE_TEXT_MAX];
	struct vfile_disk *shard;
	const char *const *months = NULL;
	size_t count = 0;
	int rc = vfile_disk_open(
		path_of(v, "%s/%s", v->web->log_folder, shard_id_text(number, name)), &shard, v->e);

	if (rc < 0)
		return rc;
	rc = keep_months(shard, v->a, &months, &count, v->e);
	html(v->w, "<section>\n<h2>%s</h2>\n", fill(v, tr(v->lang, "Năm {n}"), "n", name, NULL));
	seal(v, f, number);
	if (count)
		table_head(v);
	for (size_t i = count; rc == 0 && i-- > 0;) {
		struct month_row m = { 0 };

		rc = load_month(v, shard, months[i], &m);
		if (rc == 0)
			row(v, name, &m, s, k);
	}
	if (count)
		html_table_end(v);
	else
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Chưa có tháng nào được đóng gói: tháng được đóng gói tự động khi đã "
				"kết thúc."));
	if (rc < 0)
		html(v->w, "<p class=\"fault\">%s</p>\n",
			tr(v->lang,
				"Có tháng không đọc được. Nhật ký không bị đổi; hãy chạy "
				"khien-verify trên thư mục dữ liệu."));
	without_list(v, f, number, months, count);
	html(v->w, "</section>\n");
	vfile_disk_close(shard);
	return 0;
}

/* Disks have a page; the same as commands, and what only they can do: months leave and the quota is
 * set by who owns the machine. */
static void orders(struct view *v)
{
	const char *data = v->web->data ? v->web->data : "DIR";

	html(v->w,
		"<section class=\"act\">\n<h2>%s</h2>\n<p><a class=\"button plain\" "
		"href=\"/nhat-ky/dia-ngoai\">%s</a></p>\n<details><summary>%s</summary>\n",
		tr(v->lang, "Việc với ổ cứng ngoài"),
		tr(v->lang, "Nhận đĩa, chép tháng ra đĩa, đọc lại"),
		tr(v->lang, "Lệnh trên máy chủ"));
	html(v->w,
		"<pre><code>khien log media register /media/dia --label \"…\" --data %s\n"
		"khien log media write /media/dia 2026-10 --data %s\n",
		data, data);
	html(v->w,
		"khien log media check /media/dia 2026-10 --data %s\n"
		"khien log media retire 2026-10 --copies 2 --data %s\n"
		"khien log keep --quota 200 --copies 2 --months 12 --level 3 --data %s</code></pre>\n"
		"</details></section>\n",
		data, data, data);
}

static void verified(struct view *v)
{
	struct str text = STR_NONE, at;
	int64_t at_s = 0;

	if (org_setting(v->web->store, VERIFY_SETTING, v->a, &text, v->e) == 0 && text.ptr &&
		str_next_word(&text, " ", &at))
		(void)str_to_i64(at, &at_s);
	html(v->w, "<p>%s <a href=\"/kiem-chung\">%s</a></p>\n",
		at_s ? fill(v, tr(v->lang, "Kiểm chứng toàn bộ lần cuối: {luc}."), "luc",
			       time_text(v, at_s), NULL) :
		       tr(v->lang, "Chưa kiểm chứng lần nào."),
		tr(v->lang, "Kiểm chứng nhật ký"));
}

void page_months(struct view *v)
{
	struct find *f = log_of(v);
	struct senders s = { 0 };
	struct keeping k;
	struct media_work work;
	bool is_on;
	int rc = f ? senders_load(v, 0, &s, v->e) : ERR_ABSENT;

	if (rc < 0) {
		page_failed(v);
		return;
	}
	is_on = media_work_load(v, &work);
	v->refresh_s = is_on ? REFRESH_S : 0;
	page_start(v, tr(v->lang, "Kho nhật ký theo tháng"));
	html_log_pages(v);
	if (is_on)
		html_media_work(v, &work);
	else
		html_media_result(v);
	verified(v);
	load_keeping(v, &k);
	disk(v, f, &k);
	for (size_t i = find_shard_count(f); rc == 0 && i-- > 0;)
		rc = year(v, f, find_shard_at(f, i), &s, &k);
	if (view_may(v, RIGHT_ACT, ORG_UNIT_FIRST))
		orders(v);
	page_end(v);
	senders_done(&s);
}

void page_months_post(struct view *v)
{
	struct str month = form_value(v, "thang");
	struct media_work work;

	if (month.len != KEEP_MONTH_SIZE - 1 ||
		strspn(text_of(v, month), "0123456789-") != month.len)
		page_problem(v, 400);
	else if (media_work_load(v, &work)) /* the page shows how far that one is */
		redirect(v, "/nhat-ky/thang");
	else
		media_order(v, arena_fmt(v->a, "pack -\n%.*s", STR_FMT(month)), "/nhat-ky/thang");
}
