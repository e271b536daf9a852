/* unit.c - what is known of a unit at a moment, and the verdicts of its subjects on it. */
#include <string.h>

#include "kit/crypto/crypto.h"
#include "work/comply/comply_int.h"

#define SUBJECT_MEMORY_BYTES (16 * MIB)

static const char sql_unit[] =
	"SELECT roles, coalesce((SELECT name FROM unit_name WHERE unit_id = $1 AND from_day <= $2"
	" ORDER BY from_day DESC LIMIT 1), ''),"
	" coalesce((SELECT value FROM setting WHERE name = '" COMPLY_JUDGED "'), '')"
	" FROM unit WHERE id = $1 AND from_day <= $2"
	" AND (until_day IS NULL OR until_day > $2)";
static const char sql_hosts[] = "SELECT id, name, kind, level FROM host WHERE " COMPLY_WERE_THERE(
	"host") " AND first_seen_s <= $2 ORDER BY name, id";
static const char sql_people[] = "SELECT id, name FROM staff WHERE " COMPLY_WERE_THERE(
	"staff") " AND made_at_s <= $2"
		 " AND state NOT IN ('moved', 'retired', 'left') ORDER BY sort_key, id";
/* Only what a verdict weighs: the texts stay on the disk. */
static const char sql_rows[] =
	"SELECT check_id, outcome, at_s FROM evidence WHERE run_id = (SELECT id FROM audit_run"
	" WHERE host_id = $1 AND at_s <= $2 ORDER BY at_s DESC, id DESC LIMIT 1) ORDER BY check_id, id";

/* What binds records is of the law too: with other conditions they have other verdicts. */
static void name_bindings(const struct pack_register *r, struct buf *names)
{
	for (size_t b = 0; b < r->bind_count; b++) {
		buf_fmt(names, "%.*s", STR_FMT(r->id));
		for (size_t i = 0; i < r->binds[b].obligation_count; i++)
			buf_fmt(names, " %.*s", STR_FMT(r->binds[b].obligations_are[i]->id));
		for (size_t i = 0; i < r->binds[b].when_count; i++) {
			const struct register_condition *w = &r->binds[b].when[i];

			buf_fmt(names, " %.*s:%d:%d:%d", STR_FMT(w->field), w->op, w->is_so,
				w->number);
			for (size_t n = 0; n < w->text_count; n++)
				buf_fmt(names, ",%.*s", STR_FMT(w->texts[n]));
		}
		buf_add_char(names, '\n');
	}
}

void comply_law_of(
	const struct pack_set *packs, struct date on, struct arena *a, struct comply_law *ret)
{
	VEC(const struct obligation *) list = { 0 };
	char hex[SHA256_HEX_SIZE];
	struct buf names;

	buf_init(&names, MIB);
	for (size_t p = 0; p < pack_count(packs); p++) {
		const struct pack *pack = pack_at(packs, p);

		for (size_t i = 0; pack_in_force(pack, on) && i < pack->obligation_count; i++) {
			if (pack->obligations[i].kind == KIND_DATA)
				continue;
			vec_push(a, &list, &pack->obligations[i]);
			buf_fmt(&names, "%.*s/%.*s\n", STR_FMT(pack->id),
				STR_FMT(pack->obligations[i].id));
		}
		for (size_t i = 0; pack_in_force(pack, on) && i < pack->register_count; i++)
			name_bindings(&pack->registers[i], &names);
	}
	*ret = (struct comply_law){ .at = list.at,
		.count = list.len,
		.about = arena_array(a, enum comply_about, list.len) };
	for (size_t i = 0; i < list.len; i++)
		ret->about[i] = comply_about(packs, list.at[i]);
	memcpy(ret->key, sha256_hex(buf_str(&names), hex), sizeof(ret->key) - 1);
	buf_done(&names);
}

/* --- loading ---------------------------------------------------------------------------------- */

