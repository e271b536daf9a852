/* backup_test.c - what comes back is what went in; a byte changed anywhere, a byte too few or too
 * many, a wrong key: all are named, and nothing is left behind. */
#include "work/backup/backup_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/store/store.h"
#include "test/unit.h"

static struct err err;
static char base[64];
static const struct backup_keys keys = { { "mat khau cua phong bi", 21 },
	{ "0123456789abcdef0123456789abcdef", 32 } };

static const char *in(const char *name)
{
	static char paths[4][200];
	static int at;

	at = (at + 1) % 4;
	snprintf(paths[at], sizeof(paths[at]), "%s/%s", base, name);
	return paths[at];
}

static void put(const char *name, const char *bytes, size_t len)
{
	int fd = open(in(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static size_t get(const char *name, char *bytes, size_t room)
{
	int fd = open(in(name), O_RDONLY | O_CLOEXEC);
	ssize_t len;

	assert_true(fd >= 0);
	len = read(fd, bytes, room);
	close(fd);
	assert_true(len >= 0);
	return (size_t)len;
}

static int make(void **state)
{
	static const struct store_step steps[] = { { 1, "t",
		"CREATE TABLE t (a TEXT NOT NULL); INSERT INTO t VALUES ('một')" } };
	struct store *s;
	static char big[200000];

	(void)state;
	snprintf(base, sizeof(base), "/tmp/khien-backup-XXXXXX");
	if (!mkdtemp(base) || mkdir(in("data"), 0700) != 0 || mkdir(in("data/log"), 0700) != 0 ||
		mkdir(in("data/log/wal"), 0700) != 0 || mkdir(in("data/empty"), 0700) != 0)
		return -1;
	memset(big, 'x', sizeof(big));
	put("data/secret.key", "khoa", 4);
	put("data/log/wal/1", big, sizeof(big));
	put("data/log/none", "", 0);
	if (store_open(in("data/khien.db"), &err, &s) < 0 || store_migrate(s, steps, 1, &err) < 0)
		return -1;
	store_close(s);
	return 0;
}

static int away(void **state)
{
	(void)state;
	backup_remove(base);
	return 0;
}

static void write_one(const char *name)
{
	struct backup_sum sum;

	if (backup_write(in("data"), in(name), &keys, NULL, &sum, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(sum.files, 4);
}

static void it_comes_back_whole(void **state)
{
	static char bytes[300000];
	struct backup_keys by_recovery = { .recovery_key = keys.recovery_key };
	struct backup_sum sum;
	struct store *s;
	struct store_query *q;

	(void)state;
	write_one("b");
	assert_int_equal(backup_write(in("data"), in("b"), &keys, NULL, &sum, &err), ERR_CONFLICT);
	assert_int_equal(backup_restore(in("b"), in("back"), &keys, &sum, &err), 0);
	assert_int_equal(sum.files, 4);
	assert_int_equal(get("back/log/wal/1", bytes, sizeof(bytes)), 200000);
	assert_int_equal(get("back/secret.key", bytes, sizeof(bytes)), 4);
	assert_int_equal(access(in("back/empty"), F_OK), 0);
	assert_int_equal(store_open(in("back/khien.db"), &err, &s), 0);
	q = store_query(s, "SELECT a FROM t");
	assert_int_equal(store_next(q, &err), 1);
	assert_true(str_is(store_str(q, 0), "một"));
	store_close(s);
	assert_int_equal(backup_restore(in("b"), in("back"), &keys, &sum, &err), ERR_CONFLICT);
	assert_int_equal(get("back/secret.key", bytes, sizeof(bytes)), 4); /* it was not ours */
	assert_int_equal(backup_restore(in("b"), in("back2"), &by_recovery, &sum, &err), 0);
}

static void a_wrong_key_opens_nothing(void **state)
{
	struct backup_keys wrong = { .passphrase = STR("mat khau khac han") }, none = { 0 };
	struct backup_keys other = { .recovery_key = STR("1123456789abcdef0123456789abcdef") };
	struct backup_keys weak = { .passphrase = STR("ngan") };
	struct backup_sum sum;

	(void)state;
	write_one("b");
	assert_int_equal(backup_restore(in("b"), in("back"), &wrong, &sum, &err), ERR_DENIED);
	assert_int_equal(backup_restore(in("b"), in("back"), &other, &sum, &err), ERR_DENIED);
	assert_int_equal(backup_restore(in("b"), in("back"), &none, &sum, &err), ERR_INPUT);
	assert_int_equal(access(in("back"), F_OK), -1);
	assert_int_equal(backup_write(in("data"), in("c"), &weak, NULL, &sum, &err), ERR_INPUT);
	assert_int_equal(backup_write(in("data"), in("c"), &none, NULL, &sum, &err), ERR_INPUT);
	assert_int_equal(access(in("c"), F_OK), -1);
	assert_int_equal(
		backup_restore(in("data/secret.key"), in("back"), &keys, &sum, &err), ERR_INPUT);
}

static void every_damage_is_found(void **state)
{
	struct backup_keys by_recovery = { .recovery_key = keys.recovery_key };
	static char bytes[600000];
	struct backup_sum sum;
	size_t len, tried = 0;

	(void)state;
	write_one("b");
	len = get("b", bytes, sizeof(bytes));
	assert_true(len > 200000 && len < sizeof(bytes));
	/* the recovery key, so that no passphrase is stretched each time; its own salt and copy of
	 * the key are not read then */
	for (size_t at = 0; at < len; at += at < 300 ? 1 : 4999) {
		if (at >= BACKUP_MAGIC_SIZE &&
			at < BACKUP_MAGIC_SIZE + PASSPHRASE_SALT_SIZE + WRAPPED_SIZE)
			continue;
		bytes[at] ^= 1;
		put("damaged", bytes, len);
		bytes[at] ^= 1;
		if (backup_restore(in("damaged"), in("back"), &by_recovery, &sum, &err) == 0)
			fail_msg("byte %zu", at);
		assert_int_equal(access(in("back"), F_OK), -1);
		tried++;
	}
	for (size_t cut = len - 1; cut > 10000; cut -= cut > len - 20 ? 1 : 9973) {
		put("damaged", bytes, cut);
		if (backup_restore(in("damaged"), in("back"), &by_recovery, &sum, &err) == 0)
			fail_msg("cut at %zu", cut);
		tried++;
	}
	bytes[len] = 0;
	put("damaged", bytes, len + 1);
	assert_int_equal(
		backup_restore(in("damaged"), in("back"), &by_recovery, &sum, &err), ERR_CRYPTO);
	print_message("# %zu damaged files\n", tried + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_comes_back_whole, make, away),
		cmocka_unit_test_setup_teardown(a_wrong_key_opens_nothing, make, away),
		cmocka_unit_test_setup_teardown(every_damage_is_found, make, away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
