/* on_day.c - loaded before a program (LD_PRELOAD) by tests/on-day: the time of day, and the times of
 * files, are KHIEN_DAYS_SHIFT_S seconds later than they are. The clock that only counts stays as it
 * is, so that waiting works. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <utime.h>

#define NEXT(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

static time_t shift(void)
{
	static time_t seconds;
	static int is_known;

	if (!is_known) {
		const char *text = getenv("KHIEN_DAYS_SHIFT_S");

		seconds = text ? atoll(text) : 0;
		is_known = 1;
	}
	return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int rc = NEXT(clock_gettime)(clock, t);

	if (rc == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		t->tv_sec += shift();
	return rc;
}

time_t time(time_t *ret)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *ret, void *zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	*ret = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
	return 0;
}

/* --- what is read of a file ------------------------------------------------------------------- */

static int later(int rc, struct stat *s)
{
	if (rc == 0) {
		s->st_atim.tv_sec += shift();
		s->st_mtim.tv_sec += shift();
		s->st_ctim.tv_sec += shift();
	}
	return rc;
}

int stat(const char *path, struct stat *ret)
{
	return later(NEXT(stat)(path, ret), ret);
}

int lstat(const char *path, struct stat *ret)
{
	return later(NEXT(lstat)(path, ret), ret);
}

int fstat(int fd, struct stat *ret)
{
	return later(NEXT(fstat)(fd, ret), ret);
}

int fstatat(int folder, const char *path, struct stat *ret, int flags)
{
	return later(NEXT(fstatat)(folder, path, ret, flags), ret);
}

int stat64(const char *path, struct stat64 *ret)
{
	return stat(path, (struct stat *)ret);
}

int lstat64(const char *path, struct stat64 *ret)
{
	return lstat(path, (struct stat *)ret);
}

int fstat64(int fd, struct stat64 *ret)
{
	return fstat(fd, (struct stat *)ret);
}

int fstatat64(int folder, const char *path, struct stat64 *ret, int flags)
{
	return fstatat(folder, path, (struct stat *)ret, flags);
}

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *ret)
{
	int rc = NEXT(statx)(folder, path, flags, mask, ret);

	if (rc == 0) {
		ret->stx_atime.tv_sec += shift();
		ret->stx_mtime.tv_sec += shift();
		ret->stx_ctime.tv_sec += shift();
		ret->stx_btime.tv_sec += shift();
	}
	return rc;
}

/* --- and written ------------------------------------------------------------------------------ */

static const struct timespec *earlier(const struct timespec *times, struct timespec *moved)
{
	if (!times)
		return NULL;
	for (int i = 0; i < 2; i++) {
		moved[i] = times[i];
		if (times[i].tv_nsec != UTIME_NOW && times[i].tv_nsec != UTIME_OMIT)
			moved[i].tv_sec -= shift();
	}
	return moved;
}

int utimensat(int folder, const char *path, const struct timespec times[2], int flags)
{
	struct timespec moved[2];

	return NEXT(utimensat)(folder, path, earlier(times, moved), flags);
}

int futimens(int fd, const struct timespec times[2])
{
	struct timespec moved[2];

	return NEXT(futimens)(fd, earlier(times, moved));
}

int utimes(const char *path, const struct timeval times[2])
{
	struct timespec moved[2];

	if (!times)
		return utimensat(AT_FDCWD, path, NULL, 0);
	for (int i = 0; i < 2; i++)
		moved[i] = (struct timespec){ times[i].tv_sec, times[i].tv_usec * 1000 };
	return utimensat(AT_FDCWD, path, moved, 0);
}

int utime(const char *path, const struct utimbuf *times)
{
	struct timespec moved[2];

	if (!times)
		return utimensat(AT_FDCWD, path, NULL, 0);
	moved[0] = (struct timespec){ .tv_sec = times->actime };
	moved[1] = (struct timespec){ .tv_sec = times->modtime };
	return utimensat(AT_FDCWD, path, moved, 0);
}
