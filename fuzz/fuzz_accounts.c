/* fuzz_accounts.c - passwd, group and shadow: whatever the line, no hash comes out. */
#include <stdlib.h>

#include "work/hostaudit/resolve/account.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct account_reader r;
	struct account_line line;

	account_init(&r, (struct str){ (const char *)data, size });
	while (account_next(&r, 2, &line)) {
		if (line.line < 1 || line.count < 2 || line.count > ACCOUNT_FIELDS_MAX)
			abort();
		if (!account_password_state(line.field[1]))
			abort();
		(void)account_password_algorithm(line.field[1]);
		(void)account_id(line.field[2]);
		(void)account_shell_is_login(line.field[6]);
	}
	return 0;
}
