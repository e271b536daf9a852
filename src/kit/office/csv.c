/* csv.c - comma, semicolon or tab, quoted or not, in any encoding of encoding.c. A record is read
 * line by line in the bytes of the file, decoded, and cut into cells; a quoted cell may hold
 * lines. */
#include "kit/office/office_int.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES (64 * KIB)
#define SAMPLE_BYTES (256 * KIB)
#define LINE_BYTES_MAX (1 * MIB)
#define RECORD_BYTES_MAX (4 * MIB)

struct csv {
	int fd;
	struct office_notes *notes;
	char chunk[CHUNK_BYTES];
	size_t at, filled;
	int64_t offset; /* where the next chunk begins */
	bool is_over;
	uint32_t line;
	struct buf raw, text; /* one line of the file; one record in UTF-8 */
	struct office_cell cells[OFFICE_COLUMNS_MAX];
};

int office_refuse(
	struct parse_fault *fault, enum err_code code, const char *words, struct str about)
{
	*fault = (struct parse_fault){ .words = words, .about = about };
	return code;
}

static int fill(struct csv *c, struct parse_fault *fault)
{
	ssize_t n = pread(c->fd, c->chunk, sizeof(c->chunk), c->offset);

	if (n < 0)
		return office_refuse(fault, ERR_SYSTEM, T("không đọc được tệp"), STR_NONE);
	c->at = 0;
	c->filled = (size_t)n;
	c->offset += n;
	c->is_over = n == 0;
	return 0;
}

/* Is the byte at I of the line that grows in RAW the end of it? In UTF-16 a line feed has two. */
static bool ends_line(const struct csv *c)
{
	const struct buf *raw = &c->raw;

	if (raw->len == 0 ||
		(c->notes->text.encoding != OFFICE_UTF16LE &&
			c->notes->text.encoding != OFFICE_UTF16BE))
		return raw->len > 0 && raw->ptr[raw->len - 1] == '\n';
	if (raw->len % 2)
		return false;
	return c->notes->text.encoding == OFFICE_UTF16LE ?
		raw->ptr[raw->len - 2] == '\n' && raw->ptr[raw->len - 1] == '\0' :
		raw->ptr[raw->len - 2] == '\0' && raw->ptr[raw->len - 1] == '\n';
}

/* The next line of the file, decoded, behind what is in TEXT. 0 when there is none. */
static int next_line(struct csv *c, struct parse_fault *fault)
{
	buf_clear(&c->raw);
	while (!ends_line(c) && !c->is_over) {
		if (c->at == c->filled) {
			int rc = fill(c, fault);

			if (rc < 0)
				return rc;
			continue;
		}
		buf_add_char(&c->raw, c->chunk[c->at++]);
	}
	if (c->raw.len == 0)
		return 0;
	c->line++;
	if (!buf_is_full(&c->raw))
		office_decode(c->notes->text, buf_str(&c->raw), &c->text);
	if (buf_is_full(&c->raw) || buf_is_full(&c->text))
		return office_refuse(
			fault, ERR_LIMIT, T("một dòng quá dài: tệp không phải bảng CSV"), STR_NONE);
	return 1;
}

static size_t count_outside_quotes(struct str line, char what)
{
	bool is_quoted = false;
	size_t n = 0;

	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '"')
			is_quoted = !is_quoted;
		n += !is_quoted && line.ptr[i] == what;
	}
	return n;
}

/* The one that parts the first lines into the same number of cells, and into most. */
static char find_delimiter(struct str sample)
{
	static const char candidates[] = { ',', ';', '\t' };
	size_t votes[3] = { 0 };
	struct str line;
	size_t best = 0;

	for (int lines = 0; lines < 50 && str_next_line(&sample, &line); lines++) {
		size_t most = 0, most_at = 0;

		for (size_t i = 0; i < COUNT(candidates); i++) {
			size_t n = count_outside_quotes(line, candidates[i]);

			if (n > most) {
				most = n;
				most_at = i;
			}
		}
		votes[most_at] += most > 0;
	}
	for (size_t i = 1; i < COUNT(candidates); i++)
		if (votes[i] > votes[best])
			best = i;
	return candidates[best];
}

