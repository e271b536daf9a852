/* web_int.h - private to face/web: what a page has in its hands. */
#ifndef FACE_WEB_INT_H
#define FACE_WEB_INT_H

#include "base/base.h"
#include "core/evidence/evidence.h"
#include "core/org/account.h"
#include "core/org/org.h"
#include "core/org/rights.h"
#include "core/org/token.h"
#include "core/org/unit.h"
#include "core/pack/pack.h"
#include "core/trail/taking.h"
#include "kit/http/http.h"
#include "kit/sandbox/sandbox.h"
#include "kit/text/text.h"
#include "work/comply/comply.h"

/* --- the process ------------------------------------------------------------------------------ */

struct index_row {
	struct str folded;
	const struct clause *clause;         /* of an obligation: its clause */
	const struct obligation *obligation; /* NULL: the clause itself */
};

/* The state of the log, as every page tells it; looked at anew every few seconds. */
struct log_strip {
	bool is_broken;
	struct taking_state taking, sealing, storing; /* well, too, when nobody said */
	char amiss[TAKING_WHY_MAX + 1]; /* what of the archive cannot be read; "": nothing */
	uint64_t lines, unsealed, today;
	bool is_today_all;
	int64_t newest_s, sealed_s; /* 0: none, never */
	size_t witnesses;           /* that signed the newest checkpoint */
	int64_t stamped_s;          /* by a time-stamp authority; 0: never */
	int free_percent;           /* -1: unknown */
	int64_t days_left;          /* that the disk will do; -1: unknown */
	bool has_senders, has_offset;
	uint64_t dropped; /* lines lost before they were acknowledged */
	size_t silent;    /* senders whose alarm is on */
	int64_t offset_s; /* of the worst clock among today's senders */
};

struct find;        /* work/archive/find.h */
struct signin_desk; /* signin.h */

#define INCOMING \
	"incoming" /* folder of the data folder: what a form brings, while it is looked at */

/* How much a program asks in this minute. Two tokens that share a place are counted together. */
#define TOKEN_RATES 256
struct token_rate {
	int64_t minute;
	int calls;
};

/* What a second allows, and what of it one address has had: nobody takes it from all others. Two
 * addresses that share a place are counted together. */
#define SHARE_PEERS 1024
struct share {
	int64_t second_s;
	int total;
	unsigned char of_peer[SHARE_PEERS];
};

/* The web process. */
struct web {
	struct store *store;
	const struct pack_set *packs;
	const struct route *routes; /* the table of route.c */
	size_t route_count;
	struct str key;          /* for second steps */
	const char *data;        /* the data folder; NULL in tests */
	struct vfile_disk *disk; /* the same, for files; NULL in tests */
	int parent_fd;           /* to ask for an audit; -1 in tests */
	bool is_tls;
	struct sandbox_level level;
	struct share hashes, asks; /* passwords looked at here, and asked of others */
	struct token_rate rates[TOKEN_RATES];
	struct signin_desk *desk; /* log-ins that others vouch for; NULL: none do, in tests */
	struct arena arena;       /* ends with the process */
	struct index_row *index;
	size_t index_count;
	const char *program;    /* "khien 0.1.0" */
	const char *log_folder; /* NULL: none is read, in tests */
	struct find *log;       /* open from the first question on */
	int64_t log_at_us, strip_at_us;
	struct log_strip strip;
};

/* --- a request -------------------------------------------------------------------------------- */

/* How far a visitor has come. */
enum stage {
	STAGE_NOBODY,
	STAGE_SECOND_STEP, /* the password was right, the code is missing */
	STAGE_CHANGE,      /* the one-time password must be changed */
	STAGE_SET_SECOND,  /* an administrator must turn the second step on */
	STAGE_FULL,
};

struct fault {
	const char *field;
	const char *words;
};

#define VIEW_ARGS_MAX 3
#define VIEW_FAULTS_MAX 16

