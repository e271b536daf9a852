/* words_table.h - the table that tools/po-to-c.py makes of po/en.po, sorted by vi. */
#ifndef KIT_WORDS_TABLE_H
#define KIT_WORDS_TABLE_H

struct words_row {
	const char *vi;
	const char *en;
};

extern const struct words_row words_table[];
extern const unsigned words_count;

#endif
