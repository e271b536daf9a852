/* note.c - C2SP signed-note and the Ed25519 form of tlog-cosignature. */
#include "kit/merkle/note_int.h"

#define DASH "\xe2\x80\x94 " /* U+2014, blank */
#define ID_SIZE 4
#define TIME_SIZE 8

bool line_next(struct str *rest, struct str *ret)
{
	return str_split(*rest, '\n', ret, rest);
}

bool line_number(struct str line, uint64_t *ret)
{
	return (line.len == 1 || !str_starts(line, "0")) && str_to_u64(line, 10, ret);
}

bool line_bytes(struct str line, void *ret, size_t size)
{
	struct arena a;
	struct str bytes;
	struct err e;
	bool is_right = false;

	if (line.len != (size + 2) / 3 * 4)
		return false;
	arena_init(&a, 2 * line.len);
	if (base64_to(line, &a, &bytes, &e) == 0 && bytes.len == size) {
		memcpy(ret, bytes.ptr, size);
		is_right = true;
	}
	arena_done(&a);
	return is_right;
}

void line_add_base64(struct buf *out, struct str bytes)
{
	struct arena a;

	arena_init(&a, 2 * bytes.len + 64);
	buf_add(out, base64_of(bytes, &a));
	arena_done(&a);
}

static uint64_t read_number(struct str bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.len; i++)
		value = value << 8 | (unsigned char)bytes.ptr[i];
	return value;
}

static void write_number(char *to, size_t size, uint64_t value)
{
	while (size-- > 0) {
		to[size] = (char)value;
		value >>= 8;
	}
}

/* Non-empty UTF-8 without plus, control characters or any character Unicode calls a space. */
static bool is_name(struct str s)
{
	static const char *const spaces[] = { "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80",
		"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80" };

	if (s.len == 0 || !str_is_utf8(s) || str_has(s, '+'))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ')
			return false;
	for (size_t i = 0; i < COUNT(spaces); i++)
		if (str_find(s, str_of(spaces[i])) >= 0)
			return false;
	for (size_t i = 0; i + 2 < s.len; i++) /* U+2000 to U+200A */
		if (memcmp(s.ptr + i, "\xe2\x80", 2) == 0 && (unsigned char)s.ptr[i + 2] <= 0x8a)
			return false;
	return true;
}

/* What stands behind the name in the key id and in the text form. */
static void add_material(struct buf *out, const struct note_key *key)
{
	buf_add_char(out, (char)key->type);
	buf_add(out, key->label);
	buf_add(out, (struct str){ (const char *)key->public_key, ED25519_PUBLIC_SIZE });
}

static uint32_t key_id(const struct note_key *key)
{
	unsigned char digest[SHA256_SIZE];
	struct buf b;

	buf_init(&b, NOTE_BYTES_MAX);
	buf_add(&b, key->name);
	buf_add_char(&b, '\n');
	add_material(&b, key);
	sha256(buf_str(&b), digest);
	buf_done(&b);
	return (uint32_t)read_number((struct str){ (const char *)digest, ID_SIZE });
}

int note_key_make(struct note_key *ret, enum note_type type, struct str name, struct str label,
	const unsigned char *public_key, struct err *e)
{
	struct note_key key = { .type = type, .name = name, .label = label };

	if (!is_name(name))
		return err_set(e, ERR_INPUT, "\"%.*s\" cannot name a key", STR_FMT(name));
	if ((type == NOTE_OWN) != (label.len > 0) || name.len + label.len > KIB)
		return err_set(e, ERR_INPUT, "the key \"%.*s\" has no right label", STR_FMT(name));
	memcpy(key.public_key, public_key, ED25519_PUBLIC_SIZE);
	key.id = key_id(&key);
	*ret = key;
	return 0;
}

int note_key_parse(struct str vkey, struct arena *a, struct note_key *ret, struct err *e)
{
	struct str name, id, material, rest, label;
	struct note_key key;
	unsigned type;
	char hex[9];
	int rc;

	if (!str_split(vkey, '+', &name, &rest) || !str_split(rest, '+', &id, &material) ||
		vkey.len > 8 * KIB)
		return err_set(e, ERR_INPUT, "a key is written name+id+key");
	rc = base64_to(material, a, &material, e);
	if (rc != 0)
		return rc;
	type = material.len > 0 ? (unsigned char)material.ptr[0] : 0;
	if (type != NOTE_ED25519 && type != NOTE_COSIGNATURE && type != NOTE_OWN)
		return err_set(e, ERR_ABSENT, "keys of type %u are not known here", type);
	if (material.len < 1 + ED25519_PUBLIC_SIZE)
		return err_set(e, ERR_INPUT, "the key \"%.*s\" is cut off", STR_FMT(name));
	label = str_until(str_from(material, 1), material.len - 1 - ED25519_PUBLIC_SIZE);
	rc = note_key_make(&key, (enum note_type)type, name, label,
		(const unsigned char *)material.ptr + 1 + label.len, e);
	if (rc != 0)
		return rc;
	snprintf(hex, sizeof(hex), "%08x", (unsigned)key.id);
	if (!str_is(id, hex))
		return err_set(e, ERR_INPUT, "the key \"%.*s\" has another id", STR_FMT(name));
	*ret = key;
	return 0;
}

