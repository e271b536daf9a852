/* signin_settings.c - what is set of those who vouch for log-ins, and what each setting may be. */
#include "face/web/signin.h"

#include "kit/oidc/oidc.h"

#define TEXT_BYTES_MAX 1000

static bool is_ldap_url(struct str s)
{
	return directory_is_url(s);
}

static bool is_attribute(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			!(i && (c == '-' || (c >= '0' && c <= '9'))))
			return false;
	}
	return s.len > 0 && s.len <= 64;
}

static bool is_filter(struct str s)
{
	return str_starts(s, "(") && str_ends(s, ")");
}

static bool is_text(struct str s)
{
	return s.len <= TEXT_BYTES_MAX;
}

/* Where browsers find Khiên: under TLS, or on this machine alone. */
static bool is_home(struct str s)
{
	struct str host = str_from(s, strlen("http://"));
	bool is_here = str_starts(host, "127.0.0.1:") || str_starts(host, "localhost:");

	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] >= 0x7f)
			return false;
	return !str_ends(s, "/") && (oidc_is_url(s) || (str_starts(s, "http://") && is_here));
}

static bool is_scope(struct str s)
{
	struct str word;

	while (str_next_word(&s, " ", &word))
		if (str_is(word, "openid"))
			return s.len <= TEXT_BYTES_MAX;
	return false;
}

static const struct signin_setting ldap_settings[] = {
	{ "ldap.url", "dia-chi", SIGNIN_URL, T("Địa chỉ máy chủ danh bạ"),
		T("ldaps://may-chu hoặc ldap://may-chu (khi đó dùng StartTLS); luôn mã hóa"),
		is_ldap_url, T("Địa chỉ có dạng ldaps://may-chu hoặc ldap://may-chu:389."),
		.is_required = true },
	{ "ldap.ca", "chung-thu", SIGNIN_CA, T("Chứng thư của nơi cấp (CA), dạng PEM"),
		T("Để trống thì dùng các CA mà máy này tin"), is_ca,
		.wrong = T("Chứng thư PEM bắt đầu bằng -----BEGIN CERTIFICATE-----.") },
	{ "ldap.bind", "tai-khoan-doc", SIGNIN_BIND_DN, T("Tài khoản đọc danh bạ (DN)"),
		T("Ví dụ: cn=khien,dc=don-vi,dc=vn; chỉ cần quyền đọc"), is_text,
		.wrong = T("Quá dài.") },
	{ "ldap.secret", "mat-khau-doc", SIGNIN_BIND_PASSWORD, T("Mật khẩu của tài khoản đọc"),
		T("Để trống thì giữ mật khẩu đã lưu"), is_text, T("Quá dài."), .is_secret = true },
	{ "ldap.base", "goc", SIGNIN_BASE, T("Tìm người và nhóm bên dưới"),
		T("Ví dụ: dc=don-vi,dc=vn"), is_text, T("Hãy nhập nơi tìm người."),
		.is_required = true },
	{ "ldap.attribute", "thuoc-tinh", SIGNIN_ATTRIBUTE, T("Thuộc tính chứa tên đăng nhập"),
		T("uid với OpenLDAP, sAMAccountName với Active Directory"), is_attribute,
		T("Tên thuộc tính gồm chữ không dấu, chữ số và dấu gạch."), .is_required = true },
	{ "ldap.filter", "loc", SIGNIN_FILTER, T("Bộ lọc thêm cho người"),
		T("Ví dụ: (objectClass=person)"), is_filter,
		.wrong = T("Bộ lọc nằm trong dấu ngoặc: (objectClass=person)") },
};

const struct signin_source signin_ldap = { .id = ORG_LDAP,
	.on = LDAP_ON,
	.path = "/quan-tri/danh-ba",
	.settings = ldap_settings,
	.count = COUNT(ldap_settings),
	.trial = SIGNIN_LDAP_CHECK,
	.title = T("Đăng nhập bằng danh bạ LDAP"),
	.intro = T(
		"Ai có mật khẩu ở Khiên thì luôn vào bằng mật khẩu đó, kể cả tài khoản khẩn "
		"cấp; mọi tên khác được hỏi ở danh bạ (OpenLDAP, Active Directory). Số lần "
		"sai thì khóa và thời gian không thao tác thì hết phiên vẫn theo Quy chế."),
	.turn_on = T("Cho người của danh bạ đăng nhập"),
	.groups = T(
		"Người thuộc nhiều nhóm có vai trò của dòng đầu tiên. Không thuộc nhóm nào thì không vào được. "
		"Người ra khỏi danh bạ hoặc đổi nhóm thì mất phiên trong vòng vài phút."),
	.group = T("Tên nhóm trong danh bạ"),
	.group_hint = T("can-bo, hoặc cả DN: cn=can-bo,ou=nhom,dc=don-vi,dc=vn"),
	.try_words = T(
		"Thử với các thiết lập đã lưu: kết nối, chứng thư, tài khoản đọc, rồi tìm người này và các nhóm. "
		"Không cần mật khẩu của họ.") };

