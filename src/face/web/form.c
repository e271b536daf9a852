/* form.c - forms that say what is wrong above and beside the field, and keep what was typed. */
#include "face/web/web_int.h"

#define AREA_ROWS 4 /* of a text of several lines; a person may draw it larger */

void fault_add(struct view *v, const char *field, const char *words)
{
	if (v->fault_count < VIEW_FAULTS_MAX)
		v->faults[v->fault_count++] = (struct fault){ field, words };
}

static const char *fault_of(const struct view *v, const char *field)
{
	for (size_t i = 0; i < v->fault_count; i++) {
		if (strcmp(v->faults[i].field, field) == 0)
			return v->faults[i].words;
	}
	return NULL;
}

struct str form_value(const struct view *v, const char *name)
{
	struct str value = http_pair(v->form, name);

	return value.ptr ? str_trim(value) : STR("");
}

/* Where the field stands in the form that was sent: browsers send fields in the form's own order.
 * One that is not sent – a box without its tick, a file – has no place. */
static size_t place_of(const struct view *v, const char *field, size_t otherwise)
{
	for (size_t i = 0; i < v->form.count; i++)
		if (str_is(v->form.at[i].name, field))
			return i;
	return otherwise;
}

/* As people go through the form, whatever was looked at first; what has no place stays behind what
 * was found before it. */
static void sort_faults(struct view *v)
{
	size_t places[VIEW_FAULTS_MAX], place = 0;

	for (size_t i = 0; i < v->fault_count; i++) {
		struct fault f = v->faults[i];
		size_t n = i;

		place = place_of(v, f.field, place);
		for (; n > 0 && places[n - 1] > place; n--) {
			v->faults[n] = v->faults[n - 1];
			places[n] = places[n - 1];
		}
		v->faults[n] = f;
		places[n] = place;
	}
}

void html_faults(struct view *v)
{
	if (v->fault_count == 0)
		return;
	sort_faults(v);
	html(v->w,
		"<div class=\"faults\" role=\"alert\" tabindex=\"-1\" autofocus "
		"aria-labelledby=\"loi\">\n<h2 id=\"loi\">%s</h2>\n<ul>\n",
		tr(v->lang, "Chưa thực hiện được"));
	for (size_t i = 0; i < v->fault_count; i++)
		html(v->w, "<li><a href=\"#%s\">%s</a></li>\n", v->faults[i].field,
			v->faults[i].words);
	html(v->w, "</ul>\n</div>\n");
}

const char *html_id(struct view *v, const char *name)
{
	return v->again ? path_of(v, "%s-%s", name, v->again) : name;
}

/* What is wrong stands in the form that was sent, not in another that asks the same. */
void html_fault(struct view *v, const char *name)
{
	const char *fault = v->again ? NULL : fault_of(v, name);

	if (fault)
		html(v->w, "<p class=\"fault\" id=\"%s-loi\">%s</p>\n", name, fault);
}

bool html_invalid(struct view *v, const char *name)
{
	bool has_fault = !v->again && fault_of(v, name);

	if (has_fault)
		html(v->w, " aria-invalid=\"true\" aria-describedby=\"%s-loi\"", name);
	return has_fault;
}

void html_form(struct view *v, const char *action, const char *class_name)
{
	html(v->w, "<form method=\"post\" action=\"%s\" class=\"%s\" novalidate>\n", action,
		class_name);
	if (v->stage != STAGE_NOBODY)
		html(v->w, "<input type=\"hidden\" name=\"dau\" value=\"%.*s\">\n",
			STR_FMT(v->session.csrf));
}

void html_form_end(struct view *v, const char *button)
{
	if (button)
		html(v->w, "<button type=\"submit\">%s</button>\n", button);
	html(v->w, "</form>\n");
}

/* What stands above a field: its name, what to write there, what was wrong with it. */
static void field_head(struct view *v, const struct field *f)
{
	html(v->w, "<div class=\"field\">\n<label for=\"%s\">%s", html_id(v, f->name), f->label);
	if (!f->is_required)
		html(v->w, " <span class=\"soft\">%s</span>", tr(v->lang, "(không bắt buộc)"));
	html(v->w, "</label>\n");
	if (f->hint)
		html(v->w, "<p class=\"hint\" id=\"%s-goi-y\">%s</p>\n", html_id(v, f->name),
			f->hint);
	html_fault(v, f->name);
}

/* Within its tag: what describes it. */
static void field_described(struct view *v, const struct field *f)
{
	if (!html_invalid(v, f->name) && f->hint)
		html(v->w, " aria-describedby=\"%s-goi-y\"", html_id(v, f->name));
}

