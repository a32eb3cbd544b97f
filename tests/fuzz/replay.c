/*
 * replay: a fuzz target's corpus as an ordinary test: every file in the folder named like the
 * target is given to it once; TAP on standard output. What crashes or trips a sanitizer is
 * seen by the missing plan.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT (16u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *octets = malloc(FILE_LIMIT);
	size_t length;

	if (!file || !octets) {
		free(octets);
		if (file)
			fclose(file);
		return -1;
	}
	length = fread(octets, 1, FILE_LIMIT, file);
	fclose(file);
	/* An exact copy, so that reading one octet too far is seen. */
	uint8_t *exact = malloc(length ? length : 1);
	if (exact) {
		memcpy(exact, octets, length);
		LLVMFuzzerTestOneInput(exact, length);
	}
	free(exact);
	free(octets);
	return 0;
}

/* "tests/fuzz/fuzz-http" -> "SOURCE/tests/fuzz/corpus/http" */
static void corpus_folder(const char *program, char *folder, size_t size)
{
	const char *top = getenv("FEMTOPROOF_SOURCE");
	const char *name = strrchr(program, '/');

	name = name ? name + 1 : program;
	if (strncmp(name, "replay-", 7) == 0)
		name += 7;
	snprintf(folder, size, "%s/tests/fuzz/corpus/%s", top ? top : ".", name);
}

int main(int argc, char **argv)
{
	char folder[4096], path[8192];
	struct dirent **entries;
	int number = 0;

	(void)argc;
	corpus_folder(argv[0], folder, sizeof(folder));
	int count = scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			printf("%s %d - %s\n", replay(path) == 0 ? "ok" : "not ok", ++number,
			       entries[i]->d_name);
		fflush(stdout);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	if (number == 0)
		printf("not ok %d - there is a corpus in %s\n", ++number, folder);
	printf("1..%d\n", number);
	return 0;
}
