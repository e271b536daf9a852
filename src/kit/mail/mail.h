/* mail.h - floor 2: a letter as RFC 5322 with MIME, and its way to an SMTP server through libcurl,
 * which is opened when it is first needed: who sends no mail needs none. In a process that may open
 * connections. */
#ifndef KIT_MAIL_H
#define KIT_MAIL_H

#include "base/base.h"

struct letter {
	struct str from, to;      /* addresses: "khien@don-vi.vn" */
	struct str subject, body; /* UTF-8; of the body lines end in LF */
	struct str id;            /* unique, for Message-ID: "12" */
	int64_t at_s;
};

/* ERR_INPUT for an address that is none: control bytes, blanks, brackets, or not one '@'. The text
 * goes into OUT: headers in ASCII, the body in base64, lines of CRLF. */
MUST_CHECK int letter_write(const struct letter *l, struct buf *out, struct err *e);
bool letter_is_address(struct str s);

/* Open libcurl: before the process is confined. ERR_ABSENT: this machine has none. */
MUST_CHECK int letter_open(struct err *e);
/* Where letters are handed in. */
struct letter_server {
	const char *url;              /* "smtp://host:25" or "smtps://host:465" */
	const char *login, *password; /* SMTP AUTH; "": it asks for none */
	const char *ca;               /* PEM; "": the roots of this machine */
};
/* Hand TEXT in, as letter_write() made it. STARTTLS is used where it is offered; with a LOGIN
 * nothing goes but under TLS. ERR_SYSTEM with what the server or the network said. */
MUST_CHECK int letter_send(
	const struct letter_server *server, const struct letter *l, struct str text, struct err *e);

#endif
