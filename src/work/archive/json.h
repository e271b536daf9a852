/* json.h - private to work/archive: a line of JSON being cut. */
#ifndef ARCHIVE_JSON_H
#define ARCHIVE_JSON_H

#include "work/archive/cut.h"

/* Names are the template's, and each value is one. */
void cut_json(struct cut *c);

#endif
