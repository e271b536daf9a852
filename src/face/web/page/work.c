/* work.c - Việc: the duties of a unit by the clock, who stands in for whom, the calendar. */
#include "face/web/org_int.h"
#include "face/web/work.h"

#include <stdio.h>

#include "kit/crypto/crypto.h"
#include "work/duty/calendar.h"

#define TOKEN_BYTES 24
#define FEED_DAYS 400

static bool is_shown(struct view *v, const struct duty *d, bool is_all)
{
	return is_all || work_is_mine(v, d);
}

#define ALIKE_MAX 5 /* machines of one duty, records of one work that stand in a list of all */

/* Those of one state that are shown and alike: how many there are, how many were told. */
struct alike {
	const struct duty *first;
	size_t count, told;
};
struct alikes {
	VEC(struct alike) at;
};

static struct alike *alike_of(struct view *v, struct alikes *all, const struct duty *d)
{
	for (size_t i = 0; i < all->at.len; i++)
		if (work_is_alike(all->at.at[i].first, d))
			return &all->at.at[i];
	vec_push(v->a, &all->at, ((struct alike){ .first = d }));
	return &all->at.at[all->at.len - 1];
}

static void one_of_alike(
	struct view *v, const struct duties *list, const struct duty *d, struct alike *x)
{
	bool is_all = str_is(http_pair(v->query, "xem"), "tat-ca");
	bool is_asked = http_pair(v->query, "viec").len > 0;

	if (x->told++ < ALIKE_MAX || is_asked)
		html_duty(v, d, &list->rules, true);
	else if (x->told == ALIKE_MAX + 1)
		html(v->w, "<li><a href=\"%s\">%.*s: %s</a></li>\n", work_list_path(v, d, is_all),
			STR_FMT(words_of(v, d->title)),
			fill(v,
				d->record.id ? tr(v->lang, "xem cả {n} bản ghi") :
					       tr(v->lang, "xem cả {n} máy"),
				"n", count_text(v, (int64_t)x->count), NULL));
}

/* How many there are. */
static size_t group(
	struct view *v, const struct duties *list, enum duty_state state, bool is_all)
{
	bool *is_in = arena_array(v->a, bool, list->count + 1);
	struct alikes all = { 0 };
	bool is_folded;
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct duty *d = &list->at[i];

		is_in[i] = d->open.state == state && is_shown(v, d, is_all) && work_is_asked(v, d);
		if (is_in[i])
			alike_of(v, &all, d)->count++;
		count += is_in[i];
	}
	if (all.at.len == 0)
		return 0;
	/* what is not due yet waits below its count, unless it was asked for by name */
	is_folded = state == DUTY_AHEAD && !http_pair(v->query, "viec").len;
	html(v->w, "<section>\n");
	if (is_folded)
		html(v->w, "<details class=\"fold whole\">\n<summary>");
	html(v->w, "<h2 class=\"state\">");
	html_duty_state(v, state);
	html(v->w, " <span class=\"count\">%s</span></h2>\n", count_text(v, (int64_t)count));
	if (is_folded)
		html(v->w, "</summary>\n");
	html(v->w, "<ul class=\"items\">\n");
	for (size_t i = 0; i < list->count; i++)
		if (is_in[i])
			one_of_alike(v, list, &list->at[i], alike_of(v, &all, &list->at[i]));
	html(v->w, "</ul>\n");
	if (is_folded)
		html(v->w, "</details>\n");
	html(v->w, "</section>\n");
	return count;
}

/* A section that is set once and then rests below its heading. */
static void fold_start(struct view *v, const char *head, bool is_open)
{
	html(v->w, "<section>\n<details class=\"fold\"");
	if (is_open)
		html(v->w, " open");
	html(v->w, ">\n<summary><h2>%s</h2></summary>\n", head);
}

/* --- who stands in ---------------------------------------------------------------------------- */

