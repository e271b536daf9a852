/* show.h - a line of a log as people and machines are shown it: never a raw control byte on a
 * terminal or a page. */
#ifndef ARCHIVE_SHOW_H
#define ARCHIVE_SHOW_H

#include "kit/text/text.h"
#include "work/archive/find.h"

/* ESC as ^[, other control bytes alike; marks that turn the direction of text or are not seen as
 * \u{202E}. Bytes that are no UTF-8 as \xNN, but text in an old Vietnamese encoding as Unicode:
 * what is kept, exported as raw and proved are the bytes. */
void show_visible(struct buf *out, struct str raw);
/* That encoding, as "TCVN3 (ABC)"; NULL: RAW is shown as it is. */
const char *show_encoding(struct str raw);
/* An object with all that is known of the line; "raw_base64" where "raw" cannot tell the bytes, and
 * "encoding" and "text" where they are text of an old encoding. */
void show_json(struct json *j, const struct find_line *line);
void show_csv_head(struct buf *out, enum lang lang);
void show_csv(struct buf *out, const struct find_line *line);
/* "10.0.0.7", "2001:db8::1", "" for none. TEXT has SHOW_PEER_MAX bytes. */
#define SHOW_PEER_MAX 64
const char *show_peer(const uint8_t peer[16], char *text);

#endif
