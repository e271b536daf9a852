/* key.c - how a duty is called, and whose it is. */
#include "work/duty/duty_int.h"

#include "kit/http/http.h"

struct str duty_name(const struct duty *d, struct arena *a)
{
	const struct duty_record *r = &d->record;

	if (r->id)
		return arena_fmt(a, "%.*s/%.*s@r%lld", STR_FMT(r->reg->id), STR_FMT(r->duty->id),
			(long long)r->id);
	return arena_fmt(
		a, "%.*s/%.*s", STR_FMT(d->obligation->pack->id), STR_FMT(d->obligation->id));
}

struct str duty_key(const struct duty *d, struct arena *a)
{
	struct str name = duty_name(d, a);

	return d->host_id ? arena_fmt(a, "%.*s@%lld", STR_FMT(name), (long long)d->host_id) : name;
}

struct str duty_address(const struct duty *d, struct arena *a)
{
	const struct duty_record *r = &d->record;
	const struct obligation *o = d->obligation;
	struct str path = arena_fmt(a, "/viec/%lld/%.*s/%.*s", (long long)d->unit_id,
		STR_FMT(url_piece(r->id ? r->reg->id : o->pack->id, a)),
		STR_FMT(url_piece(r->id ? r->duty->id : o->id, a)));

	if (r->id)
		return arena_fmt(a, "%.*s?ban-ghi=%lld", STR_FMT(path), (long long)r->id);
	return d->host_id ? arena_fmt(a, "%.*s?may=%lld", STR_FMT(path), (long long)d->host_id) :
			    path;
}

int64_t duty_key_record(struct str key)
{
	struct str name, after;
	int64_t id;

	if (!str_split(key, '@', &name, &after) || !str_starts(after, "r") ||
		!str_to_i64(str_from(after, 1), &id) || id <= 0)
		return 0;
	return id;
}

int64_t duty_key_host(struct str key)
{
	struct str name, after;
	int64_t id;

	return str_split(key, '@', &name, &after) && str_to_i64(after, &id) && id > 0 ? id : 0;
}

static bool is_named(const struct duty *d, struct str first, struct str second, int64_t record_id)
{
	if (d->record.id != record_id)
		return false;
	if (record_id)
		return str_eq(d->record.reg->id, first) && str_eq(d->record.duty->id, second);
	return str_eq(d->obligation->pack->id, first) && str_eq(d->obligation->id, second);
}

const struct duty *duty_of_key(const struct duties *list, struct str key)
{
	struct str name = key, after, first, second;
	int64_t host_id = duty_key_host(key), record_id = duty_key_record(key);

	if (str_split(key, '@', &name, &after) && !record_id && !host_id)
		return NULL;
	if (!str_split(name, '/', &first, &second))
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		if (list->at[i].host_id == host_id &&
			is_named(&list->at[i], first, second, record_id))
			return &list->at[i];
	return NULL;
}

struct duty_who duty_who(const struct duty *d)
{
	if (d->record.duty)
		return (struct duty_who){ &d->record.duty->who, 1 };
	return (struct duty_who){ d->obligation->who, d->obligation->who_count };
}

const struct role *duty_role(const struct pack_set *packs, const struct duty *d)
{
	struct duty_who who = duty_who(d);

	return who.count ? pack_role(packs, who.at[0]) : NULL;
}

bool duty_is_for(const struct pack_set *packs, struct duty_who who, const char *account)
{
	for (size_t i = 0; i < who.count; i++) {
		const struct role *role = pack_role(packs, who.at[i]);

		if (role && role->is_each && i > 0)
			continue; /* another answers: one person's word is not the unit's */
		for (size_t k = 0; role && k < role->account_count; k++)
			if (str_is(role->accounts[k], account))
				return true;
	}
	return false;
}

enum duty_told duty_told(const struct duty *d, const struct duty_rules *rules)
{
	int64_t left = date_to_days(d->open.due) - date_to_days(d->schedule.today);
	bool is_again = d->record.id ? !d->record.duty->is_before : d->last.id != 0;

	if (-left >= rules->grace_days + rules->authority_days && left < 0)
		return DUTY_TOLD_AUTHORITY;
	if (-left >= rules->grace_days + rules->head_days && left < 0)
		return DUTY_TOLD_HEAD;
	if (left <= 0)
		return DUTY_TOLD_DOERS;
	for (size_t i = 0; i < rules->remind_count; i++)
		if (rules->remind_days[i] == left &&
			(!is_again ||
				duty_is_in_last_part(rules, d->schedule.period, d->open.due, left)))
			return DUTY_TOLD_DOERS;
	return DUTY_TOLD_NOBODY;
}
