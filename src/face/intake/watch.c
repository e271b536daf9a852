/* watch.c - what epoll waits on, and what is said on the way. */
#include "face/intake/intake_int.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

void watch_add(struct intake *in, struct watch *w, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = w };

	if (w->fd >= 0 && epoll_ctl(in->epoll_fd, EPOLL_CTL_ADD, w->fd, &event) != 0)
		intake_warn("epoll: %d", errno);
}

void watch_change(struct intake *in, struct watch *w, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = w };

	(void)epoll_ctl(in->epoll_fd, EPOLL_CTL_MOD, w->fd, &event);
}

void watch_close(struct intake *in, struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd); /* which takes it out of epoll */
	w->fd = -1;
}

void intake_warn(const char *format, ...)
{
	va_list args;
	char text[1024];

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "khien intake: %s\n", text);
}
