/* send.c - libcurl, opened at run time. */
#include <curl/curl.h>
#include <dlfcn.h>
#include <string.h>

#include "kit/mail/mail.h"

#define CONNECT_S 20L
#define WHOLE_S 60L

static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", NULL };

static struct {
	void *library;
	CURL *(*init)(void);
	CURLcode (*setopt)(CURL *, CURLoption, ...);
	CURLcode (*perform)(CURL *);
	void (*cleanup)(CURL *);
	CURLcode (*global_init)(long);
	struct curl_slist *(*append)(struct curl_slist *, const char *);
	void (*free_all)(struct curl_slist *);
	const char *(*words)(CURLcode);
} curl;

/* dlsym() gives an object pointer: POSIX promises that it holds a function's as well. */
static bool find(const char *name, void *function)
{
	void *found = dlsym(curl.library, name);

	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

int letter_open(struct err *e)
{
	for (size_t i = 0; names[i] && !curl.library; i++)
		curl.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!curl.library)
		return err_set(e, ERR_ABSENT, "this machine has no libcurl.so.4");
	if (!find("curl_easy_init", &curl.init) || !find("curl_easy_setopt", &curl.setopt) ||
		!find("curl_easy_perform", &curl.perform) ||
		!find("curl_easy_cleanup", &curl.cleanup) ||
		!find("curl_global_init", &curl.global_init) ||
		!find("curl_slist_append", &curl.append) ||
		!find("curl_slist_free_all", &curl.free_all) ||
		!find("curl_easy_strerror", &curl.words) || curl.global_init(CURL_GLOBAL_ALL) != 0)
		return err_set(e, ERR_SYSTEM, "libcurl is not of the form known");
	return 0;
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

static CURLcode perform(
	CURL *easy, const char *server, const char *from, struct curl_slist *to, struct rest *rest)
{
	curl.setopt(easy, CURLOPT_URL, server);
	curl.setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl.setopt(easy, CURLOPT_MAIL_FROM, from);
	curl.setopt(easy, CURLOPT_MAIL_RCPT, to);
	curl.setopt(easy, CURLOPT_READFUNCTION, give);
	curl.setopt(easy, CURLOPT_READDATA, rest);
	curl.setopt(easy, CURLOPT_UPLOAD, 1L);
	curl.setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
	curl.setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl.setopt(easy, CURLOPT_PROXY, "");
	curl.setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl.setopt(easy, CURLOPT_TIMEOUT, WHOLE_S);
	return curl.perform(easy);
}

int letter_send(const char *server, const struct letter *l, struct str text, struct err *e)
{
	char fault[CURL_ERROR_SIZE] = "";
	struct rest rest = { text };
	struct curl_slist *to;
	struct arena a;
	CURL *easy;
	CURLcode code;

	if (!curl.library || !(easy = curl.init()))
		return err_set(e, ERR_ABSENT, "libcurl is not open");
	arena_init(&a, MIB);
	curl.setopt(easy, CURLOPT_ERRORBUFFER, fault);
	to = curl.append(NULL, arena_fmt(&a, "<%.*s>", STR_FMT(l->to)).ptr);
	code = perform(easy, server, arena_fmt(&a, "<%.*s>", STR_FMT(l->from)).ptr, to, &rest);
	curl.free_all(to);
	curl.cleanup(easy);
	arena_done(&a);
	if (code != CURLE_OK)
		return err_set(
			e, ERR_SYSTEM, "\"%s\": %s", server, *fault ? fault : curl.words(code));
	return 0;
}
