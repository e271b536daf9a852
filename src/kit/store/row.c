/* row.c - what SQL here knows besides: the hash of a row, and who is at work. Triggers use them, so
 * that a change and what is noted of it are one transaction. */
#include "kit/store/store.h"

#include <stdlib.h>

#include "kit/crypto/crypto.h"
#include "kit/store/store_int.h"

static void put_u64(unsigned char *to, uint64_t value)
{
	for (size_t i = 8; i-- > 0; value >>= 8)
		to[i] = (unsigned char)value;
}

/* A value as bytes of one spelling: kind, length, content. */
static void add_value(struct sha256 *s, sqlite3_value *v)
{
	unsigned char head[9] = { 'N' }, number[8];
	int type = sqlite3_value_type(v);
	struct str content = STR("");
	double real;
	uint64_t bits;

	if (type == SQLITE_INTEGER) {
		head[0] = 'I';
		put_u64(number, (uint64_t)sqlite3_value_int64(v));
		content = (struct str){ (char *)number, sizeof(number) };
	} else if (type == SQLITE_FLOAT) {
		head[0] = 'R';
		real = sqlite3_value_double(v);
		memcpy(&bits, &real, sizeof(bits));
		put_u64(number, bits);
		content = (struct str){ (char *)number, sizeof(number) };
	} else if (type != SQLITE_NULL) {
		head[0] = type == SQLITE_TEXT ? 'T' : 'B';
		content.ptr = sqlite3_value_blob(v);
		content.len = (size_t)sqlite3_value_bytes(v);
	}
	put_u64(head + 1, content.len);
	sha256_add(s, (struct str){ (char *)head, sizeof(head) });
	if (content.len > 0)
		sha256_add(s, content);
}

static void row_hash(sqlite3_context *c, int count, sqlite3_value **values)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	struct sha256 *s = sha256_new();

	for (int i = 0; i < count; i++)
		add_value(s, values[i]);
	sha256_end(s, digest);
	sqlite3_result_text(c, hex_of(digest, sizeof(digest), hex), -1, SQLITE_TRANSIENT);
}

static void row_now(sqlite3_context *c, int count, sqlite3_value **values)
{
	sqlite3_result_int64(c, clock_now_s());
}

static void row_login(sqlite3_context *c, int count, sqlite3_value **values)
{
	const struct store *s = sqlite3_user_data(c);

	sqlite3_result_text(c, s->login, -1, SQLITE_TRANSIENT);
}

static void row_peer(sqlite3_context *c, int count, sqlite3_value **values)
{
	const struct store *s = sqlite3_user_data(c);

	sqlite3_result_text(c, s->peer, -1, SQLITE_TRANSIENT);
}

int store_add_functions(struct store *s, struct err *e)
{
	static const struct {
		const char *name;
		int arguments;
		void (*call)(sqlite3_context *c, int count, sqlite3_value **values);
	} rows[] = { { "row_hash", -1, row_hash }, { "row_now", 0, row_now },
		{ "row_login", 0, row_login }, { "row_peer", 0, row_peer } };

	for (size_t i = 0; i < COUNT(rows); i++)
		if (sqlite3_create_function_v2(s->db, rows[i].name, rows[i].arguments,
			    SQLITE_UTF8 | SQLITE_INNOCUOUS, s, rows[i].call, NULL, NULL,
			    NULL) != SQLITE_OK)
			return store_failed(s, e, "database");
	return 0;
}

void store_actor(struct store *s, struct str login, const char *peer)
{
	snprintf(s->login, sizeof(s->login), "%.*s", STR_FMT(login));
	snprintf(s->peer, sizeof(s->peer), "%s", peer ? peer : "");
}
