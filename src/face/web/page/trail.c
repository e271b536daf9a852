/* trail.c - Sổ vết thay đổi: every change made in Khiên, who, what, when; and for each one the
 * proof that it stands in the sealed log. */
#include "core/trail/change.h"
#include "face/web/log.h"
#include "work/seal/seal.h"

#define SHOWN_MAX 50
#define CSV_MAX 10000
#define HASH_SHOWN 12

/* Where what a row is about can be seen. */
static const struct {
	const char *table, *path;
	bool is_admins; /* a page that nobody else may see */
} places[] = { { "host", "/may/", false }, { "unit", "/don-vi/", false },
	{ "staff", "/nhan-su/", false }, { "record", "/ban-ghi/", false },
	{ "flow_case", "/ho-so/", false }, { "person", "/quan-tri/nguoi-dung/", true },
	{ "attest_session", "/pho-bien/", false }, { "attachment", "/tep/", false } };

static const char *words_of_table(struct view *v, struct str table)
{
	const char *words = change_table_words(table);

	return words ? tr(v->lang, words) : text_of(v, table);
}

/* --- what is looked for ----------------------------------------------------------------------- */

static int64_t day_typed(struct view *v, const char *name, int64_t add_days)
{
	struct str typed = log_value(v, name);
	struct date day;

	if (typed.len == 0)
		return 0;
	if (!date_typed(typed, &day)) {
		fault_add(v, name, tr(v->lang, "Hãy ghi ngày, ví dụ 31/12/2026."));
		return 0;
	}
	return date_start_s(date_add_days(day, add_days));
}

static void asked(struct view *v, size_t max, struct change_filter *ret)
{
	struct str before = log_value(v, "truoc");

	*ret = (struct change_filter){ .login = log_value(v, "ai"),
		.table = log_value(v, "loai"),
		.key = log_value(v, "so"),
		.is_by_people = http_pair(v->query, "ca").ptr == NULL,
		.from_s = day_typed(v, "tu", 0),
		.until_s = day_typed(v, "den", 1),
		.max = max };
	if (before.len && (!str_to_i64(before, &ret->before) || ret->before < 1))
		ret->before = 0;
}

/* The same question for another page or file. */
static const char *again(struct view *v)
{
	static const char *const names[] = { "ai", "loai", "so", "tu", "den", "ca" };
	struct str all = STR("");

	for (size_t i = 0; i < COUNT(names); i++) {
		struct str one = http_pair(v->query, names[i]);

		if (one.ptr && one.len)
			all = arena_fmt(v->a, "%.*s%s=%.*s&", STR_FMT(all), names[i],
				STR_FMT(url_piece(one, v->a)));
	}
	return text_of(v, all);
}

static void form(struct view *v, const struct change_filter *f)
{
	html(v->w, "<form method=\"get\" action=\"/so-vet\" class=\"card ask\" role=\"search\">\n");
	html_log_box(v, "ai", tr(v->lang, "Ai"), tr(v->lang, "tên đăng nhập"));
	html(v->w,
		"<div class=\"field\"><label for=\"loai\">%s</label>\n"
		"<select id=\"loai\" name=\"loai\">\n",
		tr(v->lang, "Thay đổi gì"));
	html_option(v, "", tr(v->lang, "mọi thứ"), f->table.len == 0);
	for (size_t i = 0; change_table_at(i); i++)
		html_option(v, change_table_at(i), words_of_table(v, str_of(change_table_at(i))),
			str_is(f->table, change_table_at(i)));
	html(v->w, "</select></div>\n");
	html_log_box(v, "so", tr(v->lang, "Số hoặc tên đối tượng"), "12");
	html_log_box(v, "tu", tr(v->lang, "Từ ngày"), "25/11/2026");
	html_log_box(v, "den", tr(v->lang, "Đến hết ngày"), "25/11/2026");
	html(v->w,
		"<div class=\"field wide\"><label class=\"tick\"><input type=\"checkbox\" "
		"name=\"ca\" value=\"1\"");
	if (!f->is_by_people)
		html(v->w, " checked");
	html(v->w, "> %s</label> <button type=\"submit\">%s</button></div>\n</form>\n",
		tr(v->lang, "kể cả việc Khiên tự làm"), tr(v->lang, "Tìm thay đổi"));
}

/* --- the list --------------------------------------------------------------------------------- */

static const char *who(struct view *v, const struct change *c)
{
	return c->login.len ? text_of(v, text_clean(v->a, c->login, 80)) :
			      tr(v->lang, "Khiên tự làm");
}

static const char *short_hash(struct view *v, struct str hash)
{
	return hash.len ? path_of(v, "%.*s…", HASH_SHOWN, text_of(v, hash)) : "–";
}

