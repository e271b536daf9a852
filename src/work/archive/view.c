#include "work/archive/read.h"

int block_bad(const struct segment *s, struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "damaged segment: %s of block %u", what, s->view.block);
}

void view_done(struct view *v)
{
	for (int i = 0; i < SECTION_KINDS; i++)
		bytes_done(&v->memory[i]);
	bytes_done(&v->own);
	free(v->row);
	free(v->position);
	free(v->template);
	free(v->first);
	free(v->uses);
	free(v->used);
	free(v->fixed_from);
	free(v->own_codes);
	free(v->values);
	free(v->raw);
	free(v->columns);
	free(v->has_family);
	free(v->meta);
	*v = (struct view){ .block = SECTION_NO_BLOCK };
}

/* For the next block; the room of what is large stays. */
static void view_clear(struct view *v)
{
	struct view next = { .values = v->values, .values_room = v->values_room, .own = v->own };

	for (int i = 0; i < SECTION_KINDS; i++) {
		next.memory[i] = v->memory[i];
		next.memory[i].len = 0;
		v->memory[i] = (struct bytes){ 0 };
	}
	next.own.len = 0;
	v->own = (struct bytes){ 0 };
	v->values = NULL;
	view_done(v);
	next.block = SECTION_NO_BLOCK;
	*v = next;
}

/* A section of the block in work; one that is not there is empty. */
static int load(struct segment *s, enum section_kind kind, struct reader *ret, struct err *e)
{
	const struct section *section = section_find(s, s->view.block, kind, 0);
	struct bytes *memory = &s->view.memory[kind];
	int result = section ? section_load(s, section, memory, e) : 0;

	*ret = reader_of(memory->at ? memory->at : (const uint8_t *)"", section ? memory->len : 0);
	return result;
}

/* The next record of a block of text without lengths: up to its line break. */
static struct str next_line(struct reader *text)
{
	size_t left = reader_left(text);
	const uint8_t *end = left > 0 ? memchr(text->at, '\n', left) : NULL;
	size_t len = end ? (size_t)(end - text->at) : 0;
	const uint8_t *from = read_bytes(text, len + 1); /* bad when nothing is left */

	return (struct str){ (const char *)from, end ? len : 0 };
}

/* A block of text: the records lie one after the other, each of the length that is told, or ended
 * by a line break. */
static int load_text_block(struct segment *s, struct err *e)
{
	struct view *v = &s->view;
	uint32_t rows = s->blocks[v->block].rows;
	struct reader lengths = { 0 }, text = { 0 };
	bool has_lengths = section_find(s, v->block, SECTION_LENGTHS, 0) != NULL;
	int result = has_lengths ? load(s, SECTION_LENGTHS, &lengths, e) : 0;

	if (result == 0)
		result = load(s, SECTION_TEXT, &text, e);
	if (result < 0)
		return result;
	v->raw = zeroed(rows, sizeof(*v->raw));
	for (uint32_t i = 0; i < rows; i++) {
		uint64_t len = has_lengths ? read_varint(&lengths) : 0;

		v->raw[i] = has_lengths ?
			(struct str){ (const char *)read_bytes(&text, len), len } :
			next_line(&text);
	}
	if (lengths.is_bad || text.is_bad || reader_left(&text) > 0)
		return block_bad(s, e, "the text");
	return 0;
}

#define FEW 8

/* R: of each row the rank of its group among those met. */
static int fill_order(struct segment *s, struct reader *r, struct err *e)
{
	struct view *v = &s->view;
	uint32_t rows = s->blocks[v->block].rows, known = 0;
	uint32_t *recent = zeroed(LIMIT_SEGMENT_BLOCK_GROUPS, sizeof(*recent));
	uint32_t *start = zeroed(LIMIT_SEGMENT_BLOCK_GROUPS + 1, sizeof(*start));
	uint32_t *group = unset(rows, sizeof(*group));
	bool has_groups = reader_left(r) > 0;
	int result = 0;

	for (uint32_t i = 0; i < rows && result == 0; i++) {
		uint64_t rank = has_groups ? read_varint(r) : 0;
		uint32_t found;

		if (!has_groups && known == 0)
			known = 1;
		if (rank > known || rank >= LIMIT_SEGMENT_BLOCK_GROUPS || r->is_bad) {
			result = block_bad(s, e, "the order");
			break;
		}
		found = rank == known ? known++ : recent[rank];
		/* mostly a few places, for which a call is too much */
		if (rank > FEW)
			memmove(recent + 1, recent, rank * sizeof(*recent));
		for (uint64_t k = rank; rank <= FEW && k > 0; k--)
			recent[k] = recent[k - 1];
		recent[0] = group[i] = found;
		start[found + 1]++;
	}
	for (uint32_t g = 0; g < known; g++)
		start[g + 1] += start[g];
	for (uint32_t i = 0; i < rows && result == 0; i++) {
		v->position[i] = start[group[i]]++;
		v->row[v->position[i]] = i;
	}
	free(recent);
	free(start);
	free(group);
	return result;
}

