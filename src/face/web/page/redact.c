/* redact.c - the text of one line goes, by a written decision: the order is given here; seal puts
 * the decision into the log, and store takes the text out. */
#include "core/trail/order.h"
#include "face/web/log.h"
#include "face/web/process/order.h"
#include "kit/process/process.h"
#include "work/archive/show.h"

#define START_WAIT_MS 700
#define REFRESH_S 5
#define NUMBER_MAX 100
#define NAME_MAX_BYTES 200
#define SHOWN_BYTES (64 * KIB)

/* The line that is asked about, and how far the order is. */
struct asked {
	char name[FIND_PLACE_TEXT_MAX]; /* 2026-1234 */
	struct find_place place;
	struct leaf leaf;
	bool is_redacted, is_given; /* an order is under way */
	struct order order;         /* of which there is a file: at_s is not 0 */
};

/* --- what is known ---------------------------------------------------------------------------- */

static int load_order(struct view *v, struct asked *x)
{
	struct str waiting = STR_NONE, line, number;
	struct vfile_disk *log = NULL;
	int rc = org_setting(v->web->store, ORDER_WAITING, v->a, &waiting, v->e);

	if (rc < 0)
		return rc;
	while (waiting.len && str_next_line(&waiting, &line))
		if (str_split(line, ' ', &number, &line) && str_is(number, x->name))
			x->is_given = true;
	rc = vfile_disk_open(v->web->log_folder, &log, v->e);
	if (rc == 0)
		rc = order_load(log, path_of(v, ORDER_REDACT "%s", x->name), v->a, &x->order, v->e);
	vfile_disk_close(log);
	if (rc == ERR_ABSENT)
		return 0;
	x->is_given = x->is_given || (rc == 0 && x->order.is != ORDER_DONE);
	return rc;
}

static bool load(struct view *v, struct asked *x)
{
	struct find *f = NULL;
	int rc = 0;

	*x = (struct asked){ 0 };
	if (!find_place_parse(v->args[0], &x->place)) {
		page_problem(v, 404);
		return false;
	}
	find_place_text(x->place, x->name);
	f = log_of(v);
	rc = f ? find_redacted(f, x->place, v->e) : v->e->code;
	x->is_redacted = rc > 0;
	if (rc >= 0)
		rc = find_at(f, x->place, &x->leaf, v->e);
	if (rc == 0) {
		x->leaf.raw = arena_str(v->a, x->leaf.raw); /* the frame reads the log too */
		rc = load_order(v, x);
	}
	if (rc < 0)
		page_failed(v);
	return rc == 0;
}

/* --- the page --------------------------------------------------------------------------------- */

static void line_shown(struct view *v, const struct asked *x)
{
	html(v->w, "<section>\n<h2>%s</h2>\n<p>%s</p>\n<pre>%.*s</pre>\n</section>\n",
		tr(v->lang, "Dòng sẽ xóa nội dung"),
		fill(v, tr(v->lang, "Nhận lúc {luc}."), "luc",
			time_text(v, x->leaf.received_ns / LOG_NS), NULL),
		STR_FMT(log_visible(v, x->leaf.raw, SHOWN_BYTES)));
}

static void what_stays(struct view *v)
{
	html(v->w, "<section>\n<h2>%s</h2>\n<ul>\n<li>%s</li>\n<li>%s</li>\n<li>%s</li>\n</ul>\n",
		tr(v->lang, "Xóa rồi thì còn gì, mất gì"),
		tr(v->lang,
			"Còn mã băm của dòng: cả nhật ký vẫn kiểm chứng được, không dòng nào bị thêm, bớt "
			"hay đảo."),
		tr(v->lang,
			"Còn quyết định, lý do và tên người thực hiện: được niêm phong trong nhật ký trước "
			"khi xóa, ai đọc nhật ký cũng thấy."),
		tr(v->lang,
			"Mất nội dung dòng này, không lấy lại được bằng cách nào từ máy này. Bản sao lưu, "
			"bản kết xuất, ổ cứng ngoài làm trước đó còn nội dung."));
	html(v->w, "</section>\n");
}

