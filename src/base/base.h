/* base.h - floor 1: what every room stands on. Depends on libc only.
 *
 *   err.h    named failures and the caller's error object
 *   str.h    borrowed slices of text
 *   buf.h    owned growing bytes with a ceiling
 *   arena.h  memory that ends with the work it was for
 *   vec.h    growing arrays in an arena
 *   clock.h  the only source of the time of day
 *   limits.h every ceiling of the program on one screen
 *   banned.h functions nobody may call
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"

#include "base/banned.h"

#endif
