/* khien log witness: ask other units to remember our newest checkpoint. */
#include "face/cli/cli.h"
#include "face/cli/outside.h"

static const struct command_option options[] = {
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu") },
	{ 0 },
};

static int ask(struct outside *o, const struct command_line *line, struct err *e)
{
	return outside_witnesses(o, e);
}

static int run(const struct command_line *line, struct err *e)
{
	return outside_run(line, ask, e);
}

const struct command cmd_log_witness = {
	.name = "log witness",
	.args = "",
	.words = T("nhờ các bên chứng kiến ký cùng tờ niêm phong mới nhất"),
	.help = T(
		"Hỏi từng bên chứng kiến có địa chỉ trong log/policy (C2SP tlog-policy); khien serve tự hỏi "
		"mỗi phút. Chứng thư TLS của bên chứng kiến, khi tự ký, đặt trong log/peers.pem. Bên chứng kiến giữ "
		"nhật ký dài hơn hoặc khác thì báo động và dừng ký: thư mục đã bị đưa về trạng thái cũ. Mã kết "
		"thúc: 0 có bên chứng kiến ký cùng, 1 báo động hoặc không ai ký, 2 lỗi."),
	.options = options,
	.run = run,
};
