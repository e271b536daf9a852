/* library.c - jansson, opened at run time, and small ways into its documents. */
#include <dlfcn.h>
#include <string.h>

#include "kit/http/curl.h"
#include "kit/oidc/oidc_int.h"

#define SECOND_MAX 253402300799.0 /* the end of the year 9999 */

struct jansson_calls jansson;

/* dlsym() gives an object pointer: POSIX promises that it holds a function's as well. */
static bool find(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

int oidc_jansson_open(struct err *e)
{
	void *library;

	if (jansson.load)
		return 0;
	library = dlopen("libjansson.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return err_set(
			e, ERR_ABSENT, "this machine has no libjansson (package libjansson4)");
	if (find(library, "json_delete", &jansson.delete) &&
		find(library, "json_object_get", &jansson.get) &&
		find(library, "json_array_size", &jansson.array_size) &&
		find(library, "json_array_get", &jansson.array_get) &&
		find(library, "json_string_value", &jansson.string) &&
		find(library, "json_string_length", &jansson.string_length) &&
		find(library, "json_integer_value", &jansson.integer) &&
		find(library, "json_real_value", &jansson.real) &&
		find(library, "json_loadb", &jansson.load))
		return 0;
	jansson.load = NULL;
	return err_set(e, ERR_SYSTEM, "libjansson is not of the form known");
}

int oidc_open(struct err *e)
{
	int rc = oidc_jansson_open(e);

	return rc < 0 ? rc : curl_open(e);
}

json_t *doc_open(struct str bytes, const char *what, struct err *e)
{
	json_error_t fault;
	json_t *o;

	if (oidc_jansson_open(e) < 0)
		return NULL;
	if (bytes.len > OIDC_BYTES_MAX) {
		(void)err_set(e, ERR_INPUT, "%s: %zu bytes are too many", what, bytes.len);
		return NULL;
	}
	o = jansson.load(bytes.ptr, bytes.len, JSON_REJECT_DUPLICATES, &fault);
	if (!o) {
		(void)err_set(e, ERR_INPUT, "%s: line %d: %s", what, fault.line, fault.text);
		return NULL;
	}
	if (json_is_object(o))
		return o;
	jansson.delete(o); /* an array: the library gives nothing else */
	(void)err_set(e, ERR_INPUT, "%s: no object of JSON", what);
	return NULL;
}

struct str doc_str(const json_t *value)
{
	if (!json_is_string(value))
		return STR("");
	return (struct str){ jansson.string(value), jansson.string_length(value) };
}

struct str doc_text(const json_t *o, const char *key)
{
	return doc_str(jansson.get(o, key));
}

bool doc_second(const json_t *o, const char *key, int64_t *ret)
{
	const json_t *value = jansson.get(o, key);
	double second = 0;

	if (json_is_integer(value))
		second = (double)jansson.integer(value);
	else if (json_is_real(value))
		second = jansson.real(value);
	else
		return false;
	if (!(second >= 0 && second <= SECOND_MAX))
		return false;
	*ret = (int64_t)second;
	return true;
}

bool doc_has(const json_t *o, const char *key, const char *text, bool is_absent)
{
	const json_t *list = jansson.get(o, key);

	if (!json_is_array(list))
		return is_absent;
	for (size_t i = 0; i < jansson.array_size(list); i++)
		if (str_is(doc_str(jansson.array_get(list, i)), text))
			return true;
	return false;
}