struct view {
	struct web *web;
	const struct http_request *rq;
	struct http_response *rs;
	struct buf *w; /* the page */
	struct arena *a;
	struct err *e;
	enum lang lang;
	struct org_actor by;
	struct org_rules rules;
	enum stage stage;
	bool had_cookie;            /* of a session, live or not */
	struct org_user user;       /* from STAGE_SECOND_STEP on */
	struct org_session session; /* the same */
	struct org_token token;     /* id 0: it is no program that showed one */
	struct http_pairs query, form;
	struct str args[VIEW_ARGS_MAX]; /* what stood for {} in the path */
	const struct route *route;
	struct org_told told; /* ask view_told() for it */
	bool is_told;
	struct find *log;     /* ask log_of() for it */
	struct org_tree tree; /* of today; ask view_tree() for it */
	unsigned stands_in;   /* for which roles, besides their own; work.c asks once */
	bool is_stands_in_known;
	int refresh_s;     /* the page asks for itself again; 0: not */
	bool is_title_law; /* the heading is the law's own, Vietnamese words */
	const char *again; /* so ids end in a form that asks what one above it asks; or NULL */
	struct fault faults[VIEW_FAULTS_MAX];
	size_t fault_count;
};

/* --- routes ----------------------------------------------------------------------------------- */

#define ROLES_ANYONE 0x100u /* no log-in needed */
#define ROLES_HALF 0x200u   /* from the password on, in any stage */

/* What the first {} of a path names, so that gate.c can tell in which unit it stands. */
enum object {
	OBJECT_NONE,  /* the path names nothing */
	OBJECT_LAW,   /* something of the packs, which everybody may read */
	OBJECT_LIST,  /* a list: the page shows only what view_units() has */
	OBJECT_MINE,  /* what is the visitor's own: the page itself asks for their staff_id */
	OBJECT_WHOLE, /* what belongs to all units: only who reaches unit 1 */
	OBJECT_HOST,
	OBJECT_EXCEPTION,
	OBJECT_UNIT,
	OBJECT_STAFF,
	OBJECT_ACCOUNT,
	OBJECT_RECORD,
	OBJECT_CASE,
	OBJECT_SESSION,
	OBJECT_DUTY, /* the unit, and in the second and third {} an obligation of it */
	OBJECT_FILE,
	OBJECT_IMPORT,
	OBJECT_COUNT,
};

/* A form with files may be sent there, of so many MiB (1 to 255) in all: RULE(…) | FILES(64). */
#define FILES(mib) ((mib) + 0u * (unsigned)sizeof(char[(mib) > 0 && (mib) < 256 ? 1 : -1]))

/* Who may come: whoever has the right with the unit in which the object stands. */
#define RULE(right, object) ROLES((right + 1u) << 16 | (object + 1u) << 24)
/* Or anyone, or those who are half logged in: ROLES(ROLES_ANYONE). A row without a rule does not
 * compile; a path with {} whose rule names no object fails web_test. */
#define ROLES(r) ((r) + 0u * (unsigned)sizeof(char[(r) ? 1 : -1]))

struct route {
	enum http_method method;
	const char *path; /* a segment {} takes anything, {}.csv anything that ends so */
	unsigned rule;
	void (*run)(struct view *v);
	const char *nav; /* the word of the navigation it belongs to, or NULL */
};

extern const struct route web_routes[];
extern const size_t web_route_count;

/* Answer one request: the handler of the HTTP server. CONTEXT is a struct web. */
void web_handle(void *context, const struct http_request *rq, struct http_response *rs);
/* For tests: how many statements the request took since BEFORE. */
void statements_tell(const struct view *v, uint64_t before);
/* What the body of a form with files may come to: by the route, and only for who may come. */
void web_admit(void *context, const struct http_request *rq, struct http_admit *admit);
/* Does the rule let this visitor come with these args? Answers by itself when not (gate.c). */
bool gate_allows(struct view *v);
/* The search index of all packs, once at start. */
void web_index(struct web *w);

/* --- rights (place.c) ------------------------------------------------------------------------- */

