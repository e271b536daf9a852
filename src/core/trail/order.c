/* order.c - orders to a log that runs, as files and as leaves. */
#include "core/trail/order.h"

#include <stdio.h>

#include "kit/text/text.h"

#define HEAD "khien order 1"
#define DONE ".done"
#define PATH_SIZE (ORDER_NAME_SIZE + 24)

static const char *const words[] = { "asked", "sealed", "done" };

static const char *path_of(const char *name, bool is_done, char *ret)
{
	snprintf(ret, PATH_SIZE, ORDER_FOLDER "/%s%s", name, is_done ? DONE : "");
	return ret;
}

/* What is done has another name, so that nobody looks at it each second. */
static int forget_asked(struct vfile_disk *log, const char *name, struct err *e)
{
	char path[PATH_SIZE];
	int rc = vfile_unlink(log, path_of(name, false, path), e);

	return rc == ERR_ABSENT ? 0 : rc < 0 ? rc : vfile_sync_dir(log, ORDER_FOLDER, e);
}

static void put_line(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_add_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
}

int order_save(struct vfile_disk *log, const char *name, const struct order *o, struct err *e)
{
	char path[PATH_SIZE];
	struct buf out;
	int rc;

	buf_init(&out, ORDER_BYTES_MAX);
	buf_fmt(&out, HEAD "\n%s %lld %llu ", words[o->is], (long long)o->at_s,
		(unsigned long long)o->until);
	put_line(&out, o->why);
	buf_add_char(&out, '\n');
	buf_add(&out, o->leaf);
	buf_add_char(&out, '\n');
	rc = buf_is_full(&out) ?
		err_set(e, ERR_LIMIT, "the order \"%s\" is too long", name) :
		vfile_replace(log, path_of(name, o->is == ORDER_DONE, path), buf_str(&out), e);
	buf_done(&out);
	if (rc == 0 && o->is == ORDER_DONE)
		rc = forget_asked(log, name, e);
	return rc;
}

static bool parse(struct str text, struct order *ret)
{
	struct order o = { 0 };
	struct str line, word, at, until;
	size_t i = 0;

	if (!str_next_line(&text, &line) || !str_is(line, HEAD) || !str_next_line(&text, &line) ||
		!str_split(line, ' ', &word, &line) || !str_split(line, ' ', &at, &line) ||
		!str_split(line, ' ', &until, &line) || !str_to_i64(at, &o.at_s) ||
		!str_to_u64(until, 10, &o.until) || line.len > ORDER_WHY_MAX ||
		!str_next_line(&text, &o.leaf) || o.leaf.len == 0 || text.len > 0)
		return false;
	while (i < COUNT(words) && !str_is(word, words[i]))
		i++;
	if (i == COUNT(words))
		return false;
	o.is = (enum order_state)i;
	snprintf(o.why, sizeof(o.why), "%.*s", STR_FMT(line));
	*ret = o;
	return true;
}

int order_load(
	struct vfile_disk *log, const char *name, struct arena *a, struct order *ret, struct err *e)
{
	char path[PATH_SIZE];
	struct str text;
	int rc = vfile_load(log, path_of(name, false, path), ORDER_BYTES_MAX, a, &text, e);

	if (rc == ERR_ABSENT)
		rc = vfile_load(log, path_of(name, true, path), ORDER_BYTES_MAX, a, &text, e);
	if (rc == 0 && !parse(text, ret))
		rc = err_set(e, ERR_INPUT, "\"%s\" is no order", path);
	return rc;
}

int order_list(struct vfile_disk *log, struct arena *a, struct vfile_names *ret, struct err *e)
{
	struct vfile_names all;
	int rc = vfile_list(log, ORDER_FOLDER, a, &all, e);

	if (rc < 0 && rc != ERR_ABSENT)
		return rc;
	*ret = (struct vfile_names){ 0 };
	if (rc == ERR_ABSENT)
		return 0;
	ret->at = all.at;
	for (size_t i = 0; i < all.len; i++)
		if (!all.at[i].is_folder && strlen(all.at[i].name) < ORDER_NAME_SIZE &&
			!str_ends(str_of(all.at[i].name), DONE) &&
			!str_ends(str_of(all.at[i].name), ".tmp"))
			ret->at[ret->len++] = all.at[i];
	return 0;
}

bool redaction_is_said(struct str text)
{
	text = str_trim(text);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ')
			return false;
	return text.len > 0 && text.len <= REDACTION_TEXT_MAX && str_is_utf8(text);
}

static void end_line(struct buf *b)
{
	while (b->len && b->ptr[b->len - 1] == '\n')
		b->ptr[--b->len] = '\0';
}

void redaction_leaf(const struct redaction *r, struct buf *ret)
{
	struct json j;

	json_init(&j, ret, false);
	json_object(&j);
	json_put(&j, "event", STR("redact"));
	json_put(&j, "line", str_of(r->line));
	json_put(&j, "decision", str_trim(r->decision));
	json_put(&j, "by", str_trim(r->by));
	if (str_trim(r->reason).len)
		json_put(&j, "reason", str_trim(r->reason));
	json_object_end(&j);
	end_line(ret);
}

void leaving_leaf(const struct leaving *l, struct buf *ret)
{
	struct json j;

	json_init(&j, ret, false);
	json_object(&j);
	json_put(&j, "event", STR("leave"));
	json_put(&j, "shard", str_of(l->shard));
	json_put(&j, "month", str_of(l->month));
	json_put_i64(&j, "first", (int64_t)l->first);
	json_put_i64(&j, "end", (int64_t)l->end);
	json_put_i64(&j, "copies", l->copies);
	json_object_end(&j);
	end_line(ret);
}
