#include "work/seal/seal_int.h"
#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#define NOW_S INT64_C(1790000000)

/* A shard in memory with a writer, and helpers that fail the test. */
struct shard {
	struct vfile_disk *d, *keys, *log, *vault;
	struct wal *w;
	struct err e;
	struct seal_answer answer;
};

#define FINE(call) \
	do { \
		if ((call) != 0) \
			fail_msg("%s", x->e.text); \
	} while (0)

static void seal_at(struct shard *x, int64_t now_s)
{
	FINE(seal_now(x->d, x->keys, x->w, now_s, &x->answer, &x->e));
}

static void begin(struct shard *x)
{
	struct buf leaf;

	memset(x, 0, sizeof(*x));
	x->d = vfile_memory_new();
	x->keys = vfile_memory_new();
	x->log = vfile_memory_new();
	x->vault = vfile_memory_new();
	buf_init(&leaf, SEAL_LEAF_MAX);
	FINE(seal_begin(x->d,
		&(struct seal_begin){ .origin = STR("xa.vn/khien/nhat-ky/2026"),
			.keys = x->keys,
			.log = x->log,
			.vault = x->vault,
			.now_s = NOW_S,
			.reason = STR("") },
		&leaf, &x->e));
	buf_done(&leaf);
	FINE(wal_open(x->d, &x->w, &x->e));
	seal_at(x, NOW_S);
}

static void end(struct shard *x)
{
	wal_close(x->w);
	vfile_disk_close(x->d);
	vfile_disk_close(x->keys);
	vfile_disk_close(x->log);
	vfile_disk_close(x->vault);
}

static void add_lines(struct shard *x, unsigned count)
{
	char text[64];

	for (unsigned i = 0; i < count; i++) {
		struct leaf leaf = { .kind = LEAF_LINE,
			.transport = LEAF_TCP,
			.source = 1,
			.received_ns = NOW_S * 1000000000 + i };

		snprintf(text, sizeof(text), "<13>line %llu", (unsigned long long)wal_next(x->w));
		leaf.raw = str_of(text);
		FINE(wal_add(x->w, &leaf, &x->e));
	}
	FINE(wal_commit(x->w, &x->e));
}

static struct note_key identity(struct shard *x, struct arena *a)
{
	struct note_key key;
	struct str text;
	struct str line;

	FINE(vfile_load(x->d, "keys/public.txt", 4 * KIB, a, &text, &x->e));
	assert_true(str_next_line(&text, &line));
	FINE(note_key_parse(line, a, &key, &x->e));
	return key;
}

static void what_is_there_is_signed(void **state)
{
	struct shard at, *x = &at;
	struct checkpoint c;
	struct merkle_head head;
	struct note_key key;
	struct arena a;
	struct note n;
	struct str bytes;

	begin(x);
	arena_init(&a, SEAL_MEMORY_BYTES);
	add_lines(x, 700);
	seal_at(x, NOW_S);
	assert_true(x->answer.is_sealed);
	assert_int_equal(x->answer.size, wal_size(x->w));
	FINE(vfile_load(x->d, "checkpoint", NOTE_BYTES_MAX, &a, &bytes, &x->e));
	FINE(note_parse(bytes, &a, &n, &x->e));
	FINE(checkpoint_parse(n.text, &c, &x->e));
	key = identity(x, &a);
	assert_int_equal(note_verify(&n, &key, NULL, &x->e), 1);
	assert_int_equal(n.count, 2);
	wal_head(x->w, &head);
	assert_int_equal(c.head.size, head.size);
	assert_true(merkle_equal(&c.head.root, &head.root));
	/* nothing new: nothing signed */
	seal_at(x, NOW_S + 60);
	assert_int_equal(x->answer.size, head.size);
	add_lines(x, 1);
	seal_at(x, NOW_S + 60);
	assert_int_equal(x->answer.size, head.size + 2);
	arena_done(&a);
	end(x);
}

