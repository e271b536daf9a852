/* log_line.c - one line of the log with its proof; the lines found as files. */
#include "face/web/log.h"

#include "work/archive/show.h"

#define EXPORT_BUDGET_US 2000000
#define EXPORT_ROOM_BYTES (2 * LEAF_BYTES_MAX * 6) /* for one line and the end */

static bool place_arg(struct view *v, struct find **ret_log, struct find_place *ret)
{
	if (!find_place_parse(v->args[0], ret)) {
		page_problem(v, 404);
		return false;
	}
	*ret_log = log_of(v);
	if (!*ret_log)
		page_failed(v);
	return *ret_log != NULL;
}

/* --- one line --------------------------------------------------------------------------------- */

static void fact(struct view *v, const char *label, struct str value)
{
	if (value.len)
		html(v->w, "<div><dt>%s</dt><dd>%.*s</dd></div>\n", label, STR_FMT(value));
}

static struct str old_encoding(struct view *v, struct str raw)
{
	return str_of(fill(v, tr(v->lang, "{n}, đổi sang Unicode để xem; byte gốc được giữ nguyên"),
		"n", show_encoding(raw), NULL));
}

static void facts(struct view *v, const struct leaf *leaf)
{
	char peer[SHOW_PEER_MAX];
	struct query_parts p;

	query_parts(leaf->raw, leaf->received_ns, &p);
	html(v->w, "<dl class=\"facts\">\n");
	fact(v, tr(v->lang, "Nhận lúc"), str_of(time_text(v, leaf->received_ns / LOG_NS)));
	if (query_leaf_ns(leaf) != leaf->received_ns)
		fact(v, tr(v->lang, "Giờ ghi trong dòng"),
			str_of(time_text(v, query_leaf_ns(leaf) / LOG_NS)));
	fact(v, tr(v->lang, "Địa chỉ gửi"), str_of(show_peer(leaf->peer, peer)));
	fact(v, tr(v->lang, "Đường gửi"),
		str_of(tr(v->lang, leaf_transport_words(leaf->transport))));
	fact(v, tr(v->lang, "Máy"), log_visible(v, p.host, 255));
	fact(v, tr(v->lang, "Chương trình"), log_visible(v, p.program, 255));
	fact(v, tr(v->lang, "Mức"), str_of(tr(v->lang, query_severity_words(p.severity))));
	fact(v, tr(v->lang, "Nhóm"), str_of(query_facility_name(p.facility)));
	fact(v, tr(v->lang, "Loại"), str_of(tr(v->lang, leaf_kind_words(leaf->kind))));
	if (show_encoding(leaf->raw))
		fact(v, tr(v->lang, "Bảng mã"), old_encoding(v, leaf->raw));
	html(v->w, "</dl>\n");
	if (leaf->raw.len)
		html(v->w, "<pre>%.*s</pre>\n", STR_FMT(log_visible(v, leaf->raw, LEAF_BYTES_MAX)));
	if (leaf->flags & LEAF_UNAUTHENTICATED)
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang,
				"Đường gửi này không xác thực bên gửi: địa chỉ gửi có thể bị giả."));
}

/* What vouches for the seal besides this machine. */
static void vouched(struct view *v, int shard, const struct prove_seal *seal)
{
	int64_t stamped_s = log_stamped_at(v, shard);

	html(v->w, "<p>%s %s %s</p>\n",
		fill(v,
			tr(v->lang,
				"Dòng này nằm trong tờ niêm phong của nhật ký {ten}, tờ này phủ {n} "
				"dòng."),
			"ten", seal->origin, "n", count_text(v, (int64_t)seal->size), NULL),
		seal->cosignatures ?
			fill(v, tr(v->lang, "Cùng ký tờ ấy có {n} bên chứng kiến ở ngoài máy này."),
				"n", count_text(v, (int64_t)seal->cosignatures), NULL) :
			tr(v->lang,
				"Chưa có bên nào ở ngoài cùng ký tờ ấy; hãy đối chiếu với biên bản niêm "
				"phong đã in và ký."),
		stamped_s ?
			fill(v,
				tr(v->lang,
					"Bên đóng dấu thời gian đã xác nhận một tờ niêm phong lúc "
					"{luc}."),
				"luc", time_text(v, stamped_s), NULL) :
			"");
}

/* For whoever judges and is no technician: what it proves, why, what it does not, and how he sees
 * for himself. */
