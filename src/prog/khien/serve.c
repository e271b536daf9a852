/* serve.c - `khien serve`: the table of processes. A room that wants to run in the service adds its
 * row here. */
#include "prog/khien/commands.h"

#include <unistd.h>

#include "face/cli/cli.h"
#include "face/intake/intake.h"
#include "face/web/web.h"
#include "core/trail/order.h"
#include "core/trail/silence.h"
#include "kit/process/process.h"
#include "work/archive/archive.h"
#include "work/hostaudit/hostaudit.h"
#include "work/seal/seal.h"
#include "work/signin/signin.h"

#define SERVE_MEMORY_BYTES (256 * MIB)
#define AUDIT_TIME_S 120
#define VERIFY_EVERY_S (7 * CLOCK_DAY_S)
#define VERIFY_TIME_S (12 * 3600)
#define NOTE_EVERY_S 3600
#define NOTE_TIME_S 600
#define MEDIA_FIRST_S 20
#define MEDIA_EVERY_S 300 /* looks what is plugged in */
#define MEDIA_TIME_S (24 * 3600)
#define ORDER_EVERY_S 60
#define ORDER_TIME_S 60
#define TRAIL_EVERY_S 60
#define TRAIL_TIME_S 120
#define DUTY_FIRST_S 5 /* so that who has just started it sees verdicts */
#define DUTY_EVERY_S 60
#define DUTY_TIME_S 600
#define OUTSIDE_FIRST_S 10
#define OUTSIDE_EVERY_S 60
#define OUTSIDE_TIME_S 300
#define MAIL_EVERY_S 60
#define MAIL_TIME_S 300
#define TABLE_TIME_S 60
#define IMPORT_EVERY_S 3600
#define IMPORT_TIME_S 900
#ifdef __SANITIZE_ADDRESS__
#define TABLE_MEMORY_BYTES 0 /* the sanitizer needs terabytes of address space */
#else
#define TABLE_MEMORY_BYTES (768 * MIB)
#endif
#define REVIEW_FIRST_S 120  /* when the start itself is over */
#define REVIEW_EVERY_S 3600 /* looks whether one is due */
#define REVIEW_TIME_S 1800

/* What each reads and writes, besides the database, which is open before; docs/formats/seal.md
 * tells the folders of the log. */
static const char *const duty_data[] = { SILENCE_FOLDER, HOSTAUDIT_NOTES, NULL };
static const char *const import_data[] = { "import", NULL };
static const char *const keys_of_log[] = { SEAL_KEYS "/" SEAL_LOG, NULL };
static const char *const keys_of_trail[] = { SEAL_KEYS "/" SEAL_TRAIL, NULL };
static const char *const log_data[] = { SEAL_LOG, NULL };
static const char *const media_data[] = { HOSTAUDIT_NOTES "/media", SEAL_LOG "/%S/months",
	SEAL_LOG "/%O/months", NULL };
static const char *const notes[] = { HOSTAUDIT_NOTES, NULL };
static const char *const order_data[] = { SEAL_LOG "/" ORDER_FOLDER, NULL };
static const char *const shown[] = { SEAL_LOG, SEAL_TRAIL, HOSTAUDIT_NOTES, NULL };
static const char *const trail_data[] = { SEAL_TRAIL, NULL };

