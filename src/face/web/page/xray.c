/* xray.c - what is missing or contradicts itself in a unit's data, each one click from its
 * repair; and the signed statements that a unit has, or has none, of what the law speaks of. */
#include "face/web/register_int.h"
#include "face/web/work.h"

#define WHAT_MAX 64
#define FINDINGS_MAX 100 /* a page */
#define FINDINGS_OPEN 20 /* of them; the rest is folded */

/* Everything that "applies" names in the packs in force. */
static size_t all_whats(struct view *v, struct str whats[WHAT_MAX])
{
	size_t count = 0;

	for (size_t p = 0; p < pack_count(v->web->packs); p++) {
		const struct pack *pack = pack_at(v->web->packs, p);

		for (size_t i = 0; i < pack->obligation_count; i++) {
			const struct applies *ap = &pack->obligations[i].applies;

			for (size_t k = 0; k < ap->has_count + ap->host_count; k++) {
				struct str what = k < ap->has_count ? ap->has[k] :
								      ap->host[k - ap->has_count];
				size_t n = 0;

				while (n < count && !str_eq(whats[n], what))
					n++;
				if (n == count && count < WHAT_MAX)
					whats[count++] = what;
			}
		}
	}
	return count;
}

static const struct {
	const char *id, *words;
} whats_told[] = {
	{ "wifi", T("mạng không dây") },
	{ "guest-wifi", T("mạng không dây cho khách") },
	{ "vendor", T("bên cung cấp dịch vụ công nghệ thông tin") },
	{ "shares", T("thư mục chia sẻ") },
	{ "several-sites", T("nhiều địa điểm làm việc") },
	{ "internet-service", T("dịch vụ trên Internet") },
	{ "domain", T("tên miền") },
	{ "hosting", T("hệ thống lưu ký ở nơi khác") },
	{ "database", T("hệ quản trị cơ sở dữ liệu") },
	{ "server", T("máy chủ") },
	{ "workstation", T("máy trạm") },
	{ "secret-pc", T("máy soạn thảo tài liệu mật") },
	{ "network-device", T("thiết bị mạng") },
};

const char *thing_words(struct view *v, struct str what)
{
	for (size_t i = 0; i < COUNT(whats_told); i++)
		if (str_is(what, whats_told[i].id))
			return tr(v->lang, whats_told[i].words);
	return text_of(v, what);
}

size_t thing_obligations(struct view *v, struct str what)
{
	size_t n = 0;

	for (size_t p = 0; p < pack_count(v->web->packs); p++) {
		const struct pack *pack = pack_at(v->web->packs, p);

		for (size_t i = 0; i < pack->obligation_count; i++) {
			const struct applies *ap = &pack->obligations[i].applies;

			for (size_t k = 0; k < ap->has_count; k++)
				n += str_eq(ap->has[k], what);
			for (size_t k = 0; k < ap->host_count; k++)
				n += str_eq(ap->host[k], what);
		}
	}
	return n;
}

static const struct evidence *statement_of(const struct evidence_rows *words, struct str name)
{
	for (size_t i = 0; i < words->count; i++)
		if (str_eq(words->at[i].check, name))
			return &words->at[i];
	return NULL;
}

static void statement(struct view *v, const struct org_unit *unit,
	const struct evidence_rows *words, struct str what)
{
	const struct evidence *row =
		statement_of(words, arena_fmt(v->a, "has:%.*s", STR_FMT(what)));
	const char *path = path_of(v, "/ket-qua/%lld/ra-soat", (long long)unit->id);

	html(v->w, "<tr id=\"co-%.*s\">\n<th scope=\"row\">%s</th>\n", STR_FMT(what),
		thing_words(v, what));
	html_table_number(
		v, tr(v->lang, "Nghĩa vụ liên quan"), (int64_t)thing_obligations(v, what));
	html_table_cell_begin(v, tr(v->lang, "Trả lời"));
	if (row)
		html(v->w, "<strong>%s</strong> <span class=\"soft\">%s%s%.*s</span>",
			row->outcome == OUTCOME_PASS ? tr(v->lang, "có") : tr(v->lang, "không có"),
			time_text(v, row->at_s), row->person.len ? ", " : "", STR_FMT(row->person));
	else
		html(v->w, "%s", tr(v->lang, "chưa trả lời"));
	html(v->w, "</td>\n<td>");
	if (view_may(v, RIGHT_ACT, unit->id)) {
		html_button(v, path, (const char *[]){ "co", text_of(v, what) },
			tr(v->lang, "Ký: đơn vị có"));
		html_button(v, path, (const char *[]){ "khong", text_of(v, what) },
			tr(v->lang, "Ký: đơn vị không có"));
	}
	html(v->w, "</td>\n</tr>\n");
}

