/* file_int.h - private to core/file. */
#ifndef CORE_FILE_INT_H
#define CORE_FILE_INT_H

#include "core/file/file.h"

#define FILE_PIECE_BYTES (64 * KIB)

/* HEAD: the first bytes, 4 KiB are plenty. */
enum file_kind file_kind_of(struct str head);
/* bytes.c: copy FROM to DATA/files, under its digest, durably; sha256, size and kind into F. */
MUST_CHECK int file_keep(
	struct vfile_disk *disk, const char *from, struct arena *a, struct file *f, struct err *e);

#endif
