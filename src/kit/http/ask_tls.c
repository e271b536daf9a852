/* ask_tls.c - one question over TLS, by libcurl: what comes back is bounded in size and in time, no
 * redirect is followed, no proxy asked, nobody is believed whose certificate is not in order. */
#include "kit/http/curl.h"
#include "kit/http/http_int.h"

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
	struct buf *to = context;

	buf_add(to, (struct str){ bytes, size * count });
	return buf_is_full(to) ? 0 : size * count;
}

static void set_tls(const struct curl_calls *c, CURL *easy, const struct http_ask *ask)
{
	c->setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
	c->setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	c->setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	c->setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (ask->ca.len > 0) {
		struct curl_blob pinned = { (void *)(uintptr_t)ask->ca.ptr, ask->ca.len,
			CURL_BLOB_COPY };

		/* these and no others */
		c->setopt(easy, CURLOPT_CAINFO, NULL);
		c->setopt(easy, CURLOPT_CAPATH, NULL);
		c->setopt(easy, CURLOPT_CAINFO_BLOB, &pinned);
	}
}

static void set_question(const struct curl_calls *c, CURL *easy, const struct http_ask *ask,
	struct curl_slist *headers, struct buf *answer)
{
	c->setopt(easy, CURLOPT_URL, ask->url);
	c->setopt(easy, CURLOPT_PROXY, "");
	c->setopt(easy, CURLOPT_NOSIGNAL, 1L);
	c->setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	c->setopt(easy, CURLOPT_TIMEOUT, (long)ask->wait_s);
	c->setopt(easy, CURLOPT_HTTPHEADER, headers);
	c->setopt(easy, CURLOPT_WRITEFUNCTION, take);
	c->setopt(easy, CURLOPT_WRITEDATA, answer);
	if (ask->body) {
		c->setopt(easy, CURLOPT_POST, 1L);
		c->setopt(easy, CURLOPT_POSTFIELDSIZE, (long)ask->body_len);
		c->setopt(easy, CURLOPT_POSTFIELDS, ask->body);
	}
}

static bool is_untrusted(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
		code == CURLE_SSL_CACERT_BADFILE;
}

int ask_tls(const struct http_ask *ask, struct arena *a, struct str *ret_body, struct err *e)
{
	char fault[CURL_ERROR_SIZE] = "";
	const struct curl_calls *c;
	struct curl_slist *headers;
	struct buf answer;
	CURLcode code;
	CURL *easy;
	long status = 0;
	int rc = curl_open(e);

	if (rc == 0)
		rc = curl_get(&c, e);
	if (rc < 0)
		return rc;
	if (!(easy = c->init()))
		abort();
	buf_init(&answer, HTTP_ANSWER_BYTES_MAX);
	headers = c->append(NULL,
		arena_fmt(a, "Content-Type: %s", ask->type ? ask->type : "application/octet-stream")
			.ptr);
	if (ask->authorization)
		headers = c->append(
			headers, arena_fmt(a, "Authorization: %s", ask->authorization).ptr);
	c->setopt(easy, CURLOPT_ERRORBUFFER, fault);
	set_tls(c, easy, ask);
	set_question(c, easy, ask, headers, &answer);
	code = c->perform(easy);
	if (code == CURLE_OK)
		c->getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	c->free_all(headers);
	c->cleanup(easy);
	if (code != CURLE_OK)
		rc = err_set(e,
			buf_is_full(&answer)       ? ERR_INPUT :
				is_untrusted(code) ? ERR_CRYPTO :
						     ERR_SYSTEM,
			"\"%s\": %s", ask->url, *fault ? fault : c->words(code));
	else
		*ret_body = arena_str(a, buf_str(&answer));
	buf_done(&answer);
	return rc < 0 ? rc : (int)status;
}