static void form(struct view *v, const struct asked *x)
{
	html_form(v, path_of(v, "/nhat-ky/dong/%s/xoa", x->name), "card");
	html_field(v,
		&(struct field){ .name = "so",
			.label = tr(v->lang, "Số, ký hiệu quyết định"),
			.hint = tr(v->lang, "Ví dụ: 12/QĐ-UBND"),
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "ngay",
			.label = tr(v->lang, "Ngày ký"),
			.hint = tr(v->lang, "Ví dụ: 27/11/2026"),
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "nguoi-ky",
			.label = tr(v->lang, "Người ký (họ tên, chức vụ)"),
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "ly-do",
			.label = tr(v->lang, "Lý do xóa"),
			.hint = tr(v->lang,
				"Lý do nằm lại trong nhật ký: đừng nhắc lại nội dung cần xóa."),
			.is_required = true });
	html(v->w, "<div class=\"field\">\n");
	html_box(v, "chac", STR("1"),
		str_of(tr(v->lang,
			"Tôi đã xem đúng dòng này và hiểu rằng nội dung xóa rồi không lấy lại được.")),
		false);
	html(v->w, "</div>\n");
	html_form_end(v, tr(v->lang, "Xóa nội dung dòng này"));
}

/* For how many lines more it waits, or NULL. */
static const char *waits_for(struct view *v, const struct asked *x)
{
	struct archive_stat stat = { 0 };
	struct find *f = log_of(v);
	size_t count = f ? find_shard_count(f) : 0;

	if (count)
		find_shard_stat(f, count - 1, &stat);
	if (x->order.is != ORDER_SEALED || x->order.until <= stat.next)
		return NULL;
	return count_text(v, (int64_t)(x->order.until - stat.next));
}

static void under_way(struct view *v, const struct asked *x)
{
	bool is_sealed = x->order.at_s && x->order.is == ORDER_SEALED;
	const char *more = waits_for(v, x);

	html(v->w, "<section>\n<h2>%s</h2>\n<p role=\"status\">%s %s</p>\n",
		tr(v->lang, "Đang chờ"),
		is_sealed ? tr(v->lang, "Quyết định đã được niêm phong trong nhật ký.") :
			    tr(v->lang, "Quyết định đang được ghi và niêm phong vào nhật ký."),
		more ? fill(v,
			       tr(v->lang,
				       "Dòng còn nằm trong tệp nhận gần đây, nội dung còn nguyên; "
				       "khi nhật ký có thêm {n} dòng, nội dung tự được xóa."),
			       "n", more, NULL) :
		       tr(v->lang,
			       "Nội dung còn nguyên, tự được xóa trong ít phút tới, khi phần nhật "
			       "ký chứa nó được đóng lại. Không cần làm gì thêm."));
	if (*x->order.why)
		html(v->w,
			"<p class=\"fault\">%s</p>\n<details class=\"soft\"><summary>%s</summary>"
			"<p lang=\"en\"><code>%s</code></p></details>\n",
			tr(v->lang, "Lần thử gần nhất chưa xong; Khiên thử lại mỗi mười giây."),
			tr(v->lang, "Nguyên văn máy báo, để gửi người hỗ trợ"), x->order.why);
	html(v->w, "</section>\n");
}

static void gone(struct view *v, const struct asked *x)
{
	struct str why = str_of(x->order.why), hash, copies = STR(""), month = STR("");

	html(v->w, "<section>\n<h2>%s</h2>\n<p role=\"status\">%s</p>\n",
		tr(v->lang, "Đã xóa nội dung"),
		tr(v->lang, "Quyết định nằm trong nhật ký, mọi phép kiểm chứng vẫn đúng."));
	if (x->order.is == ORDER_DONE && str_split(why, ' ', &hash, &why) &&
		str_split(why, ' ', &copies, &month)) {
		html(v->w, "<p>%s <code>%.*s</code></p>\n", tr(v->lang, "Mã băm được giữ lại:"),
			STR_FMT(hash));
		if (!str_is(copies, "0"))
			html(v->w, "<p class=\"fault\">%s</p>\n",
				fill(v,
					tr(v->lang,
						"{n} ổ cứng ngoài còn giữ nội dung ở tháng {thang}. Cắm "
						"từng đĩa rồi chép lại tháng ấy; đến lúc đó tháng này "
						"không rời máy."),
					"n", text_of(v, copies), "thang", text_of(v, month), NULL));
	}
	html(v->w, "<p><a href=\"/nhat-ky?hoi=%s\">%s</a></p>\n</section>\n", x->name,
		tr(v->lang, "Xem quyết định"));
}

static void show(struct view *v, const struct asked *x)
{
	if (x->is_given)
		v->refresh_s = REFRESH_S;
	page_start(v,
		fill(v, tr(v->lang, "Xóa nội dung dòng {n}"), "n", text_of(v, str_of(x->name)),
			NULL));
	html_back(v, path_of(v, "/nhat-ky/dong/%s", x->name),
		fill(v, tr(v->lang, "Dòng {n}"), "n", text_of(v, str_of(x->name)), NULL));
	if (x->is_redacted) {
		gone(v, x);
	} else if (x->leaf.kind != LEAF_LINE) {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Đây là mục Khiên tự ghi, không phải dòng máy khác gửi về; không xóa "
				"được."));
	} else if (x->is_given) {
		under_way(v, x);
		line_shown(v, x);
	} else {
		line_shown(v, x);
		what_stays(v);
		form(v, x);
	}
	page_end(v);
}

