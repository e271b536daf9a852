/* child.c - the process that meets browsers: one thread, no exec, no new sockets, one folder. */
#include "face/web/process/serve_int.h"
#include "face/web/import.h"
#include "face/web/signin.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/file/file.h"
#include "core/record/record.h"
#include "kit/store/store.h"
#include "work/archive/find.h"

#define INDEX_BYTES_MAX (16 * MIB)
#define DRAIN_S 10

/* Serve until told to end, then let what runs come to its end. */
static void loop(struct web *w, struct http_server *http, int signal_fd)
{
	int64_t end_us = INT64_MAX;

	while (clock_monotonic_us() < end_us) {
		struct pollfd wait[3] = { { .fd = http_fd(http), .events = POLLIN },
			{ .fd = signal_fd, .events = POLLIN },
			{ .fd = w->desk->channel, .events = POLLIN } };

		(void)poll(wait, 3, http_timeout_ms(http));
		if (wait[2].revents & POLLIN)
			signin_turn(w);
		if (wait[1].revents) {
			struct signalfd_siginfo info;

			while (read(signal_fd, &info, sizeof(info)) > 0)
				;
			http_drain(http);
			end_us = clock_monotonic_us() + (int64_t)DRAIN_S * 1000000;
		}
		http_turn(http);
		if (end_us != INT64_MAX && http_connections(http) == 0)
			break;
	}
}

/* What a form brought and nobody took before the last stop is thrown away. */
static int open_files(struct web *w, struct err *e)
{
	struct vfile_names names = { 0 };
	struct arena a;
	int rc;

	arena_init(&a, INDEX_BYTES_MAX);
	rc = vfile_make_folder(w->disk, INCOMING, e);
	if (rc == 0)
		rc = vfile_list(w->disk, INCOMING, &a, &names, e);
	for (size_t i = 0; rc == 0 && i < names.len; i++)
		rc = vfile_unlink(
			w->disk, arena_fmt(&a, "%s/%s", INCOMING, names.at[i].name).ptr, e);
	arena_done(&a);
	return rc;
}

static int open_all(
	const struct process *self, struct web *w, struct http_server **ret, struct err *e)
{
	const struct serve *s = self->state;
	struct http_options options = {
		.listen_fd = s->listen_fd, .handle = web_handle, .admit = web_admit, .context = w
	};
	int rc = vfile_disk_open(w->data, &w->disk, e);

	options.disk = w->disk;

	if (s->is_tls) {
		options.tls_key = arena_cstr(&w->arena, s->tls_key);
		options.tls_certificate = arena_cstr(&w->arena, s->tls_certificate);
	}
	if (rc == 0)
		rc = http_start(&options, ret, e);
	/* the database stays open: it stands in a folder where nothing may be made any more */
	if (rc == 0)
		rc = data_store(s, &w->store, e);
	if (rc == 0)
		rc = process_confine(self, NULL, &w->level, e);
	if (rc == 0 && w->level.landlock_abi == 0)
		fprintf(stderr,
			"khien web: this kernel has no Landlock: only the users of its files keep "
			"it from writing the log and its seals\n");
	return rc == 0 ? open_files(w, e) : rc;
}

/* The registers as the packs have them now. */
static int open_registers(struct web *w, struct err *e)
{
	struct record_notes notes = { 0 };
	struct arena a;
	int rc;

	arena_init(&a, LIMIT_REQUEST_MEMORY_BYTES);
	rc = record_open(w->store, w->packs, &a, &notes, e);
	for (size_t i = 0; i < notes.count; i++)
		fprintf(stderr, "khien web: %.*s\n", STR_FMT(notes.at[i]));
	arena_done(&a);
	return rc;
}

/* Not the data folder: the log and its seals stand there. */
const char *const web_writes[] = { FILE_FOLDER, IMPORT_FOLDER, INCOMING, "integrity", NULL };

int web_start(const struct process *self)
{
	const struct serve *s = self->state;
	struct web w = { .packs = s->packs,
		.routes = web_routes,
		.route_count = web_route_count,
		.key = s->key,
		.data = s->service->data,
		.parent_fd = self->parent_fd,
		.is_tls = s->is_tls,
		.program = SERVE_PROGRAM };
	char log_folder[4096];
	struct signin_desk desk = { .channel = self->peer_fd };
	struct http_server *http = NULL;
	struct err e = { 0 };
	int signal_fd = process_end_fd(&e), rc = signal_fd < 0 ? signal_fd : 0;

	snprintf(log_folder, sizeof(log_folder), "%s/log", self->service->data);
	w.log_folder = log_folder;
	w.desk = &desk;
	arena_init(&w.arena, INDEX_BYTES_MAX);
	web_index(&w);
	if (rc == 0)
		rc = open_all(self, &w, &http, &e);
	if (rc == 0)
		rc = open_registers(&w, &e);
	if (rc == 0)
		loop(&w, http, signal_fd);
	else
		fprintf(stderr, "khien web: %s\n", e.text);
	http_stop(http);
	vfile_disk_close(w.disk);
	find_close(w.log);
	store_close(w.store);
	arena_done(&w.arena);
	return rc < 0 ? 2 : 0;
}
