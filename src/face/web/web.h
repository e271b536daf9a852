/* web.h - floor 5: the pages, the API and the service that serves them. prog/khien lists the
 * commands. Processes: a supervisor, which holds nothing but a socket and its children; `web`,
 * which meets browsers and is confined; `audit`, which lives as long as one audit. */
#ifndef FACE_WEB_H
#define FACE_WEB_H

#include "kit/command/command.h"

extern const struct command web_serve;       /* khien serve */
extern const struct command web_user_reset;  /* khien user reset */
extern const struct command web_user_unlock; /* khien user unlock */

#endif
