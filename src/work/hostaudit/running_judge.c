/* running_judge.c - what the package manager says of the files that run: whose they are, and are
 * they as it unpacked them. A container is asked by its own package database. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "work/hostaudit/dpkg.h"
#include "work/hostaudit/host_int.h"
#include "work/hostaudit/package_of.h"
#include "work/hostaudit/running_int.h"

#define LIGHT_HASH_BYTES (24 * MIB) /* what an ordinary audit may hash */
#define SUMS_BYTES (8 * MIB)
#define LIGHT_ROOTS_MAX 16

const char *file_state_name(enum file_state state)
{
	static const char *const names[] = { "intact", "altered", "config", "no-sum", "unpackaged",
		"no-database", "unreadable", "unchecked", "gone" };

	return names[state];
}

/* The files of one root at work. */
struct judge {
	struct host *main; /* whose arena keeps what is found */
	struct host *at;   /* the root: the same, or a container's */
	struct running_file **files;
	struct package_of *packages; /* parallel */
	struct str *sums;            /* parallel: hex, "" when there is none */
	size_t count;
	int64_t hashed_bytes;
};

/* ---- checksums of the package database ---- */

/* The files that one list of sums may know. */
struct sum_search {
	struct judge *j;
	size_t *of; /* indexes */
	size_t count;
};

static bool take_sum(void *context, struct str line)
{
	struct sum_search *s = context;
	struct judge *j = s->j;
	struct str hex, path;

	if (!dpkg_sum_line(line, &hex, &path))
		return true;
	/* the list is relative to the root, and has "usr/bin/x" or still "bin/x" */
	if (str_starts(path, "usr/"))
		path = str_from(path, 4);
	for (size_t i = 0; i < s->count; i++) {
		struct str known = j->packages[s->of[i]].known_as;

		if (str_eq(str_from(dpkg_without_usr(known), 1), path))
			j->sums[s->of[i]] = arena_str(host_arena(j->main), hex);
	}
	return true;
}

/* Each list of sums is read once for all files it may know. */
static void find_sums(struct judge *j, const bool *is_wanted)
{
	struct arena *a = host_arena(j->main);
	bool *is_done = arena_array(a, bool, j->count + 1);
	struct sum_search s = { .j = j, .of = arena_array(a, size_t, j->count + 1) };

	for (size_t i = 0; i < j->count; i++) {
		struct str list = j->packages[i].list;

		if (!is_wanted[i] || is_done[i] || list.len == 0)
			continue;
		s.count = 0;
		for (size_t n = i; n < j->count; n++) {
			if (!is_wanted[n] || !str_eq(j->packages[n].list, list))
				continue;
			is_done[n] = true;
			s.of[s.count++] = n;
		}
		host_read_lines(j->at,
			arena_fmt(a, "%s/%.*s.md5sums", DPKG_INFO, STR_FMT(list)).ptr, take_sum,
			&s);
	}
}

/* " /etc/x 0123… obsolete" in the Conffiles of /var/lib/dpkg/status. */
static bool take_config_sum(void *context, struct str line)
{
	struct judge *j = context;
	struct str path, hex;

	if (!str_starts(line, " /etc/"))
		return true;
	if (!str_next_word(&line, " ", &path) || !str_next_word(&line, " ", &hex))
		return true;
	for (size_t i = 0; i < j->count; i++)
		if (str_eq(j->packages[i].known_as, path))
			j->sums[i] = arena_str(host_arena(j->main), hex);
	return true;
}

static void find_config_sums(struct judge *j)
{
	bool is_asked = false;

	for (size_t i = 0; i < j->count; i++)
		is_asked |= j->files[i]->state == FILE_CONFIG;
	if (is_asked && host_is_deep(j->main))
		host_read_lines(j->at, "/var/lib/dpkg/status", take_config_sum, j);
}

/* ---- states ---- */

/* "/snap/NAME/REVISION/…" is a file of the snap, which snapd verified and mounted read-only. */
static bool is_snap(struct host *h, struct str path, struct str *ret_package)
{
	struct str rest = path, word, name, revision;

	if (!str_next_word(&rest, "/", &word) || !str_is(word, "snap") ||
		!str_next_word(&rest, "/", &name) || !str_next_word(&rest, "/", &revision) ||
		!host_exists(h,
			arena_fmt(host_arena(h), "/var/lib/snapd/snaps/%.*s_%.*s.snap",
				STR_FMT(name), STR_FMT(revision))
				.ptr))
		return false;
	*ret_package = arena_fmt(host_arena(h), "snap:%.*s", STR_FMT(name));
	return true;
}

/* A file whose content, owner and mode were last changed before dpkg wrote its list is as dpkg left
 * it, unless somebody set the clock back or wrote to the disk beside the kernel: a deep audit does
 * not believe the times. */
static bool is_untouched(struct judge *j, const struct running_file *f, const struct package_of *p,
	int64_t *ret_size)
{
	struct host_stat st;

	*ret_size = 0;
	if (host_stat(j->at, f->path.ptr, &st) != 0)
		return false;
	*ret_size = st.size;
	return st.ctime_s <= p->listed_at_s;
}

