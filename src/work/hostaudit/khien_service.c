/* khien_service.c - is `khien serve` on here, and where is its data folder? */
#include "work/hostaudit/khien_service.h"

#include "work/hostaudit/host_int.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/units.h"

#define UNIT "khien.service"
#define COMMAND_BYTES (8 * KIB)

/* "… khien serve … --data DIR", the words apart by blanks or NUL bytes. False for any other. */
static bool take_command(struct str command, const char *separators, struct str *ret_data)
{
	bool is_khien = false, is_serve = false, is_next = false;
	struct str word;

	*ret_data = STR("");
	while (command.len > 0) {
		if (separators) {
			if (!str_next_word(&command, separators, &word))
				break;
		} else {
			ptrdiff_t end = str_find_char(command, '\0');

			word = end < 0 ? command : str_until(command, (size_t)end);
			command = str_from(command, word.len + (end >= 0));
		}
		if (is_next)
			*ret_data = word;
		is_next = str_is(word, "--data");
		if (str_starts(word, "--data="))
			*ret_data = str_from(word, 7);
		is_serve |= is_khien && str_is(word, "serve");
		is_khien |= str_is(path_base(word), "khien");
	}
	return is_serve;
}

static void look_at_unit(struct host *h, struct khien_service *s)
{
	struct setting command;

	if (!unit_starts(h, UNIT))
		return;
	systemd_unit_conf(h, UNIT, "Service", "ExecStart", &command);
	if (!command.value.ptr || !take_command(command.value, " \t", &s->data))
		return;
	s->is_on = true;
	s->file = command.file;
}

static void look_at_processes(struct host *h, struct khien_service *s)
{
	const struct str *pids;
	size_t count;

	if (s->is_on || !host_has_proc(h) || proc_list(h, &pids, &count) < 0)
		return;
	for (size_t i = 0; i < count && !s->is_on; i++) {
		struct arena scratch;
		struct str text, data;

		if (proc_is_kernel(h, pids[i]))
			continue;
		arena_init(&scratch, 64 * KIB);
		if (host_read_proc(h, proc_path(&scratch, pids[i], "cmdline"), COMMAND_BYTES,
			    &scratch, &text) == 0 &&
			take_command(text, NULL, &data)) {
			s->is_on = true;
			s->data = arena_str(host_arena(h), data);
			s->file = arena_fmt(host_arena(h), "/proc/%.*s/cmdline", STR_FMT(pids[i]));
		}
		arena_done(&scratch);
	}
}

static struct khien_service look(struct host *h)
{
	struct khien_service s = { .data = STR(""), .file = STR("") };

	if (h->service_data) { /* it is the service itself that asks */
		s.is_on = true;
		s.data = s.file = str_of(h->service_data);
	}
	if (!s.is_on)
		look_at_unit(h, &s);
	look_at_processes(h, &s);
	return s;
}

void khien_service(struct host *h, struct khien_service *ret)
{
	if (!h->service) {
		h->service = arena_new(host_arena(h), struct khien_service);
		*h->service = look(h);
	}
	*ret = *h->service;
}
