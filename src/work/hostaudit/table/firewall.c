/* firewall.c - what the running kernel does with a connection from outside that no rule
 * names. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/firewall/live.h"
#include "work/hostaudit/tables.h"

enum { FAMILY, STATE, CHAIN, POLICY, RULES, DETAIL };

static const struct fact_column columns[] = {
	[FAMILY] = { "family", FACT_TEXT, T("ip4 hoặc ip6") },
	[STATE] = { "state", FACT_TEXT, T("none, open, closed hoặc unclear") },
	[CHAIN] = { "chain", FACT_TEXT, T("bảng và chuỗi quyết định") },
	[POLICY] = { "policy", FACT_TEXT, T("chính sách của chuỗi đó") },
	[RULES] = { "rules", FACT_INT, T("số luật trong các chuỗi gói vào") },
	[DETAIL] = { "detail", FACT_TEXT, T("chi tiết") },
	{ 0 },
};

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	static const char *const states[] = { "none", "open", "closed", "unclear" };
	struct fw_ruleset *set;
	struct arena a;

	if (!host_is_live(h)) { /* a recorded /proc holds no rules */
		host_gap(h, GAP_NOT_LIVE, "nftables");
		return 0;
	}
	arena_init(&a, 128 * MIB);
	set = arena_new(&a, struct fw_ruleset);
	fw_init(set, &a);
	fw_live(h, set);
	for (int family = 4; family <= 6; family += 2) {
		struct fw_judgement j = fw_judge(set, family);

		fact_row(rows);
		fact_cstr(rows, FAMILY, family == 4 ? "ip4" : "ip6");
		fact_cstr(rows, STATE, states[j.state]);
		fact_int(rows, RULES, (int64_t)j.rules);
		if (j.detail.len > 0)
			fact_text(rows, DETAIL, j.detail);
		if (j.chain == NULL)
			continue;
		fact_text(rows, CHAIN,
			arena_fmt(
				&a, "%.*s %.*s", STR_FMT(j.chain->table), STR_FMT(j.chain->name)));
		fact_cstr(rows, POLICY, j.chain->policy == FW_DROP ? "drop" : "accept");
	}
	arena_done(&a);
	return 0;
}

const struct fact_table firewall_table = {
	.name = "firewall",
	.words = T("tường lửa đang có hiệu lực trong nhân hệ điều hành"),
	.flags = FACT_LIVE,
	.columns = columns,
	.fill = fill,
};
