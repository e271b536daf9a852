/* What an audit saw, kept: every filled table, every gap, the hashes of the files read. Asked the
 * same questions again, a snapshot gives the same answers (docs/formats/snapshot.md). */
#include "work/hostaudit/snapshot.h"

#include <string.h>

#include "kit/text/text.h"

#define MAGIC "khien-snapshot 1"

/* ---- saving: \N for NULL ---- */

static void save_table(const struct fact_rows *rows, struct buf *out)
{
	buf_add(out, STR("table"));
	text_field_add(out, str_of(rows->table->name));
	for (size_t c = 0; c < rows->column_count; c++)
		text_field_add(out, str_of(rows->table->columns[c].name));
	buf_add_char(out, '\n');
	for (size_t r = 0; r < rows->rows.len; r++) {
		buf_add(out, STR("row"));
		for (size_t c = 0; c < rows->column_count; c++) {
			const struct fact_value *v = &rows->rows.at[r][c];

			if (v->kind == VALUE_INT)
				text_field_add_i64(out, v->number);
			else
				text_field_add(out, v->kind == VALUE_TEXT ? v->text : STR_NONE);
		}
		buf_add_char(out, '\n');
	}
}

static void save_host(struct hostaudit *audit, struct buf *out)
{
	struct hostaudit_profile p = hostaudit_profile(audit);

	buf_add(out, STR("host"));
	text_field_add(out, p.name);
	text_field_add(out, p.kind);
	text_field_add(out, p.family);
	text_field_add(out, p.os);
	text_field_add(out, p.machine_id_sha256);
	text_field_add_i64(out, p.is_live);
	text_field_add_i64(out, p.is_root);
	text_field_add_i64(out, host_has_proc(audit->host));
	buf_add_char(out, '\n');
}

static void save_files(struct host *h, struct buf *out)
{
	for (size_t slot = 0; slot < CACHE_SLOTS; slot++) {
		for (struct cached *c = h->cache[slot]; c; c = c->next) {
			if (c->rc != 0)
				continue;
			buf_add(out, STR("file"));
			text_field_add(out, c->file.path);
			text_field_add(out, str_of(host_sha256(h, c->file.path)));
			buf_add_char(out, '\n');
		}
	}
}

void hostaudit_save(struct hostaudit *audit, struct buf *out)
{
	const struct host *h = audit->host;

	buf_add(out, STR(MAGIC "\n"));
	buf_fmt(out, "at\t%lld\t%d\n", (long long)host_now_s(h), audit->level);
	save_host(audit, out);
	save_files(audit->host, out);
	for (size_t i = 0; i < h->gaps.len; i++) {
		if (!h->gaps.at[i].table)
			continue;
		buf_add(out, STR("gap"));
		text_field_add(out, str_of(h->gaps.at[i].table->name));
		text_field_add(out, h->gaps.at[i].reason);
		text_field_add(out, h->gaps.at[i].path);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < audit->facts->count; i++)
		if (audit->facts->rows[i].is_filled)
			save_table(&audit->facts->rows[i], out);
}

/* ---- reading one back ---- */

#define FIELDS_MAX 64

struct line {
	struct str field[FIELDS_MAX];
	size_t count;
};

/* Undo the escapes. "\N" alone is no text at all. */
static int take_host(struct hostaudit *audit, const struct line *l, struct err *e)
{
	int64_t flag[3];

	if (l->count != 9)
		return err_set(e, ERR_INPUT, "\"host\" has 8 fields");
	for (int i = 0; i < 3; i++)
		if (!str_to_i64(l->field[6 + i], &flag[i]))
			return err_set(e, ERR_INPUT, "\"host\" has a flag that is no number");
	audit->host->is_live = flag[0] != 0;
	audit->host->has_proc = flag[2] != 0;
	audit->profile = (struct hostaudit_profile){
		.name = l->field[1],
		.kind = l->field[2],
		.family = l->field[3],
		.os = l->field[4],
		.machine_id_sha256 = l->field[5],
		.is_live = flag[0] != 0,
		.is_root = flag[1] != 0,
		.at_s = audit->host->now_s,
		.level = audit->level,
	};
	return 0;
}

