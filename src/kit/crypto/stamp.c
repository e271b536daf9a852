/* stamp.c - over OpenSSL's TS_*. */
#include "kit/crypto/stamp.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <time.h>

#include "kit/crypto/crypto.h"

#define CERTIFICATES_MAX 64
#define NONCE_BYTES 8

static int bad(struct err *e, int code, const char *what)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return why ? err_set(e, code, "%s: %s", what, why) : err_set(e, code, "%s", what);
}

/* --- asking ----------------------------------------------------------------------------------- */

/* OpenSSL copies what it is given. */
static bool fill_imprint(TS_REQ *q, struct str bytes)
{
	unsigned char digest[SHA256_SIZE];
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	bool is_made = imprint && algorithm;

	sha256(bytes, digest);
	is_made = is_made &&
		X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
		TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
		TS_MSG_IMPRINT_set_msg(imprint, digest, sizeof(digest)) == 1 &&
		TS_REQ_set_msg_imprint(q, imprint) == 1;
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(imprint);
	return is_made;
}

static bool fill_nonce(TS_REQ *q)
{
	unsigned char bytes[NONCE_BYTES];
	BIGNUM *number;
	ASN1_INTEGER *nonce;
	bool is_made;

	random_bytes(bytes, sizeof(bytes));
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	nonce = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	is_made = nonce && TS_REQ_set_nonce(q, nonce) == 1;
	ASN1_INTEGER_free(nonce);
	BN_free(number);
	return is_made;
}

int stamp_request(struct str bytes, struct buf *ret, struct err *e)
{
	TS_REQ *q = TS_REQ_new();
	unsigned char *der = NULL;
	int len = -1;

	if (q && TS_REQ_set_version(q, 1) == 1 && fill_imprint(q, bytes) && fill_nonce(q) &&
		TS_REQ_set_cert_req(q, 1) == 1)
		len = i2d_TS_REQ(q, &der);
	if (len > 0)
		buf_add(ret, (struct str){ (const char *)der, (size_t)len });
	OPENSSL_free(der);
	TS_REQ_free(q);
	return len > 0 ? 0 : bad(e, ERR_SYSTEM, "a question for a time stamp");
}

/* --- reading ---------------------------------------------------------------------------------- */

static TS_RESP *parse(struct str reply, struct err *e)
{
	const unsigned char *at = (const unsigned char *)reply.ptr;
	TS_RESP *r = reply.len > 0 && reply.len <= STAMP_REPLY_MAX ?
		d2i_TS_RESP(NULL, &at, (long)reply.len) :
		NULL;
	long status;

	if (!r || at != (const unsigned char *)reply.ptr + reply.len) {
		TS_RESP_free(r);
		(void)bad(e, ERR_INPUT, "what came is no reply of a time-stamp authority");
		return NULL;
	}
	status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(r)));
	if ((status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS) ||
		!TS_RESP_get_tst_info(r)) {
		TS_RESP_free(r);
		(void)err_set(e, ERR_INPUT, "the authority refused: status %ld", status);
		return NULL;
	}
	return r;
}

static bool time_of(const TS_TST_INFO *info, int64_t *ret_s)
{
	struct tm tm;
	const ASN1_GENERALIZEDTIME *at = TS_TST_INFO_get_time(info);

	if (!at || ASN1_TIME_to_tm(at, &tm) != 1)
		return false;
	*ret_s = (int64_t)timegm(&tm);
	return *ret_s > 0;
}

static int read_info(TS_RESP *r, struct stamp *ret, struct err *e)
{
	TS_TST_INFO *info = TS_RESP_get_tst_info(r);
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_OBJECT *algorithm = NULL;
	const GENERAL_NAME *name = TS_TST_INFO_get_tsa(info);
	struct stamp found = { 0 };
	BIGNUM *serial = ASN1_INTEGER_to_BN(TS_TST_INFO_get_serial(info), NULL);
	char *hex = serial && BN_num_bits(serial) <= 160 ? BN_bn2hex(serial) : NULL;
	bool has_serial = hex != NULL;

	snprintf(found.serial, sizeof(found.serial), "%s", hex ? hex : "");
	OPENSSL_free(hex);
	BN_free(serial);
	if (name && name->type == GEN_DIRNAME)
		(void)X509_NAME_get_text_by_NID(name->d.directoryName, NID_commonName,
			found.authority, sizeof(found.authority));
	if (imprint)
		X509_ALGOR_get0(&algorithm, NULL, NULL,
			TS_MSG_IMPRINT_get_algo(imprint));
	if (!has_serial || !time_of(info, &found.at_s) || !algorithm ||
		OBJ_obj2nid(algorithm) != NID_sha256)
		return bad(e, ERR_INPUT, "the time stamp has no right time, serial or digest");
	*ret = found;
	return 0;
}