/* One unit by its number: the whole tree would cost more the more units there are. */
static int load_unit(struct unit_facts *f, struct arena *a, struct err *e)
{
	struct store_query *q = store_query(f->store, sql_unit);
	int rc;

	store_bind_i64(q, 1, f->unit.id);
	store_bind_str(q, 2, org_day(f->at_s, a));
	rc = store_one(q, e, "there was no unit %lld then", (long long)f->unit.id);
	if (rc < 0)
		return rc;
	f->unit.roles = arena_str(a, store_str(q, 0));
	f->unit.name = arena_str(a, store_str(q, 1));
	f->unit.is_live = true;
	(void)str_to_i64(store_str(q, 2), &f->weighed_at_s);
	store_end(q);
	return 0;
}

static int load_hosts(struct unit_facts *f, struct arena *a, struct err *e)
{
	struct store_query *q = store_query(f->store, sql_hosts);
	VEC(struct unit_host) list = { 0 };
	int rc;

	store_bind_i64(q, 1, f->unit.id);
	store_bind_i64(q, 2, f->at_s);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct unit_host){ .id = store_i64(q, 0),
				.name = arena_str(a, store_str(q, 1)),
				.kind = arena_str(a, store_str(q, 2)),
				.level = (int)store_i64(q, 3) }));
	f->hosts = list.at;
	f->host_count = list.len;
	return rc;
}

static int load_people(struct unit_facts *f, struct arena *a, struct err *e)
{
	struct store_query *q = store_query(f->store, sql_people);
	VEC(struct comply_subject) list = { 0 };
	int rc;

	store_bind_i64(q, 1, f->unit.id);
	store_bind_i64(q, 2, f->at_s);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct comply_subject){ .about = COMPLY_PERSON,
				.unit_id = f->unit.id,
				.id = store_i64(q, 0),
				.name = arena_str(a, store_str(q, 1)) }));
	f->people = list.at;
	f->person_count = list.len;
	return rc;
}

/* --- what the unit has ------------------------------------------------------------------------ */

/* The unit's newest statement about it: evidence "has:wifi", pass when there is one, not applicable
 * when there is none. A statement of none is good for so long as the packs say. */
static void weigh_statement(
	const struct unit_facts *f, struct comply_having *h, int64_t months, struct arena *a)
{
	struct str name = arena_fmt(a, "has:%.*s", STR_FMT(h->what));

	for (size_t i = 0; i < f->words.count; i++)
		if (f->words.at[i].by == EVIDENCE_REGISTER && str_eq(f->words.at[i].check, name) &&
			f->words.at[i].outcome == OUTCOME_PASS)
			h->has = COMPLY_HAS; /* it stands in a register: no word changes that */
	for (size_t i = 0; i < f->words.count && h->has == COMPLY_HAS_UNKNOWN; i++) {
		const struct evidence *row = &f->words.at[i];

		if (!str_eq(row->check, name) || row->by == EVIDENCE_REGISTER)
			continue;
		if (row->outcome == OUTCOME_PASS) {
			h->has = COMPLY_HAS;
			return;
		}
		h->until_s = date_start_s(date_add_months(date_at(row->at_s), (int)months)) +
			CLOCK_DAY_S;
		if (row->outcome == OUTCOME_NA && h->until_s > f->at_s)
			h->has = COMPLY_HAS_NONE;
		return;
	}
}

static bool has_host_of(const struct unit_facts *f, struct str kind)
{
	for (size_t i = 0; i < f->host_count; i++)
		if (str_eq(f->hosts[i].kind, kind))
			return true;
	return false;
}

static struct comply_having *having_named(struct unit_facts *f, struct str what)
{
	for (size_t i = 0; i < f->having_count; i++)
		if (str_eq(f->having[i].what, what))
			return &f->having[i];
	f->having[f->having_count] = (struct comply_having){ .what = what, .until_s = INT64_MAX };
	return &f->having[f->having_count++];
}

static void weigh_having(struct unit_facts *f, struct arena *a)
{
	int64_t months =
		pack_param_number(f->packs, STR("none_statement_months"), 0, date_at(f->at_s), 0);
	size_t room = 0;

	for (size_t i = 0; i < f->law->count; i++)
		room += f->law->at[i]->applies.has_count + f->law->at[i]->applies.host_count;
	f->having = arena_array(a, struct comply_having, room + 1);
	for (size_t i = 0; i < f->law->count; i++) {
		const struct applies *applies = &f->law->at[i]->applies;

		for (size_t k = 0; k < applies->has_count; k++)
			having_named(f, applies->has[k]);
		for (size_t k = 0; k < applies->host_count; k++)
			if (has_host_of(f, applies->host[k]))
				having_named(f, applies->host[k])->has = COMPLY_HAS;
			else
				having_named(f, applies->host[k]);
	}
	for (size_t i = 0; i < f->having_count; i++)
		weigh_statement(f, &f->having[i], months, a);
}

