/* log_told.c - who is written to when the log is short of room or a sender is silent, and what of
 * it stands on their Hôm nay. */
#include "core/evidence/reach.h"
#include "face/web/log.h"
#include "face/web/log_watch.h"

#define ROLES_MAX 16

static bool is_bounded(const struct obligation *o, struct str param)
{
	for (size_t i = 0; i < o->param_count; i++)
		if (str_eq(o->params[i], param))
			return true;
	return false;
}

static size_t roles_of(const struct view *v, struct str param, struct str roles[ROLES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t k = 0; k < p->obligation_count; k++) {
			const struct obligation *o = &p->obligations[k];

			if (!is_bounded(o, param) || !pack_in_force(p, date_at(v->by.now_s)))
				continue;
			for (size_t n = 0; n < o->who_count && count < ROLES_MAX; n++)
				roles[count++] = o->who[n];
		}
	}
	return count;
}

int log_told_whom(struct view *v, struct str param, struct staff_readers *ret, struct err *e)
{
	struct str roles[ROLES_MAX];
	struct reach_query q = { .store = v->web->store,
		.packs = v->web->packs,
		.tree = view_tree(v),
		.day = org_day(v->by.now_s, v->a),
		.unit_id = ORG_UNIT_FIRST,
		.roles = roles,
		.role_count = roles_of(v, param, roles) };
	struct org_host here;
	struct err none = { 0 };

	if (org_host_here(v->web->store, v->a, &here, &none) == 0 && here.unit_id)
		q.unit_id = here.unit_id;
	return reach_whom(&q, v->a, ret, e);
}

/* --- Hôm nay ---------------------------------------------------------------------------------- */

/* Those who are written to, so that their pages need not ask for everybody: "room 1 2 \n". */
#define LOG_TOLD_WHOM "log.told.whom"
#define WHOM_BYTES_MAX (64 * KIB)
static const char *const told_names[] = { LOG_ROOM_TOLD, LOG_SILENT_TOLD, LOG_WORK_TOLD,
	LOG_TOLD_WHOM, NULL };
#define ROOM_WORD "room"
#define SILENT_WORD "silent"

static int put_whom(
	struct view *v, const char *word, struct str param, struct buf *out, struct err *e)
{
	struct staff_readers whom = { 0 };
	int rc = log_told_whom(v, param, &whom, e);

	buf_fmt(out, "%s ", word);
	for (size_t i = 0; rc == 0 && i < whom.count; i++)
		buf_fmt(out, "%lld ", (long long)whom.at[i].id);
	buf_add_char(out, '\n');
	return rc;
}

int log_told_keep(struct view *v, struct err *e)
{
	struct str told[ORG_SETTINGS_MAX];
	struct log_room_told room = { 0 }, work = { 0 };
	struct buf out;
	int rc = org_settings(v->web->store, told_names, v->a, told, e);

	if (rc < 0)
		return rc;
	(void)!(told[0].ptr && log_room_parse(told[0], &room));
	(void)!(told[2].ptr && log_room_parse(told[2], &work));
	buf_init(&out, WHOM_BYTES_MAX);
	if (room.is != LOG_ROOM_WELL || work.is != LOG_ROOM_WELL)
		rc = put_whom(v, ROOM_WORD, LOG_ROOM_PARAM, &out, e);
	if (rc == 0 && told[1].len)
		rc = put_whom(v, SILENT_WORD, LOG_SILENT_PARAM, &out, e);
	if (rc == 0 && !str_eq(told[3].ptr ? told[3] : STR(""), buf_str(&out)))
		rc = org_set(v->web->store, LOG_TOLD_WHOM, buf_str(&out), e);
	buf_done(&out);
	return rc;
}

static bool is_told(const struct view *v, struct str whom, const char *word)
{
	struct str line, first, id;
	int64_t number;

	while (whom.len && str_next_line(&whom, &line)) {
		if (!str_split(line, ' ', &first, &line) || !str_is(first, word))
			continue;
		while (str_split(line, ' ', &id, &line))
			if (str_to_i64(id, &number) && number == v->user.id)
				return true;
	}
	return false;
}

