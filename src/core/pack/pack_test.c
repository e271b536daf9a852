/* The faults of packs, one tiny bad pack each: tests/fixtures/packs/NAME holds the files that
 * differ from base/ ("FILE.gone" takes one away) and in `want` what the lint must say. */
#include "core/pack/pack_int.h"
#include "test/unit.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {
	"law/pack.yaml",
	"law/clauses.yaml",
	"law/params.yaml",
	"law/roles.yaml",
	"law/obligations/d1.yaml",
	"law/obligation.yaml",
	"law/registers/keys.yaml",
	"law/registers/rooms.yaml",
	"checks/pack.yaml",
	"checks/catalogue.yaml",
	"checks/linux/pw.yaml",
	"std/pack.yaml",
	"std/clauses.yaml",
	"std/params.yaml",
	"law/flows/f.yaml",
	"law/papers.yaml",
	"law/statements/s.yaml",
	"law/quizzes/q.yaml",
	"days/pack.yaml",
	"days/2030.yaml",
};
static const char *const folders[] = { "law", "law/flows", "law/statements", "law/quizzes",
	"law/obligations", "law/registers", "checks", "checks/linux", "std", "days" };

static struct arena arena;

static int set_up(void **state)
{
	arena_init(&arena, 64 * MIB);
	return 0;
}

static int tear_down(void **state)
{
	arena_done(&arena);
	return 0;
}

static const char *fixture(const char *name, const char *file)
{
	const char *source = getenv("KHIEN_SOURCE");

	return arena_fmt(&arena, "%s/tests/fixtures/packs/%s/%s", source ? source : ".", name, file)
		.ptr;
}

/* The base with the files of NAME over it, as links in a folder of their own. */
static const char *compose(const char *name)
{
	char *dir = arena_cstr(&arena, STR("/tmp/khien-pack-test-XXXXXX"));

	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < COUNT(folders); i++)
		if (access(fixture("base", folders[i]), F_OK) == 0 ||
			access(fixture(name, folders[i]), F_OK) == 0)
			assert_int_equal(
				mkdir(arena_fmt(&arena, "%s/%s", dir, folders[i]).ptr, 0700), 0);
	for (size_t i = 0; i < COUNT(files); i++) {
		const char *gone = arena_fmt(&arena, "%s.gone", files[i]).ptr;
		const char *from = fixture(name, files[i]);

		if (access(from, F_OK) != 0)
			from = fixture("base", files[i]);
		if (access(from, F_OK) == 0 && access(fixture(name, gone), F_OK) != 0)
			assert_int_equal(
				symlink(from, arena_fmt(&arena, "%s/%s", dir, files[i]).ptr), 0);
	}
	return dir;
}

static void forget(const char *dir)
{
	for (size_t i = 0; i < COUNT(files); i++)
		(void)unlink(arena_fmt(&arena, "%s/%s", dir, files[i]).ptr);
	for (size_t i = COUNT(folders); i-- > 0;)
		(void)rmdir(arena_fmt(&arena, "%s/%s", dir, folders[i]).ptr);
	assert_int_equal(rmdir(dir), 0);
}

static struct str slurp(const char *path)
{
	char bytes[8 * 1024];
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!file)
		fail_msg("cannot open %s", path);
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return arena_str(&arena, (struct str){ bytes, len });
}

static struct str lint(const char *dir)
{
	struct pack_fault *faults;
	struct err e;
	int count = pack_lint(dir, &arena, &e, &faults);
	struct str said = STR("");

	assert_true(count >= 0);
	for (int i = 0; i < count; i++)
		said = arena_fmt(&arena, "%.*s%.*s\n", STR_FMT(said),
			STR_FMT(pack_fault_text(&faults[i], LANG_EN, &arena)));
	return said;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void every_fault_is_named_with_its_place(void **state)
{
	struct dirent **names;
	int count = scandir(fixture("", ""), &names, is_shown, alphasort);

	assert_true(count > 60);
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;
		const char *dir = compose(name);
		struct str said = lint(dir);

		if (getenv("KHIEN_WANT")) {
			FILE *file = fopen(fixture(name, "want"), "wb");

			fwrite(said.ptr, 1, said.len, file);
			fclose(file);
		}
		if (!str_eq(said, slurp(fixture(name, "want"))))
			fail_msg("%s:\n%.*s", name, STR_FMT(said));
		forget(dir);
		free(names[i]);
	}
	free(names);
}

