#include "work/archive/show.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/trail/leaf.h"
#include "kit/crypto/crypto.h"
#include "kit/office/office.h"

#define NS 1000000000ll

/* The length of the UTF-8 character at S and its number, or 0. */
static size_t character(struct str s, uint32_t *ret)
{
	unsigned char c = (unsigned char)s.ptr[0];
	size_t len = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;

	if (len > s.len || !str_is_utf8(str_until(s, len)))
		return 0;
	*ret = len == 1 ? c : c & (0xFFu >> (len + 1));
	for (size_t i = 1; i < len; i++)
		*ret = *ret << 6 | ((unsigned char)s.ptr[i] & 0x3F);
	return len;
}

static bool is_unseen(uint32_t point)
{
	return (point >= 0x80 && point < 0xA0) || (point >= 0x200B && point <= 0x200F) ||
		(point >= 0x202A && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F) ||
		point == 0x061C || point == 0xFEFF || (point >= 0xE0000 && point <= 0xE007F);
}

static void put_visible(struct buf *out, struct str raw)
{
	size_t i = 0, plain = 0;

	while (i < raw.len) {
		uint32_t point = 0;
		size_t len = character(str_from(raw, i), &point);

		if (len > 0 && point >= 0x20 && point != 0x7F && !is_unseen(point)) {
			i += len;
			continue;
		}
		buf_add(out, (struct str){ raw.ptr + plain, i - plain });
		if (len == 0)
			buf_fmt(out, "\\x%02X", (unsigned char)raw.ptr[i]);
		else if (point < 0x80)
			buf_fmt(out, "^%c", point == 0x7F ? '?' : (char)(point + '@'));
		else
			buf_fmt(out, "\\u{%04X}", point);
		i += len ? len : 1;
		plain = i;
	}
	buf_add(out, (struct str){ raw.ptr + plain, i - plain });
}

const char *show_encoding(struct str raw)
{
	struct office_guess guess;

	return office_old_text(raw, &guess) ? office_encoding_name(guess.encoding) : NULL;
}

void show_visible(struct buf *out, struct str raw)
{
	struct office_guess guess;
	struct buf text;

	if (!office_old_text(raw, &guess)) {
		put_visible(out, raw);
		return;
	}
	buf_init(&text, 4 * raw.len + 16);
	office_decode(guess, raw, &text);
	put_visible(out, buf_str(&text));
	buf_done(&text);
}
const char *show_peer(const uint8_t peer[16], char *text)
{
	static const uint8_t none[16], mapped[12] = { [10] = 0xff, [11] = 0xff };

	text[0] = '\0';
	if (memcmp(peer, none, sizeof(none)) == 0)
		return text;
	if (memcmp(peer, mapped, sizeof(mapped)) == 0)
		inet_ntop(AF_INET, peer + 12, text, SHOW_PEER_MAX);
	else
		inet_ntop(AF_INET6, peer, text, SHOW_PEER_MAX);
	return text;
}

static void put_if(struct json *j, const char *key, struct str value)
{
	if (value.len)
		json_put(j, key, value);
}

static void put_raw(struct json *j, struct str raw)
{
	const char *encoding = show_encoding(raw);
	struct arena a;
	struct buf text;

	json_put(j, "raw", raw);
	if (str_is_utf8(raw))
		return;
	arena_init(&a, 2 * raw.len + 4 * KIB);
	json_put(j, "raw_base64", base64_of(raw, &a));
	arena_done(&a);
	if (encoding) {
		buf_init(&text, 12 * raw.len + 16);
		show_visible(&text, raw);
		json_put(j, "encoding", str_of(encoding));
		json_put(j, "text", buf_str(&text));
		buf_done(&text);
	}
}

void show_json(struct json *j, const struct find_line *line)
{
	const struct leaf *r = line->leaf;
	char text[CLOCK_TEXT_MAX], place[FIND_PLACE_TEXT_MAX], peer[SHOW_PEER_MAX];
	struct query_parts p;

	query_parts(r->raw, r->received_ns, &p);
	json_object(j);
	json_put(j, "line", str_of(find_place_text(line->place, place)));
	json_put(j, "received", str_of(clock_iso(r->received_ns / NS, text)));
	json_put_i64(j, "received_ns", r->received_ns);
	json_put(j, "time", str_of(clock_iso(query_leaf_ns(r) / NS, text)));
	json_put(j, "kind", str_of(leaf_kind_name(r->kind)));
	json_put_i64(j, "source", r->source);
	json_put(j, "transport", str_of(leaf_transport_name(r->transport)));
	put_if(j, "peer", str_of(show_peer(r->peer, peer)));
	put_if(j, "host", p.host);
	put_if(j, "program", p.program);
	put_if(j, "severity", str_of(query_severity_name(p.severity)));
	put_if(j, "facility", str_of(query_facility_name(p.facility)));
	put_raw(j, r->raw);
	json_object_end(j);
}

void show_csv_head(struct buf *out, enum lang lang)
{
	static const char *const heads[] = { T("Dòng"), T("Nhận lúc"), T("Nguồn"), T("Địa chỉ"),
		T("Máy"), T("Chương trình"), T("Mức"), T("Nội dung") };

	csv_start(out);
	for (size_t i = 0; i < COUNT(heads); i++)
		csv_cell(out, str_of(tr(lang, heads[i])));
	csv_end_row(out);
}

void show_csv(struct buf *out, const struct find_line *line)
{
	const struct leaf *r = line->leaf;
	char text[CLOCK_TEXT_MAX], place[FIND_PLACE_TEXT_MAX], peer[SHOW_PEER_MAX];
	struct query_parts p;
	struct buf visible;

	query_parts(r->raw, r->received_ns, &p);
	buf_init(&visible, 8 * LEAF_BYTES_MAX);
	show_visible(&visible, r->raw);
	csv_cell(out, str_of(find_place_text(line->place, place)));
	csv_cell(out, str_of(clock_iso(r->received_ns / NS, text)));
	csv_i64(out, r->source);
	csv_cell(out, str_of(show_peer(r->peer, peer)));
	csv_cell(out, p.host);
	csv_cell(out, p.program);
	csv_cell(out, str_of(query_severity_name(p.severity)));
	csv_cell(out, buf_str(&visible));
	csv_end_row(out);
	buf_done(&visible);
}
