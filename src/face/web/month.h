/* month.h - private to face/web: a month's packing sheet and the signature under it. */
#ifndef FACE_WEB_MONTH_H
#define FACE_WEB_MONTH_H

#include "face/web/web_int.h"
#include "kit/merkle/merkle.h"

/* Who signed the sheet of MONTH with this root; or the form to sign it. */
void html_month_signature(struct view *v, const char *month, const struct merkle_head *head);
/* Take the form and answer; false: it has faults, and the sheet has to be shown again. */
bool month_sign(struct view *v, const char *month, const struct merkle_head *head);

#endif
