/* seal.c - AES-256-GCM, and the self-signed certificate a first start makes. */
#include "kit/crypto/crypto.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "kit/crypto/crypto_int.h"

#define NONCE_SIZE 12
#define TAG_SIZE 16

/* Both ways share one setting up; the context is authenticated, not kept. */
static EVP_CIPHER_CTX *cipher_open(
	struct str key, const unsigned char *nonce, struct str context, int is_sealing)
{
	EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *c;
	int len;

	assert(key.len == AEAD_KEY_SIZE);
	crypto_begin();
	cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	c = EVP_CIPHER_CTX_new();
	if (!cipher || !c)
		abort();
	if (EVP_CipherInit_ex2(
		    c, cipher, (const unsigned char *)key.ptr, nonce, is_sealing, NULL) != 1 ||
		EVP_CipherUpdate(
			c, NULL, &len, (const unsigned char *)context.ptr, (int)context.len) != 1)
		abort();
	EVP_CIPHER_free(cipher);
	return c;
}

int aead_seal(struct str key, struct str context, struct str plain, struct arena *a,
	struct str *ret, struct err *e)
{
	size_t size = NONCE_SIZE + plain.len + TAG_SIZE;
	unsigned char *out = arena_alloc(a, size);
	EVP_CIPHER_CTX *c;
	int len, tail, is_fine;

	random_bytes(out, NONCE_SIZE);
	c = cipher_open(key, out, context, 1);
	is_fine = EVP_CipherUpdate(c, out + NONCE_SIZE, &len, (const unsigned char *)plain.ptr,
			  (int)plain.len) == 1 &&
		EVP_CipherFinal_ex(c, out + NONCE_SIZE + len, &tail) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, out + size - TAG_SIZE) == 1;
	EVP_CIPHER_CTX_free(c);
	if (!is_fine)
		return err_set(e, ERR_CRYPTO, "sealing failed");
	*ret = (struct str){ (char *)out, size };
	return 0;
}

int aead_open(struct str key, struct str context, struct str sealed, struct arena *a,
	struct str *ret, struct err *e)
{
	const unsigned char *in = (const unsigned char *)sealed.ptr;
	unsigned char *out;
	EVP_CIPHER_CTX *c;
	size_t size;
	int len, tail, is_fine;

	if (sealed.len < NONCE_SIZE + TAG_SIZE)
		return err_set(e, ERR_CRYPTO, "the sealed bytes are cut off");
	size = sealed.len - NONCE_SIZE - TAG_SIZE;
	out = arena_alloc(a, size + 1);
	c = cipher_open(key, in, context, 0);
	is_fine = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE,
			  (void *)(uintptr_t)(in + sealed.len - TAG_SIZE)) == 1 &&
		EVP_CipherUpdate(c, out, &len, in + NONCE_SIZE, (int)size) == 1 &&
		EVP_CipherFinal_ex(c, out + len, &tail) == 1;
	EVP_CIPHER_CTX_free(c);
	if (!is_fine) {
		wipe(out, size);
		return err_set(e, ERR_CRYPTO, "the sealed bytes were changed or belong elsewhere");
	}
	*ret = (struct str){ (char *)out, size };
	return 0;
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool is_added = ext && X509_add_ext(cert, ext, -1) == 1;

	X509_EXTENSION_free(ext);
	return is_added;
}

static bool fill_certificate(X509 *cert, EVP_PKEY *key, const char *name, int64_t now_s, int days)
{
	X509_NAME *who = X509_get_subject_name(cert);
	unsigned char serial[8], address[16];
	uint64_t number;
	char names[300];
	bool is_address =
		inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;

	random_bytes(serial, sizeof(serial));
	memcpy(&number, serial, sizeof(number));
	snprintf(names, sizeof(names), "%s:%s", is_address ? "IP" : "DNS", name);
	return X509_set_version(cert, X509_VERSION_3) == 1 &&
		ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), number >> 1) == 1 &&
		ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(now_s - CLOCK_DAY_S)) &&
		ASN1_TIME_set(
			X509_getm_notAfter(cert), (time_t)(now_s + (int64_t)days * CLOCK_DAY_S)) &&
		X509_NAME_add_entry_by_txt(
			who, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) &&
		X509_set_issuer_name(cert, who) == 1 && X509_set_pubkey(cert, key) == 1 &&
		add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
		add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
		add_extension(cert, NID_ext_key_usage, "serverAuth") &&
		add_extension(cert, NID_subject_alt_name, names) &&
		X509_sign(cert, key, EVP_sha256()) > 0;
}

static struct str bio_text(BIO *bio, struct arena *a)
{
	char *bytes;
	long len = BIO_get_mem_data(bio, &bytes);

	return arena_str(a, (struct str){ bytes, (size_t)len });
}

int certificate_make(const char *name, int64_t now_s, int days, struct arena *a,
	struct certificate *ret, struct err *e)
{
	EVP_PKEY *key;
	X509 *cert;
	BIO *key_text, *cert_text;
	int rc = 0;

	crypto_begin();
	key = EVP_EC_gen("P-256");
	cert = X509_new();
	key_text = BIO_new(BIO_s_secmem());
	cert_text = BIO_new(BIO_s_mem());
	if (!key || !cert || !key_text || !cert_text || strlen(name) > 255 ||
		!fill_certificate(cert, key, name, now_s, days) ||
		PEM_write_bio_PKCS8PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) != 1 ||
		PEM_write_bio_X509(cert_text, cert) != 1)
		rc = err_set(e, ERR_CRYPTO, "no certificate could be made for \"%s\"", name);
	if (rc == 0) {
		ret->key = bio_text(key_text, a);
		ret->certificate = bio_text(cert_text, a);
	}
	BIO_free(key_text);
	BIO_free(cert_text);
	X509_free(cert);
	EVP_PKEY_free(key);
	return rc;
}