static void the_key_of_the_past_hour_is_gone(void **state)
{
	struct shard at, *x = &at;
	struct seal_key first, now;
	struct arena a;
	struct str whole;

	begin(x);
	arena_init(&a, SEAL_MEMORY_BYTES);
	add_lines(x, 10);
	seal_at(x, NOW_S);
	FINE(key_load(x->keys, KEY_EPOCH, &first, &x->e));
	assert_int_equal(first.number, 0);
	add_lines(x, 10);
	seal_at(x, NOW_S + SEAL_EPOCH_S);
	FINE(key_load(x->keys, KEY_EPOCH, &now, &x->e));
	assert_int_equal(now.number, 1);
	assert_int_equal(key_load(x->keys, KEY_NEXT, &now, &x->e), ERR_ABSENT);
	/* no file of the shard holds the seed of hour 0 */
	for (size_t i = 0; i < 2; i++) {
		const char *const names[] = { KEY_EPOCH, KEY_IDENTITY };

		FINE(vfile_load(x->keys, names[i], KIB, &a, &whole, &x->e));
		assert_true(
			str_find(whole,
				(struct str){ (const char *)first.seed, sizeof(first.seed) }) < 0);
	}
	arena_done(&a);
	end(x);
}

static void a_false_root_ends_the_signing(void **state)
{
	struct shard at, *x = &at;
	struct merkle_head head;
	struct seal *s;

	begin(x);
	add_lines(x, 10);
	seal_at(x, NOW_S);
	add_lines(x, 10);
	wal_head(x->w, &head);
	head.root.bytes[0] ^= 1;
	FINE(seal_open(x->d, x->keys, NOW_S, &s, &x->e));
	FINE(seal_check(s, &head, NOW_S, &x->answer, &x->e));
	assert_false(x->answer.is_sealed);
	seal_close(s);
	/* not after a restart either, and not for the right root */
	seal_at(x, NOW_S + 60);
	assert_false(x->answer.is_sealed);
	assert_true(str_find(str_of(x->answer.reason), STR("another root")) >= 0);
	end(x);
}

static void what_was_signed_is_not_signed_otherwise(void **state)
{
	struct shard at, *x = &at;
	struct merkle_head head;
	struct buf note;
	struct seal *s;

	begin(x);
	buf_init(&note, NOTE_BYTES_MAX);
	add_lines(x, 300);
	seal_at(x, NOW_S);
	FINE(seal_open(x->d, x->keys, NOW_S, &s, &x->e));
	buf_add(&note, seal_note(s));
	/* the writer comes back with less than was signed */
	wal_head(x->w, &head);
	head.size -= 20;
	FINE(seal_check(s, &head, NOW_S, &x->answer, &x->e));
	assert_false(x->answer.is_sealed);
	seal_close(s);
	/* somebody outside holds more than the disk does */
	FINE(vfile_unlink(x->d, "alarm", &x->e));
	FINE(seal_anchor_keep(x->d, "tinh", buf_str(&note), &x->e));
	FINE(vfile_unlink(x->d, "checkpoint", &x->e));
	FINE(vfile_unlink(x->d,
		history_name(
			(struct history_row){ 0, x->answer.size }, (char[HISTORY_NAME_SIZE]){ 0 }),
		&x->e));
	FINE(seal_open(x->d, x->keys, NOW_S, &s, &x->e));
	FINE(seal_check(s, &head, NOW_S, &x->answer, &x->e));
	assert_false(x->answer.is_sealed);
	assert_true(str_find(str_of(x->answer.reason), STR("tinh")) >= 0);
	seal_close(s);
	buf_done(&note);
	end(x);
}

static void two_halves_make_the_recovery_key(void **state)
{
	struct shard at, *x = &at;
	struct seal_halves halves;
	struct seal_key key;
	unsigned char seed[ED25519_SEED_SIZE];
	char typed[SEAL_HALF_SIZE];

	begin(x);
	FINE(key_load(x->vault, KEY_RECOVERY, &key, &x->e));
	FINE(seal_recovery_halves(x->vault, &halves, &x->e));
	FINE(seal_recovery_join(str_of(halves.half[0]), str_of(halves.half[1]), seed, &x->e));
	assert_memory_equal(seed, key.seed, sizeof(seed));
	assert_int_equal(
		seal_recovery_join(str_of(halves.half[1]), str_of(halves.half[0]), seed, &x->e),
		ERR_INPUT);
	snprintf(typed, sizeof(typed), "%s", halves.half[1]);
	typed[7] = typed[7] == 'A' ? 'B' : 'A';
	assert_int_equal(
		seal_recovery_join(str_of(halves.half[0]), str_of(typed), seed, &x->e), ERR_INPUT);
	FINE(seal_recovery_forget(x->vault, &x->e));
	assert_int_equal(seal_recovery_halves(x->vault, &halves, &x->e), ERR_ABSENT);
	end(x);
}

