#include "core/trail/sender.h"

#include <stdlib.h>

#include "kit/text/text.h"

#define FILE_MAX (16 * MIB)
#define HEAD "khien senders 1"

static const char *const kinds[] = { "", "address", "certificate", "unix", "file", "journal",
	"import" };

const char *sender_kind_name(enum sender_kind kind)
{
	return kind <= SENDER_KIND_MAX ? kinds[kind] : "";
}

const char *sender_kind_words(enum sender_kind kind)
{
	static const char *const words[] = { "", T("địa chỉ mạng"), T("chứng thư số"),
		T("chương trình trên máy này"), T("tệp được theo dõi"), T("journal của hệ thống"),
		T("tệp cũ được nhập") };

	return kind <= SENDER_KIND_MAX ? words[kind] : "";
}

void sender_list_done(struct sender_list *l)
{
	free(l->at);
	*l = (struct sender_list){ 0 };
}

struct sender *sender_by_number(const struct sender_list *l, uint32_t number)
{
	return number && number <= l->len ? &l->at[number - 1] : NULL;
}

struct sender *sender_by_name(const struct sender_list *l, enum sender_kind kind, struct str name)
{
	for (size_t i = 0; i < l->len; i++)
		if (l->at[i].kind == kind && str_is(name, l->at[i].name))
			return &l->at[i];
	return NULL;
}

struct sender *sender_add(struct sender_list *l, enum sender_kind kind, struct str name)
{
	struct sender *s;
	uint32_t number = (uint32_t)l->len + 1;

	if (l->len >= SENDER_MAX)
		return NULL;
	if (l->len == l->room) {
		l->room = l->room ? l->room * 2 : 16;
		l->at = realloc(l->at, l->room * sizeof(*l->at));
		if (!l->at)
			abort();
	}
	s = &l->at[l->len++];
	*s = (struct sender){ .number = number, .kind = kind };
	snprintf(s->name, sizeof(s->name), "%.*s", STR_FMT(name));
	return s;
}

/* --- leaves ----------------------------------------------------------------------------------- */

void sender_event(const struct sender *s, const char *event, struct buf *ret)
{
	struct json j;

	json_init(&j, ret, false);
	json_object(&j);
	json_key(&j, "event");
	json_cstr(&j, event);
	json_put_i64(&j, "source", s->number);
	json_key(&j, "kind");
	json_cstr(&j, sender_kind_name(s->kind));
	json_key(&j, "name");
	json_cstr(&j, s->name);
	if (*s->place) {
		json_key(&j, "place");
		json_cstr(&j, s->place);
	}
	json_object_end(&j);
}

#define VALUE_SIZE (SENDER_NAME_MAX + 1)

/* One character of a JSON string, from AT on; 0 at its end. */
static char next_char(struct str json, size_t *at)
{
	uint64_t code = '?';
	char ch = *at < json.len ? json.ptr[(*at)++] : '"';

	if (ch == '"')
		return '\0';
	if (ch != '\\' || *at >= json.len)
		return ch;
	ch = json.ptr[(*at)++];
	if (ch == 'u') {
		(void)str_to_u64(str_until(str_from(json, *at), 4), 16, &code);
		*at += 4;
		return code && code < 128 ? (char)code : '?';
	}
	return ch == 'n' ? '\n' : ch == 't' ? '\t' : ch == 'r' ? '\r' : ch;
}

/* The value of "KEY" in an object that sender_event() wrote; VALUE has VALUE_SIZE. */
static struct str value_of(struct str json, const char *key, char *value)
{
	char wanted[32], ch;
	ptrdiff_t found;
	size_t at, len = 0;

	snprintf(wanted, sizeof(wanted), "\"%s\":\"", key);
	found = str_find(json, str_of(wanted));
	if (found < 0)
		return STR_NONE;
	at = (size_t)found + strlen(wanted);
	while ((ch = next_char(json, &at)) && len + 1 < VALUE_SIZE)
		value[len++] = ch;
	value[len] = '\0';
	return (struct str){ value, len };
}

static enum sender_kind kind_of(struct str word)
{
	for (unsigned i = 1; i <= SENDER_KIND_MAX; i++)
		if (str_is(word, kinds[i]))
			return (enum sender_kind)i;
	return 0;
}

/* Its number was given away, though the leaf that told whose it is may be gone. */
static void reach(struct sender_list *l, uint32_t number)
{
	while (l->len < number && sender_add(l, SENDER_ADDRESS, STR("?")))
		;
}

/* The digits behind "KEY": in an object written here; false: none. */
static bool figure_of(struct str json, const char *key, uint64_t *ret)
{
	ptrdiff_t at = str_find(json, str_of(key));
	struct str figure = at < 0 ? STR_NONE : str_from(json, (size_t)at + strlen(key));
	size_t len = 0;

	while (len < figure.len && figure.ptr[len] >= '0' && figure.ptr[len] <= '9')
		len++;
	return str_to_u64(str_until(figure, len), 10, ret);
}

