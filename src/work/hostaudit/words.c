/* Evidence said in words: reasons, what is wanted, how to mend. */
#include "work/hostaudit/hostaudit.h"

#include <string.h>

#include "work/hostaudit/host.h"

#define FOUND_BYTES (64 * KIB)

/* Codes of reasons, their sentences, and what to do so that the next audit can tell; a check may
 * use more codes, which then stand as they are and are mended as the check says. */
static const struct reason {
	const char *code;
	const char *words;
	const char *cure; /* NULL: the check's own */
} reasons[] = {
	{ GAP_RIGHTS, T("không đủ quyền đọc, hãy chạy với quyền root"),
		T("Chạy lại với quyền root: sudo khien audit") },
	{ GAP_TOO_LARGE, T("tệp lớn bất thường nên không đọc"),
		T("Xem vì sao tệp {detail} lớn như vậy; thu gọn tệp rồi kiểm tra lại.") },
	{ GAP_NOT_REGULAR,
		T("không phải tệp thường (đường ống, thiết bị hoặc thư mục) nên không đọc"),
		T("{detail} phải là một tệp thường. Tìm xem ai đã thay nó, đặt lại tệp đúng rồi kiểm tra "
		  "lại.") },
	{ GAP_LOOP, T("tệp hoặc liên kết gọi vòng nhau"),
		T("Sửa {detail} để không gọi vòng lại chính nó, rồi kiểm tra lại.") },
	{ GAP_SYNTAX, T("nội dung không đúng cú pháp nên chưa kết luận được"),
		T("Sửa lỗi cú pháp ở {detail}, rồi kiểm tra lại.") },
	{ GAP_NOT_LIVE, T("chỉ xem được trên máy đang chạy"),
		T("Chạy khien audit ngay trên máy đó.") },
	{ GAP_UNREADABLE, T("không đọc được"),
		T("Xem vì sao không đọc được {detail} (đĩa hỏng, tệp đang bị thay), rồi kiểm tra lại.") },
	{ GAP_LIMIT, T("quá nhiều dữ liệu, đã dừng ở giới hạn an toàn"),
		T("Xem {detail}: lượng dữ liệu lớn bất thường. Dọn bớt rồi kiểm tra lại.") },
	{ GAP_FOREIGN,
		T("danh sách gói của hệ điều hành này theo định dạng mà Khiên không đọc (rpm trước RHEL 9, "
		  "ndb, apk, pacman)"),
		T("Xem các gói bằng lệnh của hệ điều hành (rpm -qa, apk info, pacman -Q) và lưu kết quả làm "
		  "bằng chứng, hoặc chuyển sang phiên bản được hỗ trợ: Debian, Ubuntu, RHEL 9.") },
	{ "ask-dnf", T("dnf chỉ biết bản vá nào đang chờ khi hỏi qua mạng, Khiên không hỏi thay"),
		T("1. Chạy trên máy: dnf updateinfo list --security\n"
		  "2. Còn bản vá thì cài: dnf upgrade --security\n"
		  "3. Lưu kết quả làm bằng chứng.") },
	{ "conditional", T("giá trị được đặt có điều kiện nên chưa kết luận được"), NULL },
	{ "remote-users", T("tài khoản do máy chủ khác quản lý (LDAP, AD), cần kiểm tra ở đó"),
		T("Kiểm tra quy tắc này trên máy chủ quản lý tài khoản (LDAP, AD) và lưu kết quả.") },
	{ "needs-declared-role", T("chưa khai báo máy này được phép mở cổng, dịch vụ nào"),
		T("1. Lập bản khai: khien audit --propose > machine.yaml\n"
		  "2. Đọc từng dòng, bỏ những gì không cần, ghi lý do, người duyệt, ngày hết hạn.\n"
		  "3. Đặt vào /etc/khien/machine.yaml rồi kiểm tra lại.") },
	{ "needs-declared-account", T("chưa khai báo ai giữ tài khoản này, đến ngày nào"),
		T("1. Lập bản khai: khien audit --propose > machine.yaml\n"
		  "2. Với từng tài khoản còn cần: ghi người giữ, lý do, ngày hết hạn (what: admin hoặc "
		  "vendor). Tài khoản không ai cần: khóa lại.\n"
		  "3. Đặt vào /etc/khien/machine.yaml rồi kiểm tra lại.") },
	{ "login-not-seen", T("không đủ dấu vết đăng nhập để kết luận"), NULL },
	{ "age-not-known", T("không biết được làm ra hoặc ghi lại lúc nào"), NULL },
	{ "log-young",
		T("máy mới dùng, chưa đủ lâu để có nhật ký cũ: xét cấu hình giữ nhật ký; số ngày"),
		NULL },
	{ "log-began-late",
		T("máy dùng đã lâu mà nhật ký chỉ bắt đầu gần đây; máy không tự biết phần trước chưa từng "
		  "được ghi hay đã bị xóa; số ngày máy đã dùng"),
		T("1. Hỏi người quản trị: máy được bật ghi nhật ký từ ngày nào, ai đã dọn {subject}?\n"
		  "2. Nếu nhật ký đã bị xóa: ghi vào biên bản, tìm bản sao ở nơi nhận nhật ký.\n"
		  "3. Nếu mới bật ghi: lưu quyết định có ngày làm bằng chứng; từ nay cấu hình giữ nhật ký "
		  "(phép kiểm “Cấu hình lưu nhật ký đủ thời hạn”) sẽ được xét.") },
	{ "needs-watcher",
		T("máy không cho biết; giám sát có thể đặt ở nơi khác, cần bằng chứng hoặc bản khai"),
		NULL },
	{ "not-read", T("Khiên chưa đọc được cấu hình của dịch vụ này, cần người xem"), NULL },
	{ "part-only", T("chỉ một phần nhật ký được gửi đi"), NULL },
	{ "copy-not-known", T("chưa biết có bản sao nhật ký ngoài máy không"), NULL },
	{ "no-seal", T("không có dấu chống sửa, cũng không gửi bản sao đi"), NULL },
	{ "keys-elsewhere", T("khóa SSH do một chương trình khác cấp, không nằm trong tệp"),
		T("Xem nơi cấp khóa (AuthorizedKeysCommand) và kiểm tra ở đó.") },
	{ "key-elsewhere", T("mật khẩu mạng không lưu ở dạng đọc được trong tệp"),
		T("Mật khẩu giữ trong ví khóa của người dùng hoặc ở dạng đã băm: hỏi người quản trị điểm truy "
		  "cập, lưu xác nhận làm bằng chứng.") },
	{ "snmp-auth-only", T("có xác thực nhưng không bắt buộc mã hóa"), NULL },
	{ "forwards-only", T("có chuyển tiếp gói tin, không thấy luật che địa chỉ"), NULL },
	{ "p2p-maybe", T("phần mềm có thể dùng cho mạng ngang hàng, cần người xem"), NULL },
	{ "source-not-taken", T("nguồn này không nằm trong danh sách tự động cập nhật"), NULL },
	{ "local-only", T("không hỏi mật khẩu nhưng chỉ nhận kết nối trong máy, cần người xem"),
		NULL },
	{ "auth-not-known", T("không đọc được cơ sở dữ liệu này xác thực bằng cách nào"), NULL },
	{ "would-connect", T("có cấu hình kết nối được lưu, cần người xem"), NULL },
	{ "was-connected", T("có dấu vết máy từng nối mạng, cần người xem"), NULL },
	{ "radio-present", T("có thiết bị phát sóng, hiện không nối"), NULL },
	{ "unknown-system", T("hệ điều hành hoặc phiên bản này chưa có trong bảng của Khiên"),
		NULL },
	{ "needs-contract", T("không thấy bằng chứng đã đăng ký thuê bao với hãng"), NULL },
	{ "contract-over", T("chứng thư thuê bao của hãng đã hết hạn"), NULL },
	{ "third-party", T("nguồn của bên thứ ba, chưa rõ nhà phát hành"), NULL },
	{ "unsigned", T("chấp nhận gói không có chữ ký"), NULL },
	{ "not-installed", T("chưa cài phần mềm làm việc này"), NULL },
	{ "periodic-off", T("công việc định kỳ của apt bị tắt"), NULL },
	{ "lists-off", T("không tự tải danh sách gói mới"), NULL },
	{ "upgrade-off", T("không tự cài bản vá"), NULL },
	{ "all-forbidden", T("danh sách cấm chặn mọi gói"), NULL },
	{ "no-security-origin", T("không lấy bản vá từ nhánh an toàn"), NULL },
	{ "timer-masked", T("hẹn giờ bị khóa"), NULL },
	{ "timer-off", T("hẹn giờ không được bật"), NULL },
	{ "script-not-executable", T("kịch bản không có quyền thực thi nên không chạy được"),
		T("Cho phép chạy kịch bản: chmod 755 TỆP, rồi chạy thử bằng tay một lần.") },
	{ "job-cleans-logs",
		T("một việc theo lịch xóa bớt nhật ký, không rõ khi ấy nhật ký đã giữ được bao lâu"),
		NULL },
	{ "no-source", T("không có nguồn cập nhật nào đang bật"), NULL },
	{ "never-again", T("lịch này không còn lần chạy nào nữa"), NULL },
	{ "not-in-path", T("cron không tìm thấy chương trình này trong PATH của nó"),
		T("Ghi đường dẫn đầy đủ của chương trình vào lệnh, ví dụ /usr/local/bin/TÊN.") },
	{ "no-such-user", T("máy không có tài khoản này nên cron bỏ qua lịch của nó"), NULL },
	{ "no-shell", T("SHELL= trong tệp này là chương trình không chạy lệnh nào"),
		T("Sửa dòng SHELL= thành SHELL=/bin/sh, hoặc bỏ dòng ấy.") },
	{ "dnf-refuses", T("dnf không hiểu một dòng của tệp này nên dừng, không cập nhật gì"),
		NULL },
	{ "too-rare", T("chạy thưa hơn mức cho phép"), NULL },
	{ "too-old", T("lần thành công gần nhất đã quá lâu"), NULL },
	{ "imported", T("do công cụ khác ghi nhận"), NULL },
	{ "compared-long-ago", T("lần so sánh tệp với mốc gần nhất đã quá lâu"), NULL },
	{ "parts-unread", T("có chỗ không đọc được khi so sánh tệp với mốc"),
		T("Xem những chỗ không đọc được: khien integrity show; chạy với quyền root.") },
	{ "no-record", T("không có dấu vết của lần chạy nào"), NULL },
	{ "not-noted",
		T("kho nhật ký chưa ghi lại tình trạng lần nào: máy mới thiết lập thì chưa có nhật ký nào được "
		  "niêm phong; Khiên ghi mỗi ngày một lần, sau đó ở đây có số liệu"),
		T("Chờ lần ghi đầu tiên (trong vòng một ngày sau khi thiết lập), rồi kiểm tra lại. Vẫn chưa có "
		  "thì xem dịch vụ khien có đang chạy không: systemctl status khien.") },
	{ "no-lists", T("máy chưa có danh sách gói để so sánh"),
		T("Tải danh sách gói: apt update, rồi kiểm tra lại.") },
	{ "no-security-source", T("không có nguồn nào của nhánh bản vá an toàn"), NULL },
	{ "vendor-tool", T("chỉ công cụ của hãng mới cho biết"),
		T("Mở công cụ của hãng ({detail}), chụp lại trạng thái và lưu làm bằng chứng.") },
	{ "size-limited", T("giữ theo dung lượng, không tính được ra thời gian"), NULL },
	{ "no-log-file", T("chưa có tệp nhật ký nào như vậy để giữ"), NULL },
	{ "no-kernel", T("không có nhân hệ điều hành trong cây thư mục này"), NULL },
	{ "loaded", T("trình điều khiển đang chạy, cần khởi động lại máy"), NULL },
	{ "lists-too-old", T("danh sách gói phần mềm đã cũ, chưa biết có bản vá mới không"),
		T("Cập nhật danh sách gói: apt update (hoặc dnf makecache), rồi kiểm tra lại.") },
	{ "restart-needed", T("tệp đã được cài lại; khởi động lại tiến trình rồi kiểm tra lại"),
		NULL },
	{ "other-root", T("nằm trong vùng chứa có hệ thống tệp hoặc mạng riêng, cần kiểm tra ở đó"),
		NULL },
	{ "host-trust", T("không có mật khẩu, chỉ tin địa chỉ máy; cần người xem xét"), NULL },
	{ "private-network", T("mở cho mạng nội bộ; cần xác nhận chỉ máy chủ ứng dụng vào được"),
		NULL },
	{ "not-swept", T("chưa hỏi được đủ mọi số tiến trình"),
		T("Chạy kiểm tra sâu với quyền root: sudo khien audit --deep") },
	{ "deep-only", T("tệp được ghi sau khi cài gói, kiểm tra nhanh không so hết"),
		T("Chạy kiểm tra sâu: sudo khien audit --deep") },
	{ "no-sum", T("gói phần mềm không kèm mã kiểm của tệp"), NULL },
	{ "no-package-database", T("không có cơ sở dữ liệu gói phần mềm mà Khiên hiểu được"),
		T("So chương trình {detail} với bộ cài của hãng, rồi ghi ở trang rà soát tiến trình.") },
	{ "library-gone", T("tệp thư viện không còn hoặc không tìm thấy"), NULL },
	{ "host-name", T("ghi bằng tên máy, chưa biết là địa chỉ nào"), NULL },
	{ "not-running", T("có dịch vụ được bật nhưng hiện không chạy"), NULL },
	{ "not-enforcing", T("mô-đun chỉ cảnh báo, không từ chối"), NULL },
	{ "can-be-passed-by", T("mô-đun có mặt nhưng mật khẩu kém vẫn đặt được"), NULL },
	{ "not-counted", T("lần nhập sai không được đếm"), NULL },
	{ "not-refused", T("tài khoản đã khóa vẫn đăng nhập được"), NULL },
	{ "never-locks", T("đặt bằng 0 nên không bao giờ khóa"), NULL },
	{ "shell-not-known", T("chưa biết chương trình dòng lệnh này có tự thoát không"), NULL },
	{ "not-supported", T("phiên bản đã cài không hiểu tùy chọn này"), NULL },
	{ "version-not-known", T("không biết phiên bản của chương trình"), NULL },
	{ "vnc-tls", T("chưa biết VNC có mã hóa TLS không, cần người xem"), NULL },
	{ "ftp-tls", T("chưa biết FTP có bắt buộc TLS không, cần người xem"), NULL },
	{ "port-owner", T("cổng quen thuộc nhưng chương trình lạ, cần người xem"), NULL },
	{ "ask-host", T("ổ đĩa ảo: RAID nằm ở máy chủ vật lý"),
		T("Hỏi người quản lý máy chủ ảo hóa về RAID bên dưới, lưu ảnh chụp hoặc xác nhận làm bằng "
		  "chứng.") },
	{ "ask-storage", T("đĩa do hệ thống lưu trữ khác cung cấp"),
		T("Lấy báo cáo RAID của hệ thống lưu trữ ({detail}) và lưu làm bằng chứng.") },
	{ "ask-lvm", T("chỉ LVM mới biết hết tình trạng của mảng"),
		T("Chạy {detail} rồi lưu kết quả làm bằng chứng.") },
	{ "ask-zfs", T("chỉ ZFS mới biết tập dữ liệu có mã hóa không"),
		T("Chạy zfs get encryption {detail} rồi lưu kết quả làm bằng chứng.") },
	{ "key-beside", T("ổ có mã hóa nhưng khóa mở nằm trong một tệp không thấy được mã hóa"),
		T("Chuyển tệp khóa ghi ở /etc/crypttab sang ổ có mã hóa, hoặc mở ổ bằng mật khẩu hay TPM, "
		  "rồi kiểm tra lại.") },
	{ "device-not-seen", T("không thấy thiết bị bên dưới hệ thống tệp này"), NULL },
	{ "needs-declared-data", T("chưa khai báo dữ liệu trên máy có nhạy cảm hay không"),
		T("Ghi data: sensitive hoặc data: ordinary vào /etc/khien/machine.yaml, rồi kiểm tra lại.") },
	{ "firmware-silent", T("phần sụn không cho biết có mật khẩu hay không"),
		T("Vào phần cấu hình BIOS xem có hỏi mật khẩu không; chụp ảnh, có người chứng kiến, lưu làm "
		  "bằng chứng.") },
	{ "backup-not-seen", T("không thấy việc sao lưu nào trên máy; có thể máy khác sao lưu hộ"),
		T("1. Máy khác sao lưu hộ máy này: khai ở mục backups của /etc/khien/machine.yaml "
		  "(khien audit --propose lập bản nháp).\n"
		  "2. Chưa có sao lưu: đặt lịch sao lưu ra ngoài máy, rồi kiểm tra lại.") },
	{ "server-schedules", T("lịch và nơi lưu do máy chủ sao lưu đặt"),
		T("Xem lịch và kết quả trên máy chủ sao lưu ({detail}), rồi khai ở mục backups của "
		  "/etc/khien/machine.yaml.") },
	{ "kept-elsewhere", T("bản sao lưu do máy khác giữ, cần xem ở đó"),
		T("Xem ngày của bản mới nhất ở nơi lưu và ghi vào sổ sao lưu.") },
	{ "no-copy-seen", T("không thấy bản sao nào để biết ngày"), NULL },
	{ "quiet-source", T("bản sao giữ ngày của tệp gốc nên chưa biết lần chép gần nhất"), NULL },
	{ "schedule-not-known", T("không hiểu lịch chạy"), NULL },
	{ "clock", T("ngày nằm ở tương lai: đồng hồ máy hoặc ngày ghi sai"), NULL },
	{ "target-not-known", T("không biết bản sao được cất ở đâu"), NULL },
	{ "maybe-carried", T("bản sao ở trên máy; chưa biết có việc khác chép nó đi không"), NULL },
	{ "encryption-not-known", T("chưa biết bản sao có được mã hóa không"), NULL },
	{ "no-restore-record", T("chưa ghi lần thử phục hồi nào"), NULL },
	{ "draft", T("mục còn là bản nháp: thiếu lý do, người duyệt hoặc ngày hết hạn"),
		T("Điền đủ mục {detail} trong /etc/khien/machine.yaml, rồi kiểm tra lại.") },
	{ "both-declared", T("đơn vị khai máy này vừa là máy chủ ứng dụng vừa là cơ sở dữ liệu"),
		NULL },
	{ "maybe-application", T("chương trình này có thể là một ứng dụng, cần người xem"), NULL },
	{ "approval-over", T("phê duyệt đã quá ngày"), NULL },
	{ "desktop-not-known", T("chưa biết môi trường đồ họa này tự khóa ra sao"), NULL },
};

