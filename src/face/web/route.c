/* route.c - which request goes where, and who may send it. */
#include "face/web/files.h"
#include "face/web/register_int.h"
#include "face/web/work.h"

static const char nav_today[] = T("Hôm nay");
static const char nav_work[] = T("Công việc");
static const char nav_units[] = T("Đơn vị");
static const char nav_registers[] = T("Sổ");
static const char nav_law[] = T("Quy chế");
static const char nav_map[] = T("Bản đồ");
static const char nav_hosts[] = T("Máy");
static const char nav_log[] = T("Nhật ký");
static const char nav_admin[] = T("Quản trị");
static const char nav_guide[] = T("Hướng dẫn");

/* clang-format off */
const struct route routes[] = {
	{ HTTP_GET, "/", ROLES(ROLES_ANYONE), page_home, NULL },
	{ HTTP_GET, "/tinh/{}", ROLES(ROLES_ANYONE), page_asset, NULL },
	{ HTTP_GET, "/ngon-ngu/{}", ROLES(ROLES_ANYONE), page_language, NULL },
	{ HTTP_GET, "/thiet-lap", ROLES(ROLES_ANYONE), page_setup, NULL },
	{ HTTP_POST, "/thiet-lap", ROLES(ROLES_ANYONE), page_setup_post, NULL },
	{ HTTP_GET, "/dang-nhap", ROLES(ROLES_ANYONE), page_login, NULL },
	{ HTTP_POST, "/dang-nhap", ROLES(ROLES_ANYONE), page_login_post, NULL },
	{ HTTP_GET, "/dang-nhap/cho", ROLES(ROLES_ANYONE), page_login_wait, NULL },
	{ HTTP_POST, "/dang-nhap/oidc", ROLES(ROLES_ANYONE), page_oidc_begin, NULL },
	{ HTTP_GET, "/dang-nhap/oidc", ROLES(ROLES_ANYONE), page_oidc_go, NULL },
	{ HTTP_GET, "/dang-nhap/oidc/ve", ROLES(ROLES_ANYONE), page_oidc_back, NULL },
	{ HTTP_POST, "/dang-xuat", ROLES(ROLES_HALF), page_logout, NULL },
	{ HTTP_GET, "/ma-hai-buoc", ROLES(ROLES_HALF), page_second, NULL },
	{ HTTP_POST, "/ma-hai-buoc", ROLES(ROLES_HALF), page_second_post, NULL },
	{ HTTP_GET, "/bat-ma-hai-buoc", ROLES(ROLES_HALF), page_second_on, NULL },
	{ HTTP_POST, "/bat-ma-hai-buoc", ROLES(ROLES_HALF), page_second_on_post, NULL },
	{ HTTP_GET, "/doi-mat-khau", ROLES(ROLES_HALF), page_change, NULL },
	{ HTTP_POST, "/doi-mat-khau", ROLES(ROLES_HALF), page_change_post, NULL },
	{ HTTP_GET, "/tai-khoan", RULE(RIGHT_LAW, OBJECT_NONE), page_account, NULL },
	{ HTTP_POST, "/tai-khoan/ma-api", RULE(RIGHT_SIGN, OBJECT_NONE), page_token_post, NULL },

	{ HTTP_GET, "/hom-nay", RULE(RIGHT_LAW, OBJECT_NONE), page_today, nav_today },
	{ HTTP_GET, "/hom-nay.csv", RULE(RIGHT_LAW, OBJECT_NONE), page_today_csv, NULL },
	{ HTTP_POST, "/kiem-tra-lai", RULE(RIGHT_ACT, OBJECT_WHOLE), page_audit_post, NULL },

	{ HTTP_GET, "/viec", RULE(RIGHT_LAW, OBJECT_NONE), page_work, nav_work },
	{ HTTP_GET, "/viec.csv", RULE(RIGHT_LAW, OBJECT_NONE), page_work_csv, NULL },
	{ HTTP_GET, "/viec/nam", RULE(RIGHT_LAW, OBJECT_NONE), page_year, nav_work },
	{ HTTP_GET, "/viec/nam-don-vi", RULE(RIGHT_SEE, OBJECT_LIST), page_year_units, nav_work },
	{ HTTP_GET, "/viec/lich-nghi", RULE(RIGHT_LAW, OBJECT_NONE), page_days_off, nav_work },
	{ HTTP_POST, "/viec/uy-quyen", RULE(RIGHT_SIGN, OBJECT_NONE),
		page_delegate_post, nav_work },
	{ HTTP_POST, "/viec/uy-quyen/{}/ket-thuc", RULE(RIGHT_SIGN, OBJECT_MINE), page_delegate_end,
		NULL },
	{ HTTP_POST, "/viec/lich", RULE(RIGHT_SIGN, OBJECT_NONE), page_feed_post, nav_work },
	{ HTTP_POST, "/viec/bo-qua/{}", RULE(RIGHT_APPROVE, OBJECT_MINE),
		page_duty_decide_post, NULL },
	{ HTTP_GET, "/viec/{}/{}/{}", RULE(RIGHT_SEE, OBJECT_DUTY), page_duty, nav_work },
	{ HTTP_POST, "/viec/{}/{}/{}/xong", RULE(RIGHT_ACT, OBJECT_DUTY) | FILES(64),
		page_duty_post, nav_work },
	{ HTTP_POST, "/viec/{}/{}/{}/bo-qua", RULE(RIGHT_ACT, OBJECT_DUTY), page_duty_skip_post,
		nav_work },
	{ HTTP_GET, "/viec/thu", RULE(RIGHT_ADMIN, OBJECT_WHOLE), page_mail, nav_work },
	{ HTTP_POST, "/viec/thu", RULE(RIGHT_ADMIN, OBJECT_WHOLE), page_mail_post, nav_work },
	{ HTTP_GET, "/lich/{}.ics", ROLES(ROLES_ANYONE), page_feed, NULL },
	{ HTTP_GET, "/ket-qua", RULE(RIGHT_SEE, OBJECT_LIST), page_results, nav_work },
	{ HTTP_GET, "/ket-qua.csv", RULE(RIGHT_SEE, OBJECT_LIST), page_results_csv, NULL },
	{ HTTP_POST, "/ket-qua/thu-nhac", RULE(RIGHT_APPROVE, OBJECT_LIST),
		page_letters, nav_work },
	{ HTTP_GET, "/ket-qua/{}", RULE(RIGHT_SEE, OBJECT_UNIT), page_result, nav_work },
	{ HTTP_GET, "/ket-qua/{}/ra-soat", RULE(RIGHT_SEE, OBJECT_UNIT), page_xray, nav_work },
	{ HTTP_POST, "/ket-qua/{}/ra-soat", RULE(RIGHT_ACT, OBJECT_UNIT),
		page_xray_post, nav_work },
	{ HTTP_GET, "/ket-qua/{}/{}/{}", RULE(RIGHT_SEE, OBJECT_UNIT), page_result_one, nav_work },
	{ HTTP_GET, "/ket-qua/{}/{}/{}/van-ban", RULE(RIGHT_ACT, OBJECT_UNIT), page_document,
		nav_work },
	{ HTTP_POST, "/ket-qua/{}/{}/{}/van-ban", RULE(RIGHT_ACT, OBJECT_UNIT) | FILES(64),
		page_document_post, nav_work },

	{ HTTP_GET, "/don-vi", RULE(RIGHT_SEE, OBJECT_LIST), page_units, nav_units },
	{ HTTP_GET, "/don-vi.csv", RULE(RIGHT_SEE, OBJECT_LIST), page_units_csv, NULL },
	{ HTTP_GET, "/don-vi/{}", RULE(RIGHT_SEE, OBJECT_UNIT), page_one_unit, nav_units },
	{ HTTP_GET, "/don-vi/{}/{}", RULE(RIGHT_ADMIN, OBJECT_UNIT), page_unit_act, nav_units },
	{ HTTP_POST, "/don-vi/{}/{}", RULE(RIGHT_ADMIN, OBJECT_UNIT), page_unit_act_post,
		nav_units },
	{ HTTP_GET, "/nhan-su", RULE(RIGHT_SEE, OBJECT_MINE), page_people, nav_units },
	{ HTTP_GET, "/nhan-su.csv", RULE(RIGHT_SEE, OBJECT_MINE), page_people_csv, NULL },
	{ HTTP_POST, "/nhan-su", RULE(RIGHT_PEOPLE, OBJECT_LIST), page_people_post, nav_units },
	{ HTTP_GET, "/nhan-su/{}", RULE(RIGHT_SEE, OBJECT_STAFF), page_staff, nav_units },
	{ HTTP_POST, "/nhan-su/{}", RULE(RIGHT_PEOPLE, OBJECT_STAFF), page_staff_post, nav_units },
	{ HTTP_POST, "/nhan-su/{}/quyet-dinh", RULE(RIGHT_PEOPLE, OBJECT_STAFF),
		page_staff_decide, nav_units },
	{ HTTP_POST, "/nhan-su/{}/vai-tro", RULE(RIGHT_PEOPLE, OBJECT_STAFF), page_staff_role,
		nav_units },

	{ HTTP_GET, "/so", RULE(RIGHT_SEE, OBJECT_LIST), page_registers, nav_registers },
	{ HTTP_GET, "/so/{}", RULE(RIGHT_SEE, OBJECT_LIST), page_register, nav_registers },
	{ HTTP_GET, "/so/{}/moi", RULE(RIGHT_ACT, OBJECT_LIST), page_record_new, nav_registers },
	{ HTTP_POST, "/so/{}/moi", RULE(RIGHT_ACT, OBJECT_LIST), page_record_new_post,
		nav_registers },
	{ HTTP_POST, "/so/{}/cach-xem", RULE(RIGHT_ACT, OBJECT_LIST), page_register_view_post,
		nav_registers },
	{ HTTP_GET, "/so/{}/nhap", RULE(RIGHT_ACT, OBJECT_LIST), page_import, nav_registers },
	{ HTTP_POST, "/so/{}/nhap", RULE(RIGHT_ACT, OBJECT_LIST) | FILES(64), page_import_post,
		nav_registers },
	{ HTTP_GET, "/nhap/{}", RULE(RIGHT_ACT, OBJECT_IMPORT), page_import_job, nav_registers },
	{ HTTP_POST, "/nhap/{}", RULE(RIGHT_ACT, OBJECT_IMPORT), page_import_job_post,
		nav_registers },
	{ HTTP_GET, "/nhap/{}/loi.xlsx", RULE(RIGHT_ACT, OBJECT_IMPORT), page_import_faults, NULL },
	{ HTTP_GET, "/so/{}/sua-nhieu", RULE(RIGHT_ACT, OBJECT_LIST), page_bulk, nav_registers },
	{ HTTP_POST, "/so/{}/sua-nhieu", RULE(RIGHT_ACT, OBJECT_LIST), page_bulk_post,
		nav_registers },
	{ HTTP_GET, "/so/{}/xuat", RULE(RIGHT_SEE, OBJECT_LIST), page_register_export, NULL },
	{ HTTP_GET, "/so/{}/mau", RULE(RIGHT_SEE, OBJECT_LIST), page_register_template, NULL },
	{ HTTP_GET, "/so/{}/in", RULE(RIGHT_SEE, OBJECT_LIST), page_register_print, nav_registers },
	{ HTTP_GET, "/so/{}/{}", RULE(RIGHT_SEE, OBJECT_LIST), page_record_short, NULL },
	{ HTTP_GET, "/ban-ghi/{}", RULE(RIGHT_SEE, OBJECT_RECORD), page_record, nav_registers },
	{ HTTP_GET, "/ban-ghi/{}/sua", RULE(RIGHT_ACT, OBJECT_RECORD), page_record_edit,
		nav_registers },
	{ HTTP_POST, "/ban-ghi/{}/sua", RULE(RIGHT_ACT, OBJECT_RECORD), page_record_edit_post,
		nav_registers },
	{ HTTP_POST, "/ban-ghi/{}/huy", RULE(RIGHT_ACT, OBJECT_RECORD), page_record_cancel_post,
		nav_registers },
	{ HTTP_POST, "/ban-ghi/{}/hoan-tac", RULE(RIGHT_ACT, OBJECT_RECORD), page_record_undo_post,
		NULL },
	{ HTTP_POST, "/ban-ghi/{}/gop-y", RULE(RIGHT_ACT, OBJECT_RECORD),
		page_record_comment_post, NULL },
	{ HTTP_POST, "/ban-ghi/{}/tep", RULE(RIGHT_ACT, OBJECT_RECORD) | FILES(64),
		page_record_file_post, NULL },
	{ HTTP_GET, "/tep/{}", RULE(RIGHT_SEE, OBJECT_FILE), page_file, nav_registers },
	{ HTTP_GET, "/tep/{}/tai", RULE(RIGHT_SEE, OBJECT_FILE), page_file_get, NULL },
	{ HTTP_GET, "/tep/{}/hinh", RULE(RIGHT_SEE, OBJECT_FILE), page_file_show, NULL },
	{ HTTP_POST, "/tep/{}/go", RULE(RIGHT_ACT, OBJECT_FILE), page_file_off_post, NULL },
	{ HTTP_POST, "/tep/{}/lai", RULE(RIGHT_ACT, OBJECT_FILE), page_file_back_post, NULL },
	{ HTTP_GET, "/ho-so", RULE(RIGHT_SEE, OBJECT_LIST), page_cases, nav_work },
	{ HTTP_GET, "/ho-so.csv", RULE(RIGHT_SEE, OBJECT_LIST), page_cases_csv, NULL },
	{ HTTP_GET, "/ho-so/moi", RULE(RIGHT_ACT, OBJECT_LIST), page_case_new, nav_work },
	{ HTTP_POST, "/ho-so", RULE(RIGHT_ACT, OBJECT_LIST), page_case_start, nav_work },
	{ HTTP_GET, "/ho-so/{}", RULE(RIGHT_SEE, OBJECT_CASE), page_case, nav_work },
	{ HTTP_POST, "/ho-so/{}/buoc", RULE(RIGHT_ACT, OBJECT_CASE), page_case_move, nav_work },
	{ HTTP_POST, "/ho-so/{}/viec", RULE(RIGHT_ACT, OBJECT_CASE), page_case_tasks, nav_work },
	{ HTTP_GET, "/ho-so/{}/giay/{}", RULE(RIGHT_SEE, OBJECT_CASE), page_case_paper,
		nav_work },
	{ HTTP_GET, "/xac-nhan", RULE(RIGHT_SIGN, OBJECT_MINE), page_attest, nav_work },
	{ HTTP_GET, "/xac-nhan/{}", RULE(RIGHT_SIGN, OBJECT_LAW), page_statement, nav_work },
	{ HTTP_POST, "/xac-nhan/{}", RULE(RIGHT_SIGN, OBJECT_LAW), page_statement_sign,
		nav_work },
	{ HTTP_GET, "/pho-bien", RULE(RIGHT_SEE, OBJECT_LIST), page_sessions, nav_work },
	{ HTTP_POST, "/pho-bien", RULE(RIGHT_ACT, OBJECT_LIST), page_session_open, nav_work },
	{ HTTP_GET, "/pho-bien/{}", RULE(RIGHT_SEE, OBJECT_SESSION), page_session, nav_work },
	{ HTTP_POST, "/pho-bien/{}", RULE(RIGHT_ACT, OBJECT_SESSION), page_session_post,
		nav_work },
	{ HTTP_GET, "/du/{}", RULE(RIGHT_SIGN, OBJECT_MINE), page_door, nav_work },
	{ HTTP_POST, "/du/{}", RULE(RIGHT_SIGN, OBJECT_MINE), page_door_post, nav_work },

	{ HTTP_GET, "/quy-che", RULE(RIGHT_LAW, OBJECT_NONE), page_clauses, nav_law },
	{ HTTP_GET, "/quy-che/{}.csv", RULE(RIGHT_LAW, OBJECT_LAW), page_clauses_csv, NULL },
	{ HTTP_GET, "/quy-che/{}/{}", RULE(RIGHT_LAW, OBJECT_LAW), page_clause, nav_law },
	{ HTTP_GET, "/tim", RULE(RIGHT_LAW, OBJECT_NONE), page_search, nav_law },
	{ HTTP_GET, "/tim.csv", RULE(RIGHT_LAW, OBJECT_NONE), page_search_csv, NULL },

	{ HTTP_GET, "/ban-do", RULE(RIGHT_LAW, OBJECT_NONE), page_map, nav_map },
	{ HTTP_GET, "/ban-do.csv", RULE(RIGHT_LAW, OBJECT_NONE), page_map_csv, NULL },

	{ HTTP_GET, "/may", RULE(RIGHT_SEE, OBJECT_LIST), page_hosts, nav_hosts },
	{ HTTP_GET, "/may.csv", RULE(RIGHT_SEE, OBJECT_LIST), page_hosts_csv, NULL },
	{ HTTP_GET, "/may/{}.csv", RULE(RIGHT_SEE, OBJECT_HOST), page_host_csv, NULL },
	{ HTTP_GET, "/may/{}", RULE(RIGHT_SEE, OBJECT_HOST), page_host, nav_hosts },
	{ HTTP_GET, "/may/{}/tien-trinh", RULE(RIGHT_SEE, OBJECT_HOST), page_review, nav_hosts },
	{ HTTP_POST, "/may/{}/tien-trinh", RULE(RIGHT_ACT, OBJECT_HOST),
		page_review_post, nav_hosts },
	{ HTTP_POST, "/may/{}/tien-trinh/chup", RULE(RIGHT_ACT, OBJECT_HOST),
		page_review_take, NULL },
	{ HTTP_GET, "/may/{}/tien-trinh.csv", RULE(RIGHT_SEE, OBJECT_HOST), page_review_csv, NULL },
	{ HTTP_GET, "/may/{}/tien-trinh/{}", RULE(RIGHT_SEE, OBJECT_HOST),
		page_review_signed, nav_hosts },
	{ HTTP_GET, "/may/{}/vai-tro", RULE(RIGHT_SEE, OBJECT_HOST), page_roles, nav_hosts },
	{ HTTP_POST, "/may/{}/vai-tro", RULE(RIGHT_ACT, OBJECT_HOST), page_roles_post, nav_hosts },
	{ HTTP_GET, "/may/{}/{}", RULE(RIGHT_SEE, OBJECT_HOST), page_check, nav_hosts },
	{ HTTP_POST, "/may/{}/{}/ngoai-le", RULE(RIGHT_ACT, OBJECT_HOST),
		page_exception_post, nav_hosts },
	{ HTTP_GET, "/toan-ven", RULE(RIGHT_SEE, OBJECT_WHOLE), page_integrity, nav_hosts },
	{ HTTP_GET, "/toan-ven.csv", RULE(RIGHT_SEE, OBJECT_WHOLE), page_integrity_csv, NULL },
	{ HTTP_POST, "/toan-ven", RULE(RIGHT_ACT, OBJECT_WHOLE), page_integrity_post, nav_hosts },
	{ HTTP_GET, "/ngoai-le", RULE(RIGHT_SEE, OBJECT_LIST), page_exceptions, nav_hosts },
	{ HTTP_GET, "/ngoai-le.csv", RULE(RIGHT_SEE, OBJECT_LIST), page_exceptions_csv, NULL },
	{ HTTP_POST, "/ngoai-le/{}/ket-thuc", RULE(RIGHT_ACT, OBJECT_EXCEPTION),
		page_exception_end, NULL },

	{ HTTP_GET, "/nhat-ky", RULE(RIGHT_LOG, OBJECT_WHOLE), page_log, nav_log },
	{ HTTP_GET, "/nhat-ky.csv", RULE(RIGHT_LOG, OBJECT_WHOLE), page_log_csv, NULL },
	{ HTTP_GET, "/nhat-ky.json", RULE(RIGHT_LOG, OBJECT_WHOLE), page_log_json, NULL },
	{ HTTP_GET, "/nhat-ky.txt", RULE(RIGHT_LOG, OBJECT_WHOLE), page_log_raw, NULL },
	{ HTTP_POST, "/nhat-ky/luu", RULE(RIGHT_LOG, OBJECT_WHOLE), page_log_saved_post, NULL },
	{ HTTP_GET, "/nhat-ky.khien-range", RULE(RIGHT_LOG, OBJECT_WHOLE), page_log_range, NULL },
	{ HTTP_GET, "/nhat-ky/dong/{}.tlog-proof", RULE(RIGHT_LOG, OBJECT_WHOLE),
		page_log_proof, NULL },
	{ HTTP_GET, "/nhat-ky/dong/{}", RULE(RIGHT_LOG, OBJECT_WHOLE), page_log_line, nav_log },
	{ HTTP_GET, "/nhat-ky/nguon", RULE(RIGHT_LOG, OBJECT_WHOLE), page_senders, nav_log },
	{ HTTP_GET, "/nhat-ky/nguon.csv", RULE(RIGHT_LOG, OBJECT_WHOLE), page_senders_csv, NULL },
	{ HTTP_GET, "/nhat-ky/nguon/{}", RULE(RIGHT_LOG, OBJECT_WHOLE), page_sender, nav_log },
	{ HTTP_POST, "/nhat-ky/nguon/{}", RULE(RIGHT_ACT, OBJECT_WHOLE),
		page_sender_post, nav_log },
	{ HTTP_GET, "/nhat-ky/thang", RULE(RIGHT_LOG, OBJECT_WHOLE), page_months, nav_log },
	{ HTTP_POST, "/nhat-ky/thang", RULE(RIGHT_ACT, OBJECT_WHOLE), page_months_post, nav_log },
	{ HTTP_GET, "/nhat-ky/thang/{}/{}.tar", RULE(RIGHT_LOG, OBJECT_WHOLE), page_month_tar,
		NULL },
	{ HTTP_GET, "/nhat-ky/thang/{}/{}", RULE(RIGHT_LOG, OBJECT_WHOLE), page_month, nav_log },
	{ HTTP_GET, "/nhat-ky/dia-ngoai", RULE(RIGHT_LOG, OBJECT_WHOLE), page_media, nav_log },
	{ HTTP_POST, "/nhat-ky/dia-ngoai", RULE(RIGHT_ACT, OBJECT_WHOLE), page_media_post,
		nav_log },
	{ HTTP_GET, "/kiem-chung", RULE(RIGHT_LOG, OBJECT_WHOLE), page_verify, nav_log },
	{ HTTP_POST, "/kiem-chung", RULE(RIGHT_ACT, OBJECT_WHOLE), page_verify_post, nav_log },
	{ HTTP_POST, "/kiem-chung/ky", RULE(RIGHT_ACT, OBJECT_WHOLE), page_verify_sign, nav_log },
	{ HTTP_GET, "/niem-phong/{}", RULE(RIGHT_LOG, OBJECT_WHOLE), page_seal_sheet, nav_log },

	{ HTTP_GET, "/so-vet", RULE(RIGHT_AUDIT, OBJECT_WHOLE), page_trail, nav_log },
	{ HTTP_GET, "/so-vet.csv", RULE(RIGHT_AUDIT, OBJECT_WHOLE), page_trail_csv, NULL },
	{ HTTP_GET, "/so-vet/{}.tlog-proof", RULE(RIGHT_AUDIT, OBJECT_WHOLE),
		page_change_proof, NULL },
	{ HTTP_GET, "/so-vet/{}", RULE(RIGHT_AUDIT, OBJECT_WHOLE), page_change_one, nav_log },

	{ HTTP_GET, "/quan-tri", RULE(RIGHT_ADMIN, OBJECT_NONE), page_admin, nav_admin },
	{ HTTP_POST, "/quan-tri/don-vi", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_admin_unit_post, nav_admin },
	{ HTTP_GET, "/quan-tri/danh-ba", RULE(RIGHT_ADMIN, OBJECT_NONE), page_directory,
		nav_admin },
	{ HTTP_POST, "/quan-tri/danh-ba", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_directory_post, nav_admin },
	{ HTTP_POST, "/quan-tri/danh-ba/nhom", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_directory_group, nav_admin },
	{ HTTP_POST, "/quan-tri/danh-ba/thu", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_directory_try, nav_admin },
	{ HTTP_GET, "/quan-tri/danh-ba/thu", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_directory_tried, nav_admin },
	{ HTTP_GET, "/quan-tri/oidc", RULE(RIGHT_ADMIN, OBJECT_NONE), page_directory,
		nav_admin },
	{ HTTP_POST, "/quan-tri/oidc", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_directory_post, nav_admin },
	{ HTTP_POST, "/quan-tri/oidc/nhom", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_directory_group, nav_admin },
	{ HTTP_POST, "/quan-tri/oidc/thu", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_directory_try, nav_admin },
	{ HTTP_GET, "/quan-tri/oidc/thu", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_directory_tried, nav_admin },
	{ HTTP_GET, "/quan-tri/tep", RULE(RIGHT_ADMIN, OBJECT_NONE), page_quota, nav_admin },
	{ HTTP_POST, "/quan-tri/tep", RULE(RIGHT_ADMIN, OBJECT_NONE), page_quota_post,
		nav_admin },
	{ HTTP_GET, "/quan-tri/may/{}", RULE(RIGHT_ADMIN, OBJECT_HOST), page_admin_host,
		nav_admin },
	{ HTTP_POST, "/quan-tri/may/{}", RULE(RIGHT_ADMIN, OBJECT_HOST),
		page_admin_host_post, nav_admin },
	{ HTTP_GET, "/quan-tri/nguoi-dung.csv", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_users_csv, NULL },
	{ HTTP_POST, "/quan-tri/nguoi-dung", RULE(RIGHT_ADMIN, OBJECT_NONE),
		page_user_add, nav_admin },
	{ HTTP_GET, "/quan-tri/nguoi-dung/{}", RULE(RIGHT_ADMIN, OBJECT_ACCOUNT), page_user,
		nav_admin },
	{ HTTP_POST, "/quan-tri/nguoi-dung/{}", RULE(RIGHT_ADMIN, OBJECT_ACCOUNT),
		page_user_act, nav_admin },
	{ HTTP_GET, "/quan-tri/nhat-ky", RULE(RIGHT_AUDIT, OBJECT_WHOLE), page_events, nav_admin },
	{ HTTP_GET, "/quan-tri/nhat-ky.csv", RULE(RIGHT_AUDIT, OBJECT_WHOLE), page_events_csv,
		NULL },
	{ HTTP_GET, "/goi", RULE(RIGHT_LAW, OBJECT_NONE), page_packs, nav_law },
	{ HTTP_GET, "/goi.csv", RULE(RIGHT_LAW, OBJECT_NONE), page_packs_csv, NULL },

	{ HTTP_GET, "/huong-dan", ROLES(ROLES_ANYONE), page_guide, nav_guide },
	{ HTTP_GET, "/huong-dan/{}", ROLES(ROLES_ANYONE), page_guide, nav_guide },

	{ HTTP_GET, "/api/v1/openapi.json", ROLES(ROLES_ANYONE), api_openapi, NULL },
	{ HTTP_GET, "/api/v1/session", ROLES(ROLES_HALF), api_session, NULL },
	{ HTTP_POST, "/api/v1/session", ROLES(ROLES_ANYONE), api_session_post, NULL },
	{ HTTP_POST, "/api/v1/session/end", ROLES(ROLES_HALF), api_session_end, NULL },
	{ HTTP_GET, "/api/v1/tokens", RULE(RIGHT_LAW, OBJECT_NONE), api_tokens, NULL },
	{ HTTP_POST, "/api/v1/tokens/{}/end", RULE(RIGHT_SIGN, OBJECT_MINE), api_token_end, NULL },
	{ HTTP_GET, "/api/v1/hosts", RULE(RIGHT_SEE, OBJECT_LIST), api_hosts, NULL },
	{ HTTP_GET, "/api/v1/hosts/{}", RULE(RIGHT_SEE, OBJECT_HOST), api_host, NULL },
	{ HTTP_GET, "/api/v1/hosts/{}/results", RULE(RIGHT_SEE, OBJECT_HOST), api_results, NULL },
	{ HTTP_GET, "/api/v1/hosts/{}/runs", RULE(RIGHT_SEE, OBJECT_HOST), api_runs, NULL },
	{ HTTP_GET, "/api/v1/hosts/{}/verdicts", RULE(RIGHT_SEE, OBJECT_HOST), api_verdicts, NULL },
	{ HTTP_POST, "/api/v1/audits", RULE(RIGHT_ACT, OBJECT_WHOLE), api_audit, NULL },
	{ HTTP_GET, "/api/v1/log", RULE(RIGHT_LOG, OBJECT_WHOLE), api_log, NULL },
	{ HTTP_GET, "/api/v1/changes", RULE(RIGHT_AUDIT, OBJECT_WHOLE), api_changes, NULL },
	{ HTTP_GET, "/api/v1/registers", RULE(RIGHT_SEE, OBJECT_LIST), api_registers, NULL },
	{ HTTP_GET, "/api/v1/registers/{}/records", RULE(RIGHT_SEE, OBJECT_LIST), api_records,
		NULL },
	{ HTTP_POST, "/api/v1/registers/{}/records", RULE(RIGHT_ACT, OBJECT_LIST),
		api_records_post, NULL },
	{ HTTP_GET, "/api/v1/records/{}", RULE(RIGHT_SEE, OBJECT_RECORD), api_record, NULL },
	{ HTTP_POST, "/api/v1/records/{}", RULE(RIGHT_ACT, OBJECT_RECORD), api_record_post, NULL },
	{ HTTP_POST, "/api/v1/records/{}/cancel", RULE(RIGHT_ACT, OBJECT_RECORD),
		api_record_cancel, NULL },
	{ HTTP_POST, "/api/v1/records/{}/undo", RULE(RIGHT_ACT, OBJECT_RECORD), api_record_undo,
		NULL },
	{ HTTP_GET, "/api/v1/records/{}/files", RULE(RIGHT_SEE, OBJECT_RECORD), api_files, NULL },
	{ HTTP_POST, "/api/v1/records/{}/files", RULE(RIGHT_ACT, OBJECT_RECORD) | FILES(64),
		api_files_post, NULL },
	{ HTTP_GET, "/api/v1/files/{}", RULE(RIGHT_SEE, OBJECT_FILE), api_file, NULL },
	{ HTTP_GET, "/api/v1/files/{}/bytes", RULE(RIGHT_SEE, OBJECT_FILE), page_file_get, NULL },
	{ HTTP_POST, "/api/v1/files/{}/remove", RULE(RIGHT_ACT, OBJECT_FILE), api_file_remove,
		NULL },
	{ HTTP_POST, "/api/v1/files/{}/restore", RULE(RIGHT_ACT, OBJECT_FILE), api_file_restore,
		NULL },
	{ HTTP_POST, "/api/v1/registers/{}/imports", RULE(RIGHT_ACT, OBJECT_LIST) | FILES(64),
		api_imports_post, NULL },
	{ HTTP_GET, "/api/v1/imports/{}", RULE(RIGHT_ACT, OBJECT_IMPORT), api_import, NULL },
	{ HTTP_GET, "/api/v1/imports/{}/faults", RULE(RIGHT_ACT, OBJECT_IMPORT),
		api_import_faults, NULL },
	{ HTTP_POST, "/api/v1/imports/{}/confirm", RULE(RIGHT_ACT, OBJECT_IMPORT),
		api_import_confirm, NULL },
	{ HTTP_POST, "/api/v1/imports/{}/undo", RULE(RIGHT_ACT, OBJECT_IMPORT), api_import_undo,
		NULL },
	{ HTTP_POST, "/api/v1/imports/{}/drop", RULE(RIGHT_ACT, OBJECT_IMPORT), api_import_drop,
		NULL },
	{ HTTP_POST, "/api/v1/registers/{}/bulk", RULE(RIGHT_ACT, OBJECT_LIST), api_bulk, NULL },
	{ HTTP_POST, "/api/v1/registers/{}/bulk/undo", RULE(RIGHT_ACT, OBJECT_LIST),
		api_bulk_undo, NULL },
	{ HTTP_GET, "/api/v1/registers/{}/views", RULE(RIGHT_SEE, OBJECT_LIST), api_views, NULL },
	{ HTTP_POST, "/api/v1/registers/{}/views", RULE(RIGHT_ACT, OBJECT_LIST), api_views_post,
		NULL },
	{ HTTP_GET, "/api/v1/packs", RULE(RIGHT_LAW, OBJECT_NONE), api_packs, NULL },
	{ HTTP_GET, "/api/v1/packs/{}/clauses", RULE(RIGHT_LAW, OBJECT_LAW), api_clauses, NULL },
	{ HTTP_GET, "/api/v1/packs/{}/obligations", RULE(RIGHT_LAW, OBJECT_LAW),
		api_obligations, NULL },
	{ HTTP_GET, "/api/v1/params", RULE(RIGHT_LAW, OBJECT_NONE), api_params, NULL },
	{ HTTP_GET, "/api/v1/exceptions", RULE(RIGHT_SEE, OBJECT_LIST), api_exceptions, NULL },
	{ HTTP_POST, "/api/v1/exceptions", RULE(RIGHT_ACT, OBJECT_LIST), api_exception_post, NULL },
	{ HTTP_POST, "/api/v1/exceptions/{}/end", RULE(RIGHT_ACT, OBJECT_EXCEPTION),
		api_exception_end, NULL },
};
/* clang-format on */
const size_t route_count = COUNT(routes);