enum org_right route_right(const struct route *r); /* RIGHT_COUNT: the rule names none */
enum object route_object(const struct route *r);
size_t route_files_bytes(const struct route *r); /* 0: it takes no files */
/* The tree of today's units, loaded at the first call. */
const struct org_tree *view_tree(struct view *v);
/* May the visitor do so with what belongs to this unit? */
bool view_may(struct view *v, enum org_right right, int64_t unit_id);
int64_t view_home(const struct view *v); /* the visitor's unit; the first for who is of none */
/* May something new be written down there, or be moved there? It is a unit of today. */
bool view_may_put(struct view *v, int64_t unit_id);
/* The units with which the visitor may do so, for lists. JSON, an array of the ids, is for SQL:
 * unit_id IN (SELECT value FROM json_each($1)). In v->a. */
struct view_units {
	const int64_t *ids;
	size_t count;
	struct str json;
	bool is_all;
};
struct view_units view_units(struct view *v, enum org_right right);
#define VIEW_ROWS 30       /* of a list on one page: on a phone some six screens */
#define VIEW_HOSTS_MAX 200 /* machines in one list to choose from, or one answer of the API */
/* Of the machines with which the visitor may do so those of the query, whose units are set here. In
 * v->a. */
int view_hosts(struct view *v, enum org_right right, const struct org_host_query *about,
	struct org_host **ret, size_t *ret_count);
/* Would the rule let the visitor come, for a link of the navigation, whatever the object? */
bool place_may_open(struct view *v, const struct route *r);

/* --- sessions (session.c) --------------------------------------------------------------------- */

int session_load(struct view *v, struct err *e);
void session_stage(struct view *v);
/* A new session for USER_ID, its cookie set. */
int session_begin(struct view *v, int64_t user_id, bool has_second_step);
void session_drop_cookie(struct view *v);
/* Where the visitor of this stage has to go first. */
const char *stage_path(enum stage stage);
/* May this form be believed: from this site, with the session's mark? (own_form.c) */
bool is_own_form(const struct view *v);
/* May a program with a token come here, now? Answers by itself when not. */
bool token_allows(struct view *v);
/* At most so many password checks a second, and not all of them for one address. The same of
 * questions to a directory or a provider. Where there were too many they answer by themselves: a
 * little later. */
bool may_hash(struct view *v);
bool may_ask(struct view *v);

/* --- what is told (text.c) -------------------------------------------------------------------- */

/* All of them live in v->a. */
const char *path_of(struct view *v, const char *fmt, ...) PRINTF(2, 3);
/* "{n} lỗi" with NAME, VALUE pairs put in, ended by NULL. */
const char *fill(struct view *v, const char *words, ...) __attribute__((sentinel));
const char *number_text(struct view *v, int64_t n); /* in addresses, forms, of numbers of things */
const char *count_text(struct view *v, int64_t n);  /* 1.234, for people, of how many */
/* The clause that gives it, cited as people do. */
const char *cite_text(struct view *v, const struct param_value *value);
const char *time_text(struct view *v, int64_t at_s);   /* 22/11/2026 08:30, "" for 0 */
const char *second_text(struct view *v, int64_t at_s); /* the same with seconds */
const char *date_text(struct view *v, struct date d);  /* 22/11/2026 */
const char *text_of(struct view *v, struct str s);     /* as a C string */
/* Who did it: "Lê Thị Bình (can.bo)"; "" as log-in: Khiên itself. */
const char *who_text(struct view *v, struct str login, struct str name);
const char *sure_words(enum sure s); /* how surely a source is known; for tr() */
struct str words_of(const struct view *v, struct words w);

/* --- pages (view.c) --------------------------------------------------------------------------- */

/* What every page tells; asked for once. */
int view_told(struct view *v, const struct org_told **ret, struct err *e);
/* A page: everything between goes into <main>. NAV is the route's word. */
void page_start(struct view *v, const char *title);
/* The way up, first thing under the title: the page at PATH, whose name is WORDS. */
void html_back(struct view *v, const char *path, const char *words);
void html_back_host(struct view *v, const struct org_host *host);
/* The pages beside this one, of those that the visitor may open. */
struct page_link {
	const char *path, *words; /* WORDS for tr() */
};
void html_page_links(struct view *v, const struct page_link *links, size_t count);
void page_end(struct view *v);
/* A whole page for what cannot be shown: what happened, what is safe, what to do (problem.c). */
void page_problem(struct view *v, int status);
/* The same for a failure in v->e: absent 404, input 400, denied 403, else 500. */
void page_failed(struct view *v);
void redirect(struct view *v, const char *path);
/* The notice that a redirect brought: ?bao=code */
void html_notice(struct view *v);
/* Where whoever drew a paper up signs, and beside it OTHER. */
void html_signs(struct view *v, const char *other);
/* A list of items goes on, so many of them folded: "</ul>" and "</details>" end it. */
void html_fold(struct view *v, size_t count);
/* What is well, or seldom asked for: folded on the screen, whole on paper; "</details>" ends it. */
void html_fold_whole(struct view *v, const char *words);