static const struct reason *reason_by_code(struct str code)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (str_is(code, reasons[i].code))
			return &reasons[i];
	return NULL;
}

struct str hostaudit_reason(struct str reason, struct str detail, const struct check *check,
	enum lang lang, struct arena *a)
{
	const struct reason *known = reason_by_code(reason);

	if (reason.len == 0)
		return STR("");
	if (str_is(reason, "not-applicable"))
		return words_in(check->not_applicable, lang);
	if (str_is(reason, "none"))
		return words_in(check->none_words, lang);
	if (!known)
		return detail.len ? arena_fmt(a, "%.*s: %.*s", STR_FMT(reason), STR_FMT(detail)) :
				    reason;
	if (detail.len == 0)
		return str_of(tr(lang, known->words));
	return arena_fmt(a, "%s: %.*s", tr(lang, known->words), STR_FMT(detail));
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || (unsigned char)c >= 0x80;
}

/* What holds words together in a path, the name of a unit or a setting: those stay as they are. */
static bool is_name_char(char c)
{
	return is_word_char(c) || (c != '\0' && strchr("/.-@=*", c) != NULL);
}

/* Does PIECE stand at byte I of TEXT, and not in the middle of another word? */
static bool stands_at(struct str text, size_t i, struct str piece)
{
	size_t end = i + piece.len;

	if (piece.len == 0 || end > text.len || memcmp(text.ptr + i, piece.ptr, piece.len) != 0)
		return false;
	if (is_word_char(piece.ptr[0]) && i > 0 && is_name_char(text.ptr[i - 1]))
		return false;
	return !is_word_char(piece.ptr[piece.len - 1]) || end == text.len ||
		!is_name_char(text.ptr[end]);
}

