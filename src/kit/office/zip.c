/* zip.c - the archive of an XLSX, read by libzip under ceilings, and its parts as XML events. */
#include "kit/office/office_int.h"

#include <sys/mman.h>
#include <unistd.h>

#define ENTRIES_MAX 10000
#define PART_BYTES_MAX (1024ull * MIB)
#define RATIO_FROM_BYTES (32ull * MIB) /* below it nobody minds how well a part was packed */
#define RATIO_MAX 400
#define DEPTH_MAX 64
#define TAIL_BYTES (66 * KIB) /* where the end of the directory may stand */
#define CHUNK_BYTES (32 * KIB)

static uint64_t number_at(const unsigned char *p, int bytes)
{
	uint64_t n = 0;

	for (int i = bytes - 1; i >= 0; i--)
		n = n << 8 | p[i];
	return n;
}

/* How many entries the directory says it has: libzip makes room for all of them at once. */
static bool directory_is_bearable(const unsigned char *file, size_t size)
{
	size_t from = size > TAIL_BYTES ? size - TAIL_BYTES : 0;

	for (size_t i = size < 22 ? 0 : size - 22; size >= 22 && i >= from; i--) {
		uint64_t at;

		if (number_at(file + i, 4) == 0x06054B50) {
			if (i < 20 || number_at(file + i - 20, 4) != 0x07064B50)
				return number_at(file + i + 10, 2) <= ENTRIES_MAX;
			at = number_at(file + i - 12, 8);
			return at < size && size - at >= 56 &&
				number_at(file + at, 4) == 0x06064B50 &&
				number_at(file + at + 32, 8) <= ENTRIES_MAX;
		}
		if (i == 0)
			break;
	}
	return false;
}

static int refuse_damaged(struct parse_fault *fault)
{
	return office_refuse(fault, ERR_INPUT,
		T("tệp XLSX bị hỏng hoặc chưa tải lên hết; hãy mở bằng bảng tính và lưu lại"),
		STR_NONE);
}

