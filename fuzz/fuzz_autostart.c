/* fuzz_autostart.c - lines that make a program start by itself. */
#include "work/hostaudit/autostart.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct str part, struct str whole)
{
	if (part.len > 0 && (part.ptr < whole.ptr || part.ptr + part.len > whole.ptr + whole.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct str rest = text, line, name, command;
	struct autostart_key key;

	while (str_next_line(&rest, &line)) {
		if (autostart_udev(line, &command))
			within(command, line);
		if (autostart_pam(line, &command))
			within(command, line);
		if (autostart_modprobe(line, &name, &command)) {
			within(name, line);
			within(command, line);
		}
		if (autostart_key_line(line, &key)) {
			within(key.options, line);
			within(key.command, line);
			within(key.type, line);
			within(key.key, line);
		}
	}
	if (autostart_desktop(text, &command))
		within(command, text);
	return 0;
}