/* A day "2028-06-30" at byte I, and not a part of a longer name; *RET_DAY as people write it. */
static bool day_at(struct str text, size_t i, char ret_day[11])
{
	static const char shape[] = "dddd-dd-dd";
	const char *p = text.ptr + i;

	if (i + 10 > text.len || (i > 0 && is_name_char(p[-1])) ||
		(i + 10 < text.len && is_name_char(p[10]) && p[10] != '.'))
		return false;
	for (size_t k = 0; k < 10; k++)
		if (shape[k] == 'd' ? p[k] < '0' || p[k] > '9' : p[k] != '-')
			return false;
	(void)snprintf(ret_day, 11, "%.2s/%.2s/%.4s", p + 8, p + 5, p);
	return true;
}

/* TEXT with its days as dd/mm/yyyy. */
static struct str with_days(struct str text, struct arena *a)
{
	struct buf out;
	char day[11];

	buf_init(&out, FOUND_BYTES);
	for (size_t i = 0; i < text.len;) {
		if (day_at(text, i, day)) {
			buf_add(&out, str_of(day));
			i += 10;
		} else {
			buf_add_char(&out, text.ptr[i++]);
		}
	}
	text = arena_str(a, buf_str(&out));
	buf_done(&out);
	return text;
}

struct str hostaudit_found(
	const struct check *check, struct str found, enum lang lang, struct arena *a)
{
	struct buf out;
	struct str said;

	if (lang == LANG_VI)
		found = with_days(found, a);
	if (!check || check->found_word_count == 0 || found.len == 0)
		return found;
	buf_init(&out, FOUND_BYTES);
	for (size_t i = 0; i < found.len;) {
		size_t w = 0;

		while (w < check->found_word_count &&
			!stands_at(found, i, check->found_words[w].is))
			w++;
		if (w == check->found_word_count) {
			buf_add_char(&out, found.ptr[i++]);
			continue;
		}
		buf_add(&out, words_in(check->found_words[w].text, lang));
		i += check->found_words[w].is.len;
	}
	said = arena_str(a, buf_str(&out));
	buf_done(&out);
	return said;
}

