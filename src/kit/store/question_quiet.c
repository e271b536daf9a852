#include "kit/store/store_int.h"

void store_no_question_open(struct store *s, const char *before)
{
}
