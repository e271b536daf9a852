/* stamp.h - floor 2: time stamps of RFC 3161: somebody outside, whom a certificate names, says that
 * these bytes were there at that time. What comes from outside is bounded before it is parsed, and
 * holds only when its signature leads to a certificate that the caller has pinned. */
#ifndef KIT_STAMP_H
#define KIT_STAMP_H

#include "base/base.h"

#define STAMP_REQUEST_MAX (1 * KIB)
#define STAMP_REPLY_MAX (32 * KIB) /* with the authority's certificates */
#define STAMP_CA_MAX (256 * KIB)   /* PEM */

struct stamp {
	int64_t at_s;        /* when the authority saw the bytes */
	char authority[128]; /* the name in its certificate; "" where it has none */
	char serial[64];     /* of the stamp, in hex */
};

/* A question about BYTES, with a number of its own, asking for certificates: DER to RET. */
MUST_CHECK int stamp_request(struct str bytes, struct buf *ret, struct err *e);
/* Does REPLY stamp BYTES, signed under one of the certificates of CA (PEM), which was good at the
 * time it names? REQUEST, where it is known, must be the one it answers; "" else. ERR_INPUT: it is
 * no reply, or a refusal; ERR_CRYPTO: it does not hold. */
MUST_CHECK int stamp_check(struct str reply, struct str bytes, struct str request, struct str ca,
	struct stamp *ret, struct err *e);
/* What REPLY says, without anything being proven: for who shows it. */
MUST_CHECK int stamp_read(struct str reply, struct stamp *ret, struct err *e);

#endif
