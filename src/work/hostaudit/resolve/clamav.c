/* clamav.c - the header of a ClamAV database and the form of its configuration. */
#include "work/hostaudit/resolve/clamav.h"

bool clamav_header(struct str head, int64_t *ret_at_s)
{
	struct str field = { 0 }, rest = head;
	int64_t at_s;

	if (!str_starts(head, "ClamAV-VDB:"))
		return false;
	/* magic:time:version:signatures:level:md5:signature:builder:epoch, then blanks. The time
	 * itself holds no colon ("07 Jun 2024 04-26 -0400"). */
	for (int i = 0; i < 9; i++) {
		ptrdiff_t end = str_find_char(rest, ':');

		field = end < 0 ? rest : str_until(rest, (size_t)end);
		if (end < 0 && i < 8)
			return false;
		rest = end < 0 ? STR("") : str_from(rest, (size_t)end + 1);
	}
	if (!str_next_word(&field, " \t\r\n", &head) || !str_to_i64(head, &at_s) || at_s <= 0)
		return false;
	*ret_at_s = at_s;
	return true;
}

void clamav_conf(
	struct str bytes, struct str file, const char *key, struct arena *a, struct setting *ret)
{
	struct str line, word;

	*ret = (struct setting){ 0 };
	for (int n = 1; str_next_line(&bytes, &line); n++) {
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#' || !str_next_word(&line, " \t", &word))
			continue;
		if (str_is_nocase(word, key))
			setting_win(ret, a, str_unquote(str_trim(line)), file, n);
	}
}
