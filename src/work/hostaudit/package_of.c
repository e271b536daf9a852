#include "work/hostaudit/package_of.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/hostaudit/dpkg.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/host_int.h"
#include "work/hostaudit/rpmdb.h"
#include "work/hostaudit/running.h"

#define LIST_MAX_BYTES (8 * MIB)
#define PIECE_BYTES (64 * KIB)
#define PATH_BYTES_MAX 4096
#define PATH_BYTES_MIN 4
#define SLOTS 1024
#define RPM_INSTALL_S 3600 /* what rpm unpacks is on the disk an hour later */
#define ENDINGS 8192       /* 2^13 */

/* A path that somebody asked for, and what dpkg's lists say of it. */
struct asked {
	struct package_of answer;
	struct str only, never; /* packages, "" when it does not matter */
	size_t older;           /* 1 + index of the next of its slot, or 0 */
	bool is_open;           /* not found and not looked up yet */
};

/* What was asked so far: the lists are long, the questions few and often the same. */
struct package_answers {
	VEC(struct asked) asked;
	const struct dpkg_diversion *diversions;
	size_t diversion_count;
	size_t open;
	bool is_broken;           /* the database of rpm was not read to its end */
	bool has_ending[ENDINGS]; /* by the hash of its last letters, does a line matter at all? */
	size_t slots[SLOTS];      /* 1 + index of the newest with that hash, or 0 */
};

/* ---- questions ---- */

static size_t slot_of(struct str tail)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < tail.len; i++)
		hash = (hash ^ (unsigned char)tail.ptr[i]) * 16777619u;
	return hash % SLOTS;
}

/* Of the last four letters, which the merge of /usr leaves as they are. */
static size_t ending_of(struct str path)
{
	uint32_t letters;

	memcpy(&letters, path.ptr + path.len - sizeof(letters), sizeof(letters));
	return (letters * 2654435769u) >> 19;
}

/* The question about PATH. dpkg-divert moves a package's file aside: the one at PATH may be another
 * package's, under another name. */
static struct asked question(struct host *h, struct str path)
{
	struct asked q = { .only = STR(""), .never = STR(""), .is_open = true };
	struct str tail = dpkg_without_usr(path);
	const struct dpkg_diversion *diversions = h->packages->diversions;

	q.answer = (struct package_of){ .path = path,
		.package = STR(""),
		.list = STR(""),
		.known_as = path,
		.digest = STR("") };
	for (size_t i = 0; i < h->packages->diversion_count; i++) {
		if (str_eq(tail, dpkg_without_usr(diversions[i].to))) {
			q.answer.known_as = diversions[i].from;
			q.never = diversions[i].by;
		} else if (str_eq(tail, dpkg_without_usr(diversions[i].from))) {
			q.only = diversions[i].by;
		}
	}
	return q;
}

/* The index of the question about PATH, which is asked when it was not. */
static size_t ask(struct host *h, struct str path)
{
	struct package_answers *all = h->packages;
	struct asked q = question(h, path);
	struct str known_as = q.answer.known_as, tail = dpkg_without_usr(known_as);
	size_t *slot = &all->slots[slot_of(tail)];

	for (size_t at = *slot; at > 0; at = all->asked.at[at - 1].older)
		if (str_eq(all->asked.at[at - 1].answer.path, path))
			return at - 1;
	q.is_open = tail.len >= PATH_BYTES_MIN && known_as.len < PATH_BYTES_MAX - 4;
	q.older = *slot;
	q.answer.path = arena_str(host_arena(h), path);
	if (str_eq(known_as, path))
		q.answer.known_as = q.answer.path;
	vec_push(host_arena(h), &all->asked, q);
	*slot = all->asked.len;
	if (q.is_open) {
		all->has_ending[ending_of(tail)] = true;
		all->open++;
	}
	return all->asked.len - 1;
}