/* The first of them begins the section: without one there is none. */
static void gap(struct view *v, size_t *count, const char *path, const char *words, const char *act)
{
	if ((*count)++ == 0)
		html(v->w, "<section>\n<h2>%s</h2>\n<ul class=\"items\">\n",
			tr(v->lang, "Chỗ thiếu"));
	html(v->w,
		"<li class=\"item\"><div class=\"what\"><p class=\"title\">%s</p></div>"
		"<p class=\"act\"><a class=\"button\" href=\"%s\">%s</a></p></li>\n",
		words, path, act);
}

static const char sql_never_asked[] =
	"SELECT id, name FROM host h WHERE unit_id = $1 AND NOT EXISTS"
	" (SELECT 1 FROM audit_run r WHERE r.host_id = h.id) ORDER BY name LIMIT 50";
static const char sql_people[] = "SELECT count(*) FROM staff WHERE unit_id = $1";

static int gaps(struct view *v, const struct org_unit *unit)
{
	struct store_query *q = store_query(v->web->store, sql_never_asked);
	size_t count = 0;
	int64_t people;
	int rc;

	store_bind_i64(q, 1, unit->id);
	while ((rc = store_next(q, v->e)) == 1)
		gap(v, &count, path_of(v, "/may/%lld", (long long)store_i64(q, 0)),
			path_of(v, "%.*s: %s", STR_FMT(store_str(q, 1)),
				tr(v->lang, "máy chưa được kiểm tra lần nào")),
			tr(v->lang, "Mở máy"));
	if (rc == 0) {
		q = store_query(v->web->store, sql_people);
		store_bind_i64(q, 1, unit->id);
		rc = store_next(q, v->e);
		people = rc == 1 ? store_i64(q, 0) : 1;
		store_end(q);
		if (people == 0)
			gap(v, &count, path_of(v, "/don-vi/%lld", (long long)unit->id),
				tr(v->lang, "Đơn vị chưa có danh sách người"),
				tr(v->lang, "Mở đơn vị"));
	}
	if (unit->roles.len == 0)
		gap(v, &count, path_of(v, "/don-vi/%lld", (long long)unit->id),
			tr(v->lang,
				"Chưa ghi đơn vị giữ vai trò nào của Quy chế, nên mọi nghĩa vụ đều tính"),
			tr(v->lang, "Mở đơn vị"));
	if (count)
		html(v->w, "</ul>\n</section>\n");
	return rc < 0 ? rc : 0;
}

/* --- what the registers lack ------------------------------------------------------------------ */

/* Ids of the registers to look in, as JSON: the one asked for, else all that may be seen. */
static struct str registers_json(struct view *v)
{
	const struct pack_register *only = pack_register(v->web->packs, http_pair(v->query, "so"));
	struct str json = STR("[");
	size_t count = 0;

	for (size_t i = 0; i < pack_register_count(v->web->packs); i++) {
		const struct pack_register *r = pack_register_at(v->web->packs, i);

		if ((!only || only == r) && register_may_see(v, r))
			json = arena_fmt(v->a, "%.*s%s\"%.*s\"", STR_FMT(json), count++ ? "," : "",
				STR_FMT(r->id));
	}
	return arena_fmt(v->a, "%.*s]", STR_FMT(json));
}

static void found_row(struct view *v, const struct org_unit *unit, const struct comply_found *f)
{
	const struct pack_register *r = pack_register(v->web->packs, f->register_id);

	if (!r || !register_may_see(v, r))
		return;
	html(v->w, "<tr><th scope=\"row\"><a href=\"/ket-qua/%lld/ra-soat?so=%.*s\">%.*s</a></th>",
		(long long)unit->id, STR_FMT(r->id), STR_FMT(words_of(v, r->title)));
	html_table_number(v, tr(v->lang, "Phải sửa"), f->findings + f->left_out);
	html_table_number(v, tr(v->lang, "Nên xem"), f->warnings);
	html_table_time(v, tr(v->lang, "Thấy từ"), f->at_s);
	html(v->w, "</tr>\n");
}

