/* limits.h - every ceiling of the program on one screen: hostile input has a known worst case. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB 1024u
#define MIB (1024u * 1024u)

/* a command at the terminal */
#define LIMIT_COMMAND_MEMORY_BYTES (64 * MIB)
#define LIMIT_COMMAND_WORDS 4096

/* packs */
#define LIMIT_PACK_FILE_BYTES (4 * MIB)
#define LIMIT_PACK_ALL_BYTES (8 * MIB)
#define LIMIT_PACK_MEMORY_BYTES (256 * MIB)
#define LIMIT_YAML_DEPTH 16
#define LIMIT_YAML_NODES 200000
#define LIMIT_YAML_KEYS 200
#define LIMIT_PACK_FAULTS 500
#define LIMIT_PACKS 64

/* reading a host: one file, all files of a run, one table, nesting of includes and links */
#define LIMIT_HOST_FILE_BYTES (1 * MIB)
#define LIMIT_HOST_STREAM_BYTES (128 * MIB)
#define LIMIT_HOST_FILES_BYTES (8 * MIB)
#define LIMIT_HOST_BUDGET_BYTES (64 * MIB)
/* what was made of the files: over the first nothing more is read and an audit tells what it
 * left out; the second it never reaches */
#define LIMIT_HOST_MADE_BYTES (6 * MIB)
#define LIMIT_HOST_MEMORY_BYTES (64 * MIB)
#define LIMIT_HOST_ROWS_BYTES (6 * MIB)
#define LIMIT_HOST_LINE_BYTES (64 * KIB)
#define LIMIT_HOST_DIR_ENTRIES 20000
#define LIMIT_SNAPSHOT_BYTES (16 * MIB)
#define LIMIT_HOST_INCLUDE_DEPTH 16
#define LIMIT_HOST_ROWS 200000
#define LIMIT_HOST_PROCESSES 16384
#define LIMIT_VERIFY_FILE_BYTES (1024 * MIB)
#define LIMIT_RUNNING_FILES 20000
#define LIMIT_CGROUPS 20000
#define LIMIT_LIGHT_SWEEP 65536 /* process numbers that an ordinary audit tries */
#define LIMIT_PROCESS_NUMBER (4 * MIB)
#define LIMIT_REVIEW_BYTES (2 * MIB) /* the text of one process snapshot, and its items */
#define LIMIT_REVIEW_ITEMS 20000

/* questions by hand */
#define LIMIT_ASK_ROWS 100000
#define LIMIT_ASK_STEPS 50000000
#define LIMIT_ASK_CELL_BYTES (64 * KIB)

/* the web */
#define LIMIT_HTTP_BODY_BYTES (256 * KIB)
#define LIMIT_HTTP_PAGE_BYTES (8 * MIB)
#define LIMIT_HTTP_HEADERS 100
#define LIMIT_HTTP_CONNECTIONS 512
#define LIMIT_HTTP_CONNECTIONS_PER_IP 64
#define LIMIT_HTTP_IDLE_S 30
#define LIMIT_HTTP_TOTAL_S 60 /* from a connection's start or last answer to the next answer */
#define LIMIT_HTTP_TARGET_BYTES (4 * KIB)
#define LIMIT_HTTP_FIELDS 1000 /* of one form or query */
#define LIMIT_HTTP_COOKIES 32
#define LIMIT_HTTP_FILES 20                  /* of one form */
#define LIMIT_HTTP_UPLOAD_S 600              /* for a form with files, all of it */
#define LIMIT_HTTP_DISCARD_BYTES (256 * MIB) /* read and thrown away, to say why it was too much */
#define LIMIT_REQUEST_MEMORY_BYTES (32 * MIB)

/* questions to the log: steps of a regular expression on one line */
#define LIMIT_QUERY_STEPS 200000

/* the log archive: one record, one block, one segment, what its tables may hold, its directory */
#define LIMIT_SEGMENT_RECORD_BYTES (4 * MIB)
#define LIMIT_SEGMENT_LINE_BYTES (64 * KIB) /* longer records are not parsed */
#define LIMIT_SEGMENT_SLOTS 512
#define LIMIT_SEGMENT_BLOCK_BYTES (32 * MIB)
#define LIMIT_SEGMENT_BLOCK_ROWS (1u << 20)
#define LIMIT_SEGMENT_BLOCK_VALUES (4u << 20)
#define LIMIT_SEGMENT_BLOCK_GROUPS 4096
#define LIMIT_SEGMENT_BLOCKS 4096
#define LIMIT_SEGMENT_FAMILIES 4096
#define LIMIT_SEGMENT_TEXTS (1u << 20)
#define LIMIT_SEGMENT_TEXT_BYTES (32 * MIB)
#define LIMIT_SEGMENT_TEMPLATES 32768
#define LIMIT_SEGMENT_TEMPLATE_BYTES (8 * MIB)
#define LIMIT_SEGMENT_SECTIONS (1u << 20)
#define LIMIT_SEGMENT_SECTION_BYTES (64 * MIB)
#define LIMIT_SEGMENT_DIRECTORY_BYTES (32 * MIB)

/* results of another tool: the file, what its XML may take of memory, its findings */
#define LIMIT_IMPORT_BYTES (512 * MIB)
#define LIMIT_IMPORT_XML_BYTES (8 * MIB)
#define LIMIT_IMPORT_FINDINGS 10000

/* the integrity of files: names in all trees, one file's content, what the state may come to */
#define LIMIT_INTEGRITY_ENTRIES 2000000u
#define LIMIT_INTEGRITY_RULES 256
#define LIMIT_INTEGRITY_FILE_BYTES (1024ull * MIB)
#define LIMIT_INTEGRITY_MEMORY_BYTES (1024ull * MIB)
#define LIMIT_INTEGRITY_BASELINE_BYTES (256 * MIB)
#define LIMIT_INTEGRITY_TEXT_BYTES (64 * MIB)
#define LIMIT_INTEGRITY_CHANGES 20000
#define LIMIT_INTEGRITY_GAPS 1000

#endif