/* --- who was refused -------------------------------------------------------------------------- */

static const char *const whys[] = { "", "expired", "not-yet", "authority", "absent", "handshake" };

void sender_refusal_event(const struct sender_refusal *r, struct buf *ret)
{
	struct json j;

	json_init(&j, ret, false);
	json_object(&j);
	json_key(&j, "event");
	json_cstr(&j, "refused");
	json_put_i64(&j, "count", (int64_t)r->count);
	json_key(&j, "why");
	json_cstr(&j, whys[r->why]);
	json_key(&j, "address");
	json_cstr(&j, r->address);
	json_key(&j, "name");
	json_cstr(&j, r->name);
	json_object_end(&j);
}

bool sender_refusal_parse(struct str raw, struct sender_refusal *ret)
{
	char text[VALUE_SIZE];
	struct sender_refusal r = { 0 };
	struct str why;

	if (!str_starts(raw, "{\"event\":\"refused\",") || !figure_of(raw, "\"count\":", &r.count))
		return false;
	why = value_of(raw, "why", text);
	for (unsigned i = 1; i <= SENDER_WHY_MAX; i++)
		if (str_is(why, whys[i]))
			r.why = (enum sender_why)i;
	snprintf(r.address, sizeof(r.address), "%.*s", STR_FMT(value_of(raw, "address", text)));
	snprintf(r.name, sizeof(r.name), "%.*s", STR_FMT(value_of(raw, "name", text)));
	*ret = r;
	return r.why != 0;
}

const char *sender_why_words(enum sender_why why)
{
	static const char *const words[] = { "", T("chứng thư của máy gửi đã hết hạn"),
		T("chứng thư của máy gửi chưa đến ngày hiệu lực"),
		T("chứng thư không do nơi cấp mà Khiên tin cậy ký"),
		T("máy gửi không đưa chứng thư"),
		T("không bắt tay TLS được: phiên bản quá cũ, hoặc không phải TLS") };

	return (unsigned)why < COUNT(words) ? words[why] : "";
}

/* --- counting --------------------------------------------------------------------------------- */

static void count_event(struct sender_list *l, const struct leaf *leaf)
{
	struct sender_refusal refusal;
	char event_text[VALUE_SIZE], place_text[VALUE_SIZE], text[VALUE_SIZE];
	struct str event = value_of(leaf->raw, "event", event_text),
		   place = value_of(leaf->raw, "place", place_text);
	struct sender *s = sender_by_number(l, leaf->source);

	if (leaf->source == SENDER_OTHERS && sender_refusal_parse(leaf->raw, &refusal))
		l->refused += refusal.count;
	if (!s && (str_is(event, "first") || str_is(event, "known"))) {
		enum sender_kind kind = kind_of(value_of(leaf->raw, "kind", text));

		reach(l, leaf->source - 1);
		s = kind && l->len + 1 == leaf->source ?
			sender_add(l, kind, value_of(leaf->raw, "name", text)) :
			NULL;
		if (!s)
			return;
		s->first_s = leaf->received_ns / 1000000000;
	}
	if (!s)
		return;
	if (str_is(event, "silent"))
		s->is_silent = true;
	if (str_is(event, "back"))
		s->is_silent = false;
	if (place.len) {
		snprintf(s->place, sizeof(s->place), "%.*s", STR_FMT(place));
		s->sequence = leaf->sequence;
	}
}

/* {"source":3,"lines":17,…} */
static void count_gap(struct sender_list *l, const struct leaf *leaf)
{
	struct sender *s = sender_by_number(l, leaf->source);
	uint64_t lines = 0;

	if (!figure_of(leaf->raw, "\"lines\":", &lines))
		return;
	if (s)
		s->dropped += lines;
	else if (leaf->source == SENDER_OTHERS)
		l->others_dropped += lines;
}

void sender_count(struct sender_list *l, const struct leaf *leaf)
{
	struct sender *s;

	l->index++;
	if (leaf->kind == LEAF_EVENT)
		count_event(l, leaf);
	if (leaf->kind == LEAF_GAP)
		count_gap(l, leaf);
	if (leaf->kind != LEAF_LINE)
		return;
	reach(l, leaf->source);
	s = sender_by_number(l, leaf->source);
	if (!s)
		return;
	s->lines++;
	s->bytes += leaf->raw.len;
	s->last_s = leaf->received_ns / 1000000000;
	if (leaf->sequence)
		s->sequence = leaf->sequence;
}

/* --- the file --------------------------------------------------------------------------------- */

/* A name is anything that a certificate or a path can hold. */
static void put_text(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == '%' || *text == 127)
			buf_fmt(out, "%%%02x", (unsigned char)*text);
		else
			buf_add_char(out, *text);
	}
}

