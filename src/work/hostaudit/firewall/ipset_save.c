/* ipset_save.c - the text of "ipset save", read before the saved rules that name its lists. */
#include "work/hostaudit/firewall/firewall.h"

#define SETS_MAX 4096

static struct fw_saved_set *named(const struct fw_ruleset *set, struct str name)
{
	for (size_t i = 0; i < set->saved_sets.len; i++)
		if (str_eq(set->saved_sets.at[i].name, name))
			return &set->saved_sets.at[i];
	return NULL;
}

/* "create coquan hash:net,port family inet6 …" */
static void create(struct fw_ruleset *set, struct str name, struct str rest)
{
	struct fw_saved_set *s;
	struct str type, kind, kinds, word;

	if (!str_next_word(&rest, " \t", &type) || !str_split(type, ':', &word, &kinds) ||
		named(set, name) != NULL)
		return;
	if (set->saved_sets.len >= SETS_MAX) {
		set->is_full = true;
		return;
	}
	s = vec_add(set->a, &set->saved_sets);
	*s = (struct fw_saved_set){ .name = name,
		.kind = str_split(kinds, ',', &kind, &word) ? kind : kinds,
		.is_joined = str_find_char(kinds, ',') >= 0,
		.is_six = str_find(rest, STR("inet6")) >= 0,
		.four = { .of = FW_IP4 },
		.six = { .of = FW_IP6 },
		.ports = { .of = FW_PORTS } };
}

/* "add coquan 10.1.0.0/16,tcp:22 timeout 0"; with "nomatch" an exception among the others. */
static void add(struct fw_saved_set *s, struct str rest)
{
	struct str element, value, others, word;

	if (!str_next_word(&rest, " \t", &element))
		return;
	while (str_next_word(&rest, " \t", &word))
		if (str_is(word, "nomatch"))
			return;
	if (!str_split(element, ',', &value, &others))
		value = element;
	if (str_is(s->kind, "port"))
		fw_cover_ports(&s->ports, value);
	else
		fw_cover_addresses(&s->four, &s->six, value);
}

void fw_add_ipset_save(struct fw_ruleset *set, struct str text)
{
	struct str line, word, name;
	struct fw_saved_set *s;

	while (str_next_line(&text, &line)) {
		if (!str_next_word(&line, " \t", &word) || !str_next_word(&line, " \t", &name))
			continue;
		if (str_is(word, "create") || str_is(word, "-N")) {
			create(set, name, line);
			continue;
		}
		s = str_is(word, "add") || str_is(word, "-A") ? named(set, name) : NULL;
		if (s != NULL)
			add(s, line);
	}
}

enum fw_when fw_saved_set_when(const struct fw_ruleset *set, struct str name, struct str flags)
{
	const struct fw_saved_set *s = named(set, name);
	enum fw_when when;
	bool is_source = str_starts(flags, "src");

	if (s == NULL || set->is_full)
		return FW_WIDE;
	if (str_is(s->kind, "mac"))
		return FW_NARROW;
	if (str_is(s->kind, "port") && !is_source)
		when = fw_cover_when(&s->ports);
	else if ((str_is(s->kind, "ip") || str_is(s->kind, "net")) && is_source)
		when = fw_cover_when(s->is_six ? &s->six : &s->four);
	else
		return FW_WIDE;
	/* a port or an interface besides: fewer, but who knows how many */
	return s->is_joined && when == FW_ALWAYS ? FW_WIDE : when;
}
