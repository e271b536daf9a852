/* config.h - private to face/intake: DATA/intake.yaml. */
#ifndef INTAKE_CONFIG_H
#define INTAKE_CONFIG_H

#include "core/trail/leaf.h"
#include "kit/text/text.h"

#define INTAKE_FILE "intake.yaml"
#define CONFIG_LISTEN_MAX 32
#define CONFIG_FILES_MAX 64
#define CONFIG_SENDERS_MAX 1000

struct listen_at {
	enum leaf_transport transport;
	const char *address; /* "514", "192.0.2.1:514", "[::]:514"; of LEAF_UNIX a path */
	int line;            /* 0: by default; then a port in use is told and left out */
	bool is_tls;
	const char *instead; /* by default: another port when this one cannot be had */
};

#define CONFIG_NOT_SET UINT32_MAX

/* What a sender may do: 0 is no bound. */
struct budget {
	uint32_t lines_s, bytes_s; /* in a second */
	uint32_t silence_s; /* CONFIG_NOT_SET: as the pack has it */
};

struct sender_rule {
	const char *name;
	struct budget budget;
};

struct config {
	struct listen_at listens[CONFIG_LISTEN_MAX];
	size_t listen_count;
	const char *certificate, *key, *authority; /* paths, or NULL */
	const char *files[CONFIG_FILES_MAX];
	size_t file_count;
	bool has_journal;
	const char *journal;  /* its folder; NULL: this machine's */
	struct budget budget; /* of everyone without a rule of his own */
	struct sender_rule *rules;
	size_t rule_count;
	uint32_t connections_max, idle_s;
};

/* TEXT may be STR_NONE: all defaults. What is returned lives in A. ERR_INPUT: the sentence in E is
 * for people, in LANG, and names file, line and field. Relative paths are below FOLDER. */
MUST_CHECK int config_parse(struct str text, const char *folder, enum lang lang, struct arena *a,
	struct config *ret, struct err *e);

#endif
