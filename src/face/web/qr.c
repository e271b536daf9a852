/* qr.c - a QR code as SVG: one path, no script, no image request. */
#include "face/web/web_int.h"

#include <qrencode.h>

void html_qr(struct view *v, const char *text)
{
	QRcode *qr = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

	if (!qr)
		return; /* the key stands beside it as text */
	html(v->w,
		"<svg role=\"img\" aria-label=\"%s\" viewBox=\"-4 -4 %d %d\" width=\"246\" height=\"246\" "
		"shape-rendering=\"crispEdges\"><rect x=\"-4\" y=\"-4\" width=\"100%%\" height=\"100%%\" "
		"fill=\"#fff\"/><path fill=\"#000\" d=\"",
		tr(v->lang, "Mã QR cho ứng dụng xác thực"), qr->width + 8, qr->width + 8);
	for (int y = 0; y < qr->width; y++) {
		for (int x = 0; x < qr->width; x++) {
			if (qr->data[y * qr->width + x] & 1)
				html(v->w, "M%d %dh1v1h-1z", x, y);
		}
	}
	html(v->w, "\"/></svg>\n");
	QRcode_free(qr);
}
