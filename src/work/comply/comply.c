#include "work/comply/comply.h"

#include "core/record/record_judge.h"
#include "kit/text/text.h"

/* How old a weighing of a register may be for its records when the law names no age: it is done
 * every night. */
#define RECORD_AGE_DAYS 31

static const struct {
	const char *name;
	const char *words;
} verdicts[VERDICT_COUNT] = {
	[VERDICT_NOT_MET] = { "not-met", T("không đạt") },
	[VERDICT_OVERDUE] = { "overdue", T("quá hạn") },
	[VERDICT_NO_EVIDENCE] = { "no-evidence", T("chưa có bằng chứng") },
	[VERDICT_EXCEPTED] = { "excepted", T("ngoại lệ") },
	[VERDICT_MET] = { "met", T("đạt") },
	[VERDICT_NA] = { "not-applicable", T("không áp dụng") },
};

const char *verdict_name(enum verdict v)
{
	return verdicts[v].name;
}

const char *verdict_words(enum verdict v)
{
	return verdicts[v].words;
}

/* The enum is in this order. */
enum verdict verdict_worst(enum verdict a, enum verdict b)
{
	return a < b ? a : b;
}

/* ---- proofs ---- */

static bool is_fresh(const struct comply_input *in, int64_t at_s, int max_age_days)
{
	return in->at_s - at_s <= (int64_t)max_age_days * CLOCK_DAY_S;
}

/* The rows of one check stand together in a run. */
static void find_check_rows(
	const struct evidence *rows, size_t count, struct str check, struct comply_proof *proof)
{
	for (size_t i = 0; i < count; i++) {
		if (!str_eq(rows[i].check, check))
			continue;
		if (!proof->rows)
			proof->rows = &rows[i];
		proof->row_count++;
		if (rows[i].at_s > proof->at_s)
			proof->at_s = rows[i].at_s;
	}
}

static enum proof_state state_of(const struct comply_input *in, const struct comply_proof *proof)
{
	enum outcome worst = OUTCOME_NA;

	for (size_t i = 0; i < proof->row_count; i++)
		worst = outcome_worst(worst, proof->rows[i].outcome);
	switch (worst) {
	case OUTCOME_FAIL:
		return PROOF_FAIL; /* bad news does not go away by growing old */
	case OUTCOME_UNKNOWN:
		return PROOF_UNKNOWN;
	case OUTCOME_NA:
	case OUTCOME_PASS:
		break;
	}
	if (!is_fresh(in, proof->at_s, proof->max_age_days))
		return PROOF_OLD;
	return worst == OUTCOME_NA ? PROOF_NA : PROOF_PASS;
}

static struct comply_proof check_proof(
	const struct comply_input *in, const struct obligation *o, const struct proof *asked)
{
	struct comply_proof proof = {
		.asked = asked,
		.max_age_days = asked->max_age_days ? asked->max_age_days : o->max_age_days,
	};

	find_check_rows(in->rows, in->row_count, asked->check, &proof);
	if (!proof.rows) /* another tool never overrides what our own check saw */
		find_check_rows(in->imports, in->import_count, asked->check, &proof);
	if (proof.rows)
		proof.state = state_of(in, &proof);
	else
		proof.state = asked->is ? PROOF_MISSING : PROOF_PLANNED;
	return proof;
}

/* "tay-son/D8.3" */
static bool names_obligation(struct str id, const struct obligation *o)
{
	struct str pack, rest;

	return str_split(id, '/', &pack, &rest) && str_eq(pack, o->pack->id) && str_eq(rest, o->id);
}

/* May this row stand for that proof? A person's word stands for any but a check's; what the program
 * weighed by itself only for its own kind. */
static bool is_way(const struct evidence *row, enum proof_by by)
{
	static const enum evidence_by ways[] = { [BY_REGISTER] = EVIDENCE_REGISTER,
		[BY_FLOW] = EVIDENCE_FLOW,
		[BY_DOCUMENT] = EVIDENCE_DOCUMENT,
		[BY_ATTEST] = EVIDENCE_ATTEST,
		[BY_DUTY] = EVIDENCE_DUTY,
		[BY_ARCHIVE] = EVIDENCE_PERSON };

	return row->by == EVIDENCE_PERSON || row->by == ways[by];
}

/* Is the row about whom the verdict is about? What was said of one person or record says nothing of
 * the unit. */