int load_order(struct segment *s, struct err *e)
{
	struct view *v = &s->view;
	uint32_t rows = s->blocks[v->block].rows;
	struct reader r;
	int result;

	if (v->row)
		return 0;
	result = load(s, SECTION_GROUPS, &r, e);
	if (result < 0)
		return result;
	v->row = unset(rows, sizeof(*v->row));
	v->position = unset(rows, sizeof(*v->position));
	result = fill_order(s, &r, e);
	v->has_layout = result == 0;
	return result;
}

/* Records of no template, in order of arrival. */
static int load_raw(struct segment *s, struct err *e)
{
	struct view *v = &s->view;
	uint32_t rows = s->blocks[v->block].rows, count = v->uses[TEMPLATE_RAW], n = 0;
	struct reader r;
	int result = count > 0 ? load_order(s, e) : 0;

	if (count == 0 || result < 0)
		return result;
	result = load(s, SECTION_RAW, &r, e);
	if (result < 0)
		return result;
	if (v->first == NULL)
		v->first = zeroed(rows, sizeof(*v->first));
	v->raw = zeroed(count, sizeof(*v->raw));
	for (uint32_t i = 0; i < rows && n < count; i++) {
		uint64_t len;

		if (v->template[v->position[i]] != TEMPLATE_RAW)
			continue;
		len = read_varint(&r);
		v->first[v->position[i]] = n;
		v->raw[n++] = (struct str){ (const char *)read_bytes(&r, len), len };
	}
	return r.is_bad ? block_bad(s, e, "the raw records") : 0;
}

static int load_templates_of_rows(struct segment *s, struct err *e)
{
	struct view *v = &s->view;
	uint32_t rows = s->blocks[v->block].rows;
	uint16_t *template = v->template;
	uint32_t *uses = v->uses, *others;
	uint16_t highest = 0;
	size_t values = 0;
	struct reader r;
	int result = load(s, SECTION_ROWS, &r, e);

	if (result < 0)
		return result;
	if (reader_left(&r) != (size_t)rows * 2)
		return block_bad(s, e, "the templates");
	memcpy(template, r.at, (size_t)rows * 2);
	for (uint32_t i = 0; i < rows; i++) {
		template[i] = le16toh(template[i]);
		highest = template[i] > highest ? template[i] : highest;
	}
	if (highest >= s->template_count)
		return block_bad(s, e, "the templates");
	/* rows of one template come one after the other: each waits for the count before it */
	others = zeroed(s->template_count, sizeof(*others));
	for (uint32_t i = 0; i + 1 < rows; i += 2) {
		uses[template[i]]++;
		others[template[i + 1]]++;
	}
	uses[template[rows - 1]] += rows % 2;
	v->used = unset(s->template_count, sizeof(*v->used));
	for (uint32_t t = 0; t < s->template_count; t++) {
		uses[t] += others[t];
		values += (size_t)uses[t] * s->slots_of[t];
		if (uses[t] > 0 && t != TEMPLATE_RAW)
			v->used[v->used_count++] = (uint16_t)t;
	}
	free(others);
	if (values > LIMIT_SEGMENT_BLOCK_VALUES)
		return block_bad(s, e, "the number of values");
	return 0;
}

