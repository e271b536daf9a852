/* import.c - a table into a register, step by step: bring it, see how it was understood, see
 * every fault, say yes, take it back. Nothing is saved before somebody says yes. */

#include "face/web/files.h"
#include "face/web/import_job.h"
#include "face/web/work.h"

#define ROWS_SHOWN 8
#define COPY_BYTES (64 * KIB)

/* --- bringing --------------------------------------------------------------------------------- */

static const char *state_words(enum exchange_state state)
{
	static const char *const words[] = { [JOB_READ] = T("đang đọc tệp"),
		[JOB_CHECK] = T("đang kiểm tra từng dòng"),
		[JOB_CHECKED] = T("chờ xác nhận"),
		[JOB_SAVE] = T("đang lưu"),
		[JOB_SAVED] = T("đã lưu"),
		[JOB_UNDO] = T("đang hoàn tác"),
		[JOB_UNDONE] = T("đã hoàn tác"),
		[JOB_REFUSED] = T("không nhập được"),
		[JOB_DROPPED] = T("đã bỏ") };

	return words[state <= JOB_DROPPED ? state : JOB_DROPPED];
}

static void jobs(struct view *v, const struct register_page *p)
{
	struct view_units may = view_units(v, import_right(p));
	struct exchange_jobs list;

	if (exchange_jobs(v->web->store, p->at.reg->id, may.is_all ? STR_NONE : may.json, v->a,
		    &list, v->e) < 0 ||
		list.count == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Các lần nhập"));
	html_table(v, NULL, "stack", tr(v->lang, "Tệp"), tr(v->lang, "Lúc"), tr(v->lang, "Ai"),
		tr(v->lang, "Kết quả"));
	for (size_t i = 0; i < list.count; i++)
		html(v->w,
			"<tr><th scope=\"row\"><a href=\"/nhap/%lld\">%.*s</a></th><td>%s</td><td>%.*s</td>"
			"<td>%s</td></tr>\n",
			(long long)list.at[i].id, STR_FMT(list.at[i].file),
			time_text(v, list.at[i].at_s), STR_FMT(list.at[i].by),
			tr(v->lang, state_words(list.at[i].state)));
	html_table_end(v);
	html(v->w, "</section>\n");
}

static void import_page(struct view *v, const struct register_page *p)
{
	const char *id = text_of(v, p->at.reg->id);

	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Nhập từ bảng"),
				STR_FMT(words_of(v, p->at.reg->title)))));
	html_back(v, import_home(v, p), text_of(v, words_of(v, p->at.reg->title)));
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Bảng Excel (XLSX) hoặc CSV đang có dùng được ngay, kể cả phông TCVN3, VNI. Khiên nêu "
			"mọi lỗi theo dòng và cột; chưa lưu gì cho đến khi bạn xác nhận; hoàn tác được trong "
			"30 ngày."));
	html(v->w,
		"<p>%s <a href=\"/so/%s/mau\">XLSX</a> · <a href=\"/so/%s/mau?dang=csv\">CSV</a></p>\n",
		tr(v->lang, "Tệp mẫu:"), id, id);
	html(v->w,
		"<form method=\"post\" action=\"/so/%s/nhap\" class=\"upload\" "
		"enctype=\"multipart/form-data\">\n"
		"<input type=\"hidden\" name=\"dau\" value=\"%.*s\">\n",
		id, STR_FMT(v->session.csrf));
	if (p->seen.count > 1)
		html_unit_select(v,
			&(struct unit_choice){ .name = "don-vi",
				.label = tr(v->lang, "Đơn vị của các dòng không ghi đơn vị"),
				.right = import_right(p),
				.chosen = v->user.unit_id });
	html(v->w,
		"<div class=\"field\"><label for=\"tep\">%s</label>\n"
		"<label class=\"button plain pick\" for=\"tep\">%s</label>\n"
		"<input id=\"tep\" name=\"tep\" type=\"file\" accept=\".xlsx,.xlsm,.csv,.txt\" required>"
		"\n<span class=\"no-file soft\">%s</span></div>\n",
		tr(v->lang, "Tệp"), tr(v->lang, "Chọn tệp…"), tr(v->lang, "chưa chọn tệp"));
	html_form_end(v, tr(v->lang, "Đọc tệp"));
	jobs(v, p);
	page_end(v);
}

void page_import(struct view *v)
{
	struct register_page p;

	if (import_register_of_path(v, &p))
		import_page(v, &p);
}

