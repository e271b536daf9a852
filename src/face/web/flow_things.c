/* flow_things.c - what the registers say of the things that tasks of cases are about. */
#include "core/record/record_words.h"
#include "face/web/flow_int.h"
#include "face/web/register_int.h"

#define WORDS_MAX 4 /* values of each: whose it is, where, of which kind */

static struct str ids_of(struct view *v, const struct flow_task *tasks, size_t count)
{
	struct buf b;
	struct str ids;

	buf_init(&b, MIB);
	buf_add(&b, STR("["));
	for (size_t i = 0; i < count; i++)
		if (tasks[i].record_id)
			buf_fmt(&b, "%s%lld", b.len > 1 ? "," : "", (long long)tasks[i].record_id);
	buf_add(&b, STR("]"));
	ids = arena_str(v->a, buf_str(&b));
	buf_done(&b);
	return ids;
}

/* The first values of the columns of its list, but for its name, its state and a second person. */
static struct str words_for(struct view *v, const struct record_at *at,
	const struct record_names *names, const struct record *r, struct str state)
{
	struct str words = STR("");
	bool has_person = false;
	size_t count = 0;

	for (size_t i = 0; i < at->reg->list_count && count < WORDS_MAX; i++) {
		const struct register_field *f = pack_register_field(at->reg, at->reg->list[i]);
		struct str one;

		if (!f || f->see != SEE_ALL || str_eq(f->id, at->reg->name) ||
			str_eq(f->id, state) || (has_person && f->type == REGISTER_PERSON))
			continue;
		one = record_field_words(at, v->lang, names, f, r->body);
		if (!one.len)
			continue;
		has_person = has_person || f->type == REGISTER_PERSON;
		words = arena_fmt(
			v->a, "%.*s%s%.*s", STR_FMT(words), count++ ? " · " : "", STR_FMT(one));
	}
	return words;
}

struct str *flow_things_words(
	struct view *v, const struct flow *f, const struct flow_task *tasks, size_t count)
{
	struct str *ret = arena_array(v->a, struct str, count + 1);
	struct record *all;
	size_t all_count;

	if (record_get_all(v->web->store, ids_of(v, tasks, count), v->a, &all, &all_count, v->e) <
		0)
		return ret;
	for (size_t from = 0, until; from < all_count; from = until) {
		struct record_at at = { v->web->store, v->web->packs,
			pack_register(v->web->packs, all[from].register_id), v->a, v->by.now_s,
			v->by.login };
		struct record_names *names = NULL;

		for (until = from;
			until < all_count && str_eq(all[until].register_id, all[from].register_id);)
			until++;
		if (!at.reg || !register_may_see(v, at.reg) ||
			record_names(&at, all + from, until - from, &names, v->e) < 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			const struct flow_task_kind *k = flow_task_of(f, tasks[i].kind);

			for (size_t n = from; n < until; n++)
				if (k && all[n].id == tasks[i].record_id)
					ret[i] = words_for(v, &at, names, &all[n], k->where);
		}
	}
	return ret;
}
