/* fuzz_ini.c - INI-like files in every dialect, systemd's spans of time, inetd, xinetd, snmpd. */
#include <stdlib.h>

#include "work/hostaudit/resolve/plain.h"
#include "work/hostaudit/resolve/systemd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_plain(struct str bytes)
{
	struct inetd_reader inetd;
	struct inetd_entry entry;
	struct snmp_reader snmp;
	struct snmp_entry agent;

	inetd_init(&inetd, bytes);
	while (inetd_next(&inetd, &entry))
		(void)plain_service_name(entry.service), (void)plain_server_name(&entry);
	inetd_init(&inetd, bytes);
	while (xinetd_next(&inetd, &entry))
		(void)plain_service_name(entry.service), (void)plain_server_name(&entry);
	snmp_init(&snmp, bytes);
	while (snmp_next(&snmp, &agent)) {
		/* the community stays in its file */
		if (agent.kind == SNMP_COMMUNITY && agent.value.len > 0)
			abort();
		(void)snmp_is_local(agent.value);
	}
}

static void read_command(struct str command)
{
	struct arena a;

	arena_init(&a, 64 * MIB);
	(void)snmp_is_local(snmp_command_addresses(command, &a));
	(void)snmp_command_files(command, &a);
	(void)plain_gives_shell(command);
	arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };

	if (size > 256 * KIB)
		return 0;
	for (unsigned flags = 0; flags < 8; flags++) {
		struct ini ini;
		struct ini_entry entry;
		struct arena a;
		uint64_t us;
		int last = 0;

		arena_init(&a, 16 * MIB);
		ini_init(&ini, bytes, flags, &a);
		while (ini_next(&ini, &entry)) {
			if (entry.line <= last || entry.key.len == 0)
				abort();
			last = entry.line;
			(void)systemd_span(entry.value, &us);
		}
		arena_done(&a);
	}
	read_plain(bytes);
	if (size <= 4 * KIB)
		read_command(bytes);
	return 0;
}
