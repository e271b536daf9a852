#include "prog/khien/commands.h"

int main(int argc, char **argv)
{
	return command_main(khien_commands, argc, argv);
}
