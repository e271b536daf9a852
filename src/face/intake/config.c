/* config.c - intake.yaml: a map of a few keys, each looked at by one row of a table. */
#include "face/intake/config.h"

#include "kit/parse/parse.h"

#define CONFIG_BYTES_MAX (256 * KIB)
#define IDLE_S 3600
#define CONNECTIONS 2048

struct reader {
	struct config *config;
	const char *folder;
	enum lang lang;
	struct arena *a;
	struct err *e;
};

static int fault(struct reader *r, const struct yaml_node *node, const char *words)
{
	return err_set(r->e, ERR_INPUT, INTAKE_FILE ":%d: %.*s: %s", node->line,
		STR_FMT(node->key.len ? node->key : node->text), tr(r->lang, words));
}

static bool is_port(struct str s)
{
	int64_t port;

	return str_to_i64(s, &port) && port >= 0 && port <= 65535 && s.len <= 5;
}

/* "514", "192.0.2.1:514", "[::1]:514" */
static bool is_address(struct str s)
{
	ptrdiff_t colon = -1;

	if (is_port(s))
		return true;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == ':')
			colon = (ptrdiff_t)i;
	return colon > 0 && colon < 60 && is_port(str_from(s, (size_t)colon + 1));
}

static const char *path_of(struct reader *r, struct str s)
{
	if (str_starts(s, "/"))
		return arena_cstr(r->a, s);
	return arena_fmt(r->a, "%s/%.*s", r->folder, STR_FMT(s)).ptr;
}

static int listen_one(struct reader *r, enum leaf_transport transport, const struct yaml_node *node)
{
	struct config *c = r->config;

	if (node->kind != YAML_TEXT)
		return fault(r, node, T("phải là một cổng hoặc địa chỉ:cổng"));
	if (transport == LEAF_UNIX ? node->text.len == 0 || node->text.len > 90 :
				     !is_address(node->text))
		return fault(r, node,
			transport == LEAF_UNIX ? T("phải là một đường dẫn dưới 90 ký tự") :
						 T("phải là một cổng hoặc địa chỉ:cổng"));
	if (c->listen_count == CONFIG_LISTEN_MAX)
		return fault(r, node, T("quá nhiều nơi nhận"));
	c->listens[c->listen_count++] = (struct listen_at){ .transport = transport,
		.address = transport == LEAF_UNIX ? path_of(r, node->text) :
						    arena_cstr(r->a, node->text),
		.line = node->line,
		.is_tls = transport == LEAF_TLS || transport == LEAF_RELP_TLS };
	return 0;
}

/* One, or a list of them. "no" is none at all. */
static int listens(struct reader *r, enum leaf_transport transport, const struct yaml_node *node)
{
	int rc = 0;

	if (yaml_is_null(node) || (node->is_plain && str_is(node->text, "no")))
		return 0;
	if (node->kind == YAML_TEXT)
		return listen_one(r, transport, node);
	if (node->kind != YAML_LIST)
		return fault(r, node, T("phải là một danh sách"));
	for (const struct yaml_node *n = node->first; n && rc == 0; n = n->next)
		rc = listen_one(r, transport, n);
	return rc;
}

static int read_udp(struct reader *r, const struct yaml_node *node)
{
	return listens(r, LEAF_UDP, node);
}
static int read_tcp(struct reader *r, const struct yaml_node *node)
{
	return listens(r, LEAF_TCP, node);
}
static int read_tls(struct reader *r, const struct yaml_node *node)
{
	return listens(r, LEAF_TLS, node);
}
static int read_relp(struct reader *r, const struct yaml_node *node)
{
	return listens(r, LEAF_RELP, node);
}
static int read_relp_tls(struct reader *r, const struct yaml_node *node)
{
	return listens(r, LEAF_RELP_TLS, node);
}
static int read_upload(struct reader *r, const struct yaml_node *node)
{
	return listens(r, LEAF_HTTP, node);
}
/* The protocol is the same; TLS is told of each place. */
static int read_upload_tls(struct reader *r, const struct yaml_node *node)
{
	size_t from = r->config->listen_count;
	int rc = listens(r, LEAF_HTTP, node);

	for (size_t i = from; i < r->config->listen_count; i++)
		r->config->listens[i].is_tls = true;
	return rc;
}
static int read_unix(struct reader *r, const struct yaml_node *node)
{
	return listens(r, LEAF_UNIX, node);
}

