/* notes.c - the checkpoints of a shard and those kept outside: their form and their signatures. */
#include "work/verify/verify_int.h"

#include <stdlib.h>

#define STAMP_SLACK_S 300 /* as far as two clocks may be apart */

/* --- whose log it is -------------------------------------------------------------------------- */

static const struct note_key *own_key(const struct walk *w, struct str origin, enum note_type type)
{
	for (size_t i = 0; i < w->job->key_count; i++)
		if (w->job->keys[i].type == type && str_eq(w->job->keys[i].name, origin))
			return &w->job->keys[i];
	return NULL;
}

/* The identity key that the log itself names; the link leaf will be held against it. */
static int named_key(struct walk *w, struct note_key *ret, struct err *e)
{
	struct str text, line;
	int rc = vfile_load(w->d, "keys/public.txt", 16 * KIB, w->a, &text, e);

	if (rc == 0 && !str_next_line(&text, &line))
		rc = err_set(e, ERR_INPUT, "\"keys/public.txt\" is empty");
	return rc == 0 ? note_key_parse(line, w->a, ret, e) : rc;
}

int origin_load(struct walk *w, struct err *e)
{
	const struct note_key *key;
	struct str origin;
	struct err why;
	int rc = vfile_load(w->d, "origin", KIB, w->a, &origin, e);

	if (rc < 0)
		return rc;
	origin = str_trim(origin);
	snprintf(w->r->origin, sizeof(w->r->origin), "%.*s", STR_FMT(origin));
	key = own_key(w, origin, NOTE_ED25519);
	if (key) {
		w->r->identity = *key;
		return 0;
	}
	/* a shard of a later year: the link is vouched for by the key of the year before */
	if (named_key(w, &w->r->identity, &why) < 0 || !str_eq(w->r->identity.name, origin)) {
		found(w, VERIFY_ORIGIN, 0, 0, "keys/public.txt");
		return err_set(e, ERR_ABSENT, "no key of this log is known");
	}
	w->r->is_self_signed = w->job->key_count == 0;
	return 0;
}

/* --- notes ------------------------------------------------------------------------------------ */

static bool has_double_line(const struct note *n)
{
	for (size_t i = 0; i < n->count; i++)
		for (size_t k = i + 1; k < n->count; k++)
			if (n->signatures[i].key_id == n->signatures[k].key_id &&
				str_eq(n->signatures[i].name, n->signatures[k].name))
				return true;
	return false;
}

static bool is_empty_right(const struct merkle_head *head)
{
	struct merkle_hash empty;

	merkle_empty(&empty);
	return head->size > 0 || merkle_equal(&head->root, &empty);
}

static void judge_quorum(struct walk *w, const struct note *n, uint64_t size, const char *name)
{
	bool is_met;
	struct err e;

	if (!w->job->policy || w->job->policy->quorum < 0)
		return;
	if (policy_check(w->job->policy, n, &is_met, NULL, &e) < 0)
		found(w, VERIFY_SIGNATURE, 0, 0, name);
	else if (is_met && size > w->r->quorum_size)
		w->r->quorum_size = size;
}

/* 1 kept, 0 of another log, <0 told. */
static int take_note(
	struct walk *w, struct str bytes, struct str name, bool is_anchor, struct verify_note *ret)
{
	struct note *n = arena_new(w->a, struct note);
	const char *about = arena_cstr(w->a, name);
	struct checkpoint c;
	struct err e;
	int rc;

	if (note_parse(bytes, w->a, n, &e) < 0 || checkpoint_parse(n->text, &c, &e) < 0 ||
		c.extensions.len > 0 || has_double_line(n) || !is_empty_right(&c.head)) {
		found(w, VERIFY_NOTE, 0, 0, about);
		return ERR_INPUT;
	}
	if (!str_is(c.origin, w->r->origin)) {
		if (!is_anchor)
			found(w, VERIFY_NOTE, 0, 0, about);
		return is_anchor ? 0 : ERR_INPUT;
	}
	rc = note_verify(n, &w->r->identity, NULL, &e);
	if (rc != 1) {
		found(w, VERIFY_SIGNATURE, 0, 0, about);
		return ERR_CRYPTO;
	}
	judge_quorum(w, n, c.head.size, about);
	*ret = (struct verify_note){
		.head = c.head, .bytes = bytes, .name = str_of(about), .is_anchor = is_anchor
	};
	return 1;
}

