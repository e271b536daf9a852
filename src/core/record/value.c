/* value.c - what people type, in one spelling: a row of takers[] for each type. */
#include "core/record/record_int.h"

#include <arpa/inet.h>

#define TEXT_MAX 500
#define LONG_TEXT_MAX 20000
#define ID_MAX 100
#define SECRET_LIKE_MIN 40 /* so many letters and digits without a mark between look like a key */

struct taking {
	const struct register_field *f;
	struct date today;
	struct arena *a;
};

typedef const char *taker(const struct taking *t, struct str typed, struct str *ret);

size_t record_characters(struct str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
	return count;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* S without the bytes of MARKS, in lower case when so asked. */
static struct str without(struct arena *a, struct str s, const char *marks, bool is_lower)
{
	char *out = arena_alloc(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (strchr(marks, c) && c)
			continue;
		out[n++] = is_lower && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	return (struct str){ out, n };
}

/* --- texts ------------------------------------------------------------------------------------ */

static bool is_plain(struct str s, bool has_lines)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c == 0x7F || (c < ' ' && !(has_lines && (c == '\n' || c == '\t'))))
			return false;
	}
	return str_is_utf8(s);
}

static const char *bounded(const struct taking *t, struct str s, size_t fallback)
{
	size_t count = record_characters(s);

	if (t->f->has_min && count < (size_t)(t->f->min > 0 ? t->f->min : 0))
		return T("quá ngắn, ít nhất {a} ký tự");
	if (count > (t->f->has_max && t->f->max > 0 ? (size_t)t->f->max : fallback))
		return T("quá dài, nhiều nhất {a} ký tự");
	return NULL;
}

static const char *take_text(const struct taking *t, struct str typed, struct str *ret)
{
	if (!is_plain(typed, false))
		return T("chỉ một dòng chữ, không có ký tự điều khiển");
	*ret = typed;
	return bounded(t, typed, TEXT_MAX);
}

static const char *take_lines(const struct taking *t, struct str typed, struct str *ret)
{
	struct str s = without(t->a, typed, "\r", false);

	if (!is_plain(s, true))
		return T("có ký tự điều khiển");
	*ret = s;
	return bounded(t, s, LONG_TEXT_MAX);
}

/* Does it look like a password's or key's material rather than a name of something? */
static bool is_secret_like(const struct taking *t, struct str s)
{
	static const char *const heads[] = { "-----BEGIN", "ssh-rsa", "ssh-ed25519", "AKIA", "ghp_",
		"eyJ", "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$argon2" };
	size_t run = 0, longest = 0;

	for (size_t i = 0; i < COUNT(heads); i++)
		if (str_starts(s, heads[i]))
			return true;
	for (size_t i = 0; i < s.len; i++) {
		run = is_letter(s.ptr[i]) || is_digit(s.ptr[i]) ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest >= SECRET_LIKE_MIN &&
		!(t->f->pattern.ptr && str_is(t->f->pattern, "sha256"));
}

static const char *take_id(const struct taking *t, struct str typed, struct str *ret)
{
	for (size_t i = 0; i < typed.len; i++)
		if (typed.ptr[i] == ' ' || typed.ptr[i] == '\t')
			return T("không được có khoảng trắng");
	if (!is_plain(typed, false))
		return T("có ký tự điều khiển");
	if (is_secret_like(t, typed))
		return T(
			"giống một khóa hay mật khẩu; sổ không giữ điều bí mật, chỉ ghi tên hoặc số hiệu");
	*ret = typed;
	return bounded(t, typed, ID_MAX);
}

/* --- numbers and days ------------------------------------------------------------------------- */

/* "1.250.000" or "1 250 000": marks only before groups of three. */
static bool number(struct arena *a, struct str s, int64_t *ret)
{
	size_t since = 0;
	bool has_mark = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '.' || s.ptr[i] == ' ') {
			if (i == 0 || (has_mark && since != 3) || since > 3)
				return false;
			has_mark = true;
			since = 0;
		} else if (is_digit(s.ptr[i])) {
			since++;
		}
	}
	return (!has_mark || since == 3) && str_to_i64(without(a, s, ". ", false), ret);
}