void page_import_post(struct view *v)
{
	const struct http_file *sent = import_file(v, "tep");
	struct register_page p;
	struct exchange_job job = { .unit_id = form_number(v, "don-vi") };

	if (!import_register_of_path(v, &p))
		return;
	if (job.unit_id == 0)
		job.unit_id = view_home(v);
	if (!sent || !view_may(v, import_right(&p), job.unit_id)) {
		fault_add(v, sent ? "don-vi" : "tep",
			sent ? tr(v->lang, "Bạn không được ghi vào sổ của đơn vị này.") :
			       tr(v->lang, "Hãy chọn một tệp có nội dung."));
		v->rs->status = 422;
		import_page(v, &p);
		return;
	}
	if (import_bring(v, &p, sent, &job) < 0)
		page_failed(v);
	else
		redirect(v, path_of(v, "/nhap/%lld", (long long)job.id));
}

/* --- one import ------------------------------------------------------------------------------- */

static void waiting(struct view *v, const struct job_page *j)
{
	struct str text = STR("");
	struct err e = { 0 };

	if (vfile_load(v->web->disk, path_of(v, IMPORT_FOLDER "/%lld.rows", (long long)j->job.id),
		    64, v->a, &text, &e) < 0)
		text = STR("");
	html(v->w, "<p role=\"status\">%s… %s</p>\n<p class=\"soft\">%s</p>\n",
		tr(v->lang, state_words(j->job.state)),
		str_trim(text).len ? fill(v, tr(v->lang, "{n} dòng đã xong"), "n",
					     text_of(v, str_trim(text)), NULL) :
				     "",
		tr(v->lang, "Trang tự tải lại. Có thể rời trang này, việc vẫn tiếp tục."));
}

/* What was noticed of the file. */
static void note(struct view *v, const char *words)
{
	html(v->w, "<li>%s</li>\n", words);
}

static void notes(struct view *v, const struct import_grid *g)
{
	const struct office_notes *n = &g->grid.notes;

	html(v->w, "<ul class=\"soft\">\n");
	if (n->is_csv || n->text.is_twice || n->text.encoding != OFFICE_UTF8)
		note(v,
			fill(v,
				tr(v->lang,
					"Bảng mã: {ma} (mức chắc chắn {n}/100); chữ đã được chuyển."),
				"ma", office_encoding_name(n->text.encoding), "n",
				count_text(v, n->text.sure_percent), NULL));
	for (size_t i = 0; i < g->grid.sheet_count; i++)
		if (g->grid.sheets[i].is_hidden)
			note(v,
				fill(v, tr(v->lang, "Trang tính ẩn, không nhập: {ten}"), "ten",
					text_of(v, g->grid.sheets[i].name), NULL));
	if (n->has_macros)
		note(v, tr(v->lang, "Tệp có macro; macro không được đọc."));
	if (n->formulas)
		note(v,
			fill(v,
				tr(v->lang,
					"{n} ô công thức: lấy giá trị đã tính, không tính lại."),
				"n", count_text(v, (int64_t)n->formulas), NULL));
	if (n->merged)
		note(v,
			fill(v, tr(v->lang, "{n} vùng ô gộp: giá trị được lấy cho cả vùng."), "n",
				count_text(v, (int64_t)n->merged), NULL));
	if (n->columns_dropped)
		note(v, tr(v->lang, "Có ô nằm quá cột thứ 512; các ô ấy không được đọc."));
	if (g->grid.is_cut)
		note(v,
			fill(v, tr(v->lang, "Chỉ đọc {n} dòng đầu; hãy chia tệp."), "n",
				count_text(v, EXCHANGE_ROWS_MAX), NULL));
	html(v->w, "</ul>\n");
}

static void sheet_form(struct view *v, const struct job_page *j, const struct import_grid *g)
{
	if (g->grid.sheet_count < 2)
		return;
	html_form(v, path_of(v, "/nhap/%lld", (long long)j->job.id), "sheet");
	html(v->w, "<input type=\"hidden\" name=\"viec\" value=\"trang\">\n");
	html_select(v, "trang", tr(v->lang, "Trang tính"));
	for (size_t i = 0; i < g->grid.sheet_count; i++)
		html_option(v, path_of(v, "%zu", i + 1), text_of(v, g->grid.sheets[i].name),
			i == g->grid.sheet);
	html_select_end(v);
	html_form_end(v, tr(v->lang, "Đọc trang tính này"));
}

