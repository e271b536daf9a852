/* review.c - the picture that the weekly look at processes is made from: what runs, listens, starts
 * by itself and is loaded, without what changes from hour to hour (docs/formats/review.md). */
#include <stdlib.h>
#include <string.h>

#include "work/hostaudit/audit_int.h"

#define ODD_PROGRAM "is_program AND NOT is_extra AND state IN ('altered', 'gone')"
/* A package with many odd files is told as one thing. */
#define ODD_COUNT \
	"(SELECT count(*) FROM package_files q WHERE q.package = p.package AND q.is_program" \
	" AND q.state IN ('altered', 'gone'))"

/* Each gives name, value, level: 0 a package vouches for it, 1 nobody does, 2 a sign of intrusion.
 * The order is that of the picture. */
static const struct part {
	const char *kind, *sql;
} parts[] = {
	{ "sign",
		"SELECT 'hidden ' || coalesce(exe, name, '?'), seen_in, 2 FROM hidden_processes"
		" UNION ALL SELECT 'hidden module ' || name, '', 2 FROM kernel_modules WHERE is_hidden"
		" UNION ALL SELECT 'masked ' || coalesce(exe, name), kind || ' ' || coalesce(title, ''), 2"
		" FROM masked_processes"
		" UNION ALL SELECT 'deleted ' || exe, '', 2 FROM processes"
		" WHERE is_deleted AND NOT is_memfd AND NOT coalesce(is_replaced, 0)"
		" UNION ALL SELECT 'memory only ' || exe, '', 2 FROM processes WHERE is_memfd"
		" UNION ALL SELECT CASE kind WHEN 'memfd' THEN 'memory only ' WHEN 'deleted' THEN 'deleted '"
		" ELSE 'temporary ' END || path, coalesce(exe, name), 2 FROM process_code"
		" WHERE kind IN ('memfd', 'deleted', 'temporary') AND path <> coalesce(exe, '')"
		" AND NOT coalesce(is_replaced, 0)"
		" UNION ALL SELECT 'preload ' || path, variable || ' ' || coalesce(exe, file), 2"
		" FROM process_preloads WHERE package IS NULL"
		" UNION ALL SELECT state || ' ' || path, package || coalesce(' ' || found, ''), 2"
		" FROM package_files p WHERE " ODD_PROGRAM " AND " ODD_COUNT " <= 5"
		" UNION ALL SELECT state || ' files of the package ' || package,"
		" count(*) || ': ' || min(path) || ' …', 2"
		" FROM package_files p WHERE " ODD_PROGRAM " AND " ODD_COUNT " > 5"
		" GROUP BY state, package" },
	{ "run",
		"SELECT path || CASE root WHEN '' THEN '' ELSE ' (' || root || ')' END,"
		" state || coalesce(' ' || package, '') || coalesce(' ' || digest, ''),"
		" CASE WHEN state = 'altered' OR is_temporary THEN 2"
		" WHEN state IN ('intact', 'config') OR is_self THEN 0 ELSE 1 END"
		" FROM running_files WHERE programs > 0" },
	{ "code",
		"SELECT 'altered data of the package ' || package, count(*) || ': ' || min(path), 1"
		" FROM package_files WHERE state = 'altered' AND NOT is_program GROUP BY package UNION ALL"
		" SELECT path || CASE root WHEN '' THEN '' ELSE ' (' || root || ')' END,"
		" state || coalesce(' ' || package, '') || coalesce(' ' || digest, ''),"
		" CASE WHEN state = 'altered' OR is_temporary THEN 2 ELSE 1 END"
		" FROM running_files WHERE programs = 0 AND state <> 'intact'"
		" UNION ALL SELECT 'writable memory in ' || coalesce(exe, name), '', 1 FROM process_code"
		" WHERE kind = 'writable'" },
	{ "listen",
		"SELECT protocol || ' ' || address || ':' || CASE WHEN protocol = 'udp' AND port >= 32768"
		" THEN '*' ELSE port END,"
		" coalesce(exe, unit, '?') || coalesce(' ' || package, ''), package IS NULL"
		" FROM listening_ports" },
	{ "packet",
		"SELECT kind || ' ' || coalesce(r.exe, '?'), coalesce(f.state || ' ' || f.package, ''),"
		" coalesce(f.state, '') <> 'intact' FROM raw_sockets r LEFT JOIN running_files f"
		" ON f.path = r.exe AND f.root = ''" },
	{ "start",
		"SELECT kind || ' ' || name || CASE user WHEN '' THEN '' ELSE ' ' || user END || ' ' || file"
		" || CASE WHEN kind IN ('cron', 'udev', 'pam', 'modprobe') AND command <> ''"
		" THEN ': ' || command ELSE '' END,"
		" state || coalesce(' ' || package, '') || coalesce(' ' || digest, '') ||"
		" CASE WHEN command <> '' AND kind NOT IN ('cron', 'udev', 'pam', 'modprobe')"
		" THEN ': ' || command ELSE '' END,"
		" CASE WHEN state = 'altered' THEN 2 WHEN state = 'intact' THEN 0 ELSE 1 END"
		" FROM autostarts" },
	{ "module", "SELECT name, taint, taint <> '' FROM kernel_modules WHERE NOT is_hidden" },
};