void place_values(struct segment *s, const uint8_t *keep)
{
	struct view *v = &s->view;
	const uint16_t *template = v->template;
	uint32_t rows = s->blocks[v->block].rows, values = 0;
	uint16_t *slots_of;
	uint32_t *first = v->first;

	if (v->is_placed && (v->placed == NULL || v->placed == keep))
		return;
	if (first == NULL)
		first = v->first = zeroed(rows, sizeof(*v->first));
	slots_of = zeroed(s->template_count, sizeof(*slots_of));
	for (uint32_t i = 0; i < v->used_count; i++)
		if (keep == NULL || keep[v->used[i]] == KEEP_VALUES)
			slots_of[v->used[i]] = s->slots_of[v->used[i]];
	for (uint32_t i = 0; i < rows; i++) {
		if (template[i] != TEMPLATE_RAW) /* of those it is set already */
			first[i] = values;
		values += slots_of[template[i]];
	}
	free(slots_of);
	v->is_placed = true;
	v->placed = keep;
	if (values <= v->values_room)
		return;
	free(v->values);
	v->values = malloc(values * sizeof(*v->values));
	if (v->values == NULL)
		abort();
	v->values_room = values;
}

/* The fixed slots of template T, whose bits are FIXED: they have a usual value, and no codes. */
static bool count_fixed(struct segment *s, uint32_t t, const uint8_t *fixed, struct codes *codes)
{
	const struct template *m = &s->templates[t];

	for (uint32_t byte = 0; byte < (m->slots + 7) / 8; byte++) {
		for (unsigned left = fixed[byte]; left; left &= left - 1) {
			uint32_t k = byte * 8 + (unsigned)__builtin_ctz(left);

			if (k >= m->slots || !has_usual(s, m->slot + k))
				return false;
			codes->of[code_kind_of(s->slots[m->slot + k].type)]--;
		}
	}
	return true;
}

/* Which slots have their usual value in all rows of the block. */
static int load_fixed(struct segment *s, struct err *e)
{
	struct view *v = &s->view;
	struct reader r;
	int result = load(s, SECTION_FIXED, &r, e);

	v->codes = s->codes;
	if (result < 0 || reader_left(&r) == 0)
		return result;
	v->fixed = r.at;
	v->fixed_from = zeroed(s->template_count, sizeof(*v->fixed_from));
	v->own_codes = unset(s->template_count, sizeof(*v->own_codes)); /* of those in use */
	v->codes = v->own_codes;
	for (uint32_t i = 0; i < v->used_count; i++) {
		uint32_t t = v->used[i];
		size_t len = (s->templates[t].slots + 7) / 8;
		const uint8_t *bits = read_bytes(&r, len);

		v->own_codes[t] = s->codes[t];
		if (bits == NULL || !count_fixed(s, t, bits, &v->own_codes[t]))
			return block_bad(s, e, "the fixed slots");
		v->fixed_from[t] = (uint32_t)(bits - v->fixed);
	}
	return reader_left(&r) == 0 ? 0 : block_bad(s, e, "the fixed slots");
}

/* The list of columns; small ones have their values behind it. */
static int read_columns(struct segment *s, struct reader r, struct err *e)
{
	struct view *v = &s->view;
	uint64_t count, family = 0, own = 0;
	struct reader list;

	count = read_varint(&r);
	list = r;
	for (int pass = 0; pass < 2; pass++) {
		family = 0;
		for (uint64_t i = 0; i < count && !list.is_bad; i++) {
			struct column_view c = { 0 };
			uint64_t len;
			uint8_t form;

			family += read_varint(&list);
			len = read_varint(&list);
			form = read_u8(&list);
			if (family >= s->family_count || form >> 2 > 8 ||
				len > LIMIT_SEGMENT_BLOCK_VALUES)
				return block_bad(s, e, "the columns");
			c.count = (uint32_t)len;
			c.width = form >> 2;
			c.is_delta = form & 1;
			c.is_own = form & 2;
			own += pass == 0 && c.is_own ? len * c.width : 0;
			if (pass == 1 && !c.is_own)
				c.data = read_bytes(&r, len * c.width);
			v->columns[family] = c;
		}
		if (list.is_bad || r.is_bad)
			return block_bad(s, e, "the columns");
		/* the values begin where the list ends: read it again now that this is known */
		if (pass == 0) {
			struct reader again = r;

			r = list;
			list = again;
		}
	}
	if (own > LIMIT_SEGMENT_SECTION_BYTES)
		return block_bad(s, e, "the columns");
	bytes_more(&v->own, own + 1);
	return 0;
}

