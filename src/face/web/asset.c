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

