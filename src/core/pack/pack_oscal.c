/* A pack as an OSCAL 1.0.6 catalog. Chương and điều are groups, khoản, điểm and đoạn controls with
 * their text as the part "statement"; obligations, evidence and faults of the text are parts with
 * properties. An id of ours becomes a token: "#" and "*" are not allowed there. */
#include "core/pack/pack_int.h"
#include "kit/crypto/crypto.h"

#include <string.h>

#define OSCAL_VERSION "1.0.6"
#define NAMESPACE "https://khien.example/ns/oscal"
#define UUID_SIZE 37

struct writer {
	const struct pack *pack;
	struct json *json;
	struct arena *arena;
};

static const char *const kind_words[] = { "chuong", "dieu", "khoan", "diem", "doan" };
static const char *const obligation_words[] = { "auto", "workflow", "register", "doc", "attest",
	"periodic", "data" };
static const char *const proof_words[] = { "check", "register", "flow", "document", "attest",
	"duty", "archive" };
static const char *const direction_words[] = { "at-least", "at-most", "equal", "one-of", "all-of" };
static const char *const force_words[] = { "binding", "advice", "default" };
static const char *const sure_words[] = { "high", "medium", "low" };

/* "D12.1.b#1" -> "D12.1.b_1", "D15.1.a*" -> "D15.1.a_p" */
static struct str token(const struct writer *w, struct str id)
{
	struct buf out;
	struct str kept;

	buf_init(&out, 4 * KIB);
	for (size_t i = 0; i < id.len; i++) {
		if (id.ptr[i] == '*')
			buf_add(&out, STR("_p"));
		else
			buf_add_char(&out, id.ptr[i] == '#' ? '_' : id.ptr[i]);
	}
	kept = arena_str(w->arena, buf_str(&out));
	buf_done(&out);
	return kept;
}

static void prop(const struct writer *w, const char *name, struct str value)
{
	value = str_trim(value);
	if (value.len == 0)
		return;
	json_object(w->json);
	json_put(w->json, "name", str_of(name));
	json_put(w->json, "ns", STR(NAMESPACE));
	json_put(w->json, "value", value);
	json_object_end(w->json);
}

static void prop_number(const struct writer *w, const char *name, int value)
{
	prop(w, name, arena_fmt(w->arena, "%d", value));
}

static void props_of_texts(
	const struct writer *w, const char *name, const struct str *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		prop(w, name, values[i]);
}

static void begin_part(const struct writer *w, const char *name)
{
	json_object(w->json);
	json_put(w->json, "name", str_of(name));
}

/* A part of our own kind. */
static void begin_own_part(const struct writer *w, const char *name)
{
	begin_part(w, name);
	json_put(w->json, "ns", STR(NAMESPACE));
}

static void proof_part(const struct writer *w, const struct proof *proof)
{
	begin_own_part(w, "evidence");
	json_key(w->json, "props");
	json_array(w->json);
	prop(w, "by", str_of(proof_words[proof->by]));
	prop(w, "check", proof->check);
	if (proof->max_age_days > 0)
		prop_number(w, "max-age-days", proof->max_age_days);
	json_array_end(w->json);
	if (proof->what.vi.ptr)
		json_put(w->json, "prose", proof->what.vi);
	json_object_end(w->json);
}

static void period_props(const struct writer *w, const struct obligation *o)
{
	static const char *const words[] = { "continuous", "once", "on-event" };

	if (o->period == PERIOD_DAYS)
		prop_number(w, "period-days", o->period_count);
	else if (o->period == PERIOD_MONTHS)
		prop_number(w, "period-months", o->period_count);
	else if (o->period == PERIOD_PARAM)
		prop(w, "period-param", o->period_param);
	else
		prop(w, "period", str_of(words[o->period]));
}

