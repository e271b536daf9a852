/* The one reader of maps: walks a table of fields. Unknown, missing and mistyped fields, bad dates
 * and bad words are found here and nowhere else. */
#include "core/pack/pack_int.h"

#include <string.h>

#define FIELDS_MAX 32

/* The same thing about the same item, found once more in its next sentence. */
static bool is_told(
	const struct pack_fault *last, struct source at, const char *words, struct str b)
{
	return last && last->words == words && last->source.file == at.file &&
		last->source.line == at.line && last->source.column == at.column &&
		str_eq(last->about[1], b);
}

void pack_fault_add(struct pack_load *load, struct source at, const char *words, struct str a,
	struct str b, struct str c)
{
	const struct pack_fault *last =
		load->faults.len > 0 ? &load->faults.at[load->faults.len - 1] : NULL;
	struct pack_fault *fault;

	if (load->faults.len == LIMIT_PACK_FAULTS || is_told(last, at, words, b))
		return;
	fault = vec_add(&load->work, &load->faults);
	*fault = (struct pack_fault){ .source = at, .words = words };
	fault->about[0] = text_clean(&load->work, a, 200);
	fault->about[1] = text_clean(&load->work, b, 200);
	fault->about[2] = text_clean(&load->work, c, 400);
}

struct source pack_source(const struct pack_load *load, const struct yaml_node *node)
{
	return (struct source){ load->file, node->line, node->column };
}

struct str pack_text(const struct pack_load *load, const struct yaml_node *node)
{
	return load->is_compiled ? node->text : arena_str(&load->set->arena, node->text);
}

static struct source key_source(const struct pack_load *load, const struct yaml_node *node)
{
	return (struct source){ load->file, node->key_line, node->key_column };
}

/* A fault of the value NODE of the field NAME. */
static void fault(
	struct pack_load *load, const struct yaml_node *node, const char *words, const char *name)
{
	pack_fault_add(load, pack_source(load, node), words, str_of(name),
		node->kind == YAML_TEXT ? node->text : STR_NONE, STR_NONE);
}

static struct str joined(struct pack_load *load, const char *const *choices)
{
	struct buf out;
	struct str kept;

	buf_init(&out, 4 * KIB);
	for (size_t i = 0; choices[i]; i++)
		buf_fmt(&out, "%s%s", i > 0 ? ", " : "", choices[i]);
	kept = arena_str(&load->work, buf_str(&out));
	buf_done(&out);
	return kept;
}

/* The place of TEXT in CHOICES, or -1 after a fault. */
static int choice_of(
	struct pack_load *load, const struct yaml_node *node, const struct field *field)
{
	for (int i = 0; field->choices[i]; i++)
		if (str_is(node->text, field->choices[i]))
			return i;
	pack_fault_add(load, pack_source(load, node), T("\"{a}\" không nhận \"{b}\"; chọn: {c}"),
		str_of(field->name), node->text, joined(load, field->choices));
	return -1;
}

static void note(struct pack_load *load, const struct field *field, struct str id,
	const struct yaml_node *node)
{
	struct pack_name name = { field->item, load->pack, id, pack_source(load, node) };

	if (field->how & FIELD_ID)
		vec_push(&load->work, &load->names, name);
	if (field->how & FIELD_USE)
		vec_push(&load->work, &load->uses, name);
}

static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == '/' || s.ptr[i] == '"')
			return false;
	return s.len > 0;
}

/* A scalar of FIELD, kept for the set; false after a fault. */
static bool read_text(struct pack_load *load, const struct yaml_node *node,
	const struct field *field, struct str *ret)
{
	if (node->kind != YAML_TEXT || yaml_is_null(node)) {
		fault(load, node, T("\"{a}\" phải là một chuỗi"), field->name);
		return false;
	}
	if (node->text.len == 0 && !(field->how & FIELD_BLANK)) {
		fault(load, node, T("\"{a}\" để trống"), field->name);
		return false;
	}
	if (field->choices && choice_of(load, node, field) < 0)
		return false;
	if ((field->how & FIELD_ID) && !is_id(node->text)) {
		fault(load, node,
			T("\"{a}\" không được có khoảng trắng, dấu / hoặc dấu nháy: \"{b}\""),
			field->name);
		return false;
	}
	*ret = pack_text(load, node);
	note(load, field, *ret, node);
	return true;
}

