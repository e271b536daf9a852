/* hash.c - the content of files. */
#include "work/integrity/integrity_int.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/crypto/crypto.h"

void hasher_init(struct hasher *h)
{
	h->sha = sha256_new();
	h->block = malloc(HASH_BLOCK_BYTES);
	if (!h->block)
		abort();
}

void hasher_done(struct hasher *h)
{
	sha256_end(h->sha, NULL);
	free(h->block);
}

/* Open a regular file and nothing else: without touching what is none. */
static int open_file(int dir_fd, const char *name)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	int fd = openat(dir_fd, name, flags | O_NOATIME);

	return fd < 0 && errno == EPERM ? openat(dir_fd, name, flags) : fd;
}

static bool is_same(const struct stat *st, const struct integrity_entry *entry)
{
	return S_ISREG(st->st_mode) && st->st_ino == entry->ino && st->st_dev == entry->dev &&
		(uint64_t)st->st_size == entry->size && st->st_mtim.tv_sec == entry->mtime_s &&
		st->st_mtim.tv_nsec == (long)entry->mtime_ns;
}

/* All of it, or the reason. A file that grows while it is read is read no further than it was. */
static const char *read_content(struct hasher *h, int fd, struct integrity_entry *entry)
{
	uint64_t left = entry->size;

	while (left > 0) {
		ssize_t n = read(fd, h->block, left < HASH_BLOCK_BYTES ? left : HASH_BLOCK_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? "unreadable" : "changing";
		sha256_add(h->sha, (struct str){ h->block, (size_t)n });
		left -= (uint64_t)n;
	}
	return NULL;
}

static const char *hash_fd(struct hasher *h, int fd, struct integrity_entry *entry)
{
	const char *why = NULL;
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? "changing" : errno == EACCES ? "no-rights" : "unreadable";
	if (fstat(fd, &st) != 0 || !is_same(&st, entry))
		why = "changing";
	if (!why)
		why = read_content(h, fd, entry);
	if (!why && (fstat(fd, &st) != 0 || !is_same(&st, entry)))
		why = "changing";
	close(fd);
	sha256_next(h->sha, entry->hash);
	if (!why)
		entry->flags |= INTEGRITY_HASHED;
	return why;
}

const char *hash_file(struct hasher *h, int dir_fd, const char *name, struct integrity_entry *entry)
{
	if (entry->size > LIMIT_INTEGRITY_FILE_BYTES)
		return "too-large";
	return hash_fd(h, open_file(dir_fd, name), entry);
}

const char *hash_path(struct hasher *h, int root_fd, struct integrity_entry *entry)
{
	if (entry->size > LIMIT_INTEGRITY_FILE_BYTES)
		return "too-large";
	return hash_fd(h,
		open_below(root_fd, entry->path.ptr, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
			false),
		entry);
}

const char *hash_link(struct hasher *h, int dir_fd, const char *name, struct integrity_entry *entry)
{
	ssize_t n = readlinkat(dir_fd, name, h->block, HASH_BLOCK_BYTES);

	if (n < 0)
		return errno == ENOENT ? "changing" : "unreadable";
	sha256_add(h->sha, (struct str){ h->block, (size_t)n });
	sha256_next(h->sha, entry->hash);
	entry->flags |= INTEGRITY_HASHED;
	return NULL;
}

const char *hash_md5(int root_fd, struct str path, char hex[33])
{
	char name[4096], block[64 * 1024];
	EVP_MD_CTX *md5;
	unsigned char digest[16];
	struct stat st;
	ssize_t n = -1;
	int fd;

	hex[0] = '\0';
	if (path.len >= sizeof(name))
		return hex;
	memcpy(name, path.ptr, path.len);
	name[path.len] = '\0';
	fd = open_below(root_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, false);
	if (fd < 0)
		return hex;
	md5 = EVP_MD_CTX_new();
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		(uint64_t)st.st_size <= LIMIT_INTEGRITY_FILE_BYTES && md5 &&
		EVP_DigestInit_ex(md5, EVP_md5(), NULL) == 1)
		while ((n = read(fd, block, sizeof(block))) > 0)
			(void)EVP_DigestUpdate(md5, block, (size_t)n);
	if (n == 0 && EVP_DigestFinal_ex(md5, digest, NULL) == 1)
		hex_of(digest, sizeof(digest), hex);
	EVP_MD_CTX_free(md5);
	close(fd);
	return hex;
}
