/* fuzz_pam.c - lines of PAM files, control fields, arguments, and the walk through what they make.
 */
#include <stdlib.h>

#include "work/hostaudit/resolve/password.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A module whose answers come from the input. */
struct dice {
	struct str bytes;
	size_t at;
};

static enum pam_code roll(void *context, const struct pam_rule *rule)
{
	struct dice *d = context;

	return d->bytes.len > 0 ?
		(enum pam_code)((unsigned char)d->bytes.ptr[d->at++ % d->bytes.len] % PAM_RETURNS) :
		PAM_CODE_SUCCESS;
}

static void read_rules(struct str bytes, bool has_service, struct arena *a)
{
	static struct pam_rule rules[64];
	struct pam_stack stack = { .rules = rules };
	struct pam_reader r;
	struct pam_line line;
	struct dice dice = { bytes, 0 };

	pam_reader_init(&r, bytes, has_service, a);
	while (pam_reader_next(&r, &line)) {
		struct pam_rule *rule = &rules[stack.count];
		struct str args = line.args, arg;

		if (line.line < 1)
			abort();
		while (pam_next_arg(&args, &arg))
			if (arg.len > line.args.len)
				abort();
		if (stack.count == COUNT(rules))
			continue;
		*rule = (struct pam_rule){ .args = line.args,
			.level = (int)(line.args.len % 3),
			.is_substack = line.is_silent };
		(void)pam_control_parse(line.control, rule->action);
		for (int i = 0; i < PAM_RETURNS; i++)
			if (rule->action[i] < PAM_ACTION_RESET || rule->action[i] > PAM_RULES_MAX)
				abort();
		stack.count++;
	}
	(void)pam_stack_run(&stack, roll, &dice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct option_reader options;
	struct str name, value;
	int64_t min[5];
	struct arena a;

	if (size > 256 * KIB)
		return 0;
	arena_init(&a, 64 * MIB);
	read_rules(bytes, false, &a);
	read_rules(bytes, true, &a);
	option_init(&options, bytes);
	while (option_next(&options, &name, &value))
		if (name.len == 0)
			abort();
	(void)passwdqc_min_parse(bytes, min);
	arena_done(&a);
	return 0;
}