static void explained(struct view *v, struct find_place place, const struct leaf *leaf,
	const struct prove_seal *seal)
{
	char text[FIND_PLACE_TEXT_MAX];

	find_place_text(place, text);
	html(v->w, "<h3>%s</h3>\n<p>%s</p>\n<h3>%s</h3>\n<p>%s</p>\n",
		tr(v->lang, "Tệp chứng minh điều gì"),
		fill(v,
			tr(v->lang,
				"Máy chủ nhật ký đã nhận đúng dòng chữ ở trên, nguyên từng chữ, vào lúc "
				"{luc}; từ khi tờ niêm phong được ký đến nay dòng ấy chưa hề bị sửa."),
			"luc", time_text(v, leaf->received_ns / LOG_NS), NULL),
		tr(v->lang, "Vì sao tin được"),
		tr(v->lang,
			"Mọi dòng nhận được cùng làm nên một con số, gọi là gốc, ghi trên tờ niêm phong "
			"có chữ ký số. Đổi một chữ, thêm, bớt hay đảo một dòng thì gốc thành số khác, "
			"không còn khớp tờ đã ký. Người nhận tự tính lại con số ấy từ tệp, nên không "
			"phải tin Khiên hay người quản trị."));
	vouched(v, place.shard, seal);
	html(v->w, "<h3>%s</h3>\n<ul>\n<li>%s</li>\n", tr(v->lang, "Tệp không chứng minh điều gì"),
		tr(v->lang,
			"Điều ghi trong dòng là đúng sự thật: bên gửi viết thế nào, nhật ký giữ thế ấy."));
	if (leaf->flags & LEAF_UNAUTHENTICATED)
		html(v->w, "<li>%s</li>\n",
			tr(v->lang,
				"Ai thật sự đã gửi: đường gửi này không xác thực bên gửi, địa chỉ có thể "
				"bị giả."));
	html(v->w, "<li>%s</li>\n</ul>\n<h3>%s</h3>\n<p>%s</p>\n",
		tr(v->lang, "Giờ đúng tuyệt đối: lúc nhận là theo đồng hồ của máy chủ nhật ký."),
		tr(v->lang, "Tự kiểm tra"),
		tr(v->lang,
			"Cần tệp chứng minh và khóa công khai của nhật ký, lấy từ bản giao trước hay bản "
			"in giữ ngoài máy này, không lấy từ chính máy này. Một lệnh, không cần mạng:"));
	html(v->w,
		"<pre>khien-verify proof %s.tlog-proof --key khoa.txt</pre>\n"
		"<p class=\"act\"><a class=\"button\" href=\"/nhat-ky/dong/%s.tlog-proof\">%s</a></p>\n",
		text, text, tr(v->lang, "Tải tệp chứng minh"));
}

/* Nobody can show it any more, but everybody that it was there and unchanged. */
static void redacted(struct view *v, struct find_place place)
{
	char text[FIND_PLACE_TEXT_MAX];

	html(v->w,
		"<section>\n<h2>%s</h2>\n<p>%s</p>\n<p>%s</p>\n"
		"<p class=\"act\"><a class=\"button\" href=\"/nhat-ky?hoi=%s\">%s</a></p>\n</section>\n",
		tr(v->lang, "Nội dung đã xóa theo quyết định"),
		tr(v->lang,
			"Nhật ký chỉ còn giữ mã băm của dòng này, nên vẫn kiểm chứng được là không dòng nào "
			"bị thêm, bớt hay đảo."),
		tr(v->lang,
			"Quyết định và người thực hiện nằm trong nhật ký, được niêm phong trước khi xóa."),
		find_place_text(place, text), tr(v->lang, "Xem quyết định"));
}

static void proof(struct view *v, struct find *f, struct find_place place, const struct leaf *leaf)
{
	struct prove_seal seal;
	struct err none = { 0 };
	int rc = prove_seal(f, place.shard, &seal, &none);

	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Chứng minh dòng này"));
	if (rc < 0 && rc != ERR_ABSENT)
		html(v->w, "<p class=\"fault\">%s</p>\n<p>%s</p>\n",
			tr(v->lang, "Không đọc được tờ niêm phong."),
			tr(v->lang,
				"Nhật ký không bị đổi. Hãy chạy khien-verify trên thư mục dữ liệu "
				"và báo người quản trị."));
	else if (rc < 0 || place.index >= seal.size)
		html(v->w, "<p>%s</p>\n",
			tr(v->lang,
				"Dòng này chưa được niêm phong. Khi dịch vụ chạy, nhật ký được niêm "
				"phong mỗi phút; hãy tải lại trang sau ít phút."));
	else
		explained(v, place, leaf, &seal);
	html(v->w, "</section>\n");
}

