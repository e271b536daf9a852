/* scan.c - what is there now. Folders are read by several threads, each with memory of its own; the
 * order comes back when the tree is walked. Nothing is opened but folders and regular files. */
#include "work/integrity/integrity_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define THREADS_MAX 8

/* A thread at work. */
struct worker {
	struct scan *scan;
	struct arena *arena;
	struct hasher hasher;
	bool hashes;
	size_t entries, hashed;
	pthread_t thread;
};

void scan_gap(struct scan *s, struct str path, const char *why)
{
	pthread_mutex_lock(&s->lock);
	if (s->gaps.len < LIMIT_INTEGRITY_GAPS)
		vec_push(&s->queue, &s->gaps,
			((struct integrity_gap){ arena_str(&s->queue, path), why }));
	pthread_mutex_unlock(&s->lock);
}

static const char *gap_of_errno(int errno_value)
{
	return errno_value == EACCES || errno_value == EPERM ? "no-rights" : "unreadable";
}

static bool is_left_out(const struct scan *s, struct str path)
{
	for (size_t i = 0; i < s->options->rule_count; i++)
		if (s->options->rules[i].is_left_out &&
			path_is_below(path, s->options->rules[i].path))
			return true;
	return false;
}

static bool has_left_out(const struct scan *s, struct str path)
{
	for (size_t i = 0; i < s->options->rule_count; i++)
		if (s->options->rules[i].is_left_out &&
			path_is_below(s->options->rules[i].path, path))
			return true;
	return false;
}

static struct integrity_entry entry_of(const struct stat *st)
{
	struct integrity_entry e = {
		.kind = S_ISREG(st->st_mode) ? INTEGRITY_FILE :
			S_ISDIR(st->st_mode) ? INTEGRITY_DIR :
			S_ISLNK(st->st_mode) ? INTEGRITY_LINK :
					       INTEGRITY_OTHER,
		.mode = st->st_mode & 07777u,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.size = (uint64_t)st->st_size,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.mtime_s = st->st_mtim.tv_sec,
		.mtime_ns = (uint32_t)st->st_mtim.tv_nsec,
		.ctime_s = st->st_ctim.tv_sec,
		.ctime_ns = (uint32_t)st->st_ctim.tv_nsec,
	};

	if (e.kind == INTEGRITY_OTHER) {
		e.size = (uint64_t)st->st_rdev;
		e.mode |= st->st_mode & S_IFMT;
	}
	return e;
}

/* Below another file system: of a disk of this machine, or of the network, memory or the kernel? */
static bool is_of_disk(int fd)
{
	static const unsigned long others[] = { PROC_SUPER_MAGIC, SYSFS_MAGIC, TMPFS_MAGIC,
		CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
		SECURITYFS_MAGIC, EFIVARFS_MAGIC, BPF_FS_MAGIC, DEVPTS_SUPER_MAGIC, NFS_SUPER_MAGIC,
		SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC, FUSE_SUPER_MAGIC, V9FS_MAGIC,
		CEPH_SUPER_MAGIC, AFS_SUPER_MAGIC };
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return false;
	for (size_t i = 0; i < COUNT(others); i++)
		if ((unsigned long)fs.f_type == others[i])
			return false;
	return true;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(
		((const struct scan_entry *)a)->is.path, ((const struct scan_entry *)b)->is.path);
}

static void push(struct scan *s, struct scan_dir *dir)
{
	pthread_mutex_lock(&s->lock);
	vec_push(&s->queue, &s->todo, dir);
	pthread_cond_signal(&s->change);
	pthread_mutex_unlock(&s->lock);
}

static const char *path_in(struct arena *a, const struct scan_dir *dir, struct str name)
{
	bool is_top = dir->path.len == 1;

	return arena_fmt(
		a, "%.*s/%.*s", is_top ? 0 : (int)dir->path.len, dir->path.ptr, STR_FMT(name))
		.ptr;
}

/* One name: what it is, its content where that is asked for, its folder for later. */
static void look_at(struct worker *w, struct scan_dir *dir, int fd, struct scan_entry *entry)
{
	const char *name = entry->is.path.ptr, *why = NULL;

	if (entry->is.kind == INTEGRITY_DIR) {
		entry->sub = arena_new(w->arena, struct scan_dir);
		entry->sub->path = str_of(path_in(w->arena, dir, entry->is.path));
		entry->sub->dev = dir->dev;
		if (entry->sub->path.len >= sizeof(((struct scan_walk *)0)->path) - 256)
			why = "too-large";
		else
			push(w->scan, entry->sub);
	} else if (entry->is.kind == INTEGRITY_LINK) {
		why = hash_link(&w->hasher, fd, name, &entry->is);
	} else if (entry->is.kind == INTEGRITY_FILE && w->hashes) {
		why = hash_file(&w->hasher, fd, name, &entry->is);
		w->hashed++;
	}
	if (why)
		scan_gap(w->scan, str_of(path_in(w->arena, dir, entry->is.path)), why);
}