/* A subject begins with what kind of thing it is, or has it behind a comma: "xfce, user an". */
struct str hostaudit_subject(struct str subject, enum lang lang, struct arena *a)
{
	static const struct {
		const char *is, *words;
	} kinds[] = { { "user", T("tài khoản") }, { "users", T("nguồn tài khoản") },
		{ "group", T("nhóm tài khoản") }, { "uid", T("số định danh") },
		{ "service", T("dịch vụ") }, { "pid", T("tiến trình số") },
		{ "module", T("mô-đun") }, { "job", T("công việc") }, { "key", T("khóa SSH") },
		{ "source", T("nguồn nhật ký") }, { "console", T("bàn phím của máy") },
		{ "last run", T("lần chạy gần nhất") } };
	struct str out = STR("");

	for (bool is_first = true; subject.len > 0; is_first = false) {
		ptrdiff_t comma = str_find(subject, STR(", "));
		struct str part = comma < 0 ? subject : str_until(subject, (size_t)comma);

		subject = str_from(subject, comma < 0 ? subject.len : (size_t)comma + 2);
		out = arena_fmt(a, "%.*s%s", STR_FMT(out), is_first ? "" : ", ");
		for (size_t i = 0; i < COUNT(kinds); i++) {
			struct str is = str_of(kinds[i].is);

			if (!str_starts(part, kinds[i].is) ||
				(part.len > is.len && part.ptr[is.len] != ' '))
				continue;
			out = arena_fmt(a, "%.*s%s", STR_FMT(out), tr(lang, kinds[i].words));
			part = str_from(part, is.len);
			break;
		}
		out = arena_fmt(a, "%.*s%.*s", STR_FMT(out), STR_FMT(part));
	}
	return out;
}

