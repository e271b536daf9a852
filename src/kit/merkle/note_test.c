/* note_test.c - notes, checkpoints, cosignatures and proofs, against what others published. */
#include "kit/merkle/note.h"
#include "test/unit.h"

#define TEXT_OF_GO \
	"If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define ENOCH "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
#define BY_PETER \
	"— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng" \
	"otpRZb6KE6RyyBwJnAM=\n"
#define BY_ENOCH \
	"— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWL" \
	"ox33WWd1RvMc+QQ=\n"

static struct arena arena;
static struct err err;

static int set_up(void **state)
{
	arena_init(&arena, 4 * MIB);
	return 0;
}

static int tear_down(void **state)
{
	arena_done(&arena);
	return 0;
}

static struct note_key key_of(const char *vkey)
{
	struct note_key key;

	assert_int_equal(note_key_parse(str_of(vkey), &arena, &key, &err), 0);
	return key;
}

/* 1, 0 or ERR_*: what becomes of a note read and verified with one key. */
static int open_note(struct str bytes, const char *vkey, uint64_t *ret_at_s)
{
	struct note_key key = key_of(vkey);
	struct note n;
	int rc = note_parse(bytes, &arena, &n, &err);

	return rc != 0 ? rc : note_verify(&n, &key, ret_at_s, &err);
}

/* The example at the end of c2sp.org/signed-note. */
static void the_note_of_the_specification(void **state)
{
	struct str note = STR("This is an example message.\n\n"
			      "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlT"
			      "gK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n");
	const char *vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
	struct note_key key = key_of(vkey);
	char copy[256];
	struct buf b;

	assert_int_equal(open_note(note, vkey, NULL), 1);
	buf_init(&b, KIB);
	note_key_text(&key, &b);
	assert_true(str_is(buf_str(&b), vkey));
	buf_done(&b);
	/* Any other byte of the note and it is no longer hers. */
	for (size_t i = 0; i < note.len; i++) {
		memcpy(copy, note.ptr, note.len);
		copy[i] ^= 1;
		assert_int_not_equal(open_note((struct str){ copy, note.len }, vkey, NULL), 1);
		assert_int_not_equal(open_note(str_until(note, i), vkey, NULL), 1);
	}
}

/* TestOpen and TestSign of golang.org/x/mod, sumdb/note/note_test.go. */
static void the_notes_of_go(void **state)
{
	struct str both = STR(TEXT_OF_GO "\n" BY_PETER BY_ENOCH);
	struct note_key peter = key_of(PETER);
	struct str seed;
	struct buf b;

	assert_int_equal(open_note(both, PETER, NULL), 1);
	assert_int_equal(open_note(both, ENOCH, NULL), 1);
	assert_int_equal(open_note(STR(TEXT_OF_GO "\n" BY_PETER), ENOCH, NULL), 0);
	assert_int_equal(open_note(STR(TEXT_OF_GO "\n" BY_PETER BY_PETER), PETER, NULL), 1);
	assert_int_equal(
		base64_to(STR("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"), &arena, &seed, &err),
		0);
	buf_init(&b, KIB);
	assert_int_equal(note_begin(&b, STR(TEXT_OF_GO), &err), 0);
	note_sign(&b, STR(TEXT_OF_GO), &peter, (const unsigned char *)seed.ptr + 1, 0);
	assert_true(str_is(buf_str(&b), TEXT_OF_GO "\n" BY_PETER));
	buf_done(&b);
}

