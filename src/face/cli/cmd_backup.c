/* khien backup, khien restore: the data folder as one sealed file, tried by unpacking it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "kit/crypto/crypto.h"
#include "kit/store/store.h"
#include "work/backup/backup.h"
#include "work/seal/trail.h"

#define SECRET_BYTES_MAX 4096
#define TRAIL_MEMORY_BYTES (512 * MIB)

static const struct command_option options[] = {
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu") },
	{ "passphrase-file", OPTION_FILE, T("TỆP"), NULL,
		T("tệp có mật khẩu ở dòng đầu; - là đọc từ đầu vào chuẩn") },
	{ "recovery-file", OPTION_FILE, T("TỆP"), NULL,
		T("tệp giữ khóa khôi phục; khi sao lưu, được tạo nếu chưa có") },
	{ 0 },
};

/* --- keys ------------------------------------------------------------------------------------- */

/* The first line of a small file, in the arena of the line. */
static int first_line(
	const struct command_line *line, const char *path, struct str *ret, struct err *e)
{
	char bytes[SECRET_BYTES_MAX];
	struct str all, head;
	ssize_t len;
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, errno, "read \"%s\"", path);
	len = read(fd, bytes, sizeof(bytes));
	if (fd != STDIN_FILENO)
		close(fd);
	if (len < 0)
		return err_errno(e, errno, "read \"%s\"", path);
	all = (struct str){ bytes, (size_t)len };
	if (!str_next_line(&all, &head))
		head = STR("");
	*ret = arena_str(line->arena, head);
	wipe(bytes, sizeof(bytes));
	return 0;
}

static int new_recovery_key(
	const struct command_line *line, const char *path, struct str *ret, struct err *e)
{
	char bytes[AEAD_KEY_SIZE];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct str text;
	bool is_written;

	if (fd < 0)
		return err_errno(e, errno, "write \"%s\"", path);
	random_bytes(bytes, sizeof(bytes));
	*ret = arena_str(line->arena, (struct str){ bytes, sizeof(bytes) });
	text = arena_fmt(line->arena, "%.*s\n", STR_FMT(base64_of(*ret, line->arena)));
	is_written = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
	close(fd);
	wipe(bytes, sizeof(bytes));
	if (!is_written)
		return err_errno(e, errno ? errno : ENOSPC, "write \"%s\"", path);
	printf("%s %s\n", tr(line->lang, T("✓ khóa khôi phục mới, hãy cất ở nơi khác:")), path);
	return 0;
}

static int recovery_key(const struct command_line *line, const char *path, bool may_make,
	struct str *ret, struct err *e)
{
	struct str text;
	int rc;

	if (may_make && access(path, F_OK) != 0)
		return new_recovery_key(line, path, ret, e);
	rc = first_line(line, path, &text, e);
	if (rc == 0 &&
		(base64_to(str_trim(text), line->arena, ret, e) < 0 || ret->len != AEAD_KEY_SIZE))
		rc = err_set(e, ERR_INPUT, tr(line->lang, T("\"%s\" không giữ khóa khôi phục nào")),
			path);
	return rc;
}

static int keys_of(
	const struct command_line *line, bool may_make, struct backup_keys *ret, struct err *e)
{
	const char *passphrase = command_value(line, "passphrase-file"),
		   *recovery = command_value(line, "recovery-file");
	int rc = 0;

	if (!passphrase && !recovery)
		return err_set(e, ERR_INPUT, "%s",
			tr(line->lang, T("cần --passphrase-file TỆP hoặc --recovery-file TỆP")));
	*ret = (struct backup_keys){ 0 };
	if (passphrase)
		rc = first_line(line, passphrase, &ret->passphrase, e);
	if (rc == 0 && recovery)
		rc = recovery_key(line, recovery, may_make, &ret->recovery_key, e);
	if (rc == 0 && may_make && passphrase && ret->passphrase.len < BACKUP_PASSPHRASE_MIN)
		rc = err_set(e, ERR_INPUT,
			tr(line->lang, T("mật khẩu sao lưu cần ít nhất %d byte")),
			BACKUP_PASSPHRASE_MIN);
	return rc;
}

/* In people's words; what the code cannot say in them stays as it is. */
static int told(const struct command_line *line, int rc, const char *file, struct err *e)
{
	if (rc == ERR_DENIED) /* what is to be mended is the words typed, not who types them */
		return err_set(e, ERR_INPUT,
			tr(line->lang, T("mật khẩu hoặc khóa khôi phục không mở được \"%s\"")),
			file);
	if (rc == ERR_CRYPTO)
		return err_set(e, rc,
			tr(line->lang, T("\"%s\" bị hỏng hoặc thiếu; không có gì bị thay đổi")),
			file);
	return rc;
}

/* --- what was unpacked ------------------------------------------------------------------------ */

