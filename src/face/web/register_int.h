/* register_int.h - what the pages of registers share. */
#ifndef FACE_WEB_REGISTER_INT_H
#define FACE_WEB_REGISTER_INT_H

#include "core/record/record_judge.h"
#include "core/record/record_words.h"
#include "face/web/org_int.h"

/* A register as this visitor meets it. */
struct register_page {
	struct record_at at;
	struct view_units seen; /* units whose records may be seen */
	bool sees_all;          /* fields for officers too */
	struct record r;        /* of a page of one record */
};

/* The register that the first {} names; answers itself when there is none to be seen. */
bool register_of_path(struct view *v, struct register_page *ret);
/* The record that the first {} names, with its register. */
/* The same with what tables are imported into: the roster too, for who keeps it; the right that it
 * takes, and where it is shown. */
bool import_register_of_path(struct view *v, struct register_page *ret);
enum org_right import_right(const struct register_page *p);
const char *import_home(struct view *v, const struct register_page *p);
bool record_of_path(struct view *v, struct register_page *ret);
bool register_may_see(struct view *v, const struct pack_register *r);
bool field_is_seen(const struct register_page *p, const struct register_field *f);

/* A field of the form in the words of the visitor; VALUES is what it holds. */
void html_record_field(struct view *v, const struct register_page *p,
	const struct register_field *f, struct record_body values);
/* Is there something in it to be looked at: a value, or what is wrong with it? */
bool record_field_speaks(struct view *v, const struct register_field *f, struct record_body values);
/* The fields of the form that was sent, as typed. A field of the page without a value is "". */
struct record_body record_typed(struct view *v, const struct register_page *p);
/* Faults of core/record at the fields of the form. */
void fault_record(struct view *v, const struct record_faults *faults);
/* The text of a clause, as help. */
void html_clause_help(struct view *v, const struct clause *c);

/* The query of a list of records, from the address. */
struct record_query register_query(struct view *v, const struct register_page *p);
/* The address of this list with NAME set to VALUE (NULL: without it), from the first page on. */
const char *register_link(struct view *v, const char *name, const char *value);
/* The columns that the visitor wants. */
size_t register_columns(struct view *v, const struct register_page *p,
	const struct register_field **ret, size_t max);
#define REGISTER_COLUMNS_MAX 24
/* In place of a list without rows: what that means, and how the register begins. */
void html_register_empty(struct view *v, const struct register_page *p);

void page_registers(struct view *v);
void page_register(struct view *v);
void page_register_view_post(struct view *v);
void page_bulk(struct view *v);
void page_bulk_post(struct view *v);
void page_import(struct view *v);
void page_import_post(struct view *v);
void page_import_job(struct view *v);
void page_import_job_post(struct view *v);
void page_import_faults(struct view *v);
void page_register_export(struct view *v);
void page_register_template(struct view *v);
void page_register_print(struct view *v);
void page_record_new(struct view *v);
void page_record_new_post(struct view *v);
void page_record(struct view *v);
void page_record_edit(struct view *v);
void page_record_edit_post(struct view *v);
void page_record_cancel_post(struct view *v);
void page_record_undo_post(struct view *v);
void page_record_comment_post(struct view *v);
void page_record_file_post(struct view *v);
void page_record_short(struct view *v);

void api_registers(struct view *v);
void api_records(struct view *v);
void api_records_post(struct view *v);
void api_record(struct view *v);
void api_record_post(struct view *v);
void api_record_cancel(struct view *v);
void api_record_undo(struct view *v);
void api_imports_post(struct view *v);
void api_import(struct view *v);
void api_import_faults(struct view *v);
void api_import_confirm(struct view *v);
void api_import_undo(struct view *v);
void api_import_drop(struct view *v);
void api_bulk(struct view *v);
void api_bulk_undo(struct view *v);
void api_views(struct view *v);
void api_views_post(struct view *v);

#endif
