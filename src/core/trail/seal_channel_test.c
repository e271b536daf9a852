#include "core/trail/seal_channel.h"
#include "test/unit.h"

#include <sys/socket.h>
#include <unistd.h>

static void messages_come_as_they_were_sent(void **state)
{
	const struct seal_message sent[] = {
		{ .word = SEAL_CHECK, .year = 2026, .size = 77, .hash = { { 1, 2, 3 } } },
		{ .word = SEAL_REFUSED, .year = 2026, .size = 7, .reason = SEAL_WITNESS },
		{ .word = SEAL_ADD, .year = 2027, .kind = LEAF_KEY, .json = STR("{\"epoch\":1}") },
	};
	static char bytes[SEAL_MESSAGE_MAX];
	struct seal_message got;
	struct err e = { 0 };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(seal_receive(pair[1], bytes, &got, &e), 0);
	for (size_t i = 0; i < COUNT(sent); i++) {
		assert_int_equal(seal_send(pair[0], &sent[i], &e), 0);
		assert_int_equal(seal_receive(pair[1], bytes, &got, &e), 1);
		assert_int_equal(got.word, sent[i].word);
		assert_int_equal(got.year, sent[i].year);
		assert_int_equal(got.size, sent[i].size);
		assert_int_equal(got.reason, sent[i].reason);
		assert_int_equal(got.kind, sent[i].kind);
		assert_memory_equal(got.hash.bytes, sent[i].hash.bytes, SHA256_SIZE);
		assert_true(str_eq(got.json, sent[i].json.ptr ? sent[i].json : STR("")));
	}
	close(pair[0]);
	assert_int_equal(seal_receive(pair[1], bytes, &got, &e), ERR_ABSENT);
	assert_int_equal(seal_send(pair[1], &sent[0], &e), ERR_ABSENT);
	close(pair[1]);
}

static void what_is_no_message_is_taken_off_the_queue(void **state)
{
	unsigned char raw[65] = { SEAL_CHECK };
	static char bytes[SEAL_MESSAGE_MAX];
	struct seal_message got;
	struct err e = { 0 };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	for (size_t i = 0; i < 6; i++) {
		size_t len = i == 0 ? 63 : i == 1 ? 65 : 64;

		memset(raw, 0, sizeof(raw));
		raw[0] = i == 2 ? 0 : i == 3 ? SEAL_WORD_MAX + 1 : SEAL_CHECK;
		raw[1] = i == 4 ? SEAL_BUSY : 0;
		raw[60] = i == 5;
		assert_int_equal(send(pair[0], raw, len, 0), (ssize_t)len);
		assert_int_equal(seal_receive(pair[1], bytes, &got, &e), ERR_INPUT);
		assert_int_equal(seal_receive(pair[1], bytes, &got, &e), 0);
	}
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_as_they_were_sent),
		cmocka_unit_test(what_is_no_message_is_taken_off_the_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
