/* result_one.c - one obligation in a unit: for each subject that it binds the verdict, and
 * every proof or the gap, with the place where the gap is closed. */
#include "core/attest/attest.h"
#include "core/flow/flow.h"
#include "core/pack/flows.h"
#include "face/web/register_int.h"
#include "face/web/work.h"

struct showing {
	struct view *v;
	const struct obligation *o;
	const struct org_unit *unit;
	bool has_filter, sees_words; /* findings name values that not everybody may see */
	enum verdict filter;
	struct comply_places places;
	const struct comply_place *chosen; /* of the filter */
	size_t count, from;
	struct buf shown[VERDICT_COUNT]; /* the worst stand first on the page */
};

/* --- the gap and where it is closed ----------------------------------------------------------- */

static size_t flow_links(struct view *v, const struct obligation *o)
{
	const struct pack_work *work = o->pack->work;
	struct str name = str_of(obligation_name(v, o));
	size_t count = 0;

	for (size_t i = 0; work && i < work->flow_count; i++) {
		if (!flow_answers(&work->flows[i], name))
			continue;
		html(v->w, " · <a href=\"/ho-so/moi?luong=%.*s\">%s: %.*s</a>",
			STR_FMT(work->flows[i].id), tr(v->lang, "Mở hồ sơ"),
			STR_FMT(words_of(v, work->flows[i].title)));
		count++;
	}
	return count;
}

static size_t register_links(struct view *v, const struct obligation *o, int64_t unit_id)
{
	size_t count = 0;

	for (size_t i = 0; i < pack_register_count(v->web->packs); i++) {
		const struct pack_register *r = pack_register_at(v->web->packs, i);

		if (!record_answers(r, o) || !register_may_see(v, r))
			continue;
		html(v->w, " · <a href=\"/so/%.*s?don-vi=%lld\">%.*s</a>", STR_FMT(r->id),
			(long long)unit_id, STR_FMT(words_of(v, r->title)));
		count++;
	}
	return count;
}

static size_t statement_links(struct view *v, const struct obligation *o)
{
	const struct pack_work *work = o->pack->work;
	struct str name = str_of(obligation_name(v, o));
	size_t count = 0;

	for (size_t i = 0; work && i < work->statement_count; i++) {
		if (!attest_answers(&work->statements[i], name))
			continue;
		html(v->w, " · <a href=\"/xac-nhan/%.*s\">%.*s</a>",
			STR_FMT(work->statements[i].id),
			STR_FMT(words_of(v, work->statements[i].title)));
		count++;
	}
	return count;
}

/* Where this way of proof is given. Nothing there to give it: that is said. */
static void document_link(const struct showing *w, const struct comply_subject *s)
{
	struct view *v = w->v;

	if (view_may(v, RIGHT_ACT, w->unit->id))
		html(v->w, " · <a class=\"button plain\" href=\"%s\">%s</a>",
			document_path(v, w->o, w->unit->id, s), tr(v->lang, "Gắn văn bản"));
}

static void gap(const struct showing *w, const struct comply_subject *s, const struct proof *asked)
{
	struct view *v = w->v;
	bool has_period = duty_period_of(v->web->packs, w->o, date_at(v->by.now_s)).count > 0;
	bool may_act = view_may(v, RIGHT_ACT, w->unit->id);
	size_t count = 0;

	switch (asked->by) {
	case BY_CHECK:
		if (s->about != COMPLY_HOST)
			html(v->w, " · <a href=\"/may\">%s</a>", tr(v->lang, "Máy"));
		return;
	case BY_REGISTER:
		count = register_links(v, w->o, w->unit->id);
		break;
	case BY_FLOW:
		count = may_act ? flow_links(v, w->o) : 0;
		break;
	case BY_ATTEST:
		count = statement_links(v, w->o);
		break;
	case BY_ARCHIVE:
		html(v->w, " · <a href=\"/nhat-ky\">%s</a>", tr(v->lang, "Nhật ký"));
		return;
	case BY_DOCUMENT:
		document_link(w, s);
		return;
	case BY_DUTY:
		break;
	}
	if (!count && has_period && s->about != COMPLY_PERSON)
		html(v->w, " · <a href=\"/viec/%lld/%.*s/%.*s%s\">%s</a>", (long long)w->unit->id,
			STR_FMT(url_piece(w->o->pack->id, v->a)),
			STR_FMT(url_piece(w->o->id, v->a)),
			s->about == COMPLY_HOST ? path_of(v, "?may=%lld", (long long)s->id) : "",
			may_act ? tr(v->lang, "Ghi nhận đã làm") : tr(v->lang, "Xem việc này"));
	else if (!count)
		document_link(w, s);
}

