/* record_test.c - registers at work, on the two of tests/fixtures/packs/base. */
#include "core/org/unit.h"
#include "core/record/record_int.h"
#include "core/record/record_judge.h"
#include "core/record/record_words.h"
#include "test/unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW_S 1795651200 /* 26/11/2026 07:00 */

static struct err err;
static struct arena arena;
static struct pack_set *packs;

static int set_up(void **state)
{
	const char *source = getenv("KHIEN_SOURCE");

	arena_init(&arena, 256 * MIB);
	return pack_set_load(
		arena_fmt(&arena, "%s/tests/fixtures/packs/base", source ? source : ".").ptr, &err,
		&packs);
}

static int tear_down(void **state)
{
	packs = pack_set_free(packs);
	arena_done(&arena);
	return 0;
}

static struct store *opened(const char *path)
{
	struct store *s;
	struct record_notes notes;

	assert_int_equal(store_open(path, &err, &s), 0);
	assert_int_equal(store_migrate(s, org_steps, org_step_count, &err), 0);
	assert_int_equal(store_migrate(s, evidence_steps, evidence_step_count, &err), 0);
	if (store_migrate(s, record_steps, record_step_count, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(record_open(s, packs, &arena, &notes, &err), 0);
	return s;
}

static struct record_at at_of(struct store *s, const char *id)
{
	return (struct record_at){ .store = s,
		.packs = packs,
		.reg = pack_register(packs, str_of(id)),
		.a = &arena,
		.now_s = NOW_S,
		.login = STR("lan") };
}

static void run(struct store *s, const char *sql)
{
	assert_int_equal(store_run(store_query(s, sql), &err), 0);
}

/* "ten=Phòng 1|khoa=co" */
static struct record_body body_of(const char *text)
{
	VEC(struct record_value) values = { 0 };
	struct str rest = str_of(text), word, name, value;

	while (str_next_word(&rest, "|", &word)) {
		assert_true(str_split(word, '=', &name, &value));
		vec_push(&arena, &values, ((struct record_value){ name, value }));
	}
	return (struct record_body){ values.at, values.len };
}

static int save(const struct record_at *at, struct record *r, const char *text)
{
	struct record_faults faults;

	r->unit_id = r->unit_id ? r->unit_id : ORG_UNIT_FIRST;
	return record_save(at, r, body_of(text), STR(""), &faults, &err);
}

static int64_t add(const struct record_at *at, const char *text)
{
	struct record r = { 0 };

	if (save(at, &r, text) != 0)
		fail_msg("%s: %s", text, err.text);
	return r.id;
}

/* --- values ----------------------------------------------------------------------------------- */

static const struct {
	enum register_type type;
	const char *pattern, *typed, *kept; /* kept NULL: refused */
} values[] = {
	{ REGISTER_TEXT, NULL, "  Phòng một cửa ", "Phòng một cửa" },
	{ REGISTER_TEXT, NULL, "hai\ndòng", NULL },
	{ REGISTER_LONG_TEXT, NULL, "hai\r\ndòng", "hai\ndòng" },
	{ REGISTER_NUMBER, NULL, "1.250", "1250" },
	{ REGISTER_NUMBER, NULL, "-12", "-12" },
	{ REGISTER_NUMBER, NULL, "1.25", NULL },
	{ REGISTER_NUMBER, NULL, "12,5", NULL },
	{ REGISTER_PERCENT, NULL, "85 %", "85" },
	{ REGISTER_PERCENT, NULL, "101", NULL },
	{ REGISTER_MONEY, NULL, "1.250.000 đồng", "1250000" },
	{ REGISTER_MONEY, NULL, "1 250 000đ", "1250000" },
	{ REGISTER_DATE, NULL, "31/12/2026", "2026-12-31" },
	{ REGISTER_DATE, NULL, "1-2-2026", "2026-02-01" },
	{ REGISTER_DATE, NULL, "29/02/2026", NULL },
	{ REGISTER_DATE, NULL, "12/31/2026", NULL },
	{ REGISTER_DATE, NULL, "1/2/26", NULL },
	{ REGISTER_YES_NO, NULL, "Có", "yes" },
	{ REGISTER_YES_NO, NULL, "khong", "no" },
	{ REGISTER_YES_NO, NULL, "chưa biết", NULL },
	{ REGISTER_ID, NULL, "MT-2026/014", "MT-2026/014" },
	{ REGISTER_ID, NULL, "ssh-rsa", NULL },
	{ REGISTER_ID, NULL, "Zk3vQ9xW2bN8rT5yU1iO7pA4sD6fG0hJkLzXcVbNmQwE", NULL },
	{ REGISTER_IP, NULL, "10.0.8.15", "10.0.8.15" },
	{ REGISTER_IP, NULL, "2001:DB8:0:0::1", "2001:db8::1" },
	{ REGISTER_IP, NULL, "10.0.8.256", NULL },
	{ REGISTER_MAC, NULL, "3C-52-82-0A-1B-2C", "3c:52:82:0a:1b:2c" },
	{ REGISTER_MAC, NULL, "3c52.820a.1b2c", "3c:52:82:0a:1b:2c" },
	{ REGISTER_MAC, NULL, "3c:52:82:0a:1b", NULL },
	{ REGISTER_DOMAIN, NULL, "TaySon.BinhDinh.gov.vn", "tayson.binhdinh.gov.vn" },
	{ REGISTER_DOMAIN, NULL, "tayson", NULL },
	{ REGISTER_EMAIL, NULL, "Lan@TaySon.gov.vn", "Lan@tayson.gov.vn" },
	{ REGISTER_EMAIL, NULL, "lan@tayson", NULL },
	{ REGISTER_PHONE, NULL, "(0256) 3.880.123", "02563880123" },
	{ REGISTER_PHONE, NULL, "hỏi văn thư", NULL },
	{ REGISTER_TEXT, "paper", "123/QĐ-UBND", "123/QĐ-UBND" },
	{ REGISTER_TEXT, "paper", "Quyết định 123", NULL },
	{ REGISTER_TEXT, "port", "8000-8010/udp", "8000-8010/udp" },
	{ REGISTER_TEXT, "port", "70000", NULL },
	{ REGISTER_TEXT, "network", "10.0.8.0/24", "10.0.8.0/24" },
	{ REGISTER_TEXT, "network", "10.0.8.0/33", NULL },
	{ REGISTER_TEXT, "ssid", "Một cửa - Khách mời của UBND xã", NULL },
	{ REGISTER_FILE, NULL, "a.pdf", NULL },
};

static void values_get_one_spelling(void **state)
{
	for (size_t i = 0; i < COUNT(values); i++) {
		struct register_field f = { .type = values[i].type,
			.pattern = str_of(values[i].pattern) };
		struct str kept = STR_NONE;
		const char *fault = record_value_take(
			&f, str_of(values[i].typed), date_at(NOW_S), &arena, &kept);

		if (fault ? values[i].kept != NULL : !values[i].kept)
			fail_msg("%s: %s", values[i].typed, fault ? fault : kept.ptr);
		if (!fault)
			assert_string_equal(kept.ptr, values[i].kept);
	}
}

static void a_body_comes_back_as_it_was(void **state)
{
	static const char *const broken[] = { "", "{", "{\"a\":1}", "{\"a\":\"b\"}x", "[\"a\"]",
		"{\"a\":[\"b\",]}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\xff\"}" };
	struct record_body body = body_of("a=\"quoted\"\t\\|b=một|b=hai|c=x"), again;

	body.at[3].text = STR("dòng\ncuối\x01");
	assert_int_equal(
		record_body_read(record_body_write(body, &arena), &arena, &again, &err), 0);
	assert_true(record_body_eq(body, again));
	for (size_t i = 0; i < COUNT(broken); i++)
		assert_int_equal(
			record_body_read(str_of(broken[i]), &arena, &again, &err), ERR_INPUT);
}

/* --- changing --------------------------------------------------------------------------------- */

static void every_fault_of_a_record_is_named(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at keys = at_of(s, "keys"), rooms = at_of(s, "rooms");
	struct record r = { .unit_id = ORG_UNIT_FIRST };
	struct record_faults faults;

	assert_int_equal(record_save(&rooms, &r,
				 body_of("khoa=mở|kiem-tra=27/11/2026|so-may=10|may=77|la=1"),
				 STR(""), &faults, &err),
		ERR_INPUT);
	assert_int_equal(faults.count, 6);
	assert_null(faults.at[0].field);                    /* there is no field "la" */
	assert_true(str_is(faults.at[1].field->id, "ten")); /* must be there */
	assert_true(str_is(faults.at[2].about, "mở"));
	assert_true(str_is(faults.at[5].about, "9")); /* the bound of so-may */
	add(&rooms, "ten=Phòng 1|khoa=Có");
	assert_int_equal(save(&rooms, &r, "ten=phòng 1"), ERR_INPUT);  /* twice in one unit */
	assert_int_equal(save(&keys, &r, "so=K1|phong=5"), ERR_INPUT); /* no such room */
	store_close(s);
}

static void each_version_is_kept_and_undone(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at at = at_of(s, "rooms");
	struct record r = { 0 }, stale;
	struct record_change *changes;
	size_t count;

	assert_int_equal(save(&at, &r, "ten=Phòng 1|khoa=co"), 0);
	stale = r;
	at.now_s = NOW_S - 7200; /* the clock was set back */
	assert_int_equal(save(&at, &r, "khoa=khong"), 0);
	assert_int_equal(r.version, 2);
	assert_int_equal(save(&at, &r, "khoa=không"), 0); /* nothing new */
	assert_int_equal(r.version, 2);
	assert_int_equal(save(&at, &stale, "ten=Phòng 2"), ERR_CONFLICT);
	assert_int_equal(record_cancel(&at, r.id, 2, STR(" "), &err), ERR_INPUT);
	assert_int_equal(record_cancel(&at, r.id, 2, STR("ghi nhầm"), &err), 0);
	assert_int_equal(record_history(s, r.id, &arena, &changes, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_int_equal(changes[0].version, 3);
	assert_true(str_is(changes[0].why, "ghi nhầm"));
	assert_true(str_is(record_value_of(changes[1].before, STR("khoa")), "co"));
	assert_true(str_is(record_value_of(changes[1].after, STR("khoa")), "khong"));
	at.now_s = NOW_S + (RECORD_UNDO_DAYS + 1) * CLOCK_DAY_S;
	assert_int_equal(record_undo(&at, r.id, 3, &err), ERR_DENIED);
	at.now_s = NOW_S;
	assert_int_equal(record_undo(&at, r.id, 3, &err), 0); /* it is back */
	assert_int_equal(record_undo(&at, r.id, 3, &err), ERR_CONFLICT);
	assert_int_equal(record_get(s, r.id, &arena, &r, &err), 0);
	assert_false(r.is_cancelled);
	assert_int_equal(r.version, 4);
	store_close(s);
}

static void undoing_goes_to_what_was_before(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at at = at_of(s, "rooms");
	struct record r = { 0 };

	assert_int_equal(save(&at, &r, "ten=Phòng 1|khoa=co"), 0);
	assert_int_equal(record_undo(&at, r.id, 1, &err), ERR_DENIED);
	assert_int_equal(save(&at, &r, "ten=Phòng 9|khoa="), 0);
	assert_null(record_value_of(r.body, STR("khoa")).ptr);
	assert_int_equal(record_undo(&at, r.id, 2, &err), 0);
	assert_int_equal(record_get(s, r.id, &arena, &r, &err), 0);
	assert_true(str_is(r.title, "Phòng 1"));
	assert_true(str_is(record_value_of(r.body, STR("khoa")), "co"));
	store_close(s);
}

/* A field that the packs have no more: its values stay through every edit. */
static void values_of_a_field_that_is_gone_stay(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at at = at_of(s, "rooms");
	struct record_notes notes;
	struct record r = { 0 };

	assert_int_equal(save(&at, &r, "ten=Phòng 1"), 0);
	run(s, "UPDATE record SET body = '{\"ten\":\"Phòng 1\",\"mau\":\"xanh\"}'");
	run(s, "UPDATE record_shape SET shape = 'an older one'");
	assert_int_equal(record_open(s, packs, &arena, &notes, &err), 0);
	assert_int_equal(notes.count, 1);
	assert_non_null(strstr(notes.at[0].ptr, "\"rooms\" no longer has mau"));
	assert_int_equal(save(&at, &r, "khoa=co"), 0);
	assert_int_equal(record_get(s, r.id, &arena, &r, &err), 0);
	assert_true(str_is(record_value_of(r.body, STR("mau")), "xanh"));
	store_close(s);
}

/* --- side by side ----------------------------------------------------------------------------- */

#define EDITORS 50

static const char *shared_path;

/* Fifty that open one file at once may find it locked: that is no answer yet. */
static bool is_busy(int rc, const struct err *e)
{
	return rc == ERR_STORE && strstr(e->text, "locked");
}

/* Reads, adds one, saves; begins anew when somebody else was faster. */
static void *edit(void *context)
{
	struct store *s = NULL;
	struct err e;
	struct arena a;
	int rc;

	arena_init(&a, 64 * MIB);
	while (is_busy(rc = store_open(shared_path, &e, &s), &e))
		usleep(1000);
	if (rc < 0)
		return (void *)1;
	rc = ERR_CONFLICT;
	while (rc == ERR_CONFLICT || is_busy(rc, &e)) {
		struct record_at at = at_of(s, "keys");
		struct record r = { 0 };
		struct record_faults faults;
		struct record_value v = { STR("so"), STR_NONE };
		int64_t n = 0;

		at.a = &a;
		rc = record_get(s, 1, &a, &r, &e);
		if (rc == 0) {
			(void)str_to_i64(record_value_of(r.body, STR("so")), &n);
			v.text = arena_fmt(&a, "%lld", (long long)n + 1);
			rc = record_save(
				&at, &r, (struct record_body){ &v, 1 }, STR(""), &faults, &e);
		}
	}
	store_close(s);
	arena_done(&a);
	return rc == 0 ? NULL : (void *)1;
}

static void fifty_editors_lose_nothing(void **state)
{
	char dir[] = "/tmp/khien-record-XXXXXX";
	pthread_t threads[EDITORS];
	struct store *s;
	struct record_at at;
	struct record r;

	assert_non_null(mkdtemp(dir));
	shared_path = arena_fmt(&arena, "%s/khien.db", dir).ptr;
	s = opened(shared_path);
	at = at_of(s, "keys");
	assert_int_equal(add(&at, "so=0"), 1);
	for (size_t i = 0; i < EDITORS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, edit, NULL), 0);
	for (size_t i = 0; i < EDITORS; i++) {
		void *failed = NULL;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_int_equal(record_get(s, 1, &arena, &r, &err), 0);
	assert_int_equal(r.version, EDITORS + 1);
	assert_true(str_is(record_value_of(r.body, STR("so")), "50"));
	store_close(s);
	(void)unlink(shared_path);
	(void)unlink(arena_fmt(&arena, "%s-wal", shared_path).ptr);
	(void)unlink(arena_fmt(&arena, "%s-shm", shared_path).ptr);
	assert_int_equal(rmdir(dir), 0);
}

/* --- lists ------------------------------------------------------------------------------------ */

/* The titles of a page, with "," between. */
static const char *titles(const struct record_at *at, struct record_query *q)
{
	struct record_page page;
	struct str all = STR("");

	assert_int_equal(record_list(at, q, &page, &err), 0);
	for (size_t i = 0; i < page.count; i++)
		all = arena_fmt(&arena, "%.*s%s%.*s", STR_FMT(all), i ? "," : "",
			STR_FMT(page.at[i].title));
	q->after_key = page.next_key;
	q->after_id = page.next_id;
	return arena_cstr(&arena, all);
}

static void lists_are_sorted_searched_filtered_and_paged(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at at = at_of(s, "rooms");
	struct record_query q = { .max = 2 };
	int64_t count;

	add(&at, "ten=Phòng Ân|so-may=9");
	add(&at, "ten=Phòng Đông|so-may=1|khoa=co");
	add(&at, "ten=Phòng An|khoa=khong");
	add(&at, "ten=Phòng Dương|so-may=3|khoa=co|kiem-tra=1/2/2026");
	assert_string_equal(titles(&at, &q), "Phòng An,Phòng Ân");
	assert_string_equal(titles(&at, &q), "Phòng Dương,Phòng Đông");
	assert_string_equal(titles(&at, &q), "");
	q = (struct record_query){ .sort = STR("so-may"), .is_down = true, .max = 3 };
	assert_string_equal(titles(&at, &q), "Phòng Ân,Phòng Dương,Phòng Đông");
	assert_string_equal(titles(&at, &q), "Phòng An");
	q = (struct record_query){ .text = STR("phong DON") };
	assert_string_equal(titles(&at, &q), "Phòng Đông");
	q = (struct record_query){ .text = STR("\"* OR ( -") };
	assert_string_equal(titles(&at, &q), "");
	q = (struct record_query){ .filter_count = 2 };
	q.filters[0] = (struct record_filter){ pack_register_field(at.reg, STR("khoa")), STR("co"),
		STR("co") };
	q.filters[1] = (struct record_filter){ pack_register_field(at.reg, STR("so-may")), STR("2"),
		STR("9") };
	assert_string_equal(titles(&at, &q), "Phòng Dương");
	assert_int_equal(record_count(&at, &q, 100, &count, &err), 0);
	assert_int_equal(count, 1);
	q = (struct record_query){ .filter_count = 1 };
	q.filters[0] = (struct record_filter){ pack_register_field(at.reg, STR("khoa")), STR(""),
		STR("") };
	assert_string_equal(titles(&at, &q), "Phòng Ân");
	q = (struct record_query){ .units = STR("[2,3]") };
	assert_string_equal(titles(&at, &q), "");
	store_close(s);
}

#define MANY_ROOMS 2100 /* more than a list answers by looking each of them up */

/* Walks all pages; no title may hold WITHOUT. */
static size_t walk_all(const struct record_at *at, struct record_query q, const char *without)
{
	struct record_page page = { .has_more = true };
	size_t count = 0;

	while (page.has_more) {
		struct arena a;
		struct record_at own = *at;

		arena_init(&a, 32 * MIB);
		own.a = &a;
		assert_int_equal(record_list(&own, &q, &page, &err), 0);
		for (size_t i = 0; i < page.count; i++)
			assert_true(str_find(page.at[i].title, str_of(without)) < 0);
		count += page.count;
		q.after_key = arena_str(&arena, page.next_key);
		q.after_id = page.next_id;
		arena_done(&a);
	}
	return count;
}

static int64_t index_sum(struct store *s)
{
	struct store_query *q = store_query(s,
		"SELECT sum(length(key) * record_id + length(field)) + count(*) FROM record_index");
	int64_t sum;

	assert_int_equal(store_next(q, &err), 1);
	sum = store_i64(q, 0);
	store_end(q);
	return sum;
}

/* What most records pass is asked of each record, what few pass is looked up: both say the same. */
static void words_and_values_of_most_records_are_found_too(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at at = at_of(s, "rooms");
	struct record_notes notes;
	struct record_query q = { .text = STR("KHO số"), .max = RECORD_PAGE_MAX };
	int64_t sum;

	assert_int_equal(store_begin(s, &err), 0);
	for (int i = 0; i < MANY_ROOMS; i++) {
		struct record r = { .unit_id = 1 };
		struct record_faults faults;
		struct record_value typed[] = { { STR("ten"),
							arena_fmt(&arena, "Nhà-kho số %d", i) },
			{ STR("khoa"), i % 50 ? STR("co") : STR("khong") } };

		if (i % 700 == 1)
			typed[0].text = arena_fmt(&arena, "Xưởng số %d, có nhakho", i);
		assert_int_equal(record_put(&at, &r, (struct record_body){ typed, 2 }, STR(""),
					 &faults, &err),
			0);
	}
	assert_int_equal(store_commit(s, &err), 0);
	assert_int_equal(walk_all(&at, q, "Xưởng"), MANY_ROOMS - 3);
	q.filter_count = 1;
	q.filters[0] = (struct record_filter){ pack_register_field(at.reg, STR("khoa")), STR("co"),
		STR("co") };
	assert_int_equal(walk_all(&at, q, "Xưởng"), MANY_ROOMS - MANY_ROOMS / 50 - 3);
	q.text = STR("xuong");
	assert_int_equal(walk_all(&at, q, "kho số"), 3);
	/* a pack that changed: the new index, made in batches, is the old one */
	sum = index_sum(s);
	run(s, "UPDATE record_shape SET shape = 'older'");
	assert_int_equal(record_open(s, packs, &arena, &notes, &err), 0);
	assert_int_equal(index_sum(s), sum);
	store_close(s);
}

static void cancelled_records_have_their_own_list(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at at = at_of(s, "rooms");
	struct record_query q = { .is_cancelled = true, .max = 1 }, live = { 0 };
	int64_t first = add(&at, "ten=A"), second = add(&at, "ten=B");

	add(&at, "ten=C");
	assert_int_equal(record_cancel(&at, first, 1, STR("x"), &err), 0);
	at.now_s++;
	assert_int_equal(record_cancel(&at, second, 1, STR("x"), &err), 0);
	assert_string_equal(titles(&at, &q), "B");
	assert_string_equal(titles(&at, &q), "A");
	assert_string_equal(titles(&at, &live), "C");
	add(&at, "ten=A"); /* a cancelled name is free again */
	store_close(s);
}

static void links_go_both_ways(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at rooms = at_of(s, "rooms"), keys = at_of(s, "keys");
	int64_t room = add(&rooms, "ten=Phòng 1");
	int64_t key = add(&keys, arena_fmt(&arena, "so=K1|phong=%d", (int)room).ptr);
	struct record_link *links;
	size_t count;

	assert_int_equal(record_links(s, room, &arena, &links, &count, &err), 0);
	assert_int_equal(count, 1);
	assert_true(links[0].id == key && !links[0].is_from_here);
	assert_int_equal(record_links(s, key, &arena, &links, &count, &err), 0);
	assert_true(count == 1 && links[0].id == room && links[0].is_from_here);
	assert_int_equal(record_comment_add(&keys, key, STR("đã đánh thêm"), &err), 0);
	assert_int_equal(record_comment_add(&keys, key, STR(" "), &err), ERR_INPUT);
	store_close(s);
}

static void views_are_kept_by_name(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at at = at_of(s, "rooms");
	struct record_view *views;
	size_t count;

	run(s,
		"INSERT INTO person (id, login, name, name_folded, role, hash, must_change,"
		" onetime_until_s, created_at_s) VALUES (7, 'an', 'An', 'an', 1, 'x', 0, 0, 5)");
	assert_int_equal(record_view_keep(&at, 7, STR("Chưa khóa"), STR("?a=1"), &err), 0);
	assert_int_equal(record_view_keep(&at, 7, STR("Chưa khóa"), STR("?a=2"), &err), 0);
	assert_int_equal(record_view_keep(&at, 7, STR(" "), STR("?a=2"), &err), ERR_INPUT);
	assert_int_equal(record_views(&at, 7, &views, &count, &err), 0);
	assert_true(count == 1 && str_is(views[0].query, "?a=2"));
	assert_int_equal(record_view_keep(&at, 7, STR("Chưa khóa"), STR(""), &err), 0);
	assert_int_equal(record_views(&at, 7, &views, &count, &err), 0);
	assert_int_equal(count, 0);
	store_close(s);
}

/* --- judging ---------------------------------------------------------------------------------- */

/* The findings, a line each: "title: words". */
static const char *found(const struct record_at *at, struct record_judgement *j)
{
	struct str all = STR("");

	assert_int_equal(record_judge(at, ORG_UNIT_FIRST, j, &err), 0);
	for (size_t i = 0; i < j->finding_count; i++)
		all = arena_fmt(
			&arena, "%.*s%.*s\n", STR_FMT(all), STR_FMT(j->findings[i].words.vi));
	return arena_cstr(&arena, all);
}

static void rules_find_what_they_say(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at rooms = at_of(s, "rooms"), keys = at_of(s, "keys");
	const struct obligation *first = pack_obligation(packs, STR("law/D1.1#1"));
	const struct obligation *second = pack_obligation(packs, STR("law/D1.2"));
	struct record_judgement j;
	int64_t room;

	assert_string_equal(found(&rooms, &j), "Sổ phòng: chưa có bản ghi nào.\n");
	assert_int_equal(j.outcome, OUTCOME_FAIL);
	assert_string_equal(found(&keys, &j), "");
	assert_int_equal(j.outcome, OUTCOME_NA);                     /* may be empty */
	room = add(&rooms, "ten=P1|khoa=khong|kiem-tra=18/11/2026"); /* 8 days ago: not older */
	assert_string_equal(found(&rooms, &j), "Phòng P1 không có chìa\n");
	assert_int_equal(record_outcome(rooms.reg, &j, first), OUTCOME_PASS);
	assert_int_equal(record_outcome(rooms.reg, &j, second), OUTCOME_FAIL);
	rooms.now_s += CLOCK_DAY_S;
	assert_string_equal(found(&rooms, &j), "Phòng P1 không khóa\nPhòng P1 không có chìa\n");
	assert_int_equal(record_outcome(rooms.reg, &j, first), OUTCOME_FAIL);
	assert_true(str_is(j.findings[0].field->id, "khoa"));
	add(&keys, arena_fmt(&arena, "so=K1|phong=%d|con=yes", (int)room).ptr);
	assert_string_equal(found(&rooms, &j), "Phòng P1 không khóa\n");
	/* of the record it points to */
	assert_string_equal(found(&keys, &j), "Chìa K1 của phòng không khóa\n");
	add(&keys, arena_fmt(&arena, "so=K2|phong=%d|con=no", (int)room).ptr);
	found(&keys, &j);
	assert_int_equal(j.finding_count, 4); /* each is a twin, which only warns */
	assert_true(j.findings[1].is_warning);
	store_close(s);
}

/* "older than a month" of 31/3 is before 28/2, the one calendar that all terms have. */
static void months_of_rules_end_with_the_month(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at at = at_of(s, "rooms");
	struct pack_register with = *at.reg;
	struct register_condition old = { .field = STR("kiem-tra"),
		.op = OP_OLDER,
		.span = { .months = 1 } };
	struct register_rule rule = { .id = STR("cu"),
		.words = { STR("{ten} lâu chưa kiểm tra"), STR("{ten} was not looked at") },
		.when = &old,
		.when_count = 1 };
	struct record_judgement j;

	at.now_s = date_start_s((struct date){ 2026, 3, 31 });
	with.rules = &rule;
	with.rule_count = 1;
	at.reg = &with;
	add(&at, "ten=P1|kiem-tra=28/02/2026");
	add(&at, "ten=P2|kiem-tra=27/02/2026");
	assert_string_equal(found(&at, &j), "P2 lâu chưa kiểm tra\n");
	store_close(s);
}

static void what_points_to_a_cancelled_record_is_found(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at rooms = at_of(s, "rooms"), keys = at_of(s, "keys");
	int64_t room = add(&rooms, "ten=P1");
	struct record_judgement j;

	add(&keys, arena_fmt(&arena, "so=K1|phong=%d|con=yes", (int)room).ptr);
	assert_string_equal(found(&keys, &j), "");
	assert_int_equal(record_cancel(&rooms, room, 1, STR("đã phá"), &err), 0);
	assert_string_equal(found(&keys, &j), "“K1”: Phòng ghi “P1”, bản ghi ấy đã bị hủy.\n");
	store_close(s);
}

/* A rule that compares with what machines were found to have. */
static void machines_are_held_against_the_register(void **state)
{
	struct store *s = opened(":memory:");
	struct record_at at = at_of(s, "rooms");
	struct pack_register with = *at.reg;
	struct register_rule rule = { .id = STR("la"),
		.words = { STR("{ten} không có trong sổ"), STR("{ten} is not listed") },
		.machine = { .check = STR("pw.len"),
			.prefix = STR("user "),
			.host = STR("may"),
			.field = STR("ten") } };
	struct evidence rows[] = {
		{ .check = STR("pw.len"), .subject = STR("user lan"), .outcome = OUTCOME_PASS },
		{ .check = STR("pw.len"), .subject = STR("user la"), .outcome = OUTCOME_FAIL },
		{ .check = STR("pw.len"), .subject = STR("host"), .outcome = OUTCOME_PASS },
	};
	struct audit_run run = { .at_s = NOW_S - 60, .program = STR("khien") };
	struct record_judgement j;

	assert_int_equal(org_host_seen(s, "may1", "server", NOW_S, &run.host_id, &err), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str *texts[] = { &rows[i].reason, &rows[i].detail, &rows[i].found,
			&rows[i].wanted, &rows[i].file, &rows[i].lost, &rows[i].extract_sha256,
			&rows[i].person };

		rows[i].host_id = run.host_id;
		rows[i].at_s = run.at_s;
		for (size_t n = 0; n < COUNT(texts); n++)
			*texts[n] = STR("");
	}
	if (evidence_add_run(s, &run, rows, COUNT(rows), &err) != 0)
		fail_msg("%s", err.text);
	with.rules = &rule;
	with.rule_count = 1;
	at.reg = &with;
	add(&at, arena_fmt(&arena, "ten=lan|may=%d", (int)run.host_id).ptr);
	assert_string_equal(found(&at, &j), "la (may1) không có trong sổ\n");
	rule.machine.is_unseen = true;
	assert_string_equal(found(&at, &j), "");
	add(&at, arena_fmt(&arena, "ten=minh|may=%d", (int)run.host_id).ptr);
	assert_string_equal(found(&at, &j), "minh không có trong sổ\n");
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_get_one_spelling),
		cmocka_unit_test(a_body_comes_back_as_it_was),
		cmocka_unit_test(every_fault_of_a_record_is_named),
		cmocka_unit_test(each_version_is_kept_and_undone),
		cmocka_unit_test(undoing_goes_to_what_was_before),
		cmocka_unit_test(values_of_a_field_that_is_gone_stay),
		cmocka_unit_test(fifty_editors_lose_nothing),
		cmocka_unit_test(lists_are_sorted_searched_filtered_and_paged),
		cmocka_unit_test(words_and_values_of_most_records_are_found_too),
		cmocka_unit_test(cancelled_records_have_their_own_list),
		cmocka_unit_test(links_go_both_ways),
		cmocka_unit_test(views_are_kept_by_name),
		cmocka_unit_test(rules_find_what_they_say),
		cmocka_unit_test(months_of_rules_end_with_the_month),
		cmocka_unit_test(what_points_to_a_cancelled_record_is_found),
		cmocka_unit_test(machines_are_held_against_the_register),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