static void obligation_part(const struct writer *w, const struct obligation *o)
{
	begin_own_part(w, "obligation");
	json_put(w->json, "id", arena_fmt(w->arena, "obligation_%.*s", STR_FMT(token(w, o->id))));
	json_put(w->json, "title", o->title.vi);
	json_key(w->json, "props");
	json_array(w->json);
	prop(w, "obligation-id", o->id);
	prop(w, "kind", str_of(obligation_words[o->kind]));
	for (size_t i = 0; i < o->also_count; i++)
		prop(w, "also", str_of(obligation_words[o->also[i]]));
	props_of_texts(w, "who", o->who, o->who_count);
	period_props(w, o);
	props_of_texts(w, "param", o->params, o->param_count);
	prop_number(w, "weight", o->weight);
	prop(w, "mandatory", o->is_mandatory ? STR("true") : STR("false"));
	prop(w, "title-en", o->title.en);
	json_array_end(w->json);
	json_put(w->json, "prose", o->trigger.vi);
	if (o->evidence_count > 0) {
		json_key(w->json, "parts");
		json_array(w->json);
		for (size_t i = 0; i < o->evidence_count; i++)
			proof_part(w, &o->evidence[i]);
		json_array_end(w->json);
	}
	json_object_end(w->json);
}

static void defect_part(const struct writer *w, const struct text_defect *defect)
{
	begin_own_part(w, "text-defect");
	json_key(w->json, "props");
	json_array(w->json);
	prop(w, "quote", defect->quote);
	json_array_end(w->json);
	json_put(w->json, "prose", defect->note.vi);
	json_object_end(w->json);
}

static bool has_parts(const struct writer *w, const struct clause *c)
{
	bool has = c->text.ptr != NULL;

	for (size_t i = 0; i < w->pack->obligation_count; i++)
		has = has || w->pack->obligations[i].clause == c;
	for (size_t i = 0; i < w->pack->defect_count; i++)
		has = has || str_eq(w->pack->defects[i].clause, c->id);
	return has;
}

static void parts(const struct writer *w, const struct clause *c)
{
	const struct pack *pack = w->pack;

	if (!has_parts(w, c))
		return;
	json_key(w->json, "parts");
	json_array(w->json);
	if (c->text.ptr) {
		begin_part(w, "statement");
		json_put(w->json, "id", arena_fmt(w->arena, "%.*s_stmt", STR_FMT(token(w, c->id))));
		json_put(w->json, "prose", c->text);
		json_object_end(w->json);
	}
	for (size_t i = 0; i < pack->obligation_count; i++)
		if (pack->obligations[i].clause == c)
			obligation_part(w, &pack->obligations[i]);
	for (size_t i = 0; i < pack->defect_count; i++)
		if (str_eq(pack->defects[i].clause, c->id))
			defect_part(w, &pack->defects[i]);
	json_array_end(w->json);
}

static bool is_group(const struct clause *c)
{
	return c->kind == CLAUSE_CHUONG || c->kind == CLAUSE_DIEU;
}

static void clause_object(const struct writer *w, const struct clause *c);

/* The children of C (NULL: the top) that are groups, or those that are controls. Each step down is
 * a lower kind of clause, so the nesting has the depth of the kinds. */
static void children(const struct writer *w, const struct clause *c, bool are_groups)
{
	bool is_open = false;

	for (size_t i = 0; i < w->pack->clause_count; i++) {
		const struct clause *child = &w->pack->clauses[i];

		if (child->parent != c || is_group(child) != are_groups)
			continue;
		if (!is_open) {
			json_key(w->json, are_groups ? "groups" : "controls");
			json_array(w->json);
			is_open = true;
		}
		clause_object(w, child);
	}
	if (is_open)
		json_array_end(w->json);
}

static void clause_object(const struct writer *w, const struct clause *c)
{
	json_object(w->json);
	json_put(w->json, "id", token(w, c->id));
	json_put(w->json, "class", str_of(kind_words[c->kind]));
	json_put(w->json, "title", c->title.ptr ? c->title : clause_cite(c, LANG_VI, w->arena));
	json_key(w->json, "props");
	json_array(w->json);
	if (c->label.len > 0) {
		json_object(w->json);
		json_put(w->json, "name", STR("label"));
		json_put(w->json, "value", str_trim(c->label));
		json_object_end(w->json);
	}
	prop(w, "clause-id", c->id);
	json_array_end(w->json);
	parts(w, c);
	if (is_group(c))
		children(w, c, true);
	children(w, c, false);
	json_object_end(w->json);
}

static struct str bound_words(const struct writer *w, const struct param_value *value)
{
	struct buf out;
	struct str kept;

