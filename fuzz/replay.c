/* replay.c - the ordinary build's stand-in for libFuzzer: runs the target it is linked to over
 * every file of the folders named, so that each corpus is a test wherever gcc is. Prints TAP: one
 * case a folder, with the number of inputs. A crash, a sanitizer's report or an empty folder is a
 * failure. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* PATH whole, in fresh memory of exactly its size, so that ASan sees the first byte too many. */
static uint8_t *slurp(const char *path, size_t *ret_size)
{
	struct stat st = { 0 }; /* what libc fills, MemorySanitizer does not see */
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;

	if (f == NULL)
		return NULL;
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode)) {
		data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
		*ret_size = data != NULL ? fread(data, 1, (size_t)st.st_size, f) : 0;
	}
	fclose(f);
	return data;
}

static int by_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Returns how many inputs of FOLDER were run, or -1 when it cannot be read. */
static int replay_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, by_name, alphasort);
	int ran = 0;

	if (count < 0)
		return -1;
	for (int i = 0; i < count; i++) {
		char path[4096];
		size_t size = 0;
		uint8_t *data;

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		free(entries[i]);
		data = slurp(path, &size);
		if (data == NULL)
			continue;
		/* Said before the run: after a crash it is the last line. */
		printf("# %s\n", path);
		fflush(stdout);
		LLVMFuzzerTestOneInput(data, size);
		free(data);
		ran++;
	}
	free(entries);
	return ran;
}

int main(int argc, char **argv)
{
	int is_bad = argc < 2;

	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		int ran = replay_folder(argv[i]);

		printf("%sok %d - %s: %d inputs\n", ran > 0 ? "" : "not ", i, argv[i], ran);
		is_bad |= ran <= 0;
	}
	return is_bad;
}
