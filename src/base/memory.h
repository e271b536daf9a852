/* memory.h - when the system has no memory left: who asked for some calls abort(), and the program
 * ends there, so that nothing half done is taken for whole. What had reached the disk is there when
 * it starts again. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

/* What the program says on stderr when it ends so, as a line; TEXT lives as long as it does. */
void memory_end_says(const char *text);

#endif
