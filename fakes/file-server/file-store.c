#include "fakes/file-server/file-store.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

struct stored_file *file_store_find(struct file_store *store, const char *path)
{
	for (size_t i = 0; i < store->count; i++)
		if (!strcmp(store->files[i].path, path))
			return &store->files[i];
	return NULL;
}

int file_store_put(struct file_store *store, const char *path, size_t offset,
		  const struct buffer *octets)
{
	struct stored_file *file = file_store_find(store, path);

	if (!file && store->count == LIMIT_FTP_FILES)
		return -1;
	if (!file) {
		file = &store->files[store->count++];
		*file = (struct stored_file){ .path = memory_text(path) };
	}
	if (offset > LIMIT_FILE_KEPT || octets->length > LIMIT_FILE_KEPT - offset)
		return -1;
	while (file->octets.length < offset)
		buffer_add_u8(&file->octets, 0);
	file->octets.length = offset;
	buffer_add(&file->octets, octets->octets, octets->length);
	return 0;
}

static void clear_file(struct stored_file *file)
{
	free(file->path);
	buffer_free(&file->octets);
}

bool file_store_delete(struct file_store *store, const char *path)
{
	struct stored_file *file = file_store_find(store, path);

	if (!file)
		return false;
	clear_file(file);
	*file = store->files[--store->count];
	return true;
}

void file_store_rename(struct file_store *store, const char *from, const char *to)
{
	struct stored_file *file;

	if (!strcmp(from, to))
		return;
	file_store_delete(store, to);
	file = file_store_find(store, from);
	if (!file)
		return;
	free(file->path);
	file->path = memory_text(to);
}

void file_store_list(const struct file_store *store, const char *folder, bool names,
		    struct buffer *out)
{
	size_t length = strlen(folder);

	if (length && folder[length - 1] == '/')
		length--;
	for (size_t i = 0; i < store->count; i++) {
		const struct stored_file *file = &store->files[i];
		const char *name = file->path + length + 1;

		if (strncmp(file->path, folder, length) != 0 || file->path[length] != '/' ||
		    strchr(name, '/'))
			continue;
		if (!names)
			buffer_format(out, "-rw-r--r--   1 ftp ftp %12zu Jan  1 00:00 ",
				      file->octets.length);
		buffer_format(out, "%s\r\n", name);
	}
}

void file_store_clear(struct file_store *store)
{
	while (store->count)
		clear_file(&store->files[--store->count]);
}
