/* tables.h - private to hostaudit: the rows that the table_*.c files declare, one line each. */
#ifndef WORK_TABLES_H
#define WORK_TABLES_H

struct fact_table;

extern const struct fact_table mounts_table;

#endif
