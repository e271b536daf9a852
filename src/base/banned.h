/* banned.h - functions nobody may call here: they overrun, truncate silently, run a shell, or hide
 * their errors. The compiler refuses the name; tools/check-banned names the replacement. Included
 * last by base.h, after the system headers that declare them. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat strncpy strncat stpcpy strtok strtok_r
#pragma GCC poison sprintf vsprintf sscanf vsscanf gets
#pragma GCC poison atoi atol atoll atof system popen tmpnam mktemp

#endif
