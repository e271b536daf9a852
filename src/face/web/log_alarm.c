/* log_alarm.c - what is wrong with the log, said on every page: who cannot do his work, since when,
 * what is safe and what to do. */
#include "face/web/log.h"

#include <errno.h>
#include <sys/statvfs.h>

#include "core/trail/seal_channel.h"
#include "work/seal/seal.h"

/* A disk that may only be read cannot say that nothing is taken any more. */
static void look_at_taking(struct view *v, struct vfile_disk *log, struct taking_state *ret)
{
	struct err none = { 0 };
	struct statvfs st;

	(void)!taking_load(log, TAKING_FILE, ret, &none);
	if (ret->is == TAKING_WELL && statvfs(v->web->log_folder, &st) == 0 &&
		(st.f_flag & ST_RDONLY)) {
		ret->is = TAKING_FAILED;
		ret->since_s = v->by.now_s;
		snprintf(ret->why, sizeof(ret->why), "%s", strerror(EROFS));
	}
}

void log_alarms_look(struct view *v, struct log_strip *ret)
{
	char name[SHARD_ID_SIZE];
	struct vfile_disk *log = NULL, *shard = NULL;
	struct err none = { 0 };

	ret->taking = ret->sealing = ret->storing = (struct taking_state){ TAKING_WELL, 0, "" };
	if (!v->web->log_folder || vfile_disk_open(v->web->log_folder, &log, &none) < 0)
		return;
	look_at_taking(v, log, &ret->taking);
	if (seal_shard_now(log, v->by.now_s, name, &none) == 0 &&
		vfile_disk_open(path_of(v, "%s/%s", v->web->log_folder, name), &shard, &none) ==
			0) {
		(void)!taking_load(shard, TAKING_SEALS, &ret->sealing, &none);
		(void)!taking_load(shard, TAKING_STORES, &ret->storing, &none);
	}
	vfile_disk_close(shard);
	vfile_disk_close(log);
}

static const char *const taking_words[] = {
	[TAKING_FULL] = T(
		"Không nhận thêm dòng nhật ký nào từ {t}: hết chỗ trên đĩa hoặc trong hạn mức "
		"({w}). Các dòng đã xác nhận còn nguyên; bên gửi TCP đang chờ, gói UDP không kịp "
		"nhận được đếm là mất. Hãy giải phóng chỗ, chép các tháng cũ ra ổ cứng ngoài hoặc "
		"nâng hạn mức: Khiên tự nhận tiếp."),
	[TAKING_FAILED] = T(
		"Không nhận thêm dòng nhật ký nào từ {t}: đĩa báo lỗi khi ghi ({w}). Các dòng đã "
		"xác nhận còn nguyên, không dòng nào chưa nằm chắc trên đĩa được xác nhận. Hãy xem "
		"dmesg và smartctl -a, kiểm tra cáp, chạy fsck khi đã tháo đĩa, thay đĩa nếu "
		"hỏng: Khiên tự thử lại và nhận tiếp khi ghi được."),
};

static const char *text_with(struct view *v, const char *words, const struct taking_state *s)
{
	return fill(v, tr(v->lang, words), "t", time_text(v, s->since_s), "w",
		text_of(v, text_clean(v->a, str_of(s->why), TAKING_WHY_MAX)), NULL);
}

const char *log_taking_text(struct view *v, const struct taking_state *s)
{
	return text_with(v, taking_words[s->is], s);
}

static void alarm_of(struct view *v, const char *words, const struct taking_state *s)
{
	html(v->w, "<p class=\"alarm\" role=\"alert\">%s</p>\n", text_with(v, words, s));
}

static const char *const storing_words[] = {
	[TAKING_FULL] = T(
		"Chưa nén và chuyển nhật ký vào kho được từ {t}: hết chỗ trên đĩa hoặc trong hạn "
		"mức ({w}). Không dòng nào mất: các dòng vẫn nằm trong tệp ghi trước và vẫn tìm "
		"được. Hãy giải phóng chỗ, chép các tháng cũ ra ổ cứng ngoài hoặc nâng hạn mức: Khiên "
		"tự làm tiếp."),
	[TAKING_FAILED] =
		T("Chưa nén và chuyển nhật ký vào kho được từ {t} ({w}). Không dòng nào mất: các "
		  "dòng vẫn nằm trong tệp ghi trước và vẫn tìm được. Tệp lạ thì đưa ra khỏi "
		  "kho, tệp thiếu hay hỏng thì chép lại từ ổ cứng ngoài hoặc bản sao lưu, đĩa "
		  "lỗi thì xem dmesg và smartctl -a: Khiên tự làm tiếp."),
};

