/* curl.c - finding the functions of libcurl. */
#include "kit/http/curl.h"

#include <dlfcn.h>
#include <string.h>

static struct curl_calls calls;
static void *library;

/* dlsym() gives an object pointer: POSIX promises that it holds a function's as well. */
static bool find(const char *name, void *function)
{
	void *found = dlsym(library, name);

	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

static bool find_all(void)
{
	CURLcode (*global_init)(long);

	return find("curl_easy_init", &calls.init) && find("curl_easy_setopt", &calls.setopt) &&
		find("curl_easy_getinfo", &calls.getinfo) &&
		find("curl_easy_perform", &calls.perform) &&
		find("curl_easy_cleanup", &calls.cleanup) &&
		find("curl_slist_append", &calls.append) &&
		find("curl_slist_free_all", &calls.free_all) &&
		find("curl_easy_strerror", &calls.words) &&
		find("curl_global_init", &global_init) && global_init(CURL_GLOBAL_ALL) == 0;
}

int curl_open(struct err *e)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", NULL };

	if (library)
		return 0;
	for (size_t i = 0; names[i] && !library; i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return err_set(e, ERR_ABSENT, "this machine has no libcurl.so.4");
	if (find_all())
		return 0;
	dlclose(library);
	library = NULL;
	return err_set(e, ERR_SYSTEM, "libcurl is not of the form known");
}

int curl_get(const struct curl_calls **ret, struct err *e)
{
	if (!library)
		return err_set(e, ERR_ABSENT, "libcurl is not open");
	*ret = &calls;
	return 0;
}