static bool is_of_subject(const struct comply_input *in, const struct evidence *row)
{
	if (in->subject.len)
		return str_eq(in->subject, row->subject);
	return !str_starts(row->subject, "staff:") && !str_starts(row->subject, "record:");
}

/* What the program weighed goes before a person's word; of several registers the worst counts, and
 * before what was kept of all of them together. */
static bool is_better(const struct evidence *row, const struct evidence *has)
{
	if (!has)
		return true;
	if (has->by == EVIDENCE_PERSON)
		return row->by != EVIDENCE_PERSON;
	if (has->by != EVIDENCE_REGISTER || row->by != EVIDENCE_REGISTER || row->subject.len == 0)
		return false;
	return has->subject.len == 0 ||
		(row->outcome != has->outcome &&
			outcome_worst(row->outcome, has->outcome) == row->outcome);
}

/* The newest about this obligation. */
static struct comply_proof word_proof(
	const struct comply_input *in, const struct obligation *o, const struct proof *asked)
{
	struct comply_proof proof = {
		.asked = asked,
		.state = PROOF_MISSING,
		.max_age_days = asked->max_age_days ? asked->max_age_days : o->max_age_days,
	};

	for (size_t i = 0; i < in->word_count; i++) {
		const struct evidence *row = &in->words[i];

		if (!names_obligation(row->check, o) || !is_way(row, asked->by) ||
			!is_of_subject(in, row) || !is_better(row, proof.rows))
			continue;
		proof.rows = row;
		proof.row_count = 1;
		proof.at_s = row->at_s;
		proof.state = state_of(in, &proof);
	}
	return proof;
}

/* What the register says of the record: its own finding, else that of the register as a whole. */
static struct comply_proof register_proof(
	const struct comply_input *in, const struct obligation *o, const struct proof *asked)
{
	const struct comply_in_register *at = in->in_register;
	struct comply_proof proof = word_proof(in, o, asked);

	if (proof.rows && (proof.rows->by == EVIDENCE_PERSON || proof.state == PROOF_FAIL))
		return proof;
	proof.rows = NULL; /* a finding that was mended */
	proof.row_count = 0;
	proof.state = PROOF_MISSING;
	if (!at->whole || !record_answers(at->reg, o))
		return proof;
	proof.at_s = at->whole->at_s;
	if (at->changed_at_s > at->weighed_at_s)
		proof.state = PROOF_MISSING;
	else if (str_is(at->whole->reason, "left-out") || at->whole->outcome == OUTCOME_UNKNOWN)
		proof.state = PROOF_UNKNOWN; /* too many findings to name each: it may have one */
	else
		proof.state = is_fresh(in, proof.at_s, proof.max_age_days) ? PROOF_PASS : PROOF_OLD;
	return proof;
}

/* Of a record no machine is asked. That its register is free of findings about it counts even where
 * the law names no register among the proofs: a rule answers the obligation. */
static void record_proofs(const struct comply_input *in, struct comply_verdict *v, struct arena *a)
{
	static const char *const own_words = T("Mục này trong sổ đủ và không mâu thuẫn");
	const struct obligation *o = v->obligation;
	bool has_register = false;

	v->proof_count = 0;
	for (size_t i = 0; i < o->evidence_count; i++) {
		const struct proof *asked = &o->evidence[i];

		if (asked->by == BY_CHECK)
			continue;
		has_register |= asked->by == BY_REGISTER;
		v->proofs[v->proof_count++] = asked->by == BY_REGISTER ?
			register_proof(in, o, asked) :
			word_proof(in, o, asked);
	}
	if (!has_register && record_answers(in->in_register->reg, o)) {
		struct proof *own = arena_new(a, struct proof);

		*own = (struct proof){ .by = BY_REGISTER,
			.what = { str_of(own_words), str_of(tr(LANG_EN, own_words)) },
			.max_age_days = RECORD_AGE_DAYS };
		v->proofs[v->proof_count++] = register_proof(in, o, own);
	}
}

/* ---- from proofs to a verdict ---- */

struct tally {
	int checks, of_state[PROOF_PLANNED + 1]; /* of checks */
	int words, word_passes, word_fails, words_old;
};

static struct tally tally_of(const struct comply_verdict *v)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < v->proof_count; i++) {
		const struct comply_proof *proof = &v->proofs[i];