/* What tells which obligations bind the unit. */
static int load_binding(struct unit_facts *f, struct arena *a, struct err *e)
{
	int rc = load_unit(f, a, e);

	if (rc == 0)
		rc = load_hosts(f, a, e);
	if (rc == 0)
		rc = evidence_unit_words(f->store, f->unit.id, f->at_s, a, &f->words, e);
	if (rc == 0)
		weigh_having(f, a);
	return rc;
}

int unit_facts_load(
	const struct unit_facts *about, struct arena *a, struct unit_facts *ret, struct err *e)
{
	struct unit_facts f = *about;
	int rc = load_binding(&f, a, e);

	if (rc == 0)
		rc = load_people(&f, a, e);
	if (rc == 0)
		rc = evidence_record_words(f.store, f.unit.id, f.at_s, a, &f.record_words, e);
	if (rc == 0)
		rc = exception_list(f.store, f.at_s, a, &f.exceptions, &f.exception_count, e);
	if (rc == 0)
		*ret = f;
	return rc;
}

/* --- verdicts --------------------------------------------------------------------------------- */

/* The machine's rows; names are the packs' own where they are known. */
static int load_rows(const struct unit_facts *f, int64_t host_id, struct arena *a,
	struct evidence_rows *ret, struct err *e)
{
	struct store_query *q = store_query(f->store, sql_rows);
	VEC(struct evidence) list = { 0 };
	struct str last = STR_NONE;
	int rc;

	store_bind_i64(q, 1, host_id);
	store_bind_i64(q, 2, f->at_s);
	while ((rc = store_next(q, e)) == 1) {
		struct str id = store_str(q, 0);
		const struct check *check;

		if (!last.ptr || !str_eq(last, id)) {
			check = pack_check(f->packs, id);
			last = check ? check->id : arena_str(a, id);
		}
		vec_push(a, &list,
			((struct evidence){ .check = last,
				.host_id = host_id,
				.outcome = (enum outcome)store_i64(q, 1),
				.at_s = store_i64(q, 2) }));
	}
	*ret = (struct evidence_rows){ list.at, list.len };
	return rc;
}

/* What was said of the machine and of its unit. */
static struct evidence_rows all_words(
	const struct unit_facts *f, struct evidence_rows own, struct arena *a)
{
	size_t count = own.count;
	struct evidence *all = arena_array(a, struct evidence, count + f->words.count);

	if (count)
		memcpy(all, own.at, count * sizeof(*all));
	if (f->words.count)
		memcpy(all + count, f->words.at, f->words.count * sizeof(*all));
	return (struct evidence_rows){ all, count + f->words.count };
}

static int load_said(const struct unit_facts *f, int64_t host_id, struct arena *a,
	struct host_said *ret, struct err *e)
{
	struct evidence_said said;
	int rc = load_rows(f, host_id, a, &ret->rows, e);

	if (rc == 0)
		rc = evidence_said(f->store, host_id, f->at_s, a, &said, e);
	if (rc == 0) {
		ret->words = said.words;
		ret->imports = said.imports;
	}
	return rc;
}

static bool is_kind_bound(const struct obligation *o, struct str kind)
{
	for (size_t i = 0; i < o->applies.host_count; i++)
		if (str_eq(o->applies.host[i], kind))
			return true;
	return o->applies.host_count == 0;
}

static bool has_subjects(const struct unit_facts *f, size_t place)
{
	if (f->law->about[place] == COMPLY_PERSON)
		return f->person_count > 0;
	for (size_t i = 0; i < f->host_count; i++)
		if (is_kind_bound(f->law->at[place], f->hosts[i].kind))
			return true;
	return false;
}

static bool binds(const struct unit_facts *f, const struct comply_subject *subject,
	const struct unit_host *host, size_t place)
{
	enum comply_about about = f->law->about[place];

	if (subject->about == COMPLY_UNIT)
		return about == COMPLY_UNIT || !has_subjects(f, place);
	if (about != subject->about)
		return false;
	return !host || is_kind_bound(f->law->at[place], host->kind);
}