static void a_fault_ends_the_loading_unless_it_is_bearable(void **state)
{
	struct pack_set *set = NULL;
	struct err e;
	const char *dir = compose("words-vi");

	assert_int_equal(pack_set_load(dir, &e, &set), ERR_INPUT);
	assert_null(set);
	assert_non_null(
		strstr(e.text, "law/obligations/d1.yaml:4:12: the field \"vi\" is missing"));
	forget(dir);
	dir = compose("check-empty");
	assert_int_equal(pack_set_load(dir, &e, &set), 0);
	assert_false(pack_check(set, STR("pw.old"))->is_live);
	pack_set_free(set);
	forget(dir);
	assert_int_equal(pack_set_load("/nonexistent", &e, &set), ERR_ABSENT);
}

static struct pack_set *load_base(void)
{
	const char *dir = compose("base");
	struct pack_set *set;
	struct err e;

	assert_int_equal(pack_set_load(dir, &e, &set), 0);
	forget(dir);
	return set;
}

static void what_is_loaded_is_linked(void **state)
{
	struct pack_set *set = load_base();
	const struct clause *point = pack_clause(set, STR("D1.1.b"));
	const struct obligation *o = pack_obligation(set, STR("law/D1.1#1"));
	const struct check *check = pack_check(set, STR("pw.len"));

	assert_int_equal(pack_count(set), 2);
	assert_true(str_is(pack_at(set, 1)->id, "checks"));
	assert_true(str_is(point->parent->parent->id, "D1"));
	assert_true(point->pack == pack_by_id(set, STR("law")));
	assert_true(o->clause == pack_clause(set, STR("D1.1")));
	assert_true(o->evidence[0].is == check);
	assert_int_equal(o->period, PERIOD_DAYS);
	assert_int_equal(o->period_count, 7);
	assert_true(str_is(o->applies.host[0], "server"));
	assert_true(o->is_mandatory);
	assert_int_equal(pack_obligation(set, STR("D1.2"))->also[0], KIND_DOC);
	assert_int_equal(check->answer_count, 1);
	assert_true(check->answers[0] == o);
	assert_true(str_is(check->title.vi, "Độ dài"));
	assert_null(pack_clause(set, STR("checks/D1.1")));
	assert_null(pack_clause(set, STR("D9")));
	assert_true(str_is(words_in(pack_role(set, STR("IT"))->title, LANG_EN), "Officer"));
	assert_int_equal(pack_check_count(set), 2);
	pack_set_free(set);
}

static void registers_are_loaded_and_linked(void **state)
{
	struct pack_set *set = load_base();
	const struct pack_register *rooms = pack_register(set, STR("rooms"));
	const struct pack_register *keys = pack_register(set, STR("law/keys"));
	const struct register_field *f = pack_register_field(rooms, STR("so-may"));

	assert_int_equal(pack_register_count(set), 2);
	assert_true(pack_register_at(set, 0) == keys && pack_register_at(set, 1) == rooms);
	assert_true(keys->is_nothing_fine && !rooms->is_nothing_fine);
	assert_int_equal(rooms->field_count, 5);
	assert_true(f->group == &rooms->groups[1] && f->has_min && f->min == 0 && f->max == 9);
	assert_true(rooms->groups[0].is == pack_clause(set, STR("D1.1.a")));
	assert_true(pack_register_field(keys, STR("phong"))->to_is == rooms);
	assert_true(rooms->answers_are[0] == pack_obligation(set, STR("D1.1#1")));
	assert_int_equal(rooms->rules[0].when[1].op, OP_OLDER);
	assert_true(str_is(rooms->rules[0].when[1].span.param, "min_len"));
	assert_true(rooms->rules[1].lacks[0].is == keys);
	assert_true(rooms->rules[1].answers_are[0] == pack_obligation(set, STR("D1.2")));
	assert_int_equal(rooms->duties[0].span.days, 7);
	assert_null(pack_register_field(rooms, STR("chia")));
	pack_set_free(set);
}