struct str *pack_read_texts(struct pack_load *load, const struct yaml_node *node,
	const struct field *field, size_t *ret_count)
{
	struct str *all;
	size_t count = 0;

	if (node->kind != YAML_LIST) {
		fault(load, node, T("\"{a}\" phải là một danh sách"), field->name);
		return NULL;
	}
	if (node->count == 0)
		return NULL;
	all = arena_array(&load->set->arena, struct str, node->count);
	for (const struct yaml_node *child = node->first; child; child = child->next)
		if (read_text(load, child, field, &all[count]))
			count++;
	*ret_count = count;
	return all;
}

static void read_texts(
	struct pack_load *load, const struct yaml_node *node, const struct field *field, char *row)
{
	size_t count = 0;
	struct str *all = pack_read_texts(load, node, field, &count);

	memcpy(row + field->at, &all, sizeof(all));
	memcpy(row + field->count_at, &count, sizeof(count));
}

static const struct field word_fields[] = {
	FIELD("vi", TEXT, FIELD_NEEDED, offsetof(struct words, vi)),
	FIELD("en", TEXT, FIELD_NEEDED, offsetof(struct words, en)),
	{ 0 },
};
static const struct shape words_shape = { word_fields, sizeof(struct words), NO_SOURCE };

static void read_date(
	struct pack_load *load, const struct yaml_node *node, const struct field *field, char *row)
{
	struct date date;
	bool has = true;

	if (node->kind != YAML_TEXT || !date_parse(node->text, &date)) {
		fault(load, node,
			T("\"{a}\" không phải một ngày có thật dạng NĂM-THÁNG-NGÀY: \"{b}\""),
			field->name);
		return;
	}
	memcpy(row + field->at, &date, sizeof(date));
	if (field->how & FIELD_NULL)
		memcpy(row + field->count_at, &has, sizeof(has));
}

static void read_number(
	struct pack_load *load, const struct yaml_node *node, const struct field *field, char *row)
{
	int64_t value;
	int kept;

	if (node->kind != YAML_TEXT || !node->is_plain || !str_to_i64(node->text, &value)) {
		fault(load, node, T("\"{a}\" phải là một số nguyên"), field->name);
		return;
	}
	if (value < field->min || value > field->max) {
		pack_fault_add(load, pack_source(load, node), T("\"{a}\" phải từ {b} đến {c}"),
			str_of(field->name), arena_fmt(&load->work, "%d", field->min),
			arena_fmt(&load->work, "%d", field->max));
		return;
	}
	kept = (int)value;
	memcpy(row + field->at, &kept, sizeof(kept));
}

static void read_bool(
	struct pack_load *load, const struct yaml_node *node, const struct field *field, char *row)
{
	bool value = node->kind == YAML_TEXT && str_is(node->text, "true");

	if (field->choices) {
		int choice = node->kind == YAML_TEXT ? choice_of(load, node, field) : -1;

		value = choice == 1;
		memcpy(row + field->at, &value, sizeof(value));
		return;
	}
	if (node->kind != YAML_TEXT || !node->is_plain ||
		(!value && !str_is(node->text, "false"))) {
		fault(load, node, T("\"{a}\" phải là true hoặc false"), field->name);
		return;
	}
	memcpy(row + field->at, &value, sizeof(value));
}

static void read_enum(
	struct pack_load *load, const struct yaml_node *node, const struct field *field, char *row)
{
	int value;

	if (node->kind != YAML_TEXT) {
		fault(load, node, T("\"{a}\" phải là một chuỗi"), field->name);
		return;
	}
	value = choice_of(load, node, field);
	if (value >= 0)
		memcpy(row + field->at, &value, sizeof(value));
}

static void read_enums(
	struct pack_load *load, const struct yaml_node *node, const struct field *field, char *row)
{
	const struct field one = { .name = field->name, .choices = field->choices };
	int *all;
	size_t count = 0;

	if (node->kind != YAML_LIST) {
		fault(load, node, T("\"{a}\" phải là một danh sách"), field->name);
		return;
	}
	all = arena_array(&load->set->arena, int, node->count + 1);
	for (const struct yaml_node *child = node->first; child; child = child->next)
		read_enum(load, child, &one, (char *)&all[count++]);
	memcpy(row + field->at, &all, sizeof(all));
	memcpy(row + field->count_at, &count, sizeof(count));
}

