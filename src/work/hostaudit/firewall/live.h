/* live.h - private to hostaudit: the rules the running kernel holds. Needs CAP_NET_ADMIN;
 * without it a gap "no-rights". */
#ifndef WORK_FIREWALL_LIVE_H
#define WORK_FIREWALL_LIVE_H

#include "work/hostaudit/firewall/firewall.h"
#include "work/hostaudit/host.h"

/* nftables, and the older tables of iptables where they are loaded. */
void fw_live(struct host *h, struct fw_ruleset *set);

#endif
