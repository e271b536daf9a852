/* work_record.c - the work that records bring: done in the record itself, and where it is told. */
#include "face/web/register_int.h"
#include "face/web/work.h"

static int add_proofs(
	const struct record_at *at, const struct duty *d, struct evidence *row, struct err *e)
{
	const struct register_duty *of = d->record.duty;
	const struct obligation *const *answers =
		of->answer_count ? of->answers_are : d->record.reg->answers_are;
	size_t count = of->answer_count ? of->answer_count : d->record.reg->answer_count;
	int rc = 0;

	row->unit_id = d->unit_id;
	row->record_id = d->record.id;
	row->subject = arena_fmt(at->a, "record:%lld", (long long)d->record.id);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		row->check = arena_fmt(at->a, "%.*s/%.*s", STR_FMT(answers[i]->pack->id),
			STR_FMT(answers[i]->id));
		rc = evidence_add_word(at->store, row, e);
	}
	return rc;
}

int work_record_done(const struct record_at *at, const struct duty *d, struct str day,
	struct evidence *row, struct record_faults *ret_faults, struct err *e)
{
	struct record_value typed = { d->record.duty->field, day };
	struct record r;
	int rc = store_begin(at->store, e);

	if (rc < 0)
		return rc;
	rc = record_get(at->store, d->record.id, at->a, &r, e);
	if (rc == 0) {
		r.version = d->record.version;
		rc = record_put(
			at, &r, (struct record_body){ &typed, 1 }, row->found, ret_faults, e);
	}
	if (rc == 0)
		rc = add_proofs(at, d, row, e);
	if (rc == 0)
		rc = store_commit(at->store, e);
	if (rc < 0)
		store_rollback(at->store);
	return rc;
}

void html_duties_of(struct view *v, int64_t unit_id, int64_t record_id)
{
	const struct org_unit *unit = org_unit_by_id(view_tree(v), unit_id);
	struct duty_query like = { .only_record = record_id,
		.until = date_add_days(date_at(v->by.now_s), DUTY_RECORD_OUTLOOK_DAYS) };
	struct duties list;
	size_t shown = 0;

	if (!unit || !unit->is_live || work_duties_like(v, &like, unit, &list) < 0)
		return;
	for (size_t i = 0; i < list.count; i++) {
		if (list.at[i].record.id != record_id)
			continue;
		if (shown++ == 0)
			html(v->w,
				"<section id=\"viec\">\n<h2>%s</h2>\n<ul class=\"items\">\n",
				tr(v->lang, "Việc phải làm với bản ghi này"));
		html_duty(v, &list.at[i], &list.rules, false);
	}
	if (shown)
		html(v->w, "</ul>\n</section>\n");
}