/* One segment: "{}" takes anything but nothing, "{}.csv" what stands before the end. */
static bool segment_matches(struct str pattern, struct str segment, struct view *v, size_t *arg)
{
	struct str tail;

	if (!str_starts(pattern, "{}"))
		return str_eq(pattern, segment);
	tail = str_from(pattern, 2);
	if (segment.len <= tail.len || !str_eq(str_from(segment, segment.len - tail.len), tail))
		return false;
	assert(*arg < VIEW_ARGS_MAX);
	v->args[*arg] = http_path_decode(str_until(segment, segment.len - tail.len), v->a);
	return v->args[(*arg)++].ptr != NULL;
}

static bool path_matches(const char *pattern, struct str path, struct view *v)
{
	struct str want = str_of(pattern), want_part, part;
	size_t arg = 0;

	do {
		bool has_want = str_split(str_from(want, 1), '/', &want_part, &want);
		bool has_more = str_split(str_from(path, 1), '/', &part, &path);

		if (!has_want)
			want_part = str_from(want, 1);
		if (!has_more)
			part = str_from(path, 1);
		if (has_want != has_more || !segment_matches(want_part, part, v, &arg))
			return false;
		if (!has_want)
			return true;
		/* str_split took the slash; put it back for the next turn */
		want.ptr--, want.len++;
		path.ptr--, path.len++;
	} while (true);
}

