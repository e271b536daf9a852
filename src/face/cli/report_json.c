#include "face/cli/report.h"
#include "kit/command/command.h"

static void put_iso(struct json *j, const char *key, int64_t at_s)
{
	char text[CLOCK_TEXT_MAX];

	json_put(j, key, str_of(clock_iso(at_s, text)));
}

static void write_host(const struct report *r, struct json *j)
{
	json_key(j, "host");
	json_object(j);
	json_put(j, "name", r->host.name);
	json_put(j, "id_sha256", r->host.machine_id_sha256);
	json_put(j, "root", str_of(r->root));
	json_key(j, "live");
	json_bool(j, r->host.is_live);
	json_put(j, "kind", r->host.kind);
	json_put(j, "family", r->host.family);
	json_put(j, "os", r->host.os);
	json_put_i64(j, "level", r->level);
	json_key(j, "all_rights");
	json_bool(j, r->host.is_root);
	json_object_end(j);
}

static void write_counts(const struct report *r, struct json *j)
{
	json_key(j, "counts");
	json_object(j);
	for (int i = 0; i < 4; i++)
		json_put_i64(j, outcome_name((enum outcome)i), (int64_t)r->of_outcome[i]);
	json_object_end(j);
}

static void write_packs(const struct report *r, struct json *j)
{
	struct date on = date_at(r->at_s);
	char text[CLOCK_TEXT_MAX];

	json_key(j, "packs");
	json_array(j);
	for (size_t i = 0; i < pack_count(r->packs); i++) {
		const struct pack *pack = pack_at(r->packs, i);

		if (!pack_in_force(pack, on))
			continue;
		json_object(j);
		json_put(j, "id", pack->id);
		json_put(j, "title", words_in(pack->title, r->lang));
		json_put(j, "from", str_of(date_iso(pack->from, text)));
		json_object_end(j);
	}
	json_array_end(j);
}

static void write_obligations(const struct report *r, const struct check *check, struct json *j)
{
	struct date on = date_at(r->at_s);

	json_key(j, "obligations");
	json_array(j);
	for (size_t i = 0; i < check->answer_count; i++) {
		const struct obligation *o = check->answers[i];

		if (pack_in_force(o->pack, on))
			json_str(j, arena_fmt(r->arena, "%.*s/%.*s", STR_FMT(o->pack->id),
					    STR_FMT(o->id)));
	}
	json_array_end(j);
}

static void write_value(struct json *j, const struct param_value *v)
{
	if (v->is_number) {
		json_i64(j, v->number);
		return;
	}
	json_array(j);
	for (size_t i = 0; i < v->item_count; i++)
		json_str(j, v->items[i]);
	json_array_end(j);
}

/* The bounds the check was judged by, each with the law it comes from and those it won over. */
static void write_params(const struct report *r, const struct check *check, struct json *j)
{
	json_key(j, "params");
	json_array(j);
	for (size_t i = 0; i < check->param_count; i++) {
		struct param_ruling ruling = pack_param(r->packs, check->params[i], r->level,
			date_at(r->at_s), r->arena);
		const struct param_value *v = ruling.winner;

		if (!v)
			continue;
		json_object(j);
		json_put(j, "id", v->param->id);
		json_key(j, "value");
		write_value(j, v);
		json_put(j, "unit", v->param->unit);
		json_put(j, "source", arena_fmt(r->arena, "%.*s/%.*s", STR_FMT(v->param->pack->id),
					      STR_FMT(v->clause)));
		json_put_i64(j, "stricter_than", (int64_t)ruling.loser_count);
		json_object_end(j);
	}
	json_array_end(j);
}

static void write_row(const struct report *r, const struct hostaudit_result *result,
	const struct evidence *row, struct json *j)
{
	json_put(j, "subject", row->subject);
	json_put(j, "result", str_of(outcome_name(row->outcome)));
	json_put(j, "reason", row->reason);
	json_put(j, "reason_text", report_reason(r, result, row));
	json_put(j, "found", row->found);
	json_put(j, "file", row->file);
	json_put_i64(j, "line", row->line);
	json_put(j, "overrode", row->lost);
	json_put(j, "sha256", row->extract_sha256);
}

static void write_cure(const struct report *r, const struct hostaudit_result *result,
	struct json *j)
{
	const struct evidence *row = report_worst(result);

	json_key(j, "cure");
	if (result->outcome == OUTCOME_PASS || result->outcome == OUTCOME_NA) {
		json_null(j);
		return;
	}
	json_object(j);
	json_put(j, "vi", report_cure(r, result, row, LANG_VI));
	json_put(j, "en", report_cure(r, result, row, LANG_EN));
	json_object_end(j);
}

/* One check: its verdict and, beside it, the fields of the subject that decided it; all subjects
 * follow in "subjects". */
static void write_result(const struct report *r, const struct hostaudit_result *result,
	struct json *j)
{
	const struct check *check = result->check;

	json_object(j);
	json_put(j, "id", check->id);
	json_put(j, "title", words_in(check->title, r->lang));
	write_row(r, result, report_worst(result), j);
	json_put(j, "wanted", report_wanted(r, result));
	write_params(r, check, j);
	write_obligations(r, check, j);
	write_cure(r, result, j);
	put_iso(j, "at", report_worst(result)->at_s);
	json_key(j, "subjects");
	json_array(j);
	for (size_t i = 0; i < result->row_count; i++) {
		json_object(j);
		write_row(r, result, &result->rows[i], j);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

void report_json(const struct report *r, struct buf *out)
{
	struct json j;

	json_init(&j, out, true);
	json_object(&j);
	json_put(&j, "program", arena_fmt(r->arena, "khien %s", command_version()));
	put_iso(&j, "at", r->at_s);
	json_put_i64(&j, "duration_us", r->duration_us);
	write_host(r, &j);
	write_packs(r, &j);
	write_counts(r, &j);
	json_key(&j, "results");
	json_array(&j);
	for (size_t i = 0; i < r->count; i++)
		write_result(r, &r->results[i], &j);
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(out, '\n');
}