static int read_path(struct reader *r, const struct yaml_node *node, const char **ret)
{
	if (node->kind != YAML_TEXT || node->text.len == 0 || node->text.len > 1000)
		return fault(r, node, T("phải là một đường dẫn"));
	*ret = path_of(r, node->text);
	return 0;
}

static int read_certificate(struct reader *r, const struct yaml_node *node)
{
	return read_path(r, node, &r->config->certificate);
}
static int read_key(struct reader *r, const struct yaml_node *node)
{
	return read_path(r, node, &r->config->key);
}
static int read_authority(struct reader *r, const struct yaml_node *node)
{
	return read_path(r, node, &r->config->authority);
}

static int read_files(struct reader *r, const struct yaml_node *node)
{
	int rc = 0;

	if (yaml_is_null(node))
		return 0;
	if (node->kind != YAML_LIST)
		return fault(r, node, T("phải là một danh sách"));
	for (const struct yaml_node *n = node->first; n && rc == 0; n = n->next) {
		if (r->config->file_count == CONFIG_FILES_MAX)
			return fault(r, n, T("quá nhiều tệp"));
		if (n->kind != YAML_TEXT || !str_starts(n->text, "/") || n->text.len > 250)
			return fault(r, n, T("phải là một đường dẫn bắt đầu bằng /"));
		rc = read_path(r, n, &r->config->files[r->config->file_count++]);
	}
	return rc;
}

static int read_journal(struct reader *r, const struct yaml_node *node)
{
	struct config *c = r->config;

	c->has_journal = false;
	if (node->kind == YAML_TEXT && (str_is(node->text, "no") || yaml_is_null(node)))
		return 0;
	c->has_journal = true;
	if (node->kind == YAML_TEXT && str_is(node->text, "yes"))
		return 0;
	return read_path(r, node, &c->journal);
}

static int read_number(struct reader *r, const struct yaml_node *node, int64_t max, uint32_t *ret)
{
	int64_t value;

	if (node->kind != YAML_TEXT || !str_to_i64(node->text, &value) || value < 0 || value > max)
		return fault(r, node, T("phải là một số không âm"));
	*ret = (uint32_t)value;
	return 0;
}

static int read_silence(struct reader *r, const struct yaml_node *node)
{
	return read_number(r, node, 366 * CLOCK_DAY_S, &r->config->budget.silence_s);
}
static int read_lines(struct reader *r, const struct yaml_node *node)
{
	return read_number(r, node, 100000000, &r->config->budget.lines_s);
}
static int read_bytes(struct reader *r, const struct yaml_node *node)
{
	return read_number(r, node, 2000000000, &r->config->budget.bytes_s);
}
static int read_connections(struct reader *r, const struct yaml_node *node)
{
	return read_number(r, node, 16384, &r->config->connections_max);
}
static int read_idle(struct reader *r, const struct yaml_node *node)
{
	return read_number(r, node, 366 * CLOCK_DAY_S, &r->config->idle_s);
}

static int read_rule(struct reader *r, const struct yaml_node *node)
{
	struct sender_rule *rule = &r->config->rules[r->config->rule_count];
	int rc = 0;

	rule->budget = r->config->budget;
	if (node->kind != YAML_MAP)
		return fault(r, node, T("phải là name, lines, bytes, silence"));
	for (const struct yaml_node *n = node->first; n && rc == 0; n = n->next) {
		if (str_is(n->key, "name") && n->kind == YAML_TEXT && n->text.len)
			rule->name = arena_cstr(r->a, n->text);
		else if (str_is(n->key, "lines"))
			rc = read_number(r, n, 100000000, &rule->budget.lines_s);
		else if (str_is(n->key, "bytes"))
			rc = read_number(r, n, 2000000000, &rule->budget.bytes_s);
		else if (str_is(n->key, "silence"))
			rc = read_number(r, n, 366 * CLOCK_DAY_S, &rule->budget.silence_s);
		else
			rc = fault(r, n, T("phải là name, lines, bytes, silence"));
	}
	if (rc == 0 && !rule->name)
		rc = fault(r, node, T("thiếu name"));
	r->config->rule_count++;
	return rc;
}

