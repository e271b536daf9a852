/* For the program that makes the form of pack_compiled.h: it starts from none. */
#include "core/pack/pack_compiled.h"

const struct compiled pack_compiled = { 0 };
