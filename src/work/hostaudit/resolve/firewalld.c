#include "work/hostaudit/resolve/firewalld.h"

#include <expat.h>
#include <string.h>

#include "work/hostaudit/firewall/cover.h"
#include "work/hostaudit/firewall/firewall.h"

#define XML_MAX_BYTES (1 * MIB)
#define NAMES_MAX_BYTES (4 * KIB)
#define FAMILY_4 1u
#define FAMILY_6 2u

/* One rich rule while it is read. */
struct rule {
	bool is_in, accepts, is_narrow;
	unsigned families;
	const char *opens;    /* the element that takes a whole protocol; NULL: none */
	struct fw_span ports; /* that it is about, of UDP or else of TCP */
	bool is_udp;
};

struct reader {
	struct arena *a;
	struct firewalld_file *file;
	struct rule rule;
	struct fw_cover ports[2]; /* of TCP and UDP, opened so far outside of rules */
	bool is_refused;
	XML_Parser parser;
};

/* NULL without one. */
static const char *attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i]; i += 2)
		if (strcmp(attributes[i], name) == 0)
			return attributes[i + 1];
	return NULL;
}

static bool is(const char *value, const char *wanted)
{
	return value && strcmp(value, wanted) == 0;
}

static void open_for(struct reader *r, unsigned families, const char *what)
{
	if ((families & FAMILY_4) && r->file->opens4.len == 0)
		r->file->opens4 = arena_str(r->a, str_of(what));
	if ((families & FAMILY_6) && r->file->opens6.len == 0)
		r->file->opens6 = arena_str(r->a, str_of(what));
}

static void add_name(struct reader *r, struct str *names, const char *name)
{
	if (names->len < NAMES_MAX_BYTES)
		*names = arena_fmt(r->a, "%.*s%s ", STR_FMT(names->len ? *names : STR(" ")), name);
}

/* The ports of "port" and "source-port": "22", "8000-8010"; an empty span for any other. */
static struct fw_span ports_of(const char *name, const char **attributes)
{
	const struct fw_span none = { 1, 0 };
	const char *port = attribute(attributes, "port");
	struct str first, last;
	struct fw_span span;

	if (!port || (strcmp(name, "port") != 0 && strcmp(name, "source-port") != 0))
		return none;
	if (!str_split(str_of(port), '-', &first, &last))
		first = last = str_of(port);
	return str_to_u64(first, 10, &span.first) && str_to_u64(last, 10, &span.last) &&
			span.last <= 65535 ?
		span :
		none;
}

/* A port range or protocol that leaves nothing of TCP or UDP out. */
static const char *whole(const char *name, const char **attributes)
{
	const char *value = attribute(attributes, "value");
	struct fw_cover ports = { .of = FW_PORTS };

	static const char *const protocols[] = { "tcp", "udp", "6", "17", "ip", "0" };
	bool is_all = false;

	fw_cover_add(&ports, ports_of(name, attributes));
	if (fw_cover_when(&ports) == FW_ALWAYS)
		return "port=1-65535";
	for (size_t i = 0; i < COUNT(protocols); i++)
		is_all |= is(value, protocols[i]);
	return is_all && strcmp(name, "protocol") == 0 ? "protocol" : NULL;
}

static bool is_everybody(const char **attributes)
{
	const char *address = attribute(attributes, "address");

	return address && str_ends(str_of(address), "/0");
}

/* <source invert="True"/>: everybody but those. */
static bool is_inverted(const char **attributes)
{
	const char *invert = attribute(attributes, "invert");

	return invert &&
		(str_is_nocase(str_of(invert), "true") || str_is_nocase(str_of(invert), "yes"));
}

static void begin_rule(struct reader *r, const char **attributes)
{
	const char *family = attribute(attributes, "family");

	r->rule = (struct rule){ .is_in = true,
		.ports = { 1, 0 },
		.families = is(family, "ipv4") ? FAMILY_4 :
			is(family, "ipv6")     ? FAMILY_6 :
						 FAMILY_4 | FAMILY_6 };
}

static void in_rule(struct reader *r, const char *name, const char **attributes)
{
	static const char *const plain[] = { "log", "nflog", "audit", "limit" };
	const char *opens = whole(name, attributes);

	if (strcmp(name, "accept") == 0) {
		r->rule.accepts = true;
		return;
	}
	for (size_t i = 0; i < COUNT(plain); i++)
		if (strcmp(name, plain[i]) == 0)
			return;
	if (opens) {
		r->rule.opens = opens;
	} else if (strcmp(name, "port") == 0) {
		r->rule.ports = ports_of(name, attributes);
		r->rule.is_udp = is(attribute(attributes, "protocol"), "udp");
		r->rule.is_narrow |= r->rule.ports.first > r->rule.ports.last;
	} else if (strcmp(name, "source") != 0 ||
		is_everybody(attributes) == is_inverted(attributes)) {
		r->rule.is_narrow = true;
	}
}

/* Ranges that together leave little out. */
static void count_ports(struct reader *r, struct fw_span span, bool is_udp)
{
	struct fw_cover *ports = &r->ports[is_udp];
	enum fw_when when;

	fw_cover_add(ports, span);
	when = fw_cover_when(ports);
	if (when == FW_ALWAYS)
		open_for(r, FAMILY_4 | FAMILY_6, "ports");
	else if (when == FW_WIDE)
		r->file->opens_many = true;
}