static void delegation_row(struct view *v, const struct duty_delegation *d)
{
	html(v->w, "<li>%.*s → %.*s: %.*s – %.*s. %.*s ", STR_FMT(d->from_name),
		STR_FMT(d->to_name), STR_FMT(d->from_day), STR_FMT(d->until_day),
		STR_FMT(d->reason));
	if (d->from_id == v->user.id)
		html_button(v, path_of(v, "/viec/uy-quyen/%lld/ket-thuc", (long long)d->id), NULL,
			tr(v->lang, "Kết thúc"));
	html(v->w, "</li>\n");
}

static bool may_stand_in(struct view *v, const struct org_user *u)
{
	return u->id != v->user.id && !u->disabled_at_s && u->unit_id == v->user.unit_id;
}

static void delegation_form(struct view *v)
{
	struct org_user *users;
	size_t count, others = 0;

	if (org_users(v->web->store, v->a, &users, &count, v->e) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		others += may_stand_in(v, &users[i]);
	if (!others) {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Đơn vị chưa có ai khác dùng Khiên để làm thay. Người quản trị thêm tài khoản ở "
				"trang Quản trị thì chọn được ở đây."));
		return;
	}
	html_form(v, "/viec/uy-quyen", "ask");
	html_select(v, "nguoi", tr(v->lang, "Người làm thay"));
	for (size_t i = 0; i < count; i++)
		if (may_stand_in(v, &users[i]))
			html_option(
				v, number_text(v, users[i].id), text_of(v, users[i].name), false);
	html_select_end(v);
	html_field(v, &(struct field){ .name = "ly-do", .label = tr(v->lang, "Lý do") });
	html_field(v,
		&(struct field){ .name = "tu",
			.label = tr(v->lang, "Từ ngày"),
			.hint = tr(v->lang, "Ngày/tháng/năm, ví dụ 31/12/2026"),
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "den",
			.label = tr(v->lang, "Đến ngày"),
			.hint = tr(v->lang, "Ngày/tháng/năm, ví dụ 31/12/2026"),
			.is_required = true });
	html_form_end(v, tr(v->lang, "Ủy quyền"));
}

static void delegations(struct view *v)
{
	struct duty_delegations list;

	if (duty_delegation_list(
		    v->web->store, v->user.id, org_day(v->by.now_s, v->a), v->a, &list, v->e) < 0)
		return;
	fold_start(v, tr(v->lang, "Ủy quyền khi vắng mặt"), list.len || v->fault_count);
	html(v->w, "<p class=\"soft\">%s</p>\n",
		tr(v->lang,
			"Trong những ngày này việc của bạn cũng hiện ở người làm thay. Trách nhiệm vẫn ở bạn."));
	if (list.len) {
		html(v->w, "<ul>\n");
		for (size_t i = 0; i < list.len; i++)
			delegation_row(v, &list.at[i]);
		html(v->w, "</ul>\n");
	}
	delegation_form(v);
	html(v->w, "</details>\n</section>\n");
}

void page_delegate_post(struct view *v)
{
	struct duty_delegation d = { .from_id = v->user.id,
		.from_day = form_day(v, "tu"),
		.until_day = form_day(v, "den"),
		.reason = form_value(v, "ly-do"),
		.made_by = v->user.login,
		.made_at_s = v->by.now_s };
	struct org_user other;
	int rc;

	if (!str_to_i64(form_value(v, "nguoi"), &d.to_id) ||
		org_user(v->web->store, d.to_id, v->a, &other, v->e) < 0 ||
		other.unit_id != v->user.unit_id) {
		fault_add(v, "nguoi", tr(v->lang, "Hãy chọn một người của đơn vị."));
	} else {
		rc = duty_delegate(v->web->store, &d, v->e);
		if (rc == 0) {
			redirect(v, "/viec?bao=da-luu");
			return;
		}
		if (rc != ERR_INPUT) {
			page_failed(v);
			return;
		}
		fault_add(v, "tu",
			tr(v->lang,
				"Ngày đầu và ngày cuối phải là ngày thật, ngày đầu không sau ngày cuối."));
	}
	v->rs->status = 400;
	page_work(v);
}

