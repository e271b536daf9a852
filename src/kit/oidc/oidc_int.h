/* oidc_int.h - private to kit/oidc: jansson, opened at run time. Its names are those of kit/text's
 * writer too: no file includes both. */
#ifndef KIT_OIDC_INT_H
#define KIT_OIDC_INT_H

#include <jansson.h>

#include "kit/oidc/oidc.h"

struct jansson_calls {
	json_t *(*load)(const char *, size_t, size_t, json_error_t *);
	void (*delete)(json_t *);
	json_t *(*get)(const json_t *, const char *);
	size_t (*array_size)(const json_t *);
	json_t *(*array_get)(const json_t *, size_t);
	const char *(*string)(const json_t *);
	size_t (*string_length)(const json_t *);
	json_int_t (*integer)(const json_t *);
	double (*real)(const json_t *);
};

extern struct jansson_calls jansson;

int oidc_jansson_open(struct err *e);
/* An object, to be freed with jansson.delete(); NULL: it is none. */
json_t *doc_open(struct str bytes, const char *what, struct err *e);
/* The text of KEY, borrowed; "" when there is none. */
struct str doc_text(const json_t *o, const char *key);
struct str doc_str(const json_t *value);
/* The whole seconds of KEY. */
bool doc_second(const json_t *o, const char *key, int64_t *ret);
/* Is TEXT one of the array KEY? IS_ABSENT is the answer when there is no such array. */
bool doc_has(const json_t *o, const char *key, const char *text, bool is_absent);

#endif