static const char *take_number(const struct taking *t, struct str typed, struct str *ret)
{
	int64_t n;

	if (!number(t->a, typed, &n))
		return T("phải là một số nguyên");
	if (t->f->has_min && n < t->f->min)
		return T("quá nhỏ, ít nhất {a}");
	if (t->f->has_max && n > t->f->max)
		return T("quá lớn, nhiều nhất {a}");
	*ret = arena_fmt(t->a, "%lld", (long long)n);
	return NULL;
}

static const char *take_percent(const struct taking *t, struct str typed, struct str *ret)
{
	const char *fault = take_number(t, str_trim(without(t->a, typed, "%", false)), ret);
	int64_t n;

	if (!fault && (!str_to_i64(*ret, &n) || n < 0 || n > 100))
		return T("phải từ 0 đến 100");
	return fault;
}

static const char *take_money(const struct taking *t, struct str typed, struct str *ret)
{
	static const char *const units[] = { "dong", "vnd", "d" };
	struct str s = str_trim(text_fold(t->a, typed));

	for (size_t i = 0; i < COUNT(units); i++) {
		if (str_ends(s, units[i])) {
			s = str_trim(str_until(s, s.len - strlen(units[i])));
			break;
		}
	}
	return take_number(t, s, ret);
}

bool record_date_take(struct str typed, struct date *ret)
{
	struct str part[3], rest = typed;
	int64_t n[3];
	char iso[48];

	if (date_parse(typed, ret))
		return true;
	for (int i = 0; i < 3; i++)
		if (!str_next_word(&rest, "/-. ", &part[i]) || part[i].len > (i == 2 ? 4u : 2u) ||
			!str_to_i64(part[i], &n[i]) || n[i] < 1)
			return false;
	if (str_trim(rest).len || part[2].len != 4)
		return false;
	snprintf(iso, sizeof(iso), "%04d-%02d-%02d", (int)n[2], (int)n[1], (int)n[0]);
	return date_parse(str_of(iso), ret);
}

/* "3/25/2026": no day of ours, but one where the month comes first. */
static bool is_month_first(struct str typed)
{
	struct str month, day, year, rest = typed;
	char turned[32];
	struct date d;

	if (!str_next_word(&rest, "/-. ", &month) || !str_next_word(&rest, "/-. ", &day) ||
		!str_next_word(&rest, "/-. ", &year) || str_trim(rest).len)
		return false;
	if (month.len > 2 || day.len > 2 || year.len != 4)
		return false;
	snprintf(turned, sizeof(turned), "%.*s/%.*s/%.*s", STR_FMT(day), STR_FMT(month),
		STR_FMT(year));
	return record_date_take(str_of(turned), &d);
}

static const char *take_date(const struct taking *t, struct str typed, struct str *ret)
{
	char text[CLOCK_TEXT_MAX];
	struct date d;

	if (!record_date_take(typed, &d) && is_month_first(typed))
		return T("phải viết ngày trước tháng: ngày/tháng/năm, ví dụ 25/03/2026");
	if (!record_date_take(typed, &d))
		return T("phải là một ngày có thật, ví dụ 31/12/2026");
	if (t->f->is_past && date_to_days(d) > date_to_days(t->today))
		return T("không được sau hôm nay");
	*ret = arena_str(t->a, str_of(date_iso(d, text)));
	return NULL;
}

static const char *take_yes_no(const struct taking *t, struct str typed, struct str *ret)
{
	static const char *const yes[] = { "yes", "co", "x", "1", "true", "on", "dung" };
	static const char *const no[] = { "no", "khong", "0", "false", "off", "sai" };
	struct str s = text_fold(t->a, typed);

	for (size_t i = 0; i < COUNT(yes); i++)
		if (str_is(s, yes[i])) {
			*ret = STR("yes");
			return NULL;
		}
	for (size_t i = 0; i < COUNT(no); i++)
		if (str_is(s, no[i])) {
			*ret = STR("no");
			return NULL;
		}
	return T("phải là có hoặc không");
}

static const char *take_choice(const struct taking *t, struct str typed, struct str *ret)
{
	struct str s = text_fold(t->a, typed);

	for (size_t i = 0; i < t->f->choice_count; i++) {
		const struct register_choice *c = &t->f->choices[i];

		if (!str_eq(c->id, typed) && !str_eq(text_fold(t->a, c->words.vi), s) &&
			!str_eq(text_fold(t->a, c->words.en), s))
			continue;
		*ret = c->id;
		return NULL;
	}
	return T("không phải một lựa chọn của trường này: {a}");
}

