/* schema.c - whose tables stand in the database. A room that wants some adds its row here. */
#include "prog/khien/commands.h"

#include "core/attest/attest.h"
#include "core/evidence/evidence.h"
#include "core/file/file.h"
#include "core/flow/flow.h"
#include "core/org/org.h"
#include "core/record/record.h"
#include "core/trail/change.h"
#include "work/comply/sweep.h"
#include "work/exchange/exchange.h"

/* In the order in which they are made: a row may refer to rows of rooms above it. */
const struct store_room khien_rooms[] = {
	{ org_steps, &org_step_count },
	{ evidence_steps, &evidence_step_count },
	{ record_steps, &record_step_count },
	{ file_steps, &file_step_count },
	{ exchange_steps, &exchange_step_count },
	{ flow_steps, &flow_step_count },
	{ attest_steps, &attest_step_count },
	{ comply_steps, &comply_step_count },
	{ change_steps, &change_step_count },
};
const size_t khien_room_count = COUNT(khien_rooms);