static const char *place_of(struct view *v, const struct change *c)
{
	bool is_admin = org_reach(v->user.role, RIGHT_ADMIN) != PLACE_NONE;

	for (size_t i = 0; i < COUNT(places); i++)
		if (str_is(c->table, places[i].table) && (is_admin || !places[i].is_admins))
			return path_of(
				v, "%s%.*s", places[i].path, STR_FMT(url_piece(c->key, v->a)));
	return NULL;
}

static void key_cell(struct view *v, const struct change *c)
{
	struct str key = text_clean(v->a, c->key, 120);
	const char *place = place_of(v, c);

	if (place)
		html(v->w, "<a href=\"%s\">%.*s</a>", place, STR_FMT(key));
	else
		html(v->w, "%.*s", STR_FMT(key));
}

static void row(struct view *v, const struct change *c)
{
	html(v->w, "<tr><th scope=\"row\"><a href=\"/so-vet/%lld\">%lld</a></th><td>%s</td>",
		(long long)c->id, (long long)c->id, time_text(v, c->at_s));
	html(v->w,
		"<td><span class=\"name-of\">%s: </span>%s <span class=\"soft\">%.*s</span></td>",
		tr(v->lang, "Ai"), who(v, c), STR_FMT(text_clean(v->a, c->peer, 64)));
	html(v->w, "<td><span class=\"name-of\">%s: </span>%s: %s</td>", tr(v->lang, "Việc"),
		tr(v->lang, change_what_words(c->what)), words_of_table(v, c->table));
	html(v->w, "<td><span class=\"name-of\">%s: </span>", tr(v->lang, "Đối tượng"));
	key_cell(v, c);
	html(v->w, "</td><td><span class=\"name-of\">%s: </span><code>%s → %s</code></td></tr>\n",
		tr(v->lang, "Trước → sau"), short_hash(v, c->before), short_hash(v, c->after));
}

static void list(struct view *v, const struct changes *found)
{
	html_table(v, tr(v->lang, "Các thay đổi, mới nhất trước"), "stack flowing",
		tr(v->lang, "Số"), tr(v->lang, "Lúc"), tr(v->lang, "Ai"), tr(v->lang, "Việc"),
		tr(v->lang, "Đối tượng"), tr(v->lang, "Trước → sau"));
	for (size_t i = 0; i < found->len && i < SHOWN_MAX; i++)
		row(v, &found->at[i]);
	html_table_end(v);
	if (found->len > SHOWN_MAX)
		html(v->w,
			"<p class=\"pages\"><a class=\"button plain\" "
			"href=\"/so-vet?%struoc=%lld\">%s</a></p>\n",
			again(v), (long long)found->at[SHOWN_MAX - 1].id,
			tr(v->lang, "Xem tiếp, cũ hơn"));
	html(v->w, "<p class=\"export\"><a href=\"/so-vet.csv?%s\">%s</a></p>\n", again(v),
		tr(v->lang, "Tải danh sách này (CSV)"));
}

void page_trail(struct view *v)
{
	struct change_filter f;
	struct changes found = { 0 };
	int rc = 0;

	asked(v, SHOWN_MAX + 1, &f);
	if (v->fault_count == 0)
		rc = change_find(v->web->store, &f, v->a, &found, v->e);
	if (rc < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Sổ vết thay đổi"));
	html_log_pages(v);
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Mỗi thay đổi trong Khiên để lại một mục ở đây, kể cả của người quản trị. Mỗi "
			"mục được niêm phong trong vài phút, sau đó không ai sửa hay xóa mà không bị "
			"phát hiện."));
	form(v, &f);
	html_faults(v);
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Các thay đổi, mới nhất trước"));
	if (found.len)
		list(v, &found);
	else
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Không có thay đổi nào như vậy. Hãy bỏ bớt điều kiện, mở rộng khoảng thời gian "
				"hoặc chọn kể cả việc Khiên tự làm."));
	html(v->w, "</section>\n");
	page_end(v);
}

void page_trail_csv(struct view *v)
{
	static const char *const heads[] = { T("Số"), T("Lúc"), T("Ai"), T("Từ địa chỉ"), T("Việc"),
		T("Loại"), T("Đối tượng"), T("Mã băm trước"), T("Mã băm sau") };
	struct change_filter f;
	struct changes found;

	asked(v, CSV_MAX, &f);
	if (v->fault_count) {
		page_problem(v, 400);
		return;
	}
	if (change_find(v->web->store, &f, v->a, &found, v->e) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "so-vet.csv");
	for (size_t i = 0; i < COUNT(heads); i++)
		csv_words(v, heads[i]);
	csv_end_row(v->w);
	for (size_t i = 0; i < found.len; i++) {
		const struct change *c = &found.at[i];

		csv_text(v, number_text(v, c->id));
		csv_text(v, time_text(v, c->at_s));
		csv_text(v, who(v, c));
		csv_cell(v->w, c->peer);
		csv_words(v, change_what_words(c->what));
		csv_text(v, words_of_table(v, c->table));
		csv_cell(v->w, c->key);
		csv_cell(v->w, c->before);
		csv_cell(v->w, c->after);
		csv_end_row(v->w);
	}
	if (found.len == CSV_MAX) {
		csv_text(v,
			fill(v, tr(v->lang, "Chưa đủ: hãy tải tiếp các mục trước số {n}."), "n",
				number_text(v, found.at[found.len - 1].id), NULL));
		csv_end_row(v->w);
	}
}