static int read_senders(struct reader *r, const struct yaml_node *node)
{
	int rc = 0;

	if (yaml_is_null(node))
		return 0;
	if (node->kind != YAML_LIST || node->count > CONFIG_SENDERS_MAX)
		return fault(r, node, T("phải là một danh sách"));
	r->config->rules = arena_array(r->a, struct sender_rule, node->count + 1);
	for (const struct yaml_node *n = node->first; n && rc == 0; n = n->next)
		rc = read_rule(r, n);
	return rc;
}

/* Rules take over what stands before them, so senders come last. */
static const struct {
	const char *key;
	int (*read)(struct reader *r, const struct yaml_node *node);
} keys[] = { { "udp", read_udp }, { "tcp", read_tcp }, { "tls", read_tls }, { "relp", read_relp },
	{ "relp-tls", read_relp_tls }, { "journal-upload", read_upload },
	{ "journal-upload-tls", read_upload_tls }, { "unix", read_unix },
	{ "certificate", read_certificate }, { "key", read_key }, { "authority", read_authority },
	{ "files", read_files }, { "journal", read_journal }, { "silence", read_silence },
	{ "lines", read_lines }, { "bytes", read_bytes }, { "connections", read_connections },
	{ "idle", read_idle }, { "senders", read_senders } };

static bool is_known(struct str key)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (str_is(key, keys[i].key))
			return true;
	return false;
}

static int read_all(struct reader *r, const struct yaml_node *root)
{
	int rc = 0;

	if (yaml_is_null(root))
		return 0;
	if (root->kind != YAML_MAP)
		return err_set(r->e, ERR_INPUT, INTAKE_FILE ":%d: %s", root->line,
			tr(r->lang, T("phải gồm các dòng “khóa: giá trị”")));
	for (const struct yaml_node *n = root->first; n; n = n->next)
		if (!is_known(n->key))
			return fault(r, n, T("không có khóa này"));
	for (size_t i = 0; i < COUNT(keys) && rc == 0; i++) {
		const struct yaml_node *n = yaml_get(root, keys[i].key);

		if (n)
			rc = keys[i].read(r, n);
	}
	return rc;
}

static void add_default(
	struct config *c, enum leaf_transport transport, const char *address, const char *instead)
{
	if (c->listen_count < CONFIG_LISTEN_MAX)
		c->listens[c->listen_count++] = (struct listen_at){ .transport = transport,
			.address = address,
			.is_tls = transport == LEAF_TLS,
			.instead = instead };
}

/* What the file does not speak of. */
static void add_defaults(struct config *c, const struct yaml_node *root)
{
	bool is_map = root && root->kind == YAML_MAP;

	if (!is_map || !yaml_get(root, "udp"))
		add_default(c, LEAF_UDP, "514", "5514");
	if (!is_map || !yaml_get(root, "tcp"))
		add_default(c, LEAF_TCP, "514", "5514");
	if (c->certificate && c->key && !yaml_get(root, "tls"))
		add_default(c, LEAF_TLS, "6514", NULL);
}

static int check_tls(struct reader *r)
{
	const struct config *c = r->config;

	for (size_t i = 0; i < c->listen_count; i++) {
		const struct listen_at *l = &c->listens[i];

		if (!l->is_tls)
			continue;
		if (!c->certificate || !c->key)
			return err_set(r->e, ERR_INPUT, INTAKE_FILE ":%d: %s: %s", l->line,
				leaf_transport_name(l->transport),
				tr(r->lang, T("cần thêm certificate và key")));
	}
	return 0;
}

int config_parse(struct str text, const char *folder, enum lang lang, struct arena *a,
	struct config *ret, struct err *e)
{
	struct config c = { .connections_max = CONNECTIONS, .idle_s = IDLE_S };
	struct reader r = { .config = &c, .folder = folder, .lang = lang, .a = a, .e = e };
	struct yaml_node *root = NULL;
	struct parse_fault at;
	int rc = 0;

	c.budget.silence_s = CONFIG_NOT_SET;
	if (text.len > CONFIG_BYTES_MAX)
		return err_set(e, ERR_LIMIT, INTAKE_FILE ": %s", tr(lang, T("tệp quá dài")));
	if (text.ptr && parse_yaml(text, a, &at, &root) < 0)
		return err_set(e, ERR_INPUT, INTAKE_FILE ":%d: %.*s", at.line,
			STR_FMT(parse_fault_text(&at, lang, a)));
	if (root)
		rc = read_all(&r, root);
	if (rc == 0) {
		add_defaults(&c, root);
		rc = check_tls(&r);
	}
	if (rc == 0)
		*ret = c;
	return rc;
}
