/* crypto_int.h - private to crypto. */
#ifndef KIT_CRYPTO_INT_H
#define KIT_CRYPTO_INT_H

#include "base/base.h"

/* Before anything of OpenSSL but its plain digests: else its first call reads the host's
 * openssl.cnf, even in a process that may open no file. Cheap when done before. */
void crypto_begin(void);

/* md5_streams() as a processor does it that takes WIDTH lanes at once: 4 everywhere, 8 and 16 where
 * md5_has_width() says so. */
struct md5_feed;
bool md5_has_width(size_t width);
void md5_streams_by(size_t width, const struct md5_feed *feed);

/* sha256_each() in both ways; by two only where sha256_has_two(). */
bool sha256_has_two(void);
void sha256_each_by_two(
	unsigned char first, const struct str *bytes, size_t count, unsigned char *ret);
void sha256_each_by_one(
	unsigned char first, const struct str *bytes, size_t count, unsigned char *ret);

#endif
