/* fuzz_iptables_save: saved rules of iptables, and the same bytes as the lists they name. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/firewall/firewall.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct fw_ruleset *set;

	arena_init(&a, 512 * MIB);
	set = arena_new(&a, struct fw_ruleset);
	fw_init(set, &a);
	fw_add_ipset_save(set, text);
	fw_add_save(set, text, STR("fuzz"), 4);
	fw_judge(set, 4);
	arena_done(&a);
	return 0;
}
