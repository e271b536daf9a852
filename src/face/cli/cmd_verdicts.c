/* khien verdicts: every obligation for every subject that it binds, reckoned from the evidence. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/units.h"
#include "work/comply/sweep.h"

#define LINE_BYTES_MAX (64 * KIB)

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	CLI_PACKS_OPTION,
	CLI_UNIT_OPTION,
	CLI_ON_OPTION,
	{ "format", OPTION_CHOICE, "text|json|csv", "text|json|csv",
		T("dạng kết quả, mặc định text") },
	{ 0 },
};

struct printing {
	const struct command_line *line;
	struct cli_units units;
	enum format format;
	const struct org_unit *unit; /* being walked */
	struct buf out;
	struct json json;
	struct arena scratch; /* of one subject */
	int64_t counts[VERDICT_COUNT];
};

static const char *const about_names[COMPLY_ABOUT_COUNT] = {
	[COMPLY_HOST] = "host",
	[COMPLY_UNIT] = "unit",
	[COMPLY_PERSON] = "person",
	[COMPLY_RECORD] = "record",
};

/* The sentence, and the proofs that it rests on: "pw.len, pw.classes". */
static void because(const struct printing *p, const struct comply_verdict *v, struct buf *out)
{
	bool is_first = true;

	buf_add(out, str_of(tr(p->line->lang, v->why ? v->why : "")));
	for (size_t i = 0; i < v->proof_count; i++) {
		const struct comply_proof *proof = &v->proofs[i];
		bool is_shown = v->verdict == VERDICT_MET ? proof->state == PROOF_PASS :
			v->verdict == VERDICT_NOT_MET     ? proof->state == PROOF_FAIL :
							    proof->state != PROOF_PASS &&
				proof->state != PROOF_NA;

		if (!is_shown || v->verdict == VERDICT_NA)
			continue;
		buf_add(out, is_first && out->len ? STR(": ") : is_first ? STR("") : STR("; "));
		is_first = false;
		buf_add(out,
			proof->asked->by == BY_CHECK ? proof->asked->check :
						       words_in(proof->asked->what, p->line->lang));
	}
}

static void json_row(struct printing *p, const struct comply_subject *s,
	const struct comply_verdict *v, struct str why)
{
	char text[CLOCK_TEXT_MAX];
	struct json *j = &p->json;

	json_object(j);
	json_put(j, "obligation",
		arena_fmt(&p->scratch, "%.*s/%.*s", STR_FMT(v->obligation->pack->id),
			STR_FMT(v->obligation->id)));
	json_put(j, "subject",
		arena_fmt(&p->scratch, "%s:%lld", about_names[s->about], (long long)s->id));
	json_put(j, "verdict", str_of(verdict_name(v->verdict)));
	json_put(j, "because", why);
	json_put_i64(j, "unit", s->unit_id);
	json_put(j, "name", s->name);
	if (v->exception)
		json_put(j, "until", str_of(date_iso(date_at(v->exception->until_s), text)));
	json_object_end(j);
}

static void row(struct printing *p, const struct comply_subject *s, const struct comply_verdict *v)
{
	struct buf why;

	buf_init(&why, LINE_BYTES_MAX);
	because(p, v, &why);
	switch (p->format) {
	case FORMAT_JSON:
		json_row(p, s, v, buf_str(&why));
		break;
	case FORMAT_CSV:
		csv_cell(&p->out, v->obligation->pack->id);
		csv_cell(&p->out, v->obligation->id);
		csv_i64(&p->out, s->unit_id);
		csv_cell(&p->out, p->unit->name);
		csv_cell(&p->out, str_of(about_names[s->about]));
		csv_i64(&p->out, s->id);
		csv_cell(&p->out, s->name);
		csv_cell(&p->out, str_of(verdict_name(v->verdict)));
		csv_cell(&p->out, buf_str(&why));
		csv_end_row(&p->out);
		break;
	case FORMAT_TEXT:
		buf_fmt(&p->out, "%.*s/%.*s  %s:%lld  %s  %.*s\n", STR_FMT(v->obligation->pack->id),
			STR_FMT(v->obligation->id), about_names[s->about], (long long)s->id,
			tr(p->line->lang, verdict_words(v->verdict)), STR_FMT(buf_str(&why)));
		break;
	}
	buf_done(&why);
}