void html_field(struct view *v, const struct field *f)
{
	const char *type = f->type ? f->type : "text";
	struct str typed = http_pair(v->form, f->name), value = str_of(f->value ? f->value : "");

	field_head(v, f);
	html(v->w, "<input id=\"%s\" name=\"%s\" type=\"%s\" spellcheck=\"false\"",
		html_id(v, f->name), f->name, type);
	if (typed.ptr)
		value = typed;
	if (value.len && strcmp(type, "password") != 0)
		html(v->w, " value=\"%.*s\"", STR_FMT(value));
	if (f->autocomplete)
		html(v->w, " autocomplete=\"%s\"", f->autocomplete);
	if (f->is_required)
		html(v->w, " required");
	field_described(v, f);
	html(v->w, ">\n</div>\n");
}

bool is_ca(struct str s)
{
	return str_find(s, STR("-----BEGIN CERTIFICATE-----")) >= 0 && s.len <= 32 * KIB;
}

void html_area(struct view *v, const struct field *f)
{
	struct str typed = http_pair(v->form, f->name);

	field_head(v, f);
	html(v->w, "<textarea id=\"%s\" name=\"%s\" rows=\"%d\" spellcheck=\"false\"",
		html_id(v, f->name), f->name, AREA_ROWS);
	field_described(v, f);
	/* a browser drops the first line feed, which may be the text's own */
	html(v->w, ">\n%.*s</textarea>\n</div>\n",
		STR_FMT(typed.ptr ? typed : str_of(f->value ? f->value : "")));
}

bool date_typed(struct str s, struct date *ret)
{
	struct str part[3], rest = s;
	int64_t n[3];
	char iso[40];

	if (date_parse(s, ret))
		return true;
	for (int i = 0; i < 3; i++) {
		if (!str_next_word(&rest, "/-. ", &part[i]) || !str_to_i64(part[i], &n[i]) ||
			n[i] < 1 || n[i] > 9999)
			return false;
	}
	if (str_trim(rest).len)
		return false;
	snprintf(iso, sizeof(iso), "%04d-%02d-%02d", (int)n[2], (int)n[1], (int)n[0]);
	return date_parse(str_of(iso), ret);
}

void html_box(struct view *v, const char *name, struct str value, struct str words, bool is_on)
{
	html(v->w, "<label><input type=\"checkbox\" name=\"%s\" value=\"%.*s\"", name,
		STR_FMT(value));
	if (is_on)
		html(v->w, " checked");
	html(v->w, "> %.*s</label>\n", STR_FMT(words));
}

void html_select(struct view *v, const char *name, const char *label)
{
	html(v->w, "<div class=\"field\">\n<label for=\"%s\">%s</label>\n", html_id(v, name),
		label);
	html_fault(v, name);
	html(v->w, "<select id=\"%s\" name=\"%s\"", html_id(v, name), name);
	(void)html_invalid(v, name);
	html(v->w, ">\n");
}

void html_option(struct view *v, const char *value, const char *words, bool is_chosen)
{
	html(v->w, "<option value=\"%s\"", value);
	if (is_chosen)
		html(v->w, " selected");
	html(v->w, ">%s</option>\n", words);
}

void html_select_end(struct view *v)
{
	html(v->w, "</select>\n</div>\n");
}

void html_button(struct view *v, const char *action, const char *name_value[2], const char *words)
{
	html_form(v, action, "inline");
	if (name_value)
		html(v->w, "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n", name_value[0],
			name_value[1]);
	html_form_end(v, words);
}

/* --- passwords -------------------------------------------------------------------------------- */

const char *password_rule(struct view *v)
{
	return fill(v, tr(v->lang, "Ít nhất {n} ký tự, có {loai} ({dieu})."), "n",
		count_text(v, v->rules.pw_min_len->number), "loai",
		text_of(v, pack_value_words(v->rules.pw_classes, v->lang, v->a)), "dieu",
		cite_text(v, v->rules.pw_min_len), NULL);
}

static const struct {
	unsigned fault;
	const char *words;
} password_faults[] = {
	{ PASSWORD_SHORT, T("Mật khẩu quá ngắn.") },
	{ PASSWORD_LONG, T("Mật khẩu quá dài.") },
	{ PASSWORD_NO_LOWER, T("Mật khẩu thiếu chữ thường (a–z).") },
	{ PASSWORD_NO_UPPER, T("Mật khẩu thiếu chữ hoa (A–Z).") },
	{ PASSWORD_NO_DIGIT, T("Mật khẩu thiếu chữ số.") },
	{ PASSWORD_NO_SPECIAL, T("Mật khẩu thiếu ký tự đặc biệt.") },
	{ PASSWORD_NO_DIGIT_OR_SPECIAL, T("Mật khẩu thiếu chữ số hoặc ký tự đặc biệt.") },
	{ PASSWORD_IS_NAME, T("Mật khẩu không được trùng tên đăng nhập.") },
	{ PASSWORD_USED, T("Bạn đã dùng mật khẩu này. Hãy chọn mật khẩu khác.") },
};

void fault_password(struct view *v, const char *field, unsigned faults)
{
	for (size_t i = 0; i < COUNT(password_faults); i++) {
		if (faults & password_faults[i].fault)
			fault_add(v, field, tr(v->lang, password_faults[i].words));
	}
}
