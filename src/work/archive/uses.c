#include "work/archive/uses.h"

#define USES_MAX (1u << 20)
#define FEW 16

/* The newest use of an entry. */
struct newest {
	uint32_t number; /* in the list, plus one; 0: there is none */
	uint16_t family;
	uint16_t block;
};
_Static_assert(LIMIT_SEGMENT_BLOCKS <= UINT16_MAX, "a block fits");

static struct newest *newest_of(struct uses *u, uint32_t entry)
{
	size_t len = ((size_t)entry + 1) * sizeof(struct newest);

	if (u->newest.len < len) {
		size_t more = len - u->newest.len;

		memset(bytes_more(&u->newest, more), 0, more);
		u->newest.len = len;
	}
	return (struct newest *)(void *)u->newest.at + entry;
}

/* The number in the list of ENTRY in FAMILY, added when it is new. -1: it cannot be had. */
static int64_t number_of(struct uses *u, uint32_t entry, uint16_t family)
{
	uint64_t hash = ((uint64_t)entry << 16 | family) * 0x9E3779B97F4A7C15u;
	struct use use = { .entry = entry, .family = family };
	int64_t found;

	hash ^= hash >> 29;
	found = table_get(&u->by_hash, hash);
	if (found >= 0) {
		const struct use *at = (const struct use *)(const void *)u->list.at + found;

		/* or two have one hash */
		return at->entry == entry && at->family == family ? found : -1;
	}
	found = (int64_t)(u->list.len / sizeof(use));
	if (!table_put(&u->by_hash, hash, (uint32_t)found, USES_MAX))
		return -1;
	bytes_add(&u->list, &use, sizeof(use));
	return found;
}

void uses_note(struct uses *u, uint32_t entry, uint16_t family, uint32_t block)
{
	struct newest *newest;
	int64_t number;

	if (u->is_full)
		return;
	newest = newest_of(u, entry);
	if (newest->number > 0 && newest->family == family) {
		if (newest->block == block)
			return;
		number = newest->number - 1;
	} else {
		number = number_of(u, entry, family);
	}
	if (number < 0) {
		u->is_full = true;
		return;
	}
	*newest = (struct newest){ (uint32_t)number + 1, family, (uint16_t)block };
	((struct use *)(void *)u->list.at)[number].blocks |= uses_bit(block);
}

/* The uses of each entry one after the other: those of entry E stand in FROM[E] to FROM[E + 1] of
 * what is returned, which is yours, as is FROM. */
static struct use *by_entry(const struct uses *u, size_t entries, uint32_t **ret_from)
{
	const struct use *list = (const struct use *)(const void *)u->list.at;
	size_t count = u->list.len / sizeof(*list);
	struct use *sorted = unset(count, sizeof(*sorted));
	uint32_t *from = zeroed(entries + 2, sizeof(*from));

	for (size_t i = 0; i < count; i++)
		from[list[i].entry + 2]++;
	for (size_t i = 2; i < entries + 2; i++)
		from[i] += from[i - 1];
	for (size_t i = 0; i < count; i++)
		sorted[from[list[i].entry + 1]++] = list[i];
	*ret_from = from;
	return sorted;
}

static int by_family(const void *a, const void *b)
{
	return ((const struct use *)a)->family - ((const struct use *)b)->family;
}

/* Most entries have one family or a few. */
static void sort_families(struct use *uses, uint32_t count)
{
	if (count > FEW) {
		qsort(uses, count, sizeof(*uses), by_family);
		return;
	}
	for (uint32_t i = 1; i < count; i++) {
		struct use use = uses[i];
		uint32_t to = i;

		for (; to > 0 && uses[to - 1].family > use.family; to--)
			uses[to] = uses[to - 1];
		uses[to] = use;
	}
}

/* For each entry how many families; then of each the difference to the last, and its blocks. */
void uses_write(struct uses *u, const struct bytes *order, struct bytes *to)
{
	const uint32_t *numbers = (const uint32_t *)(const void *)order->at;
	size_t entries = u->newest.len / sizeof(struct newest);
	uint32_t *from;
	struct use *uses = by_entry(u, entries, &from);

	for (size_t i = 0; i < order->len / sizeof(*numbers); i++) {
		bool is_known = numbers[i] < entries;
		struct use *at = uses + (is_known ? from[numbers[i]] : 0);
		uint32_t count = is_known ? from[numbers[i] + 1] - from[numbers[i]] : 0;
		unsigned last = 0;

		sort_families(at, count);
		bytes_varint(to, count);
		for (; count > 0; count--, at++) {
			bytes_varint(to, at->family - last);
			bytes_varint(to, at->blocks);
			last = at->family;
		}
	}
	free(uses);
	free(from);
}

void uses_done(struct uses *u)
{
	table_done(&u->by_hash);
	bytes_done(&u->list);
	bytes_done(&u->newest);
}

bool uses_read(const struct bytes *content, uint32_t count, uint32_t families, struct use_list *ret)
{
	struct reader r = reader_of(content->at, content->len);
	struct use_list l = { 0 };
	uint32_t n = 0;

	/* a use takes two bytes at least */
	l.from = calloc((size_t)count + 1, sizeof(*l.from));
	l.at = calloc(content->len / 2 + 1, sizeof(*l.at));
	if (l.from == NULL || l.at == NULL)
		abort();
	for (uint32_t i = 0; i < count && !r.is_bad; i++) {
		uint64_t uses = read_varint(&r), family = 0;

		l.from[i] = n;
		if (uses > reader_left(&r) / 2)
			r.is_bad = true;
		for (; uses > 0 && !r.is_bad; uses--) {
			family += read_varint(&r);
			if (family >= families)
				r.is_bad = true;
			l.at[n++] = (struct use){ .family = (uint16_t)family,
				.blocks = (uint32_t)read_varint(&r) };
		}
	}
	l.from[count] = n;
	if (r.is_bad || reader_left(&r) > 0) {
		use_list_done(&l);
		return false;
	}
	*ret = l;
	return true;
}

void use_list_done(struct use_list *l)
{
	free(l->from);
	free(l->at);
	*l = (struct use_list){ 0 };
}
