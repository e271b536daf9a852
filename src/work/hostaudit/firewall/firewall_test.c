/* Lists of ipset as the kernel told them: fuzz/corpus/ipset holds whole answers of Linux 6.18 to
 * IPSET_CMD_LIST. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "test/unit.h"
#include "work/hostaudit/firewall/firewall.h"

#define ONE_SRC 2u /* IPSET_DIM_ONE_SRC: the first value is that of whoever sends */

static struct arena arena;
static struct fw_ipsets sets;

static int set_up(void **state)
{
	arena_init(&arena, 16 * MIB);
	sets = (struct fw_ipsets){ 0 };
	return 0;
}

static int tear_down(void **state)
{
	arena_done(&arena);
	return 0;
}

static size_t answer(const char *name, unsigned char *bytes, size_t max)
{
	char path[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/fuzz/corpus/ipset/%s", getenv("KHIEN_SOURCE"), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, bytes, max);
	close(fd);
	assert_true(n > 0 && (size_t)n < max);
	return (size_t)n;
}

static void take(const char *name)
{
	unsigned char bytes[8192];
	size_t size = answer(name, bytes, sizeof(bytes));
	struct nlmsghdr head;

	for (size_t at = 0; at < size; at += NLMSG_ALIGN(head.nlmsg_len)) {
		memcpy(&head, bytes + at, sizeof(head));
		assert_true(fw_add_ipset(&sets, &arena, bytes + at, head.nlmsg_len));
	}
}

static void want(const char *name, unsigned flags, enum fw_when wanted)
{
	for (size_t i = 0; i < sets.all.len; i++)
		if (str_is(sets.all.at[i].name, name)) {
			assert_true(sets.all.at[i].has_index);
			assert_int_equal(fw_ipset_when(&sets, sets.all.at[i].index, flags), wanted);
			return;
		}
	fail_msg("no list %s", name);
}

static void a_list_is_as_wide_as_what_is_in_it(void **state)
{
	take("nets");
	want("coquan", ONE_SRC, FW_NARROW); /* 10.0.0.0/8 */
	want("coquan", 0, FW_WIDE);         /* of the machine's own address: which has it? */
	want("khap", ONE_SRC, FW_ALWAYS);   /* 0.0.0.0/1 and 128.0.0.0/1, and one net left out */
	take("lists");
	want("ba", ONE_SRC, FW_ALWAYS);  /* 2000::/4 and 3000::/4 */
	want("mot", ONE_SRC, FW_NARROW); /* one network of eight bits */
	want("ds", ONE_SRC, FW_ALWAYS);  /* a list of these two */
}

static void an_element_is_as_narrow_as_its_narrowest_value(void **state)
{
	take("joined");
	want("cong", 0, FW_NARROW);                      /* forty ports */
	want("hai", ONE_SRC, FW_NARROW);                 /* 10.0.0.0/8 and one port */
	want("the", ONE_SRC | ONE_SRC << 1, FW_WIDE);    /* all addresses, by one card */
	want("tran", ONE_SRC | ONE_SRC << 1, FW_NARROW); /* all addresses of the loop */
}

static void a_list_nobody_knows_may_hold_everybody(void **state)
{
	assert_int_equal(fw_ipset_when(NULL, 0, ONE_SRC), FW_WIDE);
	take("nets");
	assert_int_equal(fw_ipset_when(&sets, 4711, ONE_SRC), FW_WIDE);
	sets.is_full = true;
	want("coquan", ONE_SRC, FW_WIDE);
}

static void a_message_cut_short_is_refused(void **state)
{
	unsigned char bytes[8192];
	size_t size = answer("nets", bytes, sizeof(bytes));
	struct nlmsghdr head;

	memcpy(&head, bytes, sizeof(head));
	assert_true(head.nlmsg_len <= size);
	for (size_t cut = 0; cut < NLMSG_HDRLEN + 4; cut++)
		assert_false(fw_add_ipset(&sets, &arena, bytes, cut));
	for (size_t cut = NLMSG_HDRLEN; cut < head.nlmsg_len; cut++) { /* not read over its end */
		unsigned char *part = malloc(cut);

		assert_non_null(part);
		(void)fw_add_ipset(&sets, &arena, memcpy(part, bytes, cut), cut);
		free(part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_list_is_as_wide_as_what_is_in_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_element_is_as_narrow_as_its_narrowest_value, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_list_nobody_knows_may_hold_everybody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_message_cut_short_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
