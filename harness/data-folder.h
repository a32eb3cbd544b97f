/*
 * data-folder: where scenarios, maps, profiles, rules and statements are found.
 */
#ifndef HARNESS_DATA_FOLDER_H
#define HARNESS_DATA_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "protocols/problem.h"

/*
 * The scenario folder: $FEMTOPROOF_DATA; else beside the program (its own folder or the one
 * above: a build tree); else ../share/femtoproof/scenarios from the program; else where
 * "make install" puts it. New memory, NULL with what was tried.
 */
char *find_data_folder(struct problem *problem);

struct files { /* a sorted list of paths, owned */
	char **list;
	size_t count;
};

/* Adds all files with that ending below a folder (".flow"), sorted by path; links are not
 * followed, depth is bounded. -1 when the folder cannot be read. */
int files_below(const char *folder, const char *ending, struct files *files,
		struct problem *problem);
void files_add(struct files *files, const char *path);
void files_clear(struct files *files);
bool is_folder(const char *path);
bool is_file(const char *path);
/* SHA-256 of a file's octets as 64 hexadecimal digits; empty text when it cannot be read. */
void file_sha256(const char *path, char digest[65]);
/* Makes a folder and those above it. */
int make_folder(const char *path, struct problem *problem);

#endif
