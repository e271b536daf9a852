/* roster.c - the columns of a table of people, as a register would have them. */
#include "work/exchange/exchange_int.h"

static const struct {
	const char *id, *title;
	const char *also[3];
} people_fields[PERSON_FIELDS] = {
	/* ALSO as headings are compared: folded */
	[PERSON_CODE] = { "ma", T("Mã cán bộ"), { "ma", "ma so", "so hieu" } },
	[PERSON_NAME] = { "ten", T("Họ và tên"), { "ho ten", "ten", "ten can bo" } },
	[PERSON_POSITION] = { "chuc-vu", T("Chức vụ"),
		{ "chuc danh", "vi tri", "chuc vu chuc danh" } },
	[PERSON_EMAIL] = { "thu", T("Thư điện tử"), { "email", "e mail", "thu cong vu" } },
	[PERSON_PHONE] = { "dien-thoai", T("Điện thoại"), { "so dien thoai", "sdt", "di dong" } },
	[PERSON_STATE] = { "tinh-trang", T("Tình trạng"),
		{ "trang thai", "tinh trang cong tac", "tinh trang lam viec" } },
};

static const char *const people_states[] = { STAFF_STATES };

static struct words both(const char *vi)
{
	return (struct words){ str_of(vi), str_of(tr(LANG_EN, vi)) };
}

const struct pack_register *exchange_people(void)
{
	static struct register_choice choices[COUNT(people_states)];
	static struct register_field fields[PERSON_FIELDS];
	static struct register_field *list[PERSON_FIELDS];
	static struct str also[PERSON_FIELDS][COUNT(people_fields[0].also)];
	static struct pack_register people;

	if (people.field_count)
		return &people;
	for (size_t i = 0; i < COUNT(people_states); i++) {
		choices[i].id = str_of(people_states[i]);
		choices[i].words = both(staff_state_words(choices[i].id));
	}
	for (size_t i = 0; i < PERSON_FIELDS; i++) {
		for (size_t k = 0; k < COUNT(also[i]); k++)
			also[i][k] = str_of(people_fields[i].also[k]);
		fields[i] = (struct register_field){ .id = str_of(people_fields[i].id),
			.title = both(people_fields[i].title),
			.type = i == PERSON_STATE ? REGISTER_CHOICE : REGISTER_TEXT,
			.need = i == PERSON_NAME ? NEED_TO_SAVE : NEED_NOTHING,
			.also = also[i],
			.also_count = COUNT(also[i]) };
		list[i] = &fields[i];
	}
	fields[PERSON_STATE].choices = choices;
	fields[PERSON_STATE].choice_count = COUNT(choices);
	people = (struct pack_register){ .id = STR(EXCHANGE_PEOPLE),
		.title = both(T("Nhân sự")),
		.fields = list,
		.field_count = PERSON_FIELDS };
	return &people;
}
