/* xccdf.c - results in XCCDF 1.1 or 1.2, alone or somewhere inside an ARF, read as they come.
 * Memory is that of expat within a ceiling, and of the results themselves. A document type is
 * refused: with none there are no entities to expand and nothing to fetch. */
#include "work/foreign/foreign_int.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 200
#define TEXT_MAX 1024
#define MARK '\n' /* between a namespace and a name: stands in neither */

struct xccdf {
	XML_Parser parser;
	struct arena *a;
	finding_vec findings;
	struct imported head;
	int depth, results; /* how deep; how many TestResult were opened */
	bool is_in_result;  /* inside a TestResult */
	bool is_in_rule;
	struct foreign_finding now;
	bool has_result;     /* of the rule: its <result> came */
	char text[TEXT_MAX]; /* of the element, when it is one to keep */
	size_t text_len;
	bool keeps_text;
	struct err fault; /* code 0: none */
};

/* ---- the ceiling of memory ---- */

static _Thread_local size_t used_bytes;

static void *take(size_t size)
{
	size_t *block;

	if (size > LIMIT_IMPORT_XML_BYTES - used_bytes)
		return NULL;
	block = malloc(size + 16);
	if (!block)
		return NULL;
	*block = size;
	used_bytes += size;
	return (char *)block + 16;
}

static void give(void *at)
{
	size_t *block = at ? (size_t *)(void *)((char *)at - 16) : NULL;

	if (block)
		used_bytes -= *block;
	free(block);
}

static void *retake(void *at, size_t size)
{
	size_t old = at ? *(size_t *)(void *)((char *)at - 16) : 0;
	void *fresh = take(size);

	if (fresh && at) {
		memcpy(fresh, at, old < size ? old : size);
		give(at);
	}
	return fresh;
}

/* ---- elements ---- */

static void refuse(struct xccdf *x, const char *why)
{
	if (x->fault.code == 0)
		err_set(&x->fault, ERR_INPUT, "line %lu: %s",
			(unsigned long)XML_GetCurrentLineNumber(x->parser), why);
	(void)XML_StopParser(x->parser, XML_FALSE);
}

/* The name of an element of XCCDF, or NULL. */
static const char *name_of(const char *element)
{
	static const char space[] = "http://checklists.nist.gov/xccdf/1.";
	const char *mark = strchr(element, MARK);

	return mark && strncmp(element, space, sizeof(space) - 1) == 0 ? mark + 1 : NULL;
}

static struct str attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return str_of(attributes[1]);
	return STR("");
}

static void start_result(struct xccdf *x, const char **attributes)
{
	struct str end = attribute(attributes, "end-time"), tool;

	x->is_in_result = true;
	if (x->results++ > 0)
		return;
	tool = attribute(attributes, "test-system");
	x->head.at_s = foreign_time(end.len ? end : attribute(attributes, "start-time"));
	x->head.origin = text_clean(x->a, tool.len ? tool : STR("XCCDF"), 200);
}

static void start_rule(struct xccdf *x, const char **attributes)
{
	struct str id = attribute(attributes, "idref");

	if (id.len == 0 || x->findings.len >= LIMIT_IMPORT_FINDINGS) {
		refuse(x, id.len ? "more results than this program takes" : "a result of no rule");
		return;
	}
	x->is_in_rule = true;
	x->has_result = false;
	x->now = (struct foreign_finding){
		.rule = text_clean(x->a, id, 200),
		.said = STR(""),
		.text = STR(""),
		.at_s = foreign_time(attribute(attributes, "time")),
	};
}

static void start(void *context, const char *element, const char **attributes)
{
	struct xccdf *x = context;
	const char *name = name_of(element);

	x->keeps_text = false;
	if (++x->depth > DEPTH_MAX) {
		refuse(x, "elements within elements without end");
		return;
	}
	if (!name)
		return;
	if (strcmp(name, "TestResult") == 0)
		start_result(x, attributes);
	else if (x->is_in_result && strcmp(name, "profile") == 0 && x->results == 1)
		x->head.origin = arena_fmt(x->a, "%.*s, %.*s", STR_FMT(x->head.origin),
			STR_FMT(text_clean(x->a, attribute(attributes, "idref"), 200)));
	else if (x->is_in_result && strcmp(name, "rule-result") == 0)
		start_rule(x, attributes);
	else
		x->keeps_text = (x->is_in_rule && strcmp(name, "result") == 0) ||
			(x->is_in_result && strcmp(name, "target") == 0);
	x->text_len = 0;
}

