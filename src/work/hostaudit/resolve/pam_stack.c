/* Flattening the PAM files of a service. Declared in resolve/pam.h. */
#include "work/hostaudit/resolve/pam.h"

#include <string.h>
#include <sys/stat.h>

static const char *const folders[] = { "/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d" };
#define PAM_CONF "/etc/pam.conf"
#define FILES_MAX 32

static const char *const module_folders[] = { "/usr/lib/x86_64-linux-gnu/security",
	"/lib/x86_64-linux-gnu/security", "/usr/lib64/security", "/lib64/security",
	"/usr/lib/aarch64-linux-gnu/security", "/lib/aarch64-linux-gnu/security",
	"/usr/lib/i386-linux-gnu/security", "/lib/i386-linux-gnu/security",
	"/usr/lib/arm-linux-gnueabihf/security", "/lib/arm-linux-gnueabihf/security",
	"/usr/lib/riscv64-linux-gnu/security", "/usr/lib/powerpc64le-linux-gnu/security",
	"/usr/lib/s390x-linux-gnu/security", "/usr/lib/security", "/lib/security" };

struct flatten {
	struct host *h;
	struct pam_stack *stack;
	VEC(struct pam_rule) rules;
	enum pam_type type;
	int files;           /* read so far: includes may fan out */
	const char *service; /* lines of pam.conf that count; NULL in pam.d */
};

static bool is_folder(struct host *h, const char *path)
{
	struct host_stat st;

	return host_stat(h, path, &st) == 0 && S_ISDIR(st.mode);
}

static bool has_folder(struct host *h)
{
	for (size_t i = 0; i < COUNT(folders); i++)
		if (is_folder(h, folders[i]))
			return true;
	return false;
}

bool pam_is_present(struct host *h)
{
	return has_folder(h) || host_exists(h, PAM_CONF);
}

/* Where the file NAME of pam.d stands, or STR_NONE. */
static struct str file_of(struct host *h, struct str name)
{
	struct host_stat st;

	if (str_starts(name, "/"))
		return arena_str(host_arena(h), name);
	for (size_t i = 0; i < COUNT(folders); i++) {
		struct str path = arena_fmt(host_arena(h), "%s/%.*s", folders[i], STR_FMT(name));

		if (host_lstat(h, path.ptr, &st) == 0)
			return path;
	}
	return STR_NONE;
}

static bool conf_has_service(struct host *h, const char *service)
{
	struct pam_reader r;
	struct pam_line line;

	pam_reader_init(&r, host_bytes(h, STR(PAM_CONF), NULL), true, host_arena(h));
	while (pam_reader_next(&r, &line))
		if (str_is_nocase(line.service, service))
			return true;
	return false;
}

bool pam_has_service(struct host *h, const char *service)
{
	if (has_folder(h))
		return file_of(h, str_of(service)).ptr != NULL;
	return conf_has_service(h, service);
}

static void set_broken(struct flatten *f, const char *reason, struct str path)
{
	if (f->stack->broken)
		return;
	f->stack->broken = reason;
	f->stack->broken_path = path;
}

/* A root without any module folder is an image of configuration only: then modules count as there.
 */
static bool module_is_missing(struct host *h, struct str module)
{
	bool has_any = false;

	if (str_starts(module, "/"))
		return !host_exists(h, arena_cstr(host_arena(h), module)) &&
			is_folder(h, "/usr/lib");
	for (size_t i = 0; i < COUNT(module_folders); i++) {
		const struct str *names;
		size_t count;

		if (host_list(h, module_folders[i], &names, &count) != 0)
			return false;
		has_any = has_any || count > 0;
		for (size_t n = 0; n < count; n++)
			if (str_eq(names[n], module))
				return false;
	}
	return has_any;
}

static struct pam_rule *add_rule(
	struct flatten *f, const struct pam_line *line, struct str file, int level)
{
	struct pam_rule *rule;

	if (f->rules.len == PAM_RULES_MAX) {
		set_broken(f, GAP_LIMIT, file);
		return NULL;
	}
	rule = vec_add(host_arena(f->h), &f->rules);
	*rule = (struct pam_rule){ .control = line->control,
		.module = line->module,
		.args = line->args,
		.name = path_base(line->module),
		.file = file,
		.line = line->line,
		.level = level };
	return rule;
}

static void add_module(struct flatten *f, const struct pam_line *line, struct str file, int level)
{
	struct pam_rule *rule = add_rule(f, line, file, level);

	if (!rule)
		return;
	if (!pam_control_parse(line->control, rule->action) || line->is_bad)
		set_broken(f, GAP_SYNTAX, file);
	rule->is_missing = line->is_bad || module_is_missing(f->h, line->module);
}

/* Reads one file; DEPTH counts includes, LEVEL substacks. */
static void read_into(struct flatten *f, struct str path, int depth, int level);

static void follow(
	struct flatten *f, const struct pam_line *line, struct str from, int depth, int level)
{
	struct str path = file_of(f->h, line->module);

	if (depth >= LIMIT_HOST_INCLUDE_DEPTH) {
		set_broken(f, GAP_LOOP, from);
		return;
	}
	if (!path.ptr) {
		/* libpam gives the whole service up */
		set_broken(f, GAP_SYNTAX, from);
		return;
	}
	read_into(f, path, depth + 1, level);
}

static void read_into(struct flatten *f, struct str path, int depth, int level)
{
	const struct host_file *file;
	struct pam_reader r;
	struct pam_line line;
	int rc;

	if (++f->files > FILES_MAX) {
		set_broken(f, GAP_LIMIT, path);
		return;
	}
	rc = host_read(f->h, path.ptr, &file);
	if (rc != 0) {
		set_broken(f, gap_of(rc), path);
		return;
	}
	pam_reader_init(&r, file->bytes, f->service != NULL, host_arena(f->h));
	while (pam_reader_next(&r, &line)) {
		if (f->service && !str_is_nocase(line.service, f->service))
			continue;
		if (str_is(line.type, "@include")) {
			follow(f, &line, path, depth, level);
			continue;
		}
		if (!str_is_nocase(line.type, pam_type_name(f->type)))
			continue;
		if (str_is_nocase(line.control, "include")) {
			follow(f, &line, path, depth, level);
		} else if (str_is_nocase(line.control, "substack")) {
			struct pam_rule *rule = add_rule(f, &line, path, level);

			if (rule)
				rule->is_substack = true;
			follow(f, &line, path, depth, level + 1);
		} else {
			add_module(f, &line, path, level);
		}
		if (f->stack->broken)
			return;
	}
	if (r.is_cut)
		set_broken(f, GAP_SYNTAX, path);
}

static void read_service(struct flatten *f, const char *service)
{
	struct str path;

	f->stack->service = str_of(service);
	if (!has_folder(f->h)) {
		f->service = service;
		read_into(f, STR(PAM_CONF), 0, 0);
		return;
	}
	path = file_of(f->h, str_of(service));
	if (path.ptr)
		read_into(f, path, 0, 0);
}

void pam_stack_read(struct host *h, const char *service, enum pam_type type, struct pam_stack *ret)
{
	struct flatten f = { .h = h, .stack = ret, .type = type };

	*ret = (struct pam_stack){ .asked = str_of(service), .service = str_of(service) };
	read_service(&f, service);
	/* a service without a rule of this type falls back to "other" */
	if (f.rules.len == 0 && !ret->broken)
		read_service(&f, "other");
	ret->rules = f.rules.at;
	ret->count = f.rules.len;
}
