/* judge_files.c - fields of the type file: what stands there is what is attached, and nothing that
 * anybody typed. */
#include "core/file/file.h"
#include "core/record/judge_int.h"

static bool has_files(const struct pack_register *reg)
{
	for (size_t i = 0; i < reg->field_count; i++)
		if (reg->fields[i]->type == REGISTER_FILE)
			return true;
	return false;
}

static struct str keys_of(const struct record *records, size_t count, struct arena *a)
{
	struct str keys;
	struct buf b;

	buf_init(&b, 32 * MIB);
	for (size_t i = 0; i < count; i++)
		buf_fmt(&b, "%s\"%lld\"", i ? "," : "[", (long long)records[i].id);
	buf_fmt(&b, count ? "]" : "[]");
	keys = arena_str(a, buf_str(&b));
	buf_done(&b);
	return keys;
}

/* BODY and the names of the files that belong to its record. */
static struct record_body with_files(
	struct record_body body, const struct file_field *files, size_t count, struct arena *a)
{
	struct record_body more = { arena_array(a, struct record_value, body.count + count + 1),
		body.count };

	for (size_t i = 0; i < body.count; i++)
		more.at[i] = body.at[i];
	for (size_t i = 0; i < count; i++)
		more.at[more.count++] = (struct record_value){ files[i].field, files[i].name };
	return more;
}

int judge_files(const struct record_at *at, const struct pack_register *reg,
	struct record *records, size_t count, struct err *e)
{
	struct file_field_list files = { 0 };
	size_t first = 0, last;
	int64_t id;
	int rc;

	if (count == 0 || !has_files(reg))
		return 0;
	rc = file_fields(at->store, STR("record"), keys_of(records, count, at->a), at->a, &files,
		e);
	/* both are in the order of the records' numbers */
	for (size_t i = 0; rc == 0 && i < count; i++) {
		while (first < files.count && str_to_i64(files.at[first].key, &id) &&
			id < records[i].id)
			first++;
		for (last = first; last < files.count && str_to_i64(files.at[last].key, &id) &&
			id == records[i].id;)
			last++;
		if (last > first)
			records[i].body = with_files(
				records[i].body, &files.at[first], last - first, at->a);
		first = last;
	}
	return rc;
}