/* Its bad messages and keys, and more of the kind. */
static void what_is_no_note_is_refused(void **state)
{
	static const char *const bad[] = { TEXT_OF_GO, TEXT_OF_GO "\n", "", "\n", "\n\n",
		"\x01" TEXT_OF_GO "\n" BY_PETER, "\xff" TEXT_OF_GO "\n" BY_PETER,
		"\r" TEXT_OF_GO "\n" BY_PETER, TEXT_OF_GO BY_PETER, "abc\n" BY_PETER,
		TEXT_OF_GO "\n— Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgY=\n",
		TEXT_OF_GO "\n" BY_PETER "Unexpected line.\n", TEXT_OF_GO "\n" BY_PETER "\n",
		TEXT_OF_GO "\n— a+b x08go/ZJ\n", TEXT_OF_GO "\n—  x08go/ZJ\n",
		TEXT_OF_GO "\n— a x08gow==\n", TEXT_OF_GO "\n— a\xc2\xa0z x08go/ZJ\n",
		TEXT_OF_GO "\n— a\xe2\x80\x83z x08go/ZJ\n", TEXT_OF_GO "\n— a x08go/Z\n",
		TEXT_OF_GO "\n— a  x08go/ZJ\n", TEXT_OF_GO "\n— a x08go/ZJ \n",
		TEXT_OF_GO "\n— a\n", TEXT_OF_GO "\n- a x08go/ZJ\n",
		TEXT_OF_GO "\n— a x08go/ZK=\n" };
	static const char *const keys[] = { "", "+", "++", "a+b", "PeterNeumann+c74f20a3+",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
		"PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" };
	struct note_key key;
	struct note n;
	struct buf b;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(note_parse(str_of(bad[i]), &arena, &n, &err), ERR_INPUT);
	for (size_t i = 0; i < COUNT(keys); i++)
		assert_true(note_key_parse(str_of(keys[i]), &arena, &key, &err) < 0);
	for (size_t i = 0; i < strlen(PETER); i++)
		assert_true(note_key_parse((struct str){ PETER, i }, &arena, &key, &err) < 0);
	buf_init(&b, NOTE_BYTES_MAX);
	buf_add(&b, STR(TEXT_OF_GO "\n"));
	for (int i = 0; i < NOTE_SIGNATURES_MAX; i++)
		buf_add(&b, STR(BY_PETER));
	assert_int_equal(open_note(buf_str(&b), PETER, NULL), 1);
	buf_add(&b, STR(BY_PETER));
	assert_int_equal(open_note(buf_str(&b), PETER, NULL), ERR_LIMIT);
	assert_int_equal(note_begin(&b, STR("no line feed"), &err), ERR_INPUT);
	buf_done(&b);
}

/* A true signature beside a false one of the same key: the note is worth nothing. One of a stranger
 * who took the same name or the same id is ignored. */
static void a_false_signature_spoils_the_note(void **state)
{
	struct str spoilt =
		STR(TEXT_OF_GO "\n" BY_PETER "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQ\n");
	struct str stranger =
		STR(TEXT_OF_GO "\n" BY_PETER "— PeterNeumann x08gpPZJkuBS9UG/SffcvIAQ\n"
			       "— Stranger x08go/ZJkuBS9UG/SffcvIAQ\n");

	assert_int_equal(open_note(spoilt, PETER, NULL), ERR_CRYPTO);
	assert_int_equal(open_note(stranger, PETER, NULL), 1);
}

/* c2sp.org/tlog-checkpoint and tlog-cosignature: their example; the keys are not published. */
static void the_checkpoint_of_the_specification(void **state)
{
	struct str bytes =
		STR("example.com/behind-the-sofa\n20852163\n"
		    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
		    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeO"
		    "oRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
		    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI"
		    "5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n");
	struct checkpoint c;
	struct note n;
	struct buf b;

	assert_int_equal(note_parse(bytes, &arena, &n, &err), 0);
	assert_int_equal(n.count, 2);
	assert_int_equal(n.signatures[0].bytes.len, ED25519_SIGNATURE_SIZE);
	assert_int_equal(n.signatures[1].key_id, 0x8d66cf3f);
	assert_int_equal(n.signatures[1].bytes.len, 8 + ED25519_SIGNATURE_SIZE);
	/* 1679315147, the time in the text of tlog-cosignature */
	assert_memory_equal(n.signatures[1].bytes.ptr, "\0\0\0\0\x64\x18\x50\xcb", 8);
	assert_int_equal(checkpoint_parse(n.text, &c, &err), 0);
	assert_true(str_is(c.origin, "example.com/behind-the-sofa"));
	assert_int_equal(c.head.size, 20852163);
	assert_int_equal(c.head.root.bytes[0], 0x0a);
	assert_int_equal(c.extensions.len, 0);
	buf_init(&b, KIB);
	checkpoint_write(&c, &b);
	assert_true(str_eq(buf_str(&b), n.text));
	buf_done(&b);
}

