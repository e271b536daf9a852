/* fuzz_vnc.c - a screen of TigerVNC: who has it, the defaults, the user's own file, and what the
 * administrator demands, in Red Hat's form and in Debian's Perl. */
#include "work/hostaudit/resolve/vnc.h"

#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "/etc/tigervnc/vncserver.users",
	"/etc/tigervnc/vncserver-config-defaults", "/home/an/.vnc/config",
	"/etc/tigervnc/vncserver-config-mandatory", "/etc/passwd", NULL };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 64 * KIB)
		return 0;
	for (enum vnc_kind kind = VNC_OF_RED_HAT; kind <= VNC_OF_DEBIAN; kind++) {
		struct host *h = machine(names, (struct str){ (const char *)data, size });
		struct vnc_session s;

		vnc_session_read(h, STR("vncserver@:1.service"), kind, &s);
		if (s.says > VNC_ENCRYPTED || s.kinds.line < 0 ||
			(s.kinds.value.len > 0 && s.kinds.line > 0 && s.kinds.file.len == 0))
			abort();
		host_close(h);
	}
	return 0;
}
