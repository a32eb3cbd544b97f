#include "protocols/cm-file.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

void cm_file_clear(struct cm_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		free(file->values[i].element);
		free(file->values[i].value);
	}
	free(file->values);
	free(file->ns);
	free(file->version);
	free(file->sender);
	free(file->vendor);
	free(file->managed_element);
	free(file->date_time);
	*file = (struct cm_file){ .generation = CM_UMTS };
}

void cm_file_add(struct cm_file *file, const char *element, const char *value)
{
	if (file->count == file->room) {
		file->room = file->room ? 2 * file->room : 16;
		file->values = memory_resize(file->values, file->room, sizeof(*file->values));
	}
	file->values[file->count++] =
		(struct cm_value){ memory_text(element), memory_text(value) };
}
