/* crypto_int.h - private to crypto. */
#ifndef KIT_CRYPTO_INT_H
#define KIT_CRYPTO_INT_H

/* Before anything of OpenSSL but its plain digests: else its first call reads the host's
 * openssl.cnf, even in a process that may open no file. Cheap when done before. */
void crypto_begin(void);

#endif
