/* Every table, by name. A new one is its file table_NAME.c, its row here, and its line in meson.build. */
#include "work/hostaudit/fact.h"

#include "work/hostaudit/tables.h"

const struct fact_table *const fact_tables[] = {
	&approved_table,
	&auto_updates_table,
	&databases_table,
	&declared_table,
	&groups_table,
	&host_profile_table,
	&jobs_table,
	&listening_ports_table,
	&lock_policy_table,
	&mounts_table,
	&os_release_table,
	&os_support_table,
	&package_lists_table,
	&package_sources_table,
	&packages_table,
	&pam_rules_table,
	&pending_updates_table,
	&process_code_table,
	&process_preloads_table,
	&processes_table,
	&pw_policy_table,
	&remote_users_table,
	&samba_config_table,
	&shadow_table,
	&shares_table,
	&sshd_config_table,
	&sshd_server_table,
	&systemd_units_table,
	&users_table,
	&shell_timeouts_table,
	&session_limits_table,
	NULL,
};