#define TEXT_BYTES_MAX 600

struct item {
	size_t part;
	struct str name, value;
	int64_t level;
};

struct picture {
	struct hostaudit *audit;
	size_t part;
	VEC(struct item) items;
};

static struct str cell_text(struct picture *p, const struct hostaudit_cell *cell)
{
	return cell->kind == CELL_TEXT ? text_clean(p->audit->arena, cell->text, TEXT_BYTES_MAX) :
					 STR("");
}

static bool take_row(
	void *context, bool is_header, const struct hostaudit_cell *cells, size_t count)
{
	struct picture *p = context;

	if (is_header || count < 3)
		return true;
	if (p->items.len >= LIMIT_REVIEW_ITEMS)
		return false;
	vec_push(p->audit->arena, &p->items,
		((struct item){ .part = p->part,
			.name = cell_text(p, &cells[0]),
			.value = str_trim(cell_text(p, &cells[1])),
			.level = cells[2].kind == CELL_INT ? cells[2].number : 1 }));
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order;

	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	order = str_cmp(x->name, y->name);
	return order != 0 ? order : str_cmp(x->value, y->value);
}

static void put_item(const struct picture *p, size_t from, size_t to, struct buf *out)
{
	int64_t level = 0;

	for (size_t i = from; i < to; i++)
		level = p->items.at[i].level > level ? p->items.at[i].level : level;
	buf_fmt(out, "item\t%s\t%lld\t%.*s\t", parts[p->items.at[from].part].kind, (long long)level,
		STR_FMT(p->items.at[from].name));
	for (size_t i = from; i < to; i++) {
		if (i > from && str_eq(p->items.at[i].value, p->items.at[i - 1].value))
			continue;
		if (i > from)
			buf_add(out, STR("; "));
		buf_add(out, p->items.at[i].value);
	}
	buf_add_char(out, '\n');
}

static void put_items(struct picture *p, struct buf *out)
{
	size_t from = 0;

	if (p->items.len > 0)
		qsort(p->items.at, p->items.len, sizeof(*p->items.at), by_name);
	for (size_t i = 1; i <= p->items.len; i++) {
		if (i < p->items.len && p->items.at[i].part == p->items.at[from].part &&
			str_eq(p->items.at[i].name, p->items.at[from].name))
			continue;
		put_item(p, from, i, out);
		from = i;
	}
}

/* A part of the machine that could not be seen, once, without the numbers of processes that come
 * and go. */
static void put_gaps(struct hostaudit *audit, struct buf *out)
{
	const struct hostaudit_gap *gaps;
	size_t count;

	hostaudit_gaps(audit, &gaps, &count);
	for (size_t i = 0; i < count; i++) {
		bool is_again = false;

		for (size_t n = 0; n < i && !is_again; n++)
			is_again = str_eq(gaps[n].reason, gaps[i].reason) &&
				str_eq(gaps[n].path, gaps[i].path);
		if (!is_again)
			buf_fmt(out, "gap\t%.*s\t%.*s\n", STR_FMT(gaps[i].reason),
				STR_FMT(gaps[i].path));
	}
}

int hostaudit_review(struct hostaudit *audit, struct buf *out, struct err *e)
{
	struct picture p = { .audit = audit };
	struct hostaudit_profile host = hostaudit_profile(audit);
	int rc = 0;

	for (p.part = 0; p.part < COUNT(parts) && rc == 0; p.part++)
		rc = hostaudit_ask(audit, str_of(parts[p.part].sql), take_row, &p, e);
	if (rc < 0)
		return rc;
	if (p.items.len >= LIMIT_REVIEW_ITEMS)
		return err_set(e, ERR_LIMIT, "more than %d things to look at", LIMIT_REVIEW_ITEMS);
	buf_add(out, STR("khien-review 1\n"));
	buf_fmt(out, "at\t%lld\t%s\n", (long long)host.at_s,
		host_is_deep(audit->host) ? "deep" : "light");
	buf_fmt(out, "host\t%.*s\t%.*s\n", STR_FMT(host.name), STR_FMT(host.machine_id_sha256));
	put_gaps(audit, out);
	put_items(&p, out);
	if (buf_is_full(out))
		return err_set(e, ERR_LIMIT, "the picture is larger than its ceiling");
	return 0;
}
