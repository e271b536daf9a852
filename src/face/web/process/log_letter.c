/* log_letter.c - letters about the log to those who run it: one when it is nearly full, takes no
 * lines, is not sealed or stored, when a sender is silent; one when it gets worse, one when it is
 * over. */
#include "core/evidence/doing.h"
#include "face/web/log_watch.h"
#include "face/web/process/archive_note.h"
#include "kit/mail/mail.h"
#include "work/archive/guard.h"

#define LETTER_BYTES_MAX (64 * KIB)
#define SENDERS_NAMED_MAX 50

/* --- to whom ---------------------------------------------------------------------------------- */

struct log_mail {
	struct str param;  /* whose obligation it is */
	const char *about; /* "log room" */
	const char *subject;
	struct str body;
};

static int send_to_all(struct view *v, const struct log_mail *letter, struct err *e)
{
	struct staff_readers whom = { 0 };
	int rc = log_told_whom(v, letter->param, &whom, e);

	for (size_t i = 0; rc == 0 && i < whom.count; i++)
		rc = mail_put(v->web->store,
			&(struct mail){ .person_id = whom.at[i].id,
				.address = whom.at[i].email,
				.about = str_of(letter->about),
				.subject = str_of(letter->subject),
				.body = arena_fmt(v->a, "%s %.*s,\n\n%.*s",
					tr(LANG_VI, T("Kính gửi")), STR_FMT(whom.at[i].name),
					STR_FMT(letter->body)),
				.day = org_day(v->by.now_s, v->a),
				.made_at_s = v->by.now_s },
			e);
	return rc;
}

/* --- room ------------------------------------------------------------------------------------- */

struct room {
	struct view *v;
	struct log_room_facts facts;
	struct log_room_bounds bounds;
	struct log_room_told told;
	uint64_t dropped;
};

static int64_t bound(const struct view *v, struct str param)
{
	return pack_param_number(v->web->packs, param, 0, date_at(v->by.now_s), 0);
}

/* What is left of a quota. */
static void look_at_quota(const struct view *v, struct log_room_facts *ret)
{
	struct guard_policy policy = { 0 };
	struct vfile_disk *log = NULL;
	struct err none = { 0 };
	uint64_t taken, room;

	if (vfile_disk_open(v->web->log_folder, &log, &none) == 0 &&
		guard_policy_load(log, &policy, &none) == 0 && policy.quota_bytes &&
		guard_taken(log, &policy, &taken, &room, &none) == 0)
		ret->quota_free_percent =
			taken >= room ? 0 : (int)((room - taken) / (room / 100 + 1));
	vfile_disk_close(log);
}

static void look_at_room(struct view *v, struct log_room_facts *ret)
{
	struct log_strip strip = { 0 };
	struct find *f = log_of(v);
	struct find_span span = { 0 };
	struct err none = { 0 };
	struct log_disk disk;

	*ret = (struct log_room_facts){
		.free_percent = -1, .quota_free_percent = -1, .days_left = -1
	};
	log_alarms_look(v, &strip);
	ret->taking = strip.taking;
	ret->storing = strip.storing;
	look_at_quota(v, ret);
	if (!f)
		return;
	log_disk(v, f, &disk);
	ret->free_percent = disk.free_percent;
	/* who foretells so many days has seen as many */
	if (find_span(f, &span, &none) == 0 &&
		(span.last_ns - span.first_ns) / LOG_NS / CLOCK_DAY_S >= disk.forecast.days_left)
		ret->days_left = disk.forecast.days_left;
}

