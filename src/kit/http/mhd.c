#include "kit/http/mhd.h"

#include <dlfcn.h>

#define LIBRARY "libmicrohttpd.so.12"

int mhd_open(struct mhd *m, struct err *e)
{
	*m = (struct mhd){ .library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL) };
	if (!m->library)
		return err_set(e, ERR_ABSENT, "cannot load %s: %s", LIBRARY, dlerror());
#define CALL(name) \
	m->name = (__typeof__(m->name))(uintptr_t)dlsym(m->library, "MHD_" #name); \
	if (!m->name) { \
		mhd_close(m); \
		return err_set(e, ERR_ABSENT, LIBRARY " has no MHD_" #name); \
	}
	MHD_CALLS(CALL)
#undef CALL
	return 0;
}

void mhd_close(struct mhd *m)
{
	if (m->library)
		dlclose(m->library);
	*m = (struct mhd){ 0 };
}