static void column_select(struct view *v, const struct job_page *j, const struct exchange_column *c,
	const char *letter)
{
	const struct pack_register *reg = j->p.at.reg;

	html(v->w, "<select name=\"c-%s\" aria-label=\"%s %s\">\n", letter, tr(v->lang, "Cột"),
		letter);
	html_option(v, "", tr(v->lang, "– bỏ qua –"), c->meaning == COLUMN_UNKNOWN);
	html_option(v, "@unit", tr(v->lang, "Đơn vị"), c->meaning == COLUMN_UNIT);
	html_option(v, "@record", tr(v->lang, "Mã bản ghi"), c->meaning == COLUMN_RECORD);
	for (size_t i = 0; i < reg->field_count; i++)
		if (reg->fields[i]->type != REGISTER_FILE && field_is_seen(&j->p, reg->fields[i]))
			html_option(v, text_of(v, reg->fields[i]->id),
				text_of(v, words_of(v, reg->fields[i]->title)),
				c->field == reg->fields[i]);
	html(v->w, "</select>\n");
}

static void columns_form(struct view *v, const struct job_page *j, const struct import_grid *g)
{
	html(v->w, "<details><summary>%s</summary>\n",
		fill(v, tr(v->lang, "Cột nào là trường nào: nhận ra {n} trên {m} cột"), "n",
			count_text(v, (int64_t)g->map.known), "m",
			count_text(v, (int64_t)g->map.count), NULL));
	html_form(v, path_of(v, "/nhap/%lld", (long long)j->job.id), "columns");
	html(v->w, "<input type=\"hidden\" name=\"viec\" value=\"cot\">\n");
	html_table(v, NULL, "stack", tr(v->lang, "Cột"), tr(v->lang, "Tiêu đề trong tệp"),
		tr(v->lang, "Trường của sổ"));
	for (size_t i = 0; i < g->map.count; i++) {
		const struct exchange_column *c = &g->map.columns[i];
		char name[8];
		const char *letter = office_column_name(i, name);

		html(v->w, "<tr><th scope=\"row\">%s</th><td>%.*s</td><td>", letter,
			STR_FMT(text_clean(v->a, c->heading, 80)));
		column_select(v, j, c, letter);
		html(v->w, "</td></tr>\n");
	}
	html_table_end(v);
	html_form_end(v, tr(v->lang, "Kiểm tra lại theo các cột này"));
	html(v->w, "</details>\n");
}

/* The first rows as they were understood. */
static void preview(struct view *v, struct import_grid *g)
{
	struct office_row row;
	struct err e = { 0 };

	html(v->w, "<details><summary>%s</summary>\n", tr(v->lang, "Các dòng đầu của tệp"));
	html_table_begin(v, tr(v->lang, "Các dòng đầu của tệp"), "");
	html_table_head(v, tr(v->lang, "Dòng"));
	for (size_t i = 0; i < g->map.count; i++)
		html_table_head(v, text_of(v, text_clean(v->a, g->map.columns[i].heading, 40)));
	html_table_rows(v);
	grid_rewind(&g->grid);
	for (size_t shown = 0; shown < ROWS_SHOWN && grid_next(&g->grid, &row, &e) == 1;) {
		if (row.number <= g->map.head_row)
			continue;
		html(v->w, "<tr><th scope=\"row\">%u</th>", row.number);
		for (size_t i = 0; i < g->map.count; i++)
			html(v->w, "<td>%.*s</td>",
				STR_FMT(text_clean(
					v->a, i < row.count ? row.cells[i].text : STR(""), 80)));
		html(v->w, "</tr>\n");
		shown++;
	}
	html_table_end(v);
	html(v->w, "</details>\n");
}

static void fault_row(struct view *v, const struct exchange_fault *f, struct str sheet)
{
	char letter[8];

	html(v->w,
		"<tr><th scope=\"row\">%.*s%s%s%u</th><td><span class=\"name-of\">%s: </span>%.*s</td>"
		"<td><span class=\"name-of\">%s: </span>%.*s</td><td>%.*s</td><td class=\"soft\">%.*s</td>"
		"</tr>\n",
		STR_FMT(sheet), sheet.len ? "!" : "",
		f->column == SIZE_MAX ? "" : office_column_name(f->column, letter), f->row,
		tr(v->lang, "Cột"), STR_FMT(f->heading), tr(v->lang, "Trong tệp"),
		STR_FMT(f->value), STR_FMT(f->words), STR_FMT(f->mend));
}

