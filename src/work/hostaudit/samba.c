#include "work/hostaudit/samba.h"

#include <string.h>

#include "work/hostaudit/resolve/systemd.h"

struct loading {
	struct host *h;
	struct arena *a;
	struct samba *samba;
	VEC(struct samba_share) shares;
	VEC(struct samba_entry) entries;
	ptrdiff_t at; /* the share that lines belong to, -1: [global] */
	size_t bytes; /* read so far */
	bool is_cut;
};

#define SAMBA_BYTES_MAX (4 * MIB)

static const struct {
	const char *name; /* normalised */
	enum samba_key key;
	bool is_inverse;
} share_names[] = {
	{ "path", SAMBA_PATH, false },
	{ "directory", SAMBA_PATH, false },
	{ "guestok", SAMBA_GUEST_OK, false },
	{ "public", SAMBA_GUEST_OK, false },
	{ "guestonly", SAMBA_GUEST_ONLY, false },
	{ "onlyguest", SAMBA_GUEST_ONLY, false },
	{ "available", SAMBA_AVAILABLE, false },
	{ "-valid", SAMBA_VALID, false },
	{ "printable", SAMBA_PRINTABLE, false },
	{ "printok", SAMBA_PRINTABLE, false },
	{ "hostsallow", SAMBA_HOSTS_ALLOW, false },
	{ "allowhosts", SAMBA_HOSTS_ALLOW, false },
	{ "validusers", SAMBA_VALID_USERS, false },
	{ "readonly", SAMBA_READ_ONLY, false },
	{ "writable", SAMBA_READ_ONLY, true },
	{ "writeable", SAMBA_READ_ONLY, true },
	{ "writeok", SAMBA_READ_ONLY, true },
	{ "msdfsproxy", SAMBA_MSDFS_PROXY, false },
};

static bool is_bool_key(enum samba_key key)
{
	return key != SAMBA_PATH && key != SAMBA_HOSTS_ALLOW && key != SAMBA_VALID_USERS &&
		key != SAMBA_MSDFS_PROXY;
}

static bool is_bool(struct str value)
{
	return str_bool(value, true) == str_bool(value, false);
}

bool samba_bool(const struct setting *s, bool otherwise)
{
	return s->value.ptr ? str_bool(s->value, otherwise) : otherwise;
}

static struct samba_share *current(struct loading *l)
{
	return l->at < 0 ? &l->samba->global : &l->shares.at[l->at];
}

/* Where a section ends, smbd takes a share that has no path yet out of service; a path given when
 * the section is met again comes too late. */
static void leave_section(struct loading *l)
{
	struct samba_share *share = current(l);
	const struct setting *path = &share->value[SAMBA_PATH];
	const struct setting *proxy = &share->value[SAMBA_MSDFS_PROXY];

	if (l->at < 0 || path->value.len > 0 || proxy->value.len > 0 ||
		str_is_nocase(share->name, "homes"))
		return;
	setting_win(&share->value[SAMBA_AVAILABLE], l->a, STR("no"), share->file, share->line);
}

/* A section met again goes on; a new one starts from what [global] says so far. */
static void enter_section(struct loading *l, struct str name, struct str file, int line)
{
	struct samba_share *share;

	leave_section(l);
	if (str_is_nocase(name, "global") || str_is_nocase(name, "globals")) {
		l->at = -1;
		return;
	}
	for (size_t i = 0; i < l->shares.len; i++)
		if (str_eq_nocase(l->shares.at[i].name, name)) {
			l->at = (ptrdiff_t)i;
			return;
		}
	if (l->shares.len >= SAMBA_SHARES_MAX) {
		host_gap(l->h, GAP_LIMIT, file.ptr);
		l->is_cut = true;
		return;
	}
	l->at = (ptrdiff_t)l->shares.len;
	share = vec_add(l->a, &l->shares);
	*share = l->samba->global;
	memset(share->is_own, 0, sizeof(share->is_own));
	share->name = name;
	share->file = file;
	share->line = line;
}

static void take_share_value(struct loading *l, const struct samba_line *line, struct str file)
{
	for (size_t i = 0; i < COUNT(share_names); i++) {
		enum samba_key key = share_names[i].key;
		struct str value = key == SAMBA_PATH ? line->raw : line->value;

		if (!str_is(line->name, share_names[i].name))
			continue;
		if (is_bool_key(key) && !is_bool(value))
			return; /* smbd says so and keeps what it had */
		if (share_names[i].is_inverse)
			value = str_bool(value, false) ? STR("no") : STR("yes");
		setting_win(&current(l)->value[key], l->a, value, file, line->line);
		current(l)->is_own[key] = true;
		return;
	}
}

