#include "work/hostaudit/resolve/account.h"

void account_init(struct account_reader *r, struct str bytes)
{
	*r = (struct account_reader){ .rest = bytes };
}

static int split_fields(struct str line, struct account_line *ret)
{
	int count = 0;
	struct str before, after;

	while (count < ACCOUNT_FIELDS_MAX - 1 && str_split(line, ':', &before, &after)) {
		ret->field[count++] = before;
		line = after;
	}
	ret->field[count++] = line;
	for (int i = count; i < ACCOUNT_FIELDS_MAX; i++)
		ret->field[i] = STR("");
	return count;
}

bool account_next(struct account_reader *r, int least, struct account_line *ret)
{
	struct str line;

	while (str_next_line(&r->rest, &line)) {
		r->line++;
		if (str_trim(line).len == 0 || line.ptr[0] == '#')
			continue;
		if (line.ptr[0] == '+' || line.ptr[0] == '-') {
			r->has_compat = true;
			continue;
		}
		ret->count = split_fields(line, ret);
		ret->line = r->line;
		if (ret->count >= least && ret->field[0].len > 0)
			return true;
		r->skipped++;
	}
	return false;
}

static const struct {
	const char *prefix, *name;
} algorithms[] = {
	{ "$y$", "yescrypt" },
	{ "$gy$", "gost-yescrypt" },
	{ "$7$", "scrypt" },
	{ "$2a$", "bcrypt" },
	{ "$2b$", "bcrypt" },
	{ "$2x$", "bcrypt" },
	{ "$2y$", "bcrypt" },
	{ "$6$", "sha512crypt" },
	{ "$5$", "sha256crypt" },
	{ "$1$", "md5crypt" },
	{ "$sha1", "sha1crypt" },
	{ "$md5", "sunmd5" },
	{ "$3$", "nt" },
};

static bool is_crypt_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '.' && c <= '9');
}

static struct str without_lock(struct str field)
{
	while (field.len > 0 && field.ptr[0] == '!')
		field = str_from(field, 1);
	return field;
}

const char *account_password_algorithm(struct str field)
{
	size_t n = 0;

	field = without_lock(field);
	for (size_t i = 0; i < COUNT(algorithms); i++)
		if (str_starts(field, algorithms[i].prefix))
			return algorithms[i].name;
	if (field.len == 20 && field.ptr[0] == '_')
		return "bsdicrypt";
	while (n < field.len && is_crypt_char(field.ptr[n]))
		n++;
	if (n == 13 && n == field.len)
		return "descrypt";
	return str_starts(field, "$") ? "unknown" : NULL;
}

const char *account_password_state(struct str field)
{
	if (field.len == 0)
		return "empty";
	if (str_is(field, "x"))
		return "shadow";
	if (!account_password_algorithm(field))
		return "none";
	return field.ptr[0] == '!' ? "locked" : "set";
}

int64_t account_id(struct str field)
{
	uint64_t id;

	return str_to_u64(field, 10, &id) && id <= UINT32_MAX ? (int64_t)id : -1;
}

bool account_shell_is_login(struct str shell)
{
	static const char *const closed[] = { "nologin", "false", "true", "sync", "halt",
		"shutdown", "reboot", "git-shell", "null" };
	struct str name = path_base(shell);

	for (size_t i = 0; i < COUNT(closed); i++)
		if (str_is(name, closed[i]))
			return false;
	return true;
}
