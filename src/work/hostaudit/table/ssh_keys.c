/* ssh_keys: every public key that lets somebody in by SSH, with the account it opens. */
#include "kit/crypto/crypto.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/resolve/sshd.h"
#include "work/hostaudit/resolve/sshkey.h"
#include "work/hostaudit/tables.h"

enum { USER, TYPE, FINGERPRINT, IS_FORCED, IS_AUTHORITY, FILE_PATH, LINE };

static const struct fact_column columns[] = {
	[USER] = { "user", FACT_TEXT, T("tài khoản được mở") },
	[TYPE] = { "type", FACT_TEXT, T("loại khóa") },
	[FINGERPRINT] = { "fingerprint", FACT_TEXT, T("dấu vân tay của khóa công khai") },
	[IS_FORCED] = { "is_forced", FACT_INT, T("1: chỉ chạy một lệnh cố định") },
	[IS_AUTHORITY] = { "is_authority", FACT_INT, T("1: khóa ký cho khóa khác") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

#define PATTERNS_MAX 32
#define FILES_MAX 8000 /* looked for: accounts times places */

struct keys {
	struct host *h;
	struct fact_rows *rows;
	struct str patterns[PATTERNS_MAX];
	size_t pattern_count;
	int files;
};

static void add_pattern(struct keys *k, struct str word)
{
	for (size_t i = 0; i < k->pattern_count; i++)
		if (str_eq(k->patterns[i], word))
			return;
	if (k->pattern_count < PATTERNS_MAX)
		k->patterns[k->pattern_count++] = word;
	else
		host_gap(k->h, GAP_LIMIT, "AuthorizedKeysFile");
}

/* All AuthorizedKeysFile that some user may meet; keys that a program gives cannot be told. */
static void read_patterns(struct keys *k)
{
	struct sshd_config c;
	bool is_set = false;
	struct str word;

	sshd_config_read(k->h, &c);
	if (c.reason)
		host_gap(k->h, c.reason, c.detail.ptr);
	for (size_t i = 0; i < c.settings.len; i++) {
		const struct sshd_setting *s = &c.settings.at[i];
		struct str rest = s->at.value;

		if (str_is(s->keyword, "authorizedkeyscommand") && rest.len > 0 &&
			!str_is_nocase(rest, "none"))
			host_gap(k->h, "keys-elsewhere",
				s->at.file.ptr ? arena_cstr(host_arena(k->h), s->at.file) : "");
		if (!str_is(s->keyword, "authorizedkeysfile") || s->is_default)
			continue;
		is_set = is_set || s->match.len == 0;
		while (str_next_word(&rest, " \t", &word))
			add_pattern(k, word);
	}
	if (!is_set) {
		add_pattern(k, STR(".ssh/authorized_keys"));
		add_pattern(k, STR(".ssh/authorized_keys2"));
	}
}

static void show(
	struct keys *k, struct str user, const struct ssh_key *key, struct str file, int line)
{
	char hex[65];

	sha256_hex(key->blob, hex);
	fact_row(k->rows);
	fact_text(k->rows, USER, user);
	fact_text(k->rows, TYPE, key->type);
	fact_text(k->rows, FINGERPRINT, str_until(str_of(hex), 16));
	fact_int(k->rows, IS_FORCED, key->is_forced);
	fact_int(k->rows, IS_AUTHORITY, key->is_authority);
	fact_text(k->rows, FILE_PATH, file);
	fact_int(k->rows, LINE, line);
}

static void read_user(struct keys *k, const struct account_line *a)
{
	const struct host_file *file;
	struct ssh_key key;
	struct str rest, line;

	for (size_t i = 0; i < k->pattern_count && k->files < FILES_MAX; i++) {
		struct str path = ssh_keys_path(host_arena(k->h), k->patterns[i], a->field[0],
			a->field[5], account_id(a->field[2]));
		int number = 0;

		k->files++;
		if (!path.ptr || host_read(k->h, path.ptr, &file) != 0)
			continue;
		rest = file->bytes;
		while (str_next_line(&rest, &line)) {
			number++;
			if (ssh_key_parse(line, &key) == 1)
				show(k, a->field[0], &key, file->path, number);
		}
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct keys k = { .h = h, .rows = rows };
	struct account_reader r;
	struct account_line a;

	(void)e;
	read_patterns(&k);
	account_init(&r, host_bytes(h, STR("/etc/passwd"), NULL));
	while (account_next(&r, 7, &a))
		if (account_shell_is_login(a.field[6]))
			read_user(&k, &a);
	if (k.files >= FILES_MAX)
		host_gap(h, GAP_LIMIT, "/etc/passwd");
	return 0;
}

const struct fact_table ssh_keys_table = {
	.name = "ssh_keys",
	.words = T("khóa công khai được phép đăng nhập bằng SSH"),
	.columns = columns,
	.fill = fill,
};