void api_changes(struct view *v)
{
	struct change_filter f;
	struct changes found;
	struct json j;

	asked(v, CSV_MAX, &f);
	if (v->fault_count) {
		json_problem(v, 400, v->faults[0].words);
		return;
	}
	if (change_find(v->web->store, &f, v->a, &found, v->e) < 0) {
		page_failed(v);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < found.len; i++) {
		const struct change *c = &found.at[i];

		json_object(&j);
		json_put_i64(&j, "id", c->id);
		json_put_time(&j, "at", c->at_s);
		json_put(&j, "login", c->login);
		json_put(&j, "peer", c->peer);
		json_put(&j, "what", c->what);
		json_put(&j, "table", c->table);
		json_put(&j, "key", c->key);
		json_put(&j, "before", c->before);
		json_put(&j, "after", c->after);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_key(&j, "complete");
	json_bool(&j, found.len < CSV_MAX);
	json_object_end(&j);
}

/* --- one, and its proof ----------------------------------------------------------------------- */

/* The first change at PLACE or after it in its shard, before END. */
static int next_change(
	struct find *f, struct find_place *place, uint64_t end, struct leaf *ret, struct err *e)
{
	for (; place->index < end; place->index++) {
		int rc = find_at(f, *place, ret, e);

		if (rc < 0)
			return rc;
		if (ret->kind == LEAF_CHANGE)
			return 1;
	}
	return 0;
}

/* The leaf of change ID: they stand in order of their numbers, with leaves of other kinds between.
 * The leaf lives until the next call with F. ERR_ABSENT: it was not copied yet. */
static int leaf_of(
	struct find *f, int64_t id, struct find_place *ret_place, struct leaf *ret, struct err *e)
{
	for (size_t i = find_shard_count(f); i-- > 0;) {
		struct archive_stat stat;
		uint64_t low, high;

		find_shard_stat(f, i, &stat);
		low = stat.first;
		high = stat.next;
		while (low < high) {
			uint64_t middle = low + (high - low) / 2;
			struct find_place at = { find_shard_at(f, i), middle };
			int rc = next_change(f, &at, high, ret, e);

			if (rc < 0)
				return rc;
			if (rc > 0 && ret->sequence == (uint64_t)id) {
				*ret_place = at;
				return 0;
			}
			if (rc > 0 && ret->sequence < (uint64_t)id)
				low = at.index + 1;
			else
				high = middle;
		}
	}
	return err_set(e, ERR_ABSENT, "it stands in no sealed log yet");
}

static int trail_open(struct view *v, struct find **ret)
{
	return find_open(path_of(v, "%s/" SEAL_TRAIL, v->web->data), ret, v->e);
}

static void fact(struct view *v, const char *label, const char *value)
{
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, value);
}

/* Is the row as this change left it? */
static const char *row_now(struct view *v, const struct change *c)
{
	struct change_filter f = { .table = c->table, .key = c->key, .max = 1 };
	struct str hash = STR("");
	struct changes last;
	struct err none;

	if (change_find(v->web->store, &f, v->a, &last, v->e) < 0 || last.len == 0)
		return tr(v->lang, "không đọc được");
	if (last.at[0].id != c->id)
		return path_of(v, tr(v->lang, "đã thay đổi tiếp, mới nhất ở mục %lld"),
			(long long)last.at[0].id);
	(void)!change_row_hash(v->web->store, c->table, c->key, v->a, &hash, &none);
	return str_eq(hash, c->after) ? tr(v->lang, "đúng như mục này ghi") :
					tr(v->lang, "KHÔNG còn như mục này ghi");
}

