/* report.h - private to face/web: incidents that people report. */
#ifndef FACE_WEB_REPORT_H
#define FACE_WEB_REPORT_H

#include "face/web/web_int.h"

/* What was reported in the visitor's unit and nobody has taken in yet, for Hôm nay; nothing for who
 * may not act there. */
void html_new_reports(struct view *v);

#endif
