/* fuzz_wifi.c - files that hold wireless networks: the first byte chooses the reader. */
#include <stdlib.h>

#include "work/hostaudit/nm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct wifi_network *n)
{
	if (n->psk.length < 0 || n->line < 0 || n->psk_line < 0)
		abort();
	if (n->psk.is_known && n->psk.length == 0 && n->psk.has_lower)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data + 1, size - 1 };
	struct arena a;
	struct wifi_list list = { .a = &a, .file = STR("/var/lib/iwd/=4142.psk") };
	struct wifi_netplan plan = { .list = &list };
	struct nm_profile p;

	if (size < 1)
		return 0;
	arena_init(&a, 64 * MIB);
	switch (data[0] % 8) {
	case 0:
		wifi_read_wpa(&list, bytes);
		break;
	case 1:
		wifi_read_hostapd(&list, bytes);
		break;
	case 2:
		wifi_read_iwd(&list, bytes);
		break;
	case 3:
		wifi_netplan_read(&plan, bytes);
		wifi_netplan_read(&plan, str_from(bytes, bytes.len / 2)); /* a later file */
		wifi_netplan_end(&plan);
		break;
	case 4:
		wifi_read_interfaces(&list, bytes);
		break;
	case 5:
		wifi_read_ifcfg(&list, bytes, bytes);
		break;
	case 6:
		list.file = bytes;
		wifi_read_iwd(&list, bytes);
		break;
	default:
		nm_parse(bytes, &a, &p);
		judge(&p.wifi);
	}
	if (list.all.len > WIFI_NETWORKS_MAX)
		abort();
	for (size_t i = 0; i < list.all.len; i++)
		judge(&list.all.at[i]);
	arena_done(&a);
	return 0;
}
