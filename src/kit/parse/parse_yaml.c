/* YAML by libyaml's events. The events arrive in the order of the text, so the tree is built with a
 * stack of open maps and lists and without recursion. */
#include "kit/parse/parse.h"

#include <string.h>

#include <utf8proc.h>
#include <yaml.h>

struct level {
	struct yaml_node *node;
	struct yaml_node **tail; /* where the next child goes */
	struct yaml_node *key;   /* a map between a key and its value */
};

struct reader {
	struct str text;
	struct arena *arena;
	struct parse_fault *fault;
	struct level levels[LIMIT_YAML_DEPTH];
	int depth;
	size_t nodes;
	struct yaml_node *root;
};

static int refuse_at(struct reader *r, int line, int column, const char *words)
{
	*r->fault = (struct parse_fault){ line, column, words, STR_NONE };
	return ERR_INPUT;
}

static int refuse(struct reader *r, const yaml_event_t *event, const char *words)
{
	return refuse_at(
		r, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1, words);
}

static int refuse_limit(struct reader *r, const yaml_event_t *event, const char *words)
{
	(void)refuse(r, event, words);
	return ERR_LIMIT;
}

/* How many bytes at the start of S, which is UTF-8 and ends in a NUL byte, are characters that no
 * composition touches: below U+0300, the Vietnamese letters U+1EA0 to U+1EFF, the marks U+2010 to
 * U+202F. Most text of ours is of nothing else; only the rest is normalised. */
static size_t never_composed(struct str s)
{
	const unsigned char *bytes = (const unsigned char *)s.ptr;
	size_t i = 0;

	while (i < s.len) {
		if (bytes[i] < 0x80)
			i++;
		else if (bytes[i] < 0xCC)
			i += 2;
		else if (bytes[i] == 0xE1 &&
			(bytes[i + 1] == 0xBB || (bytes[i + 1] == 0xBA && bytes[i + 2] >= 0xA0)))
			i += 3;
		else if (bytes[i] == 0xE2 && bytes[i + 1] == 0x80 && bytes[i + 2] >= 0x90 &&
			bytes[i + 2] < 0xB0)
			i += 3;
		else
			break;
	}
	return i;
}

static bool is_nfc(struct str s)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t len;
	bool is_same;

	if (never_composed(s) == s.len)
		return true;
	len = utf8proc_map((const utf8proc_uint8_t *)s.ptr, (utf8proc_ssize_t)s.len, &composed,
		UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	is_same = len == (utf8proc_ssize_t)s.len && memcmp(composed, s.ptr, s.len) == 0;
	free(composed);
	return is_same;
}

static struct yaml_node *new_node(struct reader *r, const yaml_event_t *event, enum yaml_kind kind)
{
	struct yaml_node *node = arena_try(r->arena, sizeof(*node));

	if (!node)
		return NULL;
	node->kind = kind;
	node->line = (int)event->start_mark.line + 1;
	node->column = (int)event->start_mark.column + 1;
	return node;
}

static bool has_key(const struct yaml_node *map, struct str key)
{
	for (const struct yaml_node *child = map->first; child; child = child->next)
		if (str_eq(child->key, key))
			return true;
	return false;
}

static int take_key(
	struct reader *r, struct level *map, struct yaml_node *key, const yaml_event_t *event)
{
	if (key->kind != YAML_TEXT || key->text.len == 0)
		return refuse(r, event, T("khóa của ánh xạ phải là một từ"));
	if (key->is_plain && str_is(key->text, "<<"))
		return refuse(r, event, T("khóa trộn (<<) không được dùng"));
	if (map->node->count == LIMIT_YAML_KEYS)
		return refuse_limit(r, event, T("quá nhiều khóa trong một ánh xạ"));
	if (has_key(map->node, key->text)) {
		(void)refuse(r, event, T("khóa \"{a}\" đã có trong ánh xạ này"));
		r->fault->about = key->text;
		return ERR_INPUT;
	}
	map->key = key;
	return 0;
}