/* The route of this path and method; *RET_HAS_PATH tells of the path with another method. */
static const struct route *find(struct view *v, bool *ret_has_path)
{
	for (size_t i = 0; i < route_count; i++) {
		if (!path_matches(routes[i].path, v->rq->path, v))
			continue;
		*ret_has_path = true;
		if (routes[i].method == v->rq->method)
			return &routes[i];
	}
	return NULL;
}

bool is_api(const struct view *v)
{
	return str_starts(v->rq->path, "/api/");
}

const char *stage_path(enum stage stage)
{
	switch (stage) {
	case STAGE_NOBODY:
		return "/dang-nhap";
	case STAGE_SECOND_STEP:
		return "/ma-hai-buoc";
	case STAGE_CHANGE:
		return "/doi-mat-khau";
	case STAGE_SET_SECOND:
		return "/bat-ma-hai-buoc";
	case STAGE_FULL:
		break;
	}
	return "/hom-nay";
}

/* May this visitor come here? Answers itself when not. */
static bool may_come(struct view *v)
{
	unsigned rule = v->route->rule;

	if (rule & ROLES_ANYONE)
		return true;
	if (!token_allows(v))
		return false;
	if (v->stage == STAGE_NOBODY || (v->stage != STAGE_FULL && !(rule & ROLES_HALF))) {
		if (is_api(v))
			v->rs->authenticate = "Bearer";
		if (is_api(v))
			json_problem(v, 401,
				v->stage == STAGE_NOBODY ? "not logged in" :
							   "log-in is not complete");
		else
			redirect(v,
				v->stage == STAGE_NOBODY && v->had_cookie ?
					"/dang-nhap?bao=het-phien" :
					stage_path(v->stage));
		return false;
	}
	return place_allows(v);
}

