/* From rows to the linked whole: final arrays, the tables by id, and the pointers between them. */
#include "core/pack/pack_int.h"

#include <stdlib.h>
#include <string.h>

static int entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = str_cmp(x->id, y->id);

	if (order != 0)
		return order;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void add_entry(struct pack_set *set, enum item item, const struct pack *pack, struct str id,
	const void *is)
{
	size_t rank = 0;

	while (set->ranked[rank] != pack)
		rank++;
	if (id.ptr)
		set->entries[item][set->entry_count[item]++] = (struct entry){ id, pack, is, rank };
}

/* Regulations, standards, checks; each in the order of their folders. */
static void rank_packs(struct pack_set *set)
{
	size_t count = 0;

	set->ranked = arena_array(&set->arena, const struct pack *, set->count);
	for (int kind = PACK_REGULATION; kind <= PACK_CALENDAR; kind++)
		for (size_t i = 0; i < set->count; i++)
			if ((int)set->packs[i].kind == kind)
				set->ranked[count++] = &set->packs[i];
	assert(count == set->count);
}

#define KEEP(set, to, count, rows) \
	do { \
		(count) = (rows).len; \
		(to) = arena_array(&(set)->arena, __typeof__(*(to)), (rows).len); \
		if ((rows).len > 0) \
			memcpy((to), (rows).at, sizeof(*(to)) * (rows).len); \
	} while (0)

static void keep_work(struct pack_set *set, struct pack *pack, const struct pack_rows *rows)
{
	struct pack_work *work;

	if (rows->flows.len + rows->statements.len + rows->quizzes.len + rows->papers.len == 0)
		return;
	pack->work = work = arena_new(&set->arena, struct pack_work);
	KEEP(set, work->flows, work->flow_count, rows->flows);
	KEEP(set, work->statements, work->statement_count, rows->statements);
	KEEP(set, work->quizzes, work->quiz_count, rows->quizzes);
	KEEP(set, work->paper_kinds, work->paper_kind_count, rows->papers);
	for (size_t i = 0; i < work->flow_count; i++)
		work->flows[i].pack = pack;
	for (size_t i = 0; i < work->statement_count; i++)
		work->statements[i].pack = pack;
	for (size_t i = 0; i < work->quiz_count; i++)
		work->quizzes[i].pack = pack;
}

static void keep_rows(struct pack_set *set, struct pack *pack, const struct pack_rows *rows)
{
	KEEP(set, pack->params, pack->param_count, rows->params);
	KEEP(set, pack->roles, pack->role_count, rows->roles);
	KEEP(set, pack->checks, pack->check_count, rows->checks);
	KEEP(set, pack->watched, pack->watched_count, rows->watched);
	KEEP(set, pack->imports, pack->import_count, rows->imports);
	KEEP(set, pack->registers, pack->register_count, rows->registers);
	keep_work(set, pack, rows);
	pack->clause_count = rows->clauses.len;
	pack->clauses = arena_array(&set->arena, struct clause, rows->clauses.len);
	for (size_t i = 0; i < rows->clauses.len; i++) {
		pack->clauses[i] = rows->clauses.at[i].clause;
		pack->clauses[i].index = i;
		pack->clauses[i].pack = pack;
	}
	pack->obligation_count = rows->obligations.len;
	pack->obligations = arena_array(&set->arena, struct obligation, rows->obligations.len);
	for (size_t i = 0; i < rows->obligations.len; i++) {
		pack->obligations[i] = rows->obligations.at[i].obligation;
		pack->obligations[i].pack = pack;
	}
	for (size_t i = 0; i < pack->param_count; i++) {
		struct param *param = &pack->params[i];

		param->pack = pack;
		for (size_t n = 0; n < param->value_count; n++)
			param->values[n].param = param;
	}
}

static void add_entries(struct pack_set *set, const struct pack *pack)
{
	for (size_t i = 0; i < pack->clause_count; i++)
		add_entry(set, ITEM_CLAUSE, pack, pack->clauses[i].id, &pack->clauses[i]);
	for (size_t i = 0; i < pack->obligation_count; i++)
		add_entry(
			set, ITEM_OBLIGATION, pack, pack->obligations[i].id, &pack->obligations[i]);
	for (size_t i = 0; i < pack->param_count; i++)
		add_entry(set, ITEM_PARAM, pack, pack->params[i].id, &pack->params[i]);
	for (size_t i = 0; i < pack->role_count; i++)
		add_entry(set, ITEM_ROLE, pack, pack->roles[i].id, &pack->roles[i]);
	for (size_t i = 0; i < pack->check_count; i++)
		add_entry(set, ITEM_CHECK, pack, pack->checks[i].id, &pack->checks[i]);
	for (size_t i = 0; i < pack->register_count; i++)
		add_entry(set, ITEM_REGISTER, pack, pack->registers[i].id, &pack->registers[i]);
}

static void add_work(struct pack_set *set, const struct pack *pack)
{
	const struct pack_work *work = pack->work;

	for (size_t i = 0; work && i < work->flow_count; i++)
		add_entry(set, ITEM_FLOW, pack, work->flows[i].id, &work->flows[i]);
	for (size_t i = 0; work && i < work->statement_count; i++)
		add_entry(set, ITEM_STATEMENT, pack, work->statements[i].id, &work->statements[i]);
	for (size_t i = 0; work && i < work->quiz_count; i++)
		add_entry(set, ITEM_QUIZ, pack, work->quizzes[i].id, &work->quizzes[i]);
	for (size_t i = 0; work && i < work->paper_kind_count; i++)
		add_entry(set, ITEM_PAPER, pack, work->paper_kinds[i].id, &work->paper_kinds[i]);
}

