/* policy.c - C2SP tlog-policy. */
#include "kit/merkle/policy.h"

#include "kit/merkle/note_int.h"

#define BLANKS " \t"

struct reader {
	struct arena *a;
	struct policy *p;
	bool has_quorum;
	const char *why;
};

static int find_node(const struct policy *p, struct str name)
{
	for (size_t i = 0; i < p->node_count; i++)
		if (str_eq(p->nodes[i].name, name))
			return (int)i;
	return -1;
}

static bool refuse(struct reader *r, const char *why)
{
	r->why = why;
	return false;
}

/* A key, or one of a kind that is not known here: then RET_IS_KNOWN is false. */
static bool take_key(struct reader *r, struct str text, struct note_key *ret, bool *ret_is_known)
{
	struct err e;
	int rc = note_key_parse(text, r->a, ret, &e);

	*ret_is_known = rc == 0;
	return rc == 0 || rc == ERR_ABSENT || refuse(r, "the key is none");
}

static bool same_key(const struct note_key *a, const struct note_key *b)
{
	return memcmp(a->public_key, b->public_key, ED25519_PUBLIC_SIZE) == 0;
}

static bool take_log(struct reader *r, struct str rest)
{
	struct policy *p = r->p;
	struct note_key key;
	struct str text, url;
	bool is_known;

	if (!str_next_word(&rest, BLANKS, &text))
		return refuse(r, "a log needs its key");
	(void)str_next_word(&rest, BLANKS, &url);
	if (str_trim(rest).len > 0)
		return refuse(r, "too many words");
	if (!take_key(r, text, &key, &is_known))
		return false;
	if (!is_known)
		return true;
	if (key.type == NOTE_COSIGNATURE)
		return refuse(r, "the key is that of a witness");
	for (size_t i = 0; i < p->log_count; i++)
		if (same_key(&p->logs[i], &key))
			return refuse(r, "the key stands there twice");
	if (p->log_count == POLICY_LOGS_MAX)
		return refuse(r, "too many logs");
	p->logs[p->log_count++] = key;
	return true;
}

static bool add_node(struct reader *r, const struct policy_node *node)
{
	if (str_is(node->name, "none") || find_node(r->p, node->name) >= 0)
		return refuse(r, "the name is taken");
	if (r->p->node_count == POLICY_NODES_MAX)
		return refuse(r, "too many witnesses and groups");
	r->p->nodes[r->p->node_count++] = *node;
	return true;
}

static bool take_witness(struct reader *r, struct str rest)
{
	struct policy_node node = { .url = STR("") };
	struct str key;

	if (!str_next_word(&rest, BLANKS, &node.name) || !str_next_word(&rest, BLANKS, &key))
		return refuse(r, "a witness needs a name and a key");
	(void)str_next_word(&rest, BLANKS, &node.url);
	if (str_trim(rest).len > 0)
		return refuse(r, "too many words");
	if (!take_key(r, key, &node.key, &node.has_key))
		return false;
	if (node.has_key && node.key.type != NOTE_COSIGNATURE)
		return refuse(r, "the key is not that of a witness");
	for (size_t i = 0; node.has_key && i < r->p->node_count; i++)
		if (r->p->nodes[i].has_key && same_key(&r->p->nodes[i].key, &node.key))
			return refuse(r, "the key stands there twice");
	return add_node(r, &node);
}

static bool take_group(struct reader *r, struct str rest)
{
	struct policy_node node = { .is_group = true, .url = STR("") };
	struct str needed, name;
	uint64_t k = 0;

	if (!str_next_word(&rest, BLANKS, &node.name) || !str_next_word(&rest, BLANKS, &needed))
		return refuse(r, "a group needs a name and a number");
	node.members = arena_array(r->a, unsigned char, POLICY_NODES_MAX);
	while (str_next_word(&rest, BLANKS, &name)) {
		int i = find_node(r->p, name);

		if (i < 0)
			return refuse(r, "a member is not defined before");
		if (r->p->nodes[i].is_member)
			return refuse(r, "a member is in a group already");
		r->p->nodes[i].is_member = true;
		node.members[node.member_count++] = (unsigned char)i;
	}
	if (str_is(needed, "any"))
		k = 1;
	else if (str_is(needed, "all"))
		k = node.member_count;
	else if (!line_number(needed, &k))
		return refuse(r, "the number is none");
	if (k < 1 || k > node.member_count)
		return refuse(r, "the number is not between 1 and that of the members");
	node.needed = (unsigned)k;
	return add_node(r, &node);
}

static bool take_quorum(struct reader *r, struct str rest)
{
	struct str name;

	if (r->has_quorum || !str_next_word(&rest, BLANKS, &name) || str_trim(rest).len > 0)
		return refuse(r, "there is one quorum, of one name");
	r->has_quorum = true;
	r->p->quorum = find_node(r->p, name);
	return r->p->quorum >= 0 || str_is(name, "none") ||
		refuse(r, "the quorum is not defined before");
}

static bool take_line(struct reader *r, struct str line)
{
	static const struct {
		const char *word;
		bool (*take)(struct reader *r, struct str rest);
	} rows[] = { { "log", take_log }, { "witness", take_witness }, { "group", take_group },
		{ "quorum", take_quorum } };
	struct str word;

	for (size_t i = 0; i < line.len; i++)
		if (((unsigned char)line.ptr[i] < ' ' && line.ptr[i] != '\t') ||
			line.ptr[i] == 0x7f)
			return refuse(r, "a control character");
	if (!str_next_word(&line, BLANKS, &word) || word.ptr[0] == '#')
		return true;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (str_is(word, rows[i].word))
			return rows[i].take(r, line);
	return refuse(r, "no word of a policy");
}

int policy_parse(struct str bytes, struct arena *a, struct policy *ret, struct err *e)
{
	struct policy p = { .quorum = -1 };
	struct reader r = { .a = a, .p = &p };
	struct str rest, line;
	unsigned number = 0;

	if (bytes.len > POLICY_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "the policy is too long");
	p.logs = arena_array(a, struct note_key, POLICY_LOGS_MAX);
	p.nodes = arena_array(a, struct policy_node, POLICY_NODES_MAX);
	rest = arena_str(a, bytes);
	while (rest.len > 0) {
		number++;
		if (!line_next(&rest, &line))
			return err_set(e, ERR_INPUT, "policy, line %u: it does not end", number);
		if (!take_line(&r, line))
			return err_set(e, ERR_INPUT, "policy, line %u: %s", number, r.why);
	}
	if (!r.has_quorum)
		return err_set(e, ERR_INPUT, "the policy has no quorum");
	*ret = p;
	return 0;
}

int policy_check(const struct policy *p, const struct note *n, bool *ret_is_met, size_t *ret_count,
	struct err *e)
{
	bool is_met[POLICY_NODES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < p->node_count; i++) {
		const struct policy_node *node = &p->nodes[i];
		unsigned met = 0;
		int rc = node->has_key ? note_verify(n, &node->key, NULL, e) : 0;

		if (rc < 0)
			return rc;
		for (size_t m = 0; m < node->member_count; m++)
			met += is_met[node->members[m]];
		is_met[i] = node->is_group ? met >= node->needed : rc == 1;
		count += !node->is_group && rc == 1;
	}
	*ret_is_met = p->quorum < 0 || is_met[p->quorum];
	if (ret_count)
		*ret_count = count;
	return 0;
}
