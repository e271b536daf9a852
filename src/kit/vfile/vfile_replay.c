/* vfile_replay.c - every disk a power cut could leave.
 *
 * The image holds, of each sector and each length, the states it went through since it was last
 * synced, and the changes of names that were not synced. Each of these is a wheel; a disk is one
 * position of all wheels, position 0 of each being what is certain. */
#include "kit/vfile/vfile_int.h"

#include <stdlib.h>

#define STATES_PER_POINT 4096
#define IMAGE_BYTES (1024u * MIB)
#define NO_WHEEL SIZE_MAX
#define FOLDER (SIZE_MAX - 1)
#define NOTHING SIZE_MAX

/* What sectors and lengths have in common: states, the last one that is certain, and whether the
 * newest was there when a sync failed. */
struct history {
	size_t certain;
	size_t lost; /* states up to this one no later sync makes certain; 0: none */
	size_t wheel;
	bool is_open; /* stands in the list of the file */
};

struct sector {
	struct history h;
	size_t index;
	VEC(const char *) states; /* VFILE_SECTOR_BYTES each */
};

struct image_file {
	VEC(struct sector *) sectors; /* NULL: zeros from the beginning */
	VEC(struct sector *) open;    /* with more than one state */
	VEC(uint64_t) sizes;
	struct history size;
	struct str certain; /* all sectors in their certain state; made when first asked for */
	bool has_certain;
};

/* A change of up to two names, done together. */
struct change {
	struct {
		const char *path;
		size_t file;
	} set[2];
	size_t sets;
	bool is_certain[2]; /* the folder of set[i].path was synced since */
	size_t wheel;
};

struct image_name {
	const char *path;
	size_t file; /* or FOLDER */
};

struct image_names {
	VEC(struct image_name) list;
};

struct image {
	struct arena arena;
	VEC(struct image_file *) files;
	struct image_names names;   /* certain */
	VEC(struct change) changes; /* in their order */
	VEC(size_t) wheels;         /* how many positions each has */
	size_t *positions;
	struct memory disk;
};

static const char zeros[VFILE_SECTOR_BYTES];

static void drop_certain(struct image_file *f)
{
	free((char *)(uintptr_t)f->certain.ptr);
	f->certain = STR_NONE;
	f->has_certain = false;
}

static struct sector *sector_at(struct image *m, struct image_file *f, size_t i)
{
	while (f->sectors.len <= i)
		vec_push(&m->arena, &f->sectors, NULL);
	if (!f->sectors.at[i]) {
		f->sectors.at[i] = arena_new(&m->arena, struct sector);
		f->sectors.at[i]->index = i;
		vec_push(&m->arena, &f->sectors.at[i]->states, zeros);
	}
	return f->sectors.at[i];
}

/* A new state of sector I: the newest one with BYTES at byte AT of it. */
static void add_state(struct image *m, struct image_file *f, size_t i, size_t at, struct str bytes)
{
	struct sector *s = sector_at(m, f, i);
	char *state = arena_alloc(&m->arena, VFILE_SECTOR_BYTES);

	memcpy(state, s->states.at[s->states.len - 1], VFILE_SECTOR_BYTES);
	memcpy(state + at, bytes.ptr, bytes.len);
	vec_push(&m->arena, &s->states, state);
	if (!s->h.is_open)
		vec_push(&m->arena, &f->open, s);
	s->h.is_open = true;
}

static void add_bytes(struct image *m, struct image_file *f, uint64_t offset, struct str bytes)
{
	while (bytes.len > 0) {
		size_t at = offset % VFILE_SECTOR_BYTES, n = VFILE_SECTOR_BYTES - at;
		struct str piece = str_until(bytes, n);

		add_state(m, f, (size_t)(offset / VFILE_SECTOR_BYTES), at, piece);
		bytes = str_from(bytes, n);
		offset += piece.len;
	}
}

static uint64_t newest_size(const struct image_file *f)
{
	return f->sizes.at[f->sizes.len - 1];
}

/* What lay behind a shorter length must be zeros when the file grows again. */
static void set_size(struct image *m, struct image_file *f, uint64_t size)
{
	uint64_t old = newest_size(f);

	if (size == old)
		return;
	for (uint64_t at = size; at < old;
		at = (at / VFILE_SECTOR_BYTES + 1) * VFILE_SECTOR_BYTES) {
		size_t i = (size_t)(at / VFILE_SECTOR_BYTES), skip = at % VFILE_SECTOR_BYTES;

		if (i < f->sectors.len && f->sectors.at[i])
			add_state(m, f, i, skip, (struct str){ zeros, VFILE_SECTOR_BYTES - skip });
	}
	vec_push(&m->arena, &f->sizes, size);
}

