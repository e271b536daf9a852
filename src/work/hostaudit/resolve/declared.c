#include "work/hostaudit/resolve/declared.h"

#include "kit/parse/parse.h"

struct reading {
	struct arena *a;
	struct declared_fault *fault;
	const char *section; /* "approved"; NULL at the top */
};

static int refuse(struct reading *r, const struct yaml_node *node, const char *words)
{
	bool is_named = node->key.ptr != NULL;

	*r->fault = (struct declared_fault){
		.line = node->line,
		.column = node->column,
		.words = words,
		.about = STR(""),
		.field = arena_fmt(r->a, "%s%s%.*s", r->section ? r->section : "",
			r->section && is_named ? "." : "", STR_FMT(is_named ? node->key : STR(""))),
	};
	return ERR_INPUT;
}

static int refuse_about(
	struct reading *r, const struct yaml_node *node, const char *words, struct str about)
{
	(void)refuse(r, node, words);
	r->fault->about = about;
	return ERR_INPUT;
}

static bool is_one_of(struct str s, const char *const *words)
{
	for (; *words; words++)
		if (str_is(s, *words))
			return true;
	return false;
}

static struct str listed(struct arena *a, const char *const *words)
{
	struct str text = STR("");

	for (size_t i = 0; words[i]; i++)
		text = arena_fmt(a, "%.*s%s%s", STR_FMT(text), i ? ", " : "", words[i]);
	return text;
}

/* ---- single values ---- */

static int take_word(struct reading *r, const struct yaml_node *node, struct str *ret)
{
	if (node->kind != YAML_TEXT)
		return refuse(r, node, T("chỗ này phải là một dòng chữ"));
	*ret = yaml_is_null(node) ? STR("") : str_trim(node->text);
	return 0;
}

static int take_choice(struct reading *r, const struct yaml_node *node, const char *const *choices,
	struct str *ret)
{
	struct str word;
	int rc = take_word(r, node, &word);

	if (rc < 0)
		return rc;
	if (!is_one_of(word, choices))
		return refuse_about(r, node, T("phải là một trong: {a}"), listed(r->a, choices));
	*ret = word;
	return 0;
}

/* Nothing at all is allowed: the date is not known yet. */
static int take_date(struct reading *r, const struct yaml_node *node, struct date *ret)
{
	struct str word;
	int rc = take_word(r, node, &word);

	if (rc == 0 && word.len > 0 && !date_parse(word, ret))
		return refuse(r, node, T("ngày phải viết NĂM-THÁNG-NGÀY, ví dụ 2027-06-30"));
	return rc;
}

static int take_number(struct reading *r, const struct yaml_node *node, int64_t max, int64_t *ret)
{
	struct str word;
	int64_t n;
	int rc = take_word(r, node, &word);

	if (rc < 0)
		return rc;
	if (!str_to_i64(word, &n) || n < 1 || n > max)
		return refuse_about(r, node, T("phải là một số từ 1 đến {a}"),
			arena_fmt(r->a, "%lld", (long long)max));
	*ret = n;
	return 0;
}

/* ---- approvals ---- */

static bool is_port(struct str name)
{
	struct str protocol, number;
	int64_t n;

	return str_split(name, '/', &protocol, &number) &&
		(str_is(protocol, "tcp") || str_is(protocol, "udp")) && str_to_i64(number, &n) &&
		n >= 1 && n <= 65535 && number.ptr[0] != '+' && number.ptr[0] != '0';
}

static int take_approval_field(
	struct reading *r, const struct yaml_node *node, struct approval *approval)
{
	static const char *const whats[] = { "port", "service", "share", "admin", "vendor",
		"program", NULL };

	if (str_is(node->key, "what"))
		return take_choice(r, node, whats, &approval->what);
	if (str_is(node->key, "name"))
		return take_word(r, node, &approval->name);
	if (str_is(node->key, "why"))
		return take_word(r, node, &approval->why);
	if (str_is(node->key, "by"))
		return take_word(r, node, &approval->by);
	if (str_is(node->key, "until"))
		return take_date(r, node, &approval->until);
	return refuse(r, node, T("không có mục nào tên như vậy"));
}

