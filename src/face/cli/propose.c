/* khien audit --propose: a draft of /etc/khien/machine.yaml from what is there. Reasons, approver
 * and end dates are left for a person: a draft approves nothing. */
#include "face/cli/report.h"

#define PROPOSALS_MAX 500

/* What is found, as (what, name, a note for the reader). Only a person knows whether it is meant.
 */
static const struct {
	const char *head; /* Vietnamese comment */
	const char *sql;
} questions[] = {
	{ T("cổng mà máy khác gửi tới được"),
		"SELECT DISTINCT 'port', protocol || '/' || port, coalesce(nullif(unit, ''), program)"
		" FROM listening_ports WHERE is_external = 1 ORDER BY protocol, port" },
	{ T("thư mục chia sẻ"),
		"SELECT DISTINCT 'share', name, kind || ' ' || path FROM shares WHERE is_served = 1"
		" ORDER BY name" },
	{ T("tài khoản có quyền quản trị"),
		"SELECT DISTINCT 'admin', u.name, 'uid ' || u.uid FROM users u WHERE u.is_login = 1 AND"
		" (u.uid = 0 OR EXISTS (SELECT 1 FROM groups g WHERE g.name IN ('sudo', 'wheel', 'admin')"
		" AND ',' || g.members || ',' LIKE '%,' || u.name || ',%')) ORDER BY u.uid" },
};

struct writing {
	const struct report *report;
	struct buf *out;
	size_t count;
};

/* A name as a double-quoted YAML scalar. */
static void quoted(struct buf *out, struct str s)
{
	struct json j;

	json_init(&j, out, false);
	json_str(&j, s);
}

static struct str cell(const struct writing *w, const struct hostaudit_cell *c)
{
	return c->kind == CELL_TEXT ? text_clean(w->report->arena, c->text, 200) : STR("");
}

static bool write_row(void *context, bool is_header, const struct hostaudit_cell *cells,
	size_t count)
{
	struct writing *w = context;

	if (is_header || count < 3)
		return true;
	buf_fmt(w->out, "  - what: %.*s # %.*s\n    name: ", STR_FMT(cell(w, &cells[0])),
		STR_FMT(cell(w, &cells[2])));
	quoted(w->out, cell(w, &cells[1]));
	buf_add(w->out, STR("\n    why: \"\"\n    by: \"\"\n    until: \n"));
	return ++w->count < PROPOSALS_MAX;
}

int report_propose(const struct report *r, struct hostaudit *audit, struct buf *out, struct err *e)
{
	struct writing w = { .report = r, .out = out };
	char when[CLOCK_TEXT_MAX];

	buf_fmt(out, "# %s\n# %s, %s\n",
		tr(r->lang,
			T("Bản khai nháp của máy. Bỏ những gì không cần; mỗi mục còn lại ghi lý do "
			  "(why), người duyệt (by) và ngày hết hạn (until: YYYY-MM-DD).")),
		r->host.name.ptr, clock_people(r->at_s, when));
	buf_fmt(out, "kind: %.*s\nlevel: %d\npurpose: \"\"\napproved:\n", STR_FMT(r->host.kind),
		r->level);
	for (size_t i = 0; i < COUNT(questions); i++) {
		int rc;

		buf_fmt(out, "  # %s\n", tr(r->lang, questions[i].head));
		rc = hostaudit_ask(audit, str_of(questions[i].sql), write_row, &w, e);
		if (rc < 0)
			return rc;
	}
	if (w.count == 0)
		buf_add(out, STR("  []\n"));
	return 0;
}