/* The state of file I as far as no byte of it must be read; true when it must be hashed. */
static bool judge_by_name(struct judge *j, size_t i, bool has_database)
{
	struct running_file *f = j->files[i];
	int64_t size;

	f->package = arena_str(host_arena(j->main), j->packages[i].package);
	if (f->package.len == 0 && is_snap(j->at, f->path, &f->package)) {
		f->state = FILE_INTACT;
		return false;
	}
	if (f->package.len == 0) {
		f->state = has_database ? FILE_UNPACKAGED : FILE_NO_DATABASE;
		return host_is_deep(j->main);
	}
	if (str_starts(f->path, "/etc/") || j->packages[i].is_config) {
		f->state = FILE_CONFIG;
		return host_is_deep(j->main);
	}
	if (host_is_deep(j->main))
		return true;
	if (is_untouched(j, f, &j->packages[i], &size)) {
		f->state = FILE_INTACT;
		f->proof = "times";
		return false;
	}
	j->hashed_bytes += size;
	f->state = FILE_UNCHECKED;
	return j->hashed_bytes <= (int64_t)LIGHT_HASH_BYTES;
}

static const char *digest_name(enum digest_kind kind)
{
	static const char *const names[] = { "md5", "sha1", "sha256", "sha384", "sha512" };

	return names[kind];
}

static void set_digest(struct judge *j, struct running_file *f, const struct verify_file *v)
{
	char hex[2 * DIGEST_SIZE_MAX + 1];

	f->digest = arena_fmt(host_arena(j->main), "%s:%s", digest_name(v->kind),
		hex_of(v->got, v->got_size, hex));
}

static void judge_by_hash(struct judge *j, size_t i, const struct verify_file *v)
{
	struct running_file *f = j->files[i];

	if (v->state == VERIFY_GONE) {
		f->state = FILE_GONE;
	} else if (v->state != VERIFY_DONE) {
		f->state = FILE_UNREADABLE;
		f->gap = verify_gap(v->state);
	} else if (j->sums[i].len > 0 && verify_is(v, j->sums[i])) {
		f->state = FILE_INTACT;
		f->proof = digest_name(v->kind);
	} else if (j->sums[i].len > 0 && f->state != FILE_CONFIG) {
		f->state = FILE_ALTERED;
		f->proof = digest_name(v->kind);
		set_digest(j, f, v);
	} else {
		set_digest(j, f, v);
		if (f->state != FILE_UNPACKAGED && f->state != FILE_NO_DATABASE &&
			f->state != FILE_CONFIG)
			f->state = FILE_NO_SUM;
	}
}

/* rpm says of which kind its digest is; dpkg keeps MD5. */
static enum digest_kind kind_of_sum(const struct judge *j, size_t i)
{
	if (j->packages[i].digest.len > 0)
		return j->packages[i].digest_kind;
	return j->sums[i].len > 0 ? DIGEST_MD5 : DIGEST_SHA256;
}

static void judge_files(struct judge *j)
{
	struct arena *a = host_arena(j->main);
	bool has_database = package_manager_of(j->at) != PACKAGES_UNREAD;
	bool *is_wanted = arena_array(a, bool, j->count + 1);
	struct verify_file *verify = calloc(j->count + 1, sizeof(*verify));
	size_t *of = arena_array(a, size_t, j->count + 1);
	size_t count = 0;

	if (!verify)
		abort();
	for (size_t i = 0; i < j->count; i++)
		is_wanted[i] = judge_by_name(j, i, has_database);
	for (size_t i = 0; i < j->count; i++)
		j->sums[i] = j->packages[i].digest;
	if (package_manager_of(j->at) == PACKAGES_DPKG) {
		find_sums(j, is_wanted);
		find_config_sums(j);
	}
	for (size_t i = 0; i < j->count; i++) {
		if (!is_wanted[i])
			continue;
		verify[count] = (struct verify_file){ .path = j->files[i]->path.ptr,
			.kind = kind_of_sum(j, i),
			.is_kept = host_is_deep(j->main) }; /* package_files reads them all */
		of[count++] = i;
	}
	verify_files(j->at, verify, count, NULL);
	for (size_t n = 0; n < count; n++)
		judge_by_hash(j, of[n], &verify[n]);
	free(verify);
}

/* ---- roots ---- */

static void judge_root(struct host *main, struct host *at, struct running *r, size_t root)
{
	struct arena *a = host_arena(main);
	struct judge j = { .main = main, .at = at };

	j.files = arena_array(a, struct running_file *, r->files.len + 1);
	for (size_t i = 0; i < r->files.len; i++)
		if (r->files.at[i].root == root)
			j.files[j.count++] = &r->files.at[i];
	j.packages = arena_array(a, struct package_of, j.count + 1);
	j.sums = arena_array(a, struct str, j.count + 1);
	for (size_t i = 0; i < j.count; i++)
		j.packages[i].path = j.files[i]->path;
	package_of(at, j.packages, j.count);
	judge_files(&j);
}

static void unknown_root(struct running *r, size_t root)
{
	for (size_t i = 0; i < r->files.len; i++)
		if (r->files.at[i].root == root)
			r->files.at[i].state = FILE_NO_DATABASE;
}

void running_judge(struct host *h, struct running *r)
{
	judge_root(h, h, r, 0);
	for (size_t root = 1; root < r->roots.len; root++) {
		const char *path = proc_path(host_arena(h), r->roots.at[root].pid, "root");
		struct host *inside = NULL;
		struct err e;

		if (!host_is_live(h) || (!host_is_deep(h) && root > LIGHT_ROOTS_MAX) ||
			host_open(path, host_now_s(h), &e, &inside) < 0) {
			unknown_root(r, root);
			continue;
		}
		inside->is_deep = h->is_deep;
		judge_root(h, inside, r, root);
		host_close(inside);
	}
}

int running_files(struct host *h, const struct running **ret)
{
	const struct fact_table *asking = h->filling;
	struct running_all *all = running_once(h);

	h->filling = &running_gaps;
	if (all->rc == 0 && !all->r.has_packages) {
		all->r.has_packages = true;
		running_judge(h, &all->r);
	}
	h->filling = asking;
	return running_given(h, all, ret);
}
