/* judge.h - private to face/web: registers, cases and signatures as evidence. */
#ifndef FACE_WEB_JUDGE_H
#define FACE_WEB_JUDGE_H

#include "core/pack/pack.h"
#include "kit/store/store.h"

/* Units in which something changed since the last time; all units once a day. */
MUST_CHECK int judge_units(struct store *store, const struct pack_set *packs, struct err *e);

#endif
