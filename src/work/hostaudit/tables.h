/* tables.h - private to hostaudit: the rows that the table_*.c files declare, one line each. */
#ifndef WORK_TABLES_H
#define WORK_TABLES_H

struct fact_table;
extern const struct fact_table antivirus_table;
extern const struct fact_table approved_table;
extern const struct fact_table auto_updates_table;
extern const struct fact_table databases_table;
extern const struct fact_table declared_table;
extern const struct fact_table backup_agents_table;
extern const struct fact_table backups_declared_table;
extern const struct fact_table firewall_boot_table;
extern const struct fact_table firewall_table;
extern const struct fact_table firmware_table;
extern const struct fact_table groups_table;
extern const struct fact_table host_profile_table;
extern const struct fact_table integrity_table;
extern const struct fact_table jobs_table;
extern const struct fact_table listening_ports_table;
extern const struct fact_table lock_policy_table;
extern const struct fact_table log_limits_table;
extern const struct fact_table log_policies_table;
extern const struct fact_table log_space_table;
extern const struct fact_table log_spans_table;
extern const struct fact_table mounts_table;
extern const struct fact_table os_release_table;
extern const struct fact_table os_support_table;
extern const struct fact_table package_lists_table;
extern const struct fact_table package_sources_table;
extern const struct fact_table packages_table;
extern const struct fact_table pam_rules_table;
extern const struct fact_table pending_updates_table;
extern const struct fact_table process_code_table;
extern const struct fact_table process_preloads_table;
extern const struct fact_table processes_table;
extern const struct fact_table pw_policy_table;
extern const struct fact_table remote_admin_table;
extern const struct fact_table remote_users_table;
extern const struct fact_table samba_config_table;
extern const struct fact_table raid_arrays_table;
extern const struct fact_table screen_autologins_table;
extern const struct fact_table screen_locks_table;
extern const struct fact_table session_limits_table;
extern const struct fact_table shadow_table;
extern const struct fact_table shares_table;
extern const struct fact_table shell_timeouts_table;
extern const struct fact_table sshd_config_table;
extern const struct fact_table sshd_server_table;
extern const struct fact_table storage_table;
extern const struct fact_table systemd_units_table;
extern const struct fact_table usb_storage_table;
extern const struct fact_table apt_config_table;
extern const struct fact_table app_stores_table;
extern const struct fact_table log_exposures_table;
extern const struct fact_table log_forwarding_table;
extern const struct fact_table log_seals_table;
extern const struct fact_table logins_table;
extern const struct fact_table net_links_table;
extern const struct fact_table network_roles_table;
extern const struct fact_table protections_table;
extern const struct fact_table remote_settings_table;
extern const struct fact_table software_table;
extern const struct fact_table ssh_keys_table;
extern const struct fact_table wifi_networks_table;
extern const struct fact_table users_table;

#endif