void page_delegate_end(struct view *v)
{
	struct duty_delegations list;
	int64_t id;

	if (!str_to_i64(v->args[0], &id) ||
		duty_delegation_list(
			v->web->store, v->user.id, STR("0001-01-01"), v->a, &list, v->e) < 0) {
		page_problem(v, 404);
		return;
	}
	for (size_t i = 0; i < list.len; i++) {
		if (list.at[i].id != id || list.at[i].from_id != v->user.id)
			continue;
		if (duty_delegation_end(v->web->store, id, v->by.now_s, v->e) < 0)
			page_failed(v);
		else
			redirect(v, "/viec?bao=da-luu");
		return;
	}
	page_problem(v, 404);
}

/* --- the calendar ----------------------------------------------------------------------------- */

static const char *token_sha256(struct view *v, struct str token)
{
	char hex[SHA256_HEX_SIZE];

	return arena_cstr(v->a, str_of(sha256_hex(token, hex)));
}

/* TOKEN: the address, shown this once; NULL when there is none to show. */
static void feed(struct view *v, const char *token)
{
	int64_t since_s = 0;

	if (duty_feed_since(v->web->store, v->user.id, &since_s, v->e) < 0)
		return;
	fold_start(v, tr(v->lang, "Lịch trong điện thoại, máy tính"), token);
	html(v->w, "<p class=\"soft\">%s</p>\n",
		tr(v->lang,
			"Địa chỉ bí mật để ứng dụng lịch tự lấy việc của bạn (iCalendar). Ai "
			"có địa chỉ đều đọc được; tạo địa chỉ mới thì địa chỉ cũ không dùng "
			"được nữa."));
	if (token)
		html(v->w,
			"<p role=\"status\">%s</p>\n<p><code class=\"path\">/lich/%s.ics</code></p>\n",
			tr(v->lang, "Địa chỉ chỉ hiện lần này, thêm vào sau địa chỉ của Khiên:"),
			token);
	else if (since_s)
		html(v->w, "<p>%s %s.</p>\n", tr(v->lang, "Đang có một địa chỉ, tạo lúc"),
			time_text(v, since_s));
	html_button(v, "/viec/lich", (const char *[]){ "lam", "tao" },
		since_s || token ? tr(v->lang, "Tạo địa chỉ mới") : tr(v->lang, "Tạo địa chỉ"));
	if (since_s || token)
		html_button(v, "/viec/lich", (const char *[]){ "lam", "thu-hoi" },
			tr(v->lang, "Thu hồi địa chỉ"));
	html(v->w, "</details>\n</section>\n");
}

static void show(
	struct view *v, const struct org_unit *unit, const struct duties *list, const char *token)
{
	bool is_all = str_is(http_pair(v->query, "xem"), "tat-ca");
	size_t shown = 0;

