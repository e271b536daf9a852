/* pack_find.c - an item of a set by its id, as another item names it. */
#include "core/pack/pack_int.h"

/* The first entry with ID, or NULL; the others follow it. */
static const struct entry *first_entry(const struct pack_set *set, enum item item, struct str id)
{
	const struct entry *entries = set->entries[item];
	size_t low = 0, high = set->entry_count[item];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(entries[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == set->entry_count[item] || !str_eq(entries[low].id, id))
		return NULL;
	return &entries[low];
}

/* PACK NULL: whichever pack comes first. */
static const void *find_in(
	const struct pack_set *set, enum item item, const struct pack *pack, struct str id)
{
	const struct entry *entry = first_entry(set, item, id);
	const struct entry *end = set->entries[item] + set->entry_count[item];

	for (; entry && entry < end && str_eq(entry->id, id); entry++)
		if (!pack || entry->pack == pack)
			return entry->is;
	return NULL;
}

/* "pack/id" or "id". */
static const void *find_spelt(const struct pack_set *set, enum item item, struct str id)
{
	struct str pack_id, rest;
	const struct pack *pack;

	if (!str_split(id, '/', &pack_id, &rest))
		return find_in(set, item, NULL, id);
	pack = pack_by_id(set, pack_id);
	return pack ? find_in(set, item, pack, rest) : NULL;
}

const void *pack_find(
	const struct pack_set *set, enum item item, const struct pack *pack, struct str id)
{
	bool is_shared = item == ITEM_PARAM || item == ITEM_ROLE || item == ITEM_CHECK ||
		item == ITEM_REGISTER || item == ITEM_PAPER;
	const void *own;

	if (!id.ptr)
		return NULL;
	own = find_in(set, item, pack, id);
	if (own)
		return own;
	if (is_shared || pack->kind == PACK_CHECKS || str_has(id, '/'))
		return find_spelt(set, item, id);
	return NULL;
}

size_t pack_count(const struct pack_set *set)
{
	return set->count;
}

const struct pack *pack_at(const struct pack_set *set, size_t i)
{
	assert(i < set->count);
	return set->ranked[i];
}

const struct pack *pack_by_id(const struct pack_set *set, struct str id)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->packs[i].id.ptr && str_eq(set->packs[i].id, id))
			return &set->packs[i];
	return NULL;
}

const struct clause *pack_clause(const struct pack_set *set, struct str id)
{
	return find_spelt(set, ITEM_CLAUSE, id);
}

const struct obligation *pack_obligation(const struct pack_set *set, struct str id)
{
	return find_spelt(set, ITEM_OBLIGATION, id);
}

const struct check *pack_check(const struct pack_set *set, struct str id)
{
	return find_spelt(set, ITEM_CHECK, id);
}

size_t pack_check_count(const struct pack_set *set)
{
	return set->entry_count[ITEM_CHECK];
}

const struct check *pack_check_at(const struct pack_set *set, size_t i)
{
	assert(i < set->entry_count[ITEM_CHECK]);
	return set->entries[ITEM_CHECK][i].is;
}

const struct role *pack_role(const struct pack_set *set, struct str id)
{
	return find_spelt(set, ITEM_ROLE, id);
}

const struct pack_register *pack_register(const struct pack_set *set, struct str id)
{
	return find_spelt(set, ITEM_REGISTER, id);
}

const struct flow *pack_flow(const struct pack_set *set, struct str id)
{
	return find_spelt(set, ITEM_FLOW, id);
}

const struct statement *pack_statement(const struct pack_set *set, struct str id)
{
	return find_spelt(set, ITEM_STATEMENT, id);
}

const struct quiz *pack_quiz(const struct pack_set *set, struct str id)
{
	return find_spelt(set, ITEM_QUIZ, id);
}

const struct paper_kind *pack_paper_kind(const struct pack_set *set, struct str id)
{
	return find_spelt(set, ITEM_PAPER, id);
}
