/* grid.c - records of a kind (one byte), a length (four, least first) and bytes. The first says
 * what it is; then the sheets, the rows, and at the end what was found beside them. */
#include "kit/office/grid.h"

#include <errno.h>
#include <unistd.h>

#define MAGIC "khien grid 1\n"
#define RECORD_BYTES_MAX (10 * MIB)
#define HEAD_BYTES 5
#define ROW_HEAD_BYTES 7
#define CELL_HEAD_BYTES 8
#define STAGE_BYTES (256 * KIB)
#define MEMORY_BYTES (48 * MIB)

/* --- writing --------------------------------------------------------------------------------- */

struct making {
	int fd;
	struct buf out;
	uint64_t written;
	struct err *e;
	int rc;
};

static void put_number(struct buf *out, uint64_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_char(out, (char)(n >> 8 * i));
}

static void put_out(struct making *m)
{
	size_t at = 0;

	while (m->rc == 0 && at < m->out.len) {
		ssize_t n = write(m->fd, m->out.ptr + at, m->out.len - at);

		if (n < 0 && errno != EINTR)
			m->rc = err_errno(m->e, errno, "cannot write the grid");
		at += n > 0 ? (size_t)n : 0;
	}
	m->written += m->out.len;
	buf_clear(&m->out);
}

static void put_record(struct making *m, char kind, struct str bytes)
{
	buf_add_char(&m->out, kind);
	put_number(&m->out, bytes.len, 4);
	buf_add(&m->out, bytes);
	if (m->out.len >= STAGE_BYTES)
		put_out(m);
}

static void put_sheets(
	struct making *m, const struct office_sheet *sheets, size_t count, size_t chosen)
{
	struct buf b;

	buf_init(&b, KIB);
	for (size_t i = 0; i < count; i++) {
		buf_clear(&b);
		buf_add_char(&b, (char)(sheets[i].is_hidden | (i == chosen) << 1));
		buf_add(&b, sheets[i].name);
		put_record(m, 'S', buf_str(&b));
	}
	buf_done(&b);
}

static void put_row(struct making *m, const struct office_row *row, struct buf *b)
{
	buf_clear(b);
	put_number(b, row->number, 4);
	put_number(b, row->is_hidden, 1);
	put_number(b, row->count, 2);
	for (size_t i = 0; i < row->count; i++) {
		const struct office_cell *c = &row->cells[i];

		put_number(b, c->kind, 1);
		put_number(b, (uint64_t)(c->is_formula | c->is_filled << 1), 1);
		put_number(b, i, 2);
		put_number(b, c->text.len, 4);
		buf_add(b, c->text);
	}
	put_record(m, 'R', buf_str(b));
}

static void put_end(struct making *m, const struct office_notes *n, bool is_cut)
{
	struct buf b;

	buf_init(&b, KIB);
	put_number(&b,
		(uint64_t)(n->is_csv | n->has_macros << 1 | is_cut << 2 | n->text.is_twice << 3),
		1);
	put_number(&b, (unsigned char)n->delimiter, 1);
	put_number(&b, n->text.encoding, 1);
	put_number(&b, (uint64_t)n->text.sure_percent, 1);
	put_number(&b, n->formulas, 4);
	put_number(&b, n->merged, 4);
	put_number(&b, n->columns_dropped, 4);
	put_record(m, 'E', buf_str(&b));
	buf_done(&b);
}

static void put_fault(struct making *m, const struct parse_fault *fault)
{
	struct buf b;

	buf_init(&b, 4 * KIB);
	put_number(&b, (uint64_t)fault->line, 4);
	buf_add(&b, str_of(fault->words));
	put_record(m, 'F', buf_str(&b));
	buf_done(&b);
}

static bool find_sheet(
	const struct office_sheet *sheets, size_t count, struct str wanted, size_t *ret)
{
	int64_t number;

	for (size_t i = 0; i < count; i++)
		if (wanted.len > 0 ? str_eq(sheets[i].name, wanted) : !sheets[i].is_hidden) {
			*ret = i;
			return true;
		}
	if (!str_to_i64(wanted, &number) || number < 1 || (size_t)number > count)
		return false;
	*ret = (size_t)number - 1;
	return true;
}