/* The newest of LEN states is synced, or the sync failed. */
static void settle(struct history *h, size_t len, bool is_failed)
{
	if (is_failed && h->certain < len - 1)
		h->lost = len - 1;
	if (!is_failed && h->lost < len - 1)
		h->certain = len - 1;
}

static void sync_file(struct image *m, struct image_file *f, bool is_failed)
{
	size_t kept = 0;

	settle(&f->size, f->sizes.len, is_failed);
	for (size_t i = 0; i < f->open.len; i++) {
		struct sector *s = f->open.at[i];

		settle(&s->h, s->states.len, is_failed);
		s->h.is_open = s->h.certain < s->states.len - 1;
		if (s->h.is_open)
			f->open.at[kept++] = s;
	}
	f->open.len = kept;
	drop_certain(f);
}

static void set_name(struct arena *a, struct image_names *n, const char *path, size_t file)
{
	size_t i = 0;

	while (i < n->list.len && strcmp(n->list.at[i].path, path) != 0)
		i++;
	if (file != NOTHING && i == n->list.len)
		vec_push(a, &n->list, ((struct image_name){ path, file }));
	else if (file != NOTHING)
		n->list.at[i].file = file;
	else if (i < n->list.len)
		n->list.at[i] = n->list.at[--n->list.len];
}

static void apply(struct arena *a, struct image_names *n, const struct change *c)
{
	for (size_t i = 0; i < c->sets; i++)
		set_name(a, n, c->set[i].path, c->set[i].file);
}

static bool is_certain(const struct change *c)
{
	return c->is_certain[0] && (c->sets < 2 || c->is_certain[1]);
}

/* Changes at the head of the list that are certain become part of the names. */
static void fold_changes(struct image *m)
{
	size_t done = 0;

	while (done < m->changes.len && is_certain(&m->changes.at[done]))
		apply(&m->arena, &m->names, &m->changes.at[done++]);
	m->changes.len -= done;
	for (size_t i = 0; i < m->changes.len; i++)
		m->changes.at[i] = m->changes.at[i + done];
}

static void sync_folder(struct image *m, const char *folder)
{
	for (size_t i = 0; i < m->changes.len; i++)
		for (size_t j = 0; j < m->changes.at[i].sets; j++)
			if (path_is_in(m->changes.at[i].set[j].path, folder))
				m->changes.at[i].is_certain[j] = true;
	fold_changes(m);
}

static void add_change(struct image *m, const char *path, size_t file)
{
	vec_push(&m->arena, &m->changes, ((struct change){ .set = { { path, file } }, .sets = 1 }));
}

static void add_file(struct image *m, const char *path)
{
	struct image_file *f = arena_new(&m->arena, struct image_file);

	vec_push(&m->arena, &f->sizes, 0);
	vec_push(&m->arena, &m->files, f);
	add_change(m, path, m->files.len - 1);
}

static struct image_file *file_of(struct image *m, const struct record_row *row)
{
	assert(row->file < m->files.len);
	return m->files.at[row->file];
}

static void add_written(struct image *m, const struct record_row *row)
{
	struct image_file *f = file_of(m, row);

	add_bytes(m, f, row->offset, row->bytes);
	if (row->offset + row->bytes.len > newest_size(f))
		vec_push(&m->arena, &f->sizes, row->offset + row->bytes.len);
}

static void add_row(struct image *m, const struct record_row *row)
{
	switch (row->kind) {
	case RECORD_MAKE:
		add_file(m, row->path);
		break;
	case RECORD_WRITE:
		add_written(m, row);
		break;
	case RECORD_SIZE:
		set_size(m, file_of(m, row), row->offset);
		break;
	case RECORD_SYNC:
		sync_file(m, file_of(m, row), row->is_failed);
		break;
	case RECORD_RENAME:
		vec_push(&m->arena, &m->changes,
			((struct change){ .set = { { row->path, NOTHING }, { row->to, row->file } },
				.sets = 2 }));
		break;
	case RECORD_UNLINK:
	case RECORD_RMDIR:
		add_change(m, row->path, NOTHING);
		break;
	case RECORD_MKDIR:
		add_change(m, row->path, FOLDER);
		break;
	case RECORD_SYNC_DIR:
		if (!row->is_failed)
			sync_folder(m, row->path);
		break;
	case RECORD_MARK:
		break;
	}
}

/* What stood on the disk when the recording began is certain. */
static void settle_all(struct image *m)
{
	for (size_t i = 0; i < m->files.len; i++)
		sync_file(m, m->files.at[i], false);
	for (size_t i = 0; i < m->changes.len; i++)
		m->changes.at[i].is_certain[0] = true;
	fold_changes(m);
}

static size_t add_wheel(struct image *m, size_t positions)
{
	if (positions < 2)
		return NO_WHEEL;
	vec_push(&m->arena, &m->wheels, positions);
	return m->wheels.len - 1;
}