		if (proof->asked->by == BY_CHECK) {
			t.checks++;
			t.of_state[proof->state]++;
			continue;
		}
		t.words++;
		t.word_passes += proof->state == PROOF_PASS;
		t.word_fails += proof->state == PROOF_FAIL;
		t.words_old += proof->state == PROOF_OLD;
	}
	return t;
}

static const char *why_no_check_passes(const struct tally *t)
{
	if (t->of_state[PROOF_UNKNOWN])
		return T("máy đã được hỏi nhưng chưa trả lời được");
	if (t->of_state[PROOF_MISSING])
		return T("máy chưa được kiểm tra");
	if (t->of_state[PROOF_PLANNED])
		return T("phiên bản này chưa có đủ phép kiểm cho nghĩa vụ này");
	return T("chưa có hồ sơ, sổ hoặc xác nhận nào");
}

/* All of the checks that bind this machine pass, and at least one does. */
static bool do_checks_pass(const struct tally *t)
{
	return t->of_state[PROOF_PASS] > 0 &&
		t->of_state[PROOF_PASS] + t->of_state[PROOF_NA] == t->checks;
}

/* They would, were they not too old. */
static bool did_checks_pass(const struct tally *t)
{
	return t->of_state[PROOF_OLD] > 0 &&
		t->of_state[PROOF_PASS] + t->of_state[PROOF_NA] + t->of_state[PROOF_OLD] ==
		t->checks;
}

static void set(struct comply_verdict *v, enum verdict verdict, const char *why)
{
	v->verdict = verdict;
	v->why = why;
}

static void weigh_any(struct comply_verdict *v, const struct tally *t)
{
	if (t->of_state[PROOF_PASS] > 0 || t->word_passes > 0)
		set(v, VERDICT_MET, "");
	else if (t->of_state[PROOF_OLD] > 0 || t->words_old > 0)
		set(v, VERDICT_OVERDUE, T("bằng chứng đã quá hạn"));
	else
		set(v, VERDICT_NO_EVIDENCE, why_no_check_passes(t));
}

static void weigh_all(struct comply_verdict *v, const struct tally *t)
{
	if (t->checks == 0)
		weigh_any(v, t);
	else if (do_checks_pass(t))
		set(v, VERDICT_MET, "");
	else if (did_checks_pass(t))
		set(v, VERDICT_OVERDUE, T("bằng chứng đã quá hạn"));
	else
		set(v, VERDICT_NO_EVIDENCE, why_no_check_passes(t));
}

static void weigh_both(struct comply_verdict *v, const struct tally *t)
{
	bool did_pass = t->checks == 0 || do_checks_pass(t) || did_checks_pass(t);

	if (!did_pass)
		set(v, VERDICT_NO_EVIDENCE, why_no_check_passes(t));
	else if (t->word_passes > 0 && (t->checks == 0 || do_checks_pass(t)))
		set(v, VERDICT_MET, "");
	else if (t->words_old > 0 || t->word_passes > 0)
		set(v, VERDICT_OVERDUE, T("bằng chứng đã quá hạn"));
	else
		set(v, VERDICT_NO_EVIDENCE,
			T("phép kiểm của máy đạt, còn thiếu hồ sơ của con người"));
}

static const char *why_words_fail(const struct comply_verdict *v)
{
	for (size_t i = 0; i < v->proof_count; i++) {
		const struct comply_proof *p = &v->proofs[i];

		if (p->state != PROOF_FAIL || !p->rows || p->asked->by == BY_CHECK)
			continue;
		switch (p->rows->by) {
		case EVIDENCE_REGISTER:
			return T("sổ còn chỗ thiếu hoặc mâu thuẫn");
		case EVIDENCE_FLOW:
			return T("hồ sơ đã quá hạn");
		case EVIDENCE_ATTEST:
			return T("chưa đủ người ký");
		default:
			break;
		}
	}
	return T("người chịu trách nhiệm xác nhận là chưa đạt");
}

