/* databases_search.c - Elasticsearch and OpenSearch by their own file. */
#include "work/hostaudit/databases.h"
#include "work/hostaudit/resolve/yaml_keys.h"

struct reader {
	struct search_conf *conf;
	struct str file;
	struct arena *a;
};

static void take(void *ctx, const struct yaml_key *key)
{
	const struct reader *r = ctx;
	struct search_conf *s = r->conf;
	const struct {
		const char *key;
		struct setting *setting;
	} names[] = { { "network.host", &s->host }, { "network.bind_host", &s->bind_host },
		{ "http.host", &s->http }, { "http.bind_host", &s->http },
		{ "transport.host", &s->transport }, { "transport.bind_host", &s->transport },
		{ "http.port", &s->port }, { "xpack.security.enabled", &s->security },
		{ "plugins.security.disabled", &s->security } };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct setting *own = names[i].setting;
		struct str value = key->value;

		if (!str_is(key->name, names[i].key))
			continue;
		if (key->is_item && own->value.ptr)
			value = arena_fmt(r->a, "%.*s %.*s", STR_FMT(own->value), STR_FMT(value));
		setting_win(own, r->a, value, r->file, key->line);
	}
}

/* "_local_" and its like as addresses; lists lose their brackets. */
static struct str addresses_of(struct arena *a, struct str value)
{
	static const struct {
		const char *word, *address;
	} words[] = { { "_local_", "localhost" }, { "_global_", "*" }, { "_site_", "*" } };
	struct str out = STR(""), one;

	while (str_next_word(&value, "[], \t\"'", &one)) {
		for (size_t i = 0; i < COUNT(words); i++)
			if (str_is(one, words[i].word))
				one = str_of(words[i].address);
		out = arena_fmt(a, "%.*s %.*s", STR_FMT(out), STR_FMT(one));
	}
	return out;
}

/* Where the doors for programs and for other nodes stand: each of its own, of both, or of the
 * node. */
static void find_address(struct search_conf *s, struct arena *a)
{
	const struct setting *both = s->bind_host.value.ptr ? &s->bind_host : &s->host;
	const struct setting *http = s->http.value.ptr ? &s->http : both;
	const struct setting *nodes = s->transport.value.ptr ? &s->transport : both;

	s->address = http->value.ptr ? *http : *nodes;
	if (http->value.ptr && nodes->value.ptr && nodes != http)
		s->address.value =
			arena_fmt(a, "%.*s %.*s", STR_FMT(http->value), STR_FMT(nodes->value));
}

void search_conf_read(struct str bytes, struct str file, struct arena *a, struct search_conf *ret)
{
	struct reader r = { .conf = ret, .file = file, .a = a };

	/* what is written in ways not followed here is not among the names looked for */
	(void)yaml_keys(bytes, a, take, &r);
	find_address(ret, a);
}

static void add(struct database_list *list, const char *engine, const char *path)
{
	bool is_elastic = str_is(str_of(engine), "elasticsearch");
	struct search_conf s = { 0 };
	struct str bytes, file;
	struct database *d;
	bool is_asked = true;

	if (!database_read(list, str_of(path), &bytes, &file))
		return;
	search_conf_read(bytes, file, list->a, &s);
	d = database_add(list, engine, path_base(file));
	if (!d)
		return;
	d->listen = s.address;
	if (s.address.value.ptr)
		d->listen.value = addresses_of(list->a, s.address.value);
	d->fallback = STR("localhost");
	d->port = 9200;
	if (s.port.value.ptr)
		str_to_i64(s.port.value, &d->port);
	/* of Elasticsearch since 8 it is on unless it is said; OpenSearch says the opposite word */
	if (s.security.value.ptr)
		is_asked = str_bool(s.security.value, true) == is_elastic;
	d->auth = !is_asked ? "none" : s.security.value.ptr ? "password" : NULL;
	d->auth_at = s.security;
}

void databases_search(struct database_list *list)
{
	add(list, "elasticsearch", "/etc/elasticsearch/elasticsearch.yml");
	add(list, "opensearch", "/etc/opensearch/opensearch.yml");
}