static void language(struct view *v)
{
	struct str chosen = http_cookie(http_header(v->rq, "cookie"), "ngon-ngu");
	struct str wanted = http_header(v->rq, "accept-language");

	v->lang = LANG_VI;
	if (!lang_parse(chosen, &v->lang) && is_api(v) && str_starts(wanted, "en"))
		v->lang = LANG_EN;
}

/* Query, form, rules and session; 0, or <0 with the failure in v->e. */
static int prepare(struct view *v)
{
	int rc = http_form_parse(v->rq->query, v->a, &v->query, v->e);

	v->form = v->rq->parts;
	if (rc == 0 && v->rq->method == HTTP_POST && v->rq->parts.count == 0)
		rc = http_form_parse(v->rq->body, v->a, &v->form, v->e);
	if (rc == 0)
		rc = session_load(v, v->e);
	return rc;
}

size_t route_files_bytes(const struct route *r)
{
	return (size_t)(r->rule & 0xff) * MIB;
}

/* A visitor about whom nothing is known yet. */
static void arrive(struct view *v, struct web *w, const struct http_request *rq)
{
	v->web = w;
	v->rq = rq;
	v->a = rq->arena;
	v->by = (struct org_actor){ .store = w->store,
		.peer = rq->peer,
		.now_s = clock_now_s(),
		.key = w->key,
		.rules = &v->rules,
		.login = STR("") };
	store_actor(w->store, STR(""), rq->peer);
	language(v);
}

