/* serve.c - what web is given before it starts: the folder, the address and the code. */
#include "face/web/process/serve_int.h"

#include <unistd.h>

#include "face/web/web.h"
#include "kit/crypto/crypto.h"
#include "kit/store/store.h"

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

void serve_forget_keys(struct serve *s)
{
	wipe((void *)(uintptr_t)s->key.ptr, s->key.len);
	wipe((void *)(uintptr_t)s->tls_key.ptr, s->tls_key.len);
}

void web_forget(void *state)
{
	struct serve *s = state;

	s->packs = pack_set_free(s->packs);
	serve_forget_keys(s);
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
		rc = pack_set_load(pack_folder(packs), e, &s->packs);
	if (rc == 0)
		rc = data_open(s, e);
	*ret_state = s;
	return rc;
}
