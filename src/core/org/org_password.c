/* org_password.c - what the rules have against a password. */
#include "core/org/org_int.h"

#define PASSWORD_BYTES_MAX 256

struct kinds {
	int64_t letters; /* code points */
	bool has_lower, has_upper, has_digit, has_special;
};

static struct kinds kinds_of(struct str password)
{
	struct kinds k = { 0 };

	for (size_t i = 0; i < password.len; i++) {
		unsigned char c = (unsigned char)password.ptr[i];

		k.letters += (c & 0xC0) != 0x80;
		if (c >= 'a' && c <= 'z')
			k.has_lower = true;
		else if (c >= 'A' && c <= 'Z')
			k.has_upper = true;
		else if (c >= '0' && c <= '9')
			k.has_digit = true;
		else if (c > ' ' && c < 0x7f)
			k.has_special = true;
	}
	return k;
}

/* The fault of lacking the kind NAMED by a pack; an unknown name is held against no password, since
 * pack check refuses it. */
static unsigned lacking(const struct kinds *k, struct str named)
{
	if (str_is(named, "lower"))
		return k->has_lower ? 0 : PASSWORD_NO_LOWER;
	if (str_is(named, "upper"))
		return k->has_upper ? 0 : PASSWORD_NO_UPPER;
	if (str_is(named, "digit"))
		return k->has_digit ? 0 : PASSWORD_NO_DIGIT;
	if (str_is(named, "special"))
		return k->has_special ? 0 : PASSWORD_NO_SPECIAL;
	if (str_is(named, "digit-or-special"))
		return k->has_digit || k->has_special ? 0 : PASSWORD_NO_DIGIT_OR_SPECIAL;
	return 0;
}

unsigned org_password_faults(const struct org_rules *rules, struct str password, struct str login)
{
	struct kinds k = kinds_of(password);
	unsigned faults = 0;

	if (k.letters < rules->pw_min_len->number)
		faults |= PASSWORD_SHORT;
	if (password.len > PASSWORD_BYTES_MAX)
		faults |= PASSWORD_LONG;
	for (size_t i = 0; i < rules->pw_classes->item_count; i++)
		faults |= lacking(&k, rules->pw_classes->items[i]);
	if (login.len && str_eq_nocase(password, login))
		faults |= PASSWORD_IS_NAME;
	return faults;
}
