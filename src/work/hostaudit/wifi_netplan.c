/* Wireless networks in netplan's files: network > wifis > device > access-points > name. All files
 * make one map, a later one's values over a former's. */
#include <string.h>

#include "work/hostaudit/resolve/yaml_keys.h"
#include "work/hostaudit/wifi.h"

struct netplan_point {
	struct str device;
	struct wifi_network network; /* security is told at the end */
	struct str key_mgmt;
	bool has_auth, has_password;
};

/* A file being read: what it names lives no longer than it. */
struct reading {
	struct wifi_netplan *plan;
	struct arena *scratch;
};

static struct netplan_point *point_of(
	struct wifi_netplan *p, struct str device, struct str name, int line)
{
	struct arena *a = p->list->a;
	struct netplan_point *point;

	for (size_t i = 0; i < p->points.len; i++)
		if (str_eq(p->points.at[i].device, device) &&
			str_eq(p->points.at[i].network.name, name))
			return &p->points.at[i];
	if (p->points.len >= WIFI_NETWORKS_MAX) {
		p->list->is_strange = true;
		return NULL;
	}
	point = vec_add(a, &p->points);
	point->device = arena_str(a, device);
	point->network = (struct wifi_network){ .program = "netplan",
		.name = arena_str(a, name),
		.file = p->list->file,
		.changed_at_s = p->list->changed_at_s,
		.line = line };
	return point;
}

/* What says how it is guarded moves the place that is shown there. */
static void stands_here(struct netplan_point *point, const struct wifi_list *list)
{
	point->network.file = list->file;
	point->network.changed_at_s = list->changed_at_s;
}

static void take_value(struct netplan_point *point, struct wifi_list *list, struct str name,
	const struct yaml_key *k)
{
	struct wifi_network *n = &point->network;

	if (str_is(name, "password") || str_is(name, "auth.password")) {
		stands_here(point, list);
		point->has_password = true;
		n->psk = wifi_psk(k->value);
		n->psk_line = k->line;
		if (str_is(name, "password"))
			point->key_mgmt = STR("psk"); /* netplan(5): a short form of it */
	} else if (str_is(name, "auth.key-management")) {
		stands_here(point, list);
		point->key_mgmt = arena_str(list->a, k->value);
		n->line = k->line;
	} else if (str_is(name, "mode")) {
		n->is_ap = n->is_on = str_is(k->value, "ap");
	}
	point->has_auth |= str_starts(name, "auth.");
}

enum { NETWORK, WIFIS, DEVICE, POINTS, NAME, SETTINGS };

static void take(void *ctx, const struct yaml_key *k)
{
	struct reading *r = ctx;
	struct netplan_point *point;
	struct str name = STR("");

	if (k->depth <= NAME || !str_is(k->path[NETWORK], "network") ||
		!str_is(k->path[WIFIS], "wifis") || !str_is(k->path[POINTS], "access-points"))
		return;
	point = point_of(r->plan, k->path[DEVICE], k->path[NAME], k->line);
	for (size_t i = SETTINGS; i < k->depth; i++)
		name = arena_fmt(r->scratch, "%.*s%s%.*s", STR_FMT(name), i > SETTINGS ? "." : "",
			STR_FMT(k->path[i]));
	if (point && k->value.ptr)
		take_value(point, r->plan->list, name, k);
}

static void pass_over(void *ctx, const struct yaml_key *k)
{
	(void)ctx;
	(void)k;
}

#define SCRATCH_BYTES (8 * MIB)

void wifi_netplan_read(struct wifi_netplan *p, struct str bytes)
{
	struct reading r = { .plan = p };
	struct arena scratch;

	if (str_find(bytes, STR("wifis")) < 0)
		return;
	arena_init(&scratch, SCRATCH_BYTES);
	r.scratch = &scratch;
	/* netplan takes nothing of a file that it cannot read to its end */
	if (yaml_paths(bytes, &scratch, pass_over, NULL))
		(void)yaml_paths(bytes, &scratch, take, &r);
	else
		p->list->is_strange = true;
	arena_done(&scratch);
}

void wifi_netplan_end(struct wifi_netplan *p)
{
	for (size_t i = 0; i < p->points.len; i++) {
		struct netplan_point *point = &p->points.at[i];
		struct wifi_network *n = wifi_add(p->list, "netplan", point->network.line);
		bool is_told = point->key_mgmt.ptr || !point->has_auth;

		if (!n)
			return;
		*n = point->network;
		if (point->key_mgmt.ptr)
			n->security = wifi_security(point->key_mgmt, STR(""), false);
		else
			n->security = is_told ? "open" : NULL;
		n->is_personal = point->has_password && n->security &&
			str_starts(str_of(n->security), "WPA") &&
			!str_starts(point->key_mgmt, "eap") && !str_starts(point->key_mgmt, "802");
		if (!n->is_personal)
			n->psk = (struct wifi_psk){ 0 };
	}
}