/* --- a subject -------------------------------------------------------------------------------- */

static void subject_heading(const struct showing *w, const struct comply_subject *s)
{
	struct view *v = w->v;

	html(v->w, "<section>\n<h2>");
	switch (s->about) {
	case COMPLY_UNIT:
		html(v->w, "%.*s", STR_FMT(s->name));
		break;
	case COMPLY_HOST:
		html(v->w, "<a href=\"/may/%lld\">%s %.*s</a>", (long long)s->id,
			tr(v->lang, "Máy"), STR_FMT(s->name));
		break;
	case COMPLY_PERSON:
		html(v->w, "%.*s", STR_FMT(s->name));
		break;
	case COMPLY_RECORD:
		if (register_may_see(v, s->reg))
			html(v->w, "<a href=\"/ban-ghi/%lld\">%.*s</a>", (long long)s->id,
				STR_FMT(s->name));
		else
			html(v->w, "#%lld", (long long)s->id);
		html(v->w, " <span class=\"soft\">%.*s</span>",
			STR_FMT(words_of(v, s->reg->title)));
		break;
	}
	html(v->w, "</h2>\n<p>");
}

/* What was seen, and how to get to it. */
static void seen(
	const struct showing *w, const struct comply_subject *s, const struct comply_proof *p)
{
	struct view *v = w->v;
	const struct evidence *row = p->rows;
	int64_t id = 0;

	if (html_weighed(v, row))
		return;
	if (row->by == EVIDENCE_REGISTER && s->about == COMPLY_RECORD && w->sees_words &&
		!view_may(v, RIGHT_ACT, w->unit->id))
		html(v->w, " %.*s", STR_FMT(row->found)); /* the title leads to the record */
	else if (row->by == EVIDENCE_REGISTER && s->about == COMPLY_RECORD && w->sees_words)
		html(v->w,
			" %.*s <a class=\"button plain\" href=\"/ban-ghi/%lld/sua%s%.*s\">%s</a>",
			STR_FMT(row->found), (long long)s->id, row->detail.len ? "#t-" : "",
			STR_FMT(row->detail), tr(v->lang, "Sửa ngay"));
	else if (row->by == EVIDENCE_REGISTER && w->sees_words &&
		str_starts(row->detail, "record ") && str_to_i64(str_from(row->detail, 7), &id))
		html(v->w, " %.*s <a href=\"/ban-ghi/%lld\">%s</a>", STR_FMT(row->found),
			(long long)id, tr(v->lang, "Mở bản ghi"));
	else if (row->by != EVIDENCE_REGISTER || w->sees_words)
		html(v->w, " %.*s",
			STR_FMT(found_words(v, pack_check(v->web->packs, row->check), row)));
	if (str_starts(row->detail, "file ") && str_to_i64(str_from(row->detail, 5), &id))
		html(v->w, " · <a href=\"/tep/%lld\">%.*s</a>", (long long)id, STR_FMT(row->file));
	if (row->person.len)
		html(v->w, " <span class=\"soft\">%.*s</span>", STR_FMT(row->person));
}

