#include "core/trail/taking.h"

#define HEAD "khien intake 1"

static const char *const words[] = { "well", "full", "failed" };

static void put_line(struct buf *out, const char *why)
{
	for (; *why; why++)
		buf_add_char(out, (unsigned char)*why < ' ' ? ' ' : *why);
}

int taking_save(
	struct vfile_disk *d, const char *path, const struct taking_state *state, struct err *e)
{
	struct vfile f;
	struct buf out;
	int rc;

	buf_init(&out, TAKING_BYTES);
	buf_fmt(&out, HEAD "\n%s %lld ", words[state->is], (long long)state->since_s);
	put_line(&out, state->why);
	buf_add_char(&out, '\n');
	while (out.len < TAKING_BYTES - 1)
		buf_add_char(&out, ' ');
	buf_add_char(&out, '\n');
	rc = vfile_open(d, path, VFILE_WRITE, &f, e);
	if (rc == ERR_ABSENT)
		rc = vfile_open(d, path, VFILE_CREATE, &f, e);
	if (rc == 0) {
		rc = vfile_write_at(&f, 0, buf_str(&out), e);
		vfile_close(&f);
	}
	buf_done(&out);
	return rc;
}

bool taking_parse(struct str text, struct taking_state *ret)
{
	struct taking_state s = { 0 };
	struct str line, word, since;
	size_t i = 0;

	if (!str_next_line(&text, &line) || !str_is(line, HEAD) || !str_next_line(&text, &line) ||
		!str_split(line, ' ', &word, &line) || !str_split(line, ' ', &since, &line) ||
		!str_to_i64(since, &s.since_s) || line.len > TAKING_WHY_MAX)
		return false;
	while (i < COUNT(words) && !str_is(word, words[i]))
		i++;
	if (i == COUNT(words))
		return false;
	s.is = (enum taking)i;
	snprintf(s.why, sizeof(s.why), "%.*s", STR_FMT(line));
	*ret = s;
	return true;
}

int taking_load(struct vfile_disk *d, const char *path, struct taking_state *ret, struct err *e)
{
	struct arena a;
	struct str text;
	int rc;

	arena_init(&a, 4 * TAKING_BYTES);
	rc = vfile_load(d, path, TAKING_BYTES, &a, &text, e);
	if (rc == 0 && !taking_parse(text, ret))
		rc = err_set(e, ERR_INPUT, "\"%s\" is not what is told there", path);
	arena_done(&a);
	return rc;
}

int taking_tell(
	struct vfile_disk *d, const char *path, enum taking is, const char *why, struct err *e)
{
	struct taking_state state = { .is = is, .since_s = clock_now_s() }, now;

	snprintf(state.why, sizeof(state.why), "%s", why);
	if (taking_load(d, path, &now, e) == 0 && now.is == is) {
		if (strcmp(now.why, state.why) == 0)
			return 0;
		state.since_s = now.since_s;
	}
	return taking_save(d, path, &state, e);
}
