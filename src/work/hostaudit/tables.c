/* Every table, by name. A new one is its file table_NAME.c, its row here, and its line in meson.build. */
#include "work/hostaudit/fact.h"

#include "work/hostaudit/tables.h"

const struct fact_table *const fact_tables[] = {
	&listening_ports_table,
	&mounts_table,
	&process_code_table,
	&process_preloads_table,
	&processes_table,
	&samba_config_table,
	&users_table,
	&groups_table,
	&shadow_table,
	&pam_rules_table,
	&pw_policy_table,
	&lock_policy_table,
	&remote_users_table,
	&host_profile_table,
	&os_release_table,
	&os_support_table,
	&packages_table,
	&package_lists_table,
	&pending_updates_table,
	&package_sources_table,
	&auto_updates_table,
	&systemd_units_table,
	&jobs_table,
	NULL,
};