static void near_words(const struct room *r, struct buf *out)
{
	struct view *v = r->v;
	const char *bound_text = count_text(v, r->bounds.free_percent);
	unsigned why = log_room_near(&r->facts, &r->bounds);

	if (why & LOG_NEAR_DISK)
		buf_fmt(out, "- %s\n",
			fill(v,
				tr(v->lang,
					"đĩa chứa nhật ký còn trống {n} %, phải còn ít nhất {m} %"),
				"n", count_text(v, r->facts.free_percent), "m", bound_text, NULL));
	if (why & LOG_NEAR_QUOTA)
		buf_fmt(out, "- %s\n",
			fill(v,
				tr(v->lang,
					"hạn mức của nhật ký còn {n} %, phải còn ít nhất {m} %"),
				"n", count_text(v, r->facts.quota_free_percent), "m", bound_text,
				NULL));
	if (why & LOG_NEAR_DAYS)
		buf_fmt(out, "- %s\n",
			fill(v,
				tr(v->lang,
					"theo đà tăng hiện nay chỉ đủ chỗ trong {n} ngày, phải đủ ít "
					"nhất {m} ngày"),
				"n", count_text(v, r->facts.days_left), "m",
				count_text(v, r->bounds.days_left), NULL));
	if (why & LOG_NEAR_STORE)
		buf_fmt(out, "- %s\n",
			fill(v,
				tr(v->lang,
					"không còn chỗ để nén và chuyển nhật ký vào kho từ {t} ({w})"),
				"t", time_text(v, r->facts.storing.since_s), "w",
				text_of(v,
					text_clean(v->a, str_of(r->facts.storing.why),
						TAKING_WHY_MAX)),
				NULL));
}

static void near_body(const struct room *r, struct buf *out)
{
	struct view *v = r->v;

	near_words(r, out);
	buf_fmt(out, "\n%s\n",
		tr(v->lang,
			"Chưa dòng nào bị từ chối, các dòng đã xác nhận còn nguyên. Hãy chép các "
			"tháng cũ ra ổ cứng ngoài, giải phóng chỗ hoặc nâng hạn mức trước khi đầy: mở "
			"Khiên, trang Nhật ký, Kho nhật ký theo tháng."));
}

static void lost_words(const struct room *r, struct buf *out)
{
	struct view *v = r->v;

	if (r->dropped > r->told.dropped)
		buf_fmt(out, "%s\n",
			fill(v,
				tr(v->lang,
					"Từ khi bắt đầu, {n} dòng của nguồn không chờ được đã mất "
					"trước khi Khiên nhận và được đếm trong nhật ký."),
				"n", count_text(v, (int64_t)(r->dropped - r->told.dropped)), NULL));
	else
		buf_fmt(out, "%s\n", tr(v->lang, "Không đếm thấy dòng nào bị mất."));
}

/* BEFORE: what had been told. */
static int write_room(const struct room *r, enum log_room before, int64_t since_s, struct err *e)
{
	struct view *v = r->v;
	struct log_mail m = { .param = LOG_ROOM_PARAM, .about = "log room" };
	struct buf body;
	int rc;

	buf_init(&body, LETTER_BYTES_MAX);
	if (r->told.is == LOG_ROOM_STOPPED) {
		m.subject = tr(v->lang, "Khiên, cần xử lý ngay: nhật ký không nhận thêm dòng");
		buf_fmt(&body, "%s\n", log_taking_text(v, &r->facts.taking));
	} else if (r->told.is == LOG_ROOM_NEAR && before == LOG_ROOM_WELL) {
		m.subject = tr(v->lang, "Khiên, cần xử lý ngay: nhật ký sắp đầy");
		buf_fmt(&body, "%s\n", tr(v->lang, "Nhật ký sắp đầy:"));
		near_body(r, &body);
	} else if (r->told.is == LOG_ROOM_NEAR) {
		m.subject = tr(v->lang, "Khiên: nhật ký đã nhận dòng trở lại, vẫn sắp đầy");
		buf_fmt(&body, "%s\n",
			tr(v->lang, "Nhật ký đã nhận dòng trở lại, nhưng vẫn sắp đầy:"));
		near_body(r, &body);
		lost_words(r, &body);
	} else {
		m.subject = tr(v->lang, "Khiên: nhật ký đã đủ chỗ và nhận dòng bình thường");
		buf_fmt(&body, "%s\n",
			fill(v,
				tr(v->lang,
					"Tình trạng báo từ {t} đã hết: nhật ký đủ chỗ và nhận dòng "
					"bình thường. Các dòng đã xác nhận còn nguyên."),
				"t", time_text(v, since_s), NULL));
		lost_words(r, &body);
	}
	m.body = buf_str(&body);
	rc = send_to_all(v, &m, e);
	buf_done(&body);
	return rc;
}