typedef VEC(struct scan_entry) entry_vec;

static void read_names(struct worker *w, struct scan_dir *dir, DIR *folder, entry_vec *ret)
{
	bool has_rules = has_left_out(w->scan, dir->path);
	const struct dirent *row;
	struct stat st;

	while ((row = readdir(folder))) {
		struct scan_entry *entry;
		struct str name = str_of(row->d_name);

		if (str_is(name, ".") || str_is(name, ".."))
			continue;
		if (has_rules && is_left_out(w->scan, str_of(path_in(w->arena, dir, name))))
			continue;
		if (fstatat(dirfd(folder), row->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue; /* gone meanwhile: it is not there */
		entry = vec_add(w->arena, ret);
		entry->is = entry_of(&st);
		entry->is.path = arena_str(w->arena, name);
		w->entries++;
	}
}

/* May the count of entries grow by what was read? */
static bool count_entries(struct worker *w)
{
	struct scan *s = w->scan;
	bool fits;

	pthread_mutex_lock(&s->lock);
	s->entries += w->entries;
	s->hashed += w->hashed;
	w->entries = w->hashed = 0;
	fits = s->entries <= LIMIT_INTEGRITY_ENTRIES;
	if (!fits)
		s->is_full = true;
	pthread_mutex_unlock(&s->lock);
	return fits;
}

static void read_dir(struct worker *w, struct scan_dir *dir)
{
	int fd = open_below(
		w->scan->root_fd, dir->path.ptr, O_RDONLY | O_DIRECTORY | O_NOATIME, false);
	entry_vec entries = { 0 };
	struct stat st;
	DIR *folder;

	if (fd < 0 && errno == EPERM) /* O_NOATIME is for the owner */
		fd = open_below(w->scan->root_fd, dir->path.ptr, O_RDONLY | O_DIRECTORY, false);
	if (fd < 0) {
		if (errno != ENOENT)
			scan_gap(w->scan, dir->path, gap_of_errno(errno));
		return;
	}
	if (fstat(fd, &st) == 0 && st.st_dev != dir->dev) {
		if (!is_of_disk(fd)) {
			close(fd);
			scan_gap(w->scan, dir->path, "other-system");
			return;
		}
		dir->dev = st.st_dev;
	}
	folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return;
	}
	read_names(w, dir, folder, &entries);
	if (count_entries(w)) {
		if (entries.len > 1)
			qsort(entries.at, entries.len, sizeof(*entries.at), by_name);
		for (size_t i = 0; i < entries.len; i++)
			look_at(w, dir, dirfd(folder), &entries.at[i]);
		dir->at = entries.at;
		dir->count = entries.len;
	}
	closedir(folder);
}

/* Take folders until none is left and nobody reads one. */
static void *work(void *context)
{
	struct worker *w = context;
	struct scan *s = w->scan;
	struct scan_dir *dir;

	hasher_init(&w->hasher);
	pthread_mutex_lock(&s->lock);
	while (true) {
		while (s->todo.len == 0 && s->busy > 0)
			pthread_cond_wait(&s->change, &s->lock);
		if (s->todo.len == 0)
			break;
		dir = s->todo.at[--s->todo.len];
		s->busy++;
		pthread_mutex_unlock(&s->lock);
		read_dir(w, dir);
		(void)count_entries(w);
		pthread_mutex_lock(&s->lock);
		s->busy--;
		if (s->busy == 0)
			pthread_cond_broadcast(&s->change);
	}
	pthread_mutex_unlock(&s->lock);
	hasher_done(&w->hasher);
	return NULL;
}

static int by_path(const void *a, const void *b)
{
	return path_cmp(
		((const struct scan_entry *)a)->is.path, ((const struct scan_entry *)b)->is.path);
}

/* Is RULE a tree of its own, not left out and not within another one? */
static bool is_tree(const struct integrity_options *o, const struct integrity_rule *rule)
{
	if (rule->is_left_out)
		return false;
	for (size_t i = 0; i < o->rule_count; i++) {
		const struct integrity_rule *other = &o->rules[i];

		if (other == rule || !path_is_below(rule->path, other->path))
			continue;
		if (other->is_left_out || !str_eq(rule->path, other->path) || other < rule)
			return false;
	}
	return true;
}

/* Where the trees begin. One that is not there is no fault: it may come. */
static void start_trees(struct worker *w)
{
	struct scan *s = w->scan;
	const struct integrity_options *o = s->options;

	s->tops = arena_array(w->arena, struct scan_entry, o->rule_count ? o->rule_count : 1);
	for (size_t i = 0; i < o->rule_count; i++) {
		struct scan_entry *top = &s->tops[s->top_count];
		const char *path = arena_cstr(w->arena, o->rules[i].path);
		struct stat st;
		int fd;

		if (!is_tree(o, &o->rules[i]))
			continue;
		fd = open_below(s->root_fd, path, O_PATH | O_NOFOLLOW, true);
		if (fd < 0 || fstat(fd, &st) != 0) {
			if (fd >= 0)
				close(fd);
			continue;
		}
		top->is = entry_of(&st);
		top->is.path = str_of(path);
		s->top_count++;
		if (top->is.kind == INTEGRITY_DIR) {
			top->sub = arena_new(w->arena, struct scan_dir);
			*top->sub = (struct scan_dir){ .path = top->is.path, .dev = st.st_dev };
			push(s, top->sub);
		} else if (top->is.kind == INTEGRITY_LINK) {
			(void)hash_link(&w->hasher, fd, "", &top->is);
		} else if (top->is.kind == INTEGRITY_FILE && w->hashes) {
			(void)hash_path(&w->hasher, s->root_fd, &top->is);
		}
		close(fd);
		w->entries++;
	}
	if (s->top_count > 1)
		qsort(s->tops, s->top_count, sizeof(*s->tops), by_path);
}

static int thread_count(const struct integrity_options *o)
{
	long there = o->threads > 0 ? o->threads : sysconf(_SC_NPROCESSORS_ONLN);

	return there < 1 ? 1 : there > THREADS_MAX ? THREADS_MAX : (int)there;
}

int scan_run(struct scan *s, const struct integrity_options *o, bool hashes, struct err *e)
{
	struct worker workers[THREADS_MAX] = { 0 };

	*s = (struct scan){ .options = o, .threads = thread_count(o) };
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->change, NULL);
	arena_init(&s->queue, LIMIT_INTEGRITY_MEMORY_BYTES);
	s->arenas = arena_array(&s->queue, struct arena, (size_t)s->threads);
	for (int i = 0; i < s->threads; i++)
		arena_init(&s->arenas[i], LIMIT_INTEGRITY_MEMORY_BYTES);
	s->root_fd = open(o->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->root_fd < 0)
		return err_errno(e, errno, "cannot open the root \"%s\"", o->root);
	for (int i = 0; i < s->threads; i++)
		workers[i] = (struct worker){ .scan = s, .arena = &s->arenas[i], .hashes = hashes };
	hasher_init(&workers[0].hasher);
	start_trees(&workers[0]);
	hasher_done(&workers[0].hasher);
	for (int i = 1; i < s->threads; i++)
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
			workers[i].scan = NULL; /* the others do its part */
	work(&workers[0]);
	for (int i = 1; i < s->threads; i++)
		if (workers[i].scan)
			pthread_join(workers[i].thread, NULL);
	if (s->is_full)
		return err_set(
			e, ERR_LIMIT, "more than %u names in the trees", LIMIT_INTEGRITY_ENTRIES);
	return 0;
}