/* Hang NODE below the innermost open map or list, or make it the root. */
static int place(struct reader *r, struct yaml_node *node, const yaml_event_t *event)
{
	struct level *level = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;

	if (!level) {
		r->root = node;
		return 0;
	}
	if (level->node->kind == YAML_MAP && !level->key)
		return take_key(r, level, node, event);
	if (level->node->kind == YAML_MAP) {
		node->key = level->key->text;
		node->key_line = level->key->line;
		node->key_column = level->key->column;
		level->key = NULL;
	}
	*level->tail = node;
	level->tail = &node->next;
	level->node->count++;
	return 0;
}

static int add_text(struct reader *r, const yaml_event_t *event, struct yaml_node *node)
{
	struct str text = { (const char *)event->data.scalar.value, event->data.scalar.length };
	char *copy = arena_try(r->arena, text.len + 1);

	if (!copy)
		return refuse_limit(r, event, T("tệp quá lớn"));
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	node->text = (struct str){ copy, text.len };
	node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (memchr(copy, '\0', text.len))
		return refuse(r, event, T("văn bản có byte NUL"));
	if (!is_nfc(node->text))
		return refuse(r, event, T("văn bản chưa ở dạng chuẩn Unicode NFC"));
	return place(r, node, event);
}

static int add_branch(struct reader *r, const yaml_event_t *event, struct yaml_node *node)
{
	int status;

	if (r->depth == LIMIT_YAML_DEPTH)
		return refuse_limit(r, event, T("lồng quá sâu"));
	if (r->depth > 0 && r->levels[r->depth - 1].node->kind == YAML_MAP &&
		!r->levels[r->depth - 1].key)
		return refuse(r, event, T("khóa của ánh xạ phải là một từ"));
	status = place(r, node, event);
	if (status < 0)
		return status;
	r->levels[r->depth++] = (struct level){ .node = node, .tail = &node->first };
	return 0;
}

/* Anchor and tag of whatever event has them. */
static int check_bare(struct reader *r, const yaml_event_t *event, const yaml_char_t *anchor,
	const yaml_char_t *tag)
{
	if (anchor)
		return refuse(r, event, T("neo (&) không được dùng"));
	if (tag)
		return refuse(r, event, T("thẻ kiểu (!) không được dùng"));
	return 0;
}

static int add_node(struct reader *r, const yaml_event_t *event)
{
	struct yaml_node *node;
	int status;

	if (event->type == YAML_SCALAR_EVENT)
		status = check_bare(r, event, event->data.scalar.anchor, event->data.scalar.tag);
	else if (event->type == YAML_SEQUENCE_START_EVENT)
		status = check_bare(r, event, event->data.sequence_start.anchor,
			event->data.sequence_start.tag);
	else
		status = check_bare(
			r, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
	if (status < 0)
		return status;
	if (++r->nodes > LIMIT_YAML_NODES)
		return refuse_limit(r, event, T("quá nhiều mục trong một tệp"));
	node = new_node(r, event,
		event->type == YAML_SCALAR_EVENT                 ? YAML_TEXT :
			event->type == YAML_SEQUENCE_START_EVENT ? YAML_LIST :
								   YAML_MAP);
	if (!node)
		return refuse_limit(r, event, T("tệp quá lớn"));
	if (node->kind == YAML_TEXT)
		return add_text(r, event, node);
	return add_branch(r, event, node);
}

static int on_event(struct reader *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (r->root)
			return refuse(r, event, T("chỉ được một tài liệu trong một tệp"));
		if (event->data.document_start.version_directive ||
			event->data.document_start.tag_directives.start !=
				event->data.document_start.tag_directives.end)
			return refuse(r, event, T("chỉ thị (%) không được dùng"));
		return 0;
	case YAML_ALIAS_EVENT:
		return refuse(r, event, T("bí danh (*) không được dùng"));
	case YAML_SCALAR_EVENT:
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return add_node(r, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		assert(r->depth > 0);
		r->depth--;
		return 0;
	default:
		return 0;
	}
}

static int refuse_syntax(struct reader *r, const yaml_parser_t *parser, int line, int column)
{
	if (parser->error == YAML_MEMORY_ERROR)
		abort();
	(void)refuse_at(r, line, column, T("sai cú pháp YAML: {a}"));
	r->fault->about = arena_str(r->arena, str_of(parser->problem ? parser->problem : "?"));
	return ERR_INPUT;
}

static size_t utf8_length(struct str s)
{
	size_t i = 0;
	utf8proc_int32_t point;
	utf8proc_ssize_t step = 1;

	for (; i < s.len && step > 0; i += step > 0 ? (size_t)step : 0)
		step = utf8proc_iterate(
			(const utf8proc_uint8_t *)s.ptr + i, (utf8proc_ssize_t)(s.len - i), &point);
	return i;
}

/* What libyaml's reader refuses, it places by a byte; where that is no UTF-8, by one too late. */
static int refuse_byte(struct reader *r, const yaml_parser_t *parser)
{
	size_t length = utf8_length(r->text);
	size_t offset = length < r->text.len ? length : parser->problem_offset;
	int line = 1, column = 1;

	for (size_t i = 0; i < offset && i < r->text.len; i++) {
		if (r->text.ptr[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)r->text.ptr[i] & 0xC0) != 0x80) {
			column++;
		}
	}
	if (length == r->text.len)
		return refuse_syntax(r, parser, line, column);
	return refuse_at(r, line, column, T("byte không phải UTF-8"));
}

