/* import.c - khien log import: old files become leaves. With the service running it takes them, at
 * its Unix socket; without it this command is the one writer for as long as it runs. A file is
 * known by its hash: what of it is in the log already is passed over, so an import that was cut
 * off is simply done again. */
#include "face/intake/import.h"
#include "face/intake/intake_int.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "work/archive/archive.h"
#include "work/archive/guard.h"
#include "work/seal/seal.h"

#define FILE_BYTES (4 * MIB)
#define CHUNK_BYTES (256 * KIB)
#define FRAME_BYTES (256 * KIB) /* of lines, to the service */
#define FRAMES_AHEAD 4
#define FRAME_MAX_LINES 4096
#define TELL_US 200000
#define NAME_SHOWN 150 /* bytes, beside the hash */
#define NO_ROOM \
	"no room on the disk, or in the quota of the log; what was written is kept. " \
	"Make room, or start the service, which seals and compresses it; import again then: " \
	"it goes on where it stopped"

/* Where the lines go. */
struct import_to {
	/* service */
	int fd; /* -1: we write ourselves */
	struct relp answers;
	uint32_t number, answered;
	uint64_t known; /* what the newest answer said: lines that are there already */
	bool is_refused;
	struct buf frame;
	size_t frame_lines;
	/* ourselves */
	struct intake *in;
	struct seal_place *place;
	uint32_t source;
	/* the file */
	const char *name;
	uint64_t lines, added, skip;
	uint64_t cut;   /* of those added: longer than an entry may be */
	uint64_t taken; /* of all files */
	const struct import_file *file;
	int64_t told_us;
	bool is_watched;
};

/* Where lines come from. */
struct import_origin {
	const char *shown, *name;     /* with all of its path, and short */
	char sha256[SHA256_HEX_SIZE]; /* of its bytes as they lie there, */
	struct sha256 *hash;          /* or what they go into while they are read */
	const char *archive_sha256;
	const char *encoding; /* that its lines were turned into UTF-8 from, or NULL */
	struct import_file *bytes;
};

/* --- the service ------------------------------------------------------------------------------ */