void scan_done(struct scan *s)
{
	if (s->root_fd > 0)
		close(s->root_fd);
	for (int i = 0; i < s->threads; i++)
		arena_done(&s->arenas[i]);
	arena_done(&s->queue);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->change);
}

/* ---- the walk in order ---- */

void scan_walk_start(struct scan_walk *w, struct scan *s)
{
	w->scan = s;
	w->top = w->depth = 0;
}

static void go_down(struct scan_walk *w, const struct scan_entry *entry)
{
	if (!entry->sub || w->depth == SCAN_DEPTH)
		return;
	w->stack[w->depth].dir = entry->sub;
	w->stack[w->depth].next = 0;
	w->depth++;
}

bool scan_walk_next(struct scan_walk *w, struct integrity_entry *ret)
{
	const struct scan_entry *entry;

	while (w->depth > 0) {
		struct scan_dir *dir = w->stack[w->depth - 1].dir;
		size_t len = dir->path.len == 1 ? 0 : dir->path.len;

		if (w->stack[w->depth - 1].next == dir->count) {
			w->depth--;
			continue;
		}
		entry = &dir->at[w->stack[w->depth - 1].next++];
		*ret = entry->is;
		memcpy(w->path, dir->path.ptr, len);
		w->path[len] = '/';
		memcpy(w->path + len + 1, entry->is.path.ptr, entry->is.path.len + 1);
		ret->path = (struct str){ w->path, len + 1 + entry->is.path.len };
		go_down(w, entry);
		return true;
	}
	if (w->top == w->scan->top_count)
		return false;
	entry = &w->scan->tops[w->top++];
	*ret = entry->is;
	go_down(w, entry);
	return true;
}
