/* document.c - a paper that proves an obligation, attached where it was found missing: for the
 * unit, or for the one machine, person or record that it is about. */
#include "core/attest/attest.h"
#include "core/flow/flow.h"
#include "core/pack/flows.h"
#include "face/web/files.h"
#include "face/web/register_int.h"
#include "face/web/work.h"

#define TEXT_MAX 500

/* What the form is about. */
struct here {
	const struct org_unit *unit;
	const struct obligation *o;
	enum comply_about about;
	int64_t id; /* of the subject */
	struct str name;
};

static const char *const kinds[] = {
	[COMPLY_UNIT] = "don-vi",
	[COMPLY_HOST] = "may",
	[COMPLY_PERSON] = "nguoi",
	[COMPLY_RECORD] = "ban-ghi",
};

static bool takes(const struct obligation *o, enum proof_by by)
{
	for (size_t i = 0; i < o->evidence_count; i++)
		if (o->evidence[i].by == by)
			return true;
	return false;
}

/* Has the pack a place where this way of proof is given? */
static bool has_place(struct view *v, const struct obligation *o, enum proof_by by)
{
	const struct pack_work *work = o->pack->work;
	struct str name = str_of(obligation_name(v, o));
	bool is = duty_period_of(v->web->packs, o, date_at(v->by.now_s)).count > 0 ||
		by == BY_CHECK || by == BY_ARCHIVE;

	for (size_t i = 0; by == BY_REGISTER && i < pack_register_count(v->web->packs); i++)
		is = is || record_answers(pack_register_at(v->web->packs, i), o);
	for (size_t i = 0; by == BY_FLOW && work && i < work->flow_count; i++)
		is = is || flow_answers(&work->flows[i], name);
	for (size_t i = 0; by == BY_ATTEST && work && i < work->statement_count; i++)
		is = is || attest_answers(&work->statements[i], name);
	return is;
}

bool obligation_takes_paper(struct view *v, const struct obligation *o)
{
	for (size_t i = 0; i < o->evidence_count; i++)
		if (o->evidence[i].by == BY_DOCUMENT || !has_place(v, o, o->evidence[i].by))
			return true;
	return false;
}

/* Is this way of proof given by the paper? */
static bool is_by_paper(struct view *v, const struct obligation *o, const struct proof *p)
{
	return takes(o, BY_DOCUMENT) ? p->by == BY_DOCUMENT : !has_place(v, o, p->by);
}

const char *document_path(
	struct view *v, const struct obligation *o, int64_t unit_id, const struct comply_subject *s)
{
	return path_of(v, "/ket-qua/%lld/%.*s/%.*s/van-ban?ve=%s&so=%lld", (long long)unit_id,
		STR_FMT(url_piece(o->pack->id, v->a)), STR_FMT(url_piece(o->id, v->a)),
		kinds[s->about], (long long)(s->about == COMPLY_UNIT ? unit_id : s->id));
}

struct looking {
	struct here *here;
	struct arena *a;
	bool is_found;
};

static int look(void *context, const struct comply_subject *s, const struct comply_verdict *cv,
	size_t count, struct err *e)
{
	struct looking *l = context;

	if (count == 0 || s->about != l->here->about ||
		(s->about != COMPLY_UNIT && s->id != l->here->id))
		return 0;
	l->here->name = arena_str(l->a, s->name);
	l->is_found = true;
	return 0;
}