static int tend_room(struct view *v, const struct senders *senders, struct err *e)
{
	struct room r = { .v = v, .dropped = senders->dropped };
	struct str text = STR_NONE, now;
	enum log_room before;
	int64_t since_s;
	int rc = org_setting(v->web->store, LOG_ROOM_TOLD, v->a, &text, e);

	if (rc < 0)
		return rc;
	if (!text.ptr || !log_room_parse(text, &r.told))
		r.told = (struct log_room_told){ 0 };
	r.bounds = (struct log_room_bounds){ .free_percent = bound(v, LOG_ROOM_PARAM),
		.days_left = bound(v, STR("log_room_days")),
		.full_s = bound(v, STR("log_full_min")) * 60,
		.relief_s = bound(v, STR("log_relief_min")) * 60 };
	look_at_room(v, &r.facts);
	before = r.told.is;
	since_s = r.told.since_s;
	if (before == LOG_ROOM_WELL)
		r.told.dropped = r.dropped;
	if (log_room_step(&r.told, log_room_of(&r.facts, &r.bounds, v->by.now_s), v->by.now_s,
		    r.bounds.relief_s) != LOG_LETTER_NONE)
		rc = write_room(&r, before, since_s, e);
	if (r.told.is == LOG_ROOM_WELL)
		r.told = (struct log_room_told){ 0 };
	now = log_room_print(&r.told, v->a);
	if (rc == 0 && !str_eq(text, now) && (text.ptr || r.told.is != LOG_ROOM_WELL))
		rc = org_set(v->web->store, LOG_ROOM_TOLD, now, e);
	return rc;
}

/* --- sealed and stored ------------------------------------------------------------------------ */

static void work_body(struct view *v, const struct log_strip *s, struct buf *out)
{
	if (s->sealing.is != TAKING_WELL)
		buf_fmt(out, "%s\n", log_sealing_text(v, &s->sealing));
	if (s->storing.is != TAKING_WELL)
		buf_fmt(out, "%s\n", log_storing_text(v, &s->storing));
}

static int write_work(struct view *v, const struct log_strip *strip, enum log_letter letter,
	int64_t since_s, struct err *e)
{
	struct log_mail m = { .param = LOG_ROOM_PARAM, .about = "log work" };
	struct buf body;
	int rc;

	buf_init(&body, LETTER_BYTES_MAX);
	if (letter == LOG_LETTER_WORSE) {
		m.subject = strip->sealing.is != TAKING_WELL ?
			tr(v->lang, "Khiên, cần xử lý ngay: nhật ký không niêm phong được") :
			tr(v->lang, "Khiên, cần xử lý ngay: nhật ký không chuyển được vào kho");
		work_body(v, strip, &body);
	} else {
		m.subject = tr(v->lang, "Khiên: nhật ký lại được niêm phong và chuyển vào kho");
		buf_fmt(&body, "%s\n",
			fill(v,
				tr(v->lang,
					"Tình trạng báo từ {t} đã hết: nhật ký được niêm phong và "
					"chuyển vào kho bình thường. Các dòng đã xác nhận còn "
					"nguyên."),
				"t", time_text(v, since_s), NULL));
	}
	m.body = buf_str(&body);
	rc = send_to_all(v, &m, e);
	buf_done(&body);
	return rc;
}

static int tend_work(struct view *v, struct err *e)
{
	int64_t full_s = bound(v, STR("log_full_min")) * 60, since_s;
	struct log_room_told told = { 0 };
	struct log_strip strip = { 0 };
	struct str text = STR_NONE, now;
	enum log_letter letter;
	int rc = org_setting(v->web->store, LOG_WORK_TOLD, v->a, &text, e);

	if (rc < 0)
		return rc;
	if (!text.ptr || !log_room_parse(text, &told))
		told = (struct log_room_told){ 0 };
	log_alarms_look(v, &strip);
	since_s = told.since_s;
	letter = log_room_step(&told,
		log_work_of(&strip.sealing, &strip.storing, full_s, v->by.now_s), v->by.now_s,
		bound(v, STR("log_relief_min")) * 60);
	if (letter != LOG_LETTER_NONE)
		rc = write_work(v, &strip, letter, since_s, e);
	if (told.is == LOG_ROOM_WELL)
		told = (struct log_room_told){ 0 };
	now = log_room_print(&told, v->a);
	if (rc == 0 && !str_eq(text, now) && (text.ptr || told.is != LOG_ROOM_WELL))
		rc = org_set(v->web->store, LOG_WORK_TOLD, now, e);
	return rc;
}

