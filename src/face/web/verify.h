/* verify.h - private to face/web: what the verifying process leaves for the page. */
#ifndef FACE_WEB_VERIFY_H
#define FACE_WEB_VERIFY_H

#define VERIFY_PROGRESS "verifying"   /* a file of the notes: "done all"; gone when done */
#define VERIFY_SETTING "log.verified" /* "at status shards entries proven findings own-keys" */
#define VERIFY_SETTING_TEXT "log.verified.text"

#endif
