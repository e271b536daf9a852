#include "kit/merkle/merkle.h"
#include "work/archive/find_int.h"

#include <stdlib.h>
#include <string.h>

#define LIST_MEMORY_BYTES (4 * MIB)

struct find {
	char *folder;
	struct shard_open *shards; /* oldest first */
	size_t count;
};

/* --- places ----------------------------------------------------------------------------------- */

const char *find_place_text(struct find_place place, char *text)
{
	size_t len = strlen(shard_id_text(place.shard, text));

	snprintf(text + len, FIND_PLACE_TEXT_MAX - len, "-%llu", (unsigned long long)place.index);
	return text;
}

bool find_place_parse(struct str text, struct find_place *ret)
{
	struct str shard, index;
	struct find_place place;

	if (!str_split(text, '-', &shard, &index) || !shard_id_parse(shard, &place.shard) ||
		!str_to_u64(index, 10, &place.index))
		return false;
	*ret = place;
	return true;
}

/* --- the shards ------------------------------------------------------------------------------- */

struct find *find_close(struct find *f)
{
	for (size_t i = 0; f && i < f->count; i++) {
		archive_close(f->shards[i].archive);
		free(f->shards[i].told);
		vfile_disk_close(f->shards[i].second);
		vfile_disk_close(f->shards[i].disk);
	}
	if (f) {
		free(f->shards);
		free(f->folder);
		free(f);
	}
	return NULL;
}

int find_open(const char *folder, struct find **ret, struct err *e)
{
	struct find *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL || (f->folder = strdup(folder)) == NULL)
		abort();
	rc = find_refresh(f, e);
	if (rc < 0) {
		find_close(f);
		return rc;
	}
	*ret = f;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	return ((const struct shard_open *)a)->number - ((const struct shard_open *)b)->number;
}

static int add_shard(struct find *f, const char *name, int number, struct err *e)
{
	struct shard_open s = { .number = number, .told = calloc(1, sizeof(*s.told)) };
	char path[4096];
	int rc;

	if (s.told == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	rc = vfile_disk_open(path, &s.disk, e);
	if (rc == 0)
		rc = vfile_disk_open(path, &s.second, e);
	if (rc == 0)
		rc = archive_open_around(s.disk, s.told, e, &s.archive);
	if (rc < 0) {
		free(s.told);
		vfile_disk_close(s.second);
		vfile_disk_close(s.disk);
		return err_context(e, "\"%s\"", path);
	}
	f->shards = reallocarray(f->shards, f->count + 1, sizeof(*f->shards));
	if (f->shards == NULL)
		abort();
	f->shards[f->count++] = s;
	qsort(f->shards, f->count, sizeof(*f->shards), by_number);
	return 0;
}

static int list_shards(struct find *f, struct arena *a, struct vfile_names *ret, struct err *e)
{
	struct vfile_disk *d;
	int rc = vfile_disk_open(f->folder, &d, e);

	if (rc < 0)
		return rc;
	rc = vfile_list(d, "", a, ret, e);
	vfile_disk_close(d);
	return rc;
}

int find_refresh(struct find *f, struct err *e)
{
	struct vfile_names names = { 0 };
	struct arena a;
	int rc = 0, number;

	arena_init(&a, LIST_MEMORY_BYTES);
	for (size_t i = 0; i < f->count && rc == 0; i++)
		rc = archive_refresh(f->shards[i].archive, e);
	if (rc == 0)
		rc = list_shards(f, &a, &names, e);
	for (size_t i = 0; i < names.len && rc == 0; i++) {
		if (names.at[i].is_folder && shard_id_parse(str_of(names.at[i].name), &number) &&
			!find_shard(f, number))
			rc = add_shard(f, names.at[i].name, number, e);
	}
	arena_done(&a);
	return rc == ERR_ABSENT && f->count == 0 ? 0 : rc;
}

const struct shard_open *find_shard(const struct find *f, int number)
{
	for (size_t i = 0; i < f->count; i++) {
		if (f->shards[i].number == number)
			return &f->shards[i];
	}
	return NULL;
}

const char *find_amiss(const struct find *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct archive_told *told = f->shards[i].told;

		if (*told->listed || *told->found)
			return *told->listed ? told->listed : told->found;
	}
	return NULL;
}

size_t find_shard_count(const struct find *f)
{
	return f->count;
}

int find_shard_at(const struct find *f, size_t i)
{
	return f->shards[i].number;
}

void find_shard_stat(const struct find *f, size_t i, struct archive_stat *ret)
{
	archive_stat(f->shards[i].archive, ret);
}

/* --- searching -------------------------------------------------------------------------------- */

/* A look that is under way. */
struct look {
	const struct find_ask *ask;
	struct find_answer *answer;
	struct query_need need;
	struct archive_term terms[ARCHIVE_TERMS_MAX];
	struct archive_query query;
	int shard;
	bool is_counting, is_stopped;
	bool is_on;             /* a step was made in this call */
	struct find_place done; /* what stands at it and behind it was looked at */
	uint64_t at;            /* where the step in work begins */
};

static bool answers(const struct look *l, const struct leaf *leaf)
{
	struct query_line line = { .raw = leaf->raw,
		.received_ns = leaf->received_ns,
		.source = leaf->source,
		.kind = leaf->kind,
		.transport = leaf->transport,
		.peer = leaf->peer };

	return l->need.is_all || query_matches(l->ask->query, &line);
}