/* From memory: whoever may do nothing may not even ask of what size a file is. */
int container_open(int fd, struct container *ret, struct parse_fault *fault)
{
	off_t size = lseek(fd, 0, SEEK_END);
	zip_source_t *source;
	zip_error_t error;

	*ret = (struct container){ 0 };
	if (size <= 0)
		return refuse_damaged(fault);
	ret->size = (size_t)size;
	ret->bytes = mmap(NULL, ret->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (ret->bytes == MAP_FAILED)
		return office_refuse(fault, ERR_SYSTEM, T("không đọc được tệp"), STR_NONE);
	zip_error_init(&error);
	source = directory_is_bearable(ret->bytes, ret->size) ?
		zip_source_buffer_create(ret->bytes, ret->size, 0, &error) :
		NULL;
	if (source)
		ret->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
	if (source && !ret->zip)
		zip_source_free(source);
	zip_error_fini(&error);
	if (!ret->zip) {
		container_close(ret);
		return refuse_damaged(fault);
	}
	return 0;
}

void container_close(struct container *c)
{
	if (c->zip)
		zip_discard(c->zip);
	if (c->bytes)
		munmap(c->bytes, c->size);
	*c = (struct container){ 0 };
}

int part_open(zip_t *zip, const char *name, struct part *ret, struct parse_fault *fault)
{
	zip_int64_t at = zip_name_locate(zip, name, ZIP_FL_NOCASE);
	struct zip_stat st;

	if (at < 0)
		return ERR_ABSENT;
	*ret = (struct part){ 0 };
	if (zip_stat_index(zip, (zip_uint64_t)at, 0, &st) == 0 && (st.valid & ZIP_STAT_COMP_SIZE)) {
		ret->packed_bytes = st.comp_size;
		ret->file = zip_fopen_index(zip, (zip_uint64_t)at, 0);
	}
	if (!ret->file)
		return office_refuse(fault, ERR_INPUT,
			T("không mở được một phần của tệp XLSX (có thể tệp đặt mật khẩu)"),
			STR_NONE);
	return 0;
}

int part_read(struct part *p, char *bytes, size_t room, struct parse_fault *fault)
{
	zip_int64_t n = zip_fread(p->file, bytes, room);

	if (n < 0)
		return refuse_damaged(fault);
	p->read_bytes += (uint64_t)n;
	if (p->read_bytes > PART_BYTES_MAX ||
		(p->read_bytes > RATIO_FROM_BYTES && p->read_bytes / RATIO_MAX > p->packed_bytes))
		return office_refuse(fault, ERR_LIMIT,
			T("tệp nén phình ra quá lớn khi mở (có dấu hiệu là bom nén); không đọc tiếp"),
			STR_NONE);
	return (int)n;
}

void part_close(struct part *p)
{
	if (p->file)
		zip_fclose(p->file);
	p->file = NULL;
}

static const char *bare(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

const char *xml_value(const char **pairs, const char *name)
{
	for (; pairs[0]; pairs += 2)
		if (str_is(str_of(bare(pairs[0])), name))
			return pairs[1];
	return NULL;
}

void xml_refuse(struct xml *x, int status)
{
	if (x->status == 0)
		x->status = status;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

void xml_pause(struct xml *x)
{
	(void)XML_StopParser(x->parser, XML_TRUE);
}

static void XMLCALL on_begin(void *context, const char *name, const char **pairs)
{
	struct xml *x = context;

	if (++x->depth > DEPTH_MAX)
		xml_refuse(x, office_refuse(x->fault, ERR_LIMIT, T("lồng quá sâu"), STR_NONE));
	else if (x->begin)
		x->begin(x->context, bare(name), pairs);
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct xml *x = context;

	x->depth--;
	if (x->end)
		x->end(x->context, bare(name));
}

static void XMLCALL on_text(void *context, const char *text, int len)
{
	struct xml *x = context;

	if (x->text)
		x->text(x->context, text, (size_t)len);
}

/* No office program writes a document type; what begins one wants entities. */
static void XMLCALL on_doctype(void *context, const char *name, const char *system_id,
	const char *public_id, int has_subset)
{
	struct xml *x = context;

	xml_refuse(x,
		office_refuse(x->fault, ERR_INPUT,
			T("tệp có khai báo DOCTYPE (có dấu hiệu là bom XML); không đọc"),
			STR_NONE));
}

int xml_open(zip_t *zip, const char *name, struct xml *x, struct parse_fault *fault)
{
	int rc = part_open(zip, name, &x->part, fault);

	if (rc < 0)
		return rc;
	x->fault = fault;
	x->parser = XML_ParserCreate(NULL);
	if (!x->parser)
		abort();
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_begin, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	x->is_open = true;
	return 0;
}

static int parse_more(struct xml *x)
{
	void *room;
	int n;

	if (x->is_suspended)
		return (int)XML_ResumeParser(x->parser);
	room = XML_GetBuffer(x->parser, CHUNK_BYTES);
	if (!room) {
		x->status = office_refuse(x->fault, ERR_LIMIT,
			T("một ô hoặc một dòng của trang tính quá dài"), STR_NONE);
		return XML_STATUS_ERROR;
	}
	n = part_read(&x->part, room, CHUNK_BYTES, x->fault);
	if (n < 0) {
		x->status = n;
		return XML_STATUS_ERROR;
	}
	x->is_over = n == 0;
	return (int)XML_ParseBuffer(x->parser, n, n == 0);
}

int xml_next(struct xml *x)
{
	for (;;) {
		int got;

		if (x->status < 0)
			return x->status;
		if (x->is_over && !x->is_suspended)
			return 0;
		got = parse_more(x);
		x->is_suspended = got == XML_STATUS_SUSPENDED;
		if (x->status < 0)
			return x->status;
		if (x->is_suspended)
			return 1;
		if (got == XML_STATUS_ERROR) {
			x->status = office_refuse(x->fault, ERR_INPUT,
				T("một phần của tệp XLSX không phải XML hợp lệ"), STR_NONE);
			return x->status;
		}
	}
}

void xml_close(struct xml *x)
{
	if (!x->is_open)
		return;
	XML_ParserFree(x->parser);
	part_close(&x->part);
	x->is_open = false;
}