int sender_save(struct vfile_disk *d, const struct sender_list *l, struct err *e)
{
	struct buf out;
	int rc;

	buf_init(&out, FILE_MAX);
	buf_fmt(&out, HEAD "\t%u\t%llu\t%llu\t%llu\n", l->year, (unsigned long long)l->index,
		(unsigned long long)l->others_dropped, (unsigned long long)l->refused);
	for (size_t i = 0; i < l->len; i++) {
		const struct sender *s = &l->at[i];

		buf_fmt(&out, "%u\t%s\t%d\t%u\t%lld\t%lld\t%llu\t%llu\t%llu\t%llu\t%u\t", s->number,
			sender_kind_name(s->kind), s->is_silent, s->silence_s,
			(long long)s->first_s, (long long)s->last_s, (unsigned long long)s->lines,
			(unsigned long long)s->bytes, (unsigned long long)s->dropped,
			(unsigned long long)s->sequence, s->rate);
		put_text(&out, s->place);
		buf_add_char(&out, '\t');
		put_text(&out, s->name);
		buf_add_char(&out, '\n');
	}
	buf_fmt(&out, "end\t%zu\n", l->len);
	rc = buf_is_full(&out) ? err_set(e, ERR_LIMIT, "too many senders for one file") :
				 vfile_replace(d, SENDER_FILE, buf_str(&out), e);
	buf_done(&out);
	return rc;
}

static bool take_u64(struct str *rest, uint64_t *ret)
{
	struct str field;

	return str_split(*rest, '\t', &field, rest) && str_to_u64(field, 10, ret);
}

static bool take_text(struct str text, char *ret, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint64_t byte = (unsigned char)text.ptr[i];

		if (text.ptr[i] == '%') {
			if (!str_to_u64(str_until(str_from(text, i + 1), 2), 16, &byte))
				return false;
			i += 2;
		}
		if (byte == 0 || len + 1 >= size)
			return false;
		ret[len++] = (char)byte;
	}
	ret[len] = '\0';
	return true;
}

static bool take_sender(struct str line, struct sender_list *l)
{
	uint64_t number, f[9];
	struct str kind, place;
	struct sender *s;

	if (!take_u64(&line, &number) || !str_split(line, '\t', &kind, &line) || kind_of(kind) == 0)
		return false;
	for (size_t i = 0; i < COUNT(f); i++)
		if (!take_u64(&line, &f[i]))
			return false;
	if (!str_split(line, '\t', &place, &line))
		return false;
	s = number == l->len + 1 ? sender_add(l, kind_of(kind), STR_NONE) : NULL;
	if (!s)
		return false;
	s->is_silent = f[0] != 0;
	s->silence_s = (uint32_t)f[1];
	s->first_s = (int64_t)f[2];
	s->last_s = (int64_t)f[3];
	s->lines = f[4];
	s->bytes = f[5];
	s->dropped = f[6];
	s->sequence = f[7];
	s->rate = (uint32_t)f[8];
	return take_text(place, s->place, sizeof(s->place)) &&
		take_text(line, s->name, sizeof(s->name));
}

/* A list of an earlier Khiên ends after the index. */
static bool take_head(struct str line, struct sender_list *l)
{
	struct str word;
	uint64_t year = 0;

	if (!str_split(line, '\t', &word, &line) || !str_is(word, HEAD) || !take_u64(&line, &year))
		return false;
	l->year = (unsigned)year;
	if (!str_has(line, '\t'))
		return str_to_u64(line, 10, &l->index);
	return take_u64(&line, &l->index) && take_u64(&line, &l->others_dropped) &&
		str_to_u64(line, 10, &l->refused);
}

int sender_parse(struct str text, struct sender_list *ret, struct err *e)
{
	struct sender_list l = { 0 };
	struct str rest = text, line;
	uint64_t count = UINT64_MAX;
	bool is_fine = str_next_line(&rest, &line) && take_head(line, &l);

	while (is_fine && count == UINT64_MAX && str_next_line(&rest, &line)) {
		if (str_starts(line, "end\t"))
			is_fine = str_to_u64(str_from(line, 4), 10, &count);
		else
			is_fine = take_sender(line, &l);
	}
	if (!is_fine || count != l.len || rest.len) {
		sender_list_done(&l);
		return err_set(e, ERR_INPUT, "no whole list of senders");
	}
	*ret = l;
	return 0;
}

int sender_load(struct vfile_disk *d, struct sender_list *ret, struct err *e)
{
	struct arena a;
	struct str text;
	int rc;

	arena_init(&a, 2 * FILE_MAX);
	rc = vfile_load(d, SENDER_FILE, FILE_MAX, &a, &text, e);
	if (rc == 0)
		rc = sender_parse(text, ret, e);
	arena_done(&a);
	return rc;
}