	buf_init(&out, 16 * KIB);
	buf_add(&out, str_of(direction_words[value->param->direction]));
	for (size_t i = 0; i < value->item_count; i++)
		buf_fmt(&out, " %.*s", STR_FMT(value->items[i]));
	buf_fmt(&out, " %.*s; %.*s; levels %d-%d; %s", STR_FMT(value->param->unit),
		STR_FMT(value->clause), value->level_from, value->level_to,
		force_words[value->force]);
	kept = arena_str(w->arena, buf_str(&out));
	buf_done(&out);
	return kept;
}

static void param_object(const struct writer *w, const struct param *param)
{
	json_object(w->json);
	json_put(w->json, "id", token(w, param->id));
	json_key(w->json, "props");
	json_array(w->json);
	prop(w, "unit", param->unit);
	prop(w, "direction", str_of(direction_words[param->direction]));
	prop(w, "title-en", param->title.en);
	json_array_end(w->json);
	json_put(w->json, "label", param->title.vi);
	json_key(w->json, "constraints");
	json_array(w->json);
	for (size_t i = 0; i < param->value_count; i++) {
		json_object(w->json);
		json_put(w->json, "description", bound_words(w, &param->values[i]));
		json_object_end(w->json);
	}
	json_array_end(w->json);
	json_object_end(w->json);
}

static void roles(const struct writer *w)
{
	if (w->pack->role_count == 0)
		return;
	json_key(w->json, "roles");
	json_array(w->json);
	for (size_t i = 0; i < w->pack->role_count; i++) {
		json_object(w->json);
		json_put(w->json, "id", token(w, w->pack->roles[i].id));
		json_put(w->json, "title", w->pack->roles[i].title.vi);
		json_object_end(w->json);
	}
	json_array_end(w->json);
}

static void metadata(const struct writer *w)
{
	const struct pack *pack = w->pack;
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];

	json_key(w->json, "metadata");
	json_object(w->json);
	json_put(w->json, "title", pack->title.vi);
	json_put(w->json, "last-modified", str_of(clock_iso(date_start_s(pack->from), from)));
	json_put(w->json, "version", str_of(date_iso(pack->from, from)));
	json_put(w->json, "oscal-version", STR(OSCAL_VERSION));
	json_key(w->json, "props");
	json_array(w->json);
	prop(w, "pack", pack->id);
	prop(w, "number", pack->number);
	prop(w, "issuer", pack->issuer.vi);
	prop(w, "in-force-from", str_of(date_iso(pack->from, from)));
	if (pack->has_to)
		prop(w, "in-force-to", str_of(date_iso(pack->to, to)));
	prop(w, "source-sure", str_of(sure_words[pack->sure]));
	prop(w, "title-en", pack->title.en);
	json_array_end(w->json);
	roles(w);
	json_put(w->json, "remarks", pack->source_note.vi);
	json_object_end(w->json);
}

static void catalog(const struct writer *w, const char *uuid)
{
	json_object(w->json);
	json_key(w->json, "catalog");
	json_object(w->json);
	json_put(w->json, "uuid", str_of(uuid));
	metadata(w);
	if (w->pack->param_count > 0) {
		json_key(w->json, "params");
		json_array(w->json);
		for (size_t i = 0; i < w->pack->param_count; i++)
			param_object(w, &w->pack->params[i]);
		json_array_end(w->json);
	}
	children(w, NULL, true);
	children(w, NULL, false);
	json_object_end(w->json);
	json_object_end(w->json);
}

/* The name of what BYTES say: the same content has the same uuid, another content another. */
static void uuid_of(struct str bytes, char *uuid)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];

	sha256(bytes, digest);
	digest[6] = (unsigned char)((digest[6] & 0x0F) | 0x50);
	digest[8] = (unsigned char)((digest[8] & 0x3F) | 0x80);
	(void)hex_of(digest, sizeof(digest), hex);
	snprintf(uuid, UUID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
		hex + 20);
}

void pack_oscal(const struct pack *p, struct buf *out)
{
	struct arena arena;
	struct json json;
	struct writer w = { .pack = p, .json = &json, .arena = &arena };
	char uuid[UUID_SIZE] = "";

	arena_init(&arena, LIMIT_PACK_MEMORY_BYTES);
	json_init(&json, out, true);
	catalog(&w, uuid);
	uuid_of(buf_str(out), uuid);
	buf_clear(out);
	json_init(&json, out, true);
	catalog(&w, uuid);
	buf_add_char(out, '\n');
	arena_done(&arena);
}
