/* The packs of a folder: their headers, and which file is read by whom. */
#include "core/pack/pack_compiled.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEEDED FIELD_NEEDED
#define DIR_ENTRIES_MAX 1000

static const char *const pack_kinds[] = { "regulation", "standard", "checks", "calendar", NULL };
static const char *const sures[] = { "high", "medium", "low", NULL };

#define AT(member) offsetof(struct pack, member)
static const struct field force_fields[] = {
	FIELD("from", DATE, NEEDED, AT(from)),
	FIELD("to", DATE, NEEDED | FIELD_NULL, AT(to), .count_at = AT(has_to)),
	{ 0 },
};
static const struct shape force_shape = { force_fields, sizeof(struct pack), NO_SOURCE };

#define TRANSITION_AT(member) offsetof(struct transition, member)
static const struct field transition_fields[] = {
	FIELD("from", DATE, NEEDED | FIELD_NULL, TRANSITION_AT(from),
		.count_at = TRANSITION_AT(has_from)),
	FIELD("to", DATE, NEEDED | FIELD_NULL, TRANSITION_AT(to),
		.count_at = TRANSITION_AT(has_to)),
	FIELD("note", WORDS, NEEDED, TRANSITION_AT(note)),
	{ 0 },
};
static const struct shape transition_shape = { transition_fields, sizeof(struct transition),
	TRANSITION_AT(source) };

#define DEFECT_AT(member) offsetof(struct text_defect, member)
static const struct field defect_fields[] = {
	FIELD("clause", TEXT, NEEDED | FIELD_USE, DEFECT_AT(clause), .item = ITEM_CLAUSE),
	FIELD("quote", TEXT, NEEDED, DEFECT_AT(quote)),
	FIELD("note", WORDS, NEEDED, DEFECT_AT(note)),
	{ 0 },
};
static const struct shape defect_shape = { defect_fields, sizeof(struct text_defect),
	DEFECT_AT(source) };

static const struct field pack_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("kind", ENUM, NEEDED, AT(kind), .choices = pack_kinds),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("short", WORDS, NEEDED, AT(short_title)),
	FIELD("number", TEXT, NEEDED | FIELD_NULL, AT(number)),
	FIELD("issuer", WORDS, NEEDED, AT(issuer)),
	FIELD("in-force", MAP, NEEDED | FIELD_SOURCE, 0, .count_at = AT(dates),
		.shape = &force_shape),
	FIELD("source-sure", ENUM, NEEDED, AT(sure), .choices = sures),
	FIELD("source-note", WORDS, NEEDED, AT(source_note)),
	FIELD("supersedes", TEXTS, NEEDED, AT(supersedes), .count_at = AT(supersedes_count)),
	FIELD("transition", MAPS, NEEDED, AT(transitions), .count_at = AT(transition_count),
		.shape = &transition_shape),
	FIELD("text-defects", MAPS, NEEDED, AT(defects), .count_at = AT(defect_count),
		.shape = &defect_shape),
	{ 0 },
};
static const struct shape pack_shape = { pack_fields, sizeof(struct pack), AT(source) };

void pack_load_header(struct pack_load *load, const struct yaml_node *root)
{
	pack_read_map(load, root, &pack_shape, load->pack);
}

static void file_fault(struct pack_load *load, const char *words, const char *about)
{
	struct source at = { load->file, 1, 1 };

	load->is_partial = true;
	pack_fault_add(load, at, words, str_of(about), STR_NONE, STR_NONE);
}

/* The whole of an open regular file, or false with a fault. */
static bool slurp(struct pack_load *load, int fd, struct buf *out)
{
	struct stat st;
	char piece[16 * 1024];
	ssize_t got;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		file_fault(load, T("không phải một tệp thường"), NULL);
		return false;
	}
	while ((got = read(fd, piece, sizeof(piece))) > 0) {
		buf_add(out, (struct str){ piece, (size_t)got });
		if ((size_t)got < sizeof(piece) && out->len == (size_t)st.st_size)
			break;
	}
	if (got < 0) {
		file_fault(load, T("không đọc được: {a}"), strerror(errno));
		return false;
	}
	load->bytes += out->len;
	if (buf_is_full(out) || load->bytes > LIMIT_PACK_ALL_BYTES) {
		file_fault(load, T("tệp quá lớn"), NULL);
		return false;
	}
	return true;
}

static struct str wanted(const struct pack_load *load, struct buf *bytes)
{
	if (load->wanted && bytes->len > 0)
		bytes->len = pack_thin(bytes->ptr, bytes->len, load->wanted);
	return buf_str(bytes);
}

static struct yaml_node *parse(struct pack_load *load, struct buf *bytes, struct arena *a)
{
	struct parse_fault fault;
	struct yaml_node *root;

