/* http_test.h - the tests of http_server_test.c and of others, for the list in http_test.c. */
#ifndef KIT_HTTP_TEST_H
#define KIT_HTTP_TEST_H

void hostile_requests_are_answered_and_closed(void **state);
void an_ordinary_exchange(void **state);
void large_bodies_are_refused(void **state);
void draining_ends_what_runs(void **state);

/* of http_upload_test.c */
void parts_are_read_in_any_pieces(void **state);
void wrong_parts_are_refused(void **state);
void files_go_to_the_disk(void **state);
void answers_are_made_while_they_are_sent(void **state);

#endif
