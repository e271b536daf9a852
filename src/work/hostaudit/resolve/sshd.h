/* sshd.h - private to hostaudit: the configuration sshd would run with: options of its
 * command line first, then the file and what it includes, where the first value of a keyword wins;
 * Match blocks stand apart, each ends with its file. */
#ifndef WORK_RESOLVE_SSHD_H
#define WORK_RESOLVE_SSHD_H

#include "work/hostaudit/resolve/resolve.h"

/* ---- one file ---- */

struct sshd_reader {
	struct str rest;
	struct arena *arena;
	int line;
	size_t used_bytes;
	bool is_cut; /* there is more than is read */
};
/* Stands for a blank within a word of Include. */
#define SSHD_BLANK '\x1f'

struct sshd_line {
	struct str keyword; /* lower case, older names turned into today's */
	struct str args;    /* words without quotes and comment, one blank between them */
	int line;
	bool is_bad; /* a quote does not close, or nothing follows: sshd refuses to start */
};
void sshd_reader_init(struct sshd_reader *r, struct str bytes, struct arena *a);
bool sshd_reader_next(struct sshd_reader *r, struct sshd_line *ret);

/* VALUE of KEYWORD with the patterns of its kinds of keys ("ssh-*") written out, as sshd does. */
struct str sshd_names(struct arena *a, struct str keyword, struct str value);

/* "600", "10m", "1h30m" as sshd reads it; false when it is none. */
bool sshd_span(struct str s, int64_t *ret_s);

/* ---- the whole ---- */

struct sshd_setting {
	struct str keyword;
	struct setting at;
	struct str match; /* criteria of the Match block, "" for everybody */
	bool is_default;  /* nobody set it: sshd's own value */
};

#define SSHD_SETTINGS_MAX 2000
struct sshd_config {
	VEC(struct sshd_setting) settings;
	struct str main_file;
	struct str binary;  /* "" when sshd is not installed */
	const char *reason; /* NULL, or a GAP_ code: some values cannot be told */
	struct str detail;
};

/* Reads everything; without sshd installed only binary is "" and nothing else is done. */
void sshd_config_read(struct host *h, struct sshd_config *ret);
/* The value for everybody, or sshd's default; NULL for a keyword without either. */
const struct sshd_setting *sshd_get(const struct sshd_config *c, const char *keyword);

/* 902 for 9.2, as the program itself says; 0 when it cannot be told. */
int sshd_version(struct host *h, struct str binary);
int sshd_version_in(struct str bytes);

/* Is sshd a way in: enabled, or running now, or on a machine without systemd? */
bool sshd_is_used(struct host *h);

/* How root comes in, in general and in each Match block that depends on where it comes from:
 * "password", "key", "command" (a key with a command of its own), "none"; NULL where it cannot be
 * told. */
struct sshd_root_way {
	struct str match;
	const struct sshd_setting *permit; /* PermitRootLogin that holds there */
	const char *way;
};
#define SSHD_ROOT_WAYS_MAX 64
struct sshd_root_ways {
	struct sshd_root_way *at;
	size_t len, room;
};
void sshd_root_login(struct host *h, const struct sshd_config *c, struct sshd_root_ways *ret);

/* Longest silence in seconds before a shell session ends by ChannelTimeout, 0 for never. *RET is
 * the setting it comes from. */
int64_t sshd_session_limit_s(
	struct host *h, const struct sshd_config *c, const struct sshd_setting **ret);

#endif
