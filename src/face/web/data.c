/* data.c - the data folder: database, key of the secret columns, certificate. Only its owner may
 * look into it. */
#include "face/web/process/serve_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/crypto/crypto.h"
#include "kit/store/store.h"
#include "work/hostaudit/hostaudit.h"

#define CERTIFICATE_DAYS 825
#define SMALL_BYTES_MAX (16 * KIB)

static const char *in_data(const struct serve *s, const char *name)
{
	return arena_fmt(s->arena, "%s/%s", s->service->data, name).ptr;
}

/* The whole small file, or STR_NONE when there is none. */
static int read_file(const struct serve *s, const char *path, struct str *ret, struct err *e)
{
	char *bytes = arena_alloc(s->arena, SMALL_BYTES_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t len;

	*ret = STR_NONE;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_errno(e, errno, "read \"%s\"", path);
	len = read(fd, bytes, SMALL_BYTES_MAX - 1);
	close(fd);
	if (len < 0)
		return err_errno(e, errno, "read \"%s\"", path);
	*ret = (struct str){ bytes, (size_t)len };
	return 0;
}

static int write_file(const char *path, struct str bytes, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t len;

	if (fd < 0)
		return err_errno(e, errno, "write \"%s\"", path);
	len = write(fd, bytes.ptr, bytes.len);
	if (len != (ssize_t)bytes.len || fsync(fd) != 0) {
		close(fd);
		unlink(path);
		return err_errno(e, errno ? errno : ENOSPC, "write \"%s\"", path);
	}
	close(fd);
	return 0;
}

static int load_key(struct serve *s, struct err *e)
{
	const char *path = in_data(s, "secret.key");
	char bytes[AEAD_KEY_SIZE];
	int rc = read_file(s, path, &s->key, e);

	if (rc < 0 || s->key.len == AEAD_KEY_SIZE)
		return rc;
	if (s->key.ptr)
		return err_set(
			e, ERR_INPUT, "\"%s\" is not a key of %d bytes", path, AEAD_KEY_SIZE);
	random_bytes(bytes, sizeof(bytes));
	rc = write_file(path, (struct str){ bytes, sizeof(bytes) }, e);
	s->key = arena_str(s->arena, (struct str){ bytes, sizeof(bytes) });
	wipe(bytes, sizeof(bytes));
	return rc;
}

static int load_certificate(struct serve *s, struct err *e)
{
	const char *key = in_data(s, "tls-key.pem"),
		   *certificate = in_data(s, "tls-certificate.pem");
	struct certificate made;
	struct str host = str_of(s->listen), port;
	int rc = read_file(s, key, &s->tls_key, e);

	if (rc == 0)
		rc = read_file(s, certificate, &s->tls_certificate, e);
	if (rc < 0 || (s->tls_key.len && s->tls_certificate.len))
		return rc;
	(void)str_split(host, ':', &host, &port);
	rc = certificate_make(
		arena_cstr(s->arena, host), clock_now_s(), CERTIFICATE_DAYS, s->arena, &made, e);
	if (rc == 0)
		rc = write_file(key, made.key, e);
	if (rc == 0)
		rc = write_file(certificate, made.certificate, e);
	if (rc == 0) {
		s->tls_key = made.key;
		s->tls_certificate = made.certificate;
	}
	return rc;
}

int data_store(const struct serve *s, struct store **ret, struct err *e)
{
	return store_open_current(in_data(s, "khien.db"), e, ret);
}

int data_open(struct serve *s, struct err *e)
{
	int rc = process_folder(s->service, e);

	if (rc == 0)
		rc = load_key(s, e);
	if (rc == 0 && s->is_tls)
		rc = load_certificate(s, e);
	return rc;
}

int data_notes(const char *data, struct vfile_disk **ret, struct err *e)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/" HOSTAUDIT_NOTES, data);
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_errno(e, errno, "make \"%s\"", path);
	return vfile_disk_open(path, ret, e);
}

int data_hand_over(const struct serve *s, struct err *e)
{
	static const char *const names[] = { "", "khien.db", "khien.db-wal", "khien.db-shm",
		"secret.key", "tls-key.pem", "tls-certificate.pem", "process-review" };

	for (size_t i = 0; i < COUNT(names); i++) {
		int rc = process_hand_over(
			s->service, i ? in_data(s, names[i]) : s->service->data, e);

		if (rc < 0)
			return rc;
	}
	return 0;
}
