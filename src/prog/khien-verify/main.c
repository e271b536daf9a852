/* khien-verify: proves an archive from its files and public keys alone, so it links to nothing of
 * the program that wrote them. This version writes no archive; the one command says so. */
#include "kit/command/command.h"

static int run_archive(const struct command_line *line, struct err *e)
{
	return err_set(e, ERR_ABSENT, "%s",
		tr(line->lang,
			T("phiên bản này chưa ghi kho lưu trữ nào nên chưa có gì để kiểm chứng")));
}

static const struct command archive = {
	.name = "archive",
	.args = "DIR",
	.words = T("kiểm chứng một kho nhật ký và bằng chứng chỉ bằng tệp và khóa công khai"),
	.help = T(
		"Sẽ tính lại cây băm của kho, đối chiếu với các điểm kiểm đã ký và lời chứng của máy "
		"khác, rồi nêu mục đầu tiên bị sửa, thiếu hoặc chèn thêm. Phiên bản này chưa ghi kho lưu "
		"trữ nên lệnh luôn kết thúc với mã 2."),
	.args_min = 1,
	.args_max = 1,
	.run = run_archive,
};

static const struct command *const commands[] = { &archive, NULL };

int main(int argc, char **argv)
{
	return command_main(commands, argc, argv);
}
