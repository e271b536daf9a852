/* signature.h - floor 2: are signatures of others right? The public keys come as the numbers that
 * a key set (RFC 7517) tells, big end first. A key that is none, or too weak, signs nothing. */
#ifndef KIT_CRYPTO_SIGNATURE_H
#define KIT_CRYPTO_SIGNATURE_H

#include "base/base.h"

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192

struct rsa_public {
	struct str modulus, exponent;
};
/* With SHA-256. IS_PSS: RSASSA-PSS with a salt of 32 bytes, else PKCS #1 v1.5. */
bool rsa_verify(
	const struct rsa_public *key, bool is_pss, struct str message, struct str signature);

#define P256_NUMBER_SIZE 32
/* ECDSA on P-256 with SHA-256; SIGNATURE is r and s, 32 bytes each. */
bool p256_verify(struct str x, struct str y, struct str message, struct str signature);

#endif