/* What runs will be asked for sooner or later: one way through the lists answers for it, too. */
static void ask_what_runs(struct host *h)
{
	const struct running *r = host_is_live(h) ? running_peek(h) : NULL;

	for (size_t i = 0; r && i < r->files.len; i++)
		if (r->files.at[i].root == 0)
			ask(h, r->files.at[i].path);
	for (size_t i = 0; r && i < r->codes.len; i++)
		if (strcmp(r->codes.at[i].kind, "deleted") == 0)
			ask(h, r->codes.at[i].path);
}

/* ---- answers ---- */

/* One way through all lists. */
struct search {
	struct host *h;
	struct package_answers *all;
	char *piece;     /* PIECE_BYTES */
	struct str name; /* the list at hand, "libc6:amd64.list" */
	struct stat stat;
};

/* LINE is what somebody asked about, or ends like it. */
static void match_path(struct search *s, struct str line)
{
	struct str tail = dpkg_without_usr(line);
	struct str list = str_until(s->name, s->name.len - strlen(".list"));
	struct str package = list, architecture;

	(void)str_split(list, ':', &package, &architecture);
	for (size_t at = s->all->slots[slot_of(tail)]; at > 0;
		at = s->all->asked.at[at - 1].older) {
		struct asked *q = &s->all->asked.at[at - 1];

		if (!q->is_open || !str_eq(tail, dpkg_without_usr(q->answer.known_as)) ||
			(q->only.len > 0 && !str_eq(q->only, package)) ||
			(q->never.len > 0 && str_eq(q->never, package)))
			continue;
		q->answer.package = arena_str(host_arena(s->h), package);
		q->answer.list = arena_str(host_arena(s->h), list);
		q->answer.unpacked_at_s = s->stat.st_mtim.tv_sec;
		q->answer.listed_at_s = s->stat.st_ctim.tv_sec;
		q->is_open = false;
		s->all->open--;
	}
}

static void match_line(struct search *s, struct str line)
{
	if (line.len >= PATH_BYTES_MIN && line.len < PATH_BYTES_MAX &&
		s->all->has_ending[ending_of(line)])
		match_path(s, line);
}

/* The whole lines of TEXT; returns what is left after the last. */
static struct str match_lines(struct search *s, struct str text)
{
	ptrdiff_t end;

	while (s->all->open > 0 && (end = str_find_char(text, '\n')) >= 0) {
		match_line(s, str_until(text, (size_t)end));
		text = str_from(text, (size_t)end + 1);
	}
	return text;
}

static void match_file(struct search *s, int fd)
{
	off_t total = 0;
	size_t have = 0;
	ssize_t n;

	while (s->all->open > 0 && total < s->stat.st_size &&
		(n = read(fd, s->piece + have, PIECE_BYTES - have)) != 0) {
		struct str rest;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		total += n;
		rest = match_lines(s, (struct str){ s->piece, have + (size_t)n });
		have = rest.len;
		if (have >= PATH_BYTES_MAX) /* no path: what follows is the rest of the same line */
			have = 0;
		else if (have > 0)
			memmove(s->piece, rest.ptr, have);
	}
	if (have > 0 && s->all->open > 0)
		match_line(s, (struct str){ s->piece, have });
}

