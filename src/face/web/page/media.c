/* media.c - Ổ cứng ngoài: which disks are plugged in and which months each holds, read back when;
 * months are written and read back, a new disk is taken in, by the process that may. */
#include "face/web/process/media.h"
#include "face/web/log.h"
#include "kit/process/process.h"
#include "work/archive/keep.h"
#include "work/hostaudit/hostaudit.h"
#include "work/seal/seal.h"

#define LOOK_WAIT_MS 3000
#define REFRESH_S 3
#define MONTHS_SHOWN 24 /* of a disk */

/* A disk that is here, or that receipts tell of. */
struct medium {
	struct str id, label;
	struct str path; /* "" when it is not plugged in */
	int64_t free_mb, size_mb;
	size_t months;
	int64_t oldest_check_s;
	struct str names; /* of its months, newest first */
};

struct media_page {
	struct medium at[2 * MEDIA_DISKS_MAX];
	size_t count;
	const char **months; /* that have a list, newest first */
	size_t month_count, months_room;
	bool is_broken; /* some of it could not be read */
};

/* --- what is known ---------------------------------------------------------------------------- */

static int64_t take_number(struct str text)
{
	int64_t n = 0;

	(void)str_to_i64(text, &n);
	return n;
}

static int load_seen(struct view *v, struct media_page *p)
{
	struct str text = STR_NONE, line;
	int rc = org_setting(v->web->store, MEDIA_SEEN, v->a, &text, v->e);

	while (rc == 0 && text.len && str_next_line(&text, &line) && p->count < MEDIA_DISKS_MAX) {
		struct medium *m = &p->at[p->count];
		struct str free, size;

		if (!str_split(line, '\t', &m->id, &line) ||
			!str_split(line, '\t', &m->label, &line) ||
			!str_split(line, '\t', &m->path, &line) ||
			!str_split(line, '\t', &free, &size))
			continue;
		m->free_mb = take_number(free);
		m->size_mb = take_number(size);
		m->names = STR("");
		p->count++;
	}
	return rc;
}

static void add_copy(
	struct view *v, struct media_page *p, const char *month, const struct keep_copy *c)
{
	struct medium *m = NULL;

	for (size_t i = 0; i < p->count; i++)
		if (str_is(p->at[i].id, c->id))
			m = &p->at[i];
	if (!m) {
		if (p->count == COUNT(p->at))
			return;
		m = &p->at[p->count++];
		*m = (struct medium){ .id = arena_str(v->a, str_of(c->id)),
			.label = arena_str(v->a, str_of(c->label)),
			.path = STR(""),
			.names = STR("") };
	}
	if (m->months++ < MONTHS_SHOWN)
		m->names = arena_fmt(
			v->a, "%.*s%s%s", STR_FMT(m->names), m->names.len ? ", " : "", month);
	if (m->oldest_check_s == 0 || c->checked_at_s < m->oldest_check_s)
		m->oldest_check_s = c->checked_at_s;
}

static int load_shard(struct view *v, struct media_page *p, const char *name)
{
	const char *const *months;
	struct vfile_disk *shard;
	struct keep_copy *copies;
	size_t count = 0, copy_count;
	int rc = vfile_disk_open(path_of(v, "%s/%s", v->web->log_folder, name), &shard, v->e);

	if (rc < 0)
		return rc;
	rc = keep_months(shard, v->a, &months, &count, v->e);
	for (size_t i = count; rc == 0 && i-- > 0;) {
		rc = keep_copies(shard, months[i], v->a, &copies, &copy_count, v->e);
		for (size_t k = 0; rc == 0 && k < copy_count; k++)
			add_copy(v, p, months[i], &copies[k]);
		if (rc == 0 && p->month_count < p->months_room)
			p->months[p->month_count++] = months[i];
	}
	vfile_disk_close(shard);
	return rc;
}

static int load(struct view *v, struct media_page *p)
{
	const char *const *shards = NULL;
	struct vfile_disk *log = NULL;
	size_t count = 0;
	int rc = load_seen(v, p);

	p->months_room = 12 * 200;
	p->months = arena_array(v->a, const char *, p->months_room);
	if (rc < 0 || vfile_disk_open(v->web->log_folder, &log, v->e) < 0)
		return rc; /* nothing was sent yet */
	rc = seal_shards(log, v->a, &shards, &count, v->e);
	vfile_disk_close(log);
	for (size_t i = count; rc == 0 && i-- > 0;)
		if (load_shard(v, p, shards[i]) < 0)
			p->is_broken = true;
	return rc;
}

