/* archive_driver.c - the archive's codec and search for bench/archive.py: one order a run, figures
 * as one line of JSON, so that what a program costs can be asked of the kernel. */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "work/archive/archive.h"
#include "work/archive/read.h"

#define PATH_BYTES 4096
#define SEGMENT_BYTES ((uint64_t)64 * MIB)
#define LINES_A_READ 64 /* the intake stamps what one read brought with one time */

static _Noreturn void die(const char *what, const struct err *e)
{
	fprintf(stderr, "bench-archive: %s: %s\n", what, e ? e->text : "failed");
	exit(2);
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double wall_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long anon_kib(void)
{
	char line[128];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "re");

	if (f == NULL)
		die("/proc/self/status", NULL);
	while (fgets(line, sizeof(line), f))
		if (str_starts(str_of(line), "RssAnon:"))
			kib = strtol(line + strlen("RssAnon:"), NULL, 10);
	fclose(f);
	return kib;
}

static struct str map(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at;

	if (fd < 0 || fstat(fd, &st) < 0)
		die(path, NULL);
	at = mmap(NULL, (size_t)st.st_size + 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		die(path, NULL);
	close(fd);
	return (struct str){ at, (size_t)st.st_size };
}

struct sink {
	FILE *file;
};

static int to_file(void *context, const void *bytes, size_t size, struct err *e)
{
	struct sink *s = context;

	return fwrite(bytes, 1, size, s->file) == size ? 0 : err_set(e, ERR_SYSTEM, "write");
}

struct packing {
	const char *folder;
	struct segment_options options;
	struct segment_writer *writer;
	struct sink sink;
	uint64_t raw;   /* of the segment in work */
	uint64_t first; /* line of it */
	uint64_t lines; /* of all */
	unsigned segments;
	struct segment_sizes sum;
	double check_cpu_s;
	long anon_kib;
	bool is_checked;
};

static void name_segment(const struct packing *p, char *ret_path)
{
	snprintf(ret_path, PATH_BYTES, "%s/segments/%020llu.seg", p->folder,
		(unsigned long long)p->first);
}

static void check_one(struct packing *p, const char *path)
{
	double before = cpu_s();
	struct segment *s = NULL;
	struct err e = { 0 };
	struct str bytes = map(path);

	if (segment_open(bytes, &e, &s) < 0 || segment_check(s, &e) < 0)
		die(path, &e);
	segment_close(s);
	munmap((void *)(uintptr_t)bytes.ptr, bytes.len + 1);
	p->check_cpu_s += cpu_s() - before;
}

static void end_segment(struct packing *p)
{
	struct segment_sizes sizes;
	struct err e = { 0 };
	char path[PATH_BYTES];
	long kib;

	if (p->writer == NULL)
		return;
	if (segment_finish(p->writer, &e, &sizes) < 0)
		die("segment_finish", &e);
	kib = anon_kib();
	p->anon_kib = kib > p->anon_kib ? kib : p->anon_kib;
	p->writer = segment_writer_free(p->writer);
	if (fclose(p->sink.file) != 0)
		die("close", NULL);
	p->sum.raw_bytes += sizes.raw_bytes;
	p->sum.stored_bytes += sizes.stored_bytes;
	p->sum.meta_bytes += sizes.meta_bytes;
	p->sum.blocks += sizes.blocks;
	p->sum.text_blocks += sizes.text_blocks;
	p->sum.templates += sizes.templates;
	name_segment(p, path);
	p->segments++;
	if (p->is_checked)
		check_one(p, path);
}

static void begin_segment(struct packing *p)
{
	char path[PATH_BYTES];

	p->first = p->lines;
	name_segment(p, path);
	p->sink.file = fopen(path, "wbe");
	if (p->sink.file == NULL)
		die(path, NULL);
	p->writer = segment_writer_new(&p->options, to_file, &p->sink);
	p->raw = 0;
}

static void pack_line(struct packing *p, struct str raw)
{
	struct leaf r = { .raw = raw,
		.received_ns = 1767225600000000000 + (int64_t)(p->lines / LINES_A_READ) * 310000,
		.source = 1,
		.kind = 1,
		.transport = 2 };
	static struct err e; /* clearing it for each line would be counted as packing */

	r.boot_ns = r.received_ns - 1767225000000000000;
	r.received_ns += (int64_t)(p->lines / LINES_A_READ * 2654435761u % 90001);
	if (p->writer == NULL)
		begin_segment(p);
	if (segment_add(p->writer, &r, &e) < 0)
		die("segment_add", &e);
	p->lines++;
	p->raw += raw.len + 1;
	if (p->raw >= SEGMENT_BYTES)
		end_segment(p);
}

/* pack FOLDER FILE [small|fast] [check]: the lines of FILE as segments in FOLDER. */
static int pack(char **words, int count)
{
	struct packing p = { .folder = words[0] };
	struct str rest = map(words[1]);
	size_t file_bytes = rest.len;
	double began = cpu_s(), took;

	memory_keep(true); /* as the process that closes segments does */
	for (int i = 2; i < count; i++) {
		p.options.is_small |= str_is(str_of(words[i]), "small");
		p.is_checked |= str_is(str_of(words[i]), "check");
	}
	while (rest.len > 0) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		size_t len = end ? (size_t)(end - rest.ptr) : rest.len;

		pack_line(&p, (struct str){ rest.ptr, len });
		rest = str_from(rest, end ? len + 1 : len);
	}
	end_segment(&p);
	took = cpu_s() - began;
	printf("{\"raw\": %zu, \"stored\": %llu, \"meta\": %llu, \"lines\": %llu, "
	       "\"segments\": %u, \"blocks\": %u, \"text_blocks\": %u, \"templates\": %u, "
	       "\"cpu_s\": %.3f, \"check_cpu_s\": %.3f, \"anon_kib\": %ld}\n",
		file_bytes, (unsigned long long)p.sum.stored_bytes,
		(unsigned long long)p.sum.meta_bytes, (unsigned long long)p.lines, p.segments,
		p.sum.blocks, p.sum.text_blocks, p.sum.templates, took - p.check_cpu_s,
		p.check_cpu_s, p.anon_kib);
	return 0;
}

