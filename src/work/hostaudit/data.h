/* data.h - private to hostaudit: tables of the outside world that age (which releases are
 * supported, which hosts serve packages, which antivirus products exist). They are edited in
 * packs/checks/data and compiled in by tools/csv-to-c.py; fields are the columns there, and what
 * they mean stands there. */
#ifndef WORK_DATA_H
#define WORK_DATA_H

#include <stddef.h>

struct data_systems {
	const char *id, *name, *family, *version, *licence, *keyring;
};
struct data_support {
	const char *id, *version, *phase, *until, *marker;
};
struct data_origins {
	const char *host, *name, *kind;
};
struct data_antivirus {
	const char *name, *path, *process, *unit, *kind;
};

struct data_protections {
	const char *name, *path, *unit, *process, *kind, *starts;
};
struct data_software {
	const char *name, *kind, *path, *process, *package;
};

extern const struct data_systems data_systems[];
extern const struct data_support data_support[];
extern const struct data_origins data_origins[];
extern const struct data_antivirus data_antivirus[];
extern const struct data_protections data_protections[];
extern const struct data_software data_software[];
extern const size_t data_systems_count, data_support_count, data_origins_count,
	data_antivirus_count, data_protections_count, data_software_count;

#endif