static void match_list(struct search *s, int dir_fd, struct str name)
{
	int fd = openat(dir_fd, name.ptr, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	s->name = name;
	if (fstat(fd, &s->stat) == 0 && S_ISREG(s->stat.st_mode) &&
		s->stat.st_size <= (off_t)LIST_MAX_BYTES)
		match_file(s, fd);
	close(fd);
}

/* ---- rpm ---- */

static void match_rpm_file(
	struct search *s, const struct rpm_package *p, const struct rpm_file *f, struct str path)
{
	struct str tail = dpkg_without_usr(path);

	for (size_t at = s->all->slots[slot_of(tail)]; at > 0;
		at = s->all->asked.at[at - 1].older) {
		struct asked *q = &s->all->asked.at[at - 1];
		struct package_of *a = &q->answer;

		if (!q->is_open || !str_eq(tail, dpkg_without_usr(a->known_as)))
			continue;
		a->package = a->list = arena_str(host_arena(s->h), p->name);
		a->unpacked_at_s = p->installed_at_s;
		a->listed_at_s = p->installed_at_s > 0 ? p->installed_at_s + RPM_INSTALL_S : 0;
		a->digest = arena_str(host_arena(s->h), f->digest);
		a->digest_kind = p->digest_kind;
		a->is_config = (f->flags & RPM_FILE_CONFIG) != 0;
		q->is_open = false;
		s->all->open--;
	}
}

static bool match_rpm(void *context, struct rpm_package *p)
{
	struct search *s = context;
	struct rpm_file f;

	while (s->all->open > 0 && rpm_next_file(p, &f)) {
		struct str path = { s->piece, f.dir.len + f.base.len };

		/* a file of another architecture that rpm left out is not this package's */
		if (!f.is_there || (f.flags & RPM_FILE_GHOST) || path.len >= PATH_BYTES_MAX ||
			path.len < PATH_BYTES_MIN)
			continue;
		memcpy(s->piece, f.dir.ptr, f.dir.len);
		memcpy(s->piece + f.dir.len, f.base.ptr, f.base.len);
		if (s->all->has_ending[ending_of(path)])
			match_rpm_file(s, p, &f, path);
	}
	return s->all->open > 0;
}

/* What went wrong is told by package_manager_of(), and is no gap of whoever happens to ask first.
 */
static void look_up_rpm(struct search *s)
{
	static const struct fact_table nobody = { .name = "" };
	const struct fact_table *asking = s->h->filling;
	size_t gaps = s->h->gaps.len;

	s->h->filling = &nobody;
	s->all->is_broken = rpmdb_each(s->h, match_rpm, s) < 0 || s->h->gaps.len > gaps;
	s->h->filling = asking;
}

/* ---- both ---- */

/* Either may be installed as a plain program beside the one that the machine lives from. */
enum package_manager package_manager_of(struct host *h)
{
	bool has_rpm = rpmdb_is_there(h);
	struct host_stat st;

	if (host_exists(h, DPKG_INFO) &&
		(!has_rpm || (host_stat(h, DPKG_STATUS, &st) == 0 && st.size > 0)))
		return PACKAGES_DPKG;
	return has_rpm && !(h->packages && h->packages->is_broken) ? PACKAGES_RPM : PACKAGES_UNREAD;
}

static void look_up_lists(struct search *s)
{
	struct host *h = s->h;
	struct arena scratch;
	struct str *names;
	size_t count;
	int dir_fd = host_fd(h, DPKG_INFO, O_PATH | O_DIRECTORY);

	if (dir_fd < 0)
		return;
	arena_init(&scratch, LIMIT_HOST_DIR_ENTRIES * 512);
	host_list_ending(h, DPKG_INFO, ".list", &scratch, &names, &count);
	for (size_t i = 0; i < count && s->all->open > 0; i++)
		match_list(s, dir_fd, names[i]);
	arena_done(&scratch);
	close(dir_fd);
}

static void look_up(struct host *h)
{
	struct search s = { .h = h, .all = h->packages, .piece = malloc(PIECE_BYTES) };

	if (!s.piece)
		abort();
	if (package_manager_of(h) == PACKAGES_DPKG)
		look_up_lists(&s);
	else
		look_up_rpm(&s);
	free(s.piece);
	for (size_t i = 0; i < s.all->asked.len; i++)
		s.all->asked.at[i].is_open = false;
	s.all->open = 0;
}

void package_of(struct host *h, struct package_of *queries, size_t count)
{
	size_t *at = arena_array(host_arena(h), size_t, count + 1);

	if (count == 0)
		return;
	if (!h->packages) {
		h->packages = arena_new(host_arena(h), struct package_answers);
		dpkg_diversions(h, &h->packages->diversions, &h->packages->diversion_count);
		ask_what_runs(h);
	}
	for (size_t i = 0; i < count; i++)
		at[i] = ask(h, queries[i].path);
	if (h->packages->open > 0)
		look_up(h);
	for (size_t i = 0; i < count; i++)
		queries[i] = h->packages->asked.at[at[i]].answer;
}
