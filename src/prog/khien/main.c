#include "kit/process/process.h"
#include "prog/khien/commands.h"

#include <sys/stat.h>

int main(int argc, char **argv)
{
	umask(077); /* what is written is its owner's alone, but for what is shared on purpose */
	process_keep_names(argc, argv);
	store_schema(khien_rooms, khien_room_count);
	return command_main(khien_commands, argc, argv);
}
