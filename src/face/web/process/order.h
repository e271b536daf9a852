/* order.h - private to face/web: orders to the log. Pages may not write there: an order waits in
 * the settings until the process `order` has put it into the folder of orders. */
#ifndef FACE_WEB_PROCESS_ORDER_H
#define FACE_WEB_PROCESS_ORDER_H

#define ORDER_WAITING "log.order" /* lines: the line's number, a blank, the leaf that orders it */

#endif