static void proof_row(
	const struct showing *w, const struct comply_subject *s, const struct comply_proof *p)
{
	struct view *v = w->v;
	const struct check *check =
		p->asked->by == BY_CHECK ? pack_check(v->web->packs, p->asked->check) : NULL;

	html(v->w, "<li>");
	if (check && s->about == COMPLY_HOST)
		html(v->w, "<a href=\"/may/%lld/%.*s\">%.*s</a>", (long long)s->id,
			STR_FMT(url_piece(check->id, v->a)), STR_FMT(words_of(v, check->title)));
	else
		html(v->w, "%.*s",
			STR_FMT(check ? words_of(v, check->title) : words_of(v, p->asked->what)));
	html(v->w, " – <strong>%s</strong>", tr(v->lang, proof_words(p->state)));
	if (p->at_s)
		html(v->w, " <span class=\"soft\">%s</span>", time_text(v, p->at_s));
	if (p->rows && p->asked->by != BY_CHECK)
		seen(w, s, p);
	if (p->state != PROOF_PASS && p->state != PROOF_NA)
		gap(w, s, p->asked);
	html(v->w, "</li>\n");
}

static int show_subject(void *context, const struct comply_subject *s,
	const struct comply_verdict *cv, size_t count, struct err *e)
{
	struct showing *w = context;
	struct view *v = w->v;

	if (count == 0)
		return 0;
	v->w = &w->shown[cv->verdict];
	subject_heading(w, s);
	html_verdict(v, cv->verdict);
	if (cv->exception)
		html(v->w, " %s %s: %.*s", tr(v->lang, "đến"), time_text(v, cv->exception->until_s),
			STR_FMT(cv->exception->reason));
	if (cv->why && *cv->why)
		html(v->w, " %s", tr(v->lang, cv->why));
	html(v->w, "</p>\n<ul class=\"proofs\">\n");
	for (size_t k = 0; k < cv->proof_count; k++)
		proof_row(w, s, &cv->proofs[k]);
	if (cv->proof_count == 0)
		html(v->w, "<li>%s</li>\n",
			tr(v->lang, "Chỉ máy trả lời được nghĩa vụ này: xem kết quả của máy."));
	html(v->w, "</ul>\n</section>\n");
	return 0;
}

/* --- the page --------------------------------------------------------------------------------- */

/* Here, of the same day, with a '?' or '&' at the end for what follows. */
static const char *here_path(const struct showing *w)
{
	struct view *v = w->v;
	struct str day = http_pair(v->query, "ngay");
	const char *here = path_of(v, "/ket-qua/%lld/%.*s/%.*s?", (long long)w->unit->id,
		STR_FMT(url_piece(w->o->pack->id, v->a)), STR_FMT(url_piece(w->o->id, v->a)));

	return day.ptr ? path_of(v, "%sngay=%.*s&", here, STR_FMT(url_piece(day, v->a))) : here;
}

/* How many subjects have which verdict, each a link to those. */
static void tiles(const struct showing *w)
{
	struct view *v = w->v;

	html(v->w, "<ul class=\"tiles\">\n");
	for (int i = 0; i < VERDICT_COUNT; i++) {
		const char *name = verdict_name((enum verdict)i);

		if (w->places.counts[i] == 0)
			continue;
		html(v->w, "<li class=\"tile %s\"><a href=\"%sloc=%s\"><strong>%s</strong> ", name,
			here_path(w), name, count_text(v, w->places.counts[i]));
		html_verdict(v, (enum verdict)i);
		html(v->w, "</a></li>\n");
	}
	html(v->w, "</ul>\n");
}

static void pager(const struct showing *w)
{
	const char *path = here_path(w);

	if (w->has_filter)
		path = path_of(w->v, "%sloc=%s&", path, verdict_name(w->filter));
	html_pages(w->v, path, (int64_t)(w->from / VIEW_ROWS) + 1,
		(int64_t)((w->count + VIEW_ROWS - 1) / VIEW_ROWS));
}

/* ?loc=not-met&trang=2 */
static void choose(struct showing *w)
{
	struct str name = http_pair(w->v->query, "loc"), text = http_pair(w->v->query, "trang");
	size_t before = 0;
	int64_t page;

	w->chosen = w->places.at;
	w->count = w->places.count;
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (name.ptr && str_is(name, verdict_name((enum verdict)i))) {
			w->has_filter = true;
			w->filter = (enum verdict)i;
			w->chosen += before;
			w->count = (size_t)w->places.counts[i];
		}
		before += (size_t)w->places.counts[i];
	}
	if (text.ptr && str_to_i64(text, &page) && page > 1 &&
		page - 1 <= (int64_t)w->count / VIEW_ROWS &&
		(size_t)(page - 1) * VIEW_ROWS < w->count)
		w->from = (size_t)(page - 1) * VIEW_ROWS;
}