int load_columns(struct segment *s, struct err *e)
{
	struct view *v = &s->view;
	struct reader r;
	int result;

	if (v->columns)
		return 0;
	result = load(s, SECTION_COLUMNS, &r, e);
	if (result < 0)
		return result;
	v->columns = zeroed(s->family_count, sizeof(*v->columns));
	result = read_columns(s, r, e);
	if (result < 0)
		v->has_layout = v->is_begun = false; /* half taken: begin anew next time */
	return result;
}

void begin_block(struct segment *s, uint32_t block)
{
	struct view *v = &s->view;

	if (v->block == block && (v->has_layout || v->is_begun))
		return;
	view_clear(v);
	v->block = block;
	v->is_begun = true;
}

int load_block(struct segment *s, uint32_t block, struct err *e)
{
	struct view *v = &s->view;
	uint32_t rows = s->blocks[block].rows;
	int result;

	if (v->block == block && v->has_layout)
		return 0;
	begin_block(s, block);
	v->is_begun = false;
	if (s->blocks[block].is_text) {
		result = load_text_block(s, e);
		v->has_layout = result == 0;
		return result;
	}
	result = load_tables(s, e);
	if (result < 0)
		return result;
	v->template = unset(rows, sizeof(*v->template));
	v->uses = zeroed(s->template_count, sizeof(*v->uses));
	v->has_family = zeroed(s->family_count, 1);
	result = load_templates_of_rows(s, e);
	if (result == 0)
		result = load_fixed(s, e);
	if (result == 0)
		result = load_raw(s, e);
	v->has_layout = result == 0;
	return result;
}

static int put_meta(struct leaf *r, struct meta_state *m, struct reader column[])
{
	size_t slot;
	uint64_t expected;

	m->source ^= (uint32_t)read_varint(&column[META_SENDER]);
	m->packed ^= read_varint(&column[META_PACKED]);
	m->boot_lag = (int64_t)((uint64_t)m->boot_lag +
		(uint64_t)unzigzag(read_varint(&column[META_BOOT])));
	slot = m->source % META_SENDERS;
	expected = m->of[slot].sequence ? m->of[slot].sequence + 1 : 0;
	m->of[slot].sequence = expected + (uint64_t)unzigzag(read_varint(&column[META_SEQUENCE]));
	if (read_u8(&column[META_PEER])) {
		const uint8_t *peer = read_bytes(&column[META_PEER], sizeof(r->peer));

		if (peer)
			memcpy(m->of[slot].peer, peer, sizeof(r->peer));
	}
	*r = (struct leaf){ .received_ns = m->received_ns,
		.source = m->source,
		.boot_ns = (int64_t)((uint64_t)m->received_ns + (uint64_t)m->boot_lag),
		.sequence = m->of[slot].sequence,
		.kind = (uint8_t)m->packed,
		.transport = (uint8_t)(m->packed >> 8),
		.flags = (uint16_t)(m->packed >> 16) };
	memcpy(r->peer, m->of[slot].peer, sizeof(r->peer));
	return 0;
}

int load_meta(struct segment *s, struct err *e)
{
	struct view *v = &s->view;
	uint32_t rows = s->blocks[v->block].rows;
	struct reader received, r, column[META_COLUMNS];
	struct meta_state *m;
	int result;

	if (v->meta)
		return 0;
	result = load(s, SECTION_RECEIVED, &received, e);
	if (result == 0)
		result = load(s, SECTION_META, &r, e);
	if (result < 0)
		return result;
	/* the columns stand one after the other: find where each begins */
	for (int i = 0; i < META_COLUMNS; i++) {
		column[i] = r;
		for (uint32_t k = 0; k < rows && i < META_PEER; k++)
			read_varint(&r);
	}
	v->meta = zeroed(rows, sizeof(*v->meta));
	m = zeroed(1, sizeof(*m));
	for (uint32_t i = 0; i < rows; i++) {
		m->received_ns = (int64_t)((uint64_t)m->received_ns +
			(uint64_t)unzigzag(read_varint(&received)));
		put_meta(&v->meta[i], m, column);
	}
	free(m);
	if (r.is_bad || received.is_bad || column[META_PEER].is_bad) {
		free(v->meta);
		v->meta = NULL;
		return block_bad(s, e, "the times received");
	}
	return 0;
}