/* What a reader sees of a search. */
struct watch {
	double began_s;
	double first_s;
	uint64_t stop; /* after so many; 0: never */
	uint64_t count;
};

static int take(void *context, uint64_t i, const struct leaf *leaf)
{
	struct watch *w = context;

	if (w->count++ == 0)
		w->first_s = wall_s();
	return w->count == w->stop;
}

static void add_term(struct archive_query *q, struct archive_term *terms, const char *word)
{
	static const char *const modes[] = { "exact:", "fold:", "nocase:", "regex:", "iregex:" };
	struct archive_term *t = &terms[q->term_count++];

	t->text = str_of(word);
	for (size_t i = 0; i < COUNT(modes); i++) {
		if (str_starts(t->text, modes[i])) {
			t->mode = (enum archive_mode)i;
			t->text = str_from(t->text, strlen(modes[i]));
			break;
		}
	}
}

/* count|find|first FOLDER [MODE:]TEXT...: how many, all of them, the newest 50. */
static int search(struct str order, char **words, int count)
{
	struct watch w = { .began_s = wall_s(), .stop = str_is(order, "first") ? 50 : 0 };
	double cpu = cpu_s(), opened_s;
	struct archive_term terms[ARCHIVE_TERMS_MAX] = { 0 };
	struct archive_query q = { .terms = terms, .context = &w };
	struct vfile_disk *disk;
	struct archive *a;
	struct err e = { 0 };
	int64_t found;

	for (int i = 1; i < count && i <= ARCHIVE_TERMS_MAX; i++)
		add_term(&q, terms, words[i]);
	if (!str_is(order, "count"))
		q.hit = take;
	if (vfile_disk_open(words[0], &disk, &e) < 0 ||
		vfile_disk_open(words[0], &q.second, &e) < 0 || archive_open(disk, &e, &a) < 0)
		die(words[0], &e);
	opened_s = wall_s();
	found = archive_search(a, &q, &e);
	if (found < 0)
		die("search", &e);
	printf("{\"found\": %lld, \"wall_ms\": %.2f, \"open_ms\": %.2f, \"first_ms\": %.2f, "
	       "\"cpu_ms\": %.2f, \"anon_kib\": %ld}\n",
		(long long)found, (wall_s() - w.began_s) * 1e3, (opened_s - w.began_s) * 1e3,
		w.first_s > 0 ? (w.first_s - w.began_s) * 1e3 : 0, (cpu_s() - cpu) * 1e3,
		anon_kib());
	archive_close(a);
	vfile_disk_close(q.second);
	vfile_disk_close(disk);
	return 0;
}

