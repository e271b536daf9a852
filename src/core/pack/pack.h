/* pack.h - floor 3: the law as data. Loads packs (docs/formats/pack.md) into read-only structures.
 * A set is loaded once, may be shared by any number of readers, and owns all it hands out. */
#ifndef CORE_PACK_H
#define CORE_PACK_H

#include "core/pack/pack_data.h"
#include "core/pack/pack_register.h"

struct pack_set; /* the packs of one folder */

/* Where a service finds its packs: GIVEN, or, when that is NULL, where they usually are. */
const char *pack_folder(const char *given);
/* Load every pack below DIR (one folder each). A fault ends it, "file:line:column: …", unless it is
 * bearable. *RET is yours, end it with pack_set_free(). */
MUST_CHECK int pack_set_load(const char *dir, struct err *e, struct pack_set **ret);
/* The same, only what asking a machine needs: checks, parameters, and the obligations that a check
 * helps to answer. No clauses, no roles; a fault that stands in what is left out is not seen. */
MUST_CHECK int pack_set_load_checks(const char *dir, struct err *e, struct pack_set **ret);
struct pack_set *pack_set_free(struct pack_set *set); /* NULL is fine; returns NULL */

/* A fault of a pack: a Vietnamese sentence for tr(), with {a} {b} {c} for ABOUT. */
struct pack_fault {
	struct source source;
	const char *words;
	struct str about[3];
	bool is_bearable; /* the packs load all the same */
};

/* Every fault of the packs below DIR, at most LIMIT_PACK_FAULTS, in the order of the files. Returns
 * how many; they live in A. Negative: DIR itself cannot be read. */
MUST_CHECK int pack_lint(const char *dir, struct arena *a, struct err *e, struct pack_fault **ret);
/* "file:line:column: sentence" */
struct str pack_fault_text(const struct pack_fault *fault, enum lang lang, struct arena *a);

size_t pack_count(const struct pack_set *set);
const struct pack *pack_at(const struct pack_set *set, size_t i);
const struct pack *pack_by_id(const struct pack_set *set, struct str id); /* or NULL */
bool pack_in_force(const struct pack *p, struct date on);

/* ID with or without "pack/" before it; without, regulations come before standards. NULL: none. */
const struct clause *pack_clause(const struct pack_set *set, struct str id);
const struct obligation *pack_obligation(const struct pack_set *set, struct str id);
const struct check *pack_check(const struct pack_set *set, struct str id); /* live or planned */
size_t pack_check_count(const struct pack_set *set);
const struct check *pack_check_at(const struct pack_set *set, size_t i);
/* Words of a role, whatever pack names it. NULL: none. */
const struct role *pack_role(const struct pack_set *set, struct str id);

/* Registers of all packs, in the order of packs and files. ID with or without "pack/". */
size_t pack_register_count(const struct pack_set *set);
const struct pack_register *pack_register_at(const struct pack_set *set, size_t i);
const struct pack_register *pack_register(const struct pack_set *set, struct str id);
/* The field of R called ID, or NULL. */
const struct register_field *pack_register_field(const struct pack_register *r, struct str id);

/* The strictest value of a parameter (docs/formats/pack.md) on a day at a system level; level 0 is
 * not known yet: the values of all levels count. */
struct param_ruling {
	const struct param_value *winner;  /* NULL: no pack in force gives one */
	const struct param_value **losers; /* strictest first, lives in the arena */
	size_t loser_count;
};
struct param_ruling pack_param(
	const struct pack_set *set, struct str id, int level, struct date on, struct arena *a);
/* The winner's number, or FALLBACK when there is none. */
int64_t pack_param_number(
	const struct pack_set *set, struct str id, int level, struct date on, int64_t fallback);

/* The value as people read it, "chữ thường, chữ hoa", and its unit, "" for none. */
struct str pack_value_words(const struct param_value *v, enum lang lang, struct arena *a);
const char *pack_unit_words(struct str unit, enum lang lang);

/* P as an OSCAL 1.0.6 catalog (JSON) in OUT, which must be empty. The same pack gives the same
 * bytes. */
void pack_oscal(const struct pack *p, struct buf *out);

/* "D12.1.b" as people write it: "điểm b khoản 1 Điều 12" / "point b, clause 1, Article 12". */
struct str clause_cite(const struct clause *c, enum lang lang, struct arena *a);

#endif