/* The obligation and the subject that it binds. False after an answer. */
static bool find(struct view *v, struct here *ret)
{
	struct http_pairs pairs = v->rq->method == HTTP_POST ? v->form : v->query;
	struct str kind = http_pair(pairs, "ve");
	struct here h = { .unit = work_unit_of_path(v) };
	struct looking l = { .here = &h, .a = v->a };
	struct comply_query q = { v->web->store, v->web->packs, 0, v->by.now_s, NULL };

	if (!h.unit)
		return false;
	for (size_t i = 0; kind.ptr && i < COUNT(kinds); i++)
		if (str_is(kind, kinds[i]))
			h.about = (enum comply_about)i;
	(void)str_to_i64(http_pair(pairs, "so"), &h.id);
	h.o = pack_obligation(v->web->packs,
		arena_fmt(v->a, "%.*s/%.*s", STR_FMT(v->args[1]), STR_FMT(v->args[2])));
	q.unit_id = h.unit->id;
	q.only = h.o;
	if (h.o && obligation_takes_paper(v, h.o) && comply_walk(&q, look, &l, v->e) < 0) {
		page_failed(v);
		return false;
	}
	if (!l.is_found) {
		page_problem(v, 404);
		return false;
	}
	if (h.about == COMPLY_UNIT)
		h.id = h.unit->id;
	*ret = h;
	return true;
}

static void show(struct view *v, const struct here *h)
{
	page_start(v, tr(v->lang, "Gắn văn bản làm chứng"));
	html_back(v,
		path_of(v, "/ket-qua/%lld/%.*s/%.*s", (long long)h->unit->id,
			STR_FMT(url_piece(h->o->pack->id, v->a)),
			STR_FMT(url_piece(h->o->id, v->a))),
		text_of(v, words_of(v, h->o->title)));
	html(v->w, "<blockquote lang=\"vi\"><p>%.*s</p></blockquote>\n<p>%.*s</p>\n<ul>\n",
		STR_FMT(h->o->clause->text.ptr ? h->o->clause->text : h->o->clause->title),
		STR_FMT(h->name.len ? h->name : h->unit->name));
	for (size_t i = 0; i < h->o->evidence_count; i++)
		if (is_by_paper(v, h->o, &h->o->evidence[i]))
			html(v->w, "<li>%.*s</li>\n", STR_FMT(words_of(v, h->o->evidence[i].what)));
	html(v->w,
		"</ul>\n<form method=\"post\" action=\"/ket-qua/%lld/%.*s/%.*s/van-ban\" class=\"card\""
		" enctype=\"multipart/form-data\">\n<input type=\"hidden\" name=\"dau\" value=\"%.*s\">\n"
		"<input type=\"hidden\" name=\"ve\" value=\"%s\">\n"
		"<input type=\"hidden\" name=\"so\" value=\"%lld\">\n",
		(long long)h->unit->id, STR_FMT(url_piece(h->o->pack->id, v->a)),
		STR_FMT(url_piece(h->o->id, v->a)), STR_FMT(v->session.csrf), kinds[h->about],
		(long long)h->id);
	html_field(v,
		&(struct field){ .name = "so-hieu",
			.label = tr(v->lang, "Số, ký hiệu và trích yếu"),
			.hint = tr(v->lang, "Ví dụ: 12/QĐ-UBND, Quyết định ban hành quy trình"),
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "ngay",
			.label = tr(v->lang, "Ngày ký"),
			.hint = tr(v->lang, "Ngày/tháng/năm, ví dụ 31/12/2026"),
			.is_required = true });
	html(v->w,
		"<div class=\"field\"><label for=\"tep\">%s</label>\n<p class=\"hint\" id=\"tep-goi-y\">%s"
		"</p>\n<label class=\"button plain pick\" for=\"tep\">%s</label>\n"
		"<input id=\"tep\" name=\"tep\" type=\"file\" required"
		" aria-describedby=\"tep-goi-y\">\n<span class=\"no-file soft\">%s</span></div>\n",
		tr(v->lang, "Tệp của văn bản"),
		fill(v,
			tr(v->lang,
				"Ảnh chụp, bản quét, nhiều nhất {n}. Khiên giữ tệp; sau này chứng minh "
				"được tệp không bị sửa."),
			"n", size_text(v, FILE_BYTES_MAX), NULL),
		tr(v->lang, "Chọn tệp…"), tr(v->lang, "chưa chọn tệp"));
	html_form_end(v, tr(v->lang, "Gắn văn bản này"));
	page_end(v);
}

void page_document(struct view *v)
{
	struct here h;

	if (find(v, &h))
		show(v, &h);
}

