/* merge.c - the merged cells of a sheet. The file tells of them after its rows, so a sheet is read
 * once for them alone. */
#include "kit/office/office_int.h"

#define MERGES_MAX 65536

static void merge_begin(void *context, const char *name, const char **pairs)
{
	struct merges *m = context;
	const char *range = xml_value(pairs, "ref");
	char first[16], last[16];
	struct merge merge;
	struct str before, after;

	if (!str_is(str_of(name), "mergeCell") || !range ||
		!str_split(str_of(range), ':', &before, &after) || m->count == MERGES_MAX)
		return;
	snprintf(first, sizeof(first), "%.*s", STR_FMT(before));
	snprintf(last, sizeof(last), "%.*s", STR_FMT(after));
	if (!cell_place(first, &merge.first_column, &merge.first_row) ||
		!cell_place(last, &merge.last_column, &merge.last_row))
		return;
	if (m->count == m->room) {
		m->room = m->room ? 2 * m->room : 64;
		m->at = realloc(m->at, m->room * sizeof(*m->at));
		if (!m->at)
			abort();
	}
	m->at[m->count++] = merge;
}

static int by_row(const void *a, const void *b)
{
	const struct merge *x = a, *y = b;

	return (x->first_row > y->first_row) - (x->first_row < y->first_row);
}

int merges_read(struct book *b, const char *part, struct merges *ret, struct parse_fault *fault)
{
	struct xml x = { .context = ret, .begin = merge_begin };
	int rc = xml_open(b->zip, part, &x, fault);

	if (rc == 0)
		rc = xml_next(&x);
	xml_close(&x);
	if (rc == 0 && ret->count > 1)
		qsort(ret->at, ret->count, sizeof(*ret->at), by_row);
	return rc;
}
