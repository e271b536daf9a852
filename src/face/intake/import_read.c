/* import_read.c - the libraries of gzip, xz and zstd behind one call. What they may take of memory
 * and what may come out of a file is bounded. */
#include "face/intake/import.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define IN_BYTES (128 * KIB)
#define XZ_MEMORY_BYTES (256 * MIB)
#define ZSTD_WINDOW_LOG 27
#define RATIO_MAX 5000
#define RATIO_FREE_BYTES (64 * MIB)

enum packing { PLAIN, GZIP, XZ, ZSTD };

struct import_file {
	int fd; /* -1: INPUT gives the bytes */
	import_input *input;
	void *context;
	enum packing packing;
	uint64_t size, done, out;
	unsigned char in[IN_BYTES];
	size_t at, len;               /* of IN */
	bool is_end;                  /* of the file */
	char head[IMPORT_HEAD_BYTES]; /* looked at before it is read */
	size_t head_at, head_len;
	bool in_frame; /* something packed has begun and not ended */
	z_stream gzip;
	lzma_stream xz;
	ZSTD_DStream *zstd;
};

static ssize_t read_file(void *context, void *to, size_t size, struct err *e)
{
	const struct import_file *f = context;
	ssize_t n;

	do
		n = read(f->fd, to, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_errno(e, errno, "read") : n;
}

static int fill(struct import_file *f, struct err *e)
{
	ssize_t n;

	if (f->at < f->len || f->is_end)
		return 0;
	n = f->input(f->context, f->in, sizeof(f->in), e);
	if (n < 0)
		return (int)n;
	f->at = 0;
	f->len = (size_t)n;
	f->done += (size_t)n;
	f->is_end = n == 0;
	return 0;
}

static bool starts(const struct import_file *f, const char *magic, size_t len)
{
	return f->len >= len && memcmp(f->in, magic, len) == 0;
}

static int begin(struct import_file *f, struct err *e)
{
	int rc = fill(f, e);

	if (rc < 0)
		return rc;
	if (starts(f, "\x1f\x8b", 2)) {
		f->packing = GZIP;
		if (inflateInit2(&f->gzip, 15 + 16) != Z_OK)
			abort();
	} else if (starts(f,
			   "\xfd"
			   "7zXZ",
			   5)) {
		f->packing = XZ;
		if (lzma_stream_decoder(&f->xz, XZ_MEMORY_BYTES, LZMA_CONCATENATED) != LZMA_OK)
			abort();
	} else if (starts(f, "\x28\xb5\x2f\xfd", 4)) {
		f->packing = ZSTD;
		f->zstd = ZSTD_createDStream();
		if (!f->zstd)
			abort();
		(void)ZSTD_DCtx_setParameter(f->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	}
	return 0;
}

/* It is read twice, and never waited for: a pipe is refused before anybody writes to it. */
int import_open_bytes(const char *path, uint64_t *ret_size, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), rc = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		rc = err_errno(e, errno, "open \"%s\"", path);
	else if (S_ISDIR(st.st_mode))
		rc = err_set(e, ERR_INPUT, "\"%s\" is a folder", path);
	else if (!S_ISREG(st.st_mode))
		rc = err_set(e, ERR_INPUT, "\"%s\" is a pipe or a device, no file", path);
	else
		*ret_size = (uint64_t)st.st_size;
	if (rc < 0 && fd >= 0)
		close(fd);
	return rc < 0 ? rc : fd;
}

int import_open(const char *path, struct import_file **ret, struct err *e)
{
	struct import_file *f = calloc(1, sizeof(*f));
	int rc;

	if (!f)
		abort();
	f->xz = (lzma_stream)LZMA_STREAM_INIT;
	f->input = read_file;
	f->context = f;
	rc = f->fd = import_open_bytes(path, &f->size, e);
	if (rc >= 0)
		rc = begin(f, e);
	if (rc < 0) {
		import_close(f);
		return rc;
	}
	*ret = f;
	return 0;
}

int import_open_within(import_input *input, void *context, struct import_file **ret, struct err *e)
{
	struct import_file *f = calloc(1, sizeof(*f));
	int rc;

	if (!f)
		abort();
	f->xz = (lzma_stream)LZMA_STREAM_INIT;
	f->fd = -1;
	f->input = input;
	f->context = context;
	rc = begin(f, e);
	if (rc < 0)
		import_close(f);
	else
		*ret = f;
	return rc;
}

struct import_file *import_close(struct import_file *f)
{
	if (!f)
		return NULL;
	if (f->packing == GZIP)
		inflateEnd(&f->gzip);
	lzma_end(&f->xz);
	ZSTD_freeDStream(f->zstd);
	if (f->fd >= 0)
		close(f->fd);
	free(f);
	return NULL;
}

uint64_t import_size(const struct import_file *f)
{
	return f->size;
}

uint64_t import_done(const struct import_file *f)
{
	return f->done;
}

static int damaged(struct err *e)
{
	return err_set(e, ERR_INPUT, "what is packed in it is damaged or cut off");
}

/* Each takes what it can of the input and returns how much came out, or ERR_*. */
static ssize_t gunzip(struct import_file *f, void *to, size_t size, struct err *e)
{
	int rc;

	f->gzip.next_in = f->in + f->at;
	f->gzip.avail_in = (uInt)(f->len - f->at);
	f->gzip.next_out = to;
	f->gzip.avail_out = (uInt)size;
	rc = inflate(&f->gzip, Z_NO_FLUSH);
	f->at = f->len - f->gzip.avail_in;
	f->in_frame = rc != Z_STREAM_END;
	if (rc == Z_STREAM_END)
		(void)inflateReset(&f->gzip); /* another one may follow */
	else if (rc != Z_OK && rc != Z_BUF_ERROR)
		return damaged(e);
	return (ssize_t)(size - f->gzip.avail_out);
}

static ssize_t unxz(struct import_file *f, void *to, size_t size, struct err *e)
{
	lzma_ret rc;

	f->xz.next_in = f->in + f->at;
	f->xz.avail_in = f->len - f->at;
	f->xz.next_out = to;
	f->xz.avail_out = size;
	rc = lzma_code(&f->xz, f->is_end ? LZMA_FINISH : LZMA_RUN);
	f->at = f->len - f->xz.avail_in;
	f->in_frame = rc != LZMA_STREAM_END;
	if (rc == LZMA_MEMLIMIT_ERROR)
		return err_set(e, ERR_LIMIT, "unpacking it would take too much memory");
	if (rc != LZMA_OK && rc != LZMA_STREAM_END && rc != LZMA_BUF_ERROR)
		return damaged(e);
	return (ssize_t)(size - f->xz.avail_out);
}

static ssize_t unzstd(struct import_file *f, void *to, size_t size, struct err *e)
{
	ZSTD_inBuffer in = { f->in, f->len, f->at };
	ZSTD_outBuffer out = { to, size, 0 };
	size_t rc = ZSTD_decompressStream(f->zstd, &out, &in);

	f->at = in.pos;
	if (ZSTD_isError(rc))
		return damaged(e);
	f->in_frame = rc != 0;
	return (ssize_t)out.pos;
}

static ssize_t plain(struct import_file *f, void *to, size_t size)
{
	size_t here = f->len - f->at < size ? f->len - f->at : size;

	memcpy(to, f->in + f->at, here);
	f->at += here;
	return (ssize_t)here;
}

static ssize_t unpack(struct import_file *f, void *to, size_t size, struct err *e)
{
	switch (f->packing) {
	case GZIP:
		return gunzip(f, to, size, e);
	case XZ:
		return unxz(f, to, size, e);
	case ZSTD:
		return unzstd(f, to, size, e);
	case PLAIN:
		break;
	}
	return plain(f, to, size);
}

static ssize_t read_on(struct import_file *f, void *to, size_t size, struct err *e)
{
	for (;;) {
		ssize_t n = fill(f, e);
		bool was_end = f->is_end;

		if (n < 0)
			return n;
		if (f->is_end && !f->in_frame)
			return 0;
		n = unpack(f, to, size, e);
		if (n < 0)
			return n;
		f->out += (size_t)n;
		if (f->out > RATIO_FREE_BYTES && f->out / RATIO_MAX > f->done)
			return err_set(e, ERR_LIMIT, "it unpacks to more than any log does");
		if (n > 0)
			return n;
		if (was_end && f->in_frame)
			return damaged(e);
	}
}

ssize_t import_read(struct import_file *f, void *to, size_t size, struct err *e)
{
	size_t here = f->head_len - f->head_at;

	if (here == 0)
		return read_on(f, to, size, e);
	here = here < size ? here : size;
	memcpy(to, f->head + f->head_at, here);
	f->head_at += here;
	return (ssize_t)here;
}

int import_head(struct import_file *f, struct str *ret, struct err *e)
{
	ssize_t n = 1;

	while (f->head_len < sizeof(f->head) && n > 0) {
		n = read_on(f, f->head + f->head_len, sizeof(f->head) - f->head_len, e);
		f->head_len += n > 0 ? (size_t)n : 0;
	}
	*ret = (struct str){ f->head, f->head_len };
	return n < 0 ? (int)n : 0;
}

const char *import_refusal(struct str head)
{
	static const struct {
		struct str begins;
		const char *words;
	} others[] = {
		{ STR("PK\003\004"), T("là tệp ZIP; hãy giải nén rồi nhập các tệp bên trong") },
		{ STR("7z\274\257\047\034"),
			T("là tệp 7z; hãy giải nén rồi nhập các tệp bên trong") },
		{ STR("Rar!"), T("là tệp RAR; hãy giải nén rồi nhập các tệp bên trong") },
		{ STR("BZh"), T("là tệp bzip2; hãy chạy bunzip2 rồi nhập tệp đã giải nén") },
		{ STR("ElfFile\0"), T("là tệp .evtx; hãy xuất ra XML bằng wevtutil qe TỆP /lf:true "
				      "/f:xml rồi nhập tệp XML") },
		{ STR("LPKSHHRH"), T("là journal nhị phân; hãy chạy journalctl --file TỆP -o "
				     "export rồi nhập kết quả") },
	};

	for (size_t i = 0; i < COUNT(others); i++)
		if (head.len >= others[i].begins.len &&
			memcmp(head.ptr, others[i].begins.ptr, others[i].begins.len) == 0)
			return others[i].words;
	return NULL;
}

int import_hash(const char *path, char *ret_hex, struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	char *piece = malloc(IN_BYTES);
	uint64_t size = 0;
	int fd = import_open_bytes(path, &size, e), rc = fd < 0 ? fd : 0;
	struct sha256 *s = sha256_new();
	ssize_t n = 0;

	if (!piece)
		abort();
	while (fd >= 0 && (n = read(fd, piece, IN_BYTES)) > 0)
		sha256_add(s, (struct str){ piece, (size_t)n });
	if (n < 0)
		rc = err_errno(e, errno, "read \"%s\"", path);
	if (fd >= 0)
		close(fd);
	sha256_end(s, digest);
	free(piece);
	hex_of(digest, sizeof(digest), ret_hex);
	return rc;
}