static void clauses_are_cited_as_people_write_them(void **state)
{
	static const struct {
		const char *id, *vi, *en;
	} rows[] = {
		{ "D1.1.b", "điểm b khoản 1 Điều 1", "point b, clause 1, Article 1" },
		{ "D1.1.a*", "đoạn sau điểm a khoản 1 Điều 1",
			"paragraph after point a, clause 1, Article 1" },
		{ "D2", "Điều 2", "Article 2" },
		{ "C2", "Chương II", "Chapter II" },
	};
	struct pack_set *set = load_base();

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct clause *c = pack_clause(set, str_of(rows[i].id));

		assert_string_equal(clause_cite(c, LANG_VI, &arena).ptr, rows[i].vi);
		assert_string_equal(clause_cite(c, LANG_EN, &arena).ptr, rows[i].en);
	}
	pack_set_free(set);
}

/* The packs of the product itself. */
static struct pack_set *load_real(void)
{
	const char *source = getenv("KHIEN_SOURCE");
	struct pack_set *set;
	struct err e;

	if (pack_set_load(arena_fmt(&arena, "%s/packs", source ? source : ".").ptr, &e, &set) < 0)
		fail_msg("%s", e.text);
	return set;
}

static bool same_answers(const struct check *a, const struct check *b)
{
	if (a->answer_count != b->answer_count)
		return false;
	for (size_t i = 0; i < a->answer_count; i++)
		if (!str_eq(a->answers[i]->id, b->answers[i]->id) ||
			!str_eq(a->answers[i]->pack->id, b->answers[i]->pack->id))
			return false;
	return true;
}

/* What is left out to be quick is nothing that an audit would have said. */
static void a_narrow_set_asks_as_the_whole_does(void **state)
{
	const char *source = getenv("KHIEN_SOURCE");
	struct pack_set *whole = load_real(), *narrow;
	struct err e;

	assert_int_equal(
		pack_set_load_checks(
			arena_fmt(&arena, "%s/packs", source ? source : ".").ptr, &e, &narrow),
		0);
	assert_int_equal(pack_check_count(narrow), pack_check_count(whole));
	for (size_t i = 0; i < pack_check_count(whole); i++) {
		const struct check *a = pack_check_at(whole, i), *b = pack_check_at(narrow, i);

		assert_true(str_eq(a->id, b->id));
		assert_int_equal(a->is_live, b->is_live);
		assert_true(str_eq(a->query, b->query));
		assert_int_equal(a->cure_count, b->cure_count);
		assert_true(same_answers(a, b));
		for (size_t n = 0; n < a->param_count; n++) {
			struct param_ruling x = pack_param(whole, a->params[n], 3,
						    (struct date){ 2026, 11, 22 }, &arena),
					    y = pack_param(narrow, a->params[n], 3,
						    (struct date){ 2026, 11, 22 }, &arena);

			assert_int_equal(x.winner->number, y.winner->number);
			assert_int_equal(x.loser_count, y.loser_count);
		}
	}
	assert_int_equal(pack_by_id(narrow, STR("tay-son"))->clause_count, 0);
	pack_set_free(whole);
	pack_set_free(narrow);
}