static int look(struct csv *c, struct parse_fault *fault)
{
	char *sample = malloc(SAMPLE_BYTES);
	ssize_t n;
	struct buf text;
	struct str bytes;

	if (!sample)
		abort();
	n = pread(c->fd, sample, SAMPLE_BYTES, 0);
	if (n < 0) {
		free(sample);
		return office_refuse(fault, ERR_SYSTEM, T("không đọc được tệp"), STR_NONE);
	}
	bytes = (struct str){ sample, (size_t)n };
	c->notes->is_csv = true;
	c->notes->text = office_recognise(bytes);
	if (str_starts(bytes, "\xEF\xBB\xBF"))
		c->offset = 3;
	else if (str_starts(bytes, "\xFF\xFE") || str_starts(bytes, "\xFE\xFF"))
		c->offset = 2;
	buf_init(&text, 8 * (size_t)SAMPLE_BYTES);
	office_decode(c->notes->text, bytes, &text);
	c->notes->delimiter = find_delimiter(buf_str(&text));
	buf_done(&text);
	free(sample);
	return 0;
}

int csv_open(int fd, struct office_notes *notes, struct csv **ret, struct parse_fault *fault)
{
	struct csv *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		abort();
	c->fd = fd;
	c->notes = notes;
	buf_init(&c->raw, LINE_BYTES_MAX);
	buf_init(&c->text, RECORD_BYTES_MAX);
	rc = look(c, fault);
	if (rc < 0) {
		csv_close(c);
		return rc;
	}
	*ret = c;
	return 0;
}

struct csv *csv_close(struct csv *c)
{
	if (c) {
		buf_done(&c->raw);
		buf_done(&c->text);
		free(c);
	}
	return NULL;
}

static bool is_quote_open(struct str text)
{
	size_t quotes = 0;

	for (size_t i = 0; i < text.len; i++)
		quotes += text.ptr[i] == '"';
	return quotes % 2 == 1;
}

/* A cell at *AT of TEXT, which is changed in place; *AT moves behind its delimiter. */
static struct str take_cell(struct csv *c, size_t *at, bool *ret_more)
{
	char *text = c->text.ptr;
	size_t end = c->text.len, i = *at, n = *at;
	bool is_quoted = false;

	for (; i < end; i++) {
		if (text[i] == '"' && is_quoted && i + 1 < end && text[i + 1] == '"')
			text[n++] = text[i++];
		else if (text[i] == '"' && (is_quoted || i == *at))
			is_quoted = !is_quoted;
		else if (text[i] == c->notes->delimiter && !is_quoted)
			break;
		else
			text[n++] = text[i];
	}
	*ret_more = i < end;
	struct str cell = { text + *at, n - *at };
	*at = i + 1;
	return cell;
}

/* Our own writer puts an apostrophe before what a spreadsheet would take for a formula. */
static struct str armed(struct str cell)
{
	if (cell.len > 1 && cell.ptr[0] == '\'' && str_has(STR("=+-@\t\r"), cell.ptr[1]))
		return str_from(cell, 1);
	return cell;
}

static size_t take_cells(struct csv *c)
{
	size_t at = 0, count = 0, column = 0;
	bool more = true;

	for (; more && at <= c->text.len; column++) {
		struct str cell = str_trim(armed(take_cell(c, &at, &more)));

		if (column >= OFFICE_COLUMNS_MAX) {
			c->notes->columns_dropped += cell.len > 0;
			continue;
		}
		c->cells[column] =
			(struct office_cell){ .kind = cell.len > 0 ? OFFICE_TEXT : OFFICE_EMPTY,
				.text = cell };
		if (cell.len > 0)
			count = column + 1;
	}
	return count;
}

int csv_next(struct csv *c, struct office_row *ret, struct parse_fault *fault)
{
	size_t count;
	uint32_t first;
	int rc;

	do {
		buf_clear(&c->text);
		first = c->line + 1;
		rc = next_line(c, fault);
		while (rc == 1 && is_quote_open(buf_str(&c->text))) {
			rc = next_line(c, fault);
			if (rc == 0) {
				(void)office_refuse(fault, ERR_INPUT,
					T("dòng {a}: dấu nháy kép mở ra không được đóng"),
					STR_NONE);
				fault->line = (int)first;
				return ERR_INPUT;
			}
		}
		if (rc <= 0)
			return rc;
		while (c->text.len > 0 && str_has(STR("\r\n"), c->text.ptr[c->text.len - 1]))
			c->text.len--;
		count = take_cells(c);
	} while (count == 0);
	*ret = (struct office_row){ .number = first, .count = count, .cells = c->cells };
	return 1;
}
