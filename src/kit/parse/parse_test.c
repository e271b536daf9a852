#include "kit/parse/parse.h"
#include "test/unit.h"

#include <string.h>

struct refused {
	const char *name;
	struct str text;
	int code;
	int line, column;
	const char *sentence;
};

#define R(name, text, line, column, sentence) \
	{ \
		name, { text, sizeof(text) - 1 }, ERR_INPUT, line, column, sentence \
	}

static const struct refused refused[] = {
	R("anchor", "a: &x 1\n", 1, 4, "anchors (&) are not used here"),
	R("alias", "a: 1\nb: *x\n", 2, 4, "aliases (*) are not used here"),
	R("tag on a scalar", "a: !!str 1\n", 1, 4, "tags (!) are not used here"),
	R("tag on a list", "a: !x [1]\n", 1, 4, "tags (!) are not used here"),
	R("tag on a map", "a: !x {b: 1}\n", 1, 4, "tags (!) are not used here"),
	R("merge key", "a:\n  <<: {b: 1}\n", 2, 3, "merge keys (<<) are not used here"),
	R("duplicate key", "a: 1\nb: 2\na: 3\n", 3, 1, "the key \"a\" is already in this map"),
	R("duplicate key, quoted", "{a: 1, \"a\": 2}", 1, 8,
		"the key \"a\" is already in this map"),
	R("list as a key", "? [a]\n: 1\n", 1, 3, "a key of a map must be a word"),
	R("empty key", "\"\": 1\n", 1, 1, "a key of a map must be a word"),
	R("two documents", "a: 1\n---\nb: 1\n", 2, 1, "one file holds one document only"),
	R("directive", "%YAML 1.1\n---\na: 1\n", 1, 1, "directives (%) are not used here"),
	R("byte that is not UTF-8", "a: 1\nb: đ\xFF\n", 2, 5, "a byte that is not UTF-8"),
	R("a surrogate", "a: \xED\xA0\x80\n", 1, 4, "a byte that is not UTF-8"),
	R("a control character", "a: 1\nđ: \x01\n", 2, 4,
		"YAML syntax: control characters are not allowed"),
	R("decomposed after a long mark", "- … “ế” e\xCC\x81\n", 1, 3,
		"the text is not in Unicode form NFC"),
	R("angstrom sign", "- \xE2\x84\xAB\n", 1, 3, "the text is not in Unicode form NFC"),
	R("byte-order mark",
		"\xEF\xBB\xBF"
		"a: 1\n",
		1, 1, "the file begins with a byte-order mark; save it as UTF-8 without one"),
	R("decomposed letters", "a: Nghi\xCC\xA3\n", 1, 4, "the text is not in Unicode form NFC"),
	R("NUL byte", "a: \"x\\0y\"\n", 1, 4, "the text holds a NUL byte"),
	R("tab as indentation", "a:\n\tb: 1\n", 2, 1,
		"YAML syntax: found character that cannot start any token"),
	R("open bracket", "a: [1, 2\n", 2, 1, "YAML syntax: did not find expected ',' or ']'"),
};

static void yaml_refuses_what_is_outside_the_subset(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		const struct refused *r = &refused[i];
		struct arena a;
		struct parse_fault fault;
		struct yaml_node *root = NULL;
		struct str sentence;

		arena_init(&a, MIB);
		assert_int_equal(parse_yaml(r->text, &a, &fault, &root), r->code);
		assert_null(root);
		sentence = parse_fault_text(&fault, LANG_EN, &a);
		if (fault.line != r->line || fault.column != r->column ||
			!str_is(sentence, r->sentence))
			fail_msg("%s: %d:%d: %.*s", r->name, fault.line, fault.column,
				STR_FMT(sentence));
		arena_done(&a);
	}
}