/* The rows of the open table; a fault goes into the grid behind those that came. */
static int put_rows(struct making *m, struct office *o, size_t rows_max, struct parse_fault *fault)
{
	struct office_row row;
	struct buf b;
	size_t rows = 0;
	int rc = 1;

	buf_init(&b, RECORD_BYTES_MAX);
	while (m->rc == 0 && rows < rows_max && (rc = office_next(o, &row, fault)) == 1) {
		put_row(m, &row, &b);
		rows++;
		if (buf_is_full(&b) || m->written > GRID_BYTES_MAX) {
			*fault = (struct parse_fault){ .words = T("bảng quá lớn để nhập") };
			rc = ERR_LIMIT;
			break;
		}
	}
	buf_done(&b);
	if (rc >= 0)
		put_end(m, office_notes(o), rc == 1 && rows == rows_max);
	return rc < 0 ? rc : 0;
}

int grid_make(int in_fd, struct str sheet, size_t rows_max, int out_fd, struct err *e)
{
	struct making m = { .fd = out_fd, .e = e };
	const struct office_sheet *sheets;
	struct parse_fault fault = { 0 };
	struct office *o = NULL;
	struct arena a;
	size_t count, chosen = 0;
	int rc;

	arena_init(&a, MEMORY_BYTES);
	buf_init(&m.out, 2 * RECORD_BYTES_MAX);
	buf_add(&m.out, STR(MAGIC));
	rc = office_open(in_fd, &a, &fault, &o);
	if (rc == 0) {
		sheets = office_sheets(o, &count);
		if (!find_sheet(sheets, count, sheet, &chosen)) {
			fault.words = T("tệp không có trang tính mang tên hoặc số thứ tự đã chọn");
			rc = ERR_ABSENT;
			chosen = count;
		}
		put_sheets(&m, sheets, count, chosen);
	}
	if (rc == 0)
		rc = office_select(o, chosen, &fault);
	if (rc == 0)
		rc = put_rows(&m, o, rows_max, &fault);
	if (rc < 0)
		put_fault(&m, &fault);
	put_out(&m);
	office_close(o);
	buf_done(&m.out);
	arena_done(&a);
	return m.rc;
}

/* --- reading --------------------------------------------------------------------------------- */

static uint32_t number_at(const char *p, int bytes)
{
	uint32_t n = 0;

	for (int i = bytes - 1; i >= 0; i--)
		n = n << 8 | (unsigned char)p[i];
	return n;
}

static int refuse(struct err *e)
{
	return err_set(e, ERR_INPUT, "what was read of the table is damaged");
}

/* 1 the record at GRID->at is in GRID->record and its kind in *RET_KIND; 0 the file ends there. */
static int next_record(struct grid *g, char *ret_kind, struct err *e)
{
	char head[HEAD_BYTES], *room;
	ssize_t n = pread(g->fd, head, sizeof(head), g->at);
	uint32_t len;

	if (n == 0)
		return 0;
	if (n != (ssize_t)sizeof(head))
		return refuse(e);
	len = number_at(head + 1, 4);
	if (len > RECORD_BYTES_MAX)
		return refuse(e);
	room = malloc(len + 1);
	if (!room)
		abort();
	buf_clear(&g->record);
	if (pread(g->fd, room, len, g->at + HEAD_BYTES) == (ssize_t)len)
		buf_add(&g->record, (struct str){ room, len });
	free(room);
	if (g->record.len != len)
		return refuse(e);
	g->at += HEAD_BYTES + (int64_t)len;
	*ret_kind = head[0];
	return 1;
}

static int read_sheets(struct grid *g, struct err *e)
{
	VEC(struct office_sheet) sheets = { 0 };
	int64_t before;
	char kind;
	int rc;

	for (;;) {
		before = g->at;
		rc = next_record(g, &kind, e);
		if (rc < 0 || sheets.len > OFFICE_SHEETS_MAX)
			return rc < 0 ? rc : refuse(e);
		if (rc == 0 || kind != 'S' || g->record.len < 1)
			break;
		if (g->record.ptr[0] & 2)
			g->sheet = sheets.len;
		vec_push(g->arena, &sheets,
			((struct office_sheet){
				text_clean(g->arena, str_from(buf_str(&g->record), 1), 256),
				g->record.ptr[0] & 1 }));
	}
	g->at = g->first = before;
	g->sheets = sheets.at;
	g->sheet_count = sheets.len;
	return 0;
}