static const struct process_row processes[] = {
	{ .name = "web",
		.write_below = web_writes,
		.read_below = shown,
		.rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_ACCEPT,
			.files_max = LIMIT_HTTP_CONNECTIONS + 64 },
		.talks_to = "signin",
		.prepare = web_prepare,
		.ready = web_ready,
		.release = web_release,
		.forget = web_forget,
		.start = web_start },
	{ .name = "signin",
		.rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_CONNECT | SANDBOX_MAY_THREADS |
				SANDBOX_MAY_FORK },
		.start = signin_start },
	{ .name = "seal",
		.user = "khien-seal",
		.write_below = log_data,
		.own_below = keys_of_log,
		.rights = { .may = SANDBOX_MAY_FILES },
		.prepare = seal_prepare,
		.renew = seal_renew,
		.release = seal_release,
		.start = seal_start },
	{ .name = "intake",
		.user = "khien-log",
		.write_below = intake_writes,
		.rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_ACCEPT | SANDBOX_MAY_DATAGRAM |
				SANDBOX_MAY_WATCH,
			.keeps_reading_files = true,
			.keeps_binding = true },
		.talks_to = "seal",
		.prepare = intake_prepare,
		.ready = intake_ready,
		.release = intake_release,
		.start = intake_start },
	{ .name = "store",
		.user = "khien-log",
		.write_below = archive_writes,
		.read_below = log_data,
		.rights = { .may = SANDBOX_MAY_FILES, .keeps_reading_files = true },
		.start = archive_start },
	{ .name = "audit",
		.state_of = "web",
		.write_below = notes,
		.rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_NETLINK,
			.keeps_reading_all = true,
			.sees_processes = true },
		.is_due = web_audit_is_due,
		.start = web_audit_start,
		.every_s = CLOCK_DAY_S,
		.time_max_s = AUDIT_TIME_S },
	{ .name = "verify",
		.state_of = "web",
		.write_below = notes,
		.read_below = log_data,
		.rights = { .may = SANDBOX_MAY_FILES },
		.start = web_verify_start,
		.every_s = VERIFY_EVERY_S,
		.time_max_s = VERIFY_TIME_S },
	{ .name = "trail",
		.state_of = "web",
		.write_below = trail_data,
		.own_below = keys_of_trail,
		.rights = { .may = SANDBOX_MAY_FILES },
		.start = web_trail_start,
		.every_s = TRAIL_EVERY_S,
		.time_max_s = TRAIL_TIME_S },
	{ .name = "note",
		.state_of = "web",
		.write_below = notes,
		.read_below = log_data,
		.rights = { .may = SANDBOX_MAY_FILES },
		.start = web_note_start,
		.every_s = NOTE_EVERY_S,
		.time_max_s = NOTE_TIME_S },
	{ .name = "media",
		.user = "khien-log",
		.state_of = "web",
		.write_below = media_data,
		.read_below = log_data,
		.rights = { .may = SANDBOX_MAY_FILES },
		.start = web_media_start,
		.first_s = MEDIA_FIRST_S,
		.every_s = MEDIA_EVERY_S,
		.time_max_s = MEDIA_TIME_S },
	{ .name = "order",
		.user = "khien-log",
		.state_of = "web",
		.write_below = order_data,
		.read_below = log_data,
		.rights = { .may = SANDBOX_MAY_FILES },
		.start = web_order_start,
		.every_s = ORDER_EVERY_S,
		.time_max_s = ORDER_TIME_S },
	{ .name = "review",
		.state_of = "web",
		.rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_NETLINK,
			.keeps_reading_all = true,
			.sees_processes = true },
		.start = web_review_start,
		.first_s = REVIEW_FIRST_S,
		.every_s = REVIEW_EVERY_S,
		.time_max_s = REVIEW_TIME_S },
	{ .name = "table",
		.state_of = "web",
		.write_below = import_data,
		.rights = { .may = SANDBOX_MAY_FILES, .memory_max_bytes = TABLE_MEMORY_BYTES },
		.start = web_table_start,
		.first_s = CLOCK_DAY_S,
		.every_s = CLOCK_DAY_S,
		.time_max_s = TABLE_TIME_S },
	{ .name = "import",
		.state_of = "web",
		.write_below = import_data,
		.rights = { .may = SANDBOX_MAY_FILES },
		.start = web_import_start,
		.every_s = IMPORT_EVERY_S,
		.time_max_s = IMPORT_TIME_S },
	{ .name = "duty",
		.state_of = "web",
		.write_below = duty_data,
		.read_below = log_data,
		.rights = { .may = SANDBOX_MAY_FILES },
		.start = web_duty_start,
		.first_s = DUTY_FIRST_S,
		.every_s = DUTY_EVERY_S,
		.time_max_s = DUTY_TIME_S },
	{ .name = "outside",
		.user = "khien-out",
		.write_below = outside_writes,
		.read_below = outside_reads,
		.rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_CONNECT | SANDBOX_MAY_THREADS },
		.start = outside_start,
		.first_s = OUTSIDE_FIRST_S,
		.every_s = OUTSIDE_EVERY_S,
		.time_max_s = OUTSIDE_TIME_S },
	{ .name = "mail",
		.state_of = "web",
		.rights = { .may = SANDBOX_MAY_FILES | SANDBOX_MAY_CONNECT | SANDBOX_MAY_THREADS },
		.start = web_mail_start,
		.every_s = MAIL_EVERY_S,
		.time_max_s = MAIL_TIME_S },
	{ 0 },
};

static int run_serve(const struct command_line *line, struct err *e)
{
	struct arena arena;
	struct process_service service = {
		.data = command_value(line, "data"), .line = line, .arena = &arena
	};
	int rc;

	(void)clock_now_s(); /* the test clock's file is opened before the doors close */
	if (!service.data)
		return err_set(e, ERR_INPUT, "--data DIR: the folder to keep everything in");
	seal_segments(&archive_entries);
	arena_init(&arena, SERVE_MEMORY_BYTES);
	rc = process_serve(processes, &service, e);
	if (rc < 0) {
		arena_done(&arena);
		return rc;
	}
	fflush(NULL);
	_exit(rc); /* confined: what an ordinary exit would still do is not allowed any more */
}

static const struct command_option serve_options[] = {
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu; được tạo nếu chưa có") },
	{ "packs", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục các gói quy định") },
	{ "listen", OPTION_TEXT, T("ĐỊA-CHỈ:CỔNG"), NULL,
		T("địa chỉ phục vụ, mặc định 127.0.0.1:8080; địa chỉ khác máy này thì dùng TLS") },
	{ "media", OPTION_DIR, T("THƯ-MỤC"), NULL,
		T("thư mục mà mỗi thư mục con là một ổ cứng ngoài; mặc định tìm đĩa gắn ở /media, "
		  "/run/media, /mnt") },
	{ 0 },
};

const struct command serve_command = {
	.name = "serve",
	.words = T("phục vụ các trang trên trình duyệt, kiểm tra máy này mỗi ngày"),
	.options = serve_options,
	.run = run_serve,
};