static void a_checkpoint_has_one_spelling(void **state)
{
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
	static const char *const bad[] = { "", "\n", "o\n", "o\n1\n", "o\n1\n" ROOT,
		"\n1\n" ROOT "\n", "o\n01\n" ROOT "\n", "o\n+1\n" ROOT "\n", "o\n-1\n" ROOT "\n",
		"o\n\n" ROOT "\n", "o\n1 \n" ROOT "\n", "o\n0x1\n" ROOT "\n",
		"o\n18446744073709551616\n" ROOT "\n", "o\n4611686018427387905\n" ROOT "\n",
		"o\n1\n\n", "o\n1\n" ROOT "\n\n", "o\n1\n" ROOT "\next\n\next\n",
		"o\n1\n" ROOT "\next", "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
		"o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n", "o\n1\n " ROOT "\n" };
	struct checkpoint c;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(checkpoint_parse(str_of(bad[i]), &c, &err), ERR_INPUT);
	assert_int_equal(checkpoint_parse(STR("o p+q\n0\n" ROOT "\nmột\nhai\n"), &c, &err), 0);
	assert_true(str_is(c.extensions, "một\nhai\n"));
}

#define SIGSUM "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"

/* A log, its key, two signed checkpoints and the proof between them, as a witness meets them:
 * TestRace of github.com/FiloSottile/torchwood, internal/witness/witness_test.go. */
static void a_witness_request_of_others(void **state)
{
	static const unsigned char public_key[ED25519_PUBLIC_SIZE] = { 0xff, 0xdc, 0x2d, 0x4d, 0x98,
		0xe4, 0x12, 0x4d, 0x3f, 0xea, 0xf7, 0x88, 0xc0, 0xc2, 0xf9, 0xab, 0xfd, 0x79, 0x60,
		0x83, 0xd1, 0xf0, 0x49, 0x54, 0x37, 0xf3, 0x02, 0xec, 0x79, 0xcf, 0x10, 0x0f };
	struct str bytes[] = {
		STR("old 0\n\n" SIGSUM
		    "\n1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— " SIGSUM
		    " UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajX"
		    "pNUbIQY=\n"),
		STR("old 1\nKgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
		    "+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=\n"
		    "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n" SIGSUM
		    "\n5\nQrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=\n\n— " SIGSUM
		    " UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWASh"
		    "ei7sDww=\n")
	};
	struct checkpoint c[2];
	struct witness_request w[2];
	struct note_key key;
	struct note n;
	struct buf b;

	assert_int_equal(
		note_key_make(&key, NOTE_ED25519, STR(SIGSUM), STR(""), public_key, &err), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(witness_request_parse(bytes[i], &w[i], &err), 0);
		assert_int_equal(w[i].old_size, i);
		assert_int_equal(note_parse(w[i].note, &arena, &n, &err), 0);
		assert_int_equal(note_verify(&n, &key, NULL, &err), 1);
		assert_int_equal(checkpoint_parse(n.text, &c[i], &err), 0);
		buf_init(&b, 4 * KIB);
		witness_request_write(&w[i], &b);
		assert_true(str_eq(buf_str(&b), bytes[i]));
		buf_done(&b);
	}
	assert_true(merkle_is_extended(&c[0].head, &c[1].head, &w[1].proof));
	assert_false(merkle_is_extended(&c[1].head, &c[0].head, &w[1].proof));
}

/* Made with github.com/transparency-dev/formats (commit 1347979, NewSignerForCosignatureV1) and
 * the key of sumdb/note's tests; Ed25519 signs the same text the same way every time. */
static void the_cosignature_of_go(void **state)
{
	struct str text = STR("test\n123\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n");
	const char *note = "test\n123\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n\n"
			   "— PeterNeumann GLl4CwAAAABrBREJf+D3cPDytWjp2ZWvMkbWaO1wOTiD+SHXFlp2BfZo"
			   "MwBq9Xp/opw281BqoOOKxiC5MHjRK55/UPc0DOXsYSdyBg==\n";
	struct note_key peter = key_of(PETER), key;
	struct str seed;
	uint64_t at_s = 0;
	struct note n;
	struct buf b;

	assert_int_equal(
		note_key_make(&key, NOTE_COSIGNATURE, peter.name, STR(""), peter.public_key, &err),
		0);
	assert_int_equal(key.id, 0x18b9780b);
	assert_int_equal(note_parse(str_of(note), &arena, &n, &err), 0);
	assert_int_equal(note_verify(&n, &key, &at_s, &err), 1);
	assert_int_equal(at_s, 0x6b051109);
	assert_int_equal(note_verify(&n, &peter, &at_s, &err), 0);
	assert_int_equal(
		base64_to(STR("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"), &arena, &seed, &err),
		0);
	buf_init(&b, KIB);
	assert_int_equal(note_begin(&b, text, &err), 0);
	note_sign(&b, text, &key, (const unsigned char *)seed.ptr + 1, at_s);
	assert_true(str_is(buf_str(&b), note));
	buf_done(&b);
	/* A cosigner's key as text: TestCoSigV1NewVerifier of the same project, current sources. */
	key = key_of("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2");
	assert_int_equal(key.type, NOTE_COSIGNATURE);
}