static void weigh(struct comply_verdict *v, bool is_record)
{
	struct tally t = tally_of(v);

	if (t.of_state[PROOF_FAIL] > 0)
		set(v, VERDICT_NOT_MET, T("phép kiểm của máy không đạt"));
	else if (t.word_fails > 0)
		set(v, VERDICT_NOT_MET, why_words_fail(v));
	else if (is_record)
		weigh_any(v, &t);
	else if (t.checks > 0 && t.of_state[PROOF_NA] == t.checks && t.word_passes == 0 &&
		(t.words == 0 || v->obligation->needs != NEEDS_ANY))
		set(v, VERDICT_NA, T("máy này không có đối tượng của nghĩa vụ"));
	else if (v->obligation->needs == NEEDS_ANY)
		weigh_any(v, &t);
	else if (v->obligation->needs == NEEDS_BOTH)
		weigh_both(v, &t);
	else
		weigh_all(v, &t);
}

/* ---- whom it binds ---- */

static const struct comply_having *having_of(const struct comply_input *in, struct str what)
{
	for (size_t i = 0; i < in->having_count; i++)
		if (str_eq(in->having[i].what, what))
			return &in->having[i];
	return NULL;
}

static bool is_in(const struct str *list, size_t count, struct str s)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i], s))
			return true;
	return false;
}

/* Has the unit one of the law's roles that the obligation is for? */
static bool has_role(const struct comply_input *in, const struct obligation *o)
{
	struct str rest = in->unit_roles, id;

	if (o->applies.unit_count == 0 || in->unit_roles.len == 0)
		return true;
	while (str_next_word(&rest, " ", &id)) {
		const struct role *role = pack_role(in->packs, id);

		if (role && is_in(o->applies.unit, o->applies.unit_count, role->unit))
			return true;
	}
	return false;
}

/* What the unit has of the things the obligation is about: the first that decides. */
static enum comply_has has_all(
	const struct comply_input *in, const struct obligation *o, struct comply_verdict *v)
{
	enum comply_has answer = COMPLY_HAS;

	for (size_t i = 0; in->having && i < o->applies.has_count; i++) {
		const struct comply_having *h = having_of(in, o->applies.has[i]);

		if (h && h->has == COMPLY_HAS_NONE) {
			v->until_s = h->until_s;
			return COMPLY_HAS_NONE;
		}
		if (!h || h->has == COMPLY_HAS_UNKNOWN)
			answer = COMPLY_HAS_UNKNOWN;
	}
	return answer;
}

/* Of the unit as a whole: are there machines of the kinds that the obligation binds? */
static enum comply_has has_host(
	const struct comply_input *in, const struct obligation *o, struct comply_verdict *v)
{
	enum comply_has answer = COMPLY_HAS_NONE;

	for (size_t i = 0; i < o->applies.host_count; i++) {
		const struct comply_having *h = having_of(in, o->applies.host[i]);

		if (h && h->has == COMPLY_HAS)
			return COMPLY_HAS;
		if (!h || h->has == COMPLY_HAS_UNKNOWN)
			answer = COMPLY_HAS_UNKNOWN;
		else if (h->until_s < v->until_s)
			v->until_s = h->until_s;
	}
	return o->applies.host_count == 0 ? COMPLY_HAS : answer;
}

/* Not bound, from data only; NULL: it is. */
static const char *why_not_bound(
	const struct comply_input *in, const struct obligation *o, struct comply_verdict *v)
{
	if (!has_role(in, o))
		return T("đơn vị không giữ vai trò mà điều khoản này ràng buộc");
	if (in->about == COMPLY_RECORD)
		return NULL; /* it is there, whatever was signed */
	if (has_all(in, o, v) == COMPLY_HAS_NONE)
		return T("đơn vị đã ký xác nhận không có đối tượng của nghĩa vụ này");
	if (in->about == COMPLY_UNIT && in->having && has_host(in, o, v) == COMPLY_HAS_NONE)
		return T("đơn vị đã ký xác nhận không có loại máy này");
	if (in->about != COMPLY_HOST)
		return NULL;
	if (o->applies.level_min > 0 && in->level < o->applies.level_min)
		return T("chỉ áp dụng cho hệ thống thông tin cấp độ cao hơn");
	if (o->applies.host_count > 0 &&
		!is_in(o->applies.host, o->applies.host_count, in->host_kind))
		return T("không áp dụng cho loại máy này");
	return NULL;
}

/* Bound as far as anybody knows, but nobody knows yet whether there is anything to look at. */
static const char *why_unknown(
	const struct comply_input *in, const struct obligation *o, struct comply_verdict *v)
{
	if (in->about == COMPLY_RECORD)
		return NULL;
	if (has_all(in, o, v) == COMPLY_HAS_UNKNOWN)
		return T("sổ chưa có mục nào và đơn vị chưa ký xác nhận là không có");
	if (in->about == COMPLY_UNIT && in->having && has_host(in, o, v) != COMPLY_HAS)
		return T("đơn vị chưa có máy nào thuộc loại này và chưa ký xác nhận là không có");
	return NULL;
}