static const struct signin_setting oidc_settings[] = {
	{ "oidc.home", "dia-chi-khien", SIGNIN_REDIRECT, T("Địa chỉ mà mọi người mở Khiên"),
		T("Ví dụ: https://khien.don-vi.vn. Ở nơi đăng nhập, khai địa chỉ quay về là địa chỉ này và "
		  "/dang-nhap/oidc/ve"),
		is_home, T("Địa chỉ bắt đầu bằng https:// và không có dấu / ở cuối."),
		.is_required = true },
	{ "oidc.issuer", "noi-cap", SIGNIN_URL, T("Nơi đăng nhập (issuer)"),
		T("Ví dụ: https://dang-nhap.tinh.vn/realms/xa, đúng từng chữ như nơi đó "
			"tự khai"),
		oidc_is_url, T("Địa chỉ bắt đầu bằng https://."), .is_required = true },
	{ "oidc.ca", "chung-thu", SIGNIN_CA, T("Chứng thư của nơi cấp (CA), dạng PEM"),
		T("Để trống thì dùng các CA mà máy này tin"), is_ca,
		.wrong = T("Chứng thư PEM bắt đầu bằng -----BEGIN CERTIFICATE-----.") },
	{ "oidc.client", "ma-ung-dung", SIGNIN_CLIENT, T("Mã ứng dụng (client_id) của Khiên ở đó"),
		NULL, is_text, T("Hãy nhập mã ứng dụng."), .is_required = true },
	{ "oidc.secret", "bi-mat", SIGNIN_CLIENT_SECRET, T("Khóa của ứng dụng (client_secret)"),
		T("Để trống thì giữ khóa đã lưu"), is_text, T("Quá dài."), .is_secret = true },
	{ "oidc.scope", "pham-vi", SIGNIN_FILTER, T("Phạm vi hỏi (scope)"),
		T("Thường là: openid profile email"), is_scope,
		T("Các từ cách nhau bằng dấu cách, trong đó có openid."), .is_required = true,
		.usual = "openid profile email" },
	{ "oidc.login", "muc-ten", SIGNIN_LOGIN_CLAIM, T("Mục (claim) đặt tên cho tài khoản mới"),
		T("Thường là: preferred_username"), is_text, T("Hãy nhập tên mục."),
		.is_required = true, .usual = "preferred_username" },
	{ "oidc.groups", "muc-nhom", SIGNIN_GROUPS_CLAIM, T("Mục (claim) chứa các nhóm"),
		T("groups; Keycloak: realm_access.roles"), is_text, T("Hãy nhập tên mục."),
		.is_required = true, .usual = "groups" },
	{ "oidc.code", "muc-ma", SIGNIN_CODE_CLAIM, T("Mục (claim) chứa mã cán bộ"),
		T("Để gắn với người trong danh sách; để trống thì quản trị tự gắn"), is_text,
		.wrong = T("Quá dài.") },
};

const struct signin_source signin_oidc = {
	.id = ORG_OIDC,
	.on = OIDC_ON,
	.path = "/quan-tri/oidc",
	.settings = oidc_settings,
	.count = COUNT(oidc_settings),
	.trial = SIGNIN_OIDC_FIND,
	.title = T("Đăng nhập một lần (OpenID Connect)"),
	.intro = T(
		"Người dùng đăng nhập ở nơi đăng nhập chung của cơ quan rồi quay lại Khiên; Khiên không thấy mật khẩu "
		"của họ. Mỗi người được nhận ra bằng mã mà nơi đó cấp, không bao giờ bằng thư điện tử hay tên. Tài khoản "
		"có mật khẩu ở Khiên và tài khoản khẩn cấp vẫn vào như cũ."),
	.turn_on = T("Cho đăng nhập một lần"),
	.groups = T(
		"Người thuộc nhiều nhóm có vai trò của dòng đầu tiên. Không thuộc nhóm nào thì không vào được. "
		"Nhóm được xem lại ở mỗi lần đăng nhập; một phiên dài nhất 8 giờ."),
	.group = T("Tên nhóm ở nơi đăng nhập"),
	.group_hint = T("Đúng như mục chứa các nhóm ghi; ví dụ: can-bo"),
	.try_words = T(
		"Thử với các thiết lập đã lưu: kết nối, chứng thư và những gì nơi đăng nhập tự khai.")
};

const struct signin_source *const signin_sources[] = { &signin_ldap, &signin_oidc, NULL };

const char *signin_wrong(const struct signin_setting *s, struct str value, bool is_on)
{
	if (!value.len)
		return is_on && s->is_required ? s->wrong : NULL;
	return s->is_right(value) ? NULL : s->wrong;
}
