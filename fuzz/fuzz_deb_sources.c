/* fuzz_deb_sources: sources of packages, in both forms, and single lines of paragraphs. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/deb.h"

static void found(void *context, const struct deb_source *source)
{
	size_t *bytes = context;

	*bytes += source->uri.len + source->suite.len + source->components.len +
		source->signed_by.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct str rest = text, line, name, value;
	size_t bytes = 0;

	arena_init(&a, 512 * MIB);
	deb_sources_list(text, &a, found, &bytes);
	deb_sources_822(text, &a, found, &bytes);
	while (str_next_line(&rest, &line))
		deb_line(line, &name, &value);
	arena_done(&a);
	return 0;
}
