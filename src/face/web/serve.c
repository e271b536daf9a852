/* serve.c - what web is given before it starts: the folder, the address and the code.
 * `khien user …`: what only one who owns the data folder may do, when nobody can log in. */
#include "face/web/serve_int.h"

#include <unistd.h>

#include "face/web/web.h"
#include "kit/store/store.h"

#define USER_MEMORY_BYTES (256 * MIB)

static const char *default_packs(void)
{
	return access("packs/checks/pack.yaml", R_OK) == 0 ? "packs" : "/usr/share/khien/packs";
}

static void say(const char *words, const char *value)
{
	printf("%s / %s: %s\n", tr(LANG_VI, words), tr(LANG_EN, words), value);
}

/* The address, and the code while nobody has set the unit up. In both languages: who reads it has
 * not been asked yet. */
static int greet(const struct serve *s, struct err *e)
{
	struct store *store = NULL;
	char code[ORG_CODE_SIZE];
	int64_t users = 0;
	const char *scheme = s->is_tls ? "https" : "http";
	int rc = data_store(s, &store, e);

	if (rc == 0)
		rc = org_user_count(store, &users, e);
	if (rc == 0 && users == 0)
		rc = org_code_make(store, code, e);
	store_close(store);
	if (rc == 0)
		rc = data_hand_over(s, e);
	if (rc < 0)
		return rc;
	say(T("Khiên phục vụ tại"), arena_fmt(s->arena, "%s://%s/", scheme, s->listen).ptr);
	if (users == 0) {
		say(T("Mã thiết lập một lần"), code);
		say(T("Mở để thiết lập"),
			arena_fmt(s->arena, "%s://%s/thiet-lap?ma=%s", scheme, s->listen, code)
				.ptr);
	}
	if (s->is_tls)
		say(T("Chứng thư tự ký, trình duyệt sẽ hỏi một lần"), "tls-certificate.pem");
	fflush(stdout);
	return 0;
}

int web_ready(struct process_service *service, void *state, struct err *e)
{
	return greet(state, e);
}

void web_release(void *state)
{
	struct serve *s = state;

	pack_set_free(s->packs);
}

int web_prepare(struct process_service *service, void **ret_state, struct err *e)
{
	const char *listen = command_value(service->line, "listen"),
		   *packs = command_value(service->line, "packs");
	struct serve *s = arena_new(service->arena, struct serve);
	bool is_loopback = false;
	int rc;

	*s = (struct serve){ .service = service,
		.arena = service->arena,
		.listen = listen ? listen : "127.0.0.1:8080",
		.listen_fd = -1 };
	rc = http_listen(s->listen, &is_loopback, &s->listen_fd, e);
	s->is_tls = !is_loopback;
	if (rc == 0)
		rc = pack_set_load(packs ? packs : default_packs(), e, &s->packs);
	if (rc == 0)
		rc = data_open(s, e);
	*ret_state = s;
	return rc;
}

/* --- khien user ------------------------------------------------------------------------------- */

struct user_command {
	struct process_service service;
	struct serve serve;
	struct arena arena;
	struct store *store;
	struct org_rules rules;
	struct org_actor by;
	struct org_user user;
};

static int user_open(const struct command_line *line, struct user_command *c, struct err *e)
{
	const char *packs = command_value(line, "packs");
	int rc;

	c->service.data = command_value(line, "data");
	if (!c->service.data)
		return err_set(e, ERR_INPUT, "--data DIR: the folder of the service");
	if (access(c->service.data, W_OK) != 0)
		return err_set(e, ERR_DENIED, "\"%s\" is not yours to change", c->service.data);
	c->service.arena = c->serve.arena = &c->arena;
	c->serve.service = &c->service;
	rc = data_open(&c->serve, e);
	if (rc == 0)
		rc = pack_set_load(packs ? packs : default_packs(), e, &c->serve.packs);
	if (rc == 0)
		rc = data_store(&c->serve, &c->store, e);
	if (rc == 0)
		rc = org_rules(c->serve.packs, 1, date_at(clock_now_s()), &c->arena, &c->rules, e);
	if (rc == 0)
		rc = org_user_by_login(c->store, str_of(line->args[0]), &c->arena, &c->user, e);
	c->by = (struct org_actor){ .store = c->store,
		.rules = &c->rules,
		.login = STR("khien user"),
		.peer = "",
		.now_s = clock_now_s(),
		.key = c->serve.key };
	return rc;
}

static void user_close(struct user_command *c)
{
	store_close(c->store);
	pack_set_free(c->serve.packs);
	arena_done(&c->arena);
}

static int run_unlock(const struct command_line *line, struct err *e)
{
	struct user_command c = { 0 };
	int rc;

	arena_init(&c.arena, USER_MEMORY_BYTES);
	rc = user_open(line, &c, e);
	if (rc == 0)
		rc = org_user_unlock(&c.by, c.user.id, e);
	if (rc == 0)
		rc = data_hand_over(&c.serve, e);
	user_close(&c);
	return rc;
}

static int run_reset(const struct command_line *line, struct err *e)
{
	char password[ORG_ONETIME_SIZE];
	struct user_command c = { 0 };
	int rc;

	arena_init(&c.arena, USER_MEMORY_BYTES);
	rc = user_open(line, &c, e);
	if (rc == 0) {
		org_onetime(&c.rules, password);
		rc = org_user_reset(&c.by, c.user.id, str_of(password), e);
	}
	if (rc == 0)
		rc = data_hand_over(&c.serve, e);
	if (rc == 0)
		printf("%s %s\n", tr(line->lang, "Mật khẩu dùng một lần:"), password);
	user_close(&c);
	return rc;
}

static const struct command_option user_options[] = {
	{ "data", OPTION_DIR, "DIR", NULL, T("thư mục dữ liệu của dịch vụ") },
	{ "packs", OPTION_DIR, "DIR", NULL, T("thư mục các gói quy định") },
	{ 0 },
};

const struct command web_user_unlock = {
	.name = "user unlock",
	.args = "LOGIN",
	.words = T("mở khóa một tài khoản khi không người quản trị nào đăng nhập được"),
	.options = user_options,
	.args_min = 1,
	.args_max = 1,
	.run = run_unlock,
};

const struct command web_user_reset = {
	.name = "user reset",
	.args = "LOGIN",
	.words = T("cấp mật khẩu dùng một lần cho một tài khoản, tắt xác thực hai bước của nó"),
	.options = user_options,
	.args_min = 1,
	.args_max = 1,
	.run = run_reset,
};