/* Nobody is there to whom the obligation could be put. */
static void say_nobody(const struct unit_facts *f, size_t place, struct comply_verdict *v)
{
	if (v->verdict == VERDICT_MET || v->verdict == VERDICT_NA ||
		v->verdict == VERDICT_EXCEPTED || *v->why)
		return;
	v->why = f->law->about[place] == COMPLY_PERSON ? T("đơn vị chưa có danh sách người") :
							 T("đơn vị chưa có máy nào được kiểm tra");
}

int unit_verdicts(const struct unit_facts *f, const struct comply_subject *subject,
	const struct unit_host *host, struct arena *a, struct verdict_list *ret, struct err *e)
{
	struct evidence_rows words = f->words;
	struct host_said said = { 0 };
	struct comply_input in = { .packs = f->packs,
		.at_s = f->at_s,
		.about = subject->about,
		.unit_id = f->unit.id,
		.unit_roles = f->unit.roles,
		.having = f->having,
		.having_count = f->having_count,
		.host_id = host ? host->id : 0,
		.host_kind = host ? host->kind : STR(""),
		.level = host ? host->level : 0,
		.exceptions = f->exceptions,
		.exception_count = f->exception_count };
	struct comply_verdict *list = arena_array(a, struct comply_verdict, f->law->count);
	size_t count = 0;
	int rc = 0;

	if (host && host->said)
		said = *host->said;
	else if (host)
		rc = load_said(f, host->id, a, &said, e);
	if (rc < 0)
		return rc;
	if (host)
		words = all_words(f, said.words, a);
	if (subject->about == COMPLY_PERSON)
		in.subject = arena_fmt(a, "staff:%lld", (long long)subject->id);
	in.rows = said.rows.at, in.row_count = said.rows.count;
	in.words = words.at, in.word_count = words.count;
	in.imports = said.imports.at, in.import_count = said.imports.count;
	for (size_t i = 0; i < f->law->count; i++) {
		if ((f->only && f->only != f->law->at[i]) || !binds(f, subject, host, i))
			continue;
		list[count] = comply_verdict(&in, f->law->at[i], a);
		if (subject->about == COMPLY_UNIT && f->law->about[i] != COMPLY_UNIT)
			say_nobody(f, i, &list[count]);
		count++;
	}
	*ret = (struct verdict_list){ list, count };
	return 0;
}

/* --- the walk --------------------------------------------------------------------------------- */

bool unit_is_asked(const struct unit_facts *f, const struct comply_subject *subject,
	const struct unit_host *host)
{
	for (size_t i = 0; f->only && i < f->law->count; i++)
		if (f->law->at[i] == f->only)
			return binds(f, subject, host, i);
	return !f->only;
}

static int walk_one(const struct walk *w, const struct comply_subject *subject,
	const struct unit_host *host, struct err *e)
{
	struct verdict_list list;
	struct arena a;
	int rc;

	if (!walk_comes_to(w, subject->about, subject->id) ||
		!unit_is_asked(w->facts, subject, host))
		return 0;
	arena_init(&a, SUBJECT_MEMORY_BYTES);
	rc = unit_verdicts(w->facts, subject, host, &a, &list, e);
	if (rc == 0)
		rc = w->each(w->context, subject, list.at, list.count, e);
	arena_done(&a);
	return rc;
}

/* A machine, with what ALL has of it; ALL NULL: it is asked about by itself. */
static int walk_host(const struct walk *w, size_t place, struct hosts_rows *all, struct err *e)
{
	struct unit_host host = w->facts->hosts[place];
	struct comply_subject subject = {
		.about = COMPLY_HOST, .id = host.id, .unit_id = w->facts->unit.id, .name = host.name
	};
	struct host_said said;
	struct arena a;
	int rc = 0;

	arena_init(&a, SUBJECT_MEMORY_BYTES);
	if (all)
		rc = hosts_next(all, host.id, &a, &said, e);
	if (rc == 0) {
		host.said = all ? &said : NULL;
		rc = walk_one(w, &subject, &host, e);
	}
	arena_done(&a);
	return rc;
}