static int take_approval(struct reading *r, const struct yaml_node *node, struct declaration *d)
{
	struct approval approval = { .line = node->line };
	int rc = 0;

	for (const struct yaml_node *f = node->first; f && rc == 0; f = f->next)
		rc = take_approval_field(r, f, &approval);
	if (rc < 0)
		return rc;
	if (approval.what.len == 0 || approval.name.len == 0)
		return refuse(r, node, T("mỗi phê duyệt phải có what và name"));
	if (str_is(approval.what, "port") && !is_port(approval.name))
		return refuse(r, node, T("cổng phải viết tcp/SỐ hoặc udp/SỐ, ví dụ tcp/443"));
	approval.is_draft =
		approval.why.len == 0 || approval.by.len == 0 || approval.until.year == 0;
	vec_push(r->a, &d->approved, approval);
	return 0;
}

/* ---- backups ---- */

static int take_backup_field(
	struct reading *r, const struct yaml_node *node, struct declared_backup *b)
{
	static const char *const wheres[] = { "elsewhere", "external", "local", NULL };
	static const char *const answers[] = { "yes", "no", "", NULL };
	const struct {
		const char *key;
		struct str *word;
	} words[] = { { "name", &b->name }, { "tool", &b->tool }, { "target", &b->target },
		{ "by", &b->by } };

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(node->key, words[i].key))
			return take_word(r, node, words[i].word);
	if (str_is(node->key, "where"))
		return take_choice(r, node, wheres, &b->where);
	if (str_is(node->key, "encrypted"))
		return take_choice(r, node, answers, &b->encrypted);
	if (str_is(node->key, "every-days"))
		return take_number(r, node, 366, &b->every_days);
	if (str_is(node->key, "until"))
		return take_date(r, node, &b->until);
	if (str_is(node->key, "last-restore-test"))
		return take_date(r, node, &b->last_restore_test);
	return refuse(r, node, T("không có mục nào tên như vậy"));
}

static int take_backup(struct reading *r, const struct yaml_node *node, struct declaration *d)
{
	struct declared_backup b = { .line = node->line, .encrypted = STR("") };
	int rc = 0;

	for (const struct yaml_node *f = node->first; f && rc == 0; f = f->next)
		rc = take_backup_field(r, f, &b);
	if (rc < 0)
		return rc;
	if (b.name.len == 0 || b.where.len == 0)
		return refuse(r, node, T("mỗi mục sao lưu phải có name và where"));
	b.is_draft = b.by.len == 0 || b.until.year == 0 || b.every_days == 0;
	vec_push(r->a, &d->backups, b);
	return 0;
}

/* ---- the whole ---- */

static int take_list(struct reading *r, const struct yaml_node *list, struct declaration *d,
	int (*one)(struct reading *r, const struct yaml_node *node, struct declaration *d))
{
	int rc = 0;

	if (yaml_is_null(list))
		return 0;
	if (list->kind != YAML_LIST || list->count > DECLARED_MAX)
		return refuse_about(r, list, T("phải là một danh sách, nhiều nhất {a} mục"),
			arena_fmt(r->a, "%d", DECLARED_MAX));
	r->section = arena_cstr(r->a, list->key);
	for (const struct yaml_node *node = list->first; node && rc == 0; node = node->next)
		rc = node->kind == YAML_MAP ?
			one(r, node, d) :
			refuse(r, node, T("mỗi dòng của danh sách phải có các mục con"));
	r->section = NULL;
	return rc;
}

