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

static struct listing *listing_find(struct host *h, const char *path)
{
	struct str wanted = str_of(path);
	struct listing *l = h->listings[host_hash(wanted) % LISTING_SLOTS];

	while (l && !str_eq(l->path, wanted))
		l = l->next;
	return l;
}

#define LIST_BYTES (LIMIT_HOST_DIR_ENTRIES * 4 * sizeof(struct str))

/* The names of DIR that end in ENDING, sorted: the texts in A, the list in *RET. It grows in an
 * arena of its own, so that A keeps one copy and not all the former. False at the ceiling. */
static bool read_names(
	DIR *dir, const char *ending, struct arena *a, struct str **ret, size_t *ret_count)
{
	VEC(struct str) names = { 0 };
	struct arena scratch;
	struct dirent *entry;
	bool is_whole = true;

	arena_init(&scratch, LIST_BYTES);

	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!str_ends(str_of(entry->d_name), ending))
			continue;
		if (names.len >= LIMIT_HOST_DIR_ENTRIES) {
			is_whole = false;
			break;
		}
		vec_push(&scratch, &names, arena_str(a, str_of(entry->d_name)));
	}
	if (names.len > 0) {
		qsort(names.at, names.len, sizeof(*names.at), by_bytes);
		*ret = arena_array(a, struct str, names.len);
		memcpy(*ret, names.at, names.len * sizeof(*names.at));
	}
	*ret_count = names.len;
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
		if (!read_names(dir, "", &h->arena, &l->names, &l->count))
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

	*ret_count = 0;
	if (dir && !read_names(dir, ending, a, ret_names, ret_count))
		host_gap(h, GAP_LIMIT, path);
	if (!dir && errno != ENOENT)
		host_gap(h, errno == EACCES ? GAP_RIGHTS : GAP_UNREADABLE, path);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

bool host_has_name(struct host *h, const char *folder, const char *name)
{
	struct listing *l = listing_find(h, folder);
	struct str wanted = str_of(name);

	if (!l)
		l = listing_new(h, folder);
	return l->gap ||
		(l->count > 0 && bsearch(&wanted, l->names, l->count, sizeof(wanted), by_bytes));
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