/* --- who is silent ---------------------------------------------------------------------------- */

static struct str key_of(struct view *v, const struct sender *s)
{
	return arena_fmt(v->a, "%s %.*s", sender_kind_name(s->kind),
		STR_FMT(text_clean(v->a, str_of(s->name), SENDER_NAME_MAX)));
}

static void silent_body(struct view *v, const struct senders *s, int64_t count, struct buf *out)
{
	int64_t named = 0;

	buf_fmt(out, "%s\n",
		fill(v, tr(v->lang, "Không nhận được nhật ký của {n} nguồn quá thời gian đã đặt:"),
			"n", count_text(v, count), NULL));
	for (size_t i = 0; i < s->count && named < SENDERS_NAMED_MAX; i++)
		if (s->rows[i].is->is_silent) {
			buf_fmt(out, "- %.*s: %s\n", STR_FMT(sender_shown(v, &s->rows[i])),
				fill(v, tr(v->lang, "dòng mới nhất lúc {t}"), "t",
					time_text(v, s->rows[i].is->last_s), NULL));
			named++;
		}
	if (named < count)
		buf_fmt(out, "- %s\n",
			fill(v, tr(v->lang, "và {n} nguồn khác"), "n", count_text(v, count - named),
				NULL));
	buf_fmt(out, "\n%s\n",
		tr(v->lang,
			"Các dòng đã nhận còn nguyên; trong lúc im lặng Khiên không biết máy đó có gì. "
			"Hãy xem máy còn chạy, đường mạng và chỗ gửi nhật ký của nó; nguồn đã thôi "
			"dùng thì tắt báo động ở trang Thiết bị gửi nhật ký."));
}

static int tend_silent(struct view *v, const struct senders *s, struct err *e)
{
	struct str *keys = arena_array(v->a, struct str, s->count + 1), text = STR_NONE, now;
	struct log_mail m = { .param = LOG_SILENT_PARAM, .about = "log silent" };
	int64_t relief_s = bound(v, STR("log_relief_min")) * 60;
	struct log_silents told = { 0 };
	enum log_letter letter;
	size_t count = 0;
	struct buf body;
	int rc = org_setting(v->web->store, LOG_SILENT_TOLD, v->a, &text, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < s->count; i++)
		if (s->rows[i].is->is_silent)
			keys[count++] = key_of(v, s->rows[i].is);
	log_silent_parse(text.ptr ? text : STR(""), v->a, &told);
	letter = log_silent_step(&told, keys, count, v->by.now_s, relief_s, v->a);
	buf_init(&body, LETTER_BYTES_MAX);
	if (letter == LOG_LETTER_WORSE) {
		m.subject = tr(v->lang, "Khiên, cần xử lý ngay: có nguồn nhật ký im lặng");
		silent_body(v, s, (int64_t)count, &body);
	} else if (letter == LOG_LETTER_BETTER) {
		m.subject = tr(v->lang, "Khiên: không còn nguồn nhật ký nào im lặng");
		buf_fmt(&body, "%s\n",
			tr(v->lang,
				"Mọi nguồn từng báo im lặng đã gửi nhật ký trở lại, hoặc không còn đặt "
				"báo động."));
	}
	m.body = buf_str(&body);
	if (letter != LOG_LETTER_NONE)
		rc = send_to_all(v, &m, e);
	buf_done(&body);
	now = log_silent_print(&told, v->a);
	if (rc == 0 && !str_eq(text.ptr ? text : STR(""), now))
		rc = org_set(v->web->store, LOG_SILENT_TOLD, now, e);
	return rc;
}

int log_letters_tend(struct view *v, const struct senders *senders, struct err *e)
{
	int rc = tend_room(v, senders, e);

	if (rc == 0)
		rc = tend_work(v, e);
	if (rc == 0)
		rc = tend_silent(v, senders, e);
	return rc == 0 ? log_told_keep(v, e) : rc;
}
