/* Which bound holds: of all packs in force on a day, the strictest binding one; without one the
 * strictest advice; without advice our own default. */
#include "core/pack/pack_int.h"

bool pack_in_force(const struct pack *p, struct date on)
{
	int64_t day = date_to_days(on);

	return day >= date_to_days(p->from) && (!p->has_to || day <= date_to_days(p->to));
}

/* Below zero: A is stricter. */
static int strictness(const struct param_value *a, const struct param_value *b)
{
	if (a->force != b->force)
		return (int)a->force - (int)b->force;
	switch (a->param->direction) {
	case AT_LEAST:
		return (a->number < b->number) - (a->number > b->number);
	case AT_MOST:
		return (a->number > b->number) - (a->number < b->number);
	case ONE_OF:
		return (a->item_count > b->item_count) - (a->item_count < b->item_count);
	case ALL_OF:
		return (a->item_count < b->item_count) - (a->item_count > b->item_count);
	case EQUAL:
		break;
	}
	return 0;
}

static bool is_at_level(const struct param_value *value, int level)
{
	return level == 0 || (level >= value->level_from && level <= value->level_to);
}

/* Walk the values of ID that count, packs in rank. NULL at the end. */
struct walk {
	const struct pack_set *set;
	struct str id;
	int level;
	struct date on;
	size_t pack, value;
};

static const struct param_value *next_value(struct walk *w)
{
	for (; w->pack < w->set->count; w->pack++, w->value = 0) {
		const struct pack *pack = w->set->ranked[w->pack];
		const struct param *param = NULL;

		if (pack_in_force(pack, w->on))
			for (size_t i = 0; i < pack->param_count && !param; i++)
				if (str_eq(pack->params[i].id, w->id))
					param = &pack->params[i];
		while (param && w->value < param->value_count) {
			const struct param_value *value = &param->values[w->value++];

			if (is_at_level(value, w->level))
				return value;
		}
	}
	return NULL;
}

struct param_ruling pack_param(
	const struct pack_set *set, struct str id, int level, struct date on, struct arena *a)
{
	struct walk walk = { .set = set, .id = id, .level = level, .on = on };
	VEC(const struct param_value *) order = { 0 };
	const struct param_value *value;

	while ((value = next_value(&walk))) {
		size_t i = order.len;

		vec_push(a, &order, value);
		for (; i > 0 && strictness(value, order.at[i - 1]) < 0; i--)
			order.at[i] = order.at[i - 1];
		order.at[i] = value;
	}
	if (order.len == 0)
		return (struct param_ruling){ 0 };
	return (struct param_ruling){ order.at[0], order.at + 1, order.len - 1 };
}

int64_t pack_param_number(
	const struct pack_set *set, struct str id, int level, struct date on, int64_t fallback)
{
	struct walk walk = { .set = set, .id = id, .level = level, .on = on };
	const struct param_value *best = NULL, *value;

	while ((value = next_value(&walk)))
		if (!best || strictness(value, best) < 0)
			best = value;
	return best && best->is_number ? best->number : fallback;
}