/* What a section spends, and what is in it: of a column the text before its slot. */
struct part {
	unsigned kind, family;
	uint64_t raw, stored;
};

static int by_stored(const void *a, const void *b)
{
	uint64_t x = ((const struct part *)a)->stored, y = ((const struct part *)b)->stored;

	return (x < y) - (x > y);
}

/* A template with a slot of FAMILY: the text before the first. */
static void print_family(const struct segment *s, unsigned family)
{
	for (uint32_t t = 1; t < s->template_count; t++) {
		const struct template *m = &s->templates[t];

		for (uint32_t k = 0; k < m->slots; k++) {
			uint32_t from = s->piece_from[m->slot + t - 1 + k];
			uint32_t end = s->piece_from[m->slot + t + k] - 1;

			if (s->slots[m->slot + k].family != family ||
				s->slots[m->slot + k].type == SLOT_TIME)
				continue;
			if (end - from > 40)
				from = end - 40;
			printf(" type %d after '%.*s'", s->slots[m->slot + k].type,
				(int)(end - from), (const char *)s->text.at + from);
			return;
		}
	}
}

/* parts FILE: what each kind of section and each column of a segment costs. */
static int parts(const char *path)
{
	static struct part part[SECTION_KINDS + LIMIT_SEGMENT_FAMILIES];
	struct segment *s = NULL;
	struct err e = { 0 };

	if (segment_open(map(path), &e, &s) < 0 || load_tables(s, &e) < 0)
		die(path, &e);
	for (uint32_t i = 0; i < s->section_count; i++) {
		const struct section *at = &s->sections[i];
		struct part *p = at->kind == SECTION_COLUMN ? &part[SECTION_KINDS + at->family] :
							      &part[at->kind];

		p->kind = at->kind;
		p->family = at->family;
		p->raw += at->raw_len;
		p->stored += at->stored_len;
	}
	qsort(part, COUNT(part), sizeof(part[0]), by_stored);
	for (size_t i = 0; i < COUNT(part) && part[i].stored > 0; i++) {
		printf("%9llu of %9llu  kind %2u", (unsigned long long)part[i].stored,
			(unsigned long long)part[i].raw, part[i].kind);
		if (part[i].kind == SECTION_COLUMN)
			print_family(s, part[i].family);
		printf("\n");
	}
	segment_close(s);
	return 0;
}

/* What of a segment only says where things stand. */
static bool is_index(unsigned kind)
{
	return kind == SECTION_DIGITS || (kind >= SECTION_TEMPLATE_USES && kind <= SECTION_GRAMS);
}

/* index FOLDER: how many bytes of its segments only serve to find. */
static int index_of(const char *folder)
{
	unsigned long long sum = 0;
	struct err e = { 0 };
	glob_t found;
	char pattern[PATH_BYTES];

	snprintf(pattern, sizeof(pattern), "%s/segments/*.seg", folder);
	if (glob(pattern, 0, NULL, &found) != 0)
		die(pattern, NULL);
	for (size_t k = 0; k < found.gl_pathc; k++) {
		struct str bytes = map(found.gl_pathv[k]);
		struct segment *s = NULL;

		if (segment_open(bytes, &e, &s) < 0)
			die(found.gl_pathv[k], &e);
		for (uint32_t i = 0; i < s->section_count; i++)
			sum += is_index(s->sections[i].kind) ? s->sections[i].stored_len : 0;
		segment_close(s);
		munmap((void *)(uintptr_t)bytes.ptr, bytes.len + 1);
	}
	globfree(&found);
	printf("{\"index\": %llu}\n", sum);
	return 0;
}

int main(int argc, char **argv)
{
	struct str order = str_of(argc > 1 ? argv[1] : "");

	if (str_is(order, "parts") && argc == 3)
		return parts(argv[2]);
	if (str_is(order, "index") && argc == 3)
		return index_of(argv[2]);
	if (str_is(order, "pack") && argc >= 4)
		return pack(argv + 2, argc - 2);
	if ((str_is(order, "count") || str_is(order, "find") || str_is(order, "first")) &&
		argc >= 4)
		return search(order, argv + 2, argc - 2);
	fprintf(stderr,
		"usage: bench-archive pack FOLDER FILE [small] [check]\n"
		"       bench-archive parts SEGMENT\n"
		"       bench-archive index FOLDER\n"
		"       bench-archive count|find|first FOLDER [exact:|fold:|nocase:|regex:|iregex:]TEXT...\n");
	return 1;
}
