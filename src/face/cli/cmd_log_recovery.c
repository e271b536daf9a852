/* khien log recovery: the recovery key on paper, and going on with it after a restore. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "face/cli/log.h"
#include "work/seal/seal.h"

#define LINE_MAX_BYTES 400

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	{ "log", OPTION_CHOICE, NULL, "log|trail", T("nhật ký máy gửi về, hoặc sổ vết thay đổi") },
	{ "reason", OPTION_TEXT, T("CHỮ"), NULL,
		T("lý do tiếp nối, ghi lại mãi mãi trong nhật ký") },
	{ 0 },
};

struct job {
	const struct command_line *line;
	const char *data, *log;
	struct vfile_disk *folder, *vault;
};

/* A line of the standard input: halves never stand on a command line, where others see them. */
static struct str ask(const struct job *j, const char *words, char *to)
{
	printf("%s ", tr(j->line->lang, words));
	fflush(stdout);
	if (!fgets(to, LINE_MAX_BYTES, stdin))
		to[0] = '\0';
	return str_trim(str_of(to));
}

static int ask_halves(const struct job *j, unsigned char *ret_seed, struct err *e)
{
	char first[LINE_MAX_BYTES], second[LINE_MAX_BYTES];
	struct str one = ask(j, T("Nửa thứ nhất:"), first);
	struct str two = ask(j, T("Nửa thứ hai:"), second);
	int rc = seal_recovery_join(one, two, ret_seed, e);

	printf("\n");
	wipe(first, sizeof(first));
	wipe(second, sizeof(second));
	return rc;
}

static int do_print(struct job *j, struct err *e)
{
	struct seal_halves halves;
	int rc = seal_recovery_halves(j->vault, &halves, e);

	if (rc == ERR_ABSENT)
		return err_set(e, ERR_ABSENT, "%s",
			tr(j->line->lang,
				T("khóa khôi phục không còn ở đây: đã in ra giấy và xóa khỏi máy")));
	if (rc < 0)
		return rc;
	printf("%s\n\n  1  %s\n\n  2  %s\n\n%s\n",
		tr(j->line->lang,
			T("Chép hai nửa ra hai tờ giấy, giao cho hai người khác nhau cất giữ:")),
		halves.half[0], halves.half[1],
		tr(j->line->lang,
			T("Mỗi nửa riêng lẻ không nói lên gì. Chép xong, chạy log recovery forget để xóa "
			  "khóa khỏi máy.")));
	wipe(&halves, sizeof(halves));
	return 0;
}

/* Only when the paper is right does the key leave the machine. */
static int do_forget(struct job *j, struct err *e)
{
	unsigned char seed[ED25519_SEED_SIZE];
	int rc = ask_halves(j, seed, e);

	if (rc == 0)
		rc = seal_recovery_check(j->folder, seed, e);
	wipe(seed, sizeof(seed));
	return rc == 0 ? seal_recovery_forget(j->vault, e) : rc;
}

static int do_continue(struct job *j, struct err *e)
{
	const char *reason = command_value(j->line, "reason");
	struct seal_continue c = { .data = j->data,
		.log = j->log,
		.reason = str_of(reason ? reason : ""),
		.now_s = clock_now_s() };
	char shard[SHARD_ID_SIZE];
	int rc = 0;

	if (!reason)
		rc = err_set(e, ERR_INPUT, "%s", tr(j->line->lang, T("cần --reason \"lý do\"")));
	if (rc == 0)
		rc = ask_halves(j, c.recovery, e);
	if (rc == 0)
		rc = seal_continue(&c, shard, e);
	wipe(c.recovery, sizeof(c.recovery));
	if (rc == 0)
		printf("%s %s\n", tr(j->line->lang, T("nhật ký đi tiếp trong phần")), shard);
	return rc;
}

static const struct action {
	const char *name;
	int (*run)(struct job *j, struct err *e);
	const char *done;
} actions[] = {
	{ "print", do_print, "" },
	{ "forget", do_forget, T("✓ hai nửa trên giấy đúng; khóa đã được xóa khỏi máy") },
	{ "continue", do_continue, T("✓ đã tiếp nối, có chữ ký của khóa khôi phục") },
};

static int run(const struct command_line *line, struct err *e)
{
	const char *log = command_value(line, "log");
	struct job j = {
		.line = line, .data = command_value(line, "data"), .log = log ? log : SEAL_LOG
	};
	const struct action *a = NULL;
	int rc;

	for (size_t i = 0; i < COUNT(actions); i++)
		if (strcmp(actions[i].name, line->args[0]) == 0)
			a = &actions[i];
	if (!a)
		return err_set(e, ERR_INPUT,
			tr(line->lang, T("không có việc \"%s\"; có: print, forget, continue")),
			line->args[0]);
	rc = cli_data(line, &j.data, e);
	if (rc < 0)
		return rc;
	rc = vfile_disk_open(arena_fmt(line->arena, "%s/%s", j.data, j.log).ptr, &j.folder, e);
	if (rc == 0)
		rc = seal_keys_open(j.data, j.log, NULL, &j.vault, e);
	if (rc == 0)
		rc = a->run(&j, e);
	if (rc == 0 && *a->done)
		printf("%s\n", tr(line->lang, a->done));
	vfile_disk_close(j.vault);
	vfile_disk_close(j.folder);
	return rc;
}

const struct command cmd_log_recovery = {
	.name = "log recovery",
	.args = "print|forget|continue",
	.words = T("khóa khôi phục: in hai nửa ra giấy, xóa khỏi máy, tiếp nối sau khi phục hồi"),
	.help = T(
		"print: hiện hai nửa khóa khôi phục để chép ra giấy. forget: nhập lại hai nửa; đúng thì xóa "
		"khóa khỏi máy. continue --reason WORDS: sau khi phục hồi từ bản sao lưu, hoặc khi Khiên từ "
		"chối niêm phong, mở phần nhật ký mới nối từ tờ niêm phong còn lại, ký bằng khóa khôi phục. "
		"Hai nửa được nhập ở bàn phím; dịch vụ phải dừng khi tiếp nối."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
};