static int by_size(const void *a, const void *b)
{
	const struct verify_note *x = a, *y = b;

	if (x->head.size != y->head.size)
		return x->head.size > y->head.size ? 1 : -1;
	return x->is_anchor - y->is_anchor;
}

struct note_list {
	VEC(struct verify_note) notes;
};

static int load_one(struct walk *w, const char *path, struct note_list *list, struct err *e)
{
	struct verify_note n;
	struct str bytes;
	int rc = vfile_load(w->d, path, NOTE_BYTES_MAX, w->a, &bytes, e);

	if (rc == ERR_LIMIT) {
		found(w, VERIFY_NOTE, 0, 0, path);
		return 0;
	}
	if (rc < 0)
		return rc;
	if (take_note(w, bytes, str_of(path), false, &n) == 1)
		vec_push(w->a, &list->notes, n);
	return 0;
}

static int load_folder(struct walk *w, const char *folder, struct note_list *list, struct err *e)
{
	char path[VFILE_NAME_SIZE];
	struct vfile_names names;
	int rc = vfile_list(w->d, folder, w->a, &names, e);

	if (rc == ERR_ABSENT)
		return 0;
	for (size_t i = 0; rc == 0 && i < names.len; i++) {
		if (names.at[i].is_folder || str_ends(str_of(names.at[i].name), ".tmp"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, names.at[i].name);
		rc = load_one(w, path, list, e);
	}
	return rc;
}

/* One that a time-stamp authority saw is known outside: it counts as an anchor. */
static int load_stamp(
	struct walk *w, const char *reply_path, struct note_list *list, struct err *e)
{
	size_t len = strlen(reply_path) - strlen(".tsr");
	const char *note_path = arena_fmt(w->a, "%.*s.note", (int)len, reply_path).ptr;
	struct verify_note n;
	struct stamp stamp;
	struct str reply, bytes;
	struct err why;
	int rc = vfile_load(w->d, reply_path, STAMP_REPLY_MAX, w->a, &reply, e);

	if (rc == 0)
		rc = vfile_load(w->d, note_path, NOTE_BYTES_MAX, w->a, &bytes, e);
	if (rc == ERR_SYSTEM)
		return rc;
	if (rc < 0 ||
		stamp_check(reply, bytes, STR(""), w->job->stamp_ca, &stamp, &why) < 0) {
		found(w, VERIFY_STAMP, 0, 0, reply_path);
		return 0;
	}
	if (take_note(w, bytes, str_of(note_path), false, &n) != 1)
		return 0;
	n.is_anchor = true;
	n.stamped_s = stamp.at_s;
	vec_push(w->a, &list->notes, n);
	w->r->stamps++;
	if (n.head.size > w->r->stamped_size) {
		w->r->stamped_size = n.head.size;
		w->r->stamped_s = stamp.at_s;
	}
	return 0;
}

static int load_stamps(struct walk *w, struct note_list *list, struct err *e)
{
	struct vfile_names names;
	int rc;

	if (w->job->stamp_ca.len == 0)
		return 0;
	rc = vfile_list(w->d, "stamps", w->a, &names, e);
	if (rc == ERR_ABSENT)
		return 0;
	for (size_t i = 0; rc == 0 && i < names.len; i++)
		if (!names.at[i].is_folder && str_ends(str_of(names.at[i].name), ".tsr"))
			rc = load_stamp(w,
				arena_fmt(w->a, "stamps/%s", names.at[i].name).ptr, list, e);
	return rc;
}

static void load_anchors(struct walk *w, struct note_list *list)
{
	struct verify_note n;

	for (size_t i = 0; i < w->job->anchor_count; i++)
		if (take_note(w, w->job->anchors[i].note, w->job->anchors[i].name, true, &n) == 1)
			vec_push(w->a, &list->notes, n);
}

int notes_load(struct walk *w, struct err *e)
{
	struct note_list list = { 0 };
	int rc = load_one(w, "checkpoint", &list, e);

	if (rc == ERR_ABSENT)
		rc = 0;
	if (rc == 0)
		rc = load_folder(w, "checkpoints", &list, e);
	if (rc == 0)
		rc = load_folder(w, "cosigned", &list, e);
	if (rc < 0)
		return rc;
	w->r->checkpoints = list.notes.len;
	if (list.notes.len == 0)
		found(w, VERIFY_UNSIGNED, 0, 0, "checkpoint");
	for (size_t i = 0; i < list.notes.len; i++)
		if (list.notes.at[i].head.size > w->r->signed_size)
			w->r->signed_size = list.notes.at[i].head.size;
	load_anchors(w, &list);
	rc = load_stamps(w, &list, e);
	if (rc < 0)
		return rc;
	if (list.notes.len > 0)
		qsort(list.notes.at, list.notes.len, sizeof(*list.notes.at), by_size);
	w->notes = list.notes.at;
	w->note_count = list.notes.len;
	if (w->job->policy && w->job->policy->quorum >= 0 && w->r->quorum_size == 0)
		found(w, VERIFY_QUORUM, 0, 0, "");
	return 0;
}

/* The key of the hour must have signed it: an older one was gone by then, a newer one did not yet
 * exist. */
void note_judge(struct walk *w, const struct verify_note *v)
{
	struct note n;
	struct arena a;
	struct err e;

	/* lines that came after the stamp cannot be under it */
	if (v->stamped_s && w->last_ns / 1000000000 > v->stamped_s + STAMP_SLACK_S)
		found(w, VERIFY_STAMP, v->head.size - 1, v->head.size, v->name.ptr);
	if (!w->is_epoch_known)
		return;
	arena_init(&a, 2 * NOTE_BYTES_MAX);
	if (note_parse(v->bytes, &a, &n, &e) == 0) {
		if (note_verify(&n, &w->epoch, NULL, &e) == 1)
			w->epoch_checks++;
		else
			found(w, VERIFY_EPOCH_ORDER, v->head.size ? v->head.size - 1 : 0,
				v->head.size, arena_cstr(&a, v->name));
	}
	arena_done(&a);
}

/* --- keys of the verifier's side -------------------------------------------------------------- */

static int take_policy(struct str text, struct arena *a, struct verify_job *ret, struct err *e)
{
	struct policy *policy = arena_new(a, struct policy);
	int rc = policy_parse(text, a, policy, e);

	if (rc < 0)
		return rc;
	ret->keys = policy->logs;
	ret->key_count = policy->log_count;
	ret->policy = policy;
	return 0;
}

int verify_keys(struct str text, struct arena *a, struct verify_job *ret, struct err *e)
{
	VEC(struct note_key) keys = { 0 };
	struct str rest = text, line;
	struct note_key key;
	unsigned number = 0;

	while (str_next_line(&rest, &line)) {
		struct str word, words = line;
		int rc;

		number++;
		if (!str_next_word(&words, " \t", &word) || word.ptr[0] == '#')
			continue;
		if (str_is(word, "log") || str_is(word, "witness") || str_is(word, "group") ||
			str_is(word, "quorum"))
			return take_policy(text, a, ret, e);
		rc = note_key_parse(arena_str(a, word), a, &key, e);
		if (rc == ERR_INPUT || rc == ERR_CRYPTO)
			return err_context(e, "line %u of the keys", number);
		if (rc == 0)
			vec_push(a, &keys, key);
	}
	if (keys.len == 0)
		return err_set(e, ERR_INPUT, "the file holds no key");
	ret->keys = keys.at;
	ret->key_count = keys.len;
	return 0;
}