static int take_roles(struct reading *r, const struct yaml_node *list, struct declaration *d)
{
	static const char *const roles[] = { "web", "application", "database", "file-server",
		"mail", "dns", "directory", "print", "backup", "monitoring", "virtualization",
		"gateway", "workstation", "secret-pc", "development", NULL };
	int rc = 0;

	if (yaml_is_null(list))
		return 0;
	if (list->kind != YAML_LIST || list->count > COUNT(roles))
		return refuse_about(r, list, T("phải là một danh sách, nhiều nhất {a} mục"),
			arena_fmt(r->a, "%d", (int)COUNT(roles)));
	for (const struct yaml_node *node = list->first; node && rc == 0; node = node->next) {
		struct str role = STR("");

		r->section = "roles";
		rc = take_choice(r, node, roles, &role);
		if (rc == 0)
			vec_push(r->a, &d->roles, role);
	}
	r->section = NULL;
	return rc;
}

static int take_top(struct reading *r, const struct yaml_node *node, struct declaration *d)
{
	static const char *const kinds[] = { "server", "workstation", "secret-pc", NULL };
	static const char *const datas[] = { "ordinary", "sensitive", NULL };

	if (str_is(node->key, "approved"))
		return take_list(r, node, d, take_approval);
	if (str_is(node->key, "backups"))
		return take_list(r, node, d, take_backup);
	if (str_is(node->key, "roles"))
		return take_roles(r, node, d);
	if (str_is(node->key, "purpose"))
		return take_word(r, node, &d->purpose);
	if (str_is(node->key, "data"))
		return yaml_is_null(node) ? 0 : take_choice(r, node, datas, &d->data);
	if (str_is(node->key, "kind")) {
		d->kind_line = node->line;
		return take_choice(r, node, kinds, &d->kind);
	}
	if (str_is(node->key, "level")) {
		d->level_line = node->line;
		return take_number(r, node, 5, &d->level);
	}
	return refuse(r, node, T("không có mục nào tên như vậy"));
}

int declaration_parse(struct str bytes, struct arena *a, struct declared_fault *ret_fault,
	struct declaration *ret)
{
	struct reading r = { .a = a, .fault = ret_fault };
	struct declaration d = { 0 };
	struct parse_fault why = { 0 };
	struct yaml_node *top;
	int rc;

	if (bytes.len > DECLARED_BYTES) {
		*ret_fault = (struct declared_fault){ .line = 1,
			.column = 1,
			.words = T("tệp dài hơn {a} byte"),
			.about = arena_fmt(a, "%u", DECLARED_BYTES),
			.field = STR("") };
		return ERR_INPUT;
	}
	rc = parse_yaml(bytes, a, &why, &top);

	if (rc < 0) {
		*ret_fault = (struct declared_fault){ .line = why.line,
			.column = why.column,
			.words = why.words,
			.about = why.about,
			.field = STR("") };
		return ERR_INPUT;
	}
	if (top->kind != YAML_MAP && !yaml_is_null(top))
		return refuse(&r, top, T("tệp phải gồm các mục kind, level, approved…"));
	for (const struct yaml_node *node = top->first; node && rc == 0; node = node->next)
		rc = take_top(&r, node, &d);
	if (rc == 0)
		*ret = d;
	return rc;
}

static bool about(void *context, struct str name, struct str *ret_value)
{
	const struct declared_fault *fault = context;

	if (!str_is(name, "a"))
		return false;
	*ret_value = fault->about;
	return true;
}

struct str declared_fault_text(const struct declared_fault *fault, enum lang lang, struct arena *a)
{
	struct str sentence = text_fill(a, str_of(tr(lang, fault->words)), about, (void *)fault);

	if (fault->field.len == 0)
		return arena_fmt(a, "%s %d, %s %d: %.*s", tr(lang, T("dòng")), fault->line,
			tr(lang, T("cột")), fault->column, STR_FMT(sentence));
	return arena_fmt(a, "%s %d, %s %d, %s %.*s: %.*s", tr(lang, T("dòng")), fault->line,
		tr(lang, T("cột")), fault->column, tr(lang, T("mục")), STR_FMT(fault->field),
		STR_FMT(sentence));
}
