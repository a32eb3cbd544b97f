#include "harness/data-folder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/memory.h"

#define DEPTH_LIMIT 8 /* of folders below a given one: a scenario tree is two deep */

bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Is this a scenario folder? It has maps: no user's folder of scenarios alone does. */
static bool has_data(const char *folder)
{
	char *maps = memory_format("%s/maps", folder);
	bool found = is_folder(maps);

	free(maps);
	return found;
}

static char *program_folder(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length <= 0)
		return NULL;
	path[length] = '\0';
	char *slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return memory_text(path);
}

char *find_data_folder(struct problem *problem)
{
	static const char *const beside[] = { "scenarios", "../scenarios", "../../scenarios",
					      "../share/femtoproof/scenarios" };
	const char *given = getenv("FEMTOPROOF_DATA");

	if (given && *given) {
		if (has_data(given))
			return memory_text(given);
		problem_set(problem, "FEMTOPROOF_DATA is %s, but there is no folder maps in it",
			    given);
		return NULL;
	}
	char *program = program_folder();
	for (size_t i = 0; program && i < sizeof(beside) / sizeof(beside[0]); i++) {
		char *folder = memory_format("%s/%s", program, beside[i]);
		char *real = has_data(folder) ? realpath(folder, NULL) : NULL;

		free(folder);
		if (real) {
			free(program);
			return real;
		}
	}
	free(program);
	if (has_data(DATA_FOLDER))
		return memory_text(DATA_FOLDER);
	problem_set(problem, "cannot find the scenario folder beside the program or at %s; set "
		    "FEMTOPROOF_DATA to it", DATA_FOLDER);
	return NULL;
}

void files_add(struct files *files, const char *path)
{
	files->list = memory_resize(files->list, files->count + 1, sizeof(*files->list));
	files->list[files->count++] = memory_text(path);
}

void files_clear(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->list[i]);
	free(files->list);
	*files = (struct files){ 0 };
}

static bool has_ending(const char *name, const char *ending)
{
	size_t length = strlen(name), tail = strlen(ending);

	return length > tail && strcmp(name + length - tail, ending) == 0;
}

static int find_below(const char *folder, const char *ending, int depth, struct files *files,
		      struct problem *problem)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);

	if (count < 0)
		return problem_set(problem, "cannot read the folder %s: %s", folder,
				   strerror(errno));
	for (int i = 0; i < count; i++) {
		char *path = memory_format("%s/%s", folder, entries[i]->d_name);
		struct stat status;

		if (entries[i]->d_name[0] != '.' && lstat(path, &status) == 0) {
			if (S_ISDIR(status.st_mode) && depth < DEPTH_LIMIT)
				find_below(path, ending, depth + 1, files, problem);
			else if (S_ISREG(status.st_mode) && has_ending(path, ending))
				files_add(files, path);
		}
		free(path);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

int files_below(const char *folder, const char *ending, struct files *files,
		struct problem *problem)
{
	return find_below(folder, ending, 0, files, problem);
}

void file_sha256(const char *path, char digest[65])
{
	unsigned char octets[4096], hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	FILE *file = fopen(path, "rb");

	digest[0] = '\0';
	if (!file)
		return;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_DigestInit_ex(context, EVP_sha256(), NULL);
	for (size_t got; (got = fread(octets, 1, sizeof(octets), file)) > 0;)
		EVP_DigestUpdate(context, octets, got);
	EVP_DigestFinal_ex(context, hash, &length);
	EVP_MD_CTX_free(context);
	fclose(file);
	for (unsigned i = 0; i < length && i < 32; i++)
		snprintf(digest + 2 * i, 3, "%02x", hash[i]);
}

int make_folder(const char *path, struct problem *problem)
{
	char *copy = memory_text(path);

	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0777);
		*slash = '/';
	}
	free(copy);
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return problem_set(problem, "cannot make the folder %s: %s", path,
				   strerror(errno));
	if (!is_folder(path))
		return problem_set(problem, "%s is there and is no folder", path);
	return 0;
}
