/* asset.c - what is compiled in: found by a name that holds its hash, so that it may be kept
 * for ever. */
#include "face/web/web_int.h"

const struct asset *asset_named(const char *name)
{
	for (size_t i = 0; i < web_asset_count; i++) {
		if (strcmp(web_assets[i].name, name) == 0)
			return &web_assets[i];
	}
	assert(!"an asset of that name");
	return NULL;
}

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
