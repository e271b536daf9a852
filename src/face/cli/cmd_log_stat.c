/* khien log stat: what the log holds, how far it is sealed, what it costs on the disk. */
#include <stdio.h>

#include "core/trail/taking.h"
#include "face/cli/cli.h"
#include "face/cli/log.h"
#include "face/cli/page.h"
#include "work/archive/prove.h"

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	{ "format", OPTION_CHOICE, NULL, "text|json", T("dạng kết quả") },
	{ 0 },
};

/* One shard. */
struct shard_row {
	int number;
	struct archive_stat stat;
	struct prove_seal seal;
	bool is_sealed;
};

static int row_of(struct find *f, size_t i, struct shard_row *ret, struct err *e)
{
	struct err none = { 0 };
	int rc;

	ret->number = find_shard_at(f, i);
	find_shard_stat(f, i, &ret->stat);
	rc = prove_seal(f, ret->number, &ret->seal, &none);
	ret->is_sealed = rc == 0;
	if (rc < 0 && rc != ERR_ABSENT)
		return err_set(e, none.code, "%s", none.text);
	return 0;
}

/* What is told in a file of the log, when it is not well. */
static void put_trouble(
	const struct page *p, const char *folder, const char *file, const char *words)
{
	char text[CLOCK_TEXT_MAX];
	struct taking_state state = { TAKING_WELL, 0, "" };
	struct vfile_disk *d = NULL;
	struct err none = { 0 };

	if (vfile_disk_open(folder, &d, &none) == 0)
		(void)!taking_load(d, file, &state, &none);
	vfile_disk_close(d);
	if (state.is != TAKING_WELL)
		page_row(p, 2, words,
			arena_fmt(
				p->arena, "%s, %s", clock_people(state.since_s, text), state.why));
}

static void put_troubles(const struct page *p, const struct shard_row *r)
{
	char name[FIND_PLACE_TEXT_MAX];
	const char *log = arena_fmt(p->arena, "%s/log", command_value(p->line, "data")).ptr;
	const char *shard = arena_fmt(p->arena, "%s/%s", log, shard_id_text(r->number, name)).ptr;

	put_trouble(p, shard, TAKING_SEALS, page_tr(p, T("Ngừng niêm phong")));
	put_trouble(p, shard, TAKING_STORES, page_tr(p, T("Chưa nén được")));
}

static void put_text(const struct page *p, const struct shard_row *r)
{
	const struct command_line *line = p->line;
	char name[FIND_PLACE_TEXT_MAX], text[CLOCK_TEXT_MAX];

	page_row(p, 0, page_tr(p, T("Năm")), str_of(shard_id_text(r->number, name)));
	page_row(p, 2, page_tr(p, T("Dòng")),
		arena_fmt(line->arena, "%llu (%llu – %llu)",
			(unsigned long long)(r->stat.next - r->stat.first),
			(unsigned long long)r->stat.first, (unsigned long long)r->stat.next));
	page_row(p, 2, page_tr(p, T("Đã nén")),
		arena_fmt(line->arena, "%llu, %llu B", (unsigned long long)r->stat.closed,
			(unsigned long long)r->stat.segment_bytes));
	put_troubles(p, r);
	if (!r->is_sealed) {
		page_row(p, 2, page_tr(p, T("Niêm phong")), str_of(page_tr(p, T("chưa có"))));
		return;
	}
	page_row(p, 2, page_tr(p, T("Niêm phong")),
		arena_fmt(line->arena, "%llu, %s", (unsigned long long)r->seal.size,
			clock_people(r->seal.last_ns / 1000000000, text)));
	page_row(p, 2, page_tr(p, T("Tên nhật ký")), str_of(r->seal.origin));
	page_row(p, 2, page_tr(p, T("Bên chứng kiến")),
		arena_fmt(line->arena, "%zu", r->seal.cosignatures));
}

static void put_json(struct json *j, const struct shard_row *r)
{
	char name[FIND_PLACE_TEXT_MAX];

	json_object(j);
	json_put(j, "shard", str_of(shard_id_text(r->number, name)));
	json_put_i64(j, "first", (int64_t)r->stat.first);
	json_put_i64(j, "next", (int64_t)r->stat.next);
	json_put_i64(j, "closed", (int64_t)r->stat.closed);
	json_put_i64(j, "segments", (int64_t)r->stat.segments);
	json_put_i64(j, "segment_bytes", (int64_t)r->stat.segment_bytes);
	json_put_i64(j, "sealed", r->is_sealed ? (int64_t)r->seal.size : 0);
	if (r->is_sealed) {
		json_put(j, "origin", str_of(r->seal.origin));
		json_put_i64(j, "cosignatures", (int64_t)r->seal.cosignatures);
	}
	json_object_end(j);
}

static int all(const struct page *p, struct find *f, bool is_json, struct err *e)
{
	struct json j;
	int rc = 0;

	if (is_json) {
		json_init(&j, p->out, true);
		json_array(&j);
	}
	for (size_t i = 0; i < find_shard_count(f) && rc == 0; i++) {
		struct shard_row r;

		rc = row_of(f, i, &r, e);
		if (rc == 0 && is_json)
			put_json(&j, &r);
		else if (rc == 0)
			put_text(p, &r);
	}
	if (is_json) {
		json_array_end(&j);
		buf_add_char(p->out, '\n');
	} else {
		put_trouble(p, arena_fmt(p->arena, "%s/log", command_value(p->line, "data")).ptr,
			TAKING_FILE, page_tr(p, T("Không nhận dòng")));
	}
	if (!is_json && find_shard_count(f) == 0) {
		buf_fmt(p->out, "%s\n", page_tr(p, T("Nhật ký chưa có dòng nào.")));
	}
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *format = command_value(line, "format");
	struct buf out;
	struct page p = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	struct find *f = NULL;
	int rc = cli_log_open(line, e, &f);

	if (rc < 0)
		return rc;
	buf_init(&out, PAGE_MAX_BYTES);
	rc = all(&p, f, format && str_is(str_of(format), "json"), e);
	if (rc == 0)
		rc = page_print(&out, e);
	else
		buf_done(&out);
	if (rc == 0)
		rc = cli_log_amiss(line, f);
	find_close(f);
	return rc;
}

const struct command cmd_log_stat = {
	.name = "log stat",
	.args = "",
	.words = T("nhật ký đang giữ gì, niêm phong đến đâu, chiếm bao nhiêu đĩa"),
	.options = options,
	.run = run,
};
