#include "core/trail/silence.h"

#define HEAD "khien silence 1"

void silence_print(const struct silence *s, struct buf *ret)
{
	buf_fmt(ret, HEAD "\ndefault %u\n", s->default_s);
	for (size_t i = 0; i < s->count; i++)
		buf_fmt(ret, "%s %u %.*s\n", sender_kind_name(s->rules[i].kind),
			s->rules[i].silence_s, STR_FMT(s->rules[i].name));
	buf_fmt(ret, "end %zu\n", s->count);
}

static bool take_seconds(struct str text, uint32_t *ret)
{
	uint64_t n;

	if (!str_to_u64(text, 10, &n) || n > SILENCE_MAX_S)
		return false;
	*ret = (uint32_t)n;
	return true;
}

static bool take_rule(struct str line, struct silence_rule *ret)
{
	struct str kind, seconds;

	if (!str_split(line, ' ', &kind, &line) || !str_split(line, ' ', &seconds, &ret->name) ||
		!take_seconds(seconds, &ret->silence_s) || ret->name.len == 0 ||
		ret->name.len > SENDER_NAME_MAX)
		return false;
	for (unsigned i = 1; i <= SENDER_KIND_MAX; i++)
		if (str_is(kind, sender_kind_name(i))) {
			ret->kind = (enum sender_kind)i;
			return true;
		}
	return false;
}

int silence_parse(struct str text, struct arena *a, struct silence *ret, struct err *e)
{
	struct silence s = { 0 };
	struct silence_rule *rules = NULL;
	struct str line, rest = text;
	uint64_t count = 0;
	size_t lines = 0;
	bool is_whole = false;

	while (str_next_line(&rest, &line))
		lines++;
	if (lines < 3 || lines - 3 > SENDER_MAX)
		return err_set(e, ERR_INPUT, "the list of alarms is not whole");
	rules = arena_array(a, struct silence_rule, lines);
	is_whole = str_next_line(&text, &line) && str_is(line, HEAD) &&
		str_next_line(&text, &line) && str_starts(line, "default ") &&
		take_seconds(str_from(line, 8), &s.default_s);
	while (is_whole && s.count < lines - 3)
		is_whole = str_next_line(&text, &line) && take_rule(line, &rules[s.count++]);
	is_whole = is_whole && str_next_line(&text, &line) && str_starts(line, "end ") &&
		str_to_u64(str_from(line, 4), 10, &count) && count == s.count;
	if (!is_whole)
		return err_set(e, ERR_INPUT, "the list of alarms is not whole");
	s.rules = rules;
	*ret = s;
	return 0;
}

const struct silence_rule *silence_of(
	const struct silence *s, enum sender_kind kind, struct str name)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->rules[i].kind == kind && str_eq(s->rules[i].name, name))
			return &s->rules[i];
	return NULL;
}