void page_redact(struct view *v)
{
	struct asked *x = arena_new(v->a, struct asked);

	if (load(v, x))
		show(v, x);
}

/* --- the order -------------------------------------------------------------------------------- */

static void check_text(struct view *v, const char *name, size_t max_bytes, const char *fault)
{
	struct str text = form_value(v, name);

	if (!redaction_is_said(text) || text.len > max_bytes)
		fault_add(v, name, fault);
}

static void check_form(struct view *v, struct date *ret_day)
{
	check_text(v, "so", NUMBER_MAX,
		tr(v->lang, "Hãy ghi số, ký hiệu quyết định, gọn trong một dòng."));
	if (!date_typed(form_value(v, "ngay"), ret_day) ||
		date_to_days(*ret_day) > date_to_days(date_at(v->by.now_s)))
		fault_add(v, "ngay",
			tr(v->lang, "Hãy ghi ngày ký, ví dụ 27/11/2026, không sau hôm nay."));
	check_text(v, "nguoi-ky", NAME_MAX_BYTES,
		tr(v->lang, "Hãy ghi họ tên, chức vụ người ký, gọn trong một dòng."));
	check_text(
		v, "ly-do", REDACTION_TEXT_MAX, tr(v->lang, "Hãy ghi lý do, gọn trong một dòng."));
	if (!str_is(form_value(v, "chac"), "1"))
		fault_add(v, "chac",
			tr(v->lang, "Hãy xem lại dòng rồi đánh dấu ô xác nhận trước khi xóa."));
}

static struct str leaf_of(struct view *v, const struct asked *x, struct date day)
{
	const struct redaction r = { .line = x->name,
		.decision = arena_fmt(v->a, "%.*s, %s, %.*s", STR_FMT(form_value(v, "so")),
			date_text(v, day), STR_FMT(form_value(v, "nguoi-ky"))),
		.by = arena_fmt(v->a, "%.*s (%.*s)", STR_FMT(v->user.name), STR_FMT(v->user.login)),
		.reason = form_value(v, "ly-do") };
	struct buf b;
	struct str leaf;

	buf_init(&b, 4 * KIB);
	redaction_leaf(&r, &b);
	leaf = arena_str(v->a, buf_str(&b));
	buf_done(&b);
	return leaf;
}

static int give(struct view *v, const struct asked *x, struct str leaf)
{
	struct store *store = v->web->store;
	struct str waiting = STR_NONE;
	int rc = store_begin(store, v->e);

	if (rc == 0)
		rc = org_setting(store, ORDER_WAITING, v->a, &waiting, v->e);
	if (rc == 0)
		rc = org_set(store, ORDER_WAITING,
			arena_fmt(v->a, "%.*s%s %.*s\n", STR_FMT(waiting), x->name, STR_FMT(leaf)),
			v->e);
	if (rc == 0)
		rc = store_commit(store, v->e);
	else
		store_rollback(store);
	return rc == 0 ? org_note(&v->by, "redact", leaf, v->e) : rc;
}

void page_redact_post(struct view *v)
{
	struct asked *x = arena_new(v->a, struct asked);
	struct date day;

	if (!load(v, x))
		return;
	if (x->is_redacted || x->is_given || x->leaf.kind != LEAF_LINE) {
		v->rs->status = 409;
		show(v, x);
		return;
	}
	check_form(v, &day);
	if (v->fault_count) {
		v->rs->status = 422;
		show(v, x);
		return;
	}
	if (give(v, x, leaf_of(v, x, day)) < 0) {
		page_failed(v);
		return;
	}
	(void)process_run(v->web->parent_fd, "order", START_WAIT_MS);
	redirect(v, path_of(v, "/nhat-ky/dong/%s/xoa", x->name));
}

void html_redact_link(struct view *v, struct find_place place)
{
	char text[FIND_PLACE_TEXT_MAX];

	if (view_may(v, RIGHT_ADMIN, ORG_UNIT_FIRST))
		html(v->w, "<p class=\"act\"><a href=\"/nhat-ky/dong/%s/xoa\">%s</a></p>\n",
			find_place_text(place, text), tr(v->lang, "Xóa nội dung dòng này…"));
}