static int take_at(struct hostaudit *audit, const struct line *l, struct err *e)
{
	int64_t at_s, level;

	if (l->count != 3 || !str_to_i64(l->field[1], &at_s) || !str_to_i64(l->field[2], &level) ||
		level < 1 || level > 5)
		return err_set(e, ERR_INPUT, "\"at\" has a time and a level");
	audit->host->now_s = at_s;
	audit->on = date_at(at_s);
	audit->level = (int)level;
	return 0;
}

/* The table whose rows follow, and which of its columns each field is (-1: one this version does
 * not have). */
struct open_table {
	struct fact_rows *rows;
	int column[FIELDS_MAX];
	size_t count;
};

static int take_table(
	struct hostaudit *audit, const struct line *l, struct open_table *t, struct err *e)
{
	if (l->count < 3)
		return err_set(e, ERR_INPUT, "\"table\" has a name and columns");
	t->rows = facts_rows(audit->facts, l->field[1]);
	t->count = l->count - 2;
	for (size_t i = 0; t->rows && i < t->count; i++) {
		t->column[i] = -1;
		for (size_t c = 0; c < t->rows->column_count; c++)
			if (str_is(l->field[i + 2], t->rows->table->columns[c].name))
				t->column[i] = (int)c;
	}
	if (t->rows)
		t->rows->is_filled = true;
	return 0;
}

static int take_row(const struct line *l, const struct open_table *t, struct err *e)
{
	if (!t->rows)
		return 0; /* a table this version does not have */
	if (l->count != t->count + 1)
		return err_set(e, ERR_INPUT, "the row has not as many fields as its table");
	fact_row(t->rows);
	for (size_t i = 0; i < t->count; i++) {
		struct str value = l->field[i + 1];
		int64_t number;

		if (t->column[i] < 0 || !value.ptr)
			continue;
		if (t->rows->table->columns[t->column[i]].type == FACT_TEXT)
			fact_text(t->rows, t->column[i], value);
		else if (str_to_i64(value, &number))
			fact_int(t->rows, t->column[i], number);
		else
			return err_set(e, ERR_INPUT, "a number is wanted in the row");
	}
	return 0;
}

static void take_gap(struct hostaudit *audit, const struct line *l)
{
	struct host *h = audit->host;

	h->filling = fact_table_by_name(l->field[1]);
	if (h->filling && l->field[2].ptr && l->field[3].ptr)
		host_gap(h, arena_cstr(&h->arena, l->field[2]), arena_cstr(&h->arena, l->field[3]));
	h->filling = NULL;
}

static int take_line(
	struct hostaudit *audit, const struct line *l, struct open_table *t, struct err *e)
{
	struct str kind = l->field[0];

	if (str_is(kind, "row"))
		return take_row(l, t, e);
	if (str_is(kind, "table"))
		return take_table(audit, l, t, e);
	if (str_is(kind, "at"))
		return take_at(audit, l, e);
	if (str_is(kind, "host"))
		return take_host(audit, l, e);
	if (str_is(kind, "file") && l->count == 3 && l->field[1].ptr && l->field[2].ptr) {
		host_remember(audit->host, l->field[1], l->field[2]);
		return 0;
	}
	if (str_is(kind, "gap") && l->count == 4 && l->field[1].ptr) {
		take_gap(audit, l);
		return 0;
	}
	return err_set(e, ERR_INPUT, "no such line is known");
}

int snapshot_load(struct hostaudit *audit, struct str text, struct err *e)
{
	struct open_table table = { 0 };
	struct str line_text;
	struct line line;
	int number = 1;
	int rc = 0;

	if (!str_next_line(&text, &line_text) || !str_is(line_text, MAGIC))
		return err_set(e, ERR_INPUT, "this is no snapshot: it does not begin with " MAGIC);
	audit->is_replay = true;
	while (rc == 0 && str_next_line(&text, &line_text)) {
		number++;
		if (!text_fields(
			    line_text, &audit->host->arena, line.field, FIELDS_MAX, &line.count))
			rc = err_set(e, ERR_INPUT, "broken escape or too many fields");
		else
			rc = take_line(audit, &line, &table, e);
	}
	if (rc == 0 && !audit->profile.name.ptr)
		rc = err_set(e, ERR_INPUT, "the snapshot does not say which host it is of");
	return rc < 0 ? err_context(e, "line %d", number) : 0;
}