static void faults(struct view *v, const struct job_page *j, struct str sheet)
{
	struct exchange_result r = { 0 };
	int64_t from = 0;

	if (j->job.faults == 0)
		return;
	(void)str_to_i64(http_pair(v->query, "tu"), &from);
	if (exchange_job_faults(v->web->store, j->job.id, from, v->a, &r, v->e) < 0)
		return;
	html(v->w,
		"<section id=\"loi\">\n<h2>%s</h2>\n<p><a href=\"/nhap/%lld/loi.xlsx\">%s</a></p>\n",
		fill(v, tr(v->lang, "{n} lỗi cần sửa trong tệp"), "n", count_text(v, j->job.faults),
			NULL),
		(long long)j->job.id, tr(v->lang, "Tải tệp này về với các ô lỗi đã được đánh dấu"));
	html_table(v, NULL, "stack", tr(v->lang, "Ô"), tr(v->lang, "Cột"), tr(v->lang, "Trong tệp"),
		tr(v->lang, "Lỗi"), tr(v->lang, "Cách sửa"));
	for (size_t i = 0; i < r.fault_count; i++)
		fault_row(v, &r.faults[i], sheet);
	html_table_end(v);
	if (from + (int64_t)r.fault_count < j->job.faults)
		html(v->w,
			"<p class=\"pages\"><a class=\"button plain\" href=\"/nhap/%lld?tu=%lld#loi\">%s</a></p>\n",
			(long long)j->job.id, (long long)(from + EXCHANGE_JOB_FAULTS_MAX),
			tr(v->lang, "Các lỗi tiếp theo"));
	html(v->w, "</section>\n");
}

static void act_button(struct view *v, const struct job_page *j, const char *act, const char *words)
{
	html_button(v, path_of(v, "/nhap/%lld", (long long)j->job.id),
		(const char *[2]){ "viec", act }, words);
}

/* What leads back is no less at hand than the next step, but does not shout before it. */
static void act_back(struct view *v, const struct job_page *j, const char *act, const char *words)
{
	html_form(v, path_of(v, "/nhap/%lld", (long long)j->job.id), "inline");
	html(v->w,
		"<input type=\"hidden\" name=\"viec\" value=\"%s\">\n"
		"<button type=\"submit\" class=\"plain\">%s</button>\n",
		act, words);
	html_form_end(v, NULL);
}

static void sums(struct view *v, const struct job_page *j)
{
	html(v->w, "<p role=\"status\"><strong>%s</strong></p>\n",
		fill(v, tr(v->lang, "{n} dòng: {them} thêm mới, {sua} sửa, {cu} như cũ."), "n",
			count_text(v, j->job.rows), "them", count_text(v, j->job.added), "sua",
			count_text(v, j->job.changed), "cu", count_text(v, j->job.same), NULL));
	if (j->job.totals.len)
		html(v->w, "<p>%s</p>\n",
			fill(v, tr(v->lang, "Dòng tổng cộng được bỏ qua: dòng {n}."), "n",
				text_of(v, j->job.totals), NULL));
}

static void checked(struct view *v, const struct job_page *j)
{
	struct import_grid g;
	struct str sheet = STR("");

	sums(v, j);
	if (j->job.faults == 0)
		act_button(v, j, "luu",
			text_of(v,
				str_of(fill(v,
					import_right(&j->p) == RIGHT_PEOPLE ?
						tr(v->lang, "Lưu {n} người vào danh sách") :
						tr(v->lang, "Lưu {n} bản ghi vào sổ"),
					"n", count_text(v, j->job.added + j->job.changed), NULL))));
	else
		html(v->w,
			"<p class=\"alarm\">%s</p>\n"
			"<p class=\"acts\"><a class=\"button\" href=\"/so/%.*s/nhap\">%s</a></p>\n",
			tr(v->lang, "Chưa lưu gì. Sửa các lỗi dưới đây trong tệp rồi nhập lại."),
			STR_FMT(j->p.at.reg->id), tr(v->lang, "Nhập tệp đã sửa"));
	act_back(v, j, "bo", tr(v->lang, "Bỏ tệp này"));
	if (imported_open(v->web->data, j->job.id, v->a, &g, v->e) < 0)
		return;
	if (imported_map(&g, &j->job, j->p.at.reg, v->a, v->e) == 0) {
		sheet = g.grid.sheets[g.grid.sheet].name;
		notes(v, &g);
		sheet_form(v, j, &g);
		columns_form(v, j, &g);
		preview(v, &g);
	}
	imported_close(&g);
	faults(v, j, sheet);
}

