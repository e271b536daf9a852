/* firewall_boot.c - which firewall the next start of the machine brings, as the files tell
 * it: ufw, firewalld, nftables.service, saved rules of iptables. The same for a running machine and
 * an image. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/firewall/firewall.h"
#include "work/hostaudit/firewall/firewalld.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum { MECHANISM, FAMILY, IS_STARTED, STATE, FOUND, FILE_PATH, LINE };

static const struct fact_column columns[] = {
	[MECHANISM] = { "mechanism", FACT_TEXT, T("phần mềm tường lửa") },
	[FAMILY] = { "family", FACT_TEXT, T("ip4 hoặc ip6") },
	[IS_STARTED] = { "is_started", FACT_INT, T("được khởi động cùng máy") },
	[STATE] = { "state", FACT_TEXT, T("none, open, closed hoặc unclear") },
	[FOUND] = { "found", FACT_TEXT, T("giá trị tìm thấy") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

static const char *const states[] = { "none", "open", "closed", "unclear" };

struct boot {
	struct host *h;
	struct fact_rows *rows;
};

struct answer {
	const char *mechanism;
	int family;
	bool is_started;
	enum fw_state state;
	struct str found, file;
	int64_t line;
};

static void show(struct boot *b, const struct answer *a)
{
	fact_row(b->rows);
	fact_cstr(b->rows, MECHANISM, a->mechanism);
	fact_cstr(b->rows, FAMILY, a->family == 4 ? "ip4" : "ip6");
	fact_int(b->rows, IS_STARTED, a->is_started);
	fact_cstr(b->rows, STATE, states[a->state]);
	fact_text(b->rows, FOUND, a->found);
	if (a->file.len > 0) {
		fact_text(b->rows, FILE_PATH, a->file);
		fact_int(b->rows, LINE, a->line);
	}
}

/* ---- ufw: files in the form of a shell's assignments ---- */

static struct setting shell_value(struct host *h, const char *path, const char *key)
{
	struct setting s = { 0 };
	struct str file = STR("");
	struct str rest = host_bytes(h, str_of(path), &file), line, name, value;

	for (int n = 1; str_next_line(&rest, &line); n++)
		if (str_split(str_trim(line), '=', &name, &value) && str_is(str_trim(name), key))
			setting_win(&s, host_arena(h), str_unquote(str_trim(value)), file, n);
	return s;
}

#define UFW_FILES_BYTES (16 * MIB)

/* What ufw's own files of rules make of its default. Chains that it makes itself as it starts are
 * there and empty: those of the log only log. */
static enum fw_state ufw_rules(struct boot *b, int family, bool is_closed)
{
	static const char *const files[] = { "before", "user", "after" };
	const char *six = family == 6 ? "6" : "";
	unsigned space = (unsigned)family;
	struct fw_ruleset *set;
	struct fw_chain *input;
	enum fw_state state = FW_UNCLEAR;
	struct arena a;
	int64_t bad = 0;

	arena_init(&a, UFW_FILES_BYTES);
	set = arena_new(&a, struct fw_ruleset);
	fw_init(set, &a);
	input = fw_chain(set, space, STR("filter"), STR("INPUT"));
	input->families = 1u << family;
	input->hook = FW_HOOK_INPUT;
	input->policy = is_closed ? FW_DROP : FW_ACCEPT;
	fw_chain(set, space, STR("filter"), arena_fmt(&a, "ufw%s-logging-deny", six));
	fw_chain(set, space, STR("filter"), arena_fmt(&a, "ufw%s-logging-allow", six));
	for (size_t i = 0; i < COUNT(files); i++) {
		struct str path = arena_fmt(&a, "/etc/ufw/%s%s.rules", files[i], six);
		struct str chain = arena_fmt(&a, "ufw%s-%s-input", six, files[i]), file = path;
		struct str text = host_bytes(b->h, path, &file);

		fw_chain(set, space, STR("filter"), chain);
		*fw_rule(set, input) = (struct fw_rule){ .verdict = FW_JUMP, .target = chain };
		if (text.len > 0)
			bad |= fw_add_save(set, text, file, family);
	}
	if (bad == 0)
		state = fw_judge(set, family).state;
	arena_done(&a);
	return state;
}

/* Beside its rules ufw runs these two, where they may be executed: what a script of somebody makes
 * of a firewall is not read. */