	if (parse_yaml(wanted(load, bytes), a, &fault, &root) == 0)
		return root;
	load->is_partial = true;
	pack_fault_add(load, (struct source){ load->file, fault.line, fault.column }, fault.words,
		fault.about, STR_NONE, STR_NONE);
	return NULL;
}

/* The tree of BYTES, made of them or, of a file as it was when the program was built, made then. */
static struct yaml_node *tree(struct pack_load *load, struct buf *bytes, struct arena *a)
{
	unsigned char digest[SHA256_SIZE];
	struct yaml_node *root;

	load->is_compiled = false;
	if (!load->is_narrow)
		return parse(load, bytes, a);
	sha256(buf_str(bytes), digest);
	root = pack_compiled_tree(load->file, digest, a);
	load->is_compiled = root != NULL;
	if (!root)
		root = parse(load, bytes, a);
	if (root && load->seen)
		load->seen(load, digest, root);
	return root;
}

const struct yaml_node *pack_read_file(struct pack_load *load, struct arena *a, const char *path)
{
	struct arena *keep = &load->set->arena;
	const char *full = arena_fmt(&load->work, "%s/%s", load->dir, path).ptr;
	int fd = open(full, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct yaml_node *root = NULL;
	struct buf bytes;

	load->file = arena_cstr(keep, str_of(path));
	if (fd < 0) {
		file_fault(load, T("không đọc được: {a}"), strerror(errno));
		return NULL;
	}
	buf_init(&bytes, LIMIT_PACK_FILE_BYTES);
	if (slurp(load, fd, &bytes))
		root = tree(load, &bytes, a);
	buf_done(&bytes);
	close(fd);
	return root;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int pack_list_dir(struct pack_load *load, const char *path, struct err *e, char ***ret)
{
	const char *full = *path ? arena_fmt(&load->work, "%s/%s", load->dir, path).ptr : load->dir;
	VEC(char *) names = { 0 };
	struct dirent *entry;
	DIR *dir = opendir(full);

	if (!dir)
		return err_errno(e, errno, "cannot open folder \"%s\"", full);
	while ((entry = readdir(dir)) && names.len < DIR_ENTRIES_MAX)
		if (entry->d_name[0] != '.')
			vec_push(&load->work, &names,
				arena_cstr(&load->work, str_of(entry->d_name)));
	closedir(dir);
	if (names.len > 0)
		qsort(names.at, names.len, sizeof(*names.at), by_text);
	*ret = names.at;
	return (int)names.len;
}

typedef void read_root(struct pack_load *load, const struct yaml_node *root);

/* One file, its tree gone when it is read. */
static void load_file(struct pack_load *load, const char *path, read_root *reader)
{
	struct arena nodes;
	const struct yaml_node *root;

	if (load->faults.len == LIMIT_PACK_FAULTS)
		return;
	arena_init(&nodes, LIMIT_PACK_MEMORY_BYTES);
	root = pack_read_file(load, &nodes, path);
	if (root)
		reader(load, root);
	arena_done(&nodes);
}

static void load_folder(struct pack_load *load, const char *path, read_root *reader)
{
	struct err e;
	char **names;
	int count = pack_list_dir(load, path, &e, &names);

	load->file = arena_cstr(&load->set->arena, str_of(path));
	if (count < 0)
		file_fault(load, T("không đọc được: {a}"), e.text);
	for (int i = 0; i < count; i++)
		if (str_ends(str_of(names[i]), ".yaml"))
			load_file(
				load, arena_fmt(&load->work, "%s/%s", path, names[i]).ptr, reader);
}

/* An obligation that no check answers says "check" nowhere. */
static const char *const link_keys[] = { "id", "evidence", NULL };
static const struct pack_wanted with_checks = { "check", link_keys };

/* What a pack's folder may hold besides pack.yaml, in the order of reading. */
static const struct {
	const char *name;
	bool is_of_law, is_of_checks;
	bool is_folder, is_needed;
	bool is_left_out;                 /* of a narrow set */
	const struct pack_wanted *wanted; /* of a narrow set; NULL: all of it */
	read_root *reader;
} parts[] = {
	{ "clauses.yaml", true, false, false, true, true, NULL, pack_load_clauses },
	{ "params.yaml", true, false, false, false, false, NULL, pack_load_params },
	{ "roles.yaml", true, false, false, false, true, NULL, pack_load_roles },
	{ "papers.yaml", true, false, false, false, true, NULL, pack_load_papers },
	{ "obligations", true, false, true, false, false, &with_checks, pack_load_obligations },
	{ "registers", true, false, true, false, true, NULL, pack_load_register },
	{ "flows", true, false, true, false, true, NULL, pack_load_flow },
	{ "statements", true, false, true, false, true, NULL, pack_load_statement },
	{ "quizzes", true, false, true, false, true, NULL, pack_load_quiz },
	{ "catalogue.yaml", false, true, false, true, false, NULL, pack_load_catalogue },
	{ "linux", false, true, true, false, false, NULL, pack_load_questions },
	{ "integrity.yaml", false, true, false, false, true, NULL, pack_load_watched },
	{ "import", false, true, true, false, true, NULL, pack_load_imports },
};

static bool take_name(char **names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (names[i] && strcmp(names[i], name) == 0) {
			names[i] = NULL;
			return true;
		}
	return false;
}

/* "2026.yaml" */
static bool is_year_file(const char *name)
{
	return strlen(name) == 9 && strspn(name, "0123456789") == 4 &&
		str_ends(str_of(name), ".yaml");
}

static void load_years(struct pack_load *load, const char *folder, char **names, int count)
{
	for (int i = 0; i < count; i++) {
		if (!names[i] || !is_year_file(names[i]))
			continue;
		if (!load->is_narrow)
			load_file(load, arena_fmt(&load->work, "%s/%s", folder, names[i]).ptr,
				pack_load_year);
		names[i] = NULL;
	}
}

static void load_parts(struct pack_load *load, const char *folder, char **names, int count)
{
	bool is_checks = load->pack->kind == PACK_CHECKS;
	bool is_calendar = load->pack->kind == PACK_CALENDAR;

	if (is_calendar)
		load_years(load, folder, names, count);
	for (size_t i = 0; !is_calendar && i < COUNT(parts); i++) {
		const char *path = arena_fmt(&load->work, "%s/%s", folder, parts[i].name).ptr;

		if (!(is_checks ? parts[i].is_of_checks : parts[i].is_of_law))
			continue;
		if (!take_name(names, count, parts[i].name)) {
			load->file = arena_cstr(&load->set->arena, str_of(path));
			if (parts[i].is_needed)
				file_fault(load, T("gói thiếu tệp này"), NULL);
			continue;
		}
		if (load->is_narrow && parts[i].is_left_out)
			continue;
		load->wanted = load->is_narrow ? parts[i].wanted : NULL;
		if (parts[i].is_folder)
			load_folder(load, path, parts[i].reader);
		else
			load_file(load, path, parts[i].reader);
		load->wanted = NULL;
	}
	for (int i = 0; i < count; i++)
		if (names[i] && str_ends(str_of(names[i]), ".yaml")) {
			load->file = arena_fmt(&load->set->arena, "%s/%s", folder, names[i]).ptr;
			file_fault(load, T("không có phần nào của gói đọc tệp này"), NULL);
		}
}

static void load_pack(struct pack_load *load, const char *folder)
{
	const char *path = arena_fmt(&load->work, "%s/pack.yaml", folder).ptr;
	struct err e;
	char **names;
	int count;

	load->file = arena_cstr(&load->set->arena, str_of(path));
	load->pack->id = arena_str(&load->set->arena, str_of(folder));
	load->pack->source = (struct source){ load->file, 1, 1 };
	count = pack_list_dir(load, folder, &e, &names);
	if (count < 0) {
		file_fault(load, T("không đọc được: {a}"), e.text);
		return;
	}
	if (!take_name(names, count, "pack.yaml")) {
		file_fault(load, T("gói thiếu tệp này"), NULL);
		return;
	}
	load_file(load, path, pack_load_header);
	if (load->pack->id.ptr && !str_is(load->pack->id, folder))
		pack_fault_add(load, load->pack->source,
			T("gói mang id \"{a}\" nhưng thư mục tên là \"{b}\""), load->pack->id,
			str_of(folder), STR_NONE);
	load->pack->id = arena_str(&load->set->arena, str_of(folder));
	load_parts(load, folder, names, count);
}

static bool is_folder(const struct pack_load *load, const char *name)
{
	struct stat st;
	int dir = open(load->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool answer = dir >= 0 && fstatat(dir, name, &st, 0) == 0 && S_ISDIR(st.st_mode);

	if (dir >= 0)
		close(dir);
	return answer;
}

int pack_load_all(struct pack_load *load, struct err *e)
{
	char **names;
	int count = pack_list_dir(load, "", e, &names);
	size_t folders = 0;

	if (count < 0)
		return count;
	for (int i = 0; i < count; i++)
		if (is_folder(load, names[i]))
			names[folders++] = names[i];
	if (folders == 0)
		return err_set(e, ERR_ABSENT, "folder \"%s\" holds no packs", load->dir);
	if (folders > LIMIT_PACKS)
		return err_set(e, ERR_LIMIT, "folder \"%s\" holds more than %d packs", load->dir,
			LIMIT_PACKS);
	load->set->count = folders;
	load->set->packs = arena_array(&load->set->arena, struct pack, folders);
	load->rows = arena_array(&load->work, struct pack_rows, folders);
	struct pack_rows *rows = load->rows;

	for (size_t i = 0; i < folders; i++) {
		load->pack = &load->set->packs[i];
		load->rows = &rows[i];
		load_pack(load, names[i]);
	}
	load->rows = rows;
	pack_link(load);
	pack_check_all(load);
	return 0;
}

static int by_source(const void *a, const void *b)
{
	const struct source *x = &((const struct pack_fault *)a)->source;
	const struct source *y = &((const struct pack_fault *)b)->source;
	int order = strcmp(x->file, y->file);

	if (order != 0)
		return order;
	return x->line != y->line ? x->line - y->line : x->column - y->column;
}

/* The faults in the order of the files, copied into A. */
static void give_faults(struct pack_load *load, struct arena *a, struct pack_fault **ret)
{
	*ret = arena_array(a, struct pack_fault, load->faults.len);
	if (load->faults.len > 0)
		qsort(load->faults.at, load->faults.len, sizeof(*load->faults.at), by_source);
	for (size_t i = 0; i < load->faults.len; i++) {
		struct pack_fault *fault = &(*ret)[i];

		*fault = load->faults.at[i];
		fault->source.file = arena_cstr(a, str_of(fault->source.file));
		for (size_t n = 0; n < COUNT(fault->about); n++)
			fault->about[n] = arena_str(a, fault->about[n]);
	}
}

/* How many faults there are; then *RET_SET is yours. Negative: the folder cannot be read. */
static int load_set(const char *dir, bool is_narrow, struct arena *a, struct err *e,
	struct pack_set **ret_set, struct pack_fault **ret_faults)
{
	struct pack_set *set = calloc(1, sizeof(*set));
	struct pack_load load = {
		.set = set, .dir = dir, .is_narrow = is_narrow, .is_partial = is_narrow
	};
	int status;

	if (!set)
		abort();
	arena_init(&set->arena, LIMIT_PACK_MEMORY_BYTES);
	arena_init(&load.work, LIMIT_PACK_MEMORY_BYTES);
	status = pack_load_all(&load, e);
	if (status == 0) {
		give_faults(&load, a, ret_faults);
		status = (int)load.faults.len;
	}
	arena_done(&load.work);
	*ret_set = status < 0 ? pack_set_free(set) : set;
	return status;
}

int pack_lint(const char *dir, struct arena *a, struct err *e, struct pack_fault **ret)
{
	struct pack_set *set;
	int status = load_set(dir, false, a, e, &set, ret);

	pack_set_free(set);
	return status;
}

static int load_sound(const char *dir, bool is_narrow, struct err *e, struct pack_set **ret)
{
	struct arena a;
	struct pack_fault *faults;
	struct pack_set *set;
	int count, status = 0;

	arena_init(&a, 4 * MIB);
	count = load_set(dir, is_narrow, &a, e, &set, &faults);
	if (count < 0)
		status = count;
	for (int i = 0; i < count && status == 0; i++)
		if (!faults[i].is_bearable)
			status = err_set(e, ERR_INPUT, "%s/%.*s", dir,
				STR_FMT(pack_fault_text(&faults[i], LANG_EN, &a)));
	arena_done(&a);
	if (status == 0)
		*ret = set;
	else
		pack_set_free(set);
	return status;
}

const char *pack_folder(const char *given)
{
	if (given)
		return given;
	return access("packs/checks/pack.yaml", R_OK) == 0 ? "packs" : "/usr/share/khien/packs";
}

int pack_set_load(const char *dir, struct err *e, struct pack_set **ret)
{
	return load_sound(dir, false, e, ret);
}

int pack_set_load_checks(const char *dir, struct err *e, struct pack_set **ret)
{
	return load_sound(dir, true, e, ret);
}

static bool about(void *context, struct str name, struct str *ret_value)
{
	const struct pack_fault *fault = context;

	if (name.len != 1 || name.ptr[0] < 'a' || name.ptr[0] > 'c')
		return false;
	*ret_value = fault->about[name.ptr[0] - 'a'];
	return true;
}

struct str pack_fault_text(const struct pack_fault *fault, enum lang lang, struct arena *a)
{
	struct str sentence = text_fill(a, str_of(tr(lang, fault->words)), about, (void *)fault);

	return arena_fmt(a, "%s:%d:%d: %.*s", fault->source.file, fault->source.line,
		fault->source.column, STR_FMT(sentence));
}
