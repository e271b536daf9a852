/* The test build's word on each request when KHIEN_TEST_STATEMENTS is set: "khien web: 12
 * statements, 200: GET /so/{} /so/wifi", so that tests can hold each page to its bound. */
#include "face/web/web_int.h"

#include <stdlib.h>

#include "kit/store/store.h"

void statements_tell(const struct view *v, uint64_t before)
{
	if (getenv("KHIEN_TEST_STATEMENTS"))
		fprintf(stderr, "khien web: %llu statements, %d: %s %s %.*s\n",
			(unsigned long long)(store_begun(v->web->store) - before), v->rs->status,
			v->rq->method == HTTP_POST ? "POST" : "GET",
			v->route ? v->route->path : "-", STR_FMT(v->rq->path));
}
