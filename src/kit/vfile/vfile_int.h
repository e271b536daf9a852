/* vfile_int.h - the disk in memory, which the replayer fills state by state, and what the recorder
 * hands to the replayer. */
#ifndef KIT_VFILE_INT_H
#define KIT_VFILE_INT_H

#include "kit/vfile/vfile_crash.h"

#define MEMORY_HANDLES 64

/* The content may come late: LOAD, when set, is called before the first look at it. */
struct memory_file {
	char *bytes;
	size_t size;
	size_t room;
	unsigned users; /* names and handles */
	void (*load)(struct memory_file *f, void *context, size_t number);
	void *context;
	size_t number;
	struct memory_file *older; /* all files of the disk */
};

struct memory_name {
	char *path;
	struct memory_file *file; /* NULL: a folder */
};

struct memory {
	struct vfile_disk base;
	struct arena arena; /* names and files; their bytes are on the heap */
	VEC(struct memory_name) names;
	struct memory_file *files;
	struct {
		struct memory_file *file; /* NULL: free */
		bool is_writable;
	} handles[MEMORY_HANDLES];
};

/* Caller's storage; a clear disk is empty again. */
void memory_init(struct memory *m);
void memory_clear(struct memory *m);
struct memory_file *memory_add_file(struct memory *m, const char *path);
void memory_add_folder(struct memory *m, const char *path);
/* At least SIZE bytes of room; what is new is zeros. */
void memory_reserve(struct memory_file *f, size_t size);

/* Does PATH stand in FOLDER ("" is the disk)? */
bool path_is_in(const char *path, const char *folder);

enum record_kind {
	RECORD_MAKE, /* a file, number FILE, named PATH */
	RECORD_WRITE,
	RECORD_SIZE,
	RECORD_SYNC,
	RECORD_RENAME, /* PATH to TO */
	RECORD_UNLINK,
	RECORD_MKDIR,
	RECORD_RMDIR,
	RECORD_SYNC_DIR,
	RECORD_MARK,
};

struct record_row {
	enum record_kind kind;
	bool is_failed; /* of syncs alone: other calls that failed are not recorded */
	size_t file;
	uint64_t offset; /* or the size, or the promise */
	struct str bytes;
	const char *path;
	const char *to;
};

struct record {
	struct vfile_disk base;
	struct vfile_disk *inner;
	struct arena arena;
	VEC(struct record_row) rows;
	VEC(struct record_name {
		const char *path;
		size_t file;
	})
	names; /* of files, now */
	size_t files;
	size_t snapshot; /* rows that only tell what was there at the beginning */
	size_t handle_files[MEMORY_HANDLES];
	int handles[MEMORY_HANDLES]; /* of INNER; -1: free */
};

const struct record *record_of(const struct vfile_disk *d);

#endif