static void found_table(
	struct view *v, const struct org_unit *unit, const struct comply_found_list *list)
{
	html_fold_whole(v, tr(v->lang, "Số chỗ phải sửa và nên xem của từng sổ"));
	html_table_begin(v, tr(v->lang, "Theo từng sổ"), "stack figures");
	html_table_head(v, tr(v->lang, "Sổ"));
	html_table_head_number(v, tr(v->lang, "Phải sửa"));
	html_table_head_number(v, tr(v->lang, "Nên xem"));
	html_table_head(v, tr(v->lang, "Thấy từ"));
	html_table_rows(v);
	for (size_t i = 0; i < list->count; i++)
		found_row(v, unit, &list->at[i]);
	html_table_end(v);
	html(v->w, "</details>\n");
}

/* One click to where it is mended: the form at the field; of a register as a whole its list. */
static void finding_item(
	struct view *v, const struct org_unit *unit, const struct comply_finding *f)
{
	const struct pack_register *r = pack_register(v->web->packs, f->register_id);
	bool may_act = view_may(v, RIGHT_ACT, unit->id);

	if (!r)
		return;
	html(v->w, "<li class=\"item brief\"><div class=\"what\">\n<p class=\"title\">");
	html_outcome(v, f->is_warning ? OUTCOME_UNKNOWN : OUTCOME_FAIL);
	html(v->w, " %.*s</p>\n<p class=\"soft\">%.*s", STR_FMT(words_of(v, f->words)),
		STR_FMT(words_of(v, r->title)));
	if (f->record_id)
		html(v->w, " · <a href=\"/ban-ghi/%lld\">%s</a>", (long long)f->record_id,
			tr(v->lang, "Mở bản ghi"));
	html(v->w, "</p>\n</div>\n<p class=\"act\">");
	if (f->record_id && may_act)
		html(v->w, "<a class=\"button\" href=\"/ban-ghi/%lld/sua%s%.*s\">%s</a>",
			(long long)f->record_id, f->field.len ? "#t-" : "", STR_FMT(f->field),
			tr(v->lang, "Sửa ngay"));
	else if (!f->record_id && may_act)
		html(v->w, "<a class=\"button\" href=\"/so/%.*s/moi?don-vi=%lld\">%s</a>",
			STR_FMT(r->id), (long long)unit->id, tr(v->lang, "Thêm bản ghi"));
	html(v->w, "</p>\n</li>\n");
}

static void finding_pages(struct view *v, const struct org_unit *unit, int64_t from, int64_t all)
{
	struct str so = http_pair(v->query, "so");
	const char *base = path_of(v, "/ket-qua/%lld/ra-soat?so=%.*s&tu=", (long long)unit->id,
		STR_FMT(so.ptr ? url_piece(so, v->a) : STR("")));

	if (all <= FINDINGS_MAX)
		return;
	html(v->w, "<p class=\"pages\">");
	if (from > 0)
		html(v->w, "<a href=\"%s%lld\">← %s</a> ", base,
			(long long)(from > FINDINGS_MAX ? from - FINDINGS_MAX : 0),
			tr(v->lang, "Trang trước"));
	html(v->w, "%s",
		fill(v, tr(v->lang, "{a}–{b} trong {n} chỗ"), "a", count_text(v, from + 1), "b",
			count_text(v, from + FINDINGS_MAX < all ? from + FINDINGS_MAX : all), "n",
			count_text(v, all), NULL));
	if (from + FINDINGS_MAX < all)
		html(v->w, " <a href=\"%s%lld\">%s →</a>", base, (long long)(from + FINDINGS_MAX),
			tr(v->lang, "Trang sau"));
	html(v->w, "</p>\n");
}

/* How many are listed of the registers that are looked in. */
static int64_t listed(struct view *v, const struct comply_found_list *list)
{
	struct str so = http_pair(v->query, "so");
	int64_t all = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct pack_register *r =
			pack_register(v->web->packs, list->at[i].register_id);

		if (r && register_may_see(v, r) && (!so.ptr || !so.len || str_eq(so, r->id)))
			all += list->at[i].findings + list->at[i].warnings;
	}
	return all;
}

static void finding_list(
	struct view *v, const struct org_unit *unit, const struct comply_findings *found)
{
	html(v->w, "<ul class=\"items\">\n");
	for (size_t i = 0; i < found->count; i++) {
		if (i == FINDINGS_OPEN) {
			html(v->w, "</ul>\n");
			html_fold_whole(v,
				fill(v, tr(v->lang, "Xem thêm {n}"), "n",
					count_text(v, (int64_t)(found->count - i)), NULL));
			html(v->w, "<ul class=\"items\">\n");
		}
		finding_item(v, unit, &found->at[i]);
	}
	html(v->w, "</ul>\n");
	if (found->count > FINDINGS_OPEN)
		html(v->w, "</details>\n");
}