static const struct exception *exception_of(
	const struct comply_input *in, const struct obligation *o, bool is_about_host)
{
	for (size_t i = 0; i < in->exception_count; i++) {
		const struct exception *x = &in->exceptions[i];

		if (names_obligation(x->obligation, o) &&
			(x->record_id == 0 || x->record_id == in->record_id) &&
			(x->unit_id ? x->unit_id : 1) == (in->unit_id ? in->unit_id : 1) &&
			(x->host_id == 0 || (is_about_host && x->host_id == in->host_id)))
			return x;
	}
	return NULL;
}

enum comply_about comply_about(const struct pack_set *packs, const struct obligation *o)
{
	if (o->applies.host_count > 0)
		return COMPLY_HOST;
	for (size_t i = 0; i < o->evidence_count; i++)
		if (o->evidence[i].by == BY_CHECK)
			return COMPLY_HOST;
	for (size_t i = 0; o->kind == KIND_ATTEST && i < o->who_count; i++) {
		const struct role *role = pack_role(packs, o->who[i]);

		if (role && is_in(role->accounts, role->account_count, STR("staff")))
			return COMPLY_PERSON;
	}
	return COMPLY_UNIT;
}

/* A pass grows old, an exception ends: from then on the verdict may be another. */
static void set_until(const struct comply_input *in, struct comply_verdict *v)
{
	if (v->exception && v->exception->until_s < v->until_s)
		v->until_s = v->exception->until_s;
	for (size_t i = 0; i < v->proof_count; i++) {
		const struct comply_proof *p = &v->proofs[i];
		int64_t old_s = p->at_s + (int64_t)p->max_age_days * CLOCK_DAY_S + 1;

		if ((p->state == PROOF_PASS || p->state == PROOF_NA) && old_s > in->at_s &&
			old_s < v->until_s)
			v->until_s = old_s;
	}
}

struct comply_verdict comply_verdict(
	const struct comply_input *in, const struct obligation *o, struct arena *a)
{
	struct comply_verdict v = {
		.obligation = o,
		.is_about_host = o->applies.host_count > 0,
		.proofs = arena_array(a, struct comply_proof, o->evidence_count + 1),
		.proof_count = o->evidence_count,
		.until_s = INT64_MAX,
	};
	const char *why = why_not_bound(in, o, &v);

	if (in->about == COMPLY_RECORD)
		record_proofs(in, &v, a);
	for (size_t i = 0; in->about != COMPLY_RECORD && i < o->evidence_count; i++) {
		const struct proof *asked = &o->evidence[i];

		v.proofs[i] = asked->by == BY_CHECK ? check_proof(in, o, asked) :
						      word_proof(in, o, asked);
		v.is_about_host |= asked->by == BY_CHECK;
	}
	if (why) {
		set(&v, VERDICT_NA, why);
		return v;
	}
	weigh(&v, in->about == COMPLY_RECORD);
	why = why_unknown(in, o, &v);
	if (why && v.verdict != VERDICT_NOT_MET)
		set(&v, VERDICT_NO_EVIDENCE, why);
	if (v.verdict != VERDICT_MET && v.verdict != VERDICT_NA)
		v.exception = exception_of(in, o, v.is_about_host);
	if (v.exception)
		v.verdict = VERDICT_EXCEPTED;
	set_until(in, &v);
	return v;
}

void comply_verdicts(const struct comply_input *in, struct arena *a, struct comply_verdict **ret,
	size_t *ret_count)
{
	VEC(struct comply_verdict) list = { 0 };
	struct date on = date_at(in->at_s);

	for (size_t p = 0; p < pack_count(in->packs); p++) {
		const struct pack *pack = pack_at(in->packs, p);

		if (!pack_in_force(pack, on))
			continue;
		for (size_t i = 0; i < pack->obligation_count; i++)
			if (pack->obligations[i].kind != KIND_DATA)
				vec_push(a, &list, comply_verdict(in, &pack->obligations[i], a));
	}
	*ret = list.at;
	*ret_count = list.len;
}