void note_key_text(const struct note_key *key, struct buf *out)
{
	struct buf material;

	buf_init(&material, 2 * KIB);
	add_material(&material, key);
	buf_add(out, key->name);
	buf_fmt(out, "+%08x+", (unsigned)key->id);
	line_add_base64(out, buf_str(&material));
	buf_done(&material);
}

static bool is_note_text(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' && text.ptr[i] != '\n')
			return false;
	return str_ends(text, "\n") && text.len <= NOTE_BYTES_MAX && str_is_utf8(text);
}

/* The text ends where the last empty line stands. */
static bool split_text(struct str bytes, struct str *ret_text, struct str *ret_rest)
{
	for (size_t i = bytes.len; i-- > 1;)
		if (bytes.ptr[i] == '\n' && bytes.ptr[i - 1] == '\n') {
			*ret_text = str_until(bytes, i);
			*ret_rest = str_from(bytes, i + 1);
			return true;
		}
	return false;
}

static bool parse_signature(struct str line, struct arena *a, struct note_signature *ret)
{
	struct str base64, bytes;
	struct err e;

	if (!str_starts(line, DASH) ||
		!str_split(str_from(line, strlen(DASH)), ' ', &ret->name, &base64) ||
		!is_name(ret->name) || base64_to(base64, a, &bytes, &e) != 0 ||
		bytes.len <= ID_SIZE)
		return false;
	ret->key_id = (uint32_t)read_number(str_until(bytes, ID_SIZE));
	ret->bytes = str_from(bytes, ID_SIZE);
	return true;
}

int note_parse(struct str bytes, struct arena *a, struct note *ret, struct err *e)
{
	struct str rest, line;

	ret->count = 0;
	if (bytes.len > NOTE_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "a note of %zu bytes is too long", bytes.len);
	if (!is_note_text(bytes) || !split_text(bytes, &ret->text, &rest) || rest.len == 0)
		return err_set(e, ERR_INPUT, "this is no signed note");
	while (rest.len > 0) {
		if (ret->count == NOTE_SIGNATURES_MAX)
			return err_set(
				e, ERR_LIMIT, "more than %d signatures", NOTE_SIGNATURES_MAX);
		if (!line_next(&rest, &line) ||
			!parse_signature(line, a, &ret->signatures[ret->count]))
			return err_set(
				e, ERR_INPUT, "line %zu of the signatures is none", ret->count + 1);
		ret->count++;
	}
	return 0;
}

/* What a key of this type really signs. */
static void add_message(struct buf *out, enum note_type type, uint64_t at_s, struct str text)
{
	if (type == NOTE_COSIGNATURE)
		buf_fmt(out, "cosignature/v1\ntime %llu\n", (unsigned long long)at_s);
	buf_add(out, text);
}

static bool is_signed(const struct note *n, const struct note_key *key,
	const struct note_signature *signature, uint64_t *ret_at_s)
{
	struct str bytes = signature->bytes;
	uint64_t at_s = 0;
	struct buf message;
	bool is_right;

	if (key->type == NOTE_COSIGNATURE) {
		at_s = read_number(str_until(bytes, TIME_SIZE));
		if (bytes.len < TIME_SIZE || at_s > INT64_MAX)
			return false;
		bytes = str_from(bytes, TIME_SIZE);
	}
	buf_init(&message, NOTE_BYTES_MAX + KIB);
	add_message(&message, key->type, at_s, n->text);
	is_right = ed25519_verify(key->public_key, buf_str(&message), bytes);
	buf_done(&message);
	*ret_at_s = at_s;
	return is_right;
}

int note_verify(const struct note *n, const struct note_key *key, uint64_t *ret_at_s, struct err *e)
{
	uint64_t at_s = 0, latest = 0;
	bool is_found = false;

	for (size_t i = 0; i < n->count; i++) {
		const struct note_signature *s = &n->signatures[i];

		if (s->key_id != key->id || !str_eq(s->name, key->name))
			continue;
		if (!is_signed(n, key, s, &at_s))
			return err_set(e, ERR_CRYPTO, "the signature of \"%.*s\" is false",
				STR_FMT(key->name));
		is_found = true;
		if (at_s > latest)
			latest = at_s;
	}
	if (is_found && ret_at_s)
		*ret_at_s = latest;
	return is_found;
}

int note_begin(struct buf *out, struct str text, struct err *e)
{
	if (!is_note_text(text))
		return err_set(e, ERR_INPUT, "this text cannot be signed");
	buf_add(out, text);
	buf_add_char(out, '\n');
	return 0;
}

void note_sign(struct buf *out, struct str text, const struct note_key *key,
	const unsigned char *seed, uint64_t at_s)
{
	char bytes[ID_SIZE + TIME_SIZE + ED25519_SIGNATURE_SIZE];
	size_t len = ID_SIZE;
	struct buf message;

	assert(at_s <= INT64_MAX);
	write_number(bytes, ID_SIZE, key->id);
	if (key->type == NOTE_COSIGNATURE) {
		write_number(bytes + len, TIME_SIZE, at_s);
		len += TIME_SIZE;
	}
	buf_init(&message, NOTE_BYTES_MAX + KIB);
	add_message(&message, key->type, at_s, text);
	ed25519_sign(seed, buf_str(&message), (unsigned char *)bytes + len);
	buf_done(&message);
	buf_add(out, STR(DASH));
	buf_add(out, key->name);
	buf_add_char(out, ' ');
	line_add_base64(out, (struct str){ bytes, len + ED25519_SIGNATURE_SIZE });
	buf_add_char(out, '\n');
}
