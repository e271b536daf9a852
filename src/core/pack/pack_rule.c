/* The rules of obligations, parameters and checks. */
#include "core/pack/pack_int.h"

/* "D8.3" or "D8.3#2" for clause D8.3. */
static bool is_id_of_clause(struct str id, struct str clause)
{
	uint64_t number;

	if (str_eq(id, clause))
		return true;
	return id.len > clause.len + 1 && str_eq(str_until(id, clause.len), clause) &&
		id.ptr[clause.len] == '#' &&
		str_to_u64(str_from(id, clause.len + 1), 10, &number) && number > 0;
}

static void obligation_fault(
	struct pack_load *load, const struct obligation *obligation, const char *words)
{
	pack_fault_add(load, obligation->source, words, obligation->id,
		obligation->clause ? obligation->clause->id : STR_NONE, STR_NONE);
}

/* Each proof names a check or says what is shown. */
static void check_proofs(struct pack_load *load, const struct obligation *obligation)
{
	for (size_t i = 0; i < obligation->evidence_count; i++) {
		const struct proof *proof = &obligation->evidence[i];

		if (proof->by == BY_CHECK && !proof->check.ptr)
			obligation_fault(load, obligation,
				T("nghĩa vụ {a}: bằng chứng \"by: check\" thiếu \"id\""));
		if (proof->by != BY_CHECK && proof->check.ptr)
			obligation_fault(load, obligation,
				T("nghĩa vụ {a}: chỉ bằng chứng \"by: check\" mang \"id\""));
		if (proof->by != BY_CHECK && !proof->what.vi.ptr)
			obligation_fault(load, obligation,
				T("nghĩa vụ {a}: bằng chứng không do máy kiểm tra thiếu \"what\""));
	}
}

/* Can anybody answer it? */
static void check_answerable(struct pack_load *load, const struct obligation *obligation)
{
	size_t by_check = 0, by_known = 0;

	for (size_t i = 0; i < obligation->evidence_count; i++) {
		const struct proof *proof = &obligation->evidence[i];

		if (proof->by != BY_CHECK)
			continue;
		by_check++;
		if (pack_find(load->set, ITEM_CHECK, obligation->pack, proof->check))
			by_known++;
	}
	if (obligation->kind == KIND_DATA) {
		if (obligation->evidence_count > 0)
			obligation_fault(load, obligation,
				T("{a} là dòng phân loại (data) nên không có bằng chứng"));
		return;
	}
	if (obligation->evidence_count == 0 ||
		(by_check == obligation->evidence_count && by_known == 0 && !load->is_partial)) {
		obligation_fault(load, obligation,
			T("nghĩa vụ {a} không ai trả lời được: không có bằng chứng nào"));
		return;
	}
	if (obligation->needs == NEEDS_ALL_CHECKS && by_check == 0)
		obligation_fault(load, obligation,
			T("nghĩa vụ {a}: \"needs: all-checks\" nhưng không có phép kiểm nào"));
	if (obligation->needs == NEEDS_BOTH &&
		(by_check == 0 || by_check == obligation->evidence_count))
		obligation_fault(load, obligation,
			T("nghĩa vụ {a}: \"needs: both\" cần cả phép kiểm lẫn bằng chứng của người"));
	if (obligation->max_age_days == 0)
		obligation_fault(
			load, obligation, T("nghĩa vụ {a}: thiếu trường \"max-age-days\""));
}

void pack_check_obligations(struct pack_load *load, const struct pack *pack)
{
	for (size_t i = 0; i < pack->obligation_count; i++) {
		const struct obligation *obligation = &pack->obligations[i];

		if (!obligation->id.ptr)
			continue;
		if (obligation->clause && !is_id_of_clause(obligation->id, obligation->clause->id))
			obligation_fault(load, obligation,
				T("nghĩa vụ của điều khoản {b} phải mang id \"{b}\" hoặc \"{b}#số\", không phải \"{a}\""));
		if (obligation->who_count == 0)
			obligation_fault(load, obligation, T("nghĩa vụ {a} không giao cho ai"));
		check_proofs(load, obligation);
		check_answerable(load, obligation);
	}
}

static bool is_set(const struct param *param)
{
	return param->direction == ONE_OF || param->direction == ALL_OF;
}

static void check_value(
	struct pack_load *load, const struct param *param, const struct param_value *value)
{
	bool is_ordered = param->direction == AT_LEAST || param->direction == AT_MOST;
	bool is_counted = !is_set(param) && !str_is(param->unit, "text");

	if (is_set(param) && value->item_count == 0)
		pack_fault_add(load, value->source,
			T("tham số {a}: hướng này cần một danh sách giá trị"), param->id, STR_NONE,
			STR_NONE);
	if (!is_set(param) && value->item_count > 1)
		pack_fault_add(load, value->source,
			T("tham số {a}: hướng này chỉ nhận một giá trị"), param->id, STR_NONE,
			STR_NONE);
	if ((is_ordered || is_counted) && value->item_count == 1 && !value->is_number)
		pack_fault_add(load, value->source, T("tham số {a}: \"{b}\" phải là một số nguyên"),
			param->id, value->items[0], STR_NONE);
}

