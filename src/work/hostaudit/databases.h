/* databases.h - private to hostaudit: database servers as their own configuration has them: where
 * they listen and whether they ask who comes. */
#ifndef WORK_DATABASES_H
#define WORK_DATABASES_H

#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/sockets.h"

#define DATABASES_MAX 1024

struct database {
	const char *engine;    /* postgresql mariadb mysql redis mongodb … */
	struct str instance;   /* "15/main", a file, … */
	struct setting listen; /* as written; unset: the program's own default */
	struct str fallback;   /* that default: "localhost", "*" */
	int64_t port;
	bool has_network;       /* false: Unix sockets only */
	const char *auth;       /* password; none: nobody is asked; local: nobody inside this
				 * machine is; protected: nobody is asked, only this machine is
				 * let in; NULL: cannot be told */
	struct setting auth_at; /* where that stands */
	bool is_started;        /* false: told not to start by itself */
	bool is_served;         /* whoever found it knows that it starts */
};

struct database_list {
	struct host *h;
	struct arena *a;
	struct database *at;
	size_t len, room;
	size_t bytes; /* of option files read so far */
};

#define DATABASE_BYTES_MAX (8 * MIB)

void databases_postgres(struct database_list *list);
void databases_mysql(struct database_list *list);
void databases_redis(struct database_list *list);
void databases_mongo(struct database_list *list);
void databases_search(struct database_list *list);
void databases_memcached(struct database_list *list);
void databases_container(struct database_list *list);
/* Servers whose settings are not read: that they are there is all that is told. */
void databases_unread(struct database_list *list);

/* A zeroed row with has_network and is_started set, or NULL (and a gap) when there are too many.
 */
struct database *database_add(struct database_list *list, const char *engine, struct str instance);
/* The bytes of a configuration file; false when it is absent, unreadable, or too much was read. */
bool database_read(
	struct database_list *list, struct str path, struct str *ret_bytes, struct str *ret_file);

/* ---- parsers ---- */

struct postgres_line {
	struct str name, value; /* quotes undone; in A */
};
/* One line of postgresql.conf: 1 a setting, 0 nothing, <0 not understood. */
int postgres_parse(struct str line, struct arena *a, struct postgres_line *ret);
struct postgres_hba {
	struct str method;
	bool is_local; /* from this machine only */
	bool is_unix;  /* by the socket */
	bool is_all;   /* every database, user and place it can come from by its ways: no later line
			* of these is reached */
	bool is_ip4, is_ip6; /* the ways it speaks of */
};
/* A line of pg_hba.conf that lets in or keeps out; false for any other. */
bool postgres_hba_parse(struct str line, struct postgres_hba *ret);

/* One option file of MySQL or MariaDB. */
struct mycnf_reader {
	struct str rest;
	struct str group;
	int line;
};
struct mycnf_line {
	struct str group;
	struct str name, value; /* value.ptr NULL: none given */
	struct str include, includedir;
	int line;
};
bool mycnf_next(struct mycnf_reader *r, struct mycnf_line *ret);
/* "bind_address", "loose-bind-address" and "bind-addr" are all "bind-address". */
bool mycnf_is(struct str name, const char *option, size_t least_prefix);

/* One line of redis.conf: its words, slices of it without their quotes; 0 for nothing. */
#define REDIS_WORDS_MAX 32
size_t redis_parse(struct str line, struct str *ret_words);
/* "user default …": 1 it asks for a password or is off, 0 it does not ask, -1 another user. */
int redis_default_user(const struct str *words, size_t count);

/* elasticsearch.yml or opensearch.yml. Lives in A and in BYTES. */
struct search_conf {
	struct setting address; /* of all its doors together, made of those below */
	struct setting host, bind_host, http, transport;
	struct setting port, security;
};
void search_conf_read(struct str bytes, struct str file, struct arena *a, struct search_conf *ret);

#endif