/* --- verdicts and outcomes (outcome.c) -------------------------------------------------------- */

/* A state: a class of its colour, a shape for who sees none, and a word. */
void html_chip(struct view *v, const char *class_name, const char *shape, const char *words);
extern const char *const verdict_shapes[VERDICT_COUNT];
void html_verdict(struct view *v, enum verdict verdict);
void html_outcome(struct view *v, enum outcome outcome);
const char *outcome_words(enum outcome o);
const char *proof_words(enum proof_state s);

/* --- answers for programs (answer.c) ---------------------------------------------------------- */

bool is_api(const struct view *v); /* is it a program that asks? */
/* CSV as an attachment NAME. */
void csv_page(struct view *v, const char *name);
void csv_words(struct view *v, const char *words); /* a cell of the heading, looked up */
void csv_text(struct view *v, const char *text);
/* The API. */
void json_page(struct view *v, struct json *j);
void json_list(struct view *v, struct json *j); /* {"items": [ … what the caller puts … ]} */
void json_list_end(struct json *j);
void json_put_time(struct json *j, const char *key, int64_t at_s); /* null for 0 */
void json_problem(struct view *v, int status, const char *what);

/* --- tables (table.c) ------------------------------------------------------------------------- */

/* A table in a frame of its own, with these headings; rows and html_table_end() follow.
 * LABEL names it for who only hears it (NULL: the heading above does), KIND is its class: "" or
 * "stack", which a narrow screen shows row by row. A heading "" is that of buttons. */
#define html_table(v, label, kind, ...) \
	html_table_of(v, label, kind, (const char *const[]){ __VA_ARGS__ }, \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))
void html_table_of(struct view *v, const char *label, const char *kind, const char *const *heads,
	size_t count);
/* The same piece by piece, for headings that are counted or are links. */
void html_table_begin(struct view *v, const char *label, const char *kind);
void html_table_head(struct view *v, const char *words);
void html_table_head_number(struct view *v, const char *words);
void html_table_rows(struct view *v);
void html_table_end(struct view *v);
/* A cell of a "stack", which names its heading where the headings are not shown; an empty one takes
 * no room there. One that is begun is written and closed by the caller. */
void html_table_cell(struct view *v, const char *head, const char *text);
void html_table_cell_begin(struct view *v, const char *head);
void html_table_time(struct view *v, const char *head, int64_t at_s); /* empty for 0 */
/* Under html_table_head_number(). */
void html_table_number(struct view *v, const char *head, int64_t n);

/* --- days off (expected.c) -------------------------------------------------------------------- */

/* That a term rests on DAY, which no notice has confirmed: a word that leads to the calendar, or a
 * sentence. */
void html_expected(struct view *v, struct date day);
void html_expected_long(struct view *v, struct date day);
const char *expected_why(struct view *v, struct date day); /* only the sentence */

/* --- forms (form.c) --------------------------------------------------------------------------- */

struct field {
	const char *name, *label;
	const char *type; /* "text" when NULL; "password" is never filled in again */
	const char *hint;
	const char *value; /* when nothing was typed yet */
	const char *autocomplete;
	bool is_required;
};