static struct str ufw_script(struct host *h)
{
	static const char *const paths[] = { "/etc/ufw/before.init", "/etc/ufw/after.init" };

	for (size_t i = 0; i < COUNT(paths); i++) {
		struct host_stat st;
		struct str bytes, line;

		if (host_stat(h, paths[i], &st) != 0 || (st.mode & 0111) == 0)
			continue;
		bytes = host_bytes(h, str_of(paths[i]), NULL);
		while (str_next_line(&bytes, &line))
			if (!str_starts(str_trim(line), "#") &&
				(str_find(line, STR("tables")) >= 0 ||
					str_find(line, STR("nft")) >= 0))
				return str_of(paths[i]);
	}
	return STR_NONE;
}

static void read_ufw(struct boot *b)
{
	struct setting on = shell_value(b->h, "/etc/ufw/ufw.conf", "ENABLED");
	struct setting policy = shell_value(b->h, "/etc/default/ufw", "DEFAULT_INPUT_POLICY");
	struct setting six = shell_value(b->h, "/etc/default/ufw", "IPV6");
	bool is_on = str_is_nocase(on.value, "yes") && unit_starts(b->h, "ufw.service");
	bool is_closed =
		str_is_nocase(policy.value, "DROP") || str_is_nocase(policy.value, "REJECT");

	struct str script;

	if (on.value.ptr == NULL)
		return;
	script = ufw_script(b->h);
	for (int family = 4; family <= 6; family += 2) {
		/* ufw-init: only these two words load rules of IPv6; with any other it sets the
		 * policies of IPv6 to DROP and lets the loop through */
		bool is_covered =
			family == 4 || str_is(six.value, "yes") || str_is(six.value, "YES");
		struct answer a = { .mechanism = "ufw", .family = family, .is_started = is_on };

		a.state = !is_on    ? FW_NONE :
			!is_covered ? FW_CLOSED :
				      ufw_rules(b, family, is_closed);
		a.found = arena_fmt(host_arena(b->h),
			"ENABLED=%.*s, DEFAULT_INPUT_POLICY=%.*s, IPV6=%.*s", STR_FMT(on.value),
			STR_FMT(policy.value), STR_FMT(six.value));
		a.file = !is_on ? on.file : !is_covered ? six.file : policy.file;
		a.line = !is_on ? on.line : !is_covered ? six.line : policy.line;
		if (is_on && is_covered && is_closed && a.state != FW_CLOSED) {
			a.found = arena_fmt(host_arena(b->h), "%.*s, user%s.rules",
				STR_FMT(a.found), family == 6 ? "6" : "");
			a.file = arena_fmt(
				host_arena(b->h), "/etc/ufw/user%s.rules", family == 6 ? "6" : "");
			a.line = 0;
		}
		if (is_on && script.ptr) {
			a.state = FW_UNCLEAR;
			a.file = script;
			a.line = 0;
		}
		show(b, &a);
	}
}

/* ---- firewalld ---- */

static void read_firewalld(struct boot *b)
{
	struct answer a = { .mechanism = "firewalld",
		.is_started = unit_starts(b->h, "firewalld.service") };

	if (!host_exists(b->h, "/usr/sbin/firewalld") && !host_exists(b->h, "/usr/bin/firewalld"))
		return;
	for (a.family = 4; a.family <= 6; a.family += 2) {
		struct firewalld f = firewalld_state(b->h, a.family);

		a.state = a.is_started ? f.state : FW_NONE;
		a.found = f.found;
		a.file = f.file;
		show(b, &a);
	}
}

/* ---- nftables.service ---- */

#define SCRIPTS_MAX 500

struct script {
	struct host *h;
	struct arena *a;
	int depth;
	int files; /* read so far: includes may name one another */
};

static int64_t read_script(struct script *s, struct fw_ruleset *set, const char *path);

static int64_t include(void *context, struct fw_ruleset *set, struct str pattern)
{
	struct script *s = context;
	const struct str *paths;
	int64_t bad = 0;
	size_t count;

	if (pattern.len == 0 || pattern.ptr[0] != '/' || s->depth >= LIMIT_HOST_INCLUDE_DEPTH)
		return 1;
	if (host_glob(s->h, arena_cstr(s->a, pattern), &paths, &count) < 0)
		return 1;
	/* without a pattern the file must be there: else nft loads nothing of the script */
	if (count == 0 && !str_has(pattern, '*') && !str_has(pattern, '?') &&
		!str_has(pattern, '['))
		return 1;
	s->depth++;
	for (size_t i = 0; i < count; i++)
		bad |= read_script(s, set, paths[i].ptr);
	s->depth--;
	return bad;
}

