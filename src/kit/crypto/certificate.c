/* certificate.c - until when a certificate of X.509 says it holds, over OpenSSL. */
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <time.h>

#include "kit/crypto/crypto.h"

#define PEM_BYTES_MAX (256 * KIB)

bool certificate_until(struct str pem, int64_t *ret_at_s)
{
	BIO *from;
	X509 *x;
	struct tm until = { 0 };
	bool is_read;

	if (pem.len == 0 || pem.len > PEM_BYTES_MAX)
		return false;
	from = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	x = from ? PEM_read_bio_X509(from, NULL, NULL, NULL) : NULL;
	is_read = x && ASN1_TIME_to_tm(X509_get0_notAfter(x), &until) == 1;
	if (is_read)
		*ret_at_s = timegm(&until);
	X509_free(x);
	BIO_free(from);
	ERR_clear_error();
	return is_read;
}
