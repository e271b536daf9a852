/* fuzz_boot.c - the command line of the kernel as a boot loader has it: GRUB's menu and its
 * variables, entries of the Boot Loader Specification, /etc/default/grub. */
#include "work/hostaudit/resolve/boot.h"

#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "/boot/grub/grub.cfg", "/boot/grub2/grubenv",
	"/boot/loader/entries/a.conf", "/boot/loader/entries/b-0-rescue.conf", "/etc/default/grub",
	"/etc/default/grub.d/x.cfg", NULL };

static bool is_named(struct str path)
{
	for (size_t i = 0; names[i]; i++)
		if (str_is(path, names[i]))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host *h;
	struct boot_line b;
	struct str rest, word, key, value;

	if (size > 64 * KIB)
		return 0;
	h = machine(names, (struct str){ (const char *)data, size });
	b = boot_line(h);
	/* words have a place, and it is one that was read */
	if (b.line < 0 || (b.line > 0 && !is_named(b.file)))
		abort();
	if (b.words.len > 2 * LIMIT_HOST_LINE_BYTES + 1)
		abort();
	rest = b.words;
	for (int i = 0; i < 100 && str_next_word(&rest, " \t\n", &word); i++)
		if (str_split(word, '=', &key, &value) && key.len < 64) {
			char name[64];

			memcpy(name, key.ptr, key.len);
			name[key.len] = '\0';
			if (strlen(name) == key.len && !boot_value(&b, name).ptr)
				abort();
		}
	(void)boot_says(&b, "nousb");
	host_close(h);
	return 0;
}