/* Where several packs give a parameter, they must mean the same thing by it. */
static void check_same(struct pack_load *load, const struct param *param)
{
	for (size_t i = 0; i < load->set->count; i++) {
		const struct pack *other_pack = &load->set->packs[i];
		const struct param *other;

		if (other_pack == param->pack)
			return;
		other = pack_find(load->set, ITEM_PARAM, other_pack, param->id);
		if (other && other->pack == other_pack &&
			(other->direction != param->direction || !str_eq(other->unit, param->unit)))
			pack_fault_add(load, param->source,
				T("tham số {a} có đơn vị hoặc hướng khác với gói {b}"), param->id,
				other_pack->id, STR_NONE);
	}
}

void pack_check_params(struct pack_load *load, const struct pack *pack)
{
	for (size_t i = 0; i < pack->param_count; i++) {
		const struct param *param = &pack->params[i];

		if (!param->id.ptr || !param->unit.ptr)
			continue;
		if (is_set(param) != str_is(param->unit, "set"))
			pack_fault_add(load, param->source,
				T("tham số {a}: đơn vị \"set\" đi với hướng one-of, all-of và chỉ với chúng"),
				param->id, STR_NONE, STR_NONE);
		if (param->value_count == 0)
			pack_fault_add(load, param->source, T("tham số {a} không có giá trị nào"),
				param->id, STR_NONE, STR_NONE);
		for (size_t n = 0; n < param->value_count; n++)
			check_value(load, param, &param->values[n]);
		check_same(load, param);
	}
}

static bool has_param(const struct check *check, struct str name)
{
	for (size_t i = 0; i < check->param_count; i++)
		if (check->params[i].ptr && str_eq(check->params[i], name))
			return true;
	return false;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t name_length(struct str s)
{
	size_t len = 0;

	while (len < s.len && is_name_char(s.ptr[len]))
		len++;
	return len;
}

static void param_fault(struct pack_load *load, const struct check *check, struct str name)
{
	pack_fault_add(load, check->source,
		T("phép kiểm {a} dùng \"{b}\" mà không ghi trong params"), check->id, name,
		STR_NONE);
}

/* :name in SQL, outside of its strings. :now_s is the time of the audit. */
static void check_sql(struct pack_load *load, const struct check *check, struct str sql)
{
	bool is_quoted = false;

	for (size_t i = 0; i < sql.len; i++) {
		struct str name;

		if (sql.ptr[i] == '\'')
			is_quoted = !is_quoted;
		if (is_quoted || sql.ptr[i] != ':')
			continue;
		name = str_from(sql, i + 1);
		name = str_until(name, name_length(name));
		if (name.len > 0 && !str_is(name, "now_s") && !has_param(check, name))
			param_fault(load, check, name);
	}
}

/* {name} in words, {name_min_s} for minutes in seconds; a brace around anything else is left
 * alone, cures hold shell and awk. */
static void check_words(struct pack_load *load, const struct check *check, struct str words,
	const char *const *known)
{
	struct str before, rest;

	while (str_split(words, '{', &before, &rest)) {
		size_t len = name_length(rest);
		struct str name = str_until(rest, len);
		bool is_known = has_param(check, name) ||
			(str_ends(name, "_min_s") &&
				has_param(check, str_until(name, name.len - 2)));

		words = rest;
		if (len == 0 || len == rest.len || rest.ptr[len] != '}')
			continue;
		for (size_t i = 0; known[i]; i++)
			is_known = is_known || str_is(name, known[i]);
		if (!is_known)
			param_fault(load, check, name);
	}
}

static void check_question(struct pack_load *load, const struct check *check)
{
	static const char *const nothing[] = { NULL };
	static const char *const evidence[] = { "subject", "found", "file", "line", "lost",
		"detail", NULL };

	check_sql(load, check, check->query);
	check_sql(load, check, check->applies);
	check_words(load, check, check->wanted.vi, nothing);
	check_words(load, check, check->wanted.en, nothing);
	for (size_t i = 0; i < check->cure_count; i++) {
		check_words(load, check, check->cures[i].text.vi, evidence);
		check_words(load, check, check->cures[i].text.en, evidence);
	}
	if (check->cure_count == 0)
		pack_fault_add(load, check->source, T("phép kiểm {a} không có cách khắc phục nào"),
			check->id, STR_NONE, STR_NONE);
	if (check->applies.ptr && !check->not_applicable.vi.ptr)
		pack_fault_add(load, check->source,
			T("phép kiểm {a} có \"applies\" nhưng thiếu \"not-applicable\""), check->id,
			STR_NONE, STR_NONE);
}

void pack_check_checks(
	struct pack_load *load, const struct pack *pack, const struct pack_rows *rows)
{
	for (size_t i = 0; i < pack->check_count; i++) {
		const struct check *check = &rows->checks.at[i];
		size_t before = load->faults.len;

		if (!check->is_live || pack->checks[i].is_live || load->is_partial)
			continue;
		pack_fault_add(load, check->source,
			T("phép kiểm {a} ghi là live nhưng không có câu hỏi nào"), check->id,
			STR_NONE, STR_NONE);
		if (load->faults.len > before)
			load->faults.at[before].is_bearable = true;
	}
	for (size_t i = 0; i < rows->questions.len; i++) {
		const struct check *question = &rows->questions.at[i];
		const struct check *check = pack_find(load->set, ITEM_CHECK, pack, question->id);

		if (!question->id.ptr)
			continue;
		if (!load->is_partial && (!check || !check->is_live))
			pack_fault_add(load, question->source,
				T("câu hỏi {a} không có trong danh mục với trạng thái live"),
				question->id, STR_NONE, STR_NONE);
		check_question(load, question);
	}
}
