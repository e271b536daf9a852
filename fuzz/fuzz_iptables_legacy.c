/* fuzz_iptables_legacy: entries of a legacy table, after two offsets. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/firewall/firewall.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct fw_ruleset *set;
	struct fw_legacy table = { .family = 4 };

	arena_init(&a, 512 * MIB);
	set = arena_new(&a, struct fw_ruleset);
	if (size >= 8) {
		memcpy(&table.hook_entry, data, 4);
		memcpy(&table.underflow, data + 4, 4);
		table.entries = data + 8;
		table.size = size - 8;
		for (table.family = 4; table.family <= 6; table.family += 2) {
			fw_init(set, &a);
			fw_add_legacy(set, &table);
			fw_judge(set, table.family);
		}
	}
	(void)text;
	arena_done(&a);
	return 0;
}
