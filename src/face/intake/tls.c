/* tls.c - TLS 1.2 and 1.3 with AEAD, certificates of clients by their name. Never waits. */
#include "face/intake/intake_int.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

struct tls {
	SSL_CTX *context;
	bool asks_names;
};

struct tls_session {
	SSL *ssl;
	enum sender_why why; /* it was refused; 0: it was not */
	char name[SENDER_NAME_MAX + 1];
	bool has_ended; /* behind what was read last */
};

static int fault(const char *what, struct err *e)
{
	char text[160] = "";

	ERR_error_string_n(ERR_peek_error(), text, sizeof(text));
	ERR_clear_error();
	return err_set(e, ERR_CRYPTO, "\"%s\": %s", what, text);
}

static bool common_name(X509 *certificate, char *ret, size_t size);

/* OpenSSL's verdict stands; it is only noted, of whom and why. */
static int on_verify(int is_fine, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_session *s = ssl ? SSL_get_app_data(ssl) : NULL;
	X509 *certificate = X509_STORE_CTX_get0_cert(store);
	int code = X509_STORE_CTX_get_error(store);

	if (is_fine || !s || s->why)
		return is_fine;
	s->why = code == X509_V_ERR_CERT_HAS_EXPIRED ? SENDER_EXPIRED :
		code == X509_V_ERR_CERT_NOT_YET_VALID ? SENDER_NOT_YET :
							SENDER_AUTHORITY;
	if (certificate)
		(void)common_name(certificate, s->name, sizeof(s->name));
	return is_fine;
}

static int load(SSL_CTX *context, const struct config *c, struct err *e)
{
	if (SSL_CTX_use_certificate_chain_file(context, c->certificate) != 1)
		return fault(c->certificate, e);
	if (SSL_CTX_use_PrivateKey_file(context, c->key, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_check_private_key(context) != 1)
		return fault(c->key, e);
	if (!c->authority)
		return 0;
	if (SSL_CTX_load_verify_locations(context, c->authority, NULL) != 1)
		return fault(c->authority, e);
	SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(c->authority));
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_verify);
	return 0;
}

int tls_open(const struct config *c, struct tls **ret, struct err *e)
{
	struct tls *t = calloc(1, sizeof(*t));
	int rc;

	if (!t)
		abort();
	t->asks_names = c->authority != NULL;
	t->context = SSL_CTX_new(TLS_server_method());
	if (!t->context)
		abort();
	SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION);
	SSL_CTX_set_options(t->context,
		SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
			SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_session_cache_mode(t->context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(t->context, 0);
	SSL_CTX_set_read_ahead(t->context, 1);
	SSL_CTX_set_default_read_buffer_len(t->context, 64 * KIB);
	SSL_CTX_set_mode(t->context,
		SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
			SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	rc = SSL_CTX_set_cipher_list(t->context, CIPHERS) == 1 ? 0 : fault(CIPHERS, e);
	if (rc == 0)
		rc = load(t->context, c, e);
	if (rc < 0) {
		tls_close(t);
		return rc;
	}
	*ret = t;
	return 0;
}

void tls_close(struct tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->context);
	free(t);
}

bool tls_asks_names(const struct tls *t)
{
	return t->asks_names;
}

struct tls_session *tls_session_new(struct tls *t, int fd)
{
	struct tls_session *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->ssl = SSL_new(t->context);
	if (!s->ssl || SSL_set_fd(s->ssl, fd) != 1)
		abort();
	SSL_set_app_data(s->ssl, s);
	SSL_set_accept_state(s->ssl);
	return s;
}

struct tls_session *tls_session_free(struct tls_session *s)
{
	if (!s)
		return NULL;
	ERR_clear_error();
	if (SSL_is_init_finished(s->ssl))
		(void)SSL_shutdown(s->ssl);
	ERR_clear_error();
	SSL_free(s->ssl);
	free(s);
	return NULL;
}

bool tls_is_up(const struct tls_session *s)
{
	return SSL_is_init_finished(s->ssl) == 1;
}

enum sender_why tls_refused(const struct tls_session *s, const char **ret_name)
{
	*ret_name = s->name;
	return tls_is_up(s) ? 0 : s->why;
}

/* Who went away before the end of the handshake is not refused: a port that is looked at. */
static void note_refusal(struct tls_session *s, int why)
{
	if (s->why || why != SSL_ERROR_SSL || tls_is_up(s))
		return;
	s->why = ERR_GET_REASON(ERR_peek_error()) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE ?
		SENDER_ABSENT :
		SENDER_HANDSHAKE;
}

static ssize_t answer(struct tls_session *s, int n, uint32_t *ret_events)
{
	int why;

	if (n > 0)
		return n;
	why = SSL_get_error(s->ssl, n);
	note_refusal(s, why);
	ERR_clear_error();
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
		*ret_events = why == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT;
		return 0;
	}
	return -1;
}

/* Until nothing more lies ready: what OpenSSL holds back wakes no epoll. */
ssize_t tls_read(struct tls_session *s, void *to, size_t size, uint32_t *ret_events)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < size && n > 0) {
		ERR_clear_error();
		n = answer(s, SSL_read(s->ssl, (char *)to + len, (int)(size - len)), ret_events);
		len += n > 0 ? (size_t)n : 0;
	}
	s->has_ended = n < 0;
	return len ? (ssize_t)len : n;
}

bool tls_has_more(const struct tls_session *s)
{
	return s->has_ended || SSL_has_pending(s->ssl);
}

ssize_t tls_write(struct tls_session *s, struct str bytes, uint32_t *ret_events)
{
	ERR_clear_error();
	return answer(s, SSL_write(s->ssl, bytes.ptr, (int)bytes.len), ret_events);
}

/* A name with anything unprintable in it is shown as what it is: not to be trusted. */
static bool take_name(ASN1_STRING *from, char *ret, size_t size)
{
	unsigned char *text = NULL;
	int len = from ? ASN1_STRING_to_UTF8(&text, from) : -1;
	bool is_fine = len > 0 && (size_t)len < size;

	for (int i = 0; i < len && is_fine; i++)
		is_fine = text[i] >= ' ' && text[i] != 127;
	if (is_fine) {
		memcpy(ret, text, (size_t)len);
		ret[len] = '\0';
	}
	OPENSSL_free(text);
	return is_fine;
}

static bool common_name(X509 *certificate, char *ret, size_t size)
{
	X509_NAME *subject = X509_get_subject_name(certificate);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	X509_NAME_ENTRY *entry = at < 0 ? NULL : X509_NAME_get_entry(subject, at);

	return entry && take_name(X509_NAME_ENTRY_get_data(entry), ret, size);
}

static bool first_dns_name(X509 *certificate, char *ret, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	bool is_found = false;

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names) && !is_found; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		is_found = name->type == GEN_DNS && take_name(name->d.dNSName, ret, size);
	}
	GENERAL_NAMES_free(names);
	return is_found;
}

bool tls_name(const struct tls_session *s, char *ret, size_t size)
{
	X509 *certificate = SSL_get1_peer_certificate(s->ssl);
	bool is_found = certificate && SSL_get_verify_result(s->ssl) == X509_V_OK &&
		(common_name(certificate, ret, size) || first_dns_name(certificate, ret, size));

	X509_free(certificate);
	return is_found;
}
