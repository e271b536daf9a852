/* serve.c - `khien serve`: the folder, the first audit, the address and the code, then the service.
 * `khien user …`: what only one who owns the data folder may do, when nobody can log in. */
#include "face/web/serve_int.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "face/web/web.h"
#include "kit/store/store.h"

#define SERVE_MEMORY_BYTES (256 * MIB)
#define FIRST_AUDIT_S 60

static const char *default_packs(void)
{
	return access("packs/checks/pack.yaml", R_OK) == 0 ? "packs" : "/usr/share/khien/packs";
}

/* Can that user come to the data folder at all? One below /root, say, is closed to everybody
 * else. */
static bool is_reachable(const struct serve *s)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s", s->data);
	for (char *slash = strrchr(path, '/'); slash && slash != path; slash = strrchr(path, '/')) {
		*slash = '\0';
		if (stat(path, &st) != 0 ||
			!(st.st_mode & S_IXOTH || (st.st_uid == s->uid && st.st_mode & S_IXUSR)))
			return false;
	}
	return true;
}

/* Whom web becomes. Where nobody else can come, it stays root in name and loses every power of
 * root, which leaves it the files that are root's own and no more. */
static int choose_user(struct serve *s, struct err *e)
{
	static const char *const names[] = { "khien", "nobody", NULL };
	int rc;

	s->is_root = geteuid() == 0;
	rc = s->is_root ? sandbox_user(names, &s->user, &s->uid, &s->gid, e) : 0;
	if (rc == 0 && s->is_root && !is_reachable(s))
		s->user = NULL;
	return rc;
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

/* The machine is known before the first page is asked for. */
static int first_audit(const struct serve *s, struct err *e)
{
	int64_t age_s;
	int status, rc = audit_age_s(s, &age_s, e);
	pid_t pid;

	if (rc == 0)
		rc = data_hand_over(s, e);
	if (rc < 0 || age_s < CLOCK_DAY_S)
		return rc;
	pid = fork();
	if (pid == 0) {
		alarm(FIRST_AUDIT_S);
		_exit(serve_audit(s));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		fprintf(stderr,
			"khien serve: the first audit did not end well; the pages say so\n");
	return 0;
}

static int prepare(struct serve *s, const char *packs, struct err *e)
{
	bool is_loopback = false;
	int rc = http_listen(s->listen, &is_loopback, &s->listen_fd, e);

	s->is_tls = !is_loopback;
	if (rc == 0)
		rc = pack_set_load(packs, e, &s->packs);
	if (rc == 0)
		rc = data_open(s, e);
	if (rc == 0)
		rc = choose_user(s, e);
	if (rc == 0)
		rc = first_audit(s, e);
	return rc == 0 ? greet(s, e) : rc;
}

static int run_serve(const struct command_line *line, struct err *e)
{
	const char *listen = command_value(line, "listen"), *packs = command_value(line, "packs");
	struct arena arena;
	struct serve s = {
		.data = command_value(line, "data"), .listen_fd = -1, .lang = line->lang
	};
	int rc;

	(void)clock_now_s(); /* the test clock's file is opened before the doors close */
	if (!s.data)
		return err_set(e, ERR_INPUT, "--data DIR: the folder to keep everything in");
	arena_init(&arena, SERVE_MEMORY_BYTES);
	s.arena = &arena;
	s.listen = listen ? listen : "127.0.0.1:8080";
	rc = prepare(&s, packs ? packs : default_packs(), e);
	if (rc < 0) {
		pack_set_free(s.packs);
		arena_done(&arena);
		return rc;
	}
	rc = serve_supervise(&s);
	fflush(NULL);
	_exit(rc); /* confined: what an ordinary exit would still do is not allowed any more */
}

static const struct command_option serve_options[] = {
	{ "data", OPTION_DIR, "DIR", NULL, T("thư mục dữ liệu; được tạo nếu chưa có") },
	{ "packs", OPTION_DIR, "DIR", NULL, T("thư mục các gói quy định") },
	{ "listen", OPTION_TEXT, "ADDR:PORT", NULL,
		T("địa chỉ phục vụ, mặc định 127.0.0.1:8080; địa chỉ khác máy này thì dùng TLS") },
	{ 0 },
};

const struct command web_serve = {
	.name = "serve",
	.words = T("phục vụ các trang trên trình duyệt, kiểm tra máy này mỗi ngày"),
	.options = serve_options,
	.run = run_serve,
};

/* --- khien user ------------------------------------------------------------------------------- */

struct user_command {
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

	c->serve.data = command_value(line, "data");
	if (!c->serve.data)
		return err_set(e, ERR_INPUT, "--data DIR: the folder of the service");
	if (access(c->serve.data, W_OK) != 0)
		return err_set(e, ERR_DENIED, "\"%s\" is not yours to change", c->serve.data);
	c->serve.arena = &c->arena;
	rc = data_open(&c->serve, e);
	if (rc == 0)
		rc = choose_user(&c->serve, e);
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

	arena_init(&c.arena, SERVE_MEMORY_BYTES);
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

	arena_init(&c.arena, SERVE_MEMORY_BYTES);
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