/* A certificate in PEM, of a bearable size? */
bool is_ca(struct str s);
/* "31/12/2026", "31-12-2026" or "2026-12-31" */
bool date_typed(struct str s, struct date *ret);
void fault_add(struct view *v, const char *field, const char *words);
struct str form_value(const struct view *v, const char *name); /* trimmed, "" when absent */
void html_faults(struct view *v);
void html_form(struct view *v, const char *action, const char *class_name);
void html_form_end(struct view *v, const char *button);
/* What is wrong with the field of this name, where it stands; nothing when nothing is. */
void html_fault(struct view *v, const char *name);
/* The id of the field of this name in the form that is being written. */
const char *html_id(struct view *v, const char *name);
bool html_invalid(struct view *v, const char *name); /* within its tag; true: it has one */
void html_field(struct view *v, const struct field *f);
/* The same for a text of several lines, with its hint. */
void html_area(struct view *v, const struct field *f);
void html_option(struct view *v, const char *value, const char *words, bool is_chosen);
/* A box to tick, with its words. */
void html_box(struct view *v, const char *name, struct str value, struct str words, bool is_on);
void html_select(struct view *v, const char *name, const char *label);
void html_select_end(struct view *v);
void html_button(struct view *v, const char *action, const char *name_value[2], const char *words);
/* The rule for passwords, in words, with its clauses. */
const char *password_rule(struct view *v);
void fault_password(struct view *v, const char *field, unsigned faults);

/* --- facts (facts.c) -------------------------------------------------------------------------- */

/* What is known of one machine now. */
struct facts {
	struct org_host host;
	struct audit_run run; /* id 0: never audited */
	struct evidence *rows;
	size_t row_count;
	struct exception *exceptions;
	size_t exception_count;
	struct comply_verdict *verdicts;
	size_t verdict_count;
};

/* One check of the newest run: consecutive rows. */
struct check_facts {
	const struct check *check; /* NULL: no longer known */
	struct str id;
	const struct evidence *rows;
	size_t row_count;
	enum outcome outcome;
	int weight; /* the greatest of the obligations it answers */
};

/* The moment that what is shown is of: the end of the day asked for, or now. */
int64_t facts_as_of_s(const struct view *v);
int facts_load(struct view *v, int64_t host_id, struct facts *ret, struct err *e);
/* The first machine that the visitor may see; nothing when there is none. */
int facts_here(struct view *v, struct facts *ret, struct err *e);
/* Its checks, worst and weightiest first. In v->a. */
size_t facts_checks(struct view *v, const struct facts *f, struct check_facts **ret);
int check_weight(const struct check *c); /* the greatest of the obligations it answers */
const struct comply_verdict *facts_verdict(const struct facts *f, const struct obligation *o);
/* The article (điều) a clause stands in, or NULL. */
const struct clause *clause_article(const struct clause *c);
/* The clause's page, with its anchor. */
const char *clause_path(struct view *v, const struct clause *c);
/* A row of a list, which the caller ends: what it asks, and the clause where it stands. */
void html_obligation(struct view *v, const struct obligation *o);
const char *obligation_name(struct view *v, const struct obligation *o); /* "tay-son/D8.3" */
/* What the row wanted, in words, and the cure for it. */
struct str wanted_words(struct view *v, const struct facts *f, const struct check *c);
struct str cure_words(
	struct view *v, const struct facts *f, const struct check *c, const struct evidence *row);
struct str reason_words(struct view *v, const struct check *c, const struct evidence *row);
struct str found_words(struct view *v, const struct check *c, const struct evidence *row);
/* What cases or signatures of many come to: a link to the case, how many have signed. False for
 * evidence of any other kind, of which nothing is written. */
bool html_weighed(struct view *v, const struct evidence *row);
/* "tài khoản an"; "" for the whole machine. */
struct str subject_words(struct view *v, const struct evidence *row);
const char *weight_words(struct view *v, int weight);

/* --- things compiled in ----------------------------------------------------------------------- */

struct asset {
	const char *name; /* "style.css" */
	const char *type;
	const char *path; /* "/tinh/style.0123abcd.css" */
	struct str bytes;
};
extern const struct asset web_assets[];
extern const size_t web_asset_count;
const struct asset *asset_named(const char *name);