#define NOTHING "–"

struct filling {
	const struct hostaudit_about *about;
	const struct check *check;
	const struct evidence *row; /* or NULL */
	struct arena *arena;
	int asked, empty; /* placeholders of the line at hand, and those with nothing to say */
};

static bool lookup_row(const struct filling *f, struct str name, struct str *ret)
{
	const struct {
		const char *name;
		struct str value;
	} fields[] = {
		{ "subject", hostaudit_subject(f->row->subject, f->about->lang, f->arena) },
		{ "found", hostaudit_found(f->check, f->row->found, f->about->lang, f->arena) },
		{ "file", f->row->file },
		{ "lost", f->row->lost },
		{ "detail", f->row->detail },
	};

	if (str_is(name, "line")) {
		*ret = f->row->line ? arena_fmt(f->arena, "%lld", (long long)f->row->line) :
				      STR(NOTHING);
		return true;
	}
	for (size_t i = 0; i < COUNT(fields); i++) {
		if (!str_is(name, fields[i].name))
			continue;
		/* "#table" is no file that anybody could edit */
		*ret = fields[i].value.len && !str_starts(fields[i].value, "#") ? fields[i].value :
										  STR(NOTHING);
		return true;
	}
	return false;
}

static const struct param_value *param_won(const struct filling *f, struct str name)
{
	const struct hostaudit_about *about = f->about;
	int level = about->level > 0 ? about->level : 1;

	return pack_param(about->packs, name, level, about->on, f->arena).winner;
}