static void yaml_builds_the_tree_with_places(void **state)
{
	struct arena a;
	struct parse_fault fault;
	struct yaml_node *root;
	const struct yaml_node *list, *second, *words;

	(void)state;
	arena_init(&a, MIB);
	assert_int_equal(parse_yaml(STR("# law\n"
					"items:\n"
					"  - {id: D1, text: \"null\"}\n"
					"  - id: D2\n"
					"    words:\n"
					"      vi: >-\n"
					"        hai\n"
					"        dòng\n"
					"    none: null\n"),
				 &a, &fault, &root),
		0);
	list = yaml_get(root, "items");
	assert_int_equal(list->kind, YAML_LIST);
	assert_int_equal(list->count, 2);
	assert_true(str_is(yaml_get(list->first, "text")->text, "null"));
	assert_false(yaml_is_null(yaml_get(list->first, "text")));
	second = list->first->next;
	assert_int_equal(second->line, 4);
	assert_int_equal(second->column, 5);
	words = yaml_get(second, "words");
	assert_int_equal(words->key_line, 5);
	assert_true(str_is(yaml_get(words, "vi")->text, "hai dòng"));
	assert_true(yaml_is_null(yaml_get(second, "none")));
	assert_null(yaml_get(second, "absent"));
	arena_done(&a);
}

static void yaml_empty_text_is_nothing(void **state)
{
	struct arena a;
	struct parse_fault fault;
	struct yaml_node *root;

	(void)state;
	arena_init(&a, MIB);
	assert_int_equal(parse_yaml(STR("# only a comment\n"), &a, &fault, &root), 0);
	assert_true(yaml_is_null(root));
	arena_done(&a);
}

static int parse_repeated(const char *piece, size_t times, struct parse_fault *fault)
{
	struct arena a;
	struct buf text;
	struct yaml_node *root;
	int status;

	buf_init(&text, 8 * MIB);
	arena_init(&a, 64 * MIB);
	for (size_t i = 0; i < times; i++)
		buf_add(&text, str_of(piece));
	status = parse_yaml(buf_str(&text), &a, fault, &root);
	fault->about = STR_NONE;
	arena_done(&a);
	buf_done(&text);
	return status;
}

static void yaml_stops_at_its_ceilings(void **state)
{
	struct parse_fault fault;
	struct buf keys;
	struct arena a;
	struct yaml_node *root;

	(void)state;
	assert_int_equal(parse_repeated("[", LIMIT_YAML_DEPTH + 1, &fault), ERR_LIMIT);
	assert_int_equal(fault.column, LIMIT_YAML_DEPTH + 1);
	assert_int_equal(parse_repeated("[", 4 * MIB, &fault), ERR_LIMIT);
	assert_int_equal(parse_repeated("- x\n", LIMIT_YAML_NODES, &fault), ERR_LIMIT);
	assert_int_equal(fault.line, LIMIT_YAML_NODES);
	assert_int_equal(parse_repeated("- x\n", LIMIT_YAML_NODES - 1, &fault), 0);

	buf_init(&keys, MIB);
	arena_init(&a, MIB);
	for (unsigned i = 0; i <= LIMIT_YAML_KEYS; i++)
		buf_fmt(&keys, "k%u: 1\n", i);
	assert_int_equal(parse_yaml(buf_str(&keys), &a, &fault, &root), ERR_LIMIT);
	assert_int_equal(fault.line, LIMIT_YAML_KEYS + 1);
	arena_done(&a);
	buf_done(&keys);
}

static void yaml_stops_at_the_arena(void **state)
{
	struct arena a;
	struct parse_fault fault;
	struct yaml_node *root = NULL;

	(void)state;
	arena_init(&a, 512);
	assert_int_equal(
		parse_yaml(STR("[a, b, c, d, e, f, g, h, i, k]"), &a, &fault, &root), ERR_LIMIT);
	assert_null(root);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_refuses_what_is_outside_the_subset),
		cmocka_unit_test(yaml_builds_the_tree_with_places),
		cmocka_unit_test(yaml_empty_text_is_nothing),
		cmocka_unit_test(yaml_stops_at_its_ceilings),
		cmocka_unit_test(yaml_stops_at_the_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
