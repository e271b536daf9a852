/* send.c - through libcurl-> */
#include <string.h>

#include "kit/http/curl.h"
#include "kit/mail/mail.h"

#define CONNECT_S 20L
#define WHOLE_S 60L

int letter_open(struct err *e)
{
	return curl_open(e);
}

struct rest {
	struct str text;
};

static size_t give(char *to, size_t size, size_t count, void *context)
{
	struct rest *rest = context;
	size_t n = size * count < rest->text.len ? size * count : rest->text.len;

	memcpy(to, rest->text.ptr, n);
	rest->text = str_from(rest->text, n);
	return n;
}

/* A password is never said in the clear, whatever the server offers. */
static void give_login(
	const struct curl_calls *curl, CURL *easy, const struct letter_server *server)
{
	struct curl_blob ca = { (void *)(uintptr_t)server->ca, strlen(server->ca), CURL_BLOB_COPY };

	if (*server->ca)
		curl->setopt(easy, CURLOPT_CAINFO_BLOB, &ca);
	curl->setopt(easy, CURLOPT_USE_SSL,
		*server->login ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
	if (!*server->login)
		return;
	curl->setopt(easy, CURLOPT_USERNAME, server->login);
	curl->setopt(easy, CURLOPT_PASSWORD, server->password);
}

static CURLcode perform(const struct curl_calls *curl, CURL *easy,
	const struct letter_server *server, const char *from, struct curl_slist *to,
	struct rest *rest)
{
	curl->setopt(easy, CURLOPT_URL, server->url);
	give_login(curl, easy, server);
	curl->setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl->setopt(easy, CURLOPT_MAIL_FROM, from);
	curl->setopt(easy, CURLOPT_MAIL_RCPT, to);
	curl->setopt(easy, CURLOPT_READFUNCTION, give);
	curl->setopt(easy, CURLOPT_READDATA, rest);
	curl->setopt(easy, CURLOPT_UPLOAD, 1L);
	curl->setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->setopt(easy, CURLOPT_PROXY, "");
	curl->setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl->setopt(easy, CURLOPT_TIMEOUT, WHOLE_S);
	return curl->perform(easy);
}

int letter_send(
	const struct letter_server *server, const struct letter *l, struct str text, struct err *e)
{
	char fault[CURL_ERROR_SIZE] = "";
	struct rest rest = { text };
	struct curl_slist *to;
	const struct curl_calls *curl;
	struct arena a;
	CURL *easy;
	CURLcode code;
	int rc = curl_get(&curl, e);

	if (rc < 0)
		return rc;
	if (!(easy = curl->init()))
		abort();
	arena_init(&a, MIB);
	curl->setopt(easy, CURLOPT_ERRORBUFFER, fault);
	to = curl->append(NULL, arena_fmt(&a, "<%.*s>", STR_FMT(l->to)).ptr);
	code = perform(curl, easy, server, arena_fmt(&a, "<%.*s>", STR_FMT(l->from)).ptr, to,
		&rest);
	curl->free_all(to);
	curl->cleanup(easy);
	arena_done(&a);
	if (code != CURLE_OK)
		return err_set(e, ERR_SYSTEM, "\"%s\": %s", server->url,
			*fault ? fault : curl->words(code));
	return 0;
}