/* The rows against their sealed leaves, as in `khien trail check`. */
static int check_trail(const struct command_line *line, const char *folder, struct err *e)
{
	struct trail_check c = { 0 };
	struct store *s;
	struct arena a;
	bool is_begun;
	int rc = store_open(arena_fmt(line->arena, "%s/khien.db", folder).ptr, e, &s);

	if (rc < 0)
		return rc;
	arena_init(&a, TRAIL_MEMORY_BYTES);
	is_begun = access(arena_fmt(&a, "%s/" SEAL_TRAIL, folder).ptr, F_OK) == 0;
	if (is_begun)
		rc = seal_trail_check(folder, s, &a, &c, e);
	store_close(s);
	arena_done(&a);
	if (rc < 0)
		return rc;
	if (c.finding_count)
		return err_set(e, ERR_INPUT,
			tr(line->lang,
				T("%zu dòng không khớp sổ vết đã niêm phong; xem khien trail check")),
			c.finding_count);
	if (!is_begun) {
		printf("%s\n",
			tr(line->lang, T("– chưa có sổ vết nào được niêm phong để đối chiếu")));
		return 0;
	}
	printf(tr(line->lang, T("✓ %lld dòng khớp sổ vết, %lld mục đã niêm phong\n")),
		(long long)c.rows, (long long)c.leaves);
	return 0;
}

static void say_sum(const struct command_line *line, const char *done, const struct backup_sum *sum)
{
	char at[CLOCK_TEXT_MAX];

	printf("%s ", done);
	printf(tr(line->lang, T("%lld tệp, %lld byte, lúc %s\n")), (long long)sum->files,
		(long long)sum->bytes, clock_people(sum->at_s, at));
}

/* --- backup ----------------------------------------------------------------------------------- */

static void progress(void *context, size_t done, size_t total)
{
	cli_progress(context, T("Đang sao lưu"), done, total);
}

static int try_it(const struct command_line *line, const char *file, const struct backup_keys *keys,
	const struct backup_sum *sum, struct err *e)
{
	const char *folder = arena_fmt(line->arena, "%s.thu", file).ptr;
	struct backup_sum back;
	int rc = backup_restore(file, folder, keys, &back, e);

	if (rc < 0)
		return rc;
	if (back.files != sum->files || back.bytes != sum->bytes)
		rc = err_set(e, ERR_CRYPTO, "%lld files came back of %lld", (long long)back.files,
			(long long)sum->files);
	if (rc == 0)
		rc = check_trail(line, folder, e);
	backup_remove(folder);
	return rc;
}

static int run_backup(const struct command_line *line, struct err *e)
{
	const char *data, *file = line->args[0];
	struct cli_waiting waiting = { .lang = line->lang, .since_us = clock_monotonic_us() };
	struct backup_watch watch = { progress, &waiting };
	struct backup_keys keys;
	struct backup_sum sum;
	int rc;

	rc = cli_data(line, &data, e);
	if (rc < 0)
		return rc;
	rc = keys_of(line, true, &keys, e);
	if (rc == 0)
		rc = backup_write(data, file, &keys, &watch, &sum, e);
	cli_progress_end(&waiting);
	if (rc < 0)
		return rc;
	rc = try_it(line, file, &keys, &sum, e);
	if (rc < 0)
		return rc;
	say_sum(line, tr(line->lang, T("✓ đã sao lưu và giải thử:")), &sum);
	return 0;
}

const struct command cmd_backup = {
	.name = "backup",
	.args = T("TỆP"),
	.words = T("sao lưu thư mục dữ liệu thành một tệp mã hóa, khi dịch vụ vẫn đang chạy"),
	.help = T(
		"Cơ sở dữ liệu được chép nguyên vẹn tại một thời điểm, các nhật ký đã niêm phong chép kèm. Tệp "
		"được mã hóa bằng mật khẩu, khóa khôi phục, hoặc cả hai; rồi được giải thử vào một thư mục tạm "
		"để so số tệp, SHA-256 từng tệp và sổ vết. Tệp đã có thì không ghi đè."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run_backup,
};

/* --- restore ---------------------------------------------------------------------------------- */

/* The folder must not be there, or be empty. */
static int check_target(const struct command_line *line, const char *data, struct err *e)
{
	if (rmdir(data) == 0 || errno == ENOENT)
		return 0;
	return err_set(e, ERR_CONFLICT,
		tr(line->lang,
			T("\"%s\" đã có dữ liệu; hãy chọn thư mục khác hoặc chuyển nó đi trước")),
		data);
}

static int run_restore(const struct command_line *line, struct err *e)
{
	const char *data, *file = line->args[0], *folder;
	struct backup_keys keys;
	struct backup_sum sum;
	int rc;

	rc = cli_data(line, &data, e);
	if (rc < 0)
		return rc;
	folder = arena_fmt(line->arena, "%s.dang-khoi-phuc", data).ptr;
	rc = keys_of(line, false, &keys, e);
	if (rc == 0)
		rc = check_target(line, data, e);
	if (rc < 0)
		return rc;
	rc = backup_restore(file, folder, &keys, &sum, e);
	if (rc < 0)
		return told(line, rc, file, e);
	rc = check_trail(line, folder, e);
	if (rc == 0 && rename(folder, data) != 0)
		rc = err_errno(e, errno, "make \"%s\"", data);
	if (rc < 0) {
		backup_remove(folder);
		return rc;
	}
	say_sum(line, tr(line->lang, T("✓ đã khôi phục:")), &sum);
	return 0;
}

const struct command cmd_restore = {
	.name = "restore",
	.args = T("TỆP"),
	.words = T("khôi phục một tệp sao lưu vào một thư mục dữ liệu mới"),
	.help = T(
		"Giải vào thư mục tạm bên cạnh, so SHA-256 từng tệp, cơ sở dữ liệu và sổ vết; đúng cả mới đổi "
		"tên thành THƯ-MỤC. Sai mật khẩu, tệp hỏng hay thiếu thì nêu rõ và không có gì bị thay đổi."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run_restore,
};