	page_start(v, tr(v->lang, "Việc định kỳ"));
	html_work_pages(v);
	html_unit_choice(v, "/viec", unit);
	html(v->w, "<p>%.*s. ", STR_FMT(unit->name));
	if (is_all)
		html(v->w, "<a href=\"/viec?don-vi=%lld\">%s</a> · ", (long long)unit->id,
			tr(v->lang, "Chỉ việc của tôi"));
	else if (org_reach(v->user.role, RIGHT_SEE) > PLACE_SELF)
		html(v->w, "<a href=\"/viec?don-vi=%lld&amp;xem=tat-ca\">%s</a> · ",
			(long long)unit->id, tr(v->lang, "Việc của cả đơn vị"));
	html(v->w, "<a href=\"/viec/nam?don-vi=%lld\">%s</a>", (long long)unit->id,
		tr(v->lang, "Cả năm"));
	if (view_may(v, RIGHT_SEE, unit->id))
		html(v->w, " · <a href=\"/ket-qua/%lld\">%s</a>", (long long)unit->id,
			tr(v->lang, "Kết quả của đơn vị"));
	html(v->w, "</p>\n");
	for (int i = DUTY_OVERDUE; i <= DUTY_AHEAD; i++)
		shown += group(v, list, (enum duty_state)i, is_all);
	if (list->count > 0 && shown == 0 && !http_pair(v->query, "viec").len)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Bạn không có việc định kỳ nào phải làm."));
	if (list->count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Không có việc định kỳ nào ràng buộc đơn vị này."));
	html_duties_left_out(v, list, 1);
	delegations(v);
	feed(v, token);
	html(v->w, "<p class=\"export\"><a href=\"/viec.csv?don-vi=%lld\">%s</a></p>\n",
		(long long)unit->id, tr(v->lang, "Tải danh sách này (CSV)"));
	page_end(v);
}

static void work(struct view *v, const char *token)
{
	const struct org_unit *unit = work_unit(v);
	struct duties list;

	if (!unit)
		return;
	if (work_duties(v, unit, &list) < 0)
		page_failed(v);
	else
		show(v, unit, &list, token);
}

void page_work(struct view *v)
{
	work(v, NULL);
}

void page_feed_post(struct view *v)
{
	bool is_new = str_is(form_value(v, "lam"), "tao");
	char bytes[TOKEN_BYTES], hex[2 * TOKEN_BYTES + 1];
	const char *token = NULL;

	random_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)bytes[i]);
	if (is_new)
		token = arena_cstr(v->a, str_of(hex));
	if (duty_feed_set(v->web->store, v->user.id,
		    is_new ? str_of(token_sha256(v, str_of(token))) : STR_NONE, v->by.now_s,
		    v->e) < 0)
		page_failed(v);
	else
		work(v, token);
}

/* A calendar that is being sent; in the request's arena. */
struct feed {
	struct duty_calendar calendar;
	struct duties own;
	size_t from;
};

static int next_events(void *context, struct buf *out, struct err *e)
{
	struct feed *x = context;
	bool has_more = duty_ical(&x->calendar, &x->from, out);

	/* rather none than a part of it */
	return buf_is_full(out) ? err_set(e, ERR_LIMIT, "one duty has too many days") : has_more;
}

/* What of the unit's list is the visitor's own. */
static void own_duties(struct view *v, const struct duties *list, struct duties *own)
{
	own->at = arena_array(v->a, struct duty, list->count + 1);
	own->rules = list->rules;
	for (size_t i = 0; i < list->count; i++) {
		if (!work_is_mine(v, &list->at[i]))
			continue;
		own->at[own->count++] = list->at[i];
		if (list->at[i].host_id && !list->at[i].is_machine)
			own->hosts_left_out = list->hosts_left_out;
	}
	own->rests = list->rests;
	for (size_t i = 0; i < list->rest_count; i++)
		if (work_is_mine(v, list->rests[i].like))
			own->rests[own->rest_count++] = list->rests[i];
}