/* --- disks ------------------------------------------------------------------------------------ */

static const char *gb(struct view *v, int64_t mb)
{
	return path_of(v, "%lld,%lld GB", (long long)(mb / 1000), (long long)(mb % 1000 / 100));
}

static void disk_row(struct view *v, const struct medium *m)
{
	html(v->w, "<tr><th scope=\"row\">%.*s",
		STR_FMT(m->id.len ? m->label.len ? m->label : m->id :
				    str_of(tr(v->lang, "đĩa chưa nhận"))));
	html(v->w, "</th><td><span class=\"chip %s\">%s</span>",
		m->path.len ? "met" : "not-applicable",
		m->path.len ? tr(v->lang, "đang cắm") : tr(v->lang, "không cắm"));
	if (m->path.len)
		html(v->w, "<br><span class=\"soft\">%.*s</span>", STR_FMT(m->path));
	html(v->w, "</td>");
	html_table_cell(v, tr(v->lang, "Còn trống"),
		m->path.len ? path_of(v, "%s / %s", gb(v, m->free_mb), gb(v, m->size_mb)) :
			      tr(v->lang, "chưa rõ"));
	html(v->w, "<td><span class=\"name-of\">%s: </span>%zu", tr(v->lang, "Tháng giữ"),
		m->months);
	if (m->names.len)
		html(v->w, "<br><span class=\"soft\">%.*s%s</span>", STR_FMT(m->names),
			m->months > MONTHS_SHOWN ? ", …" : "");
	html(v->w, "</td>");
	html_table_cell(v, tr(v->lang, "Đọc lại, tháng lâu nhất"),
		m->oldest_check_s ? time_text(v, m->oldest_check_s) : tr(v->lang, "chưa có"));
	html(v->w, "</tr>\n");
}

static void disks(struct view *v, const struct media_page *p)
{
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Các đĩa"));
	if (p->count == 0) {
		html(v->w, "<p class=\"empty\">%s</p>\n</section>\n",
			tr(v->lang,
				"Chưa thấy ổ cứng ngoài nào. Cắm đĩa vào máy chủ, gắn nó vào một thư mục "
				"của /media hoặc /mnt mà Khiên ghi được, rồi bấm Tìm lại đĩa."));
		return;
	}
	html_table(v, tr(v->lang, "Các đĩa"), "stack", tr(v->lang, "Nhãn"),
		tr(v->lang, "Tình trạng"), tr(v->lang, "Còn trống"), tr(v->lang, "Tháng giữ"),
		tr(v->lang, "Đọc lại, tháng lâu nhất"));
	for (size_t i = 0; i < p->count; i++)
		disk_row(v, &p->at[i]);
	html_table_end(v);
	html(v->w, "</section>\n");
}

/* --- what may be asked for -------------------------------------------------------------------- */

/* Disks that are here, ours or not yet; how many. */
static size_t select_disk(struct view *v, const struct media_page *p, bool is_ours)
{
	size_t shown = 0;

	for (size_t i = 0; i < p->count; i++)
		shown += p->at[i].path.len && (p->at[i].id.len > 0) == is_ours;
	if (shown == 0)
		return 0;
	html(v->w,
		"<div class=\"field\"><label for=\"%s\">%s</label>\n<select id=\"%s\" "
		"name=\"dia\">\n",
		is_ours ? "dia" : "dia-moi", tr(v->lang, "Đĩa"), is_ours ? "dia" : "dia-moi");
	for (size_t i = 0; i < p->count; i++)
		if (p->at[i].path.len && (p->at[i].id.len > 0) == is_ours)
			html_option(v, text_of(v, p->at[i].path),
				path_of(v, "%.*s (%.*s)", STR_FMT(p->at[i].label),
					STR_FMT(p->at[i].path)),
				false);
	html(v->w, "</select></div>\n");
	return shown;
}

static bool has_disk(const struct media_page *p, bool is_ours)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->at[i].path.len && (p->at[i].id.len > 0) == is_ours)
			return true;
	return false;
}

static void ask_months(struct view *v, const struct media_page *p)
{
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Chép tháng ra đĩa, đọc lại"));
	html_form(v, "/nhat-ky/dia-ngoai", "card");
	(void)select_disk(v, p, true);
	html(v->w,
		"<div class=\"field\"><label for=\"thang\">%s</label>\n<select id=\"thang\" "
		"name=\"thang\">\n",
		tr(v->lang, "Tháng"));
	html_option(v, MEDIA_ALL, tr(v->lang, "mọi tháng còn thiếu, hoặc đã có khi đọc lại"), true);
	for (size_t i = 0; i < p->month_count; i++)
		html_option(v, p->months[i], p->months[i], false);
	html(v->w,
		"</select></div>\n<p><button type=\"submit\" name=\"viec\" value=\"write\">%s</button> "
		"<button type=\"submit\" name=\"viec\" value=\"check\" class=\"plain\">%s</button></p>\n"
		"</form>\n</section>\n",
		tr(v->lang, "Chép ra đĩa"), tr(v->lang, "Đọc lại, đối chiếu"));
}

