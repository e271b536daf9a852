/* One rule of usbguard: "allow id 1d6b:0002 with-interface one-of { 09:00:00 08:*:* } if …". */
#include "work/hostaudit/resolve/usbguard.h"

/* The next word; what stands in quotes is one. */
static bool next(struct str *rest, struct str *ret)
{
	size_t n = 1;

	*rest = str_trim(*rest);
	if (rest->len == 0)
		return false;
	if (rest->ptr[0] != '"')
		return str_next_word(rest, " \t", ret);
	while (n < rest->len && rest->ptr[n] != '"')
		n += rest->ptr[n] == '\\' ? 2 : 1;
	n = n < rest->len ? n + 1 : rest->len;
	*ret = str_until(*rest, n);
	*rest = str_from(*rest, n);
	return true;
}

/* "08:*:*", "08:06:50", "*:*:*" */
static bool is_disk(struct str interface)
{
	static const char *const parts[] = { "08", "06", "50" };
	struct str rest = interface, part;

	for (size_t i = 0; i < COUNT(parts); i++)
		if (!str_next_word(&rest, ":", &part) ||
			!(str_is(part, "*") || str_is(part, parts[i])))
			return false;
	return true;
}

/* How a condition on interfaces ends for a device whose only one is a disk's. */
struct interfaces {
	bool is_none_of, is_one_of;
	size_t count, disks;
};

static bool fits(const struct interfaces *i)
{
	if (i->is_none_of)
		return i->disks == 0;
	return i->is_one_of ? i->disks > 0 : i->disks > 0 && i->disks == i->count;
}

/* The values of one attribute: a word, or an operator and words between braces. */
struct values {
	struct interfaces interfaces;
	bool is_any; /* "*:*", "" */
};

static void take(struct values *v, struct str word)
{
	v->is_any |= str_is(word, "*:*") || str_is(word, "*") || str_is(word, "\"\"");
	v->interfaces.count++;
	v->interfaces.disks += is_disk(word);
}

static struct values values_of(struct str *rest)
{
	static const char *const operators[] = { "all-of", "one-of", "none-of", "equals",
		"equals-ordered", "match-all" };
	struct values v = { 0 };
	struct str word;

	if (!next(rest, &word))
		return v;
	for (size_t i = 0; i < COUNT(operators); i++)
		if (str_is(word, operators[i])) {
			v.interfaces.is_one_of = i == 1;
			v.interfaces.is_none_of = i == 2;
			if (!next(rest, &word))
				return v;
			break;
		}
	if (!str_is(word, "{")) {
		take(&v, word);
		return v;
	}
	while (next(rest, &word) && !str_is(word, "}"))
		take(&v, word);
	return v;
}

enum usbguard_says usbguard_rule(struct str line)
{
	static const char *const own[] = { "hash", "parent-hash", "name", "serial", "id" };
	struct str rest = str_trim(line), word;
	bool is_allowing;

	if (!next(&rest, &word) || word.ptr[0] == '#')
		return USBGUARD_PASSES;
	is_allowing = str_is(word, "allow");
	if (!is_allowing && !str_is(word, "block") && !str_is(word, "reject"))
		return USBGUARD_PASSES;
	while (next(&rest, &word)) {
		struct values v;

		if (word.ptr[0] == '#')
			break;
		if (str_is(word, "if"))
			return USBGUARD_UNCLEAR;
		/* "allow 1d6b:0002": the id may stand without its name */
		if (str_has(word, ':') && word.ptr[0] != '"') {
			if (!str_is(word, "*:*"))
				return USBGUARD_PASSES;
			continue;
		}
		v = values_of(&rest);
		for (size_t i = 0; i < COUNT(own); i++)
			if (str_is(word, own[i]) && !v.is_any && !v.interfaces.is_none_of)
				return USBGUARD_PASSES;
		if (str_is(word, "with-interface") && !fits(&v.interfaces))
			return USBGUARD_PASSES;
		/* one port, one kind of connector: what is let in there is let in */
		if ((str_is(word, "via-port") || str_is(word, "with-connect-type")) && !is_allowing)
			return USBGUARD_PASSES;
	}
	return is_allowing ? USBGUARD_ALLOWS : USBGUARD_BLOCKS;
}