static void heading(const struct showing *w)
{
	struct view *v = w->v;
	const struct obligation *o = w->o;

	page_start(v, text_of(v, words_of(v, o->title)));
	html_back(v, path_of(v, "/ket-qua/%lld", (long long)w->unit->id),
		path_of(v, "%s: %.*s", tr(v->lang, "Kết quả"), STR_FMT(w->unit->name)));
	html(v->w,
		"<p><a href=\"%s\" lang=\"vi\">%.*s</a></p>\n"
		"<blockquote lang=\"vi\"><p>%.*s</p></blockquote>\n",
		clause_path(v, o->clause), STR_FMT(clause_cite(o->clause, v->lang, v->a)),
		STR_FMT(o->clause->text.ptr ? o->clause->text : o->clause->title));
	if (duty_period_of(v->web->packs, o, date_at(v->by.now_s)).count &&
		o->applies.host_count == 0)
		html(v->w, "<p><a class=\"button\" href=\"/viec/%lld/%.*s/%.*s\">%s</a></p>\n",
			(long long)w->unit->id, STR_FMT(url_piece(o->pack->id, v->a)),
			STR_FMT(url_piece(o->id, v->a)),
			view_may(v, RIGHT_ACT, w->unit->id) ? tr(v->lang, "Làm việc này") :
							       tr(v->lang, "Xem việc này"));
}

/* All subjects are counted, and those of one page are reckoned with their proofs. */
static void show(struct showing *w, const struct unit_facts *known, struct arena *a)
{
	struct view *v = w->v;
	struct buf *page = v->w;
	int rc;

	if (comply_places(known, a, &w->places, v->e) < 0) {
		page_failed(v);
		return;
	}
	choose(w);
	heading(w);
	tiles(w);
	if (w->places.at_s < facts_as_of_s(v))
		html(v->w, "<p class=\"soft\">%s %s</p>\n", tr(v->lang, "tính lúc"),
			time_text(v, w->places.at_s));
	for (int i = 0; i < VERDICT_COUNT; i++)
		buf_init(&w->shown[i], LIMIT_HTTP_PAGE_BYTES);
	rc = comply_walk_places(known, w->chosen + w->from,
		w->count - w->from < VIEW_ROWS ? w->count - w->from : VIEW_ROWS, show_subject, w,
		v->e);
	v->w = page;
	for (int i = 0; i < VERDICT_COUNT; i++) {
		buf_add(v->w, buf_str(&w->shown[i]));
		buf_done(&w->shown[i]);
	}
	if (rc < 0)
		html(v->w, "<p class=\"fault\">%s</p>\n",
			tr(v->lang, "Không tính được. Dữ liệu không thay đổi; hãy thử lại."));
	if (w->count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Không có đối tượng nào có kết quả này."));
	pager(w);
	page_end(v);
}

void page_result_one(struct view *v)
{
	const struct org_unit *unit = work_unit_of_path(v);
	const struct obligation *o = unit ?
		pack_obligation(v->web->packs,
			arena_fmt(v->a, "%.*s/%.*s", STR_FMT(v->args[1]), STR_FMT(v->args[2]))) :
		NULL;
	struct showing w = { .v = v, .o = o, .unit = unit };
	struct comply_query q = { v->web->store, v->web->packs, unit ? unit->id : 0,
		facts_as_of_s(v), o };
	const struct unit_facts *known;
	struct arena a;

	if (!unit)
		return;
	if (!o || o->kind == KIND_DATA) {
		page_problem(v, 404);
		return;
	}
	w.sees_words = view_may(v, RIGHT_ACT, unit->id) || view_may(v, RIGHT_AUDIT, unit->id) ||
		view_may(v, RIGHT_REMIND, unit->id);
	arena_init(&a, COMPLY_UNIT_MEMORY_BYTES);
	if (comply_know(&q, &a, &known, v->e) < 0)
		page_failed(v);
	else
		show(&w, known, &a);
	arena_done(&a);
}
