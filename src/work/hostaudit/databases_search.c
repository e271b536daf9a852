/* databases_search.c - Elasticsearch and OpenSearch by their own file: flat names, or one level of
 * nesting. */
#include "work/hostaudit/databases.h"

static void take(struct search_conf *s, struct arena *a, struct str key, struct setting from)
{
	const struct {
		const char *key;
		struct setting *setting;
	} names[] = { { "network.host", &s->address }, { "http.host", &s->address },
		{ "network.bind_host", &s->address }, { "http.port", &s->port },
		{ "xpack.security.enabled", &s->security },
		{ "plugins.security.disabled", &s->security } };

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(key, names[i].key))
			setting_win(names[i].setting, a, from.value, from.file, from.line);
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

void search_conf_read(struct str bytes, struct str file, struct arena *a, struct search_conf *ret)
{
	struct str parent = STR(""), line, key, value;

	for (int n = 1; str_next_line(&bytes, &line); n++) {
		bool is_nested = str_starts(line, " ");

		if (str_trim(line).len == 0 || str_trim(line).ptr[0] == '#' ||
			!str_split(str_trim(line), ':', &key, &value))
			continue;
		key = str_trim(key);
		value = str_trim(value);
		if (!is_nested)
			parent = value.len == 0 ? key : STR("");
		else if (parent.len > 0)
			key = arena_fmt(a, "%.*s.%.*s", STR_FMT(parent), STR_FMT(key));
		if (value.len > 0)
			take(ret, a, key,
				(struct setting){
					.value = str_unquote(value), .file = file, .line = n });
	}
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
