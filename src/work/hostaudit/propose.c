/* khien audit --propose: a draft of /etc/khien/machine.yaml from what is there. Reasons, approver
 * and end dates are left for a person: a draft can be read, and approves nothing. */
#include "kit/text/text.h"
#include "work/hostaudit/audit_int.h"

#define PROPOSALS_MAX 500

struct writing {
	struct arena *arena;
	enum lang lang;
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
	return c->kind == CELL_TEXT ? text_clean(w->arena, c->text, 200) : STR("");
}

/* ---- what the machine seems to be ---- */

/* (role): by what is started or heard here. */
static const char roles_sql[] =
	"WITH seen(role, name, unit) AS (VALUES"
	" ('web', 'nginx', 'nginx.service'), ('web', 'apache2', 'apache2.service'),"
	" ('web', 'httpd', 'httpd.service'), ('web', 'caddy', 'caddy.service'),"
	" ('application', 'php-fpm%', 'php%-fpm.service'),"
	" ('application', NULL, 'tomcat%.service'),"
	" ('application', 'gunicorn%', 'gunicorn.service'),"
	" ('database', 'postgres', 'postgresql.service'),"
	" ('database', 'mariadbd', 'mariadb.service'),"
	" ('database', 'mysqld', 'mysql%.service'), ('database', 'mongod', 'mongod.service'),"
	" ('file-server', 'smbd', 'smbd.service'), ('file-server', NULL, 'smb.service'),"
	" ('file-server', NULL, 'nfs-server.service'), ('mail', 'dovecot', 'dovecot.service'),"
	" ('dns', 'named', 'named.service'), ('dns', 'unbound', 'unbound.service'),"
	" ('directory', 'slapd', 'slapd.service'), ('directory', 'samba', 'samba-ad-dc.service'),"
	" ('monitoring', 'zabbix_server', 'zabbix-server.service'),"
	" ('monitoring', 'prometheus', 'prometheus.service'),"
	" ('backup', 'bacula-dir', 'bacula-director.service'),"
	" ('virtualization', 'libvirtd', 'libvirtd.service'),"
	" ('virtualization', NULL, 'pveproxy.service'))"
	" SELECT DISTINCT role FROM seen WHERE"
	" EXISTS (SELECT 1 FROM systemd_units u WHERE u.starts AND u.name LIKE unit)"
	" OR EXISTS (SELECT 1 FROM host_profile CROSS JOIN processes p"
	" WHERE has_proc AND p.name LIKE seen.name)"
	" ORDER BY role";

static bool write_role(
	void *context, bool is_header, const struct hostaudit_cell *cells, size_t count)
{
	struct writing *w = context;

	if (is_header || count < 1)
		return true;
	buf_fmt(w->out, "%s%.*s", w->count++ > 0 ? ", " : "", STR_FMT(cell(w, &cells[0])));
	return true;
}

/* ---- what would have to be approved ---- */

/* What is found, as (what, name, a note for the reader). Only a person knows whether it is meant.
 */
static const struct {
	const char *head; /* Vietnamese comment */
	const char *sql;
} questions[] = {
	{ T("cổng mà máy khác gửi tới được"),
		"SELECT 'port', protocol || '/' || port, min(coalesce(nullif(unit, ''), program, '?'))"
		" FROM listening_ports WHERE is_external = 1 AND protocol IN ('tcp', 'udp')"
		" GROUP BY protocol, port ORDER BY protocol, port" },
	{ T("dịch vụ tự chạy mà chỉ một số máy mới cần"),
		"SELECT 'service', name, state FROM systemd_units WHERE starts AND state <> 'masked'"
		" AND name IN ('cups.service', 'cups.socket', 'rpcbind.service', 'rpcbind.socket',"
		" 'tftp.socket', 'tftpd-hpa.service', 'inetd.service', 'openbsd-inetd.service',"
		" 'xinetd.service', 'avahi-daemon.service', 'bluetooth.service') ORDER BY name" },
	{ T("thư mục chia sẻ"),
		"SELECT DISTINCT 'share', name, kind || ' ' || path FROM shares WHERE is_served = 1"
		" ORDER BY name" },
	{ T("tài khoản có quyền quản trị"),
		"SELECT DISTINCT 'admin', u.name, 'uid ' || u.uid FROM users u"
		" WHERE u.is_login = 1 AND"
		" (u.uid = 0 OR EXISTS (SELECT 1 FROM groups g"
		" WHERE g.name IN ('sudo', 'wheel', 'admin')"
		" AND ',' || g.members || ',' LIKE '%,' || u.name || ',%')) ORDER BY u.uid" },
};