/* "{NAME_s}": a parameter of minutes in seconds, as most configurations want it. */
static const struct param_value *minutes_won(const struct filling *f, struct str name)
{
	const struct param_value *won = NULL;

	if (str_ends(name, "_s"))
		won = param_won(f, str_until(name, name.len - 2));
	return won && won->is_number && str_is(won->param->unit, "min") ? won : NULL;
}

static bool lookup(void *context, struct str name, struct str *ret)
{
	struct filling *f = context;
	const struct param_value *won;

	f->asked++;
	if (f->row && lookup_row(f, name, ret)) {
		f->empty += str_is(*ret, NOTHING);
		return true;
	}
	if (!f->about->packs)
		return false;
	won = param_won(f, name);
	if (won) {
		*ret = pack_value_words(won, f->about->lang, f->arena);
		return true;
	}
	won = minutes_won(f, name);
	if (won)
		*ret = arena_fmt(f->arena, "%lld", (long long)won->number * 60);
	return won != NULL;
}

struct str hostaudit_wanted(
	const struct check *check, const struct hostaudit_about *about, struct arena *a)
{
	struct filling f = { .about = about, .arena = a };

	return text_fill(a, words_in(check->wanted, about->lang), lookup, &f);
}

/* Does TEXT ask for something, and has none of it an answer? */
static bool says_nothing(struct filling *f, struct str text)
{
	f->asked = f->empty = 0;
	(void)text_fill(f->arena, text, lookup, f);
	return f->asked > 0 && f->empty == f->asked;
}

