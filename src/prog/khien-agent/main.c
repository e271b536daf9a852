/* khien-agent: the audit of one machine, without a server. It runs once and ends; sending results
 * to a server is not built yet, so it has no such command. */
#include "face/cli/cli.h"

static const struct command *const commands[] = { &cmd_audit, &cmd_agent_witness, NULL };

int main(int argc, char **argv)
{
	return command_main(commands, argc, argv);
}
