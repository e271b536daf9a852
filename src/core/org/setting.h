/* setting.h - floor 3, part of org.h: named texts of this Khiên, each set or not. */
#ifndef CORE_ORG_SETTING_H
#define CORE_ORG_SETTING_H

#include "base/base.h"
#include "kit/store/store.h"

/* STR_NONE when never set. Lives in A. */
MUST_CHECK int org_setting(
	struct store *s, const char *name, struct arena *a, struct str *ret, struct err *e);
/* Several at once, in one question: NAMES ends with NULL, RET has ORG_SETTINGS_MAX. */
#define ORG_SETTINGS_MAX 4
MUST_CHECK int org_settings(
	struct store *s, const char *const *names, struct arena *a, struct str *ret, struct err *e);
#define ORG_DUTY_FROM "duty.from" /* from which day (YYYY-MM-DD) on duties are counted */
MUST_CHECK int org_set(struct store *s, const char *name, struct str value, struct err *e);

#endif
