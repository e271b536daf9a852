/* http_test.h - the tests of http_server_test.c, for the list in http_test.c. */
#ifndef KIT_HTTP_TEST_H
#define KIT_HTTP_TEST_H

void hostile_requests_are_answered_and_closed(void **state);
void an_ordinary_exchange(void **state);
void large_bodies_are_refused(void **state);
void draining_ends_what_runs(void **state);

#endif