static int64_t read_script(struct script *s, struct fw_ruleset *set, const char *path)
{
	const struct host_file *file;
	int64_t bad;

	if (++s->files > SCRIPTS_MAX || host_read(s->h, path, &file) < 0)
		return 1;
	bad = fw_add_nft_text(set,
		&(struct fw_text){ .text = file->bytes,
			.file = file->path,
			.include = include,
			.context = s });
	if (bad > 0)
		host_gap(s->h, GAP_SYNTAX, path);
	return bad;
}

/* The file after "-f" in ExecStart=, else the usual one. */
static const char *script_path(struct host *h)
{
	struct setting command;
	struct str rest, word;

	systemd_unit_conf(h, "nftables.service", "Service", "ExecStart", &command);
	rest = command.value;
	while (str_next_word(&rest, " \t", &word))
		if (str_is(word, "-f") && str_next_word(&rest, " \t", &word) &&
			str_starts(word, "/"))
			return arena_cstr(host_arena(h), word);
	return host_exists(h, "/etc/sysconfig/nftables.conf") ? "/etc/sysconfig/nftables.conf" :
								"/etc/nftables.conf";
}

static void show_judged(struct boot *b, struct answer *a, const struct fw_ruleset *set)
{
	struct fw_judgement j = fw_judge(set, a->family);
	struct arena *arena = host_arena(b->h);

	a->state = j.state;
	if (j.chain == NULL) {
		a->found = STR("no input chain");
	} else {
		a->found = arena_fmt(arena, "%.*s %.*s: policy %s, %zu rules",
			STR_FMT(j.chain->table), STR_FMT(j.chain->name),
			j.chain->policy == FW_DROP ? "drop" : "accept", j.rules);
		if (j.chain->file.len > 0) {
			a->file = arena_str(arena, j.chain->file);
			a->line = j.chain->line;
		}
	}
	show(b, a);
}

static void read_nftables(struct boot *b)
{
	const char *path = script_path(b->h);
	bool is_started = unit_starts(b->h, "nftables.service");
	struct fw_ruleset *set;
	struct script s = { .h = b->h };
	struct arena a;

	if (!host_exists(b->h, path) || (!is_started && !host_exists(b->h, "/usr/sbin/nft")))
		return;
	arena_init(&a, 64 * MIB);
	s.a = &a;
	set = arena_new(&a, struct fw_ruleset);
	fw_init(set, &a);
	if (is_started) /* a script that nobody runs need not be understood */
		read_script(&s, set, path);
	for (int family = 4; family <= 6; family += 2) {
		struct answer answer = { .mechanism = "nftables",
			.family = family,
			.is_started = is_started,
			.file = str_of(path),
			.found = STR("disabled") };

		if (is_started)
			show_judged(b, &answer, set);
		else
			show(b, &answer);
	}
	arena_done(&a);
}

/* ---- saved rules of iptables ---- */

/* Lists are there for the rules only when something makes them first: netfilter-persistent by its
 * plugin, Red Hat's iptables.service by a service beside it. */
static void read_ipsets(struct boot *b, struct fw_ruleset *set)
{
	const struct str *paths;
	size_t count;

	if (host_glob(b->h, "/usr/share/netfilter-persistent/plugins.d/*ipset*", &paths, &count) ==
			0 &&
		count > 0)
		fw_add_ipset_save(set, host_bytes(b->h, STR("/etc/iptables/ipsets"), NULL));
	if (!unit_starts(b->h, "ipset.service"))
		return;
	fw_add_ipset_save(set, host_bytes(b->h, STR("/etc/sysconfig/ipset"), NULL));
	if (host_glob(b->h, "/etc/sysconfig/ipset.d/*.set", &paths, &count) == 0)
		for (size_t i = 0; i < count; i++)
			fw_add_ipset_save(set, host_bytes(b->h, paths[i], NULL));
}

static void read_saved(
	struct boot *b, const char *mechanism, const char *unit, const char *path, int family)
{
	struct answer answer = { .mechanism = mechanism,
		.family = family,
		.is_started = unit_starts(b->h, unit),
		.found = STR("disabled") };
	const struct host_file *file;
	struct fw_ruleset *set;
	struct arena a;
	int64_t bad;

