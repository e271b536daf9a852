/* boot.h - private to hostaudit: the command line of the kernel. */
#ifndef WORK_RESOLVE_BOOT_H
#define WORK_RESOLVE_BOOT_H

#include "work/hostaudit/host.h"

struct boot_line {
	struct str words;
	struct str file;
	int64_t line; /* 0 for what has no lines */
};

/* What the running kernel was told; of an image what the boot loader's usual entry will tell it
 * (GRUB's menu, entries of the Boot Loader Specification, systemd-boot), and only without any menu
 * what /etc/default/grub would put there. */
struct boot_line boot_line(struct host *h);
/* Is WORD among them, whole? */
bool boot_says(const struct boot_line *b, const char *word);
/* What stands behind the last NAME=, '-' and '_' the same; STR_NONE where it is not given. */
struct str boot_value(const struct boot_line *b, const char *name);

#endif