static void old_hours_keep_their_last_checkpoint(void **state)
{
	struct shard at, *x = &at;
	struct history_row *rows;
	struct arena a;
	size_t count, of_first = 0;

	begin(x);
	arena_init(&a, SEAL_MEMORY_BYTES);
	for (int64_t t = 0; t < 30 * SEAL_EPOCH_S; t += 600) {
		add_lines(x, 1);
		seal_at(x, NOW_S + t);
	}
	FINE(history_list(x->d, &a, &rows, &count, &x->e));
	for (size_t i = 0; i < count; i++)
		of_first += rows[i].epoch == 2;
	assert_int_equal(of_first, 1);
	assert_int_equal(rows[count - 1].epoch, 29);
	assert_true(count > 24 * 6);
	arena_done(&a);
	end(x);
}

static void a_shard_goes_on_from_the_one_before(void **state)
{
	struct shard old, new, *x = &old;
	struct link_notice n;
	struct seal_halves halves;
	struct note_key key;
	struct buf leaf;
	struct arena a;
	struct str text, line;
	struct seal_key gone;
	unsigned char seed[ED25519_SEED_SIZE];
	struct seal_begin b = { .origin = STR("xa.vn/khien/nhat-ky/2027"), .now_s = NOW_S };

	begin(x);
	new.d = vfile_memory_new();
	arena_init(&a, SEAL_MEMORY_BYTES);
	buf_init(&leaf, SEAL_LEAF_MAX);
	add_lines(x, 10);
	seal_at(x, NOW_S);
	key = identity(x, &a);
	new.keys = vfile_memory_new();
	b.keys = new.keys;
	b.log = x->log;
	b.vault = x->vault;
	b.previous = x->d;
	b.previous_keys = x->keys;
	b.reason = STR("năm mới");
	FINE(seal_begin(new.d, &b, &leaf, &x->e));
	FINE(link_parse(buf_str(&leaf), &a, &n, &x->e));
	assert_int_equal(n.by, LINK_IDENTITY);
	assert_true(link_is_signed(buf_str(&leaf), &n, &key));
	key.public_key[0] ^= 1;
	assert_false(link_is_signed(buf_str(&leaf), &n, &key));
	assert_int_equal(key_load(x->keys, KEY_IDENTITY, &gone, &x->e), ERR_ABSENT);
	vfile_disk_close(new.d);
	vfile_disk_close(new.keys);
	/* after a restore: with the halves on paper */
	new.d = vfile_memory_new();
	new.keys = vfile_memory_new();
	b.keys = new.keys;
	FINE(seal_recovery_halves(x->vault, &halves, &x->e));
	FINE(seal_recovery_join(str_of(halves.half[0]), str_of(halves.half[1]), seed, &x->e));
	b.recovery = (struct str){ (const char *)seed, sizeof(seed) };
	b.origin = STR("xa.vn/khien/nhat-ky/2026.2");
	buf_clear(&leaf);
	FINE(seal_begin(new.d, &b, &leaf, &x->e));
	FINE(link_parse(buf_str(&leaf), &a, &n, &x->e));
	assert_int_equal(n.by, LINK_RECOVERY);
	FINE(vfile_load(x->log, "recovery.pub", KIB, &a, &text, &x->e));
	assert_true(str_next_line(&text, &line));
	FINE(note_key_parse(line, &a, &key, &x->e));
	assert_true(link_is_signed(buf_str(&leaf), &n, &key));
	vfile_disk_close(new.d);
	vfile_disk_close(new.keys);
	buf_done(&leaf);
	arena_done(&a);
	end(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_is_signed),
		cmocka_unit_test(the_key_of_the_past_hour_is_gone),
		cmocka_unit_test(a_false_root_ends_the_signing),
		cmocka_unit_test(what_was_signed_is_not_signed_otherwise),
		cmocka_unit_test(two_halves_make_the_recovery_key),
		cmocka_unit_test(old_hours_keep_their_last_checkpoint),
		cmocka_unit_test(a_shard_goes_on_from_the_one_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