static int take(void *context, uint64_t index, const struct leaf *leaf)
{
	struct look *l = context;
	struct find_line line = { .place = { l->shard, index }, .leaf = leaf };

	if (!answers(l, leaf))
		return 0;
	l->answer->hits++;
	if (l->is_counting)
		return 0;
	l->done = line.place;
	l->is_stopped = l->ask->hit(l->ask->context, &line) != 0;
	return l->is_stopped;
}

/* Called before each step: the one before it is done then. Who has no time at all still makes one
 * step, so that coming again and again leads to the end. */
static int step(void *context, uint64_t index)
{
	struct look *l = context;

	if (l->is_on)
		l->done = (struct find_place){ l->shard, l->at };
	if (l->is_on && clock_monotonic_us() >= l->ask->until_us) {
		l->is_stopped = true;
		return 1;
	}
	l->is_on = true;
	l->at = index;
	return 0;
}

static void prepare(struct look *l)
{
	size_t count;

	query_need(l->ask->query, &l->need);
	count = l->need.term_count;
	for (size_t i = 0; i < count; i++) {
		const struct query_term *t = &l->need.terms[i];

		l->terms[i] = (struct archive_term){ .text = t->text,
			.mode = t->is_fold ? ARCHIVE_FOLD : ARCHIVE_EXACT,
			.is_not = t->is_not };
	}
	l->query = (struct archive_query){ .terms = l->terms,
		.term_count = count,
		.from_ns = l->need.from_ns,
		.until_ns = l->need.end_ns == INT64_MAX ? 0 : l->need.end_ns,
		.is_by_receipt = l->need.is_by_receipt,
		.is_oldest_first = l->ask->is_forward,
		.hit = l->is_counting && l->need.is_all ? NULL : take,
		.tick = l->ask->until_us && !l->ask->is_forward ? step : NULL,
		.context = l };
}

/* Lines of shard S before INDEX. */
static int look_in(struct look *l, const struct shard_open *s, uint64_t index, struct err *e)
{
	int64_t found;

	l->shard = s->number;
	l->at = index;
	l->query.end = index == UINT64_MAX ? 0 : index;
	l->query.second = s->second;
	found = archive_search(s->archive, &l->query, e);
	if (found < 0)
		return (int)found;
	if (l->query.hit == NULL)
		l->answer->hits += (uint64_t)found;
	return 0;
}

static int look_at_all(struct find *f, struct look *l, struct err *e)
{
	struct find_place before = l->ask->before;
	int rc = 0;

	for (size_t n = 0; n < f->count && rc == 0 && !l->is_stopped; n++) {
		const struct shard_open *s = &f->shards[l->ask->is_forward ? n : f->count - 1 - n];
		bool is_cut = !l->ask->is_forward && before.shard == s->number;

		if (before.shard && !l->ask->is_forward && s->number > before.shard)
			continue;
		if (is_cut && before.index == 0)
			continue;
		rc = look_in(l, s, is_cut ? before.index : UINT64_MAX, e);
	}
	return rc;
}

static int look(struct find *f, const struct find_ask *ask, bool is_counting,
	struct find_answer *ret, struct err *e)
{
	struct find_answer answer = { 0 };
	struct look l = {
		.ask = ask, .answer = &answer, .is_counting = is_counting, .done = ask->before
	};
	int rc;

	prepare(&l);
	rc = look_at_all(f, &l, e);
	if (rc < 0)
		return rc;
	answer.is_whole = !l.is_stopped;
	answer.next = l.done;
	*ret = answer;
	return 0;
}

int find_newest(struct find *f, const struct find_ask *ask, struct find_answer *ret, struct err *e)
{
	return look(f, ask, false, ret, e);
}

int find_count(struct find *f, const struct find_ask *ask, struct find_answer *ret, struct err *e)
{
	return look(f, ask, true, ret, e);
}

int find_at(struct find *f, struct find_place place, struct leaf *ret, struct err *e)
{
	const struct shard_open *s = find_shard(f, place.shard);

	if (s)
		return archive_read(s->archive, place.index, e, ret);
	return err_set(e, ERR_ABSENT, "there is no line %llu", (unsigned long long)place.index);
}

int find_redacted(struct find *f, struct find_place place, struct err *e)
{
	const struct shard_open *s = find_shard(f, place.shard);
	struct merkle_hash leaf;

	return s ? archive_redacted(s->archive, place.index, e, &leaf) : 0;
}

int find_span(struct find *f, struct find_span *ret, struct err *e)
{
	struct find_span span = { 0 };
	struct leaf leaf;
	int rc;

	for (size_t i = 0; i < f->count; i++) {
		struct archive_stat stat;

		archive_stat(f->shards[i].archive, &stat);
		if (stat.next <= stat.first)
			continue;
		if (span.oldest.shard == 0)
			span.oldest = (struct find_place){ f->shards[i].number, stat.first };
		span.newest = (struct find_place){ f->shards[i].number, stat.next - 1 };
		span.lines += stat.next - stat.first;
	}
	if (span.oldest.shard) {
		rc = find_at(f, span.oldest, &leaf, e);
		if (rc < 0)
			return rc;
		span.first_ns = leaf.received_ns;
		rc = find_at(f, span.newest, &leaf, e);
		if (rc < 0)
			return rc;
		span.last_ns = leaf.received_ns;
	}
	*ret = span;
	return 0;
}
