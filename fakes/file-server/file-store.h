/* file-store: the files that were delivered to a service in this scenario: they can be fetched. */
#ifndef FAKES_FILE_SERVER_FILE_STORE_H
#define FAKES_FILE_SERVER_FILE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "protocols/buffer.h"
#include "protocols/limits.h"

struct stored_file {
	char *path;
	struct buffer octets;
};

struct file_store { /* zeroed = empty */
	struct stored_file files[LIMIT_FTP_FILES];
	size_t count;
};

struct stored_file *file_store_find(struct file_store *store, const char *path); /* or NULL */
/* Writes octets at a place of a file, which ends behind them; -1: there is no room for it. */
int file_store_put(struct file_store *store, const char *path, size_t offset,
		  const struct buffer *octets);
bool file_store_delete(struct file_store *store, const char *path);
void file_store_rename(struct file_store *store, const char *from, const char *to);
/* What lies in a folder, a line each; names: only these. */
void file_store_list(const struct file_store *store, const char *folder, bool names,
		    struct buffer *out);
void file_store_clear(struct file_store *store);

#endif
