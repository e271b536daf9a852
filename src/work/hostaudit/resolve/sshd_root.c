/* Whether sshd lets root in by a password. Declared in resolve/sshd.h. */
#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/resolve/sshd.h"

#define DEFAULT_YES_UNTIL 700 /* an older sshd let root in where nobody said otherwise */

static const char *const concerned[] = { "permitrootlogin", "passwordauthentication",
	"kbdinteractiveauthentication", "authenticationmethods", "usepam", "allowusers",
	"denyusers", "allowgroups", "denygroups", "refuseconnection", NULL };

enum holds { HOLDS_NEVER, HOLDS_SOMETIMES, HOLDS_ALWAYS };

/* One connection of root: what Match blocks hold for it. */
struct view {
	const struct sshd_config *config;
	struct str groups; /* of root, a blank between them */
	struct str block;  /* criteria that hold this time, "" for none but those that always do */
};

/* A list with commas: -1 where a '!' fits, whatever else does; 1 where NAME fits. */
static int list_fits(struct str list, struct str name)
{
	struct str pattern;
	int fits = 0;

	while (str_next_word(&list, ",", &pattern)) {
		bool is_not = str_starts(pattern, "!");

		if (!str_glob(str_from(pattern, is_not), name))
			continue;
		if (is_not)
			return -1;
		fits = 1;
	}
	return fits;
}

static bool group_fits(struct str list, struct str groups)
{
	struct str group;
	int fits = 0;

	while (fits >= 0 && str_next_word(&groups, " ", &group)) {
		int one = list_fits(list, group);

		fits = one != 0 ? one : fits;
	}
	return fits > 0;
}

static enum holds criterion_holds(struct str word, struct str arg, struct str groups)
{
	if (str_is_nocase(word, "user"))
		return list_fits(arg, STR("root")) > 0 ? HOLDS_ALWAYS : HOLDS_NEVER;
	if (str_is_nocase(word, "group"))
		return group_fits(arg, groups) ? HOLDS_ALWAYS : HOLDS_NEVER;
	return str_is(arg, "*") ? HOLDS_ALWAYS : HOLDS_SOMETIMES;
}

/* Do these criteria hold for a connection of root? Where from it comes is not known. */
static enum holds match_holds(struct str match, struct str groups)
{
	enum holds all = HOLDS_ALWAYS;
	struct str word, arg;

	while (all != HOLDS_NEVER && str_next_word(&match, " \t", &word)) {
		enum holds one;

		if (str_is(word, "+") || str_is_nocase(word, "all") || str_is(word, "(applied)"))
			continue;
		if (str_is_nocase(word, "invalid-user"))
			return HOLDS_NEVER;
		if (!str_split(word, '=', &word, &arg) && !str_next_word(&match, " \t", &arg))
			break;
		one = criterion_holds(word, arg, groups);
		all = one < all ? one : all;
	}
	return all;
}

static bool is_in_view(const struct view *v, const struct sshd_setting *s)
{
	enum holds holds = match_holds(s->match, v->groups);

	return s->match.len > 0 &&
		(holds == HOLDS_ALWAYS || (holds == HOLDS_SOMETIMES && str_eq(s->match, v->block)));
}

/* The first block that holds wins over what stands outside of all. */
static const struct sshd_setting *value_of(const struct view *v, const char *keyword)
{
	for (size_t i = 0; i < v->config->settings.len; i++) {
		const struct sshd_setting *s = &v->config->settings.at[i];

		if (str_is(s->keyword, keyword) && is_in_view(v, s))
			return s;
	}
	return sshd_get(v->config, keyword);
}

static bool is_yes(const struct view *v, const char *keyword)
{
	const struct sshd_setting *s = value_of(v, keyword);

	return s && str_is_nocase(s->at.value, "yes");
}

/* USER[@HOST]; a pattern with a host refuses root from there only, and lets root in from there. */
static bool user_fits(struct str pattern, bool for_certain)
{
	struct str user = pattern, host = { 0 };

	if (!str_split(pattern, '@', &user, &host))
		user = pattern;
	return str_glob(user, STR("root")) && (!for_certain || host.len == 0 || str_is(host, "*"));
}

/* A word of AllowGroups or DenyGroups is one pattern: a comma and a '!' stand for themselves. */
static bool group_is(struct str pattern, struct str groups)
{
	struct str group;

	while (str_next_word(&groups, " ", &group))
		if (str_glob(pattern, group))
			return true;
	return false;
}

static bool names_root(const struct view *v, struct str words, const char *keyword)
{
	bool is_group = str_ends(str_of(keyword), "groups");
	struct str word;

	while (str_next_word(&words, " ", &word))
		if (is_group ? group_is(word, v->groups) :
			       user_fits(word, str_starts(str_of(keyword), "deny")))
			return true;
	return false;
}

