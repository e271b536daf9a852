/* words_table.h - the tables that tools/po-to-c.py makes of po/en.po and po/vi.po, sorted by what
 * stands in the code. */
#ifndef KIT_WORDS_TABLE_H
#define KIT_WORDS_TABLE_H

struct words_row {
	const char *code; /* as it stands there */
	const char *said;
};

extern const struct words_row words_table[];
extern const unsigned words_count;
extern const struct words_row failure_table[];
extern const unsigned failure_count;

#endif