/* Whoever is not logged in whole has nothing to bring; their form is bounded like any other. */
void web_admit(void *context, const struct http_request *rq, struct http_admit *admit)
{
	struct web *w = context;
	struct err e = { 0 };
	struct view v = { .e = &e };
	bool has_path = false;

	if (!w->disk)
		return;
	arrive(&v, w, rq);
	v.route = find(&v, &has_path);
	if (!v.route || route_files_bytes(v.route) == 0 || session_load(&v, &e) < 0 ||
		v.stage != STAGE_FULL || !place_may_open(&v, v.route))
		return;
	admit->body_max_bytes = route_files_bytes(v.route);
	admit->folder = INCOMING;
}

/* The body did not come as it should; answers itself. */
static bool has_body(struct view *v)
{
	static const int status[] = {
		[HTTP_BODY_LARGE] = 413, [HTTP_BODY_WRONG] = 400, [HTTP_BODY_UNKEPT] = 507
	};

	if (v->rq->fault == HTTP_BODY_FINE)
		return true;
	page_problem(v, status[v->rq->fault]);
	return false;
}

static void answer(struct view *v, bool has_path)
{
	if (!v->route) {
		page_problem(v, has_path ? 405 : 404);
		return;
	}
	if (prepare(v) < 0) {
		page_failed(v);
		return;
	}
	if (!may_come(v) || !has_body(v))
		return;
	if (v->rq->method == HTTP_POST && !is_own_form(v)) {
		page_problem(v, 403);
		return;
	}
	v->route->run(v);
}

void web_handle(void *context, const struct http_request *rq, struct http_response *rs)
{
	struct web *w = context;
	struct err e = { 0 };
	struct view v = { .rs = rs, .w = &rs->body, .e = &e };
	uint64_t before = store_begun(w->store);
	bool has_path = false;

	arrive(&v, w, rq);
	v.route = find(&v, &has_path);
	answer(&v, has_path);
	statements_tell(&v, before);
}