static bool result_of(struct str word, enum outcome *ret)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} words[] = { { "pass", OUTCOME_PASS }, { "fixed", OUTCOME_PASS }, { "fail", OUTCOME_FAIL },
		{ "error", OUTCOME_UNKNOWN }, { "unknown", OUTCOME_UNKNOWN },
		{ "notapplicable", OUTCOME_NA } };

	for (size_t i = 0; i < COUNT(words); i++) {
		if (str_is(word, words[i].word)) {
			*ret = words[i].outcome;
			return true;
		}
	}
	return false;
}

static void end_rule(struct xccdf *x)
{
	x->is_in_rule = false;
	if (!x->has_result) {
		refuse(x, "a rule without its result");
		return;
	}
	if (result_of(x->now.said, &x->now.outcome))
		vec_push(x->a, &x->findings, x->now);
	else
		x->head.unchecked++; /* notchecked, notselected, informational */
}

static void end(void *context, const char *element)
{
	struct xccdf *x = context;
	const char *name = name_of(element);
	struct str text = str_trim((struct str){ x->text, x->text_len });

	x->depth--;
	if (!name)
		return;
	if (x->keeps_text && strcmp(name, "result") == 0) {
		x->now.said = text_clean(x->a, text, 40);
		x->has_result = true;
	} else if (x->keeps_text && strcmp(name, "target") == 0 && x->head.host.len == 0) {
		x->head.host = text_clean(x->a, text, 100);
	} else if (x->is_in_rule && strcmp(name, "rule-result") == 0) {
		end_rule(x);
	} else if (strcmp(name, "TestResult") == 0) {
		x->is_in_result = x->is_in_rule = false;
	}
	x->keeps_text = false;
}

static void characters(void *context, const char *text, int len)
{
	struct xccdf *x = context;
	size_t room = sizeof(x->text) - x->text_len;

	if (!x->keeps_text)
		return;
	room = (size_t)len < room ? (size_t)len : room;
	memcpy(x->text + x->text_len, text, room);
	x->text_len += room;
}

static void doctype(
	void *context, const char *name, const char *sys_id, const char *public_id, int subset)
{
	(void)name, (void)sys_id, (void)public_id, (void)subset;
	refuse(context, "it has a document type (DTD), which no result needs");
}

/* ---- the reader ---- */

static void *xccdf_open(struct arena *a)
{
	static const XML_Memory_Handling_Suite memory = { take, retake, give };
	struct xccdf *x = arena_new(a, struct xccdf);
	const char mark[] = { MARK, '\0' };

	x->a = a;
	x->head.host = x->head.origin = STR("");
	x->parser = XML_ParserCreate_MM(NULL, &memory, mark);
	if (!x->parser)
		abort();
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, start, end);
	XML_SetCharacterDataHandler(x->parser, characters);
	XML_SetStartDoctypeDeclHandler(x->parser, doctype);
	return x;
}

static int parse(struct xccdf *x, struct str bytes, bool is_last, struct err *e)
{
	enum XML_Error code;

	if (XML_Parse(x->parser, bytes.ptr, (int)bytes.len, is_last) != XML_STATUS_ERROR)
		return 0;
	if (x->fault.code) {
		*e = x->fault;
		return e->code;
	}
	code = XML_GetErrorCode(x->parser);
	return err_set(e, code == XML_ERROR_NO_MEMORY ? ERR_LIMIT : ERR_INPUT, "line %lu: %s",
		(unsigned long)XML_GetCurrentLineNumber(x->parser), XML_ErrorString(code));
}

#define PIECE_BYTES (64 * KIB)

static int xccdf_feed(void *context, struct str bytes, struct err *e)
{
	int rc = 0;

	while (bytes.len > 0 && rc == 0) {
		rc = parse(context,
			str_until(bytes, bytes.len < PIECE_BYTES ? bytes.len : PIECE_BYTES), false,
			e);
		bytes = str_from(bytes, PIECE_BYTES);
	}
	return rc;
}

static int xccdf_finish(void *context, struct imported *ret, struct err *e)
{
	struct xccdf *x = context;
	int rc = parse(x, STR(""), true, e);

	if (rc < 0)
		return rc;
	if (x->results == 0)
		return err_set(e, ERR_INPUT, "there is no XCCDF result in it");
	*ret = x->head;
	ret->tool = STR("xccdf");
	ret->findings = x->findings.at;
	ret->count = x->findings.len;
	for (size_t i = 0; i < ret->count; i++)
		if (ret->findings[i].at_s == 0)
			ret->findings[i].at_s = ret->at_s;
	return 0;
}

static void xccdf_close(void *context)
{
	struct xccdf *x = context;

	XML_ParserFree(x->parser);
}

const struct foreign_reader xccdf_reader = { xccdf_open, xccdf_feed, xccdf_finish, xccdf_close };
