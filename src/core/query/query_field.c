/* query_field.c - fields of a question: their names in two languages, their values, and moments. */
#include "core/query/query_int.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/trail/leaf.h"

#define NS 1000000000ll

/* The first two names are shown, each in its language; the others are understood too. */
static const struct {
	const char *en, *vi, *others;
} fields[QUERY_FIELDS] = {
	[QUERY_HOST] = { "host", "máy", "may" },                   /* no words */
	[QUERY_PROGRAM] = { "program", "ct", "chuongtrinh prog" }, /* no words */
	[QUERY_SEVERITY] = { "severity", "mức", "muc sev" },       /* no words */
	[QUERY_FACILITY] = { "facility", "nhóm", "nhom" },         /* no words */
	[QUERY_EVENT] = { "event", "sựkiện", "sukien" },           /* no words */
	[QUERY_SOURCE] = { "source", "nguồn", "nguon" },           /* no words */
	[QUERY_PEER] = { "peer", "địachỉ", "diachi" },             /* no words */
	[QUERY_KIND] = { "kind", "loại", "loai" },                 /* no words */
	[QUERY_TRANSPORT] = { "transport", "đường", "duong" },     /* no words */
	[QUERY_FROM] = { "from", "từ", "tu" },                     /* no words */
	[QUERY_TO] = { "to", "đến", "den" },                       /* no words */
	[QUERY_REGEX] = { "regex", "mẫu", "mau re" },              /* no words */
};

bool query_field_parse(struct str name, enum query_field *ret)
{
	struct str others, word;

	for (int i = 0; i < QUERY_FIELDS; i++) {
		if (str_is_nocase(name, fields[i].en) || str_is_nocase(name, fields[i].vi)) {
			*ret = (enum query_field)i;
			return true;
		}
		others = str_of(fields[i].others);
		while (str_next_word(&others, " ", &word)) {
			if (str_eq_nocase(name, word)) {
				*ret = (enum query_field)i;
				return true;
			}
		}
	}
	return false;
}

static const struct {
	const char *name, *words, *others;
} severities[8] = {
	{ "emerg", T("khẩn cấp"), "khancap panic emergency" },
	{ "alert", T("báo động"), "baodong" },
	{ "crit", T("nghiêm trọng"), "nghiemtrong critical" },
	{ "err", T("lỗi"), "loi error" },
	{ "warning", T("cảnh báo"), "canhbao warn" },
	{ "notice", T("lưu ý"), "luuy" },
	{ "info", T("thông tin"), "thongtin" },
	{ "debug", T("gỡ lỗi"), "goloi" },
};

static const char *const facilities[24] = { "kern", "user", "mail", "daemon", "auth", "syslog",
	"lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7" };

const char *query_severity_name(int severity)
{
	return severity >= 0 && severity < 8 ? severities[severity].name : "";
}

const char *query_severity_words(int severity)
{
	return severity >= 0 && severity < 8 ? severities[severity].words : "";
}

const char *query_facility_name(int facility)
{
	return facility >= 0 && facility < 24 ? facilities[facility] : "";
}

static bool is_one_of(struct str word, const char *list)
{
	struct str rest = str_of(list), one;

	while (str_next_word(&rest, " ", &one)) {
		if (str_eq(one, word))
			return true;
	}
	return false;
}

static bool small_number(struct str s, int max, int *ret)
{
	int64_t n;

	if (!str_to_i64(s, &n) || n < 0 || n > max)
		return false;
	*ret = (int)n;
	return true;
}

/* "cảnh báo", "canh-bao", "canhbao": without marks and what joins words. */
static struct str bare(struct query *q, struct str s)
{
	struct str folded = text_fold(q->a, s);
	char *out = arena_alloc(q->a, folded.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < folded.len; i++) {
		if (folded.ptr[i] != ' ' && folded.ptr[i] != '-' && folded.ptr[i] != '_')
			out[n++] = folded.ptr[i];
	}
	return (struct str){ out, n };
}

/* "err", ">=warning", "<=info", "err+": more is graver. */
static bool severity_parse(struct query *q, struct str value, struct node *n)
{
	struct str word;

	if (str_starts(value, ">="))
		n->op = 1, value = str_from(value, 2);
	else if (str_starts(value, "<="))
		n->op = -1, value = str_from(value, 2);
	else if (str_ends(value, "+"))
		n->op = 1, value = str_until(value, value.len - 1);
	if (small_number(value, 7, &n->number))
		return true;
	word = bare(q, value);
	for (int i = 0; i < 8; i++) {
		n->number = i;
		if (str_is(word, severities[i].name) || is_one_of(word, severities[i].others))
			return true;
	}
	return false;
}