/* By what the sealing process says: what is on the disk, what others hold, its keys, the disk. */
static const char *const sealing_words[SEAL_REASON_MAX + 1] = {
	[SEAL_WITNESS] = T(
		"Không niêm phong thêm nhật ký từ {t}: một bên chứng kiến giữ tờ niêm phong khác, "
		"cũng ký bằng khóa của nhật ký này ({w}). Thư mục dữ liệu đã bị đưa về bản "
		"cũ, hoặc một bản sao của nó đang chạy ở máy khác với cùng khóa. Dòng mới vẫn "
		"được nhận và giữ; phần đã niêm phong còn nguyên. Hãy tìm và dừng máy kia, hỏi "
		"bên chứng kiến đã ký cùng máy nào; ở máy đi tiếp, dừng dịch vụ rồi chạy khien "
		"log recovery continue --reason \"lý do\"."),
	[SEAL_ROOT] = T(
		"Không niêm phong thêm nhật ký từ {t}: những gì nằm trên đĩa không phải là những gì "
		"đã nhận ({w}). Dòng mới vẫn được nhận và giữ. Hãy giữ nguyên đĩa này, chạy "
		"khien-verify để biết chỗ sai; phục hồi từ bản sao lưu rồi chạy khien log recovery "
		"continue --reason \"lý do\"."),
	[SEAL_KEY] = T(
		"Không niêm phong thêm nhật ký từ {t}: không mở được khóa niêm phong hay phần nhật ký "
		"của nó ({w}). Dòng mới vẫn được nhận và giữ; phần đã niêm phong còn nguyên. Hãy "
		"xem quyền và chủ của thư mục keys/log, chép lại khóa từ bản sao lưu: Khiên tự làm "
		"tiếp. Khóa đã mất hẳn thì chạy khien log recovery continue --reason \"lý do\"."),
	[SEAL_DISK] = T(
		"Không niêm phong thêm nhật ký từ {t}: đĩa báo lỗi, hết chỗ hay thiếu tệp của cây băm "
		"({w}). Dòng mới vẫn được nhận và giữ; phần đã niêm phong còn nguyên. Hãy xem dmesg "
		"và smartctl -a, giải phóng chỗ, chép lại tệp thiếu từ bản sao lưu: Khiên tự thử lại."),
};

static const char *words_of_seal(const struct taking_state *s)
{
	struct str word, rest;

	(void)str_split(str_of(s->why), ' ', &word, &rest);
	for (unsigned i = 1; i <= SEAL_REASON_MAX; i++)
		if (sealing_words[i] && str_is(word, seal_reason_name((enum seal_reason)i)))
			return sealing_words[i];
	return sealing_words[SEAL_ROOT];
}

const char *log_sealing_text(struct view *v, const struct taking_state *s)
{
	return text_with(v, words_of_seal(s), s);
}

const char *log_storing_text(struct view *v, const struct taking_state *s)
{
	return text_with(v, storing_words[s->is], s);
}

void html_log_alarms(struct view *v, const struct log_strip *s)
{
	if (s->taking.is != TAKING_WELL)
		alarm_of(v, taking_words[s->taking.is], &s->taking);
	if (s->sealing.is != TAKING_WELL)
		alarm_of(v, words_of_seal(&s->sealing), &s->sealing);
	if (s->storing.is != TAKING_WELL)
		alarm_of(v, storing_words[s->storing.is], &s->storing);
	if (*s->amiss)
		html(v->w, "<p class=\"alarm\" role=\"alert\">%s</p>\n",
			fill(v,
				tr(v->lang,
					"Kho nhật ký có tệp thiếu, lạ hay hỏng: {w}. Các phần khác "
					"vẫn đọc và tìm được, dòng mới vẫn được nhận; kết quả tìm "
					"trong phần này không đủ. Không tệp nào bị Khiên đổi. Hãy chạy "
					"khien-verify để biết hết các chỗ sai, đưa tệp lạ ra khỏi kho, "
					"chép lại tệp thiếu hay hỏng từ ổ cứng ngoài hoặc bản sao lưu."),
				"w", text_of(v, text_clean(v->a, str_of(s->amiss), TAKING_WHY_MAX)),
				NULL));
}