	if (!host_exists(b->h, path) || host_read(b->h, path, &file) < 0)
		return;
	answer.file = file->path;
	if (!answer.is_started) {
		show(b, &answer);
		return;
	}
	arena_init(&a, 64 * MIB);
	set = arena_new(&a, struct fw_ruleset);
	fw_init(set, &a);
	read_ipsets(b, set);
	bad = fw_add_save(set, file->bytes, file->path, family);
	if (bad > 0)
		host_gap(b->h, GAP_SYNTAX, path);
	show_judged(b, &answer, set);
	arena_done(&a);
}

/* ---- pve-firewall, of Proxmox VE ---- */

struct pve {
	struct setting enable, policy;
	bool lets_all_in;
};

/* OPTIONS are "enable: 1", RULES "IN ACCEPT -source 10.0.0.0/8 -p tcp -dport 8006"; a rule behind
 * "|" is switched off, one without a word after ACCEPT is about everybody. */
static void read_pve(struct boot *b, const char *path, struct pve *p)
{
	struct arena *a = host_arena(b->h);
	struct str file, rest = host_bytes(b->h, str_of(path), &file), line, name, value;
	bool is_options = false, is_rules = false;

	for (int n = 1; str_next_line(&rest, &line); n++) {
		line = str_trim(line);
		if (str_starts(line, "[")) {
			is_options = str_is_nocase(line, "[OPTIONS]");
			is_rules = str_is_nocase(line, "[RULES]");
		} else if (is_options && str_split(line, ':', &name, &value)) {
			if (str_is(str_trim(name), "enable"))
				setting_win(&p->enable, a, str_trim(value), file, n);
			else if (str_is(str_trim(name), "policy_in"))
				setting_win(&p->policy, a, str_trim(value), file, n);
		} else if (is_rules && str_next_word(&line, " \t", &name) && str_is(name, "IN") &&
			str_next_word(&line, " \t", &name)) {
			p->lets_all_in |= str_is(name, "ACCEPT") && !str_has(line, '-');
		}
	}
}

static void read_proxmox(struct boot *b)
{
	static const char cluster_file[] = "/etc/pve/firewall/cluster.fw";
	struct pve cluster = { 0 }, host = { 0 };
	struct answer a = { .mechanism = "pve-firewall" };

	if (!host_exists(b->h, cluster_file) || !unit_starts(b->h, "pve-firewall.service"))
		return;
	read_pve(b, cluster_file, &cluster);
	read_pve(b, "/etc/pve/local/host.fw", &host);
	/* off for the whole cluster until somebody switches it on; a host may leave it */
	a.is_started = str_bool(cluster.enable.value, false) && str_bool(host.enable.value, true);
	a.state = !a.is_started                               ? FW_NONE :
		str_is_nocase(cluster.policy.value, "ACCEPT") ? FW_OPEN :
		cluster.lets_all_in || host.lets_all_in       ? FW_UNCLEAR :
								FW_CLOSED;
	a.found = a.is_started ?
		arena_fmt(host_arena(b->h), "policy_in: %.*s",
			STR_FMT(cluster.policy.value.len > 0 ? cluster.policy.value :
							       STR("DROP"))) :
		STR("disabled");
	a.file = str_of(cluster_file);
	for (a.family = 4; a.family <= 6; a.family += 2)
		show(b, &a);
}

/* ---- what we cannot read but see ---- */

/* Firewalls with languages of their own, when they are started. */
static void read_others(struct boot *b)
{
	static const char *const units[] = { "shorewall.service", "shorewall6.service",
		"ferm.service", "fwbuilder.service", "arno-iptables-firewall.service",
		"apf.service", "csf.service", "firehol.service", "sanewall.service",
		"foomuuri.service", "vuurmuur.service", "uif.service" };

	for (size_t i = 0; i < COUNT(units); i++)
		if (unit_starts(b->h, units[i]))
			for (int family = 4; family <= 6; family += 2)
				show(b,
					&(struct answer){ .mechanism = units[i],
						.family = family,
						.is_started = true,
						.state = FW_UNCLEAR,
						.found = str_of(units[i]) });
}

