/* Kinds of keys that sshd_config names by patterns. Declared in resolve/sshd.h. */
#include "work/hostaudit/resolve/sshd.h"

/* In the order in which sshd writes them. */
static const char *const names[] = { "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com",
	"sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com", "ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp521",
	"ecdsa-sha2-nistp521-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
	"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
	"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "ssh-dss", "ssh-dss-cert-v01@openssh.com",
	"ssh-rsa", "ssh-rsa-cert-v01@openssh.com", "rsa-sha2-256",
	"rsa-sha2-256-cert-v01@openssh.com", "rsa-sha2-512", "rsa-sha2-512-cert-v01@openssh.com" };

static bool takes_patterns(struct str keyword)
{
	static const char *const words[] = { "hostkeyalgorithms", "pubkeyacceptedalgorithms",
		"hostbasedacceptedalgorithms", "casignaturealgorithms", NULL };

	return word_among(keyword, words);
}

static void add_name(struct buf *out, size_t start, struct str name)
{
	struct str known = str_from(buf_str(out), start), word;

	while (str_next_word(&known, ",", &word))
		if (str_eq(word, name))
			return;
	if (buf_str(out).len > start)
		buf_add_char(out, ',');
	buf_add(out, name);
}

struct str sshd_names(struct arena *a, struct str keyword, struct str value)
{
	struct str rest = value, pattern, ret;
	struct buf out;
	size_t start;

	/* what is taken away ("-ssh-*") is no list of what is left */
	if (!takes_patterns(keyword) || str_starts(value, "-") ||
		!(str_has(value, '*') || str_has(value, '?')))
		return value;
	buf_init(&out, LIMIT_HOST_LINE_BYTES);
	start = str_starts(value, "+") || str_starts(value, "^");
	buf_add(&out, str_until(value, start));
	rest = str_from(rest, start);
	while (str_next_word(&rest, ",", &pattern))
		for (size_t i = 0; i < COUNT(names); i++)
			if (str_glob(pattern, str_of(names[i])))
				add_name(&out, start, str_of(names[i]));
	ret = arena_str(a, buf_str(&out));
	buf_done(&out);
	return ret;
}