static void read_maps(
	struct pack_load *load, const struct yaml_node *node, const struct field *field, char *row)
{
	const struct shape *shape = field->shape;
	char *all;
	size_t i = 0;

	if (node->kind != YAML_LIST) {
		fault(load, node, T("\"{a}\" phải là một danh sách"), field->name);
		return;
	}
	if (node->count == 0)
		return;
	all = arena_alloc(&load->set->arena, shape->size * node->count);
	for (const struct yaml_node *child = node->first; child; child = child->next)
		pack_read_map(load, child, shape, all + shape->size * i++);
	memcpy(row + field->at, &all, sizeof(all));
	memcpy(row + field->count_at, &node->count, sizeof(node->count));
}

static void read_field(
	struct pack_load *load, const struct yaml_node *node, const struct field *field, char *row)
{
	struct source source = pack_source(load, node);

	if (field->how & FIELD_SOURCE)
		memcpy(row + field->count_at, &source, sizeof(source));
	if ((field->how & FIELD_NULL) && yaml_is_null(node))
		return;
	switch (field->kind) {
	case FIELD_TEXT:
		(void)read_text(load, node, field, (struct str *)(void *)(row + field->at));
		break;
	case FIELD_TEXTS:
		read_texts(load, node, field, row);
		break;
	case FIELD_WORDS:
		pack_read_map(load, node, &words_shape, row + field->at);
		break;
	case FIELD_DATE:
		read_date(load, node, field, row);
		break;
	case FIELD_NUMBER:
		read_number(load, node, field, row);
		break;
	case FIELD_BOOL:
		read_bool(load, node, field, row);
		break;
	case FIELD_ENUM:
		read_enum(load, node, field, row);
		break;
	case FIELD_ENUMS:
		read_enums(load, node, field, row);
		break;
	case FIELD_MAP:
		pack_read_map(load, node, field->shape, row + field->at);
		break;
	case FIELD_MAPS:
		read_maps(load, node, field, row);
		break;
	case FIELD_OWN:
		field->read(load, node, row);
		break;
	}
}

static int field_named(const struct field *fields, struct str name)
{
	for (int i = 0; fields[i].name; i++)
		if (str_is(name, fields[i].name))
			return i;
	return -1;
}

void pack_read_map(
	struct pack_load *load, const struct yaml_node *node, const struct shape *shape, void *row)
{
	bool is_seen[FIELDS_MAX] = { false };
	struct source source = pack_source(load, node);

	if (shape->source_at != NO_SOURCE)
		memcpy((char *)row + shape->source_at, &source, sizeof(source));
	if (node->kind != YAML_MAP) {
		pack_fault_add(load, source, T("chỗ này phải là một ánh xạ {khóa: giá trị}"),
			STR_NONE, STR_NONE, STR_NONE);
		return;
	}
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		int i = field_named(shape->fields, child->key);

		if (i < 0) {
			pack_fault_add(load, key_source(load, child),
				T("không có trường \"{a}\" ở đây"), child->key, STR_NONE, STR_NONE);
			continue;
		}
		assert(i < FIELDS_MAX);
		is_seen[i] = true;
		read_field(load, child, &shape->fields[i], row);
	}
	if (load->wanted)
		return; /* the rest was left out, not forgotten */
	for (int i = 0; shape->fields[i].name; i++)
		if ((shape->fields[i].how & FIELD_NEEDED) && !is_seen[i])
			pack_fault_add(load, source, T("thiếu trường \"{a}\""),
				str_of(shape->fields[i].name), STR_NONE, STR_NONE);
}

const struct yaml_node *pack_only_list(
	struct pack_load *load, const struct yaml_node *root, const char *key)
{
	const struct yaml_node *list = yaml_get(root, key);

	for (const struct yaml_node *child = root->first; root->kind == YAML_MAP && child;
		child = child->next)
		if (child != list)
			pack_fault_add(load, key_source(load, child),
				T("không có trường \"{a}\" ở đây"), child->key, STR_NONE, STR_NONE);
	if (!list) {
		pack_fault_add(load, pack_source(load, root), T("thiếu trường \"{a}\""),
			str_of(key), STR_NONE, STR_NONE);
		return NULL;
	}
	if (list->kind != YAML_LIST) {
		fault(load, list, T("\"{a}\" phải là một danh sách"), key);
		return NULL;
	}
	return list;
}
