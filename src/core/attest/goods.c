/* goods.c - what people have signed is a paper of its day and stays where it was signed; it counts
 * for whoever signed it, wherever they work now. */
#include "core/attest/attest.h"

const struct org_goods attest_goods[] = {
	{ T("cam kết đã ký"),
		T("ở lại như đã ký; người đã ký không phải ký lại"),
		"SELECT count(*) FROM attest_signed WHERE unit_id = $1", { 0 }, { { 0 } },
		{ { 0 } }, { { 0 } } },
	{ 0 },
};
