#include "face/cli/register.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "work/exchange/exchange.h"

static int open_store(struct registers *r, struct err *e)
{
	const struct passwd *who = getpwuid(getuid());
	struct record_notes notes;
	int rc = cli_store(r->line, &r->store, e);

	if (rc == 0)
		rc = record_open(r->store, r->packs, r->line->arena, &notes, e);
	if (rc < 0)
		return rc;
	r->at.login = arena_str(r->line->arena, str_of(who ? who->pw_name : "root"));
	store_actor(r->store, r->at.login, "terminal");
	return org_tree(
		r->store, org_day(r->at.now_s, r->line->arena), r->line->arena, &r->tree, e);
}

static int choose_unit(struct registers *r, struct err *e)
{
	const char *unit = command_value(r->line, "unit");
	const struct org_unit *found;
	int64_t id;

	r->unit_id = ORG_UNIT_FIRST;
	if (!unit)
		return 0;
	found = str_to_i64(str_of(unit), &id) ? org_unit_by_id(&r->tree, id) :
						org_unit_by_code(&r->tree, str_of(unit));
	if (!found)
		return err_set(e, ERR_ABSENT, "there is no unit \"%s\"", unit);
	r->unit_id = found->id;
	return 0;
}

int registers_open(const struct command_line *line, const char *id, bool is_bare,
	struct registers *r, struct err *e)
{
	int rc;

	*r = (struct registers){ .line = line };
	rc = cli_packs_load(line, e, &r->packs);
	if (rc < 0)
		return rc;
	r->at = (struct record_at){ .packs = r->packs,
		.reg = id ? pack_register(r->packs, str_of(id)) : exchange_people(),
		.a = line->arena,
		.now_s = clock_now_s() };
	if (!r->at.reg)
		return err_set(e, ERR_ABSENT, "the packs have no register \"%s\"", id);
	if (is_bare)
		return 0;
	rc = open_store(r, e);
	r->at.store = r->store;
	return rc < 0 ? rc : choose_unit(r, e);
}

void registers_close(struct registers *r)
{
	store_close(r->store);
	pack_set_free(r->packs);
}

void registers_complete(const struct command_line *line, size_t i)
{
	struct pack_set *packs;
	struct err e;

	if (i > 0 || cli_packs_load(line, &e, &packs) < 0)
		return;
	for (size_t n = 0; n < pack_register_count(packs); n++)
		printf("%.*s\n", STR_FMT(pack_register_at(packs, n)->id));
	pack_set_free(packs);
}
