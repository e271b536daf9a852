/* backups.c - clients of backup systems whose server decides when and what. */
#include "work/hostaudit/backups.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/served.h"
#include "work/hostaudit/tables.h"

enum { TOOL, IS_RUNNING, IS_ENABLED, TRACE, TRACE_AT };

static const struct fact_column columns[] = {
	[TOOL] = { "tool", FACT_TEXT, T("phần mềm sao lưu") },
	[IS_RUNNING] = { "is_running", FACT_INT, T("1: đang chạy") },
	[IS_ENABLED] = { "is_enabled", FACT_INT, T("1: tự chạy khi bật máy") },
	[TRACE] = { "trace", FACT_TEXT, T("dấu vết của lần sao lưu gần nhất") },
	[TRACE_AT] = { "trace_at_s", FACT_INT, T("lúc của dấu vết đó, giây UTC") },
	{ 0 },
};

/* TRACE: a folder in which each session of the client leaves a file; NULL when it leaves none that
 * would tell success. */
static const struct agent {
	const char *tool, *program, *units[4], *programs[4], *trace;
} agents[] = {
	{ "bacula", "/usr/sbin/bacula-fd", { "bacula-fd.service", "bacula-client.service" },
		{ "bacula-fd" }, NULL },
	{ "bareos", "/usr/sbin/bareos-fd", { "bareos-fd.service", "bareos-filedaemon.service" },
		{ "bareos-fd" }, NULL },
	{ "amanda", "/usr/lib/amanda/amandad", { "amanda.socket", "amanda-udp.socket" },
		{ "amandad" }, NULL },
	{ "veeam", "/usr/sbin/veeamservice", { "veeamservice.service" }, { "veeamservice" },
		"/var/log/veeam/Backup/" },
	{ "urbackup", "/usr/local/sbin/urbackupclientbackend", { "urbackupclientbackend.service" },
		{ "urbackupclientb" }, NULL },
	{ "netbackup", "/usr/openv/netbackup/bin/bpcd",
		{ "netbackup.service", "vxpbx_exchanged.service" }, { "bpcd", "vnetd" }, NULL },
	{ "commvault", "/opt/commvault/Base/cvd", { "commvault.Instance001.service" }, { "cvd" },
		NULL },
	{ "acronis", "/usr/lib/Acronis/BackupAndRecovery/mms", { "acronis_mms.service" }, { "mms" },
		NULL },
	{ "tsm", "/opt/tivoli/tsm/client/ba/bin/dsmc", { "dsmcad.service" }, { "dsmcad" }, NULL },
};

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < COUNT(agents); i++) {
		const struct agent *agent = &agents[i];
		struct served s;
		struct str trace;
		int64_t bytes, at_s;

		if (!host_exists(h, agent->program))
			continue;
		s = served(h, agent->units, agent->programs);
		fact_row(rows);
		fact_cstr(rows, TOOL, agent->tool);
		fact_int(rows, IS_RUNNING, s.is_running);
		fact_int(rows, IS_ENABLED, s.is_enabled);
		if (!agent->trace)
			continue;
		at_s = backup_newest(h, str_of(agent->trace), &trace, &bytes);
		if (at_s > 0) {
			fact_text(rows, TRACE, trace);
			fact_int(rows, TRACE_AT, at_s);
		}
	}
	return 0;
}

const struct fact_table backup_agents_table = {
	.name = "backup_agents",
	.words = T("phần mềm sao lưu do máy chủ sao lưu điều khiển"),
	.columns = columns,
	.fill = fill,
};
