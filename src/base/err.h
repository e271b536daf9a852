/* err.h - named failures. A call that can fail returns 0 or a count on success and a negative
 * ERR_* on failure, and fills the caller's struct err: the lowest function that knows the fact
 * writes the sentence, callers may put context before it with err_context(), nobody rewrites it.
 * Sentences are lower case, without a full stop, the thing in quotes, the cause first. They are in
 * English for logs and developers; what people read on pages comes from the word tables, and a
 * command speaks the language of its caller: err_words(). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stddef.h>

enum err_code {
	ERR_INPUT = -1,    /* the input is not of the form asked for */
	ERR_ABSENT = -2,   /* there is no such thing */
	ERR_DENIED = -3,   /* not enough rights */
	ERR_LIMIT = -4,    /* a ceiling was reached */
	ERR_SYSTEM = -5,   /* the operating system refused */
	ERR_STORE = -6,    /* the database refused */
	ERR_CONFLICT = -7, /* somebody else changed it first */
	ERR_CRYPTO = -8,   /* a cryptographic step failed */
};

#define ERR_TEXT_MAX 1024

struct err {
	int code;                /* 0 or ERR_* */
	char text[ERR_TEXT_MAX]; /* UTF-8, cut at a whole character when too long */
};

/* Write the failure and return CODE, so that `return err_set(e, ERR_INPUT, ...)` reads well. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As err_set with the sentence of errno value ERRNO_VALUE appended; EACCES and EPERM become
 * ERR_DENIED, ENOENT and ENOTDIR ERR_ABSENT, all else ERR_SYSTEM. */
int err_errno(struct err *e, int errno_value, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "context: " before the sentence already there; returns the code already there. */
int err_context(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* From here on this process writes its sentences as WORDS gives them: a format with the same
 * conversions in the same order, or the English one back. NULL: English again. */
void err_words(const char *(*words)(const char *english));

#endif
