/* stamped.h - floor 4: checkpoints of a shard that a time-stamp authority (RFC 3161) has seen. They
 * are kept beside the checkpoints: stamps/SIZE.note is what was stamped, byte for byte, SIZE.tsr
 * the reply, SIZE.tsq the question while it waits for one; the authority may be asked by a file
 * that is carried to a machine with network. The disk given is the shard's folder. */
#ifndef WORK_SEAL_STAMPED_H
#define WORK_SEAL_STAMPED_H

#include "kit/crypto/stamp.h"
#include "kit/vfile/vfile.h"

#define SEAL_STAMPS "stamps"

struct seal_stamp {
	uint64_t size; /* leaves of the checkpoint */
	struct stamp stamp;
};

/* A question about the newest checkpoint, which is kept with it; asked again before a reply came,
 * the same question. *RET_SIZE is of the checkpoint. ERR_ABSENT: nothing was sealed yet. */
MUST_CHECK int seal_stamp_ask(
	struct vfile_disk *d, struct buf *ret_question, uint64_t *ret_size, struct err *e);
/* A reply came: to one of the questions that wait, and under a certificate of CA. ERR_ABSENT:
 * nothing was asked; ERR_INPUT, ERR_CRYPTO: it holds for none. Nothing is changed then. */
MUST_CHECK int seal_stamp_keep(struct vfile_disk *d, struct str reply, struct str ca,
	struct seal_stamp *ret, struct err *e);
/* The newest that was kept, unproven; ERR_ABSENT. */
MUST_CHECK int seal_stamp_newest(struct vfile_disk *d, struct seal_stamp *ret, struct err *e);

#endif