void page_log_line(struct view *v)
{
	char text[FIND_PLACE_TEXT_MAX];
	struct find_place place;
	struct leaf leaf;
	struct find *f;
	int is_redacted;

	if (!place_arg(v, &f, &place))
		return;
	is_redacted = find_redacted(f, place, v->e);
	if (is_redacted < 0 || find_at(f, place, &leaf, v->e) < 0) {
		page_failed(v);
		return;
	}
	leaf.raw = arena_str(v->a, leaf.raw); /* the frame of the page reads the log too */
	page_start(v, fill(v, tr(v->lang, "Dòng {n}"), "n", find_place_text(place, text), NULL));
	html_log_pages(v);
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Nguyên văn và những gì đọc ra từ đó"));
	facts(v, &leaf);
	if (!is_redacted && leaf.kind == LEAF_LINE)
		html_redact_link(v, place);
	html(v->w, "</section>\n");
	if (is_redacted)
		redacted(v, place);
	else
		proof(v, f, place, &leaf);
	page_end(v);
}

void page_log_proof(struct view *v)
{
	char text[FIND_PLACE_TEXT_MAX];
	struct find_place place;
	struct find *f;
	int rc;

	if (!place_arg(v, &f, &place))
		return;
	rc = prove_line(f, place, v->w, v->e);
	if (rc < 0) {
		page_failed(v);
		return;
	}
	v->rs->content_type = "text/plain; charset=utf-8";
	v->rs->disposition =
		path_of(v, "attachment; filename=\"%s.tlog-proof\"", find_place_text(place, text));
}

/* --- files ------------------------------------------------------------------------------------ */

enum form { FORM_CSV, FORM_JSON, FORM_RAW };

/* Lines on their way into a file; what has no room is told, never left out silently. */
struct export
{
	struct view *v;
	enum form form;
	struct json json;
	size_t room;
	uint64_t count;
	struct find_place last;
	bool is_full;
};

static int put(void *context, const struct find_line *line)
{
	struct export *x = context;

	if (x->v->w->len + 6 * line->leaf->raw.len + EXPORT_ROOM_BYTES > x->room) {
		x->is_full = true;
		return 1;
	}
	if (x->form == FORM_CSV) {
		show_csv(x->v->w, line);
	} else if (x->form == FORM_JSON) {
		show_json(&x->json, line);
	} else {
		buf_add(x->v->w, line->leaf->raw);
		buf_add_char(x->v->w, '\n');
	}
	x->count++;
	x->last = line->place;
	return 0;
}

static void begin(struct export *x)
{
	struct view *v = x->v;

	if (x->form == FORM_CSV) {
		v->rs->content_type = "text/csv; charset=utf-8";
		show_csv_head(v->w, v->lang);
	} else if (x->form == FORM_JSON) {
		json_page(v, &x->json);
		json_object(&x->json);
		json_key(&x->json, "lines");
		json_array(&x->json);
	} else {
		v->rs->content_type = "application/octet-stream";
	}
}

/* Is that all of it, and where does it go on? */
static void end(struct export *x, bool is_complete)
{
	char place[FIND_PLACE_TEXT_MAX];
	const char *next = find_place_text(x->last, place);
	struct view *v = x->v;

	if (x->form == FORM_JSON) {
		json_array_end(&x->json);
		json_put_i64(&x->json, "count", (int64_t)x->count);
		json_key(&x->json, "complete");
		json_bool(&x->json, is_complete);
		if (!is_complete)
			json_put(&x->json, "before", str_of(next));
		json_object_end(&x->json);
	} else if (x->form == FORM_CSV) {
		csv_cell(v->w,
			str_of(is_complete ?
					fill(v,
						tr(v->lang,
							"Đủ: {n} dòng, mọi dòng khớp của khoảng đã hỏi."),
						"n", count_text(v, (int64_t)x->count), NULL) :
					fill(v,
						tr(v->lang,
							"Chưa đủ: {n} dòng mới nhất; tải tiếp từ "
							"dòng {dong}."),
						"n", count_text(v, (int64_t)x->count), "dong", next,
						NULL)));
		csv_end_row(v->w);
	}
}

