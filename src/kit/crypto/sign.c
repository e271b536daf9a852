/* sign.c - Ed25519 over OpenSSL. */
#include "kit/crypto/crypto.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "kit/crypto/crypto_int.h"

static EVP_PKEY *private_key(const unsigned char *seed)
{
	EVP_PKEY *key;

	crypto_begin();
	key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, ED25519_SEED_SIZE);
	if (!key)
		abort(); /* every 32 bytes are a seed: only memory can be missing */
	return key;
}

void ed25519_keygen(unsigned char *ret_seed, unsigned char *ret_public)
{
	random_bytes(ret_seed, ED25519_SEED_SIZE);
	ed25519_public(ret_seed, ret_public);
}

void ed25519_public(const unsigned char *seed, unsigned char *ret_public)
{
	EVP_PKEY *key = private_key(seed);
	size_t size = ED25519_PUBLIC_SIZE;

	if (EVP_PKEY_get_raw_public_key(key, ret_public, &size) != 1 || size != ED25519_PUBLIC_SIZE)
		abort();
	EVP_PKEY_free(key);
}

void ed25519_sign(const unsigned char *seed, struct str message, unsigned char *ret_signature)
{
	EVP_PKEY *key = private_key(seed);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = ED25519_SIGNATURE_SIZE;

	if (!ctx || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1 ||
		EVP_DigestSign(ctx, ret_signature, &size, (const unsigned char *)message.ptr,
			message.len) != 1 ||
		size != ED25519_SIGNATURE_SIZE)
		abort();
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

bool ed25519_verify(const unsigned char *public_key, struct str message, struct str signature)
{
	EVP_PKEY *key;
	EVP_MD_CTX *ctx;
	bool is_right;

	crypto_begin();
	key = EVP_PKEY_new_raw_public_key(
		EVP_PKEY_ED25519, NULL, public_key, ED25519_PUBLIC_SIZE);
	ctx = EVP_MD_CTX_new();
	is_right = key && ctx && signature.len == ED25519_SIGNATURE_SIZE &&
		EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		EVP_DigestVerify(ctx, (const unsigned char *)signature.ptr, signature.len,
			(const unsigned char *)message.ptr, message.len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return is_right;
}
