/* finding.c - what was found, with the place that it concerns. */
#include "work/verify/verify_int.h"

#include <string.h>

struct verify_finding *found_in(struct verify_report *r, enum verify_fault fault, uint64_t first,
	uint64_t end, const char *file, const char *about)
{
	static struct verify_finding spare; /* what is beyond the list is only counted */
	struct verify_finding *f =
		r->finding_count < VERIFY_FINDINGS_MAX ? &r->findings[r->finding_count] : &spare;

	r->finding_count++;
	*f = (struct verify_finding){ .fault = fault, .first = first, .end = end, .likely = first };
	snprintf(f->file, sizeof(f->file), "%s", file);
	snprintf(f->about, sizeof(f->about), "%s", about);
	return f;
}

struct verify_finding *found(
	struct walk *w, enum verify_fault fault, uint64_t first, uint64_t end, const char *about)
{
	const char *file = "";

	if (end > 0)
		for (size_t i = 0; i < w->file_count && w->files[i].first <= first; i++)
			file = w->files[i].name;
	return found_in(w->r, fault, first, end, file, about);
}

void found_run(struct walk *w, enum verify_fault fault, uint64_t end)
{
	size_t count = w->r->finding_count;
	struct verify_finding *last =
		count > 0 && count <= VERIFY_FINDINGS_MAX ? &w->r->findings[count - 1] : NULL;

	if (last && last->fault == fault && last->end == w->index)
		last->end = end;
	else
		found(w, fault, w->index, end, "");
}