int stamp_read(struct str reply, struct stamp *ret, struct err *e)
{
	TS_RESP *r = parse(reply, e);
	int rc = r ? read_info(r, ret, e) : ERR_INPUT;

	TS_RESP_free(r);
	return rc;
}

/* --- checking --------------------------------------------------------------------------------- */

/* The pinned certificates, at the time of the stamp: an authority's own certificate may have ended
 * since. */
static X509_STORE *store_of(struct str ca, int64_t at_s, struct err *e)
{
	X509_STORE *store = X509_STORE_new();
	BIO *from = BIO_new_mem_buf(ca.ptr, (int)ca.len);
	unsigned count = 0;
	X509 *x;

	while (store && from && count < CERTIFICATES_MAX &&
		(x = PEM_read_bio_X509(from, NULL, NULL, NULL)) != NULL) {
		count += X509_STORE_add_cert(store, x) == 1;
		X509_free(x);
	}
	BIO_free(from);
	ERR_clear_error(); /* the end of the file is one */
	if (!store || count == 0) {
		X509_STORE_free(store);
		(void)err_set(e, ERR_INPUT, "the file of pinned certificates holds none");
		return NULL;
	}
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)at_s);
	return store;
}

/* The number in the reply is that of the question. */
static int meet_request(TS_RESP *r, struct str request, struct err *e)
{
	const unsigned char *at = (const unsigned char *)request.ptr;
	TS_REQ *q = request.len <= STAMP_REQUEST_MAX ?
		d2i_TS_REQ(NULL, &at, (long)request.len) :
		NULL;
	const ASN1_INTEGER *asked = q ? TS_REQ_get_nonce(q) : NULL;
	const ASN1_INTEGER *answered = TS_TST_INFO_get_nonce(TS_RESP_get_tst_info(r));
	int rc = 0;

	if (!asked)
		rc = bad(e, ERR_INPUT, "the question that was kept is none");
	else if (!answered || ASN1_INTEGER_cmp(asked, answered) != 0)
		rc = bad(e, ERR_CRYPTO, "the reply is to another question");
	TS_REQ_free(q);
	return rc;
}

int stamp_check(struct str reply, struct str bytes, struct str request, struct str ca,
	struct stamp *ret, struct err *e)
{
	struct stamp found = { 0 };
	TS_RESP *r = parse(reply, e);
	TS_VERIFY_CTX *ctx = NULL;
	X509_STORE *store = NULL;
	int rc = r ? read_info(r, &found, e) : ERR_INPUT;

	if (rc == 0 && !(store = store_of(ca, found.at_s, e)))
		rc = ERR_INPUT;
	if (rc == 0 && !(ctx = TS_VERIFY_CTX_new()))
		abort();
	if (rc == 0) {
		TS_VERIFY_CTX_set_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_DATA);
		(void)TS_VERIFY_CTX_set_store(ctx, store);
		store = NULL; /* it is the context's */
		(void)TS_VERIFY_CTX_set_data(ctx, BIO_new_mem_buf(bytes.ptr, (int)bytes.len));
	}
	if (rc == 0 && request.len > 0)
		rc = meet_request(r, request, e);
	if (rc == 0 && TS_RESP_verify_response(ctx, r) != 1)
		rc = bad(e, ERR_CRYPTO, "the time stamp does not hold");
	ERR_clear_error();
	X509_STORE_free(store);
	TS_VERIFY_CTX_free(ctx);
	TS_RESP_free(r);
	if (rc == 0)
		*ret = found;
	return rc;
}