static int refuse_parse(struct reader *r, const yaml_parser_t *parser)
{
	if (parser->error == YAML_READER_ERROR)
		return refuse_byte(r, parser);
	return refuse_syntax(r, parser, (int)parser->problem_mark.line + 1,
		(int)parser->problem_mark.column + 1);
}

/* 1 at the end of the stream, 0 to go on. */
static int next_event(struct reader *r, yaml_parser_t *parser)
{
	yaml_event_t event;
	int status;

	if (!yaml_parser_parse(parser, &event))
		return refuse_parse(r, parser);
	status = event.type == YAML_STREAM_END_EVENT ? 1 : on_event(r, &event);
	yaml_event_delete(&event);
	return status;
}

int parse_yaml(
	struct str text, struct arena *a, struct parse_fault *ret_fault, struct yaml_node **ret)
{
	struct reader r = { .arena = a, .fault = ret_fault, .text = text };
	yaml_parser_t parser;
	int status;

	if (str_starts(text, "\xEF\xBB\xBF"))
		return refuse_at(&r, 1, 1, T("tệp bắt đầu bằng dấu BOM; hãy lưu UTF-8 không BOM"));
	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)(text.ptr ? text.ptr : ""), text.len);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	do
		status = next_event(&r, &parser);
	while (status == 0);
	yaml_parser_delete(&parser);
	if (status < 0)
		return status;
	if (!r.root) {
		r.root = arena_new(a, struct yaml_node);
		*r.root = (struct yaml_node){
			.is_plain = true, .line = 1, .column = 1, .text = STR("")
		};
	}
	*ret = r.root;
	return 0;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	for (const struct yaml_node *child = map->first; child; child = child->next)
		if (map->kind == YAML_MAP && str_is(child->key, key))
			return child;
	return NULL;
}

bool yaml_is_null(const struct yaml_node *node)
{
	return node->kind == YAML_TEXT && node->is_plain &&
		(node->text.len == 0 || str_is(node->text, "null") || str_is(node->text, "~"));
}

static bool fault_word(void *context, struct str name, struct str *ret_value)
{
	const struct parse_fault *fault = context;

	if (!str_is(name, "a"))
		return false;
	*ret_value = fault->about;
	return true;
}

struct str parse_fault_text(const struct parse_fault *fault, enum lang lang, struct arena *a)
{
	return text_fill(a, str_of(tr(lang, fault->words)), fault_word, (void *)fault);
}