/* Log, epoch key and two witnesses on one checkpoint; each bit of the times and texts counts. */
static void many_sign_one_checkpoint(void **state)
{
	static const struct {
		enum note_type type;
		const char *name, *label;
		uint64_t at_s;
	} rows[] = { { NOTE_ED25519, "xã.gov.vn/khien/nhật-ký/2026", "", 0 },
		{ NOTE_OWN, "xã.gov.vn/khien/nhật-ký/2026/ky", "epoch/v1", 0 },
		{ NOTE_COSIGNATURE, "tỉnh.gov.vn/w1", "", 1790000000 },
		{ NOTE_COSIGNATURE, "tỉnh.gov.vn/w2", "", INT64_MAX } };
	struct checkpoint c = { STR("xã.gov.vn/khien/nhật-ký/2026"), { 184467, { { 7 } } },
		STR("") };
	unsigned char seed[ED25519_SEED_SIZE], public_key[ED25519_PUBLIC_SIZE];
	struct note_key keys[COUNT(rows)], back;
	struct buf text, note, vkey;
	struct str copy;
	struct note n;
	uint64_t at_s;

	buf_init(&text, KIB);
	buf_init(&note, 4 * KIB);
	checkpoint_write(&c, &text);
	assert_int_equal(note_begin(&note, buf_str(&text), &err), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		ed25519_keygen(seed, public_key);
		assert_int_equal(note_key_make(&keys[i], rows[i].type, str_of(rows[i].name),
					 str_of(rows[i].label), public_key, &err),
			0);
		note_sign(&note, buf_str(&text), &keys[i], seed, rows[i].at_s);
	}
	copy = arena_str(&arena, buf_str(&note));
	assert_int_equal(note_parse(copy, &arena, &n, &err), 0);
	assert_int_equal(n.count, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(note_verify(&n, &keys[i], &at_s, &err), 1);
		assert_int_equal(at_s, rows[i].at_s);
		buf_init(&vkey, KIB);
		note_key_text(&keys[i], &vkey);
		back = key_of(buf_cstr(&vkey));
		assert_int_equal(note_verify(&n, &back, NULL, &err), 1);
		buf_done(&vkey);
	}
	((char *)(uintptr_t)n.signatures[2].bytes.ptr)[7] ^= 1; /* another time */
	assert_int_equal(note_verify(&n, &keys[2], NULL, &err), ERR_CRYPTO);
	((char *)(uintptr_t)n.signatures[3].bytes.ptr)[0] ^= (char)0x80; /* beyond 2^63 */
	assert_int_equal(note_verify(&n, &keys[3], NULL, &err), ERR_CRYPTO);
	((char *)(uintptr_t)n.text.ptr)[0] ^= 1;
	assert_int_equal(note_verify(&n, &keys[0], NULL, &err), ERR_CRYPTO);
	assert_int_equal(note_verify(&n, &keys[1], NULL, &err), ERR_CRYPTO);
	buf_done(&text);
	buf_done(&note);
}

/* A time beyond 2^63 - 1 is refused although it is truly signed. */
static void a_cosignature_has_a_possible_time(void **state)
{
	static const char message[] = "cosignature/v1\ntime 9223372036854775808\ntext\n";
	unsigned char seed[ED25519_SEED_SIZE], public_key[ED25519_PUBLIC_SIZE];
	char bytes[8 + ED25519_SIGNATURE_SIZE] = { (char)0x80 };
	struct note n = { .text = STR("text\n"), .count = 1 };
	struct note_key key;

	ed25519_keygen(seed, public_key);
	ed25519_sign(seed, str_of(message), (unsigned char *)bytes + 8);
	assert_int_equal(
		note_key_make(&key, NOTE_COSIGNATURE, STR("w"), STR(""), public_key, &err), 0);
	n.signatures[0] = (struct note_signature){ key.name, key.id, { bytes, sizeof(bytes) } };
	assert_int_equal(note_verify(&n, &key, NULL, &err), ERR_CRYPTO);
}