static bool facility_parse(struct query *q, struct str value, struct node *n)
{
	struct str word = bare(q, value);

	if (small_number(value, 23, &n->number))
		return true;
	for (int i = 0; i < 24; i++) {
		n->number = i;
		if (str_is(word, facilities[i]))
			return true;
	}
	return false;
}

static bool name_parse(struct query *q, struct str value, const char *(*name)(unsigned), int *ret)
{
	struct str word = text_fold(q->a, value);

	for (unsigned i = 0; i < 32; i++) {
		if (word.len && str_is(word, name(i))) {
			*ret = (int)i;
			return true;
		}
	}
	return false;
}

static bool peer_parse(struct query *q, struct str value, uint8_t *ret)
{
	const char *text = arena_cstr(q->a, value);

	memset(ret, 0, 16);
	ret[10] = ret[11] = 0xff;
	return inet_pton(AF_INET, text, ret + 12) == 1 || inet_pton(AF_INET6, text, ret) == 1;
}

static bool time_node(struct query *q, enum query_field field, struct str value)
{
	int64_t ns;

	if (!query_time(value, q->options.now_s, field == QUERY_TO, &ns))
		return false;
	if (field == QUERY_FROM && ns > q->from_ns)
		q->from_ns = ns;
	if (field == QUERY_TO && ns < q->end_ns)
		q->end_ns = ns;
	return true;
}

static bool value_parse(struct query *q, struct str value, struct node *n)
{
	switch (n->field) {
	case QUERY_SEVERITY:
		return severity_parse(q, value, n);
	case QUERY_FACILITY:
		return facility_parse(q, value, n);
	case QUERY_SOURCE:
		return str_to_u64(value, 10, &n->source) && n->source <= UINT32_MAX;
	case QUERY_PEER:
		return peer_parse(q, value, n->peer);
	case QUERY_KIND:
		return name_parse(q, value, leaf_kind_name, &n->number);
	case QUERY_TRANSPORT:
		return name_parse(q, value, leaf_transport_name, &n->number);
	default:
		n->text = text_fold(q->a, value);
		return n->text.len > 0;
	}
}

static const char *why(enum query_field field)
{
	switch (field) {
	case QUERY_SEVERITY:
		return T("không có mức nào là \"{a}\"; các mức: khẩn cấp, báo động, nghiêm trọng, "
			 "lỗi, cảnh báo, lưu ý, thông tin, gỡ lỗi");
	case QUERY_FACILITY:
		return T("không có nhóm nào là \"{a}\"; ví dụ: auth, cron, daemon, local0");
	case QUERY_SOURCE:
		return T("nguồn là một số của trang Thiết bị gửi nhật ký, không phải \"{a}\"");
	case QUERY_PEER:
		return T("\"{a}\" không phải là địa chỉ IP");
	case QUERY_KIND:
		return T("không có loại nào là \"{a}\"; ví dụ: line, event, gap, import");
	case QUERY_TRANSPORT:
		return T("không có đường gửi nào là \"{a}\"; ví dụ: udp, tcp, tls, unix, file");
	case QUERY_FROM:
	case QUERY_TO:
		return T("không hiểu thời gian \"{a}\"; viết như 25/11/2026, 2026-11-25T08:30 "
			 "hoặc 2h, 7d (trước đây 2 giờ, 7 ngày)");
	default:
		return T("giá trị \"{a}\" không dùng được ở đây");
	}
}

bool query_field_node(struct query *q, enum query_field field, struct str value,
	const char **ret_words, struct node **ret)
{
	struct node *n;
	bool is_time = field == QUERY_FROM || field == QUERY_TO;

	if (is_time) {
		if (time_node(q, field, value))
			return true;
		*ret_words = why(field);
		return false;
	}
	n = query_node(q, NODE_FIELD);
	n->field = field;
	if (!value_parse(q, value, n)) {
		*ret_words = why(field);
		return false;
	}
	*ret = n;
	return true;
}

/* --- moments ---------------------------------------------------------------------------------- */

