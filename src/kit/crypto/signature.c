/* signature.c - RSA and ECDSA over OpenSSL. */
#include "kit/crypto/signature.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "kit/crypto/crypto_int.h"

static const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)s.ptr;
}

/* A public key of the numbers in PARAMS, which are freed; NULL when they make none. */
static EVP_PKEY *key_of(const char *kind, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || !params)
		abort();
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static bool is_signed(EVP_PKEY *key, bool is_pss, struct str message, struct str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;
	bool is_right;

	if (!ctx)
		abort();
	is_right = EVP_DigestVerifyInit(ctx, &how, EVP_sha256(), NULL, key) == 1 &&
		(!is_pss ||
			(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
				EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) ==
					1)) &&
		EVP_DigestVerify(ctx, bytes_of(signature), signature.len, bytes_of(message),
			message.len) == 1;
	EVP_MD_CTX_free(ctx);
	return is_right;
}

bool rsa_verify(const struct rsa_public *rsa, bool is_pss, struct str message, struct str signature)
{
	OSSL_PARAM_BLD *build;
	BIGNUM *n, *e;
	EVP_PKEY *key;
	bool is_right;
	int bits;

	if (rsa->modulus.len > RSA_BITS_MAX / 8 || rsa->exponent.len > sizeof(uint64_t))
		return false;
	crypto_begin();
	build = OSSL_PARAM_BLD_new();
	n = BN_bin2bn(bytes_of(rsa->modulus), (int)rsa->modulus.len, NULL);
	e = BN_bin2bn(bytes_of(rsa->exponent), (int)rsa->exponent.len, NULL);
	if (!build || !n || !e || OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) != 1)
		abort();
	bits = BN_num_bits(n);
	key = bits >= RSA_BITS_MIN && BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e) ?
		key_of("RSA", OSSL_PARAM_BLD_to_param(build)) :
		NULL;
	is_right = key && is_signed(key, is_pss, message, signature);
	EVP_PKEY_free(key);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	BN_free(e);
	return is_right;
}

/* r and s as DER, which OpenSSL reads; in RET, to be freed with OPENSSL_free(). */
static int der_of(struct str signature, unsigned char **ret)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(bytes_of(signature), P256_NUMBER_SIZE, NULL);
	BIGNUM *s = BN_bin2bn(bytes_of(signature) + P256_NUMBER_SIZE, P256_NUMBER_SIZE, NULL);
	int len;

	if (!pair || !r || !s || ECDSA_SIG_set0(pair, r, s) != 1)
		abort();
	len = i2d_ECDSA_SIG(pair, ret);
	ECDSA_SIG_free(pair);
	return len;
}

bool p256_verify(struct str x, struct str y, struct str message, struct str signature)
{
	unsigned char point[1 + 2 * P256_NUMBER_SIZE] = { 4 /* both numbers follow */ };
	unsigned char *der = NULL;
	OSSL_PARAM_BLD *build;
	EVP_PKEY *key;
	bool is_right;
	int len;

	if (x.len != P256_NUMBER_SIZE || y.len != P256_NUMBER_SIZE ||
		signature.len != 2 * (size_t)P256_NUMBER_SIZE)
		return false;
	crypto_begin();
	memcpy(point + 1, x.ptr, P256_NUMBER_SIZE);
	memcpy(point + 1 + P256_NUMBER_SIZE, y.ptr, P256_NUMBER_SIZE);
	build = OSSL_PARAM_BLD_new();
	if (!build ||
		OSSL_PARAM_BLD_push_utf8_string(
			build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
		OSSL_PARAM_BLD_push_octet_string(
			build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)) != 1)
		abort();
	key = key_of("EC", OSSL_PARAM_BLD_to_param(build));
	len = der_of(signature, &der);
	is_right = key && len > 0 &&
		is_signed(key, false, message, (struct str){ (const char *)der, (size_t)len });
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	OSSL_PARAM_BLD_free(build);
	return is_right;
}
