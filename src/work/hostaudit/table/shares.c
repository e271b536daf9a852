/* shares: folders offered to other machines by Samba, NFS, FTP, rsync and Netatalk. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/served.h"
#include "work/hostaudit/shares.h"
#include "work/hostaudit/tables.h"

enum column {
	KIND,
	NAME,
	PATH,
	CLIENTS,
	IS_SERVED,
	IS_GUEST,
	IS_OPEN,
	IS_WHOLE_DISK,
	GUEST_REASON,
	DISK_REASON,
	FILE_NAME,
	LINE,
	LOST
};

static const struct fact_column columns[] = {
	[KIND] = { "kind", FACT_TEXT, T("samba, nfs, ftp, rsync hoặc afp") },
	[NAME] = { "name", FACT_TEXT, T("tên chia sẻ") },
	[PATH] = { "path", FACT_TEXT, T("thư mục") },
	[CLIENTS] = { "clients", FACT_TEXT, T("máy được phép vào; * là mọi máy") },
	[IS_SERVED] = { "is_served", FACT_INT,
		T("1: dịch vụ đang chạy hoặc tự chạy khi khởi động") },
	[IS_GUEST] = { "is_guest", FACT_INT, T("1: vào được mà không cần mật khẩu") },
	[IS_OPEN] = { "is_open", FACT_INT, T("1: mọi máy đều vào được mà không cần mật khẩu") },
	[IS_WHOLE_DISK] = { "is_whole_disk", FACT_INT, T("1: chia sẻ cả một ổ đĩa") },
	[GUEST_REASON] = { "guest_reason", FACT_TEXT, T("vì sao chưa rõ có cần mật khẩu không") },
	[DISK_REASON] = { "disk_reason", FACT_TEXT, T("vì sao chưa rõ có phải cả ổ đĩa không") },
	[FILE_NAME] = { "file", FACT_TEXT, T("tệp cấu hình") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[LOST] = { "lost", FACT_TEXT, T("giá trị bị thay thế") },
	{ 0 },
};

static const struct {
	void (*read)(struct share_list *list);
	const char *units[6];
	const char *programs[3];
} servers[] = {
	{ shares_samba, { "smbd.service", "smb.service", "samba.service", "samba-ad-dc.service" },
		{ "smbd", "samba" } },
	{ shares_nfs, { "nfs-server.service", "nfs-kernel-server.service" }, { "nfsd" } },
	{ shares_ftp, { "vsftpd.service", "vsftpd.socket" }, { "vsftpd" } },
	{ shares_proftpd, { "proftpd.service" }, { "proftpd" } },
	{ shares_pureftpd, { "pure-ftpd.service" }, { "pure-ftpd" } },
	{ shares_rsync, { "rsync.service", "rsyncd.service", "rsyncd.socket", "rsync.socket" },
		{ "rsync", "rsyncd" } },
	{ shares_netatalk, { "netatalk.service" }, { "netatalk", "afpd" } },
	{ shares_ksmbd, { "ksmbd.service" }, { "ksmbd.mountd" } },
	{ shares_ganesha, { "nfs-ganesha.service" }, { "ganesha.nfsd" } },
};

static void put_known(struct fact_rows *rows, int column, int value)
{
	if (value != SHARE_UNKNOWN)
		fact_int(rows, column, value);
}

static void put_row(const struct share *s, bool is_served, struct fact_rows *rows)
{
	fact_row(rows);
	fact_cstr(rows, KIND, s->kind);
	fact_text(rows, NAME, s->name);
	fact_text(rows, PATH, s->path);
	fact_text(rows, CLIENTS, s->clients);
	fact_int(rows, IS_SERVED, is_served);
	put_known(rows, IS_GUEST, s->is_guest);
	put_known(rows, IS_OPEN, s->is_open);
	put_known(rows, IS_WHOLE_DISK, s->is_whole_disk);
	fact_cstr(rows, GUEST_REASON, s->guest_reason);
	fact_cstr(rows, DISK_REASON, s->disk_reason);
	fact_text(rows, FILE_NAME, s->file);
	if (s->line > 0)
		fact_int(rows, LINE, s->line);
	fact_text(rows, LOST, s->lost);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct share_list list = { .h = h, .a = host_arena(h) };

	(void)e;
	mounts_read(h, &list.mounts);
	for (size_t i = 0; i < COUNT(servers); i++) {
		size_t before = list.len;
		struct served use = { 0 };

		servers[i].read(&list);
		if (list.len > before)
			use = served(h, servers[i].units, servers[i].programs);
		for (size_t n = before; n < list.len; n++)
			put_row(&list.at[n], use.is_running || use.is_enabled, rows);
	}
	return 0;
}

const struct fact_table shares_table = {
	.name = "shares",
	.words = T("Thư mục chia sẻ cho máy khác (Samba, NFS, FTP, rsync)"),
	.columns = columns,
	.fill = fill,
};