/* What the section has said itself stays. */
static void take_copy(struct loading *l, struct str from)
{
	struct samba_share *to = current(l);

	for (size_t i = 0; i < l->shares.len; i++) {
		const struct samba_share *share = &l->shares.at[i];

		if (share == to || !str_eq_nocase(share->name, from))
			continue;
		for (int key = 0; key < SAMBA_KEYS; key++)
			if (!to->is_own[key])
				to->value[key] = share->value[key];
		return;
	}
}

/* Settings of the whole server; inside a share smbd ignores them. */
static void take_global_value(struct loading *l, const struct samba_line *line, struct str file)
{
	struct samba *s = l->samba;
	const struct {
		const char *name;
		struct setting *setting;
	} names[] = {
		{ "usersharepath", &s->usershare_path },
		{ "usershareallowguests", &s->usershare_guests },
		{ "usersharemaxshares", &s->usershare_max },
	};

	if (l->at >= 0)
		return;
	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(line->name, names[i].name))
			setting_win(names[i].setting, l->a, line->value, file, line->line);
	if ((str_is(line->name, "configbackend") && !str_is_nocase(line->value, "file")) ||
		(str_is(line->name, "registryshares") && str_bool(line->value, false)) ||
		str_is(line->name, "configfile"))
		host_gap(l->h, GAP_SYNTAX,
			arena_fmt(l->a, "%.*s:%d", STR_FMT(file), line->line).ptr);
}

static void add_entry(struct loading *l, const struct samba_line *line, struct str file)
{
	if (l->entries.len >= SAMBA_ENTRIES_MAX) {
		if (!l->is_cut)
			host_gap(l->h, GAP_LIMIT, file.ptr);
		l->is_cut = true;
		return;
	}
	*vec_add(l->a, &l->entries) = (struct samba_entry){
		.section = l->at < 0 ? STR("global") : current(l)->name,
		.name = arena_str(l->a, line->name),
		.value = line->value,
		.file = file,
		.line = line->line,
	};
}

static void load_file(struct loading *l, const char *path, int depth);

static void take_include(
	struct loading *l, const struct samba_line *line, struct str file, int depth)
{
	/* with quotes it is the name of a file that is not there */
	if (str_starts(line->raw, "\""))
		return;
	/* registry, or a name that depends on who asks */
	if (!str_starts(line->value, "/") || str_has(line->value, '%'))
		host_gap(l->h, GAP_SYNTAX,
			arena_fmt(l->a, "%.*s:%d", STR_FMT(file), line->line).ptr);
	else
		load_file(l, arena_cstr(l->a, line->value), depth + 1);
}

static void load_file(struct loading *l, const char *path, int depth)
{
	struct samba_reader reader;
	const struct host_file *file;
	struct samba_line line;

	if (depth > LIMIT_HOST_INCLUDE_DEPTH) {
		host_gap(l->h, GAP_LOOP, path);
		l->is_cut = true;
		return;
	}
	if (host_read(l->h, path, &file) != 0)
		return;
	l->samba->is_there = true;
	l->bytes += file->bytes.len;
	if (l->bytes > SAMBA_BYTES_MAX) {
		host_gap(l->h, GAP_LIMIT, path);
		l->is_cut = true;
		return;
	}
	samba_reader_init(&reader, file->bytes, l->a);
	while (!l->is_cut && samba_next(&reader, &line)) {
		if (line.name.len == 0) {
			enter_section(l, line.section, file->path, line.line);
			continue;
		}
		add_entry(l, &line, file->path);
		if (str_is(line.name, "include"))
			take_include(l, &line, file->path, depth);
		else if (str_is(line.name, "copy") && l->at >= 0)
			take_copy(l, line.value);
		take_global_value(l, &line, file->path);
		take_share_value(l, &line, file->path);
	}
}

/* The file a unit gives smbd ("-s FILE", "--configfile=FILE"), else the usual one. */
static const char *main_file(struct host *h)
{
	static const char *const units[] = { "smbd.service", "smb.service", "samba-ad-dc.service" };
	static const char option[] = "--configfile=";
	struct setting command = { 0 };
	struct str word;

	for (size_t i = 0; i < COUNT(units) && command.value.len == 0; i++)
		systemd_unit_command(h, units[i], &command);
	while (str_next_word(&command.value, " \t", &word)) {
		if (str_starts(word, option))
			return arena_cstr(host_arena(h), str_from(word, strlen(option)));
		if (str_is(word, "-s") && str_next_word(&command.value, " \t", &word))
			return arena_cstr(host_arena(h), word);
	}
	return SAMBA_CONF;
}

void samba_read(struct host *h, struct samba *ret)
{
	struct loading l = { .h = h, .a = host_arena(h), .samba = ret, .at = -1 };

	*ret = (struct samba){ 0 };
	load_file(&l, main_file(h), 0);
	leave_section(&l);
	ret->shares = l.shares.at;
	ret->share_count = l.shares.len;
	ret->entries = l.entries.at;
	ret->entry_count = l.entries.len;
}
