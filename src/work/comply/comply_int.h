/* comply_int.h - private to work/comply: what is known of one unit at one moment. */
#ifndef WORK_COMPLY_INT_H
#define WORK_COMPLY_INT_H

#include "core/record/record_judge.h"
#include "work/comply/sweep.h"

/* What was of unit $1 at $2: what units that ended later have left to others is theirs still. */
#define COMPLY_WERE_THERE(table) \
	"(unit_id = $1 OR id IN (SELECT m.row_id FROM unit_event n JOIN unit_moved m" \
	" ON m.event_id = n.id WHERE n.unit_id = $1 AND n.what = 'end' AND n.made_at_s > $2" \
	" AND n.undone_at_s IS NULL AND m.of_table = '" table "'))" \
	" AND id NOT IN (SELECT m.row_id FROM unit_event n JOIN unit_moved m" \
	" ON m.event_id = n.id WHERE n.other_id = $1 AND n.what = 'end' AND n.made_at_s > $2" \
	" AND n.undone_at_s IS NULL AND m.of_table = '" table "')"

/* What is known of one machine: its newest run, people's words, what other tools found. */
struct host_said {
	struct evidence_rows rows, words, imports;
};

struct unit_host {
	int64_t id;
	struct str name, kind;
	int level;
	const struct host_said *said; /* NULL: unit_verdicts() asks for it */
};

struct unit_facts {
	struct store *store;
	const struct pack_set *packs;
	const struct comply_law *law;
	int64_t at_s;
	struct org_unit unit;
	struct evidence_rows words;
	struct evidence_rows record_words; /* by record */
	int64_t weighed_at_s;              /* when registers became evidence last */
	const struct obligation *only;     /* NULL: all */
	struct exception *exceptions;
	size_t exception_count;
	struct comply_having *having;
	size_t having_count;
	struct unit_host *hosts;
	size_t host_count;
	struct comply_subject *people;
	size_t person_count;
};

/* ERR_ABSENT: no such unit, or it did not exist then. Lives in A. */
MUST_CHECK int unit_facts_load(
	const struct unit_facts *about, struct arena *a, struct unit_facts *ret, struct err *e);
/* The verdicts of one subject on those obligations that bind it. Lives in A. */
struct verdict_list {
	struct comply_verdict *at;
	size_t count;
};
MUST_CHECK int unit_verdicts(const struct unit_facts *f, const struct comply_subject *subject,
	const struct unit_host *host, struct arena *a, struct verdict_list *ret, struct err *e);
/* A walk to the subjects of a unit. */
struct walk {
	const struct unit_facts *facts;
	comply_each *each;
	void *context;
	const struct comply_place *chosen; /* NULL: to all */
	size_t chosen_count;
};
static inline bool walk_comes_to(const struct walk *w, enum comply_about about, int64_t id)
{
	for (size_t i = 0; i < w->chosen_count; i++)
		if (w->chosen[i].about == about && w->chosen[i].id == id)
			return true;
	return !w->chosen;
}
/* To the records alone. */
MUST_CHECK int walk_records(const struct walk *w, struct err *e);
/* Does the one obligation that is asked about bind the subject? HOST: NULL but for a machine. */
bool unit_is_asked(const struct unit_facts *f, const struct comply_subject *subject,
	const struct unit_host *host);

/* What is known of the machines of the walk on the one obligation that is asked about: hosts_next()
 * for each in the order of the unit's. */
struct hosts_rows {
	struct store_query *q;
	bool has_row; /* one is read and not given away */
};
MUST_CHECK int hosts_open(
	const struct walk *w, struct arena *a, struct hosts_rows *ret, struct err *e);
MUST_CHECK int hosts_next(struct hosts_rows *h, int64_t host_id, struct arena *a,
	struct host_said *ret, struct err *e);
void hosts_close(struct hosts_rows *h);
/* Keep what was judged of ABOUT (its unit, register, moment). */
MUST_CHECK int found_keep(struct store *s, const struct comply_found *about,
	const struct record_judgement *judged, struct err *e);
/* Those of one record among rows by record. */
struct evidence_rows comply_record_rows(const struct evidence_rows *rows, int64_t record_id);
/* The records of REG that obligations bind, each with its verdicts. */
struct record_walk {
	struct walk to;
	const struct pack_register *reg;
};
MUST_CHECK int unit_records(const struct record_walk *w, struct err *e);

/* marks.c: marks of which nothing is said yet; a verdict more on one obligation; and those of a
 * subject, in the order of the law. The worst stays. */
char *marks_new(const struct comply_law *law, struct arena *a);
void marks_worsen(char *mark, enum verdict v);
void marks_add(const struct comply_law *law, char *marks, const struct comply_verdict *verdicts,
	size_t count);

#endif