static void refused(struct view *v, const struct job_page *j)
{
	struct import_grid g;

	html(v->w, "<p>%s <a href=\"/so/%.*s/nhap\">%s</a></p>\n",
		tr(v->lang, "Sổ không bị thay đổi."), STR_FMT(j->job.register_id),
		tr(v->lang, "Chọn tệp khác"));
	if (imported_open(v->web->data, j->job.id, v->a, &g, v->e) < 0)
		return;
	sheet_form(v, j, &g);
	imported_close(&g);
}

static void saved(struct view *v, const struct job_page *j)
{
	sums(v, j);
	html(v->w, "<p>%s <a href=\"%s\">%s</a></p>\n",
		fill(v, tr(v->lang, "Đã lưu, lần nhập số {n}. Hoàn tác được trong 30 ngày."), "n",
			number_text(v, j->job.import_id), NULL),
		import_home(v, &j->p),
		import_right(&j->p) == RIGHT_PEOPLE ? tr(v->lang, "Xem danh sách nhân sự") :
						      tr(v->lang, "Xem sổ"));
	html_next_step(v);
	act_back(v, j, "hoan-tac", tr(v->lang, "Hoàn tác cả lần nhập này"));
}

static void job_page(struct view *v, struct job_page *j)
{
	enum exchange_state s = j->job.state;

	if (s == JOB_READ || s == JOB_CHECK || s == JOB_SAVE || s == JOB_UNDO)
		v->refresh_s = 1;
	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Nhập từ bảng"),
				STR_FMT(j->job.file.len ? j->job.file : j->job.register_id))));
	html(v->w, "<p><a href=\"/so/%.*s/nhap\">← %.*s</a> · ", STR_FMT(j->job.register_id),
		STR_FMT(words_of(v, j->p.at.reg->title)));
	html_unit_link(v, j->job.unit_id);
	html(v->w, " · %.*s, %s</p>\n", STR_FMT(j->job.by), time_text(v, j->job.at_s));
	if (j->job.words.len)
		html(v->w, "<p class=\"alarm\" role=\"alert\">%s</p>\n",
			fill(v, tr(v->lang, text_of(v, j->job.words)), "a",
				text_of(v, j->job.about), NULL));
	if (v->refresh_s)
		waiting(v, j);
	else if (s == JOB_CHECKED)
		checked(v, j);
	else if (s == JOB_SAVED)
		saved(v, j);
	else if (s == JOB_UNDONE)
		html(v->w, "<p role=\"status\">%s</p>\n",
			fill(v,
				tr(v->lang,
					"Đã hoàn tác. {n} bản ghi có người sửa sau lần nhập được để nguyên."),
				"n", count_text(v, j->job.left), NULL));
	else
		refused(v, j);
	page_end(v);
}

void page_import_job(struct view *v)
{
	struct job_page j;

	if (!import_of_path(v, &j))
		return;
	if (import_go_on(v, &j) < 0 && v->e->code != ERR_CONFLICT)
		page_failed(v);
	else
		job_page(v, &j);
}

/* --- what is done to it ----------------------------------------------------------------------- */

void page_import_job_post(struct view *v)
{
	struct job_page j;

	if (!import_of_path(v, &j))
		return;
	if (import_act(v, &j, form_value(v, "viec")) < 0)
		page_failed(v);
	else
		redirect(v, path_of(v, "/nhap/%lld", (long long)j.job.id));
}

/* --- the file with its faults marked ---------------------------------------------------------- */

struct sending {
	struct vfile in;
	uint64_t at;
};

static int next_bytes(void *context, struct buf *out, struct err *e)
{
	struct sending *s = context;
	char piece[COPY_BYTES];
	ssize_t len = vfile_read_at(&s->in, s->at, piece, sizeof(piece), e);

	if (len <= 0)
		return (int)len;
	buf_add(out, (struct str){ piece, (size_t)len });
	s->at += (uint64_t)len;
	return 1;
}

static void end_bytes(void *context)
{
	vfile_close(&((struct sending *)context)->in);
}

void page_import_faults(struct view *v)
{
	struct sending *s = arena_new(v->a, struct sending);
	struct job_page j;

	if (!import_of_path(v, &j))
		return;
	if (vfile_open(v->web->disk, path_of(v, IMPORT_FOLDER "/%lld.xlsx", (long long)j.job.id),
		    VFILE_READ, &s->in, v->e) < 0) {
		page_failed(v);
		return;
	}
	v->rs->content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	v->rs->disposition = disposition_of(
		v, "attachment", arena_fmt(v->a, "loi-%.*s.xlsx", STR_FMT(j.job.file)));
	v->rs->stream = (struct http_stream){ s, next_bytes, end_bytes, (int64_t)s->in.size_bytes };
}