/* The number of something that has one; whether it is there is for check.c. */
static const char *take_number_of(const struct taking *t, struct str typed, struct str *ret)
{
	int64_t n;

	if (!str_to_i64(typed, &n) || n < 1)
		return T("không nhận ra: {a}");
	*ret = arena_fmt(t->a, "%lld", (long long)n);
	return NULL;
}

/* --- addresses -------------------------------------------------------------------------------- */

static const char *take_ip(const struct taking *t, struct str typed, struct str *ret)
{
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN];
	const char *s = arena_cstr(t->a, typed);
	int family = str_has(typed, ':') ? AF_INET6 : AF_INET;

	if (strlen(s) != typed.len || inet_pton(family, s, bytes) != 1 ||
		!inet_ntop(family, bytes, text, sizeof(text)))
		return T("phải là một địa chỉ IP, ví dụ 10.0.8.15");
	*ret = arena_str(t->a, str_of(text));
	return NULL;
}

static const char *take_mac(const struct taking *t, struct str typed, struct str *ret)
{
	struct str s = without(t->a, typed, ":-. ", true);
	uint64_t value;

	if (s.len != 12 || !str_to_u64(s, 16, &value))
		return T("phải là một địa chỉ MAC, ví dụ 3c:52:82:0a:1b:2c");
	*ret = arena_fmt(t->a, "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", s.ptr, s.ptr + 2, s.ptr + 4,
		s.ptr + 6, s.ptr + 8, s.ptr + 10);
	return NULL;
}

static bool is_domain(struct str s)
{
	struct str rest = s, label;
	size_t labels = 0;

	if (s.len > 253 || str_find(s, STR("..")) >= 0 || !str_is_utf8(s))
		return false;
	while (str_next_word(&rest, ".", &label)) {
		labels++;
		if (label.len > 63 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!is_letter(label.ptr[i]) && !is_digit(label.ptr[i]) &&
				label.ptr[i] != '-' && label.ptr[i] != '_' &&
				(unsigned char)label.ptr[i] < 0x80)
				return false;
	}
	return labels >= 2 && s.ptr[0] != '.' && s.ptr[s.len - 1] != '.';
}

static const char *take_domain(const struct taking *t, struct str typed, struct str *ret)
{
	struct str s = without(t->a, typed, "", true);

	if (!is_domain(s))
		return T("phải là một tên miền, ví dụ tayson.binhdinh.gov.vn");
	*ret = s;
	return NULL;
}

static const char *take_email(const struct taking *t, struct str typed, struct str *ret)
{
	struct str local, domain;

	if (!str_split(typed, '@', &local, &domain) || local.len == 0 || local.len > 64 ||
		!is_plain(local, false) || str_has(local, ' ') || str_has(local, ',') ||
		str_has(local, ';') || str_has(local, '<') || !is_domain(domain))
		return T("phải là một địa chỉ thư điện tử, ví dụ ten@tayson.gov.vn");
	*ret = arena_fmt(
		t->a, "%.*s@%.*s", STR_FMT(local), STR_FMT(without(t->a, domain, "", true)));
	return NULL;
}

static const char *take_phone(const struct taking *t, struct str typed, struct str *ret)
{
	struct str s = without(t->a, typed, " .-()", false);
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '+' && i == 0)
			continue;
		if (!is_digit(s.ptr[i]))
			return T("phải là một số điện thoại");
		digits++;
	}
	if (digits < 3 || digits > 15)
		return T("phải là một số điện thoại");
	*ret = s;
	return NULL;
}

static const char *take_nothing(const struct taking *t, struct str typed, struct str *ret)
{
	return T("tệp được gửi kèm riêng, không ghi ở đây");
}

/* --- patterns --------------------------------------------------------------------------------- */

