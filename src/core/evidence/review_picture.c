/* review_picture.c - pictures of a machine's processes: read one, compare two. Pure. */
#include "core/evidence/review.h"

#include <stdlib.h>

#define MAGIC "khien-review 1"
#define FIELDS_MAX 5

static const char *const kinds[] = { "sign", "run", "code", "listen", "packet", "start", "module" };

/* Fields apart by tabs; false when there are too many or too few. */
static bool fields_of(struct str line, size_t wanted, struct str *ret)
{
	for (size_t i = 0; i < wanted; i++) {
		bool is_last = !str_split(line, '\t', &ret[i], &line);

		if (is_last)
			ret[i] = line;
		if (is_last != (i + 1 == wanted))
			return false;
	}
	return true;
}

static bool is_kind(struct str s)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_is(s, kinds[i]))
			return true;
	return false;
}

struct reading {
	struct arena *a;
	VEC(struct review_item) items;
	VEC(struct review_gap) gaps;
	struct review_picture picture;
};

static int take_item(struct reading *r, struct str line, struct err *e)
{
	struct review_item *item;
	struct str f[FIELDS_MAX];
	int64_t level;

	if (!fields_of(line, 5, f) || !is_kind(f[1]) || !str_to_i64(f[2], &level) || level < 0 ||
		level > REVIEW_SIGN || f[3].len == 0)
		return err_set(e, ERR_INPUT, "an item has kind, level, name and value");
	if (r->items.len >= LIMIT_REVIEW_ITEMS)
		return err_set(e, ERR_LIMIT, "more than %d items", LIMIT_REVIEW_ITEMS);
	item = vec_add(r->a, &r->items);
	*item = (struct review_item){
		.kind = f[1], .name = f[3], .value = f[4], .level = (enum review_level)level
	};
	if (r->items.len > 1 && str_eq(item[-1].kind, item->kind) &&
		str_cmp(item[-1].name, item->name) >= 0)
		return err_set(e, ERR_INPUT, "the items are not in order");
	return 0;
}

static int take_line(struct reading *r, struct str line, struct err *e)
{
	struct str f[FIELDS_MAX];

	if (str_starts(line, "item\t"))
		return take_item(r, line, e);
	if (str_starts(line, "gap\t") && fields_of(line, 3, f)) {
		if (r->gaps.len >= LIMIT_REVIEW_ITEMS)
			return err_set(e, ERR_LIMIT, "too many gaps");
		vec_push(r->a, &r->gaps, ((struct review_gap){ f[1], f[2] }));
		return 0;
	}
	if (str_starts(line, "host\t") && fields_of(line, 3, f)) {
		r->picture.host = f[1];
		r->picture.host_sha256 = f[2];
		return 0;
	}
	if (str_starts(line, "at\t") && fields_of(line, 3, f) &&
		str_to_i64(f[1], &r->picture.at_s)) {
		r->picture.is_deep = str_is(f[2], "deep");
		return 0;
	}
	return err_set(e, ERR_INPUT, "no such line is known");
}

int review_picture_parse(
	struct str text, struct arena *a, struct review_picture *ret, struct err *e)
{
	struct reading r = { .a = a };
	struct str line;
	int number = 1, rc = 0;

	if (text.len > LIMIT_REVIEW_BYTES)
		return err_set(e, ERR_LIMIT, "larger than %u bytes", LIMIT_REVIEW_BYTES);
	if (!str_next_line(&text, &line) || !str_is(line, MAGIC))
		return err_set(e, ERR_INPUT, "it does not begin with " MAGIC);
	while (rc == 0 && str_next_line(&text, &line)) {
		number++;
		rc = take_line(&r, line, e);
	}
	if (rc < 0)
		return err_context(e, "line %d", number);
	if (!r.picture.host.ptr)
		return err_set(e, ERR_INPUT, "it does not say of which machine it is");
	r.picture.items = r.items.at;
	r.picture.item_count = r.items.len;
	r.picture.gaps = r.gaps.at;
	r.picture.gap_count = r.gaps.len;
	*ret = r.picture;
	return 0;
}

/* ---- comparing ---- */

static int by_key(const void *a, const void *b)
{
	const struct review_item *x = *(const struct review_item *const *)a;
	const struct review_item *y = *(const struct review_item *const *)b;
	int order = str_cmp(x->kind, y->kind);

	return order != 0 ? order : str_cmp(x->name, y->name);
}

static const struct review_item **sorted(const struct review_picture *p, struct arena *a)
{
	const struct review_item **list =
		arena_array(a, const struct review_item *, p->item_count + 1);

	for (size_t i = 0; i < p->item_count; i++)
		list[i] = &p->items[i];
	if (p->item_count > 0)
		qsort(list, p->item_count, sizeof(*list), by_key);
	return list;
}

static bool is_suspect(const struct review_item *item, const struct review_base *base)
{
	const struct review_mark *m = base->marks;

	for (size_t i = 0; i < base->mark_count; i++)
		if (m[i].is_suspicious && str_eq(m[i].kind, item->kind) &&
			str_eq(m[i].name, item->name))
			return true;
	return false;
}

static size_t kind_order(struct str kind)
{
	size_t i = 0;

	while (i < COUNT(kinds) && !str_is(kind, kinds[i]))
		i++;
	return i;
}

static int rank(const struct review_difference *d)
{
	if (d->change == REVIEW_KNOWN)
		return 100;
	if (d->change == REVIEW_GONE)
		return 50;
	return d->change == REVIEW_SUSPECT ? 0 : REVIEW_SIGN + 1 - (int)d->item->level;
}

static int by_rank(const void *a, const void *b)
{
	const struct review_difference *x = a, *y = b;
	int order = rank(x) - rank(y);

	if (order != 0)
		return order;
	if (kind_order(x->item->kind) != kind_order(y->item->kind))
		return kind_order(x->item->kind) < kind_order(y->item->kind) ? -1 : 1;
	return str_cmp(x->item->name, y->item->name);
}

void review_compare(const struct review_base *base, const struct review_picture *now,
	struct arena *a, struct review_difference **ret, size_t *ret_count)
{
	static const struct review_picture nothing;
	const struct review_picture *then = base->picture ? base->picture : &nothing;
	const struct review_item **x = sorted(then, a), **y = sorted(now, a);
	struct review_difference *list =
		arena_array(a, struct review_difference, then->item_count + now->item_count + 1);
	size_t i = 0, k = 0, count = 0;

	while (i < then->item_count || k < now->item_count) {
		int order = i == then->item_count ? 1 :
			k == now->item_count      ? -1 :
						    by_key(&x[i], &y[k]);
		struct review_difference *d = &list[count++];

		if (order < 0) {
			*d = (struct review_difference){ REVIEW_GONE, x[i], x[i] };
			i++;
		} else if (order > 0) {
			*d = (struct review_difference){ REVIEW_NEW, y[k++], NULL };
		} else {
			*d = (struct review_difference){ !str_eq(x[i]->value, y[k]->value) ?
					REVIEW_CHANGED :
					is_suspect(y[k], base) ? REVIEW_SUSPECT :
									      REVIEW_KNOWN,
				y[k], x[i] };
			i++, k++;
		}
	}
	if (count > 0)
		qsort(list, count, sizeof(*list), by_rank);
	*ret = list;
	*ret_count = count;
}
