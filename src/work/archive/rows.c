#include "work/archive/write.h"

#define BUCKETS 256
#define AHEAD 4 /* rows, fetched while those before are cut */
#define AHEAD_BYTES 256

/* What the end of a line looks like, whatever its digits are: lines of one template are alike. */
static uint8_t bucket_of(const char *line, size_t len)
{
	size_t has = len < 8 ? len : 8;
	uint64_t last = 0, high;

	memcpy((char *)&last + 8 - has, line + len - has, has);
	/* digits, whose upper half is 3, become 0 */
	high = (last ^ 0x3030303030303030u) & 0xF0F0F0F0F0F0F0F0u;
	high |= high >> 2;
	high |= high >> 1;
	last &= (high >> 4 & 0x0101010101010101u) * 255;
	return (uint8_t)(last * 0x9E3779B97F4A7C15u >> 56);
}

/* A row to be cut, and where its bytes are. */
struct turn {
	uint32_t row;
	uint32_t raw_from;
};

/* The order in which the rows are cut: like after like, so that what is needed for the next one is
 * still at hand, and words that vary are soon known as such. */
static struct turn *order_cut(const struct segment_writer *w)
{
	const struct row *rows = (const struct row *)(const void *)w->rows.at;
	struct turn *turns = malloc((w->block.rows + 1) * sizeof(*turns));
	uint8_t *bucket = malloc(w->block.rows + 1);
	uint32_t start[BUCKETS + 1] = { 0 };

	if (turns == NULL || bucket == NULL)
		abort();
	for (uint32_t i = 0; i < w->block.rows; i++) {
		bucket[i] = bucket_of((const char *)w->raw.at + rows[i].raw_from, rows[i].raw_len);
		start[bucket[i] + 1]++;
	}
	for (unsigned b = 0; b < BUCKETS; b++)
		start[b + 1] += start[b];
	for (uint32_t i = 0; i < w->block.rows; i++)
		turns[start[bucket[i]]++] = (struct turn){ i, rows[i].raw_from };
	free(bucket);
	return turns;
}

static void cut_row(struct segment_writer *w, struct row *row)
{
	size_t has = w->values.len / sizeof(struct value);
	struct value *values = (struct value *)(void *)bytes_more(
		&w->values, LIMIT_SEGMENT_SLOTS * sizeof(*values));
	struct str raw = { (const char *)w->raw.at + row->raw_from, row->raw_len };

	row->values = (uint32_t)has;
	row->template = TEMPLATE_RAW;
	if (has <= LIMIT_SEGMENT_BLOCK_VALUES - LIMIT_SEGMENT_SLOTS)
		row->template = lines_parse(&w->lines, raw, values, &row->hash);
	if (row->template != TEMPLATE_RAW)
		w->values.len += lines_template(&w->lines, row->template)->slots * sizeof(*values);
}

static uint32_t group_of(struct segment_writer *w, uint32_t sender, uint64_t hash)
{
	int64_t found;

	hash = (hash ^ sender) * 0x9E3779B97F4A7C15u;
	found = table_get(&w->groups, hash);
	if (found >= 0)
		return (uint32_t)found;
	found = (int64_t)w->groups.used;
	/* past the ceiling the last group takes in all others */
	return table_put(&w->groups, hash, (uint32_t)found, LIMIT_SEGMENT_BLOCK_GROUPS) ?
		(uint32_t)found :
		LIMIT_SEGMENT_BLOCK_GROUPS - 1;
}

void writer_cut(struct segment_writer *w)
{
	struct row *rows = (struct row *)(void *)w->rows.at;
	struct turn *turns = order_cut(w);

	for (uint32_t i = 0; i < w->block.rows; i++) {
		if (i + AHEAD < w->block.rows) {
			const struct turn *next = &turns[i + AHEAD];

			__builtin_prefetch(&rows[next->row], 1);
			for (unsigned k = 0; k < AHEAD_BYTES; k += 64)
				__builtin_prefetch(w->raw.at + next->raw_from + k);
		}
		cut_row(w, &rows[turns[i].row]);
	}
	for (uint32_t i = 0; i < w->block.rows; i++)
		rows[i].group = group_of(w, rows[i].source, rows[i].hash);
	free(turns);
}
