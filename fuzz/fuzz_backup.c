/* fuzz_backup: commands and scripts that may make a backup. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "work/hostaudit/resolve/backup.h"
#include "work/hostaudit/resolve/shell_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The environment before a NUL byte, the text after it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, environment = STR("");
	struct backup_call call;
	struct arena a;

	if (size > 64 * KIB)
		return 0;
	(void)str_split(text, '\0', &environment, &text);
	arena_init(&a, 512 * MIB);
	assert(shell_text_live(text, &a).len <= text.len + 1);
	backup_of(text, environment, &a, &call);
	assert(call.tool || call.where != BACKUP_ELSEWHERE || call.scheme);
	assert(call.where != BACKUP_LOCAL || call.target.ptr[0] == '/');
	arena_done(&a);
	return 0;
}