static int send_all(struct import_to *to, struct str bytes, struct err *e)
{
	while (bytes.len) {
		ssize_t n = send(to->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(e, errno, "the service does not take more");
		bytes = str_from(bytes, (size_t)n);
	}
	return 0;
}

static bool take_answer(void *context, const struct relp_frame *f)
{
	struct import_to *to = context;

	if (f->number > to->answered)
		to->answered = f->number;
	if (!str_starts(f->data, "200"))
		to->is_refused = true;
	(void)str_to_u64(str_from(f->data, 4), 10, &to->known);
	return true;
}

/* Until all but AHEAD frames are answered: their lines are on the disk. */
static int wait_answers(struct import_to *to, uint32_t ahead, struct err *e)
{
	char bytes[4096];

	while (to->answered + ahead < to->number) {
		ssize_t n = recv(to->fd, bytes, sizeof(bytes), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(e, ERR_SYSTEM,
				"the service ended; what it answered for is kept, import again");
		if (relp_feed(&to->answers, (struct str){ bytes, (size_t)n }, take_answer, to, e) <
			0)
			return err_set(e, ERR_INPUT, "the service answers in another language");
		if (to->is_refused)
			return err_set(e, ERR_DENIED, "the service refused: only its own user may");
	}
	return 0;
}

static int send_frame(struct import_to *to, const char *command, struct str data, struct err *e)
{
	struct buf head;
	int rc;

	buf_init(&head, 128);
	buf_fmt(&head, "%u %s %zu ", ++to->number, command, data.len);
	rc = send_all(to, buf_str(&head), e);
	if (rc == 0)
		rc = send_all(to, data, e);
	if (rc == 0)
		rc = send_all(to, STR("\n"), e);
	buf_done(&head);
	return rc;
}

static int flush_lines(struct import_to *to, uint32_t ahead, struct err *e)
{
	int rc = 0;

	if (to->frame_lines)
		rc = send_frame(to, "lines", buf_str(&to->frame), e);
	buf_clear(&to->frame);
	to->frame_lines = 0;
	return rc == 0 ? wait_answers(to, ahead, e) : rc;
}

static void put_u(struct buf *b, size_t bytes, uint64_t value)
{
	while (bytes--)
		buf_add_char(b, (char)(value >> (8 * bytes)));
}

static int send_line(struct import_to *to, struct str line, bool is_cut, struct err *e)
{
	int rc = 0;

	if (to->frame.len + line.len + 16 > FRAME_BYTES || to->frame_lines == FRAME_MAX_LINES)
		rc = flush_lines(to, FRAMES_AHEAD, e);
	if (to->frame_lines == 0)
		put_u(&to->frame, 8, to->lines - 1);
	put_u(&to->frame, 4, line.len + (is_cut ? UINT64_C(1) << 31 : 0));
	buf_add(&to->frame, line);
	to->frame_lines++;
	return rc;
}

/* The socket of the service of DATA; -1 when nobody listens there. */
static int connect_to(const char *data)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(data) + sizeof("/" INTAKE_SOCKET) > sizeof(at.sun_path))
		return -1;
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/" INTAKE_SOCKET, data);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* --- ourselves -------------------------------------------------------------------------------- */

static int write_line(struct import_to *to, struct str line, bool is_cut, struct err *e)
{
	struct intake *in = to->in;
	struct pen_line p = { .source = to->source,
		.transport = LEAF_OLD_FILE,
		.flags = is_cut ? LEAF_TRUNCATED : 0,
		.sequence = to->lines,
		.raw = line };

	if (pen_line(in, &p))
		return 0;
	if (in->is_full)
		return err_set(e, ERR_LIMIT, NO_ROOM);
	return err_set(e, ERR_SYSTEM, "the log cannot be written");
}

static int open_ourselves(struct import_to *to, const char *data, struct arena *a, struct err *e)
{
	struct intake *in = arena_new(a, struct intake);
	struct seal_place *place = arena_new(a, struct seal_place);
	struct guard_policy policy;
	int rc = seal_place_open(data, SEAL_LOG, STR(""), clock_now_s(), place, e);

	to->place = place;
	if (rc < 0)
		return rc;
	in->setup = arena_new(a, struct setup);
	in->log = place->log;
	in->shard = place->shard;
	in->year = seal_shard_year(place->name);
	/* the newest one stays beside the segments it is in: let it be a small one */
	in->file_bytes = FILE_BYTES;
	rc = vfile_make_folder(in->log, "intake", e);
	if (rc == 0)
		rc = guard_policy_load(in->log, &policy, e);
	if (rc == 0 && policy.quota_bytes) /* the service begins with a file of the usual size */
		in->wal_bytes = guard_wal_bytes(&policy) - WAL_FILE_BYTES;
	if (rc == 0)
		rc = check_begin(in, e);
	if (rc == 0)
		rc = pen_open(in, e);
	to->in = in;
	return rc;
}

/* What root made in a folder of somebody else is his. */
static int adopt(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	char folder[4096];
	struct stat of;

	snprintf(folder, sizeof(folder), "%s", path);
	if (where->base > 1 && where->base < (int)sizeof(folder))
		folder[where->base - 1] = '\0';
	if (st->st_uid == 0 && where->level > 0 && stat(folder, &of) == 0 && of.st_uid != 0)
		(void)!lchown(path, of.st_uid, of.st_gid);
	return 0;
}

/* Within the quota; what does not fit waits in the write-ahead files. */
static int close_segments(struct import_to *to, uint64_t sealed, struct err *e)
{
	struct archive_options options = { 0 };
	struct guard_policy policy;
	int rc = guard_policy_load(to->place->log, &policy, e);

	if (rc == 0)
		rc = guard_segment_bytes(
			to->place->log, to->place->shard, &policy, &options.quota_bytes, e);
	return rc == 0 ? archive_close_segments(to->place->shard, &options, sealed, e) : rc;
}

static int close_ourselves(struct import_to *to, const char *data, bool is_fine, struct err *e)
{
	char path[4096];
	struct seal_answer answer = { 0 };
	int rc = 0;

	if (to->in && to->in->wal && !to->in->is_broken) {
		if (!pen_commit(to->in))
			rc = err_set(e, ERR_LIMIT, NO_ROOM);
		if (rc == 0 && is_fine)
			rc = seal_now(to->place->shard, to->place->keys, to->in->wal, clock_now_s(),
				&answer, e);
	}
	if (to->in) {
		pen_close(to->in);
		buf_done(&to->in->genesis);
	}
	if (rc == 0 && to->place && answer.is_sealed)
		rc = close_segments(to, answer.size, e);
	if (to->place)
		seal_place_close(to->place);
	snprintf(path, sizeof(path), "%s/log", data);
	if (geteuid() == 0)
		(void)nftw(path, adopt, 16, FTW_PHYS);
	return rc;
}

/* --- a file ----------------------------------------------------------------------------------- */

static void tell(struct import_to *to)
{
	int64_t now_us = clock_monotonic_us();

	if (!to->is_watched || now_us - to->told_us < TELL_US)
		return;
	to->told_us = now_us;
	fprintf(stderr, "\r%s: %3.0f %%  %llu", to->name,
		import_size(to->file) ?
			100.0 * (double)import_done(to->file) / (double)import_size(to->file) :
			100.0,
		(unsigned long long)to->lines);
}

static int take_line(void *context, struct str line, bool is_cut, struct err *e)
{
	struct import_to *to = context;

	to->lines++;
	if (to->lines <= to->skip)
		return 0;
	to->added++;
	to->taken++;
	to->cut += is_cut;
	tell(to);
	if (to->fd >= 0)
		return send_line(to, line, is_cut, e);
	return write_line(to, line, is_cut, e);
}

/* "auth.log.1 <SHA-256>", the name of the source; how many of its lines are there already. */
static int begin_file(struct import_to *to, struct str name, struct err *e)
{
	int rc;

	to->lines = to->added = to->skip = to->cut = 0;
	if (to->fd < 0) {
		pen_now(to->in);
		to->source = sender_find(to->in, SENDER_IMPORT, name);
		if (to->source == SENDER_OTHERS)
			return err_set(e, ERR_LIMIT, "the log has too many senders");
		to->skip = sender_by_number(&to->in->senders, to->source)->sequence;
		return 0;
	}
	to->known = 0;
	rc = send_frame(to, "import", name, e);
	if (rc == 0)
		rc = wait_answers(to, 0, e);
	to->skip = to->known;
	return rc;
}

static void origin_json(
	const struct import_to *to, const struct import_origin *from, struct buf *ret)
{
	struct json j;

	json_init(&j, ret, false);
	json_object(&j);
	json_put(&j, "event", STR("import"));
	json_put(&j, "file", str_of(from->shown));
	json_put(&j, "sha256", str_of(from->sha256));
	if (from->archive_sha256)
		json_put(&j, "archive_sha256", str_of(from->archive_sha256));
	if (from->encoding)
		json_put(&j, "encoding", str_of(from->encoding));
	json_put_i64(&j, "bytes", (int64_t)import_done(from->bytes));
	json_put_i64(&j, "lines", (int64_t)to->lines);
	json_put_i64(&j, "before", (int64_t)to->skip);
	json_object_end(&j);
}

static int end_file(struct import_to *to, struct import_origin *from, struct err *e)
{
	struct buf json;
	struct str text;
	int rc = 0;

	buf_init(&json, LEAF_RAW_MAX);
	origin_json(to, from, &json);
	text = str_trim(buf_str(&json));
	if (to->fd >= 0) {
		rc = flush_lines(to, 0, e);
		if (rc == 0 && to->added)
			rc = send_frame(to, "imported", text, e);
		if (rc == 0)
			rc = wait_answers(to, 0, e);
	} else if (to->added && !pen_leaf(to->in, LEAF_IMPORT, to->source, 0, text)) {
		rc = err_set(e, ERR_LIMIT, "the disk is full; what was written is kept");
	} else if (!pen_commit(to->in)) {
		rc = err_set(e, ERR_LIMIT, "the disk is full; what was written is kept");
	}
	buf_done(&json);
	return rc;
}

static int read_lines(struct import_to *to, struct import_file *file, struct err *e)
{
	struct import_lines lines;
	char *chunk = malloc(CHUNK_BYTES);
	ssize_t n = 1;
	int rc = 0;

	if (!chunk)
		abort();
	import_lines_init(&lines, LEAF_RAW_MAX, take_line, to);
	while (rc == 0 && (n = import_read(file, chunk, CHUNK_BYTES, e)) > 0) {
		if (to->fd < 0)
			pen_now(to->in);
		rc = import_feed(&lines, (struct str){ chunk, (size_t)n }, e);
	}
	if (rc == 0)
		rc = n < 0 ? (int)n : import_end(&lines, e);
	import_lines_done(&lines);
	free(chunk);
	return rc;
}

static void end_hash(struct import_origin *from)
{
	unsigned char digest[SHA256_SIZE];

	if (!from->hash)
		return;
	sha256_end(from->hash, digest);
	hex_of(digest, sizeof(digest), from->sha256);
	from->hash = NULL;
}

static void say_done(const struct import_to *to, const struct command_line *line, const char *path)
{
	printf(tr(line->lang, T("✓ %s: %llu dòng, %llu dòng mới\n")), path,
		(unsigned long long)to->lines, (unsigned long long)to->added);
	if (to->cut)
		printf(tr(line->lang, T("– %s: %llu dòng quá dài, mỗi dòng chỉ giữ %u byte đầu\n")),
			path, (unsigned long long)to->cut, (unsigned)LEAF_RAW_MAX);
}

/* The lines of FROM, known as ID within the list of senders. */
static int import_stream(struct import_to *to, const struct command_line *line,
	struct import_origin *from, const char *id, struct err *e)
{
	char name[SENDER_NAME_MAX + 1];
	struct str shown = str_of(from->name);
	int rc;

	/* the end of a long path tells more than its beginning */
	if (shown.len > NAME_SHOWN) {
		shown = str_from(shown, shown.len - NAME_SHOWN);
		while (shown.len && ((unsigned char)shown.ptr[0] & 0xc0) == 0x80)
			shown = str_from(shown, 1);
	}
	snprintf(name, sizeof(name), "%.*s %s", STR_FMT(shown), id);
	to->name = from->name;
	rc = begin_file(to, str_of(name), e);
	if (rc == 0)
		rc = read_lines(to, from->bytes, e);
	if (rc == 0)
		end_hash(from);
	if (rc == 0)
		rc = end_file(to, from, e);
	if (to->is_watched)
		fputs("\r\033[K", stderr);
	if (rc == 0)
		say_done(to, line, from->shown);
	return rc;
}

/* --- an archive ------------------------------------------------------------------------------- */

static ssize_t read_archive(void *archive, void *to, size_t size, struct err *e)
{
	return import_read(archive, to, size, e);
}

/* A member: its bytes go to the hash as they are read. */
struct member {
	struct import_tar tar;
	struct sha256 *hash;
};

static ssize_t read_member(void *context, void *to, size_t size, struct err *e)
{
	struct member *m = context;
	ssize_t n = import_tar_read(&m->tar, to, size, e);

	if (n > 0)
		sha256_add(m->hash, (struct str){ to, (size_t)n });
	return n;
}

static const char *encoding_of(struct str head)
{
	if (!import_is_utf16(head))
		return NULL;
	return str_starts(head, "\xff") ? "UTF-16LE" : "UTF-16BE";
}

static int pass_over(void *context, struct str line, bool is_cut, struct err *e)
{
	(void)context, (void)line, (void)is_cut, (void)e;
	return 0;
}

/* Half a character stops a file of UTF-16: it is read to its end before anything is taken. */
static int check_utf16(const char *path, struct err *e)
{
	struct import_file *file = NULL;
	struct import_lines lines;
	char *chunk = malloc(CHUNK_BYTES);
	ssize_t n = 1;
	int rc = import_open(path, &file, e);

	if (!chunk)
		abort();
	import_lines_init(&lines, LEAF_RAW_MAX, pass_over, NULL);
	while (rc == 0 && (n = import_read(file, chunk, CHUNK_BYTES, e)) > 0)
		rc = import_feed(&lines, (struct str){ chunk, (size_t)n }, e);
	if (rc == 0)
		rc = n < 0 ? (int)n : import_end(&lines, e);
	import_lines_done(&lines);
	import_close(file);
	free(chunk);
	return rc;
}

/* Known by the archive and its place there: the same path may stand in it twice. */
static void member_id(const struct member *m, const char *archive_hash, char *ret_hex)
{
	char text[IMPORT_PATH_MAX + 128];

	snprintf(text, sizeof(text), "%s!%llu!%s", archive_hash, (unsigned long long)m->tar.number,
		m->tar.path);
	sha256_hex(str_of(text), ret_hex);
}

/* A folder of logs holds other files as well: those without lines are passed over. Lengths in a
 * journal's export are bytes of any value. */
static const char *member_refusal(struct str head)
{
	const char *why = import_refusal(head);

	if (why)
		return why;
	if (import_is_tar(head))
		return T("là kho tar nằm trong kho khác; hãy giải nén trước");
	if (!import_is_utf16(head) && import_form_of(head) != IMPORT_JOURNAL && head.len &&
		memchr(head.ptr, 0, head.len))
		return T("là tệp nhị phân, không có dòng nhật ký nào");
	return NULL;
}

static int import_member(struct import_to *to, const struct command_line *line, struct member *m,
	const struct import_origin *archive, struct err *e)
{
	char shown[2 * IMPORT_PATH_MAX], name[2 * IMPORT_PATH_MAX], id[SHA256_HEX_SIZE];
	struct import_origin from = {
		.shown = shown, .name = name, .archive_sha256 = archive->sha256
	};
	const char *why = NULL;
	struct str head;
	int rc;

	snprintf(shown, sizeof(shown), "%.4000s!%s", archive->shown, m->tar.path);
	snprintf(name, sizeof(name), "%.4000s!%s", archive->name, m->tar.path);
	member_id(m, archive->sha256, id);
	from.hash = m->hash = sha256_new();
	rc = import_open_within(read_member, m, &from.bytes, e);
	if (rc == 0)
		rc = import_head(from.bytes, &head, e);
	if (rc == 0)
		why = member_refusal(head);
	if (why)
		printf(tr(line->lang, T("– %s: bỏ qua, %s\n")), shown, tr(line->lang, why));
	else if (rc == 0 && head.len) {
		from.encoding = encoding_of(head);
		rc = import_stream(to, line, &from, id, e);
	}
	import_close(from.bytes);
	end_hash(&from);
	return rc < 0 ? err_context(e, "\"%s\"", m->tar.path) : 0;
}

static int import_archive(struct import_to *to, const struct command_line *line,
	struct import_origin *archive, struct err *e)
{
	struct member *m = arena_new(line->arena, struct member);
	int rc;

	import_tar_init(&m->tar, read_archive, archive->bytes);
	while ((rc = import_tar_next(&m->tar, e)) > 0) {
		rc = import_member(to, line, m, archive, e);
		if (rc < 0)
			break;
	}
	return rc;
}

static int import_one(
	struct import_to *to, const struct command_line *line, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct import_origin from = { .shown = path, .name = slash ? slash + 1 : path };
	struct str head = STR("");
	int rc = import_hash(path, from.sha256, e);

	if (rc == 0)
		rc = import_open(path, &from.bytes, e);
	if (rc == 0)
		rc = import_head(from.bytes, &head, e);
	if (rc == 0 && import_refusal(head))
		rc = err_set(e, ERR_INPUT, "%s", tr(line->lang, import_refusal(head)));
	to->file = from.bytes;
	from.encoding = encoding_of(head);
	if (rc == 0 && from.encoding)
		rc = check_utf16(path, e);
	if (rc == 0)
		rc = import_is_tar(head) ? import_archive(to, line, &from, e) :
					   import_stream(to, line, &from, from.sha256, e);
	import_close(from.bytes);
	return rc < 0 ? err_context(e, "\"%s\"", path) : 0;
}

static int import_all(struct import_to *to, const struct command_line *line, struct err *e)
{
	int rc = to->fd >= 0 ? send_frame(to, "open", STR("relp_version=0"), e) : 0;

	if (rc == 0 && to->fd >= 0)
		rc = wait_answers(to, 0, e);
	for (size_t i = 0; i < line->arg_count && rc == 0; i++)
		rc = import_one(to, line, line->args[i], e);
	return rc;
}

/* Before anything is taken, or the folder of the data made: may each be read? */
static int check_all(const struct command_line *line, struct err *e)
{
	for (size_t i = 0; i < line->arg_count; i++) {
		uint64_t size;
		int fd = import_open_bytes(line->args[i], &size, e);

		if (fd < 0)
			return fd;
		close(fd);
	}
	return 0;
}

/* What is wrong came late: "nothing has been changed" would be untrue. */
static int after_some(struct import_to *to, int rc, struct err *e)
{
	struct err second = { 0 };

	if (to->taken == 0 || (rc != ERR_INPUT && rc != ERR_ABSENT && rc != ERR_DENIED))
		return rc;
	if (to->fd >= 0 && (to->is_refused || flush_lines(to, 0, &second) < 0))
		return rc;
	(void)err_context(e, "%llu new lines that came before are in the log and stay",
		(unsigned long long)to->taken);
	return e->code = ERR_CONFLICT;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *data = command_value(line, "data");
	struct import_to to = { .is_watched = isatty(STDERR_FILENO) };
	struct err second = { 0 };
	int rc;

	if (!data)
		return err_set(e, ERR_INPUT, "--data DIR: the folder of the service");
	rc = check_all(line, e);
	if (rc < 0)
		return rc;
	to.fd = connect_to(data);
	relp_init(&to.answers, 4096);
	buf_init(&to.frame, 2 * FRAME_BYTES);
	if (to.fd < 0)
		rc = open_ourselves(&to, data, line->arena, e);
	if (rc == 0)
		rc = import_all(&to, line, e);
	if (rc < 0)
		rc = after_some(&to, rc, e);
	if (to.fd < 0) {
		int closed = close_ourselves(&to, data, rc == 0, &second);

		if (rc == 0 && closed < 0) {
			*e = second;
			rc = closed;
		}
	} else {
		close(to.fd);
	}
	relp_done(&to.answers);
	buf_done(&to.frame);
	return rc;
}

static const struct command_option options[] = {
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu của dịch vụ") },
	{ 0 },
};

const struct command intake_log_import = {
	.name = "log import",
	.args = T("TỆP..."),
	.words = T("đưa các tệp nhật ký cũ vào kho, ghi rõ nguồn gốc"),
	.help = T(
		"Tệp thường, gzip, xz, zstd; mỗi dòng một mục; cả tệp journalctl -o export, tệp XML "
		"xuất từ Windows Event Log, và kho tar (tar.gz, tar.xz, tar.zst): từng tệp nhật ký "
		"bên trong được nhập với nguồn gốc kho!đường-dẫn, không tệp nào được ghi ra đĩa. "
		"Tệp được nhận ra bằng mã băm SHA-256: dòng nào đã có trong kho thì bỏ qua, nên lệnh bị ngắt giữa chừng chỉ cần chạy lại."),
	.options = options,
	.args_min = 1,
	.args_max = 1000,
	.run = run,
};
