#include "work/hostaudit/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "work/hostaudit/host_int.h"

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct entry {
	struct str name; /* first, for by_bytes() */
	unsigned char type;
};

static struct listing *listing_find(struct host *h, const char *path)
{
	struct str wanted = str_of(path);
	struct listing *l = h->listings[host_hash(wanted) % LISTING_SLOTS];

	while (l && !str_eq(l->path, wanted))
		l = l->next;
	return l;
}

#define LIST_BYTES (LIMIT_HOST_DIR_ENTRIES * 4 * sizeof(struct entry))

/* The names of DIR that end in ENDING, sorted, into LIST, and all in A. They are gathered in an
 * arena of their own, so that A keeps one copy and not all the former. False at the ceiling. */
static bool read_names(DIR *dir, const char *ending, struct arena *a, struct listing *list)
{
	VEC(struct entry) found = { 0 };
	struct arena scratch;
	struct dirent *entry;
	bool is_whole = true;

	arena_init(&scratch, LIST_BYTES);

	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!str_ends(str_of(entry->d_name), ending))
			continue;
		if (found.len >= LIMIT_HOST_DIR_ENTRIES) {
			is_whole = false;
			break;
		}
		vec_push(&scratch, &found,
			((struct entry){ arena_str(a, str_of(entry->d_name)), entry->d_type }));
	}
	if (found.len > 0)
		qsort(found.at, found.len, sizeof(*found.at), by_bytes);
	list->count = found.len;
	list->names = arena_array(a, struct str, found.len);
	list->types = arena_array(a, unsigned char, found.len);
	for (size_t i = 0; i < found.len; i++) {
		list->names[i] = found.at[i].name;
		list->types[i] = found.at[i].type;
	}
	arena_done(&scratch);
	return is_whole;
}

static struct listing *listing_new(struct host *h, const char *path)
{
	struct listing *l = arena_new(&h->arena, struct listing);
	struct listing **slot = &h->listings[host_hash(str_of(path)) % LISTING_SLOTS];
	int fd = host_fd(h, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	l->path = arena_str(&h->arena, str_of(path));
	l->next = *slot;
	*slot = l;
	if (dir) {
		if (!read_names(dir, "", &h->arena, l))
			l->gap = GAP_LIMIT;
		closedir(dir);
	} else if (errno == ENOTDIR) {
		l->rc = ERR_INPUT;
		l->gap = GAP_NOT_REGULAR;
	} else if (errno != ENOENT && errno != ESRCH) {
		l->rc = errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_SYSTEM;
		l->gap = l->rc == ERR_DENIED ? GAP_RIGHTS :
			errno == ELOOP       ? GAP_LOOP :
					       GAP_UNREADABLE;
	}
	if (!dir && fd >= 0)
		close(fd);
	return l;
}

int host_list(struct host *h, const char *path, const struct str **ret_names, size_t *ret_count)
{
	struct listing *l = listing_find(h, path);

	if (!l)
		l = listing_new(h, path);
	if (l->gap)
		host_gap(h, l->gap, path);
	if (l->rc != 0)
		return l->rc;
	*ret_names = l->names;
	*ret_count = l->count;
	return 0;
}

void host_list_ending(struct host *h, const char *path, const char *ending, struct arena *a,
	struct str **ret_names, size_t *ret_count)
{
	int fd = host_fd(h, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct listing list = { 0 };

	if (dir && !read_names(dir, ending, a, &list))
		host_gap(h, GAP_LIMIT, path);
	*ret_names = list.names;
	*ret_count = list.count;
	if (!dir && errno != ENOENT)
		host_gap(h, errno == EACCES ? GAP_RIGHTS : GAP_UNREADABLE, path);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

static struct str *name_in(const struct listing *l, const char *name)
{
	struct str wanted = str_of(name);

	return l->count > 0 ? bsearch(&wanted, l->names, l->count, sizeof(wanted), by_bytes) : NULL;
}

bool host_has_name(struct host *h, const char *folder, const char *name)
{
	struct listing *l = listing_find(h, folder);

	if (!l)
		l = listing_new(h, folder);
	return l->gap || name_in(l, name);
}

bool host_is_listed_file(struct host *h, const char *folder, const char *name)
{
	const struct listing *l = listing_find(h, folder);
	const struct str *at = l ? name_in(l, name) : NULL;

	return at && l->types[at - l->names] == DT_REG;
}

int host_glob(struct host *h, const char *pattern, const struct str **ret_paths, size_t *ret_count)
{
	const char *slash = strrchr(pattern, '/');
	struct str dir = { pattern, slash ? (size_t)(slash - pattern) : 0 };
	const char *last = slash ? slash + 1 : pattern;
	VEC(struct str) paths = { 0 };
	const struct str *names;
	size_t count;
	int rc;

	dir = arena_str(&h->arena, dir.len > 0 ? dir : STR("/"));
	rc = host_list(h, dir.ptr, &names, &count);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (fnmatch(last, names[i].ptr, FNM_PERIOD) == 0)
			vec_push(&h->arena, &paths,
				arena_fmt(&h->arena, "%s/%s", dir.len > 1 ? dir.ptr : "",
					names[i].ptr));
	*ret_paths = paths.at;
	*ret_count = paths.len;
	return 0;
}