/* Whoever has the address: it names a person, and says nothing to others. */
void page_feed(struct view *v)
{
	struct feed *x = arena_new(v->a, struct feed);
	struct duty_query like = { 0 };
	const struct org_unit *unit;
	struct duties list;
	int64_t person = 0;

	if (duty_feed_person(v->web->store, str_of(token_sha256(v, v->args[0])), &person, v->e) <
			0 ||
		person == 0 || org_user(v->web->store, person, v->a, &v->user, v->e) < 0) {
		page_problem(v, 404);
		return;
	}
	like.until = date_add_days(date_at(v->by.now_s), FEED_DAYS);
	unit = org_unit_by_id(view_tree(v), v->user.unit_id);
	if (!unit || work_duties_like(v, &like, unit, &list) < 0) {
		page_failed(v);
		return;
	}
	own_duties(v, &list, &x->own);
	x->calendar = (struct duty_calendar){ .duties = &x->own,
		.lang = v->lang,
		.title = arena_fmt(v->a, "%s – %.*s", tr(v->lang, "Khiên"), STR_FMT(v->user.name)),
		.url = arena_fmt(v->a, "%s://%.*s", v->web->is_tls ? "https" : "http",
			STR_FMT(http_header(v->rq, "host"))),
		.at_s = v->by.now_s,
		.until = like.until };
	v->rs->content_type = "text/calendar; charset=utf-8";
	v->rs->stream = (struct http_stream){ x, next_events, NULL, -1 };
}

/* All duties of the unit, part by part; outlives the handler, in the
 * request's arena. */
struct duties_csv {
	struct view v; /* whose they are: each piece has its own memory */
	struct comply_left_out found;
	struct duty_left_out left_out;
	const struct org_unit *unit;
	struct duty_query q;
	struct str head; /* before the first piece */
};

static void csv_duty(struct view *v, const struct duties *list, const struct duty *d)
{
	struct date unsure;

	csv_text(v, obligation_name(v, d->obligation));
	csv_cell(v->w, words_of(v, d->title));
	csv_cell(v->w, d->record.id ? d->record.title : d->host_name);
	csv_text(v, date_text(v, d->open.due));
	csv_text(v,
		duty_is_unsure(d, &d->open, &list->rules, &unsure) ? expected_why(v, unsure) : "");
	csv_words(v, duty_state_words(d->open.state));
	csv_text(v, d->last.id ? date_text(v, d->last.day) : "");
	csv_end_row(v->w);
}

static int next_duties(void *context, struct buf *out, struct err *e)
{
	struct duties_csv *x = context;
	struct duties list;
	struct arena piece;
	int rc;

	buf_add(out, x->head);
	x->head = STR("");
	arena_init(&piece, LIMIT_REQUEST_MEMORY_BYTES);
	x->v.a = &piece;
	x->v.w = out;
	x->v.e = e;
	rc = duty_list(&x->q, &piece, &list, e);
	if (rc == 0)
		work_only_seen(&x->v, x->unit->id, &list);
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		csv_duty(&x->v, &list, &list.at[i]);
	arena_done(&piece);
	if (rc < 0)
		return rc;
	x->q.part = list.next;
	return x->q.part.of != DUTY_PART_NONE;
}

void page_work_csv(struct view *v)
{
	static const char *const heads[] = { T("Nghĩa vụ"), T("Nội dung"), T("Máy, bản ghi"),
		T("Hạn"), T("Hạn dự kiến"), T("Tình trạng"), T("Lần làm trước") };
	struct duties_csv *x = arena_new(v->a, struct duties_csv);
	struct comply_query about = {
		.store = v->web->store, .packs = v->web->packs, .at_s = v->by.now_s
	};

	x->unit = work_unit(v);
	if (!x->unit)
		return;
	about.unit_id = x->unit->id;
	if (comply_left_out(&about, v->a, &x->found, v->e) < 0) {
		page_failed(v);
		return;
	}
	x->left_out = (struct duty_left_out){ x->found.at, x->found.count };
	x->q = (struct duty_query){ .store = about.store,
		.packs = about.packs,
		.units = &x->unit,
		.unit_count = 1,
		.left_out = &x->left_out,
		.at_s = about.at_s,
		.part = { .of = DUTY_PART_UNIT } };
	csv_page(v, "viec.csv");
	for (size_t i = 0; i < COUNT(heads); i++)
		csv_words(v, heads[i]);
	csv_end_row(v->w);
	x->head = arena_str(v->a, buf_str(v->w));
	x->v = *v;
	v->rs->stream = (struct http_stream){ x, next_duties, NULL, -1 };
}