/* Two digits, or one where IS_SHORT, off the beginning of *S. */
static bool take_digits(struct str *s, int most, bool is_short, int *ret)
{
	int n = 0, digits = 0;

	while (digits < most && (size_t)digits < s->len && s->ptr[digits] >= '0' &&
		s->ptr[digits] <= '9')
		n = n * 10 + (s->ptr[digits++] - '0');
	if (digits == 0 || (!is_short && digits < most))
		return false;
	*s = str_from(*s, (size_t)digits);
	*ret = n;
	return true;
}

static bool take_char(struct str *s, char c)
{
	if (s->len == 0 || s->ptr[0] != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool take_date(struct str *s, struct date *ret)
{
	char text[16];
	struct str rest = *s;
	struct date d;

	if (take_digits(&rest, 4, false, &d.year) && take_char(&rest, '-')) {
		if (!take_digits(&rest, 2, false, &d.month) || !take_char(&rest, '-') ||
			!take_digits(&rest, 2, false, &d.day))
			return false;
	} else {
		rest = *s;
		if (!take_digits(&rest, 2, true, &d.day) || !take_char(&rest, '/') ||
			!take_digits(&rest, 2, true, &d.month) || !take_char(&rest, '/') ||
			!take_digits(&rest, 4, false, &d.year))
			return false;
	}
	snprintf(text, sizeof(text), "%04d-%02d-%02d", d.year % 10000, d.month % 100, d.day % 100);
	if (!date_parse(str_of(text), ret))
		return false;
	*s = rest;
	return true;
}

/* Z, +07:00, +0700 or nothing, which is Viet Nam's. */
static bool take_zone(struct str *s, int *ret_s)
{
	int sign = 1, hours, minutes;

	*ret_s = CLOCK_ZONE_S;
	if (s->len == 0)
		return true;
	if (take_char(s, 'Z')) {
		*ret_s = 0;
		return true;
	}
	if (take_char(s, '-'))
		sign = -1;
	else if (!take_char(s, '+'))
		return false;
	if (!take_digits(s, 2, false, &hours))
		return false;
	(void)take_char(s, ':');
	if (!take_digits(s, 2, false, &minutes) || hours > 14 || minutes > 59)
		return false;
	*ret_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* The clock behind a date; *RET_UNIT_S is what the last part given lasts. */
static bool take_clock(struct str *s, int64_t *ret_s, int64_t *ret_unit_s)
{
	int hour, minute, second = 0;

	if (!take_digits(s, 2, true, &hour) || !take_char(s, ':') ||
		!take_digits(s, 2, false, &minute) || hour > 23 || minute > 59)
		return false;
	*ret_unit_s = 60;
	if (take_char(s, ':')) {
		if (!take_digits(s, 2, false, &second) || second > 59)
			return false;
		*ret_unit_s = 1;
	}
	*ret_s = hour * 3600 + minute * 60 + second;
	return true;
}

/* "2h", "7d", "30m": so long before now. */
static bool ago(struct str text, int64_t now_s, int64_t *ret_s)
{
	int64_t n, unit;

	if (text.len < 2 || !str_to_i64(str_until(text, text.len - 1), &n) || n < 0 || n > 100000)
		return false;
	switch (text.ptr[text.len - 1]) {
	case 'm':
		unit = 60;
		break;
	case 'h':
		unit = 3600;
		break;
	case 'd':
		unit = CLOCK_DAY_S;
		break;
	default:
		return false;
	}
	*ret_s = now_s - n * unit;
	return true;
}

bool query_time(struct str text, int64_t now_s, bool is_end, int64_t *ret_ns)
{
	int64_t at_s, clock_s = 0, unit_s = CLOCK_DAY_S;
	struct date day;
	int zone_s = CLOCK_ZONE_S;

	text = str_trim(text);
	if (ago(text, now_s, &at_s)) {
		*ret_ns = at_s * NS;
		return true;
	}
	if (str_is_nocase(text, "today") || str_is(text, "homnay")) {
		at_s = date_start_s(date_at(now_s));
	} else if (str_is_nocase(text, "yesterday") || str_is(text, "homqua")) {
		at_s = date_start_s(date_at(now_s)) - CLOCK_DAY_S;
	} else {
		if (!take_date(&text, &day))
			return false;
		if ((take_char(&text, 'T') || take_char(&text, ' ')) &&
			!take_clock(&text, &clock_s, &unit_s))
			return false;
		if (!take_zone(&text, &zone_s) || text.len > 0 || day.year > 2200)
			return false;
		at_s = date_to_days(day) * CLOCK_DAY_S - zone_s + clock_s;
	}
	*ret_ns = (at_s + (is_end ? unit_s : 0)) * NS;
	return true;
}