static void end_rule(struct reader *r)
{
	bool is_open = r->rule.accepts && !r->rule.is_narrow;

	if (is_open && r->rule.ports.first <= r->rule.ports.last)
		count_ports(r, r->rule.ports, r->rule.is_udp);
	else if (is_open)
		open_for(r, r->rule.families, r->rule.opens ? r->rule.opens : "rule accept");
	r->rule.is_in = false;
}

/* More than a neighbour or the networks of one office: a list kept elsewhere, or less than an
 * eighth of the address told. */
static bool is_many(const char **attributes)
{
	struct str host, bits = STR("128");
	int64_t n = 0;

	if (attribute(attributes, "ipset"))
		return true;
	if (!attribute(attributes, "address"))
		return false;
	(void)str_split(str_of(attribute(attributes, "address")), '/', &host, &bits);
	return !str_has(bits, '.') && (!str_to_i64(bits, &n) || n < 8);
}

static void outside(struct reader *r, const char *name, const char **attributes)
{
	const char *opens = whole(name, attributes), *called = attribute(attributes, "name");

	if (opens)
		open_for(r, FAMILY_4 | FAMILY_6, opens);
	count_ports(r, ports_of(name, attributes), is(attribute(attributes, "protocol"), "udp"));
	if (strcmp(name, "interface") == 0 || strcmp(name, "source") == 0)
		r->file->is_bound = true;
	r->file->is_wide |=
		strcmp(name, "interface") == 0 && called && !fw_is_inner_interface(str_of(called));
	r->file->is_wide |= strcmp(name, "source") == 0 && is_many(attributes);
	if (strcmp(name, "source") == 0 && is_everybody(attributes)) {
		bool is_six = str_has(str_of(attribute(attributes, "address")), ':');

		r->file->is_all6 |= is_six;
		r->file->is_all4 |= !is_six;
	}
	if (strcmp(name, "service") == 0 && called)
		add_name(r, &r->file->services, called);
	if (strcmp(name, "ingress-zone") == 0 && called)
		add_name(r, &r->file->from, called);
	if (strcmp(name, "egress-zone") == 0 && is(called, "HOST"))
		r->file->is_to_host = true;
}

static void read_target(struct reader *r, const char *name, const char **attributes)
{
	static const char *const targets[][2] = { { "zone", "default" }, { "zone", "ACCEPT" },
		{ "zone", "DROP" }, { "zone", "%%REJECT%%" }, { "zone", "{chain}_{zone}" },
		{ "policy", "CONTINUE" }, { "policy", "ACCEPT" }, { "policy", "DROP" },
		{ "policy", "REJECT" } };
	const char *target = attribute(attributes, "target");
	bool is_known = !target;

	for (size_t i = 0; target && i < COUNT(targets); i++)
		is_known |= strcmp(name, targets[i][0]) == 0 && strcmp(target, targets[i][1]) == 0;
	r->is_refused |= !is_known;
	if (!target || !is_known)
		return;
	r->file->target = arena_str(r->a, str_of(target));
	if (strcmp(target, "ACCEPT") == 0)
		open_for(r, FAMILY_4 | FAMILY_6, "target=ACCEPT");
}

static void XMLCALL on_begin(void *context, const char *name, const char **attributes)
{
	struct reader *r = context;

	r->file->is_masquerading |= strcmp(name, "masquerade") == 0;
	if (strcmp(name, "zone") == 0 || strcmp(name, "policy") == 0) {
		read_target(r, name, attributes);
	} else if (strcmp(name, "rule") == 0) {
		begin_rule(r, attributes);
	} else if (r->rule.is_in) {
		in_rule(r, name, attributes);
	} else {
		outside(r, name, attributes);
	}
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct reader *r = context;

	if (strcmp(name, "rule") == 0)
		end_rule(r);
}

/* No file of firewalld has one; it is how a small file becomes a large one. */
static void XMLCALL on_doctype(void *context, const char *name, const char *system_id,
	const char *public_id, int has_subset)
{
	struct reader *r = context;

	(void)name, (void)system_id, (void)public_id, (void)has_subset;
	r->is_refused = true;
	XML_StopParser(r->parser, XML_FALSE);
}

bool firewalld_read(struct str xml, struct arena *a, struct firewalld_file *ret)
{
	struct firewalld_file file = { .target = STR("default"),
		.opens4 = STR(""),
		.opens6 = STR(""),
		.from = STR(""),
		.services = STR("") };
	struct reader r = {
		.a = a, .file = &file, .ports = { { .of = FW_PORTS }, { .of = FW_PORTS } }
	};
	bool is_fine;

	if (xml.len == 0 || xml.len > XML_MAX_BYTES)
		return false;
	r.parser = XML_ParserCreate(NULL);
	if (!r.parser)
		abort();
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_begin, on_end);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	is_fine = XML_Parse(r.parser, xml.ptr, (int)xml.len, 1) == XML_STATUS_OK && !r.is_refused;
	XML_ParserFree(r.parser);
	if (is_fine)
		*ret = file;
	return is_fine;
}

void firewalld_conf(
	struct str text, struct str file, const char *key, struct arena *a, struct setting *s)
{
	struct str line, name, value;

	for (int n = 1; str_next_line(&text, &line); n++) {
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';' ||
			!str_split(line, '=', &name, &value) || str_has(value, '='))
			continue;
		value = str_trim(value);
		if (str_is(str_trim(name), key) && value.len > 0)
			setting_lose(s, a, value, file, n);
	}
}
