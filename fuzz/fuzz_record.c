/* What people type into a field of a register, and the body of a record. */
#include "core/record/record_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct register_field field = { .id = STR("a") };
	struct date today = { 2026, 11, 26 };
	struct record_body body, again;
	struct arena a;
	struct err e;

	arena_init(&a, 64 * MIB);
	if (size > 2) {
		struct str value = STR(""), same = STR("");

		field.type = (enum register_type)(data[0] % REGISTER_TYPE_COUNT);
		if (data[1] % 16 < 8)
			field.pattern = str_of(register_patterns[data[1] % 8]);
		/* one spelling: what is kept is kept again as it is */
		if (!record_value_take(&field, str_from(text, 2), today, &a, &value) && value.len)
			assert(!record_value_take(&field, value, today, &a, &same) &&
				str_eq(value, same));
		(void)record_key(&field, value, &a);
	}
	if (record_body_read(text, &a, &body, &e) == 0) {
		assert(record_body_read(record_body_write(body, &a), &a, &again, &e) == 0);
		(void)record_body_eq(body, again);
	}
	arena_done(&a);
	return 0;
}
