#include "work/archive/uses.h"

#define USES_MAX (1u << 20)

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

static int by_entry(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return x->family - y->family;
}

/* For each entry how many families; then of each the difference to the last, and its blocks. */
void uses_write(struct uses *u, const struct bytes *order, struct bytes *to)
{
	struct use *uses = (struct use *)(void *)u->list.at;
	const uint32_t *numbers = (const uint32_t *)(const void *)order->at;
	size_t count = u->list.len / sizeof(*uses);

	if (count > 0)
		qsort(uses, count, sizeof(*uses), by_entry);
	for (size_t i = 0; i < order->len / sizeof(*numbers); i++) {
		size_t low = 0, high = count, end;
		unsigned last = 0;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (uses[middle].entry < numbers[i])
				low = middle + 1;
			else
				high = middle;
		}
		for (end = low; end < count && uses[end].entry == numbers[i];)
			end++;
		bytes_varint(to, end - low);
		for (; low < end; low++) {
			bytes_varint(to, uses[low].family - last);
			bytes_varint(to, uses[low].blocks);
			last = uses[low].family;
		}
	}
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