enum guide_kind { GUIDE_TEXT, GUIDE_BOLD, GUIDE_EM, GUIDE_CODE, GUIDE_LINK };
struct guide_span {
	enum guide_kind kind;
	const char *text;
	const char *to; /* GUIDE_LINK */
};
enum guide_block_kind { GUIDE_H2, GUIDE_H3, GUIDE_P, GUIDE_LI, GUIDE_STEP, GUIDE_PRE };
struct guide_block {
	enum guide_block_kind kind;
	const struct guide_span *spans; /* ended by a NULL text */
};
struct guide_page {
	enum lang lang;
	const char *slug, *title;
	const struct guide_block *blocks;
	size_t block_count;
};
extern const struct guide_page guide_pages[];
extern const size_t guide_page_count;

/* --- pages ------------------------------------------------------------------------------------ */

void page_home(struct view *v);
void page_asset(struct view *v);
void page_language(struct view *v);
void page_days_off(struct view *v);
void page_setup(struct view *v);
void page_setup_post(struct view *v);
void page_login(struct view *v);
void page_login_post(struct view *v);
/* The directory is asked about the log-in of the form. */
void page_login_outside(struct view *v, struct str password);
void page_login_wait(struct view *v);
void page_oidc_begin(struct view *v);
void page_oidc_go(struct view *v);
void page_oidc_back(struct view *v);
/* What is said of a log-in that did not work: the same for names that exist and that do not. */
const char *login_words(struct view *v, const struct org_login *try);
/* A session for one who has shown who they are; the log-in is done when no second step is asked. */
int login_done(struct view *v, int64_t user_id, bool has_second_step);
void page_directory(struct view *v);
void page_directory_post(struct view *v);
void page_directory_group(struct view *v);
void page_directory_try(struct view *v);
void page_directory_tried(struct view *v);
void page_logout(struct view *v);
void page_second(struct view *v);
void page_second_post(struct view *v);
void page_second_on(struct view *v);
void page_second_on_post(struct view *v);
void page_change(struct view *v);
void page_change_post(struct view *v);
void page_account(struct view *v);
void page_tokens(struct view *v); /* a part of it */
void page_token_post(struct view *v);
/* The tokens of U, with a button to end each of the live ones, which posts to PATH. */
void html_tokens(struct view *v, const struct org_user *u, const char *path);
void page_report(struct view *v);
void page_report_post(struct view *v);
void page_today(struct view *v);
void page_today_csv(struct view *v);
void page_audit_post(struct view *v);
void page_clauses(struct view *v);
void page_clause(struct view *v);
void page_clauses_csv(struct view *v);
void page_search(struct view *v);
void page_search_csv(struct view *v);
void page_map(struct view *v);
void page_map_csv(struct view *v);
void page_hosts(struct view *v);
void page_hosts_csv(struct view *v);
void page_host(struct view *v);
void page_host_csv(struct view *v);
void page_check(struct view *v);
void page_review(struct view *v);
void page_review_csv(struct view *v);
void page_review_post(struct view *v);
void page_review_take(struct view *v);
void page_review_signed(struct view *v);
void page_integrity(struct view *v);
void page_integrity_csv(struct view *v);
void page_integrity_post(struct view *v);
void page_cases(struct view *v);
void page_cases_csv(struct view *v);
void page_case_new(struct view *v);
void page_case_start(struct view *v);
void page_case(struct view *v);
void page_case_move(struct view *v);
void page_case_tasks(struct view *v);
void page_case_paper(struct view *v);
void page_attest(struct view *v);
void page_statement(struct view *v);
void page_statement_sign(struct view *v);
void page_sessions(struct view *v);
void page_session_open(struct view *v);
void page_session(struct view *v);
void page_session_post(struct view *v);
void page_door(struct view *v);
void page_door_post(struct view *v);
void page_roles(struct view *v);
void page_roles_post(struct view *v);
void page_exceptions(struct view *v);
void page_exceptions_csv(struct view *v);
void page_exception_post(struct view *v);
void page_exception_end(struct view *v);
void page_admin(struct view *v);
void page_admin_unit_post(struct view *v);
void page_admin_host(struct view *v);
void page_admin_host_post(struct view *v);
void page_units(struct view *v);
void page_units_csv(struct view *v);
void page_one_unit(struct view *v);
void page_unit_act(struct view *v);
void page_unit_act_post(struct view *v);
void page_people(struct view *v);
void page_people_csv(struct view *v);
void page_people_post(struct view *v);
void page_staff(struct view *v);
void page_staff_post(struct view *v);
void page_staff_decide(struct view *v);
void page_staff_role(struct view *v);
void page_users_csv(struct view *v);
void page_user_add(struct view *v);
void page_user(struct view *v);
void page_user_act(struct view *v);
void page_events(struct view *v);
void page_events_csv(struct view *v);
void page_trail(struct view *v);
void page_trail_csv(struct view *v);
void page_change_one(struct view *v);
void page_change_proof(struct view *v);
void page_log(struct view *v);
void page_log_csv(struct view *v);
void page_log_json(struct view *v);
void page_log_raw(struct view *v);
void page_log_range(struct view *v);
void page_log_saved_post(struct view *v);
void page_log_line(struct view *v);
void page_redact(struct view *v);
void page_redact_post(struct view *v);
void page_log_proof(struct view *v);
void page_senders(struct view *v);
void page_senders_csv(struct view *v);
void page_media(struct view *v);
void page_media_post(struct view *v);
void page_sender(struct view *v);
void page_sender_post(struct view *v);
void page_months(struct view *v);
void page_months_post(struct view *v);
void page_month(struct view *v);
void page_month_sign(struct view *v);
void page_month_tar(struct view *v);
void page_verify(struct view *v);
void page_verify_post(struct view *v);
void page_verify_sign(struct view *v);
void page_seal_sheet(struct view *v);
void page_packs(struct view *v);
void page_packs_csv(struct view *v);
void page_guide(struct view *v);