static bool is_of(struct str s, const char *marks)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_letter(s.ptr[i]) && !is_digit(s.ptr[i]) && !strchr(marks, s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool is_paper(struct arena *a, struct str s)
{
	return s.len > 2 && is_digit(s.ptr[0]) && str_has(s, '/') && !str_has(s, ' ');
}

static bool is_serial(struct arena *a, struct str s)
{
	return is_of(s, "-./_");
}

static bool is_version(struct arena *a, struct str s)
{
	return is_of(s, "-.+~_:") && strcspn(arena_cstr(a, s), "0123456789") < s.len;
}

static bool is_port(struct arena *a, struct str s)
{
	struct str numbers = s, protocol, low, high;
	int64_t from, to;

	if (str_split(s, '/', &numbers, &protocol) && !str_is(protocol, "tcp") &&
		!str_is(protocol, "udp"))
		return false;
	low = high = numbers;
	(void)str_split(numbers, '-', &low, &high);
	return str_to_i64(low, &from) && str_to_i64(high, &to) && from >= 1 && to <= 65535 &&
		from <= to;
}

static bool is_ssid(struct arena *a, struct str s)
{
	return s.len >= 1 && s.len <= 32;
}

static bool is_network(struct arena *a, struct str s)
{
	static const struct register_field any = { 0 };
	const struct taking t = { .f = &any, .a = a };
	struct str address, bits, out;
	int64_t n;

	return str_split(s, '/', &address, &bits) && str_to_i64(bits, &n) && n >= 0 &&
		n <= (str_has(address, ':') ? 128 : 32) && !take_ip(&t, address, &out);
}

static bool is_sha256(struct arena *a, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.ptr[i]) && !((s.ptr[i] | 32) >= 'a' && (s.ptr[i] | 32) <= 'f'))
			return false;
	return s.len == 64;
}

static bool is_url(struct arena *a, struct str s)
{
	return (str_starts(s, "http://") || str_starts(s, "https://")) && s.len > 10 &&
		!str_has(s, ' ');
}

static const struct {
	const char *name;
	bool (*is_one)(struct arena *a, struct str s);
	const char *words;
} patterns[] = {
	{ "paper", is_paper, T("phải là số, ký hiệu văn bản, ví dụ 123/QĐ-UBND") },
	{ "serial", is_serial, T("phải là một số sê-ri: chữ, số và các dấu - . / _") },
	{ "version", is_version, T("phải là một số phiên bản, ví dụ 2.4.1") },
	{ "port", is_port, T("phải là một cổng, ví dụ 443 hoặc 8000-8010/udp") },
	{ "ssid", is_ssid, T("tên mạng dài từ 1 đến 32 chữ không dấu; chữ có dấu tính nhiều hơn") },
	{ "network", is_network, T("phải là một dải mạng, ví dụ 10.0.8.0/24") },
	{ "sha256", is_sha256, T("phải là 64 chữ số hệ 16 (0–9, a–f)") },
	{ "url", is_url, T("phải là một địa chỉ web bắt đầu bằng http:// hoặc https://") },
};

static const char *of_pattern(const struct taking *t, struct str s)
{
	for (size_t i = 0; i < COUNT(patterns); i++)
		if (str_is(t->f->pattern, patterns[i].name))
			return patterns[i].is_one(t->a, s) ? NULL : patterns[i].words;
	return NULL;
}

static taker *const takers[REGISTER_TYPE_COUNT] = {
	[REGISTER_TEXT] = take_text,
	[REGISTER_LONG_TEXT] = take_lines,
	[REGISTER_NUMBER] = take_number,
	[REGISTER_PERCENT] = take_percent,
	[REGISTER_MONEY] = take_money,
	[REGISTER_DATE] = take_date,
	[REGISTER_YES_NO] = take_yes_no,
	[REGISTER_CHOICE] = take_choice,
	[REGISTER_CHOICES] = take_choice,
	[REGISTER_PERSON] = take_number_of,
	[REGISTER_UNIT] = take_number_of,
	[REGISTER_HOST] = take_number_of,
	[REGISTER_RECORD] = take_number_of,
	[REGISTER_ID] = take_id,
	[REGISTER_IP] = take_ip,
	[REGISTER_MAC] = take_mac,
	[REGISTER_DOMAIN] = take_domain,
	[REGISTER_EMAIL] = take_email,
	[REGISTER_PHONE] = take_phone,
	[REGISTER_FILE] = take_nothing,
};

const char *record_value_take(const struct register_field *f, struct str typed, struct date today,
	struct arena *a, struct str *ret)
{
	const struct taking t = { f, today, a };
	struct str value = STR("");
	const char *fault = takers[f->type](&t, str_trim(typed), &value);

	if (!fault && f->pattern.ptr)
		fault = of_pattern(&t, value);
	if (!fault)
		*ret = arena_str(a, value);
	return fault;
}