static void item(
	struct view *v, const char *title, const char *words, const char *path, const char *action)
{
	html(v->w,
		"<li class=\"item\"><div class=\"what\">\n<p class=\"title\">%s</p>\n<p>%s</p>\n"
		"</div>\n",
		title, words);
	if (view_may(v, RIGHT_LOG, ORG_UNIT_FIRST))
		html(v->w, "<p class=\"act\"><a class=\"button\" href=\"%s\">%s</a></p>\n", path,
			action);
	html(v->w, "</li>\n");
}

static void room_item(struct view *v, const struct log_room_told *t)
{
	const char *title = t->is == LOG_ROOM_STOPPED ?
		tr(v->lang, "Nhật ký không nhận thêm dòng") :
		tr(v->lang, "Nhật ký sắp đầy");
	const char *words = t->is == LOG_ROOM_STOPPED ?
		tr(v->lang,
			"Không ổn từ {t}. Các dòng đã xác nhận còn nguyên. Lý do và việc phải "
			"làm ở đầu trang này.") :
		tr(v->lang,
			"Không ổn từ {t}. Chưa dòng nào bị từ chối, các dòng đã xác nhận còn "
			"nguyên. Hãy chép các tháng cũ ra ổ cứng ngoài, giải phóng chỗ hoặc nâng "
			"hạn mức.");

	item(v, title, fill(v, words, "t", time_text(v, t->since_s), NULL), "/nhat-ky/thang",
		tr(v->lang, "Kho nhật ký theo tháng"));
}

void html_log_told(struct view *v)
{
	struct str told[ORG_SETTINGS_MAX];
	struct log_room_told room = { 0 }, work = { 0 };
	struct log_silents silents = { 0 };
	struct err none = { 0 };
	int64_t silent = 0;

	if (org_settings(v->web->store, told_names, v->a, told, &none) < 0)
		return;
	(void)!(told[0].ptr && log_room_parse(told[0], &room));
	(void)!(told[2].ptr && log_room_parse(told[2], &work));
	if ((room.is != LOG_ROOM_WELL || work.is != LOG_ROOM_WELL) &&
		!is_told(v, told[3], ROOM_WORD))
		room.is = work.is = LOG_ROOM_WELL;
	if (told[1].len) {
		log_silent_parse(told[1], v->a, &silents);
		for (size_t i = 0; i < silents.count; i++)
			silent += silents.at[i].back_s == 0;
		if (silent && !is_told(v, told[3], SILENT_WORD))
			silent = 0;
	}
	if (room.is == LOG_ROOM_WELL && work.is == LOG_ROOM_WELL && !silent)
		return;
	html(v->w, "<section class=\"alarm\" role=\"alert\">\n<h2>%s</h2>\n<ul class=\"items\">\n",
		tr(v->lang, "Nhật ký cần xử lý ngay"));
	if (room.is != LOG_ROOM_WELL)
		room_item(v, &room);
	if (work.is != LOG_ROOM_WELL)
		item(v, tr(v->lang, "Nhật ký không niêm phong hoặc không chuyển được vào kho"),
			fill(v,
				tr(v->lang,
					"Không ổn từ {t}. Các dòng đã nhận còn nguyên. Lý do và việc "
					"phải làm ở đầu trang này."),
				"t", time_text(v, work.since_s), NULL),
			"/kiem-chung", tr(v->lang, "Kiểm chứng nhật ký"));
	if (silent)
		item(v,
			fill(v, tr(v->lang, "{n} nguồn nhật ký im lặng"), "n",
				count_text(v, silent), NULL),
			tr(v->lang,
				"Các dòng đã nhận còn nguyên. Hãy xem máy, đường mạng và chỗ gửi nhật "
				"ký của từng nguồn."),
			"/nhat-ky/nguon", tr(v->lang, "Thiết bị gửi nhật ký"));
	html(v->w, "</ul>\n</section>\n");
}