/* A paper older than what the obligation takes proves nothing any more. */
static void check_day(struct view *v, const struct here *h, struct date *ret)
{
	int64_t oldest = 0, age;

	for (size_t i = 0; i < h->o->evidence_count; i++)
		if (is_by_paper(v, h->o, &h->o->evidence[i]) &&
			h->o->evidence[i].max_age_days > oldest)
			oldest = h->o->evidence[i].max_age_days;
	if (!date_typed(form_value(v, "ngay"), ret)) {
		fault_add(v, "ngay", tr(v->lang, "Hãy ghi ngày ký của văn bản."));
		return;
	}
	age = date_to_days(date_at(v->by.now_s)) - date_to_days(*ret);
	if (age < 0)
		fault_add(v, "ngay", tr(v->lang, "Ngày ký không được ở tương lai."));
	else if (oldest && age > oldest)
		fault_add(v, "ngay",
			fill(v, tr(v->lang, "Văn bản đã quá {n} ngày, không còn làm chứng được."),
				"n", count_text(v, oldest), NULL));
}

/* 1 kept, 0 the form brings none, <0. */
static int keep_file(struct view *v, const struct here *h, struct evidence *row)
{
	bool is_record = h->about == COMPLY_RECORD;
	struct file f = { .of = is_record ? STR("record") : STR("result"),
		.key = str_of(is_record ? number_text(v, h->id) : obligation_name(v, h->o)),
		.unit_id = h->unit->id };
	int rc = file_sent(v, &f);

	if (rc == 1)
		file_prove(v, &f, row);
	return rc;
}

static void about_subject(struct view *v, const struct here *h, struct evidence *row)
{
	row->unit_id = h->unit->id;
	if (h->about == COMPLY_HOST)
		row->host_id = h->id;
	if (h->about == COMPLY_PERSON)
		row->subject = arena_fmt(v->a, "staff:%lld", (long long)h->id);
	if (h->about == COMPLY_RECORD) {
		row->record_id = h->id;
		row->subject = arena_fmt(v->a, "record:%lld", (long long)h->id);
	}
}

static void take(struct view *v, const struct here *h, struct date day)
{
	struct evidence row = {
		/* where the pack has no other place, the word of who attaches it stands for that */
		.by = takes(h->o, BY_DOCUMENT) ? EVIDENCE_DOCUMENT : EVIDENCE_PERSON,
		.outcome = OUTCOME_PASS,
		.check = str_of(obligation_name(v, h->o)),
		.subject = STR(""),
		.at_s = v->by.now_s,
		.found = arena_fmt(
			v->a, "%.*s (%s)", STR_FMT(form_value(v, "so-hieu")), date_text(v, day)),
		.person = v->user.login
	};
	int rc = keep_file(v, h, &row);

	if (rc == 0) {
		fault_add(v, "tep", tr(v->lang, "Hãy chọn tệp của văn bản."));
		v->rs->status = 422;
		show(v, h);
		return;
	}
	about_subject(v, h, &row);
	if (rc == ERR_LIMIT)
		page_problem(v, 507);
	else if (rc < 0 || evidence_add_word(v->web->store, &row, v->e) < 0 ||
		org_note(&v->by, "proof.document", row.check, v->e) < 0)
		page_failed(v);
	else
		redirect(v,
			path_of(v, "/ket-qua/%lld/%.*s/%.*s?bao=da-luu", (long long)h->unit->id,
				STR_FMT(url_piece(h->o->pack->id, v->a)),
				STR_FMT(url_piece(h->o->id, v->a))));
}

void page_document_post(struct view *v)
{
	struct str paper = form_value(v, "so-hieu");
	struct date day;
	struct here h;

	if (!find(v, &h))
		return;
	if (paper.len == 0 || paper.len > TEXT_MAX)
		fault_add(v, "so-hieu", tr(v->lang, "Hãy ghi số, ký hiệu và trích yếu, ngắn gọn."));
	check_day(v, &h, &day);
	if (v->fault_count) {
		v->rs->status = 422;
		show(v, &h);
		return;
	}
	take(v, &h, day);
}