/* Can any name, certain or not, lead to the file? */
static bool is_named(const struct image *m, size_t file)
{
	for (size_t i = 0; i < m->names.list.len; i++)
		if (m->names.list.at[i].file == file)
			return true;
	for (size_t i = 0; i < m->changes.len; i++)
		for (size_t j = 0; j < m->changes.at[i].sets; j++)
			if (m->changes.at[i].set[j].file == file)
				return true;
	return false;
}

static void collect_wheels(struct image *m)
{
	m->wheels.len = 0;
	for (size_t i = 0; i < m->changes.len; i++)
		m->changes.at[i].wheel = add_wheel(m, is_certain(&m->changes.at[i]) ? 1 : 2);
	for (size_t i = 0; i < m->files.len; i++) {
		struct image_file *f = m->files.at[i];

		if (!is_named(m, i))
			continue;
		f->size.wheel = add_wheel(m, f->sizes.len - f->size.certain);
		for (size_t j = 0; j < f->open.len; j++)
			f->open.at[j]->h.wheel =
				add_wheel(m, f->open.at[j]->states.len - f->open.at[j]->h.certain);
	}
	m->positions = arena_array(&m->arena, size_t, m->wheels.len + 1);
}

static size_t chosen(const struct image *m, const struct history *h)
{
	return h->certain + (h->wheel == NO_WHEEL ? 0 : m->positions[h->wheel]);
}

static void make_certain(struct image_file *f)
{
	size_t len = f->sectors.len * VFILE_SECTOR_BYTES;
	char *bytes = malloc(len + 1);

	if (!bytes)
		abort();
	for (size_t i = 0; i < f->sectors.len; i++) {
		struct sector *s = f->sectors.at[i];

		memcpy(bytes + i * VFILE_SECTOR_BYTES, s ? s->states.at[s->h.certain] : zeros,
			VFILE_SECTOR_BYTES);
	}
	f->certain = (struct str){ bytes, len };
	f->has_certain = true;
}

/* The content of file NUMBER at the present positions. */
static void load_file(struct memory_file *to, void *context, size_t number)
{
	struct image *m = context;
	struct image_file *f = m->files.at[number];
	size_t size = (size_t)f->sizes.at[chosen(m, &f->size)];

	if (!f->has_certain || f->certain.len != f->sectors.len * VFILE_SECTOR_BYTES) {
		drop_certain(f);
		make_certain(f);
	}
	memory_reserve(to, 1 + (size > f->certain.len ? size : f->certain.len));
	memcpy(to->bytes, f->certain.ptr, f->certain.len);
	for (size_t i = 0; i < f->open.len; i++) {
		struct sector *s = f->open.at[i];

		memcpy(to->bytes + s->index * VFILE_SECTOR_BYTES, s->states.at[chosen(m, &s->h)],
			VFILE_SECTOR_BYTES);
	}
	if (size < f->certain.len)
		memset(to->bytes + size, 0, f->certain.len - size);
	to->size = size;
}

static bool has_folder(const struct image_names *n, const char *path)
{
	const char *end = strrchr(path, '/');
	size_t len = end ? (size_t)(end - path) : 0;

	for (size_t i = 0; end && i < n->list.len; i++)
		if (n->list.at[i].file == FOLDER && strlen(n->list.at[i].path) == len &&
			strncmp(n->list.at[i].path, path, len) == 0)
			return true;
	return !end;
}

/* A name in a folder that is not there cannot be there either. */
static void drop_orphans(struct image_names *n)
{
	bool is_done = false;

	while (!is_done) {
		is_done = true;
		for (size_t i = 0; i < n->list.len; i++)
			if (!has_folder(n, n->list.at[i].path)) {
				n->list.at[i] = n->list.at[--n->list.len];
				is_done = false;
			}
	}
}

/* Set up the disk of the present positions; contents come when they are opened. */
static void fill_disk(struct image *m)
{
	struct image_names now = { 0 };
	struct arena *a = &m->disk.arena;

	memory_clear(&m->disk);
	for (size_t i = 0; i < m->names.list.len; i++)
		vec_push(a, &now.list, m->names.list.at[i]);
	for (size_t i = 0; i < m->changes.len; i++) {
		const struct change *c = &m->changes.at[i];

		if (c->wheel == NO_WHEEL || m->positions[c->wheel] == 1)
			apply(a, &now, c);
	}
	drop_orphans(&now);
	for (size_t i = 0; i < now.list.len; i++) {
		struct memory_file *f;

		if (now.list.at[i].file == FOLDER) {
			memory_add_folder(&m->disk, now.list.at[i].path);
			continue;
		}
		f = memory_add_file(&m->disk, now.list.at[i].path);
		f->load = load_file;
		f->context = m;
		f->number = now.list.at[i].file;
	}
}

static uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Disks in which one piece alone differs, or all pieces up to one: pattern NUMBER of 3 for each
 * wheel. */
static void turn_to_pattern(struct image *m, uint64_t number)
{
	size_t one = (size_t)(number / 3);

	for (size_t i = 0; i < m->wheels.len; i++) {
		bool is_new = number % 3 == 0 ? i == one : number % 3 == 1 ? i != one : i <= one;

		m->positions[i] = is_new ? m->wheels.at[i] - 1 : 0;
	}
}

/* Pieces new with a chance of 1, 4 or 7 in 8; new ones in any of their states. */
static void turn_by_chance(struct image *m, uint64_t *seed)
{
	uint64_t chance = 1 + next_random(seed) % 3 * 3;

	for (size_t i = 0; i < m->wheels.len; i++)
		m->positions[i] = next_random(seed) % 8 < chance ?
			1 + next_random(seed) % (m->wheels.at[i] - 1) :
			0;
}

/* State NUMBER of a sample of COUNT. */
static void turn_to_sample(struct image *m, uint64_t number, uint64_t count, uint64_t *seed)
{
	uint64_t patterns = 3 * (uint64_t)m->wheels.len, share = count / 2;

	if (number < 2)
		for (size_t i = 0; i < m->wheels.len; i++)
			m->positions[i] = number == 0 ? 0 : m->wheels.at[i] - 1;
	else if (number - 2 < share && number - 2 < patterns)
		turn_to_pattern(m, patterns <= share ? number - 2 : next_random(seed) % patterns);
	else
		turn_by_chance(m, seed);
}

/* The next disk of all; false after the last. */
static bool turn_on(struct image *m)
{
	for (size_t i = 0; i < m->wheels.len; i++) {
		if (++m->positions[i] < m->wheels.at[i])
			return true;
		m->positions[i] = 0;
	}
	return false;
}

static void try_disk(struct image *m, const struct vfile_replay *how,
	const struct vfile_crash *crash, struct vfile_replay_result *ret)
{
	struct err e = { 0 };

	fill_disk(m);
	ret->states++;
	if (how->check(how->context, &m->disk.base, crash, &e))
		return;
	if (ret->faults++ == 0) {
		ret->first = *crash;
		ret->reason = e;
	}
}

static void try_point(struct image *m, const struct vfile_replay *how, struct vfile_crash crash,
	struct vfile_replay_result *ret)
{
	uint64_t most = how->states_per_point ? how->states_per_point : STATES_PER_POINT, all = 1;
	uint64_t seed = how->seed ^ crash.operation * 0x9e3779b97f4a7c15u;

	collect_wheels(m);
	for (size_t i = 0; i < m->wheels.len && all <= most; i++)
		all = all > most / m->wheels.at[i] ? most + 1 : all * m->wheels.at[i];
	ret->points++;
	if (all <= most) {
		do {
			try_disk(m, how, &crash, ret);
			crash.state++;
		} while (turn_on(m));
	} else {
		ret->sampled_points++;
		for (; crash.state < most; crash.state++) {
			turn_to_sample(m, crash.state, most, &seed);
			try_disk(m, how, &crash, ret);
		}
	}
	for (size_t i = 0; i < m->files.len; i++)
		drop_certain(m->files.at[i]);
}

bool vfile_replay_at_length(struct vfile_replay *how)
{
	const char *states = getenv("KHIEN_CRASH_STATES"), *seed = getenv("KHIEN_CRASH_SEED");

	if (seed)
		(void)!str_to_u64(str_of(seed), 10, &how->seed);
	return states && str_to_u64(str_of(states), 10, &how->states_per_point);
}

void vfile_replay(const struct vfile_disk *record, const struct vfile_replay *how,
	struct vfile_replay_result *ret)
{
	const struct record *r = record_of(record);
	struct vfile_crash crash = { 0 };
	struct image m = { 0 };

	*ret = (struct vfile_replay_result){ 0 };
	arena_init(&m.arena, IMAGE_BYTES);
	memory_init(&m.disk);
	for (size_t i = 0; i < r->snapshot; i++)
		add_row(&m, &r->rows.at[i]);
	settle_all(&m);
	for (size_t i = r->snapshot; i < r->rows.len; i++) {
		const struct record_row *row = &r->rows.at[i];

		crash.operation = i - r->snapshot;
		if (row->kind == RECORD_SYNC || row->kind == RECORD_SYNC_DIR ||
			row->kind == RECORD_MARK)
			try_point(&m, how, crash, ret);
		if (row->kind == RECORD_MARK)
			crash.promise = row->offset;
		add_row(&m, row);
	}
	crash.operation = r->rows.len - r->snapshot;
	try_point(&m, how, crash, ret);
	memory_clear(&m.disk);
	arena_done(&m.arena);
}