int grid_open(int fd, struct arena *a, struct grid *g, struct err *e)
{
	char magic[sizeof(MAGIC) - 1];
	int rc = 0;

	*g = (struct grid){ .fd = fd, .arena = a, .at = sizeof(magic) };
	buf_init(&g->record, RECORD_BYTES_MAX);
	g->cells = arena_array(a, struct office_cell, OFFICE_COLUMNS_MAX);
	if (pread(fd, magic, sizeof(magic), 0) != (ssize_t)sizeof(magic) ||
		memcmp(magic, MAGIC, sizeof(magic)) != 0)
		rc = refuse(e);
	if (rc == 0)
		rc = read_sheets(g, e);
	if (rc < 0)
		buf_done(&g->record);
	return rc;
}

void grid_close(struct grid *g)
{
	buf_done(&g->record);
}

void grid_rewind(struct grid *g)
{
	g->at = g->first;
	g->rows = 0;
}

static int take_row(struct grid *g, struct office_row *ret, struct err *e)
{
	struct str s = buf_str(&g->record);
	size_t count, at = ROW_HEAD_BYTES;

	if (s.len < ROW_HEAD_BYTES)
		return refuse(e);
	count = number_at(s.ptr + 5, 2);
	if (count > OFFICE_COLUMNS_MAX)
		return refuse(e);
	for (size_t i = 0; i < count; i++) {
		struct office_cell *c = &g->cells[i];
		uint32_t len;

		if (s.len - at < CELL_HEAD_BYTES)
			return refuse(e);
		len = number_at(s.ptr + at + 4, 4);
		if (number_at(s.ptr + at, 1) > OFFICE_WRONG || number_at(s.ptr + at + 2, 2) != i ||
			s.len - at - CELL_HEAD_BYTES < len)
			return refuse(e);
		*c = (struct office_cell){ .kind = (enum office_kind)number_at(s.ptr + at, 1),
			.is_formula = s.ptr[at + 1] & 1,
			.is_filled = (s.ptr[at + 1] & 2) != 0,
			.text = { s.ptr + at + CELL_HEAD_BYTES, len } };
		if (!str_is_utf8(c->text))
			return refuse(e);
		at += CELL_HEAD_BYTES + len;
	}
	*ret = (struct office_row){ number_at(s.ptr, 4), s.ptr[4] != 0, count, g->cells };
	g->rows++;
	return 1;
}

static int take_end(struct grid *g, struct err *e)
{
	const char *p = g->record.ptr;

	if (g->record.len != 16 || (unsigned char)p[2] > OFFICE_CP1252)
		return refuse(e);
	g->notes = (struct office_notes){ .is_csv = p[0] & 1,
		.has_macros = (p[0] & 2) != 0,
		.delimiter = p[1],
		.text = { (enum office_encoding)p[2], (p[0] & 8) != 0, (unsigned char)p[3] },
		.formulas = number_at(p + 4, 4),
		.merged = number_at(p + 8, 4),
		.columns_dropped = number_at(p + 12, 4) };
	g->is_cut = (p[0] & 4) != 0;
	return 0;
}

int grid_next(struct grid *g, struct office_row *ret, struct err *e)
{
	char kind;
	int rc = next_record(g, &kind, e);

	if (rc < 0)
		return rc;
	if (rc == 1 && kind == 'R')
		return take_row(g, ret, e);
	if (rc == 1 && kind == 'E')
		return take_end(g, e);
	if (rc == 1 && kind == 'F' && g->record.len > 4) {
		g->fault_about = arena_fmt(g->arena, "%d", (int)number_at(g->record.ptr, 4));
		g->fault = text_clean(g->arena, str_from(buf_str(&g->record), 4), 1024).ptr;
		return 0;
	}
	/* it ends without its end: who wrote it was ended by its bounds */
	g->fault = T("không đọc hết được tệp: tệp quá lớn hoặc bị hỏng");
	return 0;
}