static void export(struct view *v, enum form form, const char *name)
{
	struct export x = { .v = v, .form = form, .room = LIMIT_HTTP_PAGE_BYTES };
	struct find_ask what = { .hit = put, .context = &x };
	struct find_answer answer = { 0 };
	struct find *f = log_of(v);
	int rc;

	what.query = f ? log_question(v) : NULL;
	if (!what.query) {
		page_problem(v, f ? 400 : 500);
		return;
	}
	what.until_us = clock_monotonic_us() + EXPORT_BUDGET_US;
	(void)find_place_parse(log_value(v, "truoc"), &what.before);
	begin(&x);
	rc = find_newest(f, &what, &answer, v->e);
	query_free(what.query);
	if (rc < 0) {
		buf_clear(v->w);
		page_failed(v);
		return;
	}
	if (!x.is_full)
		x.last = answer.next;
	end(&x, answer.is_whole && !find_amiss(f));
	v->rs->disposition = path_of(v, "attachment; filename=\"%s\"", name);
}

void page_log_csv(struct view *v)
{
	export(v, FORM_CSV, "nhat-ky.csv");
}

void page_log_json(struct view *v)
{
	export(v, FORM_JSON, "nhat-ky.json");
}

void page_log_raw(struct view *v)
{
	export(v, FORM_RAW, "nhat-ky.txt");
}

/* --- the proof that nothing is missing -------------------------------------------------------- */

/* Why there is none, and the way to one. */
static void range_refused(struct view *v, int why)
{
	v->rs->status = why == ERR_CONFLICT ? 409 : 404;
	page_start(v, tr(v->lang, "Chưa lập được bằng chứng đủ dòng"));
	html(v->w, "<section>\n<p>%s</p>\n",
		why == ERR_CONFLICT ?
			tr(v->lang,
				"Các dòng mới nhất của khoảng này chưa được niêm phong. Hãy "
				"chọn giờ kết thúc sớm hơn, hoặc thử lại sau ít phút.") :
			tr(v->lang,
				"Không có dòng nào nhận trong khoảng này còn ở đây: chưa có dòng, hoặc "
				"đã rời máy sang ổ cứng ngoài."));
	html(v->w, "<p>%s</p>\n<p><a href=\"/nhat-ky?%s\">%s</a></p>\n</section>\n",
		tr(v->lang, "Nhật ký không bị đổi."), log_again(v, NULL, STR("")),
		tr(v->lang, "Về trang Nhật ký"));
	page_end(v);
}

/* A proof under way: it looks at the log by itself, while others search. */
struct range_sent {
	struct find *f;
	struct prove_range *range;
};

static int range_next(void *context, struct buf *out, struct err *e)
{
	return prove_range_next(((struct range_sent *)context)->range, out, e);
}

static void range_end(void *context)
{
	struct range_sent *x = context;

	prove_range_close(x->range);
	find_close(x->f);
}

static int range_open(struct view *v, struct range_sent *x)
{
	const struct query_options how = { .is_by_receipt = true, .now_s = v->by.now_s };
	struct parse_fault fault = { 0 };
	struct query *times = NULL;
	int rc = query_parse(STR(""), &how, v->a, &fault, &times);

	for (int i = 0; rc == 0 && i < 2; i++) {
		struct str value = log_value(v, i ? "den" : "tu");

		if (value.len)
			rc = query_narrow(times, i ? QUERY_TO : QUERY_FROM, value, &fault);
	}
	if (rc < 0)
		return err_set(v->e, ERR_INPUT, "%s", fault.words);
	rc = find_open(v->web->log_folder, &x->f, v->e);
	if (rc == 0)
		rc = prove_range_open(x->f, times, &x->range, v->e);
	query_free(times);
	return rc;
}

/* That nothing of the time asked for is missing; the rest of the question is the reader's. */
void page_log_range(struct view *v)
{
	struct range_sent *x = arena_new(v->a, struct range_sent);
	int rc = log_of(v) ? range_open(v, x) : v->e->code;

	if (rc == 0) {
		v->rs->stream = (struct http_stream){ x, range_next, range_end, -1 };
		v->rs->content_type = "application/octet-stream";
		v->rs->disposition = "attachment; filename=\"nhat-ky.khien-range\"";
		return;
	}
	range_end(x);
	if (x->f && (rc == ERR_CONFLICT || rc == ERR_ABSENT))
		range_refused(v, rc);
	else if (rc == ERR_INPUT)
		page_problem(v, 400);
	else
		page_failed(v);
}

void api_log(struct view *v)
{
	export(v, FORM_JSON, "nhat-ky.json");
	v->rs->disposition = NULL;
}
