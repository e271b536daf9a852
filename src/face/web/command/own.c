/* own.c - what only one who owns the data folder may do from the terminal, also when nobody can
 * log in. */
#include "face/web/process/serve_int.h"

#include <unistd.h>

#define OWN_MEMORY_BYTES (256 * MIB)

static int open_all(struct own_command *c, struct err *e)
{
	const char *packs = command_value(c->line, "packs");
	int rc;

	c->service.data = command_value(c->line, "data");
	if (!c->service.data)
		return err_set(e, ERR_INPUT, "--data DIR: the folder of the service");
	if (access(c->service.data, W_OK) != 0)
		return err_set(e, ERR_DENIED, "\"%s\" is not yours to change", c->service.data);
	c->service.arena = c->serve.arena = &c->arena;
	c->serve.service = &c->service;
	rc = data_open(&c->serve, e);
	if (rc == 0)
		rc = pack_set_load(pack_folder(packs), e, &c->serve.packs);
	if (rc == 0)
		rc = data_store(&c->serve, &c->store, e);
	if (rc == 0)
		rc = org_rules(c->serve.packs, 1, date_at(clock_now_s()), &c->arena, &c->rules, e);
	c->by = (struct org_actor){ .store = c->store,
		.rules = &c->rules,
		.login = STR("khien"),
		.peer = "",
		.now_s = clock_now_s(),
		.key = c->serve.key };
	return rc;
}

int own_run(const struct command_line *line, int (*run)(struct own_command *c, struct err *e),
	struct err *e)
{
	struct own_command c = { .line = line };
	int rc;

	arena_init(&c.arena, OWN_MEMORY_BYTES);
	rc = open_all(&c, e);
	if (rc == 0) {
		store_actor(c.store, c.by.login, c.by.peer);
		rc = run(&c, e);
	}
	if (rc >= 0) {
		int handed = data_hand_over(&c.serve, e);

		rc = handed < 0 ? handed : rc;
	}
	store_close(c.store);
	pack_set_free(c.serve.packs);
	arena_done(&c.arena);
	return rc;
}
