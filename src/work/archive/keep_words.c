/* keep_words.c - what people are told when something with a month or a disk went wrong: what
 * happened, what is safe, what to do. */
#include "work/archive/keep.h"

#include "kit/text/text.h"

#define WORKS (KEEP_CHECKING + 1)

static const struct {
	int code;
	const char *of[WORKS];
} words[] = {
	{ ERR_ABSENT,
		{ T("Tháng này không có mục nào đã vào kho: chưa có dòng, hoặc đã rời máy. Nhật ký "
		    "không bị đổi."),
			T("Đĩa không còn được gắn. Chưa có gì được ghi. Hãy cắm lại đĩa rồi tìm lại."),
			T("Đĩa không còn được gắn, hoặc tháng không còn trên máy. Bản chép dở không được "
			  "tính, nhật ký trên máy vẫn nguyên. Hãy cắm lại đĩa, tìm lại, rồi chép lần "
			  "nữa."),
			T("Đĩa thiếu tệp của tháng, nên bản trên đĩa này không còn được tính là một bản "
			  "giữ. Nhật ký trên máy không bị đổi. Hãy chép lại tháng ra đĩa.") } },
	{ ERR_CONFLICT,
		{ T("Những dòng cuối của tháng chưa vào kho. Không dòng nào mất. Hãy đợi ít phút "
		    "khi dịch "
		    "vụ đang chạy, rồi làm lại."),
			T("Đĩa này đã được nhận từ trước; nhãn cũ giữ nguyên. Cứ dùng nó để chép."),
			T("Có việc khác vừa đổi tháng này. Nhật ký vẫn nguyên; hãy làm lại."),
			T("Có việc khác vừa đổi tháng này. Nhật ký vẫn nguyên; hãy làm lại.") } },
	{ ERR_DENIED,
		{ T("Khiên không ghi được vào thư mục dữ liệu. Nhật ký vẫn nguyên. Hãy xem chủ sở "
		    "hữu và "
		    "quyền của thư mục months."),
			T("Khiên không ghi được lên đĩa: đĩa chỉ cho đọc, hoặc người dùng khien-log không "
			  "có quyền. Chưa có gì được ghi. Hãy gắn lại đĩa cho phép ghi."),
			T("Khiên không ghi được lên đĩa: đĩa chỉ cho đọc, hoặc người dùng khien-log không "
			  "có quyền. Nhật ký trên máy vẫn nguyên. Hãy gắn lại đĩa cho phép ghi rồi chép "
			  "lại."),
			T("Khiên không đọc được đĩa vì thiếu quyền. Biên nhận cũ giữ nguyên. Hãy gắn lại "
			  "đĩa cho người dùng khien-log đọc được.") } },
	{ ERR_INPUT,
		{ T("Có tệp của kho không đọc được đúng. Khiên không đóng gói một tháng còn chỗ "
		    "nghi "
		    "ngờ. Hãy chạy Kiểm chứng nhật ký để biết tệp nào."),
			T("Nhãn hoặc thư mục không dùng được. Chưa có gì được ghi."),
			T("Đọc lại thấy bản trên đĩa không đúng bản kê, nên không được tính. Nhật ký trên "
			  "máy vẫn nguyên. Hãy chép lại; nếu lại sai thì thay đĩa."),
			T("Bản trên đĩa không đúng bản kê: đĩa hỏng, hoặc có người sửa. Bản ấy không còn "
			  "được tính là một bản giữ. Nhật ký trên máy không bị đổi. Hãy chép lại; nếu lại "
			  "sai thì thay đĩa.") } },
	{ ERR_LIMIT,
		{ T("Đĩa của máy đã đầy. Nhật ký vẫn nguyên. Hãy giải phóng chỗ rồi làm lại."),
			T("Ổ cứng ngoài đã đầy. Chưa có gì được ghi. Hãy dùng đĩa còn trống."),
			T("Ổ cứng ngoài đã đầy giữa chừng. Bản chép dở không được tính, nhật ký trên máy vẫn "
			  "nguyên. Hãy dùng đĩa còn trống, hoặc bỏ bớt tệp khác trên đĩa rồi chép lại."),
			T("Bản kê dài hơn mức Khiên đọc. Biên nhận cũ giữ nguyên.") } },
};

const char *keep_fault_words(enum keep_work work, int code)
{
	static const char *const others[WORKS] = {
		T("Máy báo lỗi khi đọc hoặc ghi. Nhật ký đã niêm phong vẫn nguyên. Hãy làm lại; nếu lại "
		  "lỗi thì xem ổ đĩa của máy."),
		T("Máy báo lỗi với đĩa này. Chưa có gì được ghi. Hãy rút ra cắm lại, hoặc dùng đĩa khác."),
		T("Máy báo lỗi với đĩa này. Bản chép dở không được tính, nhật ký trên máy vẫn nguyên. Hãy "
		  "rút ra cắm lại rồi chép lần nữa, hoặc dùng đĩa khác."),
		T("Máy báo lỗi khi đọc đĩa này. Biên nhận cũ giữ nguyên. Hãy rút ra cắm lại rồi đọc lần "
		  "nữa, hoặc thay đĩa."),
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].code == code)
			return words[i].of[work];
	return others[work];
}
