/* sealer.c - reading back, comparing, signing. */
#include "work/seal/seal_int.h"

#include <stdlib.h>

#define CHECKPOINT "checkpoint"
#define ALARM "alarm"
#define GATHERED_BYTES (128 * KIB)

/* --- stopping --------------------------------------------------------------------------------- */

/* Nothing is signed any more, not even after a restart: a person must look first. */
static int stop(struct seal *s, int64_t now_s, const char *why, struct err *e)
{
	char at[CLOCK_TEXT_MAX];
	struct arena a;
	int rc;

	snprintf(s->stopped, sizeof(s->stopped), "%s", why);
	s->is_stopped = true;
	arena_init(&a, 16 * KIB);
	rc = vfile_replace(s->d, ALARM,
		arena_fmt(&a, "%s %s\n%s\n", clock_iso(now_s, at), seal_reason_name(s->why),
			s->stopped),
		e);
	arena_done(&a);
	return rc;
}

static int stop_by(struct seal *s, int64_t now_s, const char *doing, struct err *e)
{
	char why[SEAL_REASON_SIZE];

	snprintf(why, sizeof(why), "%s: %s", doing, e->text);
	return stop(s, now_s, why, e);
}

static int load_alarm(struct seal *s, struct err *e)
{
	struct str text, first, at, why = STR("");
	int rc = vfile_load(s->d, ALARM, 4 * KIB, &s->arena, &text, e);

	if (rc == ERR_ABSENT)
		return 0;
	if (rc < 0)
		return rc;
	(void)str_next_line(&text, &first);
	(void)str_split(first, ' ', &at, &why);
	s->why = SEAL_ROOT;
	for (unsigned i = SEAL_ROOT; i <= SEAL_REASON_MAX; i++)
		if (str_is(why, seal_reason_name((enum seal_reason)i)))
			s->why = (enum seal_reason)i;
	snprintf(s->stopped, sizeof(s->stopped), "%.*s", STR_FMT(str_trim(text)));
	s->is_stopped = true;
	return 0;
}

/* --- opening ---------------------------------------------------------------------------------- */

static int load_keys(struct seal *s, struct err *e)
{
	struct err ignored;
	int rc = key_load(s->keys, KEY_IDENTITY, &s->identity, e);

	if (rc < 0)
		return rc;
	s->has_next = key_load(s->keys, KEY_NEXT, &s->next, &ignored) == 0;
	rc = key_load(s->keys, KEY_EPOCH, &s->epoch, e);
	if (rc == ERR_INPUT && s->has_next) {
		/* a torn overwrite: it began only after the log held the next key */
		s->epoch = s->next;
		rc = key_overwrite(s->keys, KEY_EPOCH, &s->epoch, e);
	}
	if (rc == 0 && s->has_next && s->next.number <= s->epoch.number) {
		rc = key_erase(s->keys, KEY_NEXT, e);
		s->has_next = false;
	}
	return rc == 0 ? key_note(&s->identity, NOTE_ED25519, s->origin, &s->identity_key, e) : rc;
}

static int take_note(struct seal *s, struct str bytes, struct err *e)
{
	struct checkpoint c;
	struct note n;
	int rc = note_parse(bytes, &s->arena, &n, e);

	if (rc == 0)
		rc = checkpoint_parse(n.text, &c, e);
	if (rc == 0 &&
		(!str_eq(c.origin, s->origin) || note_verify(&n, &s->identity_key, NULL, e) != 1))
		rc = err_set(e, ERR_INPUT, "the newest checkpoint is not signed by this log");
	if (rc < 0)
		return rc;
	s->head = c.head;
	buf_clear(&s->note);
	buf_add(&s->note, bytes);
	return 0;
}

/* The newest checkpoint, which a power cut may have left in the history alone. */
static int load_note(struct seal *s, struct err *e)
{
	char name[HISTORY_NAME_SIZE];
	struct history_row *rows = NULL;
	struct str bytes;
	size_t count = 0;
	int rc = history_list(s->d, &s->arena, &rows, &count, e);

	if (rc == 0 && count > 0)
		s->tree_epoch = rows[count - 1].epoch;
	if (rc == 0)
		rc = vfile_load(s->d, CHECKPOINT, NOTE_BYTES_MAX, &s->arena, &bytes, e);
	if (rc == 0)
		rc = take_note(s, bytes, e);
	else if (rc == ERR_ABSENT)
		rc = 0;
	if (rc < 0 || count == 0 || rows[count - 1].size <= s->head.size)
		return rc;
	rc = vfile_load(
		s->d, history_name(rows[count - 1], name), NOTE_BYTES_MAX, &s->arena, &bytes, e);
	if (rc == 0)
		rc = take_note(s, bytes, e);
	return rc == 0 ? vfile_replace(s->d, CHECKPOINT, bytes, e) : rc;
}