static int flush_out(struct printing *p, struct err *e)
{
	size_t done = fwrite(p->out.ptr, 1, p->out.len, stdout);

	if (done != p->out.len)
		return err_set(e, ERR_SYSTEM, "cannot write the verdicts");
	buf_clear(&p->out);
	return 0;
}

static int each(void *context, const struct comply_subject *subject,
	const struct comply_verdict *verdicts, size_t count, struct err *e)
{
	struct printing *p = context;

	arena_init(&p->scratch, MIB);
	for (size_t i = 0; i < count; i++) {
		p->counts[verdicts[i].verdict]++;
		row(p, subject, &verdicts[i]);
	}
	arena_done(&p->scratch);
	return flush_out(p, e);
}

static void begin(struct printing *p)
{
	char text[CLOCK_TEXT_MAX];
	static const char *const heads[] = { "pack", "obligation", "unit", "unit_name", "about",
		"subject", "name", "verdict", "because" };

	if (p->format == FORMAT_CSV) {
		csv_start(&p->out);
		for (size_t i = 0; i < COUNT(heads); i++)
			csv_cell(&p->out, str_of(heads[i]));
		csv_end_row(&p->out);
	}
	if (p->format != FORMAT_JSON)
		return;
	json_init(&p->json, &p->out, true);
	json_object(&p->json);
	json_put(&p->json, "at", str_of(clock_iso(p->units.at_s, text)));
	json_key(&p->json, "verdicts");
	json_array(&p->json);
}

static void end(struct printing *p)
{
	if (p->format == FORMAT_JSON) {
		json_array_end(&p->json);
		json_key(&p->json, "counts");
		json_object(&p->json);
		for (int i = 0; i < VERDICT_COUNT; i++)
			json_put_i64(&p->json, verdict_name((enum verdict)i), p->counts[i]);
		json_object_end(&p->json);
		json_object_end(&p->json);
		buf_add_char(&p->out, '\n');
	}
	for (int i = 0; p->format == FORMAT_TEXT && i < VERDICT_COUNT; i++)
		buf_fmt(&p->out, "%s%lld %s", i ? " · " : "", (long long)p->counts[i],
			tr(p->line->lang, verdict_words((enum verdict)i)));
	if (p->format == FORMAT_TEXT)
		buf_add_char(&p->out, '\n');
}

static int walk(struct printing *p, struct err *e)
{
	struct comply_query q = {
		.store = p->units.store, .packs = p->units.packs, .at_s = p->units.at_s
	};
	int rc = 0;

	begin(p);
	for (size_t i = 0; rc == 0 && i < p->units.tree.count; i++) {
		p->unit = &p->units.tree.units[i];
		if (!p->unit->is_live || (p->units.only && p->units.only != p->unit))
			continue;
		q.unit_id = p->unit->id;
		rc = comply_walk(&q, each, p, e);
	}
	if (rc == 0) {
		end(p);
		rc = flush_out(p, e);
	}
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *format = command_value(line, "format");
	struct printing p = { .line = line };
	int rc = cli_units_open(line, &p.units, e);

	if (rc < 0)
		return rc;
	if (format && str_is(str_of(format), "json"))
		p.format = FORMAT_JSON;
	else if (format && str_is(str_of(format), "csv"))
		p.format = FORMAT_CSV;
	buf_init(&p.out, 64 * MIB);
	rc = walk(&p, e);
	buf_done(&p.out);
	cli_units_close(&p.units);
	return rc;
}

const struct command cmd_verdicts = {
	.name = "verdicts",
	.args = "",
	.words = T("kết quả của mọi nghĩa vụ với từng đối tượng"),
	.help = T(
		"Mỗi dòng một nghĩa vụ và một đối tượng mà nó ràng buộc (đơn vị, máy, người), tính lại từ "
		"bằng chứng cho lúc này hoặc cho một ngày đã qua (--on). Chưa có bằng chứng thì không "
		"tính là đạt; không áp dụng chỉ khi dữ liệu nói thế."),
	.options = options,
	.run = run,
};