/* What stands within brackets, without the parts that would say nothing; "" when none is left. */
static struct str said_within(struct filling *f, struct str within)
{
	struct str out = STR("");

	while (within.len) {
		ptrdiff_t comma = str_find(within, STR(", "));
		struct str part = comma < 0 ? within : str_until(within, (size_t)comma);

		within = comma < 0 ? STR("") : str_from(within, (size_t)comma + 2);
		if (!says_nothing(f, part))
			out = arena_fmt(f->arena, "%.*s%s%.*s", STR_FMT(out), out.len ? ", " : "",
				STR_FMT(part));
	}
	return out;
}

/* "{found} (file {file}, line {line})." where the fact stands in no file: "{found}." */
static struct str without_empty_brackets(struct filling *f, struct str line)
{
	struct str out = STR("");
	ptrdiff_t open, close;

	while ((open = str_find(line, STR(" ("))) >= 0) {
		struct str rest = str_from(line, (size_t)open + 2), within;

		close = str_find(rest, STR(")"));
		if (close < 0)
			break;
		within = said_within(f, str_until(rest, (size_t)close));
		out = arena_fmt(f->arena, "%.*s%.*s", STR_FMT(out),
			STR_FMT(str_until(line, (size_t)open)));
		if (within.len)
			out = arena_fmt(f->arena, "%.*s (%.*s)", STR_FMT(out), STR_FMT(within));
		line = str_from(rest, (size_t)close + 1);
	}
	return arena_fmt(f->arena, "%.*s%.*s", STR_FMT(out), STR_FMT(line));
}

/* TEXT filled in line by line, without the lines that would say nothing: "Found: –." */
static struct str fill_lines(struct filling *f, struct str text)
{
	struct str out = STR("");
	struct str line;

	while (str_next_line(&text, &line)) {
		line = without_empty_brackets(f, line);
		f->asked = f->empty = 0;
		line = text_fill(f->arena, line, lookup, f);
		if (f->asked == 0 || f->empty < f->asked)
			out = arena_fmt(f->arena, "%.*s%.*s\n", STR_FMT(out), STR_FMT(line));
	}
	return str_trim(out);
}

struct str hostaudit_cure(const struct check *check, const struct evidence *row,
	const struct hostaudit_about *about, struct arena *a)
{
	struct filling f = { .about = about, .check = check, .row = row, .arena = a };
	const struct reason *known = reason_by_code(row->reason);

	/* what could not be told is mended by making it tell, not by mending the machine */
	if (row->outcome == OUTCOME_UNKNOWN && known && known->cure)
		return fill_lines(&f, str_of(tr(about->lang, known->cure)));
	for (size_t i = 0; i < check->cure_count; i++)
		if (str_is(check->cures[i].family, "any") ||
			str_eq(check->cures[i].family, about->family))
			return fill_lines(&f, words_in(check->cures[i].text, about->lang));
	return STR("");
}
