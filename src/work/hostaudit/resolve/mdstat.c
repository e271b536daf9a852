/* "md0 : active raid1 sdb1[1] sda1[0]", and below it, further in, how many disks work. */
#include "work/hostaudit/resolve/mdstat.h"

static bool is_head(struct str line)
{
	return str_starts(line, "md") && str_find(line, STR(" : ")) > 0;
}

/* Behind the colon: active or not, "(read-only)", the level, the members "sda1[0](F)". */
static void read_head(struct str line, struct mdstat_array *m)
{
	struct str word;
	int number = 0;

	str_next_word(&line, " ", &m->name);
	while (str_next_word(&line, " \t", &word)) {
		if (str_is(word, ":") || word.ptr[0] == '(')
			continue;
		if (number++ == 0)
			m->is_active = str_is(word, "active");
		else if (str_has(word, '['))
			m->is_layered = m->is_layered || str_starts(word, "dm-");
		else if (number == 2)
			m->level = word;
		if (number == 2 && m->level.len > 0 && m->members.len == 0)
			m->members = line;
	}
}

/* "[2/1]" */
static void read_count(struct str word, struct mdstat_array *m)
{
	struct str disks, working;
	int64_t all, up;

	if (word.len > 4 && word.ptr[0] == '[' && str_ends(word, "]") &&
		str_split(str_until(str_from(word, 1), word.len - 2), '/', &disks, &working) &&
		str_to_i64(disks, &all) && str_to_i64(working, &up) && all > 0 && up >= 0 &&
		all < 100000 && up < 100000) {
		m->disks = all;
		m->working = up;
	}
}

static void read_body(struct str line, struct mdstat_array *m)
{
	static const char *const actions[] = { "recovery", "resync", "check", "reshape", "repair" };
	struct str word;

	m->is_container = m->is_container || str_find(line, STR("super external:imsm")) >= 0 ||
		str_find(line, STR("super external:ddf")) >= 0;
	while (str_next_word(&line, " \t", &word)) {
		read_count(word, m);
		for (size_t i = 0; i < COUNT(actions); i++)
			if (str_starts(word, actions[i]))
				m->action = str_of(actions[i]);
	}
}

bool mdstat_next(struct str *rest, struct mdstat_array *ret)
{
	struct mdstat_array m = {
		.level = STR(""), .action = STR(""), .members = STR(""), .disks = -1, .working = -1
	};
	struct str line;

	do {
		if (!str_next_line(rest, &line))
			return false;
	} while (!is_head(line));
	read_head(line, &m);
	while (rest->len > 0 && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t') &&
		str_next_line(rest, &line))
		read_body(line, &m);
	*ret = m;
	return true;
}
