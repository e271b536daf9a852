/* unit_import.c - units from a file: every row is looked at, all faults are named, and either
 * all are saved or none. */
#include "face/web/org_int.h"
#include "face/web/process/serve_int.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "kit/office/office.h"

#define NO_COLUMN SIZE_MAX
#define ROWS_MAX 20000

struct row {
	uint32_t number;
	struct str cells[UNIT_CSV_COLUMNS];
	bool is_there; /* the unit has been made before, as the row says */
};

struct import {
	struct own_command *c;
	struct org_tree tree;
	size_t columns[UNIT_CSV_COLUMNS]; /* where each stands in the file */
	VEC(struct row) rows;
	size_t faults, faulty; /* and in so many rows */
};

static void fault(struct import *m, const struct row *r, const char *words)
{
	printf("%s %u: %s\n", tr(m->c->line->lang, T("dòng")), (unsigned)r->number,
		tr(m->c->line->lang, words));
	m->faults++;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Does this row name the columns? By their Vietnamese or English words, with or without marks. */
static bool heading(struct import *m, const struct office_row *row)
{
	struct arena *a = &m->c->arena;
	bool has_name = false;

	for (size_t k = 0; k < UNIT_CSV_COLUMNS; k++) {
		struct str vi = text_fold(a, str_of(unit_csv_heads[k]));
		struct str en = text_fold(a, str_of(tr(LANG_EN, unit_csv_heads[k])));

		m->columns[k] = NO_COLUMN;
		for (size_t i = 0; i < row->count; i++) {
			struct str cell = text_fold(a, str_trim(row->cells[i].text));

			if (m->columns[k] == NO_COLUMN && (str_eq(cell, vi) || str_eq(cell, en)))
				m->columns[k] = i;
		}
		has_name |= k == UNIT_CSV_NAME && m->columns[k] != NO_COLUMN;
	}
	return has_name;
}

static void take(struct import *m, const struct office_row *row)
{
	struct row *r = vec_add(&m->c->arena, &m->rows);
	size_t len = 0;

	r->number = row->number;
	for (size_t k = 0; k < UNIT_CSV_COLUMNS; k++) {
		size_t at = m->columns[k];

		r->cells[k] = at < row->count && row->cells[at].text.ptr ?
			arena_str(&m->c->arena, str_trim(row->cells[at].text)) :
			STR("");
		len += r->cells[k].len;
	}
	if (!len)
		m->rows.len--;
}

static int read_rows(struct import *m, struct office *o, struct parse_fault *f, struct err *e)
{
	struct office_row row;
	bool has_heading = false;
	int rc = office_select(o, 0, f);

	while (rc >= 0 && (rc = office_next(o, &row, f)) == 1) {
		if (!has_heading)
			has_heading = heading(m, &row);
		else if (m->rows.len < ROWS_MAX)
			take(m, &row);
		else
			return err_set(e, ERR_LIMIT, "more than %d rows", ROWS_MAX);
	}
	if (rc == 0 && !has_heading)
		return err_set(e, ERR_INPUT, "%s",
			tr(m->c->line->lang, T("không thấy dòng tiêu đề có cột Tên đầy đủ")));
	return rc;
}

static int read_file(struct import *m, const char *file, struct err *e)
{
	struct parse_fault f = { 0 };
	struct office *o = NULL;
	int fd = open(file, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_errno(e, errno, "read \"%s\"", file);
	rc = office_open(fd, &m->c->arena, &f, &o);
	if (rc == 0)
		rc = read_rows(m, o, &f, e);
	if (rc < 0 && f.words)
		rc = err_set(e, ERR_INPUT, "%s:%d: %.*s", file, f.line,
			STR_FMT(parse_fault_text(&f, m->c->line->lang, &m->c->arena)));
	office_close(o);
	close(fd);
	return rc;
}

/* --- saving ----------------------------------------------------------------------------------- */

static struct org_decision decision_of(struct import *m, const struct row *r)
{
	struct str from = typed_day(r->cells[UNIT_CSV_FROM], &m->c->arena);
	struct str signed_on = typed_day(r->cells[UNIT_CSV_SIGNED], &m->c->arena);

	return (struct org_decision){ r->cells[UNIT_CSV_NUMBER], signed_on, from };
}

/* The kind as its id or its words. */
static struct str kind_of(struct import *m, struct str cell)
{
	static const char *const kinds[] = { ORG_UNIT_KINDS };

	if (!cell.len)
		return STR("agency");
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *words = org_unit_kind_words(str_of(kinds[i]));

		if (str_is(cell, kinds[i]) || str_is(cell, words) ||
			str_is(cell, tr(LANG_EN, words)))
			return str_of(kinds[i]);
	}
	return cell;
}

static int64_t parent_of(struct import *m, const struct row *r)
{
	struct str code = r->cells[UNIT_CSV_PARENT];
	const struct org_unit *u = code.len ? unit_named(&m->tree, code) : NULL;

	return code.len ? (u ? u->id : 0) : (int64_t)ORG_UNIT_FIRST;
}

/* One row, in the transaction of all. What is wrong is printed and looked past. */
static int save(struct import *m, struct row *r, struct err *e)
{
	struct org_unit_new new = { .parent_id = parent_of(m, r),
		.code = r->cells[UNIT_CSV_CODE],
		.kind = kind_of(m, r->cells[UNIT_CSV_KIND]),
		.roles = r->cells[UNIT_CSV_ROLES],
		.name = r->cells[UNIT_CSV_NAME],
		.short_name = r->cells[UNIT_CSV_SHORT] };
	const struct org_unit *old = org_unit_by_code(&m->tree, new.code);
	struct org_decision d = decision_of(m, r);
	struct org_faults f;
	int64_t id;
	int rc;

	if (old && str_eq(old->name, new.name)) {
		r->is_there = true;
		return 0;
	}
	rc = org_unit_add_within(&m->c->by, &new, &d, &id, &f, e);
	if (rc < 0 && f.count) {
		m->faulty++;
		for (size_t i = 0; i < f.count; i++)
			fault(m, r, f.at[i].words);
		*e = (struct err){ 0 };
		return 0;
	}
	return rc < 0 ? rc :
			org_tree(m->c->store, org_day(m->c->by.now_s, &m->c->arena), &m->c->arena,
				&m->tree, e);
}

static int save_all(struct import *m, bool is_dry, struct err *e)
{
	size_t made = 0;
	int rc = store_begin(m->c->store, e);

	for (size_t i = 0; rc == 0 && i < m->rows.len; i++) {
		rc = save(m, &m->rows.at[i], e);
		made += !m->rows.at[i].is_there;
	}
	if (rc == 0 && !m->faults && !is_dry)
		rc = store_commit(m->c->store, e);
	else
		store_rollback(m->c->store);
	if (rc < 0)
		return rc;
	printf(tr(m->c->line->lang, T("%zu dòng, %zu đơn vị mới, %zu lỗi; ")), m->rows.len,
		made - m->faulty, m->faults);
	printf("%s\n",
		m->faults      ? tr(m->c->line->lang, T("không ghi gì")) :
			is_dry ? tr(m->c->line->lang, T("chạy lại không có --dry-run để ghi")) :
				 tr(m->c->line->lang, T("đã ghi")));
	return m->faults > 0;
}

int unit_import(struct own_command *c, const char *file, bool is_dry, struct err *e)
{
	struct import m = { .c = c };
	int rc = org_tree(c->store, org_day(c->by.now_s, &c->arena), &c->arena, &m.tree, e);

	if (rc == 0)
		rc = read_file(&m, file, e);
	return rc < 0 ? rc : save_all(&m, is_dry, e);
}
