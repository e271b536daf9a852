/* khien-agent witness: remember the server's newest checkpoint, and say so when it changes its
 * past. */
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "kit/http/http.h"
#include "work/witness/witness.h"

#define MEMORY_BYTES (4 * MIB)
#define WAIT_S 20
#define EVERY_S 60

static const struct command_option options[] = {
	{ "server", OPTION_TEXT, "URL", NULL, T("địa chỉ máy chủ, ví dụ http://10.0.0.1:8514") },
	{ "key", OPTION_FILE, T("TỆP"), NULL,
		T("khóa công khai của nhật ký, lấy từ giấy hay USB") },
	{ "state", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục giữ tờ niêm phong đã thấy") },
	{ "once", OPTION_FLAG, NULL, NULL, T("hỏi một lần rồi thôi") },
	{ 0 },
};

static int load_key(const struct command_line *line, struct note_key *ret, struct err *e)
{
	const char *path = command_value(line, "key"), *slash = strrchr(path, '/');
	const char *folder =
		slash ? arena_fmt(line->arena, "%.*s", (int)(slash - path), path).ptr : ".";
	struct vfile_disk *d;
	struct str text, first;
	int rc = vfile_disk_open(*folder ? folder : "/", &d, e);

	if (rc < 0)
		return rc;
	rc = vfile_load(d, slash ? slash + 1 : path, 4 * KIB, line->arena, &text, e);
	vfile_disk_close(d);
	if (rc == 0 && !str_next_line(&text, &first))
		rc = err_set(e, ERR_INPUT, "\"%s\" holds no key", path);
	return rc == 0 ? note_key_parse(str_trim(first), line->arena, ret, e) : rc;
}

/* The second channel: not the server's. */
static void raise_alarm(const struct command_line *line, const char *why)
{
	printf("%s: %s\n", tr(line->lang, T("✗ nhật ký trên máy chủ đã đổi quá khứ")), why);
	openlog("khien-agent", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_ALERT, "the log of the server changed its past: %s", why);
	closelog();
}

static int look(const struct command_line *line, const struct note_key *key, struct vfile_disk *d,
	struct err *e)
{
	const char *server = command_value(line, "server");
	uint64_t seen = 0;
	struct str body;
	struct arena a;
	int rc = witness_seen(d, &seen, e), status = 0;

	arena_init(&a, MEMORY_BYTES);
	if (rc == 0)
		status =
			http_ask(&(struct http_ask){ .url = arena_fmt(&a, "%s/log/growth?from=%llu",
							     server, (unsigned long long)seen)
								    .ptr,
					 .wait_s = WAIT_S },
				&a, &body, e);
	if (status < 0)
		rc = status;
	else if (rc == 0 && status == 409) /* it has fewer leaves than were seen */
		rc = err_set(e, ERR_CONFLICT, "it has fewer than the %llu leaves that were seen",
			(unsigned long long)seen);
	else if (rc == 0 && status != 200)
		rc = err_set(e, ERR_ABSENT, "the server answered %d", status);
	else if (rc == 0)
		rc = witness_see(d, key, body, &seen, e);
	if (rc == ERR_CONFLICT || rc == ERR_CRYPTO) {
		raise_alarm(line, e->text);
		rc = 1;
	} else if (rc == 0) {
		printf(tr(line->lang, T("✓ đã thấy %llu mục\n")), (unsigned long long)seen);
	}
	fflush(stdout);
	arena_done(&a);
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *state = command_value(line, "state");
	struct vfile_disk *d;
	struct note_key key;
	int rc;

	if (!state || !command_value(line, "server") || !command_value(line, "key"))
		return err_set(e, ERR_INPUT, "%s",
			tr(line->lang, T("cần --server URL, --key TỆP và --state THƯ-MỤC")));
	rc = load_key(line, &key, e);
	if (rc == 0)
		rc = vfile_disk_open(state, &d, e);
	if (rc < 0)
		return rc;
	for (;;) {
		rc = look(line, &key, d, e);
		if (command_flag(line, "once"))
			break;
		if (rc < 0)
			fprintf(stderr, "khien-agent witness: %s\n", e->text);
		sleep(EVERY_S);
	}
	vfile_disk_close(d);
	return rc;
}

const struct command cmd_agent_witness = {
	.name = "witness",
	.args = "",
	.words = T("giữ tờ niêm phong của máy chủ, báo động khi quá khứ bị đổi"),
	.help = T(
		"Mỗi phút hỏi máy chủ tờ niêm phong mới nhất cùng bằng chứng nối tiếp tờ đã giữ. Không nối tiếp "
		"thì báo qua syslog của máy này, không qua máy chủ. Mã kết thúc với --once: 0 nối tiếp, 1 "
		"báo động, 2 không hỏi được."),
	.options = options,
	.run = run,
};