/* Flow style, comments, blank lines and lists in lists are no trap. */
static void what_is_thinned_keeps_its_lines(void **state)
{
	static const char *const keys[] = { "id", "evidence", NULL };
	static const struct pack_wanted wanted = { "check", keys };
	static const struct {
		const char *text, *thin;
	} rows[] = {
		{ "o:\n  - id: a\n    t: x\n  - id: b\n    t: y\n", "o:\n  - id: a\n\n\n\n" },
		{ "# c\no:\n\n- t: x\n  id: a\n  evidence:\n    - {by: x}\n    - {by: y}\n"
		  "    - {by: check}\n  z: 1\n",
			"# c\no:\n\n- \n  id: a\n  evidence:\n    - {by: x}\n\n    - {by: check}\n\n" },
		{ "o:\n  - {id: a, t: check}\n  - {id: b}\n", "o:\n  - {id: a, t: check}\n\n" },
		{ "o: [{id: a}]\n", "o: [{id: a}]\n" },
		{ "o:\n  - id: a\n    t: |\n      id: check\n\n      - z\n    evidence: [check]\n",
			"o:\n  - id: a\n\n\n\n\n    evidence: [check]\n" },
		{ "o:\n  - ", "o:\n  - " },
		{ "", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *bytes = arena_cstr(&arena, str_of(rows[i].text));
		size_t len = pack_thin(bytes, strlen(bytes), &wanted);

		assert_string_equal(arena_cstr(&arena, (struct str){ bytes, len }), rows[i].thin);
	}
}

static void the_whole_regulation_is_there(void **state)
{
	struct pack_set *set = load_real();
	const struct pack *law = pack_by_id(set, STR("tay-son"));
	size_t articles = 0, obligations = 0;

	for (size_t i = 0; i < law->clause_count; i++)
		articles += law->clauses[i].kind == CLAUSE_DIEU;
	for (size_t i = 0; i < law->obligation_count; i++)
		obligations += law->obligations[i].kind != KIND_DATA;
	assert_int_equal(articles, 23);
	assert_int_equal(obligations, 228);
	assert_int_equal(law->obligation_count - obligations, 9);
	pack_set_free(set);
}

/* EVIDENCE: D8.3 D12.1.b "8 characters", "5 times", "10 minutes" stand against a softer standard */
static void the_strictest_binding_value_in_force_wins(void **state)
{
	static const struct {
		const char *id;
		int level;
		struct date on;
		const char *winner; /* clause */
		int64_t number;
	} rows[] = {
		{ "session_idle_min", 2, { 2026, 11, 22 }, "D12.1.b", 10 },
		{ "pw_min_len", 1, { 2026, 11, 22 }, "D8.3", 8 },
		{ "login_fail_max", 3, { 2021, 1, 1 }, "D12.1.b", 5 },
		{ "level_check_months", 2, { 2021, 1, 1 }, "D17.2.a", 24 },
		{ "level_check_months", 5, { 2021, 1, 1 }, "D17.2.a", 6 },
		{ "level_check_months", 0, { 2021, 1, 1 }, "D17.2.a", 6 },
		{ "session_idle_min", 2, { 2019, 1, 1 }, NULL, -1 },
		{ "no_such", 2, { 2026, 1, 1 }, NULL, -1 },
	};
	struct pack_set *set = load_real();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str id = str_of(rows[i].id);
		struct param_ruling ruling = pack_param(set, id, rows[i].level, rows[i].on, &arena);

		assert_int_equal(
			pack_param_number(set, id, rows[i].level, rows[i].on, -1), rows[i].number);
		if (!rows[i].winner) {
			assert_null(ruling.winner);
			continue;
		}
		assert_true(str_is(ruling.winner->clause, rows[i].winner));
		assert_true(ruling.winner->number == rows[i].number);
	}
	assert_true(
		pack_param(set, STR("session_idle_min"), 2, (struct date){ 2026, 11, 22 }, &arena)
			.loser_count > 0);
	assert_int_equal(
		pack_param(set, STR("session_idle_min"), 2, (struct date){ 2026, 1, 1 }, &arena)
			.loser_count,
		0);
	pack_set_free(set);
}

static void the_catalogue_of_others_is_the_same_twice(void **state)
{
	struct pack_set *set = load_real();
	const struct pack *law = pack_by_id(set, STR("tay-son"));
	struct buf first, second;

	buf_init(&first, 16 * MIB);
	buf_init(&second, 16 * MIB);
	pack_oscal(law, &first);
	pack_oscal(law, &second);
	assert_true(first.len > 100000);
	assert_true(str_eq(buf_str(&first), buf_str(&second)));
	buf_done(&first);
	buf_done(&second);
	pack_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_is_named_with_its_place),
		cmocka_unit_test(a_fault_ends_the_loading_unless_it_is_bearable),
		cmocka_unit_test(what_is_loaded_is_linked),
		cmocka_unit_test(registers_are_loaded_and_linked),
		cmocka_unit_test(clauses_are_cited_as_people_write_them),
		cmocka_unit_test(the_whole_regulation_is_there),
		cmocka_unit_test(a_narrow_set_asks_as_the_whole_does),
		cmocka_unit_test(what_is_thinned_keeps_its_lines),
		cmocka_unit_test(the_strictest_binding_value_in_force_wins),
		cmocka_unit_test(the_catalogue_of_others_is_the_same_twice),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
