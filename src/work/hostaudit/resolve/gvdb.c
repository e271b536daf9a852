#include "work/hostaudit/resolve/gvdb.h"

#include <string.h>

#define ITEM_BYTES 24u
#define PARENTS_MAX 64

static uint32_t u32_at(struct str s, size_t at)
{
	const unsigned char *p = (const unsigned char *)s.ptr + at;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A pointer of the file: two offsets that must hold something inside it. */
static bool range_at(struct str s, size_t at, uint32_t *ret_start, uint32_t *ret_end)
{
	uint32_t start = u32_at(s, at);
	uint32_t end = u32_at(s, at + 4);

	if (start > end || end > s.len)
		return false;
	*ret_start = start;
	*ret_end = end;
	return true;
}

bool gvdb_open(struct str bytes, struct gvdb *ret)
{
	struct gvdb db = { .bytes = bytes };

	if (bytes.len < 24 || memcmp(bytes.ptr, "GVariant", 8) != 0 || u32_at(bytes, 8) != 0 ||
		!range_at(bytes, 16, &db.start, &db.end))
		return false;
	*ret = db;
	return true;
}

/* Where the items of the table begin and how many there are. */
static bool items_of(const struct gvdb *db, size_t *ret_at, size_t *ret_count)
{
	size_t size = db->end - db->start;
	size_t head;

	if (size < 8)
		return false;
	head = 8 +
		4 *
			((size_t)(u32_at(db->bytes, db->start) & 0x7FFFFFF) +
				(size_t)u32_at(db->bytes, db->start + 4));
	if (head > size)
		return false;
	*ret_at = db->start + head;
	*ret_count = (size - head) / ITEM_BYTES;
	return true;
}

static bool name_of(const struct gvdb *db, size_t item, struct str *ret)
{
	uint32_t start = u32_at(db->bytes, item + 8);
	uint32_t size = u32_at(db->bytes, item + 12) & 0xFFFF;

	if (start > db->bytes.len || size > db->bytes.len - start)
		return false;
	*ret = (struct str){ db->bytes.ptr + start, size };
	return true;
}

/* A key's name is that of its parents and its own: compared from the end. */
static bool is_named(const struct gvdb *db, size_t items, size_t count, size_t i, struct str key)
{
	for (int depth = 0; depth < PARENTS_MAX; depth++) {
		size_t item = items + i * ITEM_BYTES;
		uint32_t parent = u32_at(db->bytes, item + 4);
		struct str name;

		if (!name_of(db, item, &name) || name.len > key.len ||
			!str_eq(str_from(key, key.len - name.len), name))
			return false;
		key.len -= name.len;
		if (parent == UINT32_MAX)
			return key.len == 0;
		if (parent >= count)
			return false;
		i = parent;
	}
	return false;
}

/* Offset of the item called KEY of TYPE, or 0. */
static size_t find(const struct gvdb *db, struct str key, char type)
{
	size_t items, count;

	if (!items_of(db, &items, &count))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (db->bytes.ptr[items + i * ITEM_BYTES + 14] == type &&
			is_named(db, items, count, i, key))
			return items + i * ITEM_BYTES;
	return 0;
}

bool gvdb_table(const struct gvdb *db, struct str key, struct gvdb *ret)
{
	size_t item = find(db, key, 'H');
	struct gvdb table = { .bytes = db->bytes };

	if (item == 0 || !range_at(db->bytes, item + 16, &table.start, &table.end))
		return false;
	*ret = table;
	return true;
}

bool gvdb_has(const struct gvdb *db, struct str key)
{
	return find(db, key, 'v') != 0;
}

/* A serialised variant: the data, a zero byte, the type. */
static bool decode(struct str s, struct gvdb_value *ret)
{
	struct str type, data;
	size_t zero = s.len;

	while (zero > 0 && s.ptr[zero - 1] != '\0')
		zero--;
	if (zero == 0)
		return false;
	type = str_from(s, zero);
	data = str_until(s, zero - 1);
	if (str_starts(type, "("))
		type = str_from(type, 1);
	*ret = (struct gvdb_value){ .kind = GVDB_NONE };
	if (str_starts(type, "u") && data.len >= 4)
		*ret = (struct gvdb_value){ GVDB_NUMBER, u32_at(data, 0), STR("") };
	else if (str_starts(type, "i") && data.len >= 4)
		*ret = (struct gvdb_value){ GVDB_NUMBER, (int32_t)u32_at(data, 0), STR("") };
	else if (str_starts(type, "b") && data.len >= 1)
		*ret = (struct gvdb_value){ GVDB_BOOL, data.ptr[0] != 0, STR("") };
	else if (str_starts(type, "s") && data.len >= 1)
		*ret = (struct gvdb_value){ GVDB_TEXT, 0,
			str_until(data, strnlen(data.ptr, data.len)) };
	return true;
}

bool gvdb_value(const struct gvdb *db, struct str key, struct gvdb_value *ret)
{
	size_t item = find(db, key, 'v');
	uint32_t start, end;

	if (item == 0 || !range_at(db->bytes, item + 16, &start, &end))
		return false;
	return decode((struct str){ db->bytes.ptr + start, end - start }, ret);
}

/* ---- dconf ---- */

static void note_stale(struct dconf *d, struct str path, int64_t compiled_at_s)
{
	const struct str *names;
	size_t count;
	struct str folder = arena_fmt(host_arena(d->h), "%.*s.d", STR_FMT(path));

	if (host_list(d->h, folder.ptr, &names, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct str file =
			arena_fmt(host_arena(d->h), "%s/%.*s", folder.ptr, STR_FMT(names[i]));
		struct host_stat st;

		if (host_stat(d->h, file.ptr, &st) == 0 && (st.mode & 0170000) == 0100000 &&
			st.mtime_s > compiled_at_s)
			d->stale = file;
	}
}

static void add_source(struct dconf *d, struct str path, bool is_system)
{
	const struct host_file *file;
	int rc;

	if (d->count == DCONF_SOURCES_MAX)
		return;
	d->sources[d->count].path = path;
	rc = host_read(d->h, path.ptr, &file);
	if (rc == 0 && gvdb_open(file->bytes, &d->sources[d->count].db)) {
		d->sources[d->count].is_there = true;
		d->sources[d->count].has_locks = gvdb_table(
			&d->sources[d->count].db, STR(".locks"), &d->sources[d->count].locks);
	} else if (rc != ERR_ABSENT) {
		d->reason = rc == 0 ? GAP_SYNTAX : gap_of(rc);
		d->detail = path;
	}
	if (is_system)
		note_stale(d, path, rc == 0 ? file->mtime_s : 0);
	d->count++;
}

static void add_line(struct dconf *d, struct str line, struct str home)
{
	struct arena *a = host_arena(d->h);

	if (d->count == 0)
		d->is_users = str_starts(line, "user-db:");
	if (str_starts(line, "user-db:"))
		add_source(d,
			arena_fmt(a, "%.*s/.config/dconf/%.*s", STR_FMT(home),
				STR_FMT(str_from(line, 8))),
			false);
	else if (str_starts(line, "system-db:"))
		add_source(
			d, arena_fmt(a, "/etc/dconf/db/%.*s", STR_FMT(str_from(line, 10))), true);
	else if (str_starts(line, "file-db:"))
		add_source(d, arena_str(a, str_from(line, 8)), false);
}

/* DCONF_PROFILE of /etc/environment; "user" without it. */
static struct str profile_name(struct host *h)
{
	struct str rest = host_bytes(h, STR("/etc/environment"), NULL), line, name, value;
	struct str profile = STR("user");

	while (str_next_line(&rest, &line))
		if (str_split(str_trim(line), '=', &name, &value) &&
			str_is(str_trim(name), "DCONF_PROFILE") && str_trim(value).len > 0)
			profile = str_unquote(str_trim(value));
	return profile;
}

void dconf_open(struct host *h, struct str home, struct dconf *ret)
{
	static const char *const folders[] = { "/etc/dconf/profile/",
		"/usr/local/share/dconf/profile/", "/usr/share/dconf/profile/" };
	struct str rest = STR("user-db:user\n"), profile = profile_name(h);
	struct str line;

	*ret = (struct dconf){ .h = h, .stale = STR("") };
	for (size_t i = 0; i < COUNT(folders); i++) {
		struct str path = str_starts(profile, "/") ?
			arena_str(host_arena(h), profile) :
			arena_fmt(host_arena(h), "%s%.*s", folders[i], STR_FMT(profile));

		if (!host_exists(h, path.ptr))
			continue;
		rest = host_bytes(h, path, NULL);
		break;
	}
	while (str_next_line(&rest, &line)) {
		line = str_trim(line);
		if (line.len > 0 && line.ptr[0] != '#')
			add_line(ret, line, home);
	}
}

bool dconf_read(const struct dconf *d, const char *key, struct gvdb_value *ret,
	struct str *ret_path, bool *ret_locked)
{
	struct str name = str_of(key);
	int first = 0;

	for (int i = d->count - 1; i > 0 && first == 0; i--)
		if (d->sources[i].has_locks && gvdb_has(&d->sources[i].locks, name))
			first = i;
	*ret_locked = first > 0 || !d->is_users;
	for (int i = first; i < d->count; i++)
		if (d->sources[i].is_there && gvdb_value(&d->sources[i].db, name, ret)) {
			*ret_path = d->sources[i].path;
			return true;
		}
	return false;
}