void api_openapi(struct view *v);
void api_session(struct view *v);
void api_session_post(struct view *v);
void api_session_end(struct view *v);
void api_tokens(struct view *v);
void api_token_end(struct view *v);
void api_hosts(struct view *v);
void api_host(struct view *v);
void api_results(struct view *v);
void api_runs(struct view *v);
void api_verdicts(struct view *v);
void api_audit(struct view *v);
void api_log(struct view *v);
void api_changes(struct view *v);
void api_packs(struct view *v);
void api_clauses(struct view *v);
void api_obligations(struct view *v);
void api_params(struct view *v);
void api_exceptions(struct view *v);
void api_exception_post(struct view *v);
void api_exception_end(struct view *v);

/* Ask the supervisor for an audit and wait for it a little. False: not done yet. */
bool audit_now(struct view *v);
/* Ask for a new picture of the processes; it takes longer than a visitor waits. */
bool review_now(struct view *v, int64_t host_id);
/* The setting that says when one was asked for. */
const char *review_asked_key(int64_t host_id, struct arena *a);
/* What is declared of a machine, and where the last audit found it; a draft beside the database. */
const char *declared_key(int64_t host_id, struct arena *a);
const char *declared_in_key(int64_t host_id, struct arena *a);
const char *declared_draft_name(int64_t host_id, struct arena *a);
/* The I-th obligation in force that is answered by signing the review of the processes, or NULL. */
const struct obligation *review_obligation(const struct pack_set *packs, struct date on, size_t i);
/* How many days apart the law wants them; 0 when no obligation asks. */
int64_t review_period_days(
	const struct pack_set *packs, int level, struct date on, struct arena *a);
/* Take and check the fields of an exception; faults tell what is wrong. 0 added. */
int exception_take(struct view *v, int64_t host_id);
/* All that are about machines, or of units, which the visitor may see. In v->a. */
struct exceptions {
	struct exception *at;
	size_t count;
	struct org_host *hosts; /* that they are about */
	size_t host_count;
};
int exceptions_seen(struct view *v, struct exceptions *ret);
/* The unit that one of them is of. */
int64_t exception_unit(const struct exceptions *all, const struct exception *x);

/* "máy chủ" */
const char *host_kind_words(struct view *v, struct str kind);

/* The box to search the law, with what was asked. */
void html_search(struct view *v, struct str q);

/* The state of the log in one line. */
void html_log_strip(struct view *v);

/* The QR code of TEXT as SVG. */
void html_qr(struct view *v, const char *text);

#endif