/* The tree up to the newest checkpoint, its last incomplete group from the entries again. */
static int load_tree(struct seal *s, struct err *e)
{
	struct merkle_head head;
	int rc = tree_write(s->d, s->head.size - s->head.size % TREE_GROUP, &s->tree, e);

	if (rc == ERR_ABSENT) /* the entries may all be there still */
		rc = seal_remake_tree(s, e);
	if (rc == 0)
		rc = seal_read(s, s->head.size, e);
	if (rc < 0 || s->head.size == 0)
		return rc;
	tree_head(s->tree, &head);
	if (!merkle_equal(&head.root, &s->head.root))
		return err_set(e, ERR_INPUT,
			"the entries on the disk are not those of the checkpoint of %llu leaves",
			(unsigned long long)s->head.size);
	return 0;
}

static int load(struct seal *s, int64_t now_s, struct err *e)
{
	int rc = vfile_load(s->d, "origin", KIB, &s->arena, &s->origin, e);

	if (rc < 0)
		return rc;
	s->origin = str_trim(s->origin);
	rc = load_keys(s, e);
	if (rc == 0)
		rc = load_alarm(s, e);
	if (rc == 0)
		rc = load_note(s, e);
	if (rc < 0 || s->is_stopped)
		return rc;
	rc = load_tree(s, e);
	s->why = SEAL_BACK;
	if (rc == ERR_INPUT || rc == ERR_ABSENT)
		return stop_by(s, now_s, "what was signed is not on the disk", e);
	return rc;
}

int seal_open(struct vfile_disk *d, struct vfile_disk *keys, int64_t now_s, struct seal **ret,
	struct err *e)
{
	struct seal *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		abort();
	s->d = d;
	s->keys = keys;
	arena_init(&s->arena, SEAL_MEMORY_BYTES);
	buf_init(&s->note, NOTE_BYTES_MAX);
	s->sha256 = sha256_new();
	rc = load(s, now_s, e);
	if (rc < 0) {
		seal_close(s);
		return rc;
	}
	*ret = s;
	return 0;
}