static void facts(struct view *v, const struct change *c)
{
	html(v->w, "<section>\n<dl class=\"facts\">\n");
	fact(v, tr(v->lang, "Lúc"), time_text(v, c->at_s));
	fact(v, tr(v->lang, "Ai"), who(v, c));
	if (c->peer.len)
		fact(v, tr(v->lang, "Từ địa chỉ"), text_of(v, text_clean(v->a, c->peer, 64)));
	fact(v, tr(v->lang, "Việc"), tr(v->lang, change_what_words(c->what)));
	fact(v, tr(v->lang, "Loại"), words_of_table(v, c->table));
	html(v->w, "<div><dt>%s</dt><dd>", tr(v->lang, "Đối tượng"));
	key_cell(v, c);
	html(v->w, "</dd></div>\n");
	fact(v, tr(v->lang, "Hiện nay"), row_now(v, c));
	html(v->w, "</dl>\n<p>%s</p>\n<pre>%.*s\n→ %.*s</pre>\n",
		tr(v->lang,
			"Mã băm (SHA-256) của dòng dữ liệu trước và sau. Sổ vết không giữ nội "
			"dung, để không lộ dữ liệu riêng; nội dung từng phiên bản xem ở trang của "
			"đối tượng."),
		STR_FMT(c->before.len ? c->before : STR("–")),
		STR_FMT(c->after.len ? c->after : STR("–")));
	html(v->w, "<p><a href=\"/so-vet?loai=%.*s&amp;so=%.*s&amp;ca=1\">%s</a></p>\n</section>\n",
		STR_FMT(url_piece(c->table, v->a)), STR_FMT(url_piece(c->key, v->a)),
		tr(v->lang, "Mọi thay đổi của đối tượng này"));
}

static void proof(struct view *v, const struct change *c)
{
	struct find_place place;
	struct prove_seal seal = { 0 };
	struct find *f = NULL;
	struct leaf leaf;
	struct err none = { 0 };
	struct buf want;
	int rc = trail_open(v, &f);

	buf_init(&want, LEAF_BYTES_MAX);
	change_write(c, &want);
	if (rc == 0)
		rc = leaf_of(f, c->id, &place, &leaf, v->e);
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Chứng minh mục này"));
	if (rc == 0 && !str_eq(leaf.raw, buf_str(&want)))
		html(v->w, "<p class=\"fault\">%s</p>\n",
			tr(v->lang,
				"Cơ sở dữ liệu KHÔNG khớp mục đã niêm phong: dòng này đã bị sửa ngoài "
				"Khiên. Hãy giữ nguyên máy chủ và báo người phụ trách an toàn thông "
				"tin."));
	else if (rc == 0 && prove_seal(f, place.shard, &seal, &none) == 0 &&
		place.index < seal.size)
		html(v->w,
			"<p>%s</p>\n<p><a class=\"button\" href=\"/so-vet/%lld.tlog-proof\">%s</a></p>\n"
			"<pre>khien-verify proof so-vet-%lld.tlog-proof --key khoa.txt</pre>\n",
			tr(v->lang,
				"Mục này khớp từng chữ với mục đã niêm phong. Người nhận tệp chứng minh "
				"chỉ cần khóa công khai của sổ vết, không cần tin Khiên hay người quản "
				"trị."),
			(long long)c->id, tr(v->lang, "Tải tệp chứng minh"), (long long)c->id);
	else if (rc == 0 || rc == ERR_ABSENT)
		html(v->w, "<p>%s</p>\n",
			tr(v->lang,
				"Mục này chưa được niêm phong; sổ vết được niêm phong mỗi phút. Hãy tải "
				"lại trang sau ít phút."));
	else
		html(v->w, "<p class=\"fault\">%s</p>\n",
			tr(v->lang,
				"Không đọc được sổ vết đã niêm phong. Hãy chạy khien-verify trên thư "
				"mục dữ liệu và báo người quản trị."));
	html(v->w, "</section>\n");
	buf_done(&want);
	find_close(f);
}

static bool change_of(struct view *v, struct change *ret)
{
	int64_t id;
	int rc = str_to_i64(v->args[0], &id) ? change_get(v->web->store, id, v->a, ret, v->e) :
					       ERR_ABSENT;

	if (rc == ERR_ABSENT)
		page_problem(v, 404);
	else if (rc < 0)
		page_failed(v);
	return rc == 0;
}

void page_change_one(struct view *v)
{
	struct change c;

	if (!change_of(v, &c))
		return;
	page_start(v, fill(v, tr(v->lang, "Thay đổi {n}"), "n", number_text(v, c.id), NULL));
	html_log_pages(v);
	facts(v, &c);
	proof(v, &c);
	page_end(v);
}

void page_change_proof(struct view *v)
{
	struct find_place place;
	struct find *f = NULL;
	struct leaf leaf;
	struct change c;
	int rc;

	if (!change_of(v, &c))
		return;
	rc = trail_open(v, &f);
	if (rc == 0)
		rc = leaf_of(f, c.id, &place, &leaf, v->e);
	if (rc == 0)
		rc = prove_line(f, place, v->w, v->e);
	find_close(f);
	if (rc < 0) {
		page_failed(v);
		return;
	}
	v->rs->content_type = "text/plain; charset=utf-8";
	v->rs->disposition =
		path_of(v, "attachment; filename=\"so-vet-%lld.tlog-proof\"", (long long)c.id);
}