/* 1: root is on this list, 0: it is not, -1: there is no such list. Lines of one list add up; those
 * of a block that holds stand in place of the others. */
static int on_list(const struct view *v, const char *keyword)
{
	int in_block = -1, outside = -1;

	for (size_t i = 0; i < v->config->settings.len; i++) {
		const struct sshd_setting *s = &v->config->settings.at[i];
		int *found = s->match.len > 0 ? &in_block : &outside;

		if (!str_is(s->keyword, keyword) || (s->match.len > 0 && !is_in_view(v, s)))
			continue;
		if (*found < 1)
			*found = names_root(v, s->at.value, keyword);
	}
	return in_block >= 0 ? in_block : outside;
}

static bool is_refused(const struct view *v)
{
	return on_list(v, "denyusers") == 1 || on_list(v, "denygroups") == 1 ||
		on_list(v, "allowusers") == 0 || on_list(v, "allowgroups") == 0 ||
		is_yes(v, "refuseconnection");
}

/* Is one of the chains of AuthenticationMethods made of passwords alone? */
static bool takes_password(const struct view *v)
{
	const struct sshd_setting *methods = value_of(v, "authenticationmethods");
	bool by_password = is_yes(v, "passwordauthentication");
	bool by_questions = is_yes(v, "kbdinteractiveauthentication") && is_yes(v, "usepam");
	struct str chains, chain, method;

	if (!methods || str_is_nocase(methods->at.value, "any"))
		return by_password || by_questions;
	chains = methods->at.value;
	while (str_next_word(&chains, " ", &chain)) {
		bool is_password = true;

		while (str_next_word(&chain, ",", &method))
			is_password = is_password &&
				((by_password && str_is(method, "password")) ||
					(by_questions &&
						str_starts(method, "keyboard-interactive")));
		if (is_password)
			return true;
	}
	return false;
}

static const char *way_of(struct host *h, const struct view *v, const struct sshd_setting *permit)
{
	struct str value = permit->at.value;

	if (permit->is_default) {
		int version = sshd_version(h, v->config->binary);

		if (version == 0)
			return NULL;
		value = version < DEFAULT_YES_UNTIL ? STR("yes") : value;
	}
	if (str_is_nocase(value, "no") || is_refused(v))
		return "none";
	if (str_is_nocase(value, "yes"))
		return takes_password(v) ? "password" : "key";
	if (str_is_nocase(value, "forced-commands-only"))
		return "command";
	return str_is_nocase(value, "prohibit-password") ||
			str_is_nocase(value, "without-password") ?
		"key" :
		NULL;
}

static void add_way(struct host *h, const struct view *v, struct sshd_root_ways *ret)
{
	const struct sshd_setting *permit = value_of(v, "permitrootlogin");
	struct sshd_root_way *way;

	if (!permit)
		return;
	way = vec_add(host_arena(h), ret);
	*way = (struct sshd_root_way){
		.match = v->block.len > 0 ? v->block : permit->match,
		.permit = permit,
		.way = way_of(h, v, permit),
	};
	if (str_starts(way->match, "all ("))
		way->match = STR("");
}

static struct str groups_of_root(struct host *h)
{
	struct account_reader reader;
	struct account_line line;
	struct str groups = STR("root");

	account_init(&reader, host_bytes(h, STR("/etc/group"), NULL));
	while (account_next(&reader, 3, &line))
		if (!str_is(line.field[0], "root") && list_fits(line.field[3], STR("root")) > 0)
			groups = arena_fmt(host_arena(h), "%.*s %.*s", STR_FMT(groups),
				STR_FMT(str_until(line.field[0], 64)));
	return groups;
}

/* Has a way with these criteria been told already? */
static bool is_told(const struct sshd_root_ways *ways, struct str match)
{
	for (size_t i = 0; i < ways->len; i++)
		if (str_eq(ways->at[i].match, match))
			return true;
	return false;
}

void sshd_root_login(struct host *h, const struct sshd_config *c, struct sshd_root_ways *ret)
{
	struct view v = { .config = c, .groups = groups_of_root(h) };

	*ret = (struct sshd_root_ways){ 0 };
	add_way(h, &v, ret);
	for (size_t i = 0; i < c->settings.len && ret->len < SSHD_ROOT_WAYS_MAX; i++) {
		const struct sshd_setting *s = &c->settings.at[i];

		if (!word_among(s->keyword, concerned) || is_told(ret, s->match) ||
			match_holds(s->match, v.groups) != HOLDS_SOMETIMES)
			continue;
		v.block = s->match;
		add_way(h, &v, ret);
	}
}
