/* memory_trouble.c - what tests let malloc() and its kin be: see memory_trouble.h. Never linked
 * into a product. */
#include "base/memory_trouble.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/str.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void *__real_reallocarray(void *at, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *at, size_t size);
void *__wrap_reallocarray(void *at, size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

static _Atomic uint64_t left; /* until one fails, and it; 0: none does */
static struct str who;        /* the process in which they count; STR_NONE: any */

void memory_trouble_at(uint64_t nth)
{
	left = nth;
}

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("KHIEN_TEST_MEMORY");
	struct str nth = str_of(text ? text : "");
	uint64_t number;

	(void)str_split(nth, ' ', &nth, &who);
	if (str_to_u64(nth, 10, &number))
		memory_trouble_at(number);
}

static bool is_another(void)
{
	char name[17] = "";

	return who.len > 0 && (prctl(PR_GET_NAME, name, 0, 0, 0) != 0 || !str_is(who, name));
}

static bool fails(void)
{
	if (left == 0 || is_another())
		return false;
	if (left > 1) {
		left--;
		return false;
	}
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *at, size_t size)
{
	return fails() ? NULL : __real_realloc(at, size);
}

void *__wrap_reallocarray(void *at, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(at, count, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
	return fails() ? NULL : __real_strndup(text, size);
}
