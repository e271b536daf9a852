/* log_proof.c - a signature under a sheet about the log: which obligations it answers, how it is
 * shown, how it becomes their evidence. */
#include "face/web/log_proof.h"

#include "face/web/org_int.h"

/* The Nth, or NULL. */
static const struct obligation *proved(const struct view *v, const char *period, size_t n)
{
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t k = 0; k < p->obligation_count; k++) {
			const struct obligation *o = &p->obligations[k];
			bool is_ours = false;

			for (size_t m = 0; m < o->evidence_count; m++)
				is_ours |= o->evidence[m].by == BY_DUTY;
			if (is_ours && str_is(o->period_param, period) && n-- == 0)
				return o;
		}
	}
	return NULL;
}

const struct obligation *log_proof_first(const struct view *v, const char *period)
{
	return proved(v, period, 0);
}

/* Obligations of one clause stand together: the clause is named once. */
void html_log_proof(struct view *v, const char *period)
{
	const struct clause *last = NULL;
	const struct obligation *o;

	html(v->w, "<p>%s", tr(v->lang, "Trả lời cho nghĩa vụ:"));
	for (size_t i = 0; (o = proved(v, period, i)) != NULL; i++) {
		if (o->clause != last)
			html(v->w, "%s <a href=\"%s\">%.*s</a>", last ? "," : "",
				clause_path(v, o->clause),
				STR_FMT(clause_cite(o->clause, v->lang, v->a)));
		last = o->clause;
	}
	html(v->w, "</p>\n");
}

void html_log_proof_signed(
	struct view *v, const struct evidence *by, const struct log_proof_words *words)
{
	html(v->w, "<dl class=\"facts signed\">\n");
	html_fact(v, words->who, by->person);
	html_fact(v, tr(v->lang, "Lúc"), str_of(time_text(v, by->at_s)));
	html_fact(v, words->said, by->detail);
	html(v->w, "</dl>\n");
}

int log_proof_sign(struct view *v, const struct log_proof *p, struct err *e)
{
	const struct obligation *o;
	struct org_host here;
	int rc = org_host_here(v->web->store, v->a, &here, e);

	for (size_t i = 0; rc == 0 && (o = proved(v, p->period, i)) != NULL; i++) {
		const struct evidence row = { .host_id = here.id,
			.at_s = v->by.now_s,
			.by = EVIDENCE_PERSON,
			.check = str_of(obligation_name(v, o)),
			.subject = STR(""),
			.outcome = p->outcome,
			.reason = STR(""),
			.detail = p->detail,
			.found = p->found,
			.wanted = STR(""),
			.file = STR(""),
			.lost = STR(""),
			.extract_sha256 = STR(""),
			.person = v->user.login };

		rc = evidence_add_word(v->web->store, &row, e);
	}
	return rc == 0 ? org_note(&v->by, p->event, p->note, e) : rc;
}
