/* senders.c - the list of senders with what people said of them, and their lines of today. */
#include "face/web/senders.h"

#include <stdlib.h>

#include "kit/syslog/syslog.h"
#include "kit/vfile/vfile.h"

/* The setting of a sender; it goes by its own name, so that it stays when the list begins anew. */
static const char *setting_name(struct view *v, const struct sender *is)
{
	return arena_fmt(v->a, "log.sender.%s.%s", sender_kind_name(is->kind), is->name).ptr;
}

/* "600 Máy chủ web" */
static int load_words(struct view *v, struct sender_row *r, struct err *e)
{
	struct str text = STR_NONE, number;
	int rc = org_setting(v->web->store, setting_name(v, r->is), v->a, &text, e);

	r->name = STR("");
	r->silence_s = r->is->silence_s;
	if (rc < 0 || !text.ptr || !str_split(text, ' ', &number, &text))
		return rc;
	if (str_to_i64(number, &r->silence_s)) {
		r->name = text;
		r->has_own = true;
	}
	return 0;
}

int sender_keep(struct view *v, const struct sender *is, struct str name, int64_t silence_s,
	struct err *e)
{
	return org_set(v->web->store, setting_name(v, is),
		arena_fmt(v->a, "%lld %.*s", (long long)silence_s, STR_FMT(name)), e);
}

struct str sender_shown(struct view *v, const struct sender_row *r)
{
	return text_clean(v->a, r->name.len ? r->name : str_of(r->is->name), SENDER_NAME_MAX);
}

/* --- today ------------------------------------------------------------------------------------ */

static int count_line(void *context, const struct find_line *line)
{
	struct senders *s = context;
	const struct leaf *leaf = line->leaf;
	struct syslog_line said;
	struct sender_today *today;

	if (leaf->kind != LEAF_LINE || leaf->source == 0 || leaf->source > s->count)
		return 0;
	today = &s->rows[leaf->source - 1].today;
	if (today->lines++ > 0 || leaf->transport >= LEAF_FILE)
		return 0; /* the newest one tells the clock; old files tell nothing of it */
	syslog_parse(leaf->raw, leaf->received_ns / LOG_NS, &said);
	today->has_offset = said.has_time;
	if (said.has_time)
		today->offset_s = (leaf->received_ns - said.time_ns) / LOG_NS;
	return 0;
}

static int load_today(struct view *v, struct find *f, int64_t budget_us, struct senders *s,
	struct err *e)
{
	const struct query_options how = { .now_s = v->by.now_s };
	struct parse_fault fault;
	struct find_answer answer = { 0 };
	struct find_ask ask = {
		.until_us = clock_monotonic_us() + budget_us, .hit = count_line, .context = s
	};
	int rc;

	if (query_parse(STR("from:today"), &how, v->a, &fault, &ask.query) < 0)
		return err_set(e, ERR_INPUT, "no question for today");
	rc = find_newest(f, &ask, &answer, e);
	s->is_today_all = rc == 0 && answer.is_whole;
	query_free(ask.query);
	return rc;
}

int senders_load(struct view *v, int64_t budget_us, struct senders *ret, struct err *e)
{
	struct vfile_disk *log = NULL;
	struct find *f = log_of(v);
	int rc = v->web->log_folder ? vfile_disk_open(v->web->log_folder, &log, e) : ERR_ABSENT;

	*ret = (struct senders){ .is_today_all = true };
	if (rc == 0)
		rc = sender_load(log, &ret->list, e);
	vfile_disk_close(log);
	if (rc < 0)
		return rc == ERR_ABSENT ? 0 : rc;
	ret->count = ret->list.len;
	ret->dropped = ret->list.others_dropped;
	ret->rows = arena_array(v->a, struct sender_row, ret->count + 1);
	for (size_t i = 0; rc == 0 && i < ret->count; i++) {
		struct sender_row *r = &ret->rows[i];

		*r = (struct sender_row){ .is = &ret->list.at[i] };
		ret->dropped += r->is->dropped;
		rc = load_words(v, r, e);
	}
	if (rc == 0 && f && budget_us)
		rc = load_today(v, f, budget_us, ret, e);
	if (rc < 0)
		senders_done(ret);
	return rc;
}

void senders_done(struct senders *s)
{
	sender_list_done(&s->list);
}