static void make_tables(struct pack_set *set)
{
	size_t room[ITEM_COUNT] = { 0 };

	for (size_t i = 0; i < set->count; i++) {
		const struct pack *pack = &set->packs[i];

		room[ITEM_CLAUSE] += pack->clause_count;
		room[ITEM_OBLIGATION] += pack->obligation_count;
		room[ITEM_PARAM] += pack->param_count;
		room[ITEM_ROLE] += pack->role_count;
		room[ITEM_CHECK] += pack->check_count;
		room[ITEM_REGISTER] += pack->register_count;
		room[ITEM_FLOW] += pack->work ? pack->work->flow_count : 0;
		room[ITEM_STATEMENT] += pack->work ? pack->work->statement_count : 0;
		room[ITEM_QUIZ] += pack->work ? pack->work->quiz_count : 0;
		room[ITEM_PAPER] += pack->work ? pack->work->paper_kind_count : 0;
	}
	for (int item = 0; item < ITEM_COUNT; item++)
		set->entries[item] = arena_array(&set->arena, struct entry, room[item]);
	for (size_t i = 0; i < set->count; i++) {
		add_entries(set, &set->packs[i]);
		add_work(set, &set->packs[i]);
	}
	for (int item = 0; item < ITEM_COUNT; item++)
		if (set->entry_count[item] > 0)
			qsort(set->entries[item], set->entry_count[item], sizeof(struct entry),
				entry_order);
}

/* The questions go to the catalogue's rows; what is no row's is a fault for pack_check_checks(). */
static void join_questions(struct pack *pack, const struct pack_rows *rows)
{
	for (size_t i = 0; i < rows->questions.len; i++) {
		const struct check *question = &rows->questions.at[i];

		for (size_t n = 0; n < pack->check_count; n++) {
			struct check *check = &pack->checks[n], named;

			if (!question->id.ptr || !str_eq(check->id, question->id) ||
				!check->is_live)
				continue;
			named = *check;
			*check = *question;
			check->level = named.level;
			check->is_live = true;
			check->title = named.title;
			check->ck = named.ck;
			check->ck_count = named.ck_count;
			check->clauses = named.clauses;
			check->clause_count = named.clause_count;
		}
	}
}

/* A live check without a question asks nothing: it loads as a planned one, the lint names it. */
static void withdraw_empty(struct pack *pack)
{
	for (size_t i = 0; i < pack->check_count; i++)
		pack->checks[i].is_live = pack->checks[i].query.ptr != NULL;
}

static void link_law(struct pack_set *set, struct pack *pack, const struct pack_rows *rows)
{
	for (size_t i = 0; i < pack->clause_count; i++)
		pack->clauses[i].parent =
			pack_find(set, ITEM_CLAUSE, pack, rows->clauses.at[i].parent);
	for (size_t i = 0; i < pack->obligation_count; i++) {
		struct obligation *obligation = &pack->obligations[i];

		obligation->clause =
			pack_find(set, ITEM_CLAUSE, pack, rows->obligations.at[i].clause);
		for (size_t n = 0; n < obligation->evidence_count; n++) {
			struct proof *proof = &obligation->evidence[n];
			const struct check *check = pack_find(set, ITEM_CHECK, pack, proof->check);

			proof->is = check && check->is_live ? check : NULL;
		}
	}
}

/* Whether proof N of OBLIGATION is by a check that no proof before it names. */
static bool is_by_another(const struct obligation *obligation, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (obligation->evidence[i].is == obligation->evidence[n].is)
			return false;
	return obligation->evidence[n].is != NULL;
}

/* The other direction: from a live check to the obligations it helps to answer. Where the checks
 * have no room for them yet they are only counted. */
static void put_answers(struct pack_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct pack *pack = set->ranked[i];

		for (size_t n = 0; n < pack->obligation_count; n++) {
			const struct obligation *obligation = &pack->obligations[n];

			for (size_t p = 0; p < obligation->evidence_count; p++) {
				struct check *check = (struct check *)obligation->evidence[p].is;

				if (!is_by_another(obligation, p))
					continue;
				if (check->answers)
					check->answers[check->answer_count] = obligation;
				check->answer_count++;
			}
		}
	}
}

static void link_answers(struct pack_set *set)
{
	put_answers(set);
	for (size_t i = 0; i < set->count; i++)
		for (size_t n = 0; n < set->packs[i].check_count; n++) {
			struct check *check = &set->packs[i].checks[n];

			if (!check->is_live)
				continue;
			check->answers = arena_array(
				&set->arena, const struct obligation *, check->answer_count);
			check->answer_count = 0;
		}
	put_answers(set);
}

void pack_link(struct pack_load *load)
{
	struct pack_set *set = load->set;

	rank_packs(set);
	for (size_t i = 0; i < set->count; i++) {
		keep_rows(set, &set->packs[i], &load->rows[i]);
		join_questions(&set->packs[i], &load->rows[i]);
		withdraw_empty(&set->packs[i]);
	}
	make_tables(set);
	for (size_t i = 0; i < set->count; i++) {
		struct pack *pack = &set->packs[i];

		link_law(set, pack, &load->rows[i]);
		pack_link_registers(load, pack);
		for (size_t n = 0; n < pack->import_count; n++)
			pack->imports[n].is =
				pack_find(set, ITEM_CHECK, pack, pack->imports[n].check);
	}
	link_answers(set);
}

struct pack_set *pack_set_free(struct pack_set *set)
{
	if (set)
		arena_done(&set->arena);
	free(set);
	return NULL;
}
