/* judge_find.c - one finding, with its sentence in the words of the register. */
#include "core/record/judge_int.h"
#include "core/record/record_words.h"

void judge_add(struct judging *j, struct record_finding finding)
{
	j->has_fail |= !finding.is_warning;
	if (j->findings.len < RECORD_FINDINGS_MAX)
		vec_push(j->at->a, &j->findings, finding);
	else
		j->left_out++;
}

struct filling {
	const struct record_at *at;
	const struct record *r;
	const struct record_names *names;
	enum lang lang;
	struct str thing;
};

static bool fill_one(void *context, struct str name, struct str *ret_value)
{
	struct filling *f = context;
	const struct register_field *field = pack_register_field(f->at->reg, name);

	if (!field)
		return false;
	*ret_value =
		f->r ? record_field_words(f->at, f->lang, f->names, field, f->r->body) : f->thing;
	return true;
}

static struct words fill_words(struct filling f, struct words words)
{
	struct words made;

	f.lang = LANG_VI;
	made.vi = text_fill(f.at->a, words.vi, fill_one, &f);
	f.lang = LANG_EN;
	made.en = text_fill(f.at->a, words_in(words, LANG_EN), fill_one, &f);
	return made;
}

int judge_find(struct judging *j, const struct register_rule *rule, const struct record *r,
	struct str thing, struct err *e)
{
	struct filling f = { .at = j->at, .r = r, .thing = thing };
	struct record_finding found = {
		.kind = FINDING_RULE, .title = STR(""), .rule = rule, .is_warning = rule->is_warning
	};
	int rc = 0;

	if (r && r->id != j->names_of)
		rc = record_names(j->at, r, 1, &j->names, e);
	if (rc < 0)
		return rc;
	j->names_of = r ? r->id : 0;
	f.names = j->names;
	if (r) {
		found.record_id = r->id;
		found.title = r->title;
	}
	if (rule->field.ptr)
		found.field = pack_register_field(j->at->reg, rule->field);
	found.words = fill_words(f, rule->words);
	judge_add(j, found);
	return 0;
}
