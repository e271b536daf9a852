/* khien log seal: seal what is there now. */
#include <stdio.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "kit/store/store.h"
#include "work/seal/trail.h"

#define WAIT_S 75 /* the service seals at least once a minute when something arrived */
#define MEMORY_BYTES (8 * MIB)

static const struct command_option options[] = {
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu") },
	{ "unit", OPTION_TEXT, T("TÊN-MIỀN"), NULL, T("tên miền của đơn vị, cho nhật ký chưa có") },
	{ "log", OPTION_CHOICE, NULL, "log|trail", T("nhật ký máy gửi về, hoặc sổ vết thay đổi") },
	{ 0 },
};

static int say(const struct command_line *line, const struct seal_answer *answer)
{
	if (!answer->is_sealed) {
		printf("%s\n  %s\n", tr(line->lang, T("✗ không niêm phong: phải có người xem xét")),
			answer->reason);
		return 1;
	}
	printf(tr(line->lang, T("✓ đã niêm phong %llu mục\n")), (unsigned long long)answer->size);
	return 0;
}

static int seal_here(const struct command_line *line, struct seal_place *place, struct err *e)
{
	struct seal_answer answer = { 0 };
	struct wal *w;
	int rc = wal_open(place->shard, &w, e);

	if (rc < 0)
		return rc;
	rc = seal_now(place->shard, place->keys, w, clock_now_s(), &answer, e);
	wal_close(w);
	return rc == 0 ? say(line, &answer) : rc;
}

/* Entries on the disk and entries signed, of the shard the service writes. */
static int look(struct vfile_disk *d, uint64_t *ret_size, uint64_t *ret_signed, struct err *e)
{
	struct wal_reader *r;
	struct checkpoint c = { 0 };
	struct note n;
	struct arena a;
	struct str bytes, entry;
	int rc;

	arena_init(&a, MEMORY_BYTES);
	rc = vfile_load(d, "checkpoint", NOTE_BYTES_MAX, &a, &bytes, e);
	if (rc == 0)
		rc = note_parse(bytes, &a, &n, e);
	if (rc == 0)
		rc = checkpoint_parse(n.text, &c, e);
	if (rc == ERR_ABSENT)
		rc = 0;
	if (rc == 0)
		rc = wal_reader_open(d, c.head.size, &r, e);
	if (rc == 0) {
		while ((rc = wal_read(r, UINT64_MAX, &entry, e)) == 1)
			;
		*ret_size = wal_reader_next(r);
		*ret_signed = c.head.size;
		wal_reader_close(r);
	}
	arena_done(&a);
	return rc;
}

static int wait_for_service(const struct command_line *line, const char *path, struct err *e)
{
	struct seal_answer answer = { .is_sealed = true };
	uint64_t size = 0, now = 0;
	struct vfile_disk *log, *d;
	char name[SHARD_ID_SIZE];
	int rc = vfile_disk_open(path, &log, e);

	if (rc < 0)
		return rc;
	rc = seal_shard_now(log, clock_now_s(), name, e);
	vfile_disk_close(log);
	if (rc == 0)
		rc = vfile_disk_open(arena_fmt(line->arena, "%s/%s", path, name).ptr, &d, e);
	if (rc < 0)
		return rc;
	rc = look(d, &size, &answer.size, e);
	for (int i = 0; rc == 0 && answer.size < size && i < WAIT_S; i++) {
		sleep(1);
		rc = look(d, &now, &answer.size, e);
	}
	vfile_disk_close(d);
	if (rc == 0 && answer.size < size)
		rc = err_set(e, ERR_LIMIT, "the service sealed only %llu of %llu entries in %d s",
			(unsigned long long)answer.size, (unsigned long long)size, WAIT_S);
	return rc == 0 ? say(line, &answer) : rc;
}

/* The trail's writer copies out of the database first. */
static int seal_changes(const struct command_line *line, const char *data, struct err *e)
{
	struct seal_answer answer = { 0 };
	struct store *s;
	int rc = store_open(arena_fmt(line->arena, "%s/khien.db", data).ptr, e, &s);

	if (rc < 0)
		return rc;
	rc = seal_trail(data, s, clock_now_s(), &answer, e);
	store_close(s);
	return rc == 0 ? say(line, &answer) : rc;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *data, *unit = command_value(line, "unit");
	const char *log = command_value(line, "log");
	struct seal_place place;
	int rc;

	rc = cli_data(line, &data, e);
	if (rc < 0)
		return rc;
	log = log ? log : SEAL_LOG;
	if (strcmp(log, SEAL_TRAIL) == 0 &&
		access(arena_fmt(line->arena, "%s/khien.db", data).ptr, F_OK) == 0)
		return seal_changes(line, data, e);
	rc = seal_place_open(data, log, str_of(unit ? unit : ""), clock_now_s(), &place, e);
	if (rc == 0)
		rc = seal_here(line, &place, e);
	else if (rc == ERR_CONFLICT && place.lock_fd < 0)
		rc = wait_for_service(line, arena_fmt(line->arena, "%s/%s", data, log).ptr, e);
	seal_place_close(&place);
	return rc;
}

const struct command cmd_log_seal = {
	.name = "log seal",
	.args = "",
	.words = T("niêm phong những gì nhật ký đang có"),
	.help = T(
		"Đọc lại các mục từ đĩa, tính lại cây băm, ký tờ niêm phong mới. Khi dịch vụ đang chạy thì "
		"chờ dịch vụ niêm phong hết những gì đã có lúc gọi lệnh. Mã kết thúc: 0 đã niêm phong, "
		"1 từ chối ký, 2 lỗi."),
	.options = options,
	.run = run,
};