static int walk_hosts(const struct walk *w, struct err *e)
{
	const struct unit_facts *f = w->facts;
	struct hosts_rows all = { 0 };
	struct arena a;
	int rc = 0;

	if (f->only && comply_about(f->packs, f->only) != COMPLY_HOST)
		return 0;
	arena_init(&a, MIB);
	if (f->only)
		rc = hosts_open(w, &a, &all, e);
	for (size_t i = 0; rc == 0 && i < f->host_count; i++)
		if (walk_comes_to(w, COMPLY_HOST, f->hosts[i].id))
			rc = walk_host(w, i, f->only ? &all : NULL, e);
	hosts_close(&all);
	arena_done(&a);
	return rc;
}

int walk_records(const struct walk *w, struct err *e)
{
	const struct unit_facts *f = w->facts;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < pack_register_count(f->packs); i++) {
		struct record_walk records = { *w, pack_register_at(f->packs, i) };

		if (pack_in_force(records.reg->pack, date_at(f->at_s)))
			rc = unit_records(&records, e);
	}
	return rc;
}

static int walk_all(const struct walk *w, struct err *e)
{
	const struct unit_facts *f = w->facts;
	struct comply_subject unit = {
		.about = COMPLY_UNIT, .id = f->unit.id, .unit_id = f->unit.id, .name = f->unit.name
	};
	int rc = walk_one(w, &unit, NULL, e);

	if (rc == 0)
		rc = walk_hosts(w, e);
	for (size_t i = 0; rc == 0 && i < f->person_count; i++)
		rc = walk_one(w, &f->people[i], NULL, e);
	return rc == 0 ? walk_records(w, e) : rc;
}

int comply_know(
	const struct comply_query *q, struct arena *a, const struct unit_facts **ret, struct err *e)
{
	struct comply_law *law = arena_new(a, struct comply_law);
	struct unit_facts *f = arena_new(a, struct unit_facts);
	int rc;

	*f = (struct unit_facts){
		.store = q->store, .packs = q->packs, .law = law, .at_s = q->at_s, .only = q->only
	};
	f->unit.id = q->unit_id;
	comply_law_of(q->packs, date_at(q->at_s), a, law);
	rc = unit_facts_load(f, a, f, e);
	if (rc == 0)
		*ret = f;
	return rc;
}

int comply_walk_known(const struct unit_facts *f, comply_each *each, void *context, struct err *e)
{
	return walk_all(&(struct walk){ .facts = f, .each = each, .context = context }, e);
}

int comply_walk_places(const struct unit_facts *f, const struct comply_place *at, size_t count,
	comply_each *each, void *context, struct err *e)
{
	return count ? walk_all(&(struct walk){ f, each, context, at, count }, e) : 0;
}

int comply_walk(const struct comply_query *q, comply_each *each, void *context, struct err *e)
{
	const struct unit_facts *f;
	struct arena a;
	int rc;

	arena_init(&a, COMPLY_UNIT_MEMORY_BYTES);
	rc = comply_know(q, &a, &f, e);
	if (rc == 0)
		rc = comply_walk_known(f, each, context, e);
	arena_done(&a);
	return rc;
}

int comply_left_out(
	const struct comply_query *q, struct arena *a, struct comply_left_out *ret, struct err *e)
{
	struct comply_law *law = arena_new(a, struct comply_law);
	struct unit_facts f = { .store = q->store, .packs = q->packs, .law = law, .at_s = q->at_s };
	struct comply_left_out out = { 0 };
	int rc;

	f.unit.id = q->unit_id;
	comply_law_of(q->packs, date_at(q->at_s), a, law);
	rc = load_binding(&f, a, e);
	if (rc < 0)
		return rc;
	out.at = arena_array(a, const struct obligation *, law->count);
	for (size_t i = 0; i < law->count; i++) {
		struct comply_input in = { .packs = q->packs,
			.at_s = q->at_s,
			.about = COMPLY_UNIT,
			.unit_id = q->unit_id,
			.unit_roles = f.unit.roles,
			.having = f.having,
			.having_count = f.having_count };

		if (comply_verdict(&in, law->at[i], a).verdict == VERDICT_NA)
			out.at[out.count++] = law->at[i];
	}
	*ret = out;
	return 0;
}