struct seal *seal_close(struct seal *s)
{
	if (!s)
		return NULL;
	wal_reader_close(s->reader);
	tree_close(s->tree);
	sha256_end(s->sha256, NULL);
	buf_done(&s->note);
	arena_done(&s->arena);
	wipe(s, sizeof(*s));
	free(s);
	return NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* A key of an epoch, leaf AT: the present one already, or the next one that we made. */
static int take_key(struct seal *s, uint64_t at, struct str raw, struct err *e)
{
	struct note_key current, next;
	struct epoch_notice n;
	struct buf b;
	bool is_next;
	int rc = epoch_parse(raw, &n, e);

	if (rc == 0)
		rc = key_note(&s->epoch, NOTE_OWN, s->origin, &current, e);
	if (rc == 0)
		rc = key_note(s->has_next ? &s->next : &s->epoch, NOTE_OWN, s->origin, &next, e);
	if (rc < 0)
		return rc;
	buf_init(&b, 4 * KIB);
	note_key_text(&next, &b);
	is_next = n.number == (s->has_next ? s->next.number : s->epoch.number) &&
		str_eq(n.key, buf_str(&b));
	buf_done(&b);
	if (!is_next || (s->has_next && !epoch_is_signed(s->origin, &n, &current)))
		return err_set(e, ERR_INPUT,
			"leaf %llu gives a key of an epoch that was not made here",
			(unsigned long long)at);
	s->is_next_due = s->has_next;
	s->tree_epoch = n.number;
	return 0;
}

/* Entries that were read and are not in the tree yet. */
struct gathered {
	struct str entries[TREE_GROUP];
	struct merkle_hash hashes[TREE_GROUP];
	size_t count, len;
	char bytes[GATHERED_BYTES];
};

static int gather_end(struct seal *s, struct gathered *g, struct err *e)
{
	size_t count = g->count;

	merkle_leaves(g->entries, count, g->hashes);
	g->count = g->len = 0;
	return tree_add_all(s->tree, g->hashes, count, e);
}

static int gather(struct seal *s, struct gathered *g, struct str entry, struct err *e)
{
	bool is_full = g->count == TREE_GROUP || entry.len > sizeof(g->bytes) - g->len;
	int rc = is_full ? gather_end(s, g, e) : 0;

	if (rc < 0)
		return rc;
	memcpy(g->bytes + g->len, entry.ptr, entry.len);
	g->entries[g->count++] = (struct str){ g->bytes + g->len, entry.len };
	g->len += entry.len;
	return 0;
}

/* Entry AT of those that are to be signed. */
static int take_entry(struct seal *s, uint64_t at, uint64_t size, struct gathered *g, struct err *e)
{
	struct leaf leaf;
	struct str entry;
	int rc = wal_read(s->reader, size, &entry, e);

	if (rc == 0)
		return err_set(
			e, ERR_INPUT, "entry %llu is not on the disk", (unsigned long long)at);
	if (rc == 1)
		rc = leaf_parse(entry, &leaf, e);
	if (rc == 0 && at == 0 && leaf.kind != LEAF_LINK)
		rc = err_set(e, ERR_INPUT, "the log does not begin with its link");
	if (rc == 0 && leaf.kind == LEAF_KEY && at >= s->head.size)
		rc = take_key(s, at, leaf.raw, e);
	return rc < 0 ? rc : gather(s, g, entry, e);
}

int seal_read(struct seal *s, uint64_t size, struct err *e)
{
	uint64_t at = tree_size(s->tree);
	struct gathered *g;
	struct err ignored;
	int rc = 0;

	if (at >= size)
		return 0;
	if (!s->reader)
		rc = wal_reader_open(s->d, at, &s->reader, e);
	g = malloc(sizeof(*g));
	if (!g)
		abort();
	g->count = g->len = 0;
	for (; rc == 0 && at < size; at++)
		rc = take_entry(s, at, size, g, e);
	/* the reader is past what was gathered, whatever came then */
	if (rc == 0)
		rc = gather_end(s, g, e);
	else
		(void)!gather_end(s, g, &ignored);
	free(g);
	return rc;
}

/* --- comparing -------------------------------------------------------------------------------- */

/* Checkpoints that others hold: nothing smaller is signed, nothing that does not begin with
 * them. */
static int meet_anchors(struct seal *s, uint64_t size, struct arena *a, struct err *e)
{
	struct seal_anchor *anchors = NULL;
	struct merkle_head head;
	size_t count = 0;
	int rc = anchors_load(s, a, &anchors, &count, e);

	s->why = SEAL_WITNESS;
	if (rc == 0)
		rc = anchors_meet(s, anchors, count, e);
	for (uint64_t from = s->head.size; rc == 0;) {
		struct seal_anchor *next = NULL;

		for (size_t i = 0; i < count; i++)
			if (anchors[i].head.size > from &&
				(!next || anchors[i].head.size < next->head.size))
				next = &anchors[i];
		if (!next)
			return 0;
		from = next->head.size;
		if (from > size)
			return err_set(e, ERR_CONFLICT,
				"\"%s\" holds a checkpoint of %llu leaves, here are only %llu: an "
				"older state of the disk came back",
				next->name, (unsigned long long)from, (unsigned long long)size);
		rc = seal_read(s, from, e);
		if (rc < 0)
			return rc;
		tree_head(s->tree, &head);
		if (!merkle_equal(&head.root, &next->head.root))
			return err_set(e, ERR_CONFLICT,
				"\"%s\" holds another checkpoint of %llu leaves: this log was "
				"written twice",
				next->name, (unsigned long long)from);
	}
	return rc;
}

static int compare(struct seal *s, const struct merkle_head *head, struct err *e)
{
	struct merkle_head mine;
	struct arena a;
	int rc;

	s->why = SEAL_BACK;
	if (head->size < tree_size(s->tree) || head->size < s->head.size)
		return err_set(e, ERR_CONFLICT,
			"the writer names %llu leaves, %llu were signed already",
			(unsigned long long)head->size, (unsigned long long)s->head.size);
	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = meet_anchors(s, head->size, &a, e);
	arena_done(&a);
	if (rc < 0)
		return rc;
	s->why = SEAL_SHORT;
	rc = seal_read(s, head->size, e);
	if (rc < 0)
		return rc;
	tree_head(s->tree, &mine);
	s->why = SEAL_ROOT;
	if (!merkle_equal(&mine.root, &head->root))
		return err_set(e, ERR_CONFLICT,
			"the %llu entries on the disk have another root than the writer names",
			(unsigned long long)head->size);
	return 0;
}

/* --- signing ---------------------------------------------------------------------------------- */

/* The key of the hour before is no more, anywhere, before the new one signs. */
static int install_next(struct seal *s, struct err *e)
{
	int rc = key_overwrite(s->keys, KEY_EPOCH, &s->next, e);

	if (rc == 0)
		rc = key_erase(s->keys, KEY_NEXT, e);
	if (rc < 0)
		return rc;
	s->epoch = s->next;
	wipe(&s->next, sizeof(s->next));
	s->has_next = s->is_handed = s->is_next_due = false;
	return history_thin(s->d, e);
}

static int write_note(
	struct seal *s, const struct merkle_head *head, struct buf *ret, struct err *e)
{
	struct checkpoint c = { .origin = s->origin, .head = *head, .extensions = STR("") };
	struct note_key epoch;
	struct buf text;
	int rc = key_note(&s->epoch, NOTE_OWN, s->origin, &epoch, e);

