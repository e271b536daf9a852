/* lynis.c - lynis-report.dat: KEY=VALUE lines, of which a few matter: which tests ran, and what
 * they warn of or suggest. */
#include "work/foreign/foreign_int.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (64 * KIB)

struct lynis {
	struct arena *a;
	struct buf line; /* not yet ended */
	size_t number;
	finding_vec findings; /* what warns or suggests */
	VEC(struct str) ran;
	struct str version, host;
	int64_t begin_s, end_s;
	size_t skipped;
};

static void *lynis_open(struct arena *a)
{
	struct lynis *in = arena_new(a, struct lynis);

	in->a = a;
	in->version = in->host = STR("");
	buf_init(&in->line, LINE_MAX_BYTES);
	return in;
}

static void lynis_close(void *context)
{
	struct lynis *in = context;

	buf_done(&in->line);
}

/* "AUTH-9282|text|details|solution|" */
static void take_finding(struct lynis *in, struct str value, const char *said)
{
	struct str id = value, text = STR(""), rest;

	(void)(str_split(value, '|', &id, &text) && str_split(text, '|', &text, &rest));
	id = str_trim(id);
	if (id.len == 0 || in->findings.len >= LIMIT_IMPORT_FINDINGS)
		return;
	vec_push(in->a, &in->findings,
		((struct foreign_finding){ .rule = text_clean(in->a, id, 60),
			.outcome = OUTCOME_FAIL,
			.said = str_of(said),
			.text = text_clean(in->a, str_trim(text), 300) }));
}

static void take_list(struct lynis *in, struct str value, bool is_ran)
{
	struct str id;

	while (str_next_word(&value, "|", &id)) {
		if (is_ran && in->ran.len < LIMIT_IMPORT_FINDINGS)
			vec_push(in->a, &in->ran, text_clean(in->a, id, 60));
		in->skipped += !is_ran;
	}
}

static int take_line(struct lynis *in, struct str line, struct err *e)
{
	struct str key, value;

	in->number++;
	line = str_trim(line);
	if (line.len == 0 || line.ptr[0] == '#')
		return 0;
	if (!str_split(line, '=', &key, &value))
		return in->number > 3 ? 0 : /* a value may go on in the next line */
			err_set(e, ERR_INPUT, "line %zu: neither XML nor the report data of Lynis",
				in->number);
	if (str_is(key, "warning[]"))
		take_finding(in, value, "warning");
	else if (str_is(key, "suggestion[]"))
		take_finding(in, value, "suggestion");
	else if (str_is(key, "tests_executed"))
		take_list(in, value, true);
	else if (str_is(key, "tests_skipped"))
		take_list(in, value, false);
	else if (str_is(key, "lynis_version"))
		in->version = text_clean(in->a, value, 40);
	else if (str_is(key, "hostname"))
		in->host = text_clean(in->a, value, 100);
	else if (str_is(key, "report_datetime_start"))
		in->begin_s = foreign_time(value);
	else if (str_is(key, "report_datetime_end"))
		in->end_s = foreign_time(value);
	return 0;
}

static int lynis_feed(void *context, struct str bytes, struct err *e)
{
	struct lynis *in = context;
	int rc = 0;
	ptrdiff_t at;

	while (rc == 0 && (at = str_find_char(bytes, '\n')) >= 0) {
		buf_add(&in->line, str_until(bytes, (size_t)at));
		if (buf_is_full(&in->line))
			return err_set(e, ERR_LIMIT, "line %zu: longer than %u bytes",
				in->number + 1, LINE_MAX_BYTES);
		rc = take_line(in, buf_str(&in->line), e);
		buf_clear(&in->line);
		bytes = str_from(bytes, (size_t)at + 1);
	}
	if (rc == 0)
		buf_add(&in->line, bytes);
	return rc;
}

static int by_rule(const void *a, const void *b)
{
	const struct foreign_finding *x = a, *y = b;

	return str_cmp(x->rule, y->rule);
}

static bool has_finding(const struct lynis *in, struct str rule, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(in->findings.at[i].rule, rule))
			return true;
	return false;
}

static int lynis_finish(void *context, struct imported *ret, struct err *e)
{
	struct lynis *in = context;
	int rc = take_line(in, buf_str(&in->line), e);
	size_t found = in->findings.len;

	if (rc < 0)
		return rc;
	if (in->version.len == 0 || in->ran.len == 0)
		return err_set(e, ERR_INPUT,
			"line %zu: the report data of Lynis ends before it says what was tested",
			in->number);
	for (size_t i = 0; i < in->ran.len; i++)
		if (!has_finding(in, in->ran.at[i], found))
			vec_push(in->a, &in->findings,
				((struct foreign_finding){ .rule = in->ran.at[i],
					.outcome = OUTCOME_PASS,
					.said = STR("no finding"),
					.text = STR("") }));
	qsort(in->findings.at, in->findings.len, sizeof(*in->findings.at), by_rule);
	*ret = (struct imported){
		.tool = STR("lynis"),
		.origin = arena_fmt(in->a, "Lynis %.*s", STR_FMT(in->version)),
		.host = in->host,
		.at_s = in->end_s ? in->end_s : in->begin_s,
		.findings = in->findings.at,
		.count = in->findings.len,
		.unchecked = in->skipped,
	};
	for (size_t i = 0; i < ret->count; i++)
		ret->findings[i].at_s = ret->at_s;
	return 0;
}

const struct foreign_reader lynis_reader = { lynis_open, lynis_feed, lynis_finish, lynis_close };
