/* pack_register.h - a register as data (docs/formats/register.md): a list that the law demands, its
 * fields, when a record of it is complete, and what in it is a finding. pack.h includes this. */
#ifndef CORE_PACK_REGISTER_H
#define CORE_PACK_REGISTER_H

#include "core/pack/pack_data.h"

/* In the order of pack_register_types[]. */
enum register_type {
	REGISTER_TEXT,
	REGISTER_LONG_TEXT,
	REGISTER_NUMBER,
	REGISTER_PERCENT,
	REGISTER_MONEY, /* whole đồng */
	REGISTER_DATE,
	REGISTER_YES_NO, /* "yes", "no" */
	REGISTER_CHOICE,
	REGISTER_CHOICES,
	REGISTER_PERSON, /* an id of the roster */
	REGISTER_UNIT,
	REGISTER_HOST,
	REGISTER_RECORD, /* an id of a record of the register TO */
	REGISTER_ID,     /* a name or number of a thing, never a secret */
	REGISTER_IP,
	REGISTER_MAC,
	REGISTER_DOMAIN,
	REGISTER_EMAIL,
	REGISTER_PHONE,
	REGISTER_FILE, /* kept beside the record, not in its values */
	REGISTER_TYPE_COUNT
};
extern const char *const register_types[]; /* "text" …, ended by NULL */

enum register_need { NEED_NOTHING, NEED_TO_COMPLETE, NEED_TO_SAVE };
enum register_unique { UNIQUE_NOT, UNIQUE_IN_UNIT, UNIQUE_EVERYWHERE };
enum register_see { SEE_ALL, SEE_OFFICERS };

struct register_choice {
	struct str id;
	struct words words;
	struct str *also; /* what people write in their tables for it */
	size_t also_count;
};

struct register_field {
	struct str id;
	struct words title, help;
	enum register_type type;
	enum register_need need;
	enum register_unique unique;
	enum register_see see;
	bool is_many; /* any number of values, one a line */
	bool is_past; /* of a day: not after today */
	bool has_min, has_max;
	int min, max;       /* characters of a text, the value of a number */
	struct str pattern; /* one of register_patterns[], or STR_NONE */
	struct str
		first; /* what a new record has: a value, "today", "me", "my-unit"; or STR_NONE */
	struct str *also; /* other headings that tables of people have for it */
	size_t also_count;
	struct register_choice *choices;
	size_t choice_count;
	struct str to;                     /* REGISTER_RECORD: the register's id */
	const struct pack_register *to_is; /* the same, or NULL after a fault */
	const struct register_group *group;
	struct source source;
};
extern const char *const register_patterns[]; /* ended by NULL */

/* What stands together in the form, beside the text of the clause that asks for it. */
struct register_group {
	struct words title, help;
	struct str clause; /* may be STR_NONE */
	const struct clause *is;
	struct register_field *fields;
	size_t field_count;
	struct source source;
};

/* A span of time: exactly one of them. */
struct register_span {
	int days, months;
	struct str param;
};

enum register_op {
	OP_NONE,
	OP_IS,       /* the value is one of TEXTS */
	OP_NOT,      /* there is a value, and it is none of TEXTS */
	OP_EMPTY,    /* there is no value (IS_SO), or there is one */
	OP_PAST,     /* the day is over (IS_SO), or is today or later */
	OP_WITHIN,   /* the day is today or comes within SPAN */
	OP_OLDER,    /* the day lies more than SPAN back */
	OP_AT_LEAST, /* the number is, or there are so many values */
	OP_AT_MOST,
	OP_BEFORE, /* as a day or number smaller than the field OTHER */
	OP_AFTER,
	OP_SAME, /* the same value as OTHER */
	OP_DIFFERS,
	OP_GONE /* the person works in the record's unit no more (IS_SO), or does */
};

/* About one field of the record, or of the record it refers to ("he-thong.cap-do"). A condition
 * about a value that is not there does not hold, but for OP_EMPTY. */
struct register_condition {
	struct str field;
	enum register_op op;
	struct str *texts;
	size_t text_count;
	bool is_so;
	int number;
	struct register_span span;
	struct str other;
	struct source source;
};

/* Other records that point here. */
struct register_linked {
	struct str register_id, field; /* the field of it that refers to this register */
	const struct pack_register *is;
	struct register_condition *when;
	size_t when_count;
};

/* What machines were found to have, against what the register says. */
struct register_machine {
	struct str check;  /* the check whose newest rows are looked at */
	struct str prefix; /* of the subject: "user " of "user lan"; may be "" */
	struct str host;   /* the field with the machine */
	struct str field;  /* the field with the rest of the subject */
	bool is_unseen;    /* finds records that no machine has; else what no record has */
};

struct register_rule {
	struct str id;
	struct words words;              /* {field} is filled in */
	bool is_warning;                 /* told, and no fail */
	struct str field;                /* where it is mended; may be STR_NONE */
	struct register_condition *when; /* all hold, and all that stands below: a finding */
	size_t when_count;
	struct register_linked *lacks; /* no live record of that register points here */
	size_t lack_count;
	struct str *twice; /* another live record has the same in these fields */
	size_t twice_count;
	struct register_machine machine; /* when its check is there */
	struct str *answers; /* the obligations it counts for; none: all of the register's */
	const struct obligation **answers_are;
	size_t answer_count;
	struct source source;
};

/* Work that each live record brings: due so long after, or before, the day in a field. */
struct register_duty {
	struct str id, who, field;
	struct words title;
	bool is_before;
	struct register_span span;
	struct register_condition *when; /* of which records; none: all */
	size_t when_count;
	struct str *answers;
	const struct obligation **answers_are;
	size_t answer_count;
	struct source source;
};

/* Whom obligations bind: each live record of which all WHEN hold is a subject of its own. */
struct register_binding {
	struct str *obligations;
	const struct obligation **obligations_are;
	size_t obligation_count;
	struct register_condition *when;
	size_t when_count;
	struct source source;
};

struct pack_register {
	const struct pack *pack;
	struct str id; /* unique over all packs */
	struct words title, one, about;
	struct words nothing; /* what it means that there is no record */
	bool is_nothing_fine; /* an empty register is no finding */
	enum register_see see;
	struct str *clauses, *answers, *list;
	const struct clause **clauses_are;
	const struct obligation **answers_are;
	size_t clause_count, answer_count, list_count;
	struct str name; /* the field that names a record */
	struct register_group *groups;
	struct register_field **fields; /* of all groups, in their order */
	struct register_rule *rules;
	struct register_duty *duties;
	struct register_binding *binds;
	size_t group_count, field_count, rule_count, duty_count, bind_count;
	struct source source;
};

#endif