	if (rc < 0)
		return rc;
	buf_init(&text, 4 * KIB);
	checkpoint_write(&c, &text);
	rc = note_begin(ret, buf_str(&text), e);
	if (rc == 0) {
		note_sign(ret, buf_str(&text), &s->identity_key, s->identity.seed, 0);
		note_sign(ret, buf_str(&text), &epoch, s->epoch.seed, 0);
	}
	buf_done(&text);
	return rc;
}

static int sign(struct seal *s, const struct merkle_head *head, struct err *e)
{
	char name[HISTORY_NAME_SIZE];
	struct buf note;
	int rc = tree_sync(s->tree, e);

	if (rc == 0)
		rc = tree_check(s->tree, e);
	if (rc == 0 && s->is_next_due)
		rc = install_next(s, e);
	if (rc < 0)
		return rc;
	if (s->epoch.number != s->tree_epoch)
		return err_set(
			e, ERR_CONFLICT, "the key at hand is not that of this part of the log");
	buf_init(&note, NOTE_BYTES_MAX);
	rc = write_note(s, head, &note, e);
	if (rc == 0)
		rc = vfile_replace(s->d,
			history_name((struct history_row){ s->epoch.number, head->size }, name),
			buf_str(&note), e);
	if (rc == 0)
		rc = vfile_replace(s->d, CHECKPOINT, buf_str(&note), e);
	if (rc == 0) {
		s->head = *head;
		buf_clear(&s->note);
		buf_add(&s->note, buf_str(&note));
	}
	buf_done(&note);
	return rc;
}

static void answer(struct seal *s, struct seal_answer *ret)
{
	*ret = (struct seal_answer){
		.is_sealed = !s->is_stopped, .size = s->head.size, .why = s->is_stopped ? s->why : 0
	};
	sha256(buf_str(&s->note), ret->note);
	snprintf(ret->reason, sizeof(ret->reason), "%s", s->stopped);
}

int seal_check(struct seal *s, const struct merkle_head *head, int64_t now_s,
	struct seal_answer *ret, struct err *e)
{
	int rc = s->is_stopped ? 0 : compare(s, head, e);

	if (rc == ERR_CONFLICT || rc == ERR_INPUT || rc == ERR_ABSENT)
		rc = stop_by(s, now_s, "not signed", e);
	if (rc == 0 && !s->is_stopped && head->size > s->head.size)
		rc = sign(s, head, e);
	if (rc < 0)
		return rc;
	s->is_met = true;
	answer(s, ret);
	return 0;
}

int seal_next_key(struct seal *s, int64_t now_s, struct buf *ret_leaf, struct err *e)
{
	int64_t age_s = now_s - s->epoch.made_at_s;
	struct str key;
	int rc;

	if (s->is_stopped || s->is_handed || !s->is_met || s->head.size == 0 ||
		(age_s >= 0 && age_s < SEAL_EPOCH_S))
		return 0;
	if (!s->has_next) {
		key_make(&s->next, s->epoch.number + 1, now_s);
		rc = key_store(s->keys, KEY_NEXT, &s->next, e);
		if (rc < 0)
			return rc;
		s->has_next = true;
	}
	rc = key_text(&s->next, NOTE_OWN, s->origin, &s->arena, &key, e);
	if (rc < 0)
		return rc;
	epoch_write(s->origin, s->next.number, key, s->epoch.seed, ret_leaf);
	s->is_handed = true;
	return 0;
}

uint64_t seal_size(const struct seal *s)
{
	return s->head.size;
}

struct str seal_note(const struct seal *s)
{
	return (struct str){ s->note.ptr ? s->note.ptr : "", s->note.len };
}