static int findings(struct view *v, const struct org_unit *unit)
{
	bool sees_words = view_may(v, RIGHT_ACT, unit->id) || view_may(v, RIGHT_AUDIT, unit->id) ||
		view_may(v, RIGHT_REMIND, unit->id);
	struct comply_findings_query q = {
		.unit_id = unit->id, .registers_json = registers_json(v), .max = FINDINGS_MAX
	};
	struct str from = http_pair(v->query, "tu");
	struct comply_findings found = { 0 };
	struct comply_found_list totals;
	int rc = comply_found_totals(
		v->web->store, arena_fmt(v->a, "[%lld]", (long long)unit->id), v->a, &totals, v->e);

	if (!from.ptr || !str_to_i64(from, &q.from) || q.from < 0)
		q.from = 0;
	if (rc == 0 && sees_words)
		rc = comply_findings(v->web->store, &q, v->a, &found, v->e);
	if (rc < 0)
		return rc;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Chỗ thiếu và mâu thuẫn trong sổ"));
	if (totals.count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Lần rà soát gần nhất không thấy chỗ nào. Sổ được rà soát lại mỗi khi có thay đổi và mỗi đêm."));
	finding_list(v, unit, &found);
	if (sees_words)
		finding_pages(v, unit, q.from, listed(v, &totals));
	if (totals.count)
		found_table(v, unit, &totals);
	html(v->w, "</section>\n");
	return 0;
}

void page_xray(struct view *v)
{
	const struct org_unit *unit = work_unit_of_path(v);
	struct evidence_rows words;
	struct str whats[WHAT_MAX];
	size_t count;

	if (!unit)
		return;
	if (evidence_unit_words(v->web->store, unit->id, v->by.now_s, v->a, &words, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Rà soát"), STR_FMT(unit->name))));
	html_back(v, path_of(v, "/ket-qua/%lld", (long long)unit->id),
		tr(v->lang, "Kết quả của đơn vị"));
	if (findings(v, unit) < 0 || gaps(v, unit) < 0) {
		page_failed(v);
		return;
	}
	html(v->w, "<section>\n<h2>%s</h2>\n<p class=\"soft\">%s</p>\n",
		tr(v->lang, "Đơn vị có hay không có"),
		fill(v,
			tr(v->lang,
				"Sổ trống chưa phải là không có. Ký “không có” thì các nghĩa vụ về thứ đó không "
				"áp dụng trong {n} tháng; sau đó phải ký lại."),
			"n",
			count_text(v,
				pack_param_number(v->web->packs, STR("none_statement_months"), 0,
					date_at(v->by.now_s), 0)),
			NULL));
	html_table_begin(v, tr(v->lang, "Đơn vị có hay không có"), "stack");
	html_table_head(v, tr(v->lang, "Đối tượng"));
	html_table_head_number(v, tr(v->lang, "Nghĩa vụ liên quan"));
	html_table_head(v, tr(v->lang, "Trả lời"));
	html_table_head(v, tr(v->lang, "Ký"));
	html_table_rows(v);
	count = all_whats(v, whats);
	for (size_t i = 0; i < count; i++)
		statement(v, unit, &words, whats[i]);
	html(v->w, "</tbody>\n</table></div>\n</section>\n");
	page_end(v);
}

void page_xray_post(struct view *v)
{
	const struct org_unit *unit = work_unit_of_path(v);
	struct str yes = form_value(v, "co"), no = form_value(v, "khong");
	struct str what = yes.len ? yes : no, whats[WHAT_MAX];
	struct evidence row = { .by = EVIDENCE_PERSON,
		.at_s = v->by.now_s,
		.outcome = yes.len ? OUTCOME_PASS : OUTCOME_NA,
		.person = v->user.login };
	size_t count, i = 0;

	if (!unit)
		return;
	count = all_whats(v, whats);
	while (i < count && !str_eq(whats[i], what))
		i++;
	if (i == count) {
		page_problem(v, 400);
		return;
	}
	row.unit_id = unit->id;
	row.check = arena_fmt(v->a, "has:%.*s", STR_FMT(what));
	if (evidence_add_word(v->web->store, &row, v->e) < 0 ||
		org_note(&v->by, "unit.has", what, v->e) < 0)
		page_failed(v);
	else
		redirect(v, path_of(v, "/ket-qua/%lld/ra-soat?bao=da-luu", (long long)unit->id));
}