static void ask_register(struct view *v, const struct media_page *p)
{
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Nhận một đĩa mới"));
	html_form(v, "/nhat-ky/dia-ngoai", "card");
	html(v->w, "<input type=\"hidden\" name=\"viec\" value=\"register\">\n");
	(void)select_disk(v, p, false);
	html_field(v,
		&(struct field){ .name = "nhan",
			.label = tr(v->lang, "Nhãn dán trên đĩa"),
			.hint = tr(v->lang, "Ví dụ: Đĩa nhật ký số 1, tủ A"),
			.is_required = true });
	html_form_end(v, tr(v->lang, "Nhận đĩa này"));
	html(v->w, "</section>\n");
}

static void show(struct view *v)
{
	struct media_page *p = arena_new(v->a, struct media_page);
	struct media_work work;
	bool is_on;

	*p = (struct media_page){ 0 };
	if (load(v, p) < 0) {
		page_failed(v);
		return;
	}
	is_on = media_work_load(v, &work);
	v->refresh_s = is_on ? REFRESH_S : 0;
	page_start(v, tr(v->lang, "Ổ cứng ngoài"));
	html_log_pages(v);
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Mỗi tháng nhật ký được chép ra ổ cứng ngoài, đọc lại và so từng byte với bản kê "
			"trước khi ghi biên nhận."));
	if (is_on)
		html_media_work(v, &work);
	else
		html_media_result(v);
	if (p->is_broken)
		html(v->w, "<p class=\"fault\">%s</p>\n",
			tr(v->lang,
				"Có tháng không đọc được. Nhật ký không bị đổi; hãy chạy "
				"khien-verify trên thư mục dữ liệu."));
	disks(v, p);
	if (!is_on && view_may(v, RIGHT_ACT, ORG_UNIT_FIRST)) {
		html_button(v, "/nhat-ky/dia-ngoai", (const char *[2]){ "viec", "look" },
			tr(v->lang, "Tìm lại đĩa"));
		if (p->month_count && has_disk(p, true))
			ask_months(v, p);
		if (has_disk(p, false))
			ask_register(v, p);
	}
	page_end(v);
}

void page_media(struct view *v)
{
	show(v);
}

static bool is_one_line(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ')
			return false;
	return true;
}

static void check_form(struct view *v, struct str what, struct str path, struct str word)
{
	struct media_work work;
	bool is_register = str_is(what, "register");

	if (media_work_load(v, &work))
		fault_add(
			v, "dia", tr(v->lang, "Một việc khác với đĩa đang chạy; hãy đợi nó xong."));
	else if (!is_register && !str_is(what, "write") && !str_is(what, "check"))
		fault_add(v, "dia", tr(v->lang, "Không có việc này."));
	else if (path.len == 0 || !is_one_line(path))
		fault_add(v, "dia", tr(v->lang, "Hãy chọn một đĩa đang cắm."));
	else if (is_register && (word.len == 0 || word.len > KEEP_LABEL_MAX || !is_one_line(word)))
		fault_add(v, "nhan", tr(v->lang, "Hãy ghi nhãn, ngắn gọn trong một dòng."));
	else if (!is_register &&
		(word.len == 0 || word.len >= KEEP_MONTH_SIZE || !is_one_line(word)))
		fault_add(v, "thang", tr(v->lang, "Hãy chọn tháng."));
}

void page_media_post(struct view *v)
{
	struct str what = form_value(v, "viec"), path = form_value(v, "dia"),
		   word = form_value(v, str_is(what, "register") ? "nhan" : "thang");

	if (str_is(what, "look")) {
		(void)process_run(v->web->parent_fd, "media", LOOK_WAIT_MS);
		redirect(v, "/nhat-ky/dia-ngoai");
		return;
	}
	check_form(v, what, path, word);
	if (v->fault_count) {
		show(v);
		return;
	}
	media_order(v,
		arena_fmt(v->a, "%.*s %.*s\n%.*s", STR_FMT(what), STR_FMT(path), STR_FMT(word)),
		"/nhat-ky/dia-ngoai");
}