/* A name that may not be, a label where none belongs or none where one does. */
static void a_key_has_a_right_name(void **state)
{
	static const char *const bad[] = { "", "a b", "a+b", "a\nb", "a\tb", "\xff",
		"a\xe3\x80\x80z" };
	unsigned char public_key[ED25519_PUBLIC_SIZE] = { 0 };
	struct note_key key;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(note_key_make(&key, NOTE_ED25519, str_of(bad[i]), STR(""),
					 public_key, &err),
			ERR_INPUT);
	assert_int_equal(
		note_key_make(&key, NOTE_OWN, STR("a"), STR(""), public_key, &err), ERR_INPUT);
	assert_int_equal(
		note_key_make(&key, NOTE_ED25519, STR("a"), STR("x"), public_key, &err), ERR_INPUT);
}

/* The form of c2sp.org/tlog-proof; the wrong ones after TestUnmarshalErrors of
 * github.com/transparency-dev/formats, proof/tlog_proof_test.go. */
static void a_proof_in_a_file(void **state)
{
#define FIRST "c2sp.org/tlog-proof@v1\n"
	static const char *const right[] = { FIRST "index 0\n\ncheckpoint\n",
		FIRST "extra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 10\n" ROOT "\n\ncheckpoint data\n",
		FIRST "index 5\n" ROOT "\n" ROOT "\n\ntest checkpoint\n" };
	static const char *const wrong[] = { "", "wrong-header\nindex 0\n\ncheckpoint\n", FIRST,
		FIRST "extra\n", FIRST "extra !!notbase64!!\nindex 0\n\ncheckpoint\n",
		FIRST "\n\ncheckpoint\n", FIRST "index notanumber\n\ncheckpoint\n",
		FIRST "index -5\n\ncheckpoint\n", FIRST "index 05\n\ncheckpoint\n",
		FIRST "index 0\n!!notbase64!!\n\ncheckpoint\n",
		FIRST "index 0\nAAAA\n\ncheckpoint\n", FIRST "index 0\n",
		FIRST "index 0\n" ROOT "\n", FIRST "index 0\n" ROOT, FIRST "extra AAAA\n",
		FIRST "extra AAAA\nextra AAAA\nindex 0\n\n", FIRST "index 18446744073709551616\n\n",
		"c2sp.org/tlog-proof@v2\nindex 0\n\nx\n" };
	struct tlog_proof p;
	struct buf b;

	for (size_t i = 0; i < COUNT(right); i++) {
		assert_int_equal(tlog_proof_parse(str_of(right[i]), &arena, &p, &err), 0);
		assert_int_equal(p.path.count, i == 0 ? 0 : i == 1 ? 1 : 2);
		buf_init(&b, KIB);
		tlog_proof_write(&p, &b);
		assert_true(str_is(buf_str(&b), right[i]));
		buf_done(&b);
	}
	assert_true(tlog_proof_parse(str_of(right[1]), &arena, &p, &err) == 0 &&
		str_is(p.extra, "extra information") && p.index == 10 &&
		str_is(p.note, "checkpoint data\n"));
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_int_equal(tlog_proof_parse(str_of(wrong[i]), &arena, &p, &err), ERR_INPUT);
	buf_init(&b, 8 * KIB);
	buf_add(&b, STR(FIRST "index 0\n"));
	for (int i = 0; i <= MERKLE_PROOF_MAX; i++)
		buf_add(&b, STR(ROOT "\n"));
	buf_add(&b, STR("\nx\n"));
	assert_int_equal(tlog_proof_parse(buf_str(&b), &arena, &p, &err), ERR_LIMIT);
	buf_done(&b);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_note_of_the_specification),
		CASE(the_notes_of_go),
		CASE(what_is_no_note_is_refused),
		CASE(a_false_signature_spoils_the_note),
		CASE(the_checkpoint_of_the_specification),
		CASE(a_checkpoint_has_one_spelling),
		CASE(a_witness_request_of_others),
		CASE(the_cosignature_of_go),
		CASE(many_sign_one_checkpoint),
		CASE(a_cosignature_has_a_possible_time),
		CASE(a_key_has_a_right_name),
		CASE(a_proof_in_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