/* The tool of the firewall that a script speaks to; NULL for none. */
static const char *tool_of(struct boot *b, const char *path, bool must_run)
{
	static const char *const tools[] = { "iptables", "nft -f", "nft add", "ip6tables" };
	struct host_stat st;
	struct str text;

	if (host_stat(b->h, path, &st) != 0 || (st.mode & 0170000) != 0100000 ||
		(must_run && (st.mode & 0111) == 0) ||
		host_read_head(b->h, path, 16 * KIB, &text) < 0 || str_has(text, '\0'))
		return NULL;
	for (size_t t = 0; t < COUNT(tools); t++)
		if (str_find(text, str_of(tools[t])) >= 0)
			return tools[t];
	return NULL;
}

static void show_script(struct boot *b, struct str path, bool must_run)
{
	const char *tool = tool_of(b, path.ptr, must_run);

	for (int family = 4; tool != NULL && family <= 6; family += 2)
		show(b,
			&(struct answer){ .mechanism = "script",
				.family = family,
				.is_started = true,
				.state = FW_UNCLEAR,
				.found = str_of(tool),
				.file = path });
}

/* Scripts run at start that speak to the firewall themselves. */
static void read_scripts(struct boot *b)
{
	static const struct {
		const char *pattern;
		bool must_run; /* passed over when it may not be executed */
	} places[] = { { "/etc/rc.local", true }, { "/etc/rc.d/rc.local", true },
		{ "/etc/network/if-pre-up.d/*", true }, { "/etc/network/if-up.d/*", true },
		{ "/etc/network/interfaces", false }, { "/etc/network/interfaces.d/*", false },
		{ "/etc/networkd-dispatcher/routable.d/*", true },
		{ "/etc/NetworkManager/dispatcher.d/*", true } };
	const struct str *paths;
	size_t count;

	for (size_t i = 0; i < COUNT(places); i++) {
		if (host_glob(b->h, places[i].pattern, &paths, &count) < 0)
			continue;
		for (size_t p = 0; p < count; p++)
			show_script(b, paths[p], places[i].must_run);
	}
}

/* Units whose rules are read above. */
static bool is_known(struct str unit)
{
	static const char *const known[] = { "ufw.service", "firewalld.service", "nftables.service",
		"netfilter-persistent.service", "iptables.service", "ip6tables.service" };

	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is(unit, known[i]))
			return true;
	return false;
}

/* Scripts of the administrator that a unit runs. */
static void read_unit_scripts(struct boot *b)
{
	static const char *const homes[] = { "/usr/local/*", "/etc/*", "/opt/*", "/root/*",
		"/srv/*" };
	const struct unit_link *links;
	size_t count;

	unit_links(b->h, &links, &count);
	for (size_t i = 0; i < count; i++) {
		struct setting command = { 0 };
		struct str rest, word;

		if (links[i].is_vendor || !str_ends(links[i].name, ".service") ||
			is_known(links[i].name) || unit_is_masked(b->h, links[i].name))
			continue;
		systemd_unit_conf(b->h, links[i].name.ptr, "Service", "ExecStart", &command);
		rest = command.value;
		while (str_next_word(&rest, " \t", &word)) {
			while (word.len > 0 && str_has(STR("-+!@:\"'"), word.ptr[0]))
				word = str_from(word, 1);
			word = arena_str(host_arena(b->h), word);
			for (size_t p = 0; p < COUNT(homes); p++)
				if (str_glob(str_of(homes[p]), word))
					show_script(b, word, false);
		}
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct boot b = { h, rows };

	read_ufw(&b);
	read_firewalld(&b);
	read_nftables(&b);
	read_saved(&b, "netfilter-persistent", "netfilter-persistent.service",
		"/etc/iptables/rules.v4", 4);
	read_saved(&b, "netfilter-persistent", "netfilter-persistent.service",
		"/etc/iptables/rules.v6", 6);
	read_saved(&b, "iptables", "iptables.service", "/etc/sysconfig/iptables", 4);
	read_saved(&b, "ip6tables", "ip6tables.service", "/etc/sysconfig/ip6tables", 6);
	read_proxmox(&b);
	read_others(&b);
	read_scripts(&b);
	read_unit_scripts(&b);
	return 0;
}

const struct fact_table firewall_boot_table = {
	.name = "firewall_boot",
	.words = T("tường lửa sẽ có sau khi khởi động lại"),
	.columns = columns,
	.fill = fill,
};