static bool write_approval(
	void *context, bool is_header, const struct hostaudit_cell *cells, size_t count)
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

/* ---- who backs it up ---- */

/* (name, tool, where, encrypted, every days): what the machine does itself, and clients of others.
 */
static const char backups_sql[] =
	"SELECT name, backup_tool,"
	" CASE backup_where WHEN 'unclear' THEN 'local' ELSE backup_where END,"
	" CASE backup_is_encrypted WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE '' END, period_days"
	" FROM jobs WHERE backup_tool IS NOT NULL AND is_active"
	" UNION ALL SELECT tool, tool, 'elsewhere', '', NULL FROM backup_agents ORDER BY 1";

static bool write_backup(
	void *context, bool is_header, const struct hostaudit_cell *cells, size_t count)
{
	struct writing *w = context;

	if (is_header || count < 5)
		return true;
	buf_add(w->out, STR("  - name: "));
	quoted(w->out, cell(w, &cells[0]));
	buf_add(w->out, STR("\n    tool: "));
	quoted(w->out, cell(w, &cells[1]));
	buf_fmt(w->out, "\n    target: \"\"\n    where: %.*s\n    encrypted: \"%.*s\"\n",
		STR_FMT(cell(w, &cells[2])), STR_FMT(cell(w, &cells[3])));
	if (cells[4].kind == CELL_INT && cells[4].number > 0 && cells[4].number <= 366)
		buf_fmt(w->out, "    every-days: %lld\n", (long long)cells[4].number);
	buf_add(w->out, STR("    by: \"\"\n    until: \n    last-restore-test: \n"));
	return ++w->count < PROPOSALS_MAX;
}

static int write_approvals(struct writing *w, struct hostaudit *audit, struct err *e)
{
	for (size_t i = 0; i < COUNT(questions); i++) {
		int rc;

		buf_fmt(w->out, "  # %s\n", tr(w->lang, questions[i].head));
		rc = hostaudit_ask(audit, str_of(questions[i].sql), write_approval, w, e);
		if (rc < 0)
			return rc;
	}
	if (w->count == 0)
		buf_add(w->out, STR("  []\n"));
	return 0;
}

int hostaudit_propose(struct hostaudit *audit, enum lang lang, struct buf *out, struct err *e)
{
	struct hostaudit_profile host = hostaudit_profile(audit);
	struct writing w = { .arena = audit->arena, .lang = lang, .out = out };
	char when[CLOCK_TEXT_MAX];
	int rc;

	buf_fmt(out, "# %s\n# %s, %s\n",
		tr(lang,
			T("Bản khai nháp của máy. Bỏ những gì không cần; mỗi mục còn lại ghi lý do "
			  "(why), người duyệt (by) và ngày hết hạn (until: NĂM-THÁNG-NGÀY).")),
		host.name.ptr, clock_people(host.at_s, when));
	buf_fmt(out, "kind: %.*s\nroles: [", STR_FMT(host.kind));
	rc = hostaudit_ask(audit, str_of(roles_sql), write_role, &w, e);
	if (rc < 0)
		return rc;
	buf_fmt(out, "]\nlevel: %d\ndata: # %s\npurpose: \"\"\napproved:\n", host.level,
		tr(lang, T("sensitive nếu máy giữ dữ liệu nhạy cảm, ordinary nếu không")));
	w.count = 0;
	rc = write_approvals(&w, audit, e);
	if (rc < 0)
		return rc;
	w.count = 0;
	buf_fmt(out, "# %s\nbackups:\n",
		tr(lang,
			T("ai sao lưu máy này; kể cả việc máy khác làm hộ mà máy này không thấy")));
	rc = hostaudit_ask(audit, str_of(backups_sql), write_backup, &w, e);
	if (rc == 0 && w.count == 0)
		buf_add(out, STR("  []\n"));
	return rc;
}
