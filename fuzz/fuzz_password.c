/* fuzz_password.c - what a password must be like and when a wrong one locks, from the stacks of PAM
 * and the files of their modules put together; where users come from. */
#include "work/hostaudit/resolve/password.h"

#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MODULES "/usr/lib/x86_64-linux-gnu/security/"
static const char *const names[] = { "/etc/pam.d/sshd", "/etc/pam.d/common-auth",
	"/etc/pam.d/common-password", "/etc/security/pwquality.conf", "/etc/security/faillock.conf",
	"/etc/security/pwquality.conf.d/a.conf", "/etc/passwdqc.conf", "/etc/nsswitch.conf",
	"/etc/group", "/etc/passwd", MODULES "pam_unix.so", MODULES "pam_deny.so",
	MODULES "pam_permit.so", MODULES "pam_faillock.so", MODULES "pam_pwquality.so",
	MODULES "pam_cracklib.so", MODULES "pam_passwdqc.so", MODULES "pam_tally2.so",
	MODULES "pam_succeed_if.so", MODULES "pam_sss.so", "/etc/sssd/sssd.conf", "/etc/nslcd.conf",
	NULL };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct password_policy password;
	struct lock_policy lock;
	struct remote_source sources[8];
	struct host *h;

	if (size > 16 * KIB)
		return 0;
	h = machine(names, (struct str){ (const char *)data, size });
	password_policy(h, "sshd", &password);
	if (password.kind == QUALITY_NONE && password.needs_upper)
		abort();
	if (password.kind != QUALITY_NONE && password.module.len == 0)
		abort();
	lock_policy(h, "sshd", &lock);
	if (lock.module.len == 0 && lock.is_refused)
		abort();
	if (remote_sources(h, sources, COUNT(sources)) > COUNT(sources))
		abort();
	host_close(h);
	return 0;
}
