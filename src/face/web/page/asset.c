/* asset.c - the files that pages bring along: style, script, icon. */
#include "face/web/web_int.h"

void page_asset(struct view *v)
{
	for (size_t i = 0; i < web_asset_count; i++) {
		if (!str_is(v->rq->path, web_assets[i].path))
			continue;
		v->rs->content_type = web_assets[i].type;
		v->rs->still = web_assets[i].bytes;
		v->rs->cache = "public, max-age=31536000, immutable";
		return;
	}
	page_problem(v, 404);
}
