/* log_pages.c - the ways between the pages of the log. */
#include "face/web/log.h"

void html_log_pages(struct view *v)
{
	static const struct page_link pages[] = { { "/nhat-ky", T("Tìm trong nhật ký") },
		{ "/nhat-ky/nguon", T("Thiết bị gửi nhật ký") },
		{ "/nhat-ky/thang", T("Kho nhật ký theo tháng") },
		{ "/nhat-ky/dia-ngoai", T("Ổ cứng ngoài") },
		{ "/kiem-chung", T("Kiểm chứng nhật ký") }, { "/so-vet", T("Sổ vết thay đổi") } };

	html_page_links(v, pages, COUNT(pages));
}
